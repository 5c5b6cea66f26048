//! What a run did beside its results: caches, bytes, waiting.

use std::fmt;
use std::time::Duration;

use seis_signal::CacheStats;

use super::InventoryStats;

/// What a run did beside its results. It differs from run to run, the results do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunStats {
    /// Worker threads.
    pub jobs: usize,
    /// Threads that read ahead of them.
    pub io_threads: usize,
    /// From the beginning to the end.
    pub elapsed: Duration,
    /// The first look at the archive, part of `elapsed`.
    pub survey: Duration,
    /// What the workers waited for raw files, or took to read them themselves, all together.
    pub waited: Duration,
    /// What the readers, which are the workers where none read ahead, spent looking for and
    /// reading raw files, all together.
    pub reading: Duration,
    /// What was spent listing events and making their result directories ready, all together.
    pub directories: Duration,
    /// What the workers spent on files once they were read: decoding, responses, processing,
    /// writing, and the account of it, all together.
    pub working: Duration,
    /// Bytes of raw files that were read.
    pub bytes_read: u64,
    /// Bytes of results that were written.
    pub bytes_written: u64,
    /// The cache of plans for the response removal.
    pub plans: CacheStats,
    /// The cache of files of metadata.
    pub inventories: InventoryStats,
}

impl RunStats {
    /// The share of the workers' time in which they waited for files, from 0 to 1.
    #[must_use]
    pub fn waiting_share(&self) -> f64 {
        let all = self.elapsed.as_secs_f64() * self.jobs as f64;
        if all > 0.0 { (self.waited.as_secs_f64() / all).min(1.0) } else { 0.0 }
    }
}

impl fmt::Display for RunStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        writeln!(
            f,
            "threads: {} working, {} reading ahead; workers waited for files {:.1} % of their time",
            self.jobs,
            self.io_threads,
            100.0 * self.waiting_share()
        )?;
        writeln!(
            f,
            "time: {:.3} s, of it {:.3} s the first look; {:.3} s reading raw files, {:.3} s for \
             directories",
            self.elapsed.as_secs_f64(),
            self.survey.as_secs_f64(),
            self.reading.as_secs_f64(),
            self.directories.as_secs_f64()
        )?;
        writeln!(
            f,
            "bytes: {:.1} MiB read, {:.1} MiB written",
            mib(self.bytes_read),
            mib(self.bytes_written)
        )?;
        let (plans, inventories) = (&self.plans, &self.inventories);
        writeln!(
            f,
            "plans: {} found, {} made, {} not kept, {} dropped; {} held in {:.1} MiB",
            plans.hits,
            plans.misses,
            plans.uncached,
            plans.evictions,
            plans.plans,
            mib(plans.bytes as u64)
        )?;
        write!(
            f,
            "inventories: {} found, {} parsed, {} dropped; {} held in {:.1} MiB",
            inventories.hits,
            inventories.misses,
            inventories.evictions,
            inventories.inventories,
            mib(inventories.bytes as u64)
        )
    }
}
