//! Why metadata could not be read or written.

use std::path::PathBuf;

use crate::{Place, Problem};

/// Why metadata could not be read or written.
///
/// Look-ups by time have their own error, [`LookupError`](crate::LookupError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file has more bytes than were to be read.
    #[error(
        "{}: more than {limit} bytes, which is the limit for a file of metadata \
         (ReadOptions::max_bytes raises it)",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// The document is XML, but no StationXML.
    #[error("{place}: the root element is <{found}>, expected <FDSNStationXML>")]
    NotStationXml {
        /// Where the root element is.
        place: Box<Place>,
        /// Its name.
        found: String,
    },
    /// The document is not well-formed: cut short, mismatched tags, no XML at all.
    #[error("{place}: {reason}")]
    Xml {
        /// Where the reader stopped.
        place: Box<Place>,
        /// What is wrong.
        reason: String,
    },
    /// The file is none of the formats that are read.
    #[error(
        "{place}: neither StationXML, RESP, dataless SEED nor SAC poles and zeros: it begins with {found:?}"
    )]
    UnknownFormat {
        /// The beginning of the file.
        place: Box<Place>,
        /// What stands there.
        found: String,
    },
    /// The file is not of the format it was read as, or nothing in it could be read.
    #[error("{place}: no {format}: {reason}")]
    NotThisFormat {
        /// Where the reader stopped.
        place: Box<Place>,
        /// The format that was expected.
        format: crate::Format,
        /// What is wrong.
        reason: String,
    },
    /// A pattern for files is none, or no file matches it.
    #[error("{pattern}: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The document is in an encoding that is not read.
    #[error(
        "{}encoding {encoding:?} is not read: convert the file to UTF-8",
        file.as_ref().map(|f| format!("{}: ", f.display())).unwrap_or_default()
    )]
    Encoding {
        /// The file, if it was opened by its path.
        file: Option<PathBuf>,
        /// What the document says of itself.
        encoding: String,
    },
    /// Elements are nested deeper than in any honest file.
    #[error("{place}: more than {limit} elements inside each other")]
    TooDeep {
        /// Where the limit was passed.
        place: Box<Place>,
        /// The limit.
        limit: usize,
    },
    /// A problem in a file that was to be read strictly
    /// ([`ReadOptions::strict`](crate::ReadOptions::strict)).
    #[error("{problem}")]
    Problem {
        /// The first problem of the file.
        problem: Box<Problem>,
    },
    /// The inventory holds something that a valid StationXML document cannot
    /// ([`WriteOptions`](crate::WriteOptions) may allow it).
    #[error("{id}{}cannot be written as valid StationXML: {reason}", if id.is_empty() { "" } else { ": " })]
    NotWritable {
        /// The network, station or channel it belongs to.
        id: String,
        /// What the schema forbids, and the value.
        reason: String,
    },
}

impl Error {
    /// Names the file in an error that came out of its bytes.
    pub(crate) fn in_file(mut self, path: &std::path::Path) -> Self {
        match &mut self {
            Self::NotStationXml { place, .. }
            | Self::Xml { place, .. }
            | Self::UnknownFormat { place, .. }
            | Self::NotThisFormat { place, .. }
            | Self::TooDeep { place, .. } => place.file = Some(path.to_owned()),
            Self::Problem { problem } => problem.place.file = Some(path.to_owned()),
            Self::Encoding { file, .. } => *file = Some(path.to_owned()),
            Self::Io { .. }
            | Self::TooLarge { .. }
            | Self::Pattern { .. }
            | Self::NotWritable { .. } => {}
        }
        self
    }
}

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
