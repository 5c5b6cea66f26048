//! Evaluation allocates nothing: it may run for every trace, on every thread.

mod evaluate_support;

use evaluate_support::*;
use seis_core::Complex64;
use seis_core::GroundMotion::{Acceleration, Displacement, Native, Velocity};
use seis_resp::{EvaluationOptions, FirSymmetry};

#[test]
fn evaluation_into_the_callers_buffer_does_not_allocate() {
    // Every kind of filter, as short series below the Nyquist frequency of 50 Hz and as sums of all
    // taps above it; the last one has zeros at multiples of 10 Hz, where the taps cancel.
    let mut response = everything();
    let average = fir(FirSymmetry::Even, &[0.1; 5]);
    response.stages.push(stage(8, average, ("COUNTS", "COUNTS")).gain(1.0, 0.0).rate(100.0));
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
