//! The main job on real recordings, against what ObsPy 1.5.1 makes of them.
//!
//! The references were computed with ObsPy 1.5.1: demean, `taper(0.05)`, `remove_response` with the
//! pre-filter 0.001–0.005–4.9–5.0 Hz, Lanczos (a = 25) to 10 Hz, SAC. They are float32, so agreement
//! ends at 6e-8 of a sample; 1e-6 of the trace's peak is what users were promised.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seis::batch::{BatchOptions, Outcome, Processing, Progress, Reason, Status, run};
use seis::prelude::*;
use seis::sac;

mod support;

fn process(root: &Path, processing: Processing, out: &Path) -> Vec<Outcome> {
    let mut options = BatchOptions::default();
    options.processing = processing;
    options.out = Some(out.to_owned());
    let mut outcomes = Vec::new();
    run(root, &options, |progress| {
        if let Progress::Outcome(outcome) = progress {
            outcomes.push(outcome.clone());
        }
    })
    .unwrap();
    outcomes
}

/// The reference of each processed segment: `<event>/<id>.sac`, or `.1.sac`, `.2.sac` by time.
fn references(folder: &Path, outcomes: &[Outcome]) -> BTreeMap<PathBuf, PathBuf> {
    let mut by_channel: BTreeMap<(String, String), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| matches!(o.status, Status::Processed { .. })) {
        let id = outcome.id.unwrap().to_string();
        by_channel.entry((outcome.event.clone(), id)).or_default().push(outcome);
    }
    let mut pairs = BTreeMap::new();
    for ((event, id), mut segments) in by_channel {
        segments.sort_by_key(|o| o.span);
        for (i, outcome) in segments.iter().enumerate() {
            let number = if segments.len() > 1 { format!(".{}", i + 1) } else { String::new() };
            let reference = folder.join(&event).join(format!("{id}{number}.sac"));
            let Status::Processed { output, .. } = &outcome.status else { unreachable!() };
            assert!(pairs.insert(reference, output.clone()).is_none());
        }
    }
    pairs
}

fn count_files(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| if p.is_dir() { count_files(&p) } else { 1 })
        .sum()
}

fn check(configuration: &str, output: GroundMotion, water_level_db: Option<f64>) {
    let corpus = support::corpus();
    let out = tempfile::tempdir().unwrap();
    let mut processing = Processing::default();
    processing.output = output;
    processing.water_level_db = water_level_db;
    let outcomes = process(&corpus.join("events"), processing, out.path());

    let folder = corpus.join("obspy-1.5.1").join(configuration);
    let pairs = references(&folder, &outcomes);
    assert_eq!(pairs.len(), count_files(&folder), "a reference has no result");
    let (mut same, mut samples, mut worst) = (0, 0, 0.0_f64);
    for (reference, result) in &pairs {
        let (theirs, ours) = (sac::read(reference).unwrap(), sac::read(result).unwrap());
        let (theirs, ours) = (theirs.to_trace().unwrap(), ours.to_trace().unwrap());
        let place = reference.display();
        assert_eq!(ours.id, theirs.id, "{place}");
        assert_eq!(ours.start, theirs.start, "{place}");
        assert_eq!(ours.rate, theirs.rate, "{place}");
        let (ours, theirs) = (ours.samples.as_f32().unwrap(), theirs.samples.as_f32().unwrap());
        assert_eq!(ours.len(), theirs.len(), "{place}");
        let peak = theirs.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        for (a, b) in ours.iter().zip(theirs) {
            let relative = f64::from((a - b).abs() / peak);
            assert!(relative < 1e-6, "{place}: {a} is not {b}, {relative:.1e} of the peak");
            worst = worst.max(relative);
            same += usize::from(a == b);
        }
        samples += theirs.len();
    }
    println!(
        "{configuration}: {} traces, {samples} samples, {:.3} % the same float32, worst {worst:.1e} of the peak",
        pairs.len(),
        100.0 * same as f64 / samples as f64
    );
    // "Most should be the same float32."
    assert!(same * 10 > samples * 9, "only {same} of {samples} are the same");

    // What is not processed has its reason: two channels of which there is no response.
    let failed: Vec<_> = outcomes
        .iter()
        .filter_map(|o| match &o.status {
            Status::NotProcessed(failure) => Some((o.event.as_str(), failure)),
            _ => None,
        })
        .collect();
    assert_eq!(failed.len(), 2, "{failed:?}");
    for (event, failure) in failed {
        assert_eq!(event, "tohoku-no-response");
        assert_eq!(failure.reason, Reason::NoResponse, "{}", failure.message);
        assert!(failure.message.contains("TA.035A"), "{}", failure.message);
    }
    // The file that ends within a record gives what is whole in it, and says what is lost.
    let truncated: Vec<_> = outcomes.iter().filter(|o| o.event == "truncated").collect();
    assert_eq!(truncated.len(), 1);
    assert!(
        truncated[0].warnings.iter().any(|w| w.contains("19968")),
        "{:?}",
        truncated[0].warnings
    );
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn displacement_without_water_level() {
    check("disp_nowl", GroundMotion::Displacement, None);
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn displacement_with_a_water_level_of_0_db() {
    check("disp_wl0", GroundMotion::Displacement, Some(0.0));
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn velocity_with_a_water_level_of_60_db() {
    check("vel_wl60", GroundMotion::Velocity, Some(60.0));
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn acceleration_without_water_level() {
    check("acc_nowl", GroundMotion::Acceleration, None);
}
