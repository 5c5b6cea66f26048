//! The end of the calendar: times go up to the year 9999, and stop there.

use seis_core::{SamplingRate, UtcTime};

/// Until then a century and a half of samples are within the calendar.
const EARLY: UtcTime = UtcTime::from_nanos(7_500 * 31_556_952 * 1_000_000_000);

/// Whether the last of so many samples is an instant of the calendar. If it is not, its time would
/// be that of the end of the year 9999.
#[inline(always)]
pub(crate) fn holds_series(start: UtcTime, rate: SamplingRate, count: u64) -> bool {
    let (numerator, denominator) = rate.as_ratio();
    // Quick for what is usual: a header counts samples in 32 bits, and they are 1 s apart at most.
    if start < EARLY && numerator >= denominator && count <= u64::from(u32::MAX) {
        return true;
    }
    holds_late_series(start, rate, count)
}

#[cold]
fn holds_late_series(start: UtcTime, rate: SamplingRate, count: u64) -> bool {
    let last = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
    let end = start.as_nanos().saturating_add(rate.offset_of(last).as_nanos());
    end <= UtcTime::MAX.as_nanos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_end_with_the_calendar() {
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        let hz = |hz: f64| SamplingRate::from_hz(hz).unwrap();
        let year = u64::from(u32::MAX);
        for (start, rate, count, held) in [
            (at("2022-01-02T00:00:00Z"), hz(40.0), 1000, true),
            (at("9999-12-31T23:59:59Z"), hz(1.0), 1, true),
            (at("9999-12-31T23:59:59Z"), hz(1.0), 0, true),
            (at("9999-12-31T23:59:59Z"), hz(1.0), 2, false),
            (at("9999-12-31T23:59:59Z"), hz(2.0), 2, true),
            (at("2022-01-02T00:00:00Z"), hz(1.0 / 3600.0), year, false),
            (at("2022-01-02T00:00:00Z"), hz(1.0), year, true),
            (at("2022-01-02T00:00:00Z"), hz(1e-9), 1000, false),
            (at("2022-01-02T00:00:00Z"), SamplingRate::NONE, year, true),
            (at("2022-01-02T00:00:00Z"), hz(1.0), u64::MAX, false),
        ] {
            assert_eq!(holds_series(start, rate, count), held, "{start} {rate} {count}");
        }
        // What is taken for early is: 4294967295 s later the year is still within the calendar.
        let latest = EARLY + hz(1.0).offset_of(i64::from(u32::MAX));
        assert!(latest < UtcTime::MAX && EARLY > at("9400-01-01T00:00:00Z"));
    }
}
