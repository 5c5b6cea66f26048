//! One way in for all formats.

mod content;
mod files;
mod format;

use std::path::Path;

use crate::problem::shown;
use crate::{Error, Inventory, Place, ReadOptions, Result};

pub(crate) use content::content;
pub use files::expand;
pub(crate) use files::write_aside;
pub use format::Format;

impl Inventory {
    /// Reads a file: StationXML, RESP, dataless SEED or SAC poles and zeros, [told by its
    /// content](Format::detect). Everything in it is read, problems are reported in
    /// [`report`](Self#structfield.report). [`ReadOptions`] reads less, or strictly.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::TooLarge`] for more than
    /// [`DEFAULT_MAX_BYTES`](ReadOptions::DEFAULT_MAX_BYTES); otherwise as
    /// [`from_bytes`](Self::from_bytes), with the path.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        ReadOptions::new().read(path)
    }

    /// Reads a file of any format from memory, as [`read`](Self::read) does.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] if it is none of them; otherwise as
    /// [`from_stationxml`](Self::from_stationxml), [`from_resp`](Self::from_resp),
    /// [`from_dataless`](Self::from_dataless) and [`from_sacpz`](Self::from_sacpz).
    pub fn from_bytes(file: &[u8]) -> Result<Self> {
        ReadOptions::new().parse(file)
    }
}

/// Reads a file of the format that its content tells.
pub(crate) fn parse(options: &ReadOptions, file: &[u8]) -> Result<Inventory> {
    match Format::detect(file) {
        Some(Format::StationXml) => options.parse_stationxml(file),
        Some(Format::Resp) => options.parse_resp(file),
        Some(Format::Dataless) => options.parse_dataless(file),
        Some(Format::SacPz) => options.parse_sacpz(file),
        None => Err(Error::UnknownFormat {
            place: Box::new(Place { line: 1, column: 1, ..Place::default() }),
            found: shown(file, 32),
        }),
    }
}
