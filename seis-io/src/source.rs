//! Anything that can be read, inflated on the way if it is gzip.
//!
//! gzip is told by its first three bytes, with which nothing else begins that is read here. Several
//! members behind each other are one source, and zeros behind them are padding, as for `gzip -d`.
//! What else stands behind them is told, and not read.

use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;

/// The two magic bytes and the only compression method (*RFC 1952*, 2.3.1).
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// What gzip may inflate to whatever its size.
const FREE_BYTES: u64 = 64 << 20;

/// So many zeros behind gzip data are padding; then nothing more is expected of a source that may
/// have no end.
const MAX_PADDING: u64 = 64 << 20;

/// What is said of bytes behind gzip data that are neither gzip nor zeros.
const JUNK_BEHIND: &str = "something that is not gzip stands behind the end of the gzip data, and \
    was not read";

/// Whether bytes begin like a gzip file.
pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&GZIP)
}

/// A source whose gzip compression, if it has any, is undone.
///
/// Broken gzip ends the source where it breaks, as if there were no more; [`Source::broken`] says
/// so. What was inflated before is good data.
pub(crate) struct Source<R> {
    state: State<R>,
    broken: Option<String>,
    /// Times that it may inflate, beyond what is free.
    max_inflation: Option<u32>,
    given: u64,
    /// Zeros behind a member of the gzip data.
    padding: u64,
    too_large: bool,
}

type Begun<R> = Chain<Cursor<Vec<u8>>, R>;

type Compressed<R> = BufReader<Counted<Begun<R>>>;

enum State<R> {
    Fresh(R),
    Plain(Begun<R>),
    /// In a member of the gzip data.
    Gzip(Box<GzDecoder<Compressed<R>>>),
    /// Behind a member.
    Between(Compressed<R>),
    /// In the moment of a change.
    Changing,
}

/// Counts what is read from it.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.bytes += n as u64;
        Ok(n)
    }
}

impl<R> fmt::Debug for Source<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Fresh(_) => "fresh",
            State::Plain(_) => "plain",
            State::Gzip(_) | State::Between(_) => "gzip",
            State::Changing => "changing",
        };
        f.debug_struct("Source").field("state", &state).finish_non_exhaustive()
    }
}

impl<R: Read> Source<R> {
    /// A source that is passed through in pieces: nothing limits what it inflates to.
    pub(crate) fn new(inner: R) -> Self {
        Self {
            state: State::Fresh(inner),
            broken: None,
            max_inflation: None,
            given: 0,
            padding: 0,
            too_large: false,
        }
    }

    /// A source that will be held in memory: it may inflate to 64 MiB, or to so many times its
    /// size if that is more.
    pub(crate) fn bounded(inner: R, max_inflation: u32) -> Self {
        Self { max_inflation: Some(max_inflation), ..Self::new(inner) }
    }

    /// Why the gzip data could not be inflated to their end.
    pub(crate) fn take_broken(&mut self) -> Option<String> {
        self.broken.take()
    }

    /// Whether it would inflate to more than it may, and to how much that is: reading failed.
    pub(crate) fn too_large(&self) -> Option<u64> {
        self.too_large.then_some(self.given)
    }

    /// Looks at the first bytes that were read; whether they are to be passed on as they are.
    fn begin(&mut self, first: &[u8]) -> io::Result<bool> {
        let State::Fresh(inner) = &mut self.state else { return Ok(false) };
        let magic = first.len().min(GZIP.len());
        let plain = first.is_empty() || first.get(..magic) != GZIP.get(..magic);
        // What may be gzip is kept, since it has to be read again.
        let mut head = if plain { Vec::new() } else { first.to_vec() };
        while !plain && head.len() < GZIP.len() && GZIP.starts_with(&head) {
            let mut next = [0];
            match inner.read(&mut next) {
                Ok(0) => break,
                Ok(_) => head.extend(next),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        let gzip = is_gzip(&head);
        if let State::Fresh(inner) = std::mem::replace(&mut self.state, State::Changing) {
            let begun = Cursor::new(head).chain(inner);
            self.state = if gzip {
                let counted = Counted { inner: begun, bytes: 0 };
                State::Gzip(Box::new(GzDecoder::new(BufReader::with_capacity(1 << 15, counted))))
            } else {
                State::Plain(begun)
            };
        }
        Ok(plain)
    }

    /// Goes on behind a member of the gzip data; whether another follows, or begins and is cut.
    fn next_member(&mut self) -> io::Result<bool> {
        self.state = match std::mem::replace(&mut self.state, State::Changing) {
            State::Gzip(member) => State::Between(member.into_inner()),
            state => state,
        };
        while let State::Between(rest) = &mut self.state {
            let bytes = rest.fill_buf()?;
            let zeros = bytes.iter().take_while(|b| **b == 0).count();
            let more = zeros < bytes.len();
            // With the rest of a cut member the decoder deals.
            if let Some(first) = bytes.get(zeros).filter(|first| **first != GZIP[0]) {
                self.broken = Some(format!("{JUNK_BEHIND} (it begins with {first:#04x})"));
                return Ok(false);
            }
            rest.consume(zeros);
            self.padding += zeros as u64;
            if more {
                break;
            }
            if zeros == 0 || self.padding > MAX_PADDING {
                return Ok(false);
            }
        }
        self.state = match std::mem::replace(&mut self.state, State::Changing) {
            State::Between(rest) => State::Gzip(Box::new(GzDecoder::new(rest))),
            state => state,
        };
        Ok(true)
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.broken.is_some() {
            return Ok(0);
        }
        if let State::Fresh(inner) = &mut self.state {
            let n = inner.read(out)?;
            if self.begin(out.get(..n).unwrap_or_default())? {
                return Ok(n);
            }
        }
        let (n, compressed) = loop {
            let inflated = match &mut self.state {
                State::Plain(begun) => return begun.read(out),
                State::Gzip(member) => match member.read(out) {
                    Ok(n) => Ok((n, member.get_ref().get_ref().bytes)),
                    Err(e) => Err(e),
                },
                State::Between(_) => Ok((0, 0)),
                State::Fresh(_) | State::Changing => return Ok(0),
            };
            match inflated {
                Ok((0, _)) => {
                    if !self.next_member()? {
                        return Ok(0);
                    }
                }
                Ok(inflated) => break inflated,
                Err(e) => {
                    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
                    if matches!(e.kind(), InvalidData | InvalidInput | UnexpectedEof) {
                        self.broken = Some(format!("{e}: get the file again"));
                        return Ok(0);
                    }
                    return Err(e);
                }
            }
        };
        self.given += n as u64;
        if let Some(times) = self.max_inflation {
            if self.given > FREE_BYTES.max(compressed.saturating_mul(u64::from(times))) {
                self.too_large = true;
                return Err(io::Error::other("inflates to more than it may"));
            }
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn all(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut source = Source::new(bytes);
        let mut out = Vec::new();
        source.read_to_end(&mut out).unwrap();
        (out, source.take_broken())
    }

    #[test]
    fn plain_bytes_pass() {
        for bytes in [&b""[..], b"a", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x07 and so on", b"000001D "]
        {
            assert_eq!(all(bytes), (bytes.to_vec(), None));
        }
    }

    #[test]
    fn members_are_one_source() {
        let bytes = [gzip(b"first "), gzip(b""), gzip(b"second")].concat();
        assert_eq!(all(&bytes), (b"first second".to_vec(), None));
    }

    #[test]
    fn zeros_behind_the_end_are_padding() {
        for zeros in [1, 511, 100_000] {
            let padded = [gzip(b"data"), vec![0; zeros]].concat();
            assert_eq!(all(&padded), (b"data".to_vec(), None), "{zeros}");
            let twice = [gzip(b"first "), vec![0; zeros], gzip(b"second")].concat();
            assert_eq!(all(&twice), (b"first second".to_vec(), None), "{zeros}");
            // What else follows is not gzip.
            let junk = [padded, b"junk".to_vec()].concat();
            let (out, broken) = all(&junk);
            assert_eq!(out, b"data");
            assert!(broken.unwrap().contains("behind the end of the gzip data"), "{zeros}");
        }
        for junk in [&b"x"[..], b"junk of twenty bytes", &[0xff; 4000]] {
            let (out, broken) = all(&[&gzip(b"data"), junk].concat());
            assert_eq!(out, b"data");
            assert!(broken.unwrap().contains("behind the end of the gzip data"));
        }
        // Padding without an end is an end.
        let data = gzip(b"data");
        let mut source = Source::new(data.as_slice().chain(io::repeat(0)));
        let mut out = Vec::new();
        source.read_to_end(&mut out).unwrap();
        assert_eq!((out, source.take_broken()), (b"data".to_vec(), None));
        // Interrupted between members, and a byte at a time.
        let bytes = [gzip(b"first "), vec![0; 9], gzip(b"second"), vec![0; 70_000]].concat();
        let mut source = Source::new(Halting { bytes: &bytes, turn: 0 });
        let mut out = Vec::new();
        source.read_to_end(&mut out).unwrap();
        assert_eq!((out, source.take_broken()), (b"first second".to_vec(), None));
    }

    /// One byte at a time, and an interruption before each.
    struct Halting<'a> {
        bytes: &'a [u8],
        turn: usize,
    }

    impl Read for Halting<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.turn += 1;
            if self.turn % 2 == 0 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let n = out.len().min(1);
            self.bytes.read(&mut out[..n])
        }
    }

    #[test]
    fn what_was_inflated_before_a_break_is_kept() {
        let noise: Vec<u8> = (0..50_000_u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        let whole = gzip(&noise);
        let (out, broken) = all(&whole[..whole.len() / 2]);
        assert!(broken.is_some());
        assert!(out.len() > 1000 && noise.starts_with(&out), "{}", out.len());
        // A wrong checksum, too.
        let mut wrong = whole;
        let at = wrong.len() - 6;
        wrong[at] ^= 1;
        let (out, broken) = all(&wrong);
        assert_eq!(out, noise);
        assert!(broken.is_some());
        for len in 3..200 {
            let _ = all(&wrong[..len]);
        }
    }

    #[test]
    fn bombs_are_defused() {
        let bomb = gzip(&vec![0; 80 << 20]);
        assert!(bomb.len() < 1 << 20);
        let mut source = Source::bounded(bomb.as_slice(), 100);
        let mut out = Vec::new();
        assert!(source.read_to_end(&mut out).is_err());
        assert!(out.len() <= (64 << 20) + (1 << 20));
        assert!(source.too_large().is_some());
        let mut source = Source::bounded(bomb.as_slice(), 1000);
        out.clear();
        assert_eq!(source.read_to_end(&mut out).unwrap(), 80 << 20);
    }
}
