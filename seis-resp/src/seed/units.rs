//! Units that blockettes refer to.

use std::collections::HashMap;

use super::field::{self, Blockette};
use super::notes::Notes;
use crate::{Consequence, ProblemKind, Result, UnitName};

/// How a file names its units.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Units<'d> {
    /// Spelled out, as RESP files have it: `M/S - Velocity in Meters per Second`.
    Spelled,
    /// By the keys of blockettes 34.
    Keyed(&'d HashMap<u32, UnitName>),
}

impl Units<'_> {
    /// The unit that a field names. `None` if it names none, which is noted unless the field is
    /// blank or 0.
    pub(crate) fn get(
        self,
        blockette: &Blockette<'_>,
        number: u8,
        notes: &mut Notes,
    ) -> Result<Option<UnitName>> {
        let text = blockette.text(number);
        match self {
            Self::Spelled => spelled(blockette, number, notes),
            Self::Keyed(units) => {
                let key = field::count(text);
                // An entry without a name is none.
                let named = |unit: &&UnitName| !unit.name.is_empty();
                let unit = key.and_then(|key| units.get(&key)).filter(named).cloned();
                if unit.is_none() && !text.is_empty() && key != Some(0) {
                    let expected = "the key of a blockette 34";
                    let kind = ProblemKind::Reference;
                    notes.in_field(blockette, number, kind, expected, Consequence::LeftOut)?;
                }
                Ok(unit)
            }
        }
    }
}

/// `M/S - Velocity`: a name, a dash, a description. As evalresp and ObsPy do, the name is the
/// first word if there is no dash.
fn spelled(blockette: &Blockette<'_>, number: u8, notes: &mut Notes) -> Result<Option<UnitName>> {
    let text = field::string(blockette.text(number));
    let text = text.trim();
    // What rdseed writes for a key without an entry.
    let nothing = text.is_empty() || text.starts_with("No Abbreviation Referenced");
    if nothing {
        return Ok(None);
    }
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let description = match rest.strip_prefix('-') {
        Some(description) => description.trim(),
        None => {
            if !rest.is_empty() {
                let expected = "a unit, a dash and its description";
                let kind = ProblemKind::Unit;
                notes.in_field(blockette, number, kind, expected, Consequence::Kept)?;
            }
            rest
        }
    };
    let description = Some(description).filter(|d| !d.is_empty()).map(str::to_owned);
    Ok(Some(UnitName { name: name.to_owned(), description }))
}

#[cfg(test)]
mod tests {
    use super::super::field::{At, Field};
    use super::*;

    #[test]
    fn units_are_spelled_in_several_ways() {
        for (text, name, description, problems) in [
            (
                "M/S - Velocity in Meters per Second",
                "M/S",
                Some("Velocity in Meters per Second"),
                0,
            ),
            ("counts  -  Digital Counts", "counts", Some("Digital Counts"), 0),
            ("V -", "V", None, 0),
            ("M/M", "M/M", None, 0),
            ("NT Nanotesla", "NT", Some("Nanotesla"), 1),
        ] {
            let field = Field { number: 5, text: text.as_bytes(), at: At::default() };
            let blockette = Blockette { kind: 53, at: At::default(), fields: vec![field] };
            let mut notes = Notes::new(false);
            let unit = Units::Spelled.get(&blockette, 5, &mut notes).unwrap().unwrap();
            assert_eq!((unit.name.as_str(), unit.description.as_deref()), (name, description));
            assert_eq!(notes.into_report().problems.len(), problems, "{text}");
        }
    }
    #[test]
    fn an_entry_without_a_name_is_none() {
        let unit = |name: &str| UnitName { name: name.to_owned(), description: None };
        let units = HashMap::from([(1, unit("M/S")), (2, unit(""))]);
        for (key, found, problems) in [("001", Some(unit("M/S")), 0), ("002", None, 1)] {
            let field = Field { number: 9, text: key.as_bytes(), at: At::default() };
            let blockette = Blockette { kind: 52, at: At::default(), fields: vec![field] };
            let mut notes = Notes::new(false);
            assert_eq!(Units::Keyed(&units).get(&blockette, 9, &mut notes).unwrap(), found);
            assert_eq!(notes.into_report().problems.len(), problems, "{key}");
        }
    }
}
