//! The header as it stands in the file: words, texts and, in version 7, the footer.

use std::borrow::Cow;
use std::fmt;

use super::variables::{NPTS, NVHDR, Variable};
use super::{ByteOrder, Error, FileType, Kind, Result};

/// Numbers at the beginning of the header: 70 floats, 35 integers, 5 logicals.
pub(super) const NUMBERS: usize = 110;
/// Bytes of the texts behind the numbers.
const TEXT: usize = 192;
/// Bytes of the whole header.
pub(super) const HEADER_BYTES: usize = NUMBERS * 4 + TEXT;
/// Doubles in the footer of version 7.
pub(super) const FOOTER_DOUBLES: usize = 22;
/// Bytes of the footer.
pub(super) const FOOTER_BYTES: usize = FOOTER_DOUBLES * 8;

const UNDEFINED_INTEGER: i32 = -12345;
const UNDEFINED_FLOAT: f64 = -12345.0;
const UNDEFINED_TEXT: &[u8; 8] = b"-12345  ";

/// Version of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Version {
    /// Version 6, which every program reads: all numbers have 32 bits.
    #[default]
    V6,
    /// Version 7 (SAC 102): times and coordinates are repeated as doubles behind the data.
    V7,
}

impl Version {
    /// NVHDR.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::V6 => 6,
            Self::V7 => 7,
        }
    }
}

/// The header of a SAC file: every variable, as it stood in the file.
///
/// Each variable has a typed getter and setter of its SAC name ([`stla`](Header::stla),
/// [`set_stla`](Header::set_stla), …); [`get`](Header::get) and [`set`](Header::set) take the
/// name as text. What SAC calls undefined (−12345) is `None`.
///
/// | kind | getter gives | undefined |
/// |---|---|---|
/// | float | `Option<f64>` | −12345.0 |
/// | integer | `Option<i32>` | −12345 |
/// | enumerated | `Result<Option<`type`>>` | −12345 |
/// | logical | `Option<bool>` | −12345 |
/// | text | `Option<Cow<str>>` | begins with `-12345` |
///
/// ```
/// use seis_io::sac::{Header, ReferenceTime};
/// let mut header = Header::new();
/// assert_eq!(header.stla(), None);
/// header.set_stla(34.5)?.set_kstnm("HEC")?.set_iztype(ReferenceTime::Begin);
/// assert_eq!(header.stla(), Some(34.5));
/// assert_eq!(header.kstnm().as_deref(), Some("HEC"));
/// assert_eq!(header.iztype()?, Some(ReferenceTime::Begin));
/// # Ok::<(), seis_io::sac::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Floats as their bits, so that what was read is written again whatever it is.
    numbers: [u32; NUMBERS],
    text: [u8; TEXT],
    /// The doubles of version 7 as their bits; there if and only if NVHDR is 7.
    footer: Option<[u64; FOOTER_DOUBLES]>,
}

impl Default for Header {
    fn default() -> Self {
        Self::new()
    }
}

impl Header {
    /// A header of version 6 in which everything is undefined, and the logicals false.
    #[must_use]
    pub fn new() -> Self {
        let undefined_float = (UNDEFINED_FLOAT as f32).to_bits();
        let mut header =
            Self { numbers: [undefined_float; NUMBERS], text: [b' '; TEXT], footer: None };
        for (word, number) in header.numbers.iter_mut().enumerate().skip(70) {
            // The manual: "Undefined: FALSE" for logicals, words 105 to 108. The unused one behind
            // them is undefined, as ObsPy writes it.
            let logical = (105..109).contains(&word);
            *number = if logical { 0 } else { UNDEFINED_INTEGER as u32 };
        }
        for field in header.text.chunks_exact_mut(8) {
            field.copy_from_slice(UNDEFINED_TEXT);
        }
        header.put_integer(&NVHDR, Some(Version::V6.number()));
        header
    }

    /// The version of the header.
    #[must_use]
    pub fn version(&self) -> Version {
        if self.footer.is_some() { Version::V7 } else { Version::V6 }
    }

    /// Changes the version of the header (NVHDR).
    ///
    /// From 6 to 7 the footer takes the 32-bit values as they are, which is what SAC does:
    /// a DELTA of 0.01 becomes 0.00999999977648258. From 7 to 6 the footer is dropped; the
    /// 32-bit values stay.
    pub fn set_version(&mut self, version: Version) -> &mut Self {
        match version {
            Version::V6 => self.footer = None,
            Version::V7 if self.footer.is_none() => {
                let mut footer = [UNDEFINED_FLOAT.to_bits(); FOOTER_DOUBLES];
                for variable in Variable::all() {
                    if let Some(slot) = variable.slot.and_then(|i| footer.get_mut(i)) {
                        *slot = f64::from(f32::from_bits(self.word(variable.word))).to_bits();
                    }
                }
                self.footer = Some(footer);
            }
            Version::V7 => {}
        }
        self.put_integer(&NVHDR, Some(version.number()));
        self
    }

    fn word(&self, word: usize) -> u32 {
        self.numbers.get(word).copied().unwrap_or_default()
    }

    /// The float in 32 bits, whatever it is and whichever version.
    pub(super) fn raw_f32(&self, variable: &Variable) -> f32 {
        f32::from_bits(self.word(variable.word))
    }

    /// The double in the footer, if there is one.
    pub(super) fn raw_f64(&self, variable: &Variable) -> Option<f64> {
        let footer = self.footer.as_ref()?;
        footer.get(variable.slot?).copied().map(f64::from_bits)
    }

    /// The integer, whatever it is.
    pub(super) fn raw_integer(&self, variable: &Variable) -> i32 {
        self.word(variable.word) as i32
    }

    pub(super) fn float(&self, variable: &Variable) -> Option<f64> {
        let value = self.raw_f64(variable).unwrap_or_else(|| f64::from(self.raw_f32(variable)));
        (value != UNDEFINED_FLOAT).then_some(value)
    }

    pub(super) fn integer(&self, variable: &Variable) -> Option<i32> {
        Some(self.raw_integer(variable)).filter(|v| *v != UNDEFINED_INTEGER)
    }

    /// The bytes of a text variable as they stand in the file, padding included; empty for
    /// variables of other kinds.
    #[must_use]
    pub fn text_bytes(&self, variable: &Variable) -> &[u8] {
        self.text.get(variable.text_range()).unwrap_or_default()
    }

    /// What a text variable says: up to a NUL, without the padding. `None` if undefined.
    pub(super) fn text_content(&self, variable: &Variable) -> Option<&[u8]> {
        let bytes = self.text_bytes(variable);
        let mut end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let undefined = |b: &[u8]| b.starts_with(b"-12345");
        if bytes.get(..end).is_some_and(undefined) {
            return None;
        }
        // Writers that fill 8 of the 16 characters of KEVNM leave the second half undefined.
        if bytes.get(8..end).is_some_and(undefined) {
            end = 8;
        }
        Some(bytes.get(..end).unwrap_or_default().trim_ascii())
    }

    pub(super) fn text(&self, variable: &Variable) -> Option<Cow<'_, str>> {
        self.text_content(variable).map(String::from_utf8_lossy)
    }

    pub(super) fn set_float(
        &mut self,
        variable: &Variable,
        value: Option<f64>,
    ) -> Result<&mut Self> {
        if let Some(value) = value {
            let single = value as f32;
            if !single.is_finite() {
                return Err(Error::Float { variable: variable.name, value });
            }
            let doubled = self.footer.is_some() && variable.slot.is_some();
            if value == UNDEFINED_FLOAT || (!doubled && f64::from(single) == UNDEFINED_FLOAT) {
                return Err(Error::MeansUndefined {
                    variable: variable.name,
                    found: value.to_string(),
                });
            }
        }
        self.put_float(variable, value.unwrap_or(UNDEFINED_FLOAT));
        Ok(self)
    }

    /// Stores a float as it is; values that mean "undefined" or are no number are the caller's.
    pub(super) fn put_float(&mut self, variable: &Variable, value: f64) {
        if let Some(word) = self.numbers.get_mut(variable.word) {
            *word = (value as f32).to_bits();
        }
        let slot = self.footer.as_mut().zip(variable.slot).and_then(|(f, i)| f.get_mut(i));
        if let Some(slot) = slot {
            *slot = value.to_bits();
        }
    }

    pub(super) fn set_integer(
        &mut self,
        variable: &Variable,
        value: Option<i32>,
    ) -> Result<&mut Self> {
        if value == Some(UNDEFINED_INTEGER) {
            return Err(Error::MeansUndefined {
                variable: variable.name,
                found: UNDEFINED_INTEGER.to_string(),
            });
        }
        self.put_integer(variable, value);
        Ok(self)
    }

    pub(super) fn put_integer(&mut self, variable: &Variable, value: Option<i32>) {
        if let Some(word) = self.numbers.get_mut(variable.word) {
            *word = value.unwrap_or(UNDEFINED_INTEGER) as u32;
        }
    }

    pub(super) fn set_text(
        &mut self,
        variable: &Variable,
        value: Option<&str>,
    ) -> Result<&mut Self> {
        let max = variable.characters();
        if let Some(text) = value {
            let printable = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
            if text.len() > max || !printable {
                let text = text.to_owned();
                return Err(Error::Text { variable: variable.name, text, max });
            }
            if text.starts_with("-12345") {
                let found = text.to_owned();
                return Err(Error::MeansUndefined { variable: variable.name, found });
            }
        }
        if let Some(field) = self.text.get_mut(variable.text_range()) {
            match value {
                Some(text) => {
                    field.fill(b' ');
                    field.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
                }
                // Both halves of KEVNM, as ObsPy writes it and as SAC reads it.
                None => field.chunks_exact_mut(8).for_each(|f| f.copy_from_slice(UNDEFINED_TEXT)),
            }
        }
        Ok(self)
    }

    /// How many sections of NPTS values follow the header, by IFTYPE and LEVEN.
    ///
    /// Unknown and undefined file types are time series, as ObsPy takes them; an undefined LEVEN
    /// is true, as it is for SAC.
    ///
    /// # Errors
    /// [`Error::Enumeration`] for an IFTYPE that is no file type.
    pub fn sections(&self) -> Result<u8> {
        Ok(match self.iftype()? {
            Some(FileType::RealImaginary | FileType::AmplitudePhase) => 2,
            Some(FileType::Xyz) => 1,
            Some(FileType::TimeSeries | FileType::Xy | FileType::Unknown) | None => {
                if self.leven() == Some(false) { 2 } else { 1 }
            }
        })
    }

    /// NPTS as a count.
    pub(super) fn points(&self) -> Result<usize> {
        let npts = self.raw_integer(&NPTS);
        usize::try_from(npts).map_err(|_| Error::Invalid {
            variable: NPTS.name,
            found: npts.to_string(),
            expected: "a number of points, not negative",
        })
    }

    /// Length of the whole file by NPTS, IFTYPE, LEVEN and NVHDR, in bytes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a negative or undefined NPTS, [`Error::Enumeration`] for an IFTYPE
    /// that is no file type.
    pub fn file_size(&self) -> Result<u64> {
        let data = self.points()? as u64 * u64::from(self.sections()?) * 4;
        let footer = if self.footer.is_some() { FOOTER_BYTES as u64 } else { 0 };
        Ok(HEADER_BYTES as u64 + data + footer)
    }

    /// The header in the first 632 bytes. A footer stands at the end of the file and is set by
    /// [`read_footer`](Self::read_footer); until then it is undefined.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, ByteOrder)> {
        let Some(fixed) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(Error::HeaderTruncated { found: bytes.len() });
        };
        let order = ByteOrder::detect(fixed)?;
        let mut header = Self::new();
        let (numbers, text) = fixed.split_at(NUMBERS * 4);
        for (to, from) in header.numbers.iter_mut().zip(numbers.chunks_exact(4)) {
            *to = order.u32(from);
        }
        header.text.copy_from_slice(text);
        if header.raw_integer(&NVHDR) == Version::V7.number() {
            header.footer = Some([UNDEFINED_FLOAT.to_bits(); FOOTER_DOUBLES]);
        }
        Ok((header, order))
    }

    /// Takes the doubles of version 7.
    pub(super) fn read_footer(&mut self, bytes: &[u8], order: ByteOrder) {
        if let Some(footer) = self.footer.as_mut() {
            for (to, from) in footer.iter_mut().zip(bytes.chunks_exact(8)) {
                *to = order.u64(from);
            }
        }
    }

    /// The 632 bytes of the header.
    pub(super) fn to_fixed(&self, order: ByteOrder) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let (numbers, text) = bytes.split_at_mut(NUMBERS * 4);
        for (to, from) in numbers.chunks_exact_mut(4).zip(self.numbers) {
            to.copy_from_slice(&order.u32_bytes(from));
        }
        text.copy_from_slice(&self.text);
        bytes
    }

    /// The footer, if the version has one.
    pub(super) fn write_footer(&self, order: ByteOrder, out: &mut Vec<u8>) {
        for double in self.footer.iter().flatten() {
            out.extend_from_slice(&order.u64_bytes(*double));
        }
    }

    /// Whether a variable is undefined.
    pub(super) fn is_undefined(&self, variable: &Variable) -> bool {
        match variable.kind {
            Kind::Float => self.float(variable).is_none(),
            Kind::Text => self.text_content(variable).is_none(),
            Kind::Integer | Kind::Enumerated | Kind::Logical => self.integer(variable).is_none(),
        }
    }

    /// Sets the texts of line `index` (from 0) of an alphanumeric header.
    pub(super) fn put_text_line(&mut self, index: usize, line: &[u8]) {
        if let Some(field) = self.text.chunks_exact_mut(24).nth(index) {
            field.fill(b' ');
            field.iter_mut().zip(line).for_each(|(to, from)| *to = *from);
        }
    }

    /// Sets a number by its word as an alphanumeric file has it.
    pub(super) fn put_word(&mut self, word: usize, bits: u32) {
        if let Some(to) = self.numbers.get_mut(word) {
            *to = bits;
        }
    }

    /// The floats (words 0–69) and the integers (words 70–109).
    pub(super) fn split_numbers(&self) -> (&[u32], &[u32]) {
        self.numbers.split_at(70)
    }

    /// The doubles of the footer, if there are.
    pub(super) fn footer_doubles(&self) -> impl Iterator<Item = f64> {
        self.footer.iter().flatten().map(|bits| f64::from_bits(*bits))
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for variable in Variable::all().iter().filter(|v| !self.is_undefined(v)) {
            map.entry(&variable.name, &self.value(variable));
        }
        map.finish()
    }
}

impl fmt::Display for Header {
    /// Every defined variable on a line, name and value, as SAC's `listhdr` lists them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for variable in Variable::all() {
            if let Some(value) = self.value(variable) {
                writeln!(f, "{:>8} = {value}", variable.name)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sac::variables::{B, DELTA};

    #[test]
    fn a_new_header_is_undefined() {
        let header = Header::new();
        for variable in Variable::all() {
            let named = variable.name.starts_with('l');
            let defined = (variable.kind == Kind::Logical && named) || *variable == NVHDR;
            assert_eq!(header.is_undefined(variable), !defined, "{variable}");
        }
        assert_eq!(header.leven(), Some(false));
        assert_eq!(header.to_string().lines().count(), 5);
    }

    #[test]
    fn version_7_keeps_doubles_and_singles_together() {
        let mut header = Header::new();
        header.set_delta(0.01).unwrap();
        header.set_version(Version::V7);
        assert_eq!(header.delta(), Some(f64::from(0.01_f32)));
        header.set_delta(0.01).unwrap().set_stla(34.123_456_789).unwrap();
        assert_eq!(header.delta(), Some(0.01));
        assert_eq!(header.stla(), Some(34.123_456_789));
        assert_eq!(header.raw_f32(&DELTA), 0.01_f32);
        header.set_version(Version::V6);
        assert_eq!(header.stla(), Some(f64::from(34.123_455_f32)));
        assert_eq!(header.raw_integer(&NVHDR), 6);
    }

    #[test]
    fn what_means_undefined_is_refused() {
        let mut header = Header::new();
        assert!(matches!(header.set_b(-12345.0), Err(Error::MeansUndefined { variable: "b", .. })));
        assert!(header.set_b(-12_345.000_1).is_err(), "the same 32-bit float");
        assert!(matches!(header.set_b(f64::NAN), Err(Error::Float { .. })));
        assert!(matches!(header.set_b(1e39), Err(Error::Float { .. })));
        assert!(header.set_nevid(-12345).is_err());
        assert!(header.set_kuser0("-12345ab").is_err());
        assert_eq!(header, Header::new());
        header.set_version(Version::V7).set_b(-12_345.000_1).unwrap();
        assert_eq!(header.b(), Some(-12_345.000_1));
        header.set_b(None).unwrap();
        assert_eq!((header.b(), header.raw_f32(&B)), (None, -12345.0));
    }

    #[test]
    fn texts_are_cut_at_nul_and_kevnm_is_long() {
        let mut header = Header::new();
        header.set_kevnm("Tohoku 2011 main").unwrap();
        assert_eq!(header.kevnm().as_deref(), Some("Tohoku 2011 main"));
        assert!(matches!(
            header.set_kevnm("Tohoku 2011 mains"),
            Err(Error::Text { variable: "kevnm", max: 16, .. })
        ));
        assert!(header.set_kstnm("ÄÖ").is_err());
        assert!(header.set_kstnm("A\nB").is_err());
        header.put_text_line(0, b"PIN1\x005  FUNCGEN:-12345  ");
        assert_eq!(header.kstnm().as_deref(), Some("PIN1"));
        assert_eq!(header.kevnm().as_deref(), Some("FUNCGEN:"));
        header.set_kevnm(None).unwrap().set_kstnm("").unwrap();
        assert_eq!((header.kevnm(), header.kstnm().as_deref()), (None, Some("")));
    }
}
