//! What is in miniSEED files: one line for each record, then the traces, gaps and overlaps.
//!
//! `cargo run --release --example mseed_inspect -- [--json] [--samples] [--index] FILE…`
//!
//! With `--json`, one JSON object for each record, and one for each stretch that cannot be read.
//! Exit status 3 if anything could not be read, 1 if a file could not be opened.

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use seis_core::{SampleType, Samples};
use seis_io::mseed::{self, ReadOptions, Reader, RecordView, Records, Skipped};
use serde_json::{Value, json};

/// What is in miniSEED files.
#[derive(Debug, Parser)]
struct Args {
    /// One JSON object for each record and line.
    #[arg(long)]
    json: bool,
    /// The samples, too.
    #[arg(long)]
    samples: bool,
    /// Headers only: no sample is decoded.
    #[arg(long)]
    index: bool,
    /// miniSEED files, version 2 or 3.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut complete = true;
    for file in &args.files {
        match inspect(file, &args, &mut out) {
            Ok(whole) => complete &= whole,
            // The reader of a pipe may have seen enough.
            Err(e) if is_broken_pipe(&*e) => return ExitCode::SUCCESS,
            Err(e) => {
                let _ = out.flush();
                eprintln!("mseed_inspect: {}: {e}", file.display());
                return ExitCode::from(1);
            }
        }
    }
    match out.flush() {
        Ok(()) if complete => ExitCode::SUCCESS,
        _ => ExitCode::from(3),
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Tells what is in a file; whether all of it could be read.
fn inspect(file: &Path, args: &Args, out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let mut complete = true;
    if !args.json {
        writeln!(out, "{} ({} bytes)", file.display(), bytes.len())?;
    }
    for item in Records::new(&bytes) {
        let samples = match &item {
            Ok(record) if !args.index => Some(record.decode()),
            _ => None,
        };
        match (item, samples) {
            (Ok(record), None) => describe(out, file, args, &record, None)?,
            (Ok(record), Some(Ok(samples))) => describe(out, file, args, &record, Some(&samples))?,
            (Ok(record), Some(Err(error))) => {
                complete = false;
                let (offset, len) = (record.offset(), record.bytes().len() as u64);
                missing(out, file, args, offset, len, &format!("{}: {error}", record.id()))?;
            }
            (Err(skipped), _) => {
                complete = false;
                let Skipped { offset, len, .. } = skipped;
                let mut reason = skipped.reason.to_string();
                if let Some(id) = skipped.id {
                    reason = format!("{id}: {reason}");
                }
                missing(out, file, args, offset, len, &reason)?;
            }
        }
    }
    if !args.json {
        summary(out, &bytes, args)?;
    }
    Ok(complete)
}

/// One record.
fn describe(
    out: &mut impl Write,
    file: &Path,
    args: &Args,
    record: &RecordView<'_>,
    samples: Option<&Samples>,
) -> io::Result<()> {
    let kind = record.sample_type().filter(|_| record.sample_count() > 0);
    if args.json {
        let mut object = json!({
            "file": file.display().to_string(),
            "offset": record.offset(),
            "sourceid": record.fdsn_id(),
            "version": record.version(),
            "record_length": record.bytes().len(),
            "encoding": record.encoding().code(),
            "start_ns": i64::try_from(record.start().as_nanos()).ok(),
            "sample_rate": record.rate().hz(),
            "nsamples": record.sample_count(),
            "sample_type": kind.map(letter),
        });
        if let (true, Some(samples), Some(object)) = (args.samples, samples, object.as_object_mut())
        {
            object.insert("samples".to_owned(), values(samples));
        }
        return writeln!(out, "{object}");
    }
    write!(
        out,
        "{:>10} v{} {:>7} bytes  {:<18} {}  {:>9.4} Hz {:>7} {}",
        record.offset(),
        record.version(),
        record.bytes().len(),
        record.id().to_string(),
        record.start(),
        record.rate().hz(),
        record.sample_count(),
        record.encoding(),
    )?;
    for warning in record.warnings() {
        write!(out, "  ({warning})")?;
    }
    writeln!(out)?;
    match samples {
        Some(Samples::Text(text)) if args.samples => {
            writeln!(out, "{}", String::from_utf8_lossy(text))
        }
        Some(samples) if args.samples => writeln!(out, "{}", values(samples)),
        _ => Ok(()),
    }
}

/// A stretch that cannot be read.
fn missing(
    out: &mut impl Write,
    file: &Path,
    args: &Args,
    offset: u64,
    len: u64,
    error: &str,
) -> io::Result<()> {
    if args.json {
        let file = file.display().to_string();
        let object = json!({ "file": file, "offset": offset, "skipped": len, "error": error });
        writeln!(out, "{object}")
    } else {
        writeln!(out, "{offset:>10} {len:>10} bytes skipped: {error}")
    }
}

/// Traces, gaps and overlaps.
fn summary(out: &mut impl Write, bytes: &[u8], args: &Args) -> io::Result<()> {
    let mut reader = Reader::new(ReadOptions::new());
    if args.index {
        match reader.index_bytes(bytes) {
            Ok(index) => {
                for span in index.spans {
                    let (id, start, end) = (span.id, span.start, span.end);
                    writeln!(
                        out,
                        "{id} | {start} - {end} | {}, {} samples",
                        span.rate, span.samples
                    )?;
                }
            }
            Err(error) => writeln!(out, "{error}")?,
        }
        return Ok(());
    }
    match mseed::read_bytes(bytes, reader.options()) {
        Ok(contents) => {
            for trace in &contents.stream {
                writeln!(out, "{trace}")?;
            }
            for gap in contents.stream.gaps() {
                writeln!(out, "{gap}")?;
            }
            for warning in contents.report.warnings {
                writeln!(out, "warning: {warning}")?;
            }
        }
        Err(error) => writeln!(out, "{error}")?,
    }
    Ok(())
}

fn letter(kind: SampleType) -> &'static str {
    match kind {
        SampleType::I32 => "i",
        SampleType::F32 => "f",
        SampleType::F64 => "d",
        _ => "t",
    }
}

/// The samples as a JSON array; of text, its bytes. What JSON has no number for is `null`.
fn values(samples: &Samples) -> Value {
    match samples {
        Samples::I32(v) => json!(v),
        Samples::F32(v) => v.iter().map(|x| json!(f64::from(*x))).collect(),
        Samples::F64(v) => json!(v),
        Samples::Text(v) => json!(v),
        _ => Value::Null,
    }
}
