//! Which records make which trace.

use seis_core::Stream;
use seis_io::mseed::{
    Error, JoinOptions, ReadOptions, Reader, TimeTolerance, WarningKind, read_bytes,
};

use crate::raw::Raw;

/// Records of 40 samples at 40 Hz, starting at these seconds, with their index as first sample.
fn records(starts_s: &[u32]) -> Vec<u8> {
    starts_s
        .iter()
        .enumerate()
        .flat_map(|(i, s)| Raw::int32(&[i as i32; 40]).at(*s).bytes())
        .collect()
}

/// Start (s), number of samples, and the record that each second comes from.
fn shape(stream: &Stream) -> Vec<(i64, usize, Vec<i32>)> {
    let midnight: seis_core::UtcTime = "2022-01-02T00:00:00Z".parse().unwrap();
    stream
        .iter()
        .map(|t| {
            let values = t.samples.as_i32().unwrap();
            let start = (t.start - midnight).as_nanos() / 1_000_000_000;
            (start as i64, t.len(), values.iter().step_by(40).copied().collect())
        })
        .collect()
}

fn read(bytes: &[u8], join: JoinOptions) -> Stream {
    read_bytes(bytes, &ReadOptions::new().join(join)).unwrap().stream
}

#[test]
fn out_of_order_records_heal() {
    let expected = [(0, 200, vec![3, 1, 0, 2, 4])];
    let bytes = records(&[2, 1, 3, 0, 4]);
    assert_eq!(shape(&read(&bytes, JoinOptions::new())), expected);
    // ObsPy takes them as they come.
    let stream = read(&bytes, JoinOptions::obspy());
    let starts: Vec<_> = shape(&stream).iter().map(|s| (s.0, s.1)).collect();
    assert_eq!(starts, [(2, 40), (1, 40), (3, 40), (0, 40), (4, 40)]);
}

#[test]
fn every_order_of_records_heals() {
    // All 720 orders of six records.
    fn permute(rest: &mut Vec<u32>, taken: &mut Vec<u32>, check: &mut dyn FnMut(&[u32])) {
        if rest.is_empty() {
            check(taken);
        }
        for i in 0..rest.len() {
            let x = rest.remove(i);
            taken.push(x);
            permute(rest, taken, check);
            taken.pop();
            rest.insert(i, x);
        }
    }
    permute(&mut (0..6).collect(), &mut Vec::new(), &mut |order| {
        let shape = shape(&read(&records(order), JoinOptions::new()));
        assert_eq!(shape.len(), 1, "{order:?}");
        let from: Vec<u32> = shape[0].2.iter().map(|i| order[*i as usize]).collect();
        assert_eq!(from, [0, 1, 2, 3, 4, 5], "{order:?}");
    });
}

#[test]
fn gaps_overlaps_and_repetitions_stay() {
    let bytes = records(&[0, 1, 5, 6, 0, 1, 9]);
    let expected =
        [(0, 80, vec![0, 1]), (0, 80, vec![4, 5]), (5, 80, vec![2, 3]), (9, 40, vec![6])];
    assert_eq!(shape(&read(&bytes, JoinOptions::new())), expected);
}

/// Three records, the second and third later than due by so many tenths of milliseconds each.
fn late(by: u16) -> Vec<u8> {
    (0..3_u16)
        .flat_map(|i| {
            let mut raw = Raw::int32(&[0; 40]).at(u32::from(i));
            raw.time.5 = i * by;
            raw.bytes()
        })
        .collect()
}

#[test]
fn half_a_sample_is_the_limit_inclusive() {
    // At 40 Hz half a sample is 12.5 ms.
    let open = JoinOptions::new().max_drift(f64::INFINITY);
    assert_eq!(read(&late(125), open).len(), 1);
    assert_eq!(read(&late(126), open).len(), 3);
    assert_eq!(read(&late(125), JoinOptions::obspy()).len(), 1);
    assert_eq!(read(&late(126), JoinOptions::obspy()).len(), 3);
    let tight = open.time_tolerance(TimeTolerance::Samples(0.1));
    assert_eq!(read(&late(25), tight).len(), 1);
    assert_eq!(read(&late(26), tight).len(), 3);
    let seconds = open.time_tolerance(TimeTolerance::Seconds(0.001));
    assert_eq!(read(&late(10), seconds).len(), 1);
    assert_eq!(read(&late(11), seconds).len(), 3);
}

#[test]
fn drift_is_bounded_and_told() {
    // 0.4 samples late each: the third is 0.8 off, the fourth would be 1.2.
    let bytes: Vec<u8> = (0..5_u16)
        .flat_map(|i| {
            let mut raw = Raw::int32(&[0; 40]).at(u32::from(i));
            raw.time.5 = i * 100;
            raw.bytes()
        })
        .collect();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(shape(&contents.stream).iter().map(|s| s.1).collect::<Vec<_>>(), [120, 80]);
    match contents.report.warnings.as_slice() {
        [warning] => match warning.kind {
            WarningKind::Drift { samples } => assert!((samples - 0.8).abs() < 1e-9),
            kind => panic!("{kind}"),
        },
        other => panic!("{other:?}"),
    }
    // libmseed and ObsPy go on for ever.
    let stream = read(&bytes, JoinOptions::new().max_drift(f64::INFINITY));
    assert_eq!(stream.len(), 1);
    assert_eq!(read(&bytes, JoinOptions::obspy()).len(), 1);
    // The order does not matter.
    let reversed: Vec<u8> = bytes.chunks(512).rev().flatten().copied().collect();
    assert!(read(&reversed, JoinOptions::new()).iter().all(|t| t.len() <= 120));
}

#[test]
fn rates_may_differ_by_a_ten_thousandth() {
    let with_rate = |hz: f32| {
        let mut raw = Raw::int32(&[0; 40]).at(1);
        let mut content = hz.to_be_bytes().to_vec();
        content.extend([0; 4]);
        raw.blockettes.push((100, content));
        raw.data_offset = 128;
        let mut bytes = Raw::int32(&[0; 40]).at(0).bytes();
        bytes.extend(raw.bytes());
        bytes
    };
    let joined = |hz: f32, join| read(&with_rate(hz), join).len();
    for join in [JoinOptions::new(), JoinOptions::obspy()] {
        assert_eq!(joined(40.0039, join), 1);
        assert_eq!(joined(40.0041, join), 2);
    }
    assert_eq!(joined(40.0039, JoinOptions::new().rate_tolerance(1e-6)), 2);
}

#[test]
fn types_do_not_join_and_encodings_do() {
    let mut float = Raw::int32(&[0; 40]).at(1);
    float.blockettes[0].1[0] = 4;
    let mut bytes = records(&[0]);
    bytes.extend(float.bytes());
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 2);
    let mut bytes = records(&[0]);
    bytes.extend(Raw::steim(seis_io::mseed::steim::Steim::Two, &[5; 40]).at(1).bytes());
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 1);
}

#[test]
fn qualities_are_kept_apart_on_demand() {
    let mut raw = Raw::int32(&[0; 40]).at(1);
    raw.quality = b'R';
    let mut bytes = records(&[0]);
    bytes.extend(raw.bytes());
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 1);
    assert_eq!(read(&bytes, JoinOptions::new().split_versions(true)).len(), 2);
    assert_eq!(read(&bytes, JoinOptions::obspy()).len(), 2);
}

#[test]
fn records_without_samples() {
    let mut bytes = records(&[0]);
    bytes.extend(Raw::int32(&[]).at(1).bytes());
    bytes.extend(records(&[1]));
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(contents.stream.len(), 1);
    assert_eq!((contents.report.records, contents.report.empty_records), (3, 1));
    // ObsPy makes a trace of it, and begins a new one behind.
    let lengths: Vec<_> = read(&bytes, JoinOptions::obspy()).iter().map(|t| t.len()).collect();
    assert_eq!(lengths, [40, 0, 40]);
}

#[test]
fn text_makes_a_trace_for_each_record() {
    let mut raw = Raw::int32(&[]);
    raw.blockettes[0].1[0] = 0;
    raw.rate = (0, 0);
    raw.payload = b"clock locked".to_vec();
    raw.count = 12;
    let mut bytes = raw.bytes();
    bytes.extend(raw.at(1).bytes());
    let stream = read(&bytes, JoinOptions::new());
    assert_eq!(stream.len(), 2);
    assert_eq!(stream.traces()[0].samples.as_text(), Some(&b"clock locked"[..]));
    assert!(!stream.traces()[0].rate.is_regular());
}

#[test]
fn channels_come_sorted_or_in_file_order() {
    let mut late = Raw::int32(&[1; 40]);
    late.codes = *b"AAA    BHZCI";
    let mut bytes = records(&[0]);
    bytes.extend(late.bytes());
    bytes.extend(records(&[1]));
    let ids = |join| read(&bytes, join).iter().map(|t| t.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(JoinOptions::new()), ["CI.AAA..BHZ", "CI.HEC..BHN"]);
    assert_eq!(ids(JoinOptions::obspy()), ["CI.HEC..BHN", "CI.AAA..BHZ"]);
}

#[test]
fn very_many_segments_take_no_time() {
    // Every second record missing, in an order that touches all segments in turn.
    let order: Vec<u32> = (0..4000_u32).map(|i| (i * 1237 % 4000) * 2).collect();
    let bytes = records(&order);
    let clock = std::time::Instant::now();
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 4000);
    assert!(clock.elapsed().as_secs() < 5);
}

/// A positive leap second within a record: its clock shows a second less at the end. libmseed 2,
/// and so ObsPy, expects the next record there; libmseed 3 only with a list of leap seconds.
#[test]
fn leap_second_flags_move_the_end_under_obspys_rule() {
    let mut leap = Raw::int32(&[0; 80]).at(0);
    leap.activity = 0x10;
    let mut bytes = leap.bytes();
    bytes.extend(records(&[1]));
    assert_eq!(read(&bytes, JoinOptions::obspy()).len(), 1);
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 2);
    let mut bytes = leap.bytes();
    bytes.extend(records(&[2]));
    assert_eq!(read(&bytes, JoinOptions::obspy()).len(), 2);
    assert_eq!(read(&bytes, JoinOptions::new()).len(), 1);
}

/// NaN would make every comparison false, and a negative tolerance joins nothing, not even what
/// fits: nobody can mean that.
#[test]
fn tolerances_that_are_none_are_refused() {
    let bytes = records(&[0, 1]);
    let (samples, seconds) = (TimeTolerance::Samples, TimeTolerance::Seconds);
    let join = JoinOptions::new;
    for bad in [f64::NAN, -0.5, f64::NEG_INFINITY, f64::INFINITY] {
        for (join, name) in [
            (join().time_tolerance(samples(bad)), "time_tolerance in samples"),
            (join().time_tolerance(seconds(bad)), "time_tolerance in seconds"),
            (join().rate_tolerance(bad), "rate_tolerance"),
            (join().max_drift(bad), "max_drift"),
        ] {
            let options = ReadOptions::new().join(join);
            let outcome = read_bytes(&bytes, &options);
            if name == "max_drift" && bad == f64::INFINITY {
                assert_eq!(outcome.unwrap().stream.len(), 1);
                continue;
            }
            let error = outcome.unwrap_err();
            let said = error.to_string();
            assert!(matches!(error, Error::Option { option, .. } if option == name), "{said}");
            assert!(said.contains(&format!("{bad:?}")), "{said}");
            let mut reader = Reader::new(options);
            assert!(matches!(reader.index_bytes(&bytes), Err(Error::Option { .. })));
            assert!(matches!(reader.read_from(&*bytes), Err(Error::Option { .. })));
            assert!(matches!(reader.read_many(["no file"]), Err(Error::Option { .. })));
        }
    }
    for zero in [0.0, -0.0] {
        let join = join().time_tolerance(seconds(zero)).rate_tolerance(zero).max_drift(zero);
        assert_eq!(read(&bytes, join).len(), 1);
    }
}
