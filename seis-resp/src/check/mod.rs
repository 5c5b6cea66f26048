//! Whether metadata contradict themselves.
//!
//! [`Inventory::check`] applies a fixed list of [`Rule`]s, each with a code and a name that do not
//! change, and gives [`Finding`]s with their place. `docs/check-rules.md` is the list; the example
//! `check_inventory` is the program. The rules look for contradictions within the metadata and for
//! what no instrument can be, not for what is merely unusual, so that a good inventory has no
//! findings.

mod band;
mod domain;
mod epochs;
mod finding;
mod gains;
mod place;
mod poles;
mod rates;
mod rule;
mod units;

use crate::{
    ChannelEpoch, ChannelResponse, Epoch, EvaluateError, EvaluationOptions, Inventory, Network,
    Response, Stage, UnitChain,
};
use epochs::{Overlaps, Position};
use seis_core::GroundMotion;

pub(crate) use domain::is_in_other_unit;
pub(crate) use poles::unit_gain_factor;

pub use finding::{Finding, FindingPlace};
pub use rule::{Rule, Severity};

impl Inventory {
    /// Looks for contradictions: sensitivities and gains, A0 and poles, rates, units and epochs
    /// that do not fit together, and what no instrument can be.
    ///
    /// The findings stand in the order of the inventory: networks, their stations, their channels.
    /// A good inventory has none.
    ///
    /// ```
    /// use seis_resp::{Channel, Inventory, Network, Rule, Station};
    /// let mut station = Station::new("ABC");
    /// (station.latitude, station.longitude) = (Some(0.0.into()), Some(0.0.into()));
    /// station.elevation = Some(0.0.into());
    /// let mut network = Network::new("XX");
    /// network.stations.push(station);
    /// let mut inventory = Inventory::new("Example");
    /// inventory.networks_mut().push(network);
    /// let findings = inventory.check();
    /// assert_eq!(findings[0].rule, Rule::CoordinatesZero);
    /// assert_eq!(findings[0].place.id(), "XX.ABC");
    /// ```
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut checker = Checker { place: FindingPlace::default(), findings: Vec::new() };
        let overlaps = Overlaps::of(self);
        for (n, network) in self.networks().iter().enumerate() {
            checker.network(n, network, &overlaps);
        }
        checker.findings
    }
}

/// The rules at work: where they are, and what they found.
struct Checker {
    place: FindingPlace,
    findings: Vec<Finding>,
}

impl Checker {
    fn report(&mut self, rule: Rule, found: impl Into<String>, expected: impl Into<String>) {
        let place = self.place.clone();
        let (found, expected) = (found.into(), expected.into());
        self.findings.push(Finding { rule, place, found, expected });
    }

    /// As [`report`](Self::report), of a stage.
    fn report_stage(
        &mut self,
        rule: Rule,
        stage: u32,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.place.stage = Some(stage);
        self.report(rule, found, expected);
        self.place.stage = None;
    }

    fn network(&mut self, n: usize, network: &Network, overlaps: &Overlaps) {
        let place = FindingPlace { network: network.code.clone(), ..FindingPlace::default() };
        self.place = FindingPlace { epoch: network.epoch, ..place.clone() };
        self.dates(&network.epoch, &network.info);
        for (s, station) in network.stations.iter().enumerate() {
            let place = FindingPlace { station: Some(station.code.clone()), ..place.clone() };
            self.place = FindingPlace { epoch: station.epoch.or(&network.epoch), ..place.clone() };
            self.dates(&station.epoch, &station.info);
            let rule = Rule::StationOutsideNetwork;
            self.outside(rule, &station.epoch, &network.epoch, "network");
            self.overlaps((n, s, None), overlaps);
            self.station_coordinates(station);
            for (c, channel) in station.channels.iter().enumerate() {
                let epoch = ChannelEpoch::new(network, station, channel);
                self.place = FindingPlace {
                    location: Some(channel.location.clone()),
                    channel: Some(channel.code.clone()),
                    epoch: epoch.epoch,
                    ..place.clone()
                };
                self.channel((n, s, Some(c)), &epoch, overlaps);
            }
        }
    }

    fn channel(&mut self, position: Position, epoch: &ChannelEpoch<'_>, overlaps: &Overlaps) {
        let channel = epoch.channel;
        self.dates(&channel.epoch, &channel.info);
        let station: Epoch = epoch.station.epoch.or(&epoch.network.epoch);
        self.outside(Rule::ChannelOutsideStation, &channel.epoch, &station, "station");
        self.overlaps(position, overlaps);
        self.channel_coordinates(epoch.station, channel);
        match &channel.response {
            ChannelResponse::Absent | ChannelResponse::NotRead => {}
            ChannelResponse::Broken(broken) => {
                self.report(Rule::ResponseBroken, broken.reason(), "a response that can be used");
            }
            ChannelResponse::Present(response) => {
                let rate_hz = channel.sampling_rate().map(seis_core::SamplingRate::hz);
                self.response(response, rate_hz.filter(|hz| *hz > 0.0));
                if channel.sample_rate.as_ref().is_some_and(|rate| rate.value == 0.0) {
                    self.rate_zero(response);
                }
            }
        }
    }

    fn response(&mut self, response: &Response, rate_hz: Option<f64>) {
        let mut stages: Vec<&Stage> = response.stages.iter().filter(|s| s.number != 0).collect();
        stages.sort_by_key(|stage| stage.number);
        let zero_gain = self.zero_gains(response, &stages);
        for stage in &stages {
            self.poles_and_zeros(stage);
            self.coefficients(stage);
        }
        self.stages_missing(&stages);
        self.rates(&stages, rate_hz);
        self.nyquist(response, &stages, rate_hz);
        self.units(response, &stages);
        if rate_hz.is_some() {
            self.ends_in_counts(response, &stages);
        }
        let options = EvaluationOptions::default().with_unit_chain(UnitChain::Warn);
        match response.plan(GroundMotion::Native, &options) {
            Ok(plan) => {
                self.open_end(&plan);
                if let Some(sensitivity) = &response.sensitivity {
                    self.compare_sensitivity(sensitivity, &plan);
                }
            }
            Err(error) => self.refused(error, zero_gain),
        }
    }

    /// A response that is not evaluated.
    fn refused(&mut self, error: EvaluateError, zero_gain: bool) {
        match error {
            // They are no frequency response, and that is right.
            EvaluateError::Polynomial { .. }
            | EvaluateError::NoStages { has_polynomial: true, .. } => {}
            EvaluateError::ZeroGain { .. } if zero_gain => {}
            EvaluateError::NoStages { has_sensitivity: false, .. } => {}
            EvaluateError::NoStages { .. } => {
                self.report(Rule::NoStages, "an overall sensitivity only", "stages");
            }
            error => self.report(Rule::NotEvaluable, error.to_string(), "a frequency response"),
        }
    }
}
