//! Version 3 as it is written.

use proptest::prelude::*;
use seis_core::{Samples, SamplingRate, SourceId, Trace, UtcTime};
use seis_io::mseed::v3::flag;
use seis_io::mseed::{
    Encoding, FormatVersion, RecordError, RecordView, Records, WriteError, WriteOptions, Writer,
};

use crate::raw::series;
use crate::round_trip::{read_back, same, samples, written};

fn v3() -> WriteOptions {
    WriteOptions::new().version(FormatVersion::V3)
}

fn trace(samples: impl Into<Samples>) -> Trace {
    let start = "2022-01-02T00:00:00.123456789Z".parse().unwrap();
    Trace::new("CI.HEC..BHN".parse().unwrap(), start, SamplingRate::from_hz(40.0).unwrap(), samples)
}

/// Version 2 has no nanoseconds.
fn v2() -> WriteOptions {
    WriteOptions::new().round_start(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn whatever_is_written_comes_back(
        samples in samples(),
        record_len in 200_usize..20_000,
        nanos in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000,
        hz in prop_oneof![
            prop::sample::select(vec![0.01, 1.0, 40.0, 100.0 / 3.0, 65.7, 5e4, 1.0 / 86_400.0, 0.999]),
            0.5..2000.0_f64,
        ],
    ) {
        let mut trace = trace(samples);
        trace.rate = SamplingRate::from_hz(hz).unwrap();
        // Series end before libmseed's time does.
        let span = trace.duration().as_nanos() as i64;
        trace.start = UtcTime::from_nanos(i128::from(nanos.min(9_000_000_000_000_000_000 - span)));
        let bytes = written(&trace, &v3().record_len(record_len)).unwrap();
        let mut done = 0;
        for record in Records::new(&bytes) {
            let record = record.unwrap();
            prop_assert!(record.bytes().len() <= record_len);
            prop_assert_eq!(record.start(), trace.time_of(done));
            prop_assert_eq!(record.rate(), trace.rate);
            done += record.sample_count() as i64;
        }
        prop_assert_eq!(done, trace.len() as i64);
        let back = read_back(&bytes);
        prop_assert_eq!(back.len(), 1);
        prop_assert!(same(&back[0].samples, &trace.samples));
        prop_assert_eq!((back[0].id, back[0].start, back[0].rate), (trace.id, trace.start, trace.rate));
    }

    /// In either version, cut into pieces anyhow.
    #[test]
    fn pieces_make_the_same_records(
        samples in samples(),
        newer in any::<bool>(),
        exponent in 8_u32..=13,
        cuts in prop::collection::vec(1_usize..700, 1..40),
        steim1 in any::<bool>(),
    ) {
        let whole = trace(samples);
        let mut options = v2().record_len(1 << exponent);
        if newer {
            options = options.version(FormatVersion::V3);
        }
        if steim1 && matches!(whole.samples, Samples::I32(_)) {
            options = options.encoding(Encoding::Steim1);
        }
        prop_assert_eq!(pushed(&whole, &options, cuts), written(&whole, &options).unwrap());
    }
}

/// The records of a trace that is pushed in pieces of these lengths, over and over.
fn pushed(whole: &Trace, options: &WriteOptions, cuts: Vec<usize>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), options.clone()).unwrap();
    let mut at = 0;
    for length in cuts.into_iter().cycle() {
        if at >= whole.len() {
            break;
        }
        let piece = Trace::new(
            whole.id,
            whole.time_of(at as i64),
            whole.rate,
            whole.samples.slice(at..at + length),
        );
        at += piece.len();
        writer.push(&piece).unwrap();
        assert!(writer.waiting(whole.id) < options.record_len * 2 + 100);
    }
    writer.finish().unwrap().0
}

#[test]
fn single_samples_make_the_same_records() {
    let mut wild = series(9000);
    wild[4321] = i32::MAX;
    wild[4322] = i32::MIN;
    for samples in [series(9000), vec![7; 70_000], wild] {
        let mut whole = trace(samples);
        whole.rate = SamplingRate::from_hz(100.0 / 3.0).unwrap();
        for options in [v3().record_len(512), v2().record_len(512), v3()] {
            assert_eq!(pushed(&whole, &options, vec![1]), written(&whole, &options).unwrap());
        }
    }
}

#[test]
fn only_the_record_with_the_jump_is_steim1() {
    let mut wild = series(9000);
    wild[4321] = i32::MAX;
    wild[4322] = i32::MIN / 2;
    for options in [v3().record_len(512), v2().record_len(512)] {
        let bytes = written(&trace(wild.clone()), &options).unwrap();
        let encodings: Vec<_> = Records::new(&bytes).map(|r| r.unwrap().encoding()).collect();
        let steim1 = encodings.iter().filter(|e| **e == Encoding::Steim1).count();
        assert!((1..=3).contains(&steim1), "{steim1} of {}", encodings.len());
        assert_eq!(read_back(&bytes)[0].samples, Samples::I32(wild.clone()));
    }
}

#[test]
fn every_writable_encoding() {
    let counts: Vec<i32> = series(3000).iter().map(|x| x % 30_000).collect();
    for encoding in [Encoding::Int16, Encoding::Int32, Encoding::Steim1, Encoding::Steim2] {
        for record_len in [128, 200, 4096, 10 << 20] {
            let options = v3().encoding(encoding).record_len(record_len);
            let bytes = written(&trace(counts.clone()), &options).unwrap();
            assert_eq!(read_back(&bytes), [trace(counts.clone())], "{encoding} {record_len}");
            assert_eq!(Records::new(&bytes).next().unwrap().unwrap().encoding(), encoding);
        }
    }
    let text = Samples::Text("Grüße vom Seismometer".into());
    assert_eq!(read_back(&written(&trace(text.clone()), &v3()).unwrap()), [trace(text)]);
}

#[test]
fn headers_are_what_was_asked_for() {
    let extra = r#"{"FDSN":{"Time":{"Quality":93}}, "Ort":"Gräfenberg"}"#;
    let flags = flag::TIME_QUESTIONABLE | flag::CLOCK_LOCKED;
    let options = v3().record_len(256).publication_version(7).flags(flags).extra_headers(extra);
    let bytes = written(&trace(series(500)), &options).unwrap();
    for record in Records::new(&bytes) {
        let record = record.unwrap();
        assert_eq!(record.version(), 3);
        assert_eq!(record.publication_version(), 7);
        assert_eq!(record.extra_headers(), extra.as_bytes());
        assert_eq!(record.fdsn_id(), "FDSN:CI_HEC__B_H_N");
        assert_eq!(record.bytes()[3], flags);
    }
    let bytes = written(&trace(vec![1]), &v2().flags(flags | flag::CALIBRATION)).unwrap();
    let record = RecordView::parse(&bytes).unwrap();
    let header = record.v2().unwrap();
    assert_eq!(
        (header.activity_flags, header.clock_flags, header.quality_flags),
        (1, 1 << 5, 1 << 7)
    );
}

/// libmseed (pymseed 1.0.1) writes these very bytes for these samples.
#[test]
fn a_record_as_libmseed_writes_it() {
    let mut t = trace((0..10).collect::<Vec<i32>>());
    t.id = "XX.A..BHZ".parse().unwrap();
    t.start = UtcTime::from_nanos(1_234_567_890_123_456_789);
    t.rate = SamplingRate::from_hz(0.1).unwrap();
    let bytes = written(&t, &v3().encoding(Encoding::Steim2)).unwrap();
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, LIBMSEED);
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = written(&trace(series(30)), &v3()).unwrap();
    for at in 4..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(RecordView::parse(&changed).is_err(), "byte {at}");
    }
    let mut changed = bytes;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert!(matches!(RecordView::parse(&changed).unwrap_err(), RecordError::Crc { .. }));
}

#[test]
fn gaps_and_changes_begin_new_records() {
    let whole = trace(series(300));
    let piece = |at: i64, n: usize| {
        let samples = whole.samples.slice(at as usize..at as usize + n);
        Trace::new(whole.id, whole.time_of(at), whole.rate, samples)
    };
    let records = |pieces: &[Trace]| {
        let mut writer = Writer::new(Vec::new(), v3()).unwrap();
        for piece in pieces {
            writer.push(piece).unwrap();
        }
        let (bytes, _) = writer.finish().unwrap();
        Records::new(&bytes)
            .map(|r| r.map(|r| (r.start(), r.sample_count())).unwrap())
            .collect::<Vec<_>>()
    };
    let (a, b) = (piece(0, 100), piece(100, 100));
    assert_eq!(records(&[a.clone(), b.clone()]), [(a.start, 200)]);
    assert_eq!(records(&[a.clone(), piece(150, 50)]).len(), 2);
    assert_eq!(records(&[a.clone(), piece(99, 50)]).len(), 2);
    let mut late = b.clone();
    late.start = UtcTime::from_nanos(late.start.as_nanos() + 1000);
    assert_eq!(records(&[a.clone(), late.clone()]), [(a.start, 200)]);
    late.start = UtcTime::from_nanos(late.start.as_nanos() + 1);
    assert_eq!(records(&[a.clone(), late.clone()]), [(a.start, 100), (late.start, 100)]);
    let mut slower = b.clone();
    slower.rate = SamplingRate::from_hz(39.0).unwrap();
    assert_eq!(records(&[a.clone(), slower]).len(), 2);
    let mut floats = b.clone();
    floats.samples = Samples::F32(vec![1.0; 5]);
    assert_eq!(records(&[a.clone(), floats]).len(), 2);
    // Two channels in turns.
    let other: SourceId = "CI.HEC..BHE".parse().unwrap();
    let on = |t: &Trace| Trace::new(other, t.start, t.rate, t.samples.clone());
    assert_eq!(records(&[a.clone(), on(&a), b.clone(), on(&b)]), [(a.start, 200), (a.start, 200)]);
    // Messages without a rate keep their times.
    let message = |text: &str, t: &Trace| {
        Trace::new(other, t.start, SamplingRate::NONE, Samples::Text(text.into()))
    };
    let pair = [message("one", &a), message("two", &a)];
    assert_eq!(records(&pair), [(a.start, 3), (a.start, 3)]);
}

#[test]
fn flushing_writes_what_waits_and_the_series_goes_on() {
    let whole = trace(series(300));
    let mut writer = Writer::new(Vec::new(), v3()).unwrap();
    let half = |range: std::ops::Range<usize>| {
        let start = whole.time_of(range.start as i64);
        Trace::new(whole.id, start, whole.rate, whole.samples.slice(range))
    };
    writer.push(&half(0..150)).unwrap();
    assert_eq!((writer.waiting(whole.id), writer.written().records), (150, 0));
    writer.flush().unwrap();
    assert_eq!((writer.waiting(whole.id), writer.written().samples), (0, 150));
    writer.push(&half(150..299)).unwrap();
    // A whole trace comes behind what waits.
    writer.write(&half(299..300)).unwrap();
    let (bytes, written) = writer.finish().unwrap();
    assert_eq!(written.records, 3);
    assert_eq!(read_back(&bytes), [whole]);
}

#[test]
fn a_piece_that_cannot_be_stored_changes_nothing() {
    let mut writer = Writer::new(Vec::new(), v3().encoding(Encoding::Int32)).unwrap();
    let a = trace(vec![1, 2, 3]);
    writer.push(&a).unwrap();
    let mut bad = trace(vec![4.0, f64::NAN]);
    bad.start = a.next_start();
    let error = writer.push(&bad).unwrap_err();
    assert!(matches!(error, WriteError::Sample { index: 1, .. }), "{error}");
    let mut good = trace(vec![4, 5]);
    good.start = a.next_start();
    writer.push(&good).unwrap();
    assert_eq!(read_back(&writer.finish().unwrap().0), [trace(vec![1, 2, 3, 4, 5])]);
}

#[test]
fn a_jump_too_large_for_steim2_is_refused_if_steim2_is_wanted() {
    let options = v3().encoding(Encoding::Steim2);
    let mut writer = Writer::new(Vec::new(), options).unwrap();
    writer.push(&trace(vec![0, 1, i32::MAX])).unwrap();
    let error = writer.finish().unwrap_err();
    assert!(error.to_string().contains("the difference to sample 2 is 2147483646"), "{error}");
}

#[test]
fn what_the_header_cannot_hold_is_refused() {
    let with_id = |id: SourceId| {
        let mut t = trace(vec![1]);
        t.id = id;
        written(&t, &v3())
    };
    let id = |n: &str, s: &str, l: &str, c: &str| SourceId::new(n, s, l, c).unwrap();
    for good in [
        id("NETWORK8", "STATION8", "LOCATIO8", "B_H_ZZ"),
        id("X", "Y", "", "Z"),
        id("", "", "", ""),
    ] {
        assert_eq!(read_back(&with_id(good).unwrap())[0].id, good);
    }
    for bad in [
        id("NETWORK99", "A", "", "BHZ"),
        id("A", "STATION99", "", "BHZ"),
        id("A", "B", "LOCATION9", "BHZ"),
    ] {
        assert!(matches!(with_id(bad).unwrap_err(), WriteError::Code { max: 8, version: 3, .. }));
    }
    for bad in [id("A_B", "C", "", "BHZ"), id("A", "B", "", "B_H_Z"), id("A", "B", "--x_", "BHZ")] {
        let error = with_id(bad).unwrap_err();
        assert!(matches!(error, WriteError::Id { .. }), "{error}");
    }

    let with_start = |start: &str| {
        let mut t = trace(vec![1]);
        t.start = start.parse().unwrap();
        written(&t, &v3())
    };
    assert!(with_start("1678-01-01T00:00:00Z").is_ok());
    assert!(with_start("2261-12-31T23:59:59.999999999Z").is_ok());
    for start in ["1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z"] {
        assert!(matches!(with_start(start).unwrap_err(), WriteError::Time { .. }), "{start}");
    }

    for len in [0, 39, (10 << 20) + 1] {
        let error = Writer::new(Vec::new(), v3().record_len(len)).unwrap_err();
        assert!(matches!(error, WriteError::RecordLength { .. }), "{error}");
    }
    for len in [40, 59, 100, 121] {
        let error = written(&trace(vec![1]), &v3().record_len(len)).unwrap_err();
        assert!(matches!(error, WriteError::RecordTooShort { .. }), "{error}");
    }
    assert!(written(&trace(vec![1]), &v3().record_len(122)).is_ok());
}

#[test]
fn options_that_cannot_be_are_refused() {
    let refused = |options: WriteOptions| Writer::new(Vec::new(), options).unwrap_err();
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(65_530));
    for bad in ["[]", "1", "{", "{}{}", "{a:1}", "{\"a\":NaN}", " ", long.as_str()] {
        let error = refused(v3().extra_headers(bad));
        assert!(matches!(error, WriteError::ExtraHeaders { .. }), "{bad}: {error}");
    }
    let error = refused(WriteOptions::new().extra_headers("{}"));
    assert!(error.to_string().contains("version 2 has no place"), "{error}");
    assert!(matches!(refused(v3().flags(8)), WriteError::Flags { found: 8 }));
    assert!(matches!(refused(WriteOptions::new().flags(255)), WriteError::Flags { .. }));
}

#[test]
fn a_trace_without_samples_is_a_record_without_samples() {
    let bytes = written(&trace(Vec::<i32>::new()), &v3()).unwrap();
    assert_eq!(bytes.len(), 40 + "FDSN:CI_HEC__B_H_N".len());
    assert_eq!(RecordView::parse(&bytes).unwrap().sample_count(), 0);
    let mut writer = Writer::new(Vec::new(), v3()).unwrap();
    writer.push(&trace(Vec::<i32>::new())).unwrap();
    assert!(writer.finish().unwrap().0.is_empty());
}

const LIBMSEED: &str = concat!(
    "4d53030015cd5b07d9072c00171f1e0b00000000000024c00a000000785daf8e00100000",
    "400000004644534e3a58585f415f5f425f485f5a03800000000000000000000980111111",
    "c01004010000000000000000000000000000000000000000000000000000000000000000",
    "000000000000000000000000",
);
