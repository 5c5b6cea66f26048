//! Samples of all encodings; Steim words one by one.

use seis_core::{SampleType, Samples};
use seis_io::mseed::steim::{Steim, SteimError, decode};
use seis_io::mseed::{ByteOrder, Encoding, RecordError, RecordView};

use crate::raw::Raw;

/// A frame of words.
fn frame(words: [u32; 16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_be_bytes()).collect()
}

/// A frame whose first word of differences has this code and value.
fn frame_with(code: u32, word: u32, first: i32) -> Vec<u8> {
    let mut words = [0; 16];
    words[0] = code << 24;
    words[1] = first as u32;
    words[3] = word;
    frame(words)
}

fn decoded(steim: Steim, payload: &[u8], count: usize) -> Result<Vec<i32>, SteimError> {
    let mut out = Vec::new();
    decode(steim, ByteOrder::Big, payload, count, &mut out).map(|_| out)
}

#[test]
fn every_word_of_steim2() {
    // Differences −1, and then the extremes of the width; the first one is not used.
    let pack = |dnib: u32, bits: u32, values: &[i64]| -> u32 {
        let mut word = 0_u64;
        for value in values {
            word = word << bits | (*value as u64 & ((1 << bits) - 1));
        }
        dnib << 30 | word as u32
    };
    let widths: [(u32, u32, u32, &[i64]); 7] = [
        (1, 0, 8, &[-1, 127, -128, 5]),
        (2, 1, 30, &[-1]),
        (2, 2, 15, &[-1, -16384]),
        (2, 3, 10, &[-1, 511, -512]),
        (3, 0, 6, &[-1, 31, -32, 0, 1]),
        (3, 1, 5, &[-1, 15, -16, 0, 1, -1]),
        (3, 2, 4, &[-1, 7, -8, 0, 1, -1, 3]),
    ];
    for (code, dnib, bits, values) in widths {
        let payload = frame_with(code, pack(dnib, bits, values), 100);
        let mut expected = vec![100_i64];
        for value in &values[1..] {
            expected.push(expected.last().unwrap() + value);
        }
        let found = decoded(Steim::Two, &payload, values.len()).unwrap();
        assert_eq!(found, expected.iter().map(|x| *x as i32).collect::<Vec<_>>(), "{bits} bits");
        let more = decoded(Steim::Two, &payload, values.len() + 1).unwrap_err();
        let (expected, found) = (values.len() + 1, values.len());
        assert_eq!(more, SteimError::TooFewSamples { expected, found });
    }
}

#[test]
fn illegal_words_are_named_unless_behind_the_last_sample() {
    for (code, dnib) in [(2_u32, 0_u32), (3, 3)] {
        let payload = frame_with(code, dnib << 30 | 1, 0);
        let error = decoded(Steim::Two, &payload, 2).unwrap_err();
        let (c, d) = (code as u8, dnib as u8);
        assert_eq!(error, SteimError::IllegalCode { frame: 0, word: 3, code: c, dnib: d });

        // Four good differences, then the illegal word, then four good ones.
        let mut words = [0; 16];
        words[0] = 1 << 24 | code << 22 | 1 << 20;
        words[1] = 9;
        words[3] = 0x0001_0101;
        words[4] = dnib << 30;
        words[5] = 0x0101_0101;
        let payload = frame(words);
        assert_eq!(decoded(Steim::Two, &payload, 4).unwrap(), [9, 10, 11, 12]);
        let error = decoded(Steim::Two, &payload, 5).unwrap_err();
        assert_eq!(error, SteimError::IllegalCode { frame: 0, word: 4, code: c, dnib: d });
    }
}

#[test]
fn sums_wrap_around() {
    let mut words = [0; 16];
    words[0] = 3 << 24 | 3 << 22;
    words[1] = i32::MAX as u32;
    words[4] = 1;
    words[2] = i32::MIN as u32;
    let mut out = Vec::new();
    let check = decode(Steim::One, ByteOrder::Big, &frame(words), 2, &mut out).unwrap().unwrap();
    assert_eq!(out, [i32::MAX, i32::MIN]);
    assert!(check.is_ok());
}

#[test]
fn one_sample_needs_no_difference() {
    let payload = frame_with(0, 0, -77);
    assert_eq!(decoded(Steim::Two, &payload, 1).unwrap(), [-77]);
    assert_eq!(decoded(Steim::One, &payload, 1).unwrap(), [-77]);
    assert_eq!(decoded(Steim::One, &payload, 0).unwrap(), Vec::<i32>::new());
    assert!(decoded(Steim::One, &payload, 2).is_err());
    assert!(decoded(Steim::One, &payload[..63], 1).is_err());
    // Differences of the next frame then lead on from X0.
    let mut payload = payload;
    let mut words = [0; 16];
    words[0] = 1 << 28;
    words[1] = 0x0102_0304;
    payload.extend(frame(words));
    assert_eq!(decoded(Steim::One, &payload, 4).unwrap(), [-77, -76, -74, -71]);
}

#[test]
fn codes_of_the_integration_constants_are_ignored() {
    let mut payload = frame_with(1, 0x0001_0203, 5);
    payload[0] |= 0b0011_1100;
    assert_eq!(decoded(Steim::Two, &payload, 4).unwrap(), [5, 6, 8, 11]);
}

#[test]
fn a_wrong_last_sample_is_told_but_kept() {
    let mut payload = frame_with(1, 0x0001_0203, 5);
    payload[11] = 99;
    let mut out = vec![1, 2];
    let check = decode(Steim::Two, ByteOrder::Big, &payload, 4, &mut out).unwrap().unwrap();
    assert!(!check.is_ok());
    assert_eq!((check.last, check.announced), (11, 99));
    assert_eq!(out, [1, 2, 5, 6, 8, 11]);
}

#[test]
fn counts_beyond_the_payload_are_errors() {
    for (encoding, most) in [
        (Encoding::Text, 448),
        (Encoding::Int16, 224),
        (Encoding::Int24, 149),
        (Encoding::Int32, 112),
        (Encoding::Float32, 112),
        (Encoding::Float64, 56),
        (Encoding::Cdsn, 224),
        (Encoding::Sro, 224),
        (Encoding::Dwwssn, 224),
        (Encoding::Geoscope24, 149),
        (Encoding::Geoscope16Exp3, 224),
    ] {
        let mut raw = Raw::int32(&[]);
        raw.blockettes[0].1[0] = encoding.code();
        raw.count = most;
        let samples = RecordView::parse(&raw.bytes()).unwrap().decode().unwrap();
        assert_eq!(samples.len(), usize::from(most), "{encoding}");
        raw.count = most + 1;
        let error = RecordView::parse(&raw.bytes()).unwrap().decode().unwrap_err();
        assert!(matches!(error, RecordError::SampleCount { .. }), "{encoding}: {error}");
        raw.count = u16::MAX;
        assert!(RecordView::parse(&raw.bytes()).unwrap().decode().is_err(), "{encoding}");
    }
}

#[test]
fn what_cannot_be_decoded_is_named() {
    for code in 0..=u8::MAX {
        let mut raw = Raw::int32(&[1]);
        raw.blockettes[0].1[0] = code;
        let bytes = raw.bytes();
        let record = RecordView::parse(&bytes).unwrap();
        match record.decode() {
            Ok(samples) => assert_eq!(samples.len(), 1),
            Err(RecordError::Encoding { encoding }) => {
                assert_eq!(encoding.code(), code);
                assert!(!encoding.is_readable());
                assert!(record.decode().unwrap_err().to_string().contains(&code.to_string()));
            }
            // A Steim frame of zeros, but for the last word.
            Err(error) => panic!("{code}: {error}"),
        }
    }
}

#[test]
fn samples_are_appended_to_their_own_type_only() {
    let bytes = Raw::int32(&[1, 2]).bytes();
    let record = RecordView::parse(&bytes).unwrap();
    let mut samples = Samples::I32(vec![0]);
    record.decode_into(&mut samples).unwrap();
    assert_eq!(samples, Samples::I32(vec![0, 1, 2]));
    let mut wrong = Samples::F32(vec![0.5]);
    let error = record.decode_into(&mut wrong).unwrap_err();
    let (expected, found) = (SampleType::F32, SampleType::I32);
    assert_eq!(error, RecordError::SampleType { expected, found });
    assert_eq!(wrong, Samples::F32(vec![0.5]));
}
