//! Which description holds for a seismogram.

mod error;
mod index;
mod spans;

use std::sync::Arc;

use seis_core::{Fingerprint, SourceId, UtcTime};

use crate::{Channel, ChannelEpoch, ChannelResponse, Epoch, Inventory, Response};

pub use error::LookupError;
use index::Held;
pub(crate) use index::Index;
pub use spans::ResponseSpan;

/// What to do when several epochs of a channel hold at once and do not agree.
///
/// Epochs that agree are no conflict: for a response, those with the same
/// [fingerprint](Response::fingerprint); for a channel, those with the same coordinates,
/// orientation and sampling rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EpochPolicy {
    /// Refuse. The default: one of the two is wrong, nothing says which, and the wrong one gives
    /// a wrong seismogram. An epoch that only begins or ends within the seismogram counts too.
    #[default]
    Error,
    /// The first in the order of the files, as ObsPy 1.5 does with a warning.
    First,
    /// The one that begins last: right where somebody forgot to end an epoch when the instrument
    /// was changed. The last in the order of the files of those that begin together. The epoch
    /// before counts as ended then, also where that is within the seismogram.
    LatestStart,
}

/// The channel epoch and the response that hold for a seismogram.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ResponseMatch<'a> {
    /// The channel epoch.
    pub epoch: ChannelEpoch<'a>,
    /// Its response.
    pub response: &'a Arc<Response>,
}

/// The samples asked for.
#[derive(Clone, Copy)]
struct Query<'q> {
    inventory: &'q Inventory,
    id: SourceId,
    first: UtcTime,
    last: UtcTime,
    policy: EpochPolicy,
}

impl Inventory {
    /// All epochs of a channel, by start, then in the order of the files; those with unreadable
    /// dates last.
    #[must_use]
    pub fn channel_epochs(&self, id: &SourceId) -> Vec<ChannelEpoch<'_>> {
        self.index().epochs(self.networks(), id)
    }

    /// The response that holds for all samples from `first` to `last`, with
    /// [`EpochPolicy::Error`].
    ///
    /// Codes are compared letter by letter; a location of `--` is the blank one. Only the
    /// channel's epoch counts, with the station's and network's dates where it has none. An epoch
    /// holds the first sample if `start <= first < end` and the last if `last <= end`, so that
    /// contiguous epochs are never ambiguous. An epoch that ends at most one second before the
    /// next begins holds until then, as many data centres end epochs at 23:59:59; contiguous
    /// epochs with the same response count as one.
    ///
    /// ObsPy 1.5 asks for the first sample only, includes both ends of an epoch and takes the
    /// first of several matches; a trace across a change of instrument is then corrected with the
    /// old response to its end.
    ///
    /// # Errors
    /// [`LookupError`], which says what there is instead.
    pub fn response(
        &self,
        id: &SourceId,
        first: UtcTime,
        last: UtcTime,
    ) -> Result<&Arc<Response>, LookupError> {
        self.lookup(id, first, last, EpochPolicy::Error).map(|found| found.response)
    }

    /// As [`response`](Self::response), with a policy for epochs that disagree, and the channel
    /// epoch besides the response.
    ///
    /// # Errors
    /// [`LookupError`], which says what there is instead.
    pub fn lookup(
        &self,
        id: &SourceId,
        first: UtcTime,
        last: UtcTime,
        policy: EpochPolicy,
    ) -> Result<ResponseMatch<'_>, LookupError> {
        let query = Query { inventory: self, id: *id, first, last, policy };
        query.known()?;
        query.response()
    }

    /// The channel epoch that holds for all samples from `first` to `last`, with or without a
    /// response: for coordinates and orientation.
    ///
    /// # Errors
    /// [`LookupError`], which says what there is instead.
    pub fn channel(
        &self,
        id: &SourceId,
        first: UtcTime,
        last: UtcTime,
        policy: EpochPolicy,
    ) -> Result<ChannelEpoch<'_>, LookupError> {
        let query = Query { inventory: self, id: *id, first, last, policy };
        query.known()?;
        let covering = query.covering(&query.meeting());
        let geometries = covering.iter().map(|held| geometry(held.epoch.channel));
        if policy == EpochPolicy::Error && !agree(geometries) {
            return Err(query.ambiguous("coordinates, orientation or rate", &covering));
        }
        let chosen = choose(&covering, policy).map(|held| held.epoch);
        chosen.ok_or_else(|| query.nothing_covers())
    }
}

impl<'q> Query<'q> {
    /// Whether there can be an answer at all.
    fn known(&self) -> Result<(), LookupError> {
        if self.last < self.first {
            let Self { id, first, last, .. } = *self;
            return Err(LookupError::Reversed { id: Box::new(id), first, last });
        }
        if self.inventory.index().knows(&self.id) {
            return Ok(());
        }
        let station = self.inventory.index().neighbours(&self.id);
        Err(LookupError::NoSuchChannel { id: Box::new(self.id), station })
    }

    /// The epochs that hold for any part of the samples.
    fn meeting(&self) -> Vec<Held<'q>> {
        let Self { inventory, id, first, last, .. } = *self;
        inventory.index().meeting(inventory.networks(), &id, first, last)
    }

    fn covering(&self, met: &[Held<'q>]) -> Vec<Held<'q>> {
        met.iter().filter(|held| held.holds.covers(self.first, self.last)).copied().collect()
    }

    /// Whether the epoch holds for more than the last sample, which belongs to the epoch before.
    fn counts(&self, held: &Held<'_>) -> bool {
        let Epoch { start, end } = held.holds;
        held.holds.contains(self.first)
            || (start.is_none_or(|s| s < self.last) && end.is_none_or(|e| self.first < e))
    }

    fn response(&self) -> Result<ResponseMatch<'q>, LookupError> {
        let met = self.meeting();
        let covering = self.covering(&met);
        if covering.is_empty() {
            return self.joined(&met).ok_or_else(|| self.nothing_covers());
        }
        let mut usable: Vec<Held<'q>> = Vec::new();
        let mut not_read = false;
        for held in &covering {
            match held.epoch.channel.response {
                ChannelResponse::Present(_) | ChannelResponse::Broken(_) => usable.push(*held),
                ChannelResponse::NotRead => not_read = true,
                ChannelResponse::Absent => {}
            }
        }
        let Some(chosen) = choose(&usable, self.policy) else {
            let id = Box::new(self.id);
            let epoch = covering.first().map_or(Epoch::ALWAYS, |held| held.epoch.epoch);
            return Err(if not_read {
                LookupError::ResponseNotRead { id }
            } else {
                LookupError::NoResponse { id, epoch }
            });
        };
        let rivals: Vec<Held<'q>> = met
            .iter()
            .filter(|held| self.counts(held) && content(&held.epoch).is_some())
            .copied()
            .collect();
        if !agree(rivals.iter().map(|held| content(&held.epoch))) {
            match self.policy {
                EpochPolicy::Error => return Err(self.ambiguous("responses", &rivals)),
                EpochPolicy::First => {}
                EpochPolicy::LatestStart => self.not_replaced(&chosen, &rivals)?,
            }
        }
        self.usable(chosen.epoch)
    }

    /// Refuses an epoch that another, with another response, replaces within the samples.
    fn not_replaced(&self, chosen: &Held<'q>, rivals: &[Held<'q>]) -> Result<(), LookupError> {
        let replacing = rivals.iter().filter(|rival| {
            rival.holds.start > chosen.holds.start.max(Some(self.first))
                && content(&rival.epoch) != content(&chosen.epoch)
        });
        match replacing.filter_map(|rival| rival.holds.start).min() {
            Some(split) => Err(self.ends_within(split)),
            None => Ok(()),
        }
    }

    /// Several epochs with one and the same response that cover the samples together.
    fn joined(&self, met: &[Held<'q>]) -> Option<ResponseMatch<'q>> {
        let mut met: Vec<&Held<'q>> = met.iter().filter(|held| self.counts(held)).collect();
        met.sort_by_key(|held| held.holds.start);
        let first = *met.first()?;
        let response = first.epoch.channel.response.get()?;
        if !agree(met.iter().map(|held| content(&held.epoch))) || !first.holds.contains(self.first)
        {
            return None;
        }
        let mut covered = first.holds.end;
        for held in met {
            if covered.is_some_and(|until| held.holds.start.is_some_and(|start| start > until)) {
                return None;
            }
            covered = match (covered, held.holds.end) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        let covers = covered.is_none_or(|until| self.last <= until);
        covers.then_some(ResponseMatch { epoch: first.epoch, response })
    }

    fn nothing_covers(&self) -> LookupError {
        let met = self.meeting();
        let holding = met.iter().filter(|held| held.holds.contains(self.first));
        if let Some(split) = holding.filter_map(|held| held.holds.end).max() {
            return self.ends_within(split);
        }
        let Self { id, first, last, .. } = *self;
        let (id, epochs) = (Box::new(id), self.listed());
        let begins = met.iter().filter_map(|held| held.holds.start);
        if let Some(split) = begins.filter(|start| (first..=last).contains(start)).min() {
            return LookupError::EpochBeginsWithin { id, first, last, split, epochs };
        }
        match self.inventory.channel_epochs(&id).iter().find(|e| !e.readable) {
            Some(epoch) => LookupError::UnreadableEpoch { id, text: unreadable_text(epoch) },
            None => LookupError::NoEpoch { id, first, last, epochs },
        }
    }

    /// All readable epochs of the channel.
    fn listed(&self) -> Vec<Epoch> {
        let all = self.inventory.channel_epochs(&self.id);
        all.iter().filter(|e| e.readable).map(|e| e.epoch).collect()
    }

    fn ends_within(&self, split: UtcTime) -> LookupError {
        let Self { id, first, last, .. } = *self;
        let (id, epochs) = (Box::new(id), self.listed());
        LookupError::EpochEndsWithin { id, first, last, split, epochs }
    }

    fn ambiguous(&self, what: &'static str, held: &[Held<'_>]) -> LookupError {
        LookupError::Ambiguous {
            id: Box::new(self.id),
            first: self.first,
            last: self.last,
            what,
            epochs: held.iter().map(|held| held.epoch.epoch).collect(),
        }
    }

    fn usable<'a>(&self, epoch: ChannelEpoch<'a>) -> Result<ResponseMatch<'a>, LookupError> {
        match &epoch.channel.response {
            ChannelResponse::Present(response) => Ok(ResponseMatch { epoch, response }),
            ChannelResponse::Broken(broken) => Err(LookupError::BrokenResponse {
                id: Box::new(self.id),
                epoch: epoch.epoch,
                reason: broken.reason(),
            }),
            ChannelResponse::NotRead => Err(LookupError::ResponseNotRead { id: Box::new(self.id) }),
            ChannelResponse::Absent => {
                Err(LookupError::NoResponse { id: Box::new(self.id), epoch: epoch.epoch })
            }
        }
    }
}

fn choose<'a>(held: &[Held<'a>], policy: EpochPolicy) -> Option<Held<'a>> {
    match policy {
        EpochPolicy::Error | EpochPolicy::First => held.first().copied(),
        EpochPolicy::LatestStart => held.iter().max_by_key(|held| held.holds.start).copied(),
    }
}

fn agree<T: PartialEq>(mut items: impl Iterator<Item = T>) -> bool {
    match items.next() {
        None => true,
        Some(first) => items.all(|item| item == first),
    }
}

/// The key of the response; `Some(None)` if it is broken.
fn content(epoch: &ChannelEpoch<'_>) -> Option<Option<Fingerprint>> {
    match &epoch.channel.response {
        ChannelResponse::Present(response) => Some(Some(response.fingerprint())),
        ChannelResponse::Broken(_) => Some(None),
        ChannelResponse::Absent | ChannelResponse::NotRead => None,
    }
}

/// What a seismogram takes from a channel besides its response.
fn geometry(channel: &Channel) -> [Option<f64>; 7] {
    [
        channel.latitude_deg(),
        channel.longitude_deg(),
        channel.elevation_m(),
        channel.depth_m(),
        channel.azimuth_deg(),
        channel.dip_deg(),
        channel.sampling_rate().map(seis_core::SamplingRate::hz),
    ]
}

fn unreadable_text(epoch: &ChannelEpoch<'_>) -> String {
    [&epoch.channel.info, &epoch.station.info, &epoch.network.info]
        .into_iter()
        .find_map(|info| info.unreadable_start.as_ref().or(info.unreadable_end.as_ref()))
        .cloned()
        .unwrap_or_default()
}
