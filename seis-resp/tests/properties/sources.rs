//! RESP, dataless SEED, SAC poles and zeros: read as what they look like and as everything else,
//! looked up, evaluated, written.

use seis_resp::{ChannelResponse, Error, Inventory, Level, ReadOptions, ReadReport};

type Reader = fn(&ReadOptions, &[u8]) -> seis_resp::Result<Inventory>;

const READERS: [Reader; 4] = [
    ReadOptions::parse,
    ReadOptions::parse_resp,
    ReadOptions::parse_dataless,
    ReadOptions::parse_sacpz,
];

/// Reads bytes in every way.
pub(crate) fn read(bytes: &[u8]) {
    for reader in READERS {
        for level in [Level::Network, Level::Station, Level::Channel, Level::Response] {
            for strict in [false, true] {
                let options = ReadOptions::new().level(level).strict(strict);
                match reader(&options, bytes) {
                    Ok(inventory) => {
                        assert!(inventory.channels().count() <= bytes.len());
                        assert!(!strict || inventory.report.is_clean());
                        assert!(inventory.report.problems.len() <= ReadReport::MAX_PROBLEMS);
                    }
                    Err(error) => {
                        let text = error.to_string();
                        assert!(!text.is_empty() && text.len() < 2000, "{text}");
                        assert!(strict || !matches!(error, Error::Problem { .. }));
                    }
                }
            }
        }
    }
}

/// Does with bytes whatever can be done with a file of metadata.
pub(crate) fn file(bytes: &[u8]) {
    read(bytes);
    for reader in READERS {
        let Ok(inventory) = reader(&ReadOptions::new(), bytes) else { continue };
        for problem in &inventory.report.problems {
            assert!(!problem.to_string().is_empty());
            assert!(problem.place.offset <= bytes.len() as u64, "{problem}");
        }
        for epoch in inventory.channels() {
            if let ChannelResponse::Broken(broken) = &epoch.channel.response {
                assert!(!broken.reason().is_empty());
            }
        }
        super::evaluation::inventory(&inventory);
        written(&inventory);
        // The same again says nothing new.
        let channels = inventory.channels().count();
        let mut twice = Inventory::from_iter([inventory.clone()]);
        let before = twice.channels().count();
        twice.merge(inventory);
        assert!(before == channels && twice.channels().count() <= 2 * channels);
    }
}

fn written(inventory: &Inventory) {
    let sacpz = inventory.to_sacpz();
    for note in &sacpz.notes {
        assert!(!note.to_string().is_empty());
    }
    if !sacpz.text.is_empty() {
        let again = Inventory::from_sacpz(sacpz.text.as_bytes()).unwrap();
        assert!(again.channels().count() <= inventory.channels().count());
    }
    if let Ok(text) = inventory.to_stationxml() {
        Inventory::from_stationxml(text.as_bytes()).unwrap();
    }
}
