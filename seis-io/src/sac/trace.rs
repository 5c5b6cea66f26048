//! Traces to headers and back.

use seis_core::{Code, Samples, SamplingRate, SourceId, TimeDelta, Trace, UtcTime};

use super::header::HEADER_BYTES;
use super::variables::{
    B, DELTA, E, IFTYPE, KCMPNM, KHOLE, KNETWK, KSTNM, LEVEN, NPTS, RELATIVE_TIMES, Variable,
};
use super::{ByteOrder, Error, FileType, Header, Kind, ReferenceTime, Result, Version, samples};
use crate::calendar::holds_series;

/// What a SAC file may lack to become a trace.
///
/// ```
/// use seis_io::sac::TraceOptions;
/// let options = TraceOptions::new()
///     .with_id("XX.SYN..BXZ".parse()?)
///     .with_reference_time("2000-01-01T00:00:00Z".parse()?);
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct TraceOptions {
    /// The id of the trace, instead of that which KNETWK, KSTNM, KHOLE and KCMPNM give.
    pub id: Option<SourceId>,
    /// The reference time, if the file has none.
    pub reference_time: Option<UtcTime>,
}

impl TraceOptions {
    /// Everything from the file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this id, whatever the file says.
    #[must_use]
    pub fn with_id(mut self, id: SourceId) -> Self {
        self.id = Some(id);
        self
    }

    /// With this reference time where the file has none (NZYEAR … NZMSEC all undefined).
    #[must_use]
    pub fn with_reference_time(mut self, time: UtcTime) -> Self {
        self.reference_time = Some(time);
        self
    }
}

/// Refuses samples whose times are beyond the year 9999.
fn expect_in_calendar(start: UtcTime, rate: SamplingRate, points: usize) -> Result<()> {
    if holds_series(start, rate, points as u64) {
        return Ok(());
    }
    let found = format!("{points}, from {start} on at {rate}");
    Err(Error::Invalid { variable: NPTS.name, found, expected: "samples up to the year 9999" })
}

impl Header {
    /// A header of version 6 for a trace, as ObsPy 1.5.1 writes it.
    ///
    /// Set are NVHDR, NPTS, DELTA, B, E, NZYEAR … NZMSEC, IZTYPE (IB), IFTYPE (ITIME), LEVEN,
    /// LPSPOL and LOVROK (true), LCALDA (false), SCALE (1) and the codes (KNETWK, KSTNM, KHOLE,
    /// KCMPNM; a blank one is undefined). DEPMIN, DEPMAX and DEPMEN follow when the samples are
    /// [encoded](Self::encode_samples_into). Everything else is undefined.
    ///
    /// The reference time is the start time cut to the millisecond, B the rest of it. (ObsPy rounds
    /// the start time to the microsecond first; for whole microseconds there is no difference.)
    ///
    /// # Errors
    /// [`Error::NoRate`]; [`Error::TooManySamples`]; [`Error::Text`] for a code of more than eight
    /// characters; [`Error::MeansUndefined`] for one that begins with `-12345`; [`Error::Time`] for
    /// a start outside the years 100 to 9999; [`Error::Invalid`] naming NPTS for samples beyond them.
    pub fn from_trace(trace: &Trace) -> Result<Self> {
        Self::from_trace_with(trace, Version::V6)
    }

    /// A header of a given version for a trace, as [`from_trace`](Self::from_trace). In version 7
    /// DELTA, B and E are the exact doubles.
    ///
    /// # Errors
    /// As [`from_trace`](Self::from_trace).
    pub fn from_trace_with(trace: &Trace, version: Version) -> Result<Self> {
        let mut header = Self::new();
        header.set_version(version);
        header.set_scale(1.0)?.set_iztype(ReferenceTime::Begin);
        header.set_lpspol(true).set_lcalda(false);
        header.put_start(trace.start)?;
        header.put_series(trace)?;
        Ok(header)
    }

    /// Takes over what a trace says and keeps everything else, so that the header of a file that
    /// was read and processed can be written again.
    ///
    /// Set are NPTS, DELTA, B, E, IFTYPE, LEVEN, LOVROK and the codes. The reference time stays, B
    /// becomes the seconds from it to the start of the trace, and so picks and origin stay the
    /// instants they were. If there is no reference time, the start of the trace is taken to be
    /// where the old B is (zero if undefined), and the reference time is set accordingly. This is
    /// what ObsPy does with `stats.sac`.
    ///
    /// # Errors
    /// As [`from_trace`](Self::from_trace), as [`reference_time`](Self::reference_time), and
    /// [`Error::MeansUndefined`] for a start 12345 s before the reference time. The header is then
    /// unchanged.
    pub fn update_from_trace(&mut self, trace: &Trace) -> Result<&mut Self> {
        let mut header = self.clone();
        match self.reference_time()? {
            Some(zero) => {
                let b = (trace.start - zero).as_seconds_f64();
                header.set_float(&B, Some(b))?;
            }
            None => {
                let b = self.float(&B).unwrap_or(0.0);
                header.put_float(&B, b);
                let zero = trace.start - TimeDelta::from_seconds_f64(b);
                header.set_reference_time(zero)?;
                header.set_time(B.name, trace.start)?;
            }
        }
        header.put_series(trace)?;
        *self = header;
        Ok(self)
    }

    /// The reference time and B for a start time: whole milliseconds, and the rest.
    fn put_start(&mut self, start: UtcTime) -> Result<()> {
        let zero = self.put_reference(start)?;
        self.put_float(&B, (start - zero).as_seconds_f64());
        Ok(())
    }

    fn put_series(&mut self, trace: &Trace) -> Result<()> {
        if !trace.rate.is_regular() {
            return Err(Error::NoRate);
        }
        expect_in_calendar(trace.start, trace.rate, trace.len())?;
        self.set_iftype(FileType::TimeSeries);
        self.set_leven(true).set_lovrok(true);
        // What ObsPy rounds to 32 bits is the inverse of the rate as a double; a double that is to
        // be read again is the quotient itself.
        let delta = match self.version() {
            Version::V6 => 1.0 / trace.rate.hz(),
            Version::V7 => trace.rate.interval_s(),
        };
        self.put_float(&DELTA, delta);
        self.put_points(trace.len())?;
        let SourceId { network, station, location, channel } = &trace.id;
        for (variable, code) in
            [(KNETWK, network), (KSTNM, station), (KHOLE, location), (KCMPNM, channel)]
        {
            self.set_text(&variable, Some(code.as_str()).filter(|c| !c.is_empty()))?;
        }
        Ok(())
    }

    /// Sets NPTS, and E to the time of the last sample: `B + (NPTS - 1) * DELTA`, of the values as
    /// they are stored. Without samples E is B.
    pub(super) fn put_points(&mut self, points: usize) -> Result<()> {
        let npts = i32::try_from(points).map_err(|_| Error::TooManySamples { found: points })?;
        self.put_integer(&NPTS, Some(npts));
        self.put_float(&E, self.end_by_points(points));
        Ok(())
    }

    /// `B + (NPTS - 1) * DELTA`; an undefined B is zero.
    pub(super) fn end_by_points(&self, points: usize) -> f64 {
        let intervals = points.saturating_sub(1) as f64;
        self.float(&B).unwrap_or(0.0) + intervals * self.float(&DELTA).unwrap_or(0.0)
    }

    /// Serialises a whole evenly spaced file, this header and the samples of a trace, into a
    /// buffer that is emptied first and whose allocation is reused: the fast way to write many
    /// files.
    ///
    /// NPTS and E are set from the number of samples, DEPMIN, DEPMAX and DEPMEN from the samples in
    /// their own type (the mean as NumPy computes it), undefined if there are none. Samples are
    /// rounded to 32-bit floats: integers beyond ±16777216 and most doubles lose digits. NaN and
    /// infinities are written as such.
    ///
    /// ```
    /// # use seis_core::{SamplingRate, Trace};
    /// # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00Z".parse()?,
    /// #     SamplingRate::from_hz(10.0)?, vec![1.0, 2.0, 4.5]);
    /// use seis_io::sac::{ByteOrder, Header};
    /// let mut buffer = Vec::new();
    /// let mut header = Header::from_trace(&trace)?;
    /// header.set_stla(34.8294)?.set_stlo(-116.3350)?;
    /// header.encode_samples_into(&trace.samples, ByteOrder::Little, &mut buffer)?;
    /// assert_eq!(buffer.len(), 632 + 3 * 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotNumeric`] for text; [`Error::Sample`] for a number beyond 3.4e38;
    /// [`Error::TooManySamples`]; [`Error::NotTimeSeries`] if IFTYPE or LEVEN ask for two data
    /// sections or a grid. The buffer is then empty.
    pub fn encode_samples_into(
        &self,
        samples: &Samples,
        order: ByteOrder,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.clear();
        let encoded = self.encode_into(samples, order, out);
        if encoded.is_err() {
            out.clear();
        }
        encoded
    }

    fn encode_into(&self, values: &Samples, order: ByteOrder, out: &mut Vec<u8>) -> Result<()> {
        self.expect_even()?;
        let mut header = self.clone();
        header.put_points(values.len())?;
        // DEPMIN and its like stand in front of the samples they come from.
        out.resize(HEADER_BYTES, 0);
        let extrema = samples::encode(values, order, out)?;
        samples::Extrema::store(extrema, &mut header);
        if let Some(fixed) = out.get_mut(..HEADER_BYTES) {
            fixed.copy_from_slice(&header.to_fixed(order));
        }
        header.write_footer(order, out);
        Ok(())
    }

    /// Refuses what is no evenly spaced series in one section.
    pub(super) fn expect_even(&self) -> Result<()> {
        match self.iftype()? {
            None | Some(FileType::TimeSeries | FileType::Unknown | FileType::Xy) => {}
            Some(other) => {
                let found = other.name().to_owned();
                return Err(Error::NotTimeSeries { variable: IFTYPE.name, found });
            }
        }
        if self.leven() == Some(false) {
            let found = "false".to_owned();
            return Err(Error::NotTimeSeries { variable: LEVEN.name, found });
        }
        Ok(())
    }

    /// The id by KNETWK, KSTNM, KHOLE and KCMPNM; an undefined one is blank, and so is a KHOLE of
    /// `--`.
    ///
    /// # Errors
    /// [`Error::Code`] naming the variable that holds something else than printable ASCII without
    /// spaces.
    pub fn source_id(&self) -> Result<SourceId> {
        let code = |variable: &Variable| {
            let content = self.text_content(variable).unwrap_or_default();
            Code::from_padded(content)
                .map_err(|reason| Error::Code { variable: variable.name, reason: Box::new(reason) })
        };
        let location = code(&KHOLE)?;
        Ok(SourceId {
            network: code(&KNETWK)?,
            station: code(&KSTNM)?,
            location: if location == "--" { Code::EMPTY } else { location },
            channel: code(&KCMPNM)?,
        })
    }

    /// A trace of this header and samples of a file.
    pub(super) fn to_trace(
        &self,
        samples: impl Into<Samples>,
        options: &TraceOptions,
    ) -> Result<Trace> {
        if self.iftype()? == Some(FileType::Xy) {
            let found = FileType::Xy.name().to_owned();
            return Err(Error::NotTimeSeries { variable: IFTYPE.name, found });
        }
        self.expect_even()?;
        let id = options.id.map_or_else(|| self.source_id(), Ok)?;
        let zero =
            self.reference_time()?.or(options.reference_time).ok_or(Error::NoReferenceTime)?;
        let start = self.start_after(zero)?;
        let rate = self.sampling_rate()?;
        expect_in_calendar(start, rate, self.points()?)?;
        Ok(Trace::new(id, start, rate, samples))
    }

    /// The relative times that are defined, with their texts: origin, first arrival, end of the
    /// event and the ten picks, in seconds from the reference time.
    ///
    /// ```
    /// use seis_io::sac::Header;
    /// let mut header = Header::new();
    /// header.set_a(12.5)?.set_ka("P")?.set_t1(20.25)?;
    /// let picks: Vec<_> = header.picks().collect();
    /// assert_eq!(picks[0], ("a", 12.5, Some("P".into())));
    /// assert_eq!(picks[1], ("t1", 20.25, None));
    /// # Ok::<(), seis_io::sac::Error>(())
    /// ```
    pub fn picks(
        &self,
    ) -> impl Iterator<Item = (&'static str, f64, Option<std::borrow::Cow<'_, str>>)> {
        RELATIVE_TIMES.iter().filter(|v| ![B, E].contains(v)).filter_map(|variable| {
            let seconds = self.float(variable)?;
            // KO, KA, KF, KT0 … KT9.
            let label = Variable::all()
                .iter()
                .find(|v| v.kind == Kind::Text && v.name.strip_prefix('k') == Some(variable.name));
            Some((variable.name, seconds, label.and_then(|v| self.text(v))))
        })
    }
}
