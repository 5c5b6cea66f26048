//! What was looked up last: nearly every header says again most of what the one before said.

use seis_core::{TimeDelta, UtcTime};

/// The last key that was looked up, and what came of it. It changes no result.
#[derive(Debug, Clone)]
pub(super) struct Last<K, V> {
    key: K,
    value: V,
}

impl<K: Copy + PartialEq, V: Copy> Last<K, V> {
    /// The value must be that of the key.
    pub(super) fn new(key: K, value: V) -> Self {
        Self { key, value }
    }

    /// The value of a key, found anew if it is another one than before.
    // Inline, as the other: an `Option` of so many bytes would be given back through memory.
    #[inline(always)]
    pub(super) fn get(&mut self, key: K, find: impl FnOnce(K) -> V) -> V {
        if self.key != key {
            *self = Self { key, value: find(key) };
        }
        self.value
    }
}

/// The last day, as its year and number within it.
#[derive(Debug, Clone)]
pub(super) struct Day(Last<(u16, u16), Option<UtcTime>>);

impl Default for Day {
    fn default() -> Self {
        Self(Last::new((0, 0), None))
    }
}

impl Day {
    /// The instant; `None` if there is no such day or time.
    #[inline(always)]
    pub(super) fn instant(
        &mut self,
        year_and_day: (u16, u16),
        (hour, minute, second): (u8, u8, u8),
        nanosecond: u32,
    ) -> Option<UtcTime> {
        let midnight = self.0.get(year_and_day, midnight);
        // 60: a leap second.
        if hour > 23 || minute > 59 || second > 60 || nanosecond > 999_999_999 {
            return None;
        }
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let nanos = of_day * 1_000_000_000 + i64::from(nanosecond);
        midnight.map(|midnight| midnight + TimeDelta::from_nanos(nanos.into()))
    }
}

#[cold]
fn midnight((year, day): (u16, u16)) -> Option<UtcTime> {
    UtcTime::from_ordinal(i16::try_from(year).ok()?, day, (0, 0, 0), 0).ok()
}
