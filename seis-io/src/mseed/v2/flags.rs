//! The flags of a version-2 header, by name.

use seis_core::TimeDelta;

use super::Header;

impl Header {
    /// Whether a leap second happened within the record: 1 for a positive one (61 seconds in the
    /// minute), −1 for a negative one.
    ///
    /// Times here count seconds as POSIX does, without leap seconds. The start of a record is what
    /// its header says; a start in second 60 is that of second 0 of the next minute, which it is in
    /// POSIX time. From the start on, samples are counted by the rate, so that behind a positive
    /// leap second the times of the *same record* are a second ahead of UTC, and the next record,
    /// whose header shows UTC again, seems to begin a second early: an overlap of a second, by
    /// libmseed 3's rule (the default). ObsPy's rule ([`JoinOptions::obspy`]) takes the second off
    /// the end of the record and joins them.
    ///
    /// [`JoinOptions::obspy`]: crate::mseed::JoinOptions::obspy
    #[must_use]
    pub fn leap_second(&self) -> i8 {
        // Bits 4 and 5; both cannot be meant, and the first counts.
        match self.activity_flags {
            flags if flags & 1 << 4 != 0 => 1,
            flags if flags & 1 << 5 != 0 => -1,
            _ => 0,
        }
    }

    /// Whether calibration signals are present (activity flags, bit 0).
    #[must_use]
    pub fn has_calibration(&self) -> bool {
        self.activity_flags & 1 != 0
    }

    /// Whether the time correction was applied to the start time before (activity flags, bit 1).
    #[must_use]
    pub fn time_correction_applied(&self) -> bool {
        self.activity_flags & 1 << 1 != 0
    }

    /// The time correction. It is part of the record's start time in any case.
    #[must_use]
    pub fn correction(&self) -> TimeDelta {
        TimeDelta::from_nanos(i128::from(self.time_correction) * 100_000)
    }

    /// Whether an event begins, ends, or is in progress in the record (activity flags, bits 2, 3
    /// and 6).
    #[must_use]
    pub fn event(&self) -> (bool, bool, bool) {
        let bit = |n: u8| self.activity_flags & 1 << n != 0;
        (bit(2), bit(3), bit(6))
    }

    /// Whether the clock is locked (I/O flags, bit 5).
    #[must_use]
    pub fn clock_locked(&self) -> bool {
        self.clock_flags & 1 << 5 != 0
    }

    /// Whether the time tag is questionable (data quality flags, bit 7).
    #[must_use]
    pub fn time_questionable(&self) -> bool {
        self.quality_flags & 1 << 7 != 0
    }
}
