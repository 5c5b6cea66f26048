//! Version-2 records that were cut, and take the bytes of those behind them for their own.
//!
//! Nothing in a version-2 record says that its bytes are its own (version 3 has a checksum). A cut
//! one seems to reach into the records behind it; where it ends no record begins. What shows that
//! it was cut is a whole record that begins within it:
//!
//! * where neither a record nor the end of the source stands behind the cut one: records that
//!   follow each other up to beyond its end, the last of which the end of the source may cut again.
//!   (A record that is embedded in another, in text or in a blockette, ends within it.)
//! * where a record of another length, or the end of the source, stands there: records that follow
//!   each other up to just there, if the samples in front of them are not those that the header
//!   announces. So end long records that were cut in front of shorter ones.
//!
//! Sound records are only looked into where their end shows something odd.

use seis_core::Samples;

use super::decode;
use super::record::{self, Common, Memo, ParseOptions};
use super::signature::{SIGNATURE_BYTES, Signature, signature};
use super::window::{Halt, More, Window};
use super::{Check, Encoding, RecordError};

/// Bytes of the record behind that are looked at: its header with blockette 1000.
const LOOK_AHEAD: usize = 56;

/// Most headers within a record that are looked at.
const MAX_CANDIDATES: usize = 64;

/// The shortest version-2 record; all are multiples of it long.
const V2_STEP: usize = 64;

/// What stands behind a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// A version-2 record of another length.
    OtherLength,
    /// Nothing: the source ends.
    End,
    /// What is no record.
    Unknown,
}

/// What looking into a record costs and needs.
pub(crate) struct Look<'a> {
    /// How candidates are parsed.
    pub(crate) options: ParseOptions,
    pub(crate) memo: &'a mut Memo,
    /// Bytes over which checksums were computed in vain so far; those that are added.
    pub(crate) in_vain: u64,
}

/// Whether anything behind the record of this length, at the start of the window, asks to look
/// into it. What begins there is told as well, if 48 bytes of it are there.
///
/// # Errors
/// [`More`]: that cannot be said yet.
#[inline(always)]
pub(crate) fn is_odd(
    window: &Window<'_>,
    len: usize,
) -> Result<(Option<Odd>, Option<Signature>), More> {
    match window.get(len, LOOK_AHEAD)? {
        Some(next) => match signature(next.get(..SIGNATURE_BYTES).unwrap_or(next)) {
            Some(Signature::Version2) if has_other_length(next, len) => {
                Ok((Some(Odd(Behind::OtherLength)), Some(Signature::Version2)))
            }
            None => Ok((Some(Odd(Behind::Unknown)), None)),
            known => Ok((None, known)),
        },
        None => {
            let rest = window.bytes.get(len..).unwrap_or_default();
            let odd = match rest {
                [] => Some(Odd(Behind::End)),
                rest => signature(rest).is_none().then_some(Odd(Behind::Unknown)),
            };
            Ok((odd, None))
        }
    }
}

/// That a record must be looked into, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Odd(Behind);

/// Whether blockette 1000, if it is the first, gives another length.
#[inline(always)]
fn has_other_length(next: &[u8], len: usize) -> bool {
    let Some(next) = next.first_chunk::<LOOK_AHEAD>() else { return false };
    // Nearly always it gives this one.
    if 1_usize.checked_shl(next[54].into()) == Some(len) {
        return false;
    }
    matches!([next[46], next[47], next[48], next[49]], [0, 48, 3, 0xe8] | [48, 0, 0xe8, 3])
}

/// Whether any header may begin within a record. If not, nothing behind it makes a difference.
pub(crate) fn may_hold_header(record: &[u8]) -> bool {
    (1..record.len()).any(|at| may_begin(record, at))
}

/// Whether the bytes of a record from some place on may be the first of a header, by those of its
/// first eight that are in the record.
fn may_begin(record: &[u8], at: usize) -> bool {
    match record.get(at..).unwrap_or_default() {
        [b'M', b'S', 3, ..] => true,
        [a, b, c, d, e, f, kind, flag, ..] => {
            matches!(kind, b'D' | b'R' | b'Q' | b'M')
                && matches!(flag, b' ' | 0)
                && [a, b, c, d, e, f].iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | 0))
        }
        [b'M'] | [b'M', b'S'] => true,
        // What a record is filled up with is no beginning.
        tail => tail.iter().take(6).all(|b| b.is_ascii_digit() || *b == b' '),
    }
}

/// Where the records begin that the version-2 record at the start of the window has taken for its
/// own; `None` if it is whole, as far as can be told.
///
/// # Errors
/// [`More`]: that cannot be said yet.
pub(crate) fn find(
    window: &Window<'_>,
    record: &Common,
    Odd(behind): Odd,
    look: &mut Look<'_>,
) -> Result<Option<usize>, More> {
    let len = record.len as usize;
    let bytes = window.bytes.get(..len).unwrap_or(window.bytes);
    // Those that end where a version-2 record begins are of version 2 themselves.
    let step = if behind == Behind::OtherLength { V2_STEP } else { 1 };
    let mut candidates = 0;
    for at in (step..len).step_by(step) {
        if !may_begin(bytes, at) {
            continue;
        }
        let head = window.bytes.get(at..).unwrap_or_default();
        let head = head.get(..SIGNATURE_BYTES).unwrap_or(head);
        if !matches!(signature(head), Some(Signature::Version2 | Signature::Version3))
            && (head.len() == SIGNATURE_BYTES || window.complete)
        {
            continue;
        }
        candidates += 1;
        if candidates > MAX_CANDIDATES {
            break;
        }
        let Some(end) = chain(window, at, len, look)? else { continue };
        let cut = match behind {
            Behind::Unknown if end > len => true,
            _ => end == len && !holds_its_samples(bytes, record, at),
        };
        if cut {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Where records end that follow each other from some place on up to an end at least. Behind the
/// end of the source that is where they should end.
fn chain(
    window: &Window<'_>,
    from: usize,
    end: usize,
    look: &mut Look<'_>,
) -> Result<Option<usize>, More> {
    let mut at = from;
    let mut found = Common::default();
    while at < end {
        match record::parse(&window.from(at), &look.options, look.memo, &mut found) {
            Ok(()) => at += found.len as usize,
            Err(Halt::More(more)) => return Err(more),
            Err(Halt::Bad(bad)) => {
                return Ok(match bad.reason {
                    // The last one of the source may be cut itself.
                    RecordError::Truncated { needed, .. } if needed.is_power_of_two() => {
                        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
                        Some(at.saturating_add(needed)).filter(|behind| *behind > end)
                    }
                    RecordError::Crc { .. } => {
                        look.in_vain += bad.len.unwrap_or(0) as u64;
                        None
                    }
                    _ => None,
                });
            }
        }
    }
    Ok(Some(at))
}

/// Whether the bytes of a record up to some place hold the samples that the header announces.
/// Text may hold anything, also records.
fn holds_its_samples(bytes: &[u8], record: &Common, up_to: usize) -> bool {
    if record.count == 0 || record.encoding == Encoding::Text {
        return true;
    }
    let payload = record.payload();
    let Some(payload) = bytes.get(payload.start..up_to.min(payload.end)) else { return true };
    let mut samples: Samples = decode::empty_samples(record.encoding);
    let count = record.count as usize;
    match decode::append(record.encoding, record.order, payload, count, &mut samples) {
        Ok(Some(Check { last, announced })) => last == announced,
        Ok(None) => true,
        Err(_) => false,
    }
}
