//! Many corruptions of some good files, each given to a test.

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::{Random, corrupt_binary, corrupt_markup, corrupt_text};

/// How a file is built, and so how it is corrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers at fixed places.
    Binary,
    /// Lines of words and numbers.
    Text,
    /// XML.
    Markup,
}

/// An input that has not ended by then is a hang.
const HANG: Duration = Duration::from_secs(120);

/// A series of corruptions, the same in every run.
#[derive(Debug)]
pub struct Campaign<'a> {
    /// Name, for messages and for the file with an input that fails.
    pub name: &'a str,
    /// The good files.
    pub corpus: &'a [Vec<u8>],
    /// How they are built.
    pub kind: Kind,
    /// How many corruptions. The environment variable `SEIS_CORRUPTIONS` overrides it.
    pub rounds: usize,
}

impl Campaign<'_> {
    /// Gives each corruption to a test. The input on which it panics or hangs is saved, and its
    /// path told.
    ///
    /// # Panics
    /// When the test does.
    pub fn corruptions(&self, test: impl Fn(&[u8]) + Sync) {
        let rounds = std::env::var("SEIS_CORRUPTIONS")
            .map_or(self.rounds, |n| n.parse().expect("SEIS_CORRUPTIONS is a number"));
        let mut random = Random::new(rounds as u64);
        let inputs = (0..rounds).map(|_| {
            let mut bytes = random.pick(self.corpus).clone();
            let other = random.clone().pick(self.corpus).clone();
            random.next_u64();
            match self.kind {
                Kind::Binary => corrupt_binary(&mut bytes, &other, &mut random),
                Kind::Text => corrupt_text(&mut bytes, &other, &mut random),
                Kind::Markup => corrupt_markup(&mut bytes, &other, &mut random),
            }
            bytes
        });
        self.each(inputs, test);
    }

    /// Gives every prefix of every file to a test: of those longer than `all_below`, every prefix
    /// up to there and then some.
    ///
    /// # Panics
    /// When the test does.
    pub fn prefixes(&self, all_below: usize, test: impl Fn(&[u8]) + Sync) {
        let inputs = self.corpus.iter().flat_map(|file| {
            let step = (file.len() / 200).max(1);
            (0..file.len().min(all_below))
                .chain((all_below..file.len()).step_by(step))
                .map(|len| file[..len].to_vec())
        });
        self.each(inputs, test);
    }

    /// Every input, on all processors.
    fn each(&self, inputs: impl Iterator<Item = Vec<u8>> + Send, test: impl Fn(&[u8]) + Sync) {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let desks: Vec<Desk> = (0..workers).map(|_| Desk::default()).collect();
        let inputs = Mutex::new(inputs.enumerate());
        let failed = AtomicBool::new(false);
        let (done, ended) = mpsc::channel::<()>();
        let work = |desk: &Desk| {
            while !failed.load(Relaxed) {
                let Some((round, input)) = lock(&inputs).next() else { break };
                let input = Arc::new(input);
                *lock(desk) = Some((Instant::now(), Arc::clone(&input)));
                if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| test(&input))) {
                    failed.store(true, Relaxed);
                    eprintln!("{}: round {round}; {}", self.name, save(self.name, &input));
                    panic::resume_unwind(panic);
                }
            }
            *lock(desk) = None;
        };
        let outcome = thread::scope(|scope| {
            let desks = &desks;
            scope.spawn(move || {
                while ended.recv_timeout(HANG / 100) == Err(RecvTimeoutError::Timeout) {
                    desks.iter().for_each(|desk| self.abort_on_hang(desk));
                }
            });
            let workers: Vec<_> = desks.iter().map(|d| scope.spawn(|| work(d))).collect();
            let outcomes: Vec<_> = workers.into_iter().map(ScopedJoinHandle::join).collect();
            drop(done);
            outcomes.into_iter().find_map(Result::err)
        });
        if let Some(panic) = outcome {
            panic::resume_unwind(panic);
        }
    }

    fn abort_on_hang(&self, desk: &Desk) {
        if let Some((_, input)) = lock(desk).as_ref().filter(|(since, _)| since.elapsed() > HANG) {
            eprintln!("{}: {HANG:?} without an end; {}", self.name, save(self.name, input));
            std::process::abort();
        }
    }
}

/// What a thread works on, and since when.
type Desk = Mutex<Option<(Instant, Arc<Vec<u8>>)>>;

/// Nothing that is locked here is left half changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn save(name: &str, input: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("{}.hostile", name.replace(' ', "-")));
    match std::fs::write(&path, input) {
        Ok(()) => format!("the input is in {}", path.display()),
        Err(error) => format!("the input could not be saved: {error}"),
    }
}

/// The files below a folder whose name satisfies a condition, in order, up to a length in bytes.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn files_below(folder: &Path, longest: u64, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder that can be read") {
            let path = entry.expect("an entry that can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) && path.metadata().is_ok_and(|m| m.len() <= longest) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
///
/// # Panics
/// If `SEIS_CORPUS` is not set.
#[must_use]
pub fn recordings() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

/// The folder of ObsPy, with the test data that it carries: of the Python that `SEIS_PYTHON` names,
/// or of the environment that `scripts/reference_env.py` makes on first use.
///
/// # Panics
/// If there is no Python, or it has no ObsPy and cannot get it.
#[must_use]
pub fn obspy() -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/reference_env.py");
    let python = printed("python3".as_ref(), &[script]);
    let of_obspy = "import obspy, os; print(os.path.dirname(obspy.__file__))";
    printed(&python, &["-c", of_obspy])
}

/// The path that a program prints.
fn printed(program: &Path, arguments: &[&str]) -> PathBuf {
    let output = std::process::Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("{} does not run: {e}", program.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().into()
}

/// The inputs that were found to fail once, below a folder: the name of the fuzz target is that of
/// the folder in it.
///
/// # Panics
/// If there is such a folder and it cannot be read.
#[must_use]
pub fn regressions(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(folder).join(target);
    if !folder.is_dir() {
        return Vec::new();
    }
    let files = files_below(&folder, u64::MAX, &|_| true);
    files.into_iter().map(|f| (f.clone(), std::fs::read(&f).expect("a readable file"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "fifty bytes")]
    fn what_fails_on_one_thread_fails_the_test() {
        let corpus = [vec![7; 100]];
        let campaign =
            Campaign { name: "self-test", corpus: &corpus, kind: Kind::Binary, rounds: 0 };
        campaign.prefixes(100, |bytes| assert!(bytes.len() != 50, "fifty bytes"));
    }

    #[test]
    fn every_prefix_is_seen_once() {
        let corpus = [vec![7; 100], vec![8; 30]];
        let seen = Mutex::new(Vec::new());
        let campaign =
            Campaign { name: "self-test", corpus: &corpus, kind: Kind::Binary, rounds: 0 };
        campaign.prefixes(100, |bytes| lock(&seen).push(bytes.to_vec()));
        let mut seen = lock(&seen).clone();
        seen.sort();
        let expected = (0..100).map(|n| vec![7; n]).chain((0..30).map(|n| vec![8; n]));
        let mut expected: Vec<Vec<u8>> = expected.collect();
        expected.sort();
        assert_eq!(seen, expected);
    }
}
