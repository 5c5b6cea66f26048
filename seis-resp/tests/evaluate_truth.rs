//! Analytic truths, and properties that hold for every response.

mod evaluate_support;

use std::f64::consts::TAU;

use evaluate_support::*;
use seis_core::Complex64;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::{EvaluationOptions, FirSymmetry, GainSource, PzDomain, Response};

/// A geophone, 1 V per m/s above 4.5 Hz: H = s²/(s² + 2hω₀s + ω₀²).
#[test]
fn geophone() {
    let (corner_hz, damping) = (4.5, 0.7_f64);
    let w0 = TAU * corner_hz;
    let im = w0 * (1.0 - damping * damping).sqrt();
    let poles = [(-damping * w0, im), (-damping * w0, -im)];
    let h = |f: f64| {
        let s = Complex64::new(0.0, TAU * f);
        s * s / (s * s + 2.0 * damping * w0 * s + w0 * w0)
    };
    let zeros = [(0.0, 0.0), (0.0, 0.0)];
    let a0 = 1.0 / h(30.0).norm();
    let kind = poles_zeros(PzDomain::LaplaceRadians, &zeros, &poles, a0, 30.0);
    let gain = 28.0 * h(30.0).norm();
    let response = response(vec![stage(1, kind, ("M/S", "V")).gain(gain, 30.0)], None);
    let frequencies_hz = [0.01, 0.3, 4.5, 30.0, 200.0];
    for (quantity, power) in [(Displacement, 1), (Velocity, 0), (Acceleration, -1), (Native, 0)] {
        let found = response.evaluate(&frequencies_hz, quantity).unwrap();
        for (found, f) in found.iter().zip(frequencies_hz) {
            let expected = 28.0 * h(f) * Complex64::new(0.0, TAU * f).powi(power);
            assert!((found - expected).norm() < 1e-13 * expected.norm(), "{found} {expected}");
        }
    }
}

/// The digital integrator y_n = y_{n−1} + x_n as poles and zeros and as coefficients.
#[test]
fn digital_poles_equal_coefficients() {
    let rate_hz = 50.0;
    let pz = poles_zeros(PzDomain::DigitalZ, &[(0.0, 0.0)], &[(0.9, 0.0)], 1.0, 0.0);
    let third =
        |kind| with_third(stage(3, kind, ("COUNTS", "COUNTS")).gain(2.0, 2.0).rate(rate_hz));
    let a = third(pz).evaluate(&FREQUENCIES_HZ, Velocity).unwrap();
    let b = third(coefficients(&[1.0], &[1.0, -0.9])).evaluate(&FREQUENCIES_HZ, Velocity).unwrap();
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).norm() < 1e-14 * b.norm(), "{a} {b}");
    }
}

/// A moving average of n samples: sin(nθ/2)/(n sin(θ/2)), with exact zeros at multiples of rate/n,
/// however it is written.
#[test]
fn moving_average() {
    let (n, rate_hz) = (10, 1000.0);
    let frequencies_hz = [0.0, 1e-4, 3.0, 49.5, 99.9, 150.0, 333.0, 499.9];
    let expected = frequencies_hz.map(|f: f64| {
        let half = TAU * f / rate_hz / 2.0;
        if f == 0.0 { 1.0 } else { (n as f64 * half).sin() / (n as f64 * half.sin()) }
    });
    for (symmetry, taps) in [(FirSymmetry::None, n), (FirSymmetry::Even, n / 2)] {
        for factor in [1, 5, 50] {
            let only = stage(1, fir(symmetry, &vec![0.1; taps]), ("M/S", "COUNTS"))
                .gain(1.0, 0.0)
                .rate(rate_hz)
                .factor(factor);
            let found = response(vec![only], None).evaluate(&frequencies_hz, Velocity).unwrap();
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found.re - expected).abs() < 1e-15 && found.im == 0.0,
                    "{found} {expected}"
                );
            }
        }
    }
}

/// A list of the values of a smooth curve gives the curve.
#[test]
fn list_of_a_known_curve() {
    let h = |f: f64| 1.0 / (1.0 + Complex64::new(0.0, f / 5.0));
    let rows: Vec<(f64, f64, f64)> = (0..200)
        .map(|i| 0.01 * 1.04_f64.powi(i))
        .map(|f| (f, h(f).norm(), h(f).arg().to_degrees()))
        .collect();
    let only = stage(1, list(&rows), ("M/S", "V")).gain(3.0, 1.0);
    let found = response(vec![only], None).evaluate(&FREQUENCIES_HZ, Velocity).unwrap();
    for (found, f) in found.iter().zip(FREQUENCIES_HZ) {
        assert!((found - 3.0 * h(f)).norm() < 1e-6, "{found} {}", 3.0 * h(f));
    }
}

/// The stages give the shape and the sensitivity the size: right at its frequency, whatever the
/// gains say.
#[test]
fn total_sensitivity() {
    let mut chain = with_third(decaying_third());
    chain.sensitivity.as_mut().unwrap().value = 1e9;
    let from_stages = EvaluationOptions::default();
    let from_sensitivity = from_stages.with_gain(GainSource::Sensitivity);
    let (stages, _) = evaluate(&chain, &from_stages, Velocity, &FREQUENCIES_HZ);
    let (total, _) = evaluate(&chain, &from_sensitivity, Velocity, &FREQUENCIES_HZ);
    let factor = 1e9 / stages[1].norm();
    for (total, stages) in total.iter().zip(stages) {
        // Stage 1 is not renormalised: its A0 is right to 1e-4.
        assert!((total / stages / factor - 1.0).norm() < 1e-3);
    }
    assert!((total[1].norm() / 1e9 - 1.0).abs() < 1e-3);
    // Exactly, when every stage is normalised at the sensitivity's frequency.
    chain.stages[0] = seismometer("M/S").gain(1500.0, 2.0);
    let (total, _) = evaluate(&chain, &from_sensitivity, Velocity, &FREQUENCIES_HZ);
    assert!((total[1].norm() / 1e9 - 1.0).abs() < 1e-13, "{}", total[1].norm());
}

/// Bit by bit the same, however the frequencies are cut, within the band of the fast series and
/// beyond, and as a grid.
#[test]
fn results_do_not_depend_on_the_company() {
    let plan = everything().plan(Displacement, &EvaluationOptions::default()).unwrap();
    let width_hz = 0.37;
    let frequencies_hz: Vec<f64> = (0..301).map(|k| f64::from(k) * width_hz).collect();
    let mut whole = vec![Complex64::default(); 301];
    plan.eval_into(&frequencies_hz, &mut whole).unwrap();
    let mut grid = whole.clone();
    plan.eval_grid_into(0, width_hz, &mut grid).unwrap();
    assert_eq!(whole, grid);
    for (i, f) in frequencies_hz.iter().enumerate() {
        assert_eq!(plan.at(*f).unwrap(), whole[i]);
    }
    for cut in [1, 3, 8, 133] {
        let mut parts = vec![Complex64::default(); 301];
        for (f, out) in frequencies_hz.chunks(cut).zip(parts.chunks_mut(cut)) {
            plan.eval_into(f, out).unwrap();
        }
        assert_eq!(parts, whole);
        plan.eval_grid_into(cut, width_hz, &mut grid[cut..]).unwrap();
        assert_eq!(grid, whole);
    }
}

/// Real signals have conjugate spectra.
#[test]
fn negative_frequencies_give_the_conjugate() {
    let mut response = everything();
    // A list holds for the frequencies in it.
    response.stages.remove(2);
    let plan = response.plan(Velocity, &EvaluationOptions::default()).unwrap();
    for f in [1e-3, 0.7, 20.0, 49.0, 51.0, 300.0] {
        let (a, b) = (plan.at(f).unwrap(), plan.at(-f).unwrap().conj());
        assert!((a - b).norm() <= 1e-14 * a.norm(), "{f}: {a} {b}");
    }
}

/// Displacement, velocity and acceleration differ by iω, and a stage range is a factor.
#[test]
fn parts_make_the_whole() {
    let response = everything();
    let options = EvaluationOptions::default();
    let f = [0.05, 3.0, 40.0];
    let displacement = evaluate(&response, &options, Displacement, &f).0;
    let acceleration = evaluate(&response, &options, Acceleration, &f).0;
    let first = evaluate(&response, &options.with_stages(1..=4), Displacement, &f).0;
    let rest = evaluate(&response, &options.with_stages(5..=9), Native, &f).0;
    for i in 0..3 {
        let s = Complex64::new(0.0, TAU * f[i]);
        assert!((displacement[i] / (acceleration[i] * s * s) - 1.0).norm() < 1e-14);
        assert!((displacement[i] / (first[i] * rest[i]) - 1.0).norm() < 1e-13);
    }
}

/// 0 Hz: a division by iω gives 0, a seismometer's zeros give 0, a barometer's gain stays.
#[test]
fn zero_frequency() {
    let sensor = |unit: &str| {
        let kind = poles_zeros(PzDomain::LaplaceRadians, &[], &[(-1.0, 0.0)], 1.0, 0.0);
        response(vec![stage(1, kind, (unit, "V")).gain(2.0, 0.0)], Some((2.0, 0.0)))
    };
    let zero = |unit: &str, quantity| sensor(unit).evaluate(&[0.0], quantity).unwrap()[0];
    assert_eq!(zero("M", Displacement).re, 2.0);
    assert_eq!(zero("M", Velocity).norm(), 0.0);
    assert_eq!(zero("M", Acceleration).norm(), 0.0);
    assert_eq!(zero("M/S", Displacement).norm(), 0.0);
    assert_eq!(zero("M/S**2", Acceleration).re, 2.0);
    assert_eq!(zero("PA", Native).re, 2.0);
    assert_eq!(seismometer_alone().evaluate(&[0.0], Velocity).unwrap()[0].norm(), 0.0);
}

fn seismometer_alone() -> Response {
    response(vec![seismometer("M/S")], None)
}
