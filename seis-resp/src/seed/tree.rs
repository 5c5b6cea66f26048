//! From headers to networks, stations and channels, as far as they are wanted.

use std::collections::HashMap;

use crate::{
    Channel, ChannelEpoch, ChannelResponse, Epoch, Inventory, Level, Network, ReadOptions, Station,
};

/// Builds the networks of a file in which stations come one after the other.
#[derive(Debug)]
pub(crate) struct Tree<'o> {
    options: &'o ReadOptions,
    networks: Vec<Network>,
    by_network: HashMap<String, usize>,
    by_station: HashMap<(usize, String, Epoch), usize>,
    /// The station that is open, by its place.
    open: Option<(usize, usize)>,
}

impl<'o> Tree<'o> {
    pub(crate) fn new(options: &'o ReadOptions) -> Self {
        Self {
            options,
            networks: Vec::new(),
            by_network: HashMap::new(),
            by_station: HashMap::new(),
            open: None,
        }
    }

    /// Opens a station: a new one, or the one of this code and epoch that is there already.
    pub(crate) fn station(&mut self, network: String, station: Station) -> &mut Station {
        let networks = &mut self.networks;
        let n = *self.by_network.entry(network).or_insert_with_key(|code| {
            networks.push(Network::new(code.clone()));
            networks.len() - 1
        });
        // The index is of an entry that was there or was just made.
        let stations = &mut networks[n].stations;
        let key = (n, station.code.clone(), station.epoch);
        let s = *self.by_station.entry(key).or_insert_with(|| {
            stations.push(station);
            stations.len() - 1
        });
        self.open = Some((n, s));
        &mut stations[s]
    }

    /// The network that is open.
    pub(crate) fn network(&mut self) -> Option<&mut Network> {
        self.networks.get_mut(self.open?.0)
    }

    /// The station that is open.
    pub(crate) fn open_station(&mut self) -> Option<&mut Station> {
        let (n, s) = self.open?;
        self.networks.get_mut(n)?.stations.get_mut(s)
    }

    /// Whether a channel of the open station is wanted.
    pub(crate) fn wants(&self, channel: &Channel) -> bool {
        let Some((n, s)) = self.open else { return false };
        let network = self.networks.get(n);
        let station = network.and_then(|network| network.stations.get(s));
        let Some((network, station)) = network.zip(station) else { return false };
        if self.options.level < Level::Channel {
            return false;
        }
        let pattern = self.options.pattern.as_ref();
        pattern.is_none_or(|p| {
            p.matches_codes(&network.code, &station.code, &channel.location, &channel.code)
        }) && self.is_wanted_then(ChannelEpoch::new(network, station, channel))
    }

    fn is_wanted_then(&self, epoch: ChannelEpoch<'_>) -> bool {
        !epoch.readable || epoch.epoch.overlaps(self.options.from, self.options.to)
    }

    /// Whether responses are wanted at all.
    pub(crate) fn wants_responses(&self) -> bool {
        self.options.level >= Level::Response
    }

    /// Adds a channel to the open station.
    pub(crate) fn channel(&mut self, mut channel: Channel) {
        if !self.wants_responses() {
            channel.response = ChannelResponse::NotRead;
        }
        if let Some(station) = self.open_station() {
            station.channels.push(channel);
        }
    }

    pub(crate) fn finish(mut self) -> Inventory {
        let options = self.options;
        let filtered = options.pattern.is_some() || options.from.is_some() || options.to.is_some();
        let pattern = options.pattern.as_ref();
        if options.level == Level::Station {
            for network in &mut self.networks {
                let code = network.code.clone();
                network.stations.retain(|station| {
                    let readable = station.info.unreadable_start.is_none()
                        && station.info.unreadable_end.is_none();
                    pattern.is_none_or(|p| p.may_match_within(&code, Some(&station.code)))
                        && (!readable || station.epoch.overlaps(options.from, options.to))
                });
            }
        }
        if options.level == Level::Network {
            for network in &mut self.networks {
                network.stations.clear();
            }
            self.networks.retain(|n| pattern.is_none_or(|p| p.may_match_within(&n.code, None)));
        } else if filtered {
            for network in &mut self.networks {
                if options.level > Level::Station {
                    network.stations.retain(|station| !station.channels.is_empty());
                }
            }
            self.networks.retain(|network| !network.stations.is_empty());
        }
        let mut inventory = Inventory::default();
        *inventory.networks_mut() = self.networks;
        inventory
    }
}
