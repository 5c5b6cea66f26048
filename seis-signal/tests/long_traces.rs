//! What is special about traces of more than a million samples.

mod common;

use allocation_counter::measure;
use common::{PolesZeros, burst, difference, peak};
use seis_core::{GroundMotion, SamplingRate, UtcTime};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec, Error,
    FftLength, InterpolationPlan, InterpolationSpec, PreFilter, SamplingGrid, Scratch, TaperSpec,
    WaterLevel,
};

const NPTS: usize = 1_080_000;
const RATE: f64 = 40.0;

fn hz(rate: f64) -> SamplingRate {
    SamplingRate::from_hz(rate).unwrap()
}

fn removal(f3: f64, f4: f64) -> DeconvolutionSpec {
    DeconvolutionSpec::new(GroundMotion::Velocity)
        .pre_filter(PreFilter::new(0.001, 0.005, f3, f4).unwrap())
        .water_level(WaterLevel::None)
}

fn input() -> SamplingGrid {
    SamplingGrid::new(UtcTime::EPOCH, hz(RATE), NPTS)
}

fn applied(spec: &CalibrationSpec, counts: &[i32]) -> (Vec<f64>, CalibrationPlan) {
    let plan = CalibrationPlan::new(spec, &input(), &PolesZeros::broadband()).unwrap();
    let mut out = Vec::new();
    plan.apply(counts, &mut out, &mut Scratch::new()).unwrap();
    (out, plan)
}

/// The factors are not kept, so that a plan is small, and are those of the other way: a water level
/// so low that it changes nothing.
#[test]
fn plans_are_small_and_factors_the_same() {
    let counts = burst(NPTS, 1.0 / RATE);
    for (f3, f4) in [(4.0, 5.0), (18.0, 19.0), (19.0, 19.0)] {
        let spec = removal(f3, f4).zero_mean(false).taper_fraction(None);
        let (found, plan) = applied(&CalibrationSpec::only(spec), &counts);
        let level = WaterLevel::Db(600.0);
        let (expected, other) = applied(&CalibrationSpec::only(spec.water_level(level)), &counts);
        assert!(plan.memory_bytes() < 1 << 21, "{}", plan.memory_bytes());
        assert!(plan.memory_bytes() * 2 < other.memory_bytes());
        let error = difference(&found, &expected) / peak(&expected);
        assert!(error < 2e-14, "{f3} {f4}: {error:e}");
    }
    let plan = DeconvolutionPlan::new(&removal(4.0, 5.0), NPTS, hz(RATE), &PolesZeros::broadband())
        .unwrap();
    assert!(plan.factors().is_none());
}

/// Detrending, tapers, in place or not, and other rates: one after the other and together.
#[test]
fn steps_together_are_steps_apart() {
    let counts = burst(NPTS, 1.0 / RATE);
    let response = PolesZeros::broadband();
    for (spec, rate) in
        [(removal(4.0, 4.5), 10.0), (removal(4.0, 4.5), 9.876), (removal(17.0, 19.0), 40.0)]
    {
        let resample = InterpolationSpec::lanczos(hz(rate), 25);
        let all = CalibrationSpec::only(spec)
            .detrend(DetrendSpec::Linear)
            .taper(TaperSpec::new(0.05))
            .resample(resample);
        let (found, _) = applied(&all, &counts);
        let mut samples: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
        DetrendSpec::Linear.apply(&mut samples).unwrap();
        seis_signal::TaperPlan::new(&TaperSpec::new(0.05), NPTS, hz(RATE))
            .unwrap()
            .apply(&mut samples)
            .unwrap();
        let mut scratch = Scratch::new();
        let plan = DeconvolutionPlan::new(&spec, NPTS, hz(RATE), &response).unwrap();
        plan.apply(&mut samples, &mut scratch).unwrap();
        let mut expected = Vec::new();
        let plan = InterpolationPlan::new(&resample, &input()).unwrap();
        plan.apply(&samples, &mut expected, &mut scratch).unwrap();
        let error = difference(&found, &expected) / peak(&expected);
        assert!(error < 1e-12, "{rate}: {error:e}");
    }
}

/// Results that start at a sample which no shorter transform has, and only some of them.
#[test]
fn results_start_where_they_are_asked_to() {
    let counts = burst(NPTS, 1.0 / RATE);
    let spec = CalibrationSpec::only(removal(4.0, 4.5)).detrend(DetrendSpec::Demean);
    let (all, _) = applied(&spec, &counts);
    for (first, npts) in [(1, 1000), (4, 1001), (7, 200_000), (8, 250_000)] {
        let start =
            UtcTime::EPOCH + seis_core::TimeDelta::from_nanos(i128::from(first) * 25_000_000);
        let resample = InterpolationSpec::lanczos(hz(10.0), 25).start(start).npts(npts);
        let (found, plan) = applied(&spec.resample(resample), &counts);
        assert_eq!(plan.output_start(UtcTime::EPOCH), start);
        let expected: Vec<f64> =
            all[first as usize..].iter().step_by(4).take(npts).copied().collect();
        let error = difference(&found, &expected) / peak(&all);
        assert!(error < 1e-13, "{first}: {error:e}");
    }
    let odd = InterpolationSpec::lanczos(hz(40.0), 25)
        .start(UtcTime::EPOCH + seis_core::TimeDelta::from_nanos(75_000_000))
        .npts(100_001);
    let (found, _) = applied(&spec.resample(odd), &counts);
    assert!(difference(&found, &all[3..100_004]) < 1e-13 * peak(&all));
}

/// Neither a band up to the Nyquist frequency nor a length without factors has such a way.
#[test]
fn there_is_another_way_where_there_must_be() {
    let counts = burst(NPTS, 1.0 / RATE);
    let whole = removal(19.0, 20.0).pre_filter(None);
    let (found, _) = applied(&CalibrationSpec::only(whole), &counts);
    let band = removal(19.999, 19.999_9).zero_mean(true);
    let (close, _) = applied(&CalibrationSpec::only(band), &counts);
    // What the band leaves out is little but the drift.
    assert!(found.iter().all(|x| x.is_finite()) && found.len() == close.len());
    let prime = FftLength::Exactly(2 * 1_080_007);
    let spec = removal(4.0, 5.0);
    let (awkward, _) = applied(&CalibrationSpec::only(spec.fft_length(prime)), &counts);
    let (plain, _) = applied(&CalibrationSpec::only(spec), &counts);
    // Other frequencies divided out, 7e-6 further apart.
    assert!(difference(&awkward, &plain) < 1e-3 * peak(&plain));
}

#[test]
fn nothing_is_allocated_and_errors_change_nothing() {
    let counts = burst(NPTS, 1.0 / RATE);
    let response = PolesZeros::broadband();
    for (spec, rate) in [(removal(4.0, 5.0), 10.0), (removal(17.0, 19.0), 40.0)] {
        let direct = CalibrationSpec::only(spec.zero_mean(false).taper_fraction(None))
            .detrend(DetrendSpec::Demean)
            .taper(TaperSpec::new(0.05))
            .resample(InterpolationSpec::lanczos(hz(rate), 25));
        let plan = CalibrationPlan::new(&direct, &input(), &response).unwrap();
        let (mut out, mut scratch) = (Vec::new(), Scratch::new());
        plan.apply(&counts, &mut out, &mut scratch).unwrap();
        let first = out.clone();
        let used = measure(|| plan.apply(&counts, &mut out, &mut scratch).unwrap());
        assert_eq!((used.count_total, used.bytes_total), (0, 0));
        // What was in the buffers does not matter.
        assert_eq!(out, first);
        // Of counts the result is worked in itself, of others it is not: the same bits.
        let wide: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
        let mut apart = Vec::new();
        plan.apply(&wide, &mut apart, &mut scratch).unwrap();
        assert_eq!(apart, first);
        // One buffer of the transform's length, and little beside it.
        let points = plan.transform_points();
        assert!(scratch.memory_bytes() < 8 * points + (4 << 20), "{}", scratch.memory_bytes());

        let mut samples = vec![0.0; NPTS];
        samples[NPTS / 4..NPTS / 2].fill(f64::MAX);
        let error = plan.apply(&samples, &mut out, &mut scratch).unwrap_err();
        assert!(matches!(error, Error::Overflow { .. }), "{error}");
        assert_eq!(out, first);
        let removal = DeconvolutionPlan::new(&spec, NPTS, hz(RATE), &response).unwrap();
        let before = samples.clone();
        assert!(removal.apply(&mut samples, &mut scratch).is_err());
        assert_eq!(samples, before);
    }
}
