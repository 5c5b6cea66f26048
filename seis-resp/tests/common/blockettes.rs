//! RESP, dataless SEED and SAC pole-zero files with all kinds of stages, made here from the
//! *SEED Reference Manual 2.4*.
#![allow(dead_code, reason = "each test uses some of it")]

/// A station header without the channel's response, as RESP has it.
const RESP_HEAD: &str = "\
B050F03     Station:     ABC
B050F16     Network:     XX
B052F03     Location:    00
B052F04     Channel:     BHZ
B052F22     Start date:  2000,001,00:00:00.0000
B052F23     End date:    No Ending Time
";

/// Blockettes of a RESP file, one each.
const RESP_STAGES: [&str; 8] = [
    "\
B053F03     Transfer function type:                A [Laplace Transform (Rad/sec)]
B053F04     Stage sequence number:                 1
B053F05     Response in units lookup:              M/S - Velocity in Meters per Second
B053F06     Response out units lookup:             V - Volts
B053F07     A0 normalization factor:               5.714000E+08
B053F08     Normalization frequency:               1.000000E+00
B053F09     Number of zeroes:                      2
B053F14     Number of poles:                       2
B053F10-13    0  0.000000E+00  0.000000E+00  0.000000E+00  0.000000E+00
B053F10-13    1 -1.000000E+02  5.000000E-01  0.000000E+00  1.000000E-01
B053F15-18    0 -3.700000E-02 -3.700000E-02  0.000000E+00  0.000000E+00
B053F15-18    1 -3.700000E-02  3.700000E-02  0.000000E+00  0.000000E+00
",
    "\
B058F03     Stage sequence number:                 1
B058F04     Gain:                                  1.500000E+03
B058F05     Frequency of gain:                     1.000000E+00 HZ
B058F06     Number of calibrations:                0
",
    "\
B054F03     Transfer function type:                D
B054F04     Stage sequence number:                 2
B054F05     Response in units lookup:              V - Volts
B054F06     Response out units lookup:             COUNTS - Digital Counts
B054F07     Number of numerators:                  2
B054F10     Number of denominators:                1
B054F08-09    0  5.000000E-01  0.000000E+00
B054F08-09    1  2.500000E-01  0.000000E+00
B054F11-12    0 -7.000000E-01  0.000000E+00
B057F03     Stage sequence number:                 2
B057F04     Input sample rate:                     8.000000E+01
B057F05     Decimation factor:                     1
B057F06     Decimation offset:                     0
B057F07     Estimated delay (seconds):             0.000000E+00
B057F08     Correction applied (seconds):          0.000000E+00
",
    "\
B061F03     Stage sequence number:                 3
B061F04     Response Name:                         FIR
B061F05     Symmetry type:                         B
B061F06     Response in units lookup:              COUNTS - Digital Counts
B061F07     Response out units lookup:             COUNTS - Digital Counts
B061F08     Number of numerators:                  2
B061F09       0  1.000000E-01
B061F09       1  8.000000E-01
B057F03     Stage sequence number:                 3
B057F04     Input sample rate:                     8.000000E+01
B057F05     Decimation factor:                     2
B057F06     Decimation offset:                     0
B057F07     Estimated delay (seconds):             2.500000E-01
B057F08     Correction applied (seconds):          1.250000E-01
",
    "\
B055F03     Stage sequence number:                 4
B055F04     Response input units lookup:           V - Volts
B055F05     Response output units lookup:          V - Volts
B055F06     Number of responses listed:            2
B055F07-11  1.000000E-01  2.000000E+00  0.000000E+00 -9.000000E+01  0.000000E+00
B055F07-11  1.000000E+00  3.000000E+00  0.000000E+00 -4.550000E+01  0.000000E+00
",
    "\
B062F03     Transfer function type:                P [Polynomial]
B062F04     Stage sequence number:                 5
B062F05     Response in units lookup:              V - Volts
B062F06     Response out units lookup:             V - Volts
B062F07     Polynomial Approximation Type:         M [MacLaurin]
B062F08     Valid Frequency Units:                 B [Hz]
B062F09     Lower Valid Frequency Bound:           0.000000E+00
B062F10     Upper Valid Frequency Bound:           5.000000E-01
B062F11     Lower Bound of Approximation:          -5.000000E+00
B062F12     Upper Bound of Approximation:          5.000000E+00
B062F13     Maximum Absolute Error:                1.000000E-01
B062F14     Number of coefficients:                2
B062F15-16    0  8.000000E+00  0.000000E+00
B062F15-16    1  1.430500E-02  0.000000E+00
",
    "\
B060F03     Number of Stages:                      1
B060F04     Stage number:                          6
B060F05     Number of Responses:                   2
B043F05     Response type:                         B [Analog (Hz)]
B043F06     Response in units lookup:              M/S - Velocity
B043F07     Response out units lookup:             V - Volts
B043F08     A0 normalization factor:               1.000000E+00
B043F09     Normalization frequency:               1.000000E+00
B043F10     Number of zeroes:                      0
B043F15     Number of poles:                       1
B043F16-19    0 -1.000000E+00  0.000000E+00  0.000000E+00  0.000000E+00
B048F05     Sensitivity:                           2.000000E+00
B048F06     Frequency of sensitivity:              1.000000E+00
B048F07     Number of calibrations:                1
",
    "\
B058F03     Stage sequence number:                 0
B058F04     Sensitivity:                           6.291450E+08
B058F05     Frequency of sensitivity:              1.000000E+00
B058F06     Number of calibrations:                0
",
];

/// One RESP file with everything, and one for each blockette.
pub(crate) fn resp() -> Vec<Vec<u8>> {
    let all = format!("# Made for tests\n#\n{RESP_HEAD}{}", RESP_STAGES.concat());
    let mut files = vec![all.into_bytes()];
    files.extend(RESP_STAGES.iter().map(|s| format!("{RESP_HEAD}{s}").into_bytes()));
    // Two channels, the second without dates.
    let [whole, stage] = [RESP_STAGES[7], RESP_STAGES[0]];
    let two = format!("{RESP_HEAD}{whole}{RESP_HEAD}{stage}{whole}");
    files.push(two.replace("2000,001,00:00:00.0000", "2000,366").into_bytes());
    files
}

/// SAC pole-zero files: with the comments of data centres, and bare.
pub(crate) fn sacpz() -> Vec<Vec<u8>> {
    let roots = "ZEROS 3\n0.0 0.0\n0.0 0.0\n-1.5 0.5\nPOLES 2\n-0.037 0.037\n-0.037 -0.037\n\
                 CONSTANT 6.0e+08\n";
    let comments = "\
* **********************************
* NETWORK   (KNETWK): XX
* STATION    (KSTNM): ABC
* LOCATION   (KHOLE): 00
* CHANNEL   (KCMPNM): BHZ
* CREATED           : 2021-01-01T00:00:00
* START             : 2000-01-01T00:00:00
* END               : 2599-12-31T23:59:59
* DESCRIPTION       : Here
* LATITUDE          : 34.500000
* LONGITUDE         : -116.250000
* ELEVATION         : 920.0
* DEPTH             : 1.5
* DIP               : 0.0
* AZIMUTH           : 90.0
* SAMPLE RATE       : 40.0
* INPUT UNIT        : M
* OUTPUT UNIT       : COUNTS
* INSTTYPE          : Some instrument
* INSTGAIN          : 1.5e+03 (M/S)
* SENSITIVITY       : 6.29145e+08 (M/S)
* A0                : 9.537e-01
* **********************************
";
    vec![
        format!("{comments}{roots}").into_bytes(),
        roots.as_bytes().to_vec(),
        format!("{comments}{roots}{comments}{roots}").replace("M/S", "NM").into_bytes(),
        b"POLES 1\n-1 0\nZEROS 4\nCONSTANT 1\n".to_vec(),
    ]
}

/// A blockette: type, length, content.
fn blockette(kind: u16, content: &str) -> String {
    format!("{kind:03}{:04}{content}", 7 + content.len())
}

/// 12 characters, as the volume has its numbers.
fn f12(x: f64) -> String {
    let (mantissa, exponent) = format!("{x:.5e}")
        .split_once('e')
        .map(|(m, e)| (m.to_owned(), e.parse::<i32>().unwrap_or_default()))
        .unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{:>12}", format!("{mantissa}E{sign}{:02}", exponent.abs()))
}

fn list(numbers: &[f64]) -> String {
    numbers.iter().map(|x| f12(*x)).collect()
}

fn f14(x: f64) -> String {
    format!("{:>14}", f12(x).trim())
}

fn abbreviations() -> Vec<String> {
    let roots = format!("002{}001{}", list(&[0.0; 8]), list(&[-0.037, 0.037, 0.0, 0.1]));
    vec![
        blockette(31, "0001SClock was wrong~000"),
        blockette(33, "001Some instrument~"),
        blockette(34, "001M/S~Velocity~"),
        blockette(34, "002V~Volts~"),
        blockette(34, "003COUNTS~Digital counts~"),
        blockette(41, &format!("0001FIR~C0030030002{}{}", f14(0.1), f14(0.4))),
        blockette(
            42,
            &format!(
                "0007P~P002002MB{}002{}",
                list(&[0.0, 0.5, -5.0, 5.0, 0.1]),
                list(&[8.0, 0.0, 0.0143, 0.0])
            ),
        ),
        blockette(43, &format!("0002PZ~A001002{}{roots}", list(&[5.714e8, 1.0]))),
        blockette(
            44,
            &format!("0003CF~D0030030001{}0001{}", list(&[0.5, 0.0]), list(&[-0.7, 0.0])),
        ),
        blockette(
            45,
            &format!(
                "0004RL~0020020002{}",
                list(&[0.1, 2.0, 0.0, -90.0, 0.0, 1.0, 3.0, 0.0, -45.5, 0.0])
            ),
        ),
        blockette(47, "0005DC~8.0000E+01    1    0 0.0000E+00 0.0000E+00"),
        blockette(48, &format!("0006GN~{}01{}2000,001~", list(&[2.0, 1.0]), list(&[1.0, 2.0]))),
    ]
}

/// The blockettes of responses that stand at a channel.
fn stages() -> Vec<String> {
    let roots = format!("002{}001{}", list(&[0.0; 8]), list(&[-0.037, 0.037, 0.0, 0.1]));
    vec![
        blockette(53, &format!("A01001002{}{roots}", list(&[5.714e8, 1.0]))),
        blockette(58, &format!("01{}00", list(&[1500.0, 1.0]))),
        blockette(54, &format!("D020020030002{}0000", list(&[0.5, 0.0, 0.25, 0.0]))),
        blockette(57, "028.0000E+01    1    0 0.0000E+00 0.0000E+00"),
        blockette(61, &format!("03FIR~B0030030002{}{}", f14(0.1), f14(0.8))),
        blockette(57, "038.0000E+01    2    0 2.5000E-01 1.2500E-01"),
        blockette(
            55,
            &format!(
                "040020020002{}",
                list(&[0.1, 2.0, 0.0, -90.0, 0.0, 1.0, 3.0, 0.0, -45.5, 0.0])
            ),
        ),
        blockette(56, &format!("040020020001{}", list(&[1.0, 20.0]))),
        blockette(
            62,
            &format!(
                "P05002002MB{}002{}",
                list(&[0.0, 0.5, -5.0, 5.0, 0.1]),
                list(&[8.0, 0.0, 0.0143, 0.0])
            ),
        ),
        blockette(60, "040602000100050701000708020002000609010003"),
        blockette(58, &format!("00{}00", list(&[6.29145e8, 1.0]))),
        blockette(59, "2000,001~2001,001~0001000000"),
    ]
}

/// Records of one type, as many as the blockettes need.
fn records(kind: char, blockettes: &str, length: usize, volume: &mut Vec<u8>) {
    for (i, piece) in blockettes.as_bytes().chunks(length - 8).enumerate() {
        let number = volume.len() / length + 1;
        let continuation = if i == 0 { ' ' } else { '*' };
        volume.extend(format!("{number:06}{kind}{continuation}").bytes());
        volume.extend(piece);
        volume.resize(number * length, b' ');
    }
}

fn volume(exponent: u32, abbreviations: &[String], station: &[String]) -> Vec<u8> {
    let mut volume = Vec::new();
    let length = 1 << exponent;
    let header = format!("02.4{exponent:02}2000,001~2021,001~2021,002,01:02:03~Here~Label~");
    records('V', &blockette(10, &header), length, &mut volume);
    records('A', &abbreviations.concat(), length, &mut volume);
    records('S', &station.concat(), length, &mut volume);
    volume
}

fn station(stages: &[String]) -> Vec<String> {
    let head = "ABC   34.500000-116.250000+0920.00001001Here~0013210102000,001~~NXX";
    let channel = "00BHZ0000001~002003 34.500000-116.250000+0920.0001.5090.0+00.000011240.0000000\
                   0.0000E+000000CG~2000,001~~N";
    let mut all = vec![
        blockette(50, head),
        blockette(51, "2000,001~2001,001~0001000000"),
        blockette(52, channel),
    ];
    all.extend_from_slice(stages);
    all
}

/// One volume with everything, in records of two lengths, one for each blockette of a response,
/// and one whose dictionary refers to itself.
pub(crate) fn dataless() -> Vec<Vec<u8>> {
    let (abbreviations, stages) = (abbreviations(), stages());
    let mut volumes = vec![
        volume(8, &abbreviations, &station(&stages)),
        volume(12, &abbreviations, &station(&stages)),
    ];
    for stage in &stages {
        volumes.push(volume(9, &abbreviations, &station(std::slice::from_ref(stage))));
    }
    let twice = [volumes[0].clone(), volumes[3].clone()].concat();
    volumes.push(twice);
    volumes
}
