//! Plans that are made once and used for every trace that they fit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use seis_core::{FrequencyResponse, SamplingRate};

use crate::fft::{Kind, Transform};
use crate::{
    CalibrationPlan, CalibrationSpec, DeconvolutionPlan, DeconvolutionSpec, DetrendSpec, FftLength,
    InterpolationSpec, PreFilter, Result, SamplingGrid, TaperSide, TaperSpec, WaterLevel, Window,
};

/// Plans by response, length, rate and options, for any number of threads.
///
/// A plan is found again whenever a response of the same content comes with a trace of the same
/// length and rate, whatever file either came from. Responses without a
/// [fingerprint](FrequencyResponse::fingerprint) are not cached. The plans used least recently
/// are dropped when all together, with the transforms they share, hold more than the given number
/// of bytes. Of two threads that ask for the same new plan one makes it and the other waits.
///
/// ```
/// use seis_core::{GroundMotion, SamplingRate};
/// use seis_signal::{DeconvolutionSpec, PlanCache, Scratch};
/// # use seis_core::{Complex64, EvaluationError, Fingerprint, FrequencyResponse};
/// # struct Flat;
/// # impl FrequencyResponse for Flat {
/// #     fn eval_into(&self, _: &[f64], _: GroundMotion, out: &mut [Complex64])
/// #         -> Result<(), EvaluationError> { out.fill(Complex64::new(2.0, 0.0)); Ok(()) }
/// #     fn fingerprint(&self) -> Option<Fingerprint> { Some(Fingerprint(1)) }
/// # }
/// # let response = Flat;
/// let cache = PlanCache::new(64 << 20);
/// let spec = DeconvolutionSpec::new(GroundMotion::Velocity);
/// let rate = SamplingRate::from_hz(40.0)?;
/// for _ in 0..10 {
///     let plan = cache.deconvolution(&spec, 1000, rate, &response)?;
///     plan.apply(&mut vec![1.0; 1000], &mut Scratch::new())?;
/// }
/// assert_eq!((cache.stats().hits, cache.stats().misses), (9, 1));
/// # Ok::<(), seis_signal::Error>(())
/// ```
#[derive(Debug)]
pub struct PlanCache {
    max_bytes: usize,
    state: Mutex<State>,
}

/// What a [`PlanCache`] did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CacheStats {
    /// Plans that were found.
    pub hits: u64,
    /// Plans that were made and kept.
    pub misses: u64,
    /// Plans that were made and not kept: the response has no fingerprint, the plan is larger
    /// than the cache, or could not be made.
    pub uncached: u64,
    /// Plans that had to go.
    pub evictions: u64,
    /// Plans held now.
    pub plans: usize,
    /// Bytes held now; those of the transforms are estimated.
    pub bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    slots: HashMap<Key, Slot>,
    /// How many plans use each transform.
    transforms: HashMap<(usize, Kind), usize>,
    stats: CacheStats,
    /// Counts requests, to tell which plan was used last.
    clock: u64,
}

/// A place for one plan. Whoever makes the plan holds the lock of the place meanwhile.
#[derive(Debug)]
struct Slot {
    place: Arc<Mutex<Option<Plan>>>,
    /// None while the plan is being made.
    size: Option<Size>,
    used: u64,
}

/// What a plan holds alone, and what it shares.
#[derive(Debug, Clone, Copy)]
struct Size {
    bytes: usize,
    transforms: [Option<Transform>; 2],
}

impl Size {
    fn transforms(&self) -> impl Iterator<Item = Transform> {
        self.transforms.into_iter().flatten()
    }

    fn total(&self) -> usize {
        self.transforms().fold(self.bytes, |sum, t| sum + t.bytes)
    }
}

#[derive(Debug, Clone)]
enum Plan {
    Deconvolution(Arc<DeconvolutionPlan>),
    Calibration(Arc<CalibrationPlan>),
}

impl PlanCache {
    /// A cache for so many bytes of plans.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes, state: Mutex::default() }
    }

    /// The cache that the methods of [`TraceSignal`](crate::TraceSignal) use: at most 256 MiB.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<PlanCache> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(256 << 20))
    }

    /// The plan for this deconvolution, from the cache or made now.
    ///
    /// # Errors
    /// As [`DeconvolutionPlan::new`]; failures are not remembered.
    pub fn deconvolution(
        &self,
        spec: &DeconvolutionSpec,
        npts: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
    ) -> Result<Arc<DeconvolutionPlan>> {
        let make = || DeconvolutionPlan::new(spec, npts, rate, response).map(Arc::new);
        let Some(key) = Key::new(&CalibrationSpec::only(*spec), npts, rate, response, None) else {
            self.lock().stats.uncached += 1;
            return make();
        };
        let plan = self.get(&key, || {
            let plan = make()?;
            let size = Size { bytes: plan.memory_bytes(), transforms: plan.transforms() };
            Ok((size, Plan::Deconvolution(plan)))
        })?;
        match plan {
            Plan::Deconvolution(plan) => Ok(plan),
            // Keys of calibrations differ from those of deconvolutions.
            Plan::Calibration(_) => make(),
        }
    }

    /// The plan for this calibration, from the cache or made now. Traces that start at other times
    /// share it if their outputs start as long after them; ask the plan for
    /// [`output_start`](CalibrationPlan::output_start).
    ///
    /// # Errors
    /// As [`CalibrationPlan::new`]; failures are not remembered.
    pub fn calibration(
        &self,
        spec: &CalibrationSpec,
        input: &SamplingGrid,
        response: &dyn FrequencyResponse,
    ) -> Result<Arc<CalibrationPlan>> {
        let make = || CalibrationPlan::new(spec, input, response).map(Arc::new);
        let offset = spec.resample.and_then(|r| r.start).map(|s| (s - input.start).as_nanos());
        let Some(key) = Key::new(spec, input.npts, input.rate, response, Some(offset.unwrap_or(0)))
        else {
            self.lock().stats.uncached += 1;
            return make();
        };
        let plan = self.get(&key, || {
            let plan = make()?;
            let size = Size { bytes: plan.memory_bytes(), transforms: plan.transforms() };
            Ok((size, Plan::Calibration(plan)))
        })?;
        match plan {
            Plan::Calibration(plan) => Ok(plan),
            Plan::Deconvolution(_) => make(),
        }
    }

    /// What the cache did so far.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.lock().stats
    }

    /// Drops all plans; the counters stay.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.slots.clear();
        state.transforms.clear();
        state.stats.plans = 0;
        state.stats.bytes = 0;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // What is within is consistent between statements; a panic elsewhere cannot spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &Key, make: impl FnOnce() -> Result<(Size, Plan)>) -> Result<Plan> {
        let place = {
            let mut state = self.lock();
            state.clock += 1;
            let used = state.clock;
            let slot = state.slots.entry(key.clone()).or_insert_with(|| Slot {
                place: Arc::default(),
                size: None,
                used,
            });
            slot.used = used;
            Arc::clone(&slot.place)
        };
        // Others that want this plan wait here; others that want another do not.
        let mut held = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = &*held {
            self.lock().stats.hits += 1;
            return Ok(plan.clone());
        }
        let made = make();
        let mut state = self.lock();
        let (size, plan) = match made {
            Ok((size, plan)) if size.total() <= self.max_bytes => (size, plan),
            not_kept => {
                state.stats.uncached += 1;
                state.remove_place(key, &place);
                return not_kept.map(|(_, plan)| plan);
            }
        };
        *held = Some(plan.clone());
        if state.keep(key, &place, size) {
            state.stats.misses += 1;
            state.make_room(self.max_bytes);
        } else {
            state.stats.uncached += 1;
        }
        Ok(plan)
    }
}

impl State {
    fn remove_place(&mut self, key: &Key, place: &Arc<Mutex<Option<Plan>>>) {
        if self.slots.get(key).is_some_and(|s| Arc::ptr_eq(&s.place, place)) {
            self.slots.remove(key);
        }
    }

    /// Counts a new plan, unless its place was cleared away while it was made.
    fn keep(&mut self, key: &Key, place: &Arc<Mutex<Option<Plan>>>, size: Size) -> bool {
        let Some(slot) = self.slots.get_mut(key).filter(|s| Arc::ptr_eq(&s.place, place)) else {
            return false;
        };
        slot.size = Some(size);
        self.stats.plans += 1;
        self.stats.bytes += size.bytes;
        for t in size.transforms() {
            let users = self.transforms.entry((t.len, t.kind)).or_default();
            if *users == 0 {
                self.stats.bytes += t.bytes;
            }
            *users += 1;
        }
        true
    }

    fn make_room(&mut self, max_bytes: usize) {
        while self.stats.bytes > max_bytes {
            let made = self.slots.iter().filter(|(_, slot)| slot.size.is_some());
            let oldest = made.min_by_key(|(_, slot)| slot.used).map(|(key, _)| key.clone());
            let Some(size) = oldest.and_then(|key| self.slots.remove(&key)?.size) else { return };
            self.stats.plans -= 1;
            self.stats.evictions += 1;
            self.stats.bytes -= size.bytes;
            for t in size.transforms() {
                if let Some(users) = self.transforms.get_mut(&(t.len, t.kind)) {
                    *users -= 1;
                    if *users == 0 {
                        self.transforms.remove(&(t.len, t.kind));
                        self.stats.bytes -= t.bytes;
                    }
                }
            }
        }
    }
}

/// What a plan depends on. Floats count by their bits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    response: u128,
    npts: usize,
    rate: SamplingRate,
    detrend: Option<DetrendSpec>,
    taper: Option<(TaperSide, Vec<u64>)>,
    deconvolution: (seis_core::GroundMotion, bool, FftLength, Vec<u64>),
    /// `None` for a deconvolution alone; else how the output is made, and nanoseconds from the
    /// first sample to the first output.
    output: Option<(Option<InterpolationSpec>, i128)>,
}

impl Key {
    fn new(
        spec: &CalibrationSpec,
        npts: usize,
        rate: SamplingRate,
        response: &dyn FrequencyResponse,
        offset: Option<i128>,
    ) -> Option<Self> {
        let deconvolution = &spec.deconvolution;
        let mut numbers = Numbers::default();
        numbers.maybe(deconvolution.pre_filter.as_ref().map(PreFilter::corners_hz).as_ref());
        let level = match deconvolution.water_level {
            WaterLevel::None => None,
            WaterLevel::Db(db) => Some([db]),
        };
        numbers.maybe(level.as_ref());
        numbers.maybe(deconvolution.taper_fraction.map(|f| [f]).as_ref());
        Some(Self {
            response: response.fingerprint()?.0,
            npts,
            rate,
            detrend: spec.detrend,
            taper: spec.taper.as_ref().map(taper_key),
            deconvolution: (
                deconvolution.output,
                deconvolution.zero_mean,
                deconvolution.fft_length,
                numbers.0,
            ),
            output: offset
                .map(|o| (spec.resample.map(|r| InterpolationSpec { start: None, ..r }), o)),
        })
    }
}

fn taper_key(taper: &TaperSpec) -> (TaperSide, Vec<u64>) {
    let mut numbers = Numbers(window_key(taper.window));
    numbers.maybe(taper.fraction.map(|f| [f]).as_ref());
    numbers.maybe(taper.max_length_s.map(|f| [f]).as_ref());
    (taper.side, numbers.0)
}

fn window_key(window: Window) -> Vec<u64> {
    let mut key: Vec<u64> = window.name().bytes().map(u64::from).collect();
    key.extend(window.parameters().into_iter().flatten().map(|(_, value)| value.to_bits()));
    key
}

/// Bits of floats, unambiguous where some are missing.
#[derive(Default)]
struct Numbers(Vec<u64>);

impl Numbers {
    fn maybe<const N: usize>(&mut self, values: Option<&[f64; N]>) {
        self.0.push(u64::from(values.is_some()));
        self.0.extend(values.into_iter().flatten().map(|v| v.to_bits()));
    }
}
