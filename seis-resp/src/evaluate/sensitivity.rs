//! The overall sensitivity, computed from the stages.

use seis_core::GroundMotion;

use super::error::EvaluateError;
use super::options::EvaluationOptions;
use crate::units::Unit;
use crate::{FilterKind, Response, Sensitivity};

impl Response {
    /// The sensitivity that the stages have at a frequency (Hz), or at the one that ObsPy chooses:
    /// the normalisation frequency of the first stage, but at most a quarter of the final sampling
    /// rate. Units are those of the sensitivity in the file (or of the instrument's polynomial).
    ///
    /// The number is |T| with the frequency taken as that of the sensitivity
    /// ([normalisation](crate::EvaluationPlan) depends on it), as in ObsPy 1.5.1's
    /// `recalculate_overall_sensitivity`. For input units with a prefix, such as `NM/S`, it is in
    /// output units per that unit; ObsPy gives it per m/s there and leaves the unit's name.
    ///
    /// # Errors
    /// [`EvaluateError::SensitivityFrequency`] if no frequency can be chosen or the response has
    /// no overall units, and whatever [`Response::plan`] refuses.
    pub fn overall_sensitivity(
        &self,
        frequency_hz: Option<f64>,
    ) -> Result<Sensitivity, EvaluateError> {
        let refuse = |reason| EvaluateError::SensitivityFrequency { reason };
        let (input_units, output_units) = match (&self.sensitivity, &self.polynomial) {
            (Some(s), _) => (s.input_units.clone(), s.output_units.clone()),
            (None, Some(p)) if p.order() > 1 => {
                return Err(refuse("the instrument is not linear: it has no sensitivity"));
            }
            (None, Some(p)) => (p.input_units.clone(), p.output_units.clone()),
            (None, None) => {
                return Err(refuse("the response has neither a sensitivity nor a polynomial"));
            }
        };
        let name = input_units.as_ref().map_or("", |u| u.name.as_str());
        if name.trim().is_empty() {
            return Err(refuse("the input units of the whole instrument are missing"));
        }
        let frequency_hz = frequency_hz.or_else(|| self.flat_frequency_hz()).ok_or_else(|| {
            refuse("neither a normalisation frequency nor a sampling rate is known")
        })?;

        let mut response = self.clone();
        if let Some(sensitivity) = &mut response.sensitivity {
            sensitivity.frequency_hz = Some(frequency_hz);
        }
        let unit = Unit::parse(name).ok();
        let motion = unit.and_then(|u| u.quantity.ground_motion());
        let quantity = motion.unwrap_or(GroundMotion::Native);
        let scale = if motion.is_some() { unit.map_or(1.0, |u| u.per_si()) } else { 1.0 };
        let plan = response.plan(quantity, &EvaluationOptions::default())?;
        Ok(Sensitivity {
            value: plan.at(frequency_hz)?.norm() / scale,
            frequency_hz: Some(frequency_hz),
            input_units,
            output_units,
            band: self.sensitivity.as_ref().and_then(|s| s.band),
        })
    }

    /// Replaces the sensitivity by the [computed](Self::overall_sensitivity) one.
    ///
    /// # Errors
    /// As [`overall_sensitivity`](Self::overall_sensitivity); the response is then unchanged.
    pub fn recalculate_sensitivity(
        &mut self,
        frequency_hz: Option<f64>,
    ) -> Result<&Sensitivity, EvaluateError> {
        let sensitivity = self.overall_sensitivity(frequency_hz)?;
        self.sensitivity_is_computed = true;
        Ok(self.sensitivity.insert(sensitivity))
    }

    /// A frequency in Hz at which the response should be flat.
    fn flat_frequency_hz(&self) -> Option<f64> {
        let sensor = match self.stages.first()?.filter.as_ref().map(|f| &f.kind) {
            Some(FilterKind::PolesZeros(pz)) => Some(pz.normalization_frequency_hz),
            Some(FilterKind::Polynomial(p)) => p.frequency_bounds_hz.map(|(a, b)| (a + b) / 2.0),
            _ => None,
        };
        match self.output_rate_hz() {
            Some(rate_hz) => {
                let limit_hz = rate_hz / 4.0;
                Some(sensor.filter(|f| *f != 0.0).map_or(limit_hz, |f| f.min(limit_hz)))
            }
            None => sensor,
        }
    }
}
