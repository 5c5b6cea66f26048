//! A whole SAC file: header and data.

use seis_core::Trace;

use super::header::HEADER_BYTES;
use super::variables::{B, E, IFTYPE, LEVEN, NPTS};
use super::{ByteOrder, Error, FileType, Header, Result, TraceOptions, Version, samples};

/// The data of a SAC file, by what its sections are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Data {
    /// Values at even intervals (IFTYPE ITIME, IXY or IUNKN with LEVEN true).
    Even(Vec<f32>),
    /// Values `y` at `x`, for time series seconds from the reference time (LEVEN false).
    Uneven {
        /// The dependent variable; the first section.
        y: Vec<f32>,
        /// The independent variable; the second section.
        x: Vec<f32>,
    },
    /// A spectrum (IFTYPE IAMPH).
    AmplitudePhase {
        /// Amplitudes; the first section.
        amplitude: Vec<f32>,
        /// Phases in radians; the second section.
        phase: Vec<f32>,
    },
    /// A spectrum (IFTYPE IRLIM).
    RealImaginary {
        /// Real parts; the first section.
        real: Vec<f32>,
        /// Imaginary parts; the second section.
        imaginary: Vec<f32>,
    },
    /// A grid of NXSIZE times NYSIZE values, X fastest (IFTYPE IXYZ).
    Grid(Vec<f32>),
}

impl Data {
    /// The sections in the order of the file.
    #[must_use]
    pub fn sections(&self) -> (&[f32], Option<&[f32]>) {
        match self {
            Self::Even(y) | Self::Grid(y) => (y, None),
            Self::Uneven { y, x: second }
            | Self::AmplitudePhase { amplitude: y, phase: second }
            | Self::RealImaginary { real: y, imaginary: second } => (y, Some(second)),
        }
    }

    /// Values in each section (in the first, if they differ).
    #[must_use]
    pub fn points(&self) -> usize {
        self.sections().0.len()
    }

    /// The sections as a header says what they are.
    pub(super) fn from_sections(
        header: &Header,
        first: Vec<f32>,
        second: Option<Vec<f32>>,
    ) -> Result<Self> {
        Ok(match (header.iftype()?, second) {
            (Some(FileType::Xyz), _) => Self::Grid(first),
            (Some(FileType::AmplitudePhase), second) => {
                Self::AmplitudePhase { amplitude: first, phase: second.unwrap_or_default() }
            }
            (Some(FileType::RealImaginary), second) => {
                Self::RealImaginary { real: first, imaginary: second.unwrap_or_default() }
            }
            (_, Some(x)) => Self::Uneven { y: first, x },
            (_, None) => Self::Even(first),
        })
    }

    /// Whether a header's IFTYPE and LEVEN describe these sections.
    fn agree_with(&self, header: &Header) -> Result<()> {
        let iftype = header.iftype()?;
        let series =
            matches!(iftype, None | Some(FileType::TimeSeries | FileType::Xy | FileType::Unknown));
        let (agrees, expected) = match self {
            Self::Even(_) | Self::Uneven { .. } => (series, "ITIME, IXY or IUNKN, as the data are"),
            Self::AmplitudePhase { .. } => {
                (iftype == Some(FileType::AmplitudePhase), "IAMPH, as the data are")
            }
            Self::RealImaginary { .. } => {
                (iftype == Some(FileType::RealImaginary), "IRLIM, as the data are")
            }
            Self::Grid(_) => (iftype == Some(FileType::Xyz), "IXYZ, as the data are"),
        };
        if !agrees {
            let found = iftype.map_or("undefined", FileType::name).to_owned();
            return Err(Error::Invalid { variable: IFTYPE.name, found, expected });
        }
        let even = header.leven() != Some(false);
        match self {
            Self::Even(_) if !even => Err(Error::Invalid {
                variable: LEVEN.name,
                found: "false".to_owned(),
                expected: "true, as the data are evenly spaced",
            }),
            Self::Uneven { .. } if even => Err(Error::Invalid {
                variable: LEVEN.name,
                found: "true".to_owned(),
                expected: "false, as the data are unevenly spaced",
            }),
            _ => Ok(()),
        }
    }
}

/// A SAC file in memory: its header, its data, and its byte order.
///
/// What is read and written again has the same bytes. Header and data may be changed freely;
/// [`refresh`](Self::refresh) brings NPTS, E, DEPMIN, DEPMAX and DEPMEN up to date, and writing
/// refuses a file whose header does not describe its data.
///
/// ```
/// # use seis_core::{SamplingRate, Trace};
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00.0695Z".parse()?,
/// #     SamplingRate::from_hz(10.0)?, vec![1, 2, 4]);
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("a.sac");
/// use seis_io::sac::{self, SacFile, StationLocation};
/// let mut file = SacFile::from_trace(&trace)?;
/// file.header.set_station(&StationLocation::new(34.8294, -116.3350).with_elevation_m(920.0))?;
/// file.header.set_orientation(0.0, 0.0)?;
/// file.write(&path)?;
///
/// let again = sac::read(&path)?;
/// assert_eq!(again.header.cmpinc(), Some(90.0));
/// assert_eq!(again.header.depmax(), Some(4.0));
/// assert_eq!(again.to_trace()?.start, trace.start);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SacFile {
    /// Every variable of the header.
    pub header: Header,
    /// The data.
    pub data: Data,
    /// Byte order in which the file was, and is to be, written.
    pub byte_order: ByteOrder,
}

impl SacFile {
    /// A file of a header and data, little-endian. IFTYPE, LEVEN, NPTS, E, DEPMIN, DEPMAX and
    /// DEPMEN are set to what the data are, everything else stays.
    ///
    /// # Errors
    /// [`Error::TooManySamples`]; [`Error::Sections`] if two sections differ in length.
    pub fn new(header: Header, data: Data) -> Result<Self> {
        let mut file = Self { header, data, byte_order: ByteOrder::default() };
        match &file.data {
            Data::Even(_) | Data::Uneven { .. } => {
                let series = [FileType::TimeSeries, FileType::Xy, FileType::Unknown];
                let iftype = file.header.iftype().ok().flatten();
                if !iftype.is_some_and(|t| series.contains(&t)) {
                    file.header.set_iftype(FileType::TimeSeries);
                }
                file.header.set_leven(matches!(file.data, Data::Even(_)));
            }
            Data::AmplitudePhase { .. } => {
                file.header.set_iftype(FileType::AmplitudePhase).set_leven(true);
            }
            Data::RealImaginary { .. } => {
                file.header.set_iftype(FileType::RealImaginary).set_leven(true);
            }
            Data::Grid(_) => {
                file.header.set_iftype(FileType::Xyz).set_leven(true);
            }
        }
        file.refresh()?;
        Ok(file)
    }

    /// A file of version 6 for a trace, equal to what ObsPy 1.5.1 writes byte for byte (but for
    /// start times that have nanoseconds, which are kept, and for traces without samples, whose
    /// DEPMIN, DEPMAX and DEPMEN are undefined and not NaN).
    ///
    /// # Errors
    /// As [`Header::from_trace`] and [`Header::encode_samples_into`].
    pub fn from_trace(trace: &Trace) -> Result<Self> {
        Self::from_trace_with(trace, Version::V6)
    }

    /// A file of a given header version for a trace.
    ///
    /// # Errors
    /// As [`from_trace`](Self::from_trace).
    pub fn from_trace_with(trace: &Trace, version: Version) -> Result<Self> {
        Self::with_header(Header::from_trace_with(trace, version)?, trace)
    }

    /// A file of a header, say of the file that a trace came from, and a trace, as
    /// [`Header::update_from_trace`] joins them.
    ///
    /// # Errors
    /// As [`Header::update_from_trace`] and [`Header::encode_samples_into`].
    pub fn from_trace_and_header(trace: &Trace, mut header: Header) -> Result<Self> {
        header.update_from_trace(trace)?;
        Self::with_header(header, trace)
    }

    fn with_header(mut header: Header, trace: &Trace) -> Result<Self> {
        let (values, extrema) = samples::singles(&trace.samples)?;
        samples::Extrema::store(extrema, &mut header);
        Ok(Self { header, data: Data::Even(values), byte_order: ByteOrder::default() })
    }

    /// The trace that an evenly spaced time series is: id, start and rate by
    /// [`Header::source_id`], [`Header::start_time`] and [`Header::sampling_rate`].
    ///
    /// SCALE is not applied, as in SAC and ObsPy.
    ///
    /// # Errors
    /// [`Error::NotTimeSeries`] for uneven, spectral, XY and XYZ files;
    /// [`Error::NoReferenceTime`]; as the three functions above.
    pub fn to_trace(&self) -> Result<Trace> {
        self.to_trace_with(&TraceOptions::new())
    }

    /// The trace, with what the file lacks given in the options.
    ///
    /// # Errors
    /// As [`to_trace`](Self::to_trace).
    pub fn to_trace_with(&self, options: &TraceOptions) -> Result<Trace> {
        let mut trace = self.header.to_trace(Vec::<f32>::new(), options)?;
        self.data.agree_with(&self.header)?;
        trace.samples = self.data.sections().0.to_vec().into();
        Ok(trace)
    }

    /// The trace, without copying the samples.
    ///
    /// # Errors
    /// As [`to_trace`](Self::to_trace).
    pub fn into_trace(self) -> Result<Trace> {
        self.data.agree_with(&self.header)?;
        let values = match self.data {
            Data::Even(values) => values,
            // Refused by the header, with which the data agree.
            _ => Vec::new(),
        };
        self.header.to_trace(values, &TraceOptions::new())
    }

    /// Brings the variables up to date that follow from the data: NPTS, DEPMIN, DEPMAX, DEPMEN,
    /// and E (for uneven data B and E: the smallest and the largest `x`; for spectra
    /// `B + NPTS / 2 * DELTA`, as SAC has it; not for grids).
    ///
    /// # Errors
    /// [`Error::TooManySamples`]; [`Error::Sections`] if two sections differ in length. The header
    /// is then unchanged.
    pub fn refresh(&mut self) -> Result<&mut Self> {
        let (first, second) = self.data.sections();
        same_length(first, second)?;
        let mut header = self.header.clone();
        let e = header.float(&E);
        header.put_points(first.len())?;
        match &self.data {
            Data::Even(_) => {}
            Data::Uneven { x, .. } => {
                let ends = x.iter().copied().filter(|x| !x.is_nan());
                let min = ends.clone().reduce(f32::min).map(f64::from);
                let max = ends.reduce(f32::max).map(f64::from);
                header.put_float(&B, min.unwrap_or(-12345.0));
                header.put_float(&E, max.unwrap_or(-12345.0));
            }
            Data::AmplitudePhase { .. } | Data::RealImaginary { .. } => {
                let end = header.end_by_points(first.len() / 2 + 1);
                header.put_float(&E, end);
            }
            Data::Grid(_) => header.put_float(&E, e.unwrap_or(-12345.0)),
        }
        samples::Extrema::store(samples::extrema(first), &mut header);
        self.header = header;
        Ok(self)
    }

    /// Checks that the header describes the data, as readers need it.
    pub(super) fn expect_consistent(&self) -> Result<()> {
        self.data.agree_with(&self.header)?;
        let (first, second) = self.data.sections();
        same_length(first, second)?;
        if self.header.points()? != first.len() {
            return Err(Error::Invalid {
                variable: NPTS.name,
                found: self.header.points()?.to_string(),
                expected: "the number of values in the data; refresh() sets it",
            });
        }
        expect_grid(&self.header)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming NPTS, IFTYPE, LEVEN or NXSIZE if it does not describe the data;
    /// [`Error::Sections`] if two sections differ in length.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.encode_into(&mut out)?;
        Ok(out)
    }

    /// The bytes of the file into a buffer that is emptied first and whose allocation is reused.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes); the buffer is then empty.
    pub fn encode_into(&self, out: &mut Vec<u8>) -> Result<()> {
        out.clear();
        self.expect_consistent()?;
        let (first, second) = self.data.sections();
        let second = second.unwrap_or_default();
        out.reserve(HEADER_BYTES + (first.len() + second.len()) * 4);
        out.extend_from_slice(&self.header.to_fixed(self.byte_order));
        for section in [first, second] {
            samples::extend(section, self.byte_order, out);
        }
        self.header.write_footer(self.byte_order, out);
        Ok(())
    }
}

fn same_length(first: &[f32], second: Option<&[f32]>) -> Result<()> {
    match second {
        Some(second) if second.len() != first.len() => {
            Err(Error::Sections { first: first.len(), second: second.len() })
        }
        _ => Ok(()),
    }
}

/// In XYZ files NXSIZE times NYSIZE are NPTS, if both are defined.
pub(super) fn expect_grid(header: &Header) -> Result<()> {
    if header.iftype()? != Some(FileType::Xyz) {
        return Ok(());
    }
    let (Some(nx), Some(ny)) = (header.nxsize(), header.nysize()) else { return Ok(()) };
    let points = header.points()? as i64;
    if nx < 0 || ny < 0 || i64::from(nx) * i64::from(ny) != points {
        return Err(Error::Invalid {
            variable: "nxsize",
            found: format!("{nx}, nysize {ny} and npts {points}"),
            expected: "nxsize times nysize to be npts",
        });
    }
    Ok(())
}
