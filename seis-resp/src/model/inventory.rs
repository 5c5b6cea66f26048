//! All networks, stations and channels that are known.

use std::path::PathBuf;
use std::sync::OnceLock;

use seis_core::UtcTime;

use super::{Channel, Epoch, Extensions, Merger, Network, Station};
use crate::ReadReport;
use crate::lookup::Index;

/// Metadata of networks, stations and channels, from one file or from many.
///
/// ```
/// use seis_resp::Inventory;
/// # let bytes = br#"<FDSNStationXML xmlns="http://www.fdsn.org/xml/station/1" schemaVersion="1.2">
/// #   <Source>X</Source><Created>2024-01-01T00:00:00</Created>
/// #   <Network code="CI"><Station code="HEC"><Latitude>34.8</Latitude><Longitude>-116.3</Longitude>
/// #     <Elevation>920</Elevation><Site><Name>Hector</Name></Site>
/// #     <Channel code="BHN" locationCode="" startDate="2020-06-03T18:20:00">
/// #       <Latitude>34.8</Latitude><Longitude>-116.3</Longitude><Elevation>920</Elevation>
/// #       <Depth>0</Depth><Azimuth>0</Azimuth><Dip>0</Dip><SampleRate>40</SampleRate>
/// #       <Response/>
/// #     </Channel></Station></Network></FDSNStationXML>"#;
/// // let inventory = Inventory::read("CI.HEC.xml")?;
/// let inventory = Inventory::from_stationxml(bytes)?;
/// for epoch in inventory.channels() {
///     println!("{} {} {:?}", epoch.id_text(), epoch.epoch, epoch.channel.sampling_rate());
/// }
/// let id = "CI.HEC..BHN".parse()?;
/// let response = inventory.response(&id, "2022-01-02".parse()?, "2022-01-03".parse()?)?;
/// assert!(response.stages.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Who the data come from.
    pub source: Option<String>,
    /// Who sent the file.
    pub sender: Option<String>,
    /// The program that made the file.
    pub module: Option<String>,
    /// The address under which the file was made.
    pub module_uri: Option<String>,
    /// When the file was made.
    pub created: Option<UtcTime>,
    /// What the file says in other namespaces, about itself.
    pub extensions: Option<Box<Extensions>>,
    /// What was wrong in the files, and what was passed over.
    pub report: ReadReport,
    networks: Vec<Network>,
    index: OnceLock<Index>,
}

/// The content counts; the report of how it was read does not.
impl PartialEq for Inventory {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
            && self.sender == other.sender
            && self.module == other.module
            && self.module_uri == other.module_uri
            && self.created == other.created
            && self.extensions == other.extensions
            && self.networks == other.networks
    }
}

/// One epoch of a channel, with the station and network around it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ChannelEpoch<'a> {
    /// The network.
    pub network: &'a Network,
    /// The station.
    pub station: &'a Station,
    /// The channel.
    pub channel: &'a Channel,
    /// When it holds: the channel's dates; where it has none, the station's, then the network's.
    pub epoch: Epoch,
    /// Whether `epoch` can be trusted: none of its dates was unreadable.
    pub readable: bool,
}

impl<'a> ChannelEpoch<'a> {
    pub(crate) fn new(network: &'a Network, station: &'a Station, channel: &'a Channel) -> Self {
        let own = [
            (&channel.epoch, &channel.info),
            (&station.epoch, &station.info),
            (&network.epoch, &network.info),
        ];
        let mut epoch = Epoch::ALWAYS;
        let mut readable = true;
        for (outer, info) in own {
            readable &= (epoch.start.is_some() || info.unreadable_start.is_none())
                && (epoch.end.is_some() || info.unreadable_end.is_none());
            epoch = epoch.or(outer);
        }
        Self { network, station, channel, epoch, readable }
    }

    /// The id as text, whatever the codes hold.
    #[must_use]
    pub fn id_text(&self) -> String {
        format!(
            "{}.{}.{}.{}",
            self.network.code, self.station.code, self.channel.location, self.channel.code
        )
    }
}

impl Inventory {
    /// An empty inventory, made now, with a source as StationXML asks for.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        let since_1970 = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| i128::from(d.as_secs()) * 1_000_000_000);
        Self {
            source: Some(source.into()),
            created: Some(UtcTime::from_nanos(since_1970)),
            ..Self::default()
        }
    }

    /// The networks.
    #[must_use]
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// The networks, to be changed. The index of the look-ups is made anew afterwards.
    pub fn networks_mut(&mut self) -> &mut Vec<Network> {
        self.index = OnceLock::new();
        &mut self.networks
    }

    /// All stations with their networks, in the order of the files.
    pub fn stations(&self) -> impl Iterator<Item = (&Network, &Station)> {
        self.networks.iter().flat_map(|n| n.stations.iter().map(move |s| (n, s)))
    }

    /// All epochs of all channels, in the order of the files.
    pub fn channels(&self) -> impl Iterator<Item = ChannelEpoch<'_>> {
        self.stations()
            .flat_map(|(n, s)| s.channels.iter().map(move |c| ChannelEpoch::new(n, s, c)))
    }

    /// Takes over all that another inventory knows.
    ///
    /// A network is the same if its code and epoch are, a station likewise within it; what only the
    /// later description of one knows is added to the first. Of an epoch of a channel, same id,
    /// same start and end, there may be several descriptions:
    ///
    /// * Where they do not contradict each other they become one, which has all that either
    ///   knows: the same file in two event directories counts once, and a RESP file adds the
    ///   response to coordinates from elsewhere.
    /// * Where they do, in a coordinate, the rate or a number of the response, both are kept, the
    ///   [`report`](Self#structfield.report) names the channel, and look-ups decide by their
    ///   [`EpochPolicy`](crate::EpochPolicy).
    ///
    /// To merge many, use [`extend`](Extend::extend) or [`read_all`](Self::read_all), whose time
    /// grows with the content and not with the number of files.
    pub fn merge(&mut self, other: Self) {
        self.extend(std::iter::once(other));
    }

    /// One inventory of several, each with the file that it was read from. As
    /// [`merge`](Self::merge), and conflicts name the files.
    #[must_use]
    pub fn from_files(files: impl IntoIterator<Item = (PathBuf, Self)>) -> Self {
        let mut files = files.into_iter();
        let Some((path, first)) = files.next() else { return Self::default() };
        let mut merger = Merger::new(first, Some(&path));
        for (path, other) in files {
            merger.add(other, Some(&path));
        }
        merger.finish()
    }

    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.networks))
    }
}

impl Extend<Inventory> for Inventory {
    fn extend<T: IntoIterator<Item = Inventory>>(&mut self, others: T) {
        let mut merger = Merger::new(std::mem::take(self), None);
        for other in others {
            merger.add(other, None);
        }
        *self = merger.finish();
    }
}

impl FromIterator<Inventory> for Inventory {
    /// Merges; source and the like are those of the first.
    fn from_iter<T: IntoIterator<Item = Inventory>>(inventories: T) -> Self {
        let mut all = inventories.into_iter();
        let mut merged = all.next().unwrap_or_default();
        merged.extend(all);
        merged
    }
}
