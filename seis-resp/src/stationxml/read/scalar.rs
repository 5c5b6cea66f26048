//! Texts, numbers, times.

use seis_core::UtcTime;

use super::Parser;
use super::tag::Tag;
use crate::stationxml::time;
use crate::{Consequence, Measured, MeasuredDetails, ProblemKind, Result, Term, Uncertainty};

/// The unit in which a field stands, and the spellings of it that are met.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Degrees,
    Metres,
    Hertz,
    Seconds,
    SamplesPerSecond,
    SecondsPerSample,
}

impl Unit {
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Degrees => &["DEGREES", "DEGREE", "DEG"],
            Self::Metres => &["METERS", "METER", "METRES", "METRE", "M"],
            Self::Hertz => &["HERTZ", "HZ"],
            Self::Seconds => &["SECONDS", "SECOND", "SEC", "S"],
            Self::SamplesPerSecond => {
                &["SAMPLES/S", "SAMPLES/SEC", "SAMPLES/SECOND", "SPS", "HERTZ", "HZ"]
            }
            Self::SecondsPerSample => &["SECONDS/SAMPLE", "SECOND/SAMPLE", "S/SAMPLE"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Degrees => "the unit DEGREES",
            Self::Metres => "the unit METERS",
            Self::Hertz => "the unit HERTZ",
            Self::Seconds => "the unit SECONDS",
            Self::SamplesPerSecond => "the unit SAMPLES/S",
            Self::SecondsPerSample => "the unit SECONDS/SAMPLE",
        }
    }

    fn is(self, text: &str) -> bool {
        self.spellings().iter().any(|s| s.eq_ignore_ascii_case(text))
    }
}

/// An `f64` from text: what Rust reads, with blanks around it, if it is finite.
///
/// Beyond `xs:double` that takes a sign in front and a point at either end; `INF` and `NaN`,
/// which `xs:double` knows, are no values of any instrument.
pub(super) fn finite(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    if let Some(number) = plain_decimal(text) {
        return Some(number);
    }
    let text = std::str::from_utf8(text).ok()?;
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

/// Powers of ten that an `f64` holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A decimal number whose digits and power of ten an `f64` holds exactly, so that one rounding
/// gives the nearest `f64` (W. D. Clinger, *How to read floating point numbers accurately*, 1990).
/// `None` for all others, whatever they are.
#[inline]
fn plain_decimal(text: &[u8]) -> Option<f64> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mut digits, mut count, mut decimals, mut point) = (0_u64, 0_u32, 0_i32, false);
    let mut bytes = unsigned.iter();
    let mut exponent = 0_i32;
    while let Some(byte) = bytes.next() {
        match byte {
            b'0'..=b'9' => {
                digits = digits.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                count += 1;
                decimals += i32::from(point);
            }
            b'.' if !point => point = true,
            b'e' | b'E' => {
                exponent = small_exponent(bytes.as_slice())?;
                break;
            }
            _ => return None,
        }
    }
    // With 19 digits nothing has wrapped around.
    if count == 0 || count > 19 || digits > 1 << 53 {
        return None;
    }
    let power = exponent - decimals;
    let scale = *EXACT_POWERS.get(power.unsigned_abs() as usize)?;
    let magnitude = if power < 0 { digits as f64 / scale } else { digits as f64 * scale };
    Some(if negative { -magnitude } else { magnitude })
}

/// A sign and one to three digits.
fn small_exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0, |n, digit| n * 10 + i32::from(digit - b'0'));
    Some(if negative { -value } else { value })
}

/// A whole number, also in the form `3.0`.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    text.parse().ok().or_else(|| {
        let x: f64 = text.parse().ok()?;
        (x.fract() == 0.0 && x.abs() <= 9e15).then_some(x as i64)
    })
}

impl<'a> Parser<'a> {
    /// Text that ought to be UTF-8, without blanks around it.
    pub(super) fn decoded(&mut self, bytes: &[u8]) -> Result<String> {
        match std::str::from_utf8(bytes.trim_ascii()) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => {
                self.problem(
                    ProblemKind::Text,
                    bytes,
                    "text in the encoding of the document",
                    Consequence::Kept,
                )?;
                Ok(String::from_utf8_lossy(bytes.trim_ascii()).into_owned())
            }
        }
    }

    /// The text of the innermost open element, without blanks around it.
    pub(super) fn string(&mut self) -> Result<String> {
        let text = self.text()?;
        self.decoded(&text)
    }

    /// As [`string`](Self::string); an empty one is none.
    pub(super) fn some_string(&mut self) -> Result<Option<String>> {
        Ok(Some(self.string()?).filter(|s| !s.is_empty()))
    }

    /// The value of an attribute, with references resolved.
    pub(super) fn attribute(&mut self, raw: &[u8]) -> Result<String> {
        let text = self.decoded(raw)?;
        if !text.contains('&') {
            return Ok(text);
        }
        match quick_xml::escape::unescape(&text) {
            Ok(resolved) => Ok(resolved.trim_ascii().to_owned()),
            Err(_) => {
                self.problem(
                    ProblemKind::Text,
                    raw,
                    "one of XML's own five entities",
                    Consequence::Kept,
                )?;
                Ok(text)
            }
        }
    }

    /// A finite number that is the text of the innermost open element.
    #[inline]
    pub(super) fn number(&mut self, otherwise: Consequence) -> Result<Option<f64>> {
        let text = self.text()?;
        match finite(&text) {
            Some(number) => Ok(Some(number)),
            None => {
                self.problem(ProblemKind::Number, &text, "a finite number", otherwise)?;
                Ok(None)
            }
        }
    }

    /// A whole number that is the text of the innermost open element.
    pub(super) fn integer(&mut self, otherwise: Consequence) -> Result<Option<i64>> {
        let text = self.text()?;
        match integer(&text) {
            Some(number) => Ok(Some(number)),
            None => {
                self.problem(ProblemKind::Number, &text, "a whole number", otherwise)?;
                Ok(None)
            }
        }
    }

    /// As [`integer`](Self::integer), not negative.
    pub(super) fn count<T: TryFrom<i64>>(&mut self, otherwise: Consequence) -> Result<Option<T>> {
        let text = self.text()?;
        match integer(&text).and_then(|n| T::try_from(n).ok()) {
            Some(number) => Ok(Some(number)),
            None => {
                let expected = "a whole number, not negative";
                self.problem(ProblemKind::Number, &text, expected, otherwise)?;
                Ok(None)
            }
        }
    }

    /// As [`count`](Self::count), of an attribute.
    pub(super) fn count_attribute<T: TryFrom<i64>>(
        &mut self,
        raw: &[u8],
        otherwise: Consequence,
    ) -> Result<Option<T>> {
        match integer(raw).and_then(|n| T::try_from(n).ok()) {
            Some(number) => Ok(Some(number)),
            None => {
                let expected = "a whole number, not negative";
                self.problem(ProblemKind::Number, raw, expected, otherwise)?;
                Ok(None)
            }
        }
    }

    /// A time that is the text of the innermost open element.
    pub(super) fn time(&mut self) -> Result<Option<UtcTime>> {
        let text = self.text()?;
        let text = text.trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        self.time_of(text)
    }

    /// A time in an attribute that is not an epoch's.
    pub(super) fn time_of(&mut self, text: &[u8]) -> Result<Option<UtcTime>> {
        let parsed = time::parse(text.trim_ascii());
        if parsed.is_none() {
            let expected = "a time such as 2022-01-02T03:04:05Z";
            self.problem(ProblemKind::Time, text, expected, Consequence::LeftOut)?;
        }
        Ok(parsed)
    }

    /// A coordinate or the like.
    pub(super) fn measured(&mut self, tag: Tag<'a>, unit: Unit) -> Result<Option<Measured>> {
        let details = if tag.is_bare() { None } else { self.details(tag, unit)? };
        let value = self.number(Consequence::LeftOut)?;
        Ok(value.map(|value| Measured { value, details }))
    }

    fn details(&mut self, tag: Tag<'a>, field: Unit) -> Result<Option<Box<MeasuredDetails>>> {
        let mut details = MeasuredDetails::default();
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"unit" => {
                    let text = self.attribute(value)?;
                    if !text.is_empty() && !field.is(&text) {
                        self.problem(ProblemKind::Unit, value, field.name(), Consequence::Kept)?;
                        details.unit = Some(text);
                    }
                }
                b"datum" if value != b"WGS84" => details.datum = Some(self.attribute(value)?),
                b"plusError" => details.plus_error = self.error_bound(value)?,
                b"minusError" => details.minus_error = self.error_bound(value)?,
                b"measurementMethod" => details.method = Some(self.attribute(value)?),
                _ => {}
            }
        }
        Ok((details != MeasuredDetails::default()).then(|| Box::new(details)))
    }

    /// A number of a response, which cannot be done without.
    #[inline]
    pub(super) fn term(
        &mut self,
        tag: Tag<'a>,
        field: Option<Unit>,
        of: Term,
    ) -> Result<Option<f64>> {
        if !tag.is_bare() {
            self.uncertainty(tag, field, of)?;
        }
        self.number(Consequence::ResponseBroken)
    }

    #[cold]
    fn uncertainty(&mut self, tag: Tag<'a>, field: Option<Unit>, of: Term) -> Result<()> {
        let mut found = Uncertainty { of, plus: None, minus: None, method: None, unit: None };
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"plusError" => found.plus = self.error_bound(value)?,
                b"minusError" => found.minus = self.error_bound(value)?,
                b"measurementMethod" => found.method = Some(self.attribute(value)?),
                b"unit" if !value.is_empty() => {
                    let text = self.attribute(value)?;
                    match field {
                        Some(unit) if unit.is(&text) => {}
                        Some(unit) => self.problem(
                            ProblemKind::Unit,
                            value,
                            unit.name(),
                            Consequence::ResponseBroken,
                        )?,
                        None if matches!(of, Term::ListAmplitude(_)) => found.unit = Some(text),
                        None => {}
                    }
                }
                _ => {}
            }
        }
        let Uncertainty { of: _, plus, minus, method, unit } = &found;
        if plus.is_some() || minus.is_some() || method.is_some() || unit.is_some() {
            self.uncertainties.push(found);
        }
        Ok(())
    }

    fn error_bound(&mut self, raw: &[u8]) -> Result<Option<f64>> {
        let number = finite(raw);
        if number.is_none() {
            self.problem(ProblemKind::Number, raw, "a finite number", Consequence::LeftOut)?;
        }
        Ok(number)
    }

    /// The attribute, or the error of malformed ones.
    pub(super) fn well_formed<T>(
        &mut self,
        attribute: Result<T, super::attributes::Malformed>,
    ) -> Result<T> {
        attribute.map_err(|_| self.xml_error(self.cursor.at, "malformed attributes"))
    }

    /// Puts a value where there may be only one; the first one stays.
    pub(super) fn once<T>(
        &mut self,
        slot: &mut Option<T>,
        value: Option<T>,
        tag: Tag<'a>,
        otherwise: Consequence,
        what: &'static str,
    ) -> Result<()> {
        match value {
            Some(_) if slot.is_some() => {
                self.problem_at(tag, ProblemKind::Repeated, b"", what, otherwise)
            }
            Some(value) => {
                *slot = Some(value);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, value) in [
            ("1", 1.0),
            (" +1.5\n", 1.5),
            ("1.", 1.0),
            (".5", 0.5),
            ("-.03859", -0.03859),
            ("5.0E-5", 5e-5),
            ("1e400000000000000000000000000000000000000000000000000", f64::NAN),
            ("1e-400", 0.0),
            ("8.57196e+17", 8.57196e17),
        ] {
            let parsed = finite(text.as_bytes());
            assert_eq!(parsed, Some(value).filter(|v| v.is_finite()), "{text}");
        }
        for text in
            ["", "INF", "NaN", "inf", "-infinity", "1,5", "1 2", "0x10", "1_000", "1d5", "\u{661}"]
        {
            assert_eq!(finite(text.as_bytes()), None, "{text}");
        }
        assert_eq!(finite(b"\xff"), None);
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_gives_the_nearest_number(text in "[+-]?[0-9]{0,20}\\.?[0-9]{0,12}([eE][+-]?[0-9]{1,4})?") {
            let expected = text.parse::<f64>().ok();
            let found = plain_decimal(text.as_bytes());
            proptest::prop_assert!(found.is_none() || found.map(f64::to_bits) == expected.map(f64::to_bits));
            let finite = expected.filter(|x| x.is_finite());
            proptest::prop_assert_eq!(super::finite(text.as_bytes()), finite);
        }

        #[test]
        fn no_text_is_a_number_for_one_and_none_for_the_other(text in "[0-9.eE+ -]{0,10}") {
            proptest::prop_assert_eq!(finite(text.as_bytes()), text.trim().parse().ok().filter(|x: &f64| x.is_finite()));
        }
    }

    #[test]
    fn whole_numbers() {
        for (text, value) in
            [("3", Some(3)), ("3.0", Some(3)), ("-2", Some(-2)), ("1e3", Some(1000))]
        {
            assert_eq!(integer(text.as_bytes()), value, "{text}");
        }
        for text in ["", "3.5", "1e300", "x", "NaN"] {
            assert_eq!(integer(text.as_bytes()), None, "{text}");
        }
    }
}
