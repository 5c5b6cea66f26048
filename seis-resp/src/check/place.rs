//! Coordinates.

use super::{Checker, Rule};
use crate::{Channel, Measured, Station};

impl Checker {
    pub(super) fn station_coordinates(&mut self, station: &Station) {
        let Station { latitude, longitude, elevation, .. } = station;
        self.missing(&[("latitude", latitude), ("longitude", longitude), ("elevation", elevation)]);
        self.values(latitude.as_ref(), longitude.as_ref());
    }

    /// A channel without any coordinates at a station without any is told of once, at the station:
    /// formats that have no coordinates make such inventories.
    pub(super) fn channel_coordinates(&mut self, station: &Station, channel: &Channel) {
        let Channel { latitude, longitude, elevation, depth, .. } = channel;
        let has_none = [latitude, longitude, elevation, depth].iter().all(|x| x.is_none());
        let station_has_none = station.latitude.is_none() && station.longitude.is_none();
        if !(has_none && station_has_none) {
            self.missing(&[
                ("latitude", latitude),
                ("longitude", longitude),
                ("elevation", elevation),
                ("depth", depth),
            ]);
        }
        self.values(latitude.as_ref(), longitude.as_ref());
    }

    fn missing(&mut self, fields: &[(&str, &Option<Measured>)]) {
        let missing: Vec<&str> =
            fields.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let found = format!("no {}", missing.join(", "));
            self.report(Rule::CoordinatesMissing, found, "a number");
        }
    }

    fn values(&mut self, latitude: Option<&Measured>, longitude: Option<&Measured>) {
        let degrees = |value: Option<&Measured>| value.and_then(Measured::in_field_unit);
        let (latitude, longitude) = (degrees(latitude), degrees(longitude));
        if latitude.is_some_and(|x| x.abs() > 90.0) || longitude.is_some_and(|x| x.abs() > 180.0) {
            let shown = |x: Option<f64>| x.map_or("?".to_owned(), |x| x.to_string());
            let found = format!("{}/{}", shown(latitude), shown(longitude));
            self.report(Rule::CoordinatesOutOfRange, found, "a place on earth, latitude/longitude");
        }
        if latitude == Some(0.0) && longitude == Some(0.0) {
            self.report(Rule::CoordinatesZero, "0/0", "coordinates");
        }
    }
}
