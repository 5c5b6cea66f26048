//! Elements and attributes of other namespaces.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Writer;
use super::check::quoted;
use crate::{Extensions, Result};

/// The standard's own namespace, which is no extension.
const OWN: &str = "http://www.fdsn.org/xml/station/1";

impl Writer {
    /// Writes attributes, and what their prefixes stand for.
    pub(super) fn extension_attributes(&mut self, extensions: Option<&Extensions>) -> Result<()> {
        let mut bound: Vec<(&str, &str)> = Vec::new();
        for attribute in extensions.map(|e| e.attributes.as_slice()).unwrap_or_default() {
            let (name, namespace) = (attribute.name.as_str(), attribute.namespace.as_str());
            let Some((prefix, _)) = name.split_once(':').filter(|_| is_qualified(name)) else {
                self.refuse(format!("{} is no name with a prefix", quoted(name)))?;
                continue;
            };
            let known = bound.iter().find(|(known, _)| *known == prefix);
            if namespace.is_empty() || namespace == OWN || known.is_some_and(|k| k.1 != namespace) {
                self.refuse(format!(
                    "{} cannot be of the namespace {}",
                    quoted(name),
                    quoted(namespace)
                ))?;
                continue;
            }
            if known.is_none() {
                bound.push((prefix, namespace));
                self.attribute(&format!("xmlns:{prefix}"), Some(namespace))?;
            }
            self.attribute(name, Some(&attribute.value))?;
        }
        Ok(())
    }

    /// Writes elements as they stand.
    pub(super) fn extension_elements(&mut self, extensions: Option<&Extensions>) -> Result<()> {
        for element in extensions.map(|e| e.elements.as_slice()).unwrap_or_default() {
            if is_one_element(&element.xml, &element.name) {
                self.text(&element.xml)?;
                self.xml.verbatim(&element.xml);
            } else {
                // What is no XML would spoil the whole document, asked for or not.
                let reason = format!("the extension {:?} is not one XML element", element.name);
                return Err(crate::Error::NotWritable { id: self.id.clone(), reason });
            }
        }
        Ok(())
    }
}

/// A prefix and a name, of letters, digits and the like.
fn is_qualified(name: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    name.split_once(':')
        .is_some_and(|(a, b)| is_name(a) && is_name(b) && a != "xmlns" && a != "xml")
}

/// Whether a text is one element of this name and nothing else.
fn is_one_element(xml: &str, name: &str) -> bool {
    let mut reader = Reader::from_str(xml);
    let (mut depth, mut roots) = (0_usize, 0_usize);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag))
                if depth == 0 && tag.name().as_ref() != name.as_bytes() =>
            {
                return false;
            }
            Ok(Event::Start(_)) => {
                roots += usize::from(depth == 0);
                depth += 1;
            }
            Ok(Event::Empty(_)) => roots += usize::from(depth == 0),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => return depth == 0 && roots == 1,
            Ok(Event::DocType(_) | Event::Decl(_)) | Err(_) => return false,
            Ok(_) if depth == 0 => return false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_is_one() {
        for good in ["<a:b/>", "<a:b xmlns:a='x'><c>t</c><!-- --></a:b>", "<a:b>&lt;</a:b>"] {
            assert!(is_one_element(good, "a:b"), "{good}");
        }
        for bad in [
            "",
            "text",
            "<a:b>",
            "<a:b/><a:b/>",
            "</a:b>",
            "<a:b></c>",
            "<c/>",
            "<a:b/><c/>",
            " <a:b/> x",
        ] {
            assert!(!is_one_element(bad, "a:b"), "{bad}");
        }
        assert!(is_qualified("a:b") && !is_qualified("ab") && !is_qualified("a:b c"));
        assert!(!is_qualified("xmlns:a") && !is_qualified("a:b\"") && !is_qualified(":b"));
    }
}
