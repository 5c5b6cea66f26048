//! What the schema forbids.

use super::xml::is_xml;
use super::{SchemaVersion, Writer};
use crate::problem::shown;
use crate::{Error, Measured, Result};

impl Writer {
    /// Refuses something, unless what is invalid may be written.
    pub(super) fn refuse(&self, reason: impl Into<String>) -> Result<()> {
        if self.strict {
            Err(Error::NotWritable { id: self.id.clone(), reason: reason.into() })
        } else {
            Ok(())
        }
    }

    /// Refuses a document without something that only the [`Inventory`](crate::Inventory) can tell
    /// of itself; files of other formats do not name it.
    pub(super) fn require_of_document<T>(
        &self,
        value: Option<&T>,
        what: &str,
        field: &str,
    ) -> Result<()> {
        match value {
            Some(_) => Ok(()),
            None => self.refuse(format!(
                "{what} is missing, which the schema asks for: set Inventory::{field}, or allow \
                 what is invalid (WriteOptions::allow_invalid)"
            )),
        }
    }

    pub(super) fn require<T>(&self, value: Option<&T>, what: &str) -> Result<()> {
        match value {
            Some(_) => Ok(()),
            None => self.refuse(format!("{what} is missing, which the schema asks for")),
        }
    }

    /// Refuses what StationXML 1.0 does not know.
    pub(super) fn since_1_1(&self, present: bool, what: &str) -> Result<()> {
        if present && self.version == SchemaVersion::V1_0 {
            self.refuse(format!("{what} came with StationXML 1.1, and 1.0 is asked for"))
        } else {
            Ok(())
        }
    }

    pub(super) fn finite(&self, x: f64, what: &str) -> Result<()> {
        if x.is_finite() { Ok(()) } else { self.refuse(format!("{what} is {x}")) }
    }

    pub(super) fn text(&self, text: &str) -> Result<()> {
        match text.chars().find(|c| !is_xml(*c)) {
            None => Ok(()),
            Some(c) => self.refuse(format!("{} holds {c:?}, which XML cannot", quoted(text))),
        }
    }

    pub(super) fn range(&self, value: Option<&Measured>, range: &Range) -> Result<()> {
        let Some(Measured { value, .. }) = value else { return Ok(()) };
        if (range.holds)(*value) {
            Ok(())
        } else {
            self.refuse(format!("{} {value} is not in {}", range.what, range.text))
        }
    }
}

/// The beginning of a text, for a message: some are as long as a file.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shown(text.as_bytes(), 60))
}

/// The values that the schema allows.
pub(super) struct Range {
    pub(super) what: &'static str,
    text: &'static str,
    holds: fn(f64) -> bool,
}

pub(super) const LATITUDE: Range =
    Range { what: "Latitude", text: "[-90, 90)", holds: |x| (-90.0..90.0).contains(&x) };
pub(super) const LONGITUDE: Range =
    Range { what: "Longitude", text: "[-180, 180]", holds: |x| (-180.0..=180.0).contains(&x) };
pub(super) const AZIMUTH: Range =
    Range { what: "Azimuth", text: "[0, 360)", holds: |x| (0.0..360.0).contains(&x) };
pub(super) const DIP: Range =
    Range { what: "Dip", text: "[-90, 90]", holds: |x| (-90.0..=90.0).contains(&x) };
pub(super) const CLOCK_DRIFT: Range =
    Range { what: "ClockDrift", text: "[0, ∞)", holds: |x| x >= 0.0 };
pub(super) const PHASE: Range =
    Range { what: "Phase", text: "[-360, 360]", holds: |x| (-360.0..=360.0).contains(&x) };

/// The schema's `[\w\.\-_]+@[\w\.\-_]+`, where `\w` is all but punctuation, separators and
/// controls.
pub(super) fn is_email(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-$+<=>^`|~".contains(c))
    };
    match text.split_once('@') {
        Some((name, host)) => word(name) && word(host),
        None => false,
    }
}

/// The schema's `[0-9]+-[0-9]+`.
pub(super) fn is_phone_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('-').is_some_and(|(a, b)| digits(a) && digits(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_not_printed_whole() {
        assert_eq!(quoted("a\u{1}b"), "\"a\\u{1}b\"");
        let long = quoted(&"x".repeat(100_000));
        assert_eq!(long, format!("\"{}…\"", "x".repeat(60)));
    }

    #[test]
    fn patterns_of_the_schema() {
        for good in ["a@b", "first.last@host-1.org", "_@-", "a+b@c"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b,c"] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(is_phone_number("456-7890"));
        for bad in ["", "4567890", "-1", "1-", "1-2-3", "+1-2"] {
            assert!(!is_phone_number(bad), "{bad}");
        }
    }
}
