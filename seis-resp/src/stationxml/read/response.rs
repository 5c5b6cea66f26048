//! The response of a channel.

use super::Parser;
use super::tag::Tag;
use crate::{
    Consequence, FrequencyBand, ProblemKind, Response, Result, Sensitivity, Stage, Uncertainty,
    UnitName,
};

/// A response with this wrong is of no use.
const BROKEN: Consequence = Consequence::ResponseBroken;

impl<'a> Parser<'a> {
    /// A response. What makes it useless is noted in `fault`.
    pub(super) fn response(&mut self, tag: Tag<'a>) -> Result<Response> {
        let mut response = Response { resource_id: self.resource_id(tag)?, ..Response::default() };
        let mut stages: Vec<Stage> = Vec::new();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"InstrumentSensitivity" => {
                    let value = self.sensitivity(tag)?;
                    self.once(
                        &mut response.sensitivity,
                        value,
                        tag,
                        BROKEN,
                        "InstrumentSensitivity",
                    )?;
                }
                b"InstrumentPolynomial" => {
                    self.uncertainties.clear();
                    let polynomial = self.instrument_polynomial(tag)?;
                    let what = "InstrumentPolynomial";
                    self.once(&mut response.polynomial, polynomial, tag, BROKEN, what)?;
                    response.uncertainties = self.sorted_uncertainties();
                }
                b"Stage" => stages.extend(self.stage(tag)?),
                _ => self.unknown(tag)?,
            }
        }
        stages.shrink_to_fit();
        response.stages = stages;
        Ok(response)
    }

    /// The uncertainties that were met, by the number they belong to: whatever the order of
    /// elements, a response is the same.
    pub(super) fn sorted_uncertainties(&mut self) -> Vec<Uncertainty> {
        let mut found = std::mem::take(&mut self.uncertainties);
        found.sort_by_key(|uncertainty| uncertainty.of);
        found.shrink_to_fit();
        found
    }

    /// The attribute `resourceId`.
    pub(super) fn resource_id(&mut self, tag: Tag<'a>) -> Result<Option<String>> {
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            if name == b"resourceId" {
                return Ok(Some(self.attribute(value)?));
            }
        }
        Ok(None)
    }

    /// An element of a response that is not known. One of another namespace is nobody's business;
    /// one of StationXML's own may have mattered.
    pub(super) fn unknown(&mut self, tag: Tag<'a>) -> Result<()> {
        if !tag.name.is_empty() {
            let expected = "an element of the standard";
            let left_out = Consequence::LeftOut;
            self.problem(ProblemKind::UnknownElement, tag.name, expected, left_out)?;
        }
        self.ignored()
    }

    fn sensitivity(&mut self, tag: Tag<'a>) -> Result<Option<Sensitivity>> {
        let (mut value, mut frequency_hz) = (None, None);
        let (mut bare_value, mut bare_frequency) = (false, false);
        let (mut input_units, mut output_units) = (None, None);
        let (mut start, mut end, mut variation) = (None, None, None);
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Value" => {
                    bare_value = true;
                    let found = self.number(BROKEN)?;
                    self.once(&mut value, found, tag, BROKEN, "Value")?;
                }
                b"Frequency" => {
                    bare_frequency = true;
                    let found = self.number(BROKEN)?;
                    self.once(&mut frequency_hz, found, tag, BROKEN, "Frequency")?;
                }
                b"InputUnits" => {
                    let units: Option<UnitName> = self.units()?;
                    self.once(&mut input_units, units, tag, BROKEN, "InputUnits")?;
                }
                b"OutputUnits" => {
                    let units = self.units()?;
                    self.once(&mut output_units, units, tag, BROKEN, "OutputUnits")?;
                }
                b"FrequencyStart" => once!(self, tag, start, self.number(Consequence::LeftOut)?),
                b"FrequencyEnd" => once!(self, tag, end, self.number(Consequence::LeftOut)?),
                b"FrequencyDBVariation" => {
                    once!(self, tag, variation, self.number(Consequence::LeftOut)?);
                }
                _ => self.unknown(tag)?,
            }
        }
        let Some(value) = value else {
            if !bare_value {
                // Without value and frequency it says nothing, and some data centres write it so
                // beside a polynomial.
                let consequence = if bare_frequency { BROKEN } else { Consequence::LeftOut };
                let missing = ProblemKind::Missing;
                self.problem_at(tag, missing, b"", "Value of the sensitivity", consequence)?;
            }
            return Ok(None);
        };
        let band = match (start, end, variation) {
            (Some(start_hz), Some(end_hz), Some(variation_db)) => {
                Some(FrequencyBand { start_hz, end_hz, variation_db })
            }
            (None, None, None) => None,
            _ => {
                let expected = "FrequencyStart, FrequencyEnd or FrequencyDBVariation";
                let left_out = Consequence::LeftOut;
                self.problem_at(tag, ProblemKind::Missing, b"", expected, left_out)?;
                None
            }
        };
        Ok(Some(Sensitivity { value, frequency_hz, input_units, output_units, band }))
    }
}
