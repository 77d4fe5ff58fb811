//! What a person or a pipe at the command line gets to read.

use std::{fmt::Display, io::Write as _};

/// An answer, on standard output. A reader that has gone away is no fault.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// How many there are of what `one` of them is called, e.g. 1 row, 2 rows.
pub(super) fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// What is under way, on standard error: the answer is still to come.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What is wrong, on standard error.
pub(crate) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "trunkline: {text}");
}
