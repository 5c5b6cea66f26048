//! Network, station, location and channel of a version-2 header.

use seis_core::{Code, SourceId};

/// Where they stand in the header.
pub(crate) const CODES: std::ops::Range<usize> = 8..20;

/// The codes of a record.
pub(crate) fn codes(record: &[u8]) -> SourceId {
    record
        .get(CODES)
        .and_then(|field| field.try_into().ok())
        .map_or_else(SourceId::default, |f| read(f).0)
}

/// Reads the codes from bytes 8 to 19 of the header: station (5), location (2), channel (3),
/// network (2). The flag tells that bytes were left out which are no part of a code.
///
/// As libmseed: blanks are left out wherever they stand (within a code that is odd), and a NUL ends
/// a code. (Only in a channel libmseed takes a blank for an empty code where another follows: of
/// ` BZ` it makes `_B_Z`, ObsPy and we `BZ`.) Bytes that are not printable ASCII are left out too, as ObsPy does; libmseed 3.5 ends the
/// code there.
pub(super) fn read(field: &[u8; 12]) -> (SourceId, bool) {
    let mut odd = false;
    let mut code = |range: std::ops::Range<usize>| {
        let mut text = [0_u8; 5];
        let (mut len, mut blank) = (0, false);
        for byte in field.get(range).unwrap_or_default().iter().take_while(|b| **b != 0) {
            if byte.is_ascii_graphic() {
                odd |= blank && len > 0;
                blank = false;
                if let Some(slot) = text.get_mut(len) {
                    *slot = *byte;
                    len += 1;
                }
            } else if *byte == b' ' {
                blank = true;
            } else {
                odd = true;
            }
        }
        // Five graphic ASCII characters are always a code.
        Code::from_padded(text.get(..len).unwrap_or_default()).unwrap_or_default()
    };
    let (station, location, channel, network) = (code(0..5), code(5..7), code(7..10), code(10..12));
    (SourceId { network, station, location, channel }, odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_rubbish_are_left_out() {
        let text = |field: &[u8; 12]| {
            let (id, odd) = read(field);
            (id.to_string(), odd)
        };
        assert_eq!(text(b"HEC    BHNCI"), ("CI.HEC..BHN".to_owned(), false));
        assert_eq!(text(b"A B\0C00BHZXX"), ("XX.AB.00.BHZ".to_owned(), true));
        assert_eq!(text(b"  HEC  BHZ X"), ("X.HEC..BHZ".to_owned(), false));
        assert_eq!(text(b"GECKO\xf0ACNZ  "), (".GECKO.A.CNZ".to_owned(), true));
        assert_eq!(text(b"\0\0\0\0\0\0\0\0\0\0\0\0"), ("...".to_owned(), false));
    }
}
