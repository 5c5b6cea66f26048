//! The run: events and files to worker threads, outcomes back.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::event::{EventContext, RawFile};
use super::manifest::ResultDirectory;
use super::processor::{FileEnd, Phase, Processor, Workspace};
use super::responses::EventResponses;
use super::{
    BatchError, BatchOptions, Event, EventFiles, Failure, Outcome, RawName, Reason, Summary,
};

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
    let mut unlisted = 0;
    for event in &events {
        // All directories are checked before the first file is touched. What else is wrong with
        // one is told for each of its files.
        let results = result_path(event, options);
        let checked = ResultDirectory::check(results, &options.processing, options.overwrite);
        if let Err(error @ BatchError::OtherOptions { .. }) = checked {
            return Err(error);
        }
        match event.files() {
            Ok(files) => {
                summary.files += files.raw.len();
                summary.ignored_files += files.ignored;
            }
            Err(_) => unlisted += 1,
        }
    }
    if summary.files + unlisted == 0 {
        let ignored = summary.ignored_files;
        return Err(BatchError::NoRawFiles { root: root.to_owned(), ignored });
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
        let teller = Teller(report_sender.clone());
        scope.spawn(move || feed(&events, options, begun, &task_sender, &teller));
        for _ in 0..jobs {
            let teller = Teller(report_sender.clone());
            let (tasks, processor) = (Arc::clone(&tasks), &processor);
            scope.spawn(move || work(&tasks, processor, &teller));
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

/// A raw file for a worker; or none, where an event has but deferred ones.
struct Task {
    event: Arc<EventContext>,
    file: Option<RawFile>,
}

enum Report {
    Outcome(Box<Outcome>),
    FileDone,
}

/// Nobody listens any more.
struct Gone;

/// Tells what happened.
struct Teller(SyncSender<Report>);

impl Teller {
    fn outcome(&self, outcome: Outcome) -> Result<(), Gone> {
        self.0.send(Report::Outcome(Box::new(outcome))).map_err(|_| Gone)
    }

    fn file_done(&self) -> Result<(), Gone> {
        self.0.send(Report::FileDone).map_err(|_| Gone)
    }
}

fn result_path(event: &Event, options: &BatchOptions) -> PathBuf {
    match &options.out {
        Some(out) => out.join(&event.folder),
        None => event.directory.join("processed"),
    }
}

/// Lists one event after the other, and hands its files to the workers.
fn feed(
    events: &[Event],
    options: &BatchOptions,
    begun: SystemTime,
    tasks: &SyncSender<Task>,
    teller: &Teller,
) -> Result<(), Gone> {
    for event in events {
        let files = match event.files() {
            Ok(files) => files,
            Err(error) => {
                let place = event.directory.join("raw");
                let why = format!("{}: {error}", place.display());
                let failure = Failure::new(Reason::UnreadableFile, why);
                teller.outcome(Outcome::failed(&event.name, &place, failure))?;
                continue;
            }
        };
        if files.raw.is_empty() {
            continue;
        }
        let path = result_path(event, options);
        let results = ResultDirectory::check(path, &options.processing, options.overwrite)
            .and_then(|results| results.open(&options.processing, begun).map(|()| results));
        match results {
            Ok(results) => feed_event(event, results, files, tasks)?,
            Err(error) => {
                for raw in &files.raw {
                    let failure = Failure::new(Reason::CannotWrite, &error);
                    teller.outcome(Outcome::failed(&event.name, raw, failure))?;
                    teller.file_done()?;
                }
            }
        }
    }
    Ok(())
}

fn feed_event(
    event: &Event,
    results: ResultDirectory,
    files: EventFiles,
    tasks: &SyncSender<Task>,
) -> Result<(), Gone> {
    // Names in the MassDownloader's form give results of different names, so their order does not
    // matter. Inputs that could give the same name are taken in order when the others are done,
    // lest chance decides which of them is kept.
    let named: Vec<RawFile> = files
        .raw
        .into_iter()
        .map(|path| {
            let name = path.file_name().and_then(|n| n.to_str()).and_then(RawName::parse);
            (path, name)
        })
        .collect();
    let mut times_seen: HashMap<RawName, usize> = HashMap::new();
    for name in named.iter().filter_map(|(_, name)| name.clone()) {
        *times_seen.entry(name).or_default() += 1;
    }
    let (separate, deferred): (Vec<_>, Vec<_>) = named
        .into_iter()
        .partition(|(_, name)| name.as_ref().is_some_and(|n| times_seen.get(n) == Some(&1)));
    let mut inputs: Vec<Option<RawFile>> = separate.into_iter().map(Some).collect();
    if inputs.is_empty() {
        inputs.push(None);
    }
    let context = Arc::new(EventContext::new(
        event.name.clone(),
        results,
        EventResponses::new(files.responses, files.responses_error),
        inputs.len(),
        deferred,
    ));
    for file in inputs {
        tasks.send(Task { event: Arc::clone(&context), file }).map_err(|_| Gone)?;
    }
    Ok(())
}

fn work(tasks: &Mutex<Receiver<Task>>, processor: &Processor, teller: &Teller) -> Result<(), Gone> {
    let mut workspace = Workspace::default();
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Task { event, file }) = task else { return Ok(()) };
        if let Some(file) = file {
            work_on(&event, file, Phase::Parallel, processor, &mut workspace, teller)?;
        }
        if event.task_done() {
            for file in event.take_deferred() {
                work_on(&event, file, Phase::InOrder, processor, &mut workspace, teller)?;
            }
            if let Err(failure) = event.finish(processor.processing()) {
                teller.outcome(Outcome::failed(&event.name, Path::new(""), failure))?;
            }
        }
    }
}

fn work_on(
    event: &EventContext,
    file: RawFile,
    phase: Phase,
    processor: &Processor,
    workspace: &mut Workspace,
    teller: &Teller,
) -> Result<(), Gone> {
    let (path, name) = &file;
    let mut told = Ok(());
    let mut tell = |outcome: Outcome| {
        if told.is_ok() {
            told = teller.outcome(outcome);
        }
    };
    // A defect of ours in one trace must not take the other million with it.
    let end = catch_unwind(AssertUnwindSafe(|| {
        processor.process_file(event, (path, name.as_ref()), phase, workspace, &mut tell)
    }));
    match end {
        Ok(FileEnd::Done) => {}
        Ok(FileEnd::Deferred) => {
            event.defer(file);
            return Ok(());
        }
        Err(_) => {
            *workspace = Workspace::default();
            let why =
                format!("{}: internal error; please report it with this file", path.display());
            tell(Outcome::failed(&event.name, path, Failure::new(Reason::CannotProcess, why)));
        }
    }
    told?;
    teller.file_done()
}
