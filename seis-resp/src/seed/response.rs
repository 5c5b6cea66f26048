//! From blockettes to a response.

use super::continuation::join;
use super::notes::{BROKEN, Element, Notes};
use super::part::{Content, Part};
use crate::{
    ChannelResponse, Consequence, Filter, FilterKind, Problem, ProblemKind, Response, Result,
    Sensitivity, Stage, Uncertainty, UnitName,
};

/// Puts the blockettes of a channel together: a response, or why there is none that can be used.
///
/// `input` is the unit that blockette 52 names for the whole.
pub(crate) fn assemble(
    parts: Vec<Part>,
    input: Option<UnitName>,
    notes: &mut Notes,
) -> Result<ChannelResponse> {
    if parts.is_empty() {
        return Ok(ChannelResponse::Absent);
    }
    let mut assembler = Assembler { notes, fault: None };
    let response = assembler.response(parts, input)?;
    let fault = assembler.fault.or(notes.take_fault());
    Ok(match fault {
        None => response.into(),
        Some(problem) => ChannelResponse::broken(*problem),
    })
}

struct Assembler<'n> {
    notes: &'n mut Notes,
    /// The first thing that makes the response useless.
    fault: Option<Box<Problem>>,
}

impl Assembler<'_> {
    fn response(&mut self, mut parts: Vec<Part>, input: Option<UnitName>) -> Result<Response> {
        // Blockettes of a stage may stand apart, and stages in any order.
        parts.sort_by_key(|part| part.stage);
        let mut parts = join(parts, self.notes)?;
        self.fault = parts.iter_mut().find_map(|part| part.fault.take());
        let whole = parts.partition_point(|part| part.stage == 0);
        let stages = parts.split_off(whole);
        let mut response = Response::default();
        let mut units = WholeUnits { input, ..WholeUnits::default() };
        let (mut only, is_alone) = (Vec::new(), stages.is_empty());
        for part in parts {
            self.whole(part, &mut response, &mut only, is_alone, &mut units)?;
        }
        let mut stages = if only.is_empty() { stages } else { only }.into_iter().peekable();
        while let Some(first) = stages.next() {
            let mut builder = StageBuilder::new(first.stage);
            let number = first.stage;
            self.add(&mut builder, first)?;
            while let Some(part) = stages.next_if(|part| part.stage == number) {
                self.add(&mut builder, part)?;
            }
            response.stages.extend(self.stage(builder)?);
        }
        if let Some(sensitivity) = &mut response.sensitivity {
            // Of a first stage that is but a gain nobody knows what goes in.
            let first = response.stages.first().and_then(|stage| stage.filter.as_ref());
            let first = first.and_then(|filter| filter.input_units.clone());
            let filters = response.stages.iter().rev().filter_map(|stage| stage.filter.as_ref());
            let last = filters.into_iter().find_map(|filter| filter.output_units.clone());
            sensitivity.input_units = units.input.or(first);
            sensitivity.output_units = last.or(units.output);
        }
        Ok(response)
    }

    /// A blockette of stage 0, which stands for the whole instrument.
    ///
    /// Files without any other stage exist, in which the one filter stands in stage 0 beside the
    /// sensitivity. As ObsPy does, it is read as stage 1.
    fn whole(
        &mut self,
        part: Part,
        response: &mut Response,
        only: &mut Vec<Part>,
        is_alone: bool,
        units: &mut WholeUnits,
    ) -> Result<()> {
        let at = part.at;
        match part.content {
            Content::Gain(gain) => {
                let sensitivity = Sensitivity {
                    value: gain.value,
                    frequency_hz: gain.frequency_hz,
                    input_units: None,
                    output_units: None,
                    band: None,
                };
                self.once(&mut response.sensitivity, sensitivity, &part, "sensitivity")?;
            }
            Content::Filter(filter, uncertainties)
                if matches!(filter.kind, FilterKind::Polynomial(_)) =>
            {
                let Filter { input_units, output_units, name, kind, .. } = *filter;
                let FilterKind::Polynomial(mut polynomial) = kind else { return Ok(()) };
                units.input = units.input.take().or_else(|| input_units.clone());
                units.output = output_units.clone();
                polynomial.input_units = input_units;
                polynomial.output_units = output_units;
                polynomial.name = name;
                if response.polynomial.is_none() {
                    response.uncertainties = uncertainties;
                }
                let place = Part { content: Content::Nothing, ..part };
                self.once(
                    &mut response.polynomial,
                    polynomial,
                    &place,
                    "polynomial of the instrument",
                )?;
            }
            Content::Nothing => {}
            content @ (Content::Filter(..) | Content::Decimation(_) | Content::Generic) => {
                let consequence = if is_alone { Consequence::Kept } else { BROKEN };
                let expected = "a sensitivity or polynomial in stage 0";
                let element = Element(part.kind, 0);
                let structure = ProblemKind::Structure;
                self.notes.problem(at, element, structure, b"0", expected, consequence)?;
                only.push(Part { stage: 1, content, ..part });
            }
        }
        Ok(())
    }

    /// Fills what may be there once. The same again does no harm; something else does.
    fn once<T: PartialEq>(
        &mut self,
        slot: &mut Option<T>,
        value: T,
        part: &Part,
        what: &'static str,
    ) -> Result<()> {
        let Some(known) = slot else {
            *slot = Some(value);
            return Ok(());
        };
        let consequence = if *known == value { Consequence::LeftOut } else { BROKEN };
        let element = Element(part.kind, 0);
        self.notes.problem(part.at, element, ProblemKind::Repeated, b"", what, consequence)
    }

    fn add(&mut self, stage: &mut StageBuilder, part: Part) -> Result<()> {
        let place = Part { content: Content::Nothing, fault: None, ..part };
        match part.content {
            Content::Gain(gain) => {
                self.once(&mut stage.built.gain, gain, &place, "gain in the stage")?;
            }
            Content::Decimation(decimation) => {
                let what = "decimation in the stage";
                self.once(&mut stage.built.decimation, decimation, &place, what)?;
            }
            Content::Generic => stage.generic = Some(place),
            Content::Nothing => {}
            Content::Filter(filter, uncertainties) => {
                self.add_filter(stage, *filter, uncertainties, &place)?;
            }
        }
        Ok(())
    }

    fn add_filter(
        &mut self,
        stage: &mut StageBuilder,
        filter: Filter,
        uncertainties: Vec<Uncertainty>,
        place: &Part,
    ) -> Result<()> {
        if stage.built.filter.is_none() {
            stage.built.filter = Some(filter);
            stage.built.uncertainties = uncertainties;
            return Ok(());
        }
        let (element, repeated) = (Element(place.kind, 0), ProblemKind::Repeated);
        self.notes.problem(place.at, element, repeated, b"", "filter in the stage", BROKEN)
    }

    fn stage(&mut self, stage: StageBuilder) -> Result<Option<Stage>> {
        let StageBuilder { built, generic } = stage;
        if let Some(generic) = generic {
            // *SEED Reference Manual 2.4*, blockette 56: corners and slopes alone are no
            // acceptable description.
            let has_filter = built.filter.is_some();
            let consequence = if has_filter { Consequence::LeftOut } else { BROKEN };
            let expected = "a description other than corners and slopes";
            let (element, kind) = (Element(generic.kind, 0), ProblemKind::Structure);
            self.notes.problem(generic.at, element, kind, b"056", expected, consequence)?;
        }
        Ok(Some(built).filter(|s| s.filter.is_some() || s.gain.is_some() || s.decimation.is_some()))
    }
}

/// The units of the whole instrument.
#[derive(Debug, Default)]
struct WholeUnits {
    input: Option<UnitName>,
    output: Option<UnitName>,
}

#[derive(Debug)]
struct StageBuilder {
    built: Stage,
    generic: Option<Part>,
}

impl StageBuilder {
    fn new(number: u32) -> Self {
        Self { built: Stage { number, ..Stage::default() }, generic: None }
    }
}
