//! Which description holds for a seismogram.

mod error;
mod index;

use std::sync::Arc;

use seis_core::{Fingerprint, SourceId, TimeDelta, UtcTime};

use crate::{Channel, ChannelEpoch, ChannelResponse, Epoch, Inventory, Response};

pub use error::LookupError;
pub(crate) use index::Index;

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
    /// was changed. The last in the order of the files of those that begin together.
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

/// Two epochs with the same response that are no further apart than this count as one: many data
/// centres end an epoch at 23:59:59 and begin the next at 00:00:00.
const SAME_RESPONSE_HOLE: TimeDelta = TimeDelta::from_seconds(1);

/// The samples asked for.
#[derive(Clone, Copy)]
struct Query<'q> {
    id: &'q SourceId,
    first: UtcTime,
    last: UtcTime,
}

impl Inventory {
    /// All epochs of a channel, by start, then in the order of the files.
    #[must_use]
    pub fn channel_epochs(&self, id: &SourceId) -> Vec<ChannelEpoch<'_>> {
        let mut epochs = self.index().epochs(self.networks(), id);
        epochs.sort_by_key(|e| e.epoch.start);
        epochs
    }

    /// The response that holds for all samples from `first` to `last`, with
    /// [`EpochPolicy::Error`].
    ///
    /// Codes are compared letter by letter; a location of `--` is the blank one. Only the
    /// channel's epoch counts, with the station's and network's dates where it has none. An epoch
    /// holds the first sample if `start <= first < end` and the last if `last <= end`, so that
    /// contiguous epochs are never ambiguous. Epochs with the same response and at most one second
    /// between them count as one.
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
        let query = Query { id, first, last };
        let epochs = self.known_epochs(id)?;
        let covering: Vec<ChannelEpoch<'_>> = query.covering(&epochs);
        if covering.is_empty() {
            return match query.joined(&epochs) {
                Some(found) => Ok(found),
                None => Err(query.nothing_covers(&epochs)),
            };
        }
        let mut usable: Vec<ChannelEpoch<'_>> = Vec::new();
        let mut not_read = false;
        for epoch in &covering {
            match epoch.channel.response {
                ChannelResponse::Present(_) | ChannelResponse::Broken(_) => usable.push(*epoch),
                ChannelResponse::NotRead => not_read = true,
                ChannelResponse::Absent => {}
            }
        }
        if policy == EpochPolicy::Error {
            let others = epochs.iter().filter(|e| query.meets(e)).copied();
            let rivals: Vec<_> = others.filter(|e| content(e).is_some()).collect();
            if !usable.is_empty() && rivals.len() > 1 && !agree(rivals.iter().map(content)) {
                return Err(query.ambiguous("responses", &rivals));
            }
        }
        match choose(&usable, policy) {
            Some(epoch) => query.usable(epoch),
            None if not_read => Err(LookupError::ResponseNotRead { id: Box::new(*id) }),
            None => {
                let epoch = covering.first().map_or(Epoch::ALWAYS, |e| e.epoch);
                Err(LookupError::NoResponse { id: Box::new(*id), epoch })
            }
        }
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
        let query = Query { id, first, last };
        let epochs = self.known_epochs(id)?;
        let covering = query.covering(&epochs);
        if policy == EpochPolicy::Error && !agree(covering.iter().map(|e| geometry(e.channel))) {
            return Err(query.ambiguous("coordinates, orientation or rate", &covering));
        }
        choose(&covering, policy).ok_or_else(|| query.nothing_covers(&epochs))
    }

    fn known_epochs(&self, id: &SourceId) -> Result<Vec<ChannelEpoch<'_>>, LookupError> {
        let epochs = self.index().epochs(self.networks(), id);
        if epochs.is_empty() {
            let station = self.index().neighbours(id);
            return Err(LookupError::NoSuchChannel { id: Box::new(*id), station });
        }
        Ok(epochs)
    }
}

impl Query<'_> {
    fn covering<'a>(&self, epochs: &[ChannelEpoch<'a>]) -> Vec<ChannelEpoch<'a>> {
        epochs
            .iter()
            .filter(|e| e.readable && e.epoch.covers(self.first, self.last))
            .copied()
            .collect()
    }

    /// Whether the epoch holds for any part of the samples; beginning at the last does not count,
    /// as that one belongs to the epoch before.
    fn meets(&self, epoch: &ChannelEpoch<'_>) -> bool {
        let Epoch { start, end } = epoch.epoch;
        epoch.readable
            && (epoch.epoch.contains(self.first)
                || (start.is_none_or(|s| s < self.last) && end.is_none_or(|e| self.first < e)))
    }

    /// Several epochs with one and the same response that cover the samples together.
    fn joined<'a>(&self, epochs: &[ChannelEpoch<'a>]) -> Option<ResponseMatch<'a>> {
        let mut met: Vec<&ChannelEpoch<'a>> = epochs.iter().filter(|e| self.meets(e)).collect();
        met.sort_by_key(|e| e.epoch.start);
        let first = *met.first()?;
        let response = first.channel.response.get()?;
        if !agree(met.iter().map(|e| content(e))) || !first.epoch.contains(self.first) {
            return None;
        }
        let mut covered = first.epoch.end;
        for epoch in met {
            let gapless = covered
                .is_none_or(|c| epoch.epoch.start.is_none_or(|s| s - c <= SAME_RESPONSE_HOLE));
            if !gapless {
                return None;
            }
            covered = match (covered, epoch.epoch.end) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        covered.is_none_or(|c| self.last <= c).then_some(ResponseMatch { epoch: *first, response })
    }

    fn nothing_covers(&self, epochs: &[ChannelEpoch<'_>]) -> LookupError {
        let Self { id, first, last } = *self;
        let id = Box::new(*id);
        let mut listed: Vec<Epoch> =
            epochs.iter().filter(|e| e.readable).map(|e| e.epoch).collect();
        listed.sort_by_key(|e| e.start);
        let ends = listed.iter().filter(|e| e.contains(first)).filter_map(|e| e.end).max();
        let begins = listed.iter().filter_map(|e| e.start).filter(|s| (first..=last).contains(s));
        if let Some(split) = ends {
            return LookupError::EpochEndsWithin { id, first, last, split, epochs: listed };
        }
        if let Some(split) = begins.min() {
            return LookupError::EpochBeginsWithin { id, first, last, split, epochs: listed };
        }
        match epochs.iter().find(|e| !e.readable) {
            Some(epoch) => LookupError::UnreadableEpoch { id, text: unreadable_text(epoch) },
            None => LookupError::NoEpoch { id, first, last, epochs: listed },
        }
    }

    fn ambiguous(&self, what: &'static str, epochs: &[ChannelEpoch<'_>]) -> LookupError {
        LookupError::Ambiguous {
            id: Box::new(*self.id),
            first: self.first,
            last: self.last,
            what,
            epochs: epochs.iter().map(|e| e.epoch).collect(),
        }
    }

    fn usable<'a>(&self, epoch: ChannelEpoch<'a>) -> Result<ResponseMatch<'a>, LookupError> {
        match &epoch.channel.response {
            ChannelResponse::Present(response) => Ok(ResponseMatch { epoch, response }),
            ChannelResponse::Broken(broken) => Err(LookupError::BrokenResponse {
                id: Box::new(*self.id),
                epoch: epoch.epoch,
                reason: broken.reason(),
            }),
            ChannelResponse::NotRead => {
                Err(LookupError::ResponseNotRead { id: Box::new(*self.id) })
            }
            ChannelResponse::Absent => {
                Err(LookupError::NoResponse { id: Box::new(*self.id), epoch: epoch.epoch })
            }
        }
    }
}

fn choose<'a>(epochs: &[ChannelEpoch<'a>], policy: EpochPolicy) -> Option<ChannelEpoch<'a>> {
    match policy {
        EpochPolicy::Error | EpochPolicy::First => epochs.first().copied(),
        EpochPolicy::LatestStart => epochs.iter().max_by_key(|e| e.epoch.start).copied(),
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
