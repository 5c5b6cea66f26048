//! Why a response cannot be evaluated.

use crate::units::{Quantity, UnknownUnit};

/// Why a response cannot be evaluated. `stage` is the number of the stage in the file; 0 stands for
/// the sensitivity of the whole instrument.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// There is nothing to evaluate.
    #[error(
        "the response has no stages{}",
        if *has_polynomial { ": it is a polynomial to be applied to samples (or choose the point \
            around which it is taken as linear)" }
        else if *has_sensitivity { ", only an overall sensitivity: ask for GainSource::Sensitivity \
            to take it for all frequencies" }
        else { "" }
    )]
    NoStages {
        /// Whether there is a sensitivity of the whole instrument.
        has_sensitivity: bool,
        /// Whether there is a polynomial of the whole instrument.
        has_polynomial: bool,
    },
    /// No stage lies in the range asked for.
    #[error("no stage has a number from {first} to {last}: the response has stages {present:?}")]
    NoStageInRange {
        /// Lowest number asked for.
        first: u32,
        /// Highest number asked for.
        last: u32,
        /// The numbers that exist.
        present: Vec<u32>,
    },
    /// Two stages have the same number.
    #[error("stage {stage} occurs twice: the order of the stages is unknown")]
    DuplicateStage {
        /// The number.
        stage: u32,
    },
    /// A filter or a decimation has the number 0, which stands for the whole instrument.
    #[error("stage 0 holds a filter or a decimation, but stages count from 1")]
    StageZero,
    /// A stage is neither filter nor gain.
    #[error("stage {stage} holds neither a filter nor a gain")]
    EmptyStage {
        /// The stage.
        stage: u32,
    },
    /// A number is infinite or not a number.
    #[error("stage {stage}: {field} is {found}, expected a finite number")]
    NotFinite {
        /// The stage.
        stage: u32,
        /// Which number.
        field: &'static str,
        /// What it is.
        found: f64,
    },
    /// A gain is zero, so that the instrument records nothing.
    #[error("stage {stage}: the gain is 0")]
    ZeroGain {
        /// The stage.
        stage: u32,
    },
    /// A normalisation factor is zero and is needed, so that the filter lets nothing through.
    #[error(
        "stage {stage}: the normalisation factor A0 is 0, so the filter lets nothing through; \
         compute it from the poles and zeros"
    )]
    ZeroNormalizationFactor {
        /// The stage.
        stage: u32,
    },
    /// A stage that needs a gain has none.
    #[error("stage {stage}: the gain is missing, and {reason}")]
    MissingGain {
        /// The stage.
        stage: u32,
        /// Why it cannot be done without.
        reason: &'static str,
    },
    /// A gain holds at an unknown frequency.
    #[error("stage {stage}: the gain has no frequency, so the filter cannot be normalised")]
    MissingGainFrequency {
        /// The stage.
        stage: u32,
    },
    /// The whole instrument's sensitivity was asked for and there is none.
    #[error("the response has no sensitivity to take the overall gain from")]
    MissingSensitivity,
    /// A digital filter has no sampling rate.
    #[error(
        "stage {stage}: a digital filter needs its input sampling rate, and {}",
        found.map_or("the stage has no decimation and no neighbour tells it".to_owned(),
            |hz| format!("the file says {hz} Hz"))
    )]
    Rate {
        /// The stage.
        stage: u32,
        /// The rate in Hz, if there is one.
        found: Option<f64>,
    },
    /// A delay that belongs to the phase of a filter is missing.
    #[error("stage {stage}: the decimation has no correction, which the phase needs")]
    MissingCorrection {
        /// The stage.
        stage: u32,
    },
    /// A filter cannot be normalised to its gain.
    #[error(
        "stage {stage}: the response at {frequency_hz} Hz is {magnitude}, \
         so the filter cannot be normalised there"
    )]
    Normalization {
        /// The stage.
        stage: u32,
        /// The frequency of the gain, or of the sensitivity, in Hz.
        frequency_hz: f64,
        /// The magnitude found.
        magnitude: f64,
    },
    /// Coefficients sum to zero, and evalresp's rule divides by their sum.
    #[error(
        "stage {stage}: the coefficients sum to {sum}, so the filter cannot be normalised at 0 Hz"
    )]
    FirSumZero {
        /// The stage.
        stage: u32,
        /// The sum.
        sum: f64,
    },
    /// A recursive filter without numerators or with a leading denominator of zero.
    #[error("stage {stage}: {reason}")]
    Coefficients {
        /// The stage.
        stage: u32,
        /// What is wrong.
        reason: &'static str,
    },
    /// Coefficients in the Laplace variable.
    #[error(
        "stage {stage}: analog coefficients have no agreed order; \
         give the stage as poles and zeros, or allow AnalogCoefficients::AsDigital to get ObsPy's number"
    )]
    AnalogCoefficients {
        /// The stage.
        stage: u32,
    },
    /// A response list too short for a cubic spline.
    #[error("stage {stage}: the response list has {found} entries, at least 4 are needed")]
    ListTooShort {
        /// The stage.
        stage: u32,
        /// Number of entries.
        found: usize,
    },
    /// A response list with two entries at one frequency.
    #[error("stage {stage}: the response list has two entries at {frequency_hz} Hz")]
    ListRepeated {
        /// The stage.
        stage: u32,
        /// The frequency in Hz.
        frequency_hz: f64,
    },
    /// A response list with an entry at a negative frequency.
    #[error(
        "stage {stage}: the response list has an entry at {frequency_hz} Hz, expected none below 0"
    )]
    ListFrequency {
        /// The stage.
        stage: u32,
        /// The frequency in Hz.
        frequency_hz: f64,
    },
    /// A frequency outside a response list, with
    /// [`ListRange::Refuse`](crate::ListRange::Refuse).
    #[error(
        "{frequency_hz} Hz lies outside the response list, which goes from {first_hz} to {last_hz} Hz"
    )]
    OutsideList {
        /// The frequency asked for, in Hz.
        frequency_hz: f64,
        /// First frequency of the list in Hz.
        first_hz: f64,
        /// Last frequency of the list in Hz.
        last_hz: f64,
    },
    /// A polynomial that has no frequency response.
    #[error("stage {stage}: {reason}")]
    Polynomial {
        /// The stage.
        stage: u32,
        /// Why not, and what to do.
        reason: &'static str,
    },
    /// The input unit is needed and is not given.
    #[error(
        "stage {stage}: the input unit is missing, so {wanted} cannot be had; ask for native units"
    )]
    MissingUnit {
        /// The stage.
        stage: u32,
        /// What was asked for.
        wanted: Quantity,
    },
    /// The input unit is needed and is not understood.
    #[error("stage {stage}: {source}; so {wanted} cannot be had; ask for native units")]
    UnknownUnit {
        /// The stage.
        stage: u32,
        /// What was asked for.
        wanted: Quantity,
        /// What was not understood.
        source: UnknownUnit,
    },
    /// Ground motion was asked of an instrument that records something else.
    #[error(
        "stage {stage}: the instrument records {measured} ({unit}), not ground motion: ask for native units"
    )]
    NotGroundMotion {
        /// The stage.
        stage: u32,
        /// The unit as written.
        unit: String,
        /// What it measures.
        measured: Quantity,
    },
    /// A unit was asked for that is none of what the instrument records.
    #[error("stage {stage}: the instrument records {measured} ({unit}), which is no {wanted}")]
    OtherQuantity {
        /// The stage.
        stage: u32,
        /// The unit as written.
        unit: String,
        /// What it measures.
        measured: Quantity,
        /// What was asked for.
        wanted: Quantity,
    },
    /// A stage does not take what the stage before gives.
    #[error(
        "stage {stage} takes {input:?}, but stage {before} gives {output:?}: a stage is missing or a unit is wrong"
    )]
    UnitMismatch {
        /// The stage.
        stage: u32,
        /// Its input unit.
        input: String,
        /// The stage before that has a filter.
        before: u32,
        /// Its output unit.
        output: String,
    },
    /// Frequencies and results differ in number.
    #[error("{frequencies} frequencies, but room for {results} results")]
    Length {
        /// Number of frequencies.
        frequencies: usize,
        /// Number of results.
        results: usize,
    },
    /// No frequency is known at which a sensitivity could be given.
    #[error("{reason}")]
    SensitivityFrequency {
        /// What is missing.
        reason: &'static str,
    },
}

impl From<EvaluateError> for seis_core::EvaluationError {
    fn from(error: EvaluateError) -> Self {
        Self::new(error)
    }
}
