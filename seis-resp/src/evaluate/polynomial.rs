//! Polynomials as they apply to samples.

use crate::Polynomial;

impl Polynomial {
    /// The input for an output: Σ cₖ yᵏ. This is how the samples of a thermometer become
    /// temperatures; unlike a frequency response it keeps the offset. *SEED 2.4*, blockette 62.
    ///
    /// ```
    /// use seis_resp::Polynomial;
    /// let thermometer = Polynomial { coefficients: vec![-40.0, 0.01], ..Polynomial::default() };
    /// assert_eq!(thermometer.value_at(6000.0), 20.0);
    /// ```
    #[must_use]
    pub fn value_at(&self, output: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * output + c)
    }

    /// How much the input changes with the output, Σ k cₖ yᵏ⁻¹.
    #[must_use]
    pub fn slope_at(&self, output: f64) -> f64 {
        let terms = self.coefficients.iter().enumerate().skip(1).rev();
        terms.fold(0.0, |sum, (k, c)| sum * output + k as f64 * c)
    }

    /// The highest power whose coefficient is not zero.
    #[must_use]
    pub fn order(&self) -> usize {
        self.coefficients.iter().rposition(|c| *c != 0.0).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_slopes() {
        let p = Polynomial { coefficients: vec![1.0, -2.0, 0.5, 3.0], ..Polynomial::default() };
        assert_eq!((p.value_at(2.0), p.slope_at(2.0), p.order()), (23.0, 36.0, 3));
        let p = Polynomial { coefficients: vec![1.0, 4.0, 0.0], ..Polynomial::default() };
        assert_eq!((p.slope_at(7.0), p.order()), (4.0, 1));
        let p = Polynomial::default();
        assert_eq!((p.value_at(1.0), p.slope_at(1.0), p.order()), (0.0, 0.0, 0));
    }
}
