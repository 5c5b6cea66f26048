//! Which format some bytes have.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::{mseed, sac, source};

/// How many bytes it takes to tell every format from every other.
pub const DETECT_BYTES: usize = 632;

/// A format that this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// miniSEED 2 or 3, or a full SEED volume, whose data records are read.
    MiniSeed,
    /// SAC.
    Sac(sac::Format),
    /// gzip, of which miniSEED is read.
    Gzip,
}

/// Tells the format of a file from its first bytes, [`DETECT_BYTES`] of them if there are so many.
/// Names do not count. `None`: something else, or miniSEED with junk in front, which is read all
/// the same.
///
/// ```
/// use seis_io::{Format, detect};
/// # use seis_core::{SamplingRate, Trace, UtcTime};
/// # let rate = SamplingRate::from_hz(40.0)?;
/// # let trace = Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]);
/// # let mut bytes = Vec::new();
/// # seis_io::mseed::write_to(&mut bytes, [&trace], &Default::default())?;
/// assert_eq!(detect(&bytes), Some(Format::MiniSeed));
/// assert_eq!(detect(b"%PDF"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn detect(head: &[u8]) -> Option<Format> {
    if source::is_gzip(head) {
        return Some(Format::Gzip);
    }
    if mseed::begins(head) {
        return Some(Format::MiniSeed);
    }
    sac::detect(head).map(Format::Sac)
}

/// Tells the format of a file, see [`detect`].
///
/// # Errors
/// Those of the system.
pub fn detect_file(path: impl AsRef<Path>) -> io::Result<Option<Format>> {
    let mut head = Vec::with_capacity(DETECT_BYTES);
    File::open(path)?.take(DETECT_BYTES as u64).read_to_end(&mut head)?;
    Ok(detect(&head))
}
