//! Times as SEED writes them.

use seis_core::{TimeDelta, UtcTime};

/// A time `YYYY,DDD,HH:MM:SS.FFFF`, of which any part but the year may be missing at the end.
///
/// *SEED Reference Manual 2.4*, chapter 3, "Time": what is missing is the beginning of the year,
/// day, hour and so on. Digits beyond the nanosecond are cut off, `24:00:00` is the next
/// midnight, and a second 60 is the first one of the next minute. A calendar date with dashes is
/// read too.
pub(crate) fn parse(text: &[u8]) -> Option<UtcTime> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if text.contains('-') {
        return text.parse().ok();
    }
    let mut parts = text.splitn(3, ',');
    let year = digits(parts.next()?, 4..=4)?;
    let day = parts.next().map_or(Some(1), |day| digits(day, 1..=3))?;
    let clock = parts.next().unwrap_or_default().trim();
    let (mut hour, mut minute, mut second, mut nanosecond) = (0, 0, 0, 0);
    if !clock.is_empty() {
        let (whole, decimals) = clock.split_once('.').unwrap_or((clock, ""));
        let mut fields = whole.split(':');
        hour = digits(fields.next()?, 1..=2)?;
        minute = fields.next().map_or(Some(0), |m| digits(m, 1..=2))?;
        second = fields.next().map_or(Some(0), |s| digits(s, 1..=2))?;
        if fields.next().is_some() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let kept = decimals.get(..decimals.len().min(9))?;
        if !kept.is_empty() {
            nanosecond = kept.parse::<u32>().ok()? * 10_u32.pow(9 - kept.len() as u32);
        }
    }
    let next_day = hour == 24 && (minute, second, nanosecond) == (0, 0, 0);
    let clock = (if next_day { 0 } else { hour as u8 }, minute as u8, second as u8);
    let time = UtcTime::from_ordinal(year as i16, day, clock, nanosecond).ok()?;
    Some(if next_day { time + TimeDelta::from_seconds(86_400) } else { time })
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let text = text.trim();
    let plain = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_may_be_missing() {
        for (text, expected) in [
            ("2005,032,00:00:00.0000", "2005-02-01T00:00:00"),
            ("1999,350,02:14:03.25", "1999-12-16T02:14:03.25"),
            ("2001,001", "2001-01-01"),
            ("2016,323,12", "2016-11-18T12:00:00"),
            ("2016,323,12:30", "2016-11-18T12:30:00"),
            ("2016", "2016-01-01"),
            ("2020,366,24:00:00", "2021-01-01"),
            ("2016,366,23:59:60", "2017-01-01"),
            ("2023,066,09:21:37.786000000", "2023-03-07T09:21:37.786"),
            ("2023,066,09:21:37.78600000099", "2023-03-07T09:21:37.786"),
            (" 2023, 66, 9:21:07 ", "2023-03-07T09:21:07"),
            ("2023-03-07T09:21:37", "2023-03-07T09:21:37"),
            ("9999,365,23:59:59.9999", "9999-12-31T23:59:59.9999"),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(expected.parse().unwrap()), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "~",
            "20",
            "2001,000",
            "2001,366",
            "2001,001,25:00",
            "2001,001,00:60",
            "2001,001,00:00:61",
            "2001,001,1:2:3:4",
            "2001,001,00:00:00.x",
            "2001,1a",
            "+001,001",
            "No Ending Time",
            "2001,001,24:00:01",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
