//! Instrument responses: where metadata come from, which epoch holds, what the instrument does.
//!
//! | question | answer |
//! |---|---|
//! | what do the files say? | [`Inventory`]: networks, stations, channels, responses |
//! | how do I read it? | [`Inventory::read`], or [`ReadOptions`] by level, id and time |
//! | what was wrong in the files? | [`Inventory::report`](Inventory#structfield.report) |
//! | which response holds for this seismogram? | [`Inventory::response`] |
//! | do the metadata contradict themselves? | [`Inventory::check`] |
//! | how do I write it? | [`Inventory::to_stationxml`], [`WriteOptions`] |
//!
//! # StationXML
//!
//! Versions 1.0 to 1.2 are read by a pull parser, without a tree of the document in memory. Any
//! prefix for the namespace is accepted, and none; elements may stand in any order; what the
//! document model has no place for is counted in the report and passed over.
//!
//! A file with something wrong in it is read all the same, unless [`ReadOptions::strict`] is set.
//! What was wrong is listed, with its place, in the report. A number that a computation needs is
//! never guessed: the response around it becomes [`ChannelResponse::Broken`], its channel stays,
//! and a look-up gives the reason.
//!
//! Where this differs from ObsPy 1.5:
//!
//! | in the file | here | ObsPy |
//! |---|---|---|
//! | channel without coordinates | kept | dropped with a warning |
//! | date that is none | epoch unknown, never matched | open epoch |
//! | number in a response that is none | this response is broken | the file fails, or it is missing |
//! | two filters in a stage | broken | the first kind in a fixed order |
//! | two of what may stand once, in a response | broken | the first |
//! | the same elsewhere | the first, and reported | the first |
//! | FIR without `Symmetry` | broken: half a filter or a whole one? | read, fails when evaluated |
//! | `NormalizationFactor` missing | computed and reported; broken if the filter has no gain there | computed |
//! | a unit other than the schema's (`RADIANS` for a phase) | broken | ignored |
//! | several agencies of an operator (1.0) | kept | the first |

// A library neither panics on its input nor writes to anybody's terminal.
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod check;
mod dataless;
mod error;
mod evaluate;
mod lookup;
mod model;
mod problem;
mod resp;
mod sacpz;
mod seed;
mod source;
/// The rules of evaluation.
#[doc = include_str!("rules.md")]
pub mod rules {}
pub mod stationxml;
pub mod units;

pub use check::{Finding, FindingPlace, Rule, Severity};
pub use error::{Error, Result};
pub use evaluate::*;
pub use lookup::{EpochPolicy, LookupError, ResponseMatch, ResponseSpan};
pub use model::*;
pub use problem::{Consequence, IgnoredElement, Place, Problem, ProblemKind, ReadReport};
pub use seis_core::Complex64;
pub use source::Format;
pub use stationxml::{Level, ReadOptions, SchemaVersion, WriteOptions};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The ground types that this crate works on: ids, times, rates, traces.
pub use seis_core;
