//! Interpolating cubic splines with not-a-knot ends.

/// A cubic spline through points of increasing abscissa, twice continuously differentiable, whose
/// first two and last two pieces are one cubic each ("not a knot"); *de Boor, A Practical Guide to
/// Splines*, chapter IV. The same curve as SciPy's `InterpolatedUnivariateSpline(x, y, k=3)`.
///
/// Outside the points the first and last cubics go on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spline {
    /// For each piece: value, slope, and the coefficients of the square and the cube of the
    /// distance from its left end.
    pieces: Vec<[f64; 4]>,
}

impl Spline {
    /// Through at least four points; the caller has checked that `x` increases.
    pub(super) fn new(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len();
        if n < 4 || y.len() != n {
            return None;
        }
        let h: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
        let slope: Vec<f64> = y.windows(2).zip(&h).map(|(w, h)| (w[1] - w[0]) / h).collect();
        // Slopes s at the points: sᵢ₋₁ hᵢ + 2 sᵢ (hᵢ₋₁ + hᵢ) + sᵢ₊₁ hᵢ₋₁ = 3 (hᵢ mᵢ₋₁ + hᵢ₋₁ mᵢ),
        // and at the ends the condition that the third derivative does not jump at the second
        // point, reduced to two unknowns.
        let (mut below, mut diagonal, mut above, mut right) =
            (vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let reach = h[0] + h[1];
        diagonal[0] = h[1];
        above[0] = reach;
        right[0] = ((h[0] + 2.0 * reach) * h[1] * slope[0] + h[0] * h[0] * slope[1]) / reach;
        for i in 1..n - 1 {
            below[i] = h[i];
            diagonal[i] = 2.0 * (h[i - 1] + h[i]);
            above[i] = h[i - 1];
            right[i] = 3.0 * (h[i] * slope[i - 1] + h[i - 1] * slope[i]);
        }
        let (last, before) = (h[n - 2], h[n - 3]);
        let reach = last + before;
        below[n - 1] = reach;
        diagonal[n - 1] = before;
        right[n - 1] =
            (last * last * slope[n - 3] + (2.0 * reach + last) * before * slope[n - 2]) / reach;
        // Elimination without pivoting: after the first row, which leaves h₀ + h₁ on the diagonal
        // against h₀ beside it, every row is dominated by its diagonal.
        for i in 1..n {
            let factor = below[i] / diagonal[i - 1];
            diagonal[i] -= factor * above[i - 1];
            right[i] -= factor * right[i - 1];
        }
        let mut s = vec![0.0; n];
        s[n - 1] = right[n - 1] / diagonal[n - 1];
        for i in (0..n - 1).rev() {
            s[i] = (right[i] - above[i] * s[i + 1]) / diagonal[i];
        }
        let pieces = (0..n - 1)
            .map(|i| {
                let bend = (s[i] + s[i + 1] - 2.0 * slope[i]) / h[i];
                [y[i], s[i], (slope[i] - s[i]) / h[i] - bend, bend / h[i]]
            })
            .collect();
        Some(Self { pieces })
    }

    /// The value at a distance from the left end of a piece.
    pub(super) fn value(&self, piece: usize, distance: f64) -> f64 {
        self.pieces
            .get(piece)
            .map_or(f64::NAN, |[a, b, c, d]| a + distance * (b + distance * (c + distance * d)))
    }

    /// The least value of a piece of some width.
    pub(super) fn least(&self, piece: usize, width: f64) -> f64 {
        let Some([_, b, c, d]) = self.pieces.get(piece).copied() else { return f64::NAN };
        // Where the slope b + 2c x + 3d x² is 0, without the difference of what is nearly equal.
        let q = -(c + (c * c - 3.0 * d * b).sqrt().copysign(c));
        let turns = [q / (3.0 * d), b / q].into_iter().filter(|x| *x > 0.0 && *x < width);
        turns.chain([0.0, width]).map(|x| self.value(piece, x)).fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(spline: &Spline, x: &[f64], at: f64) -> f64 {
        let piece = x.partition_point(|k| *k <= at).saturating_sub(1).min(x.len() - 2);
        spline.value(piece, at - x[piece])
    }

    #[test]
    fn cubics_are_reproduced_inside_and_outside() {
        let cubic = |x: f64| 2.0 - x + 0.5 * x * x - 0.25 * x * x * x;
        for x in [vec![0.0, 1.0, 3.0, 3.5], vec![-2.0, -1.9, 0.0, 4.0, 4.5, 9.0]] {
            let y: Vec<f64> = x.iter().map(|x| cubic(*x)).collect();
            let spline = Spline::new(&x, &y).unwrap();
            for t in [-3.0, -1.95, 0.0, 0.7, 3.0, 3.2, 4.4, 11.0] {
                assert!((at(&spline, &x, t) - cubic(t)).abs() < 1e-11, "{t}");
            }
        }
    }

    #[test]
    fn the_least_value_of_a_piece() {
        for (cubic, least) in [
            ([1.0, 0.0, 0.0, 0.0], 1.0),
            ([1.0, -2.0, 0.0, 0.0], -3.0),
            // (x − 1)² − 1/2, and x³ − 3x, which turns at 1.
            ([0.5, -2.0, 1.0, 0.0], -0.5),
            ([0.0, -3.0, 0.0, 1.0], -2.0),
            ([0.0, 3.0, 0.0, -1.0], -2.0),
            ([0.0, 0.0, 0.0, 1.0], 0.0),
        ] {
            let spline = Spline { pieces: vec![cubic] };
            assert!((spline.least(0, 2.0) - least).abs() < 1e-12, "{cubic:?}");
        }
    }

    /// SciPy 1.17.1, `InterpolatedUnivariateSpline([0.01, 0.1, 0.5, 2, 3, 20], [1, 3, 2, 2.5, -1,
    /// 0.5], k=3)`.
    #[test]
    fn agrees_with_scipy() {
        let x = [0.01, 0.1, 0.5, 2.0, 3.0, 20.0];
        let spline = Spline::new(&x, &[1.0, 3.0, 2.0, 2.5, -1.0, 0.5]).unwrap();
        for (t, expected) in SCIPY {
            let found = at(&spline, &x, t);
            assert!((found / expected - 1.0).abs() < 1e-11, "{t}: {found:e} {expected:e}");
        }
        assert!(Spline::new(&x[..3], &[1.0, 3.0, 2.0]).is_none());
    }

    const SCIPY: [(f64, f64); 8] = [
        (0.0, 0.692_346_895_230_857_5),
        (0.05, 2.052_755_180_421_192_5),
        (0.3, 3.706_665_656_430_698_3),
        (1.0, -5.715_839_937_383_282e-4),
        (2.5, 1.898_573_582_158_301_9),
        (10.0, -167.733_104_790_772),
        (20.0, 0.5),
        (25.0, 715.892_769_998_365_2),
    ];
}
