//! Why no response was found.

use std::fmt;

use seis_core::{SourceId, UtcTime};

use crate::Epoch;

/// Why no channel epoch, or no response, was found for a seismogram.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// The inventory does not know the channel.
    #[error("no metadata for {id}: {}", Known(station))]
    NoSuchChannel {
        /// The channel.
        id: Box<SourceId>,
        /// The channels of the same station that it knows.
        station: Vec<SourceId>,
    },
    /// The last sample asked for is before the first.
    #[error(
        "{id}: the last sample, at {last}, is before the first, at {first}: are the two exchanged?"
    )]
    Reversed {
        /// The channel.
        id: Box<SourceId>,
        /// First sample.
        first: UtcTime,
        /// Last sample.
        last: UtcTime,
    },
    /// The channel is known at other times only.
    #[error("{id} has no epoch at {first} – {last}; its epochs are {}", List(epochs))]
    NoEpoch {
        /// The channel.
        id: Box<SourceId>,
        /// First sample.
        first: UtcTime,
        /// Last sample.
        last: UtcTime,
        /// The epochs there are.
        epochs: Vec<Epoch>,
    },
    /// The epoch in which the seismogram begins ends before it does.
    #[error(
        "{id}: the epoch ends at {split}, within {first} – {last}: cut the trace there; \
         its epochs are {}",
        List(epochs)
    )]
    EpochEndsWithin {
        /// The channel.
        id: Box<SourceId>,
        /// First sample.
        first: UtcTime,
        /// Last sample.
        last: UtcTime,
        /// When the epoch ends.
        split: UtcTime,
        /// The epochs there are.
        epochs: Vec<Epoch>,
    },
    /// The seismogram begins before any epoch does.
    #[error(
        "{id}: the epoch begins at {split}, within {first} – {last}: cut the trace there; \
         its epochs are {}",
        List(epochs)
    )]
    EpochBeginsWithin {
        /// The channel.
        id: Box<SourceId>,
        /// First sample.
        first: UtcTime,
        /// Last sample.
        last: UtcTime,
        /// When the epoch begins.
        split: UtcTime,
        /// The epochs there are.
        epochs: Vec<Epoch>,
    },
    /// Several epochs hold at once and do not agree.
    #[error(
        "{id}: {} epochs with different {what} hold within {first} – {last}: {}; \
         correct the metadata or choose an EpochPolicy",
        epochs.len(),
        List(epochs)
    )]
    Ambiguous {
        /// The channel.
        id: Box<SourceId>,
        /// First sample.
        first: UtcTime,
        /// Last sample.
        last: UtcTime,
        /// What they disagree about.
        what: &'static str,
        /// The epochs that hold.
        epochs: Vec<Epoch>,
    },
    /// A date of the epoch cannot be read, and no other epoch holds.
    #[error("{id}: an epoch of the channel has the unreadable date {text:?}")]
    UnreadableEpoch {
        /// The channel.
        id: Box<SourceId>,
        /// The text that is no date.
        text: String,
    },
    /// The epoch has no response.
    #[error("{id}: the epoch {epoch} has no response")]
    NoResponse {
        /// The channel.
        id: Box<SourceId>,
        /// The epoch.
        epoch: Epoch,
    },
    /// The inventory was read without responses.
    #[error("{id}: responses were not read; read the inventory at Level::Response")]
    ResponseNotRead {
        /// The channel.
        id: Box<SourceId>,
    },
    /// The epoch has a response that cannot be trusted.
    #[error("{id}: the response of the epoch {epoch} is broken: {reason}")]
    BrokenResponse {
        /// The channel.
        id: Box<SourceId>,
        /// The epoch.
        epoch: Epoch,
        /// What is wrong with it, and where.
        reason: String,
    },
}

impl LookupError {
    /// The instant at which to cut the seismogram, if an epoch begins or ends within it. Samples
    /// at the instant belong to the later part.
    #[must_use]
    pub fn split(&self) -> Option<UtcTime> {
        match self {
            Self::EpochEndsWithin { split, .. } | Self::EpochBeginsWithin { split, .. } => {
                Some(*split)
            }
            _ => None,
        }
    }
}

/// How many items a message lists before it stops.
const LISTED: usize = 12;

struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.0.iter().take(LISTED).enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{item}")?;
        }
        match self.0.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

struct Known<'a>(&'a [SourceId]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("the station is unknown")
        } else {
            write!(f, "of this station there are {}", List(self.0))
        }
    }
}
