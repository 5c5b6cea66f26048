//! miniSEED records, one by one.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::mseed::records(bytes));
seis_fuzz::mutate!(Binary);
