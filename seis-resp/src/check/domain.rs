//! Poles and zeros in another unit than is said: Hz for rad/s, or rad/s for Hz.

use super::poles::{A0_TOLERANCE, magnitude, variable, without_conjugate};
use crate::{PolesZeros, PzDomain};

/// A0 hardly depends on the unit where all poles lie far from its frequency; but most files give
/// five digits or more, and then an exact fit tells.
const EXACT_FIT: f64 = 1e-4;
const NO_EXACT_FIT: f64 = 2e-3;
/// What the digits of poles and zeros leave of an A0 that was computed from them.
const FIT_TO_ROUNDING: f64 = 1e-6;
/// How much worse the fit has to be in the unit that is said than rounding makes it.
const WORSE: f64 = 10.0;

/// Whether A0 belongs to these poles and zeros in the other unit than is said.
///
/// It does if it fits them exactly there, as far as it has digits, and clearly worse where it is
/// said to; or within 2 % there, and not here. The latter tells nothing of roots without their
/// conjugates: a wrong sign moves A0 as much as a wrong unit.
pub(crate) fn is_in_other_unit(pz: &PolesZeros) -> bool {
    let other = match pz.domain {
        PzDomain::LaplaceRadians => PzDomain::LaplaceHertz,
        PzDomain::LaplaceHertz => PzDomain::LaplaceRadians,
        PzDomain::DigitalZ => return false,
    };
    let a0 = pz.normalization_factor;
    let misfit = |domain| {
        let variable = variable(domain, pz.normalization_frequency_hz, None)?;
        Some((a0.abs() * magnitude(&pz.zeros, &pz.poles, variable)? - 1.0).abs())
    };
    let (Some(said), Some(meant)) = (misfit(pz.domain), misfit(other)) else { return false };
    let rounding = rounding(a0).max(FIT_TO_ROUNDING);
    (meant < EXACT_FIT && said > NO_EXACT_FIT)
        || (rounding < EXACT_FIT && meant <= rounding && said > WORSE * rounding)
        || (meant <= A0_TOLERANCE && said > A0_TOLERANCE && {
            [&pz.zeros, &pz.poles].iter().all(|roots| without_conjugate(roots).is_empty())
        })
}

/// Half a unit of the last digit that a number is written with, relative to it.
fn rounding(number: f64) -> f64 {
    let text = format!("{:e}", number.abs());
    let mantissa = text.split('e').next().unwrap_or_default();
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let mantissa: f64 = mantissa.parse().unwrap_or(1.0);
    0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX)) / mantissa
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn digits_tell_the_rounding() {
        assert_eq!(rounding(1.0), 0.5);
        assert_eq!(rounding(-2e8), 0.25);
        assert!((rounding(57150.8) - 0.5 / 571_508.0).abs() < 1e-20);
    }

    /// A broadband sensor with all poles far from its frequency: the unit changes A0 by 1e-4 only.
    #[test]
    fn an_exact_fit_tells_the_unit() {
        let c = Complex64::new;
        let pz = PolesZeros {
            domain: PzDomain::LaplaceRadians,
            normalization_factor: 1.0,
            normalization_frequency_hz: 1.0,
            zeros: vec![c(0.0, 0.0); 2],
            poles: vec![
                c(-0.037, 0.037),
                c(-0.037, -0.037),
                c(-118.752, 423.488),
                c(-118.752, -423.488),
            ],
        };
        let s = variable(pz.domain, 1.0, None).unwrap();
        let fitting = 1.0 / magnitude(&pz.zeros, &pz.poles, s).unwrap();
        let said = |domain, a0: f64| PolesZeros { domain, normalization_factor: a0, ..pz.clone() };
        assert!(is_in_other_unit(&said(PzDomain::LaplaceHertz, fitting)));
        assert!(!is_in_other_unit(&said(PzDomain::LaplaceRadians, fitting)));
        // Of an A0 with few digits, both may be meant.
        let rounded = (fitting / 1e3).round() * 1e3;
        assert!(!is_in_other_unit(&said(PzDomain::LaplaceHertz, rounded)));
    }
}
