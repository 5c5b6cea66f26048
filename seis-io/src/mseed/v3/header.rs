//! The header of a version-3 record, little-endian throughout:
//!
//! | byte | field | byte | field |
//! |---|---|---|---|
//! | 0–1 | `MS` | 16–23 | rate in Hz, or minus the period in s |
//! | 2 | 3 | 24–27 | number of samples |
//! | 3 | flags | 28–31 | CRC-32C |
//! | 4–7 | nanosecond | 32 | publication version |
//! | 8–9 | year | 33 | length of the source identifier |
//! | 10–11 | day of the year | 34–35 | length of the extra headers |
//! | 12–14 | hour, minute, second | 36–39 | length of the payload |
//! | 15 | encoding | 40– | identifier, extra headers, payload |

use super::{Memo, crc, identifier};
use crate::mseed::record::{Common, Format, Notes, ParseOptions};
use crate::mseed::window::{Bad, Halt, Window};
use crate::mseed::{ByteOrder, Encoding, RecordError};

/// Length of the header before the source identifier.
pub(crate) const FIXED_BYTES: usize = 40;

/// Longest record that is read and written, as libmseed 3 has it.
pub(crate) const MAX_RECORD: u64 = 10 << 20;

/// What a version-3 header says besides what all records say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Header {
    /// Flags. Bit 0: calibration signals; bit 1: time tag questionable; bit 2: clock locked.
    pub flags: u8,
    /// Version of the publication; higher ones replace lower ones.
    pub publication_version: u8,
    /// Rate in Hz if positive, minus the period in seconds if negative.
    pub rate_or_period: f64,
    /// Checksum as the header has it.
    pub crc: u32,
}

/// What is kept of the header of each record: the rest is read again when it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brief {
    pub(crate) publication_version: u8,
    /// Length of the source identifier, which stands at byte 40.
    id_len: u8,
    /// Length of the extra headers, which stand behind it.
    extra_len: u16,
}

impl Brief {
    /// The source identifier in the bytes of the record.
    pub(crate) fn id_range(&self) -> std::ops::Range<usize> {
        FIXED_BYTES..FIXED_BYTES + usize::from(self.id_len)
    }

    /// The extra headers in the bytes of the record.
    pub(crate) fn extra_range(&self) -> std::ops::Range<usize> {
        let start = self.id_range().end;
        start..start + usize::from(self.extra_len)
    }
}

/// Parses the header; the whole record must be there, and its checksum right if that is asked for.
/// On an error `out` is unspecified.
pub(crate) fn parse(
    window: &Window<'_>,
    options: &ParseOptions,
    memo: &mut Memo,
    out: &mut Common,
) -> Result<(), Halt> {
    let truncated = |needed: u64| {
        let found = window.bytes.len() as u64;
        RecordError::Truncated { needed, found }
    };
    let head =
        match window.get(0, FIXED_BYTES)?.and_then(|h| <&[u8; FIXED_BYTES]>::try_from(h).ok()) {
            Some(head) => head,
            None => return Err(truncated(FIXED_BYTES as u64).into()),
        };
    let u16_at = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let u32_at =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let header = Brief { publication_version: head[32], id_len: head[33], extra_len: u16_at(34) };
    let rate_or_period = rate_or_period(head);
    let payload_start = header.extra_range().end;
    let claimed = payload_start as u64 + u64::from(u32_at(36));
    let len = match usize::try_from(claimed) {
        Ok(len) if claimed <= MAX_RECORD => len,
        _ => {
            let (min, max) = (FIXED_BYTES as u64, MAX_RECORD);
            return Err(RecordError::Length { found: claimed, min, max }.into());
        }
    };
    // Not in a search: a checksum over megabytes at each of many false starts would never end.
    if options.searching && len > options.longest_checked {
        return Err(RecordError::NotARecord.into());
    }
    let Some(record) = window.get(0, len)? else {
        return Err(truncated(claimed).into());
    };
    let id = record.get(header.id_range()).unwrap_or_default();
    let fail = |reason: RecordError| {
        Halt::from(Bad { reason, len: Some(len), id: Some(identifier::read(id)) })
    };
    if options.check_crc {
        let computed = crc::of_record(record);
        let stored = u32_at(crc::CRC_AT);
        if computed != stored {
            return Err(fail(RecordError::Crc { stored, computed }));
        }
    } else if options.searching && !id.iter().all(|b| b.is_ascii_graphic() || *b == 0) {
        // Little else tells a record from what looks like one.
        return Err(RecordError::NotARecord.into());
    }
    let field = |field: &'static str, at: usize, found: String, expected: &'static str| {
        fail(RecordError::Field { field, at, found, expected })
    };
    let (year, day, nanosecond) = (u16_at(8), u16_at(10), u32_at(4));
    let clock = (head[12], head[13], head[14]);
    let start = memo.instant((year, day), clock, nanosecond).ok_or_else(|| {
        let found = format!(
            "{year}-{day:03}T{:02}:{:02}:{:02}.{nanosecond:09}",
            head[12], head[13], head[14]
        );
        field("start time", 4, found, "a year, a day that it has, and a time of day")
    })?;
    let rate = memo.rate(rate_or_period).ok_or_else(|| {
        let found = format!("{rate_or_period:?}");
        field("sampling rate", 16, found, "a rate, or minus a period, from 1e-9 to 1e9")
    })?;
    let encoding = Encoding::from_code(head[15]);
    // Field by field: a whole one would be made elsewhere and copied.
    out.len = len as u32;
    out.start = start;
    out.rate = rate;
    out.count = u32_at(24);
    out.encoding = encoding;
    // Everything is little-endian but the Steim frames.
    out.order = if encoding.is_steim() { ByteOrder::Big } else { ByteOrder::Little };
    (out.payload_start, out.payload_end) = (payload_start as u32, len as u32);
    out.format = Format::V3(header);
    out.notes = Notes::default();
    out.expect_in_calendar().map_err(fail)
}

fn rate_or_period(head: &[u8; FIXED_BYTES]) -> f64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&head[16..24]);
    f64::from_le_bytes(bytes)
}

/// What a version-3 header says, of the bytes of a record that was parsed before.
pub(crate) fn read(record: &[u8]) -> Option<Header> {
    let head: &[u8; FIXED_BYTES] = record.first_chunk()?;
    let mut crc = [0; 4];
    crc.copy_from_slice(&head[crc::CRC_AT..crc::CRC_AT + 4]);
    Some(Header {
        flags: head[3],
        publication_version: head[32],
        rate_or_period: rate_or_period(head),
        crc: u32::from_le_bytes(crc),
    })
}
