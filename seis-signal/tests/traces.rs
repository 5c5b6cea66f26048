//! The methods of traces and streams.

mod common;

use common::{PolesZeros, burst, noise};
use seis_core::{GroundMotion, Samples, SamplingRate, Stream, Trace, UtcTime};
use seis_signal::{
    CalibrationSpec, DeconvolutionSpec, DetrendSpec, Error, InterpolationSpec, PreFilter,
    StreamSignal, TaperSpec, TraceSignal, WaterLevel,
};

fn trace(samples: impl Into<Samples>) -> Trace {
    Trace::new(
        "CI.HEC..BHN".parse().unwrap(),
        "2022-01-02T00:00:00.0695Z".parse().unwrap(),
        SamplingRate::from_hz(40.0).unwrap(),
        samples,
    )
}

fn removal() -> DeconvolutionSpec {
    DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0).unwrap())
        .water_level(WaterLevel::Db(0.0))
}

#[test]
fn every_step_is_written_down() {
    let response = PolesZeros::broadband();
    let mut t = trace(burst(4800, 0.025));
    let rate = SamplingRate::from_hz(10.0).unwrap();
    t.detrend(DetrendSpec::Polynomial { order: 2 })
        .unwrap()
        .taper(TaperSpec::new(0.7).max_length_s(1e6))
        .unwrap()
        .remove_response_with(&response, &removal())
        .unwrap()
        .interpolate(&InterpolationSpec::lanczos(rate, 25).npts(1000))
        .unwrap()
        .integrate()
        .unwrap()
        .differentiate()
        .unwrap();
    assert_eq!((t.len(), t.rate), (1000, rate));
    let text = t.history.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "detrend(type=polynomial, order=2)");
    assert!(lines[1].starts_with(
        "taper(window=hann, fraction=0.7, max_length_s=1000000, side=both, warning=the taper of \
         3360 samples"
    ));
    assert!(lines[2].starts_with(
        "remove_response(output=disp, pre_filter_hz=[0.001, 0.005, 4.9, 5.0], water_level_db=0, \
         zero_mean=true, taper_fraction=0.05, fft_length=obspy, \
         response=00000000000000000000000000000001, clipped_bins=1199, warning=a water level of 0 dB"
    ), "{}", lines[2]);
    // The pre-filter ended at the new Nyquist frequency: nothing is aliased.
    assert_eq!(lines[3], "interpolate(method=lanczos, a=25, rate_hz=10, npts=1000)");
    assert_eq!(lines[4..], ["integrate()", "differentiate()"]);
}

#[test]
fn aliasing_is_warned_of_unless_a_pre_filter_prevents_it() {
    let to = |t: &mut Trace, hz: f64| {
        let rate = SamplingRate::from_hz(hz).unwrap();
        t.interpolate(&InterpolationSpec::lanczos(rate, 25)).unwrap();
        t.history.last("interpolate").unwrap().to_string()
    };
    let mut raw = trace(burst(4800, 0.025));
    assert!(to(&mut raw, 10.0).contains("warning=content up to 20 Hz"));
    let mut filtered = trace(burst(4800, 0.025));
    filtered.remove_response_with(&PolesZeros::broadband(), &removal()).unwrap();
    let mut twice = filtered.clone();
    assert!(!to(&mut filtered, 10.0).contains("warning"));
    assert!(to(&mut twice, 8.0).contains("warning"), "5 Hz are too much for 8 Hz");
}

#[test]
fn failures_leave_everything_as_it_was() {
    let response = PolesZeros::broadband();
    let rate = SamplingRate::from_hz(10.0).unwrap();
    let mut bad = noise(1000);
    bad[10] = f64::NAN;
    let single = bad.iter().map(|x| *x as f32).collect::<Vec<f32>>();
    let mut no_rate = trace(vec![1, 2, 3]);
    no_rate.rate = SamplingRate::NONE;
    for mut t in [
        trace(Samples::Text(b"clock locked".to_vec())),
        trace(Vec::<i32>::new()),
        trace(bad),
        trace(single),
        no_rate,
    ] {
        let before = format!("{t:?}");
        let numbers = !matches!(t.samples, Samples::Text(_));
        let bare = t.rate == SamplingRate::NONE;
        let mut errors = Vec::new();
        errors.extend(t.interpolate(&InterpolationSpec::lanczos(rate, 25)).err());
        errors.extend(t.remove_response_with(&response, &removal()).err());
        errors.extend(t.calibrate_with(&response, &CalibrationSpec::only(removal())).err());
        errors.extend(t.integrate().err());
        errors.extend(t.differentiate().err());
        assert_eq!(errors.len(), 5);
        if !bare {
            errors.extend(t.demean().err());
            errors.extend(t.detrend(DetrendSpec::Linear).err());
            errors.extend(t.detrend(DetrendSpec::Polynomial { order: 1 }).err());
            assert_eq!(errors.len(), 8);
        }
        for error in errors {
            let expected = match error {
                Error::NotNumeric { .. } => !numbers,
                Error::NoRate => bare,
                Error::TooShort { .. } => t.is_empty(),
                Error::NotFinite { index, .. } => index == 10,
                _ => false,
            };
            assert!(expected, "{error}");
        }
        assert_eq!(format!("{t:?}"), before);
    }
}

#[test]
fn one_sample_is_enough_where_it_makes_sense() {
    let response = PolesZeros::broadband();
    let one = || trace(vec![7]);
    assert_eq!(one().demean().unwrap().samples, Samples::from(vec![0.0]));
    assert_eq!(one().taper(0.5).unwrap().samples, Samples::from(vec![7.0]));
    assert_eq!(one().integrate().unwrap().samples, Samples::from(vec![0.0]));
    assert!(one().differentiate().is_err());
    assert!(one().detrend(DetrendSpec::Linear).is_err());
    // ObsPy: NaN.
    assert!(one().detrend(DetrendSpec::Simple).is_err());
    let same_rate = InterpolationSpec::lanczos(one().rate, 25);
    assert_eq!(one().interpolate(&same_rate).unwrap().samples, Samples::from(vec![7.0]));
    // ObsPy: an error too.
    assert!(one().remove_response_with(&response, &DeconvolutionSpec::default()).is_err());
    let plain = DeconvolutionSpec::default().taper_fraction(None);
    assert_eq!(one().remove_response_with(&response, &plain).unwrap().len(), 1);
}

#[test]
fn the_start_is_that_of_the_first_output() {
    let response = PolesZeros::broadband();
    let rate = SamplingRate::from_hz(10.0).unwrap();
    let record = trace(burst(4800, 0.025));
    let later: UtcTime = "2022-01-02T00:00:10.123456789Z".parse().unwrap();
    let spec = InterpolationSpec::lanczos(rate, 25).start(later).npts(500);
    let mut a = record.clone();
    a.interpolate(&spec).unwrap();
    assert_eq!((a.start, a.len()), (later, 500));
    let mut b = record.clone();
    b.calibrate_with(&response, &CalibrationSpec::only(removal()).resample(spec)).unwrap();
    assert_eq!((b.start, b.len(), b.rate), (later, 500, rate));
}

fn stream() -> Stream {
    (0..60)
        .map(|i| match i % 6 {
            0 => trace(Samples::Text(b"log".to_vec())),
            1 => trace(vec![f32::NAN; 10]),
            // Enough for threads to be woken.
            _ => trace(burst(8000 + 17 * i, 0.025)),
        })
        .collect()
}

#[test]
fn streams_name_what_failed() {
    let mut s = stream();
    let error = s.demean().unwrap_err();
    assert_eq!((error.failures.len(), error.attempted), (20, 60));
    assert!(error.failures.iter().all(|f| f.index % 6 < 2));
    let done = s.iter().filter(|t| t.history.steps().len() == 1).count();
    assert_eq!(done, 40);
}

#[cfg(feature = "rayon")]
#[test]
fn parallel_is_serial_to_the_last_bit() {
    let response = PolesZeros::broadband();
    let to_10 = InterpolationSpec::lanczos(SamplingRate::from_hz(10.0).unwrap(), 25);
    let calibration = CalibrationSpec::only(removal()).detrend(DetrendSpec::Linear).resample(to_10);
    let mut serial = stream();
    let mut parallel = stream();
    macro_rules! both {
        ($name:ident $par:ident ($($arg:expr),*)) => {
            let a = serial.$name($($arg),*).map(drop).map_err(|e| e.to_string());
            let b = parallel.$par($($arg),*).map(drop).map_err(|e| e.to_string());
            assert_eq!(a, b);
            assert!(a.is_err());
            for (a, b) in serial.iter().zip(&parallel) {
                assert_eq!(format!("{a:?}"), format!("{b:?}"));
            }
        };
    }
    both!(calibrate_with par_calibrate_with (&response, &calibration));
    both!(detrend par_detrend (DetrendSpec::Polynomial { order: 2 }));
    both!(demean par_demean ());
    both!(taper par_taper (0.1));
    both!(integrate par_integrate ());
    both!(differentiate par_differentiate ());
    both!(interpolate par_interpolate (&InterpolationSpec::lanczos(to_10.rate, 5).npts(100)));
    let removal = removal().pre_filter(None);
    both!(remove_response_with par_remove_response_with (&response, &removal));
}

/// Small streams stay on the calling thread, larger ones do not.
#[cfg(feature = "rayon")]
#[test]
fn threads_are_woken_only_for_enough_work() {
    use std::sync::Mutex;
    use std::thread::{ThreadId, current};

    /// Remembers where it was evaluated.
    struct Witness(Mutex<Vec<ThreadId>>);
    impl seis_core::FrequencyResponse for Witness {
        fn eval_into(
            &self,
            frequencies_hz: &[f64],
            quantity: seis_core::GroundMotion,
            out: &mut [seis_core::Complex64],
        ) -> Result<(), seis_core::EvaluationError> {
            self.0.lock().unwrap().push(current().id());
            PolesZeros::broadband().eval_into(frequencies_hz, quantity, out)
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build_global();
    // Another test may have built it.
    drop(pool);
    if rayon::current_num_threads() < 2 {
        return;
    }
    for (traces, npts, here) in [(1, 100_000, true), (4, 1000, true), (4, 50_000, false)] {
        let mut stream: Stream = (0..traces).map(|_| trace(burst(npts, 0.025))).collect();
        let witness = Witness(Mutex::default());
        stream.par_remove_response_with(&witness, &removal()).unwrap();
        let seen = witness.0.lock().unwrap();
        assert!(!seen.is_empty());
        assert!(seen.iter().all(|id| (*id == current().id()) == here), "{traces} of {npts}");
    }
}
