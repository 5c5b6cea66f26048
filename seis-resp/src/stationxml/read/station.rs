//! Stations.

use super::scalar::Unit;
use super::tag::Tag;
use super::{Found, Parser};
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
            b"Latitude" => once!(self, tag, station.latitude, self.measured(tag, Unit::Degrees)?),
            b"Longitude" => once!(self, tag, station.longitude, self.measured(tag, Unit::Degrees)?),
            b"Elevation" => once!(self, tag, station.elevation, self.measured(tag, Unit::Metres)?),
            b"WaterLevel" => {
                once!(self, tag, station.water_level, self.measured(tag, Unit::Metres)?);
            }
            b"Site" => {
                let site = self.site()?;
                let mut known =
                    Some(std::mem::take(&mut station.site)).filter(|s| *s != Site::default());
                self.once(&mut known, Some(site), tag, left_out, "Site")?;
                station.site = known.unwrap_or_default();
            }
            b"Vault" => once!(self, tag, station.vault, self.some_string()?),
            b"Geology" => once!(self, tag, station.geology, self.some_string()?),
            b"Equipment" => station.equipment.push(self.equipment(tag)?),
            b"Operator" => station.operators.push(self.operator()?),
            b"CreationDate" => once!(self, tag, station.created, self.time()?),
            b"TerminationDate" => once!(self, tag, station.terminated, self.time()?),
            b"TotalNumberChannels" => {
                once!(self, tag, station.total_channels, self.count(left_out)?);
            }
            b"SelectedNumberChannels" => {
                once!(self, tag, station.selected_channels, self.count(left_out)?);
            }
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
        let mut name = None;
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Name" => once!(self, tag, name, Some(self.string()?)),
                b"Description" => once!(self, tag, site.description, self.some_string()?),
                b"Town" => once!(self, tag, site.town, self.some_string()?),
                b"County" => once!(self, tag, site.county, self.some_string()?),
                b"Region" => once!(self, tag, site.region, self.some_string()?),
                b"Country" => once!(self, tag, site.country, self.some_string()?),
                _ => self.ignored()?,
            }
        }
        site.name = name.unwrap_or_default();
        Ok(site)
    }
}
