//! The best vector instructions that this processor has.

/// Does something with code that is compiled for AVX2, where there is AVX2, and tells which
/// instructions there are. What `operation` calls is to be `#[inline(always)]`, and so is the
/// closure itself, or else stays what it is.
///
/// Numbers are the same bits with and without, but for what is done by [`add_product`] or with
/// instructions that the compiler does not choose by itself: there products are added without being
/// rounded first, as the library's transforms do it.
#[inline(always)]
pub(crate) fn with_vectors<R>(operation: impl FnOnce(Vectors) -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        struct Call<F>(pulp::x86::V3, F);
        impl<R, F: FnOnce(Vectors) -> R> pulp::NullaryFnOnce for Call<F> {
            type Output = R;

            #[inline(always)]
            fn call(self) -> R {
                (self.1)(Vectors::Avx2(self.0))
            }
        }
        return v3.vectorize(Call(v3, operation));
    }
    operation(Vectors::Usual)
}

/// Vector instructions, known where code is compiled that was inlined.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Vectors {
    /// Those that every processor of its kind has: SSE2, NEON.
    Usual,
    /// AVX2 and fused multiplication.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
}

/// `sum + a·b`, rounded once where the processor can: two instructions instead of three with the
/// addition that made `b`, and nearer to the truth. Elsewhere fused multiplication is a call.
#[inline(always)]
pub(crate) fn add_product(vectors: Vectors, sum: f64, a: f64, b: f64) -> f64 {
    match vectors {
        Vectors::Usual if cfg!(not(target_arch = "aarch64")) => sum + a * b,
        _ => a.mul_add(b, sum),
    }
}
