//! Eight numbers at a time, with the instructions that the processor has.
//!
//! Programs are built for any processor of their kind; what this one can do is found out as they
//! run. Both ways give the same numbers.

use super::FRAME_BYTES;
use super::decode::Shape;
use super::encode::Packing;
use super::pairs::PairShape;

/// The operations that are worth a choice.
pub(super) trait Lanes: Copy {
    /// Whether it pays to unpack two words at a time.
    const PAIRS: bool;

    /// The codes and dnibs of each two words of a Steim-2 frame: four bits of codes above four of
    /// dnibs, the first word's on the left.
    fn pair_indices<const BIG: bool>(self, frame: &[u8; FRAME_BYTES], codes: u32) -> [u64; 8];

    /// The fields of two words, first to last; rubbish behind the last.
    fn unpack_pair(self, words: [u8; 8], shape: &PairShape) -> [i32; 8];

    /// The fields of a word, first to last; rubbish behind the last.
    fn unpack(self, word: u32, shape: &Shape) -> [i32; 8];

    /// The differences packed into a word, without dnib.
    fn pack(self, differences: [i32; 8], packing: &Packing) -> u32;

    /// Sums up: each number becomes the sum of all up to it. Gives the last.
    fn sum_up(self, numbers: &mut [i32]) -> i32;
}

/// Something that is done with lanes.
pub(super) trait Kernel {
    type Output;

    /// Implementations are to be `#[inline(always)]`, and what they call: so they become part of
    /// a function that is compiled for the instructions of the lanes.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// Does it with the best lanes that this processor has.
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        struct OnV3<K>(pulp::x86::V3, K);
        impl<K: Kernel> pulp::NullaryFnOnce for OnV3<K> {
            type Output = K::Output;

            #[inline(always)]
            fn call(self) -> K::Output {
                self.1.run(self.0)
            }
        }
        return v3.vectorize(OnV3(v3, kernel));
    }
    kernel.run(Portable)
}

/// What the compiler makes of plain Rust: SSE2 or NEON.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Lanes for Portable {
    // Without a way to move bytes at will it would be done lane by lane.
    const PAIRS: bool = false;

    #[inline(always)]
    fn pair_indices<const BIG: bool>(self, frame: &[u8; FRAME_BYTES], codes: u32) -> [u64; 8] {
        let mut indices = [0; 8];
        for (i, (index, bytes)) in indices.iter_mut().zip(frame.chunks_exact(8)).enumerate() {
            let (first, second) = if BIG { (bytes[0], bytes[4]) } else { (bytes[3], bytes[7]) };
            let codes = codes >> (28 - 4 * i) & 15;
            *index = u64::from(codes << 4 | u32::from(first >> 6 << 2 | second >> 6));
        }
        indices
    }

    #[inline(always)]
    fn unpack_pair(self, words: [u8; 8], shape: &PairShape) -> [i32; 8] {
        let mut fields = [0; 8];
        for (lane, field) in fields.iter_mut().enumerate() {
            let byte = |i: usize| words[usize::from(shape.bytes[4 * lane + i] & 7)];
            let word = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
            *field = (word << shape.up[lane]) as i32 >> shape.down[lane];
        }
        fields
    }

    #[inline(always)]
    fn unpack(self, word: u32, shape: &Shape) -> [i32; 8] {
        // SSE2 has one shift for all lanes: a product instead, and all shifts down are the same.
        let down = shape.down[0];
        shape.scale.map(|scale| (word.wrapping_mul(scale) as i32).wrapping_shr(down))
    }

    #[inline(always)]
    fn pack(self, differences: [i32; 8], packing: &Packing) -> u32 {
        let places = differences.iter().zip(packing.scale);
        places.fold(0, |word, (difference, scale)| {
            word | (*difference as u32 & packing.mask).wrapping_mul(scale)
        })
    }

    #[inline(always)]
    fn sum_up(self, numbers: &mut [i32]) -> i32 {
        let mut last = 0_i32;
        let mut fours = numbers.chunks_exact_mut(4);
        // Partial sums do not wait for each other: one addition of latency for four numbers.
        for four in &mut fours {
            let front = four[0].wrapping_add(four[1]);
            let back = four[2].wrapping_add(four[3]);
            four[0] = last.wrapping_add(four[0]);
            four[1] = last.wrapping_add(front);
            four[2] = last.wrapping_add(front.wrapping_add(four[2]));
            last = last.wrapping_add(front.wrapping_add(back));
            four[3] = last;
        }
        one_by_one(last, fours.into_remainder())
    }
}

/// Sums up from `last` on.
#[inline(always)]
fn one_by_one(mut last: i32, numbers: &mut [i32]) -> i32 {
    for number in numbers {
        last = last.wrapping_add(*number);
        *number = last;
    }
    last
}

/// AVX2: x86-64 processors since about 2013.
#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    const PAIRS: bool = true;

    #[inline(always)]
    fn pair_indices<const BIG: bool>(self, frame: &[u8; FRAME_BYTES], codes: u32) -> [u64; 8] {
        let Self { avx, avx2, .. } = self;
        let halves: [[u8; 32]; 2] = pulp::cast(*frame);
        // Both dnibs of a word of 64 bits, one above the other in its lowest four.
        let dnibs = |words| {
            let words = pulp::cast(words);
            let (first, second) = if BIG {
                (avx2._mm256_srli_epi64::<4>(words), avx2._mm256_srli_epi64::<38>(words))
            } else {
                (avx2._mm256_srli_epi64::<28>(words), avx2._mm256_srli_epi64::<62>(words))
            };
            let first = avx2._mm256_and_si256(first, avx._mm256_set1_epi64x(12));
            let second = avx2._mm256_and_si256(second, avx._mm256_set1_epi64x(3));
            avx2._mm256_or_si256(first, second)
        };
        let codes = avx._mm256_set1_epi64x(i64::from(codes) << 4);
        let nibbles = |down: [u64; 4]| {
            let nibbles = avx2._mm256_srlv_epi64(codes, pulp::cast(down));
            avx2._mm256_and_si256(nibbles, avx._mm256_set1_epi64x(0xf0))
        };
        let front = avx2._mm256_or_si256(dnibs(halves[0]), nibbles([28, 24, 20, 16]));
        let back = avx2._mm256_or_si256(dnibs(halves[1]), nibbles([12, 8, 4, 0]));
        pulp::cast([front, back])
    }

    #[inline(always)]
    fn unpack_pair(self, words: [u8; 8], shape: &PairShape) -> [i32; 8] {
        let both = self.avx._mm256_set1_epi64x(i64::from_le_bytes(words));
        let moved = self.avx2._mm256_shuffle_epi8(both, pulp::cast(shape.bytes));
        let at_top = self.avx2._mm256_sllv_epi32(moved, pulp::cast(shape.up));
        pulp::cast(self.avx2._mm256_srav_epi32(at_top, pulp::cast(shape.down)))
    }

    #[inline(always)]
    fn unpack(self, word: u32, shape: &Shape) -> [i32; 8] {
        let word = self.avx._mm256_set1_epi32(word as i32);
        let at_top = self.avx2._mm256_sllv_epi32(word, pulp::cast(shape.up));
        pulp::cast(self.avx2._mm256_srav_epi32(at_top, pulp::cast(shape.down)))
    }

    #[inline(always)]
    fn pack(self, differences: [i32; 8], packing: &Packing) -> u32 {
        let mask = self.avx._mm256_set1_epi32(packing.mask as i32);
        let kept = self.avx2._mm256_and_si256(pulp::cast(differences), mask);
        let placed = self.avx2._mm256_mullo_epi32(kept, pulp::cast(packing.scale));
        let [front, back]: [std::arch::x86_64::__m128i; 2] = pulp::cast(placed);
        let four = self.sse2._mm_or_si128(front, back);
        let two = self.sse2._mm_or_si128(four, self.sse2._mm_shuffle_epi32::<0b01_00_11_10>(four));
        let one = self.sse2._mm_or_si128(two, self.sse2._mm_shuffle_epi32::<0b00_00_00_01>(two));
        self.sse2._mm_cvtsi128_si32(one) as u32
    }

    #[inline(always)]
    fn sum_up(self, numbers: &mut [i32]) -> i32 {
        let avx2 = self.avx2;
        let last_of_eight = pulp::cast([7_i32; 8]);
        let mut last = self.avx._mm256_setzero_si256();
        let mut eights = numbers.chunks_exact_mut(8);
        for eight in &mut eights {
            let Ok(eight) = <&mut [i32; 8]>::try_from(eight) else { break };
            // Within each half of the register, then the front half's sum to the back half.
            let mut sums = pulp::cast(*eight);
            sums = avx2._mm256_add_epi32(sums, avx2._mm256_slli_si256::<4>(sums));
            sums = avx2._mm256_add_epi32(sums, avx2._mm256_slli_si256::<8>(sums));
            let front = avx2._mm256_permute2x128_si256::<0x08>(sums, sums);
            sums = avx2._mm256_add_epi32(sums, avx2._mm256_shuffle_epi32::<0xff>(front));
            *eight = pulp::cast(avx2._mm256_add_epi32(last, sums));
            // Only this addition waits for the eight before.
            let total = avx2._mm256_permutevar8x32_epi32(sums, last_of_eight);
            last = avx2._mm256_add_epi32(last, total);
        }
        let last: [i32; 8] = pulp::cast(last);
        one_by_one(last[0], eights.into_remainder())
    }
}
