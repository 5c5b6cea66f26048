//! The ten lines that people come for: read, correct, resample, write.
//!
//! ```text
//! cargo run --release --example quickstart [-- RAW.mseed RESPONSE.xml OUT.sac]
//! ```
//!
//! Without arguments it makes the demo archive under `target/` and takes one of its files.

use std::path::PathBuf;
use std::process::ExitCode;

use seis::prelude::*;

fn main() -> ExitCode {
    match process() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn process() -> Result<(), Box<dyn std::error::Error>> {
    let (raw, response, out) = files()?;

    let mut stream = mseed::read(&raw)?.stream;
    let inventory = Inventory::read(&response)?;
    let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
        .water_level(WaterLevel::None)
        // Both are steps of their own here; `remove_response` would do them once more.
        .zero_mean(false)
        .taper_fraction(None);
    stream.demean()?.taper(0.05)?.remove_response(&inventory, to_displacement)?;
    stream.interpolate(&InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25))?;
    let trace = stream.traces().first().ok_or("the file holds no trace")?;
    SacFile::from_trace(trace)?.write(&out)?;

    println!("{trace}\n{}written to {}", trace.history, out.display());
    Ok(())
}

/// The three files of the command line, or those of the demo.
fn files() -> Result<(PathBuf, PathBuf, PathBuf), Box<dyn std::error::Error>> {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match <[PathBuf; 3]>::try_from(given) {
        Ok([raw, response, out]) => Ok((raw, response, out)),
        Err(given) if given.is_empty() => {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/demo-archive");
            seis::demo::write_archive(&root, &seis::demo::DemoOptions::default())?;
            let event = root.join("20220102T000000");
            let raw = event.join("raw/XX.STS2..BHZ__20220102T000000Z__20220102T002000Z.mseed");
            Ok((raw, event.join("resp/XX.STS2.xml"), root.join("quickstart.sac")))
        }
        Err(_) => Err("expected three files: RAW.mseed RESPONSE.xml OUT.sac, or nothing".into()),
    }
}
