//! Units of metadata files, understood or refused.
//!
//! A unit is a text in a file: `M/S`, `nm/s`, `CM/(SEC**2)`, `m s^-2`, `COUNTS`. [`Unit::parse`]
//! turns it into a [`Quantity`] and a scale to SI, whatever the spelling, or says that it does not
//! know it. The rules:
//!
//! * products and quotients of the [known symbols](Quantity), with `*`, `·`, `.` or a space
//!   between factors, `/` or `per`, brackets, and whole exponents as `**2`, `^2`, `²`, `**-1`, `-1`;
//!   a `/` governs the next factor only, so `m/s/s` is m/s²;
//! * symbols and names in any case, as SEED writes capitals (*SEED 2.4*, blockette 34) and
//!   StationXML writes SI (*FDSN StationXML 1.2*, "Units"); where the case decides the meaning
//!   (`MPA`: milli or mega?) only the SI spelling is understood (`mPa`, `MPa`);
//! * SI prefixes from pico to giga; for metres and seconds no capital `M` ever means mega.
//!
//! evalresp and ObsPy look texts up in tables instead. ObsPy 1.5.1 knows `CM/(S**2)` as an
//! acceleration but scales only `CM/S**2`, so that the other spelling is 100 times off; it treats
//! every unit that it does not know as a velocity. evalresp 5.0.1 matches prefixes of texts and
//! takes `M/S/S` for a velocity and `M/(S**2)` for a displacement.
//!
//! ```
//! use seis_resp::units::{Quantity, Unit};
//! let unit: Unit = "CM/(SEC**2)".parse()?;
//! assert_eq!(unit.quantity, Quantity::Acceleration);
//! assert_eq!(unit.scale_to_si, 0.01);
//! assert!("FURLONG/FORTNIGHT".parse::<Unit>().is_err());
//! # Ok::<(), seis_resp::units::UnknownUnit>(())
//! ```

mod dimension;
mod parse;
mod quantity;
mod symbols;

pub use parse::{Unit, UnknownUnit};
pub use quantity::Quantity;
