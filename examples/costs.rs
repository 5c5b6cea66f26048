//! Single steps of the main job, as often as asked for: for counting instructions.
//!
//! ```text
//! cargo run --release --example costs -- --list
//! cargo run --release --example costs -- NAME TIMES
//! ```
//!
//! `scripts/count_instructions.py` runs it under valgrind.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;

use seis::demo::{DemoOptions, write_archive};
use seis::mseed::{Encoding, WriteOptions};
use seis::prelude::*;
use seis::signal::{CalibrationPlan, SamplingGrid, Scratch};
use seis::{Complex64, Response};
use serde_json::json;

/// Frequencies at which a response is evaluated.
const FREQUENCIES: usize = 4096;

/// What there is: its name, what it is counted in, and how many of these it has.
const STEPS: [(&str, &str); 9] = [
    ("read Steim2", "sample"),
    ("read Steim1", "sample"),
    ("write Steim2", "sample"),
    ("parse StationXML", "byte"),
    ("evaluate response", "frequency"),
    ("make plan", "plan"),
    ("calibrate, ObsPy's length", "sample"),
    ("calibrate, fast length", "sample"),
    ("encode SAC", "sample"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("--list, or a name and how often")?;
    let times: usize = arguments.next().map_or(Ok(1), |t| t.parse())?;

    let folder = tempfile::tempdir()?;
    let archive = write_archive(folder.path(), &DemoOptions::small())?;
    let demo = archive.traces.iter().find(|t| t.rate_hz == 40).ok_or("a trace at 40 Hz")?;
    let event = folder.path().join(&demo.event);
    let stationxml = std::fs::read(event.join(format!("resp/XX.{}.xml", demo.id.station)))?;
    let trace = mseed::read(&demo.raw)?.stream.into_traces().remove(0);
    let inventory = Inventory::from_stationxml(&stationxml)?;
    let response: &Response = inventory.response(&trace.id, trace.start, trace.end())?;
    let grid = SamplingGrid::from(&trace);
    let plan = |length| {
        let processing = seis::batch::Processing::default().fft_length(length);
        CalibrationPlan::new(&processing.spec()?, &grid, response).map_err(Box::<dyn Error>::from)
    };
    let packed = |encoding| -> Result<Vec<u8>, Box<dyn Error>> {
        let mut bytes = Vec::new();
        mseed::write_to(&mut bytes, [&trace], &WriteOptions::default().encoding(encoding))?;
        Ok(bytes)
    };
    let fast = plan(FftLength::Fast)?;
    let result_len = fast.output().npts;

    if name == "--list" {
        let units = |unit: &str, name: &str| match unit {
            "byte" => stationxml.len(),
            "frequency" => FREQUENCIES,
            "plan" => 1,
            _ if name == "encode SAC" => result_len,
            _ => trace.len(),
        };
        let list: Vec<_> = STEPS
            .iter()
            .map(|(name, unit)| json!({ "name": name, "unit": unit, "units": units(unit, name) }))
            .collect();
        writeln!(std::io::stdout(), "{}", json!(list))?;
        return Ok(());
    }
    let mut step: Box<dyn FnMut() -> Result<(), Box<dyn Error>>> = match name.as_str() {
        "read Steim2" | "read Steim1" => {
            let encoding = if name.ends_with('2') { Encoding::Steim2 } else { Encoding::Steim1 };
            let bytes = packed(encoding)?;
            let mut reader = mseed::Reader::default();
            Box::new(move || {
                let _ = black_box(reader.read_bytes(black_box(&bytes))?);
                Ok(())
            })
        }
        "write Steim2" => Box::new(|| {
            black_box(packed(Encoding::Steim2)?);
            Ok(())
        }),
        "parse StationXML" => Box::new(|| {
            black_box(Inventory::from_stationxml(black_box(&stationxml))?);
            Ok(())
        }),
        "evaluate response" => {
            let frequencies: Vec<f64> = (1..=FREQUENCIES).map(|k| k as f64 * 1e-3).collect();
            let mut out = vec![Complex64::ZERO; FREQUENCIES];
            Box::new(move || {
                response.eval_into(
                    black_box(&frequencies),
                    GroundMotion::Displacement,
                    &mut out,
                )?;
                Ok(())
            })
        }
        "make plan" => Box::new(|| {
            black_box(plan(FftLength::ObsPy)?);
            Ok(())
        }),
        "calibrate, ObsPy's length" | "calibrate, fast length" => {
            let plan = if name.contains("fast") { fast } else { plan(FftLength::ObsPy)? };
            let counts = trace.samples.as_i32().ok_or("counts are integers")?;
            let (mut out, mut scratch) = (Vec::new(), Scratch::new());
            Box::new(move || Ok(plan.apply(black_box(counts), &mut out, &mut scratch)?))
        }
        "encode SAC" => {
            let samples = vec![1.0e-9; result_len];
            let result = Trace::new(trace.id, trace.start, fast.output().rate, samples);
            let mut bytes = Vec::new();
            Box::new(move || Ok(sac::encode_trace_into(black_box(&result), &mut bytes)?))
        }
        _ => return Err(format!("{name:?} is none of {:?}", STEPS.map(|s| s.0)).into()),
    };
    for _ in 0..times {
        step()?;
    }
    Ok(())
}
