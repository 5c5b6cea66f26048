//! Station and event: coordinates, distance, azimuths, orientation of the component.

use geographiclib_rs::{Geodesic, InverseGeodesic};
use seis_core::UtcTime;

use super::{Error, Header, Result};

/// Where a station is. Longitudes from −180 to 360 degrees are understood.
///
/// ```
/// use seis_io::sac::StationLocation;
/// let station = StationLocation::new(34.8294, -116.3350).with_elevation_m(920.0).with_depth_m(0.0);
/// assert_eq!(station.elevation_m, Some(920.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct StationLocation {
    /// Latitude on WGS84, in degrees, north positive (STLA).
    pub latitude_deg: f64,
    /// Longitude on WGS84, in degrees, east positive (STLO).
    pub longitude_deg: f64,
    /// Elevation above sea level, in metres (STEL).
    pub elevation_m: Option<f64>,
    /// Depth of the sensor below the surface, in metres (STDP).
    pub depth_m: Option<f64>,
}

impl StationLocation {
    /// A station at these coordinates.
    #[must_use]
    pub fn new(latitude_deg: f64, longitude_deg: f64) -> Self {
        Self { latitude_deg, longitude_deg, elevation_m: None, depth_m: None }
    }

    /// With an elevation above sea level, in metres.
    #[must_use]
    pub fn with_elevation_m(mut self, elevation_m: f64) -> Self {
        self.elevation_m = Some(elevation_m);
        self
    }

    /// With a depth of the sensor below the surface, in metres.
    #[must_use]
    pub fn with_depth_m(mut self, depth_m: f64) -> Self {
        self.depth_m = Some(depth_m);
        self
    }
}

/// Where and when an event was.
///
/// ```
/// use seis_io::sac::EventOrigin;
/// let event = EventOrigin::new(38.297, 142.373)
///     .with_depth_km(29.0)
///     .with_time("2011-03-11T05:46:24.12Z".parse()?)
///     .with_magnitude(9.1)
///     .with_name("Tohoku");
/// # Ok::<(), seis_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventOrigin {
    /// Latitude on WGS84, in degrees, north positive (EVLA).
    pub latitude_deg: f64,
    /// Longitude on WGS84, in degrees, east positive (EVLO).
    pub longitude_deg: f64,
    /// Depth below the surface, in kilometres (EVDP).
    pub depth_km: Option<f64>,
    /// Origin time (O, relative to the reference time).
    pub time: Option<UtcTime>,
    /// Magnitude (MAG).
    pub magnitude: Option<f64>,
    /// Name, up to 16 characters (KEVNM).
    pub name: Option<String>,
}

impl EventOrigin {
    /// An event at these coordinates.
    #[must_use]
    pub fn new(latitude_deg: f64, longitude_deg: f64) -> Self {
        Self {
            latitude_deg,
            longitude_deg,
            depth_km: None,
            time: None,
            magnitude: None,
            name: None,
        }
    }

    /// With a depth below the surface, in kilometres.
    #[must_use]
    pub fn with_depth_km(mut self, depth_km: f64) -> Self {
        self.depth_km = Some(depth_km);
        self
    }

    /// With an origin time.
    #[must_use]
    pub fn with_time(mut self, time: UtcTime) -> Self {
        self.time = Some(time);
        self
    }

    /// With a magnitude.
    #[must_use]
    pub fn with_magnitude(mut self, magnitude: f64) -> Self {
        self.magnitude = Some(magnitude);
        self
    }

    /// With a name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// Distance and directions between an event and a station on the WGS84 ellipsoid.
///
/// ```
/// use seis_io::sac::Geometry;
/// // Event, then station.
/// let path = Geometry::between((38.297, 142.373), (34.8294, -116.3350))?;
/// assert!((path.distance_km - 8562.562_329).abs() < 1e-6);
/// # Ok::<(), seis_io::sac::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Geometry {
    /// Length of the shortest geodesic, in kilometres (DIST).
    pub distance_km: f64,
    /// Direction of the station as seen from the event, in degrees from north, clockwise, from 0
    /// to below 360 (AZ). Zero if the two coincide.
    pub azimuth_deg: f64,
    /// Direction of the event as seen from the station, likewise (BAZ).
    pub back_azimuth_deg: f64,
    /// Angle at the centre of the Earth between the two (GCARC), in degrees.
    pub arc_deg: f64,
}

/// Flattening of WGS84.
const FLATTENING: f64 = 1.0 / 298.257_223_563;

impl Geometry {
    /// From an event to a station, each given by latitude and longitude in degrees.
    ///
    /// Distance and azimuths by C. F. F. Karney, *Algorithms for geodesics*, J. Geodesy 87 (2013),
    /// exact to nanometres and without exceptions (ObsPy uses it too, if `geographiclib` is
    /// installed, else Vincenty's formula, which agrees to millimetres but fails for antipodes).
    ///
    /// The arc is the angle between the geocentric directions, tan φ' = (1 − f)² tan φ, which is
    /// how SAC defines GCARC and what travel-time tables take. (ObsPy divides the distance by
    /// 6371 km, which differs by up to 0.3 %.)
    ///
    /// # Errors
    /// [`Error::Coordinate`] for a latitude beyond ±90° or a longitude beyond −180 … 360°.
    pub fn between(event_deg: (f64, f64), station_deg: (f64, f64)) -> Result<Self> {
        let (event, station) = (checked("evla", event_deg)?, checked("stla", station_deg)?);
        let (distance_m, azimuth, azimuth_at_station, _): (f64, f64, f64, f64) =
            Geodesic::wgs84().inverse(event.0, event.1, station.0, station.1);
        let apart = distance_m > 0.0;
        let circle = |degrees: f64| {
            let positive = degrees.rem_euclid(360.0);
            // -1e-20 becomes 360.
            if positive < 360.0 && apart { positive } else { 0.0 }
        };
        Ok(Self {
            distance_km: distance_m / 1000.0,
            azimuth_deg: circle(azimuth),
            back_azimuth_deg: circle(azimuth_at_station + 180.0),
            arc_deg: if apart { geocentric_arc_deg(event, station) } else { 0.0 },
        })
    }
}

fn checked(variable: &'static str, (latitude, longitude): (f64, f64)) -> Result<(f64, f64)> {
    if !(-90.0..=90.0).contains(&latitude) {
        let expected = "a latitude from -90 to 90 degrees";
        return Err(Error::Coordinate { variable, value: latitude, expected });
    }
    if !(-180.0..=360.0).contains(&longitude) {
        let variable = if variable == "stla" { "stlo" } else { "evlo" };
        let expected = "a longitude from -180 to 360 degrees";
        return Err(Error::Coordinate { variable, value: longitude, expected });
    }
    Ok((latitude, longitude))
}

/// Angle between two geocentric directions, by the formula that is exact for small angles and near
/// antipodes alike (the vector form: atan2 of cross and dot product).
fn geocentric_arc_deg(a: (f64, f64), b: (f64, f64)) -> f64 {
    let unit = |(latitude, longitude): (f64, f64)| {
        let (sin, cos) = latitude.to_radians().sin_cos();
        // tan φ' = (1 − f)² tan φ, without a division by cos φ.
        let latitude = (sin * (1.0 - FLATTENING).powi(2)).atan2(cos);
        let (z, radius) = latitude.sin_cos();
        let (y, x) = longitude.to_radians().sin_cos();
        [radius * x, radius * y, z]
    };
    let ([ax, ay, az], [bx, by, bz]) = (unit(a), unit(b));
    let cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    let sin = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    let cos = ax * bx + ay * by + az * bz;
    sin.atan2(cos).to_degrees()
}

impl Header {
    /// Sets STLA, STLO, STEL and STDP; what the station does not say becomes undefined. DIST, AZ,
    /// BAZ and GCARC follow if there is an event, else they become undefined.
    ///
    /// # Errors
    /// [`Error::Coordinate`]; [`Error::Float`] for numbers that are not finite. The header is then
    /// unchanged.
    pub fn set_station(&mut self, station: &StationLocation) -> Result<&mut Self> {
        let mut header = self.clone();
        checked("stla", (station.latitude_deg, station.longitude_deg))?;
        header
            .set_stla(station.latitude_deg)?
            .set_stlo(station.longitude_deg)?
            .set_stel(station.elevation_m)?
            .set_stdp(station.depth_m)?
            .update_geometry()?;
        *self = header;
        Ok(self)
    }

    /// Sets EVLA, EVLO, EVDP (in kilometres), MAG, KEVNM and O; what the event does not say becomes
    /// undefined. DIST, AZ, BAZ and GCARC follow if there is a station, else they become undefined.
    ///
    /// # Errors
    /// [`Error::Coordinate`]; [`Error::NoReferenceTime`] for an origin time without reference
    /// time; [`Error::Text`] for a name of more than 16 characters; [`Error::Float`]. The header is
    /// then unchanged.
    pub fn set_event(&mut self, event: &EventOrigin) -> Result<&mut Self> {
        let mut header = self.clone();
        checked("evla", (event.latitude_deg, event.longitude_deg))?;
        header
            .set_evla(event.latitude_deg)?
            .set_evlo(event.longitude_deg)?
            .set_evdp(event.depth_km)?
            .set_mag(event.magnitude)?
            .set_kevnm(event.name.as_deref())?;
        match event.time {
            Some(time) => header.set_time("o", time)?,
            None => header.set_o(None)?,
        };
        header.update_geometry()?;
        *self = header;
        Ok(self)
    }

    /// Sets everything that a station and an event say, and the distance and azimuths between them:
    /// [`set_station`](Self::set_station) and [`set_event`](Self::set_event) in one.
    ///
    /// ```
    /// use seis_io::sac::{EventOrigin, Header, StationLocation};
    /// let mut header = Header::new();
    /// header.set_geometry(
    ///     &StationLocation::new(34.8294, -116.3350).with_elevation_m(920.0),
    ///     &EventOrigin::new(38.297, 142.373).with_depth_km(29.0),
    /// )?;
    /// assert_eq!(header.dist().map(f64::round), Some(8563.0));
    /// assert_eq!(header.baz().map(f64::round), Some(308.0));
    /// # Ok::<(), seis_io::sac::Error>(())
    /// ```
    ///
    /// # Errors
    /// As these two. The header is then unchanged.
    pub fn set_geometry(
        &mut self,
        station: &StationLocation,
        event: &EventOrigin,
    ) -> Result<&mut Self> {
        let mut header = self.clone();
        header.set_station(station)?.set_event(event)?;
        *self = header;
        Ok(self)
    }

    /// Sets DIST, AZ, BAZ and GCARC from STLA, STLO, EVLA and EVLO as they are stored, on WGS84;
    /// undefined if one of these is.
    ///
    /// LCALDA stays. While it is true SAC computes the four itself when it reads the file, on its
    /// own spheroid unless IBODY is IEARTH.
    ///
    /// # Errors
    /// [`Error::Coordinate`] for coordinates that are none. The header is then unchanged.
    pub fn update_geometry(&mut self) -> Result<&mut Self> {
        let station = self.stla().zip(self.stlo());
        let event = self.evla().zip(self.evlo());
        let path = event
            .zip(station)
            .map(|(event, station)| Geometry::between(event, station))
            .transpose()?;
        self.set_dist(path.map(|p| p.distance_km))?
            .set_az(path.map(|p| p.azimuth_deg))?
            .set_baz(path.map(|p| p.back_azimuth_deg))?
            .set_gcarc(path.map(|p| p.arc_deg))
    }

    /// Sets CMPAZ and CMPINC from azimuth and dip as SEED and StationXML give them: azimuth in
    /// degrees from north, clockwise; dip in degrees down from the horizontal. CMPINC counts from
    /// upward vertical, so it is the dip and 90: 0 for a vertical component (dip −90), 90 for a
    /// horizontal one.
    ///
    /// # Errors
    /// [`Error::Coordinate`] for an azimuth beyond 0 … 360° or a dip beyond ±90°.
    pub fn set_orientation(&mut self, azimuth_deg: f64, dip_deg: f64) -> Result<&mut Self> {
        if !(0.0..=360.0).contains(&azimuth_deg) {
            let expected = "an azimuth from 0 to 360 degrees";
            return Err(Error::Coordinate { variable: "cmpaz", value: azimuth_deg, expected });
        }
        if !(-90.0..=90.0).contains(&dip_deg) {
            let expected = "a dip from -90 to 90 degrees";
            return Err(Error::Coordinate { variable: "cmpinc", value: dip_deg, expected });
        }
        self.set_cmpaz(azimuth_deg)?.set_cmpinc(dip_deg + 90.0)
    }

    /// Azimuth and dip as SEED counts them, in degrees: CMPAZ, and CMPINC less 90. `None` if one
    /// is undefined.
    #[must_use]
    pub fn orientation_deg(&self) -> Option<(f64, f64)> {
        Some((self.cmpaz()?, self.cmpinc()? - 90.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_paths() {
        // GeographicLib's GeodSolve -i (Karney 2013, table 3 and example of the manual).
        let path = Geometry::between((40.6, -73.8), (51.6, -0.5)).unwrap();
        assert!((path.distance_km - 5_551.759_4).abs() < 1e-6, "{path:?}");
        assert!((path.azimuth_deg - 51.198_883).abs() < 1e-6);
        assert!((path.back_azimuth_deg - (107.821_777 + 180.0)).abs() < 1e-6);
        // Nearly antipodal, where Vincenty's formula does not converge (Karney 2013, table 6).
        let path = Geometry::between((-30.0, 0.0), (29.9, 179.8)).unwrap();
        assert!((path.distance_km - 19_989.832_827_61).abs() < 1e-6, "{path:?}");
        assert!((path.azimuth_deg - 161.890_524_736).abs() < 1e-6);
    }

    #[test]
    fn arcs_are_geocentric() {
        let arc = |a, b| Geometry::between(a, b).unwrap().arc_deg;
        assert!((arc((0.0, 0.0), (0.0, 10.0)) - 10.0).abs() < 1e-12);
        assert!((arc((0.0, 0.0), (90.0, 0.0)) - 90.0).abs() < 1e-12);
        assert!((arc((45.0, 0.0), (-45.0, 180.0)) - 180.0).abs() < 1e-12);
        // Geocentric latitude of 45°: 44.807576°.
        assert!((arc((0.0, 7.0), (45.0, 7.0)) - 44.807_576).abs() < 1e-6);
    }

    #[test]
    fn coincident_points_have_no_direction() {
        let path = Geometry::between((12.0, 34.0), (12.0, 34.0)).unwrap();
        assert_eq!((path.distance_km, path.azimuth_deg, path.back_azimuth_deg), (0.0, 0.0, 0.0));
        assert_eq!(path.arc_deg, 0.0);
        let path = Geometry::between((12.0, -10.0), (12.0, 350.0)).unwrap();
        assert_eq!(path.distance_km, 0.0);
    }

    #[test]
    fn impossible_coordinates_change_nothing() {
        let mut header = Header::new();
        let station = StationLocation::new(10.0, 20.0);
        header.set_geometry(&station, &EventOrigin::new(0.0, 0.0).with_magnitude(5.0)).unwrap();
        assert!(header.dist().is_some());
        let before = header.clone();
        for (latitude, longitude) in [(91.0, 0.0), (0.0, -181.0), (f64::NAN, 0.0), (0.0, 361.0)] {
            assert!(matches!(
                header.set_station(&StationLocation::new(latitude, longitude)),
                Err(Error::Coordinate { .. })
            ));
            assert!(header.set_event(&EventOrigin::new(latitude, longitude)).is_err());
        }
        let timed = EventOrigin::new(1.0, 1.0).with_time(UtcTime::EPOCH);
        assert!(matches!(header.set_event(&timed), Err(Error::NoReferenceTime)));
        assert!(header.set_event(&EventOrigin::new(1.0, 1.0).with_name("x".repeat(17))).is_err());
        assert!(header.set_orientation(361.0, 0.0).is_err());
        assert!(header.set_orientation(0.0, 91.0).is_err());
        assert_eq!(header, before);
    }

    #[test]
    fn a_new_event_leaves_nothing_of_the_old_one() {
        let mut header = Header::new();
        header.set_reference_time("2011-03-11T05:46:00Z".parse().unwrap()).unwrap();
        header.set_station(&StationLocation::new(10.0, 20.0)).unwrap();
        assert_eq!(header.dist(), None);
        let event = EventOrigin::new(38.0, 142.0)
            .with_depth_km(29.0)
            .with_time("2011-03-11T05:46:24.125Z".parse().unwrap())
            .with_magnitude(9.1)
            .with_name("Tohoku");
        header.set_event(&event).unwrap();
        assert_eq!((header.evdp(), header.o()), (Some(29.0), Some(24.125)));
        assert!(header.gcarc().is_some());
        header.set_event(&EventOrigin::new(0.0, 0.0)).unwrap();
        assert_eq!((header.evdp(), header.o(), header.mag()), (None, None, None));
        assert_eq!(header.kevnm(), None);
    }

    #[test]
    fn inclination_counts_from_above() {
        let mut header = Header::new();
        header.set_orientation(90.0, -90.0).unwrap();
        assert_eq!((header.cmpaz(), header.cmpinc()), (Some(90.0), Some(0.0)));
        assert_eq!(header.orientation_deg(), Some((90.0, -90.0)));
    }
}
