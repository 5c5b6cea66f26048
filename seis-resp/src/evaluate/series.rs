//! Sums of cosines and sines, by Clenshaw's recurrence in Reinsch's form.
//!
//! A filter of n taps costs evalresp n cosines (and sines) for each frequency. The recurrence needs
//! one multiplication and three additions for each tap, and Reinsch's form of it (*Stoer & Bulirsch,
//! Introduction to Numerical Analysis*, 2.3.2) keeps the error at that of the direct sum even where
//! the angle is close to 0 or π, at which the plain recurrence loses digits with n².

use super::compensated::DoubledTail;
use super::lanes::{LANES, Lanes};

/// Coefficients a₀ … aₙ₋₁ of multiples 0 … n−1 of an angle.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// aₖ, for angles whose cosine is not negative.
    near: Vec<f64>,
    /// (−1)ᵏ aₖ, for the supplement of the other angles.
    far: Vec<f64>,
}

/// The last two values of the recurrence, from which every sum follows.
pub(super) struct Tail {
    /// b₁.
    b: Lanes,
    /// d₁ = b₁ − b₂ (near) or b₁ − b₂ of the supplement (far).
    d: Lanes,
    /// 2(cos θ − 1), with θ the angle or its supplement.
    u: Lanes,
    /// Whether the supplement was taken.
    is_far: [bool; LANES],
}

impl Series {
    pub(super) fn new(coefficients: Vec<f64>) -> Self {
        let far = coefficients
            .iter()
            .enumerate()
            .map(|(k, a)| if k % 2 == 0 { *a } else { -a })
            .collect();
        Self { near: coefficients, far }
    }

    pub(super) fn len(&self) -> usize {
        self.near.len()
    }

    fn first(&self) -> f64 {
        self.near.first().copied().unwrap_or(0.0)
    }

    /// Runs the recurrence for angles θ of which sin²(θ/2) and cos²(θ/2) are given: from either,
    /// the one that is small tells the angle exactly.
    #[inline(always)]
    pub(super) fn tail(&self, sin2_half: &Lanes, cos2_half: &Lanes) -> Tail {
        let mut is_far = [false; LANES];
        let mut u = [0.0; LANES];
        let (mut any_near, mut any_far) = (false, false);
        for l in 0..LANES {
            is_far[l] = cos2_half[l] < sin2_half[l];
            u[l] = -4.0 * if is_far[l] { cos2_half[l] } else { sin2_half[l] };
            any_near |= !is_far[l];
            any_far |= is_far[l];
        }
        let (b, d) = if any_near && any_far {
            let near = recurrence(&self.near, &u);
            let far = recurrence(&self.far, &u);
            let mut mixed = near;
            for l in 0..LANES {
                if is_far[l] {
                    (mixed.0[l], mixed.1[l]) = (far.0[l], far.1[l]);
                }
            }
            mixed
        } else {
            recurrence(if any_far { &self.far } else { &self.near }, &u)
        };
        Tail { b, d, u, is_far }
    }

    /// The sum of the magnitudes of the coefficients.
    pub(super) fn size(&self) -> f64 {
        self.near.iter().map(|a| a.abs()).sum()
    }

    /// As [`tail`](Self::tail), in doubled precision.
    pub(super) fn doubled_tail(&self, sin2_half: &Lanes, cos2_half: &Lanes) -> DoubledTail {
        let is_far: [bool; LANES] = std::array::from_fn(|l| cos2_half[l] < sin2_half[l]);
        let u = std::array::from_fn(|l| -4.0 * if is_far[l] { cos2_half[l] } else { sin2_half[l] });
        DoubledTail::new(&self.near, &self.far, &u, is_far)
    }

    /// Σ aₖ cos kθ.
    #[inline(always)]
    pub(super) fn cosines(&self, tail: &Tail) -> Lanes {
        let first = self.first();
        std::array::from_fn(|l| first + (0.5 * tail.u[l] * tail.b[l] + tail.d[l]))
    }

    /// Σ aₖ sin kθ, given sin θ.
    #[inline(always)]
    pub(super) fn sines(&self, tail: &Tail, sin: &Lanes) -> Lanes {
        std::array::from_fn(|l| if tail.is_far[l] { -tail.b[l] } else { tail.b[l] } * sin[l])
    }

    /// Σ aₖ cos (k+½)θ, given cos(θ/2).
    #[inline(always)]
    pub(super) fn half_cosines(&self, tail: &Tail, cos_half: &Lanes) -> Lanes {
        let first = self.first();
        std::array::from_fn(|l| {
            let d0 = first + (tail.u[l] * tail.b[l] + tail.d[l]);
            let sum = if tail.is_far[l] { d0 + 2.0 * tail.b[l] } else { d0 };
            sum * cos_half[l]
        })
    }
}

/// dₖ = aₖ + u·bₖ₊₁ + dₖ₊₁, bₖ = bₖ₊₁ + dₖ from the last k down to 1.
#[inline(always)]
fn recurrence(coefficients: &[f64], u: &Lanes) -> (Lanes, Lanes) {
    let (mut b, mut d) = ([0.0; LANES], [0.0; LANES]);
    for a in coefficients.iter().skip(1).rev() {
        for l in 0..LANES {
            d[l] = (a + d[l]) + u[l] * b[l];
            b[l] += d[l];
        }
    }
    (b, d)
}

#[cfg(test)]
mod tests {
    use super::super::trig::sin_cos;
    use super::*;

    /// Direct sums against the recurrence, with angles at and around 0, π/2, π and beyond, in one
    /// block, so that near and far lanes mix.
    #[test]
    fn recurrence_equals_the_direct_sum() {
        for n in [1_u32, 2, 3, 17, 150, 400] {
            let a: Vec<f64> = (0..n).map(|k| f64::from((k * 37 + 11) % 97) / 97.0 - 0.4).collect();
            let size: f64 = a.iter().map(|a| a.abs()).sum();
            let series = Series::new(a.clone());
            for start in [0.0_f64, 1e-9, 1e-4, 0.5, 1.57, 2.9, std::f64::consts::PI, 100.0] {
                let theta: Lanes = std::array::from_fn(|l| start + 0.02 * l as f64 * l as f64);
                let (sin_half, cos_half) = sin_cos(&theta.map(|t| t / 2.0));
                let sin = std::array::from_fn(|l| 2.0 * sin_half[l] * cos_half[l]);
                let tail = series.tail(&sin_half.map(|s| s * s), &cos_half.map(|c| c * c));
                let found = [
                    series.cosines(&tail),
                    series.sines(&tail, &sin),
                    series.half_cosines(&tail, &cos_half),
                ];
                for l in 0..LANES {
                    let sum = |term: &dyn Fn(f64) -> f64| -> f64 {
                        a.iter().enumerate().map(|(k, a)| a * term(k as f64)).sum()
                    };
                    let expected = [
                        sum(&|k| (k * theta[l]).cos()),
                        sum(&|k| (k * theta[l]).sin()),
                        sum(&|k| ((k + 0.5) * theta[l]).cos()),
                    ];
                    // Both sums round the angle (relative 2⁻⁵³) and each of n terms.
                    let bound = size * f64::EPSILON * (8.0 + f64::from(n) * theta[l].min(4.0));
                    for (f, e) in found.iter().zip(expected) {
                        assert!((f[l] - e).abs() <= bound, "{n} {} {:e} {e:e}", theta[l], f[l]);
                    }
                }
            }
        }
    }
}
