//! A circle on which whatever goes once around changes its sign.

use std::sync::Arc;

use num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

#[cfg(target_arch = "x86_64")]
use super::avx2;
use crate::fft::turns::turn;
use crate::vector::{Vectors, with_vectors};

/// A circle on which whatever goes once around changes its sign: of the frequencies of the whole
/// circle those that are an odd multiple of a power of two.
pub(super) struct Odd {
    /// Points of the transforms, a quarter of the circle at the rate of the results.
    pub(super) points: usize,
    /// There; and back, between numbers whose real and imaginary parts have changed places, so that
    /// one table of the library is enough.
    pub(super) fft: Arc<dyn Fft<f64>>,
    /// exp(−πi m / (2·points))
    twist: Vec<Complex64>,
    /// W^(4q+1) for each point, that is for the q nearest to zero that falls on it.
    turns: Vec<Complex64>,
}

#[derive(Debug, Clone)]
pub(super) struct OddGains {
    /// One for each point.
    main: Vec<Complex64>,
    /// Of frequencies beyond the Nyquist frequency of the results.
    folded: Vec<Folded>,
}

#[derive(Debug, Clone)]
pub(super) struct Folded {
    /// The point on which it falls.
    point: usize,
    /// W^(4q+1)
    turn: Complex64,
    gain: Complex64,
}

impl OddGains {
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + 16 * self.main.len() + size_of::<Folded>() * self.folded.len()
    }
}

/// Of the numbers that are `t` but for multiples of `points`, the one for which |4q + 1| is least.
fn nearest(t: usize, points: usize) -> isize {
    if t < points.div_ceil(2) { t as isize } else { t as isize - points as isize }
}

impl Odd {
    /// On so many samples.
    pub(super) fn new(samples: usize, step: usize, planner: &mut FftPlanner<f64>) -> Self {
        let points = samples / (2 * step);
        let turns = (0..points).map(|t| turn_of(nearest(t, points), 2 * samples));
        Self {
            points,
            fft: planner.plan_fft_forward(points),
            twist: (0..points).map(|m| turn(m, 4 * points).conj()).collect(),
            turns: turns.collect(),
        }
    }

    pub(super) fn samples(&self, step: usize) -> usize {
        2 * self.points * step
    }

    /// The gains of frequencies `4q + 1` up to `last`, twice, since each stands for its conjugate
    /// too.
    pub(super) fn arrange(
        &self,
        step: usize,
        last: isize,
        at: impl Fn(usize) -> Complex64,
    ) -> OddGains {
        let gain = |q: isize| {
            let k = 4 * q + 1;
            let gain = 2.0 * at(k.unsigned_abs());
            if k < 0 { gain.conj() } else { gain }
        };
        let main = (0..self.points).map(|t| gain(nearest(t, self.points))).collect();
        let folded = (-(last + 1) / 4..=(last - 1).max(0) / 4).filter_map(|q| {
            let point = q.rem_euclid(self.points as isize) as usize;
            let turn = turn_of(q, 2 * self.samples(step));
            (q != nearest(point, self.points)).then(|| Folded { point, turn, gain: gain(q) })
        });
        OddGains { main, folded: folded.collect() }
    }

    /// From samples to the phases of twisted pairs, one phase after the other.
    pub(super) fn twist(&self, step: usize, samples: &[f64], phases: &mut [Complex64]) {
        let (near, far) = samples.split_at(samples.len() / 2);
        let phases = &mut phases[..near.len()];
        with_vectors(
            #[inline(always)]
            |vectors| match step {
                2 => twist_by_two(vectors, &self.twist, near, far, phases),
                4 => twist_by::<4>(&self.twist, near, far, phases),
                5 => twist_by::<5>(&self.twist, near, far, phases),
                8 => twist_by::<8>(&self.twist, near, far, phases),
                10 => twist_by::<10>(&self.twist, near, far, phases),
                _ => {
                    for (r, phase) in phases.chunks_exact_mut(self.points).enumerate() {
                        let near = near.iter().skip(r).step_by(step);
                        let far = far.iter().skip(r).step_by(step);
                        for (((z, t), x), y) in phase.iter_mut().zip(&self.twist).zip(near).zip(far)
                        {
                            *z = twisted(*t, *x, *y);
                        }
                    }
                }
            },
        );
    }

    /// From phases to the frequencies of the results, multiplied, in their place, with real and
    /// imaginary parts in each other's.
    pub(super) fn multiply(
        &self,
        step: usize,
        gains: &OddGains,
        [phases, spectra, library]: [&mut [Complex64]; 3],
    ) {
        let len = step * self.points;
        let (phases, spectra) = (&mut phases[..len], &mut spectra[..len]);
        self.fft.process_outofplace_with_scratch(phases, spectra, library);
        let products = &mut phases[..self.points];
        with_vectors(
            #[inline(always)]
            |vectors| match step {
                2 => sum_by_two(vectors, &self.turns, spectra, &gains.main, products),
                4 => sum_by::<4>(&self.turns, spectra, &gains.main, products),
                5 => sum_by::<5>(&self.turns, spectra, &gains.main, products),
                8 => sum_by::<8>(&self.turns, spectra, &gains.main, products),
                10 => sum_by::<10>(&self.turns, spectra, &gains.main, products),
                _ => {
                    let (rest, last) = spectra.split_at(len - self.points);
                    products.copy_from_slice(last);
                    for phase in rest.chunks_exact(self.points).rev() {
                        for ((y, w), z) in products.iter_mut().zip(&self.turns).zip(phase) {
                            *y = z + w * *y;
                        }
                    }
                    for (y, g) in products.iter_mut().zip(&gains.main) {
                        *y = swapped(g * *y);
                    }
                }
            },
        );
        for Folded { point, turn, gain } in &gains.folded {
            let phases = spectra.iter().skip(*point).step_by(self.points);
            let sum = phases.rev().fold(Complex64::ZERO, |sum, z| z + turn * sum);
            products[*point] += swapped(gain * sum);
        }
    }

    /// From frequencies to results that are still twisted. Of both, real and imaginary parts have
    /// changed places.
    pub(super) fn inverse(
        &self,
        frequencies: &mut [Complex64],
        results: &mut [Complex64],
        library: &mut [Complex64],
    ) {
        let (frequencies, results) = (&mut frequencies[..self.points], &mut results[..self.points]);
        self.fft.process_outofplace_with_scratch(frequencies, results, library);
    }

    /// Adds one round of results.
    pub(super) fn add_once(&self, results: &[Complex64], out: &mut [f64]) {
        let (near, far) = out[..2 * self.points].split_at_mut(self.points);
        with_vectors(
            #[inline(always)]
            |_| {
                let each = results.iter().zip(&self.twist).zip(near.iter_mut().zip(far));
                for ((z, t), (y1, y2)) in each {
                    let [re, im] = untwisted(*t, *z);
                    *y1 += re;
                    *y2 += im;
                }
            },
        );
    }

    /// Makes two rounds of one, in which there is what is the same in each round, and adds to the
    /// first what is to be subtracted from the second.
    pub(super) fn add_twice(&self, results: &[Complex64], out: &mut [f64]) {
        let (first, second) = out[..4 * self.points].split_at_mut(2 * self.points);
        let (near, far) = first.split_at_mut(self.points);
        let (second_near, second_far) = second.split_at_mut(self.points);
        with_vectors(
            #[inline(always)]
            |_| {
                let first = near.iter_mut().zip(far);
                let second = second_near.iter_mut().zip(second_far);
                for (((z, t), (a1, a2)), (b1, b2)) in
                    results.iter().zip(&self.twist).zip(first).zip(second)
                {
                    let [re, im] = untwisted(*t, *z);
                    (*a1, *b1) = (*a1 + re, *a1 - re);
                    (*a2, *b2) = (*a2 + im, *a2 - im);
                }
            },
        );
    }
}

/// W^(4q+1), where W = exp(−2πi/circle).
fn turn_of(q: isize, circle: usize) -> Complex64 {
    turn((4 * q + 1).rem_euclid(circle as isize) as usize, circle).conj()
}

/// `(x − iy)·t`
#[inline(always)]
fn twisted(t: Complex64, x: f64, y: f64) -> Complex64 {
    Complex64::new(x * t.re + y * t.im, x * t.im - y * t.re)
}

/// Of z, which is [`swapped`], the real part of `z·conj(t)`, and its imaginary part with the other
/// sign.
#[inline(always)]
fn untwisted(t: Complex64, z: Complex64) -> [f64; 2] {
    [z.im * t.re + z.re * t.im, z.im * t.im - z.re * t.re]
}

/// i times the conjugate: between two such exchanges a transform there is one back.
#[inline(always)]
fn swapped(z: Complex64) -> Complex64 {
    Complex64::new(z.im, z.re)
}

#[inline(always)]
fn twist_by_two(
    vectors: Vectors,
    twist: &[Complex64],
    near: &[f64],
    far: &[f64],
    phases: &mut [Complex64],
) {
    let points = twist.len();
    let (first, second) = phases.split_at_mut(points);
    let done = match vectors {
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx2(v3) => avx2::twist(v3, twist, [near, far], [&mut *first, &mut *second]),
        Vectors::Usual => 0,
    };
    for m in done..points {
        for (r, phase) in [&mut *first, &mut *second].into_iter().enumerate() {
            phase[m] = twisted(twist[m], near[2 * m + r], far[2 * m + r]);
        }
    }
}

#[inline(always)]
fn twist_by<const STEP: usize>(
    twist: &[Complex64],
    near: &[f64],
    far: &[f64],
    phases: &mut [Complex64],
) {
    let points = twist.len();
    let mut rest = phases;
    let mut phases: [&mut [Complex64]; STEP] = std::array::from_fn(|_| {
        let (phase, behind) = std::mem::take(&mut rest).split_at_mut(points);
        rest = behind;
        phase
    });
    let pairs = near.chunks_exact(STEP).zip(far.chunks_exact(STEP));
    for (m, (t, (x, y))) in twist.iter().zip(pairs).enumerate() {
        // All real parts and all imaginary parts of a round, as vectors of them.
        let re: [f64; STEP] = std::array::from_fn(|r| x[r] * t.re + y[r] * t.im);
        let im: [f64; STEP] = std::array::from_fn(|r| x[r] * t.im - y[r] * t.re);
        for ((phase, re), im) in phases.iter_mut().zip(re).zip(im) {
            phase[m] = Complex64::new(re, im);
        }
    }
}

#[inline(always)]
fn sum_by_two(
    vectors: Vectors,
    turns: &[Complex64],
    spectra: &[Complex64],
    gains: &[Complex64],
    products: &mut [Complex64],
) {
    let (first, second) = spectra.split_at(turns.len());
    let done = match vectors {
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx2(v3) => avx2::sum(v3, turns, [first, second], gains, products),
        Vectors::Usual => 0,
    };
    for (t, y) in products.iter_mut().enumerate().skip(done) {
        *y = swapped(gains[t] * (first[t] + turns[t] * second[t]));
    }
}

#[inline(always)]
fn sum_by<const STEP: usize>(
    turns: &[Complex64],
    spectra: &[Complex64],
    gains: &[Complex64],
    products: &mut [Complex64],
) {
    let points = turns.len();
    let phases: [&[Complex64]; STEP] =
        std::array::from_fn(|r| &spectra[r * points..(r + 1) * points]);
    for (t, ((y, g), w)) in products.iter_mut().zip(gains).zip(turns).enumerate() {
        let mut sum = phases[STEP - 1][t];
        for phase in phases[..STEP - 1].iter().rev() {
            sum = phase[t] + w * sum;
        }
        *y = swapped(g * sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Odd numbers of points have one behind the last vector.
    #[test]
    fn vectors_give_what_plain_code_gives() {
        let number = |i: usize| (i * 7919 % 10_007) as f64 / 5003.5 - 1.0;
        let numbers =
            |n: usize, seed: usize| -> Vec<f64> { (0..n).map(|i| number(i + seed)).collect() };
        let complex = |n: usize, seed: usize| -> Vec<Complex64> {
            (0..n).map(|i| Complex64::new(number(2 * i + seed), number(2 * i + seed + 1))).collect()
        };
        for points in [0, 1, 2, 3, 64, 255] {
            let (twist, turns, gains) =
                (complex(points, 1), complex(points, 2), complex(points, 3));
            let (near, far) = (numbers(2 * points, 4), numbers(2 * points, 5));
            let both = |vectors: Vectors| {
                let mut phases = vec![Complex64::ZERO; 2 * points];
                twist_by_two(vectors, &twist, &near, &far, &mut phases);
                let mut products = vec![Complex64::ZERO; points];
                sum_by_two(vectors, &turns, &phases, &gains, &mut products);
                [phases, products]
            };
            let best = with_vectors(both);
            let plain = both(Vectors::Usual);
            let mut general = vec![Complex64::ZERO; 2 * points];
            twist_by::<2>(&twist, &near, &far, &mut general);
            let mut sums = vec![Complex64::ZERO; points];
            sum_by::<2>(&turns, &general, &gains, &mut sums);
            for ((a, b), c) in best.iter().zip(&plain).zip([&general, &sums]) {
                for ((a, b), c) in a.iter().zip(b).zip(c) {
                    assert!((a - b).norm() < 4e-15 && (a - c).norm() < 4e-15, "{points}");
                }
            }
        }
    }
}
