//! Interpolation to other sampling rates and times.

mod grid;
mod lanczos;
mod plan;
mod slopes;
mod spline;

pub use grid::SamplingGrid;
pub(crate) use grid::{Positions, Ticks};
pub use plan::InterpolationPlan;

use seis_core::{SamplingRate, Step, UtcTime};

/// How values between samples are found.
///
/// Every method returns the samples themselves where an output time is that of a sample. (ObsPy's
/// Lanczos adds rounding errors of the other taps there, 2.4e-16 of the peak.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interpolation {
    /// The windowed sinc `sinc(u)·sinc(u/a)` for |u| ≤ a, in input samples (Lanczos).
    ///
    /// The kernel is ObsPy's 1.5.1 (`obspy/signal/src/lanczos.c`): it is not normalised (a
    /// constant comes out with a ripple of 1e-5 for a = 25, 1e-3 for a = 5), and samples beyond
    /// the ends count as zero, so that the first and last `a` input intervals are distorted.
    Lanczos {
        /// Half the width of the kernel in input samples; 25 is a good choice.
        a: u32,
    },
    /// Straight lines between samples (ObsPy's `linear` and `slinear`).
    Linear,
    /// The nearest sample; of two equally near the earlier (ObsPy's `nearest`).
    Nearest,
    /// The latest sample not after the wanted time (ObsPy's `zero`).
    Previous,
    /// The cubic spline through all samples, not-a-knot at both ends (ObsPy's `cubic`).
    CubicSpline,
    /// Cubics with slopes that make no extrema between samples, after Wiggins (1976); ObsPy's
    /// default, `weighted_average_slopes`. Where ObsPy returns NaN, between equal samples, the
    /// result is constant.
    WeightedAverageSlopes,
}

impl Interpolation {
    /// The name by which ObsPy knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lanczos { .. } => "lanczos",
            Self::Linear => "linear",
            Self::Nearest => "nearest",
            Self::Previous => "zero",
            Self::CubicSpline => "cubic",
            Self::WeightedAverageSlopes => "weighted_average_slopes",
        }
    }

    /// The fewest samples it works on.
    fn needs(self) -> usize {
        match self {
            Self::CubicSpline => 4,
            Self::WeightedAverageSlopes => 2,
            _ => 1,
        }
    }
}

/// To which rate and times, and how.
///
/// Nothing removes what lies above the new Nyquist frequency: low-pass filter first (a
/// deconvolution's pre-filter does) when the new rate is lower.
///
/// Times are exact: positions are ratios of integers. ObsPy computes with seconds since 1970 in
/// 64-bit floats, whose resolution today is 0.24 µs; with an output that starts between samples
/// its positions are wrong by that much (8e-6 on white noise at 20 Hz), and it loses the last
/// sample in one of six cases. Where the output starts at the first sample and `npts` is given,
/// the results are the same.
///
/// ```
/// use seis_core::{SamplingRate, UtcTime};
/// use seis_signal::{InterpolationPlan, InterpolationSpec, SamplingGrid, Scratch};
///
/// let sine: Vec<f64> = (0..100).map(|n| (0.3 * f64::from(n)).sin()).collect();
/// let input = SamplingGrid::new(UtcTime::EPOCH, SamplingRate::from_hz(1.0)?, sine.len());
/// let spec = InterpolationSpec::lanczos(SamplingRate::from_hz(0.8)?, 25);
/// let plan = InterpolationPlan::new(&spec, &input)?;
/// let mut out = Vec::new();
/// plan.apply(&sine, &mut out, &mut Scratch::new())?;
/// assert_eq!(out.len(), 80);
/// assert!((out[40] - (0.3_f64 * 50.0).sin()).abs() < 1e-5);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InterpolationSpec {
    /// How.
    pub method: Interpolation,
    /// The new sampling rate.
    pub rate: SamplingRate,
    /// Time of the first new sample; that of the first old one if it is not given.
    pub start: Option<UtcTime>,
    /// Number of new samples; all that fit if it is not given.
    pub npts: Option<usize>,
}

impl InterpolationSpec {
    /// By this method to this rate, from the first sample on, as many samples as fit.
    #[must_use]
    pub fn new(method: Interpolation, rate: SamplingRate) -> Self {
        Self { method, rate, start: None, npts: None }
    }

    /// Lanczos interpolation with a kernel of `a` samples on either side.
    #[must_use]
    pub fn lanczos(rate: SamplingRate, a: u32) -> Self {
        Self::new(Interpolation::Lanczos { a }, rate)
    }

    /// With the first new sample at this time.
    #[must_use]
    pub fn start(mut self, start: UtcTime) -> Self {
        self.start = Some(start);
        self
    }

    /// With this many new samples.
    #[must_use]
    pub fn npts(mut self, npts: usize) -> Self {
        self.npts = Some(npts);
        self
    }

    /// The step as it is written into a trace's history.
    #[must_use]
    pub fn step(&self) -> Step {
        let mut step = Step::new("interpolate").with("method", self.method.name());
        if let Interpolation::Lanczos { a } = self.method {
            step = step.with("a", i64::from(a));
        }
        step = step.with("rate_hz", self.rate.hz());
        if let Some(start) = self.start {
            step = step.with("start", start.to_string());
        }
        if let Some(npts) = self.npts {
            step = step.with("npts", npts);
        }
        step
    }
}
