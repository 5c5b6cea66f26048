//! Whole sources to streams.
//!
//! Two passes: headers first, from which the assembly makes segments of known length; then each
//! record's samples are decoded straight to where they belong in their trace. Memory is set aside
//! for as many samples as the payloads can hold, never for what a header claims.

use std::collections::HashMap;
use std::io::{self, Read, Seek};
use std::path::Path;

use seis_core::{Samples, SourceId, Stream, Trace, UtcTime};

use super::assemble::{self, Entry, Segment};
use super::pass::Pass;
use super::{Check, Error, ReadOptions, ReadReport, RecordError, Result, WarningKind, decode};

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
/// As [`read`]; under [`Policy::Stop`](super::Policy::Stop) and
/// [`Policy::Strict`](super::Policy::Strict) [`Error::Record`].
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Contents> {
    Reader::new(options.clone()).read_bytes(bytes)
}

/// Reads miniSEED from anything that can be read, to its end. For a source that never ends see
/// [`RecordReader`](super::RecordReader); one that gives nothing but junk is
/// [given up](ReadOptions::max_junk).
///
/// # Errors
/// As [`read_bytes`].
pub fn read_from(source: impl io::Read, options: &ReadOptions) -> Result<Contents> {
    Reader::new(options.clone()).read_from(source)
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
    pub(super) options: ReadOptions,
    bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
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
        let mut pass = Pass::default();
        let contents = self.with_buffer(|reader, bytes| {
            reader.file(path, bytes, &mut pass)?;
            reader.contents(bytes, pass)
        });
        contents.map_err(|e| e.in_file(path))
    }

    /// Reads bytes in memory. (gzip is not undone here; [`read_from`](Self::read_from) takes bytes
    /// as well, and does.)
    ///
    /// # Errors
    /// [`Error::NoRecords`] if there is not one record in them; under
    /// [`Policy::Stop`](super::Policy::Stop) and [`Policy::Strict`](super::Policy::Strict)
    /// [`Error::Record`] for the first stretch that cannot be read; [`Error::Option`] and
    /// [`Error::Window`] for options that make no sense.
    pub fn read_bytes(&mut self, bytes: &[u8]) -> Result<Contents> {
        self.options.check()?;
        let mut pass = Pass::default();
        self.headers(bytes, &mut pass);
        self.contents(bytes, pass)
    }

    /// Reads a source to its end. gzip is inflated.
    ///
    /// # Errors
    /// As [`read_bytes`], [`Error::Io`], [`Error::TooLarge`] for gzip data that inflate to more
    /// than [`ReadOptions::max_inflation`] allows, and [`Error::NoRecordsYet`] when
    /// [`ReadOptions::max_junk`] bytes hold no record.
    pub fn read_from(&mut self, source: impl io::Read) -> Result<Contents> {
        let mut pass = Pass::default();
        self.with_buffer(|reader, bytes| {
            let broken = reader.load(source, bytes)?;
            reader.headers(bytes, &mut pass);
            pass.end_of_gzip(broken);
            reader.contents(bytes, pass)
        })
    }

    /// Reads a source in which one can go to any place: no more of it than is needed, if a
    /// [window](ReadOptions::window) of something [in order of time](ReadOptions::time_ordered) is
    /// wanted; else all.
    ///
    /// # Errors
    /// As [`read_from`](Self::read_from).
    pub fn read_seek(&mut self, mut source: impl Read + Seek) -> Result<Contents> {
        let mut pass = Pass::default();
        self.with_buffer(|reader, bytes| {
            reader.entries.clear();
            if !reader.part(&mut source, bytes, &mut pass)? {
                let broken = reader.load(source, bytes)?;
                reader.headers(bytes, &mut pass);
                pass.end_of_gzip(broken);
            }
            reader.contents(bytes, pass)
        })
    }

    /// Lends out the buffer of the reader, emptied.
    pub(super) fn with_buffer<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut Vec<u8>) -> Result<T>,
    ) -> Result<T> {
        self.options.check()?;
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let done = work(self, &mut bytes);
        self.bytes = bytes;
        done
    }

    /// Traces of the entries, whose payloads are in the bytes.
    pub(super) fn traces(&mut self, bytes: &[u8], pass: &mut Pass) -> Vec<Trace> {
        let join = self.options.join;
        if self.options.drop_duplicates {
            self.drop_duplicates(bytes, pass);
        }
        let mut segments = assemble::assemble(&mut self.entries, &pass.table, &join);
        let (mut traces, mut warnings, broken) = self.decode(bytes, &segments);
        if !broken.is_empty() {
            // As if the broken records had never been there.
            for (index, reason) in broken {
                if let Some(entry) = self.entries.get_mut(index) {
                    entry.broken = true;
                    pass.skip(entry, reason);
                }
            }
            segments = assemble::assemble(&mut self.entries, &pass.table, &join);
            (traces, warnings, _) = self.decode(bytes, &segments);
        }
        for (id, segment) in &segments {
            if let Some((offset, kind)) = segment.drift_warning(&self.entries) {
                warnings.push((offset, *id, kind));
            }
        }
        for (at, id, kind) in warnings {
            pass.warn(at, id, kind);
        }
        pass.finish(&self.entries);
        traces
    }

    /// Leaves out records that are there already.
    fn drop_duplicates(&mut self, bytes: &[u8], pass: &mut Pass) {
        let mut first: HashMap<(u32, UtcTime, u32), usize> = HashMap::new();
        for i in 0..self.entries.len() {
            let (before, rest) = self.entries.split_at_mut(i);
            let Some(entry) = rest.first_mut().filter(|e| !e.broken) else { continue };
            let key = (entry.channel, entry.start, entry.count);
            let known = *first.entry(key).or_insert(i);
            let same = before.get(known).is_some_and(|other| {
                (other.rate, other.encoding, other.order)
                    == (entry.rate, entry.encoding, entry.order)
                    && other.payload(bytes) == entry.payload(bytes)
            });
            if same {
                entry.broken = true;
                pass.duplicate(entry.offset);
            }
        }
    }

    fn contents(&mut self, bytes: &[u8], mut pass: Pass) -> Result<Contents> {
        let traces = self.traces(bytes, &mut pass);
        pass.stop(&self.options)?;
        let mut stream = Stream::from(traces);
        if let Some((from, to)) = self.options.window {
            stream.trim(from, to);
        }
        Ok(Contents { stream, report: pass.into_report() })
    }

    /// Second pass: the samples. Gives the traces, what is odd about some records, and the records
    /// that turned out to be broken.
    fn decode(&self, bytes: &[u8], segments: &[(SourceId, Segment)]) -> Decoded {
        let mut traces = Vec::with_capacity(segments.len());
        let (mut warnings, mut broken) = (Vec::new(), Vec::new());
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
                        warnings.push((entry.offset, *id, kind));
                    }
                    Ok(_) => {}
                    Err(reason) => broken.push((index, reason)),
                }
            }
            let samples = samples.unwrap_or_default();
            traces.push(Trace::new(*id, segment.start, segment.rate, samples));
        }
        (traces, warnings, broken)
    }
}

/// What the second pass gives.
type Decoded = (Vec<Trace>, Vec<(usize, SourceId, WarningKind)>, Vec<(usize, RecordError)>);

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
