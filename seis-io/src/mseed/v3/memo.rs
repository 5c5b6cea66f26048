//! What the header before said: nearly every header says most of it again.

use seis_core::{SamplingRate, TimeDelta, UtcTime};

/// The last day and rate that were read, and what they meant. It changes no result.
#[derive(Debug, Clone)]
pub(crate) struct Memo {
    day: ((u16, u16), Option<UtcTime>),
    rate: (u64, Option<SamplingRate>),
}

impl Default for Memo {
    fn default() -> Self {
        Self { day: ((0, 0), None), rate: (0, Some(SamplingRate::NONE)) }
    }
}

impl Memo {
    /// The instant; `None` if there is no such day or time.
    // Inline, as the other: an `Option` of so many bytes would be given back through memory.
    #[inline(always)]
    pub(super) fn instant(
        &mut self,
        (year, day): (u16, u16),
        (hour, minute, second): (u8, u8, u8),
        nanosecond: u32,
    ) -> Option<UtcTime> {
        if self.day.0 != (year, day) {
            self.new_day(year, day);
        }
        // 60: a leap second.
        if hour > 23 || minute > 59 || second > 60 || nanosecond > 999_999_999 {
            return None;
        }
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let nanos = of_day * 1_000_000_000 + i64::from(nanosecond);
        self.day.1.map(|midnight| midnight + TimeDelta::from_nanos(nanos.into()))
    }

    /// The rate of a number that is a rate in Hz, or minus a period in seconds; `None` if there is
    /// no such rate.
    #[inline(always)]
    pub(super) fn rate(&mut self, rate_or_period: f64) -> Option<SamplingRate> {
        let bits = rate_or_period.to_bits();
        if self.rate.0 != bits {
            self.new_rate(rate_or_period);
        }
        self.rate.1
    }

    #[cold]
    fn new_day(&mut self, year: u16, day: u16) {
        let midnight = i16::try_from(year)
            .ok()
            .and_then(|year| UtcTime::from_ordinal(year, day, (0, 0, 0), 0).ok());
        self.day = ((year, day), midnight);
    }

    #[cold]
    fn new_rate(&mut self, rate_or_period: f64) {
        let rate = if rate_or_period < 0.0 {
            SamplingRate::from_interval_s(-rate_or_period)
        } else {
            SamplingRate::from_hz(rate_or_period)
        };
        self.rate = (rate_or_period.to_bits(), rate.ok());
    }
}
