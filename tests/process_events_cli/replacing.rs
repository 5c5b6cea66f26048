//! Runs that are killed, repeated, or replace what is there.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use seis::demo::DemoOptions;

use crate::{
    account, archive, files, names, only_event, program, run, sac_files, status, statuses, text,
};

#[test]
fn a_killed_run_leaves_whole_files_and_is_taken_up_again() {
    let root = archive(&DemoOptions { events: 8, ..DemoOptions::small() });
    let out = tempfile::tempdir().unwrap();
    let (whole, killed) = (out.path().join("whole"), out.path().join("killed"));
    let arguments =
        |folder: &Path| ["--jobs", "2", "--out", folder.to_str().unwrap()].map(str::to_owned);
    let complete = run(root.path(), &arguments(&whole).each_ref().map(String::as_str));
    assert_eq!(status(&complete), Some(0), "{}", text(&complete.stderr));
    let expected: Vec<_> = sac_files(&whole).into_values().collect();

    let mut most = 0;
    for pause_ms in [0, 5, 20, 60] {
        let mut child = Command::new(program())
            .arg(root.path())
            .args(arguments(&killed))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !killed.exists() || sac_files(&killed).len() <= most {
            if child.try_wait().unwrap().is_some() || Instant::now() > deadline {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = sac_files(&killed);
        for (path, bytes) in &found {
            let relative = path.strip_prefix(&killed).unwrap();
            assert!(std::fs::read(whole.join(relative)).unwrap() == *bytes, "{}", path.display());
        }
        assert!(found.len() >= most, "results were lost");
        most = found.len();
    }
    let resumed = run(root.path(), &arguments(&killed).each_ref().map(String::as_str));
    assert_eq!(status(&resumed), Some(0), "{}", text(&resumed.stderr));
    assert!(sac_files(&killed).into_values().collect::<Vec<_>>() == expected);
    // Nothing unfinished is left lying about.
    assert!(
        files(&killed).keys().all(|p| !text(p.as_os_str().as_encoded_bytes()).ends_with(".part"))
    );
}

#[test]
fn replacing_leaves_nothing_of_other_options() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    // While results are replaced, one channel fails.
    let metadata = event.join("resp/XX.STS2.xml");
    let hidden = root.path().join("hidden.xml");
    std::fs::rename(&metadata, &hidden).unwrap();
    assert_eq!(status(&run(root.path(), &["--overwrite", "--output", "vel"])), Some(3));
    let left = sac_files(root.path());
    assert!(left.keys().all(|p| !p.to_str().unwrap().contains("STS2")), "{:?}", left.keys());
    // Repaired, it is made with the new options.
    std::fs::rename(&hidden, &metadata).unwrap();
    let (code, lines) = account(root.path(), &["--output", "vel"]);
    assert_eq!(code, Some(0));
    assert_eq!(statuses(&lines), ["already-there", "already-there", "processed"]);
    for line in &lines {
        // Raw files of complete results are not read again.
        assert_eq!(line["raw_npts"].is_null(), line["status"] == "already-there", "{line}");
    }
}

#[test]
fn replacing_with_the_same_options_loses_nothing() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    let before = sac_files(root.path());
    // Metadata that are not there today, and a raw file that was moved away.
    let (resp, elsewhere) = (event.join("resp"), root.path().join("elsewhere"));
    std::fs::rename(&resp, &elsewhere).unwrap();
    let raw = std::fs::read_dir(event.join("raw")).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(&raw, root.path().join("moved.mseed")).unwrap();
    assert_eq!(status(&run(root.path(), &["--overwrite"])), Some(3));
    assert!(sac_files(root.path()) == before);
    // Whose results they are is still known.
    std::fs::rename(&elsewhere, &resp).unwrap();
    let (code, lines) = account(root.path(), &[]);
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["already-there"; 2]));
    assert!(sac_files(root.path()) == before);
}

/// New metadata, the same options; killed between two events and within them.
#[test]
fn what_a_killed_replacement_left_is_made_again() {
    let options = DemoOptions { events: 12, ..DemoOptions::small() };
    let (root, expected) = (archive(&options), archive(&options));
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    let old = sac_files(root.path());
    for archive in [&root, &expected] {
        for event in names(archive.path()) {
            let resp = archive.path().join(event).join("resp");
            for name in names(&resp) {
                let text = std::fs::read_to_string(resp.join(&name)).unwrap();
                // Half the volts for a metre per second.
                let (before, after) = text.split_once("<StageGain>").unwrap();
                let (value, after) = after.split_once("<Value>").unwrap();
                let (gain, after) = after.split_once("</Value>").unwrap();
                let gain: f64 = gain.parse().unwrap();
                let halved =
                    format!("{before}<StageGain>{value}<Value>{:e}</Value>{after}", gain / 2.0);
                std::fs::write(resp.join(&name), halved).unwrap();
            }
        }
    }
    assert_eq!(status(&run(expected.path(), &[])), Some(0));
    let expected: Vec<_> = sac_files(expected.path()).into_values().collect();
    for pause_ms in [0, 5] {
        let mut child = Command::new(program())
            .arg(root.path())
            .args(["--overwrite", "--jobs", "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while sac_files(root.path()) == old && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(sac_files(root.path()).values().any(|bytes| old.values().any(|o| o == bytes)));
    let resumed = run(root.path(), &[]);
    assert_eq!(status(&resumed), Some(0), "{}", text(&resumed.stderr));
    assert!(sac_files(root.path()).into_values().collect::<Vec<_>>() == expected);
    let again = run(root.path(), &[]);
    assert!(text(&again.stdout).contains(" 0 processed"), "{}", text(&again.stdout));
}

#[test]
fn an_interrupted_overwriting_run_is_told_and_can_be_started_again() {
    let root = archive(&DemoOptions { events: 2, ..DemoOptions::small() });
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    // As a run leaves it that is killed between two events.
    let mut events: Vec<_> = names(root.path());
    let first = root.path().join(events.remove(0));
    assert_eq!(status(&run(&first, &["--rate", "20", "--overwrite"])), Some(0));
    let before = files(root.path());
    for rate in ["10", "20", "5"] {
        let refused = run(root.path(), &["--rate", rate]);
        let why = text(&refused.stderr);
        assert_eq!(status(&refused), Some(1));
        assert!(why.contains("interrupted") && why.contains("with --overwrite"), "{why}");
    }
    assert!(files(root.path()) == before);
    assert_eq!(status(&run(root.path(), &["--rate", "20", "--overwrite"])), Some(0));
    let again = run(root.path(), &["--rate", "20"]);
    assert!(text(&again.stdout).contains("6 already there"), "{}", text(&again.stdout));
    // Options that all events have in common are merely other ones.
    let refused = text(&run(root.path(), &["--rate", "10"]).stderr);
    assert!(refused.contains("other options") && !refused.contains("interrupted"), "{refused}");
}
