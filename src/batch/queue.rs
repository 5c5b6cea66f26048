//! A bounded queue that wakes threads seldom.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Items on their way from threads that read to threads that work, bounded by number and by
/// weight.
///
/// When it is full, those who fill it wait until it is half empty: each waking costs as much as
/// reading a small file from the cache, so that it had better serve for several.
#[derive(Debug)]
pub(super) struct Queue<T> {
    most_items: usize,
    most_weight: usize,
    state: Mutex<State<T>>,
    filled: Condvar,
    emptied: Condvar,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(T, usize)>,
    weight: usize,
    /// Nothing is put in until half of it has been taken.
    full: bool,
    /// Threads that may put something in.
    feeders: usize,
    /// Nobody takes anything out any more.
    abandoned: bool,
}

impl<T> Queue<T> {
    /// A queue that `feeders` threads fill; each of them drops a [`Feeding`] when it is done.
    pub(super) fn new(most_items: usize, most_weight: usize, feeders: usize) -> Self {
        Self {
            most_items,
            most_weight,
            state: Mutex::new(State {
                items: VecDeque::new(),
                weight: 0,
                full: false,
                feeders,
                abandoned: false,
            }),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // What is within is consistent whenever the lock is given back.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item in once there is room; gives it back if nobody is going to take it.
    pub(super) fn push(&self, item: T, weight: usize) -> Result<(), T> {
        let mut state = self
            .emptied
            .wait_while(self.lock(), |s| s.full && !s.abandoned)
            .unwrap_or_else(PoisonError::into_inner);
        if state.abandoned {
            return Err(item);
        }
        state.items.push_back((item, weight));
        state.weight += weight;
        state.full = state.items.len() >= self.most_items || state.weight >= self.most_weight;
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Takes the next item, waiting for it; `None` when no more will come.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self
            .filled
            .wait_while(self.lock(), |s| s.items.is_empty() && s.feeders > 0 && !s.abandoned)
            .unwrap_or_else(PoisonError::into_inner);
        let (item, weight) = state.items.pop_front()?;
        state.weight -= weight;
        let half_empty =
            state.items.len() <= self.most_items / 2 && state.weight <= self.most_weight / 2;
        if state.full && (half_empty || state.items.is_empty()) {
            state.full = false;
            drop(state);
            self.emptied.notify_all();
        }
        Some(item)
    }

    /// Takes nothing out any more: those who fill it need not go on.
    pub(super) fn abandon(&self) {
        self.lock().abandoned = true;
        self.emptied.notify_all();
        self.filled.notify_all();
    }

    /// To be kept by a thread that fills the queue, for as long as it does.
    pub(super) fn feeding(&self) -> Feeding<'_, T> {
        Feeding(self)
    }
}

/// As long as one of these is there, more may come.
#[derive(Debug)]
pub(super) struct Feeding<'a, T>(&'a Queue<T>);

impl<T> Drop for Feeding<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.feeders -= 1;
        if state.feeders == 0 {
            drop(state);
            self.0.filled.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn everything_arrives_once_and_no_more_than_fits_is_on_its_way() {
        let queue = Queue::new(6, 100, 2);
        let on_the_way = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let mut found: Vec<usize> = std::thread::scope(|scope| {
            for half in 0..2 {
                let (queue, on_the_way, most) = (&queue, &on_the_way, &most);
                scope.spawn(move || {
                    let _feeding = queue.feeding();
                    for i in 0..500 {
                        let before = on_the_way.fetch_add(1, Ordering::SeqCst);
                        most.fetch_max(before + 1, Ordering::SeqCst);
                        queue.push(2 * i + half, 30).unwrap();
                    }
                });
            }
            let takers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut found = Vec::new();
                        while let Some(item) = queue.pop() {
                            on_the_way.fetch_sub(1, Ordering::SeqCst);
                            found.push(item);
                        }
                        found
                    })
                })
                .collect();
            takers.into_iter().flat_map(|t| t.join().unwrap()).collect()
        });
        found.sort_unstable();
        assert!(found.into_iter().eq(0..1000));
        // Four of weight 30 fill it; two may wait to be pushed, three be taken and not yet counted.
        assert!(most.load(Ordering::SeqCst) <= 4 + 2 + 3);
    }

    #[test]
    fn one_item_heavier_than_the_bound_still_passes() {
        let queue = Queue::new(4, 10, 1);
        queue.push("heavy", 1000).unwrap();
        assert_eq!(queue.pop(), Some("heavy"));
        queue.push("next", 1).unwrap();
        assert_eq!(queue.pop(), Some("next"));
        drop(queue.feeding());
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn nobody_waits_for_those_who_have_gone() {
        let queue = Queue::new(1, 10, 1);
        queue.push(1, 1).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.push(2, 1));
            queue.abandon();
            assert_eq!(waiting.join().unwrap(), Err(2));
        });
    }
}
