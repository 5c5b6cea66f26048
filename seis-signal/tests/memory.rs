//! Applying plans allocates nothing once the buffers have grown.

mod common;

use allocation_counter::measure;
use common::{PolesZeros, burst};
use seis_core::{GroundMotion, SamplingRate, UtcTime};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec,
    Interpolation, InterpolationPlan, InterpolationSpec, PlanCache, PreFilter, SamplingGrid,
    Scratch, TaperPlan, TaperSpec,
};

#[test]
fn applying_a_plan_allocates_nothing() {
    let response = PolesZeros::broadband();
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let to = |hz| InterpolationSpec::lanczos(SamplingRate::from_hz(hz).unwrap(), 25);
    let base = CalibrationSpec::only(
        DeconvolutionSpec::new(GroundMotion::Displacement)
            .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0).unwrap()),
    )
    .detrend(DetrendSpec::Polynomial { order: 3 })
    .taper(TaperSpec::new(0.05));
    let mut direct = base.detrend(DetrendSpec::Demean);
    direct.deconvolution = direct.deconvolution.zero_mean(false).taper_fraction(None);
    // 4003 samples need an FFT with a large prime factor, which wants memory of its own.
    for npts in [4000, 4003] {
        let counts = burst(npts, 0.025);
        let input = SamplingGrid::new(UtcTime::EPOCH, rate, npts);
        for spec in [
            base,
            direct,
            base.resample(to(10.0)),
            direct.resample(to(10.0)),
            base.resample(to(16.0)),
            base.resample(to(9.876)),
            base.resample(InterpolationSpec::new(
                Interpolation::CubicSpline,
                SamplingRate::from_hz(7.0).unwrap(),
            )),
        ] {
            let plan = CalibrationPlan::new(&spec, &input, &response).unwrap();
            let (mut out, mut scratch) = (Vec::new(), Scratch::new());
            plan.apply(&counts, &mut out, &mut scratch).unwrap();
            let used = measure(|| plan.apply(&counts, &mut out, &mut scratch).unwrap());
            assert_eq!((used.count_total, used.bytes_total), (0, 0), "{npts} {spec:?}");
            // Nor for a shorter trace in between.
            let short = SamplingGrid::new(UtcTime::EPOCH, rate, 1000);
            let other = CalibrationPlan::new(&base, &short, &response).unwrap();
            other.apply(&counts[..1000], &mut out, &mut scratch).unwrap();
            let used = measure(|| {
                other.apply(&counts[..1000], &mut out, &mut scratch).unwrap();
                plan.apply(&counts, &mut out, &mut scratch).unwrap();
            });
            assert_eq!((used.count_total, used.bytes_total), (0, 0), "{npts} {spec:?}");
        }
        let mut samples: Vec<f64> = counts.iter().map(|x| f64::from(*x)).collect();
        let mut scratch = Scratch::new();
        let taper = TaperPlan::new(&TaperSpec::new(0.05), npts, rate).unwrap();
        let removal = DeconvolutionPlan::new(&base.deconvolution, npts, rate, &response).unwrap();
        let resample = InterpolationPlan::new(&to(11.1), &input).unwrap();
        let mut out = Vec::new();
        let mut all = || {
            for detrend in [
                DetrendSpec::Demean,
                DetrendSpec::Simple,
                DetrendSpec::Linear,
                DetrendSpec::Polynomial { order: 5 },
            ] {
                detrend.apply(&mut samples).unwrap();
            }
            taper.apply(&mut samples).unwrap();
            removal.apply(&mut samples, &mut scratch).unwrap();
            resample.apply(&samples, &mut out, &mut scratch).unwrap();
        };
        all();
        let used = measure(all);
        assert_eq!((used.count_total, used.bytes_total), (0, 0), "{npts}");
    }
}

/// Nor does a plan on another grid, one that lowers the rate first, or one that a cache finds.
#[test]
fn neither_do_other_grids_and_cached_plans() {
    let response = PolesZeros::broadband();
    let spec = CalibrationSpec::only(
        DeconvolutionSpec::new(GroundMotion::Displacement)
            .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0).unwrap())
            .water_level(seis_signal::WaterLevel::None)
            .zero_mean(false)
            .taper_fraction(None),
    )
    .detrend(DetrendSpec::Demean)
    .taper(TaperSpec::new(0.05))
    .resample(InterpolationSpec::lanczos(SamplingRate::from_hz(10.0).unwrap(), 25));
    for (rate, npts) in [(40.0, 48_001), (200.0, 240_001)] {
        let rate = SamplingRate::from_hz(rate).unwrap();
        let counts = burst(npts, 0.025);
        let input = SamplingGrid::new(UtcTime::EPOCH, rate, npts);
        let plan = CalibrationPlan::new(&spec, &input, &response).unwrap();
        assert_ne!(plan.transform_points(), plan.fft_points());
        let (mut out, mut scratch) = (Vec::new(), Scratch::new());
        plan.apply(&counts, &mut out, &mut scratch).unwrap();
        let used = measure(|| plan.apply(&counts, &mut out, &mut scratch).unwrap());
        assert_eq!((used.count_total, used.bytes_total), (0, 0), "{npts}");
        let cache = PlanCache::new(1 << 30);
        cache.calibration(&spec, &input, &response).unwrap();
        // Only the key is made, of a few small vectors.
        let used = measure(|| drop(cache.calibration(&spec, &input, &response).unwrap()));
        assert!(used.count_total <= 16 && used.bytes_total < 2048, "{used:?}");
        assert_eq!((cache.stats().hits, cache.stats().misses), (1, 1));
    }
}

#[test]
fn plans_know_what_they_hold() {
    let response = PolesZeros::broadband();
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let spec = DeconvolutionSpec::default();
    // The transforms of this length are shared and not the plan's.
    let first = DeconvolutionPlan::new(&spec, 48_000, rate, &response).unwrap();
    let claimed = first.memory_bytes() as f64;
    let again = || {
        let mut second = None;
        let used = measure(|| {
            second = DeconvolutionPlan::new(&spec, 48_000, rate, &response).ok();
        });
        assert_eq!(first.memory_bytes(), second.as_ref().unwrap().memory_bytes());
        used.bytes_current as f64
    };
    // Of the transforms only the latest are shared: other tests may push these out meanwhile.
    let held: Vec<f64> = (0..5).map(|_| again()).collect();
    assert!(held.iter().any(|held| (held / claimed - 1.0).abs() < 0.01), "{held:?} {claimed}");
}

/// A cache of long-lived plans stays within its bound, and drops what was used least recently.
#[test]
fn the_cache_is_bounded() {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let spec = DeconvolutionSpec::default();
    let channel = |key| PolesZeros { key: Some(key), ..PolesZeros::broadband() };
    let one = DeconvolutionPlan::new(&spec, 1000, rate, &channel(0)).unwrap().memory_bytes();
    let unbounded = PlanCache::new(usize::MAX);
    unbounded.deconvolution(&spec, 1000, rate, &channel(0)).unwrap();
    // Both transforms of 2000 points, which all plans share.
    let shared = unbounded.stats().bytes - one;
    assert_eq!(shared, 2 * 2000 * 12);
    let bound = shared + one * 5 / 2;
    let cache = PlanCache::new(bound);
    for key in [1, 2, 1, 3, 1, 2] {
        cache.deconvolution(&spec, 1000, rate, &channel(key)).unwrap();
        assert!(cache.stats().bytes <= bound);
    }
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.evictions, stats.plans), (2, 4, 2, 2));
    assert_eq!(stats.bytes, shared + 2 * one);
    // Without a fingerprint nothing is kept, nor what is larger than the cache, nor a failure.
    let unknown = PolesZeros { key: None, ..PolesZeros::broadband() };
    cache.deconvolution(&spec, 1000, rate, &unknown).unwrap();
    cache.deconvolution(&spec, 100_000, rate, &channel(1)).unwrap();
    assert!(cache.deconvolution(&spec, 0, rate, &channel(1)).is_err());
    assert_eq!((cache.stats().uncached, cache.stats().plans), (3, 2));
    // Another length pushes both out, and their transforms go with them.
    cache.deconvolution(&spec, 1200, rate, &channel(1)).unwrap();
    assert_eq!((cache.stats().evictions, cache.stats().plans), (4, 1));
    cache.clear();
    assert_eq!((cache.stats().bytes, cache.stats().plans), (0, 0));
}

/// Everything that changes the result is part of the key; the start time alone is not.
#[test]
fn the_cache_tells_plans_apart() {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let response = PolesZeros::broadband();
    let cache = PlanCache::new(1 << 30);
    let later = UtcTime::from_nanos(1_000_000_000);
    let input = SamplingGrid::new(UtcTime::EPOCH, rate, 1000);
    let base = CalibrationSpec::only(DeconvolutionSpec::default());
    let to_10 = InterpolationSpec::lanczos(SamplingRate::from_hz(10.0).unwrap(), 25);
    let d = base.deconvolution;
    let deconvolution = |spec| CalibrationSpec::only(spec);
    let different = [
        base,
        base.detrend(DetrendSpec::Demean),
        base.detrend(DetrendSpec::Polynomial { order: 2 }),
        base.detrend(DetrendSpec::Polynomial { order: 3 }),
        base.taper(TaperSpec::new(0.05)),
        base.taper(TaperSpec::new(0.06)),
        base.taper(TaperSpec::of_length_s(0.05)),
        base.taper(TaperSpec::new(0.05).side(seis_signal::TaperSide::Left)),
        base.taper(TaperSpec::new(0.05).window(seis_signal::Window::Hamming)),
        base.taper(TaperSpec::new(0.05).window(seis_signal::Window::Kaiser { beta: 2.0 })),
        base.taper(TaperSpec::new(0.05).window(seis_signal::Window::Kaiser { beta: 3.0 })),
        deconvolution(d.zero_mean(false)),
        deconvolution(d.taper_fraction(None)),
        deconvolution(d.taper_fraction(0.06)),
        deconvolution(d.water_level(seis_signal::WaterLevel::None)),
        deconvolution(d.water_level(seis_signal::WaterLevel::Db(61.0))),
        deconvolution(d.pre_filter(PreFilter::new(0.1, 0.2, 4.0, 5.0).unwrap())),
        deconvolution(d.pre_filter(PreFilter::new(0.1, 0.2, 4.0, 5.1).unwrap())),
        deconvolution(d.fft_length(seis_signal::FftLength::Fast)),
        deconvolution(DeconvolutionSpec::new(GroundMotion::Acceleration)),
        base.resample(to_10),
        base.resample(to_10.npts(100)),
        base.resample(to_10.start(later)),
        base.resample(InterpolationSpec::new(Interpolation::Linear, to_10.rate)),
    ];
    for spec in &different {
        cache.calibration(spec, &input, &response).unwrap();
    }
    assert_eq!(cache.stats().misses, different.len() as u64);
    cache.deconvolution(&d, 1000, rate, &response).unwrap();
    let other = PolesZeros { key: Some(2), ..response.clone() };
    cache.deconvolution(&d, 1000, rate, &other).unwrap();
    cache.deconvolution(&d, 1001, rate, &response).unwrap();
    cache.deconvolution(&d, 1000, SamplingRate::from_hz(41.0).unwrap(), &response).unwrap();
    assert_eq!((cache.stats().misses, cache.stats().hits), (different.len() as u64 + 4, 0));

    // The same an hour later: the same plan, and the output starts an hour later.
    let hour = UtcTime::from_nanos(3_600_000_000_000);
    let shifted = SamplingGrid::new(hour, rate, 1000);
    let spec = base.resample(to_10.start(UtcTime::from_nanos(3_601_000_000_000)));
    let plan = cache.calibration(&spec, &shifted, &response).unwrap();
    assert_eq!(cache.stats().hits, 1);
    assert_eq!(plan.output_start(hour).as_nanos(), 3_601_000_000_000);
}

#[test]
fn threads_share_one_plan() {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let cache = PlanCache::new(1 << 30);
    let spec = DeconvolutionSpec::default();
    let plans: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let response = PolesZeros::broadband();
                    cache.deconvolution(&spec, 20_000, rate, &response).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(plans.iter().all(|p| std::sync::Arc::ptr_eq(p, &plans[0])));
    assert_eq!((cache.stats().misses, cache.stats().hits), (1, 7));
}

#[test]
fn plans_and_errors_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<CalibrationPlan>();
    shared::<DeconvolutionPlan>();
    shared::<InterpolationPlan>();
    shared::<TaperPlan>();
    shared::<PlanCache>();
    shared::<Scratch>();
    shared::<seis_signal::Error>();
}
