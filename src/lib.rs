//! Seismology in Rust: read miniSEED and SAC, remove instrument responses, resample, in bulk.
//!
//! | to | use |
//! |---|---|
//! | read and write seismograms | [`mseed`], [`sac`] |
//! | hold, select, cut and merge them | [`Trace`], [`Stream`] |
//! | read StationXML, find and evaluate responses | [`Inventory`], [`resp`] |
//! | detrend, taper, interpolate | [`TraceSignal`], [`StreamSignal`], or [`signal`] on slices |
//! | turn counts into ground motion | [`RemoveResponse`] |
//! | do all that for an archive of events | [`batch`] |
//! | try it without data | [`demo`] |
//!
//! This crate wires the others together; each can be used alone: [`seis_core`] (types),
//! [`seis_io`] (files), [`seis_resp`] (metadata), [`seis_signal`] (processing). What holds for all
//! of them, and where they differ from ObsPy, stands in the [conventions].
//!
//! ```
//! use seis::prelude::*;
//! # let root = tempfile::tempdir()?;
//! # let demo = seis::demo::write_archive(root.path(), &seis::demo::DemoOptions::small())?;
//! # let raw = &demo.traces[1].raw;
//! # let resp = raw.parent().unwrap().with_file_name("resp").join("XX.STS2.xml");
//! # let out = root.path().join("out.sac");
//! let mut stream = seis::mseed::read(raw)?.stream;
//! let inventory = Inventory::read(resp)?;
//! let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
//!     .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0)?)
//!     .water_level(WaterLevel::None)
//!     .zero_mean(false)
//!     .taper_fraction(None); // both were done already
//! stream.demean()?.taper(0.05)?.remove_response(&inventory, to_displacement)?;
//! stream.interpolate(&InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25))?;
//! SacFile::from_trace(&stream.traces()[0])?.write(out)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! * `rayon`: methods with the prefix `par_`, bit-identical to those without. Off by default;
//!   [`batch`] is parallel without it.

// A library neither panics on its input nor writes to anybody's terminal.
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod batch;
pub mod conventions;
pub mod demo;
pub mod prelude;
mod remove_response;
mod response_findings;
mod sac_station;
mod split;

#[cfg(feature = "rayon")]
pub use remove_response::ParRemoveResponse;
pub use remove_response::{
    RemoveResponse, RemoveResponseError, RemoveResponseOptions, response_warnings,
};
pub use response_findings::{ResponseFinding, response_findings};
pub use sac_station::fill_sac_station;
pub use seis_core::*;
pub use seis_io::{mseed, sac, sds};
pub use seis_resp as resp;
pub use seis_resp::{EpochPolicy, Inventory, Response};
pub use seis_signal as signal;
pub use seis_signal::{StreamSignal, TraceSignal};
pub use split::split_at_epochs;
