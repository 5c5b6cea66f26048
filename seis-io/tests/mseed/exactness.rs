//! Rates and start times: what version 2 holds comes back as it was, the rest is refused, or
//! rounded if that is asked for.

use proptest::prelude::*;
use seis_core::{SamplingRate, TimeDelta, Trace, UtcTime};
use seis_io::mseed::{
    ByteOrder, FormatVersion, ReadOptions, Records, WriteError, WriteOptions, Writer, read_bytes,
    write_to,
};
use seis_io::sac;

use crate::raw::Raw;
use crate::round_trip::{read_back, written};

fn trace(hz: f64, start: &str) -> Trace {
    let rate = SamplingRate::from_hz(hz).unwrap();
    Trace::new("CI.HEC..BHN".parse().unwrap(), start.parse().unwrap(), rate, vec![3, 1, 4, 1, 5])
}

const START: &str = "2022-01-02T00:00:00.0695Z";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    /// Whatever rate and time the header of a version-2 record has, the trace can be written as
    /// version 2 again, without an option.
    #[test]
    fn what_was_read_of_version_2_can_be_written(
        rate in prop_oneof![
            (any::<i16>(), any::<i16>()),
            (-300..300_i16, -300..300_i16),
            (prop::sample::select(vec![i16::MIN, -32_767, -1, 1, 32_767]), any::<i16>()),
        ],
        actual in prop_oneof![
            Just(None),
            any::<u32>().prop_map(|bits| Some(f32::from_bits(bits))),
            (1e-9..1e9_f32).prop_map(Some),
            (0.1..1000_f32).prop_map(Some),
        ],
        fraction in 0..10_000_u16,
        microseconds in -50..100_i8,
    ) {
        let mut raw = Raw::int32(&[1, 2, 3]);
        raw.rate = rate;
        raw.time.5 = fraction;
        raw.blockettes.push((1001, vec![0, microseconds as u8, 0, 0]));
        if let Some(hz) = actual {
            raw.blockettes.push((100, [hz.to_be_bytes().to_vec(), vec![0; 4]].concat()));
        }
        raw.data_offset = 128;
        // A factor and multiplier that are no rate are told, and no trace.
        let Ok(contents) = read_bytes(&raw.bytes(), &ReadOptions::new()) else { return Ok(()) };
        let found = contents.stream.traces();
        prop_assert_eq!(found.len(), 1);
        let again = read_back(&written(&found[0], &WriteOptions::new()).unwrap());
        prop_assert_eq!(again[0].rate.hz(), found[0].rate.hz());
        prop_assert_eq!(&again[0].start, &found[0].start);
    }

    /// What is written says what the trace says.
    #[test]
    fn rates_come_back_or_are_refused(
        hz in prop_oneof![
            1e-9..1e9_f64,
            (-9.0..9.0_f64).prop_map(|exponent| 10_f64.powf(exponent)),
            (1..1_000_000_u32).prop_map(|n| f64::from(n) / 1000.0),
            (1e-3..1e3_f32).prop_map(f64::from),
        ],
    ) {
        let trace = trace(hz, START);
        match written(&trace, &WriteOptions::new()) {
            Ok(bytes) => prop_assert_eq!(read_back(&bytes)[0].rate.hz(), hz),
            Err(WriteError::Rate { hz: told, nearest_hz, .. }) => {
                prop_assert_eq!(told, hz);
                let rounded = written(&trace, &WriteOptions::new().round_rate(true));
                match nearest_hz {
                    Some(nearest) => {
                        prop_assert_eq!(read_back(&rounded.unwrap())[0].rate.hz(), nearest);
                        prop_assert!((nearest / hz - 1.0).abs() <= 6e-8, "{} {}", nearest, hz);
                    }
                    None => prop_assert!(rounded.is_err()),
                }
            }
            Err(other) => panic!("{other}"),
        }
        let v3 = written(&trace, &WriteOptions::new().version(FormatVersion::V3)).unwrap();
        prop_assert_eq!(read_back(&v3)[0].rate.hz(), hz);
    }
}

#[test]
fn a_rate_that_version_2_does_not_hold_is_refused_or_rounded() {
    for (hz, nearest) in [
        (98.765_432_1, 8000.0 / 81.0),
        (33.333, f64::from(33.333_f32)),
        (33.333_333_3, 100.0 / 3.0),
        (1.000_000_01, 1.0),
    ] {
        let trace = trace(hz, START);
        let Err(error) = written(&trace, &WriteOptions::new()) else { panic!("{hz}") };
        let WriteError::Rate { id, nearest_hz, .. } = &error else { panic!("{error}") };
        assert_eq!((*id, *nearest_hz), (trace.id, Some(nearest)));
        let said = error.to_string();
        for part in ["CI.HEC..BHN", &format!("{hz:?} Hz"), &format!("{nearest:?} Hz"), "version 3"]
        {
            assert!(said.contains(part), "{said}");
        }
        let bytes = written(&trace, &WriteOptions::new().round_rate(true)).unwrap();
        assert_eq!(read_back(&bytes)[0].rate.hz(), nearest);
        // Nor pushed.
        let mut writer = Writer::new(Vec::new(), WriteOptions::new()).unwrap();
        assert!(matches!(writer.push(&trace), Err(WriteError::Rate { .. })));
        assert!(writer.finish().unwrap().0.is_empty());
    }
    // Slower than any reader takes.
    let mut slow = trace(1.0, START);
    slow.rate = SamplingRate::from_hz(1.000_000_001e-9).unwrap();
    let error = written(&slow, &WriteOptions::new().round_rate(true)).unwrap_err();
    assert!(matches!(error, WriteError::Rate { nearest_hz: None, .. }), "{error}");
}

/// Later records state their own start, by the rate as it was given.
#[test]
fn rounded_rates_do_not_add_up() {
    let mut long = trace(98.765_432_1, "2022-01-02T00:00:00Z");
    long.samples = (0..100_000).collect::<Vec<i32>>().into();
    let bytes = written(&long, &WriteOptions::new().round_rate(true).record_len(512)).unwrap();
    let mut done = 0;
    for record in Records::new(&bytes) {
        let record = record.unwrap();
        assert!((record.start() - long.time_of(done)).abs() <= TimeDelta::from_nanos(500));
        done += record.sample_count() as i64;
        // The last sample by the rate that is read, and by the true one.
        let off = (record.end() - long.time_of(done - 1)).abs().as_seconds_f64();
        let duration = record.sample_count() as f64 / 98.765_432_1;
        assert!(off <= 6e-8 * duration + 5e-7, "{off}");
    }
    assert_eq!(done, 100_000);
}

#[test]
fn a_start_between_microseconds_is_refused_or_rounded() {
    let odd = trace(40.0, "2022-01-02T00:00:00.0000015Z");
    let error = written(&odd, &WriteOptions::new()).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, WriteError::Start { .. }), "{said}");
    for part in ["CI.HEC..BHN", "00:00:00.0000015Z", "00:00:00.000002Z", "round_start"] {
        assert!(said.contains(part), "{said}");
    }
    let bytes = written(&odd, &WriteOptions::new().round_start(true)).unwrap();
    assert_eq!(read_back(&bytes)[0].start.to_string(), "2022-01-02T00:00:00.000002Z");
    let v3 = written(&odd, &WriteOptions::new().version(FormatVersion::V3)).unwrap();
    assert_eq!(read_back(&v3)[0].start, odd.start);
    let mut writer = Writer::new(Vec::new(), WriteOptions::new()).unwrap();
    assert!(matches!(writer.push(&odd), Err(WriteError::Start { .. })));

    // The records of a series of 3 Hz, and pieces that go on, start where they do.
    let mut thirds = trace(3.0, "2022-01-02T00:00:00Z");
    thirds.samples = (0..1000).collect::<Vec<i32>>().into();
    let mut writer = Writer::new(Vec::new(), WriteOptions::new().record_len(256)).unwrap();
    for from in (0..1000).step_by(100) {
        let piece = thirds.samples.slice(from..from + 100);
        let start = thirds.time_of(from as i64);
        writer.push(&Trace::new(thirds.id, start, thirds.rate, piece)).unwrap();
    }
    let (bytes, _) = writer.finish().unwrap();
    assert_eq!(read_back(&bytes), [thirds]);
}

#[test]
fn rates_of_sac_files_can_be_written() {
    let mut header = sac::Header::new();
    for hz in [0.1, 1.0, 3.0, 12.5, 20.0, 40.0, 50.0, 99.999_f64, 100.0, 128.0, 200.0, 1e3, 48e3] {
        header.set_delta(f64::from((1.0 / hz) as f32)).unwrap();
        let read = header.sampling_rate().unwrap();
        let mut trace = trace(1.0, START);
        trace.rate = read;
        match written(&trace, &WriteOptions::new()) {
            Ok(bytes) => assert_eq!(read_back(&bytes)[0].rate.hz(), read.hz(), "{hz}"),
            // Five digits and no divisor.
            Err(error) => assert!(hz == 99.999, "{hz}: {error}"),
        }
    }
    // As they stand in files, 32 bits each.
    for delta in [0.01_f32, 0.025, 0.05, 0.1, 1.0, 0.005, 0.004, 0.008, 1.0 / 3.0, 0.033_333_335] {
        header.set_delta(f64::from(delta)).unwrap();
        let mut trace = trace(1.0, START);
        trace.rate = header.sampling_rate().unwrap();
        let back = read_back(&written(&trace, &WriteOptions::new()).unwrap());
        assert_eq!(back[0].rate, trace.rate, "{delta}");
    }
}

#[test]
fn version_3_has_one_byte_order() {
    let v3 = WriteOptions::new().version(FormatVersion::V3);
    let trace = trace(40.0, START);
    let error = written(&trace, &v3.clone().byte_order(ByteOrder::Big)).unwrap_err();
    assert!(
        matches!(error, WriteError::Option { option } if option.starts_with("byte_order")),
        "{error}"
    );
    let plain = written(&trace, &v3).unwrap();
    assert_eq!(written(&trace, &v3.byte_order(ByteOrder::Little)).unwrap(), plain);
    let v2 = WriteOptions::new();
    let big = written(&trace, &v2.clone().byte_order(ByteOrder::Big)).unwrap();
    assert_eq!(written(&trace, &v2).unwrap(), big);
}

/// Above 500 kHz half a sample is less than what whole microseconds leave open.
#[test]
fn records_that_could_not_be_joined_are_refused() {
    for (hz, version, records, refused) in [
        (500_000.0, FormatVersion::V2, 20, false),
        (2_000_000.0, FormatVersion::V2, 1, false),
        (2_000_000.0, FormatVersion::V2, 20, true),
        (2_000_000.0, FormatVersion::V3, 20, false),
    ] {
        let rate = SamplingRate::from_hz(hz).unwrap();
        let samples: Vec<f32> = (0..records * 100).map(|i| i as f32).collect();
        let trace = Trace::new("CI.HEC..BHN".parse().unwrap(), UtcTime::EPOCH, rate, samples);
        let mut bytes = Vec::new();
        let options = WriteOptions::new().record_len(512).version(version);
        match write_to(&mut bytes, [&trace], &options) {
            Err(WriteError::TooFast { hz: told, .. }) => assert!(refused && told == hz),
            done => {
                done.unwrap();
                assert!(!refused, "{hz}");
                assert_eq!(
                    read_bytes(&bytes, &Default::default()).unwrap().stream.traces(),
                    [trace]
                );
            }
        }
    }
}
