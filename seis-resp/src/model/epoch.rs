//! The span of time in which a description holds.

use std::fmt;

use seis_core::UtcTime;

/// The time in which the description of a network, station or channel holds. A missing end is
/// open.
///
/// Boundaries: an epoch holds the instants `start <= t < end`, so that at the boundary of two
/// contiguous epochs the later one holds. ObsPy includes both ends and takes the earlier epoch
/// there; evalresp 5 does as we do.
///
/// ```
/// use seis_resp::Epoch;
/// let epoch = Epoch::new(Some("2020-06-03T18:20:00".parse()?), None);
/// assert!(epoch.contains("2022-01-02".parse()?));
/// assert_eq!(epoch.to_string(), "2020-06-03T18:20:00Z – open");
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Epoch {
    /// First instant; `None` is the beginning of time.
    pub start: Option<UtcTime>,
    /// The instant at which it ends; `None` is the end of time.
    pub end: Option<UtcTime>,
}

impl Epoch {
    /// All of time.
    pub const ALWAYS: Self = Self { start: None, end: None };

    /// From `start` to `end`.
    #[must_use]
    pub const fn new(start: Option<UtcTime>, end: Option<UtcTime>) -> Self {
        Self { start, end }
    }

    /// Whether `start <= t < end`. An epoch whose end is its start holds that one instant.
    #[must_use]
    pub fn contains(&self, t: UtcTime) -> bool {
        self.start.is_none_or(|s| s <= t)
            && self.end.is_none_or(|e| t < e || (t == e && self.start == Some(e)))
    }

    /// Whether samples from `first` to `last`, both included, lie within: the first one in
    /// `start <= first < end`, the last one in `last <= end`.
    ///
    /// A last sample exactly on the end still belongs to the epoch: data centres cut both their
    /// data and their epochs at midnight.
    #[must_use]
    pub fn covers(&self, first: UtcTime, last: UtcTime) -> bool {
        self.contains(first) && self.end.is_none_or(|e| last <= e)
    }

    /// Whether any instant from `from` to `to` lies within; `None` is open.
    #[must_use]
    pub fn overlaps(&self, from: Option<UtcTime>, to: Option<UtcTime>) -> bool {
        self.start.is_none_or(|s| to.is_none_or(|t| s <= t))
            && self.end.is_none_or(|e| from.is_none_or(|f| f < e || self.start == Some(f)))
    }

    /// The epoch with its missing bounds taken from the one around it.
    #[must_use]
    pub fn or(&self, outer: &Self) -> Self {
        Self { start: self.start.or(outer.start), end: self.end.or(outer.end) }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.start {
            Some(start) => write!(f, "{start} – ")?,
            None => f.write_str("open – ")?,
        }
        match self.end {
            Some(end) => write!(f, "{end}"),
            None => f.write_str("open"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_later_of_two_contiguous_epochs_holds_at_their_boundary() {
        let (a, b, c) = (t("2010-01-01"), t("2011-01-01"), t("2012-01-01"));
        let first = Epoch::new(Some(a), Some(b));
        let second = Epoch::new(Some(b), Some(c));
        assert!(!first.contains(b) && second.contains(b));
        assert!(first.covers(a, b), "a last sample on the end is inside");
        assert!(!first.covers(b, b) && second.covers(b, b));
        assert!(!second.contains(c));
        assert!(!first.overlaps(Some(b), None) && first.overlaps(None, Some(a)));
    }

    #[test]
    fn open_and_degenerate_epochs() {
        let b = t("2011-01-01");
        assert!(Epoch::ALWAYS.covers(UtcTime::MIN, UtcTime::MAX));
        let instant = Epoch::new(Some(b), Some(b));
        assert!(instant.contains(b) && instant.covers(b, b) && instant.overlaps(Some(b), Some(b)));
        let reversed = Epoch::new(Some(b), Some(t("2010-01-01")));
        assert!(!reversed.contains(b) && !reversed.contains(t("2010-06-01")));
        assert_eq!(Epoch::new(Some(b), None).or(&instant), instant);
    }
}
