//! Archives in the *SeisComP Data Structure* (SDS): a miniSEED file for each channel and day.
//!
//! `ROOT/YEAR/NET/STA/CHAN.TYPE/NET.STA.LOC.CHAN.TYPE.YEAR.DAY`, with the day of the year in three
//! digits and the type `D` for waveforms. A record is kept in the file of the day on which it
//! starts; some archives cut by the day on which it ends, or only roughly: the files of the day
//! before and the day after are always looked into.
//!
//! At low rates a record lasts longer than a day: one of 4096 bytes at 0.01 Hz about a week. So
//! going back from the day before, file by file, files are looked into as long as a record that
//! starts on the day of the file may last until the time that is wanted: one of the length and rate
//! of any of the file's first 16 records with samples, with as many samples as fit (in version 3,
//! where lengths differ, of the longest record that fits into the file). Files of more than 366 days
//! before are not looked at, nor are those of more than a day after. So a record that lasts for days
//! is missed where a later file of its channel has only records that do not: of a channel whose rate
//! was raised, or that is at both rates at once.

mod reach;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use seis_core::{IdPattern, SourceId, Trace, UtcTime};

use crate::calendar::holds_series;
use crate::file::{shown, write_atomically};
use crate::mseed::{
    self, Collection, ReadOptions, Reader, WriteError, WriteOptions, Writer, Written,
};

/// Nanoseconds of a day.
const DAY_NS: i128 = 86_400_000_000_000;

/// Why an archive could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A folder or file could not be read or written.
    #[error("{path}: {source}", path = shown(.path))]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Data could not be read.
    #[error(transparent)]
    Read(#[from] mseed::Error),
    /// Data could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The codes of a trace cannot be the name of a file.
    #[error(
        "{id}: network, station or channel is missing, or a code holds other characters than \
         letters, digits, - and _, so that it is not made a file name: correct the id"
    )]
    UnsafeName {
        /// The trace.
        id: SourceId,
    },
    /// A trace starts, or ends, in a year that has no folder.
    #[error("{id}: the samples from {start} on are not within the years 1 to 9999")]
    Year {
        /// The trace.
        id: SourceId,
        /// Its start.
        start: UtcTime,
    },
}

/// Result with the module's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct DayFile {
    /// The channel, as the name has it.
    pub id: SourceId,
    /// Its year.
    pub year: u16,
    /// Its day of the year, from 1.
    pub day: u16,
    /// The file.
    pub path: PathBuf,
}

impl DayFile {
    /// Days since 1970; `None` if the year has no such day.
    fn number(&self) -> Option<i128> {
        let start = UtcTime::from_ordinal(self.year as i16, self.day, (0, 0, 0), 0);
        start.ok().map(day_number)
    }
}

/// An archive of day files.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # use seis_core::{SamplingRate, Trace};
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, "2021-12-31T23:59:00Z".parse()?,
/// #     SamplingRate::from_hz(40.0)?, (0..4800).collect::<Vec<i32>>());
/// use seis_io::sds::Sds;
/// let archive = Sds::new(dir.path());
/// archive.write([&trace], &Default::default())?; // to two files, of two years
/// let (from, to) = ("2021-12-31T23:59:50Z".parse()?, "2022-01-01T00:00:10Z".parse()?);
/// let found = archive.read(&"CI.*.*.BH?".parse()?, from, to)?;
/// assert_eq!(found.stream.traces(), [trace.slice(from, to).ok_or("nothing")?]);
/// for file in &found.files {
///     println!("{}: {}", file.path.display(), file.report);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sds {
    root: PathBuf,
    kind: char,
    options: ReadOptions,
}

impl Sds {
    /// The archive below a folder. Nothing is looked at yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let options = ReadOptions::new().time_ordered(true).drop_duplicates(true);
        Self { root: root.into(), kind: 'D', options }
    }

    /// With this type of data: `D` waveforms (the default), `E` detections, `L` logs, `T` timing,
    /// `C` calibration, `R` responses, `O` opaque.
    #[must_use]
    pub fn data_type(mut self, kind: char) -> Self {
        self.kind = kind;
        self
    }

    /// Read with these options; patterns and window are added to them.
    ///
    /// The default takes files that look so to be [in order of time](ReadOptions::time_ordered),
    /// so that little more is read of them than is wanted, and leaves out
    /// [records that are there twice](ReadOptions::drop_duplicates). For archives in which late
    /// records may stand anywhere: `ReadOptions::new().drop_duplicates(true)`.
    #[must_use]
    pub fn read_options(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that may hold something of a pattern and a time span (both ends inclusive): of
    /// its days, the day before and the day after, and earlier ones with
    /// [records of more than a day](self) that may last so long. They come by channel and day.
    /// Whatever in the folders is not named as a file of the archive, and files of no length, are
    /// passed over. Of the nearest earlier file of each channel the first record is read; if there
    /// is none in it, or it cannot be read, the one before is the nearest.
    ///
    /// # Errors
    /// [`Error::Io`] for a folder that cannot be read (that of the archive must exist);
    /// [`mseed::Error::Window`] for a time span that ends before it begins.
    pub fn files(&self, pattern: &IdPattern, from: UtcTime, to: UtcTime) -> Result<Vec<DayFile>> {
        mseed::expect_forward(from, to)?;
        let near = day_number(from) - 1;
        // A day more, since `near` is one earlier already.
        let days = (near + 1 - reach::DAYS)..=(day_number(to) + 1);
        let mut found = Vec::new();
        for (year_folder, year) in folders(&self.root)? {
            let Some(year) = digits(&year, 4) else { continue };
            let first = UtcTime::from_ordinal(year as i16, 1, (0, 0, 0), 0);
            let Some(first) = first.ok().map(day_number) else { continue };
            if first > *days.end() || first + 365 < *days.start() {
                continue;
            }
            for (network_folder, network) in folders(&year_folder)? {
                if !pattern.may_match_within(&network, None) {
                    continue;
                }
                for (station_folder, station) in folders(&network_folder)? {
                    if !pattern.may_match_within(&network, Some(&station)) {
                        continue;
                    }
                    for (folder, channel) in folders(&station_folder)? {
                        let ours =
                            channel.strip_suffix(self.kind).and_then(|c| c.strip_suffix('.'));
                        let Some(channel) = ours else { continue };
                        let place = [&network, &station, channel];
                        self.day_files(&folder, place, year, pattern, &days, &mut found)?;
                    }
                }
            }
        }
        found.sort();
        // Going back from the latest: of which channels no earlier file needs to be looked at.
        let mut settled: HashMap<SourceId, bool> = HashMap::new();
        let mut wanted = Vec::with_capacity(found.len());
        for file in found.into_iter().rev() {
            let Some(day) = file.number() else { continue };
            if day < near {
                let settled = settled.entry(file.id).or_default();
                if *settled {
                    continue;
                }
                let behind = UtcTime::from_nanos((day + 1) * DAY_NS);
                match reach::may_last(&file.path, behind, from, &self.options) {
                    Some(true) => {}
                    lasts => {
                        *settled = lasts.is_some();
                        continue;
                    }
                }
            }
            wanted.push(file);
        }
        wanted.reverse();
        Ok(wanted)
    }

    /// The files of a channel's folder that match.
    fn day_files(
        &self,
        folder: &Path,
        [network, station, channel]: [&str; 3],
        year: u16,
        pattern: &IdPattern,
        days: &RangeInclusive<i128>,
        found: &mut Vec<DayFile>,
    ) -> Result<()> {
        let mut kind = [0; 4];
        let kind: &str = self.kind.encode_utf8(&mut kind);
        for (path, name) in entries(folder)? {
            let parts: Vec<&str> = name.split('.').collect();
            let &[n, s, location, c, k, y, d] = parts.as_slice() else { continue };
            if [n, s, c, k] != [network, station, channel, kind] || digits(y, 4) != Some(year) {
                continue;
            }
            let Some(day) = digits(d, 3) else { continue };
            let Ok(id) = SourceId::new(network, station, location, channel) else { continue };
            let file = DayFile { id, year, day, path };
            if !pattern.matches(&id) || !file.number().is_some_and(|day| days.contains(&day)) {
                continue;
            }
            // What is empty was made before anything was recorded.
            if fs::metadata(&file.path).is_ok_and(|m| m.is_file() && m.len() > 0) {
                found.push(file);
            }
        }
        Ok(())
    }

    /// The channels of a pattern of which there are [files](Self::files) for a time span.
    ///
    /// # Errors
    /// As [`files`](Self::files).
    pub fn channels(
        &self,
        pattern: &IdPattern,
        from: UtcTime,
        to: UtcTime,
    ) -> Result<Vec<SourceId>> {
        let mut ids: Vec<SourceId> =
            self.files(pattern, from, to)?.into_iter().map(|file| file.id).collect();
        ids.dedup();
        Ok(ids)
    }

    /// What there is of the channels of a pattern between two times, both inclusive.
    ///
    /// Records are joined across midnight. Missing days are gaps, and files of no length are missing
    /// days; where there is nothing at all the stream is empty. The id of a record is that of its
    /// header, whatever the file is called.
    /// All channels are in memory together: to go through many of them ask for
    /// [`channels`](Self::channels), and read one after the other.
    ///
    /// # Errors
    /// As [`files`](Self::files) and [`Reader::read_many`].
    pub fn read(&self, pattern: &IdPattern, from: UtcTime, to: UtcTime) -> Result<Collection> {
        let files = self.files(pattern, from, to)?;
        if files.is_empty() {
            return Ok(Collection::default());
        }
        let options = self.options.clone().select(pattern.clone()).window(from, to);
        Ok(Reader::new(options).read_many(files.into_iter().map(|file| file.path))?)
    }

    /// The file of a channel and a day.
    ///
    /// # Errors
    /// [`Error::UnsafeName`], [`Error::Year`].
    pub fn path(&self, id: &SourceId, time: UtcTime) -> Result<PathBuf> {
        let named = !(id.network.is_empty() || id.station.is_empty() || id.channel.is_empty());
        if !named || !id.is_path_safe() || !self.kind.is_ascii_alphanumeric() {
            return Err(Error::UnsafeName { id: *id });
        }
        let (year, day, ..) = time.to_ordinal();
        if year < 1 {
            return Err(Error::Year { id: *id, start: time });
        }
        let SourceId { network, station, channel, .. } = id;
        let kind = self.kind;
        let name = format!("{id}.{kind}.{year:04}.{day:03}");
        let folder = format!("{year:04}/{network}/{station}/{channel}.{kind}");
        Ok(self.root.join(folder).join(name))
    }

    /// Adds traces to the archive, cut at midnight. What is in a file already stays in front; the
    /// file is written anew, and appears when it is whole. The same data written twice are there
    /// twice.
    ///
    /// The start of a trace must be one that the format holds
    /// ([`WriteOptions::round_start`]); where it is cut, the first sample of the day is written to
    /// the nearest time that the format holds, as those of all later records are.
    ///
    /// # Errors
    /// [`Error::UnsafeName`], [`Error::Year`], and [`Error::Write`] for what cannot be represented,
    /// before anything is written, folders included; [`Error::Io`]: files written before stay.
    pub fn write<'a>(
        &self,
        traces: impl IntoIterator<Item = &'a Trace>,
        options: &WriteOptions,
    ) -> Result<Vec<(PathBuf, Written)>> {
        let mut files: Vec<(PathBuf, Writer<Vec<u8>>)> = Vec::new();
        for trace in traces {
            if !holds_series(trace.start, trace.rate, trace.len() as u64) {
                return Err(Error::Year { id: trace.id, start: trace.start });
            }
            for (number, part) in by_day(trace).into_iter().enumerate() {
                let path = self.path(&part.id, part.start)?;
                let known = files.iter().position(|(known, _)| *known == path);
                let at = known.unwrap_or(files.len());
                if known.is_none() {
                    files.push((path, Writer::new(Vec::new(), options.clone())?));
                }
                let Some((_, writer)) = files.get_mut(at) else { continue };
                if number == 0 { writer.write(&part)? } else { writer.write_later_part(&part)? }
            }
        }
        let mut encoded = Vec::with_capacity(files.len());
        for (path, writer) in files {
            let (bytes, written) = writer.finish()?;
            encoded.push((path, bytes, written));
        }
        encoded
            .into_iter()
            .map(|(path, bytes, written)| {
                append(&path, &bytes)?;
                Ok((path, written))
            })
            .collect()
    }
}

/// Writes a file anew with these bytes behind what is in it.
fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    let before = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(io(path)(e)),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io(folder))?;
    }
    write_atomically(path, |file| {
        file.write_all(&before)?;
        file.write_all(bytes)
    })
    .map_err(io(path))
}

/// The parts of a trace that belong to each day.
fn by_day(trace: &Trace) -> Vec<Trace> {
    if trace.is_empty() || !trace.rate.is_regular() {
        return vec![trace.clone()];
    }
    let mut parts = Vec::new();
    let mut done = 0;
    while done < trace.len() {
        let start = trace.time_of(done as i64);
        let midnight = UtcTime::from_nanos((day_number(start) + 1) * DAY_NS);
        // Samples before midnight: the first guess is exact to a sample.
        let (ahead, _) = trace.rate.samples_in(midnight - trace.start);
        let mut end = usize::try_from(ahead).unwrap_or(0).clamp(done + 1, trace.len());
        while end < trace.len() && trace.time_of(end as i64) < midnight {
            end += 1;
        }
        while end > done + 1 && trace.time_of(end as i64 - 1) >= midnight {
            end -= 1;
        }
        parts.push(Trace::new(trace.id, start, trace.rate, trace.samples.slice(done..end)));
        done = end;
    }
    parts
}

/// Days since 1970.
fn day_number(time: UtcTime) -> i128 {
    time.as_nanos().div_euclid(DAY_NS)
}

/// A number of just so many digits.
fn digits(text: &str, number: usize) -> Option<u16> {
    let plain = text.len() == number && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// What is in a folder, by path and name; names that are no UTF-8 are none of the archive.
fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let fail = |source| Error::Io { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if let Ok(name) = entry.file_name().into_string() {
            found.push((entry.path(), name));
        }
    }
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut found = entries(folder)?;
    found.retain(|(path, _)| path.is_dir());
    Ok(found)
}
