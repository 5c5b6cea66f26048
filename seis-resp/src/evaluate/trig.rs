//! Sine and cosine of a block of angles.
//!
//! The reduction and the polynomials are those of fdlibm (`e_rem_pio2.c`, `k_sin.c`, `k_cos.c`;
//! Sun Microsystems, 1993), written without branches so that they run in vector registers. Results
//! do not depend on the platform's mathematical library.

use super::lanes::{LANES, Lanes};

/// π/2 in three parts of 33 bits, so that their products with whole numbers below 2²⁰ are exact.
const PIO2_1: f64 = 1.570_796_326_734_125_6;
const PIO2_2: f64 = 6.077_100_506_303_966e-11;
const PIO2_3: f64 = 2.022_266_248_795_950_6e-21;

/// Adding this leaves a number, rounded to a whole one, in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Beyond this many radians the exact reduction of the standard library is used.
const LARGE: f64 = 1e6;

/// Sines and cosines of angles in radians, to within one unit in the last place.
#[inline(always)]
pub(super) fn sin_cos(angle: &Lanes) -> (Lanes, Lanes) {
    let (mut sin, mut cos) = ([0.0; LANES], [0.0; LANES]);
    let mut is_large = false;
    for l in 0..LANES {
        let x = angle[l];
        is_large |= x.abs() > LARGE;
        let rounded = x * std::f64::consts::FRAC_2_PI + ROUNDER;
        let quarter_turns = rounded - ROUNDER;
        let quadrant = rounded.to_bits();
        let head = x - quarter_turns * PIO2_1;
        let next = quarter_turns * PIO2_2;
        let r = head - next;
        let tail = (head - r) - next - quarter_turns * PIO2_3;
        let (s, c) = (sin_kernel(r, tail).to_bits(), cos_kernel(r, tail).to_bits());
        // Odd quadrants swap sine and cosine; the signs follow from the quadrant's bits.
        let swap = 0_u64.wrapping_sub(quadrant & 1);
        let sin_sign = (quadrant & 2) << 62;
        let cos_sign = (quadrant.wrapping_add(1) & 2) << 62;
        sin[l] = f64::from_bits(((c & swap) | (s & !swap)) ^ sin_sign);
        cos[l] = f64::from_bits(((s & swap) | (c & !swap)) ^ cos_sign);
    }
    if is_large {
        patch_large(angle, &mut sin, &mut cos);
    }
    (sin, cos)
}

#[cold]
fn patch_large(angle: &Lanes, sin: &mut Lanes, cos: &mut Lanes) {
    for l in 0..LANES {
        if angle[l].abs() > LARGE {
            (sin[l], cos[l]) = angle[l].sin_cos();
        }
    }
}

/// sin(x + tail) for |x| ≤ π/4.
#[inline(always)]
fn sin_kernel(x: f64, tail: f64) -> f64 {
    let z = x * x;
    let v = z * x;
    let r = 0.008_333_333_333_322_49
        + z * (-0.000_198_412_698_298_579_5
            + z * (2.755_731_370_707_006_8e-6
                + z * (-2.505_076_025_340_686_3e-8 + z * 1.589_690_995_211_55e-10)));
    x - ((z * (0.5 * tail - v * r) - tail) - v * -0.166_666_666_666_666_32)
}

/// cos(x + tail) for |x| ≤ π/4.
#[inline(always)]
fn cos_kernel(x: f64, tail: f64) -> f64 {
    let z = x * x;
    let r = z
        * (0.041_666_666_666_666_6
            + z * (-0.001_388_888_888_887_411
                + z * (2.480_158_728_947_673e-5
                    + z * (-2.755_731_435_139_066_3e-7
                        + z * (2.087_572_321_298_175e-9 + z * -1.135_964_755_778_819_5e-11)))));
    let half = 0.5 * z;
    let w = 1.0 - half;
    w + (((1.0 - w) - half) + (z * r - x * tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both libraries are right to one unit in the last place, so they differ by two at most.
    #[test]
    fn agrees_with_the_standard_library() {
        let mut worst: f64 = 0.0;
        for i in 0..40_000 {
            let start = match i % 4 {
                0 => f64::from(i) * 1e-4,
                1 => -f64::from(i) * 0.37,
                2 => f64::from(i / 8) * std::f64::consts::FRAC_PI_2,
                _ => f64::from(i) * 24.9,
            };
            let angle: Lanes = std::array::from_fn(|l| start + l as f64 * 1.1e-3);
            let (sin, cos) = sin_cos(&angle);
            for l in 0..LANES {
                let (s, c) = angle[l].sin_cos();
                for (found, expected) in [(sin[l], s), (cos[l], c)] {
                    if expected == 0.0 {
                        assert_eq!(found, 0.0);
                    } else {
                        worst = worst.max(((found - expected) / expected).abs());
                    }
                }
            }
        }
        assert!(worst <= 2.0 * f64::EPSILON, "{worst:e}");
    }

    #[test]
    fn special_angles() {
        let angle = [0.0, -0.0, f64::NAN, f64::INFINITY, 1e300, -1e9, 1e-300, 5e-324];
        let (sin, cos) = sin_cos(&angle);
        assert_eq!((sin[0], cos[0]), (0.0, 1.0));
        assert!(sin[2].is_nan() && cos[2].is_nan() && sin[3].is_nan() && cos[3].is_nan());
        assert_eq!((sin[4], cos[4]), 1e300_f64.sin_cos());
        assert_eq!((sin[5], cos[5]), (-1e9_f64).sin_cos());
        assert_eq!((sin[6], sin[7]), (1e-300, 5e-324));
    }
}
