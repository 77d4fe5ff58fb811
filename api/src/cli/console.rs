//! What a person or a pipe at the command line gets to read.

use std::{fmt::Display, io::Write as _};

/// An answer, on standard output. A reader that has gone away is no fault.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// What is wrong, on standard error.
pub(crate) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "trunkline: {text}");
}
