//! What is written comes back as it was; what cannot is refused.

use proptest::prelude::*;
use seis_core::{Samples, SamplingRate, TimeDelta, Trace, UtcTime};
use seis_io::mseed::v2::Quality;
use seis_io::mseed::{
    ByteOrder, Encoding, FormatVersion, ReadOptions, Records, WriteError, WriteOptions, Writer,
    read, read_bytes, write, write_to,
};

use crate::raw::series;

fn trace(samples: impl Into<Samples>) -> Trace {
    let start = "2022-01-02T00:00:00.0695Z".parse().unwrap();
    Trace::new("CI.HEC..BHN".parse().unwrap(), start, SamplingRate::from_hz(40.0).unwrap(), samples)
}

pub(crate) fn written(trace: &Trace, options: &WriteOptions) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    write_to(&mut bytes, [trace], options).map(|_| bytes)
}

pub(crate) fn read_back(bytes: &[u8]) -> Vec<Trace> {
    read_bytes(bytes, &ReadOptions::new()).unwrap().complete().unwrap().into_traces()
}

pub(crate) fn samples() -> impl Strategy<Value = Samples> {
    let steps = prop_oneof![
        Just(8_i64),
        Just(40),
        Just(200),
        Just(900),
        Just(20_000),
        Just(1 << 28),
        Just(1 << 31)
    ];
    let integers = (steps, prop::collection::vec(any::<u32>(), 1..3000)).prop_map(|(size, v)| {
        let mut x = 0_i64;
        let wrap = |x: i64| x as i32;
        v.into_iter()
            .map(|r| {
                x += i64::from(r) % (2 * size + 1) - size;
                wrap(x)
            })
            .collect::<Vec<_>>()
    });
    prop_oneof![
        4 => integers.prop_map(Samples::I32),
        1 => prop::collection::vec(any::<f32>(), 1..800).prop_map(Samples::F32),
        1 => prop::collection::vec(any::<f64>(), 1..800).prop_map(Samples::F64),
        1 => prop::collection::vec(any::<u8>(), 1..2000).prop_map(Samples::Text),
    ]
}

/// Equality of bits: NaN is NaN.
pub(crate) fn same(a: &Samples, b: &Samples) -> bool {
    match (a, b) {
        (Samples::F32(a), Samples::F32(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        (Samples::F64(a), Samples::F64(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        _ => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_is_written_comes_back(
        samples in samples(),
        exponent in 8_u32..=15,
        little in any::<bool>(),
        micros in -2_000_000_000_000_000_i64..4_000_000_000_000_000,
        hz in prop::sample::select(
            vec![0.01, 1.0, 20.0, 40.0, 100.0 / 3.0, 125.0, 1000.0, 5e4, 65.7, 32768.5],
        ),
    ) {
        let mut trace = trace(samples);
        trace.start = UtcTime::from_nanos(i128::from(micros) * 1000);
        trace.rate = SamplingRate::from_hz(hz).unwrap();
        let order = if little { ByteOrder::Little } else { ByteOrder::Big };
        let options = WriteOptions::new().record_len(1 << exponent).byte_order(order);
        let bytes = written(&trace, &options).unwrap();
        prop_assert_eq!(bytes.len() % (1 << exponent), 0);
        let back = read_back(&bytes);
        prop_assert_eq!(back.len(), 1);
        prop_assert!(same(&back[0].samples, &trace.samples));
        prop_assert_eq!((back[0].id, back[0].start), (trace.id, trace.start));
        prop_assert_eq!(back[0].rate, trace.rate);
        // Each record starts, to the microsecond, when its first sample was taken.
        let mut done = 0;
        for record in Records::new(&bytes) {
            let record = record.unwrap();
            let off = record.start() - trace.time_of(done);
            prop_assert!(off.abs() <= TimeDelta::from_nanos(500), "{}", off);
            done += record.sample_count() as i64;
        }
    }
}

#[test]
fn every_writable_encoding() {
    let counts = series(2000).iter().map(|x| x % 30_000).collect::<Vec<_>>();
    for order in [ByteOrder::Big, ByteOrder::Little] {
        for exponent in 7..=20 {
            for encoding in [Encoding::Int16, Encoding::Int32, Encoding::Steim1, Encoding::Steim2] {
                let options = WriteOptions::new()
                    .encoding(encoding)
                    .record_len(1 << exponent)
                    .byte_order(order);
                let bytes = written(&trace(counts.clone()), &options).unwrap();
                assert_eq!(read_back(&bytes), [trace(counts.clone())], "{encoding} {exponent}");
                let first = Records::new(&bytes).next().unwrap().unwrap();
                assert_eq!(first.encoding(), encoding);
                assert_eq!(first.byte_order(), order);
            }
        }
        // 64 bytes: two samples of 32 bits.
        let options =
            WriteOptions::new().encoding(Encoding::Int32).record_len(64).byte_order(order);
        let bytes = written(&trace(counts.clone()), &options).unwrap();
        assert_eq!(bytes.len(), 64 * 1000);
        assert_eq!(read_back(&bytes), [trace(counts.clone())]);
    }
}

#[test]
fn integers_that_steim2_cannot_hold_become_steim1() {
    let wild = vec![0, i32::MAX, i32::MIN, 0, 1 << 29, 0];
    let bytes = written(&trace(wild.clone()), &WriteOptions::new()).unwrap();
    assert_eq!(Records::new(&bytes).next().unwrap().unwrap().encoding(), Encoding::Steim1);
    assert_eq!(read_back(&bytes), [trace(wild.clone())]);
    let error = written(&trace(wild), &WriteOptions::new().encoding(Encoding::Steim2)).unwrap_err();
    assert!(error.to_string().contains("the difference to sample 1 is 2147483647"), "{error}");
}

#[test]
fn conversions_lose_nothing_or_are_refused() {
    let as_ = |samples: Samples, encoding| {
        written(&trace(samples), &WriteOptions::new().encoding(encoding))
    };
    let floats = |v: &[f64]| Samples::F64(v.to_vec());
    let bytes = as_(floats(&[1.0, -7.0, 2147483647.0]), Encoding::Steim1).unwrap();
    assert_eq!(read_back(&bytes)[0].samples, Samples::I32(vec![1, -7, i32::MAX]));
    for bad in [f64::NAN, f64::INFINITY, 0.5, 2147483648.0, -0.0] {
        for encoding in [Encoding::Int32, Encoding::Steim1, Encoding::Steim2, Encoding::Int16] {
            let error = as_(floats(&[0.0, bad]), encoding).unwrap_err();
            assert!(matches!(error, WriteError::Sample { index: 1, .. }), "{bad}: {error}");
        }
    }
    assert!(as_(Samples::I32(vec![32_767, -32_768]), Encoding::Int16).is_ok());
    assert!(as_(Samples::I32(vec![32_768]), Encoding::Int16).is_err());
    assert!(as_(Samples::I32(vec![1 << 24]), Encoding::Float32).is_ok());
    assert!(as_(Samples::I32(vec![(1 << 24) + 1]), Encoding::Float32).is_err());
    assert!(as_(floats(&[0.1]), Encoding::Float32).is_err());
    assert!(as_(floats(&[f64::NAN]), Encoding::Float32).is_ok());
    assert!(as_(Samples::F32(vec![0.1]), Encoding::Float64).is_ok());
    assert!(as_(Samples::Text(b"x".to_vec()), Encoding::Int32).is_err());
    assert!(as_(Samples::I32(vec![1]), Encoding::Text).is_err());
    for encoding in [Encoding::Steim3, Encoding::Cdsn, Encoding::Int24, Encoding::Unknown(99)] {
        let error = as_(Samples::I32(vec![1]), encoding).unwrap_err();
        assert!(matches!(error, WriteError::Encoding { .. }), "{error}");
    }
}

#[test]
fn what_the_header_cannot_hold_is_refused() {
    let with_id = |id: &str| {
        let mut t = trace(vec![1]);
        t.id = id.parse().unwrap();
        written(&t, &WriteOptions::new())
    };
    for id in ["CIX.HEC..BHN", "CI.STATIO..BHN", "CI.HEC.000.BHN", "CI.HEC..B_H_ZZ"] {
        assert!(matches!(with_id(id).unwrap_err(), WriteError::Code { .. }), "{id}");
    }
    assert_eq!(read_back(&with_id("X.Y..Z").unwrap())[0].id.to_string(), "X.Y..Z");

    let with_start = |start: &str| {
        let mut t = trace(vec![1]);
        t.start = start.parse().unwrap();
        written(&t, &WriteOptions::new())
    };
    assert!(with_start("1900-01-01T00:00:00Z").is_ok());
    assert!(with_start("2100-12-31T23:59:59.9999Z").is_ok());
    for start in ["1899-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "2101-01-01T00:00:00.000001Z"] {
        assert!(matches!(with_start(start).unwrap_err(), WriteError::Time { .. }), "{start}");
    }

    for len in [0, 63, 65, 500, 1 << 21] {
        let error = Writer::new(Vec::new(), WriteOptions::new().record_len(len)).unwrap_err();
        assert!(matches!(error, WriteError::RecordLength { .. }));
    }
    for len in [64, 128] {
        let mut t = trace(vec![1; 500]);
        t.rate = SamplingRate::from_hz(19_999.25).unwrap();
        let error = written(&t, &WriteOptions::new().record_len(len)).unwrap_err();
        assert!(matches!(error, WriteError::RecordTooShort { .. }), "{len}: {error}");
    }
}

#[test]
fn headers_are_what_was_asked_for() {
    let options = WriteOptions::new()
        .record_len(256)
        .quality(Quality::Controlled)
        .first_sequence(999_998)
        .encoding(Encoding::Int32);
    let bytes = written(&trace(series(200)), &options).unwrap();
    let sequences: Vec<_> = Records::new(&bytes)
        .map(|r| {
            let r = r.unwrap();
            let header = r.v2().unwrap();
            assert_eq!(header.quality, Quality::Controlled);
            String::from_utf8(header.sequence.to_vec()).unwrap()
        })
        .collect();
    assert_eq!(sequences, ["999998", "999999", "000001", "000002"]);
    // A start on 0.1 ms and an interval of 25 ms need no blockette 1001.
    assert_eq!(Records::new(&bytes).next().unwrap().unwrap().blockettes().count(), 1);
}

#[test]
fn options_without_a_place_are_refused() {
    let v2 = WriteOptions::new();
    let v3 = v2.clone().version(FormatVersion::V3);
    for (options, why) in [
        (v2.clone().publication_version(2), "publication_version"),
        (v2.clone().first_sequence(0), "first_sequence"),
        (v3.clone().quality(Quality::Raw), "quality"),
    ] {
        let error = written(&trace(series(200)), &options).unwrap_err();
        assert!(
            matches!(error, WriteError::Option { option } if option.starts_with(why)),
            "{error}"
        );
    }
    assert!(written(&trace(series(200)), &v3.publication_version(2)).is_ok());
    assert!(written(&trace(series(200)), &v2.quality(Quality::Raw).first_sequence(7)).is_ok());
}

#[test]
fn a_record_counts_its_samples_in_16_bits() {
    let quiet = vec![7; 200_000];
    let options = WriteOptions::new().record_len(1 << 20);
    let bytes = written(&trace(quiet.clone()), &options).unwrap();
    let counts: Vec<_> = Records::new(&bytes).map(|r| r.unwrap().sample_count()).collect();
    assert_eq!(counts, [65_535, 65_535, 65_535, 3395]);
    assert_eq!(read_back(&bytes), [trace(quiet)]);
}

#[test]
fn a_trace_without_samples_is_a_record_without_samples() {
    let bytes = written(&trace(Vec::<i32>::new()), &WriteOptions::new().record_len(512)).unwrap();
    assert_eq!(bytes.len(), 512);
    let record = Records::new(&bytes).next().unwrap().unwrap();
    assert_eq!(record.sample_count(), 0);
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!((contents.stream.len(), contents.report.empty_records), (0, 1));
}

#[test]
fn files_appear_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mseed");
    let good = trace(series(1000));
    let mut bad = good.clone();
    bad.id = "TOOLONG.HEC..BHN".parse().unwrap();
    assert!(write(&path, [&good, &bad], &WriteOptions::new()).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let done = write(&path, [&good], &WriteOptions::new().record_len(512)).unwrap();
    assert_eq!(done.bytes, std::fs::metadata(&path).unwrap().len());
    assert_eq!(done.samples, 1000);
    assert_eq!(read(&path).unwrap().stream.traces(), [good]);
    let error = write(dir.path().join("no/such/dir"), [&trace(vec![1])], &WriteOptions::new());
    assert!(error.unwrap_err().to_string().contains("no/such/dir"));
}

/// A sink with room for so many bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = bytes.len().min(self.0);
        self.0 -= n;
        if n == 0 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(n) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Records are missing: no end of such a file is a good one.
#[test]
fn a_sink_that_failed_stays_failed() {
    let rate = SamplingRate::from_hz(100.0).unwrap();
    let id = "XX.A.00.BHZ".parse().unwrap();
    let piece = Trace::new(id, UtcTime::EPOCH, rate, (0..9000).collect::<Vec<i32>>());
    let mut writer = Writer::new(Full(1000), WriteOptions::new().record_len(512)).unwrap();
    for _ in 0..2 {
        let error = writer.push(&piece).unwrap_err();
        let WriteError::Io { source, .. } = error else { panic!("{error}") };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    }
    assert_eq!((writer.waiting(id), writer.written().records), (0, 1));
    let said = writer.finish().map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("records are missing"), "{said}");
}
