//! Networks, stations and channels.

use super::check::{AZIMUTH, CLOCK_DRIFT, DIP, LATITUDE, LONGITUDE};
use super::{SchemaVersion, Writer};
use crate::{Channel, ChannelResponse, Network, Result, Station};

impl Writer {
    pub(super) fn network(&mut self, network: &Network) -> Result<()> {
        self.id.clone_from(&network.code);
        self.xml.open("Network");
        self.node_attributes(&network.code, &network.epoch, &network.info)?;
        self.info(&network.info)?;
        self.since_1_1(!network.operators.is_empty(), "Operator of a network")?;
        for operator in &network.operators {
            self.operator(operator, false)?;
        }
        self.count("TotalNumberStations", network.total_stations);
        self.count("SelectedNumberStations", network.selected_stations);
        for station in &network.stations {
            self.station(&network.code, station)?;
        }
        self.xml.close();
        self.id.clear();
        Ok(())
    }

    fn station(&mut self, network: &str, station: &Station) -> Result<()> {
        self.id = format!("{network}.{}", station.code);
        self.xml.open("Station");
        self.node_attributes(&station.code, &station.epoch, &station.info)?;
        self.info(&station.info)?;
        self.range(station.latitude.as_ref(), &LATITUDE)?;
        self.range(station.longitude.as_ref(), &LONGITUDE)?;
        for (name, value) in [
            ("Latitude", &station.latitude),
            ("Longitude", &station.longitude),
            ("Elevation", &station.elevation),
        ] {
            self.require(value.as_ref(), name)?;
            self.measured(name, value.as_ref())?;
        }
        let site = &station.site;
        self.xml.open("Site");
        self.leaf("Name", Some(&site.name))?;
        for (name, text) in [
            ("Description", &site.description),
            ("Town", &site.town),
            ("County", &site.county),
            ("Region", &site.region),
            ("Country", &site.country),
        ] {
            self.leaf(name, text.as_deref())?;
        }
        self.xml.close();
        self.since_1_1(station.water_level.is_some(), "WaterLevel")?;
        self.measured("WaterLevel", station.water_level.as_ref())?;
        self.leaf("Vault", station.vault.as_deref())?;
        self.leaf("Geology", station.geology.as_deref())?;
        for equipment in &station.equipment {
            self.equipment("Equipment", equipment)?;
        }
        for operator in &station.operators {
            self.operator(operator, true)?;
        }
        if self.version == SchemaVersion::V1_0 {
            self.require(station.created.as_ref(), "CreationDate")?;
        }
        self.time("CreationDate", station.created);
        self.time("TerminationDate", station.terminated);
        self.count("TotalNumberChannels", station.total_channels);
        self.count("SelectedNumberChannels", station.selected_channels);
        for reference in &station.external_references {
            self.external_reference(reference)?;
        }
        for channel in &station.channels {
            self.id = format!("{network}.{}.{}.{}", station.code, channel.location, channel.code);
            self.channel(channel)?;
        }
        self.xml.close();
        Ok(())
    }

    fn channel(&mut self, channel: &Channel) -> Result<()> {
        self.xml.open("Channel");
        self.node_attributes(&channel.code, &channel.epoch, &channel.info)?;
        self.attribute("locationCode", Some(&channel.location))?;
        self.info(&channel.info)?;
        for reference in &channel.external_references {
            self.external_reference(reference)?;
        }
        self.range(channel.latitude.as_ref(), &LATITUDE)?;
        self.range(channel.longitude.as_ref(), &LONGITUDE)?;
        self.range(channel.azimuth.as_ref(), &AZIMUTH)?;
        self.range(channel.dip.as_ref(), &DIP)?;
        self.range(channel.clock_drift.as_ref(), &CLOCK_DRIFT)?;
        for (name, value) in [
            ("Latitude", &channel.latitude),
            ("Longitude", &channel.longitude),
            ("Elevation", &channel.elevation),
            ("Depth", &channel.depth),
        ] {
            self.require(value.as_ref(), name)?;
            self.measured(name, value.as_ref())?;
        }
        self.measured("Azimuth", channel.azimuth.as_ref())?;
        self.measured("Dip", channel.dip.as_ref())?;
        self.since_1_1(channel.water_level.is_some(), "WaterLevel")?;
        self.measured("WaterLevel", channel.water_level.as_ref())?;
        for kind in &channel.types {
            self.channel_type(kind)?;
        }
        self.measured("SampleRate", channel.sample_rate.as_ref())?;
        if let Some((samples, seconds)) = channel.sample_rate_ratio {
            if channel.sample_rate.is_none() {
                self.refuse("SampleRateRatio without SampleRate")?;
            }
            self.xml.open("SampleRateRatio");
            self.xml.leaf("NumberSamples", &samples.to_string());
            self.xml.leaf("NumberSeconds", &seconds.to_string());
            self.xml.close();
        }
        self.measured("ClockDrift", channel.clock_drift.as_ref())?;
        self.units("CalibrationUnits", channel.calibration_units.as_deref())?;
        for (name, equipment) in [
            ("Sensor", &channel.sensor),
            ("PreAmplifier", &channel.preamplifier),
            ("DataLogger", &channel.data_logger),
        ] {
            if let Some(equipment) = equipment {
                self.equipment(name, equipment)?;
            }
        }
        self.since_1_1(channel.equipment.len() > 1, "more than one Equipment of a channel")?;
        for equipment in &channel.equipment {
            self.equipment("Equipment", equipment)?;
        }
        match &channel.response {
            ChannelResponse::Present(response) => self.response(response)?,
            ChannelResponse::Broken(broken) => {
                self.refuse(format!("its response is broken ({})", broken.reason()))?;
                if let Some(source) = &broken.source {
                    self.xml.verbatim(source);
                }
            }
            ChannelResponse::Absent | ChannelResponse::NotRead => {}
        }
        self.xml.close();
        Ok(())
    }
}
