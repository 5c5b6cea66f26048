//! What the fuzz targets share: a mutator that knows how the files are built.

use seis_testing::{Random, corrupt_binary, corrupt_markup, corrupt_text};

/// How the files of a target are built.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Numbers at fixed places.
    Binary,
    /// Lines of words and numbers.
    Text,
    /// XML.
    Markup,
}

/// Changes an input in place: as libFuzzer does, or as the tests do.
pub fn mutate(kind: Kind, data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random::new(seed.into());
    if random.below(3) > 0 {
        let size = libfuzzer_sys::fuzzer_mutate(data, size, max_size);
        if matches!(kind, Kind::Binary) && random.below(2) > 0 {
            seis_testing::mend_checksums(&mut data[..size]);
        }
        return size;
    }
    let mut bytes = data[..size].to_vec();
    match kind {
        Kind::Binary => corrupt_binary(&mut bytes, &[], &mut random),
        Kind::Text => corrupt_text(&mut bytes, &[], &mut random),
        Kind::Markup => corrupt_markup(&mut bytes, &[], &mut random),
    }
    let size = bytes.len().min(max_size);
    data[..size].copy_from_slice(&bytes[..size]);
    size
}

/// The mutator of a target.
#[macro_export]
macro_rules! mutate {
    ($kind:ident) => {
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutate($crate::Kind::$kind, data, size, max_size, seed)
        });
    };
}
