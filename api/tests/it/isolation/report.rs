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
    /// Root fields of the schema.
    pub fields: usize,
    /// Places in their arguments at which ids were tried; one for each kind of id.
    pub places: usize,
    /// Who tried.
    pub callers: Vec<String>,
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

    /// Fields below root fields in which nobody saw anything.
    pub fn unseen(&self) -> Vec<&str> {
        let unseen = self.below.iter().filter(|(_, seen)| !**seen);
        unseen.map(|(place, _)| place.as_str()).collect()
    }

    /// What was tried, in lines that can be quoted.
    pub fn summary(&self) -> Vec<String> {
        let Self { fields, places, callers, cases, own_canaries, files, below, failures, .. } =
            self;
        let cases: Vec<String> = cases.iter().map(|(what, n)| format!("{what} {n}")).collect();
        let (total, unseen) = (self.total(), self.unseen());
        vec![
            format!(
                "isolation of the API: {total} cases, {} failures: {fields} root fields, {places} places of an id, {} callers",
                failures.len(),
                callers.len()
            ),
            format!("cases by what stood in the place of the id: {}", cases.join(", ")),
            format!("callers: {}", callers.join(", ")),
            format!(
                "{own_canaries} answers carried the own company's canary, {files} to people a personal file"
            ),
            format!(
                "{} fields below a root field, {} in which nobody could see anything: {unseen:?}",
                below.len(),
                unseen.len()
            ),
        ]
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
    /// Which of the own things is tried.
    pub pick: usize,
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
