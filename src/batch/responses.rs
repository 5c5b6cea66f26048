//! The metadata of one event, read when they are needed, and parsed once for all events.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use seis_core::{SourceId, UtcTime};
use seis_resp::{Epoch, EpochPolicy, Inventory, LookupError, ReadReport, ResponseMatch};

use super::fetch::Buffer;
use super::inventories::{InventoryCache, Unread};
use super::{Failure, Reason};

/// Problems of one channel's metadata that are told.
const MAX_PROBLEMS: usize = 8;

/// Files that are named where several describe a channel.
const MAX_FILES: usize = 4;

/// The response of a channel.
pub(super) struct Found<'a> {
    pub(super) metadata: ResponseMatch<'a>,
    /// The file it comes from.
    pub(super) source: &'a Path,
    /// Whether that was enough: the file named after the station.
    is_own: bool,
}

/// The files in `resp/` of one event: StationXML, RESP, dataless SEED, SAC poles and zeros.
#[derive(Debug)]
pub(super) struct EventResponses {
    files: Vec<ResponseFile>,
    /// Why `resp/` cannot be listed.
    error: Option<String>,
    /// All files together, for what the file of the station does not hold.
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
    /// they come from, and where several files were put together, between these, and in those of
    /// them that could not be read.
    pub(super) fn problems(&self, found: &Found<'_>, id: &SourceId) -> Vec<String> {
        let Found { source, is_own, .. } = *found;
        // Whether others were asked is known, and not a matter of what other channels needed.
        let together = self.all.get().filter(|_| !is_own).map(|all| &all.report);
        let unread = self.unreadable().filter(|_| !is_own);
        let unread = unread.map(|why| format!("{why}; what it says of {id} is unknown"));
        let unread: Vec<String> = unread.take(MAX_PROBLEMS).collect();
        let used = self.files.iter().filter(|f| f.path == source || !is_own).filter_map(|f| {
            let inventory = f.inventory.get()?.as_ref().ok()?;
            let is_used = !inventory.report.problems.is_empty()
                && (is_own || !inventory.channel_epochs(id).is_empty());
            is_used.then_some((f.path.display(), &inventory.report))
        });
        let used: Vec<_> = used.collect();
        if used.is_empty() && together.is_none_or(|report| report.problems.is_empty()) {
            return unread;
        }
        let id = id.to_string();
        let of_file = |(path, report): &(std::path::Display<'_>, &ReadReport)| -> Vec<String> {
            report.concerning(&id).map(|p| format!("{path}: {p}")).collect()
        };
        let own = used.iter().flat_map(of_file);
        // What several files say differently names them itself.
        let together = together.into_iter().flat_map(|report| report.concerning(&id));
        let problems = own.chain(together.map(ToString::to_string)).take(MAX_PROBLEMS);
        problems.chain(unread).collect()
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
    /// if that has one, else all files of the event together.
    pub(super) fn find(
        &self,
        id: &SourceId,
        (first, last): (UtcTime, UtcTime),
        cache: &InventoryCache,
        buffer: &mut Buffer,
    ) -> Result<Found<'_>, Failure> {
        if let Some((file, Ok(inventory))) = self.own(id).map(|f| (f, f.read(cache, buffer))) {
            let source = file.path.as_path();
            match inventory.lookup(id, first, last, EpochPolicy::Error) {
                Ok(metadata) => return Ok(Found { metadata, source, is_own: true }),
                // Somewhere else, perhaps: in the file of a network, or one named otherwise.
                Err(error) if self.files.len() > 1 && may_be_elsewhere(&error) => {}
                Err(LookupError::NoSuchChannel { .. }) => {}
                Err(error) => return Err(self.failure(&error, &[source])),
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
        match all.lookup(id, first, last, EpochPolicy::Error) {
            Ok(metadata) => {
                let epoch = metadata.epoch.epoch;
                // The one that describes this epoch, and if that was put together, any of it.
                let source = self.holding(id, |known| *known == epoch);
                let source = source.first().copied().unwrap_or(Path::new("resp"));
                Ok(Found { metadata, source, is_own: false })
            }
            Err(error) => {
                let files = match &error {
                    LookupError::Ambiguous { epochs, .. } => {
                        self.holding(id, |known| epochs.contains(known))
                    }
                    _ => self.holding(id, |_| true),
                };
                Err(self.failure(&error, &files))
            }
        }
    }

    /// The files read so far that describe such an epoch of a channel, in their order.
    fn holding(&self, id: &SourceId, is_meant: impl Fn(&Epoch) -> bool) -> Vec<&Path> {
        let holds = |file: &&ResponseFile| {
            let inventory = file.inventory.get().and_then(|read| read.as_ref().ok());
            inventory.is_some_and(|i| i.channel_epochs(id).iter().any(|e| is_meant(&e.epoch)))
        };
        self.files.iter().filter(holds).map(|file| file.path.as_path()).collect()
    }

    /// The failure that a look-up error means here, where these files describe the channel.
    fn failure(&self, error: &LookupError, files: &[&Path]) -> Failure {
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
        let place = match listed(files) {
            none if none.is_empty() => none,
            files => format!("{files}: "),
        };
        if let LookupError::Ambiguous { id, what, epochs, .. } = error {
            let mut dates: Vec<String> = epochs.iter().map(ToString::to_string).collect();
            dates.dedup();
            let dates = dates.join(", ");
            let advice = if files.len() > 1 { ", or leave one of the files" } else { "" };
            let why = format!(
                "{place}{id}: {} epochs with different {what} hold at once ({dates}): correct the \
                 metadata{advice}",
                epochs.len()
            );
            return Failure::new(reason, why);
        }
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

/// The names of files, of many the first.
fn listed(files: &[&Path]) -> String {
    let mut names: Vec<String> =
        files.iter().take(MAX_FILES).map(|path| path.display().to_string()).collect();
    match files.len().saturating_sub(names.len()) {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    names.join(" and ")
}

/// Whether another file may know what is missing in the one of the station.
fn may_be_elsewhere(error: &LookupError) -> bool {
    matches!(
        error,
        LookupError::NoSuchChannel { .. }
            | LookupError::NoEpoch { .. }
            | LookupError::EpochEndsWithin { .. }
            | LookupError::EpochBeginsWithin { .. }
            | LookupError::UnreadableEpoch { .. }
            | LookupError::NoResponse { .. }
    )
}

impl ResponseFile {
    fn read(&self, cache: &InventoryCache, buffer: &mut Buffer) -> &Result<Arc<Inventory>, Unread> {
        self.inventory.get_or_init(|| cache.read(&self.path, buffer))
    }
}
