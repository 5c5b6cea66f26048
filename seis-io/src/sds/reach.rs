//! Records that go on for days after the one whose file they are in.
//!
//! A record of 4096 bytes at 0.01 Hz lasts a week. How long one can be follows from its length and
//! its rate, which the first records of a file with samples tell for all of them.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use seis_core::UtcTime;

use crate::mseed::{ReadOptions, RecordReader};
use crate::source::is_gzip;

/// How many days back files are looked at.
pub(super) const DAYS: i128 = 366;

/// No encoding has more samples in a byte: Steim-2 has 7 in 4 bytes.
const SAMPLES_PER_BYTE: u64 = 2;

/// No record is longer, of version 3 (libmseed's limit as well).
const LONGEST_RECORD: u64 = 10 << 20;

/// Records with samples that are looked at. Others, of detections or of the state of a station, have
/// no rate.
const LOOKED_AT: usize = 16;

/// How much of a file is searched for its first record, behind junk.
const SEARCHED: u64 = LONGEST_RECORD + (1 << 20);

/// Whether a record of a file, which starts before `behind`, may last until a time.
///
/// `None`: no record was found in the file, or it could not be read.
pub(super) fn may_last(
    path: &Path,
    behind: UtcTime,
    until: UtcTime,
    options: &ReadOptions,
) -> Option<bool> {
    let mut file = File::open(path).ok()?;
    let mut head = Vec::new();
    file.by_ref().take(3).read_to_end(&mut head).ok()?;
    file.rewind().ok()?;
    let size = if is_gzip(&head) { u64::MAX } else { file.metadata().ok()?.len() };
    let mut reader = RecordReader::with_options(file.take(SEARCHED), options);
    let mut found = 0;
    while let Some(item) = reader.next_record() {
        let Ok(record) = item else { continue };
        if record.sample_count() == 0 || !record.rate().is_regular() {
            continue;
        }
        let longest = match record.version() {
            // All of one length, and samples counted in 16 bits.
            2 => (record.bytes().len() as u64 * SAMPLES_PER_BYTE).min(u16::MAX.into()),
            // Of any length that there is room for.
            _ => LONGEST_RECORD.min(size) * SAMPLES_PER_BYTE,
        };
        let span = record.rate().offset_of(i64::try_from(longest).unwrap_or(i64::MAX));
        if behind + span >= until {
            return Some(true);
        }
        found += 1;
        if found == LOOKED_AT {
            break;
        }
    }
    (found > 0).then_some(false)
}
