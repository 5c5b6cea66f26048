//! The same channel from RESP, dataless SEED and StationXML is the same.

mod common;

use common::seed::{Filter, SACPZ, blockette, dataless, records, resp, stages, stationxml};
use seis_core::{Complex64, GroundMotion};
use seis_resp::{
    ChannelResponse, Consequence, Error, EvaluationOptions, FilterKind, Format, Inventory, Level,
    ProblemKind, ReadOptions, Response, SacPzLoss,
};

fn only(inventory: &Inventory) -> &Response {
    let mut channels = inventory.channels();
    let channel = channels.next().expect("a channel").channel;
    assert!(channels.next().is_none());
    match &channel.response {
        ChannelResponse::Present(response) => response,
        other => panic!("{other:?}"),
    }
}

fn clean(file: &str) -> Inventory {
    let inventory = Inventory::from_bytes(file.as_bytes()).unwrap();
    assert!(inventory.report.is_clean(), "{:#?}", inventory.report);
    inventory
}

fn curve(response: &Response, quantity: GroundMotion) -> Vec<Complex64> {
    let plan = response.plan(quantity, &EvaluationOptions::default()).unwrap();
    let frequencies: Vec<f64> = (0..500).map(|k| 1e-4 * 1.0232_f64.powi(k)).collect();
    let mut values = vec![Complex64::default(); frequencies.len()];
    plan.eval_into(&frequencies, &mut values).unwrap();
    values
}

#[test]
fn resp_dataless_and_stationxml_are_one_channel() {
    let stages = stages();
    let reference = clean(&stationxml(&stages));
    let reference = only(&reference);
    assert_eq!(reference.stages.len(), 6);
    let mut files: Vec<(String, String)> = Vec::new();
    for (name, end) in [("Unix", "\n"), ("Windows", "\r\n"), ("Mac", "\r")] {
        files.push((format!("RESP, {name}"), resp(&stages, end)));
    }
    for exponent in [8, 9, 10, 12, 15] {
        for in_dictionary in [false, true] {
            let file = dataless(&stages, exponent, in_dictionary);
            files.push((format!("records of 2^{exponent}, dictionary {in_dictionary}"), file));
        }
    }
    for (name, file) in files {
        let inventory = clean(&file);
        let response = only(&inventory);
        assert_eq!(response, reference, "{name}");
        assert_eq!(response.fingerprint(), reference.fingerprint(), "{name}");
        let motions =
            [GroundMotion::Displacement, GroundMotion::Velocity, GroundMotion::Acceleration];
        for motion in motions {
            for (a, b) in curve(response, motion).iter().zip(&curve(reference, motion)) {
                assert!((a - b).norm() <= 1e-12 * b.norm(), "{name} {motion:?}: {a} {b}");
            }
        }
    }
}

#[test]
fn what_else_a_volume_says() {
    let inventory = clean(&dataless(&stages(), 12, true));
    assert_eq!(inventory.source.as_deref(), Some("Test"));
    assert_eq!(inventory.created, Some("2022-01-02T03:04:05.5".parse().unwrap()));
    let epoch = inventory.channels().next().unwrap();
    assert_eq!(epoch.id_text(), "XX.ABC.00.BHZ");
    assert_eq!(epoch.network.info.description.as_deref(), Some("A test network"));
    let station = epoch.station;
    assert_eq!(station.site.name, "Here");
    assert_eq!(station.epoch.start, Some("2000-01-01".parse().unwrap()));
    assert_eq!(station.info.comments.len(), 1);
    assert_eq!(station.info.comments[0].value, "A comment");
    assert_eq!(station.info.comments[0].end, Some("2002-01-01".parse().unwrap()));
    let channel = epoch.channel;
    assert_eq!(channel.epoch.start, Some("2010-02-01T12:30:00".parse().unwrap()));
    assert_eq!(channel.epoch.end, None);
    assert_eq!((channel.latitude_deg(), channel.longitude_deg()), (Some(34.5), Some(-116.25)));
    assert_eq!((channel.elevation_m(), channel.depth_m()), (Some(920.0), Some(1.5)));
    assert_eq!((channel.azimuth_deg(), channel.dip_deg()), (Some(90.0), Some(-90.0)));
    assert_eq!(channel.sampling_rate().map(|r| r.hz()), Some(20.0));
    assert_eq!(channel.clock_drift.as_ref().map(|m| m.value), Some(1e-4));
    assert_eq!(channel.calibration_units.as_ref().map(|u| u.name.as_str()), Some("A"));
    assert_eq!(channel.sensor.as_ref().unwrap().kind.as_deref(), Some("A seismometer"));
    assert_eq!(channel.info.description.as_deref(), Some("A channel"));
    assert_eq!(
        channel.types.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        ["CONTINUOUS", "GEOPHYSICAL"]
    );
    assert_eq!(channel.info.comments[0].begin, Some("2011-01-01".parse().unwrap()));
    // What the model has no place for is counted.
    let ignored: Vec<&str> = inventory.report.ignored.iter().map(|i| i.name.as_str()).collect();
    for name in ["B011", "B030", "B031F04", "B050F11", "B050F12", "B052F16", "B052F17", "B010F09"] {
        assert!(ignored.contains(&name), "{name} in {ignored:?}");
    }
}

#[test]
fn a_resp_file_has_the_rate_of_its_last_stage() {
    let inventory = clean(&resp(&stages(), "\n"));
    let channel = inventory.channels().next().unwrap();
    assert_eq!(channel.id_text(), "XX.ABC.00.BHZ");
    assert_eq!(channel.channel.sampling_rate().map(|r| r.hz()), Some(20.0));
    assert_eq!(channel.channel.latitude, None);
}

#[test]
fn formats_are_told_by_content() {
    let stages = stages();
    for (file, format) in [
        (stationxml(&stages), Format::StationXml),
        (resp(&stages, "\r\n"), Format::Resp),
        (dataless(&stages, 12, false), Format::Dataless),
        (SACPZ.to_owned(), Format::SacPz),
    ] {
        assert_eq!(Format::detect(file.as_bytes()), Some(format));
        let inventory = Inventory::from_bytes(file.as_bytes()).unwrap();
        assert!(inventory.channels().count() >= 1, "{format}");
    }
    assert_eq!(Format::detect(b""), None);
    assert!(Inventory::from_bytes(b"# nothing\n").unwrap_err().to_string().contains("neither"));
}

#[test]
fn less_is_read_when_less_is_asked_for() {
    let stages = stages();
    for file in [resp(&stages, "\n"), dataless(&stages, 12, true), SACPZ.to_owned()] {
        let read = |options: ReadOptions| options.parse(file.as_bytes()).unwrap();
        let other = read(ReadOptions::new().select("XX.ABC.00.BHN".parse().unwrap()));
        assert_eq!(other.channels().count(), 0);
        assert_eq!(other.networks().len(), 0);
        let early = ReadOptions::new().between(None, Some("2010-01-01".parse().unwrap()));
        let early = early.select("XX.ABC.*.*".parse().unwrap());
        assert_eq!(read(early).channels().count(), 0);
        let level = read(ReadOptions::new().level(Level::Channel));
        let first = level.channels().next().unwrap();
        assert_eq!(first.channel.response, ChannelResponse::NotRead);
        let stations = read(ReadOptions::new().level(Level::Station));
        assert_eq!(stations.channels().count(), 0);
        assert_eq!(stations.networks()[0].stations[0].code, "ABC");
        assert!(read(ReadOptions::new().level(Level::Network)).networks()[0].stations.is_empty());
    }
}

#[test]
fn blockettes_out_of_order_and_missing_options() {
    // Stages apart, errors of values missing, small letters, odd blanks.
    let text = "b050F03 Station: ABC\nB050F16 Network:XX\nB052F03 Location:\nB052F04 Channel: LHZ\n\
        B052F22 Start date: 2001\nB052F23 End date: No Ending Time\n\
        B058F03 Stage: 2\nB058F04 Gain: 10\nB058F05 Frequency: 1 Hz\n\
        B054F03 Type: D\nB054F04 Stage: 2\nB054F05 In: V - Volts\nB054F06 Out: counts\n\
        B054F07 Numerators: 2\nB054F10 Denominators: 0\nB054F08-09 0 0.5\nB054F08-09 1 .5\n\
        B053F03 Type: A\nB053F04 Stage: 1\nB053F05 In: M/S\nB053F06 Out: V -\n\
        B053F07 A0: 1\nB053F08 At: 1\nB053F09 Zeroes: 1\nB053F14 Poles: 1\n\
        B053F15-18  0 -1.5D0, 0\n   B053F10-13  0   0  0\n\
        B057F03 Stage: 2\nB057F04 Rate: 2.0\nB057F05 Factor: 00002\nB057F06 Offset: 0\n\
        B057F07 Delay: 0\nB057F08 Correction: 0\n\
        B058F03 Stage: 1\nB058F04 Gain: 3\nB058F05 Frequency: 1 HZ\n";
    let inventory = clean(text);
    let response = only(&inventory);
    assert_eq!(response.stages.iter().map(|s| s.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(response.sensitivity, None);
    let FilterKind::PolesZeros(pz) = &response.stages[0].filter.as_ref().unwrap().kind else {
        panic!()
    };
    assert_eq!(pz.poles, [Complex64::new(-1.5, 0.0)]);
    assert_eq!(response.stages[0].gain.unwrap().value, 3.0);
    assert_eq!(response.stages[1].decimation.unwrap().factor, Some(2));
    let channel = inventory.channels().next().unwrap().channel;
    assert_eq!(channel.sampling_rate().map(|r| r.hz()), Some(1.0));
}

fn reason(text: &str) -> String {
    let inventory = Inventory::from_resp(text.as_bytes()).unwrap();
    match &inventory.channels().next().unwrap().channel.response {
        ChannelResponse::Broken(broken) => broken.reason(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_trusted_is_broken_and_says_where() {
    let good = resp(&stages(), "\n");
    for (from, to, expected) in [
        (
            "Number of zeroes:                      3",
            "Number of zeroes:                      4",
            "B053F09",
        ),
        (
            "A0 normalization factor:               +8.40000E+04",
            "A0 normalization factor: 8x",
            "B053F07",
        ),
        (
            "Transfer function type:                A [",
            "Transfer function type:                C [",
            "B053F03",
        ),
        (
            "B054F07     Number of numerators:                  2",
            "B054F07     Number of numerators:                  3",
            "B054",
        ),
        ("B061F09    7", "B061F09    7 1.0 ", "B061F09"),
        ("B061F09    7", "B999F09    7", "B061"),
        (
            "Symmetry type:                         B",
            "Symmetry type:                         Z",
            "B061F05",
        ),
        ("Gain:                                  +1.50000E+03", "Gain:", "B058F04"),
        (
            "B058F03     Stage sequence number:                 1",
            "B058F03     Stage sequence number:                 2",
            "gain in the stage",
        ),
        ("B055F07-11    3", "B055F07-11    3 nan", "B055F07"),
    ] {
        assert!(good.contains(from), "{from}");
        let reason = reason(&good.replacen(from, to, 1));
        assert!(reason.contains(expected) && reason.contains("line "), "{from}: {reason}");
    }
}

#[test]
fn generic_responses_are_told() {
    let generic = "B056F03 Stage: 1\nB056F04 In: M/S - x\nB056F05 Out: V - x\nB056F06 Corners: 1\n\
                   B056F07-08 0 1.0 20.0\n";
    let head = "B050F03 S: ABC\nB050F16 N: XX\nB052F03 L:\nB052F04 C: BHZ\nB052F22 S: 2001\n";
    assert!(reason(&format!("{head}{generic}")).contains("corners and slopes"));
}

#[test]
fn dictionaries_with_holes() {
    let volume = records('V', &[blockette(10, "2.4 122010,001~~2022,002~Test~~")], 12, 1);
    let station = |extra: &[String]| {
        let mut all = vec![
            blockette(50, "ABC  +34.500000-116.250000+0920.00001000Here~0003210102000,001~~NXX"),
            blockette(
                52,
                "00BHZ0000000~001000+34.500000-116.250000+0920.0001.5090.0-90.00001122.0000E+01\
                 1.0000E-040000CG~2010,032~~N",
            ),
        ];
        all.extend_from_slice(extra);
        records('S', &all, 12, 3)
    };
    let gain = |key: u32| blockette(48, &format!("{key:4}~{}{} 0", "+1.00000E+00", "+1.00000E+00"));
    let broken = |abbreviations: &[String], extra: &[String], expected: &str| {
        let file = [volume.clone(), records('A', abbreviations, 12, 2), station(extra)].concat();
        let inventory = Inventory::from_dataless(file.as_bytes()).unwrap();
        let ChannelResponse::Broken(broken) =
            inventory.channels().next().unwrap().channel.response.clone()
        else {
            panic!("{inventory:?}")
        };
        assert!(broken.reason().contains(expected), "{}", broken.reason());
        assert!(broken.reason().starts_with("byte "), "{}", broken.reason());
    };
    let to = |keys: &str| blockette(60, &format!(" 1 1{:2}{keys}", keys.len() / 4));
    broken(&[gain(1)], &[to("   2")], "keys of blockettes");
    broken(&[gain(1)], &[blockette(60, " 1 1 2   1")], "as many stages and keys");
    broken(&[gain(1)], &[blockette(60, "99 1 1   1")], "as many stages and keys");
    broken(&[gain(1)], &[to("   1   1   1").replace(" 1 1 3", " x 1 3")], "");
    let decimation = blockette(47, "   1~2.0000E+01    1    0+0.0000E+00+0.0000E+00");
    broken(&[gain(1), decimation], &[to("   1")], "response of this key");
    // A unit that is not there is told, and missing.
    let file = [volume.clone(), records('A', &[gain(1)], 12, 2), station(&[to("   1")])].concat();
    let inventory = Inventory::from_dataless(file.as_bytes()).unwrap();
    let kinds: Vec<ProblemKind> = inventory.report.problems.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [ProblemKind::Reference], "{:#?}", inventory.report.problems);
    assert!(only(&inventory).stages[0].gain.is_some());
}

#[test]
fn two_volumes_in_a_file_each_with_its_dictionary() {
    let stages = stages();
    let first = dataless(&stages, 9, true);
    let second = dataless(&stages, 12, false).replace("ABC  +34", "DEF  +34");
    let inventory = clean(&[first, second].concat());
    let ids: Vec<String> = inventory.channels().map(|c| c.id_text()).collect();
    assert_eq!(ids, ["XX.ABC.00.BHZ", "XX.DEF.00.BHZ"]);
    let responses: Vec<_> = inventory.channels().filter_map(|c| c.channel.response.get()).collect();
    assert_eq!(responses[0], responses[1]);
}

#[test]
fn lengths_of_records_are_found_out() {
    let file = dataless(&stages(), 10, false).replacen("2.4 10", "2.4 12", 1);
    let inventory = Inventory::from_dataless(file.as_bytes()).unwrap();
    assert_eq!(inventory.report.problems.len(), 1, "{:#?}", inventory.report.problems);
    assert_eq!(inventory.report.problems[0].place.element, "B010F04");
    assert_eq!(only(&inventory).stages.len(), 6);
}

#[test]
fn data_and_time_spans_are_passed_over_and_counted() {
    let mut file = dataless(&stages(), 9, false);
    let sequence = file.len() >> 9;
    file.push_str(&records('T', &[blockette(70, "P2010,001~2010,002~")], 9, sequence + 1));
    file.push_str(&records('D', &["ABC  00BHZXX".to_owned()], 9, sequence + 2));
    file.push_str(&format!("{:<512}", format!("{:06}", sequence + 3)));
    let inventory = clean(&file);
    let ignored: Vec<&str> = inventory.report.ignored.iter().map(|i| i.name.as_str()).collect();
    assert!(ignored.contains(&"records of data") && ignored.contains(&"time span headers"));
}

#[test]
fn the_instrument_s_polynomial() {
    let head = "B050F03 S: ABC\nB050F16 N: XX\nB052F03 L:\nB052F04 C: BDO\nB052F22 S: 2001\n";
    let polynomial = |stage: u32, frequencies: &str| {
        format!(
            "B062F03 T: P [Polynomial]\nB062F04 S: {stage}\nB062F05 I: PA - Pascals\n\
             B062F06 O: COUNTS - Counts\nB062F07 A: M [MacLaurin]\nB062F08 U: {frequencies}\n\
             B062F09 L: 0.\nB062F10 U: 6.283185307179586\nB062F11 L: -5\nB062F12 U: 5\nB062F13 E: 0.1\n\
             B062F14 N: 2\nB062F15-16 0 8.0 0.5\nB062F15-16 1 0.015 0\n"
        )
    };
    let inventory = clean(&format!("{head}{}", polynomial(0, "A [rad/s]")));
    let response = only(&inventory);
    let whole = response.polynomial.as_ref().unwrap();
    assert_eq!(whole.coefficients, [8.0, 0.015]);
    assert_eq!(whole.frequency_bounds_hz, Some((0.0, 1.0)));
    assert_eq!(whole.approximation_bounds, Some((-5.0, 5.0)));
    assert_eq!(whole.input_units.as_ref().unwrap().name, "PA");
    assert_eq!(response.uncertainties.len(), 1);
    let inventory = clean(&format!("{head}{}", polynomial(1, "B [Hz]")));
    let stage = &only(&inventory).stages[0];
    assert!(matches!(stage.filter.as_ref().unwrap().kind, FilterKind::Polynomial(_)));
    assert_eq!(stage.uncertainties.len(), 1);
}

#[test]
fn several_files_are_one_inventory() {
    let stages = stages();
    let folder = std::env::temp_dir().join(format!("seis-sources-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name);
    std::fs::write(path("RESP.XX.ABC.00.BHZ"), resp(&stages, "\n")).unwrap();
    std::fs::write(path("volume.dataless"), dataless(&stages, 12, true)).unwrap();
    std::fs::write(path("station.xml"), stationxml(&stages)).unwrap();
    let other = resp(&stages, "\n").replace("+1.50000E+03", "+1.60000E+03");
    std::fs::write(path("RESP.other"), &other).unwrap();

    let paths = [path("RESP.XX*"), path("volume.dataless"), path("*.xml")];
    let inventory = Inventory::read_all(&paths).unwrap();
    assert!(inventory.report.is_clean(), "{:#?}", inventory.report);
    let epoch = inventory.channels().next().unwrap();
    assert_eq!(inventory.channels().count(), 1, "one channel with one epoch");
    assert_eq!(epoch.channel.latitude_deg(), Some(34.5), "coordinates from the volume");
    assert!(epoch.channel.response.get().is_some());

    // What contradicts is kept and told, with the file that says so.
    let inventory = Inventory::read_all([path("volume.dataless"), path("RESP.other")]).unwrap();
    assert_eq!(inventory.channels().count(), 2);
    let problem = &inventory.report.problems[0];
    assert_eq!((problem.kind, problem.consequence), (ProblemKind::Conflict, Consequence::Kept));
    assert_eq!(problem.place.file.as_deref(), Some(path("RESP.other").as_path()));
    assert!(problem.to_string().contains("XX.ABC.00.BHZ"), "{problem}");
    assert!(problem.found.contains("another response"), "{problem}");
    assert!(problem.found.contains("volume.dataless"), "the file that it contradicts: {problem}");
    let id = "XX.ABC.00.BHZ".parse().unwrap();
    let at = "2015-01-01".parse().unwrap();
    assert!(inventory.response(&id, at, at).is_err(), "two that disagree");

    let error = Inventory::read_all([path("nothing*")]).unwrap_err();
    assert!(error.to_string().contains("no file matches"), "{error}");
    assert!(Inventory::read_all([path("missing.xml")]).is_err());
    let none: [&str; 0] = [];
    assert_eq!(Inventory::read_all(none).unwrap().channels().count(), 0);

    let small = ReadOptions::new().max_bytes(1000);
    let error = small.read_all([path("volume.dataless")]).unwrap_err();
    assert!(
        matches!(&error, Error::TooLarge { path: p, limit: 1000 } if *p == path("volume.dataless"))
    );
    assert!(error.to_string().contains("volume.dataless: more than 1000 bytes"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A station that is in two places at once.
#[test]
fn stations_in_two_places() {
    let stages = stages();
    let here = stationxml(&stages);
    let channel = here.find("<Channel").unwrap();
    let (head, rest) = here.split_at(channel);
    let latitude =
        |latitude: &str| head.replace("<Latitude>34.5<", &format!("<Latitude>{latitude}<"));
    let other_channel = rest.replace("code=\"BHZ\"", "code=\"BHN\"");
    let merged = |first: &str, second: &str| {
        let read = |text: &str| Inventory::from_stationxml(text.as_bytes()).unwrap();
        let files = [("a.xml".into(), read(first)), ("b.xml".into(), read(second))];
        Inventory::from_files(files)
    };
    assert_ne!(latitude("34.75"), head);
    let all = merged(&here, &(latitude("34.75") + &other_channel));
    assert_eq!(all.stations().count(), 1);
    let station = all.stations().next().unwrap().1;
    assert_eq!(station.latitude.as_ref().unwrap().value, 34.5, "the first");
    let [problem] = &all.report.problems[..] else { panic!("{:?}", all.report) };
    assert_eq!((problem.kind, problem.place.id.as_str()), (ProblemKind::Conflict, "XX.ABC"));
    let text = problem.to_string();
    for part in ["b.xml", "a.xml", "latitude 34.75", "34.5"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(all.report.concerning("XX.ABC.00.BHN").count() == 1);

    // The same place, and one that is but that of the channel nearby.
    assert!(merged(&here, &(head.to_owned() + &other_channel)).report.is_clean());
    let borehole = (head.to_owned() + &other_channel)
        .replace("<Latitude>34.5<", "<Latitude>34.5003<")
        .replace("<Elevation>920<", "<Elevation>850<");
    assert!(merged(&here, &borehole).report.is_clean());
}

/// What has no end is left as soon as it turns out to be no metadata.
#[cfg(unix)]
#[test]
fn devices_without_an_end() {
    let error = Inventory::read("/dev/zero").unwrap_err();
    assert!(matches!(error, Error::UnknownFormat { .. }), "{error}");
    assert!(error.to_string().starts_with("/dev/zero: "), "{error}");
}

#[test]
fn sac_poles_and_zeros_are_read_and_written() {
    let inventory = clean(SACPZ);
    let ids: Vec<String> = inventory.channels().map(|c| c.id_text()).collect();
    assert_eq!(ids, ["XX.ABC.00.BHZ", "XX.DEF..HHZ"]);
    let epochs: Vec<_> = inventory.channels().collect();
    let channel = epochs[0].channel;
    assert_eq!(channel.dip_deg(), Some(-90.0), "IRIS counts from the vertical");
    assert_eq!(channel.epoch.start, Some("2010-02-01T12:30:00".parse().unwrap()));
    let response = channel.response.get().unwrap();
    let FilterKind::PolesZeros(pz) = &response.stages[0].filter.as_ref().unwrap().kind else {
        panic!()
    };
    assert_eq!((pz.zeros.len(), pz.poles.len()), (3, 4), "zeros that are not listed");
    // c · s³ / Π(s − p), straight from the file.
    let s = Complex64::new(0.0, std::f64::consts::TAU * 0.3);
    let poles: Complex64 = pz.poles.iter().map(|p| s - p).product();
    let expected = 1.069752e14 * s * s * s / poles;
    let plan = response.plan(GroundMotion::Displacement, &EvaluationOptions::default()).unwrap();
    assert!((plan.at(0.3).unwrap() - expected).norm() <= 1e-14 * expected.norm());

    let written = inventory.to_sacpz();
    assert_eq!(written.notes, []);
    let again = clean(&written.text);
    for (a, b) in inventory.channels().zip(again.channels()) {
        assert_eq!(a.id_text(), b.id_text());
        assert_eq!(a.channel.epoch, b.channel.epoch);
        let curve = |e: &seis_resp::ChannelEpoch<'_>| {
            curve(e.channel.response.get().unwrap(), GroundMotion::Displacement)
        };
        for (x, y) in curve(&a).iter().zip(&curve(&b)) {
            assert!((x - y).norm() <= 1e-14 * x.norm(), "{x} {y}");
        }
    }
}

#[test]
fn a_velocity_sensor_is_written_for_displacement() {
    let mut all = stages();
    all.retain(|stage| !matches!(stage.filter, Filter::List(_)));
    let inventory = clean(&resp(&all, "\n"));
    let written = inventory.to_sacpz();
    // The filters of the digitiser have no place; what passes everything needs none.
    assert_eq!(written.notes.len(), 1);
    assert_eq!(written.notes[0].loss, SacPzLoss::StagesLeftOut(vec![3, 4, 5]));
    assert_eq!(written.notes[0].id, "XX.ABC.00.BHZ");
    let again = clean(&written.text);
    let response = only(&again);
    let FilterKind::PolesZeros(pz) = &response.stages[0].filter.as_ref().unwrap().kind else {
        panic!()
    };
    assert_eq!((pz.zeros.len(), pz.poles.len()), (4, 5), "a zero more than from velocity");
    // The constant is the product of the sensitivity and A0, which is given at its frequency.
    let constant = response.stages[0].gain.unwrap().value * pz.normalization_factor;
    let expected = common::seed::SENSITIVITY.0 * 84_000.0;
    assert!((constant / expected - 1.0).abs() < 1e-13, "{constant}");
    // A list has no poles and zeros.
    let written = clean(&resp(&stages(), "\n")).to_sacpz();
    assert_eq!(written.notes.len(), 1, "{:?}", written.notes);
}

#[test]
fn broken_poles_and_zeros() {
    for text in [
        "ZEROS 1000000000\nPOLES 0\nCONSTANT 1\n",
        "ZEROS 1\n1 2 3\nPOLES 0\nCONSTANT 1\n",
        "ZEROS 1\n1 2\n3 4\nPOLES 0\nCONSTANT 1\n",
        "ZEROS x\nCONSTANT 1\n",
        "CONSTANT\n",
        "CONSTANT nan\n",
        "CONSTANT 0\n",
        "POLES 1\n0 x\n",
        "CONSTANT 1\nhello\n",
    ] {
        let inventory = Inventory::from_sacpz(text.as_bytes()).unwrap();
        let channel = inventory.channels().next().unwrap().channel;
        let ChannelResponse::Broken(broken) = &channel.response else {
            panic!("{text:?}: {:?}", channel.response)
        };
        assert!(broken.reason().starts_with("line "), "{}", broken.reason());
    }
}
