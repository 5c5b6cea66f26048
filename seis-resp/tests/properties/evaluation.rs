//! Whatever was read can be looked up and evaluated, or the reason is given.

use seis_core::{Complex64, GroundMotion};
use seis_resp::{EvaluationOptions, Inventory, Response};

const QUANTITIES: [GroundMotion; 4] = [
    GroundMotion::Displacement,
    GroundMotion::Velocity,
    GroundMotion::Acceleration,
    GroundMotion::Native,
];

/// From zero over every magnitude to what no instrument sees.
const FREQUENCIES_HZ: [f64; 8] = [0.0, 1e-300, 1e-4, 0.01, 1.0, 9.99, 1e4, 1e300];

/// Checks an inventory, looks up and evaluates its responses, of a large one the first.
pub(crate) fn inventory(inventory: &Inventory) {
    for finding in inventory.check() {
        assert!(!finding.to_string().is_empty());
    }
    for epoch in inventory.channels().take(8) {
        let _ = (epoch.id_text(), epoch.epoch.to_string(), format!("{:?}", epoch.channel));
        if let Some(response) = epoch.channel.response.get() {
            evaluated(response);
        }
        if let Ok(id) = epoch.id_text().parse() {
            let at = epoch.epoch.start.unwrap_or(seis_core::UtcTime::EPOCH);
            if let Err(error) = inventory.response(&id, at, at) {
                assert!(!error.to_string().is_empty());
            }
            let _ = inventory.channel_epochs(&id).len();
        }
    }
}

fn evaluated(response: &Response) {
    let mut out = [Complex64::default(); FREQUENCIES_HZ.len()];
    for options in [EvaluationOptions::default(), EvaluationOptions::obspy()] {
        for quantity in QUANTITIES {
            let plan = match response.plan(quantity, &options) {
                Ok(plan) => plan,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    continue;
                }
            };
            for warning in plan.warnings() {
                assert!(!warning.to_string().is_empty());
            }
            if plan.eval_into(&FREQUENCIES_HZ, &mut out).is_ok() {
                // One frequency alone gives what it gives among others.
                for (frequency, value) in FREQUENCIES_HZ.iter().zip(&out) {
                    let alone = plan.at(*frequency).unwrap();
                    let bits = |c: Complex64| (c.re.to_bits(), c.im.to_bits());
                    let nan = alone.is_nan() && value.is_nan();
                    assert!(nan || bits(alone) == bits(*value), "{frequency}: {alone} {value}");
                }
            }
            let _ = plan.extrapolation(1e-4, 1e4).map(|w| w.to_string());
            let _ = plan.eval_grid_into(0, 0.01, &mut out);
        }
    }
    let _ = response.overall_sensitivity(None);
}
