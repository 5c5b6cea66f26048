//! RESP files that are cut, or lack a line: no other curve comes of them without a word.

mod common;

use common::seed::{resp, short_stages as short};
use seis_core::{Complex64, GroundMotion};
use seis_resp::{ChannelResponse, EvaluationOptions, EvaluationWarning, Inventory, Response, Rule};

fn file() -> String {
    resp(&short(), "\n")
}

/// Two channels, of which the second has another gain.
fn two() -> String {
    let mut other = short();
    other[0].gain.0 = 1234.5;
    file() + &resp(&other, "\n").replace("Channel:     BHZ", "Channel:     BHN")
}

type Curve = (Vec<Complex64>, Vec<EvaluationWarning>);

fn curve(response: &Response) -> Option<Curve> {
    let plan = response.plan(GroundMotion::Velocity, &EvaluationOptions::default()).ok()?;
    let mut values = vec![Complex64::default(); 40];
    let frequencies_hz: Vec<f64> = (0..40).map(|n| 0.013 * f64::from(n) + 0.001).collect();
    plan.eval_into(&frequencies_hz, &mut values).unwrap();
    Some((values, plan.warnings().to_vec()))
}

/// What became of the channels of damaged files.
#[derive(Debug, Default)]
struct Outcome {
    same: usize,
    told: usize,
    refused: usize,
    absent: usize,
}

impl Outcome {
    fn add(&mut self, whole: &Inventory, damaged: &str, what: &str) {
        let Ok(read) = Inventory::from_resp(damaged.as_bytes()) else {
            self.absent += 1;
            return;
        };
        for epoch in read.channels() {
            let id = epoch.id_text();
            let response = match &epoch.channel.response {
                ChannelResponse::Present(response) => response,
                ChannelResponse::Broken(broken) => {
                    assert!(!broken.reason().is_empty() && !read.report.is_clean(), "{what}");
                    self.refused += 1;
                    continue;
                }
                _ => {
                    self.absent += 1;
                    continue;
                }
            };
            let Some((values, warnings)) = curve(response) else {
                self.refused += 1;
                continue;
            };
            let known = whole.channels().find(|e| e.id_text() == id);
            let known = known.and_then(|e| curve(e.channel.response.get()?));
            let is_same = known.as_ref().is_some_and(|(all, _)| {
                all.iter().zip(&values).all(|(a, b)| (a - b).norm() <= 1e-12 * a.norm())
            });
            if is_same {
                self.same += 1;
                continue;
            }
            let usual = known.map(|(_, warnings)| warnings).unwrap_or_default();
            let is_told = warnings.iter().any(|w| !usual.contains(w))
                || read.report.problems.iter().any(|p| p.place.id == id);
            assert!(is_told, "{what}: {id} is another, and nothing is said");
            self.told += 1;
        }
    }
}

#[test]
fn every_cut() {
    for file in [file(), two(), resp(&short(), "\r\n")] {
        let whole = Inventory::from_resp(file.as_bytes()).unwrap();
        assert!(whole.report.is_clean(), "{:?}", whole.report);
        let mut outcome = Outcome::default();
        for end in 0..file.len() {
            outcome.add(
                &whole,
                &file[..end],
                &format!("cut at {end}, behind {:?}", tail(&file[..end])),
            );
        }
        let Outcome { same, told, refused, absent } = outcome;
        assert!(
            same > 0 && told > 0 && refused > 0 && absent > 0,
            "{same} {told} {refused} {absent}"
        );
    }
}

fn tail(text: &str) -> &str {
    &text[text.len().saturating_sub(60)..]
}

#[test]
fn every_line_lost() {
    for file in [file(), two()] {
        let whole = Inventory::from_resp(file.as_bytes()).unwrap();
        let lines: Vec<&str> = file.split_inclusive('\n').collect();
        let mut outcome = Outcome::default();
        for lost in 0..lines.len() {
            let damaged = [&lines[..lost], &lines[lost + 1..]].concat().concat();
            outcome.add(&whole, &damaged, &format!("without line {}, {:?}", lost + 1, lines[lost]));
        }
        assert!(outcome.same > 0 && outcome.refused > 0, "{outcome:?}");
    }
}

/// Where the last blockette of a stage ends.
fn behind_stage(file: &str, stage: u32) -> usize {
    let gain = format!("B058F03     Stage sequence number:                 {stage}");
    let gain = file.find(&gain).unwrap();
    gain + file[gain..].find("#\n").unwrap()
}

#[test]
fn a_file_that_ends_behind_a_stage() {
    let file = file();
    for stage in 1..=3 {
        let cut = Inventory::from_resp(&file.as_bytes()[..behind_stage(&file, stage)]).unwrap();
        assert!(cut.report.is_clean(), "a file without stage 0 is lawful: {:?}", cut.report);
        let response = cut.channels().next().unwrap().channel.response.get().unwrap();
        let (_, warnings) = curve(response).unwrap();
        let open = warnings.iter().find_map(|w| match w {
            EvaluationWarning::NoSensitivity { last_stage, output_unit } => {
                Some((*last_stage, output_unit.clone(), w.to_string()))
            }
            _ => None,
        });
        let (last, unit, text) = open.unwrap_or_else(|| panic!("{warnings:?}"));
        assert_eq!(last, stage);
        assert!(text.contains(&format!("after stage {stage}")) && text.contains(&unit.unwrap()));
        // Whoever asks for stages by their numbers knows what there is.
        let options = EvaluationOptions::default().with_stages(1..=stage);
        let plan = response.plan(GroundMotion::Velocity, &options).unwrap();
        let is_open = |w: &EvaluationWarning| matches!(w, EvaluationWarning::NoSensitivity { .. });
        assert!(!plan.warnings().iter().any(is_open));
        let rules: Vec<Rule> = cut.check().iter().map(|f| f.rule).collect();
        let both = [Rule::NoSensitivity, Rule::EndsBeforeCounts];
        assert_eq!(rules.iter().filter(|r| both.contains(r)).count(), 1, "{rules:?}");
    }
    let whole = Inventory::from_resp(file.as_bytes()).unwrap();
    assert!(whole.check().iter().all(|f| f.rule != Rule::NoSensitivity));
}

#[test]
fn the_last_channel_alone_has_no_sensitivity() {
    let first = file();
    let file = two();
    let end = first.len() + behind_stage(&file[first.len()..], 2);
    let cut = Inventory::from_resp(&file.as_bytes()[..end]).unwrap();
    let responses: Vec<_> = cut.channels().map(|e| &e.channel.response).collect();
    assert!(responses[0].get().is_some());
    let ChannelResponse::Broken(broken) = responses[1] else { panic!("{:?}", responses[1]) };
    assert!(broken.reason().contains("stage 0"), "{}", broken.reason());
    // In a file of which no channel has one it is usual.
    let without = |file: &str| {
        let whole = file.rfind("B058F03").unwrap();
        file[..whole].to_owned()
    };
    let both = without(&first) + &without(&file[first.len()..]);
    let read = Inventory::from_resp(both.as_bytes()).unwrap();
    assert!(read.channels().all(|e| e.channel.response.get().is_some()), "{:?}", read.report);
}
