//! The one thing that `seis-resp` and `seis-signal` share: what an instrument does to a frequency.

use std::fmt;
use std::str::FromStr;

use num_complex::Complex64;

/// The quantity that samples are turned into, or a response is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GroundMotion {
    /// Metres.
    Displacement,
    /// Metres per second.
    #[default]
    Velocity,
    /// Metres per second squared.
    Acceleration,
    /// The quantity and unit that the instrument itself responds to; the only one for pressure,
    /// strain, temperature and the like (ObsPy's `DEF`).
    Native,
}

impl GroundMotion {
    /// SI unit, or "native".
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Displacement => "m",
            Self::Velocity => "m/s",
            Self::Acceleration => "m/s**2",
            Self::Native => "native",
        }
    }

    /// The short name: `disp`, `vel`, `acc` or `def`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Displacement => "disp",
            Self::Velocity => "vel",
            Self::Acceleration => "acc",
            Self::Native => "def",
        }
    }
}

impl fmt::Display for GroundMotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for GroundMotion {
    type Err = String;

    /// Reads `disp`, `dis`, `displacement`, `vel`, `velocity`, `acc`, `acceleration`, `def`,
    /// `native`, in any case.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "disp" | "dis" | "displacement" => Ok(Self::Displacement),
            "vel" | "velocity" => Ok(Self::Velocity),
            "acc" | "acceleration" => Ok(Self::Acceleration),
            "def" | "native" => Ok(Self::Native),
            _ => Err(format!("{text:?} is no ground motion: expected disp, vel, acc or def")),
        }
    }
}

/// A number that two responses share if, and only if for all practical purposes, they have the
/// same content: the key under which plans are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub u128);

/// Why a response could not be evaluated; wraps the error of the crate that tried.
#[derive(Debug)]
pub struct EvaluationError(Box<dyn std::error::Error + Send + Sync>);

impl EvaluationError {
    /// Wraps an error, or a text.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }

    /// The error within.
    #[must_use]
    pub fn inner(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for EvaluationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// The complex frequency response of an instrument.
///
/// Object-safe, so that signal processing needs to know nothing of metadata formats, and can be
/// tested with an analytic pole:
///
/// ```
/// use seis_core::{Complex64, EvaluationError, FrequencyResponse, GroundMotion};
///
/// /// Ground velocity to volts through one real pole, 1/(s + a).
/// struct Pole(f64);
///
/// impl FrequencyResponse for Pole {
///     fn eval_into(
///         &self,
///         frequencies_hz: &[f64],
///         _quantity: GroundMotion,
///         out: &mut [Complex64],
///     ) -> Result<(), EvaluationError> {
///         for (h, f) in out.iter_mut().zip(frequencies_hz) {
///             *h = Complex64::new(self.0, std::f64::consts::TAU * f).inv();
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait FrequencyResponse: Send + Sync {
    /// Writes counts (or whatever the channel records) per SI unit of `quantity` at each frequency
    /// in Hz, with time dependence e^{+iωt}. The slices have equal length.
    ///
    /// # Errors
    /// When the response cannot give this quantity, or is broken; `out` is then unspecified.
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError>;

    /// Writes, for each frequency, the radius in Hz of a circle around it, in the plane of complex
    /// frequencies, in which nothing sharp lies: no pole and no kink, and no phase that turns by
    /// more than a radian. The slices have equal length.
    ///
    /// For traces of a day and more, signal processing may then interpolate the response where it
    /// is as smooth as that, which saves most of the time of a plan. 0, which is the default, means
    /// that nothing is known; such a response is evaluated at every frequency.
    fn smooth_within_hz(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        radii_hz: &mut [f64],
    ) {
        let _ = (frequencies_hz, quantity);
        radii_hz.fill(0.0);
    }

    /// The sampling rate in Hz of what the instrument records, if the response tells it. A trace of
    /// another rate was recorded through other filters, or a stage is missing.
    fn recorded_rate_hz(&self) -> Option<f64> {
        None
    }

    /// A key of the content, if this response can be recognised when it comes again.
    fn fingerprint(&self) -> Option<Fingerprint> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_printed() {
        for (text, motion) in [
            ("DISP", GroundMotion::Displacement),
            ("vel", GroundMotion::Velocity),
            ("Acc", GroundMotion::Acceleration),
            ("def", GroundMotion::Native),
        ] {
            assert_eq!(text.parse(), Ok(motion));
            assert_eq!(motion.to_string(), text.to_ascii_lowercase());
        }
        assert!("pressure".parse::<GroundMotion>().is_err());
    }
}
