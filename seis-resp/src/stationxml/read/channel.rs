//! Channels.

use std::sync::Arc;

use super::scalar::Unit;
use super::tag::Tag;
use super::{Found, Parser};
use crate::{
    BrokenResponse, Channel, ChannelResponse, ChannelType, Consequence, Level, Network,
    ProblemKind, Result, Station,
};

impl<'a> Parser<'a> {
    /// A channel, if it is wanted.
    pub(super) fn channel(
        &mut self,
        tag: Tag<'a>,
        network: &Network,
        station: &Station,
    ) -> Result<Found<Channel>> {
        let mut channel = Channel::default();
        self.codes.channel = Some((String::new(), String::new()));
        let Channel { code, location, epoch, info, .. } = &mut channel;
        let has_code = self.node_attributes(tag, code, Some(location), epoch, info)?;
        self.codes.channel = Some((channel.location.clone(), channel.code.clone()));
        let epochs = [
            (&channel.epoch, &channel.info),
            (&station.epoch, &station.info),
            (&network.epoch, &network.info),
        ];
        // The blank location is also written as two dashes.
        let location = if channel.location == "--" { "" } else { channel.location.as_str() };
        let pattern = self.options.pattern.as_ref();
        if pattern.is_some_and(|p| {
            !p.matches_codes(&network.code, &station.code, location, &channel.code)
        }) || !self.is_wanted_then(&epochs)
        {
            self.skip_unread()?;
            self.codes.channel = None;
            return Ok(Found::NotWanted);
        }
        while let Some(tag) = self.child()? {
            self.channel_child(tag, &mut channel)?;
        }
        // Some data centres write `<Channel/>` for a station without any.
        let is_empty = channel == Channel::default();
        if !has_code {
            let consequence = if is_empty { Consequence::LeftOut } else { Consequence::Kept };
            let (missing, expected) = (ProblemKind::Missing, "the attribute code");
            self.problem_at(tag, missing, b"", expected, consequence)?;
        }
        self.codes.channel = None;
        Ok(if is_empty { Found::Empty } else { Found::Wanted(channel) })
    }

    fn channel_child(&mut self, tag: Tag<'a>, channel: &mut Channel) -> Result<()> {
        match tag.name {
            b"Response" => self.channel_response(tag, channel)?,
            b"Latitude" => once!(self, tag, channel.latitude, self.measured(tag, Unit::Degrees)?),
            b"Longitude" => once!(self, tag, channel.longitude, self.measured(tag, Unit::Degrees)?),
            b"Elevation" => once!(self, tag, channel.elevation, self.measured(tag, Unit::Metres)?),
            b"Depth" => once!(self, tag, channel.depth, self.measured(tag, Unit::Metres)?),
            b"Azimuth" => once!(self, tag, channel.azimuth, self.measured(tag, Unit::Degrees)?),
            b"Dip" => once!(self, tag, channel.dip, self.measured(tag, Unit::Degrees)?),
            b"WaterLevel" => {
                once!(self, tag, channel.water_level, self.measured(tag, Unit::Metres)?);
            }
            b"Type" => {
                let text = self.text()?;
                let kind = ChannelType::from(self.decoded(&text)?.as_str());
                if matches!(kind, ChannelType::Other(_)) {
                    let expected = "one of the standard's channel types";
                    self.problem(ProblemKind::Word, &text, expected, Consequence::Kept)?;
                }
                channel.types.push(kind);
            }
            b"SampleRate" => {
                once!(self, tag, channel.sample_rate, self.measured(tag, Unit::SamplesPerSecond)?);
            }
            b"SampleRateRatio" => once!(self, tag, channel.sample_rate_ratio, self.rate_ratio()?),
            b"ClockDrift" => {
                once!(self, tag, channel.clock_drift, self.measured(tag, Unit::SecondsPerSample)?);
            }
            b"CalibrationUnits" => {
                once!(self, tag, channel.calibration_units, self.units()?.map(Box::new));
            }
            b"Sensor" => once!(self, tag, channel.sensor, Some(Box::new(self.equipment(tag)?))),
            b"PreAmplifier" => {
                once!(self, tag, channel.preamplifier, Some(Box::new(self.equipment(tag)?)));
            }
            b"DataLogger" => {
                once!(self, tag, channel.data_logger, Some(Box::new(self.equipment(tag)?)));
            }
            b"Equipment" => channel.equipment.push(self.equipment(tag)?),
            b"ExternalReference" => channel.external_references.push(self.external_reference()?),
            _ => {
                if !self.info_child(tag, &mut channel.info)? {
                    self.ignored()?;
                }
            }
        }
        Ok(())
    }

    fn channel_response(&mut self, tag: Tag<'a>, channel: &mut Channel) -> Result<()> {
        if self.options.level < Level::Response {
            channel.response = ChannelResponse::NotRead;
            return self.skip_unread();
        }
        self.fault = None;
        let start = tag.offset;
        let repeated = !matches!(channel.response, ChannelResponse::Absent);
        if repeated {
            let expected = "Response";
            let broken = Consequence::ResponseBroken;
            self.problem_at(tag, ProblemKind::Repeated, b"", expected, broken)?;
        }
        let response = self.response(tag)?;
        channel.response = match self.fault.take() {
            Some(problem) => {
                let source = self.source_from(start);
                ChannelResponse::Broken(Arc::new(BrokenResponse { problem, source }))
            }
            None => response.into(),
        };
        Ok(())
    }

    fn rate_ratio(&mut self) -> Result<Option<(i64, i64)>> {
        let (mut samples, mut seconds) = (None, None);
        while let Some(tag) = self.child()? {
            match tag.name {
                b"NumberSamples" => once!(self, tag, samples, self.integer(Consequence::LeftOut)?),
                b"NumberSeconds" => once!(self, tag, seconds, self.integer(Consequence::LeftOut)?),
                _ => self.ignored()?,
            }
        }
        Ok(samples.zip(seconds))
    }
}
