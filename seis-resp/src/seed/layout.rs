//! The fields of control blockettes. *SEED Reference Manual 2.4*, chapters 4 to 6.

/// A field, or fields that repeat.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    /// A field of so many bytes.
    Fixed(u8, u8),
    /// A field that ends with a tilde.
    Text(u8),
    /// Fields that repeat as often as the last field of the number given says.
    Repeat(u8, &'static [Item]),
}

use Item::{Fixed, Repeat, Text};

/// The fields of a blockette in the order of the volume, from field 3 on.
pub(crate) fn layout(kind: u16) -> Option<&'static [Item]> {
    Some(match kind {
        5 | 10 => &[
            Fixed(3, 4),
            Fixed(4, 2),
            Text(5),
            // In blockette 5 the volume ends here.
            Text(6),
            Text(7),
            Text(8),
            Text(9),
        ],
        // The station volume of field digitisers.
        8 => &[
            Fixed(3, 4),
            Fixed(4, 2),
            Fixed(5, 5),
            Fixed(6, 2),
            Fixed(7, 3),
            Text(8),
            Text(9),
            Text(10),
            Text(11),
            Fixed(12, 2),
        ],
        31 => &[Fixed(3, 4), Fixed(4, 1), Text(5), Fixed(6, 3)],
        33 => &[Fixed(3, 3), Text(4)],
        34 => &[Fixed(3, 3), Text(4), Text(5)],
        41 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 1),
            Fixed(6, 3),
            Fixed(7, 3),
            Fixed(8, 4),
            Repeat(8, &[Fixed(9, 14)]),
        ],
        42 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 1),
            Fixed(6, 3),
            Fixed(7, 3),
            Fixed(8, 1),
            Fixed(9, 1),
            Fixed(10, 12),
            Fixed(11, 12),
            Fixed(12, 12),
            Fixed(13, 12),
            Fixed(14, 12),
            Fixed(15, 3),
            Repeat(15, &[Fixed(16, 12), Fixed(17, 12)]),
        ],
        43 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 1),
            Fixed(6, 3),
            Fixed(7, 3),
            Fixed(8, 12),
            Fixed(9, 12),
            Fixed(10, 3),
            Repeat(10, &[Fixed(11, 12), Fixed(12, 12), Fixed(13, 12), Fixed(14, 12)]),
            Fixed(15, 3),
            Repeat(15, &[Fixed(16, 12), Fixed(17, 12), Fixed(18, 12), Fixed(19, 12)]),
        ],
        44 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 1),
            Fixed(6, 3),
            Fixed(7, 3),
            Fixed(8, 4),
            Repeat(8, &[Fixed(9, 12), Fixed(10, 12)]),
            Fixed(11, 4),
            Repeat(11, &[Fixed(12, 12), Fixed(13, 12)]),
        ],
        45 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 3),
            Fixed(6, 3),
            Fixed(7, 4),
            Repeat(7, &[Fixed(8, 12), Fixed(9, 12), Fixed(10, 12), Fixed(11, 12), Fixed(12, 12)]),
        ],
        46 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 3),
            Fixed(6, 3),
            Fixed(7, 4),
            Repeat(7, &[Fixed(8, 12), Fixed(9, 12)]),
        ],
        47 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 10),
            Fixed(6, 5),
            Fixed(7, 5),
            Fixed(8, 11),
            Fixed(9, 11),
        ],
        48 => &[
            Fixed(3, 4),
            Text(4),
            Fixed(5, 12),
            Fixed(6, 12),
            Fixed(7, 2),
            Repeat(7, &[Fixed(8, 12), Fixed(9, 12), Text(10)]),
        ],
        50 => &[
            Fixed(3, 5),
            Fixed(4, 10),
            Fixed(5, 11),
            Fixed(6, 7),
            Fixed(7, 4),
            Fixed(8, 3),
            Text(9),
            Fixed(10, 3),
            Fixed(11, 4),
            Fixed(12, 2),
            Text(13),
            Text(14),
            Fixed(15, 1),
            Fixed(16, 2),
        ],
        51 | 59 => &[Text(3), Text(4), Fixed(5, 4), Fixed(6, 6)],
        52 => &[
            Fixed(3, 2),
            Fixed(4, 3),
            Fixed(5, 4),
            Fixed(6, 3),
            Text(7),
            Fixed(8, 3),
            Fixed(9, 3),
            Fixed(10, 10),
            Fixed(11, 11),
            Fixed(12, 7),
            Fixed(13, 5),
            Fixed(14, 5),
            Fixed(15, 5),
            Fixed(16, 4),
            Fixed(17, 2),
            Fixed(18, 10),
            Fixed(19, 10),
            Fixed(20, 4),
            Text(21),
            Text(22),
            Text(23),
            Fixed(24, 1),
        ],
        53 => &[
            Fixed(3, 1),
            Fixed(4, 2),
            Fixed(5, 3),
            Fixed(6, 3),
            Fixed(7, 12),
            Fixed(8, 12),
            Fixed(9, 3),
            Repeat(9, &[Fixed(10, 12), Fixed(11, 12), Fixed(12, 12), Fixed(13, 12)]),
            Fixed(14, 3),
            Repeat(14, &[Fixed(15, 12), Fixed(16, 12), Fixed(17, 12), Fixed(18, 12)]),
        ],
        54 => &[
            Fixed(3, 1),
            Fixed(4, 2),
            Fixed(5, 3),
            Fixed(6, 3),
            Fixed(7, 4),
            Repeat(7, &[Fixed(8, 12), Fixed(9, 12)]),
            Fixed(10, 4),
            Repeat(10, &[Fixed(11, 12), Fixed(12, 12)]),
        ],
        55 => &[
            Fixed(3, 2),
            Fixed(4, 3),
            Fixed(5, 3),
            Fixed(6, 4),
            Repeat(6, &[Fixed(7, 12), Fixed(8, 12), Fixed(9, 12), Fixed(10, 12), Fixed(11, 12)]),
        ],
        56 => &[
            Fixed(3, 2),
            Fixed(4, 3),
            Fixed(5, 3),
            Fixed(6, 4),
            Repeat(6, &[Fixed(7, 12), Fixed(8, 12)]),
        ],
        57 => &[Fixed(3, 2), Fixed(4, 10), Fixed(5, 5), Fixed(6, 5), Fixed(7, 11), Fixed(8, 11)],
        58 => &[
            Fixed(3, 2),
            Fixed(4, 12),
            Fixed(5, 12),
            Fixed(6, 2),
            Repeat(6, &[Fixed(7, 12), Fixed(8, 12), Text(9)]),
        ],
        60 => &[Fixed(3, 2), Repeat(3, &[Fixed(4, 2), Fixed(5, 2), Repeat(5, &[Fixed(6, 4)])])],
        61 => &[
            Fixed(3, 2),
            Text(4),
            Fixed(5, 1),
            Fixed(6, 3),
            Fixed(7, 3),
            Fixed(8, 4),
            Repeat(8, &[Fixed(9, 14)]),
        ],
        62 => &[
            Fixed(3, 1),
            Fixed(4, 2),
            Fixed(5, 3),
            Fixed(6, 3),
            Fixed(7, 1),
            Fixed(8, 1),
            Fixed(9, 12),
            Fixed(10, 12),
            Fixed(11, 12),
            Fixed(12, 12),
            Fixed(13, 12),
            Fixed(14, 3),
            Repeat(14, &[Fixed(15, 12), Fixed(16, 12)]),
        ],
        _ => return None,
    })
}

/// Whether a field stands in a list, such as the real part of a zero.
pub(crate) fn repeats(kind: u16, field: u8) -> bool {
    fn holds(items: &[Item], field: u8) -> bool {
        items.iter().any(|item| match item {
            Fixed(number, _) | Text(number) => *number == field,
            Repeat(_, inner) => holds(inner, field),
        })
    }
    layout(kind).is_some_and(|items| {
        items.iter().any(|item| matches!(item, Repeat(_, inner) if holds(inner, field)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_numbered_without_gaps() {
        fn numbers(items: &[Item], all: &mut Vec<u8>) {
            for item in items {
                match item {
                    Fixed(number, width) => {
                        assert!(*width > 0);
                        all.push(*number);
                    }
                    Text(number) => all.push(*number),
                    Repeat(count, inner) => {
                        assert!(all.contains(count), "a list is counted before it begins");
                        numbers(inner, all);
                    }
                }
            }
        }
        for kind in 0..100 {
            let Some(items) = layout(kind) else { continue };
            let mut all = Vec::new();
            numbers(items, &mut all);
            let expected: Vec<u8> = (3..3 + all.len() as u8).collect();
            assert_eq!(all, expected, "blockette {kind}");
        }
    }

    #[test]
    fn lists() {
        assert!(repeats(53, 10) && repeats(53, 18) && repeats(60, 6) && repeats(60, 4));
        assert!(!repeats(53, 9) && !repeats(53, 14) && !repeats(99, 3));
    }
}
