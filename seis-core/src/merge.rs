//! Joining the segments of a channel, by named policies.

use crate::error::MergeConflict;
use crate::{Error, Result, Samples, Step, TimeDelta, Trace, trace::signed};

/// What becomes of a gap when segments are merged.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum GapPolicy {
    /// Segments stay apart; nothing is invented.
    #[default]
    Keep,
    /// The gap is filled with this value, rounded for integer samples.
    Fill(f64),
    /// The gap is filled on the straight line between its neighbours, rounded for integers.
    Interpolate,
    /// The gap is filled with the last value before it.
    HoldLast,
}

/// What becomes of time that two segments cover with different samples. Where they agree sample
/// by sample they are joined under every policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OverlapPolicy {
    /// Both segments stay as they are.
    #[default]
    Keep,
    /// The segment that started earlier wins.
    PreferEarlier,
    /// The segment that started later wins.
    PreferLater,
    /// Neither is believed: the overlap becomes a gap (ObsPy's method 0).
    Discard,
}

/// How segments of one channel become one trace.
///
/// The default joins what meets exactly or repeats the same samples, and leaves every gap and
/// every contradiction as it is.
///
/// ```
/// use seis_core::{GapPolicy, MergeOptions, SamplingRate, Stream, TimeDelta, Trace, UtcTime};
/// let rate = SamplingRate::from_hz(1.0)?;
/// let id = "CI.HEC..BHN".parse()?;
/// let late = UtcTime::EPOCH + TimeDelta::from_seconds(5);
/// let mut stream = Stream::from(vec![
///     Trace::new(id, UtcTime::EPOCH, rate, vec![0, 1, 2]),
///     Trace::new(id, late, rate, vec![5, 6]),
/// ]);
/// stream.merge(&MergeOptions::new().gaps(GapPolicy::Interpolate))?;
/// assert_eq!(stream.traces()[0].samples.as_i32(), Some(&[0, 1, 2, 3, 4, 5, 6][..]));
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MergeOptions {
    /// What becomes of gaps.
    pub gaps: GapPolicy,
    /// What becomes of contradictory overlaps.
    pub overlaps: OverlapPolicy,
    /// How far a segment may lie off the grid of the one before it, in samples, and still be put
    /// on that grid. Default 0.01; ObsPy takes anything below 0.5, silently.
    pub max_misalignment: f64,
    /// The longest gap that is filled, in samples. Default 100 million: a wrong year in one header
    /// must not fill the memory.
    pub max_fill: usize,
}

impl Default for MergeOptions {
    fn default() -> Self {
        Self {
            gaps: GapPolicy::Keep,
            overlaps: OverlapPolicy::Keep,
            max_misalignment: 0.01,
            max_fill: 100_000_000,
        }
    }
}

impl MergeOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this policy for gaps.
    #[must_use]
    pub fn gaps(mut self, policy: GapPolicy) -> Self {
        self.gaps = policy;
        self
    }

    /// With this policy for overlaps.
    #[must_use]
    pub fn overlaps(mut self, policy: OverlapPolicy) -> Self {
        self.overlaps = policy;
        self
    }

    /// With this tolerance for segments off the grid, in samples (at most 0.5).
    #[must_use]
    pub fn max_misalignment(mut self, samples: f64) -> Self {
        self.max_misalignment = samples.clamp(0.0, 0.5);
        self
    }

    /// With this limit for gaps that are filled, in samples.
    #[must_use]
    pub fn max_fill(mut self, samples: usize) -> Self {
        self.max_fill = samples;
        self
    }
}

/// One sweep over the segments, sorted by id and time.
pub(crate) fn merge(traces: &[Trace], options: &MergeOptions) -> Result<Vec<Trace>> {
    let mut sorted: Vec<&Trace> = traces.iter().collect();
    sorted.sort_by_key(|t| (t.id, t.start, t.end()));
    let mut out: Vec<Trace> = Vec::new();
    for channel in sorted.chunk_by(|a, b| a.id == b.id) {
        let mut open: Option<Trace> = None;
        for next in channel.iter().filter(|t| !t.is_empty()) {
            open = Some(match open.take() {
                None => (*next).clone(),
                Some(current) => join(current, next, options, &mut out)?,
            });
        }
        out.extend(open);
    }
    out.sort_by_key(|t| (t.id, t.start, t.end()));
    Ok(out)
}

/// Joins `next` to `current`, or pushes what is finished to `out` and goes on with the rest.
fn join(
    mut current: Trace,
    next: &Trace,
    options: &MergeOptions,
    out: &mut Vec<Trace>,
) -> Result<Trace> {
    let (offset, misalignment) = current.nearest_index(next.start);
    let distance = offset - i128::from(signed(current.len()));
    // Segments that stay apart need not fit each other.
    let apart = distance > 0 && options.gaps == GapPolicy::Keep;
    if apart {
        out.push(current);
        return Ok(next.clone());
    }
    if let Err(error) = compatible(&current, next, misalignment, options) {
        // Nothing was asked for that needs a common grid: what does not fit stays apart.
        if options.gaps == GapPolicy::Keep && options.overlaps == OverlapPolicy::Keep {
            return Ok(keep_apart(current, next, out));
        }
        return Err(error);
    }
    if distance > 0 {
        fill(&mut current, next, distance, options)?;
        append(&mut current, next, 0)?;
        return Ok(current);
    }

    // The segments meet or overlap: the offset lies within `current`.
    let offset = usize::try_from(offset).unwrap_or(0);
    let overlap = (current.len() - offset).min(next.len());
    if same(&current.samples, offset, &next.samples, overlap) {
        append(&mut current, next, overlap)?;
        return Ok(current);
    }
    match options.overlaps {
        OverlapPolicy::Keep => Ok(keep_apart(current, next, out)),
        OverlapPolicy::PreferEarlier => {
            append(&mut current, next, overlap)?;
            Ok(current)
        }
        OverlapPolicy::PreferLater => {
            let tail = current.part(offset + overlap..current.len());
            current.samples.retain_range(0..offset);
            append(&mut current, next, 0)?;
            append(&mut current, &tail, 0)?;
            Ok(current)
        }
        OverlapPolicy::Discard => {
            let rest = if offset + overlap < current.len() {
                current.part(offset + overlap..current.len())
            } else {
                next.part(overlap..next.len())
            };
            let mut left = current;
            left.samples.retain_range(0..offset);
            if rest.is_empty() {
                return Ok(left);
            }
            if left.is_empty() {
                return Ok(rest);
            }
            join(left, &rest, options, out)
        }
    }
}

/// Leaves both segments as they are, and goes on with whichever reaches further, so that what
/// follows is compared with it.
fn keep_apart(current: Trace, next: &Trace, out: &mut Vec<Trace>) -> Trace {
    if current.next_start() > next.next_start() {
        out.push(next.clone());
        current
    } else {
        out.push(current);
        next.clone()
    }
}

fn refuse(current: &Trace, next: &Trace, reason: String) -> Error {
    let (earlier, later) = (current.start, next.start);
    Error::Merge(Box::new(MergeConflict { id: next.id, earlier, later, reason }))
}

fn compatible(
    current: &Trace,
    next: &Trace,
    misalignment: f64,
    options: &MergeOptions,
) -> Result<()> {
    if current.rate != next.rate {
        let reason = format!("sampling rates {} and {} differ", current.rate, next.rate);
        return Err(refuse(current, next, reason));
    }
    if !current.rate.is_regular() {
        return Err(refuse(current, next, "they have no sampling rate".to_owned()));
    }
    let (a, b) = (current.samples.sample_type(), next.samples.sample_type());
    if a != b {
        let reason = format!("sample types differ ({a} and {b}); promote both first");
        return Err(refuse(current, next, reason));
    }
    if misalignment.abs() > options.max_misalignment {
        let reason = format!(
            "the later one lies {misalignment:.4} samples off the grid of the earlier one; raise \
             max_misalignment (now {}) to shift it, or interpolate it first",
            options.max_misalignment
        );
        return Err(refuse(current, next, reason));
    }
    Ok(())
}

/// Appends the samples of `next` from index `from` on.
fn append(current: &mut Trace, next: &Trace, from: usize) -> Result<()> {
    if from >= next.len() {
        return Ok(());
    }
    let part = next.samples.slice(from..next.len());
    current.samples.append(part).map_err(|part| {
        refuse(current, next, format!("sample types differ ({})", part.sample_type()))
    })
}

/// Whether the overlapping samples agree, bit by bit for floats.
fn same(a: &Samples, offset: usize, b: &Samples, n: usize) -> bool {
    let range = offset..offset + n;
    match (a, b) {
        (Samples::I32(a), Samples::I32(b)) => a.get(range) == b.get(..n),
        (Samples::Text(a), Samples::Text(b)) => a.get(range) == b.get(..n),
        (Samples::F32(a), Samples::F32(b)) => {
            let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            a.get(range).map(bits) == b.get(..n).map(bits)
        }
        (Samples::F64(a), Samples::F64(b)) => {
            let bits = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            a.get(range).map(bits) == b.get(..n).map(bits)
        }
        _ => false,
    }
}

/// Fills a gap of `missing` samples behind `current`.
fn fill(current: &mut Trace, next: &Trace, missing: i128, options: &MergeOptions) -> Result<()> {
    let n = usize::try_from(missing).ok().filter(|n| *n <= options.max_fill).ok_or_else(|| {
        let reason = format!(
            "the gap of {missing} samples ({}) is longer than max_fill ({} samples)",
            TimeDelta::from_nanos((next.start - current.end()).as_nanos()),
            options.max_fill
        );
        refuse(current, next, reason)
    })?;
    let text = || refuse(current, next, "text cannot be filled".to_owned());
    let edge =
        |s: &Samples, i: usize| s.slice(i..i + 1).to_f64().ok().and_then(|v| v.first().copied());
    let before = edge(&current.samples, current.len() - 1).ok_or_else(text)?;
    let after = edge(&next.samples, 0).ok_or_else(text)?;
    let value = |i: usize| match options.gaps {
        GapPolicy::Fill(value) => value,
        GapPolicy::Interpolate => before + (after - before) * ((i + 1) as f64 / (n + 1) as f64),
        GapPolicy::HoldLast | GapPolicy::Keep => before,
    };
    match &mut current.samples {
        Samples::I32(v) => {
            if let GapPolicy::Fill(value) = options.gaps {
                let rounded = value.round_ties_even();
                if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&rounded) {
                    let reason = format!("the fill value {value} is no 32-bit integer");
                    return Err(refuse(current, next, reason));
                }
            }
            v.extend((0..n).map(|i| value(i).round_ties_even() as i32));
        }
        Samples::F32(v) => v.extend((0..n).map(|i| value(i) as f32)),
        Samples::F64(v) => v.extend((0..n).map(value)),
        // Text has no edge values and was refused above.
        Samples::Text(_) => {}
    }
    let name = match options.gaps {
        GapPolicy::Fill(_) => "fill",
        GapPolicy::Interpolate => "interpolate",
        GapPolicy::HoldLast | GapPolicy::Keep => "hold last",
    };
    current.history.push(
        Step::new("fill gap")
            .with("policy", name)
            .with("until", next.start.to_string())
            .with("samples", n),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SamplingRate, Stream, UtcTime};

    fn segment(start_s: f64, samples: impl Into<Samples>) -> Trace {
        let start = UtcTime::EPOCH + TimeDelta::from_seconds_f64(start_s);
        Trace::new("A.B..C".parse().unwrap(), start, SamplingRate::from_hz(1.0).unwrap(), samples)
    }

    fn merged(traces: &[Trace], options: MergeOptions) -> Vec<(i128, Vec<i32>)> {
        let mut stream = Stream::from(traces.to_vec());
        stream.merge(&options).unwrap();
        stream
            .iter()
            .map(|t| (t.start.as_nanos() / 1_000_000_000, t.samples.as_i32().unwrap().to_vec()))
            .collect()
    }

    #[test]
    fn adjacent_and_repeated_samples_join() {
        let parts = [
            segment(3.0, vec![3, 4]),
            segment(0.0, vec![0, 1, 2]),
            segment(1.0, vec![1, 2, 3, 4, 5]),
        ];
        assert_eq!(merged(&parts, MergeOptions::new()), [(0, vec![0, 1, 2, 3, 4, 5])]);
    }

    #[test]
    fn gap_policies() {
        let parts = [segment(0.0, vec![0, 10]), segment(4.0, vec![40])];
        let with = |gaps| merged(&parts, MergeOptions::new().gaps(gaps));
        assert_eq!(with(GapPolicy::Keep), [(0, vec![0, 10]), (4, vec![40])]);
        assert_eq!(with(GapPolicy::Fill(-1.0)), [(0, vec![0, 10, -1, -1, 40])]);
        assert_eq!(with(GapPolicy::Interpolate), [(0, vec![0, 10, 20, 30, 40])]);
        assert_eq!(with(GapPolicy::HoldLast), [(0, vec![0, 10, 10, 10, 40])]);
    }

    #[test]
    fn overlap_policies() {
        let parts = [segment(0.0, vec![0, 1, 2, 3]), segment(2.0, vec![7, 8, 9])];
        let with = |overlaps| merged(&parts, MergeOptions::new().overlaps(overlaps));
        assert_eq!(with(OverlapPolicy::Keep), [(0, vec![0, 1, 2, 3]), (2, vec![7, 8, 9])]);
        assert_eq!(with(OverlapPolicy::PreferEarlier), [(0, vec![0, 1, 2, 3, 9])]);
        assert_eq!(with(OverlapPolicy::PreferLater), [(0, vec![0, 1, 7, 8, 9])]);
        assert_eq!(with(OverlapPolicy::Discard), [(0, vec![0, 1]), (4, vec![9])]);
        let discarded_and_filled =
            MergeOptions::new().overlaps(OverlapPolicy::Discard).gaps(GapPolicy::Fill(0.0));
        assert_eq!(merged(&parts, discarded_and_filled), [(0, vec![0, 1, 0, 0, 9])]);
    }

    #[test]
    fn contained_segments() {
        let parts = [segment(0.0, vec![0, 1, 2, 3, 4]), segment(1.0, vec![8, 9])];
        let with = |overlaps| merged(&parts, MergeOptions::new().overlaps(overlaps));
        assert_eq!(with(OverlapPolicy::PreferEarlier), [(0, vec![0, 1, 2, 3, 4])]);
        assert_eq!(with(OverlapPolicy::PreferLater), [(0, vec![0, 8, 9, 3, 4])]);
        assert_eq!(with(OverlapPolicy::Discard), [(0, vec![0]), (3, vec![3, 4])]);
        assert_eq!(with(OverlapPolicy::Keep), [(0, vec![0, 1, 2, 3, 4]), (1, vec![8, 9])]);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_changes() {
        let filling = MergeOptions::new().gaps(GapPolicy::Fill(0.0));
        let refused = |parts: &[Trace], options: &MergeOptions| {
            let mut stream = Stream::from(parts.to_vec());
            let message = stream.merge(options).unwrap_err().to_string();
            assert_eq!(stream.traces(), parts);
            message
        };
        let shifted = [segment(0.0, vec![0, 1]), segment(4.2, vec![4])];
        assert!(refused(&shifted, &filling).contains("off the grid"));
        assert_eq!(merged(&shifted, filling.max_misalignment(0.5)).len(), 1);
        let types = [segment(0.0, vec![0, 1]), segment(4.0, vec![4.0])];
        assert!(refused(&types, &filling).contains("sample types"));
        let far = [segment(0.0, vec![0, 1]), segment(4e9, vec![4])];
        assert!(refused(&far, &filling).contains("max_fill"));
        let wide = MergeOptions::new().gaps(GapPolicy::Fill(1e10));
        assert!(refused(&[segment(0.0, vec![0]), segment(4.0, vec![4])], &wide).contains("32-bit"));
        let mut other_rate = segment(4.0, vec![4]);
        other_rate.rate = SamplingRate::from_hz(2.0).unwrap();
        assert!(refused(&[segment(0.0, vec![0, 1]), other_rate], &filling).contains("rates"));
    }

    #[test]
    fn the_default_leaves_apart_what_does_not_fit() {
        let shifted = [segment(0.0, vec![0, 1]), segment(2.2, vec![4])];
        assert_eq!(merged(&shifted, MergeOptions::new()), [(0, vec![0, 1]), (2, vec![4])]);
        let mut mixed = Stream::from(vec![segment(0.0, vec![0, 1]), segment(2.0, vec![4.0])]);
        assert_eq!(mixed.merge(&MergeOptions::new()).unwrap().len(), 2);
    }

    #[test]
    fn filled_gaps_stand_in_the_history() {
        let mut stream = Stream::from(vec![segment(0.0, vec![0]), segment(2.0, vec![4])]);
        stream.merge(&MergeOptions::new().gaps(GapPolicy::Fill(0.0))).unwrap();
        let step = stream.traces()[0].history.last("fill gap").unwrap().to_string();
        assert_eq!(step, "fill gap(policy=fill, until=1970-01-01T00:00:02Z, samples=1)");
    }

    proptest::proptest! {
        #[test]
        fn splitting_then_merging_is_identity(
            cuts in proptest::collection::vec(0_usize..200, 0..8),
            overlap in 0_usize..5,
        ) {
            let whole = segment(0.0, (0..200).map(|i| (i * i) % 97).collect::<Vec<i32>>());
            let mut cuts = cuts;
            cuts.extend([0, 200]);
            cuts.sort_unstable();
            let parts: Stream = cuts
                .windows(2)
                .filter(|w| w[0] < w[1])
                .map(|w| whole.part(w[0]..(w[1] + overlap).min(200)))
                .collect();
            let mut merged = parts;
            merged.merge(&MergeOptions::new()).unwrap();
            proptest::prop_assert_eq!(merged.traces(), &[whole][..]);
        }
    }
}
