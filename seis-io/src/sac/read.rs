//! Reading binary files, and telling the formats apart.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::file::expect_grid;
use super::header::{FOOTER_BYTES, HEADER_BYTES};
use super::variables::{NPTS, NVHDR};
use super::{ByteOrder, Data, Error, Header, Result, SacFile, ascii, samples};

/// The form of a SAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Binary, in this byte order.
    Binary(ByteOrder),
    /// Alphanumeric: text in lines.
    Alphanumeric,
}

/// What a reader tolerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Take a binary file that is longer than its header says, and ignore what follows, instead of
    /// refusing it. Old files are padded to blocks of 512 bytes.
    pub trailing_bytes: bool,
}

impl ReadOptions {
    /// Nothing but what the header describes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With bytes behind the end of the data ignored, or not.
    #[must_use]
    pub fn with_trailing_bytes(mut self, ignored: bool) -> Self {
        self.trailing_bytes = ignored;
        self
    }
}

/// Tells whether bytes begin a SAC file: the first 632 of a binary one, or the first lines of an
/// alphanumeric one.
///
/// A binary file is one whose NVHDR is 6 or 7 in either byte order, an alphanumeric one begins with
/// a line of five numbers.
///
/// ```
/// use seis_io::sac::{self, Format};
/// assert_eq!(sac::detect(b"000001D "), None);
/// # let file = sac::SacFile::new(sac::Header::new(), sac::Data::Even(vec![1.0]))?;
/// assert_eq!(sac::detect(&file.to_bytes()?), Some(Format::Binary(sac::ByteOrder::Little)));
/// # Ok::<(), sac::Error>(())
/// ```
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<Format> {
    let order = bytes.first_chunk::<HEADER_BYTES>().and_then(|b| ByteOrder::detect(b).ok());
    match order {
        Some(order) => Some(Format::Binary(order)),
        None => ascii::is_alphanumeric(bytes).then_some(Format::Alphanumeric),
    }
}

/// Reads a SAC file, binary or alphanumeric.
///
/// # Errors
/// [`Error::File`] with the path and what is wrong: as [`SacFile::from_bytes`], or the system's.
pub fn read(path: impl AsRef<Path>) -> Result<SacFile> {
    SacFile::read(path)
}

/// Reads the header of a SAC file (and its footer, in version 7) and leaves the data alone, except
/// that the length of the file must be what the header says. Alphanumeric files are read whole.
///
/// # Errors
/// As [`read`].
pub fn read_header(path: impl AsRef<Path>) -> Result<Header> {
    let path = path.as_ref();
    in_file(path, read_header_of(path))
}

fn in_file<T>(path: &Path, result: Result<T>) -> Result<T> {
    result.map_err(|source| Error::File { path: path.to_owned(), source: Box::new(source) })
}

fn read_header_of(path: &Path) -> Result<Header> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    file.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut bytes)?;
    if detect(&bytes) == Some(Format::Alphanumeric) {
        read_alphanumeric(file, &mut bytes)?;
        return ascii::parse(&bytes).map(|sac| sac.header);
    }
    let (mut header, order) = Header::parse(&bytes)?;
    let expected = header.file_size()?;
    let found = file.seek(SeekFrom::End(0))?;
    if found != expected {
        return Err(size_error(&header, expected, found)?);
    }
    if header.version() == super::Version::V7 {
        let mut footer = [0; FOOTER_BYTES];
        file.seek(SeekFrom::Start(expected - FOOTER_BYTES as u64))?;
        file.read_exact(&mut footer)?;
        header.read_footer(&footer, order);
    }
    expect_grid(&header)?;
    Ok(header)
}

/// Appends the rest of an alphanumeric file, as far as NPTS lets it go on.
fn read_alphanumeric(mut reader: impl Read, bytes: &mut Vec<u8>) -> Result<()> {
    let missing = |bytes: &[u8], length: u64| length.saturating_sub(bytes.len() as u64);
    reader.by_ref().take(missing(bytes, ascii::HEAD_BYTES)).read_to_end(bytes)?;
    let rest = missing(bytes, ascii::most_bytes(bytes));
    reader.take(rest + 1).read_to_end(bytes)?;
    Ok(())
}

fn size_error(header: &Header, expected: u64, found: u64) -> Result<Error> {
    Ok(Error::Size {
        npts: header.raw_integer(&NPTS),
        sections: header.sections()?,
        version: header.raw_integer(&NVHDR),
        expected,
        found,
    })
}

impl SacFile {
    /// Reads a file, binary or alphanumeric.
    ///
    /// # Errors
    /// [`Error::File`] with the path and what is wrong: as [`from_bytes`](Self::from_bytes), or
    /// the system's.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_with(path, ReadOptions::default())
    }

    /// Reads a file with options.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with(path: impl AsRef<Path>, options: ReadOptions) -> Result<Self> {
        let path = path.as_ref();
        let read = || {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Self::from_reader_with(file, options).map_err(|error| match error {
                // No more than a byte too many was read; the file knows how many there are.
                Error::Size { npts, sections, version, expected, found } => {
                    let found = found.max(length);
                    Error::Size { npts, sections, version, expected, found }
                }
                other => other,
            })
        };
        in_file(path, read())
    }

    /// Reads a file from any source: of a binary file no more than its header describes (and one
    /// byte, to see that it ends there), of an alphanumeric one no more than so many numbers can take.
    ///
    /// # Errors
    /// [`Error::Io`]; otherwise as [`from_bytes`](Self::from_bytes).
    pub fn from_reader(reader: impl Read) -> Result<Self> {
        Self::from_reader_with(reader, ReadOptions::default())
    }

    /// Reads a file from any source, with options.
    ///
    /// # Errors
    /// As [`from_reader`](Self::from_reader).
    pub fn from_reader_with(mut reader: impl Read, options: ReadOptions) -> Result<Self> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        reader.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut bytes)?;
        let rest = match detect(&bytes) {
            Some(Format::Binary(_)) => {
                let expected = Header::parse(&bytes)?.0.file_size()?;
                // The vector grows with what is there, not with what is claimed.
                expected - HEADER_BYTES as u64 + 1
            }
            Some(Format::Alphanumeric) => {
                read_alphanumeric(&mut reader, &mut bytes)?;
                0
            }
            None => 0,
        };
        reader.take(rest).read_to_end(&mut bytes)?;
        Self::from_bytes_with(&bytes, options)
    }

    /// Reads a file from its bytes, binary in either byte order or alphanumeric.
    ///
    /// Refused is what cannot be read for certain: NPTS, IFTYPE, LEVEN and NVHDR must agree with
    /// the length, NXSIZE and NYSIZE with NPTS. Everything else is taken as it is;
    /// [`check`](Self::check) tells what looks wrong.
    ///
    /// # Errors
    /// [`Error::NotSac`], [`Error::Version`], [`Error::HeaderTruncated`], [`Error::Size`],
    /// [`Error::Enumeration`] for IFTYPE, [`Error::Invalid`] for NPTS and NXSIZE; [`Error::Line`]
    /// for alphanumeric files.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_with(bytes, ReadOptions::default())
    }

    /// Reads a file from its bytes, with options.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes).
    pub fn from_bytes_with(bytes: &[u8], options: ReadOptions) -> Result<Self> {
        if detect(bytes) == Some(Format::Alphanumeric) {
            return ascii::parse(bytes);
        }
        let (mut header, byte_order) = Header::parse(bytes)?;
        let expected = header.file_size()?;
        let found = bytes.len() as u64;
        if found < expected || (found > expected && !options.trailing_bytes) {
            return Err(size_error(&header, expected, found)?);
        }
        let length = header.points()?.saturating_mul(4);
        let mut rest = bytes.get(HEADER_BYTES..).unwrap_or_default();
        let mut section = || {
            // The length was checked above.
            let (these, behind) = rest.split_at_checked(length).unwrap_or_default();
            rest = behind;
            samples::decode(these, byte_order)
        };
        let first = section();
        let second = (header.sections()? == 2).then(section);
        header.read_footer(rest, byte_order);
        expect_grid(&header)?;
        let data = Data::from_sections(&header, first, second)?;
        Ok(Self { header, data, byte_order })
    }
}
