//! Two words at a time, where both hold at most four differences.

use super::FRAME_BYTES;
use super::decode::{Shape, Unpack};
use super::lanes::Lanes;

/// How two words are unpacked into eight lanes.
#[derive(Debug, Clone, Copy)]
#[repr(align(128))]
pub(super) struct PairShape {
    /// Which of the eight bytes goes to which byte of the lanes, lowest first.
    pub(super) bytes: [u8; 32],
    /// Bits by which each field is shifted up to the top of its lane.
    pub(super) up: [u32; 8],
    /// Bits by which it comes down again, with its sign.
    pub(super) down: [u32; 8],
    /// How many fields there are, as in [`Shape`].
    fields: u32,
}

/// Shapes of pairs in Steim-1, by the codes of both words, and in Steim-2, by codes and dnibs.
pub(super) const STEIM1: usize = 16;
pub(super) const STEIM2: usize = 256;

/// The shapes of pairs, of those of words.
pub(super) const fn shapes<const N: usize>(words: &[Shape; 16], big: bool) -> [PairShape; N] {
    let empty = PairShape { bytes: [0; 32], up: [0; 8], down: [0; 8], fields: 0 };
    let mut shapes = [empty; N];
    let mut index = 0;
    while index < N {
        let (codes, dnibs) = if N == STEIM2 { (index >> 4, index & 15) } else { (index, 0) };
        let pair = &mut shapes[index];
        let mut lane = 0;
        let mut second = 0;
        while second < 2 {
            // The first word has the higher two bits of both.
            let of = 2 - 2 * second;
            let word = &words[(codes >> of & 3) << 2 | dnibs >> of & 3];
            let mut field = 0;
            // Words of more fields do not come here.
            while word.fields <= 4 && field < word.fields as usize {
                let mut byte = 0;
                while byte < 4 {
                    let from = if big { 3 - byte } else { byte };
                    pair.bytes[4 * lane + byte] = (4 * second + from) as u8;
                    byte += 1;
                }
                pair.up[lane] = word.up[field];
                pair.down[lane] = word.down[field];
                lane += 1;
                field += 1;
            }
            pair.fields += word.fields;
            second += 1;
        }
        index += 1;
    }
    shapes
}

/// Two words at a time, none of which may hold more than four differences; `N` is [`STEIM1`] or
/// [`STEIM2`].
pub(super) struct Pairs<'a, const BIG: bool, const N: usize>(pub(super) &'a [PairShape; N]);

/// Room for the differences of a frame (at most 15 × 4), for the rubbish behind them, and for any
/// index of six bits.
pub(super) const WINDOW: usize = 64 + 8;

impl<const BIG: bool, const N: usize> Unpack<WINDOW> for Pairs<'_, BIG, N> {
    #[inline(always)]
    fn unpack<L: Lanes>(
        &self,
        lanes: L,
        frame: &[u8; FRAME_BYTES],
        codes: u32,
        differences: &mut [i32; WINDOW],
    ) -> usize {
        let mut indices = [0_u64; 8];
        if N == STEIM2 {
            indices = lanes.pair_indices::<BIG>(frame, codes);
        } else {
            for (i, index) in indices.iter_mut().enumerate() {
                *index = u64::from(codes >> (28 - 4 * i)) & 15;
            }
        }
        let mut found = 0;
        for (bytes, index) in frame.chunks_exact(8).zip(indices) {
            let mut pair = [0; 8];
            pair.copy_from_slice(bytes);
            let shape = &self.0[index as usize & (N - 1)];
            // The mask changes nothing for legal frames; it spares the check of the bounds.
            let at = found & 63;
            differences[at..at + 8].copy_from_slice(&lanes.unpack_pair(pair, shape));
            found += shape.fields as usize;
        }
        found
    }
}
