//! What is marked in the picture.

use seis::resp::Complex64;

use crate::channels::Channel;

/// How much the amplitude may vary in the flat band, in dB: as much up as down.
pub(crate) const FLAT_DB: f64 = 1.0;
/// How far it has fallen at a corner, in dB.
const CORNER_DB: f64 = 3.0;

/// The marks of one response.
pub(crate) struct Features {
    /// The frequency of the sensitivity in Hz, and the amplitude there.
    pub(crate) sensitivity: Option<(f64, f64)>,
    /// The widest band in Hz in which the amplitude varies by no more than ±[`FLAT_DB`]; absent if
    /// there is none, as in the displacement of a velocity sensor.
    pub(crate) flat_hz: Option<(f64, f64)>,
    /// Where the amplitude has fallen by 3 dB below that of the flat band, in Hz, below and above.
    pub(crate) corners_hz: [Option<f64>; 2],
    pub(crate) nyquist_hz: Option<f64>,
}

impl Features {
    pub(crate) fn of(channel: &Channel<'_>, frequencies_hz: &[f64], values: &[Complex64]) -> Self {
        let at = |f: f64| channel.plan.at(f).map_or(f64::NAN, |value| value.norm());
        let whole = channel.response.sensitivity.as_ref().filter(|_| !channel.is_part);
        let reported = whole.and_then(|s| s.frequency_hz);
        let reference_hz = reported.unwrap_or_else(|| channel.plan.product_of_gains().1);
        let reference = at(reference_hz);
        let points: Vec<(f64, f64)> =
            frequencies_hz.iter().zip(values).map(|(f, value)| (*f, value.norm())).collect();
        let mut features = Self {
            sensitivity: (reference > 0.0 && reference.is_finite())
                .then_some((reference_hz, reference)),
            flat_hz: None,
            corners_hz: [None; 2],
            nyquist_hz: channel.nyquist_hz,
        };
        let bands = points.split(|(_, amplitude)| !amplitude.is_finite()).filter_map(flat_band);
        let widest = bands.max_by(|(a, b, _), (c, d, _)| (b / a).total_cmp(&(d / c)));
        let Some((first, last, level)) = widest else { return features };
        features.flat_hz = Some((first, last));
        let is_passed = |amplitude: f64| amplitude >= level * 10_f64.powf(-CORNER_DB / 20.0);
        // What is beyond a value that is no number is unknown.
        let is_known = |(_, amplitude): &(f64, f64)| amplitude.is_finite();
        let below = points.iter().rev().copied().filter(|(f, _)| *f < first).take_while(is_known);
        let above = points.iter().copied().filter(|(f, _)| *f > last).take_while(is_known);
        features.corners_hz =
            [crossing(below, first, &at, &is_passed), crossing(above, last, &at, &is_passed)];
        features
    }
}

/// First and last frequency of the widest band (in octaves) that is flat, and its level. Less than
/// an octave is no band.
fn flat_band(points: &[(f64, f64)]) -> Option<(f64, f64, f64)> {
    let ratio = 10_f64.powf(2.0 * FLAT_DB / 20.0);
    let mut best: Option<(f64, f64, f64)> = None;
    let mut begin = 0;
    for end in 0..points.len() {
        let mut band = points.get(begin..=end)?;
        let bounds = |band: &[(f64, f64)]| {
            band.iter().fold((f64::MAX, 0.0_f64), |(l, h), (_, a)| (l.min(*a), h.max(*a)))
        };
        let (mut low, mut high) = bounds(band);
        while band.len() > 1 && high > ratio * low {
            begin += 1;
            band = points.get(begin..=end)?;
            (low, high) = bounds(band);
        }
        let (first, last) = (points.get(begin)?.0, points.get(end)?.0);
        if low > 0.0 && best.is_none_or(|(f, l, _)| last / first > l / f) {
            best = Some((first, last, (low * high).sqrt()));
        }
    }
    best.filter(|(first, last, _)| *last >= 2.0 * first)
}

/// The first frequency, on the way through the points, at which a condition on the amplitude ceases
/// to hold.
fn crossing(
    points: impl Iterator<Item = (f64, f64)>,
    start_hz: f64,
    at: &dyn Fn(f64) -> f64,
    holds: &dyn Fn(f64) -> bool,
) -> Option<f64> {
    let mut inside = start_hz;
    for (f, amplitude) in points {
        if holds(amplitude) {
            inside = f;
            continue;
        }
        let mut outside = f;
        for _ in 0..50 {
            let middle = (inside + outside) / 2.0;
            if holds(at(middle)) { inside = middle } else { outside = middle }
        }
        return Some(outside);
    }
    None
}
