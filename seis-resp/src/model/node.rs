//! What networks, stations and channels have in common.

use seis_core::UtcTime;

use super::{Extensions, Person};

/// The description that networks, stations and channels share. *StationXML 1.2*, `BaseNodeType`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeInfo {
    /// What it is.
    pub description: Option<String>,
    /// Persistent identifiers, such as DOIs.
    pub identifiers: Vec<Identifier>,
    /// Comments, in the order of the file.
    pub comments: Vec<Comment>,
    /// Whether the data are open.
    pub restricted_status: Option<RestrictedStatus>,
    /// A code used besides the official one.
    pub alternate_code: Option<String>,
    /// A code used formerly.
    pub historical_code: Option<String>,
    /// Source identifier as a URI, such as `FDSN:IU_COLA`.
    pub source_id: Option<String>,
    /// Which data exist.
    pub availability: Option<Box<DataAvailability>>,
    /// Text of a start date that is no date: the start of the epoch is then unknown, not open.
    ///
    /// ObsPy 1.5 reads such an epoch as open, and then finds responses outside of it.
    pub unreadable_start: Option<String>,
    /// Text of an end date that is no date; likewise.
    pub unreadable_end: Option<String>,
    /// What the file says in other namespaces.
    pub extensions: Option<Box<Extensions>>,
}

/// A persistent identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Identifier {
    /// The scheme, such as `DOI`.
    pub scheme: Option<String>,
    /// The identifier itself.
    pub value: String,
}

/// A comment with the time for which it holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comment {
    /// The text.
    pub value: String,
    /// From when it holds.
    pub begin: Option<UtcTime>,
    /// Until when it holds.
    pub end: Option<UtcTime>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Number of the comment in the file.
    pub id: Option<u64>,
    /// What it is about.
    pub subject: Option<String>,
}

/// Whether data may be had by everybody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RestrictedStatus {
    /// By everybody.
    Open,
    /// By nobody without permission.
    Closed,
    /// In part.
    Partial,
    /// Something that the schema does not know.
    Other(String),
}

impl RestrictedStatus {
    /// The schema's word, or what the file had instead.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Partial => "partial",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for RestrictedStatus {
    fn from(text: &str) -> Self {
        match text {
            "open" => Self::Open,
            "closed" => Self::Closed,
            "partial" => Self::Partial,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Which data a data centre holds. *StationXML 1.1*, `DataAvailabilityType`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataAvailability {
    /// Time of the first and of the last sample.
    pub extent: Option<(UtcTime, UtcTime)>,
    /// Spans without large gaps.
    pub spans: Vec<AvailableSpan>,
}

/// A span of available data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AvailableSpan {
    /// Time of the first sample.
    pub start: UtcTime,
    /// Time of the last sample.
    pub end: UtcTime,
    /// Number of gapless segments in it.
    pub segments: u64,
    /// Largest gap or overlap within it, in seconds.
    pub largest_tear_s: Option<f64>,
}
