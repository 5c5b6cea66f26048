//! Every byte of a SAC file may lie: data or a typed error, never a panic, never memory by claim.

use std::io::Read;

use seis_io::sac::{self, ByteOrder, Data, Error, Header, ReadOptions, SacFile, Variable, Version};

fn seeds() -> Vec<Vec<u8>> {
    let wave = |n: usize| (0..n).map(|i| (i as f32).sin()).collect::<Vec<f32>>();
    let mut seeds = Vec::new();
    for (i, data) in [
        Data::Even(wave(11)),
        Data::Uneven { y: wave(6), x: wave(6) },
        Data::AmplitudePhase { amplitude: wave(4), phase: wave(4) },
        Data::RealImaginary { real: wave(5), imaginary: wave(5) },
        Data::Grid(wave(6)),
        Data::Even(Vec::new()),
    ]
    .into_iter()
    .enumerate()
    {
        for version in [Version::V6, Version::V7] {
            let mut header = Header::new();
            header.set_version(version);
            header.set_delta(0.01).unwrap().set_b(0.1).unwrap().set_kstnm("HEC").unwrap();
            header.set_reference_time("2020-02-29T23:59:59.999Z".parse().unwrap()).unwrap();
            header.set_nxsize(2).unwrap().set_nysize(3).unwrap();
            let mut file = SacFile::new(header, data.clone()).unwrap();
            if i % 2 == 1 {
                file.byte_order = ByteOrder::Big;
            }
            seeds.push(file.to_bytes().unwrap());
            seeds.push(file.to_alphanumeric().unwrap());
        }
    }
    seeds
}

/// Everything that can be done with bytes; returns whether they were read.
fn use_everything(bytes: &[u8]) -> bool {
    let detected = sac::detect(bytes);
    let lenient = ReadOptions::new().with_trailing_bytes(true);
    let tolerated = SacFile::from_bytes_with(bytes, lenient);
    match SacFile::from_bytes(bytes) {
        Ok(file) => {
            assert!(detected.is_some() && tolerated.is_ok());
            let written = file.to_bytes().unwrap();
            match detected {
                Some(sac::Format::Binary(_)) => assert_eq!(written, bytes),
                _ => {
                    assert_eq!(SacFile::from_bytes(&written).unwrap().to_bytes().unwrap(), written);
                }
            }
            // Integers and texts may not fit; what fits is read again.
            if let Ok(text) = file.to_alphanumeric() {
                SacFile::from_bytes(&text).unwrap();
            }
            let _ = file.check();
            let _ = format!("{file:?} {}", file.header);
            for variable in Variable::all() {
                let _ = file.header.time_of(variable.name());
            }
            let _ = file.header.orientation_deg();
            let _ = file.header.clone().update_geometry().is_ok();
            let mut moved = file.header.clone();
            let _ = moved.move_reference_to(sac::ReferenceTime::Origin).is_ok();
            let mut fresh = file.clone();
            fresh.refresh().unwrap();
            let reader = OneByte(bytes);
            assert_eq!(SacFile::from_reader(reader).unwrap().to_bytes().unwrap(), written);
            if let Ok(trace) = file.to_trace() {
                let _ = (trace.end(), trace.to_string());
                if let Ok(again) = SacFile::from_trace_and_header(&trace, file.header.clone()) {
                    again.to_bytes().unwrap();
                }
                let _ = SacFile::from_trace(&trace).map(|f| f.to_bytes().unwrap());
            }
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(SacFile::from_reader(OneByte(bytes)).is_err());
            false
        }
    }
}

struct OneByte<'a>(&'a [u8]);

impl Read for OneByte<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn every_prefix_is_refused() {
    for seed in seeds() {
        assert!(use_everything(&seed));
        let binary = matches!(sac::detect(&seed), Some(sac::Format::Binary(_)));
        for length in 0..seed.len() {
            let read = use_everything(&seed[..length]);
            // A text that ends within its last number, or its last line of texts, ends with a
            // shorter one.
            assert!(!read || (!binary && length + 25 > seed.len()), "{length} of {}", seed.len());
        }
        let mut longer = seed.clone();
        longer.push(b'7');
        assert!(!use_everything(&longer));
    }
}

/// Xorshift64: the same corruptions in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

#[test]
fn random_corruptions_end_in_data_or_errors() {
    let seeds = seeds();
    let mut random = Random(0x5ac5_ac5a_c5ac_5ac5);
    let (mut read, mut refused) = (0, 0);
    for round in 0..60_000 {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                2 => {
                    // A whole word, where the numbers of the header are.
                    let word = random.below(110) * 4;
                    let values = [0, 1, -1, i32::MIN, i32::MAX, -12345, 0x7fc0_0000, 7];
                    let value = values[random.below(values.len())];
                    if let Some(four) = bytes.get_mut(word..word + 4) {
                        four.copy_from_slice(&match random.below(2) {
                            0 => value.to_le_bytes(),
                            _ => value.to_be_bytes(),
                        });
                    }
                }
                3 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"0 \n-"[random.below(4)]),
            }
        }
        if use_everything(&bytes) {
            read += 1;
        } else {
            refused += 1;
        }
        assert!(round < 1000 || (read > 0 && refused > 0));
    }
    assert!(read > 10_000 && refused > 10_000, "{read} read, {refused} refused");
}

#[test]
fn pure_noise_is_refused() {
    let mut random = Random(7);
    for _ in 0..5_000 {
        let length = random.below(2000);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        use_everything(&bytes);
        if let Some(word) = bytes.get_mut(304..308) {
            word.copy_from_slice(&6_i32.to_le_bytes());
            use_everything(&bytes);
        }
    }
}

#[test]
fn lengths_that_cannot_be_name_the_variable() {
    let file = SacFile::new(Header::new(), Data::Even(vec![1.0; 4])).unwrap();
    let good = file.to_bytes().unwrap();
    let with = |word: usize, value: i32| {
        let mut bytes = good.clone();
        bytes[word * 4..word * 4 + 4].copy_from_slice(&value.to_le_bytes());
        let error = SacFile::from_bytes(&bytes).unwrap_err();
        // From a source that never ends nothing more is read than there is.
        let endless = bytes.as_slice().chain(std::io::repeat(0).take(1 << 20));
        assert!(SacFile::from_reader(endless).is_err());
        error
    };
    for npts in [-1, -12345, i32::MIN] {
        let e = with(79, npts);
        assert!(matches!(e, Error::Invalid { variable: "npts", .. }), "{e}");
    }
    for npts in [0, 3, 5, 1 << 30, i32::MAX] {
        let e = with(79, npts);
        assert!(matches!(e, Error::Size { npts: n, found: 648, .. } if n == npts), "{e}");
    }
    let e = with(105, 0);
    assert!(matches!(e, Error::Size { sections: 2, expected: 664, .. }), "{e}");
    let e = with(85, 3);
    assert!(matches!(e, Error::Size { sections: 2, .. }), "{e}");
    let e = with(85, 9);
    assert!(matches!(e, Error::Enumeration { variable: "iftype", .. }), "{e}");
    let e = with(76, 7);
    assert!(matches!(e, Error::Size { version: 7, expected: 824, .. }), "{e}");
    for version in [1, 5, 8, 19] {
        assert!(matches!(with(76, version), Error::Version { found } if found == version));
    }
    for version in [0, -1, 20, 0x0100_0000] {
        let e = with(76, version);
        assert!(matches!(e, Error::NotSac { .. } | Error::Version { .. }), "{e}");
    }
    assert!(matches!(
        SacFile::from_bytes(&good[..631]),
        Err(Error::HeaderTruncated { found: 631 })
    ));
    assert!(matches!(SacFile::from_bytes(&[]), Err(Error::HeaderTruncated { found: 0 })));
}

#[test]
fn alphanumeric_mistakes_name_the_line() {
    let file = SacFile::new(Header::new(), Data::Even(vec![1.0; 7])).unwrap();
    let good = String::from_utf8(file.to_alphanumeric().unwrap()).unwrap();
    let with = |line: usize, text: &str| {
        let mut lines: Vec<&str> = good.lines().collect();
        lines[line - 1] = text;
        SacFile::from_bytes(lines.join("\n").as_bytes()).unwrap_err()
    };
    for (line, text) in [
        (3, "1 2 3 4"),
        (14, "1 2 3 4 five"),
        (15, "1 2 3 4 5.5"),
        (18, "1 2 3 4 99999999999"),
        (23, "STATION EVENT           AND MORE"),
        (31, "1 2 3 four 5"),
        (32, "6 7 8"),
    ] {
        let e = with(line, text);
        assert!(matches!(e, Error::Line { line: l, .. } if l == line), "{line}: {e}");
    }
    let e = with(32, "6");
    assert!(matches!(e, Error::Line { line: 33, .. }), "{e}");
    let e = with(16, "1 9 1 1 7");
    assert!(matches!(e, Error::Version { found: 9 }), "{e}");
    let e = with(16, "1 6 1 1 2147483647");
    assert!(matches!(e, Error::Line { line: 33, .. }), "{e}");
    let e = with(16, "1 6 1 1 -7");
    assert!(matches!(e, Error::Invalid { variable: "npts", .. }), "{e}");
    let long = "9".repeat(1 << 20);
    let e = with(31, &long);
    assert!(e.to_string().len() < 300, "{}", e.to_string().len());
}
