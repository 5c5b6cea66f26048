//! Wildcard patterns over ids.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, SourceId, glob};

/// A wildcard pattern over `NET.STA.LOC.CHA`.
///
/// Each part takes `*`, `?`, `[BH]`, `[A-C]`, `[!B]` and alternatives between commas, without
/// regard to case (as ObsPy's `select`). Missing parts match everything; `--` or an empty part
/// between dots is the blank location.
///
/// ```
/// use seis_core::{IdPattern, SourceId};
/// let pattern: IdPattern = "CI.*.--.BH?,HH?".parse()?;
/// assert!(pattern.matches(&"CI.HEC..BHN".parse()?));
/// assert!(!pattern.matches(&"CI.HEC.10.BHN".parse()?));
/// assert!("CI".parse::<IdPattern>()?.matches(&"CI.CCA..BHZ".parse()?));
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPattern {
    text: String,
    parts: [Vec<String>; 4],
}

impl IdPattern {
    /// The pattern that matches every id.
    #[must_use]
    pub fn any() -> Self {
        Self { text: "*".to_owned(), parts: std::array::from_fn(|_| vec!["*".to_owned()]) }
    }

    /// Whether the id matches.
    #[must_use]
    pub fn matches(&self, id: &SourceId) -> bool {
        self.matches_codes(
            id.network.as_str(),
            id.station.as_str(),
            id.location.as_str(),
            id.channel.as_str(),
        )
    }

    /// Whether four codes match; for sources whose codes are too free for a [`SourceId`].
    #[must_use]
    pub fn matches_codes(
        &self,
        network: &str,
        station: &str,
        location: &str,
        channel: &str,
    ) -> bool {
        let codes = [network, station, location, channel];
        self.parts.iter().zip(codes).all(|(any_of, code)| {
            any_of.iter().any(|p| glob::matches(p.as_bytes(), code.as_bytes()))
        })
    }

    /// Whether a network, or a station in it, can hold a matching channel: what a reader asks
    /// before it descends.
    #[must_use]
    pub fn may_match_within(&self, network: &str, station: Option<&str>) -> bool {
        let [networks, stations, ..] = &self.parts;
        let hit = |any_of: &[String], code: &str| {
            any_of.iter().any(|p| glob::matches(p.as_bytes(), code.as_bytes()))
        };
        hit(networks, network) && station.is_none_or(|s| hit(stations, s))
    }
}

impl Default for IdPattern {
    fn default() -> Self {
        Self::any()
    }
}

impl fmt::Display for IdPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for IdPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let given: Vec<&str> = text.split('.').collect();
        if given.len() > 4 {
            return Err(Error::Pattern {
                text: text.to_owned(),
                reason: "more than four parts (NET.STA.LOC.CHA)",
            });
        }
        glob::check(text)?;
        let mut parts: [Vec<String>; 4] = std::array::from_fn(|_| vec!["*".to_owned()]);
        for (part, any_of) in parts.iter_mut().zip(&given) {
            *part = any_of
                .split(',')
                .map(|p| if p == "--" { String::new() } else { p.to_owned() })
                .collect();
        }
        Ok(Self { text: text.to_owned(), parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_alternatives_and_blanks() {
        let id: SourceId = "CI.HEC..BHN".parse().unwrap();
        for yes in ["*", "CI", "ci.hec", "CI.HEC..BHN", "CI.HEC.--.B*", "AA,CI.*.*.*", "*.*.00,--"]
        {
            assert!(yes.parse::<IdPattern>().unwrap().matches(&id), "{yes}");
        }
        for no in ["AA", "CI.HEC.00", "CI.HEC..BHZ", "CI.HEC..", ""] {
            assert!(!no.parse::<IdPattern>().unwrap().matches(&id), "{no:?}");
        }
        assert!("A.B.C.D.E".parse::<IdPattern>().is_err());
        assert!("A.[B".parse::<IdPattern>().is_err());
    }

    #[test]
    fn descent() {
        let pattern: IdPattern = "CI.H*..BHN".parse().unwrap();
        assert!(pattern.may_match_within("CI", None));
        assert!(pattern.may_match_within("CI", Some("HEC")));
        assert!(!pattern.may_match_within("CI", Some("CCA")));
        assert!(!pattern.may_match_within("TA", Some("HEC")));
    }
}
