//! Steim frames: the decoder against one that takes the standard at its word, and encoding back.

use seis_io::mseed::ByteOrder;
use seis_io::mseed::steim::{self, FRAME_BYTES, Steim, SteimError};

const ORDERS: [ByteOrder; 2] = [ByteOrder::Big, ByteOrder::Little];

/// Two bytes of a sample count, then a payload, decoded in both byte orders; then the same bytes
/// taken as samples, as differences of every size, and encoded.
pub(crate) fn codec(steim: Steim, bytes: &[u8]) {
    let Some((count, payload)) = bytes.split_first_chunk::<2>() else { return };
    let count = usize::from(u16::from_be_bytes(*count));
    for order in ORDERS {
        let most = match by_the_book(steim, order, payload, usize::MAX) {
            Ok(all) => all.len(),
            Err(ended) => ended,
        };
        for count in [count, count % (most + 2), most] {
            decodes(steim, order, payload, count);
        }
    }
    let words = || payload.chunks_exact(4).map(|c| i32::from_be_bytes([c[0], c[1], c[2], c[3]]));
    let wild: Vec<i32> = words().collect();
    // Differences of 4 to 32 bits, as the top bits of each word ask for.
    let mut sum = 0_i32;
    let steps: Vec<i32> = words()
        .map(|word| {
            let bits = [4, 5, 6, 8, 10, 15, 16, 30][(word as u32 >> 29) as usize];
            sum = sum.wrapping_add((word << 3) >> (32 - bits));
            sum
        })
        .collect();
    for order in ORDERS {
        for samples in [&wild, &steps] {
            for room in [1, samples.len() / 9 + 1, samples.len() + 1] {
                encodes(steim, order, samples, room * FRAME_BYTES);
            }
        }
    }
}

fn decodes(steim: Steim, order: ByteOrder, payload: &[u8], count: usize) {
    let mut out = vec![-7, 7];
    let result = steim::decode(steim, order, payload, count, &mut out);
    assert_eq!(out[..2], [-7, 7]);
    match (result, by_the_book(steim, order, payload, count)) {
        (Ok(check), Ok(expected)) => {
            assert_eq!(out[2..], expected, "{steim:?} {order:?} {count}");
            assert_eq!(check.map(|c| c.last), expected.last().copied());
        }
        (Err(error), Err(found)) => {
            assert_eq!(out.len(), 2);
            if let SteimError::TooFewSamples { expected, found: claimed } = error {
                assert!(expected == count && claimed >= found, "{error} {found}");
            }
        }
        (ours, book) => panic!("{steim:?} {order:?} {count}: {ours:?}, by the book {book:?}"),
    }
}

/// Decodes word by word and bit by bit, as libmseed 3 does it where the standard is silent (no
/// difference in the first frame; little-endian frames). Gives as an error the number of samples before the frames
/// end or an illegal word stands.
fn by_the_book(
    steim: Steim,
    order: ByteOrder,
    payload: &[u8],
    count: usize,
) -> Result<Vec<i32>, usize> {
    let mut samples: Vec<i32> = Vec::new();
    if count == 0 {
        return Ok(samples);
    }
    for (f, frame) in payload.chunks_exact(FRAME_BYTES).enumerate() {
        let word = |w: usize| -> u32 {
            let b = [frame[4 * w], frame[4 * w + 1], frame[4 * w + 2], frame[4 * w + 3]];
            if order == ByteOrder::Big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) }
        };
        // X0 is the first sample, whether or not the first difference stands in its frame.
        let mut ignored = f == 0;
        if f == 0 {
            samples.push(word(1) as i32);
        }
        for w in if f == 0 { 3 } else { 1 }..16 {
            if samples.len() >= count && !ignored {
                return Ok(samples);
            }
            let code = word(0) >> (30 - 2 * w) & 3;
            let dnib = word(w) >> 30;
            let (number, bits) = match (steim, code, dnib) {
                (_, 0, _) => (0, 0),
                (_, 1, _) => (4, 8),
                (Steim::One, 2, _) => (2, 16),
                (Steim::One, _, _) => (1, 32),
                (Steim::Two, 2, 1) => (1, 30),
                (Steim::Two, 2, 2) => (2, 15),
                (Steim::Two, 2, 3) => (3, 10),
                (Steim::Two, 3, 0) => (5, 6),
                (Steim::Two, 3, 1) => (6, 5),
                (Steim::Two, 3, 2) => (7, 4),
                _ => return Err(samples.len()),
            };
            for n in 0..number {
                // Little-endian, whole bytes and (in Steim-1) pairs of them stay in file order.
                let in_file_order = bits == 8 || bits == 16;
                let place = match order {
                    ByteOrder::Little if in_file_order => n,
                    _ => number - 1 - n,
                };
                let difference = ((word(w) << (32 - bits - place * bits)) as i32) >> (32 - bits);
                // The difference to the record before.
                if !std::mem::take(&mut ignored) {
                    samples.push(samples.last().map_or(0, |last| last.wrapping_add(difference)));
                }
                if samples.len() >= count {
                    return Ok(samples);
                }
            }
        }
        if samples.len() >= count {
            return Ok(samples);
        }
    }
    if count == usize::MAX { Ok(samples) } else { Err(samples.len()) }
}

fn encodes(steim: Steim, order: ByteOrder, samples: &[i32], room: usize) {
    let mut payload = vec![0xa5; room];
    let too_large = |pair: &[i32]| {
        let difference = pair[1].wrapping_sub(pair[0]);
        !(-(1 << 29)..1 << 29).contains(&difference)
    };
    match steim::encode(steim, order, samples, &mut payload) {
        Ok(done) => {
            assert!(done.samples <= samples.len() && done.frames * FRAME_BYTES <= room);
            assert!(done.samples == samples.len() || done.frames == room / FRAME_BYTES);
            assert!(payload[done.frames * FRAME_BYTES..].iter().all(|b| *b == 0));
            let mut back = Vec::new();
            let check = steim::decode(steim, order, &payload, done.samples, &mut back).unwrap();
            assert_eq!(back, samples[..done.samples]);
            assert!(check.is_none_or(|c| c.is_ok()));
        }
        Err(SteimError::DifferenceTooLarge { index, difference }) => {
            assert_eq!(steim, Steim::Two);
            assert!(too_large(&samples[index - 1..=index]), "{difference}");
        }
        Err(error) => panic!("{error}"),
    }
}
