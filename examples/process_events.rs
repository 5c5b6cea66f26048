//! The main job: archives of raw events become displacement seismograms.
//!
//! ```text
//! cargo run --release --example process_events -- ROOT [options]
//! ```
//!
//! ROOT holds event directories with `raw/*.mseed` and `resp/`, as the ObsPy MassDownloader
//! writes them. Without ROOT a demo archive with a known ground displacement is made under
//! `target/`, processed, and compared with that displacement.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

mod console;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use seis::batch::{
    self, BatchOptions, Format, IoOrder, Outcome, Processing, Progress, Reason, ReportWriter,
    Status, Summary,
};
use seis::demo::{self, DemoOptions};
use seis::prelude::*;

use console::tell as say;

type Error = Box<dyn std::error::Error>;

/// Turns archives of raw events into calibrated seismograms.
#[derive(Parser)]
#[command(
    version,
    allow_negative_numbers = true,
    after_help = "Raw files whose names have not the MassDownloader's form \
    (NET.STA.LOC.CHA__START__END.mseed) are worked on one after the other within their event, \
    whatever --jobs says.\n\nExit status: 0 all processed, 3 some not processed, \
    2 wrong arguments, 1 could not run."
)]
struct Arguments {
    /// Directory of events, each with raw/*.mseed and resp/ (StationXML, RESP, dataless, SACPZ); a
    /// demo archive if left out
    root: Option<PathBuf>,
    /// Results in DIR/<event>/ instead of ROOT/<event>/processed/
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Quantity of the results
    #[arg(long, value_enum, default_value_t = Output::Disp)]
    output: Output,
    /// Corners of the pre-filter in Hz, F1,F2,F3,F4, or none
    #[arg(
        long,
        value_name = "F1,F2,F3,F4|none",
        default_value = "0.001,0.005,4.9,5.0",
        allow_hyphen_values = true
    )]
    pre_filt: OrNone<Corners>,
    /// Water level in dB, or none; 0 is not "off" but flattens the spectrum
    #[arg(long, value_name = "DB|none", default_value = "none")]
    water_level: OrNone<f64>,
    /// Length of the Fourier transform: ObsPy's, or the cheapest with as much padding
    #[arg(long, value_enum, default_value_t = Length::Obspy)]
    fft_length: Length,
    /// Hann taper at each end, as a fraction of the trace
    #[arg(long, value_name = "FRACTION", default_value_t = 0.05)]
    taper: f64,
    /// Sampling rate of the results
    #[arg(long, value_name = "HZ", default_value_t = 10.0)]
    rate: f64,
    /// The most samples of a result, or all
    #[arg(long, value_name = "N|all", default_value = "12000")]
    npts: OrAll,
    /// Half-width of the Lanczos kernel in input samples
    #[arg(long, value_name = "A", default_value_t = 25)]
    lanczos_a: usize,
    /// Format of the results; miniSEED has their starts to the microsecond
    #[arg(long, value_enum, default_value_t = FileFormat::Sac)]
    format: FileFormat,
    /// Worker threads, at most 512 [default: all cores]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Threads that read ahead of the workers [default: none, or two once reading takes long]
    #[arg(long, value_name = "N")]
    io_threads: Option<usize>,
    /// Order in which files are visited; by inode number suits disks that seek
    #[arg(long, value_enum, default_value_t = Order::Inode)]
    io_order: Order,
    /// Memory for plans that are kept for other traces of the same response and length
    #[arg(long, value_name = "MIB", default_value_t = 24)]
    plan_memory: usize,
    /// Make results again that are there already; of other options, all must go
    #[arg(long)]
    overwrite: bool,
    /// Account of every input, as JSON; a device or pipe is written to, a file appears when whole
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What caches, threads and the disk did, at the end
    #[arg(long)]
    stats: bool,
    /// Nothing but errors
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Output {
    Disp,
    Vel,
    Acc,
}

#[derive(Clone, Copy, ValueEnum)]
enum FileFormat {
    Sac,
    Mseed,
}

#[derive(Clone, Copy, ValueEnum)]
enum Length {
    Obspy,
    Fast,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    Inode,
    Name,
    Listed,
}

/// A value, or "none".
#[derive(Clone, Copy)]
struct OrNone<T>(Option<T>);

impl<T: FromStr<Err: Display>> FromStr for OrNone<T> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            _ => text.parse().map(|v| Self(Some(v))).map_err(|e: T::Err| e.to_string()),
        }
    }
}

/// A number of samples, or "all".
#[derive(Clone, Copy)]
struct OrAll(Option<NonZeroUsize>);

impl FromStr for OrAll {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self(None)),
            _ => text
                .parse()
                .map(|n| Self(Some(n)))
                .map_err(|_| format!("{text:?} is neither a number of samples nor all")),
        }
    }
}

#[derive(Clone, Copy)]
struct Corners([f64; 4]);

impl FromStr for Corners {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let corners: Vec<f64> = text
            .split(',')
            .map(|f| f.trim().parse().map_err(|_| format!("{f:?} is no frequency")))
            .collect::<Result<_, _>>()?;
        corners.try_into().map(Self).map_err(|_| "expected four frequencies in Hz".to_owned())
    }
}

/// A line on standard output, likewise.
fn show(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match process(&arguments) {
        Ok(summary) if summary.failed() + summary.unfinished_events == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(error) => {
            say(format_args!("error: {error}"));
            let wrong_option =
                matches!(error.downcast_ref(), Some(batch::BatchError::Option { .. }));
            ExitCode::from(if wrong_option { 2 } else { 1 })
        }
    }
}

fn process(arguments: &Arguments) -> Result<Summary, Error> {
    let options = options(arguments);
    if arguments.water_level.0 == Some(0.0) && !arguments.quiet {
        say(
            "warning: a water level of 0 dB lifts every frequency to the response's maximum: only \
             the phase is corrected, and displacements come out far too small. Use `none` to leave \
             it out.",
        );
    }
    let Some(root) = &arguments.root else {
        return process_demo(arguments, options);
    };
    run(arguments, root, &options)
}

fn options(arguments: &Arguments) -> BatchOptions {
    let processing = Processing::default()
        .output(match arguments.output {
            Output::Disp => GroundMotion::Displacement,
            Output::Vel => GroundMotion::Velocity,
            Output::Acc => GroundMotion::Acceleration,
        })
        .pre_filter_hz(arguments.pre_filt.0.map(|c| c.0))
        .water_level_db(arguments.water_level.0)
        .fft_length(match arguments.fft_length {
            Length::Obspy => FftLength::ObsPy,
            Length::Fast => FftLength::Fast,
        })
        .taper_fraction(arguments.taper)
        .rate_hz(arguments.rate)
        .npts(arguments.npts.0.map(NonZeroUsize::get))
        .lanczos_a(arguments.lanczos_a)
        .format(match arguments.format {
            FileFormat::Sac => Format::Sac,
            FileFormat::Mseed => Format::Mseed,
        });
    let mut options = BatchOptions::new(processing)
        .jobs(arguments.jobs)
        .io_threads(arguments.io_threads)
        .io_order(match arguments.io_order {
            Order::Inode => IoOrder::Inode,
            Order::Name => IoOrder::Name,
            Order::Listed => IoOrder::Listed,
        })
        .plan_memory(arguments.plan_memory.saturating_mul(1 << 20))
        .overwrite(arguments.overwrite);
    options.out.clone_from(&arguments.out);
    options
}

/// Runs over an archive, and writes the account of it where it is wanted.
fn run(arguments: &Arguments, root: &Path, options: &BatchOptions) -> Result<Summary, Error> {
    let Some(path) = &arguments.report else { return run_into(None, arguments, root, options) };
    let summary = match ReportTarget::of(path).map_err(|e| at(path, e))? {
        ReportTarget::File(file) => {
            expect_no_input(&file, root).map_err(|e| at(path, e))?;
            write_account(&file, |out| run_into(Some(out), arguments, root, options))
        }
        ReportTarget::Open(file) => {
            run_into(Some(&mut BufWriter::new(file)), arguments, root, options)
        }
    };
    summary.map_err(|error| match error.downcast::<io::Error>() {
        Ok(error) => at(path, *error).into(),
        Err(error) => error,
    })
}

/// Refuses a place among the inputs: an account there would be taken for one, or replace it.
fn expect_no_input(file: &Path, root: &Path) -> io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (Ok(folder), Ok(root)) = (folder.canonicalize(), root.canonicalize()) else {
        return Ok(());
    };
    let is_of_inputs = folder.file_name().is_some_and(|name| name == "raw" || name == "resp");
    if is_of_inputs && folder.ancestors().skip(1).take(2).any(|above| above == root) {
        let why = "the archive's inputs are there; choose another place for the account";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(())
}

/// Writes a file that appears when it is whole. Its name until then is none that a run takes for an
/// abandoned result: it may be in a directory of results.
fn write_account<T>(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Error> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".account");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let aside = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(aside.as_file());
    let value = write(&mut out)?;
    out.flush()?;
    drop(out);
    if let Ok(old) = std::fs::metadata(file) {
        aside.as_file().set_permissions(old.permissions())?;
    }
    aside.persist(file).map_err(|e| e.error)?;
    Ok(value)
}

/// Runs over an archive, with a progress bar, a line for whatever went wrong, and a summary.
fn run_into(
    mut report_out: Option<&mut dyn Write>,
    arguments: &Arguments,
    root: &Path,
    options: &BatchOptions,
) -> Result<Summary, Error> {
    let bar = if arguments.quiet || !std::io::stderr().is_terminal() {
        ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
    } else {
        ProgressBar::new(0)
    };
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    bar.set_style(
        ProgressStyle::with_template("{bar:32} {human_pos}/{human_len} files, {rate}, {eta} left")?
            .with_key("rate", rate),
    );
    let mut report = None;
    let mut report_error = None;
    let mut told = Told::default();
    let begun = Instant::now();
    let summary = batch::run(root, options, |progress| match progress {
        Progress::Started { files, .. } => {
            bar.set_length(files as u64);
            // Not a byte before the run could begin.
            match report_out.take().map(|out| ReportWriter::new(out, root, &options.processing)) {
                Some(Ok(begun)) => report = Some(begun),
                Some(Err(error)) => report_error = Some(error),
                None => {}
            }
        }
        Progress::FileDone => bar.inc(1),
        Progress::Outcome(outcome) => {
            if let (Some(report), None) = (&mut report, &report_error) {
                report_error = report.outcome(outcome).err();
            }
            if !arguments.quiet {
                bar.suspend(|| told.tell(outcome));
            }
        }
        Progress::Unfinished { event, failure } if !arguments.quiet => {
            let line = format!("{event}: {}: looked at again next time", failure.message);
            bar.suspend(|| Told::line(&mut told.unfinished, "not written down", &line));
        }
        _ => {}
    })?;
    bar.finish_and_clear();
    // The account first: it may go where the summary goes.
    let reported = match (report_error, report) {
        (Some(error), _) => Err(error),
        (None, Some(report)) => report.finish(&summary).map(drop),
        (None, None) => Ok(()),
    };
    if !arguments.quiet {
        let seconds = begun.elapsed().as_secs_f64();
        show(&summary);
        let rate = summary.total() as f64 / seconds;
        show(format_args!("{seconds:.2} s, {rate:.0} inputs per second"));
    }
    if arguments.stats {
        show(&summary.stats);
    }
    reported?;
    Ok(summary)
}

/// Where the account goes.
enum ReportTarget {
    /// Under this name, once it is whole.
    File(PathBuf),
    /// What is no regular file, written as it is: a device, a pipe, a stream of this process.
    Open(File),
}

impl ReportTarget {
    /// Through symbolic links, which stay as they are.
    fn of(path: &Path) -> io::Result<Self> {
        if let Some(stream) = own_stream(path)? {
            return Ok(Self::Open(stream));
        }
        // Told now, and not when the account is whole and cannot be given its name.
        let last = path.as_os_str().as_encoded_bytes().last();
        if last.is_some_and(|byte| std::path::is_separator(char::from(*byte))) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no name of a file"));
        }
        let open = || OpenOptions::new().append(true).open(path).map(Self::Open);
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return open(),
            // A file that somebody holds open is not to be replaced behind his back.
            Ok(_) if path.starts_with("/dev/fd") || path.starts_with("/proc") => return open(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut file = path.to_owned();
        // What the system follows ends; should it change meanwhile, this does too.
        for _ in 0..40 {
            let Ok(link) = std::fs::read_link(&file) else { return Ok(Self::File(file)) };
            file = file.parent().unwrap_or(Path::new("")).join(link);
        }
        Err(io::Error::other("too many symbolic links"))
    }
}

/// Standard output or error, if a path names it: opened by that name, it would begin anew.
#[cfg(unix)]
fn own_stream(path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::AsFd;
    let stream = if [Path::new("/dev/stdout"), Path::new("/dev/fd/1")].contains(&path) {
        std::io::stdout().as_fd().try_clone_to_owned()?
    } else if [Path::new("/dev/stderr"), Path::new("/dev/fd/2")].contains(&path) {
        std::io::stderr().as_fd().try_clone_to_owned()?
    } else {
        return Ok(None);
    };
    Ok(Some(stream.into()))
}

/// Other systems have no names for them.
#[cfg(not(unix))]
fn own_stream(_path: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

fn at(path: &Path, error: io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// What was said on the terminal; a large archive would fill it with the same sentence.
#[derive(Default)]
struct Told {
    failures: HashMap<Reason, usize>,
    warnings: usize,
    unfinished: usize,
}

impl Told {
    const MOST: usize = 20;

    fn tell(&mut self, outcome: &Outcome) {
        if let Status::NotProcessed(failure) = &outcome.status {
            let count = self.failures.entry(failure.reason).or_default();
            Self::line(count, "not processed", &failure.message);
        }
        for warning in &outcome.warnings {
            Self::line(&mut self.warnings, "warning", warning);
        }
    }

    fn line(count: &mut usize, kind: &str, text: &str) {
        *count += 1;
        match (*count).cmp(&(Self::MOST + 1)) {
            Ordering::Less => say(format_args!("{kind}: {text}")),
            Ordering::Equal => {
                say(format_args!("{kind}: more of the kind; --report lists them all"));
            }
            Ordering::Greater => {}
        }
    }
}

/// Makes the demo archive, processes it, and compares the results with the truth.
fn process_demo(arguments: &Arguments, mut options: BatchOptions) -> Result<Summary, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo-archive");
    let archive = demo::write_archive(&root, &DemoOptions::default())?;
    // The demo shows the whole way each time, whatever an earlier one left in the archive itself.
    options.overwrite |= options.out.is_none();
    let summary = run(arguments, &root, &options)?;
    if arguments.quiet || options.processing.output != GroundMotion::Displacement {
        return Ok(summary);
    }
    show(format_args!("\nDemo archive: {}", root.display()));
    show("Processed against the true ground displacement, which lies in the default pass band:");
    show(format_args!(
        "{:<17}{:<16}{:>9} {:>13} {:>13}",
        "event", "channel", "input Hz", "correlation", "relative rms"
    ));
    for trace in &archive.traces {
        let path = trace.result_path(&options, &root);
        let fit = if path.exists() {
            let fit = trace.compare(&path)?;
            format!("{:>13.7} {:>13.2e}", fit.correlation, fit.relative_rms)
        } else {
            format!("{:>13}", "not processed")
        };
        let id = trace.id.to_string();
        show(format_args!("{:<17}{id:<16}{:>9} {fit}", trace.event, trace.rate_hz));
    }
    Ok(summary)
}
