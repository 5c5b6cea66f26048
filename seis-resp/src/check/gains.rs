//! Gains, the sensitivity, and sums of coefficients.

use super::{Checker, Rule};
use crate::{
    CoefficientsDomain, EvaluationPlan, EvaluationWarning, FilterKind, FirSymmetry, Response,
    Sensitivity, Stage,
};

/// evalresp warns from 5 % on.
const SENSITIVITY_TOLERANCE: f64 = 0.05;
/// evalresp divides by the sum beyond 2 %.
const SUM_TOLERANCE: f64 = 0.02;

impl Checker {
    /// Gains of 0; tells whether there is one.
    pub(super) fn zero_gains(&mut self, response: &Response, stages: &[&Stage]) -> bool {
        let before = self.findings.len();
        if response.sensitivity.as_ref().is_some_and(|s| s.value == 0.0) {
            self.report(Rule::ZeroGain, "a sensitivity of 0", "another number");
        }
        for stage in stages {
            if stage.gain.is_some_and(|gain| gain.value == 0.0) {
                self.report_stage(Rule::ZeroGain, stage.number, "a gain of 0", "another number");
            }
        }
        self.findings.len() > before
    }

    /// The sensitivity against the product of gains at its frequency. Magnitudes only: some write
    /// a reversed polarity into a gain, and leave the sensitivity positive.
    pub(super) fn compare_sensitivity(&mut self, reported: &Sensitivity, plan: &EvaluationPlan) {
        // These stages say nothing about a gain there.
        let incomparable = plan.warnings().iter().any(|warning| {
            matches!(
                warning,
                EvaluationWarning::GainMissing { .. }
                    | EvaluationWarning::GainFromSensitivity { .. }
                    | EvaluationWarning::SensitivityFrequency { .. }
            )
        });
        let (computed, frequency_hz) = plan.product_of_gains();
        let ratio = (computed / reported.value).abs();
        if incomparable || reported.frequency_hz.is_none() || !ratio.is_finite() {
            return;
        }
        if (ratio - 1.0).abs() >= SENSITIVITY_TOLERANCE {
            let found = format!("a sensitivity of {:e} at {frequency_hz} Hz", reported.value);
            let expected = format!("{:e}, the product of gains there", computed.abs());
            self.report(Rule::SensitivityMismatch, found, expected);
        }
    }

    /// Stages of which nothing tells that the last is the last. Another rule may have found that
    /// it is not.
    pub(super) fn open_end(&mut self, plan: &EvaluationPlan) {
        let reported = self.findings.last();
        if reported.is_some_and(|f| f.rule == Rule::EndsBeforeCounts && f.place.is_in(&self.place))
        {
            return;
        }
        for warning in plan.warnings() {
            if let EvaluationWarning::NoSensitivity { last_stage, output_unit } = warning {
                let unit = output_unit.as_deref().unwrap_or("an unknown unit");
                let found = format!("an end in {unit} after stage {last_stage}");
                self.report(Rule::NoSensitivity, found, "a sensitivity of the whole instrument");
            }
        }
    }

    /// Sums of FIR coefficients.
    pub(super) fn coefficients(&mut self, stage: &Stage) {
        let sum = match stage.filter.as_ref().map(|f| &f.kind) {
            Some(FilterKind::Fir(fir)) => {
                let given: f64 = fir.coefficients.iter().sum();
                let centre = fir.coefficients.last().copied().unwrap_or(0.0);
                match fir.symmetry {
                    FirSymmetry::None => given,
                    FirSymmetry::Odd => 2.0 * given - centre,
                    FirSymmetry::Even => 2.0 * given,
                }
            }
            Some(FilterKind::Coefficients(c))
                if c.denominators.is_empty() && c.domain == CoefficientsDomain::Digital =>
            {
                c.numerators.iter().sum()
            }
            _ => return,
        };
        let is_empty = match stage.filter.as_ref().map(|f| &f.kind) {
            Some(FilterKind::Fir(fir)) => fir.coefficients.is_empty(),
            Some(FilterKind::Coefficients(c)) => c.numerators.is_empty(),
            _ => true,
        };
        if !is_empty && ((sum - 1.0).abs() > SUM_TOLERANCE || !sum.is_finite()) {
            let found = format!("coefficients that sum to {sum}");
            self.report_stage(Rule::FirSum, stage.number, found, "a sum of 1");
        }
    }
}
