//! The lines of a RESP file.

use crate::seed::{At, Field, TextLines, repeats, within};

/// A line that says something.
#[derive(Debug)]
pub(super) enum Line<'a> {
    /// Fields of a blockette: one with a label, or one row of a list.
    Fields {
        kind: u16,
        first: u8,
        /// Whether the row is one of a list.
        in_list: bool,
        /// The number of the row.
        index: Option<i64>,
        values: Vec<Field<'a>>,
        /// What stands behind the last value of a row.
        rest: &'a [u8],
        at: At,
    },
    /// Something that is no line of a RESP file.
    Other { text: &'a [u8], at: At },
}

/// Walks over the lines of a RESP file, without comments.
#[derive(Debug)]
pub(super) struct Lines<'a>(TextLines<'a>);

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self(TextLines::new(text))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let (text, at) = self.0.find(|(line, _)| !line.starts_with(b"#"))?;
        Some(fields(text, at).unwrap_or(Line::Other { text, at }))
    }
}

/// `B053F07     A0 normalization factor:   1` or `B053F10-13    0  0.0  0.0  0.0  0.0`.
fn fields(text: &[u8], at: At) -> Option<Line<'_>> {
    let (kind, first, last, after) = prefix(text)?;
    let in_list = last > first || repeats(kind, first);
    // Stages of blockette 60 repeat too, but each of their fields has its label and line.
    if !in_list || kind == 60 {
        let value = memchr::memchr(b':', after)
            .and_then(|colon| after.get(colon + 1..))
            .unwrap_or(after)
            .trim_ascii();
        let value = value.strip_suffix(b"~").unwrap_or(value).trim_ascii_end();
        let value_at = within(at, text, if value.is_empty() { text } else { value });
        let values = vec![Field { number: first, text: without_hertz(value), at: value_at }];
        let (in_list, index) = (false, None);
        return Some(Line::Fields { kind, first, in_list, index, values, rest: b"", at });
    }
    let mut words = Words { rest: after };
    let wanted = usize::from(last - first) + 1;
    // The number of the row comes first. evalresp wants it there; ObsPy takes the last values of
    // the line, whatever stands before.
    let mut behind = words.clone();
    let word = behind.next().filter(|word| word.iter().all(u8::is_ascii_digit));
    // Beyond this range it counts nothing, but is one all the same.
    let index = word.map(|word| std::str::from_utf8(word).ok()?.parse().ok());
    if index.is_some() {
        words = behind;
    }
    let index = index.map(|index: Option<i64>| index.unwrap_or(i64::MAX));
    let values: Vec<Field<'_>> = words
        .by_ref()
        .take(wanted)
        .zip(first..=last)
        .map(|(word, number)| Field { number, text: word, at: within(at, text, word) })
        .collect();
    let rest = words.rest.trim_ascii();
    Some(Line::Fields { kind, first, in_list: true, index, values, rest, at })
}

/// The blockette, the first and the last field, and what follows.
fn prefix(text: &[u8]) -> Option<(u16, u8, u8, &[u8])> {
    let [b'B' | b'b', k1, k2, k3, b'F' | b'f', f1, f2, rest @ ..] = text else { return None };
    let digit = |b: &u8| b.is_ascii_digit().then(|| b - b'0');
    let kind = u16::from(digit(k1)?) * 100 + u16::from(digit(k2)?) * 10 + u16::from(digit(k3)?);
    let first = digit(f1)? * 10 + digit(f2)?;
    let (last, rest) = match rest {
        [b'-', l1, l2, rest @ ..] => (digit(l1)? * 10 + digit(l2)?, rest),
        rest => (first, rest),
    };
    let ends = rest.first().is_none_or(|b| b.is_ascii_whitespace() || *b == b':');
    (ends && last >= first).then_some((kind, first, last, rest))
}

/// `1.0 HZ` is a number.
fn without_hertz(value: &[u8]) -> &[u8] {
    match value.split_last_chunk::<2>() {
        Some((number, unit))
            if unit.eq_ignore_ascii_case(b"HZ")
                && number.first().is_some_and(|b| b.is_ascii_digit() || b"+-.".contains(b)) =>
        {
            number.trim_ascii_end()
        }
        _ => value,
    }
}

/// Words between blanks; commas count as blanks.
#[derive(Debug, Clone)]
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let blank = |b: &u8| b.is_ascii_whitespace() || *b == b',';
        let start = self.rest.iter().position(|b| !blank(b))?;
        let begun = self.rest.get(start..)?;
        let end = begun.iter().position(blank).unwrap_or(begun.len());
        let (word, rest) = begun.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blockette, fields, rest or text, line, column of the last field.
    type Found = (u16, Vec<(u8, String)>, String, u32, u32);

    fn all(text: &str) -> Vec<Found> {
        Lines::new(text.as_bytes())
            .map(|line| match line {
                Line::Fields { kind, values, rest, at, .. } => (
                    kind,
                    values
                        .iter()
                        .map(|f| (f.number, String::from_utf8_lossy(f.text).into_owned()))
                        .collect(),
                    String::from_utf8_lossy(rest).into_owned(),
                    at.line,
                    values.last().map_or(0, |f| f.at.column),
                ),
                Line::Other { text, at } => {
                    (0, Vec::new(), String::from_utf8_lossy(text).into_owned(), at.line, at.column)
                }
            })
            .collect()
    }

    #[test]
    fn lines_end_in_three_ways() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("#c{end}{end}B053F03  T:  A [x]{end}  hello{end}b058F05 F: 1 HZ");
            let found = all(&text);
            let expected = [
                (53, vec![(3, "A [x]".to_owned())], String::new(), 3, 14),
                (0, vec![], "hello".to_owned(), 4, 3),
                (58, vec![(5, "1".to_owned())], String::new(), 5, 12),
            ];
            assert_eq!(found, expected, "{end:?}");
        }
    }

    #[test]
    fn rows_of_lists() {
        let s = |n: u8, t: &str| (n, t.to_owned());
        let found = all("B053F10-13    0 -1E0  2E0 0 0\nB053F10-13  7  1 2\nB061F09  3  -1.5\n\
                         B061F09  1.5\nB061F09  3\nB054F08-09 0 1. 2. more\nB054F08-09 +1, 2\n");
        let expected = [
            (53, vec![s(10, "-1E0"), s(11, "2E0"), s(12, "0"), s(13, "0")], ""),
            (53, vec![s(10, "1"), s(11, "2")], ""),
            (61, vec![s(9, "-1.5")], ""),
            (61, vec![s(9, "1.5")], ""),
            (61, vec![], ""),
            (54, vec![s(8, "1."), s(9, "2.")], "more"),
            (54, vec![s(8, "+1"), s(9, "2")], ""),
        ];
        let found: Vec<_> = found.iter().map(|f| (f.0, f.1.clone(), f.2.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_field() {
        for text in ["B05F03 x", "B053G03 x", "B053F3 x", "B053F10-9 x", "B053F13-10 x", "B053F03x"]
        {
            assert_eq!(all(text)[0].0, 0, "{text}");
        }
        assert_eq!(all("B052F03 Location:")[0].1, [(3, String::new())]);
        assert_eq!(
            all("B052F22 Start date:  1999,350,02:14:00.0000")[0].1[0].1,
            "1999,350,02:14:00.0000"
        );
    }
}
