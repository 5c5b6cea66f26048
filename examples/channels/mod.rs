//! What `evalresp` and `plot_response` share: which channels are meant, in which quantity, and at
//! which frequencies.

use std::error::Error;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use seis::resp::units::Unit;
use seis::resp::{ChannelEpoch, ChannelResponse, Complex64, EvaluationOptions, EvaluationPlan};
use seis::{GroundMotion, IdPattern, Inventory, Response, UtcTime};

/// Which responses are meant.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// StationXML, RESP, dataless SEED and SAC pole-zero files, or patterns; the content tells which.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The channel as NET.STA.LOC.CHA; wildcards select several.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) id: IdPattern,
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

/// What a response that is no number is worth telling.
pub(crate) fn not_finite(lost: usize, of: usize) -> Option<String> {
    (lost > 0).then(|| format!("{lost} of {of} values are not finite"))
}

/// Whether a response is no number.
pub(crate) fn is_lost(value: &Complex64) -> bool {
    !(value.re.is_finite() && value.im.is_finite())
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
    pub(crate) nyquist_hz: Option<f64>,
}

impl Selection {
    /// Reads all files into one inventory; what is wrong in them is told.
    pub(crate) fn inventory(
        &self,
        tell: &mut dyn FnMut(String),
    ) -> Result<Inventory, Box<dyn Error>> {
        let inventory = Inventory::read_all(&self.files)?;
        for problem in &inventory.report.problems {
            tell(problem.to_string());
        }
        Ok(inventory)
    }

    /// The channel epochs that are meant, each once for its id, in the order of the files.
    pub(crate) fn channels<'a>(
        &self,
        inventory: &'a Inventory,
        tell: &mut dyn FnMut(String),
    ) -> Vec<ChannelEpoch<'a>> {
        let mut found: Vec<ChannelEpoch<'a>> = Vec::new();
        for epoch in inventory.channels().filter(|epoch| self.matches(epoch)) {
            match found.iter_mut().find(|other| other.id_text() == epoch.id_text()) {
                None => found.push(epoch),
                Some(other) => {
                    let (older, newer) = (other.epoch, epoch.epoch);
                    if newer.start > older.start {
                        *other = epoch;
                    }
                    let (id, taken) = (epoch.id_text(), other.epoch);
                    tell(format!("{id}: several epochs, the latest is taken ({taken})"));
                }
            }
        }
        found
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
            (format!("no channel matches {}", self.id), ids, count)
        } else {
            let of = |c: &ChannelEpoch<'_>| match c.readable {
                true => format!("{} {}", c.id_text(), c.epoch),
                false => format!("{} with an unreadable date", c.id_text()),
            };
            let at = self.time.map(|t| format!(" at {t}")).unwrap_or_default();
            let listed = of_id.iter().take(MOST).map(of).collect();
            (format!("no epoch of {} holds{at}", self.id), listed, of_id.len())
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
        self.id.matches_codes(network, station, location, channel)
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
        let own = response.input_unit().unwrap_or("its own unit").to_owned();
        let (plan, input) = match &self.units {
            Some(Units::Named(name, unit)) => (response.plan_in(unit, &options)?, name.clone()),
            Some(Units::Motion(GroundMotion::Native)) => {
                (response.plan(GroundMotion::Native, &options)?, own)
            }
            Some(Units::Motion(motion)) => {
                (response.plan(*motion, &options)?, motion.unit().to_owned())
            }
            None => match response.plan(GroundMotion::Velocity, &options) {
                Ok(plan) => (plan, GroundMotion::Velocity.unit().to_owned()),
                Err(error) => match response.plan(GroundMotion::Native, &options) {
                    Ok(plan) => (plan, own),
                    Err(_) => return Err(error.into()),
                },
            },
        };
        let rate_hz = epoch.channel.sampling_rate().map(seis::SamplingRate::hz);
        Ok(Channel {
            epoch,
            response,
            plan,
            input,
            output: output_unit(response, self.stages.as_ref()),
            nyquist_hz: rate_hz
                .or_else(|| response.output_rate_hz())
                .map(|hz| hz / 2.0)
                .filter(|hz| *hz > 0.0),
        })
    }
}

/// What comes out of the last stage that takes part.
fn output_unit(response: &Response, stages: Option<&Stages>) -> String {
    let takes_part = |number: u32| stages.is_none_or(|Stages(range)| range.contains(&number));
    let mut filters: Vec<_> = response.stages.iter().filter(|s| takes_part(s.number)).collect();
    filters.sort_by_key(|stage| stage.number);
    let last = filters.iter().rev().find_map(|s| s.filter.as_ref()?.output_units.as_ref());
    let whole = response.sensitivity.as_ref().and_then(|s| s.output_units.as_ref());
    match last.or(whole).map(|unit| unit.name.trim()) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "output".to_owned(),
    }
}
