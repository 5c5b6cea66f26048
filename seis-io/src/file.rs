//! Whole files: a result appears under its name only when it is complete. And names of files as
//! messages show them.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File, FileType, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Writes a file aside, in the same directory, and gives it its name when `write` has succeeded
/// and the bytes have been handed to the system.
///
/// A reader never sees a part of the file, whenever the process is killed; when `write` fails, a
/// file that was there before stays as it was, and nothing is left behind.
///
/// A file that is replaced passes its mode on to the new one; a new file has the usual mode (the
/// umask applies). A symbolic link stays, and the file that it leads to is written, whether that is
/// there or not. What is there and is no regular file is never replaced: a device, a pipe, a
/// socket, a directory.
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
/// renamed (the directory must exist and be writable); of kind
/// [`IsADirectory`](io::ErrorKind::IsADirectory) or [`InvalidInput`](io::ErrorKind::InvalidInput)
/// for what is no regular file. `write` is not called then.
pub fn write_atomically<T, E: From<io::Error>>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<T, E> {
    let Place { path, replaced } = Place::of(path.as_ref())?;
    #[cfg(unix)]
    // At no time open to more people than the file that it replaces.
    let mode = replaced.as_ref().map_or(0o666, |old| {
        use std::os::unix::fs::PermissionsExt;
        old.mode() & 0o666
    });
    #[cfg(not(unix))]
    let mode = 0o666;
    let (aside, value) = write_aside(&path, mode, write)?;
    #[cfg(unix)]
    if let Some(permissions) = replaced {
        aside.as_file().set_permissions(permissions)?;
    }
    #[cfg(not(unix))]
    let _ = replaced;
    aside.persist(&path).map_err(|e| e.error)?;
    Ok(value)
}

/// As [`write_atomically`], where nothing is expected under the name, and nothing is replaced. What
/// is there is not asked for beforehand, which is worth a little where many files are written.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("note.txt");
/// use std::io::{self, Write};
/// use seis_io::file::create_atomically;
/// create_atomically(&path, |w| w.write_all(b"the first"))?;
/// let second: io::Result<()> = create_atomically(&path, |w| w.write_all(b"the second"));
/// assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
/// assert_eq!(std::fs::read(&path)?, b"the first");
/// # Ok::<(), io::Error>(())
/// ```
///
/// # Errors
/// As [`write_atomically`]; of kind [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is
/// anything under the name, a link that leads nowhere as well. `write` has been called then.
pub fn create_atomically<T, E: From<io::Error>>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<T, E> {
    let path = path.as_ref();
    let (aside, value) = write_aside(path, 0o666, write)?;
    aside.persist_noclobber(path).map_err(|e| e.error)?;
    Ok(value)
}

/// Writes a file in the directory of another, under a name of its own.
fn write_aside<T, E: From<io::Error>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<(NamedTempFile, T), E> {
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
        builder.permissions(Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut aside = builder.tempfile_in(directory)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, aside.as_file_mut());
    let value = write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    Ok((aside, value))
}

/// The name of a file for a message: on one line, whatever is in it. Control characters, which may
/// be lines of another message or move the cursor of a terminal, are escaped.
///
/// ```
/// let path = std::path::Path::new("a\nb.mseed");
/// assert_eq!(seis_io::file::shown(path).to_string(), "a\\nb.mseed");
/// ```
#[must_use]
pub fn shown(path: &Path) -> impl fmt::Display + '_ {
    Shown(path)
}

struct Shown<'a>(&'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for character in self.0.to_string_lossy().chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_debug())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Where a result goes.
struct Place<'a> {
    /// The file itself, not a link to it.
    path: Cow<'a, Path>,
    /// The mode of the file that is there now.
    replaced: Option<Permissions>,
}

impl<'a> Place<'a> {
    /// Asks the system once, if there is nothing or a file under the name.
    fn of(path: &'a Path) -> io::Result<Self> {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            // A directory that is missing is told when the file is made.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path: path.into(), replaced: None });
            }
            Err(e) => return Err(e),
        };
        if !found.is_symlink() {
            expect_file(path, found.file_type())?;
            return Ok(Self { path: path.into(), replaced: Some(found.permissions()) });
        }
        match fs::metadata(path) {
            Ok(found) => {
                expect_file(path, found.file_type())?;
                let replaced = Some(found.permissions());
                Ok(Self { path: fs::canonicalize(path)?.into(), replaced })
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                Ok(Self { path: dangling(path)?.into(), replaced: None })
            }
            Err(e) => Err(e),
        }
    }
}

/// Where a link leads to, through further links, though nothing is there.
fn dangling(link: &Path) -> io::Result<PathBuf> {
    let mut path = link.to_owned();
    // As many as the system follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other(format!("{}: too many symbolic links", shown(link))))
}

fn expect_file(path: &Path, kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    let error =
        if kind.is_dir() { io::ErrorKind::IsADirectory } else { io::ErrorKind::InvalidInput };
    let why = format!("{} is {}, and is not replaced: name a file", shown(path), named(kind));
    Err(io::Error::new(error, why))
}

/// What it is, for a message.
fn named(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a directory" } else { "no regular file" }
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
    fn nothing_is_replaced_by_what_is_new() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        fs::write(place("old"), b"old").unwrap();
        symlink("nowhere", place("link")).unwrap();
        fs::create_dir(place("folder")).unwrap();
        for name in ["old", "link", "folder"] {
            let refused: io::Result<()> = create_atomically(place(name), |w| w.write_all(b"new"));
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists, "{name}");
        }
        assert_eq!(fs::read(place("old")).unwrap(), b"old");
        assert!(place("link").is_symlink() && place("folder").is_dir());
        create_atomically(place("new"), |w| w.write_all(b"new")).unwrap();
        assert_eq!(fs::read(place("new")).unwrap(), b"new");
        let mode = |name| fs::metadata(place(name)).unwrap().permissions().mode();
        assert_eq!(mode("new"), mode("old"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
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

    #[cfg(unix)]
    #[test]
    fn links_stay_and_lead_to_the_file() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        fs::create_dir(place("far")).unwrap();
        fs::write(place("far/old"), b"old").unwrap();
        fs::set_permissions(place("far/old"), Permissions::from_mode(0o640)).unwrap();
        symlink("far/old", place("to-old")).unwrap();
        symlink("to-old", place("to-link")).unwrap();
        symlink("../new", place("far/to-new")).unwrap();
        symlink("far/to-new", place("to-new")).unwrap();
        symlink("itself", place("itself")).unwrap();
        for (link, file) in [("to-link", "far/old"), ("to-new", "new")] {
            write_atomically(place(link), |w| w.write_all(link.as_bytes())).unwrap();
            assert!(place(link).is_symlink() && !place(file).is_symlink());
            assert_eq!(fs::read(place(file)).unwrap(), link.as_bytes());
        }
        assert!(place("to-old").is_symlink() && place("far/to-new").is_symlink());
        assert_eq!(fs::metadata(place("far/old")).unwrap().permissions().mode() & 0o7777, 0o640);
        assert!(write_atomically(place("itself"), |w| w.write_all(b"")).is_err());
        assert!(place("itself").is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("private");
        fs::write(&path, b"old").unwrap();
        for mode in [0o600, 0o664, 0o755, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            write_atomically(&path, |w| w.write_all(b"new")).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_files_are_replaced() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(place("pipe")).status().unwrap();
        assert!(made.success());
        let _socket = std::os::unix::net::UnixListener::bind(place("socket")).unwrap();
        fs::create_dir(place("folder")).unwrap();
        symlink("pipe", place("to-pipe")).unwrap();
        let kind = |name| fs::metadata(place(name)).unwrap().file_type();
        for (name, what) in
            [("pipe", "a pipe"), ("to-pipe", "a pipe"), ("socket", "a socket"), ("folder", "a dir")]
        {
            let refused = write_atomically(place(name), |_| -> io::Result<()> { unreachable!() });
            let said = refused.unwrap_err().to_string();
            assert!(said.contains(&format!("{name} is {what}")), "{said}");
        }
        assert!(kind("pipe").is_fifo() && kind("socket").is_socket() && kind("folder").is_dir());
        assert!(place("to-pipe").is_symlink());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
    }
}
