//! Stations.

use super::{Found, Parser};
use super::cursor::Tag;
use super::scalar::Unit;
use crate::{Consequence, Level, Network, Result, Site, Station};

impl<'a> Parser<'a> {
    /// A station, if it is wanted.
    pub(super) fn station(&mut self, tag: Tag<'a>, network: &Network) -> Result<Found<Station>> {
        let mut station = Station::default();
        self.codes.station = Some(String::new());
        let Station { code, epoch, info, .. } = &mut station;
        if !self.node_attributes(tag, code, None, epoch, info)? {
            self.without_code()?;
        }
        self.codes.station = Some(station.code.clone());
        let pattern = self.options.pattern.as_ref();
        let epochs = [(&station.epoch, &station.info), (&network.epoch, &network.info)];
        if pattern.is_some_and(|p| !p.may_match_within(&network.code, Some(&station.code)))
            || (self.options.level == Level::Station && !self.is_wanted_then(&epochs))
        {
            self.skip_unread()?;
            self.codes.station = None;
            return Ok(Found::NotWanted);
        }
        let mut left_out = false;
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Channel" if self.options.level == Level::Station => self.skip_unread()?,
                b"Channel" => match self.channel(tag, network, &station)? {
                    Found::Wanted(channel) => station.channels.push(channel),
                    Found::NotWanted => left_out = true,
                    Found::Empty => {}
                },
                _ => self.station_child(tag, &mut station)?,
            }
        }
        self.codes.station = None;
        // A filter that leaves no channel leaves no station either.
        let nothing_left = left_out && station.channels.is_empty();
        Ok(if nothing_left { Found::NotWanted } else { Found::Wanted(station) })
    }

    fn station_child(&mut self, tag: Tag<'a>, station: &mut Station) -> Result<()> {
        let left_out = Consequence::LeftOut;
        match tag.name {
            b"Latitude" => {
                let value = self.measured(tag, Unit::Degrees)?;
                self.once(&mut station.latitude, value, tag, left_out, "Latitude")?;
            }
            b"Longitude" => {
                let value = self.measured(tag, Unit::Degrees)?;
                self.once(&mut station.longitude, value, tag, left_out, "Longitude")?;
            }
            b"Elevation" => {
                let value = self.measured(tag, Unit::Metres)?;
                self.once(&mut station.elevation, value, tag, left_out, "Elevation")?;
            }
            b"WaterLevel" => station.water_level = self.measured(tag, Unit::Metres)?,
            b"Site" => station.site = self.site()?,
            b"Vault" => station.vault = self.some_string()?,
            b"Geology" => station.geology = self.some_string()?,
            b"Equipment" => station.equipment.push(self.equipment(tag)?),
            b"Operator" => station.operators.push(self.operator()?),
            b"CreationDate" => station.created = self.time()?,
            b"TerminationDate" => station.terminated = self.time()?,
            b"TotalNumberChannels" => station.total_channels = self.count(left_out)?,
            b"SelectedNumberChannels" => station.selected_channels = self.count(left_out)?,
            b"ExternalReference" => station.external_references.push(self.external_reference()?),
            _ => {
                if !self.info_child(tag, &mut station.info)? {
                    self.ignored()?;
                }
            }
        }
        Ok(())
    }

    fn site(&mut self) -> Result<Site> {
        let mut site = Site::default();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Name" => site.name = self.string()?,
                b"Description" => site.description = self.some_string()?,
                b"Town" => site.town = self.some_string()?,
                b"County" => site.county = self.some_string()?,
                b"Region" => site.region = self.some_string()?,
                b"Country" => site.country = self.some_string()?,
                _ => self.ignored()?,
            }
        }
        Ok(site)
    }
}
