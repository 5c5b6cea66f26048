//! Evaluation allocates nothing: it may run for every trace, on every thread.

mod evaluate_support;

use evaluate_support::*;
use seis_core::Complex64;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::{EvaluationOptions, FirSymmetry, PzDomain};

#[test]
fn evaluation_into_the_callers_buffer_does_not_allocate() {
    // Every kind of filter; the long ones are short series below the Nyquist frequency of 50 Hz,
    // sums of all taps above it, and cancel in their stop bands.
    let rows = [(0.0, 1.0, 0.0), (1.0, 0.9, -10.0), (5.0, 0.8, -40.0), (60.0, 0.1, -150.0)];
    let digital = poles_zeros(PzDomain::DigitalZ, &[(0.2, 0.0)], &[(0.5, 0.1)], 1.0, 0.0);
    let long: Vec<f64> = (0..150).map(|k| (-f64::from(k) / 25.0).exp() / 25.0).collect();
    let stages = vec![
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
        stage(7, fir(FirSymmetry::Even, &[0.05; 10]), ("COUNTS", "COUNTS"))
            .gain(1.0, 0.0)
            .rate(100.0),
    ];
    let response = response(stages, Some((6e8, 1.0)));
    let frequencies_hz: Vec<f64> = (0..20_000).map(|k| f64::from(k) * 0.01).collect();
    let mut out = vec![Complex64::default(); frequencies_hz.len()];
    for quantity in [Displacement, Velocity, Acceleration, Native] {
        let plan = response.plan(quantity, &EvaluationOptions::default()).unwrap();
        let list =
            allocation_counter::measure(|| plan.eval_into(&frequencies_hz, &mut out).unwrap());
        let grid = allocation_counter::measure(|| plan.eval_grid_into(3, 0.01, &mut out).unwrap());
        assert_eq!((list.count_total, grid.count_total), (0, 0), "{quantity}");
    }
    assert!(out.iter().all(|value| value.is_finite()));
}
