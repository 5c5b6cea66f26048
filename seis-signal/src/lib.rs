//! Seismological signal processing on slices and traces.
//!
//! | wanted | on a slice | on a trace |
//! |---|---|---|
//! | mean or trend removed | [`DetrendSpec::apply`] | [`TraceSignal::detrend`] |
//! | ends tapered | [`TaperSpec`] → [`TaperPlan`] | [`TraceSignal::taper`] |
//! | ground motion instead of counts | [`DeconvolutionSpec`] → [`DeconvolutionPlan`] | [`TraceSignal::remove_response_with`] |
//! | other rates and times | [`InterpolationSpec`] → [`InterpolationPlan`] | [`TraceSignal::interpolate`] |
//! | all of these in one | [`CalibrationSpec`] → [`CalibrationPlan`] | [`TraceSignal::calibrate_with`] |
//! | derivative, integral | [`differentiate`], [`integrate`] | the methods of that name |
//!
//! [`StreamSignal`] does to every trace of a stream what [`TraceSignal`] does to one, with `par_`
//! twins behind the feature `rayon`. Responses come as
//! [`FrequencyResponse`](seis_core::FrequencyResponse), from `seis-resp` or one's own formula.
//!
//! # Specification, plan, apply
//!
//! A specification is a small value with the options. A plan is made of it once for a length, a
//! rate and a response; all options are checked then. Applying a plan takes `&self`, so that
//! threads share it, works in a [`Scratch`] of the thread's own, and allocates nothing once that
//! has grown. [`PlanCache`] keeps plans and finds them again.
//!
//! ```
//! use seis_core::{Complex64, EvaluationError, FrequencyResponse, GroundMotion};
//! use seis_core::{SamplingRate, UtcTime};
//! use seis_signal::{
//!     CalibrationPlan, CalibrationSpec, DeconvolutionSpec, DetrendSpec, InterpolationSpec,
//!     PreFilter, SamplingGrid, Scratch, TaperSpec, WaterLevel,
//! };
//!
//! /// A seismometer with a corner at 120 s, 6e8 counts per m/s.
//! struct Seismometer;
//! impl FrequencyResponse for Seismometer {
//!     fn eval_into(
//!         &self,
//!         frequencies_hz: &[f64],
//!         quantity: GroundMotion,
//!         out: &mut [Complex64],
//!     ) -> Result<(), EvaluationError> {
//!         let pole = Complex64::new(-0.037, 0.037);
//!         for (h, f) in out.iter_mut().zip(frequencies_hz) {
//!             let s = Complex64::new(0.0, std::f64::consts::TAU * f);
//!             let velocity = 6e8 * s * s / ((s - pole) * (s - pole.conj()));
//!             *h = match quantity {
//!                 GroundMotion::Displacement => velocity * s,
//!                 GroundMotion::Velocity => velocity,
//!                 _ => return Err(EvaluationError::new("velocity or displacement only")),
//!             };
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let spec = CalibrationSpec::only(
//!     DeconvolutionSpec::new(GroundMotion::Displacement)
//!         .pre_filter(PreFilter::new(0.005, 0.01, 4.9, 5.0)?)
//!         .water_level(WaterLevel::None)
//!         .zero_mean(false)
//!         .taper_fraction(None),
//! )
//! .detrend(DetrendSpec::Demean)
//! .taper(TaperSpec::new(0.05))
//! .resample(InterpolationSpec::lanczos(SamplingRate::from_hz(10.0)?, 25));
//!
//! let counts: Vec<i32> = (0..48_000).map(|n| (n * 7919) % 2000 - 1000).collect();
//! let input = SamplingGrid::new(UtcTime::EPOCH, SamplingRate::from_hz(40.0)?, counts.len());
//! let plan = CalibrationPlan::new(&spec, &input, &Seismometer)?;
//! let (mut metres, mut scratch) = (Vec::new(), Scratch::new());
//! plan.apply(&counts, &mut metres, &mut scratch)?;
//! assert_eq!(metres.len(), 12_000);
//! # Ok::<(), seis_signal::Error>(())
//! ```
//!
//! # Conventions
//!
//! * Kernels work in `f64`; counts and single precision are widened as they are read, exactly.
//! * Samples that are infinite or not a number are an error that names the first of them. On any
//!   error the samples, the trace or the output vector are what they were.
//! * Spectra have the time dependence e^{+iωt}; the forward transform is `Σ x_n e^{−2πikn/N}`
//!   without a factor, the inverse has 1/N.
//! * The parts of a trace that two tapers take are counted differently, as in ObsPy: by
//!   [`TaperSpec`] for each end, by [`DeconvolutionSpec`] for both ends together.
//! * Nothing is extrapolated and nothing is low-pass filtered unasked; [`Warning`]s, of plans and
//!   in a trace's history, say where that is seldom meant.
//! * Results do not depend on the number of threads, nor on whether a plan came from a cache.
//!   Processors with other vector instructions may differ in the last bits of Fourier transforms.
//!
//! # Agreement with ObsPy
//!
//! Defaults are those of ObsPy 1.5, and the tests compare with it: response removal to 5e-15 of the
//! peak, interpolation to 1e-14, tapers to 1e-15, means to the last bit. Where ObsPy returns NaN, infinities or zeros without a word, here is an error:
//! corners of the pre-filter beyond the Nyquist frequency or out of order, a response of zero
//! without a water level, samples that are not finite, traces too short for what is asked. The
//! other differences are told where they occur: [`DetrendSpec::Polynomial`], [`PreFilter`],
//! [`Interpolation`], [`InterpolationSpec`] (exact times, and no last sample lost),
//! [`WaterLevel`] (0 dB is not "off").
//!
//! [`FftLength::Fast`] is the one option that trades agreement for time. Changing the length of the
//! FFT changes where the response's ringing wraps around, for the ground motion is the same only as
//! far as that has died away. On twelve real recordings of 20 minutes at 40 Hz (48 000 and 48 001
//! samples: 98 304 points for 96 000 and 96 012), to displacement, the largest difference was 3e-4
//! to 5e-3 of the peak with a pre-filter from (0.001, 0.005) Hz on, and at most 5e-5 from (0.01,
//! 0.02) Hz on; for red noise it fell to 7e-8 from (0.1, 0.2) Hz on. Neither length is the truer one.
//! The option does not save much: ObsPy's awkward lengths are replaced by others that yield the same
//! samples (see [`CalibrationPlan`]), and what is left is a plan that is made in half the time and
//! takes less memory.

// A library neither panics on its input nor writes to anybody's terminal.
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod cache;
mod calculus;
mod calibration;
mod decimator;
mod deconvolution;
mod detrend;
mod error;
mod fft;
mod interpolate;
mod pipeline;
mod route;
mod scratch;
mod stream;
mod sum;
mod taper;
mod trace;
mod vector;
mod view;
mod window;

pub use cache::{CacheStats, PlanCache};
pub use calculus::{differentiate, integrate};
pub use calibration::{CalibrationPlan, CalibrationSpec};
pub use deconvolution::{DeconvolutionPlan, DeconvolutionSpec, PreFilter, WaterLevel};
pub use detrend::{DetrendSpec, MAX_POLYNOMIAL_ORDER};
pub use error::{Error, Result, Warning};
pub use fft::FftLength;
pub use interpolate::{Interpolation, InterpolationPlan, InterpolationSpec, SamplingGrid};
pub use scratch::Scratch;
pub use stream::{StreamResult, StreamSignal};
pub use sum::mean;
pub use taper::{TaperPlan, TaperSide, TaperSpec};
pub use trace::TraceSignal;
pub use view::SampleView;
pub use window::Window;

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The ground types that this crate works on: ids, times, rates, traces.
pub use seis_core;
