//! Where a response is known to be smooth: the distance to its poles, and the length of its filters.

mod evaluate_support;

use std::f64::consts::TAU;

use evaluate_support::*;
use seis_core::FrequencyResponse as _;
use seis_core::GroundMotion::{Acceleration, Displacement, Velocity};
use seis_resp::{FilterKind, FirSymmetry, PzDomain, Response, Stage};

fn radius_hz(stages: Vec<Stage>, quantity: seis_core::GroundMotion, frequency_hz: f64) -> f64 {
    let response = Response { stages, ..Response::default() };
    response.evaluate(&[frequency_hz], quantity).unwrap();
    let mut radius_hz = [f64::NAN];
    response.smooth_within_hz(&[frequency_hz], quantity, &mut radius_hz);
    radius_hz[0]
}

fn sensor(filter: FilterKind) -> Vec<Stage> {
    vec![stage(1, filter, ("M/S", "V")).gain(1.0, 1.0)]
}

fn digitizer(filter: FilterKind) -> Vec<Stage> {
    vec![stage(1, filter, ("M/S", "COUNTS")).gain(1.0, 1.0).rate(100.0)]
}

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn analog_poles() {
    // Resonances at 2 Hz, 0.01 Hz wide, whatever the unit.
    let (re, im) = (-0.01, 2.0);
    for (domain, unit) in [(PzDomain::LaplaceHertz, 1.0), (PzDomain::LaplaceRadians, TAU)] {
        let poles = [(re * unit, im * unit), (re * unit, -im * unit)];
        let filter = || sensor(poles_zeros(domain, &[(0.0, 0.0)], &poles, 1.0, 1.0));
        close(radius_hz(filter(), Velocity, 2.0), 0.01);
        close(radius_hz(filter(), Velocity, 5.0), 3.0_f64.hypot(0.01));
        // To divide by iω is a pole at 0, to multiply by it is none.
        close(radius_hz(filter(), Displacement, 0.1), 1.9_f64.hypot(0.01));
        close(radius_hz(filter(), Acceleration, 0.1), 0.1);
    }
    let zeros = [(0.0, 0.0); 2];
    let none = poles_zeros(PzDomain::LaplaceRadians, &zeros, &[], 1.0, 1.0);
    assert_eq!(radius_hz(sensor(none), Velocity, 2.0), f64::INFINITY);
}

#[test]
fn digital_poles_and_their_aliases() {
    // At 25 Hz, and so at 75 and 125 Hz; 1 % within the unit circle.
    let poles = [(0.0, 0.99), (0.0, -0.99)];
    let radius = |f| {
        radius_hz(digitizer(poles_zeros(PzDomain::DigitalZ, &[], &poles, 1.0, 1.0)), Velocity, f)
    };
    let width = -0.99_f64.ln() / (TAU * 0.01);
    for f in [25.0, 75.0, 125.0] {
        close(radius(f), width);
    }
    close(radius(24.0), width.hypot(1.0));
    // Far from them, where z² turns by a radian.
    close(radius(0.0), 100.0 / (2.0 * TAU));
}

#[test]
fn filters_and_corrections() {
    let taps = [0.4, 0.3, 0.1, 0.1, 0.1];
    let radius = |correction_s| {
        let filter = fir(FirSymmetry::None, &taps);
        let stages = vec![
            stage(1, filter, ("M/S", "COUNTS"))
                .gain(1.0, 0.0)
                .rate(100.0)
                .delays(0.0, correction_s),
        ];
        radius_hz(stages, Velocity, 3.0)
    };
    close(radius(0.0), 1.0 / (TAU * 0.05));
    close(radius(10.0), 1.0 / (TAU * 10.0));
}

#[test]
fn what_is_not_known_is_zero() {
    let everything = everything();
    let mut radius_hz = [f64::NAN; 2];
    everything.smooth_within_hz(&[1.0, 2.0], Velocity, &mut radius_hz);
    assert_eq!(radius_hz, [0.0; 2], "a list");
    Response::default().smooth_within_hz(&[1.0, 2.0], Velocity, &mut radius_hz);
    assert_eq!(radius_hz, [0.0; 2], "no stages");
}
