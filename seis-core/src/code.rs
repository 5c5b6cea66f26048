//! Short inline codes: network, station, location, channel.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

const CAPACITY: usize = 15;

/// A network, station, location or channel code: up to 15 printable ASCII characters without
/// spaces, stored inline. May be empty (a blank location).
///
/// FDSN source identifiers allow eight characters per code and a channel of three of them;
/// SEED allows 2, 5, 2 and 3.
///
/// ```
/// use seis_core::Code;
/// let station = Code::new("HEC")?;
/// assert_eq!(station, "HEC");
/// assert!(Code::new("A B").is_err());
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Code {
    // Unused bytes are zero, so that the derived order is that of the text.
    bytes: [u8; CAPACITY],
    len: u8,
}

impl Code {
    /// The empty code.
    pub const EMPTY: Self = Self { bytes: [0; CAPACITY], len: 0 };

    /// The most characters that a code can hold.
    pub const MAX_LEN: usize = CAPACITY;

    /// A code from text, as it stands.
    ///
    /// # Errors
    /// [`Error::CodeTooLong`] beyond 15 characters, [`Error::CodeCharacter`] for anything but
    /// printable ASCII without spaces.
    pub fn new(text: &str) -> Result<Self> {
        if let Some(found) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return Err(Error::CodeCharacter { code: text.to_owned(), found });
        }
        if text.len() > CAPACITY {
            return Err(Error::CodeTooLong { code: text.to_owned(), max: CAPACITY });
        }
        let mut code = Self::EMPTY;
        for (to, from) in code.bytes.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        code.len = text.len() as u8;
        Ok(code)
    }

    /// A code from a fixed-width header field: spaces and NULs around it are padding.
    ///
    /// # Errors
    /// As [`Code::new`]; bytes that are not ASCII are shown escaped.
    pub fn from_padded(field: &[u8]) -> Result<Self> {
        let padding = |b: &u8| *b == b' ' || *b == 0;
        let start = field.iter().position(|b| !padding(b)).unwrap_or(field.len());
        let end = field.iter().rposition(|b| !padding(b)).map_or(start, |i| i + 1);
        let inner = field.get(start..end).unwrap_or_default();
        match std::str::from_utf8(inner) {
            Ok(text) => Self::new(text),
            Err(_) => Err(Error::CodeCharacter {
                code: inner.escape_ascii().to_string(),
                found: inner.iter().find(|b| !b.is_ascii()).map_or(' ', |b| char::from(*b)),
            }),
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The bytes were ASCII when they came in.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The code as bytes, without padding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Number of characters.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether the code is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Code {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_stripped_and_content_is_not() {
        assert_eq!(Code::from_padded(b" HEC \0").unwrap(), "HEC");
        assert_eq!(Code::from_padded(b"  ").unwrap(), Code::EMPTY);
        assert_eq!(Code::from_padded(b"").unwrap(), Code::EMPTY);
        assert!(matches!(Code::from_padded(b"A\xffB"), Err(Error::CodeCharacter { .. })));
        assert!(matches!(Code::from_padded(b"A B"), Err(Error::CodeCharacter { found: ' ', .. })));
        assert!(matches!(Code::new("0123456789ABCDEF"), Err(Error::CodeTooLong { .. })));
        assert_eq!(Code::new("0123456789ABCDE").unwrap().len(), 15);
    }

    #[test]
    fn order_is_that_of_the_text() {
        let mut codes = ["BHZ", "", "BH", "BHE"].map(|c| Code::new(c).unwrap());
        codes.sort();
        assert_eq!(codes.map(|c| c.to_string()), ["", "BH", "BHE", "BHZ"]);
    }
}
