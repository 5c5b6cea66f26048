//! What one description knows and another of the same thing does not.

use super::{Channel, ChannelResponse, Network, NodeInfo, Station};

/// Adds to a network what only the other description of it knows.
pub(super) fn network(known: &mut Network, other: &Network) {
    info(&mut known.info, &other.info);
    list(&mut known.operators, &other.operators);
    option(&mut known.total_stations, &other.total_stations);
    option(&mut known.selected_stations, &other.selected_stations);
}

/// Adds to a station what only the other description of it knows.
pub(super) fn station(known: &mut Station, other: &Station) {
    info(&mut known.info, &other.info);
    option(&mut known.latitude, &other.latitude);
    option(&mut known.longitude, &other.longitude);
    option(&mut known.elevation, &other.elevation);
    if known.site == super::Site::default() {
        known.site.clone_from(&other.site);
    }
    option(&mut known.water_level, &other.water_level);
    option(&mut known.vault, &other.vault);
    option(&mut known.geology, &other.geology);
    list(&mut known.equipment, &other.equipment);
    list(&mut known.operators, &other.operators);
    option(&mut known.created, &other.created);
    option(&mut known.terminated, &other.terminated);
    option(&mut known.total_channels, &other.total_channels);
    option(&mut known.selected_channels, &other.selected_channels);
    list(&mut known.external_references, &other.external_references);
}

/// Adds to an epoch of a channel what only the other description of it knows.
pub(super) fn channel(known: &mut Channel, other: &Channel) {
    info(&mut known.info, &other.info);
    option(&mut known.latitude, &other.latitude);
    option(&mut known.longitude, &other.longitude);
    option(&mut known.elevation, &other.elevation);
    option(&mut known.depth, &other.depth);
    option(&mut known.azimuth, &other.azimuth);
    option(&mut known.dip, &other.dip);
    option(&mut known.water_level, &other.water_level);
    if known.sample_rate.is_none() && known.sample_rate_ratio.is_none() {
        known.sample_rate.clone_from(&other.sample_rate);
        known.sample_rate_ratio = other.sample_rate_ratio;
    }
    option(&mut known.clock_drift, &other.clock_drift);
    option(&mut known.calibration_units, &other.calibration_units);
    option(&mut known.sensor, &other.sensor);
    option(&mut known.preamplifier, &other.preamplifier);
    option(&mut known.data_logger, &other.data_logger);
    list(&mut known.equipment, &other.equipment);
    list(&mut known.types, &other.types);
    list(&mut known.external_references, &other.external_references);
    if matches!(known.response, ChannelResponse::Absent | ChannelResponse::NotRead) {
        known.response.clone_from(&other.response);
    }
}

/// Texts of dates that are none are no part of it: the epochs are the same.
fn info(known: &mut NodeInfo, other: &NodeInfo) {
    option(&mut known.description, &other.description);
    list(&mut known.identifiers, &other.identifiers);
    list(&mut known.comments, &other.comments);
    option(&mut known.restricted_status, &other.restricted_status);
    option(&mut known.alternate_code, &other.alternate_code);
    option(&mut known.historical_code, &other.historical_code);
    option(&mut known.source_id, &other.source_id);
    option(&mut known.availability, &other.availability);
    option(&mut known.extensions, &other.extensions);
}

fn option<T: Clone>(known: &mut Option<T>, other: &Option<T>) {
    if known.is_none() {
        known.clone_from(other);
    }
}

fn list<T: Clone>(known: &mut Vec<T>, other: &[T]) {
    if known.is_empty() {
        known.extend_from_slice(other);
    }
}
