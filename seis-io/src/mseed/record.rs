//! One record: its header parsed, its samples decoded when they are asked for.

use std::ops::Range;

use seis_core::{SampleType, Samples, SamplingRate, SourceId, UtcTime};

use super::signature::{SIGNATURE_BYTES, Signature, signature};
use super::steim::Check;
use super::window::{Halt, Window};
use super::{ByteOrder, Encoding, RecordError, WarningKind, decode, v2, v3};
use crate::calendar::holds_series;

/// How a record is to be parsed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParseOptions {
    /// Encoding of version-2 records that do not say (they have no blockette 1000).
    pub(crate) default_encoding: Encoding,
    /// Whether the checksum of version-3 records is verified.
    pub(crate) check_crc: bool,
    /// Length of the record before; that of the last one of a file, if it does not say.
    pub(crate) len_before: Option<usize>,
    /// Whether it is only tried if a record begins here.
    pub(crate) searching: bool,
    /// Longest record whose checksum is verified in a search.
    pub(crate) longest_checked: usize,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            default_encoding: Encoding::Steim1,
            check_crc: true,
            len_before: None,
            searching: false,
            longest_checked: usize::MAX,
        }
    }
}

/// What the two versions have in common.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    // Records are at most 10 MiB long. A small struct is copied with each record.
    pub(crate) len: u32,
    pub(crate) start: UtcTime,
    pub(crate) rate: SamplingRate,
    pub(crate) count: u32,
    pub(crate) encoding: Encoding,
    pub(crate) order: ByteOrder,
    pub(crate) payload_start: u32,
    pub(crate) payload_end: u32,
    pub(crate) format: Format,
    pub(crate) notes: Notes,
}

impl Default for Common {
    fn default() -> Self {
        Self {
            len: 0,
            start: UtcTime::EPOCH,
            rate: SamplingRate::NONE,
            count: 0,
            encoding: Encoding::Text,
            order: ByteOrder::Big,
            payload_start: 0,
            payload_end: 0,
            format: Format::None,
            notes: Notes::default(),
        }
    }
}

/// What only one version has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    /// Nothing was parsed yet.
    None,
    V2(v2::Brief),
    V3(v3::Brief),
}

/// Oddities of a header that do not keep its data from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Notes {
    pub(crate) fraction_carried: bool,
    pub(crate) code_bytes: bool,
    pub(crate) blockette_chain: bool,
    pub(crate) data_within_blockettes: bool,
    pub(crate) actual_rate: bool,
}

impl Notes {
    pub(crate) fn warnings(self) -> impl Iterator<Item = WarningKind> {
        [
            (self.fraction_carried, WarningKind::FractionCarried),
            (self.code_bytes, WarningKind::CodeBytes),
            (self.blockette_chain, WarningKind::BlocketteChain),
            (self.data_within_blockettes, WarningKind::DataWithinBlockettes),
            (self.actual_rate, WarningKind::ActualRate),
        ]
        .into_iter()
        .filter_map(|(is, kind)| is.then_some(kind))
    }

    pub(crate) fn is_clean(self) -> bool {
        self == Self::default()
    }
}

/// What the headers before said. It changes no result.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memo {
    v2: v2::Memo,
    v3: v3::Memo,
    id: Option<(u8, Vec<u8>, SourceId)>,
}

impl Memo {
    /// The channel of a record: nearly always that of the one before.
    pub(crate) fn id(&mut self, common: &Common, record: &[u8]) -> SourceId {
        let version = common.format_version();
        let bytes = common.id_bytes(record);
        match &self.id {
            Some((v, known, id)) if *v == version && known == bytes => *id,
            _ => {
                let id = common.id(record);
                self.id = Some((version, bytes.to_vec(), id));
                id
            }
        }
    }
}

/// Parses the record at the start of a window. On an error `out` is unspecified.
pub(crate) fn parse(
    window: &Window<'_>,
    options: &ParseOptions,
    memo: &mut Memo,
    out: &mut Common,
) -> Result<(), Halt> {
    let head = window.get(0, SIGNATURE_BYTES)?.unwrap_or(window.bytes);
    parse_as(signature(head), head, window, options, memo, out)
}

/// Parses a record whose signature was looked at.
pub(crate) fn parse_as(
    signature: Option<Signature>,
    head: &[u8],
    window: &Window<'_>,
    options: &ParseOptions,
    memo: &mut Memo,
    out: &mut Common,
) -> Result<(), Halt> {
    match signature {
        Some(Signature::Version2) => v2::parse(window, options, &mut memo.v2, out),
        Some(Signature::Version3) => v3::parse(window, options, &mut memo.v3, out),
        _ if head.len() < SIGNATURE_BYTES => {
            let (needed, found) = (SIGNATURE_BYTES as u64, head.len() as u64);
            Err(RecordError::Truncated { needed, found }.into())
        }
        _ => Err(RecordError::NotARecord.into()),
    }
}

/// A record of version 2 or 3, borrowed from the bytes it stands in.
///
/// The header is parsed and checked; the samples are decoded when they are asked for.
///
/// ```
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
/// # let mut bytes = Vec::new();
/// # seis_io::mseed::write_to(&mut bytes, [&trace], &Default::default())?;
/// use seis_io::mseed::RecordView;
/// let record = RecordView::parse(&bytes)?;
/// assert_eq!(record.id().to_string(), "CI.HEC..BHN");
/// assert_eq!(record.sample_count(), 3);
/// assert_eq!(record.decode()?.as_i32(), Some(&[1, 2, 3][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RecordView<'a> {
    bytes: &'a [u8],
    offset: u64,
    common: Common,
}

impl<'a> RecordView<'a> {
    /// Parses the record at the start of some bytes, which may go on behind it.
    ///
    /// A version-2 record without blockette 1000 ends where the next record begins, and is taken
    /// as Steim-1, as by libmseed. The checksum of a version-3 record is verified.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        let window = Window::new(bytes, true);
        let mut common = Common::default();
        match parse(&window, &ParseOptions::default(), &mut Memo::default(), &mut common) {
            Ok(()) => Ok(Self::new(bytes, 0, common)),
            Err(Halt::Bad(bad)) => Err(bad.reason),
            // A complete window never asks for more.
            Err(Halt::More(_)) => Err(RecordError::NotARecord),
        }
    }

    /// A view of a record that was parsed at the start of `bytes`.
    pub(crate) fn new(bytes: &'a [u8], offset: u64, common: Common) -> Self {
        Self { bytes: bytes.get(..common.len as usize).unwrap_or(bytes), offset, common }
    }

    /// Where the record starts in its source, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Version of the format: 2 or 3.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.common.format_version()
    }

    /// The channel. An identifier of version 3 that is not one of the FDSN is laid into codes as
    /// [`v3::identifier`] says.
    ///
    /// The codes are read when they are asked for: keep them rather than ask again and again.
    #[must_use]
    pub fn id(&self) -> SourceId {
        self.common.id(self.bytes)
    }

    /// Time of the first sample, with the time correction and the microseconds of blockette 1001.
    #[must_use]
    pub fn start(&self) -> UtcTime {
        self.common.start
    }

    /// Time of the last sample; the start time of a record without samples.
    #[must_use]
    pub fn end(&self) -> UtcTime {
        self.common.end()
    }

    /// Sampling rate: that of blockette 100 where there is one.
    #[must_use]
    pub fn rate(&self) -> SamplingRate {
        self.common.rate
    }

    /// Number of samples, as the header claims.
    #[must_use]
    pub fn sample_count(&self) -> usize {
        self.common.count as usize
    }

    /// How the samples are stored.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.common.encoding
    }

    /// Type of the samples in memory; `None` if they cannot be decoded.
    #[must_use]
    pub fn sample_type(&self) -> Option<SampleType> {
        self.common.encoding.sample_type()
    }

    /// Byte order of the samples.
    #[must_use]
    pub fn byte_order(&self) -> ByteOrder {
        self.common.order
    }

    /// The stored samples, with whatever follows them in the record.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(self.common.payload()).unwrap_or_default()
    }

    /// Publication version: as it stands in version 3; R 1, D 2, Q 3, M 4 in version 2.
    #[must_use]
    pub fn publication_version(&self) -> u8 {
        self.common.version()
    }

    /// What only a version-2 header has.
    #[must_use]
    pub fn v2(&self) -> Option<v2::Header> {
        match self.common.format {
            Format::V2(_) => v2::read(self.bytes),
            _ => None,
        }
    }

    /// What only a version-3 header has.
    #[must_use]
    pub fn v3(&self) -> Option<v3::Header> {
        match self.common.format {
            Format::V3(_) => v3::read(self.bytes),
            _ => None,
        }
    }

    /// The blockettes of a version-2 record, in order; none for version 3.
    #[must_use]
    pub fn blockettes(&self) -> v2::Blockettes<'a> {
        match &self.common.format {
            Format::V2(header) => v2::Blockettes::new(
                self.bytes,
                header.order,
                header.first_blockette.into(),
                header.data_offset.into(),
            ),
            _ => v2::Blockettes::new(&[], ByteOrder::Little, 0, 0),
        }
    }

    /// The source identifier: as it stands in a version-3 record, which may be any text; that of
    /// the FDSN, made of the codes, of a version-2 record.
    #[must_use]
    pub fn fdsn_id(&self) -> String {
        match &self.common.format {
            Format::V3(header) => {
                let bytes = self.bytes.get(header.id_range()).unwrap_or_default();
                String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
            }
            _ => self.id().to_fdsn(),
        }
    }

    /// The extra headers of a version-3 record, a JSON text; empty if there are none.
    #[must_use]
    pub fn extra_headers(&self) -> &'a [u8] {
        match &self.common.format {
            Format::V3(header) => self.bytes.get(header.extra_range()).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The extra headers of a version-3 record, parsed; none of a version-2 record.
    ///
    /// # Errors
    /// [`RecordError::ExtraHeaders`] if they are no JSON object.
    pub fn parse_extra_headers(&self) -> Result<v3::ExtraHeaders, RecordError> {
        v3::ExtraHeaders::parse(self.extra_headers())
    }

    /// Oddities of the header.
    pub fn warnings(&self) -> impl Iterator<Item = WarningKind> + use<> {
        self.common.notes.warnings()
    }

    /// The samples, in a new vector.
    ///
    /// # Errors
    /// As [`decode_into`](Self::decode_into).
    pub fn decode(&self) -> Result<Samples, RecordError> {
        let mut samples = decode::empty_samples(self.common.encoding);
        self.decode_into(&mut samples)?;
        Ok(samples)
    }

    /// Appends the samples to those of the caller, which must be of the same type.
    ///
    /// For the Steim encodings the result tells whether the last sample is the one that the record
    /// announces (see [`Check`]). The samples are given in either case.
    ///
    /// # Errors
    /// An encoding that cannot be decoded, more samples than the payload holds, illegal Steim
    /// codes, or samples of another type; `out` is then as it was.
    pub fn decode_into(&self, out: &mut Samples) -> Result<Option<Check>, RecordError> {
        let common = &self.common;
        decode::append(common.encoding, common.order, self.payload(), self.sample_count(), out)
    }
}

impl Common {
    /// Version of the format.
    fn format_version(&self) -> u8 {
        match self.format {
            Format::V3(_) => 3,
            _ => 2,
        }
    }

    /// Where the payload stands in the record.
    pub(crate) fn payload(&self) -> Range<usize> {
        self.payload_start as usize..self.payload_end as usize
    }

    /// The channel, of the bytes of the record.
    pub(crate) fn id(&self, record: &[u8]) -> SourceId {
        match &self.format {
            Format::V3(header) => {
                v3::identifier::read(record.get(header.id_range()).unwrap_or_default())
            }
            _ => v2::codes(record),
        }
    }

    /// The bytes of the record that tell its channel.
    fn id_bytes<'a>(&self, record: &'a [u8]) -> &'a [u8] {
        let range = match &self.format {
            Format::V3(header) => header.id_range(),
            _ => v2::CODES,
        };
        record.get(range).unwrap_or_default()
    }

    /// Minus one for a positive leap second within a version-2 record, one for a negative one.
    pub(crate) fn leap_s(&self) -> i8 {
        match &self.format {
            Format::V2(header) => -header.leap_second,
            _ => 0,
        }
    }

    /// Publication version.
    pub(crate) fn version(&self) -> u8 {
        match &self.format {
            Format::V2(header) => header.quality.publication_version(),
            Format::V3(header) => header.publication_version,
            Format::None => 0,
        }
    }

    /// Refuses samples whose times would be beyond the year 9999: all of them would be at its end.
    #[inline(always)]
    pub(crate) fn expect_in_calendar(&self) -> Result<(), RecordError> {
        let start = self.start;
        // A start that was corrected beyond the end stands at the end.
        if start < UtcTime::MAX && holds_series(start, self.rate, self.count.into()) {
            return Ok(());
        }
        let found = format!("that of {} samples from {start} on at {}", self.count, self.rate);
        Err(RecordError::Field {
            field: "time of the last sample",
            at: self.count_at(),
            found,
            expected: "a time up to the year 9999",
        })
    }

    /// Where the header counts the samples.
    #[cold]
    fn count_at(&self) -> usize {
        match self.format {
            Format::V3(_) => 24,
            _ => 30,
        }
    }

    /// Time of the last sample.
    pub(crate) fn end(&self) -> UtcTime {
        self.start + self.rate.offset_of(i64::from(self.count).saturating_sub(1).max(0))
    }
}
