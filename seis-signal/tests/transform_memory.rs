//! What transforms hold. Alone in its process: whoever makes a transform may drop one that others made.

use allocation_counter::measure;
use common::PolesZeros;
use seis_core::SamplingRate;
use seis_signal::{DeconvolutionSpec, PlanCache};

mod common;

/// The estimate of what transforms hold, against what their making leaves behind.
#[test]
fn transforms_hold_what_the_cache_counts() {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let spec = DeconvolutionSpec::default();
    let response = PolesZeros::broadband();
    // Smooth, a power of two, and with large prime factors; together so short that making one does not
    // drop another, which would be taken off what it takes.
    for npts in [11_200, 16_384, 10_007, 2402] {
        let cache = PlanCache::new(usize::MAX);
        let mut plan = None;
        let used = measure(|| plan = cache.deconvolution(&spec, npts, rate, &response).ok());
        let ratio = used.bytes_current as f64 / cache.stats().bytes as f64;
        // Bluestein's algorithm may need as much as is counted; mostly it needs less.
        let least = if npts == 11_200 || npts == 16_384 { 0.99 } else { 0.25 };
        assert!((least..1.01).contains(&ratio), "{npts}: {ratio}");
    }
}
