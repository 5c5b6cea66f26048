//! Reads StationXML files and writes them anew, which is a way to repair and normalise them.
//!
//! `cargo run -p seis-resp --example rewrite_stationxml -- OUT_DIR FILE…`
//!
//! Prints one line of JSON per file. A file that cannot be valid StationXML is written all the
//! same, with the reason. `scripts/validate_stationxml.py` checks the results.

use std::path::Path;

use seis_resp::{Inventory, WriteOptions};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: rewrite_stationxml OUT_DIR FILE...")?;
    for (n, path) in arguments.enumerate() {
        let target = Path::new(&out).join(format!("{n:03}.xml"));
        let line = rewrite(&path, &target).unwrap_or_else(|e| json!({ "error": e.to_string() }));
        {
            println!("{line}");
        }
    }
    Ok(())
}

fn rewrite(path: &str, target: &Path) -> Result<Value, seis_resp::Error> {
    let inventory = Inventory::read(path)?;
    let refused = match inventory.write_stationxml(target) {
        Ok(()) => None,
        Err(error) => {
            WriteOptions::new().allow_invalid(true).write(&inventory, target)?;
            Some(error.to_string())
        }
    };
    let again = Inventory::read(target)?;
    Ok(json!({ "written": target, "refused": refused, "equal": again == inventory }))
}
