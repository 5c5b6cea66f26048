//! RESP, dataless SEED and pole-zero files that lie: each ends in data or a typed error, in time
//! and in memory that follows the size of the file; and what is missing is not made up.

mod common;
mod properties;

use std::path::Path;
use std::time::Duration;

use common::blockettes;
use common::seed::{self, blockette, f12, records, short_stages as short};
use seis_resp::{ChannelResponse, Inventory, Level, Problem, ProblemKind, ReadOptions, Result};
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
const LIMITS: Limits = Limits { per_byte: 200, fixed: 1 << 18, time: Duration::from_secs(20) };

/// References of a volume to its dictionary are followed up to 4 194 304 numbers.
const FOR_REFERENCES: u64 = 96 << 20;

const FORMATS: [Under; 3] = [
    Under {
        name: "resp",
        limits: LIMITS,
        made: resp_files,
        parse: ReadOptions::parse_resp,
        check: properties::sources::resp,
    },
    Under {
        name: "dataless",
        limits: Limits { fixed: FOR_REFERENCES, ..LIMITS },
        made: volumes,
        parse: ReadOptions::parse_dataless,
        check: properties::sources::dataless,
    },
    Under {
        name: "sacpz",
        limits: LIMITS,
        made: pole_zero_files,
        parse: ReadOptions::parse_sacpz,
        check: properties::sources::sacpz,
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

/// Files with blockettes of all kinds, and those of a whole instrument with the ends of lines that
/// are met.
fn resp_files() -> Vec<Vec<u8>> {
    let whole = ["\n", "\r\n"].map(|end| seed::resp(&short(), end).into_bytes());
    [blockettes::resp(), whole.to_vec()].concat()
}

/// Volumes with blockettes of all kinds, and those of a whole instrument, with its filters where
/// they are used or in the dictionary.
fn volumes() -> Vec<Vec<u8>> {
    let whole = [(8, false), (8, true), (12, true)]
        .map(|(exponent, dictionary)| seed::dataless(&short(), exponent, dictionary).into_bytes());
    [blockettes::dataless(), whole.to_vec()].concat()
}

fn pole_zero_files() -> Vec<Vec<u8>> {
    [blockettes::sacpz(), vec![seed::SACPZ.as_bytes().to_vec()]].concat()
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
    FORMATS[0].campaign(&resp_files(), 100_000).corruptions(|bytes| FORMATS[0].torture(bytes));
}

#[test]
fn a_hundred_thousand_corruptions_of_dataless() {
    let volumes = volumes();
    FORMATS[1].campaign(&volumes, 100_000).corruptions(|bytes| FORMATS[1].torture(bytes));
    // As numbers at fixed places, too.
    let campaign = FORMATS[1].campaign(&volumes, 3000);
    Campaign { kind: Kind::Binary, ..campaign }.corruptions(|bytes| FORMATS[1].torture(bytes));
}

#[test]
fn a_hundred_thousand_corruptions_of_sacpz() {
    FORMATS[2].campaign(&pole_zero_files(), 100_000).corruptions(|bytes| FORMATS[2].torture(bytes));
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

/// What was cut off is not made up: a response is whole, or broken, or what is missing is told.
#[test]
fn no_prefix_is_taken_for_the_whole() {
    let stages = short();
    for file in [seed::resp(&stages, "\n"), seed::dataless(&stages, 8, false)] {
        let whole = Inventory::from_bytes(file.as_bytes()).unwrap();
        let whole = whole.channels().next().unwrap().channel.response.get().unwrap().clone();
        for end in 0..file.trim_end().len() {
            let Ok(cut) = Inventory::from_bytes(&file.as_bytes()[..end]) else { continue };
            let Some(epoch) = cut.channels().next() else { continue };
            if let ChannelResponse::Present(response) = &epoch.channel.response {
                // Whole stages may be missing, and of the last one what stands behind its filter.
                for (a, b) in response.stages.iter().zip(&whole.stages) {
                    assert!(a.filter.is_none() || a.filter == b.filter, "{end}");
                    assert!(a.gain.is_none_or(|gain| Some(gain.value) == b.gain.map(|g| g.value)));
                    if let (Some(a), Some(b)) = (a.decimation, b.decimation) {
                        // What is missing is told; what is there is right.
                        let same = |a: Option<f64>, b| a.is_none() || a == b;
                        assert!(same(a.input_sample_rate_hz, b.input_sample_rate_hz), "{end}");
                        assert!(same(a.delay_s, b.delay_s), "{end}");
                        assert!(same(a.correction_s, b.correction_s), "{end}");
                        assert!(a.factor.is_none() || a.factor == b.factor, "{end}");
                    }
                }
            }
        }
    }
}

#[test]
fn counts_are_not_believed() {
    let head = "B050F03 S: ABC\nB050F16 N: XX\nB052F03 L:\nB052F04 C: BHZ\nB052F22 S: 2001\n";
    for number in ["999999999", "4294967295", "99999999999999999999", "1e9", "-1"] {
        let text = format!(
            "{head}B054F03 T: D\nB054F04 S: 1\nB054F05 I: V\nB054F06 O: V\nB054F07 N: {number}\n\
             B054F10 D: {number}\nB054F08-09 0 1 0\n"
        );
        FORMATS[0].torture(text.as_bytes());
        let inventory = Inventory::from_resp(text.as_bytes()).unwrap();
        let response = &inventory.channels().next().unwrap().channel.response;
        assert!(matches!(response, ChannelResponse::Broken(_)), "{response:?}");
    }
    FORMATS[2].torture(format!("ZEROS {0}\nPOLES {0}\nCONSTANT 1\n", u64::MAX).as_bytes());
    let volume = [
        records('V', &[blockette(10, "2.4 082010,001~~2022,002~Test~~")], 8, 1),
        records('S', &[blockette(60, "9999999999")], 8, 2),
        records('S', &[blockette(53, "A 1001002+1.00000E+00+1.00000E+00999")], 8, 3),
    ];
    FORMATS[1].torture(volume.concat().as_bytes());
}

/// A short reference stands for a long entry, and there may be many.
#[test]
fn references_do_not_expand_without_end() {
    let coefficients: String = (0..700).map(|_| "+1.0000000E-03").collect();
    let abbreviations = [
        blockette(34, "001COUNTS~Counts~"),
        blockette(41, &format!("   1FIR~A001001 700{coefficients}")),
    ];
    let stages: String = (1..100).map(|n| format!("{n:2} 1   1")).collect();
    let channel = [
        blockette(
            52,
            "00BHZ0000000~001000+34.500000-116.250000+0920.0001.5090.0-90.00001122.0000E+01\
             1.0000E-040000CG~2010,032~~N",
        ),
        blockette(60, &format!("99{stages}")),
    ];
    let mut station =
        vec![blockette(50, "ABC  +34.500000-116.250000+0920.00001000Here~0003210102000,001~~NXX")];
    for _ in 0..400 {
        station.extend_from_slice(&channel);
    }
    let file = [
        records('V', &[blockette(10, "2.4 122010,001~~2022,002~Test~~")], 12, 1),
        records('A', &abbreviations, 12, 2),
        records('S', &station, 12, 5),
    ]
    .concat();
    FORMATS[1].limits.hold("references", file.len(), || {
        let inventory = Inventory::from_dataless(file.as_bytes()).unwrap();
        let channels = || inventory.channels().map(|c| &c.channel.response);
        assert_eq!(channels().count(), 400);
        assert!(channels().any(|r| r.get().is_some()), "what can be afforded is there");
        assert!(inventory.report.problems.iter().any(|p| p.kind == ProblemKind::Count));
    });
}

#[test]
fn a_blockette_that_refers_to_its_own_kind_is_no_loop() {
    // Keys of blockettes 60 name entries of dictionaries 41 to 48; a key of another blockette 60,
    // or of one that refers back, is none of them.
    let abbreviations =
        [blockette(60, " 1 1 1   1"), blockette(48, &format!("   2~{0}{0} 0", f12(1.0)))];
    let station = [
        blockette(50, "ABC  +34.500000-116.250000+0920.00001000Here~0003210102000,001~~NXX"),
        blockette(
            52,
            "00BHZ0000000~001000+34.500000-116.250000+0920.0001.5090.0-90.00001122.0000E+01\
             1.0000E-040000CG~2010,032~~N",
        ),
        blockette(60, " 1 1 1   1"),
    ];
    let file = [
        records('V', &[blockette(10, "2.4 122010,001~~2022,002~Test~~")], 12, 1),
        records('A', &abbreviations, 12, 2),
        records('S', &station, 12, 3),
    ]
    .concat();
    FORMATS[1].torture(file.as_bytes());
    let inventory = Inventory::from_dataless(file.as_bytes()).unwrap();
    let response = &inventory.channels().next().unwrap().channel.response;
    assert!(matches!(response, ChannelResponse::Broken(_)), "{response:?}");
}

#[test]
fn time_grows_no_faster_than_the_file() {
    let channel = "B052F03 L:\nB052F04 C: BHZ\nB052F22 S: x\nB053F03 T: A\nB053F09 N: 5\n";
    let text = format!("B050F03 S: A\nB050F16 N: XX\n{}", channel.repeat(20_000));
    LIMITS.hold("channels", text.len(), || Inventory::from_resp(text.as_bytes()).unwrap());
    let station = "B050F03 S: A\nB050F16 N: XX\nB052F03 L:\nB052F04 C: BHZ\n";
    let text = station.repeat(20_000);
    LIMITS.hold("stations", text.len(), || Inventory::from_resp(text.as_bytes()).unwrap());
    let text = "CONSTANT 1\n".repeat(50_000);
    LIMITS.hold("constants", text.len(), || Inventory::from_sacpz(text.as_bytes()).unwrap());
    let junk = "000001S ~~~".repeat(20_000);
    FORMATS[1]
        .limits
        .hold("junk", junk.len(), || Inventory::from_dataless(junk.as_bytes()).is_ok());
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
