//! A lower rate before the transform.
//!
//! Where only a band far below the Nyquist frequency survives, most of a long forward transform
//! computes frequencies that nobody wants. A short filter `g` and every `step`-th of its results
//! have the same spectrum in the band, but for the factor `G(f)/step` of the filter, which is known
//! and divided out with the response, and for what is folded into the band: `g` suppresses that to
//! the level of rounding errors (2e-16). So this is no approximation either, and the transform is
//! `step` times shorter. It pays for long traces, of which a transform costs memory traffic.
//!
//! `g` is a Kaiser window: of all filters of its length about the best when nothing is asked of the
//! band but that `G` is not small there.

use num_complex::Complex64;

use crate::sum::Number;
use crate::taper::Flanks;
use crate::vector::with_vectors;
use crate::window::kaiser;

/// Shape of the window: its spectrum beyond `β/π` over the length is below `2β·exp(−β)`.
const BETA: f64 = 42.0;

/// The highest end of the band, as a part of the frequency at which folding begins. The filter
/// leaves 5 % there, so that rounding errors of the transform, multiplied by 20, are still those
/// of the lowest frequencies.
const HIGHEST_BAND: f64 = 0.37;

/// Results that are computed in one go, from converted samples that fit the first-level cache.
const BLOCK: usize = 256;

/// Numbers in a vector, and results that share the loads of the filter's taps.
const LANES: usize = 4;

/// A filter, and how many samples it goes on by.
#[derive(Debug, Clone)]
pub(crate) struct Decimator {
    step: usize,
    /// Taps on either side of the middle.
    half: usize,
    /// From the first to the last tap, and zeros up to a multiple of [`LANES`].
    taps: Vec<[f64; LANES]>,
    /// Results before that of the first sample.
    delay: usize,
}

/// How many taps the filter has that makes transforms of `len` points `step` times shorter without
/// loss of the frequencies up to `last`; `None` if there is none.
pub(crate) fn taps(len: usize, last: usize, step: usize) -> Option<usize> {
    if step < 2 || len % (2 * step) != 0 {
        return None;
    }
    let folded = (len / step).checked_sub(last)? as f64;
    let taps = (BETA / std::f64::consts::PI * len as f64 / folded).ceil() as usize | 1;
    ((last as f64) < HIGHEST_BAND * folded).then_some(taps)
}

impl Decimator {
    /// As [`taps`].
    pub(crate) fn new(len: usize, last: usize, step: usize) -> Option<Self> {
        let count = taps(len, last, step)?;
        let mut window = kaiser(count, BETA);
        let sum: f64 = window.iter().sum();
        for w in &mut window {
            *w /= sum;
        }
        let half = count / 2;
        let taps = window
            .chunks(LANES)
            .map(|c| std::array::from_fn(|i| c.get(i).copied().unwrap_or(0.0)))
            .collect();
        Some(Self { step, half, taps, delay: half / step })
    }

    pub(crate) fn step(&self) -> usize {
        self.step
    }

    pub(crate) fn bytes(&self) -> usize {
        8 * LANES * self.taps.len()
    }

    /// How many results `npts` samples have.
    pub(crate) fn results(&self, npts: usize) -> usize {
        self.delay + (npts - 1 + self.half) / self.step + 1
    }

    /// Makes up for the filter in the gains of the frequencies from `first` on of a transform of
    /// `len` points.
    pub(crate) fn compensate(&self, len: usize, first: usize, gains: &mut [Complex64]) {
        let tap = |n: usize| self.taps[n / LANES][n % LANES];
        // Symmetric: G = g₀ + Σ 2g_n cos nθ, by Clenshaw's recurrence, for several θ at a time.
        let coefficients: Vec<f64> = (1..=self.half).map(|n| 2.0 * tap(self.half - n)).collect();
        let turn = |k: usize| {
            Complex64::from_polar(1.0, std::f64::consts::TAU * (k % len) as f64 / len as f64)
        };
        // The delay turns the phases. Of eight frequencies in a row one sine and cosine are enough.
        let shift = self.delay * self.step;
        let in_block: [(Complex64, Complex64); 8] =
            std::array::from_fn(|i| (turn(i), turn(i * shift)));
        for (n, block) in gains.chunks_mut(8).enumerate() {
            let from = first + 8 * n;
            let turned = (from as u128 * shift as u128 % len as u128) as usize;
            let (base, delay) = (turn(from), turn(turned));
            let cos: [f64; 8] = std::array::from_fn(|i| (base * in_block[i].0).re);
            let (mut b1, mut b2) = ([0.0; 8], [0.0; 8]);
            for c in coefficients.iter().rev() {
                for i in 0..8 {
                    let b = c + 2.0 * cos[i] * b1[i] - b2[i];
                    b2[i] = b1[i];
                    b1[i] = b;
                }
            }
            for (i, gain) in block.iter_mut().enumerate() {
                let response = tap(self.half) + cos[i] * b1[i] - b2[i];
                *gain *= delay * in_block[i].1 * (self.step as f64 / response);
            }
        }
    }

    /// What [`compensate`](Self::compensate) multiplies a gain by, at an index that need not be
    /// whole.
    pub(crate) fn compensation(&self, len: usize, index: f64) -> Complex64 {
        let tap = |n: usize| self.taps[n / LANES][n % LANES];
        // Clenshaw's recurrence as Reinsch has it, which does not lose digits at small angles.
        let half_sine = (std::f64::consts::PI * index / len as f64).sin();
        let delta = -4.0 * half_sine * half_sine;
        let (mut difference, mut sum) = (0.0, 0.0);
        for n in (1..=self.half).rev() {
            difference += 2.0 * tap(self.half - n) + delta * sum;
            sum += difference;
        }
        let response = tap(self.half) + delta / 2.0 * sum + difference;
        let turns = index * (self.delay * self.step) as f64 / len as f64;
        Complex64::from_polar(
            self.step as f64 / response,
            std::f64::consts::TAU * (turns - turns.round()),
        )
    }

    /// Filters the samples less `offset`, tapered, and packs the results in pairs, with zeros
    /// behind them.
    pub(crate) fn apply<T: Number, P: Copy>(
        &self,
        samples: &[T],
        offset: f64,
        flanks: Option<&Flanks>,
        packed: &mut [P],
        pair: impl Fn(f64, f64) -> P,
        block: &mut Vec<f64>,
    ) {
        let pairs = self.results(samples.len()).div_ceil(2);
        let (results, zeros) = packed.split_at_mut(pairs);
        zeros.fill(pair(0.0, 0.0));
        with_vectors(
            #[inline(always)]
            move || self.apply_to(samples, offset, flanks, results, pair, block),
        );
    }

    #[inline(always)]
    fn apply_to<T: Number, P>(
        &self,
        samples: &[T],
        offset: f64,
        flanks: Option<&Flanks>,
        results: &mut [P],
        pair: impl Fn(f64, f64) -> P,
        block: &mut Vec<f64>,
    ) {
        // Of the sample under the first tap for the first result, counted from as many before the
        // first sample, so that it is not negative.
        let before = self.half + self.delay * self.step;
        let width = LANES * self.taps.len();
        block.resize((BLOCK - 1) * self.step + width, 0.0);
        for (n, results) in results.chunks_mut(BLOCK / 2).enumerate() {
            widen(samples, offset, flanks, n * BLOCK * self.step, before, block);
            let mut sums = [0.0; BLOCK];
            let whole = (2 * results.len()).next_multiple_of(LANES);
            for (m, sums) in sums[..whole].chunks_exact_mut(LANES).enumerate() {
                self.filter(&block[m * LANES * self.step..], sums);
            }
            for (z, two) in results.iter_mut().zip(sums.chunks_exact(2)) {
                *z = pair(two[0], two[1]);
            }
        }
    }

    /// [`LANES`] results.
    #[inline(always)]
    fn filter(&self, samples: &[f64], results: &mut [f64]) {
        let width = LANES * self.taps.len();
        let [x0, x1, x2, x3] = std::array::from_fn(|n| {
            samples[n * self.step..n * self.step + width].chunks_exact(LANES)
        });
        let mut sums = [[0.0; LANES]; LANES];
        for ((((w, x0), x1), x2), x3) in self.taps.iter().zip(x0).zip(x1).zip(x2).zip(x3) {
            for (sum, x) in sums.iter_mut().zip([x0, x1, x2, x3]) {
                for ((sum, w), x) in sum.iter_mut().zip(w).zip(x) {
                    *sum += w * x;
                }
            }
        }
        for (result, [a, b, c, d]) in results.iter_mut().zip(sums) {
            *result = (a + c) + (b + d);
        }
    }
}

/// Samples from the `from`-th on, counted from `before` samples before the first, less `offset` and
/// tapered; zeros beyond both ends.
#[inline(always)]
pub(crate) fn widen<T: Number>(
    samples: &[T],
    offset: f64,
    flanks: Option<&Flanks>,
    from: usize,
    before: usize,
    out: &mut [f64],
) {
    let lead = before.saturating_sub(from).min(out.len());
    let (zeros, out) = out.split_at_mut(lead);
    zeros.fill(0.0);
    let from = (from + lead - before).min(samples.len());
    let inside = &samples[from..samples.len().min(from + out.len())];
    let (out, zeros) = out.split_at_mut(inside.len());
    zeros.fill(0.0);
    for (y, x) in out.iter_mut().zip(inside) {
        *y = x.f64() - offset;
    }
    if let Some(flanks) = flanks {
        flanks.apply_from(from, samples.len(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The filter's factor in the band, and what it leaves of frequencies that fold into it.
    #[test]
    fn what_folds_into_the_band_is_rounding_error() {
        for (len, last, step) in [(96_000, 12_000, 2), (240_000, 12_400, 5), (960_000, 12_000, 20)]
        {
            let filter = Decimator::new(len, last, step).unwrap();
            let taps: Vec<f64> = filter.taps.iter().flatten().copied().collect();
            let factor = |k: usize| {
                let term = |(n, w): (usize, &f64)| {
                    let turns = (k * n % len) as f64 / len as f64;
                    Complex64::from_polar(*w, -std::f64::consts::TAU * turns)
                };
                taps.iter().enumerate().map(term).sum::<Complex64>().norm()
            };
            assert!((factor(0) - 1.0).abs() < 1e-15);
            assert!(factor(last) > 0.05, "{}", factor(last));
            for k in (len / step - last..=len / 2).step_by(97) {
                assert!(factor(k) < 5e-16, "{k} of {len}, {step}: {:e}", factor(k));
            }
            let mut gains = vec![Complex64::ONE; 10];
            filter.compensate(len, last - 5, &mut gains);
            for (k, gain) in (last - 5..).zip(&gains) {
                let product = gain.norm() * factor(k) / step as f64;
                assert!((product - 1.0).abs() < 1e-13, "{product}");
                let difference = gain - filter.compensation(len, k as f64);
                assert!(difference.norm() < 2e-13 * gain.norm(), "{difference}");
            }
        }
        assert!(Decimator::new(96_000, 24_000, 2).is_none());
        assert!(Decimator::new(96_001, 12_000, 2).is_none());
        assert!(Decimator::new(96_000, 12_000, 1).is_none());
    }
}
