//! The document model: networks, stations, channels and their responses, whatever format they
//! were read from.

mod channel;
mod complete;
mod epoch;
mod equipment;
mod extension;
mod fingerprint;
mod inventory;
mod measured;
mod merge;
mod network;
mod node;
mod person;
mod response;
mod station;
mod uncertainty;

pub use channel::{BrokenResponse, Channel, ChannelResponse, ChannelType};
pub use epoch::Epoch;
pub use equipment::{Equipment, ExternalReference};
pub use extension::{ExtensionAttribute, ExtensionElement, Extensions};
pub use inventory::{ChannelEpoch, Inventory};
pub use measured::{Measured, MeasuredDetails};
pub(crate) use merge::Merger;
pub use network::Network;
pub use node::{AvailableSpan, Comment, DataAvailability, Identifier, NodeInfo, RestrictedStatus};
pub use person::{Operator, Person, Phone};
pub use response::*;
pub use station::{Site, Station};
pub use uncertainty::{Term, Uncertainty};
