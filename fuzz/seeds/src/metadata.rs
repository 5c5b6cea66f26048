//! Inventories, from the documents of the tests.

#[path = "../../../seis-resp/tests/common/mod.rs"]
pub(crate) mod common;

use seis_resp::{Inventory, SchemaVersion, WriteOptions};

use crate::Result;

/// A document with everything, one for each stage, and those that our writer makes of them.
pub(crate) fn stationxml() -> Result<Vec<Vec<u8>>> {
    let stages = common::all_stages();
    let mut texts = vec![common::with_response(&stages), described()];
    texts.extend(stages.split_inclusive("</Stage>\n").map(common::with_response));
    for text in texts.clone() {
        let inventory = Inventory::from_stationxml(text.as_bytes())?;
        for version in [SchemaVersion::V1_0, SchemaVersion::V1_2] {
            let options = WriteOptions::new().version(version).allow_invalid(true);
            texts.push(options.to_string(&inventory)?);
        }
    }
    Ok(texts.into_iter().map(String::into_bytes).collect())
}

/// What stands around responses.
fn described() -> String {
    let around = "<Description>d</Description><Identifier type=\"DOI\">10.1/x</Identifier>\
        <Comment id=\"1\" subject=\"s\"><Value>v</Value><BeginEffectiveTime>2020-01-01T00:00:00Z\
        </BeginEffectiveTime><Author><Name>N</Name><Agency>A</Agency><Email>a@b.org</Email>\
        <Phone><CountryCode>1</CountryCode><AreaCode>2</AreaCode><PhoneNumber>333-4444\
        </PhoneNumber></Phone></Author></Comment>\
        <DataAvailability><Extent start=\"2020-01-01T00:00:00\" end=\"2021-01-01T00:00:00\"/>\
        <Span start=\"2020-01-01T00:00:00\" end=\"2021-01-01T00:00:00\" numberSegments=\"3\" \
        maximumTimeTear=\"0.01\"/></DataAvailability>";
    let equipment = "<Equipment resourceId=\"e\"><Type>t</Type><Manufacturer>m</Manufacturer>\
        <Model>M</Model><SerialNumber>7</SerialNumber><InstallationDate>2020-01-01T00:00:00\
        </InstallationDate><CalibrationDate>2020-01-02T00:00:00</CalibrationDate></Equipment>";
    common::document(&format!(
        "<Network code=\"XX\" alternateCode=\"YY\" historicalCode=\"ZZ\" restrictedStatus=\"open\" \
         startDate=\"1990-01-01T00:00:00.5+01:00\" endDate=\"2999-12-31T23:59:60\">{around}\
         <Operator><Agency>A</Agency><Contact><Name>N</Name></Contact>\
         <WebSite>http://a.org</WebSite></Operator>\
         <TotalNumberStations>2</TotalNumberStations>\
         <SelectedNumberStations>1</SelectedNumberStations>\
         <Station code=\"ABC\" xmlns:x=\"urn:x\" x:a=\"1\">{around}\
         <Latitude plusError=\"0.1\" datum=\"WGS84\">34.5</Latitude>\
         <Longitude unit=\"DEGREES\">-116.25</Longitude><Elevation>920</Elevation>\
         <Site><Name>Here</Name><Town>T</Town><County>C</County><Region>R</Region>\
         <Country>L</Country></Site><WaterLevel>1</WaterLevel><Vault>v</Vault>\
         <Geology>g</Geology>{equipment}<CreationDate>2000-01-01</CreationDate>\
         <ExternalReference><URI>http://a.org</URI><Description>d</Description>\
         </ExternalReference><x:Extra><x:Inner>1</x:Inner></x:Extra>\
         <Channel code=\"BHZ\" locationCode=\"00\">{around}<Latitude>34.5</Latitude>\
         <Longitude>-116.25</Longitude><Elevation>920</Elevation><Depth>1.5</Depth>\
         <Azimuth>90</Azimuth><Dip>0</Dip><WaterLevel>1</WaterLevel><Type>CONTINUOUS</Type>\
         <SampleRate>40</SampleRate><SampleRateRatio><NumberSamples>40</NumberSamples>\
         <NumberSeconds>1</NumberSeconds></SampleRateRatio><ClockDrift>0.0001</ClockDrift>\
         <CalibrationUnits><Name>V</Name></CalibrationUnits><Sensor><Description>s</Description>\
         </Sensor><PreAmplifier/><DataLogger/>{equipment}</Channel></Station></Network>\n"
    ))
}
