//! Archives of events as the MassDownloader lays them out.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::IoOrder;
use super::order::inode;

/// Extensions, in lower case, under which raw files are looked for.
const RAW_EXTENSIONS: [&str; 5] = ["mseed", "miniseed", "ms", "msd", "seed"];

/// One event: a directory with `raw/` (miniSEED) and perhaps `resp/` (metadata) in it.
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
    /// What lies in `resp/`, by name. The content tells which of it is metadata.
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
        let archive = Archive::survey(root, IoOrder::Name)?;
        Ok(archive.events().collect())
    }

    /// Whether there is a raw file, or no telling.
    pub(super) fn may_give_results(&self) -> bool {
        list(&self.directory.join("raw"))
            .map_or(true, |entries| entries.iter().any(|(name, _)| is_raw(name)))
    }

    fn new(directory: PathBuf, folder: OsString) -> Self {
        Self { directory, name: folder.to_string_lossy().into_owned(), folder }
    }

    /// Lists the event's files. Names that start with a dot are passed over.
    ///
    /// # Errors
    /// If `raw/` cannot be listed; a missing `resp/` only means that there are no responses.
    pub fn files(&self) -> io::Result<EventFiles> {
        self.files_in(IoOrder::Name)
    }

    /// As [`files`](Self::files), the raw ones in some order.
    pub(super) fn files_in(&self, order: IoOrder) -> io::Result<EventFiles> {
        let mut files = EventFiles::default();
        let directory = self.directory.join("raw");
        let mut raw = Vec::new();
        for entry in list(&directory)? {
            if is_raw(&entry.0) {
                raw.push(entry);
            } else {
                files.ignored += 1;
            }
        }
        order.sort(&mut raw, |e| &e.0, |e| e.1);
        files.raw = raw.into_iter().map(|(name, _)| directory.join(name)).collect();
        let responses = self.directory.join("resp");
        match list(&responses) {
            Ok(mut entries) => {
                entries.sort_unstable();
                files.responses =
                    entries.into_iter().map(|(name, _)| responses.join(name)).collect();
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                files.responses_error = Some(format!("{}: {error}", responses.display()));
            }
        }
        Ok(files)
    }
}

/// What a first look at an archive finds: its events by name, and how many files they have. The
/// files themselves are listed again when their event's turn comes, so that memory does not grow
/// with them.
#[derive(Debug)]
pub(super) struct Archive {
    root: PathBuf,
    /// Names of the events' directories, in the order of the visit.
    folders: Vec<Box<OsStr>>,
    /// The root is the only event.
    is_event: bool,
    /// Number of raw files.
    pub(super) files: usize,
    /// Number of other files under `raw/`.
    pub(super) ignored: usize,
    /// Events whose `raw/` cannot be listed.
    pub(super) unlisted: usize,
}

impl Archive {
    /// Looks through an archive.
    ///
    /// # Errors
    /// If `root` cannot be listed.
    pub(super) fn survey(root: &Path, order: IoOrder) -> io::Result<Self> {
        let mut archive = Self {
            root: root.to_owned(),
            folders: Vec::new(),
            is_event: false,
            files: 0,
            ignored: 0,
            unlisted: 0,
        };
        if root.join("raw").is_dir() {
            let name = root.canonicalize()?.file_name().map(OsString::from).unwrap_or_default();
            archive.is_event = true;
            archive.folders.push(name.into());
            archive.count(root);
            return Ok(archive);
        }
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(root)? {
            let entry = entry?;
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                continue;
            }
            entries.push((entry.file_name().into_boxed_os_str(), inode(&entry)));
        }
        order.sort(&mut entries, |e| &e.0, |e| e.1);
        archive.folders = entries.into_iter().map(|(name, _)| name).collect();
        let mut folders = std::mem::take(&mut archive.folders);
        folders.retain(|folder| archive.count(&root.join(Path::new(folder))));
        archive.folders = folders;
        Ok(archive)
    }

    /// Counts the files of a directory that may be an event; whether it is one.
    fn count(&mut self, directory: &Path) -> bool {
        match list(&directory.join("raw")) {
            Ok(entries) => {
                let raw = entries.iter().filter(|(name, _)| is_raw(name)).count();
                self.files += raw;
                self.ignored += entries.len() - raw;
                true
            }
            Err(_) => {
                let is_event = may_be_event(directory);
                self.unlisted += usize::from(is_event);
                is_event
            }
        }
    }

    /// Number of events.
    pub(super) fn len(&self) -> usize {
        self.folders.len()
    }

    /// One of the events.
    pub(super) fn event(&self, number: usize) -> Option<Event> {
        let folder = self.folders.get(number)?;
        let directory =
            if self.is_event { self.root.clone() } else { self.root.join(Path::new(folder)) };
        Some(Event::new(directory, folder.clone().into_os_string()))
    }

    /// All of the events.
    pub(super) fn events(&self) -> impl Iterator<Item = Event> {
        (0..self.len()).filter_map(|number| self.event(number))
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

fn is_raw(name: &OsStr) -> bool {
    has_extension(Path::new(name), &RAW_EXTENSIONS)
}

/// The names in a directory that do not start with a dot, with their inode numbers.
fn list(directory: &Path) -> io::Result<Vec<(OsString, u64)>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") {
            entries.push((name, inode(&entry)));
        }
    }
    Ok(entries)
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
