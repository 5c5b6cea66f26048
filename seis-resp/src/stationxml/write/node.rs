//! What networks, stations and channels share.

use seis_core::UtcTime;

use super::check::{is_email, is_phone_number, quoted};
use super::{SchemaVersion, Writer, xml};
use crate::{
    ChannelType, Comment, DataAvailability, Epoch, Equipment, ExternalReference, Inventory,
    Measured, NodeInfo, Operator, Person, RestrictedStatus, Result, UnitName,
};

impl Writer {
    pub(super) fn document(&mut self, inventory: &Inventory) -> Result<()> {
        self.xml.open("FDSNStationXML");
        self.xml.attribute("xmlns", "http://www.fdsn.org/xml/station/1");
        self.xml.attribute("schemaVersion", self.version.as_str());
        self.extension_attributes(inventory.extensions.as_deref())?;
        self.require_of_document(inventory.source.as_ref(), "Source", "source")?;
        self.leaf("Source", inventory.source.as_deref())?;
        self.leaf("Sender", inventory.sender.as_deref())?;
        self.leaf("Module", inventory.module.as_deref())?;
        self.leaf("ModuleURI", inventory.module_uri.as_deref())?;
        self.require_of_document(inventory.created.as_ref(), "Created", "created")?;
        self.time("Created", inventory.created);
        if inventory.networks().is_empty() {
            self.refuse("a document needs a network")?;
        }
        for network in inventory.networks() {
            self.network(network)?;
        }
        self.extension_elements(inventory.extensions.as_deref())?;
        self.xml.close();
        Ok(())
    }

    pub(super) fn leaf(&mut self, name: &'static str, text: Option<&str>) -> Result<()> {
        self.text(text.unwrap_or_default())?;
        self.xml.some_leaf(name, text);
        Ok(())
    }

    pub(super) fn attribute(&mut self, name: &str, text: Option<&str>) -> Result<()> {
        if let Some(text) = text {
            self.text(text)?;
            self.xml.attribute(name, text);
        }
        Ok(())
    }

    pub(super) fn time(&mut self, name: &'static str, time: Option<UtcTime>) {
        if let Some(time) = time {
            self.xml.leaf(name, &time.to_string());
        }
    }

    pub(super) fn count(&mut self, name: &'static str, count: Option<u64>) {
        if let Some(count) = count {
            self.xml.leaf(name, &count.to_string());
        }
    }

    pub(super) fn node_attributes(
        &mut self,
        code: &str,
        epoch: &Epoch,
        info: &NodeInfo,
    ) -> Result<()> {
        self.attribute("code", Some(code))?;
        let bounds = [
            ("startDate", epoch.start, &info.unreadable_start),
            ("endDate", epoch.end, &info.unreadable_end),
        ];
        for (name, time, unreadable) in bounds {
            match (time, unreadable) {
                (Some(time), _) => self.xml.attribute(name, &time.to_string()),
                (None, Some(text)) => {
                    self.refuse(format!("{name} {} is no date", quoted(text)))?;
                    self.xml.attribute(name, text);
                }
                (None, None) => {}
            }
        }
        self.since_1_1(info.source_id.is_some(), "sourceID")?;
        self.attribute("sourceID", info.source_id.as_deref())?;
        if let Some(status) = &info.restricted_status {
            if let RestrictedStatus::Other(text) = status {
                self.refuse(format!(
                    "restrictedStatus {} is not open, closed or partial",
                    quoted(text)
                ))?;
            }
            self.attribute("restrictedStatus", Some(status.as_str()))?;
        }
        self.attribute("alternateCode", info.alternate_code.as_deref())?;
        self.attribute("historicalCode", info.historical_code.as_deref())?;
        self.extension_attributes(info.extensions.as_deref())
    }

    pub(super) fn info(&mut self, info: &NodeInfo) -> Result<()> {
        self.leaf("Description", info.description.as_deref())?;
        self.since_1_1(!info.identifiers.is_empty(), "Identifier")?;
        for identifier in &info.identifiers {
            self.xml.open("Identifier");
            self.attribute("type", identifier.scheme.as_deref())?;
            self.text(&identifier.value)?;
            self.xml.close_with(&identifier.value);
        }
        for comment in &info.comments {
            self.comment(comment)?;
        }
        self.since_1_1(info.availability.is_some(), "DataAvailability")?;
        if let Some(availability) = &info.availability {
            self.availability(availability)?;
        }
        self.extension_elements(info.extensions.as_deref())
    }

    fn comment(&mut self, comment: &Comment) -> Result<()> {
        self.xml.open("Comment");
        if let Some(id) = comment.id {
            self.xml.attribute("id", &id.to_string());
        }
        self.since_1_1(comment.subject.is_some(), "subject of a comment")?;
        self.attribute("subject", comment.subject.as_deref())?;
        self.leaf("Value", Some(&comment.value))?;
        self.time("BeginEffectiveTime", comment.begin);
        self.time("EndEffectiveTime", comment.end);
        for author in &comment.authors {
            self.person("Author", author)?;
        }
        self.xml.close();
        Ok(())
    }

    fn person(&mut self, name: &'static str, person: &Person) -> Result<()> {
        self.xml.open(name);
        for name in &person.names {
            self.leaf("Name", Some(name))?;
        }
        for agency in &person.agencies {
            self.leaf("Agency", Some(agency))?;
        }
        for email in &person.emails {
            if !is_email(email) {
                self.refuse(format!("{} is no e-mail address", quoted(email)))?;
            }
            self.leaf("Email", Some(email))?;
        }
        for phone in &person.phones {
            self.xml.open("Phone");
            self.attribute("description", phone.description.as_deref())?;
            if let Some(code) = phone.country_code {
                self.xml.leaf("CountryCode", &code.to_string());
            }
            self.require(phone.area_code.as_ref(), "AreaCode")?;
            if let Some(code) = phone.area_code {
                self.xml.leaf("AreaCode", &code.to_string());
            }
            if !is_phone_number(&phone.number) {
                self.refuse(format!("{} is no telephone number", quoted(&phone.number)))?;
            }
            self.leaf("PhoneNumber", Some(&phone.number))?;
            self.xml.close();
        }
        self.xml.close();
        Ok(())
    }

    pub(super) fn operator(&mut self, operator: &Operator, in_station: bool) -> Result<()> {
        self.xml.open("Operator");
        let several = in_station && self.version == SchemaVersion::V1_0;
        if operator.agencies.is_empty() || (operator.agencies.len() > 1 && !several) {
            let n = operator.agencies.len();
            self.refuse(format!("an operator with {n} agencies; the schema asks for one"))?;
        }
        for agency in &operator.agencies {
            self.leaf("Agency", Some(agency))?;
        }
        for contact in &operator.contacts {
            self.person("Contact", contact)?;
        }
        self.leaf("WebSite", operator.website.as_deref())?;
        self.xml.close();
        Ok(())
    }

    fn availability(&mut self, availability: &DataAvailability) -> Result<()> {
        self.xml.open("DataAvailability");
        if let Some((start, end)) = availability.extent {
            self.xml.open("Extent");
            self.xml.attribute("start", &start.to_string());
            self.xml.attribute("end", &end.to_string());
            self.xml.close();
        }
        for span in &availability.spans {
            self.xml.open("Span");
            self.xml.attribute("start", &span.start.to_string());
            self.xml.attribute("end", &span.end.to_string());
            self.xml.attribute("numberSegments", &span.segments.to_string());
            if let Some(tear) = span.largest_tear_s {
                self.finite(tear, "maximumTimeTear")?;
                // `xs:decimal` has no exponent.
                self.xml.attribute("maximumTimeTear", &tear.to_string());
            }
            self.xml.close();
        }
        self.xml.close();
        Ok(())
    }

    /// A number with what is known about it.
    pub(super) fn measured(
        &mut self,
        name: &'static str,
        measured: Option<&Measured>,
    ) -> Result<()> {
        let Some(measured) = measured else { return Ok(()) };
        self.finite(measured.value, name)?;
        self.xml.open(name);
        if let Some(details) = &measured.details {
            if let Some(unit) = &details.unit {
                self.refuse(format!("{name} in the unit {}", quoted(unit)))?;
            }
            self.attribute("unit", details.unit.as_deref())?;
            for (name, bound) in
                [("plusError", details.plus_error), ("minusError", details.minus_error)]
            {
                if let Some(bound) = bound {
                    self.finite(bound, name)?;
                    self.xml.attribute(name, &xml::number(bound));
                }
            }
            self.since_1_1(details.method.is_some(), "measurementMethod")?;
            self.attribute("measurementMethod", details.method.as_deref())?;
            self.attribute("datum", details.datum.as_deref())?;
        }
        self.xml.close_with(&xml::number(measured.value));
        Ok(())
    }

    pub(super) fn equipment(&mut self, name: &'static str, equipment: &Equipment) -> Result<()> {
        self.xml.open(name);
        self.attribute("resourceId", equipment.resource_id.as_deref())?;
        for (name, text) in [
            ("Type", &equipment.kind),
            ("Description", &equipment.description),
            ("Manufacturer", &equipment.manufacturer),
            ("Vendor", &equipment.vendor),
            ("Model", &equipment.model),
            ("SerialNumber", &equipment.serial_number),
        ] {
            self.leaf(name, text.as_deref())?;
        }
        self.time("InstallationDate", equipment.installed);
        self.time("RemovalDate", equipment.removed);
        for calibration in &equipment.calibrations {
            self.time("CalibrationDate", Some(*calibration));
        }
        self.xml.close();
        Ok(())
    }

    pub(super) fn external_reference(&mut self, reference: &ExternalReference) -> Result<()> {
        self.xml.open("ExternalReference");
        self.leaf("URI", Some(&reference.uri))?;
        self.leaf("Description", Some(&reference.description))?;
        self.xml.close();
        Ok(())
    }

    pub(super) fn units(&mut self, name: &'static str, units: Option<&UnitName>) -> Result<()> {
        if let Some(units) = units {
            self.xml.open(name);
            self.leaf("Name", Some(&units.name))?;
            self.leaf("Description", units.description.as_deref())?;
            self.xml.close();
        }
        Ok(())
    }

    pub(super) fn channel_type(&mut self, kind: &ChannelType) -> Result<()> {
        if let ChannelType::Other(text) = kind {
            self.refuse(format!("{} is no channel type of the schema", quoted(text)))?;
        }
        self.leaf("Type", Some(kind.as_str()))
    }
}
