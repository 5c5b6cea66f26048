//! Shell wildcards on short ASCII codes.

use crate::{Error, Result};

/// Refuses a pattern whose bracket never closes; [`matches`] takes the others.
pub(crate) fn check(pattern: &str) -> Result<()> {
    let mut rest = pattern;
    while let Some(open) = rest.find('[') {
        let set = rest.get(open + 1..).unwrap_or_default();
        // A `]` right behind the bracket, or its `!`, is a member of the set.
        let lead = usize::from(set.starts_with('!'));
        let members = set.get(lead..).unwrap_or_default();
        let first = members.chars().next().map_or(0, char::len_utf8);
        match members.get(first..).and_then(|m| m.find(']')) {
            Some(close) => rest = members.get(first + close + 1..).unwrap_or_default(),
            None => {
                return Err(Error::Pattern {
                    text: pattern.to_owned(),
                    reason: "a `[` is not closed by a `]`",
                });
            }
        }
    }
    Ok(())
}

/// Whether `text` matches `pattern` with `*`, `?`, `[abc]`, `[a-z]` and `[!…]`, whatever the case.
///
/// Takes at most `pattern.len() × text.len()` steps: only the last `*` is ever tried again.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some(_), Some(c)) => one(pattern.get(p..).unwrap_or_default(), *c),
            _ => None,
        };
        match (step, retry) {
            (Some(used), _) => {
                p += used;
                t += 1;
            }
            (None, Some((after_star, taken))) if taken < text.len() => {
                retry = Some((after_star, taken + 1));
                p = after_star;
                t = taken + 1;
            }
            _ => return false,
        }
    }
}

/// Matches one character; returns how many pattern bytes that took.
fn one(pattern: &[u8], c: u8) -> Option<usize> {
    match pattern.first()? {
        b'?' => Some(1),
        b'[' => {
            let negated = pattern.get(1) == Some(&b'!');
            let first = if negated { 2 } else { 1 };
            let close = first + 1 + pattern.get(first + 1..)?.iter().position(|b| *b == b']')?;
            let found = in_set(pattern.get(first..close)?, c.to_ascii_uppercase());
            (found != negated).then_some(close + 1)
        }
        literal => literal.eq_ignore_ascii_case(&c).then_some(1),
    }
}

fn in_set(set: &[u8], c: u8) -> bool {
    let mut i = 0;
    while let Some(low) = set.get(i) {
        match (set.get(i + 1), set.get(i + 2)) {
            (Some(b'-'), Some(high)) => {
                if (low.to_ascii_uppercase()..=high.to_ascii_uppercase()).contains(&c) {
                    return true;
                }
                i += 3;
            }
            _ => {
                if low.to_ascii_uppercase() == c {
                    return true;
                }
                i += 1;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_rules() {
        let cases = [
            ("*", "", true),
            ("", "", true),
            ("", "A", false),
            ("BH?", "BHZ", true),
            ("BH?", "BH", false),
            ("B*Z", "BHZ", true),
            ("B*Z", "BZ", true),
            ("B*Z*", "BHZ1", true),
            ("*a*b*c*", "xxAyyBzzC", true),
            ("[BH]HZ", "HHZ", true),
            ("[!BH]HZ", "HHZ", false),
            ("[A-C]HZ", "bhz", true),
            ("[]x]", "]", true),
            ("[!]x]", "a", true),
            ("BH[", "BH[", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_do_not_explode() {
        let pattern = "*A".repeat(200);
        let text = format!("{}B", "A".repeat(2000));
        assert!(!matches(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn open_brackets_are_refused() {
        for bad in ["[", "BH[", "[]", "[!]", "[a]["] {
            assert!(check(bad).is_err(), "{bad}");
        }
        for good in ["", "*", "[a]", "[]]", "[!]]", "[a-z]?"] {
            assert!(check(good).is_ok(), "{good}");
        }
    }
}
