//! Transforms and tables that plans of the same length share.

use std::sync::{Arc, Mutex, PoisonError};

use num_complex::Complex64;
use rustfft::{Fft, FftDirection, FftPlanner};

use super::Convolution;
use super::cost;

/// A complex FFT and the table that makes a real one of it.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) half: Arc<dyn Fft<f64>>,
    /// `exp(∓2πik/len)` for `k` from 0 to a quarter of the (real) length.
    pub(super) twiddles: Arc<[Complex64]>,
}

/// Which transform, and about how many bytes it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transform {
    pub(crate) len: usize,
    pub(crate) kind: Kind,
    pub(crate) bytes: usize,
}

/// What a transform does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Forward,
    Inverse,
    /// There and back, to every so manieth result.
    Convolution {
        step: usize,
    },
}

impl Transform {
    pub(super) fn new(len: usize, kind: Kind, bytes: usize) -> Self {
        Self { len, kind, bytes }
    }

    /// For each point of the half-length FFT one twiddle factor and a half; about four times as many
    /// where it is Bluestein's.
    pub(super) fn real(len: usize, kind: Kind) -> Self {
        let per_point = if cost(len / 2).is_some() { 12 } else { 48 };
        Self::new(len, kind, len * per_point)
    }
}

/// Transforms that were used last stay as long as they hold no more bytes than this together, the
/// last two (there and back) in any case; plans keep theirs alive beyond that. RustFFT's own planner
/// would keep every length for ever.
const MAX_BYTES: usize = 12 << 20;

struct Entry {
    len: usize,
    kind: Kind,
    made: Made,
}

impl Entry {
    fn bytes(&self) -> usize {
        match &self.made {
            Made::Real(_) => Transform::real(self.len, self.kind).bytes,
            Made::Convolution(made) => made.id().bytes,
        }
    }
}

/// What plans share.
#[derive(Clone)]
pub(super) enum Made {
    Real(Shared),
    Convolution(Arc<Convolution>),
}

/// Newest last.
static RECENT: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// The transform of this even real length.
pub(super) fn shared(len: usize, kind: Kind) -> Shared {
    let make = || {
        let (direction, sign) = match kind {
            Kind::Inverse => (FftDirection::Inverse, 1.0),
            _ => (FftDirection::Forward, -1.0),
        };
        let half = FftPlanner::new().plan_fft(len / 2, direction);
        let step = sign * std::f64::consts::TAU / len as f64;
        let twiddles = (0..=len / 4).map(|k| Complex64::from_polar(1.0, step * k as f64)).collect();
        Shared { half, twiddles }
    };
    match recent(len, kind, || Made::Real(make())) {
        Made::Real(shared) => shared,
        // No real transform has a convolution's kind.
        Made::Convolution(_) => make(),
    }
}

/// What was made lately for this length, or is made now.
pub(super) fn recent(len: usize, kind: Kind, make: impl FnOnce() -> Made) -> Made {
    let take = || {
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        let at = recent.iter().position(|e| e.len == len && e.kind == kind)?;
        let entry = recent.remove(at);
        let made = entry.made.clone();
        recent.push(entry);
        Some(made)
    };
    if let Some(found) = take() {
        return found;
    }
    // Made without holding the lock: long transforms take long to plan. Two threads may make the
    // same one; it is the same.
    let made = make();
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.push(Entry { len, kind, made: made.clone() });
    let mut bytes = 0_usize;
    let fits = |e: &&Entry| {
        bytes = bytes.saturating_add(e.bytes());
        bytes <= MAX_BYTES
    };
    let keep = recent.iter().rev().take_while(fits).count().max(2).min(recent.len());
    let drop = recent.len() - keep;
    recent.drain(..drop);
    made
}
