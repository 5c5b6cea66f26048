//! Several files as one source.

use std::fs::File;
use std::path::{Path, PathBuf};

use seis_core::Stream;

use super::pass::{self, Pass};
use super::{Error, Policy, ReadReport, Reader, Result};
use crate::files::{PatternError, expand};

/// What several files hold together, and the account of reading each.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use]
pub struct Collection {
    /// The traces. Records are joined across files as within one.
    pub stream: Stream,
    /// The files, in the order in which they were given.
    pub files: Vec<FileReading>,
}

/// The reading of one of several files.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileReading {
    /// The file.
    pub path: PathBuf,
    /// What was read, skipped and found odd.
    pub report: ReadReport,
    /// Why nothing could be read of it.
    pub error: Option<Error>,
}

impl Collection {
    /// The stream, if every byte of every file could be read.
    ///
    /// # Errors
    /// That of the first file that could not be read, or [`Error::Incomplete`] for the first in
    /// which anything was skipped.
    pub fn complete(self) -> Result<Stream> {
        for file in self.files {
            match (file.error, file.report.skipped.first()) {
                (Some(error), _) => return Err(error),
                (None, Some(first)) => {
                    return Err(Error::Incomplete {
                        file: Some(file.path),
                        bytes: file.report.skipped_bytes(),
                        stretches: file.report.skipped.len(),
                        first: Box::new(first.clone()),
                    });
                }
                (None, None) => {}
            }
        }
        Ok(self.stream)
    }

    /// Whether every byte of every file could be read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.files.iter().all(|f| f.error.is_none() && f.report.is_complete())
    }
}

/// Reads the files that names and patterns stand for as one source, with the default
/// [`ReadOptions`](super::ReadOptions). See [`Reader::read_many`] and [`expand`].
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # use seis_core::{SamplingRate, Trace};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00Z".parse()?, rate,
/// #     (0..4000).collect::<Vec<i32>>());
/// # let day = |i: i64| trace.time_of(i);
/// # for (name, a, b) in [("a.ms", 0, 1999), ("b.ms", 2000, 3999)] {
/// #     let part = trace.slice(trace.time_of(a), trace.time_of(b)).ok_or("empty")?;
/// #     seis_io::mseed::write(dir.path().join(name), [&part], &Default::default())?;
/// # }
/// let all = seis_io::mseed::read_files([dir.path().join("*.ms")])?;
/// assert_eq!(all.files.len(), 2);
/// assert_eq!(all.complete()?.traces(), [trace]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Reader::read_many`], and [`Error::Pattern`] for a pattern without files.
pub fn read_files<P: AsRef<Path>>(patterns: impl IntoIterator<Item = P>) -> Result<Collection> {
    Reader::default().read_many(expand(patterns)?)
}

impl From<PatternError> for Error {
    fn from(error: PatternError) -> Self {
        Self::Pattern(error)
    }
}

impl Reader {
    /// Reads several files as one source: records of one channel are joined whatever files they
    /// are in, and with [`JoinRule::FileOrder`](super::JoinRule::FileOrder) in the order of the
    /// files. A record that is cut at the end of a file does not go on in the next.
    ///
    /// Names are taken as they are; [`expand`] finds the files of patterns.
    ///
    /// Only the records that are wanted are held in memory, and one file at a time.
    ///
    /// A file that cannot be read has its [`error`](FileReading::error); the others are read.
    ///
    /// # Errors
    /// Under [`Policy::Stop`] and [`Policy::Strict`] the first error; otherwise only if not one of
    /// the files could be read: then that of the first. [`Error::Option`] and [`Error::Window`] for
    /// options that make no sense.
    pub fn read_many<P: AsRef<Path>>(
        &mut self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Collection> {
        let mut account = Pass::default();
        self.entries.clear();
        let (traces, files) = self.with_buffer(|reader, bytes| {
            let mut files = Vec::new();
            for path in paths {
                let path = path.as_ref();
                let error = reader.gather(path, bytes, &mut account).err();
                let error = error.map(|e| e.in_file(path));
                let stopped =
                    reader.options().policy != Policy::Skip && !account.report().skipped.is_empty();
                files.push((path.to_owned(), error));
                if stopped {
                    break;
                }
            }
            Ok((reader.traces(bytes, &mut account), files))
        })?;
        let mut readings = Vec::with_capacity(files.len());
        for ((path, error), report) in files.into_iter().zip(account.into_reports()) {
            let stop = || pass::stop(&report, self.options()).map_err(|e| e.in_file(&path)).err();
            let error = error.or_else(stop);
            match error {
                Some(error) if self.options().policy != Policy::Skip => return Err(error),
                error => readings.push(FileReading { path, report, error }),
            }
        }
        if readings.iter().all(|r| r.error.is_some()) {
            if let Some(error) = readings.iter_mut().find_map(|r| r.error.take()) {
                return Err(error);
            }
        }
        let mut stream = Stream::from(traces);
        if let Some((from, to)) = self.options().window {
            stream.trim(from, to);
        }
        Ok(Collection { stream, files: readings })
    }

    /// Appends a file's wanted records to the bytes and the entries.
    fn gather(&mut self, path: &Path, bytes: &mut Vec<u8>, account: &mut Pass) -> Result<()> {
        let (base, first) = (bytes.len(), self.entries.len());
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                account.begin(base, 0);
                return Err(error.into());
            }
        };
        match self.part_of_file(&mut file, bytes, account) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => {
                bytes.truncate(base);
                account.begin(base, 0);
                return Err(error);
            }
        }
        let broken = match self.load_file(file, bytes) {
            Ok(broken) => broken,
            Err(error) => {
                bytes.truncate(base);
                account.begin(base, 0);
                return Err(error);
            }
        };
        self.more_headers(bytes, base, account);
        account.end_of_gzip(broken);
        self.compact(bytes, base, first, account);
        Ok(())
    }

    /// Keeps of a file the records that are wanted, if they are less than half of it.
    fn compact(&mut self, bytes: &mut Vec<u8>, base: usize, first: usize, account: &mut Pass) {
        let fresh = self.entries.split_off(first.min(self.entries.len()));
        let wanted: usize = fresh.iter().filter(|e| !e.broken).map(|e| e.len as usize).sum();
        if wanted > (bytes.len() - base) / 2 {
            self.entries.extend(fresh);
            return;
        }
        account.lift();
        let mut to = base;
        let mut next = None;
        for mut entry in fresh.into_iter().filter(|e| !e.broken) {
            let (from, len) = (entry.offset, entry.len as usize);
            // Records follow each other: what is written was read before.
            bytes.copy_within(from..from + len, to);
            if next != Some(from) {
                account.moved(to, (from - base) as u64);
            }
            next = Some(from + len);
            entry.offset = to;
            to += len;
            self.entries.push(entry);
        }
        bytes.truncate(to);
    }
}
