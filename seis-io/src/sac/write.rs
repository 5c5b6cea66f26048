//! Writing files.

use std::io::Write;
use std::path::Path;

use seis_core::Trace;

use super::{ByteOrder, Error, Header, Result, SacFile, ascii};
use crate::file::write_atomically;

impl SacFile {
    /// Writes the file in binary, in its byte order. It appears under its name only when it is
    /// whole. LOVROK is not consulted.
    ///
    /// # Errors
    /// [`Error::File`] with the path and what is wrong: as [`to_bytes`](Self::to_bytes), or the
    /// system's.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), self.to_bytes())
    }

    /// Writes the file in binary to anything that takes bytes.
    ///
    /// # Errors
    /// [`Error::Io`], or as [`to_bytes`](Self::to_bytes).
    pub fn write_to(&self, mut out: impl Write) -> Result<()> {
        Ok(out.write_all(&self.to_bytes()?)?)
    }

    /// Writes the file in alphanumeric form, as [`to_alphanumeric`](Self::to_alphanumeric) gives
    /// it.
    ///
    /// # Errors
    /// [`Error::File`] with the path and what is wrong: as
    /// [`to_alphanumeric`](Self::to_alphanumeric), or the system's.
    pub fn write_alphanumeric(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), self.to_alphanumeric())
    }

    /// The file in alphanumeric form: 14 lines of five floats (`%#15.7g`), 8 lines of five
    /// integers (`%10d`), 8 lines of text, each data section as lines of five floats, and in
    /// version 7 the 22 doubles of the footer, one a line (`%.17g`).
    ///
    /// Seven digits do not hold every 32-bit float: reading gives values that differ by up to
    /// 5e-7 of themselves ([`expect_exact_alphanumeric`](Self::expect_exact_alphanumeric) refuses
    /// a file for which that matters). The doubles of the footer come back exactly. A text is cut
    /// at a NUL.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes); [`Error::Text`] for a text that is not printable ASCII;
    /// [`Error::Invalid`] for an integer of more than ten characters (below −999999999).
    pub fn to_alphanumeric(&self) -> Result<Vec<u8>> {
        ascii::format(self)
    }
}

/// Serialises a trace as a little-endian SAC file of version 6 into a buffer that is emptied first
/// and whose allocation is reused: the same bytes as those of [`SacFile::from_trace`].
///
/// To set more of the header, use [`Header::from_trace`] and [`Header::encode_samples_into`].
///
/// # Errors
/// As these two; the buffer is then empty.
pub fn encode_trace_into(trace: &Trace, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    Header::from_trace(trace)?.encode_samples_into(&trace.samples, ByteOrder::Little, out)
}

fn write_whole(path: &Path, bytes: Result<Vec<u8>>) -> Result<()> {
    bytes
        .and_then(|bytes| write_atomically(path, |w| Ok::<_, Error>(w.write_all(&bytes)?)))
        .map_err(|source| Error::File { path: path.to_owned(), source: Box::new(source) })
}
