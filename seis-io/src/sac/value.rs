//! Variables by name, their values in one type.

use std::fmt;

use super::variables::{NVHDR, Variable};
use super::{Error, Header, Kind, Result, Version};

/// The value of a header variable of any kind.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A float.
    Float(f64),
    /// An integer.
    Integer(i32),
    /// The number of an enumerated value, and its SAC name if the variable lists it.
    Enumerated(i32, Option<&'static str>),
    /// A logical.
    Logical(bool),
    /// A text, or the name of an enumerated value.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(v) => write!(f, "{v}"),
            Self::Integer(v) | Self::Enumerated(v, None) => write!(f, "{v}"),
            Self::Enumerated(_, Some(name)) => f.write_str(name),
            Self::Logical(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
        }
    }
}

impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Self::Float(v)
    }
}

impl From<f32> for Value {
    fn from(v: f32) -> Self {
        Self::Float(f64::from(v))
    }
}

impl From<i32> for Value {
    fn from(v: i32) -> Self {
        Self::Integer(v)
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Logical(v)
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}

impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

fn variable(name: &str) -> Result<&'static Variable> {
    Variable::named(name).ok_or_else(|| Error::UnknownVariable { name: name.to_owned() })
}

impl Header {
    /// The value of a variable by its SAC name, in capitals or not; `None` if undefined.
    ///
    /// Never fails for a known name: an enumerated number that SAC does not list has no name.
    ///
    /// ```
    /// use seis_io::sac::{Header, Value};
    /// let mut header = Header::new();
    /// header.set("STLA", 34.5)?.set("iztype", "IB")?.set("kuser0", "mine")?;
    /// assert_eq!(header.get("stla")?, Some(Value::Float(34.5)));
    /// assert_eq!(header.get("iztype")?, Some(Value::Enumerated(9, Some("IB"))));
    /// assert_eq!(header.get("evla")?, None);
    /// assert!(header.get("nosuch").is_err());
    /// # Ok::<(), seis_io::sac::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownVariable`].
    pub fn get(&self, name: &str) -> Result<Option<Value>> {
        variable(name).map(|v| self.value(v))
    }

    /// The value of a variable; `None` if undefined.
    #[must_use]
    pub fn value(&self, variable: &Variable) -> Option<Value> {
        match variable.kind {
            Kind::Float => self.float(variable).map(Value::Float),
            Kind::Integer => self.integer(variable).map(Value::Integer),
            Kind::Enumerated => self.integer(variable).map(|id| {
                let listed = variable.enumeration.iter().find(|(i, _)| *i == id);
                Value::Enumerated(id, listed.map(|(_, name)| *name))
            }),
            Kind::Logical => self.integer(variable).map(|v| Value::Logical(v != 0)),
            Kind::Text => self.text(variable).map(|t| Value::Text(t.into_owned())),
        }
    }

    /// Sets a variable by its SAC name, in capitals or not.
    ///
    /// A float takes integers too; an enumerated variable takes a name it lists, or its number.
    ///
    /// # Errors
    /// [`Error::UnknownVariable`]; [`Error::Kind`] for a value of another kind;
    /// [`Error::Enumeration`] for one that the variable does not list; [`Error::Float`],
    /// [`Error::Text`] and [`Error::MeansUndefined`] for values that SAC cannot hold;
    /// [`Error::Version`] for an NVHDR other than 6 and 7.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<&mut Self> {
        let variable = variable(name)?;
        let value = value.into();
        match (variable.kind, &value) {
            (Kind::Float, Value::Float(v)) => self.set_float(variable, Some(*v)),
            (Kind::Float, Value::Integer(v)) => self.set_float(variable, Some(f64::from(*v))),
            (Kind::Integer, Value::Integer(v)) if *variable == NVHDR => match v {
                6 => Ok(self.set_version(Version::V6)),
                7 => Ok(self.set_version(Version::V7)),
                found => Err(Error::Version { found: *found }),
            },
            (Kind::Integer, Value::Integer(v)) => self.set_integer(variable, Some(*v)),
            (Kind::Enumerated, Value::Integer(v) | Value::Enumerated(v, _)) => {
                let listed = variable.enumeration.iter().find(|(id, _)| id == v);
                self.set_listed(variable, listed, &value)
            }
            (Kind::Enumerated, Value::Text(v)) => {
                let listed =
                    variable.enumeration.iter().find(|(_, name)| name.eq_ignore_ascii_case(v));
                self.set_listed(variable, listed, &value)
            }
            (Kind::Logical, Value::Logical(v)) => self.set_integer(variable, Some(i32::from(*v))),
            (Kind::Text, Value::Text(v)) => self.set_text(variable, Some(v)),
            (expected, v) => {
                Err(Error::Kind { variable: variable.name, expected, found: v.to_string() })
            }
        }
    }

    fn set_listed(
        &mut self,
        variable: &Variable,
        listed: Option<&(i32, &str)>,
        value: &Value,
    ) -> Result<&mut Self> {
        let (id, _) = listed.ok_or_else(|| Error::Enumeration {
            variable: variable.name,
            found: value.to_string(),
        })?;
        self.set_integer(variable, Some(*id))
    }

    /// Makes a variable undefined, by its SAC name.
    ///
    /// # Errors
    /// [`Error::UnknownVariable`]; [`Error::Version`] for NVHDR, which must be 6 or 7.
    pub fn clear(&mut self, name: &str) -> Result<&mut Self> {
        let variable = variable(name)?;
        match variable.kind {
            Kind::Float => self.set_float(variable, None),
            Kind::Text => self.set_text(variable, None),
            Kind::Integer if *variable == NVHDR => Err(Error::Version { found: -12345 }),
            Kind::Integer | Kind::Enumerated | Kind::Logical => self.set_integer(variable, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_set_and_read_by_name() {
        for variable in Variable::all().iter().filter(|v| **v != NVHDR) {
            let mut header = Header::new();
            header.set_version(Version::V7);
            let value = match variable.kind {
                Kind::Float => Value::Float(0.1),
                Kind::Integer => Value::Integer(7),
                Kind::Enumerated => {
                    let (id, name) = variable.enumeration[0];
                    Value::Enumerated(id, Some(name))
                }
                Kind::Logical => Value::Logical(true),
                Kind::Text => Value::Text("a b".to_owned()),
            };
            header.set(variable.name, value.clone()).unwrap();
            let expected = match (&value, variable.slot) {
                (Value::Float(_), None) => Value::Float(f64::from(0.1_f32)),
                _ => value,
            };
            assert_eq!(header.get(variable.name).unwrap(), Some(expected), "{variable}");
            header.clear(variable.name).unwrap();
            assert_eq!(header.get(variable.name).unwrap(), None, "{variable}");
        }
    }

    #[test]
    fn wrong_values_name_the_variable() {
        let mut header = Header::new();
        assert!(matches!(
            header.set("stla", "north"),
            Err(Error::Kind { variable: "stla", expected: Kind::Float, .. })
        ));
        assert!(matches!(
            header.set("iftype", "IB"),
            Err(Error::Enumeration { variable: "iftype", .. })
        ));
        assert!(matches!(header.set("npts", 1.5), Err(Error::Kind { variable: "npts", .. })));
        assert!(matches!(header.set("nvhdr", 5), Err(Error::Version { found: 5 })));
        assert!(matches!(header.set("nope", 5), Err(Error::UnknownVariable { .. })));
        assert!(header.clear("nvhdr").is_err());
        header.set("nvhdr", 7).unwrap().set("evla", 3).unwrap();
        assert_eq!((header.version(), header.evla()), (Version::V7, Some(3.0)));
    }
}
