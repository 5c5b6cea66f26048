//! Traces cut where the epoch of their channel changes.

use seis_core::{Step, Stream, Trace, UtcTime};
use seis_resp::{EpochPolicy, Inventory};

/// Cuts every trace where the response that an inventory holds for it changes, so that each part
/// has one response, or none. Returns how many cuts were made.
///
/// A sample at the instant of a change belongs to the later part. Epochs that join with the same
/// response are not cut. A trace whose channel is unknown stays as it is, and so does the order of
/// the stream; parts stand one after the other, with the step `split_at_epoch` in their history.
///
/// ```
/// use seis::prelude::*;
/// # let channel = |start: &str, end: &str, gain: u32| format!(
/// #     "<Channel code='BHZ' locationCode='' startDate='{start}' {end}><Response>\
/// #      <Stage number='1'><StageGain><Value>{gain}</Value><Frequency>1</Frequency>\
/// #      </StageGain></Stage></Response></Channel>");
/// # let old = channel("2010-01-01T00:00:00", "endDate='2020-01-01T00:00:00'", 1);
/// # let new = channel("2020-01-01T00:00:00", "", 2);
/// # let bytes = format!("<FDSNStationXML schemaVersion='1.2'><Network code='XX'>\
/// #     <Station code='ABC'>{old}{new}</Station></Network></FDSNStationXML>");
/// // The instrument was changed at midnight.
/// let inventory = Inventory::from_stationxml(bytes.as_bytes())?;
/// let start: UtcTime = "2019-12-31T23:59:00".parse()?;
/// let hz = SamplingRate::from_hz(1.0)?;
/// let trace = Trace::new("XX.ABC..BHZ".parse()?, start, hz, vec![0; 100]);
/// let mut stream = Stream::from(vec![trace]);
/// assert_eq!(seis::split_at_epochs(&mut stream, &inventory, EpochPolicy::Error), 1);
/// assert_eq!((stream.traces()[0].len(), stream.traces()[1].len()), (60, 40));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn split_at_epochs(stream: &mut Stream, inventory: &Inventory, policy: EpochPolicy) -> usize {
    let before = stream.len();
    let traces = std::mem::take(stream).into_traces();
    *stream = traces.into_iter().flat_map(|trace| parts(trace, inventory, policy)).collect();
    stream.len() - before
}

fn parts(trace: Trace, inventory: &Inventory, policy: EpochPolicy) -> Vec<Trace> {
    let spans = inventory.response_spans(&trace.id, trace.start, trace.end(), policy);
    let cuts: Vec<UtcTime> = spans.unwrap_or_default().iter().filter_map(|s| s.end).collect();
    let mut bounds: Vec<usize> = cuts.iter().map(|cut| samples_before(&trace, *cut)).collect();
    bounds.insert(0, 0);
    bounds.push(trace.len());
    bounds.dedup();
    if bounds.len() <= 2 {
        return vec![trace];
    }
    let part = |from: usize, to: usize| {
        let start = trace.time_of(i64::try_from(from).unwrap_or(i64::MAX));
        let mut part = Trace::new(trace.id, start, trace.rate, trace.samples.slice(from..to));
        part.history = trace.history.clone();
        let (first, last) = (part.start.to_string(), part.end().to_string());
        part.history.push(Step::new("split_at_epoch").with("first", first).with("last", last));
        part
    };
    bounds.windows(2).map(|pair| part(pair[0], pair[1])).collect()
}

/// How many samples lie before an instant.
fn samples_before(trace: &Trace, instant: UtcTime) -> usize {
    let (mut low, mut high) = (0, trace.len());
    while low < high {
        let middle = low.midpoint(high);
        if trace.time_of(i64::try_from(middle).unwrap_or(i64::MAX)) < instant {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
