//! Full SEED volumes, noise, and records that do not tell their length.

use seis_io::mseed::steim::Steim;
use seis_io::mseed::{Encoding, ReadOptions, RecordView, Records, read_bytes};

use crate::raw::{Raw, series};

fn data(second: u32) -> Vec<u8> {
    Raw::steim(Steim::One, &series(40)).at(second).bytes()
}

fn padded(text: &str, len: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(len, b' ');
    bytes
}

#[test]
fn control_records_are_passed_over() {
    // Volume header with and without its record length, continuation, and data.
    for volume in ["000001V 010009502.1122000,001~", "000001V 011  21  1APE       5"] {
        let bytes = [
            padded(volume, 4096),
            padded("000002A 030 237Steim2 Integer", 4096),
            padded("000003A*continued", 4096),
            padded("000004S 050 127APE", 4096),
            padded("000005T 070  54P2009", 4096),
            data(0),
            data(1),
        ]
        .concat();
        let mut records = Records::new(&bytes);
        let found: Vec<_> = records.by_ref().map(|r| r.unwrap().offset()).collect();
        assert_eq!(found, [5 * 4096, 5 * 4096 + 512], "{volume}");
        assert_eq!(records.control_records(), 5);
        let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
        assert_eq!(contents.report.control_records, 5);
        assert_eq!(contents.complete().unwrap().len(), 1);
    }
    // Blockette 8 of a telemetry volume: records of 512 bytes.
    let bytes = [padded("000001V 0080073 2.309PART   EHZ2008", 512), data(0)].concat();
    assert_eq!(read_bytes(&bytes, &ReadOptions::new()).unwrap().report.control_records, 1);
}

#[test]
fn a_volume_without_data_holds_no_records() {
    let bytes = [padded("000001V 010", 4096), padded("000002S 050", 4096)].concat();
    assert!(read_bytes(&bytes, &ReadOptions::new()).is_err());
}

#[test]
fn noise_records_are_passed_over() {
    for sequence in ["001002", "      "] {
        for len in [48, 64, 100, 128, 512, 1000] {
            // The next record's sequence number may be blank itself.
            let mut blank = Raw::steim(Steim::One, &series(40)).at(2);
            blank.sequence = *b"      ";
            let bytes = [
                padded(sequence, len),
                data(0),
                padded(sequence, len),
                data(1),
                padded(sequence, len),
                blank.bytes(),
                padded(sequence, len),
            ]
            .concat();
            let mut records = Records::new(&bytes);
            let found: Vec<_> = records.by_ref().map(|r| r.unwrap().offset()).collect();
            let at = |i: u64| i * 512 + (i + 1) * len as u64;
            assert_eq!(found, [at(0), at(1), at(2)], "{sequence:?} {len}");
            assert_eq!(records.noise_bytes(), 4 * len as u64);
        }
    }
}

/// A record without blockettes: Steim-1, length unknown.
fn bare(second: u32, len: usize) -> Vec<u8> {
    let mut raw = Raw::steim(Steim::One, &series(40)).at(second);
    raw.blockettes.clear();
    raw.len = len;
    raw.bytes()
}

#[test]
fn the_next_header_shows_the_length() {
    for len in [512, 576, 1024, 4096] {
        let bytes = [bare(0, len), bare(1, len), bare(2, len)].concat();
        let found: Vec<_> = Records::new(&bytes)
            .map(|r| r.map(|r| (r.offset() as usize, r.bytes().len())).unwrap())
            .collect();
        assert_eq!(found, [(0, len), (len, len), (2 * len, len)]);
        let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
        assert_eq!(contents.stream.traces()[0].len(), 120);
    }
    // Mixed with others, and a control header or noise behind it.
    let bytes = [
        bare(0, 512),
        data(1),
        bare(2, 1024),
        padded("000009T 070", 512),
        bare(3, 512),
        padded("000010", 512),
    ]
    .concat();
    assert_eq!(Records::new(&bytes).filter(Result::is_ok).count(), 4);
}

#[test]
fn the_last_one_is_as_long_as_what_is_left() {
    let bytes = bare(0, 512);
    assert_eq!(RecordView::parse(&bytes).unwrap().bytes().len(), 512);
    // Not a power of two, and no record before it: nobody can tell.
    assert!(RecordView::parse(&bytes[..511]).is_err());
    // As long as the one before it.
    let bytes = [bare(0, 512), bare(1, 512), vec![7; 9]].concat();
    let items: Vec<_> = Records::new(&bytes).collect();
    assert_eq!(items.len(), 3);
    assert_eq!(items[1].as_ref().unwrap().bytes().len(), 512);
    assert_eq!(items[2].as_ref().unwrap_err().len, 9);
}

#[test]
fn other_encodings_may_be_assumed_for_them() {
    let mut raw = Raw::int32(&[1, 2, 3]);
    raw.blockettes.clear();
    let bytes = raw.bytes();
    let options = ReadOptions::new().default_encoding(Encoding::Int32);
    let stream = read_bytes(&bytes, &options).unwrap().stream;
    assert_eq!(stream.traces()[0].samples.as_i32(), Some(&[1, 2, 3][..]));
}
