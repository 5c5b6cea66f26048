//! miniSEED 3.

use seis_io::mseed::{ReadOptions, RecordError, RecordView, read_bytes};

use crate::raw::{Raw, Raw3};

#[test]
fn all_that_a_header_says() {
    let mut raw = Raw3::int32(&[1, -2, 3]);
    raw.extra = br#"{"FDSN":{"Time":{"Quality":93}}}"#.to_vec();
    raw.version = 7;
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    assert_eq!(record.version(), 3);
    assert_eq!(record.id().to_string(), "CI.HEC..BHN");
    assert_eq!(record.fdsn_id(), "FDSN:CI_HEC__B_H_N");
    assert_eq!(record.start().to_string(), "2022-01-02T00:00:00.123456789Z");
    assert_eq!(record.rate().hz(), 40.0);
    assert_eq!(record.publication_version(), 7);
    assert_eq!(record.extra_headers(), raw.extra);
    assert_eq!(record.decode().unwrap().as_i32(), Some(&[1, -2, 3][..]));
    assert!(record.v2().is_none());
    assert_eq!(record.blockettes().count(), 0);
}

#[test]
fn negative_rates_are_periods() {
    for (rate, ratio) in [(-10.0, (1, 10)), (-0.025, (40, 1)), (0.1, (1, 10)), (0.0, (0, 1))] {
        let mut raw = Raw3::int32(&[1]);
        raw.rate = rate;
        assert_eq!(RecordView::parse(&raw.bytes()).unwrap().rate().as_ratio(), ratio);
    }
    for rate in [f64::NAN, f64::INFINITY, -1e300, 1e-300] {
        let mut raw = Raw3::int32(&[1]);
        raw.rate = rate;
        let error = RecordView::parse(&raw.bytes()).unwrap_err();
        assert!(matches!(error, RecordError::Field { field: "sampling rate", .. }), "{error}");
    }
}

#[test]
fn long_and_strange_identifiers() {
    let parsed = |id: &[u8]| {
        let mut raw = Raw3::int32(&[1]);
        raw.id = id.to_vec();
        RecordView::parse(&raw.bytes()).map(|r| r.id().to_string())
    };
    assert_eq!(
        parsed(b"FDSN:NETWORK8_STATION8_LOC_B_H_ZZ").unwrap(),
        "NETWORK8.STATION8.LOC.B_H_ZZ"
    );
    for id in [&b"FDSN:"[..], b"", b"\xff\xfe", b"FDSN:A_B", b"FDSN:A_ASTATIONFARTOOLONG_X_B_H_Z"] {
        let error = parsed(id).unwrap_err();
        assert!(matches!(error, RecordError::Id(_)), "{error}");
    }
}

#[test]
fn a_payload_that_is_claimed_but_not_there() {
    let bytes = Raw3::int32(&[1, 2, 3]).bytes();
    for len in 0..bytes.len() {
        let error = RecordView::parse(&bytes[..len]).unwrap_err();
        assert!(matches!(error, RecordError::Truncated { .. }), "{len}: {error}");
    }
    let mut huge = bytes;
    huge[36..40].copy_from_slice(&[0xff; 4]);
    let error = RecordView::parse(&huge).unwrap_err();
    assert!(matches!(error, RecordError::Length { .. }), "{error}");
}

#[test]
fn both_versions_in_one_stream() {
    let mut second = Raw3::int32(&[5; 40]);
    second.nanosecond = 0;
    second.clock.2 = 1;
    let bytes =
        [Raw::int32(&[4; 40]).at(0).bytes(), second.bytes(), Raw::int32(&[6; 40]).at(2).bytes()]
            .concat();
    let stream = read_bytes(&bytes, &ReadOptions::new()).unwrap().complete().unwrap();
    assert_eq!(stream.len(), 1);
    let samples = stream.traces()[0].samples.as_i32().unwrap();
    assert_eq!((samples.len(), samples[39], samples[40], samples[80]), (120, 4, 5, 6));
}
