//! Files of lines: alphanumeric SAC, RESP, poles and zeros.

use crate::Random;

/// What stands where a number was.
pub(crate) const TOKENS: [&str; 26] = [
    "0",
    "-0",
    "-1",
    "1",
    "1e308",
    "-1e308",
    "1e999",
    "1e-320",
    "NaN",
    "inf",
    "-inf",
    "",
    "+",
    ".",
    "1,5",
    "0x10",
    "1_000",
    "1D5",
    "2147483648",
    "4294967296",
    "18446744073709551616",
    "2024-02-30T25:61:61",
    "9999-12-31T23:59:60",
    "2020,366,24:00:00",
    "\u{fffd}",
    "x",
];

/// A token, or a string of digits longer than any number.
pub(crate) fn token(random: &mut Random) -> String {
    match random.below(12) {
        0 => "9".repeat(1 + random.below(2000)),
        1 => format!("0.{}", "3".repeat(1 + random.below(2000))),
        2 => format!("1e{}", random.next_u64()),
        _ => (*random.pick(&TOKENS)).to_owned(),
    }
}

/// Changes some lines, numbers and characters of a text.
pub fn corrupt_text(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            bytes.extend_from_slice(other);
            continue;
        }
        let at = random.below(bytes.len());
        match random.below(12) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.byte(),
            2..=4 => {
                let range = around(bytes, at, |b| b.is_ascii_graphic());
                bytes.splice(range, token(random).into_bytes());
            }
            5 => drop(bytes.drain(line(bytes, at))),
            6 => {
                let piece = bytes[line(bytes, at)].to_vec();
                let times = 1 + random.below(3);
                bytes.splice(at..at, piece.repeat(times));
            }
            7 => {
                let from = line(bytes, random.below(bytes.len()));
                let piece = bytes[from].to_vec();
                bytes.splice(line(bytes, at), piece);
            }
            8 if !other.is_empty() => {
                let piece = other[line(other, random.below(other.len()))].to_vec();
                let start = line(bytes, at).start;
                bytes.splice(start..start, piece);
            }
            9 if !other.is_empty() => {
                bytes.truncate(line(bytes, at).start);
                bytes.extend_from_slice(&other[line(other, random.below(other.len())).start..]);
            }
            10 => bytes.truncate(at),
            _ => bytes.insert(at, *random.pick(b" \t\n\r\0#:+-.eE,0")),
        }
    }
}

/// The bytes around a place that are all of a kind.
fn around(bytes: &[u8], at: usize, is: impl Fn(u8) -> bool) -> std::ops::Range<usize> {
    let before = bytes[..at].iter().rev().take_while(|b| is(**b)).count();
    let behind = bytes[at..].iter().take_while(|b| is(**b)).count();
    at - before..at + behind
}

/// The line around a place, with its end.
fn line(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let range = around(bytes, at, |b| b != b'\n');
    range.start..bytes.len().min(range.end + 1)
}
