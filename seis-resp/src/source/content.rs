//! What a file holds, up to a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::{Error, Format, Result};

/// Reads a file: to its end, or up to where its format should have been told and was not.
pub(crate) fn content(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let too_large = || Error::TooLarge { path: path.to_owned(), limit };
    let mut file = File::open(path).map_err(io_error)?;
    let found = file.metadata().map_err(io_error)?;
    // The length of a device or pipe is zero, whatever comes out of it.
    let announced = if found.is_file() { found.len() } else { 0 };
    if announced > limit {
        return Err(too_large());
    }
    // One byte more shows the end without a further allocation.
    read(&mut file, announced.saturating_add(1), limit).map_err(io_error)?.ok_or_else(too_large)
}

/// `None` if there is more than the limit.
fn read(source: &mut impl Read, announced: u64, limit: u64) -> io::Result<Option<Vec<u8>>> {
    const HEAD: u64 = Format::HEAD_BYTES as u64;
    let mut bytes = Vec::new();
    let room = |bytes: u64| usize::try_from(bytes).map_err(io::Error::other);
    let most = limit.saturating_add(1);
    // What turns out to be no metadata is not worth much room.
    bytes.try_reserve_exact(room(announced.min(64 * HEAD))?)?;
    source.take(HEAD.min(most)).read_to_end(&mut bytes)?;
    if bytes.len() == Format::HEAD_BYTES && Format::detect(&bytes).is_some() {
        bytes.try_reserve_exact(room(announced.saturating_sub(HEAD))?)?;
        source.take(most.saturating_sub(HEAD)).read_to_end(&mut bytes)?;
    }
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source without end that must not be read further than this.
    struct Endless {
        begins: &'static [u8],
        left: usize,
    }

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let begun = self.begins.read(out)?;
            let n = if begun > 0 { begun } else { out.len() };
            out[begun..n].fill(b'y');
            self.left = self.left.checked_sub(n).expect("read on and on");
            Ok(n)
        }
    }

    #[test]
    fn what_is_no_metadata_is_not_read_to_its_end() {
        let mut source = Endless { begins: b"", left: 2 * Format::HEAD_BYTES };
        let bytes = read(&mut source, 0, u64::MAX).unwrap().unwrap();
        assert_eq!(bytes.len(), Format::HEAD_BYTES);
        assert_eq!(Format::detect(&bytes), None);
    }

    #[test]
    fn what_has_no_end_is_read_up_to_the_limit() {
        for limit in [0, 1, 100, Format::HEAD_BYTES, 5 << 20] {
            let mut source = Endless { begins: b"<?xml", left: limit + 2 * Format::HEAD_BYTES };
            assert!(read(&mut source, 0, limit as u64).unwrap().is_none(), "{limit}");
        }
    }

    #[test]
    fn files_as_large_as_the_limit_are_read() {
        for length in [0, 5, Format::HEAD_BYTES, Format::HEAD_BYTES + 1, 3 << 20] {
            let mut file = b"<?xml".to_vec();
            file.resize(length, b' ');
            for announced in [0, length as u64 + 1, 7] {
                let found = read(&mut &file[..], announced, length as u64).unwrap();
                assert!(found.is_some_and(|found| found == file), "{length} {announced}");
            }
            if length > 0 {
                assert!(read(&mut &file[..], 0, length as u64 - 1).unwrap().is_none());
            }
        }
    }
}
