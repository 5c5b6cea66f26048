//! A synthetic archive of events with a known ground displacement.
//!
//! Stations with three real instruments, at 20, 40 and 100 Hz, record a displacement that is known
//! in closed form. What they record is written as an archive of the MassDownloader's layout, with
//! our own writers. After [`batch::run`](crate::batch::run) the results can be compared with the
//! truth: [`DemoTrace::compare`].
//!
//! The README's first command, the examples and many tests run on it.

mod instruments;
mod motion;
mod record;

use std::path::{Path, PathBuf};

use seis_core::{SamplingRate, SourceId, TimeDelta, Trace, UtcTime};
use seis_io::{mseed, sac};
use seis_resp::{Channel, Epoch, Inventory, Network, Station};

use crate::batch::{BatchOptions, Format, compact};
use instruments::{INSTRUMENTS, Instrument};
pub use motion::GroundMotionModel;
use motion::Random;

/// Length of the windows in seconds: 20 minutes.
const WINDOW_S: i64 = 1200;
const COMPONENTS: [(char, f64, f64); 3] = [('Z', 0.0, -90.0), ('N', 0.0, 0.0), ('E', 90.0, 0.0)];

/// What the archive holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoOptions {
    /// Number of events.
    pub events: usize,
    /// Number of components of each station, 1 to 3.
    pub components: usize,
    /// Standard deviation of the white noise added to the recorded velocity, in m/s. Zero for
    /// none; the counts are rounded to integers all the same.
    pub noise_m_per_s: f64,
    /// Record length of the miniSEED files in bytes.
    pub record_length: usize,
}

impl Default for DemoOptions {
    /// Three events, three stations of three components: 27 traces with noise.
    fn default() -> Self {
        Self { events: 3, components: 3, noise_m_per_s: 2e-8, record_length: 512 }
    }
}

impl DemoOptions {
    /// One event with one component of each station, without noise.
    #[must_use]
    pub fn small() -> Self {
        Self { events: 1, components: 1, noise_m_per_s: 0.0, ..Self::default() }
    }
}

/// What [`write_archive`] made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DemoArchive {
    /// Its traces, by event and channel.
    pub traces: Vec<DemoTrace>,
}

/// One seismogram of the archive, and the truth about it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DemoTrace {
    /// Name of the event's directory.
    pub event: String,
    /// The channel.
    pub id: SourceId,
    /// Its sampling rate in Hz.
    pub rate_hz: u32,
    /// Start of the window, from which the motion's time counts.
    pub origin: UtcTime,
    /// The true ground displacement.
    pub motion: GroundMotionModel,
    /// The raw file, in the archive.
    pub raw: PathBuf,
}

/// How well a seismogram agrees with the true displacement.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// Correlation coefficient.
    pub correlation: f64,
    /// Root mean square of the difference, over that of the truth.
    pub relative_rms: f64,
}

/// Why the archive could not be written, or a result not be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// A file or directory.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        error: std::io::Error,
    },
    /// miniSEED, reading.
    #[error(transparent)]
    Read(#[from] mseed::Error),
    /// miniSEED, writing.
    #[error(transparent)]
    Write(#[from] mseed::WriteError),
    /// SAC.
    #[error(transparent)]
    Sac(#[from] sac::Error),
    /// StationXML.
    #[error(transparent)]
    Response(#[from] seis_resp::Error),
    /// The response of an instrument.
    #[error(transparent)]
    Evaluation(#[from] seis_core::EvaluationError),
    /// An id, time or rate.
    #[error(transparent)]
    Core(#[from] seis_core::Error),
    /// A Fourier transform of the recording.
    #[error("the recording could not be synthesised: {0}")]
    Synthesis(String),
    /// The result holds no trace.
    #[error("{}: no trace in it", .0.display())]
    Empty(PathBuf),
}

/// Writes the archive below `root`: `<event>/raw/*.mseed` and `<event>/resp/*.xml`. Files of the
/// same names are replaced, others stay. The same options give the same bytes.
///
/// # Errors
/// [`DemoError`] when a file cannot be written.
pub fn write_archive(root: &Path, options: &DemoOptions) -> Result<DemoArchive, DemoError> {
    let first = UtcTime::from_calendar((2022, 1, 2), (0, 0, 0), 0)?;
    let mut traces = Vec::new();
    for number in 0..options.events {
        // Four hours and a bit apart, as real windows are.
        let origin = first + TimeDelta::from_seconds(number as i64 * 14_400);
        let event = compact(origin);
        let folder = root.join(event.trim_end_matches('Z'));
        for instrument in &INSTRUMENTS {
            let response = folder.join("resp").join(format!("XX.{}.xml", instrument.station));
            create_parent(&response)?;
            let inventory = inventory(instrument)?;
            inventory.write_stationxml(&response)?;
            for (component, ..) in COMPONENTS.iter().take(options.components) {
                let code = channel_code(instrument, *component);
                let id = SourceId::new("XX", instrument.station, "", &code)?;
                let seed = (traces.len() as u64 + 1) * 7919;
                let motion = GroundMotionModel::new(seed);
                let mut random = Random::new(seed ^ 0x5eed);
                // A window begins with the first sample in it, less than an interval late.
                let interval_us = 1e6 / f64::from(instrument.rate_hz);
                let late = TimeDelta::from_nanos(random.between(1.0, interval_us) as i128 * 1000);
                let trace = record::record(
                    Trace::new(id, origin + late, rate(instrument)?, Vec::<i32>::new()),
                    origin,
                    WINDOW_S,
                    &motion,
                    &instrument.response(),
                    options.noise_m_per_s,
                    &mut random,
                )?;
                let end = compact(origin + TimeDelta::from_seconds(WINDOW_S));
                let raw = folder.join("raw").join(format!("{id}__{event}__{end}.mseed"));
                create_parent(&raw)?;
                record::write(&raw, &trace, options.record_length)?;
                traces.push(DemoTrace {
                    event: event.trim_end_matches('Z').to_owned(),
                    id,
                    rate_hz: instrument.rate_hz,
                    origin,
                    motion,
                    raw,
                });
            }
        }
    }
    Ok(DemoArchive { traces })
}

impl DemoTrace {
    /// Where a run with these options over the archive at `root` puts the result.
    #[must_use]
    pub fn result_path(&self, options: &BatchOptions, root: &Path) -> PathBuf {
        let folder = match &options.out {
            Some(out) => out.join(&self.event),
            None => root.join(&self.event).join("processed"),
        };
        let (start, end) = (self.origin, self.origin + TimeDelta::from_seconds(WINDOW_S));
        let extension = options.processing.format.extension();
        folder.join(format!("{}_{}_{}.{extension}", self.id, compact(start), compact(end)))
    }

    /// Compares a displacement seismogram with the truth, sample by sample.
    ///
    /// The truth lies within the default pre-filter's pass band and is silent where tapers act, so
    /// that it needs no processing of its own.
    ///
    /// # Errors
    /// [`DemoError`] when the file cannot be read.
    pub fn compare(&self, result: &Path) -> Result<Fit, DemoError> {
        let is_mseed = result.extension().is_some_and(|e| e == Format::Mseed.extension());
        let trace = if is_mseed {
            let read = mseed::read(result)?;
            read.stream.into_iter().next().ok_or_else(|| DemoError::Empty(result.to_owned()))?
        } else {
            sac::read(result)?.to_trace()?
        };
        self.compare_trace(&trace)
    }

    /// As [`compare`](Self::compare), for a trace in memory.
    ///
    /// # Errors
    /// [`DemoError::Core`] for a trace of text.
    pub fn compare_trace(&self, trace: &Trace) -> Result<Fit, DemoError> {
        let found = trace.samples.to_f64()?;
        let true_at = |i: usize| {
            let t = trace.time_of(i64::try_from(i).unwrap_or(i64::MAX)) - self.origin;
            self.motion.displacement_m(t.as_seconds_f64())
        };
        let (mut xx, mut yy, mut xy, mut dd) = (0.0, 0.0, 0.0, 0.0);
        for (i, x) in found.iter().enumerate() {
            let y = true_at(i);
            xx += x * x;
            yy += y * y;
            xy += x * y;
            dd += (x - y) * (x - y);
        }
        Ok(Fit { correlation: xy / (xx * yy).sqrt(), relative_rms: (dd / yy).sqrt() })
    }
}

fn rate(instrument: &Instrument) -> Result<SamplingRate, DemoError> {
    Ok(SamplingRate::from_hz(f64::from(instrument.rate_hz))?)
}

fn channel_code(instrument: &Instrument, component: char) -> String {
    format!("{}H{component}", instrument.band)
}

fn create_parent(path: &Path) -> Result<(), DemoError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)
        .map_err(|error| DemoError::Io { path: parent.to_owned(), error })
}

fn inventory(instrument: &Instrument) -> Result<Inventory, DemoError> {
    let epoch = Epoch::new(Some(UtcTime::from_calendar((2020, 1, 1), (0, 0, 0), 0)?), None);
    let (latitude, longitude, elevation) = (34.5, -116.5, 900.0);
    let mut station = Station::new(instrument.station);
    station.epoch = epoch;
    station.site.name = format!("Synthetic station with a {}", instrument.sensor);
    station.latitude = Some(latitude.into());
    station.longitude = Some(longitude.into());
    station.elevation = Some(elevation.into());
    for (component, azimuth, dip) in COMPONENTS {
        let mut channel = Channel::new("", channel_code(instrument, component));
        channel.epoch = epoch;
        channel.latitude = Some(latitude.into());
        channel.longitude = Some(longitude.into());
        channel.elevation = Some(elevation.into());
        channel.depth = Some(0.0.into());
        channel.azimuth = Some(azimuth.into());
        channel.dip = Some(dip.into());
        channel.sample_rate = Some(f64::from(instrument.rate_hz).into());
        channel.sensor = Some(Box::new(equipment(instrument.sensor)));
        channel.data_logger = Some(Box::new(equipment(instrument.digitizer)));
        channel.response = instrument.response().into();
        station.channels.push(channel);
    }
    let mut network = Network::new("XX");
    network.stations.push(station);
    let mut inventory = Inventory::new("seis demo");
    // A fixed date: the same options give the same bytes.
    inventory.created = Some(UtcTime::from_calendar((2022, 1, 1), (0, 0, 0), 0)?);
    inventory.networks_mut().push(network);
    Ok(inventory)
}

fn equipment(description: &str) -> seis_resp::Equipment {
    seis_resp::Equipment {
        description: Some(description.to_owned()),
        ..seis_resp::Equipment::default()
    }
}
