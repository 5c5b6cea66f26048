//! Stages of a response.

use super::Parser;
use super::scalar::Unit;
use super::tag::Tag;
use crate::{Consequence, Decimation, Gain, ProblemKind, Result, Stage, Term};

const BROKEN: Consequence = Consequence::ResponseBroken;

impl<'a> Parser<'a> {
    /// A stage; `None` if it is empty, as some data centres write them.
    pub(super) fn stage(&mut self, tag: Tag<'a>) -> Result<Option<Stage>> {
        let mut stage = Stage::default();
        let mut number = None;
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"number" => number = Some(self.count_attribute(value, BROKEN)?),
                b"resourceId" => stage.resource_id = Some(self.attribute(value)?),
                _ => {}
            }
        }
        self.uncertainties.clear();
        let (mut is_empty, mut has_unknown) = (true, false);
        while let Some(tag) = self.child()? {
            is_empty = false;
            match tag.name {
                b"StageGain" => {
                    let gain = self.gain(tag)?;
                    self.once(&mut stage.gain, gain, tag, BROKEN, "StageGain")?;
                }
                b"Decimation" => {
                    let decimation = self.decimation()?;
                    self.once(&mut stage.decimation, Some(decimation), tag, BROKEN, "Decimation")?;
                }
                _ => match self.filter(tag)? {
                    Some(filter) => {
                        self.once(&mut stage.filter, filter, tag, BROKEN, "filter in a stage")?;
                    }
                    None => {
                        has_unknown |= !tag.name.is_empty();
                        self.unknown(tag)?;
                    }
                },
            }
        }
        if is_empty {
            let expected = "a filter, decimation or gain in the stage";
            let left_out = Consequence::LeftOut;
            self.problem_at(tag, ProblemKind::Missing, b"", expected, left_out)?;
            return Ok(None);
        }
        if has_unknown && stage.filter.is_none() {
            // It may have been the filter; without it the stage would pass for a plain gain.
            let expected = "a filter that is known";
            self.problem_at(tag, ProblemKind::Structure, b"another", expected, BROKEN)?;
        }
        match number {
            Some(number) => {
                stage.number = number.unwrap_or(0);
                if number == Some(0) {
                    self.stage_zero(tag, &stage)?;
                }
            }
            None => {
                let expected = "the attribute number";
                self.problem_at(tag, ProblemKind::Missing, b"", expected, BROKEN)?;
            }
        }
        stage.uncertainties = self.sorted_uncertainties();
        Ok(Some(stage))
    }

    /// SEED's stage 0 stands for the whole instrument. A gain there is its sensitivity, which some
    /// write so; a filter there has no place among the stages.
    fn stage_zero(&mut self, tag: Tag<'a>, stage: &Stage) -> Result<()> {
        let is_part = stage.filter.is_some() || stage.decimation.is_some();
        let (found, expected, consequence) = if is_part {
            (&b"a filter or decimation in stage 0"[..], "stages that count from 1", BROKEN)
        } else {
            let expected = "stages that count from 1; the gain of stage 0 counts as sensitivity \
                            where there is none";
            (&b"a gain in stage 0"[..], expected, Consequence::Kept)
        };
        self.problem_at(tag, ProblemKind::Structure, found, expected, consequence)
    }

    fn gain(&mut self, tag: Tag<'a>) -> Result<Option<Gain>> {
        let (mut value, mut frequency_hz) = (None, None);
        let mut has_value = false;
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Value" => {
                    has_value = true;
                    let found = self.number(BROKEN)?;
                    self.once(&mut value, found, tag, BROKEN, "Value")?;
                }
                b"Frequency" => {
                    let found = self.number(BROKEN)?;
                    self.once(&mut frequency_hz, found, tag, BROKEN, "Frequency")?;
                }
                _ => self.unknown(tag)?,
            }
        }
        if !has_value {
            let expected = "Value of the gain";
            self.problem_at(tag, ProblemKind::Missing, b"", expected, BROKEN)?;
        }
        Ok(value.map(|value| Gain { value, frequency_hz }))
    }

    fn decimation(&mut self) -> Result<Decimation> {
        let mut decimation = Decimation::default();
        let Decimation { input_sample_rate_hz, factor, offset, delay_s, correction_s } =
            &mut decimation;
        while let Some(tag) = self.child()? {
            match tag.name {
                b"InputSampleRate" => {
                    let value = self.term(tag, Some(Unit::Hertz), Term::InputSampleRate)?;
                    self.once(input_sample_rate_hz, value, tag, BROKEN, "InputSampleRate")?;
                }
                b"Factor" => {
                    let value = self.count(BROKEN)?;
                    self.once(factor, value, tag, BROKEN, "Factor")?;
                }
                // No computation needs it.
                b"Offset" => once!(self, tag, *offset, self.count(Consequence::LeftOut)?),
                b"Delay" => {
                    let value = self.term(tag, Some(Unit::Seconds), Term::Delay)?;
                    self.once(delay_s, value, tag, BROKEN, "Delay")?;
                }
                b"Correction" => {
                    let value = self.term(tag, Some(Unit::Seconds), Term::Correction)?;
                    self.once(correction_s, value, tag, BROKEN, "Correction")?;
                }
                _ => self.unknown(tag)?,
            }
        }
        Ok(decimation)
    }
}
