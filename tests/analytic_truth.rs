//! A ground displacement that is known in closed form comes back from what instruments recorded of
//! it.

use seis::batch::{BatchOptions, run};
use seis::demo::{DemoOptions, write_archive};

#[test]
fn displacement_comes_back_from_noise_free_recordings() {
    let root = tempfile::tempdir().unwrap();
    let demo = DemoOptions { noise_m_per_s: 0.0, ..DemoOptions::default() };
    let archive = write_archive(root.path(), &demo).unwrap();
    let options = BatchOptions::default();
    let summary = run(root.path(), &options, |_| {}).unwrap();
    assert_eq!((summary.processed, summary.failed()), (archive.traces.len(), 0));
    for trace in &archive.traces {
        let fit = trace.compare(&trace.result_path(&options, root.path())).unwrap();
        // Half a count of rounding noise, and the pre-filter's flank below 0.005 Hz, remain.
        assert!(fit.correlation > 0.9999, "{}: {fit:?}", trace.id);
        assert!(fit.relative_rms < 5e-3, "{}: {fit:?}", trace.id);
    }
}

#[test]
fn miniseed_results_hold_the_same_samples_as_sac() {
    let root = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let archive = write_archive(root.path(), &DemoOptions::small()).unwrap();
    let mut sac = BatchOptions::default();
    sac.out = Some(out.path().join("sac"));
    let mut mseed = BatchOptions::default();
    mseed.out = Some(out.path().join("mseed"));
    mseed.processing.format = seis::batch::Format::Mseed;
    for options in [&sac, &mseed] {
        assert_eq!(run(root.path(), options, |_| {}).unwrap().failed(), 0);
    }
    for trace in &archive.traces {
        let a = seis::sac::read(trace.result_path(&sac, root.path())).unwrap().to_trace().unwrap();
        let read = seis::mseed::read(trace.result_path(&mseed, root.path())).unwrap();
        let b = &read.stream.traces()[0];
        assert_eq!((a.id, a.start, a.rate), (b.id, b.start, b.rate));
        let rounded: Vec<f32> = b.samples.as_f64().unwrap().iter().map(|x| *x as f32).collect();
        assert_eq!(a.samples.as_f32().unwrap(), rounded);
    }
}
