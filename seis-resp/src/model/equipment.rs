//! Sensors, preamplifiers, data loggers and the rest.

use seis_core::UtcTime;

/// A piece of equipment. *StationXML 1.2*, `EquipmentType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Equipment {
    /// The file's `resourceId`.
    pub resource_id: Option<String>,
    /// What sort of equipment it is.
    pub kind: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Who sold it.
    pub vendor: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The serial number.
    pub serial_number: Option<String>,
    /// When it was put in.
    pub installed: Option<UtcTime>,
    /// When it was taken out.
    pub removed: Option<UtcTime>,
    /// When it was calibrated.
    pub calibrations: Vec<UtcTime>,
}

/// A document elsewhere. *StationXML 1.2*, `ExternalReferenceType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalReference {
    /// Where it is.
    pub uri: String,
    /// What it is.
    pub description: String,
}
