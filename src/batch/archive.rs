//! Archives of events as the MassDownloader lays them out.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Extensions, in lower case, under which raw files are looked for.
const RAW_EXTENSIONS: [&str; 5] = ["mseed", "miniseed", "ms", "msd", "seed"];

/// One event: a directory with `raw/` (miniSEED) and perhaps `resp/` (StationXML) in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The directory.
    pub directory: PathBuf,
    /// Its name, for people.
    pub name: String,
    /// Its name, for the file system.
    pub(super) folder: OsString,
}

/// What lies in an event's directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EventFiles {
    /// Raw files, by name.
    pub raw: Vec<PathBuf>,
    /// StationXML files, by name.
    pub responses: Vec<PathBuf>,
    /// Why `resp/` is there and cannot be listed.
    pub responses_error: Option<String>,
    /// Other files under `raw/`, which are not read.
    pub ignored: usize,
}

impl Event {
    /// The events under `root`, by name: its subdirectories that hold a `raw/`. If `root` holds
    /// one itself, it is the only event. What may be an event and cannot be looked into is one,
    /// whose [`files`](Self::files) say why.
    ///
    /// # Errors
    /// If `root` cannot be listed.
    pub fn find(root: &Path) -> io::Result<Vec<Self>> {
        if root.join("raw").is_dir() {
            let name = root.canonicalize()?.file_name().map(OsString::from).unwrap_or_default();
            return Ok(vec![Self::new(root.to_owned(), name)]);
        }
        let mut events = Vec::new();
        for entry in std::fs::read_dir(root)? {
            let entry = entry?;
            if may_be_event(&entry.path()) {
                events.push(Self::new(entry.path(), entry.file_name()));
            }
        }
        events.sort_by(|a, b| a.directory.cmp(&b.directory));
        Ok(events)
    }

    fn new(directory: PathBuf, folder: OsString) -> Self {
        Self { directory, name: folder.to_string_lossy().into_owned(), folder }
    }

    /// Lists the event's files. Names that start with a dot are passed over.
    ///
    /// # Errors
    /// If `raw/` cannot be listed; a missing `resp/` only means that there are no responses.
    pub fn files(&self) -> io::Result<EventFiles> {
        let mut files = EventFiles::default();
        for path in list(&self.directory.join("raw"))? {
            if has_extension(&path, &RAW_EXTENSIONS) {
                files.raw.push(path);
            } else {
                files.ignored += 1;
            }
        }
        let responses = self.directory.join("resp");
        match list(&responses) {
            Ok(paths) => {
                files.responses =
                    paths.into_iter().filter(|p| has_extension(p, &["xml"])).collect();
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                files.responses_error = Some(format!("{}: {error}", responses.display()));
            }
        }
        Ok(files)
    }
}

/// Whether there is a `raw` in a directory, or no telling.
fn may_be_event(directory: &Path) -> bool {
    match std::fs::metadata(directory.join("raw")) {
        Ok(_) => true,
        Err(error) => match error.kind() {
            // A link that leads nowhere was an event once.
            io::ErrorKind::NotFound => !directory.exists() && directory.is_symlink(),
            io::ErrorKind::NotADirectory => false,
            _ => true,
        },
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|e| found.eq_ignore_ascii_case(e)))
}

fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn events_are_directories_with_raw_in_them() {
        let root = tempfile::tempdir().unwrap();
        let raw = root.path().join("b/raw");
        for directory in ["b/raw/nested", "a/raw", "a/resp", "c/other"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for file in ["z.mseed", "A.MSEED", "notes.txt", ".hidden.mseed"] {
            fs::write(raw.join(file), b"").unwrap();
        }
        fs::write(root.path().join("a/resp/CI.HEC.xml"), b"").unwrap();

        let events = Event::find(root.path()).unwrap();
        assert_eq!(events.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let files = events[1].files().unwrap();
        assert_eq!(files.raw, [raw.join("A.MSEED"), raw.join("z.mseed")]);
        // The text, and the directory.
        assert_eq!((files.ignored, files.responses.len()), (2, 0));
        assert_eq!(events[0].files().unwrap().responses.len(), 1);

        let single = Event::find(&root.path().join("b")).unwrap();
        assert_eq!(single.len(), 1);
        assert_eq!(single[0].name, "b");
        assert!(Event::find(&root.path().join("missing")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_looked_into_is_not_lost() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a")).unwrap();
        fs::write(root.path().join("a/raw"), b"a file").unwrap();
        fs::write(root.path().join("file"), b"").unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("b")).unwrap();
        fs::create_dir_all(root.path().join("c/raw")).unwrap();
        fs::write(root.path().join("c/resp"), b"a file").unwrap();
        let events = Event::find(root.path()).unwrap();
        assert_eq!(events.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(events[0].files().is_err());
        assert!(events[1].files().is_err());
        let files = events[2].files().unwrap();
        assert!(files.responses_error.unwrap().contains("resp"));
    }
}
