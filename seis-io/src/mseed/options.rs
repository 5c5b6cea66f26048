//! How files are read.

use seis_core::{IdPattern, SamplingRate, SourceId, UtcTime};

use super::{Encoding, Error, Result};

/// What happens when bytes cannot be read as records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Policy {
    /// They are skipped and reported; reading goes on with the next record.
    #[default]
    Skip,
    /// Reading stops with an error at the first of them.
    Stop,
    /// Reading stops with an error at the first of them, and at anything that would give a
    /// warning.
    Strict,
}

/// By which rule records become traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum JoinRule {
    /// A record is joined to any segment of its channel that it extends, at either end, and closes
    /// the gap between two of them: libmseed 3's trace list with healing. The order of records
    /// does not matter, nor do qualities or publication versions. Traces come sorted by id and
    /// start; records without samples make no trace.
    #[default]
    Heal,
    /// A record is only joined to the segment that the record before it of the same channel and
    /// quality went into: ObsPy's rule. Overlaps and records out of order start new traces; traces
    /// come in file order, channel by channel; a record without samples becomes an empty trace.
    FileOrder,
}

/// How far the start of a record may lie from where the next sample is due.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum TimeTolerance {
    /// In sampling intervals of the record.
    Samples(f64),
    /// In seconds.
    Seconds(f64),
}

/// How records are joined to traces.
///
/// Tolerances are finite and not negative ([`max_drift`](Self::max_drift) may be infinite); others
/// are refused when something is read ([`Error::Option`]).
///
/// ```
/// use seis_io::mseed::{JoinOptions, TimeTolerance};
/// let strict = JoinOptions::new().time_tolerance(TimeTolerance::Samples(0.1)).max_drift(0.5);
/// assert_eq!(strict.rate_tolerance, 1e-4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct JoinOptions {
    /// The rule. Default: [`JoinRule::Heal`].
    pub rule: JoinRule,
    /// How far a record may lie off the time at which it is due. Default: half a sample,
    /// inclusive.
    pub time_tolerance: TimeTolerance,
    /// How far rates r and s may differ: |1 − r/s| must be smaller. Default: 1e-4. The trace has
    /// the rate of the record that it began with.
    pub rate_tolerance: f64,
    /// How far, in samples, any record may lie off the regular times of the trace it is joined to.
    ///
    /// A trace says that sample *i* was taken at start + *i*/rate. libmseed and ObsPy compare each
    /// record with the one before it only, so that small offsets add up without limit and sample
    /// times become wrong without a word. Here the sum is bounded: where it would exceed the limit
    /// a new trace begins. Beyond half a sample there is a
    /// [warning](super::WarningKind::Drift). Default: 1. Infinity is libmseed's behaviour.
    pub max_drift: f64,
    /// Whether qualities (version 2) or publication versions (version 3) are kept apart. Default:
    /// no; ObsPy's rule always does.
    pub split_versions: bool,
}

impl Default for JoinOptions {
    fn default() -> Self {
        Self {
            rule: JoinRule::Heal,
            time_tolerance: TimeTolerance::Samples(0.5),
            rate_tolerance: 1e-4,
            max_drift: 1.0,
            split_versions: false,
        }
    }
}

impl JoinOptions {
    /// The defaults: libmseed 3's rule and tolerances, with a bound on the drift.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What ObsPy 1.5 does: file order, qualities apart, no bound on the drift.
    #[must_use]
    pub fn obspy() -> Self {
        Self {
            rule: JoinRule::FileOrder,
            max_drift: f64::INFINITY,
            split_versions: true,
            ..Self::default()
        }
    }

    /// With this tolerance in time.
    #[must_use]
    pub fn time_tolerance(mut self, tolerance: TimeTolerance) -> Self {
        self.time_tolerance = tolerance;
        self
    }

    /// With this relative tolerance of rates.
    #[must_use]
    pub fn rate_tolerance(mut self, relative: f64) -> Self {
        self.rate_tolerance = relative;
        self
    }

    /// With this bound on the drift, in samples.
    #[must_use]
    pub fn max_drift(mut self, samples: f64) -> Self {
        self.max_drift = samples;
        self
    }

    /// With qualities or publication versions kept apart, or not.
    #[must_use]
    pub fn split_versions(mut self, split: bool) -> Self {
        self.split_versions = split;
        self
    }
}

impl JoinOptions {
    /// Refuses tolerances that are none: compared with NaN nothing is ever near enough, or
    /// everything is.
    fn check(&self) -> Result<()> {
        let (time, found) = match self.time_tolerance {
            TimeTolerance::Samples(samples) => ("time_tolerance in samples", samples),
            TimeTolerance::Seconds(seconds) => ("time_tolerance in seconds", seconds),
        };
        for (option, found) in [(time, found), ("rate_tolerance", self.rate_tolerance)] {
            if !(found.is_finite() && found >= 0.0) {
                let expected = "a finite number from 0 on";
                return Err(Error::Option { option, found, expected });
            }
        }
        let found = self.max_drift;
        if found.is_nan() || found < 0.0 {
            let expected = "a number from 0 on, or infinity for no bound";
            return Err(Error::Option { option: "max_drift", found, expected });
        }
        Ok(())
    }
}

/// Refuses a time span that ends before it begins.
pub(crate) fn expect_forward(from: UtcTime, to: UtcTime) -> Result<()> {
    if from > to { Err(Error::Window { from, to }) } else { Ok(()) }
}

/// How miniSEED is read.
///
/// ```no_run
/// use seis_io::mseed::{ReadOptions, Reader};
/// let options = ReadOptions::new()
///     .select("CI.*.--.BH?".parse()?)
///     .window("2022-01-02T04:00:00Z".parse()?, "2022-01-02T04:20:00Z".parse()?);
/// let contents = Reader::new(options).read("CI.HEC.mseed")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// What happens when bytes cannot be read. Default: [`Policy::Skip`].
    pub policy: Policy,
    /// How records become traces. Default: as libmseed 3 does it.
    pub join: JoinOptions,
    /// Channels that are wanted; all, if there is no pattern. Samples of others are not decoded.
    pub select: Vec<IdPattern>,
    /// Time span that is wanted. Samples of records outside it are not decoded; traces are trimmed
    /// to it, to the nearest sample, as [`Trace::range_within`](seis_core::Trace::range_within)
    /// says. Records without a sampling rate (text) are wanted whole if their time is within it.
    /// A span that ends before it begins is refused ([`Error::Window`]).
    pub window: Option<(UtcTime, UtcTime)>,
    /// Encoding of version-2 records that do not say (they have no blockette 1000). Default:
    /// Steim-1, as libmseed and ObsPy assume.
    pub default_encoding: Encoding,
    /// Whether the checksums of version-3 records are verified. Default: yes.
    pub check_crc: bool,
    /// Whether files may be taken to be in order of time, if they look so. Default: no.
    ///
    /// A [`window`](Self::window) of a file is then found by bisection, and most of the file is
    /// never touched. This is done where the first and the last record, 16 in between and all that
    /// the search comes across are whole, of one channel, of one length (in version 2), and each
    /// starts and ends no earlier than those before it; and where all records that are then read
    /// are so, too. Otherwise the whole file is read, as without this. What cannot be seen is a
    /// record in the wrong place among those that nobody looked at.
    pub time_ordered: bool,
    /// Whether of records that are there several times (the same channel, start, rate, encoding,
    /// count and samples) only the first is used. Default: no; libmseed and ObsPy make overlapping
    /// traces of them.
    pub drop_duplicates: bool,
    /// How many times their size gzip data may inflate to in sources that are held in memory: a
    /// bound for what was made to fill it. To 64 MiB they always may. Default: 100.
    pub max_inflation: u32,
    /// How many bytes without a record are read of a source that may have no end: of everything
    /// but files that are opened by their name, and bytes in memory. Then it is given up with
    /// [`Error::NoRecordsYet`](super::Error::NoRecordsYet). Default: 64 MiB; `u64::MAX` for a
    /// source that is known to end. Sources that are held in memory are looked at in pieces of
    /// this size, but of 32 MiB at least.
    pub max_junk: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            policy: Policy::Skip,
            join: JoinOptions::default(),
            select: Vec::new(),
            window: None,
            default_encoding: Encoding::Steim1,
            check_crc: true,
            time_ordered: false,
            drop_duplicates: false,
            max_inflation: 100,
            max_junk: 64 << 20,
        }
    }
}

impl ReadOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this policy for what cannot be read.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// With records joined in this way.
    #[must_use]
    pub fn join(mut self, join: JoinOptions) -> Self {
        self.join = join;
        self
    }

    /// Only channels that match this pattern, or one given before.
    #[must_use]
    pub fn select(mut self, pattern: IdPattern) -> Self {
        self.select.push(pattern);
        self
    }

    /// Only samples between these times, both inclusive, to the nearest sample: see
    /// [`window`](Self::window).
    #[must_use]
    pub fn window(mut self, from: UtcTime, to: UtcTime) -> Self {
        self.window = Some((from, to));
        self
    }

    /// With this encoding for version-2 records without blockette 1000.
    #[must_use]
    pub fn default_encoding(mut self, encoding: Encoding) -> Self {
        self.default_encoding = encoding;
        self
    }

    /// With the checksums of version-3 records verified, or not.
    #[must_use]
    pub fn check_crc(mut self, check: bool) -> Self {
        self.check_crc = check;
        self
    }

    /// With files taken to be in order of time if they look so, or not: see
    /// [`time_ordered`](Self::time_ordered).
    #[must_use]
    pub fn time_ordered(mut self, ordered: bool) -> Self {
        self.time_ordered = ordered;
        self
    }

    /// With only the first of records that are there several times, or with all.
    #[must_use]
    pub fn drop_duplicates(mut self, drop: bool) -> Self {
        self.drop_duplicates = drop;
        self
    }

    /// With gzip data that may inflate to so many times their size.
    #[must_use]
    pub fn max_inflation(mut self, times: u32) -> Self {
        self.max_inflation = times;
        self
    }

    /// With so many bytes without a record, at most, of a source that may have no end.
    #[must_use]
    pub fn max_junk(mut self, bytes: u64) -> Self {
        self.max_junk = bytes;
        self
    }

    /// Refuses what makes no sense, before anything is read.
    pub(crate) fn check(&self) -> Result<()> {
        self.join.check()?;
        match self.window {
            Some((from, to)) => expect_forward(from, to),
            None => Ok(()),
        }
    }

    pub(crate) fn wants(&self, id: &SourceId) -> bool {
        self.select.is_empty() || self.select.iter().any(|pattern| pattern.matches(id))
    }

    /// Whether a record may have samples in the window, which takes the nearest sample at its ends.
    pub(crate) fn overlaps(&self, start: UtcTime, end: UtcTime, rate: SamplingRate) -> bool {
        self.window.is_none_or(|(from, to)| {
            let period = rate.offset_of(1);
            end + period >= from && start - period <= to
        })
    }
}
