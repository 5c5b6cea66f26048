//! Hostile input for the tests of this workspace: files corrupted at random but the same in every
//! run, with what is known of their structure, under limits of memory and time.

mod binary;
mod campaign;
mod limits;
mod markup;
mod random;
mod text;

pub use binary::{corrupt_binary, mend_checksums};
pub use campaign::{Campaign, Kind, files_below, obspy, recordings, regressions};
pub use limits::Limits;
pub use markup::corrupt_markup;
pub use random::Random;
pub use text::corrupt_text;
