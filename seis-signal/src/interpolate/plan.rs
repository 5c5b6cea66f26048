//! Interpolation of traces of one length and rate.

use super::lanczos::Lanczos;
use super::{Interpolation, InterpolationSpec, Positions, SamplingGrid, slopes, spline};
use crate::scratch::reserve;
use crate::view::check_finite;
use crate::{Error, Result, Scratch, Warning};

/// An [`InterpolationSpec`] made ready for traces on one grid. Traces that start at other times
/// may use it too when the output starts as long after them.
#[derive(Debug, Clone)]
pub struct InterpolationPlan {
    input: SamplingGrid,
    output: SamplingGrid,
    positions: Positions,
    kernel: Kernel,
    warnings: Vec<Warning>,
}

#[derive(Debug, Clone)]
enum Kernel {
    /// All outputs are samples.
    Pick {
        first: usize,
        step: usize,
    },
    Lanczos(Box<Lanczos>),
    Linear,
    Nearest,
    Previous,
    CubicSpline,
    Slopes {
        rate_hz: f64,
    },
}

impl InterpolationPlan {
    /// Checks the times and prepares the kernel. Integer ratios with the first output on a sample
    /// become plain decimation; other simple ratios a table of kernels, one for each phase.
    ///
    /// # Errors
    /// [`Error::Extrapolation`] unless all new samples lie within the old ones, to the nanosecond;
    /// [`Error::TooShort`] for an empty trace (four samples for the spline, two for slopes);
    /// [`Error::Parameter`] for a = 0 or above 65536, and for more than 1000 new samples for each
    /// old one if their number is not given; a trace without rate.
    pub fn new(spec: &InterpolationSpec, input: &SamplingGrid) -> Result<Self> {
        let (positions, output) = Positions::new(spec, input)?;
        let whole = match positions {
            Positions::Exact(ticks) => ticks.whole(),
            Positions::Float { .. } => None,
        };
        if let Interpolation::Lanczos { a } = spec.method {
            if !(1..=65_536).contains(&a) {
                return Err(Error::Parameter {
                    name: "half-width a of the Lanczos kernel",
                    value: f64::from(a),
                    expected: "1 to 65536 samples",
                });
            }
        }
        let kernel = match (whole, spec.method) {
            (Some((first, step)), _) => Kernel::Pick { first, step },
            (None, Interpolation::Lanczos { a }) => {
                Kernel::Lanczos(Box::new(Lanczos::new(a, &positions, output.npts)))
            }
            (None, Interpolation::Linear) => Kernel::Linear,
            (None, Interpolation::Nearest) => Kernel::Nearest,
            (None, Interpolation::Previous) => Kernel::Previous,
            (None, Interpolation::CubicSpline) => Kernel::CubicSpline,
            (None, Interpolation::WeightedAverageSlopes) => {
                Kernel::Slopes { rate_hz: input.rate.hz() }
            }
        };
        let mut warnings = Vec::new();
        let (old, new) = (input.rate.hz(), spec.rate.hz());
        if new < old {
            warnings
                .push(Warning::Aliasing { new_nyquist_hz: new / 2.0, content_up_to_hz: old / 2.0 });
        }
        Ok(Self { input: *input, output, positions, kernel, warnings })
    }

    /// The grid of the input.
    #[must_use]
    pub fn input(&self) -> &SamplingGrid {
        &self.input
    }

    /// The grid of the output.
    #[must_use]
    pub fn output(&self) -> &SamplingGrid {
        &self.output
    }

    /// What was lawful but may not be meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// First index and step if the outputs are samples of the input.
    pub(crate) fn picks(&self) -> Option<(usize, usize)> {
        if let Kernel::Pick { first, step } = self.kernel { Some((first, step)) } else { None }
    }

    /// Bytes that the plan holds.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let kernel = if let Kernel::Lanczos(kernel) = &self.kernel { kernel.bytes() } else { 0 };
        size_of::<Self>() + kernel
    }

    /// Interpolates: `out` becomes the new samples, its allocation is reused.
    ///
    /// # Errors
    /// [`Error::Length`] for a slice of another length, [`Error::NotFinite`], [`Error::TooLong`] if
    /// there is no memory for the result; `out` is then untouched.
    pub fn apply(&self, samples: &[f64], out: &mut Vec<f64>, scratch: &mut Scratch) -> Result<()> {
        if samples.len() != self.input.npts {
            return Err(Error::Length { expected: self.input.npts, found: samples.len() });
        }
        check_finite(samples)?;
        self.apply_to_finite(samples, out, &mut scratch.knots)
    }

    pub(crate) fn apply_to_finite(
        &self,
        samples: &[f64],
        out: &mut Vec<f64>,
        knots: &mut Vec<f64>,
    ) -> Result<()> {
        let (positions, npts) = (&self.positions, self.output.npts);
        reserve(out, npts)?;
        out.clear();
        match &self.kernel {
            Kernel::Pick { first, step } => {
                out.extend(samples[*first..].iter().step_by(*step).take(npts));
            }
            Kernel::Lanczos(kernel) => kernel.apply(samples, positions, npts, out),
            Kernel::Linear => positions.for_each(npts, |i, t| {
                let y = samples[i];
                out.push(if t == 0.0 { y } else { y + t * (samples[i + 1] - y) });
            }),
            Kernel::Nearest => positions.for_each(npts, |i, t| {
                out.push(samples[if t > 0.5 { i + 1 } else { i }]);
            }),
            Kernel::Previous => positions.for_each(npts, |i, _| out.push(samples[i])),
            Kernel::CubicSpline => spline::apply(samples, positions, npts, knots, out),
            Kernel::Slopes { rate_hz } => slopes::apply(samples, positions, npts, *rate_hz, out),
        }
        Ok(())
    }
}
