//! A response that ends at another sampling rate than the trace has.

mod common;

use common::PolesZeros;
use seis_core::{
    Complex64, EvaluationError, Fingerprint, FrequencyResponse, GroundMotion, SamplingRate, Trace,
    UtcTime,
};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionSpec, Interpolation, InterpolationSpec,
    SamplingGrid, TraceSignal, Warning,
};

/// A seismometer and the rate of its digitiser.
struct Recorded(PolesZeros, Option<f64>);

impl FrequencyResponse for Recorded {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        self.0.eval_into(frequencies_hz, quantity, out)
    }

    fn recorded_rate_hz(&self) -> Option<f64> {
        self.1
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        None
    }
}

fn warnings(trace_hz: f64, response_hz: Option<f64>) -> Vec<Warning> {
    let rate = SamplingRate::from_hz(trace_hz).unwrap();
    let grid = SamplingGrid::new(UtcTime::EPOCH, rate, 1000);
    let spec = CalibrationSpec::from(DeconvolutionSpec::new(GroundMotion::Velocity));
    let response = Recorded(PolesZeros::broadband(), response_hz);
    CalibrationPlan::new(&spec, &grid, &response).unwrap().warnings().to_vec()
}

#[test]
fn a_rate_that_differs_is_told() {
    for (trace_hz, response_hz) in [(40.0, None), (40.0, Some(40.0)), (33.33, Some(100.0 / 3.0))] {
        assert_eq!(warnings(trace_hz, response_hz), [], "{trace_hz} {response_hz:?}");
    }
    let (response_hz, trace_hz) = (200.0, 40.0);
    let told = Warning::RateOfResponse { response_hz, trace_hz };
    assert_eq!(warnings(trace_hz, Some(response_hz)), [told]);
    assert!(told.to_string().contains("end at 200 Hz, but the trace has 40 Hz"), "{told}");
    assert_eq!(warnings(40.0, Some(40.5)).len(), 1);
}

fn to_20_hz() -> InterpolationSpec {
    InterpolationSpec::new(Interpolation::Linear, SamplingRate::from_hz(20.0).unwrap())
}

#[test]
fn the_history_tells_it_unless_the_trace_was_resampled() {
    let trace = |hz: f64| {
        let samples = common::noise(2000);
        Trace::new(
            "XX.ABC..BHZ".parse().unwrap(),
            UtcTime::EPOCH,
            SamplingRate::from_hz(hz).unwrap(),
            samples,
        )
    };
    let is_told = |trace: &Trace| {
        let step = trace.history.last("remove_response").unwrap();
        step.parameter("warning").is_some()
    };
    let response = Recorded(PolesZeros::broadband(), Some(40.0));
    let spec = DeconvolutionSpec::new(GroundMotion::Velocity);

    let mut as_recorded = trace(40.0);
    as_recorded.remove_response_with(&response, &spec).unwrap();
    assert!(!is_told(&as_recorded));

    let mut other = trace(20.0);
    other.remove_response_with(&response, &spec).unwrap();
    assert!(is_told(&other));

    let mut resampled = trace(40.0);
    resampled.interpolate(&to_20_hz()).unwrap();
    resampled.remove_response_with(&response, &spec).unwrap();
    assert!(!is_told(&resampled));
    let mut resampled = trace(40.0);
    resampled.interpolate(&to_20_hz()).unwrap();
    resampled.calibrate_with(&response, &CalibrationSpec::from(spec)).unwrap();
    assert!(!is_told(&resampled));
}
