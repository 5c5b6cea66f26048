//! Sampling rates as factor, multiplier, and blockette 100.

use seis_core::SamplingRate;

/// How a rate is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StoredRate {
    pub(super) factor: i16,
    pub(super) multiplier: i16,
    /// The rate in Hz for blockette 100, where factor and multiplier do not do.
    pub(super) actual_hz: Option<f32>,
}

const MAX: u64 = i16::MAX as u64;

/// Stores a rate; `None` if that cannot be done.
///
/// Exactly, where the rate is a ratio of two numbers up to 32767, a product of two, or the inverse
/// of one. Else factor and multiplier are near it; blockette 100 is added, as by ObsPy, if they differ
/// from the rate as a 32-bit float.
pub(super) fn store(rate: SamplingRate) -> Option<StoredRate> {
    if !rate.is_regular() {
        return Some(StoredRate { factor: 0, multiplier: 0, actual_hz: None });
    }
    let (numerator, denominator) = rate.as_ratio();
    let (factor, multiplier, nominal_hz) = if numerator <= MAX && denominator <= MAX {
        ratio(numerator, denominator)?
    } else if let Some((a, b)) = product(numerator).filter(|_| denominator == 1) {
        (a, b, f64::from(a) * f64::from(b))
    } else if let Some((a, b)) = product(denominator).filter(|_| numerator == 1) {
        // Minus one: seconds per sample, and a divisor.
        (-a, -b, 1.0 / (f64::from(a) * f64::from(b)))
    } else if rate.hz() > MAX as f64 {
        let (a, b) = near_product(rate.hz())?;
        (a, b, f64::from(a) * f64::from(b))
    } else if rate.interval_s() > MAX as f64 {
        let (a, b) = near_product(rate.interval_s())?;
        (-a, -b, 1.0 / (f64::from(a) * f64::from(b)))
    } else {
        let (n, d) = nearest_ratio(rate.hz())?;
        ratio(n, d)?
    };
    let actual = rate.hz() as f32;
    let actual_hz = (nominal_hz as f32 != actual).then_some(actual);
    Some(StoredRate { factor, multiplier, actual_hz })
}

/// Factor and multiplier of a ratio of two small numbers, and the rate they give.
fn ratio(numerator: u64, denominator: u64) -> Option<(i16, i16, f64)> {
    let factor = i16::try_from(numerator).ok().filter(|f| *f > 0)?;
    let divisor = i16::try_from(denominator).ok().filter(|d| *d > 0)?;
    let multiplier = if divisor == 1 { 1 } else { -divisor };
    Some((factor, multiplier, f64::from(factor) / f64::from(divisor)))
}

/// Two numbers up to 32767 whose product is this.
fn product(number: u64) -> Option<(i16, i16)> {
    if number > MAX * MAX {
        return None;
    }
    (number.div_ceil(MAX).max(1)..=MAX)
        .take_while(|a| a * a <= number)
        .find(|a| number % a == 0)
        .and_then(|a| Some((i16::try_from(number / a).ok()?, i16::try_from(a).ok()?)))
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
    use crate::mseed::v2::nominal_rate;

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
            5000.0 / 7.0,
            1e6,
        ] {
            let s = stored(hz);
            assert_eq!(s.actual_hz, None, "{hz}");
            assert_eq!(nominal_rate(s.factor, s.multiplier).unwrap().hz(), hz, "{hz}");
        }
    }

    #[test]
    fn others_need_blockette_100() {
        let s = stored(33.333_333_3);
        assert_eq!((s.factor, s.multiplier, s.actual_hz), (100, -3, None));
        assert_eq!(stored(99.999).actual_hz, Some(99.999));
        assert_eq!(stored(123_456.789).actual_hz, Some(123_456.79));
        let s = stored(std::f64::consts::PI * 30.0);
        let nominal = nominal_rate(s.factor, s.multiplier).unwrap().hz();
        assert!((nominal / (std::f64::consts::PI * 30.0) - 1.0).abs() < 1e-6);
    }

    proptest::proptest! {
        #[test]
        fn stored_rates_are_right_to_single_precision(exponent in -9.0..9.0_f64) {
            let hz = 10_f64.powf(exponent);
            if let Some(s) = store(SamplingRate::from_hz(hz).unwrap()) {
                let nominal = nominal_rate(s.factor, s.multiplier).unwrap().hz();
                let read = s.actual_hz.map_or(nominal, f64::from);
                proptest::prop_assert!((read / hz - 1.0).abs() < 1.2e-7, "{} {:?}", hz, s);
            }
        }
    }
}
