//! A response as poles, zeros and a constant, where it is only that.

use std::f64::consts::TAU;

use seis_core::{Complex64, GroundMotion};

use super::error::EvaluateError;
use super::options::EvaluationOptions;
use super::plan::EvaluationPlan;
use super::transfer::Transfer;
use crate::Response;

/// A response that is nothing but poles, zeros and a constant: c Π(s−zero)/Π(s−pole), s = iω in
/// rad/s. This is what SAC pole-zero files and many programs take.
#[derive(Debug, Clone, PartialEq)]
pub struct PoleZeroForm {
    /// Zeros in rad/s. Those at the origin come last.
    pub zeros: Vec<Complex64>,
    /// Poles in rad/s. Those at the origin come last.
    pub poles: Vec<Complex64>,
    /// The normalisation of all stages times their gains, in output units per input unit.
    pub constant: f64,
}

/// Why a response is not only poles and zeros.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPolesZeros {
    /// A stage is a filter of another kind.
    #[error(
        "stage {stage} is {filter}, which has no poles and zeros in s; leave it out with EvaluationOptions::with_stages where it passes everything"
    )]
    Filter {
        /// The stage.
        stage: u32,
        /// What it is.
        filter: &'static str,
    },
    /// The response cannot be evaluated at all.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

impl Response {
    /// The response in a quantity as poles, zeros and a constant.
    ///
    /// Analog stages are combined; stages that are one number at all frequencies (gains, filters of
    /// one tap, linear polynomials) go into the constant. Poles and zeros in Hz become rad/s. The
    /// zeros at the origin are those of the quantity: displacement from a velocity sensor has one
    /// more. A pole and a zero that are both at the origin are left out.
    ///
    /// A digitiser's filters are no poles and zeros in s. Leave them out by stage number if they
    /// pass everything that matters; their gains are then missing too, unless the sensitivity is
    /// taken for all:
    ///
    /// ```
    /// # use seis_resp::{EvaluationOptions, Filter, FilterKind, Gain, PolesZeros, PzDomain};
    /// # use seis_resp::{Complex64, GainSource, Response, Sensitivity, Stage, UnitName};
    /// # let units = |u: &str| Some(UnitName::new(u));
    /// # let filter = Filter {
    /// #     input_units: units("M/S"), output_units: units("V"),
    /// #     name: None, resource_id: None, description: None,
    /// #     kind: FilterKind::PolesZeros(PolesZeros {
    /// #         domain: PzDomain::LaplaceRadians, normalization_factor: 1.0,
    /// #         normalization_frequency_hz: 10.0,
    /// #         zeros: vec![Complex64::new(0.0, 0.0); 2],
    /// #         poles: vec![Complex64::new(-4.4, 4.4), Complex64::new(-4.4, -4.4)],
    /// #     }),
    /// # };
    /// # let gain = |value| Some(Gain { value, frequency_hz: Some(10.0) });
    /// # let geophone = Stage { number: 1, filter: Some(filter), gain: gain(28.0), ..Stage::default() };
    /// # let digitiser = Stage { number: 2, gain: gain(1e6), ..Stage::default() };
    /// # let sensitivity = Some(Sensitivity { value: 28e6, frequency_hz: Some(10.0), band: None,
    /// #     input_units: units("M/S"), output_units: units("COUNTS") });
    /// # let response = Response { stages: vec![geophone, digitiser], sensitivity, ..Response::default() };
    /// use seis_core::GroundMotion;
    /// let options = EvaluationOptions::default()
    ///     .with_stages(1..=1)
    ///     .with_gain(GainSource::Sensitivity);
    /// let form = response.as_poles_zeros(GroundMotion::Displacement, &options)?;
    /// assert_eq!((form.zeros.len(), form.poles.len()), (3, 2));
    /// # Ok::<(), seis_resp::NotPolesZeros>(())
    /// ```
    ///
    /// # Errors
    /// [`NotPolesZeros`], naming the stage that is something else.
    pub fn as_poles_zeros(
        &self,
        quantity: GroundMotion,
        options: &EvaluationOptions,
    ) -> Result<PoleZeroForm, NotPolesZeros> {
        self.plan(quantity, options)?.as_poles_zeros()
    }
}

impl EvaluationPlan {
    /// What was planned as poles, zeros and a constant; see [`Response::as_poles_zeros`].
    ///
    /// # Errors
    /// [`NotPolesZeros::Filter`], naming the stage that is something else.
    pub fn as_poles_zeros(&self) -> Result<PoleZeroForm, NotPolesZeros> {
        let (mut zeros, mut poles, mut constant) = (Vec::new(), Vec::new(), self.scale);
        for (stage, factor) in &self.factors {
            let roots = match factor {
                Transfer::Rational(filter) => filter.in_radians(),
                _ => None,
            };
            if let Some((more_zeros, more_poles, scale)) = roots {
                zeros.extend(more_zeros);
                poles.extend(more_poles);
                constant *= scale;
            } else if let Some(factor) = factor.constant() {
                constant *= factor;
            } else {
                let filter = factor.name();
                return Err(NotPolesZeros::Filter { stage: *stage, filter });
            }
        }
        let at_origin = |root: &Complex64| root.re == 0.0 && root.im == 0.0;
        let take = |roots: &mut Vec<Complex64>| {
            let before = roots.len();
            roots.retain(|root| !at_origin(root));
            i64::try_from(before - roots.len()).unwrap_or(i64::MAX)
        };
        let power = take(&mut zeros) - take(&mut poles) + i64::from(self.order);
        let side = if power > 0 { &mut zeros } else { &mut poles };
        for _ in 0..power.abs() {
            side.push(Complex64::new(0.0, 0.0));
        }
        Ok(PoleZeroForm { zeros, poles, constant })
    }
}

impl PoleZeroForm {
    /// The response at a frequency in Hz.
    #[must_use]
    pub fn at(&self, frequency_hz: f64) -> Complex64 {
        let s = Complex64::new(0.0, TAU * frequency_hz);
        let product =
            |roots: &[Complex64]| roots.iter().map(|root| s - root).product::<Complex64>();
        self.constant * product(&self.zeros) / product(&self.poles)
    }
}
