//! Alphanumeric SAC files: the header on 30 lines, the data behind it.
//!
//! | lines | format | content |
//! |---|---|---|
//! | 1–14 | `5G15.7` | words 0–69 |
//! | 15–22 | `5I10` | words 70–109 |
//! | 23 | `A8,A16` | KSTNM, KEVNM |
//! | 24–30 | `3A8` | the other texts |
//! | then | `5G15.7` | NPTS values of each section |
//! | then | one a line | the 22 doubles of version 7 |
//!
//! (SAC manual, *SAC Data File Format*, "SAC Alphanumeric Format".)

use super::file::expect_grid;
use super::header::{FOOTER_BYTES, FOOTER_DOUBLES};
use super::variables::NVHDR;
use super::{ByteOrder, Data, Error, Header, Kind, Result, SacFile, Variable, Version};

const FLOAT_LINES: usize = 14;
const INTEGER_LINES: usize = 8;
const TEXT_LINES: usize = 8;
const FLOAT_WIDTH: usize = 15;
const INTEGER_WIDTH: usize = 10;

/// Whether bytes begin with a line of five numbers.
pub(super) fn is_alphanumeric(bytes: &[u8]) -> bool {
    // Five numbers of fifteen columns; more than that without a line end is no such line.
    let head = bytes.get(..160).unwrap_or(bytes);
    head.contains(&b'\n')
        && Lines::new(head)
            .next()
            .is_some_and(|(_, line)| numbers::<f32>(line, FLOAT_WIDTH).is_some())
}

/// Lines with their numbers, from 1.
struct Lines<'a> {
    rest: Option<&'a [u8]>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: Some(bytes), number: 0 }
    }

    fn expect(&mut self, expected: &'static str) -> Result<(usize, &'a [u8])> {
        let line = self.number + 1;
        self.next().ok_or_else(|| Error::Line { line, expected, found: "end of file".to_owned() })
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.filter(|rest| !rest.is_empty())?;
        let (line, behind) = match rest.iter().position(|b| *b == b'\n') {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..)),
            None => (rest, None),
        };
        self.rest = behind;
        self.number += 1;
        Some((self.number, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

fn line_error(line: usize, expected: &'static str, found: &[u8]) -> Error {
    let found = String::from_utf8_lossy(found.get(..80).unwrap_or(found)).into_owned();
    Error::Line { line, expected, found }
}

/// A number that its type holds: what is finite in the file stays so.
trait Number: std::str::FromStr + Copy {
    fn is_infinite(self) -> bool;
}

impl Number for f32 {
    fn is_infinite(self) -> bool {
        self.is_infinite()
    }
}

impl Number for f64 {
    fn is_infinite(self) -> bool {
        self.is_infinite()
    }
}

impl Number for i32 {
    fn is_infinite(self) -> bool {
        false
    }
}

fn number<T: Number>(token: &[u8]) -> Option<T> {
    let value: T = std::str::from_utf8(token).ok()?.parse().ok()?;
    // "inf" is infinite, 1e300 is only too large.
    let overflows = value.is_infinite() && token.iter().any(u8::is_ascii_digit);
    (!overflows).then_some(value)
}

/// Five numbers: separated by spaces, or, if numbers touch, in columns of a width.
fn numbers<T: Number>(line: &[u8], width: usize) -> Option<[T; 5]> {
    fn five<'a, T: Number>(tokens: impl Iterator<Item = &'a [u8]>) -> Option<[T; 5]> {
        let mut values = [None; 5];
        for (at, token) in tokens.enumerate() {
            *values.get_mut(at)? = Some(number(token)?);
        }
        match values {
            [Some(a), Some(b), Some(c), Some(d), Some(e)] => Some([a, b, c, d, e]),
            _ => None,
        }
    }
    five(tokens(line)).or_else(|| five(line.trim_ascii_end().chunks(width).map(<[u8]>::trim_ascii)))
}

fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|token| !token.is_empty())
}

/// As much of the start of a file as surely holds its header.
pub(super) const HEAD_BYTES: u64 = 1 << 16;

/// Longer than any number is written, with the blanks around it.
const NUMBER_BYTES: u64 = 64;

/// How long a file with this start may be at most, by its NPTS: a source may never end.
pub(super) fn most_bytes(head: &[u8]) -> u64 {
    // NPTS is the last of the second line of integers.
    let line = Lines::new(head).nth(FLOAT_LINES + 1);
    let integers = line.and_then(|(_, line)| numbers::<i32>(line, INTEGER_WIDTH));
    let [.., npts] = integers.unwrap_or_default();
    HEAD_BYTES + 2 * NUMBER_BYTES * u64::try_from(npts).unwrap_or(0)
}

/// Reads an alphanumeric file.
pub(super) fn parse(bytes: &[u8]) -> Result<SacFile> {
    let mut lines = Lines::new(bytes);
    let mut header = Header::new();
    for row in 0..FLOAT_LINES {
        let expected = "five numbers of the header, of 32 bits (up to 3.4e38)";
        let (at, line) = lines.expect(expected)?;
        let values =
            numbers::<f32>(line, FLOAT_WIDTH).ok_or_else(|| line_error(at, expected, line))?;
        for (column, value) in values.into_iter().enumerate() {
            header.put_word(row * 5 + column, value.to_bits());
        }
    }
    for row in 0..INTEGER_LINES {
        let expected = "five integers of the header";
        let (at, line) = lines.expect(expected)?;
        let values =
            numbers::<i32>(line, INTEGER_WIDTH).ok_or_else(|| line_error(at, expected, line))?;
        for (column, value) in values.into_iter().enumerate() {
            header.put_word(70 + row * 5 + column, value as u32);
        }
    }
    for row in 0..TEXT_LINES {
        let expected = "24 characters of header texts";
        let (at, line) = lines.expect(expected)?;
        let text = line.get(..24).unwrap_or(line);
        if !line.get(24..).unwrap_or_default().trim_ascii().is_empty() {
            return Err(line_error(at, expected, line));
        }
        header.put_text_line(row, text);
    }
    let version = match header.raw_integer(&NVHDR) {
        6 => Version::V6,
        7 => Version::V7,
        found => return Err(Error::Version { found }),
    };
    header.set_version(version);

    let points = header.points()?;
    let two = header.sections()? == 2;
    let mut values = Values { lines, line: (0, &[]) };
    let first = values.take(points)?;
    let second = if two { Some(values.take(points)?) } else { None };
    if version == Version::V7 {
        let mut footer = Vec::with_capacity(FOOTER_BYTES);
        for _ in 0..FOOTER_DOUBLES {
            let double: f64 = values.next("a double of the footer")?;
            footer.extend_from_slice(&double.to_le_bytes());
        }
        header.read_footer(&footer, ByteOrder::Little);
    }
    values.finish()?;
    expect_grid(&header)?;
    let data = Data::from_sections(&header, first, second)?;
    Ok(SacFile { header, data, byte_order: ByteOrder::default() })
}

/// The numbers behind the header, one after the other.
struct Values<'a> {
    lines: Lines<'a>,
    line: (usize, &'a [u8]),
}

impl Values<'_> {
    fn next<T: Number>(&mut self, expected: &'static str) -> Result<T> {
        loop {
            let rest = self.line.1.trim_ascii_start();
            if rest.is_empty() {
                self.line = self.lines.expect(expected)?;
                continue;
            }
            let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
            let (token, behind) = rest.split_at(end);
            self.line.1 = behind;
            return number(token).ok_or_else(|| line_error(self.line.0, expected, token));
        }
    }

    fn take(&mut self, points: usize) -> Result<Vec<f32>> {
        // No allocation by claim: the vector grows with the numbers that are there.
        let mut values = Vec::new();
        for _ in 0..points {
            values
                .push(self.next("a value, of 32 bits (up to 3.4e38); npts says that more follow")?);
        }
        Ok(values)
    }

    /// Nothing but white space may follow.
    fn finish(mut self) -> Result<()> {
        let expected = "the end of the file; npts says that all values have been read";
        loop {
            if !self.line.1.trim_ascii().is_empty() {
                return Err(line_error(self.line.0, expected, self.line.1));
            }
            match self.lines.next() {
                Some(line) => self.line = line,
                None => return Ok(()),
            }
        }
    }
}

/// Formats an alphanumeric file.
pub(super) fn format(file: &SacFile) -> Result<Vec<u8>> {
    file.expect_consistent()?;
    let header = &file.header;
    let mut out = Vec::new();
    let (floats, integers) = header.split_numbers();
    floats_in_lines(&mut out, floats.iter().map(|bits| f32::from_bits(*bits)));
    for (row, line) in integers.chunks(5).enumerate() {
        for (column, value) in line.iter().enumerate() {
            let text = (*value as i32).to_string();
            if text.len() > INTEGER_WIDTH {
                let word = 70 + row * 5 + column;
                let variable = Variable::all().iter().find(|v| v.word == word);
                return Err(Error::Invalid {
                    variable: variable.map_or("", |v| v.name),
                    found: text,
                    expected: "at most ten characters in an alphanumeric file",
                });
            }
            out.extend_from_slice(format!("{text:>INTEGER_WIDTH$}").as_bytes());
        }
        out.push(b'\n');
    }
    for variable in Variable::all().iter().filter(|v| v.kind == Kind::Text) {
        let bytes = header.text_bytes(variable);
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let content = bytes.get(..end).unwrap_or_default();
        if !content.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            return Err(Error::Text {
                variable: variable.name,
                text: String::from_utf8_lossy(content).into_owned(),
                max: bytes.len(),
            });
        }
        out.extend_from_slice(content);
        out.resize(out.len() + bytes.len() - content.len(), b' ');
        // Three fields of eight make a line.
        if variable.text_range().end % 24 == 0 {
            out.push(b'\n');
        }
    }
    let (first, second) = file.data.sections();
    floats_in_lines(&mut out, first.iter().copied());
    floats_in_lines(&mut out, second.unwrap_or_default().iter().copied());
    for double in header.footer_doubles() {
        out.extend_from_slice(general(double, 17, false).as_bytes());
        out.push(b'\n');
    }
    Ok(out)
}

/// Five floats a line.
fn floats_in_lines(out: &mut Vec<u8>, floats: impl Iterator<Item = f32>) {
    let mut column = 0;
    for float in floats {
        let text = general(f64::from(float), 7, true);
        out.extend_from_slice(format!("{text:>FLOAT_WIDTH$}").as_bytes());
        column = (column + 1) % 5;
        if column == 0 {
            out.push(b'\n');
        }
    }
    if column != 0 {
        out.push(b'\n');
    }
}

/// A number as C's `%.<digits>g` prints it, with `alternate` as `%#.<digits>g`, which keeps zeros
/// at the end and the decimal point (ISO C 7.21.6.1).
fn general(value: f64, digits: usize, alternate: bool) -> String {
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trim = |text: &str| match text.contains('.') && !alternate {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let precision = usize::try_from(digits as i64 - 1 - i64::from(exponent));
    match precision {
        Ok(precision) if exponent >= -4 => {
            let fixed = trim(&format!("{value:.precision$}"));
            if alternate && precision == 0 { format!("{fixed}.") } else { fixed }
        }
        _ => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{}e{sign}{:02}", trim(mantissa), exponent.unsigned_abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_c_does() {
        // By glibc's printf, "%#.7g" and "%.17g".
        for (value, alternate, plain) in [
            (0.0, "0.000000", "0"),
            (-0.0, "-0.000000", "-0"),
            (1.0, "1.000000", "1"),
            (-12345.0, "-12345.00", "-12345"),
            (0.01, "0.01000000", "0.01"),
            (1234567.0, "1234567.", "1234567"),
            (9_999_999.6, "1.000000e+07", "9999999.5999999996"),
            (0.0001, "0.0001000000", "0.0001"),
            (0.00001, "1.000000e-05", "1.0000000000000001e-05"),
            (-8.742_277_660_147_67e-8, "-8.742278e-08", "-8.7422776601476702e-08"),
            (1e300, "1.000000e+300", "1.0000000000000001e+300"),
            (123_456_789.0, "1.234568e+08", "123456789"),
            (f64::INFINITY, "inf", "inf"),
            (f64::NEG_INFINITY, "-inf", "-inf"),
        ] {
            assert_eq!(general(value, 7, true), alternate);
            assert_eq!(general(value, 17, false), plain);
        }
        assert_eq!(general(f64::NAN, 7, true), "nan");
    }

    #[test]
    fn touching_columns_are_told_apart() {
        let line = b"         02147483647         0-123456789         7";
        assert_eq!(numbers::<i32>(line, 10), Some([0, 2_147_483_647, 0, -123_456_789, 7]));
        assert_eq!(numbers::<i32>(b"1 2 3 4 5 \t", 10), Some([1, 2, 3, 4, 5]));
        assert_eq!(numbers::<i32>(b"1 2 3 4", 10), None);
        assert_eq!(numbers::<i32>(b"1 2 3 4 5 6", 10), None);
        assert_eq!(numbers::<i32>(b"", 10), None);
    }
}
