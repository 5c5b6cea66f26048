//! seis-io against libmseed 3, in one run, on the same bytes.
//!
//! Each pair of programs runs in turn, many times; the best time of each counts. What they give
//! is compared before anything is timed. See README.md.

#![allow(missing_docs)]

mod data;
mod libmseed;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use seis_io::mseed::steim::{self, Steim};
use seis_io::mseed::{ByteOrder, Encoding, FormatVersion, ReadOptions, Reader, Records};

/// How long each pair is measured, at least.
const PATIENCE: Duration = Duration::from_millis(600);

/// Rounds of each pair: a number, or as many as the patience allows.
#[derive(Clone, Copy)]
struct Rounds(Option<usize>);

impl Rounds {
    /// The best time of each of two, in seconds.
    fn best(self, mut theirs: impl FnMut(), mut ours: impl FnMut()) -> (f64, f64) {
        let time = |run: &mut dyn FnMut()| {
            let clock = Instant::now();
            run();
            clock.elapsed().as_secs_f64()
        };
        let begun = Instant::now();
        let (mut best_theirs, mut best_ours) = (f64::INFINITY, f64::INFINITY);
        let mut round = 0;
        while self.0.map_or(round < 7 || begun.elapsed() < PATIENCE, |n| round < n) {
            best_theirs = best_theirs.min(time(&mut theirs));
            best_ours = best_ours.min(time(&mut ours));
            round += 1;
        }
        (best_theirs, best_ours)
    }
}

fn usage() -> ! {
    eprintln!("compare-libmseed [--only PART-OF-A-SERIES'-NAME] [--rounds N]");
    std::process::exit(2)
}

fn main() {
    let mut only = None;
    let mut rounds = Rounds(None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--only", Some(name)) => only = Some(name),
            ("--rounds", Some(n)) => rounds = Rounds(Some(n.parse().unwrap_or_else(|_| usage()))),
            _ => usage(),
        }
    }
    let day = std::env::var_os("SEIS_CORPUS")
        .map(|folder| PathBuf::from(folder).join("day/CI.HEC..BHN.D.2022.002.mseed"));
    if let Some(missing) = day.as_ref().filter(|day| !day.is_file()) {
        eprintln!("{}: no such file; is SEIS_CORPUS the folder it is in?", missing.display());
        std::process::exit(1);
    }
    println!("{:<28} {:<10} {:>10} {:>10} {:>7}", "", "", "libmseed", "seis-io", "ratio");
    for series in data::series(day.as_deref()) {
        if only.as_ref().is_some_and(|part| !series.name.contains(part.as_str())) {
            continue;
        }
        for len in [512, 4096] {
            for (steim, encoding) in
                [(Steim::One, Encoding::Steim1), (Steim::Two, Encoding::Steim2)]
            {
                let bytes = data::file(&series.samples, FormatVersion::V2, encoding, len);
                let name = format!("{} {encoding} {len}", series.name);
                decode(rounds, &name, steim, &series.samples, &bytes);
                encode(rounds, &name, steim, &series.samples, &bytes);
            }
        }
    }
    let Some(day) = day else { return };
    let bytes = std::fs::read(day).expect("the day file can be read");
    let samples = data::series(None).swap_remove(0).samples;
    scan(rounds, "real day", &bytes, false);
    for len in [512, 4096] {
        let v2 = data::file(&samples, FormatVersion::V2, Encoding::Steim2, len);
        scan(rounds, &format!("version 2, {len}"), &v2, false);
        let v3 = data::file(&samples, FormatVersion::V3, Encoding::Steim2, len);
        scan(rounds, &format!("version 3, {len}"), &v3, false);
        scan(rounds, &format!("version 3, {len}, CRC"), &v3, true);
    }
    whole(rounds, "real day", &bytes);
}

fn line(name: &str, what: &str, unit: f64, (theirs, ours): (f64, f64)) {
    println!(
        "{name:<28} {what:<10} {:>10.4} {:>10.4} {:>7.2}",
        theirs / unit,
        ours / unit,
        theirs / ours
    );
}

fn code(steim: Steim) -> u8 {
    match steim {
        Steim::One => libmseed::STEIM1,
        Steim::Two => libmseed::STEIM2,
    }
}

#[inline(never)]
fn our_decode(steim: Steim, payload: &[u8], count: usize, out: &mut Vec<i32>) {
    out.clear();
    let check = steim::decode(steim, ByteOrder::Big, payload, count, out).expect("we decode");
    assert!(check.is_some_and(|c| c.is_ok()));
}

#[inline(never)]
fn our_encode(steim: Steim, samples: &[i32], payload: &mut [u8]) -> steim::Encoded {
    steim::encode(steim, ByteOrder::Big, samples, payload).expect("we encode")
}

/// Samples out of the payloads of a file, record by record, into a buffer of one record. In ns per
/// sample.
fn decode(rounds: Rounds, name: &str, steim: Steim, samples: &[i32], bytes: &[u8]) {
    let records: Vec<_> = Records::new(bytes).map(|r| r.expect("a record")).collect();
    let payloads: Vec<_> = records.iter().map(|r| (r.payload(), r.sample_count())).collect();
    let mut theirs = vec![0; 1 << 15];
    let mut ours = Vec::new();
    let mut expected = samples;
    for (payload, count) in &payloads {
        let (wanted, rest) = expected.split_at(*count);
        assert_eq!(libmseed::decode(code(steim), payload, *count, &mut theirs), *count);
        assert_eq!(&theirs[..*count], wanted);
        our_decode(steim, payload, *count, &mut ours);
        assert_eq!(ours, wanted);
        expected = rest;
    }
    assert!(expected.is_empty());
    let times = rounds.best(
        || {
            for (payload, count) in &payloads {
                black_box(libmseed::decode(code(steim), payload, *count, &mut theirs));
            }
        },
        || {
            for (payload, count) in &payloads {
                our_decode(steim, payload, *count, &mut ours);
                black_box(&mut ours);
            }
        },
    );
    line(name, "decode", samples.len() as f64 * 1e-9, times);
}

/// Samples into payloads as long as those of a file. In ns per sample.
fn encode(rounds: Rounds, name: &str, steim: Steim, samples: &[i32], bytes: &[u8]) {
    let first = Records::new(bytes).next().expect("a record").expect("a record");
    let frames = first.payload().len() / 64;
    let mut theirs = vec![[0_u32; 16]; frames];
    let mut ours = vec![0_u8; frames * 64];
    let mut rest = samples;
    while !rest.is_empty() {
        let (count, len) = libmseed::encode(code(steim), rest, &mut theirs);
        let done = our_encode(steim, rest, &mut ours);
        assert_eq!((done.samples, done.frames * 64), (count, len));
        let their_bytes = theirs.iter().flatten().flat_map(|w| w.to_ne_bytes()).take(len);
        assert!(ours[..len].iter().copied().eq(their_bytes));
        rest = &rest[count..];
    }
    let times = rounds.best(
        || {
            let mut rest = samples;
            while !rest.is_empty() {
                let (count, _) = libmseed::encode(code(steim), rest, &mut theirs);
                black_box(&mut theirs);
                rest = &rest[count..];
            }
        },
        || {
            let mut rest = samples;
            while !rest.is_empty() {
                let done = our_encode(steim, rest, &mut ours);
                black_box(&mut ours);
                rest = &rest[done.samples..];
            }
        },
    );
    line(name, "encode", samples.len() as f64 * 1e-9, times);
}

/// Headers of a file in memory, samples left alone. In ns per record.
fn scan(rounds: Rounds, name: &str, bytes: &[u8], check_crc: bool) {
    let options = ReadOptions::new().check_crc(check_crc);
    let ours = || Records::with_options(bytes, &options).map(|r| r.expect("a record"));
    let records = ours().count();
    assert!(ours().map(|r| r.bytes().len()).eq(libmseed::Headers::new(bytes, check_crc)));
    let times = rounds.best(
        || {
            black_box(libmseed::Headers::new(bytes, check_crc).map(black_box).sum::<usize>());
        },
        || {
            black_box(ours().map(|r| black_box(&r).bytes().len()).sum::<usize>());
        },
    );
    line(name, "scan", records as f64 * 1e-9, times);
    let mut reader = Reader::new(options.clone());
    let (_, index) = rounds.best(
        || {},
        || {
            let _ = black_box(reader.index_bytes(black_box(bytes)).expect("an index"));
        },
    );
    line(name, "index", records as f64 * 1e-9, (times.0, index));
    println!(
        "{:<28} {:<10} {:>10.1} {:>10.1}",
        name,
        "GB/s",
        bytes.len() as f64 / times.0 * 1e-9,
        bytes.len() as f64 / times.1 * 1e-9
    );
}

/// A file in memory to traces. In ms.
fn whole(rounds: Rounds, name: &str, bytes: &[u8]) {
    let mut reader = Reader::default();
    let records = reader.read_bytes(bytes).expect("we read").report.records;
    assert_eq!(libmseed::traces(bytes), records);
    let times = rounds.best(
        || {
            black_box(libmseed::traces(black_box(bytes)));
        },
        || {
            let _ = black_box(reader.read_bytes(black_box(bytes)).expect("we read"));
        },
    );
    line(name, "traces, ms", 1e-3, times);
}
