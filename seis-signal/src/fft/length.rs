//! How long the Fourier transform of a trace is made.

use crate::{Error, Result};

/// The length of the FFT with which a response is removed. Behind the trace there are zeros up to
/// this length, so that the end of the result does not wrap around into its beginning.
///
/// ```
/// use seis_signal::FftLength;
/// assert_eq!(FftLength::ObsPy.points(86_401)?, 172_806);
/// assert_eq!(FftLength::Fast.points(86_401)?, 184_320);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FftLength {
    /// What ObsPy takes (`_npts2nfft`): twice the samples, rounded up to an even number; if that
    /// is above 5000 and has a prime factor of 500 or more, the first of the next ten even numbers
    /// that has none; else the next power of two.
    #[default]
    ObsPy,
    /// The cheapest length with at least ObsPy's padding: a multiple of 16 without prime factors
    /// above 7. (Of 16, so that output rates that are a half or a quarter of the input rate need only
    /// short transforms; for others, plans make transforms of yet another length.)
    ///
    /// Plans with ObsPy's awkward lengths make transforms of other lengths with the same result, so
    /// that this one is hardly faster; it makes smaller plans in less time.
    ///
    /// Where it differs from ObsPy's length, the frequencies differ at which the response is
    /// divided out, and the result differs by what the removed response rings beyond the padding.
    /// That is a matter of the pre-filter's low corner; see the crate's page.
    Fast,
    /// This many points: even, at least as many as there are samples, and at most 64 times as many
    /// (or 2^20 if that is more).
    Exactly(usize),
}

/// Refuses lengths far above any trace, far below those on which arithmetic could overflow.
pub(crate) fn check_npts(npts: usize) -> Result<()> {
    const MAX: u64 = 1 << 38;
    if npts as u64 > MAX {
        return Err(Error::TooLong { npts, expected: "at most 2^38" });
    }
    Ok(())
}

impl FftLength {
    /// The length for a trace of so many samples.
    ///
    /// # Errors
    /// [`Error::FftLength`] for an exact length that is odd or out of range, [`Error::TooLong`]
    /// beyond 2^38 samples.
    pub fn points(self, npts: usize) -> Result<usize> {
        check_npts(npts)?;
        let least = npts.max(1).next_multiple_of(2);
        let most = (64 * least).max(1 << 20);
        match self {
            Self::ObsPy => Ok(obspy(npts)),
            Self::Fast => Ok(fast(2 * least)),
            Self::Exactly(n) if n % 2 == 0 && (least..=most).contains(&n) => Ok(n),
            Self::Exactly(requested) => Err(Error::FftLength { requested, least, most }),
        }
    }
}

fn obspy(npts: usize) -> usize {
    let twice = 2 * (npts + npts % 2);
    // An empty trace has no transform; two points keep what follows well-defined.
    let twice = twice.max(2);
    if twice <= 5000 {
        return twice;
    }
    (twice..=twice + 20)
        .step_by(2)
        .find(|n| largest_prime_factor(*n) < 500)
        .unwrap_or_else(|| twice.next_power_of_two())
}

fn largest_prime_factor(mut n: usize) -> usize {
    let mut largest = 1;
    let mut p = 2;
    while p * p <= n {
        while n % p == 0 {
            n /= p;
            largest = p;
        }
        p += 1;
    }
    largest.max(n)
}

fn fast(at_least: usize) -> usize {
    const STEP: usize = 16;
    let first = at_least.next_multiple_of(STEP);
    // Any smooth length within an eighth above costs at most an eighth more; there always is one
    // by the next 16·2^k.
    let last = STEP * (first / STEP).next_power_of_two();
    let enough = (first + first / 8).min(last);
    let cheapest = |to: usize| {
        (first..=to)
            .step_by(STEP)
            .filter_map(|n| Some((cost(n / 2)?, n)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
    };
    cheapest(enough).or_else(|| cheapest(last)).map_or(last, |(_, n)| n)
}

/// What a complex FFT and the passes before and after it cost, in units of a radix-2 pass over one
/// point; `None` if the length has prime factors above 7. The weights of the factors are a
/// least-squares fit to RustFFT's times for 561 lengths between 2000 and 200 000, with AVX; its
/// negative intercept is about what the other passes take.
pub(crate) fn cost(mut n: usize) -> Option<f64> {
    let points = n as f64;
    let mut per_point = 0.0;
    for (prime, weight) in [(2, 1.0), (3, 1.8), (5, 3.3), (7, 3.7)] {
        while n > 1 && n % prime == 0 {
            n /= prime;
            per_point += weight;
        }
    }
    (n == 1).then_some(points * f64::max(per_point, 1.0))
}

/// The cost of a complex FFT of any length. Those with large prime factors cost about thrice as much
/// (Bluestein's algorithm); those that leave the second-level cache up to thrice as much.
pub(crate) fn estimate(n: usize) -> f64 {
    let points = n as f64;
    let arithmetic = cost(n).unwrap_or(3.0 * points * points.log2().max(1.0));
    arithmetic * (1.0 + 0.25 * (points / 65_536.0).log2()).clamp(1.0, 3.0)
}

/// Multiples of `of` from `from` to `to` that have no other prime factors above 7.
pub(crate) fn smooth_lengths(from: usize, to: usize, of: usize) -> Vec<usize> {
    let mut lengths = vec![of.max(1)];
    for prime in [2, 3, 5, 7] {
        let mut more = lengths.clone();
        while !more.is_empty() {
            more = more.iter().filter_map(|n| n.checked_mul(prime)).filter(|n| *n <= to).collect();
            lengths.extend_from_slice(&more);
        }
    }
    lengths.retain(|n| (from..=to).contains(n));
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_obspys() {
        // ObsPy 1.5.1, obspy.signal.util._npts2nfft.
        for (npts, nfft) in [
            (1, 4),
            (2, 4),
            (3, 8),
            (999, 2000),
            (1000, 2000),
            (2501, 5004),
            (4999, 10_000),
            (5003, 10_008),
            (10_007, 20_016),
            (86_400, 172_800),
            (86_401, 172_806),
            (100_003, 200_010),
            (720_001, 1_440_010),
            (1_800_028, 3_600_056),
            (1_800_029, 4_194_304),
            (1_800_031, 3_600_082),
        ] {
            assert_eq!(FftLength::ObsPy.points(npts).unwrap(), nfft, "{npts}");
        }
    }

    #[test]
    fn fast_lengths_are_smooth_and_padded() {
        for npts in (0..3000).chain([48_000, 48_001, 119_999, 120_001, 8_640_000, 8_640_001]) {
            let n = FftLength::Fast.points(npts).unwrap();
            assert!(n >= 2 * npts && n % 16 == 0, "{npts}: {n}");
            assert!(largest_prime_factor(n) <= 7, "{npts}: {n}");
            assert!((n as f64) < 2.0 * npts as f64 * 1.2 + 17.0, "{npts}: {n}");
        }
        assert_eq!(FftLength::Fast.points(48_000).unwrap(), 98_304);
    }

    #[test]
    fn exact_lengths_are_checked() {
        assert_eq!(FftLength::Exactly(10).points(9).unwrap(), 10);
        for n in [0, 8, 9, 11, 1 << 21, usize::MAX] {
            assert!(FftLength::Exactly(n).points(9).is_err(), "{n}");
        }
        assert!(FftLength::ObsPy.points(usize::MAX).is_err());
        assert!(FftLength::Fast.points(usize::MAX).is_err());
    }
}
