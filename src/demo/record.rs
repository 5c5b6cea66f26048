//! From ground displacement to what a station records of it.

use std::path::Path;

use realfft::RealFftPlanner;
use seis_core::{Complex64, FrequencyResponse, GroundMotion, Samples, Trace, UtcTime};
use seis_io::mseed;
use seis_resp::Response;

use super::DemoError;
use super::motion::{GroundMotionModel, Random};

/// Offset of the digitiser in counts: something for the demeaning to do.
const OFFSET_COUNTS: f64 = 1234.5;

/// Fills a trace with the counts that an instrument records of a motion, from the trace's start
/// to the end of the window.
pub(super) fn record(
    mut trace: Trace,
    origin: UtcTime,
    window_s: i64,
    motion: &GroundMotionModel,
    response: &Response,
    noise_m_per_s: f64,
    random: &mut Random,
) -> Result<Trace, DemoError> {
    let rate_hz = trace.rate.hz();
    let late_s = (trace.start - origin).as_seconds_f64();
    let n = ((window_s as f64 - late_s) * rate_hz).floor() as usize + 1;
    let time_s = |i: usize| late_s + i as f64 / rate_hz;

    // Convolution by Fourier transform; as many zeros again, so that what the instrument remembers
    // does not come round to the beginning.
    let length = 2 * n;
    let mut planner = RealFftPlanner::<f64>::new();
    let forward = planner.plan_fft_forward(length);
    let mut samples = forward.make_input_vec();
    for (i, x) in samples.iter_mut().take(n).enumerate() {
        *x = motion.displacement_m(time_s(i));
    }
    let mut spectrum = forward.make_output_vec();
    let failed = |error: realfft::FftError| DemoError::Synthesis(error.to_string());
    forward.process(&mut samples, &mut spectrum).map_err(failed)?;

    let bin_hz = rate_hz / length as f64;
    let frequencies_hz: Vec<f64> = (0..spectrum.len()).map(|k| k as f64 * bin_hz).collect();
    let mut transfer = vec![Complex64::ZERO; spectrum.len()];
    response.eval_into(&frequencies_hz, GroundMotion::Displacement, &mut transfer)?;
    for (x, h) in spectrum.iter_mut().zip(&transfer) {
        *x *= h / length as f64;
    }
    // Real signals have real first and last bins.
    for edge in [0, spectrum.len() - 1] {
        if let Some(x) = spectrum.get_mut(edge) {
            x.im = 0.0;
        }
    }
    let inverse = planner.plan_fft_inverse(length);
    inverse.process(&mut spectrum, &mut samples).map_err(failed)?;

    let sensitivity = response.sensitivity.as_ref().map_or(1.0, |s| s.value);
    let counts = samples.iter().take(n).map(|x| {
        let noise = random.normal() * noise_m_per_s * sensitivity;
        (x + noise + OFFSET_COUNTS).round_ties_even() as i32
    });
    trace.samples = Samples::I32(counts.collect());
    Ok(trace)
}

/// Writes the trace as a Steim2 file.
pub(super) fn write(path: &Path, trace: &Trace, record_length: usize) -> Result<(), DemoError> {
    let options = mseed::WriteOptions::default().record_len(record_length);
    mseed::write(path, [trace], &options)?;
    Ok(())
}
