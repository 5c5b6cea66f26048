//! Looks for contradictions in station metadata: `check_inventory [--json] FILE…`.
//!
//! One line per finding (or, with `--json`, one JSON object per line), then a summary on the
//! standard error. What was wrong while reading is told first. `--rules` lists the rules, as in
//! `docs/check-rules.md`.
//!
//! Exit status: 0 if there are no errors (there may be warnings), 1 if there are, 2 if a file
//! cannot be read or the arguments are wrong.

use std::io::{self, Write};
use std::process::ExitCode;

use seis_resp::{Consequence, Finding, Inventory, Problem, Rule, Severity};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut as_json = false;
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        match argument.to_string_lossy().as_ref() {
            "--json" => as_json = true,
            "--rules" => {
                return report(io::stdout().write_all(table().as_bytes()), ExitCode::SUCCESS);
            }
            "--help" | "-h" => {
                let usage = "check_inventory [--json] FILE…\ncheck_inventory --rules\n";
                return report(io::stdout().write_all(usage.as_bytes()), ExitCode::SUCCESS);
            }
            option if option.starts_with("--") => {
                eprintln!("unknown option {option}; usage: check_inventory [--json] FILE…");
                return ExitCode::from(2);
            }
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        eprintln!("usage: check_inventory [--json] FILE…");
        return ExitCode::from(2);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut errors, mut warnings, mut unread) = (0_usize, 0_usize, 0_usize);
    for path in &files {
        let file = &*path.to_string_lossy();
        let inventory = match Inventory::read(path) {
            Ok(inventory) => inventory,
            Err(error) => {
                eprintln!("{error}");
                unread += 1;
                continue;
            }
        };
        // Broken responses and unknown epochs have rules of their own.
        let problems = inventory.report.problems.iter().filter(|problem| {
            !matches!(problem.consequence, Consequence::ResponseBroken | Consequence::EpochUnknown)
        });
        let findings = inventory.check();
        let lines = problems
            .map(|p| if as_json { problem_json(file, p).to_string() } else { format!("note: {p}") })
            .chain(findings.iter().map(|f| {
                if as_json {
                    finding_json(file, f).to_string()
                } else {
                    format!("{file}: {f}; {}", f.advice())
                }
            }));
        for line in lines {
            if let Err(error) = writeln!(out, "{line}") {
                return report(Err(error), ExitCode::SUCCESS);
            }
        }
        let of_file = findings.iter().filter(|f| f.severity() == Severity::Error).count();
        errors += of_file;
        warnings += findings.len() - of_file;
    }
    if let Err(error) = out.flush() {
        return report(Err(error), ExitCode::SUCCESS);
    }
    eprintln!(
        "{} files: {errors} errors, {warnings} warnings, {unread} files not read",
        files.len()
    );
    match (unread, errors) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}

/// A reader that has seen enough, such as `head`, is no error.
fn report(written: io::Result<()>, done: ExitCode) -> ExitCode {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        _ => done,
    }
}

fn finding_json(file: &str, finding: &Finding) -> Value {
    let place = &finding.place;
    json!({
        "file": file,
        "code": finding.rule.code(),
        "name": finding.rule.name(),
        "severity": finding.severity().to_string(),
        "network": place.network,
        "station": place.station,
        "location": place.location,
        "channel": place.channel,
        "start": place.epoch.start.map(|t| t.to_string()),
        "end": place.epoch.end.map(|t| t.to_string()),
        "stage": place.stage,
        "found": finding.found,
        "expected": finding.expected,
        "advice": finding.advice(),
    })
}

fn problem_json(file: &str, problem: &Problem) -> Value {
    json!({
        "file": file,
        "code": Value::Null,
        "name": "reading",
        "severity": "note",
        "id": problem.place.id,
        "line": problem.place.line,
        "found": problem.reason(),
        "consequence": problem.consequence.to_string(),
    })
}

/// The rules as `docs/check-rules.md` has them.
fn table() -> String {
    seis_resp::Rule::ALL.iter().fold(HEAD.to_owned(), |text, rule: &Rule| {
        let name = format!("`{}`", rule.name());
        text + &format!(
            "| {} | {name} | {} | {} | {} |\n",
            rule.code(),
            rule.severity(),
            rule.looks_for(),
            rule.advice()
        )
    })
}

const HEAD: &str = "\
# Rules of `Inventory::check`

What `check_inventory FILE…` and `Inventory::check()` of `seis-resp` look for. Codes and names do not
change; new rules get new codes. The program ends with status 1 if a finding is an error, with 0 if
there are only warnings or nothing, and with 2 if a file cannot be read.

An *error* makes seismograms wrong or a computation impossible; a *warning* is doubtful, or stops
some programs. The rules look for contradictions within the metadata and for what no instrument can
be. Dates from the year 2200 on count as no end. Sensitivity, gains and A0 are compared by their
magnitude, since polarities are written in either place.

This table is printed by `check_inventory --rules`, and compared with the code by a test.

| code | name | severity | looks for | what to do |
|---|---|---|---|---|
";
