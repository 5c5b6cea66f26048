//! An ordered collection of traces.

use crate::{
    Gap, IdPattern, MergeOptions, Result, Segment, SourceId, StreamError, Trace, TraceFailure,
    UtcTime, merge,
};

/// An ordered collection of traces, of any channels, rates and times.
///
/// Operations on a stream give one result per trace: one bad trace never spoils the others.
///
/// ```
/// use seis_core::{SamplingRate, Stream, Trace, UtcTime};
/// let rate = SamplingRate::from_hz(1.0)?;
/// let mut stream = Stream::new();
/// stream.push(Trace::new("CI.HEC..BHN".parse()?, UtcTime::EPOCH, rate, vec![1, 2, 3]));
/// stream.push(Trace::new("CI.CCA..BHN".parse()?, UtcTime::EPOCH, rate, vec![4, 5, 6]));
/// assert_eq!(stream.select(&"*.HEC".parse()?).count(), 1);
/// stream.sort();
/// assert_eq!(stream.traces()[0].id.station, "CCA");
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stream {
    traces: Vec<Trace>,
}

impl Stream {
    /// No traces yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { traces: Vec::new() }
    }

    /// Adds a trace at the end.
    pub fn push(&mut self, trace: Trace) {
        self.traces.push(trace);
    }

    /// The traces in order.
    #[must_use]
    pub fn traces(&self) -> &[Trace] {
        &self.traces
    }

    /// The traces in order, to be changed.
    pub fn traces_mut(&mut self) -> &mut [Trace] {
        &mut self.traces
    }

    /// The traces themselves.
    #[must_use]
    pub fn into_traces(self) -> Vec<Trace> {
        self.traces
    }

    /// Number of traces.
    #[must_use]
    pub fn len(&self) -> usize {
        self.traces.len()
    }

    /// Whether there are no traces.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// Iterates over the traces in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Trace> {
        self.traces.iter()
    }

    /// Iterates over the traces in order, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Trace> {
        self.traces.iter_mut()
    }

    /// Keeps the traces for which this holds.
    pub fn retain(&mut self, keep: impl FnMut(&Trace) -> bool) -> &mut Self {
        self.traces.retain(keep);
        self
    }

    /// The traces whose id matches, in order.
    pub fn select<'a>(&'a self, pattern: &'a IdPattern) -> impl Iterator<Item = &'a Trace> {
        self.traces.iter().filter(|t| pattern.matches(&t.id))
    }

    /// A new stream of the parts of all traces within a window, as [`trim`](Self::trim) takes
    /// them; traces of which nothing is left are left out.
    #[must_use]
    pub fn slice(&self, from: UtcTime, to: UtcTime) -> Self {
        self.traces.iter().filter_map(|t| t.slice(from, to)).collect()
    }

    /// Keeps the parts of all traces within a window, each on its own sampling grid, as
    /// [`Trace::range_within`] counts them; traces of which nothing is left are removed. (ObsPy's
    /// `Stream.trim` first puts the window on the grid of the first trace.)
    pub fn trim(&mut self, from: UtcTime, to: UtcTime) -> &mut Self {
        for trace in &mut self.traces {
            trace.trim(from, to);
        }
        self.traces.retain(|t| !t.is_empty());
        self
    }

    /// Sorts by id, then start, then end. Equal traces keep their order.
    pub fn sort(&mut self) -> &mut Self {
        self.traces.sort_by_key(|t| (t.id, t.start, t.end()));
        self
    }

    /// The traces of each channel, channels by id, traces by start time.
    #[must_use]
    pub fn by_channel(&self) -> Vec<(SourceId, Vec<&Trace>)> {
        let mut sorted: Vec<&Trace> = self.traces.iter().collect();
        sorted.sort_by_key(|t| (t.id, t.start, t.end()));
        sorted.chunk_by(|a, b| a.id == b.id).map(|c| (c[0].id, c.to_vec())).collect()
    }

    /// Gaps and overlaps between the segments of each channel, by channel and time.
    ///
    /// What is less than half a sample long is neither.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        Segment::gaps(self.traces.iter().map(Segment::from))
    }

    /// Joins the segments of each channel by a named policy; the stream is sorted afterwards.
    ///
    /// # Errors
    /// [`Error::Merge`](crate::Error::Merge) when segments differ in rate or sample type, do not
    /// lie on a common grid, or a gap is longer than the policy fills; the stream is then
    /// unchanged.
    pub fn merge(&mut self, options: &MergeOptions) -> Result<&mut Self> {
        self.traces = merge::merge(&self.traces, options)?;
        Ok(self)
    }

    /// Does something to every trace. Where it fails, the others are done all the same.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed.
    pub fn try_for_each<E>(
        &mut self,
        mut operation: impl FnMut(&mut Trace) -> Result<(), E>,
    ) -> Result<&mut Self, StreamError<E>> {
        let mut failures = Vec::new();
        for (index, trace) in self.traces.iter_mut().enumerate() {
            if let Err(error) = operation(trace) {
                failures.push(TraceFailure::new(index, trace, error));
            }
        }
        StreamError::check(failures, self.traces.len())?;
        Ok(self)
    }

    /// Does something to every trace, removes those on which it failed, and tells which they were.
    pub fn retain_ok<E>(
        &mut self,
        operation: impl FnMut(&mut Trace) -> Result<(), E>,
    ) -> Vec<TraceFailure<E>> {
        let failures = match self.try_for_each(operation) {
            Ok(_) => Vec::new(),
            Err(error) => error.failures,
        };
        self.drop_failed(&failures);
        failures
    }

    fn drop_failed<E>(&mut self, failures: &[TraceFailure<E>]) {
        let mut failed = failures.iter().map(|f| f.index).peekable();
        let mut index = 0;
        self.traces.retain(|_| {
            let keep = failed.next_if_eq(&index).is_none();
            index += 1;
            keep
        });
    }
}

#[cfg(feature = "rayon")]
impl Stream {
    /// [`try_for_each`](Self::try_for_each) on all threads of the current rayon pool; same result.
    /// A stream so small that waking threads would take longer than the work is left to the thread
    /// that asks.
    ///
    /// # Errors
    /// [`StreamError`] naming each trace that failed, in order.
    pub fn par_try_for_each<E: Send>(
        &mut self,
        operation: impl Fn(&mut Trace) -> Result<(), E> + Sync,
    ) -> Result<&mut Self, StreamError<E>> {
        use rayon::prelude::*;
        // Some 10 µs of the cheapest operations, which is what waking a thread takes.
        const SMALL: usize = 1 << 14;
        if self.traces.len() < 2 || self.traces.iter().map(Trace::len).sum::<usize>() < SMALL {
            return self.try_for_each(operation);
        }
        let failures = self
            .traces
            .par_iter_mut()
            .enumerate()
            .filter_map(|(index, trace)| {
                operation(trace).err().map(|error| TraceFailure::new(index, trace, error))
            })
            .collect();
        StreamError::check(failures, self.traces.len())?;
        Ok(self)
    }

    /// [`retain_ok`](Self::retain_ok) on all threads of the current rayon pool; same result.
    pub fn par_retain_ok<E: Send>(
        &mut self,
        operation: impl Fn(&mut Trace) -> Result<(), E> + Sync,
    ) -> Vec<TraceFailure<E>> {
        let failures = match self.par_try_for_each(operation) {
            Ok(_) => Vec::new(),
            Err(error) => error.failures,
        };
        self.drop_failed(&failures);
        failures
    }
}

impl From<Vec<Trace>> for Stream {
    fn from(traces: Vec<Trace>) -> Self {
        Self { traces }
    }
}

impl FromIterator<Trace> for Stream {
    fn from_iter<I: IntoIterator<Item = Trace>>(traces: I) -> Self {
        Self { traces: traces.into_iter().collect() }
    }
}

impl Extend<Trace> for Stream {
    fn extend<I: IntoIterator<Item = Trace>>(&mut self, traces: I) {
        self.traces.extend(traces);
    }
}

impl IntoIterator for Stream {
    type Item = Trace;
    type IntoIter = std::vec::IntoIter<Trace>;
    fn into_iter(self) -> Self::IntoIter {
        self.traces.into_iter()
    }
}

impl<'a> IntoIterator for &'a Stream {
    type Item = &'a Trace;
    type IntoIter = std::slice::Iter<'a, Trace>;
    fn into_iter(self) -> Self::IntoIter {
        self.traces.iter()
    }
}

impl<'a> IntoIterator for &'a mut Stream {
    type Item = &'a mut Trace;
    type IntoIter = std::slice::IterMut<'a, Trace>;
    fn into_iter(self) -> Self::IntoIter {
        self.traces.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GapKind, SamplingRate, TimeDelta};

    fn at(seconds: f64) -> UtcTime {
        UtcTime::EPOCH + TimeDelta::from_seconds_f64(seconds)
    }

    fn segment(id: &str, start_s: f64, n: i32) -> Trace {
        Trace::new(
            id.parse().unwrap(),
            at(start_s),
            SamplingRate::from_hz(1.0).unwrap(),
            (0..n).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn gaps_and_overlaps_per_channel() {
        let stream: Stream = [
            segment("A.B..C", 20.0, 10),
            segment("A.B..C", 0.0, 10),
            segment("A.B..D", 0.0, 10),
            segment("A.B..D", 7.0, 10),
            segment("A.B..E", 0.0, 10),
            segment("A.B..E", 10.4, 10),
        ]
        .into_iter()
        .collect();
        let gaps = stream.gaps();
        let found: Vec<_> = gaps.iter().map(|g| (g.id.to_string(), g.kind, g.samples)).collect();
        assert_eq!(
            found,
            [("A.B..C".to_owned(), GapKind::Gap, 10), ("A.B..D".to_owned(), GapKind::Overlap, 3),]
        );
        assert_eq!(gaps[0].after, at(9.0));
        assert_eq!(gaps[0].before, at(20.0));
        assert_eq!(gaps[0].span, TimeDelta::from_seconds(10));
    }

    #[test]
    fn a_segment_within_another_hides_no_gap() {
        let stream: Stream =
            [segment("A.B..C", 0.0, 100), segment("A.B..C", 10.0, 5), segment("A.B..C", 100.0, 5)]
                .into_iter()
                .collect();
        let gaps = stream.gaps();
        assert_eq!(gaps.len(), 1);
        assert_eq!((gaps[0].kind, gaps[0].samples), (GapKind::Overlap, 5));
        assert_eq!(gaps[0].span, TimeDelta::from_seconds(5));
    }

    #[test]
    fn one_failure_spoils_nothing() {
        let mut stream: Stream = (0..5).map(|i| segment("A.B..C", f64::from(i), 1 + i)).collect();
        let double = |t: &mut Trace| {
            if t.len() % 2 == 0 {
                Err("even")
            } else {
                t.samples.promote().map(drop).map_err(|_| "text")
            }
        };
        let error = stream.try_for_each(double).unwrap_err();
        assert_eq!(error.failures.iter().map(|f| f.index).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(error.attempted, 5);
        assert!(error.to_string().starts_with("2 of 5 traces failed; trace 1 (A.B..C from"));
        assert_eq!(stream.iter().filter(|t| t.samples.as_f64().is_some()).count(), 3);
        let failures = stream.retain_ok(double);
        assert_eq!(failures.len(), 2);
        assert_eq!(stream.iter().map(Trace::len).collect::<Vec<_>>(), [1, 3, 5]);
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn parallel_is_serial() {
        let mut a: Stream = (0..100).map(|i| segment("A.B..C", f64::from(i), 400 + i)).collect();
        let mut b = a.clone();
        let op = |t: &mut Trace| {
            if t.len() % 7 == 0 {
                Err(t.len())
            } else {
                t.samples.promote().map(drop).map_err(|_| 0)
            }
        };
        assert_eq!(a.retain_ok(op), b.par_retain_ok(op));
        assert_eq!(a, b);

        // What is small stays with whoever asked.
        let mut small: Stream = [1, 2].map(|n| segment("A.B..C", 0.0, n)).into_iter().collect();
        let asking = std::thread::current().id();
        let here = |_: &mut Trace| match std::thread::current().id() {
            id if id == asking => Ok(()),
            id => Err(id),
        };
        assert!(small.par_try_for_each(here).is_ok());
    }

    #[test]
    fn trimming_drops_what_lies_outside() {
        let mut stream: Stream =
            [segment("A.B..C", 0.0, 10), segment("A.B..C", 20.0, 10)].into_iter().collect();
        assert_eq!(stream.slice(at(5.0), at(22.0)).len(), 2);
        stream.trim(at(21.0), at(22.0));
        assert_eq!(stream.len(), 1);
        assert_eq!(stream.traces()[0].len(), 2);
    }
}
