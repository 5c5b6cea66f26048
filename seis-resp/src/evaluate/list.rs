//! Responses given as a list of amplitudes and phases.

use super::error::EvaluateError;
use super::lanes::{ComplexLanes, LANES, Lanes};
use super::options::ListPhase;
use super::spline::Spline;
use super::trig::sin_cos;
use crate::{ListedResponse, ResponseList};

/// Amplitude and phase interpolated by not-a-knot cubic splines over frequency.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    frequency_hz: Vec<f64>,
    amplitude: Spline,
    /// In degrees.
    phase: Spline,
}

impl List {
    /// # Errors
    /// For fewer than four entries, for two entries at one frequency, and for one at a negative
    /// frequency.
    pub(super) fn new(
        stage: u32,
        list: &ResponseList,
        phases: ListPhase,
    ) -> Result<Self, EvaluateError> {
        let mut entries: Vec<ListedResponse> = list.elements.clone();
        entries.sort_by(|a, b| a.frequency_hz.total_cmp(&b.frequency_hz));
        if let Some(pair) = entries.windows(2).find(|p| p[0].frequency_hz >= p[1].frequency_hz) {
            let frequency_hz = pair[0].frequency_hz;
            return Err(EvaluateError::ListRepeated { stage, frequency_hz });
        }
        if let Some(entry) = entries.first().filter(|entry| entry.frequency_hz < 0.0) {
            return Err(EvaluateError::ListFrequency { stage, frequency_hz: entry.frequency_hz });
        }
        let frequency_hz: Vec<f64> = entries.iter().map(|e| e.frequency_hz).collect();
        let amplitude: Vec<f64> = entries.iter().map(|e| e.amplitude).collect();
        let mut phase: Vec<f64> = entries.iter().map(|e| e.phase_deg).collect();
        if phases == ListPhase::Unwrapped {
            unwrap_degrees(&mut phase);
        }
        let too_short = || EvaluateError::ListTooShort { stage, found: entries.len() };
        Ok(Self {
            amplitude: Spline::new(&frequency_hz, &amplitude).ok_or_else(too_short)?,
            phase: Spline::new(&frequency_hz, &phase).ok_or_else(too_short)?,
            frequency_hz,
        })
    }

    /// First and last frequency in Hz.
    pub(super) fn band_hz(&self) -> (f64, f64) {
        let first = self.frequency_hz.first().copied().unwrap_or(f64::NAN);
        (first, self.frequency_hz.last().copied().unwrap_or(f64::NAN))
    }

    /// The entries, by their frequency in Hz, between which the spline's amplitude is negative
    /// somewhere although those beside it are positive: the first and the last of them.
    pub(super) fn negative_between(&self) -> Option<(f64, f64)> {
        let mut negative = self.frequency_hz.windows(2).enumerate().filter(|(piece, pair)| {
            let width = pair[1] - pair[0];
            let ends = [0.0, width].map(|distance| self.amplitude.value(*piece, distance));
            ends.iter().all(|amplitude| *amplitude > 0.0)
                && self.amplitude.least(*piece, width) < 0.0
        });
        let (_, first) = negative.next()?;
        let (_, last) = negative.next_back().unwrap_or((0, first));
        first.first().copied().zip(last.last().copied())
    }

    /// `value *= H(f)`; the end pieces go on outside the list.
    pub(super) fn multiply(&self, frequency_hz: &Lanes, value: &mut ComplexLanes) {
        let (mut amplitude, mut phase) = ([0.0; LANES], [0.0; LANES]);
        let last_piece = self.frequency_hz.len().saturating_sub(2);
        for l in 0..LANES {
            let f = frequency_hz[l];
            let piece =
                self.frequency_hz.partition_point(|x| *x <= f).saturating_sub(1).min(last_piece);
            let distance = f - self.frequency_hz.get(piece).copied().unwrap_or(f64::NAN);
            amplitude[l] = self.amplitude.value(piece, distance);
            phase[l] = self.phase.value(piece, distance) / 180.0 * std::f64::consts::PI;
        }
        let (sin, cos) = sin_cos(&phase);
        let mut factor = ComplexLanes { re: cos, im: sin };
        factor.scale(&amplitude);
        value.multiply(&factor);
    }
}

/// Takes out the jumps of more than half a turn between neighbours.
fn unwrap_degrees(phase: &mut [f64]) {
    let mut turns = 0.0;
    let mut before = phase.first().copied().unwrap_or(0.0);
    for p in phase.iter_mut().skip(1) {
        let step = *p - before;
        before = *p;
        if step.abs() > 180.0 {
            turns -= (step / 360.0).round();
        }
        *p += 360.0 * turns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_unwrapped() {
        let mut phase = vec![170.0, -170.0, -150.0, 179.0, -10.0, 190.0 + 360.0];
        unwrap_degrees(&mut phase);
        assert_eq!(phase, vec![170.0, 190.0, 210.0, 179.0, 350.0, 190.0]);
    }
}
