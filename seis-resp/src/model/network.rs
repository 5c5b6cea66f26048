//! A network and its stations.

use super::{Epoch, NodeInfo, Operator, Station};

/// A network of stations under one code. *StationXML 1.2*, `NetworkType`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Code assigned by the FDSN.
    pub code: String,
    /// When this description holds.
    pub epoch: Epoch,
    /// Description, comments, identifiers.
    pub info: NodeInfo,
    /// Who runs it.
    pub operators: Vec<Operator>,
    /// Number of stations that the data centre knows.
    pub total_stations: Option<u64>,
    /// Number of stations that the data centre selected for the file.
    pub selected_stations: Option<u64>,
    /// The stations, one entry per epoch.
    pub stations: Vec<Station>,
}

impl Network {
    /// A network with nothing but a code.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
    }
}
