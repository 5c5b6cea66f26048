//! The parser of unit texts.

use std::fmt;
use std::str::FromStr;

use super::dimension::{Base, Dimension};
use super::quantity::Quantity;
use super::symbols::{LookupError, lookup};

/// A unit that was understood.
///
/// ```
/// use seis_resp::units::{Quantity, Unit};
/// for text in ["NM/SEC**2", "nm/s²", "nm/s/s", "NM/(S**2)", "nanometers per second^2"] {
///     let unit = Unit::parse(text)?;
///     assert_eq!((unit.quantity, unit.scale_to_si), (Quantity::Acceleration, 1e-9), "{text}");
/// }
/// # Ok::<(), seis_resp::units::UnknownUnit>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// What it measures.
    pub quantity: Quantity,
    /// How many SI units it is: 1e-9 for nm/s.
    pub scale_to_si: f64,
    dimension: Dimension,
}

/// A text that is no known unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("unit {text:?} is not understood: {reason}")]
pub struct UnknownUnit {
    /// The text as given; long ones are cut.
    pub text: String,
    /// What was not understood.
    pub reason: String,
}

/// Units are short; more than this is prose.
const MAX_LEN: usize = 64;
/// Brackets in brackets occur in no unit of the field.
const MAX_DEPTH: usize = 4;

impl Unit {
    /// Reads a unit; see the [module](crate::units) for the rules.
    ///
    /// A description after ` - `, as RESP files have it, is left out: `M/S - Velocity` is `M/S`.
    ///
    /// # Errors
    /// [`UnknownUnit`] when a part of the text is no known symbol, is ambiguous, or misplaced.
    pub fn parse(text: &str) -> Result<Self, UnknownUnit> {
        let unknown =
            |reason: String| UnknownUnit { text: text.chars().take(MAX_LEN).collect(), reason };
        let name = text.split(" - ").next().unwrap_or(text).trim();
        // A description may be empty: `COUNTS -`.
        let name = name.strip_suffix(" -").unwrap_or(name).trim_end();
        if name.is_empty() {
            return Err(unknown("it is empty".into()));
        }
        if name.len() > MAX_LEN {
            return Err(unknown(format!("it is longer than {MAX_LEN} bytes")));
        }
        // "Not applicable", and not newtons per ampere.
        if name.eq_ignore_ascii_case("n/a") {
            return Err(unknown("it says that there is none".into()));
        }
        let name = if name.eq_ignore_ascii_case("digital counts") { "counts" } else { name };
        let mut parser = Parser { rest: name };
        let product = parser.product(0).map_err(unknown)?;
        if !parser.rest.is_empty() {
            return Err(unknown(format!("{:?} is too much", parser.rest)));
        }
        Ok(Self {
            quantity: Quantity::of(product.dimension, product.of_lengths || is_strain(name)),
            scale_to_si: product.scale(),
            dimension: product.dimension,
        })
    }

    /// Whether both measure the same in the same steps: `V` and `volts`, but not `V` and `mV`.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.measures_the_same_as(other)
            && (self.scale_to_si / other.scale_to_si - 1.0).abs() < 1e-12
    }

    /// Whether both measure the same quantity, in whatever steps: `Pa` and `mbar`.
    #[must_use]
    pub fn measures_the_same_as(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.quantity == other.quantity
    }

    /// How many of this unit one SI unit is: the inverse of
    /// [`scale_to_si`](Self::scale_to_si), exact where it is a whole number.
    #[must_use]
    pub fn per_si(&self) -> f64 {
        let inverse = 1.0 / self.scale_to_si;
        let whole = inverse.round();
        if (whole / inverse - 1.0).abs() < 4.0 * f64::EPSILON { whole } else { inverse }
    }
}

impl FromStr for Unit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        Self::parse(text)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale_to_si == 1.0 {
            write!(f, "{} in SI units", self.quantity)
        } else {
            write!(f, "{} in {:e} SI units", self.quantity, self.scale_to_si)
        }
    }
}

fn is_strain(name: &str) -> bool {
    name.eq_ignore_ascii_case("strain")
}

/// What has been read so far, as `factor · 10^exponent · dimension`.
#[derive(Clone, Copy)]
struct Product {
    factor: f64,
    exponent: i32,
    dimension: Dimension,
    /// Whether lengths occurred.
    of_lengths: bool,
}

impl Product {
    const ONE: Self =
        Self { factor: 1.0, exponent: 0, dimension: Dimension::NONE, of_lengths: false };

    fn times(self, other: Self, power: i8) -> Result<Self, String> {
        let too_large = || "an exponent is too large".to_owned();
        Ok(Self {
            factor: self.factor * other.factor.powi(i32::from(power)),
            exponent: self.exponent + other.exponent * i32::from(power),
            dimension: self.dimension.times(other.dimension, power).ok_or_else(too_large)?,
            of_lengths: self.of_lengths || other.of_lengths,
        })
    }

    /// One rounding only: powers of ten up to 22 are exact.
    fn scale(self) -> f64 {
        let power = 10_f64.powi(self.exponent.abs());
        if self.exponent < 0 { self.factor / power } else { self.factor * power }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// factor { operator factor }, up to the end or a closing bracket.
    fn product(&mut self, depth: usize) -> Result<Product, String> {
        let mut product = self.factor(depth)?;
        loop {
            self.skip_spaces();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                return Ok(product);
            }
            let power = if self.take("/") || self.take_word("per") {
                -1
            } else {
                // A product sign, or nothing: `m s^-2`.
                let _ = ["*", "·", "⋅", "."].iter().any(|sign| self.take(sign));
                1
            };
            let factor = self.factor(depth)?;
            product = product.times(factor, power)?;
        }
    }

    fn factor(&mut self, depth: usize) -> Result<Product, String> {
        self.skip_spaces();
        let base = if self.take("(") {
            if depth == MAX_DEPTH {
                return Err("too many brackets".into());
            }
            let inner = self.product(depth + 1)?;
            if !self.take(")") {
                return Err("a bracket is not closed".into());
            }
            inner
        } else if self.take("1") {
            Product::ONE
        } else {
            let word = self.word();
            if word.is_empty() {
                return Err(match self.rest.chars().next() {
                    Some(found) => format!("{found:?} is misplaced"),
                    None => "a unit is missing at the end".into(),
                });
            }
            let symbol = lookup(word).map_err(|e| match e {
                LookupError::Unknown => format!("{word:?} is no known unit"),
                LookupError::Ambiguous => {
                    format!("{word:?} could mean milli or mega: write it as SI does")
                }
            })?;
            Product {
                factor: symbol.factor,
                exponent: i32::from(symbol.exponent),
                dimension: symbol.dimension,
                of_lengths: symbol.dimension == Dimension::of(&[(Base::Metre, 1)]),
            }
        };
        let power = self.power()?;
        Product::ONE.times(base, power)
    }

    /// `**2`, `^2`, `²`, `2`, `-2`, with a sign and perhaps in brackets; 1 if there is none.
    fn power(&mut self) -> Result<i8, String> {
        if let Some(power) = self.superscript() {
            return Ok(power);
        }
        let marked = self.take("**") || self.take("^");
        let bracket = marked && self.take("(");
        // `s-1` without a sign of exponentiation, as UDUNITS writes it.
        let mut following = self.rest.bytes();
        let is_signed = following.next() == Some(b'-')
            && following.next().is_some_and(|digit| digit.is_ascii_digit());
        let negative = (marked || is_signed) && self.take("-");
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        if number.is_empty() {
            return if marked { Err("an exponent is missing".into()) } else { Ok(1) };
        }
        self.rest = rest;
        if bracket && !self.take(")") {
            return Err("a bracket is not closed".into());
        }
        match number.parse::<i8>() {
            Ok(power @ 1..=9) => Ok(if negative { -power } else { power }),
            _ => Err(format!("{number:?} is no exponent of a unit")),
        }
    }

    fn superscript(&mut self) -> Option<i8> {
        let negative = self.rest.starts_with('⁻');
        let digits = self.rest.strip_prefix('⁻').unwrap_or(self.rest);
        let power = match digits.chars().next()? {
            '¹' => 1,
            '²' => 2,
            '³' => 3,
            _ => return None,
        };
        self.rest = digits.get(digits.chars().next()?.len_utf8()..)?;
        Some(if negative { -power } else { power })
    }

    fn word(&mut self) -> &'a str {
        let belongs = |c: char| c.is_alphabetic() || matches!(c, 'µ' | '°' | '%' | '_');
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a sign, but never half of `**`.
    fn take(&mut self, sign: &str) -> bool {
        if sign == "*" && self.rest.starts_with("**") {
            return false;
        }
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let (Some(head), Some(rest)) = (self.rest.get(..word.len()), self.rest.get(word.len()..))
        else {
            return false;
        };
        if head.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace) {
            self.rest = rest;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, quantity: Quantity, scale: f64) {
        let unit = Unit::parse(text).unwrap();
        assert_eq!((unit.quantity, unit.scale_to_si), (quantity, scale), "{text}");
    }

    /// The table of ObsPy 1.5.1 (`Response._call_eval_resp_for_frequencies`), with the scales that
    /// its spelling-by-spelling list of factors misses.
    #[test]
    fn every_unit_of_obspy_is_understood() {
        for (prefix, scale) in [("", 1.0), ("N", 1e-9), ("C", 1e-2), ("M", 1e-3)] {
            check(&format!("{prefix}M"), Quantity::Displacement, scale);
            for per_second in ["M/S", "M/SEC"] {
                check(&format!("{prefix}{per_second}"), Quantity::Velocity, scale);
            }
            for per_second in ["M/S**2", "M/(S**2)", "M/SEC**2", "M/(SEC**2)", "M/S/S"] {
                check(&format!("{prefix}{per_second}"), Quantity::Acceleration, scale);
            }
        }
        check("M/M", Quantity::Strain, 1.0);
        check("M**3/M**3", Quantity::Strain, 1.0);
        check("V", Quantity::Voltage, 1.0);
        check("VOLTS", Quantity::Voltage, 1.0);
        check("V/M", Quantity::ElectricField, 1.0);
        check("COUNT", Quantity::Counts, 1.0);
        check("COUNTS", Quantity::Counts, 1.0);
        check("Digital Counts", Quantity::Counts, 1.0);
        check("T", Quantity::MagneticFluxDensity, 1.0);
        check("PA", Quantity::Pressure, 1.0);
        check("PASCALS", Quantity::Pressure, 1.0);
        check("MBAR", Quantity::Pressure, 100.0);
    }

    #[test]
    fn spellings_of_the_field() {
        check("m/s", Quantity::Velocity, 1.0);
        check("meters/second", Quantity::Velocity, 1.0);
        check("Meters Per Second", Quantity::Velocity, 1.0);
        check("METERS PER SECOND", Quantity::Velocity, 1.0);
        check("m s^-2", Quantity::Acceleration, 1.0);
        check("m·s⁻²", Quantity::Acceleration, 1.0);
        check("m*s**-2", Quantity::Acceleration, 1.0);
        check("m*s**(-2)", Quantity::Acceleration, 1.0);
        check("cm s-2", Quantity::Acceleration, 1e-2);
        check("M -", Quantity::Displacement, 1.0);
        check("nm.s-1", Quantity::Velocity, 1e-9);
        check("m/s2", Quantity::Acceleration, 1.0);
        check("(m/s)/s", Quantity::Acceleration, 1.0);
        check("m/(s*s)", Quantity::Acceleration, 1.0);
        check("µm/s", Quantity::Velocity, 1e-6);
        check("UM/S", Quantity::Velocity, 1e-6);
        check("mGal", Quantity::Acceleration, 1e-5);
        check("MGAL", Quantity::Acceleration, 1e-5);
        check("nanometres", Quantity::Displacement, 1e-9);
        check("MM/HOUR", Quantity::Velocity, 1e-3 / 3600.0);
        check("RAD/S", Quantity::RotationRate, 1.0);
        check("nrad", Quantity::Rotation, 1e-9);
        check("kPa", Quantity::Pressure, 1e3);
        check("HPA", Quantity::Pressure, 100.0);
        check("MPa", Quantity::Pressure, 1e6);
        check("mPa", Quantity::Pressure, 1e-3);
        check("mV", Quantity::Voltage, 1e-3);
        check("nT", Quantity::MagneticFluxDensity, 1e-9);
        check("nT/s", Quantity::MagneticFluxDensityRate, 1e-9);
        check("C", Quantity::Temperature, 1.0);
        check("degC", Quantity::Temperature, 1.0);
        check("W/M**2", Quantity::Irradiance, 1.0);
        check("%", Quantity::Fraction, 1.0);
        check("strain", Quantity::Strain, 1.0);
        check("1/s", Quantity::Frequency, 1.0);
        check("M/M/S", Quantity::StrainRate, 1.0);
        check("M/S - Velocity in meters per second", Quantity::Velocity, 1.0);
        check("V*A", Quantity::Power, 1.0);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, reason) in [
            ("", "empty"),
            ("  ", "empty"),
            ("FURLONG/S", "\"FURLONG\" is no known unit"),
            ("M/", "missing at the end"),
            ("/S", "'/' is misplaced"),
            ("M//S", "'/' is misplaced"),
            ("M/(S**2", "not closed"),
            ("M/S)", "too much"),
            ("M/S**", "exponent is missing"),
            ("M/S**77", "no exponent"),
            ("M**9**9", "misplaced"),
            ("((((((M))))))", "too many brackets"),
            ("MV", "milli or mega"),
            ("MPA", "milli or mega"),
            ("Mm", "milli or mega"),
            ("N/A", "none"),
            ("Zp05ZUeL6r", "no known unit"),
            ("G", "no known unit"),
            ("M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S M/S", "longer"),
        ] {
            let error = Unit::parse(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn same_units_are_the_same_in_every_spelling() {
        let unit = |text| Unit::parse(text).unwrap();
        assert!(unit("V").is_same_as(&unit("Volts")));
        assert!(unit("NM/S").is_same_as(&unit("nm/sec")));
        assert!(!unit("V").is_same_as(&unit("mV")));
        assert!(!unit("V").is_same_as(&unit("COUNTS")));
        assert_eq!(unit("NM/S").per_si(), 1e9);
        assert_eq!(unit("CM/SEC**2").per_si(), 1e2);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            let _ = Unit::parse(&text);
        }

        #[test]
        fn no_text_of_unit_letters_panics(text in "[mMsSnNcC/*()²⁻^ 0-9-]{0,40}") {
            let _ = Unit::parse(&text);
        }
    }
}
