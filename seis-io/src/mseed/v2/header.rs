//! The fixed section of a version-2 data header.
//!
//! *SEED Reference Manual* 2.4, chapter 8:
//!
//! | byte | field | byte | field |
//! |---|---|---|---|
//! | 0–5 | sequence number, ASCII | 30–31 | number of samples |
//! | 6 | quality: D, R, Q or M | 32–33 | rate factor |
//! | 7 | reserved: blank | 34–35 | rate multiplier |
//! | 8–12 | station | 36 | activity flags |
//! | 13–14 | location | 37 | I/O and clock flags |
//! | 15–17 | channel | 38 | data quality flags |
//! | 18–19 | network | 39 | number of blockettes |
//! | 20–21 | year | 40–43 | time correction, 0.1 ms |
//! | 22–23 | day of the year | 44–45 | offset of the data |
//! | 24–26 | hour, minute, second | 46–47 | offset of the first blockette |
//! | 28–29 | 0.1 ms | | |

use std::fmt;

use seis_core::{SamplingRate, TimeDelta, UtcTime};

use super::blockettes::{MAX_BLOCKETTES, follow, minimum_len};
use super::{Memo, length};
use crate::mseed::record::{Common, Format, Notes, ParseOptions};
use crate::mseed::window::{Bad, Halt, Window};
use crate::mseed::{ByteOrder, Encoding, RecordError};

/// Bytes of the fixed section.
pub(crate) const FIXED_BYTES: usize = 48;

/// Shortest and longest record that is read: 2^6 and 2^20 bytes.
pub(crate) const MIN_RECORD: usize = 64;
/// See [`MIN_RECORD`].
pub(crate) const MAX_RECORD: usize = 1 << 20;

/// How far a record is searched for without knowing that one begins there.
const SHORT_SEARCH: usize = 1 << 15;

/// The quality indicator of a version-2 record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Quality {
    /// R: raw, not quality-controlled.
    Raw,
    /// D: the state of quality control is unknown.
    #[default]
    Indeterminate,
    /// Q: quality-controlled.
    Controlled,
    /// M: a data centre modified or merged the data.
    Modified,
}

impl Quality {
    /// The letter in the header.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Raw => 'R',
            Self::Indeterminate => 'D',
            Self::Controlled => 'Q',
            Self::Modified => 'M',
        }
    }

    /// The quality with this letter.
    #[must_use]
    pub const fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'R' => Self::Raw,
            'D' => Self::Indeterminate,
            'Q' => Self::Controlled,
            'M' => Self::Modified,
            _ => return None,
        })
    }

    /// The publication version that libmseed 3 gives it: R 1, D 2, Q 3, M 4.
    #[must_use]
    pub const fn publication_version(self) -> u8 {
        match self {
            Self::Raw => 1,
            Self::Indeterminate => 2,
            Self::Controlled => 3,
            Self::Modified => 4,
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// What a version-2 header says besides what all records say.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Header {
    /// Sequence number as it stands: six digits, or blanks, or NULs.
    pub sequence: [u8; 6],
    /// Quality indicator.
    pub quality: Quality,
    /// Byte order of the header (that of the data may differ).
    pub order: ByteOrder,
    /// Activity flags. Bit 1: the time correction was applied; bit 4: a positive leap second
    /// happened; bit 5: a negative one.
    pub activity_flags: u8,
    /// I/O and clock flags. Bit 5: clock locked.
    pub clock_flags: u8,
    /// Data quality flags. Bit 7: time tag questionable.
    pub quality_flags: u8,
    /// Number of blockettes as the header counts them.
    pub blockettes: u8,
    /// Time correction in units of 0.1 ms. It is part of the start time, whether the flag says
    /// that it was applied before or not.
    pub time_correction: i32,
    /// Offset of the data, in bytes.
    pub data_offset: u16,
    /// Offset of the first blockette, in bytes; 0 for none.
    pub first_blockette: u16,
    /// Rate factor: samples per second if positive, seconds per sample if negative.
    pub rate_factor: i16,
    /// Rate multiplier: a factor if positive, a divisor if negative.
    pub rate_multiplier: i16,
    /// Whether there is a blockette 1000.
    pub has_blockette_1000: bool,
    /// Actual rate in Hz, of blockette 100.
    pub actual_rate_hz: Option<f32>,
    /// Timing quality in percent, of blockette 1001.
    pub timing_quality: Option<u8>,
    /// Microseconds to be added to the start time (they are), of blockette 1001.
    pub microseconds: Option<i8>,
}

/// What is kept of the header of each record: the rest is read again when it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brief {
    pub(crate) order: ByteOrder,
    pub(crate) quality: Quality,
    pub(crate) leap_second: i8,
    pub(crate) data_offset: u16,
    pub(crate) first_blockette: u16,
    pub(crate) has_blockette_1000: bool,
}

impl Brief {
    fn of(header: &Header) -> Self {
        Self {
            order: header.order,
            quality: header.quality,
            leap_second: header.leap_second(),
            data_offset: header.data_offset,
            first_blockette: header.first_blockette,
            has_blockette_1000: header.has_blockette_1000,
        }
    }
}

/// The rate that factor and multiplier stand for, exactly.
pub(crate) fn nominal_rate(factor: i16, multiplier: i16) -> Result<SamplingRate, seis_core::Error> {
    let (f, m) = (u64::from(factor.unsigned_abs()), u64::from(multiplier.unsigned_abs()));
    let (mut numerator, mut denominator) = match factor {
        0 => return Ok(SamplingRate::NONE),
        1.. => (f, 1),
        _ => (1, f),
    };
    match multiplier {
        0 => {}
        1.. => numerator *= m,
        _ => denominator *= m,
    }
    SamplingRate::from_ratio(numerator, denominator)
}

/// Whether year and day may be what they are in this byte order.
fn plausible(year: u16, day: u16) -> bool {
    (1900..=2100).contains(&year) && (1..=366).contains(&day)
}

/// Byte order of a header: the one in which year and day make sense, as libmseed has it; big
/// endian if none does. Days 1, 256 and 257 of 2056 make sense in both: there libmseed reads
/// big-endian headers wrong; here the offset of the first blockette decides.
fn header_order(head: &[u8; FIXED_BYTES]) -> ByteOrder {
    let both = |at: usize| {
        let pair = [head[at], head[at + 1]];
        (u16::from_be_bytes(pair), u16::from_le_bytes(pair))
    };
    let ((year_be, year_le), (day_be, day_le)) = (both(20), both(22));
    match (plausible(year_be, day_be), plausible(year_le, day_le)) {
        (_, false) => ByteOrder::Big,
        (false, true) => ByteOrder::Little,
        (true, true) => {
            let ((first_be, first_le), (data_be, data_le)) = (both(46), both(44));
            // Offsets are small: of the two readings of a plausible one, the other is huge.
            if first_be.max(data_be) <= first_le.max(data_le) {
                ByteOrder::Big
            } else {
                ByteOrder::Little
            }
        }
    }
}

fn field(
    field: &'static str,
    at: usize,
    found: impl fmt::Display,
    expected: &'static str,
) -> RecordError {
    RecordError::Field { field, at, found: found.to_string(), expected }
}

/// The start time of the fixed header, without correction. The flag tells that a fraction of
/// 10000 was carried over into the second.
#[inline(always)]
fn btime(
    (year, day): (u16, u16),
    (hour, minute, second): (u8, u8, u8),
    fraction: u16,
    memo: &mut Memo,
) -> Result<(UtcTime, bool), RecordError> {
    // Some data loggers round up to 10000; what is beyond cannot be meant.
    if fraction > 10_000 {
        return Err(field("fraction of the start time", 28, fraction, "0 to 9999 (0.1 ms)"));
    }
    let whole = memo.second((year, day), (hour, minute, second)).ok_or_else(|| {
        let found = format!("{year}-{day:03}T{hour:02}:{minute:02}:{second:02}");
        field("start time", 20, found, "a year, a day that it has, and a time of day")
    })?;
    let fraction_ns = i128::from(fraction) * 100_000;
    Ok((whole + TimeDelta::from_nanos(fraction_ns), fraction == 10_000))
}

/// Parses the header and the blockettes that matter, and finds the length of the record. On an
/// error `out` is unspecified.
pub(crate) fn parse(
    window: &Window<'_>,
    options: &ParseOptions,
    memo: &mut Memo,
    out: &mut Common,
) -> Result<(), Halt> {
    let head =
        match window.get(0, FIXED_BYTES)?.and_then(|h| <&[u8; FIXED_BYTES]>::try_from(h).ok()) {
            Some(head) => head,
            None => {
                let found = window.bytes.len() as u64;
                return Err(RecordError::Truncated { needed: FIXED_BYTES as u64, found }.into());
            }
        };
    let order = header_order(head);
    let u16_at = |at: usize| order.u16([head[at], head[at + 1]]);
    if options.searching && !plausible(u16_at(20), u16_at(22)) {
        return Err(RecordError::NotARecord.into());
    }
    let mut header = fixed(head, order);
    let mut code_bytes = [0; 12];
    code_bytes.copy_from_slice(&head[8..20]);
    let mut notes = Notes { code_bytes: memo.has_odd_codes(&code_bytes), ..Notes::default() };

    let id = || super::codes::read(&code_bytes).0;
    let bad = |len: Option<usize>, reason: RecordError| Bad { reason, len, id: Some(id()) };
    let chain = walk(window, &mut header, &mut notes).map_err(|halt| with_id(halt, id()))?;
    let len = match chain.len {
        Some(len) => len,
        None => {
            let limit = if options.searching { SHORT_SEARCH } else { MAX_RECORD };
            length::search(window, limit, options.len_before).map_err(|halt| with_id(halt, id()))?
        }
    };
    if window.get(0, len)?.is_none() {
        let found = window.bytes.len() as u64;
        let reason = RecordError::Truncated { needed: len as u64, found };
        return Err(bad(None, reason).into());
    }
    let fail = |reason: RecordError| Halt::from(bad(Some(len), reason));

    let count = u16_at(30);
    let (date, clock) = ((u16_at(20), u16_at(22)), (head[24], head[25], head[26]));
    let (mut start, carried) = btime(date, clock, u16_at(28), memo).map_err(fail)?;
    notes.fraction_carried = carried;
    // Bit 1 of the activity flags: the correction is in the start time already.
    if header.activity_flags & 2 == 0 {
        start += TimeDelta::from_nanos(i128::from(header.time_correction) * 100_000);
    }
    start += TimeDelta::from_nanos(i128::from(header.microseconds.unwrap_or(0)) * 1000);

    let nominal =
        memo.nominal_rate(header.rate_factor, header.rate_multiplier).ok_or_else(|| {
            let found = format!("{} and {}", header.rate_factor, header.rate_multiplier);
            fail(field("rate factor and multiplier", 32, found, "a rate from 1e-9 to 1e9 Hz"))
        })?;
    let rate = match header.actual_rate_hz {
        Some(hz) => memo.actual_rate(hz).unwrap_or_else(|| {
            notes.actual_rate = true;
            nominal
        }),
        None => nominal,
    };

    let data = usize::from(header.data_offset);
    if count > 0 {
        if data < FIXED_BYTES || data > len {
            let expected = "an offset between the header and the end of the record";
            return Err(fail(field("data offset", 44, data, expected)));
        }
        notes.data_within_blockettes = data < chain.end;
    }
    // Field by field: a whole one would be made elsewhere and copied.
    out.len = len as u32;
    out.start = start;
    out.rate = rate;
    out.count = u32::from(count);
    out.encoding = chain.encoding.unwrap_or(options.default_encoding);
    out.order = chain.order.unwrap_or(order);
    let payload = if count > 0 { data } else { len };
    (out.payload_start, out.payload_end) = (payload as u32, len as u32);
    out.format = Format::V2(Brief::of(&header));
    out.notes = notes;
    out.expect_in_calendar().map_err(fail)
}

/// The fixed section, without what blockettes say.
fn fixed(head: &[u8; FIXED_BYTES], order: ByteOrder) -> Header {
    let u16_at = |at: usize| order.u16([head[at], head[at + 1]]);
    Header {
        sequence: [head[0], head[1], head[2], head[3], head[4], head[5]],
        quality: Quality::from_letter(char::from(head[6])).unwrap_or_default(),
        order,
        activity_flags: head[36],
        clock_flags: head[37],
        quality_flags: head[38],
        blockettes: head[39],
        time_correction: order.u32([head[40], head[41], head[42], head[43]]) as i32,
        data_offset: u16_at(44),
        first_blockette: u16_at(46),
        rate_factor: u16_at(32) as i16,
        rate_multiplier: u16_at(34) as i16,
        has_blockette_1000: false,
        actual_rate_hz: None,
        timing_quality: None,
        microseconds: None,
    }
}

/// What a version-2 header says, of the bytes of a record that was parsed before.
pub(crate) fn read(record: &[u8]) -> Option<Header> {
    let head = record.first_chunk()?;
    let mut header = fixed(head, header_order(head));
    // A chain that breaks behind blockette 1000 is no error, and there was none before.
    let _ = walk(&Window::new(record, true), &mut header, &mut Notes::default());
    Some(header)
}

fn with_id(halt: Halt, id: seis_core::SourceId) -> Halt {
    match halt {
        Halt::Bad(bad) => Bad { id: Some(id), ..*bad }.into(),
        Halt::More(more) => Halt::More(more),
    }
}

/// What the chain of blockettes told.
struct Chain {
    /// Length, encoding and byte order of the data: blockette 1000.
    len: Option<usize>,
    encoding: Option<Encoding>,
    order: Option<ByteOrder>,
    /// Where the last blockette ends.
    end: usize,
}

/// Walks along the blockettes. A chain that breaks before blockette 1000 makes the record
/// unreadable, since its length is unknown; behind it, it is only noted (libmseed logs it).
fn walk(window: &Window<'_>, header: &mut Header, notes: &mut Notes) -> Result<Chain, Halt> {
    let order = header.order;
    let mut chain = Chain { len: None, encoding: None, order: None, end: 0 };
    let mut at = usize::from(header.first_blockette);
    if at == 0 {
        return Ok(chain);
    }
    let broken = |at: usize, next: usize, reason: &'static str| {
        Halt::from(RecordError::BlocketteChain { at, next, reason })
    };
    let cut = |needed: usize| {
        let found = window.bytes.len() as u64;
        Halt::from(RecordError::Truncated { needed: needed as u64, found })
    };
    if at < FIXED_BYTES {
        return Err(broken(46, at, "within the fixed header"));
    }
    for _ in 0..MAX_BLOCKETTES {
        if chain.len.is_some_and(|len| at + 4 > len) {
            notes.blockette_chain = true;
            return Ok(chain);
        }
        let Some(bytes) = window.get(at, 4)? else { return Err(cut(at + 4)) };
        let u16_at = |i: usize| order.u16([bytes[i], bytes[i + 1]]);
        let (kind, next) = (u16_at(0), u16_at(2));
        let size = minimum_len(kind);
        if chain.len.is_some_and(|len| at + size > len) {
            notes.blockette_chain = true;
            return Ok(chain);
        }
        match kind {
            1000 => {
                let Some(b) = window.get(at, size)? else { return Err(cut(at + size)) };
                chain.encoding = Some(Encoding::from_code(b[4]));
                chain.order = Some(if b[5] == 0 { ByteOrder::Little } else { ByteOrder::Big });
                chain.len = Some(record_len(b[6])?);
                header.has_blockette_1000 = true;
            }
            1001 => {
                if let Some(b) = window.get(at, size)? {
                    header.timing_quality = Some(b[4]);
                    header.microseconds = Some(b[5] as i8);
                }
            }
            100 => {
                if let Some(b) = window.get(at, size)? {
                    let bits = order.u32([b[4], b[5], b[6], b[7]]);
                    header.actual_rate_hz = Some(f32::from_bits(bits));
                }
            }
            _ => {}
        }
        chain.end = at + size;
        match follow(at, kind, next) {
            Ok(Some(next)) => at = next,
            Ok(None) => return Ok(chain),
            Err(_) if chain.len.is_some() => {
                notes.blockette_chain = true;
                return Ok(chain);
            }
            Err(reason) => return Err(broken(at, usize::from(next), reason)),
        }
    }
    notes.blockette_chain = true;
    Ok(chain)
}

/// The length that blockette 1000 gives as a power of two.
fn record_len(exponent: u8) -> Result<usize, RecordError> {
    let found = 1_u64.checked_shl(u32::from(exponent)).unwrap_or(u64::MAX);
    let limits = (MIN_RECORD as u64, MAX_RECORD as u64);
    if (limits.0..=limits.1).contains(&found) {
        return Ok(1 << exponent);
    }
    Err(RecordError::Length { found, min: limits.0, max: limits.1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_and_multipliers() {
        for (factor, multiplier, hz) in [
            (100, 1, 100.0),
            (-10, -2, 0.05),
            (-2, 3, 1.5),
            (10, 0, 10.0),
            (-10, 0, 0.1),
            (5000, -100, 50.0),
            (100, -3, 100.0 / 3.0),
            (0, 1, 0.0),
            (i16::MIN, 1, 1.0 / 32768.0),
        ] {
            assert_eq!(nominal_rate(factor, multiplier).unwrap().hz(), hz, "{factor} {multiplier}");
        }
        assert!(nominal_rate(i16::MIN, i16::MIN).is_err());
    }

    #[test]
    fn leap_seconds_and_rounded_fractions() {
        let memo = &mut Memo::default();
        let (start, carried) = btime((2016, 366), (23, 59, 60), 5000, memo).unwrap();
        assert_eq!((start.to_string().as_str(), carried), ("2017-01-01T00:00:00.5Z", false));
        let (start, carried) = btime((2008, 8), (4, 58, 5), 10_000, memo).unwrap();
        assert_eq!((start.to_string().as_str(), carried), ("2008-01-08T04:58:06Z", true));
        assert!(btime((2008, 8), (4, 58, 5), 10_001, memo).is_err());
        assert!(btime((2007, 366), (0, 0, 0), 0, memo).is_err());
        assert!(btime((u16::MAX, 1), (0, 0, 0), 0, memo).is_err());
        assert!(btime((2008, 0), (0, 0, 0), 0, memo).is_err());
    }

    #[test]
    fn the_byte_order_of_2056_is_not_ambiguous() {
        let mut head = [0; FIXED_BYTES];
        for day in [1_u16, 256, 257] {
            for order in [ByteOrder::Big, ByteOrder::Little] {
                head[20..22].copy_from_slice(&order.put_u16(2056));
                head[22..24].copy_from_slice(&order.put_u16(day));
                head[44..46].copy_from_slice(&order.put_u16(64));
                head[46..48].copy_from_slice(&order.put_u16(48));
                assert_eq!(header_order(&head), order, "{day}");
            }
        }
    }
}
