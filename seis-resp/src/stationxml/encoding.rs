//! Documents that are not UTF-8.

use std::borrow::Cow;

use crate::{Error, Result};

/// The document in UTF-8: as it is, or decoded from UTF-16 or Latin-1 if it says that it is one.
///
/// *XML 1.0*, appendix F: a byte order mark or the first bytes tell UTF-16, the declaration tells
/// the rest.
pub(super) fn to_utf8(document: &[u8]) -> Result<Cow<'_, [u8]>> {
    match document {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => return utf16(document, u16::from_le_bytes),
        [0, b'<', ..] => return utf16(document, u16::from_be_bytes),
        _ => {}
    }
    let Some(name) = declared(document) else {
        return Ok(Cow::Borrowed(document));
    };
    let lower = name.to_ascii_lowercase();
    match lower.as_slice() {
        b"utf-8" | b"utf8" | b"us-ascii" | b"ascii" => Ok(Cow::Borrowed(document)),
        b"iso-8859-1" | b"iso8859-1" | b"iso_8859-1" | b"latin-1" | b"latin1" => {
            if document.is_ascii() {
                return Ok(Cow::Borrowed(document));
            }
            let text: String = document.iter().map(|b| char::from(*b)).collect();
            Ok(Cow::Owned(text.into_bytes()))
        }
        _ => Err(Error::Encoding { file: None, encoding: name.escape_ascii().to_string() }),
    }
}

fn utf16(bytes: &[u8], word: fn([u8; 2]) -> u16) -> Result<Cow<'static, [u8]>> {
    let bad = || Error::Encoding { file: None, encoding: "UTF-16 with errors".to_owned() };
    if bytes.len() % 2 != 0 {
        return Err(bad());
    }
    let words = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] => word([*a, *b]),
        _ => 0,
    });
    let text: std::result::Result<String, _> = char::decode_utf16(words).collect();
    text.map(|t| Cow::Owned(t.into_bytes())).map_err(|_| bad())
}

/// The encoding that the XML declaration names.
fn declared(document: &[u8]) -> Option<&[u8]> {
    let body = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document).trim_ascii_start();
    let declaration = body.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', declaration.get(..512).unwrap_or(declaration))?;
    let declaration = declaration.get(..end)?;
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let rest = declaration.get(at + b"encoding".len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = memchr::memchr(*quote, rest)?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_utf_8_is_not_copied() {
        for text in ["", "<a/>", "<?xml version='1.0' encoding='UTF-8'?><a>é</a>", "\u{feff}<a/>"]
        {
            let bytes = to_utf8(text.as_bytes()).unwrap();
            assert!(matches!(bytes, Cow::Borrowed(b) if b == text.as_bytes()));
        }
        let ascii = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>";
        assert!(matches!(to_utf8(ascii).unwrap(), Cow::Borrowed(_)));
    }

    #[test]
    fn latin_1_and_utf_16_are_decoded() {
        let latin = b"<?xml version=\"1.0\" encoding = 'latin1' ?><a>\xe9</a>";
        assert!(String::from_utf8(to_utf8(latin).unwrap().into_owned()).unwrap().contains('é'));
        let text = "<?xml version='1.0' encoding='UTF-16'?><a>é𝄞</a>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(to_utf8(&little).unwrap(), text.as_bytes());
        assert_eq!(to_utf8(&big).unwrap(), text.as_bytes());
    }

    #[test]
    fn the_rest_is_refused_by_name() {
        let shift = b"<?xml version='1.0' encoding='Shift_JIS'?><a/>";
        assert!(matches!(to_utf8(shift),
            Err(Error::Encoding { encoding, .. }) if encoding == "Shift_JIS"));
        assert!(to_utf8(b"\xff\xfe<").is_err());
        assert!(to_utf8(b"<\0\x00\xd8").is_err());
    }
}
