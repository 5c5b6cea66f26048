//! Volumes and pole-zero files that are damaged where the numbers of a response stand: no other
//! curve comes of them in silence.

mod common;

use common::seed::{SACPZ, dataless, short_stages as short};
use seis_core::GroundMotion;
use seis_resp::{ChannelResponse, Consequence, Inventory, ProblemKind, Response};

/// What a damaged file gives for each channel of the whole one.
#[derive(Debug, Default)]
struct Outcome {
    same: usize,
    broken: usize,
    absent: usize,
}

impl Outcome {
    /// Each curve is that of the whole file under the same id, or none that can be used.
    fn add(&mut self, whole: &Inventory, damaged: &[u8], what: &str) {
        let Ok(read) = Inventory::from_dataless(damaged) else {
            self.absent += whole.channels().count();
            return;
        };
        let mut met = 0;
        for epoch in read.channels() {
            let id = epoch.id_text();
            let response: &Response = match &epoch.channel.response {
                ChannelResponse::Present(response) => response,
                ChannelResponse::Broken(broken) => {
                    assert!(!broken.reason().is_empty());
                    assert!(!read.report.is_clean(), "{what}");
                    self.broken += 1;
                    met += 1;
                    continue;
                }
                _ => continue,
            };
            met += 1;
            let known = whole.channels().find(|e| e.id_text() == id);
            let known = known.unwrap_or_else(|| panic!("{what}: {id} is no channel of it"));
            let whole = known.channel.response.get().unwrap();
            if **whole != *response {
                // Of the sensitivity, which ends the volume, a byte may be lost before the padding.
                assert_eq!(whole.stages, response.stages, "{what}: {id} is another");
                let told = read.report.problems.iter().any(|p| p.place.id == id);
                assert!(told, "{what}: {id} is another, and nothing is said");
            }
            self.same += 1;
        }
        self.absent += whole.channels().count().saturating_sub(met);
    }
}

/// Two stations with a channel each, whose responses differ.
fn volume(exponent: u32, in_dictionary: bool) -> Vec<u8> {
    let mut second = short();
    second[0].gain.0 = 1234.5;
    let first = dataless(&short(), exponent, in_dictionary);
    if in_dictionary {
        return first.into_bytes();
    }
    let second = dataless(&second, exponent, false).replace("ABC  +34", "DEF  +34");
    let length = 1 << exponent;
    let stations = (0..second.len()).step_by(length).find(|n| &second[n + 6..n + 7] == "S");
    [first.as_str(), &second[stations.unwrap()..]].concat().into_bytes()
}

fn station_records(file: &[u8], exponent: u32) -> usize {
    (0..file.len()).step_by(1 << exponent).find(|n| file[n + 6] == b'S').unwrap()
}

#[test]
fn cuts_within_station_records() {
    for (exponent, in_dictionary) in [(8, false), (8, true), (12, false)] {
        let file = volume(exponent, in_dictionary);
        let whole = Inventory::from_dataless(&file).unwrap();
        assert!(whole.report.is_clean(), "{:?}", whole.report);
        let mut outcome = Outcome::default();
        for end in station_records(&file, exponent)..file.len() {
            outcome.add(&whole, &file[..end], &format!("2^{exponent}, cut at {end}"));
        }
        assert!(outcome.broken > 0 && outcome.absent > 0, "{outcome:?}");
        assert!(in_dictionary || outcome.same > 0, "{outcome:?}");
    }
}

/// Where blockettes begin: three digits of a type, and four of a length that ends in another, or
/// in the padding of the record.
fn blockettes(file: &[u8], exponent: u32) -> Vec<(usize, u16)> {
    let length = 1_usize << exponent;
    let mut found = Vec::new();
    let mut rest = 0;
    for start in (station_records(file, exponent)..file.len()).step_by(length) {
        let record = &file[start..start + length];
        let mut n = 8;
        if record[7] == b' ' {
            rest = 0;
        }
        loop {
            if rest >= length - n {
                rest -= length - n;
                break;
            }
            n += rest;
            rest = 0;
            let head = record.get(n..n + 7).map(|head| std::str::from_utf8(head).unwrap());
            let Some(head) = head.filter(|head| !head.trim().is_empty()) else { break };
            found.push((start + n, head[..3].parse().unwrap()));
            rest = head[3..].parse().unwrap();
        }
    }
    found
}

#[test]
fn changed_digits_of_lengths() {
    for (exponent, in_dictionary) in [(8, false), (8, true), (12, false)] {
        let file = volume(exponent, in_dictionary);
        let whole = Inventory::from_dataless(&file).unwrap();
        let all = blockettes(&file, exponent);
        assert!(all.iter().filter(|(_, kind)| *kind == 58).count() >= 1);
        let mut outcome = Outcome::default();
        for (at, kind) in all.into_iter().filter(|(_, kind)| (50..=62).contains(kind)) {
            for digit in at + 3..at + 7 {
                for to in b'0'..=b'9' {
                    let mut damaged = file.clone();
                    if damaged[digit] == to || kind == 50 {
                        continue;
                    }
                    damaged[digit] = to;
                    let what = format!("2^{exponent}, B{kind:03} at {at}, byte {digit} is {to}");
                    outcome.add(&whole, &damaged, &what);
                }
            }
        }
        assert!(outcome.broken > 0, "{outcome:?}");
        assert!(in_dictionary || outcome.same > 0, "the other station is whole: {outcome:?}");
    }
}

#[test]
fn a_byte_more_or_less_and_lost_records() {
    let exponent = 8;
    let file = volume(exponent, false);
    let whole = Inventory::from_dataless(&file).unwrap();
    let mut outcome = Outcome::default();
    let start = station_records(&file, exponent);
    for record in (start..file.len()).step_by(1 << exponent) {
        let mut damaged = file.clone();
        damaged[record + 6] = b'x';
        outcome.add(&whole, &damaged, &format!("record at {record} lost"));
    }
    assert!(outcome.broken > 0 && outcome.same > 0, "{outcome:?}");
    for at in start..file.len() {
        for byte in [b'x', b'0', b'2', b' ', b'+'] {
            let mut damaged = file.clone();
            damaged.insert(at, byte);
            outcome.add(&whole, &damaged, &format!("{:?} before {at}", char::from(byte)));
        }
        let mut damaged = file.clone();
        damaged.remove(at);
        outcome.add(&whole, &damaged, &format!("no byte {at}"));
    }
}

/// A volume in which every blockette of stations has a record of its own, so that nothing goes on
/// from one to the next but their numbers.
fn apart(exponent: u32) -> Vec<u8> {
    let whole = String::from_utf8(volume(16, false)).unwrap();
    let all = blockettes(whole.as_bytes(), 16);
    let head = dataless(&short(), exponent, false);
    let mut file = head[..station_records(head.as_bytes(), exponent)].to_owned();
    for (at, _) in all {
        let length: usize = whole[at + 3..at + 7].parse().unwrap();
        let number = 1 + file.len() / (1 << exponent);
        let text = whole[at..at + length].to_owned();
        file.push_str(&common::seed::records('S', &[text], exponent, number));
    }
    file.into_bytes()
}

#[test]
fn records_that_are_missing() {
    let exponent = 11;
    let length = 1 << exponent;
    let file = apart(exponent);
    let whole = Inventory::from_dataless(&file).unwrap();
    assert!(whole.report.is_clean(), "{:?}", whole.report);
    assert_eq!(whole.channels().count(), 2);
    let mut outcome = Outcome::default();
    for record in (station_records(&file, exponent)..file.len() - length).step_by(length) {
        for many in 1..4 {
            let rest = file.get(record + many * length..).unwrap_or_default();
            let damaged = [&file[..record], rest].concat();
            outcome.add(&whole, &damaged, &format!("{many} records missing at {record}"));
            let (read, told) = (Inventory::from_dataless(&damaged).unwrap(), "that follows");
            let problems = &read.report.problems;
            let is_end = rest.is_empty();
            assert!(is_end || problems.iter().any(|p| p.expected.contains(told)), "{problems:?}");
        }
    }
    assert!(outcome.broken > 0 && outcome.same > 0, "{outcome:?}");
    // Without its dictionary a volume has no units, and nobody knows what it measures.
    let damaged = [&file[..length], &file[station_records(&file, exponent)..]].concat();
    let read = Inventory::from_dataless(&damaged).unwrap();
    assert!(!read.report.is_clean());
    for epoch in read.channels() {
        let response = epoch.channel.response.get().unwrap();
        assert!(response.evaluate(&[0.1], GroundMotion::Velocity).is_err());
    }
}

#[test]
fn numbers_that_do_not_count() {
    let exponent = 11;
    let file = apart(exponent);
    let renumbered = |number: fn(usize) -> usize| {
        let mut file = file.clone();
        for (n, record) in file.chunks_mut(1 << exponent).enumerate() {
            record[..6].copy_from_slice(format!("{:06}", number(n)).as_bytes());
        }
        Inventory::from_dataless(&file).unwrap().report
    };
    for number in [|_| 1, |n| n * 10, |n| n % 7 + 1] {
        let problems = renumbered(number).problems;
        assert!(problems.iter().all(|p| p.consequence == Consequence::Kept), "{problems:?}");
    }
}

#[test]
fn padding_is_no_damage() {
    let file = String::from_utf8(volume(9, false)).unwrap();
    let bare = Inventory::from_dataless(file.trim_end().as_bytes()).unwrap();
    assert!(bare.channels().all(|c| c.channel.response.get().is_some()), "{:?}", bare.report);
    assert_eq!(bare.report.problems[0].kind, ProblemKind::Truncated);
    let more = format!("{file}{:<512}", "000099");
    assert!(Inventory::from_dataless(more.as_bytes()).unwrap().report.is_clean());
}

fn first(text: &str) -> (Inventory, ChannelResponse) {
    let inventory = Inventory::from_sacpz(text.as_bytes()).unwrap();
    let response = inventory.channels().next().unwrap().channel.response.clone();
    (inventory, response)
}

/// The first entry of the fixture, with a constant that its comments speak of.
fn pole_zero_file() -> String {
    let end = SACPZ.find("\n\n").unwrap();
    SACPZ[..=end].to_owned()
}

#[test]
fn a_pole_zero_file_that_is_cut() {
    let file = pole_zero_file();
    let (inventory, whole) = first(&file);
    assert!(inventory.report.is_clean(), "{:?}", inventory.report);
    let mut broken = 0;
    // Without the end of the line the constant is still whole: its exponent has two digits.
    let (_, without_newline) = first(file.trim_end());
    assert_eq!(without_newline, whole);
    for end in 0..file.len() - 1 {
        let Ok(cut) = Inventory::from_sacpz(&file.as_bytes()[..end]) else { continue };
        for epoch in cut.channels() {
            let response = &epoch.channel.response;
            assert!(matches!(response, ChannelResponse::Broken(_)), "{end}: {response:?}");
            broken += 1;
        }
    }
    assert!(broken > 100 && whole.get().is_some(), "{broken}");
}

/// Of a number that ends the file nobody knows whether it is whole, unless its form tells.
#[test]
fn constants_without_a_new_line() {
    let with = |end: &str| first(&format!("ZEROS 3\nPOLES 2\n-1 1\n-1 -1\n{end}"));
    for (end, is_whole) in [
        ("CONSTANT 6.0e+08", true),
        ("constant\t-6.012345E-01", true),
        ("CONSTANT 6.0e+0", false),
        ("CONSTANT 6.0e8", false),
        ("CONSTANT 6.0e+0 ", true),
        ("CONSTANT 600.25", false),
    ] {
        let (inventory, response) = with(end);
        let told = &inventory.report.problems;
        assert_eq!(response.get().is_some(), is_whole, "{end}: {told:?}");
    }
    // Of roots nobody knows whether there are more.
    let (_, response) = first("CONSTANT 1\nZEROS 3\nPOLES 2\n-1 1\n-1 -1.0e+00");
    assert!(matches!(response, ChannelResponse::Broken(_)));
}

#[test]
fn a_constant_and_what_comments_tell_of_it() {
    let file = pole_zero_file();
    for (constant, told) in [("1.069752e+14", 0), ("1.10e14", 0), ("1.13e14", 1), ("3.77e-05", 1)] {
        let (inventory, response) = first(&file.replace("1.069752e+14", constant));
        let problems = &inventory.report.problems;
        assert_eq!(problems.len(), told, "{constant}: {problems:?}");
        assert_eq!(response.get().is_some(), constant != "3.77e-05", "far off is broken");
        for problem in problems {
            let text = problem.to_string();
            assert!(problem.kind == ProblemKind::Conflict && text.contains("e14"), "{text}");
        }
    }
    // SAC takes a constant that is not there as 1; comments say that it was.
    let (_, response) = first("ZEROS 3\nPOLES 2\n-1 1\n-1 -1\n");
    assert!(response.get().is_some());
    let (_, response) = first("* SENSITIVITY : 3e9 (M/S)\nZEROS 3\nPOLES 2\n-1 1\n-1 -1\n");
    assert!(matches!(response, ChannelResponse::Broken(_)));
}

/// A pole in the origin, or a part of a root, is made up by SAC's rules; that is told.
#[test]
fn roots_that_are_made_up() {
    for (roots, told) in [
        ("ZEROS 3\nPOLES 2\n-1 1\n-1 -1\n", None),
        ("ZEROS 3\nPOLES 3\n-1 1\n-1 -1\n", Some(ProblemKind::Count)),
        ("ZEROS 3\nPOLES 2\n-1\n-2 0\n", Some(ProblemKind::Missing)),
        ("ZEROS 2\n-3\nPOLES 2\n-1 0\n-2 0\n", Some(ProblemKind::Missing)),
    ] {
        let (inventory, response) = first(&format!("{roots}CONSTANT 1.0\n"));
        let kinds: Vec<ProblemKind> = inventory.report.problems.iter().map(|p| p.kind).collect();
        let expected: Vec<ProblemKind> = told.into_iter().chain([ProblemKind::Missing]).collect();
        assert_eq!(kinds.len(), expected.len(), "{roots}: {kinds:?}");
        assert!(told.is_none_or(|kind| kinds.contains(&kind)), "{roots}: {kinds:?}");
        assert!(response.get().is_some(), "{roots}");
    }
}

#[test]
fn constants_alone_and_twice() {
    let roots = "ZEROS 3\nPOLES 2\n-1 1\n-1 -1\n";
    for text in [
        "CONSTANT 5\n".to_owned(),
        format!("{roots}CONSTANT 5\nCONSTANT 7\n"),
        format!("CONSTANT 5\nCONSTANT 7\n{roots}"),
    ] {
        let (inventory, response) = first(&text);
        assert!(matches!(response, ChannelResponse::Broken(_)), "{text}: {response:?}");
        assert_eq!(inventory.channels().count(), 1, "{text}");
    }
    // Two responses, one behind the other.
    let two = format!("{roots}CONSTANT 5\n{roots}CONSTANT 7\n");
    let inventory = Inventory::from_sacpz(two.as_bytes()).unwrap();
    assert_eq!(inventory.channels().filter(|c| c.channel.response.get().is_some()).count(), 2);
}

/// A NUL in place of a digit or sign is no blank: wherever one stands in the stages, the response
/// is the same, or broken.
#[test]
fn nul_in_place_of_any_byte_of_a_response() {
    let file = volume(12, false);
    let whole = Inventory::from_dataless(&file).unwrap();
    let mut outcome = Outcome::default();
    for (start, kind) in blockettes(&file, 12) {
        if matches!(kind, 50..=52) {
            continue;
        }
        let length: usize =
            std::str::from_utf8(&file[start + 3..start + 7]).unwrap().parse().unwrap();
        let end = (start + length).min(file.len());
        for at in (start + 7..end).filter(|at| file[*at] != b' ') {
            let mut damaged = file.clone();
            damaged[at] = 0;
            outcome.add(&whole, &damaged, &format!("byte {at} of blockette {kind}"));
        }
    }
    assert!(outcome.broken > 1000, "{outcome:?}");
}

#[test]
fn nul_in_a_dictionary() {
    let file = volume(12, true);
    let text = String::from_utf8(file.clone()).unwrap();
    // The last digit of the exponent of A0 of the poles and zeros.
    let at = text.find("+8.40000E+04").unwrap() + 11;
    let mut damaged = file;
    damaged[at] = 0;
    let inventory = Inventory::from_dataless(&damaged).unwrap();
    assert!(inventory.report.problems.iter().any(|p| p.kind == ProblemKind::Text));
    assert!(inventory.channels().all(|c| c.channel.response.get().is_none()));
    // A field of nothing but NULs is blank.
    let blank = text.replace("+0.00000E+00", &"\0".repeat(12));
    let inventory = Inventory::from_dataless(blank.as_bytes()).unwrap();
    assert!(!inventory.report.problems.iter().any(|p| p.kind == ProblemKind::Text));
}
