//! The program of the main job as people run it: exit statuses, restarts, kills, thread counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use common::seed;
use seis::demo::{self, DemoOptions};
use seis::mseed;
use seis::resp::WriteOptions;
use seis::{Inventory, TimeDelta};

#[path = "../seis-resp/tests/common/mod.rs"]
mod common;
mod support;

/// The program, built if `cargo test` was asked for this test alone.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| support::example("process_events"))
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
        &["--pre-filt", "-1,0,2,3"],
        &["--output", "jerk"],
        &["--rate", "-1"],
        &["--taper", "0.7"],
        &["--water-level", "NaN"],
        &["--npts", "0"],
        &["--npts", "none"],
        &["--pre-filt", "all"],
        &["--water-level", "-5"],
        &["--lanczos-a", "100000"],
        &["--jobs", "0"],
        &["--jobs", "4000000000"],
        &["--io-threads", "513"],
        &["--io-threads", "-1"],
        &["--io-order", "random"],
        &["--fft-length", "7"],
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

/// Would every single result fail, the run does not begin.
#[test]
fn a_rate_that_miniseed_does_not_hold_is_refused_before_the_run() {
    let root = archive(&DemoOptions::small());
    let before = files(root.path());
    for (rate, nearest) in
        [("9.9999", "take 9.9998998641967"), ("10.0000000001", "take 10.0 Hz, the nearest")]
    {
        let refused = run(root.path(), &["--format", "mseed", "--rate", rate]);
        let said = text(&refused.stderr);
        assert_eq!(status(&refused), Some(2), "{rate}: {said}");
        let start = format!("error: rate: {rate} Hz would not come back from miniSEED 2");
        assert!(said.starts_with(&start), "{said}");
        assert!(said.contains(nearest) && said.contains("or write SAC"), "{said}");
        assert_eq!(files(root.path()), before, "{rate}");
        // SAC has an interval of 32 bits for every rate.
        let taken = run(root.path(), &["--rate", rate, "--overwrite"]);
        assert_eq!(status(&taken), Some(0), "{rate}: {}", text(&taken.stderr));
        for event in std::fs::read_dir(root.path()).unwrap() {
            std::fs::remove_dir_all(event.unwrap().path().join("processed")).unwrap();
        }
    }
    // A ratio of integers is held whole, and what is told to be the nearest is taken.
    for rate in ["8.333333333333334", "9.999899864196777"] {
        let run = run(root.path(), &["--format", "mseed", "--rate", rate, "--overwrite"]);
        assert_eq!(status(&run), Some(0), "{rate}: {}", text(&run.stderr));
    }
}

#[test]
fn miniseed_results_start_at_the_nearest_microsecond() {
    let root = archive(&DemoOptions::small());
    let mut starts = BTreeMap::new();
    for path in files(root.path()).into_keys() {
        if path.extension().is_some_and(|e| e == "mseed") {
            let mut trace = mseed::read(&path).unwrap().stream.into_traces().remove(0);
            // A whole microsecond in the demo.
            assert_eq!(trace.start.as_nanos() % 1000, 0);
            starts.insert(trace.id, trace.start);
            trace.start -= TimeDelta::from_nanos(300);
            let options = mseed::WriteOptions::new().version(mseed::FormatVersion::V3);
            mseed::write(&path, [&trace], &options).unwrap();
        }
    }
    let run = run(root.path(), &["--format", "mseed"]);
    assert_eq!(status(&run), Some(0), "{}", text(&run.stderr));
    let mut results = 0;
    for path in
        files(root.path()).into_keys().filter(|p| p.parent().unwrap().ends_with("processed"))
    {
        if path.extension().is_some_and(|e| e == "mseed") {
            let trace = mseed::read(&path).unwrap().stream.into_traces().remove(0);
            assert_eq!(trace.start, starts[&trace.id]);
            results += 1;
        }
    }
    assert_eq!(results, starts.len());
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
fn threads_and_orders_change_no_bit() {
    let root = archive(&DemoOptions { events: 2, components: 2, ..DemoOptions::small() });
    let event = root.path().join("20220102T000000/raw");
    // Files that have to wait for the others, of which one has a result that another has too.
    let mut files: Vec<_> = std::fs::read_dir(&event).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    std::fs::copy(&files[0], event.join("second.mseed")).unwrap();
    std::fs::write(event.join("junk.mseed"), [0xa5; 4096]).unwrap();
    let out = tempfile::tempdir().unwrap();
    let with = |arguments: &[&str]| {
        let folder = out.path().join(arguments.concat());
        let mut all = vec!["--out", folder.to_str().unwrap()];
        all.extend(arguments);
        let (code, lines) = account(root.path(), &all);
        assert_eq!(code, Some(3), "{arguments:?}");
        let mut told: Vec<_> = lines
            .iter()
            .map(|l| format!("{} {} {} {}", l["file"], l["id"], l["status"], l["message"]))
            .collect();
        told.sort();
        let results: BTreeMap<_, _> = sac_files(&folder)
            .into_iter()
            .map(|(path, bytes)| (path.strip_prefix(&folder).unwrap().to_owned(), bytes))
            .collect();
        (results, told)
    };
    let one = with(&["--jobs", "1", "--io-threads", "0"]);
    assert_eq!((one.0.len(), one.1.len()), (13, 14));
    for jobs in ["1", "2", "3", "8"] {
        for io_threads in ["0", "1", "5"] {
            for order in ["inode", "name", "listed"] {
                let arguments = ["--jobs", jobs, "--io-threads", io_threads, "--io-order", order];
                assert!(with(&arguments) == one, "{arguments:?} differs");
            }
        }
    }
}

#[test]
fn what_caches_did_can_be_read_out() {
    let root = archive(&DemoOptions { events: 4, ..DemoOptions::small() });
    // Each download has its own date, and asks for its own window.
    for (i, event) in std::fs::read_dir(root.path()).unwrap().enumerate() {
        for file in std::fs::read_dir(event.unwrap().path().join("resp")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let dated = text.replace("2022-01-01T00:00:00", &format!("2023-01-01T00:00:0{i}"));
            assert_ne!(text, dated);
            std::fs::write(&path, dated).unwrap();
        }
    }
    let report = root.path().join("report.json");
    let arguments = ["--jobs", "1", "--stats", "--quiet", "--report", report.to_str().unwrap()];
    let output = run(root.path(), &arguments);
    assert_eq!(status(&output), Some(0), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let stats = &json["stats"];
    // Three stations; a length may differ by a sample where a window begins late.
    assert_eq!(
        (&stats["inventories"]["misses"], &stats["inventories"]["hits"]),
        (&3.into(), &9.into())
    );
    let (made, found) = (&stats["plans"]["misses"], &stats["plans"]["hits"]);
    assert_eq!(made.as_u64().unwrap() + found.as_u64().unwrap(), 12);
    assert!(found.as_u64().unwrap() >= 6, "{stats}");
    assert!(stats["plans"]["bytes"].as_u64().unwrap() > 100_000, "{stats}");
    let raw: u64 = files(root.path())
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "mseed"))
        .map(|(_, bytes)| bytes.len() as u64)
        .sum();
    let results: u64 = sac_files(root.path()).values().map(|bytes| bytes.len() as u64).sum();
    assert_eq!((&stats["bytes_read"], &stats["bytes_written"]), (&raw.into(), &results.into()));
    let printed = text(&output.stdout);
    assert!(printed.contains("inventories: 9 found, 3 parsed"), "{printed}");
    // A second run reads nothing that is done.
    let output = run(root.path(), &arguments);
    assert_eq!(status(&output), Some(0));
    assert!(text(&output.stdout).contains("bytes: 0.0 MiB read, 0.0 MiB written"));
    // Without memory for plans, each is made for itself, and makes the same.
    let before = sac_files(root.path());
    let output = run(root.path(), &["--plan-memory", "0", "--stats", "--overwrite"]);
    assert_eq!(status(&output), Some(0));
    assert!(text(&output.stdout).contains("plans: 0 found, 0 made, 12 not kept"));
    assert!(sac_files(root.path()) == before);
}

#[test]
fn the_length_of_the_transform_is_an_option_of_the_results() {
    let root = archive(&DemoOptions::small());
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    let obspy = sac_files(root.path());
    let refused = run(root.path(), &["--fft-length", "fast"]);
    assert_eq!(status(&refused), Some(1));
    assert!(text(&refused.stderr).contains("fft_length: \"obspy\" there, \"fast\" now"));
    assert_eq!(status(&run(root.path(), &["--fft-length", "fast", "--overwrite"])), Some(0));
    let fast = sac_files(root.path());
    assert!(obspy.keys().eq(fast.keys()));
    assert!(obspy != fast);
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

/// The lines of a run's account.
fn account(root: &Path, arguments: &[&str]) -> (Option<i32>, Vec<serde_json::Value>) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let mut all = arguments.to_vec();
    all.extend(["--report", report.to_str().unwrap()]);
    let output = run(root, &all);
    let text = std::fs::read(&report).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let lines = json["traces"].as_array().cloned().unwrap_or_default();
    (status(&output), lines)
}

fn statuses(lines: &[serde_json::Value]) -> Vec<&str> {
    let mut found: Vec<_> = lines.iter().map(|l| l["status"].as_str().unwrap()).collect();
    found.sort_unstable();
    found
}

fn only_event(root: &Path) -> PathBuf {
    std::fs::read_dir(root).unwrap().next().unwrap().unwrap().path()
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
fn an_account_may_lie_with_results_and_not_with_inputs() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    assert_eq!(status(&run(root.path(), &[])), Some(0));
    let report_to = |path: &Path| {
        let path = path.to_str().unwrap();
        run(root.path(), &["--overwrite", "--quiet", "--report", path])
    };
    let account = event.join("processed/account.json");
    for _ in 0..2 {
        assert_eq!(status(&report_to(&account)), Some(0));
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&account).unwrap()).unwrap();
        assert_eq!(json["traces"].as_array().unwrap().len(), 3);
    }
    let before = files(&event);
    for folder in ["raw", "resp"] {
        let first = names(&event.join(folder)).remove(0);
        for name in [first.as_str(), "account.json"] {
            let refused = report_to(&event.join(folder).join(name));
            assert_eq!(status(&refused), Some(1));
            assert!(text(&refused.stderr).contains("inputs"), "{}", text(&refused.stderr));
        }
    }
    assert!(files(&event) == before);
}

#[test]
fn failures_are_told_again_and_repaired_files_are_done_again() {
    let root = archive(&DemoOptions { components: 2, ..DemoOptions::small() });
    let event = only_event(root.path());
    let raw = |name: &str| {
        let wanted = event.join("raw").join(name);
        assert!(wanted.exists(), "{}", wanted.display());
        wanted
    };
    let window = "20220102T000000Z__20220102T002000Z.mseed";
    // A file with a second channel, of which there is no response yet.
    let (north, vertical) =
        (raw(&format!("XX.STS2..BHN__{window}")), raw(&format!("XX.CMG3T..HHZ__{window}")));
    let mut both = std::fs::read(&north).unwrap();
    both.extend(std::fs::read(&vertical).unwrap());
    std::fs::write(&north, both).unwrap();
    std::fs::remove_file(&vertical).unwrap();
    let metadata = event.join("resp/XX.CMG3T.xml");
    let hidden = root.path().join("hidden.xml");
    std::fs::rename(&metadata, &hidden).unwrap();
    for _ in 0..2 {
        let (code, lines) = account(root.path(), &[]);
        assert_eq!((code, lines.len()), (Some(3), 6));
        // XX.CMG3T..HHZ in the other's file, and XX.CMG3T..HHN.
        assert_eq!(lines.iter().filter(|l| l["status"] == "not-processed").count(), 2);
    }
    std::fs::rename(&hidden, &metadata).unwrap();
    let (code, lines) = account(root.path(), &[]);
    assert_eq!((code, lines.len()), (Some(0), 6));
    assert_eq!(lines.iter().filter(|l| l["status"] == "processed").count(), 2);

    // A file that was cut, and then fetched again.
    let cut = raw(&format!("XX.KS54..BHZ__{window}"));
    let whole = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2 + 100]).unwrap();
    for expected in ["processed", "already-there"] {
        let (code, lines) = account(root.path(), &[]);
        assert_eq!(code, Some(0));
        let line = lines.iter().find(|l| l["id"] == "XX.KS54..BHZ").unwrap();
        assert_eq!(line["status"], expected);
        assert_eq!(line["warnings"].as_array().unwrap().len(), 1, "told on every run");
    }
    std::thread::sleep(Duration::from_millis(20));
    std::fs::write(&cut, &whole).unwrap();
    let (code, lines) = account(root.path(), &[]);
    assert_eq!(code, Some(0));
    let line = lines.iter().find(|l| l["id"] == "XX.KS54..BHZ").unwrap();
    assert_eq!((line["status"].as_str(), line["npts"].as_u64()), (Some("processed"), Some(12_000)));
}

#[test]
fn inputs_with_the_same_result_are_decided_by_name() {
    let root = archive(&DemoOptions { components: 2, ..DemoOptions::small() });
    let raw = only_event(root.path()).join("raw");
    let window = "20220102T000000Z__20220102T002000Z";
    let read = |id: &str| std::fs::read(raw.join(format!("{id}__{window}.mseed"))).unwrap();
    // Two spellings of one name, and a channel that two other files hold besides their own.
    let (z, n) = (read("XX.STS2..BHZ"), read("XX.STS2..BHN"));
    std::fs::write(raw.join(format!("XX.STS2..BHZ__{window}.ms")), &z[..z.len() / 2]).unwrap();
    let third = read("XX.KS54..BHZ");
    for (name, own) in [("XX.CMG3T..HHN", 0), ("XX.CMG3T..HHZ", 1)] {
        let mut bytes = read(name);
        let cut = third.len() / 512 / 4 * 512 * (1 + own);
        bytes.extend(&third[..cut]);
        std::fs::write(raw.join(format!("{name}__{window}.mseed")), bytes).unwrap();
    }
    std::fs::write(raw.join("other.mseed"), n).unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut first: Option<(Vec<Vec<u8>>, Vec<String>)> = None;
    for (i, jobs) in ["1", "8", "8", "8"].iter().enumerate() {
        let folder = out.path().join(i.to_string());
        let (code, lines) =
            account(root.path(), &["--jobs", jobs, "--out", folder.to_str().unwrap()]);
        assert_eq!(code, Some(3));
        let mut told: Vec<String> = lines
            .iter()
            .map(|l| format!("{} {} {} {}", l["file"], l["id"], l["status"], l["message"]))
            .collect();
        told.sort();
        let found = (sac_files(&folder).into_values().collect(), told);
        assert!(first.get_or_insert_with(|| found.clone()) == &found, "--jobs {jobs} differs");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_and_not_waited_for() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    let made = Command::new("mkfifo").arg(event.join("raw/pipe.mseed")).status().unwrap();
    assert!(made.success());
    std::fs::create_dir(event.join("raw/folder.mseed")).unwrap();
    std::os::unix::fs::symlink("nowhere", event.join("raw/link.mseed")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", event.join("raw/zero.mseed")).unwrap();
    let (code, lines) = account(root.path(), &[]);
    assert_eq!(code, Some(3));
    let failed = lines.iter().filter(|l| l["reason"] == "unreadable-file").count();
    assert_eq!((failed, lines.len()), (4, 7));
}

#[cfg(unix)]
#[test]
fn nobody_listening_is_no_reason_to_stop() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    for i in 0..40 {
        std::fs::write(event.join(format!("raw/{i}.mseed")), b"junk").unwrap();
    }
    let mut child = Command::new(program())
        .arg(root.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(sac_files(root.path()).len(), 3);
}

/// Responses of every format, under names that say nothing, beside files that are no metadata.
#[test]
fn metadata_are_told_by_their_content() {
    let stages = seed::stages();
    // The fixtures describe XX.ABC.00.BHZ.
    let of = |text: String, station: &str, channel: &str| {
        text.replace("ABC  +", &format!("{station:<5}+"))
            .replace("ABC  0", &format!("{station:<5}0"))
            .replace(" ABC\n", &format!(" {station}\n"))
            .replace("\"ABC\"", &format!("\"{station}\""))
            .replace("00BHZ", &format!("  {channel}"))
            .replace(" 00\n", " ??\n")
            .replace("locationCode=\"00\"", "locationCode=\"\"")
            .replace(" BHZ\n", &format!(" {channel}\n"))
            .replace("\"BHZ\"", &format!("\"{channel}\""))
    };
    let sacpz = "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): KS54\n* LOCATION   (KHOLE): \n\
        * CHANNEL   (KCMPNM): BHZ\n* START             : 2000-01-01T00:00:00\n\
        ZEROS 3\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\nCONSTANT 6.0e8\n";
    let as_xml = Inventory::from_sacpz(sacpz.as_bytes()).unwrap();
    let as_xml = WriteOptions::new().allow_invalid(true).to_string(&as_xml).unwrap();
    let xml = [
        ("XX.STS2.xml", of(seed::stationxml(&stages), "STS2", "BHZ")),
        ("XX.CMG3T.xml", of(seed::stationxml(&stages), "CMG3T", "HHZ")),
        ("XX.KS54.xml", as_xml),
    ];
    let others = [
        ("one", of(seed::resp(&stages, "\n"), "STS2", "BHZ")),
        ("two", of(seed::dataless(&stages, 12, true), "CMG3T", "HHZ")),
        ("three", sacpz.to_owned()),
        ("README.txt", "Nothing that anybody could evaluate.\n".to_owned()),
    ];
    let run_with = |files: &[(&str, String)]| {
        let root = archive(&DemoOptions::small());
        let folder = only_event(root.path()).join("resp");
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::create_dir_all(folder.join("folder")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let (code, lines) = account(root.path(), &[]);
        // Without the header, in which there are the coordinates that a RESP file does not know.
        let samples = sac_files(root.path()).into_values().map(|mut sac| sac.split_off(632));
        (code, lines, samples.collect::<Vec<_>>())
    };
    let (code, lines, expected) = run_with(&xml);
    assert_eq!((code, expected.len()), (Some(0), 3), "{lines:#?}");
    let (code, lines, found) = run_with(&others);
    assert_eq!((code, found.len()), (Some(0), 3), "{lines:#?}");
    assert!(found == expected, "the same samples to the bit, from whatever file");

    // What is no metadata is no reason, unless it is called so.
    let (code, lines, _) = run_with(&others[2..]);
    assert_eq!(code, Some(3));
    let reasons = |lines: &[serde_json::Value], reason: &str| {
        lines.iter().filter(|line| line["reason"] == reason).count()
    };
    assert_eq!(reasons(&lines, "no-response"), 2, "{lines:#?}");
    let (code, lines, _) = run_with(&[("XX.STS2.xml", others[3].1.clone())]);
    assert!(code == Some(1) || code == Some(3), "{code:?}");
    assert_eq!(reasons(&lines, "bad-response"), 3, "{lines:#?}");
    let (_, lines, _) = run_with(&others[3..]);
    let told = lines[0]["message"].as_str().unwrap_or_default();
    assert!(told.contains("none of the 2 files in resp/ is metadata"), "{lines:#?}");
}

/// What is doubtful about metadata goes into the account, of whatever format they are.
#[test]
fn doubts_about_metadata_are_told() {
    let root = archive(&DemoOptions::small());
    let folder = only_event(root.path()).join("resp");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let sacpz = |station: &str, channel: &str, latitude: &str, constant: &str| {
        format!(
            "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): {station}\n* LOCATION   (KHOLE): \n\
             * CHANNEL   (KCMPNM): {channel}\n* START             : 2000-01-01T00:00:00\n\
             * LATITUDE          : {latitude}\n* LONGITUDE         : 11\n\
             * SENSITIVITY       : 6e+08 (M/S)\n* A0                : 1\n\
             ZEROS 3\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\nCONSTANT {constant}\n"
        )
    };
    // The digitiser of the response is another than that of the trace.
    let stages = seed::stages();
    let resp = seed::resp(&stages, "\n").replace(" ABC\n", " STS2\n").replace(" 00\n", " ??\n");
    let cut = resp.rfind("B058F03").unwrap();
    for (name, text) in [
        ("a", sacpz("KS54", "BHZ", "48", "6.6e+08")),
        ("b", sacpz("KS54", "BHN", "49", "6.0e+08")),
        ("c", sacpz("CMG3T", "HHZ", "50", "6.0e+08")),
        ("d", resp[..cut].to_owned()),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let (_, lines) = account(root.path(), &[]);
    let warnings = |station: &str| -> String {
        let of =
            |line: &&serde_json::Value| line["id"].as_str().is_some_and(|id| id.contains(station));
        lines.iter().filter(of).map(|line| line["warnings"].to_string()).collect()
    };
    let told = warnings("KS54");
    assert!(told.contains("SENSITIVITY times A0"), "{told}");
    assert!(told.contains("latitude 49, where"), "{told}");
    assert_eq!(warnings("CMG3T"), "[]");
    let told = warnings("STS2");
    assert!(told.contains("no sensitivity of the whole instrument"), "{told}");
    assert!(told.contains("the stages of the response end at 20 Hz"), "{told}");
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn reports_go_where_they_are_sent_and_replace_nothing_else() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let root = archive(&DemoOptions::small());
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let report_to = |path: &Path, more: &[&str]| {
        let mut arguments = vec!["--quiet", "--report", path.to_str().unwrap()];
        arguments.extend(more);
        run(root.path(), &arguments)
    };
    let inputs = |bytes: &[u8]| {
        let json: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        json["summary"]["inputs"].as_u64().unwrap()
    };

    // A folder is refused before anything is done.
    let refused = report_to(folder.path(), &[]);
    assert_eq!(status(&refused), Some(1));
    assert!(text(&refused.stderr).contains("directory"), "{}", text(&refused.stderr));
    for no_file in [place("none/"), place("none/report.json")] {
        assert_eq!(status(&report_to(&no_file, &[])), Some(1), "{}", no_file.display());
    }
    assert_eq!(sac_files(root.path()).len(), 0);

    // A pipe stays one, and passes on the whole account.
    let pipe = place("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    assert_eq!(status(&report_to(&pipe, &[])), Some(0));
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(inputs(&reader.join().unwrap()), 3);

    // Links stay links, whether what they lead to is there or not.
    std::fs::write(place("old.json"), b"old").unwrap();
    std::fs::create_dir(place("links")).unwrap();
    symlink("../old.json", place("links/to-old")).unwrap();
    symlink("to-old", place("links/to-link")).unwrap();
    symlink("../new.json", place("links/to-new")).unwrap();
    for (link, file) in [("links/to-link", "old.json"), ("links/to-new", "new.json")] {
        assert_eq!(status(&report_to(&place(link), &[])), Some(0));
        assert!(place(link).is_symlink() && !place(file).is_symlink());
        assert_eq!(inputs(&std::fs::read(place(file)).unwrap()), 3);
    }

    // What lies beside it is its owner's, and a run that could not begin leaves nothing.
    std::fs::write(place("mine.json.part"), b"mine").unwrap();
    let before = names(folder.path());
    let failed = report_to(&place("mine.json"), &["--output", "vel"]);
    assert_eq!(status(&failed), Some(1));
    assert_eq!(names(folder.path()), before);
    assert_eq!(status(&report_to(&place("mine.json"), &[])), Some(0));
    assert_eq!(std::fs::read(place("mine.json.part")).unwrap(), b"mine");
    assert_eq!(names(folder.path()).len(), before.len() + 1);

    // Standard output, wherever it goes.
    let piped = report_to(Path::new("/dev/stdout"), &[]);
    assert_eq!((status(&piped), inputs(&piped.stdout)), (Some(0), 3));
    let file = std::fs::File::create(place("stdout.json")).unwrap();
    let done = Command::new(program())
        .arg(root.path())
        .args(["--quiet", "--report", "/dev/stdout"])
        .stdout(file)
        .status();
    assert_eq!(done.unwrap().code(), Some(0));
    assert_eq!(inputs(&std::fs::read(place("stdout.json")).unwrap()), 3);
    assert!(Path::new("/dev/stdout").is_symlink());
}

/// What a run needed at most, in KiB, as the system says while it runs.
#[cfg(target_os = "linux")]
fn peak_memory_kib(root: &Path, arguments: &[&str]) -> u64 {
    let mut child =
        Command::new(program()).arg(root).args(arguments).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let about = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let about = about.unwrap_or_default();
        let line = about.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        peak = line.and_then(|l| l.trim().split(' ').next()?.parse().ok()).unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_files_that_wait_for_others() {
    let root = tempfile::tempdir().unwrap();
    let raw = root.path().join("event/raw");
    std::fs::create_dir_all(&raw).unwrap();
    for i in 0..200 {
        // Below the size from which a buffer serves but once.
        let file = std::fs::File::create(raw.join(format!("{i}.mseed"))).unwrap();
        file.set_len(900_000).unwrap();
    }
    let peak = peak_memory_kib(root.path(), &["--quiet", "--jobs", "2", "--io-threads", "2"]);
    assert!(peak > 1_000, "not measured");
    assert!(peak < 64 << 10, "{peak} KiB");
}

/// Transforms of awkward lengths are large, and each length has its own.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_lengths_of_traces() {
    let root = archive(&DemoOptions::small());
    let event = only_event(root.path());
    let metadata = event.join("resp/XX.STS2.xml");
    let raw = std::fs::read_dir(event.join("raw")).unwrap();
    let raw =
        raw.map(|e| e.unwrap().path()).find(|p| p.to_str().unwrap().contains("STS2")).unwrap();
    let read = mseed::read(&raw).unwrap();
    let trace = read.stream.iter().next().unwrap();
    let last = trace.len() as i64 - 1;
    for cut in 0..120 {
        let folder = root.path().join(format!("cut-{cut}"));
        std::fs::create_dir_all(folder.join("raw")).unwrap();
        std::fs::create_dir_all(folder.join("resp")).unwrap();
        std::fs::copy(&metadata, folder.join("resp/XX.STS2.xml")).unwrap();
        let end = trace.start + trace.rate.offset_of(last - 7 * cut);
        let part = trace.slice(trace.start, end).unwrap();
        let name = folder.join("raw").join(raw.file_name().unwrap());
        mseed::write(name, [&part], &mseed::WriteOptions::default()).unwrap();
    }
    let peak = peak_memory_kib(root.path(), &["--quiet", "--jobs", "1"]);
    assert!(peak > 1_000, "not measured");
    assert!(peak < 64 << 10, "{peak} KiB");
}

#[test]
fn a_result_belongs_to_the_raw_file_that_gave_it() {
    let window = "20220102T000000Z__20220102T002000Z";
    for cut_to in [1, 2] {
        let root = archive(&DemoOptions::small());
        let raw = only_event(root.path()).join("raw");
        let other = raw.join(format!("XX.STS2..BHZ__{window}.mseed"));
        let first = raw.join(format!("XX.STS2..BHZ__{window}.ms"));
        // Half of the other, whole or with a cut record, of which there is a warning.
        let bytes = std::fs::read(&other).unwrap();
        std::fs::write(&first, &bytes[..bytes.len() / 1024 * 512 - (cut_to - 1) * 100]).unwrap();
        let result = |lines: &[serde_json::Value], file: &Path| {
            let line = lines.iter().find(|l| l["file"] == file.to_str().unwrap()).unwrap();
            line["status"].as_str().unwrap().to_owned()
        };
        let (code, lines) = account(root.path(), &[]);
        assert_eq!((code, result(&lines, &first).as_str()), (Some(3), "processed"));
        assert_eq!(result(&lines, &other), "not-processed");
        let of_first = sac_files(root.path());

        std::fs::remove_file(&first).unwrap();
        // While there is no response, the one result stays and is still nobody else's.
        let metadata = only_event(root.path()).join("resp/XX.STS2.xml");
        let hidden = root.path().join("hidden.xml");
        std::fs::rename(&metadata, &hidden).unwrap();
        let (code, lines) = account(root.path(), &[]);
        assert_eq!((code, result(&lines, &other).as_str()), (Some(3), "not-processed"));
        std::fs::rename(&hidden, &metadata).unwrap();
        for expected in ["processed", "already-there"] {
            let (code, lines) = account(root.path(), &[]);
            assert_eq!((code, result(&lines, &other).as_str()), (Some(0), expected));
        }
        let of_other = sac_files(root.path());
        assert!(of_first.keys().eq(of_other.keys()));
        assert!(of_first != of_other);
    }
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

#[cfg(unix)]
#[test]
fn an_account_that_finds_no_room_is_no_input() {
    let root = archive(&DemoOptions { components: 2, ..DemoOptions::small() });
    let folder = tempfile::tempdir().unwrap();
    // Files may have 1024 bytes: enough for short results, not for the list of them.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh"])
        .arg(program())
        .arg(root.path())
        .args(["--npts", "10", "--out", folder.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(status(&output), Some(3), "{}", text(&output.stderr));
    let (told, summary) = (text(&output.stderr), text(&output.stdout));
    assert!(told.contains("not written down: ") && told.contains("processing.json"), "{told}");
    assert!(summary.contains("6 inputs: 6 processed, 0 already there, 0 not"), "{summary}");
    // Where there is room, the results are found, and written down.
    let arguments = ["--npts", "10", "--out", folder.path().to_str().unwrap()];
    let (code, lines) = account(root.path(), &arguments);
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["already-there"; 6]));
    assert!(lines.iter().all(|line| line["raw_npts"].as_u64() > Some(1_000)));
    let (_, lines) = account(root.path(), &arguments);
    assert!(lines.iter().all(|line| line["raw_npts"].is_null()));
}

#[test]
fn measuring_programs_delete_nothing_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let kept = ["all/notes", "run/notes", "floor/notes"];
    for file in kept {
        std::fs::create_dir(place(file).parent().unwrap()).unwrap();
        std::fs::write(place(file), b"mine").unwrap();
    }
    let before = files(folder.path());
    let make = support::example("make_archive");
    let refused = Command::new(&make).arg(folder.path()).args(["--events", "1"]).output().unwrap();
    assert_eq!(status(&refused), Some(1));
    assert!(text(&refused.stderr).contains("not empty"), "{}", text(&refused.stderr));
    assert!(files(folder.path()) == before);

    let root = archive(&DemoOptions::small());
    let measured = Command::new(support::example("floor"))
        .arg(root.path())
        .args(["--rounds", "2", "--out", folder.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(status(&measured), Some(0), "{}", text(&measured.stderr));
    let result: serde_json::Value = serde_json::from_slice(&measured.stdout).unwrap();
    assert_eq!((&result["run"]["traces"], &result["floor"]["traces"]), (&3.into(), &3.into()));
    assert!(files(folder.path()) == before);
    assert_eq!(names(folder.path()), ["all", "floor", "run"]);
}

/// Runs an archive of three channels with the metadata of one changed, and gives what the account
/// says of it: its reason and message, or its warnings.
fn told_of_sts2(change: impl FnOnce(&Path, &str)) -> (Option<i32>, String) {
    let root = archive(&DemoOptions::small());
    let folder = only_event(root.path()).join("resp");
    let text = std::fs::read_to_string(folder.join("XX.STS2.xml")).unwrap();
    change(&folder, &text);
    let (code, lines) = account(root.path(), &[]);
    let of = |line: &&serde_json::Value| line["file"].as_str().is_some_and(|f| f.contains("STS2"));
    let line = lines.iter().find(of).unwrap();
    let message = line["message"].as_str().unwrap_or_default();
    (code, format!("{message} {}", line["warnings"]))
}

/// The epoch of the synthetic station, with another start or end.
const SINCE: &str = "<Channel code=\"BHZ\" startDate=\"2020-01-01T00:00:00Z\"";

/// The file of the station is looked at first, and not alone where it does not cover the trace.
#[test]
fn another_file_may_hold_the_epoch() {
    let ended = format!("{SINCE} endDate=\"2021-01-01T00:00:00Z\"");
    let (code, told) = told_of_sts2(|folder, text| {
        let own = text.replacen(SINCE, &ended, 1);
        assert_ne!(own, text);
        std::fs::write(folder.join("XX.STS2.xml"), own).unwrap();
        std::fs::write(folder.join("newer.xml"), text).unwrap();
    });
    assert_eq!((code, told.as_str()), (Some(0), " []"));
    // Where none does, all are named.
    let (code, told) = told_of_sts2(|folder, text| {
        for name in ["XX.STS2.xml", "other.xml"] {
            std::fs::write(folder.join(name), text.replacen(SINCE, &ended, 1)).unwrap();
        }
    });
    assert_eq!(code, Some(3));
    assert!(told.contains("resp/XX.STS2.xml and ") && told.contains("resp/other.xml: "), "{told}");
    assert!(told.contains("has no epoch at"), "{told}");
}

/// Two files that contradict each other are both named, with what can be done here.
#[test]
fn contradicting_files_are_named() {
    let (code, told) = told_of_sts2(|folder, text| {
        let other = text.replace("1500.0", "1600.0").replace("629145000.0", "671088000.0");
        std::fs::write(folder.join("a.xml"), text).unwrap();
        std::fs::write(folder.join("b.xml"), other).unwrap();
        std::fs::remove_file(folder.join("XX.STS2.xml")).unwrap();
    });
    assert_eq!(code, Some(3));
    for part in ["resp/a.xml and ", "resp/b.xml: ", "or leave one of the files"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("EpochPolicy"), "{told}");
}

/// A file that was read for a channel, in vain, is told, though another file sufficed.
#[test]
fn unreadable_metadata_are_told_where_they_were_asked() {
    let (code, told) = told_of_sts2(|folder, text| {
        std::fs::rename(folder.join("XX.STS2.xml"), folder.join("a.xml")).unwrap();
        std::fs::write(folder.join("cut.xml"), &text[..text.len() / 2]).unwrap();
        std::fs::write(folder.join("empty.xml"), "").unwrap();
    });
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("resp/cut.xml: ") && told.contains("resp/empty.xml: "), "{told}");
    // The file of the station suffices: no other is read.
    let (code, told) = told_of_sts2(|folder, _| {
        std::fs::write(folder.join("empty.xml"), "").unwrap();
    });
    assert_eq!((code, told.as_str()), (Some(0), " []"));
}

/// What a check of the metadata calls an error is told of each result that depends on it.
#[test]
fn errors_of_a_check_are_warnings_of_a_result() {
    let (code, told) = told_of_sts2(|folder, text| {
        let unstable = text.replace(">-0.03702367<", ">0.03702367<");
        assert_ne!(unstable, text);
        std::fs::write(folder.join("XX.STS2.xml"), unstable).unwrap();
    });
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("stage 1: ") && told.contains("R504 pole-unstable"), "{told}");
    // What the evaluation warns of is not told twice, and what it refuses is no warning.
    let (_, told) = told_of_sts2(|folder, text| {
        let wrong = text.replace("629145000.0", "729145000.0");
        std::fs::write(folder.join("XX.STS2.xml"), wrong).unwrap();
    });
    assert!(told.contains("the sensitivity is ") && !told.contains("R401"), "{told}");
    let (_, told) = told_of_sts2(|folder, text| {
        let wrong = text.replacen("<Name>m/s</Name>", "<Name>Pa</Name>", 2);
        std::fs::write(folder.join("XX.STS2.xml"), wrong).unwrap();
    });
    assert!(told.contains("not ground motion") && told.ends_with(" []"), "{told}");
    assert!(!told.contains("native units"), "{told}");
}
