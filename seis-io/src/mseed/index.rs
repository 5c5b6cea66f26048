//! What a source holds, told by its headers alone.

use std::fs::File;
use std::path::Path;

use seis_core::{SamplingRate, Segment, SourceId, UtcTime};

use super::pass::Pass;
use super::{Check, Encoding, ReadReport, Reader, RecordError, Result, WarningKind, assemble};

/// Reads the headers of a file: its records, and the spans of time they cover. No sample is
/// decoded.
///
/// # Errors
/// As [`read`](super::read).
pub fn index(path: impl AsRef<Path>) -> Result<Index> {
    Reader::default().index(path)
}

/// The headers of a source.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
#[must_use]
pub struct Index {
    /// The records that are wanted, in the order of the source.
    pub records: Vec<RecordInfo>,
    /// The spans of time that they cover, in the order in which traces would come.
    pub spans: Vec<Span>,
    /// What was read, skipped and found odd.
    pub report: ReadReport,
}

/// A record of an [`Index`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RecordInfo {
    /// Where it starts in the source.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u32,
    /// The channel.
    pub id: SourceId,
    /// Time of the first sample.
    pub start: UtcTime,
    /// Time of the last sample.
    pub end: UtcTime,
    /// Sampling rate.
    pub rate: SamplingRate,
    /// Number of samples.
    pub samples: u32,
    /// How they are stored.
    pub encoding: Encoding,
}

/// A gapless span of time of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Span {
    /// The channel.
    pub id: SourceId,
    /// Time of the first sample.
    pub start: UtcTime,
    /// Time of the last sample, as the last record has it.
    pub end: UtcTime,
    /// Sampling rate.
    pub rate: SamplingRate,
    /// Number of samples.
    pub samples: u64,
}

impl Span {
    /// It, to find [gaps](Segment::gaps) with.
    #[must_use]
    pub fn segment(&self) -> Segment {
        let Self { id, start, rate, samples, .. } = *self;
        Segment { id, start, rate, samples }
    }
}

impl Reader {
    /// Reads the headers of a file. What is in memory at a time is a piece of the file and what
    /// the [`Index`] is made of, a few hundred bytes for each record that is wanted.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn index(&mut self, path: impl AsRef<Path>) -> Result<Index> {
        let path = path.as_ref();
        let mut pass = Pass::default();
        let index = self.with_buffer(|reader, bytes| {
            reader.headers_of_file(path, bytes, &mut pass)?;
            reader.spans(pass)
        });
        index.map_err(|e| e.in_file(path))
    }

    /// Reads the headers of bytes in memory.
    ///
    /// # Errors
    /// As [`Reader::read_bytes`].
    pub fn index_bytes(&mut self, bytes: &[u8]) -> Result<Index> {
        self.options.check()?;
        let mut pass = Pass::default();
        self.headers(bytes, &mut pass);
        self.spans(pass)
    }

    /// Reads a file as [`read`](Reader::read) does, and keeps no sample: records are decoded one by
    /// one. The [`Span`]s are those of the traces that `read` gives, and the report is the same
    /// (where a policy ends the reading, the first unreadable stretch may be told to be shorter),
    /// with the records that cannot be decoded and the warnings of those that can; what is in memory
    /// is what [`index`](Self::index) holds.
    ///
    /// Spans are not cut to a [window](super::ReadOptions::window), and no duplicates are
    /// [dropped](super::ReadOptions::drop_duplicates). A file [in order of time](super::ReadOptions::time_ordered)
    /// is read whole.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn verify(&mut self, path: impl AsRef<Path>) -> Result<Index> {
        let path = path.as_ref();
        self.options.check()?;
        self.verified_file(path).map_err(|e| e.in_file(path))
    }

    fn verified_file(&mut self, path: &Path) -> Result<Index> {
        let file = File::open(path)?;
        let max_junk = if file.metadata()?.is_file() { u64::MAX } else { self.options.max_junk };
        let mut pass = Pass::verifying();
        self.headers_from(file, max_junk, &mut pass)?;
        self.verified(pass)
    }

    /// As [`verify`](Self::verify), of bytes in memory.
    ///
    /// # Errors
    /// As [`Reader::read_bytes`].
    pub fn verify_bytes(&mut self, bytes: &[u8]) -> Result<Index> {
        self.options.check()?;
        let mut pass = Pass::verifying();
        self.headers(bytes, &mut pass);
        self.verified(pass)
    }

    /// Judges records whose last sample is not the one that they announce, as the second pass does.
    fn verified(&mut self, mut pass: Pass) -> Result<Index> {
        for (index, Check { last, announced }) in pass.take_odd() {
            let Some(entry) = self.entries.get_mut(index) else { continue };
            if entry.suspect {
                entry.broken = true;
                pass.skip(entry, RecordError::Damaged { last, announced });
            } else {
                let id = pass.table.id(entry.channel);
                let kind = WarningKind::IntegrationConstant { last, announced };
                pass.warn(entry.offset, id, kind);
            }
        }
        self.spans(pass)
    }

    fn spans(&mut self, mut pass: Pass) -> Result<Index> {
        let segments = assemble::assemble(&mut self.entries, &pass.table, &self.options.join);
        if pass.verifies() {
            for (id, segment) in &segments {
                if let Some((offset, kind)) = segment.drift_warning(&self.entries) {
                    pass.warn(offset, *id, kind);
                }
            }
        }
        pass.finish(&self.entries);
        pass.stop(&self.options)?;
        let records = self
            .entries
            .iter()
            .filter(|e| !e.broken)
            .map(|e| RecordInfo {
                offset: pass.place(e.offset).1,
                len: e.len,
                id: pass.table.id(e.channel),
                start: e.start,
                end: e.end,
                rate: e.rate,
                samples: e.count,
                encoding: e.encoding,
            })
            .collect();
        let spans = segments
            .into_iter()
            .map(|(id, s)| Span {
                id,
                start: s.start,
                end: s.end,
                rate: s.rate,
                samples: s.samples,
            })
            .collect();
        Ok(Index { records, spans, report: pass.into_report() })
    }
}
