//! StationXML: read, written, read again, evaluated.
#![no_main]

#[path = "../../seis-resp/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::stationxml::document(bytes));
seis_fuzz::mutate!(Markup);
