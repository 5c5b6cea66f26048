//! miniSEED 3.

use seis_io::mseed::{
    FormatVersion, ReadOptions, RecordError, RecordView, Records, WriteOptions, read_bytes,
    write_to,
};

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
    // What is no identifier of the FDSN is read all the same, and is told apart.
    for (id, codes) in [
        (&b"FDSN:"[..], "FDSN:..."),
        (b"", ":..."),
        (b"\xff\xfe", ":.%FF%FE.."),
        (b"FDSN:A_B", "FDSN:.A_B.."),
        (b"FDSN:A_ASTATIONFARTOOLONG_X_B_H_Z", "FDSN:.A_ASTATIONFARTO.OLONG_X_B_H_Z."),
        (b"XYZ:tide gauge 4", "XYZ:.tide%20gauge%20.4."),
    ] {
        assert_eq!(parsed(id).unwrap(), codes);
    }
}

#[test]
fn identifiers_of_others_keep_their_samples_and_are_written_back() {
    let record = |id: &[u8], second: u8, sample: i32| {
        let mut raw = Raw3::int32(&[sample; 40]);
        (raw.nanosecond, raw.clock.2) = (0, second);
        raw.id = id.to_vec();
        raw.bytes()
    };
    let bytes = [
        record(b"XYZ:gauge/4", 0, 1),
        record(b"XYZ:gauge/5", 0, 2),
        record(b"XYZ:gauge/4", 1, 3),
        record(b"FDSN:XYZ__gauge/4_B_H_Z", 0, 4),
    ]
    .concat();
    let stream = read_bytes(&bytes, &ReadOptions::new()).unwrap().complete().unwrap();
    let found: Vec<_> = stream.iter().map(|t| (t.id.to_string(), t.len())).collect();
    let expected = [("XYZ..gauge/4.BHZ", 40), ("XYZ:.gauge/4..", 80), ("XYZ:.gauge/5..", 40)];
    assert_eq!(found, expected.map(|(id, len)| (id.to_owned(), len)));

    let mut written = Vec::new();
    let options = WriteOptions::new().version(FormatVersion::V3);
    let _ = write_to(&mut written, &stream.traces()[1..], &options).unwrap();
    let ids: Vec<_> = Records::new(&written).map(|r| r.unwrap().fdsn_id()).collect();
    assert_eq!(ids, ["XYZ:gauge/4", "XYZ:gauge/5"]);
    // Version 2 has no room for it.
    let options = WriteOptions::new();
    let error = write_to(&mut Vec::new(), &stream.traces()[1..], &options).unwrap_err();
    assert!(error.to_string().contains("XYZ:"), "{error}");
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
