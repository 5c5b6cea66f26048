//! Poles and zeros, of s and of z.

use std::f64::consts::{PI, TAU};

use seis_core::Complex64;

use super::lanes::{ComplexLanes, LANES, Lanes};
use super::transfer::radian_hz;
use super::trig::sin_cos;
use crate::{PolesZeros, PzDomain};

/// Π(v − zero) / Π(v − pole), without the normalisation factor; v is iω, if or e^{iωτ}.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rational {
    variable: Variable,
    zeros: Vec<Complex64>,
    poles: Vec<Complex64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Variable {
    /// s = iω.
    Radians,
    /// s = if. evalresp does not convert to radians, so poles in Hz go with an A0 in Hz.
    Hertz,
    /// z = e^{iωτ}, with the sample interval τ in seconds.
    Z(f64),
}

impl Rational {
    /// `sample_interval_s` is used by digital filters only.
    pub(super) fn new(filter: &PolesZeros, sample_interval_s: f64) -> Self {
        Self {
            variable: match filter.domain {
                PzDomain::LaplaceRadians => Variable::Radians,
                PzDomain::LaplaceHertz => Variable::Hertz,
                PzDomain::DigitalZ => Variable::Z(sample_interval_s),
            },
            zeros: filter.zeros.clone(),
            poles: filter.poles.clone(),
        }
    }

    /// Zeros and poles in rad/s, and the factor that the change to radians costs:
    /// (if − p) = (iω − 2πp)/2π. `None` for a digital filter.
    pub(super) fn in_radians(&self) -> Option<(Vec<Complex64>, Vec<Complex64>, f64)> {
        let scale = match self.variable {
            Variable::Radians => return Some((self.zeros.clone(), self.poles.clone(), 1.0)),
            Variable::Hertz => TAU,
            Variable::Z(_) => return None,
        };
        let scaled = |roots: &[Complex64]| roots.iter().map(|root| root * scale).collect();
        let excess =
            i32::try_from(self.poles.len()).ok()? - i32::try_from(self.zeros.len()).ok()?;
        Some((scaled(&self.zeros), scaled(&self.poles), scale.powi(excess)))
    }

    /// The radius in Hz of the circle around a frequency, in the plane of complex frequencies, that
    /// is free of poles, and in which no power of z turns by more than a radian.
    pub(super) fn smooth_within(&self, frequency_hz: f64) -> f64 {
        let nearest = |distance: &dyn Fn(&Complex64) -> f64| {
            self.poles.iter().map(distance).fold(f64::INFINITY, f64::min)
        };
        match self.variable {
            Variable::Radians => {
                nearest(&|pole| (Complex64::new(0.0, TAU * frequency_hz) - pole).norm()) / TAU
            }
            Variable::Hertz => nearest(&|pole| (Complex64::new(0.0, frequency_hz) - pole).norm()),
            Variable::Z(tau) => {
                // z = p where iωτ = ln p, and at all frequencies that alias with it.
                let angle = TAU * frequency_hz * tau;
                let poles = nearest(&|pole| {
                    let turn = (angle - pole.arg() + PI).rem_euclid(TAU) - PI;
                    turn.hypot(pole.norm().ln())
                });
                let powers = self.poles.len().max(self.zeros.len()) as f64;
                (poles / (TAU * tau.abs())).min(radian_hz(powers * tau))
            }
        }
    }

    /// `value *= H(f)`. A pole that is hit gives 0.
    #[inline(always)]
    pub(super) fn multiply(&self, frequency_hz: &Lanes, value: &mut ComplexLanes) {
        match self.variable {
            Variable::Radians => self.on_axis(&frequency_hz.map(|f| TAU * f), value),
            Variable::Hertz => self.on_axis(frequency_hz, value),
            Variable::Z(tau) => self.on_circle(&frequency_hz.map(|f| TAU * f * tau), value),
        }
    }

    /// v = i·`height`.
    fn on_axis(&self, height: &Lanes, value: &mut ComplexLanes) {
        for zero in &self.zeros {
            value.multiply_by(-zero.re, &height.map(|h| h - zero.im));
        }
        let mut divisor = ComplexLanes::ONE;
        for pole in &self.poles {
            divisor.multiply_by(-pole.re, &height.map(|h| h - pole.im));
        }
        value.divide(&divisor);
    }

    /// v = e^{i·`angle`}.
    fn on_circle(&self, angle: &Lanes, value: &mut ComplexLanes) {
        let (im, re) = sin_cos(angle);
        let difference = |root: &Complex64| {
            let mut v = ComplexLanes { re, im };
            for l in 0..LANES {
                v.re[l] -= root.re;
                v.im[l] -= root.im;
            }
            v
        };
        for zero in &self.zeros {
            value.multiply(&difference(zero));
        }
        let mut divisor = ComplexLanes::ONE;
        for pole in &self.poles {
            divisor.multiply(&difference(pole));
        }
        value.divide(&divisor);
    }
}
