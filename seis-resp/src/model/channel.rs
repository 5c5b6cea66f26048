//! One epoch of a channel.

use std::sync::Arc;

use seis_core::SamplingRate;

use super::{Epoch, Equipment, ExternalReference, Measured, NodeInfo, Response, UnitName};
use crate::Problem;

/// One epoch of a channel. *StationXML 1.2*, `ChannelType`.
///
/// Coordinates are optional, since files without them exist. ObsPy 1.5 drops such channels; here
/// they are kept, because their response can be used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Channel {
    /// Location code, without blanks around it; empty for a blank one.
    pub location: String,
    /// Channel code.
    pub code: String,
    /// When this description holds. Missing bounds are those of the station.
    pub epoch: Epoch,
    /// Description, comments, identifiers.
    pub info: NodeInfo,
    /// Documents elsewhere.
    pub external_references: Vec<ExternalReference>,
    /// Latitude in degrees, north positive.
    pub latitude: Option<Measured>,
    /// Longitude in degrees, east positive.
    pub longitude: Option<Measured>,
    /// Elevation of the ground above the sensor in metres.
    pub elevation: Option<Measured>,
    /// Depth of the sensor below the ground in metres.
    pub depth: Option<Measured>,
    /// Azimuth of the sensor's axis in degrees from north, clockwise.
    pub azimuth: Option<Measured>,
    /// Dip of the sensor's axis in degrees, down from the horizontal; −90 is up.
    pub dip: Option<Measured>,
    /// Elevation of the water surface in metres, for sensors under water.
    pub water_level: Option<Measured>,
    /// What sort of data the channel records; a file may name several.
    pub types: Vec<ChannelType>,
    /// Sampling rate in Hz.
    pub sample_rate: Option<Measured>,
    /// The sampling rate as number of samples per number of seconds.
    pub sample_rate_ratio: Option<(i64, i64)>,
    /// Clock drift in seconds per sample.
    pub clock_drift: Option<Measured>,
    /// Unit of the calibration input.
    pub calibration_units: Option<Box<UnitName>>,
    /// The sensor.
    pub sensor: Option<Box<Equipment>>,
    /// The preamplifier.
    pub preamplifier: Option<Box<Equipment>>,
    /// The data logger.
    pub data_logger: Option<Box<Equipment>>,
    /// Other equipment.
    pub equipment: Vec<Equipment>,
    /// What it does to ground motion.
    pub response: ChannelResponse,
}

/// The response of a channel, or why there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ChannelResponse {
    /// The file has none.
    #[default]
    Absent,
    /// It was not read, because the [`Level`](crate::Level) asked for leaves responses out.
    NotRead,
    /// It is there. Shared, so that plans and threads can hold it.
    Present(Arc<Response>),
    /// The file has one that cannot be trusted. It is kept out of all computation, and a look-up
    /// gives the reason.
    Broken(Arc<BrokenResponse>),
}

/// A response that cannot be used, with the reason.
#[derive(Debug, Clone)]
pub struct BrokenResponse {
    /// The first problem in it.
    pub problem: Problem,
    /// The `Response` element as it stands in the file, for whoever can make sense of it. Missing
    /// if the file gives the namespace a prefix, or is not UTF-8.
    pub source: Option<String>,
}

impl BrokenResponse {
    /// What is wrong, and where: `CI.HEC.xml: line 12, Factor: expected …`.
    #[must_use]
    pub fn reason(&self) -> String {
        let place = &self.problem.place;
        let file = place.file.as_ref().map(|f| format!("{}: ", f.display())).unwrap_or_default();
        let element = place.element.rsplit('/').next().unwrap_or_default();
        let place = match place.line {
            0 => format!("byte {}", place.offset),
            line => format!("line {line}"),
        };
        format!("{file}{place}, {element}: {}", self.problem.reason())
    }
}

/// The place does not count: the same response may be broken in another file.
impl PartialEq for BrokenResponse {
    fn eq(&self, other: &Self) -> bool {
        let key = |b: &Self| (b.problem.kind, b.problem.expected, b.problem.consequence);
        key(self) == key(other)
            && self.problem.found == other.problem.found
            && self.source == other.source
    }
}

impl ChannelResponse {
    /// The response, if it can be used.
    #[must_use]
    pub fn get(&self) -> Option<&Arc<Response>> {
        match self {
            Self::Present(response) => Some(response),
            _ => None,
        }
    }
}

impl ChannelResponse {
    /// A response that cannot be used, from a source that is not kept.
    pub(crate) fn broken(problem: Problem) -> Self {
        Self::Broken(Arc::new(BrokenResponse { problem, source: None }))
    }
}

impl From<Response> for ChannelResponse {
    fn from(response: Response) -> Self {
        Self::Present(Arc::new(response))
    }
}

impl Channel {
    /// A channel with nothing but its codes.
    #[must_use]
    pub fn new(location: impl Into<String>, code: impl Into<String>) -> Self {
        Self { location: location.into(), code: code.into(), ..Self::default() }
    }

    /// Latitude in degrees, north positive.
    #[must_use]
    pub fn latitude_deg(&self) -> Option<f64> {
        self.latitude.as_ref()?.in_field_unit()
    }

    /// Longitude in degrees, east positive.
    #[must_use]
    pub fn longitude_deg(&self) -> Option<f64> {
        self.longitude.as_ref()?.in_field_unit()
    }

    /// Elevation of the ground above the sensor in metres.
    #[must_use]
    pub fn elevation_m(&self) -> Option<f64> {
        self.elevation.as_ref()?.in_field_unit()
    }

    /// Depth of the sensor below the ground in metres.
    #[must_use]
    pub fn depth_m(&self) -> Option<f64> {
        self.depth.as_ref()?.in_field_unit()
    }

    /// Azimuth of the sensor's axis in degrees from north, clockwise.
    #[must_use]
    pub fn azimuth_deg(&self) -> Option<f64> {
        self.azimuth.as_ref()?.in_field_unit()
    }

    /// Dip of the sensor's axis in degrees, down from the horizontal; −90 is up.
    ///
    /// SAC's inclination is counted from the vertical: `cmpinc = dip + 90`.
    #[must_use]
    pub fn dip_deg(&self) -> Option<f64> {
        self.dip.as_ref()?.in_field_unit()
    }

    /// The nominal sampling rate: the ratio if the file has one that agrees with the number in
    /// Hz to 1e-6, else that number; `None` if neither makes a rate.
    #[must_use]
    pub fn sampling_rate(&self) -> Option<SamplingRate> {
        let number = self
            .sample_rate
            .as_ref()
            .and_then(Measured::in_field_unit)
            .and_then(|hz| SamplingRate::from_hz(hz).ok());
        let ratio = self.sample_rate_ratio.and_then(|(samples, seconds)| {
            let (samples, seconds) = (u64::try_from(samples).ok()?, u64::try_from(seconds).ok()?);
            SamplingRate::from_ratio(samples, seconds).ok()
        });
        match (number, ratio) {
            (Some(number), Some(ratio)) if !ratio.is_close_to(number, 1e-6) => Some(number),
            (number, ratio) => ratio.or(number),
        }
    }
}

/// What sort of data a channel records. *StationXML 1.2*, `Channel/Type`; *SEED*, blockette 52
/// field 22.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChannelType {
    /// Recorded on a trigger.
    Triggered,
    /// Recorded all the time.
    Continuous,
    /// State of health.
    Health,
    /// Geophysical.
    Geophysical,
    /// Weather, environment.
    Weather,
    /// Flags, bits.
    Flag,
    /// Synthesised from others.
    Synthesized,
    /// A calibration input.
    Input,
    /// Under test.
    Experimental,
    /// Under maintenance.
    Maintenance,
    /// A beam of several.
    Beam,
    /// Something that the schema does not know.
    Other(String),
}

const TYPES: [(&str, ChannelType); 11] = [
    ("CONTINUOUS", ChannelType::Continuous),
    ("GEOPHYSICAL", ChannelType::Geophysical),
    ("TRIGGERED", ChannelType::Triggered),
    ("HEALTH", ChannelType::Health),
    ("WEATHER", ChannelType::Weather),
    ("FLAG", ChannelType::Flag),
    ("SYNTHESIZED", ChannelType::Synthesized),
    ("INPUT", ChannelType::Input),
    ("EXPERIMENTAL", ChannelType::Experimental),
    ("MAINTENANCE", ChannelType::Maintenance),
    ("BEAM", ChannelType::Beam),
];

impl ChannelType {
    /// The schema's word, or what the file had instead.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known => TYPES.iter().find(|(_, t)| t == known).map_or("", |(word, _)| word),
        }
    }
}

impl From<&str> for ChannelType {
    fn from(text: &str) -> Self {
        TYPES
            .iter()
            .find(|(word, _)| *word == text)
            .map_or_else(|| Self::Other(text.to_owned()), |(_, t)| t.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_round_trip() {
        for (word, kind) in TYPES {
            assert_eq!(ChannelType::from(word), kind);
            assert_eq!(kind.as_str(), word);
        }
        assert_eq!(ChannelType::from("odd").as_str(), "odd");
    }

    #[test]
    fn the_rate_is_the_ratio_where_the_two_agree() {
        let mut channel = Channel::new("", "BHZ");
        assert_eq!(channel.sampling_rate(), None);
        channel.sample_rate = Some(33.333_333.into());
        channel.sample_rate_ratio = Some((100, 3));
        assert_eq!(channel.sampling_rate().map(SamplingRate::as_ratio), Some((100, 3)));
        channel.sample_rate_ratio = Some((1, 40));
        assert_eq!(channel.sampling_rate().map(SamplingRate::hz), Some(33.333_333));
        channel.sample_rate = None;
        assert_eq!(channel.sampling_rate().map(SamplingRate::hz), Some(0.025));
    }

    #[test]
    fn a_value_in_another_unit_is_not_passed_off_as_the_field_s() {
        let mut channel = Channel::new("", "BHZ");
        channel.elevation = Some(Measured {
            value: 3000.0,
            details: Some(Box::new(crate::MeasuredDetails {
                unit: Some("FEET".to_owned()),
                ..Default::default()
            })),
        });
        assert_eq!(channel.elevation_m(), None);
    }
}
