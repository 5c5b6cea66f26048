//! Bytes to seismic traces and back: miniSEED and SAC.
//!
//! | format | module | read | write |
//! |---|---|---|---|
//! | miniSEED 2 and 3, also in gzip, full SEED volumes | [`mseed`] | yes | 2 and 3 |
//! | SAC, binary and alphanumeric | [`sac`] | yes | yes |
//! | SDS archives of miniSEED day files | [`sds`] | yes | yes |
//!
//! | what you want | what to call |
//! |---|---|
//! | a miniSEED file | [`mseed::read`] |
//! | several files, or a pattern, as one source | [`mseed::read_files`] |
//! | … with options | [`mseed::Reader::read_many`] of what [`files::expand`] finds |
//! | a pipe or socket, record by record | [`mseed::RecordReader`] |
//! | some channels, some time | [`mseed::ReadOptions::select`], [`mseed::ReadOptions::window`] |
//! | … without touching most of an ordered file | [`mseed::ReadOptions::time_ordered`] |
//! | what is in a file, without decoding | [`mseed::index()`](mseed::index()) |
//! | blockettes, events, calibrations, clock quality | [`mseed::RecordView::blockettes`], [`mseed::v2::Content`] |
//! | extra headers | [`mseed::RecordView::parse_extra_headers`], [`mseed::v3::Fdsn`] |
//! | a channel and time of an archive | [`sds::Sds::read`] |
//! | write miniSEED | [`mseed::write()`](mseed::write()), [`mseed::Writer`] |
//! | a SAC file, and back | [`sac::read`], [`sac::SacFile::from_trace`] |
//! | which format a file has | [`detect_file`] |
//! | the files of a pattern | [`files::expand`] |
//!
//! Parsers are functions of bytes: no input makes them panic, loop for ever, or set memory aside
//! in proportion to a number it claims. What cannot be read is an error or an entry in a report,
//! with the place and the reason; it is never dropped in silence. Writers refuse what the format
//! cannot hold. miniSEED 2 rounds rates and start times on request only
//! ([`mseed::WriteOptions::round_rate`], [`round_start`](mseed::WriteOptions::round_start)). SAC has
//! 32-bit floats only, which hold next to no processed sample: [`sac::SacFile::from_trace`] rounds
//! to them, and [`sac::SacFile::expect_exact`] refuses for those who want nothing rounded. The
//! program `convert` goes by the same rules. A file appears under its name only when it is whole
//! ([`file`](mod@file)).
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

mod calendar;
pub mod file;
pub mod files;
mod format;
pub mod mseed;
pub mod sac;
pub mod sds;
mod source;
mod vector;

pub use format::{DETECT_BYTES, Format, detect, detect_file};

/// The ground types that this crate works on: ids, times, rates, traces.
pub use seis_core;
