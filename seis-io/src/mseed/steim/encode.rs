//! Samples to frames, packed as libmseed packs them: as many differences into each word as fit.

use super::lanes::{self, Kernel, Lanes};
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
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Packing {
    /// Moves each difference to its place; zero beyond the number that is packed.
    pub(super) scale: [u32; 8],
    /// The bits of a difference that are kept.
    pub(super) mask: u32,
    /// The two-bit code of the word.
    code: u32,
    /// The dnib, at the top of the word.
    dnib: u32,
}

/// Packings by the number of differences; unused numbers are never asked for.
type Packings = [Packing; 8];

const EMPTY: Packing = Packing { scale: [0; 8], mask: 0, code: 0, dnib: 0 };

const fn packing(number: u32, bits: u32, code: u32, dnib: u32, first_lowest: bool) -> Packing {
    let mask = if bits == 32 { u32::MAX } else { (1 << bits) - 1 };
    let mut scale = [0; 8];
    let mut i = 0;
    while i < number {
        // The last difference ends at the lowest bit.
        let position = if first_lowest { i } else { number - 1 - i };
        scale[i as usize] = 1 << (position * bits);
        i += 1;
    }
    Packing { scale, mask, code, dnib: dnib << 30 }
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
    let packings = match (steim, order) {
        (Steim::One, ByteOrder::Big) => &STEIM1_BIG,
        (Steim::One, ByteOrder::Little) => &STEIM1_LITTLE,
        (Steim::Two, ByteOrder::Big) => &STEIM2_BIG,
        (Steim::Two, ByteOrder::Little) => &STEIM2_LITTLE,
    };
    match steim {
        Steim::One => lanes::run(Fill::<false> { packings, order, samples, payload }),
        Steim::Two => lanes::run(Fill::<true> { packings, order, samples, payload }),
    }
}

/// Samples to be packed into a payload; `TWO` for Steim-2.
struct Fill<'a, const TWO: bool> {
    packings: &'a Packings,
    order: ByteOrder,
    samples: &'a [i32],
    payload: &'a mut [u8],
}

impl<const TWO: bool> Kernel for Fill<'_, TWO> {
    type Output = Result<Encoded, SteimError>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Self::Output {
        let Self { packings, order, samples, payload } = self;
        let mut block = Block::new();
        let mut frames = 0;
        let mut frame_slots = payload.chunks_exact_mut(FRAME_BYTES);
        while block.done() < samples.len() {
            let Some(slot) = frame_slots.next() else { break };
            let mut words = [0_u32; 16];
            let first_word = if frames == 0 { 3 } else { 1 };
            if let Some(code) = block.packs_alike::<TWO>(order, samples, first_word, slot) {
                words[0] = (0x5555_5555 * code) & (u32::MAX >> (2 * first_word));
                for (bytes, word) in slot.chunks_exact_mut(4).zip(words).take(first_word) {
                    bytes.copy_from_slice(&order.put_u32(word));
                }
            } else {
                for i in first_word..16 {
                    if block.at >= STARTS {
                        block.look::<TWO>(samples);
                    }
                    // The mask changes nothing; it spares checks of the bounds.
                    let at = block.at & (STARTS - 1);
                    let number = block.numbers[at];
                    if number == 0 {
                        let (index, difference) = (block.done(), block.differences[at]);
                        return Err(SteimError::DifferenceTooLarge { index, difference });
                    }
                    let packing = &packings[usize::from(number) & 7];
                    let mut eight = [0; 8];
                    eight.copy_from_slice(&block.differences[at..at + 8]);
                    words[i] = lanes.pack(eight, packing) | packing.dnib;
                    words[0] |= packing.code << (30 - 2 * i);
                    block.at += usize::from(number);
                    if block.done() >= samples.len() {
                        break;
                    }
                }
                for (bytes, word) in slot.chunks_exact_mut(4).zip(words) {
                    bytes.copy_from_slice(&order.put_u32(word));
                }
            }
            if frames == 0 {
                let first = samples.first().map_or(0, |x| *x as u32);
                slot[4..8].copy_from_slice(&order.put_u32(first));
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
        let done = block.done();
        if let (Some(last), Some(slot)) =
            (done.checked_sub(1).and_then(|i| samples.get(i)), payload.get_mut(8..12))
        {
            slot.copy_from_slice(&order.put_u32(*last as u32));
        }
        Ok(Encoded { samples: done, frames })
    }
}

/// Words that may start in a block.
const STARTS: usize = 128;

/// Differences of a block: what a word that starts in it may hold, and a filler.
const BLOCK: usize = STARTS + 8;

/// The next differences, and how many of them fit into a word that starts at each.
///
/// How many a word takes decides where the next one starts: a chain that lets no two words be
/// packed at a time. So the numbers are found for all places at once, in bytes, most of which are
/// never used; what remains in the chain is one look into a table.
struct Block {
    /// Index of the first difference in the series.
    from: usize,
    /// The next difference, in the block; none if it is not below [`STARTS`].
    at: usize,
    differences: [i32; BLOCK],
    /// The largest number that fits into a word; 0 if not even one does.
    numbers: [u8; STARTS],
    /// How wide the differences are, for the bytes of Steim-1.
    low: [u8; BLOCK],
}

impl Block {
    #[inline(always)]
    fn new() -> Self {
        Self {
            from: 0,
            at: 0,
            differences: [0; BLOCK],
            numbers: [0; STARTS],
            low: [u8::MAX; BLOCK],
        }
        .unread()
    }

    /// Nothing is known of the series yet.
    #[inline(always)]
    fn unread(mut self) -> Self {
        self.from = 0_usize.wrapping_sub(STARTS);
        self.at = STARTS;
        self
    }

    /// How many samples are packed.
    #[inline(always)]
    fn done(&self) -> usize {
        self.from.wrapping_add(self.at)
    }

    /// Looks at the differences from the next one on.
    #[inline(always)]
    fn look<const TWO: bool>(&mut self, samples: &[i32]) {
        let from = self.done();
        (self.from, self.at) = (from, 0);
        let mut copy;
        let series: &[i32; BLOCK + 1] = match from
            .checked_sub(1)
            .and_then(|before| samples.get(before..before + BLOCK + 1))
            .and_then(|s| s.try_into().ok())
        {
            Some(series) => series,
            None => {
                // The start, where the difference is 0, or the end.
                copy = [0; BLOCK + 1];
                let before = from.saturating_sub(1);
                let rest = samples.get(before..).unwrap_or_default();
                let skip = usize::from(from == 0);
                for (to, sample) in copy.iter_mut().skip(skip).zip(rest) {
                    *to = *sample;
                }
                copy[0] = rest.first().copied().unwrap_or(0);
                &copy
            }
        };
        // x fits into n bits with sign if x, or its complement when negative, is below 2^(n-1).
        // What is beyond 16 bits needs not be told apart to choose between 1 and 2 in a word; in
        // Steim-1, whose limit for 2 is 16 bits, a bit less of each is looked at.
        let mut high = [0_u8; BLOCK];
        let mut widest = 0;
        for i in 0..BLOCK {
            let difference = series[i + 1].wrapping_sub(series[i]);
            self.differences[i] = difference;
            if TWO {
                widest |= difference ^ (difference >> 31);
            }
            let scaled = if TWO { difference } else { difference >> 1 };
            let narrow = scaled.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            let magnitude = (narrow ^ (narrow >> 15)) as u16;
            self.low[i] = magnitude.min(255) as u8;
            high[i] = (magnitude >> 7) as u8;
        }
        // Behind the end nothing fits.
        let there = (samples.len() - from).min(BLOCK);
        self.low[there..].fill(u8::MAX);
        high[there..].fill(u8::MAX);

        let low = &self.low;
        for i in 0..STARTS {
            let two = high[i].max(high[i + 1]);
            let four = low[i].max(low[i + 1]).max(low[i + 2]).max(low[i + 3]);
            // Where n differences fit, fewer do, with more bits each: what fits can be counted.
            self.numbers[i] = if TWO {
                let three = two.max(high[i + 2]);
                let five = four.max(low[i + 4]);
                let six = five.max(low[i + 5]);
                let seven = six.max(low[i + 6]);
                1 + u8::from(two < 1 << (14 - 7))
                    + u8::from(three < 1 << (9 - 7))
                    + u8::from(four < 1 << 7)
                    + u8::from(five < 1 << 5)
                    + u8::from(six < 1 << 4)
                    + u8::from(seven < 1 << 3)
            } else {
                1 + u8::from(two < 1 << (14 - 7)) + 2 * u8::from(four < 1 << 6)
            };
        }
        if TWO && widest >= 1 << 29 {
            self.mark_too_large();
        }
    }

    #[cold]
    fn mark_too_large(&mut self) {
        for (number, difference) in self.numbers.iter_mut().zip(self.differences) {
            if difference ^ (difference >> 31) >= 1 << 29 {
                *number = 0;
            }
        }
    }

    /// Fills all words of a frame from the first on, if the next differences let them be alike:
    /// one to a word, or the bytes of Steim-1. Gives their code.
    #[inline(always)]
    fn packs_alike<const TWO: bool>(
        &mut self,
        order: ByteOrder,
        samples: &[i32],
        first_word: usize,
        slot: &mut [u8],
    ) -> Option<u32> {
        if self.at >= STARTS {
            self.look::<TWO>(samples);
        }
        let words = 16 - first_word;
        let slot = slot.get_mut(4 * first_word..)?;
        let number = self.numbers[self.at & (STARTS - 1)];
        if number == 4 && !TWO {
            return self.packs_as_bytes(samples, 4 * words, slot).then_some(1);
        }
        if number == 1 && self.packs_singly::<TWO>(order, samples, words, slot) {
            return Some(if TWO { 2 } else { 3 });
        }
        None
    }

    /// Fills the words with bytes, if the next differences are.
    #[inline(always)]
    fn packs_as_bytes(&mut self, samples: &[i32], count: usize, slot: &mut [u8]) -> bool {
        if self.at + count > BLOCK {
            self.look::<false>(samples);
        }
        let range = self.at..self.at + count;
        let Some(low) = self.low.get(range.clone()) else { return false };
        if low.iter().fold(0, |all, low| all | low) >= 1 << 6 {
            return false;
        }
        let differences = self.differences.get(range).unwrap_or_default();
        for (byte, difference) in slot.iter_mut().zip(differences) {
            *byte = *difference as u8;
        }
        self.at += count;
        true
    }

    /// Fills each word with one difference, if the next ones let no word hold more.
    #[inline(always)]
    fn packs_singly<const TWO: bool>(
        &mut self,
        order: ByteOrder,
        samples: &[i32],
        count: usize,
        slot: &mut [u8],
    ) -> bool {
        if self.at + count > STARTS {
            self.look::<TWO>(samples);
        }
        let range = self.at..self.at + count;
        let Some(numbers) = self.numbers.get(range.clone()) else { return false };
        // Behind the end of the series one word seems to take one, too.
        if numbers.iter().fold(0, |all, number| all | (number ^ 1)) != 0
            || samples.len() - self.done() < count
        {
            return false;
        }
        let differences = self.differences.get(range).unwrap_or_default();
        for (bytes, difference) in slot.chunks_exact_mut(4).zip(differences) {
            let word = *difference as u32;
            let word = if TWO { word & 0x3fff_ffff | 1 << 30 } else { word };
            bytes.copy_from_slice(&order.put_u32(word));
        }
        self.at += count;
        true
    }
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

    /// How many differences the first word takes that starts with the first of these.
    fn fit(steim: Steim, differences: &[i32]) -> usize {
        let mut x = 0_i32;
        let mut samples = vec![0, 0];
        samples.extend(differences.iter().map(|d| {
            x = x.wrapping_add(*d);
            x
        }));
        let mut block = Block::new();
        let look = |block: &mut Block| match steim {
            Steim::One => block.look::<false>(&samples),
            Steim::Two => block.look::<true>(&samples),
        };
        look(&mut block);
        let number = block.numbers[2];
        // The same from a block that starts there.
        block.at = 2;
        look(&mut block);
        assert_eq!(block.numbers[0], number);
        number.into()
    }

    #[test]
    fn words_take_as_many_as_fit() {
        let fit2 = |w: &[i32]| fit(Steim::Two, w);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 3, 4]), 7);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 3, 8]), 6);
        assert_eq!(fit2(&[7, -8, 0, 1, 2, 16, 0]), 5);
        assert_eq!(fit2(&[7, -8, 0, 127, 32, 0, 0]), 4);
        assert_eq!(fit2(&[511, -512, 0, 0, 0, 0, 0]), 4 - 1);
        assert_eq!(fit2(&[16383, -16384, 512, 0, 0, 0, 0]), 2);
        assert_eq!(fit2(&[16384, 0, 0, 0, 0, 0, 0]), 1);
        assert_eq!(fit2(&[-(1 << 29), 0, 0, 0, 0, 0, 0]), 1);
        assert_eq!(fit2(&[1 << 29, 0, 0, 0, 0, 0, 0]), 0);
        assert_eq!(fit2(&[0; 3]), 3);
        let fit1 = |w: &[i32]| fit(Steim::One, w);
        assert_eq!(fit1(&[127, -128, 0, 0, 999, 0, 0]), 4);
        assert_eq!(fit1(&[127, -128, 0]), 2);
        assert_eq!(fit1(&[127, -128, 0, -129]), 2);
        assert_eq!(fit1(&[32767, -32768, 0, 0]), 2);
        assert_eq!(fit1(&[32767, 32768, 0, 0]), 1);
        assert_eq!(fit1(&[32767, -32769, 0, 0]), 1);
        assert_eq!(fit1(&[i32::MIN, 0, 0, 0, 0, 0, 0]), 1);
    }

    /// Word by word as libmseed does it, without any thought of speed.
    fn plain(steim: Steim, samples: &[i32], payload: &mut [u8]) -> Option<Encoded> {
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
                let (number, bits, code, dnib) = *widths.iter().find(|(number, bits, ..)| {
                    let limit = 1 << (bits - 1);
                    done + number <= samples.len()
                        && (done..done + number).all(|i| (-limit..limit).contains(&difference(i)))
                })?;
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
        Some(Encoded { samples: done, frames })
    }

    proptest! {
        #[test]
        fn frames_are_those_of_the_plain_way(samples in series(), frames in 0_usize..12) {
            for steim in [Steim::One, Steim::Two] {
                let mut expected = vec![0xff; frames * 64];
                let mut found = vec![0xa5; frames * 64];
                let plain = plain(steim, &samples, &mut expected);
                let ours = encode(steim, ByteOrder::Big, &samples, &mut found).ok();
                prop_assert_eq!(ours, plain);
                if plain.is_some() {
                    prop_assert_eq!(&found, &expected);
                }
                // Without the instructions that only some processors have.
                let packings = if steim == Steim::One { &STEIM1_BIG } else { &STEIM2_BIG };
                let (order, samples, payload) = (ByteOrder::Big, &samples[..], &mut found[..]);
                let portable = match steim {
                    Steim::One => Fill::<false> { packings, order, samples, payload }.run(Portable),
                    Steim::Two => Fill::<true> { packings, order, samples, payload }.run(Portable),
                };
                prop_assert_eq!(portable.ok(), plain);
                if plain.is_some() {
                    prop_assert_eq!(&found, &expected);
                }
            }
        }
    }

    #[test]
    fn a_difference_that_does_not_fit_is_named() {
        let error =
            encode(Steim::Two, ByteOrder::Big, &[0, 1, i32::MAX], &mut [0; 64]).unwrap_err();
        assert_eq!(error, SteimError::DifferenceTooLarge { index: 2, difference: i32::MAX - 1 });
    }
}
