//! The account of a reading: what was read, what was passed over, what was skipped and why.

use std::fmt;

use seis_core::SourceId;

use super::{RecordError, WarningKind};

/// What a reading came across. Nothing is dropped without an entry here.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ReadReport {
    /// Bytes of the source (of gzip: inflated).
    pub bytes: u64,
    /// Of these, bytes that were never touched, because the file is
    /// [in order of time](super::ReadOptions::time_ordered).
    pub untouched_bytes: u64,
    /// Records that were read, with and without samples.
    pub records: usize,
    /// Of these, records without samples; they make no trace.
    pub empty_records: usize,
    /// Records that the id patterns or the time window left out. Where most of a file is left
    /// [untouched](Self::untouched_bytes), those of them that were come across.
    pub filtered_records: usize,
    /// Records that are there a second time, and were left out.
    pub duplicate_records: usize,
    /// Control records of a full SEED volume (volume, abbreviation, station and time headers).
    pub control_records: usize,
    /// Bytes of noise records (a sequence number and blanks) and blanks between records.
    pub noise_bytes: u64,
    /// Stretches that could not be read, in the order of the source.
    pub skipped: Vec<Skipped>,
    /// Oddities of what was read, in the order of the source.
    pub warnings: Vec<Warning>,
}

impl ReadReport {
    /// Whether every byte was understood: nothing was skipped. (Warnings do not count.)
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.skipped.is_empty()
    }

    /// In the order of the source, after all has been added.
    pub(crate) fn sort(&mut self) {
        self.skipped.sort_by_key(|s| s.offset);
        self.warnings.sort_by_key(|w| w.offset);
    }

    /// How many bytes were skipped.
    #[must_use]
    pub fn skipped_bytes(&self) -> u64 {
        self.skipped.iter().map(|s| s.len).sum()
    }
}

impl fmt::Display for ReadReport {
    /// A line of figures, and one for each stretch skipped and each warning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} records in {} bytes, {} skipped stretches ({} bytes), {} warnings",
            self.records,
            self.bytes,
            self.skipped.len(),
            self.skipped_bytes(),
            self.warnings.len()
        )?;
        for skipped in &self.skipped {
            write!(f, "\n{skipped}")?;
        }
        for warning in &self.warnings {
            write!(f, "\n{warning}")?;
        }
        Ok(())
    }
}

/// A stretch of bytes that could not be read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Skipped {
    /// Where it starts in the source.
    pub offset: u64,
    /// How long it is.
    pub len: u64,
    /// The channel, when a header could be read.
    pub id: Option<SourceId>,
    /// What is wrong with it.
    pub reason: RecordError,
}

/// What is wrong is in the message; [`reason`](Self::reason) has it typed.
impl std::error::Error for Skipped {}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        if let Some(id) = &self.id {
            write!(f, " ({id})")?;
        }
        write!(f, ": {}", self.reason)?;
        // Nothing was skipped where a warning was turned into an error.
        if self.len > 0 { write!(f, "; {} bytes skipped", self.len) } else { Ok(()) }
    }
}

/// Something odd about data that were read all the same.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Warning {
    /// Where the record starts in the source (the first record of a trace).
    pub offset: u64,
    /// The channel.
    pub id: SourceId,
    /// What is odd.
    pub kind: WarningKind,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} ({}): {}", self.offset, self.id, self.kind)
    }
}
