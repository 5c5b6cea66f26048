//! The run: events and files to worker threads, outcomes back.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::Builder;
use std::time::{Duration, Instant, SystemTime};

use super::archive::Archive;
use super::event::{EventContext, RawFile, result_path};
use super::feeder::{Feeder, Task};
use super::fetch::{Buffer, BufferPool, Content, Fetched};
use super::gate::Gate;
use super::manifest::{ResultDirectory, is_interrupted};
use super::processor::{FileEnd, Phase, Processor, Workspace};
use super::queue::Queue;
use super::{BatchError, BatchOptions, Event, Failure, Outcome, Reason, RunStats, Summary};

/// More threads than any machine has cores would only fight for the disk.
const MAX_THREADS: usize = 512;

/// Threads that read ahead where the run finds that it needs some.
const DEFAULT_IO_THREADS: usize = 2;

/// So many files a worker reads before it says that reading takes too long,
const FILES_TO_JUDGE: usize = 16;

/// which is more than this part of its time. From the system's cache it is a twentieth.
const TOO_LONG: u32 = 8;

/// Files that wait for each thread.
const FILES_AHEAD: usize = 8;

/// Bytes that wait altogether. A larger file is read by the worker that is going to decode it.
const BYTES_AHEAD: usize = 8 << 20;

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
    /// What is complete of an event could not be written down, beside its results.
    Unfinished {
        /// Name of the event's directory.
        event: &'a str,
        /// What happened.
        failure: &'a Failure,
    },
}

/// Processes an archive of events; see [`batch`](crate::batch).
///
/// Every input ends in exactly one [`Outcome`], told to `observe` by and by as they come to
/// their end.
/// Memory does not grow with the archive: files wait in a bounded queue, and outcomes are not
/// kept. The results are the same bits for every number of threads, and every order.
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
    let (begun, clock) = (SystemTime::now(), Instant::now());
    let processor = Processor::new(options)?;
    let jobs = possible("jobs", options.jobs.map(NonZeroUsize::get))?;
    let io_threads = possible("io-threads", options.io_threads)?;
    let archive = Archive::survey(root, options.io_order)
        .map_err(|error| BatchError::Io { path: root.to_owned(), error })?;
    if archive.len() == 0 {
        return Err(BatchError::NoEvents { root: root.to_owned() });
    }
    check_results(&archive, options)?;
    if archive.files + archive.unlisted == 0 {
        let ignored = archive.ignored;
        return Err(BatchError::NoRawFiles { root: root.to_owned(), ignored });
    }
    if options.overwrite {
        announce(&archive, options);
    }
    let jobs = jobs.unwrap_or_else(|| {
        std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS)
    });
    let io_threads = io_threads.unwrap_or(DEFAULT_IO_THREADS);
    let mut summary = Summary {
        files: archive.files,
        ignored_files: archive.ignored,
        stats: RunStats { jobs, survey: clock.elapsed(), ..RunStats::default() },
        ..Summary::default()
    };
    observe(Progress::Started { events: archive.len(), files: archive.files, jobs });

    let shared = Shared {
        feeder: Feeder::new(&archive, options, jobs + io_threads),
        processor,
        options,
        begun,
        queue: Queue::new(FILES_AHEAD * (jobs + io_threads), BYTES_AHEAD, io_threads),
        begin: Gate::default(),
        ahead: Gate::default(),
        // As many as may wait in the queue.
        buffers: BufferPool::new(FILES_AHEAD * (jobs + io_threads), BYTES_AHEAD),
        counters: Counters::default(),
    };
    // Each message holds many reports.
    let (sender, reports) = sync_channel::<Vec<Report>>(4 * jobs);
    let workers = std::thread::scope(|scope| {
        let shared = &shared;
        // Limits of processes and of memory may be lower than what was asked for: a run with fewer
        // threads is slower, and gives the same. Those who work come first.
        let mut workers = Ok(0);
        for number in 0..jobs {
            let teller = Teller::new(sender.clone());
            let work = move || {
                if shared.begin.wait() {
                    shared.work(number, teller);
                }
            };
            match Builder::new().spawn_scoped(scope, work) {
                Ok(_) => workers = workers.map(|n| n + 1),
                Err(error) => {
                    workers = workers.and_then(|n| if n > 0 { Ok(n) } else { Err(error) });
                    break;
                }
            }
        }
        let mut readers = 0;
        for number in jobs..jobs + io_threads {
            match Builder::new().spawn_scoped(scope, move || shared.read_ahead(number)) {
                Ok(_) => readers += 1,
                Err(_) => drop(shared.queue.feeding()),
            }
        }
        match options.io_threads {
            None if readers > 0 => {}
            Some(_) if readers > 0 => shared.ahead.open(),
            _ => shared.ahead.close(),
        }
        // Whether there are readers is known now, before anybody waits for one.
        shared.begin.open();
        drop(sender);
        if workers.is_err() {
            shared.stop_reading();
        }
        for report in reports.into_iter().flatten() {
            match report {
                Report::Outcome(outcome) => {
                    summary.count(&outcome);
                    observe(Progress::Outcome(&outcome));
                }
                Report::FileDone => observe(Progress::FileDone),
                Report::Unfinished(event, failure) => {
                    summary.unfinished_events += 1;
                    observe(Progress::Unfinished { event: &event.name, failure: &failure });
                }
            }
        }
        workers
    });
    summary.stats.jobs = workers.map_err(|error| BatchError::Threads { error })?;
    shared.account(&mut summary.stats);
    summary.stats.io_threads = if shared.ahead.is_open() { io_threads } else { 0 };
    summary.stats.elapsed = clock.elapsed();
    Ok(summary)
}

/// A number of threads, if it was asked for, that a machine can have.
fn possible(option: &'static str, threads: Option<usize>) -> Result<Option<usize>, BatchError> {
    match threads {
        Some(n) if n > MAX_THREADS => {
            let reason = format!("{n} threads are more than {MAX_THREADS}, the most there can be");
            Err(BatchError::Option { option, reason })
        }
        _ => Ok(threads),
    }
}

/// All directories of results are checked before the first file is touched. What else is wrong
/// with one is told for each of its files.
fn check_results(archive: &Archive, options: &BatchOptions) -> Result<(), BatchError> {
    let nothing_there = options.out.as_ref().is_some_and(|out| !out.exists());
    if options.overwrite || nothing_there {
        return Ok(());
    }
    for event in archive.events() {
        let results = result_path(&event, options);
        let checked = ResultDirectory::check(results, &options.processing, options.overwrite);
        if let Err(BatchError::OtherOptions { directory, difference }) = checked {
            let directories = archive.events().map(|event| result_path(&event, options));
            return Err(if is_interrupted(directories) {
                BatchError::Interrupted { directory, difference }
            } else {
                BatchError::OtherOptions { directory, difference }
            });
        }
    }
    Ok(())
}

/// What is going to be replaced is announced in all events before anything is: wherever the run is
/// killed, the next one knows what is still old. An event in which that cannot be written cannot have
/// its results replaced either, which is told when its turn comes.
fn announce(archive: &Archive, options: &BatchOptions) {
    for event in archive.events().filter(Event::may_give_results) {
        let results = result_path(&event, options);
        let _ = ResultDirectory::announce(results, &options.processing);
    }
}

enum Report {
    Outcome(Box<Outcome>),
    FileDone,
    Unfinished(Arc<EventContext>, Failure),
}

/// Nobody listens any more.
struct Gone;

/// Tells what happened, many things at a time: waking the listener for each would cost more than
/// all else that is done for a file beside its processing.
struct Teller {
    sender: SyncSender<Vec<Report>>,
    waiting: Vec<Report>,
    told: Instant,
}

impl Teller {
    const MOST: usize = 64;
    const LONGEST: Duration = Duration::from_millis(50);

    fn new(sender: SyncSender<Vec<Report>>) -> Self {
        Self { sender, waiting: Vec::new(), told: Instant::now() }
    }

    fn tell(&mut self, report: Report) {
        self.waiting.push(report);
    }

    fn outcome(&mut self, outcome: Outcome) {
        self.tell(Report::Outcome(Box::new(outcome)));
    }

    /// To be called between files.
    fn tell_if_due(&mut self) -> Result<(), Gone> {
        if self.waiting.len() < Self::MOST && self.told.elapsed() < Self::LONGEST {
            return Ok(());
        }
        self.tell_all()
    }

    fn tell_all(&mut self) -> Result<(), Gone> {
        self.told = Instant::now();
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.sender.send(std::mem::take(&mut self.waiting)).map_err(|_| Gone)
    }
}

/// What all threads of a run share.
struct Shared<'a> {
    feeder: Feeder<'a>,
    processor: Processor,
    options: &'a BatchOptions,
    begun: SystemTime,
    /// What was read ahead.
    queue: Queue<Loaded>,
    /// Open when all threads are there.
    begin: Gate,
    /// Open if files are read ahead.
    ahead: Gate,
    /// For what will be.
    buffers: BufferPool,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    waited_ns: AtomicU64,
    reading_ns: AtomicU64,
    directories_ns: AtomicU64,
    working_ns: AtomicU64,
    bytes_read: AtomicU64,
}

/// A task, and what was read for it.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are files")]
enum Loaded {
    File(Arc<EventContext>, RawFile, Fetched),
    /// An event has but files that have to wait.
    Event(Arc<EventContext>),
    /// An event cannot be listed.
    Failed(Box<Outcome>),
}

impl Loaded {
    fn bytes(&self) -> usize {
        match self {
            Self::File(_, _, fetched) => fetched.bytes(),
            Self::Event(_) | Self::Failed(_) => 0,
        }
    }
}

impl Shared<'_> {
    fn account(&self, stats: &mut RunStats) {
        let time = |counter: &AtomicU64| Duration::from_nanos(counter.load(Ordering::Relaxed));
        stats.waited = time(&self.counters.waited_ns);
        stats.reading = time(&self.counters.reading_ns);
        stats.directories = time(&self.counters.directories_ns);
        stats.working = time(&self.counters.working_ns);
        stats.bytes_read = self.counters.bytes_read.load(Ordering::Relaxed);
        self.processor.account(stats);
    }

    /// What a thread does that reads ahead.
    fn read_ahead(&self, number: usize) {
        let _feeding = self.queue.feeding();
        if !self.ahead.wait() {
            return;
        }
        let mut text = Buffer::default();
        loop {
            let buffer = self.buffers.take();
            let Some(loaded) = self.load(number, BYTES_AHEAD as u64, buffer) else { return };
            if let Loaded::File(event, (_, name), fetched) = &loaded {
                if matches!(fetched.content, Content::Read(_) | Content::NotYet) {
                    self.processor.prefetch(event, name.as_ref(), &mut text);
                }
            }
            let bytes = loaded.bytes();
            if self.queue.push(loaded, bytes).is_err() {
                return;
            }
        }
    }

    /// The next task of a thread, and what it needs from the disk if that has no more bytes than `most`.
    fn load(&self, thread: usize, most: u64, buffer: Buffer) -> Option<Loaded> {
        let next = self.in_directories(|| self.feeder.next(thread))?;
        let Task { event, file } = match next {
            Ok(task) => task,
            Err(outcome) => return Some(Loaded::Failed(outcome)),
        };
        let Some(file) = file else { return Some(Loaded::Event(event)) };
        let fetched = self.fetch(&event, &file, most, buffer);
        Some(Loaded::File(event, file, fetched))
    }

    /// Counts the time of something that is done for a directory and not for a file.
    fn in_directories<T>(&self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.counters.directories_ns.fetch_add(nanoseconds(begun.elapsed()), Ordering::Relaxed);
        done
    }

    fn fetch(
        &self,
        event: &EventContext,
        (path, _): &RawFile,
        most: u64,
        buffer: Buffer,
    ) -> Fetched {
        // What an earlier run did stands in the results.
        let opened = self.in_directories(|| event.open(self.options, self.begun));
        let fetched = match opened {
            Ok(()) => Fetched::new(event, path, most, buffer),
            Err(failure) => Fetched::failed(failure),
        };
        self.count(&fetched);
        fetched
    }

    fn count(&self, fetched: &Fetched) {
        self.counters.bytes_read.fetch_add(fetched.bytes() as u64, Ordering::Relaxed);
        self.counters.reading_ns.fetch_add(nanoseconds(fetched.took), Ordering::Relaxed);
    }

    /// What a worker does.
    fn work(&self, number: usize, teller: Teller) {
        let mut worker = Worker {
            shared: self,
            number,
            teller,
            workspace: Workspace::default(),
            pace: Pace::new(),
            buffer: None,
        };
        if worker.run().is_err() {
            // Nobody wants to know.
            self.stop_reading();
        }
    }

    /// Those who read ahead need not go on.
    fn stop_reading(&self) {
        self.ahead.close();
        self.queue.abandon();
    }
}

struct Worker<'a> {
    shared: &'a Shared<'a>,
    number: usize,
    teller: Teller,
    workspace: Workspace,
    pace: Pace,
    /// For the next file, where nobody reads ahead.
    buffer: Option<Buffer>,
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // A panic goes on to the caller, once those who read ahead have stopped waiting.
        if std::thread::panicking() {
            self.shared.stop_reading();
        }
    }
}

impl Worker<'_> {
    fn run(&mut self) -> Result<(), Gone> {
        let shared = self.shared;
        loop {
            let begun = Instant::now();
            let loaded = self.next();
            let waited = nanoseconds(begun.elapsed());
            shared.counters.waited_ns.fetch_add(waited, Ordering::Relaxed);
            match loaded {
                None => return self.teller.tell_all(),
                Some(Loaded::Failed(outcome)) => self.teller.outcome(*outcome),
                Some(Loaded::Event(event)) => self.task_done(&event),
                Some(Loaded::File(event, file, fetched)) => {
                    self.file(&event, file, fetched, Phase::Parallel);
                    self.task_done(&event);
                }
            }
            self.teller.tell_if_due()?;
        }
    }

    /// What was read ahead, or else what this worker reads.
    fn next(&mut self) -> Option<Loaded> {
        let shared = self.shared;
        if shared.ahead.is_open() {
            return shared.queue.pop();
        }
        match shared.load(self.number, u64::MAX, self.buffer.take().unwrap_or_default()) {
            Some(loaded) => {
                if let Loaded::File(_, _, fetched) = &loaded {
                    if self.pace.is_too_slow(fetched.took) {
                        shared.ahead.open();
                    }
                }
                Some(loaded)
            }
            None => {
                // Others may have begun to read ahead meanwhile.
                shared.ahead.close();
                shared.ahead.is_open().then(|| shared.queue.pop()).flatten()
            }
        }
    }

    /// A buffer for a file that this worker reads, whoever reads the others.
    fn take_buffer(&mut self) -> Buffer {
        self.buffer.take().unwrap_or_else(|| self.shared.buffers.take())
    }

    fn task_done(&mut self, event: &Arc<EventContext>) {
        if !event.task_done() {
            return;
        }
        let shared = self.shared;
        for file in event.take_deferred() {
            let buffer = self.take_buffer();
            let fetched = shared.fetch(event, &file, u64::MAX, buffer);
            self.file(event, file, fetched, Phase::InOrder);
        }
        let processing = shared.processor.processing();
        if let Err(failure) = shared.in_directories(|| event.finish(processing)) {
            self.teller.tell(Report::Unfinished(Arc::clone(event), failure));
        }
    }

    fn file(&mut self, event: &EventContext, file: RawFile, mut fetched: Fetched, phase: Phase) {
        if let Content::NotYet = fetched.content {
            let buffer = self.take_buffer();
            fetched = self.shared.fetch(event, &file, u64::MAX, buffer);
        }
        let (path, name) = &file;
        let Self { shared, teller, workspace, .. } = self;
        let begun = Instant::now();
        // A defect of ours in one trace must not take the other million with it.
        let end = catch_unwind(AssertUnwindSafe(|| {
            let mut tell = |outcome: Outcome| teller.outcome(outcome);
            let file = (path.as_path(), name.as_ref());
            shared.processor.process_file(event, file, &mut fetched, phase, workspace, &mut tell)
        }));
        let took = nanoseconds(begun.elapsed());
        shared.counters.working_ns.fetch_add(took, Ordering::Relaxed);
        let buffer = fetched.into_buffer();
        if shared.ahead.is_open() {
            shared.buffers.put(buffer);
        } else {
            self.buffer = Some(buffer);
        }
        match end {
            Ok(FileEnd::Done) => {}
            Ok(FileEnd::Deferred) => {
                event.defer(file);
                return;
            }
            Err(_) => {
                self.workspace = Workspace::default();
                let why =
                    format!("{}: internal error; please report it with this file", path.display());
                let failure = Failure::new(Reason::CannotProcess, why);
                self.teller.outcome(Outcome::failed(&event.name, path, failure));
            }
        }
        self.teller.tell(Report::FileDone);
    }
}

/// How much of its time a worker spends reading.
struct Pace {
    begun: Instant,
    files: usize,
    reading: Duration,
}

impl Pace {
    fn new() -> Self {
        Self { begun: Instant::now(), files: 0, reading: Duration::ZERO }
    }

    /// Adds a file; whether reading has taken too long so far.
    fn is_too_slow(&mut self, took: Duration) -> bool {
        self.files += 1;
        self.reading += took;
        self.files >= FILES_TO_JUDGE && self.reading * TOO_LONG > self.begun.elapsed()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
