//! StationXML, versions 1.0 to 1.2 of the FDSN standard.

mod encoding;
mod options;
mod read;
mod time;
mod write;

use std::path::Path;

#[cfg(doc)]
use crate::Error;
use crate::{Inventory, Result};

pub use options::{Level, ReadOptions};
pub use write::{SchemaVersion, WriteOptions};

impl Inventory {
    /// Reads a StationXML document: everything in it.
    ///
    /// # Errors
    /// [`Error::Xml`], [`Error::TooDeep`] or [`Error::Encoding`] for what is no XML,
    /// [`Error::NotStationXml`] for other XML.
    pub fn from_stationxml(document: &[u8]) -> Result<Self> {
        ReadOptions::new().parse_stationxml(document)
    }

    /// Writes a StationXML document, of version 1.2 where it can be.
    ///
    /// # Errors
    /// [`Error::NotWritable`] for what the schema forbids, such as a channel without coordinates;
    /// [`WriteOptions::allow_invalid`] writes it all the same.
    pub fn to_stationxml(&self) -> Result<String> {
        WriteOptions::new().to_string(self)
    }

    /// Writes a StationXML file. It appears under its name only when it is whole.
    ///
    /// # Errors
    /// [`Error::Io`]; otherwise as [`to_stationxml`](Self::to_stationxml).
    pub fn write_stationxml(&self, path: impl AsRef<Path>) -> Result<()> {
        WriteOptions::new().write(self, path)
    }
}
