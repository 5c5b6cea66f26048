//! What the files of one event share while they are worked on.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use seis_io::file::{create_atomically, write_atomically};

use super::manifest::{Existing, Made, ResultDirectory};
use super::responses::EventResponses;
use super::{BatchOptions, Event, EventFiles, Failure, Processing, RawName, Reason};

/// A raw file, and what its name says if it has the MassDownloader's form.
pub(super) type RawFile = (PathBuf, Option<RawName>);

/// What the files of one event share while they are worked on.
#[derive(Debug)]
pub(super) struct EventContext {
    /// Name of the event's directory.
    pub(super) name: String,
    pub(super) responses: EventResponses,
    /// Where the results go.
    directory: PathBuf,
    /// What was there, once somebody has looked.
    results: OnceLock<Result<ResultDirectory, String>>,
    tasks_left: AtomicUsize,
    account: Mutex<Account>,
}

#[derive(Debug, Default)]
struct Account {
    /// Names of results, and the raw files that claimed them.
    claimed: HashMap<String, PathBuf>,
    /// Results that are there and right.
    given: HashSet<String>,
    made: Made,
    deferred: Vec<RawFile>,
}

impl EventContext {
    /// An event, and the files of it that can be worked on in any order; the others wait until
    /// these are done.
    ///
    /// Names in the MassDownloader's form give results of different names, so their order does not
    /// matter. Inputs that could give the same name are taken in order when the others are done,
    /// lest chance decides which of them is kept.
    pub(super) fn new(
        event: &Event,
        files: EventFiles,
        options: &BatchOptions,
    ) -> (Self, Vec<RawFile>) {
        let named: Vec<RawFile> = files
            .raw
            .into_iter()
            .map(|path| {
                let name = path.file_name().and_then(|n| n.to_str()).and_then(RawName::parse);
                (path, name)
            })
            .collect();
        let mut times_seen: HashMap<&RawName, usize> = HashMap::new();
        for name in named.iter().filter_map(|(_, name)| name.as_ref()) {
            *times_seen.entry(name).or_default() += 1;
        }
        let is_separate: Vec<bool> = named
            .iter()
            .map(|(_, name)| name.as_ref().is_some_and(|n| times_seen.get(n) == Some(&1)))
            .collect();
        let (mut separate, mut deferred) = (Vec::new(), Vec::new());
        for (file, is_separate) in named.into_iter().zip(is_separate) {
            if is_separate { separate.push(file) } else { deferred.push(file) }
        }
        let context = Self {
            name: event.name.clone(),
            responses: EventResponses::new(files.responses, files.responses_error),
            directory: result_path(event, options),
            results: OnceLock::new(),
            // Where all files wait there is one task, which is to look after these.
            tasks_left: AtomicUsize::new(separate.len().max(1)),
            account: Mutex::new(Account { deferred, ..Account::default() }),
        };
        (context, separate)
    }

    /// Makes the result directory ready, if nobody has done so yet.
    ///
    /// # Errors
    /// A failure for each file of the event.
    pub(super) fn open(&self, options: &BatchOptions, begun: SystemTime) -> Result<(), Failure> {
        let results = self.results.get_or_init(|| {
            let directory = self.directory.clone();
            ResultDirectory::open(directory, &options.processing, options.overwrite, begun)
                .map_err(|error| error.to_string())
        });
        match results {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::new(Reason::CannotWrite, why)),
        }
    }

    fn results(&self) -> Option<&ResultDirectory> {
        self.results.get()?.as_ref().ok()
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
        self.directory.join(file_name)
    }

    /// Whether a result of this raw file is there that needs not be made again: not while results
    /// are replaced, nor if the raw file is younger, nor if another gave it.
    pub(super) fn is_there(
        &self,
        raw: &Path,
        output: &Path,
        raw_modified: Option<SystemTime>,
    ) -> bool {
        let of_another = || {
            let name = output.file_name().and_then(|n| n.to_str());
            name.zip(self.results()).is_some_and(|(name, r)| r.is_of_another(name, key(raw)))
        };
        self.is_current(output, raw_modified) && !of_another()
    }

    /// Gives a result its name when it is written whole.
    pub(super) fn write(&self, output: &Path, bytes: &[u8]) -> io::Result<()> {
        // Past the buffer, in one call.
        let write = |out: &mut io::BufWriter<&mut File>| out.get_mut().write_all(bytes);
        if self.results().is_some_and(|results| !results.is_present(output)) {
            match create_atomically(output, write) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done,
            }
        }
        write_atomically(output, write)
    }

    /// Whether a result is there, whoever gave it, that is not older than a raw file.
    fn is_current(&self, output: &Path, raw_modified: Option<SystemTime>) -> bool {
        self.results().is_some_and(|results| results.may_hold(output))
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
        let names = self.results()?.made.complete.get(key(raw)?)?;
        let there = |name: &String| self.is_current(&self.result(name), raw_modified);
        (!names.is_empty() && names.iter().all(there)).then_some(names)
    }

    /// Writes down what a raw file gave, `complete` if it was all that is in it and nothing is to
    /// be warned of. Results that it gave to an earlier run and gives no more are removed; but where
    /// results of the same options are replaced and something failed, they stay.
    pub(super) fn note(
        &self,
        raw: &Path,
        mut results: Vec<String>,
        complete: bool,
        all_given: bool,
    ) {
        let mut account = self.account();
        account.given.extend(results.iter().cloned());
        let Some(key) = key(raw) else { return };
        if let Some(directory) = self.results().filter(|r| !r.mixed) {
            let stays = directory.existing == Existing::Replace && !all_given;
            for old in directory.made.of(key).into_iter().flatten() {
                // A name from the manifest, which anybody may have edited: never a path.
                let is_name = Path::new(old).file_name().is_some_and(|n| n == old.as_str());
                if !is_name || account.given.contains(old) {
                    continue;
                }
                if stays && directory.is_present(Path::new(old)) {
                    results.push(old.clone());
                } else if !stays {
                    // It may be gone already.
                    let _ = std::fs::remove_file(self.result(old));
                }
            }
        }
        let made = if complete { &mut account.made.complete } else { &mut account.made.incomplete };
        made.insert(key.to_owned(), results);
    }

    /// Closes the event.
    pub(super) fn finish(&self, processing: &Processing) -> Result<(), Failure> {
        let mut account = self.account();
        // Where it could not be opened, that was told for each file.
        let Some(results) = self.results() else { return Ok(()) };
        let Account { made, given, .. } = &mut *account;
        // What raw files gave that are gone or could not be read remains theirs.
        for (raw, names) in results.made.iter().filter(|_| !results.mixed) {
            let left =
                |name: &&String| !given.contains(*name) && results.is_present(Path::new(name));
            let left: Vec<String> = match made.of(raw) {
                Some(_) => continue,
                None => names.iter().filter(left).cloned().collect(),
            };
            if !left.is_empty() {
                made.incomplete.insert(raw.clone(), left);
            }
        }
        made.incomplete.retain(|_, results| !results.is_empty());
        results.finish(processing, made, given).map_err(|e| Failure::new(Reason::CannotWrite, e))
    }
}

/// Where the results of an event go.
pub(super) fn result_path(event: &Event, options: &BatchOptions) -> PathBuf {
    match &options.out {
        Some(out) => out.join(&event.folder),
        None => event.directory.join("processed"),
    }
}

/// The name of a raw file in the manifest.
fn key(raw: &Path) -> Option<&str> {
    raw.file_name()?.to_str()
}
