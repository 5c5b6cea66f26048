//! Several inventories as one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use super::{
    Channel, ChannelEpoch, ChannelResponse, Epoch, Inventory, Network, Response, Station, complete,
};
use crate::{Consequence, Place, Problem, ProblemKind};

/// Merges inventories into one, in time proportional to what they hold.
#[derive(Debug)]
pub(crate) struct Merger {
    merged: Inventory,
    networks: HashMap<(String, Epoch), usize>,
    /// The place of a station in its network, and its file.
    stations: HashMap<(usize, String, Epoch), (usize, Option<usize>)>,
    /// Where each epoch of a channel is.
    channels: HashMap<String, Vec<Known>>,
    /// The files of what is in it.
    files: Vec<PathBuf>,
}

/// Where an epoch of a channel is: network, station and place in it; and where it comes from.
#[derive(Debug, Clone, Copy)]
struct Known {
    place: [usize; 3],
    file: Option<usize>,
}

impl Merger {
    /// Begins with an inventory; `file` is where it was read from.
    pub(crate) fn new(inventory: Inventory, file: Option<&Path>) -> Self {
        let files: Vec<PathBuf> = file.map(Path::to_owned).into_iter().collect();
        let file = file.map(|_| 0);
        let (mut networks, mut stations) = (HashMap::new(), HashMap::new());
        let mut channels: HashMap<String, Vec<Known>> = HashMap::new();
        for (n, network) in inventory.networks().iter().enumerate() {
            networks.entry((network.code.clone(), network.epoch)).or_insert(n);
            for (s, station) in network.stations.iter().enumerate() {
                stations.entry((n, station.code.clone(), station.epoch)).or_insert((s, file));
                for (c, channel) in station.channels.iter().enumerate() {
                    let id = ChannelEpoch::new(network, station, channel).id_text();
                    channels.entry(id).or_default().push(Known { place: [n, s, c], file });
                }
            }
        }
        Self { merged: inventory, networks, stations, channels, files }
    }

    /// Takes over all that another inventory knows; `file` is where it was read from.
    pub(crate) fn add(&mut self, mut other: Inventory, file: Option<&Path>) {
        self.merged.report.append(std::mem::take(&mut other.report));
        let file = file.map(|file| {
            self.files.push(file.to_owned());
            self.files.len() - 1
        });
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
                self.compare_station(&network, &station, &channels, file);
                let new: Vec<Channel> = channels
                    .into_iter()
                    .filter_map(|channel| self.unless_known(&network, &station, channel, file))
                    .collect();
                // A station of which all channels are known by another name is none of its own.
                if had_none || !new.is_empty() || self.knows(&network, &station) {
                    self.append(&network, station, new, file);
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
        file: Option<usize>,
    ) -> Option<Channel> {
        let new = ChannelEpoch::new(network, station, &channel);
        let id = new.id_text();
        let mut conflict = None;
        for Known { place: [n, s, c], file } in
            self.channels.get(&id).map(Vec::as_slice).unwrap_or_default()
        {
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
                Some(what) => conflict = Some((what, *file)),
            }
        }
        if let Some((what, other)) = conflict {
            self.conflict(id, &what, [file, other], Consequence::Kept);
        }
        Some(channel)
    }

    /// Notes that two files say different things.
    fn conflict(
        &mut self,
        id: String,
        what: &Contradiction,
        [file, other]: [Option<usize>; 2],
        consequence: Consequence,
    ) {
        let path = |file: Option<usize>| file.and_then(|n| self.files.get(n)).cloned();
        let other = path(other).map_or("another source".to_owned(), |p| p.display().to_string());
        let Contradiction { name, values } = what;
        let found = match values {
            Some([known, new]) => format!("{name} {new}, where {other} has {known}"),
            None => format!("{name}, which {other} has as well"),
        };
        let place = Place { file: path(file), id, ..Place::default() };
        self.merged.report.push(Problem {
            place,
            kind: ProblemKind::Conflict,
            found,
            expected: "what another source says of this epoch",
            consequence,
        });
    }

    /// Notes a station that is somewhere else than the one of this code and epoch that is there
    /// already, whose coordinates are kept.
    ///
    /// A station whose coordinates are those of its channels (SAC pole-zero files know no others)
    /// says nothing that these do not; instruments of a station stand apart, and in boreholes.
    fn compare_station(
        &mut self,
        network: &Network,
        station: &Station,
        channels: &[Channel],
        file: Option<usize>,
    ) {
        let Some(n) = self.networks.get(&(network.code.clone(), network.epoch)) else { return };
        let key = (*n, station.code.clone(), station.epoch);
        let Some((s, other)) = self.stations.get(&key).copied() else { return };
        let outer = self.merged.networks().get(*n);
        let Some(known) = outer.and_then(|outer| outer.stations.get(s)) else { return };
        let coordinates = |s: &Station| {
            [&s.latitude, &s.longitude, &s.elevation].map(|x| x.as_ref().map(|x| x.value))
        };
        let own = coordinates(station);
        let is_of_channels = !channels.is_empty()
            && channels
                .iter()
                .all(|c| [c.latitude_deg(), c.longitude_deg(), c.elevation_m()] == own);
        let limits = if is_of_channels { NEAR } else { [0.0; 3] };
        let names = ["latitude", "longitude", "elevation"];
        let pairs = coordinates(known).into_iter().zip(own).zip(names.into_iter().zip(limits));
        let differing = pairs.into_iter().find_map(|((known, new), (name, limit))| {
            let (known, new) = known.zip(new)?;
            let differs = (known - new).abs() > limit;
            differs.then_some(Contradiction { name, values: Some([known, new]) })
        });
        if let Some(what) = differing {
            let id = format!("{}.{}", network.code, station.code);
            self.conflict(id, &what, [file, other], Consequence::LeftOut);
        }
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

    fn append(
        &mut self,
        network: &Network,
        station: Station,
        channels: Vec<Channel>,
        file: Option<usize>,
    ) {
        let n = self.network(network);
        let Some(known) = self.merged.networks_mut().get_mut(n) else { return };
        let stations = &mut known.stations;
        let key = (n, station.code.clone(), station.epoch);
        let s = match self.stations.entry(key) {
            Entry::Occupied(known) => {
                let (s, _) = *known.get();
                if let Some(known) = stations.get_mut(s) {
                    complete::station(known, &station);
                }
                s
            }
            Entry::Vacant(place) => {
                stations.push(station);
                place.insert((stations.len() - 1, file)).0
            }
        };
        let Some(known_station) = stations.get_mut(s) else { return };
        for channel in channels {
            let id = format!(
                "{}.{}.{}.{}",
                network.code, known_station.code, channel.location, channel.code
            );
            let place = [n, s, known_station.channels.len()];
            self.channels.entry(id).or_default().push(Known { place, file });
            known_station.channels.push(channel);
        }
    }
}

/// How far the channels of a station may be from each other: degrees of latitude and longitude,
/// metres of elevation.
const NEAR: [f64; 3] = [0.01, 0.01, f64::INFINITY];

/// What two descriptions say differently.
#[derive(Debug)]
struct Contradiction {
    name: &'static str,
    /// What was known, and what is new, if it is a number.
    values: Option<[f64; 2]>,
}

/// What two descriptions of one epoch say differently. What one of them leaves out is no
/// contradiction.
fn contradiction(a: &Channel, b: &Channel) -> Option<Contradiction> {
    let numbers = [
        ("latitude", a.latitude_deg(), b.latitude_deg()),
        ("longitude", a.longitude_deg(), b.longitude_deg()),
        ("elevation", a.elevation_m(), b.elevation_m()),
        ("depth", a.depth_m(), b.depth_m()),
        ("azimuth", a.azimuth_deg(), b.azimuth_deg()),
        ("dip", a.dip_deg(), b.dip_deg()),
    ];
    let differing = numbers.into_iter().find_map(|(name, a, b)| {
        let (a, b) = a.zip(b)?;
        (a != b).then_some(Contradiction { name, values: Some([a, b]) })
    });
    if differing.is_some() {
        return differing;
    }
    if let (Some(a), Some(b)) = (a.sampling_rate(), b.sampling_rate()) {
        if !a.is_close_to(b, 1e-6) {
            return Some(Contradiction { name: "sample rate", values: Some([a.hz(), b.hz()]) });
        }
    }
    let same = match (&a.response, &b.response) {
        (ChannelResponse::Absent | ChannelResponse::NotRead, _)
        | (_, ChannelResponse::Absent | ChannelResponse::NotRead) => true,
        (ChannelResponse::Present(a), ChannelResponse::Present(b)) => same_response(a, b),
        (a, b) => a == b,
    };
    (!same).then_some(Contradiction { name: "another response", values: None })
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
