//! Writing StationXML that the official schema accepts.

mod check;
mod extension;
mod node;
mod response;
mod station;
mod xml;

use std::path::Path;

use crate::{FilterKind, Inventory, Result};
use xml::Xml;

/// A version of the StationXML schema. 1.1 and 1.2 allow the same documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchemaVersion {
    /// 1.0, of 2013.
    V1_0,
    /// 1.1, of 2019.
    V1_1,
    /// 1.2, of 2022.
    V1_2,
}

impl SchemaVersion {
    fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
        }
    }
}

/// How to write StationXML.
///
/// ```
/// use seis_resp::{Inventory, Network, SchemaVersion, WriteOptions};
/// let mut inventory = Inventory::new("Example");
/// inventory.networks_mut().push(Network::new("XX"));
/// let text = WriteOptions::new().version(SchemaVersion::V1_1).to_string(&inventory)?;
/// assert!(text.contains("schemaVersion=\"1.1\""));
/// assert_eq!(Inventory::from_stationxml(text.as_bytes())?, inventory);
/// # Ok::<(), seis_resp::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    version: Option<SchemaVersion>,
    allow_invalid: bool,
}

impl WriteOptions {
    /// The newest version that can hold the inventory, valid or not at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The version to write. Without one it is 1.2, or 1.0 if the inventory holds what only 1.0
    /// allows: polynomial stages with a gain, stations whose operator is several agencies.
    #[must_use]
    pub fn version(mut self, version: SchemaVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Whether to write what the schema forbids (missing coordinates, dates that are none, unknown
    /// channel types) instead of refusing it. A [broken](crate::ChannelResponse::Broken) response
    /// is then written as it stood in its file, or left out if that is not known.
    #[must_use]
    pub fn allow_invalid(mut self, allow: bool) -> Self {
        self.allow_invalid = allow;
        self
    }

    /// Writes a document.
    ///
    /// Numbers have the fewest digits that read back as the same `f64`. Poles, zeros and
    /// coefficients stand in their order; what the reader passed over is not written.
    ///
    /// # Errors
    /// [`Error::NotWritable`](crate::Error::NotWritable) for what the schema forbids.
    pub fn to_string(&self, inventory: &Inventory) -> Result<String> {
        let version = self.version.unwrap_or_else(|| newest_for(inventory));
        let mut writer =
            Writer { xml: Xml::new(), version, strict: !self.allow_invalid, id: String::new() };
        writer.document(inventory)?;
        Ok(writer.xml.finish())
    }

    /// Writes a file. It appears under its name only when it is whole.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io); otherwise as [`to_string`](Self::to_string).
    pub fn write(&self, inventory: &Inventory, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let text = self.to_string(inventory)?;
        crate::source::write_aside(path, text.as_bytes())
    }
}

fn newest_for(inventory: &Inventory) -> SchemaVersion {
    let old_station = inventory
        .stations()
        .any(|(_, s)| s.operators.iter().any(|operator| operator.agencies.len() > 1));
    let old_stage = || {
        inventory
            .channels()
            .filter_map(|e| e.channel.response.get())
            .flat_map(|response| &response.stages)
            .any(|stage| {
                let kind = stage.filter.as_ref().map(|f| &f.kind);
                matches!(kind, Some(FilterKind::Polynomial(_)))
                    && (stage.gain.is_some() || stage.decimation.is_some())
            })
    };
    if old_station || old_stage() { SchemaVersion::V1_0 } else { SchemaVersion::V1_2 }
}

/// The state of a writer in the middle of a document.
struct Writer {
    xml: Xml,
    version: SchemaVersion,
    strict: bool,
    /// What is being written, for messages.
    id: String,
}
