//! Whole files: a result appears under its name only when it is complete.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes a file aside, in the same directory, and gives it its name when `write` has succeeded
/// and the bytes have been handed to the system.
///
/// A reader never sees a part of the file, whenever the process is killed; when `write` fails, a
/// file that was there before stays as it was, and nothing is left behind.
///
/// The error type is the caller's, so that a writer's own errors pass through unchanged.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("note.txt");
/// use std::io::Write;
/// seis_io::file::write_atomically(&path, |w| w.write_all(b"whole or not at all"))?;
/// assert_eq!(std::fs::read(&path)?, b"whole or not at all");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Whatever `write` returns, or the error of the system when the file cannot be made, written or
/// renamed (the directory must exist and be writable).
pub fn write_atomically<T, E: From<io::Error>>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<T, E> {
    let path = path.as_ref();
    // `parent` of a bare file name is the empty path, which is no directory to `tempfile`.
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".part");
    #[cfg(unix)]
    {
        // Temporary files are private by default; a result is an ordinary file (umask applies).
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut aside = builder.tempfile_in(directory)?;
    let value = {
        let mut buffered = BufWriter::with_capacity(1 << 16, aside.as_file_mut());
        let value = write(&mut buffered)?;
        buffered.flush()?;
        value
    };
    aside.persist(path).map_err(|e| e.error)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_everything_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, b"old").unwrap();
        let failed: io::Result<()> = write_atomically(&path, |w| {
            w.write_all(&[0; 1 << 18])?;
            Err(io::Error::other("no"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        write_atomically(&path, |w| w.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn results_are_ordinary_files() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, b"").unwrap();
        write_atomically(&b, |_| io::Result::Ok(())).unwrap();
        let mode = |p| std::fs::metadata(p).unwrap().permissions().mode();
        assert_eq!(mode(&a), mode(&b));
    }
}
