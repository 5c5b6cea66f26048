//! By what each frequency of a record is multiplied.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use super::curve::ALWAYS_EXACT;
use super::gains::Curve;
use super::{DeconvolutionSpec, WaterLevel, curve};
use crate::fft::{Gains, ROWS};
use crate::{Error, Result};

/// Transforms longer than this are of traces that are hours long: their gains are polynomials, and
/// they stay on the reference grid. Such a plan is made for a file of a day, often for that alone,
/// and a new grid takes two more transforms.
pub(crate) const LONG: usize = 1 << 21;

/// Pre-filter × regularised inverse response / FFT length, for the frequencies that survive.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) nfft: usize,
    /// Index of the first frequency.
    pub(crate) first: usize,
    gains: Factors,
    /// How many surviving frequencies the water level changed.
    pub(crate) clipped: usize,
}

#[derive(Debug, Clone)]
enum Factors {
    All(Vec<Complex64>),
    Curve(Curve),
}

impl Operator {
    /// `rate` is regular, `nfft` even.
    pub(crate) fn new(
        spec: &DeconvolutionSpec,
        nfft: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
    ) -> Result<Self> {
        let grid = Grid { nyquist_hz: rate.hz() / 2.0, last: nfft / 2 };
        let (first, last) = passed(spec, &grid)?;
        let water_level = spec.water_level != WaterLevel::None;
        if nfft > LONG && !water_level && last - first >= ALWAYS_EXACT {
            return Self::smooth(spec, &grid, (first, last), response);
        }
        // The response, and then what becomes of it.
        let mut gains = vec![Complex64::ZERO; last + 1 - first];
        let quantity = spec.output;
        let mut largest = 0.0_f64;
        let range = if water_level { 0..=grid.last } else { first..=last };
        curve::evaluate(response, quantity, &grid, range, |k, block| {
            for (n, h) in (k..).zip(block) {
                let norm = h.norm();
                if !norm.is_finite() {
                    let frequency_hz = grid.frequency(n);
                    return Err(Error::ResponseNotFinite { frequency_hz, quantity });
                }
                largest = largest.max(norm);
                if let Some(value) = n.checked_sub(first).and_then(|n| gains.get_mut(n)) {
                    *value = *h;
                }
            }
            Ok(())
        })?;
        let floor = match spec.water_level {
            WaterLevel::None => 0.0,
            WaterLevel::Db(db) => largest * 10.0_f64.powf(-db / 20.0),
        };
        let scale = 1.0 / nfft as f64;
        let mut clipped = 0;
        for (k, gain) in (first..).zip(&mut gains) {
            let h = *gain;
            let frequency_hz = grid.frequency(k);
            let norm = h.norm();
            if norm == 0.0 {
                if !water_level || largest == 0.0 {
                    return Err(Error::ResponseZero { frequency_hz, quantity });
                }
                continue;
            }
            clipped += usize::from(norm < floor);
            let filter = filter_gain(spec, frequency_hz);
            *gain = Complex64::new(filter, 0.0) * (inverse(h, floor) * scale);
            if !(gain.re.is_finite() && gain.im.is_finite()) {
                return Err(Error::ResponseNotFinite { frequency_hz, quantity });
            }
        }
        Ok(Self { nfft, first, gains: Factors::All(gains), clipped })
    }

    /// Without a water level, of which the corners would have to be looked for.
    fn smooth(
        spec: &DeconvolutionSpec,
        grid: &Grid,
        range: (usize, usize),
        response: &dyn FrequencyResponse,
    ) -> Result<Self> {
        let nfft = 2 * grid.last;
        let quantity = spec.output;
        let scale = 1.0 / nfft as f64;
        let corners = spec.pre_filter.iter().flat_map(|filter| filter.corners_hz());
        let corners: Vec<f64> = corners.map(|hz| hz / grid.spacing_hz()).collect();
        let gain = |index: f64, h: Complex64| {
            let frequency_hz = grid.between_two(index);
            let norm = h.norm();
            if norm == 0.0 {
                return Err(Error::ResponseZero { frequency_hz, quantity });
            }
            let filter = filter_gain(spec, frequency_hz);
            let gain = Complex64::new(filter, 0.0) * (inverse(h, 0.0) * scale);
            if !(norm.is_finite() && gain.re.is_finite() && gain.im.is_finite()) {
                return Err(Error::ResponseNotFinite { frequency_hz, quantity });
            }
            Ok(gain)
        };
        let curve = Curve::new(response, quantity, grid, range, &corners, gain)?;
        Ok(Self { nfft, first: range.0, gains: Factors::Curve(curve), clipped: 0 })
    }

    /// With these gains from frequency 0 on.
    pub(super) fn from_zero(nfft: usize, gains: Vec<Complex64>, clipped: usize) -> Self {
        Self { nfft, first: 0, gains: Factors::All(gains), clipped }
    }

    /// How many frequencies survive.
    pub(crate) fn count(&self) -> usize {
        match &self.gains {
            Factors::All(gains) => gains.len(),
            Factors::Curve(curve) => curve.len(),
        }
    }

    /// Index of the last frequency.
    pub(crate) fn last(&self) -> usize {
        self.first + self.count() - 1
    }

    /// All gains, where they were made one by one.
    pub(crate) fn gains(&self) -> Option<&[Complex64]> {
        match &self.gains {
            Factors::All(gains) => Some(gains),
            Factors::Curve(_) => None,
        }
    }

    /// Makes them one by one.
    pub(crate) fn all_gains(&mut self) -> &mut [Complex64] {
        if let Factors::Curve(curve) = &self.gains {
            self.gains = Factors::All(curve.to_vec());
        }
        match &mut self.gains {
            Factors::All(gains) => gains,
            Factors::Curve(_) => &mut [],
        }
    }

    /// Gives their memory back, where something else has them.
    pub(crate) fn forget_gains(&mut self) {
        self.gains = Factors::All(Vec::new());
    }

    /// Multiplies by a smooth function of the index, which `smooth` knows, and which `single`
    /// multiplies into consecutive gains.
    pub(crate) fn multiply(
        &mut self,
        smooth: impl Fn(f64) -> Complex64,
        single: impl Fn(usize, &mut [Complex64]),
    ) {
        let first = self.first;
        match &mut self.gains {
            Factors::All(gains) => single(first, gains),
            Factors::Curve(curve) => {
                curve.multiply(|k| smooth(first as f64 + k), |k, gains| single(first + k, gains));
            }
        }
    }

    /// No result of counts can be larger.
    pub(crate) fn bound(&self) -> f64 {
        let gain = match &self.gains {
            // What is no number stays, and is below nothing.
            Factors::All(gains) => gains
                .iter()
                .map(|gain| gain.norm())
                .fold(0.0, |most, gain| if gain > most || gain.is_nan() { gain } else { most }),
            Factors::Curve(curve) => curve.bound(),
        };
        // The sum of all samples in each of all frequencies, positive and negative.
        f64::from(u32::MAX) * (self.nfft as f64) * (self.nfft as f64) * gain
    }

    pub(crate) fn bytes(&self) -> usize {
        match &self.gains {
            Factors::All(gains) => 16 * gains.len(),
            Factors::Curve(curve) => curve.bytes(),
        }
    }

    /// Makes the results those `samples` later, in the circle of the transform.
    pub(crate) fn advance(&mut self, samples: usize) {
        let nfft = self.nfft;
        let step = std::f64::consts::TAU / nfft as f64;
        for (k, gain) in (self.first as u128..).zip(self.all_gains()) {
            let turns = (k * samples as u128 % nfft as u128) as f64;
            *gain *= Complex64::from_polar(1.0, step * turns);
        }
    }
}

impl Gains for Operator {
    #[inline(always)]
    fn four(&self, k: isize) -> [Complex64; ROWS] {
        let k = k - self.first as isize;
        match &self.gains {
            Factors::Curve(curve) => curve.four(k),
            Factors::All(gains) => std::array::from_fn(|n| {
                let k = usize::try_from(k + n as isize).unwrap_or(usize::MAX);
                gains.get(k).copied().unwrap_or_default()
            }),
        }
    }
}

/// 1/h as conj(h)/|h|², in two steps that do not overflow; of an |h| of at least `floor`.
fn inverse(h: Complex64, floor: f64) -> Complex64 {
    let norm = h.norm();
    h.conj() / norm / norm.max(floor)
}

fn filter_gain(spec: &DeconvolutionSpec, frequency_hz: f64) -> f64 {
    spec.pre_filter.map_or(1.0, |filter| filter.gain(frequency_hz))
}

/// The frequencies of a transform.
pub(super) struct Grid {
    pub(super) nyquist_hz: f64,
    /// Index of the Nyquist frequency.
    pub(super) last: usize,
}

impl Grid {
    fn spacing_hz(&self) -> f64 {
        self.nyquist_hz / self.last as f64
    }

    /// As `numpy.linspace` computes it: the last is exactly the Nyquist frequency.
    pub(super) fn frequency(&self, k: usize) -> f64 {
        if k == self.last { self.nyquist_hz } else { k as f64 * self.spacing_hz() }
    }

    /// Of an index that need not be whole; where it is, as [`frequency`](Self::frequency).
    fn between_two(&self, index: f64) -> f64 {
        if index == self.last as f64 { self.nyquist_hz } else { index * self.spacing_hz() }
    }

    /// Between those of indices `from` and `to`, which are −1 and 1 in `x`.
    pub(super) fn between(&self, from: usize, to: usize, x: f64) -> f64 {
        let (from, to) = (from as f64, to as f64);
        let index = (from + to) / 2.0 + (to - from) / 2.0 * x;
        (index * self.spacing_hz()).min(self.nyquist_hz)
    }
}

/// The indices of the first and the last frequency that the pre-filter lets pass.
fn passed(spec: &DeconvolutionSpec, grid: &Grid) -> Result<(usize, usize)> {
    // Without a water level ObsPy drops the mean.
    let lowest = usize::from(spec.water_level == WaterLevel::None);
    let Some(filter) = spec.pre_filter else {
        return Ok((lowest, grid.last));
    };
    filter.check_nyquist(grid.nyquist_hz)?;
    let [f1, _, _, f4] = filter.corners_hz();
    // One more on either side than the corners say, for rounding; their gain is zero.
    let from = ((f1 / grid.spacing_hz()) as usize).saturating_sub(1).max(lowest);
    let to = ((f4 / grid.spacing_hz()) as usize + 1).min(grid.last);
    let passes = |k: &usize| filter.gain(grid.frequency(*k)) > 0.0;
    let ends = (from..=to).find(passes).zip((from..=to).rfind(passes));
    ends.ok_or_else(|| Error::EmptyPassBand {
        corners_hz: filter.corners_hz(),
        spacing_hz: grid.spacing_hz(),
    })
}
