//! How long the kernels take: `cargo run --release -p seis-signal --example timing`.
//!
//! Twenty minutes at 40 Hz, as in the main job: counts to displacement at 10 Hz. Prints the least
//! of many times, in microseconds.
//!
//! ```text
//! timing [RATE_HZ [NPTS]]                 all kernels, for that rate and number of samples
//! timing --list                           their names
//! timing --kernel NAME [--repeat N] [RATE_HZ [NPTS]]
//! ```
//!
//! The last runs one kernel N times (default 1) and prints nothing, for counting instructions:
//! what `valgrind --tool=callgrind` counts for N = 11 less what it counts for N = 1 is ten times
//! the kernel's, without what it takes to make it ready.

use std::hint::black_box;
use std::process::ExitCode;
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

    /// The distance to its poles.
    fn smooth_within_hz(&self, frequencies_hz: &[f64], _: GroundMotion, radii_hz: &mut [f64]) {
        for (radius_hz, f) in radii_hz.iter_mut().zip(frequencies_hz) {
            let s = Complex64::new(0.0, std::f64::consts::TAU * f);
            let p = Complex64::new(-0.037, 0.037);
            *radius_hz = (s - p).norm().min((s + 251.3).norm()) / std::f64::consts::TAU;
        }
    }
}

/// A kernel that changes samples where they are.
type InPlace = Box<dyn FnMut(&mut [f64])>;

/// What to do with the kernels as they come up.
struct Runner {
    /// Only this one.
    kernel: Option<String>,
    list: bool,
    repeat: usize,
    found: bool,
}

impl Runner {
    /// `make` makes the kernel ready, and is not called for kernels that are not wanted.
    fn kernel<F: FnMut()>(
        &mut self,
        name: &str,
        make: impl FnOnce() -> Result<(String, F), Box<dyn std::error::Error>>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        if self.list {
            println!("{name}");
        } else if self.kernel.as_deref() == Some(name) {
            self.found = true;
            let (_, mut run) = make()?;
            for _ in 0..self.repeat {
                run();
            }
        } else if self.kernel.is_none() {
            let (what, run) = make()?;
            println!("{name:<24} {what:<48} {:>11.1} µs", least(run) * 1e6);
        }
        Ok(())
    }
}

/// Seconds, of at least five runs.
fn least(mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    let begin = Instant::now();
    let mut runs = 0;
    while runs < 5 || begin.elapsed().as_secs_f64() < 0.5 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
        runs += 1;
    }
    best
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut runner = Runner { kernel: None, list: false, repeat: 1, found: false };
    let mut numbers = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--list" => runner.list = true,
            "--kernel" => runner.kernel = Some(arguments.next().ok_or("--kernel NAME")?),
            "--repeat" => runner.repeat = arguments.next().ok_or("--repeat N")?.parse()?,
            number => numbers.push(number.parse::<f64>()?),
        }
    }
    let rate_hz = numbers.first().copied().unwrap_or(40.0);
    let npts = numbers.get(1).map_or((rate_hz * 1200.0) as usize, |n| *n as usize);
    if !runner.list && runner.kernel.is_none() {
        println!("{npts} samples at {rate_hz} Hz");
    }
    kernels(&mut runner, rate_hz, npts)?;
    match &runner.kernel {
        Some(name) if !runner.found && !runner.list => {
            Err(format!("no kernel is called {name:?}; --list names them").into())
        }
        _ => Ok(()),
    }
}

fn kernels(
    runner: &mut Runner,
    rate_hz: f64,
    npts: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let rate = SamplingRate::from_hz(rate_hz)?;
    let counts: Vec<i32> =
        (0..npts as u64).map(|i| (i.wrapping_mul(2_654_435_761) >> 12) as i32 % 30_000).collect();
    let samples: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
    let grid = SamplingGrid::new(UtcTime::EPOCH, rate, npts);

    let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let to_10_hz = InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25);
    let obspy = CalibrationSpec::only(to_displacement)
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05));
    let mut fast = obspy;
    fast.deconvolution.fft_length = FftLength::Fast;

    // The floor: the transforms that the textbook makes, of the reference length and of the length
    // that is made, by the library that seismologists would take.
    let chain = CalibrationPlan::new(&obspy.resample(to_10_hz), &grid, &Broadband)?;
    let shorter = (rate_hz as usize / 10).max(1);
    for (name, len) in [
        ("fft-forward-obspy", FftLength::ObsPy.points(npts)?),
        ("fft-forward-fast", FftLength::Fast.points(npts)?),
        ("fft-forward-made", chain.transform_points()),
    ] {
        runner.kernel(name, || {
            let fft = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(len);
            let (mut x, mut y, mut z) =
                (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
            x[..npts].copy_from_slice(&samples);
            let run = move || {
                fft.process_with_scratch(&mut x, &mut y, &mut z).ok();
                black_box(&y);
            };
            Ok((format!("realfft, {len} points"), run))
        })?;
    }
    for (name, len) in [
        ("fft-inverse-obspy", FftLength::ObsPy.points(npts)? / shorter),
        ("fft-inverse-fast", FftLength::Fast.points(npts)? / shorter),
        ("fft-inverse-made", chain.transform_points() / chain.decimation()),
        ("fft-inverse-full", FftLength::Fast.points(npts)?),
    ] {
        runner.kernel(name, || {
            let fft = realfft::RealFftPlanner::<f64>::new().plan_fft_inverse(len);
            let (mut y, mut x, mut z) =
                (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
            let run = move || {
                fft.process_with_scratch(&mut y, &mut x, &mut z).ok();
                black_box(&x);
            };
            Ok((format!("realfft, {len} points"), run))
        })?;
    }

    for (length, spec) in [("obspy", &obspy), ("fast", &fast)] {
        for (rates, spec) in [("10hz", spec.resample(to_10_hz)), ("full", *spec)] {
            runner.kernel(&format!("chain-{rates}-{length}"), || {
                let plan = CalibrationPlan::new(&spec, &grid, &Broadband)?;
                let what = format!(
                    "counts to {} Hz, {} points as {}",
                    plan.output().rate.hz(),
                    plan.fft_points(),
                    plan.transform_points()
                );
                let (mut out, mut scratch, counts) = (Vec::new(), Scratch::new(), counts.clone());
                let run = move || {
                    plan.apply(&counts, &mut out, &mut scratch).ok();
                    black_box(&out);
                };
                Ok((what, run))
            })?;
            runner.kernel(&format!("plan-{rates}-{length}"), || {
                let run = move || {
                    black_box(CalibrationPlan::new(&spec, &grid, &Broadband).is_ok());
                };
                Ok(("the plan of that".to_owned(), run))
            })?;
        }
    }
    runner.kernel("remove-response", || {
        let plan = DeconvolutionPlan::new(&to_displacement, npts, rate, &Broadband)?;
        let (mut work, mut scratch, samples) = (samples.clone(), Scratch::new(), samples.clone());
        let run = move || {
            work.copy_from_slice(&samples);
            plan.apply(&mut work, &mut scratch).ok();
        };
        Ok(("alone, at the full rate, after a copy".to_owned(), run))
    })?;

    let copied = |mut operation: InPlace| {
        let (mut work, samples) = (samples.clone(), samples.clone());
        move || {
            work.copy_from_slice(&samples);
            operation(&mut work);
            black_box(&work);
        }
    };
    runner.kernel("copy", || Ok(("the samples".to_owned(), copied(Box::new(|_| {})))))?;
    for (name, detrend) in [
        ("demean", DetrendSpec::Demean),
        ("detrend-linear", DetrendSpec::Linear),
        ("detrend-polynomial", DetrendSpec::Polynomial { order: 3 }),
    ] {
        runner.kernel(name, || {
            let run = copied(Box::new(move |x| assert!(detrend.apply(x).is_ok())));
            Ok(("after a copy".to_owned(), run))
        })?;
    }
    runner.kernel("taper", || {
        let taper = TaperPlan::new(&TaperSpec::new(0.05), npts, rate)?;
        Ok(("after a copy".to_owned(), copied(Box::new(move |x| assert!(taper.apply(x).is_ok())))))
    })?;

    let odd = UtcTime::from_nanos(12_345_678);
    let to = |hz: f64| SamplingRate::from_hz(hz);
    for (name, spec) in [
        ("pick", to_10_hz),
        ("lanczos-3-4", InterpolationSpec::lanczos(to(rate_hz * 0.75)?, 25)),
        ("lanczos-2-5", InterpolationSpec::lanczos(to(rate_hz * 0.4)?, 25)),
        ("lanczos-shifted", to_10_hz.start(odd)),
        ("lanczos-general", InterpolationSpec::lanczos(to(9.876_543_21)?, 25).start(odd)),
        ("linear", InterpolationSpec::new(Interpolation::Linear, to_10_hz.rate).start(odd)),
        ("spline", InterpolationSpec::new(Interpolation::CubicSpline, to_10_hz.rate).start(odd)),
        (
            "slopes",
            InterpolationSpec::new(Interpolation::WeightedAverageSlopes, to_10_hz.rate).start(odd),
        ),
    ] {
        runner.kernel(name, || {
            let plan = InterpolationPlan::new(&spec, &grid)?;
            let what =
                format!("to {} samples at {} Hz", plan.output().npts, plan.output().rate.hz());
            let (mut out, mut scratch, samples) = (Vec::new(), Scratch::new(), samples.clone());
            let run = move || {
                plan.apply(&samples, &mut out, &mut scratch).ok();
                black_box(&out);
            };
            Ok((what, run))
        })?;
    }
    Ok(())
}
