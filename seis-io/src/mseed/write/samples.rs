//! Samples to payloads, without loss or not at all.

use std::borrow::Cow;

use seis_core::{Samples, Trace};

use crate::mseed::{ByteOrder, Encoding, WriteError};

/// The samples in the type that the encoding stores.
///
/// # Errors
/// [`WriteError::Sample`] for the first one that would not come back as it is: a fraction, NaN or
/// a number out of range in an integer encoding, a number that a 32-bit float rounds.
pub(super) fn convert(trace: &Trace, encoding: Encoding) -> Result<Cow<'_, Samples>, WriteError> {
    let refuse =
        |index: usize, value: f64| WriteError::Sample { id: trace.id, index, value, encoding };
    let integer = |value: f64| {
        let number = value as i32;
        // Minus zero would lose its sign; NaN and what is out of range differ from what they
        // become.
        (f64::from(number) == value && !(number == 0 && value.is_sign_negative())).then_some(number)
    };
    match (encoding, &trace.samples) {
        (Encoding::Int16, Samples::I32(v)) => {
            match v.iter().position(|x| i16::try_from(*x).is_err()) {
                Some(index) => Err(refuse(index, v.get(index).map_or(0.0, |x| f64::from(*x)))),
                None => Ok(Cow::Borrowed(&trace.samples)),
            }
        }
        (Encoding::Int32 | Encoding::Steim1 | Encoding::Steim2, Samples::I32(_))
        | (Encoding::Float32, Samples::F32(_))
        | (Encoding::Float64, Samples::F64(_))
        | (Encoding::Text, Samples::Text(_)) => Ok(Cow::Borrowed(&trace.samples)),
        (Encoding::Int16 | Encoding::Int32 | Encoding::Steim1 | Encoding::Steim2, samples) => {
            let mut out = Vec::with_capacity(samples.len());
            for (index, value) in numbers(trace, encoding)?.into_iter().enumerate() {
                let number = integer(value)
                    .filter(|n| encoding != Encoding::Int16 || i16::try_from(*n).is_ok());
                out.push(number.ok_or_else(|| refuse(index, value))?);
            }
            Ok(Cow::Owned(Samples::I32(out)))
        }
        (Encoding::Float32, _) => {
            let mut out = Vec::with_capacity(trace.len());
            for (index, value) in numbers(trace, encoding)?.into_iter().enumerate() {
                let single = value as f32;
                if f64::from(single) != value && !value.is_nan() {
                    return Err(refuse(index, value));
                }
                out.push(single);
            }
            Ok(Cow::Owned(Samples::F32(out)))
        }
        (Encoding::Float64, _) => Ok(Cow::Owned(Samples::F64(numbers(trace, encoding)?))),
        _ => Err(unsuitable(trace, encoding)),
    }
}

fn unsuitable(trace: &Trace, encoding: Encoding) -> WriteError {
    WriteError::Encoding { id: trace.id, samples: trace.samples.sample_type(), encoding }
}

fn numbers(trace: &Trace, encoding: Encoding) -> Result<Vec<f64>, WriteError> {
    trace.samples.to_f64().map_err(|_| unsuitable(trace, encoding))
}

/// Puts as many samples as fit, and at most `limit`, into a payload, from sample `from` on; the
/// rest of the payload becomes zero. Gives how many they are.
pub(super) fn put(
    samples: &Samples,
    encoding: Encoding,
    order: ByteOrder,
    from: usize,
    limit: usize,
    payload: &mut [u8],
) -> usize {
    use ByteOrder::{Big, Little};
    let big = order == Big;
    match (encoding, samples) {
        (Encoding::Text, Samples::Text(v)) => fill(v, from, limit, payload, |x| [x]),
        (Encoding::Int16, Samples::I32(v)) => fill(v, from, limit, payload, |x| {
            // In range: checked by `convert`.
            if big { (x as i16).to_be_bytes() } else { (x as i16).to_le_bytes() }
        }),
        (_, Samples::I32(v)) => match order {
            Big => fill(v, from, limit, payload, i32::to_be_bytes),
            Little => fill(v, from, limit, payload, i32::to_le_bytes),
        },
        (_, Samples::F32(v)) => match order {
            Big => fill(v, from, limit, payload, f32::to_be_bytes),
            Little => fill(v, from, limit, payload, f32::to_le_bytes),
        },
        (_, Samples::F64(v)) => match order {
            Big => fill(v, from, limit, payload, f64::to_be_bytes),
            Little => fill(v, from, limit, payload, f64::to_le_bytes),
        },
        _ => 0,
    }
}

fn fill<T: Copy, const N: usize>(
    samples: &[T],
    from: usize,
    limit: usize,
    payload: &mut [u8],
    bytes: impl Fn(T) -> [u8; N],
) -> usize {
    let rest = samples.get(from..).unwrap_or_default();
    let number = rest.len().min(limit).min(payload.len() / N);
    for (slot, sample) in payload.chunks_exact_mut(N).zip(rest.iter().take(number)) {
        slot.copy_from_slice(&bytes(*sample));
    }
    if let Some(empty) = payload.get_mut(number * N..) {
        empty.fill(0);
    }
    number
}
