//! What the first bytes of a record look like.
//!
//! These are libmseed 3's tests (`MS2_ISVALIDHEADER`, `MS3_ISVALIDHEADER`, `MS_ISVALIDBLANK`), and
//! one for the control headers of full SEED volumes.

/// Bytes that the tests look at.
pub(crate) const SIGNATURE_BYTES: usize = 48;

/// What stands at some position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// A version-2 data record.
    Version2,
    /// A version-3 data record.
    Version3,
    /// A volume (V), abbreviation (A), station (S) or time (T) header of a full SEED volume.
    Control,
    /// A noise record: a sequence number and blanks.
    Noise,
}

/// Recognises what begins at the start of these bytes, of which there should be 48.
#[inline]
pub(crate) fn signature(head: &[u8]) -> Option<Signature> {
    let kind = *head.get(6)?;
    if let [b'M', b'S', 3, ..] = head {
        let [hour, minute, second] = [head.get(12)?, head.get(13)?, head.get(14)?];
        if *hour <= 23 && *minute <= 59 && *second <= 60 {
            return Some(Signature::Version3);
        }
    }
    let sequence = head.get(..6)?;
    let flag = *head.get(7)?;
    match kind {
        b'D' | b'R' | b'Q' | b'M' => {
            let digits = sequence.iter().all(|b| b.is_ascii_digit() || *b == b' ' || *b == 0);
            let [hour, minute, second] = [head.get(24)?, head.get(25)?, head.get(26)?];
            let plausible = (flag == b' ' || flag == 0)
                && *hour <= 23
                && *minute <= 59
                && *second <= 60
                && head.len() >= SIGNATURE_BYTES;
            (digits && plausible).then_some(Signature::Version2)
        }
        b'V' | b'A' | b'S' | b'T' => {
            let digits = sequence.iter().all(u8::is_ascii_digit);
            (digits && (flag == b' ' || flag == b'*')).then_some(Signature::Control)
        }
        b' ' => {
            let digits = sequence.iter().all(|b| b.is_ascii_digit() || *b == b' ');
            let blank = head.get(6..SIGNATURE_BYTES)?.iter().all(|b| *b == b' ');
            (digits && blank).then_some(Signature::Noise)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(start: &[u8]) -> Vec<u8> {
        let mut head = start.to_vec();
        head.resize(48, 0);
        head
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(signature(&head(b"000001D ")), Some(Signature::Version2));
        assert_eq!(signature(&head(b"\0\0    M\0")), Some(Signature::Version2));
        assert_eq!(signature(&head(b"MS\x03")), Some(Signature::Version3));
        assert_eq!(signature(&head(b"000001V 010")), Some(Signature::Control));
        assert_eq!(signature(&head(b"000002A*")), Some(Signature::Control));
        let mut blank = vec![b' '; 48];
        assert_eq!(signature(&blank), Some(Signature::Noise));
        blank[..6].copy_from_slice(b"001002");
        assert_eq!(signature(&blank), Some(Signature::Noise));
        blank[47] = b'x';
        assert_eq!(signature(&blank), None);
        for not in [&b"00000xD "[..], b"000001X ", b"000001D*", b"MS\x02", b" 00001V "] {
            assert_eq!(signature(&head(not)), None);
        }
        let mut hour = head(b"000001D ");
        hour[24] = 24;
        assert_eq!(signature(&hour), None);
        for len in 0..48 {
            let _ = signature(&head(b"000001D ")[..len]);
            let _ = signature(&head(b"MS\x03")[..len]);
            let _ = signature(&vec![b' '; len]);
        }
    }
}
