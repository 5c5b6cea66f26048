//! Documents for the tests, made here from facts of the standard.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod blockettes;
pub(crate) mod seed;

use std::path::PathBuf;

/// The folder of real recordings. Tests that need it are ignored unless asked for, and whoever asks
/// names it.
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("SEIS_CORPUS").map(PathBuf::from).expect("SEIS_CORPUS names the recordings")
}

/// A document around networks.
pub(crate) fn document(networks: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <FDSNStationXML xmlns=\"http://www.fdsn.org/xml/station/1\" schemaVersion=\"1.2\">\n\
         <Source>Test</Source>\n<Created>2024-03-14T23:58:01.4823Z</Created>\n\
         {networks}</FDSNStationXML>\n"
    )
}

/// A document around the channels of station XX.ABC.
pub(crate) fn with_channels(channels: &str) -> String {
    document(&format!(
        "<Network code=\"XX\" startDate=\"1990-01-01T00:00:00\">\n\
         <Station code=\"ABC\" startDate=\"2000-01-01T00:00:00\">\n\
         <Latitude>34.5</Latitude><Longitude>-116.25</Longitude><Elevation>920</Elevation>\n\
         <Site><Name>Here</Name></Site>\n{channels}</Station>\n</Network>\n"
    ))
}

/// A channel around what follows its coordinates.
pub(crate) fn channel(attributes: &str, rest: &str) -> String {
    format!(
        "<Channel {attributes}>\n<Latitude>34.5</Latitude><Longitude>-116.25</Longitude>\
         <Elevation>920</Elevation><Depth>1.5</Depth><Azimuth>90</Azimuth><Dip>0</Dip>\n\
         <SampleRate>40</SampleRate>\n{rest}</Channel>\n"
    )
}

/// A document with the channel XX.ABC.00.BHZ and these children of its response.
pub(crate) fn with_response(children: &str) -> String {
    let response = format!("<Response>\n{children}</Response>\n");
    with_channels(&channel("code=\"BHZ\" locationCode=\"00\"", &response))
}

/// Units of a filter.
pub(crate) const UNITS: &str = "<InputUnits><Name>M/S</Name><Description>Velocity</Description>\
                         </InputUnits><OutputUnits><Name>V</Name></OutputUnits>";

/// A gain.
pub(crate) const GAIN: &str = "<StageGain><Value>1500</Value><Frequency>1</Frequency></StageGain>";

/// A decimation.
pub(crate) const DECIMATION: &str = "<Decimation><InputSampleRate unit=\"HERTZ\">80</InputSampleRate><Factor>2</Factor>\
     <Offset>0</Offset><Delay>0.25</Delay><Correction>0.125</Correction></Decimation>";

/// Stages of all kinds, with their uncertainties.
pub(crate) fn all_stages() -> String {
    format!(
        "<InstrumentSensitivity><Value>6.29145E8</Value><Frequency>1</Frequency>{UNITS}\
         <FrequencyStart>0.01</FrequencyStart><FrequencyEnd>10</FrequencyEnd>\
         <FrequencyDBVariation>3</FrequencyDBVariation></InstrumentSensitivity>\n\
         <Stage number=\"1\" resourceId=\"r1\"><PolesZeros name=\"n\" resourceId=\"r2\">\
         <Description>d</Description>{UNITS}\
         <PzTransferFunctionType>LAPLACE (RADIANS/SECOND)</PzTransferFunctionType>\
         <NormalizationFactor>1.5</NormalizationFactor>\
         <NormalizationFrequency unit=\"HERTZ\" plusError=\"0.5\">1</NormalizationFrequency>\
         <Zero number=\"0\"><Real>0</Real><Imaginary>0</Imaginary></Zero>\
         <Zero number=\"1\"><Real minusError=\"0.25\">-106</Real><Imaginary>.5</Imaginary></Zero>\
         <Pole number=\"2\"><Real>-.03859</Real>\
         <Imaginary plusError=\"1\" minusError=\"2\" measurementMethod=\"m\">-.03649</Imaginary>\
         </Pole></PolesZeros>{GAIN}</Stage>\n\
         <Stage number=\"2\"><Coefficients>{UNITS}\
         <CfTransferFunctionType>DIGITAL</CfTransferFunctionType>\
         <Numerator number=\"1\">0.5</Numerator><Numerator number=\"2\">0.25</Numerator>\
         <Denominator>1</Denominator><Denominator>-0.7</Denominator></Coefficients>\
         {DECIMATION}{GAIN}</Stage>\n\
         <Stage number=\"3\"><FIR>{UNITS}<Symmetry>ODD</Symmetry>\
         <NumeratorCoefficient i=\"1\">0.1</NumeratorCoefficient>\
         <NumeratorCoefficient i=\"2\">0.8</NumeratorCoefficient></FIR>{DECIMATION}{GAIN}</Stage>\n\
         <Stage number=\"4\"><ResponseList>{UNITS}\
         <ResponseListElement><Frequency>0.1</Frequency><Amplitude unit=\"V\">2</Amplitude>\
         <Phase unit=\"DEGREES\">-90</Phase></ResponseListElement>\
         <ResponseListElement><Frequency>1</Frequency><Amplitude>3</Amplitude>\
         <Phase>-45.5</Phase></ResponseListElement></ResponseList>{GAIN}</Stage>\n\
         <Stage number=\"5\">{GAIN}</Stage>\n\
         <Stage number=\"7\"><Polynomial>{UNITS}<ApproximationType>MACLAURIN</ApproximationType>\
         <FrequencyLowerBound>0</FrequencyLowerBound><FrequencyUpperBound>0.5</FrequencyUpperBound>\
         <ApproximationLowerBound>-5</ApproximationLowerBound>\
         <ApproximationUpperBound>5</ApproximationUpperBound><MaximumError>0.1</MaximumError>\
         <Coefficient number=\"1\">8</Coefficient><Coefficient number=\"2\">.014305</Coefficient>\
         </Polynomial></Stage>\n"
    )
}

/// A network, a station and a channel with every description that there is.
pub(crate) fn descriptions() -> String {
    document(
        "<Network code=\"XX\" startDate=\"1990-01-01T00:00:00Z\" restrictedStatus=\"partial\">\
         <Description>A &amp; B <![CDATA[<C>]]></Description>\
         <Identifier type=\"DOI\">10.7914/SN/XX\n</Identifier>\
         <Comment id=\"3\" subject=\"s\"><Value>v</Value>\
         <BeginEffectiveTime>2001-01-01T00:00:00</BeginEffectiveTime>\
         <Author><Name>n1</Name><Name>n2</Name><Email>e@f</Email>\
         <Phone description=\"p\"><CountryCode>49</CountryCode><AreaCode>89</AreaCode>\
         <PhoneNumber>2180-4201</PhoneNumber></Phone></Author></Comment>\
         <DataAvailability><Extent start=\"2000-01-01T00:00:00\" end=\"2001-01-01T00:00:00\"/>\
         <Span start=\"2000-01-01T00:00:00\" end=\"2000-02-01T00:00:00\" numberSegments=\"5\" \
         maximumTimeTear=\"7.8\"/></DataAvailability>\
         <Operator><Agency>O</Agency><WebSite>http://o.org</WebSite></Operator>\
         <TotalNumberStations>9</TotalNumberStations>\
         <SelectedNumberStations>1</SelectedNumberStations>\
         <Station code=\"ABC\" alternateCode=\"alt\" historicalCode=\"old\" sourceID=\"FDSN:XX_ABC\">\
         <Latitude unit=\"DEGREES\" datum=\"WGS84\" plusError=\"0.01\">34.5</Latitude>\
         <Longitude datum=\"NAD27\">-116.25</Longitude><Elevation unit=\"METERS\">920</Elevation>\
         <Site><Name>N</Name><Town>T</Town><Country>C</Country></Site>\
         <WaterLevel>-3</WaterLevel><Vault>cave</Vault><Geology>granite</Geology>\
         <Equipment resourceId=\"e1\"><Type>mast</Type></Equipment>\
         <CreationDate>1999-01-01T00:00:00</CreationDate>\
         <TotalNumberChannels>3</TotalNumberChannels>\
         <ExternalReference><URI>http://x</URI><Description>y</Description></ExternalReference>\
         <Channel code=\"BHZ\" locationCode=\"  \"><Depth>5</Depth>\
         <Type>CONTINUOUS</Type><Type>GEOPHYSICAL</Type>\
         <SampleRate>33.3333333</SampleRate>\
         <SampleRateRatio><NumberSamples>100</NumberSamples><NumberSeconds>3</NumberSeconds>\
         </SampleRateRatio><ClockDrift unit=\"SECONDS/SAMPLE\">0.002</ClockDrift>\
         <CalibrationUnits><Name>A</Name></CalibrationUnits>\
         <Sensor><Model>STS-2</Model><SerialNumber>39931</SerialNumber>\
         <InstallationDate>2010-02-19T00:00:00.000000Z</InstallationDate>\
         <CalibrationDate>2011-01-01T00:00:00</CalibrationDate>\
         <CalibrationDate>2012-01-01T00:00:00</CalibrationDate></Sensor>\
         <DataLogger><Type>Q330</Type></DataLogger></Channel></Station></Network>",
    )
}
