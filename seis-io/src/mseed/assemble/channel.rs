//! The segments of a channel.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use seis_core::{SourceId, UtcTime};

use super::segment::{Grid, Segment};

/// The segments of a channel, found by their start and end.
///
/// The one that was extended last is the one that the next record extends, as a rule: it is kept
/// aside, so that its changing end needs no sorting.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) id: SourceId,
    pub(super) version: u8,
    /// That of the last record.
    pub(super) grid: Option<Grid>,
    /// `None` where a segment became part of another.
    segments: Vec<Option<Segment>>,
    by_end: BTreeSet<(UtcTime, u32)>,
    by_start: BTreeSet<(UtcTime, u32)>,
    current: Option<u32>,
}

/// How many segments with the right start or end are looked at. More than a few only happen when
/// the same records are there many times over.
const CANDIDATES: usize = 64;

impl Channel {
    pub(super) fn new(id: SourceId, version: u8) -> Self {
        Self {
            id,
            version,
            grid: None,
            segments: Vec::new(),
            by_end: BTreeSet::new(),
            by_start: BTreeSet::new(),
            current: None,
        }
    }

    /// The segment that was extended last.
    pub(super) fn current(&mut self) -> Option<&mut Segment> {
        let slot = self.current?;
        self.segments.get_mut(slot as usize)?.as_mut()
    }

    /// Whether there is no segment but the current one that could be extended.
    pub(super) fn is_alone(&self) -> bool {
        self.by_start.is_empty()
    }

    /// Adds a segment, which becomes the current one unless it can never be extended.
    pub(super) fn insert(&mut self, segment: Segment, extensible: bool) {
        let slot = u32::try_from(self.segments.len()).unwrap_or(u32::MAX);
        self.segments.push(Some(segment));
        if extensible {
            self.set_current(slot);
        }
    }

    fn set_current(&mut self, slot: u32) {
        if self.current == Some(slot) {
            return;
        }
        if let Some(before) = self.current {
            if let Some(Some(segment)) = self.segments.get(before as usize) {
                self.by_end.insert((segment.end, before));
                self.by_start.insert((segment.start, before));
            }
        }
        self.unlist(slot);
        self.current = Some(slot);
    }

    fn unlist(&mut self, slot: u32) {
        if let Some(Some(segment)) = self.segments.get(slot as usize) {
            self.by_end.remove(&(segment.end, slot));
            self.by_start.remove(&(segment.start, slot));
        }
    }

    /// Makes one of the other segments the current one if it ends in this range and fits.
    pub(super) fn take_ending(
        &mut self,
        range: RangeInclusive<UtcTime>,
        fits: impl Fn(&Segment) -> bool,
    ) -> bool {
        match self.find(&self.by_end, range, fits) {
            Some(slot) => {
                self.set_current(slot);
                true
            }
            None => false,
        }
    }

    /// Makes one of the other segments the current one if it starts in this range and fits.
    pub(super) fn take_starting(
        &mut self,
        range: RangeInclusive<UtcTime>,
        fits: impl Fn(&Segment) -> bool,
    ) -> bool {
        match self.find(&self.by_start, range, fits) {
            Some(slot) => {
                self.set_current(slot);
                true
            }
            None => false,
        }
    }

    /// Removes one of the other segments if it starts in this range and fits.
    pub(super) fn remove_starting(
        &mut self,
        range: RangeInclusive<UtcTime>,
        fits: impl Fn(&Segment) -> bool,
    ) -> Option<Segment> {
        let slot = self.find(&self.by_start, range, fits)?;
        self.unlist(slot);
        self.segments.get_mut(slot as usize)?.take()
    }

    fn find(
        &self,
        list: &BTreeSet<(UtcTime, u32)>,
        range: RangeInclusive<UtcTime>,
        fits: impl Fn(&Segment) -> bool,
    ) -> Option<u32> {
        if list.is_empty() || range.is_empty() {
            return None;
        }
        list.range((*range.start(), 0)..=(*range.end(), u32::MAX))
            .take(CANDIDATES)
            .map(|(_, slot)| *slot)
            .find(|slot| matches!(self.segments.get(*slot as usize), Some(Some(s)) if fits(s)))
    }

    /// The segments in the order they were begun.
    pub(super) fn into_segments(self) -> Vec<Segment> {
        self.segments.into_iter().flatten().collect()
    }

    /// The segments by start, longer ones first.
    pub(super) fn into_sorted(self) -> Vec<Segment> {
        let mut segments = self.into_segments();
        segments.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        segments
    }
}
