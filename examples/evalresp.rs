//! The response of channels at a range of frequencies, as evalresp prints it.
//!
//! `cargo run --release --example evalresp -- FILE… --id NET.STA.LOC.CHA [--time T]
//! [--units dis|vel|acc|def] [--freqs FMIN,FMAX,N[,log|lin]] [--stages A-B]
//! [--format fap|csv|json] [--out DIR]`
//!
//! * `fap` prints frequency in Hz, amplitude, and phase in degrees, as evalresp does: `%.6E`.
//! * `csv` prints the same with all digits below the header `frequency,amplitude,phase`.
//! * `json` prints an object for each channel, one a line: `id`, `start`, `end`, `input_unit`,
//!   `output_unit`, `frequency`, `amplitude`, `phase`, `sensitivity` (in the file, and as the stages
//!   have it), `warnings`.
//!
//! If the pattern selects several channels, a line `# NET.STA.LOC.CHA` stands before each one's
//! numbers (`fap`, `csv`; the header of `csv` once, at the top); `numpy.loadtxt` and
//! `pandas.read_csv(…, comment="#")` pass over it. With `--out` each goes into a file of its own,
//! `DIR/NET.STA.LOC.CHA.fap`.
//!
//! Warnings go to standard error. Exit status 1 if nothing could be evaluated, 3 if a channel could
//! not.

mod channels;

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use channels::{Channel, Frequencies, Selection};
use clap::{Parser, ValueEnum};
use seis::GroundMotion;
use seis::resp::{ChannelEpoch, Complex64};
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

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => code,
        // The reader of a pipe may have seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("evalresp: {error}");
            ExitCode::from(1)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let mut tell = |text: String| eprintln!("evalresp: {text}");
    let inventory = args.selection.inventory(&mut tell)?;
    let epochs = args.selection.channels(&inventory, &mut tell);
    if epochs.is_empty() {
        let time = args.selection.time.map(|t| format!(" at {t}")).unwrap_or_default();
        return Err(format!("no channel matches {}{time}", args.selection.id).into());
    }
    let is_one_of_many = epochs.len() > 1 && args.out.is_none();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut done = 0;
    for epoch in &epochs {
        let id = epoch.id_text();
        let mut text = String::new();
        if args.format == Format::Csv && (done == 0 || args.out.is_some()) {
            text.push_str("frequency,amplitude,phase\n");
        }
        if is_one_of_many && args.format != Format::Json {
            writeln!(text, "# {}", id.replace(char::is_control, "?"))?;
        }
        match curve(args, *epoch, &mut tell) {
            Ok(curve) => {
                match args.format {
                    Format::Fap => curve.fap(&mut text)?,
                    Format::Csv => curve.csv(&mut text)?,
                    Format::Json => curve.json(&mut text)?,
                }
                done += 1;
            }
            Err(error) => {
                tell(format!("{id}: {error}"));
                continue;
            }
        }
        match &args.out {
            None => out.write_all(text.as_bytes())?,
            Some(folder) => write_file(folder, &id, args.format, &text)?,
        }
    }
    out.flush()?;
    Ok(match done {
        0 => ExitCode::from(1),
        done if done < epochs.len() => ExitCode::from(3),
        _ => ExitCode::SUCCESS,
    })
}

/// Codes come from a file: they name no other folder.
fn write_file(folder: &Path, id: &str, format: Format, text: &str) -> Result<(), Box<dyn Error>> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if id.starts_with('.') || !id.chars().all(is_plain) {
        return Err(format!("{id:?} cannot be the name of a file").into());
    }
    let extension = match format {
        Format::Fap => "fap",
        Format::Csv => "csv",
        Format::Json => "json",
    };
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(format!("{id}.{extension}")), text)?)
}

/// What is printed of a channel.
struct Curve<'a> {
    channel: Channel<'a>,
    frequencies_hz: Vec<f64>,
    values: Vec<Complex64>,
    warnings: Vec<String>,
}

fn curve<'a>(
    args: &Args,
    epoch: ChannelEpoch<'a>,
    tell: &mut dyn FnMut(String),
) -> Result<Curve<'a>, Box<dyn Error>> {
    let channel = args.selection.plan(epoch)?;
    let id = epoch.id_text();
    if args.selection.units.is_none() && channel.plan.quantity() != Some(GroundMotion::Velocity) {
        tell(format!("{id}: given per {}, the instrument's own unit", channel.input));
    }
    let frequencies_hz = match (&args.freqs, channel.nyquist_hz) {
        (Some(frequencies), _) => frequencies.list(),
        (None, Some(nyquist_hz)) => Frequencies::up_to(nyquist_hz, DEFAULT_COUNT).list(),
        (None, None) => {
            tell(format!("{id}: the sampling rate is unknown; up to {DEFAULT_NYQUIST_HZ} Hz"));
            Frequencies::up_to(DEFAULT_NYQUIST_HZ, DEFAULT_COUNT).list()
        }
    };
    let mut values = vec![Complex64::default(); frequencies_hz.len()];
    channel.plan.eval_into(&frequencies_hz, &mut values)?;
    let mut warnings: Vec<String> =
        channel.plan.warnings().iter().map(ToString::to_string).collect();
    if let (Some(first), Some(last)) = (frequencies_hz.first(), frequencies_hz.last()) {
        warnings.extend(channel.plan.extrapolation(*first, *last).map(|w| w.to_string()));
    }
    let is_lost = |value: &&Complex64| !(value.re.is_finite() && value.im.is_finite());
    match values.iter().filter(is_lost).count() {
        0 => {}
        lost => warnings.push(format!("{lost} of {} values are not finite", values.len())),
    }
    for warning in &warnings {
        tell(format!("{id}: warning: {warning}"));
    }
    Ok(Curve { channel, frequencies_hz, values, warnings })
}

impl Curve<'_> {
    /// (frequency in Hz, amplitude, phase in degrees).
    fn rows(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let values = self.values.iter().map(|v| (v.norm(), v.arg().to_degrees()));
        self.frequencies_hz.iter().zip(values).map(|(f, (amplitude, phase))| (*f, amplitude, phase))
    }

    fn fap(&self, text: &mut String) -> std::fmt::Result {
        self.rows().try_for_each(|(f, amplitude, phase)| {
            writeln!(text, "{} {} {}", c_exponent(f), c_exponent(amplitude), c_exponent(phase))
        })
    }

    fn csv(&self, text: &mut String) -> std::fmt::Result {
        self.rows()
            .try_for_each(|(f, amplitude, phase)| writeln!(text, "{f:?},{amplitude:?},{phase:?}"))
    }

    fn json(&self, text: &mut String) -> std::fmt::Result {
        let epoch = &self.channel.epoch;
        let time = |t: Option<seis::UtcTime>| t.map(|t| t.to_string());
        let (gain, gain_hz) = self.channel.plan.product_of_gains();
        let reported = self.channel.response.sensitivity.as_ref();
        let column = |of: fn((f64, f64, f64)) -> f64| self.rows().map(of).collect::<Vec<f64>>();
        let object = json!({
            "id": epoch.id_text(),
            "start": time(epoch.epoch.start),
            "end": time(epoch.epoch.end),
            "input_unit": self.channel.input,
            "output_unit": self.channel.output,
            "frequency": column(|row| row.0),
            "amplitude": column(|row| row.1),
            "phase": column(|row| row.2),
            "sensitivity": {
                "reported": reported.map(|s| s.value),
                "reported_at_hz": reported.and_then(|s| s.frequency_hz),
                "computed": gain,
                "computed_at_hz": gain_hz,
            },
            "warnings": self.warnings,
        });
        writeln!(text, "{object}")
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
