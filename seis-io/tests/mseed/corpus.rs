//! Real files, where `SEIS_CORPUS` names the folder that has them.

use std::path::{Path, PathBuf};

use seis_core::TimeDelta;
use seis_io::mseed::{
    ReadOptions, Reader, RecordError, Records, WriteOptions, read, read_bytes, write_to,
};

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.to_string_lossy().contains("mseed") && path.extension().unwrap() != "json" {
            out.push(path);
        }
    }
}

/// What ObsPy 1.5.1 and libmseed 3.5 read in these windows: start, number, first and last sample.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn windows_of_southern_california() {
    let corpus = corpus();
    let events = corpus.join("events");
    let path =
        events.join("20220102T000000/raw/CI.CCA..BHN__20220102T000000Z__20220102T002000Z.mseed");
    let contents = read(&path).unwrap();
    assert_eq!((contents.stream.len(), contents.report.records), (1, 97));
    let trace = &contents.stream.traces()[0];
    assert_eq!(
        trace.to_string(),
        "CI.CCA..BHN | 2022-01-02T00:00:00.019538Z - 2022-01-02T00:19:59.994538Z | 40 Hz, 48000 samples"
    );
    assert!(contents.complete().is_ok());

    // The file with a hole: five records are missing.
    let mut holes = Vec::new();
    files(&events.join("gap/raw"), &mut holes);
    let stream = read(&holes[0]).unwrap().complete().unwrap();
    assert_eq!(stream.len(), 2);
    assert_eq!(stream.gaps().len(), 1);

    // The file that was cut within a record.
    let mut cut = Vec::new();
    files(&events.join("truncated/raw"), &mut cut);
    let contents = read(&cut[0]).unwrap();
    let size = std::fs::metadata(&cut[0]).unwrap().len();
    assert_eq!(contents.stream.len(), 1);
    match contents.report.skipped.as_slice() {
        [skipped] => {
            assert_eq!(skipped.offset + skipped.len, size);
            assert!(matches!(skipped.reason, RecordError::Truncated { needed: 512, .. }));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn real_data_need_no_more_room_than_before() {
    let corpus = corpus();
    let mut paths = Vec::new();
    files(&corpus.join("events"), &mut paths);
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(contents) = read_bytes(&bytes, &ReadOptions::new()) else { continue };
        let mut out = Vec::new();
        let record_len = Records::new(&bytes).flatten().next().unwrap().bytes().len();
        let options = WriteOptions::new().record_len(record_len);
        let written = write_to(&mut out, &contents.stream, &options).unwrap();
        let before = Records::new(&bytes).filter(Result::is_ok).count() as u64;
        assert!(written.records <= before, "{}: {} of {before}", path.display(), written.records);
        let again = read_bytes(&out, &ReadOptions::new()).unwrap();
        assert_eq!(again.stream, contents.stream, "{}", path.display());
    }
}

/// Ten minutes of the file of a whole day.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn a_window_of_a_real_day_touches_little() {
    let mut paths = Vec::new();
    files(&corpus().join("day"), &mut paths);
    let path = &paths[0];
    let whole = read(path).unwrap().stream;
    for minute in [0, 5, 700, 1433] {
        let from = whole.traces()[0].start + TimeDelta::from_seconds(minute * 60);
        let to = from + TimeDelta::from_seconds(600);
        let options = ReadOptions::new().window(from, to).time_ordered(true);
        let part = Reader::new(options).read(path).unwrap();
        let expected = whole.slice(from, to);
        let (found, expected) = (&part.stream.traces()[0], &expected.traces()[0]);
        assert!(found.samples == expected.samples, "{minute}");
        // The start is that of the record, not of the trace of the whole day.
        assert!((found.start - expected.start).abs() < TimeDelta::from_nanos(100_000));
        let report = part.report;
        let touched = report.bytes - report.untouched_bytes;
        println!("{} of {} bytes read for the window", touched, report.bytes);
        assert!(touched < report.bytes / 50);
    }
}
