//! Least-squares polynomials in Gram's basis.

use crate::{Error, Result};

/// The highest order of a polynomial trend. What follows a signal more closely than that is no
/// trend but a filter.
pub const MAX_POLYNOMIAL_ORDER: u8 = 30;

const TERMS: usize = MAX_POLYNOMIAL_ORDER as usize + 1;
const BLOCK: usize = 64;

pub(super) fn check_order(order: u8) -> Result<()> {
    if order > MAX_POLYNOMIAL_ORDER {
        return Err(Error::Parameter {
            name: "polynomial order",
            value: f64::from(order),
            expected: "at most 30",
        });
    }
    Ok(())
}

/// Subtracts the polynomial of best fit; more samples than `order`, all finite.
pub(super) fn remove(samples: &mut [f64], order: u8) -> Result<()> {
    let basis = Gram::new(samples.len(), usize::from(order) + 1);
    let mut first = [0.0; TERMS];
    basis.project(samples, &[0.0; TERMS], &mut first);
    // A second projection, of what the first left over, takes away the rounding errors of sums
    // over many samples, and what the recurrence lost of orthogonality.
    let mut second = [0.0; TERMS];
    basis.project(samples, &first, &mut second);
    let mut fit = first;
    for (c, d) in fit.iter_mut().zip(second) {
        *c += d;
    }
    if fit.iter().any(|c| !c.is_finite()) {
        return Err(Error::Overflow { operation: "polynomial detrend" });
    }
    for (n, block) in samples.chunks_mut(BLOCK).enumerate() {
        let mut trend = [0.0; BLOCK];
        basis.evaluate(n * BLOCK, &fit, &mut trend);
        for (x, t) in block.iter_mut().zip(&trend) {
            *x -= t;
        }
    }
    Ok(())
}

/// The monic polynomials orthogonal over N equidistant points in [−1, 1]:
/// `P(k+1) = t·P(k) − β(k)·P(k−1)` with `β(k) = k²(N²−k²) / ((4k²−1)(N−1)²)`
/// (Abramowitz & Stegun 22.17, there over the integers).
struct Gram {
    beta: [f64; TERMS],
    /// Squared length of each over the points.
    norm: [f64; TERMS],
    terms: usize,
    middle: f64,
}

impl Gram {
    fn new(npts: usize, terms: usize) -> Self {
        let n = npts as f64;
        let (mut beta, mut norm) = ([0.0; TERMS], [n; TERMS]);
        for k in 1..terms {
            let kk = (k * k) as f64;
            beta[k] = kk * (n * n - kk) / ((4.0 * kk - 1.0) * (n - 1.0) * (n - 1.0));
            norm[k] = norm[k - 1] * beta[k];
        }
        Self { beta, norm, terms, middle: (n - 1.0) / 2.0 }
    }

    /// Calls `each(k, P_k)` with the values of every polynomial at the points from `first` on.
    fn values(&self, first: usize, mut each: impl FnMut(usize, &[f64; BLOCK])) {
        let mut t = [0.0; BLOCK];
        // One point only: every polynomial but the first is 0 there, and the middle is 0.
        let scale = if self.middle > 0.0 { 1.0 / self.middle } else { 0.0 };
        for (i, t) in t.iter_mut().enumerate() {
            *t = (first as f64 - self.middle + i as f64) * scale;
        }
        let (mut before, mut now) = ([0.0; BLOCK], [1.0; BLOCK]);
        for k in 0..self.terms {
            each(k, &now);
            for ((p, q), t) in now.iter_mut().zip(&mut before).zip(&t) {
                let next = t * *p - self.beta[k] * *q;
                (*q, *p) = (*p, next);
            }
        }
    }

    /// Adds `Σ c_k P_k` at the points from `first` on.
    fn evaluate(&self, first: usize, coefficients: &[f64; TERMS], out: &mut [f64; BLOCK]) {
        self.values(first, |k, p| {
            for (y, p) in out.iter_mut().zip(p) {
                *y += coefficients[k] * p;
            }
        });
    }

    /// The coefficients of best fit to `samples − Σ known_k P_k`.
    fn project(&self, samples: &[f64], known: &[f64; TERMS], out: &mut [f64; TERMS]) {
        for (n, block) in samples.chunks(BLOCK).enumerate() {
            let mut rest = [0.0; BLOCK];
            self.evaluate(n * BLOCK, known, &mut rest);
            for (r, x) in rest.iter_mut().zip(block) {
                *r = x - *r;
            }
            // Points behind the last sample do not count.
            for r in rest.iter_mut().skip(block.len()) {
                *r = 0.0;
            }
            self.values(n * BLOCK, |k, p| {
                let mut lanes = [0.0; 8];
                for (p, r) in p.chunks_exact(8).zip(rest.chunks_exact(8)) {
                    for (lane, (p, r)) in lanes.iter_mut().zip(p.iter().zip(r)) {
                        *lane += p * r;
                    }
                }
                out[k] += lanes.iter().sum::<f64>();
            });
        }
        for (c, norm) in out.iter_mut().zip(&self.norm).take(self.terms) {
            *c /= norm;
        }
    }
}
