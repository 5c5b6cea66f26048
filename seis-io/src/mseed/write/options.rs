//! How miniSEED 2 is written.

use crate::mseed::v2::Quality;
use crate::mseed::{ByteOrder, Encoding};

/// How miniSEED 2 is written.
///
/// ```
/// use seis_io::mseed::{Encoding, WriteOptions};
/// let options = WriteOptions::new().encoding(Encoding::Float32).record_len(512);
/// assert_eq!(options.record_len, 512);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Encoding; `None` for one that loses nothing: Steim-2 (or Steim-1 where it must be) for
    /// integers, else that of the samples' own type. Default: `None`.
    pub encoding: Option<Encoding>,
    /// Length of a record in bytes: a power of two from 64 to 1048576. Default: 4096, as libmseed
    /// and ObsPy have it.
    pub record_len: usize,
    /// Byte order of headers and samples. Default: big endian, which every reader knows.
    pub byte_order: ByteOrder,
    /// Quality indicator. Default: D.
    pub quality: Quality,
    /// Sequence number of the first record, 1 to 999999. Default: 1.
    pub first_sequence: u32,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            record_len: 4096,
            byte_order: ByteOrder::Big,
            quality: Quality::Indeterminate,
            first_sequence: 1,
        }
    }
}

impl WriteOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this encoding.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// With records of this length in bytes.
    #[must_use]
    pub fn record_len(mut self, bytes: usize) -> Self {
        self.record_len = bytes;
        self
    }

    /// With this byte order.
    #[must_use]
    pub fn byte_order(mut self, order: ByteOrder) -> Self {
        self.byte_order = order;
        self
    }

    /// With this quality indicator.
    #[must_use]
    pub fn quality(mut self, quality: Quality) -> Self {
        self.quality = quality;
        self
    }

    /// With this sequence number for the first record; what is beyond six digits starts at 1.
    #[must_use]
    pub fn first_sequence(mut self, number: u32) -> Self {
        self.first_sequence = if number > 999_999 { 1 } else { number };
        self
    }
}
