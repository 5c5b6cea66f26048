//! What all records of a series have in common, in either version.

use seis_core::{SampleType, Samples, SamplingRate, SourceId, Trace, UtcTime};

use super::options::FormatVersion;
use super::{WriteOptions, v2, v3};
use crate::mseed::{ByteOrder, Encoding, WriteError};

/// How the samples of a series are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// In one encoding.
    As(Encoding),
    /// In Steim-2, or Steim-1 in records where a difference needs more than 30 bits.
    Steim,
}

impl Coding {
    /// The coding of samples: the encoding asked for, else what loses nothing.
    pub(super) fn choose(trace: &Trace, options: &WriteOptions) -> Result<Self, WriteError> {
        if let Some(encoding) = options.encoding {
            let text = trace.samples.sample_type() == SampleType::Text;
            if !encoding.is_writable() || text != (encoding == Encoding::Text) {
                let samples = trace.samples.sample_type();
                return Err(WriteError::Encoding { id: trace.id, samples, encoding });
            }
            return Ok(Self::As(encoding));
        }
        Ok(match &trace.samples {
            Samples::I32(_) => Self::Steim,
            Samples::F32(_) => Self::As(Encoding::Float32),
            Samples::Text(_) => Self::As(Encoding::Text),
            _ => Self::As(Encoding::Float64),
        })
    }

    /// The encoding, as far as it is known before the samples are.
    pub(super) fn nominal(self) -> Encoding {
        match self {
            Self::As(encoding) => encoding,
            Self::Steim => Encoding::Steim2,
        }
    }
}

#[derive(Debug)]
enum Template {
    V2(v2::Template),
    V3(v3::Template),
}

/// A series: samples of one channel at one rate, without gaps, in one coding.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) id: SourceId,
    pub(super) start: UtcTime,
    pub(super) rate: SamplingRate,
    pub(super) coding: Coding,
    template: Template,
    /// Longest record.
    record_len: usize,
    order: ByteOrder,
}

impl Series {
    pub(super) fn new(
        trace: &Trace,
        coding: Coding,
        options: &WriteOptions,
        round_start: bool,
    ) -> Result<Self, WriteError> {
        let &Trace { id, start, rate, .. } = trace;
        let (template, order) = match options.version {
            FormatVersion::V2 => {
                if !round_start {
                    v2::expect_microsecond(id, start)?;
                }
                let template = v2::Template::new(id, start, rate, coding.nominal(), options)?;
                (Template::V2(template), options.v2_order())
            }
            FormatVersion::V3 => {
                let steim = coding.nominal().is_steim();
                let order = if steim { ByteOrder::Big } else { ByteOrder::Little };
                (Template::V3(v3::Template::new(id, rate, options)?), order)
            }
        };
        let series =
            Self { id, start, rate, coding, template, record_len: options.record_len, order };
        if series.header_len() > series.record_len {
            return Err(series.too_short());
        }
        Ok(series)
    }

    /// The order of the bytes of the samples.
    pub(super) fn order(&self) -> ByteOrder {
        self.order
    }

    /// Length of the header with all that stands before the samples, but for padding.
    pub(super) fn header_len(&self) -> usize {
        match &self.template {
            Template::V2(template) => template.header_len,
            Template::V3(template) => template.header_len(),
        }
    }

    /// Where the samples begin.
    pub(super) fn data_offset(&self) -> usize {
        match &self.template {
            Template::V2(template) => template.data_offset,
            Template::V3(template) => template.header_len(),
        }
    }

    /// Most bytes of samples in a record.
    pub(super) fn payload_room(&self) -> usize {
        self.record_len.saturating_sub(self.data_offset())
    }

    /// Most samples that a header can count.
    pub(super) fn max_samples(&self) -> usize {
        match self.template {
            Template::V2(_) => v2::MAX_SAMPLES,
            Template::V3(_) => u32::MAX as usize,
        }
    }

    /// Length of a record with so many bytes of samples: in version 2 all are of one length.
    pub(super) fn len_with(&self, payload: usize) -> usize {
        match self.template {
            Template::V2(_) => self.record_len,
            Template::V3(_) => self.data_offset() + payload,
        }
    }

    /// Time of the sample with this index.
    pub(super) fn time_of(&self, index: u64) -> UtcTime {
        self.start + self.rate.offset_of(i64::try_from(index).unwrap_or(i64::MAX))
    }

    /// Writes the header of one record, whose samples, from `first` on, are there.
    pub(super) fn fill(
        &self,
        record: &mut [u8],
        sequence: u32,
        encoding: Encoding,
        first: u64,
        count: usize,
    ) -> Result<(), WriteError> {
        let start = self.time_of(first);
        match &self.template {
            Template::V2(template) => {
                if first > 0 {
                    v2::expect_to_be_joined(self.id, self.rate)?;
                }
                template.fill(record, sequence, encoding, start, count)
            }
            Template::V3(template) => template.fill(record, encoding, start, count),
        }
    }

    /// The error of records without room for a sample.
    pub(super) fn too_short(&self) -> WriteError {
        WriteError::RecordTooShort {
            id: self.id,
            record_len: self.record_len,
            header_len: self.header_len(),
            encoding: self.coding.nominal(),
        }
    }
}
