//! Plans against the steps they replace, against formulas, and against hostile input.

mod common;

use common::{PolesZeros, burst, difference, noise, peak};
use proptest::prelude::*;
use seis_core::{Complex64, GroundMotion, SamplingRate, UtcTime};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec, Error,
    FftLength, Interpolation, InterpolationPlan, InterpolationSpec, PreFilter, SamplingGrid,
    Scratch, TaperPlan, TaperSpec, Warning, WaterLevel,
};

fn hz(rate: f64) -> SamplingRate {
    SamplingRate::from_hz(rate).unwrap()
}

fn grid(rate: f64, npts: usize) -> SamplingGrid {
    SamplingGrid::new("2022-01-02T00:00:00.0695Z".parse().unwrap(), hz(rate), npts)
}

/// The steps one by one.
fn steps(
    spec: &CalibrationSpec,
    input: &SamplingGrid,
    response: &PolesZeros,
    counts: &[i32],
) -> Vec<f64> {
    let mut scratch = Scratch::new();
    let mut samples: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
    if let Some(detrend) = spec.detrend {
        detrend.apply(&mut samples).unwrap();
    }
    if let Some(taper) = &spec.taper {
        TaperPlan::new(taper, input.npts, input.rate).unwrap().apply(&mut samples).unwrap();
    }
    let plan =
        DeconvolutionPlan::new(&spec.deconvolution, input.npts, input.rate, response).unwrap();
    plan.apply(&mut samples, &mut scratch).unwrap();
    match &spec.resample {
        None => samples,
        Some(resample) => {
            let mut out = Vec::new();
            let plan = InterpolationPlan::new(resample, input).unwrap();
            plan.apply(&samples, &mut out, &mut scratch).unwrap();
            out
        }
    }
}

fn fused(
    spec: &CalibrationSpec,
    input: &SamplingGrid,
    response: &PolesZeros,
    counts: &[i32],
) -> (Vec<f64>, usize) {
    let plan = CalibrationPlan::new(spec, input, response).unwrap();
    let mut out = Vec::new();
    plan.apply(counts, &mut out, &mut Scratch::new()).unwrap();
    assert_eq!(out.len(), plan.output().npts);
    (out, plan.decimation())
}

fn main_job(output: GroundMotion, f4: f64) -> CalibrationSpec {
    CalibrationSpec::only(
        DeconvolutionSpec::new(output)
            .pre_filter(PreFilter::new(0.001, 0.005, f4 * 0.98, f4).unwrap())
            .water_level(WaterLevel::None)
            .zero_mean(false)
            .taper_fraction(None),
    )
    .detrend(DetrendSpec::Demean)
    .taper(TaperSpec::new(0.05))
}

#[test]
fn one_plan_is_the_steps_one_by_one() {
    let response = PolesZeros::broadband();
    // Rates, lengths (even, odd, with large prime factors), corners up to and beyond the new
    // Nyquist frequency, output rates; by how much the inverse transform is shorter.
    for (rate, npts, f4, new_rate, decimation) in [
        (40.0, 4800, 5.0, 10.0, 4),
        (40.0, 4801, 5.0, 10.0, 4),
        (40.0, 4803, 4.9, 10.0, 4),
        (40.0, 4804, 4.9, 10.0, 4),
        (40.0, 4806, 4.9, 10.0, 4),
        (20.0, 2400, 5.0, 10.0, 2),
        (100.0, 12_000, 5.0, 10.0, 10),
        (100.0, 12_001, 5.0, 10.0, 10),
        (100.0, 12_000, 7.0, 10.0, 10),
        (100.0, 12_000, 50.0, 10.0, 2),
        (40.0, 4800, 20.0, 40.0, 1),
        (50.0, 6000, 5.0, 12.5, 4),
        (40.0, 4800, 5.0, 16.0, 1),
        (40.0, 4800, 5.0, 9.876_543, 1),
        (10.0, 1200, 5.0, 25.0, 1),
    ] {
        for length in [FftLength::ObsPy, FftLength::Fast, FftLength::Exactly(2 * npts)] {
            for method in [Interpolation::Lanczos { a: 25 }, Interpolation::CubicSpline] {
                let input = grid(rate, npts);
                let counts = burst(npts, 1.0 / rate);
                let mut spec = main_job(GroundMotion::Displacement, f4)
                    .resample(InterpolationSpec::new(method, hz(new_rate)));
                spec.deconvolution.fft_length = length;
                let expected = steps(&spec, &input, &response, &counts);
                let (found, shorter) = fused(&spec, &input, &response, &counts);
                let error = difference(&found, &expected) / peak(&expected);
                assert!(error < 1e-13, "{rate} {npts} {f4} {new_rate} {length:?}: {error:e}");
                if length == FftLength::ObsPy {
                    assert_eq!(shorter, decimation, "{rate} {npts} {f4} {new_rate}");
                }
            }
        }
    }
}

#[test]
fn outputs_that_start_later_are_the_same_too() {
    let response = PolesZeros::broadband();
    let (input, counts) = (grid(40.0, 4800), burst(4800, 0.025));
    for (first, shorter) in [(0, 4), (400, 4), (401, 4), (402, 4), (1, 4)] {
        for f4 in [4.9, 5.0] {
            let mut spec = main_job(GroundMotion::Velocity, f4).resample(
                InterpolationSpec::lanczos(hz(10.0), 25).start(input.time_of(first)).npts(500),
            );
            // A step at the new Nyquist frequency, which is then no longer zero.
            if f4 == 5.0 {
                spec.deconvolution.pre_filter =
                    Some(PreFilter::new(0.001, 0.005, 5.0, 5.0).unwrap());
            }
            let expected = steps(&spec, &input, &response, &counts);
            let (found, decimation) = fused(&spec, &input, &response, &counts);
            let error = difference(&found, &expected) / peak(&expected);
            assert!(error < 1e-13, "{first} {f4}: {error:e}");
            assert_eq!(decimation, shorter, "{first} {f4}");
        }
    }
}

#[test]
fn every_option_is_the_same_in_one_plan() {
    let response = PolesZeros::broadband();
    let (input, counts) = (grid(20.0, 1501), burst(1501, 0.05));
    let taper = TaperSpec::new(0.07);
    for detrend in [
        None,
        Some(DetrendSpec::Demean),
        Some(DetrendSpec::Simple),
        Some(DetrendSpec::Linear),
        Some(DetrendSpec::Polynomial { order: 3 }),
    ] {
        for side in [
            seis_signal::TaperSide::Both,
            seis_signal::TaperSide::Left,
            seis_signal::TaperSide::Right,
        ] {
            for (zero_mean, fraction) in [(true, Some(0.05)), (false, Some(0.3)), (false, None)] {
                for level in [WaterLevel::None, WaterLevel::Db(20.0)] {
                    let mut spec = main_job(GroundMotion::Velocity, 9.0)
                        .detrend(detrend)
                        .taper(taper.side(side));
                    spec.deconvolution = spec
                        .deconvolution
                        .water_level(level)
                        .zero_mean(zero_mean)
                        .taper_fraction(fraction);
                    let expected = steps(&spec, &input, &response, &counts);
                    let (found, _) = fused(&spec, &input, &response, &counts);
                    // Not only close: the same operations in the same order.
                    assert_eq!(found, expected, "{spec:?}");
                }
            }
        }
    }
}

#[test]
fn sample_types_give_the_same() {
    let response = PolesZeros::broadband();
    let (input, counts) = (grid(20.0, 1000), burst(1000, 0.05));
    let plan =
        CalibrationPlan::new(&main_job(GroundMotion::Velocity, 9.0), &input, &response).unwrap();
    let mut scratch = Scratch::new();
    let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
    plan.apply(&counts, &mut a, &mut scratch).unwrap();
    let singles: Vec<f32> = counts.iter().map(|x| *x as f32).collect();
    plan.apply(&singles, &mut b, &mut scratch).unwrap();
    let doubles: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
    plan.apply(&doubles, &mut c, &mut scratch).unwrap();
    assert_eq!(a, b);
    assert_eq!(a, c);
}

/// A known ground motion, recorded by a known instrument, comes back.
///
/// With `w` any signal, ground displacement `(∂−p1)(∂−p2)(∂−p3) w` is recorded as `K w'''` by a
/// velocity sensor with two zeros at the origin, the poles p and the constant K: both are formulas.
#[test]
fn known_ground_motion_returns() {
    let response = PolesZeros::broadband();
    let (rate, npts, width_s) = (40.0, 24_000, 40.0);
    let [p1, p2, p3] = response.poles[..] else { panic!() };
    let (e0, e1, e2) = (-(p1 * p2 * p3), p1 * p2 + p1 * p3 + p2 * p3, -(p1 + p2 + p3));
    for f in [0.06, 0.3, 2.0, 4.5] {
        // w = Re exp(−t²/2T² + iωt), and its derivatives.
        let derivatives = |i: usize| {
            let t = (i as f64 - 12_000.0) / rate;
            let d = -1.0 / (width_s * width_s);
            let c = Complex64::new(t * d, std::f64::consts::TAU * f);
            let w = Complex64::new(t * t * d / 2.0, std::f64::consts::TAU * f * t).exp();
            [w, c * w, (c * c + d) * w, (c * c * c + 3.0 * c * d) * w]
        };
        let motion = |i: usize| {
            let [w, w1, w2, w3] = derivatives(i);
            (w3 + e2 * w2 + e1 * w1 + e0 * w).re
        };
        let expected: Vec<f64> = (0..npts).map(motion).collect();
        let mut found: Vec<f64> = (0..npts).map(|i| response.gain * derivatives(i)[3].re).collect();
        let spec = DeconvolutionSpec::new(GroundMotion::Displacement)
            .pre_filter(PreFilter::new(0.005, 0.01, 4.9, 5.0).unwrap())
            .water_level(WaterLevel::None)
            .zero_mean(false)
            .taper_fraction(None);
        let plan = DeconvolutionPlan::new(&spec, npts, hz(rate), &response).unwrap();
        plan.apply(&mut found, &mut Scratch::new()).unwrap();
        let error = difference(&found, &expected) / peak(&expected);
        // Of the bell exp(−28) = 7e-13 is left at the ends of the trace, and rings.
        assert!(error < 1e-11, "{f} Hz: {error:e}");
    }
}

/// Exactly: the record is computed through the same discrete spectrum.
#[test]
fn a_record_made_by_convolution_returns_to_rounding() {
    let response = PolesZeros::broadband();
    let npts = 2000;
    let motion: Vec<f64> = (0..npts)
        .map(|i| {
            let t = (i as f64 - 1000.0) / 20.0;
            1e-6 * (std::f64::consts::TAU * 1.5 * t).cos() * (-(t / 8.0).powi(2)).exp()
        })
        .collect();
    // Convolve by deconvolving the inverse.
    struct Inverse(PolesZeros);
    impl seis_core::FrequencyResponse for Inverse {
        fn eval_into(
            &self,
            f: &[f64],
            quantity: GroundMotion,
            out: &mut [Complex64],
        ) -> Result<(), seis_core::EvaluationError> {
            self.0.eval_into(f, quantity, out)?;
            for h in out {
                *h = h.finv();
            }
            Ok(())
        }
    }
    let spec = DeconvolutionSpec::new(GroundMotion::Velocity)
        .pre_filter(PreFilter::new(0.2, 0.4, 8.0, 9.0).unwrap())
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    let rate = hz(20.0);
    let mut scratch = Scratch::new();
    let mut samples = motion.clone();
    let there = DeconvolutionPlan::new(&spec, npts, rate, &Inverse(response.clone())).unwrap();
    there.apply(&mut samples, &mut scratch).unwrap();
    let back = DeconvolutionPlan::new(&spec, npts, rate, &response).unwrap();
    back.apply(&mut samples, &mut scratch).unwrap();
    // A narrow line at 1.5 Hz, far from the corners; what rings beyond the trace is lost.
    assert!(difference(&samples, &motion) < 1e-12, "{:e}", difference(&samples, &motion));
}

#[test]
fn water_levels_keep_or_drop_the_mean() {
    // A pressure sensor: flat down to frequency zero.
    let flat = PolesZeros { zeros: vec![], poles: vec![], gain: 4.0, key: None };
    let base = DeconvolutionSpec::new(GroundMotion::Native).zero_mean(false).taper_fraction(None);
    let apply = |level| {
        let plan = DeconvolutionPlan::new(&base.water_level(level), 100, hz(1.0), &flat).unwrap();
        let mut samples = vec![8.0; 100];
        plan.apply(&mut samples, &mut Scratch::new()).unwrap();
        (samples, plan)
    };
    let (kept, _) = apply(WaterLevel::Db(60.0));
    assert!(kept.iter().all(|x| (x - 2.0).abs() < 1e-14));
    // Without a level the mean of the padded trace, half of the samples', is gone.
    let (dropped, _) = apply(WaterLevel::None);
    assert!(dropped.iter().all(|x| (x - 1.0).abs() < 1e-14), "{dropped:?}");
    let (_, plan) = apply(WaterLevel::Db(0.0));
    assert_eq!(plan.warnings(), [Warning::WaterLevelFlattens]);
    assert_eq!(plan.clipped_bins(), 0);
}

#[test]
fn a_water_level_refers_to_all_frequencies() {
    let response = PolesZeros::broadband();
    let band = PreFilter::new(0.01, 0.02, 1.0, 1.5).unwrap();
    let spec = DeconvolutionSpec::new(GroundMotion::Displacement).pre_filter(band);
    let (npts, rate) = (10_000, hz(20.0));
    let plan = DeconvolutionPlan::new(&spec, npts, rate, &response).unwrap();
    // |response to displacement| grows with frequency, up to 9.7 times that at 1 Hz, at 10 Hz;
    // −60 dB of that is 0.0097 times that at 1 Hz, and the sensor, with its corner at 0.0083 Hz,
    // has less at bin 11 (0.011 Hz: 0.0095) and more at bin 12 (0.0108).
    assert_eq!(plan.clipped_bins(), 1);
    let plan =
        DeconvolutionPlan::new(&spec.water_level(WaterLevel::Db(40.0)), npts, rate, &response)
            .unwrap();
    // 1 % of the response at 10 Hz: 0.097 Hz, bin 97; the band begins behind bin 10.
    assert!((85..=88).contains(&plan.clipped_bins()), "{}", plan.clipped_bins());
    assert_eq!(*plan.bins().start(), 11);
    // So wide a band that no filter lowers the rate, whose factor would be among these.
    let spec = spec.pre_filter(PreFilter::new(0.01, 0.02, 8.0, 9.0).unwrap());
    let plan =
        DeconvolutionPlan::new(&spec.water_level(WaterLevel::Db(40.0)), npts, rate, &response)
            .unwrap();
    let smallest = |plan: &DeconvolutionPlan| {
        plan.factors().unwrap().iter().map(|g| g.norm()).fold(0.0, f64::max)
    };
    let none =
        DeconvolutionPlan::new(&spec.water_level(WaterLevel::None), npts, rate, &response).unwrap();
    assert!(smallest(&plan) < smallest(&none) / 3.0);
}

fn error_of(spec: &DeconvolutionSpec, npts: usize, rate: f64, response: &PolesZeros) -> Error {
    DeconvolutionPlan::new(spec, npts, hz(rate), response).unwrap_err()
}

#[test]
fn plans_that_make_no_sense_are_refused() {
    let response = PolesZeros::broadband();
    let spec = DeconvolutionSpec::default();
    let band = |f1, f2, f3, f4| spec.pre_filter(PreFilter::new(f1, f2, f3, f4).unwrap());
    let error = error_of(&band(0.1, 0.2, 12.0, 15.0), 1000, 20.0, &response);
    assert!(matches!(error, Error::PreFilterBeyondNyquist { .. }));
    assert!(error.to_string().contains("choose f4 <= 10 Hz"), "{error}");
    let error = error_of(&band(0.1001, 0.1002, 0.1003, 0.1004), 1000, 20.0, &response);
    assert!(matches!(error, Error::EmptyPassBand { .. }), "{error}");
    for level in [-1.0, f64::NAN, f64::INFINITY] {
        let error = error_of(&spec.water_level(WaterLevel::Db(level)), 1000, 20.0, &response);
        assert!(matches!(error, Error::Parameter { name: "water level in dB", .. }));
    }
    for fraction in [-0.1, 1.1, f64::NAN] {
        let error = error_of(&spec.taper_fraction(fraction), 1000, 20.0, &response);
        assert!(matches!(error, Error::Parameter { .. }));
    }
    assert!(matches!(error_of(&spec, 0, 20.0, &response), Error::TooShort { .. }));
    assert!(matches!(error_of(&spec, 1, 20.0, &response), Error::TooShort { .. }));
    let error = error_of(&spec.fft_length(FftLength::Exactly(1001)), 1000, 20.0, &response);
    assert!(matches!(error, Error::FftLength { requested: 1001, least: 1000, .. }));
    let none = DeconvolutionPlan::new(&spec, 100, SamplingRate::NONE, &response).unwrap_err();
    assert!(matches!(none, Error::NoRate));

    // Without water a zero on the frequency axis at 1 Hz is a division by zero.
    let mut notch = response.clone();
    let zero = Complex64::new(0.0, std::f64::consts::TAU);
    notch.zeros.extend([zero, zero.conj()]);
    let error = error_of(&spec.water_level(WaterLevel::None), 1000, 20.0, &notch);
    assert!(matches!(error, Error::ResponseZero { frequency_hz: 1.0, .. }), "{error}");
    assert!(DeconvolutionPlan::new(&spec, 1000, hz(20.0), &notch).is_ok());
    // Unless it is not to be kept.
    let above = band(1.5, 2.0, 8.0, 9.0).water_level(WaterLevel::None);
    assert!(DeconvolutionPlan::new(&above, 1000, hz(20.0), &notch).is_ok());
    let mut broken = response.clone();
    broken.poles.extend([zero, zero.conj()]);
    let error = error_of(&spec, 1000, 20.0, &broken);
    assert!(matches!(error, Error::ResponseNotFinite { frequency_hz: 1.0, .. }), "{error}");
    let dead = PolesZeros { gain: 0.0, ..response };
    assert!(matches!(error_of(&spec, 1000, 20.0, &dead), Error::ResponseZero { .. }));
}

#[test]
fn bad_samples_are_named_and_nothing_is_touched() {
    let response = PolesZeros::broadband();
    let spec = DeconvolutionSpec::default();
    let plan = DeconvolutionPlan::new(&spec, 1000, hz(20.0), &response).unwrap();
    let mut scratch = Scratch::new();
    let mut samples = noise(1000);
    samples[321] = f64::INFINITY;
    let before = samples.clone();
    let error = plan.apply(&mut samples, &mut scratch).unwrap_err();
    assert!(matches!(error, Error::NotFinite { index: 321, .. }));
    assert_eq!(samples, before);
    assert!(matches!(
        plan.apply(&mut samples[1..], &mut scratch),
        Err(Error::Length { expected: 1000, found: 999 })
    ));
    // Finite, and yet too large.
    let mut samples = vec![1e305; 1000];
    samples[500] = -1e308;
    let before = samples.clone();
    let error = plan.apply(&mut samples, &mut scratch).unwrap_err();
    assert!(matches!(error, Error::Overflow { .. }), "{error}");
    assert_eq!(samples, before);
}

#[test]
fn aliasing_is_warned_of() {
    let response = PolesZeros::broadband();
    let to_10 = InterpolationSpec::lanczos(hz(10.0), 25);
    let warnings = |f4| {
        let spec = main_job(GroundMotion::Velocity, f4).resample(to_10);
        CalibrationPlan::new(&spec, &grid(40.0, 4800), &response).unwrap().warnings().to_vec()
    };
    assert_eq!(warnings(5.0), []);
    assert!(matches!(
        warnings(8.0)[..],
        [Warning::Aliasing { new_nyquist_hz: 5.0, content_up_to_hz }] if content_up_to_hz > 7.9
    ));
    let alone = InterpolationPlan::new(&to_10, &grid(40.0, 4800)).unwrap();
    assert_eq!(alone.warnings().len(), 1);
}

#[test]
fn fft_lengths_differ_by_what_rings_into_the_padding() {
    let response = PolesZeros::broadband();
    let (input, counts) = (grid(40.0, 48_001), burst(48_001, 0.025));
    let mut spec = main_job(GroundMotion::Displacement, 5.0);
    let (obspy, _) = fused(&spec, &input, &response, &counts);
    spec.deconvolution.fft_length = FftLength::Fast;
    let (fast, _) = fused(&spec, &input, &response, &counts);
    let relative = difference(&fast, &obspy) / peak(&obspy);
    // The pre-filter begins at 0.001 Hz: it rings for a thousand seconds, about the padding.
    assert!(relative > 1e-9 && relative < 1e-2, "{relative:e}");
}

/// `Σ y_i sinc(x−i) sinc((x−i)/a)`, term by term as ObsPy sums it.
fn lanczos(samples: &[f64], x: f64, a: f64) -> f64 {
    let sinc = |u: f64| {
        let u = std::f64::consts::PI * u;
        if u.abs() < 1e-10 { 1.0 } else { u.sin() / u }
    };
    samples
        .iter()
        .enumerate()
        .map(|(i, y)| (x - i as f64, y))
        .filter(|(u, _)| u.abs() <= a)
        .map(|(u, y)| y * sinc(u) * sinc(u / a))
        .sum()
}

#[test]
fn lanczos_is_its_definition_for_every_length() {
    let mut scratch = Scratch::new();
    let mut out = Vec::new();
    for npts in 1..=200_usize {
        let samples = noise(npts);
        // Kernel table, phases shifted, and the general kernel.
        for (new_rate, shift_ns) in [(1.25, 0), (2.0, 123_456_789), (0.7654, 77_777_777)] {
            for a in [1, 3, 25, 40] {
                let input = SamplingGrid::new(UtcTime::EPOCH, hz(1.0), npts);
                let spec = InterpolationSpec::lanczos(hz(new_rate), a)
                    .start(UtcTime::from_nanos(shift_ns));
                let Ok(plan) = InterpolationPlan::new(&spec, &input) else {
                    assert!(npts == 1 && shift_ns > 0);
                    continue;
                };
                plan.apply(&samples, &mut out, &mut scratch).unwrap();
                let last = plan.output().npts - 1;
                assert!(shift_ns as f64 / 1e9 + last as f64 / new_rate <= npts as f64 - 1.0);
                for (j, y) in out.iter().enumerate() {
                    let x = shift_ns as f64 / 1e9 + j as f64 / new_rate;
                    let expected = lanczos(&samples, x, f64::from(a));
                    // x itself is rounded: 200·2^−53 samples, on noise of slope up to π.
                    assert!((y - expected).abs() < 1e-13, "{npts} {new_rate} {a} {j}");
                }
            }
        }
    }
}

#[test]
fn kernels_of_a_table_are_those_of_the_general_kernel() {
    let samples = noise(3000);
    let input = SamplingGrid::new(UtcTime::EPOCH, hz(40.0), 3000);
    let mut scratch = Scratch::new();
    let (mut table, mut general) = (Vec::new(), Vec::new());
    // With few outputs no table is worth its while: each is then computed alone.
    let spec = InterpolationSpec::lanczos(hz(31.0), 25);
    InterpolationPlan::new(&spec, &input)
        .unwrap()
        .apply(&samples, &mut table, &mut scratch)
        .unwrap();
    InterpolationPlan::new(&spec.npts(30), &input)
        .unwrap()
        .apply(&samples, &mut general, &mut scratch)
        .unwrap();
    assert_eq!(table[..30], general[..]);
}

#[test]
fn splines_are_exact_for_cubics_and_lines_for_lines() {
    let cubic = |x: f64| 1.0 - 2.0 * x + 0.5 * x * x - 0.03 * x * x * x;
    let line = |x: f64| 3.0 - 0.25 * x;
    let mut out = Vec::new();
    for npts in 4..60 {
        for (method, f) in [
            (Interpolation::CubicSpline, &cubic as &dyn Fn(f64) -> f64),
            (Interpolation::Linear, &line),
            (Interpolation::WeightedAverageSlopes, &line),
        ] {
            let samples: Vec<f64> = (0..npts).map(|i| f(i as f64)).collect();
            let input = SamplingGrid::new(UtcTime::EPOCH, hz(1.0), npts);
            let spec = InterpolationSpec::new(method, hz(7.0));
            let plan = InterpolationPlan::new(&spec, &input).unwrap();
            plan.apply(&samples, &mut out, &mut Scratch::new()).unwrap();
            assert_eq!(out.len(), (npts - 1) * 7 + 1);
            for (j, y) in out.iter().enumerate() {
                let expected = f(j as f64 / 7.0);
                let error = (y - expected).abs() / peak(&samples);
                assert!(error < 1e-12, "{method:?} {npts} {j}: {error:e}");
            }
        }
    }
}

#[test]
fn constant_samples_stay_constant_between_slopes() {
    let input = SamplingGrid::new(UtcTime::EPOCH, hz(1.0), 10);
    let spec = InterpolationSpec::new(Interpolation::WeightedAverageSlopes, hz(3.0));
    let mut out = Vec::new();
    let plan = InterpolationPlan::new(&spec, &input).unwrap();
    // ObsPy returns NaN.
    plan.apply(&[7.0; 10], &mut out, &mut Scratch::new()).unwrap();
    assert!(out.iter().all(|y| (y - 7.0).abs() < 1e-15), "{out:?}");
}

#[test]
fn interpolations_that_make_no_sense_are_refused() {
    let spec = InterpolationSpec::lanczos(hz(10.0), 25);
    let empty = InterpolationPlan::new(&spec, &grid(40.0, 0)).unwrap_err();
    assert!(matches!(empty, Error::TooShort { .. }));
    for a in [0, 65_537] {
        let spec = InterpolationSpec::lanczos(hz(10.0), a);
        let error = InterpolationPlan::new(&spec, &grid(40.0, 10)).unwrap_err();
        assert!(matches!(error, Error::Parameter { .. }));
    }
    let none = InterpolationSpec::lanczos(SamplingRate::NONE, 25);
    assert!(matches!(InterpolationPlan::new(&none, &grid(40.0, 10)), Err(Error::NoRate)));
    let cubic = InterpolationSpec::new(Interpolation::CubicSpline, hz(10.0));
    assert!(matches!(
        InterpolationPlan::new(&cubic, &grid(40.0, 3)),
        Err(Error::TooShort { needed: 4, found: 3, .. })
    ));
    let plan = InterpolationPlan::new(&spec, &grid(40.0, 10)).unwrap();
    let (mut out, mut scratch) = (vec![1.0], Scratch::new());
    assert!(matches!(
        plan.apply(&[f64::NAN; 10], &mut out, &mut scratch),
        Err(Error::NotFinite { .. })
    ));
    assert!(matches!(plan.apply(&[0.0; 9], &mut out, &mut scratch), Err(Error::Length { .. })));
    assert_eq!(out, [1.0]);
}

proptest! {
    /// Whatever is asked for: a result of the promised length, all finite, or an error.
    #[test]
    fn no_request_panics(
        npts in 0_usize..300,
        rate in prop_oneof![Just(1.0), Just(40.0), 1e-9_f64..1e9],
        new_rate in prop_oneof![Just(1.0), Just(10.0), 1e-9_f64..1e9],
        shift in -5_i128..200_000_000_000,
        count in proptest::option::of(0_usize..400),
        corners in proptest::option::of([0.0_f64..30.0, 0.0..30.0, 0.0..30.0, 0.0..30.0]),
        level in proptest::option::of(-5.0_f64..700.0),
        fraction in proptest::option::of(-0.1_f64..1.2),
        taper in proptest::option::of(-0.1_f64..2.0),
        method in 0_usize..6,
        order in 0_u8..40,
        seed in 0_u64..1000,
    ) {
        let start = UtcTime::from_nanos(1_641_081_600_069_500_000);
        let input = SamplingGrid::new(start, hz(rate), npts);
        let method = [
            Interpolation::Lanczos { a: 1 + u32::from(order) },
            Interpolation::Linear,
            Interpolation::Nearest,
            Interpolation::Previous,
            Interpolation::CubicSpline,
            Interpolation::WeightedAverageSlopes,
        ][method];
        let mut resample = InterpolationSpec::new(method, hz(new_rate));
        if seed % 3 == 0 {
            resample = resample.start(UtcTime::from_nanos(start.as_nanos() + shift));
        }
        if let Some(count) = count {
            resample = resample.npts(count);
        }
        let corners = corners.and_then(|mut f| {
            f.sort_by(f64::total_cmp);
            PreFilter::try_from(f.map(|f| f * rate / 60.0)).ok()
        });
        let spec = CalibrationSpec::only(
            DeconvolutionSpec::default()
                .pre_filter(corners)
                .water_level(level.map_or(WaterLevel::None, WaterLevel::Db))
                .taper_fraction(fraction)
                .zero_mean(seed % 2 == 0),
        )
        .detrend(DetrendSpec::Polynomial { order })
        .taper(taper.map(TaperSpec::new))
        .resample((seed % 5 > 0).then_some(resample));
        let Ok(plan) = CalibrationPlan::new(&spec, &input, &PolesZeros::broadband()) else {
            return Ok(());
        };
        let counts: Vec<i32> =
            (0..npts as u64).map(|i| ((i + seed).wrapping_mul(2_654_435_761) >> 7) as i32).collect();
        let mut out = Vec::new();
        plan.apply(&counts, &mut out, &mut Scratch::new()).unwrap();
        prop_assert_eq!(out.len(), plan.output().npts);
        prop_assert!(out.iter().all(|x| x.is_finite()));
        prop_assert!(plan.output().end().as_nanos() <= input.end().as_nanos() + 1);
    }
}
