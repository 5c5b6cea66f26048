//! Dimensions as exponents of base units.

/// The base units that distinguish the quantities of seismic metadata. Counts and radians are no
/// base units of SI, but nobody may take one for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Metre,
    Kilogram,
    Second,
    Ampere,
    Kelvin,
    Radian,
    Count,
    Percent,
    Byte,
}

const BASES: usize = 9;

/// Exponents of the base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Dimension([i8; BASES]);

impl Dimension {
    pub(super) const NONE: Self = Self([0; BASES]);

    /// The dimension of base units to powers, such as `(Metre, 1), (Second, -2)`.
    pub(super) const fn of(powers: &[(Base, i8)]) -> Self {
        let mut exponents = [0; BASES];
        let mut i = 0;
        while i < powers.len() {
            exponents[powers[i].0 as usize] += powers[i].1;
            i += 1;
        }
        Self(exponents)
    }

    /// `self · other^power`, unless an exponent leaves the range of any physical quantity.
    pub(super) fn times(mut self, other: Self, power: i8) -> Option<Self> {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = theirs.checked_mul(power).and_then(|p| mine.checked_add(p))?;
        }
        Some(self)
    }
}
