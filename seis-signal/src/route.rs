//! Which transforms a pipeline makes: their lengths, and on which grid the operator is.

use std::sync::Arc;

use crate::decimator::{Decimator, results_of, taps};
use crate::deconvolution::{LONG, Operator};
use crate::fft::{Convolution, Long, PER_FREQUENCY, estimate, smooth_lengths};

/// An operator on another grid takes more memory and longer to plan; it must be worth it.
const WORTH: f64 = 0.9;

/// Weight of a product in the filter that lowers the rate before the transform.
const PER_TAP: f64 = 0.27;

/// How much less that way must cost.
const WORTH_FILTERING: f64 = 0.9;

/// By how much a filter may lower the rate.
const LOWERED: std::ops::RangeInclusive<usize> = 2..=32;

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
        let own = own_grid(&operator, npts, step);
        let other = other_length(&operator, npts, step).filter(|o| o.price < WORTH * own.price);
        let regridded = other.and_then(|o| Some((operator.regridded(npts, o.len)?, o)));
        let Choice { decimation, lower, halves, .. } = match regridded {
            Some((regridded, choice)) => {
                operator = regridded;
                choice
            }
            None => own,
        };
        let inverse = operator.nfft / decimation;
        let aligned = first % decimation == 0;
        if !aligned {
            operator.advance(first);
        }
        let decimator = Decimator::new(operator.nfft, operator.last(), lower);
        if let Some(filter) = &decimator {
            let len = operator.nfft;
            operator.multiply(
                |index| filter.compensation(len, index),
                |first, gains| filter.compensate(len, first, gains),
            );
        }
        let before = operator.nfft / 2 / lower;
        let way = match long(&operator, before, inverse / 2) {
            Some(long) => Way::Long(Box::new(long)),
            None => {
                operator.all_gains();
                let convolution = || Convolution::new(operator.nfft / lower, decimation / lower);
                halves.then(convolution).flatten().map_or(Way::Whole, Way::Halves)
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

/// What could be done.
#[derive(Debug, Clone, Copy)]
struct Choice {
    /// Points of the circle at the rate of the samples.
    len: usize,
    /// By how much the inverse transform is shorter.
    decimation: usize,
    /// By how much a filter lowers the rate before the forward transform.
    lower: usize,
    /// Whether that is a convolution which leaves half of the circle out.
    halves: bool,
    price: f64,
}

impl Choice {
    /// The cheapest for an operator on a circle of `len` points of which frequencies up to `last`
    /// survive, of them `count`.
    fn cheapest(
        operator: &Operator,
        npts: usize,
        [len, last, count]: [usize; 3],
        decimation: usize,
    ) -> Self {
        let linear = operator.is_linear();
        let choice = |lower: usize, results: usize, filtering: f64| {
            let (at, step) = (len / lower, decimation / lower);
            let fits = linear && len <= LONG && decimation % lower == 0 && results <= at / 2;
            let halves = fits.then(|| Convolution::price(at, step)).flatten();
            let transforms = halves.unwrap_or_else(|| {
                estimate(at / 2) + estimate(len / 2 / decimation) + PER_FREQUENCY * count as f64
            });
            let price = filtering + transforms;
            Self { len, decimation, lower, halves: halves.is_some(), price }
        };
        let filtered = |lower: usize| {
            let taps = taps(len, last, lower)?;
            // Of which most must lie within the trace, and all results within the transform.
            if !linear || 8 * taps > npts || (len > LONG && decimation % lower != 0) {
                return None;
            }
            let results = results_of(npts, taps, lower);
            Some(choice(lower, results, PER_TAP * (results * taps) as f64))
        };
        let plain = choice(1, npts, 0.0);
        LOWERED
            .filter_map(filtered)
            .min_by(|a, b| a.price.total_cmp(&b.price))
            .filter(|filtered| filtered.price < WORTH_FILTERING * plain.price)
            .unwrap_or(plain)
    }
}

/// Whether an inverse transform shorter by `d` yields the right samples: frequencies beyond its
/// Nyquist frequency are folded back once, as if the long result were decimated.
fn folds(operator: &Operator, d: usize) -> bool {
    let (pairs, last) = (operator.nfft / 2, operator.last());
    d == 1 || (pairs % d == 0 && last < pairs && last + operator.first.max(1) <= 2 * (pairs / d))
}

/// The best on the operator's own grid.
fn own_grid(operator: &Operator, npts: usize, step: usize) -> Choice {
    let grid = [operator.nfft, operator.last(), operator.count()];
    (1..=step)
        .filter(|d| step % d == 0 && folds(operator, *d))
        .map(|d| Choice::cheapest(operator, npts, grid, d))
        .min_by(|a, b| a.price.total_cmp(&b.price))
        .unwrap_or_else(|| Choice::cheapest(operator, npts, grid, 1))
}

/// The cheapest of the lengths that give the same samples.
fn other_length(operator: &Operator, npts: usize, step: usize) -> Option<Choice> {
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
            let survives = step == 1 || last < len / step;
            survives.then(|| Choice::cheapest(operator, npts, [len, last, last + 1], step))
        })
        .min_by(|a, b| a.price.total_cmp(&b.price))
}
