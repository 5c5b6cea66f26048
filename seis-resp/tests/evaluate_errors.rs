//! Known traps end as typed errors or warnings.

mod evaluate_support;

use evaluate_support::*;
use seis_core::GroundMotion::{self, Displacement, Native, Velocity};
use seis_core::{Complex64, FrequencyResponse};
use seis_resp::units::Quantity;
use seis_resp::{
    EvaluateError, EvaluationOptions, EvaluationWarning, FirSymmetry, GainSource, ListRange,
    Polynomial, PzDomain, Response, Stage, UnitChain,
};

fn error(response: &Response) -> EvaluateError {
    response.plan(Velocity, &EvaluationOptions::default()).unwrap_err()
}

fn warnings(response: &Response) -> Vec<EvaluationWarning> {
    response.plan(Velocity, &EvaluationOptions::default()).unwrap().warnings().to_vec()
}

#[test]
fn nothing_to_evaluate() {
    let empty = Response::default();
    assert_eq!(
        error(&empty),
        EvaluateError::NoStages { has_sensitivity: false, has_polynomial: false }
    );
    let sensitivity_only = response(vec![], Some((2.0, 1.0)));
    assert!(error(&sensitivity_only).to_string().contains("only an overall sensitivity"));
    let polynomial = Polynomial { coefficients: vec![1.0, 2.0], ..Polynomial::default() };
    let instrument = Response { polynomial: Some(polynomial), ..Response::default() };
    assert!(error(&instrument).to_string().contains("polynomial to be applied to samples"));

    // Asked for by name, either is one number for all frequencies.
    let sensitivity = EvaluationOptions::default().with_gain(GainSource::Sensitivity);
    let plan = sensitivity_only.plan(Velocity, &sensitivity).unwrap();
    assert_eq!(plan.warnings(), [EvaluationWarning::TakenAsFlat { value: 2.0 }]);
    assert_eq!(plan.at(0.3).unwrap(), Complex64::new(2.0, 0.0));
    assert_eq!(plan.product_of_gains(), (2.0, 1.0));
    let point = EvaluationOptions::default().with_polynomial_point(0.0);
    let plan = instrument.plan(Native, &point).unwrap();
    assert_eq!(plan.at(0.3).unwrap(), Complex64::new(0.5, 0.0));
    assert_eq!(
        plan.warnings(),
        [
            EvaluationWarning::PolynomialOffset { stage: 0, offset: 1.0 },
            EvaluationWarning::TakenAsFlat { value: 0.5 },
        ]
    );

    let chain = with_third(decaying_third());
    let options = EvaluationOptions::default().with_stages(8..=9);
    assert_eq!(
        chain.plan(Velocity, &options).unwrap_err(),
        EvaluateError::NoStageInRange { first: 8, last: 9, present: vec![1, 2, 3] }
    );
}

#[test]
fn stages_that_cannot_be_ordered_or_are_empty() {
    let mut chain = with_third(decaying_third());
    chain.stages[2].number = 2;
    assert_eq!(error(&chain), EvaluateError::DuplicateStage { stage: 2 });
    let chain = with_third(Stage { number: 3, ..Stage::default() });
    assert_eq!(error(&chain), EvaluateError::EmptyStage { stage: 3 });
}

#[test]
fn stages_count_from_one() {
    let mut chain = with_third(decaying_third());
    assert_eq!(warnings(&chain), []);
    chain.stages[2].number = 40;
    let missing = |after, next| EvaluationWarning::StagesMissing { after, next };
    assert_eq!(warnings(&chain), [missing(2, 40)]);
    let mut late = chain.clone();
    late.stages[0].number = 4;
    late.stages[1].number = 6;
    assert_eq!(warnings(&late), [missing(0, 4), missing(4, 6), missing(6, 40)]);
    // Of stages that were asked for, the first is not missed.
    let options = EvaluationOptions::default().with_stages(6..=40);
    let plan = late.plan(Native, &options).unwrap();
    assert_eq!(plan.warnings(), [missing(6, 40)]);
    // A filter in stage 0 is not left out.
    chain.stages[2].number = 0;
    assert_eq!(error(&chain), EvaluateError::StageZero);
}

#[test]
fn symmetric_fir_that_is_divided_by_its_sum() {
    let chain = |taps: &[f64]| {
        let fir = stage(3, fir(FirSymmetry::Odd, taps), ("COUNTS", "COUNTS"));
        with_third(fir.rate(100.0).delays(0.01, 0.01).gain(1.0, 0.0))
    };
    assert_eq!(warnings(&chain(&[0.25, 0.5])), []);
    let told = warnings(&chain(&[0.75, 1.5]));
    let [EvaluationWarning::FirNormalized { stage: 3, magnitude, frequency_hz: 0.0 }] = told[..]
    else {
        panic!("{told:?}")
    };
    assert!((magnitude - 3.0).abs() < 1e-12);
}

#[test]
fn zero_gains() {
    assert_eq!(error(&with_third(gain_only(3, 0.0, 1.0))), EvaluateError::ZeroGain { stage: 3 });
    assert_eq!(
        error(&with_third(decaying_third().gain(0.0, 1.0))),
        EvaluateError::ZeroGain { stage: 3 }
    );
    let silent = response(vec![seismometer("M/S")], Some((0.0, 1.0)));
    assert_eq!(error(&silent), EvaluateError::ZeroGain { stage: 0 });
    let sensor = stage(1, two_poles(0.0, 1.0), ("M/S", "V")).gain(1.0, 1.0);
    assert_eq!(
        error(&response(vec![sensor], Some((1.0, 1.0)))),
        EvaluateError::ZeroNormalizationFactor { stage: 1 }
    );
}

#[test]
fn missing_gains_and_frequencies() {
    let mut third = decaying_third();
    third.gain = None;
    assert!(matches!(error(&with_third(third)), EvaluateError::MissingGain { stage: 3, .. }));
    let mut third = decaying_third();
    third.gain.as_mut().unwrap().frequency_hz = None;
    assert_eq!(error(&with_third(third)), EvaluateError::MissingGainFrequency { stage: 3 });
    // A gain alone holds at any frequency.
    let mut third = gain_only(3, 2.0, 1.0);
    third.gain.as_mut().unwrap().frequency_hz = None;
    assert!(with_third(third).plan(Velocity, &EvaluationOptions::default()).is_ok());

    let options = EvaluationOptions::default().with_gain(GainSource::Sensitivity);
    let chain = response(vec![seismometer("M/S"), digitiser()], None);
    assert_eq!(chain.plan(Velocity, &options).unwrap_err(), EvaluateError::MissingSensitivity);
}

#[test]
fn gains_where_the_filter_is_silent() {
    let sensor = stage(1, two_poles(1.0, 1.0), ("M/S", "V")).gain(2.0, 0.0);
    let chain = response(vec![sensor, digitiser()], Some((8e5, 1.0)));
    assert_eq!(
        error(&chain),
        EvaluateError::Normalization { stage: 1, frequency_hz: 0.0, magnitude: 0.0 }
    );
    // A notch of the digital filter exactly at the gain's frequency, a quarter of the rate.
    let notch = stage(3, fir(FirSymmetry::Odd, &[0.5, 0.0]), ("COUNTS", "COUNTS"))
        .gain(1.0, 25.0)
        .rate(100.0);
    let result = with_third(notch).plan(Velocity, &EvaluationOptions::default());
    // cos(π/2) is not exactly 0 in floating point: then the gain is 1e16, which the comparison
    // with the sensitivity shows.
    match result {
        Err(EvaluateError::Normalization { stage: 3, .. }) => {}
        Err(other) => panic!("{other}"),
        Ok(plan) => assert!(
            plan.warnings()
                .iter()
                .any(|w| matches!(w, EvaluationWarning::SensitivityMismatch { .. }))
        ),
    }
}

#[test]
fn numbers_that_are_none() {
    let nan = f64::NAN;
    let chains = [
        with_third(decaying_third().gain(nan, 1.0)),
        with_third(decaying_third().gain(1.0, f64::INFINITY)),
        with_third(decaying_third().delays(0.0, nan)),
        with_third(
            stage(3, fir(FirSymmetry::None, &[nan, 1.0]), ("COUNTS", "COUNTS")).gain(1.0, 1.0),
        ),
        with_third(
            stage(3, coefficients(&[1.0], &[1.0, nan]), ("COUNTS", "COUNTS"))
                .gain(1.0, 1.0)
                .rate(1.0),
        ),
        with_third(stage(3, polynomial(&[0.0, nan]), ("COUNTS", "COUNTS"))),
        with_third(stage(3, list(&[(0.0, 1.0, nan); 4]), ("COUNTS", "COUNTS")).gain(1.0, 1.0)),
        with_third(stage(3, two_poles(nan, 1.0), ("COUNTS", "COUNTS")).gain(1.0, 1.0)),
    ];
    for chain in chains {
        let error = error(&chain);
        assert!(matches!(error, EvaluateError::NotFinite { stage: 3, .. }), "{error}");
    }
    let chain = response(vec![seismometer("M/S")], Some((nan, 1.0)));
    assert!(matches!(error(&chain), EvaluateError::NotFinite { stage: 0, .. }));
    for rate_hz in [nan, -1.0, f64::INFINITY, 1e-320] {
        let error = error(&with_third(decaying_third().rate(rate_hz)));
        assert!(matches!(error, EvaluateError::Rate { stage: 3, .. }), "{error}");
    }
}

#[test]
fn digital_filters_without_rate_or_correction() {
    let mut chain = with_third(decaying_third());
    chain.stages[2].decimation = None;
    // The rate follows from stage 2, the correction from nothing.
    assert_eq!(error(&chain), EvaluateError::MissingCorrection { stage: 3 });
    chain.stages[1].decimation = None;
    assert_eq!(error(&chain), EvaluateError::Rate { stage: 3, found: None });
}

#[test]
fn recursive_filters_without_a_side() {
    let third = |b: &[f64], a: &[f64]| {
        let third = stage(3, coefficients(b, a), ("COUNTS", "COUNTS")).gain(1.0, 1.0).rate(100.0);
        error(&with_third(third))
    };
    assert!(matches!(third(&[], &[1.0, 0.5]), EvaluateError::Coefficients { stage: 3, .. }));
    assert!(matches!(third(&[1.0], &[0.0, 0.0]), EvaluateError::Coefficients { stage: 3, .. }));
}

#[test]
fn lists_that_are_no_curve() {
    let row = |f: f64| (f, 1.0, 0.0);
    let third = |rows: &[(f64, f64, f64)]| {
        error(&with_third(stage(3, list(rows), ("COUNTS", "COUNTS")).gain(1.0, 1.0)))
    };
    assert_eq!(
        third(&[row(1.0), row(2.0), row(3.0)]),
        EvaluateError::ListTooShort { stage: 3, found: 3 }
    );
    assert_eq!(
        third(&[row(1.0), row(2.0), row(2.0), row(3.0)]),
        EvaluateError::ListRepeated { stage: 3, frequency_hz: 2.0 }
    );
    let negative = third(&[row(-1.0), row(1.0), row(2.0), row(3.0)]);
    assert_eq!(negative, EvaluateError::ListFrequency { stage: 3, frequency_hz: -1.0 });
    // The spline of a steep flank swings below zero, told once.
    let amplitudes = |amplitudes: &[f64]| {
        let rows: Vec<(f64, f64, f64)> =
            amplitudes.iter().zip(1..).map(|(a, f)| (f64::from(f), *a, 0.0)).collect();
        warnings(&with_third(stage(3, list(&rows), ("COUNTS", "COUNTS")).gain(1.0, 1.0)))
    };
    let swings = [1.0, 1.0, 1e-3, 1e-3, 1e-3, 1.0, 1.0];
    assert_eq!(
        amplitudes(&swings)[..1],
        [EvaluationWarning::ListNegative { stage: 3, first_hz: 3.0, last_hz: 5.0 }]
    );
    let is_negative = |w: &EvaluationWarning| matches!(w, EvaluationWarning::ListNegative { .. });
    assert_eq!(amplitudes(&swings).iter().filter(|w| is_negative(w)).count(), 1);
    assert!(!amplitudes(&[1.0, 0.9, 0.8, 0.5, 0.4]).iter().any(is_negative));
    assert!(!amplitudes(&[1.0, 0.0, -1.0, 0.0, 1.0]).iter().any(is_negative), "listed so");
    // The order of entries does not matter.
    let rows = [row(4.0), row(1.0), row(3.0), row(2.0)];
    let chain = with_third(stage(3, list(&rows), ("COUNTS", "COUNTS")).gain(1.0, 1.0));
    let refuse = EvaluationOptions::default().with_list_range(ListRange::Refuse);
    let plan = chain.plan(Velocity, &refuse).unwrap();
    let mut out = [Complex64::default(); 2];
    assert!(plan.eval_into(&[1.0, 4.0], &mut out).is_ok());
    assert_eq!(
        plan.eval_into(&[2.0, 4.1], &mut out).unwrap_err(),
        EvaluateError::OutsideList { frequency_hz: 4.1, first_hz: 1.0, last_hz: 4.0 }
    );
    assert!(plan.eval_grid_into(0, 1.0, &mut out).is_err());
    assert!(plan.eval_grid_into(2, 1.0, &mut out).is_ok());
}

#[test]
fn polynomials_that_are_not_linear() {
    let sensor = |c: &[f64]| {
        let sensor = stage(1, polynomial(c), ("M/S", "V"));
        response(vec![sensor, digitiser()], Some((1e6, 0.0)))
    };
    let curved = sensor(&[1.0, 2.0, 0.5]);
    assert!(matches!(error(&curved), EvaluateError::Polynomial { stage: 1, .. }));
    // Around 2 V the input changes by 2 + 2·0.5·2 = 4 per volt.
    let options = EvaluationOptions::default().with_polynomial_point(2.0);
    let (found, _) = evaluate(&curved, &options, Velocity, &[1.0]);
    assert_agrees(&found, &[(1e5, 0.0)]);
    let flat = options.with_polynomial_point(-2.0);
    assert!(curved.plan(Velocity, &flat).is_err());
    // 1 + 2·2 + 0.5·4 = 7 units of input lie within the bounds, or not.
    let mut bounded = curved.clone();
    let options = options.with_polynomial_point(2.0);
    for (bounds, is_told) in [((-5.0, 7.0), false), ((-5.0, 6.0), true)] {
        let filter = bounded.stages[0].filter.as_mut().unwrap();
        let seis_resp::FilterKind::Polynomial(p) = &mut filter.kind else { panic!() };
        p.approximation_bounds = Some(bounds);
        let plan = bounded.plan(Velocity, &options).unwrap();
        let told = EvaluationWarning::OutsidePolynomial {
            stage: 1,
            output: 2.0,
            input: 7.0,
            lower: -5.0,
            upper: 6.0,
        };
        assert_eq!(plan.warnings().contains(&told), is_told, "{:?}", plan.warnings());
    }
    // A vanishing square is linear.
    let (found, _) =
        evaluate(&sensor(&[0.0, 2.0, 0.0]), &EvaluationOptions::default(), Velocity, &[1.0]);
    assert_agrees(&found, &[(2e5, 0.0)]);
}

#[test]
fn units_that_are_missing_or_do_not_chain() {
    let sensor = stage(1, two_poles(1.0, 1.0), ("", "V")).gain(2.0, 1.0);
    let chain = response(vec![sensor, digitiser()], None);
    assert_eq!(error(&chain), EvaluateError::MissingUnit { stage: 1, wanted: Quantity::Velocity });
    assert!(chain.plan(Native, &EvaluationOptions::default()).is_ok());

    let sensor = stage(1, two_poles(1.0, 1.0), ("M/S", "COUNTS")).gain(2.0, 1.0);
    let chain = response(vec![sensor, digitiser()], None);
    assert_eq!(
        error(&chain).to_string(),
        "stage 2 takes \"V\", but stage 1 gives \"COUNTS\": a stage is missing or a unit is wrong"
    );
    let lenient = EvaluationOptions::default().with_unit_chain(UnitChain::Warn);
    let plan = chain.plan(Velocity, &lenient).unwrap();
    assert!(
        matches!(plan.warnings()[..], [EvaluationWarning::UnitMismatch { stage: 2, .. }, ..]),
        "{:?}",
        plan.warnings()
    );
    // A gain between two filters has no units and is passed over.
    let mut chain = response(vec![seismometer("M/S"), gain_only(2, 2.0, 1.0), digitiser()], None);
    chain.stages[2].number = 3;
    assert!(chain.plan(Velocity, &EvaluationOptions::default()).is_ok());
}

#[test]
fn doubtful_numbers_are_told() {
    // Twice the sensitivity that the stages give; a clean chain has nothing to tell.
    let chain =
        |sensitivity| response(vec![seismometer("M/S"), digitiser()], Some((sensitivity, 1.0)));
    assert_eq!(warnings(&chain(6e8)), []);
    assert_eq!(warnings(&chain(6.2e8)), []);
    match warnings(&chain(1.2e9))[..] {
        [EvaluationWarning::SensitivityMismatch { reported, computed, frequency_hz }] => {
            assert_eq!((reported, frequency_hz), (1.2e9, 1.0));
            assert!((computed / 6e8 - 1.0).abs() < 1e-4);
        }
        ref other => panic!("{other:?}"),
    }
    // A part of the chain is not compared with the whole.
    let part = EvaluationOptions::default().with_stages(1..=1);
    assert_eq!(chain(1.2e9).plan(Velocity, &part).unwrap().warnings(), []);

    // A0 = 5 where 1.0013 is right: used, or not used.
    for (a0_hz, used) in [(1.0, true), (0.5, false)] {
        let sensor = stage(1, two_poles(5.0, a0_hz), ("M/S", "V")).gain(2.0, 1.0);
        let found = warnings(&response(vec![sensor], Some((2.0, 1.0))));
        assert!(
            matches!(found[..], [EvaluationWarning::NormalizationFactor { found: 5.0, used: u, .. }, ..] if u == used),
            "{found:?}"
        );
    }

    // A symmetric filter whose delay is not corrected, and a recursive one that is.
    let symmetric = stage(3, fir(FirSymmetry::Even, &[0.2, 0.3]), ("COUNTS", "COUNTS"))
        .gain(1.0, 0.0)
        .rate(100.0)
        .delays(0.15, 0.0);
    let found = warnings(&with_third(symmetric.clone()));
    assert!(
        matches!(found[..], [EvaluationWarning::CorrectionIgnored { filter: "symmetric", .. }]),
        "{found:?}"
    );
    assert_eq!(warnings(&with_third(symmetric.delays(0.15, 0.15))), []);
    let recursive = stage(3, coefficients(&[0.3], &[1.0, -0.7]), ("COUNTS", "COUNTS"))
        .gain(1.0, 0.0)
        .rate(100.0)
        .delays(0.05, 0.03);
    let found = warnings(&with_third(recursive));
    assert!(
        matches!(found[..], [EvaluationWarning::CorrectionIgnored { filter: "recursive", .. }]),
        "{found:?}"
    );
}

#[test]
fn digital_filters_infer_the_rate_that_others_tell() {
    let kind = || poles_zeros(PzDomain::DigitalZ, &[(0.5, 0.0)], &[(-0.5, 0.0)], 1.0, 0.0);
    let sensor = stage(1, kind(), ("M/S", "V")).gain(2.0, 0.0);
    let chain = response(vec![sensor, digitiser()], None);
    assert!(
        warnings(&chain).contains(&EvaluationWarning::RateInferred { stage: 1, rate_hz: 100.0 })
    );
    // Behind a decimation by five.
    let mut chain = with_third(decaying_third().factor(5));
    chain.stages.push(stage(4, kind(), ("COUNTS", "COUNTS")).gain(1.0, 0.0));
    assert!(
        warnings(&chain).contains(&EvaluationWarning::RateInferred { stage: 4, rate_hz: 20.0 })
    );
}

#[test]
fn slices_of_different_length() {
    let plan = with_third(decaying_third()).plan(Velocity, &EvaluationOptions::default()).unwrap();
    let error = plan.eval_into(&[1.0; 3], &mut [Complex64::default(); 2]).unwrap_err();
    assert_eq!(error, EvaluateError::Length { frequencies: 3, results: 2 });
}

#[test]
fn signal_processing_sees_the_same_errors() {
    let chain = response(vec![seismometer("PA"), digitiser()], None);
    let dynamic: &dyn FrequencyResponse = &chain;
    let mut out = [Complex64::default(); 1];
    let error = dynamic.eval_into(&[1.0], Displacement, &mut out).unwrap_err();
    let typed = error.inner().downcast_ref::<EvaluateError>();
    assert!(matches!(typed, Some(EvaluateError::NotGroundMotion { stage: 1, .. })), "{error}");
    assert!(dynamic.eval_into(&[1.0], GroundMotion::Native, &mut out).is_ok());
    // A plan answers only for its quantity.
    let plan = chain.plan(Native, &EvaluationOptions::default()).unwrap();
    let dynamic: &dyn FrequencyResponse = &plan;
    assert!(dynamic.eval_into(&[1.0], Native, &mut out).is_ok());
    assert!(dynamic.eval_into(&[1.0], Velocity, &mut out).is_err());
    // Other options are another key.
    let options = EvaluationOptions::default().with_stages(1..=1);
    let keys = [
        chain.with_options(EvaluationOptions::default()).fingerprint(),
        FrequencyResponse::fingerprint(&chain),
        chain.with_options(options).fingerprint(),
    ];
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
}

/// Any numbers in any stages: an error or a curve, never a panic.
mod hostile {
    use proptest::prelude::*;
    use seis_core::GroundMotion;
    use seis_resp::{
        Coefficients, CoefficientsDomain, Decimation, FilterKind, FirSymmetry, Gain, PzDomain,
        Response, Stage,
    };

    use super::evaluate_support::*;
    use super::*;

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            60 => -10.0..10.0_f64,
            1 => any::<f64>(),
            1 => prop::sample::select(vec![0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, 1e308, 5e-324]),
        ]
    }

    fn numbers() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(number(), 0..40)
    }

    fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((number(), number()), 0..6)
    }

    fn kind() -> impl Strategy<Value = FilterKind> {
        let domains = [PzDomain::LaplaceRadians, PzDomain::LaplaceHertz, PzDomain::DigitalZ];
        let symmetries = [FirSymmetry::None, FirSymmetry::Odd, FirSymmetry::Even];
        let analog = [CoefficientsDomain::Digital, CoefficientsDomain::AnalogHertz];
        prop_oneof![
            (0..3_usize, pairs(), pairs(), number(), number())
                .prop_map(move |(d, z, p, a0, f)| poles_zeros(domains[d], &z, &p, a0, f)),
            (0..3_usize, numbers()).prop_map(move |(s, h)| fir(symmetries[s], &h)),
            (0..2_usize, numbers(), numbers()).prop_map(move |(d, numerators, denominators)| {
                let domain = analog[d];
                FilterKind::Coefficients(Coefficients { domain, numerators, denominators })
            }),
            prop::collection::vec((number(), number(), number()), 0..9).prop_map(|r| list(&r)),
            prop::collection::vec(number(), 0..4).prop_map(|c| polynomial(&c)),
        ]
    }

    fn any_stage() -> impl Strategy<Value = Stage> {
        let unit = prop::sample::select(vec!["M/S", "V", "COUNTS", "NM/S**2", "", "WRONG"]);
        let decimation = prop::option::weighted(
            0.8,
            (
                prop::option::weighted(0.9, number()),
                prop::option::weighted(0.9, 0..9_u32),
                prop::option::weighted(0.9, number()),
            ),
        );
        let gain = prop::option::weighted(0.9, (number(), prop::option::weighted(0.9, number())));
        (0..4_u32, prop::option::of(kind()), unit.clone(), unit, decimation, gain).prop_map(
            |(number, kind, input, output, decimation, gain)| {
                let mut made = match kind {
                    Some(kind) => stage(number, kind, (input, output)),
                    None => Stage { number, ..Stage::default() },
                };
                made.decimation = decimation.map(|(rate, factor, delay)| Decimation {
                    input_sample_rate_hz: rate,
                    factor,
                    offset: None,
                    delay_s: delay,
                    correction_s: delay,
                });
                made.gain = gain.map(|(value, frequency_hz)| Gain { value, frequency_hz });
                made
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn nothing_panics(
            stages in prop::collection::vec(any_stage(), 0..4),
            sensitivity in prop::option::of((number(), number())),
            frequencies_hz in prop::collection::vec(number(), 0..20),
        ) {
            let response: Response = response(stages, sensitivity);
            for options in [EvaluationOptions::default(), EvaluationOptions::obspy()] {
                let options = options.with_unit_chain(UnitChain::Warn);
                for quantity in [GroundMotion::Native, GroundMotion::Acceleration] {
                    if let Ok(plan) = response.plan(quantity, &options) {
                        let mut out = vec![Complex64::default(); frequencies_hz.len()];
                        prop_assert!(plan.eval_into(&frequencies_hz, &mut out).is_ok());
                        prop_assert!(plan.eval_grid_into(usize::MAX, 1.0, &mut out).is_ok());
                    }
                }
            }
            let _ = response.overall_sensitivity(None);
        }
    }
}
