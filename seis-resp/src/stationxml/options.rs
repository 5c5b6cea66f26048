//! What to read.

use std::path::Path;
use std::sync::Arc;

use seis_core::{IdPattern, UtcTime};

use super::{encoding, read};
use crate::{ChannelResponse, Inventory, Result, source};

/// How far down a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Networks.
    Network,
    /// Networks and stations.
    Station,
    /// Networks, stations and channels, without their responses.
    Channel,
    /// Everything.
    #[default]
    Response,
}

/// What to read of a file, and how strictly. What is not wanted is not parsed.
///
/// ```no_run
/// use seis_resp::{Level, ReadOptions};
/// let inventory = ReadOptions::new()
///     .level(Level::Channel)
///     .select("CI.*.*.BH?".parse()?)
///     .between(Some("2022-01-01".parse()?), Some("2022-02-01".parse()?))
///     .read("stations.xml")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReadOptions {
    pub(crate) level: Level,
    pub(crate) pattern: Option<IdPattern>,
    pub(crate) from: Option<UtcTime>,
    pub(crate) to: Option<UtcTime>,
    pub(crate) strict: bool,
    pub(crate) max_bytes: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            level: Level::default(),
            pattern: None,
            from: None,
            to: None,
            strict: false,
            max_bytes: Self::DEFAULT_MAX_BYTES,
        }
    }
}

impl ReadOptions {
    /// The most bytes of a file that are read unless [`max_bytes`](Self::max_bytes) says otherwise:
    /// 1 GiB, the responses of a hundred thousand channels.
    pub const DEFAULT_MAX_BYTES: u64 = 1 << 30;

    /// Everything, with problems reported.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How far down to read; [`Level::Response`] unless asked for less.
    ///
    /// What lies further down, and what a filter leaves out, is not looked at: its end tag is
    /// searched for, and what is malformed within it goes unnoticed. Only where it holds a comment,
    /// section or instruction, in which an end tag could be quoted, is it read to its end.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Only ids that match. At a level above channels, networks and stations that could hold a
    /// match are read.
    #[must_use]
    pub fn select(mut self, pattern: IdPattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// Only epochs that overlap the time between the two; `None` is open.
    ///
    /// It is the epoch of what is read that counts: of channels at [`Level::Channel`] and
    /// [`Level::Response`], of stations at [`Level::Station`], of networks at [`Level::Network`];
    /// a date that it lacks is that of what is around it. Epochs with an unreadable date stay.
    #[must_use]
    pub fn between(mut self, from: Option<UtcTime>, to: Option<UtcTime>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Whether the first problem is an error, [`Error::Problem`](crate::Error::Problem). By
    /// default it is not: one broken channel does not spoil the others.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The most bytes that are read of a file, [`DEFAULT_MAX_BYTES`](Self::DEFAULT_MAX_BYTES) unless
    /// said otherwise. Devices and pipes may have no end; a file is held in memory while it is read.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Reads a file, of the format that its content tells. It may be a pipe.
    ///
    /// What is of no known format by its [first bytes](crate::Format::detect) is read no further.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), and [`Error::TooLarge`](crate::Error::TooLarge) for a file of
    /// more than [`max_bytes`](Self::max_bytes); otherwise as [`parse`](Self::parse), with the path.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Inventory> {
        let path = path.as_ref();
        let document = source::content(path, self.max_bytes)?;
        let mut inventory = self.parse(&document).map_err(|error| error.in_file(path))?;
        name_file(&mut inventory, path);
        Ok(inventory)
    }

    /// Reads a file of any format from memory: StationXML, RESP, dataless SEED or SAC poles and
    /// zeros, [told by its content](crate::Format::detect).
    ///
    /// # Errors
    /// [`Error::UnknownFormat`](crate::Error::UnknownFormat) if it is none of them; otherwise as
    /// [`parse_stationxml`](Self::parse_stationxml), [`parse_resp`](Self::parse_resp),
    /// [`parse_dataless`](Self::parse_dataless) and [`parse_sacpz`](Self::parse_sacpz).
    pub fn parse(&self, file: &[u8]) -> Result<Inventory> {
        source::parse(self, file)
    }

    /// Reads a StationXML document: UTF-8, or UTF-16 or Latin-1 if it says so.
    ///
    /// # Errors
    /// [`Error::Xml`](crate::Error::Xml), [`Error::TooDeep`](crate::Error::TooDeep) or
    /// [`Error::Encoding`](crate::Error::Encoding) for what is no XML that can be read,
    /// [`Error::NotStationXml`](crate::Error::NotStationXml) for other XML, and
    /// [`Error::Problem`](crate::Error::Problem) if asked to be [`strict`](Self::strict).
    pub fn parse_stationxml(&self, document: &[u8]) -> Result<Inventory> {
        let document = encoding::to_utf8(document)?;
        read::document(&document, self)
    }
}

/// Names the file in all that was noted about its content.
fn name_file(inventory: &mut Inventory, path: &Path) {
    if inventory.report.is_clean() {
        return;
    }
    for problem in &mut inventory.report.problems {
        problem.place.file = Some(path.to_owned());
    }
    let stations = inventory.networks_mut().iter_mut().flat_map(|n| &mut n.stations);
    for channel in stations.flat_map(|s| &mut s.channels) {
        if let ChannelResponse::Broken(broken) = &mut channel.response {
            if let Some(broken) = Arc::get_mut(broken) {
                broken.problem.place.file = Some(path.to_owned());
            }
        }
    }
}
