//! Three instruments as they stand in the field: poles, zeros, gains and FIR stages.

use seis_core::Complex64;
use seis_resp::{
    Coefficients, CoefficientsDomain, Decimation, Filter, FilterKind, Fir, FirSymmetry, Gain,
    PolesZeros, PzDomain, Response, Sensitivity, Stage, UnitName,
};

/// A seismometer with a digitiser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instrument {
    pub(super) station: &'static str,
    pub(super) band: char,
    pub(super) rate_hz: u32,
    pub(super) sensor: &'static str,
    pub(super) digitizer: &'static str,
    response: fn() -> Response,
}

/// The demo's stations.
pub(super) const INSTRUMENTS: [Instrument; 3] = [
    Instrument {
        station: "KS54",
        band: 'B',
        rate_hz: 20,
        sensor: "Geotech KS-54000 borehole seismometer",
        digitizer: "Quanterra Q330HR",
        response: ks54000_q330hr,
    },
    Instrument {
        station: "STS2",
        band: 'B',
        rate_hz: 40,
        sensor: "Streckeisen STS-2",
        digitizer: "Quanterra Q330S",
        response: sts2_q330s,
    },
    Instrument {
        station: "CMG3T",
        band: 'H',
        rate_hz: 100,
        sensor: "Guralp CMG-3T, 120 s",
        digitizer: "RefTek 130",
        response: cmg3t_rt130,
    },
];

impl Instrument {
    pub(super) fn response(&self) -> Response {
        (self.response)()
    }
}

fn velocity_sensor(
    gain_v_per_m_s: f64,
    frequency_hz: f64,
    normalization_factor: f64,
    poles: &[(f64, f64)],
) -> Stage {
    Stage {
        number: 1,
        filter: Some(Filter {
            input_units: Some(UnitName::new("m/s")),
            output_units: Some(UnitName::new("V")),
            name: None,
            resource_id: None,
            description: None,
            kind: FilterKind::PolesZeros(PolesZeros {
                domain: PzDomain::LaplaceRadians,
                normalization_factor,
                normalization_frequency_hz: frequency_hz,
                zeros: vec![Complex64::ZERO; 2],
                poles: poles.iter().map(|(re, im)| Complex64::new(*re, *im)).collect(),
            }),
        }),
        gain: Some(Gain { value: gain_v_per_m_s, frequency_hz: Some(frequency_hz) }),
        ..Stage::default()
    }
}

fn digital_stage(
    number: u32,
    units: (&str, &str),
    kind: FilterKind,
    (input_rate_hz, factor, delay_s): (f64, u32, f64),
    (gain, frequency_hz): (f64, f64),
) -> Stage {
    Stage {
        number,
        filter: Some(Filter {
            input_units: Some(UnitName::new(units.0)),
            output_units: Some(UnitName::new(units.1)),
            name: None,
            resource_id: None,
            description: None,
            kind,
        }),
        decimation: Some(Decimation {
            input_sample_rate_hz: Some(input_rate_hz),
            factor: Some(factor),
            offset: Some(0),
            delay_s: Some(delay_s),
            // Digitisers of today shift their time stamps by the delay of their filters.
            correction_s: Some(delay_s),
        }),
        gain: Some(Gain { value: gain, frequency_hz: Some(frequency_hz) }),
        ..Stage::default()
    }
}

/// The converter: volts to counts, no filter.
fn converter(number: u32, counts_per_v: f64, rate_hz: f64, frequency_hz: f64) -> Stage {
    let kind = FilterKind::Coefficients(Coefficients {
        domain: CoefficientsDomain::Digital,
        numerators: Vec::new(),
        denominators: Vec::new(),
    });
    digital_stage(number, ("V", "counts"), kind, (rate_hz, 1, 0.0), (counts_per_v, frequency_hz))
}

fn fir(number: u32, symmetry: FirSymmetry, taps: &[f64], decimation: (f64, u32, f64)) -> Stage {
    let kind = FilterKind::Fir(Fir { symmetry, coefficients: taps.to_vec() });
    digital_stage(number, ("counts", "counts"), kind, decimation, (1.0, 0.0))
}

fn response(sensitivity: f64, frequency_hz: f64, stages: Vec<Stage>) -> Response {
    Response {
        sensitivity: Some(Sensitivity {
            value: sensitivity,
            frequency_hz: Some(frequency_hz),
            input_units: Some(UnitName::new("m/s")),
            output_units: Some(UnitName::new("counts")),
            band: None,
        }),
        stages,
        ..Response::default()
    }
}

/// As at IU.ANMO.00 in 2011: KS-54000 with a Q330HR at 20 Hz. A0 is computed from the poles; the
/// published one, 70738, does not belong to them.
fn ks54000_q330hr() -> Response {
    let poles = [
        (-40.8584, 0.0),
        (-27.5227, 29.8172),
        (-27.5227, -29.8172),
        (-0.004_800_4, 0.0),
        (-0.073_709_8, 0.0),
    ];
    let gain = 1_677_720.0;
    response(
        2060.3 * gain,
        0.02,
        vec![
            velocity_sensor(2060.3, 0.02, 78_052.593_596_616_22, &poles),
            converter(2, gain, 20.0, 0.02),
            fir(3, FirSymmetry::None, &Q330_FLBELOW100_20, (20.0, 1, 1.6305)),
        ],
    )
}

/// As at CI.HEC since 2020: STS-2 with a Q330S at 40 Hz.
fn sts2_q330s() -> Response {
    let poles = [
        (-0.037_023_67, 0.037_024_38),
        (-0.037_023_67, -0.037_024_38),
        (-118.7522, 423.488_088),
        (-118.7522, -423.488_088),
        (-251.327_41, 0.0),
    ];
    let gain = 419_430.0;
    response(
        1500.0 * gain,
        1.0,
        vec![
            velocity_sensor(1500.0, 1.0, 48_624_554.458_089_046, &poles),
            converter(2, gain, 40.0, 1.0),
            fir(3, FirSymmetry::None, &Q330_FLBELOW100_40, (40.0, 1, 0.430_462)),
        ],
    )
}

/// CMG-3T with a RefTek 130 at 100 Hz, whose seven FIR stages decimate from 102.4 kHz.
fn cmg3t_rt130() -> Response {
    let poles = [
        (-0.037_008, 0.037_008),
        (-0.037_008, -0.037_008),
        (-502.65, 0.0),
        (-1005.0, 0.0),
        (-1131.0, 0.0),
    ];
    let gain = 629_990.0;
    let mut stages = vec![
        velocity_sensor(1500.0, 1.0, 571_508_000.0, &poles),
        converter(2, gain, 102_400.0, 1.0),
    ];
    stages.push(fir(3, FirSymmetry::Odd, &RT130_FIR_1, (102_400.0, 8, 0.000_136_72)));
    for (number, rate_hz, delay_s) in [
        (4, 12_800.0, 0.000_468_75),
        (5, 6400.0, 0.000_937_5),
        (6, 3200.0, 0.001_875),
        (7, 1600.0, 0.003_75),
        (8, 800.0, 0.0075),
    ] {
        stages.push(fir(number, FirSymmetry::Odd, &RT130_FIR_2, (rate_hz, 2, delay_s)));
    }
    stages.push(fir(9, FirSymmetry::Odd, &RT130_FIR_3, (400.0, 4, 0.125)));
    response(1500.0 * gain, 1.0, stages)
}

/// Quanterra Q330, filter `FLbelow100-40`.
const Q330_FLBELOW100_40: [f64; 39] = [
    4.189_517_9e-13,
    0.000_330_317_61,
    0.001_029_212_6,
    -0.003_141_228,
    0.000_205_709_27,
    0.001_525_213_1,
    -0.006_231_926_7,
    0.010_480_133,
    -0.013_120_247,
    0.010_782_143,
    -0.001_444_55,
    -0.015_872_946,
    0.039_507_404,
    -0.065_103_63,
    0.085_371_559,
    -0.089_191_342,
    0.050_061_889,
    0.837_232_76,
    0.266_723_05,
    -0.166_693_11,
    0.095_283_986,
    -0.050_921_772,
    0.016_145_837,
    0.007_063_624,
    -0.018_387_713,
    0.019_941_41,
    -0.015_489_507,
    0.008_527_354_1,
    -0.002_557_886_8,
    -0.001_811_026_4,
    0.002_426_492_6,
    -0.003_757_694_6,
    0.000_467_292_73,
    0.000_633_072_12,
    -1.568_741_4e-6,
    -1.254_797_8e-5,
    3.210_405_4e-7,
    -2.633_241e-8,
    -5.099_974_8e-8,
];

/// Quanterra Q330, filter `FLbelow100-20`.
const Q330_FLBELOW100_20: [f64; 67] = [
    -3.653_42e-17,
    3.674_88e-8,
    -4.2706e-7,
    1.145_02e-6,
    -1.875_94e-7,
    -3.372_74e-7,
    2.787_47e-6,
    -3.744_03e-6,
    5.411_72e-6,
    7.473_36e-6,
    -0.000_517_759,
    0.000_210_677,
    4.632_58e-5,
    -0.000_608_222,
    0.001_441_75,
    -0.002_406_27,
    0.003_225_34,
    -0.003_506_39,
    0.002_814_41,
    -0.000_771_971,
    -0.002_805_12,
    0.007_778_05,
    -0.013_581_5,
    0.019_176_5,
    -0.022_970_4,
    0.024_039_8,
    -0.022_098_6,
    0.008_607_34,
    0.011_752_5,
    -0.044_778_7,
    0.096_492_3,
    -0.191_755,
    0.527_652,
    0.724_167,
    -0.156_905,
    0.044_257_4,
    0.003_141_68,
    -0.026_671_4,
    0.036_153_2,
    -0.038_568_7,
    0.031_084_2,
    -0.023_525_9,
    0.015_321_1,
    -0.007_403_98,
    0.001_096_45,
    0.003_097_97,
    -0.005_193_2,
    0.005_561_31,
    -0.004_761_1,
    0.003_382_13,
    -0.001_920_52,
    0.000_715_218,
    7.677_19e-5,
    -0.000_451_897,
    0.000_502_7,
    -0.000_565_037,
    -5.568e-5,
    1.577_36e-5,
    -1.419_85e-6,
    8.149_09e-7,
    6.807_95e-7,
    -1.252_73e-6,
    1.524_35e-6,
    -2.833_36e-7,
    -1.063_84e-8,
    1.257_12e-9,
    -5.429_54e-11,
];

/// RefTek 130, decimation filter 1: first half and centre of 29 taps.
const RT130_FIR_1: [f64; 15] = [
    0.000_244_141,
    0.000_976_562,
    0.002_441_41,
    0.004_882_81,
    0.008_544_92,
    0.013_671_9,
    0.020_507_8,
    0.029_296_9,
    0.039_306_6,
    0.049_804_7,
    0.060_058_6,
    0.069_335_9,
    0.076_904_3,
    0.082_031_2,
    0.083_984_4,
];

/// RefTek 130, decimation filter 2: first half and centre of 13 taps.
const RT130_FIR_2: [f64; 7] =
    [0.000_244_141, 0.002_929_69, 0.016_113_3, 0.053_710_9, 0.120_85, 0.193_359, 0.225_586];

/// RefTek 130, decimation filter 3: first half and centre of 101 taps.
const RT130_FIR_3: [f64; 51] = [
    -7.150_32e-7,
    -5.601_09e-6,
    -2.621_79e-6,
    -4.314_03e-5,
    -4.647_71e-6,
    1.430_06e-6,
    2.347_69e-5,
    1.430_06e-6,
    -5.279_32e-5,
    -0.000_366_692,
    0.000_376_107,
    0.000_854_226,
    3.050_81e-5,
    -0.001_276_21,
    -0.000_910_951,
    0.001_276_69,
    0.002_151_65,
    -0.000_461_554,
    -0.003_337_65,
    -0.001_409_33,
    0.003_770_72,
    0.004_194_14,
    -0.002_642_88,
    -0.007_201_21,
    -0.000_644_006,
    0.009_184,
    0.006_084_45,
    -0.008_578_24,
    -0.012_740_1,
    0.003_982_25,
    0.018_626_1,
    0.005_205_2,
    -0.020_940_7,
    -0.018_162_9,
    0.016_666_9,
    0.032_244_7,
    -0.003_465_88,
    -0.042_952_8,
    -0.019_326_5,
    0.044_309,
    0.049_790_9,
    -0.029_416_4,
    -0.082_607_8,
    -0.009_341_66,
    0.107_552,
    0.081_660_4,
    -0.103_11,
    -0.204_208,
    -3.122_31e-5,
    0.390_432,
    0.589_958,
];
