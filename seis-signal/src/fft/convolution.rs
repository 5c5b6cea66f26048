//! A convolution of samples that fill half a circle, of which every so manieth result in that half
//! is wanted.
//!
//! That is what removing a response at a lower rate is: behind the samples there are as many zeros,
//! what is beyond the last sample is not wanted, and neither are results between those of the lower
//! rate. A transform of the whole circle of N points, and one of N/D points back, pass over all of
//! this. Here it is left out.
//!
//! **Halves.** A circle of length 2L is one of length L, which has the even frequencies, and one of
//! length L on which whatever goes once around changes its sign, which has the odd ones. Samples in
//! the first L points are, as they are, the samples of both; and results in the first L points are
//! the sum of both. The first is split again in the same way: its samples are added to and
//! subtracted from those half a circle on. So all is done on circles with a changing sign, of
//! lengths L, L/2, L/4, …, and a short one without at the end.
//!
//! **Right angles.** On a circle with a changing sign a real transform is a complex one of half the
//! length, with nothing to put asunder afterwards (Nussbaumer, Fast Fourier Transform and
//! Convolution Algorithms, 1982, chapter 3; Crandall and Fagin, Mathematics of Computation 62,
//! 1994): with `c[n] = (x[n] − i·x[n+L/2])·exp(−πi n/L)`, frequency 4q + 1 of 2L points is
//! `Σ c[n] exp(−2πi qn/(L/2))`, and frequencies 4q + 3 are the conjugates of those at the other end.
//!
//! **Phases.** Frequencies above the Nyquist frequency of the lower rate do not survive. Of the
//! c[n] the D phases `c[Dm + r]` are transformed, whose period is that of the frequencies wanted,
//! and summed by Horner's rule: `Σ_r W^{(4q+1)r} C_r[q]`, with W = exp(−2πi/2L). The angle of `n = Dm`
//! alone is taken out before: the rest of it is in W^{(4q+1)r}.
//!
//! For 48 000 samples at 40 Hz to 10 Hz this makes one transform of 48 000 complex points and one of
//! 12 000 into five of each of 6000, 3000, 1500, 750 and 375 points: about two thirds of the work, on
//! numbers that stay in the nearest caches. Where a filter has made 20 Hz of the 40 before
//! (`decimator.rs`), it is three of each.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod circle;

use std::fmt;
use std::sync::Arc;

use num_complex::Complex64;
use rustfft::FftPlanner;

use self::circle::{Odd, OddGains};
use super::length::estimate;
use super::plans::{Kind, Made, Transform, recent};
use super::real::{Forward, Inverse};
use crate::vector::with_vectors;

/// The shortest transform of a circle with a changing sign: shorter ones are not worth their passes.
const SHORTEST: usize = 256;

/// Weight of a sample, for all that is not a transform: twisted, summed, multiplied, put together.
const PER_SAMPLE: f64 = 7.0;

/// Weight of a surviving frequency of a transform of the whole circle: separated, multiplied and
/// joined, in the units of [`estimate`].
pub(crate) const PER_FREQUENCY: f64 = 18.0;

/// Transforms and tables, which plans of one length and step share.
pub(crate) struct Convolution {
    len: usize,
    step: usize,
    /// The longest first.
    odd: Vec<Odd>,
    forward: Forward,
    inverse: Inverse,
}

/// By what frequencies are multiplied, in the order in which a [`Convolution`] has them.
#[derive(Debug, Clone)]
pub(crate) struct Arranged {
    odd: Vec<OddGains>,
    /// Of the circle that is left: index of the first frequency, and the gains from there on.
    first: usize,
    even: Vec<Complex64>,
}

impl Convolution {
    /// On a circle of `len` points, to every `step`-th of the first half of them; `None` where the
    /// length has not the factors for it.
    pub(crate) fn new(len: usize, step: usize) -> Option<Arc<Self>> {
        let make = || Made::Convolution(Arc::new(Self::make(len, step)));
        match fits(len, step).then(|| recent(len, Kind::Convolution { step }, make))? {
            Made::Convolution(made) => Some(made),
            Made::Real(_) => None,
        }
    }

    fn make(len: usize, step: usize) -> Self {
        let mut planner = FftPlanner::new();
        let mut odd = Vec::new();
        let mut circle = len / 2;
        let mut rest = circle;
        while continues(circle, step) {
            odd.push(Odd::new(circle, step, &mut planner));
            rest = circle;
            circle /= 2;
        }
        Self { len, step, odd, forward: Forward::new(rest), inverse: Inverse::new(rest / step) }
    }

    /// What it takes, in the units of [`estimate`]; `None` where [`new`](Self::new) is.
    pub(crate) fn price(len: usize, step: usize) -> Option<f64> {
        if !fits(len, step) {
            return None;
        }
        let mut circle = len / 2;
        let mut price = PER_SAMPLE * circle as f64;
        let mut rest = circle;
        while continues(circle, step) {
            price += (step + 1) as f64 * estimate(circle / (2 * step));
            rest = circle;
            circle /= 2;
        }
        let results = rest / 2 / step;
        Some(price + estimate(rest / 2) + estimate(results) + PER_FREQUENCY * results as f64)
    }

    pub(crate) fn id(&self) -> Transform {
        // Two tables of complex numbers and the library's, for as many points as there are results.
        Transform::new(self.len, Kind::Convolution { step: self.step }, 48 * self.results())
    }

    /// Points of the first half, which the samples fill.
    pub(crate) fn samples(&self) -> usize {
        self.len / 2
    }

    /// Results of the first half.
    pub(crate) fn results(&self) -> usize {
        self.len / 2 / self.step
    }

    /// How many numbers it takes to work in, two times, and for the library beneath.
    pub(crate) fn scratch_lens(&self) -> [usize; 3] {
        let pairs = self.len / 4;
        let library = |odd: &Odd| odd.fft.get_outofplace_scratch_len();
        let library = self.odd.iter().map(library).max().unwrap_or(0);
        let rest = self.forward.scratch_len().max(self.inverse.scratch_len());
        [pairs + self.results() / 2, pairs, library.max(rest)]
    }

    /// Puts the gains of frequencies `first ..` of the whole circle into order. What is beyond the
    /// Nyquist frequency of the results is folded back.
    pub(crate) fn arrange(&self, first: usize, gains: &[Complex64]) -> Arranged {
        let at =
            |k: usize| k.checked_sub(first).and_then(|k| gains.get(k)).copied().unwrap_or_default();
        let last = first + gains.len().saturating_sub(1);
        let odd = self.odd.iter().enumerate().map(|(level, odd)| {
            let last = (last >> level) as isize;
            odd.arrange(self.step, last, |k| at(k << level))
        });
        let odd = odd.collect();
        let spacing = self.len / (2 * self.forward.pairs());
        let (first, last) = (first.div_ceil(spacing), last / spacing);
        let even = (first..=last).map(|k| at(k * spacing)).collect();
        Arranged { odd, first, even }
    }

    /// From as many samples as [`samples`](Self::samples) says, which are spoilt, to as many results
    /// as [`results`](Self::results) says.
    pub(crate) fn apply(
        &self,
        gains: &Arranged,
        samples: &mut [f64],
        out: &mut [f64],
        [work, spectra, library]: [&mut [Complex64]; 3],
    ) {
        let step = self.step;
        let mut circles = self.odd.iter().zip(&gains.odd);
        let Some((longest, its_gains)) = circles.next() else { return };
        let (longest_results, work) = work.split_at_mut(longest.points);
        longest.twist(step, samples, work);
        longest.multiply(step, its_gains, [&mut *work, &mut *spectra, &mut *library]);
        longest.inverse(work, longest_results, library);
        for (odd, _) in circles.clone() {
            let len = odd.samples(step);
            let (sums, differences) = samples[..2 * len].split_at_mut(len);
            sums_and_differences(sums, differences);
        }
        self.rest(gains, samples, out, [&mut *work, &mut *spectra, &mut *library]);
        for (odd, its_gains) in circles.rev() {
            let len = odd.samples(step);
            odd.twist(step, &samples[len..2 * len], work);
            odd.multiply(step, its_gains, [&mut *work, &mut *spectra, &mut *library]);
            odd.inverse(work, spectra, library);
            odd.add_twice(spectra, out);
        }
        longest.add_once(longest_results, out);
    }

    /// The circle without a change of sign, at the front of the samples, to results at the front.
    fn rest(
        &self,
        gains: &Arranged,
        samples: &[f64],
        out: &mut [f64],
        [work, spectra, library]: [&mut [Complex64]; 3],
    ) {
        let (pairs, back) = (self.forward.pairs(), self.inverse.pairs());
        let out = &mut out[..2 * back];
        if gains.even.is_empty() {
            out.fill(0.0);
            return;
        }
        for (z, x) in work[..pairs].iter_mut().zip(samples.chunks_exact(2)) {
            *z = Complex64::new(x[0], x[1]);
        }
        self.forward.transform(&mut work[..pairs], &mut spectra[..pairs], library);
        let spectrum = &mut work[..gains.even.len()];
        self.forward.multiplied(&spectra[..pairs], gains.first, &gains.even, spectrum);
        let spectrum = self.inverse.fold(gains.first, spectrum);
        self.inverse.join(gains.first, spectrum, &mut spectra[..back]);
        self.inverse.transform(&mut spectra[..back], &mut work[..back], library);
        for (y, z) in out.chunks_exact_mut(2).zip(&work[..back]) {
            y.copy_from_slice(&[z.re, z.im]);
        }
    }
}

fn fits(len: usize, step: usize) -> bool {
    step > 1 && len % 2 == 0 && continues(len / 2, step)
}

/// Whether a circle of so many points is split once more.
fn continues(circle: usize, step: usize) -> bool {
    circle % (2 * step) == 0 && circle / (2 * step) >= SHORTEST
}

impl Arranged {
    pub(crate) fn bytes(&self) -> usize {
        16 * self.even.len() + self.odd.iter().map(OddGains::bytes).sum::<usize>()
    }
}

fn sums_and_differences(near: &mut [f64], far: &mut [f64]) {
    with_vectors(
        #[inline(always)]
        |_| {
            for (x, y) in near.iter_mut().zip(far) {
                (*x, *y) = (*x + *y, *x - *y);
            }
        },
    );
}

impl fmt::Debug for Convolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Convolution({}, {})", self.len, self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, seed: u64) -> Vec<f64> {
        let number = |i: u64| (i.wrapping_mul(2_654_435_761) ^ seed) % 65_537;
        (0..n as u64).map(|i| number(i) as f64 / 32_768.0 - 1.0).collect()
    }

    /// What the transforms of the whole circle give.
    fn plain(x: &[f64], first: usize, gains: &[Complex64], len: usize, step: usize) -> Vec<f64> {
        let (forward, inverse) = (Forward::new(len), Inverse::new(len / step));
        let (pairs, back) = (forward.pairs(), inverse.pairs());
        let mut packed = vec![Complex64::ZERO; pairs.max(gains.len())];
        for (z, x) in packed.iter_mut().zip(x.chunks(2)) {
            *z = Complex64::new(x[0], x[1]);
        }
        let mut half = vec![Complex64::ZERO; pairs];
        let mut scratch = vec![Complex64::ZERO; forward.scratch_len().max(inverse.scratch_len())];
        forward.transform(&mut packed[..pairs], &mut half, &mut scratch);
        let mut spectrum = vec![Complex64::ZERO; gains.len()];
        forward.multiplied(&half, first, gains, &mut spectrum);
        let spectrum = inverse.fold(first, &mut spectrum);
        inverse.join(first, spectrum, &mut half[..back]);
        inverse.transform(&mut half[..back], &mut packed[..back], &mut scratch);
        packed[..back / 2].iter().flat_map(|z| [z.re, z.im]).collect()
    }

    #[test]
    fn results_are_those_of_the_whole_circle() {
        for (len, step) in [
            (96_000, 4),
            (96_768, 4),
            (48_000, 2),
            (2048, 2),
            (6 * 1024, 3),
            (5 * 4096, 5),
            (7 * 4096, 7),
            (8 * 9000, 8),
            (10 * 4800, 10),
            (4 * 257 * 4, 4),
        ] {
            let convolution = Convolution::new(len, step).unwrap();
            assert_eq!((convolution.samples(), convolution.results()), (len / 2, len / 2 / step));
            let nyquist = len / 2 / step;
            for (first, last) in [
                (1, nyquist - 1),
                (0, nyquist / 3),
                (1, nyquist),
                (5, (nyquist + nyquist / 5).min(len / 2 - 1)),
                (17, 17),
                (nyquist - 2, nyquist - 1),
            ] {
                let values = noise(2 * (last + 1 - first), 99);
                let gains: Vec<_> = values.chunks(2).map(|v| Complex64::new(v[0], v[1])).collect();
                let mut samples = noise(len / 2, 7);
                let expected = plain(&samples, first, &gains, len, step);
                let arranged = convolution.arrange(first, &gains);
                let [mut work, mut spectra, mut library] =
                    convolution.scratch_lens().map(|n| vec![Complex64::ZERO; n]);
                let mut out = vec![f64::NAN; convolution.results()];
                let scratch = [&mut work[..], &mut spectra[..], &mut library[..]];
                convolution.apply(&arranged, &mut samples, &mut out, scratch);
                let largest = expected.iter().fold(0.0_f64, |m, y| m.max(y.abs()));
                for (n, (y, e)) in out.iter().zip(&expected).enumerate() {
                    let error = (y - e).abs();
                    assert!(error < 3e-14 * largest, "{len}/{step} {first}..={last} {n}: {y} {e}");
                }
            }
        }
    }

    #[test]
    fn lengths_without_the_factors_have_none() {
        for (len, step) in [(96_000, 1), (96_008, 16), (96_002, 2), (1024, 2), (0, 2)] {
            assert!(Convolution::new(len, step).is_none(), "{len} {step}");
        }
    }
}
