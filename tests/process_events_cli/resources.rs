//! Threads, caches, memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use seis::demo::DemoOptions;
use seis::mseed;

use crate::support;
use crate::{account, archive, files, names, only_event, program, run, sac_files, status, text};

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
