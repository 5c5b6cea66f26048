//! Responses as signal processing sees them.

use seis_core::{Complex64, EvaluationError, Fingerprint, FrequencyResponse, GroundMotion};

use super::error::EvaluateError;
use super::options::EvaluationOptions;
use super::plan::EvaluationPlan;
use crate::Response;

/// With the default [`EvaluationOptions`]; for others see [`Response::with_options`].
impl FrequencyResponse for Response {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        self.with_options(EvaluationOptions::default()).eval_into(frequencies_hz, quantity, out)
    }

    fn smooth_within_hz(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        radii_hz: &mut [f64],
    ) {
        self.with_options(EvaluationOptions::default()).smooth_within_hz(
            frequencies_hz,
            quantity,
            radii_hz,
        );
    }

    fn recorded_rate_hz(&self) -> Option<f64> {
        self.output_rate_hz()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(Self::fingerprint(self))
    }
}

/// A response with the options of its evaluation, for use as a [`FrequencyResponse`].
#[derive(Debug, Clone, Copy)]
pub struct ResponseWithOptions<'a> {
    response: &'a Response,
    options: EvaluationOptions,
}

impl Response {
    /// This response, evaluated with other options than the default, for use as a
    /// [`FrequencyResponse`].
    #[must_use]
    pub fn with_options(&self, options: EvaluationOptions) -> ResponseWithOptions<'_> {
        ResponseWithOptions { response: self, options }
    }

    /// The response at frequencies in Hz, in output units per SI unit of the quantity.
    ///
    /// For repeated use make a [plan](Self::plan).
    ///
    /// # Errors
    /// Whatever [`Response::plan`] refuses.
    pub fn evaluate(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
    ) -> Result<Vec<Complex64>, EvaluateError> {
        let mut out = vec![Complex64::default(); frequencies_hz.len()];
        let plan = self.plan(quantity, &EvaluationOptions::default())?;
        plan.eval_into(frequencies_hz, &mut out)?;
        Ok(out)
    }
}

impl FrequencyResponse for ResponseWithOptions<'_> {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        let plan = self.response.plan(quantity, &self.options)?;
        Ok(plan.eval_into(frequencies_hz, out)?)
    }

    /// 0 also where the evaluation fails.
    fn smooth_within_hz(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        radii_hz: &mut [f64],
    ) {
        match self.response.plan(quantity, &self.options) {
            Ok(plan) => plan.smooth_within_hz(frequencies_hz, quantity, radii_hz),
            Err(_) => radii_hz.fill(0.0),
        }
    }

    /// `None` if the last stages are left out.
    fn recorded_rate_hz(&self) -> Option<f64> {
        self.response.output_rate_hz().filter(|_| self.options.last_stage.is_none())
    }

    /// The fingerprint of the response, changed by every option that is not the default.
    fn fingerprint(&self) -> Option<Fingerprint> {
        let Fingerprint(response) = Response::fingerprint(self.response);
        if self.options == EvaluationOptions::default() {
            return Some(Fingerprint(response));
        }
        // FNV-1a over the options' debug text, which names every field and value.
        let text = format!("{:?}", self.options);
        let hash = text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |h, b| {
            (h ^ u128::from(b)).wrapping_mul(0x0100_0000_0000_0000_013b)
        });
        Some(Fingerprint(response ^ hash))
    }
}

/// Only for the quantity that was planned for.
impl FrequencyResponse for EvaluationPlan {
    fn eval_into(
        &self,
        frequencies_hz: &[f64],
        quantity: GroundMotion,
        out: &mut [Complex64],
    ) -> Result<(), EvaluationError> {
        if Some(quantity) != self.quantity() {
            let planned = match (self.quantity(), self.unit()) {
                (Some(planned), _) => planned.to_string(),
                (None, Some(unit)) => unit.to_string(),
                (None, None) => String::new(),
            };
            return Err(EvaluationError::new(format!(
                "the plan was made for {planned}, not for {quantity}"
            )));
        }
        Ok(Self::eval_into(self, frequencies_hz, out)?)
    }

    fn smooth_within_hz(&self, frequencies_hz: &[f64], _: GroundMotion, radii_hz: &mut [f64]) {
        for (radius_hz, f) in radii_hz.iter_mut().zip(frequencies_hz) {
            *radius_hz = self.smooth_within(*f);
        }
    }

    /// `None` if the last stages are left out.
    fn recorded_rate_hz(&self) -> Option<f64> {
        self.recorded_rate_hz
    }
}
