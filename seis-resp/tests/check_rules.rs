//! Every rule finds what it is there for, and nothing in a good inventory.

mod common;

use common::corpus;
use seis_core::UtcTime;
use seis_resp::{
    Channel, ChannelResponse, Coefficients, CoefficientsDomain, Complex64, Decimation, Epoch,
    Filter, FilterKind, Fir, FirSymmetry, Gain, Inventory, Network, PolesZeros, Polynomial,
    PzDomain, Response, Rule, Sensitivity, Severity, Stage, Station, UnitName,
};

fn t(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn filter(input: &str, output: &str, kind: FilterKind) -> Option<Filter> {
    Some(Filter {
        input_units: Some(UnitName::new(input)),
        output_units: Some(UnitName::new(output)),
        name: None,
        resource_id: None,
        description: None,
        kind,
    })
}

fn gain(value: f64) -> Option<Gain> {
    Some(Gain { value, frequency_hz: Some(1.0) })
}

fn decimation(input_hz: f64, factor: u32) -> Option<Decimation> {
    Some(Decimation {
        input_sample_rate_hz: Some(input_hz),
        factor: Some(factor),
        offset: Some(0),
        delay_s: Some(0.01),
        correction_s: Some(0.01),
    })
}

fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

/// A broadband seismometer of 120 s: two poles that are conjugate but for a digit, as files have
/// them, and two high ones.
fn sensor() -> PolesZeros {
    let mut pz = PolesZeros {
        domain: PzDomain::LaplaceRadians,
        normalization_factor: 1.0,
        normalization_frequency_hz: 1.0,
        zeros: vec![c(0.0, 0.0); 2],
        poles: vec![
            c(-0.037, 0.037),
            c(-0.037, -0.037_000_1),
            c(-118.752, 423.488),
            c(-118.752, -423.488),
        ],
    };
    pz.normalization_factor = fitting(&pz, std::f64::consts::TAU);
    pz
}

/// A0 of poles and zeros at their frequency; `scale` is 2π for rad/s and 1 for Hz.
fn fitting(pz: &PolesZeros, scale: f64) -> f64 {
    let s = c(0.0, scale * pz.normalization_frequency_hz);
    let product = |roots: &[Complex64]| roots.iter().map(|r| (s - r).norm()).product::<f64>();
    product(&pz.poles) / product(&pz.zeros)
}

/// Sensor, digitiser, and a filter that takes every fifth sample of 200 Hz.
fn good_response() -> Response {
    let adc = Coefficients {
        domain: CoefficientsDomain::Digital,
        numerators: Vec::new(),
        denominators: Vec::new(),
    };
    let fir = Fir { symmetry: FirSymmetry::Odd, coefficients: vec![0.1, 0.2, 0.4] };
    Response {
        sensitivity: Some(Sensitivity {
            value: 6e8,
            frequency_hz: Some(1.0),
            input_units: Some(UnitName::new("M/S")),
            output_units: Some(UnitName::new("COUNTS")),
            band: None,
        }),
        stages: vec![
            Stage {
                number: 1,
                filter: filter("M/S", "V", FilterKind::PolesZeros(sensor())),
                gain: gain(1500.0),
                ..Stage::default()
            },
            Stage {
                number: 2,
                filter: filter("V", "COUNTS", FilterKind::Coefficients(adc)),
                decimation: decimation(200.0, 1),
                gain: gain(4e5),
                ..Stage::default()
            },
            Stage {
                number: 3,
                filter: filter("COUNTS", "COUNTS", FilterKind::Fir(fir)),
                decimation: decimation(200.0, 5),
                gain: gain(1.0),
                ..Stage::default()
            },
        ],
        ..Response::default()
    }
}

fn good_channel() -> Channel {
    let mut channel = Channel::new("", "BHZ");
    channel.epoch = Epoch::new(Some(t("2010-01-01")), Some(t("2599-12-31")));
    channel.latitude = Some(34.5.into());
    channel.longitude = Some((-116.25).into());
    channel.elevation = Some(920.0.into());
    channel.depth = Some(0.0.into());
    channel.sample_rate = Some(40.0.into());
    channel.response = good_response().into();
    channel
}

fn good() -> Inventory {
    let mut station = Station::new("ABC");
    station.epoch = Epoch::new(Some(t("2010-01-01")), Some(t("2600-01-01")));
    station.latitude = Some(34.5.into());
    station.longitude = Some((-116.25).into());
    station.elevation = Some(920.0.into());
    station.channels.push(good_channel());
    let mut network = Network::new("XX");
    network.epoch = Epoch::new(Some(t("1990-01-01")), Some(t("2500-12-31")));
    network.stations.push(station);
    let mut inventory = Inventory::new("Test");
    inventory.networks_mut().push(network);
    inventory
}

fn rules(inventory: &Inventory) -> Vec<Rule> {
    inventory.check().iter().map(|finding| finding.rule).collect()
}

/// What is found after a change of the good inventory's station.
fn with_station(change: impl FnOnce(&mut Station)) -> Vec<Rule> {
    let mut inventory = good();
    change(&mut inventory.networks_mut()[0].stations[0]);
    rules(&inventory)
}

fn with_channel(change: impl FnOnce(&mut Channel)) -> Vec<Rule> {
    with_station(|station| change(&mut station.channels[0]))
}

fn with_response(change: impl FnOnce(&mut Response)) -> Vec<Rule> {
    with_channel(|channel| {
        let mut response = good_response();
        change(&mut response);
        channel.response = response.into();
    })
}

fn with_sensor(change: impl FnOnce(&mut PolesZeros)) -> Vec<Rule> {
    with_response(|response| {
        let FilterKind::PolesZeros(pz) = &mut response.stages[0].filter.as_mut().unwrap().kind
        else {
            unreachable!()
        };
        change(pz);
    })
}

fn with_fir(symmetry: FirSymmetry, coefficients: &[f64]) -> Vec<Rule> {
    with_response(|response| {
        let kind = FilterKind::Fir(Fir { symmetry, coefficients: coefficients.to_vec() });
        response.stages[2].filter = filter("COUNTS", "COUNTS", kind);
    })
}

#[test]
fn a_good_inventory_has_no_findings() {
    assert_eq!(good().check(), []);
}

#[test]
fn epoch_reversed() {
    let epoch = Epoch::new(Some(t("2020-01-01")), Some(t("2015-01-01")));
    assert_eq!(with_channel(|channel| channel.epoch = epoch), [Rule::EpochReversed]);
    let instant = Epoch::new(Some(t("2020-01-01")), Some(t("2020-01-01")));
    assert_eq!(with_channel(|channel| channel.epoch = instant), [Rule::EpochReversed]);
}

/// The good channel twice, the second one from a date on.
fn twice(station: &mut Station, first_ends: &str, second_begins: &str) {
    let mut second = good_channel();
    station.channels[0].epoch.end = Some(t(first_ends));
    second.epoch.start = Some(t(second_begins));
    station.channels.push(second);
}

#[test]
fn epochs_overlap() {
    let found = with_station(|station| {
        twice(station, "2015-01-02", "2015-01-01");
        let mut other = good_response();
        other.stages[0].gain = gain(3000.0);
        other.sensitivity.as_mut().unwrap().value *= 2.0;
        station.channels[1].response = other.into();
    });
    assert_eq!(found, [Rule::EpochsOverlap]);
    let contiguous = with_station(|station| twice(station, "2015-01-01", "2015-01-01"));
    assert_eq!(contiguous, []);
}

#[test]
fn epochs_repeat() {
    let found = with_station(|station| twice(station, "2015-01-02", "2015-01-01"));
    assert_eq!(found, [Rule::EpochsRepeat]);
    let dashes = with_station(|station| {
        twice(station, "2015-01-02", "2015-01-01");
        station.channels[1].location = "--".to_owned();
    });
    assert_eq!(dashes, [Rule::EpochsRepeat], "both are the blank location");
    let other = with_station(|station| {
        twice(station, "2015-01-02", "2015-01-01");
        station.channels[1].location = "10".to_owned();
    });
    assert_eq!(other, []);
}

#[test]
fn station_epochs_overlap() {
    let mut inventory = good();
    let stations = &mut inventory.networks_mut()[0].stations;
    let mut second = Station { channels: Vec::new(), ..stations[0].clone() };
    second.epoch.start = Some(t("2015-01-01"));
    stations.push(second);
    assert_eq!(rules(&inventory), [Rule::StationEpochsOverlap]);
}

#[test]
fn channel_outside_station() {
    let early = with_channel(|channel| channel.epoch.start = Some(t("2009-12-31")));
    assert_eq!(early, [Rule::ChannelOutsideStation]);
    let late = with_station(|station| station.epoch.end = Some(t("2020-01-01")));
    assert_eq!(late, [Rule::ChannelOutsideStation], "2599 is after 2020");
    let behind = with_station(|station| {
        station.epoch.end = Some(t("2020-01-01"));
        station.channels[0].epoch = Epoch::new(Some(t("2021-01-01")), None);
    });
    assert_eq!(behind, [Rule::ChannelOutsideStation]);
    let inherits = with_station(|station| {
        station.epoch.end = Some(t("2020-01-01"));
        station.channels[0].epoch.end = None;
    });
    assert_eq!(inherits, [], "a missing date is that of the station");
}

#[test]
fn station_outside_network() {
    let mut inventory = good();
    inventory.networks_mut()[0].epoch.start = Some(t("2012-01-01"));
    assert_eq!(rules(&inventory), [Rule::StationOutsideNetwork]);
}

#[test]
fn date_unreadable() {
    let found = with_channel(|channel| {
        channel.epoch.end = None;
        channel.info.unreadable_end = Some("soon".to_owned());
    });
    assert_eq!(found, [Rule::DateUnreadable]);
}

#[test]
fn coordinates_missing() {
    assert_eq!(with_channel(|channel| channel.depth = None), [Rule::CoordinatesMissing]);
    assert_eq!(with_station(|station| station.elevation = None), [Rule::CoordinatesMissing]);
    let nowhere = with_station(|station| {
        (station.latitude, station.longitude, station.elevation) = (None, None, None);
        let channel = &mut station.channels[0];
        (channel.latitude, channel.longitude) = (None, None);
        (channel.elevation, channel.depth) = (None, None);
    });
    assert_eq!(nowhere, [Rule::CoordinatesMissing], "told once, at the station");
}

#[test]
fn coordinates_zero() {
    let found = with_channel(|channel| {
        (channel.latitude, channel.longitude) = (Some(0.0.into()), Some((-0.0).into()));
    });
    assert_eq!(found, [Rule::CoordinatesZero]);
    assert_eq!(with_channel(|channel| channel.longitude = Some(0.0.into())), [], "Greenwich");
}

#[test]
fn coordinates_out_of_range() {
    let exchanged = with_station(|station| {
        (station.latitude, station.longitude) = (station.longitude.take(), station.latitude.take());
    });
    assert_eq!(exchanged, [Rule::CoordinatesOutOfRange]);
}

#[test]
fn response_broken() {
    let stage = "<Stage number=\"1\"><StageGain><Value>x</Value></StageGain></Stage>";
    let text = common::with_response(stage);
    let inventory = Inventory::from_stationxml(text.as_bytes()).unwrap();
    let findings = inventory.check();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::ResponseBroken);
    assert!(findings[0].found.contains("\"x\""), "{}", findings[0]);
}

#[test]
fn no_stages() {
    assert_eq!(with_response(|response| response.stages.clear()), [Rule::NoStages]);
    assert_eq!(with_response(|response| *response = Response::default()), [], "of nothing");
    let thermometer = with_response(|response| {
        let coefficients = vec![1.0, 2.0, 3.0];
        response.polynomial = Some(Polynomial { coefficients, ..Polynomial::default() });
        response.stages.clear();
    });
    assert_eq!(thermometer, []);
}

#[test]
fn not_evaluable() {
    let found = with_response(|response| response.stages[2].number = 2);
    assert_eq!(found, [Rule::NotEvaluable]);
    let mut inventory = good();
    let mut response = good_response();
    if let FilterKind::PolesZeros(pz) = &mut response.stages[0].filter.as_mut().unwrap().kind {
        pz.normalization_factor = 0.0;
    }
    inventory.networks_mut()[0].stations[0].channels[0].response = response.into();
    let findings = inventory.check();
    let texts: Vec<&str> = findings.iter().map(|finding| finding.found.as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("A0 is 0")), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("gain is 0")), "{texts:?}");
}

#[test]
fn sensitivity_mismatch() {
    let found = with_response(|response| response.sensitivity.as_mut().unwrap().value = 6.4e8);
    assert_eq!(found, [Rule::SensitivityMismatch]);
    // At another frequency the sensor gives less, and the sensitivity says so.
    let at_corner = with_response(|response| {
        let sensitivity = response.sensitivity.as_mut().unwrap();
        let corner_hz = 0.037 * 2_f64.sqrt() / std::f64::consts::TAU;
        (sensitivity.value, sensitivity.frequency_hz) = (6e8 / 2_f64.sqrt(), Some(corner_hz));
    });
    assert_eq!(at_corner, []);
    let reversed = with_response(|response| response.stages[0].gain = gain(-1500.0));
    assert_eq!(reversed, [], "a polarity is no contradiction");
}

#[test]
fn zero_gain() {
    let found = with_response(|response| response.stages[1].gain = gain(0.0));
    assert_eq!(found, [Rule::ZeroGain]);
    let found = with_response(|response| response.sensitivity.as_mut().unwrap().value = 0.0);
    assert_eq!(found, [Rule::ZeroGain]);
}

#[test]
fn a0_mismatch() {
    let found = with_sensor(|pz| pz.normalization_factor *= 1.1);
    assert_eq!(found, [Rule::NormalizationFactor]);
    assert_eq!(with_sensor(|pz| pz.normalization_factor *= 1.01), []);
    assert_eq!(with_sensor(|pz| pz.normalization_factor *= -1.0), [], "a polarity");
    let at_zero = with_sensor(|pz| pz.normalization_frequency_hz = 0.0);
    assert_eq!(at_zero, [], "nothing can be said where the response is zero");
}

/// An A0 beside poles that were divided by 2π, or only said to be.
#[test]
fn hertz_for_radians() {
    let tau = std::f64::consts::TAU;
    let in_hertz = |pz: &mut PolesZeros| {
        for root in pz.zeros.iter_mut().chain(&mut pz.poles) {
            *root /= tau;
        }
        pz.normalization_factor = fitting(pz, 1.0);
    };
    assert_eq!(with_sensor(in_hertz), [Rule::HertzForRadians]);
    let said = with_sensor(|pz| {
        (pz.poles[2], pz.poles[3]) = (c(-20.0, 50.0), c(-20.0, -50.0));
        pz.normalization_factor = fitting(pz, tau);
        pz.domain = PzDomain::LaplaceHertz;
    });
    assert_eq!(said, [Rule::HertzForRadians]);
    let right = with_sensor(|pz| {
        in_hertz(pz);
        pz.domain = PzDomain::LaplaceHertz;
    });
    assert_eq!(right, []);
    let mut inventory = good();
    let channel = &mut inventory.networks_mut()[0].stations[0].channels[0];
    let mut response = good_response();
    if let FilterKind::PolesZeros(pz) = &mut response.stages[0].filter.as_mut().unwrap().kind {
        // Only A0 was converted.
        pz.normalization_factor /= tau.powi(2);
    }
    channel.response = response.into();
    let findings = inventory.check();
    assert_eq!(findings[0].rule, Rule::NormalizationFactor);
    assert!(findings[0].found.contains("other unit"), "{}", findings[0]);
}

#[test]
fn conjugate_missing() {
    let found = with_sensor(|pz| {
        pz.poles.pop();
        pz.normalization_factor = fitting(pz, std::f64::consts::TAU);
    });
    assert_eq!(found, [Rule::ConjugateMissing]);
    let sign = with_sensor(|pz| {
        pz.poles[3].im *= -1.0;
        pz.normalization_factor = fitting(pz, std::f64::consts::TAU);
    });
    assert_eq!(sign, [Rule::ConjugateMissing], "one mistake");
    // An A0 that is off by the wrong sign tells nothing about the unit.
    for frequency_hz in [0.02, 10.0, 20.0] {
        let found = with_sensor(|pz| {
            pz.poles[3].im *= -1.0;
            pz.normalization_frequency_hz = frequency_hz;
            pz.normalization_factor = fitting(pz, 1.0) * 1.01;
        });
        assert!(found.contains(&Rule::ConjugateMissing), "{found:?}");
        assert!(!found.contains(&Rule::HertzForRadians), "{frequency_hz} Hz: {found:?}");
    }
}

#[test]
fn pole_unstable() {
    let both = with_sensor(|pz| pz.poles[2..].iter_mut().for_each(|pole| pole.re *= -1.0));
    assert_eq!(both, [Rule::PoleUnstable; 2]);
    let undamped = with_sensor(|pz| pz.poles[2..].iter_mut().for_each(|pole| pole.re = 0.0));
    assert!(undamped.starts_with(&[Rule::PoleUnstable; 2]), "{undamped:?}");
    let integrator = with_sensor(|pz| {
        pz.poles.push(c(0.0, 0.0));
        pz.normalization_factor = fitting(pz, std::f64::consts::TAU);
    });
    assert_eq!(integrator, [], "a pole at the origin integrates");
    let digital = |modulus: f64| {
        with_response(|response| {
            let mut pz = PolesZeros {
                domain: PzDomain::DigitalZ,
                normalization_factor: 1.0,
                normalization_frequency_hz: 0.0,
                zeros: Vec::new(),
                poles: vec![c(modulus, 0.0)],
            };
            pz.normalization_factor = (1.0 - modulus).abs();
            let stage = &mut response.stages[2];
            stage.filter = filter("COUNTS", "COUNTS", FilterKind::PolesZeros(pz));
            stage.gain = Some(Gain { value: 1.0, frequency_hz: Some(0.0) });
            stage.decimation.as_mut().unwrap().correction_s = Some(0.0);
        })
    };
    assert_eq!(digital(1.5)[0], Rule::PoleUnstable);
    assert!(!digital(0.01).contains(&Rule::PoleUnstable));
}

#[test]
fn fir_sum() {
    // evalresp takes an odd filter as it is, and divides one written whole by its sum; the first
    // is seen in the product of gains nowhere, since the gain holds at the same frequency.
    assert_eq!(with_fir(FirSymmetry::Odd, &[0.1, 0.2, 0.5]), [Rule::FirSum]);
    assert_eq!(with_fir(FirSymmetry::None, &[0.1, 0.5, 0.5]), [Rule::FirSum]);
    assert_eq!(with_fir(FirSymmetry::Even, &[0.1, 0.2, 0.4]), [Rule::FirSum]);
    assert_eq!(with_fir(FirSymmetry::Even, &[0.1, 0.15, 0.25]), []);
    assert_eq!(with_fir(FirSymmetry::None, &[0.1, 0.6, 0.31]), []);
}

#[test]
fn rates_do_not_chain() {
    let found = with_response(|response| response.stages[2].decimation = decimation(100.0, 5));
    assert_eq!(found, [Rule::RatesDoNotChain, Rule::RateOfChannel]);
    let rounded = with_response(|response| response.stages[2].decimation = decimation(200.01, 5));
    assert_eq!(rounded, []);
}

#[test]
fn rate_of_channel() {
    assert_eq!(
        with_channel(|channel| channel.sample_rate = Some(20.0.into())),
        [Rule::RateOfChannel]
    );
}

#[test]
fn rate_zero() {
    assert_eq!(with_channel(|channel| channel.sample_rate = Some(0.0.into())), [Rule::RateZero]);
    assert_eq!(with_channel(|channel| channel.sample_rate = None), [], "unknown");
    let log = with_channel(|channel| {
        channel.sample_rate = Some(0.0.into());
        channel.response = ChannelResponse::Absent;
    });
    assert_eq!(log, []);
}

#[test]
fn stages_missing() {
    let renumbered = |by: u32, from: usize| {
        with_response(|response| {
            response.stages.iter_mut().skip(from).for_each(|stage| stage.number += by);
        })
    };
    assert_eq!(renumbered(0, 0), []);
    assert_eq!(renumbered(1, 1), [Rule::StagesMissing]);
    assert_eq!(renumbered(1, 0), [Rule::StagesMissing], "the first");
}

#[test]
fn ends_before_counts() {
    let cut = |response: &mut Response| {
        response.stages.truncate(1);
        response.sensitivity = None;
    };
    assert_eq!(with_response(cut), [Rule::EndsBeforeCounts]);
    let without_rate = with_channel(|channel| {
        let mut response = good_response();
        cut(&mut response);
        channel.response = response.into();
        channel.sample_rate = None;
    });
    assert_eq!(without_rate, [Rule::NoSensitivity], "not sampled");
}

#[test]
fn no_sensitivity() {
    assert_eq!(with_response(|response| response.sensitivity = None), [Rule::NoSensitivity]);
    let only_gain = with_response(|response| {
        response.sensitivity = None;
        // Stage 0 of old files.
        let gain = Some(Gain { value: 6e8, frequency_hz: Some(1.0) });
        response.stages.push(Stage { number: 0, gain, ..Stage::default() });
    });
    assert_eq!(only_gain, []);
}

#[test]
fn frequency_above_nyquist() {
    let found = with_response(|response| {
        response.sensitivity.as_mut().unwrap().frequency_hz = Some(25.0);
    });
    assert!(found.contains(&Rule::FrequencyAboveNyquist), "{found:?}");
    let found = with_response(|response| {
        response.stages[2].gain = Some(Gain { value: 1.0, frequency_hz: Some(150.0) });
    });
    assert!(found.contains(&Rule::FrequencyAboveNyquist), "{found:?}");
    let flat = with_response(|response| {
        response.stages[0].filter = None;
        response.stages[2].filter = None;
        response.sensitivity.as_mut().unwrap().frequency_hz = Some(25.0);
    });
    assert_eq!(flat, [], "a plain gain holds at any frequency");
}

#[test]
fn corner_above_nyquist() {
    // A geophone of 28 Hz recorded at 40 samples per second.
    let found = with_sensor(|pz| {
        let corner = 28.0 * std::f64::consts::TAU;
        pz.poles = vec![c(-0.7 * corner, 0.714 * corner), c(-0.7 * corner, -0.714 * corner)];
        pz.normalization_factor = fitting(pz, std::f64::consts::TAU);
    });
    assert_eq!(found, [Rule::CornerAboveNyquist]);
}

#[test]
fn units_do_not_chain() {
    let found = with_response(|response| {
        response.stages[1].filter.as_mut().unwrap().input_units = Some(UnitName::new("PA"));
    });
    assert_eq!(found, [Rule::UnitsDoNotChain]);
    let spelt = with_response(|response| {
        response.stages[1].filter.as_mut().unwrap().input_units = Some(UnitName::new("volts"));
    });
    assert_eq!(spelt, []);
    let milli = with_response(|response| {
        response.stages[1].filter.as_mut().unwrap().input_units = Some(UnitName::new("mV"));
    });
    assert_eq!(milli, [Rule::UnitsDoNotChain], "a factor of 1000");
}

#[test]
fn unit_unknown() {
    let found = with_response(|response| {
        let furlongs = Some(UnitName::new("FURLONG/S"));
        response.sensitivity.as_mut().unwrap().input_units.clone_from(&furlongs);
        response.stages[0].filter.as_mut().unwrap().input_units = furlongs;
    });
    assert_eq!(found, [Rule::UnitUnknown]);
}

#[test]
fn units_of_sensitivity() {
    let found = with_response(|response| {
        response.sensitivity.as_mut().unwrap().input_units = Some(UnitName::new("M/S**2"));
    });
    assert_eq!(found, [Rule::UnitsOfSensitivity]);
    let found = with_response(|response| {
        response.sensitivity.as_mut().unwrap().output_units = Some(UnitName::new("V"));
    });
    assert_eq!(found, [Rule::UnitsOfSensitivity]);
}

#[test]
fn findings_name_their_place() {
    let mut inventory = good();
    let mut response = good_response();
    response.stages[1].gain = gain(0.0);
    inventory.networks_mut()[0].stations[0].channels[0].response = response.into();
    let findings = inventory.check();
    let finding = &findings[0];
    assert_eq!((finding.place.id().as_str(), finding.place.stage), ("XX.ABC..BHZ", Some(2)));
    assert_eq!(finding.place.epoch.start, Some(t("2010-01-01")));
    assert_eq!(finding.severity(), Severity::Error);
    assert_eq!(
        finding.to_string(),
        "error R402 zero-gain: XX.ABC..BHZ (2010-01-01T00:00:00Z – 2599-12-31T00:00:00Z) \
         stage 2: a gain of 0; expected another number"
    );
    inventory.networks_mut()[0].stations[0].channels[0].response = ChannelResponse::Absent;
    assert_eq!(inventory.check(), []);
}

/// Every rule has a test of its own name above.
#[test]
fn every_rule_is_tested() {
    let source = include_str!("check_rules.rs");
    for rule in Rule::ALL {
        let test = format!("#[test]\nfn {}()", rule.name().replace('-', "_"));
        assert!(source.contains(&test), "{rule} has no test");
        assert!(source.contains(&format!("Rule::{rule:?}")), "{rule} is expected nowhere");
    }
}

#[test]
fn the_documented_rules_are_the_rules() {
    let documented = include_str!("../../docs/check-rules.md");
    for rule in Rule::ALL {
        let line = format!(
            "| {} | `{}` | {} | {} | {} |\n",
            rule.code(),
            rule.name(),
            rule.severity(),
            rule.looks_for(),
            rule.advice()
        );
        assert!(documented.contains(&line), "docs/check-rules.md lacks:\n{line}");
    }
    assert_eq!(documented.matches("\n| R").count(), Rule::ALL.len());
}

/// The commonest broadband sensor, whose A0 the unit changes by 1.3e-4 only.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn an_sts_2_in_hertz_is_found() {
    let text = std::fs::read_to_string(corpus().join("day/CI.HEC.xml")).unwrap();
    assert_eq!(Inventory::from_bytes(text.as_bytes()).unwrap().check(), []);
    let said = text.replace("LAPLACE (RADIANS/SECOND)", "LAPLACE (HERTZ)");
    let inventory = Inventory::from_bytes(said.as_bytes()).unwrap();
    assert!(rules(&inventory).contains(&Rule::HertzForRadians));
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn good_files_of_a_data_centre_have_no_findings() {
    let mut files = 0;
    for event in std::fs::read_dir(corpus().join("events")).unwrap() {
        for file in std::fs::read_dir(event.unwrap().path().join("resp")).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(Inventory::read(&file).unwrap().check(), [], "{}", file.display());
            files += 1;
        }
    }
    assert_eq!(files, 15);
}
