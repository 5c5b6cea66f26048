//! Several files, by name and by shell wildcards.

use std::path::{Path, PathBuf};

use crate::file::shown;

/// Why a pattern gives no files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Nothing matches.
    #[error("{}: there is no such file", shown(Path::new(.pattern)))]
    NoFile {
        /// The pattern.
        pattern: String,
    },
    /// The pattern is none.
    #[error("{}: {reason} at character {at}", shown(Path::new(.pattern)))]
    Syntax {
        /// The pattern.
        pattern: String,
        /// Where it goes wrong.
        at: usize,
        /// How.
        reason: &'static str,
    },
    /// A folder could not be read.
    #[error("{path}: {reason}", path = shown(.path))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

/// The files that names and patterns stand for: `*`, `?`, `[ab]` and `**` for any depth of
/// folders.
///
/// What exists is taken by its name, whatever characters are in it. The files of a pattern come
/// sorted by name; a file that is given twice comes once, at its first place.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # for name in ["b.mseed", "a.mseed", "c.sac"] { std::fs::write(dir.path().join(name), b"")?; }
/// let found = seis_io::files::expand([dir.path().join("*.mseed")])?;
/// assert_eq!(found, [dir.path().join("a.mseed"), dir.path().join("b.mseed")]);
/// assert!(seis_io::files::expand([dir.path().join("*.xml")]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PatternError`]: a pattern (or a name) for which there is no file is an error, so that a
/// mistyped one does not go unnoticed.
pub fn expand<P: AsRef<Path>>(
    patterns: impl IntoIterator<Item = P>,
) -> Result<Vec<PathBuf>, PatternError> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut take = |path: PathBuf| {
        if seen.insert(path.clone()) {
            found.push(path);
        }
    };
    for pattern in patterns {
        let pattern = pattern.as_ref();
        let text = pattern.to_string_lossy().into_owned();
        if pattern.exists() {
            take(pattern.to_owned());
            continue;
        }
        let paths = glob::glob(&text).map_err(|e| PatternError::Syntax {
            pattern: text.clone(),
            at: e.pos,
            reason: e.msg,
        })?;
        let mut any = false;
        for path in paths {
            let path = path.map_err(|e| PatternError::Folder {
                path: e.path().to_owned(),
                reason: e.error().to_string(),
            })?;
            if path.is_file() {
                any = true;
                take(path);
            }
        }
        if !any {
            return Err(PatternError::NoFile { pattern: text });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_before_patterns() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["a[1].ms", "a1.ms", "b.ms"] {
            std::fs::write(path(name), b"").unwrap();
        }
        std::fs::create_dir_all(path("deep/er.ms")).unwrap();
        std::fs::write(path("deep/er.ms/c.ms"), b"").unwrap();
        assert_eq!(expand([path("a[1].ms")]).unwrap(), [path("a[1].ms")]);
        assert_eq!(expand([path("b.ms"), path("?.ms")]).unwrap(), [path("b.ms")]);
        assert_eq!(expand([path("**/*.ms")]).unwrap().len(), 4);
        assert_eq!(
            expand([path("nothing.ms")]),
            Err(PatternError::NoFile { pattern: path("nothing.ms").to_string_lossy().into() })
        );
        assert!(matches!(expand([path("a[.ms")]), Err(PatternError::Syntax { .. })));
        assert_eq!(expand(Vec::<PathBuf>::new()), Ok(vec![]));
    }
}
