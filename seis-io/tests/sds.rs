//! Archives of day files.

use std::path::Path;

use seis_core::{IdPattern, Samples, SamplingRate, Stream, Trace, UtcTime};
use seis_io::mseed::{self, FormatVersion, ReadOptions, WriteOptions, write_to};
use seis_io::sds::{Error, Sds};

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn any() -> IdPattern {
    IdPattern::any()
}

/// Noise that repeats itself nowhere in a hurry.
fn trace(id: &str, start: &str, hz: f64, seconds: f64) -> Trace {
    let rate = SamplingRate::from_hz(hz).unwrap();
    let mut state = id.bytes().fold(7_u32, |a, b| a.wrapping_mul(31).wrapping_add(b.into()));
    let samples: Vec<i32> = (0..(hz * seconds) as usize)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 19) as i32 - 4096
        })
        .collect();
    Trace::new(id.parse().unwrap(), at(start), rate, samples)
}

fn put(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_written_is_read_across_midnights_and_years() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    // Four days around a leap year's end, at a rate whose samples do not fall on midnight.
    let long = trace("CI.HEC..BHN", "2020-12-30T12:00:00.0123Z", 12.5, 3.0 * 86_400.0);
    let other = trace("CI.HEC.10.HHZ", "2020-12-31T10:00:00Z", 1.0, 600.0);
    let written = archive.write([&long, &other], &WriteOptions::new().record_len(512)).unwrap();
    let names: Vec<String> = written
        .iter()
        .map(|(path, _)| path.strip_prefix(root.path()).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "2020/CI/HEC/BHN.D/CI.HEC..BHN.D.2020.365",
            "2020/CI/HEC/BHN.D/CI.HEC..BHN.D.2020.366",
            "2021/CI/HEC/BHN.D/CI.HEC..BHN.D.2021.001",
            "2021/CI/HEC/BHN.D/CI.HEC..BHN.D.2021.002",
            "2020/CI/HEC/HHZ.D/CI.HEC.10.HHZ.D.2020.366",
        ]
    );
    let samples: u64 = written.iter().map(|(_, w)| w.samples).sum();
    assert_eq!(samples, (long.len() + other.len()) as u64);
    for (path, _) in &written[..4] {
        let day = &mseed::read(path).unwrap().stream.traces()[0].clone();
        assert_eq!(day.start.to_ordinal().1, day.end().to_ordinal().1, "{}", path.display());
    }

    let all = archive.read(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert!(all.is_complete());
    assert_eq!(all.stream.len(), 2);
    assert_eq!(all.stream.traces()[0].samples, long.samples);
    assert_eq!(all.stream.traces()[1], other);

    for (from, to) in [
        ("2020-12-31T23:59:59Z", "2021-01-01T00:00:01Z"),
        ("2020-12-30T12:00:00Z", "2020-12-30T12:00:10Z"),
        ("2020-12-31T00:00:00Z", "2020-12-31T00:00:00.05Z"),
        ("2021-01-01T23:00:00Z", "2021-01-03T00:00:00Z"),
    ] {
        let (from, to) = (at(from), at(to));
        let part = archive.read(&"CI.*.--".parse().unwrap(), from, to).unwrap();
        let expected = all.stream.traces()[0].slice(from, to).unwrap();
        assert_eq!(part.stream.traces(), [expected], "{from}");
        let read: u64 = part.files.iter().map(|f| f.report.bytes - f.report.untouched_bytes).sum();
        let there: u64 = part.files.iter().map(|f| f.report.bytes).sum();
        assert!(read < there / 2, "{read} of {there}");
    }
}

/// Records that begin before midnight and end behind it, in either day's file, or in both.
#[test]
fn records_that_spill_past_midnight() {
    let rate_hz = 10.0;
    let whole = trace("XX.A..BHZ", "2022-01-02T22:00:00Z", rate_hz, 4.0 * 3600.0);
    let mut bytes = Vec::new();
    write_to(&mut bytes, [&whole], &WriteOptions::new().record_len(512)).unwrap();
    let index = mseed::Reader::default().index_bytes(&bytes).unwrap();
    let midnight = at("2022-01-03T00:00:00Z");
    let spilling = index.records.iter().position(|r| r.start < midnight && r.end >= midnight);
    let spilling = spilling.expect("a record across midnight");
    let today = "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.002";
    let tomorrow = "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.003";
    // Cut behind the spilling record, in front of it, in front of two, and with it in both.
    for (end, begin) in [
        (spilling + 1, spilling + 1),
        (spilling, spilling),
        (spilling - 1, spilling - 1),
        (spilling + 1, spilling),
    ] {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), today, &bytes[..end * 512]);
        put(root.path(), tomorrow, &bytes[begin * 512..]);
        let archive = Sds::new(root.path());
        for (from, to) in [
            ("2022-01-02T23:59:59Z", "2022-01-03T00:00:01Z"),
            // The spilling record alone has it, in the file of the day before, or of the day.
            ("2022-01-03T00:00:00Z", "2022-01-03T00:00:02Z"),
            ("2022-01-02T23:59:50Z", "2022-01-02T23:59:59.9Z"),
            ("2022-01-02T00:00:00Z", "2022-01-03T12:00:00Z"),
        ] {
            let (from, to) = (at(from), at(to));
            let found = archive.read(&any(), from, to).unwrap();
            assert_eq!(found.stream.traces(), [whole.slice(from, to).unwrap()], "{end} {from}");
            let duplicates: usize = found.files.iter().map(|f| f.report.duplicate_records).sum();
            assert_eq!(duplicates, end - begin);
        }
    }
}

#[test]
fn missing_days_are_gaps() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    let days = ["2022-02-27", "2022-02-28", "2022-03-02"];
    let traces = days.map(|day| trace("XX.A..BHZ", &format!("{day}T00:00:00Z"), 1.0, 86_400.0));
    archive.write(&traces, &Default::default()).unwrap();
    let found =
        archive.read(&any(), at("2022-02-01T00:00:00Z"), at("2022-04-01T00:00:00Z")).unwrap();
    assert_eq!(found.stream.len(), 2);
    assert_eq!(found.stream.gaps().len(), 1);
    let none =
        archive.read(&any(), at("2022-03-10T00:00:00Z"), at("2022-03-20T00:00:00Z")).unwrap();
    assert!(none.stream.is_empty() && none.files.is_empty());
    assert!(
        archive.read(&"YY".parse().unwrap(), UtcTime::MIN, UtcTime::MAX).unwrap().stream.is_empty()
    );
    let ids = archive.channels(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert_eq!(ids, ["XX.A..BHZ".parse().unwrap()]);
    let missing = Sds::new(root.path().join("nowhere")).files(&any(), UtcTime::MIN, UtcTime::MAX);
    assert!(matches!(missing, Err(Error::Io { .. })));
}

#[test]
fn writing_twice_adds() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    let whole = trace("XX.A..BHZ", "2022-01-02T10:00:00Z", 10.0, 600.0);
    let halves =
        [0_i64, 3000].map(|i| whole.slice(whole.time_of(i), whole.time_of(i + 2999)).unwrap());
    archive.write([&halves[0]], &Default::default()).unwrap();
    archive.write([&halves[1]], &Default::default()).unwrap();
    let found = archive.read(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert_eq!(found.stream.traces(), [whole]);
}

#[test]
fn other_types_and_other_files_are_passed_over() {
    let root = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    let data = trace("XX.A..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
    write_to(&mut bytes, [&data], &Default::default()).unwrap();
    for name in [
        "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.002",
        "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.002.idx",
        "2022/XX/A/BHZ.D/XX.A..BHN.D.2022.002",
        "2022/XX/A/BHZ.D/XX.A..BHZ.D.2021.002",
        "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.2",
        "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.367",
        "2022/XX/A/BHZ.L/XX.A..BHZ.L.2022.002",
        "2022/XX/README",
        "lost+found/x",
    ] {
        put(root.path(), name, &bytes);
    }
    let files = Sds::new(root.path()).files(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert_eq!(files.len(), 1);
    let logs = Sds::new(root.path()).data_type('L');
    assert_eq!(logs.files(&any(), UtcTime::MIN, UtcTime::MAX).unwrap().len(), 1);
}

#[test]
fn codes_that_would_leave_the_archive_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("archive");
    std::fs::create_dir(&inner).unwrap();
    let archive = Sds::new(&inner);
    for codes in [
        ("..", "A", "", "BHZ"),
        ("XX", "../../x", "", "BHZ"),
        ("XX", "A", "/", "BHZ"),
        ("XX", "", "", "BHZ"),
    ] {
        let id = seis_core::SourceId::new(codes.0, codes.1, codes.2, codes.3).unwrap();
        let mut bad = trace("XX.A..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
        bad.id = id;
        let good = trace("XX.B..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
        let error = archive.write([&good, &bad], &Default::default()).unwrap_err();
        assert!(matches!(error, Error::UnsafeName { .. }), "{error}");
    }
    // Nothing was written, not even the good one.
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 0);
}

/// What cannot be represented is refused before there is so much as a folder.
#[test]
fn refused_writes_leave_nothing_behind() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    let good = trace("XX.B..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
    let mut bad_rate = trace("XX.A..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
    bad_rate.rate = SamplingRate::from_hz(98.765_432_1).unwrap();
    let bad_start = trace("XX.A..BHZ", "2022-01-02T10:00:00.000000001Z", 10.0, 60.0);
    let bad_code = trace("NETWORK.A..BHZ", "2022-01-02T10:00:00Z", 10.0, 60.0);
    for bad in [bad_rate, bad_start, bad_code] {
        let error = archive.write([&good, &bad], &Default::default()).unwrap_err();
        assert!(matches!(error, Error::Write(_)), "{error}");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0, "{error}");
    }
}

/// There is no midnight behind the last one.
#[test]
fn samples_beyond_the_calendar_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    let last = trace("XX.A..BHZ", "9999-12-31T23:59:00Z", 1000.0, 600.0);
    let error = archive.write([&last], &Default::default()).unwrap_err();
    assert!(matches!(error, Error::Year { .. }), "{error}");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}

/// At 3 and 128 Hz the first sample of a day is off the microseconds: nobody gave that time.
#[test]
fn days_begin_between_microseconds() {
    for hz in [3.0, 128.0] {
        let root = tempfile::tempdir().unwrap();
        let archive = Sds::new(root.path());
        let whole = trace("XX.A..BHZ", "2022-01-02T23:59:00.1Z", hz, 120.0);
        let written = archive.write([&whole], &Default::default()).unwrap();
        assert_eq!(written.len(), 2);
        let found = archive.read(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
        assert_eq!(found.complete().unwrap().traces(), [whole]);
    }
}

#[test]
fn a_time_span_that_ends_before_it_begins_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    let (from, to) = (at("2022-01-02T10:00:01Z"), at("2022-01-02T10:00:00Z"));
    let read = archive.read(&any(), from, to).err();
    for error in [read, archive.files(&any(), from, to).err()] {
        let error = error.unwrap();
        assert!(matches!(error, Error::Read(mseed::Error::Window { .. })), "{error}");
        assert!(error.to_string().contains("2022-01-02T10:00:01Z"), "{error}");
    }
}

/// Late records at the end of a file: found without the assumption of order.
#[test]
fn thorough_reading() {
    let root = tempfile::tempdir().unwrap();
    let whole = trace("XX.A..BHZ", "2022-01-02T00:00:00Z", 20.0, 10.0 * 3600.0);
    let mut bytes = Vec::new();
    write_to(&mut bytes, [&whole], &WriteOptions::new().record_len(512)).unwrap();
    let n = bytes.len() / 512;
    let (a, b) = (n / 3 + 1, n / 3 + 4);
    let late = bytes[a * 512..b * 512].to_vec();
    let disordered =
        [&bytes[..a * 512], &bytes[b * 512..(n - 5) * 512], &late, &bytes[(n - 5) * 512..]]
            .concat();
    put(root.path(), "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.002", &disordered);
    let thorough = Sds::new(root.path()).read_options(ReadOptions::new());
    let (from, to) = (whole.time_of(230_000), whole.time_of(300_000));
    let found: Stream = thorough.read(&any(), from, to).unwrap().stream;
    assert_eq!(found.traces(), [whole.slice(from, to).unwrap()]);
}

#[test]
fn logs_are_read_whole() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path()).data_type('L');
    let start = at("2022-01-02T03:04:05Z");
    let text = Samples::Text(b"hello world, clock lost lock".to_vec());
    let message = Trace::new("XX.A..LOG".parse().unwrap(), start, SamplingRate::NONE, text);
    archive.write([&message], &Default::default()).unwrap();
    let day = |day: &str| at(&format!("2022-01-{day}T00:00:00Z"));
    let found = archive.read(&any(), day("02"), day("03")).unwrap();
    assert_eq!(found.complete().unwrap().traces(), [message]);
    assert!(archive.read(&any(), day("03"), day("04")).unwrap().stream.is_empty());
}

/// Each record is in the file of the day on which it starts, and most days have none.
#[test]
fn records_that_last_for_days() {
    let short = WriteOptions::new().record_len(512);
    for version in [FormatVersion::V2, FormatVersion::V3] {
        let whole = trace("XX.A.00.UHZ", "2021-12-28T01:00:00Z", 0.01, 20.0 * 86_400.0);
        let mut bytes = Vec::new();
        let options = WriteOptions::new().record_len(8192).version(version);
        write_to(&mut bytes, [&whole], &options).unwrap();
        // In front, as loggers write it, one without samples and rate, which tells nothing of others.
        let mut of_state = Vec::new();
        write_to(&mut of_state, [&trace("XX.A.00.UHZ", "2021-12-28T00:00:00Z", 1.0, 9.0)], &short)
            .unwrap();
        of_state[30..36].fill(0);
        let root = tempfile::tempdir().unwrap();
        let mut days = Vec::new();
        for record in mseed::Records::new(&bytes).map(|r| r.unwrap()) {
            let (year, day, ..) = record.start().to_ordinal();
            put(
                root.path(),
                &format!("{year}/XX/A/UHZ.D/XX.A.00.UHZ.D.{year}.{day:03}"),
                &[&of_state, record.bytes()].concat(),
            );
            days.push(record.start().as_nanos() / 86_400_000_000_000);
        }
        assert!(days.windows(2).all(|pair| pair[1] - pair[0] > 2), "{days:?}");
        let archive = Sds::new(root.path());
        for hour in (0..20 * 24).step_by(5) {
            let from = whole.time_of(hour * 36 + 1);
            let to = whole.time_of(hour * 36 + 30);
            let found = archive.read(&any(), from, to).unwrap();
            let expected: Vec<Trace> = whole.slice(from, to).into_iter().collect();
            assert_eq!(found.complete().unwrap().traces(), expected, "{version:?} {from}");
        }
        let long_after = at("2022-12-27T00:00:00Z");
        assert!(archive.files(&any(), long_after, long_after).unwrap().is_empty());
    }
}

/// Of ordinary rates no more files are read than before.
#[test]
fn records_that_do_not_last_are_not_read() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    for id in ["XX.A..BHZ", "XX.A..LHZ"] {
        let hz = if id.ends_with("BHZ") { 40.0 } else { 1.0 };
        for day in 1..8 {
            let part = trace(id, &format!("2022-01-{day:02}T12:00:00Z"), hz, 600.0);
            archive.write([&part], &WriteOptions::new().record_len(512)).unwrap();
        }
    }
    // No record can be found in what is nearest: the one before is looked at.
    put(root.path(), "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.005", b"<html>404</html>");
    let time = at("2022-01-07T12:05:00Z");
    let files = archive.files(&any(), time, time).unwrap();
    let days: Vec<u16> = files.iter().map(|file| file.day).collect();
    assert_eq!(days, [6, 7, 6, 7]);
}

#[test]
fn files_of_no_length_are_missing_days() {
    let root = tempfile::tempdir().unwrap();
    let archive = Sds::new(root.path());
    put(root.path(), "2022/XX/A/BHZ.D/XX.A..BHZ.D.2022.001", b"");
    let found = archive.read(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert!(found.stream.is_empty() && found.is_complete());
    let part = trace("XX.A..BHZ", "2022-01-02T12:00:00Z", 40.0, 600.0);
    archive.write([&part], &Default::default()).unwrap();
    let found = archive.read(&any(), UtcTime::MIN, UtcTime::MAX).unwrap();
    assert_eq!(found.complete().unwrap().traces(), [part]);
}
