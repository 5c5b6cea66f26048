//! Fields of blockettes, as they stand in a file.

use std::borrow::Cow;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct At {
    /// Byte in the file.
    pub(crate) offset: usize,
    /// Line, from 1; 0 in a volume.
    pub(crate) line: u32,
    /// Byte in the line, from 1; 0 in a volume.
    pub(crate) column: u32,
}

/// A field, without blanks around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) number: u8,
    pub(crate) text: &'a [u8],
    pub(crate) at: At,
}

/// A blockette with its fields in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Blockette<'a> {
    pub(crate) kind: u16,
    pub(crate) at: At,
    pub(crate) fields: Vec<Field<'a>>,
}

impl<'a> Blockette<'a> {
    /// The first field of that number.
    pub(crate) fn field(&self, number: u8) -> Option<&Field<'a>> {
        self.fields.iter().find(|f| f.number == number)
    }

    /// The text of a field; empty if there is none.
    pub(crate) fn text(&self, number: u8) -> &'a [u8] {
        self.field(number).map(|f| f.text).unwrap_or_default()
    }

    /// The rows of a list of `N` fields that begins with field `first`.
    pub(crate) fn rows<const N: usize>(
        &self,
        first: u8,
    ) -> impl Iterator<Item = [Option<&Field<'a>>; N]> {
        let mut fields = self
            .fields
            .iter()
            .filter(move |f| f.number >= first && usize::from(f.number - first) < N)
            .peekable();
        std::iter::from_fn(move || {
            let mut row = [None; N];
            let begun = fields.next()?;
            let mut last = usize::from(begun.number - first);
            if let Some(cell) = row.get_mut(last) {
                *cell = Some(begun);
            }
            while let Some(next) = fields.peek() {
                let column = usize::from(next.number - first);
                if column <= last {
                    break;
                }
                last = column;
                if let Some(cell) = row.get_mut(column) {
                    *cell = fields.next();
                }
            }
            Some(row)
        })
    }
}

/// A finite number. An exponent may be marked by a `D`, as Fortran does.
pub(crate) fn number(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let plain = if text.contains(['D', 'd']) {
        Cow::Owned(text.replace(['D', 'd'], "E"))
    } else {
        Cow::Borrowed(text)
    };
    plain.parse().ok().filter(|x: &f64| x.is_finite())
}

/// A number that is not negative, also as `3.0`.
pub(crate) fn count(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    text.parse().ok().or_else(|| {
        let x: f64 = text.parse().ok()?;
        (x.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&x)).then_some(x as u32)
    })
}

/// Text as it stands: UTF-8, or else Latin-1; SEED itself allows ASCII only.
pub(crate) fn string(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.iter().map(|b| char::from(*b)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, value) in [
            ("1", Some(1.0)),
            ("+1.5E-03", Some(0.0015)),
            (" 2.000E+01", Some(20.0)),
            ("1.5D3", Some(1500.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("", None),
            ("1.5 E3", None),
            ("nan", None),
            ("inf", None),
            ("1e999", None),
            ("d", None),
        ] {
            assert_eq!(number(text.as_bytes()), value, "{text:?}");
        }
        assert_eq!(count(b" 3"), Some(3));
        assert_eq!(count(b"3.0"), Some(3));
        assert_eq!(count(b"-1"), None);
        assert_eq!(count(b"1e10"), None);
        assert_eq!(count(b"99999999999"), None);
        assert_eq!(string(b"M\xfcnchen"), "München");
    }

    #[test]
    fn rows_with_and_without_what_is_optional() {
        let field = |number, text| Field { number, text, at: At::default() };
        let blockette = Blockette {
            kind: 53,
            at: At::default(),
            fields: vec![
                field(9, b"2"),
                field(10, b"a"),
                field(11, b"b"),
                field(12, b"c"),
                field(13, b"d"),
                field(10, b"e"),
                field(11, b"f"),
                field(14, b"0"),
            ],
        };
        let rows: Vec<[Option<&[u8]>; 4]> =
            blockette.rows::<4>(10).map(|row| row.map(|f| f.map(|f| f.text))).collect();
        assert_eq!(
            rows,
            [
                [Some(&b"a"[..]), Some(b"b"), Some(b"c"), Some(b"d")],
                [Some(&b"e"[..]), Some(b"f"), None, None]
            ]
        );
        assert_eq!(blockette.rows::<4>(15).count(), 0);
        assert_eq!(blockette.text(14), b"0");
        assert_eq!(blockette.text(15), b"");
    }
}
