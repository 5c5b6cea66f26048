//! What blockettes say.
//!
//! *SEED Reference Manual* 2.4, chapter 8. Byte positions are from the start of the blockette,
//! whose first four bytes are its type and the link to the next. A time (BTIME) has ten bytes:
//!
//! | byte | field | byte | field |
//! |---|---|---|---|
//! | 0–1 | year | 6 | second |
//! | 2–3 | day of the year | 7 | unused |
//! | 4 | hour | 8–9 | 0.1 ms |
//! | 5 | minute | | |

use std::borrow::Cow;

use seis_core::{TimeDelta, UtcTime};

use super::blockettes::Blockette;
use crate::mseed::{ByteOrder, Encoding};

/// The content of a blockette.
///
/// Texts are without the blanks and NULs around them; bytes that are no UTF-8 become `�`. A time
/// is `None` where the blockette has none, or an impossible one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// 100: the actual sampling rate, in Hz. (It is part of [`RecordView::rate`].)
    ///
    /// [`RecordView::rate`]: crate::mseed::RecordView::rate
    SampleRate {
        /// Samples per second.
        hz: f32,
    },
    /// 200 and 201: an event was detected.
    Detection(Detection<'a>),
    /// 300, 310, 320 and 390: a calibration began.
    Calibration(Calibration<'a>),
    /// 395: a calibration ended before its time.
    CalibrationAbort {
        /// When.
        end: Option<UtcTime>,
    },
    /// 400: the samples are those of a beam.
    Beam {
        /// Azimuth of the beam in degrees.
        azimuth_deg: f32,
        /// Its slowness in seconds per degree.
        slowness_s_per_deg: f32,
        /// Number of the configuration of the array.
        configuration: u16,
    },
    /// 405: the delays of the channels of a beam.
    BeamDelay {
        /// In units of 0.1 ms.
        delays: Vec<u16>,
    },
    /// 500: what happened to the clock.
    Timing(Timing<'a>),
    /// 1000: how the data are stored. (It is part of the record's properties.)
    DataOnly {
        /// Encoding.
        encoding: Encoding,
        /// Byte order of the samples.
        order: ByteOrder,
        /// Record length as a power of two.
        record_len_exponent: u8,
    },
    /// 1001: the quality of the clock.
    TimingQuality {
        /// In percent, as the vendor defines it.
        quality: u8,
        /// To be added to the start time (and added, in
        /// [`RecordView::start`](crate::mseed::RecordView::start)).
        microseconds: i8,
        /// Frames of compressed data that are filled.
        frames: u8,
    },
    /// 2000: data that only their makers understand.
    Opaque(Opaque<'a>),
    /// Another type, or too short for its own: its bytes are in [`Blockette::bytes`].
    Unknown,
}

/// A detected event (blockettes 200 and 201).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Detection<'a> {
    /// Amplitude of the signal.
    pub amplitude: f32,
    /// Its period in seconds.
    pub period_s: f32,
    /// Estimate of the background.
    pub background: f32,
    /// Whether the first motion is a dilatation (or, not, a compression). In blockette 200 only
    /// known if [`dilatation_known`](Self::dilatation_known).
    pub dilatation: bool,
    /// Whether the first motion was determined (200: bit 2 unset).
    pub dilatation_known: bool,
    /// Whether the units are decounted, as described in the channel's response (200: bit 1), and
    /// not counts.
    pub decounted: bool,
    /// Time of the onset.
    pub onset: Option<UtcTime>,
    /// Name of the detector.
    pub detector: Cow<'a, str>,
    /// What only Murdock detections (201) have.
    pub murdock: Option<Murdock>,
}

/// What a Murdock detection (blockette 201) has besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Murdock {
    /// Signal-to-noise ratios.
    pub signal_to_noise: [u8; 6],
    /// Lookback value: 0, 1 or 2.
    pub lookback: u8,
    /// Algorithm of the pick: 0 or 1.
    pub algorithm: u8,
}

/// A calibration that began (blockettes 300, 310, 320 and 390).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Calibration<'a> {
    /// When.
    pub begin: Option<UtcTime>,
    /// Flags as they stand. Bit 2: it began by itself; bit 3: it goes on from the records before.
    pub flags: u8,
    /// How long it is to last (of steps: each of them).
    pub duration: TimeDelta,
    /// Amplitude of the signal.
    pub amplitude: f32,
    /// Channel that records the signal; may be empty.
    pub input_channel: Cow<'a, str>,
    /// What kind it is.
    pub kind: CalibrationKind<'a>,
}

impl Calibration<'_> {
    /// Whether it began by itself.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Whether it goes on from the records before.
    #[must_use]
    pub fn is_continued(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The kinds of calibrations.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CalibrationKind<'a> {
    /// 300: steps.
    Step {
        /// How many.
        steps: u8,
        /// Whether the first is positive.
        first_positive: bool,
        /// Whether their signs alternate.
        alternating: bool,
        /// Time from one to the next.
        interval: TimeDelta,
        /// How the signal is made.
        calibrator: Calibrator<'a>,
    },
    /// 310: a sine.
    Sine {
        /// Its period in seconds.
        period_s: f32,
        /// What the amplitude is.
        amplitude: Option<AmplitudeRange>,
        /// How the signal is made.
        calibrator: Calibrator<'a>,
    },
    /// 320: pseudo-random.
    PseudoRandom {
        /// Whether the amplitudes are random, too.
        random_amplitudes: bool,
        /// Character of the noise, as `White`.
        noise: Cow<'a, str>,
        /// How the signal is made.
        calibrator: Calibrator<'a>,
    },
    /// 390: something else.
    Generic,
}

/// What is meant by an amplitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmplitudeRange {
    /// From peak to peak.
    PeakToPeak,
    /// From zero to the peak.
    ZeroToPeak,
    /// Root mean square.
    Rms,
}

/// How a calibration signal is made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Calibrator<'a> {
    /// Amplitude at 0 dB. By the manual an integer in steps and a float otherwise; both are in use.
    /// The bits as they stand: see [`as_f32`](Self::as_f32).
    pub reference_amplitude: u32,
    /// How it is coupled, as `Resistive`.
    pub coupling: Cow<'a, str>,
    /// Its filters, as `3dB@10Hz`.
    pub rolloff: Cow<'a, str>,
}

impl Calibrator<'_> {
    /// The reference amplitude, taken as a float.
    #[must_use]
    pub fn as_f32(&self) -> f32 {
        f32::from_bits(self.reference_amplitude)
    }
}

/// What happened to the clock (blockette 500).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Timing<'a> {
    /// Control value of the oscillator, 0 to 100 %.
    pub vco_correction_percent: f32,
    /// When it happened, with the microseconds.
    pub time: Option<UtcTime>,
    /// Microseconds of the time.
    pub microseconds: i8,
    /// Quality of reception, in percent.
    pub reception_quality: u8,
    /// A count, of missing time marks, say.
    pub exception_count: u32,
    /// What happened, as `Missing`.
    pub exception: Cow<'a, str>,
    /// The clock, as `Quanterra GPS1/QTS`.
    pub clock_model: Cow<'a, str>,
    /// Its status.
    pub clock_status: Cow<'a, str>,
}

/// Opaque data (blockette 2000).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opaque<'a> {
    /// Number of the piece, in a sequence of them.
    pub record_number: u32,
    /// Byte order of the data.
    pub order: ByteOrder,
    /// Flags. Bit 0: oriented by the stream, not the record; bit 1: not to be packaged anew; bits 2
    /// and 3: whole, or a fragment; bits 4 and 5: part of a file.
    pub flags: u8,
    /// What they are: texts that end at a `~`.
    pub headers: Vec<Cow<'a, str>>,
    /// The data.
    pub data: &'a [u8],
}

impl<'a> Blockette<'a> {
    /// What the blockette says.
    ///
    /// ```
    /// # use seis_core::{SamplingRate, Trace};
    /// # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00.000012Z".parse()?,
    /// #     SamplingRate::from_hz(40.0)?, vec![1, 2, 3]);
    /// # let mut bytes = Vec::new();
    /// # seis_io::mseed::write_to(&mut bytes, [&trace], &Default::default())?;
    /// use seis_io::mseed::{RecordView, v2::Content};
    /// let record = RecordView::parse(&bytes)?;
    /// for blockette in record.blockettes() {
    ///     match blockette.content() {
    ///         Content::TimingQuality { quality, .. } => println!("clock: {quality} %"),
    ///         Content::Detection(event) => println!("event at {:?}", event.onset),
    ///         _ => {}
    ///     }
    /// }
    /// # assert!(record.blockettes().any(|b| matches!(b.content(),
    /// #     Content::TimingQuality { microseconds: 12, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn content(&self) -> Content<'a> {
        let fields = Fields { bytes: self.bytes, order: self.order };
        // What is too short has no such field.
        fields.content(self.kind).unwrap_or(Content::Unknown)
    }
}

/// The fields of a blockette, by position.
#[derive(Debug, Clone, Copy)]
struct Fields<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
}

impl<'a> Fields<'a> {
    fn content(self, kind: u16) -> Option<Content<'a>> {
        Some(match kind {
            100 => Content::SampleRate { hz: self.f32(4)? },
            200 | 201 => Content::Detection(self.detection(kind)?),
            300 | 310 | 320 | 390 => Content::Calibration(self.calibration(kind)?),
            395 => Content::CalibrationAbort { end: self.time(4)? },
            400 => Content::Beam {
                azimuth_deg: self.f32(4)?,
                slowness_s_per_deg: self.f32(8)?,
                configuration: self.u16(12)?,
            },
            405 => {
                let count = self.bytes.len().saturating_sub(4) / 2;
                let delays = (0..count).filter_map(|i| self.u16(4 + 2 * i)).collect();
                Content::BeamDelay { delays }
            }
            500 => Content::Timing(self.timing()?),
            1000 => Content::DataOnly {
                encoding: Encoding::from_code(self.u8(4)?),
                order: if self.u8(5)? == 0 { ByteOrder::Little } else { ByteOrder::Big },
                record_len_exponent: self.u8(6)?,
            },
            1001 => Content::TimingQuality {
                quality: self.u8(4)?,
                microseconds: self.u8(5)? as i8,
                frames: self.u8(7)?,
            },
            2000 => Content::Opaque(self.opaque()?),
            _ => return None,
        })
    }

    fn detection(self, kind: u16) -> Option<Detection<'a>> {
        let flags = self.u8(16)?;
        let generic = kind == 200;
        let murdock = if generic {
            None
        } else {
            let signal_to_noise = self.bytes.get(28..34)?.try_into().ok()?;
            Some(Murdock { signal_to_noise, lookback: self.u8(34)?, algorithm: self.u8(35)? })
        };
        Some(Detection {
            amplitude: self.f32(4)?,
            period_s: self.f32(8)?,
            background: self.f32(12)?,
            dilatation: flags & 1 != 0,
            dilatation_known: !generic || flags & 4 == 0,
            decounted: generic && flags & 2 != 0,
            onset: self.time(18)?,
            detector: self.text(if generic { 28 } else { 36 }, 24)?,
            murdock,
        })
    }

    fn calibration(self, kind: u16) -> Option<Calibration<'a>> {
        let flags = self.u8(15)?;
        // Steps and sines have a field more in front of the amplitude.
        let amplitude = if matches!(kind, 300 | 310) { 24 } else { 20 };
        let calibrator = |at: usize| {
            Some(Calibrator {
                reference_amplitude: self.u32(at)?,
                coupling: self.text(at + 4, 12)?,
                rolloff: self.text(at + 16, 12)?,
            })
        };
        let kind = match kind {
            300 => CalibrationKind::Step {
                steps: self.u8(14)?,
                first_positive: flags & 1 != 0,
                alternating: flags & 2 != 0,
                interval: self.duration(20)?,
                calibrator: calibrator(32)?,
            },
            310 => CalibrationKind::Sine {
                period_s: self.f32(20)?,
                amplitude: match flags & 0x70 {
                    0x10 => Some(AmplitudeRange::PeakToPeak),
                    0x20 => Some(AmplitudeRange::ZeroToPeak),
                    0x40 => Some(AmplitudeRange::Rms),
                    _ => None,
                },
                calibrator: calibrator(32)?,
            },
            320 => CalibrationKind::PseudoRandom {
                random_amplitudes: flags & 0x10 != 0,
                noise: self.text(56, 8)?,
                calibrator: calibrator(28)?,
            },
            _ => CalibrationKind::Generic,
        };
        Some(Calibration {
            begin: self.time(4)?,
            flags,
            duration: self.duration(16)?,
            amplitude: self.f32(amplitude)?,
            input_channel: self.text(amplitude + 4, 3)?,
            kind,
        })
    }

    fn timing(self) -> Option<Timing<'a>> {
        let microseconds = self.u8(18)? as i8;
        let rest = TimeDelta::from_nanos(i128::from(microseconds) * 1000);
        Some(Timing {
            vco_correction_percent: self.f32(4)?,
            time: self.time(8)?.map(|time| time + rest),
            microseconds,
            reception_quality: self.u8(19)?,
            exception_count: self.u32(20)?,
            exception: self.text(24, 16)?,
            clock_model: self.text(40, 32)?,
            clock_status: self.text(72, 128)?,
        })
    }

    fn opaque(self) -> Option<Opaque<'a>> {
        let data_at = usize::from(self.u16(6)?);
        let mut rest = self.bytes.get(15..data_at)?;
        let mut headers = Vec::new();
        for _ in 0..self.u8(14)? {
            let Some(end) = rest.iter().position(|b| *b == b'~') else { break };
            let (header, behind) = rest.split_at(end);
            headers.push(String::from_utf8_lossy(header));
            rest = behind.get(1..).unwrap_or_default();
        }
        Some(Opaque {
            record_number: self.u32(8)?,
            order: if self.u8(12)? == 0 { ByteOrder::Little } else { ByteOrder::Big },
            flags: self.u8(13)?,
            headers,
            data: self.bytes.get(data_at..)?,
        })
    }

    fn u8(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn u16(self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at + 2)?.try_into().ok()?;
        Some(self.order.u16(bytes))
    }

    fn u32(self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at + 4)?.try_into().ok()?;
        Some(self.order.u32(bytes))
    }

    fn f32(self, at: usize) -> Option<f32> {
        self.u32(at).map(f32::from_bits)
    }

    /// Units of 0.1 ms.
    fn duration(self, at: usize) -> Option<TimeDelta> {
        self.u32(at).map(|tenths| TimeDelta::from_nanos(i128::from(tenths) * 100_000))
    }

    /// `None` inside if it is no time.
    fn time(self, at: usize) -> Option<Option<UtcTime>> {
        let (year, day, fraction) = (self.u16(at)?, self.u16(at + 2)?, self.u16(at + 8)?);
        let clock = (self.u8(at + 4)?, self.u8(at + 5)?, self.u8(at + 6)?);
        if year == 0 || fraction > 9999 {
            return Some(None);
        }
        let nanos = u32::from(fraction) * 100_000;
        Some(
            i16::try_from(year).ok().and_then(|y| UtcTime::from_ordinal(y, day, clock, nanos).ok()),
        )
    }

    fn text(self, at: usize, len: usize) -> Option<Cow<'a, str>> {
        let field = self.bytes.get(at..at + len)?;
        let padding = |b: &u8| *b == b' ' || *b == 0;
        let start = field.iter().position(|b| !padding(b)).unwrap_or(field.len());
        let end = field.iter().rposition(|b| !padding(b)).map_or(start, |i| i + 1);
        Some(String::from_utf8_lossy(field.get(start..end)?))
    }
}
