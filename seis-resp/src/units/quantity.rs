//! What a unit measures.

use std::fmt;

use seis_core::GroundMotion;

use super::dimension::{Base, Dimension};

/// The physical quantity of a [`Unit`](super::Unit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// Length: ground displacement. SI metre.
    Displacement,
    /// Ground velocity, m/s.
    Velocity,
    /// Ground acceleration, m/s² (also Gal = cm/s²).
    Acceleration,
    /// Derivative of acceleration, m/s³.
    Jerk,
    /// Integral of displacement, m·s (absement).
    Absement,
    /// Relative change of a length or an area or a volume: `M/M`, `M**3/M**3`, `strain`.
    Strain,
    /// Strain per second, 1/s written as a quotient of lengths.
    StrainRate,
    /// Rotation or tilt, rad.
    Rotation,
    /// Rotation rate, rad/s.
    RotationRate,
    /// Angular acceleration, rad/s².
    RotationAcceleration,
    /// Pressure, Pa.
    Pressure,
    /// Change of pressure with time, Pa/s.
    PressureRate,
    /// Temperature in kelvin or degrees Celsius; the scale is that of differences.
    Temperature,
    /// Voltage, V.
    Voltage,
    /// Current, A.
    Current,
    /// Electric charge, coulomb.
    Charge,
    /// Electric resistance, ohm.
    Resistance,
    /// Electric field, V/m.
    ElectricField,
    /// Magnetic flux density, T.
    MagneticFluxDensity,
    /// Change of magnetic flux density with time, T/s.
    MagneticFluxDensityRate,
    /// Numbers of a digitiser.
    Counts,
    /// Time, s.
    Time,
    /// Frequency, Hz.
    Frequency,
    /// Mass, kg.
    Mass,
    /// Force, N.
    Force,
    /// Energy, J.
    Energy,
    /// Power, W.
    Power,
    /// Irradiance, W/m².
    Irradiance,
    /// Data volume, byte.
    Data,
    /// A fraction, such as humidity in percent.
    Fraction,
    /// A product of known units that has no name here.
    Other,
}

use Base::{Ampere, Byte, Count, Kelvin, Kilogram, Metre, Percent, Radian, Second};

/// Dimensions of the quantities that have one of their own.
const TABLE: &[(Dimension, Quantity)] = &[
    (Dimension::of(&[(Metre, 1)]), Quantity::Displacement),
    (Dimension::of(&[(Metre, 1), (Second, -1)]), Quantity::Velocity),
    (Dimension::of(&[(Metre, 1), (Second, -2)]), Quantity::Acceleration),
    (Dimension::of(&[(Metre, 1), (Second, -3)]), Quantity::Jerk),
    (Dimension::of(&[(Metre, 1), (Second, 1)]), Quantity::Absement),
    (Dimension::of(&[(Radian, 1)]), Quantity::Rotation),
    (Dimension::of(&[(Radian, 1), (Second, -1)]), Quantity::RotationRate),
    (Dimension::of(&[(Radian, 1), (Second, -2)]), Quantity::RotationAcceleration),
    (PRESSURE, Quantity::Pressure),
    (Dimension::of(&[(Kilogram, 1), (Metre, -1), (Second, -3)]), Quantity::PressureRate),
    (Dimension::of(&[(Kelvin, 1)]), Quantity::Temperature),
    (VOLTAGE, Quantity::Voltage),
    (Dimension::of(&[(Ampere, 1)]), Quantity::Current),
    (Dimension::of(&[(Ampere, 1), (Second, 1)]), Quantity::Charge),
    (Dimension::of(&[(Kilogram, 1), (Metre, 2), (Second, -3), (Ampere, -2)]), Quantity::Resistance),
    (
        Dimension::of(&[(Kilogram, 1), (Metre, 1), (Second, -3), (Ampere, -1)]),
        Quantity::ElectricField,
    ),
    (TESLA, Quantity::MagneticFluxDensity),
    (
        Dimension::of(&[(Kilogram, 1), (Second, -3), (Ampere, -1)]),
        Quantity::MagneticFluxDensityRate,
    ),
    (Dimension::of(&[(Count, 1)]), Quantity::Counts),
    (Dimension::of(&[(Second, 1)]), Quantity::Time),
    (Dimension::of(&[(Second, -1)]), Quantity::Frequency),
    (Dimension::of(&[(Kilogram, 1)]), Quantity::Mass),
    (FORCE, Quantity::Force),
    (ENERGY, Quantity::Energy),
    (POWER, Quantity::Power),
    (Dimension::of(&[(Kilogram, 1), (Second, -3)]), Quantity::Irradiance),
    (Dimension::of(&[(Byte, 1)]), Quantity::Data),
    (Dimension::of(&[(Percent, 1)]), Quantity::Fraction),
];

/// Pa = kg m⁻¹ s⁻².
pub(super) const PRESSURE: Dimension = Dimension::of(&[(Kilogram, 1), (Metre, -1), (Second, -2)]);
/// V = kg m² s⁻³ A⁻¹.
pub(super) const VOLTAGE: Dimension =
    Dimension::of(&[(Kilogram, 1), (Metre, 2), (Second, -3), (Ampere, -1)]);
/// T = kg s⁻² A⁻¹.
pub(super) const TESLA: Dimension = Dimension::of(&[(Kilogram, 1), (Second, -2), (Ampere, -1)]);
/// N = kg m s⁻².
pub(super) const FORCE: Dimension = Dimension::of(&[(Kilogram, 1), (Metre, 1), (Second, -2)]);
/// J = kg m² s⁻².
pub(super) const ENERGY: Dimension = Dimension::of(&[(Kilogram, 1), (Metre, 2), (Second, -2)]);
/// W = kg m² s⁻³.
pub(super) const POWER: Dimension = Dimension::of(&[(Kilogram, 1), (Metre, 2), (Second, -3)]);

impl Quantity {
    /// The quantity of a dimension. `of_lengths` says that lengths cancelled in a quotient, which
    /// tells strain from a bare number.
    pub(super) fn of(dimension: Dimension, of_lengths: bool) -> Self {
        if of_lengths && dimension == Dimension::NONE {
            return Self::Strain;
        }
        if of_lengths && dimension == Dimension::of(&[(Second, -1)]) {
            return Self::StrainRate;
        }
        if dimension == Dimension::NONE {
            return Self::Fraction;
        }
        TABLE.iter().find(|(d, _)| *d == dimension).map_or(Self::Other, |(_, quantity)| *quantity)
    }

    /// How often ground displacement was differentiated to get this: 0, 1 or 2. `None` for
    /// everything that is no ground motion.
    #[must_use]
    pub fn motion_order(self) -> Option<i32> {
        match self {
            Self::Displacement => Some(0),
            Self::Velocity => Some(1),
            Self::Acceleration => Some(2),
            _ => None,
        }
    }

    /// The ground motion that this is, if it is one.
    #[must_use]
    pub fn ground_motion(self) -> Option<GroundMotion> {
        match self {
            Self::Displacement => Some(GroundMotion::Displacement),
            Self::Velocity => Some(GroundMotion::Velocity),
            Self::Acceleration => Some(GroundMotion::Acceleration),
            _ => None,
        }
    }

    /// Its name in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Displacement => "displacement",
            Self::Velocity => "velocity",
            Self::Acceleration => "acceleration",
            Self::Jerk => "jerk",
            Self::Absement => "absement",
            Self::Strain => "strain",
            Self::StrainRate => "strain rate",
            Self::Rotation => "rotation",
            Self::RotationRate => "rotation rate",
            Self::RotationAcceleration => "rotational acceleration",
            Self::Pressure => "pressure",
            Self::PressureRate => "pressure rate",
            Self::Temperature => "temperature",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::Charge => "charge",
            Self::Resistance => "resistance",
            Self::ElectricField => "electric field",
            Self::MagneticFluxDensity => "magnetic flux density",
            Self::MagneticFluxDensityRate => "rate of magnetic flux density",
            Self::Counts => "counts",
            Self::Time => "time",
            Self::Frequency => "frequency",
            Self::Mass => "mass",
            Self::Force => "force",
            Self::Energy => "energy",
            Self::Power => "power",
            Self::Irradiance => "irradiance",
            Self::Data => "data volume",
            Self::Fraction => "fraction",
            Self::Other => "a quantity without a name",
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
