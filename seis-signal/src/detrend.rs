//! Removal of offsets and trends.

mod polynomial;

pub use polynomial::MAX_POLYNOMIAL_ORDER;

use seis_core::Step;

use crate::sum::{halves, mean_of_finite, pairwise};
use crate::view::check_finite;
use crate::{Error, Result};

/// Which trend to remove.
///
/// ```
/// use seis_signal::DetrendSpec;
/// let mut samples = [1.0, 3.0, 5.0, 7.0];
/// DetrendSpec::Linear.apply(&mut samples)?;
/// assert_eq!(samples, [0.0; 4]);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DetrendSpec {
    /// The mean (ObsPy's `demean` and `constant`).
    Demean,
    /// The line through the first and the last sample (ObsPy's `simple`).
    Simple,
    /// The line that fits best in the least-squares sense (ObsPy's and SciPy's `linear`).
    Linear,
    /// The polynomial of this order that fits best in the least-squares sense (ObsPy's
    /// `polynomial`), up to [`MAX_POLYNOMIAL_ORDER`].
    ///
    /// The fit is made in Gram's orthogonal polynomials, so that it is well-conditioned at every
    /// order; `numpy.polyfit`, which ObsPy uses, solves for powers of the sample number and loses
    /// digits from about order 6.
    Polynomial {
        /// The order; 0 is the mean, 1 the line of best fit.
        order: u8,
    },
}

impl DetrendSpec {
    /// Removes the trend.
    ///
    /// # Errors
    /// [`Error::TooShort`] if the trend is not determined by so few samples (ObsPy returns NaN or
    /// warns), [`Error::NotFinite`], [`Error::Overflow`], [`Error::Parameter`] for an order too
    /// high. The samples are then untouched.
    pub fn apply(self, samples: &mut [f64]) -> Result<()> {
        self.check(samples.len())?;
        check_finite(samples)?;
        let line = match self {
            Self::Demean => Line { offset: mean_of_finite((&*samples).into()), slope: 0.0 },
            Self::Simple => Line::through_ends(samples),
            Self::Linear => Line::of_best_fit(samples),
            Self::Polynomial { order } => return polynomial::remove(samples, order),
        };
        if !line.is_finite() {
            return Err(Error::Overflow { operation: self.name() });
        }
        line.subtract(samples);
        Ok(())
    }

    /// Whether the trend is defined for so many samples.
    pub(crate) fn check(self, npts: usize) -> Result<()> {
        let needed = match self {
            Self::Demean => 1,
            Self::Simple | Self::Linear => 2,
            Self::Polynomial { order } => {
                polynomial::check_order(order)?;
                usize::from(order) + 1
            }
        };
        if npts < needed {
            return Err(Error::TooShort { operation: self.name(), needed, found: npts });
        }
        Ok(())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Demean => "demean",
            Self::Simple => "simple detrend",
            Self::Linear => "linear detrend",
            Self::Polynomial { .. } => "polynomial detrend",
        }
    }

    /// The step as it is written into a trace's history.
    #[must_use]
    pub fn step(self) -> Step {
        let step = Step::new("detrend");
        match self {
            Self::Demean => step.with("type", "demean"),
            Self::Simple => step.with("type", "simple"),
            Self::Linear => step.with("type", "linear"),
            Self::Polynomial { order } => {
                step.with("type", "polynomial").with("order", i64::from(order))
            }
        }
    }
}

/// Samples that are treated in one go.
const BLOCK: usize = 1024;

/// `offset + slope·i`, with `i` the index of the sample.
#[derive(Debug, Clone, Copy)]
struct Line {
    offset: f64,
    slope: f64,
}

impl Line {
    fn through_ends(samples: &[f64]) -> Self {
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Self { offset: 0.0, slope: 0.0 };
        };
        Self { offset: *first, slope: (last - first) / (samples.len() as f64 - 1.0) }
    }

    /// With the abscissa measured from the middle, offset and slope are independent.
    fn of_best_fit(samples: &[f64]) -> Self {
        let n = samples.len() as f64;
        let mean = pairwise(samples) / n;
        let middle = (n - 1.0) / 2.0;
        let moment = halves(0, samples, &|first, block: &[f64]| {
            let from = first as f64 - middle;
            block.iter().enumerate().map(|(i, x)| (from + i as f64) * (x - mean)).sum()
        });
        let slope = moment / (n * (n * n - 1.0) / 12.0);
        Self { offset: mean - slope * middle, slope }
    }

    fn is_finite(self) -> bool {
        self.offset.is_finite() && self.slope.is_finite()
    }

    fn subtract(self, samples: &mut [f64]) {
        if self.slope == 0.0 {
            for x in samples {
                *x -= self.offset;
            }
        } else {
            for (n, block) in samples.chunks_mut(BLOCK).enumerate() {
                let first = (n * BLOCK) as f64;
                for (i, x) in block.iter_mut().enumerate() {
                    // 32-bit indices are converted in vectors, 64-bit ones are not.
                    *x -= self.offset + (first + f64::from(i as i32)) * self.slope;
                }
            }
        }
    }
}
