//! What most programs need: `use seis::prelude::*;`.

#[cfg(feature = "rayon")]
pub use crate::ParRemoveResponse;
pub use crate::mseed;
pub use crate::sac::{self, SacFile};
pub use crate::{RemoveResponse, RemoveResponseOptions};
pub use seis_core::{
    FrequencyResponse, GapPolicy, GroundMotion, IdPattern, MergeOptions, OverlapPolicy, Samples,
    SamplingRate, SourceId, Stream, TimeDelta, Trace, UtcTime,
};
pub use seis_resp::{EpochPolicy, Inventory};
pub use seis_signal::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, FftLength, InterpolationSpec, PreFilter,
    StreamSignal, TaperSpec, TraceSignal, WaterLevel, Window,
};
