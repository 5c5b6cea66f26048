//! Plans against the textbook: one transform of the reference length there, one back, with every
//! frequency of the reference grid, whatever transforms the plan makes.

mod common;

use common::{PolesZeros, burst, difference, noise, peak};
use realfft::RealFftPlanner;
use seis_core::{Complex64, FrequencyResponse, GroundMotion, SamplingRate, UtcTime};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionSpec, FftLength, InterpolationSpec, PreFilter,
    SamplingGrid, Scratch, WaterLevel,
};

/// `samples` deconvolved on the frequencies of `nfft` points; and the largest gain.
fn textbook(
    samples: &[f64],
    nfft: usize,
    rate_hz: f64,
    spec: &DeconvolutionSpec,
    response: &PolesZeros,
) -> (Vec<f64>, f64) {
    let mut planner = RealFftPlanner::new();
    let (there, back) = (planner.plan_fft_forward(nfft), planner.plan_fft_inverse(nfft));
    let mut padded = samples.to_vec();
    padded.resize(nfft, 0.0);
    let mut spectrum = there.make_output_vec();
    there.process(&mut padded, &mut spectrum).unwrap();
    let frequencies: Vec<f64> =
        (0..spectrum.len()).map(|k| k as f64 * rate_hz / nfft as f64).collect();
    let mut h = vec![Complex64::ZERO; spectrum.len()];
    response.eval_into(&frequencies, spec.output, &mut h).unwrap();
    let filter = spec.pre_filter.unwrap();
    let mut largest = 0.0_f64;
    for (k, ((y, h), f)) in spectrum.iter_mut().zip(&h).zip(&frequencies).enumerate() {
        let band = if k == 0 { 0.0 } else { filter.gain(*f) };
        let gain = if band > 0.0 { band / h } else { Complex64::ZERO };
        largest = largest.max(gain.norm());
        *y *= gain / nfft as f64;
    }
    back.process(&mut spectrum, &mut padded).unwrap();
    padded.truncate(samples.len());
    (padded, largest)
}

fn root_of_squares(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Two transforms add ε·log₂N to every frequency, relative to the root mean square of all, which is
/// then multiplied by up to the largest gain. What the error is of that; and whether the plan's
/// transform has another length than the reference grid.
fn compare(
    (rate, npts, f4, new_rate): (f64, usize, f64, f64),
    output: GroundMotion,
    length: FftLength,
    shape: &str,
    scratch: &mut Scratch,
) -> (f64, bool) {
    let response = PolesZeros::broadband();
    let hz = |f| SamplingRate::from_hz(f).unwrap();
    let input = SamplingGrid::new(UtcTime::EPOCH, hz(rate), npts);
    let spec = DeconvolutionSpec::new(output)
        .pre_filter(PreFilter::new(0.001, 0.005, f4 * 0.98, f4).unwrap())
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let samples: Vec<f64> = match shape {
        "noise" => noise(npts),
        _ => burst(npts, 1.0 / rate).iter().map(|x| f64::from(*x)).collect(),
    };
    let calibration = CalibrationSpec::only(spec.fft_length(length))
        .resample(InterpolationSpec::lanczos(hz(new_rate), 25));
    let plan = CalibrationPlan::new(&calibration, &input, &response).unwrap();
    let mut found = Vec::new();
    plan.apply(&samples, &mut found, scratch).unwrap();
    let (all, gain) = textbook(&samples, plan.fft_points(), rate, &spec, &response);
    let step = (rate / new_rate) as usize;
    let expected: Vec<f64> = all.iter().step_by(step).copied().collect();
    let error = difference(&found, &expected);
    let rms = root_of_squares(&samples) / (npts as f64).sqrt();
    let bound = f64::EPSILON * (plan.fft_points() as f64).log2() * gain * rms;
    let place = format!("{rate} {npts} {f4} {new_rate} {output:?} {shape}");
    let share = error / bound;
    assert!(share < 2.0, "{place} {length:?}: {share} of the bound");
    assert!(error < 1e-12 * peak(&expected), "{place}: {:e}", error / peak(&expected));
    (share, plan.transform_points() != plan.fft_points())
}

/// Lengths for which ObsPy's FFT is awkward and others, decimation and none, the largest gain at
/// the lowest frequencies (displacement) and at none (acceleration).
#[test]
fn results_are_those_of_the_reference_grid() {
    let mut scratch = Scratch::new();
    let (mut moved, mut worst_share) = (0, 0.0_f64);
    for case in [
        (40.0, 48_001, 5.0, 10.0),
        (40.0, 48_001, 4.9, 40.0),
        (40.0, 12_007, 5.0, 10.0),
        (40.0, 12_007, 19.5, 40.0),
        (20.0, 24_001, 5.0, 10.0),
        (100.0, 60_001, 5.0, 10.0),
        (100.0, 60_001, 7.0, 10.0),
        (100.0, 60_000, 5.0, 10.0),
        (100.0, 30_011, 5.0, 20.0),
        (200.0, 60_003, 5.0, 10.0),
        (250.0, 60_007, 5.0, 10.0),
        (40.0, 5003, 1.0, 4.0),
        (40.0, 2503, 5.0, 10.0),
        (40.0, 601, 5.0, 10.0),
    ] {
        for output in
            [GroundMotion::Displacement, GroundMotion::Velocity, GroundMotion::Acceleration]
        {
            for shape in ["noise", "burst"] {
                for length in [FftLength::ObsPy, FftLength::Fast] {
                    let (share, other) = compare(case, output, length, shape, &mut scratch);
                    worst_share = worst_share.max(share);
                    moved += usize::from(other);
                }
            }
        }
    }
    println!("{moved} plans on other grids, error at most {worst_share:.2} of the bound");
    assert!(moved > 40, "only {moved}");
}

/// Traces of hours, whose spectrum is multiplied row by row: at the full rate, decimated after the
/// transform and before it, below and beyond the new Nyquist frequency, with awkward lengths.
#[test]
fn long_traces_are_as_good() {
    let mut scratch = Scratch::new();
    for case in [
        (40.0, 1_100_000, 5.0, 10.0),
        (40.0, 1_060_003, 19.5, 40.0),
        (20.0, 1_060_001, 5.0, 10.0),
        (20.0, 1_060_000, 7.0, 10.0),
        (100.0, 1_200_001, 5.0, 10.0),
        (50.0, 1_150_000, 2.0, 5.0),
    ] {
        for (output, shape) in
            [(GroundMotion::Displacement, "burst"), (GroundMotion::Acceleration, "noise")]
        {
            let (share, _) = compare(case, output, FftLength::ObsPy, shape, &mut scratch);
            println!("{case:?} {output:?}: {share:.2} of the bound");
        }
    }
}
