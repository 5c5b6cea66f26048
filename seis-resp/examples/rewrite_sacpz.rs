//! Writes files of metadata as SAC poles and zeros, and prints what came of each channel as JSON,
//! one object a line; `--text` prints the pole-zero files themselves.
//!
//! `cargo run -p seis-resp --example rewrite_sacpz -- [--text] FILE…`

use std::error::Error;

use seis_resp::{ChannelEpoch, FilterKind, Inventory};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let (options, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument == "--text");
    if files.is_empty() || files.iter().any(|file| file == "--help" || file == "-h") {
        println!("rewrite_sacpz [--text] FILE…");
        return Ok(());
    }
    for file in files {
        let written = Inventory::read(&file)?.to_sacpz();
        if !options.is_empty() {
            print!("{}", written.text);
            for note in &written.notes {
                eprintln!("{file}: {note}");
            }
            continue;
        }
        let start = |epoch: Option<seis_core::UtcTime>| epoch.map(|t| t.as_nanos().to_string());
        if !written.text.is_empty() {
            for epoch in Inventory::from_sacpz(written.text.as_bytes())?.channels() {
                println!("{}", line(&epoch, start(epoch.epoch.start)));
            }
        }
        for note in &written.notes {
            let lost = [note.to_string()];
            println!("{}", json!({ "id": note.id, "start": start(note.start), "lost": lost }));
        }
    }
    Ok(())
}

fn line(epoch: &ChannelEpoch<'_>, start: Option<String>) -> Value {
    let mut line = json!({ "id": epoch.id_text(), "start": start, "lost": [] });
    let stage = epoch.channel.response.get().and_then(|response| response.stages.first());
    let Some((stage, filter)) = stage.and_then(|s| s.filter.as_ref().map(|f| (s, f))) else {
        return line;
    };
    if let (FilterKind::PolesZeros(pz), Some(gain)) = (&filter.kind, stage.gain) {
        line["zeros"] = pz.zeros.iter().map(|z| [z.re, z.im]).collect();
        line["poles"] = pz.poles.iter().map(|p| [p.re, p.im]).collect();
        line["constant"] = json!(gain.value * pz.normalization_factor);
    }
    line
}
