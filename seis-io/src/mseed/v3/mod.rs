//! miniSEED 3: the header of the *FDSN miniSEED 3 Definition*.

pub(crate) mod crc;
mod extra;
mod header;
pub mod identifier;
mod memo;

pub use extra::{
    CalibrationHeaders, CalibrationSequence, Equipment, Event, EventDetection, ExtraHeaders, Fdsn,
    Flags, RecenterHeaders, RecenterSequence, Time, TimeException,
};
pub use header::Header;

pub(crate) use header::{Brief, FIXED_BYTES, MAX_RECORD, parse, read};
pub(crate) use memo::Memo;

/// The flags that the standard defines; version 2 has them too, in other places.
pub mod flag {
    /// Calibration signals are present.
    pub const CALIBRATION: u8 = 1;
    /// The time tag is questionable.
    pub const TIME_QUESTIONABLE: u8 = 1 << 1;
    /// The clock is locked.
    pub const CLOCK_LOCKED: u8 = 1 << 2;
    /// All of them.
    pub const ALL: u8 = CALIBRATION | TIME_QUESTIONABLE | CLOCK_LOCKED;
}
