//! Reads a StationXML file again and again, to be timed: `time_stationxml FILE LEVEL ROUNDS`.
//!
//! LEVEL is `station`, `channel` or `response`. Prints one JSON object: how many stations and
//! channels were read, and the shortest round in seconds on the clock. `scripts/compare_stationxml.py
//! --time` sets the processor's time against ObsPy's.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use seis_resp::{Level, ReadOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, level, rounds] = arguments.as_slice() else {
        return Err("usage: time_stationxml FILE station|channel|response ROUNDS".into());
    };
    let level = match level.as_str() {
        "station" => Level::Station,
        "channel" => Level::Channel,
        "response" => Level::Response,
        other => return Err(format!("{other} is no level").into()),
    };
    let options = ReadOptions::new().level(level);
    let inventory = options.read(file)?;
    let mut shortest = f64::INFINITY;
    for _ in 0..rounds.parse::<u32>()? {
        let start = Instant::now();
        drop(black_box(options.read(file)?));
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    let counts = (inventory.stations().count(), inventory.channels().count());
    let line =
        serde_json::json!({"stations": counts.0, "channels": counts.1, "shortest_s": shortest});
    println!("{line}");
    Ok(())
}
