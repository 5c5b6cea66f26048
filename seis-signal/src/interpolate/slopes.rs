//! Weighted average slopes (Wiggins 1976, Bull. Seism. Soc. Am. 66, 2077–2081).

use super::Positions;

/// `numpy.spacing(1)`, the least slope that ObsPy divides by.
const LEAST: f64 = f64::EPSILON;

/// Interpolates at least two samples, `rate_hz` apart.
pub(super) fn apply(
    samples: &[f64],
    positions: &Positions,
    npts: usize,
    rate_hz: f64,
    out: &mut Vec<f64>,
) {
    let slope = |i: usize| (samples[i + 1] - samples[i]) * rate_hz;
    let steepest = samples.windows(2).map(|y| ((y[1] - y[0]) * rate_hz).abs()).fold(0.0, f64::max);
    let least = LEAST.min(steepest);
    // Slope at a sample. Constant samples have none, where ObsPy divides 0 by 0.
    let at = |i: usize| {
        if i == 0 {
            return slope(0);
        }
        if i == samples.len() - 1 {
            return slope(i - 1);
        }
        let (before, after) = (slope(i - 1), slope(i));
        if sign(before) != sign(after) || before == 0.0 {
            return 0.0;
        }
        let (v, w) = (1.0 / before.abs().max(least), 1.0 / after.abs().max(least));
        (v * before + w * after) / (v + w)
    };
    positions.for_each(npts, |i, t| {
        if t == 0.0 {
            out.push(samples[i]);
            return;
        }
        let s = 1.0 - t;
        let (y0, y1) = (samples[i], samples[i + 1]);
        let (d0, d1) = (at(i) / rate_hz, at(i + 1) / rate_hz);
        // Hermite's cubic.
        out.push(
            (1.0 + 2.0 * t) * s * s * y0 + t * t * (3.0 - 2.0 * t) * y1 + t * s * (s * d0 - t * d1),
        );
    });
}

fn sign(x: f64) -> i8 {
    i8::from(x > 0.0) - i8::from(x < 0.0)
}
