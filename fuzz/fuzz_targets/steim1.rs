//! Steim-1, in both byte orders.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::steim::codec(
    seis_io::mseed::steim::Steim::One,
    bytes
));
seis_fuzz::mutate!(Binary);
