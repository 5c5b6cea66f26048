//! Tapers: smooth flanks at the ends of a trace.

use seis_core::{SamplingRate, Step};

use crate::fft::check_npts;
use crate::view::check_finite;
use crate::{Error, Result, Warning, Window};

/// Which ends to taper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaperSide {
    /// Both.
    #[default]
    Both,
    /// The beginning.
    Left,
    /// The end.
    Right,
}

impl TaperSide {
    fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// How to taper a trace, by ObsPy's rules (`Trace.taper`).
///
/// The flank has `w = min(⌊fraction·N⌋, ⌊max_length·rate⌋, ⌊N/2⌋)` samples at each end, where
/// limits that are not given do not count. `fraction` is **per end**: 0.05 tapers 5 % at the
/// beginning and 5 % at the end. The flanks are those of the symmetric window with `2w + 1`
/// points, so that the first untouched sample would be multiplied by the window's middle, 1; only
/// when the flanks fill the trace (`2w = N`) the window has `2w` points and no sample keeps its
/// value.
///
/// ```
/// use seis_signal::{TaperPlan, TaperSide, TaperSpec, Window};
/// let rate = seis_core::SamplingRate::from_hz(1.0)?;
/// let plan = TaperPlan::new(&TaperSpec::new(0.25).window(Window::Bartlett), 8, rate)?;
/// let mut samples = [1.0; 8];
/// plan.apply(&mut samples)?;
/// assert_eq!(samples, [0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0]);
///
/// let spec = TaperSpec::new(0.05).window(Window::Hamming).side(TaperSide::Left).max_length_s(10.0);
/// assert_eq!(spec.fraction, Some(0.05));
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TaperSpec {
    /// The shape.
    pub window: Window,
    /// Length of each flank as a part of the trace.
    pub fraction: Option<f64>,
    /// Longest flank, in seconds.
    pub max_length_s: Option<f64>,
    /// Which ends.
    pub side: TaperSide,
}

impl TaperSpec {
    /// A Hann taper of this part of the trace at each end.
    #[must_use]
    pub fn new(fraction: f64) -> Self {
        Self {
            window: Window::Hann,
            fraction: Some(fraction),
            max_length_s: None,
            side: TaperSide::Both,
        }
    }

    /// A Hann taper of so many seconds at each end.
    #[must_use]
    pub fn of_length_s(seconds: f64) -> Self {
        Self { fraction: None, max_length_s: Some(seconds), ..Self::new(0.0) }
    }

    /// With this shape.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// With flanks of at most so many seconds.
    #[must_use]
    pub fn max_length_s(mut self, seconds: f64) -> Self {
        self.max_length_s = Some(seconds);
        self
    }

    /// At these ends only.
    #[must_use]
    pub fn side(mut self, side: TaperSide) -> Self {
        self.side = side;
        self
    }

    /// The step as it is written into a trace's history.
    #[must_use]
    pub fn step(&self) -> Step {
        let mut step = Step::new("taper").with("window", self.window.name());
        for (name, value) in self.window.parameters().into_iter().flatten() {
            step = step.with(name, value);
        }
        if let Some(fraction) = self.fraction {
            step = step.with("fraction", fraction);
        }
        if let Some(seconds) = self.max_length_s {
            step = step.with("max_length_s", seconds);
        }
        step.with("side", self.side.name())
    }
}

/// A Hann taper of this part of the trace at each end.
impl From<f64> for TaperSpec {
    fn from(fraction: f64) -> Self {
        Self::new(fraction)
    }
}

/// A taper for traces of one length and rate: the values of its flanks.
#[derive(Debug, Clone)]
pub struct TaperPlan {
    npts: usize,
    flanks: Flanks,
    warnings: Vec<Warning>,
}

impl TaperPlan {
    /// Computes the flanks.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a fraction, length or window parameter that is negative or not a
    /// number; a trace without rate if the length is given in seconds. Flanks longer than half the
    /// trace are shortened to it with a [warning](Self::warnings), as ObsPy does.
    pub fn new(spec: &TaperSpec, npts: usize, rate: SamplingRate) -> Result<Self> {
        spec.window.check()?;
        check_npts(npts)?;
        let mut limits = [None, None];
        if let Some(fraction) = spec.fraction {
            limits[0] = Some(samples(fraction * npts as f64, "taper fraction", fraction)?);
        }
        if let Some(seconds) = spec.max_length_s {
            if !rate.is_regular() {
                return Err(Error::NoRate);
            }
            limits[1] = Some(samples(seconds * rate.hz(), "taper length in seconds", seconds)?);
        }
        let half = npts / 2;
        let requested = limits.into_iter().flatten().min().unwrap_or(half);
        let used = requested.min(half);
        let points = if 2 * used == npts { 2 * used } else { 2 * used + 1 };
        let flank: Vec<f64> = (0..used).map(|k| spec.window.value(k, points)).collect();
        let mut flanks = Flanks::default();
        if spec.side != TaperSide::Left {
            flanks.right = flank.iter().rev().copied().collect();
        }
        if spec.side != TaperSide::Right {
            flanks.left = flank;
        }
        let mut warnings = Vec::new();
        // In whole samples as ObsPy has it: half of an odd trace is no more than it has.
        if requested.saturating_mul(2) > npts && npts > 0 && limits != [None, None] {
            warnings.push(Warning::TaperShortened { requested, used });
        }
        Ok(Self { npts, flanks, warnings })
    }

    /// The number of samples that the plan is for.
    #[must_use]
    pub fn npts(&self) -> usize {
        self.npts
    }

    /// Samples of each tapered end.
    #[must_use]
    pub fn flank_len(&self) -> usize {
        self.flanks.left.len().max(self.flanks.right.len())
    }

    /// What was lawful but may not be meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Multiplies the ends by the taper; the middle is not touched.
    ///
    /// # Errors
    /// [`Error::Length`] for a slice of another length, [`Error::NotFinite`]; the samples are then
    /// untouched.
    pub fn apply(&self, samples: &mut [f64]) -> Result<()> {
        if samples.len() != self.npts {
            return Err(Error::Length { expected: self.npts, found: samples.len() });
        }
        check_finite(samples)?;
        self.flanks.apply(samples);
        Ok(())
    }

    pub(crate) fn flanks(&self) -> &Flanks {
        &self.flanks
    }
}

/// `value` samples, rounded down.
fn samples(value: f64, name: &'static str, given: f64) -> Result<usize> {
    if given.is_nan() || given < 0.0 {
        return Err(Error::Parameter { name, value: given, expected: "zero or a positive number" });
    }
    // Saturates; infinity is "as long as the trace allows".
    Ok(value as usize)
}

/// Weights of the first and of the last samples of a trace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flanks {
    pub(crate) left: Vec<f64>,
    pub(crate) right: Vec<f64>,
}

impl Flanks {
    /// The taper within ObsPy's `remove_response`, and within SAC: quarter cosines, of which the
    /// zeroth and last sample are the zeros. `fraction` counts **both** ends together: 0.05 tapers
    /// 2.5 % at each. It is `cosine_taper(npts, fraction, sactaper=True, halfcosine=False)` of
    /// `obspy/signal/invsim.py`, with its special cases.
    pub(crate) fn sac(npts: usize, fraction: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(Error::Parameter {
                name: "taper fraction of the response removal",
                value: fraction,
                expected: "0 to 1, for both ends together",
            });
        }
        if npts < 2 {
            let operation = "the taper of the response removal";
            return Err(Error::TooShort { operation, needed: 2, found: npts });
        }
        let half = npts as f64 * fraction / 2.0;
        let rounded = if fraction == 0.0 || fraction == 1.0 { half } else { half + 0.5 };
        // Even a flank of no length zeroes the first and last sample.
        let flank = (rounded as usize).clamp(1, npts / 2);
        let weight = |k: usize| (std::f64::consts::FRAC_PI_2 * k as f64 / flank as f64).cos();
        // The flanks share samples when they fill the trace; there the right one wins.
        let right_from = npts - 1 - flank;
        let left = (0..=flank).take(right_from).map(|k| weight(flank - k)).collect();
        Ok(Self { left, right: (0..=flank).map(weight).collect() })
    }

    /// As [`apply`](Self::apply), where `part` are the samples from index `from` on, of `npts`.
    pub(crate) fn apply_from(&self, from: usize, npts: usize, part: &mut [f64]) {
        for (x, w) in part.iter_mut().zip(self.left.iter().skip(from)) {
            *x *= w;
        }
        let right = npts - self.right.len();
        let weights = self.right.iter().skip(from.saturating_sub(right));
        for (x, w) in part.iter_mut().skip(right.saturating_sub(from)).zip(weights) {
            *x *= w;
        }
    }

    pub(crate) fn apply(&self, samples: &mut [f64]) {
        for (x, w) in samples.iter_mut().zip(&self.left) {
            *x *= w;
        }
        for (x, w) in samples.iter_mut().rev().zip(self.right.iter().rev()) {
            *x *= w;
        }
    }
}
