//! CRC-32C of a version-3 record.

/// Where the checksum stands in the header.
pub(crate) const CRC_AT: usize = 28;

/// The checksum of a record, computed as if the field that holds it were zero.
pub(crate) fn of_record(record: &[u8]) -> u32 {
    let (before, rest) = record.split_at(CRC_AT.min(record.len()));
    let behind = rest.get(4..).unwrap_or_default();
    let crc = crc32c::crc32c(before);
    let crc = crc32c::crc32c_append(crc, &[0; 4]);
    crc32c::crc32c_append(crc, behind)
}
