//! How long reading a StationXML file takes: `time_stationxml FILE [ROUNDS]`.
//!
//! Prints one JSON object: for each level the best of ROUNDS (10) in seconds, from the file and
//! from memory, and how many channels and stations there were. `scripts/compare_stationxml.py
//! --time` sets it against ObsPy.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use seis_resp::{Level, ReadOptions};

fn best_of(rounds: u32, mut work: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(once).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: time_stationxml FILE [ROUNDS]")?;
    let rounds = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let document = std::fs::read(&file)?;
    let mut result = serde_json::Map::new();
    result.insert("bytes".into(), document.len().into());
    for (name, level) in
        [("station", Level::Station), ("channel", Level::Channel), ("response", Level::Response)]
    {
        let options = ReadOptions::new().level(level);
        let inventory = options.read(&file)?;
        let from_file = best_of(rounds, || drop(black_box(options.read(&file))));
        let from_memory = best_of(rounds, || drop(black_box(options.parse(&document))));
        result.insert(
            name.into(),
            serde_json::json!({
                "from_file_s": from_file,
                "from_memory_s": from_memory,
                "stations": inventory.stations().count(),
                "channels": inventory.channels().count(),
            }),
        );
    }
    println!("{}", serde_json::Value::Object(result));
    Ok(())
}
