//! XML.

use crate::Random;
use crate::text::{corrupt_text, token};

/// What may stand between tags.
const PIECES: [&str; 18] = [
    "<",
    ">",
    "</",
    "/>",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&a;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "\"",
    "<!DOCTYPE x [<!ENTITY a \"&a;&a;\">]>",
    "xmlns:a=\"b\"",
];

/// Changes some elements, attributes, numbers and characters of an XML document.
pub fn corrupt_markup(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            bytes.extend_from_slice(other);
            continue;
        }
        let at = random.below(bytes.len());
        match random.below(12) {
            0 | 1 => {
                // The content of an element.
                let range = between(bytes, at, b'>', b'<');
                bytes.splice(range, token(random).into_bytes());
            }
            2 => {
                let range = between(bytes, at, b'"', b'"');
                bytes.splice(range, token(random).into_bytes());
            }
            3 => drop(bytes.drain(tag(bytes, at))),
            4 => {
                let piece = bytes[tag(bytes, at)].to_vec();
                let times = *random.pick(&[1, 1, 2, 60]);
                let start = tag(bytes, random.below(bytes.len())).start;
                bytes.splice(start..start, piece.repeat(times));
            }
            5 => {
                let piece = bytes[tag(bytes, random.below(bytes.len()))].to_vec();
                bytes.splice(tag(bytes, at), piece);
            }
            6 => {
                // A whole element, doubled or dropped.
                let range = element(bytes, at);
                let piece = bytes[range.clone()].to_vec();
                match random.below(2) {
                    0 => drop(bytes.drain(range)),
                    _ => drop(bytes.splice(range.start..range.start, piece)),
                }
            }
            7 if !other.is_empty() => {
                let piece = other[element(other, random.below(other.len()))].to_vec();
                let start = tag(bytes, at).start;
                bytes.splice(start..start, piece);
            }
            8 => {
                let piece = random.pick(&PIECES).as_bytes();
                bytes.splice(at..at, piece.iter().copied());
            }
            9 => {
                let piece = random.pick(&PIECES).as_bytes();
                let end = bytes.len().min(at + piece.len());
                bytes.splice(at..end, piece.iter().copied());
            }
            _ => corrupt_text(bytes, other, random),
        }
    }
}

/// What lies between an opening and a closing byte around a place.
fn between(bytes: &[u8], at: usize, open: u8, close: u8) -> std::ops::Range<usize> {
    let start = bytes[..at].iter().rposition(|b| *b == open).map_or(0, |p| p + 1);
    let end = bytes[start..].iter().position(|b| *b == close).map_or(bytes.len(), |p| start + p);
    start..end
}

/// The tag around or before a place.
fn tag(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = bytes[..at].iter().rposition(|b| *b == b'<').unwrap_or(0);
    let end = bytes[start..].iter().position(|b| *b == b'>').map_or(bytes.len(), |p| start + p + 1);
    start..end
}

/// From a tag to the next closing tag of its name.
fn element(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let tag = tag(bytes, at);
    let name: Vec<u8> = bytes[tag.clone()]
        .iter()
        .skip(1)
        .take_while(|b| b.is_ascii_alphanumeric())
        .copied()
        .collect();
    let close = [b"</", &name[..], b">"].concat();
    match bytes[tag.end..].windows(close.len()).position(|w| w == close) {
        Some(found) => tag.start..tag.end + found + close.len(),
        None => tag,
    }
}
