//! Every byte of a SAC file may lie: data or a typed error, never a panic, never memory by claim.

#[path = "properties/mod.rs"]
mod properties;

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use seis_io::sac::{self, ByteOrder, Data, Error, Header, SacFile, Version};
use seis_testing::{Campaign, Kind, Limits, Random, files_below, obspy, recordings, regressions};

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

/// Binary data are held as they are and once more when written, text takes up less as numbers.
const LIMITS: Limits = Limits { per_byte: 12, fixed: 1 << 17, time: Duration::from_secs(20) };

/// Reads within limits, and does everything that can be done; returns whether it could be read.
fn use_everything(bytes: &[u8]) -> bool {
    LIMITS.hold("SAC", bytes.len(), || drop(SacFile::from_bytes(bytes)));
    LIMITS.hold("SAC stream", bytes.len(), || drop(SacFile::from_reader(bytes)));
    properties::sac::file(bytes)
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

#[test]
fn a_hundred_thousand_corruptions() {
    let (read, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let count = |bytes: &[u8]| {
        let counter = if use_everything(bytes) { &read } else { &refused };
        counter.fetch_add(1, Relaxed);
    };
    let (text, binary): (Vec<_>, Vec<_>) =
        seeds().into_iter().partition(|s| sac::detect(s) == Some(sac::Format::Alphanumeric));
    for (name, kind, corpus) in
        [("binary SAC", Kind::Binary, &binary), ("alphanumeric SAC", Kind::Text, &text)]
    {
        Campaign { name, corpus, kind, rounds: 100_000 }.corruptions(count);
    }
    let (read, refused) = (read.into_inner(), refused.into_inner());
    assert!(read > (read + refused) / 20 && refused > read / 20, "{read} read, {refused} refused");
}

#[test]
fn what_fuzzers_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    for (path, bytes) in regressions(folder, "sac") {
        eprintln!("{}", path.display());
        use_everything(&bytes);
    }
}

/// Results of ObsPy, and ObsPy's test data.
#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names, and the test data of ObsPy"]
fn real_files_cut_and_corrupted() {
    let mut files =
        files_below(&recordings(), 100_000, &|path| path.extension().is_some_and(|e| e == "sac"));
    files.truncate(5);
    files.extend(files_below(&obspy().join("io/sac/tests/data"), 300_000, &|_| true));
    for alphanumeric in [false, true] {
        let corpus: Vec<Vec<u8>> = files
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .filter_map(|bytes| {
                let mut file = SacFile::from_bytes(&bytes).ok()?;
                // The first hundred points.
                if let Data::Even(samples) = &mut file.data {
                    samples.truncate(100);
                    file.refresh().ok()?;
                }
                if alphanumeric { file.to_alphanumeric().ok() } else { file.to_bytes().ok() }
            })
            .filter(|bytes| bytes.len() < 10_000)
            .collect();
        assert!(corpus.len() >= 5, "{}", corpus.len());
        let kind = if alphanumeric { Kind::Text } else { Kind::Binary };
        let real = Campaign { name: "real SAC", corpus: &corpus, kind, rounds: 100_000 };
        let limited = |bytes: &[u8]| {
            use_everything(bytes);
        };
        real.prefixes(1000, limited);
        real.corruptions(limited);
    }
}

#[test]
fn pure_noise_is_refused() {
    let mut random = Random::new(7);
    for _ in 0..5_000 {
        let length = random.below(2000);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.byte()).collect();
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
        // Beyond 32 bits: no infinity is made of it.
        (7, "1 2 3 4 -1e39"),
        (31, "1 2 3 1.0e+300 5"),
        (32, "6 7 8"),
    ] {
        let e = with(line, text);
        assert!(matches!(e, Error::Line { line: l, .. } if l == line), "{line}: {e}");
    }
    let mut lines: Vec<&str> = good.lines().collect();
    lines[30] = "1 2 inf -inf nan";
    let kept = SacFile::from_bytes(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(kept.data.sections().0[2..4], [f32::INFINITY, f32::NEG_INFINITY]);
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

/// Text that begins like an alphanumeric file and never ends, as `yes 1 2 3 4 5` gives it.
#[test]
fn a_source_that_never_ends_is_given_up() {
    struct Endless(usize, usize);

    impl std::io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.1 += out.len();
            for byte in out.iter_mut() {
                *byte = b"1 2 3 4 5\n"[self.0 % 10];
                self.0 += 1;
            }
            Ok(out.len())
        }
    }

    let mut endless = Endless(0, 0);
    assert!(SacFile::from_reader(&mut endless).is_err());
    assert!(endless.1 < 1 << 18, "{} bytes", endless.1);
}
