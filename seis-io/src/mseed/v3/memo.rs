//! What the header before said.

use seis_core::{SamplingRate, UtcTime};

use crate::mseed::memo::{Day, Last};

/// The last day and rate that were read, and what they meant. It changes no result.
#[derive(Debug, Clone)]
pub(crate) struct Memo {
    day: Day,
    rate: Last<u64, Option<SamplingRate>>,
}

impl Default for Memo {
    fn default() -> Self {
        Self { day: Day::default(), rate: Last::new(0, Some(SamplingRate::NONE)) }
    }
}

impl Memo {
    /// The instant; `None` if there is no such day or time.
    #[inline(always)]
    pub(super) fn instant(
        &mut self,
        year_and_day: (u16, u16),
        of_day: (u8, u8, u8),
        nanosecond: u32,
    ) -> Option<UtcTime> {
        self.day.instant(year_and_day, of_day, nanosecond)
    }

    /// The rate of a number that is a rate in Hz, or minus a period in seconds; `None` if there is
    /// no such rate.
    #[inline(always)]
    pub(super) fn rate(&mut self, rate_or_period: f64) -> Option<SamplingRate> {
        self.rate.get(rate_or_period.to_bits(), |_| rate_of(rate_or_period))
    }
}

#[cold]
fn rate_of(rate_or_period: f64) -> Option<SamplingRate> {
    if rate_or_period < 0.0 {
        SamplingRate::from_interval_s(-rate_or_period).ok()
    } else {
        SamplingRate::from_hz(rate_or_period).ok()
    }
}
