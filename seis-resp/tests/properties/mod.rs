//! What must hold for any bytes whatever. Called by tests with corrupted files and with the
//! inputs that fuzzers found, and by the fuzzers themselves (`fuzz/` at the root).
#![allow(dead_code, reason = "each caller uses some of it")]

pub(crate) mod evaluation;
pub(crate) mod sources;
pub(crate) mod stationxml;
