//! What several tests need.

use std::path::PathBuf;

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}
