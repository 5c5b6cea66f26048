//! Lists of coefficients that go on in the next blockette.

use super::notes::{BROKEN, Element, Notes};
use super::part::{Content, Part};
use crate::{Consequence, Filter, FilterKind, ProblemKind, Result, Term, Uncertainty};

/// Joins filters with those that go on with them, and checks how many coefficients there are.
///
/// *SEED Reference Manual 2.4*, blockette 54: what does not fit into one blockette stands in the
/// next, whose first fields are the same, and each counts its own coefficients. The same is done
/// for blockettes 41, 44, 45, 55 and 61, as ObsPy and evalresp do, and a count may also be that of
/// all together, which WebDC wrote.
///
/// A filter that is complete and stands there again, equal in everything, is used once.
pub(crate) fn join(parts: Vec<Part>, notes: &mut Notes) -> Result<Vec<Part>> {
    let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
    // Where the last filter stands, and how it is counted.
    let mut open: Option<(usize, Counted)> = None;
    for part in parts {
        let Content::Filter(filter, uncertainties) = part.content else {
            joined.push(part);
            continue;
        };
        let part = Part { content: Content::Nothing, ..part };
        if let Some((known, counted)) = open.as_mut().and_then(|(place, counted)| {
            let known = joined.get_mut(*place)?;
            (known.stage == part.stage && known.kind == part.kind).then_some((known, counted))
        }) {
            if let Content::Filter(head, errors) = &mut known.content {
                let is_again = **head == *filter && counted.is_complete(head, known.announced);
                if is_again {
                    let (repeated, left_out) = (ProblemKind::Repeated, Consequence::LeftOut);
                    let element = Element(part.kind, 0);
                    let expected = "filter in the stage, all of them the same";
                    notes.problem(part.at, element, repeated, b"", expected, left_out)?;
                    continue;
                }
                if continues(head, &filter) {
                    counted.add(&filter, part.announced, known.announced);
                    errors.extend(shifted(&head.kind, uncertainties));
                    append(&mut head.kind, filter.kind);
                    known.fault = known.fault.take().or(part.fault);
                    continue;
                }
            }
        }
        if let Some((place, counted)) = open.take() {
            check(joined.get_mut(place), counted, notes)?;
        }
        let mut counted = Counted { each: true, all: true };
        counted.add(&filter, part.announced, part.announced);
        open = Some((joined.len(), counted));
        joined.push(Part { content: Content::Filter(filter, uncertainties), ..part });
    }
    if let Some((place, counted)) = open {
        check(joined.get_mut(place), counted, notes)?;
    }
    Ok(joined)
}

/// How the counts of a filter's blockettes may be meant.
#[derive(Debug, Clone, Copy)]
struct Counted {
    /// Each blockette counts its own.
    each: bool,
    /// All say the same.
    all: bool,
}

impl Counted {
    fn add(&mut self, filter: &Filter, announced: [Option<u32>; 2], first: [Option<u32>; 2]) {
        self.each &= agrees(listed(&filter.kind), announced);
        self.all &= announced == first;
    }

    fn is_complete(self, filter: &Filter, announced: [Option<u32>; 2]) -> bool {
        self.each || (self.all && agrees(listed(&filter.kind), announced))
    }
}

/// Coefficients that are lost are not made up.
fn check(part: Option<&mut Part>, counted: Counted, notes: &mut Notes) -> Result<()> {
    let Some(part) = part else { return Ok(()) };
    let Content::Filter(filter, _) = &part.content else { return Ok(()) };
    if counted.is_complete(filter, part.announced) {
        // Whoever refers to an entry of a dictionary counts again.
        part.announced = listed(&filter.kind).map(|n| Some(n as u32));
        return Ok(());
    }
    if part.fault.is_some() {
        return Ok(());
    }
    let [first, second] = listed(&filter.kind);
    let said = part.announced.map(|n| n.map_or("?".to_owned(), |n| n.to_string()));
    let found = format!("{first} and {second} instead of {} and {}", said[0], said[1]);
    let (count, element) = (ProblemKind::Count, Element(part.kind, 0));
    let expected = "as many coefficients as the blockette says";
    notes.problem(part.at, element, count, found.as_bytes(), expected, BROKEN)?;
    part.fault = part.fault.take().or(notes.take_fault());
    Ok(())
}

fn agrees(listed: [usize; 2], announced: [Option<u32>; 2]) -> bool {
    listed
        .iter()
        .zip(announced)
        .all(|(listed, announced)| announced.is_some_and(|announced| *listed == announced as usize))
}

/// How many entries the lists have that may go on.
fn listed(kind: &FilterKind) -> [usize; 2] {
    match kind {
        FilterKind::Coefficients(c) => [c.numerators.len(), c.denominators.len()],
        FilterKind::Fir(fir) => [fir.coefficients.len(), 0],
        FilterKind::ResponseList(list) => [list.elements.len(), 0],
        FilterKind::PolesZeros(_) | FilterKind::Polynomial(_) => [0, 0],
    }
}

fn continues(known: &Filter, next: &Filter) -> bool {
    let same_head = known.input_units == next.input_units
        && known.output_units == next.output_units
        && known.name == next.name;
    same_head
        && match (&known.kind, &next.kind) {
            (FilterKind::Coefficients(a), FilterKind::Coefficients(b)) => a.domain == b.domain,
            (FilterKind::Fir(a), FilterKind::Fir(b)) => a.symmetry == b.symmetry,
            (FilterKind::ResponseList(_), FilterKind::ResponseList(_)) => true,
            _ => false,
        }
}

fn append(known: &mut FilterKind, next: FilterKind) {
    match (known, next) {
        (FilterKind::Coefficients(a), FilterKind::Coefficients(b)) => {
            a.numerators.extend(b.numerators);
            a.denominators.extend(b.denominators);
        }
        (FilterKind::Fir(a), FilterKind::Fir(b)) => a.coefficients.extend(b.coefficients),
        (FilterKind::ResponseList(a), FilterKind::ResponseList(b)) => a.elements.extend(b.elements),
        _ => {}
    }
}

/// Uncertainties of a continuation, counted from the first coefficient of all.
fn shifted(
    known: &FilterKind,
    uncertainties: Vec<Uncertainty>,
) -> impl Iterator<Item = Uncertainty> {
    let [first, second] = listed(known).map(|n| n as u32);
    uncertainties.into_iter().map(move |uncertainty| {
        let of = match uncertainty.of {
            Term::Numerator(n) => Term::Numerator(n + first),
            Term::Denominator(n) => Term::Denominator(n + second),
            Term::ListAmplitude(n) => Term::ListAmplitude(n + first),
            Term::ListPhase(n) => Term::ListPhase(n + first),
            other => other,
        };
        Uncertainty { of, ..uncertainty }
    })
}
