//! Seismological signal processing on slices and traces.

mod cache;
mod calculus;
mod calibration;
mod deconvolution;
mod detrend;
mod error;
mod fft;
mod interpolate;
mod pipeline;
mod scratch;
mod stream;
mod sum;
mod taper;
mod trace;
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
