//! The band that a deconvolution keeps.

use std::f64::consts::PI;

use crate::{Error, Result};

/// A band-pass with flanks of half cosines in frequency: 0 below `f1`, rising to 1 at `f2`, 1 to
/// `f3`, falling to 0 at `f4`, 0 above (ObsPy's `pre_filt`, `cosine_sac_taper`).
///
/// Equal corners make a step, which lets the corner itself pass. (ObsPy divides by zero there and
/// returns NaN for the whole trace if a frequency falls on the corner.)
///
/// ```
/// let filter = seis_signal::PreFilter::new(0.001, 0.005, 4.9, 5.0)?;
/// assert!((filter.gain(0.003) - 0.5).abs() < 1e-15);
/// assert_eq!(filter.gain(1.0), 1.0);
/// assert_eq!(filter.gain(5.0), 0.0);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreFilter {
    corners_hz: [f64; 4],
}

impl PreFilter {
    /// A band with these corners in Hz.
    ///
    /// # Errors
    /// [`Error::PreFilterOrder`] unless they are finite, not negative and in ascending order.
    /// (ObsPy silently returns zeros.)
    pub fn new(f1_hz: f64, f2_hz: f64, f3_hz: f64, f4_hz: f64) -> Result<Self> {
        let corners_hz = [f1_hz, f2_hz, f3_hz, f4_hz];
        let ordered = corners_hz.windows(2).all(|f| f[0] <= f[1]);
        if !ordered || f1_hz < 0.0 || !f4_hz.is_finite() {
            return Err(Error::PreFilterOrder { corners_hz });
        }
        Ok(Self { corners_hz })
    }

    /// The corners in Hz.
    #[must_use]
    pub fn corners_hz(&self) -> [f64; 4] {
        self.corners_hz
    }

    /// Factor of this frequency, 0 to 1.
    #[must_use]
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        let (f, [f1, f2, f3, f4]) = (frequency_hz, self.corners_hz);
        if f < f1 || f > f4 {
            0.0
        } else if f >= f3 {
            if f4 > f3 { 0.5 * (1.0 + (PI * (f - f3) / (f4 - f3)).cos()) } else { 1.0 }
        } else if f <= f2 && f2 > f1 {
            0.5 * (1.0 - (PI * (f - f1) / (f2 - f1)).cos())
        } else {
            1.0
        }
    }

    /// Refuses corners beyond the Nyquist frequency.
    pub(crate) fn check_nyquist(&self, nyquist_hz: f64) -> Result<()> {
        if self.corners_hz[3] > nyquist_hz {
            return Err(Error::PreFilterBeyondNyquist { corners_hz: self.corners_hz, nyquist_hz });
        }
        Ok(())
    }
}

impl TryFrom<[f64; 4]> for PreFilter {
    type Error = Error;
    fn try_from([f1, f2, f3, f4]: [f64; 4]) -> Result<Self> {
        Self::new(f1, f2, f3, f4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flanks_are_obspys() {
        // ObsPy 1.5.1: cosine_sac_taper(freqs, (0.05, 0.1, 8, 9.5)).
        let filter = PreFilter::new(0.05, 0.1, 8.0, 9.5).unwrap();
        for (f, gain) in [
            (0.0, 0.0),
            (0.05, 0.0),
            (0.06, 0.095_491_502_812_526_26),
            (0.1, 1.0),
            (3.0, 1.0),
            (8.0, 1.0),
            (8.5, 0.75),
            (9.5, 0.0),
            (10.0, 0.0),
        ] {
            assert!((filter.gain(f) - gain).abs() < 1e-14, "{f}: {}", filter.gain(f));
        }
    }

    #[test]
    fn equal_corners_are_steps() {
        let step = PreFilter::new(1.0, 1.0, 2.0, 2.0).unwrap();
        assert_eq!([0.99, 1.0, 1.5, 2.0, 2.01].map(|f| step.gain(f)), [0.0, 1.0, 1.0, 1.0, 0.0]);
        let peak = PreFilter::new(1.0, 2.0, 2.0, 3.0).unwrap();
        assert_eq!([1.0, 2.0, 3.0].map(|f| peak.gain(f)), [0.0, 1.0, 0.0]);
        let from_zero = PreFilter::new(0.0, 0.0, 1.0, 2.0).unwrap();
        assert_eq!(from_zero.gain(0.0), 1.0);
    }

    #[test]
    fn disorder_is_refused() {
        for f in [
            [2.0, 1.0, 3.0, 4.0],
            [0.1, 0.2, 0.5, 0.4],
            [-1.0, 0.0, 1.0, 2.0],
            [f64::NAN, 0.0, 1.0, 2.0],
            [0.0, 0.0, 1.0, f64::INFINITY],
        ] {
            assert!(PreFilter::try_from(f).is_err(), "{f:?}");
        }
    }
}
