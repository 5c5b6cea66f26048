//! Control headers of SEED volumes: dataless SEED, and the headers of volumes with data.
//!
//! A volume is a sequence of logical records, whose length is a power of two that blockette 010
//! names. Those of type `V`, `A` and `S` hold blockettes, which run on from record to record.
//! Abbreviations (blockettes 030 to 048) are read first, wherever they stand; then the stations.
//! Records of data and time spans are counted and passed over. Several volumes may stand in one
//! file.
//!
//! The byte orders of blockette 050 are those of data; control headers are text.

mod dictionary;
mod read;
mod records;

use crate::{Inventory, ReadOptions, Result};

impl Inventory {
    /// Reads the control headers of a SEED volume from memory.
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there is no control header in it.
    pub fn from_dataless(file: &[u8]) -> Result<Self> {
        ReadOptions::new().parse_dataless(file)
    }
}

impl ReadOptions {
    /// Reads the control headers of a SEED volume from memory.
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there is no control header in it,
    /// and [`Error::Problem`](crate::Error::Problem) if asked to be [`strict`](Self::strict).
    pub fn parse_dataless(&self, file: &[u8]) -> Result<Inventory> {
        read::read(file, self)
    }
}

/// Whether a file begins with a control header.
pub(crate) fn is_dataless(file: &[u8]) -> bool {
    records::Record::at(file, 0, usize::MAX).is_some_and(|r| matches!(r.kind, b'V' | b'A' | b'S'))
}
