//! What several tests need.

use std::path::PathBuf;
use std::process::Command;

/// A program of `examples/`, built if `cargo test` was asked for one test alone.
#[allow(dead_code, reason = "not every test runs a program")]
pub(crate) fn example(name: &str) -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success());
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().find(|p| p.join("examples").is_dir()).unwrap();
    folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
#[allow(dead_code, reason = "not every test reads recordings")]
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

/// A pipe whose reader has gone away.
#[cfg(unix)]
#[allow(dead_code, reason = "not every test runs a program")]
pub(crate) fn nobody() -> std::process::Stdio {
    use std::process::Stdio;
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    pipe.into()
}
