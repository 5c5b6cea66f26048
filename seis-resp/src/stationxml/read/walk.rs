//! A walk over the elements of a document.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::tag::{Prefixes, Tag, end_of_name, end_of_tag};
use super::{Parser, shown};
use crate::{Consequence, Error, ProblemKind, Result};

/// Elements inside each other; StationXML itself needs twelve.
const MAX_DEPTH: usize = 256;

impl<'a> Parser<'a> {
    /// The root element.
    pub(super) fn root(&mut self) -> Result<Tag<'a>> {
        loop {
            if !self.cursor.plain_text().trim_ascii().is_empty() {
                return Err(self.error_here("not XML: text before the first element"));
            }
            match self.cursor.rest {
                [b'<', b'!' | b'?', ..] => match self.special()? {
                    Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
                    _ => return Err(self.error_here("not XML: text before the first element")),
                },
                [b'<', b'/', ..] => return Err(self.error_here("an end tag without an element")),
                [b'<', _, ..] => break,
                [b'&', ..] => {
                    return Err(self.error_here("not XML: text before the first element"));
                }
                _ => return Err(self.truncated()),
            }
        }
        let tag = self.start_tag()?;
        match Prefixes::of_root(&tag) {
            Some(prefixes) => self.cursor.prefixes = prefixes,
            None => return Err(self.xml_error(tag.offset, "malformed attributes")),
        }
        Ok(tag)
    }

    /// Nothing but comments and blanks may follow the root element.
    pub(super) fn finish(&mut self) -> Result<()> {
        const REASON: &str = "something follows the end of the document: two files in one?";
        loop {
            if !self.cursor.plain_text().trim_ascii().is_empty() {
                return Err(self.error_here(REASON));
            }
            match self.cursor.rest {
                [] => return Ok(()),
                [b'<', b'!' | b'?', ..] => match self.special()? {
                    Event::Comment(_) | Event::PI(_) => {}
                    _ => return Err(self.error_here(REASON)),
                },
                _ => return Err(self.error_here(REASON)),
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
            if self.cursor.rest.first() != Some(&b'<') {
                self.stray_text()?;
            }
            match self.cursor.rest.get(1) {
                Some(b'/') => return self.end_tag().map(|()| None),
                Some(b'!' | b'?') => {
                    self.special()?;
                }
                _ => return self.start_tag().map(Some),
            }
        }
    }

    /// Passes over text between elements, where there should be none but blanks.
    #[inline]
    fn stray_text(&mut self) -> Result<()> {
        let rest = self.cursor.rest;
        // Nearly always there is a line break and indentation.
        let blanks = rest.iter().position(|b| !b.is_ascii_whitespace());
        if let Some(len) = blanks.filter(|len| rest.get(*len) == Some(&b'<')) {
            self.cursor.advance(len);
            return Ok(());
        }
        let Some(len) = memchr::memchr(b'<', rest) else {
            return Err(self.truncated());
        };
        let text = rest.get(..len).unwrap_or_default();
        if !self.skipping {
            let (kind, left_out) = (ProblemKind::Structure, Consequence::LeftOut);
            self.problem(kind, text, "no text between elements", left_out)?;
        }
        self.cursor.advance(len);
        Ok(())
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
        if self.cursor.rest.starts_with(b"</") {
            self.end_tag()?;
            Ok(Cow::Borrowed(text))
        } else {
            self.gather(text.to_vec()).map(Cow::Owned)
        }
    }

    /// Text that is interrupted by references, sections, comments or elements.
    #[cold]
    fn gather(&mut self, mut text: Vec<u8>) -> Result<Vec<u8>> {
        loop {
            match self.cursor.rest {
                [] => return Err(self.truncated()),
                [b'<', b'/', ..] => {
                    self.end_tag()?;
                    return Ok(text);
                }
                [b'&', ..] | [b'<', b'!' | b'?', ..] => match self.special()? {
                    Event::CData(piece) => text.extend_from_slice(&piece),
                    Event::GeneralRef(reference) => {
                        let name = reference.decode().unwrap_or_default().into_owned();
                        let resolved = match reference.resolve_char_ref() {
                            Ok(Some(c)) => Some(String::from(c)),
                            Ok(None) => {
                                quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned)
                            }
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
                    _ => {}
                },
                [b'<', ..] => {
                    self.start_tag()?;
                    self.ignored()?;
                }
                _ => text.extend_from_slice(self.cursor.plain_text()),
            }
        }
    }

    /// Counts the innermost open element as one that the model has no place for, and skips it.
    pub(super) fn ignored(&mut self) -> Result<()> {
        self.count_ignored();
        self.skip()
    }

    /// Skips the rest of the innermost open element.
    pub(super) fn skip(&mut self) -> Result<()> {
        let depth = self.cursor.open.len();
        let outer = std::mem::replace(&mut self.skipping, true);
        while self.cursor.open.len() >= depth {
            self.child()?;
        }
        self.skipping = outer;
        Ok(())
    }

    /// Skips the rest of the innermost open element, which is expected to be large, by searching
    /// for its end tag; what lies between is not looked at.
    pub(super) fn skip_unread(&mut self) -> Result<()> {
        if !self.cursor.ends {
            self.cursor.jump_to_end();
        }
        self.skip()
    }

    /// The document from `start` to here, if it stands by itself: no prefix, UTF-8.
    pub(super) fn source_from(&self, start: usize) -> Option<String> {
        let source = self.cursor.document.get(start..self.cursor.position())?;
        if !self.cursor.prefixes.are_bare() {
            return None;
        }
        std::str::from_utf8(source).ok().map(str::to_owned)
    }

    /// Reads the start tag that begins here and opens its element.
    #[inline]
    fn start_tag(&mut self) -> Result<Tag<'a>> {
        let rest = self.cursor.rest;
        let Some(name_end) = end_of_name(rest, self.cursor.last_name) else {
            return Err(self.truncated());
        };
        let full = rest.get(1..name_end).unwrap_or_default();
        let (end, raw_attributes, is_empty) = if rest.get(name_end) == Some(&b'>') {
            (name_end, &b""[..], false)
        } else {
            let Some(end) = end_of_tag(rest, name_end) else {
                return Err(self.truncated());
            };
            match rest.get(name_end..end).unwrap_or_default() {
                [attributes @ .., b'/'] => (end, attributes, true),
                attributes => (end, attributes, false),
            }
        };
        if full.is_empty() {
            return Err(self.error_here("a tag without a name"));
        }
        if self.cursor.open.len() >= MAX_DEPTH {
            let place = Box::new(self.place(self.cursor.position()));
            return Err(Error::TooDeep { place, limit: MAX_DEPTH });
        }
        let offset = self.cursor.position();
        self.cursor.at = offset;
        self.cursor.last_name = full;
        self.cursor.ends = is_empty;
        self.cursor.open.push(full);
        self.cursor.advance(end + 1);
        let name = self.cursor.prefixes.local_name(full);
        Ok(Tag { name, full, raw_attributes, offset })
    }

    /// Reads the end tag that begins here and closes its element.
    #[inline]
    fn end_tag(&mut self) -> Result<()> {
        let rest = self.cursor.rest;
        let expected: &[u8] = self.cursor.open.last().copied().unwrap_or_default();
        let end = expected.len() + 2;
        if rest.get(2..end) == Some(expected) && rest.get(end) == Some(&b'>') {
            self.cursor.advance(end + 1);
            self.close();
            return Ok(());
        }
        let Some(end) = memchr::memchr(b'>', rest) else {
            return Err(self.truncated());
        };
        let name = rest.get(2..end).unwrap_or_default();
        if name.trim_ascii_end() != expected {
            let (found, expected) = (shown(name, 40), shown(expected, 40));
            return Err(self.error_here(format!("expected </{expected}>, found </{found}>")));
        }
        self.cursor.advance(end + 1);
        self.close();
        Ok(())
    }

    #[inline]
    fn close(&mut self) {
        self.cursor.ends = false;
        self.cursor.open.pop();
    }

    /// A comment, section, instruction, declaration or reference.
    #[cold]
    fn special(&mut self) -> Result<Event<'a>> {
        match self.cursor.special() {
            Ok(Event::Eof) => Err(self.truncated()),
            Ok(event) => Ok(event),
            Err(error) => Err(self.error_here(format!("not well-formed XML: {error}"))),
        }
    }

    #[cold]
    fn error_here(&mut self, reason: impl Into<String>) -> Error {
        self.xml_error(self.cursor.position(), reason)
    }

    #[cold]
    pub(super) fn xml_error(&mut self, offset: usize, reason: impl Into<String>) -> Error {
        Error::Xml { place: Box::new(self.place(offset)), reason: reason.into() }
    }

    #[cold]
    fn truncated(&mut self) -> Error {
        let offset = self.cursor.document.len();
        let reason = match self.cursor.open.last() {
            Some(name) => {
                format!("the document ends within <{}>: the file is cut short", shown(name, 40))
            }
            None => "the document ends before its first element".to_owned(),
        };
        self.xml_error(offset, reason)
    }
}
