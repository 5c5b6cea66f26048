//! Where accounts go.

use std::path::Path;
use std::process::Command;

use seis::demo::DemoOptions;

use crate::{
    account, archive, files, names, only_event, program, run, sac_files, status, statuses, text,
};

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
