//! The run: events and files to worker threads, outcomes back.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::manifest::ResultDirectory;
use super::processor::{EventContext, Processor, Workspace};
use super::{BatchError, BatchOptions, Event, Failure, Outcome, RawName, Reason, Summary};

/// More threads than any machine has cores would only fight for the disk.
const MAX_JOBS: usize = 512;

/// What a run tells while it goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// The archive has been looked through: this many raw files will be worked on.
    Started {
        /// Number of events.
        events: usize,
        /// Number of raw files.
        files: usize,
        /// Worker threads.
        jobs: usize,
    },
    /// One input came to its end.
    Outcome(&'a Outcome),
    /// One raw file, and with it all its inputs, came to its end.
    FileDone,
}

/// Processes an archive of events; see [`batch`](crate::batch).
///
/// Every input ends in exactly one [`Outcome`], told to `observe` in the order of completion.
/// Memory does not grow with the archive: files wait in a bounded queue, and outcomes are not
/// kept. The results are the same bits for every number of threads.
///
/// # Errors
/// [`BatchError`] when the run could not begin: the root cannot be read or holds no events, the
/// options contradict each other, or results of other options are in the way. What happens to
/// single files or events during the run is an outcome and not an error.
pub fn run(
    root: &Path,
    options: &BatchOptions,
    mut observe: impl FnMut(Progress<'_>),
) -> Result<Summary, BatchError> {
    let begun = SystemTime::now();
    let processor = Processor::new(&options.processing)?;
    let events =
        Event::find(root).map_err(|error| BatchError::Io { path: root.to_owned(), error })?;
    if events.is_empty() {
        return Err(BatchError::NoEvents { root: root.to_owned() });
    }
    let mut summary = Summary::default();
    for event in &events {
        // All directories are checked before the first file is touched.
        ResultDirectory::check(
            result_path(event, options),
            &options.processing,
            options.overwrite,
        )?;
        if let Ok(files) = event.files() {
            summary.files += files.raw.len();
            summary.ignored_files += files.ignored;
        }
    }
    let jobs = options
        .jobs
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
        .min(MAX_JOBS);
    observe(Progress::Started { events: events.len(), files: summary.files, jobs });

    let (task_sender, tasks) = sync_channel::<Task>(4 * jobs);
    // Shared by the workers alone: when the last of them goes, the feeder notices.
    let tasks = Arc::new(Mutex::new(tasks));
    let (report_sender, reports) = sync_channel::<Report>(256);
    std::thread::scope(|scope| {
        let feeder_reports = report_sender.clone();
        scope.spawn(move || feed(&events, options, begun, &task_sender, &feeder_reports));
        for _ in 0..jobs {
            let reports = report_sender.clone();
            let (tasks, processor) = (Arc::clone(&tasks), &processor);
            scope.spawn(move || work(&tasks, processor, &reports));
        }
        drop((tasks, report_sender));
        for report in reports {
            match report {
                Report::Outcome(outcome) => {
                    summary.count(&outcome);
                    observe(Progress::Outcome(&outcome));
                }
                Report::FileDone => observe(Progress::FileDone),
            }
        }
    });
    Ok(summary)
}

/// Files that one worker does in order.
struct Task {
    event: Arc<EventContext>,
    files: Vec<(PathBuf, Option<RawName>)>,
}

enum Report {
    Outcome(Box<Outcome>),
    FileDone,
}

fn result_path(event: &Event, options: &BatchOptions) -> PathBuf {
    match &options.out {
        Some(out) => out.join(&event.name),
        None => event.directory.join("processed"),
    }
}

/// Lists one event after the other, and hands its files to the workers.
fn feed(
    events: &[Event],
    options: &BatchOptions,
    begun: SystemTime,
    tasks: &SyncSender<Task>,
    reports: &SyncSender<Report>,
) {
    for event in events {
        if let Err(failure) = feed_event(event, options, begun, tasks) {
            let outcome = Outcome::failed(&event.name, &event.directory, failure);
            if reports.send(Report::Outcome(Box::new(outcome))).is_err() {
                return;
            }
        }
    }
}

fn feed_event(
    event: &Event,
    options: &BatchOptions,
    begun: SystemTime,
    tasks: &SyncSender<Task>,
) -> Result<(), Failure> {
    let files = event.files().map_err(|error| {
        let place = event.directory.join("raw");
        Failure::new(Reason::UnreadableFile, format!("{}: {error}", place.display()))
    })?;
    let cannot_write = |error: BatchError| Failure::new(Reason::CannotWrite, error);
    let results =
        ResultDirectory::check(result_path(event, options), &options.processing, options.overwrite)
            .map_err(cannot_write)?;
    if files.raw.is_empty() {
        return Ok(());
    }
    results.open(&options.processing, begun).map_err(cannot_write)?;

    // Names in the MassDownloader's form give results of different names, so their order does not
    // matter. Where two inputs could give the same name, one worker takes them in order, lest
    // chance decides which of them is kept.
    let mut seen = HashSet::new();
    let (mut separate, mut in_order) = (Vec::new(), Vec::new());
    for path in files.raw {
        let name = path.file_name().and_then(|n| n.to_str()).and_then(RawName::parse);
        match name {
            Some(name) if seen.insert((name.id, name.window.clone())) => {
                separate.push(vec![(path, Some(name))]);
            }
            name => in_order.push((path, name)),
        }
    }
    let context = Arc::new(EventContext::new(
        event.name.clone(),
        results,
        files.responses,
        separate.len() + usize::from(!in_order.is_empty()),
    ));
    separate.push(in_order);
    for files in separate.into_iter().filter(|files| !files.is_empty()) {
        let task = Task { event: Arc::clone(&context), files };
        if tasks.send(task).is_err() {
            break;
        }
    }
    Ok(())
}

fn work(tasks: &Mutex<Receiver<Task>>, processor: &Processor, reports: &SyncSender<Report>) {
    let mut workspace = Workspace::default();
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        for (path, name) in &task.files {
            let mut listener_left = false;
            let mut tell = |outcome: Outcome| {
                listener_left |= reports.send(Report::Outcome(Box::new(outcome))).is_err();
            };
            // A defect of ours in one trace must not take the other million with it.
            let told = catch_unwind(AssertUnwindSafe(|| {
                processor.process_file(&task.event, path, name.as_ref(), &mut workspace, &mut tell);
            }));
            if told.is_err() {
                workspace = Workspace::default();
                let failure = Failure::new(
                    Reason::CannotProcess,
                    format!("{}: internal error; please report it with this file", path.display()),
                );
                tell(Outcome::failed(task.event.name(), path, failure));
            }
            if listener_left || reports.send(Report::FileDone).is_err() {
                return;
            }
        }
        if let Err(failure) = task.event.task_done(processor.processing()) {
            let outcome = Outcome::failed(task.event.name(), &PathBuf::new(), failure);
            if reports.send(Report::Outcome(Box::new(outcome))).is_err() {
                return;
            }
        }
    }
}
