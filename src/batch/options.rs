//! What is done to every trace, and where the results go.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use seis_core::{GroundMotion, SamplingRate, SourceId, Trace, UtcTime};
use seis_io::mseed;
use seis_signal::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, FftLength, InterpolationSpec, PreFilter,
    TaperSpec, WaterLevel,
};
use serde::{Deserialize, Serialize};

use super::{BatchError, IoOrder};

/// The widest kernel that the interpolation takes.
const MAX_LANCZOS_A: u32 = 65_536;

/// What is done to every trace: the part of the options that decides the results.
///
/// The default is the job of the README: displacement, pre-filter 0.001–0.005–4.9–5.0 Hz, no water
/// level, 5 % Hann taper, 10 Hz, at most 12 000 samples, SAC.
///
/// ```
/// use seis::GroundMotion;
/// use seis::batch::{Format, Processing};
/// let processing = Processing::default()
///     .output(GroundMotion::Velocity)
///     .pre_filter_hz([0.005, 0.01, 8.0, 9.0])
///     .water_level_db(60.0)
///     .rate_hz(20.0)
///     .npts(None)
///     .format(Format::Mseed);
/// assert_eq!(processing.taper_fraction, 0.05);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Processing {
    /// Quantity of the results, as `disp`, `vel`, `acc` or `def`.
    #[serde(with = "motion_name")]
    pub output: GroundMotion,
    /// Corners of the pre-filter in Hz, or none.
    pub pre_filter_hz: Option<[f64; 4]>,
    /// Water level in dB, or none. Zero is not "off": it flattens the whole spectrum.
    pub water_level_db: Option<f64>,
    /// The length of the Fourier transform, as `obspy` or `fast`.
    #[serde(with = "fft_length_name", default)]
    pub fft_length: FftLength,
    /// Hann taper, as the fraction of the trace at each end. Zero is none.
    pub taper_fraction: f64,
    /// Sampling rate of the results in Hz.
    pub rate_hz: f64,
    /// The most samples that a result has; `None` for all that fit.
    pub npts: Option<usize>,
    /// Half-width of the Lanczos kernel, in input samples.
    pub lanczos_a: usize,
    /// Format of the results.
    pub format: Format,
}

impl Default for Processing {
    fn default() -> Self {
        Self {
            output: GroundMotion::Displacement,
            pre_filter_hz: Some([0.001, 0.005, 4.9, 5.0]),
            water_level_db: None,
            fft_length: FftLength::ObsPy,
            taper_fraction: 0.05,
            rate_hz: 10.0,
            npts: Some(12_000),
            lanczos_a: 25,
            format: Format::Sac,
        }
    }
}

impl Processing {
    /// The quantity of the results.
    #[must_use]
    pub fn output(mut self, output: GroundMotion) -> Self {
        self.output = output;
        self
    }

    /// The corners of the pre-filter in Hz, or none.
    #[must_use]
    pub fn pre_filter_hz(mut self, corners: impl Into<Option<[f64; 4]>>) -> Self {
        self.pre_filter_hz = corners.into();
        self
    }

    /// The water level in dB, or none. Zero is not "off": it flattens the whole spectrum.
    #[must_use]
    pub fn water_level_db(mut self, level: impl Into<Option<f64>>) -> Self {
        self.water_level_db = level.into();
        self
    }

    /// The length of the Fourier transform: [`FftLength::ObsPy`] for ObsPy's numbers,
    /// [`FftLength::Fast`] for the cheapest with at least the same padding. A run takes no
    /// [`FftLength::Exactly`], since its traces differ in length.
    #[must_use]
    pub fn fft_length(mut self, length: FftLength) -> Self {
        self.fft_length = length;
        self
    }

    /// The Hann taper, as the fraction of the trace at each end. Zero is none.
    #[must_use]
    pub fn taper_fraction(mut self, fraction: f64) -> Self {
        self.taper_fraction = fraction;
        self
    }

    /// The sampling rate of the results in Hz.
    #[must_use]
    pub fn rate_hz(mut self, rate: f64) -> Self {
        self.rate_hz = rate;
        self
    }

    /// The most samples that a result has; `None` for all that fit.
    #[must_use]
    pub fn npts(mut self, most: impl Into<Option<usize>>) -> Self {
        self.npts = most.into();
        self
    }

    /// The half-width of the Lanczos kernel, in input samples.
    #[must_use]
    pub fn lanczos_a(mut self, a: usize) -> Self {
        self.lanczos_a = a;
        self
    }

    /// The format of the results.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// The steps as the kernels take them; of [`npts`](Self::npts) a run takes as many as fit.
    ///
    /// # Errors
    /// [`BatchError::Option`] naming the option that has no meaning, or the rate that the
    /// [`format`](Self::format) does not hold.
    pub fn spec(&self) -> Result<CalibrationSpec, BatchError> {
        let wrong = |option, reason: String| BatchError::Option { option, reason };
        let mut removal = DeconvolutionSpec::new(self.output).zero_mean(false).taper_fraction(None);
        if let Some([f1, f2, f3, f4]) = self.pre_filter_hz {
            let filter =
                PreFilter::new(f1, f2, f3, f4).map_err(|e| wrong("pre-filter", e.to_string()))?;
            removal = removal.pre_filter(filter);
        }
        removal = removal.water_level(match self.water_level_db {
            None => WaterLevel::None,
            Some(db) if db.is_finite() && db >= 0.0 => WaterLevel::Db(db),
            Some(db) => {
                let reason = format!("{db} is not a number of decibels from 0 on, or none");
                return Err(wrong("water level", reason));
            }
        });
        if let FftLength::Exactly(_) = self.fft_length {
            return Err(wrong("fft-length", "traces differ in length: obspy or fast".to_owned()));
        }
        removal = removal.fft_length(self.fft_length);
        if !(0.0..=0.5).contains(&self.taper_fraction) {
            let reason = format!("{} is not between 0 and 0.5", self.taper_fraction);
            return Err(wrong("taper", reason));
        }
        let taper = (self.taper_fraction > 0.0).then(|| TaperSpec::new(self.taper_fraction));
        let rate = SamplingRate::from_hz(self.rate_hz)
            .ok()
            .filter(|rate| rate.is_regular())
            .ok_or_else(|| wrong("rate", format!("{} Hz is no sampling rate", self.rate_hz)))?;
        self.format.expect_rate(rate).map_err(|reason| wrong("rate", reason))?;
        let a = u32::try_from(self.lanczos_a)
            .ok()
            .filter(|a| (1..=MAX_LANCZOS_A).contains(a))
            .ok_or_else(|| {
                let reason = format!("{} is not from 1 to {MAX_LANCZOS_A}", self.lanczos_a);
                wrong("lanczos-a", reason)
            })?;
        if self.npts == Some(0) {
            return Err(wrong("npts", "a result needs at least one sample".to_owned()));
        }
        Ok(CalibrationSpec::only(removal)
            .detrend(DetrendSpec::Demean)
            .taper(taper)
            .resample(InterpolationSpec::lanczos(rate, a)))
    }

    /// Names the options in which two sets differ, with both values.
    #[must_use]
    pub fn difference(&self, other: &Self) -> String {
        let fields = |p: &Self| match serde_json::to_value(p) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
        let (mine, theirs) = (fields(self), fields(other));
        mine.iter()
            .filter_map(|(name, a)| {
                let b = theirs.get(name)?;
                (a != b).then(|| format!("{name}: {a} there, {b} now"))
            })
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// Format of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Binary SAC, little-endian, 32-bit floats; also the interval is one.
    Sac,
    /// miniSEED 2, 64-bit floats. Starts are rounded to the microsecond, which is all that the
    /// format holds; [rates](Processing::rate_hz) that it does not hold are refused before the run.
    Mseed,
}

impl Format {
    /// All of them.
    pub(super) const ALL: [Self; 2] = [Self::Sac, Self::Mseed];

    /// The extension of result files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Sac => "sac",
            Self::Mseed => "mseed",
        }
    }

    /// How results are written as miniSEED.
    pub(super) fn mseed_options() -> mseed::WriteOptions {
        // A result starts where its raw trace does, and that may be between microseconds: of
        // miniSEED 3, or joined of records of 3 Hz. Half a microsecond is 1e-5 samples at 20 Hz
        // and less than clocks of seismographs know, no reason to lose the seismogram.
        mseed::WriteOptions::new().round_start(true)
    }

    /// Refuses a rate of which files of this format would tell another one, since every result
    /// would fail with it.
    fn expect_rate(self, rate: SamplingRate) -> Result<(), String> {
        match self {
            // A 32-bit interval, as everybody's.
            Self::Sac => Ok(()),
            Self::Mseed => {
                let id = SourceId::default();
                let probe = Trace::new(id, UtcTime::EPOCH, rate, vec![0.0_f64]);
                let nearest_hz = match mseed::write_to(io::sink(), [&probe], &Self::mseed_options())
                {
                    Err(mseed::WriteError::Rate { nearest_hz, .. }) => nearest_hz,
                    _ => return Ok(()),
                };
                let nearest = match nearest_hz {
                    Some(hz) => format!("take {hz:?} Hz, the nearest that it holds, or write SAC"),
                    None => "write SAC".to_owned(),
                };
                Err(format!("{:?} Hz would not come back from miniSEED 2: {nearest}", rate.hz()))
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.extension())
    }
}

/// Options of a run.
///
/// ```
/// use seis::batch::{BatchOptions, IoOrder, Processing};
/// let options = BatchOptions::new(Processing::default().rate_hz(20.0))
///     .out("/data/displacement")
///     .jobs(std::num::NonZeroUsize::new(4))
///     .io_threads(2)
///     .io_order(IoOrder::Name);
/// # assert_eq!(options.io_threads, Some(2));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BatchOptions {
    /// What is done to every trace.
    pub processing: Processing,
    /// Results go to `<out>/<event>/`; without it to `processed/` in the event's directory.
    pub out: Option<PathBuf>,
    /// Worker threads, at most 512; all cores if `None`.
    pub jobs: Option<NonZeroUsize>,
    /// Threads that read ahead of the workers, at most 512, so that these need not wait for the disk. With
    /// none, the workers read for themselves. `None` leaves the choice to the run: it begins
    /// without, and takes two if reading turns out to need more than an eighth of the time.
    pub io_threads: Option<usize>,
    /// In which order files are visited.
    pub io_order: IoOrder,
    /// Bytes of plans that are kept for other traces of the same response and length; `None` for
    /// 24 MiB, which is some hundred plans for traces of 20 minutes and none for a day.
    pub plan_memory: Option<usize>,
    /// Whether results that are there are made again.
    pub overwrite: bool,
}

impl BatchOptions {
    /// A run of this processing, on all cores, with the results in the archive.
    #[must_use]
    pub fn new(processing: Processing) -> Self {
        Self { processing, ..Self::default() }
    }

    /// Results go to `<out>/<event>/`; without it to `processed/` in the event's directory.
    #[must_use]
    pub fn out(mut self, directory: impl Into<PathBuf>) -> Self {
        self.out = Some(directory.into());
        self
    }

    /// The number of worker threads; all cores if `None`.
    #[must_use]
    pub fn jobs(mut self, jobs: impl Into<Option<NonZeroUsize>>) -> Self {
        self.jobs = jobs.into();
        self
    }

    /// The number of threads that read ahead of the workers; with none, the workers read for
    /// themselves. `None` leaves the choice to the run.
    #[must_use]
    pub fn io_threads(mut self, threads: impl Into<Option<usize>>) -> Self {
        self.io_threads = threads.into();
        self
    }

    /// In which order files are visited.
    #[must_use]
    pub fn io_order(mut self, order: IoOrder) -> Self {
        self.io_order = order;
        self
    }

    /// How many bytes of plans are kept for other traces of the same response and length: some
    /// 200 kB for each channel's 20 minutes at 40 Hz, some 20 MB for its days, beside the tables
    /// of the Fourier transform. With [`RunStats`](super::RunStats) one sees whether it is enough.
    #[must_use]
    pub fn plan_memory(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.plan_memory = bytes.into();
        self
    }

    /// Whether results that are there are made again.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }
}

mod fft_length_name {
    //! The choice of FFT lengths by a short name.

    use seis_signal::FftLength;
    use serde::{Deserialize, Deserializer, Serializer, de::Error, ser};

    pub(super) fn serialize<S: Serializer>(length: &FftLength, s: S) -> Result<S::Ok, S::Error> {
        match length {
            FftLength::ObsPy => s.serialize_str("obspy"),
            FftLength::Fast => s.serialize_str("fast"),
            other => Err(ser::Error::custom(format!("{other:?} has no name"))),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<FftLength, D::Error> {
        match String::deserialize(d)?.as_str() {
            "obspy" => Ok(FftLength::ObsPy),
            "fast" => Ok(FftLength::Fast),
            other => Err(D::Error::custom(format!("{other:?} is not obspy or fast"))),
        }
    }
}

mod motion_name {
    //! A ground motion by its short name.

    use seis_core::GroundMotion;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(m: &GroundMotion, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(m.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<GroundMotion, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}
