//! Traces to miniSEED 2.

mod header;
mod options;
mod rate;
mod samples;

use std::io;
use std::path::Path;

use seis_core::{Samples, Trace};

pub use options::WriteOptions;

use super::steim::{self, Steim, SteimError};
use super::{Encoding, WriteError};
use crate::file::write_atomically;
use header::Template;

/// Longest record that is written, as a power of two.
const MAX_RECORD: usize = 1 << 20;

/// A header counts its samples in 16 bits.
const MAX_SAMPLES: usize = u16::MAX as usize;

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

/// Writes traces to a miniSEED 2 file. The file appears under its name when it is whole.
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

/// Writes traces as miniSEED 2 to anything that can be written to. See [`Writer`].
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

/// Writes trace after trace as miniSEED 2 records.
///
/// What readers get is what the trace says, or there is an error:
///
/// * Without a wish for an [`Encoding`], integers become Steim-2, or Steim-1 where a difference
///   needs more than 30 bits; floats and text are stored as they are. A wish that would change a
///   sample is refused; so is text that is not wanted as text.
/// * Start times are stored to the microsecond, as the format allows, rounded half to even; where
///   they are no multiples of 0.1 ms there is a blockette 1001.
/// * Rates that factor and multiplier cannot give are stored, as 32-bit floats, in blockette 100
///   as well.
/// * A trace without samples becomes one record without samples.
///
/// The history of a trace is not stored: the format has no place for it.
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
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    options: WriteOptions,
    record: Vec<u8>,
    sequence: u32,
    written: Written,
}

impl<W: io::Write> Writer<W> {
    /// A writer to a sink; records are written one by one, so that a file wants a
    /// [`BufWriter`](io::BufWriter) (which [`write`](crate::mseed::write) has).
    ///
    /// # Errors
    /// [`WriteError::RecordLength`].
    pub fn new(sink: W, options: WriteOptions) -> Result<Self, WriteError> {
        let found = options.record_len;
        if !found.is_power_of_two() || !(64..=MAX_RECORD).contains(&found) {
            return Err(WriteError::RecordLength { found });
        }
        let sequence = options.first_sequence;
        Ok(Self { sink, record: vec![0; found], options, sequence, written: Written::default() })
    }

    /// Writes a trace.
    ///
    /// # Errors
    /// [`WriteError`]. The trace is checked before its first record is written, except for start
    /// times beyond the year 2100 and differences too large for a Steim-2 that was asked for.
    pub fn write(&mut self, trace: &Trace) -> Result<(), WriteError> {
        let encoding = self.encoding(trace)?;
        let template = Template::new(trace, encoding, &self.options)?;
        let samples = samples::convert(trace, encoding)?;
        let mut done = 0;
        loop {
            let left = trace.len() - done;
            let taken = if left == 0 {
                self.record.get_mut(template.header_len..).unwrap_or_default().fill(0);
                0
            } else {
                let n = self.payload(trace, &template, encoding, &samples, done)?;
                if n == 0 {
                    return Err(WriteError::RecordTooShort {
                        id: trace.id,
                        record_len: self.options.record_len,
                        header_len: template.header_len,
                        encoding,
                    });
                }
                n
            };
            template.fill(&mut self.record, self.sequence, trace, done, taken)?;
            self.sink.write_all(&self.record)?;
            // Sequence numbers have six digits.
            self.sequence = if self.sequence >= 999_999 { 1 } else { self.sequence + 1 };
            self.written.records += 1;
            self.written.samples += taken as u64;
            self.written.bytes += self.record.len() as u64;
            done += taken;
            if done >= trace.len() {
                return Ok(());
            }
        }
    }

    /// What was written so far.
    #[must_use]
    pub fn written(&self) -> Written {
        self.written
    }

    /// Hands buffered bytes on and gives the sink back.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    pub fn finish(mut self) -> Result<(W, Written), WriteError> {
        self.sink.flush()?;
        Ok((self.sink, self.written))
    }

    /// The encoding of a trace: the one asked for, else the one that loses nothing.
    fn encoding(&self, trace: &Trace) -> Result<Encoding, WriteError> {
        let samples = trace.samples.sample_type();
        if let Some(encoding) = self.options.encoding {
            let refused = WriteError::Encoding { id: trace.id, samples, encoding };
            let text = matches!(trace.samples, Samples::Text(_));
            if !encoding.is_writable() || text != (encoding == Encoding::Text) {
                return Err(refused);
            }
            return Ok(encoding);
        }
        Ok(match &trace.samples {
            Samples::I32(v) if samples::fit_steim2(v) => Encoding::Steim2,
            Samples::I32(_) => Encoding::Steim1,
            Samples::F32(_) => Encoding::Float32,
            Samples::Text(_) => Encoding::Text,
            _ => Encoding::Float64,
        })
    }

    /// Encodes as many samples as fit into the record, from `done` on.
    fn payload(
        &mut self,
        trace: &Trace,
        template: &Template,
        encoding: Encoding,
        samples: &Samples,
        done: usize,
    ) -> Result<usize, WriteError> {
        let order = self.options.byte_order;
        let payload = self.record.get_mut(template.data_offset..).unwrap_or_default();
        let steim = match encoding {
            Encoding::Steim1 => Steim::One,
            Encoding::Steim2 => Steim::Two,
            _ => return Ok(samples::put(samples, encoding, order, done, MAX_SAMPLES, payload)),
        };
        let all = samples.as_i32().unwrap_or_default();
        let end = all.len().min(done + MAX_SAMPLES);
        let part = all.get(done..end).unwrap_or_default();
        match steim::encode(steim, order, part, payload) {
            Ok(encoded) => Ok(encoded.samples),
            Err(SteimError::DifferenceTooLarge { index, difference }) => {
                let source = SteimError::DifferenceTooLarge { index: index + done, difference };
                Err(WriteError::Steim { id: trace.id, source })
            }
            Err(source) => Err(WriteError::Steim { id: trace.id, source }),
        }
    }
}
