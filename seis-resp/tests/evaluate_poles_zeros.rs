//! The response as poles, zeros and a constant, where it is only that.

mod evaluate_support;

use evaluate_support::*;
use seis_core::Complex64;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::{
    EvaluateError, EvaluationOptions, FirSymmetry, GainSource, NotPolesZeros, PzDomain, Response,
};

/// Two analog stages, one in Hz, with gains, single taps and a linear polynomial between them.
fn analog(unit: &str) -> Response {
    let in_hertz =
        poles_zeros(PzDomain::LaplaceHertz, &[(0.0, 0.0)], &[(-3.0, 2.0), (-3.0, -2.0)], 7.0, 1.0);
    response(
        vec![
            seismometer(unit),
            gain_only(2, -3.0, 1.0),
            stage(3, in_hertz, ("V", "V")).gain(2.0, 0.5),
            stage(4, polynomial(&[0.0, 0.25]), ("V", "V")),
            stage(5, coefficients(&[0.5], &[0.25]), ("V", "V")).gain(1.0, 1.0).rate(10.0),
            stage(6, fir(FirSymmetry::Odd, &[1.01]), ("V", "COUNTS")).gain(5.0, 1.0).rate(10.0),
        ],
        Some((-1e4, 1.0)),
    )
}

#[test]
fn the_form_is_the_response() {
    let options = EvaluationOptions::default().with_unit_chain(seis_resp::UnitChain::Warn);
    for unit in ["M", "NM/S", "M/S**2"] {
        let response = analog(unit);
        for quantity in [Displacement, Velocity, Acceleration, Native] {
            let form = response.as_poles_zeros(quantity, &options).unwrap();
            let plan = response.plan(quantity, &options).unwrap();
            for f in [1e-3, 0.1, 1.0, 17.0, 300.0] {
                let (found, expected) = (form.at(f), plan.at(f).unwrap());
                assert!((found / expected - 1.0).norm() < 1e-13, "{unit} {f}: {found} {expected}");
            }
        }
    }
}

/// Zeros at the origin are those of the quantity, and cancel with poles there.
#[test]
fn zeros_at_the_origin_follow_the_quantity() {
    let options = EvaluationOptions::default();
    let count = |quantity| {
        let form = response(vec![seismometer("M/S")], None).as_poles_zeros(quantity, &options);
        let form = form.unwrap();
        let at_origin = |roots: &[Complex64]| roots.iter().filter(|r| r.norm() == 0.0).count();
        (at_origin(&form.zeros), form.zeros.len(), at_origin(&form.poles), form.poles.len())
    };
    assert_eq!(count(Displacement), (3, 3, 0, 3));
    assert_eq!(count(Velocity), (2, 2, 0, 3));
    assert_eq!(count(Acceleration), (1, 1, 0, 3));
    // An accelerometer's displacement response has two zeros more, its velocity response one.
    let kind = poles_zeros(PzDomain::LaplaceRadians, &[], &[(-300.0, 0.0)], 300.0, 0.0);
    let sensor = stage(1, kind, ("M/S**2", "V")).gain(2.0, 0.0);
    let form = response(vec![sensor], None).as_poles_zeros(Velocity, &options).unwrap();
    assert_eq!((form.zeros, form.poles.len()), (vec![Complex64::new(0.0, 0.0)], 1));
    // A velocity sensor without zeros integrates displacement: a pole at the origin.
    let kind = poles_zeros(PzDomain::LaplaceRadians, &[], &[(-300.0, 0.0)], 300.0, 0.0);
    let sensor = stage(1, kind, ("M", "V")).gain(2.0, 0.0);
    let form = response(vec![sensor], None).as_poles_zeros(Velocity, &options).unwrap();
    assert_eq!((form.zeros.len(), form.poles.last().copied()), (0, Some(Complex64::new(0.0, 0.0))));
}

/// The constant is A0 × gain, here as a SAC pole-zero file has it: A0 × sensitivity.
#[test]
fn the_constant_is_a0_times_gain() {
    let chain = with_third(decaying_third());
    let options =
        EvaluationOptions::default().with_stages(1..=1).with_gain(GainSource::Sensitivity);
    let form = chain.as_poles_zeros(Displacement, &options).unwrap();
    assert!((form.constant / (251.3785367161555 * 6e8) - 1.0).abs() < 1e-15, "{}", form.constant);
}

#[test]
fn other_filters_are_named() {
    let options = EvaluationOptions::default();
    let refused = |response: &Response| response.as_poles_zeros(Velocity, &options).unwrap_err();
    let filter = "a FIR filter";
    assert_eq!(refused(&with_third(decaying_third())), NotPolesZeros::Filter { stage: 3, filter });
    let rows = [(0.01, 0.2, 10.0), (0.05, 0.9, 5.0), (0.3, 1.1, 0.0), (12.0, 0.1, -150.0)];
    let third = stage(3, list(&rows), ("COUNTS", "COUNTS")).gain(1.0, 1.0);
    let filter = "a response list";
    assert_eq!(refused(&with_third(third)), NotPolesZeros::Filter { stage: 3, filter });
    let third = stage(3, coefficients(&[0.3], &[1.0, -0.7]), ("COUNTS", "COUNTS"));
    let filter = "a recursive filter";
    let third = third.gain(1.0, 0.0).rate(100.0);
    assert_eq!(refused(&with_third(third)), NotPolesZeros::Filter { stage: 3, filter });
    let kind = poles_zeros(PzDomain::DigitalZ, &[(0.5, 0.0)], &[(-0.5, 0.0)], 1.0, 0.0);
    let third = stage(3, kind, ("COUNTS", "COUNTS")).gain(1.0, 0.0).rate(100.0);
    let filter = "digital poles and zeros";
    assert_eq!(refused(&with_third(third)), NotPolesZeros::Filter { stage: 3, filter });
    let silent = response(vec![seismometer("M/S")], Some((0.0, 1.0)));
    assert_eq!(refused(&silent), NotPolesZeros::Evaluate(EvaluateError::ZeroGain { stage: 0 }));
}
