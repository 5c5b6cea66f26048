//! By what each frequency of a record is multiplied.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use super::{DeconvolutionSpec, WaterLevel};
use crate::{Error, Result};

/// Frequencies that are evaluated in one call, so that long traces with a water level need no
/// memory for the frequencies that do not survive.
const BLOCK: usize = 4096;

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
        let mut gains = Vec::new();
        let first = pre_filter_gains(spec, &grid, &mut gains)?;
        let last = first + gains.len() - 1;
        let mut operator = Self { nfft, first, gains, clipped: 0 };
        let quantity = spec.output;
        let mut largest = 0.0_f64;
        let mut values = vec![Complex64::ZERO; operator.gains.len()];
        let range = match spec.water_level {
            WaterLevel::None => first..=last,
            WaterLevel::Db(_) => 0..=grid.last,
        };
        let (mut frequencies, mut block) = (Vec::new(), Vec::new());
        let (mut k, end) = range.into_inner();
        while k <= end {
            let until = end.min(k + BLOCK - 1);
            frequencies.clear();
            frequencies.extend((k..=until).map(|k| grid.frequency(k)));
            block.clear();
            block.resize(frequencies.len(), Complex64::ZERO);
            response
                .eval_into(&frequencies, quantity, &mut block)
                .map_err(|error| Error::Response { error })?;
            for ((n, h), f) in (k..).zip(&block).zip(&frequencies) {
                let norm = h.norm();
                if !norm.is_finite() {
                    return Err(Error::ResponseNotFinite { frequency_hz: *f, quantity });
                }
                largest = largest.max(norm);
                if let Some(value) = n.checked_sub(first).and_then(|n| values.get_mut(n)) {
                    *value = *h;
                }
            }
            k = until + 1;
        }
        let floor = match spec.water_level {
            WaterLevel::None => 0.0,
            WaterLevel::Db(db) => largest * 10.0_f64.powf(-db / 20.0),
        };
        let dropped = spec.water_level != WaterLevel::None;
        let scale = 1.0 / nfft as f64;
        for (n, (gain, h)) in operator.gains.iter_mut().zip(&values).enumerate() {
            let frequency_hz = grid.frequency(first + n);
            let norm = h.norm();
            if norm == 0.0 {
                if !dropped || largest == 0.0 {
                    return Err(Error::ResponseZero { frequency_hz, quantity });
                }
                *gain = Complex64::ZERO;
                continue;
            }
            // 1/h as conj(h)/|h|², in two steps that do not overflow.
            let mut inverse = h.conj() / norm / norm;
            if norm < floor {
                inverse = h.conj() / norm / floor;
                operator.clipped += 1;
            }
            *gain *= inverse * scale;
            if !(gain.re.is_finite() && gain.im.is_finite()) {
                return Err(Error::ResponseNotFinite { frequency_hz, quantity });
            }
        }
        Ok(operator)
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
struct Grid {
    nyquist_hz: f64,
    /// Index of the Nyquist frequency.
    last: usize,
}

impl Grid {
    fn spacing_hz(&self) -> f64 {
        self.nyquist_hz / self.last as f64
    }

    /// As `numpy.linspace` computes it: the last is exactly the Nyquist frequency.
    fn frequency(&self, k: usize) -> f64 {
        if k == self.last { self.nyquist_hz } else { k as f64 * self.spacing_hz() }
    }
}

/// The pre-filter at the frequencies it lets pass, and the index of the first of them.
fn pre_filter_gains(
    spec: &DeconvolutionSpec,
    grid: &Grid,
    gains: &mut Vec<Complex64>,
) -> Result<usize> {
    // Without a water level ObsPy drops the mean.
    let lowest = usize::from(spec.water_level == WaterLevel::None);
    let Some(filter) = spec.pre_filter else {
        gains.resize(grid.last + 1 - lowest, Complex64::ONE);
        return Ok(lowest);
    };
    filter.check_nyquist(grid.nyquist_hz)?;
    let [f1, _, _, f4] = filter.corners_hz();
    // One more on either side than the corners say, for rounding; their gain is zero.
    let from = ((f1 / grid.spacing_hz()) as usize).saturating_sub(1).max(lowest);
    let to = ((f4 / grid.spacing_hz()) as usize + 1).min(grid.last);
    let mut first = None;
    for k in from..=to {
        let gain = filter.gain(grid.frequency(k));
        if gain > 0.0 {
            let first = *first.get_or_insert(k);
            gains.resize(k - first, Complex64::ZERO);
            gains.push(Complex64::new(gain, 0.0));
        }
    }
    first.ok_or(Error::EmptyPassBand {
        corners_hz: filter.corners_hz(),
        spacing_hz: grid.spacing_hz(),
    })
}
