//! One gapless seismogram.

use std::fmt;
use std::ops::Range;

use crate::{History, Samples, SamplingRate, Segment, SourceId, TimeDelta, UtcTime};

/// A gapless, regularly sampled series of one channel.
///
/// A channel with a gap is several traces. The time of sample *i* is `start + i / rate`, exact to
/// the nanosecond however long the trace is.
///
/// ```
/// use seis_core::{SamplingRate, Trace};
/// let mut trace = Trace::new(
///     "CI.HEC..BHN".parse()?,
///     "2022-01-02T00:00:00Z".parse()?,
///     SamplingRate::from_hz(10.0)?,
///     (0..100).collect::<Vec<i32>>(),
/// );
/// trace.trim("2022-01-02T00:00:01Z".parse()?, "2022-01-02T00:00:02Z".parse()?);
/// assert_eq!(trace.len(), 11);
/// assert_eq!(trace.samples.as_i32().map(|v| v[0]), Some(10));
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Trace {
    /// Who recorded it.
    pub id: SourceId,
    /// Time of the first sample.
    pub start: UtcTime,
    /// Samples per second.
    pub rate: SamplingRate,
    /// The values.
    pub samples: Samples,
    /// What was done to them.
    pub history: History,
}

impl Trace {
    /// A trace without history.
    #[must_use]
    pub fn new(
        id: SourceId,
        start: UtcTime,
        rate: SamplingRate,
        samples: impl Into<Samples>,
    ) -> Self {
        Self { id, start, rate, samples: samples.into(), history: History::new() }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Time of the sample with this index, which may lie outside the trace.
    #[must_use]
    pub fn time_of(&self, index: i64) -> UtcTime {
        self.start + self.rate.offset_of(index)
    }

    /// Time of the last sample; the start time of an empty trace.
    #[must_use]
    pub fn end(&self) -> UtcTime {
        self.time_of(signed(self.len()).saturating_sub(1).max(0))
    }

    /// Time at which the next sample is due: the end, and one interval.
    #[must_use]
    pub fn next_start(&self) -> UtcTime {
        self.time_of(signed(self.len()))
    }

    /// Index of the sample nearest to an instant, and how far (in samples, at most a half) the
    /// instant lies behind it. Halfway between two samples the earlier is taken.
    #[must_use]
    pub fn nearest_index(&self, time: UtcTime) -> (i128, f64) {
        let (below, fraction) = self.rate.samples_in(time - self.start);
        if fraction > 0.5 { (below + 1, fraction - 1.0) } else { (below, fraction) }
    }

    /// The indices of the samples within a window, to the nearest sample.
    ///
    /// It begins with the sample nearest to `from` and ends with the sample nearest to `to`; halfway
    /// between two samples both ends take the later. So a sample up to half an interval outside is
    /// taken, and two windows that meet share the sample where they meet. A window that ends before
    /// the sample nearest to its begin takes nothing, nor does one outside the trace (up to half an
    /// interval behind the last sample is not outside). This is ObsPy's
    /// `Trace.trim(nearest_sample=True)`; of a trace of one sample ObsPy keeps that even if the
    /// window ends up to half an interval before it.
    ///
    /// Without a [rate](SamplingRate::is_regular) (text, irregular series) all samples stand at the
    /// start of the trace: all of them are in a window that holds the start, else none.
    #[must_use]
    pub fn range_within(&self, from: UtcTime, to: UtcTime) -> Range<usize> {
        if !self.rate.is_regular() {
            return if from <= self.start && self.start <= to { 0..self.len() } else { 0..0 };
        }
        let len = self.len() as i128;
        let nearest = |time: UtcTime| {
            let (below, fraction) = self.rate.samples_in(time - self.start);
            if fraction >= 0.5 { below + 1 } else { below }
        };
        let start = nearest(from).clamp(0, len);
        if to < self.time_of(i64::try_from(start).unwrap_or(i64::MAX)) {
            return start as usize..start as usize;
        }
        let end = nearest(to).saturating_add(1).clamp(start, len);
        start as usize..end as usize
    }

    /// Keeps the samples within a window, as [`range_within`](Self::range_within) counts them.
    /// The trace is empty afterwards if the window lies outside it.
    pub fn trim(&mut self, from: UtcTime, to: UtcTime) -> &mut Self {
        let range = self.range_within(from, to);
        self.start = self.time_of(signed(range.start));
        self.samples.retain_range(range);
        self
    }

    /// A copy of the samples within a window, or `None` if there are none.
    #[must_use]
    pub fn slice(&self, from: UtcTime, to: UtcTime) -> Option<Self> {
        let range = self.range_within(from, to);
        (!range.is_empty()).then(|| self.part(range))
    }

    /// A copy of the samples with these indices, with the start time that belongs to them.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        Self {
            id: self.id,
            start: self.time_of(signed(range.start)),
            rate: self.rate,
            samples: self.samples.slice(range),
            history: self.history.clone(),
        }
    }

    /// Time covered, counting one interval for each sample.
    #[must_use]
    pub fn duration(&self) -> TimeDelta {
        self.next_start() - self.start
    }
}

/// A length as a signed index; no allocation is longer than `isize::MAX` bytes.
pub(crate) fn signed(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

impl Default for SamplingRate {
    fn default() -> Self {
        Self::NONE
    }
}

impl fmt::Display for Trace {
    /// Id, start, end, rate and length on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Segment::from(self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(start_ns: i128, hz: f64, n: i32) -> Trace {
        Trace::new(
            "XX.A..BHZ".parse().unwrap(),
            UtcTime::from_nanos(start_ns),
            SamplingRate::from_hz(hz).unwrap(),
            (0..n).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn times_are_exact_at_the_end_of_a_month() {
        let t = Trace::new(
            SourceId::default(),
            UtcTime::EPOCH,
            SamplingRate::from_hz(100.0 / 3.0).unwrap(),
            vec![0; 10],
        );
        assert_eq!(t.time_of(86_400_000 + 1).as_nanos(), 2_592_000_030_000_000);
        assert_eq!(t.duration().as_nanos(), 300_000_000);
    }

    /// The figures are those of ObsPy 1.5.1's `Trace.trim`.
    #[test]
    fn trimming_takes_the_nearest_samples() {
        let t = trace(0, 1.0, 10);
        let range = |from: f64, to: f64| {
            let at = |s| UtcTime::EPOCH + TimeDelta::from_seconds_f64(s);
            t.range_within(at(from), at(to))
        };
        assert_eq!(range(2.0, 4.0), 2..5);
        assert_eq!(range(2.4, 4.4), 2..5);
        assert_eq!(range(2.5, 4.5), 3..6);
        assert_eq!(range(2.6, 4.6), 3..6);
        assert_eq!(range(-9.0, 99.0), 0..10);
        assert_eq!(range(-0.5, 9.5), 0..10);
        assert_eq!(range(-0.6, 0.0), 0..1);
        // Up to half an interval behind the end, but not before the start.
        assert_eq!(range(9.4, 20.0), 9..10);
        assert!(range(9.5, 20.0).is_empty());
        assert!(range(-20.0, -0.1).is_empty());
        // Between two samples: the one before, if it is nearest to the begin.
        assert_eq!(range(2.1, 2.3), 2..3);
        assert!(range(2.6, 2.8).is_empty());
        assert!(range(2.5, 2.5).is_empty());
        assert_eq!(range(2.6, 3.0), 3..4);
        assert!(range(10.0, 20.0).is_empty());
        assert!(range(-20.0, -1.0).is_empty());
        assert!(range(5.0, 2.0).is_empty());
    }

    #[test]
    fn without_a_rate_all_samples_stand_at_the_start() {
        let at = UtcTime::from_nanos;
        let t = Trace::new(SourceId::default(), at(1000), SamplingRate::NONE, vec![7; 40]);
        for (from, to) in [(0, 2000), (1000, 1000), (0, 1000), (1000, 2000)] {
            assert_eq!(t.range_within(at(from), at(to)), 0..40, "{from} {to}");
        }
        assert_eq!(t.range_within(UtcTime::MIN, UtcTime::MAX), 0..40);
        for (from, to) in [(0, 999), (1001, 2000), (2000, 0)] {
            assert!(t.range_within(at(from), at(to)).is_empty(), "{from} {to}");
        }
        assert_eq!(t.slice(at(0), at(1000)), Some(t.clone()));
        assert!(t.clone().trim(at(1001), at(2000)).is_empty());
    }

    #[test]
    fn a_trimmed_trace_starts_on_its_own_grid() {
        let mut t = trace(500_000_000, 1.0, 10);
        t.trim(UtcTime::from_nanos(2_000_000_000), UtcTime::MAX);
        assert_eq!(t.start.as_nanos(), 2_500_000_000);
        assert_eq!(t.len(), 8);
        t.trim(UtcTime::MIN, UtcTime::MIN);
        assert!(t.is_empty());
    }
}
