//! The chain of blockettes behind the fixed header.

use crate::mseed::ByteOrder;

/// A blockette of a version-2 record, with its raw content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blockette<'a> {
    /// Its type: 100, 200, 201, 300, 310, 320, 390, 395, 400, 405, 500, 1000, 1001, 2000.
    pub kind: u16,
    /// Where it starts in the record.
    pub at: usize,
    /// Its bytes, with the four of type and link. Of a type that the manual does not know: all
    /// up to the next blockette, or the data.
    pub bytes: &'a [u8],
    /// Order of the bytes of its numbers.
    pub order: ByteOrder,
}

/// Walks along the blockettes of a record; stops where the chain ends or breaks.
#[derive(Debug, Clone)]
pub struct Blockettes<'a> {
    record: &'a [u8],
    order: ByteOrder,
    next: usize,
    data: usize,
}

/// Size of a blockette by type, where the manual fixes it (*SEED Reference Manual* 2.4, chapter
/// 8); at least the four bytes of type and link.
pub(super) fn minimum_len(kind: u16) -> usize {
    match kind {
        100 => 12,
        200 => 52,
        201 => 60,
        300 => 60,
        310 => 60,
        320 => 64,
        390 => 28,
        395 => 16,
        400 => 16,
        405 => 6,
        500 => 200,
        1000 | 1001 => 8,
        2000 => 15,
        _ => 4,
    }
}

/// No chain is longer: the header counts blockettes in one byte.
pub(super) const MAX_BLOCKETTES: usize = 255;

/// Where the chain goes on from a blockette, or why it cannot.
pub(super) fn follow(at: usize, kind: u16, next: u16) -> Result<Option<usize>, &'static str> {
    match usize::from(next) {
        0 => Ok(None),
        next if next < at + minimum_len(kind) => Err("within the blockette it comes from"),
        next => Ok(Some(next)),
    }
}

impl<'a> Blockettes<'a> {
    pub(crate) fn new(record: &'a [u8], order: ByteOrder, first: usize, data: usize) -> Self {
        Self { record, order, next: first, data }
    }
}

impl<'a> Iterator for Blockettes<'a> {
    type Item = Blockette<'a>;

    fn next(&mut self) -> Option<Blockette<'a>> {
        let at = self.next;
        if at < 48 {
            return None;
        }
        let (kind, next) = match self.record.get(at..at + 4)? {
            [a, b, c, d] => (self.order.u16([*a, *b]), self.order.u16([*c, *d])),
            _ => return None,
        };
        self.next = follow(at, kind, next).ok().flatten().unwrap_or(0);
        let end = if kind == 2000 {
            let len = self.record.get(at + 4..at + 6)?;
            at + usize::from(self.order.u16([*len.first()?, *len.get(1)?]))
        } else if minimum_len(kind) > 4 && kind != 405 {
            at + minimum_len(kind)
        } else if self.next > 0 {
            self.next
        } else if self.data > at {
            self.data
        } else {
            self.record.len()
        };
        // One that reaches beyond the record is not there.
        let bytes = self.record.get(at..end)?;
        Some(Blockette { kind, at, bytes, order: self.order })
    }
}
