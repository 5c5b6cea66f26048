//! Converts between miniSEED 2, miniSEED 3 and SAC, and cuts on the way.
//!
//! ```text
//! cargo run --release --example convert -- IN… OUT [options]
//! ```
//!
//! What the inputs are is told from their content. miniSEED records are joined to traces whatever
//! files they are in; a SAC file is a trace. Nothing is changed in silence: what the output cannot
//! hold exactly is refused unless `--lossy` is given, and what it has no place for is told. A file that is there is replaced
//! with `--overwrite` only, and an input never.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

mod console;

use std::collections::{BTreeSet, HashSet};
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};
use seis_core::{IdPattern, SampleType, Samples, SourceId, Trace, UtcTime};
use seis_io::file::shown;
use seis_io::mseed::v2::Quality;
use seis_io::mseed::v3::{ExtraHeaders, Fdsn, Time, flag, identifier};
use seis_io::mseed::{
    self, Encoding, FormatVersion, ReadOptions, Reader, RecordReader, RecordView, WriteError,
    WriteOptions, Writer,
};
use seis_io::sac::{self, Data, SacFile, TraceOptions};
use seis_io::{Format, detect_file, files};

/// Converts seismograms: miniSEED 2 and 3 (also gzipped) and SAC in, any of them out.
///
/// All miniSEED inputs together are one source: their records are joined to traces without gaps,
/// and one that is named twice is read once. A SAC input is a trace of its own, also where another
/// goes on with it. Several traces make one miniSEED file, but a SAC file each: OUT may be a
/// directory that is there, in which they are named NET.STA.LOC.CHA.YYYYMMDDTHHMMSS.sac; else they
/// are named so behind the name of OUT. Where two would have the same name, the second has .2 in
/// front of .sac, the third .3.
#[derive(Parser)]
#[command(
    version,
    override_usage = "convert [OPTIONS] <IN>... <OUT>",
    after_help = "What the output cannot hold exactly is refused: start times between microseconds \
    in miniSEED 2, samples that are no 32-bit floats in SAC, numbers of more than seven digits in \
    sac-ascii (the intervals of 3 and 7 Hz are such), and so on. --lossy rounds it; a rounded \
    sac-ascii is told. Of record headers the quality \
    or publication version, the flags, the timing quality and (to miniSEED 3) the extra headers are carried over where \
    all records have the same; what is left behind is told, as are records without samples. Of SAC \
    headers everything is carried over, if the output is SAC: a SAC input of which nothing is cut \
    and no id or reference time is given keeps every value, from binary to binary every byte \
    (--byte-order apart); sac-ascii is laid out anew. Inputs are files, not pipes or devices.\n\n\
    An OUT that is there already is refused, unless --overwrite is given; an OUT that is one of the \
    inputs always is. Nothing but a file is ever replaced.\n\n\
    Exit status: 0 done; 3 done, but some of the input could not be read; 2 wrong arguments; \
    1 nothing done: an input or the output failed, or was refused."
)]
struct Arguments {
    /// Inputs (names, or patterns with * and ? in quotes), and the output last; options may stand
    /// anywhere
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Format of the output [default: by the extension of OUT]
    #[arg(long, value_enum)]
    format: Option<Output>,
    /// Encoding of miniSEED: text, int16, int32, float32, float64, steim1 or steim2 [default: what
    /// loses nothing]
    #[arg(long, value_name = "NAME", value_parser = writable)]
    encoding: Option<Encoding>,
    /// Length of miniSEED records in bytes; the longest, in version 3 [default: 4096]
    #[arg(long, value_name = "N")]
    record_length: Option<usize>,
    /// Byte order of miniSEED 2 and SAC [default: big in miniSEED 2, in SAC that of a SAC input,
    /// else little]
    #[arg(long, value_enum, value_name = "ORDER")]
    byte_order: Option<Order>,
    /// Only channels that match NET.STA.LOC.CHA (or its beginning), whatever the case, with * ? []
    /// and within a part commas between alternatives, as CI.HEC,CCA..BH?; for another pattern give
    /// --select again
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    select: Vec<IdPattern>,
    /// The channel of SAC inputs, instead of what their headers say; miniSEED says its own
    #[arg(long, value_name = "NET.STA.LOC.CHA")]
    id: Option<SourceId>,
    /// The reference time of SAC inputs that have none
    #[arg(long, value_name = "T")]
    reference_time: Option<UtcTime>,
    /// Only samples from this time on, to the nearest sample, as 2022-01-02T03:04:05.6
    #[arg(long, value_name = "T")]
    start: Option<UtcTime>,
    /// Only samples up to this time, to the nearest sample
    #[arg(long, value_name = "T")]
    end: Option<UtcTime>,
    /// Round what the output cannot hold exactly
    #[arg(long)]
    lossy: bool,
    /// Replace files that are there already
    #[arg(long)]
    overwrite: bool,
    /// Read miniSEED 3 records whose checksum is wrong: they were damaged
    #[arg(long)]
    ignore_crc: bool,
    /// How many times their size gzip data may inflate to in memory; to 64 MiB they always may
    #[arg(long, value_name = "N", default_value_t = ReadOptions::new().max_inflation)]
    max_inflation: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Big,
    Little,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Mseed2,
    Mseed3,
    Sac,
    SacAscii,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Options that cannot be, or not together.
#[derive(Debug)]
struct Usage(String);

impl Error for Usage {}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn usage<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Usage(why.into()).into())
}

/// An encoding that can be written.
fn writable(name: &str) -> Result<Encoding, String> {
    match name.parse::<Encoding>()? {
        encoding if encoding.is_writable() => Ok(encoding),
        encoding => Err(format!(
            "{encoding} is not written: text, int16, int32, float32, float64, steim1 and steim2 are"
        )),
    }
}

fn pattern(text: &str) -> Result<IdPattern, String> {
    text.parse().map_err(|error| match text.contains(',') {
        true => format!(
            "{error}; commas separate alternatives within a part: give --select again for another \
             pattern"
        ),
        false => format!("{error}"),
    })
}

/// What goes out.
enum Item {
    /// A trace, and the SAC file it came from, without its samples.
    Trace(Box<Trace>, Option<Box<SacFile>>),
    /// SAC that stays as it is, and the trace that it is, without samples.
    Sac(Box<SacFile>, Box<Trace>),
    /// SAC that is no trace.
    Other(PathBuf, Box<SacFile>),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.paths.len() < 2 {
        let why = "an input and an output are needed: IN… OUT";
        Arguments::command().error(ErrorKind::TooFewValues, why).exit();
    }
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(error) => {
            if let Some(usage) = error.downcast_ref::<Usage>() {
                Arguments::command().error(ErrorKind::ArgumentConflict, usage).exit();
            }
            let advice = advice(error.as_ref());
            console::tell(format_args!("convert: {error}{advice}"));
            ExitCode::from(1)
        }
    }
}

/// Which option helps.
fn advice(error: &(dyn Error + 'static)) -> &'static str {
    const LOSSY: &str = " (--lossy rounds)";
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(WriteError::Start { .. } | WriteError::Rate { nearest_hz: Some(_), .. }), _) => LOSSY,
        (_, Some(sac::Error::Rounded { .. } | sac::Error::Inexact { .. })) => LOSSY,
        (_, Some(sac::Error::SevenDigits { .. })) => LOSSY,
        (_, Some(sac::Error::Code { .. })) => " (--id NET.STA.LOC.CHA)",
        (_, Some(sac::Error::NoReferenceTime)) => " (--reference-time T)",
        _ => "",
    }
}

/// Whether all of the input could be read.
fn run(args: &Arguments) -> Outcome<bool> {
    let Some((out, inputs)) = args.paths.split_last() else { return usage("no output") };
    let Some(format) = args.format.or_else(|| by_extension(out)) else {
        return usage(format!("{}: which format? say --format", shown(out)));
    };
    let to_sac = matches!(format, Output::Sac | Output::SacAscii);
    let mut options = write_options(args, format)?;
    if let (Some(start), Some(end)) = (args.start, args.end) {
        if start > end {
            return usage(format!("--start {start} is after --end {end}"));
        }
    }
    let inputs = files::expand(inputs)?;
    let outputs = Outputs::new(&inputs, args.overwrite);
    // Told before the work is done. A folder takes SAC files.
    if !(to_sac && out.is_dir()) {
        outputs.expect_free(out)?;
    }
    let mut complete = true;
    let mut heads = Heads::default();
    let items = read(args, &inputs, to_sac, &mut complete, &mut heads)?;
    if items.is_empty() {
        return Err(format!("nothing to write: {}", heads.seen.why_nothing(args, complete)).into());
    }
    heads.expect_names(format, args.lossy)?;
    heads.carry_over(format, &mut options);
    match format {
        Output::Mseed2 | Output::Mseed3 => write_mseed(out, items, options)?,
        Output::Sac | Output::SacAscii => write_sac(out, items, format, args, &outputs)?,
    }
    Ok(complete)
}

/// How miniSEED is written, as far as the arguments say it.
fn write_options(args: &Arguments, format: Output) -> Outcome<WriteOptions> {
    let to_sac = matches!(format, Output::Sac | Output::SacAscii);
    if to_sac && args.encoding.is_some() {
        return usage("--encoding is for miniSEED");
    }
    if to_sac && args.record_length.is_some() {
        return usage("--record-length is for miniSEED");
    }
    if format == Output::Mseed3 && args.byte_order.is_some() {
        return usage("--byte-order is for miniSEED 2 and SAC: miniSEED 3 has only one");
    }
    let version = if format == Output::Mseed3 { FormatVersion::V3 } else { FormatVersion::V2 };
    let mut options = WriteOptions::new()
        .version(version)
        .record_len(args.record_length.unwrap_or(4096))
        .round_rate(args.lossy)
        .round_start(args.lossy);
    options.encoding = args.encoding;
    options.byte_order = args.byte_order.map(|order| match order {
        Order::Big => mseed::ByteOrder::Big,
        Order::Little => mseed::ByteOrder::Little,
    });
    // A writer knows what cannot be.
    match Writer::new(std::io::sink(), options.clone()) {
        Ok(_) => Ok(options),
        Err(error) => usage(error.to_string()),
    }
}

/// What may be written to.
struct Outputs {
    inputs: HashSet<Identity>,
    overwrite: bool,
}

impl Outputs {
    fn new(inputs: &[PathBuf], overwrite: bool) -> Self {
        Self { inputs: inputs.iter().filter_map(|path| identity(path)).collect(), overwrite }
    }

    /// That nothing is lost when this is written.
    fn expect_free(&self, path: &Path) -> Outcome<()> {
        let why = match std::fs::metadata(path) {
            Err(_) => return Ok(()),
            Ok(_) if identity(path).is_some_and(|file| self.inputs.contains(&file)) => {
                "is an input, and inputs are never replaced: the output is named last"
            }
            Ok(found) if !found.is_file() => "is no regular file, and is not replaced: name a file",
            Ok(_) if self.overwrite => return Ok(()),
            Ok(_) => "is there already: --overwrite replaces it (the output is named last)",
        };
        Err(format!("{} {why}", shown(path)).into())
    }
}

/// What two names have in common that are one file.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.canonicalize().ok()
}

fn by_extension(path: &Path) -> Option<Output> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "mseed" | "miniseed" | "ms" | "msd" | "mseed2" | "ms2" => Output::Mseed2,
        "mseed3" | "ms3" => Output::Mseed3,
        "sac" => Output::Sac,
        "sacxy" | "sacascii" | "asc" => Output::SacAscii,
        _ => return None,
    })
}

fn named_sac(path: &Path) -> bool {
    matches!(by_extension(path), Some(Output::Sac | Output::SacAscii))
}

/// What of the inputs is wanted. Stretches that cannot be read are told, and `complete` is then
/// false.
fn read(
    args: &Arguments,
    paths: &[PathBuf],
    to_sac: bool,
    complete: &mut bool,
    heads: &mut Heads,
) -> Outcome<Vec<Item>> {
    let (mut records, mut items) = (Vec::new(), Vec::new());
    for path in paths {
        // Inputs are read more than once, and must end.
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(format!("{}: not a file: save it as one", shown(path)).into());
        }
        let format = detect_file(path).map_err(|e| format!("{}: {e}", shown(path)))?;
        match format {
            Some(Format::Sac(_)) => {
                let mut file = SacFile::read(path)?;
                let (as_it_is, options) = sac_options(args, to_sac);
                for finding in file.check() {
                    console::tell(format_args!("{}: warning: {finding}", shown(path)));
                }
                match file.to_trace_with(&options) {
                    Ok(mut trace) if as_it_is => {
                        trace.samples = Samples::default();
                        items.push(Item::Sac(Box::new(file), Box::new(trace)));
                    }
                    Ok(trace) => {
                        file.data = Data::Even(Vec::new());
                        items.push(Item::Trace(Box::new(trace), Some(Box::new(file))));
                    }
                    // What is no seismogram goes out as it is, unless its header is to change.
                    Err(_) if to_sac && args.id.is_none() && args.reference_time.is_none() => {
                        items.push(Item::Other(path.clone(), Box::new(file)));
                    }
                    Err(error) => {
                        let advice = advice(&error);
                        return Err(format!("{}: {error}{advice}", shown(path)).into());
                    }
                }
            }
            // Too short for SAC, or of a version that nobody knows, as its name lets one think.
            None if named_sac(path) && mseed::index(path).is_err() => {
                SacFile::read(path)?;
            }
            // Junk may stand in front of miniSEED.
            _ => records.push(path),
        }
    }
    if items.is_empty() && (args.id.is_some() || args.reference_time.is_some()) {
        let option = if args.id.is_some() { "--id" } else { "--reference-time" };
        return usage(format!(
            "{option} is for SAC inputs, and there is none: miniSEED records say their channel and \
             time themselves"
        ));
    }
    let window = (args.start.unwrap_or(UtcTime::MIN), args.end.unwrap_or(UtcTime::MAX));
    let cut = args.start.is_some() || args.end.is_some();
    let mut wanted = Vec::new();
    let selected =
        |id: &SourceId| args.select.is_empty() || args.select.iter().any(|p| p.matches(id));
    for item in items {
        heads.seen.samples = true;
        match item {
            Item::Sac(_, trace) | Item::Trace(trace, _) if !selected(&trace.id) => {}
            Item::Trace(mut trace, origin) => {
                heads.seen.selected = true;
                if cut {
                    trace.trim(window.0, window.1);
                    if trace.is_empty() {
                        continue;
                    }
                }
                // Headers that say nothing.
                heads.publications.insert(0);
                heads.flags.insert(0);
                heads.extra.insert(String::new());
                wanted.push(Item::Trace(trace, origin));
            }
            Item::Other(path, file) if cut || !args.select.is_empty() => {
                let (_, options) = sac_options(args, to_sac);
                let why = file.to_trace_with(&options).err();
                let why = why.map(|e| format!("{e}{}", advice(&e))).unwrap_or_default();
                return Err(format!("{}: cannot be selected or cut: {why}", shown(&path)).into());
            }
            other => wanted.push(other),
        }
    }
    if records.is_empty() {
        return Ok(wanted);
    }
    let mut options =
        ReadOptions::new().check_crc(!args.ignore_crc).max_inflation(args.max_inflation);
    options.select.clone_from(&args.select);
    if cut {
        options = options.window(window.0, window.1);
    }
    let collection = Reader::new(options).read_many(&records)?;
    for file in &collection.files {
        let name = shown(&file.path);
        if let Some(error) = &file.error {
            console::tell(format_args!("{error}"));
        }
        for skipped in &file.report.skipped {
            console::tell(format_args!("{name}: {skipped}"));
        }
        for warning in &file.report.warnings {
            console::tell(format_args!("{name}: warning: {warning}"));
        }
        if file.report.empty_records > 0 {
            let n = file.report.empty_records;
            console::tell(format_args!("{name}: left behind: {n} records without samples"));
        }
    }
    *complete = collection.is_complete();
    for path in records {
        heads.add_file(path, args);
    }
    let traces = collection.stream.into_traces().into_iter();
    wanted.extend(traces.map(|trace| Item::Trace(Box::new(trace), None)));
    Ok(wanted)
}

/// Whether SAC goes out as it came in, and how it becomes a trace.
fn sac_options(args: &Arguments, to_sac: bool) -> (bool, TraceOptions) {
    let mut options = TraceOptions::new();
    options.id = args.id;
    options.reference_time = args.reference_time;
    let cut = args.start.is_some() || args.end.is_some();
    (to_sac && !cut && options == TraceOptions::new(), options)
}

/// What stands in the headers of the wanted records besides the channel, the time and the rate.
#[derive(Default)]
struct Heads {
    publications: BTreeSet<u8>,
    flags: BTreeSet<u8>,
    extra: BTreeSet<String>,
    /// Qualities of the clock in percent; 0 for none.
    timing: BTreeSet<u8>,
    /// What no output has a place for.
    left: BTreeSet<String>,
    /// An identifier of version 3 that is longer than the id of a trace, and what would be written.
    renamed: Option<(String, String)>,
    seen: Seen,
}

/// How far samples of the input came on the way to the output.
#[derive(Default)]
struct Seen {
    /// There are any.
    samples: bool,
    /// Of a channel that is selected.
    selected: bool,
    /// And in a record within the window.
    within: bool,
}

impl Seen {
    /// Why nothing is left to write.
    fn why_nothing(&self, args: &Arguments, complete: bool) -> String {
        let (channels, have) = match args.select.is_empty() {
            true => ("the input", "has"),
            false => ("the selected channels", "have"),
        };
        let edge = |name: &str, time: Option<UtcTime>| time.map(|t| format!(" {name} {t}"));
        let window: String =
            [edge("from", args.start), edge("to", args.end)].into_iter().flatten().collect();
        match self {
            Self { samples: false, .. } => "there is not one sample in the input".to_owned(),
            Self { selected: false, .. } => {
                "no channel with samples in the input matches --select".to_owned()
            }
            Self { within: true, .. } if !complete => {
                format!("what is wanted of {channels} could not be read")
            }
            _ => format!("{channels} {have} no sample{window}"),
        }
    }
}

impl Heads {
    fn add_file(&mut self, path: &Path, args: &Arguments) {
        let Ok(file) = std::fs::File::open(path) else { return };
        // A file ends, however much junk is in it.
        let options = ReadOptions::new().check_crc(!args.ignore_crc).max_junk(u64::MAX);
        let mut reader = RecordReader::with_options(file, &options);
        while let Some(item) = reader.next_record() {
            let Ok(record) = item else { continue };
            let late = args.end.is_some_and(|end| record.start() > end);
            let early = args.start.is_some_and(|start| record.end() < start);
            let id = record.id();
            let other = !args.select.is_empty() && !args.select.iter().any(|p| p.matches(&id));
            if record.sample_count() > 0 {
                self.seen.samples = true;
                self.seen.selected |= !other;
                self.seen.within |= !(late || early || other);
            }
            if !(late || early || other) {
                self.add(&record);
            }
        }
    }

    fn add(&mut self, record: &RecordView<'_>) {
        self.publications.insert(record.publication_version());
        if let Some(header) = record.v3() {
            let id = record.id();
            if self.renamed.is_none() && identifier::is_other(&id) {
                let (had, gets) = (record.fdsn_id(), identifier::write(&id));
                self.renamed = (had != gets).then_some((had, gets));
            }
            self.flags.insert(header.flags & flag::ALL);
            self.timing.insert(timing_of(record).unwrap_or(0));
        }
        if let Some(header) = record.v2() {
            let set = |on: bool, flag: u8| if on { flag } else { 0 };
            self.flags.insert(
                set(header.has_calibration(), flag::CALIBRATION)
                    | set(header.time_questionable(), flag::TIME_QUESTIONABLE)
                    | set(header.clock_locked(), flag::CLOCK_LOCKED),
            );
            self.timing.insert(header.timing_quality.unwrap_or(0));
            if header.leap_second() != 0 {
                self.left.insert("leap-second flags".to_owned());
            }
            if header.event() != (false, false, false) {
                self.left.insert("event flags".to_owned());
            }
        }
        // Two are enough to know that they differ.
        if self.extra.len() < 2 {
            let text = String::from_utf8(record.extra_headers().to_vec());
            match (text, record.parse_extra_headers()) {
                (Ok(text), Ok(_)) => self.extra.insert(text),
                _ => self.left.insert("extra headers that are no JSON".to_owned()),
            };
        }
        for blockette in record.blockettes() {
            let what = match blockette.kind {
                100 | 1000 | 1001 => continue,
                kind => format!("blockettes {kind}"),
            };
            self.left.insert(what);
        }
    }

    /// Refuses to change an identifier, or tells that it is changed.
    fn expect_names(&self, format: Output, lossy: bool) -> Outcome<()> {
        let Some((had, gets)) = &self.renamed else { return Ok(()) };
        // The other formats have no room for it.
        if format == Output::Mseed3 {
            let what = format!("identifier {had:?} is too long to be kept, and becomes {gets:?}");
            if !lossy {
                return Err(format!("{what}: --lossy lets it").into());
            }
            console::tell(what);
        }
        Ok(())
    }

    /// Carries over what all records have alike and the output has a place for, and tells the rest.
    fn carry_over(self, format: Output, options: &mut WriteOptions) {
        let Self { publications, flags, mut extra, timing, mut left, .. } = self;
        let to_mseed = matches!(format, Output::Mseed2 | Output::Mseed3);
        match (publications.len(), publications.first()) {
            (0, _) => {}
            (1, Some(n)) if format == Output::Mseed3 => options.publication_version = *n,
            (1, Some(1)) if to_mseed => options.quality = Quality::Raw,
            (1, Some(3)) if to_mseed => options.quality = Quality::Controlled,
            (1, Some(4)) if to_mseed => options.quality = Quality::Modified,
            // D, or nothing said, which becomes D.
            (1, Some(0 | 2)) => {}
            _ => drop(left.insert(format!("qualities, as publication versions {publications:?}"))),
        }
        match (flags.len(), flags.first()) {
            (1, Some(flags)) if to_mseed => options.flags = *flags,
            (0, _) | (1, Some(0)) => {}
            _ => drop(left.insert("flags".to_owned())),
        }
        let clock = timing.first().copied().filter(|q| timing.len() == 1 && *q > 0);
        let as_extra = clock.map(timing_as_extra);
        let bare = extra.len() == 1 && extra.contains("");
        match (format, clock) {
            (Output::Mseed2, Some(quality)) => {
                options.timing_quality = Some(quality);
                if let Some(text) = &as_extra {
                    // Nothing else was in it.
                    extra.remove(text);
                }
            }
            (Output::Mseed3, Some(_)) if bare => extra = as_extra.into_iter().collect(),
            // It goes with the extra headers.
            (Output::Mseed3, _) if !bare && extra.len() == 1 => {}
            _ if timing.iter().all(|q| *q == 0) => {}
            _ => drop(left.insert("timing quality".to_owned())),
        }
        match (extra.len(), extra.first()) {
            (1, Some(text)) if format == Output::Mseed3 => options.extra_headers.clone_from(text),
            (0, _) => {}
            (1, Some(text)) if text.is_empty() => {}
            _ => drop(left.insert("extra headers".to_owned())),
        }
        if !left.is_empty() {
            let left: Vec<String> = left.into_iter().collect();
            console::tell(format_args!("left behind: {}", left.join(", ")));
        }
    }
}

/// The quality of the clock that the extra headers of version 3 have.
fn timing_of(record: &RecordView<'_>) -> Option<u8> {
    let quality = record.parse_extra_headers().ok()?.fdsn().ok()?.time?.quality?;
    u8::try_from(quality).ok().filter(|quality| *quality <= 100)
}

/// It, as extra headers.
fn timing_as_extra(quality: u8) -> String {
    let mut time = Time::default();
    time.quality = Some(quality.into());
    let mut fdsn = Fdsn::default();
    fdsn.time = Some(time);
    ExtraHeaders::new().set_fdsn(&fdsn).to_string()
}

fn write_mseed(out: &Path, items: Vec<Item>, options: WriteOptions) -> Outcome<()> {
    let mut traces = Vec::with_capacity(items.len());
    for item in items {
        let Item::Trace(trace, origin) = item else {
            return Err("SAC that is no time series cannot become miniSEED".into());
        };
        if origin.is_some() {
            console::tell(format_args!(
                "{}: left behind: the other variables of the SAC header",
                trace.id
            ));
        }
        traces.push(*trace);
    }
    mseed::write(out, &traces, &options)?;
    Ok(())
}

fn write_sac(
    out: &Path,
    items: Vec<Item>,
    format: Output,
    args: &Arguments,
    outputs: &Outputs,
) -> Outcome<()> {
    let single = items.len() == 1 && !out.is_dir();
    let mut taken = BTreeSet::new();
    let mut ready = Vec::with_capacity(items.len());
    for item in items {
        let (mut file, name) = match item {
            Item::Other(path, file) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                (*file, safe(&stem))
            }
            Item::Sac(file, trace) => (*file, name_of(&trace)),
            Item::Trace(trace, origin) => (sac_file(&trace, origin, args.lossy)?, name_of(&trace)),
        };
        if format == Output::SacAscii && !args.lossy {
            file.expect_exact_alphanumeric()?;
        }
        match args.byte_order {
            Some(Order::Big) => file.byte_order = sac::ByteOrder::Big,
            Some(Order::Little) => file.byte_order = sac::ByteOrder::Little,
            None => {}
        }
        let path = if single { out.to_owned() } else { unique(out, &name, format, &mut taken) };
        outputs.expect_free(&path)?;
        ready.push((path, file));
    }
    // Nothing is written before everything is known to fit.
    for (path, file) in ready {
        match format {
            Output::SacAscii => {
                if let Err(sac::Error::SevenDigits { what, .. }) = file.expect_exact_alphanumeric()
                {
                    let name = shown(&path);
                    console::tell(format_args!("{name}: rounded to seven digits, {what} first"));
                }
                file.write_alphanumeric(path)?;
            }
            _ => file.write(path)?,
        }
    }
    Ok(())
}

/// A trace as SAC, if it comes back from it or may be rounded.
fn sac_file(trace: &Trace, origin: Option<Box<SacFile>>, lossy: bool) -> Outcome<SacFile> {
    if trace.samples.sample_type() == SampleType::Text {
        return Err(format!("{}: text cannot become SAC", trace.id).into());
    }
    let file = match origin {
        Some(origin) => {
            let (order, overwritable) = (origin.byte_order, origin.header.lovrok());
            let mut file = SacFile::from_trace_and_header(trace, origin.header)?;
            file.byte_order = order;
            if let Some(overwritable) = overwritable {
                file.header.set_lovrok(overwritable);
            }
            file
        }
        None => SacFile::from_trace(trace)?,
    };
    if !lossy {
        file.expect_exact(trace)?;
    }
    Ok(file)
}

/// `NET.STA.LOC.CHA.YYYYMMDDTHHMMSS`, of characters that are safe in a file name.
fn name_of(trace: &Trace) -> String {
    let SourceId { network, station, location, channel } = trace.id;
    let codes = [network, station, location, channel].map(|code| safe(code.as_str()));
    let (year, month, day, hour, minute, second, _) = trace.start.to_calendar();
    format!("{}.{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}", codes.join("."))
}

/// Letters, digits, `-` and `_`; whatever else came from a file becomes `_`, so that no code is a
/// path.
fn safe(code: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    code.chars().map(plain).collect()
}

/// In the directory OUT, or beside it and named after it; numbered where names meet.
fn unique(out: &Path, name: &str, format: Output, taken: &mut BTreeSet<PathBuf>) -> PathBuf {
    let extension = if format == Output::SacAscii { "sacxy" } else { "sac" };
    let base = if out.is_dir() {
        out.join(name)
    } else {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        out.with_file_name(format!("{stem}.{name}"))
    };
    let numbered = (1..).map(|n| {
        let mut path = base.clone().into_os_string();
        path.push(if n == 1 { String::new() } else { format!(".{n}") });
        path.push(format!(".{extension}"));
        PathBuf::from(path)
    });
    let mut fresh = numbered.filter(|path| !taken.contains(path));
    let path = fresh.next().unwrap_or(base);
    taken.insert(path.clone());
    path
}
