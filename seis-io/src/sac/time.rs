//! Reference time, and the times relative to it.
//!
//! The reference time (NZYEAR … NZMSEC) has whole milliseconds; B, E, O, A, F and T0–T9 are
//! seconds from it, in 32-bit floats (doubles in version 7). A time below a millisecond is
//! therefore kept in B: a 32-bit float below 0.001 is exact to 0.06 ns.
//!
//! A relative time becomes an instant as the number that it is, rounded to the nanosecond. Far
//! from the reference time 32 bits are coarse: 0.12 ms at half an hour, 7.8 ms at a day.

use seis_core::{TimeDelta, UtcTime};

use super::variables::{B, REFERENCE, RELATIVE_TIMES};
use super::{Error, Header, ReferenceTime, Result, Variable};

const NS_PER_MS: i128 = 1_000_000;

/// What each of NZYEAR … NZMSEC may be.
const RANGES: [(i32, i32, &str); 6] = [
    (0, 9999, "a year from 0 to 9999"),
    (1, 366, "a day of the year from 1 to 366 (365 in common years)"),
    (0, 23, "an hour from 0 to 23"),
    (0, 59, "a minute from 0 to 59"),
    (0, 60, "a second from 0 to 59, or a leap second"),
    (0, 999, "a millisecond from 0 to 999"),
];

impl Header {
    /// The reference time; `None` if all of NZYEAR … NZMSEC are undefined.
    ///
    /// A year from 0 to 99 is one of 1900 to 1999, as for ObsPy.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the variable that is out of range, or undefined while others are
    /// not. (ObsPy takes 1970-01-01 for all of these.)
    pub fn reference_time(&self) -> Result<Option<UtcTime>> {
        if REFERENCE.iter().all(|v| self.is_undefined(v)) {
            return Ok(None);
        }
        let mut fields = [0_i32; 6];
        for ((field, variable), (min, max, expected)) in
            fields.iter_mut().zip(&REFERENCE).zip(RANGES)
        {
            let found = self.raw_integer(variable);
            if !(min..=max).contains(&found) {
                return Err(invalid(variable, found, expected));
            }
            *field = found;
        }
        let [year, day, hour, minute, second, millisecond] = fields;
        let year = if year < 100 { year + 1900 } else { year };
        // Within the ranges above, so nothing is cut.
        let clock = (hour as u8, minute as u8, second as u8);
        UtcTime::from_ordinal(year as i16, day as u16, clock, millisecond as u32 * 1_000_000)
            .map(Some)
            .map_err(|_| invalid(&REFERENCE[1], day, RANGES[1].2))
    }

    /// Time of the first sample: the reference time and B, whatever IZTYPE says. An undefined B
    /// is zero, as for ObsPy. `None` if there is no reference time.
    ///
    /// # Errors
    /// As [`reference_time`](Self::reference_time), and [`Error::Invalid`] for a B that is no
    /// finite number or leads beyond the calendar.
    pub fn start_time(&self) -> Result<Option<UtcTime>> {
        self.reference_time()?.map(|zero| self.start_after(zero)).transpose()
    }

    /// Time of the first sample for a given reference time.
    pub(super) fn start_after(&self, zero: UtcTime) -> Result<UtcTime> {
        let b = self.float(&B).unwrap_or(0.0);
        instant(zero, b).ok_or_else(|| invalid(&B, b, "seconds to an instant of the calendar"))
    }

    /// The instant of a relative time (`b`, `e`, `o`, `a`, `f`, `t0` … `t9`); `None` if it or the
    /// reference time is undefined.
    ///
    /// ```
    /// use seis_io::sac::Header;
    /// let mut header = Header::new();
    /// header.set_reference_time("2011-03-11T05:46:23.125Z".parse()?)?;
    /// header.set_time("t0", "2011-03-11T05:58:20Z".parse()?)?;
    /// assert_eq!(header.t0(), Some(716.875));
    /// assert_eq!(header.time_of("t0")?.map(|t| t.to_string()).as_deref(),
    ///            Some("2011-03-11T05:58:20Z"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownVariable`] for a variable that is no relative time; as
    /// [`start_time`](Self::start_time) for impossible values.
    pub fn time_of(&self, name: &str) -> Result<Option<UtcTime>> {
        let variable = relative(name)?;
        let (Some(zero), Some(seconds)) = (self.reference_time()?, self.float(variable)) else {
            return Ok(None);
        };
        instant(zero, seconds)
            .map(Some)
            .ok_or_else(|| invalid(variable, seconds, "seconds to an instant of the calendar"))
    }

    /// Sets a relative time (`o`, `a`, `f`, `t0` … `t9`, `b`, `e`) to an instant, rounded to what
    /// the variable holds.
    ///
    /// # Errors
    /// [`Error::NoReferenceTime`] if there is none to refer to; [`Error::UnknownVariable`] for a
    /// variable that is no relative time; [`Error::MeansUndefined`] 12345 s before the reference.
    pub fn set_time(&mut self, name: &str, time: UtcTime) -> Result<&mut Self> {
        let variable = relative(name)?;
        let zero = self.reference_time()?.ok_or(Error::NoReferenceTime)?;
        self.set_float(variable, Some((time - zero).as_seconds_f64()))
    }

    /// Sets the reference time to the whole millisecond at or before this instant, and shifts all
    /// relative times that are defined, so that they stay the instants they were, to what a 32-bit
    /// float holds of the seconds from the new reference (the double in version 7): a day away that
    /// is 4 ms off, as 32-bit floats near 86400 are 8 ms apart.
    ///
    /// If there was no reference time, relative times are taken as relative to `time`. IZTYPE
    /// stays: [`move_reference_to`](Self::move_reference_to) sets both.
    ///
    /// # Errors
    /// [`Error::Time`] outside the years 100 to 9999; [`Error::MeansUndefined`] if a relative time
    /// would become −12345; the header is then unchanged.
    pub fn set_reference_time(&mut self, time: UtcTime) -> Result<&mut Self> {
        let old = self.reference_time()?.unwrap_or(time);
        let mut header = self.clone();
        let new = header.put_reference(time)?;
        let shift = (old - new).as_seconds_f64();
        if shift != 0.0 {
            for variable in &RELATIVE_TIMES {
                if let Some(seconds) = self.float(variable) {
                    header.set_float(variable, Some(seconds + shift))?;
                }
            }
        }
        *self = header;
        Ok(self)
    }

    /// Makes a marker the reference time, as SAC's IZTYPE says it: the variable that belongs to
    /// `event` becomes (nearly) zero, all relative times stay the instants they were, and IZTYPE
    /// is set. Nearly, since the reference time has whole milliseconds.
    ///
    /// # Errors
    /// [`Error::NoReferenceTime`] if there is none yet, [`Error::Invalid`] if the marker is
    /// undefined; otherwise as [`set_reference_time`](Self::set_reference_time).
    pub fn move_reference_to(&mut self, event: ReferenceTime) -> Result<&mut Self> {
        let zero = self.reference_time()?.ok_or(Error::NoReferenceTime)?;
        let time = match event {
            ReferenceTime::Unknown => zero,
            ReferenceTime::Midnight => {
                let (year, day, ..) = zero.to_ordinal();
                UtcTime::from_ordinal(year, day, (0, 0, 0), 0).unwrap_or(zero)
            }
            marker => {
                // IB is B, IO is O, IA is A, IT0 is T0 …
                let name = marker.name().trim_start_matches('I');
                self.time_of(name)?.ok_or_else(|| Error::Invalid {
                    variable: relative(name).map_or("iztype", |v| v.name),
                    found: "undefined".to_owned(),
                    expected: "a time that the reference can move to",
                })?
            }
        };
        self.set_reference_time(time)?;
        Ok(self.set_iztype(event))
    }

    /// Sets NZYEAR … NZMSEC to the whole millisecond at or before an instant, which is returned.
    pub(super) fn put_reference(&mut self, time: UtcTime) -> Result<UtcTime> {
        let floor = UtcTime::from_nanos(time.as_nanos().div_euclid(NS_PER_MS) * NS_PER_MS);
        let (year, day, hour, minute, second, nanosecond) = floor.to_ordinal();
        if year < 100 {
            return Err(Error::Time { variable: REFERENCE[0].name, time });
        }
        let fields = [
            i32::from(year),
            i32::from(day),
            i32::from(hour),
            i32::from(minute),
            i32::from(second),
            (nanosecond / 1_000_000) as i32,
        ];
        for (variable, field) in REFERENCE.iter().zip(fields) {
            self.put_integer(variable, Some(field));
        }
        Ok(floor)
    }
}

fn relative(name: &str) -> Result<&'static Variable> {
    Variable::named(name)
        .filter(|v| v.is_relative_time())
        .ok_or_else(|| Error::UnknownVariable { name: name.to_owned() })
}

/// The instant so many seconds from another, if it is one and the calendar has it.
fn instant(zero: UtcTime, seconds: f64) -> Option<UtcTime> {
    let delta = TimeDelta::from_seconds_f64(seconds);
    let time = zero + delta;
    // The sum stops at the ends of the calendar.
    (seconds.is_finite() && time - zero == delta).then_some(time)
}

fn invalid(variable: &Variable, found: impl ToString, expected: &'static str) -> Error {
    let found = match found.to_string() {
        text if text == "-12345" => "undefined".to_owned(),
        text => text,
    };
    Error::Invalid { variable: variable.name, found, expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sac::{TraceOptions, Version};

    fn time(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn impossible_reference_times_name_the_variable() {
        let mut header = Header::new();
        assert_eq!(header.reference_time().unwrap(), None);
        header.set_reference_time(time("2020-12-31T23:59:59.999Z")).unwrap();
        for (name, value) in [
            ("nzyear", 10_000),
            ("nzyear", -1),
            ("nzjday", 0),
            ("nzjday", 367),
            ("nzhour", 24),
            ("nzmin", 60),
            ("nzsec", 61),
            ("nzmsec", 1000),
        ] {
            let mut bad = header.clone();
            bad.set(name, value).unwrap();
            let error = bad.reference_time().unwrap_err();
            assert!(
                matches!(error, Error::Invalid { variable, .. } if variable == name),
                "{error}"
            );
            bad.clear(name).unwrap();
            let error = bad.reference_time().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{name} is undefined")), "{error}");
        }
        header.set_nzyear(2021).unwrap().set_nzjday(366).unwrap();
        assert!(matches!(header.reference_time(), Err(Error::Invalid { variable: "nzjday", .. })));
        header.set_nzyear(78).unwrap().set_nzjday(199).unwrap();
        assert_eq!(header.reference_time().unwrap(), Some(time("1978-07-18T23:59:59.999Z")));
    }

    #[test]
    fn relative_times_move_with_the_reference() {
        let mut header = Header::new();
        header.set_reference_time(time("2020-01-01T00:00:00Z")).unwrap();
        header.set_b(0.25).unwrap().set_t0(10.5).unwrap().set_o(-2.0).unwrap();
        header.move_reference_to(ReferenceTime::Origin).unwrap();
        assert_eq!((header.b(), header.t0(), header.o()), (Some(2.25), Some(12.5), Some(0.0)));
        assert_eq!(header.reference_time().unwrap(), Some(time("2019-12-31T23:59:58Z")));
        assert_eq!(header.start_time().unwrap(), Some(time("2020-01-01T00:00:00.25Z")));
        assert_eq!(header.iztype().unwrap(), Some(ReferenceTime::Origin));
        header.move_reference_to(ReferenceTime::Midnight).unwrap();
        assert_eq!(header.o(), Some(86_398.0));
        let before = header.clone();
        let error = header.move_reference_to(ReferenceTime::T7).unwrap_err();
        assert!(matches!(error, Error::Invalid { variable: "t7", .. }), "{error}");
        assert_eq!(header, before);
    }

    #[test]
    fn a_reference_below_the_millisecond_leaves_the_rest_in_b() {
        let mut header = Header::new();
        header.set_version(Version::V7).set_b(0.0).unwrap();
        header.set_reference_time(time("2020-01-01T00:00:00.123456789Z")).unwrap();
        assert_eq!(header.nzmsec(), Some(123));
        assert_eq!(header.b(), Some(0.000_456_789));
        assert_eq!(header.start_time().unwrap(), Some(time("2020-01-01T00:00:00.123456789Z")));
    }

    #[test]
    fn times_beyond_the_calendar_are_refused() {
        let mut header = Header::new();
        assert!(matches!(
            header.set_reference_time(time("0099-12-31T23:59:59.999Z")),
            Err(Error::Time { .. })
        ));
        header.set_reference_time(time("9999-12-31T00:00:00Z")).unwrap();
        header.set_b(1e6).unwrap();
        assert!(matches!(header.start_time(), Err(Error::Invalid { variable: "b", .. })));
        header.set_b(3e38).unwrap();
        assert!(header.start_time().is_err());
        header.put_float(&B, f64::NAN);
        assert!(header.start_time().is_err());
        assert!(matches!(header.time_of("delta"), Err(Error::UnknownVariable { .. })));
        header.set_b(None).unwrap();
        assert_eq!(header.start_time().unwrap(), Some(time("9999-12-31T00:00:00Z")));
        // Nor may the samples lead there: a day has 86400 s.
        let start = time("9999-12-31T00:00:00Z");
        let rate = seis_core::SamplingRate::from_hz(1.0).unwrap();
        let id = "CI.HEC..BHN".parse().unwrap();
        let mut trace = seis_core::Trace::new(id, start, rate, vec![0.0_f32; 86_401]);
        let error = Header::from_trace(&trace).unwrap_err();
        assert!(matches!(error, Error::Invalid { variable: "npts", .. }), "{error}");
        trace.samples.retain_range(0..86_400);
        let mut header = Header::from_trace(&trace).unwrap();
        assert!(header.to_trace(vec![0.0_f32], &TraceOptions::new()).is_ok());
        header.put_points(86_401).unwrap();
        let error = header.to_trace(vec![0.0_f32], &TraceOptions::new()).unwrap_err();
        assert!(matches!(error, Error::Invalid { variable: "npts", .. }), "{error}");
    }
}
