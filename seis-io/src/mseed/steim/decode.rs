//! Frames to samples.
//!
//! The shape of a word (how many differences, of how many bits) changes from word to word in no
//! pattern that a branch predictor could learn, so that a `match` on it costs more than all the
//! rest. Here every word is unpacked the same way: multiplied by eight powers of two from a table
//! (which puts each field at the top of a lane) and shifted down with sign. Lanes beyond the
//! number of differences give rubbish that the next word overwrites.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};

use super::lanes::{self, Kernel, Lanes};
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
    /// Puts each field at the top of its lane.
    pub(super) scale: [u32; 8],
    /// Brings it down again, with its sign. The same for all lanes.
    pub(super) shift: [u32; 8],
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
    Shape { scale, shift: [32 - bits; 8], fields: number }
}

const NONE: Shape = Shape { scale: [0; 8], shift: [0; 8], fields: 0 };
const BAD: Shape = Shape { scale: [0; 8], shift: [0; 8], fields: ILLEGAL };

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
    let start = out.len();
    out.resize(start + count, 0);
    let samples = out.get_mut(start..).unwrap_or_default();
    let result = match (steim, order) {
        (Steim::One, ByteOrder::Big) => lanes::run(Frames::<true>(&STEIM1_BIG, payload, samples)),
        (Steim::One, ByteOrder::Little) => {
            lanes::run(Frames::<false>(&STEIM1_LITTLE, payload, samples))
        }
        (Steim::Two, ByteOrder::Big) => lanes::run(Frames::<true>(&STEIM2_BIG, payload, samples)),
        (Steim::Two, ByteOrder::Little) => {
            lanes::run(Frames::<false>(&STEIM2_LITTLE, payload, samples))
        }
    };
    if result.is_err() {
        out.truncate(start);
    }
    result.map(Some)
}

/// Frames to be decoded into as many samples as are wanted, at least one.
struct Frames<'a, const BIG: bool>(&'a Shapes, &'a [u8], &'a mut [i32]);

impl<const BIG: bool> Kernel for Frames<'_, BIG> {
    type Output = Result<Check, SteimError>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Self::Output {
        let Self(shapes, payload, samples) = self;
        let (first, announced) = differences::<L, BIG>(lanes, shapes, payload, samples)?;
        if let Some(sample) = samples.first_mut() {
            *sample = first;
        }
        Ok(Check { last: lanes.sum_up(samples), announced })
    }
}

/// Unpacks all differences; gives X0 and Xn.
#[inline(always)]
fn differences<L: Lanes, const BIG: bool>(
    lanes: L,
    shapes: &Shapes,
    payload: &[u8],
    out: &mut [i32],
) -> Result<(i32, i32), SteimError> {
    let (mut first, mut announced) = (0, 0);
    let mut at = 0;
    let mut spare = [0; WINDOW];
    for (index, frame) in payload.chunks_exact(FRAME_BYTES).enumerate() {
        let words = words::<BIG>(frame);
        let direct =
            out.get_mut(at..at + WINDOW).and_then(|w| <&mut [i32; WINDOW]>::try_from(w).ok());
        let at_end = direct.is_none();
        let window = direct.unwrap_or(&mut spare);
        let mut found = if index == 0 {
            (first, announced) = (words[1] as i32, words[2] as i32);
            // Without a difference to be ignored X0 is a sample, and the differences lead on.
            unpack::<L, 3>(lanes, shapes, &words, window).max(1)
        } else {
            unpack::<L, 1>(lanes, shapes, &words, window)
        };
        let wanted = out.len() - at;
        if found >= ILLEGAL as usize {
            found = before_illegal(shapes, &words, index, wanted)?;
        }
        if at_end {
            let now = found.min(wanted);
            if let (Some(to), Some(from)) = (out.get_mut(at..at + now), spare.get(..now)) {
                to.copy_from_slice(from);
            }
        }
        at += found;
        if at >= out.len() {
            return Ok((first, announced));
        }
    }
    Err(SteimError::TooFewSamples { expected: out.len(), found: at })
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
fn unpack<L: Lanes, const FIRST: usize>(
    lanes: L,
    shapes: &Shapes,
    words: &[u32; 16],
    differences: &mut [i32; WINDOW],
) -> usize {
    let mut indices = [0; 16];
    for (i, (index, word)) in indices.iter_mut().zip(words).enumerate() {
        *index = shape_index(words[0], i, *word);
    }
    let mut found = 0;
    for (word, index) in words.iter().zip(indices).skip(FIRST) {
        let shape = &shapes[index as usize & 15];
        // The mask changes nothing for legal frames; it spares the check of the bounds.
        let at = found & 127;
        differences[at..at + 8].copy_from_slice(&lanes.unpack(*word, shape));
        found += shape.fields as usize;
    }
    found
}

/// Number of the shape of a word: its code and its top two bits.
#[inline(always)]
fn shape_index(codes: u32, position: usize, word: u32) -> u32 {
    (codes << (2 * position as u32)) >> 30 << 2 | word >> 30
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
        let index = shape_index(words[0], word, *value) as usize;
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
