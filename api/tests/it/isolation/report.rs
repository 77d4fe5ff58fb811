use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::ExecutableDocument;

use super::{
    arguments::Path,
    selection::Document,
    served::{Field, Root},
};

/// What came of all cases.
#[derive(Debug, Default)]
pub struct Report {
    /// How many cases ran, by what was tried.
    pub cases: BTreeMap<&'static str, usize>,
    pub failures: BTreeSet<String>,
    /// Answers in which the own company's canary stood: without them the search proves nothing.
    pub own_canaries: usize,
    /// Answers to people in which a personal file stood, for the same reason.
    pub files: usize,
    /// Fields below root fields, and whether anybody has seen something of an own object there.
    pub below: BTreeMap<String, bool>,
    /// Places at which an own id made a difference to somebody.
    pub reached: BTreeSet<(String, Path)>,
    /// Answers at places at which it made none.
    pub unreached: BTreeMap<(String, Path), BTreeSet<String>>,
}

impl Report {
    /// How many cases ran.
    pub fn total(&self) -> usize {
        self.cases.values().sum()
    }

    /// Cases at places at which no id of the own company changed anybody's answer: they try nothing.
    pub fn missed<'a>(&self, cases: &'a [Case]) -> Vec<&'a Case> {
        let tried = cases.iter().filter(|case| case.target.is_some());
        tried.filter(|case| !self.reached.contains(&at(case))).collect()
    }

    pub fn count(&mut self, what: &'static str) {
        *self.cases.entry(what).or_default() += 1;
    }
}

/// A case that is sent three times, with three ids.
#[derive(Debug)]
pub struct Case {
    pub root: Root,
    pub field: Field,
    /// Where the id stands and its prefix; `None` = without one.
    pub target: Option<(Path, &'static str)>,
    /// Which of the own things stand at the other places.
    pub variant: usize,
    pub document: Document,
    pub parsed: ExecutableDocument,
}

/// Where an id stands.
pub fn at(case: &Case) -> (String, Path) {
    let path = case.target.as_ref().map(|(path, _)| path.clone());
    (case.field.name.clone(), path.unwrap_or_default())
}

/// A name for it.
pub fn place(case: &Case) -> String {
    match &case.target {
        None => case.field.name.clone(),
        Some((path, prefix)) => format!("{} {} {prefix}", case.field.name, path.join(".")),
    }
}

/// As much of an answer as a report shows.
pub fn beginning(answer: &str) -> String {
    answer.chars().take(400).collect()
}
