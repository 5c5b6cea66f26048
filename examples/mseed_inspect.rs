//! What is in miniSEED files: one line for each record, then the traces, gaps and overlaps.
//!
//! `cargo run --release --example mseed_inspect -- [--json] [--samples] [--index] FILE…`
//!
//! With `--json`, one JSON object for each record, and one for each stretch that cannot be read.

use std::cell::Cell;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use clap::Parser;
use seis_core::{SampleType, Samples};
use seis_io::files;
use seis_io::mseed::{self, Reader, RecordReader, RecordView};
use serde_json::{Value, json};

/// What is in miniSEED files: a line for each record, then the traces, gaps and overlaps.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "A JSON object has file, offset, sourceid, version, record_length, encoding, \
    start_ns (since 1970; null outside of the years 1678 to 2261, which 64 bits hold), sample_rate \
    (Hz), nsamples, sample_type (i, f, d or t; null without samples) and with --samples samples \
    (of text, its bytes; NaN and infinity are null). A stretch that cannot be read has file, \
    offset, skipped (bytes) and error.\n\n\
    A pipe or device is given up after 64 MiB without a record.\n\n\
    Exit status: 0 all read; 3 something was skipped; 2 wrong arguments; 1 a file could not be \
    opened, or read to its end."
)]
struct Args {
    /// One JSON object for each record and line
    #[arg(long)]
    json: bool,
    /// The samples, too
    #[arg(long)]
    samples: bool,
    /// Headers only: no sample is decoded
    #[arg(long)]
    index: bool,
    /// miniSEED files, version 2 or 3, also gzipped, or patterns with * and ? in quotes
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut complete, mut opened) = (true, true);
    for pattern in &args.files {
        // A name for which there is no file is told as a file that is not there.
        for file in files::expand([pattern]).unwrap_or_else(|_| vec![pattern.clone()]) {
            match inspect(&file, &args, &mut out) {
                Ok(whole) => complete &= whole,
                // The reader of a pipe may have seen enough.
                Err(e) if is_broken_pipe(&*e) => return ExitCode::SUCCESS,
                Err(e) => {
                    let _ = out.flush();
                    eprintln!("mseed_inspect: {}: {e}", file.display());
                    opened = false;
                }
            }
        }
    }
    match out.flush() {
        Ok(()) if opened && complete => ExitCode::SUCCESS,
        Ok(()) if opened => ExitCode::from(3),
        _ => ExitCode::from(1),
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Tells what is in a file; whether all of it could be read.
fn inspect(path: &Path, args: &Args, out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut complete = true;
    let size = if metadata.is_file() {
        format!("{} bytes", metadata.len())
    } else {
        "not a file".to_owned()
    };
    if !args.json {
        writeln!(out, "{} ({size})", path.display())?;
    }
    // What cannot be read a second time is kept for the traces, record by record.
    let mut kept = (!metadata.is_file() && !args.json).then(Vec::new);
    // A record at a time: the file may be of any size.
    let junk = Rc::new(Cell::new(0));
    let mut reader = RecordReader::new(Watched {
        inner: file,
        junk: Rc::clone(&junk),
        limit: if metadata.is_file() { u64::MAX } else { MOST_JUNK },
    });
    while let Some(item) = reader.next_record() {
        if let Ok(record) = &item {
            junk.set(0);
            if let Some(bytes) = &mut kept {
                if bytes.len() + record.bytes().len() > MOST_KEPT {
                    return Err(format!("more than {MOST_KEPT} bytes: use --json").into());
                }
                bytes.extend_from_slice(record.bytes());
            }
        }
        match item {
            Ok(record) if args.index => describe(out, path, args, &record, None)?,
            Ok(record) => match record.decode() {
                Ok(samples) => describe(out, path, args, &record, Some(&samples))?,
                Err(error) => {
                    complete = false;
                    let (offset, len) = (record.offset(), record.bytes().len() as u64);
                    missing(out, path, args, offset, len, &format!("{}: {error}", record.id()))?;
                }
            },
            Err(mseed::Error::Record { skipped, .. }) => {
                complete = false;
                let mut reason = skipped.reason.to_string();
                if let Some(id) = skipped.id {
                    reason = format!("{id}: {reason}");
                }
                missing(out, path, args, skipped.offset, skipped.len, &reason)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !args.json {
        complete &= summary(out, path, kept.as_deref(), args)?;
    }
    Ok(complete)
}

/// Bytes without a record after which a pipe or device is given up, and most that is kept of one.
const MOST_JUNK: u64 = 64 << 20;
const MOST_KEPT: usize = 1 << 30;

/// Gives up when there are too many bytes without a record: a device may never end.
struct Watched<R> {
    inner: R,
    junk: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.junk.get() > self.limit {
            let why = format!("no record in {} bytes of what is no file", self.limit);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let read = self.inner.read(out)?;
        self.junk.set(self.junk.get() + read as u64);
        Ok(read)
    }
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

/// Traces, gaps and overlaps; whether all records went into them.
fn summary(
    out: &mut impl Write,
    path: &Path,
    pipe: Option<&[u8]>,
    args: &Args,
) -> io::Result<bool> {
    let mut reader = Reader::default();
    if args.index {
        match pipe.map_or_else(|| reader.index(path), |bytes| Reader::default().index_bytes(bytes))
        {
            Ok(index) => {
                for span in index.spans {
                    let (id, start, end) = (span.id, span.start, span.end);
                    let (rate, samples) = (span.rate, span.samples);
                    writeln!(out, "{id} | {start} - {end} | {rate}, {samples} samples")?;
                }
            }
            Err(error) => writeln!(out, "{error}")?,
        }
        return Ok(true);
    }
    match pipe.map_or_else(|| reader.read(path), |bytes| Reader::default().read_from(bytes)) {
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
            Ok(contents.report.skipped.is_empty())
        }
        Err(error) => writeln!(out, "{error}").map(|()| true),
    }
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
