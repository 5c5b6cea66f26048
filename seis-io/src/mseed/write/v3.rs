//! Headers of version 3, as `v3/header.rs` lays them out.

use seis_core::{SamplingRate, SourceId, UtcTime};

use super::WriteOptions;
use crate::mseed::v3::{FIXED_BYTES, crc, identifier};
use crate::mseed::{Encoding, WriteError};

/// *FDSN Source Identifiers*: network, station and location codes have up to 8 characters.
const MAX_CODE: u8 = 8;

/// Whole years within libmseed's 64 bits of nanoseconds.
const YEARS: std::ops::RangeInclusive<i16> = 1678..=2261;

/// What all records of a series have in common.
#[derive(Debug)]
pub(super) struct Template {
    id: SourceId,
    /// Fixed header, source identifier, extra headers.
    bytes: Vec<u8>,
}

impl Template {
    /// Checks what does not change from record to record.
    pub(super) fn new(
        id: SourceId,
        rate: SamplingRate,
        options: &WriteOptions,
    ) -> Result<Self, WriteError> {
        // An identifier that is not one of the FDSN is written as it was read.
        if !identifier::is_other(&id) {
            for (field, code) in
                [("network", id.network), ("station", id.station), ("location", id.location)]
            {
                if code.len() > usize::from(MAX_CODE) {
                    let code = code.to_string();
                    return Err(WriteError::Code { id, field, code, max: MAX_CODE, version: 3 });
                }
            }
        }
        let fdsn = identifier::write(&id);
        if identifier::read(fdsn.as_bytes()) != id {
            return Err(WriteError::Id { id, fdsn });
        }
        let extra = options.extra_headers.as_bytes();
        let mut bytes = Vec::with_capacity(FIXED_BYTES + fdsn.len() + extra.len());
        bytes.extend_from_slice(b"MS\x03");
        bytes.push(options.flags);
        bytes.resize(16, 0);
        bytes.extend_from_slice(&rate_or_period(rate).to_le_bytes());
        bytes.resize(32, 0);
        // Four codes of up to 15 characters; extra headers were measured with the options.
        bytes.extend_from_slice(&[options.publication_version, fdsn.len() as u8]);
        bytes.extend_from_slice(&(extra.len() as u16).to_le_bytes());
        bytes.resize(FIXED_BYTES, 0);
        bytes.extend_from_slice(fdsn.as_bytes());
        bytes.extend_from_slice(extra);
        Ok(Self { id, bytes })
    }

    /// Length of the header with identifier and extra headers; the payload follows.
    pub(super) fn header_len(&self) -> usize {
        self.bytes.len()
    }

    /// Writes the header of one record whose payload is already there.
    pub(super) fn fill(
        &self,
        record: &mut [u8],
        encoding: Encoding,
        start: UtcTime,
        count: usize,
    ) -> Result<(), WriteError> {
        let (year, day, hour, minute, second, nanosecond) = start.to_ordinal();
        if !YEARS.contains(&year) {
            let (first, last) = (*YEARS.start(), *YEARS.end());
            return Err(WriteError::Time { id: self.id, start, first, last });
        }
        // A record has at most 10 MiB.
        let payload_len = record.len().saturating_sub(self.bytes.len()) as u32;
        let mut put = |at: usize, value: &[u8]| {
            if let Some(slot) = record.get_mut(at..at + value.len()) {
                slot.copy_from_slice(value);
            }
        };
        put(0, &self.bytes);
        put(4, &nanosecond.to_le_bytes());
        put(8, &year.to_le_bytes());
        put(10, &day.to_le_bytes());
        put(12, &[hour, minute, second, encoding.code()]);
        put(24, &(count as u32).to_le_bytes());
        put(36, &payload_len.to_le_bytes());
        let checksum = crc::of_record(record);
        if let Some(slot) = record.get_mut(crc::CRC_AT..crc::CRC_AT + 4) {
            slot.copy_from_slice(&checksum.to_le_bytes());
        }
        Ok(())
    }
}

/// A rate as the header has it: in Hz, or, below 1 Hz, minus the period in s, as libmseed writes
/// it; the other way round where only that gives the same ratio back. In Hz the same double is read
/// in any case.
fn rate_or_period(rate: SamplingRate) -> f64 {
    if !rate.is_regular() {
        return 0.0;
    }
    let (hz, period) = (rate.hz(), rate.interval_s());
    let as_hz = SamplingRate::from_hz(hz) == Ok(rate);
    let as_period = SamplingRate::from_interval_s(period) == Ok(rate);
    if as_period && !(as_hz && hz >= 1.0) { -period } else { hz }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As libmseed 3 writes them (pymseed 1.0.1).
    #[test]
    fn rates_as_libmseed_writes_them() {
        for (hz, stored) in [
            (0.1, -10.0),
            (0.5, -2.0),
            (1.0, 1.0),
            (100.0 / 3.0, 33.333333333333336),
            (1.0 / 3600.0, -3600.0),
            (0.999, -1.001001001001001),
            (0.0, 0.0),
        ] {
            assert_eq!(rate_or_period(SamplingRate::from_hz(hz).unwrap()), stored, "{hz}");
        }
    }

    #[test]
    fn periods_come_back() {
        let rate = SamplingRate::from_interval_s(0.037_037_1).unwrap();
        let stored = rate_or_period(rate);
        let back = if stored < 0.0 {
            SamplingRate::from_interval_s(-stored)
        } else {
            SamplingRate::from_hz(stored)
        };
        assert_eq!(back, Ok(rate));
    }
}
