//! Sampling rates and delays of digital stages.

use super::error::EvaluateError;
use super::stage::Context;
use super::warning::EvaluationWarning;
use crate::{FilterKind, Response, Stage};

impl Response {
    /// The sampling rate in Hz behind the last stage that tells one, which is that of the channel.
    #[must_use]
    pub fn output_rate_hz(&self) -> Option<f64> {
        let last = self.stages.iter().filter(|s| output_rate_hz(s).is_some());
        last.max_by_key(|s| s.number).and_then(output_rate_hz)
    }
}

impl Context<'_> {
    /// The time between the samples that a digital filter takes in, in seconds.
    pub(super) fn sample_interval_s(
        &self,
        position: usize,
        stage: &Stage,
        warnings: &mut Vec<EvaluationWarning>,
    ) -> Result<f64, EvaluateError> {
        let given = stage.decimation.and_then(|d| d.input_sample_rate_hz);
        let rate_hz = match given.or_else(|| self.rate_from_neighbours(position, stage)) {
            Some(rate_hz) if rate_hz > 0.0 && (1.0 / rate_hz).is_normal() => rate_hz,
            found => return Err(EvaluateError::Rate { stage: stage.number, found }),
        };
        if given.is_none() {
            let stage = stage.number;
            warnings.push(EvaluationWarning::RateInferred { stage, rate_hz });
        }
        Ok(1.0 / rate_hz)
    }

    /// The rate that the stages before give, or, for poles and zeros, which do not decimate, the
    /// one that the stages after take.
    fn rate_from_neighbours(&self, position: usize, stage: &Stage) -> Option<f64> {
        let before = self.stages.get(..position)?.iter().rev().find_map(|s| output_rate_hz(s));
        let is_poles_zeros =
            matches!(stage.filter.as_ref().map(|f| &f.kind), Some(FilterKind::PolesZeros(_)));
        before.or_else(|| {
            let after = self.stages.get(position + 1..)?;
            after.iter().find_map(|s| s.decimation?.input_sample_rate_hz).filter(|_| is_poles_zeros)
        })
    }
}

/// The rate at the output of a digital stage, in Hz.
pub(super) fn output_rate_hz(stage: &Stage) -> Option<f64> {
    let decimation = stage.decimation?;
    let factor = decimation.factor.filter(|f| *f > 0)?;
    Some(decimation.input_sample_rate_hz? / f64::from(factor)).filter(|hz| *hz > 0.0)
}

/// Warns if delay and correction differ (symmetric filters) or there is a correction (recursive
/// ones), by more than a tolerance in seconds.
pub(super) fn warn_of_correction(
    stage: &Stage,
    filter: &'static str,
    tolerance_s: f64,
    warnings: &mut Vec<EvaluationWarning>,
) {
    let Some(decimation) = stage.decimation else { return };
    let (Some(delay_s), Some(correction_s)) = (decimation.delay_s, decimation.correction_s) else {
        return;
    };
    let ignored = if filter == "symmetric" { delay_s - correction_s } else { correction_s };
    if ignored.abs() > tolerance_s {
        let stage = stage.number;
        let warning = EvaluationWarning::CorrectionIgnored { stage, delay_s, correction_s, filter };
        warnings.push(warning);
    }
}
