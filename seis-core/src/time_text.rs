//! Times as text: ISO 8601, calendar and ordinal.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, TimeDelta, UtcTime};

impl fmt::Display for UtcTime {
    /// ISO 8601 with `Z` and as many decimals as the instant needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second, nanosecond) = self.to_calendar();
        let sign = if year < 0 { "-" } else { "" };
        let year = year.unsigned_abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if nanosecond != 0 {
            let decimals = format!("{nanosecond:09}");
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads an ISO 8601 time: `2022-01-02T03:04:05.678`, `2022-01-02`, `2022-002T03:04`,
/// `20220102T030405Z`; a space or comma may stand for the `T`, an offset (`+01:00`) for the `Z`,
/// and without either the time is UTC. Digits beyond the nanosecond are refused unless zero.
impl FromStr for UtcTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = |reason| Error::Time { text: text.chars().take(64).collect(), reason };
        let trimmed = text.trim();
        if !trimmed.is_ascii() {
            return Err(bad("expected ISO 8601, such as 2022-01-02T03:04:05.678Z"));
        }
        let split = trimmed.find(['T', 't', ' ', ',']).unwrap_or(trimmed.len());
        let (date, rest) = trimmed.split_at(split);
        let clock = rest.get(1..).unwrap_or_default();

        let (clock, offset) =
            split_offset(clock).ok_or_else(|| bad("the UTC offset is not ±hh:mm"))?;
        let (hour, minute, second, nanosecond) = parse_clock(clock)
            .ok_or_else(|| bad("the time of day is not hh:mm:ss with at most 9 decimals"))?;
        let time = match parse_date(date)
            .ok_or_else(|| bad("the date is neither YYYY-MM-DD nor YYYY-DDD"))?
        {
            ParsedDate::Calendar(year, month, day) => {
                UtcTime::from_calendar((year, month, day), (hour, minute, second), nanosecond)
            }
            ParsedDate::Ordinal(year, day) => {
                UtcTime::from_ordinal(year, day, (hour, minute, second), nanosecond)
            }
        }
        .map_err(|_| bad("a field is out of range"))?;
        Ok(time - offset)
    }
}

enum ParsedDate {
    Calendar(i16, u8, u8),
    Ordinal(i16, u16),
}

/// A run of exactly `width` digits.
fn number(text: &str, width: usize) -> Option<i16> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn small(text: &str, width: usize) -> Option<u8> {
    number(text, width).and_then(|n| u8::try_from(n).ok())
}

fn parse_date(text: &str) -> Option<ParsedDate> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let parts: Vec<&str> = digits.split('-').collect();
    let (year, rest): (&str, Vec<&str>) = match parts.as_slice() {
        [packed] if packed.len() == 8 => {
            (packed.get(..4)?, vec![packed.get(4..6)?, packed.get(6..)?])
        }
        [packed] if packed.len() == 7 => (packed.get(..4)?, vec![packed.get(4..)?]),
        [year, rest @ ..] => (year, rest.to_vec()),
        [] => return None,
    };
    let year = number(year, 4)? * sign;
    match rest.as_slice() {
        [month, day] => Some(ParsedDate::Calendar(year, small(month, 2)?, small(day, 2)?)),
        [day] => Some(ParsedDate::Ordinal(year, number(day, 3)?.unsigned_abs())),
        _ => None,
    }
}

/// Splits `03:04:05+01:00` into the clock and the offset to be subtracted.
fn split_offset(text: &str) -> Option<(&str, TimeDelta)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, TimeDelta::ZERO));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, TimeDelta::ZERO));
    };
    let (clock, offset) = text.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset.get(1..)?;
    let (hours, minutes) = match digits.len() {
        2 => (small(digits, 2)?, 0),
        4 => (small(digits.get(..2)?, 2)?, small(digits.get(2..)?, 2)?),
        5 if digits.get(2..3) == Some(":") => {
            (small(digits.get(..2)?, 2)?, small(digits.get(3..)?, 2)?)
        }
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60);
    Some((clock, TimeDelta::from_seconds(seconds)))
}

fn parse_clock(text: &str) -> Option<(u8, u8, u8, u32)> {
    if text.is_empty() {
        return Some((0, 0, 0, 0));
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = match whole.split(':').collect::<Vec<_>>().as_slice() {
        [packed] if packed.len() > 2 => packed
            .as_bytes()
            .chunks(2)
            .map(|c| std::str::from_utf8(c).unwrap_or_default())
            .collect(),
        parts => parts.to_vec(),
    };
    let (hour, minute, second) = match parts.as_slice() {
        [h] => (small(h, 2)?, 0, 0),
        [h, m] => (small(h, 2)?, small(m, 2)?, 0),
        [h, m, s] => (small(h, 2)?, small(m, 2)?, small(s, 2)?),
        _ => return None,
    };
    let (kept, beyond) = decimals.split_at(decimals.len().min(9));
    if parts.len() < 3 && !decimals.is_empty()
        || !kept.bytes().all(|b| b.is_ascii_digit())
        || !beyond.bytes().all(|b| b == b'0')
    {
        return None;
    }
    let nanosecond = format!("{kept:0<9}").parse().ok()?;
    Some((hour, minute, second, nanosecond))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_spellings_of_one_instant() {
        let t: UtcTime = "2022-01-02T03:04:05.678Z".parse().unwrap();
        for text in [
            "2022-01-02T03:04:05.678",
            "2022-01-02 03:04:05.678",
            "2022-002T03:04:05.678000000000Z",
            "20220102T030405.678Z",
            "2022002T030405.678",
            "2022-01-02T04:04:05.678+01:00",
            "2022-01-01T22:04:05.678-0500",
            " 2022-01-02,03:04:05.678 ",
        ] {
            assert_eq!(text.parse::<UtcTime>().unwrap(), t, "{text}");
        }
        assert_eq!("2022-01-02".parse::<UtcTime>().unwrap().to_string(), "2022-01-02T00:00:00Z");
        assert_eq!(
            "2599-12-31T23:59:59".parse::<UtcTime>().unwrap().to_string(),
            "2599-12-31T23:59:59Z"
        );
    }

    #[test]
    fn what_is_no_time_says_so() {
        for text in [
            "",
            "now",
            "2022",
            "2022-13-01",
            "2022-02-30",
            "2022-366",
            "2022-01-02T25:00",
            "2022-01-02T03:04:05.1234567891",
            "2022-01-02T03:04.5",
            "2022-01-02T",
            "22-01-02",
            "2022-01-02T03:04:05+1",
            "2022-01-02T3:4:5",
            "２０２２-01-02",
            "2022-01-02T03:04:05.-1",
        ] {
            let parsed = text.parse::<UtcTime>();
            if text == "2022-01-02T" {
                assert!(parsed.is_ok());
            } else {
                assert!(parsed.is_err(), "{text:?} gave {parsed:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn print_then_parse_is_the_same_instant(nanos in UtcTime::MIN.as_nanos()..UtcTime::MAX.as_nanos()) {
            let t = UtcTime::from_nanos(nanos);
            proptest::prop_assert_eq!(t.to_string().parse::<UtcTime>(), Ok(t));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<UtcTime>();
        }
    }
}
