//! Writing of pole-zero files.

use std::fmt::{self, Write};
use std::path::Path;

use seis_core::{GroundMotion, UtcTime};

use super::entry::scale;
use crate::{
    ChannelEpoch, ChannelResponse, EvaluationOptions, FilterKind, GainSource, Inventory, Measured,
    NotPolesZeros, PoleZeroForm, PzDomain, Response, Result, Stage,
};

/// Pole-zero files of an inventory, and what they could not hold.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SacPz {
    /// The file.
    pub text: String,
    /// What a pole-zero file cannot hold of the channels, in the order of the inventory.
    pub notes: Vec<SacPzNote>,
}

/// What a pole-zero file cannot hold of a channel epoch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SacPzNote {
    /// The channel.
    pub id: String,
    /// When the epoch begins.
    pub start: Option<UtcTime>,
    /// What it cannot hold.
    pub loss: SacPzLoss,
}

/// What a pole-zero file cannot hold.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SacPzLoss {
    /// There is no response, or none that can be used: nothing was written.
    NoResponse {
        /// Why.
        reason: String,
    },
    /// No stage has poles and zeros in s: nothing was written.
    NoPolesZeros,
    /// It is no poles and zeros from ground motion: nothing was written.
    NotPolesZeros(NotPolesZeros),
    /// At no frequency is it neither zero nor beyond the range of numbers: nothing was written.
    OutOfRange {
        /// The constant.
        constant: f64,
    },
    /// These stages were left out, as if they passed everything: digital filters, and what stands
    /// behind them.
    StagesLeftOut(Vec<u32>),
    /// There is no sensitivity: the gains of all stages were taken for it.
    NoSensitivity,
}

impl fmt::Display for SacPzNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        if let Some(start) = self.start {
            write!(f, " from {start}")?;
        }
        match &self.loss {
            SacPzLoss::NoResponse { reason } => write!(f, ": left out: {reason}"),
            SacPzLoss::NoPolesZeros => f.write_str(": left out: no stage has poles and zeros in s"),
            SacPzLoss::NotPolesZeros(error) => write!(f, ": left out: {error}"),
            SacPzLoss::OutOfRange { constant } => {
                write!(
                    f,
                    ": left out: zero or out of range at all frequencies (constant {constant:e})"
                )
            }
            SacPzLoss::StagesLeftOut(stages) => {
                write!(f, ": written without stages {stages:?}, which are no poles and zeros in s")
            }
            SacPzLoss::NoSensitivity => {
                f.write_str(": no sensitivity: the product of the gains was taken")
            }
        }
    }
}

impl Inventory {
    /// Writes the channels as SAC poles and zeros: displacement in metres to what is recorded.
    ///
    /// Poles and zeros are those of all analog stages, in rad/s, with as many more zeros in the
    /// origin as lead from displacement to what the instrument senses. The constant is the product
    /// of the sensitivity and A0, where A0 holds at the sensitivity's frequency; else A0 is made to
    /// hold there, as evalresp does. Digital filters have no place in the format; they are left out
    /// and noted.
    ///
    /// ```
    /// use seis_resp::Inventory;
    /// # let file = b"* NETWORK : IU\n* STATION : ANMO\n* LOCATION : 00\n* CHANNEL : BHZ\n\
    /// #     ZEROS 3\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\nCONSTANT 6.0e8\n";
    /// let inventory = Inventory::from_sacpz(file)?;
    /// let written = inventory.to_sacpz();
    /// for note in &written.notes {
    ///     eprintln!("{note}");
    /// }
    /// let again = Inventory::from_sacpz(written.text.as_bytes())?;
    /// # assert_eq!(again.channels().count(), 1);
    /// # Ok::<(), seis_resp::Error>(())
    /// ```
    #[must_use]
    pub fn to_sacpz(&self) -> SacPz {
        let (mut text, mut notes) = (String::new(), Vec::new());
        for epoch in self.channels() {
            let mut note = |loss| {
                let (id, start) = (epoch.id_text(), epoch.epoch.start);
                notes.push(SacPzNote { id, start, loss });
            };
            let response = match &epoch.channel.response {
                ChannelResponse::Present(response) => response,
                ChannelResponse::Broken(broken) => {
                    note(SacPzLoss::NoResponse { reason: broken.reason() });
                    continue;
                }
                ChannelResponse::Absent | ChannelResponse::NotRead => {
                    note(SacPzLoss::NoResponse { reason: "there is no response".to_owned() });
                    continue;
                }
            };
            let rate = epoch.channel.sample_rate.as_ref().and_then(Measured::in_field_unit);
            match form(response, &mut note) {
                Ok(PoleZeroForm { constant, zeros, poles })
                    if scale(constant, &zeros, &poles, rate).is_none() =>
                {
                    note(SacPzLoss::OutOfRange { constant });
                }
                // Writing into a string does not fail.
                Ok(form) => write_entry(&mut text, &epoch, response, &form).unwrap_or_default(),
                Err(loss) => note(loss),
            }
        }
        SacPz { text, notes }
    }

    /// Writes the channels as one SAC pole-zero file, which appears under its name only when it is
    /// whole. Gives what it could not hold.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn write_sacpz(&self, path: impl AsRef<Path>) -> Result<Vec<SacPzNote>> {
        let SacPz { text, notes } = self.to_sacpz();
        crate::source::write_aside(path.as_ref(), text.as_bytes())?;
        Ok(notes)
    }
}

/// Poles, zeros and constant of the analog stages, from displacement in metres.
fn form(response: &Response, note: &mut impl FnMut(SacPzLoss)) -> Result<PoleZeroForm, SacPzLoss> {
    let numbers = |wanted: fn(&Stage) -> bool| {
        response.stages.iter().filter(move |stage| wanted(stage)).map(|stage| stage.number)
    };
    let (first, last) = (numbers(is_analog).min(), numbers(is_analog).max());
    let (Some(first), Some(last)) = (first, last) else {
        return Err(SacPzLoss::NoPolesZeros);
    };
    // A gain in front belongs to what is sensed.
    let first =
        numbers(|stage| stage.filter.is_none()).filter(|n| *n < first).min().unwrap_or(first);
    let mut options = EvaluationOptions::default().with_stages(first..=last);
    let has_sensitivity = response.sensitivity.as_ref().is_some_and(|s| s.value != 0.0);
    if has_sensitivity {
        options = options.with_gain(GainSource::Sensitivity);
    }
    let form = response.as_poles_zeros(GroundMotion::Displacement, &options);
    let mut form = form.map_err(SacPzLoss::NotPolesZeros)?;
    if !has_sensitivity {
        note(SacPzLoss::NoSensitivity);
        let outside = |stage: &&Stage| !(first..=last).contains(&stage.number);
        let gains = response.stages.iter().filter(outside).filter_map(|stage| stage.gain);
        form.constant *= gains.map(|gain| gain.value).product::<f64>();
    }
    let left_out: Vec<u32> = response
        .stages
        .iter()
        .filter(|stage| !(first..=last).contains(&stage.number) && !passes_everything(stage))
        .map(|stage| stage.number)
        .collect();
    if !left_out.is_empty() {
        note(SacPzLoss::StagesLeftOut(left_out));
    }
    Ok(form)
}

fn is_analog(stage: &Stage) -> bool {
    let kind = stage.filter.as_ref().map(|filter| &filter.kind);
    matches!(kind, Some(FilterKind::PolesZeros(f)) if f.domain != PzDomain::DigitalZ)
}

/// Whether a stage is one number at all frequencies.
fn passes_everything(stage: &Stage) -> bool {
    match stage.filter.as_ref().map(|filter| &filter.kind) {
        None => true,
        Some(FilterKind::Coefficients(c)) => c.numerators.len() <= 1 && c.denominators.is_empty(),
        Some(FilterKind::Fir(fir)) => fir.coefficients.len() <= 1,
        Some(FilterKind::PolesZeros(pz)) => pz.poles.is_empty() && pz.zeros.is_empty(),
        Some(_) => false,
    }
}

const LINE: &str = "* **********************************";

fn write_entry(
    out: &mut String,
    epoch: &ChannelEpoch<'_>,
    response: &Response,
    form: &PoleZeroForm,
) -> fmt::Result {
    let (channel, station) = (epoch.channel, epoch.station);
    writeln!(out, "{LINE}")?;
    let mut line = |name: &str, value: &str| -> fmt::Result {
        // A comment is one line.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(out, "* {name:<12}: {}", value.trim())
    };
    line("NETWORK", &epoch.network.code)?;
    line("STATION", &station.code)?;
    line("LOCATION", &channel.location)?;
    line("CHANNEL", &channel.code)?;
    line("START", &time(epoch.epoch.start))?;
    line("END", &time(epoch.epoch.end))?;
    line("DESCRIPTION", &station.site.name)?;
    let number = |own: &Option<Measured>, outer: &Option<Measured>| {
        let value = own.as_ref().or(outer.as_ref()).and_then(Measured::in_field_unit);
        value.map(|x| x.to_string()).unwrap_or_default()
    };
    line("LATITUDE", &number(&channel.latitude, &station.latitude))?;
    line("LONGITUDE", &number(&channel.longitude, &station.longitude))?;
    line("ELEVATION", &number(&channel.elevation, &station.elevation))?;
    line("DEPTH", &number(&channel.depth, &None))?;
    line("DIP (SEED)", &number(&channel.dip, &None))?;
    line("AZIMUTH", &number(&channel.azimuth, &None))?;
    line("SAMPLE RATE", &number(&channel.sample_rate, &None))?;
    line("INPUT UNIT", "M")?;
    line("OUTPUT UNIT", &output_unit(response))?;
    if let Some(sensor) = &channel.sensor {
        line("INSTTYPE", sensor.kind.as_deref().or(sensor.description.as_deref()).unwrap_or(""))?;
    }
    if let Some(sensitivity) = &response.sensitivity {
        let unit = sensitivity.input_units.as_ref().map_or("", |unit| unit.name.as_str());
        line("SENSITIVITY", &format!("{:e} ({unit})", sensitivity.value))?;
    }
    writeln!(out, "{LINE}")?;
    for (name, roots) in [("ZEROS", &form.zeros), ("POLES", &form.poles)] {
        writeln!(out, "{name}\t{}", roots.len())?;
        for root in roots {
            writeln!(out, "\t{:+e}\t{:+e}", root.re, root.im)?;
        }
    }
    // All digits: the constant is read back as it is.
    writeln!(out, "CONSTANT\t{:e}\n", form.constant)
}

fn time(time: Option<UtcTime>) -> String {
    time.map(|time| time.to_string().trim_end_matches('Z').to_owned()).unwrap_or_default()
}

fn output_unit(response: &Response) -> String {
    let sensitivity = response.sensitivity.as_ref().and_then(|s| s.output_units.as_ref());
    let last = response.stages.iter().rev().filter_map(|stage| stage.filter.as_ref());
    let unit = sensitivity.or_else(|| last.clone().find_map(|f| f.output_units.as_ref()));
    let name = unit.map_or("COUNTS", |unit| unit.name.as_str());
    name.to_owned()
}
