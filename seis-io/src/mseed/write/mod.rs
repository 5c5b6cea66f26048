//! Traces, or samples as they arrive, to miniSEED.

mod channel;
mod header;
mod options;
mod rate;
mod record;
mod samples;
mod sink;
mod v2;
mod v3;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use seis_core::{Samples, SourceId, Trace};

pub use options::{FormatVersion, WriteOptions};

use super::{Encoding, WriteError};
use crate::file::write_atomically;
use channel::Channel;
use header::{Coding, Series};
use sink::Sink;

/// Pieces go into the buffers in parts of so many samples, so that these stay small.
const PART: usize = 1 << 14;

/// How much was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Samples in them.
    pub samples: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Writes traces to a miniSEED file. The file appears under its name when it is whole.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("CI.HEC.mseed");
/// use seis_core::{SamplingRate, Trace};
/// use seis_io::mseed::{self, Encoding, WriteOptions};
/// let rate = SamplingRate::from_hz(40.0)?;
/// let start = "2022-01-02T00:00:00.0695Z".parse()?;
/// let trace = Trace::new("CI.HEC..BHN".parse()?, start, rate, vec![3, 1, 4, 1, 5]);
/// let options = WriteOptions::new().encoding(Encoding::Steim2).record_len(512);
/// let written = mseed::write(&path, [&trace], &options)?;
/// assert_eq!(written.bytes, 512);
/// assert_eq!(mseed::read(&path)?.stream.traces(), [trace]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`WriteError`]; nothing is left behind, and a file that was there stays as it was.
pub fn write<'a>(
    path: impl AsRef<Path>,
    traces: impl IntoIterator<Item = &'a Trace>,
    options: &WriteOptions,
) -> Result<Written, WriteError> {
    let path = path.as_ref();
    write_atomically(path, |file| write_to(file, traces, options)).map_err(|e| e.in_file(path))
}

/// Writes traces as miniSEED to anything that can be written to. See [`Writer`].
///
/// # Errors
/// [`WriteError`]; what was written before stays written.
pub fn write_to<'a>(
    sink: impl io::Write,
    traces: impl IntoIterator<Item = &'a Trace>,
    options: &WriteOptions,
) -> Result<Written, WriteError> {
    let mut writer = Writer::new(sink, options.clone())?;
    for trace in traces {
        writer.write(trace)?;
    }
    Ok(writer.finish()?.1)
}

/// Writes traces, or samples as they arrive, as miniSEED records.
///
/// What readers get is what the trace says, or there is an error:
///
/// * Without a wish for an [`Encoding`], integers become Steim-2, or Steim-1 in records where a
///   difference needs more than 30 bits; floats and text are stored as they are. A wish that
///   would change a sample is refused; so is text that is not wanted as text.
/// * A trace without samples becomes one record without samples.
///
/// In version 2:
///
/// * The start of a trace must be a whole microsecond, which is all that the format holds, or is
///   rounded [on request](WriteOptions::round_start). The starts of later records follow from it;
///   they are rounded to the microsecond, halves to even. Where they are no multiples of 0.1 ms
///   there is a blockette 1001.
/// * The rate must be a ratio or product of integers up to 32767, which factor and multiplier
///   hold, or a 32-bit float, which goes into blockette 100 as well; others are rounded
///   [on request](WriteOptions::round_rate). What was read of a version-2 file always is such a
///   rate. Above 500 kHz records that begin at whole microseconds would not be joined again;
///   more than one is refused.
///
/// In version 3 times are exact to the nanosecond and rates to double precision; rates below 1 Hz
/// are stored as periods. Records are as long as what they hold, and have their checksum.
///
/// The history of a trace is not stored: the formats have no place for it.
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1.5, 2.5]);
/// use seis_io::mseed::{WriteOptions, Writer};
/// let mut writer = Writer::new(Vec::new(), WriteOptions::new().record_len(256))?;
/// writer.write(&trace)?;
/// writer.write(&trace)?;
/// let (bytes, written) = writer.finish()?;
/// assert_eq!((bytes.len(), written.records), (512, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`push`](Self::push) takes samples in pieces of any length and writes records when they are
/// full. [`finish`](Self::finish) (or [`flush`](Self::flush)) writes the rest; a writer that is
/// dropped without it loses what did not fill a record.
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, (0..4000).collect::<Vec<i32>>());
/// use seis_io::mseed::{FormatVersion, WriteOptions, Writer, read_bytes};
/// let options = WriteOptions::new().version(FormatVersion::V3).record_len(512);
/// let mut writer = Writer::new(Vec::new(), options)?;
/// for second in 0..100 {
///     let start = trace.time_of(second * 40);
///     let samples: Vec<i32> = (0..40).map(|i| (second * 40) as i32 + i).collect();
///     writer.push(&Trace::new(trace.id, start, rate, samples))?;
/// }
/// let (bytes, written) = writer.finish()?;
/// assert_eq!(written.samples, 4000);
/// assert_eq!(read_bytes(&bytes, &Default::default())?.stream.traces(), [trace]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    sink: Sink<W>,
    options: WriteOptions,
    record: Vec<u8>,
    sequence: u32,
    written: Written,
    channels: BTreeMap<SourceId, Channel>,
}

impl<W: io::Write> Writer<W> {
    /// A writer to a sink; records are written one by one, so that a file wants a
    /// [`BufWriter`](io::BufWriter) (which [`write`](crate::mseed::write) has).
    ///
    /// # Errors
    /// [`WriteError::RecordLength`], [`WriteError::Option`], [`WriteError::Flags`],
    /// [`WriteError::TimingQuality`], [`WriteError::ExtraHeaders`].
    pub fn new(sink: W, options: WriteOptions) -> Result<Self, WriteError> {
        options.check()?;
        Ok(Self {
            sink: Sink::new(sink),
            record: vec![0; options.record_len],
            sequence: options.first_sequence,
            options,
            written: Written::default(),
            channels: BTreeMap::new(),
        })
    }

    /// Writes a trace, from a new record on; what was [pushed](Self::push) of the same channel is
    /// written before.
    ///
    /// # Errors
    /// [`WriteError`]. The trace is checked before its first record is written, except for start
    /// times of later records and differences too large for a Steim-2 that was asked for.
    pub fn write(&mut self, trace: &Trace) -> Result<(), WriteError> {
        self.write_from(trace, self.options.round_start)
    }

    /// Writes a later part of a trace that was cut: its start follows from that of the trace, as
    /// those of records do, and is rounded as they are.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) fn write_later_part(&mut self, trace: &Trace) -> Result<(), WriteError> {
        self.write_from(trace, true)
    }

    fn write_from(&mut self, trace: &Trace, round_start: bool) -> Result<(), WriteError> {
        let coding = Coding::choose(trace, &self.options)?;
        let series = Series::new(trace, coding, &self.options, round_start)?;
        let samples = samples::convert(trace, coding.nominal())?;
        self.flush_channel(trace.id)?;
        self.channels.remove(&trace.id);
        if trace.is_empty() {
            return self.put_empty(&series);
        }
        record::check_room(&series)?;
        let mut done = 0;
        while done < samples.len() {
            match self.put(&series, &samples, (done, done as u64), true)? {
                Ok(taken) => done += taken,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Takes the next samples of a channel. Records are written as they fill up, and are those that
    /// [`write`](Self::write) would make of all the samples at once; what does not fill one waits
    /// for the next piece. Pieces of several channels may come in turns. A piece without samples
    /// adds nothing.
    ///
    /// A piece continues its channel if rate and sample type are the same and its start is, within
    /// [`WriteOptions::continue_within`], the time at which the next sample is due, counted from
    /// the first piece. Otherwise what waits is written and a new record begins; so it does with
    /// samples that have no rate.
    ///
    /// What waits is never more than a full record, about; in version 3 that may be up to
    /// 17 million samples if records of 10 MiB are wanted.
    ///
    /// # Errors
    /// [`WriteError`]. A piece that cannot be stored by itself is refused, and changes nothing.
    /// Other errors (the sink's, start times of later records, differences too large for a Steim-2
    /// that was asked for) lose the samples of this channel that were waiting. When the sink
    /// has refused a record nothing more is written: all that writes, [`finish`](Self::finish)
    /// included, is an error from then on.
    pub fn push(&mut self, piece: &Trace) -> Result<(), WriteError> {
        if piece.is_empty() {
            return Ok(());
        }
        if !piece.rate.is_regular() {
            return self.write(piece);
        }
        let coding = Coding::choose(piece, &self.options)?;
        let samples = samples::convert(piece, coding.nominal())?;
        let tolerance = self.options.continue_within;
        let goes_on = self
            .channels
            .get(&piece.id)
            .is_some_and(|c| c.is_continued_by(piece, coding, &samples, tolerance));
        if !goes_on {
            let series = Series::new(piece, coding, &self.options, self.options.round_start)?;
            record::check_room(&series)?;
            self.flush_channel(piece.id)?;
            self.channels.insert(piece.id, Channel::new(series, &samples));
        }
        let Some(mut channel) = self.channels.remove(&piece.id) else { return Ok(()) };
        let mut from = 0;
        while from < samples.len() {
            let to = samples.len().min(from + PART);
            // Of one type: `is_continued_by` looked at it.
            if channel.pending.append(samples.slice(from..to)).is_err() {
                break;
            }
            self.drain(&mut channel, false)?;
            from = to;
        }
        self.channels.insert(piece.id, channel);
        Ok(())
    }

    /// Writes all samples that wait, in records that are not full, and flushes the sink. Pieces
    /// that follow may continue where these end.
    ///
    /// # Errors
    /// [`WriteError`], as [`push`](Self::push).
    pub fn flush(&mut self) -> Result<(), WriteError> {
        let ids: Vec<SourceId> = self.channels.keys().copied().collect();
        for id in ids {
            self.flush_channel(id)?;
        }
        self.sink.flush()?;
        Ok(())
    }

    /// Writes the samples of a channel that wait, in a record that is not full.
    ///
    /// # Errors
    /// [`WriteError`], as [`push`](Self::push).
    pub fn flush_channel(&mut self, id: SourceId) -> Result<(), WriteError> {
        if let Some(mut channel) = self.channels.remove(&id) {
            self.drain(&mut channel, true)?;
            self.channels.insert(id, channel);
        }
        Ok(())
    }

    /// How many samples of a channel wait for their record to fill up.
    #[must_use]
    pub fn waiting(&self, id: SourceId) -> usize {
        self.channels.get(&id).map_or(0, |channel| channel.pending.len())
    }

    /// What was written so far.
    #[must_use]
    pub fn written(&self) -> Written {
        self.written
    }

    /// Writes what waits, hands buffered bytes on and gives the sink back.
    ///
    /// # Errors
    /// [`WriteError`], as [`push`](Self::push).
    pub fn finish(mut self) -> Result<(W, Written), WriteError> {
        self.flush()?;
        Ok((self.sink.into_inner(), self.written))
    }

    /// Writes the full records of a channel, or all that it has.
    fn drain(&mut self, channel: &mut Channel, all: bool) -> Result<(), WriteError> {
        let mut from = 0;
        while from < channel.pending.len()
            && (all || channel.pending.len() - from >= channel.wanted)
        {
            let first = channel.written + from as u64;
            match self.put(&channel.series, &channel.pending, (from, first), all)? {
                Ok(taken) => {
                    from += taken;
                    channel.wanted = record::fewest_that_fill(&channel.series);
                }
                Err(wanted) => {
                    channel.wanted = wanted;
                    break;
                }
            }
        }
        channel.took(from);
        Ok(())
    }

    /// Writes one record; gives the samples in it, or, inside, how many are wanted for one.
    fn put(
        &mut self,
        series: &Series,
        samples: &Samples,
        (from, first): (usize, u64),
        last: bool,
    ) -> Result<Result<usize, usize>, WriteError> {
        let payload = self.record.get_mut(series.data_offset()..).unwrap_or_default();
        let filled = match record::fill(series, samples, (from, first), last, payload)? {
            Ok(filled) if filled.samples == 0 => return Err(series.too_short()),
            Ok(filled) => filled,
            Err(wanted) => return Ok(Err(wanted)),
        };
        let len = series.len_with(filled.bytes);
        self.put_record(series, len, filled.encoding, first, filled.samples)?;
        Ok(Ok(filled.samples))
    }

    fn put_empty(&mut self, series: &Series) -> Result<(), WriteError> {
        self.record.get_mut(series.header_len()..).unwrap_or_default().fill(0);
        self.put_record(series, series.len_with(0), series.coding.nominal(), 0, 0)
    }

    /// Puts the header before the samples, and hands the record on.
    fn put_record(
        &mut self,
        series: &Series,
        len: usize,
        encoding: Encoding,
        first: u64,
        count: usize,
    ) -> Result<(), WriteError> {
        let record = self.record.get_mut(..len).unwrap_or_default();
        series.fill(record, self.sequence, encoding, first, count)?;
        self.sink.write_all(record)?;
        // Sequence numbers have six digits.
        self.sequence = if self.sequence >= 999_999 { 1 } else { self.sequence + 1 };
        self.written.records += 1;
        self.written.samples += count as u64;
        self.written.bytes += len as u64;
        Ok(())
    }
}
