//! SEED RESP files: the responses of channels as text, as rdseed, evalresp's web services and the
//! Nominal Response Library write them.
//!
//! A line is a field of a blockette, `B053F07  A0 normalization factor:  1`, or a row of a list,
//! `B053F10-13    0  0.0  0.0  0.0  0.0`: the number of the row, the values, and perhaps their
//! errors. Rows are put in the order of their numbers; a number that is missing or stands twice
//! breaks the response. Labels and lines that begin with `#` count for nothing. A blockette ends
//! where another begins or where a field of it comes again.

mod lines;
mod read;

use crate::{Inventory, ReadOptions, Result};

impl Inventory {
    /// Reads a RESP file from memory.
    ///
    /// ```
    /// use seis_resp::Inventory;
    /// let resp = b"B050F03     Station:     FURT
    /// B050F16     Network:     BW
    /// B052F03     Location:    ??
    /// B052F04     Channel:     EHZ
    /// B052F22     Start date:  2001,001
    /// B052F23     End date:    No Ending Time
    /// B058F03     Stage sequence number:                 0
    /// B058F04     Sensitivity:                           2.516800E+09
    /// B058F05     Frequency of sensitivity:              2.000000E+00 HZ
    /// B058F06     Number of calibrations:                0
    /// ";
    /// let inventory = Inventory::from_resp(resp)?;
    /// let id = "BW.FURT..EHZ".parse()?;
    /// let response = inventory.response(&id, "2022-01-02".parse()?, "2022-01-03".parse()?)?;
    /// assert_eq!(response.sensitivity.as_ref().map(|s| s.value), Some(2.5168e9));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there is no channel in it.
    pub fn from_resp(file: &[u8]) -> Result<Self> {
        ReadOptions::new().parse_resp(file)
    }
}

impl ReadOptions {
    /// Reads a RESP file from memory.
    ///
    /// # Errors
    /// [`Error::NotThisFormat`](crate::Error::NotThisFormat) if there is no channel in it, and
    /// [`Error::Problem`](crate::Error::Problem) if asked to be [`strict`](Self::strict).
    pub fn parse_resp(&self, file: &[u8]) -> Result<Inventory> {
        read::read(file, self)
    }
}

/// Whether a file begins as a RESP file does.
pub(crate) fn is_resp(file: &[u8]) -> bool {
    matches!(lines::Lines::new(file).next(), Some(lines::Line::Fields { .. }))
}
