//! What is doubtful about a response that can be evaluated.

/// What is doubtful about a response that can be evaluated. `stage` is the number of the stage in
/// the file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationWarning {
    /// The sensitivity of the whole instrument and the product of the gains, transferred to its
    /// frequency, differ by 5 % or more. evalresp's warning of the same content.
    #[error("the sensitivity is {reported} at {frequency_hz} Hz, but the stages give {computed}")]
    SensitivityMismatch {
        /// The sensitivity in the file.
        reported: f64,
        /// The product of gains.
        computed: f64,
        /// The frequency in Hz.
        frequency_hz: f64,
    },
    /// The response is zero (or infinite) at the frequency that is given for the sensitivity.
    /// evalresp refuses; the stages do not depend on it.
    #[error(
        "stage {stage}: the response at the sensitivity's frequency, {frequency_hz} Hz, is {magnitude}"
    )]
    SensitivityFrequency {
        /// The stage.
        stage: u32,
        /// The frequency in Hz.
        frequency_hz: f64,
        /// The magnitude.
        magnitude: f64,
    },
    /// The coefficients were divided by their sum, which was more than 2 % off one, as evalresp
    /// does. A gain hidden in the coefficients is lost by this.
    #[error("stage {stage}: the coefficients summed to {sum} and were divided by it")]
    FirRenormalized {
        /// The stage.
        stage: u32,
        /// Their sum in the file.
        sum: f64,
    },
    /// A finite impulse response is not one at its gain frequency (by more than 2 %) and was divided
    /// by what it is there, as evalresp does unless all frequencies agree. A gain hidden in the
    /// coefficients is lost by this, and so is a mistake in one of them.
    #[error(
        "stage {stage}: the coefficients give {magnitude} at the frequency of the gain, {frequency_hz} Hz, and were divided by it"
    )]
    FirNormalized {
        /// The stage.
        stage: u32,
        /// The magnitude by which was divided.
        magnitude: f64,
        /// The frequency of the gain in Hz.
        frequency_hz: f64,
    },
    /// A filter is not one at its gain frequency (by more than 2 %), and evalresp's rules take it
    /// as it is, so that gain and filter multiply.
    #[error(
        "stage {stage}: the filter is {magnitude} at the frequency of the gain, {frequency_hz} Hz, and was not normalised"
    )]
    NotNormalized {
        /// The stage.
        stage: u32,
        /// The magnitude.
        magnitude: f64,
        /// The frequency in Hz.
        frequency_hz: f64,
    },
    /// A0 and the poles and zeros differ by more than 2 %.
    #[error(
        "stage {stage}: A0 is {found}, but poles and zeros ask for {expected} at {frequency_hz} Hz; it was {}",
        if *used { "used as it is" } else { "not used" }
    )]
    NormalizationFactor {
        /// The stage.
        stage: u32,
        /// A0 in the file.
        found: f64,
        /// 1/|H| at the normalisation frequency.
        expected: f64,
        /// The normalisation frequency in Hz.
        frequency_hz: f64,
        /// Whether the result contains the wrong A0. It does only if the frequencies of A0, gain
        /// and sensitivity are equal, or the stage has no gain.
        used: bool,
    },
    /// A0 does not fit the poles and zeros as they are declared, but would if they were in the
    /// other unit: Hz given for rad/s, or rad/s for Hz, which moves every corner by 2π. They were
    /// evaluated as declared.
    #[error(
        "stage {stage}: A0 fits the poles and zeros if they are in {fitting}, but {declared} is declared: all corners may be off by 2π"
    )]
    PolesZerosDomain {
        /// The stage.
        stage: u32,
        /// The unit declared.
        declared: &'static str,
        /// The unit in which A0 fits.
        fitting: &'static str,
    },
    /// A time correction in the file does not enter the phase (evalresp's rule): a symmetric filter
    /// counts as corrected by its whole delay, whatever the file says, and a recursive one as not
    /// corrected at all.
    #[error(
        "stage {stage}: a delay of {delay_s} s, of which {correction_s} s were corrected, does not enter the phase of a {filter} filter"
    )]
    CorrectionIgnored {
        /// The stage.
        stage: u32,
        /// The delay in the file, in seconds.
        delay_s: f64,
        /// The correction in the file, in seconds.
        correction_s: f64,
        /// What sort of filter it is.
        filter: &'static str,
    },
    /// A stage has no gain; 1 was taken.
    #[error("stage {stage}: the gain is missing; 1 was taken")]
    GainMissing {
        /// The stage.
        stage: u32,
    },
    /// The only stage has no gain; the sensitivity was taken.
    #[error("stage {stage}: the gain is missing; the sensitivity, {value}, was taken")]
    GainFromSensitivity {
        /// The stage.
        stage: u32,
        /// The sensitivity.
        value: f64,
    },
    /// A digital stage has no sampling rate; that of its neighbours was taken.
    #[error(
        "stage {stage}: the input sampling rate is missing; {rate_hz} Hz follows from the other stages"
    )]
    RateInferred {
        /// The stage.
        stage: u32,
        /// The rate in Hz.
        rate_hz: f64,
    },
    /// The constant of a polynomial has no frequency response.
    #[error(
        "stage {stage}: the polynomial's constant, {offset}, does not enter a frequency response"
    )]
    PolynomialOffset {
        /// The stage.
        stage: u32,
        /// The constant, in input units.
        offset: f64,
    },
    /// The response has no stages; one number was taken for all frequencies, because the options
    /// ask for it.
    #[error("the response has no stages; {value} was taken for all frequencies")]
    TakenAsFlat {
        /// The sensitivity, or the slope of the polynomial, in output units per input unit.
        value: f64,
    },
    /// A unit is missing; that of its neighbour was taken.
    #[error("stage {stage}: a unit is missing; {unit:?} was taken from {source_of_unit}")]
    UnitInherited {
        /// The stage.
        stage: u32,
        /// The unit.
        unit: String,
        /// Where it comes from.
        source_of_unit: &'static str,
    },
    /// Units that are not understood cannot be compared.
    #[error(
        "stage {stage} takes {input:?}, stage {before} gives {output:?}: whether these are the same is unknown"
    )]
    UnitsUnverified {
        /// The stage.
        stage: u32,
        /// Its input unit.
        input: String,
        /// The stage before that has a filter.
        before: u32,
        /// Its output unit.
        output: String,
    },
    /// Units do not chain, and [`UnitChain::Warn`](crate::UnitChain::Warn) was chosen.
    #[error("stage {stage} takes {input:?}, but stage {before} gives {output:?}")]
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
    /// There is neither a sensitivity nor a polynomial of the whole instrument, which in a SEED file
    /// stands behind all stages: a file that was cut looks so as well, and its last stages are then
    /// missing.
    #[error(
        "there is no sensitivity of the whole instrument (stage 0): if the file was cut, stages are missing after stage {last_stage}, which gives {}",
        output_unit.as_deref().unwrap_or("an unknown unit")
    )]
    NoSensitivity {
        /// The last stage.
        last_stage: u32,
        /// What comes out of the last stage that names it.
        output_unit: Option<String>,
    },
    /// The numbers of the stages leave some out: a stage may be missing. The others were evaluated.
    #[error(
        "{}: is a stage missing?",
        if *after == 0 { format!("the first stage has number {next}") }
        else { format!("stage {next} follows upon stage {after}") }
    )]
    StagesMissing {
        /// The stage behind which some may be missing; 0 if the first is.
        after: u32,
        /// The stage that follows.
        next: u32,
    },
    /// The spline through the amplitudes of a response list is negative somewhere between entries
    /// that are positive: the phase jumps by half a turn there, and no instrument does that. Entries
    /// are too far apart, or one of them is wrong.
    #[error(
        "stage {stage}: between the entries of the response list at {first_hz} and {last_hz} Hz the interpolated amplitude is negative"
    )]
    ListNegative {
        /// The stage.
        stage: u32,
        /// The last entry before the amplitude is negative first, in Hz.
        first_hz: f64,
        /// The first entry after it is negative last, in Hz.
        last_hz: f64,
    },
    /// The point around which a polynomial is taken as linear lies where the polynomial is not said
    /// to hold.
    #[error(
        "stage {stage}: at an output of {output} the input is {input}, outside of {lower} to {upper} in which the polynomial holds"
    )]
    OutsidePolynomial {
        /// The stage; 0 is the whole instrument.
        stage: u32,
        /// The point that was chosen, in output units.
        output: f64,
        /// The polynomial there, in input units.
        input: f64,
        /// Lower bound of the approximation, in input units.
        lower: f64,
        /// Upper bound of the approximation, in input units.
        upper: f64,
    },
    /// Frequencies lie outside a response list, where the spline may go anywhere.
    #[error(
        "{first_hz} to {last_hz} Hz goes beyond the response list, which ends at {list_first_hz} and {list_last_hz} Hz"
    )]
    ListExtrapolated {
        /// Lowest frequency asked for, in Hz.
        first_hz: f64,
        /// Highest frequency asked for, in Hz.
        last_hz: f64,
        /// First frequency of the list in Hz.
        list_first_hz: f64,
        /// Last frequency of the list in Hz.
        list_last_hz: f64,
    },
}
