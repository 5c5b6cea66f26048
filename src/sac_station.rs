//! What an inventory knows and a SAC header has a place for.

use seis_io::sac::{self, StationLocation};
use seis_resp::ChannelEpoch;

/// Fills the station's coordinates, elevation and depth (STLA, STLO, STEL, STDP) and the
/// component's azimuth and inclination (CMPAZ, CMPINC) of a SAC header from a channel's metadata.
///
/// What the channel does not say is taken from its station; what neither says is left alone.
///
/// ```no_run
/// use seis::prelude::*;
/// use seis::{fill_sac_station, sac::SacFile};
/// # let (trace, inventory) = (Trace::default(), Inventory::read("CI.HEC.xml")?);
/// let channel =
///     inventory.channel(&trace.id, trace.start, trace.end(), EpochPolicy::Error)?;
/// let mut file = SacFile::from_trace(&trace)?;
/// fill_sac_station(&mut file.header, &channel)?;
/// file.write("CI.HEC..BHN.sac")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`sac::Error::Coordinate`] for a latitude, longitude, azimuth or dip that cannot be.
pub fn fill_sac_station(header: &mut sac::Header, epoch: &ChannelEpoch<'_>) -> sac::Result<()> {
    let (channel, station) = (epoch.channel, epoch.station);
    let latitude_deg = channel.latitude_deg().or(station.latitude_deg());
    let longitude_deg = channel.longitude_deg().or(station.longitude_deg());
    if let (Some(latitude_deg), Some(longitude_deg)) = (latitude_deg, longitude_deg) {
        let mut location = StationLocation::new(latitude_deg, longitude_deg);
        location.elevation_m = channel.elevation_m().or(station.elevation_m());
        location.depth_m = channel.depth_m();
        header.set_station(&location)?;
    }
    if let (Some(azimuth_deg), Some(dip_deg)) = (channel.azimuth_deg(), channel.dip_deg()) {
        header.set_orientation(azimuth_deg, dip_deg)?;
    }
    Ok(())
}
