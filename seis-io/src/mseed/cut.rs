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
//! Sound records are only looked into where their end shows something odd. So a cut record is taken
//! for whole if shorter whole records fill what is missing of it just to its end, and a record of
//! its own length follows there: looking into every record would cost more than decoding it. Nor can
//! be told that a record without blockette 1000 was cut, since its length is where the next begins.

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
    /// Work that it was, in bytes: headers that were tried, and bytes under checksums.
    pub(crate) work: u64,
}

/// What to try a header counts as, in bytes.
const PER_HEADER: u64 = 64;

impl Look<'_> {
    /// Tries whether a record begins somewhere, one that is no longer than this.
    fn parse(
        &mut self,
        window: &Window<'_>,
        longest: usize,
        found: &mut Common,
    ) -> Result<(), Halt> {
        let longest_checked = self.options.longest_checked.min(longest);
        let options = ParseOptions { longest_checked, ..self.options };
        self.work += PER_HEADER;
        let parsed = record::parse(window, &options, self.memo, found);
        self.work += match &parsed {
            Ok(()) => found.len.into(),
            Err(Halt::Bad(bad)) if matches!(bad.reason, RecordError::Crc { .. }) => {
                bad.len.unwrap_or(0) as u64
            }
            Err(_) => 0,
        };
        parsed
    }
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
    places(record, 1).next().is_some()
}

/// Places in a record, multiples of `step`, at which a header may begin; not at its own beginning.
fn places(record: &[u8], step: usize) -> impl Iterator<Item = usize> + '_ {
    let mut at = step;
    let mut looked_to = 0;
    std::iter::from_fn(move || {
        while at < record.len() {
            if step == 1 && at >= looked_to {
                // Nearly all bytes are none of those that can be the seventh of a header.
                looked_to = at + SPAN;
                let span = record.get(at..looked_to + SPAN_MORE).and_then(|s| s.try_into().ok());
                if span.is_some_and(|span| !may_begin_within(span)) {
                    at = looked_to;
                    continue;
                }
            }
            let place = at;
            at += step;
            if may_begin(record, place) {
                return Some(place);
            }
        }
        None
    })
}

/// Places that are looked at together, in vectors.
const SPAN: usize = 64;

/// Bytes behind the last of them that say whether a header begins there.
const SPAN_MORE: usize = 7;

/// Whether any of the first [`SPAN`] places may be such that [`may_begin`] is true of it.
fn may_begin_within(bytes: &[u8; SPAN + SPAN_MORE]) -> bool {
    let (first, second, third) = (&bytes[..SPAN], &bytes[1..=SPAN], &bytes[2..SPAN + 2]);
    let (kinds, flags) = (&bytes[6..SPAN + 6], &bytes[7..]);
    let mut any = false;
    for i in 0..SPAN {
        let (kind, flag) = (kinds[i], flags[i]);
        let is_kind = (kind == b'D') | (kind == b'R') | (kind == b'Q') | (kind == b'M');
        let version2 = is_kind & ((flag == b' ') | (flag == 0));
        let version3 = (first[i] == b'M') & (second[i] == b'S') & (third[i] == 3);
        any |= version2 | version3;
    }
    any
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
    for at in places(bytes, step) {
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
        let may_end_beyond = behind == Behind::Unknown;
        let Some(end) = chain(window, at, len, may_end_beyond, look)? else { continue };
        let cut = if may_end_beyond && end > len {
            // Text and blockettes may hold anything, also the beginning of a record.
            let holds_samples = record.count > 0 && record.encoding != Encoding::Text;
            (holds_samples && at >= record.payload().start) || is_followed(window, end)?
        } else {
            end == len && !holds_its_samples(bytes, record, at)
        };
        if cut {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Where the first record begins in a bad one that seems this long: one that is whole, and behind
/// which there is another or the bad one's end.
///
/// # Errors
/// [`More`]: that cannot be said yet.
pub(crate) fn within_bad(
    window: &Window<'_>,
    len: usize,
    look: &mut Look<'_>,
) -> Result<Option<usize>, More> {
    let bytes = window.bytes.get(..len).unwrap_or(window.bytes);
    let mut found = Common::default();
    for at in places(bytes, 1).take(MAX_CANDIDATES) {
        match look.parse(&window.from(at), len - at, &mut found) {
            Ok(()) => {
                let end = at + found.len as usize;
                if end == len || (end < len && is_followed(window, end)?) {
                    return Ok(Some(at));
                }
            }
            Err(Halt::More(more)) => return Err(more),
            Err(Halt::Bad(_)) => {}
        }
    }
    Ok(None)
}

/// Whether a record begins somewhere, by its first bytes, or the source ends there.
fn is_followed(window: &Window<'_>, at: usize) -> Result<bool, More> {
    Ok(match window.get(at, SIGNATURE_BYTES)? {
        Some(head) => {
            matches!(signature(head), Some(Signature::Version2 | Signature::Version3))
        }
        None => window.bytes.len() == at,
    })
}

/// Where records end that follow each other from some place on up to an end at least, or just up to
/// it. Behind the end of the source that is where they should end.
fn chain(
    window: &Window<'_>,
    from: usize,
    end: usize,
    may_end_beyond: bool,
    look: &mut Look<'_>,
) -> Result<Option<usize>, More> {
    let mut at = from;
    let mut found = Common::default();
    while at < end {
        let longest = if may_end_beyond { usize::MAX } else { end - at };
        match look.parse(&window.from(at), longest, &mut found) {
            Ok(()) => at += found.len as usize,
            Err(Halt::More(more)) => return Err(more),
            Err(Halt::Bad(bad)) => {
                return Ok(match bad.reason {
                    // The last one of the source may be cut itself.
                    RecordError::Truncated { needed, .. } if needed.is_power_of_two() => {
                        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
                        Some(at.saturating_add(needed)).filter(|behind| *behind > end)
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
