//! The pull parser: one walk over the document, from networks down to coefficients.
//!
//! Every function that reads an element is called when its start tag has been read and returns
//! when its end tag has been. Recursion follows the schema only, so that its depth is that of the
//! code; what the schema does not know is skipped in a loop.

/// Reads an element that may stand once. The first one stays, as ObsPy has it.
macro_rules! once {
    ($parser:ident, $tag:ident, $slot:expr, $read:expr) => {{
        let value = $read;
        $parser.once(
            &mut $slot,
            value,
            $tag,
            crate::Consequence::LeftOut,
            "element of this name",
        )?;
    }};
}

mod attributes;
mod channel;
mod common;
mod cursor;
mod document;
mod extension;
mod filter;
mod lines;
mod response;
mod scalar;
mod stage;
mod station;
mod tag;
mod walk;

use std::collections::HashMap;

use super::ReadOptions;
use crate::problem::shown;
use crate::{
    Consequence, Error, IgnoredElement, Inventory, Place, Problem, ProblemKind, ReadReport, Result,
    Uncertainty,
};
use cursor::Cursor;
use lines::Lines;
use tag::Tag;

/// Reads a document that is UTF-8.
pub(super) fn document(bytes: &[u8], options: &ReadOptions) -> Result<Inventory> {
    let mut parser = Parser {
        cursor: Cursor::new(bytes),
        options,
        lines: Lines::default(),
        codes: Codes::default(),
        problems: Vec::new(),
        further_problems: 0,
        ignored: HashMap::new(),
        further_ignored: 0,
        skipping: false,
        fault: None,
        uncertainties: Vec::new(),
        numbers: Vec::new(),
    };
    let mut inventory = parser.document()?;
    inventory.report = parser.report();
    Ok(inventory)
}

/// The state of a reader in the middle of a document.
#[derive(Debug)]
struct Parser<'a> {
    cursor: Cursor<'a>,
    options: &'a ReadOptions,
    lines: Lines,
    codes: Codes,
    problems: Vec<Problem>,
    further_problems: u64,
    /// By the name of the element around, and the name of the element or attribute, as they stand.
    ignored: HashMap<(&'a [u8], Ignored<'a>), u64>,
    further_ignored: u64,
    /// What is read is skipped: anything may stand in it.
    skipping: bool,
    /// The first thing that makes the response useless which is being read.
    fault: Option<Problem>,
    /// Uncertainties of the stage that is being read.
    uncertainties: Vec<Uncertainty>,
    /// Coefficients of the filter that is being read; here so that each list is allocated once,
    /// in its final size.
    numbers: Vec<f64>,
}

/// What the model has no place for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ignored<'a> {
    Element(&'a [u8]),
    Attribute(&'a [u8]),
}

/// What came of a station or channel.
enum Found<T> {
    /// It was read.
    Wanted(T),
    /// The filter left it out, unread.
    NotWanted,
    /// There is nothing in it.
    Empty,
}

/// The codes of what is being read, for messages and filters.
#[derive(Debug, Default)]
struct Codes {
    network: String,
    station: Option<String>,
    /// Location and channel.
    channel: Option<(String, String)>,
}

impl Codes {
    fn id(&self) -> String {
        let cut = |code: &str| shown(code.as_bytes(), 24);
        let mut id = cut(&self.network);
        if let Some(station) = &self.station {
            id = format!("{id}.{}", cut(station));
            if let Some((location, code)) = &self.channel {
                id = format!("{id}.{}.{}", cut(location), cut(code));
            }
        }
        id
    }
}

impl<'a> Parser<'a> {
    /// Describes a place; `offset` is in the document.
    fn place(&mut self, offset: usize) -> Place {
        // Of a deep path the inner end tells most.
        const NAMES: usize = 12;
        let (line, column) = self.lines.locate(self.cursor.document, offset);
        let open = &self.cursor.open;
        let mut element = String::new();
        for name in open.iter().skip(open.len().saturating_sub(NAMES)) {
            if !element.is_empty() {
                element.push('/');
            }
            element.push_str(&shown(name, 40));
        }
        Place { file: None, line, column, offset: offset as u64, element, id: self.codes.id() }
    }

    /// Notes a problem at the last start tag.
    ///
    /// # Errors
    /// The problem itself, if the document is read strictly.
    #[cold]
    fn problem(
        &mut self,
        kind: ProblemKind,
        found: &[u8],
        expected: &'static str,
        consequence: Consequence,
    ) -> Result<()> {
        self.note(self.cursor.at, self.cursor.last_name, kind, found, expected, consequence)
    }

    /// Notes a problem with an element that has been read.
    #[cold]
    fn problem_at(
        &mut self,
        tag: Tag<'a>,
        kind: ProblemKind,
        found: &[u8],
        expected: &'static str,
        consequence: Consequence,
    ) -> Result<()> {
        self.note(tag.offset, tag.full, kind, found, expected, consequence)
    }

    fn note(
        &mut self,
        offset: usize,
        name: &[u8],
        kind: ProblemKind,
        found: &[u8],
        expected: &'static str,
        consequence: Consequence,
    ) -> Result<()> {
        let first_fault = consequence == Consequence::ResponseBroken && self.fault.is_none();
        let listed = self.problems.len() < ReadReport::MAX_PROBLEMS;
        if !first_fault && !listed && !self.options.strict {
            self.further_problems += 1;
            return Ok(());
        }
        let mut place = self.place(offset);
        let innermost = shown(name, 40);
        if place.element.rsplit('/').next() != Some(innermost.as_str()) {
            place.element.push('/');
            place.element.push_str(&innermost);
        }
        let problem = Problem { place, kind, found: shown(found, 80), expected, consequence };
        if self.options.strict {
            return Err(Error::Problem { problem: Box::new(problem) });
        }
        if first_fault {
            self.fault = Some(problem.clone());
        }
        if listed {
            self.problems.push(problem);
        } else {
            self.further_problems += 1;
        }
        Ok(())
    }

    /// Counts the innermost open element as ignored.
    fn count_ignored(&mut self) {
        let mut names = self.cursor.open.iter().rev().copied();
        let inner = names.next().unwrap_or_default();
        let outer = names.next().unwrap_or_default();
        self.pass_over(outer, Ignored::Element(inner));
    }

    /// Counts an attribute of the innermost open element as ignored.
    fn count_ignored_attribute(&mut self, name: &'a [u8]) {
        let outer = self.cursor.open.last().copied().unwrap_or_default();
        self.pass_over(outer, Ignored::Attribute(name));
    }

    fn pass_over(&mut self, outer: &'a [u8], ignored: Ignored<'a>) {
        let room = self.ignored.len() < ReadReport::MAX_IGNORED;
        match self.ignored.get_mut(&(outer, ignored)) {
            Some(count) => *count += 1,
            None if room => {
                self.ignored.insert((outer, ignored), 1);
            }
            None => self.further_ignored += 1,
        }
    }

    fn report(self) -> ReadReport {
        let mut ignored: Vec<IgnoredElement> = self
            .ignored
            .into_iter()
            .map(|((outer, ignored), count)| {
                let (mark, inner) = match ignored {
                    Ignored::Element(name) => ("", name),
                    Ignored::Attribute(name) => ("@", name),
                };
                let name = format!("{}/{mark}{}", shown(outer, 40), shown(inner, 40));
                IgnoredElement { name, count }
            })
            .collect();
        ignored.sort_by(|a, b| a.name.cmp(&b.name));
        ReadReport {
            problems: self.problems,
            further_problems: self.further_problems,
            ignored,
            further_ignored: self.further_ignored,
        }
    }
}
