//! Samples as they were recorded, lent to a kernel.

use seis_core::{SampleType, Samples};

use crate::sum::Number;
use crate::{Error, Result};

/// Numeric samples of any type, borrowed; kernels widen them to `f64` as they read them, which is
/// exact.
///
/// ```
/// use seis_signal::{SampleView, mean};
/// assert_eq!(mean(&[1_i32, 2, 3])?, mean(&[1.0_f32, 2.0, 3.0])?);
/// let samples = seis_core::Samples::from(vec![1, 2, 3]);
/// assert_eq!(SampleView::try_from(&samples)?.len(), 3);
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SampleView<'a> {
    /// Counts.
    I32(&'a [i32]),
    /// Single precision.
    F32(&'a [f32]),
    /// Double precision.
    F64(&'a [f64]),
}

/// One expression for the slice of whatever type.
macro_rules! each {
    ($view:expr, $v:ident => $body:expr) => {
        match $view {
            SampleView::I32($v) => $body,
            SampleView::F32($v) => $body,
            SampleView::F64($v) => $body,
        }
    };
}
pub(crate) use each;

impl SampleView<'_> {
    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        each!(self, v => v.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuses infinities and what is not a number.
    pub(crate) fn check_finite(&self) -> Result<()> {
        match self {
            Self::I32(_) => Ok(()),
            Self::F32(v) => check_finite(v),
            Self::F64(v) => check_finite(v),
        }
    }

    /// The samples as `f64`, in place of what the vector held.
    pub(crate) fn copy_to(&self, out: &mut Vec<f64>) {
        out.clear();
        each!(self, v => out.extend(v.iter().map(|x| x.f64())));
    }
}

/// Refuses the first sample that is infinite or not a number.
pub(crate) fn check_finite<T: Number>(samples: &[T]) -> Result<()> {
    // Without early exit within a block, so that the loop vectorises.
    let bad = |block: &[T]| block.iter().fold(false, |bad, x| bad | !x.f64().is_finite());
    for (n, block) in samples.chunks(64).enumerate() {
        if bad(block) {
            for (i, x) in block.iter().enumerate() {
                if !x.f64().is_finite() {
                    return Err(Error::NotFinite { index: n * 64 + i, value: x.f64() });
                }
            }
        }
    }
    Ok(())
}

impl<'a> TryFrom<&'a Samples> for SampleView<'a> {
    type Error = Error;

    /// Fails for text.
    fn try_from(samples: &'a Samples) -> Result<Self> {
        match samples {
            Samples::I32(v) => Ok(Self::I32(v)),
            Samples::F32(v) => Ok(Self::F32(v)),
            Samples::F64(v) => Ok(Self::F64(v)),
            other => Err(Error::NotNumeric { found: other.sample_type() }),
        }
    }
}

impl SampleView<'_> {
    /// The type of the samples.
    #[must_use]
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::I32(_) => SampleType::I32,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
        }
    }
}

macro_rules! views {
    ($($variant:ident $type:ty),*) => {$(
        impl<'a> From<&'a [$type]> for SampleView<'a> {
            fn from(v: &'a [$type]) -> Self {
                Self::$variant(v)
            }
        }
        impl<'a, const N: usize> From<&'a [$type; N]> for SampleView<'a> {
            fn from(v: &'a [$type; N]) -> Self {
                Self::$variant(v)
            }
        }
        impl<'a> From<&'a Vec<$type>> for SampleView<'a> {
            fn from(v: &'a Vec<$type>) -> Self {
                Self::$variant(v)
            }
        }
        impl<'a> From<&'a mut [$type]> for SampleView<'a> {
            fn from(v: &'a mut [$type]) -> Self {
                Self::$variant(v)
            }
        }
    )*};
}
views!(I32 i32, F32 f32, F64 f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_sample_is_named() {
        for n in [1, 63, 64, 65, 200] {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for at in [0, n / 2, n - 1] {
                    let mut v = vec![f64::MAX; n];
                    assert!(check_finite(&v).is_ok());
                    v[at] = bad;
                    v[n - 1] = bad;
                    let Err(Error::NotFinite { index, .. }) = check_finite(&v) else {
                        panic!("{n} {at}")
                    };
                    assert_eq!(index, at);
                }
            }
        }
    }
}
