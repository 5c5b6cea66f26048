//! Which response holds for a seismogram.

use std::sync::Arc;

use seis_core::{SourceId, TimeDelta, UtcTime};
use seis_resp::{
    Channel, ChannelResponse, Epoch, EpochPolicy, Gain, Inventory, LookupError, Network, Response,
    Stage, Station,
};

fn t(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn id(text: &str) -> SourceId {
    text.parse().unwrap()
}

fn response(gain: f64) -> Response {
    let gain = Some(Gain { value: gain, frequency_hz: Some(1.0) });
    Response { stages: vec![Stage { number: 1, gain, ..Stage::default() }], ..Response::default() }
}

/// Channel epochs of XX.ABC..BHZ: start, end (empty is open), and a gain that tells them apart.
fn epochs(list: &[(&str, &str, f64)]) -> Inventory {
    let mut station = Station::new("ABC");
    for (start, end, gain) in list {
        let bound = |text: &str| (!text.is_empty()).then(|| t(text));
        let mut channel = Channel::new("", "BHZ");
        channel.epoch = Epoch::new(bound(start), bound(end));
        channel.response = response(*gain).into();
        station.channels.push(channel);
    }
    let mut network = Network::new("XX");
    network.stations.push(station);
    let mut inventory = Inventory::new("Test");
    inventory.networks_mut().push(network);
    inventory
}

fn gain(found: Result<&Arc<Response>, LookupError>) -> Result<f64, LookupError> {
    found.map(|r| r.stages[0].gain.unwrap().value)
}

fn find(inventory: &Inventory, first: &str, last: &str) -> Result<f64, LookupError> {
    gain(inventory.response(&id("XX.ABC..BHZ"), t(first), t(last)))
}

fn find_by(
    inventory: &Inventory,
    first: &str,
    last: &str,
    policy: EpochPolicy,
) -> Result<f64, LookupError> {
    let found = inventory.lookup(&id("XX.ABC..BHZ"), t(first), t(last), policy);
    gain(found.map(|m| m.response))
}

#[test]
fn contiguous_epochs() {
    let inventory = epochs(&[("2010-01-01", "2012-01-01", 1.0), ("2012-01-01", "2014-01-01", 2.0)]);
    assert_eq!(find(&inventory, "2011-01-01", "2011-01-02"), Ok(1.0));
    assert_eq!(
        find(&inventory, "2011-12-31", "2012-01-01"),
        Ok(1.0),
        "last sample on the boundary"
    );
    assert_eq!(find(&inventory, "2012-01-01", "2012-01-01"), Ok(2.0), "first sample on it");
    assert_eq!(find(&inventory, "2012-01-01", "2013-01-01"), Ok(2.0));
    assert_eq!(find(&inventory, "2010-01-01", "2010-01-01"), Ok(1.0));
    match find(&inventory, "2011-12-31", "2012-01-02") {
        Err(LookupError::EpochEndsWithin { split, epochs, .. }) => {
            assert_eq!(split, t("2012-01-01"));
            assert_eq!(epochs.len(), 2);
        }
        other => panic!("{other:?}"),
    }
    match find(&inventory, "2009-12-31", "2010-01-02") {
        Err(LookupError::EpochBeginsWithin { split, .. }) => assert_eq!(split, t("2010-01-01")),
        other => panic!("{other:?}"),
    }
    for (first, last) in [("2009-01-01", "2009-12-31"), ("2014-01-01", "2014-01-02")] {
        match find(&inventory, first, last) {
            Err(LookupError::NoEpoch { epochs, .. }) => assert_eq!(epochs.len(), 2),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_same_response_in_neighbouring_epochs_is_one() {
    let joined = epochs(&[
        ("2012-01-01", "2013-12-31T23:59:59", 1.0),
        ("2010-01-01", "2012-01-01", 1.0),
        ("2014-01-01", "", 1.0),
    ]);
    assert_eq!(find(&joined, "2011-06-01", "2015-01-01"), Ok(1.0));
    let hole = epochs(&[("2010-01-01", "2011-12-31T23:59:58", 1.0), ("2012-01-01", "", 1.0)]);
    assert!(matches!(
        find(&hole, "2011-06-01", "2013-01-01"),
        Err(LookupError::EpochEndsWithin { split, .. }) if split == t("2011-12-31T23:59:58")
    ));
    // Between the two there is another instrument.
    let three = epochs(&[
        ("2010-01-01", "2011-01-01", 1.0),
        ("2011-01-01", "2012-01-01", 2.0),
        ("2012-01-01", "2013-01-01", 1.0),
    ]);
    assert!(matches!(
        find(&three, "2010-06-01", "2012-06-01"),
        Err(LookupError::EpochEndsWithin { .. })
    ));
    let early = epochs(&[("2010-01-01", "2011-01-01", 1.0), ("2011-01-01", "2012-01-01", 1.0)]);
    assert!(matches!(
        find(&early, "2009-06-01", "2011-06-01"),
        Err(LookupError::EpochBeginsWithin { .. })
    ));
}

#[test]
fn overlapping_epochs_need_a_policy_only_if_they_differ() {
    let same = epochs(&[("2010-01-01", "", 1.0), ("2012-01-01", "", 1.0)]);
    assert_eq!(find(&same, "2013-01-01", "2013-01-02"), Ok(1.0));
    let inventory = epochs(&[("2010-01-01", "", 1.0), ("2012-01-01", "", 2.0)]);
    let both = ("2013-01-01", "2013-01-02");
    match find(&inventory, both.0, both.1) {
        Err(LookupError::Ambiguous { epochs, what, .. }) => {
            assert_eq!((epochs.len(), what), (2, "responses"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(find_by(&inventory, both.0, both.1, EpochPolicy::First), Ok(1.0));
    assert_eq!(find_by(&inventory, both.0, both.1, EpochPolicy::LatestStart), Ok(2.0));
    // The second begins within the trace: half of it would be corrected wrongly.
    let within = ("2011-12-01", "2012-02-01");
    assert!(matches!(find(&inventory, within.0, within.1), Err(LookupError::Ambiguous { .. })));
    assert_eq!(find_by(&inventory, within.0, within.1, EpochPolicy::First), Ok(1.0));
    match find_by(&inventory, within.0, within.1, EpochPolicy::LatestStart) {
        Err(error) => assert_eq!(error.split(), Some(t("2012-01-01"))),
        other => panic!("{other:?}"),
    }
    assert_eq!(find(&inventory, "2011-01-01", "2012-01-01"), Ok(1.0), "begins at the last sample");
}

#[test]
fn channels_that_are_not_there() {
    let inventory = epochs(&[("2010-01-01", "", 1.0)]);
    let now = t("2022-01-01");
    match inventory.response(&id("XX.ABC.10.BHZ"), now, now) {
        Err(error @ LookupError::NoSuchChannel { .. }) => {
            assert_eq!(
                error.to_string(),
                "no metadata for XX.ABC.10.BHZ: of this station there are XX.ABC..BHZ"
            );
        }
        other => panic!("{other:?}"),
    }
    match inventory.response(&id("XX.DEF..BHZ"), now, now) {
        Err(error) => assert!(error.to_string().ends_with("the station is unknown"), "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(inventory.response(&id("XX.ABC..bhz"), now, now).is_err(), "codes have a case");
    assert!(inventory.response(&id("XX.ABC.--.BHZ"), now, now).is_ok());
}

#[test]
fn epochs_without_a_usable_response() {
    let mut inventory = epochs(&[("2010-01-01", "", 1.0), ("2010-01-01", "", 1.0)]);
    let period = ("2022-01-01", "2022-01-02");
    inventory.networks_mut()[0].stations[0].channels[0].response = ChannelResponse::Absent;
    assert_eq!(find(&inventory, period.0, period.1), Ok(1.0), "the one that has none is no rival");
    inventory.networks_mut()[0].stations[0].channels[1].response = ChannelResponse::Absent;
    assert!(matches!(find(&inventory, period.0, period.1), Err(LookupError::NoResponse { .. })));
    let channel =
        inventory.channel(&id("XX.ABC..BHZ"), t(period.0), t(period.1), EpochPolicy::Error);
    assert_eq!(channel.unwrap().channel.code, "BHZ", "its coordinates can be had all the same");
}

#[test]
fn dates_are_inherited() {
    let mut inventory = epochs(&[("", "", 1.0)]);
    inventory.networks_mut()[0].epoch.start = Some(t("1990-01-01"));
    inventory.networks_mut()[0].stations[0].epoch.end = Some(t("2000-01-01"));
    assert_eq!(find(&inventory, "1995-01-01", "1995-01-02"), Ok(1.0));
    assert!(find(&inventory, "1985-01-01", "1985-01-02").is_err());
    assert!(find(&inventory, "2005-01-01", "2005-01-02").is_err());
    let epochs = inventory.channel_epochs(&id("XX.ABC..BHZ"));
    assert_eq!(epochs[0].epoch, Epoch::new(Some(t("1990-01-01")), Some(t("2000-01-01"))));
    // A channel's own dates count alone.
    inventory.networks_mut()[0].stations[0].channels[0].epoch.end = Some(t("2010-01-01"));
    assert_eq!(find(&inventory, "2005-01-01", "2005-01-02"), Ok(1.0));
}

#[test]
fn channels_that_disagree_about_where_they_are() {
    let mut inventory = epochs(&[("2010-01-01", "", 1.0), ("2012-01-01", "", 1.0)]);
    let (first, last) = (t("2013-01-01"), t("2013-01-02"));
    let bhz = id("XX.ABC..BHZ");
    assert!(inventory.channel(&bhz, first, last, EpochPolicy::Error).is_ok());
    inventory.networks_mut()[0].stations[0].channels[1].azimuth = Some(12.0.into());
    let found = inventory.channel(&bhz, first, last, EpochPolicy::Error);
    assert!(matches!(found, Err(LookupError::Ambiguous { .. })));
    let latest = inventory.channel(&bhz, first, last, EpochPolicy::LatestStart).unwrap();
    assert_eq!(latest.channel.azimuth_deg(), Some(12.0));
    assert!(inventory.channel(&bhz, t("2000-01-01"), t("2000-01-02"), EpochPolicy::First).is_err());
}

/// The parts of a seismogram as start, end (empty for the last) and gain (or none).
fn spans(
    inventory: &Inventory,
    first: &str,
    last: &str,
    policy: EpochPolicy,
) -> Vec<(UtcTime, Option<UtcTime>, Option<f64>)> {
    let found = inventory.response_spans(&id("XX.ABC..BHZ"), t(first), t(last), policy).unwrap();
    let gain = |m: seis_resp::ResponseMatch<'_>| m.response.stages[0].gain.unwrap().value;
    found.into_iter().map(|span| (span.start, span.end, span.found.ok().map(gain))).collect()
}

#[test]
fn an_epoch_that_ends_within_the_trace_names_the_split_time() {
    let inventory = epochs(&[("2010-01-01", "2012-01-01", 1.0), ("2012-01-01", "2014-01-01", 2.0)]);
    let error = find(&inventory, "2011-12-31", "2012-01-02").unwrap_err();
    assert_eq!(error.split(), Some(t("2012-01-01")));
    assert!(error.to_string().contains("cut the trace there"), "{error}");
    let parts = spans(&inventory, "2011-12-31", "2012-01-02", EpochPolicy::Error);
    assert_eq!(
        parts,
        [(t("2011-12-31"), Some(t("2012-01-01")), Some(1.0)), (t("2012-01-01"), None, Some(2.0))]
    );
    for (first, last, gain) in [
        ("2011-12-31", "2012-01-01", 1.0),
        ("2012-01-01", "2012-01-02", 2.0),
        ("2013-12-31", "2014-01-01", 2.0),
    ] {
        let parts = spans(&inventory, first, last, EpochPolicy::Error);
        assert_eq!(parts, [(t(first), None, Some(gain))]);
    }
}

#[test]
fn parts_without_a_response_say_why() {
    let inventory = epochs(&[
        ("2010-01-01", "2012-01-01", 1.0),
        ("2012-01-02", "2014-01-01", 1.0),
        ("2013-01-01", "", 3.0),
    ]);
    let parts = spans(&inventory, "2009-12-31", "2020-01-01", EpochPolicy::Error);
    assert_eq!(
        parts,
        [
            (t("2009-12-31"), Some(t("2010-01-01")), None),
            (t("2010-01-01"), Some(t("2012-01-01")), Some(1.0)),
            (t("2012-01-01"), Some(t("2012-01-02")), None),
            (t("2012-01-02"), Some(t("2013-01-01")), Some(1.0)),
            (t("2013-01-01"), Some(t("2014-01-01")), None),
            (t("2014-01-01"), None, Some(3.0)),
        ]
    );
    let latest = spans(&inventory, "2012-06-01", "2020-01-01", EpochPolicy::LatestStart);
    assert_eq!(
        latest,
        [(t("2012-06-01"), Some(t("2013-01-01")), Some(1.0)), (t("2013-01-01"), None, Some(3.0))]
    );
    let first = spans(&inventory, "2012-06-01", "2020-01-01", EpochPolicy::First);
    assert_eq!(first[1], (t("2014-01-01"), None, Some(3.0)));
    assert!(
        inventory
            .response_spans(
                &id("XX.DEF..BHZ"),
                t("2010-01-01"),
                t("2011-01-01"),
                EpochPolicy::First
            )
            .is_err()
    );
}

#[test]
fn a_second_between_epochs_is_no_hole() {
    let inventory = epochs(&[("2010-01-01", "2011-12-31T23:59:59", 1.0), ("2012-01-01", "", 2.0)]);
    let day = ("2011-12-31", "2011-12-31T23:59:59.975");
    assert_eq!(find(&inventory, day.0, day.1), Ok(1.0));
    let error = find(&inventory, "2011-12-31", "2012-01-02").unwrap_err();
    assert_eq!(error.split(), Some(t("2012-01-01")), "no sample is lost between the two");
    let last = epochs(&[("2010-01-01", "2011-12-31T23:59:59", 1.0)]);
    assert!(find(&last, day.0, day.1).is_err(), "nothing says that the second counts");
    // A ten-thousandth of the epochs is met, whatever their order.
    let many: Vec<(String, String)> = (0..10_000_i64)
        .map(|n| UtcTime::from_nanos(i128::from(n * 7919 % 10_000) * 60_000_000_000))
        .map(|start| (start.to_string(), (start + TimeDelta::from_seconds(60)).to_string()))
        .collect();
    let list: Vec<_> = many
        .iter()
        .enumerate()
        .map(|(n, (a, b))| (a.as_str(), b.as_str(), n as f64 + 1.0))
        .collect();
    let inventory = epochs(&list);
    for (n, (start, end)) in many.iter().enumerate().step_by(997) {
        assert_eq!(find(&inventory, start, end), Ok(n as f64 + 1.0));
    }
}

/// An end before the beginning is no seismogram, whatever epoch holds both.
#[test]
fn reversed_times_are_refused() {
    let inventory = epochs(&[("", "", 1.0)]);
    let id = id("XX.ABC..BHZ");
    let (first, last) = (t("2010-01-02"), t("2010-01-01"));
    let found = inventory.channel(&id, first, last, EpochPolicy::Error);
    assert!(matches!(found, Err(LookupError::Reversed { .. })), "{found:?}");
    let found = inventory.lookup(&id, first, last, EpochPolicy::First);
    assert!(matches!(found, Err(LookupError::Reversed { .. })), "{found:?}");
    assert!(inventory.response(&id, first, last).unwrap_err().to_string().contains("exchanged"));
}
