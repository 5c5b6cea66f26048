//! The traps of response metadata: each ends as a typed error or a warning, under its own name.

mod evaluate_support;

use evaluate_support::*;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::units::{Quantity, Unit};
use seis_resp::{
    Complex64, EvaluateError, EvaluationOptions, EvaluationWarning, FirSymmetry, ListRange,
    PzDomain, Response,
};

fn error(response: &Response) -> EvaluateError {
    response.plan(Velocity, &EvaluationOptions::default()).unwrap_err()
}

/// But for the warning that a sensitivity is missing, which has tests of its own.
fn warnings(response: &Response) -> Vec<EvaluationWarning> {
    let plan = response.plan(Velocity, &EvaluationOptions::default()).unwrap();
    let is_open = |w: &&EvaluationWarning| matches!(w, EvaluationWarning::NoSensitivity { .. });
    plan.warnings().iter().filter(|w| !is_open(w)).cloned().collect()
}

/// evalresp 3.3.3 and ObsPy take a unit that they do not know for a velocity.
#[test]
fn unknown_units() {
    let chain = response(vec![seismometer("FURLONG/FORTNIGHT"), digitiser()], Some((6e8, 1.0)));
    let found = error(&chain);
    assert!(
        matches!(&found, EvaluateError::UnknownUnit { stage: 1, wanted: Quantity::Velocity, source }
            if source.text == "FURLONG/FORTNIGHT"),
        "{found}"
    );
    assert!(found.to_string().contains("ask for native units"), "{found}");
    assert!(chain.plan(Native, &EvaluationOptions::default()).is_ok());
}

/// 100 times too little, or integrated once too often, in what others make of some spellings.
#[test]
fn centimetres_per_second_squared_and_its_spellings() {
    let options = EvaluationOptions::default();
    let at = |unit: &str| {
        let chain = response(vec![seismometer(unit), digitiser()], Some((6e8, 1.0)));
        evaluate(&chain, &options, Acceleration, &[0.3]).0[0]
    };
    let metres = at("M/S**2");
    for unit in [
        "CM/S**2",
        "CM/S/S",
        "CM/(S**2)",
        "CM/SEC**2",
        "CM/(SEC**2)",
        "CM/SEC/SEC",
        "cm/s2",
        "cm/s^2",
        "cm/s²",
        "cm s-2",
        "cm s^-2",
        "cm.s**-2",
        "cm/(s*s)",
        "CM/S**2 - Acceleration",
        "centimeters per second^2",
        "Gal",
        "GAL",
        "GALS",
    ] {
        let found = at(unit) / metres;
        assert!((found - 100.0).norm() < 1e-12, "{unit}: {found}");
    }
}

/// Beyond its ends a list says nothing: the spline goes on, and the caller is told, or refused.
#[test]
fn list_extrapolated_beyond_its_range() {
    let rows = [(0.1, 1.0, 0.0), (0.5, 1.0, -3.0), (1.0, 0.9, -5.0), (5.0, 0.7, -30.0)];
    let sensor = stage(1, list(&rows), ("M/S", "V")).gain(7.0, 1.0);
    let chain = response(vec![sensor], Some((7.0, 1.0)));
    let plan = chain.plan(Velocity, &EvaluationOptions::default()).unwrap();
    assert_eq!(plan.list_band_hz(), Some((0.1, 5.0)));
    assert_eq!(plan.extrapolation(0.1, 5.0), None);
    let warning = EvaluationWarning::ListExtrapolated {
        first_hz: 0.0,
        last_hz: 4.0,
        list_first_hz: 0.1,
        list_last_hz: 5.0,
    };
    assert_eq!(plan.extrapolation(0.0, 4.0), Some(warning));
    let refuse = EvaluationOptions::default().with_list_range(ListRange::Refuse);
    let found = chain.plan(Velocity, &refuse).unwrap().at(5.1).unwrap_err();
    let expected = EvaluateError::OutsideList { frequency_hz: 5.1, first_hz: 0.1, last_hz: 5.0 };
    assert_eq!(found, expected);
}

/// A gain of 2 that stands in the coefficients vanishes by evalresp's rule.
#[test]
fn fir_renormalised_by_more_than_two_percent() {
    let third = |h: &[f64]| {
        let fir = fir(FirSymmetry::None, h);
        with_third(stage(3, fir, ("COUNTS", "COUNTS")).gain(1.0, 0.0).rate(100.0))
    };
    let found = warnings(&third(&[0.5, 1.0, 0.5]));
    assert_eq!(found, [EvaluationWarning::FirRenormalized { stage: 3, sum: 2.0 }]);
    assert_eq!(warnings(&third(&[0.25, 0.515, 0.25])), []);
    // Declared symmetric it is not divided, and the gain counts twice: that is told as well.
    let symmetric = stage(3, fir(FirSymmetry::Odd, &[0.5, 1.0]), ("COUNTS", "COUNTS"))
        .gain(1.0, 1.0)
        .rate(100.0);
    let found = warnings(&with_third(symmetric));
    assert!(
        matches!(found[..], [EvaluationWarning::NotNormalized { stage: 3, .. }, ..]),
        "{found:?}"
    );
}

/// A0 = 5 where the poles and zeros ask for 1.0013.
#[test]
fn a0_that_does_not_match() {
    for (a0_hz, is_used) in [(1.0, true), (0.5, false)] {
        let sensor = stage(1, two_poles(5.0, a0_hz), ("M/S", "V")).gain(2.0, 1.0);
        let found = warnings(&response(vec![sensor], Some((2.0, 1.0))));
        match found.first() {
            Some(EvaluationWarning::NormalizationFactor {
                stage, found, expected, used, ..
            }) => {
                assert_eq!((*stage, *found, *used), (1, 5.0, is_used));
                assert!((expected - 1.0013).abs() < 0.05, "{expected}");
            }
            other => panic!("{other:?}"),
        }
    }
    let right = stage(1, two_poles(1.0013, 1.0), ("M/S", "V")).gain(2.0, 1.0);
    assert_eq!(warnings(&response(vec![right], Some((2.0, 1.0)))), []);
}

/// An instrument of gain zero records nothing, and dividing by it gives infinity.
#[test]
fn zero_gain() {
    for (number, chain) in [
        (3, with_third(gain_only(3, 0.0, 1.0))),
        (3, with_third(decaying_third().gain(0.0, 1.0))),
        (0, response(vec![seismometer("M/S")], Some((0.0, 1.0)))),
    ] {
        assert_eq!(error(&chain), EvaluateError::ZeroGain { stage: number });
    }
}

/// Poles in Hz under the flag for rad/s move the corner from 1 Hz to 0.16 Hz. A0 tells, when it
/// was computed in Hz too.
#[test]
fn poles_and_zeros_in_hertz() {
    let sensor = |domain, scale: f64| {
        // Three zeros and two poles (an accelerometer's velocity response): A0 has a unit.
        let poles = [(-0.7 * scale, 0.7 * scale), (-0.7 * scale, -0.7 * scale)];
        let a0_in_hertz = 1.0 / 10.0;
        let a0 = a0_in_hertz / if domain == PzDomain::LaplaceRadians { scale } else { 1.0 };
        let zeros = [(0.0, 0.0); 3];
        let kind = |a0| poles_zeros(domain, &zeros, &poles, a0, 10.0);
        let chain = |a0| response(vec![stage(1, kind(a0), ("M/S", "V")).gain(1.0, 10.0)], None);
        (chain(a0), chain(a0_in_hertz))
    };
    let two_pi = std::f64::consts::TAU;
    // As they should be: in Hz and declared so, in rad/s and declared so.
    let (in_hertz, _) = sensor(PzDomain::LaplaceHertz, 1.0);
    let (in_radians, _) = sensor(PzDomain::LaplaceRadians, two_pi);
    assert_eq!(warnings(&in_hertz), []);
    assert_eq!(warnings(&in_radians), []);
    let frequencies_hz = [0.1, 1.0, 9.0];
    let (a, b) = (
        in_hertz.evaluate(&frequencies_hz, Velocity),
        in_radians.evaluate(&frequencies_hz, Velocity),
    );
    for (a, b) in a.unwrap().iter().zip(b.unwrap()) {
        assert!((a - b).norm() < 1e-14 * b.norm(), "{a} {b}");
    }
    // In Hz, with their A0, and declared to be in rad/s.
    let (_, wrong) = sensor(PzDomain::LaplaceRadians, 1.0);
    let (declared, fitting) = ("rad/s", "Hz");
    let expected = EvaluationWarning::PolesZerosDomain { stage: 1, declared, fitting };
    assert!(warnings(&wrong).contains(&expected), "{:?}", warnings(&wrong));
}

/// ObsPy takes 1 Hz for a digital filter of which nobody tells the rate.
#[test]
fn digital_poles_and_zeros_without_a_rate() {
    let kind =
        || poles_zeros(PzDomain::DigitalZ, &[(1.0, 0.0)], &[(0.5, 0.2), (0.5, -0.2)], 0.7, 1.0);
    let alone = response(vec![stage(1, kind(), ("M/S", "V")).gain(3.0, 1.0)], Some((3.0, 1.0)));
    assert_eq!(error(&alone), EvaluateError::Rate { stage: 1, found: None });
    // Where a neighbour tells it, it is taken, and said.
    let third = stage(3, kind(), ("COUNTS", "COUNTS")).gain(3.0, 1.0);
    let found = warnings(&with_third(third));
    assert!(found.contains(&EvaluationWarning::RateInferred { stage: 3, rate_hz: 100.0 }));
}

/// Pressure, rotation and strain are no ground motion; each can be had in units of its own.
#[test]
fn other_quantities_by_name_only() {
    let options = EvaluationOptions::default();
    let unit = |text: &str| -> Unit { text.parse().unwrap() };
    for (text, measured, own, factor) in [
        ("PA", Quantity::Pressure, "hPa", 100.0),
        ("mbar", Quantity::Pressure, "Pa", 0.01),
        ("RAD", Quantity::Rotation, "deg", std::f64::consts::PI / 180.0),
        ("RAD/S", Quantity::RotationRate, "nrad/s", 1e-9),
        ("M/M", Quantity::Strain, "strain", 1.0),
        ("V", Quantity::Voltage, "mV", 1e-3),
        ("K", Quantity::Temperature, "degC", 1.0),
    ] {
        let chain = response(vec![seismometer(text), digitiser()], Some((6e8, 1.0)));
        let unit_name = text.to_owned();
        for quantity in [Displacement, Velocity, Acceleration] {
            let expected =
                EvaluateError::NotGroundMotion { stage: 1, unit: unit_name.clone(), measured };
            assert_eq!(chain.plan(quantity, &options).unwrap_err(), expected);
        }
        let native = chain.plan(Native, &options).unwrap().at(0.7).unwrap();
        let by_name = chain.plan_in(&unit(own), &options).unwrap();
        assert_eq!((by_name.quantity(), by_name.unit()), (None, Some(unit(own))));
        let found = by_name.at(0.7).unwrap() / native;
        assert!((found - factor).norm() < 1e-14 * factor, "{text} in {own}: {found}");
        let wanted = Quantity::Velocity;
        let expected = EvaluateError::OtherQuantity { stage: 1, unit: unit_name, measured, wanted };
        assert_eq!(chain.plan_in(&unit("mm/s"), &options).unwrap_err(), expected);
    }
    // Ground motion in any unit of ground motion.
    let chain = response(vec![seismometer("NM/S"), digitiser()], Some((0.6, 1.0)));
    assert_eq!(chain.input_unit(), Some("NM/S"));
    let in_own = chain.plan_in(&unit("nm/s"), &options).unwrap().at(0.7).unwrap();
    assert_eq!(in_own, chain.plan(Native, &options).unwrap().at(0.7).unwrap());
    let gal = chain.plan_in(&unit("Gal"), &options).unwrap().at(0.7).unwrap();
    let acceleration = chain.plan(Acceleration, &options).unwrap().at(0.7).unwrap();
    assert!((gal / acceleration - 0.01).norm() < 1e-15);
    assert!(chain.plan_in(&unit("Pa"), &options).is_err());
}

/// What does not depend on frequency has no value at a frequency that is no number either.
#[test]
fn no_number_gives_no_number() {
    let plan = response(vec![gain_only(1, 2.0, 1.0)], None)
        .plan(Native, &EvaluationOptions::default())
        .unwrap();
    let is_nan = |value: Complex64| value.re.is_nan() && value.im.is_nan();
    assert!(is_nan(plan.at(f64::NAN).unwrap()));
    assert_eq!(plan.at(-1.0).unwrap(), Complex64::new(2.0, 0.0));
    let mut out = [Complex64::default(); 3];
    plan.eval_into(&[1.0, f64::NAN, 2.0], &mut out).unwrap();
    assert!(out[0].re == 2.0 && is_nan(out[1]) && out[2].re == 2.0);
    plan.eval_grid_into(2, f64::NAN, &mut out).unwrap();
    assert!(out.iter().all(|value| is_nan(*value)));
}
