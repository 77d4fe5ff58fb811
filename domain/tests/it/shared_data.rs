//! Where the real data lies: beside the checkout, never inside it (several files may be used but
//! not redistributed).

use std::path::PathBuf;

/// Path of a file under `shared/data`, or `None` with a loud line when it is not there.
pub(crate) fn path(relative: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not there; clone the data beside the project to run this",
        path.display()
    );
    None
}
