//! What SEED's control blockettes mean, whether a RESP file or a volume carries them.
//!
//! *SEED Reference Manual 2.4*, FDSN 2012. Where it leaves a choice, the crate's front page says what
//! was chosen.

mod continuation;
mod field;
mod layout;
mod node;
mod notes;
mod part;
mod response;
mod text;
mod time;
mod tree;
mod units;
mod walk;

pub(crate) use continuation::join;
pub(crate) use field::{At, Blockette, Field, count, number, string};
pub(crate) use layout::{Item, layout, repeats};
pub(crate) use node::sensor;
pub(crate) use notes::{Element, Notes};
pub(crate) use part::{Content, Part, Reader, is_part};
pub(crate) use text::{TextLines, within};
pub(crate) use time::parse as parse_time;

pub(crate) use tree::Tree;
pub(crate) use units::Units;
pub(crate) use walk::Walk;
