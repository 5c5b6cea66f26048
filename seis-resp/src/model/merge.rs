//! Several inventories as one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use super::{
    Channel, ChannelEpoch, ChannelResponse, Epoch, Inventory, Network, Response, Station, complete,
};
use crate::{Consequence, Place, Problem, ProblemKind};

/// Merges inventories into one, in time proportional to what they hold.
#[derive(Debug)]
pub(crate) struct Merger {
    merged: Inventory,
    networks: HashMap<(String, Epoch), usize>,
    stations: HashMap<(usize, String, Epoch), usize>,
    /// Network, station and place in it of each epoch of a channel.
    channels: HashMap<String, Vec<[usize; 3]>>,
}

impl Merger {
    pub(crate) fn new(inventory: Inventory) -> Self {
        let (mut networks, mut stations) = (HashMap::new(), HashMap::new());
        let mut channels: HashMap<String, Vec<[usize; 3]>> = HashMap::new();
        for (n, network) in inventory.networks().iter().enumerate() {
            networks.entry((network.code.clone(), network.epoch)).or_insert(n);
            for (s, station) in network.stations.iter().enumerate() {
                stations.entry((n, station.code.clone(), station.epoch)).or_insert(s);
                for (c, channel) in station.channels.iter().enumerate() {
                    let id = ChannelEpoch::new(network, station, channel).id_text();
                    channels.entry(id).or_default().push([n, s, c]);
                }
            }
        }
        Self { merged: inventory, networks, stations, channels }
    }

    /// Takes over all that another inventory knows; `file` is where it was read from.
    pub(crate) fn add(&mut self, mut other: Inventory, file: Option<&Path>) {
        self.merged.report.append(std::mem::take(&mut other.report));
        for mut network in std::mem::take(other.networks_mut()) {
            let stations = std::mem::take(&mut network.stations);
            let known = self.networks.get(&(network.code.clone(), network.epoch));
            match known.and_then(|n| self.merged.networks_mut().get_mut(*n)) {
                Some(known) => complete::network(known, &network),
                None if stations.is_empty() => drop(self.network(&network)),
                None => {}
            }
            for mut station in stations {
                let channels = std::mem::take(&mut station.channels);
                let had_none = channels.is_empty();
                let new: Vec<Channel> = channels
                    .into_iter()
                    .filter_map(|channel| self.unless_known(&network, &station, channel, file))
                    .collect();
                // A station of which all channels are known by another name is none of its own.
                if had_none || !new.is_empty() || self.knows(&network, &station) {
                    self.append(&network, station, new);
                }
            }
        }
    }

    pub(crate) fn finish(self) -> Inventory {
        self.merged
    }

    /// Gives a channel back unless an equal one is there, which then has all that both know.
    fn unless_known(
        &mut self,
        network: &Network,
        station: &Station,
        channel: Channel,
        file: Option<&Path>,
    ) -> Option<Channel> {
        let new = ChannelEpoch::new(network, station, &channel);
        let id = new.id_text();
        let mut conflict = None;
        for [n, s, c] in self.channels.get(&id).map(Vec::as_slice).unwrap_or_default() {
            let networks = self.merged.networks_mut();
            let Some(outer) = networks.get_mut(*n) else { continue };
            let known = outer.stations.get(*s).zip(outer.stations.get(*s)?.channels.get(*c));
            let Some(known) = known.map(|(s, c)| ChannelEpoch::new(outer, s, c)) else { continue };
            if known.epoch != new.epoch || known.readable != new.readable {
                continue;
            }
            match contradiction(known.channel, &channel) {
                None => {
                    let station = outer.stations.get_mut(*s)?;
                    complete::channel(station.channels.get_mut(*c)?, &channel);
                    return None;
                }
                what => conflict = what,
            }
        }
        if let Some(what) = conflict {
            let place = Place { file: file.map(Path::to_owned), id, ..Place::default() };
            self.merged.report.push(Problem {
                place,
                kind: ProblemKind::Conflict,
                found: what.to_owned(),
                expected: "what another source says of this epoch",
                consequence: Consequence::Kept,
            });
        }
        Some(channel)
    }

    /// Whether there is a station of this code and epoch.
    fn knows(&self, network: &Network, station: &Station) -> bool {
        let n = self.networks.get(&(network.code.clone(), network.epoch));
        n.is_some_and(|n| self.stations.contains_key(&(*n, station.code.clone(), station.epoch)))
    }

    fn network(&mut self, network: &Network) -> usize {
        let networks = self.merged.networks_mut();
        *self.networks.entry((network.code.clone(), network.epoch)).or_insert_with(|| {
            networks.push(network.clone());
            networks.len() - 1
        })
    }

    fn append(&mut self, network: &Network, station: Station, channels: Vec<Channel>) {
        let n = self.network(network);
        let Some(known) = self.merged.networks_mut().get_mut(n) else { return };
        let stations = &mut known.stations;
        let key = (n, station.code.clone(), station.epoch);
        let s = match self.stations.entry(key) {
            Entry::Occupied(known) => {
                let s = *known.get();
                if let Some(known) = stations.get_mut(s) {
                    complete::station(known, &station);
                }
                s
            }
            Entry::Vacant(place) => {
                stations.push(station);
                *place.insert(stations.len() - 1)
            }
        };
        let Some(known_station) = stations.get_mut(s) else { return };
        for channel in channels {
            let id = format!(
                "{}.{}.{}.{}",
                network.code, known_station.code, channel.location, channel.code
            );
            self.channels.entry(id).or_default().push([n, s, known_station.channels.len()]);
            known_station.channels.push(channel);
        }
    }
}

/// What two descriptions of one epoch say differently. What one of them leaves out is no
/// contradiction.
fn contradiction(a: &Channel, b: &Channel) -> Option<&'static str> {
    let numbers = [
        ("latitude", a.latitude_deg(), b.latitude_deg()),
        ("longitude", a.longitude_deg(), b.longitude_deg()),
        ("elevation", a.elevation_m(), b.elevation_m()),
        ("depth", a.depth_m(), b.depth_m()),
        ("azimuth", a.azimuth_deg(), b.azimuth_deg()),
        ("dip", a.dip_deg(), b.dip_deg()),
    ];
    let differs =
        |(_, a, b): &&(_, Option<f64>, Option<f64>)| a.zip(*b).is_some_and(|(a, b)| a != b);
    if let Some((name, ..)) = numbers.iter().find(differs) {
        return Some(name);
    }
    if let (Some(a), Some(b)) = (a.sampling_rate(), b.sampling_rate()) {
        if !a.is_close_to(b, 1e-6) {
            return Some("sample rate");
        }
    }
    let same = match (&a.response, &b.response) {
        (ChannelResponse::Absent | ChannelResponse::NotRead, _)
        | (_, ChannelResponse::Absent | ChannelResponse::NotRead) => true,
        (ChannelResponse::Present(a), ChannelResponse::Present(b)) => same_response(a, b),
        (a, b) => a == b,
    };
    (!same).then_some("response")
}

/// Whether two responses compute the same. Units may be written in small letters or capitals.
fn same_response(a: &Response, b: &Response) -> bool {
    let in_capitals = |response: &Response| {
        let mut response = response.clone();
        let filters = response.stages.iter_mut().filter_map(|stage| stage.filter.as_mut());
        for filter in filters {
            for unit in [&mut filter.input_units, &mut filter.output_units].into_iter().flatten() {
                unit.name.make_ascii_uppercase();
            }
        }
        if let Some(sensitivity) = &mut response.sensitivity {
            let units = [&mut sensitivity.input_units, &mut sensitivity.output_units];
            for unit in units.into_iter().flatten() {
                unit.name.make_ascii_uppercase();
            }
        }
        response.fingerprint()
    };
    a.fingerprint() == b.fingerprint() || in_capitals(a) == in_capitals(b)
}
