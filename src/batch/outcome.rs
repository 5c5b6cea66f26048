//! The account: one line for every input.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use seis_core::{SourceId, UtcTime};
use serde::Serialize;

use super::RunStats;

/// What became of one input: of a segment of one channel, or of a file that gave none.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// Name of the event's directory.
    pub event: String,
    /// The raw file.
    pub file: PathBuf,
    /// The channel, once it is known.
    pub id: Option<SourceId>,
    /// First and last sample of the raw segment, once they are known.
    pub span: Option<(UtcTime, UtcTime)>,
    /// Number of raw samples, once it is known; the raw files of complete results are not read.
    pub raw_npts: Option<usize>,
    /// What became of it.
    pub status: Status,
    /// What deserves attention although the input was processed.
    pub warnings: Vec<String>,
    /// Where the time went.
    pub timings: Timings,
}

impl Outcome {
    pub(super) fn new(event: &str, file: &Path, status: Status) -> Self {
        Self {
            event: event.to_owned(),
            file: file.to_owned(),
            id: None,
            span: None,
            raw_npts: None,
            status,
            warnings: Vec::new(),
            timings: Timings::default(),
        }
    }

    pub(super) fn failed(event: &str, file: &Path, failure: Failure) -> Self {
        Self::new(event, file, Status::NotProcessed(failure))
    }
}

/// What became of an input.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Status {
    /// Processed and written.
    Processed {
        /// The result.
        output: PathBuf,
        /// Its number of samples.
        npts: usize,
    },
    /// A result of an earlier run with the same options is there.
    AlreadyThere {
        /// The result.
        output: PathBuf,
    },
    /// Not processed.
    NotProcessed(Failure),
}

/// Why an input was not processed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of reason, for counting.
    pub reason: Reason,
    /// The whole story: file, offset or stage, what was expected, what to do.
    pub message: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(reason: Reason, message: impl fmt::Display) -> Self {
        Self { reason, message: message.to_string() }
    }
}

/// Kinds of reasons why an input is not processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// The raw file or directory cannot be read.
    UnreadableFile,
    /// The raw file holds no data record.
    NoData,
    /// The channel's samples are text, or have no sampling rate.
    NotASeismogram,
    /// No file of metadata holds the channel.
    NoResponse,
    /// The channel is there, but no epoch covers the whole trace.
    NoEpoch,
    /// The response is there, and broken or contradictory.
    BadResponse,
    /// The processing steps refuse the trace (too short, not finite, rate too low, …).
    CannotProcess,
    /// The id in the header would make an unsafe file name.
    UnsafeName,
    /// Another input of this event, which comes first, has a result of the same name.
    NameTaken,
    /// The result cannot be written, or the format cannot hold it.
    CannotWrite,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UnreadableFile => "the file cannot be read",
            Self::NoData => "no data in the file",
            Self::NotASeismogram => "not a seismogram",
            Self::NoResponse => "no response for the channel",
            Self::NoEpoch => "no response epoch covers the trace",
            Self::BadResponse => "the response cannot be used",
            Self::CannotProcess => "the trace cannot be processed",
            Self::UnsafeName => "the id is no safe file name",
            Self::NameTaken => "another input has the same result name",
            Self::CannotWrite => "the result cannot be written",
        })
    }
}

/// Where the time of one input went.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Timings {
    /// Reading the file, by whatever thread; for the first segment of a file.
    pub read: Duration,
    /// Decoding it; likewise.
    pub decode: Duration,
    /// Finding the response and making, or fetching, the plan.
    pub response: Duration,
    /// The processing steps.
    pub process: Duration,
    /// Writing the result.
    pub write: Duration,
}

/// The account of a whole run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Inputs processed.
    pub processed: usize,
    /// Inputs whose results were there.
    pub already_there: usize,
    /// Inputs not processed, by reason.
    pub not_processed: BTreeMap<Reason, usize>,
    /// Inputs processed with warnings.
    pub with_warnings: usize,
    /// Events of which it could not be written down what is complete: a later run will look at
    /// their raw files again.
    pub unfinished_events: usize,
    /// Files under `raw/` that are no miniSEED by their names.
    pub ignored_files: usize,
    /// Raw files looked at.
    pub files: usize,
    /// What the run did beside its results.
    pub stats: RunStats,
}

impl Summary {
    /// Adds one outcome.
    pub fn count(&mut self, outcome: &Outcome) {
        match &outcome.status {
            Status::Processed { .. } => {
                self.processed += 1;
                self.with_warnings += usize::from(!outcome.warnings.is_empty());
            }
            Status::AlreadyThere { .. } => self.already_there += 1,
            Status::NotProcessed(failure) => {
                *self.not_processed.entry(failure.reason).or_default() += 1;
            }
        }
    }

    /// Number of inputs not processed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.not_processed.values().sum()
    }

    /// Number of inputs altogether.
    #[must_use]
    pub fn total(&self) -> usize {
        self.processed + self.already_there + self.failed()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} inputs: {} processed, {} already there, {} not processed",
            self.total(),
            self.processed,
            self.already_there,
            self.failed()
        )?;
        for (reason, count) in &self.not_processed {
            write!(f, "\n  {count:>8}  {reason}")?;
        }
        if self.with_warnings > 0 {
            write!(f, "\n  {:>8}  processed with warnings", self.with_warnings)?;
        }
        if self.unfinished_events > 0 {
            write!(f, "\n  {:>8}  events without an account of it", self.unfinished_events)?;
        }
        if self.ignored_files > 0 {
            write!(f, "\n  {:>8}  other files under raw/ ignored", self.ignored_files)?;
        }
        Ok(())
    }
}
