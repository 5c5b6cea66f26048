//! Sums whose rounding errors grow with the logarithm of their length.

use crate::{Error, Result, SampleView};

/// Below this, eight running sums; above, halves. The numbers are NumPy's (`pairwise_sum` in
/// `loops_utils.h.src`), so that means agree with `numpy.mean` to the last bit.
const BLOCK: usize = 128;

/// A number that a kernel reads.
pub(crate) trait Number: Copy {
    fn f64(self) -> f64;
}

impl Number for f64 {
    #[inline(always)]
    fn f64(self) -> f64 {
        self
    }
}

impl Number for f32 {
    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }
}

impl Number for i32 {
    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }
}

/// The sum as `numpy.sum` computes it.
pub(crate) fn pairwise<T: Number>(values: &[T]) -> f64 {
    halves(0, values, &|_, block: &[T]| {
        if block.len() < 8 {
            return block.iter().fold(0.0, |sum, x| sum + x.f64());
        }
        let mut lanes = [0.0_f64; 8];
        let chunks = block.chunks_exact(8);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x.f64();
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, x| sum + x.f64())
    })
}

/// Adds up what `leaf` says of blocks of at most 128 values, in a balanced tree. `leaf` is given
/// the index of the first value of the block, counted from `first`.
pub(crate) fn halves<T>(first: usize, values: &[T], leaf: &impl Fn(usize, &[T]) -> f64) -> f64 {
    if values.len() <= BLOCK {
        return leaf(first, values);
    }
    let half = values.len() / 2;
    let (left, right) = values.split_at(half - half % 8);
    halves(first, left, leaf) + halves(first + left.len(), right, leaf)
}

/// The mean of finite samples.
///
/// Equal to `numpy.mean` of a float64 or int32 array to the last bit. (ObsPy computes the mean of
/// float32 samples in float32; here it is that of the samples widened to float64.)
///
/// # Errors
/// [`Error::TooShort`] without samples, [`Error::NotFinite`] for the first sample that is infinite
/// or not a number, [`Error::Overflow`] if the sum is not finite.
///
/// ```
/// assert_eq!(seis_signal::mean(&[1, 2, 6])?, 3.0);
/// # Ok::<(), seis_signal::Error>(())
/// ```
pub fn mean<'a>(samples: impl Into<SampleView<'a>>) -> Result<f64> {
    let samples = samples.into();
    if samples.is_empty() {
        return Err(Error::TooShort { operation: "the mean", needed: 1, found: 0 });
    }
    samples.check_finite()?;
    let mean = mean_of_finite(samples);
    if mean.is_finite() { Ok(mean) } else { Err(Error::Overflow { operation: "the mean" }) }
}

/// The mean of at least one sample, all finite.
pub(crate) fn mean_of_finite(samples: SampleView<'_>) -> f64 {
    let sum = match samples {
        // Exact, and so is NumPy's sum of halves below 2^53: four million samples at full scale.
        SampleView::I32(v) => exact(v) as f64,
        SampleView::F32(v) => pairwise(v),
        SampleView::F64(v) => pairwise(v),
    };
    sum / samples.len() as f64
}

/// The sum of integers. In 16-bit halves, which vectorise where 64-bit sums do not, and of which
/// 2^14 do not overflow.
fn exact(values: &[i32]) -> i64 {
    let halves = |(high, low), x: &i32| (high + (x >> 16), low + (x & 0xffff));
    let sums = values.chunks(1 << 14).map(|block| block.iter().fold((0_i32, 0_i32), halves));
    sums.map(|(high, low)| (i64::from(high) << 16) + i64::from(low)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_as_exact_as_their_depth_allows() {
        let values: Vec<f64> = (1..=100_003).map(|i| 1.0 / f64::from(i)).collect();
        // Harmonic number by its asymptotic series.
        let n = 100_003.0_f64;
        let truth = n.ln() + 0.577_215_664_901_532_9 + 0.5 / n - 1.0 / (12.0 * n * n);
        assert!((pairwise(&values) - truth).abs() < 4.0 * f64::EPSILON * truth);
    }

    #[test]
    fn sums_of_integers_are_exact() {
        for n in [0, 1, 5, 16_383, 16_384, 16_385, 100_000] {
            for values in [vec![i32::MIN; n], vec![i32::MAX; n], (-1..).take(n).collect()] {
                let truth: i64 = values.iter().map(|x: &i32| i64::from(*x)).sum();
                assert_eq!(exact(&values), truth);
            }
        }
    }

    #[test]
    fn the_mean_is_refused_where_there_is_none() {
        let none: &[f64] = &[];
        assert!(matches!(mean(none), Err(Error::TooShort { .. })));
        let nan = [1.0, f64::NAN];
        assert!(matches!(mean(&nan), Err(Error::NotFinite { index: 1, .. })));
        assert!(matches!(mean(&[f64::MAX, f64::MAX]), Err(Error::Overflow { .. })));
        assert_eq!(mean(&[i32::MAX, i32::MAX, i32::MIN]).unwrap(), 715_827_882.0);
    }
}
