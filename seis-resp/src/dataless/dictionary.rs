//! Abbreviations: blockettes 031, 033, 034 and 041 to 048.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::seed::{Blockette, Content, Element, Notes, Part, Reader, Units, count, join};
use crate::{Consequence, FilterKind, ProblemKind, Result, UnitName};

/// Longer texts are cut. SEED allows 70 characters; a short reference must not make much of them.
const MAX_TEXT: usize = 1000;

/// What station headers refer to by keys.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    pub(super) units: HashMap<u32, UnitName>,
    pub(super) comments: HashMap<u32, String>,
    pub(super) names: HashMap<u32, String>,
    responses: BTreeMap<u32, Vec<Part>>,
    /// Whether something of its records is lost.
    pub(super) is_damaged: bool,
}

impl Dictionary {
    /// Adds a blockette of abbreviations that keys refer to.
    pub(super) fn add(&mut self, b: &Blockette<'_>, notes: &mut Notes) -> Result<()> {
        match b.kind {
            31 => {
                let text = text(b, 5, notes)?.unwrap_or_default();
                notes.ignore_field(b, 4, &[]);
                notes.ignore_field(b, 6, &["000", "0"]);
                add(&mut self.comments, b, text, notes)
            }
            33 => {
                let text = text(b, 4, notes)?.unwrap_or_default();
                add(&mut self.names, b, text, notes)
            }
            34 => {
                let name = text(b, 4, notes)?.unwrap_or_default();
                let description = text(b, 5, notes)?;
                add(&mut self.units, b, UnitName { name, description }, notes)
            }
            _ => Ok(()),
        }
    }

    /// Adds a response. The units must all be known before.
    pub(super) fn add_response(&mut self, b: &Blockette<'_>, notes: &mut Notes) -> Result<()> {
        let Some(key) = key(b, notes)? else {
            notes.take_fault();
            return Ok(());
        };
        let units = Units::Keyed(&self.units);
        let mut part = Reader { notes, units }.part(b)?;
        let known = self.responses.entry(key).or_default();
        if known.first().is_some_and(|first| first.kind != part.kind) {
            let expected = "response of this key";
            let broken = Consequence::ResponseBroken;
            let (repeated, element) = (ProblemKind::Repeated, Element(b.kind, 3));
            notes.problem(b.at, element, repeated, b.text(3), expected, broken)?;
            part.fault = part.fault.or(notes.take_fault());
        }
        known.push(part);
        Ok(())
    }

    /// Ends the dictionary: responses whose lists go on in another blockette are joined.
    pub(super) fn finish(&mut self, notes: &mut Notes) -> Result<()> {
        for parts in self.responses.values_mut() {
            *parts = join(std::mem::take(parts), notes)?;
        }
        Ok(())
    }

    /// The blockettes of a key, in the order of the file.
    pub(super) fn response(&self, key: u32) -> &[Part] {
        self.responses.get(&key).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How many numbers a part holds.
pub(super) fn size(part: &Part) -> usize {
    let Content::Filter(filter, uncertainties) = &part.content else { return 8 };
    let numbers = match &filter.kind {
        FilterKind::PolesZeros(f) => 2 * (f.poles.len() + f.zeros.len()),
        FilterKind::Coefficients(f) => f.numerators.len() + f.denominators.len(),
        FilterKind::Fir(f) => f.coefficients.len(),
        FilterKind::ResponseList(f) => 3 * f.elements.len(),
        FilterKind::Polynomial(f) => f.coefficients.len(),
    };
    // Units, names and the stage around it.
    numbers + 12 * uncertainties.len() + 64
}

fn key(b: &Blockette<'_>, notes: &mut Notes) -> Result<Option<u32>> {
    let key = count(b.text(3));
    if key.is_none() {
        let left_out = Consequence::LeftOut;
        notes.in_field(b, 3, ProblemKind::Number, "the key of an abbreviation", left_out)?;
    }
    Ok(key)
}

fn text(b: &Blockette<'_>, number: u8, notes: &mut Notes) -> Result<Option<String>> {
    let Some(mut text) = notes.string(b, number)? else { return Ok(None) };
    if let Some((cut, _)) = text.char_indices().nth(MAX_TEXT) {
        let expected = "at most 1000 characters, to which it was cut";
        notes.in_field(b, number, ProblemKind::Text, expected, Consequence::Kept)?;
        text.truncate(cut);
    }
    Ok(Some(text))
}

/// The first entry of a key stays, as ObsPy has it.
fn add<T: PartialEq>(
    entries: &mut HashMap<u32, T>,
    b: &Blockette<'_>,
    value: T,
    notes: &mut Notes,
) -> Result<()> {
    let Some(key) = key(b, notes)? else { return Ok(()) };
    match entries.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(value);
        }
        Entry::Occupied(known) if *known.get() == value => {}
        Entry::Occupied(_) => {
            let (repeated, left_out) = (ProblemKind::Repeated, Consequence::LeftOut);
            let element = Element(b.kind, 3);
            let expected = "abbreviation of this key";
            notes.problem(b.at, element, repeated, b.text(3), expected, left_out)?;
        }
    }
    Ok(())
}
