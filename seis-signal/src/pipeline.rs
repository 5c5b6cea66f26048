//! Detrend, taper, deconvolution and resampling in as few passes as they take.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use crate::decimator::Decimator;
use crate::deconvolution::Operator;
use crate::fft::{Forward, Inverse, Transform};
use crate::route::Route;
use crate::scratch::{reserve, room};
use crate::sum::{Number, mean_of_finite};
use crate::taper::Flanks;
use crate::view::each;
use crate::{
    CalibrationSpec, DetrendSpec, Error, InterpolationPlan, Result, SampleView, Scratch, TaperPlan,
    Warning, WaterLevel,
};

/// All steps, ready.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    npts: usize,
    detrend: Option<DetrendSpec>,
    taper: Option<Flanks>,
    zero_mean: bool,
    sac_taper: Option<Flanks>,
    reference: Reference,
    operator: Operator,
    /// What lowers the rate before the forward transform.
    decimator: Option<Decimator>,
    forward: Forward,
    inverse: Inverse,
    decimation: usize,
    output: Output,
    warnings: Vec<Warning>,
}

/// The frequencies at which the response is divided out, whatever transforms are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    pub(crate) nfft: usize,
    /// Index of the first frequency that survives, and of the last.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// What becomes of the samples that the inverse transform yields.
#[derive(Debug, Clone)]
enum Output {
    /// `count` of them, every `step`-th from `first` on.
    Pick { first: usize, step: usize, count: usize },
    /// The first `npts`, interpolated.
    Interpolate(Box<InterpolationPlan>),
}

impl Pipeline {
    pub(crate) fn new(
        spec: &CalibrationSpec,
        npts: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
        resample: Option<InterpolationPlan>,
    ) -> Result<Self> {
        if !rate.is_regular() {
            return Err(Error::NoRate);
        }
        if npts == 0 {
            let operation = "removing a response";
            return Err(Error::TooShort { operation, needed: 1, found: 0 });
        }
        let deconvolution = &spec.deconvolution;
        let nfft = deconvolution.fft_length.points(npts)?;
        if let Some(detrend) = spec.detrend {
            detrend.check(npts)?;
        }
        let mut warnings = Vec::new();
        let taper = match &spec.taper {
            Some(taper) => {
                let plan = TaperPlan::new(taper, npts, rate)?;
                warnings.extend_from_slice(plan.warnings());
                Some(plan.flanks().clone())
            }
            None => None,
        };
        match deconvolution.water_level {
            WaterLevel::Db(0.0) => warnings.push(Warning::WaterLevelFlattens),
            WaterLevel::Db(db) if !db.is_finite() || db < 0.0 => {
                return Err(Error::Parameter {
                    name: "water level in dB",
                    value: db,
                    expected: "zero or a positive number",
                });
            }
            _ => {}
        }
        let sac_taper = match deconvolution.taper_fraction {
            Some(fraction) => Some(Flanks::sac(npts, fraction)?),
            None => None,
        };
        let operator = Operator::new(deconvolution, nfft, rate, response)?;
        let reference = Reference { nfft, first: operator.first, last: operator.last() };

        let mut picks = (0, 1, npts);
        let mut interpolate = None;
        if let Some(plan) = resample {
            let content_up_to_hz = reference.last as f64 * rate.hz() / nfft as f64;
            let new_nyquist_hz = plan.output().rate.hz() / 2.0;
            if content_up_to_hz > new_nyquist_hz {
                warnings.push(Warning::Aliasing { new_nyquist_hz, content_up_to_hz });
            }
            match plan.picks() {
                Some((first, step)) => picks = (first, step, plan.output().npts),
                None => interpolate = Some(Box::new(plan)),
            }
        }
        let (first, step, count) = picks;
        let Route { operator, decimator, decimation, inverse, first, step } =
            Route::new(operator, npts, first, step);
        let output = match interpolate {
            Some(plan) => Output::Interpolate(plan),
            None => Output::Pick { first, step, count },
        };
        Ok(Self {
            npts,
            detrend: spec.detrend,
            taper,
            zero_mean: deconvolution.zero_mean,
            sac_taper,
            forward: Forward::new(operator.nfft / decimator.as_ref().map_or(1, Decimator::step)),
            inverse: Inverse::new(inverse),
            decimation,
            decimator,
            reference,
            operator,
            output,
            warnings,
        })
    }

    pub(crate) fn npts(&self) -> usize {
        self.npts
    }

    pub(crate) fn operator(&self) -> &Operator {
        &self.operator
    }

    pub(crate) fn reference(&self) -> &Reference {
        &self.reference
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// By how much the inverse transform is shorter than one at the rate of the samples.
    pub(crate) fn decimation(&self) -> usize {
        self.decimation
    }

    /// The transforms, which plans of one length share.
    pub(crate) fn transforms(&self) -> [Transform; 2] {
        [self.forward.id(), self.inverse.id()]
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let flanks = |f: &Option<Flanks>| f.as_ref().map_or(0, |f| f.left.len() + f.right.len());
        let output = match &self.output {
            Output::Pick { .. } => 0,
            Output::Interpolate(plan) => plan.memory_bytes(),
        };
        size_of::<Self>()
            + self.decimator.as_ref().map_or(0, Decimator::bytes)
            + 16 * self.operator.gains.len()
            + 8 * (flanks(&self.taper) + flanks(&self.sac_taper))
            + output
    }

    pub(crate) fn apply(
        &self,
        input: SampleView<'_>,
        out: &mut Vec<f64>,
        scratch: &mut Scratch,
    ) -> Result<()> {
        self.transform(input, scratch)?;
        let packed = &scratch.packed[..self.inverse.pairs()];
        match &self.output {
            Output::Pick { first, step, count } => {
                check_result(packed)?;
                reserve(out, *count)?;
                out.clear();
                pick(packed, *first, *step, *count, out);
            }
            Output::Interpolate(plan) => {
                check_result(packed)?;
                scratch.samples.clear();
                pick(packed, 0, 1, self.npts, &mut scratch.samples);
                plan.apply_to_finite(&scratch.samples, out, &mut scratch.knots)?;
            }
        }
        Ok(())
    }

    /// For pipelines without resampling.
    pub(crate) fn apply_in_place(&self, samples: &mut [f64], scratch: &mut Scratch) -> Result<()> {
        self.transform((&*samples).into(), scratch)?;
        let packed = &scratch.packed[..self.inverse.pairs()];
        check_result(packed)?;
        for (pair, z) in samples.chunks_mut(2).zip(packed) {
            for (x, y) in pair.iter_mut().zip([z.re, z.im]) {
                *x = y;
            }
        }
        Ok(())
    }

    /// From samples to packed ground motion at the rate of the inverse transform, in
    /// `scratch.packed`.
    fn transform(&self, input: SampleView<'_>, scratch: &mut Scratch) -> Result<()> {
        if input.len() != self.npts {
            return Err(Error::Length { expected: self.npts, found: input.len() });
        }
        input.check_finite()?;
        let pairs = self.forward.pairs();
        // One more than pairs: the spectrum has it.
        room(&mut scratch.packed, pairs.max(self.inverse.pairs()) + 1);
        let direct = match self.detrend {
            None | Some(DetrendSpec::Demean) => !self.zero_mean && self.sac_taper.is_none(),
            Some(_) => false,
        };
        if direct {
            let mean = match self.detrend {
                Some(_) => mean_of_finite(input),
                None => 0.0,
            };
            let packed = &mut scratch.packed[..pairs];
            if let Some(decimator) = &self.decimator {
                let (flanks, block) = (self.taper.as_ref(), &mut scratch.block);
                each!(input, v => decimator.apply(v, mean, flanks, packed, block));
            } else {
                each!(input, v => pack(v, mean, packed));
                if let Some(flanks) = &self.taper {
                    taper_packed(flanks, self.npts, packed);
                }
            }
        } else {
            input.copy_to(&mut scratch.samples);
            let samples = scratch.samples.as_mut_slice();
            if let Some(detrend) = self.detrend {
                detrend.apply(samples)?;
            }
            if let Some(flanks) = &self.taper {
                flanks.apply(samples);
            }
            if self.zero_mean {
                DetrendSpec::Demean.apply(samples)?;
            }
            if let Some(flanks) = &self.sac_taper {
                flanks.apply(samples);
            }
            let packed = &mut scratch.packed[..pairs];
            match &self.decimator {
                Some(decimator) => {
                    decimator.apply(samples, 0.0, None, packed, &mut scratch.block);
                }
                None => pack(samples, 0.0, packed),
            }
        }
        self.deconvolve(scratch);
        Ok(())
    }

    fn deconvolve(&self, scratch: &mut Scratch) {
        let (pairs, back) = (self.forward.pairs(), self.inverse.pairs());
        let fft_len = self.forward.scratch_len().max(self.inverse.scratch_len());
        let fft = room(&mut scratch.fft, fft_len);
        let half = room(&mut scratch.half, pairs.max(back));
        let packed = &mut scratch.packed[..];
        self.forward.transform(&mut packed[..pairs], &mut half[..pairs], fft);
        let spectrum = &mut packed[..self.operator.gains.len()];
        self.forward.multiplied(
            &half[..pairs],
            self.operator.first,
            &self.operator.gains,
            spectrum,
        );
        let spectrum = self.fold(spectrum);
        self.inverse.join(self.operator.first, spectrum, &mut half[..back]);
        self.inverse.transform(&mut half[..back], &mut packed[..back], fft);
    }

    /// Adds what lies beyond the Nyquist frequency of the inverse transform to the frequency as
    /// which it appears there, and makes the Nyquist frequency real.
    fn fold<'s>(&self, spectrum: &'s mut [Complex64]) -> &'s [Complex64] {
        let (first, last) = (self.operator.first, self.operator.last());
        let (pairs, nyquist) = (self.forward.pairs(), self.inverse.pairs());
        if last < nyquist {
            return spectrum;
        }
        let (below, end) = spectrum.split_at_mut(nyquist - first);
        if let Some((end, beyond)) = end.split_first_mut() {
            *end = if last == pairs {
                // ObsPy's rule for the Nyquist frequency.
                Complex64::new(end.norm(), 0.0)
            } else {
                // Of the long transform's two frequencies ± this the short one has only the sum.
                Complex64::new(2.0 * end.re, 0.0)
            };
            for (y, beyond) in below.iter_mut().rev().zip(beyond) {
                *y += beyond.conj();
            }
        }
        &spectrum[..=nyquist - first]
    }
}

/// Pairs of samples less `offset`, and zeros behind them.
fn pack<T: Number>(samples: &[T], offset: f64, packed: &mut [Complex64]) {
    let pairs = samples.chunks_exact(2);
    let rest = pairs.remainder();
    let (whole, zeros) = packed.split_at_mut(pairs.len());
    for (z, x) in whole.iter_mut().zip(pairs) {
        *z = Complex64::new(x[0].f64() - offset, x[1].f64() - offset);
    }
    zeros.fill(Complex64::ZERO);
    if let (Some(z), [x]) = (zeros.first_mut(), rest) {
        z.re = x.f64() - offset;
    }
}

/// Multiplies the ends of `npts` packed samples.
fn taper_packed(flanks: &Flanks, npts: usize, packed: &mut [Complex64]) {
    scale(packed, &flanks.left);
    let first = npts - flanks.right.len();
    let (z, mut weights) = (&mut packed[first / 2..], flanks.right.as_slice());
    if first % 2 == 0 {
        scale(z, weights);
    } else if let (Some((w, rest)), Some((z, behind))) =
        (weights.split_first(), z.split_first_mut())
    {
        z.im *= w;
        weights = rest;
        scale(behind, weights);
    }
}

fn scale(packed: &mut [Complex64], weights: &[f64]) {
    let pairs = weights.chunks_exact(2);
    let rest = pairs.remainder();
    let (whole, behind) = packed.split_at_mut(pairs.len());
    for (z, w) in whole.iter_mut().zip(pairs) {
        z.re *= w[0];
        z.im *= w[1];
    }
    if let (Some(z), [w]) = (behind.first_mut(), rest) {
        z.re *= w;
    }
}

/// `count` samples, every `step`-th from `first` on, to the end of `out`.
fn pick(packed: &[Complex64], first: usize, step: usize, count: usize, out: &mut Vec<f64>) {
    if step == 1 && first % 2 == 0 {
        let pairs = packed[first / 2..].iter().take(count.div_ceil(2));
        out.extend(pairs.flat_map(|z| [z.re, z.im]));
        out.truncate(count);
        return;
    }
    out.extend((0..count).map(|j| {
        let n = first + j * step;
        let z = &packed[n / 2];
        if n % 2 == 0 { z.re } else { z.im }
    }));
}

/// Finite samples and factors can still overflow together.
fn check_result(packed: &[Complex64]) -> Result<()> {
    let bad = packed.iter().fold(false, |bad, z| bad | !(z.re.is_finite() & z.im.is_finite()));
    if bad { Err(Error::Overflow { operation: "removing the response" }) } else { Ok(()) }
}
