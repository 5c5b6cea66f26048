//! What is read from StationXML, and what is said about the rest.

mod common;

use common::{
    DECIMATION, GAIN, UNITS, all_stages, channel, document, with_channels, with_response,
};
use seis_resp::{
    ChannelResponse, ChannelType, Complex64, Consequence, Error, FilterKind, FirSymmetry,
    Inventory, Level, LookupError, ProblemKind, PzDomain, ReadOptions, RestrictedStatus, Term,
};

fn read(text: &str) -> Inventory {
    Inventory::from_stationxml(text.as_bytes()).unwrap()
}

fn clean(text: &str) -> Inventory {
    let inventory = read(text);
    assert!(inventory.report.is_clean(), "{:#?}", inventory.report);
    inventory
}

fn first_response(inventory: &Inventory) -> &ChannelResponse {
    &inventory.channels().next().unwrap().channel.response
}

#[test]
fn every_kind_of_stage() {
    let inventory = clean(&with_response(&all_stages()));
    let response = first_response(&inventory).get().unwrap();
    let sensitivity = response.sensitivity.as_ref().unwrap();
    assert_eq!((sensitivity.value, sensitivity.frequency_hz), (6.29145e8, Some(1.0)));
    assert_eq!(sensitivity.input_units.as_ref().unwrap().name, "M/S");
    let band = sensitivity.band.unwrap();
    assert_eq!((band.start_hz, band.end_hz, band.variation_db), (0.01, 10.0, 3.0));
    let numbers: Vec<u32> = response.stages.iter().map(|s| s.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 7]);

    let stage = &response.stages[0];
    assert_eq!(stage.resource_id.as_deref(), Some("r1"));
    let filter = stage.filter.as_ref().unwrap();
    assert_eq!(filter.name.as_deref(), Some("n"));
    assert_eq!(filter.resource_id.as_deref(), Some("r2"));
    assert_eq!(filter.description.as_deref(), Some("d"));
    let units = filter.input_units.as_ref().unwrap();
    assert_eq!((units.name.as_str(), units.description.as_deref()), ("M/S", Some("Velocity")));
    let FilterKind::PolesZeros(pz) = &filter.kind else { panic!("{filter:?}") };
    assert_eq!(pz.domain, PzDomain::LaplaceRadians);
    assert_eq!((pz.normalization_factor, pz.normalization_frequency_hz), (1.5, 1.0));
    assert_eq!(pz.zeros, [Complex64::new(0.0, 0.0), Complex64::new(-106.0, 0.5)]);
    assert_eq!(pz.poles, [Complex64::new(-0.03859, -0.03649)]);
    let uncertain: Vec<_> =
        stage.uncertainties.iter().map(|u| (u.of, u.plus, u.minus, u.method.as_deref())).collect();
    assert_eq!(
        uncertain,
        [
            (Term::NormalizationFrequency, Some(0.5), None, None),
            (Term::ZeroReal(1), None, Some(0.25), None),
            (Term::PoleImaginary(0), Some(1.0), Some(2.0), Some("m")),
        ]
    );

    let Some(FilterKind::Coefficients(c)) = response.stages[1].filter.as_ref().map(|f| &f.kind)
    else {
        panic!("{:?}", response.stages[1])
    };
    assert_eq!((&c.numerators[..], &c.denominators[..]), (&[0.5, 0.25][..], &[1.0, -0.7][..]));
    let decimation = response.stages[1].decimation.unwrap();
    assert_eq!(decimation.input_sample_rate_hz, Some(80.0));
    assert_eq!((decimation.factor, decimation.offset), (Some(2), Some(0)));
    assert_eq!((decimation.delay_s, decimation.correction_s), (Some(0.25), Some(0.125)));

    let Some(FilterKind::Fir(fir)) = response.stages[2].filter.as_ref().map(|f| &f.kind) else {
        panic!("{:?}", response.stages[2])
    };
    assert_eq!((fir.symmetry, &fir.coefficients[..]), (FirSymmetry::Odd, &[0.1, 0.8][..]));

    let Some(FilterKind::ResponseList(list)) = response.stages[3].filter.as_ref().map(|f| &f.kind)
    else {
        panic!("{:?}", response.stages[3])
    };
    let listed: Vec<_> =
        list.elements.iter().map(|e| (e.frequency_hz, e.amplitude, e.phase_deg)).collect();
    assert_eq!(listed, [(0.1, 2.0, -90.0), (1.0, 3.0, -45.5)]);
    assert_eq!(response.stages[3].uncertainties[0].unit.as_deref(), Some("V"));

    let gain_only = &response.stages[4];
    assert!(gain_only.filter.is_none() && gain_only.decimation.is_none());
    assert_eq!(gain_only.gain.unwrap().value, 1500.0);

    let Some(FilterKind::Polynomial(p)) = response.stages[5].filter.as_ref().map(|f| &f.kind)
    else {
        panic!("{:?}", response.stages[5])
    };
    assert_eq!(p.coefficients, [8.0, 0.014305]);
    assert_eq!(p.frequency_bounds_hz, Some((0.0, 0.5)));
    assert_eq!((p.approximation_bounds, p.maximum_error), (Some((-5.0, 5.0)), Some(0.1)));
}

#[test]
fn the_polynomial_of_an_instrument() {
    let inventory = clean(&with_response(&format!(
        "<InstrumentPolynomial name=\"a\" resourceId=\"b\"><Description>c</Description>{UNITS}\
         <ApproximationType>MACLAURIN</ApproximationType>\
         <FrequencyLowerBound>0</FrequencyLowerBound>\
         <FrequencyUpperBound unit=\"HERTZ\" minusError=\"1\">5</FrequencyUpperBound>\
         <ApproximationLowerBound>1</ApproximationLowerBound>\
         <ApproximationUpperBound>2</ApproximationUpperBound><MaximumError>0</MaximumError>\
         <Coefficient>80000</Coefficient></InstrumentPolynomial>"
    )));
    let response = first_response(&inventory).get().unwrap();
    let p = response.polynomial.as_ref().unwrap();
    assert_eq!((p.name.as_deref(), p.resource_id.as_deref()), (Some("a"), Some("b")));
    assert_eq!(p.description.as_deref(), Some("c"));
    assert_eq!(p.input_units.as_ref().unwrap().name, "M/S");
    assert_eq!(p.coefficients, [80000.0]);
    assert_eq!(response.uncertainties[0].of, Term::FrequencyUpperBound);
    assert!(response.sensitivity.is_none() && response.stages.is_empty());
}

#[test]
fn descriptions_of_network_station_and_channel() {
    let inventory = clean(&common::descriptions());
    assert_eq!(inventory.source.as_deref(), Some("Test"));
    assert_eq!(inventory.created.unwrap().to_string(), "2024-03-14T23:58:01.4823Z");
    let network = &inventory.networks()[0];
    assert_eq!(network.info.description.as_deref(), Some("A & B <C>"));
    assert_eq!(network.info.restricted_status, Some(RestrictedStatus::Partial));
    assert_eq!(network.info.identifiers[0].value, "10.7914/SN/XX");
    assert_eq!((network.total_stations, network.selected_stations), (Some(9), Some(1)));
    assert_eq!(network.operators[0].agencies, ["O"]);
    let comment = &network.info.comments[0];
    assert_eq!((comment.id, comment.subject.as_deref()), (Some(3), Some("s")));
    assert_eq!(comment.authors[0].names, ["n1", "n2"]);
    assert_eq!(comment.authors[0].phones[0].number, "2180-4201");
    let availability = network.info.availability.as_ref().unwrap();
    assert_eq!(availability.spans[0].segments, 5);
    assert_eq!(availability.spans[0].largest_tear_s, Some(7.8));

    let station = &network.stations[0];
    assert_eq!(station.latitude_deg(), Some(34.5));
    let latitude = station.latitude.as_ref().unwrap().details.as_ref().unwrap();
    assert_eq!((latitude.plus_error, latitude.unit.as_ref()), (Some(0.01), None));
    let longitude = station.longitude.as_ref().unwrap().details.as_ref().unwrap();
    assert_eq!(longitude.datum.as_deref(), Some("NAD27"));
    assert!(station.elevation.as_ref().unwrap().details.is_none());
    assert_eq!(station.info.alternate_code.as_deref(), Some("alt"));
    assert_eq!(station.info.source_id.as_deref(), Some("FDSN:XX_ABC"));
    assert_eq!(station.site.town.as_deref(), Some("T"));
    assert_eq!(station.geology.as_deref(), Some("granite"));
    assert_eq!(station.external_references[0].uri, "http://x");

    let channel = &station.channels[0];
    assert_eq!((channel.location.as_str(), channel.code.as_str()), ("", "BHZ"));
    assert_eq!(channel.latitude, None, "a channel without coordinates is kept");
    assert_eq!(channel.depth_m(), Some(5.0));
    assert_eq!(channel.types, [ChannelType::Continuous, ChannelType::Geophysical]);
    assert_eq!(channel.sampling_rate().unwrap().as_ratio(), (100, 3));
    assert_eq!(channel.sensor.as_ref().unwrap().calibrations.len(), 2);
    assert_eq!(channel.response, ChannelResponse::Absent);
}

#[test]
fn any_prefix_none_and_foreign_elements() {
    let plain = with_response(&all_stages());
    let expected = clean(&plain);
    let bare = plain.replace(" xmlns=\"http://www.fdsn.org/xml/station/1\"", "");
    assert_eq!(clean(&bare), expected);
    let prefixed = plain
        .replace("<?xml", "<@xml")
        .replace("</", "<\u{1}")
        .replace('<', "<fsx:")
        .replace("<fsx:\u{1}", "</fsx:")
        .replace("<fsx:@xml", "<?xml")
        .replace("xmlns=", "xmlns:fsx=");
    assert_eq!(clean(&prefixed), expected);

    let foreign = plain
        .replace("<Source>", "<x:Extra xmlns:x=\"http://x\"><Source>no</Source></x:Extra><Source>")
        .replace("<Depth>", "<x:Depth xmlns:x=\"http://x\">99</x:Depth><Depth>")
        .replace("<Channel ", "<Channel xmlns:x=\"http://x\" x:code=\"NO\" ")
        .replace("<StageGain>", "<x:StageGain xmlns:x=\"http://x\"/><StageGain>");
    let mut inventory = clean(&foreign);
    let extra = inventory.extensions.take().unwrap();
    assert_eq!(extra.elements[0].name, "x:Extra");
    assert_eq!(
        extra.elements[0].xml,
        "<x:Extra xmlns:x=\"http://x\"><Source>no</Source></x:Extra>"
    );
    let channel = &mut inventory.networks_mut()[0].stations[0].channels[0];
    let extra = channel.info.extensions.take().unwrap();
    assert_eq!(extra.elements[0].xml, "<x:Depth xmlns:x=\"http://x\">99</x:Depth>");
    let attribute = &extra.attributes[0];
    assert_eq!(
        (attribute.name.as_str(), attribute.namespace.as_str(), attribute.value.as_str()),
        ("x:code", "http://x", "NO")
    );
    assert_eq!(inventory, expected);
    let ignored: Vec<_> =
        inventory.report.ignored.iter().map(|i| (i.name.as_str(), i.count)).collect();
    assert_eq!(ignored, [("Stage/x:StageGain", 5)]);
}

#[test]
fn the_order_of_elements_does_not_matter() {
    let ordered =
        format!("{UNITS}<Symmetry>NONE</Symmetry><NumeratorCoefficient>1</NumeratorCoefficient>");
    let shuffled =
        format!("<NumeratorCoefficient>1</NumeratorCoefficient><Symmetry>NONE</Symmetry>{UNITS}");
    let read = |fir: &str, behind: bool| {
        let fir = format!("<FIR>{fir}</FIR>");
        let (a, b) = if behind { (GAIN, fir.as_str()) } else { (fir.as_str(), GAIN) };
        clean(&with_response(&format!("<Stage number=\"1\">{a}{DECIMATION}{b}</Stage>")))
    };
    assert_eq!(read(&ordered, false), read(&shuffled, true));
}

#[test]
fn text_in_all_its_forms() {
    for (text, expected) in [
        ("1.5", 1.5),
        (" \n1.5\t", 1.5),
        ("1<!-- one -->.5", 1.5),
        ("<![CDATA[1.5]]>", 1.5),
        ("&#49;.5", 1.5),
        ("&#x31;.5", 1.5),
        ("1.5<Note>2</Note>", 1.5),
        ("+1.5", 1.5),
        ("1.", 1.0),
        ("15E-1", 1.5),
    ] {
        let inventory = clean(&with_channels(&format!(
            "<Channel code=\"BHZ\" locationCode=\"\"><Depth>{text}</Depth></Channel>"
        )));
        let depth = inventory.channels().next().unwrap().channel.depth_m();
        assert_eq!(depth, Some(expected), "{text}");
    }
}

#[test]
fn levels() {
    let text = with_response(&all_stages());
    let at = |level| ReadOptions::new().level(level).parse(text.as_bytes()).unwrap();
    let network = at(Level::Network);
    assert_eq!(network.networks()[0].code, "XX");
    assert_eq!(network.stations().count(), 0);
    let station = at(Level::Station);
    assert_eq!(station.stations().next().unwrap().1.site.name, "Here");
    assert_eq!(station.channels().count(), 0);
    let channel = at(Level::Channel);
    assert_eq!(first_response(&channel), &ChannelResponse::NotRead);
    let id = "XX.ABC.00.BHZ".parse().unwrap();
    let t = "2022-01-01".parse().unwrap();
    assert!(matches!(channel.response(&id, t, t), Err(LookupError::ResponseNotRead { .. })));
    assert!(at(Level::Response).response(&id, t, t).is_ok());
}

fn filtered(options: ReadOptions, text: &str) -> Vec<String> {
    let inventory = options.parse(text.as_bytes()).unwrap();
    inventory.channels().map(|c| c.id_text()).collect()
}

#[test]
fn selection_by_id() {
    let one = |network: &str, station: &str, channels: &[(&str, &str)]| {
        let channels: String = channels
            .iter()
            .map(|(l, c)| {
                format!("<Channel code=\"{c}\" locationCode=\"{l}\"><Depth>1</Depth></Channel>")
            })
            .collect();
        format!(
            "<Network code=\"{network}\"><Station code=\"{station}\">{channels}</Station></Network>"
        )
    };
    let text = document(&format!(
        "{}{}{}",
        one("CI", "HEC", &[("", "BHZ"), ("", "BHN"), ("10", "BHZ"), ("--", "LHZ")]),
        one("CI", "CCA", &[("00", "BHZ")]),
        one("TA", "HEC", &[("", "BHZ")]),
    ));
    for (pattern, expected) in [
        (
            "*",
            &[
                "CI.HEC..BHZ",
                "CI.HEC..BHN",
                "CI.HEC.10.BHZ",
                "CI.HEC.--.LHZ",
                "CI.CCA.00.BHZ",
                "TA.HEC..BHZ",
            ][..],
        ),
        ("CI.HEC..BH?", &["CI.HEC..BHZ", "CI.HEC..BHN"]),
        ("*.*.--.*Z", &["CI.HEC..BHZ", "CI.HEC.--.LHZ", "TA.HEC..BHZ"]),
        ("TA", &["TA.HEC..BHZ"]),
        ("ZZ", &[]),
    ] {
        let options = ReadOptions::new().select(pattern.parse().unwrap());
        assert_eq!(filtered(options, &text), expected, "{pattern}");
    }
    let none = ReadOptions::new().select("CI.HEC..XXX".parse().unwrap());
    assert!(none.parse(text.as_bytes()).unwrap().networks().is_empty());
    let stations = ReadOptions::new()
        .level(Level::Station)
        .select("*.HEC..BH?".parse().unwrap())
        .parse(text.as_bytes())
        .unwrap();
    assert_eq!(stations.stations().count(), 2);
}

#[test]
fn selection_by_time_uses_inherited_dates() {
    let epoch = |start: &str, end: &str| {
        let date = |name: &str, date: &str| match date {
            "" => String::new(),
            date => format!(" {name}=\"{date}\""),
        };
        format!(
            "code=\"BHZ\" locationCode=\"\"{}{}",
            date("startDate", start),
            date("endDate", end)
        )
    };
    // The station began in 2000.
    let text = with_channels(&format!(
        "{}{}{}{}",
        channel(&epoch("", "2005-01-01T00:00:00"), ""),
        channel(&epoch("2005-01-01T00:00:00", "2010-01-01T00:00:00"), ""),
        channel(&epoch("2010-01-01T00:00:00", ""), ""),
        channel(&epoch("yesterday", ""), ""),
    ));
    let count = |from: Option<&str>, to: Option<&str>| {
        let time = |t: &str| t.parse().unwrap();
        filtered(ReadOptions::new().between(from.map(time), to.map(time)), &text).len() - 1
    };
    assert_eq!(count(None, None), 3);
    assert_eq!(count(None, Some("1999-01-01")), 0);
    assert_eq!(count(Some("2004-01-01"), Some("2006-01-01")), 2);
    assert_eq!(count(Some("2005-01-01"), Some("2005-01-01")), 1);
    assert_eq!(count(Some("2011-01-01"), None), 1);
}

#[test]
fn skipping_is_not_fooled() {
    let odd = "<Channel code=\"HHZ\" locationCode=\"\"><!-- </Channel> --><Depth>1</Depth></Channel>\
               <Channel code=\"HHZ\" locationCode=\"\"><Vault><![CDATA[</Channel>]]></Vault></Channel>\
               <Channel code=\"HHZ\" locationCode=\"\"><?pi </Channel> ?></Channel>\
               <Channel code=\"HHZ\" locationCode=\"\"><x><Channel></Channel></x></Channel>\
               <Channel code=\"HHZ\" locationCode=\"\"><ChannelX></ChannelX></Channel >\
               <Channel code=\"HHZ\" locationCode=\"\"/>\
               <Channel code=\"HHZ\" locationCode=\"\">the Channel's text</Channel\n>";
    let text = with_channels(&format!(
        "{odd}{}{odd}{}",
        channel("code=\"BHZ\" locationCode=\"\"", ""),
        channel("code=\"BHN\" locationCode=\"\"", "")
    ));
    let options = ReadOptions::new().select("*.*.*.BH?".parse().unwrap());
    assert_eq!(filtered(options, &text), ["XX.ABC..BHZ", "XX.ABC..BHN"]);
    let stations = ReadOptions::new().level(Level::Station).parse(text.as_bytes()).unwrap();
    assert_eq!(stations.stations().count(), 1);
    assert_eq!(filtered(ReadOptions::new(), &text).len(), 16);
}

/// What is wrong in a response, and the part of the message that tells.
const BROKEN: [(&str, ProblemKind, &str); 24] = [
    (
        "<Stage number=\"1\"><StageGain><Value>abc</Value></StageGain></Stage>",
        ProblemKind::Number,
        "\"abc\"",
    ),
    (
        "<Stage number=\"1\"><StageGain><Value>NaN</Value></StageGain></Stage>",
        ProblemKind::Number,
        "NaN",
    ),
    (
        "<Stage number=\"1\"><StageGain><Value>1e999</Value></StageGain></Stage>",
        ProblemKind::Number,
        "1e999",
    ),
    ("<Stage number=\"1\"><StageGain><Value/></StageGain></Stage>", ProblemKind::Number, "\"\""),
    (
        "<Stage number=\"1\"><StageGain><Value>&one;</Value></StageGain></Stage>",
        ProblemKind::Number,
        "&one;",
    ),
    (
        "<Stage number=\"1\"><StageGain><Frequency>1</Frequency></StageGain></Stage>",
        ProblemKind::Missing,
        "Value",
    ),
    ("<Stage><StageGain><Value>1</Value></StageGain></Stage>", ProblemKind::Missing, "number"),
    (
        "<Stage number=\"-1\"><StageGain><Value>1</Value></StageGain></Stage>",
        ProblemKind::Number,
        "-1",
    ),
    (
        "<Stage number=\"1\"><StageGain><Value>1</Value></StageGain><StageGain><Value>2</Value></StageGain></Stage>",
        ProblemKind::Repeated,
        "StageGain",
    ),
    (
        "<Stage number=\"1\"><FIR><Symmetry>NONE</Symmetry></FIR><FIR><Symmetry>NONE</Symmetry></FIR></Stage>",
        ProblemKind::Repeated,
        "filter",
    ),
    ("<Stage number=\"1\"><FIR><Symmetry>SKEW</Symmetry></FIR></Stage>", ProblemKind::Word, "SKEW"),
    ("<Stage number=\"1\"><FIR/></Stage>", ProblemKind::Missing, "Symmetry"),
    ("<Stage number=\"1\"><PoleZero/></Stage>", ProblemKind::Structure, "filter"),
    (
        "<Stage number=\"1\"><Coefficients><Numerator>1</Numerator></Coefficients></Stage>",
        ProblemKind::Missing,
        "CfTransferFunctionType",
    ),
    (
        "<Stage number=\"1\"><Coefficients><CfTransferFunctionType>DIGITAL</CfTransferFunctionType><Numerator>1,5</Numerator></Coefficients></Stage>",
        ProblemKind::Number,
        "1,5",
    ),
    (
        "<Stage number=\"1\"><PolesZeros><PzTransferFunctionType>LAPLACE</PzTransferFunctionType></PolesZeros></Stage>",
        ProblemKind::Word,
        "LAPLACE",
    ),
    (
        "<Stage number=\"1\"><PolesZeros><PzTransferFunctionType>LAPLACE (HERTZ)</PzTransferFunctionType><NormalizationFrequency>0</NormalizationFrequency><Zero><Real>0</Real><Imaginary>0</Imaginary></Zero></PolesZeros></Stage>",
        ProblemKind::Missing,
        "NormalizationFactor",
    ),
    (
        "<Stage number=\"1\"><PolesZeros><PzTransferFunctionType>LAPLACE (HERTZ)</PzTransferFunctionType><NormalizationFactor>1</NormalizationFactor><NormalizationFrequency>1</NormalizationFrequency><Pole/></PolesZeros></Stage>",
        ProblemKind::Missing,
        "Real",
    ),
    (
        "<Stage number=\"1\"><ResponseList><ResponseListElement><Frequency>1</Frequency><Amplitude>1</Amplitude></ResponseListElement></ResponseList></Stage>",
        ProblemKind::Missing,
        "Phase",
    ),
    (
        "<Stage number=\"1\"><ResponseList><ResponseListElement><Frequency>1</Frequency><Amplitude>1</Amplitude><Phase unit=\"RADIANS\">1</Phase></ResponseListElement></ResponseList></Stage>",
        ProblemKind::Unit,
        "RADIANS",
    ),
    (
        "<Stage number=\"1\"><Decimation><Delay unit=\"MS\">1</Delay></Decimation></Stage>",
        ProblemKind::Unit,
        "MS",
    ),
    (
        "<Stage number=\"1\"><Polynomial><ApproximationType>CHEBYSHEV</ApproximationType><Coefficient>1</Coefficient></Polynomial></Stage>",
        ProblemKind::Word,
        "CHEBYSHEV",
    ),
    ("<Stage number=\"1\"><Polynomial/></Stage>", ProblemKind::Missing, "Coefficient"),
    (
        "<InstrumentSensitivity><Frequency>1</Frequency></InstrumentSensitivity>",
        ProblemKind::Missing,
        "sensitivity",
    ),
];

#[test]
fn a_broken_response_keeps_its_channel_and_says_why() {
    let good = channel("code=\"BHN\" locationCode=\"00\"", "<Response/>");
    let id = "XX.ABC.00.BHZ".parse().unwrap();
    let t = "2022-01-01".parse().unwrap();
    for (children, kind, part) in BROKEN {
        let bad = channel(
            "code=\"BHZ\" locationCode=\"00\"",
            &format!("<Response>{children}</Response>"),
        );
        let text = with_channels(&format!("{bad}{good}"));
        let inventory = read(&text);
        assert_eq!(inventory.channels().count(), 2, "{children}");
        let ChannelResponse::Broken(broken) = first_response(&inventory) else {
            panic!("{children}: {:?}", first_response(&inventory))
        };
        assert_eq!(broken.problem.kind, kind, "{children}: {}", broken.problem);
        assert_eq!(broken.problem.consequence, Consequence::ResponseBroken);
        assert!(broken.reason().contains(part), "{children}: {}", broken.reason());
        assert_eq!(broken.problem.place.id, "XX.ABC.00.BHZ");
        assert_eq!(
            broken.source.as_deref(),
            Some(format!("<Response>{children}</Response>").as_str())
        );
        assert!(inventory.report.problems.contains(&broken.problem));
        match inventory.response(&id, t, t) {
            Err(LookupError::BrokenResponse { reason, .. }) => assert!(reason.contains(part)),
            other => panic!("{children}: {other:?}"),
        }
        let strict = ReadOptions::new().strict(true).parse(text.as_bytes());
        assert!(matches!(strict, Err(Error::Problem { .. })), "{children}");
    }
}

/// A0 is defined by the others; a missing one is no guess.
#[test]
fn a_missing_normalization_factor_is_computed_and_reported() {
    let inventory = read(&with_response(&format!(
        "<Stage number=\"1\"><PolesZeros>{UNITS}<PzTransferFunctionType>LAPLACE (HERTZ)\
         </PzTransferFunctionType><NormalizationFrequency>3</NormalizationFrequency>\
         <Pole><Real>-4</Real><Imaginary>0</Imaginary></Pole></PolesZeros>{GAIN}</Stage>"
    )));
    let filter = first_response(&inventory).get().unwrap().stages[0].filter.as_ref().unwrap();
    let FilterKind::PolesZeros(pz) = &filter.kind else { panic!("{filter:?}") };
    assert_eq!(pz.normalization_factor, 5.0, "|3i + 4|");
    assert_eq!(inventory.report.problems[0].consequence, Consequence::Computed);
    // Nothing about A0; that the chain ends at the sensor is another matter.
    let rules: Vec<_> = inventory.check().iter().map(|finding| finding.rule.code()).collect();
    assert_eq!(rules, ["R304"]);
}

#[test]
fn what_is_reported_and_does_not_break_a_response() {
    let pz = |roots: &str| {
        format!(
            "<Stage number=\"1\"><PolesZeros>{UNITS}<PzTransferFunctionType>laplace (radian/second)\
             </PzTransferFunctionType><NormalizationFactor/><NormalizationFrequency>1\
             </NormalizationFrequency>{roots}</PolesZeros></Stage>"
        )
    };
    for (children, kind, consequence) in [
        ("<Stage number=\"1\"/>".to_owned(), ProblemKind::Missing, Consequence::LeftOut),
        (pz("<Pole><Real>-1</Real></Pole>"), ProblemKind::Missing, Consequence::TakenAsZero),
        (
            "<InstrumentSensitivity><InputUnits><Name>C</Name></InputUnits></InstrumentSensitivity>"
                .to_owned(),
            ProblemKind::Missing,
            Consequence::LeftOut,
        ),
        (
            "<InstrumentSensitivity><Value>1</Value><FrequencyStart>1</FrequencyStart>\
             </InstrumentSensitivity>"
                .to_owned(),
            ProblemKind::Missing,
            Consequence::LeftOut,
        ),
        (
            format!("<Stage number=\"1\"><Gian/>{GAIN}<Coefficients><CfTransferFunctionType>DIGITAL\
                     </CfTransferFunctionType></Coefficients></Stage>"),
            ProblemKind::UnknownElement,
            Consequence::LeftOut,
        ),
    ] {
        let inventory = read(&with_response(&children));
        let response = first_response(&inventory);
        assert!(response.get().is_some(), "{children}: {response:?}");
        let problems = &inventory.report.problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].kind, problems[0].consequence), (kind, consequence), "{children}");
    }
    let inventory = read(&with_response(&pz("<Pole><Real>-1</Real></Pole>")));
    let stage = &first_response(&inventory).get().unwrap().stages[0];
    let Some(FilterKind::PolesZeros(pz)) = stage.filter.as_ref().map(|f| &f.kind) else { panic!() };
    assert_eq!(pz.poles, [Complex64::new(-1.0, 0.0)]);
    assert_eq!(pz.normalization_factor, 1.0, "the schema's default for an empty element");
    assert_eq!(pz.domain, PzDomain::LaplaceRadians, "abbreviations as ObsPy takes them");
}

#[test]
fn what_is_wrong_outside_of_responses() {
    let channel = |attributes: &str, children: &str| {
        with_channels(&format!("<Channel {attributes}>{children}</Channel>"))
    };
    let codes = "code=\"BHZ\" locationCode=\"\"";
    for (text, kind, consequence) in [
        (channel(codes, "<Depth>deep</Depth>"), ProblemKind::Number, Consequence::LeftOut),
        (channel(codes, "<Depth unit=\"FEET\">5</Depth>"), ProblemKind::Unit, Consequence::Kept),
        (
            channel(codes, "<Depth>5</Depth><Depth>6</Depth>"),
            ProblemKind::Repeated,
            Consequence::LeftOut,
        ),
        (channel(codes, "<Type>LOUD</Type>"), ProblemKind::Word, Consequence::Kept),
        (
            channel("code=\"B Z\" locationCode=\"\"", "<Dip>1</Dip>"),
            ProblemKind::Code,
            Consequence::Kept,
        ),
        (channel("locationCode=\"\"", "<Dip>1</Dip>"), ProblemKind::Missing, Consequence::Kept),
        (channel("", ""), ProblemKind::Missing, Consequence::LeftOut),
        (channel("code=\"BHZ\" startDate=\"\"", ""), ProblemKind::Time, Consequence::LeftOut),
        (
            channel("code=\"BHZ\" startDate=\"2022-13-01\"", ""),
            ProblemKind::Time,
            Consequence::EpochUnknown,
        ),
        (
            channel("code=\"BHZ\" restrictedStatus=\"secret\"", ""),
            ProblemKind::Word,
            Consequence::Kept,
        ),
        (
            channel("code=\"BHZ\"", "<Description>&nbsp;</Description>"),
            ProblemKind::Text,
            Consequence::Kept,
        ),
        (
            channel("code=\"BHZ\"", "<Sensor><RemovalDate>never</RemovalDate></Sensor>"),
            ProblemKind::Time,
            Consequence::LeftOut,
        ),
        (document("").replace("1.2", "3.0"), ProblemKind::Version, Consequence::Kept),
    ] {
        let inventory = read(&text);
        let problems = &inventory.report.problems;
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!(
            (problems[0].kind, problems[0].consequence),
            (kind, consequence),
            "{}",
            problems[0]
        );
        assert!(ReadOptions::new().strict(true).parse(text.as_bytes()).is_err());
    }
    let mut bytes = with_channels("").into_bytes();
    let here = bytes.windows(4).position(|w| w == b"Here").unwrap();
    bytes[here] = 0xe9;
    let inventory = Inventory::from_stationxml(&bytes).unwrap();
    assert_eq!(inventory.report.problems[0].kind, ProblemKind::Text);
    assert_eq!(inventory.networks()[0].stations[0].site.name, "\u{fffd}ere");
}

#[test]
fn what_may_be_a_slip_is_not_passed_over_in_silence() {
    let text = with_channels(
        "<Channel code=\"BHZ\" stratDate=\"2020-01-01T00:00:00\" x:a=\"1\" xmlns:x=\"y\">\
         <Depth>1</Depth>Dip>0<!-- --></Channel>",
    );
    let inventory = read(&text);
    let report = &inventory.report;
    assert_eq!((report.ignored.len(), report.ignored[0].count), (1, 1));
    assert_eq!(report.ignored[0].name, "Channel/@stratDate");
    assert_eq!((report.problems.len(), report.problems[0].kind), (1, ProblemKind::Structure));
    assert_eq!(report.problems[0].found, "Dip>0");
    for broken in ["start/Date", "start Date", "\"startDate", "start<Date", ""] {
        let slip = text.replace("stratDate", broken);
        assert!(
            matches!(Inventory::from_stationxml(slip.as_bytes()), Err(Error::Xml { .. })),
            "{broken}"
        );
    }
    let lost_quote = text.replace("BHZ\"", "BHZ");
    assert!(matches!(Inventory::from_stationxml(lost_quote.as_bytes()), Err(Error::Xml { .. })));
}

#[test]
fn of_what_may_stand_once_the_first_one_stays() {
    let text = with_channels(
        "<Channel code=\"BHZ\" locationCode=\"\"><Description>a</Description>\
         <Description>b</Description><Sensor><Model>c</Model></Sensor><Sensor/></Channel>",
    )
    .replace("</Site>", "</Site><Site><Name>There</Name></Site>");
    let inventory = read(&text);
    let epoch = inventory.channels().next().unwrap();
    assert_eq!(epoch.channel.info.description.as_deref(), Some("a"));
    assert_eq!(epoch.channel.sensor.as_ref().unwrap().model.as_deref(), Some("c"));
    assert_eq!(epoch.station.site.name, "Here");
    let problems = &inventory.report.problems;
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|p| p.kind == ProblemKind::Repeated));
    assert!(problems[1].place.element.ends_with("Channel/Description"), "{}", problems[1]);
    let twice = text.replace("code=\"BHZ\"", "code=\"BHZ\" code=\"BHN\"");
    assert!(matches!(Inventory::from_stationxml(twice.as_bytes()), Err(Error::Xml { .. })));
}

#[test]
fn an_unreadable_date_is_not_an_open_one() {
    let text = with_channels(&channel("code=\"BHZ\" endDate=\"31/12/2010\"", "<Response/>"));
    let inventory = read(&text);
    let epoch = inventory.channels().next().unwrap();
    assert!(!epoch.readable);
    assert_eq!(epoch.channel.info.unreadable_end.as_deref(), Some("31/12/2010"));
    let t = "2022-01-01".parse().unwrap();
    let found = inventory.response(&"XX.ABC..BHZ".parse().unwrap(), t, t);
    assert!(
        matches!(found, Err(LookupError::UnreadableEpoch { text, .. }) if text == "31/12/2010")
    );
}

#[test]
fn places_are_those_of_the_fault() {
    let text =
        with_response(&format!("<Stage number=\"1\">\n  {}</Stage>\n", GAIN.replace("1500", "x")));
    let inventory = read(&text);
    let place = &inventory.report.problems[0].place;
    let line = text.lines().position(|l| l.contains("<Value>x")).unwrap();
    let column = text.lines().nth(line).unwrap().find("<Value>x").unwrap();
    assert_eq!((place.line, place.column), (line as u64 + 1, column as u64 + 1));
    assert_eq!(place.offset as usize, text.find("<Value>x").unwrap());
    assert_eq!(
        place.element,
        "FDSNStationXML/Network/Station/Channel/Response/Stage/StageGain/Value"
    );
    assert_eq!(place.id, "XX.ABC.00.BHZ");
    assert_eq!(
        inventory.report.problems[0].to_string(),
        "line 14 column 14 (byte 646), XX.ABC.00.BHZ, in \
         FDSNStationXML/Network/Station/Channel/Response/Stage/StageGain/Value: \
         expected a finite number, found \"x\"; the response cannot be used"
    );
}

#[test]
fn files_carry_their_path() {
    let folder = std::env::temp_dir().join(format!("seis-resp-read-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("bad.xml");
    std::fs::write(&path, with_response(BROKEN[0].0)).unwrap();
    let inventory = Inventory::read(&path).unwrap();
    assert_eq!(inventory.report.problems[0].place.file.as_deref(), Some(path.as_path()));
    let ChannelResponse::Broken(broken) = first_response(&inventory) else { panic!() };
    assert!(broken.reason().contains("bad.xml: line "), "{}", broken.reason());
    std::fs::write(&path, "<html/>").unwrap();
    let error = Inventory::read(&path).unwrap_err();
    assert!(error.to_string().contains("bad.xml: line 1 column 1"), "{error}");
    let missing = Inventory::read(folder.join("none.xml"));
    assert!(matches!(missing, Err(Error::Io { path, .. }) if path.ends_with("none.xml")));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_no_stationxml() {
    for text in
        ["<html><body/></html>", "<?xml version=\"1.0\"?><q:quakeml xmlns:q=\"x\"/>", "<Network/>"]
    {
        assert!(
            matches!(Inventory::from_stationxml(text.as_bytes()), Err(Error::NotStationXml { .. })),
            "{text}"
        );
    }
    let two = document("") + &document("");
    for text in [
        "",
        " \n",
        "{}",
        "<",
        "<FDSNStationXML",
        "<FDSNStationXML>",
        "<FDSNStationXML></Network>",
        &two,
        "<FDSNStationXML/>x",
    ] {
        assert!(
            matches!(Inventory::from_stationxml(text.as_bytes()), Err(Error::Xml { .. })),
            "{text}"
        );
    }
    let error =
        Inventory::from_stationxml(b"<FDSNStationXML schemaVersion='1.2'><Source>x").unwrap_err();
    assert!(error.to_string().contains("ends within <Source>"), "{error}");
}

#[test]
fn latin_1_utf_16_and_a_byte_order_mark() {
    let text = with_channels("").replace("Here", "Höhle");
    let expected = clean(&text);
    let latin: Vec<u8> = text
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    assert_eq!(Inventory::from_stationxml(&latin).unwrap(), expected);
    let utf16: Vec<u8> =
        text.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(Inventory::from_stationxml(&utf16).unwrap(), expected);
    assert_eq!(clean(&format!("\u{feff}{text}")), expected);
}

/// What is not wanted is searched for its end and not read; nothing that XML can hide an end tag in
/// may fool the search.
#[test]
fn nothing_hides_the_end_of_what_is_skipped() {
    let after = channel("code=\"LHZ\" locationCode=\"\"", "");
    for hidden in [
        "<!-- </Channel> -->",
        "<![CDATA[</Channel></Station>]]>",
        "<?note </Channel> ?>",
        "<Description>&lt;/Channel> a!b?c </Description>",
        "<Note text='/Channel>'/>",
        "<Channel><Channel/></Channel>",
        "<Channels></Channels>",
        "<x:Channel xmlns:x='http://x'></x:Channel>",
        "<!-- <Channel> -->",
        "<Comment><Value>The Channel! What? /Channel></Value></Comment>",
    ] {
        let before = channel("code=\"BHZ\" locationCode=\"\"", hidden);
        let text = with_channels(&format!("{before}{after}"));
        let whole = Inventory::from_stationxml(text.as_bytes()).unwrap();
        assert_eq!(whole.channels().count(), 2, "{hidden}");
        let pattern = "XX.ABC..LHZ".parse().unwrap();
        let one = ReadOptions::new().select(pattern).parse(text.as_bytes()).unwrap();
        assert_eq!(one.channels().next().unwrap().channel.code, "LHZ", "{hidden}");
        for level in [Level::Network, Level::Station] {
            let read = ReadOptions::new().level(level).parse(text.as_bytes()).unwrap();
            assert_eq!(read.stations().count(), usize::from(level == Level::Station), "{hidden}");
            assert_eq!(read.networks()[0].code, "XX");
            assert_eq!(read.channels().count(), 0);
        }
    }
    // A prefix for the standard's own namespace.
    let prefixed = "<s:FDSNStationXML xmlns:s='http://www.fdsn.org/xml/station/1' \
                    schemaVersion='1.2'><s:Network code='XX'><s:Station code='ABC'>\
                    <s:Channel code='BHZ'><!-- </s:Channel> --></s:Channel><s:Channel code='LHZ'>\
                    <s:Depth>1</s:Depth></s:Channel><s:Vault>v</s:Vault></s:Station></s:Network>\
                    </s:FDSNStationXML>";
    let read = ReadOptions::new().level(Level::Station).parse(prefixed.as_bytes()).unwrap();
    assert_eq!(read.networks()[0].stations[0].vault.as_deref(), Some("v"));
}

/// What is skipped is not looked at: only its end has to be there.
#[test]
fn malformed_parts_that_are_skipped_are_not_found() {
    let bad = channel("code=\"BHZ\" locationCode=\"\"", "<Depth><Azimuth></Depth></Azimuth><a b>");
    let text = with_channels(&bad);
    assert!(Inventory::from_stationxml(text.as_bytes()).is_err());
    let station = ReadOptions::new().level(Level::Station);
    assert_eq!(station.parse(text.as_bytes()).unwrap().stations().count(), 1);
    // Unless there is something in which an end tag could hide, so that it has to be read.
    let commented = text.replace("<Depth><Azimuth>", "<!-- --><Depth><Azimuth>");
    assert!(station.parse(commented.as_bytes()).is_err());
    let unended = text.replace("</Channel>", "");
    assert!(station.parse(unended.as_bytes()).is_err());
}
