//! The walk over station headers: a station, its channels, the response of each.

use super::field::{At, Blockette};
use super::node::{ChannelHead, StationHead};
use super::notes::{Element, Notes};
use super::part::{Content, Part, Reader};
use super::response::assemble;
use super::tree::Tree;
use super::units::Units;
use crate::{Channel, Consequence, Problem, ProblemKind, ReadOptions, Result, Station};

/// The state in the middle of station headers.
#[derive(Debug)]
pub(crate) struct Walk<'o> {
    pub(crate) notes: Notes,
    pub(crate) tree: Tree<'o>,
    /// Channels met, wanted or not.
    pub(crate) channels: u64,
    channel: Option<OpenChannel>,
    /// Why it is not known whose the channels up to the next blockette 050 are.
    doubt: Option<Box<Problem>>,
    /// How many channels came with a sensitivity or polynomial of the whole, stage 0.
    pub(crate) with_whole: u64,
    /// Whether the blockettes are those of a volume, which have all their fields.
    is_volume: bool,
}

/// The channel that is being read.
#[derive(Debug)]
struct OpenChannel {
    head: ChannelHead,
    is_wanted: bool,
    parts: Vec<Part>,
}

impl<'o> Walk<'o> {
    pub(crate) fn new(options: &'o ReadOptions, is_volume: bool) -> Self {
        Self {
            notes: Notes::new(options.strict),
            tree: Tree::new(options),
            channels: 0,
            channel: None,
            doubt: None,
            with_whole: 0,
            is_volume,
        }
    }

    /// A blockette 50. Gives the network's key and whether the station was not there before.
    pub(crate) fn station(&mut self, b: &Blockette<'_>) -> Result<Option<u32>> {
        self.end_channel()?;
        self.doubt = None;
        let StationHead { network, station, network_key } =
            self.notes.station(b, self.is_volume)?;
        self.tree.station(network, station);
        Ok(network_key)
    }

    /// A blockette 52. Gives the instrument's key.
    pub(crate) fn begin_channel(
        &mut self,
        b: &Blockette<'_>,
        units: Units<'_>,
    ) -> Result<Option<u32>> {
        self.end_channel()?;
        if self.tree.open_station().is_none() {
            let expected = "a station, blockette 050, before the channel";
            let missing = ProblemKind::Missing;
            let element = Element(50, 0);
            self.notes.problem(b.at, element, missing, b"", expected, Consequence::Kept)?;
            ".".clone_into(&mut self.notes.id);
            self.tree.station(String::new(), Station::default());
        }
        let head = self.notes.channel(b, self.is_volume, units)?;
        let key = head.instrument_key;
        let is_wanted = self.tree.wants(&head.channel);
        self.channel = Some(OpenChannel { head, is_wanted, parts: Vec::new() });
        self.channels += 1;
        if let Some(doubt) = self.doubt.clone() {
            self.add_fault(b.kind, b.at, Some(doubt));
        }
        Ok(key)
    }

    /// Makes the response of the open channel useless.
    pub(crate) fn add_fault(&mut self, kind: u16, at: At, fault: Option<Box<Problem>>) {
        let (content, announced) = (Content::Nothing, [None; 2]);
        self.add_part(Part { stage: 0, kind, at, content, announced, fault });
    }

    /// What was damaged may have held something of the open channel; if it may have held the next
    /// station as well, nobody knows whose the channels behind it are.
    pub(crate) fn damage(&mut self, kind: u16, fault: Box<Problem>, may_hide_station: bool) {
        if may_hide_station {
            self.doubt = Some(fault.clone());
        }
        self.add_fault(kind, At::default(), Some(fault));
    }

    /// Whether the last blockette of the open channel's response is of the whole, stage 0, which
    /// stands behind all stages.
    pub(crate) fn ends_with_whole(&self) -> bool {
        let last = self.channel.as_ref().and_then(|open| open.parts.last());
        last.is_some_and(|part| part.stage == 0 && !matches!(part.content, Content::Nothing))
    }

    pub(crate) fn is_in_channel(&self) -> bool {
        self.channel.is_some()
    }

    /// Whether the open channel has stages, but no sensitivity or polynomial of the whole.
    pub(crate) fn lacks_whole(&self) -> bool {
        self.channel.as_ref().is_some_and(|open| {
            open.parts.iter().any(|part| part.stage > 0) && !has_whole(&open.parts)
        })
    }

    /// The channel that is open, if it is wanted.
    pub(crate) fn wanted_channel(&mut self) -> Option<&mut Channel> {
        self.channel.as_mut().filter(|open| open.is_wanted).map(|open| &mut open.head.channel)
    }

    /// Whether the response of the open channel is wanted. Notes if there is no channel.
    pub(crate) fn wants_response(&mut self, b: &Blockette<'_>) -> Result<bool> {
        let Some(open) = &self.channel else {
            let expected = "a channel, blockette 052, before its response";
            let (missing, left_out) = (ProblemKind::Missing, Consequence::LeftOut);
            self.notes.take_fault();
            self.notes.problem(b.at, Element(b.kind, 0), missing, b"", expected, left_out)?;
            return Ok(false);
        };
        Ok(open.is_wanted && self.tree.wants_responses())
    }

    /// Reads a part of a response.
    pub(crate) fn read_part(&mut self, b: &Blockette<'_>, units: Units<'_>) -> Result<Part> {
        let mut reader = Reader { notes: &mut self.notes, units };
        reader.part(b)
    }

    /// Adds a part to the response of the open channel.
    pub(crate) fn add_part(&mut self, part: Part) {
        if let Some(open) = &mut self.channel {
            open.parts.push(part);
        }
    }

    /// Ends the open channel, and gives it if it is wanted.
    pub(crate) fn end_channel(&mut self) -> Result<()> {
        self.end_channel_with(|_| {})
    }

    /// As [`end_channel`](Self::end_channel), with a last touch.
    pub(crate) fn end_channel_with(&mut self, touch: impl FnOnce(&mut Channel)) -> Result<()> {
        let Some(OpenChannel { head, is_wanted, parts }) = self.channel.take() else {
            return Ok(());
        };
        let mut channel = head.channel;
        self.with_whole += u64::from(has_whole(&parts));
        if is_wanted {
            channel.response = assemble(parts, head.signal_unit, &mut self.notes)?;
            touch(&mut channel);
            self.tree.channel(channel);
        }
        self.notes.take_fault();
        Ok(())
    }
}

/// Whether there is a sensitivity or polynomial of stage 0 among the parts of a response.
fn has_whole(parts: &[Part]) -> bool {
    parts.iter().any(|part| part.stage == 0 && !matches!(part.content, Content::Nothing))
}
