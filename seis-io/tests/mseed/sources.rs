//! Several files as one source, and gzip.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use seis_core::{SamplingRate, Trace};
use seis_io::mseed::steim::Steim;
use seis_io::mseed::{
    self, Error, JoinOptions, Policy, ReadOptions, Reader, RecordError, RecordReader, Records,
    read_bytes, read_files, read_from,
};
use seis_testing::Limits;

use crate::chunks::mixture;
use crate::properties::mseed::Trickle;
use crate::raw::{Raw, series};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn of(codes: &[u8; 12], second: u32) -> Vec<u8> {
    let mut raw = Raw::steim(Steim::Two, &series(40)).at(second);
    raw.codes = *codes;
    raw.bytes()
}

#[test]
fn gzip_is_read_as_what_is_in_it() {
    let bytes = mixture();
    let options = ReadOptions::new();
    let plain = read_bytes(&bytes, &options).unwrap();
    assert_eq!(read_from(gzip(&bytes).as_slice(), &options).unwrap(), plain);
    let (a, b) = bytes.split_at(3000);
    assert_eq!(read_from([gzip(a), gzip(b)].concat().as_slice(), &options).unwrap(), plain);
    let dir = tempfile::tempdir().unwrap();
    let path = put(dir.path(), "a.mseed", &gzip(&bytes));
    assert_eq!(mseed::read(&path).unwrap(), plain);
    assert_eq!(mseed::index(&path).unwrap(), Reader::default().index_bytes(&bytes).unwrap());
    // Bytes are what they are.
    assert!(matches!(read_bytes(&gzip(&bytes), &options), Err(Error::NoRecords { .. })));
}

#[test]
fn gzip_may_arrive_byte_by_byte() {
    let bytes = mixture();
    let packed = gzip(&bytes);
    let options = ReadOptions::new();
    let plain = read_bytes(&bytes, &options).unwrap();
    for sizes in [&[1][..], &[2, 7], &[600, 1]] {
        let trickle = Trickle { bytes: &packed, sizes, turn: 0 };
        assert_eq!(read_from(trickle, &options).unwrap(), plain, "{sizes:?}");
    }
}

#[test]
fn broken_gzip_gives_what_came_before_and_an_entry() {
    let bytes: Vec<u8> = (0..40).flat_map(|s| of(b"HEC    BHNCI", s)).collect();
    let whole = gzip(&bytes);
    let cut = &whole[..whole.len() / 2];
    let contents = read_from(cut, &ReadOptions::new()).unwrap();
    assert!(contents.report.records > 5 && contents.report.records < 40);
    let last = contents.report.skipped.last().unwrap();
    assert!(matches!(last.reason, RecordError::Gzip { .. }), "{last}");
    assert_eq!(last.offset, contents.report.bytes);
    assert!(contents.clone().complete().is_err());
    let strict = ReadOptions::new().policy(Policy::Stop);
    assert!(read_from(cut, &strict).is_err());

    let mut reader = RecordReader::new(cut);
    let (mut records, mut reasons) = (0, Vec::new());
    while let Some(item) = reader.next_record() {
        match item {
            Ok(_) => records += 1,
            Err(Error::Record { skipped, .. }) => reasons.push(skipped.reason),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(records, contents.report.records);
    assert!(matches!(reasons.last(), Some(RecordError::Gzip { .. })));
}

#[test]
fn bombs_fill_no_memory() {
    let bomb = gzip(&vec![0; 100 << 20]);
    let patient = ReadOptions::new().max_junk(u64::MAX);
    let error = read_from(bomb.as_slice(), &patient).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100, .. }), "{error}");
    // Record by record it is one stretch of junk, and costs no memory.
    let mut reader = RecordReader::with_options(bomb.as_slice(), &patient);
    let error = reader.next_record().unwrap().unwrap_err();
    assert!(error.to_string().contains("104857600 bytes skipped"), "{error}");
    assert!(reader.next_record().is_none());
}

#[test]
fn endless_junk_is_given_up() {
    let junk = || std::io::repeat(b'x');
    let records = [of(b"HEC    BHNCI", 0), of(b"HEC    BHNCI", 1)].concat();
    let with_records = || records.as_slice().chain(junk());
    let given_up = |error: Error, most: u64| {
        let Error::NoRecordsYet { bytes, .. } = error else { panic!("{error}") };
        assert!((most..most + (1 << 20)).contains(&bytes), "{bytes}");
    };
    let options = ReadOptions::new();
    given_up(read_from(junk(), &options).unwrap_err(), 64 << 20);
    given_up(read_from(with_records(), &options).unwrap_err(), 64 << 20);

    // Record by record, of what came before and to the byte that was asked for.
    let options = options.max_junk(1 << 20);
    let mut reader = RecordReader::with_options(with_records(), &options);
    for _ in 0..2 {
        assert!(reader.next_record().unwrap().is_ok());
    }
    given_up(reader.next_record().unwrap().unwrap_err(), 1 << 20);
    assert!(reader.next_record().is_none());

    // Junk that ends in time is passed over, however much there is in all.
    let noisy = [vec![b'x'; 700_000], records.clone()].concat().repeat(3);
    let mut reader = RecordReader::with_options(noisy.as_slice(), &options);
    let mut found = 0;
    while let Some(item) = reader.next_record() {
        match item {
            Ok(_) => found += 1,
            Err(error) => assert!(matches!(error, Error::Record { .. }), "{error}"),
        }
    }
    assert_eq!(found, 6);
}

#[test]
fn what_cannot_be_read_is_an_error_for_everybody() {
    fn count(bytes: &[u8]) -> Result<usize, Box<dyn std::error::Error>> {
        let mut samples = 0;
        for record in Records::new(bytes) {
            samples += record?.sample_count();
        }
        Ok(samples)
    }
    let record = of(b"HEC    BHNCI", 0);
    assert!(count(&record).unwrap() > 0);
    let error = count(&[b"junk", record.as_slice()].concat()).unwrap_err();
    assert!(error.to_string().contains("4 bytes skipped"), "{error}");
}

#[test]
fn records_are_joined_across_files() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "2.ms", &[of(b"HEC    BHNCI", 2), of(b"HEC    BHNCI", 3)].concat());
    put(dir, "1.ms", &[of(b"HEC    BHNCI", 0), of(b"CCA    BHNCI", 0)].concat());
    put(dir, "3.ms", &gzip(&of(b"HEC    BHNCI", 1)));
    let all = read_files([dir.join("?.ms")]).unwrap();
    assert!(all.is_complete());
    assert_eq!(all.files.len(), 3);
    let lengths: Vec<usize> = all.stream.iter().map(Trace::len).collect();
    assert_eq!(lengths, [40, 160]);
    // ObsPy's rule goes by the order of the files.
    let paths = ["3.ms", "2.ms", "1.ms"].map(|name| dir.join(name));
    let rule = ReadOptions::new().join(JoinOptions::obspy());
    let obspy = Reader::new(rule).read_many(&paths).unwrap();
    let lengths: Vec<usize> = obspy.stream.iter().map(Trace::len).collect();
    assert_eq!(lengths, [120, 40, 40]);
}

#[test]
fn each_file_has_its_account() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut bad = of(b"HEC    BHNCI", 1);
    // An illegal code in the first frame.
    bad[64..68].fill(0xff);
    bad[68..128].fill(0xff);
    let good = of(b"HEC    BHNCI", 0);
    let paths = [
        put(dir, "good", &good),
        put(dir, "bad", &[good.clone(), vec![b'x'; 70], of(b"HEC    BHNCI", 5), bad].concat()),
        dir.join("missing"),
        put(dir, "none", &[7; 900]),
    ];
    let all = Reader::default().read_many(&paths).unwrap();
    assert_eq!(all.stream.len(), 3);
    let [good, bad, missing, none] = all.files.as_slice() else { panic!() };
    assert!(good.error.is_none() && good.report.is_complete());
    let offsets: Vec<u64> = bad.report.skipped.iter().map(|s| s.offset).collect();
    assert_eq!(offsets, [512, 512 + 70 + 512]);
    assert_eq!(bad.report.records, 2);
    assert!(matches!(missing.error, Some(Error::Io { .. })));
    assert!(missing.error.as_ref().unwrap().to_string().contains("missing"));
    assert!(matches!(none.error, Some(Error::NoRecords { .. })));
    assert!(!all.is_complete() && all.complete().is_err());

    let stop = ReadOptions::new().policy(Policy::Stop);
    let error = Reader::new(stop).read_many(&paths).unwrap_err();
    assert!(error.to_string().contains("bad: byte 512"), "{error}");
    assert!(Reader::default().read_many(&paths[2..]).is_err());
    assert!(Reader::default().read_many(Vec::<PathBuf>::new()).unwrap().stream.is_empty());
    assert!(matches!(read_files(["no/such/*.ms"]), Err(Error::Pattern(_))));
}

/// What is wanted is little of each file: the rest is not kept, and places are told right.
#[test]
fn what_is_wanted_of_many_files() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let paths: Vec<PathBuf> = (0..5_u32)
        .map(|i| {
            let mut late = of(b"HEC    BHNCI", 4 * i + 1);
            // Xn: the last sample is not the one announced.
            late[64 + 8..64 + 12].copy_from_slice(&7_i32.to_be_bytes());
            let bytes = [
                of(b"CCA    BHNCI", 4 * i),
                of(b"CCA    BHNCI", 4 * i + 1),
                of(b"HEC    BHNCI", 4 * i),
                of(b"CCA    BHNCI", 4 * i + 2),
                late,
                of(b"CCA    BHNCI", 4 * i + 3),
            ];
            put(dir, &format!("{i}.ms"), &bytes.concat())
        })
        .collect();
    let options = ReadOptions::new().select("CI.HEC".parse().unwrap());
    let all = Reader::new(options).read_many(&paths).unwrap();
    assert_eq!(all.stream.len(), 5);
    for (trace, file) in all.stream.iter().zip(&all.files) {
        assert_eq!(trace.len(), 80);
        assert_eq!(trace.samples.as_i32().unwrap()[..40], series(40)[..]);
        assert_eq!(file.report.filtered_records, 4);
        let warned: Vec<u64> = file.report.warnings.iter().map(|w| w.offset).collect();
        assert_eq!(warned, [4 * 512]);
    }
}

#[test]
fn windows_of_ordered_files_touch_little() {
    let dir = tempfile::tempdir().unwrap();
    let rate = SamplingRate::from_hz(100.0).unwrap();
    let id = "CI.HEC..BHN".parse().unwrap();
    let start = "2022-01-02T00:00:00Z".parse().unwrap();
    let samples: Vec<i32> = (0..720_000).map(|i: i32| i.wrapping_mul(i) % 70_001).collect();
    let trace = Trace::new(id, start, rate, samples);
    let mut paths = Vec::new();
    for hour in 0..2_i64 {
        let part = trace
            .slice(trace.time_of(hour * 360_000), trace.time_of(hour * 360_000 + 359_999))
            .unwrap();
        let path = dir.path().join(format!("{hour}"));
        mseed::write(&path, [&part], &Default::default()).unwrap();
        paths.push(path);
    }
    let (from, to) = (trace.time_of(355_000), trace.time_of(365_000));
    let options = ReadOptions::new().window(from, to).time_ordered(true);
    let all = Reader::new(options).read_many(&paths).unwrap();
    assert_eq!(all.stream.traces(), [trace.slice(from, to).unwrap()]);
    assert!(all.files.iter().all(|f| f.report.untouched_bytes > f.report.bytes / 2));
}

/// The headers of a file are read in pieces, and give what they give all at once.
#[test]
fn the_index_of_a_file_is_that_of_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mixed = mixture();
    let junk = vec![0xee; 700_001];
    let damaged: Vec<u8> =
        (0..9).flat_map(|i| [&mixed[i * 77..], &junk[i * 999..]].concat()).collect();
    let many: Vec<u8> = of(b"HEC    BHNCI", 3).repeat(7000);
    for bytes in [mixed[..mixed.len() - 40].to_vec(), damaged, many] {
        let path = put(dir.path(), "a.mseed", &bytes);
        let packed = put(dir.path(), "a.mseed.gz", &gzip(&bytes));
        for join in [JoinOptions::new(), JoinOptions::obspy()] {
            let mut reader = Reader::new(ReadOptions::new().join(join));
            let expected = reader.index_bytes(&bytes).unwrap();
            assert_eq!(reader.index(&path).unwrap(), expected);
            assert_eq!(reader.index(&packed).unwrap(), expected);
        }
        let mut strict = Reader::new(ReadOptions::new().policy(Policy::Stop));
        assert_eq!(strict.index(&path).is_err(), strict.index_bytes(&bytes).is_err());
    }
    // What it may inflate to is bounded, though not all of it is held.
    let bomb = put(dir.path(), "bomb.gz", &gzip(&vec![0; 100 << 20]));
    let error = mseed::index(&bomb).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100, .. }), "{error}");
}

/// A large file is in memory once, and not at all where only its headers are wanted.
#[test]
fn memory_is_that_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut raw = Raw::int32(&[5; 1000]);
    (raw.len, raw.blockettes) = (4096, vec![(1000, vec![3, 1, 12, 0])]);
    let bytes = raw.bytes().repeat(20_000);
    let path = put(dir.path(), "large.mseed", &bytes);
    let time = Duration::from_secs(60);
    // Each of the records is a span of its own here.
    let a_few = Limits { per_byte: 0, fixed: 24 << 20, time };
    a_few.hold("index", bytes.len(), || drop(mseed::index(&path)));
    let once = Limits { per_byte: 1, fixed: 1 << 20, time };
    let nothing = ReadOptions::new().select("YY".parse().unwrap());
    once.hold("selection", bytes.len(), || {
        drop(Reader::new(nothing.clone()).read_many([&path]));
    });
    once.hold("one file", bytes.len(), || drop(Reader::new(nothing.clone()).read(&path)));
    // Of unknown size, a quarter more and what it grew from.
    let grown = Limits { per_byte: 3, fixed: 1 << 20, time };
    grown.hold("pipe", bytes.len(), || drop(read_from(bytes.as_slice(), &nothing)));
}
