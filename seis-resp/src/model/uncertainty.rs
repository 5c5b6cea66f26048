//! Uncertainties of the numbers of a response, kept apart from the numbers.

/// How uncertain one number of a response is. *StationXML 1.2*, attribute group
/// `uncertaintyDouble`.
///
/// Uncertainties are rare and never evaluated. They stand in a list beside the numbers
/// ([`Stage::uncertainties`](crate::Stage::uncertainties)), so that poles and coefficients stay
/// plain numbers in plain vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// The number that is uncertain.
    pub of: Term,
    /// How far the true value may lie above, in the unit of the number.
    pub plus: Option<f64>,
    /// How far the true value may lie below.
    pub minus: Option<f64>,
    /// How it was measured.
    pub method: Option<String>,
    /// The unit in which the file gives the number, where the schema leaves it open (amplitudes
    /// of a response list).
    pub unit: Option<String>,
}

/// One number of a stage. Indices count from 0 in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Term {
    /// The frequency at which A0 holds.
    NormalizationFrequency,
    /// Real part of a zero.
    ZeroReal(u32),
    /// Imaginary part of a zero.
    ZeroImaginary(u32),
    /// Real part of a pole.
    PoleReal(u32),
    /// Imaginary part of a pole.
    PoleImaginary(u32),
    /// A numerator of a coefficients filter.
    Numerator(u32),
    /// A denominator of a coefficients filter.
    Denominator(u32),
    /// A frequency of a response list.
    ListFrequency(u32),
    /// An amplitude of a response list.
    ListAmplitude(u32),
    /// A phase of a response list.
    ListPhase(u32),
    /// A coefficient of a polynomial.
    PolynomialCoefficient(u32),
    /// Lower bound of the frequencies in which a polynomial holds.
    FrequencyLowerBound,
    /// Upper bound of the frequencies in which a polynomial holds.
    FrequencyUpperBound,
    /// Sampling rate before decimation.
    InputSampleRate,
    /// Estimated delay.
    Delay,
    /// Corrected delay.
    Correction,
}
