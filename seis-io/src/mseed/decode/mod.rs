//! Payloads to samples.

mod legacy;

use seis_core::Samples;

use super::steim::{self, Check, Steim};
use super::{ByteOrder, Encoding, RecordError};

/// Checks that the encoding is one of those that can be decoded, and that so many samples may be
/// in so many bytes.
pub(crate) fn check(encoding: Encoding, payload: usize, count: usize) -> Result<(), RecordError> {
    let found = encoding.max_samples(payload);
    if count <= found && encoding.is_readable() {
        return Ok(());
    }
    if !encoding.is_readable() {
        return if count == 0 { Ok(()) } else { Err(RecordError::Encoding { encoding }) };
    }
    Err(RecordError::SampleCount { encoding, expected: count, found, payload_bytes: payload })
}

/// An empty vector of the type that an encoding gives.
pub(crate) fn empty_samples(encoding: Encoding) -> Samples {
    use seis_core::SampleType as T;
    match encoding.sample_type() {
        Some(T::F32) => Samples::F32(Vec::new()),
        Some(T::F64) => Samples::F64(Vec::new()),
        Some(T::Text) => Samples::Text(Vec::new()),
        _ => Samples::I32(Vec::new()),
    }
}

/// Appends the samples of a payload. On an error `out` is as it was.
pub(crate) fn append(
    encoding: Encoding,
    order: ByteOrder,
    payload: &[u8],
    count: usize,
    out: &mut Samples,
) -> Result<Option<Check>, RecordError> {
    check(encoding, payload.len(), count)?;
    if count == 0 {
        return Ok(None);
    }
    // Checked above: so many bytes are there.
    let bytes = encoding.sample_bytes().map_or(0, |size| size * count);
    let fixed = payload.get(..bytes).unwrap_or_default();
    match (encoding, out) {
        (Encoding::Steim1 | Encoding::Steim2, Samples::I32(out)) => {
            let steim = if encoding == Encoding::Steim1 { Steim::One } else { Steim::Two };
            return steim::decode(steim, order, payload, count, out)
                .map_err(|source| RecordError::Steim { encoding, source });
        }
        (Encoding::Int16 | Encoding::Dwwssn, Samples::I32(out)) => match order {
            ByteOrder::Big => extend(fixed, out, |b| i32::from(i16::from_be_bytes(b))),
            ByteOrder::Little => extend(fixed, out, |b| i32::from(i16::from_le_bytes(b))),
        },
        (Encoding::Int24, Samples::I32(out)) => match order {
            ByteOrder::Big => extend(fixed, out, i24_be),
            ByteOrder::Little => extend(fixed, out, i24_le),
        },
        (Encoding::Int32, Samples::I32(out)) => match order {
            ByteOrder::Big => extend(fixed, out, i32::from_be_bytes),
            ByteOrder::Little => extend(fixed, out, i32::from_le_bytes),
        },
        (Encoding::Float32, Samples::F32(out)) => match order {
            ByteOrder::Big => extend(fixed, out, f32::from_be_bytes),
            ByteOrder::Little => extend(fixed, out, f32::from_le_bytes),
        },
        (Encoding::Float64, Samples::F64(out)) => match order {
            ByteOrder::Big => extend(fixed, out, f64::from_be_bytes),
            ByteOrder::Little => extend(fixed, out, f64::from_le_bytes),
        },
        (Encoding::Text, Samples::Text(out)) => out.extend_from_slice(fixed),
        (Encoding::Cdsn, Samples::I32(out)) => legacy::cdsn(order, fixed, out),
        (Encoding::Sro, Samples::I32(out)) => legacy::sro(order, fixed, out)?,
        (Encoding::Geoscope24, Samples::F32(out)) => match order {
            ByteOrder::Big => extend(fixed, out, |b| i24_be(b) as f32),
            ByteOrder::Little => extend(fixed, out, |b| i24_le(b) as f32),
        },
        (Encoding::Geoscope16Exp3, Samples::F32(out)) => legacy::geoscope16(7, order, fixed, out),
        (Encoding::Geoscope16Exp4, Samples::F32(out)) => legacy::geoscope16(15, order, fixed, out),
        (encoding, out) => {
            return Err(match encoding.sample_type() {
                Some(found) => RecordError::SampleType { expected: out.sample_type(), found },
                None => RecordError::Encoding { encoding },
            });
        }
    }
    Ok(None)
}

/// Appends numbers of `N` bytes each.
#[inline(always)]
fn extend<const N: usize, T>(bytes: &[u8], out: &mut Vec<T>, value: impl Fn([u8; N]) -> T) {
    out.extend(bytes.chunks_exact(N).map(|chunk| {
        let mut number = [0; N];
        number.copy_from_slice(chunk);
        value(number)
    }));
}

fn i24_be([a, b, c]: [u8; 3]) -> i32 {
    i32::from_be_bytes([a, b, c, 0]) >> 8
}

fn i24_le([a, b, c]: [u8; 3]) -> i32 {
    i32::from_le_bytes([0, a, b, c]) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: Encoding, order: ByteOrder, payload: &[u8], count: usize) -> Samples {
        let mut out = empty_samples(encoding);
        append(encoding, order, payload, count, &mut out).unwrap();
        out
    }

    #[test]
    fn integers_of_all_sizes() {
        use ByteOrder::{Big, Little};
        let i32s = |v: &[i32]| Samples::I32(v.to_vec());
        assert_eq!(
            decoded(Encoding::Int16, Big, &[0x80, 0, 0x7f, 0xff, 9], 2),
            i32s(&[-32768, 32767])
        );
        assert_eq!(decoded(Encoding::Int16, Little, &[0, 0x80], 1), i32s(&[-32768]));
        assert_eq!(
            decoded(Encoding::Int24, Big, &[0xff, 0xff, 0xfe, 1, 2, 3], 2),
            i32s(&[-2, 66051])
        );
        assert_eq!(decoded(Encoding::Int24, Little, &[0xfe, 0xff, 0xff], 1), i32s(&[-2]));
        assert_eq!(decoded(Encoding::Int32, Big, &[0x80, 0, 0, 0], 1), i32s(&[i32::MIN]));
        assert_eq!(decoded(Encoding::Int32, Little, &[1, 0, 0, 0x80], 1), i32s(&[i32::MIN + 1]));
        assert_eq!(decoded(Encoding::Text, Big, b"log entry", 3), Samples::Text(b"log".to_vec()));
    }

    #[test]
    fn a_count_beyond_the_payload_is_an_error_and_costs_nothing() {
        for code in 0..=u8::MAX {
            let encoding = Encoding::from_code(code);
            let mut out = empty_samples(encoding);
            let error =
                append(encoding, ByteOrder::Big, &[0; 64], usize::MAX, &mut out).unwrap_err();
            assert!(matches!(
                error,
                RecordError::SampleCount { .. } | RecordError::Encoding { .. }
            ));
            assert!(out.is_empty());
        }
    }

    #[test]
    fn types_are_not_mixed() {
        let mut out = Samples::F64(vec![1.0]);
        let error = append(Encoding::Int32, ByteOrder::Big, &[0; 4], 1, &mut out).unwrap_err();
        assert!(matches!(error, RecordError::SampleType { .. }));
        assert_eq!(out, Samples::F64(vec![1.0]));
    }
}
