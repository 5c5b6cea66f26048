//! A piece of a source whose end may not have arrived yet.

use super::RecordError;

/// More bytes are needed before anything can be said; never happens at the end of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct More {
    /// How many bytes the window must have, at least.
    pub(crate) needed: usize,
}

/// Bytes from some position of a source on.
///
/// Every look beyond the bytes that are there asks for more of them, so that no decision depends
/// on how many had arrived: chunked reading gives what reading at once gives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    pub(crate) bytes: &'a [u8],
    /// Nothing follows the bytes.
    pub(crate) complete: bool,
    /// How far into the window that was asked about this one begins.
    base: usize,
}

impl<'a> Window<'a> {
    pub(crate) fn new(bytes: &'a [u8], complete: bool) -> Self {
        Self { bytes, complete, base: 0 }
    }

    /// `len` bytes from `at` on; `None` where the source ends before.
    #[inline]
    pub(crate) fn get(&self, at: usize, len: usize) -> Result<Option<&'a [u8]>, More> {
        match at.checked_add(len).and_then(|end| self.bytes.get(at..end)) {
            Some(bytes) => Ok(Some(bytes)),
            None if self.complete => Ok(None),
            None => Err(self.more(at.saturating_add(len))),
        }
    }

    /// The window from a later position on.
    pub(crate) fn from(&self, at: usize) -> Self {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        Self { bytes, complete: self.complete, base: self.base + at }
    }

    /// That this window must have so many bytes.
    pub(crate) fn more(&self, needed: usize) -> More {
        More { needed: self.base.saturating_add(needed) }
    }
}

/// Why a header was not parsed: too few bytes have arrived, or the record is bad.
#[derive(Debug)]
pub(crate) enum Halt {
    More(More),
    Bad(Box<Bad>),
}

/// A bad record.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) reason: RecordError,
    /// Its length, when the header told it.
    pub(crate) len: Option<usize>,
    /// Its channel, when the header told it.
    pub(crate) id: Option<seis_core::SourceId>,
}

impl From<Bad> for Halt {
    fn from(bad: Bad) -> Self {
        // Boxed, so that the way of good records is not made longer.
        Self::Bad(Box::new(bad))
    }
}

impl From<More> for Halt {
    fn from(more: More) -> Self {
        Self::More(more)
    }
}

impl From<RecordError> for Halt {
    fn from(reason: RecordError) -> Self {
        Bad { reason, len: None, id: None }.into()
    }
}
