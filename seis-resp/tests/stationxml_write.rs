//! What is written as StationXML reads back as it was.

mod common;

use common::{all_stages, channel, descriptions, with_channels, with_response};
use proptest::prelude::*;
use seis_resp::{
    Channel, ChannelResponse, ChannelType, Complex64, Error, ExtensionElement, Extensions, Filter,
    FilterKind, Gain, Inventory, Measured, MeasuredDetails, Network, Operator, PolesZeros,
    PzDomain, Response, SchemaVersion, Sensitivity, Stage, Station, UnitName, WriteOptions,
};

fn round_trip(inventory: &Inventory) -> String {
    let text = inventory.to_stationxml().unwrap();
    let again = Inventory::from_stationxml(text.as_bytes()).unwrap();
    assert!(again.report.is_clean(), "{:#?}\n{text}", again.report);
    assert_eq!(&again, inventory, "{text}");
    text
}

#[test]
fn all_stages_and_descriptions() {
    let mut text = with_response(&all_stages());
    text = text.replace(
        "<Site>",
        "<Site><Description>a &lt;b&gt; &quot;c&quot; ünïcode</Description><Country>C</Country>",
    );
    let inventory = Inventory::from_stationxml(text.as_bytes()).unwrap();
    assert!(round_trip(&inventory).contains("schemaVersion=\"1.2\""));
}

#[test]
fn the_version_follows_the_content() {
    // A polynomial stage with a gain is valid in 1.0 only, identifiers from 1.1 on.
    let mut inventory = small();
    inventory.networks_mut()[0].stations[0].created = Some("2000-01-01".parse().unwrap());
    let mut response = Response::clone(response_of(&inventory));
    response.stages[0].filter.as_mut().unwrap().kind =
        FilterKind::Polynomial(seis_resp::Polynomial {
            coefficients: vec![1.0, 2.0],
            frequency_bounds_hz: Some((0.0, 1.0)),
            approximation_bounds: Some((0.0, 1.0)),
            maximum_error: Some(0.0),
            ..Default::default()
        });
    inventory.networks_mut()[0].stations[0].channels[0].response = response.into();
    assert!(round_trip(&inventory).contains("schemaVersion=\"1.0\""));
    let newer = WriteOptions::new().version(SchemaVersion::V1_2).to_string(&inventory);
    assert!(matches!(newer, Err(Error::NotWritable { reason, .. }) if reason.contains("1.0")));
    inventory.networks_mut()[0].info.identifiers.push(Default::default());
    let both = inventory.to_stationxml();
    assert!(matches!(both, Err(Error::NotWritable { reason, .. }) if reason.contains("1.1")));
}

fn units(name: &str) -> Option<UnitName> {
    Some(UnitName::new(name))
}

fn small() -> Inventory {
    let filter = Filter {
        input_units: units("M/S"),
        output_units: units("V"),
        name: None,
        resource_id: None,
        description: None,
        kind: FilterKind::PolesZeros(PolesZeros {
            domain: PzDomain::LaplaceHertz,
            normalization_factor: 1.0,
            normalization_frequency_hz: 1.0,
            zeros: vec![],
            poles: vec![Complex64::new(-1.0, 0.0)],
        }),
    };
    let response = Response {
        sensitivity: Some(Sensitivity {
            value: 1500.0,
            frequency_hz: Some(1.0),
            input_units: units("M/S"),
            output_units: units("V"),
            band: None,
        }),
        stages: vec![Stage {
            number: 1,
            filter: Some(filter),
            gain: Some(Gain { value: 1500.0, frequency_hz: Some(1.0) }),
            ..Stage::default()
        }],
        ..Response::default()
    };
    let mut channel = Channel::new("00", "BHZ");
    (channel.latitude, channel.longitude) = (Some(34.5.into()), Some((-116.25).into()));
    (channel.elevation, channel.depth) = (Some(920.0.into()), Some(0.0.into()));
    channel.response = response.into();
    let mut station = Station::new("ABC");
    (station.latitude, station.longitude) = (Some(34.5.into()), Some((-116.25).into()));
    station.elevation = Some(920.0.into());
    station.channels.push(channel);
    let mut network = Network::new("XX");
    network.stations.push(station);
    let mut inventory = Inventory::new("Test");
    inventory.networks_mut().push(network);
    inventory
}

fn response_of(inventory: &Inventory) -> &Response {
    inventory.channels().next().unwrap().channel.response.get().unwrap()
}

#[test]
fn what_the_schema_forbids_is_refused_and_may_be_forced() {
    type Edit = fn(&mut Inventory);
    fn station(inventory: &mut Inventory) -> &mut Station {
        &mut inventory.networks_mut()[0].stations[0]
    }
    fn first(inventory: &mut Inventory) -> &mut Channel {
        &mut station(inventory).channels[0]
    }
    fn edit_response(inventory: &mut Inventory, edit: fn(&mut Response)) {
        let mut response = Response::clone(response_of(inventory));
        edit(&mut response);
        first(inventory).response = response.into();
    }
    let edits: [(Edit, &str); 19] = [
        (|i| first(i).latitude = None, "Latitude is missing"),
        (|i| first(i).latitude = Some(90.0.into()), "[-90, 90)"),
        (|i| first(i).azimuth = Some(360.0.into()), "[0, 360)"),
        (|i| first(i).clock_drift = Some((-1.0).into()), "ClockDrift"),
        (|i| first(i).depth = Some(f64::NAN.into()), "Depth is NaN"),
        (|i| first(i).types.push(ChannelType::Other("LOUD".to_owned())), "LOUD"),
        (|i| first(i).sample_rate_ratio = Some((1, 1)), "without SampleRate"),
        (|i| first(i).info.unreadable_start = Some("yesterday".to_owned()), "no date"),
        (|i| station(i).elevation = None, "Elevation is missing"),
        (|i| station(i).operators.push(Operator::default()), "0 agencies"),
        (|i| station(i).site.name = "a\u{1}".to_owned(), "which XML cannot"),
        (
            |i| {
                let details =
                    MeasuredDetails { unit: Some("FEET".to_owned()), ..Default::default() };
                let details = Some(Box::new(details));
                station(i).elevation = Some(Measured { value: 1.0, details });
            },
            "FEET",
        ),
        (|i| i.created = None, "Created is missing"),
        (|i| i.networks_mut().clear(), "needs a network"),
        (|i| edit_response(i, |r| r.stages[0].gain = None), "StageGain of stage 1"),
        (
            |i| edit_response(i, |r| r.stages[0].gain.as_mut().unwrap().frequency_hz = None),
            "Frequency of StageGain",
        ),
        (
            |i| edit_response(i, |r| r.stages[0].decimation = Some(Default::default())),
            "InputSampleRate",
        ),
        (|i| edit_response(i, |r| r.sensitivity.as_mut().unwrap().value = f64::INFINITY), "inf"),
        (|i| edit_response(i, |r| r.polynomial = Some(Default::default())), "both"),
    ];
    for (edit, part) in edits {
        let mut inventory = small();
        round_trip(&inventory);
        edit(&mut inventory);
        match inventory.to_stationxml() {
            Err(Error::NotWritable { reason, .. }) => assert!(reason.contains(part), "{reason}"),
            other => panic!("{part}: {other:?}"),
        }
        let forced = WriteOptions::new().allow_invalid(true).to_string(&inventory).unwrap();
        assert!(Inventory::from_stationxml(forced.as_bytes()).is_ok(), "{forced}");
    }
}

#[test]
fn a_broken_response_survives_as_it_stood() {
    let bad =
        "<Response><Stage number=\"1\"><StageGain><Value>x</Value></StageGain></Stage></Response>";
    let text = with_channels(&channel("code=\"BHZ\" locationCode=\"\"", bad));
    let inventory = Inventory::from_stationxml(text.as_bytes()).unwrap();
    assert!(matches!(inventory.to_stationxml(), Err(Error::NotWritable { .. })));
    let forced = WriteOptions::new().allow_invalid(true).to_string(&inventory).unwrap();
    assert!(forced.contains(bad));
    assert_eq!(Inventory::from_stationxml(forced.as_bytes()).unwrap(), inventory);
}

#[test]
fn units_that_are_missing_stay_missing() {
    let mut inventory = small();
    let mut response = Response::clone(response_of(&inventory));
    response.stages[0].filter.as_mut().unwrap().input_units = None;
    response.sensitivity.as_mut().unwrap().output_units = None;
    inventory.networks_mut()[0].stations[0].channels[0].response = response.into();
    round_trip(&inventory);
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = std::env::temp_dir().join(format!("seis-resp-write-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.xml");
    let mut inventory = small();
    inventory.write_stationxml(&path).unwrap();
    assert_eq!(Inventory::read(&path).unwrap(), inventory);
    inventory.networks_mut().clear();
    assert!(inventory.write_stationxml(&path).is_err());
    assert_eq!(Inventory::read(&path).unwrap(), small_like(&path), "the old file stays");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left lying about");
    let nowhere = folder.join("none").join("a.xml");
    assert!(matches!(small().write_stationxml(&nowhere), Err(Error::Io { .. })));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `small()` as the file has it, whose creation time may be a second earlier.
fn small_like(path: &std::path::Path) -> Inventory {
    let mut inventory = small();
    inventory.created = Inventory::read(path).unwrap().created;
    inventory
}

#[test]
fn merging_counts_nothing_twice() {
    let mut all = small();
    all.merge(small());
    assert_eq!(all.networks(), small().networks());
    let mut other = small();
    other.networks_mut()[0].stations[0].channels[0].code = "BHN".to_owned();
    let mut second = Station::new("DEF");
    second.epoch.start = Some("2000-01-01".parse().unwrap());
    other.networks_mut()[0].stations.push(second);
    other.networks_mut().push(Network::new("YY"));
    all.extend([other, small()]);
    let ids: Vec<_> = all.channels().map(|c| c.id_text()).collect();
    assert_eq!(ids, ["XX.ABC.00.BHZ", "XX.ABC.00.BHN"]);
    assert_eq!(all.stations().count(), 2);
    assert_eq!(all.networks().len(), 2);
    let t = "2022-01-01".parse().unwrap();
    assert!(all.response(&"XX.ABC.00.BHN".parse().unwrap(), t, t).is_ok());
}

/// Each of two descriptions knows something that the other does not, in other namespaces as well.
#[test]
fn merging_loses_nothing_that_only_one_knows() {
    let extensions = |name: &str| {
        let element = ExtensionElement {
            name: format!("x:{name}"),
            xml: format!("<x:{name} xmlns:x=\"urn:x\"/>"),
        };
        Some(Box::new(Extensions { elements: vec![element], ..Extensions::default() }))
    };
    let mut first = small();
    first.networks_mut()[0].info.description = Some("network".to_owned());
    let station = &mut first.networks_mut()[0].stations[0];
    (station.latitude, station.channels[0].depth) = (None, None);
    let mut second = small();
    let network = &mut second.networks_mut()[0];
    network.info.extensions = extensions("Network");
    network.stations[0].info.extensions = extensions("Station");
    let info = &mut network.stations[0].channels[0].info;
    info.extensions = extensions("Channel");
    info.source_id = Some("FDSN:XX_ABC_00_B_H_Z".to_owned());
    info.restricted_status = Some("open".into());
    info.availability = Some(Box::default());
    let expected = {
        let mut all = second.clone();
        all.networks_mut()[0].info.description = Some("network".to_owned());
        all
    };
    first.merge(second);
    assert_eq!(first.networks(), expected.networks());
    // And once more from the file.
    let again = Inventory::from_stationxml(first.to_stationxml().unwrap().as_bytes()).unwrap();
    let station = &again.networks()[0].stations[0];
    for info in [&again.networks()[0].info, &station.info, &station.channels[0].info] {
        assert_eq!(info.extensions.as_ref().unwrap().elements.len(), 1);
    }
}

/// Files of other formats do not tell what a document has to.
#[test]
fn what_is_to_be_set_is_named() {
    let mut inventory = small();
    inventory.source = None;
    let told = inventory.to_stationxml().unwrap_err().to_string();
    assert!(told.contains("Inventory::source") && told.contains("allow_invalid"), "{told}");
    inventory.source = Some("Test".to_owned());
    inventory.created = None;
    let told = inventory.to_stationxml().unwrap_err().to_string();
    assert!(told.contains("Inventory::created"), "{told}");

    let mut inventory = small();
    let long = format!("{}\u{1}", "x".repeat(10_000));
    inventory.networks_mut()[0].info.description = Some(long);
    let told = inventory.to_stationxml().unwrap_err().to_string();
    assert!(told.contains("xxx") && told.len() < 300, "{} bytes", told.len());
}

#[test]
fn a_look_up_sees_what_was_changed() {
    let mut inventory = small();
    let (id, t) = ("XX.ABC.00.BHZ".parse().unwrap(), "2022-01-01".parse().unwrap());
    assert!(inventory.response(&id, t, t).is_ok());
    inventory.networks_mut()[0].stations[0].channels[0].response = ChannelResponse::Absent;
    assert!(inventory.response(&id, t, t).is_err());
    inventory.networks_mut().clear();
    assert!(inventory.response(&id, t, t).is_err());
}

fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("finite", |x| x.is_finite())
}

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[ -~äß𝄞\t\n&<>\"']{1,12}")
        .prop_map(|t| t.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()))
}

proptest! {
    #[test]
    fn every_number_and_text_comes_back(
        numbers in proptest::collection::vec(number(), 4..40),
        description in text(),
        name in text(),
        latitude in -90.0..90.0_f64,
        start in 0_i64..4_000_000_000_000_000_000,
    ) {
        let mut inventory = small();
        let station = &mut inventory.networks_mut()[0].stations[0];
        station.info.description = description.clone();
        station.latitude = Some(latitude.into());
        station.epoch.start = Some(seis_core::UtcTime::from_nanos(i128::from(start)));
        let mut response = Response::clone(station.channels[0].response.get().unwrap());
        response.resource_id = name.clone();
        let filter = response.stages[0].filter.as_mut().unwrap();
        filter.name = name;
        filter.description = description;
        if let FilterKind::PolesZeros(pz) = &mut filter.kind {
            pz.poles = numbers.chunks_exact(2).map(|c| Complex64::new(c[0], c[1])).collect();
            pz.normalization_factor = numbers[0];
        }
        station.channels[0].response = response.into();
        round_trip(&inventory);
    }
}

#[test]
fn other_namespaces_are_kept_where_they_can_be() {
    let text = descriptions()
        .replace(
            "<FDSNStationXML ",
            "<FDSNStationXML xmlns:e=\"http://e?a&amp;b\" e:of=\"a&lt;b\" ",
        )
        .replace(
            "<Operator>",
            "<e:Note e:id=\"1\"><e:P>x &amp; <![CDATA[y]]></e:P><Q/></e:Note><Operator>",
        )
        .replace(
            "<Vault>",
            "<f:Note xmlns:f='http://f'><e:P xmlns:g=\"http://g\" g:a=''/></f:Note><Vault>",
        )
        .replace("<Depth>", "<h:Unbound/><Depth>")
        .replace("<Channel ", "<Channel e:owner=\"me\" ");
    let inventory = Inventory::from_stationxml(text.as_bytes()).unwrap();
    let kept = inventory.extensions.as_ref().unwrap();
    assert_eq!((kept.attributes[0].value.as_str(), kept.elements.len()), ("a<b", 0));
    let network = &inventory.networks()[0];
    let note = &network.info.extensions.as_ref().unwrap().elements[0];
    assert_eq!(
        note.xml,
        "<e:Note xmlns:e=\"http://e?a&amp;b\" e:id=\"1\"><e:P>x &amp; <![CDATA[y]]></e:P><Q/></e:Note>"
    );
    let station = network.stations[0].info.extensions.as_ref().unwrap();
    assert!(station.elements[0].xml.starts_with("<f:Note xmlns:e=\"http://e?a&amp;b\" xmlns:f="));
    let channel = network.stations[0].channels[0].info.extensions.as_ref().unwrap();
    assert_eq!((channel.elements.len(), channel.attributes.len()), (0, 1));
    assert_eq!(inventory.report.ignored[0].name, "Channel/h:Unbound");
    let written = WriteOptions::new().allow_invalid(true).to_string(&inventory).unwrap();
    assert_eq!(Inventory::from_stationxml(written.as_bytes()).unwrap(), inventory);
    let mut broken = inventory.clone();
    let extensions = broken.networks_mut()[0].info.extensions.as_mut().unwrap();
    extensions.elements[0].xml = "</Network>".to_owned();
    assert!(WriteOptions::new().allow_invalid(true).to_string(&broken).is_err());
}
