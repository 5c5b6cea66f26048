//! The responses that hold one after the other within a seismogram.

use seis_core::{SourceId, TimeDelta, UtcTime};

use super::{EpochPolicy, LookupError, Query, ResponseMatch, content};
use crate::Inventory;

/// A part of a seismogram, and the response that holds for it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResponseSpan<'a> {
    /// Where the part begins: at the first sample asked for, or at a change.
    pub start: UtcTime,
    /// Where the next part begins; a sample at this instant belongs to that. `None` for the last.
    pub end: Option<UtcTime>,
    /// The response, or why there is none.
    pub found: Result<ResponseMatch<'a>, LookupError>,
}

impl ResponseSpan<'_> {
    /// Whether both have the same response, or both have none because of no epoch.
    fn is_like(&self, other: &Self) -> bool {
        match (&self.found, &other.found) {
            (Ok(a), Ok(b)) => content(&a.epoch) == content(&b.epoch),
            (Err(LookupError::NoEpoch { .. }), Err(LookupError::NoEpoch { .. })) => true,
            _ => false,
        }
    }
}

impl Inventory {
    /// The responses that hold from `first` to `last`, one after the other: what is needed to cut
    /// a seismogram at the changes of its instrument, where [`lookup`](Self::lookup) refuses with
    /// the first instant to cut at.
    ///
    /// The parts join without a hole. Each holds one response, or says why there is none for it.
    /// If a single response holds throughout, there is one part.
    ///
    /// ```
    /// use seis_resp::{EpochPolicy, Inventory};
    /// # let channel = |start: &str, end: &str, gain: u32| format!(
    /// #     "<Channel code='BHZ' locationCode='' startDate='{start}' {end}><Response>\
    /// #      <Stage number='1'><StageGain><Value>{gain}</Value><Frequency>1</Frequency>\
    /// #      </StageGain></Stage></Response></Channel>");
    /// # let old = channel("2010-01-01T00:00:00", "endDate='2020-01-01T00:00:00'", 1);
    /// # let new = channel("2020-01-01T00:00:00", "", 2);
    /// # let bytes = format!("<FDSNStationXML schemaVersion='1.2'><Network code='XX'>\
    /// #     <Station code='ABC'>{old}{new}</Station></Network></FDSNStationXML>");
    /// let inventory = Inventory::from_stationxml(bytes.as_bytes())?;
    /// let (first, last) = ("2019-12-31T23:00:00".parse()?, "2020-01-01T01:00:00".parse()?);
    /// let id = "XX.ABC..BHZ".parse()?;
    /// assert!(inventory.response(&id, first, last).is_err());
    /// let spans = inventory.response_spans(&id, first, last, EpochPolicy::Error)?;
    /// assert_eq!(spans.len(), 2);
    /// assert_eq!(spans[0].end, Some("2020-01-01T00:00:00".parse()?));
    /// assert_eq!(spans[1].found.as_ref().unwrap().response.stages[0].gain.unwrap().value, 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LookupError::NoSuchChannel`]; what is wrong in a part stands there.
    pub fn response_spans(
        &self,
        id: &SourceId,
        first: UtcTime,
        last: UtcTime,
        policy: EpochPolicy,
    ) -> Result<Vec<ResponseSpan<'_>>, LookupError> {
        let whole = Query { inventory: self, id: *id, first, last, policy };
        whole.known()?;
        if let Ok(found) = whole.response() {
            return Ok(vec![ResponseSpan { start: first, end: None, found: Ok(found) }]);
        }
        let mut cuts: Vec<UtcTime> = whole
            .meeting()
            .iter()
            .flat_map(|held| [held.holds.start, held.holds.end])
            .flatten()
            .filter(|cut| first < *cut && *cut <= last)
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let starts = std::iter::once(first).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().map(Some).chain(std::iter::once(None));
        let mut spans: Vec<ResponseSpan<'_>> = Vec::new();
        for (start, end) in starts.zip(ends) {
            // The last instant before the next part.
            let until = end.map_or(last, |end| end + TimeDelta::from_nanos(-1));
            let found = Query { first: start, last: until, ..whole }.response();
            let span = ResponseSpan { start, end, found };
            match spans.last_mut() {
                Some(before) if before.is_like(&span) || before.keeps(&span, last) => {
                    before.end = end;
                    if let Err(LookupError::NoEpoch { last, .. }) = &mut before.found {
                        *last = until;
                    }
                }
                _ => spans.push(span),
            }
        }
        Ok(spans)
    }
}

impl ResponseSpan<'_> {
    /// Whether what follows is only the last sample, exactly on the end of this epoch, and nobody
    /// else's: it still belongs here.
    fn keeps(&self, next: &Self, last: UtcTime) -> bool {
        self.found.is_ok()
            && next.start == last
            && matches!(next.found, Err(LookupError::NoEpoch { .. }))
    }
}
