//! How miniSEED is written.

use seis_core::TimeDelta;

use crate::mseed::v2::Quality;
use crate::mseed::v3::{self, flag};
use crate::mseed::{ByteOrder, Encoding, WriteError};

/// Longest version-2 record that is written.
const MAX_V2_RECORD: usize = 1 << 20;

/// Which miniSEED is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FormatVersion {
    /// Version 2.4 (SEED): records of one length, times to the microsecond, codes of 2, 5, 2 and 3
    /// characters. Every program reads it.
    #[default]
    V2,
    /// Version 3 (FDSN): records as long as what they hold, times to the nanosecond, rates to
    /// double precision, FDSN source identifiers, checksums, extra headers.
    V3,
}

/// How miniSEED is written.
///
/// ```
/// use seis_io::mseed::{Encoding, FormatVersion, WriteOptions};
/// let options = WriteOptions::new().encoding(Encoding::Float32).record_len(512);
/// assert_eq!(options.record_len, 512);
/// let options = WriteOptions::new()
///     .version(FormatVersion::V3)
///     .publication_version(2)
///     .extra_headers(r#"{"FDSN":{"Time":{"Quality":100}}}"#);
/// assert_eq!(options.version, FormatVersion::V3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Version of the format. Default: 2.
    pub version: FormatVersion,
    /// Encoding; `None` for one that loses nothing: for integers Steim-2, or Steim-1 in records
    /// with a difference of more than 30 bits; else that of the samples' own type. Default: `None`.
    pub encoding: Option<Encoding>,
    /// Version 2: length of a record in bytes, a power of two from 64 to 1048576. Version 3: the
    /// longest that a record may be, up to 10 MiB. Default: 4096, as libmseed and ObsPy have it.
    pub record_len: usize,
    /// Byte order of headers and samples; `None` for the usual one of the version: in version 2
    /// big endian, which every reader knows, in version 3 little endian, which is its only one
    /// (but for Steim frames, which are always big endian there). Default: `None`.
    pub byte_order: Option<ByteOrder>,
    /// Quality indicator of version 2. Default: D.
    pub quality: Quality,
    /// Sequence number of the first version-2 record, 1 to 999999. Default: 1.
    pub first_sequence: u32,
    /// Publication version of version 3: 1 for raw data, more for each revision. Default: 0,
    /// which says that it is not known, as in data that come from other formats.
    pub publication_version: u8,
    /// [Flags](v3::flag) of all records, in both versions. Default: none.
    pub flags: u8,
    /// Quality of the clock in percent, 0 to 100, which goes into blockette 1001 of every version-2
    /// record. In version 3 it is an [extra header](v3::Time::quality). Default: `None`; 0 where
    /// there is a blockette 1001 for microseconds.
    pub timing_quality: Option<u8>,
    /// Extra headers of version-3 records: the text of a JSON object, of at most 65535 bytes,
    /// which goes into every record as it stands. Default: none (empty).
    pub extra_headers: String,
    /// Whether a sampling rate that version 2 does not hold is rounded to the nearest that it does;
    /// otherwise it is [refused](WriteError::Rate). Default: refused.
    ///
    /// Factor and multiplier hold ratios of integers up to 32767, products of two such integers,
    /// and the inverses of products; blockette 100 holds 32-bit floats, which are within 6e-8 of
    /// any rate. A record that counts its samples by such a rate is right at its start, which it
    /// states, and off by up to 6e-8 of its duration at its end: 4 µs for a minute, less than 0.004
    /// samples in any record. A reader that counts a whole trace by the rate of its first record is
    /// off by up to 5 ms after a day. Version 3 holds every rate.
    pub round_rate: bool,
    /// Whether a start time that is no whole microsecond is rounded to one in version 2 (halves to
    /// even); otherwise it is [refused](WriteError::Start). Default: refused.
    ///
    /// This is about the first sample of a trace, or of a piece that continues nothing, whose time
    /// is given. The times of later records follow from it and the rate, and are rounded to the
    /// microsecond in any case, as by libmseed: a trace of 3 Hz could not be written otherwise.
    /// Version 3 has nanoseconds.
    pub round_start: bool,
    /// How far the start of a piece of samples may lie from the time at which its first sample is
    /// due for it to be taken as the continuation; its own start time is then lost. See
    /// [`Writer::push`](crate::mseed::Writer::push). Default: 1 µs, to which version-2 files give
    /// times.
    pub continue_within: TimeDelta,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            version: FormatVersion::V2,
            encoding: None,
            record_len: 4096,
            byte_order: None,
            quality: Quality::Indeterminate,
            first_sequence: 1,
            publication_version: 0,
            flags: 0,
            timing_quality: None,
            extra_headers: String::new(),
            round_rate: false,
            round_start: false,
            continue_within: TimeDelta::from_nanos(1000),
        }
    }
}

impl WriteOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In this version of the format.
    #[must_use]
    pub fn version(mut self, version: FormatVersion) -> Self {
        self.version = version;
        self
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
        self.byte_order = Some(order);
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

    /// With this publication version (version 3).
    #[must_use]
    pub fn publication_version(mut self, version: u8) -> Self {
        self.publication_version = version;
        self
    }

    /// With these [flags](v3::flag).
    #[must_use]
    pub fn flags(mut self, flags: u8) -> Self {
        self.flags = flags;
        self
    }

    /// With this quality of the clock in percent (version 2).
    #[must_use]
    pub fn timing_quality(mut self, percent: u8) -> Self {
        self.timing_quality = Some(percent);
        self
    }

    /// With these extra headers, a JSON object (version 3).
    #[must_use]
    pub fn extra_headers(mut self, json: impl Into<String>) -> Self {
        self.extra_headers = json.into();
        self
    }

    /// With rates that version 2 does not hold rounded to the nearest that it does, or refused: see
    /// [`round_rate`](Self::round_rate).
    #[must_use]
    pub fn round_rate(mut self, round: bool) -> Self {
        self.round_rate = round;
        self
    }

    /// With start times of traces rounded to the microsecond in version 2, or refused: see
    /// [`round_start`](Self::round_start).
    #[must_use]
    pub fn round_start(mut self, round: bool) -> Self {
        self.round_start = round;
        self
    }

    /// With pieces of samples taken as continuations up to this far from their time.
    #[must_use]
    pub fn continue_within(mut self, tolerance: TimeDelta) -> Self {
        self.continue_within = tolerance;
        self
    }

    /// The byte order of version 2.
    pub(super) fn v2_order(&self) -> ByteOrder {
        self.byte_order.unwrap_or(ByteOrder::Big)
    }

    /// Checks what does not depend on the data.
    pub(super) fn check(&self) -> Result<(), WriteError> {
        let found = self.record_len;
        let expected = match self.version {
            FormatVersion::V2 => {
                let possible = found.is_power_of_two() && (64..=MAX_V2_RECORD).contains(&found);
                (!possible).then_some("a power of two from 64 to 1048576")
            }
            FormatVersion::V3 => {
                let possible = found >= v3::FIXED_BYTES && found as u64 <= v3::MAX_RECORD;
                (!possible).then_some("from 40 to 10485760, as version 3 has them")
            }
        };
        if let Some(expected) = expected {
            return Err(WriteError::RecordLength { found, expected });
        }
        let ignored = match self.version {
            FormatVersion::V2 if self.publication_version != 0 => {
                Some("publication_version: version 2 has a quality in its place")
            }
            FormatVersion::V2 if !(1..=999_999).contains(&self.first_sequence) => {
                Some("first_sequence: the numbers go from 1 to 999999")
            }
            FormatVersion::V3 if self.byte_order == Some(ByteOrder::Big) => {
                Some("byte_order: version 3 is little-endian by definition; leave it out")
            }
            FormatVersion::V3 if self.quality != Quality::Indeterminate => {
                Some("quality: version 3 has a publication_version in its place")
            }
            _ => None,
        };
        if let Some(option) = ignored {
            return Err(WriteError::Option { option });
        }
        if self.flags & !flag::ALL != 0 {
            return Err(WriteError::Flags { found: self.flags });
        }
        if let Some(found) = self.timing_quality {
            let expected = match self.version {
                FormatVersion::V2 => (found > 100).then_some("from 0 to 100 percent"),
                FormatVersion::V3 => Some("in version 3: it is the extra header FDSN.Time.Quality"),
            };
            if let Some(expected) = expected {
                return Err(WriteError::TimingQuality { found, expected });
            }
        }
        self.check_extra_headers().map_err(|reason| WriteError::ExtraHeaders { reason })
    }

    fn check_extra_headers(&self) -> Result<(), String> {
        let text = self.extra_headers.as_str();
        if text.is_empty() {
            return Ok(());
        }
        if self.version == FormatVersion::V2 {
            return Err("version 2 has no place for them: write version 3".to_owned());
        }
        if text.len() > usize::from(u16::MAX) {
            return Err(format!("{} bytes are more than the 65535 of the format", text.len()));
        }
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
            .map(|_| ())
            .map_err(|error| format!("not a JSON object: {error}"))
    }
}
