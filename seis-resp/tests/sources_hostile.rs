//! RESP files, volumes and pole-zero files that lie: each ends in data or a typed error, in time.

mod common;
mod properties;

use std::time::Duration;

use common::seed::{Filter, SACPZ, Stage, blockette, dataless, f12, records, resp, stages};
use seis_resp::{ChannelResponse, Inventory, ProblemKind};
use seis_testing::{Campaign, Kind, Limits, files_below, obspy, regressions};

/// A channel header of eight bytes becomes a channel with all its fields, vectors double as they
/// grow, and references to dictionaries may stand for so much
/// (`seis-resp/src/dataless/read.rs`).
const LIMITS: Limits = Limits { per_byte: 600, fixed: 1 << 23, time: Duration::from_secs(20) };

fn torture(bytes: &[u8]) {
    LIMITS.hold("reading", bytes.len(), || properties::sources::read(bytes));
    properties::sources::file(bytes);
}

/// The fixture with shorter lists, so that heads are hit as well.
fn short() -> Vec<Stage> {
    let mut stages = stages();
    for stage in &mut stages {
        match &mut stage.filter {
            Filter::Coefficients { numerators, .. } => numerators.truncate(5),
            Filter::Fir { coefficients, .. } => coefficients.truncate(5),
            Filter::List(elements) => elements.truncate(6),
            Filter::PolesZeros { .. } => {}
        }
    }
    stages
}

fn texts() -> Vec<Vec<u8>> {
    vec![
        resp(&short(), "\n").into_bytes(),
        resp(&short(), "\r\n").into_bytes(),
        SACPZ.as_bytes().to_vec(),
    ]
}

fn volumes() -> Vec<Vec<u8>> {
    let volume = |exponent, dictionary| dataless(&short(), exponent, dictionary).into_bytes();
    vec![volume(8, false), volume(8, true), volume(12, true)]
}

fn campaign<'a>(name: &'a str, corpus: &'a [Vec<u8>], kind: Kind, rounds: usize) -> Campaign<'a> {
    Campaign { name, corpus, kind, rounds }
}

#[test]
fn every_prefix() {
    let texts = [resp(&short(), "\n").into_bytes(), SACPZ.as_bytes().to_vec()];
    campaign("text", &texts, Kind::Text, 0).prefixes(usize::MAX, properties::sources::read);
    let volumes = [dataless(&short(), 8, true).into_bytes()];
    campaign("volume", &volumes, Kind::Binary, 0).prefixes(usize::MAX, properties::sources::read);
    campaign("all", &[volumes, [resp(&short(), "\r\n").into_bytes()]].concat(), Kind::Text, 0)
        .prefixes(100, properties::sources::file);
}

/// What was cut off is not made up: a response is whole, or broken, or what is missing is told.
#[test]
fn no_prefix_is_taken_for_the_whole() {
    let stages = short();
    for file in [resp(&stages, "\n"), dataless(&stages, 8, false)] {
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
fn corrupted_texts() {
    campaign("RESP and poles and zeros", &texts(), Kind::Text, 3000).corruptions(torture);
}

#[test]
fn corrupted_volumes() {
    campaign("volumes as text", &volumes(), Kind::Text, 1500).corruptions(torture);
    campaign("volumes as bytes", &volumes(), Kind::Binary, 1500).corruptions(torture);
}

#[test]
fn what_fuzzers_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    for (path, bytes) in regressions(folder, "sources") {
        eprintln!("{}", path.display());
        torture(&bytes);
    }
}

/// The files in ObsPy's test data.
#[test]
#[ignore = "reads the test data of ObsPy"]
fn real_files_cut_and_corrupted() {
    let obspy = obspy();
    let of = |text: bool| -> Vec<Vec<u8>> {
        let wanted = |path: &std::path::Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let is_text = name.contains("resp") || name.contains("pz");
            let is_volume = name.contains("dataless") || name.ends_with("seed");
            if text { is_text } else { is_volume }
        };
        let mut files = files_below(&obspy.join("io/xseed/tests/data"), 40_000, &wanted);
        files.extend(files_below(&obspy.join("io/sac/tests/data"), 40_000, &wanted));
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    };
    let (texts, volumes) = (of(true), of(false));
    assert!(texts.len() > 10 && volumes.len() > 5, "{} {}", texts.len(), volumes.len());
    campaign("real RESP", &texts, Kind::Text, 20_000).corruptions(torture);
    campaign("real volumes", &volumes, Kind::Text, 20_000).corruptions(torture);
}

#[test]
fn counts_are_not_believed() {
    let head = "B050F03 S: ABC\nB050F16 N: XX\nB052F03 L:\nB052F04 C: BHZ\nB052F22 S: 2001\n";
    for number in ["999999999", "4294967295", "99999999999999999999", "1e9", "-1"] {
        let text = format!(
            "{head}B054F03 T: D\nB054F04 S: 1\nB054F05 I: V\nB054F06 O: V\nB054F07 N: {number}\n\
             B054F10 D: {number}\nB054F08-09 0 1 0\n"
        );
        torture(text.as_bytes());
        let inventory = Inventory::from_resp(text.as_bytes()).unwrap();
        let response = &inventory.channels().next().unwrap().channel.response;
        assert!(matches!(response, ChannelResponse::Broken(_)), "{response:?}");
    }
    torture(format!("ZEROS {0}\nPOLES {0}\nCONSTANT 1\n", u64::MAX).as_bytes());
    let volume = [
        records('V', &[blockette(10, "2.4 082010,001~~2022,002~Test~~")], 8, 1),
        records('S', &[blockette(60, "9999999999")], 8, 2),
        records('S', &[blockette(53, "A 1001002+1.00000E+00+1.00000E+00999")], 8, 3),
    ];
    torture(volume.concat().as_bytes());
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
        records('S', &station, 12, 6),
    ]
    .concat();
    LIMITS.hold("references", file.len(), || {
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
    torture(file.as_bytes());
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
    LIMITS.hold("junk", junk.len(), || Inventory::from_dataless(junk.as_bytes()).is_ok());
}
