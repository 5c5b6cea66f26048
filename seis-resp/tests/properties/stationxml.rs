//! StationXML: every level and manner of reading, writing and reading again, evaluation.

use seis_resp::{Inventory, Level, ReadOptions, SchemaVersion, WriteOptions};

/// Does with bytes whatever can be done with a StationXML document.
pub(crate) fn document(bytes: &[u8]) {
    for level in [Level::Network, Level::Station, Level::Channel] {
        if let Ok(inventory) = ReadOptions::new().level(level).parse(bytes) {
            assert!(inventory.channels().count() <= bytes.len());
        }
    }
    let strict = ReadOptions::new().strict(true).parse(bytes);
    match ReadOptions::new().parse(bytes) {
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.to_string().len() < 2000);
            assert!(strict.is_err());
        }
        Ok(inventory) => {
            assert_eq!(strict.is_ok(), inventory.report.problems.is_empty());
            assert!(format!("{:?}", inventory.report).len() < 1 << 20);
            for finding in inventory.check() {
                assert!(!finding.to_string().is_empty());
            }
            rewritten(&inventory);
            super::evaluation::inventory(&inventory);
        }
    }
}

fn rewritten(inventory: &Inventory) {
    let versions =
        [None, Some(SchemaVersion::V1_0), Some(SchemaVersion::V1_1), Some(SchemaVersion::V1_2)];
    for version in versions {
        let options = match version {
            None => WriteOptions::new(),
            Some(version) => WriteOptions::new().version(version),
        };
        if let Ok(text) = options.to_string(inventory) {
            let again = Inventory::from_stationxml(text.as_bytes()).unwrap();
            // What was odd and kept (a code of other characters) is odd again.
            let odd = again.report.problems.first().filter(|_| inventory.report.is_clean());
            if let Some(problem) = odd {
                panic!("{version:?}: written and not understood: {problem}\n{text}");
            }
            super::assert_same(&again, inventory, &text);
        }
        // What is forced is read at least, and stays as it is from then on.
        if let Ok(text) = options.allow_invalid(true).to_string(inventory) {
            let again = Inventory::from_stationxml(text.as_bytes()).unwrap();
            if let Ok(second) = WriteOptions::new().allow_invalid(true).to_string(&again) {
                let third = Inventory::from_stationxml(second.as_bytes()).unwrap();
                assert_eq!(format!("{:?}", third.networks()), format!("{:?}", again.networks()));
            }
        }
    }
}
