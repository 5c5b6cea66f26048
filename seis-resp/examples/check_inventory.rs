//! Looks for contradictions in station metadata: `check_inventory [--json] FILE…`. Each file may be
//! a pattern such as `'resp/RESP.*'`.
//!
//! Each file is checked by itself, then what all of them say together: epochs of different files
//! that overlap, say. Of the latter, what no file had by itself is told, under `all files` (`null`
//! in JSON).
//!
//! One line per finding (or, with `--json`, one JSON object per line), then a summary on the
//! standard error. What was wrong while reading is told first. `--rules` lists the rules, as in
//! `docs/check-rules.md`.
//!
//! Exit status: 0 if there are no errors (there may be warnings), 1 if there are, 2 if a file
//! cannot be read or the arguments are wrong.

#![deny(clippy::print_stderr, reason = "it panics where nobody listens")]

use std::collections::HashSet;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use seis_resp::{Consequence, Finding, Inventory, Problem, ReadReport, Rule, Severity, expand};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut as_json = false;
    let mut patterns = Vec::new();
    for argument in std::env::args_os().skip(1) {
        match argument.to_string_lossy().as_ref() {
            "--json" => as_json = true,
            "--rules" => {
                return report(io::stdout().write_all(table().as_bytes()), ExitCode::SUCCESS);
            }
            "--help" | "-h" => {
                return report(io::stdout().write_all(HELP.as_bytes()), ExitCode::SUCCESS);
            }
            option if option.starts_with("--") => {
                tell(format_args!("unknown option {option}; {USAGE}"));
                return ExitCode::from(2);
            }
            _ => patterns.push(argument),
        }
    }
    if patterns.is_empty() {
        tell(USAGE);
        return ExitCode::from(2);
    }
    let mut checked = Checked { as_json, ..Checked::default() };
    let mut out = io::BufWriter::new(io::stdout().lock());
    for pattern in &patterns {
        let files = expand(pattern).unwrap_or_else(|error| {
            tell(&error);
            checked.unread += 1;
            Vec::new()
        });
        for file in files {
            if let Err(error) = checked.file(&file, &mut out) {
                return report(Err(error), ExitCode::SUCCESS);
            }
        }
    }
    if let Err(error) = checked.together(&mut out).and_then(|()| out.flush()) {
        return report(Err(error), ExitCode::SUCCESS);
    }
    let Checked { files, errors, warnings, unread, .. } = checked;
    let [files, not_read] = [files, unread].map(|n| counted(n, "file"));
    let [errors_told, warnings] =
        [(errors, "error"), (warnings, "warning")].map(|(n, of)| counted(n, of));
    tell(format_args!("{files}: {errors_told}, {warnings}, {not_read} not read"));
    match (unread, errors) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}

/// What was looked at so far.
#[derive(Default)]
struct Checked {
    as_json: bool,
    files: usize,
    unread: usize,
    errors: usize,
    warnings: usize,
    inventories: Vec<(PathBuf, Inventory)>,
    /// What files have by themselves.
    told: HashSet<String>,
}

impl Checked {
    fn file(&mut self, path: &Path, out: &mut impl Write) -> io::Result<()> {
        self.files += 1;
        let inventory = match Inventory::read(path) {
            Ok(inventory) => inventory,
            Err(error) => {
                tell(&error);
                self.unread += 1;
                return Ok(());
            }
        };
        let name = path.to_string_lossy();
        // Broken responses and unknown epochs have rules of their own.
        let problems = inventory.report.problems.iter().filter(|problem| {
            !matches!(problem.consequence, Consequence::ResponseBroken | Consequence::EpochUnknown)
        });
        for problem in problems {
            self.problem(Some(&name), problem, out)?;
        }
        for finding in inventory.check() {
            self.told.insert(finding.to_string());
            self.finding(Some(&name), &finding, out)?;
        }
        self.inventories.push((path.to_owned(), inventory));
        Ok(())
    }

    /// What several files contradict each other in.
    fn together(&mut self, out: &mut impl Write) -> io::Result<()> {
        let mut inventories = std::mem::take(&mut self.inventories);
        if inventories.len() < 2 {
            return Ok(());
        }
        for (_, inventory) in &mut inventories {
            inventory.report = ReadReport::default();
        }
        let all = Inventory::from_files(inventories);
        for problem in &all.report.problems {
            self.problem(None, problem, out)?;
        }
        for finding in all.check() {
            if self.told.insert(finding.to_string()) {
                self.finding(None, &finding, out)?;
            }
        }
        Ok(())
    }

    fn problem(
        &self,
        file: Option<&str>,
        problem: &Problem,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match (self.as_json, file) {
            (true, _) => writeln!(out, "{}", problem_json(file, problem)),
            (false, Some(_)) => writeln!(out, "note: {}", OneLine(&problem.to_string())),
            (false, None) => {
                writeln!(out, "note: {TOGETHER}: {}", OneLine(&problem.to_string()))
            }
        }
    }

    fn finding(
        &mut self,
        file: Option<&str>,
        finding: &Finding,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match finding.severity() {
            Severity::Error => self.errors += 1,
            _ => self.warnings += 1,
        }
        if self.as_json {
            return writeln!(out, "{}", finding_json(file, finding));
        }
        let line = format!("{}: {finding}; {}", file.unwrap_or(TOGETHER), finding.advice());
        writeln!(out, "{}", OneLine(&line))
    }
}

const USAGE: &str = "usage: check_inventory [--json] FILE…";

const HELP: &str = "\
Looks for contradictions in station metadata: StationXML, RESP, dataless SEED, SAC poles and zeros.

Usage: check_inventory [--json] FILE…
       check_inventory --rules

FILE may be a pattern such as 'resp/RESP.*'. Each file is checked by itself, then what all of them
say together. One line for each finding, and a summary on standard error.

Options:
  --json      one JSON object for each finding
  --rules     print the rules and what to do about what they find
  -h, --help  print this

Exit status: 0 no errors (there may be warnings), 1 errors, 2 a file could not be read or the
arguments are wrong.
";

/// Writes a line to standard error. That nobody listens any more, as behind `2>&1 | head`, changes
/// no result: `eprintln!` would end the program there.
fn tell(line: impl Display) {
    let line = line.to_string();
    let _ = io::stderr().write_all(format!("{}\n", OneLine(&line)).as_bytes());
}

/// `1 file`, `2 files`.
fn counted(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// A text in which control characters, of a file's name say, change no terminal and end no line.
struct OneLine<'a>(&'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character.is_control() {
            true => write!(f, "{}", character.escape_debug()),
            false => write!(f, "{character}"),
        })
    }
}

/// Where a contradiction between files stands.
const TOGETHER: &str = "all files";

/// A reader that has seen enough, such as `head`, is no error.
fn report(written: io::Result<()>, done: ExitCode) -> ExitCode {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            tell(&error);
            ExitCode::from(2)
        }
        _ => done,
    }
}

fn finding_json(file: Option<&str>, finding: &Finding) -> Value {
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

fn problem_json(file: Option<&str>, problem: &Problem) -> Value {
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
