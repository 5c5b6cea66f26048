//! RESP, dataless SEED and pole-zero files that lie: each ends in data or a typed error, in time
//! and in memory that follows the size of the file.

mod common;
mod properties;

use std::path::Path;
use std::time::Duration;

use common::blockettes;
use seis_resp::{ChannelResponse, Inventory, Level, Problem, ReadOptions, Result};
use seis_testing::{Campaign, Kind, Limits, files_below, obspy, regressions};

/// How a format is read and checked.
struct Under {
    name: &'static str,
    limits: Limits,
    made: fn() -> Vec<Vec<u8>>,
    parse: fn(&ReadOptions, &[u8]) -> Result<Inventory>,
    check: fn(&[u8]),
}

/// The shortest line of a RESP file or record of a volume becomes a channel with a hundred fields.
const LIMITS: Limits = Limits { per_byte: 160, fixed: 1 << 18, time: Duration::from_secs(20) };

/// References of a volume to its dictionary are followed up to 4 194 304 numbers.
const FOR_REFERENCES: u64 = 96 << 20;

const FORMATS: [Under; 3] = [
    Under {
        name: "resp",
        limits: LIMITS,
        made: blockettes::resp,
        parse: ReadOptions::parse_resp,
        check: properties::seed::resp,
    },
    Under {
        name: "dataless",
        limits: Limits { fixed: FOR_REFERENCES, ..LIMITS },
        made: blockettes::dataless,
        parse: ReadOptions::parse_dataless,
        check: properties::seed::dataless,
    },
    Under {
        name: "sacpz",
        limits: LIMITS,
        made: blockettes::sacpz,
        parse: ReadOptions::parse_sacpz,
        check: properties::seed::sacpz,
    },
];

impl Under {
    fn read_within_limits(&self, bytes: &[u8]) {
        for level in [Level::Network, Level::Station, Level::Channel, Level::Response] {
            for strict in [false, true] {
                let options = ReadOptions::new().level(level).strict(strict);
                let read = || drop((self.parse)(&options, bytes));
                self.limits.hold(self.name, bytes.len(), read);
            }
        }
    }

    fn torture(&self, bytes: &[u8]) {
        self.read_within_limits(bytes);
        (self.check)(bytes);
    }

    fn campaign<'a>(&self, corpus: &'a [Vec<u8>], rounds: usize) -> Campaign<'a> {
        Campaign { name: self.name, corpus, kind: Kind::Text, rounds }
    }
}

#[test]
fn what_the_tests_are_made_of_is_read_whole() {
    for format in FORMATS {
        for (i, file) in (format.made)().iter().enumerate() {
            let inventory = (format.parse)(&ReadOptions::new(), file).unwrap();
            // Pole-zero files without comments do not say whose they are; corners and slopes,
            // blockette 56, are nothing that can be evaluated.
            let bare = format.name == "sacpz" && (i == 1 || i == 3);
            let is_known = |p: &&Problem| bare || p.place.element == "B056";
            let problems = &inventory.report.problems;
            if let Some(problem) = problems.iter().find(|p| !is_known(p)) {
                panic!("{} {i}: {problem}", format.name);
            }
            assert!(inventory.channels().count() > 0, "{} {i}", format.name);
            for epoch in inventory.channels().filter(|_| problems.is_empty()) {
                let response = &epoch.channel.response;
                assert!(!matches!(response, ChannelResponse::Broken(_)), "{} {i}", format.name);
            }
        }
    }
}

#[test]
fn every_prefix() {
    for format in FORMATS {
        format.campaign(&(format.made)(), 0).prefixes(5000, |bytes| format.torture(bytes));
    }
}

#[test]
fn a_hundred_thousand_corruptions_of_resp() {
    FORMATS[0]
        .campaign(&blockettes::resp(), 100_000)
        .corruptions(|bytes| FORMATS[0].torture(bytes));
}

#[test]
fn a_hundred_thousand_corruptions_of_dataless() {
    FORMATS[1]
        .campaign(&blockettes::dataless(), 100_000)
        .corruptions(|bytes| FORMATS[1].torture(bytes));
}

#[test]
fn a_hundred_thousand_corruptions_of_sacpz() {
    FORMATS[2]
        .campaign(&blockettes::sacpz(), 100_000)
        .corruptions(|bytes| FORMATS[2].torture(bytes));
}

#[test]
fn what_fuzzers_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    for format in FORMATS {
        for (path, bytes) in regressions(folder, format.name) {
            eprintln!("{}", path.display());
            format.torture(&bytes);
        }
    }
}

/// A dictionary whose one long entry is referred to as often as a volume can.
#[test]
fn references_do_not_multiply() {
    let [volume, ..] = &blockettes::dataless()[..] else { panic!("no volume") };
    let text = String::from_utf8(volume.clone()).unwrap();
    let start = text.find("0600049").unwrap();
    let many = format!("060{:04}990{}", 7 + 2 + 99 * 8, "01010002".repeat(99));
    assert!(text[start..].starts_with("0600049"));
    let text = format!("{}{}{}", &text[..start], many.repeat(2000), &text[start + 49..]);
    FORMATS[1].read_within_limits(text.as_bytes());
}

/// ObsPy's test data.
#[test]
#[ignore = "reads the test data of ObsPy"]
fn real_files_cut_and_corrupted() {
    let obspy = obspy();
    let wanted: [fn(&str) -> bool; 3] = [
        |name| name.starts_with("RESP"),
        |name| name.contains("dataless") || name.ends_with(".seed"),
        |name| name.to_ascii_lowercase().contains("pz"),
    ];
    for (format, wanted) in FORMATS.iter().zip(wanted) {
        let named = |path: &Path| path.file_name().is_some_and(|n| wanted(&n.to_string_lossy()));
        let corpus: Vec<Vec<u8>> = files_below(&obspy, 200_000, &named)
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .filter(|bytes| (format.parse)(&ReadOptions::new(), bytes).is_ok())
            .map(|mut bytes| {
                bytes.truncate(20_000);
                bytes
            })
            .collect();
        assert!(corpus.len() >= 3, "{}: {}", format.name, corpus.len());
        let real = format.campaign(&corpus, 30_000);
        real.prefixes(1000, |bytes| format.read_within_limits(bytes));
        real.corruptions(|bytes| format.torture(bytes));
    }
}
