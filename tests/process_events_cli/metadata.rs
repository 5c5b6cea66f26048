//! Which metadata a trace gets, and what is told of them.

use std::path::Path;

use seis::Inventory;
use seis::demo::DemoOptions;
use seis::resp::WriteOptions;

use crate::common::seed;
use crate::{account, archive, only_event, sac_files};

/// Responses of every format, under names that say nothing, beside files that are no metadata.
#[test]
fn metadata_are_told_by_their_content() {
    let stages = seed::stages();
    // The fixtures describe XX.ABC.00.BHZ.
    let of = |text: String, station: &str, channel: &str| {
        text.replace("ABC  +", &format!("{station:<5}+"))
            .replace("ABC  0", &format!("{station:<5}0"))
            .replace(" ABC\n", &format!(" {station}\n"))
            .replace("\"ABC\"", &format!("\"{station}\""))
            .replace("00BHZ", &format!("  {channel}"))
            .replace(" 00\n", " ??\n")
            .replace("locationCode=\"00\"", "locationCode=\"\"")
            .replace(" BHZ\n", &format!(" {channel}\n"))
            .replace("\"BHZ\"", &format!("\"{channel}\""))
    };
    let sacpz = "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): KS54\n* LOCATION   (KHOLE): \n\
        * CHANNEL   (KCMPNM): BHZ\n* START             : 2000-01-01T00:00:00\n\
        ZEROS 3\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\nCONSTANT 6.0e8\n";
    let as_xml = Inventory::from_sacpz(sacpz.as_bytes()).unwrap();
    let as_xml = WriteOptions::new().allow_invalid(true).to_string(&as_xml).unwrap();
    let xml = [
        ("XX.STS2.xml", of(seed::stationxml(&stages), "STS2", "BHZ")),
        ("XX.CMG3T.xml", of(seed::stationxml(&stages), "CMG3T", "HHZ")),
        ("XX.KS54.xml", as_xml),
    ];
    let others = [
        ("one", of(seed::resp(&stages, "\n"), "STS2", "BHZ")),
        ("two", of(seed::dataless(&stages, 12, true), "CMG3T", "HHZ")),
        ("three", sacpz.to_owned()),
        ("README.txt", "Nothing that anybody could evaluate.\n".to_owned()),
    ];
    let run_with = |files: &[(&str, String)]| {
        let root = archive(&DemoOptions::small());
        let folder = only_event(root.path()).join("resp");
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::create_dir_all(folder.join("folder")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let (code, lines) = account(root.path(), &[]);
        // Without the header, in which there are the coordinates that a RESP file does not know.
        let samples = sac_files(root.path()).into_values().map(|mut sac| sac.split_off(632));
        (code, lines, samples.collect::<Vec<_>>())
    };
    let (code, lines, expected) = run_with(&xml);
    assert_eq!((code, expected.len()), (Some(0), 3), "{lines:#?}");
    let (code, lines, found) = run_with(&others);
    assert_eq!((code, found.len()), (Some(0), 3), "{lines:#?}");
    assert!(found == expected, "the same samples to the bit, from whatever file");

    // What is no metadata is no reason, unless it is called so.
    let (code, lines, _) = run_with(&others[2..]);
    assert_eq!(code, Some(3));
    let reasons = |lines: &[serde_json::Value], reason: &str| {
        lines.iter().filter(|line| line["reason"] == reason).count()
    };
    assert_eq!(reasons(&lines, "no-response"), 2, "{lines:#?}");
    let (code, lines, _) = run_with(&[("XX.STS2.xml", others[3].1.clone())]);
    assert!(code == Some(1) || code == Some(3), "{code:?}");
    assert_eq!(reasons(&lines, "bad-response"), 3, "{lines:#?}");
    let (_, lines, _) = run_with(&others[3..]);
    let told = lines[0]["message"].as_str().unwrap_or_default();
    assert!(told.contains("none of the 2 files in resp/ is metadata"), "{lines:#?}");
}

/// What is doubtful about metadata goes into the account, of whatever format they are.
#[test]
fn doubts_about_metadata_are_told() {
    let root = archive(&DemoOptions::small());
    let folder = only_event(root.path()).join("resp");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let sacpz = |station: &str, channel: &str, latitude: &str, constant: &str| {
        format!(
            "* NETWORK   (KNETWK): XX\n* STATION    (KSTNM): {station}\n* LOCATION   (KHOLE): \n\
             * CHANNEL   (KCMPNM): {channel}\n* START             : 2000-01-01T00:00:00\n\
             * LATITUDE          : {latitude}\n* LONGITUDE         : 11\n\
             * SENSITIVITY       : 6e+08 (M/S)\n* A0                : 1\n\
             ZEROS 3\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\nCONSTANT {constant}\n"
        )
    };
    // The digitiser of the response is another than that of the trace.
    let stages = seed::stages();
    let resp = seed::resp(&stages, "\n").replace(" ABC\n", " STS2\n").replace(" 00\n", " ??\n");
    let cut = resp.rfind("B058F03").unwrap();
    for (name, text) in [
        ("a", sacpz("KS54", "BHZ", "48", "6.6e+08")),
        ("b", sacpz("KS54", "BHN", "49", "6.0e+08")),
        ("c", sacpz("CMG3T", "HHZ", "50", "6.0e+08")),
        ("d", resp[..cut].to_owned()),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let (_, lines) = account(root.path(), &[]);
    let warnings = |station: &str| -> String {
        let of =
            |line: &&serde_json::Value| line["id"].as_str().is_some_and(|id| id.contains(station));
        lines.iter().filter(of).map(|line| line["warnings"].to_string()).collect()
    };
    let told = warnings("KS54");
    assert!(told.contains("SENSITIVITY times A0"), "{told}");
    assert!(told.contains("latitude 49, where"), "{told}");
    assert_eq!(warnings("CMG3T"), "[]");
    let told = warnings("STS2");
    assert!(told.contains("no sensitivity of the whole instrument"), "{told}");
    assert!(told.contains("the stages of the response end at 20 Hz"), "{told}");
}

/// Runs an archive of three channels with the metadata of one changed, and gives what the account
/// says of it: its reason and message, or its warnings.
fn told_of_sts2(change: impl FnOnce(&Path, &str)) -> (Option<i32>, String) {
    let root = archive(&DemoOptions::small());
    let folder = only_event(root.path()).join("resp");
    let text = std::fs::read_to_string(folder.join("XX.STS2.xml")).unwrap();
    change(&folder, &text);
    let (code, lines) = account(root.path(), &[]);
    let of = |line: &&serde_json::Value| line["file"].as_str().is_some_and(|f| f.contains("STS2"));
    let line = lines.iter().find(of).unwrap();
    let message = line["message"].as_str().unwrap_or_default();
    (code, format!("{message} {}", line["warnings"]))
}

/// The epoch of the synthetic station, with another start or end.
const SINCE: &str = "<Channel code=\"BHZ\" startDate=\"2020-01-01T00:00:00Z\"";

/// The file of the station is looked at first, and not alone where it does not cover the trace.
#[test]
fn another_file_may_hold_the_epoch() {
    let ended = format!("{SINCE} endDate=\"2021-01-01T00:00:00Z\"");
    let (code, told) = told_of_sts2(|folder, text| {
        let own = text.replacen(SINCE, &ended, 1);
        assert_ne!(own, text);
        std::fs::write(folder.join("XX.STS2.xml"), own).unwrap();
        std::fs::write(folder.join("newer.xml"), text).unwrap();
    });
    assert_eq!((code, told.as_str()), (Some(0), " []"));
    // Where none does, all are named.
    let (code, told) = told_of_sts2(|folder, text| {
        for name in ["XX.STS2.xml", "other.xml"] {
            std::fs::write(folder.join(name), text.replacen(SINCE, &ended, 1)).unwrap();
        }
    });
    assert_eq!(code, Some(3));
    assert!(told.contains("resp/XX.STS2.xml and ") && told.contains("resp/other.xml: "), "{told}");
    assert!(told.contains("has no epoch at"), "{told}");
}

/// Two files that contradict each other are both named, with what can be done here.
#[test]
fn contradicting_files_are_named() {
    let (code, told) = told_of_sts2(|folder, text| {
        let other = text.replace("1500.0", "1600.0").replace("629145000.0", "671088000.0");
        std::fs::write(folder.join("a.xml"), text).unwrap();
        std::fs::write(folder.join("b.xml"), other).unwrap();
        std::fs::remove_file(folder.join("XX.STS2.xml")).unwrap();
    });
    assert_eq!(code, Some(3));
    for part in ["resp/a.xml and ", "resp/b.xml: ", "or leave one of the files"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("EpochPolicy"), "{told}");
}

/// A file that was read for a channel, in vain, is told, though another file sufficed.
#[test]
fn unreadable_metadata_are_told_where_they_were_asked() {
    let (code, told) = told_of_sts2(|folder, text| {
        std::fs::rename(folder.join("XX.STS2.xml"), folder.join("a.xml")).unwrap();
        std::fs::write(folder.join("cut.xml"), &text[..text.len() / 2]).unwrap();
        std::fs::write(folder.join("empty.xml"), "").unwrap();
    });
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("resp/cut.xml: ") && told.contains("resp/empty.xml: "), "{told}");
    // The file of the station suffices: no other is read.
    let (code, told) = told_of_sts2(|folder, _| {
        std::fs::write(folder.join("empty.xml"), "").unwrap();
    });
    assert_eq!((code, told.as_str()), (Some(0), " []"));
}

/// What a check of the metadata calls an error is told of each result that depends on it.
#[test]
fn errors_of_a_check_are_warnings_of_a_result() {
    let (code, told) = told_of_sts2(|folder, text| {
        let unstable = text.replace(">-0.03702367<", ">0.03702367<");
        assert_ne!(unstable, text);
        std::fs::write(folder.join("XX.STS2.xml"), unstable).unwrap();
    });
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("stage 1: ") && told.contains("R504 pole-unstable"), "{told}");
    // What the evaluation warns of is not told twice, and what it refuses is no warning.
    let (_, told) = told_of_sts2(|folder, text| {
        let wrong = text.replace("629145000.0", "729145000.0");
        std::fs::write(folder.join("XX.STS2.xml"), wrong).unwrap();
    });
    assert!(told.contains("the sensitivity is ") && !told.contains("R401"), "{told}");
    let (_, told) = told_of_sts2(|folder, text| {
        let wrong = text.replacen("<Name>m/s</Name>", "<Name>Pa</Name>", 2);
        std::fs::write(folder.join("XX.STS2.xml"), wrong).unwrap();
    });
    assert!(told.contains("not ground motion") && told.ends_with(" []"), "{told}");
    assert!(!told.contains("native units"), "{told}");
}
