//! What the kernels refuse, and what they warn of.

use std::fmt;

use seis_core::{EvaluationError, GroundMotion, SampleType, UtcTime};

/// Why a plan could not be made, or an operation not be done. The samples are then untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The samples are text.
    #[error("expected numeric samples, found {found}")]
    NotNumeric {
        /// What the samples are.
        found: SampleType,
    },
    /// The trace has no sampling rate, or the new rate is none.
    #[error("the operation needs a sampling rate, which text and irregular samples do not have")]
    NoRate,
    /// An error of the ground types.
    #[error(transparent)]
    Core(Box<seis_core::Error>),
    /// There are fewer samples than the operation is defined for.
    #[error("{operation} needs at least {needed} samples, the trace has {found}")]
    TooShort {
        /// The operation.
        operation: &'static str,
        /// The fewest it works on.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A sample is infinite or not a number; one such sample would spoil the whole trace.
    #[error("sample {index} is {value}: cut the trace there, or replace the sample")]
    NotFinite {
        /// Position of the first such sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// All samples are finite but their sum, or the result, is not.
    #[error("{operation} overflows: the samples are too large for 64-bit floats")]
    Overflow {
        /// The operation.
        operation: &'static str,
    },
    /// More samples than memory, or arithmetic, can hold.
    #[error("{npts} samples are too many: {expected}")]
    TooLong {
        /// How many there are, or would be.
        npts: usize,
        /// What would do.
        expected: &'static str,
    },
    /// A plan was applied to a slice of another length than it was made for.
    #[error("the plan is for {expected} samples, the slice has {found}")]
    Length {
        /// The length the plan was made for.
        expected: usize,
        /// The length of the slice.
        found: usize,
    },
    /// A parameter has no meaning.
    #[error("{name} = {value}: expected {expected}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What would have been understood.
        expected: &'static str,
    },
    /// The corners of a pre-filter do not ascend.
    #[error(
        "pre-filter corners {corners_hz:?} Hz: expected four finite frequencies with \
         0 <= f1 <= f2 <= f3 <= f4"
    )]
    PreFilterOrder {
        /// The corners as given, in Hz.
        corners_hz: [f64; 4],
    },
    /// A corner of the pre-filter lies above the Nyquist frequency.
    #[error(
        "pre-filter corners {corners_hz:?} Hz reach beyond the Nyquist frequency {nyquist_hz} Hz: \
         choose f4 <= {nyquist_hz} Hz for this trace"
    )]
    PreFilterBeyondNyquist {
        /// The corners as given, in Hz.
        corners_hz: [f64; 4],
        /// Half the sampling rate.
        nyquist_hz: f64,
    },
    /// The pre-filter is so narrow that it lies between two frequencies of the transform.
    #[error(
        "the pre-filter {corners_hz:?} Hz passes none of the frequencies of the trace, which are \
         {spacing_hz} Hz apart: widen it, or use a longer trace"
    )]
    EmptyPassBand {
        /// The corners, in Hz.
        corners_hz: [f64; 4],
        /// Distance of the frequencies of the transform.
        spacing_hz: f64,
    },
    /// The FFT is odd, too short for the trace, or needlessly long.
    #[error("an FFT of {requested} points: expected an even number from {least} to {most}")]
    FftLength {
        /// As asked for.
        requested: usize,
        /// The shortest possible.
        least: usize,
        /// The longest allowed.
        most: usize,
    },
    /// The response could not be evaluated.
    #[error("the response cannot be evaluated: {error}")]
    Response {
        /// What it said.
        error: EvaluationError,
    },
    /// The response is zero at a frequency that the pre-filter lets pass, so that no ground motion
    /// can be told from the record there.
    #[error(
        "the response to {quantity} is zero at {frequency_hz} Hz, which is to be kept: narrow the \
         pre-filter or use a water level"
    )]
    ResponseZero {
        /// The frequency.
        frequency_hz: f64,
        /// The wanted ground motion.
        quantity: GroundMotion,
    },
    /// The response, or its inverse, is infinite or not a number.
    #[error("the response to {quantity} is not finite at {frequency_hz} Hz")]
    ResponseNotFinite {
        /// The frequency.
        frequency_hz: f64,
        /// The wanted ground motion.
        quantity: GroundMotion,
    },
    /// The wanted samples do not all lie within the trace.
    #[error(
        "the samples from {output_start} to {output_end} do not lie within the trace \
         ({input_start} to {input_end}): nothing is extrapolated; choose another start or npts"
    )]
    Extrapolation {
        /// First sample of the trace.
        input_start: UtcTime,
        /// Last sample of the trace.
        input_end: UtcTime,
        /// First sample that was asked for.
        output_start: UtcTime,
        /// Last sample that was asked for.
        output_end: UtcTime,
    },
}

impl From<seis_core::Error> for Error {
    fn from(error: seis_core::Error) -> Self {
        match error {
            seis_core::Error::NotNumeric { found } => Self::NotNumeric { found },
            seis_core::Error::NoRate => Self::NoRate,
            other => Self::Core(Box::new(other)),
        }
    }
}

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something lawful that is seldom meant.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The taper is longer than half the trace and was shortened to it.
    TaperShortened {
        /// Samples of each flank as asked for.
        requested: usize,
        /// Samples of each flank.
        used: usize,
    },
    /// A water level of 0 dB raises every frequency to the largest response: only the phase is
    /// corrected. It is not "off"; that is [`WaterLevel::None`](crate::WaterLevel::None).
    WaterLevelFlattens,
    /// The new rate is lower than the old one, and nothing has removed what lies above its
    /// Nyquist frequency: it will appear at other frequencies.
    Aliasing {
        /// Half the new sampling rate.
        new_nyquist_hz: f64,
        /// Up to where the input may contain energy.
        content_up_to_hz: f64,
    },
    /// The stages of the response end at another sampling rate than the trace has, by more than
    /// 1 %: the trace was recorded through other filters, or a stage is missing in the metadata.
    RateOfResponse {
        /// The rate at which the response ends.
        response_hz: f64,
        /// The rate of the trace.
        trace_hz: f64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TaperShortened { requested, used } => write!(
                f,
                "the taper of {requested} samples at each end was shortened to {used}, half the \
                 trace"
            ),
            Self::WaterLevelFlattens => f.write_str(
                "a water level of 0 dB flattens the spectrum: every frequency is divided by the \
                 largest response, only the phase is corrected; use no water level to switch it \
                 off",
            ),
            Self::Aliasing { new_nyquist_hz, content_up_to_hz } => write!(
                f,
                "content up to {content_up_to_hz} Hz is sampled with a Nyquist frequency of \
                 {new_nyquist_hz} Hz: low-pass filter before interpolating, or aliases appear"
            ),
            Self::RateOfResponse { response_hz, trace_hz } => write!(
                f,
                "the stages of the response end at {response_hz} Hz, but the trace has {trace_hz} \
                 Hz: is it the response of another channel, or is a stage missing?"
            ),
        }
    }
}
