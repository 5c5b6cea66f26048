//! Why a run could not begin.

use std::io;
use std::path::PathBuf;

/// Why a run over an archive could not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A directory or file could not be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// There is nothing to do.
    #[error(
        "{}: no event found; expected directories with raw/*.mseed and resp/ (StationXML, RESP, dataless, SACPZ) in them",
        root.display()
    )]
    NoEvents {
        /// Where they were looked for.
        root: PathBuf,
    },
    /// There are events, and no raw file in any of them.
    #[error(
        "{}: no raw file in any event; expected raw/*.mseed (or .miniseed, .ms, .msd, .seed), \
         {ignored} files of other names are there",
        root.display()
    )]
    NoRawFiles {
        /// Where they were looked for.
        root: PathBuf,
        /// Files under `raw/` that are no miniSEED by their names.
        ignored: usize,
    },
    /// Results of other options are there.
    #[error(
        "{}: results of other options are there ({difference}); choose another --out, or \
         overwrite them",
        directory.display()
    )]
    OtherOptions {
        /// The directory of results.
        directory: PathBuf,
        /// What differs.
        difference: String,
    },
    /// Results of other options are there, and not in all events the same: as a run leaves them that
    /// overwrites results and is interrupted.
    #[error(
        "{}: results of other options are there ({difference}), and not the same in all events: a \
         run with --overwrite was interrupted; start it again, with --overwrite and the options \
         that all results are to have, or choose another --out",
        directory.display()
    )]
    Interrupted {
        /// The first directory of results in the way.
        directory: PathBuf,
        /// What differs.
        difference: String,
    },
    /// Not one thread could be started.
    #[error("cannot start a thread: {error}; the limit of processes or of memory may be reached")]
    Threads {
        /// The system's reason.
        error: io::Error,
    },
    /// An option has no meaning, or two contradict each other.
    #[error("{option}: {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}
