//! What was done to a trace, in a form that programs can read and repeat.

use std::borrow::Cow;
use std::fmt;

/// The processing steps of a trace, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    steps: Vec<Step>,
}

/// One processing step: its name and its parameters.
///
/// ```
/// use seis_core::Step;
/// let step = Step::new("taper").with("window", "hann").with("fraction", 0.05);
/// assert_eq!(step.to_string(), "taper(window=hann, fraction=0.05)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    operation: Cow<'static, str>,
    parameters: Vec<(Cow<'static, str>, Parameter)>,
}

/// A parameter of a processing step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Parameter {
    /// A switch.
    Bool(bool),
    /// A count.
    Integer(i64),
    /// A quantity; its unit is part of the parameter's name.
    Number(f64),
    /// Several quantities.
    Numbers(Vec<f64>),
    /// A name or an instant.
    Text(Cow<'static, str>),
}

impl History {
    /// No steps yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { steps: Vec::new() }
    }

    /// Adds a step at the end.
    pub fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The steps, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The last step of this name.
    #[must_use]
    pub fn last(&self, operation: &str) -> Option<&Step> {
        self.steps.iter().rev().find(|s| s.operation == operation)
    }
}

impl Step {
    /// A step without parameters.
    #[must_use]
    pub fn new(operation: impl Into<Cow<'static, str>>) -> Self {
        Self { operation: operation.into(), parameters: Vec::new() }
    }

    /// With one parameter more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Parameter>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The name of the operation.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The parameters in the order they were given.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Parameter)> {
        self.parameters.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// One parameter by name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(v) => write!(f, "{v}"),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Number(v) => write!(f, "{v}"),
            Self::Numbers(v) => write!(f, "{v:?}"),
            Self::Text(v) => f.write_str(v),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.operation)?;
        for (i, (name, value)) in self.parameters.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for History {
    /// One step a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}

impl From<bool> for Parameter {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}

impl From<i64> for Parameter {
    fn from(v: i64) -> Self {
        Self::Integer(v)
    }
}

impl From<usize> for Parameter {
    fn from(v: usize) -> Self {
        Self::Integer(i64::try_from(v).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Parameter {
    fn from(v: f64) -> Self {
        Self::Number(v)
    }
}

impl From<Vec<f64>> for Parameter {
    fn from(v: Vec<f64>) -> Self {
        Self::Numbers(v)
    }
}

impl From<&'static str> for Parameter {
    fn from(v: &'static str) -> Self {
        Self::Text(Cow::Borrowed(v))
    }
}

impl From<String> for Parameter {
    fn from(v: String) -> Self {
        Self::Text(Cow::Owned(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_name() {
        let mut history = History::new();
        history.push(Step::new("demean"));
        history.push(Step::new("taper").with("fraction", 0.05).with("sides", "both"));
        assert_eq!(history.to_string(), "demean()\ntaper(fraction=0.05, sides=both)\n");
        let taper = history.last("taper").unwrap();
        assert_eq!(taper.parameter("fraction"), Some(&Parameter::Number(0.05)));
        assert!(history.last("filter").is_none());
    }
}
