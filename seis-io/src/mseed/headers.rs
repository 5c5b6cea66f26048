//! First pass: the headers of a source, from bytes in memory or as they arrive.

use std::io::{self, Read};

use super::assemble::Entry;
use super::decode;
use super::pass::Pass;
use super::reader::{Passed, pass};
use super::record::Common;
use super::scan::{Scanner, Step};
use super::window::{More, Window};
use super::{Error, JoinRule, Policy, Reader, Result, Skipped};
use crate::source::Source;

/// Bytes that are asked for at a time.
const CHUNK: usize = 1 << 20;

/// The first pass over a source.
struct Headers<'a> {
    reader: &'a mut Reader,
    out: &'a mut Pass,
    scanner: Scanner,
    /// Entries of sources before this one.
    before: usize,
    passed: Passed,
    /// A stretch that may go on.
    open: Option<Skipped>,
}

impl Reader {
    /// The headers of a source, which is all of the bytes.
    pub(super) fn headers(&mut self, bytes: &[u8], pass: &mut Pass) {
        self.entries.clear();
        self.more_headers(bytes, 0, pass);
    }

    /// The headers of a further source: the bytes from `base` on.
    pub(super) fn more_headers(&mut self, bytes: &[u8], base: usize, out: &mut Pass) {
        let origin = out.begin(base, bytes.len().saturating_sub(base));
        let mut headers = Headers::new(self, out);
        let mut at = base;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            // A complete window never asks for more.
            let step = match headers.scanner.step(Window::new(rest, true)) {
                Ok(step) => step,
                Err(More { .. }) => Step::End,
            };
            let position = at;
            at += step.len();
            if headers.take(step, rest, position, origin + (position - base) as u64) {
                break;
            }
        }
        headers.finish();
    }

    /// The headers of a source, of which no more than a record and a piece is held in memory. The
    /// entries tell where in the source their records stand.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooLarge`], and [`Error::NoRecordsYet`] behind so many bytes.
    pub(super) fn headers_from(
        &mut self,
        source: impl Read,
        max_junk: u64,
        out: &mut Pass,
    ) -> Result<()> {
        self.entries.clear();
        let limit = self.options.max_inflation;
        let mut source = Source::bounded(source, limit);
        out.begin(0, 0);
        let mut headers = Headers::new(self, out);
        let mut buffer: Vec<u8> = Vec::new();
        // Where the window stands in the source and in the buffer, and where what arrived ends.
        let (mut offset, mut at, mut filled) = (0_u64, 0, 0);
        let mut behind_record = 0;
        let mut complete = false;
        loop {
            let rest = buffer.get(at..filled).unwrap_or_default();
            let step = match headers.scanner.step(Window::new(rest, complete)) {
                Ok(step) => step,
                Err(More { needed }) => {
                    // The window moves to the front when that frees at least as much as it moves.
                    if at >= filled - at {
                        buffer.copy_within(at..filled, 0);
                        (filled, at) = (filled - at, 0);
                    }
                    while !complete && filled - at < needed {
                        if buffer.len() == filled {
                            buffer.resize(filled + CHUNK, 0);
                        }
                        let read = source.read(buffer.get_mut(filled..).unwrap_or_default());
                        match (read, source.too_large()) {
                            (Ok(0), _) => complete = true,
                            (Ok(n), _) => filled = buffer.len().min(filled + n),
                            (Err(e), None) if e.kind() == io::ErrorKind::Interrupted => {}
                            (Err(e), None) => return Err(e.into()),
                            (Err(_), Some(bytes)) => {
                                return Err(Error::TooLarge { file: None, bytes, limit });
                            }
                        }
                    }
                    continue;
                }
            };
            let record = matches!(step, Step::Record { .. });
            let len = step.len();
            let position = usize::try_from(offset)
                .map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
            if headers.take(step, rest, position, offset) {
                break;
            }
            at += len;
            offset += len as u64;
            if record {
                behind_record = offset;
            } else if offset - behind_record >= max_junk {
                return Err(Error::NoRecordsYet { file: None, bytes: max_junk });
            }
        }
        headers.finish();
        out.report().bytes = offset + (filled - at) as u64;
        out.end_of_gzip(source.take_broken());
        Ok(())
    }
}

impl<'a> Headers<'a> {
    fn new(reader: &'a mut Reader, out: &'a mut Pass) -> Self {
        let options = &reader.options;
        Self {
            scanner: Scanner::new(options.default_encoding, options.check_crc),
            before: reader.entries.len(),
            reader,
            out,
            passed: Passed::default(),
            open: None,
        }
    }

    /// Takes what stands at the start of some bytes, whose place in the buffer and in the source is
    /// given; whether that was the last.
    #[inline]
    fn take(&mut self, step: Step, rest: &[u8], position: usize, offset: u64) -> bool {
        if matches!(step, Step::Record { .. }) {
            self.record(rest, position, offset);
        } else {
            let end = matches!(step, Step::End);
            if let (Step::Bad { .. }, Some(before)) =
                (&step, self.reader.entries.get_mut(self.before..).and_then(|e| e.last_mut()))
            {
                before.suspect |= before.offset + before.len as usize == position;
            }
            let closed = pass(step, offset, &mut self.passed, &mut self.open);
            self.out.report().skipped.extend(closed);
            if end {
                return true;
            }
        }
        self.reader.options.policy != Policy::Skip
            && (self.open.is_some() || !self.out.report().skipped.is_empty())
    }

    #[inline]
    fn record(&mut self, rest: &[u8], position: usize, offset: u64) {
        let Self { reader: Reader { options, entries, .. }, out, scanner, open, .. } = self;
        let id = scanner.id(rest);
        let common: &Common = scanner.record();
        let closed = open.take();
        let suspect = closed.is_some();
        out.report().skipped.extend(closed);
        let (channel, wanted) = out.channel(&id, options);
        let end = common.end();
        if !wanted || !options.overlaps(common.start, end, common.rate) {
            out.report().filtered_records += 1;
            return;
        }
        let keep_versions = options.join.split_versions || options.join.rule == JoinRule::FileOrder;
        let version = if keep_versions { common.version() } else { 0 };
        let mut entry = Entry::new(common, end, position, channel, version);
        entry.suspect = suspect;
        let payload = common.payload().len();
        if let Err(reason) = decode::check(common.encoding, payload, common.count as usize) {
            entry.broken = true;
            out.skip(&entry, reason);
        } else {
            out.note(common, id, offset);
            if out.verifies() {
                verify(common, rest, &mut entry, entries.len(), out);
            }
        }
        entries.push(entry);
    }

    fn finish(self) {
        let report = self.out.report();
        report.skipped.extend(self.open);
        report.control_records = self.passed.control_records;
        report.noise_bytes = self.passed.noise_bytes;
    }
}

/// Decodes the samples of a record, which is to be the entry of this index, and forgets them.
#[inline(never)]
fn verify(common: &Common, bytes: &[u8], entry: &mut Entry, index: usize, out: &mut Pass) {
    if common.count == 0 {
        return;
    }
    let payload = bytes.get(common.payload()).unwrap_or_default();
    let mut samples = decode::empty_samples(common.encoding);
    let count = common.count as usize;
    match decode::append(common.encoding, common.order, payload, count, &mut samples) {
        // Whether it stands next to bytes that cannot be read is known later.
        Ok(Some(check)) if check.last != check.announced => out.add_odd(index, check),
        Ok(_) => {}
        Err(reason) => {
            entry.broken = true;
            out.skip(entry, reason);
        }
    }
}
