//! What a caller may choose about the evaluation of a response.

/// How a response is evaluated. The default is evalresp's result where that is right; each field
/// says where ObsPy 1.5.1 differs, and [`EvaluationOptions::obspy`] gives ObsPy's numbers.
///
/// ```
/// use seis_resp::{EvaluationOptions, GainSource};
/// let options = EvaluationOptions::default().with_stages(1..=2).with_gain(GainSource::Sensitivity);
/// assert_eq!(options.first_stage, Some(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct EvaluationOptions {
    /// Leave out stages with lower numbers.
    pub first_stage: Option<u32>,
    /// Leave out stages with higher numbers.
    pub last_stage: Option<u32>,
    /// Where the overall gain comes from.
    pub gain: GainSource,
    /// How input units are understood.
    pub units: UnitRules,
    /// What becomes of units that do not chain.
    pub unit_chain: UnitChain,
    /// How the phases of response lists are interpolated.
    pub list_phase: ListPhase,
    /// What becomes of frequencies outside a response list.
    pub list_range: ListRange,
    /// What becomes of coefficients in the Laplace variable.
    pub analog_coefficients: AnalogCoefficients,
    /// The output (in the stage's output units) around which polynomials of higher than first
    /// order are taken as linear. Without it they are refused, as ObsPy does.
    pub polynomial_point: Option<f64>,
}

/// Where the overall gain of a response comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum GainSource {
    /// The product of the gains of the stages.
    #[default]
    Stages,
    /// The sensitivity of the whole instrument; the stages give the shape only, each normalised to
    /// one at the frequency of the sensitivity. evalresp's `-ts` ("use total sensitivity").
    Sensitivity,
}

/// How input units are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum UnitRules {
    /// By their meaning ([`Unit::parse`](crate::units::Unit::parse)): every spelling, with its
    /// prefix. What is no ground motion is refused unless
    /// [`GroundMotion::Native`](seis_core::GroundMotion::Native) is asked for, and that is in the
    /// instrument's own unit.
    #[default]
    Meaning,
    /// By ObsPy's table of texts. Units that it does not know, and those of pressure, voltage and
    /// the like, are differentiated and integrated as velocities; strain as displacement. `CM`,
    /// `MM` and `NM` are scaled in four spellings only, and also in native units.
    Obspy,
}

/// What becomes of a stage whose input unit is not the output unit of the stage before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum UnitChain {
    /// An error, as in evalresp.
    #[default]
    Refuse,
    /// A warning.
    Warn,
}

/// How the phases of a response list are interpolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ListPhase {
    /// Without the jumps from +180° to −180°, as a curve through all values.
    #[default]
    Unwrapped,
    /// As listed. ObsPy's spline swings through every jump.
    AsListed,
}

/// What becomes of frequencies outside a response list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ListRange {
    /// The spline goes on, as in ObsPy. It may go anywhere; ask
    /// [`EvaluationPlan::extrapolation`](crate::EvaluationPlan::extrapolation).
    #[default]
    Extrapolate,
    /// An error.
    Refuse,
}

/// What becomes of coefficients in the Laplace variable (*SEED* blockette 54, types A and B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AnalogCoefficients {
    /// An error, as in evalresp 5: the standard does not say which coefficient belongs to which
    /// power of s.
    #[default]
    Refuse,
    /// As if they were digital, which they are not. ObsPy does this.
    AsDigital,
}

impl EvaluationOptions {
    /// ObsPy 1.5.1's numbers, also where they are wrong. What ObsPy refuses may still be
    /// evaluated.
    #[must_use]
    pub fn obspy() -> Self {
        Self {
            units: UnitRules::Obspy,
            list_phase: ListPhase::AsListed,
            analog_coefficients: AnalogCoefficients::AsDigital,
            ..Self::default()
        }
    }

    /// Only the stages with these numbers.
    #[must_use]
    pub fn with_stages(mut self, numbers: std::ops::RangeInclusive<u32>) -> Self {
        (self.first_stage, self.last_stage) = (Some(*numbers.start()), Some(*numbers.end()));
        self
    }

    /// With the overall gain from here.
    #[must_use]
    pub fn with_gain(mut self, gain: GainSource) -> Self {
        self.gain = gain;
        self
    }

    /// With units understood so.
    #[must_use]
    pub fn with_units(mut self, units: UnitRules) -> Self {
        self.units = units;
        self
    }

    /// With units that do not chain handled so.
    #[must_use]
    pub fn with_unit_chain(mut self, unit_chain: UnitChain) -> Self {
        self.unit_chain = unit_chain;
        self
    }

    /// With the phases of lists interpolated so.
    #[must_use]
    pub fn with_list_phase(mut self, list_phase: ListPhase) -> Self {
        self.list_phase = list_phase;
        self
    }

    /// With frequencies outside lists handled so.
    #[must_use]
    pub fn with_list_range(mut self, list_range: ListRange) -> Self {
        self.list_range = list_range;
        self
    }

    /// With analog coefficients handled so.
    #[must_use]
    pub fn with_analog_coefficients(mut self, analog: AnalogCoefficients) -> Self {
        self.analog_coefficients = analog;
        self
    }

    /// With polynomials of higher order taken as linear around this output.
    #[must_use]
    pub fn with_polynomial_point(mut self, output: f64) -> Self {
        self.polynomial_point = Some(output);
        self
    }

    /// Whether a stage with this number takes part.
    pub(super) fn includes(&self, number: u32) -> bool {
        self.first_stage.is_none_or(|first| number >= first)
            && self.last_stage.is_none_or(|last| number <= last)
    }
}
