//! The attributes of a start tag.

/// Iterates over `name="value"` pairs as they stand, in linear time.
///
/// quick-xml's own iterator compares all names with each other, which takes quadratic time for a
/// hostile tag, and wants the tag to be UTF-8.
#[derive(Debug, Clone)]
pub(super) struct Attributes<'a> {
    all: &'a [u8],
    rest: &'a [u8],
    read: usize,
}

/// So many attributes are compared with each other; no element of the standard has more.
const COMPARED: usize = 16;

/// The attributes are not well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'a> Attributes<'a> {
    /// `raw` is what stands between the name and the end of a start tag.
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { all: raw, rest: raw, read: 0 }
    }

    /// Whether an attribute before this one has the same name, which XML forbids.
    fn precedes(&self, name: &[u8]) -> bool {
        let mut before = Self { all: self.all, rest: self.all, read: 0 };
        (0..self.read).any(|_| before.pair().is_some_and(|(known, _)| known == name))
    }

    fn pair(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let equals = memchr::memchr(b'=', self.rest)?;
        let (name, value) = self.rest.split_at_checked(equals)?;
        let name = name.trim_ascii();
        if name.is_empty() || !name.iter().all(is_name_byte) {
            return None;
        }
        let (quote, value) = value.get(1..)?.trim_ascii_start().split_first()?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let end = memchr::memchr(*quote, value)?;
        self.rest = value.get(end + 1..)?;
        // A `<` in a value is forbidden; nearly always a quote was lost before it.
        let value = value.get(..end)?;
        (!value.contains(&b'<')).then_some((name, value))
    }
}

/// *XML 1.0*, production 4a, as far as single bytes tell.
fn is_name_byte(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || b"_-.:".contains(b) || !b.is_ascii()
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_ascii_start();
        if self.rest.is_empty() {
            return None;
        }
        let mut pair = self.pair().ok_or(Malformed);
        if let Ok((name, _)) = pair {
            if self.read < COMPARED && self.precedes(name) {
                pair = Err(Malformed);
            }
            self.read += 1;
        }
        if pair.is_err() {
            self.rest = &[];
        }
        Some(pair)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let all: Vec<_> = Attributes::new(b" a=\"1\"\n b = '\"x>' c:d=\"\"").collect();
        assert_eq!(all, [Ok((&b"a"[..], &b"1"[..])), Ok((b"b", b"\"x>")), Ok((b"c:d", b""))]);
        assert_eq!(Attributes::new(b"  ").count(), 0);
    }

    #[test]
    fn malformed_tags_end() {
        for bad in [" a", " a=", " a=1", " a=\"1", " =\"1\"", " a b=\"1\"", " \"a\"=\"1\""] {
            assert_eq!(
                Attributes::new(bad.as_bytes()).collect::<Vec<_>>(),
                [Err(Malformed)],
                "{bad}"
            );
        }
        let two: Vec<_> = Attributes::new(b"a='1' b=\"").collect();
        assert_eq!(two, [Ok((&b"a"[..], &b"1"[..])), Err(Malformed)]);
    }
}
