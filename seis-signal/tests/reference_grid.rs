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

/// Lengths for which ObsPy's FFT is awkward and others, decimation and none, the largest gain at
/// the lowest frequencies (displacement) and at none (acceleration).
#[test]
fn results_are_those_of_the_reference_grid() {
    let response = PolesZeros::broadband();
    let mut scratch = Scratch::new();
    let (mut moved, mut worst_share) = (0, 0.0_f64);
    for (rate, npts, f4, new_rate) in [
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
        let hz = |f| SamplingRate::from_hz(f).unwrap();
        let input = SamplingGrid::new(UtcTime::EPOCH, hz(rate), npts);
        for output in
            [GroundMotion::Displacement, GroundMotion::Velocity, GroundMotion::Acceleration]
        {
            let spec = DeconvolutionSpec::new(output)
                .pre_filter(PreFilter::new(0.001, 0.005, f4 * 0.98, f4).unwrap())
                .water_level(WaterLevel::None)
                .zero_mean(false)
                .taper_fraction(None);
            for (shape, samples) in [
                ("noise", noise(npts)),
                ("burst", burst(npts, 1.0 / rate).iter().map(|x| f64::from(*x)).collect()),
            ] {
                for length in [FftLength::ObsPy, FftLength::Fast] {
                    let calibration = CalibrationSpec::only(spec.fft_length(length))
                        .resample(InterpolationSpec::lanczos(hz(new_rate), 25));
                    let plan = CalibrationPlan::new(&calibration, &input, &response).unwrap();
                    let mut found = Vec::new();
                    plan.apply(&samples, &mut found, &mut scratch).unwrap();
                    let (all, gain) = textbook(&samples, plan.fft_points(), rate, &spec, &response);
                    let step = (rate / new_rate) as usize;
                    let expected: Vec<f64> = all.iter().step_by(step).copied().collect();
                    let error = difference(&found, &expected);
                    // Two transforms add ε·log₂N to every frequency, relative to the root mean
                    // square of all, which is then multiplied by up to the largest gain.
                    let rms = root_of_squares(&samples) / (npts as f64).sqrt();
                    let bound = f64::EPSILON * (plan.fft_points() as f64).log2() * gain * rms;
                    let place = format!("{rate} {npts} {f4} {new_rate} {output:?} {shape}");
                    let share = error / bound;
                    assert!(share < 2.0, "{place} {length:?}: {share} of the bound");
                    worst_share = worst_share.max(error / bound);
                    assert!(
                        error < 1e-12 * peak(&expected),
                        "{place}: {:e}",
                        error / peak(&expected)
                    );
                    moved += usize::from(plan.transform_points() != plan.fft_points());
                }
            }
        }
    }
    println!("{moved} plans on other grids, error at most {worst_share:.2} of the bound");
    assert!(moved > 40, "only {moved}");
}
