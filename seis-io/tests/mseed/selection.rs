//! Only what is wanted.

use seis_core::{Samples, SamplingRate, TimeDelta, Trace, UtcTime};
use seis_io::mseed::steim::Steim;
use seis_io::mseed::{FormatVersion, ReadOptions, Reader, WriteOptions, read_bytes, write_to};

use crate::raw::{Raw, series};

fn of(codes: &[u8; 12], second: u32) -> Vec<u8> {
    let mut raw = Raw::steim(Steim::Two, &series(40)).at(second);
    raw.codes = *codes;
    raw.bytes()
}

fn file() -> Vec<u8> {
    (0..4).flat_map(|s| [of(b"HEC    BHNCI", s), of(b"CCA  00BHZCI", s)]).flatten().collect()
}

#[test]
fn by_id() {
    let options = ReadOptions::new().select("CI.HEC".parse().unwrap());
    let contents = read_bytes(&file(), &options).unwrap();
    assert_eq!(contents.stream.len(), 1);
    assert_eq!(contents.report.records, 4);
    assert_eq!(contents.report.filtered_records, 4);
    let options = options.select("*.*.00.*".parse().unwrap());
    assert_eq!(read_bytes(&file(), &options).unwrap().stream.len(), 2);
    // Nothing wanted is there: no error.
    let options = ReadOptions::new().select("XX".parse().unwrap());
    let contents = read_bytes(&file(), &options).unwrap();
    assert!(contents.stream.is_empty());
    assert_eq!(contents.report.filtered_records, 8);
}

#[test]
fn by_time() {
    let time = |s: &str| format!("2022-01-02T00:00:{s}Z").parse().unwrap();
    let options = ReadOptions::new().window(time("01.5"), time("02.25"));
    let contents = read_bytes(&file(), &options).unwrap();
    assert_eq!(contents.report.records, 4);
    for trace in &contents.stream {
        assert_eq!(trace.start, time("01.5"));
        assert_eq!(trace.end(), time("02.25"));
    }
    // The same samples as trimming afterwards.
    let mut all = read_bytes(&file(), &ReadOptions::new()).unwrap().stream;
    all.trim(time("01.5"), time("02.25"));
    assert_eq!(all, contents.stream);
}

/// A boundary between two records takes the nearest sample, whichever of them has it.
#[test]
fn boundaries_between_records() {
    let all = read_bytes(&file(), &ReadOptions::new()).unwrap().stream;
    let times = ["00.98", "00.984", "00.99", "00.9875", "01", "01.01", "01.0125", "01.02"];
    for a in times {
        for b in ["00.98", "00.99", "02", "02.01", "01.98"] {
            let time = |s: &str| -> UtcTime { format!("2022-01-02T00:00:{s}Z").parse().unwrap() };
            let (from, to) = (time(a), time(b));
            if from > to {
                continue;
            }
            let part = read_bytes(&file(), &ReadOptions::new().window(from, to)).unwrap().stream;
            let mut trimmed = all.clone();
            trimmed.trim(from, to);
            assert_eq!(part, trimmed, "{a} {b}");
        }
    }
}

#[test]
fn payloads_that_are_not_wanted_are_not_looked_at() {
    let mut bad = of(b"CCA  00BHZCI", 0);
    bad[64..].fill(0xff);
    let bytes = [of(b"HEC    BHNCI", 0), bad].concat();
    let options = ReadOptions::new().select("*.HEC".parse().unwrap());
    assert!(read_bytes(&bytes, &options).unwrap().complete().is_ok());
    assert!(read_bytes(&bytes, &ReadOptions::new()).unwrap().complete().is_err());
}

#[test]
fn headers_alone() {
    let bytes = file();
    let index = Reader::default().index_bytes(&bytes).unwrap();
    assert_eq!(index.records.len(), 8);
    assert_eq!(index.records[3].offset, 1536);
    assert_eq!(index.records[3].id.to_string(), "CI.CCA.00.BHZ");
    assert_eq!(index.spans.len(), 2);
    let stream = read_bytes(&bytes, &ReadOptions::new()).unwrap().stream;
    for (span, trace) in index.spans.iter().zip(&stream) {
        assert_eq!((span.id, span.start, span.end), (trace.id, trace.start, trace.end()));
        assert_eq!(span.samples, trace.len() as u64);
    }
}

/// A log message has no sampling rate: its samples stand at its start, whatever their number.
#[test]
fn records_without_a_rate_are_wanted_whole_or_not_at_all() {
    let start: UtcTime = "2022-01-02T00:00:00Z".parse().unwrap();
    let later = start + TimeDelta::from_seconds(3600);
    let text = Samples::Text(b"hello world, clock lost lock".to_vec());
    let numbers = Samples::I32((0..40).collect());
    for (samples, version) in [
        (text, FormatVersion::V2),
        (numbers.clone(), FormatVersion::V2),
        (numbers, FormatVersion::V3),
    ] {
        let message = Trace::new("XX.A..LOG".parse().unwrap(), start, SamplingRate::NONE, samples);
        let mut bytes = Vec::new();
        write_to(&mut bytes, [&message], &WriteOptions::new().version(version)).unwrap();
        for (from, to, wanted) in [
            (UtcTime::MIN, UtcTime::MAX, true),
            (start, start, true),
            (start, later, true),
            (UtcTime::EPOCH, start, true),
            (start + TimeDelta::from_nanos(1), later, false),
            (UtcTime::EPOCH, start - TimeDelta::from_nanos(1), false),
        ] {
            let contents = read_bytes(&bytes, &ReadOptions::new().window(from, to)).unwrap();
            let expected = if wanted { std::slice::from_ref(&message) } else { &[] };
            assert_eq!(contents.stream.traces(), expected, "{version:?} {from} {to}");
            assert_eq!(contents.report.filtered_records, usize::from(!wanted));
        }
    }
}
