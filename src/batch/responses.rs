//! The StationXML files of one event, read when they are needed, and parsed once for all events.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use seis_core::{SourceId, UtcTime};
use seis_resp::{EpochPolicy, Inventory, LookupError, ResponseMatch};

use super::{Failure, Reason};

/// Bytes of StationXML whose inventories are kept; beyond that the cache starts anew. An inventory
/// takes about as much memory as its text.
const MAX_CACHED_BYTES: usize = 32 << 20;

/// Problems of one channel's metadata that are told.
const MAX_PROBLEMS: usize = 8;

/// Inventories by the content of their files: each event has its own copy of the same StationXML.
#[derive(Debug, Default)]
pub(super) struct InventoryCache {
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    by_content: HashMap<ContentKey, Arc<Inventory>>,
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ContentKey {
    length: usize,
    hashes: [u64; 2],
}

impl ContentKey {
    fn new(bytes: &[u8]) -> Self {
        // Two independent 64-bit hashes: one alone would meet by chance in a large archive.
        let hashes = [0_u8, 1].map(|salt| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u8(salt);
            hasher.write(bytes);
            hasher.finish()
        });
        Self { length: bytes.len(), hashes }
    }
}

impl InventoryCache {
    fn read(&self, path: &Path) -> Result<Arc<Inventory>, String> {
        let at = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        if !std::fs::metadata(path).map_err(|e| at(&e))?.is_file() {
            // A pipe would be waited for, for ever.
            return Err(at(&"not a regular file"));
        }
        let bytes = std::fs::read(path).map_err(|e| at(&e))?;
        let key = ContentKey::new(&bytes);
        if let Some(found) = self.lock().by_content.get(&key) {
            return Ok(Arc::clone(found));
        }
        let inventory = Inventory::from_stationxml(&bytes).map(Arc::new).map_err(|e| at(&e))?;
        let mut cached = self.lock();
        if cached.bytes.saturating_add(bytes.len()) > MAX_CACHED_BYTES {
            *cached = Cached::default();
        }
        cached.bytes += bytes.len();
        cached.by_content.insert(key, Arc::clone(&inventory));
        Ok(inventory)
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        // No panic can leave the map half-changed.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The StationXML files of one event.
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
    inventory: OnceLock<Result<Arc<Inventory>, String>>,
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
            .and_then(|f| f.inventory.get()?.as_ref().ok());
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

    /// The response that holds from `first` to `last`, and the file it comes from: `NET.STA.xml`
    /// if that knows the channel, else all files of the event together.
    pub(super) fn find(
        &self,
        id: &SourceId,
        (first, last): (UtcTime, UtcTime),
        cache: &InventoryCache,
    ) -> Result<(ResponseMatch<'_>, &Path), Failure> {
        let own_name = format!("{}.{}.xml", id.network, id.station);
        let own = self.files.iter().find(|f| f.path.file_name().is_some_and(|n| *n == *own_name));
        if let Some((file, Ok(inventory))) = own.map(|f| (f, f.read(cache))) {
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
            let mut all = Inventory::new("");
            for inventory in self.files.iter().filter_map(|f| f.read(cache).as_ref().ok()) {
                all.merge(Inventory::clone(inventory));
            }
            all
        });
        let source = self.files.iter().map(|f| (f, f.read(cache))).find_map(|(file, read)| {
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
        self.files.iter().filter_map(|f| f.inventory.get()?.as_ref().err().map(String::as_str))
    }

    /// What the event's files hold.
    fn holdings(&self) -> String {
        if self.files.is_empty() {
            return "; the event has no resp/*.xml".to_owned();
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
    fn read(&self, cache: &InventoryCache) -> &Result<Arc<Inventory>, String> {
        self.inventory.get_or_init(|| cache.read(&self.path))
    }
}
