//! Roots of unity.

use std::f64::consts::FRAC_PI_4;

use num_complex::Complex64;

/// `exp(2πik/n)` for `k < n`, as exact as sine and cosine of angles up to π/4 are: the octant is
/// found in integers.
pub(crate) fn turn(k: usize, n: usize) -> Complex64 {
    let (octant, rest) = (8 * k / n, 8 * k % n);
    let rest = if octant % 2 == 0 { rest } else { n - rest };
    let (s, c) = (FRAC_PI_4 * (rest as f64 / n as f64)).sin_cos();
    let (re, im) = match octant {
        0 => (c, s),
        1 => (s, c),
        2 => (-s, c),
        3 => (-c, s),
        4 => (-c, -s),
        5 => (-s, -c),
        6 => (s, -c),
        _ => (c, -s),
    };
    Complex64::new(re, im)
}

/// All `exp(2πik/n)`, each as the product of one of about √n coarse turns and one of as many fine
/// ones.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    len: usize,
    bits: u32,
    coarse: Vec<Complex64>,
    fine: Vec<Complex64>,
}

impl Turns {
    pub(crate) fn new(len: usize) -> Self {
        let bits = len.ilog2().div_ceil(2);
        let fine = 1 << bits;
        Self {
            len,
            bits,
            coarse: (0..len).step_by(fine).map(|k| turn(k, len)).collect(),
            fine: (0..fine.min(len)).map(|k| turn(k, len)).collect(),
        }
    }

    /// `exp(2πi·jk/n)`.
    pub(crate) fn at(&self, j: usize, k: usize) -> Complex64 {
        let turns = j * k % self.len;
        self.coarse[turns >> self.bits] * self.fine[turns & ((1 << self.bits) - 1)]
    }

    pub(crate) fn bytes(&self) -> usize {
        16 * (self.coarse.len() + self.fine.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_exact_at_quarters_and_symmetric() {
        for n in [8, 12, 1000, 8_640_000] {
            for (k, (re, im)) in
                [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].iter().enumerate()
            {
                let found = turn(k * n / 4, n);
                assert_eq!((found.re + 0.0, found.im + 0.0), (*re, *im), "{k} of {n}");
            }
            for k in (1..n).step_by(n / 8 + 1) {
                assert!((turn(k, n).conj() - turn(n - k, n)).norm() < 2e-16);
            }
        }
        assert_eq!((turn(0, 1), turn(1, 2)), (Complex64::ONE, -Complex64::ONE));
    }

    /// Products of two turns are off by their rounding errors and that of the product.
    #[test]
    fn products_are_turns() {
        for n in [1, 2, 7, 96, 1000, 1_728_000, 8_640_000] {
            let turns = Turns::new(n);
            for k in (0..n).step_by(n / 997 + 1).chain([n - 1]) {
                assert!((turns.at(k, 1) - turn(k, n)).norm() < 4e-16, "{k} of {n}");
                assert!((turns.at(k, n - 1) - turn(k, n).conj()).norm() < 4e-16, "{k} of {n}");
            }
        }
    }
}
