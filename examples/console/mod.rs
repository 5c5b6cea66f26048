//! What the programs say beside their results.

use std::fmt::Display;
use std::io::Write;

/// Writes a line to standard error. That nobody listens any more, as behind `2>&1 | head`, is no
/// reason to leave the work undone: `eprintln!` would end the program there.
pub(crate) fn tell(line: impl Display) {
    // In one piece, so that lines of several programs do not mix.
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
