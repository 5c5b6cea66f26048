//! Elements and attributes of other namespaces.

use super::Parser;
use super::tag::{Tag, prefix_of};
use crate::{ExtensionAttribute, ExtensionElement, Extensions, Result};

/// Prefixes that XML binds by itself.
const PREDEFINED: [&[u8]; 2] = [b"xml", b"xmlns"];

impl<'a> Parser<'a> {
    /// Reads an element that is not the standard's. It is kept if it can stand by itself: its text
    /// is UTF-8, names without a prefix are the standard's, and all prefixes are bound by the root
    /// element or within it. Otherwise it is counted as ignored.
    #[cold]
    pub(super) fn extension(
        &mut self,
        tag: Tag<'a>,
        into: &mut Option<Box<Extensions>>,
    ) -> Result<()> {
        if prefix_of(tag.full).is_empty() {
            return self.ignored();
        }
        let depth = self.cursor.open.len();
        let outer = std::mem::replace(&mut self.skipping, true);
        let (mut used, mut bound) = (Vec::new(), Vec::new());
        self.prefixes_of(tag, &mut used, &mut bound)?;
        let own = bound.len();
        let mut count = 1_u64;
        while self.cursor.open.len() >= depth {
            if let Some(tag) = self.child()? {
                count += 1;
                self.prefixes_of(tag, &mut used, &mut bound)?;
            }
        }
        self.skipping = outer;
        let kept =
            if count <= MAX_ELEMENTS { self.self_contained(tag, &used, &bound, own) } else { None };
        match kept {
            Some(element) => into.get_or_insert_default().elements.push(element),
            None => {
                let parent = self.cursor.open.last().copied().unwrap_or_default();
                self.pass_over(parent, super::Ignored::Element(tag.full));
            }
        }
        Ok(())
    }

    /// Notes the prefixes that a tag uses and binds.
    fn prefixes_of(
        &mut self,
        tag: Tag<'a>,
        used: &mut Vec<&'a [u8]>,
        bound: &mut Vec<&'a [u8]>,
    ) -> Result<()> {
        let note = |list: &mut Vec<&'a [u8]>, prefix: &'a [u8]| {
            let known = PREDEFINED.contains(&prefix) || list.contains(&prefix);
            if !prefix.is_empty() && !known && list.len() <= MAX_PREFIXES {
                list.push(prefix);
            }
        };
        note(used, prefix_of(tag.full));
        for attribute in tag.attributes() {
            let (name, _) = self.well_formed(attribute)?;
            match name.strip_prefix(b"xmlns:") {
                Some(prefix) => note(bound, prefix),
                None => note(used, prefix_of(name)),
            }
        }
        Ok(())
    }

    /// The element from its start tag to here, with the bindings that it needs. The first `own` of
    /// the prefixes that are bound in it are bound by its start tag.
    fn self_contained(
        &self,
        tag: Tag<'a>,
        used: &[&[u8]],
        bound: &[&[u8]],
        own: usize,
    ) -> Option<ExtensionElement> {
        if used.len() > MAX_PREFIXES || bound.len() > MAX_PREFIXES {
            return None;
        }
        let source = self.source_from(tag.offset)?;
        let name = std::str::from_utf8(tag.full).ok()?;
        let (start, rest) = source.split_at_checked(1 + name.len())?;
        let mut xml = start.to_owned();
        for prefix in used.iter().filter(|prefix| !bound.iter().take(own).any(|b| b == *prefix)) {
            let Some(namespace) = self.namespace_of(prefix) else {
                // Bound further inside, if it is XML at all.
                bound.contains(prefix).then_some(())?;
                continue;
            };
            // As it stands, with its references.
            let quote = if namespace.contains('"') { '\'' } else { '"' };
            let prefix = std::str::from_utf8(prefix).ok()?;
            xml.extend([" xmlns:", prefix, "="]);
            xml.push(quote);
            xml.push_str(namespace);
            xml.push(quote);
        }
        xml.push_str(rest);
        Some(ExtensionElement { name: name.to_owned(), xml })
    }

    /// What the root element binds a prefix to.
    fn namespace_of(&self, prefix: &[u8]) -> Option<&'a str> {
        let bound = self.cursor.prefixes.bound.iter().find(|(known, _)| *known == prefix)?;
        std::str::from_utf8(bound.1).ok()
    }

    /// Keeps an attribute of another namespace, or says that it is none that can be kept. `tag` is
    /// where it stands, and may bind its prefix.
    #[cold]
    pub(super) fn extension_attribute(
        &mut self,
        tag: Tag<'a>,
        name: &'a [u8],
        value: &'a [u8],
        into: &mut Option<Box<Extensions>>,
    ) -> Result<()> {
        let prefix = prefix_of(name);
        if name == b"xmlns" || PREDEFINED.contains(&prefix) {
            return Ok(());
        }
        if prefix.is_empty() {
            // It may be a misspelt date.
            self.count_ignored_attribute(name);
            return Ok(());
        }
        let here =
            tag.attributes().filter_map(std::result::Result::ok).find_map(|(name, value)| {
                (name.strip_prefix(b"xmlns:") == Some(prefix)).then_some(value)
            });
        let namespace = match here {
            Some(namespace) => Some(self.attribute(namespace)?),
            None => match self.namespace_of(prefix) {
                Some(namespace) => Some(self.attribute(namespace.as_bytes())?),
                None => None,
            },
        };
        // The standard's own namespace under another prefix says nothing of its own.
        let Some(namespace) = namespace.filter(|n| n.as_bytes() != super::tag::NAMESPACE) else {
            return Ok(());
        };
        let attribute = ExtensionAttribute {
            name: String::from_utf8_lossy(name).into_owned(),
            namespace,
            value: self.attribute(value)?,
        };
        into.get_or_insert_default().attributes.push(attribute);
        Ok(())
    }
}

/// An extension of more elements is a document of its own.
const MAX_ELEMENTS: u64 = 100_000;
/// So many prefixes are compared with each other.
const MAX_PREFIXES: usize = 16;
