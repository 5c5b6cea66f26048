//! What the header before said.

use seis_core::{SamplingRate, UtcTime};

use super::codes;
use super::header::nominal_rate;
use crate::mseed::memo::{Day, Last};

/// The last codes, day and rates that were read, and what they meant. It changes no result.
#[derive(Debug, Clone)]
pub(crate) struct Memo {
    odd_codes: Last<[u8; 12], bool>,
    day: Day,
    nominal: Last<(i16, i16), Option<SamplingRate>>,
    actual: Last<u32, Option<SamplingRate>>,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            odd_codes: Last::new([b' '; 12], false),
            day: Day::default(),
            nominal: Last::new((0, 0), Some(SamplingRate::NONE)),
            actual: Last::new(0, Some(SamplingRate::NONE)),
        }
    }
}

impl Memo {
    /// Whether the codes hold bytes that are no part of them.
    pub(super) fn has_odd_codes(&mut self, bytes: &[u8; 12]) -> bool {
        self.odd_codes.get(*bytes, |bytes| codes::read(&bytes).1)
    }

    /// The instant at which a time of day begins; `None` if there is no such day or time.
    #[inline(always)]
    pub(super) fn second(
        &mut self,
        year_and_day: (u16, u16),
        of_day: (u8, u8, u8),
    ) -> Option<UtcTime> {
        self.day.instant(year_and_day, of_day, 0)
    }

    /// The rate of factor and multiplier; `None` if there is no such rate.
    #[inline(always)]
    pub(super) fn nominal_rate(&mut self, factor: i16, multiplier: i16) -> Option<SamplingRate> {
        self.nominal.get((factor, multiplier), |(f, m)| nominal_rate(f, m).ok())
    }

    /// The rate of blockette 100; `None` if it is none.
    #[inline(always)]
    pub(super) fn actual_rate(&mut self, hz: f32) -> Option<SamplingRate> {
        self.actual.get(hz.to_bits(), |_| SamplingRate::from_hz(f64::from(hz)).ok())
    }
}
