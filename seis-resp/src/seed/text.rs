//! Lines of text files, with their places.

use super::field::At;

/// Walks over the lines that are not blank, without the blanks around them, however they end.
#[derive(Debug)]
pub(crate) struct TextLines<'a> {
    text: &'a [u8],
    offset: usize,
    line: u32,
}

impl<'a> TextLines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let offset = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { text, offset, line: 0 }
    }

    /// The next line as it stands, and where it begins.
    fn raw(&mut self) -> Option<(&'a [u8], At)> {
        let rest = self.text.get(self.offset..).filter(|rest| !rest.is_empty())?;
        self.line = self.line.saturating_add(1);
        let at = At { offset: self.offset, line: self.line, column: 1 };
        // Windows ends lines with both, old Macs with a carriage return alone.
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let terminator = match rest.get(end..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        self.offset += end + terminator;
        Some((line, at))
    }
}

impl<'a> Iterator for TextLines<'a> {
    type Item = (&'a [u8], At);

    fn next(&mut self) -> Option<(&'a [u8], At)> {
        loop {
            let (line, at) = self.raw()?;
            let text = line.trim_ascii();
            if !text.is_empty() {
                return Some((text, within(at, line, text)));
            }
        }
    }
}

/// Where a part of a line begins.
pub(crate) fn within(line_at: At, line: &[u8], part: &[u8]) -> At {
    // The part is a slice of the line.
    let skipped = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
    At {
        offset: line_at.offset + skipped,
        column: line_at.column.saturating_add(skipped as u32),
        ..line_at
    }
}
