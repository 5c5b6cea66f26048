//! Blocks of frequencies that are evaluated side by side.
//!
//! Plain arrays and loops of fixed length, which the compiler turns into vector instructions. What
//! happens in one lane never depends on its neighbours, so that results are bit-identical however
//! a list of frequencies is cut into blocks.

use seis_core::Complex64;

/// Frequencies per block: enough independent chains to hide the latency of a recurrence.
pub(super) const LANES: usize = 8;

/// One number per frequency.
pub(super) type Lanes = [f64; LANES];

/// One complex number per frequency.
#[derive(Debug, Clone, Copy)]
pub(super) struct ComplexLanes {
    pub(super) re: Lanes,
    pub(super) im: Lanes,
}

impl ComplexLanes {
    pub(super) const ONE: Self = Self { re: [1.0; LANES], im: [0.0; LANES] };

    pub(super) fn real(re: Lanes) -> Self {
        Self { re, im: [0.0; LANES] }
    }

    /// Puts in the lanes of another.
    pub(super) fn take_over(&mut self, other: &Self, lanes: [bool; LANES]) {
        for l in 0..LANES {
            if lanes[l] {
                (self.re[l], self.im[l]) = (other.re[l], other.im[l]);
            }
        }
    }

    /// `self *= other`.
    #[inline(always)]
    pub(super) fn multiply(&mut self, other: &Self) {
        for l in 0..LANES {
            let (re, im) = (self.re[l], self.im[l]);
            self.re[l] = re * other.re[l] - im * other.im[l];
            self.im[l] = im * other.re[l] + re * other.im[l];
        }
    }

    /// `self *= (real + i·imag)` where the real part is the same in all lanes.
    #[inline(always)]
    pub(super) fn multiply_by(&mut self, real: f64, imag: &Lanes) {
        for l in 0..LANES {
            let (re, im) = (self.re[l], self.im[l]);
            self.re[l] = re * real - im * imag[l];
            self.im[l] = im * real + re * imag[l];
        }
    }

    /// `self *= other`, all real.
    #[inline(always)]
    pub(super) fn scale(&mut self, other: &Lanes) {
        for l in 0..LANES {
            self.re[l] *= other[l];
            self.im[l] *= other[l];
        }
    }

    /// `self /= divisor`, and 0 where the divisor is 0, as evalresp has it for a pole that is hit.
    ///
    /// num·conj(den)/|den|², like evalresp; only where |den|² leaves the range of normal numbers
    /// the divisor is scaled first.
    #[inline(always)]
    pub(super) fn divide(&mut self, divisor: &Self) {
        let mut square = [0.0; LANES];
        let mut is_plain = true;
        for l in 0..LANES {
            square[l] = divisor.re[l] * divisor.re[l] + divisor.im[l] * divisor.im[l];
            is_plain &= square[l] > 1e-280 && square[l] < 1e280;
        }
        if !is_plain {
            self.divide_carefully(divisor);
            return;
        }
        for l in 0..LANES {
            let (re, im) = (self.re[l], self.im[l]);
            self.re[l] = (re * divisor.re[l] + im * divisor.im[l]) / square[l];
            self.im[l] = (im * divisor.re[l] - re * divisor.im[l]) / square[l];
        }
    }

    #[cold]
    fn divide_carefully(&mut self, divisor: &Self) {
        for l in 0..LANES {
            let quotient = divide(self.get(l), Complex64::new(divisor.re[l], divisor.im[l]));
            (self.re[l], self.im[l]) = (quotient.re, quotient.im);
        }
    }

    pub(super) fn get(&self, lane: usize) -> Complex64 {
        Complex64::new(self.re[lane], self.im[lane])
    }
}

/// A quotient whose intermediate results stay in range; 0 for a divisor of 0.
fn divide(dividend: Complex64, divisor: Complex64) -> Complex64 {
    let square = divisor.norm_sqr();
    if square > 1e-280 && square < 1e280 {
        return dividend * divisor.conj() / square;
    }
    if divisor.re == 0.0 && divisor.im == 0.0 {
        return Complex64::new(0.0, 0.0);
    }
    let scale = divisor.re.abs().max(divisor.im.abs());
    let unit = divisor / scale;
    dividend * unit.conj() / unit.norm_sqr() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_stay_in_range() {
        let mut value = ComplexLanes { re: [2e200; LANES], im: [-6e200; LANES] };
        value.divide(&ComplexLanes { re: [1e200; LANES], im: [1e200; LANES] });
        assert!((value.re[3] + 2.0).abs() < 1e-15 && (value.im[3] + 4.0).abs() < 1e-15);
        value.divide(&ComplexLanes { re: [0.0; LANES], im: [0.0; LANES] });
        assert_eq!((value.re[0], value.im[0]), (0.0, 0.0));
    }
}
