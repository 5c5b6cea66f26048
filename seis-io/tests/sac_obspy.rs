//! SAC against ObsPy 1.5.1. `scripts/compare_sac.py` makes the folder that `SEIS_SAC_COMPARE`
//! names, runs these tests, and reads what they write. A plain `cargo test` leaves them out
//! (`test = false` in Cargo.toml): without ObsPy there is nothing to compare with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seis_core::{Samples, SamplingRate, SourceId, Trace, UtcTime};
use seis_io::sac::{
    self, ByteOrder, Data, Error, Geometry, Header, SacFile, StationLocation, Value, Variable,
    Version,
};
use serde_json::Value as Json;

fn manifest() -> (PathBuf, Json) {
    let folder = std::env::var_os("SEIS_SAC_COMPARE")
        .map(PathBuf::from)
        .expect("scripts/compare_sac.py runs these tests, and sets SEIS_SAC_COMPARE");
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    (folder, serde_json::from_str(&text).unwrap())
}

fn list<'a>(manifest: &'a Json, key: &str) -> &'a [Json] {
    manifest[key].as_array().unwrap()
}

/// A double, which the script writes as text so that it keeps all its bits.
fn double(value: &Json) -> Option<f64> {
    value["f"].as_str().and_then(|text| text.parse().ok())
}

fn samples(raw: &[u8], kind: &str) -> Samples {
    match kind {
        "i4" => raw
            .chunks_exact(4)
            .map(|b| i32::from_le_bytes(b.try_into().unwrap()))
            .collect::<Vec<_>>()
            .into(),
        "f4" => raw
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect::<Vec<_>>()
            .into(),
        _ => raw
            .chunks_exact(8)
            .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
            .collect::<Vec<_>>()
            .into(),
    }
}

#[test]
fn generated_traces_have_the_same_bytes() {
    let (folder, manifest) = manifest();
    for case in list(&manifest, "traces") {
        let name = case["name"].as_str().unwrap();
        let raw = std::fs::read(folder.join(format!("{name}.raw"))).unwrap();
        let codes: Vec<&str> =
            case["codes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let trace = Trace::new(
            SourceId::new(codes[0], codes[1], codes[2], codes[3]).unwrap(),
            UtcTime::from_nanos(i128::from(case["start_us"].as_i64().unwrap()) * 1000),
            SamplingRate::from_hz(case["rate"].as_str().unwrap().parse().unwrap()).unwrap(),
            samples(&raw, case["type"].as_str().unwrap()),
        );
        let order =
            if case["big"] == Json::Bool(true) { ByteOrder::Big } else { ByteOrder::Little };
        let mut ours = Vec::new();
        Header::from_trace(&trace)
            .unwrap()
            .encode_samples_into(&trace.samples, order, &mut ours)
            .unwrap();
        let mut theirs = std::fs::read(folder.join(format!("{name}.sac"))).unwrap();
        if trace.is_empty() {
            // ObsPy writes NaN for what is undefined.
            for word in [1, 2, 56] {
                theirs[word * 4..word * 4 + 4].copy_from_slice(&ours[word * 4..word * 4 + 4]);
            }
        }
        let differing: Vec<usize> =
            (0..ours.len().max(theirs.len())).filter(|i| ours.get(*i) != theirs.get(*i)).collect();
        assert!(
            differing.is_empty(),
            "{name} {case}: bytes {:?}",
            &differing[..differing.len().min(9)]
        );
        let mut file = SacFile::from_trace(&trace).unwrap();
        file.byte_order = order;
        assert_eq!(file.to_bytes().unwrap(), ours, "{name}");
        std::fs::write(folder.join(format!("{name}.ours.sac")), &ours).unwrap();

        let back = SacFile::from_bytes(&ours).unwrap().to_trace().unwrap();
        assert_eq!((back.id, back.start), (trace.id, trace.start), "{name}");
        assert!(back.rate.is_close_to(trace.rate, 1.2e-7), "{name}");
    }
}

/// Compares a variable with what ObsPy gives for it.
fn compare(path: &Path, header: &Header, variable: &Variable, expected: &Json) {
    let found = header.value(variable);
    let same = match (&found, expected) {
        (None, Json::Null) => true,
        (Some(Value::Float(v)), e) => double(e) == Some(*v),
        (Some(Value::Integer(v) | Value::Enumerated(v, _)), e) => e.as_i64() == Some(i64::from(*v)),
        (Some(Value::Logical(v)), e) => e.as_i64().map(|e| e != 0) == Some(*v),
        // Texts that are not ASCII are compared by their bytes.
        (Some(Value::Text(v)), e) => {
            let e = e.as_str().unwrap_or_default();
            if e.is_ascii() {
                e == v
            } else {
                let latin: String =
                    header.text_bytes(variable).iter().map(|b| char::from(*b)).collect();
                latin.starts_with(e)
            }
        }
        _ => false,
    };
    assert!(same, "{path:?}: {variable} is {found:?}, ObsPy has {expected}");
}

/// Files of ObsPy's test data of which ObsPy makes another trace, or one at all, and why.
const OTHER_TRACES: [(&str, &str); 6] = [
    ("II.TLY.BHZ.SAC", "DELTA is 0.05000016 s; ObsPy rounds it to the microsecond"),
    ("interpolation_test_interpolated_delta_0.003.sac", "no reference time; ObsPy starts in 1970"),
    ("interpolation_test_interpolated_delta_0.077.sac", "no reference time; ObsPy starts in 1970"),
    (
        "interpolation_test_random_waveform_delta_0.01_npts_50.sac",
        "no reference time; ObsPy starts in 1970",
    ),
    ("test_encode.sac", "KHOLE is not ASCII; ObsPy leaves its bytes out"),
    ("testxy.sac", "no reference time; ObsPy starts in 1970"),
];

#[test]
fn existing_files_are_read_as_obspy_reads_them() {
    let (_, manifest) = manifest();
    let (mut read, mut refused) = (0, Vec::new());
    let mut different = BTreeSet::new();
    for case in list(&manifest, "files") {
        let path = Path::new(case["path"].as_str().unwrap());
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(path).unwrap();
        let file = match SacFile::from_bytes(&bytes) {
            Ok(file) => file,
            Err(error) => {
                assert!(case["error"].is_string(), "{path:?}: {error}");
                refused.push(format!("{name}: {error}"));
                continue;
            }
        };
        let values = &case["values"];
        assert!(values.is_object(), "{path:?}: read, but ObsPy says {}", case["error"]);
        for variable in Variable::all() {
            let known = values.as_object().unwrap().iter();
            let (_, expected) = known
                .clone()
                .find(|(key, _)| Variable::named(key) == Some(variable))
                .unwrap_or_else(|| panic!("{variable} unknown to ObsPy"));
            compare(path, &file.header, variable, expected);
        }
        let first = file.data.sections().0;
        assert_eq!(first.len() as u64, case["npts"].as_u64().unwrap());
        let sum: f64 = first.iter().map(|v| f64::from(*v)).sum();
        assert!((sum - double(&case["sum"]).unwrap()).abs() <= sum.abs() * 1e-9 + 1e-9);
        assert_eq!(first.first().map_or(0.0, |v| f64::from(*v)), double(&case["first"]).unwrap());
        if case["alphanumeric"] == Json::Bool(false) {
            assert_eq!(file.to_bytes().unwrap(), bytes, "{path:?}");
        }
        read += 1;

        let Some(rate) = double(&case["rate"]) else {
            panic!("{path:?}: no trace for ObsPy: {}", case["error"]);
        };
        match file.to_trace() {
            Ok(trace) => {
                let start: i128 = case["start_ns"].as_str().unwrap().parse().unwrap();
                assert_eq!(trace.start.as_nanos(), start, "{path:?}");
                if (trace.rate.hz() / rate - 1.0).abs() > 1e-12 {
                    different.insert(name.to_owned());
                }
                assert!((trace.rate.hz() / rate - 1.0).abs() < 1e-5, "{path:?}");
            }
            Err(_) => {
                different.insert(name.to_owned());
            }
        }
    }
    // No file more, and none that no longer differs.
    assert_eq!(different, OTHER_TRACES.map(|(name, _)| name.to_owned()).into());
    for (name, why) in OTHER_TRACES {
        println!("{name}: another trace: {why}");
    }
    println!(
        "{read} files read as ObsPy reads them, {} refused by both: {refused:#?}",
        refused.len()
    );
}

fn data(points: usize) -> (Vec<f32>, Vec<f32>) {
    let index = || (0..points).map(|i| i as f32);
    (index().map(|i| i * 0.5 - 3.0).collect(), index().map(|i| i * 0.25).collect())
}

#[test]
fn headers_are_written_for_obspy_to_read() {
    let (folder, manifest) = manifest();
    for case in list(&manifest, "headers") {
        let mut header = Header::new();
        let version = if case["version"] == 7 { Version::V7 } else { Version::V6 };
        header.set_version(version);
        for (name, value) in case["values"].as_object().unwrap() {
            match value {
                Json::Bool(v) => header.set(name, *v),
                Json::String(v) => header.set(name, v.as_str()),
                Json::Number(v) => header.set(name, i32::try_from(v.as_i64().unwrap()).unwrap()),
                Json::Object(_) => header.set(name, double(value).unwrap()),
                other => panic!("{name}: {other}"),
            }
            .unwrap();
        }
        let (first, second) = data(case["npts"].as_u64().unwrap() as usize);
        let data = match case["kind"].as_str().unwrap() {
            "even" => Data::Even(first),
            "uneven" => Data::Uneven { y: first, x: second },
            "amph" => Data::AmplitudePhase { amplitude: first, phase: second },
            "rlim" => Data::RealImaginary { real: first, imaginary: second },
            _ => Data::Grid(first),
        };
        let mut file = SacFile::new(header, data).unwrap();
        if case["big"] == Json::Bool(true) {
            file.byte_order = ByteOrder::Big;
        }
        let path = folder.join(format!("{}.sac", case["name"].as_str().unwrap()));
        file.write(&path).unwrap();
        assert_eq!(sac::read(&path).unwrap(), file);
    }
}

#[test]
fn alphanumeric_files_go_both_ways() {
    let (folder, manifest) = manifest();
    for name in list(&manifest, "alphanumeric") {
        let text = std::fs::read(folder.join(name.as_str().unwrap())).unwrap();
        let file = SacFile::from_bytes(&text).unwrap();
        let again = file.to_alphanumeric().unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(text).unwrap());
        assert_eq!(file.to_trace().unwrap().start.as_nanos() % 1_000_000_000, 678_901_000);
    }
    for points in [5, 100] {
        let trace = Trace::new(
            "CI.HEC.00.BHZ".parse().unwrap(),
            "2022-01-02T03:04:05.678901Z".parse().unwrap(),
            SamplingRate::from_hz(40.0).unwrap(),
            data(points).0,
        );
        let mut file = SacFile::from_trace(&trace).unwrap();
        file.header.set_station(&StationLocation::new(34.8294, -116.335)).unwrap();
        file.write_alphanumeric(folder.join(format!("ours{points}.txt"))).unwrap();
    }
}

#[test]
fn old_headers_are_kept_as_obspy_keeps_them() {
    let (folder, manifest) = manifest();
    for case in list(&manifest, "kept") {
        let path = case["path"].as_str().unwrap();
        let mut file = sac::read(path).unwrap();
        for name in ["dist", "az", "baz", "gcarc"] {
            file.header.clear(name).unwrap();
        }
        let mut trace = file.to_trace().unwrap();
        trace.trim(trace.time_of(10), UtcTime::MAX);
        let ours = SacFile::from_trace_and_header(&trace, file.header).unwrap();
        let theirs = sac::read(folder.join(case["name"].as_str().unwrap())).unwrap();
        for variable in Variable::all() {
            let (mut a, mut b) = (ours.header.value(variable), theirs.header.value(variable));
            if variable.name() == "kevnm" {
                // ObsPy strips both halves, "FUNCGEN: SINE" becomes "FUNCGEN:SINE", and takes
                // "-12345" with spaces behind it, which is how SAC writes it, for blank.
                let tight = |v: Option<Value>| {
                    let text = v.map(|v| v.to_string().replace(' ', "")).unwrap_or_default();
                    Some(Value::from(text))
                };
                (a, b) = (tight(a), tight(b));
            }
            // ObsPy gives undefined logicals a value (LCALDA true, the others false), and makes
            // undefined what is defined and blank.
            let same = match (&a, &b) {
                (None, Some(Value::Logical(_))) => true,
                (Some(Value::Text(text)), None) => text.is_empty(),
                _ => a == b,
            };
            assert!(same, "{path}: {variable}: {a:?}, ObsPy {b:?}");
        }
        assert_eq!(ours.data, theirs.data);
    }
}

#[test]
fn distances_agree() {
    let (_, manifest) = manifest();
    let (mut metres, mut degrees) = (0.0_f64, 0.0_f64);
    for case in list(&manifest, "geometry") {
        let pair = |key: &str| (double(&case[key][0]).unwrap(), double(&case[key][1]).unwrap());
        let path = Geometry::between(pair("event"), pair("station")).unwrap();
        let circle = |a: f64, b: f64| ((a - b + 540.0).rem_euclid(360.0) - 180.0).abs();
        metres = metres.max((path.distance_km * 1e3 - double(&case["metres"]).unwrap()).abs());
        degrees = degrees
            .max(circle(path.azimuth_deg, double(&case["azimuth"]).unwrap()))
            .max(circle(path.back_azimuth_deg, double(&case["back"]).unwrap()));
    }
    println!("largest differences from Vincenty's formula: {metres:.2e} m, {degrees:.1e} degrees");
    assert!(metres < 0.05 && degrees < 1e-6, "{metres} m, {degrees} degrees");
}

#[test]
fn errors_are_typed_where_obspy_goes_on() {
    // Not from the manifest: what ObsPy 1.5.1 reads as a trace starting in 1970.
    let file = SacFile::new(Header::new(), Data::Even(vec![1.0])).unwrap();
    assert!(matches!(file.to_trace(), Err(Error::NoReferenceTime)));
}
