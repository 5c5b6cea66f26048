//! The ground floor of the `seis` workspace: what a seismogram *is*, before anybody reads,
//! corrects or filters it.
//!
//! | concept | type |
//! |---|---|
//! | who recorded it | [`SourceId`] (network, station, location, channel), matched by [`IdPattern`] |
//! | when | [`UtcTime`] and [`TimeDelta`], integer nanoseconds |
//! | how densely | [`SamplingRate`], an exact ratio |
//! | the numbers | [`Samples`], which keep the type they were recorded in |
//! | one gapless seismogram | [`Trace`] |
//! | many of them | [`Stream`], with [gaps](Stream::gaps) and [merging](Stream::merge) |
//! | what was done to it | [`History`] |
//! | what an instrument does | [`FrequencyResponse`], implemented by `seis-resp`, consumed by `seis-signal` |
//!
//! A gap is a fact and not a fill value: a channel with a gap is several traces, until somebody
//! asks for a named [`MergeOptions`] policy.
//!
//! ```
//! use seis_core::{SamplingRate, SourceId, Trace, UtcTime};
//!
//! let id: SourceId = "CI.HEC..BHN".parse()?;
//! let start: UtcTime = "2022-01-02T00:00:00.0695Z".parse()?;
//! let trace = Trace::new(id, start, SamplingRate::from_hz(40.0)?, vec![1, 2, 3]);
//! assert_eq!(trace.end().to_string(), "2022-01-02T00:00:00.1195Z");
//! # Ok::<(), seis_core::Error>(())
//! ```

// A library neither panics on its input nor writes to anybody's terminal.
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod code;
mod error;
mod gaps;
mod glob;
mod history;
mod id;
mod merge;
mod pattern;
mod rate;
mod response;
mod samples;
mod stream;
mod time;
mod time_text;
mod trace;

pub use code::Code;
pub use error::{Error, MergeConflict, Result, StreamError, TraceFailure};
pub use gaps::{Gap, GapKind, Segment};
pub use history::{History, Parameter, Step};
pub use id::SourceId;
pub use merge::{GapPolicy, MergeOptions, OverlapPolicy};
pub use pattern::IdPattern;
pub use rate::SamplingRate;
pub use response::{EvaluationError, Fingerprint, FrequencyResponse, GroundMotion};
pub use samples::{SampleType, Samples};
pub use stream::Stream;
pub use time::{TimeDelta, UtcTime};
pub use trace::Trace;

pub use num_complex::Complex64;
