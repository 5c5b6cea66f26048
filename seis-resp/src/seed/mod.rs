//! What SEED's control blockettes mean, whether a RESP file or a volume carries them.
//!
//! *SEED Reference Manual 2.4*, FDSN 2012. Where it leaves a choice:
//!
//! | in the file | here | ObsPy 1.5 | evalresp 5 |
//! |---|---|---|---|
//! | blockettes of a stage apart, or stages in any order | sorted by stage | the same | stages are what stands together |
//! | blockette 54, 55 or 61 again, same head | goes on with the list | the same | the same |
//! | the same blockette twice in a stage | used once, reported | 54, 61: twice as long; others: once | used twice |
//! | two different filters, gains or decimations in a stage | broken | the last, or an error | all multiplied |
//! | two different sensitivities | broken | all but the last | the last |
//! | number of poles, zeros or coefficients that is not that of those listed | broken | those listed | error |
//! | a number that is none | broken, or left out where nothing is computed from it | 0 | error |
//! | no sensitivity | none | product of the gains | none |
//! | blockette 62 for stage 0 | polynomial of the instrument | stage 1 | not read |
//! | a filter in stage 0, and no other stage | stage 1, reported | the same | not evaluated |
//! | blockette 56 alone in a stage | broken | error | ignored |

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
