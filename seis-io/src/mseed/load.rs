//! How the bytes of a source come into memory: all of it, or the part that a window needs.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::pass::Pass;
use super::{Error, Reader, Records, Result, bisect};
use crate::source::Source;

/// Bytes in which a record is found wherever they begin, if there are only records.
const MIN_PIECE: u64 = 32 << 20;

/// Files from this size on, and what arrives without a known size, are given no more memory than
/// they need.
const LARGE: usize = 64 << 20;

/// Appends all that a source gives. Memory that is not filled is not touched: there is never much
/// more in use than has arrived.
fn append(mut source: impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut filled = bytes.len();
    let done = loop {
        if bytes.len() == filled {
            if bytes.capacity() == filled {
                // Twice as much at first, a quarter more later.
                let more = if filled < LARGE { filled } else { filled / 4 };
                if bytes.try_reserve_exact(more.max(1 << 16)).is_err() {
                    break Err(io::ErrorKind::OutOfMemory.into());
                }
            }
            let room = (bytes.capacity() - filled).min(LARGE);
            bytes.resize(filled + room, 0);
        }
        match source.read(bytes.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break Ok(()),
            Ok(n) => filled = bytes.len().min(filled + n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => break Err(e),
        }
    };
    bytes.truncate(filled);
    done
}

impl Reader {
    /// Puts what is wanted of a file into the bytes, and reads its headers.
    pub(super) fn file(&mut self, path: &Path, bytes: &mut Vec<u8>, pass: &mut Pass) -> Result<()> {
        self.entries.clear();
        let mut file = File::open(path)?;
        if !self.part_of_file(&mut file, bytes, pass)? {
            let broken = self.load_file(file, bytes)?;
            self.headers(bytes, pass);
            pass.end_of_gzip(broken);
        }
        Ok(())
    }

    /// Reads the headers of a file, which is not held in memory; if only a part is looked at, that
    /// is put into the bytes.
    pub(super) fn headers_of_file(
        &mut self,
        path: &Path,
        bytes: &mut Vec<u8>,
        pass: &mut Pass,
    ) -> Result<()> {
        self.entries.clear();
        let mut file = File::open(path)?;
        if self.part_of_file(&mut file, bytes, pass)? {
            return Ok(());
        }
        let max_junk = if file.metadata()?.is_file() { u64::MAX } else { self.options.max_junk };
        self.headers_from(file, max_junk, pass)
    }

    /// As [`load`](Self::load), of what has a name: a file, or a pipe or device, which may never
    /// end and is left when it holds nothing but junk.
    pub(super) fn load_file(&self, file: File, bytes: &mut Vec<u8>) -> Result<Option<String>> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return self.load_within(self.options.max_junk, file, bytes);
        }
        // One byte more, to find the end. Of a file of holes it is told if there is no room.
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX).saturating_add(1);
        let reserved = if size < LARGE {
            bytes.try_reserve(size)
        } else {
            // Nothing to spare: file after file, the bytes move to a new place, which is cheap
            // for many (pages are renamed) and would be dear for few.
            bytes.try_reserve_exact(size)
        };
        reserved.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        self.load_within(u64::MAX, file, bytes)
    }

    /// As [`part`](Self::part), of a file; a pipe, in which one cannot go about, is read whole.
    pub(super) fn part_of_file(
        &mut self,
        file: &mut File,
        bytes: &mut Vec<u8>,
        pass: &mut Pass,
    ) -> Result<bool> {
        // Asked in this order, it is seldom asked of the system.
        let asked = self.options.window.is_some() && self.options.time_ordered;
        if !asked || !file.metadata()?.is_file() {
            return Ok(false);
        }
        self.part(file, bytes, pass)
    }

    /// Appends the whole source to some bytes; gives the reason if it is gzip that is broken.
    pub(super) fn load(
        &self,
        source: impl io::Read,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<String>> {
        self.load_within(self.options.max_junk, source, bytes)
    }

    /// As [`load`](Self::load), with this many bytes without a record at most.
    fn load_within(
        &self,
        max_junk: u64,
        source: impl io::Read,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<String>> {
        let limit = self.options.max_inflation;
        let mut source = Source::bounded(source, limit);
        // A piece has room for one of the longest records behind a part of another.
        let piece = max_junk.max(MIN_PIECE);
        loop {
            let begun = bytes.len();
            match (append(source.by_ref().take(piece), bytes), source.too_large()) {
                (Ok(()), _) if ((bytes.len() - begun) as u64) < piece => {
                    return Ok(source.take_broken());
                }
                (Ok(_), _) => {}
                (Err(_), Some(bytes)) => return Err(Error::TooLarge { file: None, bytes, limit }),
                (Err(error), None) => return Err(error.into()),
            }
            let read = bytes.get(begun..).unwrap_or_default();
            if !Records::with_options(read, &self.options).any(|record| record.is_ok()) {
                return Err(Error::NoRecordsYet { file: None, bytes: piece });
            }
        }
    }

    /// Appends what is wanted of a source in order of time to some bytes, and reads its headers.
    /// `false`, and the source at its start: all must be read.
    pub(super) fn part(
        &mut self,
        source: &mut (impl Read + Seek),
        bytes: &mut Vec<u8>,
        pass: &mut Pass,
    ) -> Result<bool> {
        let Some(window) = self.options.window.filter(|_| self.options.time_ordered) else {
            return Ok(false);
        };
        if let Some(found) = bisect::find(source, window, &self.options)? {
            source.seek(SeekFrom::Start(found.range.start))?;
            let len = found.range.end - found.range.start;
            let (base, first) = (bytes.len(), self.entries.len());
            source.take(len).read_to_end(bytes)?;
            pass.set_part(found.range.start, found.size, found.looked_at);
            self.more_headers(bytes, base, pass);
            let entries = self.entries.get(first..).unwrap_or_default();
            let all = (bytes.len() - base) as u64 == len;
            if all && pass.is_in_order(entries, &found.id) {
                // They are known to be there, be the range empty and nothing left untouched.
                pass.report().filtered_records += found.left_out;
                return Ok(true);
            }
            pass.forget();
            bytes.truncate(base);
            self.entries.truncate(first);
        }
        source.seek(SeekFrom::Start(0))?;
        Ok(false)
    }
}
