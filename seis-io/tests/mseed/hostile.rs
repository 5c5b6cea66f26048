//! Every byte may lie: prefixes and random corruptions of good files end in data or errors.

use proptest::prelude::*;
use seis_io::mseed::{JoinOptions, Policy, ReadOptions, RecordReader, read_bytes};

use crate::chunks::mixture;
use crate::raw::{Raw, Raw3, series};

/// Reads in every way; what comes out must add up.
pub(crate) fn torture(bytes: &[u8]) {
    for options in
        [ReadOptions::new(), ReadOptions::new().join(JoinOptions::obspy()).check_crc(false)]
    {
        if let Ok(contents) = read_bytes(bytes, &options) {
            let samples: usize = contents.stream.iter().map(seis_core::Trace::len).sum();
            // A Steim frame of 64 bytes holds at most 105 samples: memory follows the input.
            assert!(samples <= bytes.len() * 2, "{samples} samples from {} bytes", bytes.len());
            let mut end = 0;
            for skipped in &contents.report.skipped {
                assert!(skipped.offset >= end, "{:?}", contents.report.skipped);
                end = skipped.offset + skipped.len;
                assert!(end <= bytes.len() as u64);
            }
        }
    }
    let mut reader = RecordReader::new(bytes);
    let mut items = 0;
    while let Some(item) = reader.next_record() {
        items += 1;
        assert!(items <= bytes.len() + 1);
        if let Ok(record) = item {
            let _ = record.decode();
            let _ = (record.end(), record.fdsn_id(), record.extra_headers());
            assert!(record.blockettes().count() <= record.bytes().len());
        }
    }
}

fn fixtures() -> Vec<Vec<u8>> {
    let steim = |v| Raw::steim(v, &series(60)).bytes();
    let mut odd = Raw::int32(&series(20));
    odd.blockettes.push((1001, vec![9, 9, 9, 9]));
    odd.blockettes.push((100, vec![66, 32, 0, 0, 0, 0, 0, 0]));
    odd.data_offset = 128;
    vec![
        steim(seis_io::mseed::steim::Steim::One),
        steim(seis_io::mseed::steim::Steim::Two),
        odd.bytes(),
        Raw3::int32(&series(30)).bytes(),
        mixture(),
    ]
}

#[test]
fn every_prefix_ends_in_data_or_an_error() {
    for bytes in fixtures() {
        for len in 0..=bytes.len().min(3000) {
            torture(&bytes[..len]);
        }
    }
}

#[test]
fn every_byte_of_a_record_may_have_any_value() {
    for bytes in fixtures().into_iter().take(4) {
        for at in 0..80.min(bytes.len()) {
            for value in [0, 1, 2, 47, 48, 63, 64, 127, 128, 254, 255] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                torture(&bytes);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn random_corruptions(
        which in 0_usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = fixtures().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        torture(&bytes);
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..1500)) {
        torture(&bytes);
    }

    #[test]
    fn bytes_inserted_and_removed(
        at in any::<prop::sample::Index>(),
        remove in 0_usize..100,
        insert in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut bytes = mixture();
        let at = at.index(bytes.len());
        let end = (at + remove).min(bytes.len());
        bytes.splice(at..end, insert);
        torture(&bytes);
        let _ = read_bytes(&bytes, &ReadOptions::new().policy(Policy::Strict));
    }
}

#[test]
fn many_false_starts_take_no_time() {
    let clock = std::time::Instant::now();
    // Headers without blockette 1000 at odd places: each has to be searched behind.
    let mut bare = Raw::int32(&[]);
    bare.blockettes.clear();
    bare.count = 9;
    let mut header = bare.bytes();
    header.truncate(49);
    torture(&header.repeat(40_000));
    // Version-3 headers with long payloads and wrong checksums.
    let mut raw = Raw3::int32(&[]);
    raw.payload = vec![1; 1 << 20];
    let mut header = raw.bytes();
    header.truncate(64);
    let mut bytes = header.repeat(20_000);
    bytes.extend(vec![0; 1 << 20]);
    torture(&bytes);
    // Chains of blockettes that lead on and on.
    let mut record = Raw::int32(&[]).bytes();
    record.resize(512, 0);
    for at in (48..508).step_by(4) {
        record[at..at + 4].copy_from_slice(&[0, 1, ((at + 4) >> 8) as u8, (at + 4) as u8]);
    }
    torture(&record.repeat(2_000));
    // The same record many times over.
    torture(&Raw::int32(&[1; 40]).bytes().repeat(20_000));
    assert!(clock.elapsed().as_secs() < 60, "{:?}", clock.elapsed());
}
