//! Which channels have which epochs.

use std::collections::HashMap;

use seis_core::SourceId;

use crate::{ChannelEpoch, Network};

/// Positions of channel epochs by id, so that a look-up does not depend on how many channels an
/// inventory has. Made once, when it is first needed.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    by_id: HashMap<SourceId, Vec<Position>>,
}

/// Where a channel epoch stands in the inventory.
#[derive(Debug, Clone, Copy)]
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

impl Index {
    /// Channels whose codes no seismogram can have are not indexed; the reader reports them.
    pub(crate) fn new(networks: &[Network]) -> Self {
        let mut by_id: HashMap<SourceId, Vec<Position>> = HashMap::new();
        for (n, network) in networks.iter().enumerate() {
            for (s, station) in network.stations.iter().enumerate() {
                for (c, channel) in station.channels.iter().enumerate() {
                    let id = SourceId::new(
                        &network.code,
                        &station.code,
                        &channel.location,
                        &channel.code,
                    );
                    if let Ok(id) = id {
                        let position = Position { network: n, station: s, channel: c };
                        by_id.entry(id).or_default().push(position);
                    }
                }
            }
        }
        Self { by_id }
    }

    /// The epochs of a channel in the order of the files.
    pub(crate) fn epochs<'a>(
        &self,
        networks: &'a [Network],
        id: &SourceId,
    ) -> Vec<ChannelEpoch<'a>> {
        let positions = self.by_id.get(id).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|p| p.get(networks)).collect()
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
