//! SAC files, binary and alphanumeric.
#![no_main]

#[path = "../../seis-io/tests/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = properties::sac::file(bytes);
});
seis_fuzz::mutate!(Binary);
