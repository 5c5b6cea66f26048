//! Whole miniSEED sources: every policy, the report, the index, and writing what was read.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::mseed::source(bytes));
seis_fuzz::mutate!(Binary);
