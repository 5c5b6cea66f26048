//! From the disk into memory: one look, one read.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use seis_io::mseed;

use super::event::EventContext;
use super::{Failure, Reason};

/// Buffers above this size are given back to the system after use.
const MAX_KEPT: usize = 1 << 20;

/// Bytes read from a file. The allocation, which is initialised but once, serves for many.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// What was read.
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    /// The buffer for the next file: this one, unless it is uncommonly large.
    pub(super) fn for_next(self) -> Self {
        if self.bytes.len() > MAX_KEPT { Self::default() } else { self }
    }
}

/// Buffers that threads hand to each other, no more than are of use.
#[derive(Debug)]
pub(super) struct BufferPool {
    most_buffers: usize,
    most_bytes: usize,
    state: Mutex<Pooled>,
}

#[derive(Debug, Default)]
struct Pooled {
    buffers: Vec<Buffer>,
    bytes: usize,
}

impl BufferPool {
    /// A pool that keeps so many buffers, of so many bytes altogether.
    pub(super) fn new(most_buffers: usize, most_bytes: usize) -> Self {
        Self { most_buffers, most_bytes, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Pooled> {
        // No panic can leave it half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A buffer that somebody is done with, or a new one.
    pub(super) fn take(&self) -> Buffer {
        let mut pooled = self.lock();
        let Some(buffer) = pooled.buffers.pop() else { return Buffer::default() };
        pooled.bytes -= buffer.bytes.len();
        buffer
    }

    /// Keeps a buffer for whoever needs one next, or gives it back to the system.
    pub(super) fn put(&self, buffer: Buffer) {
        let size = buffer.bytes.len();
        let mut pooled = self.lock();
        let has_room = pooled.buffers.len() < self.most_buffers
            && pooled.bytes.saturating_add(size) <= self.most_bytes;
        if size > 0 && has_room {
            pooled.bytes += size;
            pooled.buffers.push(buffer);
        }
    }
}

/// Reads a file that is said to have so many bytes; it may have others by now.
///
/// There is one call to the system, since it says by giving less than it was asked for that the
/// end is reached, and a length that agrees makes it certain.
pub(super) fn read_file(path: &Path, expected: u64, buffer: &mut Buffer) -> io::Result<()> {
    buffer.filled = 0;
    let expected = usize::try_from(expected).map_err(|_| ErrorKind::OutOfMemory)?;
    let mut file = File::open(path)?;
    let Buffer { bytes, filled } = buffer;
    loop {
        let wanted = expected.max(*filled).saturating_add(1);
        if bytes.len() < wanted {
            let more = (wanted - bytes.len()).max(bytes.len() / 2);
            bytes.try_reserve_exact(more)?;
            bytes.resize(bytes.len() + more, 0);
        }
        let room = bytes.get_mut(*filled..).unwrap_or_default();
        match file.read(room) {
            Ok(0) => return Ok(()),
            Ok(n) => {
                *filled += n;
                if *filled == expected {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A raw file on its way to be worked on.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) content: Content,
    /// When the file was last written.
    pub(super) modified: Option<SystemTime>,
    /// How long it took.
    pub(super) took: Duration,
}

/// What there is of a raw file.
#[derive(Debug)]
pub(super) enum Content {
    /// Its bytes.
    Read(Buffer),
    /// Too large to be read ahead.
    NotYet,
    /// An earlier run did all of it; the names of the results.
    Complete(Vec<String>),
    /// It cannot be read.
    Unreadable(Failure),
}

impl Fetched {
    /// Reads a raw file, unless an earlier run completed it, or it has more bytes than `most`.
    pub(super) fn new(event: &EventContext, path: &Path, most: u64, buffer: Buffer) -> Self {
        let begun = Instant::now();
        let mut modified = None;
        let content = look(path).map_or_else(Content::Unreadable, |found| {
            modified = found.modified().ok();
            match event.completed(path, modified) {
                Some(results) => Content::Complete(results.to_vec()),
                None if found.len() > most => Content::NotYet,
                None => read(path, found.len(), buffer),
            }
        });
        Self { content, modified, took: begun.elapsed() }
    }

    /// Nothing was read, for this reason.
    pub(super) fn failed(failure: Failure) -> Self {
        Self { content: Content::Unreadable(failure), modified: None, took: Duration::ZERO }
    }

    /// What is in a raw file, whatever an earlier run made of it.
    pub(super) fn content_of(path: &Path) -> Content {
        look(path)
            .map_or_else(Content::Unreadable, |found| read(path, found.len(), Buffer::default()))
    }

    /// The buffer, for the next file.
    pub(super) fn into_buffer(self) -> Buffer {
        match self.content {
            Content::Read(buffer) => buffer.for_next(),
            _ => Buffer::default(),
        }
    }

    /// Number of bytes read.
    pub(super) fn bytes(&self) -> usize {
        match &self.content {
            Content::Read(buffer) => buffer.filled,
            _ => 0,
        }
    }
}

fn look(path: &Path) -> Result<Metadata, Failure> {
    match std::fs::metadata(path) {
        // A pipe would be waited for, for ever.
        Ok(found) if !found.is_file() => {
            let why = format!("{}: not a regular file", path.display());
            Err(Failure::new(Reason::UnreadableFile, why))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(unreadable(path, error)),
    }
}

fn read(path: &Path, expected: u64, mut buffer: Buffer) -> Content {
    match read_file(path, expected, &mut buffer) {
        Ok(()) => Content::Read(buffer),
        Err(error) => Content::Unreadable(unreadable(path, error)),
    }
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    Failure::new(Reason::UnreadableFile, mseed::Error::from(error).in_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_keeps_what_is_of_use() {
        let buffer = |size| Buffer { bytes: vec![0; size], filled: size };
        let pool = BufferPool::new(3, 100);
        for size in [0, 60, 50, 30, 10, 1] {
            pool.put(buffer(size));
        }
        // One too large beside the first, one too many, and one of which nobody has anything.
        let sizes: Vec<usize> = (0..4).map(|_| pool.take().bytes.len()).collect();
        assert_eq!(sizes, [10, 30, 60, 0]);
        pool.put(buffer(100));
        assert_eq!(pool.take().bytes.len(), 100);
    }

    #[test]
    fn files_are_read_whole_whatever_was_said_of_their_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let content: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
        let mut buffer = Buffer::default();
        for length in [0, 1, 4096, 70_000, 300_000, 17] {
            std::fs::write(&path, &content[..length]).unwrap();
            for said in [length, length + 5, length / 2] {
                read_file(&path, said as u64, &mut buffer).unwrap();
                // A file that grew after it was looked at may be read as it was then.
                let read = buffer.filled();
                assert!(read == &content[..length], "{length} {said} {}", read.len());
            }
        }
        assert!(read_file(&folder.path().join("b"), 0, &mut buffer).is_err());
        assert!(read_file(&path, u64::MAX, &mut buffer).is_err());
    }
}
