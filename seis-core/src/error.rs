//! Errors of the ground floor, and the errors of whole streams.

use std::fmt;

use crate::{SampleType, SourceId, UtcTime};

/// What the ground types refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A code holds more characters than any format of the field allows.
    #[error("code {code:?} is longer than {max} characters")]
    CodeTooLong {
        /// The code as given.
        code: String,
        /// The longest that fits.
        max: usize,
    },
    /// A code holds something else than printable ASCII without spaces.
    #[error("code {code:?} holds {found:?}: only printable ASCII without spaces is a code")]
    CodeCharacter {
        /// The code, with undecodable bytes escaped.
        code: String,
        /// The first character that does not belong.
        found: char,
    },
    /// An id is not of the form `NET.STA.LOC.CHA` or `FDSN:NET_STA_LOC_B_S_SS`.
    #[error("{text:?} is no source id: expected {expected}")]
    Id {
        /// The text as given.
        text: String,
        /// What would have been understood.
        expected: &'static str,
    },
    /// A pattern has more than four parts, or an open bracket.
    #[error("{text:?} is no id pattern: {reason}")]
    Pattern {
        /// The text as given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A text is no time.
    #[error("{text:?} is no UTC time: {reason}")]
    Time {
        /// The text as given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A calendar field is out of range, or the instant lies outside the years −9999 to 9999.
    #[error("time out of range: {what}")]
    TimeRange {
        /// The field and its value.
        what: String,
    },
    /// A sampling rate that no instrument has: negative, infinite, not a number, or beyond
    /// 1e-9…1e9 Hz.
    #[error("sampling rate {hz} Hz is not between 1e-9 and 1e9 Hz")]
    Rate {
        /// The rate as given, in Hz.
        hz: f64,
    },
    /// An operation needs regularly spaced samples and the trace has no sampling rate.
    #[error("the trace has no sampling rate (it holds text or irregular samples)")]
    NoRate,
    /// Numbers were asked of samples that are text.
    #[error("expected numeric samples, found {found}")]
    NotNumeric {
        /// What the samples are.
        found: SampleType,
    },
    /// Two segments of one channel cannot become one trace.
    #[error(transparent)]
    Merge(Box<MergeConflict>),
}

/// Two segments of one channel that cannot become one trace.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{id}: segments starting {earlier} and {later} cannot be merged: {reason}")]
#[non_exhaustive]
pub struct MergeConflict {
    /// The channel.
    pub id: SourceId,
    /// Start of the earlier segment.
    pub earlier: UtcTime,
    /// Start of the later segment.
    pub later: UtcTime,
    /// Why not, and what to do.
    pub reason: String,
}

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One trace of a stream on which an operation failed, and why.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TraceFailure<E> {
    /// Position of the trace in the stream when the operation began.
    pub index: usize,
    /// Its id.
    pub id: SourceId,
    /// Its start time.
    pub start: UtcTime,
    /// What went wrong.
    pub error: E,
}

impl<E: fmt::Display> fmt::Display for TraceFailure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace {} ({} from {}): {}", self.index, self.id, self.start, self.error)
    }
}

impl<E> TraceFailure<E> {
    pub(crate) fn new(index: usize, trace: &crate::Trace, error: E) -> Self {
        Self { index, id: trace.id, start: trace.start, error }
    }
}

/// An operation on a [`Stream`](crate::Stream) failed for some of its traces.
///
/// The traces named here are untouched; the operation took place on all others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StreamError<E> {
    /// The failures, by position in the stream; never empty.
    pub failures: Vec<TraceFailure<E>>,
    /// How many traces the operation was tried on.
    pub attempted: usize,
}

impl<E> StreamError<E> {
    /// `Ok(())` when `failures` is empty, else the error.
    pub fn check(failures: Vec<TraceFailure<E>>, attempted: usize) -> Result<(), Self> {
        if failures.is_empty() { Ok(()) } else { Err(Self { failures, attempted }) }
    }
}

impl<E: fmt::Display> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} traces failed", self.failures.len(), self.attempted)?;
        for failure in self.failures.iter().take(3) {
            write!(f, "; {failure}")?;
        }
        if self.failures.len() > 3 {
            write!(f, "; …")?;
        }
        Ok(())
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for StreamError<E> {}
