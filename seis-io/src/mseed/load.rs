//! How the bytes of a source come into memory: all of it, or the part that a window needs.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::pass::Pass;
use super::{Error, Reader, Records, Result, bisect};
use crate::source::Source;

/// Bytes in which a record is found wherever they begin, if there are only records.
const MIN_PIECE: u64 = 32 << 20;

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

    /// As [`load`](Self::load), of what has a name: a file, or a pipe or device, which may never
    /// end and is left when it holds nothing but junk.
    pub(super) fn load_file(&self, file: File, bytes: &mut Vec<u8>) -> Result<Option<String>> {
        let max_junk = if file.metadata()?.is_file() { u64::MAX } else { self.options.max_junk };
        self.load_within(max_junk, file, bytes)
    }

    /// As [`part`](Self::part), of a file; a pipe, in which one cannot go about, is read whole.
    pub(super) fn part_of_file(
        &mut self,
        file: &mut File,
        bytes: &mut Vec<u8>,
        pass: &mut Pass,
    ) -> Result<bool> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || self.part(file, bytes, pass)? {
            return Ok(metadata.is_file());
        }
        // Saves growing; a file of holes may have any size, so only up to a limit.
        bytes.reserve(usize::try_from(metadata.len()).unwrap_or(0).min(1 << 26) + 1);
        Ok(false)
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
            match (source.by_ref().take(piece).read_to_end(bytes), source.too_large()) {
                (Ok(read), _) if (read as u64) < piece => return Ok(source.take_broken()),
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
