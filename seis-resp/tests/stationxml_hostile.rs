//! Documents that lie: each ends in data or a typed error, in time.

mod common;

use std::time::{Duration, Instant};

use common::{all_stages, corpus, with_channels, with_response};
use seis_resp::{Error, Inventory, Level, ReadOptions, ReadReport};

/// Reads by every level, strictly and not, and looks at what comes out.
fn try_all(document: &[u8]) {
    for level in [Level::Station, Level::Channel, Level::Response] {
        for strict in [false, true] {
            match ReadOptions::new().level(level).strict(strict).parse(document) {
                Ok(inventory) => {
                    assert!(inventory.channels().count() <= document.len());
                    assert!(!strict || inventory.report.is_clean());
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

fn in_time(limit: Duration, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(start.elapsed() < limit, "took {:?}", start.elapsed());
}

/// A generator that gives the same numbers on every machine (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[test]
fn every_prefix() {
    let text = with_response(&all_stages());
    for end in 0..text.len() {
        let prefix = &text.as_bytes()[..end];
        if end < text.trim_end().len() {
            let error = Inventory::from_stationxml(prefix).unwrap_err();
            assert!(matches!(error, Error::Xml { .. }), "{end}: {error}");
        }
        try_all(prefix);
    }
}

/// 0 flips a bit, 1 sets a byte, 2 cuts bytes out, 3 doubles a piece, 4 swaps in a telling word.
fn corrupt(document: &mut Vec<u8>, random: &mut Random) {
    const WORDS: [&[u8]; 12] = [
        b"<",
        b">",
        b"</",
        b"/>",
        b"&",
        b"<!--",
        b"<![CDATA[",
        b"]]>",
        b"<?",
        b"\"",
        b"1e999",
        b"NaN",
    ];
    for _ in 0..=random.below(4) {
        if document.is_empty() {
            return;
        }
        let at = random.below(document.len());
        let end = (at + 1 + random.below(40)).min(document.len());
        match random.below(5) {
            0 => document[at] ^= 1 << random.below(8),
            1 => document[at] = random.below(256) as u8,
            2 => drop(document.drain(at..end)),
            3 => {
                let piece = document[at..end].to_vec();
                document.splice(at..at, piece);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                document.splice(at..end.min(at + word.len()), word.iter().copied());
            }
        }
    }
}

#[test]
fn twenty_thousand_corruptions() {
    let text = with_response(&all_stages());
    let mut random = Random(1);
    for _ in 0..20_000 {
        let mut document = text.clone().into_bytes();
        corrupt(&mut document, &mut random);
        try_all(&document);
    }
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn real_files_cut_and_corrupted() {
    let folder = corpus();
    let file = folder.join("events/20220102T000000/resp/CI.HEC.xml");
    let text = std::fs::read(file).unwrap();
    let whole = text.trim_ascii_end().len();
    for end in 0..text.len() {
        let parsed = Inventory::from_stationxml(&text[..end]);
        assert_eq!(parsed.is_ok(), end >= whole, "{end}");
    }
    let mut random = Random(2);
    for _ in 0..10_000 {
        let mut document = text.clone();
        corrupt(&mut document, &mut random);
        let _ = Inventory::from_stationxml(&document);
    }
}

#[test]
fn entities_do_not_expand() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">\
                <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
                <!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
                <FDSNStationXML schemaVersion=\"1.2\"><Source>&c;</Source><Sender>&f;</Sender>\
                <Module>&#x41;&lt;</Module></FDSNStationXML>";
    let inventory = Inventory::from_stationxml(bomb.as_bytes()).unwrap();
    assert_eq!(inventory.source.as_deref(), Some("&c;"));
    assert_eq!(inventory.sender.as_deref(), Some("&f;"));
    assert_eq!(inventory.module.as_deref(), Some("A<"));
    assert_eq!(inventory.report.problems.len(), 2);
}

#[test]
fn a_hundred_thousand_levels() {
    const LEVELS: usize = 100_000;
    for name in ["a", "Network", "Station", "Response"] {
        for close in [false, true] {
            let ends = if close { format!("</{name}>").repeat(LEVELS) } else { String::new() };
            let text = format!("<FDSNStationXML>{}{ends}", format!("<{name}>").repeat(LEVELS));
            in_time(Duration::from_secs(5), || {
                let error = Inventory::from_stationxml(text.as_bytes()).unwrap_err();
                assert!(matches!(error, Error::TooDeep { .. }), "{error}");
            });
        }
    }
}

#[test]
fn time_grows_no_faster_than_the_document() {
    const N: usize = 100_000;
    let response = "<Response><Stage><StageGain><Value>x</Value></StageGain></Stage></Response>";
    let broken = with_channels(&format!("<Channel code=\"B\">{response}</Channel>").repeat(N / 4));
    let many = |piece: &str| format!("<FDSNStationXML {}/>", piece.repeat(N));
    for text in [
        broken.replace('\n', ""),
        many("a=\"1\" "),
        many("code"),
        format!("<FDSNStationXML><Network code=\"{}\"/></FDSNStationXML>", "é".repeat(N)),
        format!("<FDSNStationXML>{}</FDSNStationXML>", "<Network><!-- -->".repeat(200)),
        format!("<FDSNStationXML><Source>{}</Source></FDSNStationXML>", "&#65;".repeat(N)),
        format!("<FDSNStationXML><Source>{}</Source></FDSNStationXML>", "&x;".repeat(N)),
        with_channels(&"<Channel><!-- --></Channel>".repeat(N / 4)),
        with_channels(&"<Channel>".repeat(200)),
        (0..N).map(|n| format!("<u{n}/>")).collect::<String>(),
        format!(
            "<FDSNStationXML>{}</FDSNStationXML>",
            (0..N).map(|n| format!("<u{n}/>")).collect::<String>()
        ),
    ] {
        in_time(Duration::from_secs(20), || try_all(text.as_bytes()));
    }
}

#[test]
fn reports_stay_small() {
    const N: usize = 20_000;
    let bad = "<Type>x</Type><Note/>".repeat(N);
    let inventory = Inventory::from_stationxml(
        with_channels(&format!("<Channel code=\"B\">{bad}</Channel>")).as_bytes(),
    )
    .unwrap();
    let report = &inventory.report;
    assert_eq!(report.problems.len(), ReadReport::MAX_PROBLEMS);
    assert_eq!(report.problems.len() as u64 + report.further_problems, N as u64);
    assert_eq!(
        (report.ignored[0].name.as_str(), report.ignored[0].count),
        ("Channel/Note", N as u64)
    );
    let long = "y".repeat(1_000_000);
    let text =
        with_channels(&format!("<Channel code=\"{long}\"><Type>{long}</Type><{long}/></Channel>"));
    let inventory = Inventory::from_stationxml(text.as_bytes()).unwrap();
    let shown = format!("{:?}", inventory.report);
    assert!(shown.len() < 5000, "{}", shown.len());
    let names: String = (0..1000).map(|n| format!("<u{n}/>")).collect();
    let inventory = Inventory::from_stationxml(with_channels(&names).as_bytes()).unwrap();
    assert_eq!(inventory.report.ignored.len(), ReadReport::MAX_IGNORED);
    assert_eq!(inventory.report.further_ignored, 800);
}
