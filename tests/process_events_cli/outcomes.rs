//! What becomes of each input, and what is told of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use seis::TimeDelta;
use seis::demo::DemoOptions;
use seis::mseed;

use crate::{account, archive, files, only_event, program, run, sac_files, status, text};

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
