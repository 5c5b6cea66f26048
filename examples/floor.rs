//! How near a run over an archive comes to what it must cost at least.
//!
//! ```text
//! cargo run --release --example floor -- ROOT --out DIR [--fft-length obspy|fast] [--rounds N]
//! ```
//!
//! In turns, the archive is processed by one worker, and only what no design avoids is done for
//! each of its files: read it, decode it, one forward real Fourier transform, one inverse at the
//! output's rate, write as many bytes as a result has. The transforms have the lengths that the
//! run's have, which are the cheapest that give the result. Prints both, step by step, as JSON; the
//! ratios, of the time that passed and of the processor's, are medians over the rounds.

use std::error::Error;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use realfft::RealFftPlanner;
use seis::batch::{self, BatchOptions, Event, Processing, Progress, Status, Timings};
use seis::prelude::*;
use seis::signal::{CalibrationPlan, SamplingGrid};
use seis::{Complex64, EvaluationError};
use serde_json::{Value, json};

/// Bytes of a SAC header.
const HEADER: usize = 632;

/// A run over an archive, and what it must cost at least, in turns.
#[derive(Parser)]
struct Arguments {
    /// Directory of events, each with raw/*.mseed and resp/*.xml
    root: PathBuf,
    /// Directory in which results are made, in a folder that is removed again
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Length of the Fourier transform: obspy or fast
    #[arg(long, value_parser = fft_length, default_value = "obspy")]
    fft_length: FftLength,
    /// Corner frequencies of the pre-filter in Hz
    #[arg(long, value_delimiter = ',', default_value = "0.001,0.005,4.9,5.0")]
    pre_filt: Vec<f64>,
    /// Sampling rate of the results
    #[arg(long, value_name = "HZ", default_value_t = 10.0)]
    rate: f64,
    /// The most samples of a result
    #[arg(long, value_name = "N", default_value_t = 12_000)]
    npts: usize,
    /// How often each is done
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
}

fn fft_length(text: &str) -> Result<FftLength, String> {
    match text {
        "obspy" => Ok(FftLength::ObsPy),
        "fast" => Ok(FftLength::Fast),
        _ => Err("obspy or fast".to_owned()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let corners: [f64; 4] =
        arguments.pre_filt.as_slice().try_into().map_err(|_| "four corner frequencies")?;
    let processing = Processing::default()
        .fft_length(arguments.fft_length)
        .pre_filter_hz(corners)
        .rate_hz(arguments.rate)
        .npts(arguments.npts);
    let (mut runs, mut floors) = (Vec::new(), Vec::new());
    fs::create_dir_all(&arguments.out)?;
    for _ in 0..arguments.rounds.max(1) {
        let work = tempfile::Builder::new().prefix("floor-").tempdir_in(&arguments.out)?;
        let out = work.path().join("run");
        let options = BatchOptions::new(processing.clone())
            .out(&out)
            .jobs(NonZeroUsize::new(1))
            .io_threads(0);
        runs.push(run(&arguments.root, &options)?);
        let out = work.path().join("floor");
        floors.push(Floor::new(&arguments, &processing).run(&out)?);
        work.close()?;
    }
    let ratios = |key: &str| {
        let ratio =
            |(run, floor): (&Value, &Value)| Some(run[key].as_f64()? / floor[key].as_f64()?);
        let mut ratios: Vec<f64> = runs.iter().zip(&floors).filter_map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied()
    };
    let result = json!({
        "fft_length": if arguments.fft_length == FftLength::Fast { "fast" } else { "obspy" },
        "ratio": ratios("ms"),
        "processor_ratio": ratios("processor_ms"),
        "run": best(&runs),
        "floor": best(&floors),
    });
    let _ = writeln!(std::io::stdout(), "{result:#}");
    Ok(())
}

fn best(rounds: &[Value]) -> Option<&Value> {
    let ms = |v: &Value| v["processor_ms"].as_f64().unwrap_or(f64::INFINITY);
    rounds.iter().min_by(|a, b| ms(a).total_cmp(&ms(b)))
}

/// Milliseconds for each trace.
fn per_trace(duration: Duration, traces: usize) -> f64 {
    1e3 * duration.as_secs_f64() / traces.max(1) as f64
}

/// Processor time of this process so far, where the system tells.
fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11..13)?.iter().filter_map(|f| f.parse::<u64>().ok()).sum();
    // Linux counts a hundred ticks in a second, whatever the kernel's own clock.
    Some(Duration::from_millis(10 * ticks))
}

fn processor_since(begun: Option<Duration>) -> Option<Duration> {
    Some(processor_time()?.saturating_sub(begun?))
}

/// One run over the archive.
fn run(root: &Path, options: &BatchOptions) -> Result<Value, Box<dyn Error>> {
    let (clock, processor) = (Instant::now(), processor_time());
    let mut steps = Timings::default();
    let mut traces = 0;
    let summary = batch::run(root, options, |progress| {
        if let Progress::Outcome(outcome) = progress {
            traces += usize::from(matches!(outcome.status, Status::Processed { .. }));
            let timings = &outcome.timings;
            steps.read += timings.read;
            steps.decode += timings.decode;
            steps.response += timings.response;
            steps.process += timings.process;
            steps.write += timings.write;
        }
    })?;
    let elapsed = clock.elapsed();
    let stats = &summary.stats;
    let own = steps.decode + steps.response + steps.process + steps.write;
    let named = [
        ("read", steps.read),
        ("decode", steps.decode),
        ("response and plan", steps.response),
        ("process", steps.process),
        ("write", steps.write),
        ("names and account", stats.working.saturating_sub(own)),
        ("directories", stats.directories),
        ("first look", stats.survey),
    ];
    let accounted: Duration = named.iter().map(|(_, time)| *time).sum();
    let mut steps: serde_json::Map<String, Value> = named
        .iter()
        .map(|(name, time)| ((*name).to_owned(), json!(per_trace(*time, traces))))
        .collect();
    steps.insert("other".to_owned(), json!(per_trace(elapsed.saturating_sub(accounted), traces)));
    Ok(json!({
        "traces": traces,
        "ms": per_trace(elapsed, traces),
        "processor_ms": processor_since(processor).map(|p| per_trace(p, traces)),
        "accounted": accounted.as_secs_f64() / elapsed.as_secs_f64(),
        "steps": steps,
    }))
}

/// What no design avoids.
struct Floor<'a> {
    arguments: &'a Arguments,
    processing: &'a Processing,
    planner: RealFftPlanner<f64>,
    reader: mseed::Reader,
    input: Vec<f64>,
    output: Vec<f64>,
    spectrum: Vec<Complex64>,
    scratch: Vec<Complex64>,
    read: Duration,
    decode: Duration,
    forward: Duration,
    inverse: Duration,
    write: Duration,
    traces: usize,
    lengths: Vec<((usize, SamplingRate), (usize, usize))>,
}

impl<'a> Floor<'a> {
    fn new(arguments: &'a Arguments, processing: &'a Processing) -> Self {
        Self {
            arguments,
            processing,
            planner: RealFftPlanner::new(),
            reader: mseed::Reader::default(),
            input: Vec::new(),
            output: Vec::new(),
            spectrum: Vec::new(),
            scratch: Vec::new(),
            read: Duration::ZERO,
            decode: Duration::ZERO,
            forward: Duration::ZERO,
            inverse: Duration::ZERO,
            write: Duration::ZERO,
            traces: 0,
            lengths: Vec::new(),
        }
    }

    fn run(mut self, out: &Path) -> Result<Value, Box<dyn Error>> {
        let (clock, processor) = (Instant::now(), processor_time());
        let mut bytes = vec![0; 1 << 16];
        for event in Event::find(&self.arguments.root)? {
            let folder = out.join(&event.name);
            fs::create_dir_all(&folder)?;
            for raw in event.files()?.raw {
                let begun = Instant::now();
                let mut file = File::open(&raw)?;
                let mut filled = 0;
                loop {
                    let n = file.read(&mut bytes[filled..])?;
                    filled += n;
                    if filled < bytes.len() {
                        break;
                    }
                    bytes.resize(2 * bytes.len(), 0);
                }
                drop(file);
                self.read += begun.elapsed();
                let begun = Instant::now();
                let contents = self.reader.read_bytes(&bytes[..filled])?;
                self.decode += begun.elapsed();
                for (number, trace) in contents.stream.iter().enumerate() {
                    let npts = self.transforms(trace)?;
                    let begun = Instant::now();
                    let name = raw.file_stem().unwrap_or_default().to_string_lossy();
                    let result = vec![0; HEADER + 4 * npts];
                    File::create(folder.join(format!("{name}_{number}.sac")))?
                        .write_all(&result)?;
                    self.write += begun.elapsed();
                    self.traces += 1;
                }
            }
        }
        let elapsed = clock.elapsed();
        let ms = |duration| per_trace(duration, self.traces);
        let all = self.read + self.decode + self.forward + self.inverse + self.write;
        Ok(json!({
            "traces": self.traces,
            "ms": ms(all),
            "with_listing_ms": ms(elapsed),
            // Listing is no part of it; it takes its share of the processor.
            "processor_ms": processor_since(processor)
                .map(|p| ms(p.mul_f64(all.as_secs_f64() / elapsed.as_secs_f64()))),
            "steps": {
                "read": ms(self.read),
                "decode": ms(self.decode),
                "forward FFT": ms(self.forward),
                "inverse FFT": ms(self.inverse),
                "write": ms(self.write),
            },
        }))
    }

    /// Both transforms; the number of samples of the result.
    fn transforms(&mut self, trace: &Trace) -> Result<usize, Box<dyn Error>> {
        let (points, shorter) = self.lengths(trace)?;
        let forward = self.planner.plan_fft_forward(points);
        let inverse = self.planner.plan_fft_inverse(points / shorter);
        self.input.clear();
        self.input.extend(trace.samples.to_f64()?.iter());
        self.input.resize(points, 0.0);
        self.spectrum.resize(points / 2 + 1, Complex64::ZERO);
        self.output.resize(points / shorter, 0.0);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        self.scratch.resize(scratch, Complex64::ZERO);
        let begun = Instant::now();
        forward.process_with_scratch(
            &mut self.input,
            &mut self.spectrum,
            &mut self.scratch[..forward.get_scratch_len()],
        )?;
        self.forward += begun.elapsed();
        let kept = &mut self.spectrum[..points / shorter / 2 + 1];
        for edge in [0, kept.len() - 1] {
            kept[edge].im = 0.0;
        }
        let begun = Instant::now();
        inverse.process_with_scratch(
            kept,
            &mut self.output,
            &mut self.scratch[..inverse.get_scratch_len()],
        )?;
        self.inverse += begun.elapsed();
        let span_s = trace.len().saturating_sub(1) as f64 * trace.rate.interval_s();
        Ok(((span_s * self.arguments.rate + 1e-9) as usize + 1).min(self.arguments.npts))
    }

    /// The length of the forward transform, and how many times shorter the inverse is.
    fn lengths(&mut self, trace: &Trace) -> Result<(usize, usize), Box<dyn Error>> {
        let grid = SamplingGrid::from(trace);
        let key = (grid.npts, trace.rate);
        if let Some((_, found)) = self.lengths.iter().find(|(known, _)| *known == key) {
            return Ok(*found);
        }
        let plan = CalibrationPlan::new(&self.processing.spec()?, &grid, &Flat)?;
        let found = (plan.transform_points(), plan.decimation());
        self.lengths.push((key, found));
        Ok(found)
    }
}

/// A response of one: the lengths do not depend on it.
struct Flat;

impl FrequencyResponse for Flat {
    fn eval_into(
        &self,
        _frequencies_hz: &[f64],
        _quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        out.fill(Complex64::ONE);
        Ok(())
    }
}
