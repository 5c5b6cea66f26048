//! A picture of responses: amplitude and phase over frequency, with the flat band, the corners, the
//! frequency of the sensitivity and the Nyquist frequency marked.
//!
//! `cargo run --release --example plot_response -- FILE… --id NET.STA.LOC.CHA [--time T]
//! [--units dis|vel|acc|def] [--freqs FMIN,FMAX,N[,log|lin]] [--stages A-B]
//! [--polynomial-point VALUE] --out FILE.svg|.png`
//!
//! Patterns select several channels, which are laid over each other; those with the same curve
//! share a line. The font for PNG is built in: no font needs to be installed.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

#[path = "../channels/mod.rs"]
mod channels;
#[path = "../console/mod.rs"]
mod console;
mod features;
mod figure;
mod scale;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use channels::{Channel, Frequencies, Selection};
use clap::Parser;
use features::Features;
use resvg::{tiny_skia, usvg};
use seis::resp::Complex64;

/// A picture of responses.
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Frequencies in Hz, first and last, and how many. Without it, 1200 from 1 mHz to Nyquist.
    #[arg(long, value_name = "FMIN,FMAX,N[,log|lin]")]
    freqs: Option<Frequencies>,
    /// The picture: the ending .svg or .png tells its kind.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const DEFAULT_NYQUIST_HZ: f64 = 50.0;
const DEFAULT_COUNT: usize = 1200;
/// A hundred on each dot of the picture.
const MAX_COUNT: usize = 100_000;
/// More lines than this tell nothing at a glance.
const MAX_CURVES: usize = 12;
/// More decades than this are a slip of the pen, or come from a sampling rate that is none.
const MAX_DECADES: f64 = 12.0;
/// What the axis can hold, in Hz: slower than the Earth turns, faster than anything that is sampled.
const HELD_HZ: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            console::tell(format_args!(
                "plot_response: {}",
                channels::printable(&error.to_string())
            ));
            ExitCode::from(1)
        }
    }
}

/// One line of the picture: channels with one and the same response.
struct Curve {
    /// `NET.STA.LOC.CHA`, of several channels.
    ids: Vec<String>,
    epoch: String,
    /// What the amplitude is in, such as `counts/(m/s)`.
    unit: String,
    frequencies_hz: Vec<f64>,
    values: Vec<Complex64>,
    features: Features,
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let is_png = match args.out.extension().and_then(|e| e.to_str()) {
        Some(e) if e.eq_ignore_ascii_case("svg") => false,
        Some(e) if e.eq_ignore_ascii_case("png") => true,
        _ => return Err(format!("{}: expected .svg or .png", args.out.display()).into()),
    };
    let count = args.freqs.as_ref().map_or(0, Frequencies::count);
    if count > MAX_COUNT {
        return Err(format!("a picture shows at most {MAX_COUNT} frequencies, not {count}").into());
    }
    if let Some(frequencies) = &args.freqs {
        fits_axis(frequencies)?;
    }
    let mut tell = |text: String| {
        console::tell(format_args!("plot_response: {}", channels::printable(&text)));
    };
    let metadata = args.selection.read(&mut tell)?;
    let epochs = args.selection.channels(&metadata, &mut tell);
    if epochs.is_empty() {
        return Err(args.selection.nothing(&metadata.inventory).into());
    }
    let mut curves: Vec<Curve> = Vec::new();
    let mut all_done = true;
    for epoch in epochs {
        let id = epoch.id_text();
        match args.selection.plan(epoch).and_then(|channel| curve(args, &channel, &mut tell)) {
            Ok(new) => match curves.iter_mut().find(|c| c.is_same_as(&new)) {
                Some(known) => known.ids.extend(new.ids),
                None => curves.push(new),
            },
            Err(error) => {
                all_done = false;
                tell(format!("{id}: {error}"));
            }
        }
    }
    match curves.len() {
        0 => return Err(format!("no response for {}", args.selection.pattern()).into()),
        n if n > MAX_CURVES => {
            return Err(format!("{n} different responses, at most {MAX_CURVES} fit").into());
        }
        _ => {}
    }
    let svg = figure::draw(&curves)?;
    let picture = if is_png { png(&svg)? } else { svg.into_bytes() };
    std::fs::write(&args.out, picture).map_err(|e| format!("{}: {e}", args.out.display()))?;
    Ok(if all_done { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Refuses frequencies that make no axis.
fn fits_axis(frequencies: &Frequencies) -> Result<(), String> {
    let (first, last) = frequencies.bounds_hz();
    if frequencies.count() < 2 || first >= last {
        let count = frequencies.count();
        return Err(format!(
            "a curve needs at least 2 frequencies that differ, not {count} from {first} to {last} Hz"
        ));
    }
    if first <= 0.0 {
        return Err("the axis of frequencies is logarithmic: it cannot begin at 0 Hz".into());
    }
    let decades = last.log10() - first.log10();
    // A rounding error is no decade.
    if decades > MAX_DECADES + 1e-9 || !HELD_HZ.contains(&first) || !HELD_HZ.contains(&last) {
        let (low, high) = (HELD_HZ.start(), HELD_HZ.end());
        return Err(format!(
            "{first:e} to {last:e} Hz, {decades:.1} decades, is no range for a picture: at most \
             {MAX_DECADES} decades between {low:e} and {high:e} Hz (--freqs FMIN,FMAX,N)"
        ));
    }
    Ok(())
}

fn curve(
    args: &Args,
    channel: &Channel<'_>,
    tell: &mut dyn FnMut(String),
) -> Result<Curve, Box<dyn Error>> {
    let id = channel.epoch.id_text();
    let nyquist_hz = channel.nyquist_hz.unwrap_or(DEFAULT_NYQUIST_HZ);
    let by_default = || Frequencies::up_to(nyquist_hz, DEFAULT_COUNT);
    let frequencies = args.freqs.clone().unwrap_or_else(by_default);
    fits_axis(&frequencies)?;
    let frequencies_hz: Vec<f64> = frequencies.blocks(MAX_COUNT).flatten().collect();
    let mut values = vec![Complex64::default(); frequencies_hz.len()];
    channel.plan.eval_into(&frequencies_hz, &mut values)?;
    let lost = values.iter().filter(|value| channels::is_lost(value)).count();
    if lost == values.len() {
        return Err(format!("none of the {lost} values is finite: there is nothing to draw").into());
    }
    for warning in channel
        .warnings(frequencies.bounds_hz())
        .into_iter()
        .chain(channels::not_finite(lost, values.len()))
    {
        tell(format!("{id}: warning: {warning}"));
    }
    let input = match channel.input.contains(['/', ' ', '*']) {
        true => format!("({})", channel.input),
        false => channel.input.clone(),
    };
    // Many data centres end what is open in 2500, 2599 or 3000.
    let date = |t: Option<seis::UtcTime>| match t.map(|t| t.to_string()) {
        Some(text) if *text < *"2500" => text.chars().take(10).collect(),
        _ => "open".to_owned(),
    };
    let epoch = channel.epoch.epoch;
    Ok(Curve {
        ids: vec![id],
        epoch: match (epoch.start, epoch.end) {
            (None, None) => String::new(),
            (start, end) => format!("{} – {}", date(start), date(end)),
        },
        unit: format!("{}/{input}", channel.output),
        features: Features::of(channel, &frequencies_hz, &values),
        frequencies_hz,
        values,
    })
}

impl Curve {
    fn is_same_as(&self, other: &Self) -> bool {
        self.unit == other.unit
            && self.frequencies_hz == other.frequencies_hz
            && self.values == other.values
    }

    /// The ids in short: what differs in the last code only is written once.
    fn label(&self) -> String {
        let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
        for id in &self.ids {
            let (head, channel) = id.rsplit_once('.').unwrap_or(("", id));
            match parts.iter_mut().find(|(known, _)| known == head) {
                Some((_, channels)) => channels.push(channel),
                None => parts.push((head.to_owned(), vec![channel])),
            }
        }
        let text =
            |(head, channels): &(String, Vec<&str>)| format!("{head}.{}", channels.join(","));
        parts.iter().map(text).collect::<Vec<_>>().join(" ")
    }
}

/// The picture twice as large as on paper, with the built-in font.
fn png(svg: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    const SCALE: f32 = 2.0;
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(dejavu::sans::regular())));
    fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(dejavu::sans::bold())));
    fonts.set_sans_serif_family("DejaVu Sans");
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("the picture has no size")?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("no room")?;
    let transform = tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}
