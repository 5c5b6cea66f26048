//! Compares what several files say of one channel: StationXML, RESP, dataless SEED, SAC poles and
//! zeros. Prints one JSON object per pair of files and epoch.
//!
//! `cargo run -p seis-resp --example same_channel -- FILE…`
//!
//! Epochs are the same if their ids and starts are. The curves are those of 500 logarithmic
//! frequencies from 1e-4 Hz to 0.99 of Nyquist, in each quantity that both evaluate; a difference
//! is relative to the larger of the two at its frequency. `scripts/compare_sources.py` makes a
//! table of it.

use std::collections::BTreeMap;
use std::error::Error;

use seis_core::{Complex64, GroundMotion};
use seis_resp::{ChannelResponse, EvaluationOptions, Format, Inventory, Response};
use serde_json::{Value, json};

const QUANTITIES: [(&str, GroundMotion); 4] = [
    ("DISP", GroundMotion::Displacement),
    ("VEL", GroundMotion::Velocity),
    ("ACC", GroundMotion::Acceleration),
    ("DEF", GroundMotion::Native),
];

/// One file's description of a channel epoch.
struct Source {
    file: String,
    format: String,
    response: Result<std::sync::Arc<Response>, String>,
    rate_hz: Option<f64>,
    end: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().len() < 2 || std::env::args().any(|a| a == "--help" || a == "-h") {
        println!("same_channel FILE…");
        return Ok(());
    }
    let mut sources: BTreeMap<(String, Option<String>), Vec<Source>> = BTreeMap::new();
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file)?;
        let format = Format::detect(&bytes).map_or_else(|| "?".to_owned(), |f| f.to_string());
        let Ok(inventory) = Inventory::from_bytes(&bytes) else { continue };
        for epoch in inventory.channels() {
            let channel = epoch.channel;
            let response = match &channel.response {
                ChannelResponse::Present(response) => Ok(response.clone()),
                ChannelResponse::Broken(broken) => Err(broken.reason()),
                _ => Err("no response".to_owned()),
            };
            sources
                .entry((epoch.id_text(), epoch.epoch.start.map(|t| t.to_string())))
                .or_default()
                .push(Source {
                    file: file.clone(),
                    format: format.clone(),
                    response,
                    rate_hz: channel.sample_rate.as_ref().map(|rate| rate.value),
                    end: epoch.epoch.end.map(|t| t.to_string()),
                });
        }
    }
    for ((id, start), sources) in &sources {
        for (n, a) in sources.iter().enumerate() {
            for b in sources.iter().skip(n + 1).filter(|b| b.file != a.file) {
                let mut line = pair(a, b);
                line["id"] = json!(id);
                line["start"] = json!(start);
                line["a"] = json!([a.file, a.format, a.end]);
                line["b"] = json!([b.file, b.format, b.end]);
                println!("{line}");
            }
        }
    }
    Ok(())
}

fn pair(a: &Source, b: &Source) -> Value {
    let (first, second) = match (&a.response, &b.response) {
        (Ok(first), Ok(second)) => (first, second),
        (first, second) => {
            let reason = |r: &Result<_, String>| r.as_ref().err().cloned();
            return json!({ "unusable": [reason(first), reason(second)] });
        }
    };
    let nyquist = a.rate_hz.or(b.rate_hz).filter(|rate| *rate > 0.0).unwrap_or(100.0) / 2.0;
    let (low, high): (f64, f64) = (1e-4, 0.99 * nyquist);
    let low = if high > 1e-3 { low } else { high / 1e3 };
    let step = (high / low).ln() / 499.0;
    let frequencies: Vec<f64> = (0..500).map(|k| low * (step * f64::from(k)).exp()).collect();
    let mut differences = serde_json::Map::new();
    for (name, quantity) in QUANTITIES {
        let value =
            match (curve(first, quantity, &frequencies), curve(second, quantity, &frequencies)) {
                (Ok(x), Ok(y)) => {
                    json!(x.iter().zip(&y).map(|(x, y)| difference(*x, *y)).fold(0.0, f64::max))
                }
                (Err(_), Err(_)) => json!("both refused"),
                (x, y) => json!({ "refused": [x.err(), y.err()] }),
            };
        differences.insert(name.to_owned(), value);
    }
    json!({ "differences": differences, "numbers": numbers_differ(first, second) })
}

fn difference(x: Complex64, y: Complex64) -> f64 {
    let larger = x.norm().max(y.norm());
    if larger == 0.0 { 0.0 } else { (x - y).norm() / larger }
}

fn curve(
    response: &Response,
    quantity: GroundMotion,
    frequencies: &[f64],
) -> Result<Vec<Complex64>, String> {
    let plan = response
        .plan(quantity, &EvaluationOptions::default())
        .map_err(|error| error.to_string())?;
    let mut values = vec![Complex64::default(); frequencies.len()];
    plan.eval_into(frequencies, &mut values).map_err(|error| error.to_string())?;
    Ok(values)
}

/// The numbers in which two responses differ, as they stand in the model: the first few.
fn numbers_differ(a: &Response, b: &Response) -> Vec<String> {
    // Uncertainties and bands of validity change no curve.
    let bare = |response: &Response| {
        let mut response = response.clone();
        response.uncertainties.clear();
        response.stages.iter_mut().for_each(|stage| stage.uncertainties.clear());
        if let Some(sensitivity) = &mut response.sensitivity {
            sensitivity.band = None;
        }
        format!("{response:#?}")
    };
    let (a, b) = (bare(a), bare(b));
    // What is no number of the response, or is written differently for the same.
    let lines = |text: &str| -> Vec<String> {
        let is_number = |line: &&str| {
            let value = line.rsplit(": ").next().unwrap_or_default().trim();
            value.trim_end_matches(',').parse::<f64>().is_ok()
        };
        text.lines()
            .filter(is_number)
            .map(|line| line.trim().trim_end_matches(',').to_owned())
            .collect()
    };
    let (x, y) = (lines(&a), lines(&b));
    if x.len() != y.len() {
        return vec![format!("{} numbers, {} numbers", x.len(), y.len())];
    }
    x.iter().zip(&y).filter(|(x, y)| x != y).map(|(x, y)| format!("{x} | {y}")).take(4).collect()
}
