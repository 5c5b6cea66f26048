//! What was wrong in a file that could be read all the same.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

/// Where in a file something is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Place {
    /// The file, if it was opened by its path.
    pub file: Option<PathBuf>,
    /// Line, from 1; 0 in a file without lines, such as a SEED volume.
    pub line: u64,
    /// Byte in the line, from 1; 0 in a file without lines.
    pub column: u64,
    /// Byte in the file, from 0. A file that is not UTF-8 counts as if it were.
    pub offset: u64,
    /// The elements around it, outermost first, joined by `/`; of SEED the blockette and field,
    /// such as `B053F07`.
    pub element: String,
    /// The network, station or channel it belongs to, such as `CI.HEC..BHN`; empty outside of one.
    pub id: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        let somewhere = self.line > 0 || self.offset > 0 || !self.element.is_empty();
        match self.line {
            0 if !somewhere => {}
            0 => write!(f, "byte {}", self.offset)?,
            line => write!(f, "line {line} column {} (byte {})", self.column, self.offset)?,
        }
        if !self.id.is_empty() {
            write!(f, "{}{}", if somewhere { ", " } else { "" }, self.id)?;
        }
        if !self.element.is_empty() {
            write!(f, ", in {}", self.element)?;
        }
        Ok(())
    }
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A text that should be a number is none, or is not finite.
    Number,
    /// A text that should be a time is none.
    Time,
    /// Something required is not there.
    Missing,
    /// Something that may stand once stands several times.
    Repeated,
    /// A network, station, location or channel code that no seismogram can have.
    Code,
    /// A number in another unit than its field's.
    Unit,
    /// A word that the standard does not know.
    Word,
    /// A text that is not UTF-8, or holds an entity that is not XML's own.
    Text,
    /// An element of the response that the standard does not know.
    UnknownElement,
    /// Parts that cannot stand together.
    Structure,
    /// A version of the standard that is not known.
    Version,
    /// There are more or fewer entries of a list than the file says.
    Count,
    /// A reference to an entry of a dictionary that is not there.
    Reference,
    /// Two sources say different things of the same epoch of a channel.
    Conflict,
    /// The file ends, or something in it, before it should.
    Truncated,
}

/// What the reader did about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consequence {
    /// Nothing: what stands there was kept.
    Kept,
    /// The value or element was left out.
    LeftOut,
    /// The value was taken as zero.
    TakenAsZero,
    /// The entries of a list were put in the order of their numbers.
    Ordered,
    /// The value was computed from the others, which define it.
    Computed,
    /// The response of the channel cannot be used; the channel was kept.
    ResponseBroken,
    /// The epoch is unknown, and no look-up by time finds it.
    EpochUnknown,
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "kept as it is",
            Self::LeftOut => "left out",
            Self::TakenAsZero => "taken as zero",
            Self::Ordered => "put in the order of the numbers",
            Self::Computed => "computed from the other values",
            Self::ResponseBroken => "the response cannot be used",
            Self::EpochUnknown => "the epoch is unknown",
        })
    }
}

/// Something wrong in a file that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub kind: ProblemKind,
    /// What stands there, cut to 80 characters; empty if nothing does. Of a
    /// [conflict](ProblemKind::Conflict) between files, both values and the other file.
    pub found: String,
    /// What should stand there.
    pub expected: &'static str,
    /// What was done about it.
    pub consequence: Consequence,
}

impl Problem {
    /// What is wrong, without the place: `expected a finite number, found "abc"`.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.kind {
            ProblemKind::Missing => format!("{} is missing", self.expected),
            ProblemKind::Repeated => format!("more than one {}", self.expected),
            _ => format!("expected {}, found {:?}", self.expected, self.found),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.reason(), self.consequence)
    }
}

/// An element or attribute that the document model has no place for, and how often it was passed
/// over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IgnoredElement {
    /// The element that held it and its own name, such as `Channel/StorageFormat`, or
    /// `Station/@note` for an attribute.
    pub name: String,
    /// How often it occurred.
    pub count: u64,
}

/// What a reader met besides the data. Nothing is dropped without a trace in here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReadReport {
    /// Problems in the order of the file; at most [`MAX_PROBLEMS`](Self::MAX_PROBLEMS) of each
    /// file.
    pub problems: Vec<Problem>,
    /// How many more problems there were.
    pub further_problems: u64,
    /// Elements that the document model has no place for, by name; at most
    /// [`MAX_IGNORED`](Self::MAX_IGNORED) names of each file.
    pub ignored: Vec<IgnoredElement>,
    /// How many more such elements there were, under further names.
    pub further_ignored: u64,
}

impl ReadReport {
    /// The most problems of one file that are listed; a file can be all problems.
    pub const MAX_PROBLEMS: usize = 1000;

    /// The most names of ignored elements of one file that are listed.
    pub const MAX_IGNORED: usize = 200;

    /// Whether there was no problem. Ignored elements are none.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.further_problems == 0
    }

    /// The problems that concern a channel: its own, those of its station and its network, and
    /// those of the file as a whole. `id` is spelled as [`ChannelEpoch::id_text`] does.
    ///
    /// [`ChannelEpoch::id_text`]: crate::ChannelEpoch::id_text
    pub fn concerning(&self, id: &str) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(move |problem| {
            let of = problem.place.id.as_str();
            let is_above = || id.strip_prefix(of).is_some_and(|rest| rest.starts_with('.'));
            // A location is no place of its own: of `XX.ABC.` the station is meant.
            of.is_empty() || of == id || is_above() && of.matches('.').count() < 2
        })
    }

    /// Adds a problem that was met after reading.
    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Appends what another file's reader met.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.problems.append(&mut other.problems);
        self.further_problems = self.further_problems.saturating_add(other.further_problems);
        self.further_ignored = self.further_ignored.saturating_add(other.further_ignored);
        for element in other.ignored {
            match self.ignored.iter_mut().find(|e| e.name == element.name) {
                Some(known) => known.count = known.count.saturating_add(element.count),
                None => self.ignored.push(element),
            }
        }
    }
}

/// Text for a message: the beginning of what stands in a file.
pub(crate) fn shown(bytes: &[u8], limit: usize) -> String {
    let start = bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes);
    let text: Cow<'_, str> = String::from_utf8_lossy(start);
    let mut cut: String = text.trim().chars().take(limit).collect();
    if cut.len() < text.trim().len() || start.len() < bytes.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_a_channel() {
        let problem = |id: &str| Problem {
            place: Place { id: id.to_owned(), ..Place::default() },
            kind: ProblemKind::Missing,
            found: String::new(),
            expected: "something",
            consequence: Consequence::Kept,
        };
        let ids = ["", "X", "XX", "XX.AB", "XX.ABC", "XX.ABC.00", "XX.ABC.00.BHZ", "XX.ABC..BHZ"];
        let report = ReadReport { problems: ids.map(problem).to_vec(), ..ReadReport::default() };
        let concerning = |id| -> Vec<&str> {
            report.concerning(id).map(|problem| problem.place.id.as_str()).collect()
        };
        assert_eq!(concerning("XX.ABC.00.BHZ"), ["", "XX", "XX.ABC", "XX.ABC.00.BHZ"]);
        assert_eq!(concerning("XX.ABC..BHZ"), ["", "XX", "XX.ABC", "XX.ABC..BHZ"]);
        assert_eq!(concerning("YY.ABC..BHZ"), [""]);
    }

    #[test]
    fn messages_stay_short() {
        assert_eq!(shown(b" ab ", 5), "ab");
        assert_eq!(shown(&[b'a'; 1000], 5), "aaaaa…");
        assert_eq!(shown("é".repeat(100).as_bytes(), 3), "ééé…");
    }

    #[test]
    fn places_in_files_without_lines() {
        let place = Place { offset: 4103, element: "B053F07".to_owned(), ..Place::default() };
        assert_eq!(place.to_string(), "byte 4103, in B053F07");
    }
}
