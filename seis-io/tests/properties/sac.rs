//! SAC files, binary and alphanumeric: what is read is written as it was.

use std::io::Read;

use seis_io::sac::{self, ReadOptions, SacFile, Variable};

/// Does with bytes whatever can be done with a SAC file; returns whether they are one.
pub(crate) fn file(bytes: &[u8]) -> bool {
    let detected = sac::detect(bytes);
    let lenient = ReadOptions::new().with_trailing_bytes(true);
    let tolerated = SacFile::from_bytes_with(bytes, lenient);
    match SacFile::from_bytes(bytes) {
        Ok(file) => {
            assert!(detected.is_some() && tolerated.is_ok());
            let written = file.to_bytes().unwrap();
            match detected {
                Some(sac::Format::Binary(_)) => assert_eq!(written, bytes),
                _ => {
                    assert_eq!(SacFile::from_bytes(&written).unwrap().to_bytes().unwrap(), written);
                }
            }
            // Integers and texts may not fit; what fits is read again.
            if let Ok(text) = file.to_alphanumeric() {
                let again = SacFile::from_bytes(&text).unwrap();
                assert_eq!(again.to_alphanumeric().unwrap(), text);
            }
            let _ = file.check();
            let _ = format!("{file:?} {}", file.header);
            for variable in Variable::all() {
                let _ = file.header.time_of(variable.name());
            }
            let _ = file.header.orientation_deg();
            let _ = file.header.clone().update_geometry().is_ok();
            let mut moved = file.header.clone();
            let _ = moved.move_reference_to(sac::ReferenceTime::Origin).is_ok();
            let mut fresh = file.clone();
            fresh.refresh().unwrap();
            let reader = OneByte(bytes);
            assert_eq!(SacFile::from_reader(reader).unwrap().to_bytes().unwrap(), written);
            if let Ok(trace) = file.to_trace() {
                let _ = (trace.end(), trace.to_string());
                if let Ok(again) = SacFile::from_trace_and_header(&trace, file.header.clone()) {
                    again.to_bytes().unwrap();
                }
                let _ = SacFile::from_trace(&trace).map(|f| f.to_bytes().unwrap());
            }
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(SacFile::from_reader(OneByte(bytes)).is_err());
            false
        }
    }
}

struct OneByte<'a>(&'a [u8]);

impl Read for OneByte<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}
