//! libmseed's own test files, record by record, against what libmseed reads in them.
//!
//! `expected.json` was computed with pymseed (libmseed 3.5): source id, version, length, encoding,
//! start, rate, count, first and last four samples, and the sum of all of each record.

use std::path::PathBuf;

use seis_core::{SampleType, Samples};
use seis_io::mseed::{RecordReader, RecordView, Records};
use serde_json::Value;

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

/// Whether a record is what libmseed says it is.
fn compare(file: &str, record: &RecordView<'_>, expected: &Value) {
    let at = format!("{file} at {}", record.offset());
    assert_eq!(record.fdsn_id(), expected["sourceid"].as_str().unwrap(), "{at}");
    assert_eq!(u64::from(record.version()), expected["version"].as_u64().unwrap(), "{at}");
    assert_eq!(record.bytes().len() as u64, expected["record_length"].as_u64().unwrap(), "{at}");
    assert_eq!(u64::from(record.encoding().code()), expected["encoding"].as_u64().unwrap(), "{at}");
    assert_eq!(
        record.start().as_nanos(),
        i128::from(expected["start_ns"].as_i64().unwrap()),
        "{at}"
    );
    let hz = expected["sample_rate"].as_f64().unwrap();
    // libmseed's -1/f·m may be off by a rounding.
    assert!((record.rate().hz() - hz).abs() <= 1e-15 * hz, "{at}: {} Hz", record.rate().hz());
    assert_eq!(record.sample_count() as u64, expected["nsamples"].as_u64().unwrap(), "{at}");
    let samples = record.decode().unwrap_or_else(|e| panic!("{at}: {e}"));
    assert_eq!(samples.len(), record.sample_count(), "{at}");
    if samples.is_empty() {
        return;
    }
    let kind = match samples.sample_type() {
        SampleType::I32 => "i",
        SampleType::F32 => "f",
        SampleType::F64 => "d",
        _ => "t",
    };
    assert_eq!(kind, expected["sample_type"].as_str().unwrap(), "{at}");
    let values = match &samples {
        Samples::Text(text) => text.iter().map(|byte| f64::from(*byte)).collect(),
        numbers => numbers.to_f64().unwrap(),
    };
    let numbers = |key: &str| -> Vec<f64> {
        expected[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let (first, last) = (numbers("first"), numbers("last"));
    assert_eq!(values[..first.len()], first, "{at}");
    assert_eq!(values[values.len() - last.len()..], last, "{at}");
    let (sum, expected_sum) = (values.iter().sum::<f64>(), expected["sum"].as_f64().unwrap());
    // Sums of integers below 2^53 are exact; those of floats depend on the order of summation.
    let size: f64 = values.iter().map(|v| v.abs()).sum();
    let tolerance = if matches!(kind, "i" | "t") { 0.0 } else { size * 1e-13 };
    assert!((sum - expected_sum).abs() <= tolerance, "{at}: sum {sum}, expected {expected_sum}");
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn every_record_is_what_libmseed_reads() {
    let corpus = corpus();
    let dir = corpus.join("libmseed");
    let text = std::fs::read_to_string(dir.join("expected.json")).unwrap();
    let expected: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 46);
    let mut records = 0;
    for (file, content) in &expected {
        let bytes = std::fs::read(dir.join(file)).unwrap();
        let found: Vec<_> = Records::new(&bytes).collect();
        if content.get("error").is_some() {
            // The one that libmseed rejects: its first blockette lies within the fixed header.
            assert!(found.iter().any(Result::is_err), "{file}");
            assert!(found[0].is_err(), "{file}");
            continue;
        }
        let list = content["records"].as_array().unwrap();
        assert_eq!(found.len(), list.len(), "{file}");
        for (record, expected) in found.iter().zip(list) {
            compare(file, record.as_ref().unwrap(), expected);
        }
        let mut streamed = RecordReader::new(bytes.as_slice());
        for expected in list {
            compare(file, &streamed.next_record().unwrap().unwrap(), expected);
        }
        assert!(streamed.next_record().is_none(), "{file}");
        records += list.len();
    }
    assert_eq!(records, 379, "records compared");
}
