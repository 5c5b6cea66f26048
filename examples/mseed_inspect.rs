//! What is in miniSEED files: one line for each record, then the traces, gaps and overlaps.
//!
//! `cargo run --release --example mseed_inspect -- [--json] [--samples] [--index] FILE…`
//!
//! With `--json`, one JSON object for each record, and one for each stretch that cannot be read.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

mod console;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use seis_core::{SampleType, Samples, Segment};
use seis_io::file::shown;
use seis_io::files;
use seis_io::mseed::{
    self, Check, ReadOptions, Reader, RecordError, RecordReader, RecordView, Span, WarningKind,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// What is in miniSEED files: a line for each record, then the traces, gaps and overlaps.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "A JSON object has file, offset, sourceid, version, record_length, encoding, \
    start_ns (since 1970; null outside of the years 1678 to 2261, which 64 bits hold), sample_rate \
    (Hz), nsamples, sample_type (i, f, d or t; null without samples) and with --samples samples \
    (of text, its bytes; NaN and infinity are null), and where something is odd about the record \
    warnings (texts). A stretch that cannot be read has file, offset, skipped (bytes) and error, as \
    has a file that cannot be opened, or read to its end, or without anything to read (skipped is \
    then 0).\n\n\
    A pipe or device is given up after 64 MiB without a record.\n\n\
    Exit status, with and without --json: 0 all read; 3 something was skipped, be it all there is; \
    2 wrong arguments; 1 a file could not be opened, or read to its end, or has nothing in it, or \
    the output could not be written."
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
    /// Read version 3 records whose checksum is wrong: they were damaged
    #[arg(long)]
    ignore_crc: bool,
    /// How many times their size gzip data may inflate to in memory; to 64 MiB they always may
    #[arg(long, value_name = "N", default_value_t = ReadOptions::new().max_inflation)]
    max_inflation: u32,
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
                Err(Failure::Output(e)) => return output_failed(&e),
                Err(Failure::Input(e)) => {
                    if let Err(e) = out.flush() {
                        return output_failed(&e);
                    }
                    tell(&file, e.as_ref());
                    opened = false;
                    if args.json {
                        let why = e.to_string();
                        if let Err(e) = missing(&mut out, &file, &args, 0, 0, &why) {
                            return output_failed(&e);
                        }
                    }
                }
            }
        }
    }
    match out.flush() {
        Ok(()) if opened && complete => ExitCode::SUCCESS,
        Ok(()) if opened => ExitCode::from(3),
        Ok(()) => ExitCode::from(1),
        Err(e) => output_failed(&e),
    }
}

fn output_failed(error: &io::Error) -> ExitCode {
    // The reader of a pipe may have seen enough.
    if error.kind() == io::ErrorKind::BrokenPipe {
        return ExitCode::SUCCESS;
    }
    console::tell(format_args!("mseed_inspect: standard output: {error}"));
    ExitCode::from(1)
}

/// Tells what is wrong with a file. Some errors name it themselves.
fn tell(file: &Path, error: &(dyn Error + 'static)) {
    let (name, why) = (shown(file).to_string(), error.to_string());
    match why.starts_with(&format!("{name}: ")) {
        true => console::tell(format_args!("mseed_inspect: {why}")),
        false => console::tell(format_args!("mseed_inspect: {name}: {why}")),
    }
}

/// Which side went wrong.
enum Failure {
    Input(Box<dyn Error>),
    Output(io::Error),
}

/// Errors of the input are wrapped where they arise.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    fn input(error: impl Into<Box<dyn Error>>) -> Self {
        Self::Input(error.into())
    }
}

/// Tells what is in a file; whether all of it could be read.
fn inspect(path: &Path, args: &Args, out: &mut impl Write) -> Result<bool, Failure> {
    let file = File::open(path).map_err(Failure::input)?;
    let metadata = file.metadata().map_err(Failure::input)?;
    let mut complete = true;
    let size = if metadata.is_file() {
        format!("{} bytes", metadata.len())
    } else {
        "not a file".to_owned()
    };
    if !args.json {
        writeln!(out, "{} ({size})", shown(path))?;
    }
    // What cannot be read a second time is kept for the traces.
    let kept = if metadata.is_file() || args.json {
        None
    } else {
        Some(NamedTempFile::new().map_err(Failure::input)?)
    };
    let copy = match &kept {
        Some(kept) => Some(BufWriter::new(kept.reopen().map_err(Failure::input)?)),
        None => None,
    };
    // A record at a time: the file may be of any size.
    let mut options = ReadOptions::new().check_crc(!args.ignore_crc);
    if metadata.is_file() {
        // It ends.
        options = options.max_junk(u64::MAX);
    }
    let mut source = Tee { source: file, copy, bytes: 0 };
    let mut reader = RecordReader::with_options(&mut source, &options);
    let mut records = 0_u64;
    let mut held: Option<Held> = None;
    let mut behind_bad = None;
    while let Some(item) = reader.next_record() {
        if let Some(held) = held.take() {
            let bad_from = match &item {
                Err(mseed::Error::Record { skipped, .. }) => Some(skipped.offset),
                _ => None,
            };
            complete &= held.tell(out, path, args, bad_from)?;
        }
        records += u64::from(item.is_ok());
        match item {
            Ok(record) if args.index => describe(out, path, args, &record, None)?,
            Ok(record) => match decode(&record) {
                Ok((samples, check)) => {
                    let decoded = Some((&samples, check));
                    let Some(damage) = damage(check) else {
                        describe(out, path, args, &record, decoded)?;
                        continue;
                    };
                    let (offset, len) = (record.offset(), record.bytes().len() as u64);
                    let error = format!("{}: {damage}", record.id());
                    if behind_bad == Some(offset) {
                        complete = false;
                        missing(out, path, args, offset, len, &error)?;
                    } else {
                        let mut told = Vec::new();
                        describe(&mut told, path, args, &record, decoded)?;
                        held = Some(Held { told, offset, len, error });
                    }
                }
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
                behind_bad = Some(skipped.offset + skipped.len);
            }
            Err(error) => return Err(Failure::input(error)),
        }
    }
    if let Some(held) = held {
        complete &= held.tell(out, path, args, None)?;
    }
    if records == 0 && complete {
        let why = match reader.control_records() {
            0 => "no readable miniSEED record".to_owned(),
            control => format!("{control} control records, and no data record"),
        };
        return Err(Failure::input(why));
    }
    if args.json {
        return Ok(complete);
    }
    drop(reader);
    if let Some(copy) = &mut source.copy {
        copy.flush().map_err(Failure::input)?;
    }
    match summary(out, kept.as_ref().map_or(path, |kept| kept.path()), args) {
        Ok(whole) => Ok(complete && whole),
        // What was skipped is all there is.
        Err(Failure::Input(e)) if is_without_records(e.as_ref()) => {
            out.flush()?;
            let why = e.to_string();
            // A copy has no name that anybody knows.
            let copy = kept.map(|kept| format!("{}: ", kept.path().display()));
            let why = copy.and_then(|name| why.strip_prefix(&name)).unwrap_or(&why);
            tell(path, Box::<dyn Error>::from(why).as_ref());
            Ok(complete)
        }
        Err(failure) => Err(failure),
    }
}

/// Copies what is read.
struct Tee {
    source: File,
    copy: Option<BufWriter<File>>,
    bytes: u64,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        if let Some(copy) = &mut self.copy {
            self.bytes += n as u64;
            if self.bytes > MOST_KEPT {
                let why = format!("more than {MOST_KEPT} bytes: use --json");
                return Err(io::Error::other(why));
            }
            copy.write_all(&buffer[..n])?;
        }
        Ok(n)
    }
}

/// A record whose last sample is not the one that it announces. It is only known with what stands
/// behind it whether it is damaged.
struct Held {
    told: Vec<u8>,
    offset: u64,
    len: u64,
    error: String,
}

impl Held {
    /// Tells of the record, behind which unreadable bytes begin at some place or not; whether it can
    /// be believed.
    fn tell(
        self,
        out: &mut impl Write,
        path: &Path,
        args: &Args,
        bad_from: Option<u64>,
    ) -> io::Result<bool> {
        let Self { told, offset, len, error } = self;
        if bad_from == Some(offset + len) {
            missing(out, path, args, offset, len, &error)?;
            return Ok(false);
        }
        out.write_all(&told)?;
        Ok(true)
    }
}

/// What is wrong if a record does not end as it announces, and stands next to unreadable bytes.
fn damage(check: Option<Check>) -> Option<RecordError> {
    let Check { last, announced } = check?;
    (last != announced).then_some(RecordError::Damaged { last, announced })
}

fn is_without_records(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(mseed::Error::NoRecords { .. }))
}

/// Most that is kept of a pipe.
const MOST_KEPT: u64 = 1 << 30;

/// The samples, and whether the last is the one that the record announces.
fn decode(record: &RecordView<'_>) -> Result<(Samples, Option<Check>), RecordError> {
    let mut samples = match record.sample_type() {
        Some(SampleType::F32) => Samples::F32(Vec::new()),
        Some(SampleType::F64) => Samples::F64(Vec::new()),
        Some(SampleType::Text) => Samples::Text(Vec::new()),
        _ => Samples::I32(Vec::new()),
    };
    let check = record.decode_into(&mut samples)?;
    Ok((samples, check))
}

/// What is odd about a record.
fn warnings(record: &RecordView<'_>, check: Option<Check>) -> Vec<String> {
    let wrong_end = check
        .filter(|c| c.last != c.announced)
        .map(|Check { last, announced }| WarningKind::IntegrationConstant { last, announced });
    record.warnings().chain(wrong_end).map(|kind| kind.to_string()).collect()
}

/// One record.
fn describe(
    out: &mut impl Write,
    file: &Path,
    args: &Args,
    record: &RecordView<'_>,
    decoded: Option<(&Samples, Option<Check>)>,
) -> io::Result<()> {
    let samples = decoded.map(|(samples, _)| samples);
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
        let odd = warnings(record, decoded.and_then(|(_, check)| check));
        if let (false, Some(object)) = (odd.is_empty(), object.as_object_mut()) {
            object.insert("warnings".to_owned(), json!(odd));
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
fn summary(out: &mut impl Write, path: &Path, args: &Args) -> Result<bool, Failure> {
    let options = ReadOptions::new().check_crc(!args.ignore_crc).max_inflation(args.max_inflation);
    let mut reader = Reader::new(options);
    if args.index {
        for span in reader.index(path).map_err(Failure::input)?.spans {
            let (id, start, end) = (span.id, span.start, span.end);
            let (rate, samples) = (span.rate, span.samples);
            writeln!(out, "{id} | {start} - {end} | {rate}, {samples} samples")?;
        }
        return Ok(true);
    }
    // As the traces would be, of which not one is held in memory.
    let contents = reader.verify(path).map_err(Failure::input)?;
    let segments: Vec<Segment> = contents.spans.iter().map(Span::segment).collect();
    for segment in &segments {
        writeln!(out, "{segment}")?;
    }
    for gap in Segment::gaps(segments) {
        writeln!(out, "{gap}")?;
    }
    for warning in contents.report.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    Ok(contents.report.skipped.is_empty())
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
