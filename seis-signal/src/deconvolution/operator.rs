//! By what each frequency of a record is multiplied.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use super::{DeconvolutionSpec, WaterLevel, curve};
use crate::{Error, Result};

/// Pre-filter × regularised inverse response / FFT length, for the frequencies that survive.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) nfft: usize,
    /// Index of the first frequency.
    pub(crate) first: usize,
    pub(crate) gains: Vec<Complex64>,
    /// How many surviving frequencies the water level changed.
    pub(crate) clipped: usize,
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
        let (first, filter) = pre_filter_gains(spec, &grid)?;
        let last = first + filter.len() - 1;
        // The response, and then what becomes of it.
        let mut gains = vec![Complex64::ZERO; filter.len()];
        let quantity = spec.output;
        let mut largest = 0.0_f64;
        let range = match spec.water_level {
            WaterLevel::None => first..=last,
            WaterLevel::Db(_) => 0..=grid.last,
        };
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
        let dropped = spec.water_level != WaterLevel::None;
        let scale = 1.0 / nfft as f64;
        let mut clipped = 0;
        for (n, (gain, filter)) in gains.iter_mut().zip(filter).enumerate() {
            let h = *gain;
            let norm = h.norm();
            if norm == 0.0 {
                if !dropped || largest == 0.0 {
                    let frequency_hz = grid.frequency(first + n);
                    return Err(Error::ResponseZero { frequency_hz, quantity });
                }
                continue;
            }
            // 1/h as conj(h)/|h|², in two steps that do not overflow.
            let mut inverse = h.conj() / norm / norm;
            if norm < floor {
                inverse = h.conj() / norm / floor;
                clipped += 1;
            }
            *gain = Complex64::new(filter, 0.0) * (inverse * scale);
            if !(gain.re.is_finite() && gain.im.is_finite()) {
                let frequency_hz = grid.frequency(first + n);
                return Err(Error::ResponseNotFinite { frequency_hz, quantity });
            }
        }
        Ok(Self { nfft, first, gains, clipped })
    }

    /// Index of the last frequency.
    pub(crate) fn last(&self) -> usize {
        self.first + self.gains.len() - 1
    }

    /// Makes the results those `samples` later, in the circle of the transform.
    pub(crate) fn advance(&mut self, samples: usize) {
        let step = std::f64::consts::TAU / self.nfft as f64;
        for (k, gain) in (self.first as u128..).zip(&mut self.gains) {
            let turns = (k * samples as u128 % self.nfft as u128) as f64;
            *gain *= Complex64::from_polar(1.0, step * turns);
        }
    }
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

    /// Between those of indices `from` and `to`, which are −1 and 1 in `x`.
    pub(super) fn between(&self, from: usize, to: usize, x: f64) -> f64 {
        let (from, to) = (from as f64, to as f64);
        let index = (from + to) / 2.0 + (to - from) / 2.0 * x;
        (index * self.spacing_hz()).min(self.nyquist_hz)
    }
}

/// The index of the first frequency that the pre-filter lets pass, and its gains from there on.
fn pre_filter_gains(spec: &DeconvolutionSpec, grid: &Grid) -> Result<(usize, Vec<f64>)> {
    // Without a water level ObsPy drops the mean.
    let lowest = usize::from(spec.water_level == WaterLevel::None);
    let Some(filter) = spec.pre_filter else {
        return Ok((lowest, vec![1.0; grid.last + 1 - lowest]));
    };
    filter.check_nyquist(grid.nyquist_hz)?;
    let [f1, _, _, f4] = filter.corners_hz();
    // One more on either side than the corners say, for rounding; their gain is zero.
    let from = ((f1 / grid.spacing_hz()) as usize).saturating_sub(1).max(lowest);
    let to = ((f4 / grid.spacing_hz()) as usize + 1).min(grid.last);
    let gains = (from..=to).map(|k| filter.gain(grid.frequency(k)));
    let passed = |gain: &f64| *gain > 0.0;
    let leading = gains.clone().take_while(|gain| !passed(gain)).count();
    let mut gains: Vec<f64> = gains.skip(leading).collect();
    gains.truncate(gains.iter().rposition(passed).map_or(0, |n| n + 1));
    if gains.is_empty() {
        let corners_hz = filter.corners_hz();
        return Err(Error::EmptyPassBand { corners_hz, spacing_hz: grid.spacing_hz() });
    }
    Ok((from + leading, gains))
}
