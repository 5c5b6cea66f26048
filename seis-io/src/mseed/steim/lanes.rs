//! Eight numbers at a time, with the instructions that the processor has.
//!
//! Programs are built for any processor of their kind; what this one can do is found out as they
//! run. Both ways give the same numbers.

use super::decode::Shape;
use super::encode::Packing;

/// The operations that are worth a choice.
pub(super) trait Lanes: Copy {
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
    #[inline(always)]
    fn unpack(self, word: u32, shape: &Shape) -> [i32; 8] {
        // SSE2 has one shift for all lanes. All shifts are the same where they matter.
        let shift = shape.shift[0];
        shape.scale.map(|scale| (word.wrapping_mul(scale) as i32).wrapping_shr(shift))
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
    #[inline(always)]
    fn unpack(self, word: u32, shape: &Shape) -> [i32; 8] {
        let word = self.avx._mm256_set1_epi32(word as i32);
        let at_top = self.avx2._mm256_mullo_epi32(word, pulp::cast(shape.scale));
        pulp::cast(self.avx2._mm256_srav_epi32(at_top, pulp::cast(shape.shift)))
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
