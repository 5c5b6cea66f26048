//! Transforms and tables that plans of the same length share.

use std::sync::{Arc, Mutex, PoisonError};

use num_complex::Complex64;
use rustfft::{Fft, FftDirection, FftPlanner};

use super::cost;

/// A complex FFT and the table that makes a real one of it.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) half: Arc<dyn Fft<f64>>,
    /// `exp(∓2πik/len)` for `k` from 0 to a quarter of the (real) length.
    pub(super) twiddles: Arc<[Complex64]>,
}

/// Which transform, and about how many bytes it holds: for each point of the half-length FFT one
/// twiddle factor and a half; about four times as many where it is Bluestein's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transform {
    pub(crate) len: usize,
    pub(crate) inverse: bool,
    pub(crate) bytes: usize,
}

impl Transform {
    pub(super) fn new(len: usize, inverse: bool) -> Self {
        let per_point = if cost(len / 2).is_some() { 12 } else { 48 };
        Self { len, inverse, bytes: len * per_point }
    }
}

/// Transforms that were used last stay as long as they have no more points than this together, the
/// last two (there and back) in any case; plans keep theirs alive beyond that. RustFFT's own planner
/// would keep every length for ever.
const MAX_POINTS: usize = 1 << 22;

struct Entry {
    len: usize,
    inverse: bool,
    shared: Shared,
}

/// Newest last.
static RECENT: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// The transform of this even real length.
pub(super) fn shared(len: usize, inverse: bool) -> Shared {
    let take = || {
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        let at = recent.iter().position(|e| e.len == len && e.inverse == inverse)?;
        let entry = recent.remove(at);
        let shared = entry.shared.clone();
        recent.push(entry);
        Some(shared)
    };
    if let Some(found) = take() {
        return found;
    }
    // Made without holding the lock: long transforms take long to plan. Two threads may make the
    // same one; it is the same.
    let direction = if inverse { FftDirection::Inverse } else { FftDirection::Forward };
    let half = FftPlanner::new().plan_fft(len / 2, direction);
    let sign = if inverse { 1.0 } else { -1.0 };
    let step = sign * std::f64::consts::TAU / len as f64;
    let twiddles = (0..=len / 4).map(|k| Complex64::from_polar(1.0, step * k as f64)).collect();
    let shared = Shared { half, twiddles };
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.push(Entry { len, inverse, shared: shared.clone() });
    let mut points = 0_usize;
    let fits = |e: &&Entry| {
        points = points.saturating_add(e.len);
        points <= MAX_POINTS
    };
    let keep = recent.iter().rev().take_while(fits).count().max(2).min(recent.len());
    let drop = recent.len() - keep;
    recent.drain(..drop);
    shared
}
