//! Which format a file is of.

use std::fmt;

use crate::{dataless, resp, sacpz};

/// A format that metadata are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// StationXML.
    StationXml,
    /// A SEED RESP file.
    Resp,
    /// The control headers of a SEED volume, with or without data.
    Dataless,
    /// A SAC pole-zero file.
    SacPz,
}

impl Format {
    /// How many bytes at the beginning of a file tell its format: blanks and comments may come
    /// before what tells, but not without end.
    pub const HEAD_BYTES: usize = 1 << 20;

    /// The format of a file by its content; `None` if it is none of these. The first
    /// [`HEAD_BYTES`](Self::HEAD_BYTES) are enough.
    ///
    /// | format | by what |
    /// |---|---|
    /// | StationXML | begins with `<`, or a byte order mark; other XML is told by its reader |
    /// | dataless SEED | begins with a record: six digits, `V`, `A` or `S`, a blank or `*` |
    /// | RESP | the first line that is no comment (`#`) begins as `B050F03` does |
    /// | SAC poles and zeros | the first line that is no comment (`*`) begins with `ZEROS`, `POLES` or `CONSTANT` |
    ///
    /// ```
    /// use seis_resp::Format;
    /// assert_eq!(Format::detect(b"# made by hand\nB050F03 Station: FURT"), Some(Format::Resp));
    /// assert_eq!(Format::detect(b"000001V 0100095 2.412"), Some(Format::Dataless));
    /// assert_eq!(Format::detect(b"ZEROS 3\nPOLES 0\nCONSTANT 1"), Some(Format::SacPz));
    /// assert_eq!(Format::detect(b"<?xml version=\"1.0\"?>"), Some(Format::StationXml));
    /// assert_eq!(Format::detect(b"PK\x03\x04"), None);
    /// ```
    #[must_use]
    pub fn detect(file: &[u8]) -> Option<Self> {
        let file = file.get(..Self::HEAD_BYTES).unwrap_or(file);
        let begun = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file).trim_ascii_start();
        if begun.starts_with(b"<")
            || matches!(file, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, b'<', ..])
        {
            Some(Self::StationXml)
        } else if dataless::is_dataless(file) {
            Some(Self::Dataless)
        } else if resp::is_resp(file) {
            Some(Self::Resp)
        } else if sacpz::is_sacpz(file) {
            Some(Self::SacPz)
        } else {
            None
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StationXml => "StationXML",
            Self::Resp => "SEED RESP file",
            Self::Dataless => "dataless SEED volume",
            Self::SacPz => "SAC pole-zero file",
        })
    }
}
