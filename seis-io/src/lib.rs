//! miniSEED and SAC: bytes to seismic traces and back.
pub mod file;
pub mod mseed;
pub mod sac;
