//! The filters of stages.

use num_complex::Complex64;

use super::Parser;
use super::scalar::Unit;
use super::tag::Tag;
use crate::numbering::{Numbering, by_number};
use crate::{
    Coefficients, CoefficientsDomain, Consequence, Filter, FilterKind, Fir, FirSymmetry,
    ListedResponse, PolesZeros, Polynomial, ProblemKind, PzDomain, ResponseList, Result, Term,
    UnitName,
};

const BROKEN: Consequence = Consequence::ResponseBroken;

/// What all filters have. *StationXML 1.2*, `BaseFilterType`.
#[derive(Debug, Default)]
struct Head {
    input_units: Option<UnitName>,
    output_units: Option<UnitName>,
    name: Option<String>,
    resource_id: Option<String>,
    description: Option<String>,
}

impl Head {
    fn filter(self, kind: FilterKind) -> Filter {
        let Self { input_units, output_units, name, resource_id, description } = self;
        Filter { input_units, output_units, name, resource_id, description, kind }
    }
}

impl<'a> Parser<'a> {
    /// A filter; the outer `None` if the element is none, the inner if it is a broken one.
    #[expect(clippy::option_option, reason = "unknown and broken differ")]
    pub(super) fn filter(&mut self, tag: Tag<'a>) -> Result<Option<Option<Filter>>> {
        match tag.name {
            b"PolesZeros" => self.poles_zeros(tag).map(Some),
            b"Coefficients" => self.coefficients(tag).map(Some),
            b"FIR" => self.fir(tag).map(Some),
            b"ResponseList" => self.response_list(tag).map(Some),
            b"Polynomial" => {
                let mut head = self.head(tag)?;
                let polynomial = self.polynomial(tag, &mut head)?;
                Ok(Some(polynomial.map(|p| head.filter(FilterKind::Polynomial(p)))))
            }
            _ => Ok(None),
        }
    }

    /// The polynomial of a whole instrument, which carries its own units and names.
    pub(super) fn instrument_polynomial(&mut self, tag: Tag<'a>) -> Result<Option<Polynomial>> {
        let mut head = self.head(tag)?;
        let polynomial = self.polynomial(tag, &mut head)?;
        let Head { input_units, output_units, name, resource_id, description } = head;
        Ok(polynomial.map(|p| Polynomial {
            input_units,
            output_units,
            name,
            resource_id,
            description,
            ..p
        }))
    }

    fn head(&mut self, tag: Tag<'a>) -> Result<Head> {
        let mut head = Head::default();
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"name" => head.name = Some(self.attribute(value)?),
                b"resourceId" => head.resource_id = Some(self.attribute(value)?),
                _ => {}
            }
        }
        Ok(head)
    }

    fn head_child(&mut self, tag: Tag<'a>, head: &mut Head) -> Result<()> {
        match tag.name {
            b"Description" => once!(self, tag, head.description, self.some_string()?),
            b"InputUnits" => {
                let units = self.units()?;
                self.once(&mut head.input_units, units, tag, BROKEN, "InputUnits")?;
            }
            b"OutputUnits" => {
                let units = self.units()?;
                self.once(&mut head.output_units, units, tag, BROKEN, "OutputUnits")?;
            }
            _ => self.unknown(tag)?,
        }
        Ok(())
    }

    /// Notes that a part of the element that began at `tag` is missing, unless it was there and
    /// broken.
    fn require<T>(
        &mut self,
        value: Option<T>,
        seen: bool,
        tag: Tag<'a>,
        what: &'static str,
    ) -> Result<Option<T>> {
        if value.is_none() && !seen {
            self.problem_at(tag, ProblemKind::Missing, b"", what, BROKEN)?;
        }
        Ok(value)
    }

    /// A word of the standard, in any spelling that `known` accepts in lower case.
    fn word<T>(
        &mut self,
        known: fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>> {
        let text = self.text()?;
        let word = std::str::from_utf8(text.trim_ascii()).ok();
        let word = word.and_then(|w| known(&w.to_ascii_lowercase()));
        if word.is_none() {
            self.problem(ProblemKind::Word, &text, expected, BROKEN)?;
        }
        Ok(word)
    }

    /// The number that an entry of a list has among the others.
    fn entry_number(&mut self, tag: Tag<'a>, attribute: &[u8]) -> Result<Option<i64>> {
        for found in tag.attributes() {
            let (name, value) = self.well_formed(found)?;
            if name == attribute {
                return Ok(super::scalar::integer(value));
            }
        }
        Ok(None)
    }

    /// Notes numbers of the entries of a list, filter or polynomial that begins at `start`, that do
    /// not count up by one. `if_gap` is what comes of one that is missing or stands twice.
    fn check_numbers(
        &mut self,
        start: Tag<'a>,
        numbers: &[Option<i64>],
        if_permuted: Consequence,
        if_gap: Consequence,
    ) -> Result<Consequence> {
        let (position, consequence) = match Numbering::of(numbers) {
            Numbering::Counts => return Ok(Consequence::Kept),
            Numbering::Unusable => (0, Consequence::Kept),
            Numbering::Permuted => (0, if_permuted),
            Numbering::Gap(position) => (position, if_gap),
        };
        let number = numbers.get(position).copied().flatten();
        let found = number.map(|number| format!("number {number}")).unwrap_or_default();
        let expected = "entries whose numbers count up by one";
        let structure = ProblemKind::Structure;
        self.problem_at(start, structure, found.as_bytes(), expected, consequence)?;
        Ok(consequence)
    }

    fn poles_zeros(&mut self, start: Tag<'a>) -> Result<Option<Filter>> {
        let mut head = self.head(start)?;
        let (mut domain, mut factor, mut frequency) = (None, None, None);
        let mut seen = [false; 3];
        let (mut zeros, mut poles) = (Vec::new(), Vec::new());
        let mut positions = [Vec::new(), Vec::new()];
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Zero" => {
                    positions[0].push(self.entry_number(tag, b"number")?);
                    let n = zeros.len() as u32;
                    let terms = (Term::ZeroReal(n), Term::ZeroImaginary(n));
                    zeros.extend(self.root_of(tag, terms)?);
                }
                b"Pole" => {
                    positions[1].push(self.entry_number(tag, b"number")?);
                    let n = poles.len() as u32;
                    let terms = (Term::PoleReal(n), Term::PoleImaginary(n));
                    poles.extend(self.root_of(tag, terms)?);
                }
                b"PzTransferFunctionType" => {
                    seen[0] = true;
                    let expected = "LAPLACE (RADIANS/SECOND), LAPLACE (HERTZ) or \
                                    DIGITAL (Z-TRANSFORM)";
                    let word = self.word(pz_domain, expected)?;
                    self.once(&mut domain, word, tag, BROKEN, "PzTransferFunctionType")?;
                }
                b"NormalizationFactor" => {
                    seen[1] = true;
                    let value = self.normalization_factor()?;
                    self.once(&mut factor, value, tag, BROKEN, "NormalizationFactor")?;
                }
                b"NormalizationFrequency" => {
                    seen[2] = true;
                    let term = Term::NormalizationFrequency;
                    let value = self.term(tag, Some(Unit::Hertz), term)?;
                    self.once(&mut frequency, value, tag, BROKEN, "NormalizationFrequency")?;
                }
                _ => self.head_child(tag, &mut head)?,
            }
        }
        for positions in &positions {
            // Their order is of no matter.
            if Numbering::of(positions) != Numbering::Permuted {
                self.check_numbers(start, positions, Consequence::Kept, Consequence::Kept)?;
            }
        }
        let domain = self.require(domain, seen[0], start, "PzTransferFunctionType")?;
        let frequency = self.require(frequency, seen[2], start, "NormalizationFrequency")?;
        if factor.is_none() && !seen[1] {
            // By its definition, as ObsPy does; poles and zeros that leave none are broken.
            factor = domain.zip(frequency).and_then(|(domain, frequency_hz)| {
                crate::check::unit_gain_factor(domain, frequency_hz, &zeros, &poles)
            });
            let consequence = if factor.is_some() { Consequence::Computed } else { BROKEN };
            let missing = ProblemKind::Missing;
            self.problem_at(start, missing, b"", "NormalizationFactor", consequence)?;
        }
        let (Some(domain), Some(normalization_factor), Some(normalization_frequency_hz)) =
            (domain, factor, frequency)
        else {
            return Ok(None);
        };
        zeros.shrink_to_fit();
        poles.shrink_to_fit();
        Ok(Some(head.filter(FilterKind::PolesZeros(PolesZeros {
            domain,
            normalization_factor,
            normalization_frequency_hz,
            zeros,
            poles,
        }))))
    }

    /// A0. The schema gives an empty element the value 1.
    fn normalization_factor(&mut self) -> Result<Option<f64>> {
        let text = self.text()?;
        if text.trim_ascii().is_empty() {
            return Ok(Some(1.0));
        }
        let value = super::scalar::finite(&text);
        if value.is_none() {
            self.problem(ProblemKind::Number, &text, "a finite number", BROKEN)?;
        }
        Ok(value)
    }

    fn root_of(
        &mut self,
        start: Tag<'a>,
        (real_term, imaginary_term): (Term, Term),
    ) -> Result<Option<Complex64>> {
        let (mut real, mut imaginary) = (None, None);
        let mut seen = [false; 2];
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Real" => {
                    seen[0] = true;
                    let value = self.term(tag, None, real_term)?;
                    self.once(&mut real, value, tag, BROKEN, "Real")?;
                }
                b"Imaginary" => {
                    seen[1] = true;
                    let value = self.term(tag, None, imaginary_term)?;
                    self.once(&mut imaginary, value, tag, BROKEN, "Imaginary")?;
                }
                _ => self.unknown(tag)?,
            }
        }
        match seen {
            [true, true] => {}
            [false, false] => {
                let expected = "Real and Imaginary";
                self.problem_at(start, ProblemKind::Missing, b"", expected, BROKEN)?;
            }
            // As ObsPy reads it: who leaves one out means zero.
            [has_real, _] => {
                let expected = if has_real { "Imaginary" } else { "Real" };
                let zero = Consequence::TakenAsZero;
                self.problem_at(start, ProblemKind::Missing, b"", expected, zero)?;
                real = real.or((!has_real).then_some(0.0));
                imaginary = imaginary.or(has_real.then_some(0.0));
            }
        }
        Ok(real.zip(imaginary).map(|(re, im)| Complex64::new(re, im)))
    }

    fn coefficients(&mut self, start: Tag<'a>) -> Result<Option<Filter>> {
        let mut head = self.head(start)?;
        let (mut domain, mut seen) = (None, false);
        let mut denominators = Vec::new();
        let mut positions = [Vec::new(), Vec::new()];
        self.numbers.clear();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Numerator" => {
                    positions[0].push(self.entry_number(tag, b"number")?);
                    let term = Term::Numerator(self.numbers.len() as u32);
                    let value = self.term(tag, None, term)?;
                    self.numbers.extend(value);
                }
                b"Denominator" => {
                    positions[1].push(self.entry_number(tag, b"number")?);
                    let term = Term::Denominator(denominators.len() as u32);
                    denominators.extend(self.term(tag, None, term)?);
                }
                b"CfTransferFunctionType" => {
                    seen = true;
                    let expected = "ANALOG (RADIANS/SECOND), ANALOG (HERTZ) or DIGITAL";
                    let word = self.word(coefficients_domain, expected)?;
                    self.once(&mut domain, word, tag, BROKEN, "CfTransferFunctionType")?;
                }
                _ => self.head_child(tag, &mut head)?,
            }
        }
        denominators.shrink_to_fit();
        let numerators = self.numbers.as_slice().to_vec();
        for positions in &positions {
            self.check_numbers(start, positions, Consequence::Kept, Consequence::Kept)?;
        }
        let domain = self.require(domain, seen, start, "CfTransferFunctionType")?;
        Ok(domain.map(|domain| {
            let kind = Coefficients { domain, numerators, denominators };
            head.filter(FilterKind::Coefficients(kind))
        }))
    }

    fn fir(&mut self, start: Tag<'a>) -> Result<Option<Filter>> {
        let mut head = self.head(start)?;
        let (mut symmetry, mut seen, mut positions) = (None, false, Vec::new());
        self.numbers.clear();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"NumeratorCoefficient" => {
                    positions.push(self.entry_number(tag, b"i")?);
                    let term = Term::Numerator(self.numbers.len() as u32);
                    let value = self.term(tag, None, term)?;
                    self.numbers.extend(value);
                }
                b"Symmetry" => {
                    seen = true;
                    let word = self.word(fir_symmetry, "NONE, ODD or EVEN")?;
                    self.once(&mut symmetry, word, tag, BROKEN, "Symmetry")?;
                }
                _ => self.head_child(tag, &mut head)?,
            }
        }
        let coefficients = self.numbers.as_slice().to_vec();
        // As they are listed, as everybody reads them.
        self.check_numbers(start, &positions, Consequence::Kept, Consequence::Kept)?;
        let symmetry = self.require(symmetry, seen, start, "Symmetry")?;
        Ok(symmetry.map(|symmetry| head.filter(FilterKind::Fir(Fir { symmetry, coefficients }))))
    }

    fn response_list(&mut self, start: Tag<'a>) -> Result<Option<Filter>> {
        let mut head = self.head(start)?;
        let mut elements = Vec::new();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"ResponseListElement" => {
                    let n = elements.len() as u32;
                    elements.extend(self.listed(tag, n)?);
                }
                _ => self.head_child(tag, &mut head)?,
            }
        }
        elements.shrink_to_fit();
        Ok(Some(head.filter(FilterKind::ResponseList(ResponseList { elements }))))
    }

    fn listed(&mut self, start: Tag<'a>, n: u32) -> Result<Option<ListedResponse>> {
        let (mut frequency, mut amplitude, mut phase) = (None, None, None);
        let mut seen = [false; 3];
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Frequency" => {
                    seen[0] = true;
                    let value = self.term(tag, Some(Unit::Hertz), Term::ListFrequency(n))?;
                    self.once(&mut frequency, value, tag, BROKEN, "Frequency")?;
                }
                b"Amplitude" => {
                    seen[1] = true;
                    let value = self.term(tag, None, Term::ListAmplitude(n))?;
                    self.once(&mut amplitude, value, tag, BROKEN, "Amplitude")?;
                }
                b"Phase" => {
                    seen[2] = true;
                    let value = self.term(tag, Some(Unit::Degrees), Term::ListPhase(n))?;
                    self.once(&mut phase, value, tag, BROKEN, "Phase")?;
                }
                _ => self.unknown(tag)?,
            }
        }
        let frequency = self.require(frequency, seen[0], start, "Frequency")?;
        let amplitude = self.require(amplitude, seen[1], start, "Amplitude")?;
        let phase = self.require(phase, seen[2], start, "Phase")?;
        let listed = frequency.zip(amplitude).zip(phase);
        Ok(listed.map(|((frequency_hz, amplitude), phase_deg)| ListedResponse {
            frequency_hz,
            amplitude,
            phase_deg,
        }))
    }

    /// Puts coefficients, and their uncertainties, in the order of their numbers.
    fn order_polynomial(&mut self, numbers: &[Option<i64>]) {
        let order = by_number(numbers);
        let listed = std::mem::take(&mut self.numbers);
        self.numbers.extend(order.iter().filter_map(|position| listed.get(*position)));
        for uncertainty in &mut self.uncertainties {
            let Term::PolynomialCoefficient(listed) = uncertainty.of else { continue };
            if let Some(n) = order.iter().position(|position| *position == listed as usize) {
                uncertainty.of = Term::PolynomialCoefficient(n as u32);
            }
        }
    }

    /// A polynomial without its head.
    fn polynomial(&mut self, start: Tag<'a>, head: &mut Head) -> Result<Option<Polynomial>> {
        let left_out = Consequence::LeftOut;
        let (mut lower_hz, mut upper_hz, mut lower, mut upper) = (None, None, None, None);
        let (mut maximum_error, mut positions) = (None, Vec::new());
        self.numbers.clear();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Coefficient" => {
                    let term = Term::PolynomialCoefficient(self.numbers.len() as u32);
                    let position = self.entry_number(tag, b"number")?;
                    if let Some(value) = self.term(tag, None, term)? {
                        self.numbers.push(value);
                        positions.push(position);
                    }
                }
                b"ApproximationType" => {
                    self.word(|w| (w == "maclaurin").then_some(()), "MACLAURIN")?;
                }
                b"FrequencyLowerBound" => once!(
                    self,
                    tag,
                    lower_hz,
                    self.term(tag, Some(Unit::Hertz), Term::FrequencyLowerBound)?
                ),
                b"FrequencyUpperBound" => once!(
                    self,
                    tag,
                    upper_hz,
                    self.term(tag, Some(Unit::Hertz), Term::FrequencyUpperBound)?
                ),
                b"ApproximationLowerBound" => once!(self, tag, lower, self.number(left_out)?),
                b"ApproximationUpperBound" => once!(self, tag, upper, self.number(left_out)?),
                b"MaximumError" => once!(self, tag, maximum_error, self.number(left_out)?),
                _ => self.head_child(tag, head)?,
            }
        }
        for (a, b) in [(lower_hz, upper_hz), (lower, upper)] {
            if a.is_some() != b.is_some() {
                let missing = ProblemKind::Missing;
                let expected = "one of two bounds of the polynomial";
                self.problem_at(start, missing, b"", expected, left_out)?;
            }
        }
        // A coefficient belongs to the power of its number.
        if self.check_numbers(start, &positions, Consequence::Ordered, BROKEN)?
            == Consequence::Ordered
        {
            self.order_polynomial(&positions);
        }
        let coefficients = self.numbers.as_slice().to_vec();
        if coefficients.is_empty() {
            let expected = "Coefficient of the polynomial";
            self.problem_at(start, ProblemKind::Missing, b"", expected, BROKEN)?;
        }
        Ok(Some(Polynomial {
            frequency_bounds_hz: lower_hz.zip(upper_hz),
            approximation_bounds: lower.zip(upper),
            maximum_error,
            coefficients,
            ..Polynomial::default()
        }))
    }
}

/// As ObsPy reads it: the words may be abbreviated or differently spaced.
fn pz_domain(word: &str) -> Option<PzDomain> {
    if word.contains("laplace") && word.contains("radian") {
        Some(PzDomain::LaplaceRadians)
    } else if word.contains("laplace") && (word.contains("hertz") || word.contains("hz")) {
        Some(PzDomain::LaplaceHertz)
    } else if word.contains("digital") && !word.contains("laplace") {
        Some(PzDomain::DigitalZ)
    } else {
        None
    }
}

fn coefficients_domain(word: &str) -> Option<CoefficientsDomain> {
    if word.contains("analog") && word.contains("radian") {
        Some(CoefficientsDomain::AnalogRadians)
    } else if word.contains("analog") && (word.contains("hertz") || word.contains("hz")) {
        Some(CoefficientsDomain::AnalogHertz)
    } else if word.contains("digital") && !word.contains("analog") {
        Some(CoefficientsDomain::Digital)
    } else {
        None
    }
}

fn fir_symmetry(word: &str) -> Option<FirSymmetry> {
    match word {
        "none" => Some(FirSymmetry::None),
        "odd" => Some(FirSymmetry::Odd),
        "even" => Some(FirSymmetry::Even),
        _ => None,
    }
}
