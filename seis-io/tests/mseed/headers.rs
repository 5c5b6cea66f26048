//! What a header says, and what it cannot say.

use seis_io::mseed::{ByteOrder, Encoding, RecordError, RecordView, WarningKind};

use crate::raw::Raw;

fn start(raw: &Raw) -> String {
    RecordView::parse(&raw.bytes()).unwrap().start().to_string()
}

#[test]
fn time_corrections_are_applied_once() {
    let mut raw = Raw::int32(&[1, 2, 3]);
    assert_eq!(start(&raw), "2022-01-02T00:00:00.0695Z");
    raw.correction = -10_695;
    assert_eq!(start(&raw), "2022-01-01T23:59:59Z");
    // Bit 1: it is in the start time already.
    raw.activity = 2;
    assert_eq!(start(&raw), "2022-01-02T00:00:00.0695Z");
    raw.correction = i32::MIN;
    raw.activity = 0;
    assert_eq!(
        start(&raw),
        "2022-01-01T23:59:59.0695Z".replace("2022-01-01T23:59:59.0695Z", &{
            let t: seis_core::UtcTime = "2022-01-02T00:00:00.0695Z".parse().unwrap();
            (t - seis_core::TimeDelta::from_nanos(2_147_483_648 * 100_000)).to_string()
        })
    );
}

#[test]
fn microseconds_of_blockette_1001_are_signed() {
    for (byte, expected) in [
        (5_u8, "2022-01-02T00:00:00.069505Z"),
        (0xfb, "2022-01-02T00:00:00.069495Z"),
        (0x80, "2022-01-02T00:00:00.069372Z"),
    ] {
        let mut raw = Raw::int32(&[1]);
        raw.blockettes.push((1001, vec![93, byte, 0, 7]));
        raw.data_offset = 128;
        assert_eq!(start(&raw), expected);
        let bytes = raw.bytes();
        let record = RecordView::parse(&bytes).unwrap();
        assert_eq!(record.v2().unwrap().timing_quality, Some(93));
        let kinds: Vec<_> = record.blockettes().map(|b| (b.kind, b.at, b.bytes.len())).collect();
        assert_eq!(kinds, [(1000, 48, 8), (1001, 56, 8)]);
    }
}

#[test]
fn a_leap_second_is_the_first_of_the_next_minute() {
    let mut raw = Raw::int32(&[1]);
    raw.time = (2016, 366, 23, 59, 60, 5000);
    assert_eq!(start(&raw), "2017-01-01T00:00:00.5Z");
}

#[test]
fn impossible_times_are_named() {
    for time in [(2022, 366, 0, 0, 0, 0), (2022, 0, 0, 0, 0, 0), (2022, 2, 0, 0, 0, 10_001)] {
        let mut raw = Raw::int32(&[1]);
        raw.time = time;
        let error = RecordView::parse(&raw.bytes()).unwrap_err();
        assert!(matches!(error, RecordError::Field { .. }), "{time:?}: {error}");
    }
    let mut raw = Raw::int32(&[1]);
    raw.time.2 = 24;
    assert_eq!(RecordView::parse(&raw.bytes()).unwrap_err(), RecordError::NotARecord);
}

#[test]
fn rates_by_factor_multiplier_and_blockette_100() {
    for (rate, hz) in [((-10, -2), 0.05), ((-2, 3), 1.5), ((10, 0), 10.0), ((100, -3), 100.0 / 3.0)]
    {
        let mut raw = Raw::int32(&[1]);
        raw.rate = rate;
        assert_eq!(RecordView::parse(&raw.bytes()).unwrap().rate().hz(), hz, "{rate:?}");
    }
    let mut raw = Raw::int32(&[1]);
    let mut content = 99.999_f32.to_be_bytes().to_vec();
    content.extend([0; 4]);
    raw.blockettes.push((100, content));
    raw.data_offset = 128;
    let bytes = raw.bytes();
    // Widened from single precision, as libmseed does.
    assert_eq!(RecordView::parse(&bytes).unwrap().rate().hz(), 99.999_000_549_316_4);
    raw.blockettes[1].1[..4].copy_from_slice(&f32::NAN.to_be_bytes());
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    assert_eq!(record.rate().hz(), 40.0);
    assert_eq!(record.warnings().collect::<Vec<_>>(), [WarningKind::ActualRate]);
}

#[test]
fn header_and_data_have_byte_orders_of_their_own() {
    for header in [ByteOrder::Big, ByteOrder::Little] {
        for data in [ByteOrder::Big, ByteOrder::Little] {
            let mut raw = Raw::int32(&[1, -2, i32::MIN]);
            raw.order = header;
            raw.blockettes[0].1[1] = u8::from(data == ByteOrder::Big);
            if data == ByteOrder::Little {
                raw.payload = [1, -2, i32::MIN].iter().flat_map(|x| x.to_le_bytes()).collect();
            }
            let bytes = raw.bytes();
            let record = RecordView::parse(&bytes).unwrap();
            assert_eq!(record.byte_order(), data);
            assert_eq!(record.v2().unwrap().order, header);
            assert_eq!(record.start().to_string(), "2022-01-02T00:00:00.0695Z");
            assert_eq!(record.decode().unwrap().as_i32(), Some(&[1, -2, i32::MIN][..]));
        }
    }
}

#[test]
fn big_endian_records_of_2056_are_not_misread() {
    let mut raw = Raw::int32(&[7]);
    raw.time = (2056, 1, 0, 0, 0, 0);
    assert_eq!(start(&raw), "2056-01-01T00:00:00Z");
    raw.order = ByteOrder::Little;
    raw.blockettes[0].1[1] = 0;
    assert_eq!(start(&raw), "2056-01-01T00:00:00Z");
}

#[test]
fn record_lengths_from_64_bytes_to_a_mebibyte() {
    for exponent in 6_u8..=20 {
        let mut raw = Raw::int32(&[5, 6]);
        raw.len = 1 << exponent;
        raw.blockettes[0].1[2] = exponent;
        raw.data_offset = 56;
        let bytes = raw.bytes();
        let record = RecordView::parse(&bytes).unwrap();
        assert_eq!(record.bytes().len(), 1 << exponent);
        assert_eq!(record.decode().unwrap().as_i32(), Some(&[5, 6][..]));
    }
    for exponent in [0, 5, 21, 31, 32, 64, 255] {
        let mut raw = Raw::int32(&[5, 6]);
        raw.blockettes[0].1[2] = exponent;
        let error = RecordView::parse(&raw.bytes()).unwrap_err();
        assert!(matches!(error, RecordError::Length { .. }), "{exponent}: {error}");
    }
}

#[test]
fn data_offsets_outside_the_record_are_named() {
    for offset in [0_u16, 47, 513, u16::MAX] {
        let mut bytes = Raw::int32(&[1]).bytes();
        bytes[44..46].copy_from_slice(&offset.to_be_bytes());
        let error = RecordView::parse(&bytes).unwrap_err();
        assert!(matches!(error, RecordError::Field { field: "data offset", .. }), "{error}");
    }
    // Without samples it does not matter.
    let mut bytes = Raw::int32(&[]).bytes();
    bytes[44..46].copy_from_slice(&[0, 0]);
    let record = RecordView::parse(&bytes).unwrap();
    assert_eq!(record.sample_count(), 0);
    assert!(record.decode().unwrap().is_empty());
    // Within the blockettes: libmseed reads on, with a warning.
    let mut bytes = Raw::int32(&[1]).bytes();
    bytes[44..46].copy_from_slice(&[0, 52]);
    let warnings: Vec<_> = RecordView::parse(&bytes).unwrap().warnings().collect();
    assert_eq!(warnings, [WarningKind::DataWithinBlockettes]);
}

#[test]
fn blockette_chains_only_lead_forward() {
    // Before blockette 1000: the record cannot be read.
    for first in [1_u16, 40, 47] {
        let mut bytes = Raw::int32(&[1]).bytes();
        bytes[46..48].copy_from_slice(&first.to_be_bytes());
        let error = RecordView::parse(&bytes).unwrap_err();
        assert!(matches!(error, RecordError::BlocketteChain { .. }), "{first}: {error}");
    }
    for next in [1_u16, 48, 50, 55] {
        let mut raw = Raw::int32(&[1]);
        raw.blockettes.insert(0, (1001, vec![0; 4]));
        raw.data_offset = 128;
        let mut bytes = raw.bytes();
        bytes[50..52].copy_from_slice(&next.to_be_bytes());
        let error = RecordView::parse(&bytes).unwrap_err();
        assert!(matches!(error, RecordError::BlocketteChain { .. }), "{next}: {error}");
    }
    // Behind it: what could be read is.
    for next in [1_u16, 48, 52, 510, 600, u16::MAX] {
        let mut bytes = Raw::int32(&[1]).bytes();
        bytes[50..52].copy_from_slice(&next.to_be_bytes());
        let record = RecordView::parse(&bytes).unwrap();
        let warnings: Vec<_> = record.warnings().collect();
        assert_eq!(warnings, [WarningKind::BlocketteChain], "{next}");
        assert_eq!(record.decode().unwrap().as_i32(), Some(&[1][..]));
        assert!(record.blockettes().count() <= 2);
    }
}

#[test]
fn unknown_blockettes_are_passed_over() {
    let mut raw = Raw::int32(&[1]);
    raw.blockettes.insert(0, (999, vec![1, 2, 3, 4, 5, 6]));
    raw.blockettes.push((2000, [&[0, 20][..], &[9; 14]].concat()));
    raw.data_offset = 128;
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    let found: Vec<_> = record.blockettes().map(|b| (b.kind, b.bytes.len())).collect();
    assert_eq!(found, [(999, 10), (1000, 8), (2000, 20)]);
    assert_eq!(record.encoding(), Encoding::Int32);
    assert_eq!(record.warnings().count(), 0);
}

#[test]
fn codes_with_rubbish_in_them() {
    let mut raw = Raw::int32(&[1]);
    raw.codes = *b"GECKO\xf0ACNZ  ";
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    assert_eq!(record.id().to_string(), ".GECKO.A.CNZ");
    assert_eq!(record.warnings().collect::<Vec<_>>(), [WarningKind::CodeBytes]);
}

#[test]
fn sequence_numbers_may_be_blank() {
    for sequence in [*b"      ", [0; 6], *b"12 \x003 "] {
        let mut raw = Raw::int32(&[1]);
        raw.sequence = sequence;
        let bytes = raw.bytes();
        assert_eq!(RecordView::parse(&bytes).unwrap().v2().unwrap().sequence, sequence);
    }
}
