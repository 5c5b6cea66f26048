//! What looks wrong in a file that can be read.

use std::fmt;

use super::variables::{
    B, DELTA, DEPMAX, DEPMEN, DEPMIN, E, NPTS, REFERENCE, RELATIVE_TIMES, Variable,
};
use super::{Data, Error, FileType, Kind, ReferenceTime, SacFile, samples};

/// A header variable that disagrees with the data, with other variables, or with the format.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The variable.
    pub variable: &'static str,
    /// Its value, as text.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}: expected {}", self.variable, self.found, self.expected)
    }
}

impl SacFile {
    /// Lists what looks wrong; empty for a flawless file. Reading takes all of this as it is.
    ///
    /// Looked at are: DELTA; E against B, DELTA and NPTS; DEPMIN, DEPMAX and DEPMEN against the
    /// data (to 1e-5); the reference time and the variable that IZTYPE names; enumerated variables,
    /// logicals, latitudes and longitudes; texts that are not printable ASCII; the footer of
    /// version 7 against the 32-bit values; and the agreement of NPTS, IFTYPE and LEVEN with the
    /// data, without which the file cannot be written.
    ///
    /// ```
    /// # use seis_io::sac::{Data, Header, SacFile};
    /// let mut file = SacFile::new(Header::new(), Data::Even(vec![1.0, 2.0]))?;
    /// file.header.set_delta(0.01)?.set_b(0.0)?.set_e(7.0)?;
    /// let findings = file.check();
    /// assert_eq!(findings[0].to_string(), "e is 7: expected 0.009999999776482582");
    /// # Ok::<(), seis_io::sac::Error>(())
    /// ```
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.check_structure(&mut found);
        self.check_times(&mut found);
        self.check_extrema(&mut found);
        self.check_values(&mut found);
        self.check_footer(&mut found);
        found
    }

    fn check_structure(&self, found: &mut Vec<Finding>) {
        match self.expect_consistent() {
            Ok(()) => {}
            Err(Error::Invalid { variable, found: value, expected }) => {
                found.push(Finding { variable, found: value, expected: expected.to_owned() });
            }
            Err(Error::Sections { first, second }) => found.push(Finding {
                variable: NPTS.name,
                found: format!("{first} and {second} in the two sections"),
                expected: "as many values in both".to_owned(),
            }),
            // Enumerated variables are looked at below.
            Err(_) => {}
        }
    }

    fn check_times(&self, found: &mut Vec<Finding>) {
        let header = &self.header;
        if matches!(self.data, Data::Even(_)) {
            if let Err(Error::Invalid { variable, found: value, expected }) = header.sampling_rate()
            {
                found.push(Finding { variable, found: value, expected: expected.to_owned() });
            }
            if header.b().is_none() {
                found.push(finding(&B, "undefined", "a number"));
            }
            self.check_end(found);
        }
        match header.reference_time() {
            Err(Error::Invalid { variable, found: value, expected }) => {
                found.push(Finding { variable, found: value, expected: expected.to_owned() });
            }
            Ok(Some(_)) if (0..100).contains(&header.raw_integer(&REFERENCE[0])) => {
                let year = header.raw_integer(&REFERENCE[0]);
                found.push(finding(&REFERENCE[0], year, "four digits; it is read as 19.."));
            }
            _ => {}
        }
        let marker = header.iztype().ok().flatten();
        if let Some(marker) = marker {
            let name = marker.name().trim_start_matches('I');
            let variable = Variable::named(name).filter(|v| RELATIVE_TIMES.contains(v));
            if let Some(variable) = variable.filter(|v| header.is_undefined(v)) {
                let expected = format!("a time, since iztype is {}", marker.name());
                found.push(finding(variable, "undefined", expected));
            }
            let unknown = [ReferenceTime::Unknown, ReferenceTime::Midnight].contains(&marker);
            if !unknown && REFERENCE.iter().all(|v| header.is_undefined(v)) {
                let expected = format!("a reference time, since iztype is {}", marker.name());
                found.push(finding(&REFERENCE[0], "undefined", expected));
            }
        }
    }

    fn check_end(&self, found: &mut Vec<Finding>) {
        let header = &self.header;
        let expected = header.end_by_points(self.data.points());
        let e = header.float(&E);
        // Half a sample, or what 32 bits cannot tell, whichever is more: some writers take the end
        // to be that of the last sample, others add up DELTA.
        let single = f64::from(f32::EPSILON) * 4.0;
        let tolerance = header.float(&DELTA).unwrap_or(0.0).abs() * 0.5;
        let tolerance = tolerance.max(expected.abs() * single);
        // Written so that a NaN is a finding.
        let agrees = e.is_some_and(|e| (e - expected).abs() <= tolerance);
        if !agrees {
            let e = e.map_or_else(|| "undefined".to_owned(), |e| e.to_string());
            found.push(finding(&E, e, expected));
        }
    }

    fn check_extrema(&self, found: &mut Vec<Finding>) {
        let mut computed = self.header.clone();
        samples::Extrema::store(samples::extrema(self.data.sections().0), &mut computed);
        let width = match (computed.float(&DEPMIN), computed.float(&DEPMAX)) {
            (Some(min), Some(max)) => min.abs().max(max.abs()),
            _ => return,
        };
        for variable in [DEPMIN, DEPMAX, DEPMEN] {
            // Undefined is allowed, and a mean of values that are no numbers is none.
            let (Some(stored), Some(actual)) =
                (self.header.float(&variable), computed.float(&variable))
            else {
                continue;
            };
            let same = stored == actual
                || (stored.is_nan() && actual.is_nan())
                || (stored - actual).abs() <= width * 1e-5;
            if !same {
                found.push(finding(&variable, stored, actual));
            }
        }
    }

    fn check_values(&self, found: &mut Vec<Finding>) {
        let header = &self.header;
        for variable in Variable::all() {
            match variable.kind {
                Kind::Enumerated => {
                    let value = header.integer(variable);
                    let listed = |id| variable.enumeration.iter().any(|(i, _)| *i == id);
                    if let Some(id) = value.filter(|id| !listed(*id)) {
                        found.push(finding(variable, id, "one of its enumerated values"));
                    }
                }
                Kind::Logical => {
                    let value = header.integer(variable);
                    if let Some(v) = value.filter(|v| ![0, 1].contains(v)) {
                        found.push(finding(variable, v, "0 or 1"));
                    }
                }
                Kind::Text => {
                    let text = header.text_content(variable).unwrap_or_default();
                    if !text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
                        let text = text.escape_ascii().to_string();
                        found.push(finding(variable, text, "printable ASCII"));
                    }
                }
                Kind::Float | Kind::Integer => {}
            }
        }
        for (name, limits) in [
            ("stla", -90.0..=90.0),
            ("evla", -90.0..=90.0),
            ("stlo", -180.0..=360.0),
            ("evlo", -180.0..=360.0),
        ] {
            let Some(variable) = Variable::named(name) else { continue };
            if let Some(v) = header.float(variable).filter(|v| !limits.contains(v)) {
                let expected = format!("{} to {} degrees", limits.start(), limits.end());
                found.push(finding(variable, v, expected));
            }
        }
        if header.iftype().ok() == Some(None) {
            let named = FileType::TimeSeries.name();
            found.push(Finding {
                variable: "iftype",
                found: "undefined".to_owned(),
                expected: format!("a file type; it is read as {named}"),
            });
        }
    }

    /// SAC writes the rounded doubles into the header; other programs change the header alone.
    fn check_footer(&self, found: &mut Vec<Finding>) {
        for variable in Variable::all() {
            let Some(double) = self.header.raw_f64(variable) else { continue };
            let single = self.header.raw_f32(variable);
            let same = double as f32 == single || (double.is_nan() && single.is_nan());
            if !same {
                let expected = format!("{double} as in the footer, which counts");
                found.push(finding(variable, single, expected));
            }
        }
    }
}

fn finding(variable: &Variable, found: impl ToString, expected: impl ToString) -> Finding {
    Finding { variable: variable.name, found: found.to_string(), expected: expected.to_string() }
}
