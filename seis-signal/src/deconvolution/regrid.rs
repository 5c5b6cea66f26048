//! The same operator for another length of the transform.
//!
//! Dividing out a response on the N frequencies of a reference grid is a circular convolution of
//! period N with the kernel `h`, the inverse transform of the operator. Of a trace that is not zero
//! in `0 … n−1`, and is wanted there, only the lags `1−n … n−1` of it matter; these are `2n−1 ≤ N`,
//! so that nothing that is wanted has wrapped around, and *any* transform of at least as many
//! points gives the same sums. That matters because reference lengths may be awkward: ObsPy's for
//! 48 001 samples, 96 012 = 2²·3³·7·127, takes twice as long as 96 768.
//!
//! A kernel cut off behind the last lag would have a spectrum without end. But between the last
//! lag that matters and the first that wraps around it are `G = L − 2n + 2` lags at which it may
//! be anything. There the kernel, which is periodic and known at all lags, is faded out with the
//! integral of a Kaiser window of `G` points, whose spectrum ends (at 2e-17 of its maximum, with
//! β = 40) `β/π · L/G` frequencies beyond the band. So an operator that keeps 5 Hz of 20 keeps
//! 5.6 Hz on the new grid, the rest is rounding error, and the inverse transform can still be a
//! short one: what lies beyond the Nyquist frequency of the output is folded back, as decimation
//! of the long result would do.
//!
//! Rounding errors: each transform of the kernel adds noise of a few ε‖h‖ to it, or a few ε times
//! the largest gain to each gain, as the transforms of the samples add ε‖x‖ to each frequency,
//! which is then multiplied by up to the largest gain. So the error of the result stays what that
//! of the reference is, some ε·max|H|·‖x‖.

use num_complex::Complex64;

use super::Operator;
use crate::fft::{Forward, Inverse};
use crate::window::kaiser;

/// Shape of the Kaiser window.
const BETA: f64 = 40.0;

/// By how many frequencies of a transform of `len` points the band spreads.
fn spread(npts: usize, len: usize) -> Option<usize> {
    let fade = (len + 2).checked_sub(2 * npts).filter(|fade| *fade > 1)?;
    Some((BETA / std::f64::consts::PI * len as f64 / fade as f64).ceil() as usize + 1)
}

impl Operator {
    /// Whether the result is a linear function of the samples. At the Nyquist frequency ObsPy's
    /// magnitude is not.
    pub(crate) fn is_linear(&self) -> bool {
        self.last() < self.nfft / 2
    }

    /// The last frequency on the grid of a transform of `len` points, if there can be one.
    pub(crate) fn last_of(&self, npts: usize, len: usize) -> Option<usize> {
        let last = (self.last() as u128 * len as u128).div_ceil(self.nfft as u128) as usize;
        let last = last.saturating_add(spread(npts, len)?);
        (self.is_linear() && last < len / 2).then_some(last)
    }

    /// The operator that does the same, to `npts` samples, with a transform of `len` points; `None`
    /// where [`last_of`](Self::last_of) is.
    pub(crate) fn regridded(&self, npts: usize, len: usize) -> Option<Self> {
        let last = self.last_of(npts, len)?;
        // The kernel has no more than this band, so that fewer points of it say all.
        let step = (1..=16)
            .rev()
            .find(|d| {
                let (from, to) = (self.nfft / 2, len / 2);
                from % d == 0 && to % d == 0 && self.last() < from / d && last < to / d
            })
            .unwrap_or(1);
        let (from, to) = (Inverse::new(self.nfft / step), Forward::new(len / step));
        let scratch_len = from.scratch_len().max(to.scratch_len());
        let mut scratch = vec![Complex64::ZERO; scratch_len];
        let mut half = vec![Complex64::ZERO; from.pairs().max(to.pairs())];
        let mut packed = half.clone();
        from.join(self.first, self.gains()?, &mut half);
        from.transform(&mut half[..from.pairs()], &mut packed[..from.pairs()], &mut scratch);
        let kernel = |lag: usize| {
            let z = &packed[lag / 2];
            if lag % 2 == 0 { z.re } else { z.im }
        };
        let period = 2 * from.pairs();
        let points = 2 * to.pairs();
        let reach = if step == 1 { npts - 1 } else { (npts - 1).div_ceil(step) + 1 };
        let fade = fade_out(points.checked_sub(2 * reach)?);
        let weight = |lag: usize| match lag.checked_sub(reach) {
            None => 1.0,
            Some(n) => fade.get(n).copied().unwrap_or(0.0),
        };
        let faded = |lag: usize| {
            let (after, before) = (weight(lag), weight(points - lag));
            let mut sum = 0.0;
            if after > 0.0 {
                sum += after * kernel(lag % period);
            }
            if before > 0.0 && lag > 0 {
                // (lag − points) modulo the period
                let lead = (points - lag) % period;
                sum += before * kernel((period - lead) % period);
            }
            sum
        };
        let mut samples: Vec<Complex64> =
            (0..to.pairs()).map(|n| Complex64::new(faded(2 * n), faded(2 * n + 1))).collect();
        let half = &mut half[..to.pairs()];
        to.transform(&mut samples, half, &mut scratch);
        let scales = vec![Complex64::new(1.0 / points as f64, 0.0); last + 1];
        let mut gains = vec![Complex64::ZERO; last + 1];
        to.multiplied(half, 0, &scales, &mut gains);
        Some(Self::from_zero(len, gains, self.clipped))
    }
}

/// From 1 to 0 in `points` steps: what is left of a Kaiser window.
fn fade_out(points: usize) -> Vec<f64> {
    let window = kaiser(points, BETA);
    let mut rising = Vec::with_capacity(points + 1);
    let mut sum = 0.0;
    for w in &window {
        rising.push(sum);
        sum += w;
    }
    let total = sum;
    rising.iter().map(|part| 1.0 - part / total).collect()
}
