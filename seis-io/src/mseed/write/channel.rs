//! Samples of a channel that wait for the rest of their record.

use seis_core::{Samples, TimeDelta, Trace};

use super::header::{Coding, Series};
use super::record;

/// The unwritten end of a series.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) series: Series,
    /// What is not written yet.
    pub(super) pending: Samples,
    /// How many samples of the series were written.
    pub(super) written: u64,
    /// So many samples must there be before it is worth to try a record.
    pub(super) wanted: usize,
}

impl Channel {
    /// A channel that begins, for samples of this type.
    pub(super) fn new(series: Series, like: &Samples) -> Self {
        let wanted = record::fewest_that_fill(&series);
        Self { series, pending: like.slice(0..0), written: 0, wanted }
    }

    /// Whether a piece goes on where the channel ends.
    pub(super) fn is_continued_by(
        &self,
        piece: &Trace,
        coding: Coding,
        samples: &Samples,
        tolerance: TimeDelta,
    ) -> bool {
        let due = self.series.time_of(self.written + self.pending.len() as u64);
        self.series.rate == piece.rate
            && self.series.coding == coding
            && self.pending.sample_type() == samples.sample_type()
            && (piece.start - due).abs() <= tolerance
    }

    /// Takes so many samples, from the front, as written.
    pub(super) fn took(&mut self, number: usize) {
        self.written += number as u64;
        self.pending.retain_range(number..self.pending.len());
        if self.pending.is_empty() {
            // No memory for channels that have fallen silent.
            self.pending = self.pending.slice(0..0);
        }
    }
}
