//! Epochs: dates, overlaps, and who lies within whom.

use std::collections::HashMap;

use seis_core::UtcTime;

use super::{Checker, Rule};
use crate::{ChannelEpoch, Epoch, Inventory, NodeInfo};

/// An epoch that ends in this year or later has no end.
const FAR_FUTURE: i16 = 2200;

/// Where a station or channel stands in the inventory: network, station, channel.
pub(super) type Position = (usize, usize, Option<usize>);

/// What is known of epochs that hold at once, by the position of the later of two.
pub(super) struct Overlaps(HashMap<Position, Overlap>);

/// Another epoch that holds at once.
struct Overlap {
    with: Epoch,
    same_response: bool,
}

impl Overlaps {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut channels: HashMap<_, Vec<(Position, ChannelEpoch<'_>)>> = HashMap::new();
        let mut stations: HashMap<_, Vec<(Position, Epoch)>> = HashMap::new();
        for (n, network) in inventory.networks().iter().enumerate() {
            for (s, station) in network.stations.iter().enumerate() {
                let epoch = station.epoch.or(&network.epoch);
                let id = (network.code.as_str(), station.code.as_str());
                if !is_reversed(&epoch) {
                    stations.entry(id).or_default().push(((n, s, None), epoch));
                }
                for (c, channel) in station.channels.iter().enumerate() {
                    let location =
                        if channel.location == "--" { "" } else { channel.location.as_str() };
                    let epoch = ChannelEpoch::new(network, station, channel);
                    if epoch.readable && !is_reversed(&epoch.epoch) {
                        let id = (id, location, channel.code.as_str());
                        channels.entry(id).or_default().push(((n, s, Some(c)), epoch));
                    }
                }
            }
        }
        let mut overlaps = HashMap::new();
        for mut epochs in channels.into_values() {
            epochs.sort_by_key(|(_, e)| e.epoch.start);
            for ((_, earlier), (position, later)) in running(&epochs, |(_, e)| e.epoch) {
                let key = |e: &ChannelEpoch<'_>| e.channel.response.get().map(|r| r.fingerprint());
                let same_response = key(earlier) == key(later);
                overlaps.insert(*position, Overlap { with: earlier.epoch, same_response });
            }
        }
        for mut epochs in stations.into_values() {
            epochs.sort_by_key(|(_, epoch)| epoch.start);
            for ((_, earlier), (position, _)) in running(&epochs, |(_, epoch)| *epoch) {
                overlaps.insert(*position, Overlap { with: *earlier, same_response: true });
            }
        }
        Self(overlaps)
    }
}

fn is_reversed(epoch: &Epoch) -> bool {
    matches!((epoch.start, epoch.end), (Some(start), Some(end)) if end <= start)
}

/// Pairs of an epoch and the one before it that ends last, if they overlap; sorted by start.
fn running<T>(sorted: &[T], epoch: impl Fn(&T) -> Epoch) -> Vec<(&T, &T)> {
    let end = |item: &T| epoch(item).end.unwrap_or(UtcTime::MAX);
    let mut pairs = Vec::new();
    let mut longest: Option<&T> = None;
    for item in sorted {
        if let Some(before) = longest {
            if epoch(item).start.is_none_or(|start| start < end(before)) {
                pairs.push((before, item));
            }
        }
        if longest.is_none_or(|before| end(item) > end(before)) {
            longest = Some(item);
        }
    }
    pairs
}

impl Checker {
    /// Dates that are none, and epochs that run backwards.
    pub(super) fn dates(&mut self, epoch: &Epoch, info: &NodeInfo) {
        for (name, text) in
            [("startDate", &info.unreadable_start), ("endDate", &info.unreadable_end)]
        {
            if let Some(text) = text {
                self.report(Rule::DateUnreadable, format!("{name} {text:?}"), "a date");
            }
        }
        if is_reversed(epoch) {
            self.report(Rule::EpochReversed, epoch.to_string(), "an end after the start");
        }
    }

    pub(super) fn overlaps(&mut self, position: Position, overlaps: &Overlaps) {
        let Some(overlap) = overlaps.0.get(&position) else { return };
        let (rule, response) = match (position, overlap.same_response) {
            ((_, _, None), _) => (Rule::StationEpochsOverlap, ""),
            (_, true) => (Rule::EpochsRepeat, ", with the same response"),
            (_, false) => (Rule::EpochsOverlap, ", with another response"),
        };
        let found = format!("{} holds at once{response}", overlap.with);
        self.report(rule, found, "one epoch at a time");
    }

    /// Whether the dates that something has itself lie outside what is around it.
    pub(super) fn outside(&mut self, rule: Rule, own: &Epoch, outer: &Epoch, name: &str) {
        // Far ends stand for open ones, and everybody chose another: 2500, 2599, 3000.
        let outer_end = outer.end.filter(|end| end.to_calendar().0 < FAR_FUTURE);
        let mut faults = Vec::new();
        if let (Some(start), Some(outer)) = (own.start, outer.start) {
            if start < outer {
                faults.push(format!("begins {start}, before"));
            }
        }
        match (own.start, own.end, outer_end) {
            (_, Some(end), Some(outer)) if end > outer => faults.push(format!("ends {end}, after")),
            (Some(start), _, Some(outer)) if start >= outer => {
                faults.push(format!("begins {start}, after"));
            }
            _ => {}
        }
        if !faults.is_empty() {
            let found = format!("{} that of its {name}", faults.join(" and "));
            self.report(rule, found, format!("an epoch within {outer}"));
        }
    }
}
