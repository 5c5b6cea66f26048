//! How long a version-2 record is that has no blockette 1000.

use crate::mseed::RecordError;
use crate::mseed::signature::{SIGNATURE_BYTES, signature};
use crate::mseed::window::{Halt, Window};

/// Header, control header or noise record may follow at multiples of this.
const STEP: usize = 64;

/// Length by the next header, searched at multiples of 64 bytes as libmseed 3 does. The last
/// record of a source is as long as what is left, if that is a power of two, else as long as the
/// record before it.
pub(super) fn search(
    window: &Window<'_>,
    limit: usize,
    before: Option<usize>,
) -> Result<usize, Halt> {
    let mut at = STEP;
    while at <= limit {
        match window.get(at, SIGNATURE_BYTES)? {
            Some(head) => {
                if signature(head).is_some() {
                    return Ok(at);
                }
            }
            None => {
                let left = window.bytes.len();
                return match before {
                    _ if left.is_power_of_two() && (STEP..=limit).contains(&left) => Ok(left),
                    Some(len) if len <= left => Ok(len),
                    _ => Err(RecordError::UnknownLength.into()),
                };
            }
        }
        at += STEP;
    }
    Err(RecordError::UnknownLength.into())
}
