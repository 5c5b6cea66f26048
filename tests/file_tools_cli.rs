//! `convert` and `mseed_inspect` as people run them: what they write and print, and how they end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use seis::prelude::*;
use seis_core::{Samples, UtcTime};
use seis_io::mseed::{FormatVersion, Records, WriteOptions, write_to};
use seis_io::sac;
use serde_json::Value;

mod support;

fn run(name: &'static str, arguments: &[&str], dir: &Path) -> Output {
    static BUILT: OnceLock<[PathBuf; 2]> = OnceLock::new();
    let [convert, inspect] =
        BUILT.get_or_init(|| ["convert", "mseed_inspect"].map(support::example));
    let program = if name == "convert" { convert } else { inspect };
    Command::new(program).args(arguments).current_dir(dir).output().unwrap()
}

fn convert(dir: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run("convert", arguments, dir);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn inspect(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = run("mseed_inspect", arguments, dir);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn trace(id: &str, start: &str, samples: impl Into<Samples>) -> Trace {
    let rate = SamplingRate::from_hz(40.0).unwrap();
    Trace::new(id.parse().unwrap(), start.parse().unwrap(), rate, samples)
}

fn ramp(n: i32) -> Vec<i32> {
    (0..n).map(|i| i * (i % 7)).collect()
}

fn put(dir: &Path, name: &str, traces: &[Trace], options: &WriteOptions) {
    mseed::write(dir.join(name), traces, options).unwrap();
}

fn traces(path: PathBuf) -> Vec<Trace> {
    mseed::read(path).unwrap().complete().unwrap().into_traces()
}

fn names(dir: &Path) -> BTreeSet<String> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

const START: &str = "2022-01-02T03:04:05.678901Z";

#[test]
fn round_the_formats_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let original = trace("CI.HEC.00.BHN", START, ramp(5000));
    put(dir, "a.mseed", std::slice::from_ref(&original), &WriteOptions::new());
    for step in [
        &["a.mseed", "b.mseed3", "--record-length", "1000"][..],
        &["b.mseed3", "c.sac"],
        &["c.sac", "d.bin", "--format", "mseed2", "--record-length", "512"],
    ] {
        let (status, said) = convert(dir, step);
        assert_eq!(status, 0, "{said}");
    }
    assert_eq!(traces(dir.join("b.mseed3")), std::slice::from_ref(&original));
    let bytes = std::fs::read(dir.join("b.mseed3")).unwrap();
    assert!(Records::new(&bytes).all(|r| r.unwrap().version() == 3));
    let file = sac::read(dir.join("c.sac")).unwrap();
    assert_eq!(file.to_trace().unwrap().start, original.start);
    // SAC made floats of them, of the same values.
    let [back] = traces(dir.join("d.bin")).try_into().unwrap();
    assert_eq!((back.id, back.start, back.rate), (original.id, original.start, original.rate));
    let floats: Vec<f32> = ramp(5000).iter().map(|x| *x as f32).collect();
    assert_eq!(back.samples, Samples::F32(floats));
    let bytes = std::fs::read(dir.join("d.bin")).unwrap();
    assert!(Records::new(&bytes).all(|r| r.unwrap().bytes().len() == 512));

    // Encodings by name; what one cannot hold is refused, and the file that was there stays.
    let (status, said) = convert(dir, &["c.sac", "e.mseed", "--encoding", "float64"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(traces(dir.join("e.mseed"))[0].samples.sample_type().to_string(), "64-bit floats");
}

#[test]
fn several_inputs_patterns_selection_and_times() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let whole = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(8000));
    let other = trace("CI.CCA..BHZ", "2022-01-02T00:00:00Z", ramp(4000));
    let halves = [0, 4000].map(|i| whole.slice(whole.time_of(i), whole.time_of(i + 3999)).unwrap());
    put(dir, "in2.ms", &[halves[1].clone()], &WriteOptions::new());
    put(dir, "in1.ms", &[halves[0].clone(), other.clone()], &WriteOptions::new());
    let (status, said) = convert(dir, &["in?.ms", "all.mseed"]);
    assert_eq!((status, said.as_str()), (0, ""));
    assert_eq!(traces(dir.join("all.mseed")), [other.clone(), whole.clone()]);

    let times = ["--start", "2022-01-02T00:00:10", "--end", "2022-01-02T00:00:20"];
    let select = ["all.mseed", "cut.mseed", "--select", "CI.H*"];
    let (status, said) = convert(dir, &[&select[..], &times[..]].concat());
    assert_eq!((status, said.as_str()), (0, ""));
    let (from, to): (UtcTime, UtcTime) =
        ("2022-01-02T00:00:10Z".parse().unwrap(), "2022-01-02T00:00:20Z".parse().unwrap());
    assert_eq!(traces(dir.join("cut.mseed")), [whole.slice(from, to).unwrap()]);

    // SAC is selected and cut as well, and keeps its header.
    let (status, said) = convert(dir, &["all.mseed", "one.sac", "--select", "*.CCA"]);
    assert_eq!((status, said.as_str()), (0, ""));
    let mut file = sac::read(dir.join("one.sac")).unwrap();
    file.header.set_stla(34.8).unwrap().set_a(12.5).unwrap();
    file.write(dir.join("one.sac")).unwrap();
    let (status, said) = convert(dir, &[&["one.sac", "two.sac"], &times[..]].concat());
    assert_eq!((status, said.as_str()), (0, ""));
    let cut = sac::read(dir.join("two.sac")).unwrap();
    assert_eq!(cut.to_trace().unwrap().len(), 401);
    assert_eq!((cut.header.stla(), cut.header.a()), (file.header.stla(), file.header.a()));

    let (status, said) = convert(dir, &["all.mseed", "none.mseed", "--select", "XX"]);
    assert_eq!(status, 1);
    assert!(said.contains("nothing to write"), "{said}");
    assert!(!dir.join("none.mseed").exists());
}

#[test]
fn several_traces_make_several_sac_files_with_safe_names() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let first = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(400));
    let gap = trace("CI.HEC..BHN", "2022-01-02T01:00:00Z", ramp(400));
    let mut evil = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(400));
    evil.id = SourceId::new("..", "/etc", "", "BHN").unwrap();
    let mut alike = evil.clone();
    alike.id = SourceId::new("__", "_etc", "", "BHN").unwrap();
    put(dir, "in.mseed", &[first, gap, evil, alike], &WriteOptions::new());
    std::fs::create_dir(dir.join("sub")).unwrap();
    for out in ["sub/x.sac", "sub"] {
        let (status, said) = convert(dir, &["in.mseed", out, "--format", "sac"]);
        assert_eq!((status, said.as_str()), (0, ""));
    }
    assert_eq!(
        names(&dir.join("sub")).into_iter().collect::<Vec<_>>(),
        [
            "CI.HEC..BHN.20220102T000000.sac",
            "CI.HEC..BHN.20220102T010000.sac",
            "__._etc..BHN.20220102T000000.2.sac",
            "__._etc..BHN.20220102T000000.sac",
            "x.CI.HEC..BHN.20220102T000000.sac",
            "x.CI.HEC..BHN.20220102T010000.sac",
            "x.__._etc..BHN.20220102T000000.2.sac",
            "x.__._etc..BHN.20220102T000000.sac",
        ]
    );
    assert_eq!(names(dir), ["in.mseed", "sub"].map(str::to_owned).into());
    let (status, _) = convert(dir, &["in.mseed", "text.sacxy", "--select", "*.HEC"]);
    assert_eq!(status, 0);
    let text = std::fs::read(dir.join("text.CI.HEC..BHN.20220102T010000.sacxy")).unwrap();
    assert_eq!(sac::detect(&text), Some(sac::Format::Alphanumeric));
}

#[test]
fn what_would_be_changed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let v3 = WriteOptions::new().version(FormatVersion::V3);
    let nanos = trace("CI.HEC..BHN", "2022-01-02T00:00:00.000000001Z", ramp(10));
    put(dir, "nanos.ms3", &[nanos], &v3);
    let large = trace("CI.HEC..BHN", START, vec![1, 16_777_217, 3]);
    put(dir, "large.ms", &[large], &WriteOptions::new());
    let long = trace("NETWORK8.STATION8.00.BHN", START, ramp(10));
    put(dir, "long.ms3", &[long], &v3);
    let text = trace("CI.HEC..LOG", START, Samples::Text(b"hello".to_vec()));
    put(dir, "text.ms", &[text], &WriteOptions::new());
    let nan = trace("CI.HEC..BHN", START, vec![1.0, f64::NAN]);
    put(dir, "nan.ms", &[nan], &WriteOptions::new());
    let mut odd = trace("CI.HEC..BHN", START, ramp(10));
    odd.rate = SamplingRate::from_hz(98.765_432_1).unwrap();
    put(dir, "odd.ms3", &[odd], &v3);
    for (arguments, why) in [
        (&["nanos.ms3", "out.mseed"][..], "microsecond"),
        (&["large.ms", "out.sac"], "sample 1 is 16777217"),
        (&["long.ms3", "out.mseed"], "longer than the 5 characters"),
        (&["text.ms", "out.sac"], "text cannot become SAC"),
        (&["nan.ms", "out.mseed", "--encoding", "int32"], "NaN"),
        (&["large.ms", "out.mseed", "--encoding", "int16"], "16777217"),
        (&["odd.ms3", "out.mseed"], "98.7654321 Hz would not come back from miniSEED 2"),
        (&["odd.ms3", "out.sac"], "98.7654321 Hz would come back from SAC as"),
        (&["missing.ms", "out.sac"], "no such file"),
    ] {
        let (status, said) = convert(dir, arguments);
        assert_eq!(status, 1, "{arguments:?}: {said}");
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert!(!dir.join(arguments[1]).exists(), "{arguments:?}");
    }
    for arguments in [["nanos.ms3", "out1.mseed"], ["large.ms", "out2.sac"], ["odd.ms3", "out3.ms"]]
    {
        let (status, said) = convert(dir, &[&arguments[..], &["--lossy"]].concat());
        assert_eq!(status, 0, "{arguments:?}: {said}");
        assert!(dir.join(arguments[1]).exists());
    }
    assert_eq!(convert(dir, &["large.ms"]).0, 2);
}

/// Options that cannot be are told as those that are not known, before anything is read.
#[test]
fn options_that_cannot_be_are_wrong_arguments() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let one = trace("CI.HEC..BHN", START, ramp(10));
    put(dir, "a.ms", std::slice::from_ref(&one), &WriteOptions::new());
    sac::SacFile::from_trace(&one).unwrap().write(dir.join("a.sac")).unwrap();
    let day = ["--start", "2022-01-02T00:00:10", "--end", "2022-01-02T00:00:00"];
    for (arguments, why) in [
        (&["a.ms", "out.ms3", "--byte-order", "big"][..], "--byte-order is for"),
        (&["a.ms", "out.ms", "--record-length", "500"], "record length 500 is not a power of two"),
        (&["a.ms", "out.ms3", "--record-length", "39"], "record length 39 is not from 40"),
        (&["a.ms", "out.ms", "--encoding", "steim9"], "is no encoding"),
        (&["a.ms", "out.ms", "--encoding", "99"], "is not written: text, int16"),
        (&["a.ms", "out.ms", "--encoding", "cdsn"], "CDSN is not written: text, int16"),
        (&["a.ms", "out.sac", "--encoding", "int32"], "--encoding is for miniSEED"),
        (&["a.ms", "out.sac", "--record-length", "512"], "--record-length is for miniSEED"),
        (&["a.ms", "out.xyz"], "which format"),
        (&["a.ms", "out.ms", day[0], day[1], day[2], day[3]], "is after --end"),
        (&["a.ms", "out.ms", "--id", "CI.X..BHN"], "--id is for SAC inputs, and there is none"),
        (&["a.ms", "out.sac", "--id", "CI.X..BHN"], "--id is for SAC inputs, and there is none"),
        (
            &["a.ms", "out.ms", "--reference-time", "2022-01-02T00:00:00"],
            "--reference-time is for SAC inputs, and there is none",
        ),
        (
            &["a.ms", "out.ms", "--select", "XX.*.*.*,CI.HEC.*.*"],
            "give --select again for another pattern",
        ),
    ] {
        let (status, said) = convert(dir, arguments);
        assert_eq!(status, 2, "{arguments:?}: {said}");
        assert!(said.contains(why) && said.contains("--help"), "{arguments:?}: {said}");
        assert!(!dir.join(arguments[1]).exists(), "{arguments:?}");
    }
    // To one SAC input among others it applies.
    let (status, said) = convert(dir, &["a.ms", "a.sac", "out.ms", "--id", "CI.X..BHN"]);
    assert_eq!(status, 0, "{said}");
}

/// What is missing to a result: a channel, a time, or samples at all.
#[test]
fn why_there_is_nothing_to_write() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let empty = trace("CI.HEC..BHN", START, Vec::<i32>::new());
    put(dir, "empty.ms", &[empty], &WriteOptions::new());
    let one = trace("CI.HEC..BHN", START, ramp(100));
    put(dir, "one.ms", std::slice::from_ref(&one), &WriteOptions::new().record_len(512));
    sac::SacFile::from_trace(&one).unwrap().write(dir.join("one.sac")).unwrap();
    let mut broken = std::fs::read(dir.join("one.ms")).unwrap();
    broken[64..128].fill(0xff);
    std::fs::write(dir.join("broken.ms"), &broken).unwrap();
    let other = trace("CI.CCA..BHN", START, ramp(100));
    put(dir, "other.ms", &[other], &WriteOptions::new().record_len(512));
    let (day, next) = ("2022-01-02T00:00:00Z", "2022-01-03T00:00:00Z");
    for (arguments, why) in [
        (&["empty.ms", "--start", day, "--end", next][..], "there is not one sample in the input"),
        (&["empty.ms", "--select", "CI"], "there is not one sample in the input"),
        (&["empty.ms", "one.ms", "--select", "XX"], "no channel with samples in the input matches"),
        (&["one.sac", "--select", "XX", "--end", next], "no channel with samples in the input"),
        (&["one.ms", "--start", next], "the input has no sample from 2022-01-03T00:00:00"),
        (&["one.sac", "--start", next], "the input has no sample from 2022-01-03T00:00:00"),
        (
            &["one.ms", "--select", "CI", "--start", day, "--end", "2022-01-02T00:00:01Z"],
            "the selected channels have no sample from 2022-01-02T00:00:00",
        ),
        (
            &["broken.ms", "other.ms", "--select", "CI.HEC"],
            "what is wanted of the selected channels could not be read",
        ),
    ] {
        let (status, said) = convert(dir, &[arguments, &["out.ms"]].concat());
        assert_eq!(status, 1, "{arguments:?}: {said}");
        assert!(said.contains("nothing to write: ") && said.contains(why), "{arguments:?}: {said}");
    }
}

/// SAC stays in its byte order, and times between microseconds are told with the way out.
#[test]
fn byte_orders_stay_unless_told_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let original = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(100));
    let mut file = sac::SacFile::from_trace(&original).unwrap();
    let order = |name: &str| sac::read(dir.join(name)).unwrap().byte_order;
    for (kept, told, other) in [
        (sac::ByteOrder::Big, "little", sac::ByteOrder::Little),
        (sac::ByteOrder::Little, "big", sac::ByteOrder::Big),
    ] {
        file.byte_order = kept;
        file.write(dir.join("in.sac")).unwrap();
        let overwrite = |arguments: &[&str]| {
            let (status, said) = convert(dir, &[arguments, &["--overwrite"]].concat());
            assert_eq!((status, said.as_str()), (0, ""), "{arguments:?}");
        };
        overwrite(&["in.sac", "out.sac"]);
        assert_eq!(order("out.sac"), kept);
        assert_eq!(
            std::fs::read(dir.join("in.sac")).unwrap(),
            std::fs::read(dir.join("out.sac")).unwrap()
        );
        overwrite(&["in.sac", "cut.sac", "--end", "2022-01-02T00:00:01"]);
        assert_eq!(order("cut.sac"), kept);
        overwrite(&["in.sac", "out.sac", "--byte-order", told]);
        assert_eq!(order("out.sac"), other);
    }
    put(dir, "a.ms", &[original], &WriteOptions::new());
    for (arguments, expected) in [
        (&["a.ms", "b.ms"][..], mseed::ByteOrder::Big),
        (&["a.ms", "c.ms", "--byte-order", "little"], mseed::ByteOrder::Little),
    ] {
        let (status, said) = convert(dir, arguments);
        assert_eq!(status, 0, "{said}");
        let bytes = std::fs::read(dir.join(arguments[1])).unwrap();
        assert_eq!(Records::new(&bytes).next().unwrap().unwrap().byte_order(), expected);
    }
    let (status, said) = convert(dir, &["a.ms", "d.sac"]);
    assert_eq!((status, order("d.sac")), (0, sac::ByteOrder::Little), "{said}");
}

/// A name with a line break is no second message.
#[cfg(unix)]
#[test]
fn names_stay_on_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let name = "a\nerror: b\u{1b}[31m.ms";
    std::fs::write(dir.join(name), [7; 2000]).unwrap();
    let escaped = "a\\nerror: b\\u{1b}[31m.ms";
    for (_, said) in [
        convert(dir, &[name, "out.mseed"]),
        convert(dir, &[name, "out.sac"]),
        convert(dir, &["missing\n.ms", "out.sac"]),
        convert(dir, &["a*.ms", name]),
    ] {
        assert!(!said.trim_end().contains(['\n', '\u{1b}']), "{said}");
        assert!(said.contains(escaped) || said.contains("missing\\n"), "{said}");
    }
    let (_, out, said) = inspect(dir, &[name]);
    assert!(out.contains(escaped) && said.contains(escaped), "{out} {said}");
    assert!(!(out + &said).contains('\u{1b}'));
}

/// Long quiet, compressed well: an honest file may be beyond the limit, and the flag lets it in.
#[test]
fn the_limit_of_inflation_can_be_raised() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let quiet = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", vec![0; 10_000]);
    let options = WriteOptions::new().encoding(seis_io::mseed::Encoding::Int32).record_len(1 << 16);
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let mut one = Vec::new();
    write_to(&mut one, [&quiet], &options).unwrap();
    // 80 MiB.
    for _ in 0..1280 {
        std::io::Write::write_all(&mut writer, &one).unwrap();
    }
    std::fs::write(dir.join("quiet.ms.gz"), writer.finish().unwrap()).unwrap();
    let cut = ["quiet.ms.gz", "out.ms", "--end", "2022-01-02T00:00:01"];
    for (name, arguments) in [("convert", &cut[..]), ("mseed_inspect", &["--index", cut[0]])] {
        let output = run(name, arguments, dir);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("--max-inflation"), "{name}: {said}");
        let output = run(name, &[arguments, &["--max-inflation", "100000"]].concat(), dir);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
    }
}

#[test]
fn record_headers_are_carried_over_or_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let one = trace("CI.HEC..BHN", START, ramp(500));
    let json = r#"{"FDSN":{"Time":{"Quality":90}}}"#;
    let v3 = WriteOptions::new().version(FormatVersion::V3).publication_version(3).flags(4);
    put(dir, "a.ms3", std::slice::from_ref(&one), &v3.clone().extra_headers(json));
    let head = |name: &str| {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        let record = Records::new(&bytes).next().unwrap().unwrap();
        let locked = record.v2().map(|h| h.clock_locked());
        let flags = record.v3().map(|h| h.flags);
        let extra = String::from_utf8(record.extra_headers().to_vec()).unwrap();
        (record.publication_version(), locked, flags, extra)
    };
    assert_eq!(convert(dir, &["a.ms3", "b.ms3"]), (0, String::new()));
    assert_eq!(head("b.ms3"), (3, None, Some(4), json.to_owned()));
    // The quality of the clock has a place in both versions.
    assert_eq!(convert(dir, &["a.ms3", "b.ms"]), (0, String::new()));
    assert_eq!(head("b.ms"), (3, Some(true), None, String::new()));
    let quality = |name: &str| {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        Records::new(&bytes)
            .map(|r| r.unwrap().v2().unwrap().timing_quality)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(convert(dir, &["b.ms", "b2.ms"]), (0, String::new()));
    assert_eq!((quality("b.ms"), quality("b2.ms")), ([Some(90)].into(), [Some(90)].into()));
    assert_eq!(convert(dir, &["b.ms", "c.ms3"]), (0, String::new()));
    assert_eq!(head("c.ms3"), (3, None, Some(4), json.to_owned()));
    let more = r#"{"FDSN":{"Time":{"Quality":90}},"X":1}"#;
    put(dir, "m.ms3", std::slice::from_ref(&one), &v3.clone().extra_headers(more));
    assert_eq!(convert(dir, &["m.ms3", "m.ms"]), (0, "left behind: extra headers\n".to_owned()));
    assert_eq!(quality("m.ms"), [Some(90)].into());
    // SAC has no place for any of it; records that differ have no common one.
    let (status, said) = convert(dir, &["a.ms3", "a.sac"]);
    assert_eq!(status, 0);
    assert_eq!(
        said.trim(),
        "left behind: extra headers, flags, qualities, as publication versions {3}, timing quality"
    );
    let later = trace("CI.HEC..BHN", "2022-01-02T04:00:00Z", ramp(500));
    put(dir, "d.ms3", &[later], &v3.publication_version(4).flags(0));
    let (status, said) = convert(dir, &["a.ms3", "d.ms3", "e.ms"]);
    assert_eq!(status, 0);
    assert!(said.contains("publication versions {3, 4}") && said.contains("flags"), "{said}");
    assert_eq!(convert(dir, &["a.ms3", "d.ms3", "f.ms3", "--end", "2022-01-02T03:30:00"]).1, "");
    assert_eq!(head("f.ms3"), (3, None, Some(4), json.to_owned()));
}

#[test]
fn sac_is_written_of_the_samples_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // The mean of integers is exact; that of the same 32-bit floats is not.
    let samples: Vec<i32> = (0..999).map(|i| i * 765_432 % 16_777_213).collect();
    let one = trace("CI.HEC..BHN", START, samples);
    put(dir, "a.ms", std::slice::from_ref(&one), &WriteOptions::new());
    assert_eq!(convert(dir, &["a.ms", "a.sac"]), (0, String::new()));
    let expected = sac::SacFile::from_trace(&one).unwrap().to_bytes().unwrap();
    assert_eq!(std::fs::read(dir.join("a.sac")).unwrap(), expected);
    let floats = Samples::F32(one.samples.to_f64().unwrap().iter().map(|x| *x as f32).collect());
    let rounded = trace("CI.HEC..BHN", START, floats);
    assert_ne!(sac::SacFile::from_trace(&rounded).unwrap().to_bytes().unwrap(), expected);
    // From SAC to SAC the whole header stays.
    let mut file = sac::read(dir.join("a.sac")).unwrap();
    file.header.set_lovrok(false);
    file.write(dir.join("b.sac")).unwrap();
    assert_eq!(convert(dir, &["b.sac", "c.sac"]), (0, String::new()));
    assert_eq!(sac::read(dir.join("c.sac")).unwrap().header.lovrok(), Some(false));
    // Seven digits are not enough for some of these.
    let (status, said) = convert(dir, &["a.ms", "a.sacxy"]);
    assert_eq!(status, 1);
    assert!(said.contains("seven digits") && said.contains("--lossy"), "{said}");
    assert!(!dir.join("a.sacxy").exists());
    let (status, said) = convert(dir, &["a.ms", "a.sacxy", "--lossy"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("a.sacxy: rounded to seven digits, sample "), "{said}");
}

/// The alphanumeric form has seven digits, also for rates and times.
#[test]
fn alphanumeric_sac_changes_nothing_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for (hz, status) in [
        (40.0, 0),
        (100.0, 0),
        (20.0, 0),
        (3.0, 1),
        (7.0, 1),
        (2048.0, 1),
        (44100.0, 1),
        (20.00001, 1),
    ] {
        let mut one = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(500));
        one.rate = SamplingRate::from_hz(hz).unwrap();
        put(dir, "a.ms3", &[one.clone()], &WriteOptions::new().version(FormatVersion::V3));
        let (found, said) = convert(dir, &["a.ms3", "a.sacxy", "--overwrite"]);
        if found == 0 {
            let back = sac::read(dir.join("a.sacxy")).unwrap().to_trace().unwrap();
            assert_eq!((back.rate, back.start), (one.rate, one.start), "{hz}");
        }
        assert_eq!(found, status, "{hz}: {said}");
        assert!(found == 0 || said.contains("--lossy"), "{said}");
        let (found, said) = convert(dir, &["a.ms3", "a.sacxy", "--overwrite", "--lossy"]);
        assert_eq!((found, said.contains("seven digits")), (0, status == 1), "{hz}: {said}");
    }
    let whole = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(500));
    let plain = sac::SacFile::from_trace(&whole).unwrap();
    let mut begin = plain.clone();
    begin.header.set_b(86_400.125).unwrap();
    begin.refresh().unwrap();
    let mut marker = plain.clone();
    marker.header.set_t0(86_400.125).unwrap();
    for (file, what) in [(begin, "b is 86400.125"), (marker, "t0 is 86400.125")] {
        file.write(dir.join("in.sac")).unwrap();
        let (status, said) = convert(dir, &["in.sac", "out.sacxy"]);
        assert_eq!(status, 1);
        assert!(said.contains(what) && said.contains("seven digits"), "{said}");
    }
    plain.write(dir.join("in.sac")).unwrap();
    assert_eq!(convert(dir, &["in.sac", "out.sacxy"]), (0, String::new()));
}

/// Alphanumeric SAC has all values of what it was, in the layout that we give it.
#[test]
fn alphanumeric_sac_to_itself_keeps_every_value() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let file = sac::SacFile::from_trace(&trace("CI.HEC..BHN", START, ramp(50))).unwrap();
    // Lines may end otherwise.
    let text = String::from_utf8(file.to_alphanumeric().unwrap()).unwrap();
    std::fs::write(dir.join("a.sacxy"), text.replace('\n', "\r\n")).unwrap();
    assert_eq!(convert(dir, &["a.sacxy", "b.sacxy"]), (0, String::new()));
    let [a, b] = ["a.sacxy", "b.sacxy"].map(|name| sac::read(dir.join(name)).unwrap());
    assert_eq!(a, b);
    assert_eq!(std::fs::read(dir.join("b.sacxy")).unwrap(), text.as_bytes());
    let help = String::from_utf8(run("convert", &["--help"], dir).stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("from binary to binary every byte"), "{help}");
    assert!(help.contains("sac-ascii is laid out anew"), "{help}");
}

/// SAC of which nothing is cut goes out as it came in.
#[test]
fn sac_to_sac_is_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let whole = trace("CI.HEC..BHN", START, ramp(500));
    let same = |file: &sac::SacFile| {
        file.write(dir.join("in.sac")).unwrap();
        let (status, said) = convert(dir, &["in.sac", "out.sac", "--overwrite", "--select", "CI"]);
        assert_eq!(status, 0, "{said}");
        let [a, b] = ["in.sac", "out.sac"].map(|name| std::fs::read(dir.join(name)).unwrap());
        assert!(a == b);
    };
    let mut file = sac::SacFile::from_trace_with(&whole, sac::Version::V7).unwrap();
    file.header.set_b(0.123_456_789_012_3).unwrap();
    same(&file);
    let mut bare = sac::SacFile::from_trace(&whole).unwrap();
    for name in ["b", "leven", "iftype", "e"] {
        bare.header.clear(name).unwrap();
    }
    same(&bare);
    assert_eq!(convert(dir, &["in.sac", "out.ms", "--select", "XX"]).0, 1);
}

#[test]
fn what_sac_lacks_can_be_given() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let whole = trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(500));
    let mut file = sac::SacFile::from_trace(&whole).unwrap();
    file.header.set_kstnm("A B").unwrap();
    file.write(dir.join("blank.sac")).unwrap();
    let (status, said) = convert(dir, &["blank.sac", "a.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("kstnm is no code") && said.contains("--id NET.STA.LOC.CHA"), "{said}");
    let (status, said) = convert(dir, &["blank.sac", "--id", "CI.HEC..BHN", "a.ms"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(traces(dir.join("a.ms"))[0].id, whole.id);
    assert_eq!(convert(dir, &["blank.sac", "--id", "CI.HEC..BHN", "named.sac"]).0, 0);
    let named = sac::read(dir.join("named.sac")).unwrap();
    assert_eq!(named.header.kstnm().as_deref(), Some("HEC"));

    let mut file = sac::SacFile::from_trace(&whole).unwrap();
    for name in ["nzyear", "nzjday", "nzhour", "nzmin", "nzsec", "nzmsec"] {
        file.header.clear(name).unwrap();
    }
    file.write(dir.join("when.sac")).unwrap();
    let (status, said) = convert(dir, &["when.sac", "b.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("--reference-time"), "{said}");
    // A header that is to change is not written as it is.
    assert_eq!(convert(dir, &["when.sac", "--id", "CI.HEC..BHZ", "c.sac"]).0, 1);
    let at = ["when.sac", "b.ms", "--reference-time", "2022-01-02T00:00:00"];
    let (status, said) = convert(dir, &at);
    assert_eq!(status, 0, "{said}");
    assert_eq!(traces(dir.join("b.ms"))[0].start, whole.start);
}

#[test]
fn options_stand_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "a.ms", &[trace("CI.HEC..BHN", START, ramp(50))], &WriteOptions::new());
    put(dir, "b.ms", &[trace("CI.CCA..BHZ", START, ramp(50))], &WriteOptions::new());
    for (arguments, out, count) in [
        (&["a.ms", "--format", "mseed3", "1.x"][..], "1.x", 1),
        (&["a.ms", "--overwrite", "2.ms"], "2.ms", 1),
        (&["--select", "CI.CCA", "a.ms", "b.ms", "3.ms"], "3.ms", 1),
        (&["a.ms", "--lossy", "b.ms", "--record-length", "512", "4.ms"], "4.ms", 2),
        (&["a.ms", "b.ms", "5.ms", "--select", "*"], "5.ms", 2),
    ] {
        let (status, said) = convert(dir, arguments);
        assert_eq!((status, said.as_str()), (0, ""), "{arguments:?}");
        assert_eq!(traces(dir.join(out)).len(), count, "{arguments:?}");
    }
    for arguments in [&["a.ms"][..], &[], &["a.ms", "--overwrite"]] {
        let (status, said) = convert(dir, arguments);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains("<IN>... <OUT>"), "{said}");
    }
}

#[test]
fn identifiers_are_not_changed_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // An identifier may have up to 255 bytes, of which a trace holds no more than its codes do.
    let mut long = Vec::new();
    let v3 = WriteOptions::new().version(FormatVersion::V3);
    write_to(&mut long, [&trace("XYZ:.abcdefgh..", START, ramp(50))], &v3).unwrap();
    let id = "X".repeat(63);
    let had = usize::from(long[33]);
    long[33] = 63;
    long.splice(40..40 + had, id.bytes());
    std::fs::write(dir.join("a.ms3"), &long).unwrap();
    let (status, said) = convert(dir, &["a.ms3", "b.ms3", "--ignore-crc"]);
    assert_eq!(status, 1);
    assert!(said.contains(&id) && said.contains("--lossy"), "{said}");
    let (status, said) = convert(dir, &["a.ms3", "b.ms3", "--ignore-crc", "--lossy"]);
    assert_eq!(status, 0);
    assert!(said.contains(&id), "{said}");

    // Six fields, whatever is in them; and a blank within a code is told.
    let mut blank = Vec::new();
    let one = trace("CI.HEC..BHN", START, ramp(50));
    write_to(&mut blank, [&one], &WriteOptions::new().record_len(512)).unwrap();
    let mut within = blank.clone();
    blank[8..20].fill(b' ');
    within[8..13].copy_from_slice(b"A B  ");
    std::fs::write(dir.join("blank.ms"), &blank).unwrap();
    std::fs::write(dir.join("within.ms"), &within).unwrap();
    let (_, printed, _) = inspect(dir, &["--json", "blank.ms"]);
    let object: Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(object["sourceid"], "FDSN:_____");
    assert_eq!(object.get("warnings"), None);
    assert_eq!(convert(dir, &["blank.ms", "blank.ms3"]), (0, String::new()));
    let (_, printed, _) = inspect(dir, &["--json", "blank.ms3"]);
    let object: Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(object["sourceid"], "FDSN:_____");
    let (status, said) = convert(dir, &["within.ms", "within.ms3"]);
    assert_eq!(status, 0);
    assert!(said.contains("blanks within"), "{said}");

    // Channels of fewer characters, as libmseed has them, there and back.
    for (channel, sourceid) in [("BZ ", "FDSN:CI_HEC__B_Z_"), ("B  ", "FDSN:CI_HEC__B__")] {
        let mut short = Vec::new();
        write_to(&mut short, [&one], &WriteOptions::new()).unwrap();
        short[15..18].copy_from_slice(channel.as_bytes());
        std::fs::write(dir.join("short.ms"), &short).unwrap();
        for (from, to) in [("short.ms", "short.ms3"), ("short.ms3", "back.ms")] {
            assert_eq!(convert(dir, &[from, to, "--overwrite"]), (0, String::new()));
        }
        for name in ["short.ms", "short.ms3", "back.ms"] {
            let (_, printed, _) = inspect(dir, &["--json", name]);
            let object: Value = serde_json::from_str(printed.trim()).unwrap();
            assert_eq!(object["sourceid"], sourceid, "{name}");
        }
        assert!(std::fs::read(dir.join("back.ms")).unwrap() == short);
    }
}

#[test]
fn records_without_samples_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let empty = trace("CI.HEC..BHN", START, Vec::<i32>::new());
    put(dir, "empty.ms", std::slice::from_ref(&empty), &WriteOptions::new());
    put(dir, "both.ms", &[empty, trace("CI.HEC..BHN", START, ramp(9))], &WriteOptions::new());
    let (status, said) = convert(dir, &["empty.ms", "out.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("not one sample in the input"), "{said}");
    let (status, said) = convert(dir, &["both.ms", "out.ms"]);
    assert_eq!((status, said.trim()), (0, "both.ms: left behind: 1 records without samples"));
}

#[test]
fn damage_is_told_and_the_rest_converted() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut bytes = b"junk".to_vec();
    let whole = trace("CI.HEC..BHN", START, ramp(5000));
    write_to(&mut bytes, [&whole], &WriteOptions::new().record_len(512)).unwrap();
    bytes.truncate(bytes.len() - 10);
    std::fs::write(dir.join("damaged"), &bytes).unwrap();
    let (status, said) = convert(dir, &["damaged", "out.ms"]);
    assert_eq!(status, 3);
    assert!(said.contains("damaged: byte 0: ") && said.contains("4 bytes skipped"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    let [out] = traces(dir.join("out.ms")).try_into().unwrap();
    assert_eq!(out, whole.slice(whole.start, out.end()).unwrap());

    // The same file, inspected.
    let (status, printed, _) = inspect(dir, &["--json", "damaged"]);
    assert_eq!(status, 3);
    let objects: Vec<Value> = printed.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let first = objects.first().unwrap();
    assert_eq!(
        (&first["file"], &first["offset"], &first["skipped"]),
        (&"damaged".into(), &0.into(), &4.into())
    );
    assert!(first["error"].as_str().unwrap().contains("not a miniSEED record"));
    let last = objects.last().unwrap();
    assert_eq!(
        last["offset"].as_u64().unwrap() + last["skipped"].as_u64().unwrap(),
        bytes.len() as u64
    );
    let (status, printed, _) = inspect(dir, &["damaged"]);
    assert_eq!(status, 3);
    assert!(printed.contains("4 bytes skipped: not a miniSEED record"), "{printed}");
}

#[test]
fn inspected_records_have_the_promised_fields() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let v3 = WriteOptions::new().version(FormatVersion::V3);
    let text = trace("CI.HEC..LOG", START, Samples::Text(b"hello".to_vec()));
    put(
        dir,
        "i.ms",
        &[trace("CI.HEC.00.BHN", START, vec![1, -2, 3])],
        &WriteOptions::new().record_len(512),
    );
    put(dir, "f.ms", &[trace("CI.HEC..BHN", START, vec![0.5_f32, f32::NAN])], &WriteOptions::new());
    put(dir, "d.ms", &[trace("CI.HEC..BHN", START, vec![0.1_f64])], &v3);
    put(dir, "t.ms", &[text], &WriteOptions::new());
    put(dir, "none.ms", &[trace("CI.HEC..BHN", START, Vec::<i32>::new())], &WriteOptions::new());
    let files = ["i.ms", "f.ms", "d.ms", "t.ms", "none.ms"];
    let (status, printed, said) = inspect(dir, &[&["--json", "--samples"], &files[..]].concat());
    assert_eq!((status, said.as_str()), (0, ""));
    let objects: Vec<Value> = printed.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let expected: Value = serde_json::from_str(
        r#"{"file": "i.ms", "offset": 0, "sourceid": "FDSN:CI_HEC_00_B_H_N", "version": 2,
            "record_length": 512, "encoding": 11, "start_ns": 1641092645678901000,
            "sample_rate": 40.0, "nsamples": 3, "sample_type": "i", "samples": [1, -2, 3]}"#,
    )
    .unwrap();
    assert_eq!(objects[0], expected);
    let kinds: Vec<&Value> = objects.iter().map(|o| &o["sample_type"]).collect();
    assert_eq!(kinds, [&"i".into(), &"f".into(), &"d".into(), &"t".into(), &Value::Null]);
    assert_eq!(objects[1]["samples"], serde_json::json!([0.5, null]));
    assert_eq!(objects[2]["samples"], serde_json::json!([0.1]));
    assert_eq!(objects[2]["version"], 3);
    assert_eq!(objects[3]["samples"], serde_json::json!(b"hello"));

    // Without --samples there are none; --index decodes none.
    let (_, printed, _) = inspect(dir, &["--json", "*.ms"]);
    assert_eq!(printed.lines().count(), 5);
    assert!(!printed.contains("\"samples\""));
    let mut bytes = std::fs::read(dir.join("i.ms")).unwrap();
    bytes[64..128].fill(0xff);
    std::fs::write(dir.join("broken.ms"), &bytes).unwrap();
    assert_eq!(inspect(dir, &["--json", "broken.ms"]).0, 3);
    assert_eq!(inspect(dir, &["--json", "--index", "broken.ms"]).0, 0);

    // The other files are told even if one is missing.
    let (status, printed, said) = inspect(dir, &["--index", "missing", "i.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("missing"), "{said}");
    assert!(printed.contains("CI.HEC.00.BHN | 2022-01-02T03:04:05.678901Z - "), "{printed}");
    assert!(inspect(dir, &["--help"]).1.contains("Exit status"));
    assert!(run("convert", &["--help"], dir).status.success());
}

/// Without `--samples` no more is in memory than a record and what is told of all of them.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_samples_that_are_not_printed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // 64 MB of samples in 10 MB of Steim-2.
    let one = trace("CI.HEC..BHN", START, vec![7; 16_000_000]);
    put(dir, "long.ms", &[one], &WriteOptions::new());
    let size = std::fs::metadata(dir.join("long.ms")).unwrap().len() >> 10;
    assert!((8 << 10..16 << 10).contains(&size), "{size} KiB");
    let program = support::example("mseed_inspect");
    for (flags, most) in [(&["--index"][..], 8 << 10), (&[], 8 << 10), (&["--samples"], 16 << 10)] {
        let mut child = Command::new(&program)
            .args(flags)
            .arg(dir.join("long.ms"))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut peak = 0_u64;
        while child.try_wait().unwrap().is_none() {
            let about = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
            let about = about.unwrap_or_default();
            let line = about.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            let kib = line.and_then(|l| l.trim().split(' ').next()?.parse().ok());
            peak = kib.unwrap_or(0).max(peak);
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert!(peak > 1_000, "not measured");
        // Beside the program itself.
        assert!(peak < (8 << 10) + most, "{flags:?}: {peak} KiB");
    }
}

#[test]
fn gaps_and_overlaps_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = [
        trace("CI.HEC..BHN", "2022-01-02T00:00:00Z", ramp(400)),
        trace("CI.HEC..BHN", "2022-01-02T00:00:20Z", ramp(400)),
        trace("CI.HEC..BHN", "2022-01-02T00:00:25Z", ramp(400)),
    ];
    put(dir, "gaps.ms", &parts, &WriteOptions::new());
    let (status, printed, _) = inspect(dir, &["gaps.ms"]);
    assert_eq!(status, 0);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].starts_with("gaps.ms ("));
    assert_eq!(lines.iter().filter(|l| l.contains(" v2 ")).count(), 3);
    assert_eq!(lines.iter().filter(|l| l.contains("Hz, 400 samples")).count(), 3);
    assert!(printed.contains("gap") && printed.contains("overlap"), "{printed}");
}

/// A pipe in place of a file, as `<(command)` gives it.
#[cfg(unix)]
#[test]
fn pipes_are_files_too() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "a.ms", &[trace("CI.HEC..BHN", START, ramp(400))], &WriteOptions::new());
    let program = support::example("mseed_inspect");
    for flags in ["", "--index"] {
        let line = format!("cat a.ms | {} {flags} /dev/stdin", program.display());
        let output = Command::new("sh").args(["-c", &line]).current_dir(dir).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{printed}");
        assert!(printed.contains("40 Hz, 400 samples"), "{printed}");
    }
}

/// A record that does not end as it announces is damaged if it stands next to unreadable bytes, on
/// either side. The library leaves it out then, and so the listing says it, of files and of pipes.
#[test]
fn records_that_are_left_out_are_listed_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let short = WriteOptions::new().record_len(512);
    put(dir, "good.ms", &[trace("CI.HEC..BHN", START, ramp(1500))], &short);
    let good = std::fs::read(dir.join("good.ms")).unwrap();
    let mut odd = good[512..1024].to_vec();
    // A difference in the second frame.
    odd[64 + 64 + 8] ^= 1;
    let junk = [0; 64];
    type Case<'a> = (&'a str, Vec<&'a [u8]>, Option<(u64, usize)>);
    let cases: [Case; 4] = [
        ("behind.ms", vec![&good[..512], &odd, &junk, &good[1024..]], Some((512, 2))),
        ("before.ms", vec![&good[..512], &junk, &odd, &good[1024..]], Some((576, 2))),
        ("last.ms", vec![&good[..512], &odd, &junk], Some((512, 1))),
        ("kept.ms", vec![&good[..512], &odd, &good[1024..]], None),
    ];
    let program = support::example("mseed_inspect");
    for (name, parts, left_out) in cases {
        std::fs::write(dir.join(name), parts.concat()).unwrap();
        let (status, printed, _) = inspect(dir, &["--json", name]);
        let objects = printed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let objects: Vec<Value> = objects.collect();
        let damaged: Vec<&Value> = objects
            .iter()
            .filter(|o| o["error"].as_str().is_some_and(|e| e.contains("the last sample is")))
            .collect();
        let samples: u64 = objects.iter().filter_map(|o| o["nsamples"].as_u64()).sum();
        let read = mseed::read(dir.join(name)).unwrap();
        assert_eq!(samples, read.stream.iter().map(|t| t.len() as u64).sum::<u64>(), "{printed}");
        let (text_status, listed, _) = inspect(dir, &[name]);
        assert_eq!(text_status, status);
        match left_out {
            None => assert!(damaged.is_empty() && status == 0, "{printed}"),
            Some((offset, traces)) => {
                assert_eq!(status, 3);
                assert_eq!(damaged.len(), 1, "{printed}");
                assert_eq!(
                    (&damaged[0]["offset"], &damaged[0]["skipped"]),
                    (&offset.into(), &512.into())
                );
                assert_eq!(read.stream.len(), traces);
                let line = format!("{offset:>10}        512 bytes skipped: CI.HEC..BHN: the last");
                assert!(listed.contains(&line), "{listed}");
            }
        }
        if cfg!(unix) {
            let line = format!("cat {name} | {} /dev/stdin", program.display());
            let output = Command::new("sh").args(["-c", &line]).current_dir(dir).output().unwrap();
            let piped = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(status));
            // All but the line with the name.
            assert_eq!(piped.split_once('\n').unwrap().1, listed.split_once('\n').unwrap().1);
        }
    }
}

/// Devices that never end are given up, within bounded memory.
#[cfg(target_os = "linux")]
#[test]
fn endless_devices_are_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for flags in [&["--json"][..], &[], &["--index"]] {
        let (status, _, said) = inspect(dir, &[flags, &["/dev/zero"]].concat());
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("no record in 67108864 bytes of what is no file"), "{said}");
    }
    let program = support::example("mseed_inspect");
    let line = format!("yes '1 2 3 4 5' | {} --json /dev/stdin", program.display());
    let output = Command::new("sh").args(["-c", &line]).current_dir(dir).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (status, said) = convert(dir, &["/dev/zero", "out.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("not a file"), "{said}");
    assert!(names(dir).is_empty());
}

#[test]
fn outputs_that_are_there_are_replaced_on_request_only() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = ["2022-01-02T00:00:00Z", "2022-01-02T00:00:10Z", "2022-01-02T00:00:20Z"]
        .map(|start| trace("CI.HEC..BHN", start, ramp(400)));
    for (name, part) in ["a1.mseed", "a2.mseed", "a3.mseed"].into_iter().zip(&parts) {
        put(dir, name, std::slice::from_ref(part), &WriteOptions::new());
    }
    std::fs::hard_link(dir.join("a1.mseed"), dir.join("again.mseed")).unwrap();
    let all = ["a1.mseed", "a2.mseed", "a3.mseed", "again.mseed"];
    let bytes = || all.map(|name| std::fs::read(dir.join(name)).unwrap());
    let before = bytes();

    // OUT was forgotten.
    let (status, said) = convert(dir, &all[..3]);
    assert_eq!(status, 1);
    assert!(said.contains("a3.mseed is there already: --overwrite"), "{said}");
    // An input is never replaced, by whatever name.
    let dotted = format!("../{}/a1.mseed", dir.file_name().unwrap().to_str().unwrap());
    for out in ["a1.mseed", "./a1.mseed", "again.mseed", &dotted] {
        let times = ["--start", "2022-01-02T00:00:05"];
        let (status, said) =
            convert(dir, &[&["a1.mseed", out, "--overwrite"], &times[..]].concat());
        assert_eq!(status, 1);
        assert!(said.contains("is an input"), "{said}");
    }
    assert_eq!(bytes(), before);
    assert_eq!(names(dir), all.map(str::to_owned).into());

    assert_eq!(convert(dir, &["a1.mseed", "a2.mseed", "a3.mseed", "--overwrite"]).0, 0);
    assert_eq!(traces(dir.join("a3.mseed"))[0].len(), 800);

    // The same for SAC files whose names come from the traces: nothing is written.
    put(dir, "gaps.ms", &[parts[0].clone(), parts[2].clone()], &WriteOptions::new());
    std::fs::create_dir(dir.join("sub")).unwrap();
    let taken = dir.join("sub/CI.HEC..BHN.20220102T000020.sac");
    std::fs::write(&taken, b"mine").unwrap();
    let (status, said) = convert(dir, &["gaps.ms", "sub", "--format", "sac"]);
    assert_eq!(status, 1);
    assert!(said.contains("T000020.sac is there already"), "{said}");
    assert_eq!(names(&dir.join("sub")).len(), 1);
    assert_eq!(convert(dir, &["gaps.ms", "sub", "--format", "sac", "--overwrite"]).0, 0);
    assert_eq!(names(&dir.join("sub")).len(), 2);
    assert!(sac::read(&taken).is_ok());
}

#[cfg(unix)]
#[test]
fn only_files_are_written() {
    use std::os::unix::fs::FileTypeExt;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "a.ms", &[trace("CI.HEC..BHN", START, ramp(400))], &WriteOptions::new());
    assert!(Command::new("mkfifo").arg(dir.join("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink("pipe", dir.join("link")).unwrap();
    for out in ["pipe", "link"] {
        for format in ["mseed2", "sac"] {
            let (status, said) = convert(dir, &["a.ms", out, "--format", format, "--overwrite"]);
            assert_eq!(status, 1);
            assert!(said.contains("is no regular file"), "{said}");
        }
    }
    assert!(std::fs::symlink_metadata(dir.join("pipe")).unwrap().file_type().is_fifo());
    assert!(dir.join("link").is_symlink());
}

#[test]
fn damage_within_records_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let short = WriteOptions::new().record_len(512);
    put(dir, "good.ms", &[trace("CI.HEC..BHN", START, ramp(100))], &short);
    // The count of samples in the fixed header.
    let mut bytes = std::fs::read(dir.join("good.ms")).unwrap();
    bytes[30..32].copy_from_slice(&60_u16.to_be_bytes());
    std::fs::write(dir.join("count.ms"), &bytes).unwrap();
    let announced = ramp(100)[99];
    let last = ramp(60)[59];
    let odd = format!("the last sample is {last}, the first frame announces {announced}");
    let object = |arguments: &[&str]| -> Value {
        let (status, printed, _) = inspect(dir, arguments);
        assert_eq!(status, 0);
        serde_json::from_str(printed.trim()).unwrap()
    };
    assert_eq!(object(&["--json", "count.ms"])["warnings"], serde_json::json!([odd]));
    assert_eq!(object(&["--json", "good.ms"]).get("warnings"), None);
    assert!(inspect(dir, &["count.ms"]).1.contains(&odd));

    // A checksum.
    let v3 = WriteOptions::new().version(FormatVersion::V3);
    let one = trace("CI.HEC..BHN", START, ramp(100));
    put(dir, "good.ms3", std::slice::from_ref(&one), &v3);
    let mut bytes = std::fs::read(dir.join("good.ms3")).unwrap();
    bytes[28] ^= 1;
    std::fs::write(dir.join("crc.ms3"), &bytes).unwrap();
    let (status, said) = convert(dir, &["crc.ms3", "out.ms"]);
    assert_eq!(status, 1);
    assert!(said.contains("CRC-32C") && said.contains("--ignore-crc"), "{said}");
    let (status, said) = convert(dir, &["crc.ms3", "out.ms", "--ignore-crc"]);
    assert_eq!((status, said.as_str()), (0, ""));
    assert_eq!(traces(dir.join("out.ms"))[0].samples, one.samples);
    for flags in [&["--json"][..], &[], &["--index"]] {
        assert_ne!(inspect(dir, &[flags, &["crc.ms3"]].concat()).0, 0);
        assert_eq!(inspect(dir, &[flags, &["--ignore-crc", "crc.ms3"]].concat()).0, 0);
    }

    // SAC whose header is not right.
    let mut file = sac::SacFile::from_trace(&one).unwrap();
    file.header.set_e(7.0).unwrap();
    file.write(dir.join("e.sac")).unwrap();
    let (status, said) = convert(dir, &["e.sac", "e.ms"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("e.sac: warning: e is 7: expected "), "{said}");
    let whole = std::fs::read(dir.join("e.sac")).unwrap();
    std::fs::write(dir.join("cut.sac"), &whole[..600]).unwrap();
    let mut other = whole;
    other[304..308].fill(9);
    std::fs::write(dir.join("version.sac"), &other).unwrap();
    for (name, why) in [("cut.sac", "within the SAC header"), ("version.sac", "no SAC file")] {
        let (status, said) = convert(dir, &[name, "never.ms"]);
        assert_eq!(status, 1);
        assert!(said.contains(name) && said.contains(why), "{said}");
    }
    assert!(!dir.join("never.ms").exists());
}

#[test]
fn files_without_a_trace_fail() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let short = WriteOptions::new().record_len(512);
    put(dir, "good.ms", &[trace("CI.HEC..BHN", START, ramp(100))], &short);
    let mut bytes = std::fs::read(dir.join("good.ms")).unwrap();
    bytes[64..128].fill(0xff);
    std::fs::write(dir.join("broken.ms"), &bytes).unwrap();
    std::fs::write(dir.join("junk"), b"junk").unwrap();
    std::fs::write(dir.join("empty"), b"").unwrap();
    std::fs::write(dir.join("control"), format!("{:<256}", "000001V 010001802.408")).unwrap();
    let (status, printed, said) = inspect(dir, &["--json", "control"]);
    let object: Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(status, 1, "{said}");
    assert!(object["error"].as_str().unwrap().contains("and no data record"), "{printed}");
    assert!(inspect(dir, &["control"]).2.contains("control records, and no data record"));
    for (names, expected) in [
        (&["broken.ms"][..], 3),
        (&["junk"], 3),
        (&["junk", "good.ms"], 3),
        (&["empty"], 1),
        (&["empty", "junk"], 1),
        (&["missing"], 1),
        (&["missing", "good.ms"], 1),
        (&["good.ms"], 0),
    ] {
        for flags in [&[][..], &["--json"], &["--samples"], &["--index"], &["--index", "--json"]] {
            let (status, printed, said) = inspect(dir, &[flags, names].concat());
            // The samples are what is broken there.
            if names != ["broken.ms"] || !flags.contains(&"--index") {
                assert_eq!(status, expected, "{flags:?} {names:?}: {said}");
            }
            for name in names {
                assert!(!said.contains(&format!("{name}: {name}")), "{said}");
            }
            if flags.contains(&"--json") {
                let file =
                    |line: &str| serde_json::from_str::<Value>(line).unwrap()["file"].clone();
                let told: Vec<Value> = printed.lines().map(file).collect();
                assert!(names.iter().all(|name| told.contains(&(*name).into())), "{printed}");
            } else if status != 0 && flags.is_empty() && !names.contains(&"missing") {
                assert!(said.contains("no readable miniSEED record"), "{names:?}: {said}");
            }
        }
    }
    let (_, printed, _) = inspect(dir, &["--json", "empty"]);
    let object: Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!((&object["file"], &object["skipped"]), (&"empty".into(), &0.into()));
    let (_, printed, said) = inspect(dir, &["--json", "missing"]);
    let object: Value = serde_json::from_str(printed.trim()).unwrap();
    assert!(said.contains(object["error"].as_str().unwrap()), "{said}");
}

#[cfg(unix)]
#[test]
fn output_that_fails_is_not_blamed_on_the_input() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "a\nb.ms", &[trace("CI.HEC..BHN", START, ramp(40_000))], &WriteOptions::new());
    let program = support::example("mseed_inspect");
    for flags in ["--json --samples", "--samples", "--index"] {
        // A file that may not grow beyond a few blocks, or not at all.
        let blocks = if flags == "--index" { 0 } else { 1 };
        let line =
            format!("trap '' XFSZ; ulimit -f {blocks}; {} {flags} *.ms > small", program.display());
        let output = Command::new("sh").args(["-c", &line]).current_dir(dir).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{flags}: {said}");
        assert!(said.starts_with("mseed_inspect: standard output: "), "{flags}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // A name is one line.
    assert!(inspect(dir, &["--index", "*.ms"]).1.starts_with("a\\nb.ms ("));
}

/// Whoever closes standard error wants the results all the same.
#[cfg(unix)]
#[test]
fn nobody_listening_to_errors_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    put(dir, "a.mseed", &[trace("XX.A..BHZ", START, ramp(50))], &WriteOptions::new());
    std::fs::write(dir.join("junk.mseed"), b"no record").unwrap();
    let deaf = |name: &str, arguments: &[&str]| {
        Command::new(support::example(name))
            .args(arguments)
            .current_dir(dir)
            .stderr(support::nobody())
            .output()
            .unwrap()
    };
    let (code, told, _) = inspect(dir, &["junk.mseed", "a.mseed"]);
    let output = deaf("mseed_inspect", &["junk.mseed", "a.mseed"]);
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), told);
    let (code, error) = convert(dir, &["a.mseed", "junk.mseed", "b.mseed"]);
    assert!(!error.is_empty());
    let output = deaf("convert", &["a.mseed", "junk.mseed", "c.mseed"]);
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(dir.join("b.mseed").exists(), dir.join("c.mseed").exists());
}
