//! The sampling rate that a 32-bit DELTA stands for.
//!
//! DELTA is the sampling interval rounded to 32-bit floating point: 3 Hz is stored as
//! 0.3333333432674408 s, 250 Hz as 0.004000000189989805 s. Within the rounding of one such number
//! lie many rates; the nominal one is that which is said most shortly. Three ways of saying it are
//! tried, all of which give the same 32-bit DELTA again:
//!
//! * the rate as a decimal number: 250, 33.333, 1000000;
//! * the interval as a decimal number: 0.003, 0.0125;
//! * the interval as a fraction: 7/22.
//!
//! The one with the fewest digits is taken (of a fraction those of numerator and denominator
//! together; zeros at the end of a decimal number do not count; for equal numbers the rate, then
//! the interval). So every rate and every interval that has up to four digits comes back as what
//! it was, and a longer one unless a shorter one has the same 32-bit DELTA: 0.100012 Hz is read as
//! an interval of 9.9988 s, from which it differs by 1.4e-8 of itself.
//!
//! Some writers cut DELTA off instead of rounding it, so that it is the neighbour of the right
//! number (obspy#3408). Only if DELTA itself stands for nothing short, its two neighbours are
//! tried, and taken if they stand for a rate or an interval of at most four digits.
//!
//! ObsPy 1.5.1 rounds DELTA to the microsecond instead: 3 Hz becomes 3.000003, 48 kHz becomes
//! 47619, and a measured interval such as 0.05000016 s becomes 0.05.

use seis_core::SamplingRate;

use super::variables::DELTA;
use super::{Error, Header, Result};

/// What a decimal number must be no longer than to be taken from a neighbour of DELTA.
const PLAIN_DIGITS: u32 = 4;
/// From so many digits on a number is arbitrary.
const ARBITRARY_DIGITS: u32 = 7;

impl Header {
    /// The sampling rate that DELTA stands for.
    ///
    /// A 32-bit DELTA is read as the simplest rate or interval that it can be the rounding of: 3,
    /// 33.333, 250 and 1000000 Hz come back as such, and so does every rate or interval of up to
    /// four digits, and a longer one unless a shorter one has the same 32-bit DELTA. What comes
    /// back never differs from the rate that was written by more than 2.4e-7 of it: two units in the
    /// last place of the float (rounding, a neighbour, and rounding again). The double of version 7 is taken as the simplest ratio
    /// that gives the same double, unless it is but the 32-bit number widened.
    ///
    /// (ObsPy 1.5.1 rounds DELTA to the microsecond, which makes 3.000003 Hz of 3 Hz, and 20 Hz of
    /// an interval of 0.05000016 s.)
    ///
    /// ```
    /// use seis_io::sac::Header;
    /// let mut header = Header::new();
    /// for hz in [3.0, 33.333, 250.0, 1e6] {
    ///     header.set_delta(1.0 / hz)?;
    ///     assert_eq!(header.sampling_rate()?.hz(), hz);
    /// }
    /// # Ok::<(), seis_io::sac::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] naming DELTA, unless it lies between 1e-9 and 1e9 s.
    pub fn sampling_rate(&self) -> Result<SamplingRate> {
        let bad = |found: String| Error::Invalid {
            variable: DELTA.name,
            found,
            expected: "a sampling interval between 1e-9 and 1e9 seconds",
        };
        let delta = self.float(&DELTA).ok_or_else(|| bad("undefined".to_owned()))?;
        let single = delta as f32;
        // A double with bits that the float lacks says exactly what it means.
        let rate = if f64::from(single) == delta {
            nominal(single)
        } else {
            SamplingRate::from_interval_s(delta).ok()
        };
        rate.ok_or_else(|| bad(format!("{delta:?}")))
    }
}

/// The rate that a 32-bit interval stands for.
fn nominal(delta: f32) -> Option<SamplingRate> {
    if !(delta.is_normal() && delta > 0.0) {
        return None;
    }
    let (digits, rate) = shortest(delta)?;
    if digits >= ARBITRARY_DIGITS {
        for neighbour in [delta.to_bits() - 1, delta.to_bits() + 1].map(f32::from_bits) {
            let plain = shortest_decimal(neighbour).filter(|(digits, _)| *digits <= PLAIN_DIGITS);
            if let Some((_, rate)) = plain {
                return Some(rate);
            }
        }
    }
    Some(rate)
}

fn shortest(delta: f32) -> Option<(u32, SamplingRate)> {
    let decimal = shortest_decimal(delta);
    match (decimal, fraction(delta)) {
        (Some(decimal), Some(fraction)) if fraction.0 < decimal.0 => Some(fraction),
        (None, fraction) => fraction,
        (decimal, _) => decimal,
    }
}

/// The shortest decimal rate or interval which gives this DELTA, and its digits.
fn shortest_decimal(delta: f32) -> Option<(u32, SamplingRate)> {
    // The shortest decimal that reads back as the same float, as `{:e}` prints it.
    let interval = format!("{delta:e}");
    let interval_digits = digits_of(&interval);
    let inverse = 1.0 / f64::from(delta);
    for digits in 1..=interval_digits {
        let hz: f64 = format!("{inverse:.*e}", digits as usize - 1).parse().ok()?;
        if (1.0 / hz) as f32 == delta {
            return Some((digits, SamplingRate::from_hz(hz).ok()?));
        }
    }
    let seconds: f64 = interval.parse().ok()?;
    Some((interval_digits, SamplingRate::from_interval_s(seconds).ok()?))
}

/// Significant digits of a number as `{:e}` prints it.
fn digits_of(text: &str) -> u32 {
    let mantissa = text.split('e').next().unwrap_or_default();
    mantissa.bytes().filter(u8::is_ascii_digit).count() as u32
}

/// The fraction with the smallest numerator and denominator that rounds to this DELTA: the first
/// common partial quotients of the ends of its rounding interval (Stern–Brocot tree).
fn fraction(delta: f32) -> Option<(u32, SamplingRate)> {
    let middle = f64::from(delta);
    let below = f64::from(f32::from_bits(delta.to_bits() - 1));
    let above = f64::from(f32::from_bits(delta.to_bits() + 1));
    let (mut low, mut high) = ((below + middle) / 2.0, (middle + above) / 2.0);
    let (mut p, mut q, mut p_before, mut q_before) = (1_u64, 0_u64, 0_u64, 1_u64);
    // Eight digits in all can be no more than this many partial quotients.
    for _ in 0..20 {
        let whole = low.floor();
        let last = whole + 1.0 <= high;
        let quotient = if last && low > whole { whole + 1.0 } else { whole };
        if quotient > 1e9 {
            return None;
        }
        let quotient = quotient as u64;
        (p, p_before) = (quotient.checked_mul(p)?.checked_add(p_before)?, p);
        (q, q_before) = (quotient.checked_mul(q)?.checked_add(q_before)?, q);
        if last || low == whole {
            break;
        }
        (low, high) = (1.0 / (high - whole), 1.0 / (low - whole));
    }
    let same = q != 0 && (p as f64 / q as f64) as f32 == delta;
    let rate = same.then(|| SamplingRate::from_ratio(q, p).ok())??;
    let digits = p.checked_ilog10()? + q.checked_ilog10()? + 2;
    Some((digits, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hz_of(delta: f64) -> f64 {
        nominal(delta as f32).unwrap().hz()
    }

    #[test]
    fn usual_rates_come_back() {
        for hz in [
            0.1,
            1.0,
            3.0,
            6.0,
            7.0,
            12.5,
            20.0,
            33.333,
            40.0,
            49.0,
            100.0,
            100.0 / 3.0,
            125.0,
            200.0,
            250.0,
            333.0,
            500.0,
            1000.0,
            1024.0,
            22.0 / 7.0,
            64.0 / 3.0,
            4410.0,
            44_100.0,
            48_000.0,
            1e6,
            1e8,
            1.0 / 3600.0,
            1.0 / 86_400.0,
            1.0 / 3.0,
            199.9,
            99.997,
            19.531_25,
        ] {
            assert_eq!(hz_of(1.0 / hz), hz, "{hz}");
        }
        for interval in [0.003, 0.077, 0.0125, 0.000_5, 1.5, 0.07, 0.048] {
            assert_eq!(
                nominal(interval as f32).unwrap(),
                SamplingRate::from_interval_s(interval).unwrap(),
                "{interval}"
            );
        }
    }

    #[test]
    fn all_rates_and_intervals_of_four_digits_come_back() {
        for exponent in -6..=5 {
            for n in 1..10_000_u32 {
                // Parsed, so that it is the double nearest to the decimal number.
                let value: f64 = format!("{n}e{exponent}").parse().unwrap();
                let rate = SamplingRate::from_hz(value).unwrap();
                assert_eq!(nominal((1.0 / value) as f32).unwrap(), rate, "{value} Hz");
                let rate = SamplingRate::from_interval_s(value).unwrap();
                assert_eq!(nominal(value as f32).unwrap(), rate, "{value} s");
            }
        }
    }

    #[test]
    fn nearly_all_rates_of_five_and_six_digits_come_back() {
        let (mut others, mut tried) = (0, 0);
        for n in (10_001..1_000_000_u32).step_by(7) {
            let value: f64 = format!("{n}e-3").parse().unwrap();
            let found = nominal((1.0 / value) as f32).unwrap();
            tried += 1;
            if found != SamplingRate::from_hz(value).unwrap() {
                others += 1;
                assert!(found.is_close_to(SamplingRate::from_hz(value).unwrap(), 1.2e-7));
            }
        }
        // About the chance that a number of five digits lies in the rounding of one of six.
        assert!(others * 50 < tried, "{others} of {tried}");
    }

    #[test]
    fn cut_off_intervals_are_put_right() {
        // obspy#3408: 0.04 stored as the float next to the nearest.
        let next = f32::from_bits(0.04_f32.to_bits() + 1);
        assert_eq!(nominal(next).unwrap().hz(), 25.0);
        assert_eq!(nominal(f32::from_bits(0.01_f32.to_bits() - 1)).unwrap().hz(), 100.0);
        // Two away is another rate.
        let far = f32::from_bits(0.04_f32.to_bits() + 2);
        assert!(nominal(far).unwrap().hz() != 25.0);
    }

    #[test]
    fn measured_intervals_are_kept() {
        let rate = nominal(0.050_000_16_f32).unwrap();
        assert!((rate.interval_s() - 0.050_000_16).abs() < 2e-9);
        assert_eq!(rate.interval_s() as f32, 0.050_000_16_f32);
    }

    #[test]
    fn impossible_intervals_are_refused() {
        let mut header = Header::new();
        assert!(header.sampling_rate().is_err());
        for delta in [0.0, -1.0, 1e-12, 1e10, 1e-40] {
            header.set_delta(delta).unwrap();
            let error = header.sampling_rate().unwrap_err();
            assert!(matches!(error, Error::Invalid { variable: "delta", .. }), "{delta}");
        }
        for bits in [f32::NAN, f32::INFINITY, f32::MAX, f32::MIN_POSITIVE] {
            header.put_float(&DELTA, f64::from(bits));
            assert!(header.sampling_rate().is_err(), "{bits}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_rate_always_gives_nearly_the_same_delta(bits in 0_u32..0x7f80_0000) {
            let delta = f32::from_bits(bits);
            if let Some(rate) = nominal(delta) {
                let again = ((1.0 / rate.hz()) as f32).to_bits();
                proptest::prop_assert!(again.abs_diff(bits) <= 1);
            }
        }
    }
}
