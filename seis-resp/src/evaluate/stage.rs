//! One stage: its transfer function, its gain, and how the two are normalised.

use super::error::EvaluateError;
use super::fir::{Fir, Recursive, Shape};
use super::list::List;
use super::options::{AnalogCoefficients, EvaluationOptions, GainSource};
use super::poles_zeros::Rational;
use super::rate::warn_of_correction;
use super::transfer::Transfer;
use super::warning::EvaluationWarning;
use crate::check::is_in_other_unit;
use crate::{
    Coefficients, CoefficientsDomain, FilterKind, FirSymmetry, Gain, PolesZeros, Polynomial,
    PzDomain, Sensitivity, Stage,
};

/// Deviations from unity beyond this are worth a warning; evalresp's tolerance for the sum of FIR
/// coefficients.
const TOLERANCE: f64 = 0.02;

/// A sum of coefficients below this part of the sum of their magnitudes is a zero that was
/// rounded.
const ROUNDED_ZERO: f64 = 1e-9;

/// What a stage contributes.
#[derive(Debug)]
pub(super) struct PlannedStage {
    /// The frequency-dependent part.
    pub(super) transfer: Option<Transfer>,
    /// The constant part: gain and normalisation.
    pub(super) scale: f64,
    /// The gain at the frequency of the sensitivity, as far as the stage has one.
    pub(super) gain_at_sensitivity: f64,
    /// What is left of the phase: e^{iω·advance}, from the time correction and from what the
    /// filter omits. In seconds.
    pub(super) advance_s: f64,
}

/// What the stages share.
pub(super) struct Context<'a> {
    pub(super) options: &'a EvaluationOptions,
    /// All stages of the response, sorted by number.
    pub(super) stages: &'a [&'a Stage],
    pub(super) sensitivity: Option<&'a Sensitivity>,
    /// The frequency of the sensitivity, or what evalresp takes for it.
    pub(super) sensitivity_frequency_hz: f64,
    /// Half the final sampling rate, if it is known.
    pub(super) nyquist_hz: Option<f64>,
}

/// A0 and the frequency at which it holds; absent for filters that are not given as poles and
/// zeros.
type Normalization = Option<(f64, f64)>;

impl Context<'_> {
    /// Plans the stage at a position of the sorted list.
    pub(super) fn plan(
        &self,
        position: usize,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<PlannedStage, EvaluateError> {
        let Some(stage) = self.stages.get(position) else {
            return Err(EvaluateError::EmptyStage { stage: 0 });
        };
        let number = stage.number;
        if let Some(gain) = &stage.gain {
            finite(number, "the gain", &[gain.value])?;
            finite(number, "the gain's frequency", gain.frequency_hz.as_slice())?;
        }
        let Some(filter) = &stage.filter else {
            return match stage.gain {
                Some(gain) => constant(number, Some(gain), self.options),
                None => Err(EvaluateError::EmptyStage { stage: number }),
            };
        };
        match &filter.kind {
            FilterKind::PolesZeros(pz) => self.poles_zeros(position, stage, pz, warnings),
            FilterKind::Coefficients(c) => self.coefficients(position, stage, c, warnings),
            FilterKind::Fir(fir) => {
                self.fir(position, stage, fir.symmetry, &fir.coefficients, warnings)
            }
            FilterKind::ResponseList(list) => {
                for e in &list.elements {
                    finite(number, "a list entry", &[e.frequency_hz, e.amplitude, e.phase_deg])?;
                }
                let list = List::new(number, list, self.options.list_phase)?;
                if let Some((first_hz, last_hz)) = list.negative_between() {
                    warnings.push(EvaluationWarning::ListNegative {
                        stage: number,
                        first_hz,
                        last_hz,
                    });
                }
                let gain = self.gain_or_one(stage, warnings);
                let mut planned = constant(number, Some(gain), self.options)?;
                planned.transfer = Some(Transfer::List(list));
                Ok(planned)
            }
            FilterKind::Polynomial(p) => polynomial(stage, p, self.options, warnings),
        }
    }

    fn poles_zeros(
        &self,
        position: usize,
        stage: &Stage,
        pz: &PolesZeros,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<PlannedStage, EvaluateError> {
        let number = stage.number;
        let (a0, a0_frequency_hz) = (pz.normalization_factor, pz.normalization_frequency_hz);
        finite(number, "A0 or its frequency", &[a0, a0_frequency_hz])?;
        for root in pz.zeros.iter().chain(&pz.poles) {
            finite(number, "a pole or zero", &[root.re, root.im])?;
        }
        let is_digital = pz.domain == PzDomain::DigitalZ;
        let gain = match stage.gain.or_else(|| self.gain_of_only_stage(stage, warnings)) {
            Some(gain) => Some(gain),
            None if is_digital => {
                let reason = "a digital filter is normalised to it";
                return Err(EvaluateError::MissingGain { stage: number, reason });
            }
            None => {
                warnings.push(EvaluationWarning::GainMissing { stage: number });
                None
            }
        };
        if is_digital && pz.zeros.is_empty() && pz.poles.is_empty() {
            // evalresp passes over such a filter together with its A0.
            return constant(number, gain, self.options);
        }
        let interval_s =
            if is_digital { self.sample_interval_s(position, stage, warnings)? } else { 0.0 };
        if is_digital {
            warn_of_correction(stage, "recursive", 0.0, warnings);
        }
        warnings.extend(other_domain(number, pz));
        let transfer = Transfer::Rational(Rational::new(pz, interval_s));
        self.normalize(number, transfer, gain, Some((a0, a0_frequency_hz)), warnings)
    }

    fn coefficients(
        &self,
        position: usize,
        stage: &Stage,
        c: &Coefficients,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<PlannedStage, EvaluateError> {
        let number = stage.number;
        let is_analog = c.domain != CoefficientsDomain::Digital;
        if is_analog && self.options.analog_coefficients == AnalogCoefficients::Refuse {
            return Err(EvaluateError::AnalogCoefficients { stage: number });
        }
        if c.denominators.is_empty() {
            return self.fir(position, stage, FirSymmetry::None, &c.numerators, warnings);
        }
        finite(number, "a coefficient", &c.numerators)?;
        finite(number, "a coefficient", &c.denominators)?;
        if c.numerators.is_empty() {
            let reason = "the recursive filter has denominators but no numerator";
            return Err(EvaluateError::Coefficients { stage: number, reason });
        }
        if c.denominators.iter().all(|d| *d == 0.0) {
            let reason = "the denominators are all 0";
            return Err(EvaluateError::Coefficients { stage: number, reason });
        }
        let is_constant = c.numerators.len() == 1 && c.denominators.len() == 1;
        let interval_s =
            if is_constant { 0.0 } else { self.sample_interval_s(position, stage, warnings)? };
        warn_of_correction(stage, "recursive", 0.0, warnings);
        let gain = self.required_gain(stage, warnings)?;
        let filter = Recursive::new(&c.numerators, &c.denominators, interval_s);
        self.normalize(number, Transfer::Recursive(filter), Some(gain), None, warnings)
    }

    fn fir(
        &self,
        position: usize,
        stage: &Stage,
        symmetry: FirSymmetry,
        coefficients: &[f64],
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<PlannedStage, EvaluateError> {
        let number = stage.number;
        finite(number, "a coefficient", coefficients)?;
        let gain = self.required_gain(stage, warnings)?;
        if symmetry == FirSymmetry::None {
            let sum: f64 = coefficients.iter().sum();
            let size: f64 = coefficients.iter().map(|h| h.abs()).sum();
            if !coefficients.is_empty() && sum.abs() <= ROUNDED_ZERO * size {
                return Err(EvaluateError::FirSumZero { stage: number, sum });
            }
        }
        // The interval is not needed to find out whether it is needed.
        let Some((shape, _)) = Fir::new(symmetry, coefficients, 0.0) else {
            return constant(number, Some(gain), self.options);
        };
        let interval_s = if shape.is_constant() {
            0.0
        } else {
            self.sample_interval_s(position, stage, warnings)?
        };
        let Some((mut filter, sum)) = Fir::new(symmetry, coefficients, interval_s) else {
            return constant(number, Some(gain), self.options);
        };
        // Before normalisation, so that the rounding of the series cancels where the gain holds.
        if let Some(nyquist_hz) = self.nyquist_hz {
            filter.prepare_band(nyquist_hz);
        }
        if let Some(sum) = sum {
            warnings.push(EvaluationWarning::FirRenormalized { stage: number, sum });
        }
        let correction_s = if filter.shape() == Shape::Asymmetric {
            let correction = stage.decimation.and_then(|d| d.correction_s);
            correction.ok_or(EvaluateError::MissingCorrection { stage: number })?
        } else {
            if !filter.is_constant() {
                warn_of_correction(stage, "symmetric", interval_s / 2.0, warnings);
            }
            0.0
        };
        finite(number, "the correction", &[correction_s])?;
        let advance_s = correction_s - filter.omitted_delay_s();
        let transfer = Transfer::Fir(filter);
        let planned = self.normalize(number, transfer, Some(gain), None, warnings)?;
        Ok(PlannedStage { advance_s, ..planned })
    }

    /// Joins filter and gain: the product of both has the gain's magnitude at the gain's
    /// frequency, unless all frequencies agree, in which case A0 (or 1) is believed. The rule,
    /// including the exact comparison of frequencies, is evalresp 3.3.3's (`norm_resp`).
    fn normalize(
        &self,
        stage: u32,
        transfer: Transfer,
        gain: Option<Gain>,
        normalization: Normalization,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<PlannedStage, EvaluateError> {
        let sensitivity_hz = self.sensitivity_frequency_hz;
        let frequency_hz = match gain {
            Some(gain) if gain.value == 0.0 => return Err(EvaluateError::ZeroGain { stage }),
            Some(gain) => gain.frequency_hz.ok_or(EvaluateError::MissingGainFrequency { stage })?,
            None => sensitivity_hz,
        };
        let is_renormalized = gain.is_some()
            && (frequency_hz != sensitivity_hz
                || normalization.is_some_and(|(_, a0_hz)| a0_hz != sensitivity_hz));
        if let Some((a0, a0_hz)) = normalization {
            let magnitude = transfer.magnitude(a0_hz);
            if usable(magnitude) && (a0 * magnitude - 1.0).abs() > TOLERANCE {
                warnings.push(EvaluationWarning::NormalizationFactor {
                    stage,
                    found: a0,
                    expected: 1.0 / magnitude,
                    frequency_hz: a0_hz,
                    used: !is_renormalized,
                });
            }
        }
        let magnitude = transfer.magnitude(frequency_hz);
        let value = gain.map_or(1.0, |g| g.value);
        let wants_sensitivity = self.options.gain == GainSource::Sensitivity;
        if !is_renormalized {
            let factor = normalization.map_or(1.0, |(a0, _)| a0);
            if factor == 0.0 {
                return Err(EvaluateError::ZeroNormalizationFactor { stage });
            }
            if normalization.is_none() && (magnitude - 1.0).abs() > TOLERANCE {
                let warning = EvaluationWarning::NotNormalized { stage, magnitude, frequency_hz };
                warnings.push(warning);
            }
            return Ok(PlannedStage {
                transfer: Some(transfer),
                scale: if wants_sensitivity { factor } else { factor * value },
                gain_at_sensitivity: value,
                advance_s: 0.0,
            });
        }
        let broken = |frequency_hz, magnitude| {
            Err(EvaluateError::Normalization { stage, frequency_hz, magnitude })
        };
        if !usable(magnitude) {
            return broken(frequency_hz, magnitude);
        }
        if matches!(transfer, Transfer::Fir(_)) && (magnitude - 1.0).abs() > TOLERANCE {
            warnings.push(EvaluationWarning::FirNormalized { stage, magnitude, frequency_hz });
        }
        let at_sensitivity = transfer.magnitude(sensitivity_hz);
        if !usable(at_sensitivity) {
            if wants_sensitivity {
                return broken(sensitivity_hz, at_sensitivity);
            }
            warnings.push(EvaluationWarning::SensitivityFrequency {
                stage,
                frequency_hz: sensitivity_hz,
                magnitude: at_sensitivity,
            });
        }
        Ok(PlannedStage {
            transfer: Some(transfer),
            scale: if wants_sensitivity { 1.0 / at_sensitivity } else { value / magnitude },
            gain_at_sensitivity: value / magnitude * at_sensitivity,
            advance_s: 0.0,
        })
    }

    /// The gain of a stage that cannot do without.
    fn required_gain(
        &self,
        stage: &Stage,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<Gain, EvaluateError> {
        let reason = "a digital filter is normalised to it";
        stage
            .gain
            .or_else(|| self.gain_of_only_stage(stage, warnings))
            .ok_or(EvaluateError::MissingGain { stage: stage.number, reason })
    }

    fn gain_or_one(&self, stage: &Stage, warnings: &mut Vec<EvaluationWarning>) -> Gain {
        stage.gain.or_else(|| self.gain_of_only_stage(stage, warnings)).unwrap_or_else(|| {
            warnings.push(EvaluationWarning::GainMissing { stage: stage.number });
            Gain { value: 1.0, frequency_hz: None }
        })
    }

    /// The sensitivity is the gain of a stage that is the only one and has none.
    fn gain_of_only_stage(
        &self,
        stage: &Stage,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Option<Gain> {
        let sensitivity = self.sensitivity.filter(|_| self.stages.len() == 1)?;
        let (stage, value) = (stage.number, sensitivity.value);
        warnings.push(EvaluationWarning::GainFromSensitivity { stage, value });
        Some(Gain { value, frequency_hz: Some(self.sensitivity_frequency_hz) })
    }
}

/// A stage without a frequency-dependent part.
fn constant(
    stage: u32,
    gain: Option<Gain>,
    options: &EvaluationOptions,
) -> Result<PlannedStage, EvaluateError> {
    let gain = gain.map_or(1.0, |g| g.value);
    if gain == 0.0 {
        return Err(EvaluateError::ZeroGain { stage });
    }
    let scale = if options.gain == GainSource::Sensitivity { 1.0 } else { gain };
    Ok(PlannedStage { transfer: None, scale, gain_at_sensitivity: gain, advance_s: 0.0 })
}

/// A polynomial as what its output changes with its input: 1/c₁, or at the chosen point
/// 1/Σ k cₖ yᵏ⁻¹.
pub(super) fn polynomial(
    stage: &Stage,
    polynomial: &Polynomial,
    options: &EvaluationOptions,
    warnings: &mut Vec<EvaluationWarning>,
) -> Result<PlannedStage, EvaluateError> {
    let number = stage.number;
    finite(number, "a coefficient", &polynomial.coefficients)?;
    let refuse = |reason| Err(EvaluateError::Polynomial { stage: number, reason });
    let slope = match (polynomial.order(), options.polynomial_point) {
        (0, _) => return refuse("the polynomial is constant: its input does not vary"),
        (1, _) => polynomial.coefficients.get(1).copied().unwrap_or(f64::NAN),
        (_, Some(output)) => polynomial.slope_at(output),
        (_, None) => {
            return refuse(
                "the polynomial is not linear, so there is no frequency response: apply it to \
                 the samples, or choose the point around which it is taken as linear",
            );
        }
    };
    if slope == 0.0 || !slope.is_finite() {
        return refuse("the polynomial has no slope at the chosen point");
    }
    let bounds = polynomial.approximation_bounds;
    if let (Some(output), Some((lower, upper))) = (options.polynomial_point, bounds) {
        let input = polynomial.value_at(output);
        if !(lower..=upper).contains(&input) {
            warnings.push(EvaluationWarning::OutsidePolynomial {
                stage: number,
                output,
                input,
                lower,
                upper,
            });
        }
    }
    if let Some(offset) = polynomial.coefficients.first().copied().filter(|c| *c != 0.0) {
        warnings.push(EvaluationWarning::PolynomialOffset { stage: number, offset });
    }
    let mut planned = constant(number, stage.gain, options)?;
    planned.gain_at_sensitivity /= slope;
    if options.gain == GainSource::Stages {
        planned.scale /= slope;
    }
    Ok(planned)
}

/// Warns if A0 does not fit the poles and zeros, but would in the other unit.
fn other_domain(stage: u32, pz: &PolesZeros) -> Option<EvaluationWarning> {
    let (declared, fitting) = match pz.domain {
        PzDomain::LaplaceRadians => ("rad/s", "Hz"),
        PzDomain::LaplaceHertz => ("Hz", "rad/s"),
        PzDomain::DigitalZ => return None,
    };
    is_in_other_unit(pz).then_some(EvaluationWarning::PolesZerosDomain { stage, declared, fitting })
}

/// Whether a magnitude can be divided by.
fn usable(magnitude: f64) -> bool {
    magnitude > 0.0 && magnitude.is_finite() && (1.0 / magnitude).is_finite()
}

fn finite(stage: u32, field: &'static str, values: &[f64]) -> Result<(), EvaluateError> {
    match values.iter().find(|v| !v.is_finite()) {
        Some(found) => Err(EvaluateError::NotFinite { stage, field, found: *found }),
        None => Ok(()),
    }
}
