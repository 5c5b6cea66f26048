//! Files one after the other, for whoever has time for the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::vec::IntoIter;

use super::archive::Archive;
use super::event::{EventContext, RawFile};
use super::{BatchOptions, Failure, Outcome, Reason};

/// A raw file to be worked on; or none, where an event has but files that have to wait.
pub(super) struct Task {
    pub(super) event: Arc<EventContext>,
    pub(super) file: Option<RawFile>,
}

/// Gives out the files of an archive, event by event, to any number of threads. One event is
/// listed at a time, when its turn comes.
pub(super) struct Feeder<'a> {
    archive: &'a Archive,
    options: &'a BatchOptions,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next_event: usize,
    current: Option<(Arc<EventContext>, IntoIter<RawFile>)>,
}

impl<'a> Feeder<'a> {
    pub(super) fn new(archive: &'a Archive, options: &'a BatchOptions) -> Self {
        Self { archive, options, state: Mutex::default() }
    }

    /// The next file, or the outcome of an event whose files cannot be listed.
    pub(super) fn next(&self) -> Option<Result<Task, Box<Outcome>>> {
        // No panic can leave it half-changed.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some((event, files)) = &mut state.current {
                if let Some(file) = files.next() {
                    return Some(Ok(Task { event: Arc::clone(event), file: Some(file) }));
                }
                state.current = None;
            }
            let event = self.archive.event(state.next_event)?;
            state.next_event += 1;
            match event.files_in(self.options.io_order) {
                Err(error) => {
                    let place = event.directory.join("raw");
                    let why = format!("{}: {error}", place.display());
                    let failure = Failure::new(Reason::UnreadableFile, why);
                    return Some(Err(Box::new(Outcome::failed(&event.name, &place, failure))));
                }
                Ok(files) if files.raw.is_empty() => {}
                Ok(files) => {
                    let (context, separate) = EventContext::new(&event, files, self.options);
                    let event = Arc::new(context);
                    if separate.is_empty() {
                        return Some(Ok(Task { event, file: None }));
                    }
                    state.current = Some((event, separate.into_iter()));
                }
            }
        }
    }
}
