//! A response at the many frequencies of a long transform.
//!
//! A transform of a day resolves 1/86 400 Hz and finer, a response changes over hundreds of such
//! steps, and to evaluate a pole, a delay or a filter costs ten times more than a polynomial. So on
//! grids of more than [`ALWAYS_EXACT`] frequencies, which no trace of twenty minutes has, the
//! response is evaluated at the Chebyshev nodes of panels of [`LARGEST`] frequencies and
//! interpolated with a polynomial p of degree [`DEGREE`], real and imaginary part alike. Other
//! grids, and panels in which that is not good enough, are evaluated frequency by frequency.
//!
//! # What is good enough
//! With p = Σ aₖTₖ, |p| is nowhere in the panel less than m = |a₀| − Σ|aₖ|, k ≥ 1. A panel is
//! accepted if, with ε = [`TOLERANCE`],
//!
//! * the last two coefficients, |a₈| and |a₉|, are at most ε·m: of a function that is analytic
//!   near the panel the coefficients fall by a factor ρ each (ρ is twice the distance of the nearest
//!   pole in half panels, less a little), and what p lacks is |a₉|·2/(ρ − 1); that a₈ is so small
//!   means ρ > 30 where |a₀| is the measure, so that the error is some ε/500 and rounding is all
//!   that remains;
//! * p differs by at most ε·m from the response at [`CHECKS`] frequencies between the nodes, the
//!   ends among them, where the polynomial that vanishes at the nodes is as large as anywhere.
//!
//! Otherwise it is halved, down to [`SMALLEST`], and what then still fails is evaluated exactly:
//! a few thousand frequencies at the corner of a seismometer, every one of a response with kinks
//! closer than that, and the neighbourhood of zeros (m ≤ 0). Of a kink in the n-th derivative the
//! coefficients fall as k⁻ⁿ⁻¹ only, whatever its place, so that an error of at most some 9ε passes.
//!
//! What neither nodes nor checks can see is a feature narrower than their distance. So a panel is
//! tried only if the response itself says that none is there
//! ([`smooth_within_hz`](FrequencyResponse::smooth_within_hz)): no pole within [`CLEARANCE`] = 2 half
//! panels of the centre, whence ρ ≥ 2 + √3, so that what a pole adds falls at least as 3.7⁻ᵏ and
//! shows in a₈ and a₉ if it matters. (A zero needs no clearance: beside it the response is smooth,
//! and small, which m tells.) Of a response that does not say so, every frequency is evaluated.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use num_complex::Complex64;
use seis_core::{FrequencyResponse, GroundMotion};

use super::operator::Grid;
use crate::{Error, Result};

/// Frequencies that are evaluated in one call.
const BLOCK: usize = 4096;

/// Grids of so many frequencies are never interpolated.
pub(super) const ALWAYS_EXACT: usize = 1 << 17;

/// Frequencies of a panel to begin with, and of the last that is tried.
const LARGEST: usize = 4096;
const SMALLEST: usize = 256;

const DEGREE: usize = 9;
const NODES: usize = DEGREE + 1;

/// Between which nodes p is compared with the response: extrema of T₁₀, as cos(jπ/10).
const CHECKS: [usize; 5] = [0, 3, 5, 8, 10];

/// Of the last coefficients and the differences, relative to the least |p| in the panel.
const TOLERANCE: f64 = 2e-13;

/// So many half panels from the centre of a panel there is nothing sharp.
const CLEARANCE: f64 = 2.0;

/// Frequencies whose polynomials are computed side by side.
const LANES: usize = 4;

/// Calls `visit` with the values at all frequencies of the grid in `range`, in order: the index of
/// the first and a block of them.
pub(super) fn evaluate(
    response: &dyn FrequencyResponse,
    quantity: GroundMotion,
    grid: &Grid,
    range: RangeInclusive<usize>,
    mut visit: impl FnMut(usize, &[Complex64]) -> Result<()>,
) -> Result<()> {
    let (from, last) = range.into_inner();
    let mut exact = Exact::new(response, quantity);
    let end = last + 1;
    if end - from <= ALWAYS_EXACT {
        return exact.on_grid(grid, from..end, &mut visit);
    }
    let mut block = Vec::new();
    let mut done = from;
    for (panel, polynomial) in panels(response, quantity, grid, from, end)? {
        exact.on_grid(grid, done..panel.first, &mut visit)?;
        polynomial.values(panel.len, &mut block);
        visit(panel.first, &block)?;
        done = panel.first + panel.len;
    }
    exact.on_grid(grid, done..end, &mut visit)
}

/// The panels of `from..end` in which polynomials are good enough, in order.
pub(super) fn panels(
    response: &dyn FrequencyResponse,
    quantity: GroundMotion,
    grid: &Grid,
    from: usize,
    end: usize,
) -> Result<Vec<(Panel, Polynomial)>> {
    let mut panels = Vec::new();
    accepted(&mut Exact::new(response, quantity), grid, from, end, &mut panels)?;
    Ok(panels)
}

/// The response as it is.
pub(super) struct Exact<'a> {
    response: &'a dyn FrequencyResponse,
    quantity: GroundMotion,
    frequencies: Vec<f64>,
    values: Vec<Complex64>,
}

impl<'a> Exact<'a> {
    pub(super) fn new(response: &'a dyn FrequencyResponse, quantity: GroundMotion) -> Self {
        Self { response, quantity, frequencies: Vec::new(), values: Vec::new() }
    }

    fn at(&mut self, frequencies_hz: impl Iterator<Item = f64>) -> Result<&[Complex64]> {
        self.frequencies.clear();
        self.frequencies.extend(frequencies_hz);
        self.values.clear();
        self.values.resize(self.frequencies.len(), Complex64::ZERO);
        self.response
            .eval_into(&self.frequencies, self.quantity, &mut self.values)
            .map_err(|error| Error::Response { error })?;
        Ok(&self.values)
    }

    /// The panels in which nothing sharp can hide, and the others.
    fn sort_by_smoothness(&mut self, grid: &Grid, panels: &[Panel]) -> (Vec<Panel>, Vec<Panel>) {
        let last = |panel: &Panel| panel.first + panel.len - 1;
        let centres = panels.iter().map(|panel| grid.between(panel.first, last(panel), 0.0));
        self.frequencies.clear();
        self.frequencies.extend(centres);
        let mut radii_hz = vec![0.0; panels.len()];
        self.response.smooth_within_hz(&self.frequencies, self.quantity, &mut radii_hz);
        let (mut smooth, mut unknown) = (Vec::new(), Vec::new());
        for (panel, radius_hz) in panels.iter().zip(radii_hz) {
            let half_hz = (grid.frequency(last(panel)) - grid.frequency(panel.first)) / 2.0;
            let group = if radius_hz >= CLEARANCE * half_hz { &mut smooth } else { &mut unknown };
            group.push(*panel);
        }
        (smooth, unknown)
    }

    /// At the frequencies of a grid, block by block.
    pub(super) fn on_grid(
        &mut self,
        grid: &Grid,
        range: Range<usize>,
        visit: &mut impl FnMut(usize, &[Complex64]) -> Result<()>,
    ) -> Result<()> {
        let end = range.end;
        for k in range.step_by(BLOCK) {
            let frequencies = (k..end.min(k + BLOCK)).map(|k| grid.frequency(k));
            visit(k, self.at(frequencies)?)?;
        }
        Ok(())
    }
}

/// As [`panels`].
fn accepted(
    exact: &mut Exact<'_>,
    grid: &Grid,
    from: usize,
    end: usize,
    found: &mut Vec<(Panel, Polynomial)>,
) -> Result<()> {
    let samples = samples();
    let mut panels: Vec<Panel> = (from..end)
        .step_by(LARGEST)
        .map(|first| Panel { first, len: LARGEST.min(end - first) })
        .filter(|panel| panel.len >= SMALLEST)
        .collect();
    while !panels.is_empty() {
        let mut halves = Vec::new();
        for some in panels.chunks(BLOCK / samples.len()) {
            let (smooth, unknown) = exact.sort_by_smoothness(grid, some);
            halves.extend(unknown.into_iter().flat_map(Panel::halves));
            let frequencies = smooth.iter().flat_map(|panel| {
                samples.iter().map(|x| grid.between(panel.first, panel.first + panel.len - 1, *x))
            });
            let values = exact.at(frequencies)?;
            for (panel, values) in smooth.iter().zip(values.chunks_exact(samples.len())) {
                match Polynomial::new(values) {
                    Some(polynomial) => found.push((*panel, polynomial)),
                    None => halves.extend(panel.halves()),
                }
            }
        }
        panels = halves;
    }
    found.sort_unstable_by_key(|(panel, _)| panel.first);
    Ok(())
}

/// Consecutive frequencies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    pub(super) first: usize,
    pub(super) len: usize,
}

impl Panel {
    /// The index in the grid of `x`, from −1 to 1.
    pub(super) fn index(self, x: f64) -> f64 {
        let half = (self.len - 1) as f64 / 2.0;
        self.first as f64 + half + half * x
    }

    /// From one frequency to the next.
    pub(super) fn step(self) -> f64 {
        2.0 / (self.len - 1) as f64
    }

    fn halves(self) -> impl Iterator<Item = Self> {
        let len = self.len / 2;
        let halves = [
            Self { first: self.first, len },
            Self { first: self.first + len, len: self.len - len },
        ];
        halves.into_iter().filter(|half| half.len >= SMALLEST)
    }
}

/// cos(jπ/20): the nodes for odd j, where T₁₀ vanishes.
fn abscissa(j: usize) -> f64 {
    static ABSCISSAE: LazyLock<[f64; 4 * NODES]> = LazyLock::new(|| {
        std::array::from_fn(|j| (j as f64 * std::f64::consts::PI / (2 * NODES) as f64).cos())
    });
    ABSCISSAE[j]
}

/// Where in −1…1 a panel is evaluated: at the nodes, then at the checks.
fn samples() -> [f64; NODES + CHECKS.len()] {
    std::array::from_fn(|j| match j.checked_sub(NODES) {
        None => abscissa(2 * j + 1),
        Some(check) => abscissa(2 * CHECKS[check]),
    })
}

/// Σ cₖxᵏ for x in −1…1.
#[derive(Debug, Clone)]
pub(super) struct Polynomial([Complex64; NODES]);

impl Polynomial {
    /// Through the values at the nodes, if it is good enough.
    fn new(values: &[Complex64]) -> Option<Self> {
        let (nodes, checks) = values.split_at(NODES);
        let chebyshev: [Complex64; NODES] = std::array::from_fn(|k| {
            // cos(k(2j + 1)π/20), whose period is 40.
            let sum: Complex64 = (nodes.iter().enumerate())
                .map(|(j, h)| h * abscissa(k * (2 * j + 1) % (4 * NODES)))
                .sum();
            sum * (if k == 0 { 1.0 } else { 2.0 } / NODES as f64)
        });
        let least = 2.0 * chebyshev[0].norm() - chebyshev.iter().map(|a| a.norm()).sum::<f64>();
        let allowed = TOLERANCE * least;
        let small = |difference: Complex64| difference.norm() <= allowed;
        let polynomial = Self::from_chebyshev(&chebyshev);
        // None of this holds if anything is not finite.
        let good = least > 0.0
            && chebyshev[DEGREE - 1..].iter().all(|a| small(*a))
            && (CHECKS.iter().zip(checks))
                .all(|(j, h)| small(polynomial.at([abscissa(2 * j)])[0] - h));
        good.then_some(polynomial)
    }

    /// Of what `map` makes of x and the value there, if that too is good enough.
    pub(super) fn mapped(&self, map: impl Fn(f64, Complex64) -> Option<Complex64>) -> Option<Self> {
        let mut values = [Complex64::ZERO; NODES + CHECKS.len()];
        for (value, x) in values.iter_mut().zip(samples()) {
            *value = map(x, self.at([x])[0])?;
        }
        Self::new(&values)
    }

    /// By Tₖ₊₁ = 2xTₖ − Tₖ₋₁. Powers are as good as Chebyshev polynomials where the coefficients
    /// fall as fast as [`new`](Self::new) demands.
    fn from_chebyshev(a: &[Complex64; NODES]) -> Self {
        let mut powers = [Complex64::ZERO; NODES];
        let (mut before, mut t) = ([0.0; NODES], [0.0; NODES]);
        t[0] = 1.0;
        for (k, a) in a.iter().enumerate() {
            for (power, t) in powers.iter_mut().zip(t) {
                *power += a * t;
            }
            let factor = if k == 0 { 1.0 } else { 2.0 };
            let shifted = |n: usize| if n == 0 { 0.0 } else { t[n - 1] };
            let next = std::array::from_fn(|n| factor * shifted(n) - before[n]);
            (before, t) = (t, next);
        }
        Self(powers)
    }

    #[inline(always)]
    pub(super) fn at<const N: usize>(&self, x: [f64; N]) -> [Complex64; N] {
        let (mut re, mut im) = ([0.0; N], [0.0; N]);
        for c in self.0.iter().rev() {
            for n in 0..N {
                re[n] = re[n] * x[n] + c.re;
                im[n] = im[n] * x[n] + c.im;
            }
        }
        std::array::from_fn(|n| Complex64::new(re[n], im[n]))
    }

    /// Its magnitude is nowhere larger.
    pub(super) fn bound(&self) -> f64 {
        self.0.iter().map(|c| c.norm()).sum()
    }

    /// At the `len` frequencies of its panel.
    pub(super) fn values(&self, len: usize, out: &mut Vec<Complex64>) {
        out.clear();
        out.resize(len, Complex64::ZERO);
        let step = 2.0 / (len - 1) as f64;
        let mut index: [f64; LANES] = std::array::from_fn(|lane| lane as f64);
        for out in out.chunks_mut(LANES) {
            let values = self.at(index.map(|n| n * step - 1.0));
            out.copy_from_slice(&values[..out.len()]);
            index = index.map(|n| n + LANES as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use seis_core::EvaluationError;

    use super::*;

    /// A function of the frequency, which counts.
    struct Counted<F> {
        h: F,
        evaluated: AtomicUsize,
        highest_hz: f64,
        radius_hz: f64,
    }

    impl<F: Fn(f64) -> Complex64 + Send + Sync> FrequencyResponse for Counted<F> {
        fn smooth_within_hz(&self, _: &[f64], _: GroundMotion, radii_hz: &mut [f64]) {
            radii_hz.fill(self.radius_hz);
        }

        fn eval_into(
            &self,
            frequencies_hz: &[f64],
            _: GroundMotion,
            out: &mut [Complex64],
        ) -> std::result::Result<(), EvaluationError> {
            self.evaluated.fetch_add(out.len(), Ordering::Relaxed);
            for (out, f) in out.iter_mut().zip(frequencies_hz) {
                assert!((0.0..=self.highest_hz).contains(f), "{f} Hz");
                *out = (self.h)(*f);
            }
            Ok(())
        }
    }

    /// The largest relative difference from the function itself, and which share of the frequencies
    /// was evaluated.
    fn compare(
        grid: &Grid,
        range: RangeInclusive<usize>,
        h: impl Fn(f64) -> Complex64 + Send + Sync,
    ) -> (f64, f64) {
        compare_within(f64::INFINITY, grid, range, h)
    }

    /// The same of a function that says how smooth it is.
    fn compare_within(
        radius_hz: f64,
        grid: &Grid,
        range: RangeInclusive<usize>,
        h: impl Fn(f64) -> Complex64 + Send + Sync,
    ) -> (f64, f64) {
        let (first, last) = range.clone().into_inner();
        let evaluated = AtomicUsize::new(0);
        let highest_hz = grid.frequency(last);
        let counted = Counted { h, evaluated, highest_hz, radius_hz };
        let (mut next, mut worst) = (first, 0.0_f64);
        evaluate(&counted, GroundMotion::Velocity, grid, range, |k, block| {
            assert_eq!(k, next);
            next += block.len();
            for (k, found) in (k..).zip(block) {
                let right = (counted.h)(grid.frequency(k));
                if right != *found {
                    worst = worst.max((found - right).norm() / right.norm());
                }
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(next, last + 1);
        let evaluated = counted.evaluated.into_inner() as f64;
        (worst, evaluated / (last + 1 - first) as f64)
    }

    /// A day at 40 Hz.
    fn day() -> Grid {
        Grid { nyquist_hz: 20.0, last: 3_456_000 }
    }

    /// splitmix64, as numbers in 0…1.
    fn random(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// Seismometers with periods of 1 to 300 s and resonances above 30 Hz, low-pass filters of 21
    /// to 61 taps, and delays of up to half a second.
    #[test]
    fn poles_zeros_and_filters() {
        for seed in 0..8 {
            let mut random = random(seed);
            let corner = TAU * 300_f64.powf(-random());
            let angle = (0.5 + random()) * std::f64::consts::FRAC_PI_4;
            let low = Complex64::from_polar(corner, std::f64::consts::PI - angle);
            let high = Complex64::new(-50.0 - 200.0 * random(), TAU * (30.0 + 50.0 * random()));
            let half = 10 + (20.0 * random()) as usize;
            let cut = 0.5 + 0.4 * random();
            let taps: Vec<f64> = (0..=2 * half)
                .map(|n| {
                    let t = n as f64 - half as f64;
                    let window = (std::f64::consts::PI * t / (2 * half + 2) as f64).cos().powi(2);
                    let x = std::f64::consts::PI * cut * t;
                    cut * window * if t == 0.0 { 1.0 } else { x.sin() / x }
                })
                .collect();
            let delay = half as f64 / 40.0 * random();
            let h = |f: f64| {
                let s = Complex64::new(0.0, TAU * f);
                let poles = (s - low) * (s - low.conj()) * (s - high) * (s - high.conj());
                let turn = Complex64::from_polar(1.0, -TAU * f / 40.0);
                let filter = taps.iter().rev().fold(Complex64::ZERO, |sum, tap| sum * turn + tap);
                1e17 * s * s * s / poles * filter * Complex64::from_polar(1.0, TAU * f * delay)
            };
            let last = ALWAYS_EXACT + 1 + (10_000.0 * random()) as usize;
            let (worst, share) = compare(&day(), 1..=last, h);
            // What the sum of the filter and the phases round, and the powers of x.
            assert!(worst < 2e-14, "{seed}: {worst:e}");
            assert!(share < 0.25, "{seed}: {share}");
            let from = 700_000;
            let (worst, share) = compare(&day(), from..=from + last, h);
            assert!(worst < 2e-14, "{seed}: {worst:e}");
            assert!(share < 0.02, "{seed}: {share}");
        }
    }

    #[test]
    fn no_more_than_the_limit_is_exact() {
        let h = |f: f64| Complex64::new(1.0, TAU * f).inv();
        assert_eq!(compare(&day(), 5..=4 + ALWAYS_EXACT, h), (0.0, 1.0));
        // Up to the Nyquist frequency, whatever is left over.
        let last = ALWAYS_EXACT + 77;
        let (worst, share) = compare(&Grid { nyquist_hz: 0.3, last }, 0..=last, h);
        assert!(worst < 2e-15 && share < 0.02, "{worst:e} {share}");
    }

    /// Straight lines between the frequencies of a list.
    fn list(every: usize) -> impl Fn(f64) -> Complex64 {
        let grid = day();
        move |f| {
            let x = f / grid.frequency(every);
            let value = |n: f64| 2.0 + (7.0 * n).sin();
            let (n, part) = (x.floor(), x - x.floor());
            Complex64::from_polar((1.0 - part) * value(n) + part * value(n + 1.0), 0.1 * n)
        }
    }

    /// A notch between the frequencies that are looked at.
    #[test]
    fn what_may_be_sharp_is_exact() {
        let (centre, width) = (day().frequency(50_007), day().frequency(3));
        let notch = |f: f64| {
            let inside = (f - centre).abs() < width;
            Complex64::new(if inside { 0.01 } else { 1.0 }, 0.0)
        };
        let range = 0..=ALWAYS_EXACT;
        assert_eq!(compare_within(0.0, &day(), range.clone(), notch), (0.0, 1.0));
        assert_eq!(compare_within(f64::NAN, &day(), range.clone(), notch), (0.0, 1.0));
        // Half the smallest panels.
        let radius_hz = day().frequency(SMALLEST) / 2.0;
        assert_eq!(compare_within(radius_hz, &day(), range.clone(), notch), (0.0, 1.0));
        // It says what is not so.
        assert!(compare_within(f64::INFINITY, &day(), range.clone(), notch).0 > 1.0);
        // Panels as large as the promise allows, and no larger.
        let (worst, share) =
            compare_within(4.0 * radius_hz, &day(), range, |f| Complex64::new(1.0, TAU * f).inv());
        assert!(worst < 2e-14 && (0.02..0.1).contains(&share), "{worst:e} {share}");
    }

    #[test]
    fn close_kinks_are_exact() {
        let (worst, share) = compare(&day(), 0..=200_000, list(200));
        assert_eq!(worst, 0.0);
        assert!(share < 1.15, "{share}");
    }

    #[test]
    fn distant_kinks_cost_their_panels() {
        let (worst, share) = compare(&day(), 0..=200_000, list(30_011));
        assert!(worst < 1e-14, "{worst:e}");
        assert!(share < 0.05, "{share}");
        // In the second derivative, as of splines.
        for place in 0..40 {
            let kink = day().frequency(50_000 + 97 * place);
            let h = |f: f64| {
                let bend = 1e-3 * ((f - kink).max(0.0) / day().frequency(LARGEST)).powi(3);
                Complex64::new(1.0 + bend, 0.3)
            };
            let (worst, share) = compare(&day(), 0..=ALWAYS_EXACT, h);
            assert!(worst < 9.0 * TOLERANCE, "{place}: {worst:e}");
            assert!(share < 0.05, "{place}: {share}");
        }
    }

    #[test]
    fn zeros_and_what_is_not_finite_are_found_where_they_are() {
        let zero = day().frequency(77_777);
        let notch = |f: f64| Complex64::new(0.0, f - zero);
        let (worst, share) = compare(&day(), 0..=200_000, notch);
        // The difference itself is exact to half a unit in the last place of f.
        assert!(worst < 1e-13 && share < 0.02, "{worst:e} {share}");
        let broken = |f: f64| if f < zero { Complex64::ONE } else { Complex64::new(f64::NAN, 0.0) };
        let evaluated = AtomicUsize::new(0);
        let response = Counted { h: broken, evaluated, highest_hz: 20.0, radius_hz: f64::INFINITY };
        let mut first = None;
        evaluate(&response, GroundMotion::Velocity, &day(), 0..=200_000, |k, block| {
            first = first.or_else(|| block.iter().position(|h| h.re.is_nan()).map(|n| k + n));
            Ok(())
        })
        .unwrap();
        assert_eq!(first, Some(77_777));
    }
}
