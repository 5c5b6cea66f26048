//! What can be wrong with a record, with a file, and with data that are to be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use seis_core::{SampleType, SourceId, UtcTime};

use super::steim::SteimError;
use super::{Encoding, Skipped};
use crate::file::shown;

/// What is wrong with one record.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The bytes are not the start of a miniSEED 2 or 3 record.
    #[error("not a miniSEED record")]
    NotARecord,
    /// The data end within a record, or within its header; or another record begins in it.
    #[error("the record is cut after {found} of its {needed} bytes: get the file again")]
    Truncated {
        /// Bytes that the record needs.
        needed: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// There is no blockette 1000, and no following record tells where this one ends.
    #[error("no blockette 1000 gives the record length, and no record follows to show it")]
    UnknownLength,
    /// The record length is impossible.
    #[error("record length {found} bytes is not between {min} and {max}")]
    Length {
        /// The length as given.
        found: u64,
        /// Shortest possible.
        min: u64,
        /// Longest that is read.
        max: u64,
    },
    /// A header field holds what it must not.
    #[error("{field} (byte {at} of the record) is {found}, expected {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// Where it stands in the record.
        at: usize,
        /// What was found.
        found: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The blockettes of a version-2 record do not follow each other.
    #[error("blockette chain: offset {next} behind byte {at} of the record is {reason}")]
    BlocketteChain {
        /// Where the chain was left.
        at: usize,
        /// Where it was to go on.
        next: usize,
        /// Why it cannot.
        reason: &'static str,
    },
    /// The checksum of a version-3 record is wrong: some byte is not as it was written.
    #[error(
        "CRC-32C is {computed:08x}, the header says {stored:08x}: the record was damaged \
         (--ignore-crc or ReadOptions::check_crc(false) reads it all the same)"
    )]
    Crc {
        /// As the header has it.
        stored: u32,
        /// As it is.
        computed: u32,
    },
    /// The encoding cannot be decoded.
    #[error("encoding {encoding} is not supported")]
    Encoding {
        /// The encoding.
        encoding: Encoding,
    },
    /// The header claims more samples than the payload can hold.
    #[error(
        "the header claims {expected} samples, but {payload_bytes} bytes of {encoding} hold at \
         most {found}"
    )]
    SampleCount {
        /// The encoding.
        encoding: Encoding,
        /// As the header has it.
        expected: usize,
        /// The most that there can be.
        found: usize,
        /// Size of the payload.
        payload_bytes: usize,
    },
    /// The compressed samples are broken.
    #[error("{encoding}: {source}")]
    Steim {
        /// Steim-1 or Steim-2.
        encoding: Encoding,
        /// How they are broken.
        source: SteimError,
    },
    /// An SRO sample has a gain range that the format does not have.
    #[error("SRO sample {index} has gain range {gain}, expected 0 to 10")]
    Gain {
        /// Index of the sample in the record.
        index: usize,
        /// The gain range.
        gain: u8,
    },
    /// The last sample is not the one that the first frame announces, and bytes before or behind
    /// the record cannot be read either: it was damaged with them.
    #[error(
        "the last sample is {last}, the first frame announces {announced}, and bytes next to the \
         record cannot be read: it is damaged"
    )]
    Damaged {
        /// As decoded.
        last: i32,
        /// As announced.
        announced: i32,
    },
    /// The gzip data end before their end, are damaged, or have something else behind them; what
    /// was inflated before was read.
    #[error("the gzip data cannot be inflated further: {reason}")]
    Gzip {
        /// What is wrong with them.
        reason: String,
    },
    /// The extra headers are not what they must be; the samples can be read all the same.
    #[error("extra headers: {reason}")]
    ExtraHeaders {
        /// What is wrong with them.
        reason: String,
    },
    /// Samples of this encoding have another type than the one asked for.
    #[error("the record holds {found}, asked for were {expected}")]
    SampleType {
        /// What was asked for.
        expected: SampleType,
        /// What the record holds.
        found: SampleType,
    },
    /// Something that only deserves a warning, under [`Policy::Strict`](super::Policy::Strict).
    #[error("{0}")]
    Strict(WarningKind),
}

/// Something odd about a record whose data could be read.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WarningKind {
    /// The last sample of a Steim record is not the one its first frame announces (Xn): samples
    /// were damaged, or the header's count is wrong.
    #[error("the last sample is {last}, the first frame announces {announced}")]
    IntegrationConstant {
        /// As decoded.
        last: i32,
        /// As announced.
        announced: i32,
    },
    /// The start time has 10000 tenths of milliseconds; the next second was taken.
    #[error("the fraction of the start time is 10000 tenths of a millisecond, taken as 1 s")]
    FractionCarried,
    /// Bytes that are no code characters were left out of a network, station, location or channel
    /// code: control characters, bytes beyond ASCII, blanks between characters.
    #[error(
        "a network, station, location or channel code holds bytes that are no code characters \
         (blanks within, or what is not printable ASCII); they were left out"
    )]
    CodeBytes,
    /// The blockette chain is broken behind blockette 1000; what follows was not read.
    #[error("the blockette chain is broken, later blockettes were not read")]
    BlocketteChain,
    /// Data begin before the blockettes end.
    #[error("the data begin before the blockettes end")]
    DataWithinBlockettes,
    /// The rate of blockette 100 is not a rate; the nominal one was taken.
    #[error("the rate of blockette 100 is not a rate, the nominal one was taken")]
    ActualRate,
    /// Sample times of a joined trace lie this far from the times of the records.
    #[error(
        "records start up to {samples:.2} samples off the times of the trace they were joined to"
    )]
    Drift {
        /// Largest distance, in samples.
        samples: f64,
    },
}

/// Why miniSEED could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system could not read the data.
    #[error("{}{source}", InFile(.file))]
    Io {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// What the system says.
        source: io::Error,
    },
    /// A stretch of bytes could not be read.
    #[error("{}{skipped}", InFile(.file))]
    Record {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// The stretch, and why.
        skipped: Box<Skipped>,
    },
    /// There is not one record in the data that can be read.
    #[error("{}no readable miniSEED record in {bytes} bytes{}", InFile(.file), Because(.first))]
    NoRecords {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// How many bytes there are.
        bytes: u64,
        /// The first stretch that could not be read.
        first: Option<Box<Skipped>>,
    },
    /// A source that may have no end gave nothing but junk for too long.
    #[error(
        "{}no record in {bytes} bytes of what is no file: given up, for it may have no end \
         (ReadOptions::max_junk, or save it as a file)",
        InFile(.file)
    )]
    NoRecordsYet {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// How many bytes were read since the last record.
        bytes: u64,
    },
    /// A name or pattern for which there is no file.
    #[error(transparent)]
    Pattern(crate::files::PatternError),
    /// gzip data would inflate to more than they may.
    #[error(
        "{}the gzip data inflate to more than {bytes} bytes, {limit} times their size and more: if \
         that is what they should do, raise the limit (--max-inflation, \
         ReadOptions::max_inflation), inflate them to a file with gunzip, or read them record by \
         record",
        InFile(.file)
    )]
    TooLarge {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// How much was inflated.
        bytes: u64,
        /// How many times their size they may inflate to.
        limit: u32,
    },
    /// An option of reading that makes no sense.
    #[error("{option} is {found:?}: expected {expected}")]
    Option {
        /// Which.
        option: &'static str,
        /// Its value.
        found: f64,
        /// What would do.
        expected: &'static str,
    },
    /// A time span that ends before it begins.
    #[error("the time window begins at {from} and ends before, at {to}: exchange them")]
    Window {
        /// Its beginning.
        from: UtcTime,
        /// Its end.
        to: UtcTime,
    },
    /// Some of the data could not be read, and all of it was asked for.
    #[error(
        "{}{bytes} bytes in {stretches} places could not be read; first: {first}",
        InFile(.file)
    )]
    Incomplete {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// Bytes that were skipped.
        bytes: u64,
        /// In how many places.
        stretches: usize,
        /// The first of them.
        first: Box<Skipped>,
    },
}

/// `file: `, if there is one.
struct InFile<'a>(&'a Option<PathBuf>);

impl fmt::Display for InFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(f, "{}: ", shown(path)),
            None => Ok(()),
        }
    }
}

/// `; first …`, if there is one.
struct Because<'a>(&'a Option<Box<Skipped>>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(skipped) => write!(f, ": {skipped}"),
            None => Ok(()),
        }
    }
}

/// `, but as … Hz`, if it would come back at all.
struct Nearest<'a>(&'a Option<f64>);

impl fmt::Display for Nearest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(hz) => write!(f, " (but as {hz:?} Hz)"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// The same error, with the name of the file it came from: for those who read the bytes
    /// themselves.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        match &mut self {
            Self::Io { file, .. }
            | Self::Record { file, .. }
            | Self::NoRecords { file, .. }
            | Self::NoRecordsYet { file, .. }
            | Self::TooLarge { file, .. }
            | Self::Incomplete { file, .. } => *file = Some(path.to_owned()),
            Self::Pattern(_) | Self::Option { .. } | Self::Window { .. } => {}
        }
        self
    }
}

impl From<Skipped> for Error {
    fn from(skipped: Skipped) -> Self {
        Self::Record { file: None, skipped: Box::new(skipped) }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io { file: None, source }
    }
}

/// Result with the module's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why data could not be written as miniSEED. Nothing is written that does not say what the data
/// say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The system could not write.
    #[error("{}{source}", InFile(.file))]
    Io {
        /// The file, where there is one.
        file: Option<PathBuf>,
        /// What the system says.
        source: io::Error,
    },
    /// The version has no records of this length.
    #[error("record length {found} is not {expected}")]
    RecordLength {
        /// As asked for.
        found: usize,
        /// What would have been right.
        expected: &'static str,
    },
    /// The extra headers that were asked for cannot be stored.
    #[error("extra headers: {reason}")]
    ExtraHeaders {
        /// Why not.
        reason: String,
    },
    /// An option that the version has no place for.
    #[error("{option}")]
    Option {
        /// Which, and why not.
        option: &'static str,
    },
    /// Flags that neither version defines.
    #[error("flags {found:#010b} have bits beyond 0, 1 and 2, which the standard reserves")]
    Flags {
        /// As asked for.
        found: u8,
    },
    /// A quality of the clock that the version has no place for.
    #[error("timing quality {found} is not {expected}")]
    TimingQuality {
        /// As asked for.
        found: u8,
        /// What would have been right.
        expected: &'static str,
    },
    /// The codes do not come back from the FDSN source identifier that they make.
    #[error("{id}: the codes make {fdsn}, which would not be read as them")]
    Id {
        /// The trace.
        id: SourceId,
        /// The identifier that would have been written.
        fdsn: String,
    },
    /// Records of this length have no room for a single sample.
    #[error(
        "{id}: a record of {record_len} bytes has no room for {encoding} samples behind its \
         {header_len}-byte header: take longer records"
    )]
    RecordTooShort {
        /// The trace.
        id: SourceId,
        /// As asked for.
        record_len: usize,
        /// What header and blockettes take.
        header_len: usize,
        /// The encoding.
        encoding: Encoding,
    },
    /// A code is longer than the version allows.
    #[error(
        "{id}: {field} code {code:?} is longer than the {max} characters of miniSEED {version}"
    )]
    Code {
        /// The trace.
        id: SourceId,
        /// Network, station, location or channel.
        field: &'static str,
        /// The code.
        code: String,
        /// The longest possible.
        max: u8,
        /// The version.
        version: u8,
    },
    /// Version 2 does not hold the sampling rate: it is no ratio or product of integers up to 32767
    /// and no 32-bit float.
    #[error(
        "{id}: sampling rate {hz:?} Hz would not come back from miniSEED 2{}: write version 3{}",
        Nearest(.nearest_hz),
        if nearest_hz.is_some() { ", or round it (WriteOptions::round_rate)" } else { "" }
    )]
    Rate {
        /// The trace.
        id: SourceId,
        /// The rate in Hz.
        hz: f64,
        /// The nearest rate in Hz that is stored with
        /// [`round_rate`](super::WriteOptions::round_rate), if there is one.
        nearest_hz: Option<f64>,
    },
    /// The records of a series of this rate could not be joined again: in version 2 they begin at
    /// whole microseconds, and half a sample is less than the error of two of them.
    #[error(
        "{id}: more than one record at {hz:?} Hz: records of miniSEED 2 begin at whole microseconds, \
         so that above 500000 Hz they would not be joined again: write version 3, or longer records"
    )]
    TooFast {
        /// The trace.
        id: SourceId,
        /// The rate in Hz.
        hz: f64,
    },
    /// Version 2 does not hold the start time of a trace: it is no whole microsecond.
    #[error(
        "{id}: start {start} is no whole microsecond, which is all that miniSEED 2 holds (the \
         nearest is {rounded}): write version 3, or round it (WriteOptions::round_start)"
    )]
    Start {
        /// The trace.
        id: SourceId,
        /// Its start.
        start: UtcTime,
        /// The nearest microsecond.
        rounded: UtcTime,
    },
    /// A record would start in a year that readers do not take: outside 1900 to 2100 in version 2,
    /// where it is the sign of the other byte order, and outside 1678 to 2261 in version 3, where
    /// libmseed's 64 bits of nanoseconds end.
    #[error("{id}: record start {start} is not within the years {first} to {last}")]
    Time {
        /// The trace.
        id: SourceId,
        /// Start of the record.
        start: UtcTime,
        /// The first year possible.
        first: i16,
        /// The last year possible.
        last: i16,
    },
    /// Samples of this type cannot be stored in this encoding.
    #[error("{id}: {samples} cannot be stored as {encoding}")]
    Encoding {
        /// The trace.
        id: SourceId,
        /// What they are.
        samples: SampleType,
        /// What was asked for.
        encoding: Encoding,
    },
    /// A sample cannot be stored in this encoding without loss.
    #[error("{id}: sample {index} is {value:?}, which {encoding} cannot hold exactly")]
    Sample {
        /// The trace.
        id: SourceId,
        /// Index of the sample in the trace, or in the piece that was pushed.
        index: usize,
        /// Its value.
        value: f64,
        /// What was asked for.
        encoding: Encoding,
    },
    /// A difference between samples is too large for Steim-2.
    #[error("{id}: {source}")]
    Steim {
        /// The trace.
        id: SourceId,
        /// Which difference; the index counts from the start of the trace, or from the first
        /// piece behind the last gap.
        source: SteimError,
    },
}

impl WriteError {
    /// The same error, with the name of the file it is about.
    #[must_use]
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Self::Io { file, .. } = &mut self {
            *file = Some(path.to_owned());
        }
        self
    }
}

impl From<io::Error> for WriteError {
    fn from(source: io::Error) -> Self {
        Self::Io { file: None, source }
    }
}
