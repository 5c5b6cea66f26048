//! Where output samples lie between input samples, exactly.

use seis_core::{SamplingRate, TimeDelta, Trace, UtcTime};

use crate::{Error, InterpolationSpec, Result};

/// The times of a trace: its first sample, rate and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SamplingGrid {
    /// Time of the first sample.
    pub start: UtcTime,
    /// Samples per second.
    pub rate: SamplingRate,
    /// Number of samples.
    pub npts: usize,
}

impl SamplingGrid {
    /// A grid.
    #[must_use]
    pub fn new(start: UtcTime, rate: SamplingRate, npts: usize) -> Self {
        Self { start, rate, npts }
    }

    /// Time of the sample with this index.
    #[must_use]
    pub fn time_of(&self, index: usize) -> UtcTime {
        self.start + self.rate.offset_of(i64::try_from(index).unwrap_or(i64::MAX))
    }

    /// Time of the last sample; the start of an empty grid.
    #[must_use]
    pub fn end(&self) -> UtcTime {
        self.time_of(self.npts.saturating_sub(1))
    }
}

impl From<&Trace> for SamplingGrid {
    fn from(trace: &Trace) -> Self {
        Self::new(trace.start, trace.rate, trace.len())
    }
}

/// Output sample `j` lies at input index `first + j·step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Positions {
    /// As fractions of a common denominator.
    Exact(Ticks),
    /// Where that denominator would be too large: rates that are no simple ratios. The error grows
    /// to 1e-16 of the length of the trace.
    Float { first: f64, step: f64, last: f64 },
}

/// Positions in units of `1/per_sample` input samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub(crate) first: u128,
    pub(crate) step: u128,
    pub(crate) per_sample: u128,
}

/// Without a number of samples asked for, not more than so many are made of one: a rate that is
/// wrong in a file must not fill the memory.
const MAX_UPSAMPLING: f64 = 1000.0;

impl Positions {
    /// The positions that a specification asks for, and the grid of the output.
    pub(crate) fn new(
        spec: &InterpolationSpec,
        input: &SamplingGrid,
    ) -> Result<(Self, SamplingGrid)> {
        if !input.rate.is_regular() || !spec.rate.is_regular() {
            return Err(Error::NoRate);
        }
        let needed = spec.method.needs();
        if input.npts < needed {
            let operation = "this interpolation";
            return Err(Error::TooShort { operation, needed, found: input.npts });
        }
        let start = spec.start.unwrap_or(input.start);
        let ratio = input.rate.hz() / spec.rate.hz();
        if spec.npts.is_none() && ratio < 1.0 / MAX_UPSAMPLING {
            return Err(Error::Parameter {
                name: "new rate in Hz",
                value: spec.rate.hz(),
                expected: "at most 1000 times the old one, unless npts is given too",
            });
        }
        let last = input.npts - 1;
        let refuse = |npts: usize| {
            let wanted = SamplingGrid::new(start, spec.rate, npts);
            Error::Extrapolation {
                input_start: input.start,
                input_end: input.end(),
                output_start: start,
                output_end: wanted.end(),
            }
        };
        let offset = start - input.start;
        if offset < TimeDelta::ZERO {
            return Err(refuse(spec.npts.unwrap_or(1)));
        }
        let (positions, fit) = match Ticks::new(offset, input.rate, spec.rate, last) {
            Some((ticks, fit)) => (Self::Exact(ticks), fit),
            None => Self::float(offset, input.rate, ratio, last),
        };
        let npts = spec.npts.unwrap_or(fit);
        if npts > fit || fit == 0 {
            return Err(refuse(npts.max(1)));
        }
        Ok((positions, SamplingGrid::new(start, spec.rate, npts)))
    }

    fn float(offset: TimeDelta, rate: SamplingRate, step: f64, last: usize) -> (Self, usize) {
        let (whole, part) = rate.samples_in(offset);
        let (first, last) = (whole as f64 + part, last as f64);
        // What is lost to rounding must not cost the last sample.
        let tolerance = 1e-15 * last;
        let fit = if first > last + tolerance {
            0
        } else {
            (((last - first + tolerance) / step) as usize).saturating_add(1)
        };
        (Self::Float { first, step, last }, fit)
    }

    /// Calls `each` with the whole and the fractional part of every position, in order.
    #[inline(always)]
    pub(crate) fn for_each(&self, npts: usize, mut each: impl FnMut(usize, f64)) {
        match *self {
            Self::Exact(t) => {
                let scale = t.per_sample as f64;
                t.for_each(npts, |whole, ticks| each(whole, ticks as f64 / scale));
            }
            Self::Float { first, step, last } => {
                for j in 0..npts {
                    let x = (first + j as f64 * step).min(last);
                    each(x as usize, x - x.floor());
                }
            }
        }
    }
}

impl Ticks {
    /// And how many outputs fit when `last` is the last index of the input; `None` if the numbers
    /// are too large.
    fn new(
        offset: TimeDelta,
        old: SamplingRate,
        new: SamplingRate,
        last: usize,
    ) -> Option<(Self, usize)> {
        let ((n1, d1), (n2, d2)) = (old.as_ratio(), new.as_ratio());
        let wide = u128::from;
        // A step is (n1·d2)/(d1·n2) input samples.
        let step = reduced(wide(n1) * wide(d2), wide(d1) * wide(n2));
        let (index, fraction) = old.samples_in(offset);
        let nearest = if fraction > 0.5 { index + 1 } else { index };
        let first = if old.offset_of(i64::try_from(nearest).ok()?) == offset {
            // Times are rounded to nanoseconds; this is the one of a sample.
            (u128::try_from(nearest).ok()?, 1)
        } else {
            let nanos = u128::try_from(offset.as_nanos()).ok()?;
            reduced(nanos.checked_mul(wide(n1))?, wide(d1) * 1_000_000_000)
        };
        let per_sample = step.1.checked_mul(first.1 / gcd(step.1, first.1))?;
        // So that two parts of a sample can be added.
        if per_sample > u128::MAX / 2 {
            return None;
        }
        let ticks = Self {
            first: first.0.checked_mul(per_sample / first.1)?,
            step: step.0.checked_mul(per_sample / step.1)?,
            per_sample,
        };
        let end = (last as u128).checked_mul(per_sample)?;
        let fit = match end.checked_sub(ticks.first) {
            Some(room) => usize::try_from(room / ticks.step).ok()?.checked_add(1)?,
            None => 0,
        };
        Some((ticks, fit))
    }

    /// The first index and the step, if all positions are samples.
    pub(crate) fn whole(&self) -> Option<(usize, usize)> {
        (self.per_sample == 1)
            .then(|| Some((usize::try_from(self.first).ok()?, usize::try_from(self.step).ok()?)))
            .flatten()
    }

    /// How many different fractional parts there are, the smallest, and their distance.
    pub(crate) fn phases(&self) -> (u128, u128, u128) {
        let distance = gcd(self.step % self.per_sample, self.per_sample);
        (self.per_sample / distance, self.first % distance, distance)
    }

    /// Calls `each` with the whole part and the ticks beyond it of every position, in order.
    #[inline(always)]
    pub(crate) fn for_each(&self, npts: usize, mut each: impl FnMut(usize, u128)) {
        // In range: the last position lies within the input.
        let split = |t: u128| ((t / self.per_sample) as usize, t % self.per_sample);
        let ((mut whole, mut ticks), (step_whole, step_ticks)) =
            (split(self.first), split(self.step));
        for _ in 0..npts {
            each(whole, ticks);
            whole = whole.wrapping_add(step_whole);
            ticks += step_ticks;
            if ticks >= self.per_sample {
                ticks -= self.per_sample;
                whole = whole.wrapping_add(1);
            }
        }
    }
}

fn reduced(a: u128, b: u128) -> (u128, u128) {
    let common = gcd(a, b);
    (a / common, b / common)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interpolation;

    fn grid(start_ns: i128, hz: f64, npts: usize) -> SamplingGrid {
        SamplingGrid::new(UtcTime::from_nanos(start_ns), SamplingRate::from_hz(hz).unwrap(), npts)
    }

    fn linear(hz: f64) -> InterpolationSpec {
        InterpolationSpec::new(Interpolation::Linear, SamplingRate::from_hz(hz).unwrap())
    }

    #[test]
    fn no_sample_is_lost() {
        // ObsPy 1.5.1 returns 193.
        let (_, out) = Positions::new(&linear(100.0), &grid(123_456_000, 200.0, 387)).unwrap();
        assert_eq!(out.npts, 194);
        // For every ratio of usual rates and every length, the last sample that fits is taken.
        for old in [20.0, 40.0, 50.0, 100.0 / 3.0, 0.1] {
            for new in [10.0, 8.0, 0.03, 100.0 / 3.0] {
                for npts in 1..60 {
                    let input = grid(1_700_000_000_123_456_789, old, npts);
                    let (_, out) = Positions::new(&linear(new), &input).unwrap();
                    assert!(out.end().as_nanos() <= input.end().as_nanos() + 1);
                    assert!(out.time_of(out.npts) > input.end(), "{old} {new} {npts}");
                }
            }
        }
    }

    #[test]
    fn a_start_on_a_sample_is_that_sample() {
        let input = grid(1, 300.0 / 7.0, 1000);
        for k in [0_usize, 1, 500, 999] {
            let spec = linear(300.0 / 14.0).start(input.time_of(k));
            let (positions, _) = Positions::new(&spec, &input).unwrap();
            let Positions::Exact(ticks) = positions else { panic!("{positions:?}") };
            assert_eq!(ticks.whole(), Some((k, 2)));
        }
    }

    #[test]
    fn positions_between_samples_are_exact() {
        let spec = linear(8.0).start(UtcTime::from_nanos(33_300_000));
        let (positions, out) = Positions::new(&spec, &grid(0, 20.0, 100)).unwrap();
        assert_eq!(out.npts, 40);
        let mut seen = Vec::new();
        positions.for_each(3, |whole, part| seen.push((whole, part)));
        assert_eq!(seen, [(0, 0.666), (3, 0.166), (5, 0.666)]);
        let Positions::Exact(ticks) = positions else { panic!() };
        assert_eq!(ticks.phases().0, 2);
    }

    #[test]
    fn nothing_is_extrapolated() {
        let input = grid(0, 10.0, 11);
        let at = |ns| linear(10.0).start(UtcTime::from_nanos(ns));
        for spec in [at(-1), at(1_000_000_001), linear(10.0).npts(12), at(1000).npts(11)] {
            let error = Positions::new(&spec, &input).unwrap_err();
            assert!(matches!(error, Error::Extrapolation { .. }), "{error}");
        }
        assert_eq!(Positions::new(&at(1_000_000_000), &input).unwrap().1.npts, 1);
        assert_eq!(Positions::new(&at(0).npts(0), &input).unwrap().1.npts, 0);
        assert!(Positions::new(&linear(20_000.0), &input).is_err());
        assert_eq!(Positions::new(&linear(20_000.0).npts(20_001), &input).unwrap().1.npts, 20_001);
    }

    #[test]
    fn odd_rates_stay_close() {
        // As a float32 in a file: not a ratio of small integers.
        let odd = f64::from(99.999_f32);
        for (old, new) in [(odd, 10.0), (100.0, odd / 3.0), (odd, f64::from(33.01_f32))] {
            let input = grid(987_654_321, old, 100_000);
            let spec = linear(new).start(UtcTime::from_nanos(987_654_321 + 123_457));
            let (positions, out) = Positions::new(&spec, &input).unwrap();
            let mut j = 0;
            positions.for_each(out.npts, |whole, part| {
                let x = 123_457e-9 * old + f64::from(j) * old / new;
                assert!((whole as f64 + part - x).abs() < 1e-9, "{old} {new} {j}");
                j += 1;
            });
        }
    }
}
