//! How differences are packed into a word, by their number.

use super::fits::{PLACES, Window};

/// How a number of differences is packed into a word.
#[derive(Debug, Clone, Copy)]
#[repr(align(128))]
pub(super) struct Packing {
    /// Bits by which each difference goes up to its place; 32, which leaves nothing of it, beyond
    /// the number that is packed.
    pub(super) up: [u32; 8],
    /// Two to the power of `up`, for lanes that have no shift of their own; zero beyond.
    pub(super) scale: [u32; 8],
    /// The bits of a difference that are kept.
    pub(super) mask: [u32; 8],
    /// The dnib, at the top of the last, which no difference uses.
    pub(super) dnib: [u32; 8],
}

/// Packings, and the two-bit codes of the words, by the number of differences. Zero packs nothing;
/// other numbers that a compression does not have are never asked for.
pub(super) struct Packings {
    pub(super) words: [Packing; 8],
    pub(super) codes: [u32; 8],
}

impl Packings {
    const fn with(mut self, number: usize, bits: u32, code: u32, dnib: u32) -> Self {
        self.codes[number] = code;
        let packing = &mut self.words[number];
        packing.mask = [if bits == 32 { u32::MAX } else { (1 << bits) - 1 }; 8];
        packing.dnib[7] = dnib << 30;
        let mut i = 0;
        while i < number {
            // The last difference ends at the lowest bit.
            packing.up[i] = (number - 1 - i) as u32 * bits;
            packing.scale[i] = 1 << packing.up[i];
            i += 1;
        }
        self
    }

    /// With the differences of a word in reverse, as libmseed has bytes and Steim-1's halves in
    /// little-endian words (see the decoder's shapes).
    const fn reversed(mut self, number: usize) -> Self {
        let forth = self.words[number];
        let mut i = 0;
        while i < number {
            self.words[number].up[i] = forth.up[number - 1 - i];
            self.words[number].scale[i] = forth.scale[number - 1 - i];
            i += 1;
        }
        self
    }
}

const NOTHING: Packing = Packing { up: [32; 8], scale: [0; 8], mask: [0; 8], dnib: [0; 8] };
const EMPTY: Packings = Packings { words: [NOTHING; 8], codes: [0; 8] };
const STEIM1: Packings = EMPTY.with(1, 32, 3, 0).with(2, 16, 2, 0).with(4, 8, 1, 0);
const STEIM2: Packings = EMPTY
    .with(1, 30, 2, 1)
    .with(2, 15, 2, 2)
    .with(3, 10, 2, 3)
    .with(4, 8, 1, 0)
    .with(5, 6, 3, 0)
    .with(6, 5, 3, 1)
    .with(7, 4, 3, 2);

pub(super) static STEIM1_BIG: Packings = STEIM1;
pub(super) static STEIM1_LITTLE: Packings = STEIM1.reversed(2).reversed(4);
pub(super) static STEIM2_BIG: Packings = STEIM2;
pub(super) static STEIM2_LITTLE: Packings = STEIM2.reversed(4);

/// A word to be packed, of the differences in a window of the samples.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) window: &'a Window,
    /// Where its differences start.
    pub(super) at: usize,
    pub(super) packing: &'a Packing,
}

impl Word<'_> {
    /// The samples before each of the differences that the word may take, and those after them.
    #[inline(always)]
    pub(super) fn around(&self) -> ([i32; 8], [i32; 8]) {
        let (mut before, mut after) = ([0; 8], [0; 8]);
        // The mask changes nothing; it spares checks of the bounds.
        let at = self.at & (PLACES - 1);
        before.copy_from_slice(&self.window[at..at + 8]);
        after.copy_from_slice(&self.window[at + 1..at + 9]);
        (before, after)
    }
}
