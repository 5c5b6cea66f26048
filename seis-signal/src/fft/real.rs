//! Packing, splitting and joining of half-length spectra.

use std::fmt;

use num_complex::Complex64;

use super::plans::{Kind, Shared, Transform, shared};

/// A transform of `len` real samples into `len/2 + 1` frequencies, unnormalised:
/// `X_k = Σ x_n e^{−2πikn/len}`.
///
/// Pairs of samples `z_n = x_{2n} + i x_{2n+1}` are transformed at half the length; the spectra of
/// the even and of the odd samples are the Hermitian and the anti-Hermitian part of the result
/// (Press et al., Numerical Recipes, 3rd ed., section 12.3.2).
#[derive(Clone)]
pub(crate) struct Forward {
    len: usize,
    shared: Shared,
}

impl Forward {
    /// `len` is even.
    pub(crate) fn new(len: usize) -> Self {
        Self { len, shared: shared(len, Kind::Forward) }
    }

    pub(crate) fn id(&self) -> Transform {
        Transform::real(self.len, Kind::Forward)
    }

    /// Number of sample pairs.
    pub(crate) fn pairs(&self) -> usize {
        self.len / 2
    }

    /// How many numbers [`transform`](Self::transform) needs besides its buffers.
    pub(crate) fn scratch_len(&self) -> usize {
        self.shared.half.get_outofplace_scratch_len()
    }

    /// From packed samples to the half-length spectrum; `packed` is spoilt.
    pub(crate) fn transform(
        &self,
        packed: &mut [Complex64],
        half: &mut [Complex64],
        scratch: &mut [Complex64],
    ) {
        self.shared.half.process_outofplace_with_scratch(packed, half, scratch);
    }

    /// Frequencies `first ..` of the real samples, each multiplied by its gain, from the
    /// half-length spectrum.
    pub(crate) fn multiplied(
        &self,
        half: &[Complex64],
        first: usize,
        gains: &[Complex64],
        out: &mut [Complex64],
    ) {
        let pairs = self.pairs();
        let at = |k: usize| half.get(k).copied().unwrap_or_default();
        let last = (first + gains.len()).saturating_sub(1);
        let z0 = at(0);
        // The ends of the spectrum are real and have no partner.
        if let (0, Some(out), Some(gain)) = (first, out.first_mut(), gains.first()) {
            *out = *gain * (z0.re + z0.im);
        }
        if let (true, Some(out), Some(gain)) =
            (last == pairs, out.get_mut(gains.len() - 1), gains.last())
        {
            *out = *gain * (z0.re - z0.im);
        }
        // W^k = exp(−2πik/len) is tabulated to a quarter; W^k = −conj(W^(len/2−k)) beyond.
        let from = first.max(1);
        let middle = (pairs / 2).min(last).min(pairs - 1);
        for_range(from, middle, first, half, gains, out, |range| {
            let tw = &self.shared.twiddles[range.low..=range.high];
            let it = range.out.iter_mut().zip(range.gains).zip(range.z.iter().zip(tw));
            for (((y, g), (z, w)), m) in it.zip(range.mirror.iter().rev()) {
                *y = g * split(*z, *m, *w);
            }
        });
        let from = from.max(pairs / 2 + 1);
        for_range(from, last.min(pairs - 1), first, half, gains, out, |range| {
            let tw = &self.shared.twiddles[pairs - range.high..=pairs - range.low];
            let it = range.out.iter_mut().zip(range.gains).zip(range.z.iter().zip(tw.iter().rev()));
            for (((y, g), (z, w)), m) in it.zip(range.mirror.iter().rev()) {
                *y = g * split(*z, *m, -w.conj());
            }
        });
    }
}

/// Frequency `k` of the real samples from `Z_k`, `Z_{pairs−k}` and `e^{−2πik/len}`.
#[inline(always)]
fn split(z: Complex64, mirror: Complex64, w: Complex64) -> Complex64 {
    let mirror = mirror.conj();
    let (even, odd) = ((z + mirror) * 0.5, (z - mirror) * 0.5);
    // −i·w·odd
    let t = w * odd;
    Complex64::new(even.re + t.im, even.im - t.re)
}

/// The slices that belong to the frequencies `low ..= high`.
struct Range<'a> {
    low: usize,
    high: usize,
    z: &'a [Complex64],
    mirror: &'a [Complex64],
    gains: &'a [Complex64],
    out: &'a mut [Complex64],
}

#[inline(always)]
fn for_range(
    low: usize,
    high: usize,
    first: usize,
    half: &[Complex64],
    gains: &[Complex64],
    out: &mut [Complex64],
    body: impl FnOnce(Range<'_>),
) {
    if low > high {
        return;
    }
    let pairs = half.len();
    body(Range {
        low,
        high,
        z: &half[low..=high],
        mirror: &half[pairs - high..=pairs - low],
        gains: &gains[low - first..=high - first],
        out: &mut out[low - first..=high - first],
    });
}

/// A transform of `len/2 + 1` frequencies into `len` real samples, unnormalised:
/// `x_n = Σ X_k e^{2πikn/len}` over positive and negative frequencies.
#[derive(Clone)]
pub(crate) struct Inverse {
    len: usize,
    shared: Shared,
}

impl Inverse {
    /// `len` is even.
    pub(crate) fn new(len: usize) -> Self {
        Self { len, shared: shared(len, Kind::Inverse) }
    }

    pub(crate) fn id(&self) -> Transform {
        Transform::real(self.len, Kind::Inverse)
    }

    /// Number of sample pairs.
    pub(crate) fn pairs(&self) -> usize {
        self.len / 2
    }

    /// How many numbers [`transform`](Self::transform) needs besides its buffers.
    pub(crate) fn scratch_len(&self) -> usize {
        self.shared.half.get_outofplace_scratch_len()
    }

    /// Adds frequencies beyond the Nyquist frequency, of a spectrum that begins with frequency
    /// `first`, to those as which they appear. Of the frequencies ± Nyquist there is only the sum.
    pub(crate) fn fold<'s>(&self, first: usize, spectrum: &'s mut [Complex64]) -> &'s [Complex64] {
        let nyquist = self.pairs();
        let Some(below) = nyquist.checked_sub(first).filter(|n| *n < spectrum.len()) else {
            return spectrum;
        };
        let (kept, end) = spectrum.split_at_mut(below);
        if let Some((end, beyond)) = end.split_first_mut() {
            *end = Complex64::new(2.0 * end.re, 0.0);
            for (y, beyond) in kept.iter_mut().rev().zip(beyond) {
                *y += beyond.conj();
            }
        }
        &spectrum[..=below]
    }

    /// From a spectrum of which only the frequencies `first ..` are not zero to the half-length
    /// spectrum, of `pairs` values. The imaginary parts of frequencies 0 and `len/2` do not count.
    pub(crate) fn join(&self, first: usize, spectrum: &[Complex64], half: &mut [Complex64]) {
        let pairs = self.pairs();
        let half = &mut half[..pairs];
        half.fill(Complex64::ZERO);
        let twiddles = &self.shared.twiddles;
        for (k, y) in (first..).zip(spectrum) {
            if k == 0 {
                half[0] += Complex64::new(y.re, y.re);
            } else if k == pairs {
                half[0] += Complex64::new(y.re, -y.re);
            } else {
                let w = if k <= pairs / 2 { twiddles[k] } else { -twiddles[pairs - k].conj() };
                // i·w·y
                let t = w * y;
                let t = Complex64::new(-t.im, t.re);
                half[k] += y + t;
                half[pairs - k] += (y - t).conj();
            }
        }
    }

    /// From the half-length spectrum to pairs of samples; `half` is spoilt.
    pub(crate) fn transform(
        &self,
        half: &mut [Complex64],
        packed: &mut [Complex64],
        scratch: &mut [Complex64],
    ) {
        self.shared.half.process_outofplace_with_scratch(half, packed, scratch);
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Forward({})", self.len)
    }
}

impl fmt::Debug for Inverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inverse({})", self.len)
    }
}

#[cfg(test)]
mod tests {
    use realfft::RealFftPlanner;

    use super::*;

    fn noise(n: usize) -> Vec<f64> {
        (0..n as u64).map(|i| (i.wrapping_mul(2_654_435_761) % 65_537) as f64 / 65_537.0).collect()
    }

    fn packed(samples: &[f64]) -> Vec<Complex64> {
        samples.chunks(2).map(|x| Complex64::new(x[0], x[1])).collect()
    }

    /// Every even length to 300 and some long ones, for every kind of range of frequencies.
    #[test]
    fn transforms_are_realffts() {
        let mut planner = RealFftPlanner::new();
        for len in (2..=300).step_by(2).chain([1000, 5004, 20_016]) {
            let samples = noise(len);
            let fft = planner.plan_fft_forward(len);
            let (mut x, mut spectrum) = (samples.clone(), fft.make_output_vec());
            fft.process(&mut x, &mut spectrum).unwrap();
            let ours = Forward::new(len);
            let mut half = vec![Complex64::ZERO; len / 2];
            let mut scratch = vec![Complex64::ZERO; ours.scratch_len()];
            ours.transform(&mut packed(&samples), &mut half, &mut scratch);
            let gain = Complex64::new(0.3, -2.0);
            let h = len / 2;
            for (first, last) in
                [(0, h), (1, h), (0, h / 2), (h / 2, h), (h, h), (0, 0), (h / 3, h / 2), (h - 1, h)]
            {
                let gains = vec![gain; last + 1 - first];
                let mut out = vec![Complex64::ZERO; gains.len()];
                ours.multiplied(&half, first, &gains, &mut out);
                for (k, y) in (first..).zip(&out) {
                    let error = (y - gain * spectrum[k]).norm();
                    assert!(error < 1e-14 * len as f64, "{len} {k} of {first}..={last}: {error}");
                }
                // And back: only these frequencies, each of which has its own conjugate.
                let mut full = vec![Complex64::ZERO; h + 1];
                full[first..=last].copy_from_slice(&spectrum[first..=last]);
                full[0].im = 0.0;
                full[h].im = 0.0;
                let back = planner.plan_fft_inverse(len);
                let mut expected = back.make_output_vec();
                back.process(&mut full, &mut expected).unwrap();
                let ours = Inverse::new(len);
                let mut half = vec![Complex64::ZERO; h];
                let mut result = half.clone();
                ours.join(first, &spectrum[first..=last], &mut half);
                let mut scratch = vec![Complex64::ZERO; ours.scratch_len()];
                ours.transform(&mut half, &mut result, &mut scratch);
                for (pair, y) in expected.chunks(2).zip(&result) {
                    let error = (y - Complex64::new(pair[0], pair[1])).norm();
                    assert!(error < 1e-14 * (len * len) as f64, "{len} {first}..={last}: {error}");
                }
            }
        }
    }

    #[test]
    fn transforms_are_kept_and_dropped() {
        let kept = Forward::new(1 << 12);
        assert!(std::sync::Arc::ptr_eq(&kept.shared.half, &Forward::new(1 << 12).shared.half));
        // Longer ones push it out; its plan goes on.
        drop(Forward::new(1 << 22));
        drop(Inverse::new(1 << 22));
        assert!(!std::sync::Arc::ptr_eq(&kept.shared.half, &Forward::new(1 << 12).shared.half));
    }
}
