//! Instants and differences in integer nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::{Error, Result};

const NS_PER_S: i128 = 1_000_000_000;

/// An instant in UTC: nanoseconds since 1970-01-01T00:00:00, without leap seconds (POSIX).
///
/// Any instant of the years −9999 to 9999 can be held, since station epochs end in 2599 or 3000
/// as often as not; that is why 64 bits do not do.
///
/// A second of 60, as leap seconds are written, is the first of the next minute.
///
/// ```
/// use seis_core::{TimeDelta, UtcTime};
/// let t: UtcTime = "2016-12-31T23:59:60.5".parse()?;
/// assert_eq!(t.to_string(), "2017-01-01T00:00:00.5Z");
/// assert_eq!(t + TimeDelta::from_nanos(1), "2017-01-01T00:00:00.500000001Z".parse()?);
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UtcTime {
    nanos: i128,
}

/// A signed span of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeDelta {
    nanos: i128,
}

impl UtcTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self { nanos: 0 };
    /// −9999-01-01T00:00:00Z.
    pub const MIN: Self = Self { nanos: -377_705_116_800 * NS_PER_S };
    /// 9999-12-31T23:59:59.999999999Z.
    pub const MAX: Self = Self { nanos: 253_402_300_800 * NS_PER_S - 1 };

    /// From nanoseconds since 1970; beyond [`MIN`](Self::MIN) and [`MAX`](Self::MAX) it stops
    /// there.
    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        if nanos < Self::MIN.nanos {
            Self::MIN
        } else if nanos > Self::MAX.nanos {
            Self::MAX
        } else {
            Self { nanos }
        }
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub const fn as_nanos(self) -> i128 {
        self.nanos
    }

    /// Seconds since 1970 as `f64`: for plots, not for arithmetic (its resolution today is
    /// 0.24 µs).
    #[must_use]
    pub fn as_seconds_f64(self) -> f64 {
        self.nanos as f64 / 1e9
    }

    /// From a calendar date and a time of day. `second` may be 60, a leap second.
    ///
    /// # Errors
    /// [`Error::TimeRange`] naming the field.
    pub fn from_calendar(
        (year, month, day): (i16, u8, u8),
        (hour, minute, second): (u8, u8, u8),
        nanosecond: u32,
    ) -> Result<Self> {
        let date = i8::try_from(month)
            .ok()
            .zip(i8::try_from(day).ok())
            .and_then(|(m, d)| Date::new(year, m, d).ok())
            .ok_or_else(|| Error::TimeRange { what: format!("{year}-{month:02}-{day:02}") })?;
        Self::from_date(date, (hour, minute, second), nanosecond)
    }

    /// From a year and the day in it (1 is January 1), as SEED, SAC and miniSEED count.
    ///
    /// # Errors
    /// [`Error::TimeRange`] naming the field; day 366 only exists in leap years.
    pub fn from_ordinal(
        year: i16,
        day_of_year: u16,
        (hour, minute, second): (u8, u8, u8),
        nanosecond: u32,
    ) -> Result<Self> {
        let date = Date::new(year, 1, 1)
            .ok()
            .filter(|first| (1..=first.days_in_year().unsigned_abs()).contains(&day_of_year))
            .and_then(|first| {
                let days = jiff::Span::new().days(i32::from(day_of_year) - 1);
                first.checked_add(days).ok()
            })
            .ok_or_else(|| Error::TimeRange { what: format!("year {year} day {day_of_year}") })?;
        Self::from_date(date, (hour, minute, second), nanosecond)
    }

    fn from_date(date: Date, (h, m, s): (u8, u8, u8), nanosecond: u32) -> Result<Self> {
        for (name, value, max) in [
            ("hour", u32::from(h), 23),
            ("minute", u32::from(m), 59),
            ("second", u32::from(s), 60),
            ("nanosecond", nanosecond, 999_999_999),
        ] {
            if value > max {
                return Err(Error::TimeRange { what: format!("{name} {value}") });
            }
        }
        let midnight = Offset::UTC
            .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .map(jiff::Timestamp::as_second)
            // jiff's instants end a day before its dates do.
            .unwrap_or(if date.year() < 0 {
                (Self::MIN.nanos / NS_PER_S) as i64
            } else {
                (Self::MAX.nanos / NS_PER_S) as i64 - 86_399
            });
        let of_day = i128::from(h) * 3600 + i128::from(m) * 60 + i128::from(s);
        let nanos = (i128::from(midnight) + of_day) * NS_PER_S + i128::from(nanosecond);
        Ok(Self::from_nanos(nanos))
    }

    /// Calendar fields of the instant.
    fn datetime(self) -> DateTime {
        let (seconds, nanos) =
            (self.nanos.div_euclid(NS_PER_S) as i64, self.nanos.rem_euclid(NS_PER_S) as i32);
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as i32);
        let date = Date::constant(1970, 1, 1)
            .checked_add(jiff::Span::new().days(days))
            .unwrap_or(if days < 0 { Date::MIN } else { Date::MAX });
        // The fields are in range by construction.
        date.at((of_day / 3600) as i8, (of_day / 60 % 60) as i8, (of_day % 60) as i8, nanos)
    }

    /// Year, day of the year (from 1), hour, minute, second, nanosecond.
    #[must_use]
    pub fn to_ordinal(self) -> (i16, u16, u8, u8, u8, u32) {
        let t = self.datetime();
        (
            t.year(),
            t.day_of_year().unsigned_abs(),
            t.hour().unsigned_abs(),
            t.minute().unsigned_abs(),
            t.second().unsigned_abs(),
            t.subsec_nanosecond().unsigned_abs(),
        )
    }

    /// Year, month (from 1), day of the month, hour, minute, second, nanosecond.
    #[must_use]
    pub fn to_calendar(self) -> (i16, u8, u8, u8, u8, u8, u32) {
        let t = self.datetime();
        let (_, _, hour, minute, second, nanosecond) = self.to_ordinal();
        (
            t.year(),
            t.month().unsigned_abs(),
            t.day().unsigned_abs(),
            hour,
            minute,
            second,
            nanosecond,
        )
    }

    /// Rounded to a multiple of `unit` since 1970, halves to even: `TimeDelta::from_nanos(1000)`
    /// rounds to microseconds as ObsPy does.
    #[must_use]
    pub fn round_to(self, unit: TimeDelta) -> Self {
        if unit.nanos <= 0 {
            return self;
        }
        Self::from_nanos(div_half_even(self.nanos, unit.nanos) * unit.nanos)
    }
}

/// `a / b` for positive `b`, halves to the even neighbour.
pub(crate) fn div_half_even(a: i128, b: i128) -> i128 {
    let (floor, rest) = (a.div_euclid(b), a.rem_euclid(b));
    // `rest` against `b - rest` instead of doubling, which could overflow.
    match rest.cmp(&(b - rest)) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

impl TimeDelta {
    /// No time at all.
    pub const ZERO: Self = Self { nanos: 0 };

    /// A span of so many nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        Self { nanos }
    }

    /// A span in whole seconds.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { nanos: seconds as i128 * NS_PER_S }
    }

    /// A span in seconds, rounded to the nanosecond, halves to even. Not a number is zero.
    #[must_use]
    pub fn from_seconds_f64(seconds: f64) -> Self {
        Self { nanos: (seconds * 1e9).round_ties_even() as i128 }
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> i128 {
        self.nanos
    }

    /// Seconds.
    #[must_use]
    pub fn as_seconds_f64(self) -> f64 {
        self.nanos as f64 / 1e9
    }

    /// The span without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { nanos: self.nanos.saturating_abs() }
    }
}

impl Add<TimeDelta> for UtcTime {
    type Output = Self;
    fn add(self, delta: TimeDelta) -> Self {
        Self::from_nanos(self.nanos.saturating_add(delta.nanos))
    }
}

impl Sub<TimeDelta> for UtcTime {
    type Output = Self;
    fn sub(self, delta: TimeDelta) -> Self {
        Self::from_nanos(self.nanos.saturating_sub(delta.nanos))
    }
}

impl Sub for UtcTime {
    type Output = TimeDelta;
    fn sub(self, other: Self) -> TimeDelta {
        TimeDelta { nanos: self.nanos - other.nanos }
    }
}

impl AddAssign<TimeDelta> for UtcTime {
    fn add_assign(&mut self, delta: TimeDelta) {
        *self = *self + delta;
    }
}

impl SubAssign<TimeDelta> for UtcTime {
    fn sub_assign(&mut self, delta: TimeDelta) {
        *self = *self - delta;
    }
}

impl Add for TimeDelta {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos) }
    }
}

impl Sub for TimeDelta {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_sub(other.nanos) }
    }
}

impl Neg for TimeDelta {
    type Output = Self;
    fn neg(self) -> Self {
        Self { nanos: self.nanos.saturating_neg() }
    }
}

impl fmt::Display for TimeDelta {
    /// Seconds with as many decimals as it takes, and the unit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { "-" } else { "" };
        let nanos = self.nanos.unsigned_abs();
        let (seconds, rest) = (nanos / NS_PER_S.unsigned_abs(), nanos % NS_PER_S.unsigned_abs());
        if rest == 0 {
            write!(f, "{sign}{seconds} s")
        } else {
            let decimals = format!("{rest:09}");
            write!(f, "{sign}{seconds}.{} s", decimals.trim_end_matches('0'))
        }
    }
}

impl fmt::Debug for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_agree_with_posix() {
        let t = UtcTime::from_calendar((2022, 1, 2), (23, 59, 58), 123_456_789).unwrap();
        assert_eq!(t.as_nanos(), 1_641_167_998_123_456_789);
        assert_eq!(t.to_ordinal(), (2022, 2, 23, 59, 58, 123_456_789));
        assert_eq!(UtcTime::from_ordinal(2022, 2, (23, 59, 58), 123_456_789).unwrap(), t);
        assert_eq!(
            UtcTime::from_ordinal(1969, 365, (23, 59, 59), 0).unwrap().as_nanos(),
            -NS_PER_S
        );
        assert_eq!(UtcTime::from_nanos(-1).to_ordinal(), (1969, 365, 23, 59, 59, 999_999_999));
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(UtcTime::MAX.to_ordinal(), (9999, 365, 23, 59, 59, 999_999_999));
        assert_eq!(UtcTime::MIN.to_calendar(), (-9999, 1, 1, 0, 0, 0, 0));
        let last = UtcTime::from_calendar((9999, 12, 31), (23, 59, 59), 999_999_999).unwrap();
        assert_eq!(last, UtcTime::MAX);
        assert_eq!(UtcTime::from_calendar((-9999, 1, 1), (0, 0, 0), 0).unwrap(), UtcTime::MIN);
        assert_eq!(UtcTime::MAX + TimeDelta::from_seconds(1), UtcTime::MAX);
    }

    #[test]
    fn leap_seconds_and_bad_fields() {
        let leap = UtcTime::from_ordinal(2016, 366, (23, 59, 60), 0).unwrap();
        assert_eq!(leap, UtcTime::from_ordinal(2017, 1, (0, 0, 0), 0).unwrap());
        assert!(UtcTime::from_ordinal(2017, 366, (0, 0, 0), 0).is_err());
        assert!(UtcTime::from_ordinal(2017, 0, (0, 0, 0), 0).is_err());
        assert!(UtcTime::from_calendar((2017, 2, 29), (0, 0, 0), 0).is_err());
        assert!(UtcTime::from_calendar((2017, 2, 28), (24, 0, 0), 0).is_err());
        assert!(UtcTime::from_calendar((2017, 2, 28), (0, 0, 61), 0).is_err());
    }

    #[test]
    fn halves_go_to_even() {
        let us = TimeDelta::from_nanos(1000);
        for (from, to) in
            [(500, 0), (501, 1000), (1500, 2000), (2500, 2000), (-500, 0), (-1500, -2000)]
        {
            assert_eq!(UtcTime::from_nanos(from).round_to(us).as_nanos(), to, "{from}");
        }
        assert_eq!(TimeDelta::from_seconds_f64(1.5e-9).as_nanos(), 2);
        assert_eq!(TimeDelta::from_seconds_f64(2.5e-9).as_nanos(), 2);
    }

    #[test]
    fn spans_print_in_seconds() {
        assert_eq!(TimeDelta::from_nanos(-1_500_000_000).to_string(), "-1.5 s");
        assert_eq!(TimeDelta::from_seconds(20).to_string(), "20 s");
    }
}
