//! A key of a response's content.

use std::hash::Hasher;

use seis_core::Fingerprint;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::{
    Coefficients, CoefficientsDomain, Decimation, Filter, FilterKind, Fir, FirSymmetry, Gain,
    PolesZeros, Polynomial, PzDomain, Response, ResponseList, Sensitivity, Stage, UnitName,
};

impl Response {
    /// A 128-bit key of all that can change a computed number: every `f64` by its bits, unit names
    /// by their letters, stage numbers and structure.
    ///
    /// Names, descriptions, resource ids and uncertainties do not count: two responses that differ
    /// only there evaluate alike and share a key, and so does the same channel in another copy of
    /// the file. SipHash-1-3 with 128 bits and a fixed key; the same on every machine.
    ///
    /// ```
    /// use seis_resp::{Gain, Response, Stage};
    /// let stage = Stage {
    ///     number: 1,
    ///     gain: Some(Gain { value: 1500.0, frequency_hz: Some(1.0) }),
    ///     ..Stage::default()
    /// };
    /// let a = Response { stages: vec![stage], ..Response::default() };
    /// let mut b = a.clone();
    /// b.resource_id = Some("smi:local/1".to_owned());
    /// assert_eq!(a.fingerprint(), b.fingerprint());
    /// b.stages[0].number = 2;
    /// assert_ne!(a.fingerprint(), b.fingerprint());
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut digest = Digest(SipHasher13::new_with_keys(0x7365_6973_2d72_6573, 1));
        digest.response(self);
        let hash = digest.0.finish128();
        Fingerprint(u128::from(hash.h1) << 64 | u128::from(hash.h2))
    }
}

/// Feeds a response to the hash. Every choice is preceded by its tag and every list by its
/// length, so that no two structures give the same bytes.
struct Digest(SipHasher13);

impl Digest {
    fn tag(&mut self, tag: u8) {
        self.0.write(&[tag]);
    }

    fn count(&mut self, n: usize) {
        self.0.write(&(n as u64).to_le_bytes());
    }

    fn integer(&mut self, n: u32) {
        self.0.write(&n.to_le_bytes());
    }

    fn number(&mut self, x: f64) {
        self.0.write(&x.to_bits().to_le_bytes());
    }

    fn numbers(&mut self, xs: &[f64]) {
        self.count(xs.len());
        for x in xs {
            self.number(*x);
        }
    }

    fn option<T>(&mut self, value: Option<T>, feed: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.tag(0),
            Some(value) => {
                self.tag(1);
                feed(self, value);
            }
        }
    }

    fn units(&mut self, units: Option<&UnitName>) {
        self.option(units, |d, u| {
            d.count(u.name.len());
            d.0.write(u.name.as_bytes());
        });
    }

    fn response(&mut self, response: &Response) {
        let Response {
            sensitivity,
            sensitivity_is_computed: _,
            polynomial,
            stages,
            resource_id: _,
            uncertainties: _,
        } = response;
        self.option(sensitivity.as_ref(), Self::sensitivity);
        self.option(polynomial.as_ref(), Self::polynomial);
        self.count(stages.len());
        for stage in stages {
            self.stage(stage);
        }
    }

    fn sensitivity(&mut self, sensitivity: &Sensitivity) {
        let Sensitivity { value, frequency_hz, input_units, output_units, band } = sensitivity;
        self.number(*value);
        self.option(*frequency_hz, Self::number);
        self.units(input_units.as_ref());
        self.units(output_units.as_ref());
        self.option(*band, |d, band| {
            d.number(band.start_hz);
            d.number(band.end_hz);
            d.number(band.variation_db);
        });
    }

    fn stage(&mut self, stage: &Stage) {
        let Stage { number, filter, decimation, gain, resource_id: _, uncertainties: _ } = stage;
        self.integer(*number);
        self.option(filter.as_ref(), Self::filter);
        self.option(*decimation, Self::decimation);
        self.option(*gain, Self::gain);
    }

    fn filter(&mut self, filter: &Filter) {
        let Filter { input_units, output_units, kind, name: _, resource_id: _, description: _ } =
            filter;
        self.units(input_units.as_ref());
        self.units(output_units.as_ref());
        match kind {
            FilterKind::PolesZeros(f) => {
                self.tag(1);
                self.poles_zeros(f);
            }
            FilterKind::Coefficients(f) => {
                self.tag(2);
                self.coefficients(f);
            }
            FilterKind::Fir(f) => {
                self.tag(3);
                self.fir(f);
            }
            FilterKind::ResponseList(f) => {
                self.tag(4);
                self.list(f);
            }
            FilterKind::Polynomial(f) => {
                self.tag(5);
                self.polynomial(f);
            }
        }
    }

    fn poles_zeros(&mut self, filter: &PolesZeros) {
        let PolesZeros { domain, normalization_factor, normalization_frequency_hz, zeros, poles } =
            filter;
        self.tag(match domain {
            PzDomain::LaplaceRadians => 1,
            PzDomain::LaplaceHertz => 2,
            PzDomain::DigitalZ => 3,
        });
        self.number(*normalization_factor);
        self.number(*normalization_frequency_hz);
        for roots in [zeros, poles] {
            self.count(roots.len());
            for root in roots {
                self.number(root.re);
                self.number(root.im);
            }
        }
    }

    fn coefficients(&mut self, filter: &Coefficients) {
        let Coefficients { domain, numerators, denominators } = filter;
        self.tag(match domain {
            CoefficientsDomain::AnalogRadians => 1,
            CoefficientsDomain::AnalogHertz => 2,
            CoefficientsDomain::Digital => 3,
        });
        self.numbers(numerators);
        self.numbers(denominators);
    }

    fn fir(&mut self, filter: &Fir) {
        let Fir { symmetry, coefficients } = filter;
        self.tag(match symmetry {
            FirSymmetry::None => 1,
            FirSymmetry::Odd => 2,
            FirSymmetry::Even => 3,
        });
        self.numbers(coefficients);
    }

    fn list(&mut self, filter: &ResponseList) {
        self.count(filter.elements.len());
        for element in &filter.elements {
            self.number(element.frequency_hz);
            self.number(element.amplitude);
            self.number(element.phase_deg);
        }
    }

    fn polynomial(&mut self, polynomial: &Polynomial) {
        let Polynomial {
            input_units,
            output_units,
            name: _,
            resource_id: _,
            description: _,
            frequency_bounds_hz,
            approximation_bounds,
            maximum_error,
            coefficients,
        } = polynomial;
        self.units(input_units.as_ref());
        self.units(output_units.as_ref());
        for bounds in [frequency_bounds_hz, approximation_bounds] {
            self.option(*bounds, |d, (low, high)| {
                d.number(low);
                d.number(high);
            });
        }
        self.option(*maximum_error, Self::number);
        self.numbers(coefficients);
    }

    fn gain(&mut self, gain: Gain) {
        let Gain { value, frequency_hz } = gain;
        self.number(value);
        self.option(frequency_hz, Self::number);
    }

    fn decimation(&mut self, decimation: Decimation) {
        let Decimation { input_sample_rate_hz, factor, offset, delay_s, correction_s } = decimation;
        self.option(input_sample_rate_hz, Self::number);
        self.option(factor, Self::integer);
        self.option(offset, Self::integer);
        self.option(delay_s, Self::number);
        self.option(correction_s, Self::number);
    }
}

#[cfg(test)]
mod tests {
    use num_complex::Complex64;

    use super::*;

    fn sample() -> Response {
        let filter = |kind| Filter {
            input_units: Some(UnitName::new("M/S")),
            output_units: Some(UnitName::new("V")),
            name: None,
            resource_id: None,
            description: None,
            kind,
        };
        Response {
            sensitivity: Some(Sensitivity {
                value: 6e8,
                frequency_hz: Some(1.0),
                input_units: Some(UnitName::new("M/S")),
                output_units: Some(UnitName::new("COUNTS")),
                band: None,
            }),
            stages: vec![
                Stage {
                    number: 1,
                    filter: Some(filter(FilterKind::PolesZeros(PolesZeros {
                        domain: PzDomain::LaplaceRadians,
                        normalization_factor: 1.0,
                        normalization_frequency_hz: 1.0,
                        zeros: vec![Complex64::new(0.0, 0.0)],
                        poles: vec![Complex64::new(-1.0, 1.0), Complex64::new(-1.0, -1.0)],
                    }))),
                    gain: Some(Gain { value: 1500.0, frequency_hz: Some(1.0) }),
                    ..Stage::default()
                },
                Stage {
                    number: 2,
                    filter: Some(filter(FilterKind::Fir(Fir {
                        symmetry: FirSymmetry::Odd,
                        coefficients: vec![0.1, 0.2, 0.4],
                    }))),
                    decimation: Some(Decimation {
                        input_sample_rate_hz: Some(100.0),
                        factor: Some(1),
                        offset: Some(0),
                        delay_s: Some(0.03),
                        correction_s: Some(0.03),
                    }),
                    ..Stage::default()
                },
            ],
            ..Response::default()
        }
    }

    #[test]
    fn text_that_computes_nothing_does_not_count() {
        let (a, mut b) = (sample(), sample());
        b.resource_id = Some("x".to_owned());
        b.stages[0].resource_id = Some("y".to_owned());
        let filter = b.stages[0].filter.as_mut().unwrap();
        filter.name = Some("STS-2".to_owned());
        filter.description = Some("broad-band".to_owned());
        filter.input_units.as_mut().unwrap().description = Some("Velocity".to_owned());
        assert_ne!(a, b);
        assert_eq!(a.fingerprint(), b.fingerprint());
    }

    #[test]
    fn every_change_of_content_changes_the_key() {
        type Edit = fn(&mut Response);
        let edits: [Edit; 14] = [
            |r| r.sensitivity = None,
            |r| r.sensitivity.as_mut().unwrap().value = 6.000_000_000_000_001e8,
            |r| r.sensitivity.as_mut().unwrap().frequency_hz = None,
            |r| r.polynomial = Some(Polynomial::default()),
            |r| r.stages.swap(0, 1),
            |r| {
                r.stages.pop();
            },
            |r| r.stages[0].number = 3,
            |r| r.stages[0].gain = None,
            |r| r.stages[0].filter.as_mut().unwrap().input_units = Some(UnitName::new("M")),
            |r| r.stages[0].filter.as_mut().unwrap().output_units = None,
            |r| {
                let Some(FilterKind::PolesZeros(pz)) =
                    r.stages[0].filter.as_mut().map(|f| &mut f.kind)
                else {
                    unreachable!()
                };
                std::mem::swap(&mut pz.zeros, &mut pz.poles);
            },
            |r| {
                let Some(FilterKind::PolesZeros(pz)) =
                    r.stages[0].filter.as_mut().map(|f| &mut f.kind)
                else {
                    unreachable!()
                };
                pz.domain = PzDomain::LaplaceHertz;
            },
            |r| {
                let Some(FilterKind::Fir(fir)) = r.stages[1].filter.as_mut().map(|f| &mut f.kind)
                else {
                    unreachable!()
                };
                fir.coefficients.swap(0, 1);
            },
            |r| r.stages[1].decimation.as_mut().unwrap().correction_s = Some(0.0),
        ];
        let mut keys = vec![sample().fingerprint()];
        for edit in edits {
            let mut response = sample();
            edit(&mut response);
            keys.push(response.fingerprint());
        }
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn the_key_is_the_same_on_every_machine() {
        // SipHash-1-3-128 of ten zero bytes (two tags and a length) under the key, by an
        // independent implementation of the algorithm's definition.
        let key = Response::default().fingerprint();
        assert_eq!(key.0, 0x4f61_63ef_3736_3aeb_c51b_5425_394d_98d5, "{:#034x}", key.0);
    }
}
