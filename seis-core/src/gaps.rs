//! Where a channel's segments do not meet.

use std::fmt;

use crate::{SamplingRate, SourceId, TimeDelta, Trace, UtcTime};

/// A gap or an overlap between two consecutive segments of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Gap {
    /// The channel.
    pub id: SourceId,
    /// Time of the last sample before it.
    pub after: UtcTime,
    /// Time of the first sample of the later segment.
    pub before: UtcTime,
    /// Gap or overlap.
    pub kind: GapKind,
    /// How long: missing time of a gap, doubly covered time of an overlap. Never negative.
    pub span: TimeDelta,
    /// Samples missing or doubly present, to the nearest.
    pub samples: i64,
}

/// Whether time is missing or covered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapKind {
    /// No samples.
    Gap,
    /// Samples of two segments.
    Overlap,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            GapKind::Gap => "gap",
            GapKind::Overlap => "overlap",
        };
        write!(
            f,
            "{}: {kind} of {} ({} samples) between {} and {}",
            self.id, self.span, self.samples, self.after, self.before
        )
    }
}

/// A gapless stretch of one channel, without its samples: what headers say of a trace.
///
/// ```
/// use seis_core::{SamplingRate, Segment};
/// let rate = SamplingRate::from_hz(10.0)?;
/// let at = |start: &str| -> Result<Segment, seis_core::Error> {
///     Ok(Segment { id: "CI.HEC..BHN".parse()?, start: start.parse()?, rate, samples: 600 })
/// };
/// let gaps = Segment::gaps([at("2022-01-02T00:00:00Z")?, at("2022-01-02T00:02:00Z")?]);
/// assert_eq!((gaps.len(), gaps[0].samples), (1, 600));
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// The channel.
    pub id: SourceId,
    /// Time of the first sample.
    pub start: UtcTime,
    /// Samples per second.
    pub rate: SamplingRate,
    /// Number of samples.
    pub samples: u64,
}

impl Segment {
    /// Time of the last sample; the start time if there is none.
    #[must_use]
    pub fn end(&self) -> UtcTime {
        self.time_of(self.samples.saturating_sub(1))
    }

    /// Time at which the next sample is due: the end, and one interval.
    #[must_use]
    pub fn next_start(&self) -> UtcTime {
        self.time_of(self.samples)
    }

    fn time_of(&self, index: u64) -> UtcTime {
        self.start + self.rate.offset_of(i64::try_from(index).unwrap_or(i64::MAX))
    }

    /// Gaps and overlaps between the segments of each channel, by channel and time, whatever order
    /// the segments are in.
    ///
    /// What is less than half a sample long is neither. Each segment is compared with the one that
    /// reached furthest so far, so that a short segment inside a long one does not make a gap appear
    /// behind it.
    #[must_use]
    pub fn gaps(segments: impl IntoIterator<Item = Self>) -> Vec<Gap> {
        let mut sorted: Vec<Self> = segments.into_iter().collect();
        sorted.sort_by_key(|s| (s.id, s.start, s.end()));
        let mut out = Vec::new();
        let mut furthest: Option<Self> = None;
        for segment in sorted {
            furthest = Some(match furthest.filter(|before| before.id == segment.id) {
                Some(before) => {
                    out.extend(before.gap_to(&segment));
                    if before.next_start() < segment.next_start() { segment } else { before }
                }
                None => segment,
            });
        }
        out
    }

    fn gap_to(&self, later: &Self) -> Option<Gap> {
        let due = self.next_start();
        let (whole, fraction) = self.rate.samples_in(later.start - due);
        let nearest = whole + i128::from(fraction > 0.5);
        let (kind, span, samples) = if nearest > 0 {
            (GapKind::Gap, later.start - due, nearest)
        } else if nearest < 0 {
            let end = due.min(later.next_start());
            let inside = (-nearest).min(i128::from(later.samples));
            (GapKind::Overlap, end - later.start, inside)
        } else {
            return None;
        };
        Some(Gap {
            id: later.id,
            after: self.end(),
            before: later.start,
            kind,
            span,
            samples: i64::try_from(samples).unwrap_or(i64::MAX),
        })
    }
}

impl From<&Trace> for Segment {
    fn from(trace: &Trace) -> Self {
        Self { id: trace.id, start: trace.start, rate: trace.rate, samples: trace.len() as u64 }
    }
}

impl fmt::Display for Segment {
    /// Id, start, end, rate and length on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, start, rate, samples } = self;
        write!(f, "{id} | {start} - {} | {rate}, {samples} samples", self.end())
    }
}
