//! The extra headers of version 3: a JSON object, of which `FDSN` has a meaning for everybody.
//!
//! The names are those of *ExtraHeaders-FDSN* 1.0, the schema of the *FDSN miniSEED 3 Definition*.

use std::fmt;

use seis_core::UtcTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::mseed::RecordError;

/// The extra headers of a record.
///
/// They are at most 65535 bytes of JSON, nested no deeper than 128.
///
/// ```
/// use seis_io::mseed::v3::ExtraHeaders;
/// let text = r#"{"FDSN":{"Time":{"Quality":93,"LeapSecond":1}},"Operator":{"Battery":{"V":12.1}}}"#;
/// let extra: ExtraHeaders = text.parse()?;
/// assert_eq!(extra.get("Operator.Battery.V").and_then(|v| v.as_f64()), Some(12.1));
/// let time = extra.fdsn()?.time.ok_or("no time")?;
/// assert_eq!((time.quality, time.leap_second), (Some(93), Some(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExtraHeaders {
    object: Map<String, Value>,
}

impl ExtraHeaders {
    /// No extra headers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From bytes of JSON; none, if there are no bytes.
    ///
    /// # Errors
    /// [`RecordError::ExtraHeaders`] for what is not a JSON object.
    pub fn parse(json: &[u8]) -> Result<Self, RecordError> {
        // Some writers fill up with blanks or NULs.
        let padding = |b: &&u8| b.is_ascii_whitespace() || **b == 0;
        let len = json.len() - json.iter().rev().take_while(padding).count();
        match json.get(..len) {
            None | Some([]) => Ok(Self::default()),
            Some(text) => serde_json::from_slice(text)
                .map(|object| Self { object })
                .map_err(|e| RecordError::ExtraHeaders { reason: e.to_string() }),
        }
    }

    /// The value at a path of names, as `FDSN.Time.Quality`; numbers are indices of lists.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Value> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
        let mut value = self.object.get(first)?;
        for name in rest.into_iter().flat_map(|rest| rest.split('.')) {
            value = match value {
                Value::Object(object) => object.get(name)?,
                Value::Array(list) => list.get(name.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// All of them.
    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.object
    }

    /// All of them, to be changed.
    pub fn as_object_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.object
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }

    /// The headers that the FDSN has defined. Names that it has not are left out; they are found
    /// by [`get`](Self::get).
    ///
    /// # Errors
    /// [`RecordError::ExtraHeaders`] for one of another type than defined, with its path, as
    /// `FDSN.Time.Quality`. The others are then to be found by [`get`](Self::get), or all together
    /// once it is [taken out](Self::as_object_mut).
    pub fn fdsn(&self) -> Result<Fdsn, RecordError> {
        match self.object.get("FDSN") {
            None => Ok(Fdsn::default()),
            Some(value) => Fdsn::deserialize(value).map_err(|error| {
                let (path, error) = locate("FDSN".to_owned(), error, value, &|alone| alone);
                RecordError::ExtraHeaders { reason: format!("{path}: {error}") }
            }),
        }
    }

    /// Sets the headers that the FDSN has defined; for [`WriteOptions::extra_headers`].
    ///
    /// [`WriteOptions::extra_headers`]: crate::mseed::WriteOptions::extra_headers
    ///
    /// ```
    /// use seis_io::mseed::WriteOptions;
    /// use seis_io::mseed::v3::{ExtraHeaders, Fdsn, Time};
    /// let mut time = Time::default();
    /// time.quality = Some(100);
    /// let mut fdsn = Fdsn::default();
    /// fdsn.time = Some(time);
    /// let mut extra = ExtraHeaders::new();
    /// extra.set_fdsn(&fdsn);
    /// let options = WriteOptions::new().extra_headers(extra);
    /// assert_eq!(options.extra_headers, r#"{"FDSN":{"Time":{"Quality":100}}}"#);
    /// ```
    pub fn set_fdsn(&mut self, fdsn: &Fdsn) -> &mut Self {
        // Numbers and texts always become JSON; a number that is none becomes null.
        if let Ok(value) = serde_json::to_value(fdsn) {
            self.object.insert("FDSN".to_owned(), value);
        }
        self
    }
}

/// Which of the headers within a value is wrong, and how: that which, alone within what surrounds
/// it, still is.
fn locate(
    path: String,
    error: serde_json::Error,
    value: &Value,
    around: &dyn Fn(Value) -> Value,
) -> (String, serde_json::Error) {
    let fault = |alone: Value| Fdsn::deserialize(around(alone)).err();
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                let wrap = |v: Value| Value::Object(Map::from_iter([(name.clone(), v)]));
                if let Some(error) = fault(wrap(inner.clone())) {
                    return locate(format!("{path}.{name}"), error, inner, &|v| around(wrap(v)));
                }
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                let wrap = |v: Value| Value::Array(vec![v]);
                if let Some(error) = fault(wrap(inner.clone())) {
                    return locate(format!("{path}.{index}"), error, inner, &|v| around(wrap(v)));
                }
            }
        }
        _ => {}
    }
    (path, error)
}

impl std::str::FromStr for ExtraHeaders {
    type Err = RecordError;

    fn from_str(text: &str) -> Result<Self, RecordError> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for ExtraHeaders {
    /// As JSON without blanks; nothing, if there are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        f.write_str(&serde_json::to_string(&self.object).map_err(|_| fmt::Error)?)
    }
}

impl From<ExtraHeaders> for String {
    fn from(extra: ExtraHeaders) -> Self {
        extra.to_string()
    }
}

/// Structs of optional headers; the names in JSON are those of the fields, in Pascal case.
macro_rules! headers {
    ($($(#[$of:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$of])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }
    )*};
}

headers! {
    /// The headers that the FDSN has defined (`FDSN`).
    Fdsn {
        /// Time and clock.
        time: Time,
        /// Events.
        event: Event,
        /// Calibrations.
        calibration: CalibrationHeaders,
        /// Recentering of the sensor.
        recenter: RecenterHeaders,
        /// Flags.
        flags: Flags,
        /// The data logger.
        logger: Equipment,
        /// The sensor.
        sensor: Equipment,
        /// The clock.
        clock: Equipment,
        /// Identifier of a description of where the data come from.
        #[serde(rename = "ProvenanceURI")]
        provenance_uri: String,
        /// Quality indicator of version 2: D, R, Q or M.
        data_quality: String,
        /// Sequence number of version 2.
        sequence: i64,
    }

    /// Time and clock (`FDSN.Time`).
    Time {
        /// Quality of the clock in percent, as the vendor defines it (version 2: blockette 1001).
        quality: i64,
        /// Correction in seconds that was applied to the start time.
        correction: f64,
        /// Largest estimated error in seconds.
        max_estimated_error: f64,
        /// Leap seconds within the record: how many, and −1 for a negative one.
        leap_second: i64,
        /// What happened to the clock (version 2: blockette 500).
        exception: Vec<TimeException>,
    }

    /// What happened to the clock (`FDSN.Time.Exception`).
    TimeException {
        /// When.
        #[serde(with = "instant")]
        time: UtcTime,
        /// Control value of the oscillator, 0 to 100 %.
        #[serde(rename = "VCOCorrection")]
        vco_correction: f64,
        /// Quality of reception, in percent.
        reception_quality: i64,
        /// A count, of missing time marks, say.
        count: i64,
        /// What happened.
        r#type: String,
        /// Status of the clock.
        clock_status: String,
    }

    /// Events (`FDSN.Event`).
    Event {
        /// One begins in the record.
        begin: bool,
        /// One ends in the record.
        end: bool,
        /// One is in progress.
        in_progress: bool,
        /// Detections (version 2: blockettes 200 and 201).
        detection: Vec<EventDetection>,
    }

    /// A detected event (`FDSN.Event.Detection`).
    EventDetection {
        /// Kind of the detection, as `MURDOCK`.
        r#type: String,
        /// Amplitude of the signal.
        signal_amplitude: f64,
        /// Its period in seconds.
        signal_period: f64,
        /// Estimate of the background.
        background_estimate: f64,
        /// `DILATATION` or `COMPRESSION`, if known.
        wave: String,
        /// Units of amplitude and background, as `COUNTS`.
        units: String,
        /// Time of the onset.
        #[serde(with = "instant")]
        onset_time: UtcTime,
        /// Signal-to-noise ratios of a Murdock detection.
        #[serde(rename = "MEDSNR")]
        med_snr: Vec<f64>,
        /// Its lookback value.
        #[serde(rename = "MEDLookback")]
        med_lookback: i64,
        /// Its algorithm.
        #[serde(rename = "MEDPickAlgorithm")]
        med_pick_algorithm: i64,
        /// Name of the detector.
        detector: String,
    }

    /// Calibrations (`FDSN.Calibration`).
    CalibrationHeaders {
        /// One after the other (version 2: blockettes 300 to 395).
        sequence: Vec<CalibrationSequence>,
    }

    /// A calibration (`FDSN.Calibration.Sequence`).
    CalibrationSequence {
        /// `STEP`, `SINE`, `PSEUDORANDOM` or `GENERIC`.
        r#type: String,
        /// When it began.
        #[serde(with = "instant")]
        begin_time: UtcTime,
        /// When it ended.
        #[serde(with = "instant")]
        end_time: UtcTime,
        /// Number of steps.
        steps: f64,
        /// Whether the first step is positive.
        step_first_pulse_positive: bool,
        /// Whether the signs of steps alternate.
        step_alternate_sign: bool,
        /// `AUTOMATIC` or `MANUAL`.
        trigger: String,
        /// Whether it goes on from the records before.
        continued: bool,
        /// Amplitude of the signal.
        amplitude: f64,
        /// Units of the signal, as volts.
        input_units: String,
        /// `PEAKTOPEAK`, `ZEROTOPEAK`, `RMS` or `RANDOM`.
        amplitude_range: String,
        /// Duration in seconds (of a step).
        duration: f64,
        /// Period of a sine in seconds.
        sine_period: f64,
        /// Time between steps in seconds.
        step_between: f64,
        /// Channel that records the signal.
        input_channel: String,
        /// Amplitude at 0 dB.
        reference_amplitude: f64,
        /// How the signal is coupled.
        coupling: String,
        /// Filters of the calibrator.
        rolloff: String,
        /// Character of pseudo-random noise.
        noise: String,
    }

    /// Recentering of the sensor (`FDSN.Recenter`).
    RecenterHeaders {
        /// One after the other.
        sequence: Vec<RecenterSequence>,
    }

    /// A recentering (`FDSN.Recenter.Sequence`).
    RecenterSequence {
        /// Of the mass (also if there is no type), of the gimbal and so on.
        r#type: String,
        /// When it began.
        #[serde(with = "instant")]
        begin_time: UtcTime,
        /// When it ended, about.
        #[serde(with = "instant")]
        end_time: UtcTime,
        /// `AUTOMATIC` or `MANUAL`.
        trigger: String,
    }

    /// Flags (`FDSN.Flags`).
    Flags {
        /// The mass of the sensor is off scale.
        mass_position_offscale: bool,
        /// The amplifier is saturated.
        amplifier_saturation: bool,
        /// The digitizer clips.
        digitizer_clipping: bool,
        /// There are spikes.
        spikes: bool,
        /// There are glitches.
        glitches: bool,
        /// A digital filter may still be charging.
        filter_charging: bool,
        /// The station volume may have a parity error.
        station_volume_parity_error: bool,
        /// A long record was read.
        long_record_read: bool,
        /// A short record was read, and filled up.
        short_record_read: bool,
        /// The series begins here.
        start_of_time_series: bool,
        /// The series ends here.
        end_of_time_series: bool,
        /// Data are missing.
        missing_data: bool,
        /// Telemetry was out of step.
        telemetry_sync_error: bool,
    }

    /// A piece of equipment.
    Equipment {
        /// Its model.
        model: String,
        /// Its serial number.
        serial: String,
    }
}

/// Times as text.
mod instant {
    use super::{Deserialize, Deserializer, Serialize, Serializer, UtcTime};

    pub(super) fn serialize<S: Serializer>(
        time: &Option<UtcTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|t| t.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<UtcTime>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|t| t.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_that_is_wrong_is_named() {
        for (json, path) in [
            (r#"{"FDSN":7}"#, "FDSN: "),
            (
                r#"{"FDSN":{"Sequence":1,"Time":{"LeapSecond":1,"Quality":"good"}}}"#,
                "FDSN.Time.Quality: ",
            ),
            (
                r#"{"FDSN":{"Time":{"Exception":[{"Count":1},{"Count":2,"Time":"noon"}]}}}"#,
                "FDSN.Time.Exception.1.Time: ",
            ),
            (
                r#"{"FDSN":{"Event":{"Detection":[{"MEDSNR":[1.5,"x"]}]}}}"#,
                "FDSN.Event.Detection.0.MEDSNR.1: ",
            ),
            (r#"{"FDSN":{"Flags":{"Spikes":1},"Clock":{"Model":"x"}}}"#, "FDSN.Flags.Spikes: "),
        ] {
            let extra: ExtraHeaders = json.parse().unwrap();
            let error = extra.fdsn().unwrap_err();
            let RecordError::ExtraHeaders { reason } = &error else { panic!("{error}") };
            assert!(reason.starts_with(path), "{json}: {reason}");
        }
    }

    #[test]
    fn the_others_are_read_without_it() {
        let json = r#"{"FDSN":{"Sequence":1,"Time":{"LeapSecond":1,"Quality":"good"}}}"#;
        let mut extra: ExtraHeaders = json.parse().unwrap();
        assert_eq!(extra.get("FDSN.Time.LeapSecond").and_then(Value::as_i64), Some(1));
        extra.as_object_mut()["FDSN"]["Time"].as_object_mut().unwrap().remove("Quality");
        assert_eq!(extra.fdsn().unwrap().sequence, Some(1));
    }
}
