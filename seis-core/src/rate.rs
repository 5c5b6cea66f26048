//! Sampling rates as exact ratios.

use std::fmt;

use crate::time::div_half_even;
use crate::{Error, Result, TimeDelta};

/// A sampling rate in Hz, held as a ratio of integers, so that the time of the billionth sample is
/// as exact as that of the first.
///
/// From `f64` the simplest ratio is taken that gives back the same `f64`: 33.333333333333336 is
/// 100/3, 0.1 is 1/10. A rate of zero stands for samples that are not regularly spaced (text).
///
/// ```
/// use seis_core::SamplingRate;
/// let rate = SamplingRate::from_hz(100.0 / 3.0)?;
/// assert_eq!(rate.as_ratio(), (100, 3));
/// assert_eq!(rate.hz(), 100.0 / 3.0);
/// assert_eq!(rate.offset_of(1_000_000_000).as_nanos(), 30_000_000_000_000_000);
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SamplingRate {
    numerator: u64,
    denominator: u64,
}

/// The field's rates lie between one sample in 30 years and GHz laboratory acoustics.
const MIN_HZ: f64 = 1e-9;
const MAX_HZ: f64 = 1e9;

/// Numerators and denominators stay below this, so that sample times fit in `i128`.
const MAX_TERM: u128 = 1 << 53;

impl SamplingRate {
    /// No regular sampling: text records, irregular series.
    pub const NONE: Self = Self { numerator: 0, denominator: 1 };

    /// A rate in Hz; zero is [`SamplingRate::NONE`].
    ///
    /// # Errors
    /// [`Error::Rate`] unless zero or between 1e-9 and 1e9 Hz.
    pub fn from_hz(hz: f64) -> Result<Self> {
        if hz == 0.0 {
            return Ok(Self::NONE);
        }
        if !(MIN_HZ..=MAX_HZ).contains(&hz) {
            return Err(Error::Rate { hz });
        }
        let (numerator, denominator) = simplest_ratio(hz).ok_or(Error::Rate { hz })?;
        Ok(Self { numerator, denominator })
    }

    /// A rate from the time between samples, in seconds.
    ///
    /// # Errors
    /// [`Error::Rate`] for an interval beyond 1e-9…1e9 s.
    pub fn from_interval_s(seconds: f64) -> Result<Self> {
        let inverse = Self::from_hz(seconds)?;
        if inverse == Self::NONE {
            return Err(Error::Rate { hz: f64::INFINITY });
        }
        Ok(Self { numerator: inverse.denominator, denominator: inverse.numerator })
    }

    /// The rate `numerator / denominator` Hz.
    ///
    /// # Errors
    /// [`Error::Rate`] for a zero denominator, or a rate beyond 1e-9…1e9 Hz.
    pub fn from_ratio(numerator: u64, denominator: u64) -> Result<Self> {
        let hz = numerator as f64 / denominator as f64;
        if numerator == 0 && denominator != 0 {
            return Ok(Self::NONE);
        }
        if !(MIN_HZ..=MAX_HZ).contains(&hz) {
            return Err(Error::Rate { hz });
        }
        let common = gcd(numerator, denominator);
        let (n, d) = (numerator / common, denominator / common);
        if u128::from(n.max(d)) > MAX_TERM {
            return Self::from_hz(hz);
        }
        Ok(Self { numerator: n, denominator: d })
    }

    /// Samples per second.
    #[must_use]
    pub fn hz(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// Seconds between samples; infinite for [`SamplingRate::NONE`].
    #[must_use]
    pub fn interval_s(self) -> f64 {
        self.denominator as f64 / self.numerator as f64
    }

    /// The rate as an irreducible ratio in Hz.
    #[must_use]
    pub fn as_ratio(self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }

    /// Whether samples are regularly spaced, that is, the rate is not zero.
    #[must_use]
    pub fn is_regular(self) -> bool {
        self.numerator != 0
    }

    /// Time from the first sample to the one with this index, rounded to the nanosecond, halves
    /// to even. Zero for [`SamplingRate::NONE`].
    #[must_use]
    pub fn offset_of(self, index: i64) -> TimeDelta {
        if !self.is_regular() {
            return TimeDelta::ZERO;
        }
        // What fits in 64 bits is divided ten times faster, and nearly everything does.
        if let (Some(scaled), Ok(numerator)) = (
            i64::try_from(self.denominator)
                .ok()
                .and_then(|d| index.checked_mul(d)?.checked_mul(1_000_000_000)),
            i64::try_from(self.numerator),
        ) {
            let (floor, rest) = (scaled.div_euclid(numerator), scaled.rem_euclid(numerator));
            let up = match rest.cmp(&(numerator - rest)) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Greater => 1,
                std::cmp::Ordering::Equal => floor.rem_euclid(2),
            };
            return TimeDelta::from_nanos(i128::from(floor) + i128::from(up));
        }
        // |index| < 2^63, denominator <= 2^53: only their product with 1e9 may leave i128.
        let samples = i128::from(index) * i128::from(self.denominator);
        let nanos = match samples.checked_mul(1_000_000_000) {
            Some(scaled) => div_half_even(scaled, i128::from(self.numerator)),
            None => (samples as f64 * 1e9 / self.numerator as f64) as i128,
        };
        TimeDelta::from_nanos(nanos)
    }

    /// How many samples, and which fraction of one, fit in a span: the inverse of
    /// [`offset_of`](Self::offset_of). The first is the largest whole number not above, the second
    /// lies in `[0, 1)`. Zero for [`SamplingRate::NONE`].
    #[must_use]
    pub fn samples_in(self, span: TimeDelta) -> (i128, f64) {
        if !self.is_regular() {
            return (0, 0.0);
        }
        let per_sample = i128::from(self.denominator) * 1_000_000_000;
        let Some(scaled) = span.as_nanos().checked_mul(i128::from(self.numerator)) else {
            let samples = span.as_seconds_f64() * self.hz();
            return (samples.floor() as i128, samples - samples.floor());
        };
        let (whole, rest) = (scaled.div_euclid(per_sample), scaled.rem_euclid(per_sample));
        (whole, rest as f64 / per_sample as f64)
    }

    /// Whether two rates are equal up to this relative difference.
    #[must_use]
    pub fn is_close_to(self, other: Self, relative: f64) -> bool {
        self == other || (1.0 - self.hz() / other.hz()).abs() < relative
    }
}

impl fmt::Display for SamplingRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz", self.hz())
    }
}

impl fmt::Debug for SamplingRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} Hz", self.numerator, self.denominator)
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// The first convergent of the continued fraction of `x` whose quotient is `x` again.
fn simplest_ratio(x: f64) -> Option<(u64, u64)> {
    // x = mantissa · 2^exponent, exactly. Within the allowed range the exponent is −82 … −22, so
    // the denominator 2^−exponent fits in u128.
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075;
    let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let (mut a, mut b) = (mantissa, 1_u128.checked_shl(u32::try_from(-exponent).ok()?)?);
    let (mut p, mut q, mut p_before, mut q_before) = (1_u128, 0_u128, 0_u128, 1_u128);
    while b != 0 {
        let whole = a / b;
        (p, p_before) = (whole.checked_mul(p)?.checked_add(p_before)?, p);
        (q, q_before) = (whole.checked_mul(q)?.checked_add(q_before)?, q);
        if p > MAX_TERM || q > MAX_TERM {
            return None;
        }
        if p as f64 / q as f64 == x {
            return Some((p as u64, q as u64));
        }
        (a, b) = (b, a % b);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_ratios_are_found() {
        for (hz, ratio) in [
            (40.0, (40, 1)),
            (0.1, (1, 10)),
            (100.0 / 3.0, (100, 3)),
            (1.0 / 3600.0, (1, 3600)),
            (12.5, (25, 2)),
            (1e9, (1_000_000_000, 1)),
            (1e-9, (1, 1_000_000_000)),
        ] {
            assert_eq!(SamplingRate::from_hz(hz).unwrap().as_ratio(), ratio, "{hz}");
        }
        // A blockette-100 float32, widened: not 100 Hz, and it must stay what it is.
        let odd = f64::from(99.999_f32);
        assert_eq!(SamplingRate::from_hz(odd).unwrap().hz(), odd);
        assert_eq!(SamplingRate::from_interval_s(0.025).unwrap().hz(), 40.0);
    }

    #[test]
    fn impossible_rates_are_refused() {
        for hz in [-1.0, f64::NAN, f64::INFINITY, 1e-10, 2e9] {
            assert!(SamplingRate::from_hz(hz).is_err(), "{hz}");
        }
        assert!(SamplingRate::from_interval_s(0.0).is_err());
        assert!(SamplingRate::from_ratio(1, 0).is_err());
        assert_eq!(SamplingRate::from_hz(0.0).unwrap(), SamplingRate::NONE);
    }

    #[test]
    fn a_day_does_not_drift() {
        let rate = SamplingRate::from_hz(100.0 / 3.0).unwrap();
        assert_eq!(rate.offset_of(2_880_000), TimeDelta::from_seconds(86_400));
        assert_eq!(rate.samples_in(TimeDelta::from_seconds(86_400)), (2_880_000, 0.0));
        let (whole, part) =
            SamplingRate::from_hz(40.0).unwrap().samples_in(TimeDelta::from_nanos(-12_500_000));
        assert_eq!((whole, part), (-1, 0.5));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let slow = SamplingRate::from_hz(1.000_000_000_1e-9).unwrap();
        let _ = slow.offset_of(i64::MAX);
        let odd = SamplingRate::from_hz(99.999_001_234_567_8).unwrap();
        let _ = odd.offset_of(i64::MIN);
        let _ = odd.samples_in(TimeDelta::from_nanos(i128::MAX));
    }

    proptest::proptest! {
        #[test]
        fn narrow_and_wide_division_agree(
            numerator in 1_u64..1_000_000,
            denominator in 1_u64..1_000_000,
            index in -20_000_000_000_i64..20_000_000_000,
        ) {
            let Ok(rate) = SamplingRate::from_ratio(numerator, denominator) else { return Ok(()) };
            let (n, d) = rate.as_ratio();
            let exact = i128::from(index) * i128::from(d) * 1_000_000_000;
            let wide = div_half_even(exact, i128::from(n));
            proptest::prop_assert_eq!(rate.offset_of(index).as_nanos(), wide);
        }

        #[test]
        fn every_rate_comes_back(hz in 1e-9..1e9_f64) {
            proptest::prop_assert_eq!(SamplingRate::from_hz(hz).map(SamplingRate::hz), Ok(hz));
        }
    }
}
