//! From records to an inventory.

use super::dictionary::{Dictionary, size};
use super::records::{Blockettes, Raw, Record, Step, mark_missing, may_hide_station};
use crate::seed::{
    At, Blockette, Element, Part, Units, Walk, count, is_part, parse_time, sensor, string,
};
use crate::{
    Comment, Consequence, Error, Format, Inventory, Problem, ProblemKind, ReadOptions, Result,
};

/// Exponents of two that record lengths are looked for among.
const EXPONENTS: std::ops::RangeInclusive<u32> = 8..=20;

/// So many numbers may come of references to dictionaries, and so many more for each byte of the
/// file: a short reference stands for a long entry.
const EXPANDED: usize = 1 << 18;
const EXPANDED_PER_BYTE: usize = 32;

/// Reads a file.
pub(super) fn read(file: &[u8], options: &ReadOptions) -> Result<Inventory> {
    let mut reader = VolumeReader {
        walk: Walk::new(options, true),
        dictionary: Dictionary::default(),
        head: Inventory::default(),
        left: EXPANDED.saturating_add(file.len().saturating_mul(EXPANDED_PER_BYTE)),
        blockettes: 0,
    };
    let mut offset = 0;
    while offset < file.len() {
        let (records, next) = reader.volume(file, offset)?;
        reader.read_records(&records)?;
        offset = next;
    }
    reader.walk.end_channel()?;
    if reader.blockettes == 0 {
        let place = Box::new(reader.walk.notes.place(At::default(), ""));
        let reason = "no blockette in it".to_owned();
        return Err(Error::NotThisFormat { place, format: Format::Dataless, reason });
    }
    let mut inventory = reader.walk.tree.finish();
    inventory.source = reader.head.source;
    inventory.created = reader.head.created;
    inventory.report = reader.walk.notes.into_report();
    Ok(inventory)
}

struct VolumeReader<'o> {
    walk: Walk<'o>,
    dictionary: Dictionary,
    /// What the first volume header says.
    head: Inventory,
    /// How many numbers may still come of references.
    left: usize,
    blockettes: u64,
}

impl VolumeReader<'_> {
    /// The records of a volume, and where it ends: at the end of the file, or where the next one
    /// begins.
    fn volume<'a>(&mut self, file: &'a [u8], start: usize) -> Result<(Vec<Record<'a>>, usize)> {
        let length = self.record_length(file, start)?;
        let mut records = Vec::new();
        let mut offset = start;
        while offset < file.len() {
            match Record::at(file, offset, length) {
                Some(record) if offset > start && record.begins_volume().is_some() => break,
                Some(record) => match record.kind {
                    b'V' | b'A' | b'S' => records.push(record),
                    b'T' => self.walk.notes.ignore("time span headers"),
                    _ => self.walk.notes.ignore("records of data"),
                },
                None => {
                    let bytes = file.get(offset..).unwrap_or_default();
                    let bytes = bytes.get(..length).unwrap_or(bytes);
                    // Volumes are filled up with records of nothing but their number.
                    let is_cut = bytes.len() < length;
                    let content = bytes.get(6..).filter(|_| !is_cut).unwrap_or(bytes);
                    if !content.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
                        records.push(Record::lost(bytes, offset));
                    }
                }
            }
            offset = offset.saturating_add(length);
        }
        mark_missing(file, length, &mut records);
        Ok((records, offset.min(file.len())))
    }

    /// The length of records: what the volume header says, if the next record follows after so
    /// many bytes; else the first power of two after which it does.
    fn record_length(&mut self, file: &[u8], start: usize) -> Result<usize> {
        let first = Record::at(file, start, usize::MAX);
        let ends = |length: usize| start + length >= file.len();
        let follows =
            |length: usize| ends(length) || Record::number_at(file, start + length).is_some();
        let next = Record::number_at(file, start).map(|number| number + 1);
        let counts_on = |length: usize| {
            ends(length) || Record::number_at(file, start + length).is_some_and(|n| Some(n) == next)
        };
        let said = first.and_then(|record| record.begins_volume());
        let length = said
            .and_then(|(text, _)| count(text))
            .filter(|exponent| EXPONENTS.contains(exponent))
            .map(|exponent| 1_usize << exponent);
        if let Some(length) = length.filter(|length| counts_on(*length)) {
            return Ok(length);
        }
        let powers = || EXPONENTS.map(|exponent| 1_usize << exponent);
        let found = powers().find(|length| counts_on(*length) && !ends(*length));
        // Not everybody counts records one by one.
        if let Some(length) = length.filter(|length| found.is_none() && follows(*length)) {
            return Ok(length);
        }
        let found = found.or_else(|| powers().find(|length| follows(*length)));
        if let Some((text, offset)) = said {
            let at = At { offset, ..At::default() };
            let expected = "the length of records as a power of two";
            let (kind, kept) = (ProblemKind::Structure, Consequence::Kept);
            let notes = &mut self.walk.notes;
            notes.problem(at, Element(10, 4), kind, text, expected, kept)?;
        }
        Ok(found.or(length).unwrap_or(4096))
    }

    fn read_records(&mut self, records: &[Record<'_>]) -> Result<()> {
        self.dictionary = Dictionary::default();
        "".clone_into(&mut self.walk.notes.id);
        self.each(records, b'V', Self::volume_header)?;
        // Responses refer to units, which may stand behind them.
        self.each(records, b'A', |reader, b| match b.kind {
            31 | 33 | 34 => reader.dictionary.add(b, &mut reader.walk.notes),
            41..=48 => Ok(()),
            kind => {
                reader.walk.notes.ignore(Element(kind, 0));
                Ok(())
            }
        })?;
        self.each_quietly(records, b'A', |reader, b| match b.kind {
            41..=48 => reader.dictionary.add_response(b, &mut reader.walk.notes),
            _ => Ok(()),
        })?;
        self.dictionary.finish(&mut self.walk.notes)?;
        self.walk.with_whole = 0;
        self.each(records, b'S', Self::station_header)?;
        self.check_end(records)?;
        self.walk.end_channel()
    }

    /// Breaks the last channel if the file may have been cut behind one of its records: the
    /// sensitivity, which stands behind the stages, is missing, and either the last record is full
    /// or the other channels have one.
    fn check_end(&mut self, records: &[Record<'_>]) -> Result<()> {
        let last = records.iter().rev().find(|record| record.kind == b'S');
        let is_full = last.is_some_and(Record::is_full);
        if !self.walk.lacks_whole() || !(is_full || self.walk.with_whole > 0) {
            return Ok(());
        }
        let offset = last.map(|record| record.offset).unwrap_or_default();
        let at = At { offset, ..At::default() };
        let expected = "the sensitivity, stage 0, before the end of the volume";
        let (kind, broken) = (ProblemKind::Missing, Consequence::ResponseBroken);
        let notes = &mut self.walk.notes;
        notes.take_fault();
        notes.problem(at, Element(58, 0), kind, b"", expected, broken)?;
        let fault = notes.take_fault();
        self.walk.add_fault(58, at, fault);
        Ok(())
    }

    /// Calls a function for each blockette of the records of a type, and notes what is odd.
    fn each(
        &mut self,
        records: &[Record<'_>],
        kind: u8,
        mut read: impl FnMut(&mut Self, &Blockette<'_>) -> Result<()>,
    ) -> Result<()> {
        for step in Blockettes::new(records, kind) {
            let is_cut = matches!(step, Step::Cut(_));
            let (at, problem, bytes, expected, may_hide_station) = match step {
                Step::Blockette(raw) => {
                    self.blockettes += 1;
                    let (blockette, rest) = raw.fields();
                    let fault = self.check(&raw, &blockette, rest, kind)?;
                    // What seems to begin another station or channel may be a piece of this one.
                    if let Some(fault) = fault.clone().filter(|_| matches!(raw.kind, 50 | 52)) {
                        self.walk.damage(raw.kind, fault, false);
                    }
                    read(self, &blockette)?;
                    if let Some(fault) = fault {
                        let may_hide_station = blockette.kind == 50 || raw.may_hide_station();
                        self.walk.damage(blockette.kind, fault, may_hide_station);
                    }
                    continue;
                }
                Step::Junk(bytes, at) => {
                    let expected = "a blockette: its type of three digits, its length of four";
                    // A station begins with a record.
                    let record = records.partition_point(|r| r.offset < at.offset);
                    let record = record.checked_sub(1).and_then(|n| records.get(n));
                    let begins = record.is_some_and(|record| record.begins_at(at.offset));
                    let hides = begins || may_hide_station(bytes);
                    let bytes = bytes.get(..32).unwrap_or(bytes);
                    (at, ProblemKind::Structure, bytes, expected, hides)
                }
                Step::Cut(at) => {
                    let expected = "as many bytes of the record as the others have";
                    (at, ProblemKind::Truncated, &b"the end of the file"[..], expected, false)
                }
                Step::Lost(bytes, at) => {
                    let expected = "a record: a number of six digits, V, A or S, a blank or *";
                    let bytes = bytes.get(..16).unwrap_or(bytes);
                    (at, ProblemKind::Structure, bytes, expected, true)
                }
                Step::Missing(number, at) => {
                    let expected = "a record with the number that follows: some are missing here";
                    (at, ProblemKind::Structure, number, expected, true)
                }
            };
            // Numbers of a response may be among what is lost.
            let is_station = kind == b'S' && (may_hide_station || self.walk.is_in_channel());
            let consequence = match is_station {
                // Not everybody fills the last record up.
                true if is_cut && self.walk.ends_with_whole() => Consequence::Kept,
                true => Consequence::ResponseBroken,
                false => Consequence::LeftOut,
            };
            let notes = &mut self.walk.notes;
            notes.take_fault();
            notes.problem(at, "record", problem, bytes, expected, consequence)?;
            if let Some(fault) = notes.take_fault() {
                self.walk.damage(0, fault, may_hide_station);
            }
            self.dictionary.is_damaged |= kind == b'A';
        }
        Ok(())
    }

    /// As [`each`](Self::each) over records that have been checked.
    fn each_quietly(
        &mut self,
        records: &[Record<'_>],
        kind: u8,
        mut read: impl FnMut(&mut Self, &Blockette<'_>) -> Result<()>,
    ) -> Result<()> {
        for step in Blockettes::new(records, kind) {
            if let Step::Blockette(raw) = step {
                read(self, &raw.fields().0)?;
            }
        }
        Ok(())
    }

    /// Notes a blockette that is cut short, goes on behind its last field, or has no place among
    /// the records of its type: its length, or that of one before, is wrong. Gives what breaks
    /// responses.
    fn check(
        &mut self,
        raw: &Raw<'_>,
        b: &Blockette<'_>,
        rest: &[u8],
        records: u8,
    ) -> Result<Option<Box<Problem>>> {
        let (broken, left_out) = (Consequence::ResponseBroken, Consequence::LeftOut);
        let consequence = if records == b'S' { broken } else { left_out };
        let is_wrong = !raw.is_whole() || !rest.is_empty() && matches!(b.kind, 41..=48);
        self.dictionary.is_damaged |= records == b'A' && is_wrong;
        let element = Element(b.kind, 0);
        let notes = &mut self.walk.notes;
        notes.take_fault();
        if !raw.is_whole() {
            let expected = "as many bytes as the blockette says";
            let kind = ProblemKind::Truncated;
            notes.problem(b.at, element, kind, b"the end", expected, consequence)?;
        } else if records == b'S' && !matches!(b.kind, 50..=62) {
            let expected = "one of the blockettes of stations, 050 to 062";
            let found = b.kind.to_string();
            let kind = ProblemKind::Structure;
            notes.problem(b.at, element, kind, found.as_bytes(), expected, consequence)?;
        } else if !rest.is_empty() && !b.fields.is_empty() {
            let expected = "the end of the blockette after its last field";
            let kind = ProblemKind::Structure;
            notes.problem(b.at, element, kind, rest, expected, consequence)?;
        }
        if let Some((number, at)) = raw.damaged() {
            // Where it stands in a response, it stands for a digit or sign.
            let is_response = is_part(b.kind) || b.kind == 60;
            let consequence = if is_response { consequence } else { Consequence::Kept };
            self.dictionary.is_damaged |= records == b'A' && is_response;
            let (element, text) = (Element(b.kind, number), ProblemKind::Text);
            let expected = "a field without NUL bytes beside others";
            notes.problem(at, element, text, b.text(number), expected, consequence)?;
        }
        // The dates, which all versions of SEED have.
        let last = match b.kind {
            50 => 13,
            52 => 22,
            _ => return Ok(notes.take_fault()),
        };
        if records == b'S' && raw.is_whole() && b.field(last).is_none() {
            let expected = "a blockette that goes on to its dates";
            notes.problem(
                b.at,
                element,
                ProblemKind::Truncated,
                b"its end",
                expected,
                consequence,
            )?;
        }
        Ok(notes.take_fault())
    }

    /// Blockette 10, 5 or 8, and the indices behind it.
    fn volume_header(&mut self, b: &Blockette<'_>) -> Result<()> {
        let notes = &mut self.walk.notes;
        match b.kind {
            10 | 5 => {
                let is_first = self.head.source.is_none() && self.head.created.is_none();
                let organization = string(b.text(8));
                if is_first && !organization.is_empty() {
                    self.head.source = Some(organization);
                }
                if is_first {
                    self.head.created = parse_time(b.text(7));
                }
                for number in [5, 6, 9] {
                    notes.ignore_field(b, number, &[]);
                }
            }
            kind => notes.ignore(Element(kind, 0)),
        }
        Ok(())
    }

    fn station_header(&mut self, b: &Blockette<'_>) -> Result<()> {
        match b.kind {
            50 => {
                let key = self.walk.station(b)?;
                let name = key.and_then(|key| self.dictionary.names.get(&key));
                let name = name.filter(|name| !name.is_empty());
                if let Some((network, name)) = self.walk.tree.network().zip(name) {
                    network.info.description.get_or_insert_with(|| name.clone());
                }
                Ok(())
            }
            51 | 59 => self.comment(b),
            52 => {
                let key = self.walk.begin_channel(b, Units::Keyed(&self.dictionary.units))?;
                let name = key.and_then(|key| self.dictionary.names.get(&key)).cloned();
                let named = |key| self.dictionary.names.contains_key(&key);
                let name = name.filter(|name| !name.is_empty());
                match (name, self.walk.wanted_channel()) {
                    (Some(name), _) if name.is_empty() => {}
                    (Some(name), Some(channel)) => channel.sensor = Some(sensor(name)),
                    (None, Some(_)) if key.is_some_and(|key| key != 0 && !named(key)) => {
                        let expected = "the key of a blockette 33";
                        let (reference, left_out) = (ProblemKind::Reference, Consequence::LeftOut);
                        self.walk.notes.in_field(b, 6, reference, expected, left_out)?;
                    }
                    _ => {}
                }
                Ok(())
            }
            60 => self.references(b),
            kind if is_part(kind) => {
                if self.walk.wants_response(b)? {
                    let units = Units::Keyed(&self.dictionary.units);
                    let part = self.walk.read_part(b, units)?;
                    self.walk.add_part(part);
                }
                Ok(())
            }
            kind => {
                self.walk.notes.ignore(Element(kind, 0));
                Ok(())
            }
        }
    }

    /// A comment on the open station, or on the open channel.
    fn comment(&mut self, b: &Blockette<'_>) -> Result<()> {
        let notes = &mut self.walk.notes;
        let (begin, _) = notes.date(b, 3)?;
        let (end, _) = notes.date(b, 4)?;
        notes.ignore_field(b, 6, &["0", "000000"]);
        let key = count(b.text(5));
        let value = key.and_then(|key| self.dictionary.comments.get(&key)).cloned();
        let Some(value) = value else {
            let expected = "the key of a blockette 31";
            let (reference, left_out) = (ProblemKind::Reference, Consequence::LeftOut);
            return notes.in_field(b, 5, reference, expected, left_out);
        };
        if !self.afford(value.len() / 8 + 16) {
            return self.too_much(b, Consequence::LeftOut);
        }
        let comment = Comment { value, begin, end, ..Comment::default() };
        if b.kind == 59 {
            if let Some(channel) = self.walk.wanted_channel() {
                channel.info.comments.push(comment);
            }
        } else if let Some(station) = self.walk.tree.open_station() {
            station.info.comments.push(comment);
        }
        Ok(())
    }

    /// Blockette 60: the parts of a response, by their keys in the dictionaries.
    fn references(&mut self, b: &Blockette<'_>) -> Result<()> {
        if !self.walk.wants_response(b)? {
            return Ok(());
        }
        let mut stage = None;
        let (mut stages, mut keys, mut keys_said) = (0, 0, 0);
        if self.dictionary.is_damaged {
            // Lists of a response may go on in what is lost.
            let expected = "keys of a dictionary whose records are whole";
            self.fault(b, 6, ProblemKind::Reference, expected)?;
        }
        for field in &b.fields {
            match field.number {
                4 => {
                    stage = count(field.text);
                    stages += 1;
                }
                5 => keys_said += count(field.text).unwrap_or(0),
                6 => {
                    keys += 1;
                    self.reference(b, stage, field.text, field.at)?;
                }
                _ => {}
            }
        }
        if count(b.text(3)) != Some(stages) || keys != keys_said {
            let expected = "as many stages and keys as the blockette says";
            self.fault(b, 3, ProblemKind::Count, expected)?;
        }
        Ok(())
    }

    fn reference(
        &mut self,
        b: &Blockette<'_>,
        stage: Option<u32>,
        text: &[u8],
        at: At,
    ) -> Result<()> {
        let key = count(text);
        let parts = key.map(|key| self.dictionary.response(key)).unwrap_or_default();
        let Some(stage) = stage.filter(|_| !parts.is_empty()) else {
            let expected = "a stage, and keys of blockettes 41 to 48";
            let (kind, broken) = (ProblemKind::Reference, Consequence::ResponseBroken);
            let element = Element(b.kind, 6);
            self.walk.notes.problem(at, element, kind, text, expected, broken)?;
            self.add_fault(b);
            return Ok(());
        };
        let cost = parts.iter().map(size).sum();
        let parts: Vec<Part> = if self.left >= cost {
            parts.iter().map(|part| Part { stage, ..part.clone() }).collect()
        } else {
            Vec::new()
        };
        if !self.afford(cost) {
            self.too_much(b, Consequence::ResponseBroken)?;
            self.add_fault(b);
        }
        for part in parts {
            self.walk.add_part(part);
        }
        Ok(())
    }

    fn afford(&mut self, cost: usize) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    fn too_much(&mut self, b: &Blockette<'_>, consequence: Consequence) -> Result<()> {
        let expected = "references that do not add up to many times the file";
        let element = Element(b.kind, 0);
        let notes = &mut self.walk.notes;
        notes.problem(b.at, element, ProblemKind::Count, b"more", expected, consequence)
    }

    fn fault(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        kind: ProblemKind,
        expected: &'static str,
    ) -> Result<()> {
        self.walk.notes.in_field(b, number, kind, expected, Consequence::ResponseBroken)?;
        self.add_fault(b);
        Ok(())
    }

    /// Hands what was last noted on to the open channel's response.
    fn add_fault(&mut self, b: &Blockette<'_>) {
        let fault = self.walk.notes.take_fault();
        self.walk.add_fault(b.kind, b.at, fault);
    }
}
