//! What is wrong in a file, gathered while it is read.

use std::collections::BTreeMap;
use std::fmt;

use super::field::{At, Blockette};
use crate::problem::shown;
use crate::{Consequence, Error, IgnoredElement, Place, Problem, ProblemKind, ReadReport, Result};

/// A response with this wrong is of no use.
pub(crate) const BROKEN: Consequence = Consequence::ResponseBroken;

/// Problems, and what the model has no place for.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The id of what is being read.
    pub(crate) id: String,
    strict: bool,
    problems: Vec<Problem>,
    further_problems: u64,
    ignored: BTreeMap<String, u64>,
    further_ignored: u64,
    fault: Option<Box<Problem>>,
}

/// A blockette or one of its fields, as RESP files spell them: `B053F07`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element(pub(crate) u16, pub(crate) u8);

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(kind, 0) => write!(f, "B{kind:03}"),
            Self(kind, field) => write!(f, "B{kind:03}F{field:02}"),
        }
    }
}

impl Notes {
    pub(crate) fn new(strict: bool) -> Self {
        Self { strict, ..Self::default() }
    }

    /// Notes a problem.
    ///
    /// # Errors
    /// The problem itself, if the file is read strictly.
    #[cold]
    pub(crate) fn problem(
        &mut self,
        at: At,
        element: impl fmt::Display,
        kind: ProblemKind,
        found: &[u8],
        expected: &'static str,
        consequence: Consequence,
    ) -> Result<()> {
        let first_fault = consequence == BROKEN && self.fault.is_none();
        let listed = self.problems.len() < ReadReport::MAX_PROBLEMS;
        if !first_fault && !listed && !self.strict {
            self.further_problems += 1;
            return Ok(());
        }
        let place = self.place(at, element);
        let problem = Problem { place, kind, found: shown(found, 80), expected, consequence };
        if self.strict {
            return Err(Error::Problem { problem: Box::new(problem) });
        }
        if first_fault {
            self.fault = Some(Box::new(problem.clone()));
        }
        if listed {
            self.problems.push(problem);
        } else {
            self.further_problems += 1;
        }
        Ok(())
    }

    /// Notes a problem with a field, or with a field that is missing.
    pub(crate) fn in_field(
        &mut self,
        blockette: &Blockette<'_>,
        field: u8,
        kind: ProblemKind,
        expected: &'static str,
        consequence: Consequence,
    ) -> Result<()> {
        let found = blockette.field(field);
        let at = found.map_or(blockette.at, |f| f.at);
        let text = found.map(|f| f.text).unwrap_or_default();
        let kind =
            if text.is_empty() && kind != ProblemKind::Count { ProblemKind::Missing } else { kind };
        self.problem(at, Element(blockette.kind, field), kind, text, expected, consequence)
    }

    pub(crate) fn place(&self, at: At, element: impl fmt::Display) -> Place {
        Place {
            file: None,
            line: at.line.into(),
            column: at.column.into(),
            offset: at.offset as u64,
            element: element.to_string(),
            // Codes may be as long as the file, and there may be a thousand places.
            id: shown(self.id.as_bytes(), 80),
        }
    }

    /// The first thing that made a response useless since this was last asked.
    pub(crate) fn take_fault(&mut self) -> Option<Box<Problem>> {
        self.fault.take()
    }

    /// Counts something that the model has no place for.
    pub(crate) fn ignore(&mut self, name: impl fmt::Display) {
        let name = name.to_string();
        let room = self.ignored.len() < ReadReport::MAX_IGNORED;
        match self.ignored.get_mut(&name) {
            Some(count) => *count += 1,
            None if room => {
                self.ignored.insert(name, 1);
            }
            None => self.further_ignored += 1,
        }
    }

    /// Counts a field as ignored, unless it is blank or one of the `usual` texts.
    pub(crate) fn ignore_field(&mut self, blockette: &Blockette<'_>, field: u8, usual: &[&str]) {
        let text = blockette.text(field);
        if !text.is_empty() && !usual.iter().any(|u| u.as_bytes() == text) {
            self.ignore(Element(blockette.kind, field));
        }
    }

    pub(crate) fn into_report(self) -> ReadReport {
        let ignored =
            self.ignored.into_iter().map(|(name, count)| IgnoredElement { name, count }).collect();
        ReadReport {
            problems: self.problems,
            further_problems: self.further_problems,
            ignored,
            further_ignored: self.further_ignored,
        }
    }
}
