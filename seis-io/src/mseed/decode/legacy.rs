//! Gain-ranged encodings of the 1970s to 1990s.
//!
//! Each sample is 16 bits: a mantissa and the gain that the amplifier had when it was taken. The
//! layouts are those of the *SEED Reference Manual* 2.4, appendix D.

use crate::mseed::{ByteOrder, RecordError};

fn words(order: ByteOrder, bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes.chunks_exact(2).map(move |b| match b {
        [a, b] => order.u16([*a, *b]),
        _ => 0,
    })
}

/// CDSN: two bits of gain (×1, ×4, ×16, ×128), then a 14-bit mantissa biased by 8191.
pub(super) fn cdsn(order: ByteOrder, bytes: &[u8], out: &mut Vec<i32>) {
    const SHIFTS: [u32; 4] = [0, 2, 4, 7];
    out.extend(words(order, bytes).map(|word| {
        let mantissa = i32::from(word & 0x3fff) - 8191;
        mantissa << SHIFTS[usize::from(word >> 14)]
    }));
}

/// SRO: four bits of gain range g, then a 12-bit mantissa m with sign: m · 2^(10 − g).
pub(super) fn sro(order: ByteOrder, bytes: &[u8], out: &mut Vec<i32>) -> Result<(), RecordError> {
    if let Some((index, word)) = words(order, bytes).enumerate().find(|(_, word)| word >> 12 > 10) {
        return Err(RecordError::Gain { index, gain: (word >> 12) as u8 });
    }
    out.extend(words(order, bytes).map(|word| {
        let mantissa = i32::from((word << 4) as i16) >> 4;
        mantissa << (10 - (word >> 12))
    }));
    Ok(())
}

/// GEOSCOPE 16 bit: a gain exponent g of three or four bits (by `mask`) above a 12-bit mantissa m
/// biased by 2048: (m − 2048) / 2^g.
pub(super) fn geoscope16(mask: u16, order: ByteOrder, bytes: &[u8], out: &mut Vec<f32>) {
    out.extend(words(order, bytes).map(|word| {
        let mantissa = f32::from((word & 0x0fff) as i16 - 2048);
        let gain = (word >> 12) & mask;
        // Exact: a power of two.
        mantissa / f32::from(1_u16 << gain)
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_of_the_manual() {
        let mut out = Vec::new();
        cdsn(ByteOrder::Big, &[0x1f, 0xff, 0x60, 0x00, 0xc0, 0x00], &mut out);
        assert_eq!(out, [0, 4, -8191 * 128]);
        out.clear();
        sro(ByteOrder::Little, &[0x01, 0xa0, 0xff, 0x0f, 0x00, 0x98], &mut out).unwrap();
        assert_eq!(out, [1, -1024, -4096]);
        let error = sro(ByteOrder::Big, &[0xa0, 1, 0xb0, 1], &mut out).unwrap_err();
        assert_eq!(error, RecordError::Gain { index: 1, gain: 11 });
        assert_eq!(out.len(), 3);
        let mut out = Vec::new();
        geoscope16(7, ByteOrder::Big, &[0x08, 0x00, 0xf8, 0x01, 0x00, 0x00], &mut out);
        assert_eq!(out, [0.0, 1.0 / 128.0, -2048.0]);
        out.clear();
        geoscope16(15, ByteOrder::Big, &[0xf8, 0x01], &mut out);
        assert_eq!(out, [1.0 / 32768.0]);
    }
}
