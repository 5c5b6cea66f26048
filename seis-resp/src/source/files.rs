//! Several files as one inventory.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::model::Merger;
use crate::{Error, Inventory, ReadOptions, Result};

impl Inventory {
    /// Reads several files, of any formats, as one inventory. Each path may be a pattern such as
    /// `resp/RESP.*`; its files are read in the order of their names.
    ///
    /// The same channel in several files is one channel with its epochs: see
    /// [`merge`](Self::merge) for what becomes of an epoch that several of them describe.
    ///
    /// ```no_run
    /// use seis_resp::Inventory;
    /// let inventory = Inventory::read_all(["stations.xml", "resp/RESP.*", "volumes/*.dataless"])?;
    /// # Ok::<(), seis_resp::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`ReadOptions::read_all`].
    pub fn read_all(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self> {
        ReadOptions::new().read_all(paths)
    }
}

impl ReadOptions {
    /// Reads several files as one inventory, as [`Inventory::read_all`] does.
    ///
    /// # Errors
    /// [`Error::Pattern`](Error::Pattern) for a pattern that no file matches; otherwise as
    /// [`read`](Self::read), with the path of the first file that cannot be read.
    pub fn read_all(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Inventory> {
        let mut merger: Option<Merger> = None;
        for path in paths {
            for file in expand(path)? {
                let inventory = self.read(&file)?;
                match &mut merger {
                    Some(merger) => merger.add(inventory, Some(&file)),
                    None => merger = Some(Merger::new(inventory, Some(&file))),
                }
            }
        }
        Ok(merger.map(Merger::finish).unwrap_or_default())
    }
}

/// The files that a path or a pattern such as `resp/RESP.*` names, in the order of their names.
/// Without a pattern, or with one that is the name of a file, it is the path itself.
///
/// # Errors
/// [`Error::Pattern`] for a pattern that is none or that no file matches, and [`Error::Io`] for a
/// folder that cannot be read.
pub fn expand(path: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let path = path.as_ref();
    let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']));
    // A file may have such a name.
    let Some(pattern) = pattern.filter(|_| !path.exists()) else {
        return Ok(vec![path.to_owned()]);
    };
    let bad = |reason: String| Error::Pattern { pattern: pattern.to_owned(), reason };
    let mut files = Vec::new();
    for found in glob::glob(pattern).map_err(|error| bad(error.to_string()))? {
        let found = found
            .map_err(|error| Error::Io { path: error.path().to_owned(), source: error.into() })?;
        if !found.is_dir() {
            files.push(found);
        }
    }
    if files.is_empty() {
        return Err(bad("no file matches".to_owned()));
    }
    Ok(files)
}

/// Writes a file that appears under its name only when it is whole.
pub(crate) fn write_aside(path: &Path, content: &[u8]) -> Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.part", std::process::id()));
    let aside = Path::new(&aside);
    let written = std::fs::File::create(aside)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(aside, path));
    if written.is_err() {
        // The error that matters is the one above.
        let _ = std::fs::remove_file(aside);
    }
    written.map_err(|source| Error::Io { path: path.to_owned(), source })
}
