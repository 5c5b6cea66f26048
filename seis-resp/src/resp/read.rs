//! From lines to channels.

use super::lines::{Line, Lines};
use crate::numbering::{Numbering, by_number};
use crate::seed::{At, Blockette, Element, Field, Units, Walk, count, is_part};
use crate::{
    Channel, Consequence, Error, FilterKind, Format, Inventory, Measured, ProblemKind, ReadOptions,
    Result, Stage,
};

/// Reads a file.
pub(super) fn read(file: &[u8], options: &ReadOptions) -> Result<Inventory> {
    let mut reader = RespReader { walk: Walk::new(options, false), stage: None };
    let mut open: Option<Blockette<'_>> = None;
    let mut rows: Vec<Row> = Vec::new();
    let mut last = At::default();
    for line in Lines::new(file) {
        match line {
            Line::Other { text, at } => {
                let structure = ProblemKind::Structure;
                let expected = "a comment, or a line such as B053F07";
                let left_out = Consequence::LeftOut;
                let notes = &mut reader.walk.notes;
                notes.problem(at, "line", structure, text, expected, left_out)?;
            }
            Line::Fields { kind, first, in_list, index, values, rest, at } => {
                last = at;
                let begins = open
                    .as_ref()
                    .is_none_or(|b| b.kind != kind || (!in_list && b.field(first).is_some()));
                if begins {
                    if let Some(mut blockette) = open.take() {
                        reader.order_rows(&mut blockette, &mut rows)?;
                        reader.blockette(&blockette)?;
                    }
                }
                let blockette =
                    open.get_or_insert_with(|| Blockette { kind, at, fields: Vec::new() });
                if in_list && (values.is_empty() || !rest.is_empty()) {
                    reader.odd_row(Element(kind, first), rest, at)?;
                }
                if in_list {
                    let start = blockette.fields.len();
                    rows.push(Row { first, index, at, start, end: start + values.len() });
                }
                blockette.fields.extend_from_slice(&values);
            }
        }
    }
    if let Some(mut blockette) = open {
        if !file.ends_with(b"\n") && !file.ends_with(b"\r") {
            reader.cut_short(&blockette)?;
        }
        reader.order_rows(&mut blockette, &mut rows)?;
        reader.blockette(&blockette)?;
    }
    reader.check_end(last)?;
    reader.end_channel()?;
    let walk = reader.walk;
    if walk.channels == 0 {
        let place = Box::new(walk.notes.place(last, ""));
        let reason = "no channel, blockette 052, in it".to_owned();
        return Err(Error::NotThisFormat { place, format: Format::Resp, reason });
    }
    let mut inventory = walk.tree.finish();
    inventory.report = walk.notes.into_report();
    Ok(inventory)
}

/// A row of a list.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// The first field of the list.
    first: u8,
    index: Option<i64>,
    at: At,
    /// Its fields, among those of the blockette.
    start: usize,
    end: usize,
}

struct RespReader<'o> {
    walk: Walk<'o>,
    /// The stage that the last blockette 60 names.
    stage: Option<u32>,
}

impl RespReader<'_> {
    /// Notes a row of a list without values, or with more of them than it has fields.
    fn odd_row(&mut self, element: Element, rest: &[u8], at: At) -> Result<()> {
        // A value that is missing is missed by whoever needs it; more than there can be may be
        // anything.
        let consequence =
            if rest.is_empty() { Consequence::LeftOut } else { Consequence::ResponseBroken };
        let expected = "the number of the row and the values of its fields";
        let structure = ProblemKind::Structure;
        self.walk.notes.problem(at, element, structure, rest, expected, consequence)
    }

    /// Puts the rows of lists in the order of their numbers. A row that stands twice, or is missing
    /// among the others, breaks the response: which values are right is unknown.
    fn order_rows(&mut self, b: &mut Blockette<'_>, rows: &mut Vec<Row>) -> Result<()> {
        let rows = std::mem::take(rows);
        if !is_part(b.kind) {
            return Ok(());
        }
        let mut lists: Vec<u8> = rows.iter().map(|row| row.first).collect();
        lists.dedup();
        lists.sort_unstable();
        lists.dedup();
        for first in lists {
            let list: Vec<&Row> = rows.iter().filter(|row| row.first == first).collect();
            let numbers: Vec<Option<i64>> = list.iter().map(|row| row.index).collect();
            let (position, consequence) = match Numbering::of(&numbers) {
                Numbering::Counts => continue,
                Numbering::Unusable => (0, Consequence::Kept),
                Numbering::Permuted => (0, Consequence::Ordered),
                Numbering::Gap(position) => (position, Consequence::ResponseBroken),
            };
            let Some(row) = list.get(position) else { continue };
            let found = row.index.map(|index| index.to_string()).unwrap_or_default();
            let expected = "rows whose numbers count up by one";
            let (structure, element) = (ProblemKind::Structure, Element(b.kind, first));
            let notes = &mut self.walk.notes;
            notes.problem(row.at, element, structure, found.as_bytes(), expected, consequence)?;
            if consequence == Consequence::Ordered {
                let order = by_number(&numbers);
                let ordered = order.iter().filter_map(|position| list.get(*position));
                let slots: Vec<usize> = list.iter().flat_map(|row| row.start..row.end).collect();
                let moved: Vec<Field<'_>> = ordered
                    .flat_map(|row| b.fields.get(row.start..row.end).unwrap_or_default())
                    .copied()
                    .collect();
                for (slot, field) in slots.into_iter().zip(moved) {
                    if let Some(place) = b.fields.get_mut(slot) {
                        *place = field;
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes a file that ends within a line whose number may be cut short without being missed.
    fn cut_short(&mut self, b: &Blockette<'_>) -> Result<()> {
        let Some(last) = b.fields.last() else { return Ok(()) };
        // The number of calibrations ends most files; of anything else that ends a blockette a
        // part may be lost.
        if !is_part(b.kind) || matches!((b.kind, last.number), (58, 6) | (48, 7)) {
            return Ok(());
        }
        let expected = "the end of the line behind the number";
        let (kind, broken) = (ProblemKind::Truncated, Consequence::ResponseBroken);
        let element = Element(b.kind, last.number);
        self.walk.notes.problem(last.at, element, kind, last.text, expected, broken)
    }

    /// Breaks the last channel if the file seems to be cut behind one of its stages: its
    /// sensitivity is missing, and all other channels of the file have one. (Of a channel that is
    /// alone in its file nobody can tell; the evaluation warns.)
    fn check_end(&mut self, at: At) -> Result<()> {
        let walk = &mut self.walk;
        let others = walk.channels.saturating_sub(1);
        if !walk.lacks_whole() || others == 0 || walk.with_whole < others {
            return Ok(());
        }
        let expected = "the sensitivity, stage 0, before the end of the file, as the other \
                        channels have it";
        let (missing, broken) = (ProblemKind::Missing, Consequence::ResponseBroken);
        walk.notes.take_fault();
        walk.notes.problem(at, Element(58, 0), missing, b"", expected, broken)?;
        let fault = walk.notes.take_fault();
        walk.add_fault(58, at, fault);
        Ok(())
    }

    fn blockette(&mut self, b: &Blockette<'_>) -> Result<()> {
        match b.kind {
            50 => {
                self.end_channel()?;
                self.walk.station(b)?;
            }
            52 => {
                self.end_channel()?;
                self.walk.begin_channel(b, Units::Spelled)?;
            }
            60 => {
                self.stage = count(b.text(4));
                if self.stage.is_none() {
                    let expected = "the number of a stage";
                    let broken = Consequence::ResponseBroken;
                    self.walk.notes.in_field(b, 4, ProblemKind::Number, expected, broken)?;
                }
            }
            kind if is_part(kind) => self.part(b)?,
            kind => self.walk.notes.ignore(Element(kind, 0)),
        }
        Ok(())
    }

    fn part(&mut self, b: &Blockette<'_>) -> Result<()> {
        if !self.walk.wants_response(b)? {
            self.walk.notes.take_fault();
            return Ok(());
        }
        let mut part = self.walk.read_part(b, Units::Spelled)?;
        if b.kind < 50 {
            // The text spells out what blockette 60 refers to.
            part.stage = self.stage.unwrap_or_default();
            if self.stage.is_none() && part.fault.is_none() {
                let expected = "the stage, blockette 060, before an entry of a dictionary";
                let (missing, element) = (ProblemKind::Missing, Element(b.kind, 0));
                let broken = Consequence::ResponseBroken;
                self.walk.notes.problem(b.at, element, missing, b"", expected, broken)?;
                part.fault = self.walk.notes.take_fault();
            }
        }
        self.walk.add_part(part);
        Ok(())
    }

    fn end_channel(&mut self) -> Result<()> {
        self.stage = None;
        self.walk.end_channel_with(|channel| {
            if channel.sample_rate.is_none() {
                channel.sample_rate = rate_of_last_stage(channel);
            }
        })
    }
}

/// The sampling rate that the stages end with, since RESP files do not name the channel's.
fn rate_of_last_stage(channel: &Channel) -> Option<Measured> {
    let decimated = |stage: &Stage| {
        let decimation = stage.decimation?;
        let factor = decimation.factor.filter(|factor| *factor > 0)?;
        let rate = decimation.input_sample_rate_hz.filter(|rate| *rate > 0.0)?;
        // Some files give a polynomial a rate, which has none.
        let polynomial = matches!(
            stage.filter.as_ref().map(|filter| &filter.kind),
            Some(FilterKind::Polynomial(_))
        );
        (!polynomial).then(|| Measured::from(rate / f64::from(factor)))
    };
    channel.response.get()?.stages.iter().rev().find_map(decimated)
}
