//! Inputs and an instrument that several tests share.

#![allow(dead_code)]

use std::f64::consts::TAU;

use seis_core::{Complex64, EvaluationError, Fingerprint, FrequencyResponse, GroundMotion};

/// Poles and zeros in rad/s, from ground velocity to counts.
#[derive(Clone)]
pub(crate) struct PolesZeros {
    pub(crate) zeros: Vec<Complex64>,
    pub(crate) poles: Vec<Complex64>,
    pub(crate) gain: f64,
    pub(crate) key: Option<u128>,
}

impl PolesZeros {
    /// The channel of semantics check values: a broadband velocity sensor of 1500 V/(m/s) with
    /// corners at 120 s and 40 Hz, and 4e5 counts/V.
    pub(crate) fn broadband() -> Self {
        Self {
            zeros: vec![Complex64::ZERO; 2],
            poles: vec![
                Complex64::new(-0.037, 0.037),
                Complex64::new(-0.037, -0.037),
                Complex64::new(-251.3, 0.0),
            ],
            gain: 2.513_785_367_161_555e2 * 1500.0 * 4e5,
            key: Some(1),
        }
    }
}

impl FrequencyResponse for PolesZeros {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        for (h, f) in out.iter_mut().zip(frequencies_hz) {
            let s = Complex64::new(0.0, TAU * f);
            let zeros: Complex64 = self.zeros.iter().map(|z| s - z).product();
            let poles: Complex64 = self.poles.iter().map(|p| s - p).product();
            let velocity = self.gain * zeros / poles;
            *h = match quantity {
                GroundMotion::Displacement => velocity * s,
                GroundMotion::Acceleration if s == Complex64::ZERO => Complex64::ZERO,
                GroundMotion::Acceleration => velocity / s,
                _ => velocity,
            };
        }
        Ok(())
    }

    fn smooth_within_hz(&self, frequencies_hz: &[f64], _: GroundMotion, radii_hz: &mut [f64]) {
        for (radius_hz, f) in radii_hz.iter_mut().zip(frequencies_hz) {
            let s = Complex64::new(0.0, TAU * f);
            // At 0 is the pole of accelerations.
            let poles = self.poles.iter().map(|p| (s - p).norm());
            *radius_hz = poles.fold(s.norm(), f64::min) / TAU;
        }
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.key.map(Fingerprint)
    }
}

/// Knuth's multiplicative hash, between −0.5 and 0.5; the same numbers as in
/// `scripts/compare_signal.py`.
pub(crate) fn noise(n: usize) -> Vec<f64> {
    (0..n as u64)
        .map(|i| (i.wrapping_mul(2_654_435_761) % (1 << 32)) as f64 / 2.0_f64.powi(32) - 0.5)
        .collect()
}

/// Counts of a burst on an offset and a trend.
pub(crate) fn burst(n: usize, interval_s: f64) -> Vec<i32> {
    let (middle, width) = ((n / 2) as f64, 0.12 * n as f64);
    (0..n)
        .map(|i| {
            let i = i as f64;
            let sine = (1.4 * std::f64::consts::PI * i * interval_s).sin();
            let x = 1e5 * sine * (-((i - middle) / width).powi(2)).exp() + 500.0 + 0.1 * i;
            x.round_ties_even() as i32
        })
        .collect()
}

/// Largest magnitude.
pub(crate) fn peak(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |peak, x| f64::max(peak, x.abs()))
}

/// Largest difference of two slices of equal length.
pub(crate) fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |d, (a, b)| f64::max(d, (a - b).abs()))
}
