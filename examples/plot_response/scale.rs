//! Numbers on axes and in labels.

/// The decades that hold an interval, as exponents.
pub(crate) fn decades(first: f64, last: f64) -> std::ops::RangeInclusive<i32> {
    first.log10().ceil() as i32..=last.log10().floor() as i32
}

/// 10ⁿ.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let mut text = String::from("10");
    for c in exponent.to_string().chars() {
        text.push(match c.to_digit(10) {
            Some(digit) => DIGITS.get(digit as usize).copied().unwrap_or('?'),
            None => '⁻',
        });
    }
    text
}

/// A frequency in three digits, in mHz or Hz.
pub(crate) fn frequency(hz: f64) -> String {
    if hz != 0.0 && hz < 0.0995 {
        format!("{} mHz", digits(hz * 1e3, 3))
    } else {
        format!("{} Hz", digits(hz, 3))
    }
}

/// A number in some digits, without zeros at its end.
fn digits(number: f64, count: i32) -> String {
    if number == 0.0 {
        return "0".into();
    }
    let decimals = (count - 1 - number.abs().log10().floor() as i32).max(0) as usize;
    let text = format!("{number:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// An amplitude in four digits: `6.354·10⁸`.
pub(crate) fn amplitude(number: f64) -> String {
    if (0.1..10_000.0).contains(&number.abs()) {
        return digits(number, 4);
    }
    let exponent = number.abs().log10().floor() as i32;
    let mantissa = number / 10_f64.powi(exponent);
    format!("{}·{}", digits(mantissa, 4), power_of_ten(exponent))
}

/// Steps for an axis in degrees.
pub(crate) fn degree_step(span: f64) -> f64 {
    [15.0, 30.0, 45.0, 90.0, 180.0, 360.0, 720.0, 1440.0]
        .into_iter()
        .find(|step| span / step <= 8.0)
        .unwrap_or(span / 8.0)
}

/// Phases in degrees without jumps, and shifted by whole turns so that the middle is near 0.
pub(crate) fn unwrapped(phases: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut turns = 0.0;
    let mut before = f64::NAN;
    let mut all: Vec<f64> = phases
        .map(|phase| {
            let step = phase - before;
            if step.is_finite() {
                turns -= (step / 360.0).round();
            }
            before = phase;
            phase + 360.0 * turns
        })
        .collect();
    let mut shown: Vec<f64> = all.iter().copied().filter(|phase| phase.is_finite()).collect();
    shown.sort_by(f64::total_cmp);
    let middle = shown.get(shown.len() / 2).copied().unwrap_or(0.0);
    let shift = 360.0 * (middle / 360.0).round();
    all.iter_mut().for_each(|phase| *phase -= shift);
    all
}
