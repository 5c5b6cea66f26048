//! Threads that wait until they are needed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Keeps threads waiting until they are needed, or are known not to be.
#[derive(Debug, Default)]
pub(super) struct Gate {
    is_open: AtomicBool,
    decided: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, bool> {
        // It is one truth value, which no panic can leave half-changed.
        self.decided.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets them through, unless they were sent home.
    pub(super) fn open(&self) {
        self.decide(true);
    }

    /// Sends them home, unless they were let through.
    pub(super) fn close(&self) {
        self.decide(false);
    }

    fn decide(&self, open: bool) {
        let mut decided = self.lock();
        if !*decided {
            *decided = true;
            self.is_open.store(open, Ordering::Release);
            drop(decided);
            self.changed.notify_all();
        }
    }

    /// Whether they were let through.
    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Waits; whether to go through.
    pub(super) fn wait(&self) -> bool {
        drop(
            self.changed
                .wait_while(self.lock(), |decided| !*decided)
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.is_open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_decision_counts() {
        let (opened, closed) = (Gate::default(), Gate::default());
        std::thread::scope(|scope| {
            let waiting = [scope.spawn(|| opened.wait()), scope.spawn(|| closed.wait())];
            assert!(!opened.is_open());
            opened.open();
            opened.close();
            closed.close();
            closed.open();
            assert_eq!(waiting.map(|w| w.join().unwrap()), [true, false]);
        });
        assert!(opened.is_open() && !closed.is_open());
    }
}
