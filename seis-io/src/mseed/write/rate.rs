//! Sampling rates as factor, multiplier, and blockette 100.

use seis_core::SamplingRate;

use crate::mseed::v2::nominal_rate;

/// How a rate is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StoredRate {
    pub(super) factor: i16,
    pub(super) multiplier: i16,
    /// The rate in Hz for blockette 100, where factor and multiplier do not do.
    pub(super) actual_hz: Option<f32>,
}

impl StoredRate {
    /// What is read of it; `None` for what readers refuse.
    pub(super) fn read(&self) -> Option<SamplingRate> {
        let nominal = nominal_rate(self.factor, self.multiplier).ok()?;
        match self.actual_hz {
            Some(hz) => SamplingRate::from_hz(f64::from(hz)).ok(),
            None => Some(nominal),
        }
    }
}

/// Largest factor, and largest multiplier.
const MAX: u64 = i16::MAX as u64;

/// Largest divisor: both numbers may be -32768, and then divide.
const MAX_DIVISOR: u64 = MAX + 1;

/// How far a 32-bit float may be from a number, relative to it: half a unit in the last place.
const SINGLE: f64 = f32::EPSILON as f64 / 2.0;

/// Stores a rate exactly: the double that is read is the rate's. In the error is the nearest that
/// is stored instead, if there is one.
///
/// Factor and multiplier hold ratios of two numbers up to 32767, products of two, and the inverses
/// of products. All else needs blockette 100, which holds 32-bit floats; factor and multiplier are
/// then near.
pub(super) fn store(rate: SamplingRate) -> Result<StoredRate, Option<StoredRate>> {
    let hz = rate.hz();
    // At 1e-9 Hz the 32-bit float may be below what readers take, and the ratio is far off.
    let near_enough = |off: &f64| *off <= hz * SINGLE;
    let off =
        |stored: &StoredRate| stored.read().map(|read| (read.hz() - hz).abs()).filter(near_enough);
    let (factor, multiplier) = near(rate).ok_or(None)?;
    let nominal = StoredRate { factor, multiplier, actual_hz: None };
    let without = off(&nominal);
    if without == Some(0.0) {
        return Ok(nominal);
    }
    let single = StoredRate { actual_hz: Some(hz as f32), ..nominal };
    match (without, off(&single)) {
        (_, Some(0.0)) => Ok(single),
        (Some(without), with) if with.is_none_or(|with| without <= with) => Err(Some(nominal)),
        (_, Some(_)) => Err(Some(single)),
        (_, None) => Err(None),
    }
}

/// Factor and multiplier that give the rate, or one near it.
fn near(rate: SamplingRate) -> Option<(i16, i16)> {
    if !rate.is_regular() {
        return Some((0, 0));
    }
    let (numerator, denominator) = rate.as_ratio();
    if numerator <= MAX && denominator <= MAX_DIVISOR {
        ratio(numerator, denominator)
    } else if let Some((a, b)) = product(numerator, MAX).filter(|_| denominator == 1) {
        Some((i16::try_from(a).ok()?, i16::try_from(b).ok()?))
    } else if let Some((a, b)) = product(denominator, MAX_DIVISOR).filter(|_| numerator == 1) {
        // Seconds per sample, and a divisor.
        Some((minus(a)?, minus(b)?))
    } else if rate.hz() > MAX as f64 {
        near_product(rate.hz())
    } else if rate.interval_s() > MAX as f64 {
        near_product(rate.interval_s()).map(|(a, b)| (-a, -b))
    } else {
        let (n, d) = nearest_ratio(rate.hz())?;
        ratio(n, d)
    }
}

/// A ratio of two small numbers.
fn ratio(numerator: u64, denominator: u64) -> Option<(i16, i16)> {
    let factor = i16::try_from(numerator).ok().filter(|f| *f > 0)?;
    Some((factor, if denominator == 1 { 1 } else { minus(denominator)? }))
}

/// The number, up to 32768, below zero.
fn minus(number: u64) -> Option<i16> {
    i16::try_from(-i64::try_from(number).ok()?).ok()
}

/// Two numbers up to `max` whose product is this.
fn product(number: u64, max: u64) -> Option<(u64, u64)> {
    if number > max * max {
        return None;
    }
    (number.div_ceil(max).max(1)..=max)
        .take_while(|a| a * a <= number)
        .find(|a| number % a == 0)
        .map(|a| (number / a, a))
}

/// Two numbers up to 32767 whose product is near a number beyond.
fn near_product(x: f64) -> Option<(i16, i16)> {
    let a = (x / MAX as f64).ceil();
    let b = (x / a).round();
    let small = |x: f64| (1.0..=MAX as f64).contains(&x).then_some(x as i16);
    Some((small(b)?, small(a)?))
}

/// The last convergent of the continued fraction with both terms up to 32767.
fn nearest_ratio(hz: f64) -> Option<(u64, u64)> {
    let (mut rest, mut best) = (hz, None);
    let (mut p, mut q, mut p_before, mut q_before) = (1_u64, 0_u64, 0_u64, 1_u64);
    loop {
        if !(0.0..=MAX as f64).contains(&rest) {
            return best;
        }
        let whole = rest as u64;
        (p, p_before) = (whole * p + p_before, p);
        (q, q_before) = (whole * q + q_before, q);
        if p > MAX || q > MAX {
            return best;
        }
        if p > 0 {
            best = Some((p, q));
        }
        if rest == whole as f64 {
            return best;
        }
        rest = 1.0 / (rest - whole as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(hz: f64) -> StoredRate {
        store(SamplingRate::from_hz(hz).unwrap()).unwrap()
    }

    #[test]
    fn rates_come_back() {
        for hz in [
            40.0,
            100.0,
            1.0,
            0.1,
            12.5,
            0.01,
            100.0 / 3.0,
            32767.0,
            40_000.0,
            250_000.0,
            1.0 / 3600.0,
            1.0 / 86_400.0,
            1.0 / 40_000.0,
            1.0 / 32_768.0,
            5000.0 / 7.0,
            1e6,
            1e9,
            1e-9,
        ] {
            let s = stored(hz);
            assert_eq!(s.actual_hz, None, "{hz}");
            assert_eq!(nominal_rate(s.factor, s.multiplier).unwrap().hz(), hz, "{hz}");
        }
    }

    #[test]
    fn others_need_blockette_100() {
        let odd = f64::from(99.999_f32);
        assert_eq!(stored(odd).actual_hz, Some(99.999));
        // Also where factor and multiplier are the same to single precision.
        let third = f64::from(100.0_f32 / 3.0);
        let s = stored(third);
        assert_eq!((s.factor, s.multiplier, s.actual_hz), (100, -3, Some(100.0 / 3.0)));
        assert_eq!(s.read().unwrap().hz(), third);
    }

    #[test]
    fn what_needs_more_digits_is_not_stored_but_near() {
        let near = |hz: f64| store(SamplingRate::from_hz(hz).unwrap()).unwrap_err().unwrap();
        assert_eq!(near(99.999).actual_hz, Some(99.999));
        assert_eq!(near(123_456.789).actual_hz, Some(123_456.79));
        let s = near(33.333_333_3);
        assert_eq!((s.factor, s.multiplier, s.actual_hz), (100, -3, None));
        let s = near(std::f64::consts::PI * 30.0);
        let nominal = nominal_rate(s.factor, s.multiplier).unwrap().hz();
        assert!((nominal / (std::f64::consts::PI * 30.0) - 1.0).abs() < 1e-6);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_read_of_factor_and_multiplier_can_be_stored(
            factor in proptest::num::i16::ANY,
            multiplier in proptest::num::i16::ANY,
            small in proptest::bool::ANY,
        ) {
            // Of two large numbers most products are no rates.
            let multiplier = if small { multiplier % 300 } else { multiplier };
            if let Ok(rate) = nominal_rate(factor, multiplier) {
                let read = store(rate).ok().and_then(|s| s.read());
                proptest::prop_assert_eq!(read, Some(rate), "{} {}", factor, multiplier);
            }
        }

        #[test]
        fn what_is_read_of_blockette_100_can_be_stored(
            bits in 0x3080_0000..0x4e80_0000_u32,
        ) {
            let hz = f64::from(f32::from_bits(bits));
            if let Ok(rate) = SamplingRate::from_hz(hz) {
                let read = store(rate).ok().and_then(|s| s.read());
                proptest::prop_assert_eq!(read.map(SamplingRate::hz), Some(hz));
            }
        }

        #[test]
        fn rounded_rates_are_right_to_single_precision(exponent in -9.0..9.0_f64) {
            let rate = SamplingRate::from_hz(10_f64.powf(exponent)).unwrap();
            if let Ok(s) | Err(Some(s)) = store(rate) {
                let read = s.read().unwrap().hz();
                proptest::prop_assert!((read / rate.hz() - 1.0).abs() < 6e-8, "{:?}", s);
            }
        }
    }

    #[test]
    fn the_ends_of_factor_and_multiplier() {
        for factor in [i16::MIN, -32_767, -1, 0, 1, 32_749, 32_767] {
            for multiplier in [i16::MIN, -32_749, -1, 0, 1, 30_517, 32_767] {
                if let Ok(rate) = nominal_rate(factor, multiplier) {
                    let stored = store(rate).map(|s| s.read());
                    assert_eq!(stored, Ok(Some(rate)), "{factor} {multiplier}");
                }
            }
        }
    }
}
