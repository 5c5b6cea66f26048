//! miniSEED from the outside: what is read, how it is joined, what happens to bad bytes.

mod bad_data;
mod chunks;
mod contents;
mod corpus;
mod cut;
mod encodings;
mod exactness;
mod headers;
mod hostile;
mod joining;
mod policies;
#[path = "../properties/mod.rs"]
mod properties;
mod raw;
mod round_trip;
mod selection;
mod sources;
mod version3;
mod volumes;
mod windows;
mod write3;
