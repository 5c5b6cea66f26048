//! Every byte may lie: prefixes and corruptions of good files end in data or typed errors, in time
//! and in memory that follows the size of the input.

use std::time::Duration;

use seis_io::mseed::steim::Steim;
use seis_io::mseed::{
    JoinOptions, Policy, ReadOptions, Reader, RecordReader, read_bytes, read_from,
};
use seis_testing::{Campaign, Kind, Limits, files_below, obspy, recordings, regressions};

use crate::chunks::mixture;
use crate::properties;
use crate::raw::{Raw, Raw3, series};

/// 64 bytes of Steim-2 hold up to 105 samples of 4 bytes, and vectors double as they grow; the
/// shortest record, of 64 bytes, has its entry in the index and its traces.
const LIMITS: Limits = Limits { per_byte: 64, fixed: 1 << 18, time: Duration::from_secs(20) };

/// Reads in every way, each within the limits.
fn read_within_limits(bytes: &[u8]) {
    let hold = |what, work: &mut dyn FnMut()| LIMITS.hold(what, bytes.len(), work);
    let joins =
        [ReadOptions::new(), ReadOptions::new().join(JoinOptions::obspy()).check_crc(false)];
    for options in &joins {
        for policy in [Policy::Skip, Policy::Stop, Policy::Strict] {
            let options = options.clone().policy(policy);
            hold("whole", &mut || drop(read_bytes(bytes, &options)));
            hold("headers", &mut || drop(Reader::new(options.clone()).index_bytes(bytes)));
            hold("verified", &mut || drop(Reader::new(options.clone()).verify_bytes(bytes)));
        }
        let sizes = [1, 100, 4096];
        hold("stream", &mut || {
            let trickle = properties::mseed::Trickle { bytes, sizes: &sizes, turn: 0 };
            drop(read_from(trickle, options));
        });
        hold("records", &mut || {
            let mut reader = RecordReader::with_options(bytes, options);
            while let Some(item) = reader.next_record() {
                drop(item.map(|record| record.decode()));
            }
        });
    }
}

/// Reads within limits, and sees that everything adds up.
fn torture(bytes: &[u8]) {
    read_within_limits(bytes);
    properties::mseed::records(bytes);
    properties::mseed::source(bytes);
    properties::mseed::chunks(bytes);
}

fn fixtures() -> Vec<Vec<u8>> {
    let steim = |v| Raw::steim(v, &series(60)).bytes();
    let mut odd = Raw::int32(&series(20));
    odd.blockettes.push((1001, vec![9, 9, 9, 9]));
    odd.blockettes.push((100, vec![66, 32, 0, 0, 0, 0, 0, 0]));
    odd.data_offset = 128;
    vec![
        steim(Steim::One),
        steim(Steim::Two),
        odd.bytes(),
        Raw3::int32(&series(30)).bytes(),
        mixture(),
    ]
}

fn campaign<'a>(name: &'a str, corpus: &'a [Vec<u8>], rounds: usize) -> Campaign<'a> {
    Campaign { name, corpus, kind: Kind::Binary, rounds }
}

#[test]
fn every_prefix_ends_in_data_or_an_error() {
    campaign("mseed prefixes", &fixtures(), 0).prefixes(3000, torture);
}

#[test]
fn every_byte_of_a_record_may_have_any_value() {
    for bytes in fixtures().into_iter().take(4) {
        for at in 0..80.min(bytes.len()) {
            for value in [0, 1, 2, 47, 48, 63, 64, 127, 128, 254, 255] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                torture(&bytes);
            }
        }
    }
}

#[test]
fn a_hundred_thousand_corruptions() {
    campaign("mseed corruptions", &fixtures(), 100_000).corruptions(torture);
}

#[test]
fn what_fuzzers_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    type Check = fn(&[u8]);
    let targets: [(&str, Check); 6] = [
        ("mseed_record", torture),
        ("mseed_source", torture),
        ("mseed_chunks", properties::mseed::chunks),
        ("mseed_write", properties::mseed::written),
        ("steim1", |bytes| properties::steim::codec(Steim::One, bytes)),
        ("steim2", |bytes| properties::steim::codec(Steim::Two, bytes)),
    ];
    for (target, check) in targets {
        for (path, bytes) in regressions(folder, target) {
            eprintln!("{}", path.display());
            check(&bytes);
        }
    }
}

/// Steim frames and traces of every kind, from random bytes.
#[test]
fn codecs_and_writers_on_anything() {
    let mut random = seis_testing::Random::new(3);
    let mut frames = vec![0; 448];
    seis_io::mseed::steim::encode(
        Steim::Two,
        seis_io::mseed::ByteOrder::Big,
        &series(100),
        &mut frames,
    )
    .unwrap();
    let noise = |len: usize, random: &mut seis_testing::Random| {
        (0..len).map(|_| random.byte()).collect::<Vec<u8>>()
    };
    let corpus: Vec<Vec<u8>> =
        vec![frames, noise(300, &mut random), noise(2000, &mut random), vec![0x55; 700]];
    campaign("codecs", &corpus, 20_000).corruptions(|bytes| {
        properties::steim::codec(Steim::One, bytes);
        properties::steim::codec(Steim::Two, bytes);
        properties::mseed::written(bytes);
    });
}

/// The test data of libmseed and of ObsPy.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names, and the test data of ObsPy"]
fn real_files_cut_and_corrupted() {
    let mut files = files_below(&recordings(), 100_000, &|path| {
        let name = path.to_string_lossy();
        name.contains(".ms") || name.ends_with(".mseed") || name.ends_with(".miniseed")
    });
    files.extend(files_below(&obspy().join("io/mseed/tests/data"), 100_000, &|_| true));
    let corpus: Vec<Vec<u8>> = files
        .iter()
        .map(|file| {
            let mut bytes = std::fs::read(file).unwrap();
            // Ten records of 512 bytes; of 4096, a whole one and the header of the next.
            bytes.truncate(5_000);
            bytes
        })
        .collect();
    assert!(corpus.len() > 50, "{}", corpus.len());
    let real = campaign("real mseed", &corpus, 100_000);
    real.prefixes(700, read_within_limits);
    real.corruptions(torture);
}

#[test]
fn many_false_starts_take_no_time() {
    let clock = std::time::Instant::now();
    // Headers without blockette 1000 at odd places: each has to be searched behind.
    let mut bare = Raw::int32(&[]);
    bare.blockettes.clear();
    bare.count = 9;
    let mut header = bare.bytes();
    header.truncate(49);
    torture(&header.repeat(40_000));
    // Version-3 headers with long payloads and wrong checksums.
    let mut raw = Raw3::int32(&[]);
    raw.payload = vec![1; 1 << 20];
    let mut header = raw.bytes();
    header.truncate(64);
    let mut bytes = header.repeat(20_000);
    bytes.extend(vec![0; 1 << 20]);
    torture(&bytes);
    // Chains of blockettes that lead on and on.
    let mut record = Raw::int32(&[]).bytes();
    record.resize(512, 0);
    for at in (48..508).step_by(4) {
        record[at..at + 4].copy_from_slice(&[0, 1, ((at + 4) >> 8) as u8, (at + 4) as u8]);
    }
    torture(&record.repeat(2_000));
    // The same record many times over.
    torture(&Raw::int32(&[1; 40]).bytes().repeat(20_000));
    assert!(clock.elapsed().as_secs() < 60, "{:?}", clock.elapsed());
}
