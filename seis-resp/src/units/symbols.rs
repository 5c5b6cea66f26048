//! The known symbols and names, and what may stand before them.

use super::dimension::{Base, Dimension};
use super::quantity::{ENERGY, FORCE, POWER, PRESSURE, TESLA, VOLTAGE};

/// A unit as a factor, a power of ten and a dimension: `factor · 10^exponent` SI units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Symbol {
    pub(super) factor: f64,
    pub(super) exponent: i8,
    pub(super) dimension: Dimension,
}

/// Which prefixes a symbol takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefixes {
    None,
    /// SI prefixes; a capital `M` before a symbol in capitals can only be milli (`MM`, `MS`,
    /// `MGAL`), since nobody measures ground motion in megametres.
    Milli,
    /// SI prefixes; `m` is milli, `M` before a symbol with small letters is mega (`MPa`), and
    /// anything else with `M` is ambiguous.
    Cased,
    /// Whole words: `nano`, `micro`, …
    Words,
}

struct Entry {
    names: &'static [&'static str],
    factor: f64,
    exponent: i8,
    dimension: Dimension,
    prefixes: Prefixes,
}

const fn entry(
    names: &'static [&'static str],
    exponent: i8,
    dimension: Dimension,
    prefixes: Prefixes,
) -> Entry {
    Entry { names, factor: 1.0, exponent, dimension, prefixes }
}

const METRE: Dimension = Dimension::of(&[(Base::Metre, 1)]);
const SECOND: Dimension = Dimension::of(&[(Base::Second, 1)]);
const GAL: Dimension = Dimension::of(&[(Base::Metre, 1), (Base::Second, -2)]);
const KELVIN: Dimension = Dimension::of(&[(Base::Kelvin, 1)]);
const AMPERE: Dimension = Dimension::of(&[(Base::Ampere, 1)]);
const RADIAN: Dimension = Dimension::of(&[(Base::Radian, 1)]);
const COUNT: Dimension = Dimension::of(&[(Base::Count, 1)]);
const PERCENT: Dimension = Dimension::of(&[(Base::Percent, 1)]);
const BYTE: Dimension = Dimension::of(&[(Base::Byte, 1)]);
const HERTZ: Dimension = Dimension::of(&[(Base::Second, -1)]);
const OHM: Dimension =
    Dimension::of(&[(Base::Kilogram, 1), (Base::Metre, 2), (Base::Second, -3), (Base::Ampere, -2)]);

/// The first spelling of an entry is the one of SI. Temperatures count as differences: the offset
/// of Celsius belongs to the polynomial of the sensor.
const SYMBOLS: &[Entry] = &[
    entry(&["m"], 0, METRE, Prefixes::Milli),
    entry(&["meter", "meters", "metre", "metres"], 0, METRE, Prefixes::Words),
    entry(&["micron", "microns"], -6, METRE, Prefixes::None),
    entry(&["s", "sec"], 0, SECOND, Prefixes::Milli),
    entry(&["second", "seconds"], 0, SECOND, Prefixes::Words),
    Entry {
        names: &["min", "minute", "minutes"],
        factor: 60.0,
        exponent: 0,
        dimension: SECOND,
        prefixes: Prefixes::None,
    },
    Entry {
        names: &["h", "hr", "hour", "hours"],
        factor: 3600.0,
        exponent: 0,
        dimension: SECOND,
        prefixes: Prefixes::None,
    },
    Entry {
        names: &["d", "day", "days"],
        factor: 86400.0,
        exponent: 0,
        dimension: SECOND,
        prefixes: Prefixes::None,
    },
    entry(&["Gal", "gals"], -2, GAL, Prefixes::Milli),
    entry(&["V"], 0, VOLTAGE, Prefixes::Cased),
    entry(&["volt", "volts"], 0, VOLTAGE, Prefixes::Words),
    entry(&["A", "amp", "amps"], 0, AMPERE, Prefixes::Cased),
    entry(&["ampere", "amperes"], 0, AMPERE, Prefixes::Words),
    entry(&["ohm", "ohms"], 0, OHM, Prefixes::Words),
    entry(
        &["coulomb", "coulombs"],
        0,
        Dimension::of(&[(Base::Ampere, 1), (Base::Second, 1)]),
        Prefixes::Words,
    ),
    entry(&["T"], 0, TESLA, Prefixes::Cased),
    entry(&["tesla", "teslas"], 0, TESLA, Prefixes::Words),
    entry(&["Pa"], 0, PRESSURE, Prefixes::Cased),
    entry(&["pascal", "pascals"], 0, PRESSURE, Prefixes::Words),
    entry(&["bar", "bars"], 5, PRESSURE, Prefixes::Milli),
    entry(&["count", "counts"], 0, COUNT, Prefixes::None),
    entry(&["rad", "radian", "radians"], 0, RADIAN, Prefixes::Cased),
    entry(&["microradian", "microradians"], -6, RADIAN, Prefixes::None),
    entry(&["nanoradian", "nanoradians"], -9, RADIAN, Prefixes::None),
    Entry {
        names: &["deg", "degree", "degrees", "°"],
        factor: std::f64::consts::PI / 180.0,
        exponent: 0,
        dimension: RADIAN,
        prefixes: Prefixes::None,
    },
    entry(&["K", "kelvin"], 0, KELVIN, Prefixes::Cased),
    entry(&["C", "celsius", "degC", "°C", "deg_c"], 0, KELVIN, Prefixes::None),
    entry(&["Hz"], 0, HERTZ, Prefixes::Cased),
    entry(&["hertz"], 0, HERTZ, Prefixes::Words),
    entry(&["N", "newton", "newtons"], 0, FORCE, Prefixes::Cased),
    entry(&["J", "joule", "joules"], 0, ENERGY, Prefixes::Cased),
    entry(&["W", "watt", "watts"], 0, POWER, Prefixes::Cased),
    entry(
        &["kg", "kilogram", "kilograms"],
        0,
        Dimension::of(&[(Base::Kilogram, 1)]),
        Prefixes::None,
    ),
    entry(&["strain"], 0, Dimension::NONE, Prefixes::None),
    entry(&["%", "percent"], 0, PERCENT, Prefixes::None),
    entry(&["unity", "dimensionless"], 0, Dimension::NONE, Prefixes::None),
    entry(&["B", "byte", "bytes"], 0, BYTE, Prefixes::Cased),
];

const PREFIXES: &[(char, i8)] = &[
    ('p', -12),
    ('n', -9),
    ('u', -6),
    ('µ', -6),
    ('μ', -6),
    ('m', -3),
    ('c', -2),
    ('h', 2),
    ('k', 3),
    ('g', 9),
];

const WORDS: &[(&str, i8)] = &[
    ("pico", -12),
    ("nano", -9),
    ("micro", -6),
    ("milli", -3),
    ("centi", -2),
    ("hecto", 2),
    ("kilo", 3),
    ("mega", 6),
    ("giga", 9),
];

/// Why a word is no symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LookupError {
    Unknown,
    /// `M` that could mean milli or mega.
    Ambiguous,
}

/// Looks a word up, first as a whole, then as prefix and symbol.
pub(super) fn lookup(word: &str) -> Result<Symbol, LookupError> {
    for entry in SYMBOLS {
        if entry.names.iter().any(|name| name.eq_ignore_ascii_case(word)) {
            return Ok(symbol(entry, 0));
        }
    }
    for entry in SYMBOLS {
        for name in entry.names {
            if entry.prefixes == Prefixes::Words {
                for (prefix, exponent) in WORDS {
                    if strip(word, prefix).is_some_and(|rest| rest.eq_ignore_ascii_case(name)) {
                        return Ok(symbol(entry, *exponent));
                    }
                }
                continue;
            }
            let mut letters = word.chars();
            let Some(first) = letters.next() else { continue };
            let rest = letters.as_str();
            if entry.prefixes == Prefixes::None || !rest.eq_ignore_ascii_case(name) {
                continue;
            }
            return prefix_exponent(first, rest, name, entry.prefixes)
                .map(|exponent| symbol(entry, exponent));
        }
    }
    Err(LookupError::Unknown)
}

fn prefix_exponent(
    prefix: char,
    rest: &str,
    name: &str,
    rule: Prefixes,
) -> Result<i8, LookupError> {
    if prefix == 'M' {
        let has_small_letters = rest.chars().any(char::is_lowercase);
        return match rule {
            Prefixes::Milli if !has_small_letters => Ok(-3),
            Prefixes::Cased if has_small_letters && rest == name => Ok(6),
            _ => Err(LookupError::Ambiguous),
        };
    }
    // Centi is for lengths, and giga for what is not measured in grams and Gal.
    let centi_is_meant = matches!(name, "m" | "bar");
    PREFIXES
        .iter()
        .find(|(letter, _)| prefix.to_ascii_lowercase() == *letter)
        .filter(|(letter, _)| match letter {
            'c' => centi_is_meant,
            'h' => name == "Pa",
            'g' => rule == Prefixes::Cased && prefix == 'G',
            _ => true,
        })
        .map(|(_, exponent)| *exponent)
        .ok_or(LookupError::Unknown)
}

fn symbol(entry: &Entry, exponent: i8) -> Symbol {
    Symbol { factor: entry.factor, exponent: entry.exponent + exponent, dimension: entry.dimension }
}

/// The rest of a word after an ASCII prefix in any case.
fn strip<'a>(word: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = (word.get(..prefix.len())?, word.get(prefix.len()..)?);
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
