//! From samples to ground motion.

use num_complex::Complex64;

use super::pack::{check_finite, check_result, pack, pick, results, taper_packed};
use super::{Halves, Output, Pipeline, Transforms};
use crate::decimator::widen;
use crate::fft::{Forward, Inverse, Long, Pair};
use crate::scratch::{grown, reserve, room, untouched, untouched_room};
use crate::sum::mean_of_finite;
use crate::vector::with_vectors;
use crate::view::each;
use crate::{DetrendSpec, Error, Result, SampleView, Scratch};

impl Pipeline {
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
            Transforms::Halves(halves) => {
                let mut buffer = std::mem::take(&mut scratch.long);
                let done = self.convolve_to(halves, input, out, &mut buffer, scratch);
                scratch.long = buffer;
                done?;
            }
            Transforms::Long(transforms) => {
                let long = &transforms.long;
                match &self.output {
                    // The result itself is what is worked in.
                    Output::Pick { first: 0, step: 1, count }
                        if transforms.counts_are_safe
                            && long.results() == long.pairs()
                            && self.takes_any_counts(input) =>
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
            Transforms::Halves(halves) => {
                let mut buffer = std::mem::take(&mut scratch.long);
                let done = self.convolve(halves, (&*samples).into(), &mut buffer, scratch);
                let done = done.map(|results| {
                    for (x, y) in samples.iter_mut().zip(results) {
                        *x = *y;
                    }
                });
                scratch.long = buffer;
                done?;
            }
            Transforms::Long(transforms) => {
                let long = &transforms.long;
                let mut buffer = std::mem::take(&mut scratch.long);
                let done = untouched_room(&mut buffer, 2 * long.pairs()).and_then(|buffer| {
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

    /// Whether nothing can fail where counts, whatever they are, have finite results.
    fn takes_any_counts(&self, input: SampleView<'_>) -> bool {
        self.is_direct() && matches!(input, SampleView::I32(_)) && input.len() == self.npts
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
        grown(&mut scratch.packed, pairs.max(inverse.pairs()) + 1);
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

    /// From samples to results.
    fn convolve_to(
        &self,
        halves: &Halves,
        input: SampleView<'_>,
        out: &mut Vec<f64>,
        buffer: &mut Vec<f64>,
        scratch: &mut Scratch,
    ) -> Result<()> {
        let convolution = &halves.convolution;
        match &self.output {
            // Nothing can fail any more: the result itself is what is worked in.
            Output::Pick { first: 0, step: 1, count }
                if halves.counts_are_safe && self.takes_any_counts(input) =>
            {
                let samples = untouched_room(buffer, convolution.samples())?;
                let results = untouched(out, convolution.results())?;
                self.convolve_into(halves, input, samples, results, scratch)?;
                out.truncate(*count);
            }
            Output::Pick { first, step, count } => {
                let results = self.convolve(halves, input, buffer, scratch)?;
                reserve(out, *count)?;
                out.clear();
                let results = results.iter().skip(*first);
                match step {
                    1 => out.extend(results.take(*count)),
                    _ => out.extend(results.step_by(*step).take(*count)),
                }
            }
            // What is interpolated is at the rate of the samples, as no convolution is.
            Output::Interpolate(plan) => {
                let results = self.convolve(halves, input, buffer, scratch)?;
                plan.apply_to_finite(results, out, &mut scratch.knots)?;
            }
        }
        Ok(())
    }

    /// From samples to ground motion at the rate of the results, in a part of the buffer.
    fn convolve<'b>(
        &self,
        halves: &Halves,
        input: SampleView<'_>,
        buffer: &'b mut Vec<f64>,
        scratch: &mut Scratch,
    ) -> Result<&'b [f64]> {
        let (len, results) = (halves.convolution.samples(), halves.convolution.results());
        let (samples, results) = untouched_room(buffer, len + results)?.split_at_mut(len);
        self.convolve_into(halves, input, samples, results, scratch)?;
        check_finite(results)?;
        Ok(results)
    }

    /// From samples to ground motion at the rate of the results, of which it is not certain that
    /// they are finite.
    fn convolve_into(
        &self,
        halves: &Halves,
        input: SampleView<'_>,
        samples: &mut [f64],
        results: &mut [f64],
        scratch: &mut Scratch,
    ) -> Result<()> {
        let mean = self.prepare(input, &mut scratch.samples)?;
        let Halves { convolution, gains, .. } = halves;
        let (view, offset, flanks) = match mean {
            Some(mean) => (input, mean, self.taper.as_ref()),
            None => ((&scratch.samples).into(), 0.0, None),
        };
        if let Some(decimator) = &self.decimator {
            let packed: &mut [Pair] = bytemuck::cast_slice_mut(samples);
            let (block, pair) = (&mut scratch.block, |re, im| [re, im]);
            each!(view, v => decimator.apply(v, offset, flanks, packed, pair, block));
        } else {
            each!(view, v => {
                with_vectors(
                    #[inline(always)]
                    |_| widen(v, offset, flanks, 0, 0, samples),
                );
            });
        }
        let [work, spectra, library] = convolution.scratch_lens();
        let work = [
            room(&mut scratch.packed, work),
            room(&mut scratch.half, spectra),
            room(&mut scratch.fft, library),
        ];
        convolution.apply(gains, samples, results, work);
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
        let done = untouched_room(&mut buffer, 2 * long.pairs()).and_then(|buffer| {
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
        let spectrum = match spectrum.last_mut() {
            Some(end) if self.operator.last() == pairs => {
                // ObsPy's rule for the Nyquist frequency.
                *end = Complex64::new(end.norm(), 0.0);
                spectrum
            }
            _ => inverse.fold(first, spectrum),
        };
        inverse.join(first, spectrum, &mut half[..back]);
        inverse.transform(&mut half[..back], &mut packed[..back], fft);
    }
}
