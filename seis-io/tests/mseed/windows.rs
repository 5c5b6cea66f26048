//! A time window of a file in order of time: how much of the file is touched, and what happens
//! where it is not in order after all.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use seis_core::{SamplingRate, Trace, UtcTime};
use seis_io::mseed::{
    Contents, Error, FormatVersion, ReadOptions, Reader, Records, WriteOptions, write_to,
};

/// Counts the bytes that are read.
struct Counting<'a> {
    inner: Cursor<&'a [u8]>,
    read: u64,
}

impl Read for Counting<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.read += n as u64;
        Ok(n)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

fn noise(n: usize) -> Vec<i32> {
    let mut state = 1_u32;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 18) as i32 - 8192
        })
        .collect()
}

/// Four hours at 40 Hz, with a gap of ten minutes after the second.
fn day(version: FormatVersion, record_len: usize) -> Vec<u8> {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let samples = noise(4 * 3600 * 40);
    let id = "CI.HEC..BHN".parse().unwrap();
    let cut = 2 * 3600 * 40;
    let first = Trace::new(id, at("00:00:00"), rate, samples[..cut].to_vec());
    let second = Trace::new(id, at("02:10:00"), rate, samples[cut..].to_vec());
    let mut bytes = Vec::new();
    let options = WriteOptions::new().version(version).record_len(record_len);
    write_to(&mut bytes, [&first, &second], &options).unwrap();
    bytes
}

fn at(clock: &str) -> UtcTime {
    format!("2022-01-02T{clock}Z").parse().unwrap()
}

fn both(bytes: &[u8], from: UtcTime, to: UtcTime) -> (Contents, Contents, u64) {
    let options = ReadOptions::new().window(from, to);
    let whole = Reader::new(options.clone()).read_bytes(bytes).unwrap();
    let mut source = Counting { inner: Cursor::new(bytes), read: 0 };
    let part = Reader::new(options.time_ordered(true)).read_seek(&mut source).unwrap();
    (whole, part, source.read)
}

#[test]
fn a_window_is_found_without_reading_the_file() {
    for (version, record_len) in
        [(FormatVersion::V2, 512), (FormatVersion::V2, 4096), (FormatVersion::V3, 4096)]
    {
        let bytes = day(version, record_len);
        for (from, to) in [
            ("00:00:00", "00:01:00"),
            ("00:59:59.987", "01:00:30"),
            ("01:59:00", "02:11:00"),
            ("02:03:00", "02:05:00"),
            ("04:08:00", "04:20:00"),
            ("05:00:00", "06:00:00"),
        ] {
            let (whole, part, read) = both(&bytes, at(from), at(to));
            assert_eq!(part.stream, whole.stream, "{version:?} {record_len} {from}");
            assert_eq!(part.report.records, whole.report.records);
            assert_eq!(part.report.bytes, bytes.len() as u64);
            assert!(part.report.untouched_bytes > bytes.len() as u64 / 2);
            // Some 35 looks at a record, and the minutes that are wanted.
            let few = 400_000.min(bytes.len() as u64 / 2);
            assert!(read >= part.report.bytes - part.report.untouched_bytes);
            assert!(read < few, "{version:?} {record_len} {from}: {read} of {}", bytes.len());
        }
        let (whole, part, _) = both(&bytes, UtcTime::MIN, UtcTime::MAX);
        assert_eq!(part.stream, whole.stream);
        assert_eq!(part.report.untouched_bytes, 0);
        // Before everything.
        let (_, part, read) = both(&bytes, UtcTime::MIN, UtcTime::EPOCH);
        assert!(part.stream.is_empty() && read < bytes.len() as u64 / 2);
    }
}

/// Nothing is in the window, and to find that out more was read than there is: sound all the same.
#[test]
fn a_window_within_a_gap_is_empty() {
    let rate = SamplingRate::from_hz(100.0).unwrap();
    let id = "XX.A.00.BHZ".parse().unwrap();
    let x = |n: usize| (0..n).map(|i| (i * 7919 % 2000) as i32).collect::<Vec<_>>();
    for version in [FormatVersion::V2, FormatVersion::V3] {
        for k in [0, 3, 7, 11, 20, 33, 48, 59] {
            let first = Trace::new(id, at("00:00:00"), rate, x(30_000 + k * 1531));
            let start = first.time_of(first.len() as i64 + 3000);
            let second = Trace::new(id, start, rate, x(15_000 + k * 7919 % 90_000));
            let mut bytes = Vec::new();
            let options = WriteOptions::new().version(version).record_len(512);
            write_to(&mut bytes, [&first, &second], &options).unwrap();
            let from = first.time_of(first.len() as i64 + 1000);
            let (whole, part, _) = both(&bytes, from, first.time_of(first.len() as i64 + 1500));
            assert_eq!(part.stream, whole.stream, "{version:?} {k}");
            assert!(part.stream.is_empty());
            assert!(part.report.filtered_records > 2);
            assert!(part.report.filtered_records <= whole.report.filtered_records);
            assert!(part.report.untouched_bytes < bytes.len() as u64);
        }
    }
}

#[test]
fn offsets_are_those_of_the_file() {
    let bytes = day(FormatVersion::V2, 512);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("day");
    std::fs::write(&path, &bytes).unwrap();
    let options = ReadOptions::new().window(at("01:00:00"), at("01:05:00")).time_ordered(true);
    let index = Reader::new(options).index(&path).unwrap();
    assert!(index.report.untouched_bytes > 0 && index.records.len() > 3);
    for info in index.records {
        let record = Records::new(&bytes[info.offset as usize..]).next().unwrap().unwrap();
        assert_eq!((record.start(), record.bytes().len()), (info.start, info.len as usize));
    }
}

#[test]
fn channels_that_are_not_wanted_are_not_read() {
    let bytes = day(FormatVersion::V2, 512);
    let options = ReadOptions::new()
        .window(at("01:00:00"), at("03:00:00"))
        .time_ordered(true)
        .select("CI.CCA".parse().unwrap());
    let mut source = Counting { inner: Cursor::new(&bytes), read: 0 };
    let contents = Reader::new(options).read_seek(&mut source).unwrap();
    assert!(contents.stream.is_empty());
    assert!(source.read < bytes.len() as u64 / 4);
}

/// Whatever is odd where somebody looks: everything is read, and the result is that of reading
/// everything.
#[test]
fn what_is_not_in_order_is_read_as_a_whole() {
    let record_len = 512;
    let good = day(FormatVersion::V2, record_len);
    let n = good.len() / record_len;
    let swap = |a: usize, b: usize| {
        let mut bytes = good.clone();
        for i in 0..record_len {
            bytes.swap(a * record_len + i, b * record_len + i);
        }
        bytes
    };
    let mut other_channel = good.clone();
    other_channel[(n - 1) * record_len + 15] = b'L';
    let mut lengths = good.clone();
    lengths.extend(day(FormatVersion::V2, 4096));
    let mut versions = good.clone();
    versions.extend(day(FormatVersion::V3, 4096));
    let mut junk = good.clone();
    junk.splice(5 * record_len..5 * record_len, vec![0xff; 100]);
    let mut volume = b"000001V 010009502.112".to_vec();
    volume.resize(4096, b' ');
    volume.extend(&good);
    let mut cut = good.clone();
    cut.truncate(good.len() - 100);
    let odd = [
        swap(0, n / 2),
        swap(n - 1, n / 3),
        other_channel,
        lengths,
        versions,
        junk,
        volume,
        [good.clone(), good.clone()].concat(),
    ];
    for (i, bytes) in odd.iter().enumerate() {
        for (from, to) in [("00:30:00", "00:31:00"), ("02:30:00", "02:31:00")] {
            let (whole, part, _) = both(bytes, at(from), at(to));
            assert_eq!(part, whole, "{i} {from}");
        }
    }
    // A cut last record is seen where it matters.
    let (whole, part, _) = both(&cut, at("03:30:00"), at("05:31:00"));
    assert_eq!(part, whole);
    assert_eq!(part.report.skipped.len(), 1);
    let (whole, part, _) = both(&cut, at("00:30:00"), at("00:31:00"));
    assert_eq!(part.stream, whole.stream);
}

/// A record out of order among those that are read, next to the window.
#[test]
fn disorder_within_the_window_is_seen() {
    let mut bytes = day(FormatVersion::V2, 512);
    let index = Reader::default().index_bytes(&bytes).unwrap();
    let k = index.records.iter().position(|r| r.start > at("01:00:00")).unwrap();
    for i in 0..512 {
        bytes.swap(k * 512 + i, (k + 1) * 512 + i);
    }
    let (whole, part, _) = both(&bytes, at("01:00:00"), at("01:02:00"));
    assert_eq!(part.stream, whole.stream);
    assert_eq!(part.stream.len(), 1);
}

#[test]
fn every_prefix_gives_what_reading_all_of_it_gives() {
    for version in [FormatVersion::V2, FormatVersion::V3] {
        let bytes = day(version, 4096);
        for len in (65_000..bytes.len()).step_by(9_973) {
            let (whole, part, _) = both(&bytes[..len], at("00:20:00"), at("00:22:00"));
            assert_eq!(part.stream, whole.stream, "{version:?} {len}");
        }
    }
}

/// Headers damaged anywhere: an answer, without panic or much memory, of whole records.
#[test]
fn damaged_files_end_in_an_answer() {
    for version in [FormatVersion::V2, FormatVersion::V3] {
        let good = day(version, 512);
        let options = ReadOptions::new().window(at("00:50:00"), at("00:51:00")).time_ordered(true);
        let mut reader = Reader::new(options);
        let mut state = 99_u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 4) as usize % below
        };
        for _ in 0..60 {
            let mut bytes = good.clone();
            // So many that the search comes across some.
            for _ in 0..300 {
                let (record, byte) = (random(good.len() / 512), random(64));
                bytes[record * 512 + byte] = random(256) as u8;
            }
            let contents = reader.read_seek(Cursor::new(&bytes)).unwrap();
            for trace in &contents.stream {
                assert!(trace.len() <= 2401 * 100, "{trace}");
            }
        }
    }
}

#[test]
fn a_window_that_ends_before_it_begins_is_refused() {
    let bytes = day(FormatVersion::V2, 512);
    let (from, to) = (at("01:00:00.000000001"), at("01:00:00"));
    for ordered in [false, true] {
        let options = ReadOptions::new().time_ordered(ordered).window(from, to);
        let mut reader = Reader::new(options.clone());
        for outcome in [
            reader.read_bytes(&bytes).err(),
            reader.index_bytes(&bytes).err(),
            reader.read_from(&*bytes).err(),
            reader.read_seek(Cursor::new(&bytes)).err(),
            reader.read("no file").err(),
            reader.index("no file").err(),
            reader.read_many(["no file"]).err(),
        ] {
            let error = outcome.unwrap();
            assert!(matches!(error, Error::Window { .. }), "{error}");
            let said = error.to_string();
            assert!(said.contains(&from.to_string()) && said.contains(&to.to_string()), "{said}");
        }
        // A moment is a window.
        let moment = Reader::new(options.window(to, to)).read_bytes(&bytes).unwrap();
        assert_eq!(moment.stream.traces()[0].len(), 1);
    }
}
