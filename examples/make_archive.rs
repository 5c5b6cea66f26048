//! Writes archives for measurements: synthetic events as in the demo, each station in an archive of
//! its own, so that every archive has one sampling rate.
//!
//! ```text
//! cargo run --release --example make_archive -- DIR [--events N]
//! ```
//!
//! Makes `DIR/20hz/<event>/{raw,resp}`, `DIR/40hz` and `DIR/100hz`, three traces to an event; and in
//! `DIR/day` one event of one trace, a day at 100 Hz. DIR must be empty, or not be there yet.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Parser;
use seis::demo::{self, DemoOptions};
use seis::prelude::*;

/// Writes synthetic archives of one sampling rate each.
#[derive(Parser)]
struct Arguments {
    /// Where: a folder that is empty, or not there yet
    directory: PathBuf,
    /// Number of events in each
    #[arg(long, default_value_t = 4)]
    events: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    make_empty(&arguments.directory)?;
    let aside = tempfile::tempdir_in(&arguments.directory)?;
    let whole = aside.path();
    let options = DemoOptions { events: arguments.events, ..DemoOptions::default() };
    let archive = demo::write_archive(whole, &options)?;
    for trace in &archive.traces {
        let event = arguments.directory.join(format!("{}hz", trace.rate_hz)).join(&trace.event);
        let (raw, resp) = (event.join("raw"), event.join("resp"));
        fs::create_dir_all(&raw)?;
        fs::create_dir_all(&resp)?;
        fs::rename(&trace.raw, raw.join(trace.raw.file_name().ok_or("a raw file has a name")?))?;
        let metadata = format!("XX.{}.xml", trace.id.station);
        fs::copy(whole.join(&trace.event).join("resp").join(&metadata), resp.join(&metadata))?;
    }
    aside.close()?;

    let Some(like) = archive.traces.iter().find(|t| t.rate_hz == 100) else { return Ok(()) };
    let station = like.id.station;
    let day = arguments.directory.join("day/day");
    fs::create_dir_all(day.join("raw"))?;
    fs::create_dir_all(day.join("resp"))?;
    let metadata = format!("XX.{station}.xml");
    let from = arguments.directory.join("100hz").join(&like.event).join("resp").join(&metadata);
    fs::copy(from, day.join("resp").join(&metadata))?;
    let trace = Trace::new(like.id, like.origin, SamplingRate::from_hz(100.0)?, counts(8_640_000));
    let raw = day.join("raw").join(format!("{}.D.2022.002.mseed", like.id));
    mseed::write(raw, [&trace], &mseed::WriteOptions::default())?;
    Ok(())
}

/// Makes a folder; refuses one in which there is anything.
fn make_empty(folder: &Path) -> Result<(), Box<dyn Error>> {
    let found = fs::read_dir(folder).map(|mut entries| entries.next().is_some());
    match found {
        Ok(false) => Ok(()),
        Ok(true) => {
            let folder = folder.display();
            Err(format!("{folder}: not empty; name a folder that is, or is not there yet").into())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(fs::create_dir_all(folder)?),
        Err(error) => Err(format!("{}: {error}", folder.display()).into()),
    }
}

/// A random walk that is drawn back to zero: something for Steim to pack.
fn counts(npts: usize) -> Vec<i32> {
    let (mut state, mut at) = (0x2545_f491_4f6c_dd1d_u64, 0.0);
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        at = 0.999 * at + ((state >> 40) as f64 / f64::from(1 << 24) - 0.5) * 120.0;
        at as i32
    };
    (0..npts).map(step).collect()
}
