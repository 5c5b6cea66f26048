//! Samples to frames, packed as libmseed packs them: as many differences into each word as fit.

use super::fits::{Fits, PLACES, Window, window_at, window_at_edge};
use super::lanes::{self, Kernel, Lanes};
use super::packing::{self, Packings, Word};
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
        (Steim::One, ByteOrder::Big) => {
            lanes::run(Fill::<false, true> { packings: &packing::STEIM1_BIG, samples, payload })
        }
        (Steim::One, ByteOrder::Little) => {
            lanes::run(Fill::<false, false> { packings: &packing::STEIM1_LITTLE, samples, payload })
        }
        (Steim::Two, ByteOrder::Big) => {
            lanes::run(Fill::<true, true> { packings: &packing::STEIM2_BIG, samples, payload })
        }
        (Steim::Two, ByteOrder::Little) => {
            lanes::run(Fill::<true, false> { packings: &packing::STEIM2_LITTLE, samples, payload })
        }
    }
}

/// Samples to be packed into a payload; `TWO` for Steim-2.
struct Fill<'a, const TWO: bool, const BIG: bool> {
    packings: &'a Packings,
    samples: &'a [i32],
    payload: &'a mut [u8],
}

impl<const TWO: bool, const BIG: bool> Kernel for Fill<'_, TWO, BIG> {
    type Output = Result<Encoded, SteimError>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Self::Output {
        let Self { packings, samples, payload } = self;
        let mut fits = Fits::<TWO>::new();
        let (mut done, mut frames) = (0, 0);
        let mut slots = payload.chunks_exact_mut(FRAME_BYTES);
        while done < samples.len() {
            let Some(Ok(frame)) = slots.next().map(<&mut [u8; FRAME_BYTES]>::try_from) else {
                break;
            };
            let copy;
            let window = match window_at(samples, done) {
                Some(window) => window,
                None => {
                    copy = window_at_edge(samples, done);
                    &copy
                }
            };
            let there = samples.len() - done;
            let first = if frames == 0 { 3 } else { 1 };
            if let Some((number, code)) = packs_alike::<TWO, BIG>(window, there, first, frame) {
                put::<BIG>(frame, 0, (0x5555_5555 * code) & (u32::MAX >> (2 * first)));
                done += number * (16 - first);
            } else {
                let starts = fits.starts(lanes, samples, done, window, first);
                let mut codes = 0;
                for (i, bytes) in frame.chunks_exact_mut(16).enumerate() {
                    let mut four = [Word { window, at: 0, packing: &packings.words[0] }; 4];
                    for k in 0..4 {
                        let start = starts[4 * i + k];
                        // Places go round.
                        let number = starts[4 * i + k + 1].wrapping_sub(start) & 7;
                        codes = codes << 2 | packings.codes[number];
                        four[k].at = start.wrapping_sub(starts[0]);
                        four[k].packing = &packings.words[number];
                    }
                    let packed = lanes.pack_four(four);
                    for k in 0..4 {
                        bytes[4 * k..4 * k + 4].copy_from_slice(&bytes_of::<BIG>(packed[k]));
                    }
                }
                put::<BIG>(frame, 0, codes);
                let at = starts[16].wrapping_sub(starts[0]) & (PLACES - 1);
                done += at;
                if starts[16] == starts[15] && done < samples.len() {
                    let difference = window[at + 1].wrapping_sub(window[at]);
                    return Err(SteimError::DifferenceTooLarge { index: done, difference });
                }
            }
            if frames == 0 {
                put::<BIG>(frame, 1, samples[0] as u32);
                put::<BIG>(frame, 2, 0);
            }
            frames += 1;
        }
        for slot in slots {
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
            slot.copy_from_slice(&bytes_of::<BIG>(*last as u32));
        }
        Ok(Encoded { samples: done, frames })
    }
}

#[inline(always)]
fn bytes_of<const BIG: bool>(word: u32) -> [u8; 4] {
    if BIG { word.to_be_bytes() } else { word.to_le_bytes() }
}

#[inline(always)]
fn put<const BIG: bool>(frame: &mut [u8; FRAME_BYTES], i: usize, word: u32) {
    frame[4 * i..4 * i + 4].copy_from_slice(&bytes_of::<BIG>(word));
}

/// What is compared with 2^(n-1) to see whether a difference fits into n bits.
#[inline(always)]
fn magnitude(window: &Window, i: usize) -> i32 {
    let difference = window[i + 1].wrapping_sub(window[i]);
    difference ^ (difference >> 31)
}

/// Fills all words of a frame from the `first` on, if the next differences let them be alike: one
/// to a word, or the bytes of Steim-1. Gives how many a word has, and its code.
#[inline(always)]
fn packs_alike<const TWO: bool, const BIG: bool>(
    window: &Window,
    there: usize,
    first: usize,
    frame: &mut [u8; FRAME_BYTES],
) -> Option<(usize, u32)> {
    let two = magnitude(window, 0) | magnitude(window, 1);
    if two >= one_only::<TWO>() {
        let packed = match first {
            3 => packs_singly::<TWO, BIG, 13>(window, there, &mut frame[12..]),
            _ => packs_singly::<TWO, BIG, 15>(window, there, &mut frame[4..]),
        };
        return packed.then_some((1, if TWO { 2 } else { 3 }));
    }
    if !TWO && two | magnitude(window, 2) | magnitude(window, 3) < 1 << 7 {
        let packed = match first {
            3 => packs_as_bytes::<52>(window, there, &mut frame[12..]),
            _ => packs_as_bytes::<60>(window, there, &mut frame[4..]),
        };
        return packed.then_some((4, 1));
    }
    None
}

/// From which magnitude on one of two differences lets a word hold no more than one.
#[inline(always)]
const fn one_only<const TWO: bool>() -> i32 {
    if TWO { 1 << 14 } else { 1 << 15 }
}

/// Fills words with bytes, if the next differences are.
#[inline(always)]
fn packs_as_bytes<const N: usize>(window: &Window, there: usize, words: &mut [u8]) -> bool {
    let mut widest = 0;
    for i in 0..N {
        widest |= magnitude(window, i);
    }
    if widest >= 1 << 7 || there < N {
        return false;
    }
    for (i, byte) in words.iter_mut().take(N).enumerate() {
        *byte = window[i + 1].wrapping_sub(window[i]) as u8;
    }
    true
}

/// Fills each of `N` words with one difference, if the next ones let no word hold more.
#[inline(always)]
fn packs_singly<const TWO: bool, const BIG: bool, const N: usize>(
    window: &Window,
    there: usize,
    words: &mut [u8],
) -> bool {
    let (mut widest, mut least) = (0, i32::MAX);
    for i in 0..N {
        widest |= magnitude(window, i);
        least = least.min(magnitude(window, i) | magnitude(window, i + 1));
    }
    // The last word is followed by a difference that it could hold, too.
    if least < one_only::<TWO>() || TWO && widest >= 1 << 29 || there <= N {
        return false;
    }
    for (i, bytes) in words.chunks_exact_mut(4).take(N).enumerate() {
        let word = window[i + 1].wrapping_sub(window[i]) as u32;
        let word = if TWO { word & 0x3fff_ffff | 1 << 30 } else { word };
        bytes.copy_from_slice(&bytes_of::<BIG>(word));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::super::lanes::Portable;
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

    /// Series with stretches of differences of one width, some of which Steim-2 cannot hold.
    fn stretches() -> impl Strategy<Value = Vec<i32>> {
        let width = prop_oneof![16 => 1_u32..17, 2 => 17_u32..31, 1 => 31_u32..33];
        let length = prop_oneof![1_usize..12, 1_usize..400];
        let stretch = (width, length, any::<u64>()).prop_map(|(bits, length, seed)| {
            let mut random = seed | 1;
            let step = move |_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (random >> 32) as i32 >> (32 - bits)
            };
            (0..length).map(step).collect::<Vec<_>>()
        });
        (any::<i32>(), prop::collection::vec(stretch, 0..8)).prop_map(|(first, stretches)| {
            let steps = stretches.concat().into_iter();
            let sums = steps.scan(first, |x, step| {
                *x = x.wrapping_add(step);
                Some(*x)
            });
            std::iter::once(first).chain(sums).collect()
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
        fn steim1_holds_any_series(
            samples in prop_oneof![prop::collection::vec(any::<i32>(), 1..300), stretches()],
            frames in 1_usize..60,
        ) {
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

    /// Word by word as libmseed does it, without any thought of speed. Fails with the index of a
    /// difference that does not fit.
    fn plain(steim: Steim, samples: &[i32], payload: &mut [u8]) -> Result<Encoded, usize> {
        let widths: &[(usize, u32, u32, u32)] = match steim {
            Steim::One => &[(4, 8, 1, 0), (2, 16, 2, 0), (1, 32, 3, 0)],
            Steim::Two => &[
                (7, 4, 3, 2),
                (6, 5, 3, 1),
                (5, 6, 3, 0),
                (4, 8, 1, 0),
                (3, 10, 2, 3),
                (2, 15, 2, 2),
                (1, 30, 2, 1),
            ],
        };
        let difference = |i: usize| match i {
            0 => 0,
            i => i64::from(samples[i].wrapping_sub(samples[i - 1])),
        };
        payload.fill(0);
        let (mut done, mut frames) = (0, 0);
        for frame in payload.chunks_exact_mut(64) {
            if done == samples.len() {
                break;
            }
            let mut words = [0_u32; 16];
            for i in if frames == 0 { 3 } else { 1 }..16 {
                if done == samples.len() {
                    break;
                }
                let fits = |number: usize, bits: u32| {
                    let limit: i64 = 1 << (bits - 1);
                    done + number <= samples.len()
                        && (done..done + number).all(|i| (-limit..limit).contains(&difference(i)))
                };
                let widest = widths.iter().find(|(number, bits, ..)| fits(*number, *bits));
                let (number, bits, code, dnib) = *widest.ok_or(done)?;
                let value = (done..done + number).fold(0_u64, |value, i| {
                    value << bits | (difference(i) as u64 & ((1 << bits) - 1))
                });
                words[i] = value as u32 | dnib << 30;
                words[0] |= code << (30 - 2 * i);
                done += number;
            }
            if frames == 0 {
                words[1] = samples[0] as u32;
            }
            for (bytes, word) in frame.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            frames += 1;
        }
        if let (Some(last), Some(slot)) = (samples[..done].last(), payload.get_mut(8..12)) {
            slot.copy_from_slice(&last.to_be_bytes());
        }
        Ok(Encoded { samples: done, frames })
    }

    proptest! {
        #[test]
        fn frames_are_those_of_the_plain_way(
            samples in prop_oneof![series(), stretches()],
            frames in 0_usize..20,
        ) {
            for steim in [Steim::One, Steim::Two] {
                let mut expected = vec![0xff; frames * 64];
                let plain = plain(steim, &samples, &mut expected);
                let mut found = vec![0xa5; frames * 64];
                let ours = encode(steim, ByteOrder::Big, &samples, &mut found);
                prop_assert_eq!(ours.map_err(index), plain);
                if plain.is_ok() {
                    prop_assert_eq!(&found, &expected);
                }
                // Without the instructions that only some processors have.
                let (samples, payload) = (&samples[..], &mut found[..]);
                let portable = match steim {
                    Steim::One => {
                        let packings = &packing::STEIM1_BIG;
                        Fill::<false, true> { packings, samples, payload }.run(Portable)
                    }
                    Steim::Two => {
                        let packings = &packing::STEIM2_BIG;
                        Fill::<true, true> { packings, samples, payload }.run(Portable)
                    }
                };
                prop_assert_eq!(portable.map_err(index), plain);
                if plain.is_ok() {
                    prop_assert_eq!(&found, &expected);
                }
            }
        }
    }

    /// Where an error says that a difference does not fit.
    fn index(error: SteimError) -> usize {
        match error {
            SteimError::DifferenceTooLarge { index, .. } => index,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_difference_that_does_not_fit_is_named() {
        // Wherever it stands.
        for index in 1..500 {
            let mut samples = vec![-2; index];
            samples.resize(700, i32::MAX - 2);
            let error = encode(Steim::Two, ByteOrder::Big, &samples, &mut [0; 640]).unwrap_err();
            assert_eq!(error, SteimError::DifferenceTooLarge { index, difference: i32::MAX });
        }
    }
}
