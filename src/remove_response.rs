//! Response removal with the epoch looked up: where metadata and signal processing meet.

use seis_core::{GroundMotion, Step, Stream, StreamError, Trace};
use seis_resp::{
    EpochPolicy, EvaluationOptions, EvaluationWarning, Inventory, LookupError, Response,
};
use seis_signal::{CalibrationSpec, DeconvolutionSpec, TraceSignal};

/// Why a response could not be removed. The trace is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoveResponseError {
    /// No response, or no single one, holds for the whole trace.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The response cannot be evaluated, or the trace cannot be processed.
    #[error(transparent)]
    Signal(#[from] seis_signal::Error),
}

/// How to remove a response: the deconvolution, and what to do about contradictory metadata.
///
/// A [`DeconvolutionSpec`] alone will do wherever this is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct RemoveResponseOptions {
    /// Output quantity, pre-filter, water level, taper, FFT length.
    pub deconvolution: DeconvolutionSpec,
    /// What to do if several epochs with different responses hold at once.
    pub epochs: EpochPolicy,
    /// Whether a stream is [cut](crate::split_at_epochs) where the response of a trace changes, and
    /// every part corrected with its own. By default such a trace is refused, with the instant. A
    /// single [`Trace`] cannot become several and is always refused.
    pub split: bool,
}

impl RemoveResponseOptions {
    /// With this policy for contradictory epochs.
    #[must_use]
    pub fn epochs(mut self, policy: EpochPolicy) -> Self {
        self.epochs = policy;
        self
    }

    /// Cutting a stream's traces where the response changes, or not.
    #[must_use]
    pub fn split(mut self, split: bool) -> Self {
        self.split = split;
        self
    }
}

impl From<DeconvolutionSpec> for RemoveResponseOptions {
    fn from(deconvolution: DeconvolutionSpec) -> Self {
        Self { deconvolution, ..Self::default() }
    }
}

/// Removal of the instrument response that an inventory holds for a trace, or for each trace of a
/// stream.
///
/// The channel's epoch must cover the whole trace; otherwise the error says which epochs exist and
/// where to cut ([`RemoveResponseOptions::split`] does it). Plans are shared between traces of equal response, length and rate, through
/// [`PlanCache::global`](seis_signal::PlanCache::global). What is [doubtful about the
/// response](response_warnings) is written into the trace's history, as `response_warning`.
///
/// [`DeconvolutionSpec`] has ObsPy's defaults: it demeans and tapers by itself. Where the trace is
/// demeaned and tapered already, switch that off, as here.
///
/// ```
/// use seis::prelude::*;
/// # let root = tempfile::tempdir()?;
/// # let demo = seis::demo::write_archive(root.path(), &seis::demo::DemoOptions::small())?;
/// # let raw = &demo.traces[1].raw;
/// # let resp = raw.parent().unwrap().with_file_name("resp").join("XX.STS2.xml");
/// let mut stream = seis::mseed::read(raw)?.stream;
/// let inventory = Inventory::read(resp)?;
/// let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
///     .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
///     .water_level(WaterLevel::None)
///     .zero_mean(false)
///     .taper_fraction(None);
/// stream.demean()?.taper(0.05)?.remove_response(&inventory, to_displacement)?;
/// # assert!(demo.traces[1].compare_trace(&stream.traces()[0])?.correlation > 0.9999);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait RemoveResponse {
    /// [`RemoveResponseError`] for a trace; for a stream the [`StreamError`] that names each trace
    /// that failed.
    type Error;

    /// Removes the response.
    ///
    /// # Errors
    /// As the type says; what failed is untouched.
    fn remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, Self::Error>;

    /// Detrends, tapers, removes the response and resamples in one: the same numbers as the steps
    /// one by one, at a fraction of the cost.
    ///
    /// # Errors
    /// As the type says; what failed is untouched.
    fn calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, Self::Error>;
}

fn response<'a>(
    trace: &Trace,
    inventory: &'a Inventory,
    epochs: EpochPolicy,
) -> Result<&'a Response, LookupError> {
    Ok(inventory.lookup(&trace.id, trace.start, trace.end(), epochs)?.response)
}

/// What is doubtful about a response in the band that is kept: a sensitivity that its stages do
/// not give, a list that ends within the band, and so on.
///
/// A response that cannot be evaluated has none; the evaluation fails with its reason. What is
/// wrong with one that can be, by the rules of a check, tells
/// [`response_findings`](crate::response_findings).
#[must_use]
pub fn response_warnings(
    response: &Response,
    output: GroundMotion,
    band_hz: (f64, f64),
) -> Vec<EvaluationWarning> {
    evaluation_warnings(response, output, band_hz).unwrap_or_default()
}

/// As [`response_warnings`]; `None` if the response cannot be evaluated.
pub(crate) fn evaluation_warnings(
    response: &Response,
    output: GroundMotion,
    band_hz: (f64, f64),
) -> Option<Vec<EvaluationWarning>> {
    let plan = response.plan(output, &EvaluationOptions::default()).ok()?;
    let mut warnings = plan.warnings().to_vec();
    warnings.extend(plan.extrapolation(band_hz.0, band_hz.1));
    Some(warnings)
}

/// The frequencies in Hz that a deconvolution keeps.
pub(crate) fn kept_band_hz(deconvolution: &DeconvolutionSpec, rate_hz: f64) -> (f64, f64) {
    match deconvolution.pre_filter.map(|filter| filter.corners_hz()) {
        Some([first, _, _, last]) => (first, last),
        None => (0.0, rate_hz / 2.0),
    }
}

/// Writes the warnings of a response into the trace's history.
fn note_warnings(trace: &mut Trace, warnings: &[EvaluationWarning]) {
    for warning in warnings {
        let step = Step::new("response_warning").with("text", warning.to_string());
        trace.history.push(step);
    }
}

impl RemoveResponse for Trace {
    type Error = RemoveResponseError;

    fn remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, RemoveResponseError> {
        let options = options.into();
        let response = response(self, inventory, options.epochs)?;
        let band_hz = kept_band_hz(&options.deconvolution, self.rate.hz());
        self.remove_response_with(response, &options.deconvolution)?;
        note_warnings(self, &response_warnings(response, options.deconvolution.output, band_hz));
        Ok(self)
    }

    fn calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, RemoveResponseError> {
        let response = response(self, inventory, EpochPolicy::default())?;
        let band_hz = kept_band_hz(&spec.deconvolution, self.rate.hz());
        self.calibrate_with(response, spec)?;
        note_warnings(self, &response_warnings(response, spec.deconvolution.output, band_hz));
        Ok(self)
    }
}

impl RemoveResponse for Stream {
    type Error = StreamError<RemoveResponseError>;

    fn remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, Self::Error> {
        let options = options.into();
        if options.split {
            crate::split_at_epochs(self, inventory, options.epochs);
        }
        self.try_for_each(|trace| trace.remove_response(inventory, options).map(drop))
    }

    fn calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, Self::Error> {
        self.try_for_each(|trace| trace.calibrate(inventory, spec).map(drop))
    }
}

/// [`RemoveResponse`] on all threads of the current rayon pool; the same results, bit by bit.
#[cfg(feature = "rayon")]
pub trait ParRemoveResponse {
    /// [`RemoveResponse::remove_response`] in parallel over traces.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    fn par_remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, StreamError<RemoveResponseError>>;

    /// [`RemoveResponse::calibrate`] in parallel over traces.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    fn par_calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, StreamError<RemoveResponseError>>;
}

#[cfg(feature = "rayon")]
impl ParRemoveResponse for Stream {
    fn par_remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, StreamError<RemoveResponseError>> {
        let options = options.into();
        if options.split {
            crate::split_at_epochs(self, inventory, options.epochs);
        }
        self.par_try_for_each(|trace| trace.remove_response(inventory, options).map(drop))
    }

    fn par_calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, StreamError<RemoveResponseError>> {
        self.par_try_for_each(|trace| trace.calibrate(inventory, spec).map(drop))
    }
}
