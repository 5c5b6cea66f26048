//! How long reading miniSEED takes, and where the time goes.
//!
//! `cargo run --release -p seis-io --example mseed_timing -- FILE…`
//!
//! For each file the best of many runs, in microseconds, with everything in the page cache:
//!
//! * `file`: reading its bytes into a buffer that is used again;
//! * `headers`: finding the records, parsing headers, joining;
//! * `decode`: samples only, into a buffer that is used again;
//! * `whole`: [`Reader::read`], from the path to the traces.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

use seis_core::Samples;
use seis_io::mseed::{Reader, Records};

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:>9} {:>9} {:>9} {:>9} {:>9} {:>8}",
        "samples", "file", "headers", "decode", "whole", "MS/s"
    );
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let runs = (20_000_000 / bytes.len().max(1)).clamp(10, 2000);
        let best =
            |run: &mut dyn FnMut() -> Result<(), Box<dyn Error>>| -> Result<f64, Box<dyn Error>> {
                let mut best = f64::INFINITY;
                for _ in 0..runs {
                    let clock = Instant::now();
                    run()?;
                    best = best.min(clock.elapsed().as_secs_f64());
                }
                Ok(best * 1e6)
            };
        let mut buffer = Vec::new();
        let file = best(&mut || {
            buffer.clear();
            File::open(&path)?.read_to_end(&mut buffer)?;
            black_box(&buffer);
            Ok(())
        })?;
        let mut reader = Reader::default();
        let headers = best(&mut || {
            let _ = black_box(reader.index_bytes(black_box(&bytes))?);
            Ok(())
        })?;
        let records: Vec<_> = Records::new(&bytes).flatten().collect();
        let mut samples = Samples::I32(Vec::new());
        let decode = best(&mut || {
            if let Samples::I32(v) = &mut samples {
                v.clear();
            }
            for record in &records {
                record.decode_into(&mut samples)?;
            }
            black_box(&samples);
            Ok(())
        })?;
        let whole = best(&mut || {
            let _ = black_box(reader.read(&path)?);
            Ok(())
        })?;
        let count = samples.len();
        println!(
            "{count:>9} {file:>9.1} {headers:>9.1} {decode:>9.1} {whole:>9.1} {:>8.0}  {path}",
            count as f64 / whole
        );
    }
    Ok(())
}
