//! Whole sources to streams.
//!
//! Two passes: headers first, from which the assembly makes segments of known length; then each
//! record's samples are decoded straight to where they belong in their trace. Memory is set aside
//! for as many samples as the payloads can hold, never for what a header claims.

use std::fs::File;
use std::io;
use std::path::Path;

use seis_core::{Samples, SamplingRate, SourceId, Stream, Trace, UtcTime};

use super::assemble::{self, ChannelTable, Entry, Segment};
use super::reader::{Passed, pass};
use super::record::Common;
use super::scan::{Scanner, Step};
use super::window::{More, Window};
use super::{
    Check, Encoding, Error, JoinRule, Policy, ReadOptions, ReadReport, RecordError, Result,
    Skipped, Warning, WarningKind, decode,
};

/// What a source holds, and the account of reading it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
#[must_use]
pub struct Contents {
    /// The traces.
    pub stream: Stream,
    /// What was read, skipped and found odd.
    pub report: ReadReport,
}

impl Contents {
    /// The stream, if every byte of the source could be read.
    ///
    /// # Errors
    /// [`Error::Incomplete`] if anything was skipped.
    pub fn complete(self) -> Result<Stream> {
        match self.report.skipped.first() {
            None => Ok(self.stream),
            Some(first) => Err(Error::Incomplete {
                file: None,
                bytes: self.report.skipped_bytes(),
                stretches: self.report.skipped.len(),
                first: Box::new(first.clone()),
            }),
        }
    }
}

/// Reads a miniSEED file with the default [`ReadOptions`].
///
/// Bytes that cannot be read are skipped and reported. Records become traces as in libmseed 3.
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("CI.HEC.mseed");
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
/// # seis_io::mseed::write(&path, [&trace], &Default::default())?;
/// use seis_io::mseed;
/// let contents = mseed::read(&path)?;
/// for trace in &contents.stream {
///     println!("{trace}");
/// }
/// for skipped in &contents.report.skipped {
///     eprintln!("{skipped}");
/// }
/// # assert_eq!(contents.complete()?.traces(), [trace]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Io`], and [`Error::NoRecords`] for a file in which there is not one record.
pub fn read(path: impl AsRef<Path>) -> Result<Contents> {
    Reader::default().read(path)
}

/// Reads miniSEED from bytes in memory.
///
/// # Errors
/// As [`read`]; under [`Policy::Stop`] and [`Policy::Strict`] [`Error::Record`].
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Contents> {
    Reader::new(options.clone()).read_bytes(bytes)
}

/// Reads miniSEED from anything that can be read, to its end. For a source that never ends see
/// [`RecordReader`](super::RecordReader).
///
/// # Errors
/// As [`read_bytes`].
pub fn read_from(source: impl io::Read, options: &ReadOptions) -> Result<Contents> {
    Reader::new(options.clone()).read_from(source)
}

/// Reads the headers of a file: its records, and the spans of time they cover. No sample is
/// decoded.
///
/// # Errors
/// As [`read`].
pub fn index(path: impl AsRef<Path>) -> Result<Index> {
    Reader::default().index(path)
}

/// Reads file after file, and keeps its buffers.
///
/// ```no_run
/// use seis_io::mseed::{Policy, ReadOptions, Reader};
/// let mut reader = Reader::new(ReadOptions::new().policy(Policy::Stop));
/// for path in ["a.mseed", "b.mseed"] {
///     let contents = reader.read(path)?;
///     println!("{path}: {} traces", contents.stream.len());
/// }
/// # Ok::<(), seis_io::mseed::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Reader {
    options: ReadOptions,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
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

impl Reader {
    /// A reader with these options.
    #[must_use]
    pub fn new(options: ReadOptions) -> Self {
        Self { options, bytes: Vec::new(), entries: Vec::new() }
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`read_bytes`], and [`Error::Io`]; the errors name the file.
    pub fn read(&mut self, path: impl AsRef<Path>) -> Result<Contents> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|e| Error::from(e).in_file(path))?;
        self.load(file).and_then(|bytes| self.contents_and_keep(bytes)).map_err(|e| e.in_file(path))
    }

    /// Reads bytes in memory.
    ///
    /// # Errors
    /// [`Error::NoRecords`] if there is not one record in them; under [`Policy::Stop`] and
    /// [`Policy::Strict`] [`Error::Record`] for the first stretch that cannot be read.
    pub fn read_bytes(&mut self, bytes: &[u8]) -> Result<Contents> {
        self.contents(bytes)
    }

    /// Reads a source to its end.
    ///
    /// # Errors
    /// As [`read_bytes`], and [`Error::Io`].
    pub fn read_from(&mut self, source: impl io::Read) -> Result<Contents> {
        self.load(source).and_then(|bytes| self.contents_and_keep(bytes))
    }

    /// Reads the headers of a file.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn index(&mut self, path: impl AsRef<Path>) -> Result<Index> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|e| Error::from(e).in_file(path))?;
        let bytes = self.load(file).map_err(|e| e.in_file(path))?;
        let index = self.index_bytes(&bytes);
        self.bytes = bytes;
        index.map_err(|e| e.in_file(path))
    }

    /// Reads the headers of bytes in memory.
    ///
    /// # Errors
    /// As [`Reader::read_bytes`].
    pub fn index_bytes(&mut self, bytes: &[u8]) -> Result<Index> {
        let mut pass = self.headers(bytes);
        let segments = assemble::assemble(&mut self.entries, &pass.table, &self.options.join);
        pass.finish_report(&self.entries);
        if let Some(error) = pass.stop(&self.options) {
            return Err(error);
        }
        let records = self
            .entries
            .iter()
            .filter(|e| !e.broken)
            .map(|e| RecordInfo {
                offset: e.offset as u64,
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
        Ok(Index { records, spans, report: pass.report })
    }

    /// The whole source, in the buffer of the reader, which is lent out.
    fn load(&mut self, mut source: impl io::Read) -> Result<Vec<u8>> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        source.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn contents_and_keep(&mut self, bytes: Vec<u8>) -> Result<Contents> {
        let contents = self.contents(&bytes);
        self.bytes = bytes;
        contents
    }

    fn contents(&mut self, bytes: &[u8]) -> Result<Contents> {
        let mut pass = self.headers(bytes);
        let join = self.options.join;
        let mut segments = assemble::assemble(&mut self.entries, &pass.table, &join);
        let (mut traces, broken) = self.decode(bytes, &segments, &mut pass);
        if !broken.is_empty() {
            // As if the broken records had never been there.
            for (index, reason) in broken {
                if let Some(entry) = self.entries.get_mut(index) {
                    entry.broken = true;
                    pass.skip(entry, reason);
                }
            }
            segments = assemble::assemble(&mut self.entries, &pass.table, &join);
            pass.report.warnings.truncate(pass.header_warnings);
            (traces, _) = self.decode(bytes, &segments, &mut pass);
        }
        for (id, segment) in &segments {
            let samples = segment.drift();
            if samples > 0.5 {
                let offset = segment.records(&self.entries).next().map_or(0, |(_, e)| e.offset);
                let kind = WarningKind::Drift { samples };
                pass.report.warnings.push(Warning { offset: offset as u64, id: *id, kind });
            }
        }
        pass.finish_report(&self.entries);
        if let Some(error) = pass.stop(&self.options) {
            return Err(error);
        }
        let mut stream = Stream::from(traces);
        if let Some((from, to)) = self.options.window {
            stream.trim(from, to);
        }
        Ok(Contents { stream, report: pass.report })
    }

    /// First pass: the headers.
    fn headers(&mut self, bytes: &[u8]) -> Pass {
        self.entries.clear();
        let options = &self.options;
        let keep_versions = options.join.split_versions || options.join.rule == JoinRule::FileOrder;
        let mut scanner = Scanner::new(options.default_encoding, options.check_crc);
        let mut out = Pass::default();
        out.report.bytes = bytes.len() as u64;
        let mut passed = Passed::default();
        let mut open: Option<Skipped> = None;
        let mut wanted: Vec<bool> = Vec::new();
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            // A complete window never asks for more.
            let step = match scanner.step(Window::new(rest, true)) {
                Ok(step) => step,
                Err(More { .. }) => Step::End,
            };
            let offset = at;
            at += step.len();
            match step {
                Step::Record { .. } => {
                    let common = scanner.record();
                    let closed = open.take();
                    let suspect = closed.is_some();
                    out.report.skipped.extend(closed);
                    let (channel, new) = out.table.number(&common.id);
                    if new {
                        wanted.push(options.wants(&common.id));
                    }
                    if !wanted.get(channel as usize).is_some_and(|w| *w)
                        || !options.overlaps(common.start, common.end())
                    {
                        out.report.filtered_records += 1;
                        continue;
                    }
                    let version = if keep_versions { common.version() } else { 0 };
                    let mut entry = Entry::new(common, offset, channel, version);
                    entry.suspect = suspect;
                    if let Err(reason) =
                        decode::check(common.encoding, common.payload.len(), common.count as usize)
                    {
                        entry.broken = true;
                        out.skip(&entry, reason);
                    } else {
                        out.note(common, offset);
                    }
                    self.entries.push(entry);
                }
                step => {
                    let end = matches!(step, Step::End);
                    if let (Step::Bad { .. }, Some(before)) = (&step, self.entries.last_mut()) {
                        before.suspect |= before.offset + before.len as usize == offset;
                    }
                    let closed = pass(step, offset as u64, &mut passed, &mut open);
                    out.report.skipped.extend(closed);
                    if end {
                        break;
                    }
                }
            }
            if options.policy != Policy::Skip && (open.is_some() || !out.report.skipped.is_empty())
            {
                break;
            }
        }
        out.report.skipped.extend(open);
        out.report.control_records = passed.control_records;
        out.report.noise_bytes = passed.noise_bytes;
        out.header_warnings = out.report.warnings.len();
        out
    }

    /// Second pass: the samples. Gives the traces, and the records that turned out to be broken.
    fn decode(
        &self,
        bytes: &[u8],
        segments: &[(SourceId, Segment)],
        pass: &mut Pass,
    ) -> (Vec<Trace>, Vec<(usize, RecordError)>) {
        let mut traces = Vec::with_capacity(segments.len());
        let mut broken = Vec::new();
        for (id, segment) in segments {
            let capacity = usize::try_from(segment.samples).unwrap_or(0);
            let mut samples: Option<Samples> = None;
            for (index, entry) in segment.records(&self.entries) {
                let samples = samples.get_or_insert_with(|| {
                    with_capacity(decode::empty_samples(entry.encoding), capacity)
                });
                let payload = entry.payload(bytes);
                let count = entry.count as usize;
                match decode::append(entry.encoding, entry.order, payload, count, samples) {
                    Ok(Some(Check { last, announced })) if last != announced => {
                        if entry.suspect {
                            broken.push((index, RecordError::Damaged { last, announced }));
                            continue;
                        }
                        let kind = WarningKind::IntegrationConstant { last, announced };
                        let offset = entry.offset as u64;
                        pass.report.warnings.push(Warning { offset, id: *id, kind });
                    }
                    Ok(_) => {}
                    Err(reason) => broken.push((index, reason)),
                }
            }
            let samples = samples.unwrap_or_default();
            traces.push(Trace::new(*id, segment.start, segment.rate, samples));
        }
        (traces, broken)
    }
}

/// What the first pass found.
#[derive(Debug, Default)]
struct Pass {
    table: ChannelTable,
    report: ReadReport,
    /// Warnings that came from headers.
    header_warnings: usize,
}

impl Pass {
    fn skip(&mut self, entry: &Entry, reason: RecordError) {
        self.report.skipped.push(Skipped {
            offset: entry.offset as u64,
            len: entry.len.into(),
            id: Some(self.table.id(entry.channel)),
            reason,
        });
    }

    fn note(&mut self, common: &Common, offset: usize) {
        if !common.notes.is_clean() {
            let (offset, id) = (offset as u64, common.id);
            self.report.warnings.extend(common.notes.warnings().map(|kind| Warning {
                offset,
                id,
                kind,
            }));
        }
    }

    fn finish_report(&mut self, entries: &[Entry]) {
        let report = &mut self.report;
        report.skipped.sort_by_key(|s| s.offset);
        report.warnings.sort_by_key(|w| w.offset);
        let read = entries.iter().filter(|e| !e.broken);
        report.empty_records = read.clone().filter(|e| e.count == 0).count();
        report.records = read.count();
    }

    /// The error that ends the reading: there is nothing, or the policy is not to go on.
    fn stop(&self, options: &ReadOptions) -> Option<Error> {
        let report = &self.report;
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
            return Some(first.into());
        }
        (report.records == 0 && report.filtered_records == 0).then(|| Error::NoRecords {
            file: None,
            bytes: report.bytes,
            first: skipped.map(Box::new),
        })
    }
}

fn with_capacity(mut samples: Samples, capacity: usize) -> Samples {
    match &mut samples {
        Samples::I32(v) => v.reserve_exact(capacity),
        Samples::F32(v) => v.reserve_exact(capacity),
        Samples::F64(v) => v.reserve_exact(capacity),
        Samples::Text(v) => v.reserve_exact(capacity),
        // No other kind comes out of a record.
        _ => {}
    }
    samples
}
