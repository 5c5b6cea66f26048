//! A number with its uncertainty, unit and datum.

/// A measured number of the document model, such as a latitude. *StationXML 1.2*, `FloatType`.
///
/// What most files leave out (uncertainty, method, a unit or datum other than the schema's)
/// stands in [`details`](Self::details).
///
/// ```
/// use seis_resp::Measured;
/// let latitude = Measured::from(34.8294);
/// assert_eq!(latitude.value, 34.8294);
/// assert!(latitude.details.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// The number, in the unit of the field that holds it unless `details` names another.
    pub value: f64,
    /// What else the file says.
    pub details: Option<Box<MeasuredDetails>>,
}

/// What a file says about a number besides its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeasuredDetails {
    /// How far the true value may lie above.
    pub plus_error: Option<f64>,
    /// How far the true value may lie below.
    pub minus_error: Option<f64>,
    /// How it was measured.
    pub method: Option<String>,
    /// A unit other than the one the schema gives the field.
    pub unit: Option<String>,
    /// A datum other than WGS84.
    pub datum: Option<String>,
}

impl From<f64> for Measured {
    fn from(value: f64) -> Self {
        Self { value, details: None }
    }
}

impl Measured {
    /// The value, unless the file gives it in another unit than the field's.
    pub(crate) fn in_field_unit(&self) -> Option<f64> {
        match self.details.as_ref().and_then(|d| d.unit.as_ref()) {
            None => Some(self.value),
            Some(_) => None,
        }
    }
}
