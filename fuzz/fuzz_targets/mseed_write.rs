//! Traces of every kind are written, at once and in pieces, and come back.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::mseed::written(bytes));
seis_fuzz::mutate!(Binary);
