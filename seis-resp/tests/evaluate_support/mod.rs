//! Responses made from a few numbers, for the tests of their evaluation.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use seis_core::{Complex64, GroundMotion};
use seis_resp::{
    Coefficients, CoefficientsDomain, Decimation, EvaluationOptions, EvaluationPlan,
    EvaluationWarning, Filter, FilterKind, Fir, FirSymmetry, Gain, ListedResponse, PolesZeros,
    Polynomial, PzDomain, Response, ResponseList, Sensitivity, Stage, UnitName,
};

/// The frequencies of the reference values, in Hz.
pub const FREQUENCIES_HZ: [f64; 3] = [0.1, 1.0, 9.0];

pub fn stage(number: u32, kind: FilterKind, units: (&str, &str)) -> Stage {
    let unit = |name: &str| (!name.is_empty()).then(|| UnitName::new(name));
    Stage {
        number,
        filter: Some(Filter {
            input_units: unit(units.0),
            output_units: unit(units.1),
            name: None,
            resource_id: None,
            description: None,
            kind,
        }),
        ..Stage::default()
    }
}

/// Shorthand for what a stage has besides its filter.
pub trait With: Sized {
    fn gain(self, value: f64, frequency_hz: f64) -> Self;
    fn rate(self, rate_hz: f64) -> Self;
    fn delays(self, delay_s: f64, correction_s: f64) -> Self;
    fn factor(self, factor: u32) -> Self;
}

impl With for Stage {
    fn gain(mut self, value: f64, frequency_hz: f64) -> Self {
        self.gain = Some(Gain { value, frequency_hz: Some(frequency_hz) });
        self
    }

    fn rate(mut self, rate_hz: f64) -> Self {
        self.decimation = Some(Decimation {
            input_sample_rate_hz: Some(rate_hz),
            factor: Some(1),
            offset: Some(0),
            delay_s: Some(0.0),
            correction_s: Some(0.0),
        });
        self
    }

    fn delays(mut self, delay_s: f64, correction_s: f64) -> Self {
        let decimation = self.decimation.as_mut().unwrap();
        (decimation.delay_s, decimation.correction_s) = (Some(delay_s), Some(correction_s));
        self
    }

    fn factor(mut self, factor: u32) -> Self {
        self.decimation.as_mut().unwrap().factor = Some(factor);
        self
    }
}

pub fn poles_zeros(
    domain: PzDomain,
    zeros: &[(f64, f64)],
    poles: &[(f64, f64)],
    a0: f64,
    a0_hz: f64,
) -> FilterKind {
    let roots = |roots: &[(f64, f64)]| roots.iter().map(|r| Complex64::new(r.0, r.1)).collect();
    FilterKind::PolesZeros(PolesZeros {
        domain,
        normalization_factor: a0,
        normalization_frequency_hz: a0_hz,
        zeros: roots(zeros),
        poles: roots(poles),
    })
}

pub fn coefficients(numerators: &[f64], denominators: &[f64]) -> FilterKind {
    FilterKind::Coefficients(Coefficients {
        domain: CoefficientsDomain::Digital,
        numerators: numerators.to_vec(),
        denominators: denominators.to_vec(),
    })
}

pub fn fir(symmetry: FirSymmetry, coefficients: &[f64]) -> FilterKind {
    FilterKind::Fir(Fir { symmetry, coefficients: coefficients.to_vec() })
}

pub fn list(rows: &[(f64, f64, f64)]) -> FilterKind {
    let entry =
        |r: &(f64, f64, f64)| ListedResponse { frequency_hz: r.0, amplitude: r.1, phase_deg: r.2 };
    FilterKind::ResponseList(ResponseList { elements: rows.iter().map(entry).collect() })
}

pub fn polynomial(coefficients: &[f64]) -> FilterKind {
    FilterKind::Polynomial(Polynomial {
        coefficients: coefficients.to_vec(),
        frequency_bounds_hz: Some((0.0, 10.0)),
        ..Polynomial::default()
    })
}

pub fn gain_only(number: u32, value: f64, frequency_hz: f64) -> Stage {
    Stage { number, ..Stage::default() }.gain(value, frequency_hz)
}

pub fn response(stages: Vec<Stage>, sensitivity: Option<(f64, f64)>) -> Response {
    let input = stages
        .first()
        .and_then(|s| s.filter.as_ref())
        .and_then(|f| f.input_units.clone())
        .unwrap_or_else(|| UnitName::new("M/S"));
    Response {
        sensitivity: sensitivity.map(|(value, frequency_hz)| Sensitivity {
            value,
            frequency_hz: Some(frequency_hz),
            input_units: Some(input),
            output_units: Some(UnitName::new("COUNTS")),
            band: None,
        }),
        stages,
        ..Response::default()
    }
}

/// A seismometer with a corner at 120 s: stage 1 of most reference values.
pub fn seismometer(unit: &str) -> Stage {
    let poles = [(-0.037, 0.037), (-0.037, -0.037), (-251.3, 0.0)];
    let zeros = [(0.0, 0.0), (0.0, 0.0)];
    let kind = poles_zeros(PzDomain::LaplaceRadians, &zeros, &poles, 251.3785367161555, 1.0);
    stage(1, kind, (unit, "V")).gain(1500.0, 1.0)
}

/// A digitiser: stage 2 of most reference values.
pub fn digitiser() -> Stage {
    stage(2, coefficients(&[1.0], &[]), ("V", "COUNTS")).gain(4e5, 0.0).rate(100.0)
}

/// The sensor of the A0 rules.
pub fn two_poles(a0: f64, a0_hz: f64) -> FilterKind {
    let poles = [(-1.0, 1.0), (-1.0, -1.0)];
    poles_zeros(PzDomain::LaplaceRadians, &[(0.0, 0.0), (0.0, 0.0)], &poles, a0, a0_hz)
}

/// e^{−k/3}, k = 0 … 10, with sum one: a filter that is not symmetric.
pub fn decaying() -> Vec<f64> {
    let h: Vec<f64> = (0..11).map(|k| (-f64::from(k) / 3.0).exp()).collect();
    let sum: f64 = h.iter().sum();
    h.iter().map(|h| h / sum).collect()
}

/// Seismometer, digitiser and a third stage, with the sensitivity that belongs to them.
pub fn with_third(third: Stage) -> Response {
    response(vec![seismometer("M/S"), digitiser(), third], Some((6e8, 1.0)))
}

/// The asymmetric filter as a third stage, with a delay of 50 ms of which 30 are corrected.
pub fn decaying_third() -> Stage {
    stage(3, fir(FirSymmetry::None, &decaying()), ("COUNTS", "COUNTS"))
        .gain(1.0, 0.0)
        .rate(100.0)
        .delays(0.05, 0.03)
}

/// Every kind of stage in one chain.
pub fn everything() -> Response {
    let rows = [(0.0, 1.0, 0.0), (1.0, 0.9, -10.0), (5.0, 0.8, -40.0), (60.0, 0.1, -150.0)];
    let digital =
        poles_zeros(PzDomain::DigitalZ, &[(0.2, 0.0)], &[(0.5, 0.1), (0.5, -0.1)], 1.0, 0.0);
    let long: Vec<f64> = (0..150).map(|k| (-f64::from(k) / 25.0).exp() / 25.0).collect();
    response(
        vec![
            seismometer("NM/S"),
            digitiser(),
            stage(3, list(&rows), ("COUNTS", "COUNTS")).gain(2.0, 1.0),
            stage(4, digital, ("COUNTS", "COUNTS")).gain(2.0, 1.0).rate(4000.0),
            stage(5, coefficients(&[0.2, 0.1], &[1.0, -0.7]), ("COUNTS", "COUNTS"))
                .gain(1.0, 0.0)
                .rate(4000.0),
            stage(6, fir(FirSymmetry::None, &long), ("COUNTS", "COUNTS"))
                .gain(1.0, 0.0)
                .rate(4000.0)
                .delays(0.01, 0.004)
                .factor(40),
            stage(7, fir(FirSymmetry::Odd, &[0.1, 0.2, 0.4]), ("COUNTS", "COUNTS"))
                .gain(1.0, 0.0)
                .rate(100.0),
        ],
        Some((6e8, 1.0)),
    )
}

/// Evaluates in one quantity.
pub fn evaluate(
    response: &Response,
    options: &EvaluationOptions,
    quantity: GroundMotion,
    frequencies_hz: &[f64],
) -> (Vec<Complex64>, Vec<EvaluationWarning>) {
    let plan: EvaluationPlan = response.plan(quantity, options).unwrap();
    let mut out = vec![Complex64::default(); frequencies_hz.len()];
    plan.eval_into(frequencies_hz, &mut out).unwrap();
    (out, plan.warnings().to_vec())
}

/// Asserts agreement to 1e-13 of each value. Products of some ten factors, each rounded to
/// 1.1e-16 in both programs, stay well below that.
#[track_caller]
pub fn assert_agrees(found: &[Complex64], expected: &[(f64, f64)]) {
    assert_eq!(found.len(), expected.len());
    for (found, (re, im)) in found.iter().zip(expected) {
        let expected = Complex64::new(*re, *im);
        let difference = (found - expected).norm() / expected.norm();
        assert!(difference < 1e-13, "{found} is not {expected}: {difference:e}");
    }
}

/// Asserts that the default options and ObsPy's both give ObsPy's numbers.
#[track_caller]
pub fn assert_obspy(response: &Response, quantity: GroundMotion, expected: &[(f64, f64)]) {
    for options in [EvaluationOptions::default(), EvaluationOptions::obspy()] {
        let (found, _) = evaluate(response, &options, quantity, &FREQUENCIES_HZ);
        assert_agrees(&found, expected);
    }
}
