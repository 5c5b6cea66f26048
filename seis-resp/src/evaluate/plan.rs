//! From a response and options to something that can be evaluated quickly.

use std::f64::consts::TAU;

use seis_core::{Complex64, GroundMotion};

use super::chain::{self, Conversion, Target};
use super::error::EvaluateError;
use super::lanes::{ComplexLanes, LANES, Lanes};
use super::options::{EvaluationOptions, GainSource, ListRange};
use super::rate::output_rate_hz;
use super::stage::{self, Context};
use super::transfer::{Transfer, radian_hz};
use super::trig::sin_cos;
use super::warning::EvaluationWarning;
use crate::units::Unit;
use crate::{FilterKind, Response, Sensitivity, Stage};

/// A response made ready for evaluation: units, normalisation and the order of stages are settled,
/// and what is doubtful is listed.
///
/// # What is computed
///
/// T(f) in output units (counts) per SI unit of the quantity, with time dependence e^{+iωt}, over the
/// stages that take part, in the order of their numbers, at any frequency. The [rules](crate::rules)
/// are those of evalresp 3.3.3 as ObsPy 1.5.1 applies them, apart from what is listed there.
///
/// # Evaluation
///
/// Evaluation does not allocate, and what it gives for one frequency does not depend on the others:
/// a list may be cut in any way.
///
/// ```
/// use seis_core::GroundMotion;
/// use seis_resp::{EvaluationOptions, Gain, Response, Stage, Filter, FilterKind, PolesZeros};
/// # use seis_resp::{PzDomain, UnitName};
/// # use seis_core::Complex64;
/// # let filter = Filter {
/// #     input_units: Some(UnitName::new("M/S")), output_units: Some(UnitName::new("V")),
/// #     name: None, resource_id: None, description: None,
/// #     kind: FilterKind::PolesZeros(PolesZeros {
/// #         domain: PzDomain::LaplaceRadians, normalization_factor: 1.0,
/// #         normalization_frequency_hz: 1.0,
/// #         zeros: vec![Complex64::new(0.0, 0.0); 2],
/// #         poles: vec![Complex64::new(-4.4, 4.4), Complex64::new(-4.4, -4.4)],
/// #     }),
/// # };
/// # let gain = Some(Gain { value: 28.0, frequency_hz: Some(10.0) });
/// # let geophone = Stage { number: 1, filter: Some(filter), gain, ..Stage::default() };
/// # let response = Response { stages: vec![geophone], ..Response::default() };
/// let plan = response.plan(GroundMotion::Velocity, &EvaluationOptions::default())?;
/// let frequencies_hz = [0.1, 1.0, 10.0];
/// let mut out = [Complex64::default(); 3];
/// plan.eval_into(&frequencies_hz, &mut out)?;
/// assert!((out[2].norm() - 28.0).abs() < 1e-12);
/// # Ok::<(), seis_resp::EvaluateError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationPlan {
    target: Target,
    /// The transfer functions, with the numbers of their stages.
    pub(super) factors: Vec<(u32, Transfer)>,
    pub(super) scale: f64,
    /// Power of iω.
    pub(super) order: i32,
    /// d in e^{iωd}.
    pub(super) advance_s: f64,
    list_band_hz: Option<(f64, f64)>,
    list_range: ListRange,
    sensitivity: (f64, f64),
    /// The sampling rate behind the last stage, if that takes part.
    pub(super) recorded_rate_hz: Option<f64>,
    warnings: Vec<EvaluationWarning>,
}

impl Response {
    /// Prepares the evaluation in a quantity.
    ///
    /// # Errors
    /// [`EvaluateError`], naming stage and rule, when the response cannot be evaluated or does not
    /// measure the quantity.
    pub fn plan(
        &self,
        quantity: GroundMotion,
        options: &EvaluationOptions,
    ) -> Result<EvaluationPlan, EvaluateError> {
        self.plan_for(Target::Motion(quantity), options)
    }

    /// Prepares the evaluation in output units per this unit, by name: `Pa` or `hPa` for a
    /// barometer, `deg` for a tiltmeter, `nm/s` for a seismometer.
    ///
    /// Ground motion may be asked for in units of displacement, velocity and acceleration,
    /// whichever the instrument records; every other quantity only in units of its own. Units are
    /// understood by their [meaning](crate::UnitRules::Meaning), whatever the options say.
    ///
    /// ```
    /// # use seis_resp::{Gain, Response, Sensitivity, Stage, UnitName};
    /// # let gain = Some(Gain { value: 20.0, frequency_hz: Some(1.0) });
    /// # let sensitivity = Some(Sensitivity {
    /// #     value: 20.0, frequency_hz: Some(1.0), band: None,
    /// #     input_units: Some(UnitName::new("PA")), output_units: Some(UnitName::new("COUNTS")),
    /// # });
    /// # let stages = vec![Stage { number: 1, gain, ..Stage::default() }];
    /// # let barometer = Response { stages, sensitivity, ..Response::default() };
    /// use seis_resp::EvaluationOptions;
    /// assert_eq!(barometer.input_unit(), Some("PA"));
    /// let options = EvaluationOptions::default();
    /// let plan = barometer.plan_in(&"hPa".parse()?, &options)?;
    /// assert_eq!(plan.at(1.0)?.re, 2000.0); // counts per hPa; 20 per Pa
    /// let error = barometer.plan_in(&"m/s".parse()?, &options).unwrap_err();
    /// assert!(error.to_string().contains("records pressure (PA), which is no velocity"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EvaluateError::OtherQuantity`], and what [`plan`](Self::plan) refuses.
    pub fn plan_in(
        &self,
        unit: &Unit,
        options: &EvaluationOptions,
    ) -> Result<EvaluationPlan, EvaluateError> {
        self.plan_for(Target::Unit(*unit), options)
    }

    fn plan_for(
        &self,
        target: Target,
        options: &EvaluationOptions,
    ) -> Result<EvaluationPlan, EvaluateError> {
        let (all, stage_zero) = sorted_stages(self)?;
        if all.is_empty() {
            return self.flat_plan(target, options);
        }
        let selected: Vec<usize> =
            (0..all.len()).filter(|i| options.includes(all[*i].number)).collect();
        let Some(first) = selected.first().copied() else {
            return Err(EvaluateError::NoStageInRange {
                first: options.first_stage.unwrap_or(0),
                last: options.last_stage.unwrap_or(u32::MAX),
                present: all.iter().map(|s| s.number).collect(),
            });
        };
        let sensitivity = self.sensitivity.as_ref().or(stage_zero.as_ref());
        let taking_part: Vec<&Stage> = selected.iter().map(|i| all[*i]).collect();
        let sensitivity_frequency_hz = sensitivity_frequency(sensitivity, &taking_part)?;

        let mut warnings = Vec::new();
        let conversion = chain::conversion(self, &all, first, target, options, &mut warnings)?;
        chain::check(&taking_part, options.unit_chain, &mut warnings)?;
        let nyquist_hz = all.iter().rev().find_map(|s| output_rate_hz(s)).map(|hz| hz / 2.0);
        let context =
            Context { options, stages: &all, sensitivity, sensitivity_frequency_hz, nyquist_hz };
        let mut builder = Builder::new(conversion);
        for position in &selected {
            let number = all.get(*position).map_or(0, |stage| stage.number);
            builder.add(number, context.plan(*position, &mut warnings)?);
        }
        if options.gain == GainSource::Sensitivity {
            let sensitivity = sensitivity.ok_or(EvaluateError::MissingSensitivity)?;
            builder.scale *= sensitivity.value;
        }
        warnings.extend(missing_stages(&taking_part, options));
        if sensitivity.is_none() && self.polynomial.is_none() {
            warnings.extend(open_end(&all, options));
        }
        if let (Some(sensitivity), true) = (sensitivity, selected.len() == all.len()) {
            let warning = mismatch(sensitivity.value, builder.gain, sensitivity_frequency_hz);
            warnings.extend(warning);
        }
        let computed = (sensitivity_frequency_hz, builder.gain);
        let mut plan = builder.finish(target, options.list_range, computed, warnings);
        plan.recorded_rate_hz = self.output_rate_hz().filter(|_| options.last_stage.is_none());
        Ok(plan)
    }

    /// The response of an instrument without stages, if the options ask for one: its sensitivity,
    /// or its polynomial around the chosen point, at all frequencies.
    fn flat_plan(
        &self,
        target: Target,
        options: &EvaluationOptions,
    ) -> Result<EvaluationPlan, EvaluateError> {
        let asked = match (&self.sensitivity, &self.polynomial, options.gain) {
            (Some(sensitivity), _, GainSource::Sensitivity) => Ok(sensitivity.value),
            (_, Some(polynomial), GainSource::Stages) if options.polynomial_point.is_some() => {
                Err(polynomial)
            }
            (sensitivity, polynomial, _) => {
                return Err(EvaluateError::NoStages {
                    has_sensitivity: sensitivity.is_some(),
                    has_polynomial: polynomial.is_some(),
                });
            }
        };
        let mut warnings = Vec::new();
        let conversion = chain::conversion(self, &[], 0, target, options, &mut warnings)?;
        let mut builder = Builder::new(conversion);
        let frequency_hz = sensitivity_frequency(self.sensitivity.as_ref(), &[])?;
        match asked {
            Ok(sensitivity) => {
                builder.scale *= sensitivity;
                builder.gain = sensitivity;
            }
            Err(polynomial) => {
                let whole = Stage::default();
                builder.add(0, stage::polynomial(&whole, polynomial, options, &mut warnings)?);
            }
        }
        warnings.push(EvaluationWarning::TakenAsFlat { value: builder.gain });
        let computed = (frequency_hz, builder.gain);
        Ok(builder.finish(target, options.list_range, computed, warnings))
    }
}

/// The stages by number. Stage 0, which old files use for the sensitivity, is given apart.
fn sorted_stages(response: &Response) -> Result<(Vec<&Stage>, Option<Sensitivity>), EvaluateError> {
    let mut all: Vec<&Stage> = response.stages.iter().collect();
    all.sort_by_key(|s| s.number);
    if let Some(pair) = all.windows(2).find(|p| p[0].number == p[1].number) {
        return Err(EvaluateError::DuplicateStage { stage: pair[0].number });
    }
    let stage_zero = match all.first() {
        Some(zero) if zero.number == 0 => {
            if zero.filter.is_some() || zero.decimation.is_some() {
                return Err(EvaluateError::StageZero);
            }
            all.remove(0).gain
        }
        _ => None,
    };
    let sensitivity = stage_zero.map(|gain| Sensitivity {
        value: gain.value,
        frequency_hz: gain.frequency_hz,
        input_units: None,
        output_units: None,
        band: None,
    });
    Ok((all, sensitivity))
}

/// Warns of numbers that no stage has, between those of stages that take part, or before the first
/// one if none was asked for.
fn missing_stages<'a>(
    stages: &'a [&Stage],
    options: &EvaluationOptions,
) -> impl Iterator<Item = EvaluationWarning> + 'a {
    let numbers = || stages.iter().map(|stage| stage.number);
    let start = options.first_stage.map_or(0, |_| numbers().next().unwrap_or(0));
    let pairs = std::iter::once(start).chain(numbers()).zip(numbers());
    pairs
        .filter(|(after, next)| next.saturating_sub(*after) > 1)
        .map(|(after, next)| EvaluationWarning::StagesMissing { after, next })
}

/// Warns that nothing tells whether the last stage is the last one, unless it is asked for by its
/// number, or stages before it are.
fn open_end(stages: &[&Stage], options: &EvaluationOptions) -> Option<EvaluationWarning> {
    let last_stage = stages.last()?.number;
    if options.last_stage.is_some_and(|asked| asked <= last_stage) {
        return None;
    }
    let mut filters = stages.iter().rev().filter_map(|stage| stage.filter.as_ref());
    let unit = filters.find_map(|filter| filter.output_units.as_ref());
    let output_unit = unit.map(|unit| unit.name.clone());
    Some(EvaluationWarning::NoSensitivity { last_stage, output_unit })
}

/// The frequency to which evalresp transfers all gains: that of the sensitivity, or 0 if it has
/// none; without a sensitivity the last gain frequency that is not 0, or 0.
fn sensitivity_frequency(
    sensitivity: Option<&Sensitivity>,
    stages: &[&Stage],
) -> Result<f64, EvaluateError> {
    if let Some(sensitivity) = sensitivity {
        let frequency_hz = sensitivity.frequency_hz.unwrap_or(0.0);
        for (field, found) in
            [("the sensitivity", sensitivity.value), ("its frequency", frequency_hz)]
        {
            if !found.is_finite() {
                return Err(EvaluateError::NotFinite { stage: 0, field, found });
            }
        }
        if sensitivity.value == 0.0 {
            return Err(EvaluateError::ZeroGain { stage: 0 });
        }
        return Ok(frequency_hz);
    }
    let gain_frequency = |stage: &&Stage| {
        // ObsPy hands a polynomial over as a gain in the middle of its frequency bounds.
        let polynomial = match stage.filter.as_ref().map(|f| &f.kind) {
            Some(FilterKind::Polynomial(p)) => p.frequency_bounds_hz.map(|(a, b)| (a + b) / 2.0),
            _ => None,
        };
        let gain = stage.gain.and_then(|g| g.frequency_hz);
        [gain, polynomial].into_iter().flatten().find(|hz| *hz != 0.0 && hz.is_finite())
    };
    Ok(stages.iter().rev().find_map(gain_frequency).unwrap_or(0.0))
}

/// evalresp warns from 5 % on.
fn mismatch(reported: f64, computed: f64, frequency_hz: f64) -> Option<EvaluationWarning> {
    let difference = ((reported - computed) / reported).abs();
    (difference >= 0.05).then_some(EvaluationWarning::SensitivityMismatch {
        reported,
        computed,
        frequency_hz,
    })
}

/// Gathers what the stages contribute.
struct Builder {
    factors: Vec<(u32, Transfer)>,
    scale: f64,
    gain: f64,
    order: i32,
    advance_s: f64,
}

impl Builder {
    fn new(conversion: Conversion) -> Self {
        let Conversion { order, scale } = conversion;
        Self { factors: Vec::new(), scale, gain: 1.0, order, advance_s: 0.0 }
    }

    fn add(&mut self, number: u32, stage: stage::PlannedStage) {
        self.factors.extend(stage.transfer.map(|transfer| (number, transfer)));
        self.scale *= stage.scale;
        self.gain *= stage.gain_at_sensitivity;
        self.advance_s += stage.advance_s;
    }

    fn finish(
        self,
        target: Target,
        list_range: ListRange,
        sensitivity: (f64, f64),
        warnings: Vec<EvaluationWarning>,
    ) -> EvaluationPlan {
        let lists = self.factors.iter().filter_map(|factor| match factor {
            (_, Transfer::List(list)) => Some(list.band_hz()),
            _ => None,
        });
        let list_band_hz = lists.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)));
        EvaluationPlan {
            target,
            factors: self.factors,
            scale: self.scale,
            order: self.order,
            advance_s: self.advance_s,
            list_band_hz,
            list_range,
            sensitivity,
            recorded_rate_hz: None,
            warnings,
        }
    }
}

impl EvaluationPlan {
    /// The response at each frequency in Hz. Negative frequencies give the conjugate.
    ///
    /// Where the plan divides by iω, 0 Hz gives 0; so does a pole that is hit exactly, both as in
    /// evalresp 3.3.3. A frequency that is NaN gives NaN.
    ///
    /// # Errors
    /// [`EvaluateError::Length`] if the slices differ in length, and
    /// [`EvaluateError::OutsideList`] with [`ListRange::Refuse`].
    pub fn eval_into(
        &self,
        frequencies_hz: &[f64],
        out: &mut [Complex64],
    ) -> Result<(), EvaluateError> {
        if frequencies_hz.len() != out.len() {
            return Err(EvaluateError::Length {
                frequencies: frequencies_hz.len(),
                results: out.len(),
            });
        }
        for f in frequencies_hz {
            self.check_range(*f)?;
        }
        for (frequencies_hz, out) in frequencies_hz.chunks(LANES).zip(out.chunks_mut(LANES)) {
            let mut block = [0.0; LANES];
            block[..frequencies_hz.len()].copy_from_slice(frequencies_hz);
            self.store(&block, out);
        }
        Ok(())
    }

    /// The response at `first_bin`, `first_bin + 1`, … times `bin_width_hz`, as an FFT needs it:
    /// [`eval_into`](Self::eval_into) without a list of frequencies. A width that is NaN gives NaN.
    ///
    /// # Errors
    /// [`EvaluateError::OutsideList`] with [`ListRange::Refuse`].
    pub fn eval_grid_into(
        &self,
        first_bin: usize,
        bin_width_hz: f64,
        out: &mut [Complex64],
    ) -> Result<(), EvaluateError> {
        let frequency = |i: usize| first_bin.saturating_add(i) as f64 * bin_width_hz;
        if let Some(last) = out.len().checked_sub(1) {
            self.check_range(frequency(0))?;
            self.check_range(frequency(last))?;
        }
        for (i, out) in out.chunks_mut(LANES).enumerate() {
            let block = std::array::from_fn(|l| frequency(i * LANES + l));
            self.store(&block, out);
        }
        Ok(())
    }

    /// The response at one frequency in Hz: as [`eval_into`](Self::eval_into), the conjugate at a
    /// negative one, and NaN at NaN.
    ///
    /// # Errors
    /// [`EvaluateError::OutsideList`] with [`ListRange::Refuse`].
    pub fn at(&self, frequency_hz: f64) -> Result<Complex64, EvaluateError> {
        self.check_range(frequency_hz)?;
        Ok(self.block(&[frequency_hz; LANES]).get(0))
    }

    /// The radius in Hz of the circle around a frequency, in the plane of complex frequencies, in
    /// which this has no pole and no kink, and no factor that turns by more than a radian; 0 where
    /// that is not known.
    pub(super) fn smooth_within(&self, frequency_hz: f64) -> f64 {
        // Dividing by iω is a pole at 0.
        let conversion = if self.order < 0 { frequency_hz.abs() } else { f64::INFINITY };
        let advance = radian_hz(self.advance_s);
        let factors = self.factors.iter().map(|(_, factor)| factor.smooth_within(frequency_hz));
        factors.fold(conversion.min(advance), f64::min)
    }

    /// The quantity that was planned for; `None` if it was a [unit](Response::plan_in).
    #[must_use]
    pub fn quantity(&self) -> Option<GroundMotion> {
        match self.target {
            Target::Motion(quantity) => Some(quantity),
            Target::Unit(_) => None,
        }
    }

    /// The unit that was [planned](Response::plan_in) for.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        match self.target {
            Target::Motion(_) => None,
            Target::Unit(unit) => Some(unit),
        }
    }

    /// What is doubtful about the response.
    #[must_use]
    pub fn warnings(&self) -> &[EvaluationWarning] {
        &self.warnings
    }

    /// The product of all gains of the stages, each transferred to the frequency (in Hz) that is
    /// given beside it: what the sensitivity in the file should be. In the instrument's own units.
    #[must_use]
    pub fn product_of_gains(&self) -> (f64, f64) {
        let (frequency_hz, gain) = self.sensitivity;
        (gain, frequency_hz)
    }

    /// The frequencies in Hz that all response lists cover; `None` if there is no list.
    #[must_use]
    pub fn list_band_hz(&self) -> Option<(f64, f64)> {
        self.list_band_hz
    }

    /// A warning if the frequencies from the first to the last (in Hz) go beyond a response list.
    #[must_use]
    pub fn extrapolation(&self, first_hz: f64, last_hz: f64) -> Option<EvaluationWarning> {
        let (list_first_hz, list_last_hz) = self.list_band_hz?;
        (first_hz < list_first_hz || last_hz > list_last_hz).then_some(
            EvaluationWarning::ListExtrapolated { first_hz, last_hz, list_first_hz, list_last_hz },
        )
    }

    fn check_range(&self, frequency_hz: f64) -> Result<(), EvaluateError> {
        match (self.list_range, self.list_band_hz) {
            (ListRange::Refuse, Some((first_hz, last_hz)))
                if !(first_hz..=last_hz).contains(&frequency_hz) =>
            {
                Err(EvaluateError::OutsideList { frequency_hz, first_hz, last_hz })
            }
            _ => Ok(()),
        }
    }

    #[inline(always)]
    fn store(&self, frequency_hz: &Lanes, out: &mut [Complex64]) {
        let value = self.block(frequency_hz);
        for (l, out) in out.iter_mut().enumerate() {
            *out = value.get(l);
        }
    }

    #[inline(always)]
    fn block(&self, frequency_hz: &Lanes) -> ComplexLanes {
        let mut value = ComplexLanes::ONE;
        for (_, factor) in &self.factors {
            factor.multiply(frequency_hz, &mut value);
        }
        let omega = frequency_hz.map(|f| TAU * f);
        if self.advance_s != 0.0 {
            let (im, re) = sin_cos(&omega.map(|w| w * self.advance_s));
            value.multiply(&ComplexLanes { re, im });
        }
        value.scale(&[self.scale; LANES]);
        convert(self.order, &omega, &mut value);
        if frequency_hz.iter().fold(false, |any, f| any | f.is_nan()) {
            no_number(frequency_hz, &mut value);
        }
        value
    }
}

/// What does not depend on frequency has a value at every one, but not where there is none.
#[cold]
fn no_number(frequency_hz: &Lanes, value: &mut ComplexLanes) {
    for l in 0..LANES {
        if frequency_hz[l].is_nan() {
            (value.re[l], value.im[l]) = (f64::NAN, f64::NAN);
        }
    }
}

/// `value *= (iω)^order`, and 0 at ω = 0 for a negative order.
#[inline(always)]
fn convert(order: i32, omega: &Lanes, value: &mut ComplexLanes) {
    let quarter_turn = |value: &mut ComplexLanes, sign: f64| {
        for l in 0..LANES {
            (value.re[l], value.im[l]) = (-sign * value.im[l], sign * value.re[l]);
        }
    };
    let inverse = |w: f64| if w == 0.0 { 0.0 } else { 1.0 / w };
    match order {
        1 => {
            quarter_turn(value, 1.0);
            value.scale(omega);
        }
        2 => value.scale(&omega.map(|w| -w * w)),
        -1 => {
            quarter_turn(value, -1.0);
            value.scale(&omega.map(inverse));
        }
        -2 => value.scale(&omega.map(|w| -inverse(w) * inverse(w))),
        _ => {}
    }
}
