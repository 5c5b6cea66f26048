//! Responses, stages and filters.

use std::collections::HashMap;

use super::check::PHASE;
use super::{SchemaVersion, Writer, xml};
use crate::{
    Coefficients, CoefficientsDomain, Decimation, Filter, FilterKind, FirSymmetry, Gain,
    PolesZeros, Polynomial, PzDomain, Response, ResponseList, Result, Sensitivity, Stage, Term,
    Uncertainty, UnitName,
};

/// Uncertainties by the number they belong to.
type Uncertainties<'a> = HashMap<Term, &'a Uncertainty>;

fn by_term(list: &[Uncertainty]) -> Uncertainties<'_> {
    list.iter().map(|u| (u.of, u)).collect()
}

/// What all filters have.
#[derive(Clone, Copy)]
struct Head<'a> {
    input_units: Option<&'a UnitName>,
    output_units: Option<&'a UnitName>,
    name: Option<&'a str>,
    resource_id: Option<&'a str>,
    description: Option<&'a str>,
}

impl Writer {
    pub(super) fn response(&mut self, response: &Response) -> Result<()> {
        self.xml.open("Response");
        self.attribute("resourceId", response.resource_id.as_deref())?;
        if response.sensitivity.is_some() && response.polynomial.is_some() {
            self.refuse("a response with both a sensitivity and a polynomial")?;
        }
        if let Some(sensitivity) = &response.sensitivity {
            self.sensitivity(sensitivity)?;
        }
        if let Some(polynomial) = &response.polynomial {
            let head = Head {
                input_units: polynomial.input_units.as_ref(),
                output_units: polynomial.output_units.as_ref(),
                name: polynomial.name.as_deref(),
                resource_id: polynomial.resource_id.as_deref(),
                description: polynomial.description.as_deref(),
            };
            self.head("InstrumentPolynomial", &head)?;
            self.polynomial(polynomial, &by_term(&response.uncertainties))?;
            self.xml.close();
        }
        for stage in &response.stages {
            self.stage(stage)?;
        }
        self.xml.close();
        Ok(())
    }

    fn number(&mut self, name: &'static str, x: f64) -> Result<()> {
        self.finite(x, name)?;
        self.xml.leaf(name, &xml::number(x));
        Ok(())
    }

    fn term(
        &mut self,
        name: &'static str,
        x: f64,
        of: Term,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        self.finite(x, name)?;
        self.xml.open(name);
        if let Some(Uncertainty { of: _, plus, minus, method, unit }) = uncertainties.get(&of) {
            self.attribute("unit", unit.as_deref())?;
            for (name, bound) in [("plusError", plus), ("minusError", minus)] {
                if let Some(bound) = bound {
                    self.finite(*bound, name)?;
                    self.xml.attribute(name, &xml::number(*bound));
                }
            }
            self.since_1_1(method.is_some(), "measurementMethod")?;
            self.attribute("measurementMethod", method.as_deref())?;
        }
        self.xml.close_with(&xml::number(x));
        Ok(())
    }

    /// Both units. The schema asks for them; a missing one gets an empty name, as data centres
    /// write it, and is read back as missing.
    fn both_units(&mut self, input: Option<&UnitName>, output: Option<&UnitName>) -> Result<()> {
        let unnamed = UnitName::default();
        self.units("InputUnits", Some(input.unwrap_or(&unnamed)))?;
        self.units("OutputUnits", Some(output.unwrap_or(&unnamed)))
    }

    fn sensitivity(&mut self, sensitivity: &Sensitivity) -> Result<()> {
        self.xml.open("InstrumentSensitivity");
        let Sensitivity { value, frequency_hz, input_units, output_units, band } = sensitivity;
        self.number("Value", *value)?;
        self.require(frequency_hz.as_ref(), "Frequency of InstrumentSensitivity")?;
        if let Some(frequency) = frequency_hz {
            self.number("Frequency", *frequency)?;
        }
        self.both_units(input_units.as_ref(), output_units.as_ref())?;
        if let Some(band) = band {
            self.number("FrequencyStart", band.start_hz)?;
            self.number("FrequencyEnd", band.end_hz)?;
            self.number("FrequencyDBVariation", band.variation_db)?;
        }
        self.xml.close();
        Ok(())
    }

    fn stage(&mut self, stage: &Stage) -> Result<()> {
        let Stage { number, filter, decimation, gain, resource_id, uncertainties } = stage;
        let uncertainties = by_term(uncertainties);
        self.xml.open("Stage");
        self.xml.attribute("number", &number.to_string());
        self.attribute("resourceId", resource_id.as_deref())?;
        let is_polynomial =
            matches!(filter.as_ref().map(|f| &f.kind), Some(FilterKind::Polynomial(_)));
        let gain_forbidden = is_polynomial && self.version > SchemaVersion::V1_0;
        if gain_forbidden && (gain.is_some() || decimation.is_some()) {
            self.refuse(format!(
                "the polynomial stage {number} has a gain or decimation, which only \
                 StationXML 1.0 allows"
            ))?;
        }
        if !gain_forbidden {
            self.require(gain.as_ref(), &format!("StageGain of stage {number}"))?;
        }
        if let Some(filter) = filter {
            self.filter(filter, &uncertainties)?;
        }
        if let Some(decimation) = decimation {
            self.decimation(decimation, &uncertainties)?;
        }
        if let Some(Gain { value, frequency_hz }) = gain {
            self.xml.open("StageGain");
            self.number("Value", *value)?;
            self.require(frequency_hz.as_ref(), "Frequency of StageGain")?;
            if let Some(frequency) = frequency_hz {
                self.number("Frequency", *frequency)?;
            }
            self.xml.close();
        }
        self.xml.close();
        Ok(())
    }

    fn decimation(
        &mut self,
        decimation: &Decimation,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        self.xml.open("Decimation");
        let Decimation { input_sample_rate_hz, factor, offset, delay_s, correction_s } = decimation;
        self.require(input_sample_rate_hz.as_ref(), "InputSampleRate")?;
        if let Some(rate) = input_sample_rate_hz {
            self.term("InputSampleRate", *rate, Term::InputSampleRate, uncertainties)?;
        }
        for (name, value) in [("Factor", factor), ("Offset", offset)] {
            self.require(value.as_ref(), name)?;
            self.count(name, value.map(u64::from));
        }
        for (name, value, term) in
            [("Delay", delay_s, Term::Delay), ("Correction", correction_s, Term::Correction)]
        {
            self.require(value.as_ref(), name)?;
            if let Some(value) = value {
                self.term(name, *value, term, uncertainties)?;
            }
        }
        self.xml.close();
        Ok(())
    }

    /// Opens a filter.
    fn head(&mut self, element: &'static str, head: &Head<'_>) -> Result<()> {
        self.xml.open(element);
        self.attribute("name", head.name)?;
        self.attribute("resourceId", head.resource_id)?;
        self.leaf("Description", head.description)?;
        self.both_units(head.input_units, head.output_units)
    }

    fn filter(&mut self, filter: &Filter, uncertainties: &Uncertainties<'_>) -> Result<()> {
        let Filter { input_units, output_units, name, resource_id, description, kind } = filter;
        let head = Head {
            input_units: input_units.as_ref(),
            output_units: output_units.as_ref(),
            name: name.as_deref(),
            resource_id: resource_id.as_deref(),
            description: description.as_deref(),
        };
        match kind {
            FilterKind::PolesZeros(f) => {
                self.head("PolesZeros", &head)?;
                self.poles_zeros(f, uncertainties)?;
            }
            FilterKind::Coefficients(f) => {
                self.head("Coefficients", &head)?;
                self.coefficients(f, uncertainties)?;
            }
            FilterKind::Fir(f) => {
                self.head("FIR", &head)?;
                let symmetry = match f.symmetry {
                    FirSymmetry::None => "NONE",
                    FirSymmetry::Odd => "ODD",
                    FirSymmetry::Even => "EVEN",
                };
                self.xml.leaf("Symmetry", symmetry);
                for x in &f.coefficients {
                    self.number("NumeratorCoefficient", *x)?;
                }
            }
            FilterKind::ResponseList(f) => {
                self.head("ResponseList", &head)?;
                self.response_list(f, uncertainties)?;
            }
            FilterKind::Polynomial(f) => {
                self.head("Polynomial", &head)?;
                self.polynomial(f, uncertainties)?;
            }
        }
        self.xml.close();
        Ok(())
    }

    fn poles_zeros(
        &mut self,
        filter: &PolesZeros,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        let domain = match filter.domain {
            PzDomain::LaplaceRadians => "LAPLACE (RADIANS/SECOND)",
            PzDomain::LaplaceHertz => "LAPLACE (HERTZ)",
            PzDomain::DigitalZ => "DIGITAL (Z-TRANSFORM)",
        };
        self.xml.leaf("PzTransferFunctionType", domain);
        self.number("NormalizationFactor", filter.normalization_factor)?;
        let (frequency, term) = (filter.normalization_frequency_hz, Term::NormalizationFrequency);
        self.term("NormalizationFrequency", frequency, term, uncertainties)?;
        type Parts = (fn(u32) -> Term, fn(u32) -> Term);
        let zeros: Parts = (Term::ZeroReal, Term::ZeroImaginary);
        let poles: Parts = (Term::PoleReal, Term::PoleImaginary);
        for (name, roots, (real, imaginary)) in
            [("Zero", &filter.zeros, zeros), ("Pole", &filter.poles, poles)]
        {
            for (n, root) in (0_u32..).zip(roots) {
                self.xml.open(name);
                self.xml.attribute("number", &n.to_string());
                self.term("Real", root.re, real(n), uncertainties)?;
                self.term("Imaginary", root.im, imaginary(n), uncertainties)?;
                self.xml.close();
            }
        }
        Ok(())
    }

    fn coefficients(
        &mut self,
        filter: &Coefficients,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        let domain = match filter.domain {
            CoefficientsDomain::AnalogRadians => "ANALOG (RADIANS/SECOND)",
            CoefficientsDomain::AnalogHertz => "ANALOG (HERTZ)",
            CoefficientsDomain::Digital => "DIGITAL",
        };
        self.xml.leaf("CfTransferFunctionType", domain);
        for (n, x) in (0_u32..).zip(&filter.numerators) {
            self.term("Numerator", *x, Term::Numerator(n), uncertainties)?;
        }
        for (n, x) in (0_u32..).zip(&filter.denominators) {
            self.term("Denominator", *x, Term::Denominator(n), uncertainties)?;
        }
        Ok(())
    }

    fn response_list(
        &mut self,
        filter: &ResponseList,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        for (n, element) in (0_u32..).zip(&filter.elements) {
            self.xml.open("ResponseListElement");
            let (frequency, amplitude) = (element.frequency_hz, element.amplitude);
            self.term("Frequency", frequency, Term::ListFrequency(n), uncertainties)?;
            self.term("Amplitude", amplitude, Term::ListAmplitude(n), uncertainties)?;
            self.range(Some(&element.phase_deg.into()), &PHASE)?;
            self.term("Phase", element.phase_deg, Term::ListPhase(n), uncertainties)?;
            self.xml.close();
        }
        Ok(())
    }

    /// A polynomial behind its head.
    fn polynomial(
        &mut self,
        polynomial: &Polynomial,
        uncertainties: &Uncertainties<'_>,
    ) -> Result<()> {
        self.xml.leaf("ApproximationType", "MACLAURIN");
        self.require(polynomial.frequency_bounds_hz.as_ref(), "FrequencyLowerBound")?;
        if let Some((lower, upper)) = polynomial.frequency_bounds_hz {
            let (low, high) = (Term::FrequencyLowerBound, Term::FrequencyUpperBound);
            self.term("FrequencyLowerBound", lower, low, uncertainties)?;
            self.term("FrequencyUpperBound", upper, high, uncertainties)?;
        }
        self.require(polynomial.approximation_bounds.as_ref(), "ApproximationLowerBound")?;
        if let Some((lower, upper)) = polynomial.approximation_bounds {
            self.number("ApproximationLowerBound", lower)?;
            self.number("ApproximationUpperBound", upper)?;
        }
        self.require(polynomial.maximum_error.as_ref(), "MaximumError")?;
        if let Some(error) = polynomial.maximum_error {
            self.number("MaximumError", error)?;
        }
        self.require(polynomial.coefficients.first(), "Coefficient of a polynomial")?;
        for (n, x) in (0_u32..).zip(&polynomial.coefficients) {
            self.term("Coefficient", *x, Term::PolynomialCoefficient(n), uncertainties)?;
        }
        Ok(())
    }
}
