//! Source identifiers as text, and the ids that traces have.
//!
//! An identifier of the FDSN becomes the four codes that it is made of. The format lets a record
//! have any other text instead, and libmseed reads such records, so they are read here, too. Their
//! text is laid into the four codes so that it can be told apart and written back:
//!
//! | identifier | network | station | location | channel |
//! |---|---|---|---|---|
//! | `FDSN:IU_ANMO_00_B_H_Z` | `IU` | `ANMO` | `00` | `BHZ` |
//! | `FDSN:IU_ANMO_00_B_Z_` | `IU` | `ANMO` | `00` | `BZ` |
//! | `XYZ:barometer-7/raw` | `XYZ:` | `barometer-7/raw` | | |
//! | `XYZ:barometer-7/filtered` | `XYZ:` | `barometer-7/fil` | `tered` | |
//! | `no colon` | `:` | `no%20colon` | | |
//! | `FDSN:IU_ANMO` | `FDSN:` | `IU_ANMO` | | |
//!
//! That is: the network ends with a colon, which no FDSN network does, and the rest of the text
//! fills the other codes, 15 characters each. Characters that a code cannot hold, `%` and `.` are
//! written as `%` and two hexadecimal digits. What is longer than the codes is cut, and ends with
//! `~` and a checksum of the whole, so that channels stay apart; only such an identifier is not
//! written back as it was. The text itself is always to be had of the record
//! ([`RecordView::fdsn_id`]).
//!
//! [`RecordView::fdsn_id`]: crate::mseed::RecordView::fdsn_id

use std::fmt::Write as _;

use seis_core::{Code, SourceId};

/// The id that stands for an identifier, of which NULs at the end are no part.
///
/// ```
/// use seis_io::mseed::v3::identifier;
/// assert_eq!(identifier::read(b"FDSN:IU_ANMO_00_B_H_Z").to_string(), "IU.ANMO.00.BHZ");
/// let id = identifier::read(b"XYZ:barometer 7");
/// assert_eq!(id.to_string(), "XYZ:.barometer%207..");
/// assert!(identifier::is_other(&id));
/// assert_eq!(identifier::write(&id), "XYZ:barometer 7");
/// ```
#[must_use]
pub fn read(identifier: &[u8]) -> SourceId {
    let padding = identifier.iter().rev().take_while(|b| **b == 0).count();
    let text = identifier.get(..identifier.len() - padding).unwrap_or_default();
    fdsn(text).unwrap_or_else(|| other(text))
}

/// The identifier that an id stands for.
#[must_use]
pub fn write(id: &SourceId) -> String {
    if !is_other(id) {
        return id.to_fdsn();
    }
    let mut text = Vec::new();
    let scheme = id.network.as_bytes();
    let codes = [id.station, id.location, id.channel];
    let mut rest = if scheme == b":" { &[][..] } else { scheme }
        .iter()
        .chain(codes.iter().flat_map(Code::as_bytes));
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let mut digit = || ahead.next().and_then(|b| char::from(*b).to_digit(16));
        match (byte, digit(), digit()) {
            (b'%', Some(high), Some(low)) => {
                text.push((16 * high + low) as u8);
                rest = ahead;
            }
            _ => text.push(*byte),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether an id stands for an identifier that is not one of the FDSN.
#[must_use]
pub fn is_other(id: &SourceId) -> bool {
    id.network.as_bytes().last() == Some(&b':')
}

/// The codes of an identifier of the FDSN: as [`SourceId::from_fdsn`], without memory set aside.
fn fdsn(text: &[u8]) -> Option<SourceId> {
    let body = text.strip_prefix(b"FDSN:").or_else(|| text.strip_prefix(b"XFDSN:"))?;
    if !body.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let mut parts = body.splitn(4, |b| *b == b'_');
    let mut code = || parts.next().and_then(|part| Code::from_padded(part).ok());
    let (network, station, location) = (code()?, code()?, code()?);
    let channel = match *parts.next()? {
        [b, b'_', s, b'_', ss] if [b, s, ss].iter().all(|c| *c != b'_') => {
            Code::from_padded(&[b, s, ss]).ok()?
        }
        // The last codes are empty.
        [b, b'_', s, b'_'] if b != b'_' && s != b'_' => Code::from_padded(&[b, s]).ok()?,
        [b, b'_', b'_'] if b != b'_' => Code::from_padded(&[b]).ok()?,
        [b'_', b'_'] => Code::EMPTY,
        ref channel => Code::from_padded(channel).ok()?,
    };
    let location = if location == "--" { Code::EMPTY } else { location };
    let id = SourceId { network, station, location, channel };
    (!is_other(&id)).then_some(id)
}

/// Most characters behind the scheme.
const ROOM: usize = 3 * Code::MAX_LEN;

/// Any other text in codes.
#[cold]
fn other(text: &[u8]) -> SourceId {
    let mut escaped = String::new();
    for byte in text {
        // Writing to a String never fails.
        let _ = match byte {
            b'%' | b'.' => write!(escaped, "%{byte:02X}"),
            _ if byte.is_ascii_graphic() => write!(escaped, "{}", char::from(*byte)),
            _ => write!(escaped, "%{byte:02X}"),
        };
    }
    let scheme = match escaped.find(':') {
        Some(colon @ 1..) if colon < Code::MAX_LEN => colon + 1,
        _ => 0,
    };
    let mut rest = escaped.split_off(scheme);
    let network = if scheme == 0 { ":" } else { escaped.as_str() };
    if rest.len() > ROOM {
        let checksum = format!("~{:08x}", crc32c::crc32c(text));
        rest.truncate(ROOM - checksum.len());
        rest.push_str(&checksum);
    }
    // ASCII throughout, and as long as a code may be.
    let code = |text: &[u8]| Code::from_padded(text).unwrap_or_default();
    let mut chunks = rest.as_bytes().chunks(Code::MAX_LEN).map(code);
    let mut next = || chunks.next().unwrap_or_default();
    SourceId {
        network: code(network.as_bytes()),
        station: next(),
        location: next(),
        channel: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identifiers_of_others() {
        for (text, id) in [
            (&b"XYZ:barometer-7/raw"[..], "XYZ:.barometer-7/raw.."),
            (b"XYZ:barometer-7/filtered", "XYZ:.barometer-7/fil.tered."),
            (b"no colon", ":.no%20colon.."),
            (b"", ":..."),
            (b":a", ":.:a.."),
            (b"a.b:c", "a%2Eb:.c.."),
            (b"50%:x", "50%25:.x.."),
            (b"FDSN:", "FDSN:..."),
            (b"FDSN:A_B", "FDSN:.A_B.."),
            (b"FDSN:A_ASTATIONFARTOOLONG_X_B_H_Z", "FDSN:.A_ASTATIONFARTO.OLONG_X_B_H_Z."),
            (b"FDSN:A:_B_C_D_E_F", "FDSN:.A:_B_C_D_E_F.."),
            (b"Gr\xc3\xa4fenberg", ":.Gr%C3%A4fenberg.."),
        ] {
            let read = read(text);
            assert_eq!(read.to_string(), id);
            assert!(is_other(&read));
            assert_eq!(write(&read).as_bytes(), text);
        }
        let [a, b] = [1, 2].map(|n| read(format!("XYZ:{}{n}", "x".repeat(60)).as_bytes()));
        assert_ne!(a, b);
        assert_eq!(a.channel.len(), Code::MAX_LEN);
        assert_eq!(read(write(&a).as_bytes()), a);
    }

    /// Six fields, as libmseed writes them of blank codes.
    #[test]
    fn blank_codes() {
        assert_eq!(read(b"FDSN:_____"), SourceId::default());
        assert_eq!(write(&SourceId::default()), "FDSN:_____");
        assert_eq!(read(b"FDSN:XX_____").to_string(), read(b"FDSN:XX___").to_string());
        assert_eq!(write(&read(b"FDSN:XX_A__")), "FDSN:XX_A____");
    }

    /// The same codes as in a version-2 record, where blanks fill them up.
    #[test]
    fn channels_of_fewer_characters() {
        for (text, channel) in [("B_Z_", "BZ"), ("B__", "B"), ("__", ""), ("_H_", "_H_")] {
            let text = format!("FDSN:XX_AAA__{text}");
            let id = read(text.as_bytes());
            assert_eq!(id.channel, channel);
            assert_eq!(write(&id), text);
        }
    }

    proptest! {
        /// As the core reads them, where it does.
        #[test]
        fn identifiers_of_the_fdsn(text in "(X?FDSN:)?[A-Z0-9_. -]{0,14}|FDSN:[AB]?_[AB]?_[AB]?_[AB_]{0,6}", nuls in 0_usize..3) {
            let id = read(format!("{text}{}", "\0".repeat(nuls)).as_bytes());
            match SourceId::from_fdsn(&text) {
                Ok(expected) => prop_assert_eq!(id, expected),
                Err(_) => prop_assert_eq!(write(&id), text),
            }
        }

        /// Text that fits comes back; all of it comes back as the same id.
        #[test]
        fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..80)) {
            let id = read(&text);
            let written = write(&id);
            if let Ok(text) = std::str::from_utf8(&text) {
                let kept = text.trim_end_matches('\0');
                let same = written == kept || !is_other(&id);
                prop_assert!(same || id.channel.as_bytes().contains(&b'~'));
            }
            prop_assert!(std::str::from_utf8(&text).is_err() || read(written.as_bytes()) == id);
        }
    }
}
