//! The kernels against what ObsPy, NumPy and SciPy compute.

mod common;
#[rustfmt::skip]
mod reference;

use common::{PolesZeros, burst, difference, noise, peak};
use seis_core::{GroundMotion, SamplingRate, Trace, UtcTime};
use seis_signal::{
    CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec, InterpolationPlan,
    InterpolationSpec, PreFilter, SamplingGrid, Scratch, TaperPlan, TaperSpec, TraceSignal,
    WaterLevel, mean,
};

fn hz(rate: f64) -> SamplingRate {
    SamplingRate::from_hz(rate).unwrap()
}

#[test]
fn means_are_numpys_to_the_last_bit() {
    for (n, expected) in reference::MEANS {
        let values = noise(*n);
        assert_eq!(mean(&values).unwrap().to_bits(), expected.to_bits(), "{n}");
    }
}

#[test]
fn tapers_are_obspys() {
    assert_eq!(reference::TAPERS.len(), 71);
    for (window, npts, fraction, max_length_s, side, expected) in reference::TAPERS {
        let mut spec = TaperSpec::new(0.0).window(*window).side(*side);
        spec.fraction = *fraction;
        spec.max_length_s = *max_length_s;
        let mut ones = vec![1.0; *npts];
        TaperPlan::new(&spec, *npts, hz(2.0)).unwrap().apply(&mut ones).unwrap();
        // A few ulp of cosines of arguments up to 4π.
        let error = difference(&ones, expected);
        assert!(error < 1e-15, "{spec:?} {npts}: {error} {ones:?}");
    }
}

#[test]
fn the_sac_taper_is_obspys() {
    // A flat response of one, so that only the taper is left; without a pre-filter and with a
    // water level the mean stays.
    let flat = PolesZeros { zeros: vec![], poles: vec![], gain: 1.0, key: None };
    for (npts, fraction, expected) in reference::SAC_TAPERS {
        let spec = DeconvolutionSpec::new(GroundMotion::Velocity)
            .zero_mean(false)
            .taper_fraction(*fraction);
        let mut ones = vec![1.0; *npts];
        let plan = DeconvolutionPlan::new(&spec, *npts, hz(1.0), &flat).unwrap();
        plan.apply(&mut ones, &mut Scratch::new()).unwrap();
        // The Nyquist frequency is made positive, which moves samples by up to 2|X|/nfft.
        let alternating: f64 =
            expected.iter().zip([1.0, -1.0].into_iter().cycle()).map(|(x, s)| x * s).sum();
        let moved = alternating.min(0.0) * 2.0 / plan.fft_points() as f64;
        let expected: Vec<f64> = expected
            .iter()
            .zip([1.0, -1.0].into_iter().cycle())
            .map(|(x, s)| x - moved * s)
            .collect();
        let error = difference(&ones, &expected);
        assert!(error < 1e-15, "{npts} {fraction}: {error} {ones:?} {expected:?}");
    }
}

#[test]
fn detrends_are_obspys() {
    for (spec, npts, expected) in reference::DETRENDS {
        let mut values: Vec<f64> = noise(*npts)
            .iter()
            .enumerate()
            .map(|(i, x)| 1000.0 * x + 3.0 + 0.5 * i as f64 - 0.01 * (i * i) as f64)
            .collect();
        spec.apply(&mut values).unwrap();
        // Values of 500, fitted by numpy.polyfit with condition numbers of 10 to 100 (order 5: 1e4).
        let tolerance = match spec {
            DetrendSpec::Demean => 0.0,
            DetrendSpec::Polynomial { order: 5 } => 1e-10,
            _ => 5e-12,
        };
        let error = difference(&values, expected);
        assert!(error <= tolerance, "{spec:?} {npts}: {error}");
    }
}

fn spec_of(case: &reference::Deconvolution) -> DeconvolutionSpec {
    DeconvolutionSpec::new(case.output)
        .pre_filter(case.pre_filter.map(|f| PreFilter::try_from(f).unwrap()))
        .water_level(case.water_level.map_or(WaterLevel::None, WaterLevel::Db))
        .zero_mean(case.zero_mean)
        .taper_fraction(case.taper)
}

#[test]
fn response_removal_is_obspys() {
    let response = PolesZeros::broadband();
    for case in reference::DECONVOLUTIONS {
        let n = case.npts;
        let mut trace =
            Trace::new("XX.A..BHZ".parse().unwrap(), UtcTime::EPOCH, hz(20.0), burst(n, 0.05));
        trace.demean().unwrap().taper(0.05).unwrap();
        trace.remove_response_with(&response, &spec_of(case)).unwrap();
        let y = trace.samples.as_f64().unwrap();
        let at = [0, n / 10, n / 2, (n / 2 + 5).min(n - 1), 9 * n / 10, n - 1];
        let found = at.map(|i| y[i]);
        let error = difference(&found, case.values) / case.peak;
        // Rounding errors of two transforms and an inversion: log2(nfft) = 14 times 2^−53 twice,
        // and the same again in ObsPy.
        let tolerance = 5e-15;
        assert!(error < tolerance, "{n} {:?}: {error:e}", spec_of(case));
        let peak_error = (peak(y) - case.peak).abs() / case.peak;
        assert!(peak_error < tolerance, "{n} {:?}: {peak_error:e}", spec_of(case));
    }
}

#[test]
fn interpolations_are_obspys() {
    for (method, npts, rate, start_ns, count, expected) in reference::INTERPOLATIONS {
        let samples: Vec<f64> = (0..*npts).map(|n| (0.3 * n as f64).sin()).collect();
        let input = SamplingGrid::new(UtcTime::EPOCH, hz(1.0), *npts);
        let spec = InterpolationSpec::new(*method, hz(*rate))
            .start(UtcTime::from_nanos(*start_ns))
            .npts(*count);
        let plan = InterpolationPlan::new(&spec, &input).unwrap();
        let mut out = Vec::new();
        plan.apply(&samples, &mut out, &mut Scratch::new()).unwrap();
        assert_eq!(out.len(), *count);
        let found = [0, 1, count / 3, count / 2, count - 2, count - 1].map(|i| out[i]);
        let error = difference(&found, expected);
        // ObsPy's positions j·dt carry rounding errors of 1e-14, the sine has a slope of 0.3.
        assert!(error < 1e-14, "{method:?} {npts} {rate} {start_ns}: {error:e}");
    }
}

/// Semantics 1.11: the last figure of each is rounded.
#[test]
fn the_whole_chain_is_obspys() {
    let start: UtcTime = "2020-01-01T00:00:00.123456Z".parse().unwrap();
    let record = Trace::new("XX.A..BHZ".parse().unwrap(), start, hz(20.0), burst(1000, 0.05));
    let response = PolesZeros::broadband();
    let to_displacement = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.05, 0.1, 8.0, 9.5).unwrap());
    let close = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1e-12 * 3.8e-5, "{found:e} {expected:e}");
    };

    let mut trace = record.clone();
    trace.demean().unwrap();
    assert!((trace.samples.as_f64().unwrap()[0] + 49.95).abs() < 1e-12);
    trace.taper(0.05).unwrap();
    let y = trace.samples.as_f64().unwrap();
    assert!((y[1] + 0.049_282_457_503_917_86).abs() < 1e-15);
    assert!((y[49] + 44.905_650_721_425_445).abs() < 1e-12);
    trace.remove_response_with(&response, &to_displacement).unwrap();

    let mut resampled = trace.clone();
    resampled.interpolate(&InterpolationSpec::lanczos(hz(8.0), 25)).unwrap();
    assert_eq!((resampled.len(), resampled.start), (400, start));
    let z = resampled.samples.as_f64().unwrap();
    close(z[0], 1.433_866_445_101e-08);
    close(z[100], -7.113_119_098_235e-08);
    close(z[200], 3.799_909_167_508e-05);
    close(z[300], -6.889_321_825_904e-08);

    let later: UtcTime = "2020-01-01T00:00:10Z".parse().unwrap();
    let to_8_hz = InterpolationSpec::lanczos(hz(8.0), 25).start(later).npts(200);
    let mut resampled = trace.clone();
    resampled.interpolate(&to_8_hz).unwrap();
    assert_eq!((resampled.len(), resampled.start), (200, later));
    // ObsPy's float64 epoch places these samples up to 0.12 µs wrong; at 1.2e-4 m/s.
    let z = resampled.samples.as_f64().unwrap();
    for (i, expected) in [
        (0, -5.905_021_857_517e-08),
        (100, 1.530_738_332_162e-05),
        (120, 3.256_294_531_104e-05),
        (199, 9.319_627_074_076e-07),
    ] {
        let error = (z[i] - expected).abs();
        assert!(error < 0.24e-6 * 1.5e-4, "{i}: {error:e}");
    }

    // In one plan, the same.
    let spec = CalibrationSpec::only(to_displacement)
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05))
        .resample(to_8_hz);
    let mut fused = record.clone();
    fused.calibrate_with(&response, &spec).unwrap();
    assert_eq!((fused.start, fused.rate), (resampled.start, resampled.rate));
    assert!(difference(fused.samples.as_f64().unwrap(), z) < 1e-13 * peak(z));
    assert_eq!(fused.history.steps().len(), 4);
}
