//! A ground displacement that is known at every instant.

use std::f64::consts::TAU;

/// A sum of wave packets, each a sine under a Gaussian.
///
/// Known in closed form, and in the pass band of the default pre-filter as far as double
/// precision goes: the truth that a processed trace is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundMotionModel {
    packets: Vec<Packet>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Packet {
    amplitude_m: f64,
    frequency_hz: f64,
    center_s: f64,
    width_s: f64,
    phase_rad: f64,
}

impl GroundMotionModel {
    /// A P wave, an S wave and a surface wave within a 20-minute window, drawn from `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        // Centre and width keep five widths of distance from the tapered 60 s at both ends.
        let mut packet =
            |amplitude_m: f64, band_hz: (f64, f64), at_s: (f64, f64), width_s: f64| Packet {
                amplitude_m: amplitude_m * random.between(0.5, 1.5),
                frequency_hz: random.between(band_hz.0, band_hz.1),
                center_s: random.between(at_s.0, at_s.1),
                width_s,
                phase_rad: random.between(0.0, TAU),
            };
        Self {
            packets: vec![
                packet(2e-6, (1.0, 3.0), (200.0, 260.0), 8.0),
                packet(1e-5, (0.3, 0.8), (360.0, 460.0), 20.0),
                packet(2e-4, (0.03, 0.06), (650.0, 750.0), 75.0),
            ],
        }
    }

    /// Displacement in metres, `t_s` seconds after the window's start.
    #[must_use]
    pub fn displacement_m(&self, t_s: f64) -> f64 {
        self.packets
            .iter()
            .map(|p| {
                let t = t_s - p.center_s;
                let envelope = (-(t / p.width_s).powi(2)).exp();
                p.amplitude_m * envelope * (TAU * p.frequency_hz * t + p.phase_rad).sin()
            })
            .sum()
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the demo must be the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `[low, high)`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal (Box and Muller, 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.between(0.0, 1.0)).ln()).sqrt();
        radius * self.between(0.0, TAU).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_is_still_at_the_ends_and_loud_between() {
        for seed in 0..50 {
            let motion = GroundMotionModel::new(seed);
            let peak = (0..12_000)
                .map(|i| motion.displacement_m(f64::from(i) * 0.1).abs())
                .fold(0.0, f64::max);
            assert!(peak > 5e-5, "{peak}");
            for t in [0.0, 60.0, 1140.0, 1200.0] {
                assert!(motion.displacement_m(t).abs() < 1e-9 * peak, "seed {seed}, {t} s");
            }
        }
    }

    #[test]
    fn random_numbers_have_the_moments_they_should() {
        let mut random = Random::new(1);
        let n = 20_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = random.normal();
            sum += x;
            squares += x * x;
        }
        // Five standard errors.
        assert!((sum / f64::from(n)).abs() < 5.0 / f64::from(n).sqrt());
        assert!((squares / f64::from(n) - 1.0).abs() < 5.0 * (2.0 / f64::from(n)).sqrt());
    }
}
