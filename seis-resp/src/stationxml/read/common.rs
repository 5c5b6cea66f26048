//! What networks, stations and channels share: codes, epochs, comments, people, equipment.

use seis_core::{Code, UtcTime};

use super::Parser;
use super::tag::Tag;
use crate::stationxml::time;
use crate::{
    AvailableSpan, Comment, Consequence, DataAvailability, Epoch, Equipment, ExternalReference,
    Identifier, NodeInfo, Operator, Person, Phone, ProblemKind, RestrictedStatus, Result, UnitName,
};

impl<'a> Parser<'a> {
    /// Codes, epoch and status of a network, station or channel; tells whether it has a code.
    pub(super) fn node_attributes(
        &mut self,
        tag: Tag<'a>,
        code: &mut String,
        mut location: Option<&mut String>,
        epoch: &mut Epoch,
        info: &mut NodeInfo,
    ) -> Result<bool> {
        let mut has_code = false;
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"code" => {
                    has_code = true;
                    *code = self.code(value)?;
                }
                b"locationCode" => {
                    if let Some(location) = location.as_deref_mut() {
                        *location = self.code(value)?;
                    }
                }
                b"startDate" => (epoch.start, info.unreadable_start) = self.bound(value)?,
                b"endDate" => (epoch.end, info.unreadable_end) = self.bound(value)?,
                b"restrictedStatus" => {
                    let status = RestrictedStatus::from(self.attribute(value)?.as_str());
                    if matches!(status, RestrictedStatus::Other(_)) {
                        let expected = "open, closed or partial";
                        self.problem(ProblemKind::Word, value, expected, Consequence::Kept)?;
                    }
                    info.restricted_status = Some(status);
                }
                b"alternateCode" => info.alternate_code = Some(self.attribute(value)?),
                b"historicalCode" => info.historical_code = Some(self.attribute(value)?),
                b"sourceID" => info.source_id = Some(self.attribute(value)?),
                _ => self.extension_attribute(tag, name, value, &mut info.extensions)?,
            }
        }
        Ok(has_code)
    }

    /// Notes that a network or station has no code.
    pub(super) fn without_code(&mut self) -> Result<()> {
        self.problem(ProblemKind::Missing, b"", "the attribute code", Consequence::Kept)
    }

    fn code(&mut self, raw: &[u8]) -> Result<String> {
        let code = self.attribute(raw)?;
        if Code::new(&code).is_err() {
            let expected = "a code of at most 15 printable ASCII characters";
            self.problem(ProblemKind::Code, raw, expected, Consequence::Kept)?;
        }
        Ok(code)
    }

    /// A date of an epoch: open if blank; the text itself if it is no date.
    fn bound(&mut self, raw: &[u8]) -> Result<(Option<UtcTime>, Option<String>)> {
        let text = raw.trim_ascii();
        match time::parse(text) {
            Some(time) => Ok((Some(time), None)),
            None if text.is_empty() => {
                let expected = "a time, or no such attribute";
                self.problem(ProblemKind::Time, raw, expected, Consequence::LeftOut)?;
                Ok((None, None))
            }
            None => {
                let expected = "a time such as 2022-01-02T03:04:05Z";
                self.problem(ProblemKind::Time, raw, expected, Consequence::EpochUnknown)?;
                Ok((None, Some(self.attribute(raw)?)))
            }
        }
    }

    /// Reads the child if it is one that all nodes have.
    pub(super) fn info_child(&mut self, tag: Tag<'a>, info: &mut NodeInfo) -> Result<bool> {
        match tag.name {
            b"Description" => once!(self, tag, info.description, self.some_string()?),
            b"Identifier" => {
                let mut scheme = None;
                for attribute in tag.attributes() {
                    let (name, value) = self.well_formed(attribute)?;
                    if name == b"type" {
                        scheme = Some(self.attribute(value)?);
                    }
                }
                info.identifiers.push(Identifier { scheme, value: self.string()? });
            }
            b"Comment" => {
                let comment = self.comment(tag)?;
                info.comments.push(comment);
            }
            b"DataAvailability" => {
                once!(self, tag, info.availability, self.availability()?.map(Box::new));
            }
            b"" => self.extension(tag, &mut info.extensions)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn comment(&mut self, tag: Tag<'a>) -> Result<Comment> {
        let mut comment = Comment::default();
        let mut text = None;
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            match name {
                b"id" => comment.id = self.count_attribute(value, Consequence::LeftOut)?,
                b"subject" => comment.subject = Some(self.attribute(value)?),
                _ => {}
            }
        }
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Value" => once!(self, tag, text, Some(self.string()?)),
                b"BeginEffectiveTime" => once!(self, tag, comment.begin, self.time()?),
                b"EndEffectiveTime" => once!(self, tag, comment.end, self.time()?),
                b"Author" => comment.authors.push(self.person()?),
                _ => self.ignored()?,
            }
        }
        comment.value = text.unwrap_or_default();
        Ok(comment)
    }

    fn person(&mut self) -> Result<Person> {
        let mut person = Person::default();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Name" => person.names.push(self.string()?),
                b"Agency" => person.agencies.push(self.string()?),
                b"Email" => person.emails.push(self.string()?),
                b"Phone" => person.phones.push(self.phone(tag)?),
                _ => self.ignored()?,
            }
        }
        Ok(person)
    }

    fn phone(&mut self, tag: Tag<'a>) -> Result<Phone> {
        let mut phone = Phone::default();
        let mut number = None;
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            if name == b"description" {
                phone.description = Some(self.attribute(value)?);
            }
        }
        while let Some(tag) = self.child()? {
            match tag.name {
                b"CountryCode" => {
                    once!(self, tag, phone.country_code, self.integer(Consequence::LeftOut)?);
                }
                b"AreaCode" => {
                    once!(self, tag, phone.area_code, self.integer(Consequence::LeftOut)?);
                }
                b"PhoneNumber" => once!(self, tag, number, Some(self.string()?)),
                _ => self.ignored()?,
            }
        }
        phone.number = number.unwrap_or_default();
        Ok(phone)
    }

    pub(super) fn operator(&mut self) -> Result<Operator> {
        let mut operator = Operator::default();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Agency" => operator.agencies.push(self.string()?),
                b"Contact" => operator.contacts.push(self.person()?),
                b"WebSite" => once!(self, tag, operator.website, self.some_string()?),
                _ => self.ignored()?,
            }
        }
        Ok(operator)
    }

    /// `None` if the element is empty.
    fn availability(&mut self) -> Result<Option<DataAvailability>> {
        let mut found = DataAvailability::default();
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Extent" => {
                    let (mut start, mut end) = (None, None);
                    for attribute in tag.attributes() {
                        let (name, value) = self.well_formed(attribute)?;
                        match name {
                            b"start" => start = self.time_of(value)?,
                            b"end" => end = self.time_of(value)?,
                            _ => {}
                        }
                    }
                    found.extent = self.both(start, end)?;
                    self.skip()?;
                }
                b"Span" => {
                    let (mut start, mut end) = (None, None);
                    let (mut segments, mut largest_tear_s) = (None, None);
                    for attribute in tag.attributes() {
                        let (name, value) = self.well_formed(attribute)?;
                        match name {
                            b"start" => start = self.time_of(value)?,
                            b"end" => end = self.time_of(value)?,
                            b"numberSegments" => {
                                segments = self.count_attribute(value, Consequence::LeftOut)?;
                            }
                            b"maximumTimeTear" => largest_tear_s = super::scalar::finite(value),
                            _ => {}
                        }
                    }
                    if let Some((start, end)) = self.both(start, end)? {
                        let segments = segments.unwrap_or(0);
                        found.spans.push(AvailableSpan { start, end, segments, largest_tear_s });
                    }
                    self.skip()?;
                }
                _ => self.ignored()?,
            }
        }
        Ok((found != DataAvailability::default()).then_some(found))
    }

    fn both(
        &mut self,
        start: Option<UtcTime>,
        end: Option<UtcTime>,
    ) -> Result<Option<(UtcTime, UtcTime)>> {
        if start.is_none() || end.is_none() {
            let expected = "the attribute start or end";
            self.problem(ProblemKind::Missing, b"", expected, Consequence::LeftOut)?;
        }
        Ok(start.zip(end))
    }

    pub(super) fn equipment(&mut self, tag: Tag<'a>) -> Result<Equipment> {
        let mut equipment = Equipment::default();
        for attribute in tag.attributes() {
            let (name, value) = self.well_formed(attribute)?;
            if name == b"resourceId" {
                equipment.resource_id = Some(self.attribute(value)?);
            }
        }
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Type" => once!(self, tag, equipment.kind, self.some_string()?),
                b"Description" => once!(self, tag, equipment.description, self.some_string()?),
                b"Manufacturer" => once!(self, tag, equipment.manufacturer, self.some_string()?),
                b"Vendor" => once!(self, tag, equipment.vendor, self.some_string()?),
                b"Model" => once!(self, tag, equipment.model, self.some_string()?),
                b"SerialNumber" => once!(self, tag, equipment.serial_number, self.some_string()?),
                b"InstallationDate" => once!(self, tag, equipment.installed, self.time()?),
                b"RemovalDate" => once!(self, tag, equipment.removed, self.time()?),
                b"CalibrationDate" => equipment.calibrations.extend(self.time()?),
                _ => self.ignored()?,
            }
        }
        Ok(equipment)
    }

    pub(super) fn external_reference(&mut self) -> Result<ExternalReference> {
        let (mut uri, mut description) = (None, None);
        while let Some(tag) = self.child()? {
            match tag.name {
                b"URI" => once!(self, tag, uri, Some(self.string()?)),
                b"Description" => once!(self, tag, description, Some(self.string()?)),
                _ => self.ignored()?,
            }
        }
        let (uri, description) = (uri.unwrap_or_default(), description.unwrap_or_default());
        Ok(ExternalReference { uri, description })
    }

    /// A unit; `None` if it has no name.
    pub(super) fn units(&mut self) -> Result<Option<UnitName>> {
        let (mut name, mut description) = (None, None);
        while let Some(tag) = self.child()? {
            match tag.name {
                b"Name" => once!(self, tag, name, self.some_string()?),
                b"Description" => once!(self, tag, description, self.some_string()?),
                _ => self.ignored()?,
            }
        }
        Ok(name.map(|name| UnitName { name, description }))
    }
}
