//! The units of the stages: which one the ground comes in with, and whether they fit together.

use seis_core::GroundMotion;

use super::error::EvaluateError;
use super::options::{EvaluationOptions, UnitChain, UnitRules};
use super::warning::EvaluationWarning;
use crate::units::{Quantity, Unit};
use crate::{Response, Stage, UnitName};

/// A unit and, unless the stage names it itself, who does.
type Given<'a> = Option<(&'a str, Option<&'static str>)>;

/// What a response is wanted in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// SI units of a ground motion, or the instrument's own unit.
    Motion(GroundMotion),
    /// A unit.
    Unit(Unit),
}

/// How a result in the instrument's own unit becomes one in SI units of the wanted quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Conversion {
    /// The power of iω to multiply by; with a negative one the result at f = 0 is 0.
    pub(super) order: i32,
    /// The factor to multiply by.
    pub(super) scale: f64,
}

impl Conversion {
    const NONE: Self = Self { order: 0, scale: 1.0 };
}

/// The input units of all stages, sorted by number, with those filled in that follow from others.
///
/// Stages that are a gain only have no units in StationXML. They, and a first stage without, take
/// the units of the sensitivity and of their neighbours in the order in which ObsPy does
/// (`Response._attempt_to_fix_units`): forwards, then backwards.
fn input_units<'a>(response: &'a Response, stages: &[&'a Stage]) -> Vec<Given<'a>> {
    let (mut inputs, mut outputs): (Vec<Given<'a>>, Vec<Given<'a>>) = stages
        .iter()
        .map(|stage| {
            let filter = stage.filter.as_ref();
            let of = |unit: Option<&'a UnitName>| named(unit).map(|name| (name, None));
            (
                of(filter.and_then(|f| f.input_units.as_ref())),
                of(filter.and_then(|f| f.output_units.as_ref())),
            )
        })
        .unzip();
    let from = |unit: Given<'a>, source: &'static str| unit.map(|(name, _)| (name, Some(source)));
    let sensitivity = response.sensitivity.as_ref().and_then(|s| named(s.input_units.as_ref()));
    let next_input = inputs.get(1).copied().flatten();
    if let Some(input) = inputs.first_mut() {
        *input = input.or(sensitivity.map(|name| (name, Some("the sensitivity"))));
    }
    if let Some(output) = outputs.first_mut() {
        *output = output.or(from(next_input, "the next stage"));
    }
    let is_gain = |i: usize| stages.get(i).is_some_and(|s| s.filter.is_none());
    let mut carry = |order: &mut dyn Iterator<Item = usize>, forwards: bool, source| {
        let mut before: Given<'a> = None;
        for i in order {
            let (Some(input), Some(output)) = (inputs.get_mut(i), outputs.get_mut(i)) else {
                continue;
            };
            if is_gain(i) && input.is_none() && output.is_none() {
                (*input, *output) = (from(before, source), from(before, source));
            }
            before = if forwards { *output } else { *input };
        }
    };
    carry(&mut (0..stages.len()), true, "the stage before");
    carry(&mut (0..stages.len()).rev(), false, "the next stage");
    inputs
}

/// A name that is one.
fn named(unit: Option<&UnitName>) -> Option<&str> {
    unit.map(|u| u.name.trim()).filter(|name| !name.is_empty())
}

/// The conversion for a quantity, from the input unit of the first stage that takes part.
/// `stages` are all stages of the response, sorted; `first` is the number of that stage.
pub(super) fn conversion(
    response: &Response,
    stages: &[&Stage],
    first: usize,
    target: Target,
    options: &EvaluationOptions,
    warnings: &mut Vec<EvaluationWarning>,
) -> Result<Conversion, EvaluateError> {
    let number = stages.get(first).map_or(0, |s| s.number);
    let given = match stages {
        [] => overall_input_unit(response).map(|name| (name, None)),
        _ => input_units(response, stages).get(first).copied().flatten(),
    };
    let wanted = match target {
        Target::Motion(quantity) if options.units == UnitRules::Obspy => {
            return Ok(obspy_conversion(given.map(|(name, _)| name), quantity));
        }
        Target::Motion(GroundMotion::Native) => return Ok(Conversion::NONE),
        Target::Motion(GroundMotion::Displacement) => Quantity::Displacement,
        Target::Motion(GroundMotion::Velocity) => Quantity::Velocity,
        Target::Motion(GroundMotion::Acceleration) => Quantity::Acceleration,
        Target::Unit(unit) => unit.quantity,
    };
    let Some((name, source_of_unit)) = given else {
        return Err(EvaluateError::MissingUnit { stage: number, wanted });
    };
    let is_filter = stages.get(first).is_some_and(|s| s.filter.is_some());
    if let (true, Some(source_of_unit)) = (is_filter, source_of_unit) {
        let unit = name.to_owned();
        warnings.push(EvaluationWarning::UnitInherited { stage: number, unit, source_of_unit });
    }
    let unit = Unit::parse(name).map_err(|source| EvaluateError::UnknownUnit {
        stage: number,
        wanted,
        source,
    })?;
    let (stage, measured) = (number, unit.quantity);
    let order = match (measured.motion_order(), wanted.motion_order(), target) {
        (Some(measured), Some(wanted), _) => measured - wanted,
        (_, _, Target::Unit(wanted)) if unit.measures_the_same_as(&wanted) => 0,
        (_, _, Target::Unit(_)) => {
            let unit = name.to_owned();
            return Err(EvaluateError::OtherQuantity { stage, unit, measured, wanted });
        }
        (_, _, Target::Motion(_)) => {
            let unit = name.to_owned();
            return Err(EvaluateError::NotGroundMotion { stage, unit, measured });
        }
    };
    let scale = match target {
        Target::Unit(wanted) if wanted.is_same_as(&unit) => 1.0,
        Target::Unit(wanted) => unit.per_si() * wanted.scale_to_si,
        Target::Motion(_) => unit.per_si(),
    };
    Ok(Conversion { order, scale })
}

/// The input unit of the whole instrument, from its sensitivity or polynomial.
fn overall_input_unit(response: &Response) -> Option<&str> {
    let sensitivity = response.sensitivity.as_ref().and_then(|s| named(s.input_units.as_ref()));
    let polynomial = response.polynomial.as_ref().and_then(|p| named(p.input_units.as_ref()));
    sensitivity.or(polynomial)
}

impl Response {
    /// The name of the unit in which the instrument's input is given, as in the file: that of the
    /// first stage, or what takes its place (see [`EvaluationPlan`](crate::EvaluationPlan)).
    ///
    /// [`Unit::parse`] tells what it measures, and [`plan_in`](Self::plan_in) gives the response
    /// in it or another of its kind.
    #[must_use]
    pub fn input_unit(&self) -> Option<&str> {
        let mut stages: Vec<&Stage> = self.stages.iter().filter(|s| s.number != 0).collect();
        stages.sort_by_key(|s| s.number);
        let first = input_units(self, &stages).first().copied().flatten();
        first.map(|(name, _)| name).or_else(|| overall_input_unit(self))
    }
}

fn order(quantity: GroundMotion) -> Option<i32> {
    match quantity {
        GroundMotion::Displacement => Some(0),
        GroundMotion::Velocity => Some(1),
        GroundMotion::Acceleration => Some(2),
        GroundMotion::Native => None,
    }
}

/// ObsPy 1.5.1's table of texts (`Response._call_eval_resp_for_frequencies`).
fn obspy_conversion(unit: Option<&str>, quantity: GroundMotion) -> Conversion {
    let name = unit.unwrap_or_default().to_ascii_uppercase();
    let (prefix, bare) = match name.split_at_checked(1) {
        Some((prefix @ ("C" | "M" | "N"), bare)) if bare.starts_with('M') => (prefix, bare),
        _ => ("", name.as_str()),
    };
    let measured = match bare {
        "M" => 0,
        "M/M" | "M**3/M**3" if prefix.is_empty() => 0,
        "M/S**2" | "M/(S**2)" | "M/SEC**2" | "M/(SEC**2)" => 2,
        "M/S/S" if prefix.is_empty() => 2,
        _ => 1,
    };
    let is_scaled = matches!(bare, "M" | "M/S" | "M/SEC" | "M/S**2");
    let scale = match prefix {
        "C" if is_scaled => 1e2,
        "M" if is_scaled => 1e3,
        "N" if is_scaled => 1e9,
        _ => 1.0,
    };
    Conversion { order: order(quantity).map_or(0, |wanted| measured - wanted), scale }
}

/// Checks that every filter takes what the filter before gives.
pub(super) fn check(
    stages: &[&Stage],
    policy: UnitChain,
    warnings: &mut Vec<EvaluationWarning>,
) -> Result<(), EvaluateError> {
    let mut last: Option<(u32, Option<&str>)> = None;
    for stage in stages {
        let Some(filter) = &stage.filter else { continue };
        let input = named(filter.input_units.as_ref());
        if let Some((before, output)) = last {
            compare(stage.number, input, before, output, policy, warnings)?;
        }
        last = Some((stage.number, named(filter.output_units.as_ref())));
    }
    Ok(())
}

fn compare(
    stage: u32,
    input: Option<&str>,
    before: u32,
    output: Option<&str>,
    policy: UnitChain,
    warnings: &mut Vec<EvaluationWarning>,
) -> Result<(), EvaluateError> {
    let (input, output) = match (input, output) {
        (None, None) => return Ok(()),
        (None, Some(unit)) => {
            let (unit, source_of_unit) = (unit.to_owned(), "the stage before");
            warnings.push(EvaluationWarning::UnitInherited { stage, unit, source_of_unit });
            return Ok(());
        }
        (Some(unit), None) => {
            let (unit, source_of_unit) = (unit.to_owned(), "the next stage");
            warnings.push(EvaluationWarning::UnitInherited { stage: before, unit, source_of_unit });
            return Ok(());
        }
        (Some(input), Some(output)) => (input, output),
    };
    if input.eq_ignore_ascii_case(output) {
        return Ok(());
    }
    let (input_name, output_name) = (input.to_owned(), output.to_owned());
    match (Unit::parse(input), Unit::parse(output)) {
        (Ok(a), Ok(b)) if a.is_same_as(&b) => {}
        (Ok(_), Ok(_)) if policy == UnitChain::Refuse => {
            let (input, output) = (input_name, output_name);
            return Err(EvaluateError::UnitMismatch { stage, input, before, output });
        }
        (Ok(_), Ok(_)) => warnings.push(EvaluationWarning::UnitMismatch {
            stage,
            input: input_name,
            before,
            output: output_name,
        }),
        _ => warnings.push(EvaluationWarning::UnitsUnverified {
            stage,
            input: input_name,
            before,
            output: output_name,
        }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obspy_table() {
        let velocity = |unit| {
            let c = obspy_conversion(Some(unit), GroundMotion::Velocity);
            (c.order, c.scale)
        };
        for (unit, expected) in [
            ("M", (-1, 1.0)),
            ("nm", (-1, 1e9)),
            ("M/S", (0, 1.0)),
            ("nm/s", (0, 1e9)),
            ("NM/SEC", (0, 1e9)),
            ("M/S**2", (1, 1.0)),
            ("M/S/S", (1, 1.0)),
            // The holes: no scale, and no acceleration.
            ("NM/SEC**2", (1, 1.0)),
            ("CM/(S**2)", (1, 1.0)),
            ("CM/S/S", (0, 1.0)),
            ("UM/S", (0, 1.0)),
            ("M/M", (-1, 1.0)),
            ("MM/M", (0, 1.0)),
            ("PA", (0, 1.0)),
            ("", (0, 1.0)),
            ("furlong", (0, 1.0)),
        ] {
            assert_eq!(velocity(unit), expected, "{unit}");
        }
        let native = obspy_conversion(Some("NM/S"), GroundMotion::Native);
        assert_eq!((native.order, native.scale), (0, 1e9));
    }
}
