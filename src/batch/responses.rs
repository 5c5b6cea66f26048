//! The metadata of one event, read when they are needed, and parsed once for all events.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use seis_core::{SourceId, UtcTime};
use seis_resp::{EpochPolicy, Inventory, LookupError, ResponseMatch};

use super::fetch::Buffer;
use super::inventories::{InventoryCache, Unread};
use super::{Failure, Reason};

/// Problems of one channel's metadata that are told.
const MAX_PROBLEMS: usize = 8;

/// The files in `resp/` of one event: StationXML, RESP, dataless SEED, SAC poles and zeros.
#[derive(Debug)]
pub(super) struct EventResponses {
    files: Vec<ResponseFile>,
    /// Why `resp/` cannot be listed.
    error: Option<String>,
    /// All files together, for channels that the file of their station does not hold.
    all: OnceLock<Inventory>,
}

#[derive(Debug)]
struct ResponseFile {
    path: PathBuf,
    inventory: OnceLock<Result<Arc<Inventory>, Unread>>,
}

impl EventResponses {
    pub(super) fn new(paths: Vec<PathBuf>, error: Option<String>) -> Self {
        let files = paths
            .into_iter()
            .map(|path| ResponseFile { path, inventory: OnceLock::new() })
            .collect();
        Self { files, error, all: OnceLock::new() }
    }

    /// What was wrong in the metadata of a channel, its station or its network, in one file.
    pub(super) fn problems(&self, source: &Path, id: &SourceId) -> Vec<String> {
        let inventory = self
            .files
            .iter()
            .find(|f| f.path == source)
            .and_then(|f| f.inventory.get()?.as_ref().ok())
            .filter(|inventory| !inventory.report.problems.is_empty());
        if inventory.is_none() {
            return Vec::new();
        }
        let above = [
            id.to_string(),
            format!("{}.{}", id.network, id.station),
            id.network.to_string(),
            String::new(),
        ];
        let problems = inventory.into_iter().flat_map(|i| &i.report.problems);
        problems
            .filter(|p| above.contains(&p.place.id))
            .take(MAX_PROBLEMS)
            .map(|p| format!("{}: {p}", source.display()))
            .collect()
    }

    /// The file that is named after a channel's station.
    fn own(&self, id: &SourceId) -> Option<&ResponseFile> {
        let name = format!("{}.{}.xml", id.network, id.station);
        self.files.iter().find(|f| f.path.file_name().is_some_and(|n| *n == *name))
    }

    /// Reads the file in which a channel's response is going to be looked for first.
    pub(super) fn prefetch(&self, id: &SourceId, cache: &InventoryCache, buffer: &mut Buffer) {
        if let Some(file) = self.own(id) {
            // What is wrong with it is told to those who need it.
            let _ = file.read(cache, buffer);
        }
    }

    /// The response that holds from `first` to `last`, and the file it comes from: `NET.STA.xml`
    /// if that knows the channel, else all files of the event together.
    pub(super) fn find(
        &self,
        id: &SourceId,
        (first, last): (UtcTime, UtcTime),
        cache: &InventoryCache,
        buffer: &mut Buffer,
    ) -> Result<(ResponseMatch<'_>, &Path), Failure> {
        if let Some((file, Ok(inventory))) = self.own(id).map(|f| (f, f.read(cache, buffer))) {
            match inventory.lookup(id, first, last, EpochPolicy::Error) {
                // Somewhere else, perhaps: in the file of a network, or one named otherwise.
                Err(LookupError::NoSuchChannel { .. }) => {}
                found => {
                    return found
                        .map(|found| (found, file.path.as_path()))
                        .map_err(|error| self.failure(&error, Some(&file.path)));
                }
            }
        }
        let all = self.all.get_or_init(|| {
            let read = self.files.iter().filter_map(|f| f.read(cache, buffer).as_ref().ok());
            read.map(|inventory| Inventory::clone(inventory)).collect()
        });
        let source =
            self.files.iter().map(|f| (f, f.read(cache, buffer))).find_map(|(file, read)| {
                let inventory = read.as_ref().ok()?;
                (!inventory.channel_epochs(id).is_empty()).then_some(file.path.as_path())
            });
        all.lookup(id, first, last, EpochPolicy::Error)
            .map(|found| (found, source.unwrap_or(Path::new("resp"))))
            .map_err(|error| self.failure(&error, source))
    }

    /// The failure that a look-up error means here.
    fn failure(&self, error: &LookupError, source: Option<&Path>) -> Failure {
        if matches!(error, LookupError::NoSuchChannel { .. }) {
            // What cannot be read may hold what is looked for.
            let unreadable: Vec<&str> =
                self.error.iter().map(String::as_str).chain(self.unreadable()).take(4).collect();
            if !unreadable.is_empty() {
                let why = format!("{}; {error}{}", unreadable.join("; "), self.holdings());
                return Failure::new(Reason::BadResponse, why);
            }
            return Failure::new(Reason::NoResponse, format!("{error}{}", self.holdings()));
        }
        let reason = match error {
            LookupError::NoResponse { .. } => Reason::NoResponse,
            LookupError::NoEpoch { .. }
            | LookupError::EpochEndsWithin { .. }
            | LookupError::EpochBeginsWithin { .. } => Reason::NoEpoch,
            _ => Reason::BadResponse,
        };
        let place = source.map_or_else(String::new, |path| format!("{}: ", path.display()));
        Failure::new(reason, format!("{place}{error}"))
    }

    fn unreadable(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|f| match f.inventory.get()? {
            Err(Unread::Why(why)) => Some(why.as_str()),
            _ => None,
        })
    }

    /// What the event's files hold.
    fn holdings(&self) -> String {
        let foreign = |f: &&ResponseFile| f.inventory.get() == Some(&Err(Unread::Foreign));
        let foreign = self.files.iter().filter(foreign).count();
        if self.files.len() == foreign {
            return match foreign {
                0 => "; the event has nothing in resp/".to_owned(),
                some => format!("; none of the {some} files in resp/ is metadata"),
            };
        }
        let known: BTreeSet<String> = self
            .files
            .iter()
            .filter_map(|f| f.inventory.get()?.as_ref().ok())
            .flat_map(|inventory| inventory.stations())
            .map(|(network, station)| format!("{}.{}", network.code, station.code))
            .collect();
        if known.is_empty() {
            return "; resp/ knows no station".to_owned();
        }
        let listed: Vec<&str> = known.iter().take(8).map(String::as_str).collect();
        let more = known.len() - listed.len();
        let ellipsis = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("; resp/ knows {}{ellipsis}", listed.join(", "))
    }
}

impl ResponseFile {
    fn read(&self, cache: &InventoryCache, buffer: &mut Buffer) -> &Result<Arc<Inventory>, Unread> {
        self.inventory.get_or_init(|| cache.read(&self.path, buffer))
    }
}
