//! Finds records one after the other: the engine below all readers.
//!
//! It sees a window of the source and says what stands at its start. It holds no data and does no
//! I/O; what it says never depends on how much of the source has arrived (see [`Window`]).

use seis_core::SourceId;

use super::cut::{self, Look};
use super::record::{self, Common, Format, ParseOptions};
use super::signature::{SIGNATURE_BYTES, Signature, signature};
use super::window::{Bad, Halt, More, Window};
use super::{Encoding, RecordError};

/// What stands at the start of a window.
#[derive(Debug)]
pub(crate) enum Step {
    /// A data record of so many bytes; see [`Scanner::record`].
    Record { len: usize },
    /// A control record of a full SEED volume.
    Control { len: usize },
    /// Noise, or blanks between records.
    Noise { len: usize },
    /// Bytes that cannot be read. Without a reason they belong to the stretch before.
    Bad { len: usize, reason: Option<(RecordError, Option<SourceId>)> },
    /// Nothing any more.
    End,
}

impl Step {
    /// Bytes that the step takes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Record { len }
            | Self::Control { len }
            | Self::Noise { len }
            | Self::Bad { len, .. } => *len,
            Self::End => 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a record, or of something else that is known.
    InStep,
    /// Within noise.
    Noise,
    /// Searching for the next record, byte by byte.
    Lost,
}

/// Finds records one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    options: ParseOptions,
    memo: record::Memo,
    /// What the last record said; kept here, so that it is not moved about.
    record: Common,
    state: State,
    /// Bytes of the source before the window.
    position: u64,
    /// Bytes over which checksums were computed in searches, in vain.
    in_vain: u64,
    /// Work that looking into records was, in bytes.
    looked: u64,
    /// What stands at the start of the next window, if the last step looked there.
    next: Option<Signature>,
}

/// Control records are this long or a multiple.
const CONTROL_STEP: usize = 128;
/// Longest control record that is searched for the end of.
const MAX_CONTROL: usize = 1 << 16;

impl Scanner {
    pub(crate) fn new(default_encoding: Encoding, check_crc: bool) -> Self {
        Self {
            options: ParseOptions { default_encoding, check_crc, ..ParseOptions::default() },
            memo: record::Memo::default(),
            record: Common::default(),
            state: State::InStep,
            position: 0,
            in_vain: 0,
            looked: 0,
            next: None,
        }
    }

    /// What stands at the start of the window. The next window must begin as many bytes further
    /// on as the step is long.
    ///
    /// # Errors
    /// [`More`]: nothing can be said before more of the source is there.
    #[inline]
    pub(crate) fn step(&mut self, window: Window<'_>) -> Result<Step, More> {
        let step = match self.state {
            State::InStep => self.in_step(window)?,
            State::Noise => self.noise(window)?,
            State::Lost => self.search(window, 0, None)?,
        };
        self.position += step.len() as u64;
        Ok(step)
    }

    /// The channel of the record that the last step found, which begins with these bytes.
    pub(crate) fn id(&mut self, record: &[u8]) -> SourceId {
        self.memo.id(&self.record, record)
    }

    /// What the header of the record said that the last step found.
    pub(crate) fn record(&self) -> &Common {
        &self.record
    }

    #[inline]
    fn in_step(&mut self, window: Window<'_>) -> Result<Step, More> {
        if window.bytes.is_empty() {
            return if window.complete { Ok(Step::End) } else { Err(window.more(1)) };
        }
        let head = window.get(0, SIGNATURE_BYTES)?.unwrap_or(window.bytes);
        match self.next.take().or_else(|| signature(head)) {
            Some(Signature::Control) => self.control(window, head),
            Some(Signature::Noise) => {
                // The sequence number; the blanks are left to the next step.
                self.state = State::Noise;
                Ok(Step::Noise { len: 6 })
            }
            known => match record::parse_as(
                known,
                head,
                &window,
                &self.options,
                &mut self.memo,
                &mut self.record,
            ) {
                Ok(()) => {
                    let len = self.record.len as usize;
                    if matches!(self.record.format, Format::V2(_)) {
                        if let Some(at) = self.cut_at(&window, len)? {
                            return Ok(self.cut(window, at));
                        }
                    }
                    self.options.len_before = Some(len);
                    Ok(Step::Record { len })
                }
                Err(Halt::More(more)) => Err(more),
                Err(Halt::Bad(bad)) => self.bad(window, *bad),
            },
        }
    }

    /// Where the version-2 record that was parsed was cut, if it was: see [`cut`].
    #[inline(always)]
    fn cut_at(&mut self, window: &Window<'_>, len: usize) -> Result<Option<usize>, More> {
        match cut::is_odd(window, len) {
            Ok((None, next)) => {
                self.next = next;
                Ok(None)
            }
            Ok((Some(odd), _)) => self.look_into(window, odd),
            // A source that is slow gives its records without waiting for the next, as a rule.
            Err(_) if !cut::may_hold_header(window.bytes.get(..len).unwrap_or_default()) => {
                Ok(None)
            }
            Err(more) => Err(more),
        }
    }

    #[cold]
    fn look_into(&mut self, window: &Window<'_>, odd: cut::Odd) -> Result<Option<usize>, More> {
        let options = self.searching(self.position);
        if !self.may_look() {
            return Ok(None);
        }
        let mut look = Look { options, memo: &mut self.memo, work: 0 };
        let at = cut::find(window, &self.record, odd, &mut look)?;
        self.looked += look.work;
        Ok(at)
    }

    /// Whether looking into records was no more work so far than damage can make it. Beyond that,
    /// records are taken as they are, lest a file made for it take hours.
    fn may_look(&self) -> bool {
        self.looked <= (1 << 22) + 4 * self.position
    }

    /// A record that was cut: up to where the next begins.
    #[cold]
    fn cut(&mut self, window: Window<'_>, at: usize) -> Step {
        let id = self.memo.id(&self.record, window.bytes);
        let (needed, found) = (self.record.len.into(), at as u64);
        Step::Bad { len: at, reason: Some((RecordError::Truncated { needed, found }, Some(id))) }
    }

    /// How it is tried whether a record begins at a place of the source.
    fn searching(&self, position: u64) -> ParseOptions {
        // False starts with long records and wrong checksums must not add up.
        let patient = self.in_vain <= (1 << 22) + 4 * position;
        ParseOptions {
            searching: true,
            longest_checked: if patient { usize::MAX } else { 4096 },
            len_before: None,
            ..self.options
        }
    }

    /// A bad record: passed over as a whole if something known stands behind it.
    fn bad(&mut self, window: Window<'_>, bad: Bad) -> Result<Step, More> {
        let Bad { reason, len, id } = bad;
        if let Some(len) = len {
            let known_behind = match window.get(len, SIGNATURE_BYTES)? {
                Some(head) => signature(head).is_some(),
                None => window.bytes.len() == len,
            };
            if known_behind {
                let mut len = len;
                if self.may_look() {
                    let options = self.searching(self.position);
                    let mut look = Look { options, memo: &mut self.memo, work: 0 };
                    let within = cut::within_bad(&window, len, &mut look)?;
                    self.looked += look.work;
                    len = within.unwrap_or(len);
                }
                return Ok(Step::Bad { len, reason: Some((reason, id)) });
            }
        }
        self.search(window, 1, Some((reason, id)))
    }

    /// Searches for the next record from some byte on.
    fn search(
        &mut self,
        window: Window<'_>,
        from: usize,
        reason: Option<(RecordError, Option<SourceId>)>,
    ) -> Result<Step, More> {
        self.state = State::Lost;
        let mut at = from;
        loop {
            let Some(head) = window.bytes.get(at..).and_then(|rest| rest.get(..SIGNATURE_BYTES))
            else {
                if window.complete {
                    self.state = State::InStep;
                    let len = window.bytes.len();
                    return Ok(if len == 0 { Step::End } else { Step::Bad { len, reason } });
                }
                // All before `at` is certain.
                return if at > 0 {
                    Ok(Step::Bad { len: at, reason })
                } else {
                    Err(window.more(SIGNATURE_BYTES))
                };
            };
            match self.begins(window.from(at), at, head) {
                Ok(true) => {
                    self.state = State::InStep;
                    return if at > 0 {
                        Ok(Step::Bad { len: at, reason })
                    } else {
                        self.in_step(window)
                    };
                }
                Ok(false) => at += 1,
                Err(_) if at > 0 => return Ok(Step::Bad { len: at, reason }),
                Err(more) => return Err(more),
            }
        }
    }

    /// Whether something known begins in the middle of what is not: a record whose header is right
    /// in all respects and that is whole, a control record or noise.
    fn begins(&mut self, window: Window<'_>, at: usize, head: &[u8]) -> Result<bool, More> {
        match signature(head) {
            None => Ok(false),
            Some(Signature::Noise) => Ok(true),
            Some(Signature::Control) => Ok(is_surely_control(head)),
            Some(Signature::Version2 | Signature::Version3) => {
                let options = self.searching(self.position + at as u64);
                match record::parse(&window, &options, &mut self.memo, &mut self.record) {
                    Ok(()) => Ok(true),
                    Err(Halt::More(more)) => Err(more),
                    Err(Halt::Bad(bad)) => {
                        if matches!(bad.reason, RecordError::Crc { .. }) {
                            self.in_vain += bad.len.unwrap_or(0) as u64;
                        }
                        Ok(false)
                    }
                }
            }
        }
    }

    /// A control record: as long as blockette 5, 8 or 10 says, or up to the next header.
    fn control(&self, window: Window<'_>, head: &[u8]) -> Result<Step, More> {
        let ends = |len: usize| -> Result<Option<bool>, More> {
            Ok(window.get(len, SIGNATURE_BYTES)?.map(|next| match signature(next) {
                Some(Signature::Version2 | Signature::Version3) => true,
                Some(Signature::Control) => is_surely_control(next),
                // Control records are filled up with blanks.
                Some(Signature::Noise) | None => false,
            }))
        };
        if let Some(len) = volume_record_len(head) {
            if ends(len)? == Some(true) || window.bytes.len() == len {
                return Ok(Step::Control { len });
            }
        }
        for len in (CONTROL_STEP..=MAX_CONTROL).step_by(CONTROL_STEP) {
            match ends(len)? {
                Some(true) => return Ok(Step::Control { len }),
                Some(false) => {}
                // The end of the data is the end of the record.
                None => return Ok(Step::Control { len: window.bytes.len() }),
            }
        }
        Ok(Step::Control { len: CONTROL_STEP.min(window.bytes.len()) })
    }

    /// Blanks up to the next thing that is known. Its sequence number may begin with blanks.
    fn noise(&mut self, window: Window<'_>) -> Result<Step, More> {
        let blanks = window.bytes.iter().take_while(|b| **b == b' ').count();
        if blanks == window.bytes.len() && !window.complete {
            return if blanks > 6 {
                Ok(Step::Noise { len: blanks - 6 })
            } else {
                Err(window.more(blanks + 1))
            };
        }
        let mut end = blanks;
        for at in blanks.saturating_sub(6)..=blanks {
            let Some(head) = window.get(at, SIGNATURE_BYTES)? else { break };
            if signature(head).is_some() {
                end = at;
                break;
            }
        }
        self.state = State::InStep;
        if end > 0 { Ok(Step::Noise { len: end }) } else { self.in_step(window) }
    }
}

/// Whether a control header has a blockette type where it should, or is a continuation.
fn is_surely_control(head: &[u8]) -> bool {
    match head {
        [_, _, _, _, _, _, _, flag, blockette @ ..] => {
            *flag == b'*'
                || blockette.get(..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        }
        _ => false,
    }
}

/// Record length of a volume: blockettes 5, 8 and 10 have it as a power of two, behind type (3
/// characters), length (4) and version (4).
fn volume_record_len(head: &[u8]) -> Option<usize> {
    if head.get(6) != Some(&b'V') || !matches!(head.get(8..11), Some(b"005" | b"008" | b"010")) {
        return None;
    }
    let text = std::str::from_utf8(head.get(19..21)?).ok()?;
    let exponent: u32 = text.trim().parse().ok()?;
    (8..=16).contains(&exponent).then(|| 1 << exponent)
}
