//! Junk, truncation and broken records: what is skipped, what is found again, what is reported.

use seis_io::mseed::steim::Steim;
use seis_io::mseed::{ReadOptions, RecordError, Records, Skipped, WarningKind, read_bytes};

use crate::raw::{Raw, Raw3, series};

fn good(second: u32) -> Vec<u8> {
    Raw::steim(Steim::Two, &series(300)[..40]).at(second).bytes()
}

/// Offsets of the records, and what was skipped.
fn scan(bytes: &[u8]) -> (Vec<u64>, Vec<Skipped>) {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for item in Records::new(bytes) {
        match item {
            Ok(record) => found.push(record.offset()),
            Err(s) => skipped.push(s),
        }
    }
    // Every byte is accounted for.
    let records = found.len() as u64 * 512;
    assert_eq!(records + skipped.iter().map(|s| s.len).sum::<u64>(), bytes.len() as u64);
    (found, skipped)
}

#[test]
fn junk_of_any_length_between_records() {
    for fill in [0_u8, 0xff, b'A', b'0', b'\n'] {
        for len in (1..70).chain([100, 127, 128, 129, 511, 512, 513, 5000]) {
            let mut bytes = good(0);
            bytes.extend(vec![fill; len]);
            bytes.extend(good(1));
            let (found, skipped) = scan(&bytes);
            assert_eq!(found, [0, 512 + len as u64], "{len} bytes of {fill}");
            assert_eq!(skipped.len(), 1);
            assert_eq!((skipped[0].offset, skipped[0].len), (512, len as u64));
            assert_eq!(skipped[0].reason, RecordError::NotARecord);
        }
    }
}

#[test]
fn junk_before_the_first_and_behind_the_last() {
    let mut bytes = vec![0xff; 100];
    bytes.extend(good(0));
    bytes.extend([0xee; 47]);
    let (found, skipped) = scan(&bytes);
    assert_eq!(found, [100]);
    let stretches: Vec<_> = skipped.iter().map(|s| (s.offset, s.len)).collect();
    assert_eq!(stretches, [(0, 100), (612, 47)]);
}

#[test]
fn a_cut_last_record_is_reported_at_every_length() {
    for left in 1..512_usize {
        let mut bytes = good(0);
        bytes.extend(&good(1)[..left]);
        let (found, skipped) = scan(&bytes);
        assert_eq!(found, [0]);
        assert_eq!(skipped.len(), 1, "{left}");
        assert_eq!((skipped[0].offset, skipped[0].len), (512, left as u64));
        match skipped[0].reason {
            RecordError::Truncated { needed, found } => {
                assert_eq!(found, left as u64);
                // Less than a header does not tell how long the record is.
                assert_eq!(needed, if left < 56 { needed } else { 512 });
            }
            ref other => panic!("{left}: {other}"),
        }
    }
}

#[test]
fn a_record_cut_in_the_middle_of_a_file() {
    for left in [10, 47, 48, 60, 64, 100, 256, 511] {
        let mut bytes = good(0);
        bytes.extend(&good(1)[..left]);
        bytes.extend(good(2));
        bytes.extend(good(3));
        let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
        // The record behind it may have lent it its bytes: it is found all the same.
        let starts: Vec<_> = contents.stream.iter().map(|t| t.start.to_string()).collect();
        assert!(starts.contains(&"2022-01-02T00:00:00Z".to_owned()), "{left}: {starts:?}");
        assert!(!contents.report.is_complete(), "{left}");
        let samples: usize = contents.stream.iter().map(seis_core::Trace::len).sum();
        assert!(samples >= 80, "{left}: {samples} samples, {}", contents.report);
    }
}

#[test]
fn a_length_that_lies_does_not_swallow_the_file() {
    let mut bytes = good(0);
    let mut liar = good(1);
    liar[54] = 20;
    bytes.extend(liar);
    for second in 2..6 {
        bytes.extend(good(second));
    }
    let (found, skipped) = scan(&bytes);
    assert_eq!(found, [0, 1024, 1536, 2048, 2560]);
    assert!(matches!(skipped[0].reason, RecordError::Truncated { needed: 1_048_576, .. }));
}

#[test]
fn a_bad_header_costs_only_its_record() {
    for (at, value) in [(20, 0xff), (22, 0xff), (28, 0xff), (46, 0), (54, 0xff)] {
        let mut bytes = good(0);
        let mut bad = good(1);
        bad[at] = value;
        if at == 46 {
            bad[47] = 12;
        }
        bytes.extend(bad);
        bytes.extend(good(2));
        let (found, skipped) = scan(&bytes);
        assert_eq!(found, [0, 1024], "byte {at}");
        assert_eq!(skipped.len(), 1);
        assert_eq!((skipped[0].offset, skipped[0].len), (512, 512));
        assert_eq!(skipped[0].id.map(|id| id.to_string()).as_deref(), Some("CI.HEC..BHN"));
    }
}

#[test]
fn a_broken_payload_costs_only_its_record_and_splits_the_trace() {
    let mut bad = good(1);
    // Code 10 with dnib 00.
    bad[64..68].copy_from_slice(&(2_u32 << 24).to_be_bytes());
    bad[76..80].copy_from_slice(&[0; 4]);
    let bytes = [good(0), bad.clone(), good(2)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    let lengths: Vec<_> = contents.stream.iter().map(seis_core::Trace::len).collect();
    assert_eq!(lengths, [40, 40]);
    assert_eq!(contents.report.records, 2);
    assert_eq!(contents.report.skipped.len(), 1);
    assert_eq!(contents.report.skipped[0].offset, 512);
    assert!(matches!(contents.report.skipped[0].reason, RecordError::Steim { .. }));
    assert!(contents.complete().is_err());
    // When a good copy of it comes later, the gap is closed.
    let bytes = [good(0), bad, good(2), good(1)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(contents.stream.iter().map(seis_core::Trace::len).collect::<Vec<_>>(), [120]);
}

#[test]
fn a_wrong_last_sample_is_a_warning_unless_the_neighbourhood_is_damaged() {
    let mut odd = good(1);
    odd[75] ^= 1;
    let bytes = [good(0), odd.clone(), good(2)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(contents.stream.iter().map(seis_core::Trace::len).collect::<Vec<_>>(), [120]);
    let warnings = &contents.report.warnings;
    assert_eq!((warnings.len(), warnings[0].offset), (1, 512));
    assert!(matches!(warnings[0].kind, WarningKind::IntegrationConstant { .. }));

    let bytes = [good(0), odd, b"junk".to_vec(), good(2)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(contents.stream.iter().map(seis_core::Trace::len).collect::<Vec<_>>(), [40, 40]);
    let reasons: Vec<_> = contents.report.skipped.iter().map(|s| &s.reason).collect();
    assert!(matches!(reasons[..], [RecordError::Damaged { .. }, RecordError::NotARecord]));
}

#[test]
fn unsupported_encodings_are_skipped_and_named() {
    let mut steim3 = Raw::int32(&[1; 40]).at(1);
    steim3.blockettes[0].1[0] = 19;
    let bytes = [good(0), steim3.bytes(), good(2)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(contents.stream.len(), 2);
    let skipped = &contents.report.skipped[0];
    assert_eq!((skipped.offset, skipped.len), (512, 512));
    assert_eq!(
        skipped.to_string(),
        "byte 512 (CI.HEC..BHN): encoding STEIM3 (code 19) is not supported; 512 bytes skipped"
    );
}

#[test]
fn wrong_checksums_and_junk_in_version_3() {
    let record = |second: u8| {
        let mut raw = Raw3::int32(&[1; 40]);
        raw.clock.2 = second;
        raw.bytes()
    };
    let len = record(0).len() as u64;
    let mut damaged = record(1);
    let at = damaged.len() - 5;
    damaged[at] ^= 0x10;
    let bytes = [record(0), damaged.clone(), record(2)].concat();
    let items: Vec<_> = Records::new(&bytes).collect();
    assert!(items[0].is_ok() && items[2].is_ok());
    let skipped = items[1].as_ref().unwrap_err();
    assert_eq!((skipped.offset, skipped.len), (len, len));
    assert!(matches!(skipped.reason, RecordError::Crc { .. }));
    let lenient = ReadOptions::new().check_crc(false);
    assert_eq!(read_bytes(&bytes, &lenient).unwrap().report.records, 3);

    // Junk in front of a version-3 record behind a version-2 record.
    let bytes = [good(0), b"MS\x03 is not a record".to_vec(), record(2), good(3)].concat();
    let found = Records::new(&bytes).filter(Result::is_ok).count();
    assert_eq!(found, 3);
}

#[test]
fn a_file_of_nothing_but_junk() {
    for bytes in [vec![], vec![0; 10], vec![0xff; 5000], b"<html>404</html>".repeat(100)] {
        let error = read_bytes(&bytes, &ReadOptions::new()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("no readable miniSEED record"), "{text}");
        assert!(text.contains(&format!("{} bytes", bytes.len())), "{text}");
    }
}

/// Times stop at the end of the year 9999: samples beyond it would all be taken then.
#[test]
fn samples_beyond_the_calendar_are_refused() {
    let start = |year: u16, day: u16, rate: (i16, i16)| {
        let mut raw = Raw::int32(&[1; 100]);
        (raw.time, raw.rate) = ((year, day, 23, 59, 59, 0), rate);
        raw.order = seis_io::mseed::ByteOrder::Big;
        raw
    };
    let fits = start(9999, 365, (1000, 1));
    assert_eq!(read_bytes(&fits.bytes(), &ReadOptions::new()).unwrap().stream.len(), 1);
    let mut corrected = start(9999, 365, (1000, 1));
    corrected.correction = 10_000;
    for raw in [start(9999, 365, (40, 1)), start(7500, 2, (-30_000, -30_000)), corrected] {
        let error = read_bytes(&raw.bytes(), &ReadOptions::new()).unwrap_err().to_string();
        assert!(error.contains("time of the last sample (byte 30 of the record)"), "{error}");
        assert!(error.contains("CI.HEC..BHN") && error.contains("the year 9999"), "{error}");
    }
}
