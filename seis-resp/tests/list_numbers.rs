//! The numbers that stand beside the entries of lists and stages are held against their order.

mod common;

use common::seed::{resp, short_stages};
use common::{GAIN, UNITS, with_response};
use seis_resp::{ChannelResponse, Consequence, FilterKind, Inventory, ProblemKind, Response, Term};

/// What became of the only channel of a RESP file or StationXML document, and what was told.
fn read(text: &str) -> (ChannelResponse, Vec<(ProblemKind, Consequence)>) {
    let inventory = Inventory::from_bytes(text.as_bytes()).unwrap();
    let response = inventory.channels().next().unwrap().channel.response.clone();
    let told = inventory.report.problems.iter().map(|p| (p.kind, p.consequence)).collect();
    (response, told)
}

const BROKEN: &[(ProblemKind, Consequence)] =
    &[(ProblemKind::Structure, Consequence::ResponseBroken)];
const ORDERED: &[(ProblemKind, Consequence)] = &[(ProblemKind::Structure, Consequence::Ordered)];
const KEPT: &[(ProblemKind, Consequence)] = &[(ProblemKind::Structure, Consequence::Kept)];

/// A RESP file with short lists.
fn file() -> String {
    resp(&short_stages(), "\n")
}

/// The file with the rows of each list that begins with a prefix changed.
fn with_rows(prefix: &str, change: impl Fn(&mut Vec<String>)) -> String {
    let file = file();
    let mut lines: Vec<String> = Vec::new();
    let mut rows: Vec<String> = Vec::new();
    for line in file.lines().map(str::to_owned) {
        if line.starts_with(prefix) {
            rows.push(line);
            continue;
        }
        if !rows.is_empty() {
            change(&mut rows);
            lines.append(&mut rows);
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

#[test]
fn rows_of_resp_files() {
    let (whole, told) = read(&file());
    assert!(whole.get().is_some() && told.is_empty(), "{told:?}");
    for prefix in ["B053F10-13", "B053F15-18", "B055F07-11", "B061F09"] {
        let (response, told) = read(&with_rows(prefix, |rows| rows.reverse()));
        assert_eq!((&response, &told[..]), (&whole, ORDERED), "{prefix}");
        // As many rows as before, but one twice in place of another.
        let doubled = with_rows(prefix, |rows| {
            rows.remove(0);
            rows.push(rows.last().unwrap().clone());
        });
        let (response, told) = read(&doubled);
        assert!(matches!(response, ChannelResponse::Broken(_)), "{prefix}: {told:?}");
        assert_eq!(told, BROKEN, "{prefix}");
    }
    // Numbers that count on from others, and numbers that all are the same.
    let renumbered = |number: &dyn Fn(usize) -> usize| {
        with_rows("B061F09", |rows| {
            for (n, row) in rows.iter_mut().enumerate() {
                *row = row.replacen(&format!("{n:>4} "), &format!("{:>4} ", number(n)), 1);
            }
        })
    };
    let (response, told) = read(&renumbered(&|n| n + 7));
    assert_eq!((&response, &told[..]), (&whole, &[][..]));
    let (response, told) = read(&renumbered(&|_| 0));
    assert_eq!((&response, &told[..]), (&whole, KEPT));
}

fn first_filter(response: &Response) -> &FilterKind {
    &response.stages[0].filter.as_ref().unwrap().kind
}

#[test]
fn coefficients_of_polynomials_are_placed_by_number() {
    let document = |numbers: [&str; 2]| {
        let coefficient = |number: &str, value: &str| {
            format!("<Coefficient {number} plusError=\"{value}\">{value}</Coefficient>")
        };
        with_response(&format!(
            "<Stage number=\"1\"><Polynomial>{UNITS}<ApproximationType>MACLAURIN\
             </ApproximationType>{}{}</Polynomial></Stage>",
            coefficient(numbers[0], "8"),
            coefficient(numbers[1], "2")
        ))
    };
    let coefficients = |numbers| {
        let (response, told) = read(&document(numbers));
        let response = response.get().cloned();
        let found = response.map(|response| {
            let of = response.stages[0].uncertainties.iter().map(|u| (u.of, u.plus)).collect();
            let FilterKind::Polynomial(p) = first_filter(&response) else { panic!() };
            (p.coefficients.clone(), of)
        });
        (found, told)
    };
    let terms = |first, second| {
        vec![
            (Term::PolynomialCoefficient(0), Some(first)),
            (Term::PolynomialCoefficient(1), Some(second)),
        ]
    };
    let listed = Some((vec![8.0, 2.0], terms(8.0, 2.0)));
    let reversed = Some((vec![2.0, 8.0], terms(2.0, 8.0)));
    for (numbers, expected, told) in [
        (["number=\"0\"", "number=\"1\""], &listed, &[][..]),
        // As IRIS writes them.
        (["number=\"2\"", "number=\"3\""], &listed, &[]),
        (["", ""], &listed, &[]),
        (["number=\"1\"", "number=\"0\""], &reversed, ORDERED),
        (["number=\"0\"", "number=\"2\""], &None, BROKEN),
        (["number=\"1\"", "number=\"1\""], &None, BROKEN),
        (["number=\"1\"", ""], &listed, KEPT),
    ] {
        let (found, problems) = coefficients(numbers);
        assert_eq!((&found, &problems[..]), (expected, told), "{numbers:?}");
    }
}

#[test]
fn numbers_of_other_lists_in_stationxml_are_told() {
    let fir = |numbers: [u32; 3]| {
        let taps: String = numbers
            .iter()
            .map(|i| format!("<NumeratorCoefficient i=\"{i}\">0.2</NumeratorCoefficient>"))
            .collect();
        format!(
            "<Stage number=\"1\"><FIR>{UNITS}<Symmetry>NONE</Symmetry>{taps}</FIR>{GAIN}</Stage>"
        )
    };
    let poles = |numbers: [u32; 3]| {
        let poles: String = numbers
            .iter()
            .map(|n| format!("<Pole number=\"{n}\"><Real>-1</Real><Imaginary>0</Imaginary></Pole>"))
            .collect();
        format!(
            "<Stage number=\"1\"><PolesZeros>{UNITS}<PzTransferFunctionType>LAPLACE \
             (RADIANS/SECOND)</PzTransferFunctionType><NormalizationFactor>1</NormalizationFactor>\
             <NormalizationFrequency>1</NormalizationFrequency>{poles}</PolesZeros>{GAIN}</Stage>"
        )
    };
    for (stage, expected) in [
        (fir([1, 2, 3]), &[][..]),
        (fir([0, 1, 1]), KEPT),
        (fir([0, 1, 3]), KEPT),
        (fir([2, 1, 0]), KEPT),
        (poles([2, 3, 4]), &[]),
        (poles([3, 4, 2]), &[]),
        (poles([0, 2, 2]), KEPT),
    ] {
        let (response, told) = read(&with_response(&stage));
        assert!(response.get().is_some(), "{stage}");
        assert_eq!(told, expected, "{stage}");
    }
}

#[test]
fn stage_zero_of_stationxml() {
    let stage =
        |number: u32, children: &str| format!("<Stage number=\"{number}\">{children}</Stage>");
    let list = format!(
        "<Coefficients>{UNITS}<CfTransferFunctionType>DIGITAL</CfTransferFunctionType>\
         <Numerator>1</Numerator></Coefficients>{GAIN}"
    );
    let (response, told) = read(&with_response(&stage(0, &list)));
    assert!(matches!(response, ChannelResponse::Broken(_)));
    assert_eq!(told, BROKEN);
    // A gain alone is a sensitivity.
    let gain_and_filter = stage(0, GAIN) + &stage(1, &list);
    let (response, told) = read(&with_response(&gain_and_filter));
    assert_eq!(told, KEPT);
    assert_eq!(response.get().unwrap().stages.len(), 2);
}
