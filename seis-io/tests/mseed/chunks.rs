//! What is read does not depend on how the bytes arrive.

use std::io::{self, Read};

use seis_io::mseed::steim::Steim;
use seis_io::mseed::{Error, ReadOptions, RecordReader, Records, read_bytes, read_from};

use crate::properties::mseed::Trickle;
use crate::raw::{Raw, Raw3, series};

/// Everything that a reader of bytes gives, as text.
fn whole(bytes: &[u8]) -> Vec<String> {
    Records::new(bytes)
        .map(|item| match item {
            Ok(r) => format!("{} {} {} {:?}", r.offset(), r.id(), r.start(), r.decode().is_ok()),
            Err(skipped) => format!("{skipped:?}"),
        })
        .collect()
}

fn in_pieces(bytes: &[u8], sizes: &[usize]) -> Vec<String> {
    let mut reader = RecordReader::new(Trickle { bytes, sizes, turn: 0 });
    let mut out = Vec::new();
    while let Some(item) = reader.next_record() {
        out.push(match item {
            Ok(r) => format!("{} {} {} {:?}", r.offset(), r.id(), r.start(), r.decode().is_ok()),
            Err(Error::Record { skipped, .. }) => format!("{skipped:?}"),
            Err(other) => panic!("{other}"),
        });
    }
    out
}

/// A source with a bit of everything.
pub(crate) fn mixture() -> Vec<u8> {
    let good = |s: u32| Raw::steim(Steim::Two, &series(100)[..60]).at(s).bytes();
    let mut bare = Raw::steim(Steim::One, &series(60)).at(9);
    bare.blockettes.clear();
    let mut volume = b"000001V 010009502.112".to_vec();
    volume.resize(4096, b' ');
    let mut noise = b"000002".to_vec();
    noise.resize(700, b' ');
    let mut bad = good(5);
    bad[22] = 0xff;
    let mut liar = good(6);
    liar[54] = 15;
    [
        volume,
        good(0),
        bare.bytes(),
        noise.clone(),
        good(1),
        vec![0xff; 333],
        good(2),
        Raw3::int32(&series(50)).bytes(),
        bad,
        good(3),
        liar,
        b"MS\x03 and so on".repeat(9),
        good(4),
        bare.bytes(),
        bare.bytes(),
        noise,
        good(7)[..300].to_vec(),
    ]
    .concat()
}

#[test]
fn one_byte_at_a_time_is_as_good_as_all_at_once() {
    let bytes = mixture();
    let expected = whole(&bytes);
    assert!(expected.len() > 12);
    for sizes in [&[1][..], &[2, 3], &[47], &[48, 1], &[64], &[511, 513, 5], &[4096], &[1 << 20]] {
        assert_eq!(in_pieces(&bytes, sizes), expected, "{sizes:?}");
    }
}

#[test]
fn every_prefix_is_the_same_in_pieces() {
    let bytes = mixture();
    for len in (0..bytes.len()).step_by(37) {
        let bytes = &bytes[..len];
        assert_eq!(in_pieces(bytes, &[13, 1, 200]), whole(bytes), "{len}");
    }
}

#[test]
fn whole_sources() {
    let bytes = mixture();
    let options = ReadOptions::new();
    let trickle = Trickle { bytes: &bytes, sizes: &[1, 77], turn: 0 };
    assert_eq!(read_from(trickle, &options).unwrap(), read_bytes(&bytes, &options).unwrap());
}

#[test]
fn a_source_that_fails_is_told_once() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => {
                    let record = Raw::int32(&[1]).bytes();
                    out[..512].copy_from_slice(&record);
                    Ok(512)
                }
                _ => Err(io::Error::other("cable")),
            }
        }
    }
    let mut reader = RecordReader::new(Failing(0));
    assert!(reader.next_record().unwrap().is_ok());
    let error = reader.next_record().unwrap().unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(reader.next_record().is_none());
}
