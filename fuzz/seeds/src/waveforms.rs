//! miniSEED, Steim frames and SAC.

use seis_core::{Samples, SamplingRate, Trace};
use seis_io::mseed::steim::{self, Steim};
use seis_io::mseed::{self, ByteOrder, Encoding, FormatVersion, WriteOptions};
use seis_io::sac::{self, Data, Header, SacFile, Version};

use crate::Result;

/// A series whose differences need from 4 to 32 bits.
fn series(count: usize) -> Vec<i32> {
    (0..count as i32)
        .map(|i| {
            i.wrapping_mul(i).wrapping_mul(7919) >> [28, 24, 20, 16, 8, 2][(i / 20) as usize % 6]
        })
        .collect()
}

fn trace(samples: impl Into<Samples>) -> Result<Trace> {
    let start = "2022-01-02T00:00:00.069539Z".parse()?;
    Ok(Trace::new("CI.HEC.00.BHN".parse()?, start, SamplingRate::from_hz(40.0)?, samples))
}

/// Records of both versions in every encoding that can be written, and a few of all together.
pub(crate) fn records() -> Result<Vec<Vec<u8>>> {
    let small: Vec<i32> = series(90).iter().map(|x| x % 30_000).collect();
    let all: [(Encoding, Samples); 7] = [
        (Encoding::Text, Samples::Text(b"clock locked\r\n".to_vec())),
        (Encoding::Int16, Samples::I32(small.clone())),
        (Encoding::Int32, Samples::I32(small.clone())),
        (Encoding::Float32, Samples::F32(small.iter().map(|x| *x as f32 / 3.0).collect())),
        (Encoding::Float64, Samples::F64(small.iter().map(|x| f64::from(*x) / 3.0).collect())),
        (Encoding::Steim1, Samples::I32(series(150))),
        (Encoding::Steim2, Samples::I32(small.clone())),
    ];
    let mut seeds = Vec::new();
    for (encoding, samples) in all {
        let trace = trace(samples)?;
        for options in [
            WriteOptions::new().record_len(256),
            WriteOptions::new().record_len(512).byte_order(ByteOrder::Little),
            WriteOptions::new().version(FormatVersion::V3).record_len(300),
            WriteOptions::new()
                .version(FormatVersion::V3)
                .extra_headers(r#"{"FDSN":{"Time":{"Quality":100,"Correction":0.5}}}"#),
        ] {
            let mut bytes = Vec::new();
            mseed::write_to(&mut bytes, [&trace], &options.encoding(encoding))?;
            seeds.push(bytes);
        }
    }
    // Another encoding in the header of integers: those that are not written.
    for code in [2, 12, 13, 14, 16, 30, 32] {
        let mut bytes = seeds[8].clone();
        bytes[52] = code;
        seeds.push(bytes);
    }
    let mixed = seeds.iter().step_by(3).flatten().copied().collect();
    seeds.push(mixed);
    Ok(seeds)
}

/// Bytes for traces of all kinds.
pub(crate) fn samples() -> Vec<Vec<u8>> {
    (0..64_u32)
        .map(|i| {
            let mut state = i;
            (0..40 + 30 * i)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect()
        })
        .collect()
}

/// A count, and frames.
pub(crate) fn frames(steim: Steim) -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for order in [ByteOrder::Big, ByteOrder::Little] {
        for samples in [series(1), series(200), (0..300).collect(), vec![5; 200]] {
            let samples: Vec<i32> = samples.iter().map(|x| x >> 2).collect();
            let mut seed = (samples.len() as u16).to_be_bytes().to_vec();
            let mut payload = vec![0; 448];
            steim::encode(steim, order, &samples, &mut payload)?;
            seed.extend(payload);
            seeds.push(seed);
        }
    }
    Ok(seeds)
}

/// Files of all kinds, in both byte orders and versions, binary and alphanumeric.
pub(crate) fn sac() -> Result<Vec<Vec<u8>>> {
    let wave = |n: u8| (0..n).map(|i| f32::from(i).sin()).collect::<Vec<f32>>();
    let mut seeds = Vec::new();
    for data in [
        Data::Even(wave(11)),
        Data::Uneven { y: wave(6), x: wave(6) },
        Data::AmplitudePhase { amplitude: wave(4), phase: wave(4) },
        Data::RealImaginary { real: wave(5), imaginary: wave(5) },
        Data::Grid(wave(6)),
        Data::Even(Vec::new()),
    ] {
        for version in [Version::V6, Version::V7] {
            let mut header = Header::new();
            header.set_version(version);
            header.set_delta(0.01)?.set_b(0.1)?.set_o(-3.5)?.set_a(2.25)?;
            header.set_stla(34.8)?.set_stlo(-116.3)?.set_evla(-20.0)?.set_evlo(170.0)?;
            header.set_kstnm("HEC")?.set_knetwk("CI")?.set_kcmpnm("BHN")?;
            header.set_reference_time("2020-02-29T23:59:59.999Z".parse()?)?;
            header.set_nxsize(2)?.set_nysize(3)?;
            let mut file = SacFile::new(header, data.clone())?;
            seeds.push(file.to_bytes()?);
            seeds.push(file.to_alphanumeric()?);
            file.byte_order = sac::ByteOrder::Big;
            seeds.push(file.to_bytes()?);
        }
    }
    Ok(seeds)
}
