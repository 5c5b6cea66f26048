//! One response of a pole-zero file.

use num_complex::Complex64;

use super::header::Key;
use crate::seed::{At, Notes, count, number, parse_time, sensor};
use crate::{
    Channel, ChannelResponse, Comment, Consequence, Filter, FilterKind, Gain, Measured, PolesZeros,
    ProblemKind, PzDomain, Response, Result, Sensitivity, Stage, UnitName,
};
use seis_core::{Code, UtcTime};

/// More roots in the origin than this are no instrument's, but a broken count.
const MAX_IMPLIED: usize = 64;

/// By how much the constant may be off what comments tell of it: they are rounded, and A0 may hold
/// at another frequency than the sensitivity.
const TOLERANCE: f64 = 0.05;

/// Poles or zeros.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// How many the keyword announces.
    announced: usize,
    listed: Vec<Complex64>,
    at: Option<At>,
}

/// A response as it is read.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) network: Option<String>,
    pub(super) station: Option<String>,
    pub(super) site: String,
    pub(super) channel: Channel,
    has_location: bool,
    has_channel: bool,
    input: Option<UnitName>,
    output: Option<UnitName>,
    zeros: Roots,
    poles: Roots,
    constant: Option<f64>,
    constant_at: Option<At>,
    /// What comments say of the constant: sensitivity and A0.
    told: [Option<f64>; 2],
    /// Whether dips are counted from the vertical.
    pub(super) from_vertical: bool,
    at: Option<At>,
    pub(super) created: Option<UtcTime>,
}

/// What lines are read into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Zeros,
    Poles,
    Constant,
}

impl Keyword {
    /// The keyword that a line begins with, and the rest of the line.
    pub(super) fn of(line: &[u8]) -> Option<(Self, &[u8])> {
        for (name, keyword) in
            [(&b"ZEROS"[..], Self::Zeros), (b"POLES", Self::Poles), (b"CONSTANT", Self::Constant)]
        {
            let Some((start, rest)) = line.split_at_checked(name.len()) else { continue };
            let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
            if ends && start.eq_ignore_ascii_case(name) {
                return Some((keyword, rest.trim_ascii()));
            }
        }
        None
    }

    fn name(self) -> &'static str {
        match self {
            Self::Zeros => "ZEROS",
            Self::Poles => "POLES",
            Self::Constant => "CONSTANT",
        }
    }
}

impl Entry {
    /// Whether there is anything of a response in it.
    pub(super) fn has_response(&self) -> bool {
        self.zeros.at.is_some() || self.poles.at.is_some() || self.constant.is_some()
    }

    /// Whether a keyword stood already, so that another begins another response.
    pub(super) fn has(&self, keyword: Keyword) -> bool {
        match keyword {
            Keyword::Zeros => self.zeros.at.is_some(),
            Keyword::Poles => self.poles.at.is_some(),
            Keyword::Constant => self.constant.is_some(),
        }
    }

    /// Whether a last line, behind which no new line begins, is a constant that is whole all the
    /// same, behind poles and zeros: as C prints numbers, with an exponent of a sign and two digits.
    /// Three digits begin at 1e100, which is no instrument's.
    pub(super) fn ends_with(&self, line: &[u8]) -> bool {
        let Some((Keyword::Constant, value)) = Keyword::of(line) else { return false };
        let roots = self.zeros.at.is_some() && self.poles.at.is_some();
        roots
            && matches!(value, [.., b'e' | b'E', b'+' | b'-', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
    }

    /// A comment that tells something.
    pub(super) fn tell(
        &mut self,
        key: Key,
        name: &'static str,
        value: &str,
        at: At,
        notes: &mut Notes,
    ) -> Result<()> {
        self.at.get_or_insert(at);
        let channel = &mut self.channel;
        match key {
            Key::Network => self.network = Some(code(value, name, at, notes)?),
            Key::Station => self.station = Some(code(value, name, at, notes)?),
            Key::Location => {
                let value = if matches!(value, "--" | "??") { "" } else { value };
                channel.location = code(value, name, at, notes)?;
                self.has_location = true;
            }
            Key::Channel => {
                channel.code = code(value, name, at, notes)?;
                self.has_channel = true;
            }
            Key::Created => self.created = parse_date(value),
            Key::Start => {
                let (start, unreadable) = date(value, name, at, notes)?;
                (channel.epoch.start, channel.info.unreadable_start) = (start, unreadable);
            }
            Key::End => {
                let (end, unreadable) = date(value, name, at, notes)?;
                (channel.epoch.end, channel.info.unreadable_end) = (end, unreadable);
            }
            Key::Description => value.clone_into(&mut self.site),
            Key::Latitude => channel.latitude = measured(value, name, at, notes)?,
            Key::Longitude => channel.longitude = measured(value, name, at, notes)?,
            Key::Elevation => channel.elevation = measured(value, name, at, notes)?,
            Key::Depth => channel.depth = measured(value, name, at, notes)?,
            Key::Dip => {
                let dip = measured(value, name, at, notes)?;
                let from_vertical = self.from_vertical && name == "DIP";
                channel.dip = dip
                    .map(|dip| if from_vertical { Measured::from(dip.value - 90.0) } else { dip });
            }
            Key::Azimuth => channel.azimuth = measured(value, name, at, notes)?,
            Key::SampleRate => channel.sample_rate = measured(value, name, at, notes)?,
            Key::InputUnit => self.input = unit(value),
            Key::OutputUnit => self.output = unit(value),
            Key::Instrument if !value.is_empty() => {
                channel.sensor = Some(sensor(value.to_owned()));
            }
            // `8.115480e+08 (M/S)`
            Key::Sensitivity => {
                self.told[0] = first_number(value);
                notes.ignore(name);
            }
            Key::NormalizationFactor => {
                self.told[1] = first_number(value);
                notes.ignore(name);
            }
            Key::Comment if !value.is_empty() => {
                let value = value.to_owned();
                channel.info.comments.push(Comment { value, ..Comment::default() });
            }
            Key::Other if !value.is_empty() => notes.ignore(name),
            Key::Instrument | Key::Comment | Key::Other => {}
        }
        Ok(())
    }

    /// A line with a keyword.
    pub(super) fn keyword(
        &mut self,
        keyword: Keyword,
        value: &[u8],
        at: At,
        notes: &mut Notes,
    ) -> Result<()> {
        self.at.get_or_insert(at);
        let word = value.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let roots = match keyword {
            Keyword::Zeros => &mut self.zeros,
            Keyword::Poles => &mut self.poles,
            Keyword::Constant => {
                self.constant_at = Some(at);
                self.constant = number(word);
                if self.constant.is_none() {
                    self.constant = Some(0.0);
                    return broken(notes, at, keyword, word, "a finite constant");
                }
                return Ok(());
            }
        };
        roots.at = Some(at);
        match count(word) {
            Some(announced) => roots.announced = announced as usize,
            None => broken(notes, at, keyword, word, "how many there are")?,
        }
        Ok(())
    }

    /// A line with a root.
    pub(super) fn root(
        &mut self,
        keyword: Keyword,
        line: &[u8],
        at: At,
        notes: &mut Notes,
    ) -> Result<()> {
        let roots = match keyword {
            Keyword::Zeros => &mut self.zeros,
            Keyword::Poles => &mut self.poles,
            Keyword::Constant => return unexpected(notes, at, line),
        };
        let mut words =
            line.split(|b| b.is_ascii_whitespace() || *b == b',').filter(|word| !word.is_empty());
        let re = words.next().and_then(number);
        let second = words.next();
        let im = second.map_or(Some(0.0), number);
        match (re, im, words.next()) {
            (Some(re), Some(im), None) if roots.listed.len() < roots.announced => {
                roots.listed.push(Complex64::new(re, im));
                if second.is_some() {
                    return Ok(());
                }
                // As SAC does.
                let expected = "the imaginary part of the root";
                let (missing, zero) = (ProblemKind::Missing, Consequence::TakenAsZero);
                notes.problem(at, keyword.name(), missing, line, expected, zero)
            }
            (Some(_), Some(_), None) => {
                broken(notes, at, keyword, line, "no more roots than are announced")
            }
            _ => broken(notes, at, keyword, line, "the real and the imaginary part of a root"),
        }
    }

    /// Holds the constant against what comments tell of it. IRIS, rdseed and ObsPy write the
    /// sensitivity to what the instrument senses, and the A0 of poles and zeros from there; the
    /// zeros that lead to displacement change neither, so that the constant is their product.
    fn check_constant(&self, constant: f64, at: At, notes: &mut Notes) -> Result<()> {
        let told = match self.told {
            [Some(sensitivity), Some(a0)] => sensitivity * a0,
            [Some(_), None] | [None, Some(_)] if self.constant.is_none() => f64::NAN,
            _ => return Ok(()),
        };
        if self.constant.is_none() {
            return broken(notes, at, Keyword::Constant, b"", "the constant that comments tell of");
        }
        // In other units the constant is as many times another.
        let is_in_metres =
            self.input.as_ref().is_none_or(|unit| unit.name.eq_ignore_ascii_case("M"));
        if !told.is_finite() || told == 0.0 || !is_in_metres {
            return Ok(());
        }
        let ratio = (constant / told).abs();
        if (ratio - 1.0).abs() > TOLERANCE {
            let found = format!("{constant:e}, where SENSITIVITY times A0 is {told:e}");
            let expected = "the product of SENSITIVITY and A0 in the comments, within 5 %";
            let is_far = !(0.5..=2.0).contains(&ratio);
            let consequence = if is_far { Consequence::ResponseBroken } else { Consequence::Kept };
            let at = self.constant_at.unwrap_or(at);
            let (name, kind) = (Keyword::Constant.name(), ProblemKind::Conflict);
            notes.problem(at, name, kind, found.as_bytes(), expected, consequence)?;
        }
        Ok(())
    }

    /// The channel with its response.
    pub(super) fn finish(mut self, notes: &mut Notes) -> Result<Finished> {
        let at = self.at.unwrap_or_default();
        let codes = [
            self.network.as_deref().unwrap_or_default(),
            self.station.as_deref().unwrap_or_default(),
            &self.channel.location,
            &self.channel.code,
        ];
        notes.id = codes.join(".");
        if self.network.is_none() || self.station.is_none() || !self.has_channel {
            let expected = "a comment with the network, station or channel";
            let missing = ProblemKind::Missing;
            notes.problem(at, "comments", missing, b"", expected, Consequence::Kept)?;
        }
        if self.zeros.at.is_none() && self.poles.at.is_none() {
            let expected = "ZEROS or POLES beside the constant";
            broken(notes, self.constant_at.unwrap_or(at), Keyword::Constant, b"", expected)?;
        }
        let zeros = std::mem::take(&mut self.zeros).fill(Keyword::Zeros, notes)?;
        let poles = std::mem::take(&mut self.poles).fill(Keyword::Poles, notes)?;
        let constant = self.constant.unwrap_or(1.0);
        self.check_constant(constant, at, notes)?;
        let rate = self.channel.sample_rate.as_ref().map(|rate| rate.value);
        let input = self.input.unwrap_or_else(|| UnitName::new("M"));
        let output = self.output.unwrap_or_else(|| UnitName::new("COUNTS"));
        let response = response(constant, zeros, poles, rate, (input, output));
        if response.is_none() {
            let expected = "a response that is finite and not zero at any frequency";
            let found = constant.to_string();
            broken(notes, at, Keyword::Constant, found.as_bytes(), expected)?;
        }
        self.channel.response = match (response, notes.take_fault()) {
            (Some(response), None) => response.into(),
            (_, Some(problem)) => ChannelResponse::broken(*problem),
            (None, None) => ChannelResponse::Absent,
        };
        Ok(Finished {
            network: self.network.unwrap_or_default(),
            station: self.station.unwrap_or_default(),
            site: self.site,
            channel: self.channel,
        })
    }
}

/// A response that has been read.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) network: String,
    pub(super) station: String,
    pub(super) site: String,
    pub(super) channel: Channel,
}

impl Roots {
    fn fill(mut self, keyword: Keyword, notes: &mut Notes) -> Result<Vec<Complex64>> {
        let implied = self.announced.saturating_sub(self.listed.len());
        if implied > MAX_IMPLIED {
            let expected = "at most 64 roots in the origin that are not listed";
            let found = self.announced.to_string();
            let at = self.at.unwrap_or_default();
            broken(notes, at, keyword, found.as_bytes(), expected)?;
            return Ok(self.listed);
        }
        if implied > 0 && keyword == Keyword::Poles {
            // Zeros in the origin are left out by custom. A pole there integrates, which hardly any
            // instrument does: a line may be lost.
            let found = format!("{} of {}", self.listed.len(), self.announced);
            let expected = "as many poles as are announced; the others are in the origin";
            let (kind, zero) = (ProblemKind::Count, Consequence::TakenAsZero);
            let at = self.at.unwrap_or_default();
            notes.problem(at, keyword.name(), kind, found.as_bytes(), expected, zero)?;
        }
        self.listed.resize(self.listed.len() + implied, Complex64::new(0.0, 0.0));
        Ok(self.listed)
    }
}

/// A frequency at which the response is neither zero nor out of range, and its amplitude there
/// without the constant.
///
/// Any frequency would do for the curve; 1 Hz is what people look at.
pub(super) fn scale(
    constant: f64,
    zeros: &[Complex64],
    poles: &[Complex64],
    rate: Option<f64>,
) -> Option<(f64, f64)> {
    let nyquist = rate.filter(|rate| *rate > 0.0).map_or(f64::INFINITY, |rate| 0.5 * rate);
    let usual = [1.0, 0.1, 0.01, 10.0, 0.001].into_iter().filter(|f| *f < nyquist);
    usual
        .chain([0.1 * nyquist, 100.0, 0.0])
        .filter(|f| f.is_finite())
        .map(|f| (f, amplitude(zeros, poles, f)))
        .find(|(_, a)| a.is_normal() && (1.0 / a).is_normal() && (constant * a).is_normal())
}

/// One stage, normalised so that its gain is that of the whole.
fn response(
    constant: f64,
    zeros: Vec<Complex64>,
    poles: Vec<Complex64>,
    rate: Option<f64>,
    (input, output): (UnitName, UnitName),
) -> Option<Response> {
    let (frequency, amplitude) = scale(constant, &zeros, &poles, rate)?;
    let value = constant * amplitude;
    let filter = Filter {
        input_units: Some(input.clone()),
        output_units: Some(output.clone()),
        name: None,
        resource_id: None,
        description: None,
        kind: FilterKind::PolesZeros(PolesZeros {
            domain: PzDomain::LaplaceRadians,
            normalization_factor: 1.0 / amplitude,
            normalization_frequency_hz: frequency,
            zeros,
            poles,
        }),
    };
    let gain = Gain { value, frequency_hz: Some(frequency) };
    Some(Response {
        sensitivity: Some(Sensitivity {
            value,
            frequency_hz: Some(frequency),
            input_units: Some(input),
            output_units: Some(output),
            band: None,
        }),
        sensitivity_is_computed: true,
        stages: vec![Stage {
            number: 1,
            filter: Some(filter),
            gain: Some(gain),
            ..Stage::default()
        }],
        ..Response::default()
    })
}

/// |Π(iω − z) / Π(iω − p)|, by turns so that neither product leaves the range of numbers.
fn amplitude(zeros: &[Complex64], poles: &[Complex64], frequency_hz: f64) -> f64 {
    let s = Complex64::new(0.0, std::f64::consts::TAU * frequency_hz);
    let mut product = 1.0;
    for n in 0..zeros.len().max(poles.len()) {
        if let Some(zero) = zeros.get(n) {
            product *= (s - zero).norm();
        }
        if let Some(pole) = poles.get(n) {
            product /= (s - pole).norm();
        }
    }
    product
}

fn broken(
    notes: &mut Notes,
    at: At,
    keyword: Keyword,
    found: &[u8],
    expected: &'static str,
) -> Result<()> {
    let kind = if found.is_empty() { ProblemKind::Missing } else { ProblemKind::Number };
    notes.problem(at, keyword.name(), kind, found, expected, Consequence::ResponseBroken)
}

/// Notes that the file ends within the line of a keyword or root, whose number may be cut short
/// without being missed.
pub(super) fn cut_short(notes: &mut Notes, at: At, line: &[u8]) -> Result<()> {
    let expected = "the end of the line behind the number";
    let (kind, broken) = (ProblemKind::Truncated, Consequence::ResponseBroken);
    notes.problem(at, "line", kind, line, expected, broken)
}

/// Notes a second constant right behind the first: which of the two holds is unknown.
pub(super) fn constant_twice(notes: &mut Notes, at: At, value: &[u8]) -> Result<()> {
    let (name, kind) = (Keyword::Constant.name(), ProblemKind::Repeated);
    let expected = "CONSTANT of one response";
    notes.problem(at, name, kind, value, expected, Consequence::ResponseBroken)
}

/// Notes a line that belongs to nothing.
pub(super) fn unexpected(notes: &mut Notes, at: At, line: &[u8]) -> Result<()> {
    let expected = "ZEROS, POLES, CONSTANT, or a comment after *";
    let (kind, broken) = (ProblemKind::Structure, Consequence::ResponseBroken);
    notes.problem(at, "line", kind, line, expected, broken)
}

fn code(value: &str, name: &'static str, at: At, notes: &mut Notes) -> Result<String> {
    if Code::new(value).is_err() {
        let expected = "a code of at most 15 printable ASCII characters";
        let code = ProblemKind::Code;
        notes.problem(at, name, code, value.as_bytes(), expected, Consequence::Kept)?;
    }
    Ok(value.to_owned())
}

fn measured(
    value: &str,
    name: &'static str,
    at: At,
    notes: &mut Notes,
) -> Result<Option<Measured>> {
    let number = number(value.as_bytes());
    if number.is_none() && !matches!(value, "" | "None") {
        let (kind, left_out) = (ProblemKind::Number, Consequence::LeftOut);
        notes.problem(at, name, kind, value.as_bytes(), "a finite number", left_out)?;
    }
    Ok(number.map(Measured::from))
}

fn first_number(text: &str) -> Option<f64> {
    text.split_ascii_whitespace().next().and_then(|word| number(word.as_bytes()))
}

fn unit(value: &str) -> Option<UnitName> {
    Some(UnitName::new(value)).filter(|_| !value.is_empty())
}

/// ISO 8601, SEED's ordinal dates, and slashes between the parts of a date.
fn parse_date(value: &str) -> Option<UtcTime> {
    parse_time(value.as_bytes())
        .or_else(|| value.parse().ok())
        .or_else(|| value.replace('/', "-").parse().ok())
}

fn date(
    value: &str,
    name: &'static str,
    at: At,
    notes: &mut Notes,
) -> Result<(Option<UtcTime>, Option<String>)> {
    if matches!(value, "" | "None") {
        return Ok((None, None));
    }
    match parse_date(value) {
        Some(time) => Ok((Some(time), None)),
        None => {
            let (kind, unknown) = (ProblemKind::Time, Consequence::EpochUnknown);
            let expected = "a time such as 2022-01-02T03:04:05";
            notes.problem(at, name, kind, value.as_bytes(), expected, unknown)?;
            Ok((None, Some(value.to_owned())))
        }
    }
}
