//! libmseed 3's rule: a record extends any segment, at either end, and closes gaps.

use super::Entry;
use super::channel::Channel;
use super::segment::{Fit, Grid, Segment};
use crate::mseed::JoinOptions;

/// Adds a record.
///
/// As `mstl3_addmsr` with healing: behind a segment if one ends where the record begins, joined
/// with the segment that begins where the record ends; else in front of such a segment; else as a
/// segment of its own. Where several segments qualify, libmseed takes the one that starts first,
/// this the one extended last or ending (starting) first. Samples of another type never join
/// (libmseed gives an error, ObsPy splits).
pub(super) fn add(channel: &mut Channel, entries: &mut [Entry], index: u32, options: &JoinOptions) {
    let Some(entry) = entries.get(index as usize) else { return };
    let grid = Grid::of(entry.rate, &mut channel.grid, options);
    if !entry.rate.is_regular() {
        // Text and the like covers no time.
        channel.insert(Segment::new(index, entry, &grid), false);
        return;
    }
    let fit = Fit::new(entry, &grid);
    let (due, tolerance) = (fit.start - fit.period, fit.tolerance);
    let behind = channel.current().is_some_and(|s| s.takes_behind(&fit, options))
        || channel
            .take_ending(due - tolerance..=due + tolerance, |s| s.takes_behind(&fit, options));
    let next = fit.end + fit.period;
    let follows = next - tolerance..=next + tolerance;
    if behind {
        let Some(segment) = channel.current() else { return };
        segment.push(index, entries);
        // The record may have closed a gap.
        if channel.is_alone() {
            return;
        }
        let Some(segment) = channel.current() else { return };
        let extended = segment.clone();
        let closed = channel.remove_starting(follows, |s| {
            s.takes_in_front(&fit, options) && extended.allows_segment(s, options)
        });
        if let (Some(follower), Some(segment)) = (closed, channel.current()) {
            segment.join(&follower, entries);
        }
        return;
    }
    let in_front = channel.current().is_some_and(|s| s.takes_in_front(&fit, options))
        || channel.take_starting(follows, |s| s.takes_in_front(&fit, options));
    match (in_front, channel.current()) {
        (true, Some(segment)) => segment.push_front(index, &fit, entries),
        _ => {
            if let Some(entry) = entries.get(index as usize) {
                channel.insert(Segment::new(index, entry, &grid), true);
            }
        }
    }
}
