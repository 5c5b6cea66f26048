//! miniSEED.
mod assemble;
mod decode;
mod encoding;
mod error;
mod options;
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
pub use options::{JoinOptions, JoinRule, Policy, ReadOptions, TimeTolerance};
pub use read::{Contents, Index, Reader, RecordInfo, Span, index, read, read_bytes, read_from};
pub use reader::{RecordReader, Records};
pub use record::RecordView;
pub use report::{ReadReport, Skipped, Warning};
pub use steim::Check;
pub use write::{WriteOptions, Writer, Written, write, write_to};
