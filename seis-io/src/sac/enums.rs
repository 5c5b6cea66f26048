//! The enumerated values of the header, a type for each variable.
//!
//! SAC numbers the values of all enumerated variables in one list (SAC manual, *SAC Data File
//! Format*, "Enumerated Header Field Values"); each variable takes only some of them.

use super::{Error, Result};

/// Defines an enumeration: its variants, their numbers and their SAC names.
macro_rules! enumeration {
    (
        $(#[$doc:meta])*
        $type:ident for $variable:literal {
            $( $(#[$vdoc:meta])* $variant:ident = $id:literal $name:literal, )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $( $(#[$vdoc])* #[doc = concat!("(`", $name, "`, ", stringify!($id), ")")] $variant, )+
        }

        impl $type {
            /// All values with their numbers and SAC names.
            pub(super) const TABLE: &'static [(i32, &'static str)] = &[$(($id, $name)),+];

            /// The number in the file.
            #[must_use]
            pub fn id(self) -> i32 {
                match self { $( Self::$variant => $id, )+ }
            }

            /// The SAC name, in capitals.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// The value with this number, if the variable takes it.
            #[must_use]
            pub fn from_id(id: i32) -> Option<Self> {
                match id { $( $id => Some(Self::$variant), )+ _ => None }
            }
        }

        impl TryFrom<i32> for $type {
            type Error = Error;
            fn try_from(id: i32) -> Result<Self> {
                Self::from_id(id)
                    .ok_or_else(|| Error::Enumeration { variable: $variable, found: id.to_string() })
            }
        }

        impl std::fmt::Display for $type {
            /// The SAC name.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

enumeration! {
    /// IFTYPE: what kind of file this is, and hence how many data sections it has.
    FileType for "iftype" {
        /// Time series.
        TimeSeries = 1 "ITIME",
        /// Spectrum, real and imaginary part.
        RealImaginary = 2 "IRLIM",
        /// Spectrum, amplitude and phase.
        AmplitudePhase = 3 "IAMPH",
        /// General x versus y data.
        Xy = 4 "IXY",
        /// Unknown; SAC takes it as a time series.
        Unknown = 5 "IUNKN",
        /// General XYZ (3-D) data.
        Xyz = 51 "IXYZ",
    }
}

enumeration! {
    /// IDEP: what the samples are.
    ///
    /// The manual gives the units in nanometres and notes that many use metres.
    DependentVariable for "idep" {
        /// Unknown.
        Unknown = 5 "IUNKN",
        /// Displacement.
        Displacement = 6 "IDISP",
        /// Velocity.
        Velocity = 7 "IVEL",
        /// Acceleration.
        Acceleration = 8 "IACC",
        /// Velocity in volts.
        Volts = 50 "IVOLTS",
    }
}

enumeration! {
    /// IZTYPE: what happened at the reference time.
    ReferenceTime for "iztype" {
        /// Unknown.
        Unknown = 5 "IUNKN",
        /// Begin time.
        Begin = 9 "IB",
        /// Midnight of the reference day.
        Midnight = 10 "IDAY",
        /// Origin time of the event.
        Origin = 11 "IO",
        /// First arrival.
        FirstArrival = 12 "IA",
        /// Pick T0.
        T0 = 13 "IT0",
        /// Pick T1.
        T1 = 14 "IT1",
        /// Pick T2.
        T2 = 15 "IT2",
        /// Pick T3.
        T3 = 16 "IT3",
        /// Pick T4.
        T4 = 17 "IT4",
        /// Pick T5.
        T5 = 18 "IT5",
        /// Pick T6.
        T6 = 19 "IT6",
        /// Pick T7.
        T7 = 20 "IT7",
        /// Pick T8.
        T8 = 21 "IT8",
        /// Pick T9.
        T9 = 22 "IT9",
    }
}

enumeration! {
    /// IINST: type of recording instrument.
    Instrument for "iinst" {
        /// LLL broadband.
        LllBroadband = 32 "ILLLBB",
        /// WWSSN 15–100 s.
        WwssnShort = 33 "IWWSN1",
        /// WWSSN 30–100 s.
        WwssnLong = 34 "IWWSN2",
        /// High-gain long-period.
        HighGainLongPeriod = 35 "IHGLP",
        /// SRO.
        Sro = 36 "ISRO",
    }
}

enumeration! {
    /// IEVTYP: type of event.
    EventType for "ievtyp" {
        /// Unknown.
        Unknown = 5 "IUNKN",
        /// Nuclear event.
        Nuclear = 37 "INUCL",
        /// Nuclear pre-shot event.
        NuclearPreShot = 38 "IPREN",
        /// Nuclear post-shot event.
        NuclearPostShot = 39 "IPOSTN",
        /// Earthquake.
        Earthquake = 40 "IQUAKE",
        /// Foreshock.
        Foreshock = 41 "IPREQ",
        /// Aftershock.
        Aftershock = 42 "IPOSTQ",
        /// Chemical explosion.
        Chemical = 43 "ICHEM",
        /// Other.
        Other = 44 "IOTHER",
        /// Quarry or mine blast confirmed by the quarry.
        QuarryBlast = 72 "IQB",
        /// Quarry or mine blast with designed shot information, ripple fired.
        QuarryBlastDesigned = 73 "IQB1",
        /// Quarry or mine blast with observed shot information, ripple fired.
        QuarryBlastObserved = 74 "IQB2",
        /// Quarry or mine blast, single shot.
        QuarryBlastSingle = 75 "IQBX",
        /// Quarry or mining-induced event: tremors and rockbursts.
        MiningTremor = 76 "IQMT",
        /// Earthquake.
        LocalEarthquake = 77 "IEQ",
        /// Earthquake in a swarm or aftershock sequence.
        SwarmEarthquake = 78 "IEQ1",
        /// Felt earthquake.
        FeltEarthquake = 79 "IEQ2",
        /// Marine explosion.
        MarineExplosion = 80 "IME",
        /// Other explosion.
        OtherExplosion = 81 "IEX",
        /// Nuclear explosion.
        NuclearExplosion = 82 "INU",
        /// Nuclear cavity collapse.
        CavityCollapse = 83 "INC",
        /// Other source of known origin.
        OtherKnown = 84 "IO_",
        /// Local event of unknown origin.
        Local = 85 "IL",
        /// Regional event of unknown origin.
        Regional = 86 "IR",
        /// Teleseismic event of unknown origin.
        Teleseismic = 87 "IT",
        /// Undetermined or conflicting information.
        Undetermined = 88 "IU",
        /// Damaging earthquake.
        DamagingEarthquake = 89 "IEQ3",
        /// Probable earthquake.
        ProbableEarthquake = 90 "IEQ0",
        /// Probable explosion.
        ProbableExplosion = 91 "IEX0",
        /// Mine collapse.
        MineCollapse = 92 "IQC",
        /// Probable mine blast.
        ProbableMineBlast = 93 "IQB0",
        /// Geyser.
        Geyser = 94 "IGEY",
        /// Light.
        Light = 95 "ILIT",
        /// Meteoric event.
        Meteor = 96 "IMET",
        /// Odour.
        Odour = 97 "IODOR",
        /// Other source.
        OtherSource = 103 "IOS",
    }
}

enumeration! {
    /// IQUAL: quality of the data.
    Quality for "iqual" {
        /// Other.
        Other = 44 "IOTHER",
        /// Good data.
        Good = 45 "IGOOD",
        /// Glitches.
        Glitches = 46 "IGLCH",
        /// Dropouts.
        Dropouts = 47 "IDROP",
        /// Low signal-to-noise ratio.
        LowSignalToNoise = 48 "ILOWSN",
    }
}

enumeration! {
    /// ISYNTH: whether the data are synthetic.
    Synthetic for "isynth" {
        /// Real data.
        RealData = 49 "IRLDTA",
    }
}

enumeration! {
    /// IMAGTYP: type of the magnitude.
    MagnitudeType for "imagtyp" {
        /// Body-wave magnitude.
        BodyWave = 52 "IMB",
        /// Surface-wave magnitude.
        SurfaceWave = 53 "IMS",
        /// Local magnitude.
        Local = 54 "IML",
        /// Moment magnitude.
        Moment = 55 "IMW",
        /// Duration magnitude.
        Duration = 56 "IMD",
        /// User-defined magnitude.
        UserDefined = 57 "IMX",
    }
}

enumeration! {
    /// IMAGSRC: who determined the magnitude.
    MagnitudeSource for "imagsrc" {
        /// National Earthquake Information Center.
        Neic = 58 "INEIC",
        /// PDE, quick.
        PdeQuick = 59 "IPDEQ",
        /// PDE, weekly.
        PdeWeekly = 60 "IPDEW",
        /// Preliminary Determination of Epicenters.
        Pde = 61 "IPDE",
        /// International Seismological Centre.
        Isc = 62 "IISC",
        /// Reviewed Event Bulletin.
        Reb = 63 "IREB",
        /// US Geological Survey.
        Usgs = 64 "IUSGS",
        /// UC Berkeley.
        Berkeley = 65 "IBRK",
        /// California Institute of Technology.
        Caltech = 66 "ICALTECH",
        /// Lawrence Livermore National Laboratory.
        Llnl = 67 "ILLNL",
        /// Event location program.
        EventLocation = 68 "IEVLOC",
        /// Joint Seismic Observation Program.
        Jsop = 69 "IJSOP",
        /// The individual using SAC.
        User = 70 "IUSER",
        /// Unknown.
        Unknown = 71 "IUNKNOWN",
    }
}

enumeration! {
    /// IBODY: the body, and so the spheroid, that SAC 102 uses for distances. Undefined is SAC's
    /// historical spheroid of the Earth (semi-major axis 6378.16 km, flattening 0.00335293).
    Body for "ibody" {
        /// The Sun.
        Sun = 98 "ISUN",
        /// Mercury.
        Mercury = 99 "IMERCURY",
        /// Venus.
        Venus = 100 "IVENUS",
        /// The Earth, WGS84.
        Earth = 101 "IEARTH",
        /// The Moon.
        Moon = 102 "IMOON",
        /// Mars.
        Mars = 103 "IMARS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_go_both_ways() {
        for (id, name) in EventType::TABLE {
            let event = EventType::try_from(*id).unwrap();
            assert_eq!((event.id(), event.name()), (*id, *name));
        }
        assert_eq!(ReferenceTime::Begin.to_string(), "IB");
        assert_eq!(FileType::from_id(51), Some(FileType::Xyz));
        assert!(matches!(
            FileType::try_from(9),
            Err(Error::Enumeration { variable: "iftype", .. })
        ));
    }
}
