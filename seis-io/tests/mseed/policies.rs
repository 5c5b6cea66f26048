//! Stop, skip, strict; and what errors say.

use std::error::Error as _;

use seis_io::mseed::steim::Steim;
use seis_io::mseed::{Error, Policy, ReadOptions, Reader, read, read_bytes};

use crate::raw::{Raw, series};

fn good(second: u32) -> Vec<u8> {
    Raw::steim(Steim::Two, &series(40)).at(second).bytes()
}

fn with(policy: Policy) -> ReadOptions {
    ReadOptions::new().policy(policy)
}

fn offset_of(error: &Error) -> u64 {
    match error {
        Error::Record { skipped, .. } => skipped.offset,
        other => panic!("{other}"),
    }
}

#[test]
fn stop_gives_the_first_of_all_faults() {
    let mut bad_header = good(2);
    bad_header[22..24].copy_from_slice(&[0xff; 2]);
    let mut bad_payload = good(1);
    bad_payload[64..68].copy_from_slice(&(2_u32 << 24).to_be_bytes());
    bad_payload[76..80].copy_from_slice(&[0; 4]);
    for policy in [Policy::Stop, Policy::Strict] {
        // The payload is decoded after the headers were read, but comes first in the file.
        let bytes = [good(0), bad_payload.clone(), bad_header.clone(), good(3)].concat();
        assert_eq!(offset_of(&read_bytes(&bytes, &with(policy)).unwrap_err()), 512);
        let bytes = [good(0), bad_header.clone(), bad_payload.clone(), good(3)].concat();
        assert_eq!(offset_of(&read_bytes(&bytes, &with(policy)).unwrap_err()), 512);
        let bytes = [bad_header.clone(), good(0)].concat();
        assert_eq!(offset_of(&read_bytes(&bytes, &with(policy)).unwrap_err()), 0);
        let bytes = [good(0), good(1), b"x".to_vec()].concat();
        assert_eq!(offset_of(&read_bytes(&bytes, &with(policy)).unwrap_err()), 1024);
        let bytes = [good(0), good(1)].concat();
        assert!(read_bytes(&bytes, &with(policy)).is_ok());
    }
}

#[test]
fn strict_takes_warnings_for_errors() {
    let mut odd = good(1);
    odd[75] ^= 1;
    let bytes = [good(0), odd, good(2)].concat();
    assert!(read_bytes(&bytes, &with(Policy::Stop)).is_ok());
    let error = read_bytes(&bytes, &with(Policy::Strict)).unwrap_err();
    assert_eq!(offset_of(&error), 512);
    assert!(error.to_string().contains("the first frame announces"), "{error}");
    let mut rounded = Raw::int32(&[1]);
    rounded.time.5 = 10_000;
    assert!(read_bytes(&rounded.bytes(), &with(Policy::Strict)).is_err());
    let contents = read_bytes(&rounded.bytes(), &with(Policy::Stop)).unwrap();
    assert_eq!(contents.stream.traces()[0].start.to_string(), "2022-01-02T00:00:01Z");
}

#[test]
fn errors_name_the_file_the_offset_and_the_channel() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("broken.mseed");
    let mut bad = good(1);
    bad[28..30].copy_from_slice(&[0xff; 2]);
    std::fs::write(&path, [good(0), bad].concat()).unwrap();
    let error = Reader::new(with(Policy::Stop)).read(&path).unwrap_err().to_string();
    for part in [
        path.to_str().unwrap(),
        "byte 512",
        "CI.HEC..BHN",
        "fraction of the start time",
        "65535",
        "0 to 9999",
    ] {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
    let missing = read(dir.path().join("missing.mseed")).unwrap_err();
    assert!(missing.to_string().contains("missing.mseed"));
    assert!(missing.source().is_some());
    let incomplete = read(&path).unwrap().complete().unwrap_err().to_string();
    assert!(incomplete.contains("512 bytes in 1 places"), "{incomplete}");
}

#[test]
fn a_reader_that_is_used_again_remembers_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (long, short) = (dir.path().join("long"), dir.path().join("short"));
    std::fs::write(&long, [good(0), good(1), b"junk".to_vec(), good(5)].concat()).unwrap();
    std::fs::write(&short, good(9)).unwrap();
    let mut reader = Reader::default();
    let first = reader.read(&long).unwrap();
    let other = reader.read(&short).unwrap();
    assert_eq!(other, read(&short).unwrap());
    assert_eq!(reader.read(&long).unwrap(), first);
    assert!(reader.read(dir.path()).is_err());
    assert_eq!(reader.read(&short).unwrap(), other);
}
