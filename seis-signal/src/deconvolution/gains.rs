//! The gains of a long transform, as polynomials wherever they are smooth.
//!
//! Millions of gains take more time to write and to read than to compute from a thousand
//! polynomials, and more memory than the samples they multiply. So those of long transforms are never
//! all made: what [`curve`](super::curve) finds for the response is carried over to the gains, panel
//! by panel, with the same test of what is good enough. Where that fails, and around the corners of the
//! pre-filter, there are single values.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, GroundMotion};

use super::curve::{Exact, Panel, Polynomial, panels};
use super::operator::Grid;
use crate::Result;
use crate::fft::ROWS;

/// Every so manieth frequency it is known to which piece it belongs.
const SIGN_POST: usize = 256;

/// Values at consecutive frequencies.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    len: usize,
    pieces: Vec<Piece>,
    values: Vec<Complex64>,
    sign_posts: Vec<u32>,
}

/// Consecutive frequencies, counted from the first of the curve.
#[derive(Debug, Clone)]
struct Piece {
    first: usize,
    end: usize,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// From −1 to 1 in steps.
    Smooth { step: f64, polynomial: Polynomial },
    /// From this one on.
    Values(usize),
}

impl Curve {
    /// `gain` is asked for those of frequencies, by their index, between others too, and the
    /// response there; with `from` the first, up to `last`. Near `corners` it is not smooth.
    pub(super) fn new(
        response: &dyn FrequencyResponse,
        quantity: GroundMotion,
        grid: &Grid,
        (from, last): (usize, usize),
        corners: &[f64],
        gain: impl Fn(f64, Complex64) -> Result<Complex64>,
    ) -> Result<Self> {
        let end = last + 1;
        let mut curve = Self {
            len: end - from,
            pieces: Vec::new(),
            values: Vec::new(),
            sign_posts: Vec::new(),
        };
        let mut exact = Exact::new(response, quantity);
        let mut done = from;
        for (panel, polynomial) in panels(response, quantity, grid, from, end)? {
            curve.put_exact(&mut exact, grid, from, done..panel.first, &gain)?;
            done = panel.first + panel.len;
            let (low, high) = (panel.first as f64 - 1.0, done as f64);
            let bent = corners.iter().any(|corner| (low..=high).contains(corner));
            let smooth = || polynomial.mapped(|x, h| gain(panel.index(x), h).ok());
            let form = match (!bent).then(smooth).flatten() {
                Some(polynomial) => Form::Smooth { step: panel.step(), polynomial },
                None => {
                    let mut block = Vec::new();
                    polynomial.values(panel.len, &mut block);
                    let at = curve.values.len();
                    for (k, h) in (panel.first..).zip(block) {
                        curve.values.push(gain(k as f64, h)?);
                    }
                    Form::Values(at)
                }
            };
            curve.pieces.push(Piece { first: panel.first - from, end: done - from, form });
        }
        curve.put_exact(&mut exact, grid, from, done..end, &gain)?;
        curve.put_sign_posts();
        Ok(curve)
    }

    fn put_exact(
        &mut self,
        exact: &mut Exact<'_>,
        grid: &Grid,
        from: usize,
        range: std::ops::Range<usize>,
        gain: &impl Fn(f64, Complex64) -> Result<Complex64>,
    ) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        let form = Form::Values(self.values.len());
        self.pieces.push(Piece { first: range.start - from, end: range.end - from, form });
        exact.on_grid(grid, range, &mut |k, block| {
            for (k, h) in (k..).zip(block) {
                self.values.push(gain(k as f64, *h)?);
            }
            Ok(())
        })
    }

    fn put_sign_posts(&mut self) {
        let mut piece = 0;
        self.sign_posts.clear();
        for k in (0..self.len).step_by(SIGN_POST) {
            while self.pieces[piece].end <= k {
                piece += 1;
            }
            self.sign_posts.push(piece as u32);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Piece>() * self.pieces.len() + 16 * self.values.len() + 4 * self.sign_posts.len()
    }

    /// Multiplies by a smooth function of the index, counted from the first of the curve, which
    /// `smooth` knows, and which `single` multiplies into consecutive values.
    pub(crate) fn multiply(
        &mut self,
        smooth: impl Fn(f64) -> Complex64,
        single: impl Fn(usize, &mut [Complex64]),
    ) {
        for piece in &mut self.pieces {
            let len = piece.end - piece.first;
            match &mut piece.form {
                Form::Values(at) => single(piece.first, &mut self.values[*at..*at + len]),
                Form::Smooth { polynomial, .. } => {
                    let panel = Panel { first: piece.first, len };
                    match polynomial.mapped(|x, gain| Some(gain * smooth(panel.index(x)))) {
                        Some(product) => *polynomial = product,
                        None => {
                            let mut block = Vec::new();
                            polynomial.values(len, &mut block);
                            single(piece.first, &mut block);
                            piece.form = Form::Values(self.values.len());
                            self.values.extend_from_slice(&block);
                        }
                    }
                }
            }
        }
    }

    /// No value is larger.
    pub(crate) fn bound(&self) -> f64 {
        let norms = |piece: &Piece| match &piece.form {
            Form::Values(at) => {
                let values = &self.values[*at..*at + piece.end - piece.first];
                values.iter().map(|value| value.norm()).fold(0.0, f64::max)
            }
            Form::Smooth { polynomial, .. } => polynomial.bound(),
        };
        self.pieces.iter().map(norms).fold(0.0, f64::max)
    }

    /// All values.
    pub(crate) fn to_vec(&self) -> Vec<Complex64> {
        let mut all = Vec::with_capacity(self.len);
        let mut block = Vec::new();
        for piece in &self.pieces {
            let len = piece.end - piece.first;
            match &piece.form {
                Form::Values(at) => all.extend_from_slice(&self.values[*at..*at + len]),
                Form::Smooth { polynomial, .. } => {
                    polynomial.values(len, &mut block);
                    all.extend_from_slice(&block);
                }
            }
        }
        all
    }

    /// Four in a row, from index `k` of the curve on; zeros beyond its ends.
    #[inline(always)]
    pub(crate) fn four(&self, k: isize) -> [Complex64; ROWS] {
        if k >= 0 && k as usize + ROWS <= self.len {
            let k = k as usize;
            let piece = self.piece(k);
            if k + ROWS <= piece.end {
                return match &piece.form {
                    Form::Smooth { step, polynomial } => {
                        let index: [f64; ROWS] =
                            std::array::from_fn(|n| (k - piece.first + n) as f64);
                        polynomial.at(index.map(|n| n * step - 1.0))
                    }
                    Form::Values(at) => {
                        let at = at + k - piece.first;
                        std::array::from_fn(|n| self.values[at + n])
                    }
                };
            }
        }
        self.four_apart(k)
    }

    #[inline(always)]
    fn piece(&self, k: usize) -> &Piece {
        let mut n = self.sign_posts[k / SIGN_POST] as usize;
        while self.pieces[n].end <= k {
            n += 1;
        }
        &self.pieces[n]
    }

    /// As [`four`](Self::four), where they are not of one piece.
    #[inline(never)]
    fn four_apart(&self, k: isize) -> [Complex64; ROWS] {
        std::array::from_fn(|n| {
            let Ok(k) = usize::try_from(k + n as isize) else { return Complex64::ZERO };
            if k >= self.len {
                return Complex64::ZERO;
            }
            let piece = self.piece(k);
            let n = k - piece.first;
            match &piece.form {
                Form::Smooth { step, polynomial } => polynomial.at([n as f64 * step - 1.0])[0],
                Form::Values(at) => self.values[at + n],
            }
        })
    }
}
