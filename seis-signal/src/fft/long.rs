//! The transforms of long traces, there and back, in one buffer and three passes over memory.
//!
//! A transform of P = N₁N₂ pairs of samples is N₂ transforms of columns of N₁ pairs, a turn of each
//! number, and N₁ transforms of rows of N₂ (Bailey, FFTs in external or hierarchical memory, 1990).
//! Pair n₁N₂ + n₂ becomes frequency k = k₁ + N₁k₂:
//!
//! ```text
//! Z[k₁ + N₁k₂] = Σₙ₂ exp(−2πi n₂k₂/N₂) · exp(−2πi n₂k₁/P) · Σₙ₁ exp(−2πi n₁k₁/N₁) z[n₁N₂ + n₂]
//! ```
//!
//! What is left out here are the transpositions that put frequencies and samples in order: between
//! the transforms each frequency is multiplied, whatever its place, and the way back undoes the
//! order. All that a real transform needs beside frequency k is P − k, which stands in row −k₁; so
//! rows k₁ and −k₁ go from samples to frequencies, are multiplied, and go back, while they are in
//! the cache. The inverse transform may be shorter, of Q = P/d pairs: frequencies below Q are the
//! first N₂/d of each row.
//!
//! 1. Columns are filled from the samples, where they are converted, detrended and tapered;
//!    transformed; and stored. Of rows that are padding only, none is read.
//! 2. Pairs of rows are turned, transformed, multiplied, transformed back, turned and stored.
//! 3. Columns are transformed back, and what of them is wanted becomes the result.
//!
//! Besides the memory traffic of longer ways, this saves one sine and cosine for each point, which
//! is what it takes to plan a transform of the whole length, and takes longer than the transform.
//!
//! Row −k₁ is conjugated before its transform and after its inverse: so both rows are turned by the
//! same factors, and what belongs together has the same index.

use std::fmt;
use std::sync::Arc;

use num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::cost;
use super::turns::{Turns, turn};
use crate::vector::with_vectors;

/// Columns that are transformed together: runs of 128 bytes in each row.
const COLUMNS: usize = 8;

/// Rows that are transformed together, with their partners; and frequencies in a row whose gains
/// are asked for at once.
pub(crate) const ROWS: usize = 4;

/// Frequencies of a row whose gains are known at a time.
const TILE: usize = 64;

/// Turns that are made of one coarse turn.
const FINE: usize = 32;

/// The longest column or row.
const LONGEST: usize = 1 << 14;

/// By what frequencies are multiplied.
pub(crate) trait Gains {
    /// Those of four frequencies in a row, from index `k` on; zero where there is none.
    fn four(&self, k: isize) -> [Complex64; ROWS];
}

/// A number in the long buffer. Not `Complex64`, since results are wanted as single numbers.
pub(crate) type Pair = [f64; 2];

/// A transform of P pairs of samples, and one of Q back.
#[derive(Clone)]
pub(crate) struct Long {
    columns: usize,
    rows: usize,
    /// Length of a row on the way back.
    short: usize,
    of_columns: [Arc<dyn Fft<f64>>; 2],
    of_rows: [Arc<dyn Fft<f64>>; 2],
    /// exp(2πi k/P), exp(2πi k/Q)
    turns: [Turns; 2],
    /// exp(πi m/N₂), exp(πi m/(N₂/d))
    halves: [Vec<Complex64>; 2],
}

impl Long {
    /// For `pairs` pairs of samples, and back to a `decimation`-th of them; `None` where the length
    /// has no suitable factors.
    pub(crate) fn new(pairs: usize, decimation: usize) -> Option<Self> {
        let rows = split(pairs, decimation)?;
        let columns = pairs / rows;
        let short = columns / decimation;
        let mut planner = FftPlanner::new();
        let half_turns = |n: usize| (0..n).map(|m| turn(m, 2 * n)).collect();
        Some(Self {
            columns,
            rows,
            short,
            of_columns: [planner.plan_fft_forward(rows), planner.plan_fft_inverse(rows)],
            of_rows: [planner.plan_fft_forward(columns), planner.plan_fft_inverse(short)],
            turns: [Turns::new(pairs), Turns::new(rows * short)],
            halves: [half_turns(columns), half_turns(short)],
        })
    }

    /// Pairs of samples before, the length of the buffer.
    pub(crate) fn pairs(&self) -> usize {
        self.columns * self.rows
    }

    /// Pairs of samples afterwards.
    pub(crate) fn results(&self) -> usize {
        self.short * self.rows
    }

    /// How many of the buffer's pairs must be set for [`forward`](Self::forward) to read `pairs`.
    pub(crate) fn filled(&self, pairs: usize) -> usize {
        pairs.next_multiple_of(self.columns).min(self.pairs())
    }

    /// How many numbers it takes to work in, and for the library beneath.
    pub(crate) fn scratch_lens(&self) -> [usize; 2] {
        let work = (COLUMNS * self.rows).max(2 * ROWS * self.columns);
        let library = self.of_columns.iter().chain(&self.of_rows);
        [work, library.map(|fft| fft.get_inplace_scratch_len()).max().unwrap_or(0)]
    }

    /// About how many bytes it holds, two numbers for each point of its four transforms among them.
    pub(crate) fn bytes(&self) -> usize {
        self.turns.iter().map(Turns::bytes).sum::<usize>()
            + 16 * (self.columns + self.short)
            + 32 * (2 * self.rows + self.columns + self.short)
    }

    /// Transforms columns of what `read` puts into slices of pairs, given the buffer and the index
    /// of the first; only the first `pairs` are asked for, and up to as many as
    /// [`filled`](Self::filled) says.
    pub(crate) fn forward(
        &self,
        buffer: &mut [Pair],
        pairs: usize,
        read: impl FnMut(&[Pair], usize, &mut [Pair]),
        [work, library]: [&mut [Complex64]; 2],
    ) {
        with_vectors(
            #[inline(always)]
            move |_| self.forward_columns(buffer, pairs, read, work, library),
        );
    }

    #[inline(always)]
    fn forward_columns(
        &self,
        buffer: &mut [Pair],
        pairs: usize,
        mut read: impl FnMut(&[Pair], usize, &mut [Pair]),
        work: &mut [Complex64],
        library: &mut [Complex64],
    ) {
        let (rows, stride) = (self.rows, self.columns);
        let given = pairs.div_ceil(stride).min(rows);
        for from in (0..stride).step_by(COLUMNS) {
            let width = COLUMNS.min(stride - from);
            let work = &mut work[..width * rows];
            let mut run = [[0.0; 2]; COLUMNS];
            for row in 0..given {
                read(buffer, row * stride + from, &mut run[..width]);
                for (column, [re, im]) in run[..width].iter().enumerate() {
                    work[column * rows + row] = Complex64::new(*re, *im);
                }
            }
            for column in work.chunks_exact_mut(rows) {
                column[given..].fill(Complex64::ZERO);
            }
            self.of_columns[0].process_with_scratch(work, library);
            for row in 0..rows {
                let run = &mut buffer[row * stride + from..row * stride + from + width];
                for (column, y) in run.iter_mut().enumerate() {
                    let z = work[column * rows + row];
                    *y = [z.re, z.im];
                }
            }
        }
    }

    /// Transforms rows, multiplies, and transforms them back. Says whether all numbers are so far
    /// from the largest that the results are finite.
    pub(crate) fn multiply(
        &self,
        buffer: &mut [Pair],
        gains: &impl Gains,
        [work, library]: [&mut [Complex64]; 2],
    ) -> bool {
        with_vectors(
            #[inline(always)]
            move |_| {
                let mut good = true;
                for first in (0..=self.rows / 2).step_by(ROWS) {
                    let count = ROWS.min(self.rows / 2 + 1 - first);
                    good &= self.multiply_rows(buffer, first, count, gains, work, library);
                }
                good
            },
        )
    }

    #[inline(always)]
    fn multiply_rows(
        &self,
        buffer: &mut [Pair],
        first: usize,
        count: usize,
        gains: &impl Gains,
        work: &mut [Complex64],
        library: &mut [Complex64],
    ) -> bool {
        let (stride, short) = (self.columns, self.short);
        let work = &mut work[..2 * count * stride];
        for (n, rows) in work.chunks_exact_mut(2 * stride).enumerate() {
            let [row, partner] = self.partners(first + n);
            let fine = fine(&self.turns[0], first + n);
            let (a, b) = rows.split_at_mut(stride);
            let rows = a.chunks_mut(FINE).zip(b.chunks_mut(FINE));
            let from = buffer[row..row + stride].chunks(FINE);
            let from = from.zip(buffer[partner..partner + stride].chunks(FINE));
            for (n_fine, ((a, b), (x, y))) in rows.zip(from).enumerate() {
                let coarse = self.turns[0].at(first + n, n_fine * FINE);
                let it = a.iter_mut().zip(b).zip(x.iter().zip(y)).zip(&fine);
                for (((a, b), (x, y)), w) in it {
                    let w = (coarse * w).conj();
                    *a = Complex64::new(x[0], x[1]) * w;
                    *b = Complex64::new(y[0], -y[1]) * w;
                }
            }
        }
        self.of_rows[0].process_with_scratch(work, library);
        self.multiply_tiles(first, gains, work);
        let mut good = true;
        let most = f64::MAX / (4 * self.rows) as f64;
        for (n, rows) in work.chunks_exact_mut(2 * stride).enumerate() {
            let [row, partner] = self.partners(first + n);
            let (a, b) = rows.split_at_mut(stride);
            let (a, b) = (&mut a[..short], &mut b[..short]);
            self.of_rows[1].process_with_scratch(a, library);
            self.of_rows[1].process_with_scratch(b, library);
            let fine = fine(&self.turns[1], first + n);
            let mut back = |numbers: &[Complex64], to: usize, sign: f64| {
                let to = buffer[to..to + short].chunks_mut(FINE);
                for (n_fine, (to, numbers)) in to.zip(numbers.chunks(FINE)).enumerate() {
                    let coarse = self.turns[1].at(first + n, n_fine * FINE);
                    for ((y, z), w) in to.iter_mut().zip(numbers).zip(&fine) {
                        let z = z * (coarse * w);
                        good &= (z.re.abs() <= most) & (z.im.abs() <= most);
                        *y = [z.re, sign * z.im];
                    }
                }
            };
            back(a, row, 1.0);
            if partner != row {
                back(b, partner, -1.0);
            }
        }
        good
    }

    /// Where row k₁ and row −k₁ begin.
    fn partners(&self, row: usize) -> [usize; 2] {
        [row, (self.rows - row) % self.rows].map(|row| row * self.columns)
    }

    /// From the half-length spectrum of the samples to that of the results, in row k₁ and, behind
    /// it, the conjugated row −k₁.
    #[inline(always)]
    fn multiply_tiles(&self, first: usize, gains: &impl Gains, work: &mut [Complex64]) {
        let (stride, short, end) = (self.columns, self.short, self.results() as isize);
        for from in (0..short).step_by(TILE) {
            let len = TILE.min(short - from);
            let mut up = [[Complex64::ZERO; TILE]; ROWS];
            let mut down = up;
            for m in 0..len {
                let k = (first + (from + m) * self.rows) as isize;
                let above = gains.four(k);
                let below = gains.four(end - k - (ROWS as isize - 1));
                for row in 0..ROWS {
                    up[row][m] = above[row];
                    down[row][m] = below[ROWS - 1 - row].conj();
                }
            }
            if first == 0 && from == 0 {
                // What has no imaginary part is not to get one.
                up[0][0].im = 0.0;
            }
            let range = from..from + len;
            let beyond = stride - short + from..stride - short + from + len;
            for (n, rows) in work.chunks_exact_mut(2 * stride).enumerate() {
                // exp(πi k₁/P), exp(πi k₁/Q)
                let bases = [self.pairs(), self.results()].map(|all| turn(first + n, 2 * all));
                let (a, b) = rows.split_at_mut(stride);
                let gains = up[n].iter().zip(&down[n]);
                let turns = &self.halves[0];
                if short == stride {
                    let it = a[range.clone()].iter_mut().zip(&mut b[range.clone()]);
                    for ((a, b), (w, (up, down))) in it.zip(turns[range.clone()].iter().zip(gains))
                    {
                        let w = bases[0] * w;
                        let (x, mirror) = separate(*a, *b, w);
                        (*a, *b) = join(x * up, mirror * down, w);
                    }
                } else {
                    let (a, a_beyond) = a.split_at_mut(short);
                    let (b, b_beyond) = b.split_at_mut(short);
                    let behind = beyond.start - short..beyond.end - short;
                    let it = a[range.clone()].iter_mut().zip(&mut b[range.clone()]);
                    let it = it.zip(a_beyond[behind.clone()].iter().zip(&b_beyond[behind]));
                    let turns = turns[range.clone()].iter().zip(&turns[beyond.clone()]);
                    let turns = turns.zip(&self.halves[1][range.clone()]);
                    let it = it.zip(turns).zip(gains);
                    for ((((a, b), (c, d)), ((w, v), u)), (up, down)) in it {
                        let (x, _) = separate(*a, *b, bases[0] * w);
                        let (_, mirror) = separate(*c, *d, bases[0] * v);
                        (*a, *b) = join(x * up, mirror * down, bases[1] * u);
                    }
                }
            }
        }
    }

    /// Transforms columns back, and gives `write` the results in slices, with the index of the first
    /// pair of each; none from `pairs` on. Where there are as many results as pairs, `write` may put
    /// them at their place in the buffer.
    pub(crate) fn inverse(
        &self,
        buffer: &mut [Pair],
        pairs: usize,
        write: impl FnMut(&mut [Pair], usize, &[Pair]),
        [work, library]: [&mut [Complex64]; 2],
    ) {
        with_vectors(
            #[inline(always)]
            move |_| self.inverse_columns(buffer, pairs, write, work, library),
        );
    }

    #[inline(always)]
    fn inverse_columns(
        &self,
        buffer: &mut [Pair],
        pairs: usize,
        mut write: impl FnMut(&mut [Pair], usize, &[Pair]),
        work: &mut [Complex64],
        library: &mut [Complex64],
    ) {
        let (rows, stride, short) = (self.rows, self.columns, self.short);
        let wanted = pairs.div_ceil(short).min(rows);
        for from in (0..short).step_by(COLUMNS) {
            let width = COLUMNS.min(short - from);
            let work = &mut work[..width * rows];
            for row in 0..rows {
                let run = &buffer[row * stride + from..row * stride + from + width];
                for (column, [re, im]) in run.iter().enumerate() {
                    work[column * rows + row] = Complex64::new(*re, *im);
                }
            }
            self.of_columns[1].process_with_scratch(work, library);
            for row in 0..wanted {
                let mut run = [[0.0; 2]; COLUMNS];
                for (column, y) in run[..width].iter_mut().enumerate() {
                    let z = work[column * rows + row];
                    *y = [z.re, z.im];
                }
                write(buffer, row * short + from, &run[..width]);
            }
        }
    }
}

/// The first turns of a row, by `row`/n each.
fn fine(turns: &Turns, row: usize) -> [Complex64; FINE] {
    std::array::from_fn(|n| turns.at(row, n))
}

/// Frequency k of the samples, and the conjugate of frequency P − k, from Z_k, the conjugate of
/// Z_{P−k}, and exp(πik/P).
#[inline(always)]
fn separate(z: Complex64, mirror: Complex64, w: Complex64) -> (Complex64, Complex64) {
    let (even, odd) = ((z + mirror) * 0.5, (z - mirror) * 0.5);
    let t = w.conj() * odd;
    let t = Complex64::new(-t.im, t.re);
    (even - t, even + t)
}

/// The reverse, but for a factor of 2.
#[inline(always)]
fn join(x: Complex64, mirror: Complex64, w: Complex64) -> (Complex64, Complex64) {
    let even = x + mirror;
    let t = w * (x - mirror);
    let t = Complex64::new(-t.im, t.re);
    (even + t, even - t)
}

/// Into how many rows to split: the number, among those near the square root, with which the
/// transforms cost least.
fn split(pairs: usize, decimation: usize) -> Option<usize> {
    let root = pairs.isqrt();
    let suits = |rows: &usize| {
        pairs % (rows * decimation) == 0
            && pairs / rows <= LONGEST
            && pairs / rows >= 2 * decimation
    };
    let price = |n: usize| {
        let points = n as f64;
        // Rows a multiple of a kilobyte apart share places in the caches.
        let crowded = if n % 64 == 0 { 2.0 } else { 0.0 };
        cost(n).map_or(3.0 * points.log2(), |cost| cost / points) + crowded
    };
    let both = |rows: usize| price(pairs / rows) + price(rows);
    let best = |from: usize, to: usize| {
        (from.max(1)..=to).filter(suits).min_by(|a, b| both(*a).total_cmp(&both(*b)))
    };
    best(root / 2, root).or_else(|| best(root / 32, root))
}

impl fmt::Debug for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Long({} × {} to {})", self.rows, self.columns, self.short)
    }
}

#[cfg(test)]
mod tests {
    use realfft::RealFftPlanner;

    use super::*;

    /// Gains from frequency 0 on.
    struct All(Vec<Complex64>);

    impl Gains for All {
        fn four(&self, k: isize) -> [Complex64; ROWS] {
            std::array::from_fn(|n| {
                let k = usize::try_from(k + n as isize).ok();
                k.and_then(|k| self.0.get(k)).copied().unwrap_or_default()
            })
        }
    }

    /// splitmix64, as numbers in −½…½.
    fn noise(n: usize, seed: u64) -> Vec<f64> {
        let numbers = (1..=n as u64).map(|i| {
            let mut z = (i + (seed << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        });
        numbers.collect()
    }

    fn filtered(long: &Long, samples: &[f64], gains: &All, wanted: usize) -> Vec<f64> {
        let mut buffer = vec![[f64::NAN; 2]; long.pairs()];
        let [work, library] = long.scratch_lens().map(|len| vec![Complex64::ZERO; len]);
        let (mut work, mut library) = (work, library);
        let read = |_: &[Pair], n: usize, run: &mut [Pair]| {
            for (x, n) in run.as_flattened_mut().iter_mut().zip(2 * n..) {
                *x = samples.get(n).copied().unwrap_or_default();
            }
        };
        let pairs = samples.len().div_ceil(2);
        long.forward(&mut buffer, pairs, read, [&mut work, &mut library]);
        assert!(long.multiply(&mut buffer, gains, [&mut work, &mut library]));
        let mut out = vec![f64::NAN; wanted];
        let write = |_: &mut [Pair], n: usize, run: &[Pair]| {
            for (y, n) in run.as_flattened().iter().zip(2 * n..) {
                if let Some(out) = out.get_mut(n) {
                    *out = *y;
                }
            }
        };
        long.inverse(&mut buffer, wanted.div_ceil(2), write, [&mut work, &mut library]);
        out
    }

    #[test]
    fn filters_as_realfft_does() {
        let mut planner = RealFftPlanner::new();
        let lengths = [16, 60, 64, 96, 1000, 1024, 3600, 4620, 6 * 127 * 10, 18_000, 86_400];
        let mut tried = 0;
        for (seed, pairs) in lengths.into_iter().enumerate() {
            for decimation in [1, 2, 3, 4, 5, 8] {
                let Some(long) = Long::new(pairs, decimation) else { continue };
                tried += 1;
                let (len, results) = (2 * pairs, long.results());
                assert_eq!(results * decimation, pairs);
                // As many samples as there is room for, an odd number, and few.
                for npts in [len, len / 2 + 1, 3] {
                    let samples = noise(npts, seed as u64);
                    let last = results - 1;
                    let parts = noise(2 * last + 2, 99);
                    let mut gains: Vec<Complex64> =
                        parts.chunks(2).map(|g| Complex64::new(g[0], g[1]) / len as f64).collect();
                    gains[0].im = 0.0;
                    let mut x = samples.clone();
                    x.resize(len, 0.0);
                    let there = planner.plan_fft_forward(len);
                    let mut spectrum = there.make_output_vec();
                    there.process(&mut x, &mut spectrum).unwrap();
                    spectrum.truncate(results + 1);
                    for (y, gain) in spectrum.iter_mut().zip(&gains) {
                        *y *= gain;
                    }
                    spectrum[results] = Complex64::ZERO;
                    let back = planner.plan_fft_inverse(2 * results);
                    let mut expected = back.make_output_vec();
                    back.process(&mut spectrum, &mut expected).unwrap();
                    let found = filtered(&long, &samples, &All(gains), 2 * results);
                    let size = (expected.iter().map(|y| y * y).sum::<f64>()
                        / expected.len() as f64)
                        .sqrt();
                    for (n, (y, z)) in found.iter().zip(&expected).enumerate() {
                        let error = (y - z).abs() / size;
                        assert!(error < 1e-14, "{n} of {long:?}, {npts}: {error:e}");
                    }
                }
            }
        }
        assert!(tried > 50, "{tried}");
    }

    /// There and back again: what is lost is no more than with a library's transforms.
    #[test]
    fn errors_are_rounding_errors() {
        let mut planner = RealFftPlanner::new();
        for pairs in [864_000, 1 << 20] {
            let long = Long::new(pairs, 1).unwrap();
            let mut samples = noise(2 * pairs, 7);
            // The Nyquist frequency does not return.
            let nyquist =
                samples.chunks(2).map(|x| x[0] - x[1]).sum::<f64>() / samples.len() as f64;
            for (n, x) in samples.iter_mut().enumerate() {
                *x -= if n % 2 == 0 { nyquist } else { -nyquist };
            }
            let rms = |errors: &mut dyn Iterator<Item = f64>| {
                let sum = errors.map(|e| e * e).sum::<f64>();
                (12.0 * sum / samples.len() as f64).sqrt()
            };
            let scale = 1.0 / (2 * pairs) as f64;
            let gains = All(vec![Complex64::new(scale, 0.0); pairs]);
            let found = filtered(&long, &samples, &gains, 2 * pairs);
            let ours = rms(&mut samples.iter().zip(&found).map(|(x, y)| x - y));
            let (there, back) =
                (planner.plan_fft_forward(2 * pairs), planner.plan_fft_inverse(2 * pairs));
            let (mut x, mut spectrum) = (samples.clone(), there.make_output_vec());
            there.process(&mut x, &mut spectrum).unwrap();
            back.process(&mut spectrum, &mut x).unwrap();
            let theirs = rms(&mut samples.iter().zip(&x).map(|(x, y)| x - y * scale));
            assert!(ours < 1.2 * theirs, "{pairs}: {ours:e}, {theirs:e}");
            assert!(ours < 1e-15, "{pairs}: {ours:e}");
        }
    }

    #[test]
    fn what_might_overflow_is_told() {
        let long = Long::new(1000, 1).unwrap();
        for (gain, good) in [(1e300, true), (1e306, false), (f64::NAN, false)] {
            let mut buffer = vec![[0.0; 2]; 1000];
            let [mut work, mut library] = long.scratch_lens().map(|n| vec![Complex64::ZERO; n]);
            let read = |_: &[Pair], n: usize, run: &mut [Pair]| {
                run.fill([if n == 0 { 1.0 } else { 0.0 }, 0.0]);
            };
            long.forward(&mut buffer, 1, read, [&mut work, &mut library]);
            let gains = All(vec![Complex64::new(gain, 0.0); 1000]);
            assert_eq!(long.multiply(&mut buffer, &gains, [&mut work, &mut library]), good);
        }
    }

    #[test]
    fn lengths_are_split_in_the_middle() {
        let odd = crate::FftLength::ObsPy.points(8_640_001).unwrap() / 2;
        for (pairs, decimation) in [(8_640_000, 1), (1_728_000, 2), (odd, 1), (1 << 23, 1)] {
            let long = Long::new(pairs, decimation).unwrap();
            assert!(long.rows * 3 > pairs.isqrt() && long.rows <= pairs.isqrt(), "{long:?}");
            assert!(long.bytes() < pairs, "{long:?}");
        }
        // Twice a prime.
        assert!(Long::new(2 * 1_000_003, 1).is_none());
    }
}
