//! What is done to every trace, and where the results go.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use seis_core::{GroundMotion, SamplingRate};
use seis_signal::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, InterpolationSpec, PreFilter, TaperSpec,
    WaterLevel,
};
use serde::{Deserialize, Serialize};

use super::BatchError;

/// The widest kernel that the interpolation takes.
const MAX_LANCZOS_A: u32 = 65_536;

/// What is done to every trace: the part of the options that decides the results.
///
/// The default is the job of the README: displacement, pre-filter 0.001–0.005–4.9–5.0 Hz, no water
/// level, 5 % Hann taper, 10 Hz, at most 12 000 samples, SAC.
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
            taper_fraction: 0.05,
            rate_hz: 10.0,
            npts: Some(12_000),
            lanczos_a: 25,
            format: Format::Sac,
        }
    }
}

impl Processing {
    /// The steps, made ready for the kernels.
    ///
    /// # Errors
    /// [`BatchError::Option`] naming the option that has no meaning.
    pub(super) fn spec(&self) -> Result<CalibrationSpec, BatchError> {
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
        if !(0.0..=0.5).contains(&self.taper_fraction) {
            let reason = format!("{} is not between 0 and 0.5", self.taper_fraction);
            return Err(wrong("taper", reason));
        }
        let taper = (self.taper_fraction > 0.0).then(|| TaperSpec::new(self.taper_fraction));
        let rate = SamplingRate::from_hz(self.rate_hz)
            .ok()
            .filter(|rate| rate.is_regular())
            .ok_or_else(|| wrong("rate", format!("{} Hz is no sampling rate", self.rate_hz)))?;
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
    /// Binary SAC, little-endian, 32-bit floats.
    Sac,
    /// miniSEED 2, 64-bit floats.
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
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.extension())
    }
}

/// Options of a run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BatchOptions {
    /// What is done to every trace.
    pub processing: Processing,
    /// Results go to `<out>/<event>/`; without it to `processed/` in the event's directory.
    pub out: Option<PathBuf>,
    /// Worker threads; all cores if `None`.
    pub jobs: Option<NonZeroUsize>,
    /// Whether results that are there are made again.
    pub overwrite: bool,
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
