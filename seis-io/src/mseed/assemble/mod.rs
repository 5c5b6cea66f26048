//! Which records make which trace: works on headers alone, before any sample is decoded.

mod channel;
mod file_order;
mod heal;
mod segment;

use std::collections::HashMap;

use seis_core::{SampleType, SamplingRate, SourceId, UtcTime};

use super::record::Common;
use super::{ByteOrder, Encoding, JoinOptions, JoinRule};

pub(crate) use segment::Segment;

use channel::Channel;

/// No record.
pub(crate) const NONE: u32 = u32::MAX;

/// A record as the assembly knows it: what is needed to join it, and to decode it later.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) start: UtcTime,
    /// Time of the last sample.
    pub(crate) end: UtcTime,
    pub(crate) rate: SamplingRate,
    /// Where the record starts in the source, and its length.
    pub(crate) offset: usize,
    pub(crate) len: u32,
    /// Where the payload starts in the record, and its length.
    pub(crate) payload: u32,
    pub(crate) payload_len: u32,
    pub(crate) count: u32,
    pub(crate) encoding: Encoding,
    pub(crate) order: ByteOrder,
    /// Quality or publication version, if they are kept apart.
    pub(crate) version: u8,
    /// Seconds by which a leap second within the record moves its end, as its flags have it.
    pub(crate) leap_s: i8,
    /// Turned out to be broken.
    pub(crate) broken: bool,
    /// Stands next to bytes that cannot be read.
    pub(crate) suspect: bool,
    pub(crate) channel: u32,
    /// The record that follows in its segment.
    pub(crate) next: u32,
}

impl Entry {
    /// `end` is that of the record, whose computation costs a division.
    pub(crate) fn new(
        common: &Common,
        end: UtcTime,
        offset: usize,
        channel: u32,
        version: u8,
    ) -> Self {
        Self {
            start: common.start,
            end,
            rate: common.rate,
            offset,
            len: common.len,
            payload: common.payload_start,
            payload_len: common.payload_end - common.payload_start,
            count: common.count,
            encoding: common.encoding,
            order: common.order,
            version,
            leap_s: common.leap_s(),
            broken: false,
            suspect: false,
            channel,
            next: NONE,
        }
    }

    pub(crate) fn kind(&self) -> Option<SampleType> {
        self.encoding.sample_type()
    }

    pub(crate) fn payload<'a>(&self, source: &'a [u8]) -> &'a [u8] {
        let start = self.offset + self.payload as usize;
        source.get(start..start + self.payload_len as usize).unwrap_or_default()
    }
}

/// The channels met so far.
#[derive(Debug, Default)]
pub(crate) struct ChannelTable {
    ids: Vec<SourceId>,
    by_id: HashMap<SourceId, u32>,
    last: u32,
}

impl ChannelTable {
    /// Number of a channel; the flag tells that it is new.
    pub(crate) fn number(&mut self, id: &SourceId) -> (u32, bool) {
        // Records of a channel come one after the other as a rule.
        if self.ids.get(self.last as usize) == Some(id) {
            return (self.last, false);
        }
        let fresh = u32::try_from(self.ids.len()).unwrap_or(NONE);
        let number = *self.by_id.entry(*id).or_insert(fresh);
        if number == fresh {
            self.ids.push(*id);
        }
        self.last = number;
        (number, number == fresh)
    }

    pub(crate) fn id(&self, number: u32) -> SourceId {
        self.ids.get(number as usize).copied().unwrap_or_default()
    }
}

/// Joins the records that are not broken and have samples (and, under ObsPy's rule, those without)
/// to segments; gives them in the order in which traces are to come.
pub(crate) fn assemble(
    entries: &mut [Entry],
    table: &ChannelTable,
    options: &JoinOptions,
) -> Vec<(SourceId, Segment)> {
    let mut channels: Vec<Channel> = Vec::new();
    let mut by_key: HashMap<(u32, u8), usize> = HashMap::new();
    let mut last: Option<((u32, u8), usize)> = None;
    for index in 0..entries.len() {
        let entry = &mut entries[index];
        entry.next = NONE;
        let empty = entry.count == 0 && options.rule == JoinRule::Heal;
        if entry.broken || empty {
            continue;
        }
        let key = (entry.channel, entry.version);
        let position = match last {
            Some((k, position)) if k == key => position,
            _ => *by_key.entry(key).or_insert_with(|| {
                channels.push(Channel::new(table.id(key.0), key.1));
                channels.len() - 1
            }),
        };
        last = Some((key, position));
        if let (Some(channel), Ok(index)) = (channels.get_mut(position), u32::try_from(index)) {
            match options.rule {
                JoinRule::Heal => heal::add(channel, entries, index, options),
                JoinRule::FileOrder => file_order::add(channel, entries, index, options),
            }
        }
    }
    if options.rule == JoinRule::Heal {
        channels.sort_by_key(|c| (c.id, c.version));
    }
    channels
        .into_iter()
        .flat_map(|channel| {
            let id = channel.id;
            let segments = match options.rule {
                JoinRule::Heal => channel.into_sorted(),
                JoinRule::FileOrder => channel.into_segments(),
            };
            segments.into_iter().map(move |segment| (id, segment))
        })
        .collect()
}
