//! Where a channel's segments do not meet.

use std::fmt;

use crate::{SourceId, TimeDelta, Trace, UtcTime, trace::signed};

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

/// Gaps between time-ordered segments of one channel.
///
/// Each segment is compared with the one that reached furthest so far, so that a short segment
/// inside a long one does not make a gap appear behind it.
pub(crate) fn between<'a>(segments: impl IntoIterator<Item = &'a Trace>, out: &mut Vec<Gap>) {
    let mut furthest: Option<&Trace> = None;
    for trace in segments {
        if let Some(before) = furthest {
            out.extend(one(before, trace));
        }
        if furthest.is_none_or(|f| f.next_start() < trace.next_start()) {
            furthest = Some(trace);
        }
    }
}

fn one(before: &Trace, trace: &Trace) -> Option<Gap> {
    let due = before.next_start();
    let (whole, fraction) = before.rate.samples_in(trace.start - due);
    let nearest = whole + i128::from(fraction > 0.5);
    let (kind, span, samples) = if nearest > 0 {
        (GapKind::Gap, trace.start - due, nearest)
    } else if nearest < 0 {
        let end = due.min(trace.next_start());
        let inside = (-nearest).min(i128::from(signed(trace.len())));
        (GapKind::Overlap, end - trace.start, inside)
    } else {
        return None;
    };
    Some(Gap {
        id: trace.id,
        after: before.end(),
        before: trace.start,
        kind,
        span,
        samples: i64::try_from(samples).unwrap_or(i64::MAX),
    })
}
