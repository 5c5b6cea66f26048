//! The transfer function of one stage, whatever its kind.

use std::f64::consts::TAU;

use seis_core::Complex64;

use super::fir::{Fir, Recursive};
use super::lanes::{ComplexLanes, LANES, Lanes};
use super::list::List;
use super::poles_zeros::Rational;

/// The bare transfer function of a stage, without gain and normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Transfer {
    Rational(Rational),
    Fir(Fir),
    Recursive(Recursive),
    List(List),
}

impl Transfer {
    /// `value *= H(f)`.
    #[inline(always)]
    pub(super) fn multiply(&self, frequency_hz: &Lanes, value: &mut ComplexLanes) {
        match self {
            Self::Rational(filter) => filter.multiply(frequency_hz, value),
            Self::Fir(filter) => filter.multiply(frequency_hz, value),
            Self::Recursive(filter) => filter.multiply(frequency_hz, value),
            Self::List(list) => list.multiply(frequency_hz, value),
        }
    }

    /// H at one frequency.
    fn at(&self, frequency_hz: f64) -> Complex64 {
        let mut value = ComplexLanes::ONE;
        self.multiply(&[frequency_hz; LANES], &mut value);
        value.get(0)
    }

    /// |H| at one frequency.
    pub(super) fn magnitude(&self, frequency_hz: f64) -> f64 {
        let Complex64 { re, im } = self.at(frequency_hz);
        (re * re + im * im).sqrt()
    }

    /// H, if it is the same (and real) at all frequencies.
    pub(super) fn constant(&self) -> Option<f64> {
        let is_constant = match self {
            Self::Fir(filter) => filter.is_constant(),
            Self::Recursive(filter) => filter.is_constant(),
            Self::Rational(_) | Self::List(_) => false,
        };
        is_constant.then(|| self.at(0.0).re)
    }

    /// As [`EvaluationPlan::smooth_within`](super::EvaluationPlan::smooth_within).
    pub(super) fn smooth_within(&self, frequency_hz: f64) -> f64 {
        match self {
            _ if self.constant().is_some() => f64::INFINITY,
            Self::Rational(filter) => filter.smooth_within(frequency_hz),
            Self::Fir(filter) => radian_hz(filter.length_s()),
            // The poles would have to be looked for, and a list has a kink wherever it likes.
            Self::Recursive(_) | Self::List(_) => 0.0,
        }
    }

    /// What it is, in words.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Rational(_) => "digital poles and zeros",
            Self::Fir(_) => "a FIR filter",
            Self::Recursive(_) => "a recursive filter",
            Self::List(_) => "a response list",
        }
    }
}

/// By how many hertz f has to change, in any direction, for e^{2πif·`duration_s`} to change by a
/// factor of e or to turn by a radian.
pub(super) fn radian_hz(duration_s: f64) -> f64 {
    1.0 / (TAU * duration_s.abs())
}
