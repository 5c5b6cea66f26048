//! Record after record, from bytes in memory or from anything that can be read.

use std::io::{self, Read as _};

use super::record::RecordView;
use super::scan::{Scanner, Step};
use super::window::{More, Window};
use super::{Error, ReadOptions, RecordError, Skipped};
use crate::source::Source;

/// The records in some bytes, one after the other.
///
/// What cannot be read comes as `Err`, one item for each stretch, and the next record is looked
/// for at any byte behind it. Control records and noise are passed over (and counted).
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
/// # let mut bytes = b"rubbish".to_vec();
/// # seis_io::mseed::write_to(&mut bytes, [&trace], &Default::default())?;
/// use seis_io::mseed::Records;
/// for item in Records::new(&bytes) {
///     match item {
///         Ok(record) => println!("{}: {} at {}", record.offset(), record.id(), record.start()),
///         Err(skipped) => eprintln!("{skipped}"),
///     }
/// }
/// # assert_eq!(Records::new(&bytes).filter(|r| r.is_ok()).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    scanner: Scanner,
    passed: Passed,
    /// A stretch that may go on.
    open: Option<Skipped>,
    /// What was found behind it.
    waiting: Option<RecordView<'a>>,
}

/// What was passed over in silence, in figures.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Passed {
    pub(crate) control_records: usize,
    pub(crate) noise_bytes: u64,
}

impl<'a> Records<'a> {
    /// The records in these bytes; checksums are verified, records without blockette 1000 are
    /// Steim-1.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::with_options(bytes, &ReadOptions::new())
    }

    /// The records in these bytes, with the encoding that is assumed for records without
    /// blockette 1000, and the check of checksums, of these options.
    #[must_use]
    pub fn with_options(bytes: &'a [u8], options: &ReadOptions) -> Self {
        Self {
            bytes,
            at: 0,
            scanner: Scanner::new(options.default_encoding, options.check_crc),
            passed: Passed::default(),
            open: None,
            waiting: None,
        }
    }

    /// Control records of a full SEED volume that were passed over so far.
    #[must_use]
    pub fn control_records(&self) -> usize {
        self.passed.control_records
    }

    /// Bytes of noise that were passed over so far.
    #[must_use]
    pub fn noise_bytes(&self) -> u64 {
        self.passed.noise_bytes
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordView<'a>, Skipped>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(record) = self.waiting.take() {
            return Some(Ok(record));
        }
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            // A complete window never asks for more.
            let step = match self.scanner.step(Window::new(rest, true)) {
                Ok(step) => step,
                Err(More { .. }) => Step::End,
            };
            let offset = self.at as u64;
            self.at += step.len();
            match step {
                Step::Record { .. } => {
                    let record = RecordView::new(rest, offset, self.scanner.record().clone());
                    return Some(match self.open.take() {
                        Some(skipped) => {
                            self.waiting = Some(record);
                            Err(skipped)
                        }
                        None => Ok(record),
                    });
                }
                step => {
                    let end = matches!(step, Step::End);
                    if let Some(skipped) = pass(step, offset, &mut self.passed, &mut self.open) {
                        return Some(Err(skipped));
                    }
                    if end {
                        return None;
                    }
                }
            }
        }
    }
}

/// Books a step that is no record; gives back the stretch before it if that has ended.
pub(crate) fn pass(
    step: Step,
    offset: u64,
    passed: &mut Passed,
    open: &mut Option<Skipped>,
) -> Option<Skipped> {
    match step {
        Step::Bad { len, reason } => {
            let len = len as u64;
            match (reason, open.as_mut()) {
                (None, Some(open)) => {
                    open.len += len;
                    return None;
                }
                (reason, _) => {
                    let (reason, id) = reason.unwrap_or((RecordError::NotARecord, None));
                    return open.replace(Skipped { offset, len, id, reason });
                }
            }
        }
        Step::Control { .. } => passed.control_records += 1,
        Step::Noise { len } => passed.noise_bytes += len as u64,
        Step::Record { .. } | Step::End => {}
    }
    open.take()
}

/// Bytes that are asked for at a time.
const CHUNK: usize = 1 << 16;

/// The records of anything that can be read: a file, a pipe, a socket. What it gives never depends
/// on how the bytes arrive. gzip is inflated on the way; offsets are those of the inflated bytes.
///
/// It holds one record at a time (and up to a record length of look-ahead), so that a source of
/// any size can be read. To keep the source, lend it: `RecordReader::new(&mut source)`.
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
/// # let mut bytes = Vec::new();
/// # seis_io::mseed::write_to(&mut bytes, [&trace], &Default::default())?;
/// # let source = bytes.as_slice();
/// use seis_io::mseed::RecordReader;
/// let mut reader = RecordReader::new(source);
/// while let Some(item) = reader.next_record() {
///     let record = item?;
///     println!("{} {} samples", record.id(), record.sample_count());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordReader<R> {
    source: Source<R>,
    buffer: Vec<u8>,
    /// Start of the window in the buffer.
    at: usize,
    /// End of the bytes that have arrived.
    filled: usize,
    /// Position of the window in the source.
    offset: u64,
    complete: bool,
    failed: bool,
    /// Where the last record ended in the source.
    behind_record: u64,
    max_junk: u64,
    scanner: Scanner,
    passed: Passed,
    open: Option<Skipped>,
    /// A record found behind the stretch that was given out.
    waiting: Option<(usize, u64, super::record::Common)>,
}

impl<R: io::Read> RecordReader<R> {
    /// Reads records from a source; checksums are verified, records without blockette 1000 are
    /// Steim-1. No buffering is needed below it.
    pub fn new(source: R) -> Self {
        Self::with_options(source, &ReadOptions::new())
    }

    /// Reads records from a source, with the encoding that is assumed for records without
    /// blockette 1000, the check of checksums, and the most junk, of these options.
    pub fn with_options(source: R, options: &ReadOptions) -> Self {
        Self {
            source: Source::new(source),
            buffer: Vec::new(),
            at: 0,
            filled: 0,
            offset: 0,
            complete: false,
            failed: false,
            behind_record: 0,
            max_junk: options.max_junk,
            scanner: Scanner::new(options.default_encoding, options.check_crc),
            passed: Passed::default(),
            open: None,
            waiting: None,
        }
    }

    /// The next record; `None` at the end. It borrows the reader's buffer.
    ///
    /// # Errors
    /// [`Error::Record`] for a stretch that cannot be read: going on gives the next record behind
    /// it. [`Error::Io`] when the source fails, and [`Error::NoRecordsYet`] behind
    /// [`ReadOptions::max_junk`] bytes without a record: the next call gives `None`.
    pub fn next_record(&mut self) -> Option<Result<RecordView<'_>, Error>> {
        match self.advance() {
            Ok(Some((at, offset, common))) => {
                let bytes = self.buffer.get(at..self.filled).unwrap_or_default();
                Some(Ok(RecordView::new(bytes, offset, common)))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Control records of a full SEED volume that were passed over so far.
    #[must_use]
    pub fn control_records(&self) -> usize {
        self.passed.control_records
    }

    /// Bytes of noise that were passed over so far.
    #[must_use]
    pub fn noise_bytes(&self) -> u64 {
        self.passed.noise_bytes
    }

    fn advance(&mut self) -> Result<Option<(usize, u64, super::record::Common)>, Error> {
        if let Some(found) = self.waiting.take() {
            return Ok(Some(found));
        }
        if self.failed {
            return Ok(None);
        }
        loop {
            let bytes = self.buffer.get(self.at..self.filled).unwrap_or_default();
            let step = match self.scanner.step(Window::new(bytes, self.complete)) {
                Ok(step) => step,
                Err(More { needed }) => {
                    self.fill(needed)?;
                    continue;
                }
            };
            let (at, offset) = (self.at, self.offset);
            self.at += step.len();
            self.offset += step.len() as u64;
            match step {
                Step::Record { .. } => {
                    self.behind_record = self.offset;
                    let found = (at, offset, self.scanner.record().clone());
                    return match self.open.take() {
                        Some(skipped) => {
                            self.waiting = Some(found);
                            Err(skipped.into())
                        }
                        None => Ok(Some(found)),
                    };
                }
                step => {
                    let end = matches!(step, Step::End);
                    if let Some(skipped) = pass(step, offset, &mut self.passed, &mut self.open) {
                        return Err(skipped.into());
                    }
                    if end {
                        let Some(reason) = self.source.take_broken() else { return Ok(None) };
                        self.failed = true;
                        let reason = RecordError::Gzip { reason };
                        return Err(Skipped { offset, len: 0, id: None, reason }.into());
                    }
                    if self.offset - self.behind_record >= self.max_junk {
                        self.failed = true;
                        return Err(Error::NoRecordsYet { file: None, bytes: self.max_junk });
                    }
                }
            }
        }
    }

    /// Gets bytes until the window has as many as it needs, or finds that there are no more.
    fn fill(&mut self, needed: usize) -> Result<(), Error> {
        while !self.complete && self.filled - self.at < needed {
            // The window moves to the front when that frees at least as much as it moves.
            if self.at > 0 && self.at >= self.filled - self.at {
                self.buffer.copy_within(self.at..self.filled, 0);
                self.filled -= self.at;
                self.at = 0;
            }
            if self.buffer.len() - self.filled < CHUNK {
                // The buffer grows with what arrived, never with what a header claims.
                self.buffer.resize(self.filled * 2 + CHUNK, 0);
            }
            match self.source.read(self.buffer.get_mut(self.filled..).unwrap_or_default()) {
                Ok(0) => self.complete = true,
                Ok(n) => self.filled = self.buffer.len().min(self.filled + n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.failed = true;
                    return Err(e.into());
                }
            }
        }
        Ok(())
    }
}
