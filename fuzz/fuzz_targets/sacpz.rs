//! SAC pole-zero files: read, evaluated, written as StationXML.
#![no_main]

#[path = "../../seis-resp/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::seed::sacpz(bytes));
seis_fuzz::mutate!(Text);
