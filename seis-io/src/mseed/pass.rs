//! The account that is kept while sources are read: which bytes came from where, and what was
//! found there.

use seis_core::SourceId;

use super::assemble::{ChannelTable, Entry};
use super::record::Common;
use super::{
    Check, Error, Policy, ReadOptions, ReadReport, RecordError, Result, Skipped, Warning,
    WarningKind,
};

/// Bytes of a source in the buffer.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where they start in the buffer.
    at: usize,
    /// Of which source they are.
    source: usize,
    /// Where they start in it.
    offset: u64,
}

/// What was found in one source, or in several.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) table: ChannelTable,
    /// Which channels are wanted.
    wanted: Vec<bool>,
    pieces: Vec<Piece>,
    reports: Vec<ReadReport>,
    /// Start and size of the next source, if only a part of it is read, and the bytes that were
    /// looked at to find the part.
    part: Option<(u64, u64, u64)>,
    /// Channels that the last source has records of, wanted or not: the first, and if there are
    /// more.
    channels: Option<(u32, bool)>,
    /// Whether samples are decoded in the first pass, for their errors alone.
    verifies: bool,
    /// Entries of records whose last sample is not the one that they announce, if so.
    odd: Vec<(usize, Check)>,
}

impl Pass {
    /// That decodes samples in the first pass.
    pub(super) fn verifying() -> Self {
        Self { verifies: true, ..Self::default() }
    }

    /// Whether samples are decoded in the first pass.
    pub(super) fn verifies(&self) -> bool {
        self.verifies
    }

    /// That the last sample of an entry is not the one that its record announces.
    pub(super) fn add_odd(&mut self, index: usize, check: Check) {
        self.odd.push((index, check));
    }

    /// The entries of which that was told.
    pub(super) fn take_odd(&mut self) -> Vec<(usize, Check)> {
        std::mem::take(&mut self.odd)
    }

    /// That of the source that begins next only a part is read, from here on.
    pub(super) fn set_part(&mut self, start: u64, size: u64, looked_at: u64) {
        self.part = Some((start, size, looked_at));
    }

    /// A source begins at this place of the buffer; gives the offset of its first byte.
    pub(super) fn begin(&mut self, at: usize, len: usize) -> u64 {
        let len = len as u64;
        let (offset, size, looked_at) = self.part.take().unwrap_or((0, len, 0));
        self.channels = None;
        self.pieces.push(Piece { at, source: self.reports.len(), offset });
        self.reports.push(ReadReport {
            bytes: size,
            untouched_bytes: size.saturating_sub(len + looked_at),
            ..ReadReport::default()
        });
        offset
    }

    /// That the bytes at this offset of the last source are to be found here in the buffer.
    pub(super) fn moved(&mut self, at: usize, offset: u64) {
        self.pieces.push(Piece { at, source: self.reports.len().saturating_sub(1), offset });
    }

    /// Forgets where the last source was put; [`moved`](Self::moved) tells it anew.
    pub(super) fn lift(&mut self) {
        self.pieces.pop();
    }

    /// Forgets the last source.
    pub(super) fn forget(&mut self) {
        self.pieces.pop();
        self.reports.pop();
    }

    /// The source, and the offset in it, of a place in the buffer.
    pub(super) fn place(&self, at: usize) -> (usize, u64) {
        let behind = self.pieces.partition_point(|piece| piece.at <= at);
        match behind.checked_sub(1).and_then(|i| self.pieces.get(i)) {
            Some(piece) => (piece.source, piece.offset + (at - piece.at) as u64),
            None => (0, at as u64),
        }
    }

    /// The account of the last source.
    pub(super) fn report(&mut self) -> &mut ReadReport {
        if self.reports.is_empty() {
            self.reports.push(ReadReport::default());
        }
        let last = self.reports.len() - 1;
        // There is one.
        &mut self.reports[last]
    }

    /// The number of a channel, and whether it is wanted.
    pub(super) fn channel(&mut self, id: &SourceId, options: &ReadOptions) -> (u32, bool) {
        let (channel, new) = self.table.number(id);
        if new {
            self.wanted.push(options.wants(id));
        }
        match &mut self.channels {
            Some((first, several)) => *several |= *first != channel,
            none => *none = Some((channel, false)),
        }
        (channel, self.wanted.get(channel as usize).is_some_and(|w| *w))
    }

    /// That a record cannot be read.
    pub(super) fn skip(&mut self, entry: &Entry, reason: RecordError) {
        let (source, offset) = self.place(entry.offset);
        let id = Some(self.table.id(entry.channel));
        if let Some(report) = self.reports.get_mut(source) {
            report.skipped.push(Skipped { offset, len: entry.len.into(), id, reason });
        }
    }

    /// What is odd about a header of the last source.
    pub(super) fn note(&mut self, common: &Common, id: SourceId, offset: u64) {
        if !common.notes.is_clean() {
            let warnings = common.notes.warnings().map(|kind| Warning { offset, id, kind });
            self.report().warnings.extend(warnings);
        }
    }

    /// What is odd about the record at this place of the buffer.
    pub(super) fn warn(&mut self, at: usize, id: SourceId, kind: WarningKind) {
        let (source, offset) = self.place(at);
        if let Some(report) = self.reports.get_mut(source) {
            report.warnings.push(Warning { offset, id, kind });
        }
    }

    /// That the record at this place of the buffer is there already.
    pub(super) fn duplicate(&mut self, at: usize) {
        let (source, _) = self.place(at);
        if let Some(report) = self.reports.get_mut(source) {
            report.duplicate_records += 1;
        }
    }

    /// That the last source was gzip which could not be inflated to its end.
    pub(super) fn end_of_gzip(&mut self, broken: Option<String>) {
        if let Some(reason) = broken {
            let report = self.report();
            let reason = RecordError::Gzip { reason };
            report.skipped.push(Skipped { offset: report.bytes, len: 0, id: None, reason });
        }
    }

    /// Whether the part that was read of the last source holds what it was believed to hold: whole records of one channel
    /// in order of time, and nothing else. (Records outside the window are not among the entries.)
    pub(super) fn is_in_order(&mut self, entries: &[Entry], id: &SourceId) -> bool {
        let ordered = entries.windows(2).all(|pair| match pair {
            [a, b] => a.start <= b.start && a.end <= b.end,
            _ => true,
        });
        let one_channel = match self.channels {
            Some((channel, several)) => !several && self.table.id(channel) == *id,
            None => true,
        };
        let broken = entries.iter().filter(|e| e.broken).count();
        let report = self.report();
        // A record whose samples cannot be decoded has its place and time all the same.
        let whole = report.skipped.len() == broken;
        ordered && one_channel && whole && report.control_records == 0 && report.noise_bytes == 0
    }

    /// Counts the records, when it is known which are broken.
    pub(super) fn finish(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|e| !e.broken) {
            let (source, _) = self.place(entry.offset);
            if let Some(report) = self.reports.get_mut(source) {
                report.records += 1;
                report.empty_records += usize::from(entry.count == 0);
            }
        }
        for report in &mut self.reports {
            report.sort();
        }
    }

    /// The error that ends the reading of a source: there is nothing in it, or the policy is not
    /// to go on.
    ///
    /// # Errors
    /// [`Error::NoRecords`], [`Error::Record`].
    pub(super) fn stop(&mut self, options: &ReadOptions) -> Result<()> {
        stop(self.report(), options)
    }

    /// The account of the last source, which is the only one as a rule.
    pub(super) fn into_report(mut self) -> ReadReport {
        self.reports.pop().unwrap_or_default()
    }

    /// The accounts of all sources.
    pub(super) fn into_reports(self) -> Vec<ReadReport> {
        self.reports
    }
}

/// See [`Pass::stop`].
pub(super) fn stop(report: &ReadReport, options: &ReadOptions) -> Result<()> {
    let skipped = report.skipped.first().cloned();
    let first = match options.policy {
        Policy::Skip => None,
        Policy::Stop => skipped.clone(),
        Policy::Strict => {
            let warning = report.warnings.first().map(|w| Skipped {
                offset: w.offset,
                len: 0,
                id: Some(w.id),
                reason: RecordError::Strict(w.kind),
            });
            skipped.iter().cloned().chain(warning).min_by_key(|s| s.offset)
        }
    };
    if let Some(first) = first {
        return Err(first.into());
    }
    if report.records == 0 && report.filtered_records == 0 && report.untouched_bytes == 0 {
        let (bytes, first) = (report.bytes, skipped.map(Box::new));
        return Err(Error::NoRecords { file: None, bytes, first });
    }
    Ok(())
}
