//! What the header before said: nearly every header says most of it again.

use seis_core::{SamplingRate, TimeDelta, UtcTime};

use super::codes;
use super::header::nominal_rate;

/// The last codes, day and rate that were read, and what they meant. It changes no result.
#[derive(Debug, Clone)]
pub(crate) struct Memo {
    codes: ([u8; 12], bool),
    day: ((u16, u16), Option<UtcTime>),
    rate: ((i16, i16), Option<SamplingRate>),
    actual: (u32, Option<SamplingRate>),
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            codes: ([b' '; 12], false),
            day: ((0, 0), None),
            rate: ((0, 0), Some(SamplingRate::NONE)),
            actual: (0, Some(SamplingRate::NONE)),
        }
    }
}

impl Memo {
    /// Whether the codes hold bytes that are no part of them.
    pub(super) fn has_odd_codes(&mut self, bytes: &[u8; 12]) -> bool {
        if self.codes.0 != *bytes {
            self.codes = (*bytes, codes::read(bytes).1);
        }
        self.codes.1
    }

    /// The instant at which a time of day begins; `None` if there is no such day or time.
    // Inline, as the others: an `Option` of so many bytes would be given back through memory.
    #[inline(always)]
    pub(super) fn second(
        &mut self,
        (year, day): (u16, u16),
        (hour, minute, second): (u8, u8, u8),
    ) -> Option<UtcTime> {
        if self.day.0 != (year, day) {
            self.new_day(year, day);
        }
        // 60: a leap second.
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        self.day.1.map(|midnight| midnight + TimeDelta::from_seconds(of_day))
    }

    /// The rate of factor and multiplier; `None` if there is no such rate.
    #[inline(always)]
    pub(super) fn nominal_rate(&mut self, factor: i16, multiplier: i16) -> Option<SamplingRate> {
        if self.rate.0 != (factor, multiplier) {
            self.rate = ((factor, multiplier), nominal_rate(factor, multiplier).ok());
        }
        self.rate.1
    }

    /// The rate of blockette 100; `None` if it is none.
    #[inline(always)]
    pub(super) fn actual_rate(&mut self, hz: f32) -> Option<SamplingRate> {
        if self.actual.0 != hz.to_bits() {
            self.actual = (hz.to_bits(), SamplingRate::from_hz(f64::from(hz)).ok());
        }
        self.actual.1
    }

    #[cold]
    fn new_day(&mut self, year: u16, day: u16) {
        let midnight = i16::try_from(year)
            .ok()
            .and_then(|year| UtcTime::from_ordinal(year, day, (0, 0, 0), 0).ok());
        self.day = ((year, day), midnight);
    }
}
