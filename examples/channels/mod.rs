//! What `evalresp` and `plot_response` share: which channels are meant, in which quantity, and at
//! which frequencies.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::error::Error;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use seis::resp::units::Unit;
use seis::resp::{
    ChannelEpoch, ChannelResponse, Complex64, EvaluateError, EvaluationOptions, EvaluationPlan,
    Stage, UnitName, expand,
};
use seis::{
    GroundMotion, IdPattern, Inventory, Response, ResponseFinding, UtcTime, response_findings,
};

/// Which responses are meant.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// StationXML, RESP, dataless SEED and SAC pole-zero files, or patterns; the content tells which.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The channel as NET.STA.LOC.CHA. Wildcards select several, and so do commas within a code
    /// or between ids, and this option given again.
    #[arg(long = "id", value_name = "PATTERN", required = true)]
    pub(crate) ids: Vec<Ids>,
    /// The instant at which the response holds. Without it, each channel's latest epoch.
    #[arg(long, value_name = "T")]
    pub(crate) time: Option<UtcTime>,
    /// dis, vel, acc (per m, m/s, m/s²), def (per the instrument's own unit), or a unit by name,
    /// such as hPa. Without it velocity, and the own unit where no ground motion is recorded.
    #[arg(long, value_name = "UNITS")]
    pub(crate) units: Option<Units>,
    /// Only the stages from A to B.
    #[arg(long, value_name = "A-B")]
    pub(crate) stages: Option<Stages>,
    /// The output (in the stage's output unit) around which a polynomial is taken as linear.
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub(crate) polynomial_point: Option<f64>,
}

/// A pattern, or several with commas between them.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    text: String,
    any_of: Vec<IdPattern>,
}

impl FromStr for Ids {
    type Err = seis::Error;

    fn from_str(text: &str) -> Result<Self, seis::Error> {
        let alone = text.parse();
        let is_whole = |part: &str| part.matches('.').count() == 3;
        let any_of = if alone.is_err() && text.contains(',') && text.split(',').all(is_whole) {
            text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>()?
        } else {
            vec![alone?]
        };
        Ok(Self { text: text.to_owned(), any_of })
    }
}

/// What the response is given in.
#[derive(Debug, Clone)]
pub(crate) enum Units {
    Motion(GroundMotion),
    Named(String, Unit),
}

impl FromStr for Units {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text.parse(), text.parse()) {
            (Ok(motion), _) => Ok(Self::Motion(motion)),
            (_, Ok(unit)) => Ok(Self::Named(text.to_owned(), unit)),
            (Err(motion), Err(unit)) => Err(format!("{motion}; {unit}")),
        }
    }
}

/// A range of stage numbers: `1-3`, `2`, `4-`.
#[derive(Debug, Clone)]
pub(crate) struct Stages(RangeInclusive<u32>);

impl FromStr for Stages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str, open| match text {
            "" => Ok(open),
            text => text.parse::<u32>().map_err(|e| format!("{text:?} is no stage number: {e}")),
        };
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let range = number(first, 1)?..=number(last, u32::MAX)?;
        if text.is_empty() || range.is_empty() {
            return Err("expected a range of stage numbers such as 1-3".into());
        }
        Ok(Self(range))
    }
}

/// A range of frequencies: `FMIN,FMAX,N[,log|lin]`.
#[derive(Debug, Clone)]
pub(crate) struct Frequencies {
    first_hz: f64,
    last_hz: f64,
    count: usize,
    is_logarithmic: bool,
}

/// More frequencies than this are a slip of the pen.
const MAX_COUNT: usize = 1_000_000_000;

impl FromStr for Frequencies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let ([first, last, count] | [first, last, count, _]) = parts[..] else {
            return Err("expected FMIN,FMAX,N or FMIN,FMAX,N,log or FMIN,FMAX,N,lin".into());
        };
        let is_logarithmic = match parts.get(3).map(|t| t.to_ascii_lowercase()).as_deref() {
            None | Some("log") => true,
            Some("lin") => false,
            Some(other) => return Err(format!("{other:?} is neither log nor lin")),
        };
        let frequency = |text: &str| match text.parse::<f64>() {
            Ok(hz) if hz.is_finite() && hz >= 0.0 => Ok(hz),
            _ => Err(format!("{text:?} is no frequency in Hz")),
        };
        let (first_hz, last_hz) = (frequency(first)?, frequency(last)?);
        let count = match count.parse() {
            Ok(count @ 1..=MAX_COUNT) => count,
            _ => return Err(format!("{count:?} is no number of frequencies (1 to {MAX_COUNT})")),
        };
        if first_hz > last_hz {
            return Err(format!("{first_hz} Hz is above {last_hz} Hz"));
        }
        if is_logarithmic && first_hz == 0.0 {
            return Err("a logarithmic range cannot begin at 0 Hz; append ,lin".into());
        }
        Ok(Self { first_hz, last_hz, count, is_logarithmic })
    }
}

impl Frequencies {
    /// Logarithmic from 1 mHz (or less for slow channels) to the Nyquist frequency.
    pub(crate) fn up_to(nyquist_hz: f64, count: usize) -> Self {
        let first_hz = if nyquist_hz > 0.01 { 1e-3 } else { nyquist_hz / 1e3 };
        Self { first_hz, last_hz: nyquist_hz, count, is_logarithmic: true }
    }

    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The lowest and the highest, in Hz.
    pub(crate) fn bounds_hz(&self) -> (f64, f64) {
        (self.first_hz, if self.count > 1 { self.last_hz } else { self.first_hz })
    }

    /// The frequencies in Hz, so many at a time; first and last are exactly those asked for.
    pub(crate) fn blocks(&self, length: usize) -> impl Iterator<Item = Vec<f64>> {
        (0..self.count)
            .step_by(length)
            .map(move |i| (i..self.count.min(i + length)).map(|i| self.at(i)).collect())
    }

    fn at(&self, i: usize) -> f64 {
        let Self { first_hz, last_hz, count, is_logarithmic } = *self;
        let steps = count.saturating_sub(1).max(1);
        let part = i as f64 / steps as f64;
        let ratio = last_hz / first_hz;
        let between = match is_logarithmic {
            _ if i == 0 => first_hz,
            _ if i == steps => last_hz,
            false => first_hz + (last_hz - first_hz) * part,
            true if ratio.is_finite() => first_hz * ratio.powf(part),
            // Of more than 308 decades the ratio is no number; those of the halves are.
            true => (first_hz.ln() * (1.0 - part) + last_hz.ln() * part).exp(),
        };
        between.clamp(first_hz, last_hz)
    }
}

/// A text without what would change a terminal, or has no place in XML 1.0.
pub(crate) fn printable(text: &str) -> String {
    text.replace(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'), "?")
}

/// What a response that is no number is worth telling.
pub(crate) fn not_finite(lost: usize, of: usize) -> Option<String> {
    (lost > 0).then(|| format!("{lost} of {of} values are not finite"))
}

/// Whether a response is no number.
pub(crate) fn is_lost(value: &Complex64) -> bool {
    !(value.re.is_finite() && value.im.is_finite())
}

/// What the files hold together.
pub(crate) struct Metadata {
    pub(crate) inventory: Inventory,
    /// Which file a response was read from, by its address.
    file_of: HashMap<*const Response, PathBuf>,
}

impl Metadata {
    fn file_of(&self, epoch: &ChannelEpoch<'_>) -> Option<&Path> {
        let response = epoch.channel.response.get()?;
        self.file_of.get(&Arc::as_ptr(response)).map(PathBuf::as_path)
    }
}

/// The epochs of one channel that hold.
struct Found<'a> {
    /// The one that begins last; of those that begin together, the first.
    taken: ChannelEpoch<'a>,
    epochs: usize,
    /// How many begin when the one that is taken does.
    begin_together: usize,
}

impl<'a> Found<'a> {
    fn add(&mut self, epoch: ChannelEpoch<'a>) {
        self.epochs += 1;
        match epoch.epoch.start.cmp(&self.taken.epoch.start) {
            Ordering::Greater => (self.taken, self.begin_together) = (epoch, 1),
            Ordering::Equal => self.begin_together += 1,
            Ordering::Less => {}
        }
    }
}

/// A channel epoch that is meant, ready for evaluation.
pub(crate) struct Channel<'a> {
    pub(crate) epoch: ChannelEpoch<'a>,
    pub(crate) response: &'a Response,
    pub(crate) plan: EvaluationPlan,
    /// The unit of the instrument's input in the plan, such as `m/s`.
    pub(crate) input: String,
    /// What comes out, such as `counts`.
    pub(crate) output: String,
    /// Whether stages were left out.
    pub(crate) is_part: bool,
    pub(crate) nyquist_hz: Option<f64>,
    /// What the rules of a check find wrong in the stages that take part.
    findings: Vec<ResponseFinding>,
}

impl Channel<'_> {
    /// What is doubtful about the response between two frequencies in Hz.
    pub(crate) fn warnings(&self, (first_hz, last_hz): (f64, f64)) -> Vec<String> {
        let extrapolation = self.plan.extrapolation(first_hz, last_hz);
        let evaluation = self.plan.warnings().iter().chain(&extrapolation);
        let findings = self.findings.iter().map(ToString::to_string);
        evaluation.map(ToString::to_string).chain(findings).collect()
    }
}

impl Selection {
    /// Reads all files into one inventory; what is wrong in them is told.
    pub(crate) fn read(&self, tell: &mut dyn FnMut(String)) -> Result<Metadata, Box<dyn Error>> {
        let mut paths = Vec::new();
        for pattern in &self.files {
            paths.extend(expand(pattern)?);
        }
        let mut file_of = HashMap::new();
        let mut failure = None;
        // One after the other, so that what they have in common is held once.
        let files = paths.iter().map_while(|path| {
            let inventory = Inventory::read(path).map_err(|error| failure = Some(error)).ok()?;
            for epoch in inventory.channels() {
                if let Some(response) = epoch.channel.response.get() {
                    // A response that is there already is dropped, and its address used again.
                    file_of.insert(Arc::as_ptr(response), path.clone());
                }
            }
            Some((path.clone(), inventory))
        });
        let inventory = Inventory::from_files(files);
        if let Some(error) = failure {
            return Err(error.into());
        }
        for problem in &inventory.report.problems {
            tell(problem.to_string());
        }
        Ok(Metadata { inventory, file_of })
    }

    /// The channel epochs that are meant, each once for its id, in the order of the files.
    pub(crate) fn channels<'a>(
        &self,
        metadata: &'a Metadata,
        tell: &mut dyn FnMut(String),
    ) -> Vec<ChannelEpoch<'a>> {
        let mut found: Vec<Found<'a>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for epoch in metadata.inventory.channels().filter(|epoch| self.matches(epoch)) {
            let place = *places.entry(epoch.id_text()).or_insert(found.len());
            match found.get_mut(place) {
                None => found.push(Found { taken: epoch, epochs: 1, begin_together: 1 }),
                Some(known) => known.add(epoch),
            }
        }
        for Found { taken, epochs, begin_together } in &found {
            let (id, epoch) = (taken.id_text(), taken.epoch);
            let file = || {
                metadata.file_of(taken).map_or("the first".to_owned(), |file| {
                    format!("the first, from {},", file.display())
                })
            };
            match (epochs, begin_together) {
                (1, _) => {}
                (_, 1) => tell(format!("{id}: several epochs, the latest is taken ({epoch})")),
                (_, n) => tell(format!(
                    "{id}: {n} epochs that begin together, {} is taken ({epoch})",
                    file()
                )),
            }
        }
        found.into_iter().map(|found| found.taken).collect()
    }

    /// Why no channel is meant: what there is instead.
    pub(crate) fn nothing(&self, inventory: &Inventory) -> String {
        const MOST: usize = 8;
        let of_id: Vec<_> = inventory.channels().filter(|epoch| self.is_named(epoch)).collect();
        let (what, listed, count) = if of_id.is_empty() {
            let mut ids: Vec<String> = inventory.channels().map(|c| c.id_text()).collect();
            ids.sort_unstable();
            ids.dedup();
            let count = ids.len();
            ids.truncate(MOST);
            (format!("no channel matches {}", self.pattern()), ids, count)
        } else {
            let of = |c: &ChannelEpoch<'_>| match c.readable {
                true => format!("{} {}", c.id_text(), c.epoch),
                false => format!("{} with an unreadable date", c.id_text()),
            };
            let at = self.time.map(|t| format!(" at {t}")).unwrap_or_default();
            let listed = of_id.iter().take(MOST).map(of).collect();
            (format!("no epoch of {} holds{at}", self.pattern()), listed, of_id.len())
        };
        let more = match count.saturating_sub(listed.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let listed: String = match listed.join(", ") {
            none if none.is_empty() => "no channel at all".to_owned(),
            listed => listed.replace(char::is_control, "?"),
        };
        format!("{what}; the files have {listed}{more}")
    }

    /// The patterns as they were given.
    pub(crate) fn pattern(&self) -> String {
        self.ids.iter().map(|ids| ids.text.as_str()).collect::<Vec<_>>().join(",")
    }

    fn matches(&self, epoch: &ChannelEpoch<'_>) -> bool {
        self.is_named(epoch) && self.time.is_none_or(|t| epoch.readable && epoch.epoch.contains(t))
    }

    fn is_named(&self, epoch: &ChannelEpoch<'_>) -> bool {
        let codes = [
            &epoch.network.code,
            &epoch.station.code,
            &epoch.channel.location,
            &epoch.channel.code,
        ];
        let [network, station, location, channel] = codes.map(String::as_str);
        let mut any_of = self.ids.iter().flat_map(|ids| &ids.any_of);
        any_of.any(|id| id.matches_codes(network, station, location, channel))
    }

    /// Makes the response of a channel epoch ready.
    pub(crate) fn plan<'a>(&self, epoch: ChannelEpoch<'a>) -> Result<Channel<'a>, Box<dyn Error>> {
        let response = match &epoch.channel.response {
            ChannelResponse::Present(response) => response.as_ref(),
            ChannelResponse::Broken(broken) => return Err(broken.reason().into()),
            _ => return Err("the channel has no response".into()),
        };
        let mut options = EvaluationOptions::default();
        if let Some(Stages(range)) = &self.stages {
            options = options.with_stages(range.clone());
        }
        options.polynomial_point = self.polynomial_point;
        let part = part(response, self.stages.as_ref());
        let own = input_unit(response, part.as_ref());
        let plan = |motion| response.plan(motion, &options);
        let (plan, input) = match &self.units {
            Some(Units::Named(name, unit)) => (response.plan_in(unit, &options), name.clone()),
            Some(Units::Motion(GroundMotion::Native)) => (plan(GroundMotion::Native), own),
            Some(Units::Motion(motion)) => (plan(*motion), motion.unit().to_owned()),
            None => match plan(GroundMotion::Velocity) {
                Ok(plan) => (Ok(plan), GroundMotion::Velocity.unit().to_owned()),
                Err(error) => (plan(GroundMotion::Native).map_err(|_| error), own),
            },
        };
        let plan = plan.map_err(|error| advice(&error))?;
        let mut findings = response_findings(response, plan.warnings());
        if let (Some(Stages(range)), Some(_)) = (&self.stages, &part) {
            findings.retain(|finding| finding.stage.is_some_and(|stage| range.contains(&stage)));
        }
        let rate_hz = epoch.channel.sampling_rate().map(seis::SamplingRate::hz);
        Ok(Channel {
            epoch,
            response,
            plan,
            findings,
            input,
            output: output_unit(response, part.as_ref()),
            is_part: part.is_some(),
            nyquist_hz: rate_hz
                .or_else(|| response.output_rate_hz())
                .map(|hz| hz / 2.0)
                .filter(|hz| *hz > 0.0),
        })
    }
}

/// What went wrong, with the options of the programs for those of the library.
fn advice(error: &EvaluateError) -> String {
    let text = error.to_string();
    let has_point = match error {
        EvaluateError::Polynomial { .. } => text.contains("the point around which"),
        EvaluateError::NoStages { has_polynomial, .. } => *has_polynomial,
        _ => false,
    };
    if has_point {
        return format!("{text}: --polynomial-point VALUE");
    }
    text.replace("ask for native units", "ask for --units def")
        .replace("ask for GainSource::Sensitivity to take it for all frequencies", "add the stages")
        .replace(", or allow AnalogCoefficients::AsDigital to get ObsPy's number", "")
}

/// The stages that take part, in their order; `None` if all do.
fn part<'a>(response: &'a Response, stages: Option<&Stages>) -> Option<Vec<&'a Stage>> {
    let Stages(range) = stages?;
    let mut all: Vec<&Stage> = response.stages.iter().filter(|s| s.number != 0).collect();
    let count = all.len();
    all.retain(|stage| range.contains(&stage.number));
    all.sort_by_key(|stage| stage.number);
    (all.len() < count).then_some(all)
}

/// A name that is one.
fn named(unit: Option<&UnitName>) -> Option<String> {
    unit.map(|unit| unit.name.trim()).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What the first stage that takes part is given. A stage of a gain only has no units: it takes
/// what the stage before gives, or the one after takes.
fn input_unit(response: &Response, part: Option<&Vec<&Stage>>) -> String {
    let known = match part {
        None => response.input_unit().map(str::to_owned),
        Some(part) => {
            let first = part.first().map_or(0, |stage| stage.number);
            let mut filters: Vec<_> = response
                .stages
                .iter()
                .filter_map(|stage| Some((stage.number, stage.filter.as_ref()?)))
                .collect();
            filters.sort_by_key(|(number, _)| *number);
            let at = |number: u32| filters.iter().find(move |filter| filter.0 == number);
            let before = filters.iter().rev().find(|(number, _)| *number < first);
            let after = filters.iter().find(|(number, _)| *number > first);
            at(first)
                .and_then(|(_, filter)| named(filter.input_units.as_ref()))
                .or_else(|| named(before?.1.output_units.as_ref()))
                .or_else(|| match before {
                    // Nothing is before: the ground.
                    None => response.input_unit().map(str::to_owned),
                    Some(_) => named(after?.1.input_units.as_ref()),
                })
        }
    };
    known.unwrap_or_else(|| "its own unit".to_owned())
}

/// What comes out of the last stage that takes part.
fn output_unit(response: &Response, part: Option<&Vec<&Stage>>) -> String {
    let last = |stages: &mut dyn Iterator<Item = &Stage>| {
        let filters = stages.filter_map(|s| Some((s.number, s.filter.as_ref()?)));
        let last = filters.max_by_key(|(number, _)| *number);
        last.and_then(|(_, filter)| named(filter.output_units.as_ref()))
    };
    let known = match part {
        None => last(&mut response.stages.iter())
            .or_else(|| named(response.sensitivity.as_ref().and_then(|s| s.output_units.as_ref()))),
        Some(part) => {
            // What is before the part tells what a gain alone changes nothing of.
            let end = part.last().map_or(0, |stage| stage.number);
            last(&mut response.stages.iter().filter(|stage| stage.number <= end))
        }
    };
    known.unwrap_or_else(|| "output".to_owned())
}
