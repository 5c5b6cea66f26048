//! Removal of an instrument's response.

mod curve;
mod gains;
mod operator;
mod plan;
mod pre_filter;
mod regrid;

pub(crate) use operator::{LONG, Operator};
pub use plan::DeconvolutionPlan;
pub use pre_filter::PreFilter;

use seis_core::{Fingerprint, GroundMotion, Step};

use crate::FftLength;

/// What to do about frequencies at which an instrument hardly responds.
///
/// ObsPy's `water_level=0` is `Db(0.0)`, which is **not** "off": it raises every frequency to the
/// largest response, so that only the phase is corrected and amplitudes are wrong (displacements of
/// a broadband record by a factor of a hundred). "Off" is `None`, ObsPy's `water_level=None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WaterLevel {
    /// Divide by the response as it is. The mean (frequency 0) is dropped. A response of zero at a
    /// frequency that is kept is an error.
    None,
    /// Divide by no less than so many decibels below the largest response of all frequencies from 0
    /// to the Nyquist frequency, in the output quantity, and keep the phase. Frequencies at which
    /// the response is exactly zero are dropped; frequency 0 is kept if the response is not zero
    /// there.
    Db(f64),
}

/// How to turn a record into ground motion.
///
/// The steps are ObsPy's `remove_response`, with its defaults; `new` gives those:
///
/// 1. subtract the mean (`zero_mean`);
/// 2. taper with quarter cosines (`taper_fraction`, **both ends together**);
/// 3. pad with zeros ([`FftLength`]) and transform;
/// 4. multiply by the [`PreFilter`];
/// 5. divide by the response in the output quantity, with a [`WaterLevel`];
/// 6. make the Nyquist frequency real and not negative, and transform back.
///
/// Nothing is un-tapered or detrended afterwards. Differences from ObsPy 1.5: errors where it
/// returns infinities, NaN or zeros (see [`DeconvolutionPlan::new`]); samples of 32-bit floats are
/// widened before the mean is taken.
///
/// ```
/// use seis_core::GroundMotion;
/// use seis_signal::{DeconvolutionSpec, PreFilter, WaterLevel};
/// // The trace was demeaned and tapered already.
/// let spec = DeconvolutionSpec::new(GroundMotion::Displacement)
///     .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
///     .water_level(WaterLevel::None)
///     .zero_mean(false)
///     .taper_fraction(None);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct DeconvolutionSpec {
    /// The ground motion to compute.
    pub output: GroundMotion,
    /// Band to keep; default all.
    pub pre_filter: Option<PreFilter>,
    /// Default 60 dB.
    pub water_level: WaterLevel,
    /// Whether to subtract the mean first; default true.
    pub zero_mean: bool,
    /// Part of the trace, both ends together, that is tapered first; default 0.05.
    pub taper_fraction: Option<f64>,
    /// Length of the FFT; default as ObsPy.
    pub fft_length: FftLength,
}

impl DeconvolutionSpec {
    /// ObsPy's defaults.
    #[must_use]
    pub fn new(output: GroundMotion) -> Self {
        Self {
            output,
            pre_filter: None,
            water_level: WaterLevel::Db(60.0),
            zero_mean: true,
            taper_fraction: Some(0.05),
            fft_length: FftLength::ObsPy,
        }
    }

    /// Keeps this band only.
    #[must_use]
    pub fn pre_filter(mut self, pre_filter: impl Into<Option<PreFilter>>) -> Self {
        self.pre_filter = pre_filter.into();
        self
    }

    /// With this water level.
    #[must_use]
    pub fn water_level(mut self, water_level: WaterLevel) -> Self {
        self.water_level = water_level;
        self
    }

    /// Whether to subtract the mean first.
    #[must_use]
    pub fn zero_mean(mut self, zero_mean: bool) -> Self {
        self.zero_mean = zero_mean;
        self
    }

    /// Part of the trace, both ends together, that is tapered first.
    #[must_use]
    pub fn taper_fraction(mut self, fraction: impl Into<Option<f64>>) -> Self {
        self.taper_fraction = fraction.into();
        self
    }

    /// With this length of the FFT.
    #[must_use]
    pub fn fft_length(mut self, fft_length: FftLength) -> Self {
        self.fft_length = fft_length;
        self
    }

    /// The step as it is written into a trace's history.
    #[must_use]
    pub fn step(&self, response: Option<Fingerprint>) -> Step {
        let mut step = Step::new("remove_response").with("output", self.output.name());
        if let Some(filter) = self.pre_filter {
            step = step.with("pre_filter_hz", filter.corners_hz().to_vec());
        }
        step = match self.water_level {
            WaterLevel::None => step.with("water_level", "none"),
            WaterLevel::Db(db) => step.with("water_level_db", db),
        };
        step = step.with("zero_mean", self.zero_mean);
        step = match self.taper_fraction {
            Some(fraction) => step.with("taper_fraction", fraction),
            None => step.with("taper", false),
        };
        step = match self.fft_length {
            FftLength::ObsPy => step.with("fft_length", "obspy"),
            FftLength::Fast => step.with("fft_length", "fast"),
            FftLength::Exactly(n) => step.with("fft_length", n),
        };
        match response {
            Some(Fingerprint(key)) => step.with("response", format!("{key:032x}")),
            None => step,
        }
    }
}

impl Default for DeconvolutionSpec {
    /// To velocity, ObsPy's default.
    fn default() -> Self {
        Self::new(GroundMotion::default())
    }
}
