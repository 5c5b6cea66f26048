//! The program of the main job as people run it: exit statuses, restarts, kills, thread counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use seis::demo::{self, DemoOptions};

/// The program, built if `cargo test` was asked for this test alone.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "process_events"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success());
        let test = std::env::current_exe().unwrap();
        let folder = test.ancestors().find(|p| p.join("examples").is_dir()).unwrap();
        folder.join("examples").join(format!("process_events{}", std::env::consts::EXE_SUFFIX))
    })
}

fn run(root: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).arg(root).args(arguments).output().unwrap()
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file below `root` with its bytes.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            // A file that is being written aside may have gone meanwhile.
            found.insert(path, bytes);
        }
    }
    found
}

fn sac_files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = files(root);
    found.retain(|path, _| path.extension().is_some_and(|e| e == "sac"));
    found
}

fn archive(options: &DemoOptions) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    demo::write_archive(root.path(), options).unwrap();
    root
}

#[test]
fn statuses_tell_what_happened() {
    let root = archive(&DemoOptions::small());
    let done = run(root.path(), &[]);
    assert_eq!(status(&done), Some(0), "{}", text(&done.stderr));

    // A second run finds everything there; other options refuse to mix.
    let again = run(root.path(), &[]);
    assert_eq!(status(&again), Some(0));
    assert!(text(&again.stdout).contains("0 processed"), "{}", text(&again.stdout));
    let mixed = run(root.path(), &["--output", "vel"]);
    assert_eq!(status(&mixed), Some(1));
    assert!(
        text(&mixed.stderr).contains("output: \"disp\" there, \"vel\" now"),
        "{}",
        text(&mixed.stderr)
    );
    let before = sac_files(root.path());
    assert_eq!(status(&run(root.path(), &["--output", "vel", "--overwrite"])), Some(0));
    let after = sac_files(root.path());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before.iter().all(|(path, bytes)| after[path] != *bytes));

    for wrong in [
        &["--pre-filt", "1,2,3"][..],
        &["--pre-filt", "4,3,2,1"],
        &["--output", "jerk"],
        &["--rate", "-1"],
        &["--taper", "0.7"],
        &["--water-level", "NaN"],
        &["--npts", "0"],
        &["--jobs", "0"],
        &["--no-such-option"],
    ] {
        let output = run(root.path(), wrong);
        assert_eq!(status(&output), Some(2), "{wrong:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty());
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(status(&run(empty.path(), &[])), Some(1));
    assert_eq!(status(&run(&empty.path().join("missing"), &[])), Some(1));
}

#[test]
fn one_bad_input_stops_nothing_and_is_accounted_for() {
    let root = archive(&DemoOptions::small());
    let event = std::fs::read_dir(root.path()).unwrap().next().unwrap().unwrap().path();
    let raw = event.join("raw");
    let mut files: Vec<_> = std::fs::read_dir(&raw).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let whole = std::fs::read(&files[0]).unwrap();
    std::fs::write(raw.join("empty.mseed"), b"").unwrap();
    std::fs::write(raw.join("junk.mseed"), [0xa5; 4096]).unwrap();
    std::fs::write(raw.join("cut.mseed"), &whole[..whole.len() - 100]).unwrap();
    std::fs::write(raw.join("notes.txt"), b"not data").unwrap();
    let report = root.path().join("report.json");

    let output = run(root.path(), &["--report", report.to_str().unwrap()]);
    assert_eq!(status(&output), Some(3), "{}", text(&output.stderr));
    let account: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let of = |name: &str| {
        let lines: Vec<_> = account["traces"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|t| t["file"].as_str().unwrap().ends_with(name))
            .cloned()
            .collect();
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
        lines[0].clone()
    };
    for name in ["empty.mseed", "junk.mseed"] {
        let line = of(name);
        assert_eq!(line["status"], "not-processed");
        assert_eq!(line["reason"], "no-data");
        assert!(line["message"].as_str().unwrap().contains(name));
    }
    let cut = of("cut.mseed");
    assert_eq!(cut["status"], "processed");
    assert!(!cut["warnings"].as_array().unwrap().is_empty());
    assert_eq!(account["summary"]["ignored_files"], 1);
    assert_eq!(account["summary"]["inputs"], account["traces"].as_array().unwrap().len());
    for file in &files {
        assert_eq!(of(file.file_name().unwrap().to_str().unwrap())["status"], "processed");
    }
}

#[test]
fn thread_counts_change_no_bit() {
    let root = archive(&DemoOptions::small());
    let out = tempfile::tempdir().unwrap();
    let with = |jobs: &str| {
        let folder = out.path().join(jobs);
        let output = run(root.path(), &["--jobs", jobs, "--out", folder.to_str().unwrap()]);
        assert_eq!(status(&output), Some(0), "{}", text(&output.stderr));
        sac_files(&folder)
            .into_iter()
            .map(|(path, bytes)| (path.strip_prefix(&folder).unwrap().to_owned(), bytes))
            .collect::<BTreeMap<_, _>>()
    };
    let one = with("1");
    assert!(!one.is_empty());
    for jobs in ["2", "3", "8"] {
        assert!(with(jobs) == one, "--jobs {jobs} differs");
    }
}

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
