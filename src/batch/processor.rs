//! What one worker does with one raw file.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use seis_core::{
    Complex64, EvaluationError, Fingerprint, FrequencyResponse, GroundMotion, Samples,
    SamplingRate, SourceId, Trace,
};
use seis_io::mseed;
use seis_io::sac::{self, ByteOrder};
use seis_resp::{ChannelEpoch, Response};
use seis_signal::{
    CalibrationPlan, CalibrationSpec, PlanCache, SampleView, SamplingGrid, Scratch, Warning,
};

use super::event::EventContext;
use super::fetch::{Buffer, Content, Fetched};
use super::inventories::InventoryCache;
use super::naming::{id_of_result, result_stem};
use super::{
    BatchError, BatchOptions, Failure, Format, Outcome, Processing, RawName, Reason, RunStats,
    Status, Timings,
};
use crate::fill_sac_station;
use crate::remove_response::{evaluation_warnings, kept_band_hz};
use crate::response_findings;

/// Memory for plans, one for each distinct response and length: some 100 kB each, and a few MB of
/// FFT tables for each length. With the other cache and what is read ahead it stays below 64 MiB.
const PLAN_CACHE_BYTES: usize = 24 << 20;

/// Responses whose warnings are remembered.
const MAX_REMEMBERED_WARNINGS: usize = 4096;

/// Warnings listed for one file; a file of junk would have thousands.
const MAX_FILE_WARNINGS: usize = 20;

/// What all workers share: the options made ready, and what is computed once.
pub(super) struct Processor {
    processing: Processing,
    spec: CalibrationSpec,
    plans: PlanCache,
    inventories: InventoryCache,
    response_warnings: Mutex<HashMap<Fingerprint, Arc<[String]>>>,
    bytes_written: AtomicU64,
}

/// What one worker reuses from trace to trace.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    reader: mseed::Reader,
    scratch: Scratch,
    samples: Vec<f64>,
    bytes: Vec<u8>,
    /// For metadata.
    text: Buffer,
}

/// Whether a file may be worked on at the same time as others of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Others are at work: a file that may give a result of the same name as another is put off.
    Parallel,
    /// One file after the other, in the order of their names.
    InOrder,
}

/// How the work on a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileEnd {
    /// All that it holds was told.
    Done,
    /// Nothing was told; it is to be done when the others are.
    Deferred,
}

impl Processor {
    /// # Errors
    /// [`BatchError::Option`] naming the option that has no meaning.
    pub(super) fn new(options: &BatchOptions) -> Result<Self, BatchError> {
        let processing = &options.processing;
        Ok(Self {
            processing: processing.clone(),
            spec: processing.spec()?,
            plans: PlanCache::new(options.plan_memory.unwrap_or(PLAN_CACHE_BYTES)),
            inventories: InventoryCache::default(),
            response_warnings: Mutex::default(),
            bytes_written: AtomicU64::new(0),
        })
    }

    pub(super) fn processing(&self) -> &Processing {
        &self.processing
    }

    /// Reads the response that a raw file is going to need, if its name says which.
    pub(super) fn prefetch(
        &self,
        event: &EventContext,
        name: Option<&RawName>,
        buffer: &mut Buffer,
    ) {
        if let Some(name) = name {
            event.responses.prefetch(&name.id, &self.inventories, buffer);
        }
    }

    /// Writes into the account what the caches did.
    pub(super) fn account(&self, stats: &mut RunStats) {
        stats.plans = self.plans.stats();
        stats.inventories = self.inventories.stats();
        stats.bytes_written = self.bytes_written.load(Ordering::Relaxed);
    }

    /// Processes all that a raw file holds, and tells what became of each part. Its bytes, once
    /// decoded, are left in `fetched` for their buffer to be used again.
    pub(super) fn process_file(
        &self,
        event: &EventContext,
        (path, name): (&Path, Option<&RawName>),
        fetched: &mut Fetched,
        phase: Phase,
        workspace: &mut Workspace,
        tell: &mut impl FnMut(Outcome),
    ) -> FileEnd {
        let failed = |reason, why: &dyn fmt::Display| {
            Outcome::failed(&event.name, path, Failure::new(reason, why))
        };
        let (modified, took) = (fetched.modified, fetched.took);
        let mut content = std::mem::replace(&mut fetched.content, Content::NotYet);
        if let Content::Complete(results) = &content {
            let stems: Vec<&str> =
                results.iter().filter_map(|r| r.rsplit_once('.')).map(|(stem, _)| stem).collect();
            if stems.iter().all(|stem| event.claim(stem, path).is_ok()) {
                for (stem, result) in stems.iter().zip(results) {
                    let status = Status::AlreadyThere { output: event.result(result) };
                    let id = id_of_result(stem);
                    tell(Outcome { id, ..Outcome::new(&event.name, path, status) });
                }
                event.note(path, results.clone(), true, true);
                return FileEnd::Done;
            }
            // Another input has taken a name: what this one gives is to be looked at after all.
            content = Fetched::content_of(path);
        }

        let buffer = match content {
            Content::Read(buffer) => buffer,
            Content::Unreadable(failure) => {
                tell(Outcome::failed(&event.name, path, failure));
                return FileEnd::Done;
            }
            Content::NotYet | Content::Complete(_) => Buffer::default(),
        };
        let begun = Instant::now();
        let read = workspace.reader.read_bytes(buffer.filled());
        fetched.content = Content::Read(buffer);
        let (stream, report) = match read {
            Ok(read) => (read.stream, read.report),
            Err(error) => {
                let error = error.in_file(path);
                let reason = match error {
                    mseed::Error::NoRecords { .. } => Reason::NoData,
                    _ => Reason::UnreadableFile,
                };
                tell(failed(reason, &error));
                return FileEnd::Done;
            }
        };
        let mut traces = stream.into_traces();
        traces.retain(|t| !t.is_empty());
        let foreign = |t: &Trace| name.is_none_or(|n| n.id != t.id);
        if phase == Phase::Parallel && traces.iter().any(foreign) {
            return FileEnd::Deferred;
        }
        let mut warnings = file_warnings(path, &report);
        if traces.is_empty() {
            let why = format!("{}: no record of the file holds samples", path.display());
            tell(Outcome { warnings, ..failed(Reason::NoData, &why) });
            return FileEnd::Done;
        }
        let mut timings = Timings { read: took, decode: begun.elapsed(), ..Timings::default() };

        let (mut given, mut all_well, mut all_given) = (Vec::new(), true, true);
        for (segment, trace) in numbered(traces) {
            let stem = result_stem(&trace.id, name, (trace.start, trace.end()), segment);
            let file_name = format!("{stem}.{}", self.processing.format.extension());
            let output = event.result(&file_name);
            let mut outcome = Outcome {
                id: Some(trace.id),
                span: Some((trace.start, trace.end())),
                raw_npts: Some(trace.len()),
                warnings: std::mem::take(&mut warnings),
                ..Outcome::new(&event.name, path, Status::AlreadyThere { output: output.clone() })
            };
            let claimed = safe_name(&trace.id).and_then(|()| event.claim(&stem, path));
            outcome.status = claimed
                .and_then(|()| {
                    if event.is_there(path, &output, modified) {
                        return Ok(Status::AlreadyThere { output });
                    }
                    let (warnings, timings) = (&mut outcome.warnings, &mut timings);
                    self.process_segment(event, path, &trace, output, workspace, warnings, timings)
                })
                .unwrap_or_else(|mut failure| {
                    failure.message = format!("{}: {}", path.display(), failure.message);
                    Status::NotProcessed(failure)
                });
            outcome.timings = std::mem::take(&mut timings);
            all_well &= outcome.warnings.is_empty();
            match outcome.status {
                Status::NotProcessed(_) => (all_well, all_given) = (false, false),
                _ => given.push(file_name),
            }
            tell(outcome);
        }
        event.note(path, given, all_well, all_given);
        FileEnd::Done
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one step, named once and here")]
    fn process_segment(
        &self,
        event: &EventContext,
        path: &Path,
        trace: &Trace,
        output: PathBuf,
        workspace: &mut Workspace,
        warnings: &mut Vec<String>,
        timings: &mut Timings,
    ) -> Result<Status, Failure> {
        let samples = SampleView::try_from(&trace.samples).map_err(not_a_seismogram)?;
        if !trace.rate.is_regular() {
            return Err(not_a_seismogram("the records give no sampling rate"));
        }

        let begun = Instant::now();
        let span = (trace.start, trace.end());
        let found =
            event.responses.find(&trace.id, span, &self.inventories, &mut workspace.text)?;
        let (metadata, source) = (found.metadata, found.source);
        let response = Fingerprinted::new(metadata.response);
        warnings.extend(
            self.warnings_of(&response, trace.rate.hz()).iter().map(|w| about(path, &trace.id, w)),
        );
        warnings.extend(event.responses.problems(&found, &trace.id));
        let plan = self.plan(trace, &response).map_err(|e| refused(&trace.id, source, &e))?;
        let meant = |w: &&Warning| !matches!(w, Warning::WaterLevelFlattens);
        warnings.extend(plan.warnings().iter().filter(meant).map(|w| about(path, &trace.id, w)));
        timings.response = begun.elapsed();

        let begun = Instant::now();
        plan.apply(samples, &mut workspace.samples, &mut workspace.scratch)
            .map_err(|e| refused(&trace.id, source, &e))?;
        timings.process = begun.elapsed();

        let begun = Instant::now();
        let samples = Samples::F64(std::mem::take(&mut workspace.samples));
        let result =
            Trace::new(trace.id, plan.output_start(trace.start), plan.output().rate, samples);
        let mut doubt = |error: sac::Error| warnings.push(about(path, &trace.id, &error));
        let written =
            self.write(event, &output, &result, &metadata.epoch, &mut workspace.bytes, &mut doubt);
        let npts = result.len();
        if let Samples::F64(samples) = result.samples {
            workspace.samples = samples;
        }
        written
            .map_err(|e| Failure::new(Reason::CannotWrite, format!("{}: {e}", output.display())))?;
        timings.write = begun.elapsed();
        Ok(Status::Processed { output, npts })
    }

    fn plan(
        &self,
        trace: &Trace,
        response: &Fingerprinted<'_>,
    ) -> Result<Arc<CalibrationPlan>, seis_signal::Error> {
        let input = SamplingGrid::from(trace);
        let mut spec = self.spec;
        if let (Some(resample), Some(most)) = (&mut spec.resample, self.processing.npts) {
            let fitting = samples_that_fit(&input, resample.rate);
            *resample = resample.npts(fitting.min(most));
        }
        self.plans.calibration(&spec, &input, response)
    }

    /// What is doubtful about a response; the same for each of its traces.
    fn warnings_of(&self, response: &Fingerprinted<'_>, rate_hz: f64) -> Arc<[String]> {
        let key = response.fingerprint;
        let remembered = || self.response_warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = key.and_then(|k| remembered().get(&k).cloned()) {
            return found;
        }
        let band_hz = kept_band_hz(&self.spec.deconvolution, rate_hz);
        let warnings: Arc<[String]> =
            match evaluation_warnings(response.response, self.processing.output, band_hz) {
                // The refusal says why.
                None => Arc::default(),
                Some(warned) => {
                    let findings = response_findings(response.response, &warned);
                    let findings = findings.iter().map(ToString::to_string);
                    warned.iter().map(ToString::to_string).chain(findings).collect()
                }
            };
        if let Some(key) = key {
            let mut remembered = remembered();
            if remembered.len() >= MAX_REMEMBERED_WARNINGS {
                remembered.clear();
            }
            remembered.insert(key, Arc::clone(&warnings));
        }
        warnings
    }

    fn write(
        &self,
        event: &EventContext,
        output: &Path,
        result: &Trace,
        epoch: &ChannelEpoch<'_>,
        bytes: &mut Vec<u8>,
        doubt: &mut impl FnMut(sac::Error),
    ) -> Result<(), Box<dyn std::error::Error>> {
        match self.processing.format {
            Format::Sac => {
                let mut header = sac::Header::from_trace(result)?;
                // Impossible coordinates are no reason to lose the seismogram.
                if let Err(error) = fill_sac_station(&mut header, epoch) {
                    doubt(error);
                }
                header.encode_samples_into(&result.samples, ByteOrder::Little, bytes)?;
            }
            Format::Mseed => {
                bytes.clear();
                mseed::write_to(&mut *bytes, [result], &Format::mseed_options())?;
            }
        }
        event.write(output, bytes)?;
        self.bytes_written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// A response whose key is computed once, for all who look something up by it.
struct Fingerprinted<'a> {
    response: &'a Response,
    fingerprint: Option<Fingerprint>,
}

impl<'a> Fingerprinted<'a> {
    fn new(response: &'a Response) -> Self {
        Self { response, fingerprint: FrequencyResponse::fingerprint(response) }
    }
}

impl FrequencyResponse for Fingerprinted<'_> {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        self.response.eval_into(frequencies_hz, quantity, out)
    }

    fn smooth_within_hz(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        radii_hz: &mut [f64],
    ) {
        self.response.smooth_within_hz(frequencies_hz, quantity, radii_hz);
    }

    fn recorded_rate_hz(&self) -> Option<f64> {
        self.response.recorded_rate_hz()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint
    }
}

/// Refuses ids that would make unsafe file names.
fn safe_name(id: &SourceId) -> Result<(), Failure> {
    if id.is_path_safe() && !id.station.is_empty() {
        return Ok(());
    }
    let why = format!(
        "{id}: a code is missing, or holds other characters than letters, digits, - and _, so \
         the id is not made a file name; correct the headers"
    );
    Err(Failure::new(Reason::UnsafeName, why))
}

/// The traces by channel and time, with numbers where a channel has several segments.
fn numbered(mut traces: Vec<Trace>) -> Vec<(Option<usize>, Trace)> {
    traces.sort_by_key(|t| (t.id, t.start, t.end()));
    let mut segments: BTreeMap<SourceId, usize> = BTreeMap::new();
    for trace in &traces {
        *segments.entry(trace.id).or_default() += 1;
    }
    let mut seen: BTreeMap<SourceId, usize> = BTreeMap::new();
    traces
        .into_iter()
        .map(|trace| {
            let number = seen.entry(trace.id).or_default();
            *number += 1;
            let several = segments.get(&trace.id).is_some_and(|n| *n > 1);
            (several.then_some(*number), trace)
        })
        .collect()
}

/// How many samples of another rate fit between the first and the last sample.
fn samples_that_fit(input: &SamplingGrid, rate: SamplingRate) -> usize {
    let (in_num, in_den) = input.rate.as_ratio();
    let (out_num, out_den) = rate.as_ratio();
    let last = input.npts.saturating_sub(1) as u128;
    // (N − 1) / in · out, in integers.
    let scaled =
        last.checked_mul(u128::from(in_den)).and_then(|n| n.checked_mul(u128::from(out_num)));
    let whole = match scaled {
        Some(n) => n / (u128::from(in_num) * u128::from(out_den)).max(1),
        None => (last as f64 * input.rate.interval_s() * rate.hz()) as u128,
    };
    usize::try_from(whole).unwrap_or(usize::MAX).saturating_add(1)
}

fn file_warnings(path: &Path, report: &mseed::ReadReport) -> Vec<String> {
    let lines = report
        .skipped
        .iter()
        .map(|s| format!("{}: {s}", path.display()))
        .chain(report.warnings.iter().map(|w| format!("{}: {w}", path.display())));
    let mut listed: Vec<String> = lines.take(MAX_FILE_WARNINGS).collect();
    let more = (report.skipped.len() + report.warnings.len()).saturating_sub(listed.len());
    if more > 0 {
        listed.push(format!("{}: and {more} more of the kind", path.display()));
    }
    listed
}

fn about(path: &Path, id: &SourceId, warning: &impl fmt::Display) -> String {
    format!("{}: {id}: {warning}", path.display())
}

/// Why a trace was not processed: for its response, which stands in `source`, or for its samples.
fn refused(id: &SourceId, source: &Path, error: &seis_signal::Error) -> Failure {
    use seis_signal::Error;
    match error {
        Error::Response { .. } | Error::ResponseZero { .. } | Error::ResponseNotFinite { .. } => {
            // Results are ground motion: nobody can ask for the instrument's own units here.
            let error = error.to_string().replace(": ask for native units", "");
            let error = error.replace("ask for native units", "correct the unit");
            Failure::new(Reason::BadResponse, format!("{id}: {}: {error}", source.display()))
        }
        _ => Failure::new(Reason::CannotProcess, format!("{id}: {error}")),
    }
}

fn not_a_seismogram(why: impl fmt::Display) -> Failure {
    Failure::new(Reason::NotASeismogram, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seis_core::UtcTime;

    fn trace(id: &str, start_s: i128) -> Trace {
        let start = UtcTime::from_nanos(start_s * 1_000_000_000);
        Trace::new(id.parse().unwrap(), start, SamplingRate::from_hz(1.0).unwrap(), vec![1])
    }

    #[test]
    fn segments_of_a_channel_are_numbered_by_time() {
        let traces = vec![trace("A.B..C", 5), trace("X.Y..Z", 0), trace("A.B..C", 0)];
        let order: Vec<_> = numbered(traces)
            .iter()
            .map(|(n, t)| (t.id.to_string(), *n, t.start.as_nanos() / 1_000_000_000))
            .collect();
        let expected = [("A.B..C", Some(1), 0), ("A.B..C", Some(2), 5), ("X.Y..Z", None, 0)];
        assert_eq!(order, expected.map(|(id, n, s)| (id.to_owned(), n, s)));
    }

    #[test]
    fn samples_fit_exactly() {
        let grid = |hz: f64, npts| {
            SamplingGrid::new(UtcTime::EPOCH, SamplingRate::from_hz(hz).unwrap(), npts)
        };
        let ten = SamplingRate::from_hz(10.0).unwrap();
        // 387 samples at 200 Hz: ObsPy makes 193 of them at 100 Hz, where 194 fit.
        assert_eq!(samples_that_fit(&grid(200.0, 387), SamplingRate::from_hz(100.0).unwrap()), 194);
        assert_eq!(samples_that_fit(&grid(40.0, 48_000), ten), 12_000);
        assert_eq!(samples_that_fit(&grid(40.0, 48_001), ten), 12_001);
        assert_eq!(samples_that_fit(&grid(100.0 / 3.0, 4), ten), 1);
        assert_eq!(samples_that_fit(&grid(1.0, 1), ten), 1);
    }
}
