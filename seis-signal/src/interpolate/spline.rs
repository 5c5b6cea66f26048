//! The cubic spline through equidistant samples.

use super::Positions;

/// The elimination factors `c_i = 1/(4 − c_{i−1})` reach their limit, 2 − √3, to the last bit
/// within this many steps (each gains a factor of 14).
const FACTORS: usize = 20;

/// Interpolates at least four samples. `curvature` is room for the second derivatives.
///
/// The not-a-knot condition (no jump of the third derivative at the second and at the last but one
/// sample) makes the second derivative there equal to the second difference, so that the rest is
/// one tridiagonal system (de Boor, A Practical Guide to Splines, chapter IV).
pub(super) fn apply(
    samples: &[f64],
    positions: &Positions,
    npts: usize,
    curvature: &mut Vec<f64>,
    out: &mut Vec<f64>,
) {
    second_derivatives(samples, curvature);
    positions.for_each(npts, |i, t| {
        if t == 0.0 {
            out.push(samples[i]);
            return;
        }
        let s = 1.0 - t;
        let (y, m) = (&samples[i..=i + 1], &curvature[i..=i + 1]);
        let bend = s * (s * s - 1.0) * m[0] + t * (t * t - 1.0) * m[1];
        out.push(s * y[0] + t * y[1] + bend / 6.0);
    });
}

fn second_derivatives(y: &[f64], m: &mut Vec<f64>) {
    let n = y.len();
    m.clear();
    m.resize(n, 0.0);
    for (m, y) in m[1..].iter_mut().zip(y.windows(3)) {
        *m = (y[0] - y[1]) + (y[2] - y[1]);
    }
    let mut factors = [0.25; FACTORS];
    for k in 1..FACTORS {
        factors[k] = 1.0 / (4.0 - factors[k - 1]);
    }
    let factor = |i: usize| factors[(i - 2).min(FACTORS - 1)];
    // m[1] and m[n−2] are known; between them m[i−1] + 4 m[i] + m[i+1] = 6 δ².
    for i in 2..n - 2 {
        let known = if i == n - 3 { m[n - 2] } else { 0.0 };
        m[i] = (6.0 * m[i] - known - m[i - 1]) * factor(i);
    }
    for i in (2..(n - 3).max(2)).rev() {
        m[i] -= factor(i) * m[i + 1];
    }
    m[0] = 2.0 * m[1] - m[2];
    m[n - 1] = 2.0 * m[n - 2] - m[n - 3];
}
