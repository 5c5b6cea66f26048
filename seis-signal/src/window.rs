//! The shapes of tapers.

use std::f64::consts::PI;

use crate::{Error, Result};

/// A symmetric window, of which a taper uses the rising and the falling flank.
///
/// Names, definitions and coefficients are SciPy's (`scipy.signal.windows`, `sym=True`), which are
/// what ObsPy's `taper(type=…)` calls; except [`Window::Cosine`], which is ObsPy's own.
///
/// ```
/// use seis_signal::Window;
/// assert_eq!(Window::Hann.value(2, 5), 1.0);
/// assert_eq!(Window::Triangular.value(0, 5), 1.0 / 3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Window {
    /// ½ − ½cos(2πk/(M−1)): zero at both ends, without corners.
    #[default]
    Hann,
    /// ObsPy's `cosine`: the Hann flank, but reaching 1 within the flank; `cosine_taper(M, p=1)`.
    Cosine,
    /// 0.54 − 0.46cos: 0.08 at the ends.
    Hamming,
    /// Three cosine terms, zero at the ends.
    Blackman,
    /// Four cosine terms with the lowest side lobes, after Harris.
    BlackmanHarris,
    /// Four cosine terms with the lowest side lobes, after Nuttall.
    Nuttall,
    /// Five cosine terms, slightly negative near the ends.
    Flattop,
    /// A triangle that is zero at both ends.
    Bartlett,
    /// A triangle that would be zero one sample outside (ObsPy's `triang`).
    Triangular,
    /// Triangle and cosine.
    BartlettHann,
    /// The convolution of two half cosines.
    Bohman,
    /// Piecewise cubic.
    Parzen,
    /// Ones: no taper at all.
    Boxcar,
    /// exp(−½(k/σ)²) around the middle.
    Gaussian {
        /// σ in samples.
        standard_deviation: f64,
    },
    /// exp(−½|k/σ|^2p) around the middle.
    GeneralGaussian {
        /// p: 1 is a Gaussian, ½ a Laplace distribution.
        power: f64,
        /// σ in samples.
        standard_deviation: f64,
    },
    /// Kaiser's approximation of the window with the most energy in its main lobe.
    Kaiser {
        /// Trades main lobe width for side lobes: 0 is a boxcar, 5 like Hamming, 8.6 like Blackman.
        beta: f64,
    },
}

impl Window {
    /// The name by which ObsPy and SciPy know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hann => "hann",
            Self::Cosine => "cosine",
            Self::Hamming => "hamming",
            Self::Blackman => "blackman",
            Self::BlackmanHarris => "blackmanharris",
            Self::Nuttall => "nuttall",
            Self::Flattop => "flattop",
            Self::Bartlett => "bartlett",
            Self::Triangular => "triang",
            Self::BartlettHann => "barthann",
            Self::Bohman => "bohman",
            Self::Parzen => "parzen",
            Self::Boxcar => "boxcar",
            Self::Gaussian { .. } => "gaussian",
            Self::GeneralGaussian { .. } => "general_gaussian",
            Self::Kaiser { .. } => "kaiser",
        }
    }

    /// Its parameters, by the names SciPy gives them.
    pub(crate) fn parameters(self) -> [Option<(&'static str, f64)>; 2] {
        match self {
            Self::Gaussian { standard_deviation } => [Some(("std", standard_deviation)), None],
            Self::GeneralGaussian { power, standard_deviation } => {
                [Some(("p", power)), Some(("sig", standard_deviation))]
            }
            Self::Kaiser { beta } => [Some(("beta", beta)), None],
            _ => [None, None],
        }
    }

    /// Refuses parameters for which the window is not defined.
    pub(crate) fn check(self) -> Result<()> {
        let positive = |name, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(())
            } else {
                Err(Error::Parameter { name, value, expected: "a positive number" })
            }
        };
        match self {
            Self::Gaussian { standard_deviation } => {
                positive("standard deviation of the window", standard_deviation)
            }
            Self::GeneralGaussian { power, standard_deviation } => {
                positive("power of the window", power)?;
                positive("standard deviation of the window", standard_deviation)
            }
            Self::Kaiser { beta } if !(0.0..=700.0).contains(&beta) => Err(Error::Parameter {
                name: "beta of the Kaiser window",
                value: beta,
                expected: "0 to 700",
            }),
            _ => Ok(()),
        }
    }

    /// Value `k` of the symmetric window of `m` points; 0 outside it.
    #[must_use]
    pub fn value(self, k: usize, m: usize) -> f64 {
        if k >= m {
            return 0.0;
        }
        // The nearer end decides, so that the window is symmetric to the last bit.
        let k = k.min(m - 1 - k);
        if m == 1 {
            return 1.0;
        }
        let (kf, last) = (k as f64, (m - 1) as f64);
        // Distance from the middle, in samples.
        let off = kf - last / 2.0;
        match self {
            Self::Hann => cosines(&[0.5, 0.5], kf, last),
            Self::Hamming => cosines(&[0.54, 0.46], kf, last),
            Self::Blackman => cosines(&[0.42, 0.5, 0.08], kf, last),
            Self::BlackmanHarris => cosines(&[0.35875, 0.48829, 0.14128, 0.01168], kf, last),
            Self::Nuttall => {
                cosines(&[0.363_581_9, 0.489_177_5, 0.136_599_5, 0.010_641_1], kf, last)
            }
            Self::Flattop => cosines(
                &[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368],
                kf,
                last,
            ),
            Self::Cosine => {
                // `cosine_taper(m, 1)`: the flank is m/2 samples, of which the last is 1.
                let flank = m / 2;
                if k >= flank {
                    1.0
                } else {
                    let steps = flank.saturating_sub(1).max(1) as f64;
                    0.5 - 0.5 * (PI * kf / steps).cos()
                }
            }
            Self::Bartlett => 2.0 * kf / last,
            Self::Triangular if m % 2 == 0 => (2.0 * kf + 1.0) / m as f64,
            Self::Triangular => 2.0 * (kf + 1.0) / (m as f64 + 1.0),
            Self::BartlettHann => {
                let x = (kf / last - 0.5).abs();
                0.62 - 0.48 * x + 0.38 * (2.0 * PI * x).cos()
            }
            Self::Bohman if k == 0 => 0.0,
            Self::Bohman => {
                let x = (off / (last / 2.0)).abs();
                (1.0 - x) * (PI * x).cos() + (PI * x).sin() / PI
            }
            Self::Parzen => {
                let x = off.abs() / (m as f64 / 2.0);
                if off.abs() <= last / 4.0 {
                    1.0 - 6.0 * x * x + 6.0 * x * x * x
                } else {
                    2.0 * (1.0 - x).powi(3)
                }
            }
            Self::Boxcar => 1.0,
            Self::Gaussian { standard_deviation } => {
                (-0.5 * (off / standard_deviation).powi(2)).exp()
            }
            Self::GeneralGaussian { power, standard_deviation } => {
                (-0.5 * (off / standard_deviation).abs().powf(2.0 * power)).exp()
            }
            Self::Kaiser { beta } => {
                let x = 2.0 * off / last;
                bessel_i0(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(beta)
            }
        }
    }
}

/// `Σ (−1)^j a_j cos(2πjk/last)`, with the end exact: for Hann and Blackman it is zero, not 1e-17.
fn cosines(a: &[f64], k: f64, last: f64) -> f64 {
    let angle = 2.0 * PI * k / last;
    let mut sign = 1.0;
    let mut sum = 0.0;
    for (j, a) in a.iter().enumerate() {
        sum += sign * a * (j as f64 * angle).cos();
        sign = -sign;
    }
    // Coefficients sum up to 1 in decimal digits; in binary, what they leave at the ends is noise.
    if sum.abs() < 1e-16 { 0.0 } else { sum }
}

/// A Kaiser window of so many points, at the middles of equal parts of its support, but for a
/// factor. `I₀` itself would be exact to β rounding errors only; here the large values are exact to
/// two or three.
pub(crate) fn kaiser(points: usize, beta: f64) -> Vec<f64> {
    let mut window = vec![0.0; points];
    let square = (points as f64).powi(2);
    for j in 0..points.div_ceil(2) {
        // x from −1 to 1, as integers over the number of points.
        let (inside, off) = ((2 * j + 1) * (2 * (points - j) - 1), points - 1 - 2 * j);
        let root = (inside as f64 / square).sqrt();
        let z = beta * root;
        window[j] = if z > 20.0 {
            // I₀(z)·exp(−β), by the asymptotic series (Abramowitz & Stegun 9.7.1).
            let (mut sum, mut term, mut k) = (1.0_f64, 1.0_f64, 1.0_f64);
            while term > sum * 1e-17 {
                term *= (2.0 * k - 1.0).powi(2) / (k * 8.0 * z);
                sum += term;
                k += 1.0;
            }
            let exponent = -beta * ((off * off) as f64 / square) / (1.0 + root);
            exponent.exp() * sum / (2.0 * PI * z).sqrt()
        } else {
            bessel_i0(z) * (-beta).exp()
        };
        window[points - 1 - j] = window[j];
    }
    window
}

/// The modified Bessel function I₀ by its power series (Abramowitz & Stegun 9.6.12), whose terms
/// are all positive.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0_f64, 1.0_f64, 1.0_f64);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}
