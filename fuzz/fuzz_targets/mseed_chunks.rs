//! What is read does not depend on how the bytes arrive.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::mseed::chunks(bytes));
seis_fuzz::mutate!(Binary);
