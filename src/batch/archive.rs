//! Archives of events as the MassDownloader lays them out.

use std::io;
use std::path::{Path, PathBuf};

/// Extensions, in lower case, under which raw files are looked for.
const RAW_EXTENSIONS: [&str; 5] = ["mseed", "miniseed", "ms", "msd", "seed"];

/// One event: a directory with `raw/` (miniSEED) and perhaps `resp/` (StationXML) in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The directory.
    pub directory: PathBuf,
    /// Its name.
    pub name: String,
}

/// What lies in an event's directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EventFiles {
    /// Raw files, by name.
    pub raw: Vec<PathBuf>,
    /// StationXML files, by name.
    pub responses: Vec<PathBuf>,
    /// Other files under `raw/`, which are not read.
    pub ignored: usize,
}

impl Event {
    /// The events under `root`, by name: its subdirectories that hold a `raw/`. If `root` holds
    /// one itself, it is the only event.
    ///
    /// # Errors
    /// If `root` cannot be listed.
    pub fn find(root: &Path) -> io::Result<Vec<Self>> {
        if root.join("raw").is_dir() {
            let name = root.canonicalize()?.file_name().map_or_else(String::new, lossy);
            return Ok(vec![Self { directory: root.to_owned(), name }]);
        }
        let mut events = Vec::new();
        for entry in std::fs::read_dir(root)? {
            let directory = entry?.path();
            if directory.join("raw").is_dir() {
                let name = directory.file_name().map_or_else(String::new, lossy);
                events.push(Self { directory, name });
            }
        }
        events.sort_by(|a, b| a.directory.cmp(&b.directory));
        Ok(events)
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
        match list(&self.directory.join("resp")) {
            Ok(paths) => {
                files.responses =
                    paths.into_iter().filter(|p| has_extension(p, &["xml"])).collect();
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(files)
    }
}

fn lossy(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().into_owned()
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|e| found.eq_ignore_ascii_case(e)))
}

fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && !entry.file_type()?.is_dir() {
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
        assert_eq!((files.ignored, files.responses.len()), (1, 0));
        assert_eq!(events[0].files().unwrap().responses.len(), 1);

        let single = Event::find(&root.path().join("b")).unwrap();
        assert_eq!(single.len(), 1);
        assert_eq!(single[0].name, "b");
        assert!(Event::find(&root.path().join("missing")).is_err());
    }
}
