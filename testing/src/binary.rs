//! Records and headers made of numbers.

use crate::Random;

/// What counts, lengths and offsets are set to.
const NUMBERS: [i64; 20] = [
    0,
    1,
    2,
    3,
    4,
    7,
    47,
    48,
    63,
    64,
    127,
    128,
    255,
    256,
    32_767,
    65_535,
    -1,
    -12_345,
    i32::MAX as i64,
    i32::MIN as i64,
];

/// Changes some bytes of a binary file: bits, numbers of all widths (among them those that point
/// at themselves or at the end), pieces cut out, doubled, moved or taken from another file.
pub fn corrupt_binary(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            bytes.extend_from_slice(other);
            continue;
        }
        let len = bytes.len();
        match random.below(14) {
            0 => {
                let at = random.below(len);
                bytes[at] ^= 1 << random.below(8);
            }
            1 => {
                let at = random.below(len);
                bytes[at] = random.byte();
            }
            2..=5 => {
                let at = place(len, random);
                let value = match random.below(6) {
                    0 => at as i64,
                    1 => (at % 512) as i64,
                    2 => (len - at) as i64,
                    3 => random.next_u64() as i64,
                    _ => *random.pick(&NUMBERS),
                };
                put(bytes, at, value, random);
            }
            6 => {
                // Numbers that are no numbers, or larger than any.
                let value = *random.pick(&[f64::NAN, f64::INFINITY, 1e308, -1e308, 1e-320, -0.0]);
                let at = place(len, random);
                match random.below(2) {
                    0 => overwrite(bytes, at, &value.to_le_bytes()),
                    _ => overwrite(bytes, at, &(value as f32).to_be_bytes()),
                }
            }
            7 => drop(bytes.drain(random.stretch(len))),
            8 => {
                let piece = bytes[random.stretch(len)].to_vec();
                let at = random.below(len);
                bytes.splice(at..at, piece);
            }
            9 => {
                let piece = bytes[random.stretch(len)].to_vec();
                overwrite(bytes, random.below(len), &piece);
            }
            10 if !other.is_empty() => {
                let piece = &other[random.stretch(other.len())];
                let at = random.below(len);
                bytes.splice(at..at, piece.iter().copied());
            }
            11 if !other.is_empty() => {
                let at = random.below(len);
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            12 => bytes.truncate(random.below(len)),
            _ => {
                let filler = *random.pick(&[0, b' ', b'0', 0xff, random.clone().byte()]);
                let range = random.stretch(len);
                bytes[range].fill(filler);
            }
        }
    }
    if random.below(3) > 0 {
        mend_checksums(bytes);
    }
}

/// More often than not within a header: at the start of a block of 64, 128 or 512 bytes.
fn place(len: usize, random: &mut Random) -> usize {
    match random.below(3) {
        0 => random.below(len),
        _ => {
            let block = *random.pick(&[64, 128, 512, 4096]);
            let start = random.below(len.div_ceil(block)) * block;
            (start + random.below(64)).min(len - 1)
        }
    }
}

fn put(bytes: &mut [u8], at: usize, value: i64, random: &mut Random) {
    match random.below(5) {
        0 => overwrite(bytes, at, &[value as u8]),
        1 => overwrite(bytes, at, &(value as u16).to_be_bytes()),
        2 => overwrite(bytes, at, &(value as u16).to_le_bytes()),
        3 => overwrite(bytes, at, &(value as u32).to_be_bytes()),
        _ => overwrite(bytes, at, &(value as u32).to_le_bytes()),
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    for (byte, new) in bytes.iter_mut().skip(at).zip(with) {
        *byte = *new;
    }
}

/// Sets the checksums of miniSEED 3 records right, so that what was changed is looked at and not
/// only refused.
pub fn mend_checksums(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..) {
        let Some(header) = rest.first_chunk::<40>() else { return };
        if header[..3] != *b"MS\x03" {
            match rest.windows(3).skip(1).position(|w| w == b"MS\x03") {
                Some(ahead) => at += 1 + ahead,
                None => return,
            }
            continue;
        }
        let id = usize::from(header[33]);
        let extra = usize::from(u16::from_le_bytes([header[34], header[35]]));
        let data = u32::from_le_bytes([header[36], header[37], header[38], header[39]]) as usize;
        match rest.get_mut(..40 + id + extra + data) {
            Some(record) => {
                record[28..32].fill(0);
                let crc = crc32c::crc32c(record);
                record[28..32].copy_from_slice(&crc.to_le_bytes());
                at += record.len();
            }
            None => at += 3,
        }
    }
}
