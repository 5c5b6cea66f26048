//! How much memory and time an input may cost.

use std::time::{Duration, Instant};

/// Limits for one piece of work on one input.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of memory for each byte of input, at the same time.
    pub per_byte: u64,
    /// Bytes of memory besides.
    pub fixed: u64,
    /// Time; generous, because other programs run as well. What never ends is ended by
    /// [`Campaign`](crate::Campaign).
    pub time: Duration,
}

impl Limits {
    /// Does the work, and fails if it took more memory at any moment, or more time.
    ///
    /// # Panics
    /// That is how it fails.
    pub fn hold<T>(&self, what: &str, input_len: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let mut result = None;
        let used = allocation_counter::measure(|| result = Some(work()));
        let allowed = self.fixed + self.per_byte * input_len as u64;
        assert!(
            used.bytes_max <= allowed,
            "{what}: {} bytes of memory for {input_len} bytes of input; allowed are {allowed}",
            used.bytes_max
        );
        let took = start.elapsed();
        assert!(took <= self.time, "{what}: took {took:?} for {input_len} bytes of input");
        result.unwrap_or_else(|| unreachable!("the work was done"))
    }
}
