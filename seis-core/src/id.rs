//! Who recorded it: network, station, location, channel.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error, Result};

/// Identifies one channel: network, station, location and channel code.
///
/// Printed and parsed as `NET.STA.LOC.CHA` (SEED) or `FDSN:NET_STA_LOC_B_S_SS`
/// (*FDSN Source Identifiers*, 2021). A channel whose band, source and subsource codes are one
/// character each is stored in the SEED form `BHZ`; others keep their underscores (`B_H_ZZ`,
/// `_H_Z`), which is libmseed's mapping. Where only the last codes are empty the SEED form is that
/// of a channel of fewer characters: `B_Z_` is `BZ`, `B__` is `B` and `__` an empty channel.
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
    /// A channel of up to three characters becomes `B_S_SS` character by character, as libmseed
    /// maps it: `BHZ` is `B_H_Z`, `BZ` is `B_Z_`, `B` is `B__`, an empty one `__`. An identifier
    /// has six fields, whatever is in them. A channel that is longer or has an underscore stands as
    /// it is.
    ///
    /// ```
    /// use seis_core::SourceId;
    /// assert_eq!(SourceId::new("XX", "AAA", "", "BZ")?.to_fdsn(), "FDSN:XX_AAA__B_Z_");
    /// # Ok::<(), seis_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_fdsn(&self) -> String {
        let Self { network, station, location, channel } = self;
        match self.seed_channel_codes() {
            Some((b, s, ss)) => format!("FDSN:{network}_{station}_{location}_{b}_{s}_{ss}"),
            None => format!("FDSN:{network}_{station}_{location}_{channel}"),
        }
    }

    /// Parses an FDSN source identifier, with the `FDSN:` or `XFDSN:` in front.
    ///
    /// An identifier with fewer fields for the channel than three, as `FDSN:IU_ANMO_00_BH`, is
    /// taken as it stands (channel `BH`), and has six when it is [written](Self::to_fdsn).
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
        // Codes of one character, of which the last ones may be empty, are those of SEED.
        let seed: String = match channel.as_bytes() {
            [b'_', b'_'] => String::new(),
            [b, b'_', b'_'] if *b != b'_' => char::from(*b).into(),
            [b, b'_', s, b'_', ss @ ..]
                if ss.len() < 2 && [*b, *s].iter().chain(ss).all(|code| *code != b'_') =>
            {
                [*b, *s].iter().chain(ss).map(|code| char::from(*code)).collect()
            }
            _ => channel.to_owned(),
        };
        Self::new(network, station, location, &seed)
    }

    /// Band, source and subsource codes of the channel: of `BHZ` its three characters, of `BZ` its
    /// two and no subsource, of `B` the band alone, of `B_H_ZZ` what stands between the
    /// underscores; three empty ones of an empty channel. `None` for a channel that is not made of
    /// them.
    ///
    /// ```
    /// use seis_core::SourceId;
    /// let id = SourceId::from_fdsn("FDSN:XX_A__BB_H_")?;
    /// assert_eq!(id.channel_codes(), Some(("BB", "H", "")));
    /// # Ok::<(), seis_core::Error>(())
    /// ```
    #[must_use]
    pub fn channel_codes(&self) -> Option<(&str, &str, &str)> {
        if let Some(codes) = self.seed_channel_codes() {
            return Some(codes);
        }
        let (band, rest) = self.channel.as_str().split_once('_')?;
        let (source, subsource) = rest.split_once('_')?;
        (!subsource.contains('_')).then_some((band, source, subsource))
    }

    /// The codes of a channel that may be one of SEED: its characters by their place, and empty
    /// ones behind the last.
    fn seed_channel_codes(&self) -> Option<(&str, &str, &str)> {
        let channel = self.channel.as_str();
        if channel.len() > 3 || channel.contains('_') {
            return None;
        }
        // ASCII, so that every byte is a character.
        let code = |at: usize| channel.get(at..=at).unwrap_or_default();
        Some((code(0), code(1), code(2)))
    }

    /// Whether the id is what *FDSN Source Identifiers* allows: network and station of 1 to 8,
    /// location of up to 8 characters; a source code, with band and subsource codes that may be
    /// empty; capital letters and digits, and `-` in station and location.
    ///
    /// [`from_fdsn`](Self::from_fdsn) takes more than that, since files hold more.
    ///
    /// # Errors
    /// [`Error::Id`] that says which part is not as it must be.
    pub fn check_fdsn(&self) -> Result<()> {
        let Self { network, station, location, .. } = self;
        let plain = |text: &str, dash: bool| {
            let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || dash && b == b'-';
            text.bytes().all(allowed)
        };
        let good = |code: &Code, dash: bool| code.len() <= 8 && plain(code.as_str(), dash);
        let wrong = if network.is_empty() || !good(network, false) {
            Some("a network code of 1 to 8 capital letters and digits")
        } else if station.is_empty() || !good(station, true) {
            Some("a station code of 1 to 8 capital letters, digits and -")
        } else if !good(location, true) || *location == "--" {
            Some("a location code of up to 8 capital letters, digits and -, other than --")
        } else {
            match self.channel_codes() {
                Some((band, source, subsource))
                    if !source.is_empty()
                        && [band, source, subsource].iter().all(|code| plain(code, false)) =>
                {
                    None
                }
                _ => Some("BAND_SOURCE_SUBSOURCE of capital letters and digits, with a source"),
            }
        };
        match wrong {
            Some(expected) => Err(Error::Id { text: self.to_fdsn(), expected }),
            None => Ok(()),
        }
    }

    /// The codes of SEED 2.4 (2, 5, 2 and 3 characters) for this id, as *FDSN Source Identifiers*
    /// maps them: what fits is unchanged; of the six-character code of a temporary network, as
    /// `XA2002`, the year is left out.
    ///
    /// ```
    /// use seis_core::SourceId;
    /// let id = SourceId::from_fdsn("FDSN:XA2002_ABCD_00_B_H_Z")?;
    /// assert_eq!(id.to_seed()?.to_string(), "XA.ABCD.00.BHZ");
    /// assert!(SourceId::from_fdsn("FDSN:IU_ANMO_00_B_H_ZZ")?.to_seed().is_err());
    /// # Ok::<(), seis_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::CodeTooLong`] for a code that does not fit.
    pub fn to_seed(&self) -> Result<Self> {
        let mut seed = *self;
        if let [first, second, year @ ..] = self.network.as_bytes() {
            let temporary = matches!(first, b'X'..=b'Z' | b'0'..=b'9')
                && (second.is_ascii_uppercase() || second.is_ascii_digit())
                && year.len() == 4
                && year.iter().all(u8::is_ascii_digit);
            if temporary {
                seed.network = Code::from_padded(&[*first, *second])?;
            }
        }
        for (code, max) in
            [(seed.network, 2), (seed.station, 5), (seed.location, 2), (seed.channel, 3)]
        {
            if code.len() > max {
                return Err(Error::CodeTooLong { code: code.to_string(), max });
            }
        }
        // Three characters with an underscore are codes of no or several characters.
        if self.channel.as_bytes().contains(&b'_') {
            return Err(Error::CodeTooLong { code: self.channel.to_string(), max: 3 });
        }
        Ok(seed)
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
        // Six fields, as libmseed writes them.
        assert_eq!(SourceId::default().to_fdsn(), "FDSN:_____");
    }

    /// The examples of the specification, and codes of several and of no characters.
    #[test]
    fn source_identifiers_and_seed_codes() {
        for (fdsn, nslc, seed) in [
            ("FDSN:IU_ANMO_00_B_H_Z", "IU.ANMO.00.BHZ", Some("IU.ANMO.00.BHZ")),
            ("FDSN:IU_ANMO__B_H_Z", "IU.ANMO..BHZ", Some("IU.ANMO..BHZ")),
            ("FDSN:XA_ABCD_00_B_H_Z", "XA.ABCD.00.BHZ", Some("XA.ABCD.00.BHZ")),
            ("FDSN:XA2002_ABCD_00_B_H_Z", "XA2002.ABCD.00.BHZ", Some("XA.ABCD.00.BHZ")),
            ("FDSN:9A2002_ABCD_00_B_H_Z", "9A2002.ABCD.00.BHZ", Some("9A.ABCD.00.BHZ")),
            ("FDSN:IU2002_ABCD_00_B_H_Z", "IU2002.ABCD.00.BHZ", None),
            ("FDSN:SEIS2018_A-B_1-2_B_H_Z", "SEIS2018.A-B.1-2.BHZ", None),
            ("FDSN:IU_COLA_00_BB_H_Z", "IU.COLA.00.BB_H_Z", None),
            ("FDSN:IU_COLA_00_B_HHH_Z", "IU.COLA.00.B_HHH_Z", None),
            ("FDSN:IU_COLA_00_B_H_ZZZ", "IU.COLA.00.B_H_ZZZ", None),
            ("FDSN:IU_COLA_00__H_Z", "IU.COLA.00._H_Z", None),
            ("FDSN:IU_COLA_00_B_H_", "IU.COLA.00.BH", Some("IU.COLA.00.BH")),
            ("FDSN:IU_COLA_00__H_", "IU.COLA.00._H_", None),
            ("FDSN:IU_COLA__L_O_G", "IU.COLA..LOG", Some("IU.COLA..LOG")),
        ] {
            let id = SourceId::from_fdsn(fdsn).unwrap();
            assert_eq!(id.to_string(), nslc);
            assert_eq!(id.to_fdsn(), fdsn);
            assert_eq!(nslc.parse::<SourceId>().unwrap(), id);
            assert_eq!(id.check_fdsn(), Ok(()), "{fdsn}");
            assert_eq!(id.to_seed().ok().map(|i| i.to_string()).as_deref(), seed, "{fdsn}");
        }
    }

    /// What libmseed makes of the blank-padded channel of a version-2 record, both ways.
    #[test]
    fn channels_of_fewer_characters_are_mapped_by_their_place() {
        for (channel, fdsn, codes) in [
            ("", "__", Some(("", "", ""))),
            ("B", "B__", Some(("B", "", ""))),
            ("BZ", "B_Z_", Some(("B", "Z", ""))),
            ("cp", "c_p_", Some(("c", "p", ""))),
            ("BHZ", "B_H_Z", Some(("B", "H", "Z"))),
            ("_H_Z", "_H_Z", Some(("", "H", "Z"))),
            ("_H_", "_H_", Some(("", "H", ""))),
            ("__Z", "__Z", Some(("", "", "Z"))),
            ("B__Z", "B__Z", Some(("B", "", "Z"))),
            ("BB_H_", "BB_H_", Some(("BB", "H", ""))),
            ("BB__", "BB__", Some(("BB", "", ""))),
            ("B_HH_", "B_HH_", Some(("B", "HH", ""))),
            ("BHZZ", "BHZZ", None),
            ("B_H", "B_H", None),
            ("B_", "B_", None),
            ("_", "_", None),
            ("___", "___", None),
            ("B_H__", "B_H__", None),
            ("B_H_Z_", "B_H_Z_", None),
        ] {
            let id = SourceId::new("XX", "AAA", "", channel).unwrap();
            assert_eq!(id.to_fdsn(), format!("FDSN:XX_AAA__{fdsn}"));
            assert_eq!(SourceId::from_fdsn(&id.to_fdsn()).unwrap(), id);
            assert_eq!(id.channel_codes(), codes, "{channel}");
            let fits = channel.len() <= 3 && !channel.contains('_');
            assert_eq!(id.to_seed().ok(), fits.then_some(id), "{channel}");
        }
        // Four fields are read, and become six.
        let id = SourceId::from_fdsn("FDSN:IU_ANMO_00_BH").unwrap();
        assert_eq!(id.channel, "BH");
        assert_eq!(id.to_fdsn(), "FDSN:IU_ANMO_00_B_H_");
        assert!(id.check_fdsn().is_ok());
    }

    #[test]
    fn what_the_specification_does_not_allow() {
        for fdsn in [
            "FDSN:_ANMO_00_B_H_Z",
            "FDSN:IU__00_B_H_Z",
            "FDSN:IU_ANMO_00_B__Z",
            "FDSN:IU_ANMO_00_B_H",
            "FDSN:IU_ANMO_00_B__",
            "FDSN:IU_ANMO_00___",
            "FDSN:IU_ANMO_00_B_H_Z_X",
            "FDSN:iu_ANMO_00_B_H_Z",
            "FDSN:I-U_ANMO_00_B_H_Z",
            "FDSN:IU_ANMO.A_00_B_H_Z",
            "FDSN:NETWORK89_ANMO_00_B_H_Z",
            "FDSN:IU_STATION89_00_B_H_Z",
            "FDSN:IU_ANMO_LOCATION9_B_H_Z",
            "FDSN:IU_ANMO_00_B_H-_Z",
        ] {
            let id = SourceId::from_fdsn(fdsn).unwrap();
            assert!(matches!(id.check_fdsn(), Err(Error::Id { .. })), "{fdsn}");
        }
        // A channel of 15 characters is the longest that an id holds.
        assert!(SourceId::from_fdsn("FDSN:A_B_C_BANDBAND_S_SUBSU").is_err());
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
