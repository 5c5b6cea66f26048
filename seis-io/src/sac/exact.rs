//! Whether a file says what a trace says.

use std::fmt;

use seis_core::Trace;

use super::variables::{B, DELTA, KNETWK};
use super::{Error, Result, SacFile, TraceOptions};

impl SacFile {
    /// Refuses a file that does not say exactly what a trace says: for those who write SAC to keep
    /// data, not results.
    ///
    /// SAC has 32-bit floats for samples, and in version 6 for DELTA and B; [`from_trace`] and its
    /// like round to them, as every program that writes SAC does: nearly all processed samples are
    /// doubles that no SAC file holds, so that a refusal would be all that one ever saw. What is
    /// rounded is off by up to 6e-8 of a sample, and of the rate. Counts up to 16777216 and 32-bit
    /// floats are exact, and so is every rate or interval that has up to four digits.
    ///
    /// ```
    /// # use seis_core::{SamplingRate, Trace, UtcTime};
    /// # let rate = SamplingRate::from_hz(40.0)?;
    /// # let mut trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
    /// use seis_io::sac::SacFile;
    /// SacFile::from_trace(&trace)?.expect_exact(&trace)?;
    /// trace.samples = vec![16_777_217].into();
    /// assert!(SacFile::from_trace(&trace)?.expect_exact(&trace).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Rounded`] for the first sample that differs, [`Error::Inexact`] for the id, the
    /// start time or the rate, [`Error::NotNumeric`] for text; as [`to_trace`](Self::to_trace).
    ///
    /// [`from_trace`]: Self::from_trace
    pub fn expect_exact(&self, trace: &Trace) -> Result<()> {
        let id = trace.id;
        let values = trace.samples.to_f64().map_err(|_| Error::NotNumeric)?;
        let stored = self.data.sections().0;
        if stored.len() != values.len() {
            return Err(Error::Sections { first: stored.len(), second: values.len() });
        }
        let same = |(x, y): (&f32, &f64)| f64::from(*x) == *y || (x.is_nan() && y.is_nan());
        if let Some(index) = stored.iter().zip(values.iter()).position(|pair| !same(pair)) {
            let value = values.get(index).copied().unwrap_or_default();
            return Err(Error::Rounded { id: id.into(), index, value });
        }
        let back = self.header.to_trace(Vec::<f32>::new(), &TraceOptions::new())?;
        let differs = |variable, value: &dyn fmt::Display, found: &dyn fmt::Display| {
            let (value, found) = (value.to_string(), found.to_string());
            Err(Error::Inexact { id: id.into(), variable, value, found })
        };
        if back.id != id {
            return differs(KNETWK.name, &id, &back.id);
        }
        if back.start != trace.start {
            return differs(B.name, &trace.start, &back.start);
        }
        if back.rate.hz() != trace.rate.hz() {
            return differs(DELTA.name, &trace.rate, &back.rate);
        }
        Ok(())
    }
}
