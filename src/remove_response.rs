//! Response removal with the epoch looked up: where metadata and signal processing meet.

use seis_core::{Stream, StreamError, Trace};
use seis_resp::{EpochPolicy, Inventory, LookupError, Response};
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
}

impl RemoveResponseOptions {
    /// With this policy for contradictory epochs.
    #[must_use]
    pub fn epochs(mut self, policy: EpochPolicy) -> Self {
        self.epochs = policy;
        self
    }
}

impl From<DeconvolutionSpec> for RemoveResponseOptions {
    fn from(deconvolution: DeconvolutionSpec) -> Self {
        Self { deconvolution, epochs: EpochPolicy::default() }
    }
}

/// Removal of the instrument response that an inventory holds for a trace, or for each trace of a
/// stream.
///
/// The channel's epoch must cover the whole trace; otherwise the error says which epochs exist and
/// where to cut. Plans are shared between traces of equal response, length and rate, through
/// [`PlanCache::global`](seis_signal::PlanCache::global).
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
///     .water_level(WaterLevel::None);
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

impl RemoveResponse for Trace {
    type Error = RemoveResponseError;

    fn remove_response(
        &mut self,
        inventory: &Inventory,
        options: impl Into<RemoveResponseOptions>,
    ) -> Result<&mut Self, RemoveResponseError> {
        let options = options.into();
        let response = response(self, inventory, options.epochs)?;
        Ok(self.remove_response_with(response, &options.deconvolution)?)
    }

    fn calibrate(
        &mut self,
        inventory: &Inventory,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self, RemoveResponseError> {
        let response = response(self, inventory, EpochPolicy::default())?;
        Ok(self.calibrate_with(response, spec)?)
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
