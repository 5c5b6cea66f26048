//! Signal processing as methods of a trace.

use std::cell::RefCell;

use seis_core::{FrequencyResponse, Parameter, Samples, Step, Trace};

use crate::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, InterpolationPlan, InterpolationSpec,
    PlanCache, Result, SampleView, SamplingGrid, Scratch, TaperPlan, TaperSpec, Warning,
    differentiate, integrate,
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for seis_core::Trace {}
}

/// Signal processing on a [`Trace`], one step after the other.
///
/// Every method turns the samples into 64-bit floats (ObsPy keeps 32-bit floats in `detrend`,
/// `taper`, `differentiate` and `integrate`), and adds a step to the trace's history, with what
/// there is to be warned of. On an error the trace is untouched.
///
/// ```
/// use seis_core::{SamplingRate, Trace, UtcTime};
/// use seis_signal::{DetrendSpec, InterpolationSpec, TraceSignal};
///
/// let counts: Vec<i32> = (0..1000).map(|n| 500 + n % 50).collect();
/// let mut trace =
///     Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, SamplingRate::from_hz(40.0)?, counts);
/// trace
///     .detrend(DetrendSpec::Demean)?
///     .taper(0.05)?
///     .interpolate(&InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25))?;
/// assert_eq!(trace.len(), 250);
/// assert_eq!(trace.history.steps().len(), 3);
/// # Ok::<(), seis_signal::Error>(())
/// ```
pub trait TraceSignal: sealed::Sealed {
    /// Removes a trend.
    ///
    /// # Errors
    /// As [`DetrendSpec::apply`], and for text.
    fn detrend(&mut self, spec: impl Into<DetrendSpec>) -> Result<&mut Self>;

    /// Removes the mean.
    ///
    /// # Errors
    /// As [`DetrendSpec::apply`], and for text.
    fn demean(&mut self) -> Result<&mut Self> {
        self.detrend(DetrendSpec::Demean)
    }

    /// Tapers the ends. A number is the part of the trace that a Hann taper takes at each end.
    ///
    /// # Errors
    /// As [`TaperPlan::new`] and [`TaperPlan::apply`], and for text.
    fn taper(&mut self, spec: impl Into<TaperSpec>) -> Result<&mut Self>;

    /// Interpolates to another rate and other times; start, rate and length change accordingly.
    ///
    /// # Errors
    /// As [`InterpolationPlan::new`] and [`InterpolationPlan::apply`], and for text.
    fn interpolate(&mut self, spec: &InterpolationSpec) -> Result<&mut Self>;

    /// Removes an instrument's response. The plan is taken from, and kept in,
    /// [`PlanCache::global`].
    ///
    /// # Errors
    /// As [`DeconvolutionPlan::new`](crate::DeconvolutionPlan::new) and
    /// [`DeconvolutionPlan::apply`](crate::DeconvolutionPlan::apply), and for text.
    fn remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> Result<&mut Self>;

    /// Detrend, taper, response removal and resampling in one, faster than the steps one by one.
    ///
    /// # Errors
    /// As [`CalibrationPlan::new`](crate::CalibrationPlan::new) and
    /// [`CalibrationPlan::apply`](crate::CalibrationPlan::apply), and for text.
    fn calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self>;

    /// Differentiates in time.
    ///
    /// # Errors
    /// As [`differentiate`], and for text.
    fn differentiate(&mut self) -> Result<&mut Self>;

    /// Integrates in time.
    ///
    /// # Errors
    /// As [`integrate`], and for text.
    fn integrate(&mut self) -> Result<&mut Self>;
}

/// Up to which frequency in Hz a trace can hold energy: the end of the pre-filter with which its
/// response was removed, or the Nyquist frequency.
fn content_up_to_hz(trace: &Trace) -> f64 {
    let nyquist_hz = trace.rate.hz() / 2.0;
    let corners = trace.history.last("remove_response").and_then(|s| s.parameter("pre_filter_hz"));
    match corners {
        Some(Parameter::Numbers(corners)) => {
            corners.last().map_or(nyquist_hz, |f4| f4.min(nyquist_hz))
        }
        _ => nyquist_hz,
    }
}

impl TraceSignal for Trace {
    fn detrend(&mut self, spec: impl Into<DetrendSpec>) -> Result<&mut Self> {
        let spec = spec.into();
        with_f64(&mut self.samples, |samples| spec.apply(samples))?;
        self.history.push(spec.step());
        Ok(self)
    }

    fn taper(&mut self, spec: impl Into<TaperSpec>) -> Result<&mut Self> {
        let spec = spec.into();
        let plan = TaperPlan::new(&spec, numbers(&self.samples)?.len(), self.rate)?;
        with_f64(&mut self.samples, |samples| plan.apply(samples))?;
        self.history.push(warned(spec.step(), plan.warnings()));
        Ok(self)
    }

    fn interpolate(&mut self, spec: &InterpolationSpec) -> Result<&mut Self> {
        numbers(&self.samples)?;
        let plan = InterpolationPlan::new(spec, &SamplingGrid::from(&*self))?;
        let mut out = Vec::new();
        with_scratch(|scratch| match &self.samples {
            Samples::F64(samples) => plan.apply(samples, &mut out, scratch),
            other => plan.apply(&other.to_f64()?, &mut out, scratch),
        })?;
        // A pre-filter may have removed what would be aliased.
        let content_hz = content_up_to_hz(self);
        let holds = |warning: &Warning| match warning {
            Warning::Aliasing { new_nyquist_hz, .. } => content_hz > *new_nyquist_hz,
            _ => true,
        };
        let warnings: Vec<Warning> = plan.warnings().iter().filter(|w| holds(w)).copied().collect();
        become_output(self, out, plan.output());
        self.history.push(warned(spec.step(), &warnings));
        Ok(self)
    }

    fn remove_response_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &DeconvolutionSpec,
    ) -> Result<&mut Self> {
        let npts = numbers(&self.samples)?.len();
        let is_resampled = self.history.last("interpolate").is_some();
        let plan = PlanCache::global().deconvolution(spec, npts, self.rate, response)?;
        with_scratch(|scratch| {
            with_f64(&mut self.samples, |samples| plan.apply(samples, scratch))
        })?;
        let step = spec.step(response.fingerprint()).with("clipped_bins", plan.clipped_bins());
        let warnings = meant(plan.warnings(), is_resampled);
        self.history.push(warned(step, &warnings));
        Ok(self)
    }

    fn calibrate_with(
        &mut self,
        response: &dyn FrequencyResponse,
        spec: &CalibrationSpec,
    ) -> Result<&mut Self> {
        let samples = numbers(&self.samples)?;
        let input = SamplingGrid::from(&*self);
        let is_resampled = self.history.last("interpolate").is_some();
        let plan = PlanCache::global().calibration(spec, &input, response)?;
        let mut out = Vec::new();
        with_scratch(|scratch| plan.apply(samples, &mut out, scratch))?;
        let mut output = *plan.output();
        output.start = plan.output_start(input.start);
        become_output(self, out, &output);
        let warnings = meant(plan.warnings(), is_resampled);
        for step in plan.steps_warned(spec, response.fingerprint(), &warnings) {
            self.history.push(step);
        }
        Ok(self)
    }

    fn differentiate(&mut self) -> Result<&mut Self> {
        let rate = self.rate;
        with_f64(&mut self.samples, |samples| differentiate(samples, rate))?;
        self.history.push(Step::new("differentiate"));
        Ok(self)
    }

    fn integrate(&mut self) -> Result<&mut Self> {
        let rate = self.rate;
        with_f64(&mut self.samples, |samples| integrate(samples, rate))?;
        self.history.push(Step::new("integrate"));
        Ok(self)
    }
}

/// The warnings that hold for a trace: one that was resampled has another rate than was recorded
/// because somebody asked for it.
fn meant(warnings: &[Warning], is_resampled: bool) -> Vec<Warning> {
    let of_rate = |w: &Warning| matches!(w, Warning::RateOfResponse { .. });
    warnings.iter().filter(|w| !(is_resampled && of_rate(w))).copied().collect()
}

fn become_output(trace: &mut Trace, mut samples: Vec<f64>, grid: &SamplingGrid) {
    // Long results come in the memory of their transform.
    samples.shrink_to_fit();
    trace.samples = Samples::F64(samples);
    trace.start = grid.start;
    trace.rate = grid.rate;
}

fn numbers(samples: &Samples) -> Result<SampleView<'_>> {
    SampleView::try_from(samples)
}

/// Does something to the samples as `f64`. They stay what they were if it fails, since operations
/// on slices leave them untouched then.
fn with_f64(samples: &mut Samples, operation: impl FnOnce(&mut [f64]) -> Result<()>) -> Result<()> {
    if let Samples::F64(samples) = samples {
        return operation(samples);
    }
    let mut promoted = samples.to_f64()?;
    operation(&mut promoted)?;
    *samples = Samples::F64(promoted);
    Ok(())
}

/// The step, and what there is to be warned of.
pub(crate) fn warned(mut step: Step, warnings: &[Warning]) -> Step {
    for warning in warnings {
        step = step.with("warning", warning.to_string());
    }
    step
}

/// Memory that a thread keeps between traces; what a day-long trace needs is given back.
const KEEP_BYTES: usize = 32 << 20;

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

fn with_scratch<T>(operation: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with(|scratch| {
        // Taken within itself only if a response processes traces while it is evaluated.
        let Ok(mut scratch) = scratch.try_borrow_mut() else {
            return operation(&mut Scratch::new());
        };
        let result = operation(&mut scratch);
        if scratch.memory_bytes() > KEEP_BYTES {
            scratch.clear();
        }
        result
    })
}
