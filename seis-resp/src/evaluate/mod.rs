//! Evaluation of responses: options and response in, plan out, plan applied to frequencies.
//!
//! `plan` settles the order of stages and puts together what `stage` makes of each; `chain` knows
//! the units. The transfer functions (`poles_zeros`, `fir`, `list`) are evaluated in blocks of
//! `lanes`, on top of `series` (`compensated` where its terms cancel), `spline` and `trig`. The rules are written down at
//! [`EvaluationPlan`].

#![allow(
    clippy::needless_range_loop,
    reason = "lanes of several arrays are indexed in step, so that they become vector instructions"
)]

mod adapter;
mod chain;
mod compensated;
mod error;
mod fir;
mod lanes;
mod list;
mod options;
mod plan;
mod pole_zero_form;
mod poles_zeros;
mod polynomial;
mod rate;
mod sensitivity;
mod series;
mod spline;
mod stage;
mod transfer;
mod trig;
mod warning;

pub use adapter::ResponseWithOptions;
pub use error::EvaluateError;
pub use options::{
    AnalogCoefficients, EvaluationOptions, GainSource, ListPhase, ListRange, UnitChain, UnitRules,
};
pub use plan::EvaluationPlan;
pub use pole_zero_form::{NotPolesZeros, PoleZeroForm};
pub use warning::EvaluationWarning;
