//! From raw counts to resampled ground motion in one plan.

use seis_core::{Fingerprint, FrequencyResponse, Step, TimeDelta, UtcTime};

use crate::fft::Transform;
use crate::pipeline::Pipeline;
use crate::trace::warned;
use crate::{
    DeconvolutionSpec, DetrendSpec, InterpolationPlan, InterpolationSpec, Result, SampleView,
    SamplingGrid, Scratch, TaperSpec, Warning,
};

/// The usual chain: detrend, taper, remove the response, resample.
///
/// ```
/// use seis_core::{GroundMotion, SamplingRate};
/// use seis_signal::{
///     CalibrationSpec, DeconvolutionSpec, DetrendSpec, InterpolationSpec, PreFilter, TaperSpec,
///     WaterLevel,
/// };
/// let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
///     .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
///     .water_level(WaterLevel::None)
///     .zero_mean(false)
///     .taper_fraction(None);
/// let spec = CalibrationSpec::only(to_displacement)
///     .detrend(DetrendSpec::Demean)
///     .taper(TaperSpec::new(0.05))
///     .resample(InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25));
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CalibrationSpec {
    /// The trend to remove first.
    pub detrend: Option<DetrendSpec>,
    /// The taper after that.
    pub taper: Option<TaperSpec>,
    /// How to remove the response.
    pub deconvolution: DeconvolutionSpec,
    /// To which rate and times to resample at the end.
    pub resample: Option<InterpolationSpec>,
}

impl CalibrationSpec {
    /// Only the response is removed, until more is asked for.
    #[must_use]
    pub fn only(deconvolution: DeconvolutionSpec) -> Self {
        Self { detrend: None, taper: None, deconvolution, resample: None }
    }

    /// Removes a trend first.
    #[must_use]
    pub fn detrend(mut self, detrend: impl Into<Option<DetrendSpec>>) -> Self {
        self.detrend = detrend.into();
        self
    }

    /// Tapers before the response is removed.
    #[must_use]
    pub fn taper(mut self, taper: impl Into<Option<TaperSpec>>) -> Self {
        self.taper = taper.into();
        self
    }

    /// Resamples at the end.
    #[must_use]
    pub fn resample(mut self, resample: impl Into<Option<InterpolationSpec>>) -> Self {
        self.resample = resample.into();
        self
    }
}

impl From<DeconvolutionSpec> for CalibrationSpec {
    fn from(deconvolution: DeconvolutionSpec) -> Self {
        Self::only(deconvolution)
    }
}

/// A [`CalibrationSpec`] made ready for one response and traces of one length and rate.
///
/// The results are those of the separate steps, to rounding errors (1e-15 of the peak; the tests
/// ask for 1e-13), and everything that can be left out is:
///
/// * samples are converted, demeaned and tapered while they are packed for the FFT;
/// * only the frequencies that survive the pre-filter are separated, multiplied and joined;
/// * where the frequencies of a reference length make an awkward transform, as ObsPy's often do,
///   one of another length yields the same samples: of the kernel that the response's inverse is in
///   time, only the lags between two samples of the trace matter, and a transform of at least twice
///   the trace's length can hold them all;
/// * if the output samples are some of the input's (the rates are in an integer ratio and the
///   first output falls on a sample), the inverse transform is made at the output rate, or at the
///   nearest that divides the transform's length, and nothing is left to interpolate; and the
///   padding, the results behind the last sample and the frequencies that do not survive are not
///   transformed at all: half the circle that wraps around and half of one that changes its sign
///   there are the whole;
/// * where the pre-filter keeps a small part of the band and the trace is long, a short filter,
///   which is divided out again, lowers the rate before the forward transform;
/// * at more than 131 072 frequencies, which no trace of twenty minutes has, a response is
///   interpolated where [it says that it is smooth][smooth] and the interpolation proves good to
///   2 · 10⁻¹³.
///
/// [smooth]: seis_core::FrequencyResponse::smooth_within_hz
///
/// None of this is an approximation beyond rounding errors: the tests compare every way with plain
/// transforms of the reference length. ([`DeconvolutionPlan`](crate::DeconvolutionPlan) does the
/// same at the full rate.)
#[derive(Debug, Clone)]
pub struct CalibrationPlan {
    pipeline: Pipeline,
    input: SamplingGrid,
    output: SamplingGrid,
}

impl CalibrationPlan {
    /// Makes all steps ready.
    ///
    /// # Errors
    /// Those of the steps: [`DetrendSpec::apply`], [`TaperPlan::new`](crate::TaperPlan::new),
    /// [`DeconvolutionPlan::new`](crate::DeconvolutionPlan::new) and [`InterpolationPlan::new`].
    pub fn new(
        spec: &CalibrationSpec,
        input: &SamplingGrid,
        response: &dyn FrequencyResponse,
    ) -> Result<Self> {
        // First, since it is cheap and may fail.
        let resample = match &spec.resample {
            Some(resample) => Some(InterpolationPlan::new(resample, input)?),
            None => None,
        };
        let output = resample.as_ref().map_or(*input, |plan| *plan.output());
        let pipeline = Pipeline::new(spec, input.npts, input.rate, response, resample)?;
        Ok(Self { pipeline, input: *input, output })
    }

    /// Turns a record into ground motion: `out` becomes the result, its allocation is reused.
    /// Nothing else is allocated once `scratch` has grown. Results of more than a million samples at
    /// the full rate may take twice the memory, in which they were computed: `out.shrink_to_fit()`
    /// if they are to be kept.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) for a slice of another length,
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::Overflow`](crate::Error::Overflow);
    /// `out` is then untouched.
    pub fn apply<'a>(
        &self,
        samples: impl Into<SampleView<'a>>,
        out: &mut Vec<f64>,
        scratch: &mut Scratch,
    ) -> Result<()> {
        self.pipeline.apply(samples.into(), out, scratch)
    }

    /// The grid of the input.
    #[must_use]
    pub fn input(&self) -> &SamplingGrid {
        &self.input
    }

    /// The grid of the output.
    #[must_use]
    pub fn output(&self) -> &SamplingGrid {
        &self.output
    }

    /// Start of the output for a trace that starts at another time than the plan's input.
    #[must_use]
    pub fn output_start(&self, input_start: UtcTime) -> UtcTime {
        let offset: TimeDelta = self.output.start - self.input.start;
        input_start + offset
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

    /// By how much the inverse transform is shorter than one at the input's rate; 1 if it is not.
    #[must_use]
    pub fn decimation(&self) -> usize {
        self.pipeline.decimation()
    }

    /// How many surviving frequencies the water level raised.
    #[must_use]
    pub fn clipped_bins(&self) -> usize {
        self.pipeline.operator().clipped
    }

    /// What was lawful but may not be meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        self.pipeline.warnings()
    }

    /// The steps as they are written into a trace's history, with what there is to be warned of.
    #[must_use]
    pub fn steps(&self, spec: &CalibrationSpec, response: Option<Fingerprint>) -> Vec<Step> {
        self.steps_warned(spec, response, self.warnings())
    }

    /// As [`steps`](Self::steps), with these of the warnings.
    pub(crate) fn steps_warned(
        &self,
        spec: &CalibrationSpec,
        response: Option<Fingerprint>,
        warnings: &[Warning],
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        steps.extend(spec.detrend.map(DetrendSpec::step));
        steps.extend(spec.taper.as_ref().map(TaperSpec::step));
        let removal = spec.deconvolution.step(response).with("clipped_bins", self.clipped_bins());
        steps.push(warned(removal, warnings));
        steps.extend(spec.resample.as_ref().map(InterpolationSpec::step));
        steps
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
