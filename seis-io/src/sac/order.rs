//! Byte order, and how a file shows it.

use super::header::HEADER_BYTES;
use super::variables::NVHDR;
use super::{Error, Result};

/// Byte order of a binary SAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ByteOrder {
    /// Least significant byte first (x86, ARM): what ObsPy writes, and the default.
    #[default]
    Little,
    /// Most significant byte first (Sun, old Macs).
    Big,
}

impl ByteOrder {
    /// The order in which NVHDR is 6 or 7: SAC's own rule. It cannot be both.
    pub(super) fn detect(header: &[u8; HEADER_BYTES]) -> Result<Self> {
        let at = NVHDR.word * 4;
        let word = header.get(at..at + 4).unwrap_or_default();
        let little = Self::Little.u32(word) as i32;
        let big = Self::Big.u32(word) as i32;
        match (little, big) {
            (6 | 7, _) => Ok(Self::Little),
            (_, 6 | 7) => Ok(Self::Big),
            // Versions that were (1 to 5) or that may come; ObsPy's limit.
            (found @ 1..20, _) | (_, found @ 1..20) => Err(Error::Version { found }),
            _ => Err(Error::NotSac { little, big }),
        }
    }

    pub(super) fn u32(self, bytes: &[u8]) -> u32 {
        let bytes = bytes.first_chunk().copied().unwrap_or_default();
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(super) fn u64(self, bytes: &[u8]) -> u64 {
        let bytes = bytes.first_chunk().copied().unwrap_or_default();
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }

    pub(super) fn u32_bytes(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    pub(super) fn u64_bytes(self, value: u64) -> [u8; 8] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
}
