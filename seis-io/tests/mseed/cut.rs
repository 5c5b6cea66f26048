//! Version-2 records that were cut in the middle of a source: those behind them are read.

use seis_core::{Samples, Trace};
use seis_io::mseed::steim::Steim;
use seis_io::mseed::{
    Error, ReadOptions, Reader, RecordError, RecordReader, Records, Skipped, read_bytes,
};

use crate::properties::mseed::{self, Trickle};
use crate::raw::{Raw, Raw3, series};

/// Offset and length of the records, and what was skipped; the same whatever reads it.
fn scan(bytes: &[u8]) -> (Vec<(u64, u64)>, Vec<Skipped>) {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for item in Records::new(bytes) {
        match item {
            Ok(record) => found.push((record.offset(), record.bytes().len() as u64)),
            Err(s) => skipped.push(s),
        }
    }
    let total: u64 = found.iter().map(|f| f.1).chain(skipped.iter().map(|s| s.len)).sum();
    assert_eq!(total, bytes.len() as u64, "{found:?} {skipped:?}");
    for sizes in [&[1][..], &[300, 7], &[512], &[1 << 16]] {
        let mut reader = RecordReader::new(Trickle { bytes, sizes, turn: 0 });
        let mut in_pieces = (Vec::new(), Vec::new());
        while let Some(item) = reader.next_record() {
            match item {
                Ok(r) => in_pieces.0.push((r.offset(), r.bytes().len() as u64)),
                Err(Error::Record { skipped, .. }) => in_pieces.1.push(*skipped),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(in_pieces, (found.clone(), skipped.clone()), "{sizes:?}");
    }
    let index = Reader::new(ReadOptions::new()).index_bytes(bytes).unwrap();
    let indexed: Vec<_> = index.records.iter().map(|r| (r.offset, u64::from(r.len))).collect();
    assert_eq!((indexed, &index.report.skipped), (found.clone(), &skipped));
    mseed::source(bytes);
    (found, skipped)
}

fn steim(second: u32) -> Vec<u8> {
    Raw::steim(Steim::Two, &series(300)[..40]).at(second).bytes()
}

/// A record of 32-bit floats that are all its number.
fn floats(number: u32) -> Vec<u8> {
    let mut raw = Raw::int32(&[]).at(number);
    raw.blockettes[0].1[0] = 4;
    raw.count = 112;
    raw.payload = (number as f32).to_be_bytes().repeat(112);
    raw.bytes()
}

/// The same, of other lengths and encodings.
fn integers(second: u32, exponent: u8) -> Vec<u8> {
    let len = 1_usize << exponent;
    let mut raw = Raw::int32(&vec![5; (len - 64) / 4]).at(second);
    (raw.blockettes[0].1[2], raw.len) = (exponent, len);
    raw.bytes()
}

#[test]
fn a_cut_record_takes_nothing_of_the_next() {
    for record in [steim, floats, |n| integers(n, 9)] {
        for left in 1..512 {
            let bytes = [&record(0)[..], &record(1)[..left], &record(2), &record(3)].concat();
            let (found, skipped) = scan(&bytes);
            let left = left as u64;
            assert_eq!(found, [(0, 512), (512 + left, 512), (1024 + left, 512)], "{left}");
            let stretches: Vec<_> = skipped.iter().map(|s| (s.offset, s.len)).collect();
            assert_eq!(stretches, [(512, left)]);
            // From there on the header tells how long it should be.
            if left >= 55 {
                let expected = RecordError::Truncated { needed: 512, found: left };
                assert_eq!(skipped[0].reason, expected);
                assert_eq!(skipped[0].id.unwrap().to_string(), "CI.HEC..BHN");
            }
        }
    }
}

#[test]
fn no_header_becomes_samples() {
    let bytes = [&floats(1)[..300], &floats(2), &floats(3)].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    let samples: Vec<_> = contents.stream.iter().map(|t| t.samples.clone()).collect();
    assert_eq!(samples, [Samples::F32(vec![2.0; 112]), Samples::F32(vec![3.0; 112])]);
    assert!(!contents.report.is_complete());
}

#[test]
fn one_cut_record_behind_the_other_and_junk() {
    let bytes = [&floats(1)[..300], &floats(2)[..200], &floats(3)].concat();
    let (found, skipped) = scan(&bytes);
    assert_eq!((found, skipped.len()), (vec![(500, 512)], 2));

    let bytes = [&floats(1)[..300], &floats(2), &[0xff; 90], &floats(3)].concat();
    let (found, skipped) = scan(&bytes);
    assert_eq!(found, [(300, 512), (902, 512)]);
    assert_eq!(skipped.iter().map(|s| s.len).collect::<Vec<_>>(), [300, 90]);

    // The source ends within the second.
    let bytes = [&floats(0)[..], &floats(1)[..300], &floats(2)[..400]].concat();
    let (found, skipped) = scan(&bytes);
    assert_eq!(found, [(0, 512)]);
    let stretches: Vec<_> = skipped.iter().map(|s| (s.offset, s.len)).collect();
    assert_eq!(stretches, [(512, 300), (812, 400)]);
}

#[test]
fn records_of_other_lengths_behind_a_cut_one() {
    for left in [64, 512, 1000, 1024, 3584, 4000] {
        for short in [7, 8, 9] {
            for count in [1, 4, 20, 60] {
                let mut bytes = integers(0, 12);
                bytes.extend(&integers(1, 12)[..left]);
                for second in 0..count {
                    bytes.extend(integers(10 + second, short));
                }
                let (found, skipped) = scan(&bytes);
                assert_eq!(found.len(), 1 + count as usize, "{left} {short} {count}");
                assert_eq!(skipped.len(), 1);
                assert_eq!((skipped[0].offset, skipped[0].len), (4096, left as u64));
            }
        }
    }
    // Shorter records up to just where the cut one would have ended, and then others.
    let mut bytes = integers(1, 12)[..1024].to_vec();
    (0..6).for_each(|second| bytes.extend(integers(10 + second, 9)));
    bytes.extend(integers(40, 10));
    assert_eq!(scan(&bytes).0.len(), 7);
}

#[test]
fn version_3_behind_a_cut_record() {
    let next = Raw3::int32(&series(90)).bytes();
    for left in [60, 100, 300, 500, 505, 508, 509, 510, 511] {
        let bytes = [&floats(1)[..left], &next, &floats(2)].concat();
        let (found, _) = scan(&bytes);
        assert_eq!(found.len(), 2, "{left}");
        assert_eq!(found[0], (left as u64, next.len() as u64));
    }
}

/// A record within another is not one that follows it.
#[test]
fn embedded_records_stay_where_they_are() {
    for exponent in [7, 8] {
        for at in [0, 10, 64, 192, 448 - (1 << exponent)] {
            let mut text = vec![b'x'; 448];
            let inner = integers(7, exponent);
            text[at..at + inner.len()].copy_from_slice(&inner);
            let mut outer = Raw::int32(&[]);
            outer.blockettes[0].1[0] = 0;
            (outer.count, outer.payload) = (448, text);
            let outer = outer.bytes();
            for behind in [vec![], vec![0xff; 700], floats(2), integers(3, 12), steim(5)] {
                let bytes = [&outer[..], &behind].concat();
                assert_eq!(scan(&bytes).0[0], (0, 512), "{exponent} {at} {}", behind.len());
            }
            // Left over from before, behind the last sample.
            let mut outer = Raw::steim(Steim::Two, &[1, 2, 3]);
            outer.payload[64..320].fill(0);
            outer.payload[192..192 + inner.len()].copy_from_slice(&inner);
            let bytes = [outer.bytes(), integers(3, 12)].concat();
            assert_eq!(scan(&bytes).0, [(0, 512), (512, 4096)]);
        }
    }
}

/// What a live source gives is not held back until the next record comes.
#[test]
fn a_record_is_given_as_soon_as_it_is_there() {
    struct Live(Vec<u8>);
    impl std::io::Read for Live {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            assert!(!self.0.is_empty(), "asked for more than the record");
            let n = out.len().min(self.0.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0.drain(..n);
            Ok(n)
        }
    }
    for record in [steim(0), floats(1), integers(2, 12)] {
        let mut reader = RecordReader::new(Live(record));
        assert!(reader.next_record().unwrap().is_ok());
    }
}

#[test]
fn files_put_together() {
    let trace = |s: &[Trace]| s.iter().map(Trace::len).collect::<Vec<_>>();
    let mut other = Raw::steim(Steim::Two, &series(300)[..40]).at(9);
    other.codes = *b"CCA    BHZCI";
    let bytes = [&steim(0)[..], &steim(1)[..356], &other.bytes()].concat();
    let contents = read_bytes(&bytes, &ReadOptions::new()).unwrap();
    assert_eq!(trace(contents.stream.traces()), [40, 40]);
    assert!(contents.stream.iter().any(|t| t.id.to_string() == "CI.CCA..BHZ"));
    assert_eq!(contents.report.skipped.len(), 1);
}

/// A header without blockette 1000 seems to go on to the next at a multiple of 64 bytes.
#[test]
fn whole_records_within_a_bad_one_are_read() {
    let mut raw = Raw::int32(&[7; 40]).at(9);
    raw.blockettes.clear();
    let mut bytes = raw.bytes()[..39].to_vec();
    for n in 0..3 {
        bytes.extend(integers(n, 12));
    }
    bytes.extend(&floats(1)[..25]);
    bytes.extend(floats(4));
    let (found, _) = scan(&bytes);
    assert_eq!(found, [(39, 4096), (4135, 4096), (8231, 4096), (12_352, 512)]);
}

/// Text may hold the beginning of a record, whatever stands behind it.
#[test]
fn text_that_ends_in_half_a_record_stays_text() {
    for (behind, skipped_bytes) in [(vec![0; 100], 100), (vec![0; 10], 10)] {
        let mut raw = Raw::int32(&[]).at(0);
        raw.blockettes[0].1[0] = 0;
        raw.count = 448;
        raw.payload = floats(3)[..448].to_vec();
        let bytes = [raw.bytes(), behind].concat();
        let (found, skipped) = scan(&bytes);
        assert_eq!(found, [(0, 512)]);
        assert_eq!(skipped.iter().map(|s| s.len).sum::<u64>(), skipped_bytes);
    }
}

/// Headers of a megabyte, each in front of a short record, that all seem to have been cut.
#[test]
fn records_made_to_look_cut_cost_no_more_than_their_bytes() {
    let mut long = integers(0, 9)[..64].to_vec();
    long[54] = 20;
    let mut raw = Raw::int32(&[5; 16]).at(1);
    (raw.blockettes[0].1[2], raw.len) = (7, 128);
    let pair = [long, raw.bytes()].concat();
    let mut bytes = pair.repeat((2 << 20) / pair.len());
    bytes.extend([0xff; 1000]);
    let begun = std::time::Instant::now();
    let records = Records::new(&bytes).filter(Result::is_ok).count();
    assert!(records > 0);
    // A hundred milliseconds; minutes where each of them is looked into to its end.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

/// What the documentation says cannot be told: nothing in version 2 shows it. Should it be told one
/// day, the documentation must say so.
#[test]
fn cut_records_that_look_whole() {
    // What is missing is filled just to the end, and one of its own length follows.
    let mut bytes = integers(0, 9)[..256].to_vec();
    bytes.extend(integers(1, 8));
    bytes.extend(integers(2, 9));
    assert_eq!(scan(&bytes), (vec![(0, 512), (512, 512)], vec![]));
    // Of another length, it is.
    bytes.truncate(512);
    bytes.extend(integers(2, 8));
    let (found, skipped) = scan(&bytes);
    assert_eq!(found, [(256, 256), (512, 256)]);
    assert_eq!((skipped.len(), skipped[0].offset, skipped[0].len), (1, 0, 256));
    // Without blockette 1000, cut where a record may end.
    let mut raw = Raw::int32(&[5; 20]);
    raw.blockettes.clear();
    let whole = raw.bytes();
    let cut = whole.len() - 64;
    let bytes = [&whole[..cut], &whole, &whole].concat();
    let (found, _) = scan(&bytes);
    assert_eq!(found[0], (0, cut as u64));
}
