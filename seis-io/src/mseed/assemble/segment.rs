//! A gapless run of records.

use seis_core::{SampleType, SamplingRate, TimeDelta, UtcTime};

use super::{Entry, NONE};
use crate::mseed::{JoinOptions, TimeTolerance, WarningKind};

/// The lag of a record alone.
const NO_LAG: (TimeDelta, TimeDelta) = (TimeDelta::ZERO, TimeDelta::ZERO);

/// A gapless run of records, chained by their `next`.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// First and last record.
    pub(crate) head: u32,
    pub(crate) tail: u32,
    /// Time of the first sample.
    pub(crate) start: UtcTime,
    /// Time of the last sample, as the last record has it.
    pub(crate) end: UtcTime,
    pub(crate) rate: SamplingRate,
    pub(crate) kind: Option<SampleType>,
    pub(crate) samples: u64,
    /// When the sample behind the last is due, by the times of the trace.
    due: UtcTime,
    /// How far the records lie off the times start + i/rate: the earliest and the latest.
    lag: (TimeDelta, TimeDelta),
    max_lag: TimeDelta,
}

/// What follows from the rate of a record and the options. Most records have that of the last one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    rate: SamplingRate,
    period: TimeDelta,
    tolerance: TimeDelta,
    /// Largest lag.
    max_lag: TimeDelta,
}

impl Grid {
    fn new(rate: SamplingRate, options: &JoinOptions) -> Self {
        let period = rate.offset_of(1);
        let tolerance = match options.time_tolerance {
            TimeTolerance::Samples(samples) => {
                // Truncated to the nanosecond, as in libmseed.
                TimeDelta::from_nanos((samples * period.as_nanos() as f64) as i128)
            }
            TimeTolerance::Seconds(seconds) => TimeDelta::from_seconds_f64(seconds),
        };
        let max_lag = if rate.is_regular() {
            TimeDelta::from_seconds_f64(options.max_drift / rate.hz())
        } else {
            TimeDelta::ZERO
        };
        Self { rate, period, tolerance, max_lag }
    }

    /// That of a rate, taken from the last one if it is the same.
    pub(super) fn of(rate: SamplingRate, last: &mut Option<Self>, options: &JoinOptions) -> Self {
        match last {
            Some(grid) if grid.rate == rate => *grid,
            _ => *last.insert(Self::new(rate, options)),
        }
    }
}

/// What a record needs to be compared with segments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) start: UtcTime,
    pub(super) end: UtcTime,
    pub(super) period: TimeDelta,
    pub(super) tolerance: TimeDelta,
    rate: SamplingRate,
    kind: Option<SampleType>,
    count: u32,
}

impl Fit {
    pub(super) fn new(entry: &Entry, grid: &Grid) -> Self {
        Self {
            start: entry.start,
            end: entry.end,
            period: grid.period,
            tolerance: grid.tolerance,
            rate: entry.rate,
            kind: entry.kind(),
            count: entry.count,
        }
    }
}

impl Segment {
    /// A segment of one record.
    pub(super) fn new(index: u32, entry: &Entry, grid: &Grid) -> Self {
        Self {
            head: index,
            tail: index,
            start: entry.start,
            end: entry.end,
            rate: entry.rate,
            kind: entry.kind(),
            samples: entry.count.into(),
            due: entry.start + entry.rate.offset_of(entry.count.into()),
            lag: (TimeDelta::ZERO, TimeDelta::ZERO),
            max_lag: grid.max_lag,
        }
    }

    /// Whether rates and types allow to join.
    pub(super) fn is_like(
        &self,
        rate: SamplingRate,
        kind: Option<SampleType>,
        o: &JoinOptions,
    ) -> bool {
        self.kind == kind && self.rate.is_close_to(rate, o.rate_tolerance)
    }

    /// After samples or the start have changed.
    fn set_due(&mut self) {
        let samples = i64::try_from(self.samples).unwrap_or(i64::MAX);
        self.due = self.start + self.rate.offset_of(samples);
    }

    /// Lags if a run with these lags, starting then, were put behind.
    fn lag_with(&self, start: UtcTime, lag: (TimeDelta, TimeDelta)) -> (TimeDelta, TimeDelta) {
        let shift = start - self.due;
        (self.lag.0.min(lag.0 + shift), self.lag.1.max(lag.1 + shift))
    }

    /// Largest distance of a record from the times of the trace, in samples.
    fn drift(&self) -> f64 {
        self.lag.0.abs().max(self.lag.1.abs()).as_seconds_f64() * self.rate.hz()
    }

    /// That it is large, and where the first record stands.
    pub(crate) fn drift_warning(&self, entries: &[Entry]) -> Option<(usize, WarningKind)> {
        let samples = self.drift();
        let offset = self.records(entries).next().map_or(0, |(_, entry)| entry.offset);
        (samples > 0.5).then_some((offset, WarningKind::Drift { samples }))
    }

    /// Whether the record fits behind.
    pub(super) fn takes_behind(&self, fit: &Fit, options: &JoinOptions) -> bool {
        let gap = fit.start - self.end - fit.period;
        gap.abs() <= fit.tolerance
            && self.is_like(fit.rate, fit.kind, options)
            && self.allows(self.lag_with(fit.start, NO_LAG))
    }

    /// Whether the record fits in front.
    pub(super) fn takes_in_front(&self, fit: &Fit, options: &JoinOptions) -> bool {
        let gap = self.start - fit.end - fit.period;
        gap.abs() <= fit.tolerance
            && self.is_like(fit.rate, fit.kind, options)
            && self.allows(self.lag_in_front(fit))
    }

    /// Lags if the record were put in front: those of all others are counted from its start.
    fn lag_in_front(&self, fit: &Fit) -> (TimeDelta, TimeDelta) {
        let shift = self.start - (fit.start + self.rate.offset_of(fit.count.into()));
        ((self.lag.0 + shift).min(TimeDelta::ZERO), (self.lag.1 + shift).max(TimeDelta::ZERO))
    }

    fn allows(&self, (earliest, latest): (TimeDelta, TimeDelta)) -> bool {
        earliest.abs() <= self.max_lag && latest.abs() <= self.max_lag
    }

    /// Whether another segment may follow without too much drift.
    pub(super) fn allows_segment(&self, other: &Self, options: &JoinOptions) -> bool {
        self.is_like(other.rate, other.kind, options)
            && self.allows(self.lag_with(other.start, other.lag))
    }

    /// Whether the record could be put behind without too much drift.
    pub(super) fn allows_record(&self, entry: &Entry) -> bool {
        self.allows(self.lag_with(entry.start, NO_LAG))
    }

    /// Puts a record behind.
    pub(super) fn push(&mut self, index: u32, entries: &mut [Entry]) {
        let Some(entry) = entries.get(index as usize) else { return };
        self.lag = self.lag_with(entry.start, NO_LAG);
        self.end = entry.end;
        self.samples += u64::from(entry.count);
        self.set_due();
        link(entries, self.tail, index);
        self.tail = index;
    }

    /// Puts a record in front.
    pub(super) fn push_front(&mut self, index: u32, fit: &Fit, entries: &mut [Entry]) {
        self.lag = self.lag_in_front(fit);
        self.start = fit.start;
        self.samples += u64::from(fit.count);
        self.set_due();
        link(entries, index, self.head);
        self.head = index;
    }

    /// Puts a segment behind.
    pub(super) fn join(&mut self, other: &Self, entries: &mut [Entry]) {
        self.lag = self.lag_with(other.start, other.lag);
        self.end = other.end;
        self.samples += other.samples;
        self.set_due();
        link(entries, self.tail, other.head);
        self.tail = other.tail;
    }

    /// The records in order.
    pub(crate) fn records<'a>(
        &self,
        entries: &'a [Entry],
    ) -> impl Iterator<Item = (usize, &'a Entry)> {
        let mut next = self.head;
        std::iter::from_fn(move || {
            let index = next as usize;
            let entry = (next != NONE).then(|| entries.get(index)).flatten()?;
            next = entry.next;
            Some((index, entry))
        })
    }
}

fn link(entries: &mut [Entry], from: u32, to: u32) {
    if let Some(entry) = entries.get_mut(from as usize) {
        entry.next = to;
    }
}
