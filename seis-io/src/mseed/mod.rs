//! miniSEED, versions 2 and 3, read and written.
//!
//! | to | use |
//! |---|---|
//! | read a file into a [`Stream`](seis_core::Stream) | [`read`] |
//! | … with options, bytes, a pipe | [`Reader`], [`ReadOptions`], [`read_bytes`], [`read_from`] |
//! | several files and patterns as one source | [`read_files`], [`Reader::read_many`] |
//! | only some channels, only some time | [`ReadOptions::select`], [`ReadOptions::window`] |
//! | … of a file in order of time, most of which is then never touched | [`ReadOptions::time_ordered`] |
//! | only headers: records and time spans | [`index()`], [`Reader::index`] |
//! | check a file that is too large for memory, samples too | [`Reader::verify`] |
//! | record after record, from memory | [`Records`] |
//! | record after record, from anything, in bounded memory | [`RecordReader`] |
//! | one record | [`RecordView`] |
//! | what version-2 headers and blockettes say | [`v2::Header`], [`v2::Content`] |
//! | what version-3 extra headers say | [`v3::ExtraHeaders`], [`v3::Fdsn`] |
//! | write traces, as version 2 or 3 | [`write()`], [`write_to`], [`Writer::write`], [`WriteOptions`] |
//! | write samples as they arrive | [`Writer::push`], [`Writer::flush`] |
//! | the Steim codecs alone | [`steim`] |
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("CI.HEC.mseed");
//! # use seis_core::{SamplingRate, Trace};
//! # let trace = Trace::new("CI.HEC..BHN".parse()?, "2022-01-02T00:00:00.0695Z".parse()?,
//! #     SamplingRate::from_hz(40.0)?, vec![1, 2, 4]);
//! # mseed::write(&path, [&trace], &Default::default())?;
//! use seis_io::mseed::{self, WriteOptions};
//! let contents = mseed::read(&path)?;
//! for skipped in &contents.report.skipped {
//!     eprintln!("{skipped}");
//! }
//! let mut stream = contents.stream;
//! stream.trim("2022-01-02T00:00:00Z".parse()?, "2022-01-02T00:10:00Z".parse()?);
//! mseed::write(dir.path().join("cut.mseed"), &stream, &WriteOptions::new().record_len(512))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The formats are those of the *SEED Reference Manual* 2.4 and the *FDSN miniSEED 3 Definition*;
//! where they are silent libmseed 3 decides.
//!
//! # What is read
//!
//! * Both versions, mixed; version-2 records from 64 bytes to 1 MiB, version-3 records up to
//!   10 MiB. All [encodings](Encoding) that libmseed decodes, and 24-bit integers.
//! * Both byte orders, of header and data independently. Without blockette 1000 a record ends
//!   where the next one begins and is taken as Steim-1 ([`ReadOptions::default_encoding`]).
//! * The start time has the time correction (unless the header says that it was applied before)
//!   and the microseconds of blockette 1001; the rate is that of blockette 100 where there is one.
//!   A second of 60 is the first of the next minute.
//! * Control headers of full SEED volumes and noise records are passed over, and counted.
//! * gzip is told by its first bytes and inflated, from files and from anything that is read;
//!   offsets are then those of the inflated bytes. What it may inflate to in memory is bounded
//!   ([`ReadOptions::max_inflation`]); broken gzip gives what came before the break.
//! * Leap seconds are flags ([`v2::Header::leap_second`], [`v3::Time::leap_second`]); times count
//!   without them, as POSIX does.
//!
//! # What is not read
//!
//! Reading by [channel](ReadOptions::select) or [window](ReadOptions::window) parses the header of
//! every record, and decodes only those that are wanted. It never stops early, since nothing says
//! that no wanted record follows: only with [`ReadOptions::time_ordered`], and only in a source
//! that can be gone about in, is most of it left untouched, and then by a rule that is stated
//! there. Reading from a pipe always goes to its end.
//!
//! # What happens to bad data
//!
//! Nothing that a file claims sets memory aside or is believed unchecked, and nothing is dropped
//! without an entry in the [`ReadReport`]. By default what cannot be read is skipped: junk of any
//! length (the next record is found at any byte), cut records, impossible headers, wrong
//! checksums, broken Steim frames, more samples than the payload holds.
//!
//! Nothing in a version-2 record tells whether it is whole. Where no record stands behind one, or
//! one of another length, or nothing, a whole record is looked for within it, which shows that it
//! was cut: it is reported as [cut](RecordError::Truncated), and the records that it would have
//! swallowed are read. A record that is embedded in text or in a blockette is left where it is.
//!
//! Two things cannot be told, since version 2 has no checksum. A cut record is taken for whole, with
//! the bytes of others among its own, if shorter whole records fill what is missing of it just to
//! its end and a record of its own length follows there; what shows it, if anything, is that its
//! samples cannot be decoded, or do not end as announced. And a record without blockette 1000 does
//! not say how long it is: it reaches to the next header, which is looked for at every 64 bytes. One
//! that was cut at such a place is as long as what is left of it, and one behind which a header is
//! destroyed reaches to the header after that.
//!
//! [`Policy::Stop`] turns the first of these into an error; [`Contents::complete`] does so
//! afterwards.
//!
//! A Steim record whose last sample is not the one it announces (Xn) is kept, with a
//! [warning](WarningKind::IntegrationConstant), as libmseed and ObsPy keep it; but where the bytes
//! next to it are unreadable too it is taken for [damaged](RecordError::Damaged) and skipped.
//! [`Policy::Strict`] makes errors of all warnings.
//!
//! # From records to traces
//!
//! By libmseed 3's rule ([`JoinRule::Heal`]): half a sample in time, 1e-4 in rate, the order of
//! records does not matter. ObsPy's rule, by file order, is [`JoinOptions::obspy`]. Each trace says
//! that sample *i* was taken at start + *i*/rate; how far records may depart from that is bounded
//! by [`JoinOptions::max_drift`].
//!
//! # Differences from ObsPy 1.5.1 and libmseed 3.5
//!
//! * Drift within a trace is bounded. Theirs is not.
//! * A change of sample type starts a new trace, as in ObsPy; libmseed fails.
//! * Big-endian headers of days 1, 256 and 257 of 2056 are read right. They take them for
//!   little-endian.
//! * A start time with a fraction of 10000 tenths of milliseconds is the next second, as in ObsPy
//!   (with a warning); libmseed refuses it. Larger fractions are errors; ObsPy carries them over.
//! * Bytes of a code that are not printable ASCII are left out, as by ObsPy (with a warning);
//!   libmseed ends the code there. A NUL ends it for all three.
//! * Blanks in front of a channel code are left out, as by ObsPy, and within it too (with a warning);
//!   ObsPy keeps those. libmseed takes them for empty codes: of ` BZ` it makes `_B_Z`. (Of `BZ ` it
//!   makes `B_Z_`, and so do we.)
//! * A leap second is not counted: times are those of UTC without it, and a record that spans one has
//!   its last samples a second late, as in ObsPy. The next record then seems to overlap by a second.
//!   libmseed has a table of leap seconds and joins them; what it writes across one differs likewise.
//!   (Version-2 flags of leap seconds can be asked for.)
//! * A cut last record, junk behind the last record, or a bad record in the middle are reported.
//!   ObsPy drops the first two in silence and fails on the third; libmseed fails.
//! * Behind a version-2 record that was cut in the middle of a source the next is found. Both take
//!   its bytes for those of the cut one, header and all.
//! * ObsPy searches behind junk in steps of 128 bytes only, and loses the rest of a file behind
//!   junk of other lengths.
//! * Text records and others without a rate make a trace each, as in both.
//! * A rate or a start that version 2 does not hold is refused when it is written, or rounded
//!   [on request](WriteOptions::round_rate). Both round in silence.

mod assemble;
mod bisect;
mod cut;
mod decode;
mod encoding;
mod error;
mod headers;
mod index;
mod load;
mod many;
mod memo;
mod options;
mod pass;
mod read;
mod reader;
mod record;
mod report;
mod scan;
mod signature;
pub mod steim;
pub mod v2;
pub mod v3;
mod window;
mod write;

pub use encoding::{ByteOrder, Encoding};
pub use error::{Error, RecordError, Result, WarningKind, WriteError};
pub use index::{Index, RecordInfo, Span, index};
pub use many::{Collection, FileReading, read_files};
pub(crate) use options::expect_forward;
pub use options::{JoinOptions, JoinRule, Policy, ReadOptions, TimeTolerance};
pub use read::{Contents, Reader, read, read_bytes, read_from};
pub use reader::{RecordReader, Records};
pub use record::RecordView;
pub use report::{ReadReport, Skipped, Warning};
pub use steim::Check;
pub use write::{FormatVersion, WriteOptions, Writer, Written, write, write_to};

/// Whether bytes look like the start of miniSEED: a data record of either version, a control header
/// of a full SEED volume, or noise.
pub(crate) fn begins(head: &[u8]) -> bool {
    signature::signature(head).is_some()
}
