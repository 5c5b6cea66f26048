//! The metadata of one event, read when they are needed, and parsed once for all events.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use seis_core::{SourceId, UtcTime};
use seis_resp::{EpochPolicy, Inventory, LookupError, ReadReport, ResponseMatch};

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

    /// What was wrong in the metadata of a channel, its station or its network: in the file that
    /// they come from, and where several files were put together, between these.
    pub(super) fn problems(&self, source: &Path, id: &SourceId) -> Vec<String> {
        let is_own = self.own(id).is_some_and(|own| own.path == source);
        // Whether others were asked is known, and not a matter of what other channels needed.
        let together = self.all.get().filter(|_| !is_own).map(|all| &all.report);
        let used = self.files.iter().filter(|f| f.path == source || !is_own).filter_map(|f| {
            let inventory = f.inventory.get()?.as_ref().ok()?;
            let is_used = !inventory.report.problems.is_empty()
                && (is_own || !inventory.channel_epochs(id).is_empty());
            is_used.then_some((f.path.display(), &inventory.report))
        });
        let used: Vec<_> = used.collect();
        if used.is_empty() && together.is_none_or(|report| report.problems.is_empty()) {
            return Vec::new();
        }
        let id = id.to_string();
        let of_file = |(path, report): &(std::path::Display<'_>, &ReadReport)| -> Vec<String> {
            report.concerning(&id).map(|p| format!("{path}: {p}")).collect()
        };
        let own = used.iter().flat_map(of_file);
        // What several files say differently names them itself.
        let together = together.into_iter().flat_map(|report| report.concerning(&id));
        own.chain(together.map(ToString::to_string)).take(MAX_PROBLEMS).collect()
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
            let read = self.files.iter().filter_map(|f| {
                let mut inventory = Inventory::clone(f.read(cache, buffer).as_ref().ok()?);
                // That stays with the file.
                inventory.report = ReadReport::default();
                Some((f.path.clone(), inventory))
            });
            Inventory::from_files(read)
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
