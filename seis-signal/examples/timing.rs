//! How long the kernels take: `cargo run --release -p seis-signal --example timing`.
//!
//! Twenty minutes at 40 Hz, as in the main job: counts to displacement at 10 Hz. Prints the least
//! of many times, in microseconds; with arguments, for that rate in Hz and number of samples.

use std::hint::black_box;
use std::time::Instant;

use seis_core::{
    Complex64, EvaluationError, FrequencyResponse, GroundMotion, SamplingRate, UtcTime,
};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec, FftLength,
    Interpolation, InterpolationPlan, InterpolationSpec, PreFilter, SamplingGrid, Scratch,
    TaperPlan, TaperSpec, WaterLevel,
};

/// A broadband seismometer: two zeros, three poles.
struct Broadband;

impl FrequencyResponse for Broadband {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        _quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        for (h, f) in out.iter_mut().zip(frequencies_hz) {
            let s = Complex64::new(0.0, std::f64::consts::TAU * f);
            let p = Complex64::new(-0.037, 0.037);
            *h = 1.5e11 * s * s * s / ((s - p) * (s - p.conj()) * (s + 251.3));
        }
        Ok(())
    }
}

fn least(name: &str, mut run: impl FnMut()) {
    let mut best = f64::INFINITY;
    let begin = Instant::now();
    let mut runs = 0;
    while runs < 5 || begin.elapsed().as_secs_f64() < 0.5 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
        runs += 1;
    }
    println!("{name:<58} {:>10.1} µs", best * 1e6);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let rate_hz: f64 = arguments.next().map_or(Ok(40.0), |a| a.parse())?;
    let npts: usize = arguments.next().map_or(Ok((rate_hz * 1200.0) as usize), |a| a.parse())?;
    let rate = SamplingRate::from_hz(rate_hz)?;
    let counts: Vec<i32> =
        (0..npts as u64).map(|i| (i.wrapping_mul(2_654_435_761) >> 12) as i32 % 30_000).collect();
    let samples: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
    let grid = SamplingGrid::new(UtcTime::EPOCH, rate, npts);
    let mut scratch = Scratch::new();
    let mut out = Vec::new();
    println!("{npts} samples at {rate_hz} Hz");

    for length in [FftLength::ObsPy, FftLength::Fast] {
        let nfft = length.points(npts)?;
        let mut planner = realfft::RealFftPlanner::<f64>::new();
        let fft = planner.plan_fft_forward(nfft);
        let (mut x, mut y, mut z) =
            (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
        x[..npts].copy_from_slice(&samples);
        least(&format!("realfft, forward, {nfft} points ({length:?})"), || {
            fft.process_with_scratch(&mut x, &mut y, &mut z).ok();
            black_box(&y);
        });
        let short = nfft / (rate_hz as usize / 10).max(1);
        let fft = planner.plan_fft_inverse(short);
        let (mut y, mut x, mut z) =
            (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
        least(&format!("realfft, inverse, {short} points"), || {
            fft.process_with_scratch(&mut y, &mut x, &mut z).ok();
            black_box(&x);
        });
    }

    let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let to_10_hz = InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25);
    let spec = CalibrationSpec::only(to_displacement)
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05))
        .resample(to_10_hz);
    let mut fast = spec;
    fast.deconvolution.fft_length = FftLength::Fast;

    least("plan of the whole chain", || {
        black_box(CalibrationPlan::new(&spec, &grid, &Broadband).is_ok());
    });
    let plan = CalibrationPlan::new(&spec, &grid, &Broadband)?;
    least(&format!("whole chain in one, counts to {} Hz", plan.output().rate.hz()), || {
        plan.apply(&counts, &mut out, &mut scratch).ok();
        black_box(&out);
    });
    let plan = CalibrationPlan::new(&fast, &grid, &Broadband)?;
    least(&format!("the same, {} points", plan.fft_points()), || {
        plan.apply(&counts, &mut out, &mut scratch).ok();
        black_box(&out);
    });

    let mut work = samples.clone();
    least("copy of the samples", || {
        work.copy_from_slice(&samples);
        black_box(&work);
    });
    least("copy and demean", || {
        work.copy_from_slice(&samples);
        DetrendSpec::Demean.apply(&mut work).ok();
    });
    least("copy and linear detrend", || {
        work.copy_from_slice(&samples);
        DetrendSpec::Linear.apply(&mut work).ok();
    });
    least("copy and polynomial detrend of order 3", || {
        work.copy_from_slice(&samples);
        DetrendSpec::Polynomial { order: 3 }.apply(&mut work).ok();
    });
    let taper = TaperPlan::new(&TaperSpec::new(0.05), npts, rate)?;
    least("copy and taper", || {
        work.copy_from_slice(&samples);
        taper.apply(&mut work).ok();
    });
    let deconvolution = DeconvolutionPlan::new(&to_displacement, npts, rate, &Broadband)?;
    least("copy and remove response, full rate", || {
        work.copy_from_slice(&samples);
        deconvolution.apply(&mut work, &mut scratch).ok();
    });

    let odd = UtcTime::from_nanos(12_345_678);
    let cases = [
        ("integer ratio", to_10_hz),
        (
            "3/4 of the rate, table",
            InterpolationSpec::lanczos(SamplingRate::from_hz(rate_hz * 0.75)?, 25),
        ),
        ("integer ratio, shifted", to_10_hz.start(odd)),
        (
            "general kernel",
            InterpolationSpec::lanczos(SamplingRate::from_hz(9.876_543_21)?, 25).start(odd),
        ),
        ("linear", InterpolationSpec::new(Interpolation::Linear, to_10_hz.rate).start(odd)),
        (
            "cubic spline",
            InterpolationSpec::new(Interpolation::CubicSpline, to_10_hz.rate).start(odd),
        ),
        (
            "slopes",
            InterpolationSpec::new(Interpolation::WeightedAverageSlopes, to_10_hz.rate).start(odd),
        ),
    ];
    for (name, spec) in cases {
        let plan = InterpolationPlan::new(&spec, &grid)?;
        least(&format!("interpolation, {name}, to {} samples", plan.output().npts), || {
            plan.apply(&samples, &mut out, &mut scratch).ok();
            black_box(&out);
        });
    }
    Ok(())
}
