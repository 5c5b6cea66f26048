//! Dataless SEED volumes: read, evaluated, written as StationXML and as poles and zeros, read again.
#![no_main]

#[path = "../../seis-resp/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::sources::dataless(bytes));
seis_fuzz::mutate!(Text);
