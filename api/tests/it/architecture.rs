//! The rules of the house that a compiler does not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders of `api/src` that are the edge itself. Each other one is a room.
const EDGE: &[&str] = &["graphql/", "http/"];

/// What files of a room are called that hold its part of the schema, alone or as the last word. All
/// others hold use cases.
const SCHEMA: &[&str] = &["types", "inputs", "query", "mutation", "subscription", "fields", "mod"];

/// Files of rooms that know GraphQL under another name, in order, and why each may.
const SCHEMA_BY_ANOTHER_NAME: &[(&str, &str)] = &[
    ("agents/availability.rs", "the type of a time at which an agent can or cannot work"),
    ("agents/writes.rs", "inputs: what clients say about agents"),
    ("archives/codes.rs", "enums: the closed sets of the files"),
    ("demo/inside.rs", "a client: the demo asks in GraphQL like everybody else"),
    ("requests/counts.rs", "types of what may be counted"),
    ("schedules/direct.rs", "hot lists written without the executor"),
    ("schedules/generation.rs", "types of how a schedule was generated"),
    ("schedules/violations.rs", "types of broken rules"),
    ("schedules/work_rules.rs", "types and inputs of work rules"),
];

/// What the manifest of a crate must not name: the domain has pure crates alone, and nothing below
/// the API knows its edge.
const FOREIGN_CRATES: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "tokio",
            "sea-orm",
            "sqlx",
            "redis",
            "reqwest",
            "actix",
            "async-graphql",
            "trunkline-infra",
        ],
    ),
    ("infra", &["actix", "async-graphql"]),
    ("migrations", &["actix", "async-graphql", "trunkline-infra", "trunkline-domain"]),
];

/// The crates of the house that each crate stands on, tests left out. `infra` brings the schema that its
/// statements are written for; why, says `infra/README.md`.
const HOUSE_CRATES: &[(&str, &[&str])] = &[
    ("api", &["trunkline-domain", "trunkline-infra"]),
    ("domain", &[]),
    ("infra", &["trunkline-domain", "trunkline-migrations"]),
    ("infra/testkit", &["trunkline-domain", "trunkline-infra", "trunkline-migrations"]),
    ("migrations", &[]),
];

/// Lines of a file, tests that stand in it at its end left out.
const LONGEST: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("source");
            found.push((path.display().to_string(), text));
        }
    }
}

/// Whether a line that is no comment holds the word.
fn names(text: &str, word: &str) -> bool {
    text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word))
}

/// Number of lines above the tests that a file holds itself. One that declares its tests, which stand
/// in a file of their own, counts as a whole.
fn lines_above_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| pair == ["#[cfg(test)]", "mod tests {"]);
    tests.unwrap_or(lines.len())
}

fn refuse(folder: &str, words: &[&str], except: impl Fn(&str) -> bool) {
    for (path, text) in sources(folder) {
        for word in words {
            assert!(!names(&text, word) || except(&path), "{path} must not use {word}");
        }
    }
}

/// Whether a file holds use cases, by its path below `api/src`.
fn is_of_use_cases(path: &str) -> bool {
    let in_a_room = path.contains('/') && !EDGE.iter().any(|folder| path.starts_with(folder));
    let last_word = path.trim_end_matches(".rs").rsplit(['/', '_']).next();
    in_a_room && !last_word.is_some_and(|word| SCHEMA.contains(&word))
}

#[test]
fn the_domain_is_pure() {
    let outside = [
        "tokio",
        "sea_orm",
        "async_graphql",
        "actix",
        "redis",
        "std::fs",
        "std::net",
        "trunkline_infra",
    ];
    refuse("domain/src", &outside, |_| false);
}

#[test]
fn the_infrastructure_knows_no_api() {
    refuse("infra/src", &["async_graphql", "actix", "trunkline::"], |_| false);
    refuse(
        "migrations/src",
        &["async_graphql", "actix", "trunkline_infra", "trunkline_domain"],
        |_| false,
    );
}

#[test]
fn sea_orm_stays_behind_the_infrastructure() {
    refuse("api/src", &["sea_orm"], |_| false);
}

#[test]
fn manifests_name_no_crate_of_a_layer_above() {
    for (folder, words) in FOREIGN_CRATES {
        let manifest = root().join(folder).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).expect("manifest");
        for word in *words {
            let named = manifest.lines().any(|line| !line.starts_with('#') && line.contains(word));
            assert!(!named, "{folder}/Cargo.toml must not name {word}");
        }
    }
}

#[test]
fn crates_of_the_house_stand_on_those_alone_that_are_listed() {
    for (folder, allowed) in HOUSE_CRATES {
        let manifest = root().join(folder).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).expect("manifest");
        let below = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        let named = below.take_while(|line| !line.starts_with('['));
        let named = named.filter_map(|line| line.split(['.', ' ', '=']).next());
        let named: Vec<&str> = named.filter(|name| name.starts_with("trunkline-")).collect();
        assert_eq!(named, *allowed, "{folder}");
    }
}

#[test]
fn use_cases_know_no_graphql() {
    let below = format!("{}/", root().join("api/src").display());
    let mut found = Vec::new();
    for (path, text) in sources("api/src") {
        let path = path.strip_prefix(&below).expect("a file of the folder");
        if is_of_use_cases(path) && names(&text, "async_graphql") {
            found.push(path.to_owned());
        }
    }
    found.sort_unstable();
    let named: Vec<&str> = SCHEMA_BY_ANOTHER_NAME.iter().map(|(path, _)| *path).collect();
    assert_eq!(
        found, named,
        "of these, a use case must not know GraphQL; what holds types alone is named so, or here with its reason"
    );
}

#[test]
fn files_are_read_at_one_sitting() {
    let sources_of = ["api/src", "domain/src", "infra/src", "infra/testkit/src", "migrations/src"];
    let tests_of = ["api/tests", "domain/tests", "infra/tests", "api/benches", "domain/benches"];
    for folder in sources_of.into_iter().chain(tests_of) {
        for (path, text) in sources(folder) {
            let lines = lines_above_tests(&text);
            assert!(lines <= LONGEST, "{path} has {lines} lines: look for the seam");
        }
    }
}

#[test]
fn a_declaration_of_tests_does_not_end_the_count_of_lines() {
    assert_eq!(lines_above_tests("#[cfg(test)]\nmod tests;\nconst MORE: u8 = 1;\n"), 3);
    assert_eq!(lines_above_tests("const ALL: u8 = 1;\n#[cfg(test)]\nmod tests {\n}\n"), 1);
}

#[test]
fn no_room_is_called_after_nothing() {
    for folder in ["api/src", "domain/src", "infra/src", "migrations/src"] {
        for (path, _) in sources(folder) {
            for name in ["utils.rs", "helpers.rs", "common.rs", "misc.rs"] {
                assert!(
                    !path.ends_with(&format!("/{name}")),
                    "{path}: name it after what it holds"
                );
            }
        }
    }
}
