//! Where records go, until that fails.

use std::io;

/// A sink that remembers its first failure: records are missing from then on, perhaps behind a part
/// of one, so that nothing more is written, and no end is a good one.
#[derive(Debug)]
pub(super) struct Sink<W> {
    inner: W,
    failed: Option<(io::ErrorKind, String)>,
}

impl<W: io::Write> Sink<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, failed: None }
    }

    /// Writes all of these bytes.
    ///
    /// # Errors
    /// The sink's; after the first of them, one of the same kind that says so.
    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.expect_sound()?;
        let done = self.inner.write_all(bytes);
        if let Err(error) = &done {
            self.failed = Some((error.kind(), error.to_string()));
        }
        done
    }

    /// Hands buffered bytes on. That this fails loses nothing by itself.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all).
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.expect_sound()?;
        self.inner.flush()
    }

    pub(super) fn into_inner(self) -> W {
        self.inner
    }

    fn expect_sound(&self) -> io::Result<()> {
        match &self.failed {
            None => Ok(()),
            Some((kind, why)) => {
                let why = format!("writing failed before, and records are missing: {why}");
                Err(io::Error::new(*kind, why))
            }
        }
    }
}
