//! Times as StationXML files write them.

use seis_core::{TimeDelta, UtcTime};

/// An `xs:dateTime`, or any other spelling that [`UtcTime`] reads.
///
/// Digits beyond the nanosecond are cut off, and `24:00:00` is the next midnight, as the standard
/// of `xs:dateTime` has it.
pub(super) fn parse(text: &[u8]) -> Option<UtcTime> {
    plain(text).or_else(|| unusual(std::str::from_utf8(text).ok()?))
}

/// `2020-06-03T18:20:00`, perhaps with decimals and a `Z`: nearly all there are.
fn plain(text: &[u8]) -> Option<UtcTime> {
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let (clock, decimals) = text.split_at_checked(19)?;
    let nanosecond = match decimals {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let scale = 10_u32.checked_pow(9 - digits.len() as u32)?;
            number(digits)?.checked_mul(scale)?
        }
        _ => return None,
    };
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2] =
        clock
    else {
        return None;
    };
    let two = |a, b| number(&[a, b]).map(|n| n as u8);
    let year = number(&[y1, y2, y3, y4])? as i16;
    UtcTime::from_calendar(
        (year, two(m1, m2)?, two(d1, d2)?),
        (two(h1, h2)?, two(i1, i2)?, two(s1, s2)?),
        nanosecond,
    )
    .ok()
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |n, digit| {
        digit.is_ascii_digit().then(|| n * 10 + u32::from(*digit - b'0'))
    })
}

fn unusual(text: &str) -> Option<UtcTime> {
    if let Some((date, rest)) = text.split_once("T24:00:00") {
        let rest = rest.trim_end_matches('Z');
        let midnight = rest.is_empty() || rest.trim_start_matches('.').bytes().all(|b| b == b'0');
        let day: UtcTime = date.parse().ok()?;
        return midnight.then(|| day + TimeDelta::from_seconds(86_400));
    }
    if let Some((whole, decimals)) = text.split_once('.') {
        let digits = decimals.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 9 {
            let (kept, zone) = (decimals.get(..9)?, decimals.get(digits..)?);
            return format!("{whole}.{kept}{zone}").parse().ok();
        }
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn spellings() {
        for (text, expected) in [
            ("2020-06-03T18:20:00", "2020-06-03T18:20:00Z"),
            ("2020-06-03T18:20:00.000000Z", "2020-06-03T18:20:00Z"),
            ("2020-06-03T18:20:00.5", "2020-06-03T18:20:00.5Z"),
            ("2020-06-03T18:20:00.123456789Z", "2020-06-03T18:20:00.123456789Z"),
            ("2020-06-03T18:20:00.1234567899Z", "2020-06-03T18:20:00.123456789Z"),
            ("2020-06-03T18:20:00.1234567899+01:00", "2020-06-03T17:20:00.123456789Z"),
            ("2020-06-03T18:20:00+01:00", "2020-06-03T17:20:00Z"),
            ("2599-12-31T23:59:59", "2599-12-31T23:59:59Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2020-12-31T24:00:00Z", "2021-01-01T00:00:00Z"),
            ("2020-12-31T24:00:00.000", "2021-01-01T00:00:00Z"),
            ("2020-06-03", "2020-06-03T00:00:00Z"),
            ("2020-155T18:20:00", "2020-06-03T18:20:00Z"),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(t(expected)), "{text}");
        }
    }

    #[test]
    fn no_times() {
        for text in [
            "",
            "open",
            "2020-06-31T00:00:00",
            "2020-06-03T25:00:00",
            "2020-06-03T24:00:01",
            "2020-06-03T18:20:00.1x",
            "2020-06-03T1a:20:00",
            "\u{ff}2020-06-03T18:20:00",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"\xff\xfe"), None);
    }
}
