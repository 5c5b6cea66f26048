//! The place of the reader in the document.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::tag::Prefixes;

/// Where the reader is.
///
/// Start tags, end tags and plain text, which is nearly all of a document, are found here with
/// three searches for a byte each. Everything else that XML knows (comments, sections,
/// declarations, references) is left to quick-xml, one piece at a time.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) document: &'a [u8],
    /// What has not been read.
    pub(super) rest: &'a [u8],
    /// Names of the open elements, with their prefixes.
    pub(super) open: Vec<&'a [u8]>,
    /// The last tag was `<x/>`: its end comes next.
    pub(super) ends: bool,
    /// Where the last start tag begins.
    pub(super) at: usize,
    /// Name in the last start tag.
    pub(super) last_name: &'a [u8],
    pub(super) prefixes: Prefixes<'a>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(document: &'a [u8]) -> Self {
        Self {
            document,
            rest: document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document),
            open: Vec::new(),
            ends: false,
            at: 0,
            last_name: b"",
            prefixes: Prefixes::any(),
        }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.document.len().saturating_sub(self.rest.len())
    }

    /// Moves on.
    #[inline]
    pub(super) fn advance(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or_default();
    }

    /// The text up to the next `<` or `&`, to which the reader moves; all if there is none.
    #[inline]
    pub(super) fn plain_text(&mut self) -> &'a [u8] {
        let len = memchr::memchr2(b'<', b'&', self.rest).unwrap_or(self.rest.len());
        let text = self.rest.get(..len).unwrap_or_default();
        self.advance(len);
        text
    }

    /// Reads a comment, section, instruction, declaration or reference, which begins here.
    #[cold]
    pub(super) fn special(&mut self) -> Result<Event<'a>, quick_xml::Error> {
        let mut reader = Reader::from_reader(self.rest);
        let event = reader.read_event()?;
        self.rest = reader.into_inner();
        Ok(event)
    }

    /// Moves to the end tag of the innermost open element, if a search can tell where it is: no
    /// element of the same name lies between, and nothing in which an end tag could be quoted.
    pub(super) fn jump_to_end(&mut self) {
        if let Some(len) = self.way_to_end() {
            self.advance(len);
        }
    }

    fn way_to_end(&self) -> Option<usize> {
        let name: &'a [u8] = self.open.last()?;
        let rest = self.rest;
        let (anchor, of_name) = anchor(name)?;
        for hit in memchr::memchr3_iter(b'!', b'?', anchor, rest) {
            let found = *rest.get(hit)?;
            if found != anchor {
                // A comment, section or instruction. (Elsewhere the two are letters like others.)
                if rest.get(..hit).is_some_and(|before| before.ends_with(b"<")) {
                    return None;
                }
                continue;
            }
            let Some(start) = hit.checked_sub(of_name) else { continue };
            let (before, behind) = rest.split_at_checked(start)?;
            if !before.ends_with(b"/") && !before.ends_with(b"<") || !behind.starts_with(name) {
                continue;
            }
            let ends_here =
                behind.get(name.len()).is_some_and(|b| *b == b'>' || b.is_ascii_whitespace());
            if before.ends_with(b"</") && ends_here {
                return Some(start - 2);
            }
            if before.ends_with(b"<") {
                return None;
            }
        }
        None
    }
}

/// A byte of a name that is rare in documents of the standard, and where in the name it is.
fn anchor(name: &[u8]) -> Option<(u8, usize)> {
    let local = super::tag::local_part(name);
    let within = usize::from(local == b"Channel");
    let at = name.len() - local.len() + within;
    Some((*name.get(at)?, at))
}
