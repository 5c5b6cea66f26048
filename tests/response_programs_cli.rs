//! The programs `evalresp` and `plot_response`, as their users call them.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use seis::demo::{DemoOptions, write_archive};
use seis::{GroundMotion, Inventory, Response};

/// The StationXML files of the synthetic archive.
fn stations() -> (tempfile::TempDir, Vec<PathBuf>) {
    let root = tempfile::tempdir().unwrap();
    let demo = write_archive(root.path(), &DemoOptions::small()).unwrap();
    let folder = demo.traces[0].raw.parent().unwrap().with_file_name("resp");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 1);
    (root, files)
}

fn run(name: &'static str, files: &[PathBuf], arguments: &[&str]) -> Output {
    static EVALRESP: OnceLock<PathBuf> = OnceLock::new();
    static PLOT: OnceLock<PathBuf> = OnceLock::new();
    let program = if name == "evalresp" { &EVALRESP } else { &PLOT };
    let program = program.get_or_init(|| support::example(name));
    Command::new(program).args(files).args(arguments).output().unwrap()
}

fn evalresp(files: &[PathBuf], arguments: &[&str]) -> Output {
    run("evalresp", files, arguments)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first channel of a file, as the library sees it.
fn first_channel(file: &Path) -> (String, Response) {
    let inventory = Inventory::read(file).unwrap();
    let epoch = inventory.channels().next().unwrap();
    (epoch.id_text(), epoch.channel.response.get().unwrap().as_ref().clone())
}

fn rows(text: &str, separator: char) -> Vec<[f64; 3]> {
    let numbers = |line: &str| -> Vec<f64> {
        line.split(separator).map(|number| number.parse().unwrap()).collect()
    };
    text.lines().map(|line| numbers(line).try_into().unwrap()).collect()
}

#[test]
fn fap_is_what_evalresp_prints() {
    let (_root, files) = stations();
    let (id, response) = first_channel(&files[0]);
    let output = evalresp(&files, &["--id", &id, "--freqs", "0.01,1,3", "--units", "acc"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let found = text(&output.stdout);
    let lines: Vec<&str> = found.lines().collect();
    assert!(lines[0].starts_with("1.000000E-02 "), "{found}");
    assert!(lines[1].starts_with("1.000000E-01 ") && lines[2].starts_with("1.000000E+00 "));
    let expected = response.evaluate(&[0.01, 0.1, 1.0], GroundMotion::Acceleration).unwrap();
    for (row, expected) in rows(&found, ' ').iter().zip(expected) {
        assert!((row[1] / expected.norm() - 1.0).abs() < 6e-7);
        assert!((row[2] - expected.arg().to_degrees()).abs() < 1e-4);
    }
    for line in lines {
        for number in line.split(' ') {
            let (digits, exponent) = number.split_once('E').unwrap();
            assert_eq!(digits.trim_start_matches('-').len(), 8, "{number}");
            assert!(exponent.len() == 3 && exponent.starts_with(['+', '-']), "{number}");
        }
    }
}

#[test]
fn csv_has_all_digits() {
    let (_root, files) = stations();
    let (id, response) = first_channel(&files[0]);
    let arguments = ["--id", &id, "--format", "csv", "--freqs", "0,3,4,lin", "--units", "vel"];
    let output = evalresp(&files, &arguments);
    let found = text(&output.stdout);
    let (header, body) = found.split_once('\n').unwrap();
    assert_eq!(header, "frequency,amplitude,phase");
    let expected = response.evaluate(&[0.0, 1.0, 2.0, 3.0], GroundMotion::Velocity).unwrap();
    let found = rows(body, ',');
    for (k, (row, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(*row, [k as f64, expected.norm(), expected.arg().to_degrees()]);
    }
}

#[test]
fn several_channels_stay_apart() {
    let (root, files) = stations();
    let arguments = ["--id", "*", "--freqs", "1,2,2", "--format", "csv"];
    let output = evalresp(&files, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = text(&output.stdout);
    let inventory: Inventory = files.iter().map(|file| Inventory::read(file).unwrap()).collect();
    let ids: Vec<String> = inventory.channels().map(|epoch| epoch.id_text()).collect();
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 1 + 3 * ids.len());
    assert_eq!(lines[0], "frequency,amplitude,phase");
    for (id, block) in ids.iter().zip(lines[1..].chunks(3)) {
        assert_eq!(block[0], format!("# {id}"));
        assert!(block[1].starts_with("1.0,") && block[2].starts_with("2.0,"), "{block:?}");
    }
    // Each in a file of its own.
    let folder = root.path().join("curves");
    let mut arguments = arguments.to_vec();
    arguments.extend(["--out", folder.to_str().unwrap()]);
    assert_eq!(evalresp(&files, &arguments).stdout, b"");
    for id in ids {
        let file = std::fs::read_to_string(folder.join(format!("{id}.csv"))).unwrap();
        assert!(file.starts_with("frequency,amplitude,phase\n1.0,") && file.lines().count() == 3);
    }
    // An object for each, one a line.
    let json = evalresp(&files, &["--id", "*", "--format", "json"]);
    for line in text(&json.stdout).lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["input_unit"], "m/s");
        let frequencies = object["frequency"].as_array().unwrap();
        assert_eq!((frequencies.len(), frequencies[0].as_f64()), (200, Some(1e-3)));
        assert!(object["sensitivity"]["reported"].is_number());
    }
}

#[test]
fn a_part_of_the_stages_is_the_part() {
    let (_root, files) = stations();
    let (id, response) = first_channel(&files[0]);
    let amplitude = |stages: &str| {
        let arguments = ["--id", &id, "--freqs", "1,1,1", "--stages", stages, "--units", "def"];
        let output = evalresp(&files, &[&arguments[..], &["--format", "csv"]].concat());
        rows(text(&output.stdout).split_once('\n').unwrap().1, ',')[0][1]
    };
    let whole = response.evaluate(&[1.0], GroundMotion::Native).unwrap()[0].norm();
    assert!((amplitude("1") * amplitude("2-") / whole - 1.0).abs() < 1e-14);
    assert!((amplitude("1-99") / whole - 1.0).abs() < 1e-14);
}

/// The content tells what a file is: the same geophone as RESP and as SAC poles and zeros gives the
/// same curve, whatever the files are called.
#[test]
fn files_are_told_by_their_content() {
    let root = tempfile::tempdir().unwrap();
    let resp = "B050F03     Station:     GEO\nB050F16     Network:     XX\n\
        B052F03     Location:    ??\nB052F04     Channel:     EHZ\n\
        B052F22     Start date:  2020,001\nB052F23     End date:    No Ending Time\n\
        B053F03     Transfer function type:                A [Laplace Transform (Rad/sec)]\n\
        B053F04     Stage sequence number:                 1\n\
        B053F05     Response in units lookup:              M/S - Velocity\n\
        B053F06     Response out units lookup:             V - Volts\n\
        B053F07     A0 normalization factor:               +1.00000E+00\n\
        B053F08     Normalization frequency:               +1.00000E+02\n\
        B053F09     Number of zeroes:                      2\n\
        B053F14     Number of poles:                       2\n\
        B053F10-13    0  +0.00000E+00  +0.00000E+00  +0.00000E+00  +0.00000E+00\n\
        B053F10-13    1  +0.00000E+00  +0.00000E+00  +0.00000E+00  +0.00000E+00\n\
        B053F15-18    0  -4.40000E+00  +4.40000E+00  +0.00000E+00  +0.00000E+00\n\
        B053F15-18    1  -4.40000E+00  -4.40000E+00  +0.00000E+00  +0.00000E+00\n\
        B058F03     Stage sequence number:                 1\n\
        B058F04     Gain:                                  +2.80000E+01\n\
        B058F05     Frequency of gain:                     +1.00000E+02\n\
        B058F06     Number of calibrations:                0\n\
        B058F03     Stage sequence number:                 0\n\
        B058F04     Sensitivity:                           +2.80000E+01\n\
        B058F05     Frequency of sensitivity:              +1.00000E+02\n\
        B058F06     Number of calibrations:                0\n";
    let sacpz = "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): GEO\n\
        * LOCATION   (KHOLE): \n* CHANNEL   (KCMPNM): EHZ\n\
        * START             : 2020-01-01T00:00:00\n* END               : \n\
        * INPUT UNIT        : M\n* OUTPUT UNIT       : V\n\
        ZEROS 3\nPOLES 2\n-4.4 4.4\n-4.4 -4.4\nCONSTANT 28.0\n";
    let curve = |name: &str, content: &str| {
        let file = root.path().join(name);
        std::fs::write(&file, content).unwrap();
        let arguments = ["--id", "XX.GEO..EHZ", "--freqs", "0.1,50,9", "--format", "csv"];
        let output = evalresp(&[file], &arguments);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        rows(text(&output.stdout).split_once('\n').unwrap().1, ',')
    };
    let (from_resp, from_sacpz) = (curve("a.txt", resp), curve("b.txt", sacpz));
    assert_eq!(from_resp.len(), 9);
    for (a, b) in from_resp.iter().zip(&from_sacpz) {
        assert!((a[1] / b[1] - 1.0).abs() < 1e-12 && (a[2] - b[2]).abs() < 1e-9, "{a:?} {b:?}");
    }
    assert!((from_resp[8][1] - 28.0).abs() < 0.01, "{:?}", from_resp[8]);
}

/// SAC pole-zero files hold a constant, and no sensitivity; what is wrong with them is told.
#[test]
fn a_sensitivity_that_no_file_holds() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("SACPZ");
    let object = |constant: &str| {
        let sacpz = format!(
            "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): GEO\n* LOCATION   (KHOLE): \n\
             * CHANNEL   (KCMPNM): EHZ\n* SENSITIVITY       : 2.8e+01 (M/S)\n* A0                : 1\n\
             ZEROS 3\nPOLES 2\n-4.4 4.4\n-4.4 -4.4\nCONSTANT {constant}\n"
        );
        std::fs::write(&file, sacpz).unwrap();
        let arguments = ["--id", "XX.GEO..EHZ", "--freqs", "0.1,50,9", "--format", "json"];
        let output = evalresp(std::slice::from_ref(&file), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_str::<serde_json::Value>(&text(&output.stdout)).unwrap()
    };
    let right = object("28.0");
    assert!(right["sensitivity"]["reported"].is_null(), "{right}");
    assert!(right["sensitivity"]["computed"].as_f64().unwrap() > 1.0, "{right}");
    assert_eq!(right["notes"].as_array().unwrap().len(), 0, "{right}");
    let wrong = object("31.0");
    let notes = wrong["notes"].as_array().unwrap();
    assert!(notes.len() == 1 && notes[0].as_str().unwrap().contains("SENSITIVITY"), "{wrong}");
}

/// A pattern that no shell has expanded; frequencies at which powers overflow.
#[test]
fn patterns_are_files_and_overflow_is_told() {
    let (_root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let pattern = files[0].with_file_name("*.xml");
    let arguments = ["--id", &id, "--freqs", "1,1e300,2"];
    let output = evalresp(std::slice::from_ref(&pattern), &arguments);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    assert_eq!(output.stdout, evalresp(&files, &arguments).stdout);
    assert!(error.contains("1 of 2 values are not finite"), "{error}");
    let none = evalresp(&[pattern.with_file_name("*.none")], &arguments);
    assert!(none.status.code() == Some(1) && text(&none.stderr).contains("no file matches"));
}

/// From the smallest to the largest number there is nothing but numbers, in order.
#[test]
fn frequencies_are_finite_over_every_range() {
    let (_root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    for (range, middle) in [
        ("1e-300,1e308,3", 1e4),
        ("5e-324,1.7e308,3", 3e-8),
        ("0,1.7e308,3,lin", 0.85e308),
        ("1e-4,100,7", 0.1),
    ] {
        let arguments = ["--id", &id, "--freqs", range, "--format", "csv"];
        let output = evalresp(&files, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let rows = rows(text(&output.stdout).split_once('\n').unwrap().1, ',');
        assert!(rows.iter().all(|row| row[0].is_finite()), "{range}: {rows:?}");
        assert!(rows.is_sorted_by(|a, b| a[0] < b[0]), "{range}: {rows:?}");
        let found = rows[rows.len() / 2][0];
        assert!((found / middle - 1.0).abs() < 0.1, "{range}: {found}");
    }
    // Blocks join without a seam, and what was asked for stands at the ends.
    let output = evalresp(&files, &["--id", &id, "--freqs", "1,2049,2049,lin"]);
    let rows = rows(&text(&output.stdout), ' ');
    assert!(rows.iter().zip(1..).all(|(row, i)| row[0] == f64::from(i)) && rows.len() == 2049);
}

#[test]
fn mistakes_are_told() {
    let (_root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let refused = |arguments: &[&str]| {
        let output = evalresp(&files, arguments);
        assert_eq!(output.stdout, b"");
        (output.status.code(), text(&output.stderr))
    };
    let (code, error) = refused(&["--id", "XX.NONE..BHZ"]);
    assert!(code == Some(1) && error.contains("no channel matches XX.NONE..BHZ"), "{error}");
    assert!(error.contains("the files have XX.CMG3T..HHE, XX.CMG3T..HHN, "), "{error}");
    assert!(error.contains(" and 1 more"), "{error}");
    let (code, error) = refused(&["--id", &id, "--time", "1900-01-01"]);
    assert!(code == Some(1) && error.contains(" holds at 1900-01-01"), "{error}");
    let epoch = Inventory::read(&files[0]).unwrap().channels().next().unwrap().epoch.to_string();
    assert!(error.contains(&format!("the files have {id} {epoch}")), "{error}");
    let (code, error) = refused(&["--id", &id, "--freqs", "1,2,1000001", "--format", "json"]);
    assert!(code == Some(1) && error.contains("at most 1000000 frequencies"), "{error}");
    let (code, error) = refused(&["--id", &id, "--units", "hPa"]);
    assert!(code == Some(1) && error.contains("which is no pressure"), "{error}");
    for (frequencies, reason) in [
        ("5,1,9", "above"),
        ("0,1,9", "cannot begin at 0 Hz"),
        ("1,2", "expected FMIN,FMAX,N"),
        ("1,2,0", "no number of frequencies"),
        ("1,2,1e9", "no number of frequencies"),
        ("1,2,9999999999", "(1 to 1000000000)"),
        ("1,2,3,cubic", "neither log nor lin"),
        ("nan,2,3", "no frequency"),
    ] {
        let (code, error) = refused(&["--id", &id, "--freqs", frequencies]);
        assert!(code == Some(2) && error.contains(reason), "{error}");
    }
    let (code, error) = refused(&["--id", &id, "--units", "furlong"]);
    assert!(code == Some(2) && error.contains("no known unit"), "{error}");
}

#[test]
fn a_picture_names_what_it_marks() {
    let (root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let picture = root.path().join("one.svg");
    let output = run("plot_response", &files, &["--id", &id, "--out", picture.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let svg = std::fs::read_to_string(&picture).unwrap();
    for label in [&id, "Frequency (Hz)", "Nyquist", "−3 dB", "flat within", "Phase", "Amplitude, "]
    {
        assert!(svg.contains(label), "{label}");
    }
    assert!(svg.len() < 300_000, "{} bytes", svg.len());
    // As PNG, with the built-in font: twice the size, and not of one colour.
    let picture = root.path().join("all.png");
    let output = run("plot_response", &files, &["--id", "*", "--out", picture.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let png = std::fs::read(&picture).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (1920, 1440));
    assert!(png.len() > 20_000, "{} bytes", png.len());
    // What is too much is told.
    let picture = root.path().join("lost.svg");
    let arguments = ["--id", &id, "--out", picture.to_str().unwrap(), "--freqs"];
    let output = run("plot_response", &files, &[&arguments[..], &["1,2,100001"]].concat());
    let error = text(&output.stderr);
    assert!(output.status.code() == Some(1) && error.contains("at most 100000"), "{error}");
    let output = run(
        "plot_response",
        &files,
        &[&arguments[..2], &["--time", "1900-01-01", "--out", "a.svg"]].concat(),
    );
    assert!(text(&output.stderr).contains(&format!("the files have {id} ")));
    let output = run("plot_response", &files, &["--id", &id, "--out", "picture.gif"]);
    assert!(
        output.status.code() == Some(1) && text(&output.stderr).contains("expected .svg or .png")
    );
}

/// An axis is made for a dozen decades; what is no axis is refused for what it is.
#[test]
fn a_picture_has_an_axis() {
    let (root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let picture = root.path().join("axis.svg");
    let draw = |frequencies: &str| {
        let arguments = ["--id", &id, "--out", picture.to_str().unwrap(), "--freqs", frequencies];
        let output = run("plot_response", &files, &arguments);
        (output.status.code(), text(&output.stderr))
    };
    for (frequencies, reason) in [
        ("1e-300,1e300,100", "at most 12 decades between 1e-12 and 1e12 Hz"),
        ("1e-320,1e308,2", "decades, is no range for a picture"),
        ("1e-200,1e109,100", "309.0 decades"),
        ("1e-3,2e9,50", "12.3 decades"),
        ("1e20,1e25,9", "is no range for a picture"),
        ("1,10,1", "at least 2 frequencies that differ, not 1"),
        ("1,1,5", "at least 2 frequencies that differ, not 5 from 1 to 1 Hz"),
        ("0,1,5,lin", "cannot begin at 0 Hz"),
    ] {
        let (code, error) = draw(frequencies);
        assert!(code == Some(1) && error.contains(reason), "{frequencies}: {error}");
        assert!(!picture.exists());
    }
    assert_eq!(draw("1e-3,1e9,50").0, Some(0));
    assert!(std::fs::read_to_string(&picture).unwrap().len() < 100_000);
}

/// Nearly the largest number there is for a gain, so that the amplitude goes beyond the numbers.
#[test]
fn a_picture_of_what_is_no_number_tells_it() {
    let root = tempfile::tempdir().unwrap();
    let huge = root.path().join("huge.xml");
    std::fs::write(&huge, document(1, 1, "1").replace("<Value>2<", "<Value>1.5e307<")).unwrap();
    let picture = root.path().join("huge.svg");
    // Times 2πf it is no number from 1.9 Hz on.
    let arguments = ["--id", "*", "--freqs", "1e-6,1e3,50", "--units", "dis"];
    let out = ["--out", picture.to_str().unwrap()];
    let output = run("plot_response", &[huge], &[&arguments[..], &out].concat());
    let error = text(&output.stderr);
    assert!(output.status.code() == Some(0), "{error}");
    assert!(error.contains("of 50 values are not finite"), "{error}");
    let svg = std::fs::read_to_string(&picture).unwrap();
    assert!(svg.len() < 100_000);
    // The displacement of a velocity sensor is flat nowhere, and what is no number is not either.
    assert!(!svg.contains("flat within"));
}

/// What cannot be written is named, and so is why.
#[test]
fn what_cannot_be_written_is_named() {
    let (root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let folder = root.path().join("d.png");
    std::fs::create_dir(&folder).unwrap();
    let nowhere = root.path().join("none").join("x.svg");
    for (program, out) in
        [("plot_response", &folder), ("plot_response", &nowhere), ("evalresp", &files[0])]
    {
        let output = run(program, &files, &["--id", &id, "--out", out.to_str().unwrap()]);
        let error = text(&output.stderr);
        let expected = format!("{program}: {}: ", out.display());
        assert!(output.status.code() == Some(1) && error.contains(&expected), "{error}");
    }
}

/// A part of the chain has the units of its ends, and no sensitivity of the whole.
#[test]
fn a_part_has_units_of_its_own() {
    let (_root, files) = stations();
    let (id, response) = first_channel(&files[0]);
    let unit = |k: usize| {
        let filter = response.stages[k].filter.as_ref().unwrap();
        [&filter.input_units, &filter.output_units].map(|u| u.as_ref().unwrap().name.clone())
    };
    let last = response.stages.len();
    let object = |stages: &str| {
        let arguments = ["--id", &id, "--format", "json", "--freqs", "1,2,2", "--stages", stages];
        let output = evalresp(&files, &arguments);
        let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (object, text(&output.stderr))
    };
    let (part, error) = object("2");
    assert_eq!([&part["input_unit"], &part["output_unit"]], [&unit(1)[0], &unit(1)[1]]);
    assert!(part["sensitivity"]["reported"].is_null());
    assert!(part["sensitivity"]["reported_at_hz"].is_null());
    assert!(part["sensitivity"]["computed"].is_number());
    assert!(error.contains(&format!("given per {}, the first stage's own", unit(1)[0])), "{error}");
    let (first, error) = object("1");
    assert_eq!([&first["input_unit"], &first["output_unit"]], ["m/s", unit(0)[1].as_str()]);
    assert!(first["sensitivity"]["reported"].is_null() && error.is_empty(), "{error}");
    let (whole, _) = object(&format!("1-{last}"));
    assert!(whole["sensitivity"]["reported"].is_number());
}

/// Codes are what files say; a picture of them is well-formed all the same.
#[test]
fn a_code_with_control_characters_is_drawn() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("codes.pz");
    let sacpz = "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): G\u{1b}[31m<E\n\
        * LOCATION   (KHOLE): \n* CHANNEL   (KCMPNM): EHZ\n* INPUT UNIT        : M\n\
        ZEROS 3\nPOLES 2\n-4.4 4.4\n-4.4 -4.4\nCONSTANT 28.0\n";
    std::fs::write(&file, sacpz).unwrap();
    // The picture as PNG is drawn from the SVG, as it is read by an XML parser.
    for name in ["codes.svg", "codes.png"] {
        let picture = root.path().join(name);
        let arguments = ["--id", "XX.*..EHZ", "--out", picture.to_str().unwrap()];
        let output = run("plot_response", std::slice::from_ref(&file), &arguments);
        let error = text(&output.stderr);
        assert!(output.status.code() == Some(0) && !error.contains('\u{1b}'), "{error}");
    }
    let svg = std::fs::read_to_string(root.path().join("codes.svg")).unwrap();
    assert!(svg.contains("XX.G?[31m&lt;E..EHZ"));
    assert!(!svg.contains(|c: char| c.is_control() && c != '\n'));
}

/// What an error advises is an option of the program.
#[test]
fn advice_can_be_followed() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("polynomial.resp");
    let coefficient = |k: u32, value: f64| format!("B062F15-16  {k}  {value:+.5E}  +0.00000E+00\n");
    let resp = "B050F03     Station:     THE\nB050F16     Network:     XX\n\
        B052F03     Location:    ??\nB052F04     Channel:     LKS\n\
        B052F22     Start date:  2020,001\nB052F23     End date:    No Ending Time\n\
        B062F03     Transfer function type:                P [Polynomial]\n\
        B062F04     Stage sequence number:                 1\n\
        B062F05     Response in units lookup:              C - Degrees Celsius\n\
        B062F06     Response out units lookup:             V - Volts\n\
        B062F07     Polynomial Approximation Type:         M [MacLaurin]\n\
        B062F08     Valid Frequency Units:                 B [Hz]\n\
        B062F09     Lower Valid Frequency Bound:           0\n\
        B062F10     Upper Valid Frequency Bound:           1\n\
        B062F11     Lower Bound of Approximation:          0\n\
        B062F12     Upper Bound of Approximation:          5\n\
        B062F13     Maximum Absolute Error:                0\n\
        B062F14     Number of coefficients:                3\n"
        .to_owned()
        + &(0..3).map(|k| coefficient(k, f64::from(k + 1))).collect::<String>();
    std::fs::write(&file, resp).unwrap();
    let files = [file];
    let arguments = ["--id", "XX.THE..LKS", "--freqs", "1,2,2", "--units", "def"];
    let error = text(&evalresp(&files, &arguments).stderr);
    assert!(error.contains("--polynomial-point VALUE"), "{error}");
    let output = evalresp(&files, &[&arguments[..], &["--polynomial-point", "0.5"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // Of 1 + 2y + 3y² at 0.5 V: 5 °C for a volt.
    assert!((rows(&text(&output.stdout), ' ')[0][1] - 0.2).abs() < 1e-6);
    let error = text(&evalresp(&files, &["--id", "XX.THE..LKS", "--units", "acc"]).stderr);
    assert!(error.contains("--units def"), "{error}");
}

/// Whoever closes standard error wants the results all the same.
#[cfg(unix)]
#[test]
fn nobody_listening_to_errors_changes_nothing() {
    let (root, files) = stations();
    let (id, _) = first_channel(&files[0]);
    let folder = root.path().join("deaf");
    let deaf = |name: &str, out: &Path, arguments: &[&str]| {
        let output = Command::new(support::example(name))
            .args(&files)
            .args(["--out", out.to_str().unwrap()])
            .args(arguments)
            .stderr(support::nobody())
            .output()
            .unwrap();
        output.status.code()
    };
    // A thing is told of each channel.
    let arguments = ["--id", "*", "--freqs", "1,1e300,2"];
    assert_eq!(deaf("evalresp", &folder, &arguments), Some(0));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 9);
    let picture = root.path().join("deaf.svg");
    assert_eq!(deaf("plot_response", &picture, &["--id", &id, "--units", "def"]), Some(0));
    assert!(picture.exists());
    assert_eq!(deaf("plot_response", &picture, &["--id", "XX.NONE"]), Some(1));
}

/// A document with so many channels, each with so many epochs, all of the same response.
fn document(channels: usize, epochs: usize, a0: &str) -> String {
    let stage = format!(
        "<Response><Stage number=\"1\"><PolesZeros><InputUnits><Name>m/s</Name></InputUnits>\
         <OutputUnits><Name>count</Name></OutputUnits><PzTransferFunctionType>LAPLACE (RADIANS/SECOND)\
         </PzTransferFunctionType><NormalizationFactor>{a0}</NormalizationFactor>\
         <NormalizationFrequency>1</NormalizationFrequency></PolesZeros>\
         <StageGain><Value>2</Value><Frequency>1</Frequency></StageGain></Stage></Response>"
    );
    let mut text = "<FDSNStationXML xmlns=\"http://www.fdsn.org/xml/station/1\" \
        schemaVersion=\"1.1\"><Source>X</Source><Created>2024-01-01T00:00:00</Created>\
        <Network code=\"XX\"><Station code=\"MANY\"><Latitude>1</Latitude><Longitude>1</Longitude>\
        <Elevation>1</Elevation><Site><Name>X</Name></Site>"
        .to_owned();
    for (channel, epoch) in (0..channels).flat_map(|c| (0..epochs).map(move |e| (c, e))) {
        text += &format!(
            "<Channel code=\"C{channel}\" locationCode=\"\" startDate=\"{}-01-01T00:00:00\" \
             endDate=\"{}-01-01T00:00:00\"><Latitude>1</Latitude><Longitude>1</Longitude>\
             <Elevation>1</Elevation><Depth>0</Depth><SampleRate>40</SampleRate>{stage}</Channel>",
            1000 + epoch,
            1001 + epoch
        );
    }
    text + "</Station></Network></FDSNStationXML>"
}

/// A channel's epochs are one thing to tell; the time grows with the channels, not their square.
#[test]
fn many_channels_and_epochs_are_told_once() {
    let root = tempfile::tempdir().unwrap();
    let file = [root.path().join("many.xml")];
    std::fs::write(&file[0], document(1, 1000, "1")).unwrap();
    let output = evalresp(&file, &["--id", "*", "--freqs", "1,2,2"]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    let told: Vec<&str> = error.lines().filter(|line| line.contains("several epochs")).collect();
    assert!(told.len() == 1 && told[0].contains("(1999-01-01"), "{told:?}");

    std::fs::write(&file[0], document(20_000, 1, "1")).unwrap();
    let begun = std::time::Instant::now();
    let output = evalresp(&file, &["--id", "*", "--freqs", "1,2,2"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout).lines().filter(|line| line.starts_with("# XX")).count(),
        20_000
    );
    // Two ids a comparison, and 2·10⁸ comparisons, took minutes.
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// Of two files that describe the same epoch, the one is named whose description is taken.
#[test]
fn the_file_of_epochs_that_begin_together_is_named() {
    let root = tempfile::tempdir().unwrap();
    let files = ["a.xml", "b.xml"].map(|name| root.path().join(name));
    std::fs::write(&files[0], document(1, 1, "1")).unwrap();
    std::fs::write(&files[1], document(1, 1, "1.5")).unwrap();
    let arguments = ["--id", "*", "--freqs", "1,2,2"];
    let [first, second] = [[0, 1], [1, 0]].map(|order| {
        let files = order.map(|i| files[i].clone());
        let output = evalresp(&files, &arguments);
        let error = text(&output.stderr);
        let taken = format!("2 epochs that begin together, the first, from {}", files[0].display());
        assert!(output.status.code() == Some(0) && error.contains(&taken), "{error}");
        output.stdout
    });
    assert_eq!(first, evalresp(&files[..1], &arguments).stdout);
    assert_eq!(second, evalresp(&files[1..], &arguments).stdout);
}

/// Several ids in one call, however they are given.
#[test]
fn several_ids_are_asked_for() {
    let (_root, files) = stations();
    let (first, _) = first_channel(&files[0]);
    let (second, _) = first_channel(&files[1]);
    let both = format!("{first},{second}");
    let range = ["--freqs", "1,2,2"];
    let twice = evalresp(&files, &[&["--id", &first, "--id", &second][..], &range].concat());
    let heads = |output: &Output| -> Vec<String> {
        text(&output.stdout).lines().filter(|l| l.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(twice.status.code(), Some(0), "{}", text(&twice.stderr));
    assert_eq!(heads(&twice), [&first, &second].map(|id| format!("# {id}")));
    assert_eq!(evalresp(&files, &[&["--id", &both][..], &range].concat()).stdout, twice.stdout);
    let output = evalresp(&files, &["--id", "A.B.C.D.E"]);
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("four parts"));
}

/// Where no value is a number there is no picture; where some are not, no band goes over them.
#[test]
fn a_picture_of_nothing_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let file = [root.path().join("huge.xml")];
    let picture = root.path().join("huge.svg");
    std::fs::write(&file[0], document(1, 1, "1").replace("<Value>2<", "<Value>1.5e308<")).unwrap();
    let draw = |units: &str, frequencies: &str| {
        let out = ["--out", picture.to_str().unwrap()];
        let arguments = ["--id", "*", "--units", units, "--freqs", frequencies];
        let output = run("plot_response", &file, &[&arguments[..], &out].concat());
        (output.status.code(), text(&output.stderr))
    };
    // 1.5e308 times 2πf is no number from 0.19 Hz on.
    let (code, error) = draw("dis", "1,10,50");
    assert!(code == Some(1) && error.contains("none of the 50 values is finite"), "{error}");
    assert!(!picture.exists());
    let (code, error) = draw("vel", "1,10,50");
    assert_eq!(code, Some(0), "{error}");
    assert!(!std::fs::read_to_string(&picture).unwrap().contains("−0°"));
}

/// What a check of the metadata calls an error is a warning of the response, of its stages.
#[test]
fn errors_of_a_check_are_warnings() {
    let (root, files) = stations();
    let file = [root.path().join("unstable.xml")];
    let station = files.iter().find(|file| file.ends_with("XX.STS2.xml")).unwrap();
    let xml = std::fs::read_to_string(station).unwrap();
    std::fs::write(&file[0], xml.replace(">-0.03702367<", ">0.03702367<")).unwrap();
    let warnings = |arguments: &[&str]| {
        let always = ["--id", "*.*.*.BHZ", "--format", "json", "--freqs", "1,2,2"];
        let output = evalresp(&file, &[&always[..], arguments].concat());
        let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (object["warnings"].to_string(), text(&output.stderr))
    };
    let (told, error) = warnings(&[]);
    assert!(told.contains("stage 1: ") && told.contains("R504 pole-unstable"), "{told}");
    assert!(error.contains("warning: stage 1: ") && error.contains("R504"), "{error}");
    assert_eq!(warnings(&["--stages", "2-3"]).0, "[]");
    let picture = root.path().join("unstable.svg");
    let output = run("plot_response", &file, &["--id", "*", "--out", picture.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("R504"), "{}", text(&output.stderr));
}
