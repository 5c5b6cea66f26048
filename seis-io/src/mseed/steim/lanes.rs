//! Eight numbers at a time, with the instructions that the processor has.
//!
//! Programs are built for any processor of their kind; what this one can do is found out as they
//! run. Both ways give the same numbers.

use super::FRAME_BYTES;
use super::decode::Shape;
use super::fits::{PLACES, Window};
use super::packing::Word;
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

    /// How wide the differences in a window are: x, or its complement if it is negative, in 15
    /// bits, or all of these if it has more; of `x >> 1` unless `WHOLE`. In an order of the lanes'
    /// choice within each 32. Gives the bits that any of them has.
    fn magnitudes<const WHOLE: bool>(
        self,
        window: &Window,
        magnitudes: &mut [[u16; 32]; PLACES / 32],
    ) -> u16;

    /// What [`magnitudes`](Self::magnitudes) gave, at most 255, in the order of the differences.
    fn low(self, magnitudes: &[u16; 32]) -> [u8; 32];

    /// The bits from the seventh of what [`magnitudes`](Self::magnitudes) gave, in the order of the
    /// differences.
    fn high(self, magnitudes: &[u16; 32]) -> [u8; 32];

    /// The words.
    fn pack_four(self, words: [Word<'_>; 4]) -> [u32; 4];

    /// Sums up: each number becomes the sum of all up to it.
    fn sum_up(self, numbers: &mut [i32]);
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
    fn magnitudes<const WHOLE: bool>(
        self,
        window: &Window,
        magnitudes: &mut [[u16; 32]; PLACES / 32],
    ) -> u16 {
        let mut all = 0;
        for (i, magnitude) in magnitudes.as_flattened_mut().iter_mut().enumerate() {
            let difference = window[i + 1].wrapping_sub(window[i]);
            let scaled = if WHOLE { difference } else { difference >> 1 };
            let narrow = scaled.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            *magnitude = (narrow ^ (narrow >> 15)) as u16;
            all |= *magnitude;
        }
        all
    }

    #[inline(always)]
    fn low(self, magnitudes: &[u16; 32]) -> [u8; 32] {
        magnitudes.map(|magnitude| magnitude.min(255) as u8)
    }

    #[inline(always)]
    fn high(self, magnitudes: &[u16; 32]) -> [u8; 32] {
        magnitudes.map(|magnitude| (magnitude >> 7) as u8)
    }

    #[inline(always)]
    fn pack_four(self, words: [Word<'_>; 4]) -> [u32; 4] {
        let mut packed = [0; 4];
        for (packed, word) in packed.iter_mut().zip(words) {
            let (before, after) = word.around();
            let packing = word.packing;
            *packed = packing.dnib[7];
            for lane in 0..8 {
                let difference = after[lane].wrapping_sub(before[lane]) as u32;
                *packed |= (difference & packing.mask[lane]).wrapping_mul(packing.scale[lane]);
            }
        }
        packed
    }

    #[inline(always)]
    fn sum_up(self, numbers: &mut [i32]) {
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
        let _ = one_by_one(last, fours.into_remainder());
    }
}

/// Sums up from `last` on; gives the new last.
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
    fn magnitudes<const WHOLE: bool>(
        self,
        window: &Window,
        magnitudes: &mut [[u16; 32]; PLACES / 32],
    ) -> u16 {
        let Self { avx, avx2, .. } = self;
        let mut all = avx._mm256_setzero_si256();
        for (i, magnitudes) in magnitudes.iter_mut().enumerate() {
            let a = eight_differences::<WHOLE>(self, window, 32 * i);
            let b = eight_differences::<WHOLE>(self, window, 32 * i + 8);
            let c = eight_differences::<WHOLE>(self, window, 32 * i + 16);
            let d = eight_differences::<WHOLE>(self, window, 32 * i + 24);
            // Within each half of the registers.
            let ab = avx2._mm256_packs_epi32(a, b);
            let cd = avx2._mm256_packs_epi32(c, d);
            let ab = avx2._mm256_xor_si256(ab, avx2._mm256_srai_epi16::<15>(ab));
            let cd = avx2._mm256_xor_si256(cd, avx2._mm256_srai_epi16::<15>(cd));
            all = avx2._mm256_or_si256(all, avx2._mm256_or_si256(ab, cd));
            *magnitudes = pulp::cast([ab, cd]);
        }
        let all: [u16; 16] = pulp::cast(all);
        all.into_iter().fold(0, |all, some| all | some)
    }

    #[inline(always)]
    fn low(self, magnitudes: &[u16; 32]) -> [u8; 32] {
        let [ab, cd]: [std::arch::x86_64::__m256i; 2] = pulp::cast(*magnitudes);
        in_order(self, self.avx2._mm256_packus_epi16(ab, cd))
    }

    #[inline(always)]
    fn high(self, magnitudes: &[u16; 32]) -> [u8; 32] {
        let [ab, cd]: [std::arch::x86_64::__m256i; 2] = pulp::cast(*magnitudes);
        let (ab, cd) = (self.avx2._mm256_srli_epi16::<7>(ab), self.avx2._mm256_srli_epi16::<7>(cd));
        in_order(self, self.avx2._mm256_packus_epi16(ab, cd))
    }

    #[inline(always)]
    fn pack_four(self, words: [Word<'_>; 4]) -> [u32; 4] {
        let Self { avx, avx2, sse2, .. } = self;
        // The lanes of a word have no bits in common. Joined two by two, as a matrix is turned.
        let (a, b) = (in_place(self, words[0]), in_place(self, words[1]));
        let (front, back) = (avx2._mm256_unpacklo_epi32(a, b), avx2._mm256_unpackhi_epi32(a, b));
        let ab = avx2._mm256_or_si256(front, back);
        let (c, d) = (in_place(self, words[2]), in_place(self, words[3]));
        let (front, back) = (avx2._mm256_unpacklo_epi32(c, d), avx2._mm256_unpackhi_epi32(c, d));
        let cd = avx2._mm256_or_si256(front, back);
        let (front, back) =
            (avx2._mm256_unpacklo_epi64(ab, cd), avx2._mm256_unpackhi_epi64(ab, cd));
        let all = avx2._mm256_or_si256(front, back);
        let back = avx2._mm256_extracti128_si256::<1>(all);
        pulp::cast(sse2._mm_or_si128(avx._mm256_castsi256_si128(all), back))
    }

    #[inline(always)]
    fn sum_up(self, numbers: &mut [i32]) {
        // Parts that stay in the nearest cache.
        let mut last = 0;
        for part in numbers.chunks_mut(1024) {
            last = sum_up_in_halves(self, last, part);
        }
    }
}

/// Sums up from `last` on: the second half of the numbers beside the first, in the other half of a
/// register, so that nothing goes across. Its numbers get the sum of the first half later. Gives
/// the new last.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn sum_up_in_halves(v3: pulp::x86::V3, last: i32, numbers: &mut [i32]) -> i32 {
    let avx2 = v3.avx2;
    let half = numbers.len() / 8 * 4;
    let (front, rest) = numbers.split_at_mut(half);
    let (back, rest) = rest.split_at_mut(half);
    let mut lasts = pulp::cast([last, last, last, last, 0, 0, 0, 0]);
    for (front, back) in front.chunks_exact_mut(4).zip(back.chunks_exact_mut(4)) {
        let (Ok(front), Ok(back)) = (<&mut [i32; 4]>::try_from(front), back.try_into()) else {
            break;
        };
        let back: &mut [i32; 4] = back;
        let mut sums = pulp::cast([*front, *back]);
        sums = avx2._mm256_add_epi32(sums, avx2._mm256_slli_si256::<4>(sums));
        sums = avx2._mm256_add_epi32(sums, avx2._mm256_slli_si256::<8>(sums));
        let totals = avx2._mm256_shuffle_epi32::<0xff>(sums);
        sums = avx2._mm256_add_epi32(sums, lasts);
        // Only this addition waits for the ones before.
        lasts = avx2._mm256_add_epi32(lasts, totals);
        [*front, *back] = pulp::cast(sums);
    }
    let last = front.last().copied().unwrap_or(last);
    for number in &mut *back {
        *number = number.wrapping_add(last);
    }
    one_by_one(back.last().copied().unwrap_or(last), rest)
}

/// Eight differences from a place on; halved unless `WHOLE`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn eight_differences<const WHOLE: bool>(
    v3: pulp::x86::V3,
    window: &Window,
    at: usize,
) -> std::arch::x86_64::__m256i {
    let (mut before, mut after) = ([0; 8], [0; 8]);
    before.copy_from_slice(&window[at..at + 8]);
    after.copy_from_slice(&window[at + 1..at + 9]);
    let differences = v3.avx2._mm256_sub_epi32(pulp::cast(after), pulp::cast(before));
    if WHOLE { differences } else { v3.avx2._mm256_srai_epi32::<1>(differences) }
}

/// Bytes that were narrowed twice within each half of a register.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn in_order(v3: pulp::x86::V3, bytes: std::arch::x86_64::__m256i) -> [u8; 32] {
    let order = pulp::cast([0_i32, 4, 1, 5, 2, 6, 3, 7]);
    pulp::cast(v3.avx2._mm256_permutevar8x32_epi32(bytes, order))
}

/// The differences of a word, each at its place in its lane.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn in_place(v3: pulp::x86::V3, word: Word<'_>) -> std::arch::x86_64::__m256i {
    let avx2 = v3.avx2;
    let (before, after) = word.around();
    let differences = avx2._mm256_sub_epi32(pulp::cast(after), pulp::cast(before));
    let kept = avx2._mm256_and_si256(differences, pulp::cast(word.packing.mask));
    let placed = avx2._mm256_sllv_epi32(kept, pulp::cast(word.packing.up));
    avx2._mm256_or_si256(placed, pulp::cast(word.packing.dnib))
}
