//! Who recorded it: network, station, location, channel.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error, Result};

/// Identifies one channel: network, station, location and channel code.
///
/// Printed and parsed as `NET.STA.LOC.CHA` (SEED) or `FDSN:NET_STA_LOC_B_S_SS`
/// (*FDSN Source Identifiers*, 2021). A channel whose band, source and subsource codes are one
/// character each is stored in the SEED form `BHZ`; longer ones keep their underscores
/// (`B_H_ZZ`), which is libmseed's mapping.
///
/// ```
/// use seis_core::SourceId;
/// let id: SourceId = "CI.HEC..BHN".parse()?;
/// assert_eq!(id.station, "HEC");
/// assert!(id.location.is_empty());
/// assert_eq!(id.to_fdsn(), "FDSN:CI_HEC__B_H_N");
/// assert_eq!("FDSN:CI_HEC__B_H_N".parse::<SourceId>()?, id);
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId {
    /// Network code, as assigned by the FDSN.
    pub network: Code,
    /// Station code.
    pub station: Code,
    /// Location code; empty for a blank one (often shown as `--`).
    pub location: Code,
    /// Channel code.
    pub channel: Code,
}

impl SourceId {
    /// An id of four codes. A location of `--` is the blank one.
    ///
    /// # Errors
    /// As [`Code::new`].
    pub fn new(network: &str, station: &str, location: &str, channel: &str) -> Result<Self> {
        Ok(Self {
            network: Code::new(network)?,
            station: Code::new(station)?,
            location: if location == "--" { Code::EMPTY } else { Code::new(location)? },
            channel: Code::new(channel)?,
        })
    }

    /// The FDSN source identifier, `FDSN:NET_STA_LOC_B_S_SS`.
    ///
    /// A three-character channel becomes `B_S_SS`; any other stands as it is.
    #[must_use]
    pub fn to_fdsn(&self) -> String {
        let Self { network, station, location, channel } = self;
        match channel.as_bytes() {
            [band, source, subsource] if !channel.as_bytes().contains(&b'_') => {
                let [b, s, ss] = [*band, *source, *subsource].map(char::from);
                format!("FDSN:{network}_{station}_{location}_{b}_{s}_{ss}")
            }
            _ => format!("FDSN:{network}_{station}_{location}_{channel}"),
        }
    }

    /// Parses an FDSN source identifier, with the `FDSN:` or `XFDSN:` in front.
    ///
    /// # Errors
    /// [`Error::Id`] unless there are a network, a station and a location, and a channel behind
    /// them; otherwise as [`Code::new`].
    pub fn from_fdsn(text: &str) -> Result<Self> {
        let bad = || Error::Id {
            text: text.to_owned(),
            expected: "FDSN:NET_STA_LOC_BAND_SOURCE_SUBSOURCE",
        };
        let body =
            text.strip_prefix("FDSN:").or_else(|| text.strip_prefix("XFDSN:")).ok_or_else(bad)?;
        let mut parts = body.splitn(4, '_');
        let mut next = || parts.next().ok_or_else(bad);
        let (network, station, location, channel) = (next()?, next()?, next()?, next()?);
        let fields: Vec<&str> = channel.split('_').collect();
        let seed = match fields.as_slice() {
            [b, s, ss] if [b, s, ss].iter().all(|f| f.len() == 1) => Some(format!("{b}{s}{ss}")),
            _ => None,
        };
        Self::new(network, station, location, seed.as_deref().unwrap_or(channel))
    }

    /// Whether every code consists of letters, digits, `-` and `_` only, so that the id can be
    /// part of a file name on every system. Codes come from files and may hold `/` or `..`.
    #[must_use]
    pub fn is_path_safe(&self) -> bool {
        [self.network, self.station, self.location, self.channel].iter().all(|code| {
            code.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
        })
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { network, station, location, channel } = self;
        write!(f, "{network}.{station}.{location}.{channel}")
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl FromStr for SourceId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with("FDSN:") || text.starts_with("XFDSN:") {
            return Self::from_fdsn(text);
        }
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            [network, station, location, channel] => Self::new(network, station, location, channel),
            _ => Err(Error::Id {
                text: text.to_owned(),
                expected: "NET.STA.LOC.CHA or FDSN:NET_STA_LOC_B_S_SS",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_round_trip() {
        for text in ["CI.HEC..BHN", "IU.ANMO.00.LHZ", "XX.LONGNAME.H1.B_H_ZZ", "..."] {
            let id: SourceId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(SourceId::from_fdsn(&id.to_fdsn()).unwrap(), id, "{text}");
        }
        assert_eq!("CI.HEC.--.BHN".parse::<SourceId>().unwrap().to_string(), "CI.HEC..BHN");
        assert_eq!(SourceId::from_fdsn("XFDSN:A_B__L_H_Z").unwrap().channel, "LHZ");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "CI.HEC.BHN", "A.B.C.D.E", "FDSN:A_B_C", "FDSN:", "A b.C.D.E"] {
            assert!(text.parse::<SourceId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn codes_that_would_leave_the_directory_are_seen() {
        assert!("CI.HEC..BHN".parse::<SourceId>().unwrap().is_path_safe());
        assert!(!SourceId::new("..", "A", "", "B").unwrap().is_path_safe());
        assert!(!SourceId::new("C/", "A", "", "B").unwrap().is_path_safe());
    }
}
