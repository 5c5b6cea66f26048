//! Samples of a trace as 32-bit floats, with their minimum, maximum and mean, in one pass.

use seis_core::Samples;

use super::header::Header;
use super::variables::{DEPMAX, DEPMEN, DEPMIN};
use super::{ByteOrder, Error, Result};
use crate::vector::with_vectors;

/// DEPMIN, DEPMAX and DEPMEN of samples in their own type, before the rounding to 32 bits; `None`
/// without samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extrema {
    min: f64,
    max: f64,
    mean: f64,
}

impl Extrema {
    /// Sets the three variables, undefined without samples. (ObsPy stores NaN then.)
    pub(super) fn store(extrema: Option<Self>, header: &mut Header) {
        let undefined = Self { min: -12345.0, max: -12345.0, mean: -12345.0 };
        let values = extrema.unwrap_or(undefined);
        header.put_float(&DEPMIN, values.min);
        header.put_float(&DEPMAX, values.max);
        header.put_float(&DEPMEN, values.mean);
    }
}

/// Appends samples as 32-bit floats in a byte order.
///
/// # Errors
/// [`Error::NotNumeric`] for text; [`Error::Sample`] for the first number whose 32-bit float would
/// be infinite.
pub(super) fn encode(
    samples: &Samples,
    order: ByteOrder,
    out: &mut Vec<u8>,
) -> Result<Option<Extrema>> {
    out.reserve(samples.len() * 4);
    pass(samples, |block| extend(block, order, out))
}

/// Appends floats in a byte order, which is looked at once and not for each of them.
pub(super) fn extend(values: &[f32], order: ByteOrder, out: &mut Vec<u8>) {
    match order {
        ByteOrder::Little => out.extend(values.iter().flat_map(|v| v.to_bits().to_le_bytes())),
        ByteOrder::Big => out.extend(values.iter().flat_map(|v| v.to_bits().to_be_bytes())),
    }
}

/// The floats in bytes of an order; what is no whole float at the end is left out.
pub(super) fn decode(bytes: &[u8], order: ByteOrder) -> Vec<f32> {
    fn all(bytes: &[u8], bits: impl Fn([u8; 4]) -> u32) -> Vec<f32> {
        let four = |b: &[u8]| b.first_chunk().copied().unwrap_or_default();
        bytes.chunks_exact(4).map(|b| f32::from_bits(bits(four(b)))).collect()
    }
    match order {
        ByteOrder::Little => all(bytes, u32::from_le_bytes),
        ByteOrder::Big => all(bytes, u32::from_be_bytes),
    }
}

/// The samples as 32-bit floats.
///
/// # Errors
/// As [`encode`].
pub(super) fn singles(samples: &Samples) -> Result<(Vec<f32>, Option<Extrema>)> {
    let mut out = Vec::with_capacity(samples.len());
    let extrema = pass(samples, |block| out.extend_from_slice(block))?;
    Ok((out, extrema))
}

/// Minimum, maximum and mean of 32-bit samples.
pub(super) fn extrema(values: &[f32]) -> Option<Extrema> {
    values.first()?;
    let mut scan = Scan::new(values);
    let sum = pairwise(values, &mut |block| scan.block(block, &mut |_| {}));
    // NumPy divides the 32-bit sum by the count in double precision.
    let mean = f64::from((f64::from(0.0 + sum) / values.len() as f64) as f32);
    Some(scan.finish(mean))
}

fn pass(samples: &Samples, mut emit: impl FnMut(&[f32])) -> Result<Option<Extrema>> {
    if samples.is_empty() {
        return match samples {
            Samples::Text(_) => Err(Error::NotNumeric),
            _ => Ok(None),
        };
    }
    let count = samples.len() as f64;
    match samples {
        Samples::I32(values) => {
            let mut scan = Scan::new(values);
            let mut sum = 0.0;
            // NumPy converts integers to doubles 8192 at a time and adds up these parts.
            for part in values.chunks(8192) {
                sum += pairwise(part, &mut |block: &[i32]| scan.block(block, &mut emit));
            }
            Ok(Some(scan.finish(sum / count)))
        }
        Samples::F32(values) => {
            let mut scan = Scan::new(values);
            let sum = pairwise(values, &mut |block: &[f32]| scan.block(block, &mut emit));
            let mean = f64::from((f64::from(0.0 + sum) / count) as f32);
            Ok(Some(scan.finish(mean)))
        }
        Samples::F64(values) => {
            let mut scan = Scan::new(values);
            let sum = pairwise(values, &mut |block: &[f64]| scan.block(block, &mut emit));
            if scan.too_large {
                let found = values.iter().enumerate().find(|(_, v)| is_too_large(**v));
                let (index, value) = found.map_or((0, f64::NAN), |(i, v)| (i, *v));
                return Err(Error::Sample { index, value });
            }
            Ok(Some(scan.finish((0.0 + sum) / count)))
        }
        _ => Err(Error::NotNumeric),
    }
}

/// A finite double that rounds to an infinite float: from halfway between the largest float and
/// the power of two that would follow it.
fn is_too_large(value: f64) -> bool {
    const HALFWAY: f64 = (f32::MAX as f64) + (1_u128 << 103) as f64;
    (HALFWAY..f64::INFINITY).contains(&value.abs())
}

/// Samples that are added up in one go: NumPy's `PW_BLOCKSIZE`.
const BLOCK: usize = 128;

/// A number that samples are made of.
trait Number: Copy + PartialOrd {
    /// The type in which NumPy adds them up.
    type Sum: Copy + Default + std::ops::Add<Output = Self::Sum>;
    fn wide(self) -> Self::Sum;
    fn double(self) -> f64;
    fn single(self) -> f32;
    fn too_large(self) -> bool;
    /// −0, to which anything can be added without a change.
    const NOTHING: Self::Sum;
}

impl Number for i32 {
    type Sum = f64;
    const NOTHING: f64 = -0.0;
    fn wide(self) -> f64 {
        f64::from(self)
    }
    fn double(self) -> f64 {
        f64::from(self)
    }
    fn single(self) -> f32 {
        self as f32
    }
    fn too_large(self) -> bool {
        false
    }
}

impl Number for f32 {
    type Sum = Self;
    const NOTHING: Self = -0.0;
    fn wide(self) -> Self {
        self
    }
    fn double(self) -> f64 {
        f64::from(self)
    }
    fn single(self) -> Self {
        self
    }
    fn too_large(self) -> bool {
        false
    }
}

impl Number for f64 {
    type Sum = Self;
    const NOTHING: Self = -0.0;
    fn wide(self) -> Self {
        self
    }
    fn double(self) -> Self {
        self
    }
    fn single(self) -> f32 {
        self as f32
    }
    fn too_large(self) -> bool {
        is_too_large(self)
    }
}

/// Adds up as NumPy does (`pairwise_sum` in `numpy/_core/src/umath/loops_utils.h.src`): halves, of
/// which the first is a multiple of eight, down to blocks of at most 128. `block` sums one.
fn pairwise<T: Number>(values: &[T], block: &mut impl FnMut(&[T]) -> T::Sum) -> T::Sum {
    if values.len() <= BLOCK {
        return block(values);
    }
    let half = values.len() / 2;
    let (first, second) = values.split_at(half - half % 8);
    let first = pairwise(first, block);
    first + pairwise(second, block)
}

/// Eight running minima and maxima, so that the loops can be vectorised.
struct Scan<'a, T> {
    values: &'a [T],
    min: [T; 8],
    max: [T; 8],
    too_large: bool,
}

impl<'a, T: Number> Scan<'a, T> {
    /// `values` must not be empty. If the first is NaN both stay NaN, as with Python's `min`,
    /// since nothing compares with it; a NaN further on is never smaller or larger.
    fn new(values: &'a [T]) -> Self {
        let first = values[0];
        Self { values, min: [first; 8], max: [first; 8], too_large: false }
    }

    /// Takes one block: its floats go to `emit`, its sum is returned.
    fn block(&mut self, block: &[T], emit: &mut impl FnMut(&[f32])) -> T::Sum {
        let mut singles = [0_f32; BLOCK];
        let sum = with_vectors(
            #[inline(always)]
            || self.convert(block, &mut singles),
        );
        emit(singles.get(..block.len()).unwrap_or_default());
        sum
    }

    #[inline(always)]
    fn convert(&mut self, block: &[T], singles: &mut [f32; BLOCK]) -> T::Sum {
        for (to, from) in singles.iter_mut().zip(block) {
            *to = from.single();
        }
        self.too_large |= block.iter().fold(false, |any, v| any | v.too_large());

        // In variables of their own, so that they stay in registers.
        let (mut min, mut max) = (self.min, self.max);
        let eights = block.chunks_exact(8);
        let rest = eights.remainder();
        let mut lanes = [T::NOTHING; 8];
        for eight in eights.filter_map(|e| e.first_chunk::<8>()) {
            for i in 0..8 {
                let v = eight[i];
                min[i] = if v < min[i] { v } else { min[i] };
                max[i] = if v > max[i] { v } else { max[i] };
                lanes[i] = lanes[i] + v.wide();
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        let mut sum = match block.len() {
            0..8 => T::NOTHING,
            _ => ((a + b) + (c + d)) + ((e + f) + (g + h)),
        };
        for v in rest {
            min[0] = if *v < min[0] { *v } else { min[0] };
            max[0] = if *v > max[0] { *v } else { max[0] };
            sum = sum + v.wide();
        }
        (self.min, self.max) = (min, max);
        sum
    }

    fn finish(&self, mean: f64) -> Extrema {
        let min = self.min.iter().fold(self.min[0], |m, v| if *v < m { *v } else { m });
        let max = self.max.iter().fold(self.max[0], |m, v| if *v > m { *v } else { m });
        Extrema { min: self.first_zero(min), max: self.first_zero(max), mean }
    }

    /// Of 0 and −0, which compare equal, Python's `min` and `max` keep the one that came first.
    fn first_zero(&self, extremum: T) -> f64 {
        let extremum = extremum.double();
        if extremum == 0.0 {
            let zero = self.values.iter().map(|v| v.double()).find(|v| *v == 0.0);
            return zero.unwrap_or(extremum);
        }
        extremum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(samples: impl Into<Samples>) -> Extrema {
        let samples = samples.into();
        let mut bytes = Vec::new();
        let a = encode(&samples, ByteOrder::Little, &mut bytes).unwrap().unwrap();
        let (values, b) = singles(&samples).unwrap();
        assert_eq!(format!("{a:?}"), format!("{:?}", b.unwrap()));
        let again: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(bytes, again);
        a
    }

    #[test]
    fn not_a_number_counts_only_in_front() {
        // numpy 2.4: min(np.array([1, nan, 3])) = 1, min(np.array([nan, 1])) = nan.
        let e = both(vec![1.0, f64::NAN, 3.0]);
        assert_eq!((e.min, e.max), (1.0, 3.0));
        assert!(e.mean.is_nan());
        let e = both(vec![f64::NAN, 1.0]);
        assert!(e.min.is_nan() && e.max.is_nan());
        let mut long = vec![0.5_f64; 1000];
        (long[3], long[500], long[999]) = (f64::NAN, -7.0, 9.0);
        let e = both(long);
        assert_eq!((e.min, e.max), (-7.0, 9.0));
    }

    #[test]
    fn the_first_of_two_zeros_is_kept() {
        let mut v = vec![0.0_f64; 40];
        v[0] = -0.0;
        let e = both(v.clone());
        assert!(e.min.is_sign_negative() && e.max.is_sign_negative());
        v[0] = 0.0;
        v[1] = -0.0;
        let e = both(v);
        assert!(e.min.is_sign_positive() && e.max.is_sign_positive());
    }

    #[test]
    fn numbers_beyond_singles_are_refused() {
        let mut v = vec![1.0_f64; 300];
        v[200] = 3.5e38;
        assert!(matches!(
            singles(&v.clone().into()),
            Err(Error::Sample { index: 200, value: 3.5e38 })
        ));
        // A NaN in front must not hide it.
        v[0] = f64::NAN;
        assert!(matches!(singles(&v.into()), Err(Error::Sample { index: 200, .. })));
        for v in [3.402_823_4e38_f64, 3.402_823_5e38, 3.402_823_56e38, 3.402_823_57e38, 3.403e38] {
            let rounds_to_infinity = (v as f32).is_infinite();
            for v in [v, -v, f64::from_bits(v.to_bits() + 1)] {
                assert_eq!(is_too_large(v), (v as f32).is_infinite(), "{v:e}");
            }
            assert_eq!(singles(&vec![v].into()).is_err(), rounds_to_infinity);
        }
        let halfway = f64::from(f32::MAX) + 2.0_f64.powi(103);
        assert!(is_too_large(halfway) && (halfway as f32).is_infinite());
        let below = f64::from_bits(halfway.to_bits() - 1);
        assert!(!is_too_large(below) && (below as f32) == f32::MAX);
        // Rounds down to the largest float; infinity is one.
        assert!(singles(&vec![3.402_823_5e38_f64, f64::INFINITY].into()).is_ok());
        assert!(matches!(singles(&Samples::Text(Vec::new())), Err(Error::NotNumeric)));
        assert!(matches!(singles(&Samples::Text(vec![1])), Err(Error::NotNumeric)));
        assert_eq!(singles(&Samples::default()).unwrap(), (vec![], None));
    }

    #[test]
    fn pairwise_sums_equal_numpy() {
        // numpy 2.4.6: x = (np.arange(n) * 0.1) ** 2; np.mean(x).hex()
        let square = |n: u32| (0..n).map(|i| (f64::from(i) * 0.1).powi(2)).collect::<Vec<f64>>();
        for (n, bits) in NUMPY_MEANS {
            assert_eq!(both(square(n)).mean.to_bits(), bits, "{n}");
        }
    }

    /// (length, bits of the mean by numpy 2.4.6).
    const NUMPY_MEANS: [(u32, u64); 5] = [
        (1, 0x0),
        (7, 0x3fc0_a3d7_0a3d_70a5),
        (8, 0x3fc6_6666_6666_6668),
        (129, 0x404b_69d0_369d_036b),
        (12_001, 0x411d_4c50_0000_0001),
    ];
}
