//! Buffers that plans work in.

use num_complex::Complex64;

use crate::fft::Long;
use crate::{Error, Result};

/// Working memory for plans. It grows to what the largest trace needs and is then reused: give
/// each thread its own, and applying plans allocates nothing.
///
/// A deconvolution needs 16 bytes for each point of its FFT, about 32 for each sample; of more than
/// a million samples half of that.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// Packed samples, then the spectrum, then packed results.
    pub(crate) packed: Vec<Complex64>,
    /// Half-length spectra.
    pub(crate) half: Vec<Complex64>,
    /// Packed samples of long traces, then rows of their spectrum, then rows of results.
    pub(crate) long: Vec<f64>,
    /// What the FFT itself needs.
    pub(crate) fft: Vec<Complex64>,
    /// Samples, where a step needs them unpacked.
    pub(crate) samples: Vec<f64>,
    /// Some samples, widened for a filter.
    pub(crate) block: Vec<f64>,
    /// Second derivatives of splines.
    pub(crate) knots: Vec<f64>,
}

impl Scratch {
    /// No memory yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            packed: Vec::new(),
            half: Vec::new(),
            long: Vec::new(),
            fft: Vec::new(),
            samples: Vec::new(),
            block: Vec::new(),
            knots: Vec::new(),
        }
    }

    /// Bytes held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        16 * (self.packed.capacity() + self.half.capacity() + self.fft.capacity())
            + 8 * (self.long.capacity()
                + self.samples.capacity()
                + self.block.capacity()
                + self.knots.capacity())
    }

    /// What long transforms work in, beside their buffer.
    pub(crate) fn work(&mut self, long: &Long) -> [&mut [Complex64]; 2] {
        let [work, library] = long.scratch_lens();
        [room(&mut self.half, work), room(&mut self.fft, library)]
    }

    /// Gives the memory back.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

/// Makes room for results, or says that there is none; what is in `out` stays.
pub(crate) fn reserve(out: &mut Vec<f64>, npts: usize) -> Result<()> {
    out.try_reserve_exact(npts.saturating_sub(out.len()))
        .map_err(|_| Error::TooLong { npts, expected: "fewer than memory can hold" })
}

/// So long, without writing to memory that was not yet allocated; what it holds does not matter.
/// Fails if there is not so much memory.
pub(crate) fn untouched(buffer: &mut Vec<f64>, len: usize) -> Result<&mut [f64]> {
    if buffer.capacity() < len {
        // Whether there is room is asked with what cannot abort.
        reserve(&mut Vec::new(), len)?;
        *buffer = vec![0.0; len];
    }
    buffer.resize(len, 0.0);
    Ok(buffer)
}

/// As [`untouched`], on lines of the cache.
pub(crate) fn untouched_room(buffer: &mut Vec<f64>, len: usize) -> Result<&mut [f64]> {
    let with_lead = len.saturating_add(MOST_LEAD);
    if buffer.len() < with_lead {
        untouched(buffer, with_lead)?;
    }
    let lead = lead(buffer);
    Ok(&mut buffer[lead..lead + len])
}

/// At least this long; what it holds does not matter.
pub(crate) fn grown(buffer: &mut Vec<Complex64>, len: usize) -> &mut [Complex64] {
    if buffer.len() < len {
        buffer.clear();
        buffer.resize(len, Complex64::ZERO);
    }
    buffer
}

/// So long, on lines of the cache; what it holds does not matter.
pub(crate) fn room(buffer: &mut Vec<Complex64>, len: usize) -> &mut [Complex64] {
    let buffer = grown(buffer, len + MOST_LEAD);
    let lead = lead(buffer);
    &mut buffer[lead..lead + len]
}

/// Bytes of a line of the cache. Allocations begin in the middle of one, and then every second
/// vector lies across two, which takes twice as long to load and longer to store.
const LINE: usize = 64;

/// Most elements before the first line.
const MOST_LEAD: usize = LINE / size_of::<f64>() - 1;

/// Elements before the first line.
fn lead<T>(buffer: &[T]) -> usize {
    // Where it cannot be told, or not reached, anything goes.
    Some(buffer.as_ptr().align_offset(LINE)).filter(|lead| *lead <= MOST_LEAD).unwrap_or(0)
}
