//! The program of the main job as people run it: exit statuses, restarts, kills, thread counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use seis::demo::{self, DemoOptions};

mod accounts;
#[path = "../../seis-resp/tests/common/mod.rs"]
mod common;
mod metadata;
mod outcomes;
mod replacing;
mod resources;
#[path = "../support/mod.rs"]
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

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
