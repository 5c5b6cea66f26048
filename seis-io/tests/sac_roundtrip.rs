//! SAC files of every kind, written and read again; traces through SAC; files that ObsPy wrote.

use std::path::PathBuf;

use seis_core::{Samples, SamplingRate, SourceId, Trace, UtcTime};
use seis_io::sac::{
    self, ByteOrder, Data, Error, FileType, Format, Header, Kind, ReadOptions, ReferenceTime,
    SacFile, TraceOptions, Value, Variable, Version,
};

fn wave(points: usize, scale: f32) -> Vec<f32> {
    (0..points).map(|i| (i as f32 * 0.37).sin() * scale).collect()
}

fn all_kinds(points: usize) -> Vec<Data> {
    vec![
        Data::Even(wave(points, 1e3)),
        Data::Uneven { y: wave(points, 1.0), x: (0..points).map(|i| i as f32 * 0.5).collect() },
        Data::AmplitudePhase { amplitude: wave(points, 2.0), phase: wave(points, 3.0) },
        Data::RealImaginary { real: wave(points, 2.0), imaginary: wave(points, 3.0) },
        Data::Grid(wave(points, 7.0)),
    ]
}

fn header(version: Version) -> Header {
    let mut header = Header::new();
    header.set_version(version);
    header.set_delta(0.01).unwrap().set_b(0.1).unwrap().set_kstnm("HEC").unwrap();
    header.set_kevnm("a longer name").unwrap().set_t3(1.0 / 3.0).unwrap();
    header.set_stla(34.829_412_345).unwrap().set_user0(-0.0).unwrap();
    header
}

#[test]
fn every_kind_version_and_order_comes_back() {
    for points in [0, 1, 2, 7, 300] {
        for data in all_kinds(points) {
            for version in [Version::V6, Version::V7] {
                for order in [ByteOrder::Little, ByteOrder::Big] {
                    let mut file = SacFile::new(header(version), data.clone()).unwrap();
                    file.byte_order = order;
                    let bytes = file.to_bytes().unwrap();
                    assert_eq!(bytes.len() as u64, file.header.file_size().unwrap());
                    assert_eq!(sac::detect(&bytes), Some(Format::Binary(order)));
                    let again = SacFile::from_bytes(&bytes).unwrap();
                    assert_eq!(again, file);
                    assert_eq!(again.to_bytes().unwrap(), bytes);
                    assert_eq!(SacFile::from_reader(bytes.as_slice()).unwrap(), file);
                    assert_eq!(again.check(), [], "{data:?}");
                    let footer = if version == Version::V7 { 22 * 8 } else { 0 };
                    let sections = usize::from(file.header.sections().unwrap());
                    assert_eq!(bytes.len(), 632 + sections * points * 4 + footer);
                }
            }
        }
    }
}

#[test]
fn the_footer_stands_behind_the_data_in_the_order_of_the_file() {
    let mut file = SacFile::new(header(Version::V7), Data::Even(vec![1.0, 2.0])).unwrap();
    file.header.set_sdelta(0.125).unwrap();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        file.byte_order = order;
        let bytes = file.to_bytes().unwrap();
        let footer = &bytes[632 + 8..];
        let double = |i: usize| {
            let eight: [u8; 8] = footer[i * 8..i * 8 + 8].try_into().unwrap();
            match order {
                ByteOrder::Little => f64::from_le_bytes(eight),
                ByteOrder::Big => f64::from_be_bytes(eight),
            }
        };
        assert_eq!((double(0), double(1)), (0.01, 0.1));
        assert_eq!(double(2), 0.1 + 0.01, "e of the doubles");
        assert_eq!((double(3), double(8)), (-12345.0, 1.0 / 3.0));
        assert_eq!((double(19), double(21)), (34.829_412_345, 0.125));
        assert_eq!(footer.len(), 176);
    }
}

#[test]
fn alphanumeric_files_come_back_to_seven_digits() {
    for points in [0, 1, 5, 12] {
        for data in all_kinds(points) {
            for version in [Version::V6, Version::V7] {
                let file = SacFile::new(header(version), data.clone()).unwrap();
                let text = file.to_alphanumeric().unwrap();
                assert_eq!(sac::detect(&text), Some(Format::Alphanumeric));
                let again = SacFile::from_bytes(&text).unwrap();
                for variable in Variable::all() {
                    match (file.header.value(variable), again.header.value(variable)) {
                        (Some(Value::Float(a)), Some(Value::Float(b)))
                            if variable.footer_index().is_none() || version == Version::V6 =>
                        {
                            assert!((a - b).abs() <= a.abs() * 6e-7, "{variable}: {a} {b}");
                        }
                        (a, b) => assert_eq!(a, b, "{variable}"),
                    }
                }
                // The second time nothing changes any more, with any line ends.
                assert_eq!(again.to_alphanumeric().unwrap(), text);
                let dos = String::from_utf8(text).unwrap().replace('\n', "\r\n");
                assert_eq!(SacFile::from_bytes(dos.as_bytes()).unwrap(), again);
            }
        }
    }
}

#[test]
fn alphanumeric_lines_are_those_of_the_manual() {
    let mut header = Header::new();
    header.set_version(Version::V7);
    header.set_delta(f64::from(0.01_f32)).unwrap().set_b(f64::from(9.459_999_f32)).unwrap();
    header
        .set_kstnm("CDV")
        .unwrap()
        .set_kevnm("K8108838")
        .unwrap()
        .set_idep(seis_io::sac::DependentVariable::Volts);
    let values = vec![-0.097_280_01, -0.098_560_02, 1.52064, 0.0, 1e-5, 7.0];
    let file = SacFile::new(header, Data::Even(values)).unwrap();
    let text = String::from_utf8(file.to_alphanumeric().unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "     0.01000000    -0.09856002       7.000000      -12345.00      -12345.00"
    );
    assert!(lines[1].starts_with("       9.459999       9.509999      -12345.00"));
    assert_eq!(lines[15], "    -12345         7    -12345    -12345         6");
    assert_eq!(lines[17], "         1        50    -12345    -12345    -12345");
    assert_eq!(lines[22], "CDV     K8108838        ");
    assert_eq!(lines[23], "-12345  -12345  -12345  ");
    assert_eq!(
        lines[30],
        "    -0.09728001    -0.09856002       1.520640       0.000000   1.000000e-05"
    );
    assert_eq!(lines[31], "       7.000000");
    assert_eq!(lines[32], "0.0099999997764825821");
    assert_eq!(lines[35], "-12345");
    assert_eq!(lines.len(), 32 + 22);
}

#[test]
fn alphanumeric_files_refuse_what_they_cannot_say() {
    let mut file = SacFile::new(header(Version::V6), Data::Even(vec![1.0])).unwrap();
    file.header.set_nevid(-1_000_000_000).unwrap();
    assert!(matches!(file.to_alphanumeric(), Err(Error::Invalid { variable: "nevid", .. })));
    file.header.set_nevid(2_147_483_647).unwrap().set_norid(-999_999_999).unwrap();
    let again = SacFile::from_bytes(&file.to_alphanumeric().unwrap()).unwrap();
    assert_eq!(
        (again.header.nevid(), again.header.norid()),
        (Some(2_147_483_647), Some(-999_999_999))
    );

    let mut bytes = file.to_bytes().unwrap();
    bytes[440..448].copy_from_slice(b"\xc7\xcf  \x01   ");
    let file = SacFile::from_bytes(&bytes).unwrap();
    assert!(matches!(file.to_alphanumeric(), Err(Error::Text { variable: "kstnm", .. })));
    assert_eq!(file.check()[0].variable, "kstnm");
    assert!(matches!(file.to_trace(), Err(Error::Code { variable: "kstnm", .. })));
}

fn trace(start: &str, hz: f64, samples: impl Into<Samples>) -> Trace {
    Trace::new(
        "CI.HEC.00.BHN".parse().unwrap(),
        start.parse().unwrap(),
        SamplingRate::from_hz(hz).unwrap(),
        samples,
    )
}

#[test]
fn traces_come_back() {
    for version in [Version::V6, Version::V7] {
        for start in [
            "2022-01-02T00:00:00Z",
            "2022-01-02T23:59:59.999999999Z",
            "2016-12-31T12:34:56.123456789Z",
            "1969-12-31T23:59:59.000000001Z",
            "1900-03-01T00:00:00.0695Z",
            "0100-01-01T00:00:00Z",
            "9999-12-31T00:00:00.9999Z",
        ] {
            for hz in [0.01, 1.0, 3.0, 20.0, 33.333, 40.0, 100.0 / 3.0, 250.0, 1e6] {
                for samples in [
                    Samples::from(wave(100, 1.0)),
                    Samples::from(Vec::<f32>::new()),
                    Samples::from(vec![f32::NAN, f32::INFINITY, -0.0]),
                ] {
                    let trace = trace(start, hz, samples);
                    let file = SacFile::from_trace_with(&trace, version).unwrap();
                    let mut bytes = Vec::new();
                    let header = Header::from_trace_with(&trace, version).unwrap();
                    header
                        .encode_samples_into(&trace.samples, ByteOrder::Little, &mut bytes)
                        .unwrap();
                    assert_eq!(bytes, file.to_bytes().unwrap());
                    let again = SacFile::from_bytes(&bytes).unwrap();
                    let back = again.to_trace().unwrap();
                    assert_eq!(
                        (back.id, back.start, back.rate),
                        (trace.id, trace.start, trace.rate)
                    );
                    let bits = |t: &Trace| -> Vec<u32> {
                        t.samples.as_f32().unwrap().iter().map(|v| v.to_bits()).collect()
                    };
                    assert_eq!(bits(&back), bits(&trace));
                    assert_eq!(again.into_trace().unwrap().start, trace.start);
                }
            }
        }
    }
}

#[test]
fn the_header_of_a_trace_is_that_of_obspy() {
    // semantics: 200 samples at 8 Hz from 2020-01-01T00:00:10Z, written by ObsPy 1.5.1.
    let trace = trace("2020-01-01T00:00:10Z", 8.0, vec![1_i32; 200]);
    let h = SacFile::from_trace(&trace).unwrap().header;
    assert_eq!((h.delta(), h.b(), h.e()), (Some(0.125), Some(0.0), Some(24.875)));
    assert_eq!((h.nzyear(), h.nzjday(), h.nzhour()), (Some(2020), Some(1), Some(0)));
    assert_eq!((h.nzmin(), h.nzsec(), h.nzmsec()), (Some(0), Some(10), Some(0)));
    assert_eq!((h.scale(), h.npts(), h.version()), (Some(1.0), Some(200), Version::V6));
    assert_eq!(h.iftype().unwrap(), Some(FileType::TimeSeries));
    assert_eq!(h.iztype().unwrap(), Some(ReferenceTime::Begin));
    assert_eq!((h.leven(), h.lpspol(), h.lovrok()), (Some(true), Some(true), Some(true)));
    assert_eq!((h.lcalda(), h.get("unused23").unwrap()), (Some(false), None));
    assert_eq!(h.khole().as_deref(), Some("00"));
    let defined = Variable::all().iter().filter(|v| h.value(v).is_some()).count();
    // delta depmin depmax scale b e depmen, six nz, nvhdr npts iftype iztype, four logicals, codes.
    assert_eq!(defined, 7 + 6 + 4 + 4 + 4);
}

#[test]
fn what_sac_cannot_hold_is_refused() {
    let good = trace("2020-01-01T00:00:10Z", 8.0, vec![1_i32; 3]);
    let with = |change: fn(&mut Trace)| {
        let mut bad = good.clone();
        change(&mut bad);
        let mut buffer = vec![1, 2, 3];
        let error = sac::encode_trace_into(&bad, &mut buffer).unwrap_err();
        assert!(buffer.is_empty());
        assert_eq!(error.to_string(), SacFile::from_trace(&bad).unwrap_err().to_string());
        error
    };
    let e = with(|t| t.id = SourceId::new("XX", "TOOLONGAB", "", "BHZ").unwrap());
    assert!(matches!(e, Error::Text { variable: "kstnm", max: 8, .. }), "{e}");
    let e = with(|t| t.id = SourceId::new("-12345", "A", "", "BHZ").unwrap());
    assert!(matches!(e, Error::MeansUndefined { variable: "knetwk", .. }), "{e}");
    let e = with(|t| t.rate = SamplingRate::NONE);
    assert!(matches!(e, Error::NoRate), "{e}");
    let e = with(|t| t.samples = Samples::Text(b"log".to_vec()));
    assert!(matches!(e, Error::NotNumeric), "{e}");
    let e = with(|t| t.samples = vec![0.0, -1e39].into());
    assert!(matches!(e, Error::Sample { index: 1, .. }), "{e}");
    let e = with(|t| t.start = UtcTime::MIN);
    assert!(matches!(e, Error::Time { variable: "nzyear", .. }), "{e}");
}

#[test]
fn an_old_header_is_kept_and_follows_the_trace() {
    let mut trace = trace("2011-03-11T05:46:24.5Z", 10.0, vec![1_i32; 100]);
    let mut file = SacFile::from_trace(&trace).unwrap();
    file.header.set_time("o", "2011-03-11T05:46:20Z".parse().unwrap()).unwrap();
    file.header.set_t0(3.25).unwrap().set_user7(7.0).unwrap().set_kt0("P").unwrap();
    file.header.move_reference_to(ReferenceTime::Origin).unwrap();
    let pick = file.header.time_of("t0").unwrap();

    trace.trim("2011-03-11T05:46:30.25Z".parse().unwrap(), UtcTime::MAX);
    trace.samples = Samples::from(trace.samples.to_f64().unwrap());
    let new = SacFile::from_trace_and_header(&trace, file.header.clone()).unwrap();
    assert_eq!(new.header.reference_time().unwrap(), file.header.reference_time().unwrap());
    assert_eq!(new.header.time_of("t0").unwrap(), pick);
    assert_eq!(new.header.user7(), Some(7.0));
    // 46:30.3, the first sample in the window: as near to it as 32 bits are at 10 s.
    assert_eq!(new.header.b(), Some(f64::from(10.3_f32)));
    assert_eq!((new.to_trace().unwrap().start - trace.start).as_nanos(), 191);
    let mut doubles = file.header.clone();
    doubles.set_version(Version::V7);
    let new7 = SacFile::from_trace_and_header(&trace, doubles).unwrap();
    assert_eq!(new7.to_trace().unwrap().start, trace.start);
    assert_eq!(new.check(), []);

    // Without a reference time the start is where B was.
    let mut relative = Header::new();
    relative.set_b(100.0).unwrap().set_t1(105.0).unwrap();
    relative.update_from_trace(&trace).unwrap();
    let t1 = relative.time_of("t1").unwrap().unwrap();
    assert_eq!((t1 - trace.start).as_nanos(), 5_000_000_000);
    assert_eq!(relative.start_time().unwrap(), Some(trace.start));
}

#[test]
fn what_is_no_time_series_is_no_trace() {
    for data in all_kinds(6).into_iter().skip(1) {
        let mut h = header(Version::V6);
        h.set_reference_time("2020-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let file = SacFile::new(h, data).unwrap();
        assert!(matches!(file.to_trace(), Err(Error::NotTimeSeries { .. })));
        assert!(matches!(file.into_trace(), Err(Error::NotTimeSeries { .. })));
    }
    let mut file = SacFile::new(header(Version::V6), Data::Even(vec![1.0])).unwrap();
    assert!(matches!(file.to_trace(), Err(Error::NoReferenceTime)));
    let options = TraceOptions::new()
        .with_reference_time("2000-01-01T00:00:00Z".parse().unwrap())
        .with_id("XX.SYN..BXZ".parse().unwrap());
    let trace = file.to_trace_with(&options).unwrap();
    assert_eq!(
        trace.to_string(),
        "XX.SYN..BXZ | 2000-01-01T00:00:00.100000001Z - 2000-01-01T00:00:00.100000001Z | 100 Hz, 1 samples"
    );
    file.header.set_iftype(FileType::Xy);
    assert!(matches!(
        file.to_trace_with(&options),
        Err(Error::NotTimeSeries { variable: "iftype", .. })
    ));
    file.header.set_iftype(None);
    assert!(file.to_trace_with(&options).is_ok());
    assert_eq!(file.check()[0].variable, "iftype");
}

#[test]
fn a_header_that_does_not_describe_its_data_is_not_written() {
    let good = SacFile::new(header(Version::V6), Data::Even(wave(9, 1.0))).unwrap();
    let with = |change: fn(&mut SacFile)| {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(!bad.check().is_empty());
        assert!(bad.to_alphanumeric().is_err());
        bad.to_bytes().unwrap_err()
    };
    let e = with(|f| {
        f.header.set_npts(8).unwrap();
    });
    assert!(matches!(e, Error::Invalid { variable: "npts", .. }), "{e}");
    let e = with(|f| {
        f.header.set_leven(false);
    });
    assert!(matches!(e, Error::Invalid { variable: "leven", .. }), "{e}");
    let e = with(|f| {
        f.header.set_iftype(FileType::Xyz);
    });
    assert!(matches!(e, Error::Invalid { variable: "iftype", .. }), "{e}");
    let e = with(|f| f.data = Data::Uneven { y: vec![1.0], x: vec![] });
    assert!(matches!(e, Error::Invalid { variable: "leven", .. }), "{e}");
    let e = with(|f| {
        f.data = Data::RealImaginary { real: vec![1.0; 9], imaginary: vec![] };
        f.header.set_iftype(FileType::RealImaginary);
    });
    assert!(matches!(e, Error::Sections { first: 9, second: 0 }), "{e}");
    let e = with(|f| {
        f.data = Data::Grid(vec![1.0; 9]);
        f.header.set_iftype(FileType::Xyz).set_nxsize(2).unwrap().set_nysize(4).unwrap();
    });
    assert!(matches!(e, Error::Invalid { variable: "nxsize", .. }), "{e}");
    assert!(matches!(
        SacFile::new(Header::new(), Data::Uneven { y: vec![1.0], x: vec![] }),
        Err(Error::Sections { .. })
    ));
}

#[test]
fn files_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.sac");
    let mut file = SacFile::new(header(Version::V7), Data::Even(wave(9, 1.0))).unwrap();
    file.byte_order = ByteOrder::Big;
    file.write(&path).unwrap();
    assert_eq!(sac::read(&path).unwrap(), file);
    assert_eq!(sac::read_header(&path).unwrap(), file.header);

    let text = dir.path().join("a.txt");
    file.write_alphanumeric(&text).unwrap();
    assert_eq!(sac::read_header(&text).unwrap(), sac::read(&text).unwrap().header);

    let mut bytes = file.to_bytes().unwrap();
    bytes.resize(1024, 0);
    std::fs::write(&path, &bytes).unwrap();
    let error = sac::read(&path).unwrap_err().to_string();
    assert!(
        error.contains("a.sac: ") && error.contains("844 bytes expected, 1024 found"),
        "{error}"
    );
    let error = sac::read_header(&path).unwrap_err().to_string();
    assert!(error.contains("844 bytes expected, 1024 found"), "{error}");
    let options = ReadOptions::new().with_trailing_bytes(true);
    assert_eq!(SacFile::read_with(&path, options).unwrap(), file);

    let missing = sac::read(dir.path().join("none")).unwrap_err();
    assert!(matches!(missing, Error::File { source, .. } if matches!(*source, Error::Io { .. })));
    assert!(file.write(dir.path().join("no/such/dir")).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

fn sac_files(dir: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sac_files(path));
        } else if path.extension().is_some_and(|e| e == "sac") {
            found.push(path);
        }
    }
    found
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn files_of_obspys_pipeline_are_written_again_as_they_were() {
    let corpus = corpus();
    let files = sac_files(corpus.join("obspy-1.5.1"));
    assert!(files.len() > 50, "{}", files.len());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let file = SacFile::from_bytes(&bytes).unwrap();
        assert_eq!(file.to_bytes().unwrap(), bytes, "{path:?}");
        assert_eq!(file.check(), [], "{path:?}");
        let trace = file.to_trace().unwrap();
        assert_eq!(trace.rate.as_ratio(), (10, 1));
        let mut ours = Vec::new();
        sac::encode_trace_into(&trace, &mut ours).unwrap();
        // The mean was taken of doubles, which the file does not have.
        ours[56 * 4..57 * 4].copy_from_slice(&bytes[56 * 4..57 * 4]);
        let differing: Vec<usize> = (0..ours.len()).filter(|i| ours[*i] != bytes[*i]).collect();
        assert_eq!(differing, [0_usize; 0], "{path:?}");
        let kinds = Variable::all().iter().filter(|v| v.kind() == Kind::Text).count();
        assert_eq!(kinds, 23);
    }
}

proptest::proptest! {
    /// Version 6 keeps every nanosecond of the start and every bit of the samples; version 7 the
    /// exact ratio of the rate too, unless 32 bits hold its interval.
    #[test]
    fn any_trace_comes_back(
        start_ns in -2_208_988_800_000_000_000_i64..4_102_444_800_000_000_000,
        numerator in 1_u64..100_000,
        denominator in 1_u64..1000,
        bits in proptest::collection::vec(0_u32..=u32::MAX, 0..300),
    ) {
        let rate = SamplingRate::from_ratio(numerator, denominator).unwrap();
        let samples: Vec<f32> = bits.iter().map(|b| f32::from_bits(*b)).collect();
        let start = UtcTime::from_nanos(start_ns.into());
        let trace = Trace::new("A.B.C.D".parse().unwrap(), start, rate, samples);
        for version in [Version::V6, Version::V7] {
            let bytes = SacFile::from_trace_with(&trace, version).unwrap().to_bytes().unwrap();
            let back = SacFile::from_bytes(&bytes).unwrap().into_trace().unwrap();
            proptest::prop_assert_eq!((back.id, back.start), (trace.id, trace.start));
            // Two units in the last place of a float32: rounding is half of one, DELTA's neighbour
            // may be taken, and what is read is the simplest ratio that is rounded to it.
            proptest::prop_assert!(back.rate.is_close_to(rate, 2.0 * f64::from(f32::EPSILON)));
            // A double that is but the 32-bit number widened is taken for that.
            let interval_s = denominator as f64 / numerator as f64;
            let has_bits_of_its_own = f64::from(interval_s as f32) != interval_s;
            proptest::prop_assert!(
                version == Version::V6 || back.rate == rate || !has_bits_of_its_own
            );
            let found: Vec<u32> =
                back.samples.as_f32().unwrap().iter().map(|v| v.to_bits()).collect();
            proptest::prop_assert_eq!(&found, &bits);
        }
    }
}

/// What SAC rounds is refused on request, with the place.
#[test]
fn what_would_be_rounded_is_refused_on_request() {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    let start: UtcTime = "2022-01-02T00:00:00.069539Z".parse().unwrap();
    let trace = |samples: Samples| Trace::new("CI.HEC..BHN".parse().unwrap(), start, rate, samples);
    let refused = |trace: &Trace| {
        let file = SacFile::from_trace(trace).unwrap();
        file.expect_exact(trace).unwrap_err()
    };
    for samples in [
        Samples::I32(vec![1, -16_777_216, 16_777_218]),
        Samples::F32(vec![0.1, f32::NAN, f32::INFINITY, -0.0]),
        Samples::F64(vec![0.5, f64::NAN, f64::NEG_INFINITY, 1e-30_f32.into()]),
    ] {
        let trace = trace(samples);
        SacFile::from_trace(&trace).unwrap().expect_exact(&trace).unwrap();
    }
    for samples in [Samples::I32(vec![0, 16_777_217]), Samples::F64(vec![0.0, 0.1])] {
        let error = refused(&trace(samples));
        assert!(matches!(error, Error::Rounded { index: 1, .. }), "{error}");
        assert!(error.to_string().starts_with("CI.HEC..BHN: sample 1 is "), "{error}");
    }
    let mut odd = trace(Samples::I32(vec![1]));
    odd.rate = SamplingRate::from_hz(98.765_432_1).unwrap();
    let error = refused(&odd);
    assert!(matches!(error, Error::Inexact { variable: "delta", .. }), "{error}");
    assert!(error.to_string().contains("98.7654321 Hz would come back from SAC as 98."), "{error}");
    // Version 7 has doubles.
    SacFile::from_trace_with(&odd, Version::V7).unwrap().expect_exact(&odd).unwrap();
    // B of a header that is kept may be far from its reference time.
    let mut header = Header::new();
    header.set_reference_time("2022-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let plain = trace(Samples::I32(vec![1]));
    let kept = SacFile::from_trace_and_header(&plain, header).unwrap();
    let error = kept.expect_exact(&plain).unwrap_err();
    assert!(matches!(error, Error::Inexact { variable: "b", .. }), "{error}");
    let other = trace(Samples::I32(vec![2]));
    assert!(SacFile::from_trace(&plain).unwrap().expect_exact(&other).is_err());
}
