//! Deconvolution of traces of one length and rate.

use std::ops::RangeInclusive;

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use super::DeconvolutionSpec;
use crate::fft::Transform;
use crate::pipeline::Pipeline;
use crate::{CalibrationSpec, Result, Scratch, Warning};

/// A [`DeconvolutionSpec`] made ready for one response and traces of one length and rate: the
/// factor of each frequency that survives, and the transforms. It can be shared between threads.
///
/// ```
/// use seis_core::{Complex64, EvaluationError, FrequencyResponse, GroundMotion, SamplingRate};
/// use seis_signal::{DeconvolutionPlan, DeconvolutionSpec, PreFilter, Scratch};
///
/// /// 100 counts per m/s, at every frequency.
/// struct Flat;
/// impl FrequencyResponse for Flat {
///     fn eval_into(
///         &self,
///         _frequencies_hz: &[f64],
///         _quantity: GroundMotion,
///         out: &mut [Complex64],
///     ) -> Result<(), EvaluationError> {
///         out.fill(Complex64::new(100.0, 0.0));
///         Ok(())
///     }
/// }
///
/// let spec = DeconvolutionSpec::new(GroundMotion::Velocity)
///     .pre_filter(PreFilter::new(0.5, 1.0, 4.0, 5.0)?)
///     .taper_fraction(None);
/// let plan = DeconvolutionPlan::new(&spec, 1000, SamplingRate::from_hz(20.0)?, &Flat)?;
/// let mut samples: Vec<f64> = (0..1000).map(|n| (f64::from(n) * 0.7).sin()).collect();
/// let counts = samples[500];
/// plan.apply(&mut samples, &mut Scratch::new())?;
/// assert!((samples[500] - counts / 100.0).abs() < 1e-5);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeconvolutionPlan {
    pipeline: Pipeline,
}

impl DeconvolutionPlan {
    /// Evaluates the response at the frequencies that survive the pre-filter (at all of them for a
    /// water level, which refers to the largest) and inverts it. At more than 131 072 frequencies it
    /// is interpolated where [it says that it is smooth](FrequencyResponse::smooth_within_hz).
    ///
    /// # Errors
    /// * [`Error::PreFilterBeyondNyquist`](crate::Error::PreFilterBeyondNyquist) and
    ///   [`Error::EmptyPassBand`](crate::Error::EmptyPassBand);
    /// * [`Error::Response`](crate::Error::Response) if the response cannot be evaluated,
    ///   [`Error::ResponseNotFinite`](crate::Error::ResponseNotFinite), and
    ///   [`Error::ResponseZero`](crate::Error::ResponseZero) without a water level; ObsPy returns
    ///   infinities or NaN;
    /// * [`Error::Parameter`](crate::Error::Parameter) for a negative water level or a taper
    ///   fraction beyond 0…1, [`Error::FftLength`](crate::Error::FftLength);
    /// * [`Error::TooShort`](crate::Error::TooShort) for an empty trace, or one sample to be
    ///   tapered; a trace without rate.
    pub fn new(
        spec: &DeconvolutionSpec,
        npts: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
    ) -> Result<Self> {
        let pipeline = Pipeline::new(&CalibrationSpec::only(*spec), npts, rate, response, None)?;
        Ok(Self { pipeline })
    }

    /// Turns the record into ground motion.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) for a slice of another length,
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::Overflow`](crate::Error::Overflow);
    /// the samples are then untouched.
    pub fn apply(&self, samples: &mut [f64], scratch: &mut Scratch) -> Result<()> {
        self.pipeline.apply_in_place(samples, scratch)
    }

    /// The number of samples that the plan is for.
    #[must_use]
    pub fn npts(&self) -> usize {
        self.pipeline.npts()
    }

    /// The length of the FFT on whose frequencies the response is divided out.
    #[must_use]
    pub fn fft_points(&self) -> usize {
        self.pipeline.reference().nfft
    }

    /// The length, at the rate of the samples, of the transform that is made. It differs from
    /// [`fft_points`](Self::fft_points) where another yields the same samples in less time.
    #[must_use]
    pub fn transform_points(&self) -> usize {
        self.pipeline.operator().nfft
    }

    /// Indices of the frequencies that survive; frequency `k` is `k·rate/fft_points`.
    #[must_use]
    pub fn bins(&self) -> RangeInclusive<usize> {
        self.pipeline.reference().first..=self.pipeline.reference().last
    }

    /// By what these frequencies are multiplied, divided by the FFT's length; `None` where a
    /// transform of another length is made, which has other frequencies, where a filter lowers the
    /// rate before it, whose factor is in them, and for traces so long (of more than a million
    /// samples) that factors are computed as they are used.
    #[must_use]
    pub fn factors(&self) -> Option<&[Complex64]> {
        let own = self.transform_points() == self.fft_points() && !self.pipeline.is_filtered();
        own.then(|| self.pipeline.operator().gains()).flatten()
    }

    /// How many of them the water level raised.
    #[must_use]
    pub fn clipped_bins(&self) -> usize {
        self.pipeline.operator().clipped
    }

    /// What was lawful but may not be meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        self.pipeline.warnings()
    }

    pub(crate) fn transforms(&self) -> [Option<Transform>; 2] {
        self.pipeline.transforms()
    }

    /// Bytes that the plan holds, without the transforms, which plans of one length share.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.pipeline.memory_bytes()
    }
}
