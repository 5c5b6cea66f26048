//! How samples are stored in a record: encodings and byte orders.

use std::fmt;
use std::str::FromStr;

use seis_core::SampleType;

/// How the samples of a record are stored.
///
/// All codes of the *SEED Reference Manual* 2.4, blockette 1000, field 3, and of the *FDSN
/// miniSEED 3 Definition*, "Data payload encodings". Those that nobody can decode any more have
/// names too, so that an error can say what a file holds.
///
/// ```
/// use seis_io::mseed::Encoding;
/// assert_eq!(Encoding::from_code(11), Encoding::Steim2);
/// assert_eq!("steim2".parse(), Ok(Encoding::Steim2));
/// assert!(!Encoding::from_code(19).is_readable());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// 0: text, one byte a sample (ASCII in version 2, UTF-8 in version 3).
    Text,
    /// 1: 16-bit integers.
    Int16,
    /// 2: 24-bit integers.
    Int24,
    /// 3: 32-bit integers.
    Int32,
    /// 4: 32-bit IEEE floats.
    Float32,
    /// 5: 64-bit IEEE floats.
    Float64,
    /// 10: Steim-1 compressed 32-bit integers.
    Steim1,
    /// 11: Steim-2 compressed integers, differences of up to 30 bits.
    Steim2,
    /// 12: GEOSCOPE multiplexed, 24-bit integers.
    Geoscope24,
    /// 13: GEOSCOPE multiplexed, 16-bit gain-ranged with a 3-bit exponent.
    Geoscope16Exp3,
    /// 14: GEOSCOPE multiplexed, 16-bit gain-ranged with a 4-bit exponent.
    Geoscope16Exp4,
    /// 15: US National Network compression.
    UsNational,
    /// 16: CDSN 16-bit gain-ranged.
    Cdsn,
    /// 17: Graefenberg 16-bit gain-ranged.
    Graefenberg,
    /// 18: IPG Strasbourg 16-bit gain-ranged.
    IpgStrasbourg,
    /// 19: Steim-3 compression.
    Steim3,
    /// 30: SRO gain-ranged.
    Sro,
    /// 31: HGLP.
    Hglp,
    /// 32: DWWSSN, 16-bit integers.
    Dwwssn,
    /// 33: RSTN 16-bit gain-ranged.
    Rstn,
    /// 100: opaque bytes (version 3).
    Opaque,
    /// Any other code.
    Unknown(u8),
}

impl Encoding {
    /// The encoding with this code.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Text,
            1 => Self::Int16,
            2 => Self::Int24,
            3 => Self::Int32,
            4 => Self::Float32,
            5 => Self::Float64,
            10 => Self::Steim1,
            11 => Self::Steim2,
            12 => Self::Geoscope24,
            13 => Self::Geoscope16Exp3,
            14 => Self::Geoscope16Exp4,
            15 => Self::UsNational,
            16 => Self::Cdsn,
            17 => Self::Graefenberg,
            18 => Self::IpgStrasbourg,
            19 => Self::Steim3,
            30 => Self::Sro,
            31 => Self::Hglp,
            32 => Self::Dwwssn,
            33 => Self::Rstn,
            100 => Self::Opaque,
            other => Self::Unknown(other),
        }
    }

    /// The code of the encoding.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Int16 => 1,
            Self::Int24 => 2,
            Self::Int32 => 3,
            Self::Float32 => 4,
            Self::Float64 => 5,
            Self::Steim1 => 10,
            Self::Steim2 => 11,
            Self::Geoscope24 => 12,
            Self::Geoscope16Exp3 => 13,
            Self::Geoscope16Exp4 => 14,
            Self::UsNational => 15,
            Self::Cdsn => 16,
            Self::Graefenberg => 17,
            Self::IpgStrasbourg => 18,
            Self::Steim3 => 19,
            Self::Sro => 30,
            Self::Hglp => 31,
            Self::Dwwssn => 32,
            Self::Rstn => 33,
            Self::Opaque => 100,
            Self::Unknown(code) => code,
        }
    }

    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Int16 => "INT16",
            Self::Int24 => "INT24",
            Self::Int32 => "INT32",
            Self::Float32 => "FLOAT32",
            Self::Float64 => "FLOAT64",
            Self::Steim1 => "STEIM1",
            Self::Steim2 => "STEIM2",
            Self::Geoscope24 => "GEOSCOPE24",
            Self::Geoscope16Exp3 => "GEOSCOPE16_3",
            Self::Geoscope16Exp4 => "GEOSCOPE16_4",
            Self::UsNational => "USNN",
            Self::Cdsn => "CDSN",
            Self::Graefenberg => "GRAEFENBERG",
            Self::IpgStrasbourg => "IPG_STRASBOURG",
            Self::Steim3 => "STEIM3",
            Self::Sro => "SRO",
            Self::Hglp => "HGLP",
            Self::Dwwssn => "DWWSSN",
            Self::Rstn => "RSTN",
            Self::Opaque => "OPAQUE",
            Self::Unknown(_) => "UNKNOWN",
        }
    }

    /// The type that samples of this encoding have in memory, or `None` if they cannot be decoded.
    #[must_use]
    pub const fn sample_type(self) -> Option<SampleType> {
        Some(match self {
            Self::Text => SampleType::Text,
            Self::Int16
            | Self::Int24
            | Self::Int32
            | Self::Steim1
            | Self::Steim2
            | Self::Cdsn
            | Self::Sro
            | Self::Dwwssn => SampleType::I32,
            Self::Float32 | Self::Geoscope24 | Self::Geoscope16Exp3 | Self::Geoscope16Exp4 => {
                SampleType::F32
            }
            Self::Float64 => SampleType::F64,
            _ => return None,
        })
    }

    /// Whether this crate decodes it.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.sample_type().is_some()
    }

    /// Whether this crate encodes it.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Int16
                | Self::Int32
                | Self::Float32
                | Self::Float64
                | Self::Steim1
                | Self::Steim2
        )
    }

    /// Whether it is one of the two Steim compressions.
    #[must_use]
    pub const fn is_steim(self) -> bool {
        matches!(self, Self::Steim1 | Self::Steim2)
    }

    /// Bytes of a sample, for encodings with a fixed size.
    #[must_use]
    pub(crate) const fn sample_bytes(self) -> Option<usize> {
        Some(match self {
            Self::Text => 1,
            Self::Int16
            | Self::Geoscope16Exp3
            | Self::Geoscope16Exp4
            | Self::Cdsn
            | Self::Sro
            | Self::Dwwssn => 2,
            Self::Int24 | Self::Geoscope24 => 3,
            Self::Int32 | Self::Float32 => 4,
            Self::Float64 => 8,
            _ => return None,
        })
    }

    /// The most samples that a payload of so many bytes can hold, whatever its bits: what a header
    /// may claim before memory is set aside. Zero for encodings that cannot be decoded.
    #[must_use]
    pub(crate) const fn max_samples(self, payload_bytes: usize) -> usize {
        // A first frame has 13 words of differences, every other 15. The first sample comes from
        // the frame's X0, so that even a frame without differences holds one.
        let words = match payload_bytes / 64 {
            0 => 0,
            frames => frames * 15 - 2,
        };
        match (self, self.sample_bytes()) {
            (Self::Steim1, _) => words * 4,
            (Self::Steim2, _) => words * 7,
            (_, Some(bytes)) => payload_bytes / bytes,
            (_, None) => 0,
        }
    }
}

impl fmt::Display for Encoding {
    /// The name, and the code of those that are not decoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_readable() {
            f.pad(self.name())
        } else {
            write!(f, "{} (code {})", self.name(), self.code())
        }
    }
}

impl FromStr for Encoding {
    type Err = String;

    /// Reads a name, in any case, with or without `_` and `-`, or a code.
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |s: &str| s.to_ascii_uppercase().replace(['_', '-'], "");
        if let Ok(code) = text.parse::<u8>() {
            return Ok(Self::from_code(code));
        }
        let wanted = match plain(text).as_str() {
            "ASCII" => "TEXT".to_owned(),
            other => other.to_owned(),
        };
        (0..=u8::MAX)
            .map(Self::from_code)
            .find(|e| !matches!(e, Self::Unknown(_)) && plain(e.name()) == wanted)
            .ok_or_else(|| {
                format!(
                    "{text:?} is no encoding: expected TEXT, INT16, INT32, FLOAT32, FLOAT64, \
                     STEIM1, STEIM2 or a code"
                )
            })
    }
}

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ByteOrder {
    /// Most significant byte first: miniSEED 2 as nearly everybody writes it.
    #[default]
    Big,
    /// Least significant byte first: miniSEED 3, and some miniSEED 2.
    Little,
}

impl fmt::Display for ByteOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Big => "big-endian",
            Self::Little => "little-endian",
        })
    }
}

impl ByteOrder {
    #[inline]
    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Big => u16::from_be_bytes(bytes),
            Self::Little => u16::from_le_bytes(bytes),
        }
    }

    #[inline]
    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Big => u32::from_be_bytes(bytes),
            Self::Little => u32::from_le_bytes(bytes),
        }
    }

    #[inline]
    pub(crate) fn put_u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }

    #[inline]
    pub(crate) fn put_u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_round_trips_and_names_are_read() {
        for code in 0..=u8::MAX {
            let encoding = Encoding::from_code(code);
            assert_eq!(encoding.code(), code);
            if !matches!(encoding, Encoding::Unknown(_)) {
                assert_eq!(encoding.name().parse(), Ok(encoding));
                assert_eq!(encoding.name().to_ascii_lowercase().parse(), Ok(encoding));
            }
        }
        assert_eq!("ascii".parse(), Ok(Encoding::Text));
        assert_eq!("steim-1".parse(), Ok(Encoding::Steim1));
        assert!("steim9".parse::<Encoding>().is_err());
        assert!("unknown".parse::<Encoding>().is_err());
        assert_eq!(Encoding::Steim3.to_string(), "STEIM3 (code 19)");
    }

    #[test]
    fn a_payload_bounds_its_samples() {
        assert_eq!(Encoding::Steim2.max_samples(448), (7 * 15 - 2) * 7);
        assert_eq!(Encoding::Steim1.max_samples(63), 0);
        assert_eq!(Encoding::Int24.max_samples(11), 3);
        assert_eq!(Encoding::Steim3.max_samples(1 << 20), 0);
    }
}
