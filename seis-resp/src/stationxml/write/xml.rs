//! Elements, attributes and escapes.

use std::fmt::Write as _;

/// An indented document that is being written.
#[derive(Debug)]
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
    /// A start tag lacks its `>`.
    in_tag: bool,
}

impl Xml {
    pub(super) fn new() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
            in_tag: false,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn indent(&mut self) {
        for _ in 0..self.open.len() {
            self.out.push_str("  ");
        }
    }

    fn end_tag_start(&mut self) {
        if self.in_tag {
            self.out.push_str(">\n");
            self.in_tag = false;
        }
    }

    /// Opens an element; attributes may follow.
    pub(super) fn open(&mut self, name: &'static str) {
        self.end_tag_start();
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.in_tag = true;
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        escape(&mut self.out, value, true);
        self.out.push('"');
    }

    /// Closes the innermost element, which holds elements or nothing.
    pub(super) fn close(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if self.in_tag {
            self.out.push_str("/>\n");
            self.in_tag = false;
        } else {
            self.indent();
            let _ = writeln!(self.out, "</{name}>");
        }
    }

    /// Closes the innermost element, which holds text.
    pub(super) fn close_with(&mut self, text: &str) {
        let Some(name) = self.open.pop() else { return };
        self.out.push('>');
        self.in_tag = false;
        escape(&mut self.out, text, false);
        let _ = writeln!(self.out, "</{name}>");
    }

    /// An element as it stands.
    pub(super) fn verbatim(&mut self, element: &str) {
        self.end_tag_start();
        self.indent();
        self.out.extend(element.chars().map(presentable));
        self.out.push('\n');
    }

    /// An element with text.
    pub(super) fn leaf(&mut self, name: &'static str, text: &str) {
        self.open(name);
        self.close_with(text);
    }

    pub(super) fn some_leaf(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }
}

/// Whether XML 1.0 can hold the character at all. *XML 1.0*, production 2.
pub(super) fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The character, or what stands for one that XML cannot hold.
fn presentable(c: char) -> char {
    if is_xml(c) { c } else { char::REPLACEMENT_CHARACTER }
}

fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' | '\t' if in_attribute => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            // A reader takes a bare one for a newline.
            '\r' => out.push_str("&#13;"),
            c => out.push(presentable(c)),
        }
    }
}

/// The shortest text that reads back as the same number.
pub(super) fn number(x: f64) -> String {
    if x.is_nan() {
        "NaN".to_owned()
    } else if x.is_infinite() {
        if x > 0.0 { "INF" } else { "-INF" }.to_owned()
    } else {
        format!("{x:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_everywhere() {
        let mut xml = Xml::new();
        xml.open("A");
        xml.attribute("b", "\u{19}");
        xml.leaf("C", "\u{19}");
        xml.verbatim("<D>\u{19}</D>");
        xml.close();
        let text = xml.finish();
        assert_eq!(text.matches('\u{fffd}').count(), 3, "{text}");
        assert!(text.chars().all(is_xml));
    }

    #[test]
    fn elements() {
        let mut xml = Xml::new();
        xml.open("A");
        xml.attribute("b", "<\"&\n'>");
        xml.leaf("C", "x < \"y\" & z");
        xml.open("D");
        xml.close();
        xml.close();
        let text = xml.finish();
        assert_eq!(
            text.split_once('\n').unwrap().1,
            "<A b=\"&lt;&quot;&amp;&#10;'&gt;\">\n  <C>x &lt; \"y\" &amp; z</C>\n  <D/>\n</A>\n"
        );
    }

    #[test]
    fn numbers_read_back() {
        for x in [0.0, -0.0, 0.1, 1e-320, 1.797e308, 6.29145e8, 1e16, -1.0 / 3.0] {
            assert_eq!(number(x).parse::<f64>().unwrap().to_bits(), x.to_bits());
        }
        assert_eq!(number(1e300), "1e300");
        assert_eq!(number(f64::NEG_INFINITY), "-INF");
    }
}
