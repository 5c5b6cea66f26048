//! Detrend, taper, deconvolution and resampling in as few passes as they take.

mod apply;
mod pack;

use std::sync::Arc;

use seis_core::{FrequencyResponse, SamplingRate};

use crate::decimator::Decimator;
use crate::deconvolution::Operator;
use crate::fft::{Arranged, Convolution, Forward, Inverse, Long, Transform};
use crate::route::{Route, Way};
use crate::taper::Flanks;
use crate::{
    CalibrationSpec, DetrendSpec, Error, InterpolationPlan, Result, TaperPlan, Warning, WaterLevel,
};

/// All steps, ready.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    npts: usize,
    detrend: Option<DetrendSpec>,
    taper: Option<Flanks>,
    zero_mean: bool,
    sac_taper: Option<Flanks>,
    reference: Reference,
    operator: Operator,
    /// What lowers the rate before the forward transform.
    decimator: Option<Decimator>,
    transforms: Transforms,
    decimation: usize,
    output: Output,
    warnings: Vec<Warning>,
}

/// There and back.
#[derive(Debug, Clone)]
enum Transforms {
    /// With the spectrum, multiplied, between them.
    Whole(Forward, Inverse),
    /// Without what is not wanted of them.
    Halves(Box<Halves>),
    /// Of long traces: multiplied on the way.
    Long(LongTransforms),
}

#[derive(Debug, Clone)]
struct Halves {
    convolution: Arc<Convolution>,
    gains: Arranged,
    /// As in [`LongTransforms`].
    counts_are_safe: bool,
}

#[derive(Debug, Clone)]
struct LongTransforms {
    long: Box<Long>,
    /// Whether counts, whatever they are, have finite results.
    counts_are_safe: bool,
}

/// The frequencies at which the response is divided out, whatever transforms are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    pub(crate) nfft: usize,
    /// Index of the first frequency that survives, and of the last.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// What becomes of the samples that the inverse transform yields.
#[derive(Debug, Clone)]
enum Output {
    /// `count` of them, every `step`-th from `first` on.
    Pick { first: usize, step: usize, count: usize },
    /// The first `npts`, interpolated.
    Interpolate(Box<InterpolationPlan>),
}

/// Rates are written with few digits, and some are measured; those of two channels of one
/// instrument differ by a factor.
const RATE_TOLERANCE: f64 = 0.01;

/// Warns of a response that ends at another rate than that of the trace.
fn other_rate(response: &dyn FrequencyResponse, rate: SamplingRate) -> Option<Warning> {
    let (response_hz, trace_hz) = (response.recorded_rate_hz()?, rate.hz());
    let differs = (response_hz / trace_hz - 1.0).abs() > RATE_TOLERANCE;
    differs.then_some(Warning::RateOfResponse { response_hz, trace_hz })
}

impl Pipeline {
    pub(crate) fn new(
        spec: &CalibrationSpec,
        npts: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
        resample: Option<InterpolationPlan>,
    ) -> Result<Self> {
        if !rate.is_regular() {
            return Err(Error::NoRate);
        }
        if npts == 0 {
            let operation = "removing a response";
            return Err(Error::TooShort { operation, needed: 1, found: 0 });
        }
        let deconvolution = &spec.deconvolution;
        let nfft = deconvolution.fft_length.points(npts)?;
        if let Some(detrend) = spec.detrend {
            detrend.check(npts)?;
        }
        let mut warnings = Vec::new();
        let taper = match &spec.taper {
            Some(taper) => {
                let plan = TaperPlan::new(taper, npts, rate)?;
                warnings.extend_from_slice(plan.warnings());
                Some(plan.flanks().clone())
            }
            None => None,
        };
        match deconvolution.water_level {
            WaterLevel::Db(0.0) => warnings.push(Warning::WaterLevelFlattens),
            WaterLevel::Db(db) if !db.is_finite() || db < 0.0 => {
                return Err(Error::Parameter {
                    name: "water level in dB",
                    value: db,
                    expected: "zero or a positive number",
                });
            }
            _ => {}
        }
        warnings.extend(other_rate(response, rate));
        let sac_taper = match deconvolution.taper_fraction {
            Some(fraction) => Some(Flanks::sac(npts, fraction)?),
            None => None,
        };
        let operator = Operator::new(deconvolution, nfft, rate, response)?;
        let reference = Reference { nfft, first: operator.first, last: operator.last() };

        let mut picks = (0, 1, npts);
        let mut interpolate = None;
        if let Some(plan) = resample {
            let content_up_to_hz = reference.last as f64 * rate.hz() / nfft as f64;
            let new_nyquist_hz = plan.output().rate.hz() / 2.0;
            if content_up_to_hz > new_nyquist_hz {
                warnings.push(Warning::Aliasing { new_nyquist_hz, content_up_to_hz });
            }
            match plan.picks() {
                Some((first, step)) => picks = (first, step, plan.output().npts),
                None => interpolate = Some(Box::new(plan)),
            }
        }
        let (first, step, count) = picks;
        let Route { mut operator, decimator, way, decimation, inverse, first, step } =
            Route::new(operator, npts, first, step);
        let counts_are_safe = operator.bound() < 1e300;
        let transforms = match way {
            Way::Long(long) => Transforms::Long(LongTransforms { long, counts_are_safe }),
            Way::Halves(convolution) => {
                let gains = convolution.arrange(operator.first, operator.all_gains());
                operator.forget_gains();
                Transforms::Halves(Box::new(Halves { convolution, gains, counts_are_safe }))
            }
            Way::Whole => {
                let lower = decimator.as_ref().map_or(1, Decimator::step);
                Transforms::Whole(Forward::new(operator.nfft / lower), Inverse::new(inverse))
            }
        };
        let output = match interpolate {
            Some(plan) => Output::Interpolate(plan),
            None => Output::Pick { first, step, count },
        };
        Ok(Self {
            npts,
            detrend: spec.detrend,
            taper,
            zero_mean: deconvolution.zero_mean,
            sac_taper,
            transforms,
            decimation,
            decimator,
            reference,
            operator,
            output,
            warnings,
        })
    }

    pub(crate) fn npts(&self) -> usize {
        self.npts
    }

    pub(crate) fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Whether a filter lowers the rate before the forward transform.
    pub(crate) fn is_filtered(&self) -> bool {
        self.decimator.is_some()
    }

    pub(crate) fn reference(&self) -> &Reference {
        &self.reference
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// By how much the inverse transform is shorter than one at the rate of the samples.
    pub(crate) fn decimation(&self) -> usize {
        self.decimation
    }

    /// The transforms that plans of one length share.
    pub(crate) fn transforms(&self) -> [Option<Transform>; 2] {
        match &self.transforms {
            Transforms::Whole(forward, inverse) => [Some(forward.id()), Some(inverse.id())],
            Transforms::Halves(halves) => [Some(halves.convolution.id()), None],
            Transforms::Long(_) => [None; 2],
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let flanks = |f: &Option<Flanks>| f.as_ref().map_or(0, |f| f.left.len() + f.right.len());
        let output = match &self.output {
            Output::Pick { .. } => 0,
            Output::Interpolate(plan) => plan.memory_bytes(),
        };
        let own = match &self.transforms {
            Transforms::Whole(..) => 0,
            Transforms::Halves(halves) => halves.gains.bytes(),
            Transforms::Long(transforms) => transforms.long.bytes(),
        };
        size_of::<Self>()
            + self.decimator.as_ref().map_or(0, Decimator::bytes)
            + self.operator.bytes()
            + own
            + 8 * (flanks(&self.taper) + flanks(&self.sac_taper))
            + output
    }
}
