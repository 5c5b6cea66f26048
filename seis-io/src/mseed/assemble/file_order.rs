//! ObsPy's rule: a record is joined to the segment that the record before it went into, or to
//! none.

use seis_core::{TimeDelta, UtcTime};

use super::Entry;
use super::channel::Channel;
use super::segment::{Grid, Segment};
use crate::mseed::{JoinOptions, TimeTolerance};

/// Adds a record. Times are compared in whole microseconds with the truncations of ObsPy's
/// `obspy-readbuffer.c`, so that the boundary cases fall the same way.
pub(super) fn add(channel: &mut Channel, entries: &mut [Entry], index: u32, options: &JoinOptions) {
    let Some(entry) = entries.get(index as usize) else { return };
    let grid = Grid::of(entry.rate, &mut channel.grid, options);
    let fits = channel.current().is_some_and(|segment| joins(segment, entry, entries, options));
    match (fits, channel.current()) {
        (true, Some(segment)) => segment.push(index, entries),
        _ => channel.insert(Segment::new(index, entry, &grid), true),
    }
}

fn joins(segment: &Segment, entry: &Entry, entries: &[Entry], options: &JoinOptions) -> bool {
    let before = entries.get(segment.tail as usize);
    let (Some(before), true) = (before, entry.count > 0 && segment.samples > 0) else {
        return false;
    };
    if !segment.is_like(entry.rate, entry.kind(), options) || !entry.rate.is_regular() {
        return false;
    }
    let period_us = (1e6 / entry.rate.hz()) as i128;
    let tolerance_us = match options.time_tolerance {
        TimeTolerance::Samples(samples) => (samples * period_us as f64) as i128,
        TimeTolerance::Seconds(seconds) => {
            TimeDelta::from_seconds_f64(seconds).as_nanos().div_euclid(1000)
        }
    };
    let gap = micros(entry.start) - end_us(before) - period_us;
    gap.abs() <= tolerance_us && segment.allows_record(entry)
}

fn micros(time: UtcTime) -> i128 {
    time.as_nanos().div_euclid(1000)
}

/// Time of the last sample as libmseed 2 computes it, in microseconds. The clock of a record with
/// a leap second in it shows one second less at its end.
fn end_us(entry: &Entry) -> i128 {
    let samples = f64::from(entry.count.saturating_sub(1));
    let span = (samples / entry.rate.hz() * 1e6 + 0.5) as i128;
    micros(entry.start) + span + i128::from(entry.leap_s) * 1_000_000
}
