//! Figures of the packages people use, where Python and they are there (`benches/peers.py`).

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// Asks the script and gives the parts of each of its lines as soon as it is there. Says what is
/// missing.
pub(crate) fn ask(arguments: &[&str], mut each: impl FnMut(&[&str])) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
    let mut python = Command::new("python3");
    let python = python.arg(script).args(arguments).stdout(Stdio::piped());
    let output = python.spawn().ok().and_then(|mut python| python.stdout.take());
    let Some(output) = output else {
        return println!("no python3: nothing to compare with");
    };
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["missing", package] => println!("{package} is not there"),
            ref parts => each(parts),
        }
    }
}
