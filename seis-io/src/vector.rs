//! The best vector instructions that this processor has.

/// Does something with code that is compiled for AVX2, where there is AVX2. What `operation` calls
/// is to be `#[inline(always)]`, and so is the closure itself, or else stays what it is. Results
/// are the same bits with and without.
#[inline(always)]
pub(crate) fn with_vectors<R>(operation: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        struct Call<F>(F);
        impl<R, F: FnOnce() -> R> pulp::NullaryFnOnce for Call<F> {
            type Output = R;

            #[inline(always)]
            fn call(self) -> R {
                (self.0)()
            }
        }
        return v3.vectorize(Call(operation));
    }
    operation()
}
