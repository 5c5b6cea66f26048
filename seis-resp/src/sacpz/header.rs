//! Comments in which a pole-zero file says whose response it holds.

/// What a comment tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Network,
    Station,
    Location,
    Channel,
    Created,
    Start,
    End,
    Description,
    Latitude,
    Longitude,
    Elevation,
    Depth,
    Dip,
    Azimuth,
    SampleRate,
    InputUnit,
    OutputUnit,
    Instrument,
    Comment,
    Sensitivity,
    NormalizationFactor,
    /// Something that the model has no place for.
    Other,
}

/// Names that are met, by IRIS's web service, ObsPy, rdseed and the USGS.
const NAMES: [(&str, Key); 36] = [
    ("NETWORK", Key::Network),
    ("STATION", Key::Station),
    ("LOCATION", Key::Location),
    ("CHANNEL", Key::Channel),
    ("COMPONENT", Key::Channel),
    ("CREATED", Key::Created),
    ("START", Key::Start),
    ("EFFECTIVE", Key::Start),
    ("END", Key::End),
    ("ENDDATE", Key::End),
    ("DESCRIPTION", Key::Description),
    ("LATITUDE", Key::Latitude),
    ("LAT-SEED", Key::Latitude),
    ("LONGITUDE", Key::Longitude),
    ("LONG-SEED", Key::Longitude),
    ("ELEVATION", Key::Elevation),
    ("ELEV-SEED", Key::Elevation),
    ("DEPTH", Key::Depth),
    ("DIP (SEED)", Key::Dip),
    ("DIP", Key::Dip),
    ("AZIMUTH", Key::Azimuth),
    ("SAMPLE RATE", Key::SampleRate),
    ("RATE (HZ)", Key::SampleRate),
    ("INPUT UNIT", Key::InputUnit),
    ("OUTPUT UNIT", Key::OutputUnit),
    ("INSTTYPE", Key::Instrument),
    ("INSTRMNTTYPE", Key::Instrument),
    ("COMMENT", Key::Comment),
    ("INSTGAIN", Key::Other),
    ("INSTRMNTGAIN", Key::Other),
    ("INSTRMNTUNIT", Key::Other),
    ("SENSITIVITY", Key::Sensitivity),
    ("SENS-SEED", Key::Other),
    ("SENS-CALC", Key::Other),
    ("A0", Key::NormalizationFactor),
    ("OWNER", Key::Other),
];

/// Names of SAC header variables that IRIS and rdseed write behind theirs. They also count dips
/// from the vertical.
const SAC_NAMES: [&str; 4] = ["(KNETWK)", "(KSTNM)", "(KHOLE)", "(KCMPNM)"];

/// The key, its name and value of a comment without its `*`; `None` if it tells nothing.
///
/// `* NETWORK   (KNETWK): IU`, `* DIP (SEED)  : -90.0`, `* NETWORK      NZ`.
pub(super) fn parse(comment: &str) -> Option<(Key, &'static str, &str)> {
    let comment = comment.trim();
    let head = comment.split(':').next().unwrap_or_default();
    // The longest name that fits: `DIP (SEED)` before `DIP`, `ENDDATE` before `END`.
    let named = NAMES.iter().filter(|(name, _)| {
        head.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    });
    let (name, key) = named.max_by_key(|(name, _)| name.len())?;
    let mut rest = comment.get(name.len()..)?;
    // The name ends here, and is not the beginning of another.
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace() || c == ':') {
        return None;
    }
    rest = rest.trim_start();
    for sac in SAC_NAMES {
        rest = rest.strip_prefix(sac).unwrap_or(rest).trim_start();
    }
    let value = rest.strip_prefix(':').unwrap_or(rest).trim();
    Some((*key, name, value))
}

/// Whether a comment is of the style that counts dips from the vertical.
pub(super) fn counts_from_vertical(comment: &str) -> bool {
    SAC_NAMES.iter().any(|name| comment.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_several_writers() {
        for (comment, expected) in [
            (" NETWORK   (KNETWK): IU", Some((Key::Network, "IU"))),
            (" NETWORK     : IU", Some((Key::Network, "IU"))),
            (" NETWORK      NZ", Some((Key::Network, "NZ"))),
            (" LOCATION   (KHOLE): ", Some((Key::Location, ""))),
            (" CHANNEL(NSCL)NZCRLZ HHZ10", None),
            (" START             : 2002-11-19T21:07:00", Some((Key::Start, "2002-11-19T21:07:00"))),
            (" EFFECTIVE    2003-03-12 00:00:00.0", Some((Key::Start, "2003-03-12 00:00:00.0"))),
            (" END", Some((Key::End, ""))),
            (" DIP (SEED)  : -90.0", Some((Key::Dip, "-90.0"))),
            (" DIP               : 0.0", Some((Key::Dip, "0.0"))),
            (" INPUT UNIT   NM", Some((Key::InputUnit, "NM"))),
            (" DESCRIPTION : Here: there", Some((Key::Description, "Here: there"))),
            (" **********", None),
            (" A0-SEED      8.8921E-02", None),
            (" STATIONS", None),
            ("", None),
        ] {
            let found = parse(comment).map(|(key, _, value)| (key, value));
            assert_eq!(found, expected, "{comment}");
        }
    }
}
