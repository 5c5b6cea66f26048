//! miniSEED: what is read, and that it depends on the bytes alone; what is written comes back.

use std::io::{self, Read};

use arbitrary::Unstructured;
use seis_core::{Samples, SamplingRate, Segment, SourceId, Trace, UtcTime};
use seis_io::mseed::v2::Quality;
use seis_io::mseed::{
    ByteOrder, Contents, Encoding, Error, FormatVersion, JoinOptions, Policy, ReadOptions, Reader,
    RecordReader, RecordView, Records, Skipped, Span, WriteOptions, Writer, read_bytes, read_from,
    write_to,
};

/// Record by record: each is within the bytes, behind the one before, and says what it says when
/// it stands alone.
pub(crate) fn records(bytes: &[u8]) {
    if let Ok(record) = RecordView::parse(bytes) {
        look_at(&record);
    }
    for check_crc in [true, false] {
        let options = ReadOptions::new().check_crc(check_crc);
        let (mut end, mut items) = (0, 0);
        for item in Records::with_options(bytes, &options) {
            items += 1;
            assert!(items <= bytes.len(), "more items than bytes");
            let (offset, len) = match &item {
                Ok(record) => (record.offset(), record.bytes().len() as u64),
                Err(skipped) => (skipped.offset, skipped.len),
            };
            assert!(offset >= end && len > 0, "{offset} {len} behind {end}");
            end = offset + len;
            assert!(end <= bytes.len() as u64, "{offset} {len}");
            match item {
                Ok(record) => {
                    look_at(&record);
                    if check_crc && (record.version() == 3 || has_length(&record)) {
                        let alone = RecordView::parse(record.bytes()).unwrap();
                        assert_eq!(described(&alone), described(&record));
                    }
                }
                Err(skipped) => assert!(!skipped.to_string().is_empty()),
            }
        }
    }
}

/// Whether blockette 1000 gives the length of a version-2 record.
fn has_length(record: &RecordView<'_>) -> bool {
    record.blockettes().any(|b| b.kind == 1000)
}

fn look_at(record: &RecordView<'_>) {
    assert!(record.payload().len() <= record.bytes().len());
    assert!(record.extra_headers().len() <= record.bytes().len());
    assert!(record.blockettes().count() <= record.bytes().len() / 4);
    record.blockettes().for_each(|b| drop(b.content()));
    let _ = record.parse_extra_headers().and_then(|extra| extra.fdsn());
    let _ = (record.end(), record.fdsn_id(), record.warnings().count(), format!("{record:?}"));
    let mut samples = match record.sample_type() {
        Some(seis_core::SampleType::I32) => Samples::I32(vec![5]),
        Some(seis_core::SampleType::F32) => Samples::F32(vec![5.0]),
        Some(seis_core::SampleType::F64) => Samples::F64(vec![5.0]),
        _ => Samples::Text(vec![5]),
    };
    match (record.decode_into(&mut samples), record.decode()) {
        (Ok(_), Ok(alone)) if alone.is_empty() => assert_eq!(record.sample_count(), 0),
        (Ok(_), Ok(alone)) => {
            assert_eq!((samples.len(), alone.len()), (1 + alone.len(), record.sample_count()));
            let appended = samples.slice(1..samples.len());
            assert!(same(&appended, &alone), "{appended:?} {alone:?}");
        }
        (Err(error), Err(_)) => {
            assert_eq!(samples.len(), 1, "{error}");
            assert!(!error.to_string().is_empty());
        }
        (into, new) => panic!("{into:?} {new:?}"),
    }
}

fn described(r: &RecordView<'_>) -> String {
    format!(
        "{} {} {} {} {} {} {:?} {:?}",
        r.id(),
        r.start(),
        r.rate(),
        r.sample_count(),
        r.encoding(),
        r.bytes().len(),
        r.byte_order(),
        r.decode()
    )
}

/// Whole sources: every way of reading adds up with the others, and what was read can be written.
pub(crate) fn source(bytes: &[u8]) {
    let lenient = account(bytes, &ReadOptions::new());
    account(bytes, &ReadOptions::new().join(JoinOptions::obspy()).check_crc(false));
    for policy in [Policy::Stop, Policy::Strict] {
        let options = ReadOptions::new().policy(policy);
        match (read_bytes(bytes, &options), &lenient) {
            (Ok(strict), Some(lenient)) => {
                assert!(lenient.report.is_complete());
                assert!(policy == Policy::Stop || strict.report.warnings.is_empty());
                same_traces(strict.stream.traces(), lenient.stream.traces());
            }
            (Ok(_), None) => panic!("{policy:?} reads what the default does not"),
            (Err(error), lenient) => {
                assert!(!error.to_string().is_empty());
                let clean = lenient.as_ref().is_some_and(|c| {
                    c.report.is_complete()
                        && (policy == Policy::Stop || c.report.warnings.is_empty())
                });
                assert!(!clean, "{policy:?}: {error}");
            }
        }
    }
    let Some(contents) = lenient else { return };
    for trace in contents.stream.iter().take(4) {
        for options in [WriteOptions::new(), WriteOptions::new().version(FormatVersion::V3)] {
            comes_back(trace, &options);
        }
    }
}

/// Reads, and checks the account that is given of it.
fn account(bytes: &[u8], options: &ReadOptions) -> Option<Contents> {
    let mut reader = Reader::new(options.clone());
    let index = reader.index_bytes(bytes);
    let verified = reader.verify_bytes(bytes);
    let contents = match read_bytes(bytes, options) {
        Ok(contents) => contents,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(verified.unwrap_err().to_string(), error.to_string());
            return None;
        }
    };
    let report = &contents.report;
    // Without samples in memory the same is told of them.
    let verified = verified.unwrap();
    assert_eq!(verified.report, *report);
    let segments: Vec<Segment> = verified.spans.iter().map(Span::segment).collect();
    assert_eq!(segments, contents.stream.iter().map(Segment::from).collect::<Vec<_>>());
    let samples: usize = contents.stream.iter().map(Trace::len).sum();
    // A Steim frame of 64 bytes holds at most 105 samples.
    assert!(samples <= bytes.len() * 2, "{samples} samples from {} bytes", bytes.len());
    assert_eq!(report.bytes, bytes.len() as u64);
    let mut end = 0;
    for skipped in &report.skipped {
        assert!(skipped.offset >= end, "{:?}", report.skipped);
        end = skipped.offset + skipped.len;
        assert!(end <= bytes.len() as u64);
    }
    assert!(!report.to_string().is_empty());
    let _ = contents.stream.gaps().len();
    // Headers alone tell the same where every record could be decoded.
    if report.is_complete() {
        let index = index.unwrap();
        let counted: u64 = index.records.iter().map(|r| u64::from(r.samples)).sum();
        assert_eq!(counted, samples as u64);
        let spans = index.spans.iter().map(|s| (s.id, s.start, s.samples));
        let traces = contents.stream.iter().map(|t| (t.id, t.start, t.len() as u64));
        assert!(spans.eq(traces), "{:?} {:?}", index.spans, contents.stream);
    }
    Some(contents)
}

/// The first bytes say in which pieces the others arrive; what is read is the same.
pub(crate) fn chunks(bytes: &[u8]) {
    let (sizes, bytes) = bytes.split_at(bytes.len().min(4));
    let sizes: Vec<usize> =
        sizes.iter().map(|b| if *b < 128 { usize::from(*b) + 1 } else { 1 << (b % 16) }).collect();
    if sizes.is_empty() {
        return;
    }
    // What is in memory is not inflated.
    if bytes.starts_with(&[0x1f, 0x8b, 8]) {
        return;
    }
    for check_crc in [true, false] {
        let options = ReadOptions::new().check_crc(check_crc);
        let mut at_once = Records::with_options(bytes, &options);
        let trickle = Trickle { bytes, sizes: &sizes, turn: 0 };
        let mut in_pieces = RecordReader::with_options(trickle, &options);
        loop {
            let expected =
                at_once.next().map(|item| item.map(|r| whole_record(&r)).map_err(Box::new));
            let found = match in_pieces.next_record() {
                None => None,
                Some(Ok(record)) => Some(Ok(whole_record(&record))),
                Some(Err(Error::Record { skipped, .. })) => Some(Err::<_, Box<Skipped>>(skipped)),
                Some(Err(other)) => panic!("{other}"),
            };
            assert_eq!(found, expected);
            if expected.is_none() {
                break;
            }
        }
        assert_eq!(in_pieces.control_records(), at_once.control_records());
        assert_eq!(in_pieces.noise_bytes(), at_once.noise_bytes());
        let trickle = Trickle { bytes, sizes: &sizes, turn: 0 };
        match (read_from(trickle, &options), read_bytes(bytes, &options)) {
            (Ok(a), Ok(b)) => {
                same_traces(a.stream.traces(), b.stream.traces());
                assert_eq!(a.report, b.report);
            }
            (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
            (a, b) => panic!("{a:?} {b:?}"),
        }
    }
}

fn whole_record(record: &RecordView<'_>) -> (u64, Vec<u8>, String) {
    let warnings: Vec<_> = record.warnings().collect();
    let lengths = (record.payload().len(), record.extra_headers().len());
    let told = format!(
        "{} {} {} {} {} {:?} {lengths:?} {warnings:?}",
        record.id(),
        record.start(),
        record.rate(),
        record.sample_count(),
        record.encoding(),
        record.byte_order(),
    );
    (record.offset(), record.bytes().to_vec(), told)
}

/// Gives its bytes in pieces of some sizes, in turn, and is interrupted now and then.
pub(crate) struct Trickle<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) sizes: &'a [usize],
    pub(crate) turn: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn % 7 == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = self.sizes[self.turn % self.sizes.len()].min(out.len()).min(self.bytes.len());
        out[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}

/// Bytes become a trace and options; what is written of it comes back.
pub(crate) fn written(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    if let Ok((trace, options)) = anything(&mut bytes) {
        comes_back(&trace, &options);
        in_pieces_too(&trace, &options, &mut bytes);
    }
}

fn anything(u: &mut Unstructured<'_>) -> arbitrary::Result<(Trace, WriteOptions)> {
    let mut options = WriteOptions::new()
        .version(if u.arbitrary()? { FormatVersion::V2 } else { FormatVersion::V3 })
        .round_rate(u.arbitrary()?)
        .round_start(u.arbitrary()?)
        .quality(*u.choose(&[
            Quality::Indeterminate,
            Quality::Raw,
            Quality::Controlled,
            Quality::Modified,
        ])?)
        .first_sequence(u.arbitrary::<u32>()?.max(1))
        .publication_version(u.arbitrary()?)
        .record_len(match u.int_in_range(0..=17)? {
            16 => usize::from(u.arbitrary::<u16>()?),
            17 => 10 << 20,
            exponent => 64 << exponent,
        });
    // Each version has one of them.
    match options.version {
        FormatVersion::V2 => {
            options.publication_version = 0;
            let big = u.arbitrary()?;
            options = options.byte_order(if big { ByteOrder::Big } else { ByteOrder::Little });
        }
        _ => options.quality = Quality::Indeterminate,
    }
    let encoding = u.arbitrary::<u8>()?;
    if encoding < 128 {
        options = options.encoding(Encoding::from_code(encoding % 40));
    }
    if u.ratio(1, 8)? {
        options = options.flags(u.arbitrary()?);
    }
    if u.ratio(1, 8)? {
        options = options.extra_headers(u.arbitrary::<String>()?);
    }
    let code = |u: &mut Unstructured<'_>| -> arbitrary::Result<String> {
        Ok(if u.arbitrary()? {
            u.arbitrary()?
        } else {
            u.choose(&["CI", "HEC", "", "BHN"])?.to_string()
        })
    };
    let codes = (code(u)?, code(u)?, code(u)?, code(u)?);
    let id = SourceId::new(&codes.0, &codes.1, &codes.2, &codes.3)
        .map_err(|_| arbitrary::Error::IncorrectFormat)?;
    let start = match u.int_in_range(0..=3)? {
        0 => u.arbitrary::<i128>()?,
        1 => i128::from(u.arbitrary::<i64>()?),
        2 => i128::from(u.arbitrary::<u32>()?) * 1_000_000_000,
        _ => i128::from(u.arbitrary::<u64>()? / 1000) * 1000,
    };
    let rate = match u.int_in_range(0..=3)? {
        0 => SamplingRate::from_hz(u.arbitrary()?),
        1 => SamplingRate::from_ratio(u.arbitrary::<u16>()?.into(), u.arbitrary::<u16>()?.into()),
        2 => SamplingRate::from_interval_s(f64::from(u.arbitrary::<u16>()?)),
        _ => SamplingRate::from_hz(40.0),
    }
    .map_err(|_| arbitrary::Error::IncorrectFormat)?;
    let kind = u.int_in_range(0..=4)?;
    let rest = u.bytes(u.len() - u.len().min(8))?;
    let words = || rest.chunks_exact(4).map(|c| i32::from_le_bytes([c[0], c[1], c[2], c[3]]));
    let samples = match kind {
        0 => Samples::I32(words().collect()),
        1 => Samples::F32(words().map(|w| f32::from_bits(w as u32)).collect()),
        2 => Samples::F64(
            rest.chunks_exact(8).map(|c| f64::from_le_bytes(c.try_into().unwrap())).collect(),
        ),
        3 => Samples::Text(rest.to_vec()),
        // Small steps, as seismometers make them.
        _ => Samples::I32(
            rest.iter()
                .scan(0_i32, |sum, byte| {
                    *sum = sum.wrapping_add(i32::from(*byte as i8));
                    Some(*sum)
                })
                .collect(),
        ),
    };
    Ok((Trace::new(id, UtcTime::from_nanos(start), rate, samples), options))
}

/// Writes a trace and reads it back, unless it is refused.
fn comes_back(trace: &Trace, options: &WriteOptions) {
    let mut bytes = Vec::new();
    if let Err(error) = write_to(&mut bytes, [trace], options) {
        assert!(!error.to_string().is_empty());
        return;
    }
    read_back(trace, options, &bytes);
}

fn read_back(trace: &Trace, options: &WriteOptions, bytes: &[u8]) {
    if trace.is_empty() {
        let record = RecordView::parse(bytes).unwrap();
        assert_eq!((record.id(), record.sample_count()), (trace.id, 0));
        return;
    }
    let contents = read_bytes(bytes, &ReadOptions::new().policy(Policy::Stop)).unwrap();
    let found: Vec<&Trace> = contents.stream.iter().collect();
    // Samples without a rate are a trace for each record.
    if !trace.rate.is_regular() {
        let mut joined = found[0].samples.clone();
        for more in &found[1..] {
            joined.append(more.samples.clone()).unwrap();
        }
        assert!(same_numbers(&joined, &trace.samples), "{joined:?} {trace:?}");
        return;
    }
    let [found] = found[..] else { panic!("{} traces: {:?}", found.len(), contents.stream) };
    assert_eq!(found.id, trace.id);
    assert!(same_numbers(&found.samples, &trace.samples), "{trace:?} {found:?}");
    let off = found.start - trace.start;
    match options.version {
        FormatVersion::V3 => {
            assert_eq!(off.as_nanos(), 0);
            assert_eq!(found.rate.hz(), trace.rate.hz());
        }
        _ => {
            let most = if options.round_start { 500 } else { 0 };
            assert!(off.as_nanos().abs() <= most, "{off:?}");
            // Half a unit in the last place of a 32-bit float.
            let most = if options.round_rate { f64::from(f32::EPSILON) / 2.0 } else { 0.0 };
            let close = (found.rate.hz() / trace.rate.hz() - 1.0).abs() <= most;
            assert!(close, "{} {}", found.rate, trace.rate);
        }
    }
}

/// Samples that are pushed in pieces give the records that they give at once.
fn in_pieces_too(trace: &Trace, options: &WriteOptions, u: &mut Unstructured<'_>) {
    let mut at_once = Vec::new();
    if trace.is_empty() || write_to(&mut at_once, [trace], options).is_err() {
        return;
    }
    if !trace.rate.is_regular() {
        return;
    }
    let mut writer = Writer::new(Vec::new(), options.clone()).unwrap();
    let mut from = 0;
    while from < trace.len() {
        let size = u.arbitrary::<u8>().map_or(trace.len(), |b| usize::from(b) * 3 + 1);
        let to = trace.len().min(from + size);
        let piece = Trace::new(
            trace.id,
            trace.time_of(from as i64),
            trace.rate,
            trace.samples.slice(from..to),
        );
        writer.push(&piece).unwrap();
        from = to;
    }
    let (in_pieces, written) = writer.finish().unwrap();
    assert_eq!(written.bytes, in_pieces.len() as u64);
    assert_eq!(in_pieces, at_once);
}

fn same_traces(a: &[Trace], b: &[Trace]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert_eq!((a.id, a.start, a.rate), (b.id, b.start, b.rate));
        assert!(same(&a.samples, &b.samples));
    }
}

/// Equality of what the samples say, in whatever type.
fn same_numbers(a: &Samples, b: &Samples) -> bool {
    if a.sample_type() == b.sample_type() {
        return same(a, b);
    }
    let (a, b) = (a.to_f64().unwrap(), b.to_f64().unwrap());
    let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    a.len() == b.len() && a.iter().zip(&b).all(equal)
}

/// Equality of bits: NaN is NaN.
pub(crate) fn same(a: &Samples, b: &Samples) -> bool {
    match (a, b) {
        (Samples::F32(a), Samples::F32(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        (Samples::F64(a), Samples::F64(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        _ => a == b,
    }
}
