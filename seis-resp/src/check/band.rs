//! Frequencies against the Nyquist frequency.

use std::f64::consts::TAU;

use super::{Checker, Rule, rates};
use crate::units::{Quantity, Unit};
use crate::{Filter, FilterKind, PolesZeros, PzDomain, Response, Stage};

impl Checker {
    pub(super) fn nyquist(
        &mut self,
        response: &Response,
        stages: &[&Stage],
        channel_hz: Option<f64>,
    ) {
        let last_hz = stages.iter().rev().find_map(|stage| rates::output_rate_hz(stage));
        let Some(nyquist_hz) = channel_hz.or(last_hz).map(|hz| hz / 2.0) else { return };
        let below = |hz: f64| format!("below {hz} Hz, half the sampling rate");
        let rule = Rule::FrequencyAboveNyquist;
        // A response that is the same at all frequencies may be given at any.
        let mut told = stages.iter().all(|stage| is_flat(stage));
        let overall_hz = response.sensitivity.as_ref().and_then(|s| s.frequency_hz);
        if let Some(overall_hz) = overall_hz.filter(|hz| !told && *hz > nyquist_hz) {
            self.report(rule, format!("the sensitivity at {overall_hz} Hz"), below(nyquist_hz));
            told = true;
        }
        for stage in stages {
            // Of an analog stage a gain may be given at any frequency.
            let input_hz = stage.decimation.and_then(|d| d.input_sample_rate_hz);
            let gain_hz = stage.gain.and_then(|gain| gain.frequency_hz);
            if let (Some(input_hz), Some(gain_hz)) = (input_hz.filter(|hz| *hz > 0.0), gain_hz) {
                if !told && gain_hz > input_hz / 2.0 {
                    let found = format!("the gain at {gain_hz} Hz");
                    self.report_stage(rule, stage.number, found, below(input_hz / 2.0));
                    told = true;
                }
            }
            let Some(filter) = &stage.filter else { continue };
            let FilterKind::PolesZeros(pz) = &filter.kind else { continue };
            if let Some(corner_hz) = lower_corner_hz(pz, filter).filter(|hz| *hz > nyquist_hz) {
                let found = format!("a flat band from {corner_hz:.4} Hz on");
                let expected = format!("a corner {}", below(nyquist_hz));
                self.report_stage(Rule::CornerAboveNyquist, stage.number, found, expected);
            }
        }
    }
}

/// Whether a stage does the same at all frequencies.
fn is_flat(stage: &Stage) -> bool {
    match stage.filter.as_ref().map(|filter| &filter.kind) {
        None | Some(FilterKind::Polynomial(_)) => true,
        Some(FilterKind::PolesZeros(pz)) => pz.zeros.is_empty() && pz.poles.is_empty(),
        Some(FilterKind::Coefficients(c)) => c.numerators.len() < 2 && c.denominators.len() < 2,
        Some(FilterKind::Fir(fir)) => fir.coefficients.len() < 2,
        Some(FilterKind::ResponseList(_)) => false,
    }
}

/// Where the flat band of an analog sensor begins: at the pole that ends the rise from the zeros
/// at the origin. `None` if there is no rise, or it does not end.
///
/// Of a sensor whose input is displacement, one zero stands for the step to velocity, in which it
/// is flat.
fn lower_corner_hz(pz: &PolesZeros, filter: &Filter) -> Option<f64> {
    let to_hz = match pz.domain {
        PzDomain::LaplaceRadians => TAU,
        PzDomain::LaplaceHertz => 1.0,
        PzDomain::DigitalZ => return None,
    };
    let at_origin = pz.zeros.iter().filter(|zero| zero.norm() == 0.0).count();
    let mut moduli: Vec<f64> = pz.poles.iter().map(|pole| pole.norm()).collect();
    moduli.sort_by(f64::total_cmp);
    let input = filter.input_units.as_ref().and_then(|unit| Unit::parse(&unit.name).ok());
    let is_displacement = input.is_some_and(|unit| unit.quantity == Quantity::Displacement);
    let last = at_origin.checked_sub(1 + usize::from(is_displacement))?;
    moduli.get(last).map(|modulus| modulus / to_hz)
}
