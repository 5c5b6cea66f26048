//! A lower rate before the transform.
//!
//! Where only a band far below the Nyquist frequency survives, most of a long forward transform
//! computes frequencies that nobody wants. A short filter `g` and every `step`-th of its results
//! have the same spectrum in the band, but for the factor `G(f)/step` of the filter, which is known
//! and divided out with the response, and for what is folded into the band: `g` suppresses that to
//! the level of rounding errors (2e-16). So this is no approximation either, and the transform is
//! `step` times shorter. It pays where frequencies up to a third of the Nyquist frequency and less
//! are wanted: a filter of 37 taps instead of two transforms in five (40 Hz to 10 Hz), one of 91
//! instead of eight in eleven (100 Hz to 10 Hz), and more for long traces, of which a transform
//! costs memory traffic.
//!
//! `g` is a Kaiser window: of all filters of its length about the best when nothing is asked of the
//! band but that `G` is not small there.

use num_complex::Complex64;

use crate::sum::Number;
use crate::taper::Flanks;
use crate::vector::{Vectors, add_product, with_vectors};
use crate::window::kaiser;

/// Shape of the window: its spectrum beyond `β/π` over the length is below `2β·exp(−β)`.
const BETA: f64 = 42.0;

/// The highest end of the band, as a part of the frequency at which folding begins. The filter
/// leaves 5 % there, so that rounding errors of the transform, multiplied by 20, are still those
/// of the lowest frequencies.
const HIGHEST_BAND: f64 = 0.37;

/// Results that are computed in one go, from converted samples that fit the first-level cache.
const BLOCK: usize = 256;

/// Results whose sums are kept in registers while the taps pass by: four vectors of AVX2.
const LANES: usize = 16;

/// A filter, and how many samples it goes on by.
#[derive(Debug, Clone)]
pub(crate) struct Decimator {
    step: usize,
    /// Taps on either side of the middle, from the outermost to the middle.
    taps: Vec<f64>,
    /// Where the samples are on which they fall, in a block of phases.
    places: Vec<Places>,
    /// Results before that of the first sample.
    delay: usize,
}

/// The filter is symmetric: two samples share a tap.
#[derive(Debug, Clone, Copy)]
struct Places {
    near: usize,
    far: usize,
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

/// How many results `npts` samples have.
pub(crate) fn results_of(npts: usize, taps: usize, step: usize) -> usize {
    let half = taps / 2;
    half / step + (npts - 1 + half) / step + 1
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
        // Sample `at` of a block, in the phase that it belongs to.
        let place = |at: usize| at % step * width_of(count, step) + at / step;
        let places = (0..=half).map(|n| Places { near: place(n), far: place(2 * half - n) });
        let places = places.collect();
        window.truncate(half + 1);
        Some(Self { step, taps: window, places, delay: half / step })
    }

    /// Taps on either side of the middle.
    fn half(&self) -> usize {
        self.taps.len() - 1
    }

    pub(crate) fn step(&self) -> usize {
        self.step
    }

    pub(crate) fn bytes(&self) -> usize {
        (8 + size_of::<Places>()) * self.taps.len()
    }

    /// How many results `npts` samples have.
    pub(crate) fn results(&self, npts: usize) -> usize {
        results_of(npts, 2 * self.half() + 1, self.step)
    }

    /// Makes up for the filter in the gains of the frequencies from `first` on of a transform of
    /// `len` points.
    pub(crate) fn compensate(&self, len: usize, first: usize, gains: &mut [Complex64]) {
        let (middle, beside) = self.middle_and_beside();
        // Symmetric: G = g₀ + Σ 2g_n cos nθ, by Clenshaw's recurrence as Reinsch has it, which does
        // not lose digits at small angles, for several θ at a time.
        let half_turn = |k: usize| {
            Complex64::from_polar(1.0, std::f64::consts::PI * (k % (2 * len)) as f64 / len as f64)
        };
        // The delay turns the phases. Of eight frequencies in a row one sine and cosine are enough.
        let shift = self.delay * self.step;
        let in_block: [(Complex64, Complex64); 8] =
            std::array::from_fn(|i| (half_turn(i), half_turn(2 * i * shift)));
        for (n, block) in gains.chunks_mut(8).enumerate() {
            let from = first + 8 * n;
            let turned = (from as u128 * shift as u128 % len as u128) as usize;
            let (base, delay) = (half_turn(from), half_turn(2 * turned));
            let delta: [f64; 8] = std::array::from_fn(|i| {
                let half_sine = (base * in_block[i].0).im;
                -4.0 * half_sine * half_sine
            });
            let (mut difference, mut sum) = ([0.0; 8], [0.0; 8]);
            for tap in beside {
                for i in 0..8 {
                    difference[i] += 2.0 * tap + delta[i] * sum[i];
                    sum[i] += difference[i];
                }
            }
            for (i, gain) in block.iter_mut().enumerate() {
                let response = middle + delta[i] / 2.0 * sum[i] + difference[i];
                *gain *= delay * in_block[i].1 * (self.step as f64 / response);
            }
        }
    }

    /// What [`compensate`](Self::compensate) multiplies a gain by, at an index that need not be
    /// whole.
    pub(crate) fn compensation(&self, len: usize, index: f64) -> Complex64 {
        let (middle, beside) = self.middle_and_beside();
        let half_sine = (std::f64::consts::PI * index / len as f64).sin();
        let delta = -4.0 * half_sine * half_sine;
        let (mut difference, mut sum) = (0.0, 0.0);
        for tap in beside {
            difference += 2.0 * tap + delta * sum;
            sum += difference;
        }
        let response = middle + delta / 2.0 * sum + difference;
        let turns = index * (self.delay * self.step) as f64 / len as f64;
        Complex64::from_polar(
            self.step as f64 / response,
            std::f64::consts::TAU * (turns - turns.round()),
        )
    }

    /// The tap in the middle, and those on one side of it, from the outermost.
    fn middle_and_beside(&self) -> (f64, &[f64]) {
        self.taps.split_last().map_or((0.0, &[]), |(middle, beside)| (*middle, beside))
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
            move |vectors| self.apply_to(vectors, (samples, offset, flanks), results, pair, block),
        );
    }

    #[inline(always)]
    fn apply_to<T: Number, P>(
        &self,
        vectors: Vectors,
        (samples, offset, flanks): (&[T], f64, Option<&Flanks>),
        results: &mut [P],
        pair: impl Fn(f64, f64) -> P,
        block: &mut Vec<f64>,
    ) {
        let (step, half) = (self.step, self.half());
        // Of the sample under the first tap for the first result, counted from as many before the
        // first sample, so that it is not negative.
        let before = half + self.delay * step;
        let width = width_of(2 * half + 1, step);
        block.resize(2 * width * step, 0.0);
        let (line, phases) = block.split_at_mut(width * step);
        for (n, results) in results.chunks_mut(BLOCK / 2).enumerate() {
            widen(samples, offset, flanks, n * BLOCK * step, before, line);
            match step {
                2 => split::<2>(line, phases),
                4 => split::<4>(line, phases),
                5 => split::<5>(line, phases),
                _ => {
                    for (r, phase) in phases.chunks_exact_mut(width).enumerate() {
                        for (y, x) in phase.iter_mut().zip(line.iter().skip(r).step_by(step)) {
                            *y = *x;
                        }
                    }
                }
            }
            let mut sums = [0.0; BLOCK];
            let whole = (2 * results.len()).next_multiple_of(LANES);
            for (m, sums) in sums[..whole].chunks_exact_mut(LANES).enumerate() {
                self.filter(vectors, &phases[m * LANES..], sums);
            }
            for (z, two) in results.iter_mut().zip(sums.chunks_exact(2)) {
                *z = pair(two[0], two[1]);
            }
        }
    }

    /// [`LANES`] results.
    #[inline(always)]
    fn filter(&self, vectors: Vectors, phases: &[f64], results: &mut [f64]) {
        let mut sums = [0.0; LANES];
        let Some((middle, beside)) = self.places.split_last() else { return };
        for (tap, places) in self.taps.iter().zip(beside) {
            let near = &phases[places.near..places.near + LANES];
            let far = &phases[places.far..places.far + LANES];
            for ((sum, x), y) in sums.iter_mut().zip(near).zip(far) {
                *sum = add_product(vectors, *sum, *tap, x + y);
            }
        }
        let (tap, _) = self.middle_and_beside();
        let middle = &phases[middle.near..middle.near + LANES];
        for ((result, sum), x) in results.iter_mut().zip(sums).zip(middle) {
            *result = add_product(vectors, sum, tap, *x);
        }
    }
}

/// Samples of one phase in a block: those of every `step`-th sample from one of the first on.
fn width_of(taps: usize, step: usize) -> usize {
    BLOCK + taps.div_ceil(step)
}

/// Every `STEP`-th number to one of as many phases.
#[inline(always)]
fn split<const STEP: usize>(line: &[f64], phases: &mut [f64]) {
    let width = phases.len() / STEP;
    let mut rest = phases;
    let mut phases: [&mut [f64]; STEP] = std::array::from_fn(|_| {
        let (phase, behind) = std::mem::take(&mut rest).split_at_mut(width);
        rest = behind;
        phase
    });
    for (m, x) in line.chunks_exact(STEP).enumerate() {
        for (phase, x) in phases.iter_mut().zip(x) {
            phase[m] = *x;
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
            let beside = &filter.taps[..filter.half()];
            let taps: Vec<f64> = filter.taps.iter().chain(beside.iter().rev()).copied().collect();
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
                assert!((product - 1.0).abs() < 3e-14, "{product}");
                let difference = gain - filter.compensation(len, k as f64);
                assert!(difference.norm() < 3e-14 * gain.norm(), "{difference}");
            }
        }
        assert!(Decimator::new(96_000, 24_000, 2).is_none());
        assert!(Decimator::new(96_001, 12_000, 2).is_none());
        assert!(Decimator::new(96_000, 12_000, 1).is_none());
    }
}
