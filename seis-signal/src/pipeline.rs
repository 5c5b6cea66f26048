//! Detrend, taper, deconvolution and resampling in as few passes as they take.

use num_complex::Complex64;
use seis_core::{FrequencyResponse, SamplingRate};

use crate::decimator::{Decimator, widen};
use crate::deconvolution::Operator;
use crate::fft::{Forward, Inverse, Long, Pair, Transform};
use crate::route::Route;
use crate::scratch::{reserve, room, untouched};
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
    transforms: Transforms,
    decimation: usize,
    output: Output,
    warnings: Vec<Warning>,
}

/// There and back.
#[derive(Debug, Clone)]
enum Transforms {
    /// With the spectrum, multiplied, between them.
    Whole(Forward, Inverse),
    /// Of long traces: multiplied on the way.
    Long(Box<LongTransforms>),
}

#[derive(Debug, Clone)]
struct LongTransforms {
    long: Long,
    /// Whether counts, whatever they are, have finite results.
    counts_are_safe: bool,
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

/// Rates are written with few digits, and some are measured; those of two channels of one
/// instrument differ by a factor.
const RATE_TOLERANCE: f64 = 0.01;

/// Warns of a response that ends at another rate than that of the trace.
fn other_rate(response: &dyn FrequencyResponse, rate: SamplingRate) -> Option<Warning> {
    let (response_hz, trace_hz) = (response.recorded_rate_hz()?, rate.hz());
    let differs = (response_hz / trace_hz - 1.0).abs() > RATE_TOLERANCE;
    differs.then_some(Warning::RateOfResponse { response_hz, trace_hz })
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
        warnings.extend(other_rate(response, rate));
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
        let Route { operator, decimator, long, decimation, inverse, first, step } =
            Route::new(operator, npts, first, step);
        let transforms = match long {
            Some(long) => {
                let counts_are_safe = operator.bound() < 1e300;
                Transforms::Long(Box::new(LongTransforms { long, counts_are_safe }))
            }
            None => {
                let lower = decimator.as_ref().map_or(1, Decimator::step);
                Transforms::Whole(Forward::new(operator.nfft / lower), Inverse::new(inverse))
            }
        };
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
            transforms,
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

    /// The transforms that plans of one length share.
    pub(crate) fn transforms(&self) -> Option<[Transform; 2]> {
        match &self.transforms {
            Transforms::Whole(forward, inverse) => Some([forward.id(), inverse.id()]),
            Transforms::Long(_) => None,
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let flanks = |f: &Option<Flanks>| f.as_ref().map_or(0, |f| f.left.len() + f.right.len());
        let output = match &self.output {
            Output::Pick { .. } => 0,
            Output::Interpolate(plan) => plan.memory_bytes(),
        };
        let long = match &self.transforms {
            Transforms::Whole(..) => 0,
            Transforms::Long(transforms) => transforms.long.bytes(),
        };
        size_of::<Self>()
            + self.decimator.as_ref().map_or(0, Decimator::bytes)
            + self.operator.bytes()
            + long
            + 8 * (flanks(&self.taper) + flanks(&self.sac_taper))
            + output
    }

    pub(crate) fn apply(
        &self,
        input: SampleView<'_>,
        out: &mut Vec<f64>,
        scratch: &mut Scratch,
    ) -> Result<()> {
        match &self.transforms {
            Transforms::Whole(forward, inverse) => {
                self.transform(forward, inverse, input, scratch)?;
                let packed = &scratch.packed[..inverse.pairs()];
                check_result(packed)?;
                match &self.output {
                    Output::Pick { first, step, count } => {
                        reserve(out, *count)?;
                        out.clear();
                        pick(packed, *first, *step, *count, out);
                    }
                    Output::Interpolate(plan) => {
                        scratch.samples.clear();
                        pick(packed, 0, 1, self.npts, &mut scratch.samples);
                        plan.apply_to_finite(&scratch.samples, out, &mut scratch.knots)?;
                    }
                }
            }
            Transforms::Long(transforms) => {
                let long = &transforms.long;
                match &self.output {
                    // Nothing can fail any more: the result itself is what is worked in.
                    Output::Pick { first: 0, step: 1, count }
                        if transforms.counts_are_safe
                            && self.is_direct()
                            && long.results() == long.pairs()
                            && matches!(input, SampleView::I32(_))
                            && input.len() == self.npts =>
                    {
                        let buffer = bytemuck::cast_slice_mut(untouched(out, 2 * long.pairs())?);
                        self.multiply_long(long, input, buffer, scratch)?;
                        let write = |buffer: &mut [Pair], n: usize, run: &[Pair]| {
                            buffer[n..n + run.len()].copy_from_slice(run);
                        };
                        long.inverse(buffer, count.div_ceil(2), write, scratch.work(long));
                        out.truncate(*count);
                    }
                    Output::Pick { first, step, count } => {
                        self.with_long(long, input, scratch, |buffer, scratch| {
                            let out = untouched(out, *count)?;
                            results(long, buffer, scratch, *first, *step, out);
                            Ok(())
                        })?;
                    }
                    Output::Interpolate(plan) => {
                        self.with_long(long, input, scratch, |buffer, scratch| {
                            let mut samples = std::mem::take(&mut scratch.samples);
                            let done = untouched(&mut samples, self.npts).and_then(|samples| {
                                results(long, buffer, scratch, 0, 1, samples);
                                plan.apply_to_finite(samples, out, &mut scratch.knots)
                            });
                            scratch.samples = samples;
                            done
                        })?;
                    }
                }
            }
        }
        Ok(())
    }

    /// For pipelines without resampling.
    pub(crate) fn apply_in_place(&self, samples: &mut [f64], scratch: &mut Scratch) -> Result<()> {
        match &self.transforms {
            Transforms::Whole(forward, inverse) => {
                self.transform(forward, inverse, (&*samples).into(), scratch)?;
                let packed = &scratch.packed[..inverse.pairs()];
                check_result(packed)?;
                for (pair, z) in samples.chunks_mut(2).zip(packed) {
                    for (x, y) in pair.iter_mut().zip([z.re, z.im]) {
                        *x = y;
                    }
                }
            }
            Transforms::Long(transforms) => {
                let long = &transforms.long;
                let mut buffer = std::mem::take(&mut scratch.long);
                let done = untouched(&mut buffer, 2 * long.pairs()).and_then(|buffer| {
                    let buffer = bytemuck::cast_slice_mut(buffer);
                    self.multiply_long(long, (&*samples).into(), buffer, scratch)?;
                    results(long, buffer, scratch, 0, 1, samples);
                    Ok(())
                });
                scratch.long = buffer;
                done?;
            }
        }
        Ok(())
    }

    /// Whether no more is done to samples than to subtract a mean and to taper.
    fn is_direct(&self) -> bool {
        let simple = matches!(self.detrend, None | Some(DetrendSpec::Demean));
        simple && !self.zero_mean && self.sac_taper.is_none()
    }

    /// The mean that is subtracted before the taper, if that is all that is done to the samples; else
    /// the samples to which everything was done, in `made`.
    fn prepare(&self, input: SampleView<'_>, made: &mut Vec<f64>) -> Result<Option<f64>> {
        if input.len() != self.npts {
            return Err(Error::Length { expected: self.npts, found: input.len() });
        }
        input.check_finite()?;
        if self.is_direct() {
            return Ok(Some(self.detrend.map_or(0.0, |_| mean_of_finite(input))));
        }
        input.copy_to(made);
        let samples = made.as_mut_slice();
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
        Ok(None)
    }

    /// From samples to packed ground motion at the rate of the inverse transform, in
    /// `scratch.packed`.
    fn transform(
        &self,
        forward: &Forward,
        inverse: &Inverse,
        input: SampleView<'_>,
        scratch: &mut Scratch,
    ) -> Result<()> {
        let mean = self.prepare(input, &mut scratch.samples)?;
        let pairs = forward.pairs();
        // One more than pairs: the spectrum has it.
        room(&mut scratch.packed, pairs.max(inverse.pairs()) + 1);
        let packed = &mut scratch.packed[..pairs];
        let (view, offset, flanks) = match mean {
            Some(mean) => (input, mean, self.taper.as_ref()),
            None => ((&scratch.samples).into(), 0.0, None),
        };
        if let Some(decimator) = &self.decimator {
            let block = &mut scratch.block;
            each!(view, v => decimator.apply(v, offset, flanks, packed, Complex64::new, block));
        } else {
            each!(view, v => pack(v, offset, packed));
            if let Some(flanks) = flanks {
                taper_packed(flanks, self.npts, packed);
            }
        }
        self.deconvolve(forward, inverse, scratch);
        Ok(())
    }

    /// Does something with what [`multiply_long`](Self::multiply_long) leaves in a buffer.
    fn with_long(
        &self,
        long: &Long,
        input: SampleView<'_>,
        scratch: &mut Scratch,
        then: impl FnOnce(&mut [Pair], &mut Scratch) -> Result<()>,
    ) -> Result<()> {
        let mut buffer = std::mem::take(&mut scratch.long);
        let done = untouched(&mut buffer, 2 * long.pairs()).and_then(|buffer| {
            let buffer = bytemuck::cast_slice_mut(buffer);
            self.multiply_long(long, input, buffer, scratch)?;
            then(buffer, scratch)
        });
        scratch.long = buffer;
        done
    }

    /// From samples to packed ground motion, but for the transforms of columns. That they will be
    /// finite is certain.
    fn multiply_long(
        &self,
        long: &Long,
        input: SampleView<'_>,
        buffer: &mut [Pair],
        scratch: &mut Scratch,
    ) -> Result<()> {
        let mean = self.prepare(input, &mut scratch.samples)?;
        let [work, library] = long.scratch_lens();
        let half = room(&mut scratch.half, work);
        let fft = room(&mut scratch.fft, library);
        let (view, offset, flanks) = match mean {
            Some(mean) => (input, mean, self.taper.as_ref()),
            None => ((&scratch.samples).into(), 0.0, None),
        };
        if let Some(decimator) = &self.decimator {
            let pairs = decimator.results(self.npts).div_ceil(2);
            let (block, packed) = (&mut scratch.block, &mut buffer[..long.filled(pairs)]);
            let pair = |re, im| [re, im];
            each!(view, v => decimator.apply(v, offset, flanks, packed, pair, block));
            long.forward(
                buffer,
                pairs,
                #[inline(always)]
                |packed, n, run| run.copy_from_slice(&packed[n..n + run.len()]),
                [&mut *half, &mut *fft],
            );
        } else {
            let pairs = self.npts.div_ceil(2);
            each!(view, v => {
                long.forward(
                    buffer,
                    pairs,
                    #[inline(always)]
                    |_, n, run| widen(v, offset, flanks, 2 * n, 0, run.as_flattened_mut()),
                    [&mut *half, &mut *fft],
                );
            });
        }
        if long.multiply(buffer, &self.operator, [half, fft]) {
            Ok(())
        } else {
            Err(Error::Overflow { operation: "removing the response" })
        }
    }

    fn deconvolve(&self, forward: &Forward, inverse: &Inverse, scratch: &mut Scratch) {
        let (pairs, back) = (forward.pairs(), inverse.pairs());
        let fft_len = forward.scratch_len().max(inverse.scratch_len());
        let fft = room(&mut scratch.fft, fft_len);
        let half = room(&mut scratch.half, pairs.max(back));
        let packed = &mut scratch.packed[..];
        forward.transform(&mut packed[..pairs], &mut half[..pairs], fft);
        let (first, gains) = (self.operator.first, self.operator.gains().unwrap_or(&[]));
        let spectrum = &mut packed[..gains.len()];
        forward.multiplied(&half[..pairs], first, gains, spectrum);
        let spectrum = self.fold(pairs, back, spectrum);
        inverse.join(first, spectrum, &mut half[..back]);
        inverse.transform(&mut half[..back], &mut packed[..back], fft);
    }

    /// Adds what lies beyond the Nyquist frequency of the inverse transform to the frequency as
    /// which it appears there, and makes the Nyquist frequency real.
    fn fold<'s>(
        &self,
        pairs: usize,
        nyquist: usize,
        spectrum: &'s mut [Complex64],
    ) -> &'s [Complex64] {
        let (first, last) = (self.operator.first, self.operator.last());
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

/// The last step of long transforms: every `step`-th sample from `first` on.
fn results(
    long: &Long,
    buffer: &mut [Pair],
    scratch: &mut Scratch,
    first: usize,
    step: usize,
    out: &mut [f64],
) {
    let last = first + step * out.len().saturating_sub(1);
    let write = |_: &mut [Pair], n: usize, run: &[Pair]| {
        let (from, run) = (2 * n, run.as_flattened());
        if step == 1 {
            let run = &run[first.saturating_sub(from).min(run.len())..];
            let from = from.saturating_sub(first).min(out.len());
            let len = run.len().min(out.len() - from);
            out[from..from + len].copy_from_slice(&run[..len]);
            return;
        }
        for (n, y) in (from..).zip(run) {
            if let Some(n) = n.checked_sub(first).filter(|n| n % step == 0) {
                if let Some(out) = out.get_mut(n / step) {
                    *out = *y;
                }
            }
        }
    };
    long.inverse(buffer, last / 2 + 1, write, scratch.work(long));
}

/// Finite samples and factors can still overflow together.
fn check_result(packed: &[Complex64]) -> Result<()> {
    let bad = packed.iter().fold(false, |bad, z| bad | !(z.re.is_finite() & z.im.is_finite()));
    if bad { Err(Error::Overflow { operation: "removing the response" }) } else { Ok(()) }
}
