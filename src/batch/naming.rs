//! File names: what a raw file's name says, and what its results are called.

use seis_core::{SourceId, UtcTime};

/// What the name of a raw file says, if it has the MassDownloader's form
/// `NET.STA.LOC.CHA__20220102T000000Z__20220102T002000Z.mseed`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RawName {
    /// The channel.
    pub id: SourceId,
    /// The window that was asked for, as the name spells it: start and end.
    pub window: (String, String),
}

impl RawName {
    /// Reads a file name; `None` if it has another form.
    ///
    /// ```
    /// use seis::batch::RawName;
    /// let name = RawName::parse("CI.HEC..BHN__20220102T000000Z__20220102T002000Z.mseed");
    /// assert_eq!(name.map(|n| n.id.to_string()).as_deref(), Some("CI.HEC..BHN"));
    /// assert!(RawName::parse("CI.HEC..BHN.D.2022.002").is_none());
    /// ```
    #[must_use]
    pub fn parse(file_name: &str) -> Option<Self> {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let mut parts = stem.split("__");
        let (id, start, end) = (parts.next()?, parts.next()?, parts.next()?);
        let window_time = |text: &str| {
            let well_formed = text.len() == 16 && text.ends_with('Z');
            well_formed && text.parse::<UtcTime>().is_ok()
        };
        if parts.next().is_some() || !window_time(start) || !window_time(end) {
            return None;
        }
        Some(Self { id: id.parse().ok()?, window: (start.to_owned(), end.to_owned()) })
    }
}

/// What a result file is called, without its extension: `<NET.STA.LOC.CHA>_<start>_<end>`.
///
/// Start and end come from the raw file's name if it names this channel, so that they agree
/// across an event; otherwise they are those of the trace. `segment` is its number among several
/// segments of the channel in one file, from 1.
pub(super) fn result_stem(
    id: &SourceId,
    raw: Option<&RawName>,
    span: (UtcTime, UtcTime),
    segment: Option<usize>,
) -> String {
    let window = match raw.filter(|name| name.id == *id) {
        Some(name) => name.window.clone(),
        None => (compact(span.0), compact(span.1)),
    };
    let number = segment.map_or_else(String::new, |n| format!("_{n}"));
    format!("{id}_{}_{}{number}", window.0, window.1)
}

/// The channel that a result's name, without its extension, begins with; `None` if the name has
/// not the form of [`result_stem`].
pub(super) fn id_of_result(stem: &str) -> Option<SourceId> {
    let segment = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let stem = match stem.rsplit_once('_') {
        Some((rest, number)) if segment(number) && rest.ends_with('Z') => rest,
        _ => stem,
    };
    // Codes may hold underscores, times do not.
    let (rest, _end) = stem.rsplit_once('_')?;
    let (id, _start) = rest.rsplit_once('_')?;
    id.parse().ok()
}

/// An instant as the MassDownloader writes it, `20220102T000000Z`, without characters that file
/// systems dislike.
pub(crate) fn compact(time: UtcTime) -> String {
    time.to_string().replace([':', '-'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mass_downloaders_form_counts() {
        let name =
            RawName::parse("IU.ANMO.00.LHZ__20220102T000000Z__20220102T002000Z.mseed").unwrap();
        assert_eq!(name.id.location, "00");
        assert_eq!(name.window.0, "20220102T000000Z");
        for other in [
            "a.mseed",
            "CI.HEC..BHN__20220102T000000Z.mseed",
            "CI.HEC..BHN__20220102T000000Z__20220102T002000Z__x.mseed",
            "CI.HEC..BHN__20221302T000000Z__20220102T002000Z.mseed",
            "CI.HEC.BHN__20220102T000000Z__20220102T002000Z.mseed",
            "../x__20220102T000000Z__20220102T002000Z.mseed",
        ] {
            assert_eq!(RawName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn results_are_named_after_the_window_or_the_trace() {
        let raw = RawName::parse("CI.HEC..BHN__20220102T000000Z__20220102T002000Z.mseed");
        let id = "CI.HEC..BHN".parse().unwrap();
        let other = "CI.HEC..BHZ".parse().unwrap();
        let span = (UtcTime::from_nanos(69_500_000), UtcTime::from_nanos(1_000_000_000));
        let stem = |id, n| result_stem(id, raw.as_ref(), span, n);
        assert_eq!(stem(&id, None), "CI.HEC..BHN_20220102T000000Z_20220102T002000Z");
        assert_eq!(stem(&id, Some(2)), "CI.HEC..BHN_20220102T000000Z_20220102T002000Z_2");
        assert_eq!(stem(&other, None), "CI.HEC..BHZ_19700101T000000.0695Z_19700101T000001Z");
        let long: SourceId = "CI.HEC..B_H_ZZ".parse().unwrap();
        for (stem, id) in [
            (stem(&id, None), id),
            (stem(&id, Some(12)), id),
            (stem(&other, Some(1)), other),
            (stem(&long, None), long),
        ] {
            assert_eq!(id_of_result(&stem), Some(id), "{stem}");
        }
        assert_eq!(id_of_result("notes"), None);
        assert_eq!(id_of_result("my_other_notes"), None);
    }
}
