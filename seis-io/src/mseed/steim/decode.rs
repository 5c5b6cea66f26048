//! Frames to samples.
//!
//! The shape of a word (how many differences, of how many bits) changes from word to word in no
//! pattern that a branch predictor could learn, so that a `match` on it costs more than all the
//! rest. Here every word is unpacked the same way: multiplied by eight powers of two from a table
//! (which puts each field at the top of a lane) and shifted down with sign. Lanes beyond the
//! number of differences give rubbish that the next word overwrites.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};

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

/// How a word with a given code and dnib is unpacked. In one cache line, and found by a shift.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Shape {
    /// Puts each field at the top of its lane.
    scale: [u32; 8],
    /// Brings it down again, with its sign.
    shift: u32,
    /// How many fields there are; [`ILLEGAL`] for a word that must not be.
    fields: u32,
}

/// Larger than the differences of any frame, so that a sum over the frame shows that one was met.
const ILLEGAL: u32 = 0x100;

/// Shapes by code (two bits) and dnib (two bits).
type Shapes = [Shape; 16];

/// Fields of `bits` bits, the first of which begins `skipped` bits below the top.
const fn fields(number: u32, bits: u32, skipped: u32, first_lowest: bool) -> Shape {
    let mut scale = [0; 8];
    let mut i = 0;
    while i < number {
        let position = if first_lowest { number - 1 - i } else { i };
        scale[i as usize] = 1 << (skipped + position * bits);
        i += 1;
    }
    Shape { scale, shift: 32 - bits, fields: number }
}

const NONE: Shape = Shape { scale: [0; 8], shift: 0, fields: 0 };
const BAD: Shape = Shape { scale: [0; 8], shift: 0, fields: ILLEGAL };

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

static STEIM1_BIG: Shapes = steim1(false);
static STEIM1_LITTLE: Shapes = steim1(true);
static STEIM2_BIG: Shapes = steim2(false);
static STEIM2_LITTLE: Shapes = steim2(true);

/// Differences of one frame (at most 15 × 7), and room for the rubbish behind them.
type Differences = [i32; 128 + 8];

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
    let start = out.len();
    let result = match (steim, order) {
        (Steim::One, ByteOrder::Big) => frames::<true>(&STEIM1_BIG, payload, count, out),
        (Steim::One, ByteOrder::Little) => frames::<false>(&STEIM1_LITTLE, payload, count, out),
        (Steim::Two, ByteOrder::Big) => frames::<true>(&STEIM2_BIG, payload, count, out),
        (Steim::Two, ByteOrder::Little) => frames::<false>(&STEIM2_LITTLE, payload, count, out),
    };
    if result.is_err() {
        out.truncate(start);
    }
    result
}

fn frames<const BIG: bool>(
    shapes: &Shapes,
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
    let start = out.len();
    out.resize(start + count, 0);
    let mut rest = out.get_mut(start..).unwrap_or_default();
    let mut differences: Differences = [0; 136];
    let (mut last, mut announced) = (0_i32, 0_i32);

    for (index, frame) in payload.chunks_exact(FRAME_BYTES).enumerate() {
        let words = words::<BIG>(frame);
        let mut found = if index == 0 {
            announced = words[2] as i32;
            unpack::<3>(shapes, &words, &mut differences)
        } else {
            unpack::<1>(shapes, &words, &mut differences)
        };
        if found >= ILLEGAL as usize {
            found = before_illegal(shapes, &words, index, rest.len())?;
        }
        if index == 0 {
            let first = words[1] as i32;
            if found == 0 {
                // No difference to be ignored: X0 is the sample, the differences lead on from it.
                if let Some((sample, later)) = std::mem::take(&mut rest).split_first_mut() {
                    *sample = first;
                    rest = later;
                }
                last = first;
            } else {
                last = first.wrapping_sub(differences[0]);
            }
        }
        let now_len = found.min(rest.len());
        let (now, later) = std::mem::take(&mut rest).split_at_mut(now_len);
        last = sum(now, &differences, last);
        rest = later;
        if rest.is_empty() {
            return Ok(Some(Check { last, announced }));
        }
    }
    Err(SteimError::TooFewSamples { expected: count, found: count - rest.len() })
}

#[inline(always)]
fn words<const BIG: bool>(frame: &[u8]) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(frame.chunks_exact(4)) {
        *word = if BIG { BigEndian::read_u32(bytes) } else { LittleEndian::read_u32(bytes) };
    }
    words
}

/// Unpacks the words from `FIRST` on; returns how many differences there are, or more than
/// [`ILLEGAL`] if a word is illegal.
#[inline(always)]
fn unpack<const FIRST: usize>(
    shapes: &Shapes,
    words: &[u32; 16],
    differences: &mut Differences,
) -> usize {
    let mut found = 0;
    let mut codes = words[0] << (2 * FIRST);
    for word in &words[FIRST..] {
        let shape = &shapes[shape_index(codes, *word)];
        codes <<= 2;
        // The mask changes nothing for legal frames; it spares the check of the bounds.
        let at = found & 127;
        for (lane, scale) in differences[at..at + 8].iter_mut().zip(shape.scale) {
            *lane = (word.wrapping_mul(scale) as i32).wrapping_shr(shape.shift);
        }
        found += shape.fields as usize;
    }
    found
}

/// Sums up differences behind a sample; returns the last sum.
///
/// In fours, whose partial sums do not wait for each other: one addition of latency for four
/// samples.
#[inline(always)]
fn sum(samples: &mut [i32], differences: &Differences, mut last: i32) -> i32 {
    let mut fours = samples.chunks_exact_mut(4);
    let mut steps = differences.chunks_exact(4);
    for (four, step) in (&mut fours).zip(&mut steps) {
        let front = step[0].wrapping_add(step[1]);
        let back = step[2].wrapping_add(step[3]);
        four[0] = last.wrapping_add(step[0]);
        four[1] = last.wrapping_add(front);
        four[2] = last.wrapping_add(front.wrapping_add(step[2]));
        last = last.wrapping_add(front.wrapping_add(back));
        four[3] = last;
    }
    // `steps` stands where the last whole four of samples ended.
    let rest = steps.next().unwrap_or_default();
    for (sample, step) in fours.into_remainder().iter_mut().zip(rest) {
        last = last.wrapping_add(*step);
        *sample = last;
    }
    last
}

/// Number of the shape of a word whose code stands at the top of `codes`.
#[inline(always)]
fn shape_index(codes: u32, word: u32) -> usize {
    (codes >> 30 << 2 | word >> 30) as usize & 15
}

/// How many differences stand before the first illegal word, if that is all that is wanted.
#[cold]
fn before_illegal(
    shapes: &Shapes,
    words: &[u32; 16],
    frame: usize,
    wanted: usize,
) -> Result<usize, SteimError> {
    let mut found = 0;
    for (word, value) in words.iter().enumerate().skip(if frame == 0 { 3 } else { 1 }) {
        let index = shape_index(words[0] << (2 * word), *value);
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
