//! The StationXML files of one event, read when they are needed, and parsed once for all events.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use seis_core::{SourceId, UtcTime};
use seis_resp::{EpochPolicy, Inventory, LookupError, ResponseMatch};

use super::{Failure, Reason};

/// Bytes of StationXML whose inventories are kept; beyond that the cache starts anew. An inventory
/// takes about as much memory as its text.
const MAX_CACHED_BYTES: usize = 32 << 20;

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
    /// All files together, for channels that the file of their station does not hold.
    all: OnceLock<Inventory>,
}

#[derive(Debug)]
struct ResponseFile {
    path: PathBuf,
    inventory: OnceLock<Result<Arc<Inventory>, String>>,
}

impl EventResponses {
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let files = paths
            .into_iter()
            .map(|path| ResponseFile { path, inventory: OnceLock::new() })
            .collect();
        Self { files, all: OnceLock::new() }
    }

    /// The response that holds from `first` to `last`: from `NET.STA.xml` if that knows the
    /// channel, else from all files of the event together.
    pub(super) fn find(
        &self,
        id: &SourceId,
        (first, last): (UtcTime, UtcTime),
        cache: &InventoryCache,
    ) -> Result<ResponseMatch<'_>, Failure> {
        let own_name = format!("{}.{}.xml", id.network, id.station);
        let own = self.files.iter().find(|f| f.path.file_name().is_some_and(|n| *n == *own_name));
        if let Some(Ok(inventory)) = own.map(|f| f.read(cache)) {
            match inventory.lookup(id, first, last, EpochPolicy::Error) {
                // Somewhere else, perhaps: in the file of a network, or one named otherwise.
                Err(LookupError::NoSuchChannel { .. }) => {}
                found => return found.map_err(|error| self.failure(&error)),
            }
        }
        let all = self.all.get_or_init(|| {
            let mut all = Inventory::new("");
            for inventory in self.files.iter().filter_map(|f| f.read(cache).as_ref().ok()) {
                all.merge(Inventory::clone(inventory));
            }
            all
        });
        all.lookup(id, first, last, EpochPolicy::Error).map_err(|error| self.failure(&error))
    }

    /// The failure that a look-up error means here.
    fn failure(&self, error: &LookupError) -> Failure {
        let reason = match error {
            LookupError::NoSuchChannel { .. } | LookupError::NoResponse { .. } => {
                Reason::NoResponse
            }
            LookupError::NoEpoch { .. }
            | LookupError::EpochEndsWithin { .. }
            | LookupError::EpochBeginsWithin { .. } => Reason::NoEpoch,
            _ => Reason::BadResponse,
        };
        let mut message = error.to_string();
        if matches!(error, LookupError::NoSuchChannel { .. }) {
            message.push_str(&self.holdings());
        }
        Failure::new(reason, message)
    }

    /// What the event's files hold, and which cannot be read.
    fn holdings(&self) -> String {
        if self.files.is_empty() {
            return "; the event has no resp/*.xml".to_owned();
        }
        let mut stations = Vec::new();
        let mut unreadable = String::new();
        for file in &self.files {
            match file.inventory.get() {
                Some(Ok(inventory)) => stations
                    .extend(inventory.stations().map(|(n, s)| format!("{}.{}", n.code, s.code))),
                Some(Err(error)) => unreadable = format!("{unreadable}; {error}"),
                None => {}
            }
        }
        stations.dedup();
        let more = stations.len().saturating_sub(8);
        stations.truncate(8);
        let ellipsis = if more > 0 { format!(" and {more} more") } else { String::new() };
        let known = if stations.is_empty() { "no station".to_owned() } else { stations.join(", ") };
        format!("; resp/ knows {known}{ellipsis}{unreadable}")
    }
}

impl ResponseFile {
    fn read(&self, cache: &InventoryCache) -> &Result<Arc<Inventory>, String> {
        self.inventory.get_or_init(|| cache.read(&self.path))
    }
}
