//! The program `check_inventory`, as its users call it.

mod common;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;

/// Exit status, lines on standard output, and standard error.
fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let output = Command::new(support::example("check_inventory"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let lines = text(&output.stdout).lines().map(str::to_owned).collect();
    (output.status.code(), lines, text(&output.stderr))
}

/// A good document, of an epoch and a gain.
fn document(start: &str, end: &str, gain: &str) -> String {
    let stage = format!(
        "<Stage number=\"1\"><PolesZeros><InputUnits><Name>m/s</Name></InputUnits><OutputUnits>\
         <Name>counts</Name></OutputUnits><PzTransferFunctionType>LAPLACE (RADIANS/SECOND)\
         </PzTransferFunctionType><NormalizationFactor>1</NormalizationFactor>\
         <NormalizationFrequency>1</NormalizationFrequency></PolesZeros>\
         <StageGain><Value>{gain}</Value><Frequency>1</Frequency></StageGain></Stage>"
    );
    let epoch = format!("<Channel startDate=\"{start}\" endDate=\"{end}\" ");
    common::with_response(&stage).replacen("<Channel ", &epoch, 1)
}

#[test]
fn files_are_checked_one_by_one_and_together() {
    let folder = std::env::temp_dir().join(format!("seis-check-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    put("a.xml", document("2010-01-01T00:00:00", "2015-01-01T00:00:00", "1"));
    put("b.xml", document("2014-01-01T00:00:00", "2020-01-01T00:00:00", "2"));
    let (_, alone, _) = check(&folder, &["a.xml"]);
    let (_, other, _) = check(&folder, &["b.xml"]);
    let overlap = |lines: &[String]| lines.iter().filter(|l| l.contains("epochs-overlap")).count();
    assert_eq!((overlap(&alone), overlap(&other)), (0, 0), "{alone:?} {other:?}");

    // No shell has expanded the pattern.
    let (code, both, error) = check(&folder, &["*.xml"]);
    assert_eq!(both.len(), alone.len() + other.len() + 1, "{both:#?}");
    let found = both.iter().find(|line| line.contains("epochs-overlap")).unwrap();
    assert!(found.starts_with("all files: "), "{found}");
    assert!(found.contains("2010-01-01") && found.contains("2015-01-01"), "{found}");
    assert!(code == Some(1) && error.starts_with("2 files: "), "{code:?} {error}");

    // The same file again says nothing new; two that contradict each other do.
    let (_, twice, _) = check(&folder, &["a.xml", "a.xml"]);
    assert_eq!(twice, [&alone[..], &alone[..]].concat());
    put("c.xml", document("2010-01-01T00:00:00", "2015-01-01T00:00:00", "3"));
    let (_, lines, _) = check(&folder, &["--json", "a.xml", "c.xml"]);
    let objects: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let together: Vec<_> = objects.iter().filter(|object| object["file"].is_null()).collect();
    assert!(together.iter().any(|o| o["severity"] == "note"), "{together:?}");
    assert!(together.iter().any(|o| o["name"] == "epochs-overlap"), "{together:?}");

    let (code, lines, error) = check(&folder, &["*.none", "a.xml"]);
    assert!(code == Some(2) && lines == alone, "{code:?} {lines:?}");
    assert!(error.contains("*.none: no file matches"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A name is one, whatever it holds; help tells what the options are.
#[test]
fn names_are_shown_on_one_line() {
    let folder = std::env::temp_dir().join(format!("seis-check-names-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = "a\n\u{1b}[31m.xml";
    let text = document("2010-01-01T00:00:00", "2015-01-01T00:00:00", "0");
    std::fs::write(folder.join(name), text).unwrap();
    let (code, lines, error) = check(&folder, &[name, "none\u{1b}.xml"]);
    assert!(code == Some(2) && !lines.is_empty(), "{error}");
    for line in &lines {
        assert!(line.starts_with("a\\n\\u{1b}[31m.xml: "), "{line:?}");
    }
    assert!(error.contains("none\\u{1b}.xml") && !error.contains('\u{1b}'), "{error:?}");
    let (_, _, error) = check(&folder, &[name]);
    assert!(error.starts_with("1 file: ") && error.contains(", 0 files not read"), "{error}");
    let (code, lines, _) = check(&folder, &["--help"]);
    let help = lines.join("\n");
    assert_eq!(code, Some(0));
    for part in ["--json", "--rules", "--help", "Exit status: 0"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Whoever closes standard error wants the results all the same.
#[cfg(unix)]
#[test]
fn nobody_listening_to_errors_changes_nothing() {
    let folder = std::env::temp_dir().join(format!("seis-check-deaf-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let text = document("2010-01-01T00:00:00", "2015-01-01T00:00:00", "0");
    std::fs::write(folder.join("a.xml"), text).unwrap();
    let (code, lines, _) = check(&folder, &["none.xml", "a.xml"]);
    let output = Command::new(support::example("check_inventory"))
        .current_dir(&folder)
        .args(["none.xml", "a.xml"])
        .stderr(support::nobody())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), code);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), lines);
    std::fs::remove_dir_all(&folder).unwrap();
}
