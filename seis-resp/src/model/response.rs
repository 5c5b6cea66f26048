//! The response of a channel: stages, and what they add up to.

use num_complex::Complex64;

use super::Uncertainty;

/// A unit as a metadata file names it, such as `M/S` or `counts`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct UnitName {
    /// The name, as written.
    pub name: String,
    /// What the file says about it.
    pub description: Option<String>,
}

impl UnitName {
    /// A unit without a description.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None }
    }
}

/// The whole response of a channel, from ground (or whatever it senses) to the recorded numbers.
///
/// *StationXML 1.2*, `Response`; *SEED 2.4*, blockettes 53–62.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// Gain of all stages together at one frequency (SEED stage 0).
    pub sensitivity: Option<Sensitivity>,
    /// Whether the sensitivity does not stand in the file, but was computed from what does: SAC
    /// pole-zero files have a constant only.
    pub sensitivity_is_computed: bool,
    /// Polynomial of the whole instrument, for sensors with an offset, such as thermometers.
    pub polynomial: Option<Polynomial>,
    /// The stages in the order of the file; their numbers may have gaps.
    pub stages: Vec<Stage>,
    /// The file's `resourceId`.
    pub resource_id: Option<String>,
    /// Uncertainties of [`polynomial`](Self::polynomial); those of a stage stand in the stage.
    pub uncertainties: Vec<Uncertainty>,
}

/// Gain of the whole instrument at one frequency. *StationXML*, `InstrumentSensitivity`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Output units per input unit.
    pub value: f64,
    /// The frequency at which it holds, in Hz.
    pub frequency_hz: Option<f64>,
    /// What goes in.
    pub input_units: Option<UnitName>,
    /// What comes out.
    pub output_units: Option<UnitName>,
    /// Lower and upper corner of the band in which it holds, in Hz, and the tolerance in dB.
    pub band: Option<FrequencyBand>,
}

/// The band in which a sensitivity holds. *StationXML*, `FrequencyRangeGroup`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrequencyBand {
    /// Lower corner in Hz.
    pub start_hz: f64,
    /// Upper corner in Hz.
    pub end_hz: f64,
    /// Largest deviation within the band, in dB.
    pub variation_db: f64,
}

/// One stage: a filter, a gain, a decimation, each of which may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stage {
    /// Number of the stage, from 1.
    pub number: u32,
    /// The filter, unless the stage is a gain only.
    pub filter: Option<Filter>,
    /// Sampling rate at the input and what is lost of it; digital stages have one.
    pub decimation: Option<Decimation>,
    /// Gain at one frequency.
    pub gain: Option<Gain>,
    /// The file's `resourceId` of the stage; the filter may have another.
    pub resource_id: Option<String>,
    /// Uncertainties of the stage's numbers, as far as the file gives any, in the order of their
    /// terms.
    pub uncertainties: Vec<Uncertainty>,
}

/// The filter of a stage, with its units and name.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What goes in. Missing in broken files only.
    pub input_units: Option<UnitName>,
    /// What comes out.
    pub output_units: Option<UnitName>,
    /// Name of the filter in the file.
    pub name: Option<String>,
    /// The file's `resourceId`.
    pub resource_id: Option<String>,
    /// What the file says about it.
    pub description: Option<String>,
    /// The transfer function.
    pub kind: FilterKind,
}

/// The transfer function of a stage.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FilterKind {
    /// Poles and zeros. *SEED* blockette 53.
    PolesZeros(PolesZeros),
    /// Coefficients of a recursive or transversal filter. *SEED* blockette 54.
    Coefficients(Coefficients),
    /// A finite impulse response, perhaps symmetric. *SEED* blockette 61.
    Fir(Fir),
    /// Amplitude and phase at listed frequencies. *SEED* blockette 55.
    ResponseList(ResponseList),
    /// Input as a polynomial of the output. *SEED* blockette 62.
    Polynomial(Polynomial),
}

/// The variable in which poles and zeros are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PzDomain {
    /// Laplace, s = iω in rad/s. *SEED* type A.
    LaplaceRadians,
    /// Laplace, s = if in Hz. *SEED* type B.
    LaplaceHertz,
    /// z = e^{iω/rate}. *SEED* type D.
    DigitalZ,
}

/// Poles and zeros with their normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct PolesZeros {
    /// In which variable they are given.
    pub domain: PzDomain,
    /// A0: makes the gain one at the normalisation frequency.
    pub normalization_factor: f64,
    /// The frequency at which A0 holds, in Hz.
    pub normalization_frequency_hz: f64,
    /// Zeros, in the order of the file.
    pub zeros: Vec<Complex64>,
    /// Poles, in the order of the file.
    pub poles: Vec<Complex64>,
}

/// How coefficients are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoefficientsDomain {
    /// Polynomials in s, rad/s. *SEED* type A.
    AnalogRadians,
    /// Polynomials in s, Hz. *SEED* type B.
    AnalogHertz,
    /// Polynomials in z. *SEED* type D.
    Digital,
}

/// Coefficients of a filter: numerators alone make it transversal, with denominators it is
/// recursive.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    /// How they are to be read.
    pub domain: CoefficientsDomain,
    /// Numerators, in the order of the file.
    pub numerators: Vec<f64>,
    /// Denominators, in the order of the file; the first belongs to delay 0.
    pub denominators: Vec<f64>,
}

/// Which part of a FIR's coefficients is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FirSymmetry {
    /// All of them. *SEED* type A.
    #[default]
    None,
    /// The first half and the centre of an odd number. *SEED* type B.
    Odd,
    /// The first half of an even number. *SEED* type C.
    Even,
}

/// A finite impulse response.
#[derive(Debug, Clone, PartialEq)]
pub struct Fir {
    /// Which part of the coefficients is given.
    pub symmetry: FirSymmetry,
    /// The coefficients given, in the order of the file.
    pub coefficients: Vec<f64>,
}

/// One line of a response list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedResponse {
    /// Frequency in Hz.
    pub frequency_hz: f64,
    /// Amplitude.
    pub amplitude: f64,
    /// Phase in degrees.
    pub phase_deg: f64,
}

/// A response given as a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResponseList {
    /// The entries, in the order of the file.
    pub elements: Vec<ListedResponse>,
}

/// Input as a polynomial of the output: x = Σ cₖ yᵏ. *SEED* blockette 62.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polynomial {
    /// What goes in; only for the polynomial of a whole instrument (a stage's stands in its
    /// [`Filter`]).
    pub input_units: Option<UnitName>,
    /// What comes out; likewise.
    pub output_units: Option<UnitName>,
    /// Name in the file; likewise.
    pub name: Option<String>,
    /// The file's `resourceId`; likewise.
    pub resource_id: Option<String>,
    /// What the file says about it; likewise.
    pub description: Option<String>,
    /// Lower and upper bound of the frequencies in which it holds, in Hz.
    pub frequency_bounds_hz: Option<(f64, f64)>,
    /// Lower and upper bound of the approximation, in input units.
    pub approximation_bounds: Option<(f64, f64)>,
    /// Largest error of the approximation.
    pub maximum_error: Option<f64>,
    /// c₀, c₁, …
    pub coefficients: Vec<f64>,
}

/// Gain of a stage at one frequency. *SEED* blockette 58.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// Output units per input unit.
    pub value: f64,
    /// The frequency at which it holds, in Hz.
    pub frequency_hz: Option<f64>,
}

/// Decimation of a digital stage. *SEED* blockette 57.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Decimation {
    /// Sampling rate before decimation, in Hz.
    pub input_sample_rate_hz: Option<f64>,
    /// One sample of so many is kept.
    pub factor: Option<u32>,
    /// Which one.
    pub offset: Option<u32>,
    /// Estimated delay of the stage, in seconds.
    pub delay_s: Option<f64>,
    /// The part of the delay that the digitiser corrected in the time stamps, in seconds.
    pub correction_s: Option<f64>,
}
