//! Differentiation and integration in time.

use seis_core::SamplingRate;

use crate::view::check_finite;
use crate::{Error, Result};

/// Replaces samples by their derivative, per second: central differences, one-sided at the ends
/// (`numpy.gradient`, ObsPy's `differentiate`).
///
/// # Errors
/// [`Error::TooShort`] for fewer than two samples, [`Error::NotFinite`], a trace without rate;
/// the samples are then untouched.
///
/// ```
/// let mut samples = [0.0, 1.0, 4.0, 9.0];
/// seis_signal::differentiate(&mut samples, seis_core::SamplingRate::from_hz(2.0)?)?;
/// assert_eq!(samples, [2.0, 4.0, 8.0, 10.0]);
/// # Ok::<(), seis_signal::Error>(())
/// ```
pub fn differentiate(samples: &mut [f64], rate: SamplingRate) -> Result<()> {
    if !rate.is_regular() {
        return Err(Error::NoRate);
    }
    let (n, hz) = (samples.len(), rate.hz());
    if n < 2 {
        return Err(Error::TooShort { operation: "differentiating", needed: 2, found: n });
    }
    check_finite(samples)?;
    let end = (samples[n - 1] - samples[n - 2]) * hz;
    let mut before = samples[0];
    samples[0] = (samples[1] - before) * hz;
    for i in 1..n - 1 {
        let now = samples[i];
        samples[i] = (samples[i + 1] - before) * hz / 2.0;
        before = now;
    }
    samples[n - 1] = end;
    Ok(())
}

/// Replaces samples by their integral over time in seconds, from zero at the first sample, by the
/// trapezoidal rule (ObsPy's `integrate`). The length stays the same.
///
/// # Errors
/// [`Error::TooShort`] for an empty trace, [`Error::NotFinite`], a trace without rate; the samples
/// are then untouched.
///
/// ```
/// let mut samples = [2.0, 4.0, 6.0];
/// seis_signal::integrate(&mut samples, seis_core::SamplingRate::from_hz(2.0)?)?;
/// assert_eq!(samples, [0.0, 1.5, 4.0]);
/// # Ok::<(), seis_signal::Error>(())
/// ```
pub fn integrate(samples: &mut [f64], rate: SamplingRate) -> Result<()> {
    if !rate.is_regular() {
        return Err(Error::NoRate);
    }
    if samples.is_empty() {
        return Err(Error::TooShort { operation: "integrating", needed: 1, found: 0 });
    }
    check_finite(samples)?;
    let interval_s = rate.interval_s();
    let (mut before, mut sum) = (samples[0], 0.0);
    samples[0] = 0.0;
    for x in &mut samples[1..] {
        sum += interval_s * (before + *x) / 2.0;
        before = *x;
        *x = sum;
    }
    Ok(())
}
