//! The other half of `scripts/compare_mseed.py`, which compares this crate with ObsPy and libmseed.
//!
//! * `mseed_cross traces libmseed|obspy FILE OUT`: reads a file by one of the two joining rules.
//!   Prints one JSON object for each trace; the samples go to OUT, little-endian, one trace behind
//!   the other. A last object has the counts of the report, or the error.
//! * `mseed_cross write CASES SAMPLES DIR`: writes one file for each JSON line of CASES (`name`,
//!   `id`, `start_ns`, `hz`, `type`, `count`, `encoding`, `record_len`, `little`, `version`,
//!   `quality`, `sequence`, `publication_version`, `flags`, `extra`, `piece`, `round`), whose samples
//!   come from SAMPLES; with a `piece` they are pushed in pieces of that length. Prints, for each, the
//!   number of records and bytes, or the error.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use seis_core::{Samples, SamplingRate, Trace, UtcTime};
use seis_io::mseed::v2::Quality;
use seis_io::mseed::{
    self, ByteOrder, FormatVersion, JoinOptions, ReadOptions, WriteError, WriteOptions, Writer,
    Written,
};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["traces", rule, file, out] => traces(rule, file.as_ref(), out.as_ref()),
        ["write", cases, samples, dir] => write(cases.as_ref(), samples.as_ref(), dir.as_ref()),
        _ => Err("expected: traces RULE FILE OUT, or write CASES SAMPLES DIR".into()),
    }
}

fn traces(rule: &str, file: &Path, out: &Path) -> Outcome {
    let join = match rule {
        "libmseed" => JoinOptions::new().max_drift(f64::INFINITY),
        "obspy" => JoinOptions::obspy(),
        _ => return Err("the rule is libmseed or obspy".into()),
    };
    let contents = match mseed::read_bytes(&fs::read(file)?, &ReadOptions::new().join(join)) {
        Ok(contents) => contents,
        Err(error) => {
            println!("{}", json!({ "error": error.to_string() }));
            return Ok(());
        }
    };
    let mut out = BufWriter::new(File::create(out)?);
    for trace in &contents.stream {
        let kind = match &trace.samples {
            Samples::I32(v) => {
                v.iter().try_for_each(|x| out.write_all(&x.to_le_bytes()))?;
                "i"
            }
            Samples::F32(v) => {
                v.iter().try_for_each(|x| out.write_all(&x.to_le_bytes()))?;
                "f"
            }
            Samples::F64(v) => {
                v.iter().try_for_each(|x| out.write_all(&x.to_le_bytes()))?;
                "d"
            }
            Samples::Text(v) => {
                out.write_all(v)?;
                "t"
            }
            _ => return Err("samples of an unknown type".into()),
        };
        let line = json!({
            "id": trace.id.to_string(),
            "fdsn": trace.id.to_fdsn(),
            "start_ns": i64::try_from(trace.start.as_nanos())?,
            "hz": trace.rate.hz(),
            "count": trace.len(),
            "type": kind,
        });
        println!("{line}");
    }
    out.flush()?;
    let report = &contents.report;
    let skipped: Vec<String> = report.skipped.iter().map(ToString::to_string).collect();
    let warnings: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    println!("{}", json!({ "skipped": skipped, "warnings": warnings, "records": report.records }));
    Ok(())
}

fn write(cases: &Path, samples: &Path, dir: &Path) -> Outcome {
    let bytes = fs::read(samples)?;
    let mut rest = bytes.as_slice();
    for line in fs::read_to_string(cases)?.lines() {
        let case: Value = serde_json::from_str(line)?;
        let text = |key: &str| case[key].as_str().ok_or_else(|| format!("no {key}"));
        let whole = |key: &str| case[key].as_u64().ok_or_else(|| format!("no {key}"));
        let count = usize::try_from(whole("count")?)?;
        let mut take = |size: usize| -> Result<&[u8], String> {
            let (now, later) = rest.split_at_checked(count * size).ok_or("too few samples")?;
            rest = later;
            Ok(now)
        };
        let samples = match text("type")? {
            "i" => Samples::I32(numbers(take(4)?, i32::from_le_bytes)),
            "f" => Samples::F32(numbers(take(4)?, f32::from_le_bytes)),
            "d" => Samples::F64(numbers(take(8)?, f64::from_le_bytes)),
            _ => Samples::Text(take(1)?.to_vec()),
        };
        let start = case["start_ns"].as_i64().ok_or("no start_ns")?;
        let trace = Trace::new(
            text("id")?.parse()?,
            UtcTime::from_nanos(start.into()),
            SamplingRate::from_hz(case["hz"].as_f64().ok_or("no hz")?)?,
            samples,
        );
        let mut options = WriteOptions::new().record_len(usize::try_from(whole("record_len")?)?);
        if let Some(encoding) = case["encoding"].as_str() {
            options = options.encoding(encoding.parse()?);
        }
        if case["little"].as_bool() == Some(true) {
            options = options.byte_order(ByteOrder::Little);
        }
        if case["version"].as_u64() == Some(3) {
            options = options
                .version(FormatVersion::V3)
                .publication_version(u8::try_from(whole("publication_version")?)?)
                .extra_headers(text("extra")?);
        } else if let Some(letter) = case["quality"].as_str().and_then(|q| q.chars().next()) {
            options = options.quality(Quality::from_letter(letter).ok_or("no quality")?);
        }
        if let Some(number) = case["sequence"].as_u64() {
            options = options.first_sequence(u32::try_from(number)?);
        }
        let round = case["round"].as_bool() == Some(true);
        options = options.round_rate(round).round_start(round);
        options = options.flags(u8::try_from(whole("flags")?)?);
        let path = dir.join(text("name")?);
        let written = match usize::try_from(whole("piece")?)? {
            0 => mseed::write(path, [&trace], &options),
            piece => push(&path, &trace, piece, options),
        };
        match written {
            Ok(written) => {
                println!("{}", json!({ "records": written.records, "bytes": written.bytes }));
            }
            Err(error) => println!("{}", json!({ "error": error.to_string() })),
        }
    }
    Ok(())
}

/// Writes a trace in pieces.
fn push(
    path: &Path,
    trace: &Trace,
    piece: usize,
    options: WriteOptions,
) -> Result<Written, WriteError> {
    let mut writer = Writer::new(Vec::new(), options)?;
    for from in (0..trace.len()).step_by(piece) {
        let samples = trace.samples.slice(from..from + piece);
        let start = trace.time_of(i64::try_from(from).unwrap_or(i64::MAX));
        writer.push(&Trace::new(trace.id, start, trace.rate, samples))?;
    }
    let (bytes, written) = writer.finish()?;
    fs::write(path, bytes)?;
    Ok(written)
}

fn numbers<T, const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes
        .chunks_exact(N)
        .map(|chunk| {
            let mut number = [0; N];
            number.copy_from_slice(chunk);
            value(number)
        })
        .collect()
}
