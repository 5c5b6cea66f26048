//! miniSEED 2: the fixed section of the data header, and blockettes.

mod blockettes;
mod codes;
mod content;
mod flags;
mod header;
mod length;
mod memo;

pub use blockettes::{Blockette, Blockettes};
pub use content::{
    AmplitudeRange, Calibration, CalibrationKind, Calibrator, Content, Detection, Murdock, Opaque,
    Timing,
};
pub use header::{Header, Quality};

pub(crate) use codes::{CODES, codes};
pub(crate) use header::{Brief, nominal_rate, parse, read};
pub(crate) use memo::Memo;
