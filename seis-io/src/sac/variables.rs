//! The table of all header variables, and the typed accessors made from it.
//!
//! Words, types and meanings are those of the SAC manual, *SAC Data File Format* (version 102.0,
//! "Header Variables" and "SAC Header Variables"); the names of unused words are ObsPy's. `/ n`
//! gives the place of a variable in the footer of header version 7.

use std::borrow::Cow;
use std::fmt;

use super::enums::{
    Body, DependentVariable, EventType, FileType, Instrument, MagnitudeSource, MagnitudeType,
    Quality, ReferenceTime, Synthetic,
};
use super::{Header, Result};

/// What a header variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A 32-bit float; some are repeated as 64-bit floats in the footer of version 7.
    Float,
    /// An integer.
    Integer,
    /// One of a list of numbered values.
    Enumerated,
    /// True or false.
    Logical,
    /// Text of 8 characters (KEVNM: 16), padded with spaces.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Float => "a float",
            Self::Integer => "an integer",
            Self::Enumerated => "enumerated",
            Self::Logical => "a logical",
            Self::Text => "a text",
        })
    }
}

/// One variable of the SAC header: its name, type, place and meaning.
///
/// ```
/// use seis_io::sac::{Kind, Variable};
/// let stla = Variable::named("STLA").expect("a SAC variable");
/// assert_eq!((stla.name(), stla.kind(), stla.word()), ("stla", Kind::Float, 31));
/// assert_eq!(Variable::all().len(), 133);
/// ```
#[derive(Clone, Copy)]
pub struct Variable {
    pub(super) name: &'static str,
    pub(super) alias: Option<&'static str>,
    pub(super) kind: Kind,
    pub(super) word: usize,
    pub(super) slot: Option<usize>,
    pub(super) enumeration: &'static [(i32, &'static str)],
    pub(super) description: &'static str,
}

impl Variable {
    /// All 133 variables in the order of the file.
    #[must_use]
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The variable of this name, in capitals or not. ObsPy's names of internal words
    /// (`internal0`, `unused15`, …) are understood too.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|v| {
            v.name.eq_ignore_ascii_case(name)
                || v.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(name))
        })
    }

    /// Its SAC name, in small letters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The 32-bit word of the header at which it begins, counted from 0.
    #[must_use]
    pub fn word(&self) -> usize {
        self.word
    }

    /// Its place among the 22 doubles of the footer of header version 7, if it is there.
    #[must_use]
    pub fn footer_index(&self) -> Option<usize> {
        self.slot
    }

    /// Characters that a text variable holds: 16 for KEVNM, else 8. Zero for other kinds.
    #[must_use]
    pub fn characters(&self) -> usize {
        match (self.kind, self.word) {
            (Kind::Text, 112) => 16,
            (Kind::Text, _) => 8,
            _ => 0,
        }
    }

    /// What it means.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// The numbers and names that an enumerated variable takes; empty for other kinds.
    #[must_use]
    pub fn enumeration(&self) -> &'static [(i32, &'static str)] {
        self.enumeration
    }

    /// Whether it is a time in seconds relative to the reference time (B, E, O, A, F, T0–T9).
    #[must_use]
    pub fn is_relative_time(&self) -> bool {
        RELATIVE_TIMES.iter().any(|v| v.word == self.word)
    }

    /// First and last byte (exclusive) in the text part of the header.
    pub(super) fn text_range(&self) -> std::ops::Range<usize> {
        let start = self.word.saturating_sub(super::header::NUMBERS) * 4;
        start..start + self.characters()
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (word {}, {})", self.name, self.word, self.kind)
    }
}

impl fmt::Display for Variable {
    /// Its SAC name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

impl PartialEq for Variable {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

impl Eq for Variable {}

macro_rules! optional {
    () => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}

macro_rules! kind {
    (float) => {
        Kind::Float
    };
    (integer) => {
        Kind::Integer
    };
    (enumerated) => {
        Kind::Enumerated
    };
    (logical) => {
        Kind::Logical
    };
    (text) => {
        Kind::Text
    };
}

macro_rules! table {
    () => {
        &[]
    };
    ($type:ident) => {
        $type::TABLE
    };
}

macro_rules! row {
    ($kind:ident $name:ident $word:literal [$($slot:literal)?] [$($alias:literal)?]
     [$($type:ident)?] $doc:literal) => {
        Variable {
            name: stringify!($name),
            alias: optional!($($alias)?),
            kind: kind!($kind),
            word: $word,
            slot: optional!($($slot)?),
            enumeration: table!($($type)?),
            description: $doc,
        }
    };
}

/// The getter and the setter of one variable; none for `_`.
macro_rules! accessor {
    ($kind:ident $name:ident _ $row:expr, [$($type:ident)?], $doc:literal) => {};
    (float $name:ident $set:ident $row:expr, [], $doc:literal) => {
        #[doc = concat!("`", stringify!($name), "`: ", $doc)]
        ///
        /// `None` if undefined. A double where the header has version 7 and the variable is in
        /// its footer, else a 32-bit float, widened.
        #[must_use]
        pub fn $name(&self) -> Option<f64> {
            self.float(&$row)
        }

        #[doc = concat!("Sets `", stringify!($name), "`; `None` makes it undefined.")]
        ///
        /// # Errors
        /// [`Error::Float`](super::Error::Float) if it is not finite or beyond 32-bit floats,
        /// [`Error::MeansUndefined`](super::Error::MeansUndefined) for −12345.
        pub fn $set(&mut self, value: impl Into<Option<f64>>) -> Result<&mut Self> {
            self.set_float(&$row, value.into())
        }
    };
    (integer $name:ident $set:ident $row:expr, [], $doc:literal) => {
        #[doc = concat!("`", stringify!($name), "`: ", $doc)]
        ///
        /// `None` if undefined.
        #[must_use]
        pub fn $name(&self) -> Option<i32> {
            self.integer(&$row)
        }

        #[doc = concat!("Sets `", stringify!($name), "`; `None` makes it undefined.")]
        ///
        /// # Errors
        /// [`Error::MeansUndefined`](super::Error::MeansUndefined) for −12345.
        pub fn $set(&mut self, value: impl Into<Option<i32>>) -> Result<&mut Self> {
            self.set_integer(&$row, value.into())
        }
    };
    (enumerated $name:ident $set:ident $row:expr, [$type:ident], $doc:literal) => {
        #[doc = concat!("`", stringify!($name), "`: ", $doc)]
        ///
        /// `None` if undefined.
        ///
        /// # Errors
        /// [`Error::Enumeration`](super::Error::Enumeration) for a number that SAC does not list
        /// for this variable.
        pub fn $name(&self) -> Result<Option<$type>> {
            self.integer(&$row).map($type::try_from).transpose()
        }

        #[doc = concat!("Sets `", stringify!($name), "`; `None` makes it undefined.")]
        pub fn $set(&mut self, value: impl Into<Option<$type>>) -> &mut Self {
            self.put_integer(&$row, value.into().map($type::id));
            self
        }
    };
    (logical $name:ident $set:ident $row:expr, [], $doc:literal) => {
        #[doc = concat!("`", stringify!($name), "`: ", $doc)]
        ///
        /// `None` if undefined; any number but 0 is true, as in SAC.
        #[must_use]
        pub fn $name(&self) -> Option<bool> {
            self.integer(&$row).map(|v| v != 0)
        }

        #[doc = concat!("Sets `", stringify!($name), "`; `None` makes it undefined.")]
        pub fn $set(&mut self, value: impl Into<Option<bool>>) -> &mut Self {
            self.put_integer(&$row, value.into().map(i32::from));
            self
        }
    };
    (text $name:ident $set:ident $row:expr, [], $doc:literal) => {
        #[doc = concat!("`", stringify!($name), "`: ", $doc)]
        ///
        /// `None` if undefined; else what stands before a NUL, without spaces around it. Bytes
        /// that are not UTF-8 are replaced; [`Header::text_bytes`] has them as they are.
        #[must_use]
        pub fn $name(&self) -> Option<Cow<'_, str>> {
            self.text(&$row)
        }

        #[doc = concat!("Sets `", stringify!($name), "`; `None` makes it undefined.")]
        ///
        /// # Errors
        /// [`Error::Text`](super::Error::Text) if it is too long or not printable ASCII,
        /// [`Error::MeansUndefined`](super::Error::MeansUndefined) if it begins with `-12345`.
        pub fn $set<'a>(&mut self, value: impl Into<Option<&'a str>>) -> Result<&mut Self> {
            self.set_text(&$row, value.into())
        }
    };
}

macro_rules! variables {
    ($(
        $kind:ident $name:ident $set:tt $word:literal
        $(/ $slot:literal)? $(alias $alias:literal)? $(: $type:ident)?
        => $doc:literal;
    )+) => {
        const ALL: &[Variable] = &[
            $( row!($kind $name $word [$($slot)?] [$($alias)?] [$($type)?] $doc), )+
        ];

        /// The variables by name, typed.
        impl Header {
            $( accessor!(
                $kind $name $set
                row!($kind $name $word [$($slot)?] [$($alias)?] [$($type)?] $doc),
                [$($type)?], $doc
            ); )+
        }
    };
}

variables! {
    float delta set_delta 0 / 0 => "Increment between evenly spaced samples, in seconds (Hz for spectra).";
    float depmin set_depmin 1 => "Minimum of the dependent variable.";
    float depmax set_depmax 2 => "Maximum of the dependent variable.";
    float scale set_scale 3 => "Multiplying factor for the dependent variable; SAC itself does not use it.";
    float odelta set_odelta 4 => "Observed increment if it differs from the nominal one, in seconds.";
    float b set_b 5 / 1 => "Begin value of the independent variable; for time series seconds from the reference time.";
    float e set_e 6 / 2 => "End value of the independent variable; for time series seconds from the reference time.";
    float o set_o 7 / 3 => "Event origin time, in seconds from the reference time.";
    float a set_a 8 / 4 => "First arrival time, in seconds from the reference time.";
    float fmt _ 9 alias "internal0" => "Internal to SAC.";
    float t0 set_t0 10 / 5 => "Time pick 0, in seconds from the reference time.";
    float t1 set_t1 11 / 6 => "Time pick 1, in seconds from the reference time.";
    float t2 set_t2 12 / 7 => "Time pick 2, in seconds from the reference time.";
    float t3 set_t3 13 / 8 => "Time pick 3, in seconds from the reference time.";
    float t4 set_t4 14 / 9 => "Time pick 4, in seconds from the reference time.";
    float t5 set_t5 15 / 10 => "Time pick 5, in seconds from the reference time.";
    float t6 set_t6 16 / 11 => "Time pick 6, in seconds from the reference time.";
    float t7 set_t7 17 / 12 => "Time pick 7, in seconds from the reference time.";
    float t8 set_t8 18 / 13 => "Time pick 8, in seconds from the reference time.";
    float t9 set_t9 19 / 14 => "Time pick 9, in seconds from the reference time.";
    float f set_f 20 / 15 => "End (fini) of the event, in seconds from the reference time.";
    float resp0 set_resp0 21 => "Instrument response parameter 0.";
    float resp1 set_resp1 22 => "Instrument response parameter 1.";
    float resp2 set_resp2 23 => "Instrument response parameter 2.";
    float resp3 set_resp3 24 => "Instrument response parameter 3.";
    float resp4 set_resp4 25 => "Instrument response parameter 4.";
    float resp5 set_resp5 26 => "Instrument response parameter 5.";
    float resp6 set_resp6 27 => "Instrument response parameter 6.";
    float resp7 set_resp7 28 => "Instrument response parameter 7.";
    float resp8 set_resp8 29 => "Instrument response parameter 8.";
    float resp9 set_resp9 30 => "Instrument response parameter 9.";
    float stla set_stla 31 / 19 => "Station latitude in degrees, north positive.";
    float stlo set_stlo 32 / 18 => "Station longitude in degrees, east positive.";
    float stel set_stel 33 => "Station elevation above sea level, in metres.";
    float stdp set_stdp 34 => "Station depth below the surface, in metres.";
    float evla set_evla 35 / 17 => "Event latitude in degrees, north positive.";
    float evlo set_evlo 36 / 16 => "Event longitude in degrees, east positive.";
    float evel set_evel 37 => "Event elevation, in metres.";
    float evdp set_evdp 38 => "Event depth below the surface, in kilometres (in metres by manuals before SAC 101).";
    float mag set_mag 39 => "Event magnitude.";
    float user0 set_user0 40 => "User-defined variable 0.";
    float user1 set_user1 41 => "User-defined variable 1.";
    float user2 set_user2 42 => "User-defined variable 2.";
    float user3 set_user3 43 => "User-defined variable 3.";
    float user4 set_user4 44 => "User-defined variable 4.";
    float user5 set_user5 45 => "User-defined variable 5.";
    float user6 set_user6 46 => "User-defined variable 6.";
    float user7 set_user7 47 => "User-defined variable 7.";
    float user8 set_user8 48 => "User-defined variable 8.";
    float user9 set_user9 49 => "User-defined variable 9.";
    float dist set_dist 50 => "Distance from station to event, in kilometres.";
    float az set_az 51 => "Azimuth from event to station, in degrees clockwise from north.";
    float baz set_baz 52 => "Back-azimuth, from station to event, in degrees clockwise from north.";
    float gcarc set_gcarc 53 => "Great-circle arc from station to event, in degrees.";
    float sb set_sb 54 / 20 alias "internal1" => "B of the original time series, in spectra.";
    float sdelta set_sdelta 55 / 21 alias "internal2" => "DELTA of the original time series, in spectra.";
    float depmen set_depmen 56 => "Mean of the dependent variable.";
    float cmpaz set_cmpaz 57 => "Component azimuth in degrees, clockwise from north.";
    float cmpinc set_cmpinc 58 => "Component inclination in degrees from upward vertical: SEED dip + 90.";
    float xminimum set_xminimum 59 => "Minimum of X, in XYZ files.";
    float xmaximum set_xmaximum 60 => "Maximum of X, in XYZ files.";
    float yminimum set_yminimum 61 => "Minimum of Y, in XYZ files.";
    float ymaximum set_ymaximum 62 => "Maximum of Y, in XYZ files.";
    float adjtm _ 63 alias "unused6" => "Internal to SAC.";
    float unused7 _ 64 => "Unused.";
    float unused8 _ 65 => "Unused.";
    float unused9 _ 66 => "Unused.";
    float unused10 _ 67 => "Unused.";
    float unused11 _ 68 => "Unused.";
    float unused12 _ 69 => "Unused.";
    integer nzyear set_nzyear 70 => "Year of the reference time.";
    integer nzjday set_nzjday 71 => "Day of the year of the reference time, from 1.";
    integer nzhour set_nzhour 72 => "Hour of the reference time.";
    integer nzmin set_nzmin 73 => "Minute of the reference time.";
    integer nzsec set_nzsec 74 => "Second of the reference time.";
    integer nzmsec set_nzmsec 75 => "Millisecond of the reference time.";
    integer nvhdr _ 76 => "Header version, 6 or 7.";
    integer norid set_norid 77 => "Origin id (CSS 3.0).";
    integer nevid set_nevid 78 => "Event id (CSS 3.0).";
    integer npts set_npts 79 => "Number of points in each data section.";
    integer nsnpts set_nsnpts 80 alias "internal3" => "NPTS of the original time series, in spectra.";
    integer nwfid set_nwfid 81 => "Waveform id (CSS 3.0).";
    integer nxsize set_nxsize 82 => "Number of points along X, in XYZ files.";
    integer nysize set_nysize 83 => "Number of points along Y, in XYZ files.";
    integer unused13 _ 84 => "Unused.";
    enumerated iftype set_iftype 85 : FileType => "Type of file.";
    enumerated idep set_idep 86 : DependentVariable => "Type of the dependent variable.";
    enumerated iztype set_iztype 87 : ReferenceTime => "What happened at the reference time.";
    integer unused14 _ 88 => "Unused.";
    enumerated iinst set_iinst 89 : Instrument => "Type of recording instrument.";
    integer istreg set_istreg 90 => "Geographic region of the station (Flinn-Engdahl number).";
    integer ievreg set_ievreg 91 => "Geographic region of the event (Flinn-Engdahl number).";
    enumerated ievtyp set_ievtyp 92 : EventType => "Type of event.";
    enumerated iqual set_iqual 93 : Quality => "Quality of the data.";
    enumerated isynth set_isynth 94 : Synthetic => "Whether the data are synthetic.";
    enumerated imagtyp set_imagtyp 95 : MagnitudeType => "Type of the magnitude.";
    enumerated imagsrc set_imagsrc 96 : MagnitudeSource => "Source of the magnitude.";
    enumerated ibody set_ibody 97 alias "unused15" : Body => "Body, and so spheroid, of distance calculations.";
    integer unused16 _ 98 => "Unused.";
    integer unused17 _ 99 => "Unused.";
    integer unused18 _ 100 => "Unused.";
    integer unused19 _ 101 => "Unused.";
    integer unused20 _ 102 => "Unused.";
    integer unused21 _ 103 => "Unused.";
    integer unused22 _ 104 => "Unused.";
    logical leven set_leven 105 => "Whether the data are evenly spaced.";
    logical lpspol set_lpspol 106 => "Whether the components have positive polarity (left-hand rule).";
    logical lovrok set_lovrok 107 => "Whether the file may be overwritten.";
    logical lcalda set_lcalda 108 => "Whether SAC shall compute DIST, AZ, BAZ and GCARC from the coordinates.";
    logical unused23 _ 109 => "Unused.";
    text kstnm set_kstnm 110 => "Station code.";
    text kevnm set_kevnm 112 => "Event name, up to 16 characters.";
    text khole set_khole 116 => "Location code; for nuclear events the hole.";
    text ko set_ko 118 => "Identification of the origin time.";
    text ka set_ka 120 => "Identification of the first arrival.";
    text kt0 set_kt0 122 => "Identification of pick 0.";
    text kt1 set_kt1 124 => "Identification of pick 1.";
    text kt2 set_kt2 126 => "Identification of pick 2.";
    text kt3 set_kt3 128 => "Identification of pick 3.";
    text kt4 set_kt4 130 => "Identification of pick 4.";
    text kt5 set_kt5 132 => "Identification of pick 5.";
    text kt6 set_kt6 134 => "Identification of pick 6.";
    text kt7 set_kt7 136 => "Identification of pick 7.";
    text kt8 set_kt8 138 => "Identification of pick 8.";
    text kt9 set_kt9 140 => "Identification of pick 9.";
    text kf set_kf 142 => "Identification of the end of the event.";
    text kuser0 set_kuser0 144 => "User-defined text 0.";
    text kuser1 set_kuser1 146 => "User-defined text 1.";
    text kuser2 set_kuser2 148 => "User-defined text 2.";
    text kcmpnm set_kcmpnm 150 => "Channel code.";
    text knetwk set_knetwk 152 => "Network code.";
    text kdatrd set_kdatrd 154 => "Date on which the data were read onto the computer.";
    text kinst set_kinst 156 => "Name of the recording instrument.";
}

/// A variable that the code itself needs: its place in the table is its word, but for the texts,
/// of which KEVNM takes two.
const fn at(index: usize) -> Variable {
    ALL[index]
}

pub(super) const DELTA: Variable = at(0);
pub(super) const DEPMIN: Variable = at(1);
pub(super) const DEPMAX: Variable = at(2);
pub(super) const B: Variable = at(5);
pub(super) const E: Variable = at(6);
pub(super) const O: Variable = at(7);
pub(super) const DEPMEN: Variable = at(56);
pub(super) const NVHDR: Variable = at(76);
pub(super) const NPTS: Variable = at(79);
pub(super) const IFTYPE: Variable = at(85);
pub(super) const LEVEN: Variable = at(105);
pub(super) const KSTNM: Variable = at(110);
pub(super) const KHOLE: Variable = at(112);
pub(super) const KCMPNM: Variable = at(129);
pub(super) const KNETWK: Variable = at(130);

/// NZYEAR to NZMSEC.
pub(super) const REFERENCE: [Variable; 6] = [at(70), at(71), at(72), at(73), at(74), at(75)];

/// The variables in seconds from the reference time.
pub(super) const RELATIVE_TIMES: [Variable; 15] = [
    B,
    E,
    O,
    at(8),
    at(20),
    at(10),
    at(11),
    at(12),
    at(13),
    at(14),
    at(15),
    at(16),
    at(17),
    at(18),
    at(19),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_covers_every_word_once() {
        let mut word = 0;
        for variable in Variable::all() {
            assert_eq!(variable.word(), word, "{variable}");
            word += variable.characters().max(4) / 4;
            assert_eq!(Variable::named(variable.name()), Some(variable));
        }
        assert_eq!(word, 158);
        assert_eq!(Variable::all().len(), 70 + 40 + 23);
    }

    #[test]
    fn the_footer_has_the_order_of_the_manual() {
        let mut slots: Vec<_> = Variable::all()
            .iter()
            .filter_map(|v| v.footer_index().map(|i| (i, v.name())))
            .collect();
        slots.sort_unstable();
        let names: Vec<_> = slots.iter().map(|(_, name)| *name).collect();
        // SAC manual: "DELTA, B, E, O, A, T0 ... T9, F, EVLO, EVLA, STLO, STLA, SB, and SDELTA".
        assert_eq!(
            names.join(" "),
            "delta b e o a t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 f evlo evla stlo stla sb sdelta"
        );
    }

    #[test]
    fn named_constants_are_what_they_say() {
        let pairs = [
            (DELTA, "delta"),
            (DEPMIN, "depmin"),
            (DEPMAX, "depmax"),
            (B, "b"),
            (E, "e"),
            (O, "o"),
            (DEPMEN, "depmen"),
            (NVHDR, "nvhdr"),
            (NPTS, "npts"),
            (IFTYPE, "iftype"),
            (LEVEN, "leven"),
            (KSTNM, "kstnm"),
            (KHOLE, "khole"),
            (KCMPNM, "kcmpnm"),
            (KNETWK, "knetwk"),
        ];
        for (variable, name) in pairs {
            assert_eq!(variable.name(), name);
        }
        let relative: Vec<_> = RELATIVE_TIMES.iter().map(Variable::name).collect();
        assert_eq!(relative.join(" "), "b e o a f t0 t1 t2 t3 t4 t5 t6 t7 t8 t9");
        let reference: Vec<_> = REFERENCE.iter().map(Variable::name).collect();
        assert_eq!(reference.join(" "), "nzyear nzjday nzhour nzmin nzsec nzmsec");
    }

    #[test]
    fn other_names_are_understood() {
        assert_eq!(Variable::named("internal0").map(Variable::name), Some("fmt"));
        assert_eq!(Variable::named("UNUSED15").map(Variable::name), Some("ibody"));
        assert_eq!(Variable::named("nosuch"), None);
    }
}
