//! The series that are measured: a day of the real thing, and three synthetic kinds of a day.

use std::path::Path;

use seis_core::{SamplingRate, Trace, UtcTime};
use seis_io::mseed::{Encoding, FormatVersion, ReadOptions, WriteOptions, read_bytes, write_to};

/// Samples of a synthetic series: as many as the day has.
const SAMPLES: usize = 3_456_000;

/// A series and its name.
pub struct Series {
    pub name: &'static str,
    pub samples: Vec<i32>,
}

/// Numbers that look random (xorshift64*), always the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Nearly normal, of variance 1: the sum of twelve.
    fn normal(&mut self) -> f64 {
        let uniform = |r: &mut Self| (r.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (0..12).map(|_| uniform(self)).sum::<f64>() - 6.0
    }
}

/// A sum of the steps that a function of the index scales.
fn walk(name: &'static str, seed: u64, scale: impl Fn(usize) -> f64) -> Series {
    let mut random = Random(seed);
    let mut x = 0.0_f64;
    let samples = (0..SAMPLES)
        .map(|i| {
            // Drawn back to zero, as a seismometer is.
            x = 0.999 * x + scale(i) * random.normal();
            x as i32
        })
        .collect();
    Series { name, samples }
}

/// The day file's samples if there is one, and the synthetic series.
pub fn series(day: Option<&Path>) -> Vec<Series> {
    let mut all = Vec::new();
    if let Some(path) = day {
        let bytes = std::fs::read(path).expect("the day file can be read");
        let contents = read_bytes(&bytes, &ReadOptions::new()).expect("the day file is miniSEED");
        let traces = contents.stream.traces();
        let samples = traces[0].samples.as_i32().expect("integers").to_vec();
        all.push(Series { name: "real day", samples });
    }
    // Differences of 4 and 5 bits; of 8; of 15 to 30; and a quiet station with an event every
    // five minutes that dies away: all widths.
    all.push(walk("quiet", 1, |_| 3.0));
    all.push(walk("noisy", 2, |_| 40.0));
    all.push(walk("loud", 3, |_| 200_000.0));
    all.push(walk("events", 4, |i| 4.0 + 3e5 * (-((i % 12_000) as f64) / 600.0).exp()));
    all
}

/// A file of the series.
pub fn file(samples: &[i32], version: FormatVersion, encoding: Encoding, len: usize) -> Vec<u8> {
    let id = "XX.STA..BHZ".parse().expect("an id");
    let start = UtcTime::from_ordinal(2022, 2, (0, 0, 0), 19_500_000).expect("a time");
    let rate = SamplingRate::from_hz(40.0).expect("a rate");
    let trace = Trace::new(id, start, rate, samples.to_vec());
    let options = WriteOptions::new().version(version).encoding(encoding).record_len(len);
    let mut bytes = Vec::new();
    let _ = write_to(&mut bytes, [&trace], &options).expect("the series can be written");
    bytes
}
