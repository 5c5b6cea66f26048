//! Files of metadata parsed once, however many copies of them there are.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seis_core::UtcTime;
use seis_resp::{Format, Inventory, ReadOptions};
use serde::Serialize;

use super::fetch::{Buffer, read_file};

/// Bytes that the cache may hold: the texts, and inventories of about the same size.
const MAX_BYTES: usize = 16 << 20;

/// Longest text before the first network in which what varies is looked for.
const MAX_HEAD: usize = 4096;

/// What a run's inventory cache did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct InventoryStats {
    /// Files whose content was known already.
    pub hits: u64,
    /// Files that were parsed.
    pub misses: u64,
    /// Inventories that had to go.
    pub evictions: u64,
    /// Inventories held now.
    pub inventories: usize,
    /// Bytes held now; those of the inventories are estimated.
    pub bytes: usize,
}

/// Inventories by the content of their files: each event has its own copy of the same metadata.
/// Those used least recently go first.
///
/// Contents are compared, not hashes of them: that is exact, and ten times as fast as a hash good
/// enough to be believed. The time at which a StationXML document was made and the address it was
/// asked from do not count, since they are all that differs between two downloads.
#[derive(Debug)]
pub(super) struct InventoryCache {
    max_bytes: usize,
    cached: Mutex<Cached>,
}

/// Why there is no inventory of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is something else: a directory, or a file of no format of metadata that is not called
    /// `.xml` either.
    Foreign,
    /// What is wrong with it, with its name.
    Why(String),
}

#[derive(Debug, Default)]
struct Cached {
    entries: HashMap<u64, Vec<Entry>>,
    stats: InventoryStats,
    /// Counts requests, to tell which inventory was used last.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    head: Vec<u8>,
    body: Box<[u8]>,
    inventory: Arc<Inventory>,
    used: u64,
}

impl Entry {
    fn bytes(&self) -> usize {
        2 * (self.head.len() + self.body.len())
    }
}

impl Default for InventoryCache {
    fn default() -> Self {
        Self { max_bytes: MAX_BYTES, cached: Mutex::default() }
    }
}

impl InventoryCache {
    /// The inventory of a file, of the format that its content tells.
    ///
    /// # Errors
    /// The whole story, with the file's name, or that it is something else than metadata and says
    /// so by its name.
    pub(super) fn read(&self, path: &Path, buffer: &mut Buffer) -> Result<Arc<Inventory>, Unread> {
        const MOST: u64 = ReadOptions::DEFAULT_MAX_BYTES;
        let why = |e: &dyn std::fmt::Display| Unread::Why(format!("{}: {e}", path.display()));
        let is_promised = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
        let found = std::fs::metadata(path).map_err(|e| why(&e))?;
        if found.is_dir() && !is_promised {
            return Err(Unread::Foreign);
        }
        if !found.is_file() {
            // A pipe would be waited for, for ever.
            return Err(why(&"not a regular file"));
        }
        if found.len() > MOST {
            return Err(why(&format!("more than {MOST} bytes, the limit for a file of metadata")));
        }
        read_file(path, found.len(), buffer).map_err(|e| why(&e))?;
        self.parse(buffer.filled()).map_err(|e| match e {
            seis_resp::Error::UnknownFormat { .. } if !is_promised => Unread::Foreign,
            e => why(&e),
        })
    }

    fn parse(&self, text: &[u8]) -> Result<Arc<Inventory>, seis_resp::Error> {
        let (head, body) = match Format::detect(text) {
            Some(Format::StationXml) => without_provenance(text),
            _ => (Vec::new(), text),
        };
        let key = key(body);
        if let Some(found) = self.lock().find(key, &head, body) {
            return Ok(found);
        }
        let inventory = Inventory::from_bytes(text).map(Arc::new)?;
        let mut cached = self.lock();
        cached.stats.misses += 1;
        let used = cached.clock;
        let entry = Entry { head, body: body.into(), inventory: Arc::clone(&inventory), used };
        cached.keep(key, entry, self.max_bytes);
        Ok(inventory)
    }

    /// What the cache did so far.
    pub(super) fn stats(&self) -> InventoryStats {
        self.lock().stats
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        // No panic can leave it half-changed.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cached {
    fn find(&mut self, key: u64, head: &[u8], body: &[u8]) -> Option<Arc<Inventory>> {
        self.clock += 1;
        let entries = self.entries.get_mut(&key)?;
        let entry = entries.iter_mut().find(|e| e.head == head && *e.body == *body)?;
        entry.used = self.clock;
        self.stats.hits += 1;
        Some(Arc::clone(&entry.inventory))
    }

    fn keep(&mut self, key: u64, entry: Entry, max_bytes: usize) {
        let rivals = self.entries.get(&key);
        let known = |e: &Entry| e.head == entry.head && e.body == entry.body;
        if entry.bytes() > max_bytes || rivals.is_some_and(|r| r.iter().any(known)) {
            // Too large, or another thread was faster.
            return;
        }
        self.stats.bytes += entry.bytes();
        self.stats.inventories += 1;
        self.entries.entry(key).or_default().push(entry);
        while self.stats.bytes > max_bytes {
            let oldest = self
                .entries
                .iter()
                .flat_map(|(key, entries)| {
                    entries.iter().enumerate().map(|(i, e)| (e.used, *key, i))
                })
                .min();
            let Some((_, key, index)) = oldest else { return };
            if let Some(entries) = self.entries.get_mut(&key) {
                let gone = entries.swap_remove(index);
                self.stats.bytes -= gone.bytes();
                self.stats.inventories -= 1;
                self.stats.evictions += 1;
                if entries.is_empty() {
                    self.entries.remove(&key);
                }
            }
        }
    }
}

/// A number that files of the same content share, from some of their bytes.
fn key(body: &[u8]) -> u64 {
    let step = (body.len() / 64).max(1);
    body.iter().step_by(step).fold(body.len() as u64, |key, byte| {
        (key ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A document in two parts: what comes before the first network, without the text of `Created` and
/// `ModuleURI`, and the rest.
///
/// That text is left out only where it is such that no parser could stumble over it.
fn without_provenance(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut head = Vec::new();
    let mut rest = text;
    while text.len() - rest.len() < MAX_HEAD {
        let Some(open) = rest.iter().take(MAX_HEAD).position(|b| *b == b'<') else { break };
        let (before, tag) = rest.split_at(open);
        head.extend_from_slice(before);
        if tag.starts_with(b"<Network") {
            return (head, tag);
        }
        let end = tag.iter().take(MAX_HEAD).position(|b| *b == b'>').map_or(tag.len(), |i| i + 1);
        let (tag, after) = tag.split_at(end);
        head.extend_from_slice(tag);
        let length = after.iter().take(MAX_HEAD).position(|b| *b == b'<').unwrap_or(0);
        let (value, closing) = after.split_at(length);
        let harmless = match tag {
            b"<Created>" => closing.starts_with(b"</Created>") && is_time(value),
            b"<ModuleURI>" => closing.starts_with(b"</ModuleURI>") && is_plain(value),
            _ => false,
        };
        rest = if harmless { closing } else { after };
    }
    (Vec::new(), text)
}

fn is_time(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|v| v.trim() == v && v.parse::<UtcTime>().is_ok())
}

fn is_plain(value: &[u8]) -> bool {
    let entities = value.iter().enumerate().filter(|(_, b)| **b == b'&');
    value.iter().all(|b| b.is_ascii_graphic())
        && entities
            .into_iter()
            .all(|(i, _)| value.get(i..).is_some_and(|v| v.starts_with(b"&amp;")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(created: &str, uri: &str, latitude: f64) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\"?>\n<FDSNStationXML xmlns=\"http://www.fdsn.org/xml/station/1\" \
             schemaVersion=\"1.1\">\n<Source>x</Source>\n<ModuleURI>{uri}</ModuleURI>\n\
             <Created>{created}</Created>\n<Network code=\"XX\"><Station code=\"A\">\
             <Latitude>{latitude}</Latitude><Longitude>0</Longitude><Elevation>0</Elevation>\
             <Site><Name>a</Name></Site></Station></Network></FDSNStationXML>"
        )
        .into_bytes()
    }

    #[test]
    fn two_downloads_of_the_same_are_the_same() {
        let cache = InventoryCache::default();
        let read = |created: &str, uri: &str, latitude| {
            cache.parse(&document(created, uri, latitude)).unwrap()
        };
        let first = read("2022-01-01T00:00:00Z", "http://a/?start=1&amp;end=2", 1.0);
        let second = read("2023-11-01T10:00:00.25Z", "http://a/?start=3&amp;end=4", 1.0);
        assert!(Arc::ptr_eq(&first, &second));
        let other = read("2022-01-01T00:00:00Z", "http://a/?start=1&amp;end=2", 1.5);
        assert!(!Arc::ptr_eq(&first, &other));
        let InventoryStats { hits, misses, inventories, .. } = cache.stats();
        assert_eq!((hits, misses, inventories), (1, 2, 2));
    }

    #[test]
    fn what_a_parser_may_complain_of_counts() {
        let parts = |created: &str, uri: &str| without_provenance(&document(created, uri, 1.0)).0;
        let usual = parts("2022-01-01T00:00:00Z", "http://a/");
        assert_eq!(usual, parts("2024-01-01T00:00:00Z", "http://b/?c=d&amp;e=f"));
        for (created, uri) in [
            ("yesterday", "http://a/"),
            ("2022-01-01T00:00:00Z", "http://a/?c=d&e=f"),
            ("2022-01-01T00:00:00Z", "http://a/\n"),
            ("2022-01-01T00:00:00Z", "http://a/é"),
            ("<x/>", "http://a/"),
        ] {
            assert_ne!(usual, parts(created, uri), "{created} {uri}");
        }
        // No network: everything counts.
        let text = b"<FDSNStationXML><Created>2022-01-01T00:00:00Z</Created></FDSNStationXML>";
        assert_eq!(without_provenance(text), (Vec::new(), &text[..]));
        assert_eq!(without_provenance(b"<<<"), (Vec::new(), &b"<<<"[..]));
    }

    #[test]
    fn the_least_recently_used_goes() {
        let one = document("2022-01-01T00:00:00Z", "u", 1.0).len();
        let cache = InventoryCache { max_bytes: 5 * one, ..InventoryCache::default() };
        let read =
            |latitude| cache.parse(&document("2022-01-01T00:00:00Z", "u", latitude)).unwrap();
        let first = read(1.0);
        read(2.0);
        assert!(Arc::ptr_eq(&first, &read(1.0)));
        read(3.0);
        assert!(Arc::ptr_eq(&first, &read(1.0)));
        let InventoryStats { hits, misses, evictions, inventories, bytes } = cache.stats();
        assert_eq!((hits, misses, evictions, inventories), (2, 3, 1, 2));
        assert!(bytes <= 5 * one);
    }
}
