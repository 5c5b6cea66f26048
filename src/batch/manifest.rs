//! What stands beside the results: with which options they were made.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::naming::id_of_result;
use super::{BatchError, Format, Processing};

/// Name of the file beside the results.
const FILE_NAME: &str = "processing.json";

/// Says how the results in a directory were made, so that no later run mixes others with them.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest<'a> {
    software: Cow<'a, str>,
    processing: Cow<'a, Processing>,
    /// A run with `overwrite` is under way, or was killed: results may still be old.
    replacing: bool,
    /// The old ones may be of other options.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    mixed: bool,
    /// Raw files of which everything was processed without a warning, and the names of the results.
    #[serde(default)]
    complete: Cow<'a, Results>,
    /// Other raw files, and the names of the results that there are of them.
    #[serde(default, skip_serializing_if = "is_empty")]
    incomplete: Cow<'a, Results>,
}

fn is_empty(results: &Results) -> bool {
    results.is_empty()
}

/// Raw files by name, and the names of their results.
pub(super) type Results = BTreeMap<String, Vec<String>>;

/// Which results were made of which raw files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// Of raw files of which everything was processed without a warning.
    pub(super) complete: Results,
    /// Of others.
    pub(super) incomplete: Results,
}

impl Made {
    /// The results of one raw file.
    pub(super) fn of(&self, raw: &str) -> Option<&Vec<String>> {
        self.complete.get(raw).or_else(|| self.incomplete.get(raw))
    }

    /// All raw files with their results.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        self.complete.iter().chain(&self.incomplete)
    }
}

/// How a run treats what lies in an event's result directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// A result that is there needs not be made again.
    Keep,
    /// Every result is made again.
    Replace,
}

/// The result directory of one event.
#[derive(Debug)]
pub(super) struct ResultDirectory {
    pub(super) path: PathBuf,
    pub(super) existing: Existing,
    /// Whether there may be results of other options, which must not stay.
    pub(super) mixed: bool,
    /// What earlier runs made.
    pub(super) made: Made,
    /// The raw file that each result was made of, once somebody has asked.
    makers: OnceLock<HashMap<String, String>>,
    /// The manifest as it stands there.
    text: Option<Vec<u8>>,
    /// Names in the directory when it was opened.
    present: HashSet<OsString>,
}

impl ResultDirectory {
    /// Looks at a result directory, without changing anything.
    ///
    /// # Errors
    /// [`BatchError::OtherOptions`] if it holds results of other or unknown options and these are
    /// not to be overwritten; [`BatchError::Io`] if it cannot be read.
    pub(super) fn check(
        path: PathBuf,
        processing: &Processing,
        overwrite: bool,
    ) -> Result<Self, BatchError> {
        let at = |error| BatchError::Io { path: path.clone(), error };
        let found = |existing, mixed, made, text| Self {
            path: path.clone(),
            existing,
            mixed,
            made,
            makers: OnceLock::new(),
            text,
            present: HashSet::new(),
        };
        let text = read(&path)?;
        match text.as_ref().and_then(|text| serde_json::from_slice::<Manifest>(text).ok()) {
            Some(manifest) if *manifest.processing == *processing => {
                let again = overwrite || manifest.replacing;
                let existing = if again { Existing::Replace } else { Existing::Keep };
                let made = Made {
                    complete: manifest.complete.into_owned(),
                    incomplete: manifest.incomplete.into_owned(),
                };
                Ok(found(existing, manifest.mixed, made, text))
            }
            _ if overwrite => Ok(found(Existing::Replace, true, Made::default(), None)),
            // Nothing, or what a run left that was killed before it could say anything.
            None if !holds_results(&path, processing).map_err(at)? => {
                Ok(found(Existing::Keep, false, Made::default(), None))
            }
            Some(found) => Err(BatchError::OtherOptions {
                directory: path,
                difference: found.processing.difference(processing),
            }),
            None => Err(BatchError::OtherOptions {
                directory: path,
                difference: format!(
                    "there are results, and no readable {FILE_NAME} says how they were made"
                ),
            }),
        }
    }

    /// Makes a result directory ready, and says in it what the results are going to be. Unfinished
    /// files that a killed run left before `now` are removed.
    ///
    /// # Errors
    /// As [`check`](Self::check), and [`BatchError::Io`] if it cannot be made or written to.
    pub(super) fn open(
        path: PathBuf,
        processing: &Processing,
        overwrite: bool,
        now: SystemTime,
    ) -> Result<Self, BatchError> {
        let at = |error| BatchError::Io { path: path.clone(), error };
        if create(&path).map_err(at)? {
            let mut new = Self {
                path,
                existing: Existing::Keep,
                mixed: false,
                made: Made::default(),
                makers: OnceLock::new(),
                text: None,
                present: HashSet::new(),
            };
            let text = new.manifest(processing, false, &new.made)?;
            let file = new.path.join(FILE_NAME);
            // Not aside and renamed: should it be cut short, there is no result yet.
            std::fs::write(&file, &text).map_err(|error| BatchError::Io { path: file, error })?;
            new.text = Some(text);
            return Ok(new);
        }
        let present = look_through(&path, now).map_err(at)?;
        let mut found = Self::check(path, processing, overwrite)?;
        found.present = present;
        let replacing = found.existing == Existing::Replace;
        let text = found.manifest(processing, replacing, &found.made)?;
        found.write(&text)?;
        found.text = Some(text);
        Ok(found)
    }

    /// Says of results that are going to be replaced that they may be old until their event's turn
    /// has come: a run that is killed before is then not taken for a complete one.
    ///
    /// # Errors
    /// As [`check`](Self::check), and [`BatchError::Io`] if it cannot be written to.
    pub(super) fn announce(path: PathBuf, processing: &Processing) -> Result<(), BatchError> {
        if !path.is_dir() {
            return Ok(());
        }
        let found = Self::check(path, processing, true)?;
        found.write(&found.manifest(processing, true, &found.made)?)
    }

    /// Whether a file was there when the directory was opened, and may be a result to keep.
    pub(super) fn may_hold(&self, result: &Path) -> bool {
        self.existing == Existing::Keep && self.is_present(result)
    }

    /// Whether there was something of this name when the directory was opened.
    pub(super) fn is_present(&self, result: &Path) -> bool {
        result.file_name().is_some_and(|name| self.present.contains(name))
    }

    /// Whether a result was made of another raw file than this one, which may have no name that
    /// could be written down.
    pub(super) fn is_of_another(&self, result: &str, raw: Option<&str>) -> bool {
        let makers = self.makers.get_or_init(|| {
            let made = self.made.iter();
            made.flat_map(|(raw, results)| results.iter().map(|r| (r.clone(), raw.clone())))
                .collect()
        });
        makers.get(result).is_some_and(|maker| Some(maker.as_str()) != raw)
    }

    /// Says what was made of what. Where there may be results of other options, removes those that no
    /// input gave this time.
    pub(super) fn finish(
        &self,
        processing: &Processing,
        made: &Made,
        given: &HashSet<String>,
    ) -> Result<(), BatchError> {
        if self.mixed {
            let at = |error| BatchError::Io { path: self.path.clone(), error };
            remove_others(&self.path, given).map_err(at)?;
        }
        self.write(&self.manifest(processing, false, made)?)
    }

    fn manifest(
        &self,
        processing: &Processing,
        replacing: bool,
        made: &Made,
    ) -> Result<Vec<u8>, BatchError> {
        let manifest = Manifest {
            software: concat!("seis ", env!("CARGO_PKG_VERSION")).into(),
            processing: Cow::Borrowed(processing),
            replacing,
            mixed: replacing && self.mixed,
            complete: Cow::Borrowed(&made.complete),
            incomplete: Cow::Borrowed(&made.incomplete),
        };
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|e| BatchError::Io { path: self.path.join(FILE_NAME), error: e.into() })?;
        text.push(b'\n');
        Ok(text)
    }

    fn write(&self, text: &[u8]) -> Result<(), BatchError> {
        if self.text.as_deref() == Some(text) {
            return Ok(());
        }
        let file = self.path.join(FILE_NAME);
        seis_io::file::write_atomically(&file, |out| io::Write::write_all(out, text))
            .map_err(|error| BatchError::Io { path: file, error })
    }
}

/// What stands in a directory's manifest; nothing if there is none.
fn read(directory: &Path) -> Result<Option<Vec<u8>>, BatchError> {
    let file = directory.join(FILE_NAME);
    match std::fs::read(&file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BatchError::Io { path: file, error }),
    }
}

/// Whether directories hold results of different options, or a run that replaces them has not come
/// to its end.
pub(super) fn is_interrupted(directories: impl Iterator<Item = PathBuf>) -> bool {
    let mut first: Option<Processing> = None;
    for directory in directories {
        let Ok(Some(text)) = read(&directory) else { continue };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&text) else { continue };
        let differs = first.as_ref().is_some_and(|first| *first != *manifest.processing);
        if manifest.replacing || differs {
            return true;
        }
        first.get_or_insert_with(|| manifest.processing.into_owned());
    }
    false
}

/// Creates a directory; false if there is one.
fn create(path: &Path) -> io::Result<bool> {
    match std::fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(path)?;
            Ok(true)
        }
        Err(_) if path.is_dir() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The names in a directory. Removes the hidden files that
/// [`seis_io::file::write_atomically`] had not renamed yet when its process was killed: they live
/// for milliseconds, so what is older than this run is abandoned.
fn look_through(directory: &Path, now: SystemTime) -> io::Result<HashSet<OsString>> {
    let mut present = HashSet::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let bytes = name.as_encoded_bytes();
        if !(bytes.starts_with(b".") && bytes.ends_with(b".part")) {
            present.insert(name);
        } else if entry.metadata().and_then(|m| m.modified()).is_ok_and(|written| written < now) {
            // Another run may have been faster.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(present)
}

/// Removes results, known by the form of their names, that are not among `given`.
fn remove_others(directory: &Path, given: &HashSet<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((stem, extension)) = name.to_str().and_then(|n| n.rsplit_once('.')) else {
            continue;
        };
        let is_result = Format::ALL.iter().any(|f| f.extension() == extension)
            && id_of_result(stem).is_some()
            && entry.file_type()?.is_file();
        if is_result && !name.to_str().is_some_and(|n| given.contains(n)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a directory holds files of the result format.
fn holds_results(directory: &Path, processing: &Processing) -> io::Result<bool> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for entry in entries {
        if entry?.path().extension().is_some_and(|e| e == processing.format.extension()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processing(rate_hz: f64) -> Processing {
        Processing { rate_hz, ..Processing::default() }
    }

    #[test]
    fn results_of_other_options_are_not_mixed_in() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new/processed");
        let check =
            |rate, overwrite| ResultDirectory::check(path.clone(), &processing(rate), overwrite);
        assert_eq!(check(10.0, false).unwrap().existing, Existing::Keep);
        ResultDirectory::open(path.clone(), &processing(10.0), false, SystemTime::now()).unwrap();
        assert_eq!(check(10.0, false).unwrap().existing, Existing::Keep);
        let error = check(20.0, false).unwrap_err().to_string();
        assert!(error.contains("rate_hz: 10") && error.contains("20"), "{error}");
    }

    #[test]
    fn a_manifest_cut_short_before_the_first_result_is_no_obstacle() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().to_owned();
        std::fs::write(path.join(FILE_NAME), b"{\n  \"softw").unwrap();
        let open =
            || ResultDirectory::open(path.clone(), &processing(10.0), false, SystemTime::now());
        let found = open().unwrap();
        assert_eq!(found.existing, Existing::Keep);
        assert!(ResultDirectory::check(path.clone(), &processing(20.0), false).is_err());
        std::fs::write(path.join(FILE_NAME), b"{\n  \"softw").unwrap();
        std::fs::write(path.join("a.sac"), b"").unwrap();
        assert!(open().is_err());
    }

    #[test]
    fn a_killed_replacement_goes_on_replacing() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().to_owned();
        let check =
            |rate, overwrite| ResultDirectory::check(path.clone(), &processing(rate), overwrite);
        let open = |rate, overwrite| {
            let now = SystemTime::now();
            ResultDirectory::open(path.clone(), &processing(rate), overwrite, now).unwrap()
        };
        open(10.0, false);
        let replacement = open(20.0, true);
        assert_eq!(check(20.0, false).unwrap().existing, Existing::Replace);
        assert!(check(10.0, false).is_err());
        std::fs::write(path.join("A.B..C_1_2.sac"), b"old").unwrap();
        std::fs::write(path.join("A.B..D_1_2.sac"), b"new").unwrap();
        std::fs::write(path.join("notes.sac"), b"not ours").unwrap();
        let given = HashSet::from(["A.B..D_1_2.sac".to_owned()]);
        let complete = Results::from([("d.mseed".to_owned(), vec!["A.B..D_1_2.sac".to_owned()])]);
        let made = Made { complete, ..Made::default() };
        assert!(is_interrupted([path.clone()].into_iter()));
        replacement.finish(&processing(20.0), &made, &given).unwrap();
        assert!(!is_interrupted([path.clone()].into_iter()));
        assert!(!path.join("A.B..C_1_2.sac").exists());
        assert!(path.join("A.B..D_1_2.sac").exists() && path.join("notes.sac").exists());
        assert_eq!(check(20.0, false).unwrap().made, made);
        assert_eq!(check(20.0, false).unwrap().existing, Existing::Keep);
        let kept = open(20.0, false);
        let name = |n: &str| kept.may_hold(&path.join(n));
        assert!(name("A.B..D_1_2.sac") && !name("A.B..C_1_2.sac"));
        let of_another = |raw| kept.is_of_another("A.B..D_1_2.sac", raw);
        assert!(!of_another(Some("d.mseed")) && of_another(Some("d.ms")) && of_another(None));
        assert!(!kept.is_of_another("A.B..C_1_2.sac", Some("d.ms")), "nobody knows");
    }

    #[test]
    fn what_a_killed_run_left_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let part = root.path().join(".a1b2c3.part");
        std::fs::write(&part, b"half a res").unwrap();
        let open = |now| {
            let path = root.path().to_owned();
            ResultDirectory::open(path, &processing(10.0), false, now).unwrap()
        };
        open(SystemTime::UNIX_EPOCH);
        assert!(part.exists(), "another run is writing it");
        open(SystemTime::now() + std::time::Duration::from_secs(1));
        assert!(!part.exists());
    }

    #[test]
    fn results_of_unknown_origin_are_left_alone() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("a.sac"), b"").unwrap();
        let check = |overwrite| {
            ResultDirectory::check(root.path().to_owned(), &processing(10.0), overwrite)
        };
        assert!(check(false).is_err());
        assert_eq!(check(true).unwrap().existing, Existing::Replace);
        std::fs::write(root.path().join(FILE_NAME), b"{").unwrap();
        assert!(check(false).is_err());
    }
}
