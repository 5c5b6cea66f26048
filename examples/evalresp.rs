//! The response of channels at a range of frequencies, as evalresp prints it.
//!
//! `cargo run --release --example evalresp -- FILE… --id NET.STA.LOC.CHA [--time T]
//! [--units dis|vel|acc|def] [--freqs FMIN,FMAX,N[,log|lin]] [--stages A-B]
//! [--polynomial-point VALUE] [--format fap|csv|json] [--out DIR]`
//!
//! * `fap` prints frequency in Hz, amplitude, and phase in degrees, as evalresp does: `%.6E`.
//! * `csv` prints the same with all digits below the header `frequency,amplitude,phase`.
//! * `json` prints an object for each channel, one a line: `id`, `start`, `end`, `input_unit`,
//!   `output_unit`, `frequency`, `amplitude`, `phase`, `sensitivity` (`reported`, in the file, `null`
//!   for a part of the stages and for SAC poles and zeros, which have none; `computed`, as the stages
//!   have it), `warnings` (among them what `check_inventory` calls an error in the stages), `notes`
//!   (what the reader found wrong in this channel, its station and its network).
//!
//! If the pattern selects several channels, a line `# NET.STA.LOC.CHA` stands before each one's
//! numbers (`fap`, `csv`; the header of `csv` once, at the top); `numpy.loadtxt` and
//! `pandas.read_csv(…, comment="#")` pass over it. With `--out` each goes into a file of its own,
//! `DIR/NET.STA.LOC.CHA.fap`.
//!
//! `fap` and `csv` come out while they are computed, whatever the number of frequencies; an object
//! of `json` is held in memory, and has at most a million.
//!
//! Warnings go to standard error. Exit status 1 if nothing could be evaluated, 3 if a channel could
//! not.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

mod channels;
mod console;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use channels::{Channel, Frequencies, Selection};
use clap::{Parser, ValueEnum};
use seis::GroundMotion;
use seis::resp::{ChannelEpoch, Complex64, ReadReport};
use serde_json::json;

/// The response of channels at a range of frequencies, as evalresp prints it.
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Frequencies in Hz, first and last, and how many. Without it, 200 from 1 mHz to Nyquist.
    #[arg(long, value_name = "FMIN,FMAX,N[,log|lin]")]
    freqs: Option<Frequencies>,
    /// What is printed.
    #[arg(long, value_enum, default_value_t = Format::Fap)]
    format: Format,
    /// One file for each channel in this folder, instead of standard output.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Frequency, amplitude and phase as evalresp has them.
    Fap,
    /// Comma-separated, with all digits.
    Csv,
    /// One object for each channel.
    Json,
}

/// Where the Nyquist frequency is unknown (SAC pole-zero files do not tell it).
const DEFAULT_NYQUIST_HZ: f64 = 50.0;
const DEFAULT_COUNT: usize = 200;
/// An object is held in memory until it is whole.
const MAX_IN_JSON: usize = 1_000_000;
/// How many frequencies are evaluated at once.
const BLOCK: usize = 1024;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => code,
        // The reader of a pipe may have seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            console::tell(format_args!("evalresp: {}", channels::printable(&error.to_string())));
            ExitCode::from(1)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let count = args.freqs.as_ref().map_or(0, Frequencies::count);
    if args.format == Format::Json && count > MAX_IN_JSON {
        return Err(format!(
            "an object holds at most {MAX_IN_JSON} frequencies, not {count}; \
             fap and csv print as many as are asked for"
        )
        .into());
    }
    let mut tell = |text: String| {
        console::tell(format_args!("evalresp: {}", channels::printable(&text)));
    };
    let metadata = args.selection.read(&mut tell)?;
    let epochs = args.selection.channels(&metadata, &mut tell);
    if epochs.is_empty() {
        return Err(args.selection.nothing(&metadata.inventory).into());
    }
    let is_one_of_many = epochs.len() > 1 && args.out.is_none();
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let mut done = 0;
    for epoch in &epochs {
        let id = epoch.id_text();
        let curve = match Curve::new(args, *epoch, &metadata.inventory.report, &mut tell) {
            Ok(curve) => curve,
            Err(error) => {
                tell(format!("{id}: {error}"));
                continue;
            }
        };
        let mut write = |out: &mut dyn Write| -> Result<(), Box<dyn Error>> {
            if args.format == Format::Csv && (done == 0 || args.out.is_some()) {
                out.write_all(b"frequency,amplitude,phase\n")?;
            }
            if is_one_of_many && args.format != Format::Json {
                writeln!(out, "# {}", channels::printable(&id))?;
            }
            match args.format {
                Format::Fap => curve.rows(out, &mut tell, |f, amplitude, phase| {
                    let [f, amplitude, phase] = [f, amplitude, phase].map(c_exponent);
                    format!("{f} {amplitude} {phase}\n")
                }),
                Format::Csv => curve.rows(out, &mut tell, |f, amplitude, phase| {
                    format!("{f:?},{amplitude:?},{phase:?}\n")
                }),
                Format::Json => curve.json(out, &mut tell),
            }
        };
        match &args.out {
            None => write(&mut stdout)?,
            Some(folder) => write_file(folder, &id, args.format, write)?,
        }
        done += 1;
    }
    stdout.flush()?;
    Ok(match done {
        0 => ExitCode::from(1),
        done if done < epochs.len() => ExitCode::from(3),
        _ => ExitCode::SUCCESS,
    })
}

/// Writes a file that appears under its name only when it is whole. Codes come from a file: they
/// name no other folder.
fn write_file(
    folder: &Path,
    id: &str,
    format: Format,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if id.starts_with('.') || !id.chars().all(is_plain) {
        return Err(format!("{id:?} cannot be the name of a file").into());
    }
    let extension = match format {
        Format::Fap => "fap",
        Format::Csv => "csv",
        Format::Json => "json",
    };
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let path = folder.join(format!("{id}.{extension}"));
    let aside = folder.join(format!(".{id}.{extension}.part"));
    let named = |error: io::Error| Box::from(format!("{}: {error}", path.display()));
    let written = File::create(&aside).map_err(named).and_then(|file| {
        let mut file = io::BufWriter::new(file);
        // What is written to is a file, so that an error of the system is one of the file.
        write(&mut file).map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => named(*error),
            Err(error) => error,
        })?;
        file.flush().map_err(named)?;
        std::fs::rename(&aside, &path).map_err(named)
    });
    if written.is_err() {
        // The error that matters is the one above.
        let _ = std::fs::remove_file(&aside);
    }
    written
}

/// What is printed of a channel.
struct Curve<'a> {
    channel: Channel<'a>,
    frequencies: Frequencies,
    warnings: Vec<String>,
    /// What the reader found wrong.
    notes: Vec<String>,
}

impl<'a> Curve<'a> {
    fn new(
        args: &Args,
        epoch: ChannelEpoch<'a>,
        report: &ReadReport,
        tell: &mut dyn FnMut(String),
    ) -> Result<Self, Box<dyn Error>> {
        let channel = args.selection.plan(epoch)?;
        let id = epoch.id_text();
        let is_velocity = channel.plan.quantity() == Some(GroundMotion::Velocity);
        if args.selection.units.is_none() && !is_velocity {
            let whose = if channel.is_part { "first stage" } else { "instrument" };
            tell(format!("{id}: given per {}, the {whose}'s own unit", channel.input));
        }
        let frequencies = match (&args.freqs, channel.nyquist_hz) {
            (Some(frequencies), _) => frequencies.clone(),
            (None, Some(nyquist_hz)) => Frequencies::up_to(nyquist_hz, DEFAULT_COUNT),
            (None, None) => {
                tell(format!("{id}: the sampling rate is unknown; up to {DEFAULT_NYQUIST_HZ} Hz"));
                Frequencies::up_to(DEFAULT_NYQUIST_HZ, DEFAULT_COUNT)
            }
        };
        let warnings = channel.warnings(frequencies.bounds_hz());
        for warning in &warnings {
            tell(format!("{id}: warning: {warning}"));
        }
        let notes = report.concerning(&id).map(ToString::to_string).collect();
        Ok(Self { channel, frequencies, warnings, notes })
    }

    /// Evaluates block by block, so that the number of frequencies costs no memory, and gives
    /// frequencies in Hz, amplitudes, and phases in degrees. What is to be warned of afterwards
    /// comes back.
    fn evaluate(
        &self,
        tell: &mut dyn FnMut(String),
        mut row: impl FnMut(f64, f64, f64) -> io::Result<()>,
    ) -> Result<Option<String>, Box<dyn Error>> {
        let mut values = [Complex64::default(); BLOCK];
        let mut lost = 0;
        for block in self.frequencies.blocks(BLOCK) {
            let values = values.get_mut(..block.len()).unwrap_or_default();
            self.channel.plan.eval_into(&block, values)?;
            lost += values.iter().filter(|value| channels::is_lost(value)).count();
            for (f, value) in block.iter().zip(&*values) {
                row(*f, value.norm(), value.arg().to_degrees())?;
            }
        }
        let warning = channels::not_finite(lost, self.frequencies.count());
        if let Some(warning) = &warning {
            tell(format!("{}: warning: {warning}", self.channel.epoch.id_text()));
        }
        Ok(warning)
    }

    fn rows(
        &self,
        out: &mut dyn Write,
        tell: &mut dyn FnMut(String),
        line: impl Fn(f64, f64, f64) -> String,
    ) -> Result<(), Box<dyn Error>> {
        self.evaluate(tell, |f, amplitude, phase| {
            out.write_all(line(f, amplitude, phase).as_bytes())
        })?;
        Ok(())
    }

    fn json(
        &self,
        out: &mut dyn Write,
        tell: &mut dyn FnMut(String),
    ) -> Result<(), Box<dyn Error>> {
        let (mut frequencies, mut amplitudes, mut phases) = (vec![], vec![], vec![]);
        let lost = self.evaluate(tell, |f, amplitude, phase| {
            frequencies.push(f);
            amplitudes.push(amplitude);
            phases.push(phase);
            Ok(())
        })?;
        let epoch = &self.channel.epoch;
        let time = |t: Option<seis::UtcTime>| t.map(|t| t.to_string());
        let (gain, gain_hz) = self.channel.plan.product_of_gains();
        // The sensitivity in the file is that of all stages.
        let whole = self.channel.response.sensitivity.as_ref();
        let is_read = !self.channel.is_part && !self.channel.response.sensitivity_is_computed;
        let reported = whole.filter(|_| is_read);
        let warnings: Vec<&String> = self.warnings.iter().chain(&lost).collect();
        let object = json!({
            "id": epoch.id_text(),
            "start": time(epoch.epoch.start),
            "end": time(epoch.epoch.end),
            "input_unit": self.channel.input,
            "output_unit": self.channel.output,
            "frequency": frequencies,
            "amplitude": amplitudes,
            "phase": phases,
            "sensitivity": {
                "reported": reported.map(|s| s.value),
                "reported_at_hz": reported.and_then(|s| s.frequency_hz),
                "computed": gain,
                "computed_at_hz": gain_hz,
            },
            "warnings": warnings,
            "notes": self.notes,
        });
        Ok(writeln!(out, "{object}")?)
    }
}

/// `%.6E` of the C library: an exponent has a sign and at least two digits.
fn c_exponent(number: f64) -> String {
    let text = format!("{number:.6E}");
    match text.split_once('E') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}E{sign}{exponent:0>2}")
        }
        None => text,
    }
}
