//! Whole archives: directories of raw events become directories of calibrated seismograms.
//!
//! An archive is what the ObsPy MassDownloader leaves: one directory per event, with `raw/`
//! (miniSEED) and `resp/` (StationXML; RESP, dataless SEED and SAC pole-zero files are told by their
//! content and do as well). [`run`] takes, for each trace: read, remove the mean, Hann
//! taper, remove the instrument response within a pre-filter, Lanczos interpolation, write; and
//! tells for every input what became of it.
//!
//! ```
//! use seis::batch::{BatchOptions, Processing, Progress, run};
//!
//! # let root = tempfile::tempdir()?;
//! # let root = root.path();
//! # seis::demo::write_archive(root, &seis::demo::DemoOptions::small())?;
//! let options = BatchOptions::new(Processing::default().output("vel".parse()?));
//! let summary = run(root, &options, |progress| {
//!     if let Progress::Outcome(outcome) = progress {
//!         eprintln!("{outcome:?}");
//!     }
//! })?;
//! assert_eq!(summary.failed(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Names
//!
//! One file per segment, `<NET.STA.LOC.CHA>_<start>_<end>.sac`, in `<event>/processed/` or
//! `<out>/<event>/`. Start and end come from the raw file's name where it has the MassDownloader's
//! form, otherwise from the trace. The segments of a channel with gaps are numbered `_1`, `_2`, ….
//!
//! # Responses
//!
//! The response of a channel is looked for in `resp/NET.STA.xml`, and if that has one for the time
//! of the trace, nowhere else: what other files say against it is not seen. (`check_inventory` looks
//! at all files together.) Otherwise all that lies in `resp/` is taken as one inventory: StationXML,
//! RESP, dataless SEED and SAC pole-zero files, under whatever names, told by their content. See
//! [`Inventory::merge`](crate::Inventory::merge) for files that say the same. Two that contradict
//! each other about the time of a trace are a failure that names both. Files that are no metadata
//! are passed over, unless they are called `.xml`; of those that cannot be read, each result that
//! they were asked for has a warning.
//!
//! # Threads, disks, memory
//!
//! Files are visited in the order of [`BatchOptions::io_order`], and each is read with one call.
//! [`BatchOptions::jobs`] workers read for themselves as long as that takes them little time, as
//! it does where the files are in the system's cache. If it takes more, threads that read ahead
//! begin to fill a queue of at most a few MiB, out of which the workers take the files, so that
//! nobody waits for the disk as long as it is fast enough. [`BatchOptions::io_threads`] fixes their
//! number, for the disk, apart from that of the workers, for the processor. Results are the same
//! bits for every number of threads and every order.
//!
//! Files that could give results of the same names are worked on one after the other, in the order
//! of their names, by one worker, when the others of their event are done: those whose names have
//! not the MassDownloader's form, and those that hold other channels than their names say. An
//! archive of one event with such names takes one core, whatever [`BatchOptions::jobs`] says;
//! several events are still worked on at once.
//!
//! A raw file is read into memory whole, by each worker its own.
//!
//! Plans for the response removal are kept by the content of the response, and inventories by that
//! of their file, least recently used first to go, so that an event finds again what the one before it
//! needed. What came of it stands in [`Summary::stats`]. Memory does not grow with the archive.
//!
//! # Interrupted and repeated runs
//!
//! A result appears under its name only when it is whole. `processing.json` beside the results
//! says how they were made, and of which raw files everything is there. A later run with the same
//! options does only what is missing, and what is older than its raw file; new metadata alone are
//! no reason to make a result again. One with other options refuses to mix its results in, unless
//! [`BatchOptions::overwrite`] is set: then all results are made again. Results of other options
//! that no input gives again are removed; those of the same options stay where they cannot be made
//! again, since an input is gone or broken or the disk is full. Before the first result is replaced,
//! all events are marked, so that such a run can be interrupted: started again with the same options,
//! with `overwrite` or without, it makes again what is still old. One with other options refuses that
//! ([`BatchError::Interrupted`]).
//!
//! A result belongs to the raw file that it was made of: another one of the same result name, which
//! may have been added or come first now, does not pass it off as its own.

mod archive;
mod error;
mod event;
mod feeder;
mod fetch;
mod gate;
mod inventories;
mod manifest;
mod naming;
mod options;
mod order;
mod outcome;
mod processor;
mod queue;
mod report;
mod responses;
mod run;
mod stats;

pub use archive::{Event, EventFiles};
pub use error::BatchError;
pub use inventories::InventoryStats;
pub use naming::RawName;
pub(crate) use naming::compact;
pub use options::{BatchOptions, Format, Processing};
pub use order::IoOrder;
pub use outcome::{Failure, Outcome, Reason, Status, Summary, Timings};
pub use report::ReportWriter;
pub use run::{Progress, run};
pub use stats::RunStats;
