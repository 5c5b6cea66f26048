//! Bytes to seismic traces and back: miniSEED and SAC.
//!
//! | format | module | read | write |
//! |---|---|---|---|
//! | miniSEED 2 | [`mseed`] | yes | yes |
//! | miniSEED 3 | [`mseed`] | yes | not yet |
//! | SAC, binary and alphanumeric | [`sac`] | yes | yes |
//!
//! Parsers are functions of bytes: no input makes them panic, loop for ever, or set memory aside
//! in proportion to a number it claims. What cannot be read is an error or an entry in a report,
//! with the place and the reason; it is never dropped in silence. Writers refuse what the format
//! cannot hold, and a file appears under its name only when it is whole ([`file`](mod@file)).
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("CI.HEC.mseed");
//! # use seis_core::{SamplingRate, Trace};
//! # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00.0695Z".parse()?,
//! #     SamplingRate::from_hz(40.0)?, vec![1, 2, 4]);
//! # mseed::write(&path, [&trace], &Default::default())?;
//! use seis_io::{mseed, sac};
//! let contents = mseed::read(&path)?;
//! for skipped in &contents.report.skipped {
//!     eprintln!("{}: {skipped}", path.display());
//! }
//! for trace in &contents.stream {
//!     sac::SacFile::from_trace(trace)?.write(path.with_extension("sac"))?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod file;
pub mod files;
mod format;
pub mod mseed;
pub mod sac;
pub mod sds;
mod source;

pub use format::{DETECT_BYTES, Format, detect, detect_file};

/// The ground types that this crate works on: ids, times, rates, traces.
pub use seis_core;
