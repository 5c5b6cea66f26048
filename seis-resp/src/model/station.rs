//! A station and its channels.

use seis_core::UtcTime;

use super::{Channel, Epoch, Equipment, ExternalReference, Measured, NodeInfo, Operator};

/// One epoch of a station. *StationXML 1.2*, `StationType`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Station {
    /// Station code.
    pub code: String,
    /// When this description holds.
    pub epoch: Epoch,
    /// Description, comments, identifiers.
    pub info: NodeInfo,
    /// Latitude in degrees, north positive.
    pub latitude: Option<Measured>,
    /// Longitude in degrees, east positive.
    pub longitude: Option<Measured>,
    /// Elevation of the ground in metres.
    pub elevation: Option<Measured>,
    /// Where it is, in words.
    pub site: Site,
    /// Elevation of the water surface in metres, for stations under water.
    pub water_level: Option<Measured>,
    /// Type of the vault.
    pub vault: Option<String>,
    /// The rock or soil.
    pub geology: Option<String>,
    /// Equipment that all channels share.
    pub equipment: Vec<Equipment>,
    /// Who runs it.
    pub operators: Vec<Operator>,
    /// When the station was built.
    pub created: Option<UtcTime>,
    /// When it was given up.
    pub terminated: Option<UtcTime>,
    /// Number of channels that the data centre knows.
    pub total_channels: Option<u64>,
    /// Number of channels that the data centre selected for the file.
    pub selected_channels: Option<u64>,
    /// Documents elsewhere.
    pub external_references: Vec<ExternalReference>,
    /// The channels, one entry per epoch.
    pub channels: Vec<Channel>,
}

impl Station {
    /// A station with nothing but a code.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
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

    /// Elevation of the ground in metres.
    #[must_use]
    pub fn elevation_m(&self) -> Option<f64> {
        self.elevation.as_ref()?.in_field_unit()
    }
}

/// Where a station is, in words. *StationXML 1.2*, `SiteType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// Name of the place.
    pub name: String,
    /// Where it is.
    pub description: Option<String>,
    /// Nearest town.
    pub town: Option<String>,
    /// County.
    pub county: Option<String>,
    /// State, province or region.
    pub region: Option<String>,
    /// Country.
    pub country: Option<String>,
}
