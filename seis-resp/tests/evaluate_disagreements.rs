//! Where ObsPy 1.5.1 gives another number, or refuses, each with a demonstration of who is right.
//! The numbers said to be ObsPy's were computed by it.

mod evaluate_support;

use std::f64::consts::TAU;

use evaluate_support::*;
use seis_core::Complex64;
use seis_core::GroundMotion::{self, Acceleration, Displacement, Native, Velocity};
use seis_resp::units::Quantity;
use seis_resp::{
    AnalogCoefficients, ChannelResponse, CoefficientsDomain, EvaluateError, EvaluationOptions,
    EvaluationWarning, FilterKind, FirSymmetry, Inventory, ListPhase, Polynomial, PzDomain,
    Response, UnitChain, UnitName, UnitRules,
};

fn chain(unit: &str) -> Response {
    response(vec![seismometer(unit), digitiser()], Some((6e8, 1.0)))
}

fn at(
    response: &Response,
    options: &EvaluationOptions,
    quantity: GroundMotion,
    hz: f64,
) -> Complex64 {
    evaluate(response, options, quantity, &[hz]).0[0]
}

/// A sensor calibrated in cm/s² gives one hundredth of the counts per m/s² that its number says,
/// however the unit is spelt. ObsPy scales `CM/S**2` and forgets `CM/(S**2)`.
#[test]
fn prefixes_count_in_every_spelling() {
    let default = EvaluationOptions::default();
    let obspy = EvaluationOptions::obspy();
    let metres = at(&chain("M/S**2"), &default, Acceleration, 0.1);
    for unit in ["CM/S**2", "CM/(S**2)", "CM/SEC**2", "CM/S/S", "cm/s2", "Gal"] {
        let centimetres = at(&chain(unit), &default, Acceleration, 0.1);
        assert!((centimetres / metres - 100.0).norm() < 1e-12, "{unit}");
    }
    // ObsPy's numbers for both spellings, at 0.1 Hz.
    let scaled = (59616928508.11308, 6919289333.364199);
    assert_agrees(&[at(&chain("CM/S**2"), &obspy, Acceleration, 0.1)], &[scaled]);
    let forgotten = (596169285.0811309, 69192893.33364199);
    assert_agrees(&[at(&chain("CM/(S**2)"), &obspy, Acceleration, 0.1)], &[forgotten]);
    assert_agrees(&[at(&chain("NM/SEC**2"), &obspy, Acceleration, 0.1)], &[forgotten]);
}

/// The native unit of a channel in nm/s is nm/s. ObsPy's `DEF` says "the response is calculated in
/// output units/input units" and is 1e9 times more.
#[test]
fn native_units_are_the_instruments_own() {
    let response = chain("NM/S");
    let native = at(&response, &EvaluationOptions::default(), Native, 1.0);
    assert!((native.norm() / 6e8 - 1.0).abs() < 1e-4, "{native}");
    let obspy = at(&response, &EvaluationOptions::obspy(), Native, 0.1);
    assert_agrees(&[obspy], &[(5.961692850811309e17, 6.919289333364199e16)]);
}

/// What is no ground motion is refused. ObsPy integrates and differentiates pressure, rotation and
/// unknown units as velocities, and strain as displacement.
#[test]
fn other_quantities_are_not_ground_motion() {
    let default = EvaluationOptions::default();
    for (unit, measured) in [
        ("PA", Quantity::Pressure),
        ("M/M", Quantity::Strain),
        ("RAD/S", Quantity::RotationRate),
        ("V", Quantity::Voltage),
        ("T", Quantity::MagneticFluxDensity),
    ] {
        for quantity in [Displacement, Velocity, Acceleration] {
            let error = chain(unit).plan(quantity, &default).unwrap_err();
            let unit = unit.to_owned();
            assert_eq!(error, EvaluateError::NotGroundMotion { stage: 1, unit, measured });
        }
        assert!(chain(unit).plan(Native, &default).is_ok());
    }
    let error = chain("FURLONG/S").plan(Velocity, &default).unwrap_err();
    assert!(matches!(error, EvaluateError::UnknownUnit { stage: 1, .. }), "{error}");
    assert!(error.to_string().contains("FURLONG"), "{error}");

    // ObsPy's numbers at 0.1 Hz: a pressure made a "displacement".
    let obspy = EvaluationOptions::default().with_units(UnitRules::Obspy);
    for unit in ["PA", "FURLONG/S", "RAD/S"] {
        let found = at(&chain(unit), &obspy, Displacement, 0.1);
        assert_agrees(&[found], &[(-43475177.07551837, 374584209.26135194)]);
    }
    let strain = at(&chain("M/M"), &obspy, Velocity, 0.1);
    assert_agrees(&[strain], &[(110123910.00879376, -948832886.4022332)]);
}

/// A list whose phase passes through 180° between two entries describes the same instrument when
/// 360° are added to what follows. ObsPy's curve changes by as much as the sign.
#[test]
fn phases_of_lists_are_unwrapped() {
    let rows = [
        (0.01, 1.0, 170.0),
        (0.05, 1.0, 175.0),
        (0.3, 1.0, -178.0),
        (2.0, 1.0, -170.0),
        (5.0, 1.0, -160.0),
        (12.0, 1.0, -150.0),
    ];
    let chain = |rows: &[(f64, f64, f64)]| {
        let sensor = stage(1, list(rows), ("M/S", "V")).gain(7.0, 1.0);
        response(vec![sensor, digitiser()], Some((6e8, 1.0)))
    };
    let continuous = rows.map(|(f, a, p)| (f, a, if p > 0.0 { p - 360.0 } else { p }));
    let right = [
        (-2799702.79298872, 40795.47684676982),
        (-2799381.7739560576, -58836.074330834344),
        (-2731027.385218175, -617648.2989440243),
    ];
    assert_obspy(&chain(&continuous), Velocity, &right);
    let default = EvaluationOptions::default();
    let (found, _) = evaluate(&chain(&rows), &default, Velocity, &FREQUENCIES_HZ);
    assert_agrees(&found, &right);

    let swinging = [
        (-2312661.4297629893, 1578479.3667598576),
        (2798982.3895085636, -75482.33714558478),
        (-2729180.06945897, 625760.456139571),
    ];
    let options = default.with_list_phase(ListPhase::AsListed);
    assert_agrees(&evaluate(&chain(&rows), &options, Velocity, &FREQUENCIES_HZ).0, &swinging);
}

/// Far beyond a list the spline is a cubic of large terms; here the phase makes 3125 turns, of which
/// rounding (some 70 units in the last place of 2e4 rad) leaves 2e-10. ObsPy's curve, through
/// FITPACK's B-splines, is 1.5e-9 off. What is exact was computed in rational arithmetic.
#[test]
fn extrapolated_lists_keep_their_digits() {
    let rows = [
        (0.12, 0.001, -5.0),
        (0.14, 0.002, -7.5),
        (0.16, 0.004, -9.0),
        (3.36, 68.0, -167.0),
        (3.38, 69.0, -167.5),
        (3.40, 70.0, -167.8),
    ];
    let sensor = stage(1, list(&rows), ("M/S", "V")).gain(1.0, 1.0);
    let sensor = response(vec![sensor], Some((1.0, 1.0)));
    let found = at(&sensor, &EvaluationOptions::default(), Velocity, 9.9);
    let exact = Complex64::new(45286.50179204707, 25029.988600958044);
    assert!((found - exact).norm() < 2e-10 * exact.norm(), "{found}");
    let obspy = Complex64::new(45286.501828532426, 25029.98853501799);
    assert!((obspy - exact).norm() > 1e-9 * exact.norm());
}

/// In a stop band the taps cancel. The taps C(40, k)/2⁴⁰ are exact in binary, and their response is
/// exactly cos⁴⁰(ωτ/2), 2e-14 at 35 Hz and 4e-21 at 40 Hz; with a second factor (3 + z⁻¹)/4 the
/// filter is not symmetric. ObsPy sums plainly and keeps three digits there, one, or none.
#[test]
fn stop_bands_keep_their_digits() {
    let mut binomial = vec![1.0];
    for _ in 0..40 {
        binomial = product(&binomial, &[0.5, 0.5]);
    }
    let skewed = product(&binomial, &[0.75, 0.25]);
    let chain = |taps: &[f64]| {
        let only = stage(1, fir(FirSymmetry::None, taps), ("M/S", "COUNTS"));
        response(vec![only.gain(1.0, 0.0).rate(100.0)], Some((1.0, 0.0)))
    };
    let exact = |f: f64| (TAU * f / 100.0 / 2.0).cos().powi(40);
    let exact_skewed = |f: f64| {
        let z = Complex64::cis(-TAU * f / 100.0);
        exact(f) * Complex64::cis(-TAU * f / 100.0 * 20.0) * (3.0 + z) / 4.0
    };
    let default = EvaluationOptions::default();
    for f in [0.1, 10.0, 30.0, 35.0, 40.0] {
        let found = at(&chain(&binomial), &default, Velocity, f);
        assert!((found - exact(f)).norm() < 1e-12 * exact(f), "{f} Hz: {found:e}");
        let found = at(&chain(&skewed), &default, Velocity, f);
        assert!((found / exact_skewed(f) - 1.0).norm() < 1e-12, "{f} Hz: {found:e}");
    }
    // ObsPy's numbers.
    let error = |obspy: Complex64, exact: Complex64| (obspy - exact).norm() / exact.norm();
    let plain = Complex64::new(1.915134717478395e-14, 0.0);
    assert!(error(plain, exact(35.0).into()) > 7e-4);
    let plain = Complex64::new(1.2387682682119859e-14, -3.798268077222013e-15);
    assert!(error(plain, exact_skewed(35.0)) > 0.06);
    let plain = Complex64::new(9.412168946537687e-18, -1.1256500866108481e-17);
    assert!(error(plain, exact_skewed(40.0)) > 6000.0);
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; a.len() + b.len() - 1];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            product[i + j] += a * b;
        }
    }
    product
}

/// ObsPy evaluates coefficients in s as coefficients in z. For 1/(1 + s/ω₀) given so, it has its
/// corner at the sampling rate's whim.
#[test]
fn analog_coefficients_are_refused() {
    let mut kind = coefficients(&[0.2, 0.1], &[1.0, -0.7]);
    if let FilterKind::Coefficients(c) = &mut kind {
        c.domain = CoefficientsDomain::AnalogHertz;
    }
    let sensor = stage(1, kind, ("M/S", "V")).gain(1.0, 1.0).rate(100.0);
    let response = response(vec![sensor], Some((1.0, 1.0)));
    let default = EvaluationOptions::default();
    let error = response.plan(Velocity, &default).unwrap_err();
    assert_eq!(error, EvaluateError::AnalogCoefficients { stage: 1 });
    let as_digital = default.with_analog_coefficients(AnalogCoefficients::AsDigital);
    let expected = [
        (0.9997018111637305, -0.016749907459643307),
        (0.9710696993146107, -0.1624547813835713),
        (0.312484900957021, -0.4176074987129837),
    ];
    assert_agrees(&evaluate(&response, &as_digital, Velocity, &FREQUENCIES_HZ).0, &expected);
}

/// Stages 1 and 5 are a chain like 1 and 2: the numbers only tell the order. ObsPy: "Can only
/// determine sampling rates if response stages are in order."
#[test]
fn stage_numbers_may_have_gaps_and_any_order() {
    let mut gap = chain("M/S");
    gap.stages[1].number = 5;
    let mut reversed = gap.clone();
    reversed.stages.reverse();
    let default = EvaluationOptions::default();
    let expected = evaluate(&chain("M/S"), &default, Velocity, &FREQUENCIES_HZ).0;
    for response in [gap, reversed] {
        assert_eq!(evaluate(&response, &default, Velocity, &FREQUENCIES_HZ).0, expected);
    }
}

/// A gain with a decimation and no filter passes every frequency with its gain. ObsPy: "decimation
/// blockette with no associated filter".
#[test]
fn gain_with_decimation_is_a_gain() {
    let decimator = gain_only(2, 4e5, 0.0).rate(100.0);
    let response = response(vec![seismometer("M/S"), decimator], Some((6e8, 1.0)));
    let default = EvaluationOptions::default();
    let expected = evaluate(&chain("M/S"), &default, Velocity, &FREQUENCIES_HZ).0;
    assert_eq!(evaluate(&response, &default, Velocity, &FREQUENCIES_HZ).0, expected);
}

/// The response of a single tap does not depend on the sampling rate, and the factor, offset and
/// delay of a decimation never enter. ObsPy wants a whole decimation all the same.
#[test]
fn only_the_parts_of_a_decimation_that_count_are_needed() {
    let default = EvaluationOptions::default();
    let expected = evaluate(&chain("M/S"), &default, Velocity, &FREQUENCIES_HZ).0;
    let mut without = chain("M/S");
    without.stages[1].decimation = None;
    assert_eq!(evaluate(&without, &default, Velocity, &FREQUENCIES_HZ).0, expected);

    let mut partial = with_third(decaying_third());
    let whole = evaluate(&partial, &default, Velocity, &FREQUENCIES_HZ).0;
    let decimation = partial.stages[2].decimation.as_mut().unwrap();
    (decimation.factor, decimation.offset, decimation.delay_s) = (None, None, None);
    let found = evaluate(&partial, &default, Velocity, &FREQUENCIES_HZ).0;
    for (a, b) in found.iter().zip(&whole) {
        assert!((a - b).norm() < 1e-14 * b.norm());
    }
}

/// With a sampling rate of 0 a filter of two taps has no response. ObsPy evaluates it at 0 Hz for
/// every frequency.
#[test]
fn a_sampling_rate_of_zero_is_refused() {
    let half = stage(2, coefficients(&[0.6, 0.4], &[]), ("V", "COUNTS")).gain(4e5, 0.0).rate(0.0);
    let response = response(vec![seismometer("M/S"), half], Some((6e8, 1.0)));
    let error = response.plan(Velocity, &EvaluationOptions::default()).unwrap_err();
    assert_eq!(error, EvaluateError::Rate { stage: 2, found: Some(0.0) });
}

/// A digital filter without any sampling rate is refused. ObsPy takes 1 Hz, with which a notch at
/// 0 Hz becomes one at 1 Hz and 9 Hz as well: 1e-15 there.
#[test]
fn a_digital_filter_without_a_rate_is_refused() {
    let poles = [(0.5, 0.2), (0.5, -0.2)];
    let kind = poles_zeros(PzDomain::DigitalZ, &[(1.0, 0.0)], &poles, 0.7, 1.0);
    let alone = response(vec![stage(1, kind, ("M/S", "V")).gain(3.0, 1.0)], Some((6e8, 1.0)));
    let error = alone.plan(Velocity, &EvaluationOptions::default()).unwrap_err();
    assert_eq!(error, EvaluateError::Rate { stage: 1, found: None });
}

/// The sensitivity's frequency only says where the sensitivity holds. Without one (ObsPy: 0 Hz,
/// "Illegal filter specification") the stages still have their response.
#[test]
fn sensitivity_without_frequency() {
    let mut response = chain("M/S");
    response.sensitivity.as_mut().unwrap().frequency_hz = None;
    let (found, warnings) =
        evaluate(&response, &EvaluationOptions::default(), Velocity, &[1.0, 9.0]);
    // The gain of 1500 at 1 Hz holds.
    assert!((found[0].norm() / 6e8 - 1.0).abs() < 1e-12);
    let warning =
        EvaluationWarning::SensitivityFrequency { stage: 1, frequency_hz: 0.0, magnitude: 0.0 };
    assert!(warnings.contains(&warning), "{warnings:?}");
}

/// A list as the last stage behind others, without a sensitivity. ObsPy: "blockette 55 cannot be
/// mixed with other filter blockettes", though with a sensitivity it can.
#[test]
fn list_behind_other_stages() {
    let rows = [(0.01, 0.2, 10.0), (0.05, 0.9, 5.0), (0.3, 1.1, 0.0), (12.0, 0.1, -150.0)];
    let filter = stage(2, list(&rows), ("V", "V")).gain(7.0, 1.0);
    let with = response(vec![seismometer("M/S"), filter.clone()], Some((1.05e4, 1.0)));
    let without = response(vec![seismometer("M/S"), filter], None);
    let default = EvaluationOptions::default();
    assert_eq!(
        evaluate(&without, &default, Velocity, &FREQUENCIES_HZ).0,
        evaluate(&with, &default, Velocity, &FREQUENCIES_HZ).0
    );
}

/// A polynomial of one coefficient says that the input is constant. ObsPy: a gain of one.
#[test]
fn constant_polynomial_is_refused() {
    let sensor = stage(1, polynomial(&[-40.0]), ("C", "V"));
    let response = response(vec![sensor, digitiser()], Some((1.6e6, 0.0)));
    let error = response.plan(Native, &EvaluationOptions::default()).unwrap_err();
    assert!(matches!(error, EvaluateError::Polynomial { stage: 1, .. }), "{error}");
}

/// A barometer as a polynomial of the whole instrument, blockette 62 with stage number 0: 800 hPa
/// and 0.015 Pa per count, so that a change of 1 Pa gives 66.7 counts. ObsPy: 1.
#[test]
fn a_polynomial_of_the_whole_instrument_is_no_gain_of_one() {
    let whole = Polynomial {
        input_units: Some(UnitName::new("PA")),
        coefficients: vec![8e4, 0.015],
        ..Polynomial::default()
    };
    let (low, high) = (whole.value_at(1000.0), whole.value_at(1000.0 + 1.0 / 0.015));
    assert!((high - low - 1.0).abs() < 1e-9);
    let response = Response { polynomial: Some(whole), ..Response::default() };
    let default = EvaluationOptions::default();
    let error = response.plan(Native, &default).unwrap_err();
    assert_eq!(error, EvaluateError::NoStages { has_sensitivity: false, has_polynomial: true });
    let found = at(&response, &default.with_polynomial_point(1000.0), Native, 0.1);
    assert!((found - 1.0 / 0.015).norm() < 1e-12, "{found}");
}

/// A polynomial that gives counts and a stage that takes volts do not chain, whatever the first is.
/// ObsPy makes a gain of it before evalresp compares units.
#[test]
fn units_behind_a_polynomial_are_compared() {
    let chain = |output: &str| {
        let sensor = stage(1, polynomial(&[800.0, 1.5e-4]), ("PA", output)).gain(1.0, 0.002);
        response(vec![sensor, digitiser()], Some((2.6e9, 0.002)))
    };
    let default = EvaluationOptions::default();
    let error = chain("COUNTS").plan(Native, &default).unwrap_err();
    assert!(matches!(error, EvaluateError::UnitMismatch { stage: 2, before: 1, .. }), "{error}");
    // 1/c₁ times the digitiser's 4e5, which is ObsPy's number too.
    let lenient = default.with_unit_chain(UnitChain::Warn);
    assert_agrees(&[at(&chain("COUNTS"), &lenient, Native, 1.0)], &[(4e5 / 1.5e-4, 0.0)]);
    assert_agrees(&[at(&chain("V"), &default, Native, 1.0)], &[(4e5 / 1.5e-4, 0.0)]);
}

/// Two gains in a stage, of which one must be wrong. ObsPy takes the last, 0.5 where 1310.4 may
/// well be right. The same gain twice is no contradiction.
#[test]
fn numbers_that_contradict_each_other_are_not_believed() {
    let resp = |second: &str| {
        format!(
            "B050F03     Station:     BMN\nB050F16     Network:     US\n\
             B052F03     Location:    ??\nB052F04     Channel:     LLZ\n\
             B052F22     Start date:  1990,001\nB052F23     End date:    1999,001\n\
             B058F03     Stage sequence number:                 1\n\
             B058F04     Gain:                                  1.310400E+03\n\
             B058F05     Frequency of gain:                     1.000000E+00 HZ\n\
             B058F06     Number of calibrations:                0\n\
             B058F03     Stage sequence number:                 1\n\
             B058F04     Gain:                                  {second}\n\
             B058F05     Frequency of gain:                     1.000000E+00 HZ\n\
             B058F06     Number of calibrations:                0\n"
        )
    };
    let response = |text: String| {
        let inventory = Inventory::from_resp(text.as_bytes()).unwrap();
        inventory.channels().next().unwrap().channel.response.clone()
    };
    match response(resp("5.000000E-01")) {
        ChannelResponse::Broken(broken) => {
            assert!(broken.reason().contains("more than one gain"), "{}", broken.reason());
        }
        other => panic!("{other:?}"),
    }
    let same = response(resp("1.310400E+03"));
    let gain = same.get().unwrap().stages[0].gain.unwrap();
    assert_eq!((gain.value, gain.frequency_hz), (1310.4, Some(1.0)));
}

/// A delay in a unit that nobody knows. ObsPy reads `7 XPp` as 7 s.
#[test]
fn a_delay_of_unknown_unit_is_no_delay() {
    let channel = |unit: &str| {
        let document = format!(
            "<FDSNStationXML xmlns='http://www.fdsn.org/xml/station/1' schemaVersion='1.2'>\
             <Source>X</Source><Created>2024-01-01T00:00:00</Created><Network code='XX'>\
             <Station code='A'><Latitude>1</Latitude><Longitude>1</Longitude>\
             <Elevation>0</Elevation><Site><Name>A</Name></Site>\
             <Channel code='BHZ' locationCode=''><Latitude>1</Latitude><Longitude>1</Longitude>\
             <Elevation>0</Elevation><Depth>0</Depth><Response><Stage number='1'>\
             <Decimation><InputSampleRate>10</InputSampleRate><Factor>1</Factor>\
             <Offset>0</Offset><Delay unit='{unit}'>7</Delay><Correction>0</Correction>\
             </Decimation><StageGain><Value>2</Value><Frequency>1</Frequency></StageGain>\
             </Stage></Response></Channel></Station></Network></FDSNStationXML>"
        );
        let inventory = Inventory::from_stationxml(document.as_bytes()).unwrap();
        inventory.channels().next().unwrap().channel.response.clone()
    };
    assert!(matches!(channel("SECONDS"), ChannelResponse::Present(_)));
    match channel("XPp") {
        ChannelResponse::Broken(broken) => {
            assert!(broken.reason().contains("XPp"), "{}", broken.reason());
        }
        other => panic!("{other:?}"),
    }
}

/// Coefficients that sum to zero cannot be divided by their sum. ObsPy: NaN at all frequencies.
#[test]
fn sum_of_zero_is_refused() {
    let third = stage(3, fir(FirSymmetry::None, &[1.0, 0.0, -1.0]), ("COUNTS", "COUNTS"))
        .gain(1.0, 1.0)
        .rate(100.0);
    let error = with_third(third).plan(Velocity, &EvaluationOptions::default()).unwrap_err();
    assert_eq!(error, EvaluateError::FirSumZero { stage: 3, sum: 0.0 });
}

/// `VOLTAGE` may well be volts. ObsPy knows no such unit and refuses the chain; here the units
/// cannot be compared, which is a warning. Units that can be compared and differ are refused.
#[test]
fn unknown_units_inside_the_chain_are_a_warning() {
    let mut response = chain("M/S");
    let rename = |response: &mut Response, name: &str| {
        let filter = response.stages[1].filter.as_mut().unwrap();
        filter.input_units = Some(seis_resp::UnitName::new(name));
    };
    let default = EvaluationOptions::default();
    let expected = evaluate(&response, &default, Velocity, &FREQUENCIES_HZ).0;
    rename(&mut response, "VOLTAGE");
    let (found, warnings) = evaluate(&response, &default, Velocity, &FREQUENCIES_HZ);
    assert_eq!(found, expected);
    assert!(matches!(warnings[..], [EvaluationWarning::UnitsUnverified { stage: 2, .. }]));
    for name in ["COUNTS", "mV"] {
        rename(&mut response, name);
        let error = response.plan(Velocity, &default).unwrap_err();
        assert!(
            matches!(error, EvaluateError::UnitMismatch { stage: 2, before: 1, .. }),
            "{error}"
        );
    }
}

/// Prefixes within the chain: stage 1 gives metres and stage 2 takes centimetres. ObsPy compares
/// classes only, and is 100 times off without a word.
#[test]
fn prefixes_within_the_chain_are_refused() {
    let first = stage(1, two_poles(1.0, 1.0), ("M/S", "M")).gain(2.0, 1.0);
    let second = stage(2, coefficients(&[1.0], &[]), ("CM", "COUNTS")).gain(1.0, 1.0).rate(10.0);
    let response = response(vec![first, second], Some((2.0, 1.0)));
    let error = response.plan(Velocity, &EvaluationOptions::default()).unwrap_err();
    assert!(matches!(error, EvaluateError::UnitMismatch { .. }), "{error}");
}

/// The recomputed sensitivity of a channel in nm/s is per nm/s. ObsPy writes 5.93e17 (per m/s) and
/// leaves `NM/S` beside it.
#[test]
fn overall_sensitivity_is_in_its_own_unit() {
    let mut response = response(
        vec![seismometer("NM/S"), digitiser(), decaying_third().factor(5)],
        Some((0.6, 1.0)),
    );
    let found = response.recalculate_sensitivity(None).unwrap();
    assert!((found.value * 1e9 / 5.933451390734836e17 - 1.0).abs() < 1e-13, "{}", found.value);
    let (gain, frequency_hz) =
        response.plan(Native, &EvaluationOptions::default()).unwrap().product_of_gains();
    assert!((gain / 593345139.0734837 - 1.0).abs() < 1e-13 && frequency_hz == 1.0, "{gain}");
}

/// A pure tone through the taps of an asymmetric filter, by hand: the response has the phase that
/// the samples show, after the correction of their time stamps.
#[test]
fn phase_of_an_asymmetric_filter_is_that_of_its_output() {
    let (rate_hz, f, correction_s) = (100.0, 3.0, 0.03);
    let h = decaying();
    let tone = |t: f64| Complex64::cis(TAU * f * t);
    let filtered = |t: f64| -> Complex64 {
        h.iter().enumerate().map(|(k, h)| h * tone(t - k as f64 / rate_hz)).sum()
    };
    // What was sampled at t is stamped t − correction.
    let observed = filtered(2.0) / tone(2.0 - correction_s);
    let only = stage(1, fir(FirSymmetry::None, &h), ("M/S", "COUNTS"))
        .gain(1.0, 0.0)
        .rate(rate_hz)
        .delays(0.05, correction_s);
    let response = response(vec![only], Some((1.0, 0.0)));
    let found = at(&response, &EvaluationOptions::default(), Velocity, f);
    assert!((found - observed).norm() < 1e-14, "{found} {observed}");
}
