//! Files one after the other, for whoever has time for the next.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::vec::IntoIter;

use super::archive::Archive;
use super::event::{EventContext, RawFile};
use super::{BatchOptions, Event, Failure, Outcome, Reason};

/// A raw file to be worked on; or none, where an event has but files that have to wait.
pub(super) struct Task {
    pub(super) event: Arc<EventContext>,
    pub(super) file: Option<RawFile>,
}

/// Gives out the files of an archive to any number of threads.
///
/// Each takes the files of an event of its own, as long as there are events: two threads in one
/// event would wait for each other, while its directory is made and whenever a result gets its
/// name in it. At the end of the archive, and in an archive of one event, they share what is left.
pub(super) struct Feeder<'a> {
    archive: &'a Archive,
    options: &'a BatchOptions,
    state: Mutex<State>,
    listed: Condvar,
}

/// An event, and those of its files that nobody has taken.
type Open = (Arc<EventContext>, IntoIter<RawFile>);

struct State {
    next_event: usize,
    /// Events that somebody lists just now.
    listing: usize,
    /// Of each thread, the event that it is at.
    open: Vec<Option<Open>>,
}

impl State {
    fn take(&mut self, thread: usize) -> Option<Task> {
        let open = self.open.get_mut(thread)?;
        let (event, files) = open.as_mut()?;
        let task = files.next().map(|file| Task { event: Arc::clone(event), file: Some(file) });
        if task.is_none() {
            *open = None;
        }
        task
    }

    /// The thread with most files left.
    fn busiest(&self) -> Option<usize> {
        let left = |open: &Option<Open>| open.as_ref().map_or(0, |o| o.1.len());
        (0..self.open.len()).max_by_key(|thread| left(&self.open[*thread]))
    }
}

/// An event is being listed until this is gone.
struct Listing<'a>(&'a Feeder<'a>);

impl Drop for Listing<'_> {
    fn drop(&mut self) {
        self.0.lock().listing -= 1;
        self.0.listed.notify_all();
    }
}

impl<'a> Feeder<'a> {
    pub(super) fn new(archive: &'a Archive, options: &'a BatchOptions, threads: usize) -> Self {
        let open = std::iter::repeat_with(|| None).take(threads).collect();
        let state = State { next_event: 0, listing: 0, open };
        Self { archive, options, state: Mutex::new(state), listed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No panic can leave it half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next file for a thread, or the outcome of an event whose files cannot be listed.
    pub(super) fn next(&self, thread: usize) -> Option<Result<Task, Box<Outcome>>> {
        loop {
            let mut state = self.lock();
            if let Some(task) = state.take(thread) {
                return Some(Ok(task));
            }
            let Some(event) = self.archive.event(state.next_event) else {
                if let Some(task) = state.busiest().and_then(|thread| state.take(thread)) {
                    return Some(Ok(task));
                }
                if state.listing == 0 {
                    return None;
                }
                // What is being listed may be more than its thread can do alone.
                drop(self.listed.wait(state));
                continue;
            };
            state.next_event += 1;
            state.listing += 1;
            drop(state);
            let listing = Listing(self);
            match self.list(&event) {
                Err(outcome) => return Some(Err(outcome)),
                Ok(None) => {}
                Ok(Some((event, files))) if files.len() == 0 => {
                    return Some(Ok(Task { event, file: None }));
                }
                Ok(Some(open)) => self.lock().open[thread] = Some(open),
            }
            drop(listing);
        }
    }

    /// An event and those of its files that need not wait; nothing if it has no files.
    fn list(&self, event: &Event) -> Result<Option<Open>, Box<Outcome>> {
        let files = event.files_in(self.options.io_order).map_err(|error| {
            let place = event.directory.join("raw");
            let why = format!("{}: {error}", place.display());
            let failure = Failure::new(Reason::UnreadableFile, why);
            Box::new(Outcome::failed(&event.name, &place, failure))
        })?;
        if files.raw.is_empty() {
            return Ok(None);
        }
        let (context, separate) = EventContext::new(event, files, self.options);
        Ok(Some((Arc::new(context), separate.into_iter())))
    }
}
