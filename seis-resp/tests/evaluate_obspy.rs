//! Reference values: ObsPy 1.5.1 (evalresp 3.3.3), `get_evalresp_response_for_frequencies` on
//! responses built from the same numbers, at 0.1, 1 and 9 Hz.

mod evaluate_support;

use evaluate_support::*;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::{EvaluationOptions, EvaluationWarning, FirSymmetry, PzDomain, Stage};

#[test]
fn asymmetric_fir_with_correction() {
    let response = with_third(decaying_third());
    let velocity = [
        (595765094.0458398, 72034380.05152915),
        (592976348.0699899, 20916612.816368822),
        (229773342.48286292, 194955231.4186362),
    ];
    assert_obspy(&response, Velocity, &velocity);
    assert_obspy(&response, Native, &velocity);
    let displacement = [
        (-45260535.83515583, 374330248.5439285),
        (-131422954.3237728, 3725780277.698369),
        (-11024458610.46634, 12993376405.228806),
    ];
    assert_obspy(&response, Displacement, &displacement);
    let acceleration = [
        (114646276.57761084, -948189596.3900331),
        (3328982.322464389, -94375116.93191917),
        (3447565.417988926, -4063284.8052105145),
    ];
    assert_obspy(&response, Acceleration, &acceleration);
}

#[test]
fn symmetric_firs_have_no_delay() {
    for (delay_s, correction_s) in [(0.0, 0.0), (0.05, 0.03), (1.0, 0.0)] {
        let third = |symmetry| {
            stage(3, fir(symmetry, &[0.1, 0.2, 0.3]), ("COUNTS", "COUNTS"))
                .gain(1.0, 1.0)
                .rate(100.0)
                .delays(delay_s, correction_s)
        };
        let odd = [
            (536538235.22039115, 62271965.04089079),
            (538533117.8277218, -7119704.589710467),
            (413078495.5269349, -92385037.32524294),
        ];
        assert_obspy(&with_third(third(FirSymmetry::Odd)), Velocity, &odd);
        let even = [
            (715376076.2866646, 83028330.67491284),
            (717217158.1735921, -9482006.071353931),
            (498279005.17301875, -111440137.86670871),
        ];
        assert_obspy(&with_third(third(FirSymmetry::Even)), Velocity, &even);
    }
}

#[test]
fn recursive_coefficients_without_correction_phase() {
    let third = stage(3, coefficients(&[0.2, 0.1], &[1.0, -0.7]), ("COUNTS", "COUNTS"))
        .gain(1.0, 1.0)
        .rate(100.0)
        .delays(0.05, 0.03);
    let expected = [
        (597150488.6159964, 59186480.42991006),
        (581302375.8895062, -105166524.50709876),
        (125192602.4905549, -278568571.00011575),
    ];
    assert_obspy(&with_third(third), Velocity, &expected);
}

/// A0 (5, but 1.0013 would be right) is believed only if the frequencies of A0, gain and
/// sensitivity are equal.
#[test]
fn normalisation_factor_counts_if_all_frequencies_agree() {
    let sensor = |a0_hz, gain_hz| {
        let stage = stage(1, two_poles(5.0, a0_hz), ("M/S", "V")).gain(2.0, gain_hz);
        response(vec![stage], Some((2.0, 1.0)))
    };
    let believed = [
        (-1.5248700344803736, 1.1937386677874657),
        (9.469091699948398, 3.1749503658091816),
        (9.993741696651597, 0.35367751296571664),
    ];
    assert_obspy(&sensor(1.0, 1.0), Velocity, &believed);
    let other_a0 = [
        (-0.3053651133315136, 0.23905390973293555),
        (1.8962470208725544, 0.6358044006075784),
        (2.001311585117365, 0.07082621560360526),
    ];
    assert_obspy(&sensor(0.5, 1.0), Velocity, &other_a0);
    let other_gain = [
        (-0.31117272664194895, 0.2436003775757418),
        (1.932310961897596, 0.6478965026146378),
        (2.039373705813641, 0.07217323022482268),
    ];
    assert_obspy(&sensor(1.0, 0.5), Velocity, &other_gain);
}

#[test]
fn poles_in_hertz() {
    let sensor = |gain_hz| {
        let poles = [(-0.006, 0.006), (-0.006, -0.006), (-40.0, 0.0)];
        let zeros = [(0.0, 0.0), (0.0, 0.0)];
        let kind = poles_zeros(PzDomain::LaplaceHertz, &zeros, &poles, 40.1, 1.0);
        let sensor = stage(1, kind, ("M/S", "V")).gain(1500.0, gain_hz);
        response(vec![sensor, digitiser()], Some((6e8, 1.0)))
    };
    let as_filed = [
        (597314951.780921, 70682971.00331311),
        (601261350.5370274, -7813533.800843747),
        (572687605.3138446, -128052711.19561563),
    ];
    assert_obspy(&sensor(1.0), Velocity, &as_filed);
    let renormalised = [
        (596569705.2345461, 70594782.61983018),
        (600511180.2229905, -7803785.159758001),
        (571973085.3462138, -127892944.82698894),
    ];
    assert_obspy(&sensor(2.0), Velocity, &renormalised);
}

#[test]
fn digital_poles_and_zeros() {
    let third = |a0_hz| {
        let poles = [(0.5, 0.2), (0.5, -0.2)];
        let kind = poles_zeros(PzDomain::DigitalZ, &[(1.0, 0.0)], &poles, 0.7, a0_hz);
        stage(3, kind, ("COUNTS", "COUNTS")).gain(3.0, 1.0)
    };
    let as_filed = [
        (-2645125.0546459607, 27177851.26067846),
        (53660271.17971214, 266769301.6194298),
        (1691109918.6824958, -472597515.9626038),
    ];
    assert_obspy(&with_third(third(1.0).rate(100.0)), Velocity, &as_filed);
    let renormalised = [
        (-17497258.57059003, 179778982.4968317),
        (354957750.7310225, 1764654355.7297487),
        (11186536328.974276, -3126189032.950285),
    ];
    assert_obspy(&with_third(third(2.0).rate(100.0)), Velocity, &renormalised);

    // Without a decimation the rate is that of the stage before, and the plan says so.
    let inferred = with_third(third(1.0));
    assert_obspy(&inferred, Velocity, &as_filed);
    let (_, warnings) =
        evaluate(&inferred, &EvaluationOptions::default(), Velocity, &FREQUENCIES_HZ);
    let expected = EvaluationWarning::RateInferred { stage: 3, rate_hz: 100.0 };
    assert!(warnings.contains(&expected), "{warnings:?}");
}

/// evalresp passes over a digital filter without poles and zeros together with its A0.
#[test]
fn empty_digital_filter_is_its_gain() {
    let kind = poles_zeros(PzDomain::DigitalZ, &[], &[], 0.7, 1.0);
    let third = stage(3, kind, ("COUNTS", "COUNTS")).gain(3.0, 1.0).rate(100.0);
    let expected = [
        (1788507855.2433927, 207578680.00092596),
        (1799842715.9439816, -23794912.552736748),
        (1714286517.394761, -383400311.588839),
    ];
    assert_obspy(&with_third(third), Velocity, &expected);
}

const ROWS: [(f64, f64, f64); 6] = [
    (0.01, 0.2, 10.0),
    (0.05, 0.9, 5.0),
    (0.3, 1.1, 0.0),
    (2.0, 1.0, -20.0),
    (5.0, 0.8, -60.0),
    (12.0, 0.1, -150.0),
];

#[test]
fn response_list_with_spline() {
    let sensor = stage(1, list(&ROWS), ("M/S", "V")).gain(7.0, 1.0);
    let response = response(vec![sensor, digitiser()], Some((6e8, 1.0)));
    let velocity = [
        (3951961.1371346507, 71063.62485622738),
        (-1413965.329033914, -22648.06301049605),
        (-1164029.9277267691, 13420655.500636855),
    ];
    assert_obspy(&response, Velocity, &velocity);
    let displacement = [
        (-44650.592357156995, 2483090.4151389166),
        (142301.97674362626, -8884206.180247238),
        (-758920189.0888834, -65824341.65109136),
    ];
    assert_obspy(&response, Displacement, &displacement);

    // Beyond the list the spline goes on, and the plan tells.
    let options = EvaluationOptions::default();
    let (found, _) = evaluate(&response, &options, Velocity, &[0.0, 0.001, 20.0]);
    let expected = [
        (-58058.570713501555, -11853.85060857377),
        (5037.883863398142, 1013.9884356099116),
        (-285891755.3980382, 242671716.85245267),
    ];
    for (found, (re, im)) in found.iter().zip(expected) {
        // Cubics that cancel to a hundredth of their terms.
        let difference = (found.re - re).hypot(found.im - im) / re.hypot(im);
        assert!(difference < 1e-11, "{difference:e}");
    }
    let plan = response.plan(Velocity, &options).unwrap();
    assert_eq!(plan.list_band_hz(), Some((0.01, 12.0)));
    assert_eq!(plan.extrapolation(0.01, 12.0), None);
    let warning = plan.extrapolation(0.0, 20.0).unwrap();
    assert!(matches!(warning, EvaluationWarning::ListExtrapolated { list_first_hz: 0.01, .. }));
}

#[test]
fn linear_polynomial_is_a_gain() {
    let thermometer = |gain: Option<f64>| {
        let mut sensor = stage(1, polynomial(&[-40.0, 0.25]), ("C", "V"));
        if let Some(gain) = gain {
            sensor = sensor.gain(gain, 1.0);
        }
        response(vec![sensor, digitiser()], Some((1.6e6, 0.0)))
    };
    assert_obspy(&thermometer(None), Native, &[(1.6e6, 0.0); 3]);
    assert_obspy(&thermometer(Some(3.0)), Native, &[(4.8e6, 0.0); 3]);
    let options = EvaluationOptions::default();
    let (_, warnings) = evaluate(&thermometer(None), &options, Native, &FREQUENCIES_HZ);
    assert_eq!(warnings, [EvaluationWarning::PolynomialOffset { stage: 1, offset: -40.0 }]);
}

#[test]
fn without_sensitivity_the_last_gain_frequency_counts() {
    let third = stage(3, fir(FirSymmetry::None, &decaying()), ("COUNTS", "COUNTS"))
        .gain(1.0, 0.5)
        .rate(100.0)
        .delays(0.05, 0.03);
    let chain = response(vec![seismometer("M/S"), digitiser(), third], None);
    let expected = [
        (595765094.0458395, 72034380.05152914),
        (592976348.0699898, 20916612.816368822),
        (229773342.4828629, 194955231.41863614),
    ];
    assert_obspy(&chain, Velocity, &expected);

    // A polynomial counts with the middle of its bounds (5 Hz), so that A0 = 5 is not believed.
    let sensor = stage(1, two_poles(5.0, 1.0), ("M/S", "V")).gain(2.0, 1.0);
    let chain = response(vec![sensor, stage(2, polynomial(&[0.0, 0.25]), ("V", "V"))], None);
    let expected = [
        (-1.2214604533260545, 0.9562156389317421),
        (7.584988083490217, 2.5432176024303135),
        (8.00524634046946, 0.28330486241442104),
    ];
    assert_obspy(&chain, Velocity, &expected);
}

#[test]
fn negative_gains_keep_their_sign() {
    let sensor = stage(1, two_poles(5.0, 1.0), ("M/S", "V")).gain(-2.0, 1.0);
    let chain = response(vec![sensor, gain_only(2, -3.0, 0.0)], Some((-6.0, 1.0)));
    let expected = [
        (-4.57461010344112, 3.581216003362397),
        (28.407275099845194, 9.524851097427545),
        (29.98122508995479, 1.06103253889715),
    ];
    assert_obspy(&chain, Velocity, &expected);
}

#[test]
fn sums_of_coefficients() {
    let third = |kind, gain_hz| {
        let third = stage(3, kind, ("COUNTS", "COUNTS")).gain(1.0, gain_hz).rate(100.0);
        with_third(third)
    };
    let unity = [
        (596169285.0811309, 69192893.33364199),
        (599947571.9813272, -7931637.517578917),
        (571428839.131587, -127800103.86294635),
    ];
    // One tap of 0.5 is divided by its sum; 1.015 is not, and survives only if the frequencies of
    // gain and sensitivity agree.
    assert_obspy(&third(fir(FirSymmetry::None, &[0.5]), 1.0), Velocity, &unity);
    assert_obspy(&third(fir(FirSymmetry::None, &[1.015]), 0.0), Velocity, &unity);
    let survives = [
        (605111824.3573477, 70230786.73364662),
        (608946785.5610471, -8050612.080342599),
        (580000271.7185608, -129717105.42089051),
    ];
    assert_obspy(&third(fir(FirSymmetry::None, &[1.015]), 1.0), Velocity, &survives);
    // Declared symmetric: never divided, so that a sum of 2 doubles the response if the
    // frequencies agree. The same taps written whole are divided.
    let doubled = [
        (1192326802.290977, 138384420.85880816),
        (1198711284.4743361, -15847623.76032714),
        (1053902165.4475845, -235705300.43648988),
    ];
    let odd = third(fir(FirSymmetry::Odd, &[0.5, 1.0]), 1.0);
    assert_obspy(&odd, Velocity, &doubled);
    let halved = [
        (596163401.1454885, 69192210.4294041),
        (599355642.2371681, -7923811.88016357),
        (526951082.7237924, -117852650.21824495),
    ];
    assert_obspy(&third(fir(FirSymmetry::Odd, &[0.5, 1.0]), 0.0), Velocity, &halved);
    assert_obspy(&third(fir(FirSymmetry::None, &[0.5, 1.0, 0.5]), 1.0), Velocity, &halved);

    // Each of these is told.
    let options = EvaluationOptions::default();
    let warnings = |response| evaluate(&response, &options, Velocity, &FREQUENCIES_HZ).1;
    let renormalised = warnings(third(fir(FirSymmetry::None, &[0.5]), 1.0));
    assert_eq!(renormalised, [EvaluationWarning::FirRenormalized { stage: 3, sum: 0.5 }]);
    let doubled = warnings(odd);
    assert!(
        matches!(doubled[..], [EvaluationWarning::NotNormalized { stage: 3, .. }]),
        "{doubled:?}"
    );
}

#[test]
fn missing_gains() {
    let sensor = |a0_hz| stage(1, two_poles(5.0, a0_hz), ("M/S", "V"));
    // The only stage takes the sensitivity.
    let expected = [
        (-1.5248700344803736, 1.1937386677874657),
        (9.469091699948398, 3.1749503658091816),
        (9.993741696651597, 0.35367751296571664),
    ];
    assert_obspy(&response(vec![sensor(1.0)], Some((2.0, 1.0))), Velocity, &expected);
    // Among others it counts as A0·H.
    let expected = [
        (-304974.00689607474, 238747.73355749313),
        (1893818.3399896796, 634990.0731618364),
        (1998748.3393303193, 70735.50259314333),
    ];
    let pair = response(vec![sensor(0.5), digitiser()], Some((2.0, 1.0)));
    assert_obspy(&pair, Velocity, &expected);
}

#[test]
fn stage_ranges() {
    let response = with_third(decaying_third());
    let range = |stages, quantity, expected: &[(f64, f64)]| {
        let options = EvaluationOptions::default().with_stages(stages);
        assert_agrees(&evaluate(&response, &options, quantity, &FREQUENCIES_HZ).0, expected);
    };
    let first = [
        (1490.4232127028272, 172.98223333410496),
        (1499.868929953318, -19.82909379394729),
        (1428.5720978289676, -319.50025965736586),
    ];
    range(1..=1, Velocity, &first);
    let first_in_displacement = [
        (-108.68794268879591, 936.4605231533799),
        (124.58987078081553, 9423.954423377856),
        (18067.314034073013, 80783.8489379312),
    ];
    range(1..=1, Displacement, &first_in_displacement);
    let digital = [
        (399950.74412079167, 1912.2133133642567),
        (395098.68586221087, 19169.049469603164),
        (124112.04713910658, 164226.26695756448),
    ];
    range(2..=3, Native, &digital);
}

/// A first stage that is a gain only takes its units from the sensitivity, not from the stage
/// that follows.
#[test]
fn gain_before_the_sensor() {
    let sensor = stage(2, two_poles(5.0, 1.0), ("M", "V")).gain(2.0, 1.0);
    let chain = response(vec![gain_only(1, 2.0, 1.0), sensor], Some((4.0, 1.0)));
    let expected = [
        (-3.0497400689607472, 2.3874773355749315),
        (18.938183399896797, 6.349900731618363),
        (19.987483393303194, 0.7073550259314333),
    ];
    assert_obspy(&chain, Velocity, &expected);
}

#[test]
fn stage_without_coefficients_is_its_gain() {
    let digitiser = stage(2, coefficients(&[], &[]), ("V", "COUNTS")).gain(4e5, 0.0).rate(100.0);
    let chain = response(vec![seismometer("M/S"), digitiser], Some((6e8, 1.0)));
    let expected = [
        (596169285.0811309, 69192893.33364199),
        (599947571.9813272, -7931637.517578917),
        (571428839.131587, -127800103.86294635),
    ];
    assert_obspy(&chain, Velocity, &expected);
}

#[test]
fn pole_at_zero_frequency_gives_zero() {
    let kind = poles_zeros(PzDomain::LaplaceRadians, &[], &[(0.0, 0.0), (-1.0, 0.0)], 5.0, 1.0);
    let chain = response(vec![stage(1, kind, ("M/S", "V")).gain(2.0, 1.0)], Some((2.0, 1.0)));
    let (found, _) = evaluate(&chain, &EvaluationOptions::default(), Velocity, &[0.0, 1.0]);
    assert_eq!((found[0].re, found[0].im), (0.0, 0.0));
    assert_agrees(&found[1..], &[(-0.2470452303185764, -0.039318469572477206)]);
}

#[test]
fn missing_units_of_the_first_stage() {
    let sensor = stage(1, two_poles(5.0, 1.0), ("", "")).gain(2.0, 1.0);
    let chain = response(vec![sensor, digitiser()], Some((6e8, 1.0)));
    let expected = [
        (-609948.0137921495, 477495.46711498627),
        (3787636.6799793593, 1269980.1463236727),
        (3997496.6786606386, 141471.00518628667),
    ];
    assert_obspy(&chain, Velocity, &expected);
    let (_, warnings) = evaluate(&chain, &EvaluationOptions::default(), Velocity, &FREQUENCIES_HZ);
    assert!(
        warnings
            .iter()
            .any(|w| matches!(w, EvaluationWarning::UnitInherited { stage: 1, unit, .. } if unit == "M/S")),
        "{warnings:?}"
    );
}

/// `recalculate_overall_sensitivity`: the frequency becomes the sensitivity's first, then |T|.
#[test]
fn overall_sensitivity() {
    let response = with_third(decaying_third().factor(5));
    for (asked, value, frequency_hz) in [
        (None, 593345139.0734837, 1.0),
        (Some(0.2), 599910977.304859, 0.2),
        (Some(3.0), 542157573.7349201, 3.0),
    ] {
        let found = response.overall_sensitivity(asked).unwrap();
        assert!((found.value / value - 1.0).abs() < 1e-13, "{}", found.value);
        assert_eq!(found.frequency_hz, Some(frequency_hz));
        assert_eq!(found.input_units, response.sensitivity.as_ref().unwrap().input_units);
    }
    // Not above a quarter of the final sampling rate.
    let poles = [(-0.037, 0.037), (-0.037, -0.037), (-251.3, 0.0)];
    let zeros = [(0.0, 0.0), (0.0, 0.0)];
    let kind = poles_zeros(PzDomain::LaplaceRadians, &zeros, &poles, 251.4, 20.0);
    let sensor = stage(1, kind, ("M/S", "V")).gain(1500.0, 1.0);
    let digitiser = digitiser().rate(40.0);
    let mut response = response_of(vec![sensor, digitiser]);
    let found = response.recalculate_sensitivity(None).unwrap();
    assert!((found.value / 582263678.1316717 - 1.0).abs() < 1e-13, "{}", found.value);
    assert_eq!(response.sensitivity.unwrap().frequency_hz, Some(10.0));
}

fn response_of(stages: Vec<Stage>) -> seis_resp::Response {
    response(stages, Some((6e8, 1.0)))
}
