//! Start tags and their names.

use super::attributes::Attributes;

/// The namespace of StationXML 1.x.
pub(super) const NAMESPACE: &[u8] = b"http://www.fdsn.org/xml/station/1";

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Local name; empty for an element of another namespace, which no reader of ours knows.
    pub(super) name: &'a [u8],
    /// Name with its prefix.
    pub(super) full: &'a [u8],
    /// What stands behind the name.
    pub(super) raw_attributes: &'a [u8],
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

/// The prefixes that stand for StationXML's namespace.
///
/// They are those of the root element: its own, whatever it is bound to, since documents without
/// a namespace are common, and all that it binds to the namespace of the standard. Prefixes bound
/// further inside are of other namespaces.
#[derive(Debug)]
pub(super) struct Prefixes<'a> {
    /// Names without a prefix belong to the standard.
    bare: bool,
    others: Vec<&'a [u8]>,
    /// All prefixes that the root element binds, and what to.
    pub(super) bound: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Prefixes<'a> {
    /// Before the root element is known, all names count.
    pub(super) fn any() -> Self {
        Self { bare: true, others: Vec::new(), bound: Vec::new() }
    }

    /// The prefixes of a root element; `None` if its attributes are malformed.
    pub(super) fn of_root(root: &Tag<'a>) -> Option<Self> {
        let own = prefix_of(root.full);
        let mut prefixes = Self { bare: own.is_empty(), others: Vec::new(), bound: Vec::new() };
        if !own.is_empty() {
            prefixes.others.push(own);
        }
        for attribute in root.attributes() {
            let (name, value) = attribute.ok()?;
            if let Some(prefix) = name.strip_prefix(b"xmlns:") {
                prefixes.bound.push((prefix, value));
            }
            if value != NAMESPACE {
                continue;
            }
            if name == b"xmlns" {
                prefixes.bare = true;
            } else if let Some(bound) = name.strip_prefix(b"xmlns:") {
                prefixes.others.push(bound);
            }
        }
        Some(prefixes)
    }

    /// Whether names without a prefix belong to the standard, and no others.
    pub(super) fn are_bare(&self) -> bool {
        self.bare && self.others.is_empty()
    }

    /// The local name of an element of the standard; empty for another.
    #[inline]
    pub(super) fn local_name(&self, full: &'a [u8]) -> &'a [u8] {
        let Some(colon) = full.iter().position(|b| *b == b':') else {
            return if self.bare { full } else { b"" };
        };
        let known = full.get(..colon).is_some_and(|prefix| self.others.contains(&prefix));
        if known { full.get(colon + 1..).unwrap_or_default() } else { b"" }
    }
}

pub(super) fn prefix_of(full: &[u8]) -> &[u8] {
    memchr::memchr(b':', full).and_then(|colon| full.get(..colon)).unwrap_or_default()
}

/// The local name, whatever the prefix is bound to.
pub(super) fn local_part(full: &[u8]) -> &[u8] {
    memchr::memchr(b':', full).and_then(|colon| full.get(colon + 1..)).unwrap_or(full)
}

/// What ends a name: a table, since names are too short for a search.
const ENDS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b">/ \t\n\r";
    let mut n = 0;
    while n < ends.len() {
        table[ends[n] as usize] = true;
        n += 1;
    }
    table
};

/// Where the name in the start tag at the beginning of the text ends. `guess` is the name that it
/// may be: the one before, in lists.
#[inline]
pub(super) fn end_of_name(text: &[u8], guess: &[u8]) -> Option<usize> {
    let name = text.get(1..)?;
    if name.starts_with(guess) && name.get(guess.len()).is_some_and(|b| ENDS_NAME[usize::from(*b)])
    {
        return Some(guess.len() + 1);
    }
    name.iter().position(|b| ENDS_NAME[usize::from(*b)]).map(|n| n + 1)
}

/// Where the `>` of a tag is, searched from behind its name; one in an attribute's value is none.
#[inline]
pub(super) fn end_of_tag(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let hit = memchr::memchr3(b'>', b'"', b'\'', rest)?;
        match rest.get(hit)? {
            b'>' => return Some(at + hit),
            quote => {
                let value = rest.get(hit + 1..)?;
                at += hit + 1 + memchr::memchr(*quote, value)? + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_outside_of_quotes() {
        for (text, end) in [
            ("<a>", Some(2)),
            ("<a b=\">\" c='\">'>x", Some(15)),
            ("<a b=\">", None),
            ("<a", None),
            ("<", None),
        ] {
            for guess in [&b""[..], b"a", b"ab"] {
                let found = end_of_name(text.as_bytes(), guess)
                    .and_then(|name_end| end_of_tag(text.as_bytes(), name_end));
                assert_eq!(found, end, "{text}");
            }
        }
    }

    #[test]
    fn names_of_the_standard() {
        let root = |full: &'static [u8], raw_attributes: &'static [u8]| Tag {
            name: b"",
            full,
            raw_attributes,
            offset: 0,
        };
        let bound = b" xmlns:b='http://www.fdsn.org/xml/station/1' xmlns:c='http://c'";
        let prefixes = Prefixes::of_root(&root(b"a:X", bound)).unwrap();
        for (name, local) in
            [(&b"a:Y"[..], &b"Y"[..]), (b"b:Y", b"Y"), (b"c:Y", b""), (b"Y", b""), (b"a:", b"")]
        {
            assert_eq!(prefixes.local_name(name), local);
        }
        let plain = Prefixes::of_root(&root(b"X", b"")).unwrap();
        assert!(plain.are_bare());
        assert_eq!((plain.local_name(b"Y"), plain.local_name(b"a:Y")), (&b"Y"[..], &b""[..]));
        assert!(Prefixes::of_root(&root(b"X", b" a")).is_none());
        assert_eq!((local_part(b"a:X"), local_part(b"X")), (&b"X"[..], &b"X"[..]));
    }
}
