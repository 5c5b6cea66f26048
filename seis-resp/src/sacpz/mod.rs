//! SAC pole-zero files.
//!
//! A response is `CONSTANT · Π(s − z) / Π(s − p)` with s = iω in rad/s, from displacement in metres
//! to the recorded numbers (*SAC User's Manual*, command TRANSFER, "POLEZERO"). A keyword without
//! all the roots that it announces means that the others lie in the origin; keywords may stand in
//! any order, and each may be missing: no roots, and a constant of 1. Lines that begin with `*`
//! are comments, in which data centres write whose response it is.
//!
//! | in the file | here |
//! |---|---|
//! | no codes in comments | a channel with empty codes, reported |
//! | `INPUT UNIT` | believed, also `NM`; without it metres |
//! | `DIP` | IRIS's web service and rdseed (keys such as `(KNETWK)`) count from the vertical, as SAC does; `DIP (SEED)` and all others from the horizontal |
//! | `SENSITIVITY`, `A0` | the constant should be their product; told if it is not within 5 %, broken if not within a factor of 2; not compared where the input is not metres. Else counted as ignored: their frequency is not told |
//! | `INSTGAIN` and the like | counted as ignored |
//! | no `CONSTANT` | 1, as in SAC; broken if comments have a `SENSITIVITY` or `A0`, since then it was cut off |
//! | the file ends within a line that is no comment | broken: its number may be cut short |
//!
//! In the model the response is one stage of poles and zeros, normalised at 1 Hz or, where that is
//! beyond Nyquist or the response vanishes there, at another frequency.

mod entry;
mod header;
mod read;
mod write;

use crate::{Inventory, ReadOptions, Result};

pub use write::{SacPz, SacPzLoss, SacPzNote};

impl Inventory {
    /// Reads a SAC pole-zero file from memory.
    ///
    /// ```
    /// use seis_resp::Inventory;
    /// let inventory = Inventory::from_sacpz(b"* NETWORK   (KNETWK): IU
    /// * STATION    (KSTNM): ANMO
    /// * LOCATION   (KHOLE): 00
    /// * CHANNEL   (KCMPNM): BHZ
    /// * START             : 2002-11-19T21:07:00
    /// * END               : 2008-06-30T00:00:00
    /// ZEROS 3
    /// POLES 2
    /// -0.037 0.037
    /// -0.037 -0.037
    /// CONSTANT 6.0e8
    /// ")?;
    /// let channel = inventory.channels().next().ok_or("no channel")?;
    /// assert_eq!(channel.id_text(), "IU.ANMO.00.BHZ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there are no poles and zeros in it.
    pub fn from_sacpz(file: &[u8]) -> Result<Self> {
        ReadOptions::new().parse_sacpz(file)
    }
}

impl ReadOptions {
    /// Reads a SAC pole-zero file from memory.
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there are no poles and zeros in it,
    /// and [`Error::Problem`](crate::Error::Problem) if asked to be [`strict`](Self::strict).
    pub fn parse_sacpz(&self, file: &[u8]) -> Result<Inventory> {
        read::read(file, self)
    }
}

/// Whether a file begins as a pole-zero file does.
pub(crate) fn is_sacpz(file: &[u8]) -> bool {
    read::begins(file)
}
