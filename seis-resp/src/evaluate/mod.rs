//! Evaluation of responses.

mod adapter;
mod chain;
mod error;
mod fir;
mod lanes;
mod list;
mod options;
mod plan;
mod poles_zeros;
mod polynomial;
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
pub use warning::EvaluationWarning;
