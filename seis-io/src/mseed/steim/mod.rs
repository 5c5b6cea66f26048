//! Steim-1 and Steim-2, the difference compressions of seismic integers.
//!
//! *SEED Reference Manual* 2.4, appendix B. Data come in frames of 64 bytes: sixteen 32-bit words,
//! of which the first holds a two-bit code for each of the sixteen.
//!
//! | code | Steim-1 | Steim-2, by the top two bits of the word ("dnib") |
//! |---|---|---|
//! | 00 | no differences | no differences |
//! | 01 | 4 × 8 bits | 4 × 8 bits (all 32 bits, no dnib) |
//! | 10 | 2 × 16 bits | 01: 1 × 30, 10: 2 × 15, 11: 3 × 10; 00 is illegal |
//! | 11 | 1 × 32 bits | 00: 5 × 6, 01: 6 × 5, 10: 7 × 4; 11 is illegal |
//!
//! In the first frame words 1 and 2 are X0 and Xn, the first and the last sample. The first
//! difference leads from the last sample of the record before to X0 and is not needed. Sums wrap
//! at 32 bits, on purpose: that is how Steim-1 stores any series of 32-bit integers.

mod alike;
mod decode;
mod encode;
mod fits;
mod lanes;
mod packing;
mod pairs;

pub use decode::{Check, decode};
pub use encode::{Encoded, encode};

/// Which of the two compressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Steim {
    /// Differences of 8, 16 or 32 bits.
    One,
    /// Differences of 4 to 30 bits.
    Two,
}

/// Bytes of a frame.
pub const FRAME_BYTES: usize = 64;

/// Why samples could not be decoded or encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SteimError {
    /// A word has a code that Steim-2 does not define.
    #[error("frame {frame}, word {word}: code {code:02b} with dnib {dnib:02b} is not Steim-2")]
    IllegalCode {
        /// Frame, from 0.
        frame: usize,
        /// Word in the frame, from 0.
        word: usize,
        /// Its two-bit code.
        code: u8,
        /// Its top two bits.
        dnib: u8,
    },
    /// The frames hold fewer samples than were asked for.
    #[error("the header claims {expected} samples, the frames hold {found}")]
    TooFewSamples {
        /// How many were asked for.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A difference does not fit into the 30 bits of Steim-2.
    #[error(
        "the difference to sample {index} is {difference}, beyond the 30 bits of Steim-2: use \
         Steim-1 or INT32"
    )]
    DifferenceTooLarge {
        /// Index of the later sample, from the first one given.
        index: usize,
        /// The difference.
        difference: i32,
    },
}
