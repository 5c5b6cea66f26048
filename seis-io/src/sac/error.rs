//! What SAC reading and writing refuse.

use std::io;
use std::path::PathBuf;

use seis_core::{SourceId, UtcTime};

use super::Kind;
use crate::file::shown;

/// Why a SAC file could not be read, written, or turned into a trace.
///
/// Every variant that concerns a header variable carries its SAC name in `variable`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An error in this file.
    #[error("{}: {source}", shown(path))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<Error>,
    },
    /// The system could not read or write.
    #[error("cannot read or write: {source}")]
    Io {
        /// The system's error.
        #[from]
        source: io::Error,
    },
    /// Neither binary SAC in either byte order nor alphanumeric SAC.
    #[error(
        "no SAC file: word 76 (NVHDR, byte 304) is {little} little-endian and {big} big-endian, \
         expected 6 or 7, and the first line is not five numbers"
    )]
    NotSac {
        /// NVHDR as a little-endian integer.
        little: i32,
        /// NVHDR as a big-endian integer.
        big: i32,
    },
    /// A header version whose layout is not that of 6 or 7.
    #[error("NVHDR is {found}: only header versions 6 and 7 are understood")]
    Version {
        /// NVHDR as found.
        found: i32,
    },
    /// The input ends within the header.
    #[error("the file ends within the SAC header: {found} bytes of 632")]
    HeaderTruncated {
        /// Bytes there are.
        found: usize,
    },
    /// The length of the file is not what the header says.
    #[error(
        "NPTS {npts} in {sections} data section(s), NVHDR {version}: {expected} bytes expected, \
         {found} found"
    )]
    Size {
        /// NPTS as found.
        npts: i32,
        /// Data sections, by IFTYPE and LEVEN.
        sections: u8,
        /// NVHDR as found.
        version: i32,
        /// Length of the whole file by the header, in bytes.
        expected: u64,
        /// Bytes there are (at least, if more than expected).
        found: u64,
    },
    /// A variable has a value that makes no sense where it is needed.
    #[error("{variable} is {found}: expected {expected}")]
    Invalid {
        /// The variable.
        variable: &'static str,
        /// Its value, as text.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// An enumerated variable has a value that SAC does not list for it.
    #[error("{variable} is {found}, which is none of its enumerated values")]
    Enumeration {
        /// The variable.
        variable: &'static str,
        /// The value, or the name given for it.
        found: String,
    },
    /// No header variable has this name.
    #[error("SAC has no header variable {name:?}")]
    UnknownVariable {
        /// The name as given.
        name: String,
    },
    /// A value of another type than the variable's.
    #[error("{variable} is {expected}: cannot set it to {found}")]
    Kind {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        expected: Kind,
        /// What was given, as text.
        found: String,
    },
    /// The value −12345 (or a text that begins so) means "undefined" in SAC.
    #[error("{variable} cannot be {found}: SAC reads this as undefined")]
    MeansUndefined {
        /// The variable.
        variable: &'static str,
        /// The value, as text.
        found: String,
    },
    /// A number that 32-bit floating point cannot hold.
    #[error("{variable} cannot be {value:?}: it must be finite and fit 32-bit floating point")]
    Float {
        /// The variable.
        variable: &'static str,
        /// The value.
        value: f64,
    },
    /// A text that is too long for the variable, or not printable ASCII.
    #[error("{variable} cannot be {text:?}: expected at most {max} printable ASCII characters")]
    Text {
        /// The variable.
        variable: &'static str,
        /// The text.
        text: String,
        /// Characters that the variable holds.
        max: usize,
    },
    /// A sample that 32-bit floating point cannot hold.
    #[error("sample {index} is {value:?}: SAC samples are 32-bit floats, at most 3.4e38")]
    Sample {
        /// Index of the sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A sample that 32-bit floating point would round
    /// ([`SacFile::expect_exact`](super::SacFile::expect_exact)).
    #[error(
        "{id}: sample {index} is {value:?}, which is no 32-bit float as SAC has them: write \
         miniSEED, or let it be rounded"
    )]
    Rounded {
        /// The trace.
        id: Box<SourceId>,
        /// Index of the sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// An id, start time or sampling rate that is read of the file otherwise than the trace has it
    /// ([`SacFile::expect_exact`](super::SacFile::expect_exact)).
    #[error(
        "{id}: {variable}: {value} would come back from SAC as {found}: write miniSEED, or let it \
         be rounded"
    )]
    Inexact {
        /// The trace.
        id: Box<SourceId>,
        /// Where it is stored: DELTA, B, or KNETWK for all of the id.
        variable: &'static str,
        /// What the trace has, as text.
        value: String,
        /// What is read, as text.
        found: String,
    },
    /// A number that would come back otherwise from the seven digits of the alphanumeric form
    /// ([`SacFile::expect_exact_alphanumeric`](super::SacFile::expect_exact_alphanumeric)).
    #[error(
        "{what} is {value:?}, and would come back as {found:?} from the seven digits of \
         alphanumeric SAC: write binary SAC, or let it be rounded"
    )]
    SevenDigits {
        /// The variable, or `sample` and its index.
        what: String,
        /// As it is.
        value: f64,
        /// As it would be read.
        found: f64,
    },
    /// A text trace: SAC holds numbers.
    #[error("the trace holds text; SAC files hold numbers")]
    NotNumeric,
    /// More samples than NPTS can count.
    #[error("{found} samples are more than NPTS can count (2147483647)")]
    TooManySamples {
        /// Samples there are.
        found: usize,
    },
    /// A trace without sampling rate: there is no DELTA for it.
    #[error("the trace has no sampling rate, and DELTA must be set")]
    NoRate,
    /// The sections of the data differ in length.
    #[error("the two data sections hold {first} and {second} values")]
    Sections {
        /// Values in the first.
        first: usize,
        /// Values in the second.
        second: usize,
    },
    /// Not an evenly spaced time series, hence no trace.
    #[error("{variable} is {found}: only evenly spaced time series become traces")]
    NotTimeSeries {
        /// IFTYPE or LEVEN.
        variable: &'static str,
        /// Its value, as text.
        found: String,
    },
    /// The file has no reference time, so that times relative to it are no instants.
    #[error(
        "nzyear … nzmsec are undefined, so that there is no absolute time; set a reference time \
         (Header::set_reference_time, TraceOptions::reference_time)"
    )]
    NoReferenceTime,
    /// A variable's text is no network, station, location or channel code.
    #[error("{variable} is no code: {reason}; give an id (TraceOptions::id)")]
    Code {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        reason: Box<seis_core::Error>,
    },
    /// An instant that the reference time cannot hold: SAC readers take the years 0 to 99 for
    /// 1900 to 1999.
    #[error("{variable}: {time} is outside the years 100 to 9999")]
    Time {
        /// The variable.
        variable: &'static str,
        /// The instant.
        time: UtcTime,
    },
    /// A line of an alphanumeric file that is not what belongs there.
    #[error("line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Line number, from 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
        /// The line, or the beginning of a long one.
        found: String,
    },
    /// A coordinate outside its range.
    #[error("{variable} is {value:?}: expected {expected}")]
    Coordinate {
        /// The variable.
        variable: &'static str,
        /// The value.
        value: f64,
        /// The range.
        expected: &'static str,
    },
}

/// Result with the [`Error`] of this module.
pub type Result<T, E = Error> = std::result::Result<T, E>;
