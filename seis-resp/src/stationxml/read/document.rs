//! The root element and the networks.

use super::tag::{Tag, local_part};
use super::{Found, Parser};
use crate::{
    Consequence, Epoch, Error, Extensions, Inventory, Level, Network, NodeInfo, ProblemKind, Result,
};

/// Versions of the standard that are known.
const VERSIONS: [&[u8]; 3] = [b"1.0", b"1.1", b"1.2"];

impl<'a> Parser<'a> {
    pub(super) fn document(&mut self) -> Result<Inventory> {
        let root = self.root()?;
        if local_part(root.full) != b"FDSNStationXML" {
            let found = super::shown(self.cursor.open.last().copied().unwrap_or_default(), 80);
            self.cursor.open.clear();
            let place = Box::new(self.place(root.offset));
            return Err(Error::NotStationXml { place, found });
        }
        let mut inventory = Inventory::default();
        self.version(root, &mut inventory.extensions)?;
        let mut networks = Vec::new();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Network" => networks.extend(self.network(tag)?),
                b"Source" => once!(self, tag, inventory.source, Some(self.string()?)),
                b"Sender" => once!(self, tag, inventory.sender, self.some_string()?),
                b"Module" => once!(self, tag, inventory.module, self.some_string()?),
                b"ModuleURI" => once!(self, tag, inventory.module_uri, self.some_string()?),
                b"Created" => once!(self, tag, inventory.created, self.time()?),
                b"" => self.extension(tag, &mut inventory.extensions)?,
                _ => self.ignored()?,
            }
        }
        *inventory.networks_mut() = networks;
        self.finish()?;
        Ok(inventory)
    }

    fn version(&mut self, root: Tag<'a>, extensions: &mut Option<Box<Extensions>>) -> Result<()> {
        let mut version: &[u8] = b"";
        for attribute in root.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            if name == b"schemaVersion" {
                version = value.trim_ascii();
            } else if name.contains(&b':') {
                self.extension_attribute(root, name, value, extensions)?;
            }
        }
        if VERSIONS.contains(&version) {
            return Ok(());
        }
        let expected = "schemaVersion 1.0, 1.1 or 1.2";
        self.problem(ProblemKind::Version, version, expected, Consequence::Kept)
    }

    /// A network; `None` if it is not wanted.
    fn network(&mut self, tag: Tag<'a>) -> Result<Option<Network>> {
        let mut network = Network::default();
        self.codes = super::Codes::default();
        let Network { code, epoch, info, .. } = &mut network;
        if !self.node_attributes(tag, code, None, epoch, info)? {
            self.without_code()?;
        }
        self.codes.network.clone_from(&network.code);
        let pattern = self.options.pattern.as_ref();
        if pattern.is_some_and(|p| !p.may_match_within(&network.code, None))
            || (self.options.level == Level::Network
                && !self.is_wanted_then(&[(&network.epoch, &network.info)]))
        {
            self.skip_unread()?;
            self.codes = super::Codes::default();
            return Ok(None);
        }
        let mut left_out = false;
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Station" if self.options.level == Level::Network => self.skip_unread()?,
                b"Station" => match self.station(tag, &network)? {
                    Found::Wanted(station) => network.stations.push(station),
                    Found::NotWanted => left_out = true,
                    Found::Empty => {}
                },
                b"Operator" => network.operators.push(self.operator()?),
                b"TotalNumberStations" => {
                    once!(self, tag, network.total_stations, self.count(Consequence::LeftOut)?);
                }
                b"SelectedNumberStations" => {
                    once!(self, tag, network.selected_stations, self.count(Consequence::LeftOut)?);
                }
                _ => {
                    if !self.info_child(tag, &mut network.info)? {
                        self.ignored()?;
                    }
                }
            }
        }
        self.codes = super::Codes::default();
        Ok((!left_out || !network.stations.is_empty()).then_some(network))
    }

    /// Whether an epoch is within the time asked for, its missing dates taken from those around
    /// it. An epoch with an unreadable date always is: who can tell?
    pub(super) fn is_wanted_then(&self, innermost_first: &[(&Epoch, &NodeInfo)]) -> bool {
        let (from, to) = (self.options.from, self.options.to);
        if from.is_none() && to.is_none() {
            return true;
        }
        let mut epoch = Epoch::ALWAYS;
        for (outer, info) in innermost_first {
            if (epoch.start.is_none() && info.unreadable_start.is_some())
                || (epoch.end.is_none() && info.unreadable_end.is_some())
            {
                return true;
            }
            epoch = epoch.or(outer);
        }
        epoch.overlaps(from, to)
    }
}
