//! Sample values, in the type they were recorded in.

use std::fmt;
use std::ops::Range;

use crate::{Error, Result};

/// The values of a trace. A file that is read and written again keeps its type and its bits.
///
/// Kernels work in `f64`; [`Samples::promote`] makes that step and says so in its name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Samples {
    /// Counts of a digitiser (16, 24 and 32 bit, Steim).
    I32(Vec<i32>),
    /// Single-precision values.
    F32(Vec<f32>),
    /// Double-precision values; the result of all processing.
    F64(Vec<f64>),
    /// Text of a log channel, as its bytes.
    Text(Vec<u8>),
}

/// The type of [`Samples`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SampleType {
    /// 32-bit integers.
    I32,
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
    /// Text.
    Text,
}

impl fmt::Display for SampleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::I32 => "32-bit integers",
            Self::F32 => "32-bit floats",
            Self::F64 => "64-bit floats",
            Self::Text => "text",
        })
    }
}

/// One expression for the vector of whatever type.
macro_rules! each {
    ($samples:expr, $v:ident => $body:expr) => {
        match $samples {
            Samples::I32($v) => $body,
            Samples::F32($v) => $body,
            Samples::F64($v) => $body,
            Samples::Text($v) => $body,
        }
    };
}

impl Samples {
    /// Number of samples (of bytes, for text).
    #[must_use]
    pub fn len(&self) -> usize {
        each!(self, v => v.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their type.
    #[must_use]
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::I32(_) => SampleType::I32,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
            Self::Text(_) => SampleType::Text,
        }
    }

    /// The integers, if they are such.
    #[must_use]
    pub fn as_i32(&self) -> Option<&[i32]> {
        if let Self::I32(v) = self { Some(v) } else { None }
    }

    /// The single-precision values, if they are such.
    #[must_use]
    pub fn as_f32(&self) -> Option<&[f32]> {
        if let Self::F32(v) = self { Some(v) } else { None }
    }

    /// The double-precision values, if they are such.
    #[must_use]
    pub fn as_f64(&self) -> Option<&[f64]> {
        if let Self::F64(v) = self { Some(v) } else { None }
    }

    /// The text, if it is such.
    #[must_use]
    pub fn as_text(&self) -> Option<&[u8]> {
        if let Self::Text(v) = self { Some(v) } else { None }
    }

    /// The values as `f64`, exact for every numeric type, into a new vector.
    ///
    /// # Errors
    /// [`Error::NotNumeric`] for text.
    pub fn to_f64(&self) -> Result<Vec<f64>> {
        let mut out = Vec::new();
        self.copy_to_f64(&mut out)?;
        Ok(out)
    }

    /// The values as `f64` into a caller's vector, whose allocation is reused.
    ///
    /// # Errors
    /// [`Error::NotNumeric`] for text; `out` is then empty.
    pub fn copy_to_f64(&self, out: &mut Vec<f64>) -> Result<()> {
        out.clear();
        match self {
            Self::I32(v) => out.extend(v.iter().map(|x| f64::from(*x))),
            Self::F32(v) => out.extend(v.iter().map(|x| f64::from(*x))),
            Self::F64(v) => out.extend_from_slice(v),
            Self::Text(_) => return Err(Error::NotNumeric { found: SampleType::Text }),
        }
        Ok(())
    }

    /// Turns the samples into `f64` where they are not, and lends them for processing.
    ///
    /// # Errors
    /// [`Error::NotNumeric`] for text, which stays as it is.
    pub fn promote(&mut self) -> Result<&mut Vec<f64>> {
        if !matches!(self, Self::F64(_)) {
            *self = Self::F64(self.to_f64()?);
        }
        match self {
            Self::F64(v) => Ok(v),
            other => Err(Error::NotNumeric { found: other.sample_type() }),
        }
    }

    /// The samples with these indices; what lies beyond the end is left out.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        fn cut<T: Clone>(v: &[T], range: Range<usize>) -> Vec<T> {
            let end = range.end.min(v.len());
            v.get(range.start.min(end)..end).unwrap_or_default().to_vec()
        }
        match self {
            Self::I32(v) => Self::I32(cut(v, range)),
            Self::F32(v) => Self::F32(cut(v, range)),
            Self::F64(v) => Self::F64(cut(v, range)),
            Self::Text(v) => Self::Text(cut(v, range)),
        }
    }

    /// Keeps the samples with these indices, in place.
    pub fn retain_range(&mut self, range: Range<usize>) {
        each!(self, v => {
            v.truncate(range.end);
            v.drain(..range.start.min(v.len()));
        });
    }

    /// Appends samples of the same type; refuses others.
    ///
    /// # Errors
    /// The samples are given back if their type differs; `self` is then unchanged.
    pub fn append(&mut self, other: Self) -> std::result::Result<(), Self> {
        match (self, other) {
            (Self::I32(a), Self::I32(b)) => a.extend_from_slice(&b),
            (Self::F32(a), Self::F32(b)) => a.extend_from_slice(&b),
            (Self::F64(a), Self::F64(b)) => a.extend_from_slice(&b),
            (Self::Text(a), Self::Text(b)) => a.extend_from_slice(&b),
            (_, other) => return Err(other),
        }
        Ok(())
    }

    /// Whether samples are neither infinite nor "not a number"; the index of the first that is.
    #[must_use]
    pub fn first_not_finite(&self) -> Option<usize> {
        match self {
            Self::F32(v) => v.iter().position(|x| !x.is_finite()),
            Self::F64(v) => v.iter().position(|x| !x.is_finite()),
            _ => None,
        }
    }
}

impl Default for Samples {
    fn default() -> Self {
        Self::I32(Vec::new())
    }
}

impl From<Vec<i32>> for Samples {
    fn from(v: Vec<i32>) -> Self {
        Self::I32(v)
    }
}

impl From<Vec<f32>> for Samples {
    fn from(v: Vec<f32>) -> Self {
        Self::F32(v)
    }
}

impl From<Vec<f64>> for Samples {
    fn from(v: Vec<f64>) -> Self {
        Self::F64(v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_is_exact_and_text_stays() {
        let mut counts = Samples::from(vec![i32::MIN, 0, i32::MAX]);
        assert_eq!(counts.promote().unwrap(), &[-2_147_483_648.0, 0.0, 2_147_483_647.0]);
        let mut text = Samples::Text(b"log".to_vec());
        assert!(text.promote().is_err());
        assert_eq!(text.as_text(), Some(&b"log"[..]));
    }

    #[test]
    fn ranges_beyond_the_end_are_cut() {
        let v = Samples::from(vec![1, 2, 3]);
        assert_eq!(v.slice(1..9), Samples::from(vec![2, 3]));
        assert!(v.slice(7..9).is_empty());
        let mut w = v.clone();
        w.retain_range(5..9);
        assert!(w.is_empty());
        let mut w = v;
        w.retain_range(1..2);
        assert_eq!(w, Samples::from(vec![2]));
    }

    #[test]
    fn types_do_not_mix() {
        let mut v = Samples::from(vec![1]);
        assert_eq!(v.append(Samples::from(vec![1.0])), Err(Samples::from(vec![1.0])));
        assert_eq!(v, Samples::from(vec![1]));
    }
}
