//! A pipeline of one's own: own steps between ours, own errors, all cores, and a kernel on a bare
//! slice.
//!
//! ```text
//! cargo run --release --example custom_pipeline [-- RAW.mseed… RESPONSE.xml…]
//! ```
//!
//! It measures the peak ground velocity and the duration of strong shaking of every trace. Without
//! arguments it makes the demo archive under `target/` and takes its first event.

use std::path::{Path, PathBuf};

use seis::prelude::*;

/// What can go wrong with one trace here: our steps, and one of our own.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Response(#[from] seis::RemoveResponseError),
    #[error(transparent)]
    Signal(#[from] seis::signal::Error),
    #[error("{percent:.1} % of the samples are clipped")]
    Clipped { percent: f64 },
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        files = demo_files()?;
    }
    let (metadata, raw): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|f| f.extension().is_some_and(|e| e == "xml"));

    // Several files make one inventory and one stream; a file that cannot be read spoils nothing.
    let mut inventory = Inventory::new("custom pipeline");
    for file in metadata {
        inventory.merge(Inventory::read(file)?);
    }
    let mut stream = Stream::new();
    for file in raw {
        match mseed::read(&file) {
            Ok(read) => stream.extend(read.stream),
            Err(error) => eprintln!("skipped: {error}"),
        }
    }
    stream.merge(&MergeOptions::new().overlaps(OverlapPolicy::PreferLater))?;

    // Each trace goes its own way on some core; those that fail are taken out and named.
    let to_velocity = DeconvolutionSpec::new(GroundMotion::Velocity)
        .pre_filter(PreFilter::new(0.005, 0.01, 4.0, 5.0)?)
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let failures = stream.par_retain_ok(|trace| -> Result<(), StepError> {
        refuse_clipped(trace)?;
        trace
            .detrend(DetrendSpec::Linear)?
            .taper(TaperSpec::new(0.05).window(Window::Cosine))?
            .remove_response(&inventory, to_velocity)?;
        Ok(())
    });
    for failure in &failures {
        eprintln!("left out: {failure}");
    }

    println!("{:<16}{:>14}{:>12}", "channel", "peak (µm/s)", "strong (s)");
    for trace in &stream {
        let velocity = trace.samples.as_f64().unwrap_or_default();
        let peak = velocity.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let strong_s = strong_motion_s(velocity, trace.rate)?;
        println!("{:<16}{:>14.3}{strong_s:>12.1}", trace.id.to_string(), peak * 1e6);
    }
    Ok(())
}

/// A step of our own: a digitiser that hits its end stops gives no ground motion.
fn refuse_clipped(trace: &Trace) -> Result<(), StepError> {
    const FULL_SCALE: i32 = (1 << 23) - 1;
    let Some(counts) = trace.samples.as_i32() else { return Ok(()) };
    let clipped = counts.iter().filter(|c| c.unsigned_abs() >= FULL_SCALE.unsigned_abs()).count();
    let percent = 100.0 * clipped as f64 / counts.len().max(1) as f64;
    if percent > 0.1 { Err(StepError::Clipped { percent }) } else { Ok(()) }
}

/// Time between 5 % and 95 % of the integral of the squared velocity, by a kernel on a bare slice.
fn strong_motion_s(velocity: &[f64], rate: SamplingRate) -> Result<f64, seis::signal::Error> {
    let mut energy: Vec<f64> = velocity.iter().map(|v| v * v).collect();
    seis::signal::integrate(&mut energy, rate)?;
    let total = energy.last().copied().unwrap_or(0.0);
    let reached = |share: f64| energy.partition_point(|e| *e < share * total) as f64;
    Ok((reached(0.95) - reached(0.05)) * rate.interval_s())
}

fn demo_files() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo-archive");
    seis::demo::write_archive(&root, &seis::demo::DemoOptions::default())?;
    let event = seis::batch::Event::find(&root)?.swap_remove(0);
    let files = event.files()?;
    Ok(files.raw.into_iter().chain(files.responses).collect())
}
