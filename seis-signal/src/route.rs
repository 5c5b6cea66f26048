//! Which transforms a pipeline makes: their lengths, and on which grid the operator is.

use crate::deconvolution::Operator;
use crate::fft::{estimate, smooth_lengths};

/// Weight of a surviving frequency: separated, multiplied and joined, in the units of
/// [`estimate`].
const PER_FREQUENCY: f64 = 18.0;

/// Operators for longer transforms stay on the reference grid. Such a plan is made for a file of a
/// day, often for that alone, and a new grid takes two more transforms.
const LONGEST_REGRIDDED: usize = 1 << 21;

/// An operator on another grid takes more memory and longer to plan; it must be worth it.
const WORTH: f64 = 0.85;

/// The operator of a pipeline, and which samples its inverse transform yields.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operator: Operator,
    /// By how much the inverse transform is shorter than the forward one.
    pub(crate) decimation: usize,
    /// Which of its samples are results: the first, and every how manieth.
    pub(crate) first: usize,
    pub(crate) step: usize,
}

impl Route {
    /// For results that are every `step`-th sample from `first` on.
    pub(crate) fn new(mut operator: Operator, npts: usize, first: usize, step: usize) -> Self {
        let (mut decimation, price) = own_grid(&operator, step);
        let other = other_length(&operator, npts, step).filter(|(_, p)| *p < WORTH * price);
        if let Some(regridded) = other.and_then(|(len, _)| operator.regridded(npts, len)) {
            operator = regridded;
            decimation = step;
        }
        if first % decimation != 0 {
            operator.advance(first);
            Self { operator, decimation, first: 0, step: step / decimation }
        } else {
            Self { operator, decimation, first: first / decimation, step: step / decimation }
        }
    }
}

/// Whether an inverse transform shorter by `d` yields the right samples: frequencies beyond its
/// Nyquist frequency are folded back once, as if the long result were decimated.
fn folds(operator: &Operator, d: usize) -> bool {
    let (pairs, last) = (operator.nfft / 2, operator.last());
    d == 1 || (pairs % d == 0 && last < pairs && last + operator.first.max(1) <= 2 * (pairs / d))
}

/// The best factor by which the inverse transform can be shorter on the operator's own grid, and
/// what it all costs.
fn own_grid(operator: &Operator, step: usize) -> (usize, f64) {
    let pairs = operator.nfft / 2;
    let price = |d: usize| estimate(pairs / d);
    let best = (2..=step)
        .filter(|d| step % d == 0 && folds(operator, *d))
        .min_by(|a, b| price(*a).total_cmp(&price(*b)))
        .filter(|d| price(*d) < price(1))
        .unwrap_or(1);
    let frequencies = operator.gains.len() as f64;
    (best, estimate(pairs) + price(best) + PER_FREQUENCY * frequencies)
}

/// The cheapest length that gives the same samples, and its cost.
fn other_length(operator: &Operator, npts: usize, step: usize) -> Option<(usize, f64)> {
    if operator.nfft > LONGEST_REGRIDDED || !operator.is_linear() {
        return None;
    }
    let least = 2 * npts.max(8);
    smooth_lengths(least, least + least / 4, 2 * step)
        .into_iter()
        .filter_map(|len| {
            let last = operator.last_of(npts, len)?;
            if step > 1 && last + 1 > len / step {
                return None;
            }
            let frequencies = last as f64 + 1.0;
            let transforms = estimate(len / 2) + estimate(len / 2 / step);
            Some((len, transforms + PER_FREQUENCY * frequencies))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
}
