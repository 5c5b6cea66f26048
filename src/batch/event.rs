//! What the files of one event share while they are worked on.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::manifest::{Complete, Existing, ResultDirectory};
use super::responses::EventResponses;
use super::{Failure, Processing, RawName, Reason};

/// A raw file, and what its name says if it has the MassDownloader's form.
pub(super) type RawFile = (PathBuf, Option<RawName>);

/// What the files of one event share while they are worked on.
#[derive(Debug)]
pub(super) struct EventContext {
    /// Name of the event's directory.
    pub(super) name: String,
    pub(super) responses: EventResponses,
    results: ResultDirectory,
    tasks_left: AtomicUsize,
    account: Mutex<Account>,
}

#[derive(Debug, Default)]
struct Account {
    /// Names of results, and the raw files that claimed them.
    claimed: HashMap<String, PathBuf>,
    /// Results that are there and right.
    given: HashSet<String>,
    complete: Complete,
    deferred: Vec<RawFile>,
}

impl EventContext {
    /// An event with so many tasks; `deferred` files wait until these are done.
    pub(super) fn new(
        name: String,
        results: ResultDirectory,
        responses: EventResponses,
        tasks: usize,
        deferred: Vec<RawFile>,
    ) -> Self {
        let account = Account { deferred, ..Account::default() };
        Self {
            name,
            responses,
            results,
            tasks_left: AtomicUsize::new(tasks),
            account: Mutex::new(account),
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        // No panic can leave it half-changed.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a task as done; whether it was the last.
    pub(super) fn task_done(&self) -> bool {
        self.tasks_left.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// Puts a file off until all others are done.
    pub(super) fn defer(&self, file: RawFile) {
        self.account().deferred.push(file);
    }

    /// The files that were put off, in the order of their names.
    pub(super) fn take_deferred(&self) -> Vec<RawFile> {
        let mut deferred = std::mem::take(&mut self.account().deferred);
        deferred.sort_by(|a, b| a.0.cmp(&b.0));
        deferred
    }

    /// Reserves a result's name for a raw file.
    pub(super) fn claim(&self, stem: &str, raw: &Path) -> Result<(), Failure> {
        let mut account = self.account();
        if let Some(other) = account.claimed.get(stem).filter(|other| *other != raw) {
            let why = format!("{} has the same result, {stem}, and comes first", other.display());
            return Err(Failure::new(Reason::NameTaken, why));
        }
        account.claimed.insert(stem.to_owned(), raw.to_owned());
        Ok(())
    }

    /// Where a result belongs.
    pub(super) fn result(&self, file_name: &str) -> PathBuf {
        self.results.path.join(file_name)
    }

    /// Whether a result is there that needs not be made again: not while results are replaced, nor
    /// if its raw file is younger.
    pub(super) fn is_there(&self, output: &Path, raw_modified: Option<SystemTime>) -> bool {
        self.results.existing == Existing::Keep
            && std::fs::metadata(output).is_ok_and(|found| {
                let made = found.modified().ok();
                found.is_file() && raw_modified.zip(made).is_none_or(|(raw, made)| raw <= made)
            })
    }

    /// The results that an earlier run made of all that a raw file holds, if they are all there.
    pub(super) fn completed(
        &self,
        raw: &Path,
        raw_modified: Option<SystemTime>,
    ) -> Option<&[String]> {
        let names = self.results.complete.get(key(raw)?)?;
        let there = |name: &String| self.is_there(&self.result(name), raw_modified);
        (!names.is_empty() && names.iter().all(there)).then_some(names)
    }

    /// Writes down what a raw file gave, `complete` if it was all that is in it and nothing is to
    /// be warned of. Results that it gave to an earlier run and gives no more are removed.
    pub(super) fn note(&self, raw: &Path, results: Vec<String>, complete: bool) {
        let mut account = self.account();
        account.given.extend(results.iter().cloned());
        let Some(key) = key(raw) else { return };
        if self.results.existing == Existing::Keep {
            for old in self.results.complete.get(key).into_iter().flatten() {
                // A name from the manifest, which anybody may have edited: never a path.
                let is_name = Path::new(old).file_name().is_some_and(|n| n == old.as_str());
                if is_name && !account.given.contains(old) {
                    // It may be gone already.
                    let _ = std::fs::remove_file(self.result(old));
                }
            }
        }
        if complete {
            account.complete.insert(key.to_owned(), results);
        }
    }

    /// Closes the event.
    pub(super) fn finish(&self, processing: &Processing) -> Result<(), Failure> {
        let account = self.account();
        self.results
            .finish(processing, &account.complete, &account.given)
            .map_err(|e| Failure::new(Reason::CannotWrite, e))
    }
}

/// The name of a raw file in the manifest.
fn key(raw: &Path) -> Option<&str> {
    raw.file_name()?.to_str()
}
