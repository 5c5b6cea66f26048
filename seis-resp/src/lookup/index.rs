//! Which channels have which epochs.

use std::collections::HashMap;

use seis_core::{SourceId, TimeDelta, UtcTime};

use crate::{ChannelEpoch, Epoch, Network};

/// An epoch that ends at most this long before the next one begins holds until then: many data
/// centres end an epoch at 23:59:59, meaning the whole second, and begin the next at 00:00:00.
const HOLE: TimeDelta = TimeDelta::from_seconds(1);

/// The epochs of each channel by time, so that a look-up depends neither on how many channels an
/// inventory has nor on how many epochs a channel has. Made once, when it is first needed.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    by_id: HashMap<SourceId, Timeline>,
}

/// Where a channel epoch stands in the inventory; sorts in the order of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    network: usize,
    station: usize,
    channel: usize,
}

impl Position {
    fn get(self, networks: &[Network]) -> Option<ChannelEpoch<'_>> {
        let network = networks.get(self.network)?;
        let station = network.stations.get(self.station)?;
        let channel = station.channels.get(self.channel)?;
        Some(ChannelEpoch::new(network, station, channel))
    }
}

/// The epochs of one channel, sorted by start.
#[derive(Debug, Clone, Default)]
struct Timeline {
    entries: Vec<Entry>,
    /// The latest end among the entries up to each: where a walk to earlier starts may stop.
    latest_end: Vec<UtcTime>,
    /// Epochs with an unreadable date, which no look-up by time finds.
    unreadable: Vec<Position>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    position: Position,
    /// The epoch, its end put off to the next start if that follows within [`HOLE`].
    holds: Epoch,
}

/// A channel epoch, and the time in which it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held<'a> {
    pub(crate) epoch: ChannelEpoch<'a>,
    /// The epoch's dates, but for a hole of a second at its end.
    pub(crate) holds: Epoch,
}

fn start_of(epoch: &Epoch) -> UtcTime {
    epoch.start.unwrap_or(UtcTime::MIN)
}

fn end_of(epoch: &Epoch) -> UtcTime {
    epoch.end.unwrap_or(UtcTime::MAX)
}

impl Timeline {
    fn finish(&mut self) {
        self.entries.sort_by_key(|e| (start_of(&e.holds), e.position));
        let starts: Vec<UtcTime> = self.entries.iter().map(|e| start_of(&e.holds)).collect();
        for entry in &mut self.entries {
            let Some(end) = entry.holds.end else { continue };
            let next = starts.partition_point(|start| *start <= end);
            if let Some(next) = starts.get(next).filter(|next| **next - end <= HOLE) {
                entry.holds.end = Some(*next);
            }
        }
        let mut latest = UtcTime::MIN;
        self.latest_end.extend(self.entries.iter().map(|entry| {
            latest = latest.max(end_of(&entry.holds));
            latest
        }));
    }

    /// The entries that hold at any time from `first` to `last`, both included.
    fn meeting(&self, first: UtcTime, last: UtcTime) -> impl Iterator<Item = &Entry> {
        let begun = self.entries.partition_point(|e| start_of(&e.holds) <= last);
        let known = self.entries.iter().zip(&self.latest_end).take(begun).rev();
        known
            .take_while(move |(_, latest)| **latest >= first)
            .map(|(entry, _)| entry)
            .filter(move |entry| end_of(&entry.holds) >= first)
    }
}

impl Index {
    /// Channels whose codes no seismogram can have are not indexed; the reader reports them.
    pub(crate) fn new(networks: &[Network]) -> Self {
        let mut by_id: HashMap<SourceId, Timeline> = HashMap::new();
        for (n, network) in networks.iter().enumerate() {
            for (s, station) in network.stations.iter().enumerate() {
                for (c, channel) in station.channels.iter().enumerate() {
                    let id = SourceId::new(
                        &network.code,
                        &station.code,
                        &channel.location,
                        &channel.code,
                    );
                    let Ok(id) = id else { continue };
                    let position = Position { network: n, station: s, channel: c };
                    let timeline = by_id.entry(id).or_default();
                    let epoch = ChannelEpoch::new(network, station, channel);
                    if epoch.readable {
                        timeline.entries.push(Entry { position, holds: epoch.epoch });
                    } else {
                        timeline.unreadable.push(position);
                    }
                }
            }
        }
        by_id.values_mut().for_each(Timeline::finish);
        Self { by_id }
    }

    pub(crate) fn knows(&self, id: &SourceId) -> bool {
        self.by_id.contains_key(id)
    }

    /// All epochs of a channel, by start; those with unreadable dates last.
    pub(crate) fn epochs<'a>(
        &self,
        networks: &'a [Network],
        id: &SourceId,
    ) -> Vec<ChannelEpoch<'a>> {
        let Some(timeline) = self.by_id.get(id) else { return Vec::new() };
        let readable = timeline.entries.iter().map(|e| &e.position);
        readable.chain(&timeline.unreadable).filter_map(|p| p.get(networks)).collect()
    }

    /// The epochs of a channel that hold at any time from `first` to `last`, both included, in the
    /// order of the files.
    pub(crate) fn meeting<'a>(
        &self,
        networks: &'a [Network],
        id: &SourceId,
        first: UtcTime,
        last: UtcTime,
    ) -> Vec<Held<'a>> {
        let Some(timeline) = self.by_id.get(id) else { return Vec::new() };
        let mut found: Vec<&Entry> = timeline.meeting(first, last).collect();
        found.sort_unstable_by_key(|entry| entry.position);
        let held =
            |entry: &Entry| Some(Held { epoch: entry.position.get(networks)?, holds: entry.holds });
        found.into_iter().filter_map(held).collect()
    }

    /// The channels of the same station, sorted.
    pub(crate) fn neighbours(&self, id: &SourceId) -> Vec<SourceId> {
        let mut ids: Vec<SourceId> = self
            .by_id
            .keys()
            .filter(|k| k.network == id.network && k.station == id.station)
            .copied()
            .collect();
        ids.sort_unstable();
        ids
    }
}
