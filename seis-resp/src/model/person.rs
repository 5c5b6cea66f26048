//! Who runs a station, and how to reach them.

/// An agency and its people. *StationXML 1.2*, `OperatorType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Operator {
    /// Names of the agency. One since StationXML 1.1; 1.0 allowed several at stations.
    pub agencies: Vec<String>,
    /// People to ask.
    pub contacts: Vec<Person>,
    /// Address of the web site.
    pub website: Option<String>,
}

/// A person, or a role. *StationXML 1.2*, `PersonType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Names.
    pub names: Vec<String>,
    /// Agencies they belong to.
    pub agencies: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<Phone>,
}

/// A telephone number. *StationXML 1.2*, `PhoneNumberType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phone {
    /// Code of the country.
    pub country_code: Option<i64>,
    /// Code of the area.
    pub area_code: Option<i64>,
    /// The number, as written.
    pub number: String,
    /// What it is for.
    pub description: Option<String>,
}
