//! Frames to samples.
//!
//! The shape of a word (how many differences, of how many bits) changes from word to word in no
//! pattern that a branch predictor could learn, so that a `match` on it costs more than all the
//! rest. Here every word is unpacked the same way: shifted up by eight numbers of bits from a table
//! (which puts each field at the top of a lane) and shifted down with sign. Lanes beyond the
//! number of differences give rubbish that the next word overwrites.
//!
//! Words of at most four differences, which is all of Steim-1, are unpacked two at a time where
//! the processor can move bytes to any lane: eight lanes then hold both.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};

use super::alike::{self, Alike};
use super::lanes::{self, Kernel, Lanes};
use super::pairs::{self, PairShape, Pairs};
use super::{FRAME_BYTES, Steim, SteimError};
use crate::mseed::ByteOrder;

/// What the integrity check of a record gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The last sample as decoded.
    pub last: i32,
    /// The last sample as the first frame announces it (Xn).
    pub announced: i32,
}

impl Check {
    /// Whether both agree.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self.last == self.announced
    }
}

/// How a word with a given code and dnib is unpacked.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Shape {
    /// Two to the power of `up`, for lanes that have no shift of their own.
    pub(super) scale: [u32; 8],
    /// Bits by which each field is shifted up to the top of its lane.
    pub(super) up: [u32; 8],
    /// Bits by which it comes down again, with its sign. The same for all lanes.
    pub(super) down: [u32; 8],
    /// How many fields there are; [`ILLEGAL`] for a word that must not be.
    pub(super) fields: u32,
}

/// Larger than the differences of any frame, so that a sum over the frame shows that one was met.
pub(super) const ILLEGAL: u32 = 0x100;

/// Shapes by code (two bits) and dnib (two bits).
type Shapes = [Shape; 16];

/// Fields of `bits` bits, the first of which begins `skipped` bits below the top.
const fn fields(number: u32, bits: u32, skipped: u32, first_lowest: bool) -> Shape {
    let (mut up, mut scale) = ([0; 8], [0; 8]);
    let mut i = 0;
    while i < number {
        let position = if first_lowest { number - 1 - i } else { i };
        up[i as usize] = skipped + position * bits;
        scale[i as usize] = 1 << up[i as usize];
        i += 1;
    }
    Shape { scale, up, down: [32 - bits; 8], fields: number }
}

const NONE: Shape = Shape { scale: [0; 8], up: [0; 8], down: [0; 8], fields: 0 };
const BAD: Shape = Shape { fields: ILLEGAL, ..NONE };

/// `little`: nobody ever defined little-endian Steim. libmseed, which wrote what there is, keeps
/// 8-bit fields (and the 16-bit fields of Steim-1) in the order of their bytes in the file and
/// swaps only within a number, so that as part of a swapped word they stand in reverse.
const fn steim1(little: bool) -> Shapes {
    let (four, two, one) =
        (fields(4, 8, 0, little), fields(2, 16, 0, little), fields(1, 32, 0, false));
    [NONE, NONE, NONE, NONE, four, four, four, four, two, two, two, two, one, one, one, one]
}

const fn steim2(little: bool) -> Shapes {
    let four = fields(4, 8, 0, little);
    [
        NONE,
        NONE,
        NONE,
        NONE,
        four,
        four,
        four,
        four,
        BAD,
        fields(1, 30, 2, false),
        fields(2, 15, 2, false),
        fields(3, 10, 2, false),
        fields(5, 6, 2, false),
        fields(6, 5, 2, false),
        fields(7, 4, 4, false),
        BAD,
    ]
}

/// The shapes of a compression in a byte order: of words, and of pairs of them.
struct Tables<const N: usize> {
    words: Shapes,
    pairs: [PairShape; N],
}

const fn tables<const N: usize>(words: Shapes, big: bool) -> Tables<N> {
    Tables { words, pairs: pairs::shapes(&words, big) }
}

static STEIM1_BIG: Tables<{ pairs::STEIM1 }> = tables(steim1(false), true);
static STEIM1_LITTLE: Tables<{ pairs::STEIM1 }> = tables(steim1(true), false);
static STEIM2_BIG: Tables<{ pairs::STEIM2 }> = tables(steim2(false), true);
static STEIM2_LITTLE: Tables<{ pairs::STEIM2 }> = tables(steim2(true), false);

/// Room for the differences of one frame (at most 15 × 7), for the rubbish behind them, and for
/// any index of seven bits.
const WINDOW: usize = 128 + 8;

/// Appends `count` samples, decoded from the frames of a payload, to `out`.
///
/// What follows the last sample is not looked at. A payload that holds one sample and no
/// difference at all is taken as libmseed 3 takes it: the sample is X0.
///
/// The result tells whether the last sample is the one that the first frame announces; `None` for
/// a count of zero. Samples are appended even when it is not, as libmseed and ObsPy do.
///
/// ```
/// use seis_io::mseed::{ByteOrder, steim::{self, Steim}};
/// let mut payload = [0; 64];
/// let samples = [7, 8, -1, i32::MAX, i32::MIN];
/// steim::encode(Steim::One, ByteOrder::Big, &samples, &mut payload)?;
/// let mut decoded = Vec::new();
/// let check = steim::decode(Steim::One, ByteOrder::Big, &payload, 5, &mut decoded)?;
/// assert_eq!(decoded, samples);
/// assert!(check.is_some_and(|c| c.is_ok()));
/// # Ok::<(), steim::SteimError>(())
/// ```
///
/// # Errors
/// [`SteimError::TooFewSamples`] and [`SteimError::IllegalCode`]; `out` is then as it was.
pub fn decode(
    steim: Steim,
    order: ByteOrder,
    payload: &[u8],
    count: usize,
    out: &mut Vec<i32>,
) -> Result<Option<Check>, SteimError> {
    // A claimed count sets no memory aside: a frame holds at most 105 samples.
    let held = payload.len() / FRAME_BYTES * 105;
    if count == 0 {
        return Ok(None);
    }
    if count > held {
        return Err(SteimError::TooFewSamples { expected: count, found: held });
    }
    // Short records: what is done to a frame depends on its codes, so that each frame that is still
    // far away would be waited for in turn. All of them are asked for at once, before memory is
    // cleared.
    let codes = payload.iter().step_by(FRAME_BYTES).take(8);
    std::hint::black_box(codes.fold(0, |all, code| all | code));
    let start = out.len();
    if out.capacity() - start < count {
        out.reserve(count + pairs::WINDOW);
    }
    // Where the vector has room behind the samples, frames need no care not to end too far on.
    // As much as most frames take: more would cost more to be cleared than it spares.
    let room = if out.capacity() - start - count >= pairs::WINDOW { pairs::WINDOW } else { 0 };
    out.resize(start + count + room, 0);
    let samples = out.get_mut(start..).unwrap_or_default();
    let result = match (steim, order) {
        (Steim::One, ByteOrder::Big) => {
            lanes::run(Frames::<true, { pairs::STEIM1 }>(&STEIM1_BIG, payload, samples, count))
        }
        (Steim::One, ByteOrder::Little) => {
            lanes::run(Frames::<false, { pairs::STEIM1 }>(&STEIM1_LITTLE, payload, samples, count))
        }
        (Steim::Two, ByteOrder::Big) => {
            lanes::run(Frames::<true, { pairs::STEIM2 }>(&STEIM2_BIG, payload, samples, count))
        }
        (Steim::Two, ByteOrder::Little) => {
            lanes::run(Frames::<false, { pairs::STEIM2 }>(&STEIM2_LITTLE, payload, samples, count))
        }
    };
    out.truncate(if result.is_ok() { start + count } else { start });
    result.map(Some)
}

/// Frames to be decoded into memory for at least as many samples as are wanted, at least one.
struct Frames<'a, const BIG: bool, const N: usize>(&'a Tables<N>, &'a [u8], &'a mut [i32], usize);

impl<const BIG: bool, const N: usize> Kernel for Frames<'_, BIG, N> {
    type Output = Result<Check, SteimError>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Self::Output {
        let Self(tables, payload, out, count) = self;
        let (first, announced) = differences::<L, BIG, N>(lanes, tables, payload, out, count)?;
        if let Some(sample) = out.first_mut() {
            *sample = first;
        }
        // Up to a number that makes whole registers, if there is room.
        let whole = count.next_multiple_of(8);
        let summed = if whole <= out.len() { whole } else { count };
        lanes.sum_up(out.get_mut(..summed).unwrap_or_default());
        Ok(Check { last: out.get(count - 1).copied().unwrap_or(first), announced })
    }
}

/// Unpacks `count` differences, or more; gives X0 and Xn.
#[inline(always)]
fn differences<L: Lanes, const BIG: bool, const N: usize>(
    lanes: L,
    tables: &Tables<N>,
    payload: &[u8],
    out: &mut [i32],
    count: usize,
) -> Result<(i32, i32), SteimError> {
    let mut at = 0;
    // What is no data has a code of "no differences": the codes themselves, and X0 and Xn.
    let mut mask = FIRST_CODES;
    for (index, frame) in payload.chunks_exact(FRAME_BYTES).enumerate() {
        let Ok(frame) = <&[u8; FRAME_BYTES]>::try_from(frame) else { break };
        let codes = word::<BIG>(frame, 0) & mask;
        mask = CODES;
        let Some(window) = out.get_mut(at..) else { break };
        let mut found = 0;
        if alike::is(codes) {
            found = within(lanes, Alike::<BIG, N>, frame, codes, window);
        }
        if found == 0 {
            // Code 11 of Steim-2: five differences or more.
            let short = N == pairs::STEIM1 || codes & (codes >> 1) & 0x5555_5555 == 0;
            found = if L::PAIRS && short {
                within(lanes, Pairs::<BIG, N>(&tables.pairs), frame, codes, window)
            } else {
                within(lanes, Words::<BIG>(&tables.words), frame, codes, window)
            };
        }
        at += if found < ILLEGAL as usize {
            found
        } else {
            before_illegal::<BIG>(&tables.words, (index, frame, codes), count - at)?
        };
        // Without a difference to be ignored X0 is a sample, and the differences lead on.
        at = at.max(1);
        if at >= count {
            let x = |i| payload.first_chunk().map_or(0, |frame| word::<BIG>(frame, i) as i32);
            return Ok((x(1), x(2)));
        }
    }
    Err(SteimError::TooFewSamples { expected: count, found: at })
}

/// The codes of a frame that count, and of the first frame.
const CODES: u32 = 0x3fff_ffff;
const FIRST_CODES: u32 = 0x03ff_ffff;

/// A way to unpack the words of a frame into a window of the samples.
pub(super) trait Unpack<const WINDOW: usize> {
    /// Gives how many differences there are, or [`ILLEGAL`] or more if a word is illegal.
    /// Implementations are to be `#[inline(always)]`, as those of [`Kernel`].
    fn unpack<L: Lanes>(
        &self,
        lanes: L,
        frame: &[u8; FRAME_BYTES],
        codes: u32,
        differences: &mut [i32; WINDOW],
    ) -> usize;
}

/// Unpacks a frame to the start of `out`, as far as there is room.
#[inline(always)]
fn within<L: Lanes, const N: usize>(
    lanes: L,
    way: impl Unpack<N>,
    frame: &[u8; FRAME_BYTES],
    codes: u32,
    out: &mut [i32],
) -> usize {
    if let Some(window) = out.first_chunk_mut() {
        return way.unpack(lanes, frame, codes, window);
    }
    let mut spare = [0; N];
    let found = way.unpack(lanes, frame, codes, &mut spare);
    let room = out.len().min(N);
    out[..room].copy_from_slice(&spare[..room]);
    found
}

/// A word of a frame.
#[inline(always)]
fn word<const BIG: bool>(frame: &[u8; FRAME_BYTES], i: usize) -> u32 {
    let bytes = &frame[4 * i..4 * i + 4];
    if BIG { BigEndian::read_u32(bytes) } else { LittleEndian::read_u32(bytes) }
}

/// All of them.
#[inline(always)]
pub(super) fn words<const BIG: bool>(frame: &[u8; FRAME_BYTES]) -> [u32; 16] {
    let mut words = [0; 16];
    for (i, to) in words.iter_mut().enumerate() {
        *to = word::<BIG>(frame, i);
    }
    words
}

/// Word after word.
struct Words<'a, const BIG: bool>(&'a Shapes);

impl<const BIG: bool> Unpack<WINDOW> for Words<'_, BIG> {
    #[inline(always)]
    fn unpack<L: Lanes>(
        &self,
        lanes: L,
        frame: &[u8; FRAME_BYTES],
        codes: u32,
        differences: &mut [i32; WINDOW],
    ) -> usize {
        let words = words::<BIG>(frame);
        let mut indices = [0; 16];
        for (i, (index, word)) in indices.iter_mut().zip(words).enumerate() {
            *index = shape_index(codes, i, word);
        }
        let mut found = 0;
        for i in 1..16 {
            let shape = &self.0[indices[i] as usize & 15];
            // The mask changes nothing for legal frames; it spares the check of the bounds.
            let at = found & 127;
            differences[at..at + 8].copy_from_slice(&lanes.unpack(words[i], shape));
            found += shape.fields as usize;
        }
        found
    }
}

/// Number of the shape of a word: its code and its top two bits.
#[inline(always)]
fn shape_index(codes: u32, position: usize, word: u32) -> u32 {
    (codes << (2 * position as u32)) >> 30 << 2 | word >> 30
}

/// How many differences stand before the first illegal word, if that is all that is wanted.
#[cold]
#[inline(never)]
fn before_illegal<const BIG: bool>(
    shapes: &Shapes,
    (frame, bytes, codes): (usize, &[u8; FRAME_BYTES], u32),
    wanted: usize,
) -> Result<usize, SteimError> {
    let mut found = 0;
    for (word, value) in words::<BIG>(bytes).into_iter().enumerate() {
        let index = shape_index(codes, word, value) as usize;
        let fields = shapes[index].fields;
        if fields == ILLEGAL {
            if found >= wanted {
                break;
            }
            let (code, dnib) = ((index >> 2) as u8, (index & 3) as u8);
            return Err(SteimError::IllegalCode { frame, word, code, dnib });
        }
        found += fields as usize;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::fits::{PLACES, Window};
    use super::super::lanes::Portable;
    use super::super::packing::Word;
    use super::*;
    use proptest::prelude::*;

    /// Frame after frame, difference after difference, without any thought of speed.
    fn plain(steim: Steim, order: ByteOrder, payload: &[u8], count: usize) -> Option<Vec<i32>> {
        let mut differences = Vec::new();
        let mut first = None;
        for (index, frame) in payload.chunks_exact(64).enumerate() {
            let word = |i: usize| order.u32([0, 1, 2, 3].map(|k| frame[4 * i + k]));
            if index == 0 {
                first = Some(word(1) as i32);
            }
            for i in if index == 0 { 3 } else { 1 }..16 {
                let value = word(i);
                let code = word(0) >> (30 - 2 * i) & 3;
                let (number, bits) = match (steim, code, value >> 30) {
                    (_, 0, _) => continue,
                    (_, 1, _) => (4, 8),
                    (Steim::One, 2, _) => (2, 16),
                    (Steim::One, ..) => (1, 32),
                    (_, 2, 1) => (1, 30),
                    (_, 2, 2) => (2, 15),
                    (_, 2, 3) => (3, 10),
                    (_, 3, 0) => (5, 6),
                    (_, 3, 1) => (6, 5),
                    (_, 3, 2) => (7, 4),
                    _ if differences.len() >= count.max(1) => break,
                    _ => return None,
                };
                let mut fields: Vec<i32> = (0..number)
                    .map(|k| (value << (32 - bits * (number - k))) as i32 >> (32 - bits))
                    .collect();
                if order == ByteOrder::Little && (bits == 8 || bits == 16) {
                    fields.reverse();
                }
                differences.extend(fields);
            }
            if index == 0 && differences.is_empty() {
                differences.push(0);
            }
            if differences.len() >= count {
                break;
            }
        }
        let mut sample = first?;
        let rest = differences.get(1..count)?;
        let later = rest.iter().map(|difference| {
            sample = sample.wrapping_add(*difference);
            sample
        });
        Some(std::iter::once(first?).chain(later).collect())
    }

    /// Frames of words that are legal as a rule, so that more than the first is looked at.
    fn payload() -> impl Strategy<Value = Vec<u8>> {
        let code = prop_oneof![3 => 1_u32..4, 1 => Just(1_u32), 1 => 0_u32..4];
        let word = (code, any::<u32>(), 0_u32..200).prop_map(|(code, mut value, luck)| {
            if luck > 0 && code == 2 && value >> 30 == 0
                || luck > 0 && code == 3 && value >> 30 == 3
            {
                value ^= 0x4000_0000;
            }
            (code, value)
        });
        let words = prop::collection::vec(word, 16);
        // Some are without code 11, some all alike.
        let frame = (words, 0..6, 1_u32..4).prop_map(|(mut words, kind, code)| {
            for (other, word) in &mut words {
                match kind {
                    0 => (*other, *word) = (code, *word & 0x3fff_ffff | 1 << 30),
                    1 => *other = code,
                    2 | 3 if *other == 3 => *other = 1,
                    _ => {}
                }
            }
            let codes = words.iter().fold(0, |codes, (code, _)| codes << 2 | code);
            words.iter().skip(1).fold(codes.to_be_bytes().to_vec(), |mut bytes, (_, word)| {
                bytes.extend(word.to_be_bytes());
                bytes
            })
        });
        prop::collection::vec(frame, 0..10).prop_map(|frames| frames.concat())
    }

    /// Decodes with lanes of choice.
    fn run_with(
        lanes: impl Lanes,
        kind: (Steim, ByteOrder),
        payload: &[u8],
        out: &mut [i32],
        count: usize,
    ) -> Result<Check, SteimError> {
        match kind {
            (Steim::One, ByteOrder::Big) => {
                Frames::<true, { pairs::STEIM1 }>(&STEIM1_BIG, payload, out, count).run(lanes)
            }
            (Steim::One, ByteOrder::Little) => {
                Frames::<false, { pairs::STEIM1 }>(&STEIM1_LITTLE, payload, out, count).run(lanes)
            }
            (Steim::Two, ByteOrder::Big) => {
                Frames::<true, { pairs::STEIM2 }>(&STEIM2_BIG, payload, out, count).run(lanes)
            }
            (Steim::Two, ByteOrder::Little) => {
                Frames::<false, { pairs::STEIM2 }>(&STEIM2_LITTLE, payload, out, count).run(lanes)
            }
        }
    }

    /// The pairs of portable lanes, which do not pay, but must be right.
    #[derive(Clone, Copy)]
    struct PortablePairs;

    impl Lanes for PortablePairs {
        const PAIRS: bool = true;

        fn pair_indices<const BIG: bool>(self, frame: &[u8; FRAME_BYTES], codes: u32) -> [u64; 8] {
            Portable.pair_indices::<BIG>(frame, codes)
        }

        fn unpack_pair(self, words: [u8; 8], shape: &PairShape) -> [i32; 8] {
            Portable.unpack_pair(words, shape)
        }

        fn unpack(self, word: u32, shape: &Shape) -> [i32; 8] {
            Portable.unpack(word, shape)
        }

        fn magnitudes<const WHOLE: bool>(
            self,
            window: &Window,
            magnitudes: &mut [[u16; 32]; PLACES / 32],
        ) -> u16 {
            Portable.magnitudes::<WHOLE>(window, magnitudes)
        }

        fn low(self, magnitudes: &[u16; 32]) -> [u8; 32] {
            Portable.low(magnitudes)
        }

        fn high(self, magnitudes: &[u16; 32]) -> [u8; 32] {
            Portable.high(magnitudes)
        }

        fn pack_four(self, words: [Word<'_>; 4]) -> [u32; 4] {
            Portable.pack_four(words)
        }

        fn sum_up(self, numbers: &mut [i32]) {
            Portable.sum_up(numbers);
        }
    }

    proptest! {
        #[test]
        fn all_ways_give_the_same(
            payload in payload(),
            part in 0_u32..=1000,
            room in prop_oneof![Just(0), 0_usize..300],
        ) {
            // Up to about as many as there are.
            let most = payload.len() / 64 * 50 + 1;
            let count = 1 + most * part as usize / 1000;
            for steim in [Steim::One, Steim::Two] {
                for order in [ByteOrder::Big, ByteOrder::Little] {
                    let swapped: Vec<u8> = match order {
                        ByteOrder::Big => payload.clone(),
                        ByteOrder::Little => {
                            payload.chunks_exact(4).flat_map(|w| [w[3], w[2], w[1], w[0]]).collect()
                        }
                    };
                    let expected = plain(steim, order, &swapped, count);
                    let mut found = Vec::with_capacity(1 + count + room);
                    found.push(9);
                    let result = decode(steim, order, &swapped, count, &mut found);
                    prop_assert_eq!(result.is_ok(), expected.is_some(), "{:?}", result);
                    prop_assert_eq!(&found[1..], expected.as_deref().unwrap_or_default());

                    let mut portable = vec![0; count + room];
                    let out = &mut portable[..];
                    let result = run_with(Portable, (steim, order), &swapped, out, count);
                    prop_assert_eq!(result.is_ok(), expected.is_some());
                    let mut in_pairs = vec![0; count + room];
                    let out = &mut in_pairs[..];
                    let result = run_with(PortablePairs, (steim, order), &swapped, out, count);
                    prop_assert_eq!(result.is_ok(), expected.is_some());
                    if let Some(expected) = expected {
                        prop_assert_eq!(&portable[..count], &expected[..]);
                        prop_assert_eq!(&in_pairs[..count], &expected[..]);
                    }
                }
            }
        }
    }
}
