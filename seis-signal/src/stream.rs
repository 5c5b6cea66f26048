//! Signal processing as methods of a stream.

#[cfg(feature = "rayon")]
use seis_core::Trace;
use seis_core::{FrequencyResponse, Stream, StreamError};

use crate::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, Error, InterpolationSpec, TaperSpec,
    TraceSignal,
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for seis_core::Stream {}
}

/// Result of an operation on all traces of a stream.
pub type StreamResult<'a> = std::result::Result<&'a mut Stream, StreamError<Error>>;

/// Signal processing on all traces of a [`Stream`], as [`TraceSignal`] does it on one.
///
/// Where a trace fails the others are processed all the same, and the [`StreamError`] names each
/// that failed; those are untouched. For steps of one's own, or a response for each trace, use
/// [`Stream::try_for_each`] with the methods of [`TraceSignal`]; to go on with the traces that did
/// not fail, [`Stream::retain_ok`].
///
/// With the feature `rayon` each method has a twin with the prefix `par_`, which uses all threads
/// of the current pool and has the same result to the last bit. A stream of one trace, or of so few
/// samples that waking threads takes longer than the work (2^18 for detrending, tapering,
/// differentiation and integration, 2^14 for the rest), is processed on the calling thread.
///
/// ```
/// use seis_core::{SamplingRate, Stream, Trace, UtcTime};
/// use seis_signal::{DetrendSpec, StreamSignal};
/// let rate = SamplingRate::from_hz(40.0)?;
/// let mut stream = Stream::new();
/// stream.push(Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]));
/// stream.push(Trace::new("CI.HEC..BHE".parse()?, UtcTime::EPOCH, rate, Vec::<i32>::new()));
///
/// let error = stream.detrend(DetrendSpec::Linear).unwrap_err();
/// assert_eq!(error.failures.len(), 1);
/// assert_eq!(error.failures[0].index, 1);
/// assert!(stream.traces()[0].samples.as_f64().is_some());
/// # Ok::<(), seis_core::Error>(())
/// ```
pub trait StreamSignal: sealed::Sealed {
    /// Removes a trend.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::detrend`] does.
    fn detrend(&mut self, spec: impl Into<DetrendSpec>) -> StreamResult<'_>;

    /// [`detrend`](Self::detrend) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_detrend(&mut self, spec: impl Into<DetrendSpec>) -> StreamResult<'_>;

    /// Removes the mean.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::demean`] does.
    fn demean(&mut self) -> StreamResult<'_>;

    /// [`demean`](Self::demean) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_demean(&mut self) -> StreamResult<'_>;

    /// Tapers the ends.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::taper`] does.
    fn taper(&mut self, spec: impl Into<TaperSpec>) -> StreamResult<'_>;

    /// [`taper`](Self::taper) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_taper(&mut self, spec: impl Into<TaperSpec>) -> StreamResult<'_>;

    /// Interpolates to another rate and other times.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::interpolate`] does.
    fn interpolate(&mut self, spec: &InterpolationSpec) -> StreamResult<'_>;

    /// [`interpolate`](Self::interpolate) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_interpolate(&mut self, spec: &InterpolationSpec) -> StreamResult<'_>;

    /// Removes one and the same response, as of the segments of one channel.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::remove_response_with`] does.
    fn remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> StreamResult<'_>;

    /// [`remove_response_with`](Self::remove_response_with) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> StreamResult<'_>;

    /// Detrends, tapers, removes one and the same response, and resamples.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::calibrate_with`] does.
    fn calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> StreamResult<'_>;

    /// [`calibrate_with`](Self::calibrate_with) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> StreamResult<'_>;

    /// Differentiates in time.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::differentiate`] does.
    fn differentiate(&mut self) -> StreamResult<'_>;

    /// [`differentiate`](Self::differentiate) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_differentiate(&mut self) -> StreamResult<'_>;

    /// Integrates in time.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, as [`TraceSignal::integrate`] does.
    fn integrate(&mut self) -> StreamResult<'_>;

    /// [`integrate`](Self::integrate) on all threads of the current rayon pool; same result.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    #[cfg(feature = "rayon")]
    fn par_integrate(&mut self) -> StreamResult<'_>;
}

/// Work of about a nanosecond a sample is left to one thread below so many samples; waking others
/// takes some ten microseconds.
#[cfg(feature = "rayon")]
const LEAST_PER_SAMPLE: usize = 1 << 18;

/// The same for interpolation and what takes Fourier transforms.
#[cfg(feature = "rayon")]
const LEAST_SPECTRAL: usize = 1 << 14;

/// On all threads of the current pool where there are at least so many samples.
#[cfg(feature = "rayon")]
fn on_threads(
    stream: &mut Stream,
    least: usize,
    operation: impl Fn(&mut Trace) -> crate::Result<()> + Sync,
) -> StreamResult<'_> {
    let samples: usize = stream.iter().map(Trace::len).sum();
    if stream.len() < 2 || samples < least || rayon::current_num_threads() < 2 {
        stream.try_for_each(operation)
    } else {
        stream.par_try_for_each(operation)
    }
}

impl StreamSignal for Stream {
    fn detrend(&mut self, spec: impl Into<DetrendSpec>) -> StreamResult<'_> {
        let spec = spec.into();
        self.try_for_each(|t| t.detrend(spec).map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_detrend(&mut self, spec: impl Into<DetrendSpec>) -> StreamResult<'_> {
        let spec = spec.into();
        on_threads(self, LEAST_PER_SAMPLE, |t| t.detrend(spec).map(drop))
    }

    fn demean(&mut self) -> StreamResult<'_> {
        self.try_for_each(|t| t.demean().map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_demean(&mut self) -> StreamResult<'_> {
        on_threads(self, LEAST_PER_SAMPLE, |t| t.demean().map(drop))
    }

    fn taper(&mut self, spec: impl Into<TaperSpec>) -> StreamResult<'_> {
        let spec = spec.into();
        self.try_for_each(|t| t.taper(spec).map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_taper(&mut self, spec: impl Into<TaperSpec>) -> StreamResult<'_> {
        let spec = spec.into();
        on_threads(self, LEAST_PER_SAMPLE, |t| t.taper(spec).map(drop))
    }

    fn interpolate(&mut self, spec: &InterpolationSpec) -> StreamResult<'_> {
        self.try_for_each(|t| t.interpolate(spec).map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_interpolate(&mut self, spec: &InterpolationSpec) -> StreamResult<'_> {
        on_threads(self, LEAST_SPECTRAL, |t| t.interpolate(spec).map(drop))
    }

    fn remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> StreamResult<'_> {
        self.try_for_each(|t| t.remove_response_with(response, spec).map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> StreamResult<'_> {
        on_threads(self, LEAST_SPECTRAL, |t| t.remove_response_with(response, spec).map(drop))
    }

    fn calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> StreamResult<'_> {
        self.try_for_each(|t| t.calibrate_with(response, spec).map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> StreamResult<'_> {
        on_threads(self, LEAST_SPECTRAL, |t| t.calibrate_with(response, spec).map(drop))
    }

    fn differentiate(&mut self) -> StreamResult<'_> {
        self.try_for_each(|t| t.differentiate().map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_differentiate(&mut self) -> StreamResult<'_> {
        on_threads(self, LEAST_PER_SAMPLE, |t| t.differentiate().map(drop))
    }

    fn integrate(&mut self) -> StreamResult<'_> {
        self.try_for_each(|t| t.integrate().map(drop))
    }

    #[cfg(feature = "rayon")]
    fn par_integrate(&mut self) -> StreamResult<'_> {
        on_threads(self, LEAST_PER_SAMPLE, |t| t.integrate().map(drop))
    }
}
