//! Logical records of a SEED volume, and the blockettes that run through them.

use std::borrow::Cow;

use crate::seed::{At, Blockette, Field, Item, layout};

/// Bytes of a record before its blockettes: sequence number, type, continuation code.
const HEADER: usize = 8;

/// A logical record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) offset: usize,
    /// `V`, `A`, `S`, `T` for control headers, `D`, `R`, `Q`, `M` for data.
    pub(super) kind: u8,
    continues: bool,
    number: u32,
    pub(super) state: State,
    body: &'a [u8],
}

/// Whether a record is there as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Whole,
    /// The file ends within it.
    Cut,
    /// Its first bytes are those of no record, so that nobody knows what it held.
    Lost,
    /// It is not there: numbers go on without it.
    Missing,
}

impl<'a> Record<'a> {
    /// The record of at most `length` bytes at an offset, if there is one.
    pub(super) fn at(file: &'a [u8], offset: usize, length: usize) -> Option<Self> {
        let bytes = file.get(offset..)?;
        let bytes = bytes.get(..length).unwrap_or(bytes);
        let (header, body) = bytes.split_first_chunk::<HEADER>()?;
        let [sequence @ .., kind, continuation] = header;
        let numbered = sequence.iter().all(|b| b.is_ascii_digit() || *b == b' ')
            && sequence.iter().any(u8::is_ascii_digit);
        let known = b"VASTDRQM".contains(kind) && matches!(continuation, b' ' | b'*' | 0);
        (numbered && known).then_some(Self {
            offset,
            kind: *kind,
            continues: *continuation == b'*',
            number: crate::seed::count(sequence).unwrap_or_default(),
            state: if bytes.len() < length { State::Cut } else { State::Whole },
            body,
        })
    }

    /// What stands in place of a record, among those of stations: it may have been one.
    pub(super) fn lost(bytes: &'a [u8], offset: usize) -> Self {
        let (kind, state) = (b'S', State::Lost);
        Self { offset, kind, continues: false, number: 0, state, body: bytes }
    }

    /// What stands for records of a type that should be before this one.
    fn missing(&self, kind: u8, number: &'a [u8]) -> Self {
        Self { kind, continues: false, state: State::Missing, body: number, ..*self }
    }

    /// Whether its first blockette, which goes on with none, stands at an offset.
    pub(super) fn begins_at(&self, offset: usize) -> bool {
        !self.continues && self.offset + HEADER == offset
    }

    /// Whether blockettes fill it up, so that another record may have gone on with them.
    pub(super) fn is_full(&self) -> bool {
        // Writers do not part the type and length of a blockette.
        let blank = |b: &&u8| b.is_ascii_whitespace() || **b == 0;
        self.body.iter().rev().take_while(blank).count() < PREAMBLE
    }

    /// The number of the record at an offset, if there is one. Records that only fill the volume
    /// up have nothing else.
    pub(super) fn number_at(file: &'a [u8], offset: usize) -> Option<u32> {
        let header = file.get(offset..)?.first_chunk::<HEADER>()?;
        let number = crate::seed::count(header.get(..6)?)?;
        let is_record = Self::at(file, offset, HEADER).is_some() || header.ends_with(b"  ");
        is_record.then_some(number)
    }

    /// The record length that a volume header names, as a power of two, and where it stands;
    /// `None` if this is none.
    pub(super) fn begins_volume(&self) -> Option<(&'a [u8], usize)> {
        let [b'0', b'0' | b'1', b'0' | b'5' | b'8', rest @ ..] = self.body else { return None };
        let is_header =
            self.kind == b'V' && matches!(self.body.get(..3)?, b"010" | b"005" | b"008");
        // Four bytes of length and four of the version come before.
        is_header.then_some((rest.get(8..10)?, self.offset + HEADER + 11))
    }
}

/// Puts something in the places of records that are missing, as their numbers tell.
///
/// Records are numbered from 1 on through a volume. Of one that is not numbered so for the most
/// part, nothing can be told; neither of numbers that begin again.
pub(super) fn mark_missing<'a>(file: &'a [u8], length: usize, records: &mut Vec<Record<'a>>) {
    let is_known = |record: &Record<'_>| record.state != State::Lost;
    // How far the numbers go on from a record to the one right behind it.
    let step = |pair: &[Record<'_>]| match pair {
        [a, b] if is_known(a) && is_known(b) && a.offset + length == b.offset => {
            b.number.checked_sub(a.number)
        }
        _ => None,
    };
    let count = |wanted: fn(u32) -> bool| {
        records.windows(2).filter_map(step).filter(|step| wanted(*step)).count()
    };
    let gaps = count(|step| step > 1);
    if gaps == 0 || gaps > count(|step| step == 1) {
        return;
    }
    let mut marked = Vec::with_capacity(records.len() + 2 * gaps);
    for (n, record) in records.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| records.get(n));
        let pair = before.map(|before| [*before, *record]);
        if let Some(pair) = pair.filter(|pair| step(pair).is_some_and(|step| step > 1)) {
            let number = file.get(record.offset..record.offset + 6).unwrap_or_default();
            // Dictionaries stand before stations: either may have gone on.
            let [before, _] = pair;
            if before.kind != b'S' {
                marked.push(record.missing(b'A', number));
            }
            if record.kind == b'S' {
                marked.push(record.missing(b'S', number));
            }
        }
        marked.push(*record);
    }
    *records = marked;
}

/// A blockette as it stands, gathered from the records that it runs through.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    pub(super) kind: u16,
    /// From its type on.
    body: Cow<'a, [u8]>,
    /// Where in the file pieces of the body stand.
    pieces: Vec<(usize, usize)>,
    /// How many bytes it should have.
    pub(super) length: usize,
}

/// Type and length.
const PREAMBLE: usize = 7;

impl Raw<'_> {
    /// Whether a blockette 050 may be among its bytes, which a wrong length would make part of it.
    pub(super) fn may_hide_station(&self) -> bool {
        may_hide_station(self.body.get(PREAMBLE..).unwrap_or_default())
    }

    pub(super) fn is_whole(&self) -> bool {
        self.body.len() == self.length
    }

    pub(super) fn at(&self, position: usize) -> At {
        let piece = self.pieces.partition_point(|(start, _)| *start <= position).saturating_sub(1);
        let (start, offset) = self.pieces.get(piece).copied().unwrap_or_default();
        At { offset: offset + position.saturating_sub(start), line: 0, column: 0 }
    }

    /// The first field that holds a NUL beside other bytes, and where it begins: what the NUL
    /// replaced is lost. A field of nothing but NULs is blank.
    pub(super) fn damaged(&self) -> Option<(u8, At)> {
        memchr::memchr(0, &self.body)?;
        let (mut position, mut damaged) = (PREAMBLE, None);
        self.read(layout(self.kind)?, &mut position, &mut Vec::new(), &mut damaged);
        damaged
    }

    /// The fields, and what is left behind them.
    pub(super) fn fields(&self) -> (Blockette<'_>, &[u8]) {
        let mut fields = Vec::new();
        let mut position = PREAMBLE;
        if let Some(items) = layout(self.kind) {
            self.read(items, &mut position, &mut fields, &mut None);
        }
        let rest = self.body.get(position..).unwrap_or_default().trim_ascii();
        (Blockette { kind: self.kind, at: self.at(0), fields }, rest)
    }

    /// Reads fields up to the end of the blockette, whatever counts say.
    fn read<'r>(
        &'r self,
        items: &[Item],
        position: &mut usize,
        fields: &mut Vec<Field<'r>>,
        damaged: &mut Option<(u8, At)>,
    ) {
        for item in items {
            let rest = self.body.get(*position..).unwrap_or_default();
            if rest.is_empty() {
                return;
            }
            let (number, text, length) = match item {
                Item::Fixed(number, width) => {
                    let width = usize::from(*width);
                    let text = rest.get(..width).unwrap_or(rest);
                    // Of a number that is cut short nothing is known.
                    let text = if text.len() < width && width > 3 { &[] } else { text };
                    (*number, text, width.min(rest.len()))
                }
                Item::Text(number) => match memchr::memchr(b'~', rest) {
                    Some(end) => (*number, rest.get(..end).unwrap_or_default(), end + 1),
                    None => (*number, rest, rest.len()),
                },
                Item::Repeat(counter, inner) => {
                    let counted = fields.iter().rev().find(|f| f.number == *counter);
                    let count = counted.and_then(|f| crate::seed::count(f.text)).unwrap_or(0);
                    for _ in 0..count {
                        // Every field takes a byte at least.
                        if *position >= self.body.len() {
                            return;
                        }
                        self.read(inner, position, fields, damaged);
                    }
                    continue;
                }
            };
            let blank = |b: &u8| b.is_ascii_whitespace() || *b == 0;
            let lead = text.iter().take_while(|b| blank(b)).count();
            let tail = text.iter().rev().take_while(|b| blank(b)).count();
            let trimmed = text.get(lead..text.len().saturating_sub(tail)).unwrap_or_default();
            let at = self.at(*position + if trimmed.is_empty() { 0 } else { lead });
            if text.contains(&0) && text.iter().any(|b| *b != 0) {
                damaged.get_or_insert((number, self.at(*position)));
            }
            fields.push(Field { number, text: trimmed, at });
            *position += length;
        }
    }
}

/// What a walk over blockettes meets.
#[derive(Debug)]
pub(super) enum Step<'a> {
    Blockette(Raw<'a>),
    /// Bytes that are no blockette; the rest of their record is passed over.
    Junk(&'a [u8], At),
    /// The record that was being read is cut short, and where it ends.
    Cut(At),
    /// No record where there should be one.
    Lost(&'a [u8], At),
    /// The number of a record before which others are missing.
    Missing(&'a [u8], At),
}

/// Whether there is what may be type and length of a blockette 050 among bytes.
pub(super) fn may_hide_station(bytes: &[u8]) -> bool {
    let starts = memchr::memmem::find_iter(bytes, b"050");
    starts.into_iter().any(|n| bytes.get(n..).and_then(preamble).is_some())
}

/// Walks over the blockettes of the records of one type.
#[derive(Debug)]
pub(super) struct Blockettes<'a, 'r> {
    records: &'r [Record<'a>],
    kind: u8,
    /// The rest of the record that is being read, and where it begins.
    rest: &'a [u8],
    offset: usize,
    /// Of the record that is being read.
    state: State,
}

impl<'a, 'r> Blockettes<'a, 'r> {
    pub(super) fn new(records: &'r [Record<'a>], kind: u8) -> Self {
        Self { records, kind, rest: &[], offset: 0, state: State::Whole }
    }

    /// Goes to the next record of the type, if it is `wanted`.
    fn next_record(&mut self, wanted: impl FnOnce(&Record<'a>) -> bool) -> bool {
        let Some(skipped) = self.records.iter().position(|r| r.kind == self.kind) else {
            self.records = &[];
            return false;
        };
        let Some(record) = self.records.get(skipped).filter(|record| wanted(record)) else {
            return false;
        };
        self.rest = record.body;
        self.offset = record.offset + HEADER;
        self.state = record.state;
        self.records = self.records.get(skipped + 1..).unwrap_or_default();
        true
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        self.offset += taken.len();
        taken
    }
}

/// Type and length of a blockette: three digits, and four that may have blanks in front.
fn preamble(bytes: &[u8]) -> Option<(u16, usize)> {
    let (kind, length) = bytes.get(..PREAMBLE)?.split_at_checked(3)?;
    let kind = kind.iter().all(u8::is_ascii_digit).then(|| crate::seed::count(kind))??;
    let length = length.trim_ascii();
    let plain = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
    let length = plain.then(|| crate::seed::count(length))?? as usize;
    (length >= PREAMBLE).then_some((kind as u16, length))
}

impl<'a> Iterator for Blockettes<'a, '_> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        loop {
            // Blanks fill the record up; some writers put newlines between blockettes.
            let blank =
                self.rest.iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
            self.take(blank);
            if self.rest.is_empty() {
                if std::mem::take(&mut self.state) == State::Cut {
                    return Some(Step::Cut(At { offset: self.offset, line: 0, column: 0 }));
                }
                if !self.next_record(|_| true) {
                    return None;
                }
                let at = At { offset: self.offset - HEADER, line: 0, column: 0 };
                match self.state {
                    State::Whole | State::Cut => {}
                    State::Lost => {
                        self.state = State::Whole;
                        return Some(Step::Lost(std::mem::take(&mut self.rest), at));
                    }
                    State::Missing => {
                        self.state = State::Whole;
                        return Some(Step::Missing(std::mem::take(&mut self.rest), at));
                    }
                }
                continue;
            }
            let Some((kind, length)) = preamble(self.rest) else {
                let at = At { offset: self.offset, line: 0, column: 0 };
                let junk = std::mem::take(&mut self.rest);
                return Some(Step::Junk(junk, at));
            };
            let mut pieces = vec![(0, self.offset)];
            let mut body = Cow::Borrowed(self.take(length));
            while body.len() < length {
                // What goes on is marked as such; not everybody does.
                let goes_on = |r: &Record<'_>| {
                    !matches!(r.state, State::Lost | State::Missing)
                        && (r.continues || preamble(r.body).is_none())
                };
                if !self.next_record(goes_on) {
                    break;
                }
                pieces.push((body.len(), self.offset));
                let more = self.take(length - body.len());
                body.to_mut().extend_from_slice(more);
            }
            return Some(Step::Blockette(Raw { kind, body, pieces, length }));
        }
    }
}
