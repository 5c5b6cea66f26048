//! What several tests need.

use std::path::PathBuf;

/// The folder of real recordings, or a line that says why the test did nothing.
pub(crate) fn corpus() -> Option<PathBuf> {
    match std::env::var_os("SEIS_CORPUS") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => {
            eprintln!("ignored: SEIS_CORPUS names no folder of real recordings");
            None
        }
    }
}
