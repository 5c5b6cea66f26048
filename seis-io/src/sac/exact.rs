//! Whether a file says what a trace says.

use std::fmt;

use seis_core::Trace;

use super::variables::{B, DELTA, E, KNETWK};
use super::{Error, Kind, Result, SacFile, TraceOptions, Variable};

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
    /// This is about the binary form. The alphanumeric one has seven digits for each number: see
    /// [`expect_exact_alphanumeric`](Self::expect_exact_alphanumeric).
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

    /// Refuses a file that would come back otherwise from its
    /// [alphanumeric form](Self::to_alphanumeric), in which a number has seven digits: 32-bit floats
    /// have up to nine. Counts up to 9999999 are exact. So is a DELTA of up to six digits, but not
    /// that of 3 Hz: its digits 0.3333333 are those of the number next to it. (We read 3 Hz from
    /// [both](super::Header::sampling_rate); another program need not.) E, DEPMIN, DEPMAX, DEPMEN, DIST, AZ,
    /// BAZ and GCARC, which follow from the rest of the file, may be rounded. (Version 7 has DELTA, B
    /// and the times of markers with 17 digits as well.)
    ///
    /// ```
    /// # use seis_core::{SamplingRate, Trace, UtcTime};
    /// # let rate = SamplingRate::from_hz(40.0)?;
    /// # let mut trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
    /// use seis_io::sac::SacFile;
    /// SacFile::from_trace(&trace)?.expect_exact_alphanumeric()?;
    /// trace.rate = SamplingRate::from_hz(3.0)?;
    /// let file = SacFile::from_trace(&trace)?;
    /// file.expect_exact(&trace)?;
    /// assert!(file.expect_exact_alphanumeric().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SevenDigits`] for the first number that differs; as
    /// [`to_alphanumeric`](Self::to_alphanumeric).
    pub fn expect_exact_alphanumeric(&self) -> Result<()> {
        let back = Self::from_bytes(&self.to_alphanumeric()?)?;
        let exempt = |v: &Variable| FOLLOWING.contains(&v.name) || *v == E;
        for variable in Variable::all().iter().filter(|v| v.kind == Kind::Float && !exempt(v)) {
            let pair = [&self.header, &back.header].map(|h| h.float(variable).unwrap_or(-12345.0));
            expect_same(pair, || variable.name.to_owned())?;
        }
        let ((first, second), (first_back, second_back)) =
            (self.data.sections(), back.data.sections());
        let sections =
            [(first, first_back), (second.unwrap_or_default(), second_back.unwrap_or_default())];
        for (section, back) in sections {
            for (index, (x, y)) in section.iter().zip(back).enumerate() {
                expect_same([(*x).into(), (*y).into()], || format!("sample {index}"))?;
            }
        }
        Ok(())
    }
}

/// Variables that follow from the samples or from others.
const FOLLOWING: [&str; 7] = ["depmin", "depmax", "depmen", "dist", "az", "baz", "gcarc"];

fn expect_same([value, found]: [f64; 2], what: impl Fn() -> String) -> Result<()> {
    if value == found || (value.is_nan() && found.is_nan()) {
        return Ok(());
    }
    Err(Error::SevenDigits { what: what(), value, found })
}
