//! Samples to frames, packed as libmseed packs them: as many differences into each word as fit.

use super::{FRAME_BYTES, Steim, SteimError};
use crate::mseed::ByteOrder;

/// How much of a payload was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Samples that went in, from the first.
    pub samples: usize,
    /// Frames that hold them, 64 bytes each.
    pub frames: usize,
}

/// How a number of differences is packed into a word.
#[derive(Clone, Copy)]
struct Packing {
    /// The two-bit code of the word.
    code: u32,
    /// The dnib, at the top of the word.
    dnib: u32,
    /// The bits of a difference that are kept.
    mask: u32,
    /// Moves each difference to its place; zero beyond the number that is packed.
    scale: [u32; 7],
}

/// Packings by the number of differences; unused numbers are never asked for.
type Packings = [Packing; 8];

const EMPTY: Packing = Packing { code: 0, dnib: 0, mask: 0, scale: [0; 7] };

const fn packing(number: u32, bits: u32, code: u32, dnib: u32, first_lowest: bool) -> Packing {
    let mask = if bits == 32 { u32::MAX } else { (1 << bits) - 1 };
    let mut scale = [0; 7];
    let mut i = 0;
    while i < number {
        // The last difference ends at the lowest bit.
        let position = if first_lowest { i } else { number - 1 - i };
        scale[i as usize] = 1 << (position * bits);
        i += 1;
    }
    Packing { code, dnib: dnib << 30, mask, scale }
}

const fn steim1(little: bool) -> Packings {
    let mut all = [EMPTY; 8];
    all[1] = packing(1, 32, 3, 0, false);
    all[2] = packing(2, 16, 2, 0, little);
    all[4] = packing(4, 8, 1, 0, little);
    all
}

const fn steim2(little: bool) -> Packings {
    let mut all = [EMPTY; 8];
    all[1] = packing(1, 30, 2, 1, false);
    all[2] = packing(2, 15, 2, 2, false);
    all[3] = packing(3, 10, 2, 3, false);
    all[4] = packing(4, 8, 1, 0, little);
    all[5] = packing(5, 6, 3, 0, false);
    all[6] = packing(6, 5, 3, 1, false);
    all[7] = packing(7, 4, 3, 2, false);
    all
}

static STEIM1_BIG: Packings = steim1(false);
static STEIM1_LITTLE: Packings = steim1(true);
static STEIM2_BIG: Packings = steim2(false);
static STEIM2_LITTLE: Packings = steim2(true);

/// Packs samples, from the first on, into the frames of a payload until one of them is used up;
/// the rest of the payload is set to zero.
///
/// The first difference is written as 0, as libmseed 3 does: no reader looks at it, and zero
/// never takes more room than the true one. Each word takes the largest number of differences
/// that fit, so that a series never needs more frames than libmseed gives it.
///
/// # Errors
/// [`SteimError::DifferenceTooLarge`] for Steim-2; Steim-1 holds every series. The payload is then
/// unspecified.
pub fn encode(
    steim: Steim,
    order: ByteOrder,
    samples: &[i32],
    payload: &mut [u8],
) -> Result<Encoded, SteimError> {
    match (steim, order) {
        (Steim::One, ByteOrder::Big) => fill::<false>(&STEIM1_BIG, order, samples, payload),
        (Steim::One, ByteOrder::Little) => fill::<false>(&STEIM1_LITTLE, order, samples, payload),
        (Steim::Two, ByteOrder::Big) => fill::<true>(&STEIM2_BIG, order, samples, payload),
        (Steim::Two, ByteOrder::Little) => fill::<true>(&STEIM2_LITTLE, order, samples, payload),
    }
}

fn fill<const TWO: bool>(
    packings: &Packings,
    order: ByteOrder,
    samples: &[i32],
    payload: &mut [u8],
) -> Result<Encoded, SteimError> {
    let mut done = 0;
    let mut frames = 0;
    let mut frame_slots = payload.chunks_exact_mut(FRAME_BYTES);
    while done < samples.len() {
        let Some(slot) = frame_slots.next() else { break };
        let mut words = [0_u32; 16];
        let mut codes = 0;
        let first_word = if frames == 0 { 3 } else { 1 };
        for (i, word) in words.iter_mut().enumerate().skip(first_word) {
            if done == samples.len() {
                break;
            }
            let (window, available) = window(samples, done);
            let number = most_that_fit::<TWO>(&window, available);
            if number == 0 {
                return Err(SteimError::DifferenceTooLarge { index: done, difference: window[0] });
            }
            let packing = &packings[number & 7];
            let mut value = packing.dnib;
            for (difference, scale) in window.iter().zip(packing.scale) {
                value |= (*difference as u32 & packing.mask).wrapping_mul(scale);
            }
            *word = value;
            codes |= packing.code << (30 - 2 * i);
            done += number;
        }
        words[0] = codes;
        if frames == 0 {
            words[1] = samples.first().map_or(0, |x| *x as u32);
        }
        for (bytes, word) in slot.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&order.put_u32(word));
        }
        frames += 1;
    }
    for slot in frame_slots {
        slot.fill(0);
    }
    // What is left over is less than a frame.
    let whole = payload.len() / FRAME_BYTES * FRAME_BYTES;
    if let Some(rest) = payload.get_mut(whole..) {
        rest.fill(0);
    }
    if let (Some(last), Some(slot)) =
        (done.checked_sub(1).and_then(|i| samples.get(i)), payload.get_mut(8..12))
    {
        slot.copy_from_slice(&order.put_u32(*last as u32));
    }
    Ok(Encoded { samples: done, frames })
}

/// The differences that lead to the next seven samples (fewer at the end; the others are 0).
#[inline(always)]
fn window(samples: &[i32], at: usize) -> ([i32; 7], usize) {
    let mut differences = [0; 7];
    if let Some(eight) = at
        .checked_sub(1)
        .and_then(|from| samples.get(from..from + 8))
        .and_then(|s| <&[i32; 8]>::try_from(s).ok())
    {
        for (i, difference) in differences.iter_mut().enumerate() {
            *difference = eight[i + 1].wrapping_sub(eight[i]);
        }
        return (differences, 7);
    }
    let rest = samples.get(at..).unwrap_or_default();
    let mut before = at.checked_sub(1).and_then(|i| samples.get(i)).or(samples.first()).copied();
    for (difference, sample) in differences.iter_mut().zip(rest) {
        *difference = sample.wrapping_sub(before.unwrap_or(*sample));
        before = Some(*sample);
    }
    (differences, rest.len().min(7))
}

/// The largest number of differences that one word can take; 0 if not even one fits.
#[inline(always)]
fn most_that_fit<const TWO: bool>(window: &[i32; 7], available: usize) -> usize {
    // x fits into n bits with sign if x, or its complement when negative, is below 2^(n-1); the
    // widest of several is as wide as all their bits together.
    let mut widest = [0_u32; 7];
    let mut together = 0;
    for (wide, difference) in widest.iter_mut().zip(window) {
        together |= (*difference ^ (*difference >> 31)) as u32;
        *wide = together;
    }
    let fits = |number: usize, bits: u32| u32::from(widest[number - 1] < 1 << (bits - 1)) << number;
    let possible = if TWO {
        fits(1, 30) | fits(2, 15) | fits(3, 10) | fits(4, 8) | fits(5, 6) | fits(6, 5) | fits(7, 4)
    } else {
        1 << 1 | fits(2, 16) | fits(4, 8)
    };
    // Bit n stands for n differences; only those that are there count.
    let possible = possible & ((2 << available) - 1);
    (31_u32.saturating_sub(possible.leading_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;
    use proptest::prelude::*;

    /// Series whose differences have all widths.
    fn series() -> impl Strategy<Value = Vec<i32>> {
        let step = prop_oneof![
            4 => -8_i32..8,
            2 => -16_i32..16,
            2 => -32_i32..32,
            2 => -128_i32..128,
            1 => -512_i32..512,
            1 => -16384_i32..16384,
            1 => -32768_i32..32768,
            1 => -(1_i32 << 29)..(1 << 29),
        ];
        (any::<i32>(), prop::collection::vec(step, 0..400)).prop_map(|(first, steps)| {
            let mut x = first;
            let mut out = vec![x];
            out.extend(steps.into_iter().map(|d| {
                x = x.wrapping_add(d);
                x
            }));
            out
        })
    }

    fn round_trip(steim: Steim, order: ByteOrder, samples: &[i32], frames: usize) {
        let mut rest = samples;
        while !rest.is_empty() {
            let mut payload = vec![0xa5; frames * 64 + 7];
            let done = encode(steim, order, rest, &mut payload).unwrap();
            assert!(done.samples > 0 && done.frames <= frames);
            let mut out = vec![-1];
            let check = decode(steim, order, &payload, done.samples, &mut out).unwrap().unwrap();
            assert!(check.is_ok());
            assert_eq!(out[1..], rest[..done.samples]);
            assert!(payload[done.frames * 64..].iter().all(|b| *b == 0));
            rest = &rest[done.samples..];
        }
    }

    proptest! {
        #[test]
        fn steim2_round_trips(samples in series(), frames in 1_usize..9) {
            round_trip(Steim::Two, ByteOrder::Big, &samples, frames);
            round_trip(Steim::Two, ByteOrder::Little, &samples, frames);
        }

        #[test]
        fn steim1_holds_any_series(samples in prop::collection::vec(any::<i32>(), 1..300), frames in 1_usize..9) {
            round_trip(Steim::One, ByteOrder::Big, &samples, frames);
            round_trip(Steim::One, ByteOrder::Little, &samples, frames);
        }

        #[test]
        fn any_bytes_decode_or_fail(
            payload in prop::collection::vec(any::<u8>(), 0..600),
            count in 0_usize..70_000,
        ) {
            for steim in [Steim::One, Steim::Two] {
                for order in [ByteOrder::Big, ByteOrder::Little] {
                    let mut out = vec![1];
                    match decode(steim, order, &payload, count, &mut out) {
                        Ok(_) => prop_assert_eq!(out.len(), 1 + count),
                        Err(_) => prop_assert_eq!(out, vec![1]),
                    }
                }
            }
        }
    }

    #[test]
    fn words_take_as_many_as_fit() {
        let fit2 = |w: [i32; 7], n| most_that_fit::<true>(&w, n);
        assert_eq!(fit2([7, -8, 0, 1, 2, 3, 4], 7), 7);
        assert_eq!(fit2([7, -8, 0, 1, 2, 3, 8], 7), 6);
        assert_eq!(fit2([7, -8, 0, 1, 2, 16, 0], 7), 5);
        assert_eq!(fit2([7, -8, 0, 127, 32, 0, 0], 7), 4);
        assert_eq!(fit2([511, -512, 0, 0, 0, 0, 0], 7), 3);
        assert_eq!(fit2([16383, -16384, 512, 0, 0, 0, 0], 7), 2);
        assert_eq!(fit2([16384, 0, 0, 0, 0, 0, 0], 7), 1);
        assert_eq!(fit2([-(1 << 29), 0, 0, 0, 0, 0, 0], 7), 1);
        assert_eq!(fit2([1 << 29, 0, 0, 0, 0, 0, 0], 7), 0);
        assert_eq!(fit2([0; 7], 3), 3);
        let fit1 = |w: [i32; 7], n| most_that_fit::<false>(&w, n);
        assert_eq!(fit1([127, -128, 0, 0, 999, 0, 0], 7), 4);
        assert_eq!(fit1([127, -128, 0, 0, 0, 0, 0], 3), 2);
        assert_eq!(fit1([i32::MIN, 0, 0, 0, 0, 0, 0], 7), 1);
    }

    #[test]
    fn a_difference_that_does_not_fit_is_named() {
        let error =
            encode(Steim::Two, ByteOrder::Big, &[0, 1, i32::MAX], &mut [0; 64]).unwrap_err();
        assert_eq!(error, SteimError::DifferenceTooLarge { index: 2, difference: i32::MAX - 1 });
    }
}
