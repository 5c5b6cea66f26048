//! Writes seeds for every fuzz target: small files of all kinds, made by our own writers, and the
//! smallest documents that hold what a format has.
//!
//! `cargo run --manifest-path fuzz/seeds/Cargo.toml -- FOLDER`

use std::path::{Path, PathBuf};

mod metadata;
mod waveforms;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let root = PathBuf::from(std::env::args_os().nth(1).ok_or("names no folder")?);
    let records = waveforms::records()?;
    for target in ["mseed_record", "mseed_source"] {
        put(&root, target, &records)?;
    }
    // Four bytes of piece sizes in front.
    let sizes = [[0, 0, 0, 0], [46, 0, 255, 1], [127, 3, 140, 12]];
    let chunked: Vec<Vec<u8>> =
        records.iter().zip(sizes.iter().cycle()).map(|(r, s)| [s, r.as_slice()].concat()).collect();
    put(&root, "mseed_chunks", &chunked)?;
    put(&root, "mseed_write", &waveforms::samples())?;
    put(&root, "steim1", &waveforms::frames(seis_io::mseed::steim::Steim::One)?)?;
    put(&root, "steim2", &waveforms::frames(seis_io::mseed::steim::Steim::Two)?)?;
    put(&root, "sac", &waveforms::sac()?)?;
    put(&root, "stationxml", &metadata::stationxml()?)?;
    put(&root, "resp", &metadata::common::blockettes::resp())?;
    put(&root, "dataless", &metadata::common::blockettes::dataless())?;
    put(&root, "sacpz", &metadata::common::blockettes::sacpz())?;
    Ok(())
}

fn put(root: &Path, target: &str, seeds: &[Vec<u8>]) -> Result<()> {
    let folder = root.join(target);
    std::fs::create_dir_all(&folder)?;
    for (i, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("made-{i:03}")), seed)?;
    }
    Ok(())
}
