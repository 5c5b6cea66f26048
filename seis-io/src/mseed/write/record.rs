//! One record's samples: as many as fit.

use seis_core::Samples;

use super::header::{Coding, Series};
use super::samples;
use crate::mseed::steim::{self, FRAME_BYTES, Steim, SteimError};
use crate::mseed::{Encoding, WriteError};

/// What was put into a payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    pub(super) encoding: Encoding,
    pub(super) samples: usize,
    /// Bytes of the payload that hold them.
    pub(super) bytes: usize,
}

/// Most words of a frame with differences, as far as all frames but the first go.
const WORDS: usize = 15;

/// Most differences in a word: how far ahead the packing of a word looks.
const LOOK_AHEAD: usize = 7;

/// How many samples there must be before a record can be full.
pub(super) fn fewest_that_fill(series: &Series) -> usize {
    let encoding = series.coding.nominal();
    let room = series.payload_room();
    let full = match encoding.sample_bytes() {
        Some(bytes) => room / bytes,
        None => (room / FRAME_BYTES * WORDS + LOOK_AHEAD).saturating_sub(2),
    };
    full.min(series.max_samples())
}

/// # Errors
/// [`WriteError::RecordTooShort`] if a record has no room for a single sample.
pub(super) fn check_room(series: &Series) -> Result<(), WriteError> {
    let least = series.coding.nominal().sample_bytes().unwrap_or(FRAME_BYTES);
    if series.payload_room() < least { Err(series.too_short()) } else { Ok(()) }
}

/// Encodes as many samples as fit into a payload, from `from` on; the first of all is sample
/// `first` of the series.
///
/// `Err(wanted)` inside: more samples may follow (unless these are the `last`), and would go into
/// this record, or change how its end is packed; it is worth trying again with `wanted` of them.
/// So records do not depend on the pieces in which samples arrive.
pub(super) fn fill(
    series: &Series,
    samples: &Samples,
    (from, first): (usize, u64),
    last: bool,
    payload: &mut [u8],
) -> Result<Result<Filled, usize>, WriteError> {
    let limit = series.max_samples();
    let (steim, encoding) = match series.coding {
        Coding::Steim | Coding::As(Encoding::Steim2) => (Steim::Two, Encoding::Steim2),
        Coding::As(Encoding::Steim1) => (Steim::One, Encoding::Steim1),
        Coding::As(encoding) => {
            let wanted = fewest_that_fill(series);
            if !last && samples.len() - from < wanted {
                return Ok(Err(wanted));
            }
            let number = samples::put(samples, encoding, series.order(), from, limit, payload);
            let bytes = number * encoding.sample_bytes().unwrap_or(0);
            return Ok(Ok(Filled { encoding, samples: number, bytes }));
        }
    };
    let all = samples.as_i32().unwrap_or_default();
    let end = all.len().min(from.saturating_add(limit));
    let part = all.get(from..end).unwrap_or_default();
    let (done, encoding) = match steim::encode(steim, series.order(), part, payload) {
        Ok(done) => (done, encoding),
        Err(_) if series.coding == Coding::Steim => {
            let done = steim::encode(Steim::One, series.order(), part, payload);
            (done.map_err(|source| WriteError::Steim { id: series.id, source })?, Encoding::Steim1)
        }
        Err(SteimError::DifferenceTooLarge { index, difference }) => {
            // Beyond the memory of this machine, no sample was given.
            let before = usize::try_from(first).unwrap_or(usize::MAX);
            let index = index.saturating_add(before);
            let source = SteimError::DifferenceTooLarge { index, difference };
            return Err(WriteError::Steim { id: series.id, source });
        }
        Err(source) => return Err(WriteError::Steim { id: series.id, source }),
    };
    // The last word was packed with all in sight that it could ever take.
    let full = part.len() - done.samples >= LOOK_AHEAD || part.len() == limit;
    if !last && !full {
        let frames = payload.len() / FRAME_BYTES;
        let likely = done.samples.saturating_mul(frames) / done.frames.max(1) + LOOK_AHEAD;
        return Ok(Err(likely.max(part.len() + 16).min(limit)));
    }
    Ok(Ok(Filled { encoding, samples: done.samples, bytes: done.frames * FRAME_BYTES }))
}
