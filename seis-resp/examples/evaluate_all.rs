//! Evaluates every channel of metadata files (StationXML, RESP, dataless) and prints the curves as JSON, one object a line.
//!
//! ```text
//! evaluate_all [--frequencies N] FILE…
//! evaluate_all --time N FILE
//! ```
//!
//! The first form evaluates N logarithmic frequencies (default 500) from 1e-4 Hz to 0.99 of the
//! channel's Nyquist frequency, in all four quantities, with the default options and with ObsPy's.
//! The second times N frequencies from 0 Hz to Nyquist for the first channel that has a response.
//! `scripts/compare_responses.py` compares the output with ObsPy's.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use seis_core::{Complex64, GroundMotion};
use seis_resp::{Channel, ChannelResponse, EvaluateError, EvaluationOptions, Inventory, Response};
use serde_json::{Value, json};

const QUANTITIES: [(&str, GroundMotion); 4] = [
    ("DISP", GroundMotion::Displacement),
    ("VEL", GroundMotion::Velocity),
    ("ACC", GroundMotion::Acceleration),
    ("DEF", GroundMotion::Native),
];

fn main() -> Result<(), Box<dyn Error>> {
    let (mut count, mut time, mut files) = (500, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<usize, Box<dyn Error>> {
            let text = arguments.next().ok_or_else(|| format!("{argument} needs a number"))?;
            Ok(text.parse()?)
        };
        match argument.as_str() {
            "--frequencies" => count = number()?,
            "--time" => time = Some(number()?),
            _ => files.push(argument),
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for file in files {
        let inventory = match Inventory::read(&file) {
            Ok(inventory) => inventory,
            Err(error) => {
                writeln!(out, "{}", json!({ "file": file, "error": error.to_string() }))?;
                continue;
            }
        };
        if let Some(count) = time {
            writeln!(out, "{}", timing(&inventory, count)?)?;
            continue;
        }
        for epoch in inventory.channels() {
            let mut line = channel(epoch.channel, count);
            line["file"] = json!(file);
            line["id"] = json!(epoch.id_text());
            line["start"] = json!(epoch.channel.epoch.start.map(|t| t.to_string()));
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

fn channel(channel: &Channel, count: usize) -> Value {
    let response = match &channel.response {
        ChannelResponse::Present(response) => response,
        ChannelResponse::Broken(broken) => {
            return json!({ "response": "broken", "reason": broken.reason() });
        }
        _ => return json!({ "response": "absent" }),
    };
    let nyquist_hz = nyquist_hz(channel).or_else(|| Some(response.output_rate_hz()? / 2.0));
    let frequencies_hz = frequencies(nyquist_hz.unwrap_or(50.0), count);
    let curves = |options: &EvaluationOptions| -> Value {
        let curve = |(name, quantity)| {
            (name, curve(response, quantity, options, &frequencies_hz).unwrap_or_else(refusal))
        };
        QUANTITIES.map(curve).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    json!({
        "response": "present",
        "frequencies": frequencies_hz,
        "default": curves(&EvaluationOptions::default()),
        "obspy": curves(&EvaluationOptions::obspy()),
    })
}

fn curve(
    response: &Response,
    quantity: GroundMotion,
    options: &EvaluationOptions,
    frequencies_hz: &[f64],
) -> Result<Value, EvaluateError> {
    let plan = response.plan(quantity, options)?;
    let mut values = vec![Complex64::default(); frequencies_hz.len()];
    plan.eval_into(frequencies_hz, &mut values)?;
    let first = frequencies_hz.first().copied().unwrap_or_default();
    let last = frequencies_hz.last().copied().unwrap_or_default();
    let warnings: Vec<String> = plan
        .warnings()
        .iter()
        .chain(plan.extrapolation(first, last).iter())
        .map(|warning| kind(&format!("{warning:?}")))
        .collect();
    Ok(json!({
        "re": values.iter().map(|v| v.re).collect::<Vec<_>>(),
        "im": values.iter().map(|v| v.im).collect::<Vec<_>>(),
        "warnings": warnings,
    }))
}

fn refusal(error: EvaluateError) -> Value {
    json!({ "error": error.to_string(), "kind": kind(&format!("{error:?}")) })
}

/// The name of a variant.
fn kind(debug: &str) -> String {
    debug.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}

fn nyquist_hz(channel: &Channel) -> Option<f64> {
    let rate_hz = channel.sample_rate.as_ref()?.value;
    (rate_hz > 0.0 && rate_hz.is_finite()).then_some(rate_hz / 2.0)
}

/// Logarithmic from 1e-4 Hz (or a thousandth of the highest, for channels slower than that).
fn frequencies(nyquist_hz: f64, count: usize) -> Vec<f64> {
    let last = 0.99 * nyquist_hz;
    let first = if last > 1e-3 { 1e-4 } else { last / 1e3 };
    let step = (last / first).ln() / count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| first * (step * i as f64).exp()).collect()
}

fn timing(inventory: &Inventory, count: usize) -> Result<Value, Box<dyn Error>> {
    let (channel, response) = inventory
        .channels()
        .find_map(|c| Some((c.channel, c.channel.response.get()?)))
        .ok_or("no channel has a response")?;
    let width_hz = nyquist_hz(channel).ok_or("no sampling rate")? / (count - 1) as f64;
    let frequencies_hz: Vec<f64> = (0..count).map(|k| k as f64 * width_hz).collect();
    let mut values = vec![Complex64::default(); count];
    let mut best_s = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        let plan = response.plan(GroundMotion::Velocity, &EvaluationOptions::default())?;
        plan.eval_into(&frequencies_hz, &mut values)?;
        best_s = best_s.min(start.elapsed().as_secs_f64());
    }
    let middle = values.get(count / 2).copied().unwrap_or_default();
    Ok(json!({
        "seconds": best_s,
        "stages": response.stages.len(),
        "width_hz": width_hz,
        "middle": [middle.re, middle.im],
    }))
}
