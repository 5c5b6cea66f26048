//! What a rule found.

use std::fmt;

use super::{Rule, Severity};
use crate::Epoch;

/// Where in an inventory something was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct FindingPlace {
    /// Network code.
    pub network: String,
    /// Station code, unless it is the network.
    pub station: Option<String>,
    /// Location code, if it is a channel.
    pub location: Option<String>,
    /// Channel code, if it is a channel.
    pub channel: Option<String>,
    /// The epoch of what is named.
    pub epoch: Epoch,
    /// The number of the stage, if it is one of a response.
    pub stage: Option<u32>,
}

impl FindingPlace {
    /// Whether it is the other place, or a stage there.
    pub(super) fn is_in(&self, other: &Self) -> bool {
        Self { stage: None, ..self.clone() } == *other
    }

    /// The id as far as it goes: `CI`, `CI.HEC` or `CI.HEC..BHN`.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = self.network.clone();
        for code in [&self.station, &self.location, &self.channel].into_iter().flatten() {
            id.push('.');
            id.push_str(code);
        }
        id
    }
}

impl fmt::Display for FindingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id(), self.epoch)?;
        match self.stage {
            Some(stage) => write!(f, " stage {stage}"),
            None => Ok(()),
        }
    }
}

/// Something that a [`Rule`] found in an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Where.
    pub place: FindingPlace,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

impl Finding {
    /// How bad it is: that of the rule.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.rule.advice()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, found, expected } = self;
        write!(f, "{} {rule}: {place}: {found}; expected {expected}", self.severity())
    }
}
