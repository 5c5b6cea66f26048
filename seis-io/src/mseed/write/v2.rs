//! Headers of version 2: all but sequence number, time, count and encoding are the same for the
//! records of a series.

use seis_core::{SamplingRate, SourceId, TimeDelta, UtcTime};

use super::WriteOptions;
use super::rate::{self, StoredRate};
use crate::mseed::v3::flag;
use crate::mseed::{ByteOrder, Encoding, WriteError};

/// A header counts its samples in 16 bits.
pub(super) const MAX_SAMPLES: usize = u16::MAX as usize;

/// Where blockette 1000 says how samples are encoded.
const ENCODING_AT: usize = 48 + 4;

/// Readers take other years for the sign of the other byte order.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// What all records of a series have in common.
#[derive(Debug)]
pub(super) struct Template {
    id: SourceId,
    bytes: Vec<u8>,
    /// Where blockette 1001 stands, if there is one.
    blockette_1001: Option<usize>,
    /// Length of the header with its blockettes.
    pub(super) header_len: usize,
    /// Where the samples begin.
    pub(super) data_offset: usize,
    order: ByteOrder,
}

impl Template {
    /// Checks what does not change from record to record.
    pub(super) fn new(
        id: SourceId,
        start: UtcTime,
        rate: SamplingRate,
        encoding: Encoding,
        options: &WriteOptions,
    ) -> Result<Self, WriteError> {
        let order = options.v2_order();
        let mut bytes = vec![0; 48];
        let mut put = |at: usize, value: &[u8]| {
            if let Some(slot) = bytes.get_mut(at..at + value.len()) {
                slot.copy_from_slice(value);
            }
        };
        put(6, &[options.quality.letter() as u8, b' ']);
        for (field, code, at, len) in [
            ("station", id.station, 8, 5),
            ("location", id.location, 13, 2),
            ("channel", id.channel, 15, 3),
            ("network", id.network, 18, 2),
        ] {
            if code.len() > len {
                let code = code.to_string();
                return Err(WriteError::Code { id, field, code, max: len as u8, version: 2 });
            }
            let mut padded = [b' '; 5];
            for (slot, byte) in padded.iter_mut().zip(code.as_bytes()) {
                *slot = *byte;
            }
            put(at, padded.get(..len).unwrap_or_default());
        }
        let StoredRate { factor, multiplier, actual_hz } =
            stored_rate(id, rate, options.round_rate)?;
        put(32, &order.put_u16(factor as u16));
        put(34, &order.put_u16(multiplier as u16));
        let bit = |wanted: u8, position: u8| u8::from(options.flags & wanted != 0) << position;
        put(36, &[bit(flag::CALIBRATION, 0)]);
        put(37, &[bit(flag::CLOCK_LOCKED, 5)]);
        put(38, &[bit(flag::TIME_QUESTIONABLE, 7)]);

        // Blockettes: 1000 always, 1001 for microseconds and the clock, 100 for odd rates.
        let exponent = options.record_len.trailing_zeros() as u8;
        let mut blockettes: Vec<Vec<u8>> = Vec::with_capacity(3);
        let order_flag = u8::from(order == ByteOrder::Big);
        blockettes.push(blockette(options, 1000, &[encoding.code(), order_flag, exponent, 0]));
        let mut blockette_1001 = None;
        if options.timing_quality.is_some() || needs_microseconds(start, rate) {
            blockette_1001 = Some(56);
            let quality = options.timing_quality.unwrap_or(0);
            blockettes.push(blockette(options, 1001, &[quality, 0, 0, 0]));
        }
        if let Some(hz) = actual_hz {
            let [a, b, c, d] = order.put_u32(hz.to_bits());
            blockettes.push(blockette(options, 100, &[a, b, c, d, 0, 0, 0, 0]));
        }
        put(39, &[blockettes.len() as u8]);
        put(46, &order.put_u16(48));
        let last = blockettes.len() - 1;
        for (i, mut blockette) in blockettes.into_iter().enumerate() {
            let next = if i == last { 0 } else { bytes.len() + blockette.len() };
            if let Some(link) = blockette.get_mut(2..4) {
                // At most 48 + 8 + 8.
                link.copy_from_slice(&order.put_u16(next as u16));
            }
            bytes.extend_from_slice(&blockette);
        }
        let header_len = bytes.len();
        // Steim frames begin at multiples of their size.
        let data_offset =
            if encoding.is_steim() { header_len.div_ceil(64) * 64 } else { header_len };
        Ok(Self { id, bytes, blockette_1001, header_len, data_offset, order })
    }

    /// Writes the header of one record.
    pub(super) fn fill(
        &self,
        record: &mut [u8],
        sequence: u32,
        encoding: Encoding,
        start: UtcTime,
        count: usize,
    ) -> Result<(), WriteError> {
        let order = self.order;
        let (year, day, hour, minute, second, fraction, microseconds) = split(start);
        if !YEARS.contains(&year) {
            let (first, last) = (*YEARS.start(), *YEARS.end());
            return Err(WriteError::Time { id: self.id, start, first, last });
        }
        let mut put = |at: usize, value: &[u8]| {
            if let Some(slot) = record.get_mut(at..at + value.len()) {
                slot.copy_from_slice(value);
            }
        };
        put(0, &self.bytes);
        // Between the blockettes and the samples.
        let gap = self.data_offset - self.header_len;
        put(self.header_len, [0; 64].get(..gap).unwrap_or_default());
        put(0, format!("{sequence:06}").as_bytes());
        put(20, &order.put_u16(year as u16));
        put(22, &order.put_u16(day));
        put(24, &[hour, minute, second, 0]);
        put(28, &order.put_u16(fraction));
        put(30, &order.put_u16(u16::try_from(count).unwrap_or(u16::MAX)));
        // Without samples there are no data to point at.
        let data = if count > 0 { self.data_offset } else { 0 };
        put(44, &order.put_u16(data as u16));
        put(ENCODING_AT, &[encoding.code()]);
        if let Some(at) = self.blockette_1001 {
            put(at + 5, &microseconds.to_ne_bytes());
        }
        Ok(())
    }
}

/// The start of a trace may be rounded by half a microsecond, and that of a record too. Readers join
/// what is off by half a sample.
const FASTEST_HZ: f64 = 500_000.0;

/// Refuses a rate of which the records could not be joined again.
pub(super) fn expect_to_be_joined(id: SourceId, rate: SamplingRate) -> Result<(), WriteError> {
    let hz = rate.hz();
    if hz > FASTEST_HZ { Err(WriteError::TooFast { id, hz }) } else { Ok(()) }
}

/// Refuses a start time that a header does not hold.
pub(super) fn expect_microsecond(id: SourceId, start: UtcTime) -> Result<(), WriteError> {
    let rounded = to_microsecond(start);
    if rounded == start { Ok(()) } else { Err(WriteError::Start { id, start, rounded }) }
}

/// How a rate is stored; if not exactly, only on request.
fn stored_rate(id: SourceId, rate: SamplingRate, round: bool) -> Result<StoredRate, WriteError> {
    rate::store(rate).or_else(|nearest| {
        nearest.filter(|_| round).ok_or_else(|| {
            let nearest_hz = nearest.and_then(|n| n.read()).map(SamplingRate::hz);
            WriteError::Rate { id, hz: rate.hz(), nearest_hz }
        })
    })
}

/// Type, room for the link, content.
fn blockette(options: &WriteOptions, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = options.v2_order().put_u16(kind).to_vec();
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(content);
    bytes
}

/// Whether some record of a series may start off the multiples of 0.1 ms.
fn needs_microseconds(start: UtcTime, rate: SamplingRate) -> bool {
    let off = |nanos: i128| nanos.rem_euclid(100_000) != 0;
    let (numerator, denominator) = rate.as_ratio();
    off(start.as_nanos())
        || (numerator > 0 && u128::from(denominator) * 10_000 % u128::from(numerator) != 0)
}

/// What a header can say of an instant; halves to even.
fn to_microsecond(time: UtcTime) -> UtcTime {
    time.round_to(TimeDelta::from_nanos(1000))
}

/// An instant, rounded to the microsecond, in the fields of a header: the nearest 0.1 ms (halves
/// up), and −50 to 49 µs to be added to it. This is ObsPy's way; libmseed 3 writes 0 to 99 µs.
fn split(time: UtcTime) -> (i16, u16, u8, u8, u8, u16, i8) {
    let micros = to_microsecond(time).as_nanos().div_euclid(1000);
    let tenths = (micros + 50).div_euclid(100);
    let rest = (micros - tenths * 100) as i8;
    let (year, day, hour, minute, second, nanos) =
        UtcTime::from_nanos(tenths * 100_000).to_ordinal();
    (year, day, hour, minute, second, (nanos / 100_000) as u16, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_as_obspy_writes_them() {
        let at = |text: &str| {
            let (_, day, hour, minute, second, fraction, rest) = split(text.parse().unwrap());
            (day, (hour, minute, second), fraction, rest)
        };
        assert_eq!(at("2022-01-02T00:00:00.123450"), (2, (0, 0, 0), 1235, -50));
        assert_eq!(at("2022-01-02T00:00:00.123449"), (2, (0, 0, 0), 1234, 49));
        assert_eq!(at("2022-01-02T00:00:00.1234"), (2, (0, 0, 0), 1234, 0));
        assert_eq!(at("2022-01-01T23:59:59.999950"), (2, (0, 0, 0), 0, -50));
        assert_eq!(at("2022-01-01T23:59:59.9999999"), (2, (0, 0, 0), 0, 0));
        assert_eq!(at("2022-01-02T00:00:00.0000005"), (2, (0, 0, 0), 0, 0));
        assert_eq!(at("2022-01-02T00:00:00.0000015"), (2, (0, 0, 0), 0, 2));
    }
}
