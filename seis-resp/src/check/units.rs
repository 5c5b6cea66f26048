//! Units from stage to stage.

use super::{Checker, Rule};
use crate::units::{Quantity, Unit};
use crate::{Filter, Response, Stage, UnitName};

fn named(unit: Option<&UnitName>) -> Option<&str> {
    unit.map(|unit| unit.name.trim()).filter(|name| !name.is_empty())
}

/// Whether two units differ; those that are not understood are another rule's business.
fn differ(a: &str, b: &str) -> bool {
    match (Unit::parse(a), Unit::parse(b)) {
        _ if a.eq_ignore_ascii_case(b) => false,
        (Ok(a), Ok(b)) => !a.is_same_as(&b),
        _ => false,
    }
}

impl Checker {
    /// The chain of a channel that is sampled ends in counts; without a sensitivity nothing else
    /// tells that the end is missing.
    pub(super) fn ends_in_counts(&mut self, response: &Response, stages: &[&Stage]) {
        let is_whole = response.sensitivity.is_some()
            || response.polynomial.is_some()
            || response.stages.len() > stages.len();
        let Some(last) = stages.last().filter(|_| !is_whole) else { return };
        let output = last.filter.as_ref().and_then(|filter| named(filter.output_units.as_ref()));
        let Some(Ok(unit)) = output.map(Unit::parse) else { return };
        if unit.quantity == Quantity::Voltage || unit.quantity == Quantity::Current {
            let found = format!("an end in {}, and no sensitivity", output.unwrap_or_default());
            self.report_stage(Rule::EndsBeforeCounts, last.number, found, "counts");
        }
    }

    pub(super) fn units(&mut self, response: &Response, stages: &[&Stage]) {
        let filters: Vec<(u32, &Filter)> =
            stages.iter().filter_map(|s| Some((s.number, s.filter.as_ref()?))).collect();
        let mut unknown: Vec<&str> = Vec::new();
        for (number, filter) in &filters {
            for name in [&filter.input_units, &filter.output_units] {
                let Some(name) = named(name.as_ref()) else { continue };
                if let Err(error) = Unit::parse(name) {
                    if !unknown.contains(&name) && unknown.len() < 8 {
                        unknown.push(name);
                        let found = error.to_string();
                        self.report_stage(Rule::UnitUnknown, *number, found, "a known unit");
                    }
                }
            }
        }
        for pair in filters.windows(2) {
            let [(before, earlier), (number, later)] = pair else { continue };
            let output = named(earlier.output_units.as_ref());
            if let (Some(output), Some(input)) = (output, named(later.input_units.as_ref())) {
                if differ(output, input) {
                    let found = format!("an input in {input}");
                    let expected = format!("{output}, the output of stage {before}");
                    self.report_stage(Rule::UnitsDoNotChain, *number, found, expected);
                }
            }
        }
        let Some(sensitivity) = &response.sensitivity else { return };
        // Stages of a gain only have no units, and may change them.
        let first = stages.first().and_then(|s| named(s.filter.as_ref()?.input_units.as_ref()));
        let last = stages.last().and_then(|s| named(s.filter.as_ref()?.output_units.as_ref()));
        for (what, overall, stage) in [
            ("input", named(sensitivity.input_units.as_ref()), first),
            ("output", named(sensitivity.output_units.as_ref()), last),
        ] {
            if let (Some(overall), Some(stage)) = (overall, stage) {
                if differ(overall, stage) {
                    let found = format!("an {what} of the sensitivity in {overall}");
                    self.report(
                        Rule::UnitsOfSensitivity,
                        found,
                        format!("{stage}, as in the stages"),
                    );
                }
            }
        }
    }
}
