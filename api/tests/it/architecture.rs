//! The rules of the house that a compiler does not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files of use cases, in whatever room.
const USE_CASES: &[&str] = &[
    "/service.rs",
    "/calendar_service.rs",
    "/close_service.rs",
    "/effect_service.rs",
    "/event_service.rs",
    "/forecast_service.rs",
    "/level_service.rs",
    "agents/moves.rs",
    "agents/private.rs",
    "archives/months.rs",
    "identity/access.rs",
    "identity/accounts.rs",
    "identity/callers.rs",
    "provider/settings.rs",
    "provider/sign_in.rs",
    "intraday/board.rs",
    "jobs/worker.rs",
    "notifications/mail.rs",
    "notifications/tell.rs",
    "requests/answer.rs",
    "requests/commands.rs",
    "requests/refusal.rs",
    "requests/step.rs",
    "schedules/generate.rs",
    "schedules/ground.rs",
    "schedules/set_rules.rs",
];

/// Lines of a file, tests at its end left out.
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

fn refuse(folder: &str, words: &[&str], except: impl Fn(&str) -> bool) {
    for (path, text) in sources(folder) {
        for word in words {
            let used = text
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used || except(&path), "{path} must not use {word}");
        }
    }
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
fn use_cases_know_no_graphql() {
    let mut looked_at = 0;
    for (path, text) in sources("api/src") {
        if USE_CASES.iter().any(|file| path.ends_with(file)) {
            looked_at += 1;
            assert!(!text.contains("async_graphql"), "{path} must not know GraphQL");
        }
    }
    assert!(looked_at >= USE_CASES.len(), "a use case has moved: name its file here");
}

#[test]
fn files_are_read_at_one_sitting() {
    let sources_of = ["api/src", "domain/src", "infra/src", "infra/testkit/src", "migrations/src"];
    let tests_of = ["api/tests", "domain/tests", "infra/tests"];
    for folder in sources_of.into_iter().chain(tests_of) {
        for (path, text) in sources(folder) {
            let lines = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
            assert!(lines <= LONGEST, "{path} has {lines} lines: look for the seam");
        }
    }
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
