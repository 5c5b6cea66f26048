//! Conventions that hold throughout, in one place.
//!
//! | what | convention |
//! |---|---|
//! | Time | UTC, integer nanoseconds since 1970, no leap seconds ([`UtcTime`](crate::UtcTime)); a second of 60 is the first of the next minute |
//! | Time of a sample | `start + i / rate`, rounded to the nanosecond from exact integers |
//! | End of a trace | time of its last sample, not one interval later |
//! | Sampling rate | an exact ratio ([`SamplingRate`](crate::SamplingRate)); an `f64` becomes the simplest ratio that gives it back |
//! | Fourier transform | X(f) = Σ x(t) e^{−iωt}, so that the time dependence is e^{+iωt}, as in SEED and evalresp |
//! | Units | SI: metres, seconds, hertz, also where metadata say nm or cm. Units stand in the names (`_hz`, `_s`, `_deg`, `_m`) |
//! | Azimuth, dip | degrees; clockwise from north; downward from horizontal (SEED). SAC's `CMPINC` is dip + 90 |
//! | Samples | processing is in `f64`; integers and `f32` are promoted, exactly, and stay promoted |
//! | Gaps | several traces. No operation processes a fill value that nobody asked for |
//! | NaN, infinity | refused by whatever would spread them, with the index of the first |
//! | Edges | kernels say what lies outside the trace: nothing (zeros) for Lanczos, an error for interpolation beyond the ends |
//! | Errors | the trace is untouched on `Err`; a stream does what it can and names each trace that failed |
//! | Warnings | values that the caller gets, never text on a stream |
//! | Threads | serial and parallel results are the same bits |
//!
//! # Where we differ from ObsPy 1.5
//!
//! Defaults reproduce ObsPy where it is right. These differences are deliberate:
//!
//! | ObsPy | here |
//! |---|---|
//! | `remove_response` looks at the epoch of the start time only | an epoch must cover the whole trace; if it ends within, the error names the instant |
//! | several matching epochs: the first, with a warning | an error that lists them, unless they say the same |
//! | units it does not know are taken for velocity | an error; pressure and the like only in their own units |
//! | `CM/(S**2)`, `NM/SEC**2` … count as SI | scaled by their prefix in every spelling |
//! | a masked (gapped) trace is deconvolved with its fill values | cannot happen: a gap makes two traces |
//! | a zero of the response gives infinity or NaN in every sample | an error that names the frequency |
//! | pre-filter corners in the wrong order give zeros, or NaN | an error |
//! | Lanczos computes times in `f64` epoch seconds (8e-6 off on white noise) and may lose the last sample | times in integer nanoseconds; all samples that fit |
//! | the SAC reader rounds the interval to a microsecond (3 Hz becomes 3.000003) | the simplest rate that the header's float allows |
//! | a truncated last miniSEED record vanishes; one bad record loses the file | both are reported with their offset; the rest is kept |
//! | miniSEED 2 is written with the start rounded to a microsecond and the rate to 32 bits, in silence | refused, unless rounding is asked for; `batch` asks for that of starts |
