//! Complex products in AVX2, two at a time. The compiler takes them apart into real and imaginary
//! parts and puts them together again, which takes twice as many instructions, or does one at a time.

use std::arch::x86_64::__m256d;

use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex64;
use pulp::x86::V3;

/// Two points.
type Two = [f64; 4];

#[inline(always)]
fn twos(points: &[Complex64]) -> &[Two] {
    cast_slice(&points[..points.len() / 2 * 2])
}

#[inline(always)]
fn twos_mut(points: &mut [Complex64]) -> &mut [Two] {
    let whole = points.len() / 2 * 2;
    cast_slice_mut(&mut points[..whole])
}

#[inline(always)]
fn load(two: &Two) -> __m256d {
    pulp::cast(*two)
}

/// Real and imaginary parts in each other's places.
#[inline(always)]
fn swapped(v3: V3, z: __m256d) -> __m256d {
    v3.avx._mm256_permute_pd::<0b0101>(z)
}

/// The real part, twice.
#[inline(always)]
fn re(v3: V3, z: __m256d) -> __m256d {
    v3.avx._mm256_movedup_pd(z)
}

/// The imaginary part, twice.
#[inline(always)]
fn im(v3: V3, z: __m256d) -> __m256d {
    v3.avx._mm256_permute_pd::<0b1111>(z)
}

/// As `twist_by` for two phases: `(x − iy)·t`. Gives the number of points done.
#[inline(always)]
pub(super) fn twist(
    v3: V3,
    twist: &[Complex64],
    [near, far]: [&[f64]; 2],
    [first, second]: [&mut [Complex64]; 2],
) -> usize {
    let whole = twist.len() / 2 * 2;
    let near: &[Two] = cast_slice(&near[..2 * whole]);
    let far: &[Two] = cast_slice(&far[..2 * whole]);
    let samples = near.iter().zip(far);
    let phases = twos_mut(first).iter_mut().zip(twos_mut(second));
    for ((t, (x, y)), (a, b)) in twos(twist).iter().zip(samples).zip(phases) {
        let (t, x, y) = (load(t), load(x), load(y));
        let swapped_t = swapped(v3, t);
        let z = v3.avx._mm256_unpacklo_pd(x, y);
        let by_y = v3.avx._mm256_mul_pd(im(v3, z), swapped_t);
        *a = pulp::cast(v3.fma._mm256_fmsubadd_pd(re(v3, z), t, by_y));
        let z = v3.avx._mm256_unpackhi_pd(x, y);
        let by_y = v3.avx._mm256_mul_pd(im(v3, z), swapped_t);
        *b = pulp::cast(v3.fma._mm256_fmsubadd_pd(re(v3, z), t, by_y));
    }
    whole
}

/// As `sum_by` for two phases, multiplied and swapped. Gives the number of points done.
#[inline(always)]
pub(super) fn sum(
    v3: V3,
    turns: &[Complex64],
    [first, second]: [&[Complex64]; 2],
    gains: &[Complex64],
    products: &mut [Complex64],
) -> usize {
    let whole = products.len() / 2 * 2;
    let tables = twos(turns).iter().zip(twos(gains));
    let phases = twos(first).iter().zip(twos(second));
    for (((w, g), (a, b)), y) in tables.zip(phases).zip(twos_mut(products)) {
        let (w, g, a, b) = (load(w), load(g), load(a), load(b));
        let rest = v3.fma._mm256_fmaddsub_pd(im(v3, w), swapped(v3, b), a);
        let sum = v3.fma._mm256_fmaddsub_pd(re(v3, w), b, rest);
        let rest = v3.avx._mm256_mul_pd(im(v3, g), sum);
        *y = pulp::cast(v3.fma._mm256_fmsubadd_pd(re(v3, g), swapped(v3, sum), rest));
    }
    whole
}
