//! Instrument responses: where metadata come from, which epoch holds, what the instrument does.
//!
//! | question | answer |
//! |---|---|
//! | what do the files say? | [`Inventory`]: networks, stations, channels, responses |
//! | how do I read it? | [`Inventory::read`], or [`ReadOptions`] by level, id and time |
//! | from many files? | [`Inventory::read_all`], with patterns |
//! | which formats? | [`Format`]: StationXML, RESP, dataless SEED, SAC poles and zeros, told by content |
//! | what was wrong in the files? | [`Inventory::report`](Inventory#structfield.report) |
//! | which response holds for this seismogram? | [`Inventory::response`] |
//! | do the metadata contradict themselves? | [`Inventory::check`] |
//! | how do I write it? | [`Inventory::to_stationxml`], [`WriteOptions`]; [`Inventory::to_sacpz`] |
//!
//! # SEED: RESP files and dataless volumes
//!
//! Field layouts and meanings are those of the *SEED Reference Manual 2.4*. Both formats are read
//! into the same blockettes and these into the model, so that a channel is the same from either.
//! A place in a volume is a byte, in a RESP file a line; an element is spelled as RESP files do,
//! `B053F07`. What the model has no place for (calibrations, data formats, byte orders, indices)
//! is counted in the report.
//!
//! | in the file | here | ObsPy 1.5 |
//! |---|---|---|
//! | blockettes of a stage apart, stages in any order | sorted by stage | the same |
//! | blockette 54, 55 or 61 again, same head | the list goes on | the same |
//! | a list said to be longer or shorter than it is | broken | as it is |
//! | the same filter, gain or decimation again | used once, reported | the last; coefficients twice |
//! | another one again in a stage, or another sensitivity | broken | the last; the first |
//! | a number that is none | broken, or left out where nothing is computed from it | 0 |
//! | no sensitivity | none | the product of the gains |
//! | a filter in stage 0, the only one | stage 1, reported | stage 0, and the sensitivity as its gain |
//! | blockette 62 for stage 0 | polynomial of the instrument | stage 1 |
//! | blockette 56 alone | broken | error |
//! | dates `2599,365`, `2500,001` | as they are | the same |
//! | RESP: `??`, `--` or nothing for the location | blank | blank, `--`, blank |
//! | RESP: no sample rate, no coordinates | rate of the last stage; none | rounded to whole Hz; 0° and 123 456 m |
//! | RESP: the file ends within a number | broken | the number that is left |
//! | the file ends behind a stage | broken if the other channels have a stage 0, else evaluated [with a warning](EvaluationWarning::NoSensitivity) | as it is |
//! | volume: numbers of records leave some out | broken: the channel there, and those up to the next station | as it is |
//! | volume: records of another length than it says | found out, reported | error |
//! | volume: several in one file, data among headers | all read, data counted | error, or up to the data |
//! | volume: two entries of a dictionary under one key | the first; of two kinds: broken | the first; error |
//! | volume: begin of a comment on a channel | read | lost |
//! | volume: references that add up to many times the file | broken beyond a limit | all made |
//!
//! Units are kept as written; ObsPy writes capitals.
//!
//! # SAC poles and zeros
//!
//! `CONSTANT · Π(s − z) / Π(s − p)`, s in rad/s, from displacement in metres (or the file's
//! `INPUT UNIT`). Roots that a count announces and nobody lists lie in the origin. Comments tell
//! codes, epoch and place; a file without them is a channel with empty codes. A sensitivity is
//! [computed](Response#structfield.sensitivity_is_computed). A file may end without a new line
//! behind a constant that is whole by its form, `6.0e+08`; with any other number the response is
//! broken, since part of it may be missing.
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
mod numbering;
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
pub use sacpz::{SacPz, SacPzLoss, SacPzNote};
pub use seis_core::Complex64;
pub use source::{Format, expand};
pub use stationxml::{Level, ReadOptions, SchemaVersion, WriteOptions};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The ground types that this crate works on: ids, times, rates, traces.
pub use seis_core;
