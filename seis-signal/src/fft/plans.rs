//! Transforms and tables that plans of the same length share.

use std::sync::{Arc, Mutex, PoisonError};

use num_complex::Complex64;
use rustfft::{Fft, FftDirection, FftPlanner};

/// A complex FFT and the table that makes a real one of it.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) half: Arc<dyn Fft<f64>>,
    /// `exp(∓2πik/len)` for `k` from 0 to a quarter of the (real) length.
    pub(super) twiddles: Arc<[Complex64]>,
}

/// Transforms that were used last. They stay as long as this many points hold them all; plans keep
/// theirs alive beyond that. RustFFT's own planner would keep every length for ever.
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
    let keep = recent
        .iter()
        .rev()
        .take_while(|e| {
            points = points.saturating_add(e.len);
            points <= MAX_POINTS
        })
        .count();
    let drop = recent.len() - keep;
    recent.drain(..drop);
    shared
}
