//! One blockette of a response, understood.

use std::f64::consts::TAU;

use num_complex::Complex64;

use super::At;
use super::field::{self, Blockette, Field};
use super::notes::{BROKEN, Element, Notes};
use super::units::Units;
use crate::{
    Coefficients, CoefficientsDomain, Consequence, Decimation, Filter, FilterKind, Fir,
    FirSymmetry, Gain, ListedResponse, PolesZeros, Polynomial, Problem, ProblemKind, PzDomain,
    ResponseList, Result, Term, Uncertainty,
};

/// What one blockette says of a response.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The stage it belongs to; 0 is the whole. Of an entry of a dictionary it is set by whoever
    /// refers to it.
    pub(crate) stage: u32,
    pub(crate) kind: u16,
    pub(crate) at: At,
    pub(crate) content: Content,
    /// How many entries the lists of a filter are said to have that may go on in the next
    /// blockette.
    pub(crate) announced: [Option<u32>; 2],
    /// What makes it useless.
    pub(crate) fault: Option<Box<Problem>>,
}

/// What a blockette describes.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Filter(Box<Filter>, Vec<Uncertainty>),
    Decimation(Decimation),
    Gain(Gain),
    /// Corners and slopes, blockette 56.
    Generic,
    /// It could not be understood; `fault` says why.
    Nothing,
}

/// Reads the blockettes of responses.
#[derive(Debug)]
pub(crate) struct Reader<'n, 'd> {
    pub(crate) notes: &'n mut Notes,
    pub(crate) units: Units<'d>,
}

/// Whether a blockette is part of a response: 53 to 62 at a station, 41 to 48 in a dictionary.
pub(crate) fn is_part(kind: u16) -> bool {
    matches!(kind, 41..=48 | 53..=58 | 61 | 62)
}

impl Reader<'_, '_> {
    /// Reads a blockette for which [`is_part`] holds.
    ///
    /// The blockettes of a dictionary have the fields of those of a station behind a key and a
    /// name instead of the number of the stage.
    pub(crate) fn part(&mut self, b: &Blockette<'_>) -> Result<Part> {
        let in_dictionary = b.kind < 50;
        let kind = match b.kind {
            41 => 61,
            42 => 62,
            dictionary @ 43..=48 => dictionary + 10,
            station => station,
        };
        // By how much later a field stands in the dictionary.
        let later = u8::from(in_dictionary && kind != 61);
        // These have a type before the number of the stage.
        let typed = matches!(kind, 53 | 54 | 62);
        let stage = if in_dictionary {
            0
        } else {
            let number = if typed { 4 } else { 3 };
            let stage = field::count(b.text(number)).filter(|n| *n < 1000);
            if stage.is_none() {
                let expected = "the number of a stage";
                self.notes.in_field(b, number, ProblemKind::Number, expected, BROKEN)?;
            }
            stage.unwrap_or_default()
        };
        let letter = if typed { if in_dictionary { 5 } else { 3 } } else { 5 };
        let content = match kind {
            53 => self.poles_zeros(b, letter, later)?,
            54 => self.coefficients(b, letter, later)?,
            55 => self.response_list(b, later)?,
            56 => Content::Generic,
            57 => self.decimation(b, later)?,
            58 => self.gain(b, later)?,
            61 => self.fir(b, letter)?,
            62 => self.polynomial(b, letter, later)?,
            _ => Content::Nothing,
        };
        if in_dictionary && matches!(content, Content::Decimation(_) | Content::Gain(_)) {
            self.notes.ignore_field(b, 4, &[]);
        }
        let counters = match kind {
            54 => [7 + later, 10 + later],
            55 => [6 + later, 0],
            61 => [8, 0],
            _ => [0, 0],
        };
        let announced = counters.map(|number| match number {
            0 => Some(0),
            number => field::count(b.text(number)),
        });
        let fault = self.notes.take_fault();
        Ok(Part { stage, kind, at: b.at, content, announced, fault })
    }

    /// A number that a computation needs.
    fn number(&mut self, b: &Blockette<'_>, number: u8, what: &'static str) -> Result<f64> {
        self.cell(b, number, b.field(number), what)
    }

    fn cell(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        cell: Option<&Field<'_>>,
        what: &'static str,
    ) -> Result<f64> {
        match cell.and_then(|f| field::number(f.text)) {
            Some(x) => Ok(x),
            None => {
                let (at, text) = cell.map_or((b.at, &b""[..]), |f| (f.at, f.text));
                let kind = if text.is_empty() { ProblemKind::Missing } else { ProblemKind::Number };
                self.notes.problem(at, Element(b.kind, number), kind, text, what, BROKEN)?;
                Ok(0.0)
            }
        }
    }

    /// A number that may be missing, but if it is there must be one.
    fn optional(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        what: &'static str,
        consequence: Consequence,
    ) -> Result<Option<f64>> {
        let text = b.text(number);
        if text.is_empty() {
            let missing = ProblemKind::Missing;
            self.notes.in_field(b, number, missing, what, Consequence::LeftOut)?;
            return Ok(None);
        }
        let value = field::number(text);
        if value.is_none() {
            self.notes.in_field(b, number, ProblemKind::Number, what, consequence)?;
        }
        Ok(value)
    }

    /// Checks how many entries a list has that cannot go on in another blockette. Roots that are
    /// lost are not made up.
    fn check_count(&mut self, b: &Blockette<'_>, number: u8, rows: usize) -> Result<()> {
        if field::count(b.text(number)).is_some_and(|n| n as usize == rows) {
            return Ok(());
        }
        let expected = "as many entries as the list has";
        self.notes.in_field(b, number, ProblemKind::Count, expected, BROKEN)
    }

    /// The uncertainty of a number; none if it is missing or zero.
    fn error(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        cell: Option<&Field<'_>>,
        of: Term,
        all: &mut Vec<Uncertainty>,
    ) -> Result<()> {
        let Some(cell) = cell.filter(|f| !f.text.is_empty()) else { return Ok(()) };
        match field::number(cell.text) {
            Some(0.0) => {}
            Some(error) => all.push(Uncertainty {
                of,
                plus: Some(error),
                minus: Some(error),
                method: None,
                unit: None,
            }),
            None => self.notes.problem(
                cell.at,
                Element(b.kind, number),
                ProblemKind::Number,
                cell.text,
                "the error of a number",
                Consequence::LeftOut,
            )?,
        }
        Ok(())
    }

    fn letter(&mut self, b: &Blockette<'_>, number: u8) -> u8 {
        // RESP files write `A [Laplace Transform (Rad/sec)]`.
        b.text(number).first().copied().unwrap_or_default().to_ascii_uppercase()
    }

    fn filter(
        &mut self,
        b: &Blockette<'_>,
        input: u8,
        name: bool,
        kind: FilterKind,
    ) -> Result<Box<Filter>> {
        let name = Some(field::string(b.text(4))).filter(|text| name && !text.is_empty());
        Ok(Box::new(Filter {
            input_units: self.units.get(b, input, self.notes)?,
            output_units: self.units.get(b, input + 1, self.notes)?,
            name,
            resource_id: None,
            description: None,
            kind,
        }))
    }

    fn poles_zeros(&mut self, b: &Blockette<'_>, letter: u8, later: u8) -> Result<Content> {
        let domain = match self.letter(b, letter) {
            b'A' => Some(PzDomain::LaplaceRadians),
            b'B' => Some(PzDomain::LaplaceHertz),
            b'D' => Some(PzDomain::DigitalZ),
            _ => {
                let expected = "a transfer function of type A, B or D";
                self.notes.in_field(b, letter, ProblemKind::Word, expected, BROKEN)?;
                None
            }
        };
        let normalization_factor = self.number(b, 7 + later, "the normalisation factor A0")?;
        let normalization_frequency_hz =
            self.number(b, 8 + later, "the normalisation frequency")?;
        let mut errors = Vec::new();
        let zeros =
            self.roots(b, 10 + later, [Term::ZeroReal, Term::ZeroImaginary], &mut errors)?;
        let poles =
            self.roots(b, 15 + later, [Term::PoleReal, Term::PoleImaginary], &mut errors)?;
        self.check_count(b, 9 + later, zeros.len())?;
        self.check_count(b, 14 + later, poles.len())?;
        let Some(domain) = domain else { return Ok(Content::Nothing) };
        let kind = FilterKind::PolesZeros(PolesZeros {
            domain,
            normalization_factor,
            normalization_frequency_hz,
            zeros,
            poles,
        });
        Ok(Content::Filter(self.filter(b, 5 + later, later > 0, kind)?, errors))
    }

    fn roots(
        &mut self,
        b: &Blockette<'_>,
        first: u8,
        terms: [fn(u32) -> Term; 2],
        errors: &mut Vec<Uncertainty>,
    ) -> Result<Vec<Complex64>> {
        let mut roots = Vec::new();
        for [re, im, re_error, im_error] in b.rows::<4>(first) {
            let n = roots.len() as u32;
            let [re_term, im_term] = terms;
            let re = self.cell(b, first, re, "the real part of a pole or zero")?;
            let im = self.cell(b, first + 1, im, "the imaginary part of a pole or zero")?;
            self.error(b, first + 2, re_error, re_term(n), errors)?;
            self.error(b, first + 3, im_error, im_term(n), errors)?;
            roots.push(Complex64::new(re, im));
        }
        Ok(roots)
    }

    fn coefficients(&mut self, b: &Blockette<'_>, letter: u8, later: u8) -> Result<Content> {
        let domain = match self.letter(b, letter) {
            b'A' => Some(CoefficientsDomain::AnalogRadians),
            b'B' => Some(CoefficientsDomain::AnalogHertz),
            b'D' => Some(CoefficientsDomain::Digital),
            _ => {
                let expected = "coefficients of type A, B or D";
                self.notes.in_field(b, letter, ProblemKind::Word, expected, BROKEN)?;
                None
            }
        };
        let mut errors = Vec::new();
        let numerators = self.series(b, 8 + later, Term::Numerator, &mut errors)?;
        let denominators = self.series(b, 11 + later, Term::Denominator, &mut errors)?;
        let Some(domain) = domain else { return Ok(Content::Nothing) };
        let kind = FilterKind::Coefficients(Coefficients { domain, numerators, denominators });
        Ok(Content::Filter(self.filter(b, 5 + later, later > 0, kind)?, errors))
    }

    /// Coefficients, each with its error.
    fn series(
        &mut self,
        b: &Blockette<'_>,
        first: u8,
        term: fn(u32) -> Term,
        errors: &mut Vec<Uncertainty>,
    ) -> Result<Vec<f64>> {
        let mut series = Vec::new();
        for [coefficient, error] in b.rows::<2>(first) {
            self.error(b, first + 1, error, term(series.len() as u32), errors)?;
            series.push(self.cell(b, first, coefficient, "a coefficient")?);
        }
        Ok(series)
    }

    fn response_list(&mut self, b: &Blockette<'_>, later: u8) -> Result<Content> {
        let first = 7 + later;
        let (mut elements, mut errors) = (Vec::new(), Vec::new());
        for [frequency, amplitude, amplitude_error, phase, phase_error] in b.rows::<5>(first) {
            let n = elements.len() as u32;
            self.error(b, first + 2, amplitude_error, Term::ListAmplitude(n), &mut errors)?;
            self.error(b, first + 4, phase_error, Term::ListPhase(n), &mut errors)?;
            elements.push(ListedResponse {
                frequency_hz: self.cell(b, first, frequency, "a frequency")?,
                amplitude: self.cell(b, first + 1, amplitude, "an amplitude")?,
                phase_deg: self.cell(b, first + 3, phase, "a phase in degrees")?,
            });
        }
        let kind = FilterKind::ResponseList(ResponseList { elements });
        Ok(Content::Filter(self.filter(b, 4 + later, later > 0, kind)?, errors))
    }

    fn fir(&mut self, b: &Blockette<'_>, letter: u8) -> Result<Content> {
        let symmetry = match self.letter(b, letter) {
            b'A' => Some(FirSymmetry::None),
            b'B' => Some(FirSymmetry::Odd),
            b'C' => Some(FirSymmetry::Even),
            _ => {
                let expected = "a symmetry A, B or C";
                self.notes.in_field(b, letter, ProblemKind::Word, expected, BROKEN)?;
                None
            }
        };
        let mut coefficients = Vec::new();
        for [coefficient] in b.rows::<1>(9) {
            coefficients.push(self.cell(b, 9, coefficient, "a coefficient")?);
        }
        let Some(symmetry) = symmetry else { return Ok(Content::Nothing) };
        let kind = FilterKind::Fir(Fir { symmetry, coefficients });
        Ok(Content::Filter(self.filter(b, 6, true, kind)?, Vec::new()))
    }

    fn polynomial(&mut self, b: &Blockette<'_>, letter: u8, later: u8) -> Result<Content> {
        if self.letter(b, letter) != b'P' {
            let expected = "a transfer function of type P";
            self.notes.in_field(b, letter, ProblemKind::Word, expected, BROKEN)?;
        }
        if self.letter(b, 7 + later) != b'M' {
            let expected = "a MacLaurin series, M: SEED knows no other";
            self.notes.in_field(b, 7 + later, ProblemKind::Word, expected, BROKEN)?;
        }
        let per_hertz = match self.letter(b, 8 + later) {
            b'A' => TAU,
            b'B' | 0 => 1.0,
            _ => {
                let expected = "frequencies in A, rad/s, or B, Hz";
                let left_out = Consequence::LeftOut;
                self.notes.in_field(b, 8 + later, ProblemKind::Word, expected, left_out)?;
                f64::NAN
            }
        };
        let left_out = Consequence::LeftOut;
        let mut bound = |number: u8| self.optional(b, number + later, "a bound", left_out);
        let frequencies = bound(9)?.zip(bound(10)?);
        let approximation = bound(11)?.zip(bound(12)?);
        let maximum_error = bound(13)?;
        let mut errors = Vec::new();
        let coefficients = self.series(b, 15 + later, Term::PolynomialCoefficient, &mut errors)?;
        self.check_count(b, 14 + later, coefficients.len())?;
        let kind = FilterKind::Polynomial(Polynomial {
            frequency_bounds_hz: frequencies
                .filter(|_| !per_hertz.is_nan())
                .map(|(low, high)| (low / per_hertz, high / per_hertz)),
            approximation_bounds: approximation,
            maximum_error,
            coefficients,
            ..Polynomial::default()
        });
        Ok(Content::Filter(self.filter(b, 5 + later, later > 0, kind)?, errors))
    }

    fn decimation(&mut self, b: &Blockette<'_>, later: u8) -> Result<Content> {
        let rate = self.optional(b, 4 + later, "the input sample rate", BROKEN)?;
        let factor = self.whole(b, 5 + later, "the decimation factor", BROKEN)?;
        let offset = self.whole(b, 6 + later, "the decimation offset", Consequence::LeftOut)?;
        Ok(Content::Decimation(Decimation {
            input_sample_rate_hz: rate,
            factor,
            offset,
            delay_s: self.optional(b, 7 + later, "the estimated delay", BROKEN)?,
            correction_s: self.optional(b, 8 + later, "the correction applied", BROKEN)?,
        }))
    }

    fn whole(
        &mut self,
        b: &Blockette<'_>,
        number: u8,
        what: &'static str,
        consequence: Consequence,
    ) -> Result<Option<u32>> {
        let value = field::count(b.text(number));
        if value.is_none() {
            let consequence =
                if b.text(number).is_empty() { Consequence::LeftOut } else { consequence };
            self.notes.in_field(b, number, ProblemKind::Number, what, consequence)?;
        }
        Ok(value)
    }

    fn gain(&mut self, b: &Blockette<'_>, later: u8) -> Result<Content> {
        let value = self.number(b, 4 + later, "the gain or sensitivity")?;
        let frequency_hz = self.optional(b, 5 + later, "the frequency of the gain", BROKEN)?;
        for _ in b.rows::<3>(7 + later) {
            self.notes.ignore(format_args!("{} calibration", Element(b.kind, 7 + later)));
        }
        Ok(Content::Gain(Gain { value, frequency_hz }))
    }
}
