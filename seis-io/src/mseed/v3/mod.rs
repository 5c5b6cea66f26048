//! miniSEED 3: the header of the *FDSN miniSEED 3 Definition*.

mod crc;
mod header;

pub use header::Header;

pub(crate) use header::parse;
