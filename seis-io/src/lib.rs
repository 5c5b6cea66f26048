//! miniSEED and SAC: bytes to seismic traces and back.

// A library neither panics on its input nor writes to anybody's terminal.
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod file;
pub mod mseed;
pub mod sac;
