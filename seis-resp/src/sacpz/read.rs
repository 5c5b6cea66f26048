//! From lines to channels.

use super::entry::{Entry, Finished, Keyword, constant_twice, cut_short, unexpected};
use super::header;
use crate::seed::{At, Notes, TextLines, Tree, string};
use crate::{Error, Format, Inventory, ReadOptions, Result, Site, Station};

/// Reads a file.
pub(super) fn read(file: &[u8], options: &ReadOptions) -> Result<Inventory> {
    let mut reader = PzReader {
        notes: Notes::new(options.strict),
        tree: Tree::new(options),
        entry: Entry::default(),
        keyword: None,
        responses: 0,
        created: None,
    };
    let (mut last, mut last_line) = (At::default(), &b""[..]);
    for (line, at) in TextLines::new(file) {
        (last, last_line) = (at, line);
        match line.strip_prefix(b"*") {
            Some(comment) => reader.comment(comment, at)?,
            None => reader.line(line, at)?,
        }
    }
    let ends_within = file.last().is_some_and(|b| !b.is_ascii_whitespace() && *b != 0);
    if ends_within && !last_line.starts_with(b"*") && !reader.entry.ends_with(last_line) {
        cut_short(&mut reader.notes, last, last_line)?;
    }
    reader.end_entry()?;
    if reader.responses == 0 {
        let place = Box::new(reader.notes.place(last, ""));
        let reason = "no ZEROS, POLES or CONSTANT in it".to_owned();
        return Err(Error::NotThisFormat { place, format: Format::SacPz, reason });
    }
    let mut inventory = reader.tree.finish();
    inventory.created = reader.created;
    inventory.report = reader.notes.into_report();
    Ok(inventory)
}

/// Whether the first line that is no comment has a keyword.
pub(super) fn begins(file: &[u8]) -> bool {
    let first = TextLines::new(file).find(|(line, _)| !line.starts_with(b"*"));
    first.is_some_and(|(line, _)| Keyword::of(line).is_some())
}

struct PzReader<'o> {
    notes: Notes,
    tree: Tree<'o>,
    entry: Entry,
    /// The keyword whose roots are being read.
    keyword: Option<Keyword>,
    responses: u64,
    created: Option<seis_core::UtcTime>,
}

impl PzReader<'_> {
    fn comment(&mut self, comment: &[u8], at: At) -> Result<()> {
        let text = string(comment);
        let told = header::parse(&text);
        // Comments behind a response are those of the next one.
        if told.is_some() && self.entry.has_response() {
            self.end_entry()?;
        }
        self.entry.from_vertical |= header::counts_from_vertical(&text);
        match told {
            Some((key, name, value)) => self.entry.tell(key, name, value, at, &mut self.notes),
            None => {
                if text.contains(|c: char| c.is_ascii_alphanumeric()) {
                    self.notes.ignore("comments");
                }
                Ok(())
            }
        }
    }

    fn line(&mut self, line: &[u8], at: At) -> Result<()> {
        if let Some((keyword, value)) = Keyword::of(line) {
            if keyword == Keyword::Constant && self.keyword == Some(keyword) {
                return constant_twice(&mut self.notes, at, value);
            }
            if self.entry.has(keyword) {
                self.end_entry()?;
            }
            self.keyword = Some(keyword);
            return self.entry.keyword(keyword, value, at, &mut self.notes);
        }
        match self.keyword {
            Some(keyword) => self.entry.root(keyword, line, at, &mut self.notes),
            None => unexpected(&mut self.notes, at, line),
        }
    }

    fn end_entry(&mut self) -> Result<()> {
        let entry = std::mem::take(&mut self.entry);
        self.keyword = None;
        if !entry.has_response() {
            return Ok(());
        }
        self.responses += 1;
        self.created = self.created.or(entry.created);
        let Finished { network, station: code, site, channel } = entry.finish(&mut self.notes)?;
        let mut station = Station::new(code);
        station.site = Site { name: site, ..Site::default() };
        // They are those of the channel, and the file has no others.
        station.latitude.clone_from(&channel.latitude);
        station.longitude.clone_from(&channel.longitude);
        station.elevation.clone_from(&channel.elevation);
        self.tree.station(network, station);
        if self.tree.wants(&channel) {
            self.tree.channel(channel);
        }
        Ok(())
    }
}
