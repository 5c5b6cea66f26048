//! What the rules of `Inventory::check` call an error, of a single response.

use std::fmt;
use std::sync::Arc;

use seis_resp::{
    Channel, ChannelResponse, EvaluationWarning, Inventory, Network, Response, Rule, Severity,
    Station,
};

/// An error that a [`Rule`] found in a response, though it can be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseFinding {
    /// The rule.
    pub rule: Rule,
    /// The number of the stage, if it is one.
    pub stage: Option<u32>,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

impl fmt::Display for ResponseFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, stage, found, expected } = self;
        if let Some(stage) = stage {
            write!(f, "stage {stage}: ")?;
        }
        write!(f, "{found}; expected {expected} ({rule})")
    }
}

/// What [`Inventory::check`] calls an error in a response that can be evaluated all the same: a
/// pole without its conjugate, or one that is not stable; rates or units that do not chain. A good
/// response has none.
///
/// What its evaluation warned of already ([`response_warnings`](crate::response_warnings)) is left
/// out, and so are dates and coordinates, which are not the response's.
#[must_use]
pub fn response_findings(
    response: &Response,
    warned: &[EvaluationWarning],
) -> Vec<ResponseFinding> {
    let mut channel = Channel::new("", "");
    channel.response = ChannelResponse::Present(Arc::new(response.clone()));
    let mut station = Station::new("");
    station.channels.push(channel);
    let mut network = Network::new("");
    network.stations.push(station);
    let mut inventory = Inventory::new("");
    inventory.networks_mut().push(network);
    let findings = inventory.check().into_iter().filter(|finding| {
        finding.severity() == Severity::Error
            && is_of_response(finding.rule)
            && !warned.iter().any(|warning| says(warning, finding.rule, finding.place.stage))
    });
    findings
        .map(|finding| ResponseFinding {
            rule: finding.rule,
            stage: finding.place.stage,
            found: finding.found,
            expected: finding.expected,
        })
        .collect()
}

/// Whether a rule looks at responses that can be evaluated.
fn is_of_response(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::SensitivityMismatch
            | Rule::ZeroGain
            | Rule::NormalizationFactor
            | Rule::HertzForRadians
            | Rule::ConjugateMissing
            | Rule::PoleUnstable
            | Rule::RatesDoNotChain
            | Rule::UnitsDoNotChain
            | Rule::UnitsOfSensitivity
    )
}

/// Whether a warning tells what a rule finds.
fn says(warning: &EvaluationWarning, rule: Rule, at: Option<u32>) -> bool {
    match (warning, rule) {
        (EvaluationWarning::SensitivityMismatch { .. }, Rule::SensitivityMismatch) => true,
        (EvaluationWarning::NormalizationFactor { stage, .. }, Rule::NormalizationFactor)
        | (EvaluationWarning::PolesZerosDomain { stage, .. }, Rule::HertzForRadians)
        | (EvaluationWarning::UnitMismatch { stage, .. }, Rule::UnitsDoNotChain) => {
            Some(*stage) == at
        }
        _ => false,
    }
}
