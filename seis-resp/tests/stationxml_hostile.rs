//! Documents that lie: each ends in data or a typed error, in time.

mod common;
mod properties;

use std::time::{Duration, Instant};

use common::{all_stages, descriptions, document, with_channels, with_response};
use seis_resp::{Error, Inventory, Level, ReadOptions, ReadReport};
use seis_testing::{Campaign, Kind, Limits, files_below, obspy, recordings, regressions};

/// The shortest elements, of ten or twenty bytes, become a channel or a stage with a hundred
/// fields, and vectors double as they grow.
const LIMITS: Limits = Limits { per_byte: 160, fixed: 1 << 18, time: Duration::from_secs(20) };

/// Reads by every level, strictly and not, and looks at what comes out.
fn try_all(document: &[u8]) {
    for level in [Level::Network, Level::Station, Level::Channel, Level::Response] {
        for strict in [false, true] {
            let options = ReadOptions::new().level(level).strict(strict);
            match LIMITS.hold("StationXML", document.len(), || options.parse(document)) {
                Ok(inventory) => {
                    assert!(inventory.channels().count() <= document.len());
                    assert!(!strict || inventory.report.is_clean());
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

/// Reads, writes, reads again and evaluates as well.
fn torture(document: &[u8]) {
    try_all(document);
    properties::stationxml::document(document);
}

fn in_time(limit: Duration, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(start.elapsed() < limit, "took {:?}", start.elapsed());
}

/// Documents that hold all elements together.
fn fixtures() -> [String; 4] {
    [
        with_response(&all_stages()),
        descriptions(),
        with_channels(
            "<Channel code=\"LOG\" locationCode=\"\"><!-- a --><Depth>1</Depth></Channel>",
        ),
        document("<Network code=\"XX\"><Description><![CDATA[a]]>&amp;</Description></Network>"),
    ]
}

#[test]
fn every_prefix() {
    for text in fixtures() {
        for end in 0..text.len() {
            let prefix = &text.as_bytes()[..end];
            if end < text.trim_end().len() {
                let error = Inventory::from_stationxml(prefix).unwrap_err();
                assert!(matches!(error, Error::Xml { .. }), "{end}: {error}");
                assert!(error.to_string().starts_with("line "), "{error}");
            }
            torture(prefix);
        }
    }
}

fn campaign<'a>(name: &'a str, corpus: &'a [Vec<u8>], rounds: usize) -> Campaign<'a> {
    Campaign { name, corpus, kind: Kind::Markup, rounds }
}

/// What is read of a corrupted document is also checked and written.
#[test]
fn a_hundred_thousand_corruptions() {
    let stages = all_stages();
    let mut corpus: Vec<Vec<u8>> = fixtures().map(String::into_bytes).into();
    // One stage alone is hit more often.
    corpus.extend(stages.split_inclusive("</Stage>\n").map(|s| with_response(s).into_bytes()));
    campaign("StationXML", &corpus, 100_000).corruptions(torture);
}

#[test]
fn what_fuzzers_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    for (path, bytes) in regressions(folder, "stationxml") {
        eprintln!("{}", path.display());
        torture(&bytes);
    }
}

/// StationXML of data centres, and ObsPy's test data.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names, and the test data of ObsPy"]
fn real_files_cut_and_corrupted() {
    let is_xml = |path: &std::path::Path| path.extension().is_some_and(|e| e == "xml");
    let mut files = files_below(&recordings(), 40_000, &is_xml);
    files.truncate(5);
    files.extend(files_below(&obspy().join("io/stationxml/tests/data"), 30_000, &is_xml));
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(corpus.len() >= 5, "{}", corpus.len());
    let real = campaign("real StationXML", &corpus, 100_000);
    real.prefixes(1000, try_all);
    real.corruptions(torture);
}

/// No prefix of a whole document is a document.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn every_prefix_of_a_real_file_is_refused() {
    let file = recordings().join("events/20220102T000000/resp/CI.HEC.xml");
    let text = std::fs::read(file).unwrap();
    let whole = text.trim_ascii_end().len();
    for end in 0..text.len() {
        let parsed = Inventory::from_stationxml(&text[..end]);
        assert_eq!(parsed.is_ok(), end >= whole, "{end}");
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
        with_channels(&format!("<Channel><Depth>{}</Depth></Channel>", "9".repeat(10 * N))),
        with_channels(&format!(
            "<Channel><Depth>0.{}1e-{}</Depth></Channel>",
            "0".repeat(10 * N),
            "9".repeat(10 * N)
        )),
        with_response(&format!(
            "<Stage number=\"1\"><FIR>{}</FIR></Stage>",
            "<NumeratorCoefficient>1e308</NumeratorCoefficient>".repeat(10 * N)
        )),
        with_response(&format!("<Stage number=\"{}\"/>", "9".repeat(10 * N))),
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
