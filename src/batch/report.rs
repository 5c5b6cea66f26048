//! The account as JSON, written while the run goes on.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::{Outcome, Processing, Status, Summary};

/// Writes the account of a run as one JSON object, outcome by outcome, without keeping any.
///
/// ```text
/// { "software": …, "root": …, "processing": { … },
///   "traces": [ { "event", "file", "id", "start", "end", "raw_npts", "status": "processed" |
///                 "already-there" | "not-processed", "output", "npts", "reason", "message",
///                 "warnings": [ … ], "seconds": { "read", "response", "process", "write" } }, … ],
///   "summary": { … } }
/// ```
#[derive(Debug)]
pub struct ReportWriter<W: Write> {
    out: W,
    any: bool,
}

#[derive(Serialize)]
struct Seconds {
    read: f64,
    response: f64,
    process: f64,
    write: f64,
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
        let line = json!({
            "event": outcome.event,
            "file": outcome.file.to_string_lossy(),
            "id": outcome.id.map(|id| id.to_string()),
            "start": outcome.span.map(|(start, _)| start.to_string()),
            "end": outcome.span.map(|(_, end)| end.to_string()),
            "raw_npts": outcome.raw_npts,
            "status": status,
            "output": output.map(|p| p.to_string_lossy()),
            "npts": npts,
            "reason": failure.map(|f| f.reason),
            "message": failure.map(|f| &f.message),
            "warnings": outcome.warnings,
            "seconds": Seconds {
                read: outcome.timings.read.as_secs_f64(),
                response: outcome.timings.response.as_secs_f64(),
                process: outcome.timings.process.as_secs_f64(),
                write: outcome.timings.write.as_secs_f64(),
            },
        });
        write!(self.out, "{}\n{line}", if self.any { "," } else { "" })?;
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
            "ignored_files": summary.ignored_files,
        });
        writeln!(self.out, "\n],\n\"summary\": {line}}}")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
