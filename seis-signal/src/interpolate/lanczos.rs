//! Lanczos' windowed sinc.

use std::f64::consts::PI;

use super::{Positions, Ticks};

/// Taps that are computed, and summed up, in one go; a multiple of [`LANES`].
const BLOCK: usize = 64;
/// Running sums, so that additions need not wait for each other.
const LANES: usize = 8;

/// The largest table of kernels, in numbers.
const MAX_TABLE: u128 = 1 << 17;

/// The kernel for one half-width, and its values where few different ones are needed.
#[derive(Debug, Clone)]
pub(super) struct Lanczos {
    a: f64,
    /// Taps before and after: those of the samples `⌊x⌋ + tap`, from `1 − a` to `a`.
    taps: Vec<f64>,
    /// `(−1)^tap cos(π·tap/a)` and `(−1)^tap sin(π·tap/a)`.
    cos: Vec<f64>,
    sin: Vec<f64>,
    table: Option<Table>,
}

/// One kernel for each fractional part that occurs.
#[derive(Debug, Clone)]
struct Table {
    ticks: Ticks,
    smallest: u128,
    distance: u128,
    kernels: Vec<f64>,
}

impl Lanczos {
    /// `a` is at least 1 and at most 2^16.
    pub(super) fn new(a: u32, positions: &Positions, npts: usize) -> Self {
        let (af, a) = (f64::from(a), i64::from(a));
        let sign = |tap: i64| if tap % 2 == 0 { 1.0 } else { -1.0 };
        let angle = |tap: i64| PI * tap as f64 / af;
        let mut kernel = Self {
            a: af,
            taps: (1 - a..=a).map(|tap| tap as f64).collect(),
            cos: (1 - a..=a).map(|tap| sign(tap) * angle(tap).cos()).collect(),
            sin: (1 - a..=a).map(|tap| sign(tap) * angle(tap).sin()).collect(),
            table: None,
        };
        if let Positions::Exact(ticks) = *positions {
            let (phases, smallest, distance) = ticks.phases();
            if phases <= (npts as u128).min(MAX_TABLE / kernel.taps.len() as u128) {
                let mut kernels = Vec::with_capacity(phases as usize * kernel.taps.len());
                for phase in 0..phases {
                    let t = (smallest + phase * distance) as f64 / ticks.per_sample as f64;
                    let mut block = [0.0; BLOCK];
                    for from in (0..kernel.taps.len()).step_by(BLOCK) {
                        kernels.extend_from_slice(kernel.weights(t, from, &mut block));
                    }
                }
                kernel.table = Some(Table { ticks, smallest, distance, kernels });
            }
        }
        kernel
    }

    pub(super) fn bytes(&self) -> usize {
        let table = self.table.as_ref().map_or(0, |t| t.kernels.len());
        8 * (3 * self.taps.len() + table)
    }

    pub(super) fn apply(
        &self,
        samples: &[f64],
        positions: &Positions,
        npts: usize,
        out: &mut Vec<f64>,
    ) {
        let width = self.taps.len();
        let before = width / 2 - 1;
        if let Some(table) = &self.table {
            table.ticks.for_each(npts, |whole, ticks| {
                if ticks == 0 {
                    out.push(samples[whole]);
                    return;
                }
                let phase = ((ticks - table.smallest) / table.distance) as usize;
                let kernel = &table.kernels[phase * width..][..width];
                let mut sum = Lanes::default();
                match whole.checked_sub(before).and_then(|from| samples.get(from..from + width)) {
                    Some(inside) => sum.add(kernel, inside),
                    None => {
                        let mut buffer = [0.0; BLOCK];
                        for (n, weights) in kernel.chunks(BLOCK).enumerate() {
                            let inside =
                                extended(samples, whole, n * BLOCK, before, weights, &mut buffer);
                            sum.add(weights, inside);
                        }
                    }
                }
                out.push(sum.total());
            });
        } else {
            positions.for_each(npts, |whole, t| {
                if t == 0.0 {
                    out.push(samples[whole]);
                    return;
                }
                let mut sum = Lanes::default();
                let (mut block, mut buffer) = ([0.0; BLOCK], [0.0; BLOCK]);
                for from in (0..width).step_by(BLOCK) {
                    let weights = self.weights(t, from, &mut block);
                    let inside = extended(samples, whole, from, before, weights, &mut buffer);
                    sum.add(weights, inside);
                }
                out.push(sum.total());
            });
        }
    }

    /// Weights of the taps `from..` (at most a block) for a position `t` behind a sample, 0 < t < 1:
    /// `sinc(u)·sinc(u/a)` with `u = t − tap`.
    ///
    /// `sin(πu) = ±sin(πt)` is the same for all taps but for the sign, and
    /// `sin(πu/a)` follows from `t`'s and the tap's sine and cosine. The latter cancels for the
    /// two taps next to the position; these are computed directly.
    #[inline(always)]
    fn weights<'b>(&self, t: f64, from: usize, block: &'b mut [f64; BLOCK]) -> &'b [f64] {
        let to = self.taps.len().min(from + BLOCK);
        // Of the nearer sample, so that it does not cancel close to the farther one.
        let sin_t = (PI * t.min(1.0 - t)).sin();
        let (sin_a, cos_a) = (PI * t / self.a).sin_cos();
        let scale = sin_t * self.a / (PI * PI);
        let (p, q) = (scale * sin_a, scale * cos_a);
        let weights = &mut block[..to - from];
        let it = self.taps[from..to].iter().zip(&self.cos[from..to]).zip(&self.sin[from..to]);
        for (w, ((tap, cos), sin)) in weights.iter_mut().zip(it) {
            let u = t - tap;
            *w = (p * cos - q * sin) / (u * u);
        }
        let zero = self.taps.len() / 2 - 1;
        for (tap, u) in [(zero, t), (zero + 1, 1.0 - t)] {
            if (from..to).contains(&tap) {
                weights[tap - from] = scale * (PI * u / self.a).sin() / (u * u);
            }
        }
        weights
    }
}

/// The samples under the weights of the taps `from..`, zero beyond the ends.
#[inline(always)]
fn extended<'s>(
    samples: &'s [f64],
    whole: usize,
    from: usize,
    before: usize,
    weights: &[f64],
    buffer: &'s mut [f64; BLOCK],
) -> &'s [f64] {
    let len = weights.len();
    // Index of the first sample, shifted so that it cannot be negative.
    let first = whole + from;
    if let Some(inside) = first.checked_sub(before).and_then(|i| samples.get(i..i + len)) {
        return inside;
    }
    for (n, x) in buffer.iter_mut().take(len).enumerate() {
        let index = (first + n).checked_sub(before);
        *x = index.and_then(|i| samples.get(i)).copied().unwrap_or(0.0);
    }
    &buffer[..len]
}

/// A dot product in a fixed order.
#[derive(Default)]
struct Lanes([f64; LANES]);

impl Lanes {
    #[inline(always)]
    fn add(&mut self, weights: &[f64], samples: &[f64]) {
        let (w, x) = (weights.chunks_exact(LANES), samples.chunks_exact(LANES));
        let (rest_w, rest_x) = (w.remainder(), x.remainder());
        for (w, x) in w.zip(x) {
            for (sum, (w, x)) in self.0.iter_mut().zip(w.iter().zip(x)) {
                *sum += w * x;
            }
        }
        for (sum, (w, x)) in self.0.iter_mut().zip(rest_w.iter().zip(rest_x)) {
            *sum += w * x;
        }
    }

    #[inline(always)]
    fn total(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + b) + (c + d)) + ((e + f) + (g + h))
    }
}
