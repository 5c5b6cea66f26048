//! SAC files: binary in both byte orders, header versions 6 and 7, and alphanumeric.
//!
//! | to | use |
//! |---|---|
//! | read a file, write it | [`read`], [`SacFile::write`], [`SacFile::write_alphanumeric`] |
//! | a trace from it, and back | [`SacFile::to_trace`], [`SacFile::from_trace`] |
//! | write processed data under the old header | [`SacFile::from_trace_and_header`] |
//! | header variables | [`Header::stla`], [`Header::set_stla`], …; [`Header::get`], [`Header::set`] by name |
//! | times | [`Header::start_time`], [`Header::time_of`], [`Header::set_time`], [`Header::move_reference_to`] |
//! | station, event, distance | [`Header::set_geometry`], [`Header::set_orientation`] |
//! | uneven, spectral, XYZ files | [`Data`] |
//! | refuse what would be rounded | [`SacFile::expect_exact`] |
//! | look for mistakes | [`SacFile::check`] |
//! | write many files fast | [`Header::encode_samples_into`] |
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("a.sac");
//! # use seis_core::{SamplingRate, Trace};
//! # let trace = Trace::new("CI.HEC..BHZ".parse()?, "2022-01-02T00:00:00.0695Z".parse()?,
//! #     SamplingRate::from_hz(3.0)?, vec![1.0, 2.0, 4.5]);
//! # sac::SacFile::from_trace(&trace)?.write(&path)?;
//! use seis_io::sac;
//! let mut file = sac::read(&path)?;
//! assert_eq!(file.header.kstnm().as_deref(), Some("HEC"));
//! assert_eq!(file.header.evla(), None);
//! file.header.set_orientation(0.0, -90.0)?.set_user0(0.25)?;
//! file.write(&path)?;
//!
//! let trace = file.to_trace()?;
//! assert_eq!(trace.rate.hz(), 3.0);
//! assert_eq!(trace.start.to_string(), "2022-01-02T00:00:00.0695Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a file says is kept: read and written again it has the same bytes. The format is that of
//! the SAC manual, *SAC Data File Format*, version 102.0; where the manual is silent SAC's own
//! library and ObsPy 1.5.1 decide. A trace becomes the same bytes that ObsPy writes.
//!
//! # Differences from ObsPy 1.5.1
//!
//! * The sampling rate is the nominal one ([`Header::sampling_rate`]), not 1 / round(DELTA, 6).
//! * A start time keeps its nanoseconds, in B; ObsPy rounds to the microsecond.
//! * A file without reference time, or with an impossible one, is no trace starting in 1970 but an
//!   error that names the variable; [`TraceOptions`] gives what lacks.
//! * Evenly spaced XY files (IFTYPE IXY) are no traces until IFTYPE says so.
//! * KEVNM keeps its spaces, and undefined logicals stay undefined when a header is kept.
//! * Unevenly spaced and spectral files, XYZ and header version 7 are read and written. ObsPy takes
//!   the second section, and the footer, for a wrong file size.
//! * Codes longer than eight characters and samples beyond 3.4e38 are errors, not cut and infinite.
//! * Without samples DEPMIN, DEPMAX and DEPMEN are undefined, not NaN.
//! * Alphanumeric files may have any number of points. ObsPy 1.5.1 fails to read files whose
//!   number of points is no multiple of five, its own included.
//! * GCARC is SAC's angle at the centre of the Earth ([`Geometry`]), not the distance divided by
//!   6371 km.

mod ascii;
mod check;
mod enums;
mod error;
mod exact;
mod file;
mod geometry;
mod header;
mod order;
mod rate;
mod read;
mod samples;
mod time;
mod trace;
mod value;
mod variables;
mod write;

pub use check::Finding;
pub use enums::{
    Body, DependentVariable, EventType, FileType, Instrument, MagnitudeSource, MagnitudeType,
    Quality, ReferenceTime, Synthetic,
};
pub use error::{Error, Result};
pub use file::{Data, SacFile};
pub use geometry::{EventOrigin, Geometry, StationLocation};
pub use header::{Header, Version};
pub use order::ByteOrder;
pub use read::{Format, ReadOptions, detect, read, read_header};
pub use trace::TraceOptions;
pub use value::Value;
pub use variables::{Kind, Variable};
pub use write::encode_trace_into;
