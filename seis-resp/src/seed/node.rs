//! Stations and channels: blockettes 50 and 52.

use seis_core::{Code, UtcTime};

use super::field::{self, Blockette};
use super::notes::Notes;
use super::time;
use super::units::Units;
use crate::{
    Channel, ChannelType, Consequence, Epoch, Equipment, Measured, NodeInfo, ProblemKind, Result,
    Site, Station, UnitName,
};

/// What a station header says, with the code of its network.
#[derive(Debug)]
pub(crate) struct StationHead {
    pub(crate) network: String,
    pub(crate) station: Station,
    /// Key of the network's name in blockettes 33.
    pub(crate) network_key: Option<u32>,
}

/// What a channel header says.
#[derive(Debug)]
pub(crate) struct ChannelHead {
    pub(crate) channel: Channel,
    /// The unit that the whole response begins with.
    pub(crate) signal_unit: Option<UnitName>,
    /// Key of the instrument in blockettes 33.
    pub(crate) instrument_key: Option<u32>,
}

impl Notes {
    /// Reads a blockette 50. A RESP file has no more of it than codes.
    pub(crate) fn station(&mut self, b: &Blockette<'_>, is_volume: bool) -> Result<StationHead> {
        let mut station = Station::new(self.code(b, 3, "a station code")?);
        let network = self.code(b, 16, "a network code")?;
        self.id = format!("{network}.{}", station.code);
        if is_volume || b.field(4).is_some() {
            station.latitude = self.measured(b, 4, "a latitude in degrees")?;
            station.longitude = self.measured(b, 5, "a longitude in degrees")?;
            station.elevation = self.measured(b, 6, "an elevation in metres")?;
        }
        station.site = Site { name: self.string(b, 9)?.unwrap_or_default(), ..Site::default() };
        let (start, unreadable_start) = self.date(b, 13)?;
        let (end, unreadable_end) = self.date(b, 14)?;
        station.epoch = Epoch::new(start, end);
        station.info = NodeInfo { unreadable_start, unreadable_end, ..NodeInfo::default() };
        // Numbers of what follows, byte orders of data, and whether this is an update.
        for number in [11, 12] {
            self.ignore_field(b, number, &[]);
        }
        self.ignore_field(b, 15, &["N"]);
        Ok(StationHead { network, station, network_key: field::count(b.text(10)) })
    }

    /// Reads a blockette 52.
    pub(crate) fn channel(
        &mut self,
        b: &Blockette<'_>,
        is_volume: bool,
        units: Units<'_>,
    ) -> Result<ChannelHead> {
        let station = self.id.split('.').take(2).collect::<Vec<_>>().join(".");
        let location = match b.text(3) {
            // What rdseed, StationXML and NRL write for blank.
            b"??" | b"--" | b"**" => String::new(),
            text => field::string(text),
        };
        let mut channel = Channel::new(location, self.code(b, 4, "a channel code")?);
        self.id = format!("{station}.{}.{}", channel.location, channel.code);
        if Code::new(&channel.location).is_err() {
            let expected = "a location code";
            self.in_field(b, 3, ProblemKind::Code, expected, Consequence::Kept)?;
        }
        channel.info.description = self.string(b, 7)?;
        if is_volume || b.field(10).is_some() {
            channel.latitude = self.measured(b, 10, "a latitude in degrees")?;
            channel.longitude = self.measured(b, 11, "a longitude in degrees")?;
            channel.elevation = self.measured(b, 12, "an elevation in metres")?;
            channel.depth = self.measured(b, 13, "a depth in metres")?;
            channel.azimuth = self.measured(b, 14, "an azimuth in degrees")?;
            channel.dip = self.measured(b, 15, "a dip in degrees")?;
        }
        if is_volume || b.field(18).is_some() {
            channel.sample_rate = self.measured(b, 18, "a sample rate in Hz")?;
        }
        if b.field(19).is_some_and(|f| !f.text.is_empty()) {
            channel.clock_drift = self.measured(b, 19, "a clock drift in s per sample")?;
        }
        let signal_unit = units.get(b, 8, self)?;
        channel.calibration_units = units.get(b, 9, self)?.map(Box::new);
        channel.types = b.text(21).iter().map(|flag| channel_type(*flag)).collect();
        if channel.types.iter().any(|t| matches!(t, ChannelType::Other(_))) {
            let expected = "flags of SEED: T, C, H, G, W, F, S, I, E, M, B";
            self.in_field(b, 21, ProblemKind::Word, expected, Consequence::Kept)?;
        }
        let (start, unreadable_start) = self.date(b, 22)?;
        let (end, unreadable_end) = self.date(b, 23)?;
        channel.epoch = Epoch::new(start, end);
        channel.info.unreadable_start = unreadable_start;
        channel.info.unreadable_end = unreadable_end;
        // Subchannel, format and length of the data's records, and whether this is an update.
        self.ignore_field(b, 5, &["0", "00", "0000"]);
        for number in [16, 17] {
            self.ignore_field(b, number, &[]);
        }
        self.ignore_field(b, 24, &["N"]);
        Ok(ChannelHead { channel, signal_unit, instrument_key: field::count(b.text(6)) })
    }

    fn code(&mut self, b: &Blockette<'_>, number: u8, expected: &'static str) -> Result<String> {
        let code = field::string(b.text(number));
        if code.is_empty() || Code::new(&code).is_err() {
            self.in_field(b, number, ProblemKind::Code, expected, Consequence::Kept)?;
        }
        Ok(code)
    }

    pub(crate) fn string(&mut self, b: &Blockette<'_>, number: u8) -> Result<Option<String>> {
        let text = b.text(number);
        if std::str::from_utf8(text).is_err() {
            let expected = "ASCII: taken as Latin-1";
            self.in_field(b, number, ProblemKind::Text, expected, Consequence::Kept)?;
        }
        Ok(Some(field::string(text)).filter(|text| !text.is_empty()))
    }

    fn measured(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        expected: &'static str,
    ) -> Result<Option<Measured>> {
        let value = field::number(b.text(number));
        if value.is_none() {
            self.in_field(b, number, ProblemKind::Number, expected, Consequence::LeftOut)?;
        }
        Ok(value.map(Measured::from))
    }

    /// A date of an epoch: open if blank; the text itself if it is no date.
    pub(crate) fn date(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
    ) -> Result<(Option<UtcTime>, Option<String>)> {
        let text = b.text(number);
        if text.is_empty() || text.eq_ignore_ascii_case(b"No Ending Time") {
            return Ok((None, None));
        }
        match time::parse(text) {
            Some(time) => Ok((Some(time), None)),
            None => {
                let expected = "a time such as 2022,002,03:04:05.0000";
                self.in_field(b, number, ProblemKind::Time, expected, Consequence::EpochUnknown)?;
                Ok((None, Some(field::string(text))))
            }
        }
    }
}

/// *SEED Reference Manual 2.4*, blockette 52 field 21.
fn channel_type(flag: u8) -> ChannelType {
    match flag {
        b'T' => ChannelType::Triggered,
        b'C' => ChannelType::Continuous,
        b'H' => ChannelType::Health,
        b'G' => ChannelType::Geophysical,
        b'W' => ChannelType::Weather,
        b'F' => ChannelType::Flag,
        b'S' => ChannelType::Synthesized,
        b'I' => ChannelType::Input,
        b'E' => ChannelType::Experimental,
        b'M' => ChannelType::Maintenance,
        b'B' => ChannelType::Beam,
        other => ChannelType::Other(char::from(other).to_string()),
    }
}

/// The instrument, as the type of a sensor.
pub(crate) fn sensor(name: String) -> Box<Equipment> {
    Box::new(Equipment { kind: Some(name), ..Equipment::default() })
}
