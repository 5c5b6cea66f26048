//! The numbers of the entries of a list, as text formats write them beside each.

/// What the numbers of a list's entries say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// Each is one more than the one before, or there are none: the list is as it stands.
    Counts,
    /// Not every entry has one, or all have the same: they say nothing.
    Unusable,
    /// Each number of a range stands once, in another order.
    Permuted,
    /// A number is missing, or stands twice, at the entry of this position.
    Gap(usize),
}

impl Numbering {
    /// Of entries in the order of the file. They may begin with any number: of zeros and poles, or
    /// numerators and denominators, some files number both lists through, and lists go on in
    /// another blockette.
    pub(crate) fn of(numbers: &[Option<i64>]) -> Self {
        let goes_on = |pair: &[i64]| matches!(pair, [a, b] if a.checked_add(1) == Some(*b));
        let known: Vec<i64> = numbers.iter().filter_map(|number| *number).collect();
        if known.is_empty() || known.len() == numbers.len() && known.windows(2).all(goes_on) {
            return Self::Counts;
        }
        // Of two, one more likely stands for the other.
        let are_same = known.len() > 2 && known.windows(2).all(|pair| pair.first() == pair.last());
        if known.len() < numbers.len() || are_same {
            return Self::Unusable;
        }
        let mut sorted = known.clone();
        sorted.sort_unstable();
        if sorted.windows(2).all(goes_on) {
            return Self::Permuted;
        }
        let odd = known.windows(2).position(|pair| !goes_on(pair));
        Self::Gap(odd.map_or(0, |position| position + 1))
    }
}

/// The positions of the entries in the order of their numbers.
pub(crate) fn by_number(numbers: &[Option<i64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by_key(|position| numbers.get(*position).copied().flatten());
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lists() {
        let of = |numbers: &[i64]| {
            Numbering::of(&numbers.iter().map(|n| Some(*n)).collect::<Vec<Option<i64>>>())
        };
        assert_eq!(of(&[]), Numbering::Counts);
        assert_eq!(of(&[0, 1, 2]), Numbering::Counts);
        assert_eq!(of(&[7, 8]), Numbering::Counts);
        assert_eq!(of(&[1, 0]), Numbering::Permuted);
        assert_eq!(of(&[2, 3, 5, 6, 4]), Numbering::Permuted);
        assert_eq!(of(&[0, 2]), Numbering::Gap(1));
        assert_eq!(of(&[0, 1, 1]), Numbering::Gap(2));
        assert_eq!(of(&[0, 0]), Numbering::Gap(1));
        assert_eq!(of(&[0, 0, 0]), Numbering::Unusable);
        assert_eq!(of(&[i64::MAX, i64::MIN]), Numbering::Gap(1));
        assert_eq!(Numbering::of(&[None, None]), Numbering::Counts);
        assert_eq!(Numbering::of(&[Some(0), None]), Numbering::Unusable);
        assert_eq!(by_number(&[Some(3), Some(1), Some(2)]), [1, 2, 0]);
    }
}
