//! What headers hold besides samples: blockettes of version 2, extra headers of version 3.

use seis_core::{TimeDelta, UtcTime};
use seis_io::mseed::v2::{AmplitudeRange, CalibrationKind, Content};
use seis_io::mseed::v3::ExtraHeaders;
use seis_io::mseed::{ByteOrder, Encoding, RecordError, RecordView};

use crate::raw::{Raw, Raw3, series};

/// Bytes of a blockette behind type and link, in either byte order.
struct Body {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl Body {
    fn u8(mut self, v: u8) -> Self {
        self.bytes.push(v);
        self
    }
    fn u16(mut self, v: u16) -> Self {
        let big = self.order == ByteOrder::Big;
        self.bytes.extend(if big { v.to_be_bytes() } else { v.to_le_bytes() });
        self
    }
    fn u32(mut self, v: u32) -> Self {
        let big = self.order == ByteOrder::Big;
        self.bytes.extend(if big { v.to_be_bytes() } else { v.to_le_bytes() });
        self
    }
    fn f32(self, v: f32) -> Self {
        self.u32(v.to_bits())
    }
    fn text(mut self, text: &str, len: usize) -> Self {
        self.bytes.extend(text.as_bytes());
        self.bytes.extend(std::iter::repeat_n(b' ', len - text.len()));
        self
    }
    fn time(self, second: u8) -> Self {
        self.u16(2022).u16(2).u8(3).u8(4).u8(second).u8(0).u16(678)
    }
}

fn at(second: u8) -> Option<UtcTime> {
    Some(format!("2022-01-02T03:04:{second:02}.0678Z").parse().unwrap())
}

/// A record of 1024 bytes with one of every blockette.
fn record(order: ByteOrder) -> Vec<u8> {
    let body = || Body { order, bytes: Vec::new() };
    let opaque = {
        let head = "one~two~";
        let (data_at, data) = (15 + head.len() as u16, [9, 8, 7]);
        let mut b = body().u16(data_at + 3).u16(data_at).u32(77).u8(0).u8(3).u8(2).text(head, 8);
        b.bytes.extend(data);
        b
    };
    let blockettes = vec![
        (1000, vec![3, u8::from(order == ByteOrder::Big), 10, 0]),
        (1001, body().u8(93).u8(0xf6).u8(0).u8(7).bytes),
        (100, body().f32(39.5).u32(0).bytes),
        (200, body().f32(1.5).f32(0.25).f32(3.0).u8(0b011).u8(0).time(5).text("STA/LTA", 24).bytes),
        (201, {
            let b = body().f32(2.5).f32(0.5).f32(4.0).u8(0).u8(0).time(6);
            let b = (1..=6).fold(b, Body::u8);
            b.u8(2).u8(1).text("MURDOCK", 24).bytes
        }),
        (300, {
            let b = body().time(7).u8(3).u8(0b0111).u32(10_000).u32(50_000).f32(6.5);
            b.text("BCA", 3).u8(0).u32(12).text("Resistive", 12).text("3dB@10Hz", 12).bytes
        }),
        (310, {
            let b = body().time(8).u8(0).u8(0x28).u32(600_000).f32(20.0).f32(1.25);
            b.text("", 3).u8(0).f32(2.5).text("Capacitive", 12).text("", 12).bytes
        }),
        (320, {
            let b = body().time(9).u8(0).u8(0x10).u32(36_000_000).f32(0.5).text("BC0", 3).u8(0);
            b.f32(1.0).text("", 12).text("", 12).text("White", 8).bytes
        }),
        (390, body().time(10).u8(0).u8(4).u32(5).f32(9.0).text("BC1", 3).u8(0).bytes),
        (395, body().time(11).u16(0).bytes),
        (400, body().f32(123.5).f32(8.25).u16(6).u16(0).bytes),
        (405, body().u16(1).u16(2).u16(65_535).bytes),
        (500, {
            let b = body().f32(50.5).time(12).u8(0xff).u8(90).u32(15).text("Missing", 16);
            b.text("Quanterra GPS1/QTS", 32).text("SNR=23", 128).bytes
        }),
        (2000, opaque.bytes),
        (4711, vec![1, 2, 3, 4, 5, 6]),
    ];
    let mut raw = Raw::int32(&series(20));
    raw.order = order;
    raw.blockettes = blockettes;
    raw.len = 1024;
    raw.data_offset = 900;
    raw.payload = series(20)
        .iter()
        .flat_map(|x| if order == ByteOrder::Big { x.to_be_bytes() } else { x.to_le_bytes() })
        .collect();
    raw.bytes()
}

#[test]
fn every_blockette_is_read() {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let bytes = record(order);
        let record = RecordView::parse(&bytes).unwrap();
        assert_eq!(record.decode().unwrap().as_i32().unwrap(), series(20));
        let all: Vec<_> = record.blockettes().collect();
        let kinds: Vec<u16> = all.iter().map(|b| b.kind).collect();
        let expected =
            [1000, 1001, 100, 200, 201, 300, 310, 320, 390, 395, 400, 405, 500, 2000, 4711];
        assert_eq!(kinds, expected);
        let contents: Vec<Content<'_>> = all.iter().map(|b| b.content()).collect();
        let encoding = Encoding::Int32;
        assert_eq!(contents[0], Content::DataOnly { encoding, order, record_len_exponent: 10 });
        let quality = Content::TimingQuality { quality: 93, microseconds: -10, frames: 7 };
        assert_eq!(contents[1], quality);
        assert_eq!(contents[2], Content::SampleRate { hz: 39.5 });
        let Content::Detection(generic) = &contents[3] else { panic!() };
        assert_eq!((generic.amplitude, generic.period_s, generic.background), (1.5, 0.25, 3.0));
        assert!(generic.dilatation && generic.dilatation_known && generic.decounted);
        assert_eq!((generic.onset, &*generic.detector), (at(5), "STA/LTA"));
        assert_eq!(generic.murdock, None);
        let Content::Detection(murdock) = &contents[4] else { panic!() };
        assert_eq!(
            (murdock.onset, &*murdock.detector, murdock.dilatation),
            (at(6), "MURDOCK", false)
        );
        let special = murdock.murdock.unwrap();
        assert_eq!(special.signal_to_noise, [1, 2, 3, 4, 5, 6]);
        assert_eq!((special.lookback, special.algorithm), (2, 1));

        let calibrations: Vec<_> = contents
            .iter()
            .filter_map(|c| match c {
                Content::Calibration(c) => Some(c),
                _ => None,
            })
            .collect();
        let [step, sine, random, generic] = calibrations.as_slice() else { panic!() };
        assert_eq!((step.begin, step.duration), (at(7), TimeDelta::from_seconds(1)));
        assert!(step.is_automatic() && !step.is_continued());
        assert_eq!((step.amplitude, &*step.input_channel), (6.5, "BCA"));
        let CalibrationKind::Step { steps, first_positive, alternating, interval, calibrator } =
            &step.kind
        else {
            panic!()
        };
        assert!(*steps == 3 && *first_positive && *alternating);
        assert_eq!(*interval, TimeDelta::from_seconds(5));
        assert_eq!(calibrator.reference_amplitude, 12);
        assert_eq!((&*calibrator.coupling, &*calibrator.rolloff), ("Resistive", "3dB@10Hz"));
        assert!(sine.is_continued());
        assert_eq!((sine.amplitude, &*sine.input_channel), (1.25, ""));
        let CalibrationKind::Sine { period_s, amplitude, calibrator } = &sine.kind else {
            panic!()
        };
        assert_eq!((*period_s, *amplitude), (20.0, Some(AmplitudeRange::ZeroToPeak)));
        assert_eq!((calibrator.as_f32(), &*calibrator.coupling), (2.5, "Capacitive"));
        assert_eq!((random.amplitude, &*random.input_channel), (0.5, "BC0"));
        let CalibrationKind::PseudoRandom { random_amplitudes, noise, .. } = &random.kind else {
            panic!()
        };
        assert!(*random_amplitudes && noise == "White");
        assert_eq!((generic.amplitude, &*generic.input_channel), (9.0, "BC1"));
        assert_eq!(generic.kind, CalibrationKind::Generic);

        assert_eq!(contents[9], Content::CalibrationAbort { end: at(11) });
        let (azimuth_deg, slowness_s_per_deg) = (123.5, 8.25);
        let beam = Content::Beam { azimuth_deg, slowness_s_per_deg, configuration: 6 };
        assert_eq!(contents[10], beam);
        assert_eq!(contents[11], Content::BeamDelay { delays: vec![1, 2, 65_535] });
        let Content::Timing(timing) = &contents[12] else { panic!() };
        assert_eq!(timing.time, at(12).map(|t| t - TimeDelta::from_nanos(1000)));
        assert_eq!((timing.vco_correction_percent, timing.reception_quality), (50.5, 90));
        assert_eq!((timing.exception_count, &*timing.exception), (15, "Missing"));
        assert_eq!((&*timing.clock_model, &*timing.clock_status), ("Quanterra GPS1/QTS", "SNR=23"));
        let Content::Opaque(opaque) = &contents[13] else { panic!() };
        assert_eq!((opaque.record_number, opaque.order, opaque.flags), (77, ByteOrder::Little, 3));
        assert_eq!(opaque.headers, ["one", "two"]);
        assert_eq!(opaque.data, [9, 8, 7]);
        assert_eq!(contents[14], Content::Unknown);
        assert_eq!(all[14].bytes[4..10], [1, 2, 3, 4, 5, 6]);
    }
}

/// Whatever stands in blockettes: contents or none, and no panic.
#[test]
fn broken_blockettes_are_harmless() {
    let good = record(ByteOrder::Big);
    let mut state = 5_u32;
    for i in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..=(i % 4) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes[48 + (state >> 8) as usize % 850] = (state >> 24) as u8;
        }
        if let Ok(record) = RecordView::parse(&bytes) {
            for blockette in record.blockettes() {
                let _ = blockette.content();
            }
        }
    }
}

#[test]
fn flags_by_name() {
    let mut raw = Raw::int32(&series(5));
    raw.activity = 0b0111_0111;
    raw.correction = -15;
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    let header = record.v2().unwrap();
    assert!(header.has_calibration() && header.time_correction_applied());
    assert_eq!(header.event(), (true, false, true));
    assert_eq!(header.leap_second(), 1);
    assert_eq!(header.correction(), TimeDelta::from_nanos(-1_500_000));
    assert!(!header.clock_locked() && !header.time_questionable());
    raw.activity = 0b0010_0000;
    assert_eq!(RecordView::parse(&raw.bytes()).unwrap().v2().unwrap().leap_second(), -1);
}

#[test]
fn extra_headers() {
    let text = r#"{"FDSN": {
        "Time": {"Quality": 100, "Correction": -0.25, "MaxEstimatedError": 1e-6, "LeapSecond": -1,
            "Exception": [{"Time": "2022-01-02T03:04:05.5Z", "VCOCorrection": 50.7,
                "ReceptionQuality": 5, "Count": 15, "Type": "Valid Timemark",
                "ClockStatus": "Drift=-1973usec"}]},
        "Event": {"Begin": true, "End": false, "InProgress": true, "Detection": [
            {"Type": "MURDOCK", "SignalAmplitude": 80.0, "SignalPeriod": 0.4,
             "BackgroundEstimate": 18, "Wave": "DILATATION", "Units": "COUNTS",
             "OnsetTime": "2022-01-02T03:04:06Z", "MEDSNR": [1, 3, 2, 1, 4, 0], "MEDLookback": 2,
             "MEDPickAlgorithm": 0, "Detector": "Z_SPWWSS"}]},
        "Calibration": {"Sequence": [{"Type": "SINE", "BeginTime": "2022-01-02T03:04:07Z",
            "EndTime": "2022-01-02T03:14:07Z", "Trigger": "AUTOMATIC", "SinePeriod": 20,
            "Amplitude": 5, "InputUnits": "V", "Coupling": "RESISTIVE"}]},
        "Recenter": {"Sequence": [{"Type": "Mass", "Trigger": "MANUAL"}]},
        "Flags": {"MassPositionOffscale": true, "Spikes": false},
        "Logger": {"Model": "Q330", "Serial": "1"}, "Sensor": {"Model": "STS-2"},
        "Clock": {"Model": "GPS"}, "ProvenanceURI": "https://x", "DataQuality": "D",
        "Sequence": 4711, "Unheard": [1]}, "Operator": {"list": [1, {"a": "b"}]}}"#;
    let mut raw = Raw3::int32(&series(5));
    raw.extra = text.as_bytes().to_vec();
    let bytes = raw.bytes();
    let extra = RecordView::parse(&bytes).unwrap().parse_extra_headers().unwrap();
    let fdsn = extra.fdsn().unwrap();
    let time = fdsn.time.as_ref().unwrap();
    assert_eq!(
        (time.quality, time.correction, time.leap_second),
        (Some(100), Some(-0.25), Some(-1))
    );
    let exception = &time.exception.as_ref().unwrap()[0];
    assert_eq!(exception.time, Some("2022-01-02T03:04:05.5Z".parse().unwrap()));
    assert_eq!(exception.vco_correction, Some(50.7));
    let event = fdsn.event.as_ref().unwrap();
    assert_eq!((event.begin, event.end, event.in_progress), (Some(true), Some(false), Some(true)));
    let detection = &event.detection.as_ref().unwrap()[0];
    assert_eq!(detection.med_snr, Some(vec![1.0, 3.0, 2.0, 1.0, 4.0, 0.0]));
    assert_eq!(detection.background_estimate, Some(18.0));
    let sequence = &fdsn.calibration.as_ref().unwrap().sequence.as_ref().unwrap()[0];
    assert_eq!((sequence.r#type.as_deref(), sequence.sine_period), (Some("SINE"), Some(20.0)));
    assert_eq!(fdsn.flags.as_ref().unwrap().mass_position_offscale, Some(true));
    assert_eq!(fdsn.logger.as_ref().unwrap().model.as_deref(), Some("Q330"));
    assert_eq!((fdsn.data_quality.as_deref(), fdsn.sequence), (Some("D"), Some(4711)));
    assert_eq!(fdsn.provenance_uri.as_deref(), Some("https://x"));
    assert_eq!(extra.get("Operator.list.1.a").unwrap(), "b");
    assert_eq!(extra.get("FDSN.Unheard.0").unwrap(), 1);
    assert_eq!(extra.get("FDSN.Time.Nothing"), None);
    // There and back.
    let mut again = ExtraHeaders::new();
    again.set_fdsn(&fdsn);
    let again: ExtraHeaders = again.to_string().parse().unwrap();
    assert_eq!(again.fdsn().unwrap(), fdsn);
}

#[test]
fn extra_headers_that_are_none() {
    let parse = |text: &str| ExtraHeaders::parse(text.as_bytes());
    assert!(parse("").unwrap().is_empty());
    assert!(parse("{}  \0\0").unwrap().is_empty());
    for bad in ["[1]", "{", "{\"a\":}", "nul", "\u{1}"] {
        assert!(matches!(parse(bad), Err(RecordError::ExtraHeaders { .. })), "{bad}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    assert!(parse(&deep).is_err());
    let wrong = parse(r#"{"FDSN":{"Time":{"Quality":"good"}}}"#).unwrap();
    let error = wrong.fdsn().unwrap_err();
    assert!(error.to_string().contains("good"), "{error}");
    assert_eq!(wrong.get("FDSN.Time.Quality").unwrap(), "good");
    assert!(
        parse(r#"{"FDSN":{"Event":{"Detection":[{"OnsetTime":"noon"}]}}}"#)
            .unwrap()
            .fdsn()
            .is_err()
    );
    // A record with such headers is read; its samples are not touched by them.
    let mut raw = Raw3::int32(&series(5));
    raw.extra = b"{".to_vec();
    let bytes = raw.bytes();
    let record = RecordView::parse(&bytes).unwrap();
    assert!(record.parse_extra_headers().is_err());
    assert_eq!(record.decode().unwrap().len(), 5);
}
