//! One channel as RESP, as dataless SEED and as StationXML, made from the same facts.
//!
//! Layouts are those of the *SEED Reference Manual 2.4*. Numbers are kept as the text that a
//! volume has room for, so that every format says the same.

/// A number as a field of 12 characters holds it: `+1.50000E+00`.
pub(crate) fn f12(x: f64) -> String {
    exponential(x, 5)
}

/// As many decimals as asked for, a sign, and an exponent of two digits.
fn exponential(x: f64, decimals: usize) -> String {
    let text = format!("{x:+.decimals$E}");
    let (mantissa, exponent) = text.split_once('E').unwrap();
    let exponent: i32 = exponent.parse().unwrap();
    format!("{mantissa}E{exponent:+03}")
}

/// A stage of the fixture.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    /// Zeros and poles in rad/s, A0 and its frequency.
    PolesZeros { zeros: Vec<[f64; 2]>, poles: Vec<[f64; 2]>, a0: f64, frequency: f64 },
    /// Numerators and denominators of a digital filter.
    Coefficients { numerators: Vec<f64>, denominators: Vec<f64> },
    /// Symmetry A, B or C, and coefficients.
    Fir { symmetry: char, coefficients: Vec<f64> },
    /// Frequency, amplitude, phase.
    List(Vec<[f64; 3]>),
}

/// A stage of the fixture.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) filter: Filter,
    /// Names of the units of input and output.
    pub(crate) units: [&'static str; 2],
    /// Input rate, factor, offset, delay, correction.
    pub(crate) decimation: Option<(f64, u32, u32, f64, f64)>,
    pub(crate) gain: (f64, f64),
}

/// Units and their keys in blockettes 34.
const UNITS: [(&str, &str); 4] = [
    ("M/S", "Velocity in Meters per Second"),
    ("V", "Volts"),
    ("COUNTS", "Digital Counts"),
    ("A", "Amperes"),
];

fn key(unit: &str) -> usize {
    1 + UNITS.iter().position(|(name, _)| *name == unit).unwrap()
}

fn described(unit: &str) -> String {
    let (name, description) = UNITS[key(unit) - 1];
    format!("{name} - {description}")
}

/// [`stages`] with shorter lists, so that damage hits what stands around them as well.
pub(crate) fn short_stages() -> Vec<Stage> {
    let mut stages = stages();
    for stage in &mut stages {
        match &mut stage.filter {
            Filter::Coefficients { numerators, .. } => numerators.truncate(5),
            Filter::Fir { coefficients, .. } => coefficients.truncate(5),
            Filter::List(elements) => elements.truncate(6),
            Filter::PolesZeros { .. } => {}
        }
    }
    stages
}

/// The facts: a broad-band seismometer, a filter given as a list, a digitiser, three digital
/// filters.
pub(crate) fn stages() -> Vec<Stage> {
    let hertz = 0.05;
    vec![
        Stage {
            filter: Filter::PolesZeros {
                zeros: vec![[0.0, 0.0], [0.0, 0.0], [-31.63, 0.0]],
                poles: vec![
                    [-0.037008, 0.037008],
                    [-0.037008, -0.037008],
                    [-97.34, 400.7],
                    [-97.34, -400.7],
                    [-15.64, 0.0],
                ],
                a0: 84_000.0,
                frequency: hertz,
            },
            units: ["M/S", "V"],
            decimation: None,
            gain: (1500.0, hertz),
        },
        Stage {
            filter: Filter::List(
                (0..30)
                    .map(|n| {
                        let f = 0.0001 * 1.7_f64.powi(n);
                        [f, 1.0 / (1.0 + (f / 40.0).powi(2)), -2.0 * f]
                    })
                    .collect(),
            ),
            units: ["V", "V"],
            decimation: None,
            gain: (1.0, hertz),
        },
        Stage {
            filter: Filter::Coefficients { numerators: vec![], denominators: vec![] },
            units: ["V", "COUNTS"],
            decimation: Some((400.0, 1, 0, 0.0, 0.0)),
            gain: (419_430.0, hertz),
        },
        Stage {
            filter: Filter::Coefficients {
                numerators: vec![0.25, 0.25],
                denominators: vec![1.0, -0.5],
            },
            units: ["COUNTS", "COUNTS"],
            decimation: Some((400.0, 2, 0, 0.0125, 0.0125)),
            gain: (1.0, hertz),
        },
        Stage {
            filter: Filter::Fir {
                symmetry: 'B',
                coefficients: (0..40).map(|n| 0.001_25 * f64::from(n % 7) + 0.01).collect(),
            },
            units: ["COUNTS", "COUNTS"],
            decimation: Some((200.0, 2, 1, 0.195, 0.195)),
            gain: (1.0, hertz),
        },
        Stage {
            // More than fit into one blockette of a volume.
            filter: Filter::Coefficients {
                numerators: (0..700).map(|n| (f64::from(n) / 40.0).cos().exp() / 886.0).collect(),
                denominators: vec![],
            },
            units: ["COUNTS", "COUNTS"],
            decimation: Some((100.0, 5, 0, 3.5, 3.25)),
            gain: (1.0, hertz),
        },
    ]
}

pub(crate) const SENSITIVITY: (f64, f64) = (629_145_000.0, 0.05);

/// How many coefficients a blockette 54 of 9999 characters has room for, of 24 characters each.
const PER_BLOCKETTE: usize = 400;

/// A line with a label.
fn field(lines: &mut Vec<String>, blockette: u32, number: u32, label: &str, value: &str) {
    let label = format!("{label}:");
    lines.push(format!("B{blockette:03}F{number:02}     {label:<39}{value}"));
}

/// The channel as a RESP file, as rdseed writes it. `end` is the end of lines.
pub(crate) fn resp(stages: &[Stage], end: &str) -> String {
    let mut lines: Vec<String> = vec![
        "#\t\t<< made for a test >>".into(),
        "#".into(),
        "B050F03     Station:     ABC".into(),
        "B050F16     Network:     XX".into(),
        "B052F03     Location:    00".into(),
        "B052F04     Channel:     BHZ".into(),
        "B052F22     Start date:  2010,032,12:30:00.0000".into(),
        "B052F23     End date:    No Ending Time".into(),
        "#\t\t=======================================".into(),
    ];
    for (n, stage) in stages.iter().enumerate() {
        let number = (n + 1).to_string();
        let [input, output] = stage.units.map(described);
        let units = ["Response in units lookup", "Response out units lookup"];
        match &stage.filter {
            Filter::PolesZeros { zeros, poles, a0, frequency } => {
                field(
                    &mut lines,
                    53,
                    3,
                    "Transfer function type",
                    "A [Laplace Transform (Rad/sec)]",
                );
                field(&mut lines, 53, 4, "Stage sequence number", &number);
                field(&mut lines, 53, 5, units[0], &input);
                field(&mut lines, 53, 6, units[1], &output);
                field(&mut lines, 53, 7, "A0 normalization factor", &f12(*a0));
                field(&mut lines, 53, 8, "Normalization frequency", &f12(*frequency));
                field(&mut lines, 53, 9, "Number of zeroes", &zeros.len().to_string());
                field(&mut lines, 53, 14, "Number of poles", &poles.len().to_string());
                for (prefix, roots) in [("B053F10-13", zeros), ("B053F15-18", poles)] {
                    for (i, [re, im]) in roots.iter().enumerate() {
                        let (re, im, none) = (f12(*re), f12(*im), f12(0.0));
                        lines.push(format!("{prefix} {i:>4} {re} {im} {none} {none}"));
                    }
                }
            }
            Filter::Coefficients { numerators, denominators } => {
                field(&mut lines, 54, 3, "Transfer function type", "D");
                field(&mut lines, 54, 4, "Stage sequence number", &number);
                field(&mut lines, 54, 5, units[0], &input);
                field(&mut lines, 54, 6, units[1], &output);
                field(&mut lines, 54, 7, "Number of numerators", &numerators.len().to_string());
                field(
                    &mut lines,
                    54,
                    10,
                    "Number of denominators",
                    &denominators.len().to_string(),
                );
                for (prefix, list) in [("B054F08-09", numerators), ("B054F11-12", denominators)] {
                    for (i, x) in list.iter().enumerate() {
                        lines.push(format!("{prefix} {i:>4}  {}  {}", f12(*x), f12(0.0)));
                    }
                }
            }
            Filter::Fir { symmetry, coefficients } => {
                field(&mut lines, 61, 3, "Stage sequence number", &number);
                field(&mut lines, 61, 4, "Response Name", "FIR");
                field(&mut lines, 61, 5, "Symmetry type", &symmetry.to_string());
                field(&mut lines, 61, 6, units[0], &input);
                field(&mut lines, 61, 7, units[1], &output);
                field(&mut lines, 61, 8, "Number of coefficients", &coefficients.len().to_string());
                for (i, x) in coefficients.iter().enumerate() {
                    lines.push(format!("B061F09 {i:>4} {}", exponential(*x, 7)));
                }
            }
            Filter::List(elements) => {
                field(&mut lines, 55, 3, "Stage sequence number", &number);
                field(&mut lines, 55, 4, units[0], &input);
                field(&mut lines, 55, 5, units[1], &output);
                field(&mut lines, 55, 6, "Number of responses", &elements.len().to_string());
                for (i, [frequency, amplitude, phase]) in elements.iter().enumerate() {
                    lines.push(format!(
                        "B055F07-11 {i:>4} {} {} {} {} {}",
                        f12(*frequency),
                        f12(*amplitude),
                        f12(0.0),
                        f12(*phase),
                        f12(0.0)
                    ));
                }
            }
        }
        if let Some((rate, factor, offset, delay, correction)) = stage.decimation {
            field(&mut lines, 57, 3, "Stage sequence number", &number);
            field(&mut lines, 57, 4, "Input sample rate", &exponential(rate, 4));
            field(&mut lines, 57, 5, "Decimation factor", &factor.to_string());
            field(&mut lines, 57, 6, "Decimation offset", &offset.to_string());
            field(&mut lines, 57, 7, "Estimated delay (seconds)", &exponential(delay, 4));
            field(&mut lines, 57, 8, "Correction applied (seconds)", &exponential(correction, 4));
        }
        field(&mut lines, 58, 3, "Stage sequence number", &number);
        field(&mut lines, 58, 4, "Gain", &f12(stage.gain.0));
        field(&mut lines, 58, 5, "Frequency of gain", &format!("{} HZ", f12(stage.gain.1)));
        field(&mut lines, 58, 6, "Number of calibrations", "0");
        lines.push("#".into());
    }
    for (number, label, value) in [
        (3, "Stage sequence number", "0".to_owned()),
        (4, "Sensitivity", f12(SENSITIVITY.0)),
        (5, "Frequency of sensitivity", format!("{} HZ", f12(SENSITIVITY.1))),
        (6, "Number of calibrations", "0".to_owned()),
    ] {
        lines.push(format!("B058F{number:02}     {:<39}{value}", format!("{label}:")));
    }
    lines.push("#".into());
    let mut text = lines.join(end);
    text.push_str(end);
    text
}

/// A blockette around its fields.
pub(crate) fn blockette(kind: u32, fields: &str) -> String {
    format!("{kind:03}{:04}{fields}", fields.len() + 7)
}

/// Blockettes cut into records of 2^`exponent` bytes, the first of them numbered `sequence`.
pub(crate) fn records(kind: char, blockettes: &[String], exponent: u32, sequence: usize) -> String {
    let length = (1 << exponent) - 8;
    let mut bodies = vec![String::new()];
    for blockette in blockettes {
        // Type and length are not split.
        if bodies.last().unwrap().len() + 7 > length {
            bodies.push(String::new());
        }
        let mut rest = blockette.as_str();
        while !rest.is_empty() {
            let room = length - bodies.last().unwrap().len();
            if room == 0 {
                bodies.push(String::new());
                continue;
            }
            let (now, later) = rest.split_at(room.min(rest.len()));
            bodies.last_mut().unwrap().push_str(now);
            rest = later;
        }
    }
    let mut out = String::new();
    for (n, body) in bodies.iter().enumerate() {
        let continuation = if n == 0 { ' ' } else { '*' };
        out.push_str(&format!("{:06}{kind}{continuation}{body:<length$}", sequence + n));
    }
    out
}

/// Fields of a filter, decimation or gain behind the number of the stage or the key and name:
/// blockette of a station, blockette of a dictionary, head before the stage, fields.
fn parts(stage: &Stage) -> Vec<(u32, u32, String, String)> {
    let [input, output] = stage.units.map(|unit| format!("{:03}", key(unit)));
    let mut parts = Vec::new();
    match &stage.filter {
        Filter::PolesZeros { zeros, poles, a0, frequency } => {
            let mut fields = format!("{input}{output}{}{}", f12(*a0), f12(*frequency));
            for roots in [zeros, poles] {
                fields.push_str(&format!("{:3}", roots.len()));
                for [re, im] in roots {
                    fields.push_str(&[f12(*re), f12(*im), f12(0.0), f12(0.0)].concat());
                }
            }
            parts.push((53, 43, "A".into(), fields));
        }
        Filter::Coefficients { numerators, denominators } => {
            let mut pieces: Vec<&[f64]> = numerators.chunks(PER_BLOCKETTE).collect();
            if pieces.is_empty() {
                pieces.push(&[]);
            }
            for piece in pieces {
                let mut fields = format!("{input}{output}");
                for list in [piece, denominators.as_slice()] {
                    fields.push_str(&format!("{:4}", list.len()));
                    for x in list {
                        fields.push_str(&[f12(*x), f12(0.0)].concat());
                    }
                }
                parts.push((54, 44, "D".into(), fields));
            }
        }
        Filter::Fir { symmetry, coefficients } => {
            let mut fields = format!("{symmetry}{input}{output}{:4}", coefficients.len());
            for x in coefficients {
                fields.push_str(&exponential(*x, 7));
            }
            parts.push((61, 41, String::new(), fields));
        }
        Filter::List(elements) => {
            let mut fields = format!("{input}{output}{:4}", elements.len());
            for [frequency, amplitude, phase] in elements {
                fields.push_str(
                    &[f12(*frequency), f12(*amplitude), f12(0.0), f12(*phase), f12(0.0)].concat(),
                );
            }
            parts.push((55, 45, String::new(), fields));
        }
    }
    if let Some((rate, factor, offset, delay, correction)) = stage.decimation {
        let rate = exponential(rate, 4);
        let rate = rate.trim_start_matches('+');
        let fields = format!(
            "{rate}{factor:5}{offset:5}{}{}",
            exponential(delay, 4),
            exponential(correction, 4)
        );
        parts.push((57, 47, String::new(), fields));
    }
    let (gain, frequency) = stage.gain;
    parts.push((58, 48, String::new(), format!("{}{} 0", f12(gain), f12(frequency))));
    parts
}

/// The channel as a dataless volume with records of 2^`exponent` bytes, the response in blockettes
/// 53 to 61, or in a dictionary that blockette 60 refers to.
pub(crate) fn dataless(stages: &[Stage], exponent: u32, in_dictionary: bool) -> String {
    let volume = [
        blockette(
            10,
            &format!(
                "2.4{}",
                format_args!(" {exponent:02}2010,001~2037,001~2022,002,03:04:05.5~Test~Label~")
            ),
        ),
        blockette(11, "001ABC  000003"),
    ];
    let mut abbreviations = vec![
        blockette(30, "Steim2 Integer Compression Format~0001050 1F1 P4 W4 D C2 R1 P8 W4 D C2~"),
        blockette(31, "0001SA comment~000"),
        blockette(33, "001A test network~"),
        blockette(33, "002A seismometer~"),
    ];
    for (n, (name, description)) in UNITS.iter().enumerate() {
        abbreviations.push(blockette(34, &format!("{:03}{name}~{description}~", n + 1)));
    }
    let mut responses = Vec::new();
    let mut references = format!("{:2}", stages.len());
    let mut next_key = 1;
    for (n, stage) in stages.iter().enumerate() {
        let mut keys = Vec::new();
        let mut last = 0;
        for (station, dictionary, head, fields) in parts(stage) {
            if in_dictionary {
                // What goes on has the key of what it goes on with.
                if station != last {
                    keys.push(next_key);
                    next_key += 1;
                }
                let name = if dictionary == 41 { "FIR~" } else { "~" };
                let text = format!("{:4}{name}{head}{fields}", keys.last().unwrap());
                abbreviations.push(blockette(dictionary, &text));
            } else {
                let name = if station == 61 { "FIR~" } else { "" };
                let text = format!("{head}{:2}{name}{fields}", n + 1);
                responses.push(blockette(station, &text));
            }
            last = station;
        }
        references.push_str(&format!("{:2}{:2}", n + 1, keys.len()));
        for key in keys {
            references.push_str(&format!("{key:4}"));
        }
    }
    if in_dictionary {
        responses.push(blockette(60, &references));
    }
    let (value, frequency) = SENSITIVITY;
    responses.push(blockette(58, &format!(" 0{}{} 0", f12(value), f12(frequency))));
    let mut station = vec![
        blockette(50, "ABC  +34.500000-116.250000+0920.00001001Here~0013210102000,001~~NXX"),
        blockette(51, "2001,001~2002,001~0001000000"),
        blockette(
            52,
            &format!(
                "00BHZ0000002A channel~001004{}{}{}{}{}{}000112{}{}0001CG~2010,032,12:30:00.0000~~N",
                "+34.500000",
                "-116.250000",
                "+0920.0",
                "001.5",
                "090.0",
                "-90.0",
                "2.0000E+01",
                "1.0000E-04"
            ),
        ),
        blockette(59, "2011,001~~0001000000"),
    ];
    station.extend(responses);
    let first = records('V', &volume, exponent, 1);
    let second = records('A', &abbreviations, exponent, 1 + (first.len() >> exponent));
    let before = (first.len() + second.len()) >> exponent;
    let third = records('S', &station, exponent, 1 + before);
    [first, second, third].concat()
}

/// The channel as StationXML.
pub(crate) fn stationxml(stages: &[Stage]) -> String {
    let unit = |which: &str, name: &str| {
        let description = UNITS[key(name) - 1].1;
        format!("<{which}><Name>{name}</Name><Description>{description}</Description></{which}>")
    };
    let (value, frequency) = SENSITIVITY;
    let mut text = format!(
        "<InstrumentSensitivity><Value>{}</Value><Frequency>{}</Frequency>{}{}\
         </InstrumentSensitivity>",
        f12(value),
        f12(frequency),
        unit("InputUnits", stages.first().unwrap().units[0]),
        unit("OutputUnits", stages.last().unwrap().units[1])
    );
    for (n, stage) in stages.iter().enumerate() {
        text.push_str(&format!("<Stage number=\"{}\">", n + 1));
        let units =
            [unit("InputUnits", stage.units[0]), unit("OutputUnits", stage.units[1])].concat();
        match &stage.filter {
            Filter::PolesZeros { zeros, poles, a0, frequency } => {
                text.push_str(&format!(
                    "<PolesZeros>{units}<PzTransferFunctionType>LAPLACE (RADIANS/SECOND)\
                     </PzTransferFunctionType><NormalizationFactor>{}</NormalizationFactor>\
                     <NormalizationFrequency>{}</NormalizationFrequency>",
                    f12(*a0),
                    f12(*frequency)
                ));
                for (name, roots) in [("Zero", zeros), ("Pole", poles)] {
                    for [re, im] in roots {
                        text.push_str(&format!(
                            "<{name}><Real>{}</Real><Imaginary>{}</Imaginary></{name}>",
                            f12(*re),
                            f12(*im)
                        ));
                    }
                }
                text.push_str("</PolesZeros>");
            }
            Filter::Coefficients { numerators, denominators } => {
                text.push_str(&format!(
                    "<Coefficients>{units}<CfTransferFunctionType>DIGITAL</CfTransferFunctionType>"
                ));
                for (name, list) in [("Numerator", numerators), ("Denominator", denominators)] {
                    for x in list {
                        text.push_str(&format!("<{name}>{}</{name}>", f12(*x)));
                    }
                }
                text.push_str("</Coefficients>");
            }
            Filter::Fir { symmetry, coefficients } => {
                let symmetry = match symmetry {
                    'A' => "NONE",
                    'B' => "ODD",
                    _ => "EVEN",
                };
                text.push_str(&format!("<FIR name=\"FIR\">{units}<Symmetry>{symmetry}</Symmetry>"));
                for x in coefficients {
                    text.push_str(&format!(
                        "<NumeratorCoefficient>{}</NumeratorCoefficient>",
                        exponential(*x, 7)
                    ));
                }
                text.push_str("</FIR>");
            }
            Filter::List(elements) => {
                text.push_str(&format!("<ResponseList>{units}"));
                for [frequency, amplitude, phase] in elements {
                    text.push_str(&format!(
                        "<ResponseListElement><Frequency>{}</Frequency><Amplitude>{}</Amplitude>\
                         <Phase>{}</Phase></ResponseListElement>",
                        f12(*frequency),
                        f12(*amplitude),
                        f12(*phase)
                    ));
                }
                text.push_str("</ResponseList>");
            }
        }
        if let Some((rate, factor, offset, delay, correction)) = stage.decimation {
            text.push_str(&format!(
                "<Decimation><InputSampleRate>{}</InputSampleRate><Factor>{factor}</Factor>\
                 <Offset>{offset}</Offset><Delay>{}</Delay><Correction>{}</Correction></Decimation>",
                exponential(rate, 4),
                exponential(delay, 4),
                exponential(correction, 4)
            ));
        }
        let (gain, frequency) = stage.gain;
        text.push_str(&format!(
            "<StageGain><Value>{}</Value><Frequency>{}</Frequency></StageGain></Stage>",
            f12(gain),
            f12(frequency)
        ));
    }
    super::document(&format!(
        "<Network code=\"XX\"><Description>A test network</Description>\
         <Station code=\"ABC\" startDate=\"2000-01-01T00:00:00\">\
         <Latitude>34.5</Latitude><Longitude>-116.25</Longitude><Elevation>920</Elevation>\
         <Site><Name>Here</Name></Site>\
         <Channel code=\"BHZ\" locationCode=\"00\" startDate=\"2010-02-01T12:30:00\">\
         <Latitude>34.5</Latitude><Longitude>-116.25</Longitude><Elevation>920</Elevation>\
         <Depth>1.5</Depth><Azimuth>90</Azimuth><Dip>-90</Dip><SampleRate>20</SampleRate>\
         <Response>{text}</Response></Channel></Station></Network>"
    ))
}

/// SAC poles and zeros, as IRIS writes them and bare.
pub(crate) const SACPZ: &str = "\
* **********************************
* NETWORK   (KNETWK): XX
* STATION    (KSTNM): ABC
* LOCATION   (KHOLE): 00
* CHANNEL   (KCMPNM): BHZ
* CREATED           : 2022-01-02T03:04:05
* START             : 2010-02-01T12:30:00
* END               :
* DESCRIPTION       : Here
* LATITUDE          : 34.5
* LONGITUDE         : -116.25
* ELEVATION         : 920.0
* DEPTH             : 1.5
* DIP               : 0.0
* AZIMUTH           : 90.0
* SAMPLE RATE       : 20.0
* INPUT UNIT        : M
* OUTPUT UNIT       : COUNTS
* INSTTYPE          : A seismometer
* SENSITIVITY       : 6.291450e+08 (M/S)
* A0                : 1.700325e+05
* **********************************
ZEROS\t3
\t+0.000000e+00\t+0.000000e+00
POLES\t4
\t-3.700800e-02\t+3.700800e-02
\t-3.700800e-02\t-3.700800e-02
\t-9.734000e+01\t+4.007000e+02
\t-9.734000e+01\t-4.007000e+02
CONSTANT\t1.069752e+14


* STATION : DEF
* NETWORK : XX
* CHANNEL : HHZ
CONSTANT 5
POLES 1
-1 0
";
