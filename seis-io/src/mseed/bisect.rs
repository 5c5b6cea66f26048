//! Finds the records of a time window in a file that is in order of time, without reading it all.
//!
//! Whether it is in order cannot be known without reading it all. What is looked at is listed at
//! [`ReadOptions::time_ordered`](super::ReadOptions::time_ordered), which asks for this; wherever
//! something else is found there is no answer, and everything is read.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use seis_core::{SourceId, TimeDelta, UtcTime};

use super::record::{self, Common, Format, ParseOptions};
use super::window::{Halt, Window};
use super::{ReadOptions, v3};
use crate::source::is_gzip;

/// Smaller files are read as a whole: that is one access.
const WORTH_IT: u64 = 1 << 16;

/// How many records are looked at besides the first, the last and those of the search.
const SPOT_CHECKS: u64 = 16;

/// How many bytes are searched for the next version-3 record.
const LONGEST_SEARCH: usize = 1 << 20;

/// Where the wanted records are.
#[derive(Debug)]
pub(super) struct Found {
    /// From the first to behind the last of them.
    pub(super) range: Range<u64>,
    /// Size of the file.
    pub(super) size: u64,
    /// Whose they are.
    pub(super) id: SourceId,
    /// Bytes outside the range that were read to find it.
    pub(super) looked_at: u64,
    /// Records outside the range that were come across.
    pub(super) left_out: usize,
}

/// A record that was looked at.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: u64,
    len: u64,
    start: UtcTime,
    end: UtcTime,
    /// The window takes the nearest samples: records so far off may have them.
    period: TimeDelta,
}

/// The file, and what was seen of it.
struct Search<'a, S> {
    source: &'a mut S,
    size: u64,
    parse: ParseOptions,
    /// The one channel.
    id: SourceId,
    /// Length of all records, in version 2.
    fixed_len: Option<u64>,
    looks: Vec<Look>,
    bytes: Vec<u8>,
    /// Where bytes were read.
    touched: Vec<Range<u64>>,
}

/// The part of a file that holds a time window; `None` if the file does not show that it is in
/// order of time. The position in the file is then anywhere.
///
/// # Errors
/// Those of the system.
pub(super) fn find(
    source: &mut (impl Read + Seek),
    (from, to): (UtcTime, UtcTime),
    options: &ReadOptions,
) -> io::Result<Option<Found>> {
    let size = source.seek(SeekFrom::End(0))?;
    if size < WORTH_IT {
        return Ok(None);
    }
    let parse = ParseOptions {
        default_encoding: options.default_encoding,
        check_crc: true,
        ..ParseOptions::default()
    };
    let mut search = Search {
        source,
        size,
        parse,
        id: SourceId::default(),
        fixed_len: None,
        looks: Vec::new(),
        bytes: Vec::new(),
        touched: Vec::new(),
    };
    let Some(range) = search.range(from, to)? else { return Ok(None) };
    let range = if options.wants(&search.id) { range } else { 0..0 };
    let (looked_at, left_out) = search.outside(&range);
    Ok(Some(Found { range, size, id: search.id, looked_at, left_out }))
}

impl<S: Read + Seek> Search<'_, S> {
    fn range(&mut self, from: UtcTime, to: UtcTime) -> io::Result<Option<Range<u64>>> {
        if !self.begin()? {
            return Ok(None);
        }
        for i in 1..=SPOT_CHECKS {
            if self.look_from(self.size / (SPOT_CHECKS + 1) * i)?.is_none() {
                return Ok(None);
            }
        }
        let Some(end) = self.last()? else { return Ok(None) };
        let first = self.first_where(end, |look| look.end + look.period >= from)?;
        let Some(first) = first else { return Ok(None) };
        let behind = self.first_where(end, |look| look.start - look.period > to)?;
        let Some(behind) = behind else { return Ok(None) };
        self.looks.sort_by_key(|look| look.at);
        let ordered = self.looks.windows(2).all(|pair| match pair {
            [a, b] => a.start <= b.start && a.end <= b.end && a.at + a.len <= b.at || a.at == b.at,
            _ => true,
        });
        // What stands behind the last record (the rest of a cut one) is read with it.
        let behind = if behind == end { self.size } else { behind };
        Ok((ordered && first <= behind).then_some(first..behind))
    }

    /// How many bytes were read outside a range, and how many records were seen there; what was
    /// looked at twice counts once.
    fn outside(&mut self, range: &Range<u64>) -> (u64, usize) {
        self.touched.sort_by_key(|read| read.start);
        let (mut bytes, mut behind) = (0, 0);
        for read in &self.touched {
            let (start, end) = (read.start.max(behind), read.end.max(behind));
            let within = end.min(range.end).saturating_sub(start.max(range.start));
            bytes += end - start - within;
            behind = end;
        }
        // In the order of the file since its order of time was checked.
        self.looks.dedup_by_key(|look| look.at);
        let seen = self.looks.iter().filter(|look| !range.contains(&look.at)).count();
        (bytes, seen)
    }

    /// Looks at the first record; whether it is one by which others can be found.
    fn begin(&mut self) -> io::Result<bool> {
        self.fill(0, 4096)?;
        if is_gzip(&self.bytes) {
            return Ok(false);
        }
        let Some(common) = self.parse_at(0, 0)? else { return Ok(false) };
        self.fixed_len = match &common.format {
            // Without blockette 1000 its length is that of its neighbourhood.
            Format::V2(header) if !header.has_blockette_1000 => return Ok(false),
            Format::V2(_) => Some(u64::from(common.len)),
            _ => None,
        };
        self.id = self.id_at(0, &common);
        self.take(0, &common);
        Ok(true)
    }

    /// Looks at the last record; gives where it ends.
    fn last(&mut self) -> io::Result<Option<u64>> {
        let mut back = match self.fixed_len {
            Some(len) => len + self.size % len,
            None => 4096,
        };
        let mut at = loop {
            match self.look_from(self.size.saturating_sub(back))? {
                Some(look) => break look,
                // The last version-3 record begins further in front.
                None if self.fixed_len.is_none() && back < LONGEST_SEARCH as u64 => back *= 4,
                None => return Ok(None),
            }
        };
        if self.fixed_len.is_none() {
            while at.at + at.len < self.size {
                match self.look_from(at.at + at.len)? {
                    Some(next) if next.at == at.at + at.len => at = next,
                    _ => break,
                }
            }
        }
        Ok(Some(at.at + at.len))
    }

    /// Where the first record stands for which something holds that holds for all behind it; the
    /// end, if for none. `None`: there is something else than records.
    fn first_where(&mut self, end: u64, holds: impl Fn(&Look) -> bool) -> io::Result<Option<u64>> {
        // A record begins at `low`, and for none in front of it does it hold; for the first that
        // begins at `high` or behind it does.
        let (mut low, mut high) = (0, end);
        for look in &self.looks {
            if holds(look) {
                high = high.min(look.at);
            } else {
                low = low.max(look.at + look.len);
            }
        }
        let near = self.fixed_len.unwrap_or(4096);
        while low < high {
            // Close by, record by record.
            let middle = if high - low <= 2 * near { low } else { low + (high - low) / 2 };
            let Some(look) = self.look_from(middle)? else { return Ok(None) };
            if middle == low && look.at != low {
                return Ok(None);
            }
            if look.at >= high {
                high = middle;
            } else if holds(&look) {
                if middle == low {
                    return Ok(Some(low));
                }
                high = middle;
            } else {
                low = look.at + look.len;
            }
        }
        Ok(Some(low))
    }

    /// Looks at the first record that begins at a place or behind it. `None`: what stands there is
    /// none, or one of another kind.
    fn look_from(&mut self, place: u64) -> io::Result<Option<Look>> {
        if let Some(len) = self.fixed_len {
            let at = place.div_ceil(len) * len;
            self.fill(at, len as usize)?;
            let Some(common) = self.parse_at(at, 0)? else { return Ok(None) };
            let alike = self.id_at(0, &common) == self.id && u64::from(common.len) == len;
            return Ok(alike.then(|| self.take(at, &common)));
        }
        let mut wanted = 2 * 4096;
        loop {
            self.fill(place, wanted)?;
            let starts = memchr::memmem::find_iter(&self.bytes, b"MS\x03");
            let candidates: Vec<usize> = starts.collect();
            for i in candidates {
                if let Some(common) = self.parse_at(place, i)? {
                    let alike =
                        self.id_at(i, &common) == self.id && matches!(common.format, Format::V3(_));
                    return Ok(alike.then(|| self.take(place + i as u64, &common)));
                }
            }
            if place + wanted as u64 >= self.size || wanted >= LONGEST_SEARCH {
                return Ok(None);
            }
            wanted *= 8;
        }
    }

    /// The record that stands so far into the bytes, which are those of a place in the file.
    fn parse_at(&mut self, place: u64, into: usize) -> io::Result<Option<Common>> {
        loop {
            let bytes = self.bytes.get(into..).unwrap_or_default();
            let complete = place + self.bytes.len() as u64 >= self.size;
            let mut common = Common::default();
            let window = Window::new(bytes, complete);
            match record::parse(&window, &self.parse, &mut record::Memo::default(), &mut common) {
                Ok(()) => return Ok(Some(common)),
                // No longer than any record can be.
                Err(Halt::More(more)) if more.needed as u64 <= v3::MAX_RECORD => {
                    self.fill(place, into + more.needed)?;
                }
                Err(_) => return Ok(None),
            }
        }
    }

    /// The channel of a record that was parsed there.
    fn id_at(&self, into: usize, common: &Common) -> SourceId {
        common.id(self.bytes.get(into..).unwrap_or_default())
    }

    fn take(&mut self, at: u64, common: &Common) -> Look {
        let (len, period) = (u64::from(common.len), common.rate.offset_of(1));
        let look = Look { at, len, start: common.start, end: common.end(), period };
        self.looks.push(look);
        look
    }

    /// Reads so many bytes from a place on, or up to the end.
    fn fill(&mut self, place: u64, len: usize) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(place))?;
        self.bytes.clear();
        // `len` is at most that of a record: see the callers.
        self.source.by_ref().take(len as u64).read_to_end(&mut self.bytes)?;
        self.touched.push(place..place + self.bytes.len() as u64);
        Ok(())
    }
}
