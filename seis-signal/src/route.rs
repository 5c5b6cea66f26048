//! Which transforms a pipeline makes: their lengths, and on which grid the operator is.

use std::sync::Arc;

use crate::decimator::{Decimator, taps};
use crate::deconvolution::{LONG, Operator};
use crate::fft::{Convolution, Long, estimate, smooth_lengths};

/// Weight of a surviving frequency: separated, multiplied and joined, in the units of
/// [`estimate`].
const PER_FREQUENCY: f64 = 18.0;

/// An operator on another grid takes more memory and longer to plan; it must be worth it.
const WORTH: f64 = 0.85;

/// Weight of a product in the filter that lowers the rate before the transform.
const PER_TAP: f64 = 0.8;

/// How much less that way must cost.
const WORTH_FILTERING: f64 = 0.9;

/// The operator of a pipeline, and which samples its inverse transform yields.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operator: Operator,
    /// What lowers the rate before the forward transform.
    pub(crate) decimator: Option<Decimator>,
    pub(crate) way: Way,
    /// By how much the inverse transform is shorter than one at the rate of the samples.
    pub(crate) decimation: usize,
    /// Points of the inverse transform.
    pub(crate) inverse: usize,
    /// Which of its samples are results: the first, and every how manieth.
    pub(crate) first: usize,
    pub(crate) step: usize,
}

/// From samples to results.
#[derive(Debug)]
pub(crate) enum Way {
    /// By the whole spectrum.
    Whole,
    /// Without the halves and the frequencies that are not wanted.
    Halves(Arc<Convolution>),
    /// By transforms of which the spectrum is never seen as a whole.
    Long(Box<Long>),
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
        let inverse = operator.nfft / decimation;
        let aligned = first % decimation == 0;
        if !aligned {
            operator.advance(first);
        }
        let decimator = decimator(&operator, npts, decimation);
        if let Some(filter) = &decimator {
            let len = operator.nfft;
            operator.multiply(
                |index| filter.compensation(len, index),
                |first, gains| filter.compensate(len, first, gains),
            );
        }
        let before = operator.nfft / 2 / decimator.as_ref().map_or(1, Decimator::step);
        let way = match long(&operator, before, inverse / 2) {
            Some(long) => Way::Long(Box::new(long)),
            None => {
                operator.all_gains();
                // Behind a filter, which goes on beyond the last sample, there is no empty half.
                let direct = decimator.is_none() && operator.is_linear();
                let halves = direct.then(|| Convolution::new(operator.nfft, decimation)).flatten();
                halves.filter(|c| npts <= c.samples()).map_or(Way::Whole, Way::Halves)
            }
        };
        let first = if aligned { first / decimation } else { 0 };
        Self { operator, decimator, way, decimation, inverse, first, step: step / decimation }
    }
}

/// Long transforms, where all that survives is below the results' Nyquist frequency.
fn long(operator: &Operator, before: usize, after: usize) -> Option<Long> {
    let fits = operator.nfft > LONG && before % after == 0 && operator.last() < after;
    fits.then(|| Long::new(before, before / after)).flatten()
}

/// The filter that saves most, if one saves enough. Long transforms there are at least as long as
/// those back.
fn decimator(operator: &Operator, npts: usize, decimation: usize) -> Option<Decimator> {
    if !operator.is_linear() {
        return None;
    }
    let (len, last) = (operator.nfft, operator.last());
    let price = |step: usize| {
        let taps = taps(len, last, step)?;
        // Of which most must lie within the trace, and all results within the transform.
        (8 * taps <= npts).then(|| {
            let products = (npts / step) as f64 * taps as f64;
            (step, PER_TAP * products + estimate(len / 2 / step))
        })
    };
    let suits = |step: &usize| len <= LONG || decimation % step == 0;
    let (step, price) =
        (2..=32).filter(suits).filter_map(price).min_by(|a, b| a.1.total_cmp(&b.1))?;
    (price < WORTH_FILTERING * estimate(len / 2)).then(|| Decimator::new(len, last, step)).flatten()
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
    let frequencies = operator.count() as f64;
    (best, estimate(pairs) + price(best) + PER_FREQUENCY * frequencies)
}

/// The cheapest length that gives the same samples, and its cost.
fn other_length(operator: &Operator, npts: usize, step: usize) -> Option<(usize, f64)> {
    if operator.nfft > LONG || !operator.is_linear() {
        return None;
    }
    let least = 2 * npts.max(8);
    // Where they can be halved a few times, a convolution leaves more out.
    let of = if least < 1024 * step { 2 * step } else { 16 * step };
    smooth_lengths(least, least + least / 4, of)
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
