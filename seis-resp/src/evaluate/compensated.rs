//! The sums of [`Series`](super::series::Series) in doubled precision, for where the terms cancel.
//!
//! In its stop band a filter's taps cancel: of |H| = 1e-7, a sum of ordinary numbers leaves nine
//! digits. The recurrence is the same; every number is the unevaluated sum of two (*Dekker,
//! Numerische Mathematik 18, 1971*), so that some 32 digits go into the sum and 16 come out of it.
//! The angle needs no second number: an error of it shifts the frequency by as much and is not
//! amplified.

use super::lanes::{LANES, Lanes};

/// Numbers as unevaluated sums `high + low`, one per lane.
#[derive(Clone, Copy)]
struct Doubled {
    high: Lanes,
    low: Lanes,
}

/// 2²⁷ + 1: splits a number of 53 bits into two of 26.
const SPLITTER: f64 = 134_217_729.0;

impl Doubled {
    const ZERO: Self = Self { high: [0.0; LANES], low: [0.0; LANES] };

    fn of(number: f64) -> Self {
        Self { high: [number; LANES], low: [0.0; LANES] }
    }

    /// Puts in the lanes of another.
    fn take_over(&mut self, other: &Self, lanes: [bool; LANES]) {
        for l in 0..LANES {
            if lanes[l] {
                (self.high[l], self.low[l]) = (other.high[l], other.low[l]);
            }
        }
    }

    #[inline(always)]
    fn plus(&self, other: &Self) -> Self {
        let mut sum = Self::ZERO;
        for l in 0..LANES {
            let (a, b) = (self.high[l], other.high[l]);
            let high = a + b;
            let b_part = high - a;
            let low = (a - (high - b_part)) + (b - b_part) + (self.low[l] + other.low[l]);
            sum.high[l] = high + low;
            sum.low[l] = low - (sum.high[l] - high);
        }
        sum
    }

    /// Without fused multiplication, which is a slow call where the processor's is not enabled.
    #[inline(always)]
    fn times(&self, factor: &Lanes) -> Self {
        let mut product = Self::ZERO;
        for l in 0..LANES {
            let (a, b) = (self.high[l], factor[l]);
            let high = a * b;
            let (a_carry, b_carry) = (SPLITTER * a, SPLITTER * b);
            let (a_head, b_head) = (a_carry - (a_carry - a), b_carry - (b_carry - b));
            let (a_tail, b_tail) = (a - a_head, b - b_head);
            let rounding =
                ((a_head * b_head - high) + a_head * b_tail + a_tail * b_head) + a_tail * b_tail;
            let low = rounding + self.low[l] * b;
            product.high[l] = high + low;
            product.low[l] = low - (product.high[l] - high);
        }
        product
    }
}

/// The end of the recurrence; see [`Tail`](super::series::Tail).
pub(super) struct DoubledTail {
    first: f64,
    b: Doubled,
    d: Doubled,
    u: Lanes,
    is_far: [bool; LANES],
}

impl DoubledTail {
    /// From the coefficients, those with alternating signs for the lanes whose angle is replaced by
    /// its supplement, and u = 2(cos θ − 1) of either.
    pub(super) fn new(near: &[f64], far: &[f64], u: &Lanes, is_far: [bool; LANES]) -> Self {
        let first = near.first().copied().unwrap_or(0.0);
        let (mut b, mut d) = (Doubled::ZERO, Doubled::ZERO);
        for (coefficients, is_taken) in [(near, is_far.map(|far| !far)), (far, is_far)] {
            if is_taken.contains(&true) {
                let ends = recurrence(coefficients, u);
                b.take_over(&ends.0, is_taken);
                d.take_over(&ends.1, is_taken);
            }
        }
        Self { first, b, d, u: *u, is_far }
    }

    /// Σ aₖ cos kθ.
    pub(super) fn cosines(&self) -> Lanes {
        let half = self.u.map(|u| 0.5 * u);
        Doubled::of(self.first).plus(&self.b.times(&half).plus(&self.d)).high
    }

    /// Σ aₖ sin kθ, given sin θ.
    pub(super) fn sines(&self, sin: &Lanes) -> Lanes {
        let b = self.b.high;
        std::array::from_fn(|l| if self.is_far[l] { -b[l] } else { b[l] } * sin[l])
    }

    /// Σ aₖ cos (k+½)θ, given cos(θ/2).
    pub(super) fn half_cosines(&self, cos_half: &Lanes) -> Lanes {
        let mut sum = Doubled::of(self.first).plus(&self.b.times(&self.u).plus(&self.d));
        sum.take_over(&sum.plus(&self.b.times(&[2.0; LANES])), self.is_far);
        std::array::from_fn(|l| sum.high[l] * cos_half[l])
    }
}

/// The recurrence of [`series`](super::series).
#[inline(never)]
fn recurrence(coefficients: &[f64], u: &Lanes) -> (Doubled, Doubled) {
    let (mut b, mut d) = (Doubled::ZERO, Doubled::ZERO);
    for a in coefficients.iter().skip(1).rev() {
        d = d.plus(&Doubled::of(*a)).plus(&b.times(u));
        b = b.plus(&d);
    }
    (b, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_keep_what_rounding_drops() {
        let tiny = 2_f64.powi(-60);
        let sum = Doubled::of(1.0).plus(&Doubled::of(tiny));
        assert_eq!((sum.high[0], sum.low[0]), (1.0, tiny));
        assert_eq!(sum.plus(&Doubled::of(-1.0)).high[3], tiny);
        // (1 + 2⁻³⁰)² = 1 + 2⁻²⁹ + 2⁻⁶⁰.
        let x = 1.0 + 2_f64.powi(-30);
        let square = Doubled::of(x).times(&[x; LANES]);
        assert_eq!((square.high[0], square.low[0]), (1.0 + 2_f64.powi(-29), tiny));
    }
}
