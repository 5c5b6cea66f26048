//! Poles, zeros and A0.

use std::f64::consts::TAU;

use num_complex::Complex64;

use super::domain::is_in_other_unit;
use super::{Checker, Rule};
use crate::{FilterKind, PolesZeros, PzDomain, Stage};

/// The tolerance of the evaluation's own warning.
pub(super) const A0_TOLERANCE: f64 = 0.02;
/// How far a conjugate may be off, relative to its modulus: files round parts of a pair
/// differently.
const CONJUGATE_TOLERANCE: f64 = 1e-3;
/// Of more roots than any filter has, only the numbers above and below the axis are compared.
const MANY_ROOTS: usize = 500;

impl Checker {
    pub(super) fn poles_and_zeros(&mut self, stage: &Stage) {
        let Some(FilterKind::PolesZeros(pz)) = stage.filter.as_ref().map(|f| &f.kind) else {
            return;
        };
        for (name, roots) in [("zero", &pz.zeros), ("pole", &pz.poles)] {
            for (root, times) in counted(without_conjugate(roots)) {
                // A pair of which one sign is wrong is one mistake.
                let (found, expected) = match times {
                    1 => (format!("the {name} {root} alone"), format!("also {}", root.conj())),
                    _ => (
                        format!("the {name} {root} {times} times"),
                        format!("as often {}; or is a sign wrong?", root.conj()),
                    ),
                };
                self.report_stage(Rule::ConjugateMissing, stage.number, found, expected);
            }
        }
        for pole in &pz.poles {
            let (is_unstable, expected) = match pz.domain {
                PzDomain::DigitalZ => (pole.norm() >= 1.0, "a pole within the unit circle"),
                _ => (
                    pole.re > 0.0 || (pole.re == 0.0 && pole.im != 0.0),
                    "a pole of negative real part",
                ),
            };
            if is_unstable {
                let found = format!("the pole {pole}");
                self.report_stage(Rule::PoleUnstable, stage.number, found, expected);
            }
        }
        self.normalization(stage, pz);
    }

    /// A0 against 1/|H| at its frequency, and in the other unit.
    fn normalization(&mut self, stage: &Stage, pz: &PolesZeros) {
        let frequency_hz = pz.normalization_frequency_hz;
        let rate_hz = stage.decimation.and_then(|d| d.input_sample_rate_hz);
        let Some(variable) = variable(pz.domain, frequency_hz, rate_hz) else { return };
        let Some(magnitude) = magnitude(&pz.zeros, &pz.poles, variable) else { return };
        let a0 = pz.normalization_factor;
        let fits = |magnitude: f64| (a0.abs() * magnitude - 1.0).abs() <= A0_TOLERANCE;
        if is_in_other_unit(pz) {
            let (said, meant) = match pz.domain {
                PzDomain::LaplaceRadians => ("rad/s", "Hz"),
                _ => ("Hz", "rad/s"),
            };
            let found = format!("poles and zeros in {said}, to which A0 = {a0:e} does not belong");
            let expected = format!("{meant}, to which it does");
            self.report_stage(Rule::HertzForRadians, stage.number, found, expected);
            return;
        }
        if fits(magnitude) {
            return;
        }
        // A0 of poles in Hz beside poles in rad/s, or the other way round.
        let excess = pz.poles.len() as i32 - pz.zeros.len() as i32;
        let exchanged = pz.domain != PzDomain::DigitalZ
            && excess != 0
            && [&pz.zeros, &pz.poles].iter().all(|roots| without_conjugate(roots).is_empty())
            && [excess, -excess].iter().any(|n| fits(magnitude * TAU.powi(*n)));
        let hint =
            if exchanged { ", which would be right for poles in the other unit" } else { "" };
        let found = format!("A0 = {a0:e} at {frequency_hz} Hz{hint}");
        let expected = format!("{:e}", 1.0 / magnitude);
        self.report_stage(Rule::NormalizationFactor, stage.number, found, expected);
    }
}

/// iω, if or e^{iωτ}; `None` if a rate is needed and unknown.
pub(super) fn variable(
    domain: PzDomain,
    frequency_hz: f64,
    rate_hz: Option<f64>,
) -> Option<Complex64> {
    match domain {
        PzDomain::LaplaceRadians => Some(Complex64::new(0.0, TAU * frequency_hz)),
        PzDomain::LaplaceHertz => Some(Complex64::new(0.0, frequency_hz)),
        PzDomain::DigitalZ => {
            let rate_hz = rate_hz.filter(|hz| *hz > 0.0)?;
            Some(Complex64::from_polar(1.0, TAU * frequency_hz / rate_hz))
        }
    }
}

/// |H| without A0; `None` if it is 0, infinite or unknown there.
pub(super) fn magnitude(
    zeros: &[Complex64],
    poles: &[Complex64],
    variable: Complex64,
) -> Option<f64> {
    let product =
        |roots: &[Complex64]| roots.iter().map(|r| (variable - r).norm()).product::<f64>();
    let magnitude = product(zeros) / product(poles);
    magnitude.is_normal().then_some(magnitude)
}

/// The A0 that makes the gain of an analog filter one at a frequency; `None` if there is none.
pub(crate) fn unit_gain_factor(
    domain: PzDomain,
    frequency_hz: f64,
    zeros: &[Complex64],
    poles: &[Complex64],
) -> Option<f64> {
    magnitude(zeros, poles, variable(domain, frequency_hz, None)?).map(|magnitude| 1.0 / magnitude)
}

/// The complex roots that have no conjugate of their own.
pub(super) fn without_conjugate(roots: &[Complex64]) -> Vec<Complex64> {
    let is_complex = |root: &&Complex64| root.im.abs() > CONJUGATE_TOLERANCE * root.norm();
    let (above, mut below): (Vec<Complex64>, Vec<Complex64>) =
        roots.iter().filter(is_complex).partition(|root| root.im > 0.0);
    if above.len() + below.len() > MANY_ROOTS {
        let more = if above.len() > below.len() { &above } else { &below };
        return more.iter().take(usize::from(above.len() != below.len())).copied().collect();
    }
    let mut alone = Vec::new();
    for root in above {
        let distance = |other: &Complex64| (other - root.conj()).norm();
        let nearest =
            (0..below.len()).min_by(|a, b| distance(&below[*a]).total_cmp(&distance(&below[*b])));
        match nearest.filter(|n| distance(&below[*n]) <= CONJUGATE_TOLERANCE * root.norm()) {
            Some(nearest) => drop(below.swap_remove(nearest)),
            None => alone.push(root),
        }
    }
    alone.append(&mut below);
    alone
}

/// Those that are equal, as far as conjugates need to be, once with their number.
fn counted(roots: Vec<Complex64>) -> Vec<(Complex64, usize)> {
    let mut counted: Vec<(Complex64, usize)> = Vec::new();
    for root in roots {
        let is_same =
            |known: &Complex64| (known - root).norm() <= CONJUGATE_TOLERANCE * root.norm();
        match counted.iter_mut().find(|(known, _)| is_same(known)) {
            Some((_, times)) => *times += 1,
            None => counted.push((root, 1)),
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjugates_are_counted_with_their_multiplicity() {
        let c = Complex64::new;
        assert!(without_conjugate(&[c(-1.0, 2.0), c(-1.0, -2.0001), c(-3.0, 0.0)]).is_empty());
        assert!(
            without_conjugate(&[c(-1.0, 1e-9), c(0.0, 0.0)]).is_empty(),
            "real but for rounding"
        );
        let twice = [c(-1.0, 2.0), c(-1.0, -2.0), c(-1.0, 2.0)];
        assert_eq!(without_conjugate(&twice), [c(-1.0, 2.0)]);
        assert_eq!(without_conjugate(&[c(-1.0, 2.0), c(1.0, -2.0)]).len(), 2);
        let many = vec![c(-1.0, 2.0); 100_000];
        assert_eq!(without_conjugate(&many).len(), 1);
    }
}
