//! The table of the OWASP ASVS in `api/security/`: what it names is there.

use std::{collections::BTreeSet, fs, path::PathBuf};

/// Requirements of the levels 1 and 2 of version 5.0.0.
const ALL: usize = 253;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A line of the table.
struct Line {
    requirement: String,
    state: String,
    how: String,
    evidence: Vec<String>,
}

fn table() -> Vec<Line> {
    let text = fs::read_to_string(root().join("api/security/asvs.csv")).expect("table");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("requirement,level,state,how,evidence"));
    lines.map(line).collect()
}

/// Fields are quoted where they hold a comma; none holds a quote or a line break.
fn line(text: &str) -> Line {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields.last_mut().expect("a field").push(letter),
        }
    }
    let [requirement, level, state, how, evidence] =
        <[String; 5]>::try_from(fields).unwrap_or_else(|fields| panic!("five fields: {fields:?}"));
    assert!(["1", "2"].contains(&level.as_str()), "{requirement}: level {level}");
    let evidence = evidence.split_whitespace().map(ToOwned::to_owned).collect();
    Line { requirement, state, how, evidence }
}

/// Names of all functions in the sources that are marked as tests.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders =
        ["api", "domain", "infra", "migrations"].map(|name| root().join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                collect(&fs::read_to_string(&path).expect("source"), &mut found);
            }
        }
    }
    found
}

fn collect(source: &str, found: &mut BTreeSet<String>) {
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if line == "#[test]"
            || line.starts_with("#[tokio::test")
            || line.starts_with("#[actix_web::test")
        {
            marked = true;
        } else if let Some(name) = name {
            if marked {
                found.extend(name.split('(').next().map(ToOwned::to_owned));
            }
            marked = false;
        }
    }
}

/// What is wrong with the lines of a table.
fn faults(lines: &[Line], tests: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for Line { requirement, state, how, evidence } in lines {
        let shown = match state.as_str() {
            "met" => !evidence.is_empty(),
            "not applicable" | "open" => evidence.is_empty(),
            _ => false,
        };
        if !shown || how.is_empty() {
            faults.push(format!("{requirement}: {state} does not go with {evidence:?}"));
        }
        for item in evidence {
            let there = match item.split_once(':') {
                Some(("test", name)) => tests.contains(name),
                Some(("file", path)) => root().join(path).is_file(),
                _ => false,
            };
            if !there {
                faults.push(format!("{requirement}: there is no {item}"));
            }
        }
    }
    faults
}

#[test]
fn the_table_has_every_requirement_once_and_names_only_what_is_there() {
    let lines = table();
    let numbers: BTreeSet<&str> = lines.iter().map(|line| line.requirement.as_str()).collect();
    assert_eq!((lines.len(), numbers.len()), (ALL, ALL));
    let faults = faults(&lines, &tests());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_test_that_is_named_and_missing_is_a_fault() {
    let named = |evidence: &str| line(&format!("8.4.1,2,met,somehow,{evidence}"));
    let tests = BTreeSet::from(["a_wall_stands".to_owned()]);
    assert_eq!(faults(&[named("test:a_wall_stands")], &tests), Vec::<String>::new());
    assert_eq!(
        faults(&[named("test:a_wall_stood")], &tests),
        ["8.4.1: there is no test:a_wall_stood"]
    );
    assert_eq!(
        faults(&[named("file:api/none.rs")], &tests),
        ["8.4.1: there is no file:api/none.rs"]
    );
    assert_eq!(faults(&[named("")], &tests).len(), 1);
}
