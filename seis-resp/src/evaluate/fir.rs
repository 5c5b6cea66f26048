//! Finite impulse responses.

use std::f64::consts::{E, PI, TAU};

use super::lanes::{ComplexLanes, LANES, Lanes};
use super::series::Series;
use super::trig::sin_cos;
use crate::FirSymmetry;

/// Σ hₖ e^{−iωτk}, or the real, delay-free sum of a symmetric filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fir {
    shape: Shape,
    taps: Series,
    sample_interval_s: f64,
    /// |H| below which it is summed in doubled precision.
    cancelled_below: f64,
    band: Option<Band>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Symmetric around a tap: Σ aₖ cos kθ.
    Odd,
    /// Symmetric between two taps: Σ aₖ cos (k+½)θ.
    Even,
    /// Σ aₖ e^{−ikθ}.
    Asymmetric,
}

/// How far the sum of coefficients may be from one before evalresp divides by it
/// (`FIR_NORM_TOL` in evalresp 3.3.3).
const SUM_TOLERANCE: f64 = 0.02;

/// Sums below this part of their terms' sizes are summed in doubled precision. At it, the rounding
/// of some 4ε leaves 1e-11; evalresp's plain sums have lost as much, and lose one digit more for
/// each 20 dB below.
const CANCELLED: f64 = 1e-4;

impl Fir {
    /// From coefficients as a file lists them. The second result is the sum of the coefficients,
    /// if they were divided by it.
    ///
    /// Filters that are written down whole are divided by their sum if that is more than 2 % off
    /// one, and taken as symmetric, that is without delay, if they are so to the last bit
    /// (evalresp 3.3.3, `check_sym`). Those declared symmetric are left as they are.
    ///
    /// `None` for a filter without coefficients, which does nothing.
    pub(super) fn new(
        symmetry: FirSymmetry,
        coefficients: &[f64],
        sample_interval_s: f64,
    ) -> Option<(Self, Option<f64>)> {
        if coefficients.is_empty() {
            return None;
        }
        if symmetry != FirSymmetry::None {
            let shape = if symmetry == FirSymmetry::Odd { Shape::Odd } else { Shape::Even };
            return Some((Self::folded(shape, coefficients, sample_interval_s), None));
        }
        let sum: f64 = coefficients.iter().sum();
        let is_off = !(1.0 - SUM_TOLERANCE..=1.0 + SUM_TOLERANCE).contains(&sum);
        let h: Vec<f64> = coefficients.iter().map(|h| if is_off { h / sum } else { *h }).collect();
        let is_symmetric = h.iter().zip(h.iter().rev()).all(|(a, b)| a == b);
        let half = h.get(..h.len().div_ceil(2)).unwrap_or(&h);
        let fir = if is_symmetric {
            let shape = if h.len() % 2 == 1 { Shape::Odd } else { Shape::Even };
            Self::folded(shape, half, sample_interval_s)
        } else {
            Self::from_series(Shape::Asymmetric, h, sample_interval_s)
        };
        Some((fir, is_off.then_some(sum)))
    }

    /// From the first half, with the centre last.
    fn folded(shape: Shape, half: &[f64], sample_interval_s: f64) -> Self {
        let mut taps: Vec<f64> = half.iter().rev().map(|h| 2.0 * h).collect();
        if let (Shape::Odd, Some(centre), Some(h)) = (shape, taps.first_mut(), half.last()) {
            *centre = *h;
        }
        Self::from_series(shape, taps, sample_interval_s)
    }

    fn from_series(shape: Shape, taps: Vec<f64>, sample_interval_s: f64) -> Self {
        let taps = Series::new(taps);
        let cancelled_below = CANCELLED * taps.size();
        Self { shape, taps, sample_interval_s, cancelled_below, band: None }
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether the response changes with frequency at all.
    pub(super) fn is_constant(&self) -> bool {
        self.shape != Shape::Even && self.taps.len() <= 1
    }

    /// Prepares fast evaluation up to a frequency, where that is worth while; see [`Band`].
    pub(super) fn prepare_band(&mut self, limit_hz: f64) {
        self.band = Band::new(self, limit_hz);
    }

    /// From the first tap to the last, at least.
    pub(super) fn length_s(&self) -> f64 {
        let taps = if self.shape == Shape::Asymmetric { 1.0 } else { 2.0 };
        taps * self.taps.len() as f64 * self.sample_interval_s
    }

    /// The delay in seconds that [`multiply`](Self::multiply) leaves out, because the plan applies
    /// the delays of all stages at once.
    pub(super) fn omitted_delay_s(&self) -> f64 {
        self.band.as_ref().map_or(0.0, |band| band.centre_s)
    }

    /// `value *= H(f)`, apart from the [omitted delay](Self::omitted_delay_s).
    #[inline(always)]
    pub(super) fn multiply(&self, frequency_hz: &Lanes, value: &mut ComplexLanes) {
        let mut factor = match &self.band {
            None => self.direct(frequency_hz),
            Some(band) => {
                let inside = frequency_hz.map(|f| f.abs() <= band.limit_hz);
                let mut factor = band.factor(frequency_hz);
                if inside != [true; LANES] {
                    let outside = self.centred(self.direct(frequency_hz), frequency_hz);
                    factor.take_over(&outside, inside.map(|inside| !inside));
                }
                factor
            }
        };
        let mut is_cancelled = [false; LANES];
        for l in 0..LANES {
            let square = factor.re[l] * factor.re[l] + factor.im[l] * factor.im[l];
            is_cancelled[l] = square < self.cancelled_below * self.cancelled_below;
        }
        if is_cancelled.contains(&true) {
            let doubled = self.centred(self.direct_doubled(frequency_hz), frequency_hz);
            // The splitting of numbers overflows sooner than their sum.
            factor.take_over(
                &doubled,
                std::array::from_fn(|l| {
                    is_cancelled[l] && (doubled.re[l] + doubled.im[l]).is_finite()
                }),
            );
        }
        if self.shape == Shape::Asymmetric {
            value.multiply(&factor);
        } else {
            value.scale(&factor.re);
        }
    }

    /// H(f) from all taps.
    #[inline(always)]
    fn direct(&self, frequency_hz: &Lanes) -> ComplexLanes {
        let (sin, cos) = self.half_angle(frequency_hz);
        let tail = self.taps.tail(&sin.map(|s| s * s), &cos.map(|c| c * c));
        match self.shape {
            Shape::Odd => ComplexLanes::real(self.taps.cosines(&tail)),
            Shape::Even => ComplexLanes::real(self.taps.half_cosines(&tail, &cos)),
            Shape::Asymmetric => sum(&self.taps, &tail, &sin, &cos),
        }
    }

    /// H(f) from all taps, in doubled precision.
    #[cold]
    fn direct_doubled(&self, frequency_hz: &Lanes) -> ComplexLanes {
        let (sin, cos) = self.half_angle(frequency_hz);
        let tail = self.taps.doubled_tail(&sin.map(|s| s * s), &cos.map(|c| c * c));
        match self.shape {
            Shape::Odd => ComplexLanes::real(tail.cosines()),
            Shape::Even => ComplexLanes::real(tail.half_cosines(&cos)),
            Shape::Asymmetric => {
                let sin_whole = std::array::from_fn(|l| 2.0 * sin[l] * cos[l]);
                ComplexLanes { re: tail.cosines(), im: tail.sines(&sin_whole).map(|s| -s) }
            }
        }
    }

    /// Sine and cosine of ωτ/2.
    #[inline(always)]
    fn half_angle(&self, frequency_hz: &Lanes) -> (Lanes, Lanes) {
        sin_cos(&frequency_hz.map(|f| TAU * f * self.sample_interval_s / 2.0))
    }

    /// Without the [omitted delay](Self::omitted_delay_s).
    fn centred(&self, mut factor: ComplexLanes, frequency_hz: &Lanes) -> ComplexLanes {
        let centre_s = self.omitted_delay_s();
        if centre_s != 0.0 {
            let (im, re) = sin_cos(&frequency_hz.map(|f| TAU * f * centre_s));
            factor.multiply(&ComplexLanes { re, im });
        }
        factor
    }
}

/// Σ aₖ e^{−ikθ}, from the end of the recurrence and sine and cosine of θ/2.
#[inline(always)]
fn sum(taps: &Series, tail: &super::series::Tail, sin: &Lanes, cos: &Lanes) -> ComplexLanes {
    let sin_whole = std::array::from_fn(|l| 2.0 * sin[l] * cos[l]);
    ComplexLanes { re: taps.cosines(tail), im: taps.sines(tail, &sin_whole).map(|s| -s) }
}

/// A filter as a short series that holds up to a frequency.
///
/// The stages of a digitiser run at rates far above the one that is kept, and what is kept ends at
/// its Nyquist frequency F. Up to there a filter of n taps, its centre taken as time zero, is a
/// smooth function of f/F: an even real part and an odd imaginary part, each given to the last
/// digit by some Z/2 + 20 Chebyshev polynomials, with Z = πFτ(n−1) its phase at F from the centre
/// to the end, where n may be hundreds (the coefficients fall like the Bessel functions J₂ₖ(Z)).
/// The series are evaluated by the same recurrence, and without a sine or cosine.
#[derive(Debug, Clone, PartialEq)]
struct Band {
    limit_hz: f64,
    /// Real part: Σ eₖ T₂ₖ(f/F).
    even: Series,
    /// Imaginary part: Σ oₖ T₂ₖ₊₁(f/F).
    odd: Option<Series>,
    /// From the first tap to the centre; 0 for a symmetric filter.
    centre_s: f64,
}

/// Longest series that is worth its preparation, which goes with the square.
const MAX_TERMS: usize = 512;
/// Sine and cosine cost as much as so many taps.
const SINCOS_IN_TAPS: usize = 6;
/// Coefficients below this part of the largest are nothing.
const NEGLIGIBLE: f64 = 1e-18;

impl Band {
    fn new(fir: &Fir, limit_hz: f64) -> Option<Self> {
        if !(limit_hz > 0.0 && limit_hz.is_finite()) || fir.taps.len() < 2 {
            return None;
        }
        let is_asymmetric = fir.shape == Shape::Asymmetric;
        let reach = match fir.shape {
            Shape::Odd => (fir.taps.len() - 1) as f64,
            Shape::Even => fir.taps.len() as f64 - 0.5,
            Shape::Asymmetric => (fir.taps.len() - 1) as f64 / 2.0,
        };
        let terms = terms_for(TAU * limit_hz * fir.sample_interval_s * reach)?;
        let cost = if is_asymmetric { 2 * terms } else { terms };
        if cost >= fir.taps.len() + SINCOS_IN_TAPS {
            return None;
        }
        let centre_s = if is_asymmetric { reach * fir.sample_interval_s } else { 0.0 };
        let (real, imaginary) = sample(fir, limit_hz, centre_s, terms);
        Some(Self {
            limit_hz,
            even: chebyshev(&real, false),
            odd: is_asymmetric.then(|| chebyshev(&imaginary, true)),
            centre_s,
        })
    }

    #[inline(always)]
    fn factor(&self, frequency_hz: &Lanes) -> ComplexLanes {
        // T₂ₖ(u) = cos kφ with u = cos(φ/2).
        let u = frequency_hz.map(|f| f / self.limit_hz);
        let (sin2, cos2) = (u.map(|u| (1.0 - u) * (1.0 + u)), u.map(|u| u * u));
        let re = self.even.cosines(&self.even.tail(&sin2, &cos2));
        let odd = self.odd.as_ref();
        let im = odd.map_or([0.0; LANES], |o| o.half_cosines(&o.tail(&sin2, &cos2), &u));
        ComplexLanes { re, im }
    }
}

/// How many terms represent e^{iZu} on −1 … 1: the smallest m with |J₂ₘ(Z)| ≤ (eZ/4m)²ᵐ below the
/// last digit.
fn terms_for(reach_rad: f64) -> Option<usize> {
    (1..=MAX_TERMS).find(|m| {
        let degree = 2.0 * *m as f64;
        let ratio = E * reach_rad / (2.0 * degree);
        degree > reach_rad && ratio < 1.0 && degree * ratio.ln() < -44.0
    })
}

/// Real and imaginary part of a filter at the Chebyshev nodes u = cos(π(j+½)/2m), with its centre
/// as time zero.
fn sample(fir: &Fir, limit_hz: f64, centre_s: f64, terms: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut real, mut imaginary) = (Vec::with_capacity(terms), Vec::with_capacity(terms));
    for first in (0..terms).step_by(LANES) {
        let frequency_hz: Lanes = std::array::from_fn(|l| {
            let node = (first + l) as f64 + 0.5;
            limit_hz * (PI * node / (2.0 * terms as f64)).cos()
        });
        let mut value = fir.direct(&frequency_hz);
        let (im, re) = sin_cos(&frequency_hz.map(|f| TAU * f * centre_s));
        value.multiply(&ComplexLanes { re, im });
        for l in 0..LANES.min(terms - first) {
            real.push(value.re[l]);
            imaginary.push(value.im[l]);
        }
    }
    (real, imaginary)
}

/// Coefficients of the polynomials T₂ₖ (or T₂ₖ₊₁) that go through values at the nodes.
fn chebyshev(values: &[f64], is_odd: bool) -> Series {
    let m = values.len();
    // cos(πq/4m) for q = 0 … 8m−1; every angle needed is one of them.
    let cosines: Vec<f64> = (0..8 * m).map(|q| (PI * q as f64 / (4.0 * m as f64)).cos()).collect();
    let shift = usize::from(is_odd);
    let mut coefficients: Vec<f64> = (0..m)
        .map(|k| {
            let sum: f64 = values
                .iter()
                .enumerate()
                .filter_map(|(j, v)| {
                    cosines.get((2 * k + shift) * (2 * j + 1) % (8 * m)).map(|cos| v * cos)
                })
                .sum();
            let weight = if k == 0 && !is_odd { 1.0 } else { 2.0 };
            weight * sum / m as f64
        })
        .collect();
    let largest = coefficients.iter().fold(0.0_f64, |max, c| max.max(c.abs()));
    while coefficients.len() > 1
        && coefficients.last().is_some_and(|c| c.abs() <= NEGLIGIBLE * largest)
    {
        coefficients.pop();
    }
    Series::new(coefficients)
}

/// Σ bₖ e^{−iωτk} / Σ aₖ e^{−iωτk}: a recursive filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recursive {
    numerator: Series,
    denominator: Series,
    sample_interval_s: f64,
}

impl Recursive {
    /// Whether the response changes with frequency at all.
    pub(super) fn is_constant(&self) -> bool {
        self.numerator.len() <= 1 && self.denominator.len() <= 1
    }

    pub(super) fn new(numerators: &[f64], denominators: &[f64], sample_interval_s: f64) -> Self {
        Self {
            numerator: Series::new(numerators.to_vec()),
            denominator: Series::new(denominators.to_vec()),
            sample_interval_s,
        }
    }

    /// `value *= H(f)`.
    pub(super) fn multiply(&self, frequency_hz: &Lanes, value: &mut ComplexLanes) {
        let half_angle = frequency_hz.map(|f| TAU * f * self.sample_interval_s / 2.0);
        let (sin, cos) = sin_cos(&half_angle);
        let (sin2, cos2) = (sin.map(|s| s * s), cos.map(|c| c * c));
        let polynomial = |taps: &Series| sum(taps, &taps.tail(&sin2, &cos2), &sin, &cos);
        value.multiply(&polynomial(&self.numerator));
        value.divide(&polynomial(&self.denominator));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seis_core::Complex64;

    fn low_pass(n: usize, cut: f64) -> Vec<f64> {
        let centre = (n as f64 - 1.0) / 2.0;
        let h: Vec<f64> = (0..n)
            .map(|k| {
                let x = k as f64 - centre;
                let ideal = if x == 0.0 { cut } else { (PI * cut * x).sin() / (PI * x) };
                let window = 0.5 + 0.5 * (PI * x / (centre + 1.0)).cos();
                ideal * window
            })
            .collect();
        let sum: f64 = h.iter().sum();
        h.iter().map(|h| h / sum).collect()
    }

    fn direct(h: &[f64], theta: f64) -> Complex64 {
        h.iter().enumerate().map(|(k, h)| h * Complex64::cis(-theta * k as f64)).sum()
    }

    fn at(fir: &Fir, f: f64) -> Complex64 {
        let mut value = ComplexLanes::ONE;
        fir.multiply(&[f; LANES], &mut value);
        value.get(0)
    }

    #[test]
    fn symmetric_filters_are_recognised_and_real() {
        for n in [1, 2, 9, 96] {
            let mut h = low_pass(n, 0.2);
            for k in 0..n / 2 {
                h[n - 1 - k] = h[k];
            }
            let (fir, sum) = Fir::new(FirSymmetry::None, &h, 0.01).unwrap();
            assert!(fir.shape() != Shape::Asymmetric && sum.is_none());
            let half: Vec<f64> = h[..n.div_ceil(2)].to_vec();
            let symmetry = if n % 2 == 1 { FirSymmetry::Odd } else { FirSymmetry::Even };
            assert_eq!(Fir::new(symmetry, &half, 0.01).unwrap().0, fir);
            for f in [0.0, 0.3, 5.0, 20.0, 49.9, 60.0] {
                let theta = TAU * f * 0.01;
                let centred = direct(&h, theta) * Complex64::cis(theta * (n as f64 - 1.0) / 2.0);
                assert!((at(&fir, f) - centred).norm() < 2e-14, "{n} {f}");
            }
        }
    }

    #[test]
    fn sums_more_than_two_percent_off_are_divided_out() {
        let check = |h: &[f64], value: f64, renormalised: Option<f64>| {
            let (fir, sum) = Fir::new(FirSymmetry::None, h, 0.01).unwrap();
            assert_eq!((at(&fir, 0.0).re, sum), (value, renormalised), "{h:?}");
        };
        check(&[0.5], 1.0, Some(0.5));
        check(&[1.015], 1.015, None);
        check(&[1.02], 1.02, None);
        check(&[1.021], 1.0, Some(1.021));
        check(&[-0.5, -0.5], 1.0, Some(-1.0));
        let (fir, sum) = Fir::new(FirSymmetry::Odd, &[0.5, 1.0], 0.01).unwrap();
        assert_eq!((at(&fir, 0.0).re, sum), (2.0, None));
        assert!(Fir::new(FirSymmetry::None, &[], 0.01).is_none());
    }

    /// The short series against all taps: to rounding inside the band, and the taps themselves
    /// outside; symmetric and minimum-phase-like filters, in blocks that straddle the limit.
    #[test]
    fn band_series_equals_the_taps() {
        let mut skewed = low_pass(285, 0.1);
        for (k, h) in skewed.iter_mut().enumerate() {
            *h *= (-(k as f64) / 60.0).exp();
        }
        for (h, tau) in [(low_pass(97, 0.02), 1.0 / 2000.0), (skewed, 1e-3)] {
            let (plain, sum) = Fir::new(FirSymmetry::None, &h, tau).unwrap();
            let size: f64 = h.iter().map(|h| (h / sum.unwrap_or(1.0)).abs()).sum();
            let mut banded = plain.clone();
            banded.prepare_band(50.0);
            assert!(banded.band.is_some());
            let mut worst: f64 = 0.0;
            for i in 0..400 {
                let frequency_hz: Lanes =
                    std::array::from_fn(|l| f64::from(i) * 0.15 - 0.4 + l as f64 * 0.11);
                let (mut a, mut b) = (ComplexLanes::ONE, ComplexLanes::ONE);
                plain.multiply(&frequency_hz, &mut a);
                banded.multiply(&frequency_hz, &mut b);
                for l in 0..LANES {
                    let delay = -TAU * frequency_hz[l] * banded.omitted_delay_s();
                    worst = worst.max((a.get(l) - b.get(l) * Complex64::cis(delay)).norm());
                    assert_eq!(b.get(l), at(&banded, frequency_hz[l]));
                }
            }
            // Either way the angles are rounded: by half a unit of the last place of the largest.
            let reach = PI * 60.0 * tau * h.len() as f64;
            assert!(worst < size * f64::EPSILON * (8.0 + reach / 2.0), "{worst:e} of {size}");
        }
    }

    #[test]
    fn hostile_lengths_stay_direct() {
        let mut fir = Fir::new(FirSymmetry::Even, &vec![1e-6; 300_000], 1.0).unwrap().0;
        fir.prepare_band(0.5);
        assert!(fir.band.is_none());
        fir.prepare_band(f64::NAN);
        assert!(fir.band.is_none());
    }

    #[test]
    fn recursive_filters_divide() {
        let filter = Recursive::new(&[0.2, 0.1], &[1.0, -0.7], 0.01);
        let mut value = ComplexLanes::ONE;
        filter.multiply(&[9.0; LANES], &mut value);
        let z = Complex64::cis(-TAU * 0.09);
        assert!((value.get(5) - (0.2 + 0.1 * z) / (1.0 - 0.7 * z)).norm() < 1e-15);
    }
}
