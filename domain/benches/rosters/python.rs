//! The independent verifier, where there is Python.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use super::instance::Instance;

/// Reads an instance by itself and, from its input, a line of shifts apart by commas for each person;
/// writes the cost and the number of broken rules.
const SCRIPT: &str = "\
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import curtois
instance = curtois.parse(sys.argv[2])
lines = [line.rstrip('\\n').split(',') for line in sys.stdin]
cost, broken = curtois.verify(instance, {line[0]: line[1:] for line in lines})
print(cost, len(broken))
";

/// What the verifier says of a roster, in a word: that it is legal and has the cost.
pub(crate) fn verdict(
    checks: &Path,
    file: &Path,
    instance: &Instance,
    lines: &[Vec<u8>],
    cost: i64,
) -> String {
    if !checks.join("curtois.py").exists() {
        return "no verifier".to_owned();
    }
    match run(checks, file, instance, lines) {
        None => "no python3".to_owned(),
        Some(found) if found == format!("{cost} 0") => "agrees".to_owned(),
        Some(found) => format!("DIFFERS: {found}"),
    }
}

fn run(checks: &Path, file: &Path, instance: &Instance, lines: &[Vec<u8>]) -> Option<String> {
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .args([checks, file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = python.stdin.take()?;
    for (person, line) in instance.people.iter().zip(lines) {
        let kinds = line.iter().map(|&shift| match shift {
            0 => "",
            shift => instance.kinds[usize::from(shift) - 1].name.as_str(),
        });
        let kinds: Vec<_> = kinds.collect();
        writeln!(input, "{},{}", person.name, kinds.join(",")).ok()?;
    }
    drop(input);
    let output = python.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
