//! The account as JSON, written while the run goes on.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use seis_core::{SourceId, UtcTime};
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{Outcome, Processing, Reason, Status, Summary};

/// Writes the account of a run as one JSON object, outcome by outcome, without keeping any.
///
/// ```text
/// { "software": …, "root": …, "processing": { … },
///   "traces": [ { "event", "file", "id", "start", "end", "raw_npts", "status": "processed" |
///                 "already-there" | "not-processed", "output", "npts", "reason", "message",
///                 "warnings": [ … ], "seconds": { "read", "decode", "response", "process",
///                 "write" } }, … ],
///   "summary": { … }, "stats": { … } }
/// ```
#[derive(Debug)]
pub struct ReportWriter<W: Write> {
    out: W,
    any: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    file: Cow<'a, str>,
    id: Option<Text<SourceId>>,
    start: Option<Text<UtcTime>>,
    end: Option<Text<UtcTime>>,
    raw_npts: Option<usize>,
    status: &'static str,
    output: Option<Cow<'a, str>>,
    npts: Option<usize>,
    reason: Option<Reason>,
    message: Option<&'a str>,
    warnings: &'a [String],
    seconds: Seconds,
}

#[derive(Serialize)]
struct Seconds {
    read: f64,
    decode: f64,
    response: f64,
    process: f64,
    write: f64,
}

/// Something as people read it.
struct Text<T>(T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<W: Write> ReportWriter<W> {
    /// Begins a report.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(mut out: W, root: &Path, processing: &Processing) -> io::Result<Self> {
        let software = concat!("seis ", env!("CARGO_PKG_VERSION"));
        write!(
            out,
            "{{\"software\": {}, \"root\": {}, \"processing\": {},\n\"traces\": [",
            json!(software),
            json!(root.to_string_lossy()),
            serde_json::to_string(processing)?
        )?;
        Ok(Self { out, any: false })
    }

    /// Adds one outcome.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn outcome(&mut self, outcome: &Outcome) -> io::Result<()> {
        let (status, output, npts, failure) = match &outcome.status {
            Status::Processed { output, npts } => ("processed", Some(output), Some(*npts), None),
            Status::AlreadyThere { output } => ("already-there", Some(output), None, None),
            Status::NotProcessed(failure) => ("not-processed", None, None, Some(failure)),
        };
        let seconds = |duration: Duration| duration.as_secs_f64();
        let line = Line {
            event: &outcome.event,
            file: outcome.file.to_string_lossy(),
            id: outcome.id.map(Text),
            start: outcome.span.map(|(start, _)| Text(start)),
            end: outcome.span.map(|(_, end)| Text(end)),
            raw_npts: outcome.raw_npts,
            status,
            output: output.map(|p| p.to_string_lossy()),
            npts,
            reason: failure.map(|f| f.reason),
            message: failure.map(|f| f.message.as_str()),
            warnings: &outcome.warnings,
            seconds: Seconds {
                read: seconds(outcome.timings.read),
                decode: seconds(outcome.timings.decode),
                response: seconds(outcome.timings.response),
                process: seconds(outcome.timings.process),
                write: seconds(outcome.timings.write),
            },
        };
        self.out.write_all(if self.any { b",\n" } else { b"\n" })?;
        serde_json::to_writer(&mut self.out, &line)?;
        self.any = true;
        Ok(())
    }

    /// Ends the report with the summary and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self, summary: &Summary) -> io::Result<W> {
        let line = json!({
            "files": summary.files,
            "inputs": summary.total(),
            "processed": summary.processed,
            "already_there": summary.already_there,
            "not_processed": summary.failed(),
            "by_reason": summary
                .not_processed
                .iter()
                .map(|(reason, count)| Ok((serde_json::to_value(reason)?, *count)))
                .collect::<Result<Vec<_>, serde_json::Error>>()?
                .into_iter()
                .filter_map(|(reason, count)| Some((reason.as_str()?.to_owned(), count)))
                .collect::<std::collections::BTreeMap<_, _>>(),
            "with_warnings": summary.with_warnings,
            "unfinished_events": summary.unfinished_events,
            "ignored_files": summary.ignored_files,
        });
        let stats = &summary.stats;
        let plans = &stats.plans;
        let stats = json!({
            "jobs": stats.jobs,
            "io_threads": stats.io_threads,
            "elapsed_s": stats.elapsed.as_secs_f64(),
            "survey_s": stats.survey.as_secs_f64(),
            "waited_s": stats.waited.as_secs_f64(),
            "reading_s": stats.reading.as_secs_f64(),
            "directories_s": stats.directories.as_secs_f64(),
            "working_s": stats.working.as_secs_f64(),
            "bytes_read": stats.bytes_read,
            "bytes_written": stats.bytes_written,
            "plans": {
                "hits": plans.hits,
                "misses": plans.misses,
                "uncached": plans.uncached,
                "evictions": plans.evictions,
                "plans": plans.plans,
                "bytes": plans.bytes,
            },
            "inventories": stats.inventories,
        });
        writeln!(self.out, "\n],\n\"summary\": {line},\n\"stats\": {stats}}}")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
