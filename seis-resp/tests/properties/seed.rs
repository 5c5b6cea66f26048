//! RESP, dataless SEED and SAC pole-zero files: reading by every level and manner, evaluation, and
//! that StationXML holds what was read.

use seis_resp::{Format, Inventory, Level, ReadOptions, Result, WriteOptions};

/// Does with bytes whatever can be done with a RESP file.
pub(crate) fn resp(bytes: &[u8]) {
    file(bytes, Format::Resp, ReadOptions::parse_resp);
}

/// Does with bytes whatever can be done with a dataless volume.
pub(crate) fn dataless(bytes: &[u8]) {
    file(bytes, Format::Dataless, ReadOptions::parse_dataless);
}

/// Does with bytes whatever can be done with a pole-zero file.
pub(crate) fn sacpz(bytes: &[u8]) {
    file(bytes, Format::SacPz, ReadOptions::parse_sacpz);
}

fn file(bytes: &[u8], format: Format, parse: fn(&ReadOptions, &[u8]) -> Result<Inventory>) {
    let options = ReadOptions::new();
    for level in [Level::Network, Level::Station, Level::Channel] {
        if let Ok(inventory) = parse(&options.clone().level(level), bytes) {
            assert!(inventory.channels().count() <= bytes.len());
        }
    }
    let strict = parse(&options.clone().strict(true), bytes);
    let read = parse(&options, bytes);
    if Format::detect(bytes) == Some(format) {
        let detected = Inventory::from_bytes(bytes);
        assert_eq!(format!("{detected:?}"), format!("{read:?}"));
    }
    match read {
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.to_string().len() < 2000);
            assert!(strict.is_err());
        }
        Ok(inventory) => {
            assert_eq!(strict.is_ok(), inventory.report.problems.is_empty());
            assert!(format!("{:?}", inventory.report).len() < 1 << 20);
            super::evaluation::inventory(&inventory);
            if let Ok(text) = WriteOptions::new().to_string(&inventory) {
                let again = Inventory::from_stationxml(text.as_bytes()).unwrap();
                super::assert_same(&again, &inventory, &text);
            }
        }
    }
}
