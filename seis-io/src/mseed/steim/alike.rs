//! Frames whose words are all of one shape, as they are where data are quiet (Steim-1) or loud.
//!
//! They are worth a branch of their own: without a look at each word they take a tenth of the
//! instructions.

use super::decode::{Unpack, words};
use super::lanes::Lanes;
use super::{FRAME_BYTES, pairs};

/// The codes of a frame all of whose words have code 01, 10 or 11.
const ALL_BYTES: u32 = 0x1555_5555;
const ALL_TWOS: u32 = 0x2aaa_aaaa;
const ALL_THREES: u32 = 0x3fff_ffff;

/// Whether [`Alike`] is worth a try.
#[inline(always)]
pub(super) fn is(codes: u32) -> bool {
    matches!(codes, ALL_BYTES | ALL_TWOS | ALL_THREES)
}

/// The words of a frame that are all of one shape; none at all of another frame. `N` as of
/// [`pairs::Pairs`].
pub(super) struct Alike<const BIG: bool, const N: usize>;

impl<const BIG: bool, const N: usize> Unpack<64> for Alike<BIG, N> {
    #[inline(always)]
    fn unpack<L: Lanes>(
        &self,
        _: L,
        frame: &[u8; FRAME_BYTES],
        codes: u32,
        differences: &mut [i32; 64],
    ) -> usize {
        let words = words::<BIG>(frame);
        match codes {
            ALL_BYTES => {
                // In the order of the file, in both byte orders.
                for (i, difference) in differences.iter_mut().take(60).enumerate() {
                    *difference = i32::from(frame[4 + i] as i8);
                }
                60
            }
            ALL_THREES if N == pairs::STEIM1 => {
                for i in 1..16 {
                    differences[i - 1] = words[i] as i32;
                }
                15
            }
            // Dnib 01.
            ALL_TWOS if N == pairs::STEIM2 => {
                let mut thirties = u32::MAX;
                for word in &words[1..] {
                    thirties &= word ^ 0x8000_0000;
                }
                for i in 1..16 {
                    differences[i - 1] = (words[i] << 2) as i32 >> 2;
                }
                if thirties >> 30 == 3 { 15 } else { 0 }
            }
            _ => 0,
        }
    }
}
