//! Samples in pairs, for transforms and from them.

use num_complex::Complex64;

use crate::fft::{Long, Pair};
use crate::sum::Number;
use crate::taper::Flanks;
use crate::{Error, Result, Scratch};

/// Pairs of samples less `offset`, and zeros behind them.
pub(super) fn pack<T: Number>(samples: &[T], offset: f64, packed: &mut [Complex64]) {
    let pairs = samples.chunks_exact(2);
    let rest = pairs.remainder();
    let (whole, zeros) = packed.split_at_mut(pairs.len());
    for (z, x) in whole.iter_mut().zip(pairs) {
        *z = Complex64::new(x[0].f64() - offset, x[1].f64() - offset);
    }
    zeros.fill(Complex64::ZERO);
    if let (Some(z), [x]) = (zeros.first_mut(), rest) {
        z.re = x.f64() - offset;
    }
}

/// Multiplies the ends of `npts` packed samples.
pub(super) fn taper_packed(flanks: &Flanks, npts: usize, packed: &mut [Complex64]) {
    scale(packed, &flanks.left);
    let first = npts - flanks.right.len();
    let (z, mut weights) = (&mut packed[first / 2..], flanks.right.as_slice());
    if first % 2 == 0 {
        scale(z, weights);
    } else if let (Some((w, rest)), Some((z, behind))) =
        (weights.split_first(), z.split_first_mut())
    {
        z.im *= w;
        weights = rest;
        scale(behind, weights);
    }
}

fn scale(packed: &mut [Complex64], weights: &[f64]) {
    let pairs = weights.chunks_exact(2);
    let rest = pairs.remainder();
    let (whole, behind) = packed.split_at_mut(pairs.len());
    for (z, w) in whole.iter_mut().zip(pairs) {
        z.re *= w[0];
        z.im *= w[1];
    }
    if let (Some(z), [w]) = (behind.first_mut(), rest) {
        z.re *= w;
    }
}

/// `count` samples, every `step`-th from `first` on, to the end of `out`.
pub(super) fn pick(
    packed: &[Complex64],
    first: usize,
    step: usize,
    count: usize,
    out: &mut Vec<f64>,
) {
    if step == 1 && first % 2 == 0 {
        let pairs = packed[first / 2..].iter().take(count.div_ceil(2));
        out.extend(pairs.flat_map(|z| [z.re, z.im]));
        out.truncate(count);
        return;
    }
    out.extend((0..count).map(|j| {
        let n = first + j * step;
        let z = &packed[n / 2];
        if n % 2 == 0 { z.re } else { z.im }
    }));
}

/// The last step of long transforms: every `step`-th sample from `first` on.
pub(super) fn results(
    long: &Long,
    buffer: &mut [Pair],
    scratch: &mut Scratch,
    first: usize,
    step: usize,
    out: &mut [f64],
) {
    let last = first + step * out.len().saturating_sub(1);
    let write = |_: &mut [Pair], n: usize, run: &[Pair]| {
        let (from, run) = (2 * n, run.as_flattened());
        if step == 1 {
            let run = &run[first.saturating_sub(from).min(run.len())..];
            let from = from.saturating_sub(first).min(out.len());
            let len = run.len().min(out.len() - from);
            out[from..from + len].copy_from_slice(&run[..len]);
            return;
        }
        for (n, y) in (from..).zip(run) {
            if let Some(n) = n.checked_sub(first).filter(|n| n % step == 0) {
                if let Some(out) = out.get_mut(n / step) {
                    *out = *y;
                }
            }
        }
    };
    long.inverse(buffer, last / 2 + 1, write, scratch.work(long));
}

/// Finite samples and factors can still overflow together.
pub(super) fn check_result(packed: &[Complex64]) -> Result<()> {
    let bad = packed.iter().fold(false, |bad, z| bad | !(z.re.is_finite() & z.im.is_finite()));
    overflown(bad)
}

/// As [`check_result`], of results one by one.
pub(super) fn check_finite(results: &[f64]) -> Result<()> {
    overflown(results.iter().fold(false, |bad, y| bad | !y.is_finite()))
}

fn overflown(bad: bool) -> Result<()> {
    if bad { Err(Error::Overflow { operation: "removing the response" }) } else { Ok(()) }
}
