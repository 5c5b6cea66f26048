//! A walk over the elements of a document.

use std::borrow::Cow;

use memchr::memmem::Finder;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::Parser;
use super::attributes::Attributes;
use crate::{Consequence, Error, ProblemKind, Result};

/// Elements inside each other; StationXML itself needs twelve.
const MAX_DEPTH: usize = 256;

/// The namespace of StationXML 1.x.
const NAMESPACE: &[u8] = b"http://www.fdsn.org/xml/station/1";

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Local name; empty for an element of another namespace, which no reader of ours knows.
    pub(super) name: &'a [u8],
    /// Name with its prefix.
    pub(super) full: &'a [u8],
    /// What stands behind the name.
    raw_attributes: &'a [u8],
    /// Where the tag begins.
    pub(super) offset: usize,
}

impl<'a> Tag<'a> {
    pub(super) fn attributes(&self) -> Attributes<'a> {
        Attributes::new(self.raw_attributes)
    }

    /// Whether there is nothing behind the name but perhaps a running number, which nobody needs.
    pub(super) fn is_bare(&self) -> bool {
        let raw = self.raw_attributes;
        raw.is_empty()
            || ((raw.starts_with(b" number=") || raw.starts_with(b" i="))
                && memchr::memchr_iter(b'=', raw).nth(1).is_none())
    }
}

/// Where the reader is.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    reader: Reader<&'a [u8]>,
    pub(super) document: &'a [u8],
    /// Names of the open elements, with their prefixes.
    pub(super) open: Vec<&'a [u8]>,
    /// The last tag was `<x/>`: its end comes next.
    ends: bool,
    /// Where the last start tag begins.
    pub(super) at: usize,
    /// Name in the last start tag.
    pub(super) last_name: &'a [u8],
    /// Bytes that the reader was moved over.
    jumped: u64,
    /// Where the next comment, CDATA section or processing instruction begins, at or behind the
    /// last jump.
    next_special: Option<usize>,
    /// Searches for the name of the elements that are skipped.
    finder: Option<(&'a [u8], Finder<'a>)>,
    /// Prefixes that stand for StationXML's namespace.
    prefixes: Vec<&'a [u8]>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(document: &'a [u8]) -> Self {
        let reader = Reader::from_reader(document);
        Self {
            reader,
            document,
            open: Vec::new(),
            ends: false,
            at: 0,
            last_name: b"",
            jumped: 0,
            next_special: None,
            finder: None,
            prefixes: Vec::new(),
        }
    }

    /// Bytes read so far.
    fn position(&self) -> usize {
        self.document.len().saturating_sub(self.reader.get_ref().len())
    }

    /// Moves the reader within text, which saves it from making an event of it.
    #[inline]
    fn jump(&mut self, len: usize) {
        let rest: &'a [u8] = self.reader.get_ref();
        *self.reader.get_mut() = rest.get(len..).unwrap_or_default();
        self.jumped += len as u64;
    }

    /// Moves on to the next `<`.
    #[inline]
    fn jump_to_markup(&mut self) {
        let rest: &'a [u8] = self.reader.get_ref();
        if let Some(len) = memchr::memchr(b'<', rest) {
            self.jump(len);
        }
    }

    /// The text up to the next `<` or `&`, to which the reader moves.
    #[inline]
    fn plain_text(&mut self) -> &'a [u8] {
        let rest: &'a [u8] = self.reader.get_ref();
        let Some(len) = memchr::memchr2(b'<', b'&', rest) else { return b"" };
        self.jump(len);
        rest.get(..len).unwrap_or_default()
    }

    /// Opens the element whose tag has just been read; `len` is that of name and attributes,
    /// `tail` that of what closes the tag.
    fn open(&mut self, name_len: usize, len: usize, tail: usize) -> Option<Tag<'a>> {
        let end = self.position().checked_sub(tail)?;
        let start = end.checked_sub(len)?;
        let content = self.document.get(start..end)?;
        let (full, raw_attributes) = content.split_at_checked(name_len)?;
        let name = match memchr::memchr(b':', full) {
            None if self.prefixes.is_empty() || self.prefixes.contains(&&b""[..]) => full,
            None => b"",
            Some(colon) => {
                let (prefix, local) = full.split_at_checked(colon)?;
                if self.prefixes.is_empty() || self.prefixes.contains(&prefix) {
                    local.get(1..)?
                } else {
                    b""
                }
            }
        };
        self.at = start.saturating_sub(1);
        self.open.push(full);
        self.last_name = full;
        Some(Tag { name, full, raw_attributes, offset: self.at })
    }
}

impl<'a> Parser<'a> {
    /// The next event, with errors of the XML itself turned into ours.
    #[inline]
    fn event(&mut self) -> Result<Event<'a>> {
        match self.cursor.reader.read_event() {
            Ok(event) => Ok(event),
            Err(error) => Err(self.not_well_formed(&error)),
        }
    }

    #[cold]
    fn not_well_formed(&mut self, error: &quick_xml::Error) -> Error {
        let offset = self.cursor.reader.error_position() + self.cursor.jumped;
        self.xml_error(offset as usize, format!("not well-formed XML: {error}"))
    }

    pub(super) fn xml_error(&mut self, offset: usize, reason: impl Into<String>) -> Error {
        Error::Xml { place: Box::new(self.place(offset)), reason: reason.into() }
    }

    fn truncated(&mut self) -> Error {
        let offset = self.cursor.document.len();
        let reason = match self.cursor.open.last() {
            Some(name) => format!(
                "the document ends within <{}>: the file is cut short",
                super::shown(name, 40)
            ),
            None => "the document ends before its first element".to_owned(),
        };
        self.xml_error(offset, reason)
    }

    fn enter(&mut self, name_len: usize, len: usize, empty: bool) -> Result<Tag<'a>> {
        if self.cursor.open.len() >= MAX_DEPTH {
            let place = Box::new(self.place(self.cursor.position()));
            return Err(Error::TooDeep { place, limit: MAX_DEPTH });
        }
        let tail = if empty { 2 } else { 1 };
        match self.cursor.open(name_len, len, tail) {
            Some(tag) => {
                self.cursor.ends = empty;
                Ok(tag)
            }
            None => Err(self.xml_error(self.cursor.at, "a start tag could not be read")),
        }
    }

    /// The root element.
    pub(super) fn root(&mut self) -> Result<Tag<'a>> {
        let tag = loop {
            match self.event()? {
                Event::Start(e) => break self.enter(e.name().as_ref().len(), e.len(), false)?,
                Event::Empty(e) => break self.enter(e.name().as_ref().len(), e.len(), true)?,
                Event::Eof => return Err(self.truncated()),
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    let offset = self.cursor.position();
                    return Err(self.xml_error(offset, "not XML: text before the first element"));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::End(_) => {}
            }
        };
        let full: &[u8] = self.cursor.open.last().copied().unwrap_or_default();
        let prefix =
            memchr::memchr(b':', full).and_then(|colon| full.get(..colon)).unwrap_or_default();
        self.cursor.prefixes.push(prefix);
        for attribute in tag.attributes() {
            let Ok((name, value)) = attribute else {
                return Err(self.xml_error(tag.offset, "malformed attributes"));
            };
            let bound = name.strip_prefix(b"xmlns:").or((name == b"xmlns").then_some(b""));
            if let Some(bound) = bound.filter(|_| value == NAMESPACE) {
                self.cursor.prefixes.push(bound);
            }
        }
        Ok(tag)
    }

    /// Nothing but comments and blanks may follow the root element.
    pub(super) fn finish(&mut self) -> Result<()> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                _ => {
                    let offset = self.cursor.position();
                    return Err(self.xml_error(
                        offset,
                        "something follows the end of the document: two files in one?",
                    ));
                }
            }
        }
    }

    /// The next element within the innermost open one; `None` at its end, which closes it. Text
    /// in between is passed over.
    ///
    /// Whoever gets a tag goes on with [`child`](Self::child), [`text`](Self::text) or
    /// [`skip`](Self::skip) until the element is closed.
    #[inline]
    pub(super) fn child(&mut self) -> Result<Option<Tag<'a>>> {
        if self.cursor.ends {
            self.close();
            return Ok(None);
        }
        loop {
            self.cursor.jump_to_markup();
            match self.cursor.reader.read_event() {
                Ok(Event::Start(e)) => {
                    let (name_len, len) = (e.name().as_ref().len(), e.len());
                    return self.enter(name_len, len, false).map(Some);
                }
                Ok(Event::End(_)) => {
                    self.close();
                    return Ok(None);
                }
                Ok(Event::Empty(e)) => {
                    let (name_len, len) = (e.name().as_ref().len(), e.len());
                    return self.enter(name_len, len, true).map(Some);
                }
                Ok(Event::Eof) => return Err(self.truncated()),
                Ok(_) => {}
                Err(error) => return Err(self.not_well_formed(&error)),
            }
        }
    }

    #[inline]
    fn close(&mut self) {
        self.cursor.ends = false;
        self.cursor.open.pop();
    }

    /// The text of the innermost open element, which it closes. References are resolved; elements
    /// within are passed over, their text is not part of it.
    #[inline]
    pub(super) fn text(&mut self) -> Result<Cow<'a, [u8]>> {
        if self.cursor.ends {
            self.close();
            return Ok(Cow::Borrowed(b""));
        }
        let text = self.cursor.plain_text();
        match self.cursor.reader.read_event() {
            Ok(Event::End(_)) => {
                self.close();
                Ok(Cow::Borrowed(text))
            }
            Ok(event) => self.gather(text.to_vec(), event).map(Cow::Owned),
            Err(error) => Err(self.not_well_formed(&error)),
        }
    }

    /// Text that is interrupted by references, sections, comments or elements.
    #[cold]
    fn gather(&mut self, mut text: Vec<u8>, first: Event<'a>) -> Result<Vec<u8>> {
        let mut next = Some(first);
        loop {
            let event = match next.take() {
                Some(event) => event,
                None => self.event()?,
            };
            match event {
                Event::Text(piece) => text.extend_from_slice(&piece),
                Event::CData(piece) => text.extend_from_slice(&piece),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().unwrap_or_default().into_owned();
                    let resolved = match reference.resolve_char_ref() {
                        Ok(Some(c)) => Some(String::from(c)),
                        Ok(None) => quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned),
                        Err(_) => None,
                    };
                    match resolved {
                        Some(resolved) => text.extend_from_slice(resolved.as_bytes()),
                        None => {
                            let reference = format!("&{name};");
                            text.extend_from_slice(reference.as_bytes());
                            self.problem(
                                ProblemKind::Text,
                                reference.as_bytes(),
                                "one of XML's own five entities",
                                Consequence::Kept,
                            )?;
                        }
                    }
                }
                Event::Start(e) => {
                    self.enter(e.name().as_ref().len(), e.len(), false)?;
                    self.ignored()?;
                }
                Event::Empty(e) => {
                    self.enter(e.name().as_ref().len(), e.len(), true)?;
                    self.ignored()?;
                }
                Event::End(_) => {
                    self.close();
                    return Ok(text);
                }
                Event::Eof => return Err(self.truncated()),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// The document from `start` to here, if it stands by itself: no prefix, UTF-8.
    pub(super) fn source_from(&self, start: usize) -> Option<String> {
        let source = self.cursor.document.get(start..self.cursor.position())?;
        if self.cursor.prefixes.iter().any(|p| !p.is_empty()) {
            return None;
        }
        std::str::from_utf8(source).ok().map(str::to_owned)
    }

    /// Counts the innermost open element as one that the model has no place for, and skips it.
    pub(super) fn ignored(&mut self) -> Result<()> {
        self.count_ignored();
        self.skip()
    }

    /// Skips the rest of the innermost open element.
    pub(super) fn skip(&mut self) -> Result<()> {
        let depth = self.cursor.open.len();
        while self.cursor.open.len() >= depth {
            self.child()?;
        }
        Ok(())
    }

    /// Skips the rest of the innermost open element, which is expected to be large, by searching
    /// for its end tag; what lies between is not looked at.
    pub(super) fn skip_unread(&mut self) -> Result<()> {
        if !self.cursor.ends {
            if let Some(len) = self.way_to_end() {
                // The reader stays inside the element and meets its end tag as usual.
                self.cursor.jump(len);
            }
        }
        self.skip()
    }

    /// Bytes up to the end tag of the innermost open element, if a search can tell: no element of
    /// the same name lies between, and nothing in which an end tag could be quoted.
    fn way_to_end(&mut self) -> Option<usize> {
        let name: &'a [u8] = self.cursor.open.last()?;
        let rest: &'a [u8] = self.cursor.reader.get_ref();
        let position = self.cursor.position();
        let finder = match &self.cursor.finder {
            Some((of, finder)) if *of == name => finder,
            _ => &self.cursor.finder.insert((name, Finder::new(name))).1,
        };
        let mut len = None;
        for hit in finder.find_iter(rest) {
            let before = rest.get(..hit).unwrap_or_default();
            if before.ends_with(b"</") {
                let behind = rest.get(hit + name.len())?;
                len = (*behind == b'>' || behind.is_ascii_whitespace()).then_some(hit - 2);
                break;
            }
            if before.ends_with(b"<") {
                break;
            }
        }
        let special = match self.cursor.next_special {
            Some(known) if known >= position => known,
            _ => {
                let found = memchr::memchr2_iter(b'!', b'?', rest)
                    .find(|n| rest.get(..*n).is_some_and(|before| before.ends_with(b"<")))
                    .map_or(usize::MAX, |n| position + n - 1);
                self.cursor.next_special = Some(found);
                found
            }
        };
        len.filter(|len| special >= position + len)
    }
}
