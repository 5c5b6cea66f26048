//! What a long trace costs beside its two Fourier transforms:
//! `cargo run --release -p seis-signal --example long_traces [RATE_HZ [NEW_RATE_HZ [HOURS]]]`.
//!
//! A day at 100 Hz by default, at its full rate. Times are the processor's, as Linux counts them for
//! a thread, so that other work on the machine does little harm; the least of several turns, in ms.
//! The transforms are `realfft`'s, of the lengths that the plan needs at least: the padded trace
//! there, and the results' rate back.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use realfft::RealFftPlanner;
use seis_core::{
    Complex64, EvaluationError, FrequencyResponse, GroundMotion, SamplingRate, UtcTime,
};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionSpec, DetrendSpec, InterpolationSpec, PreFilter,
    SamplingGrid, Scratch, TaperSpec, WaterLevel,
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

/// Processor time of this thread where the system tells, else the time that passes.
fn clock() -> Duration {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let nanoseconds = || {
        let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        stat.split_whitespace().next()?.parse().ok()
    };
    nanoseconds().map_or_else(|| BEGIN.elapsed(), Duration::from_nanos)
}

/// The least milliseconds of each step.
#[derive(Default)]
struct Least(Vec<(&'static str, f64)>);

impl Least {
    fn time<T>(&mut self, name: &'static str, step: impl FnOnce() -> T) -> T {
        let begin = clock();
        let result = step();
        let ms = 1e3 * (clock() - begin).as_secs_f64();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, least)) => *least = least.min(ms),
            None => self.0.push((name, ms)),
        }
        result
    }

    fn of(&self, names: &[&str]) -> f64 {
        self.0.iter().filter(|(name, _)| names.contains(name)).map(|(_, ms)| ms).sum()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<f64> =
        std::env::args().skip(1).map(|n| n.parse()).collect::<Result<_, _>>()?;
    let number = |n: usize, default| numbers.get(n).copied().unwrap_or(default);
    let rate_hz = number(0, 100.0);
    let new_rate_hz = number(1, rate_hz);
    let npts = (number(2, 24.0) * 3600.0 * rate_hz) as usize;
    let counts: Vec<i32> =
        (0..npts).map(|n| 900 + (1e5 * (n as f64 * 0.07).sin()) as i32).collect();

    // Just below the new Nyquist frequency, as in the main job.
    let nyquist_hz = new_rate_hz / 2.0;
    let (f3, f4) = (0.9 * nyquist_hz, 0.96 * nyquist_hz);
    let deconvolution = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, f3, f4)?)
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let spec = CalibrationSpec::only(deconvolution)
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05))
        .resample(InterpolationSpec::lanczos(SamplingRate::from_hz(new_rate_hz)?, 25));
    let grid = SamplingGrid::new(UtcTime::EPOCH, SamplingRate::from_hz(rate_hz)?, npts);

    let mut least = Least::default();
    let mut memory = (0, 0, 0);
    for _ in 0..5 {
        let plan = least.time("plan", || CalibrationPlan::new(&spec, &grid, &Broadband))?;
        let (mut out, mut scratch) = (Vec::new(), Scratch::new());
        least.time("process", || plan.apply(&counts, &mut out, &mut scratch))?;
        for _ in 0..3 {
            least.time("process again", || plan.apply(&counts, &mut out, &mut scratch))?;
        }
        memory = (plan.memory_bytes(), scratch.memory_bytes(), 8 * out.capacity());
        let (there, back) = (plan.transform_points(), plan.transform_points() / plan.decimation());
        drop((plan, black_box(out), scratch));

        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = least.time("plan two transforms", || {
            (planner.plan_fft_forward(there), planner.plan_fft_inverse(back))
        });
        let (mut samples, mut spectrum) = (vec![1.0; there], forward.make_output_vec());
        let mut results = vec![1.0; back];
        let len = forward.get_scratch_len().max(inverse.get_scratch_len());
        let mut work = vec![Complex64::ONE; len];
        spectrum.fill(Complex64::ONE);
        for _ in 0..3 {
            for (x, n) in samples.iter_mut().zip(&counts) {
                *x = f64::from(*n);
            }
            samples[npts..].fill(0.0);
            let scratch = &mut work[..forward.get_scratch_len()];
            least.time("forward", || {
                forward.process_with_scratch(&mut samples, &mut spectrum, scratch)
            })?;
            let kept = &mut spectrum[..back / 2 + 1];
            kept[0].im = 0.0;
            kept[back / 2].im = 0.0;
            let scratch = &mut work[..inverse.get_scratch_len()];
            least.time("inverse", || inverse.process_with_scratch(kept, &mut results, scratch))?;
            black_box(&mut results);
        }
    }
    for (name, ms) in &least.0 {
        println!("{name:24} {ms:8.1} ms");
    }
    let transforms = least.of(&["forward", "inverse"]);
    let planned = transforms + least.of(&["plan two transforms"]);
    let all = least.of(&["plan", "process"]);
    println!(
        "process over two transforms                    {:6.2}",
        least.of(&["process"]) / transforms
    );
    println!(
        "again, in the same memory                      {:6.2}",
        least.of(&["process again"]) / transforms
    );
    println!("plan and process over two transforms           {:6.2}", all / transforms);
    println!("plan and process over planned transforms       {:6.2}", all / planned);
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    let (plan, scratch, out) = memory;
    println!("MiB: plan {:.1}, scratch {:.1}, result {:.1}", mib(plan), mib(scratch), mib(out));
    Ok(())
}
