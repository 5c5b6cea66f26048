//! Real Fourier transforms of even length, made of complex ones of half the length.
//!
//! The steps before and after the complex transform are ours and not `realfft`'s, because only
//! the frequencies that a pre-filter passes need them, and because samples can be converted,
//! detrended and tapered while they are packed into pairs.

mod convolution;
mod length;
mod long;
mod plans;
mod real;
mod turns;

pub(crate) use convolution::{Arranged, Convolution, PER_FREQUENCY};
pub use length::FftLength;
pub(crate) use length::{check_npts, cost, estimate, smooth_lengths};
pub(crate) use long::{Gains, Long, Pair, ROWS};
pub(crate) use plans::{Kind, Transform};
pub(crate) use real::{Forward, Inverse};
