//! Sampling rates, and whether the stages are all there.

use super::{Checker, Rule};
use crate::{Response, Stage};

/// Rates are written with few digits, such as 33.33, and some are measured.
const TOLERANCE: f64 = 1e-3;

/// The rate at the output of a digital stage, in Hz.
pub(super) fn output_rate_hz(stage: &Stage) -> Option<f64> {
    let decimation = stage.decimation?;
    let factor = decimation.factor.filter(|factor| *factor > 0)?;
    decimation.input_sample_rate_hz.filter(|hz| *hz > 0.0).map(|hz| hz / f64::from(factor))
}

fn differ(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() > TOLERANCE
}

impl Checker {
    /// A channel that is said to have no samples at equal intervals, beside stages that have.
    pub(super) fn rate_zero(&mut self, response: &Response) {
        let digital = response.stages.iter().filter(|stage| stage.number != 0);
        let ends = digital.filter_map(|stage| Some((stage.number, output_rate_hz(stage)?)));
        if let Some((stage, output_hz)) = ends.max_by_key(|(number, _)| *number) {
            let expected = format!("{output_hz} Hz, the output of stage {stage}");
            self.report(Rule::RateZero, "a sampling rate of 0", expected);
        }
    }

    /// Stages count on from 1.
    pub(super) fn stages_missing(&mut self, stages: &[&Stage]) {
        let mut before = 0;
        for stage in stages {
            if stage.number.saturating_sub(before) > 1 {
                let found = format!("stage {} behind {before}", stage.number);
                let expected = format!("stage {}", before.saturating_add(1));
                self.report_stage(Rule::StagesMissing, stage.number, found, expected);
            }
            before = stage.number;
        }
    }

    /// Every digital stage takes what the one before gives; the last gives what is recorded.
    pub(super) fn rates(&mut self, stages: &[&Stage], channel_hz: Option<f64>) {
        let mut before: Option<(u32, f64)> = None;
        for stage in stages {
            let input_hz = stage.decimation.and_then(|d| d.input_sample_rate_hz);
            if let (Some(input_hz), Some((number, output_hz))) = (input_hz, before) {
                if differ(input_hz, output_hz) {
                    let found = format!("an input of {input_hz} Hz");
                    let expected = format!("{output_hz} Hz, the output of stage {number}");
                    self.report_stage(Rule::RatesDoNotChain, stage.number, found, expected);
                }
            }
            if let Some(output_hz) = output_rate_hz(stage) {
                before = Some((stage.number, output_hz));
            }
        }
        if let (Some((number, output_hz)), Some(channel_hz)) = (before, channel_hz) {
            if differ(output_hz, channel_hz) {
                let found = format!("an output of {output_hz} Hz");
                let expected = format!("{channel_hz} Hz, the rate of the channel");
                self.report_stage(Rule::RateOfChannel, number, found, expected);
            }
        }
    }
}
