use async_graphql::{ObjectType, SubscriptionType, parser::parse_query};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use trunkline_domain::id::KINDS;

use super::{
    arguments::{Path, id_paths},
    callers::Caller,
    ids::Whose,
    report::{Case, Report, place},
    selection::{document_below, is_leaf},
    served::{Field, Root},
    suite::{AT_ONCE, Suite, VARIANTS},
};

/// Levels of objects that are read below the field that is tried.
const DEPTH: usize = 1;

/// A field of the object that a root field gives for an id.
struct Below {
    case: Case,
    name: String,
}

impl Below {
    fn place(&self) -> String {
        format!("{}.{}", place(&self.case), self.name)
    }
}

impl<Q, M, S> Suite<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Asks every object that a query gives for an id for each of its fields that lead on, one at a time:
    /// in one document the refusal of one would hide the others. For those whose rights end at their site,
    /// objects of another site too, which everybody may know and whose fields not everybody may read. Of a
    /// field in which nobody saw anything other own objects are asked, beside other own things.
    pub(super) async fn try_below(&self, report: &mut Report) {
        for attempt in 0..VARIANTS {
            let mut all = self.all_below(attempt, report);
            all.retain(|below| report.below.get(&below.place()) != Some(&true));
            self.try_each(&all, report).await;
        }
    }

    async fn try_each(&self, all: &[Below], report: &mut Report) {
        let tries = all.iter().flat_map(|below| {
            self.callers.iter().flat_map(move |caller| {
                let prefix = below.case.target.as_ref().map(|(_, prefix)| *prefix);
                let elsewhere =
                    caller.is_local && prefix.is_some_and(|it| self.ids.lie_elsewhere(it));
                let whose = [Some(Whose::Own), elsewhere.then_some(Whose::Elsewhere)];
                whose.into_iter().flatten().map(move |whose| (below, caller, whose))
            })
        });
        let mut answers = stream::iter(tries.collect::<Vec<_>>())
            .map(|(below, caller, whose)| async move {
                let answer = self.send(&below.case, whose, Some(&caller.viewer)).await;
                (below, caller, whose, answer)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((below, caller, whose, answer)) = answers.next().await {
            self.judge_below(below, caller, whose, &answer, report);
        }
    }

    fn judge_below(
        &self,
        below: &Below,
        caller: &Caller,
        whose: Whose,
        answer: &str,
        report: &mut Report,
    ) {
        report.count("nested");
        let tried = format!("{} by {}, {whose:?}", below.place(), caller.name);
        self.search(&tried, &below.case.field.name, caller, answer, report);
        if whose == Whose::Own {
            let answer: Value = serde_json::from_str(answer).expect("JSON");
            let seen = report.below.entry(below.place()).or_default();
            *seen |= shows(&answer["data"], &below.name);
        }
    }

    /// All fields that are tried, of the own objects of this attempt; what cannot be built is a failure.
    fn all_below(&self, attempt: usize, report: &mut Report) -> Vec<Below> {
        let mut all = Vec::new();
        for (root, field) in self.served.roots().filter(|(root, _)| *root == Root::Query) {
            // Where the id is an argument of its own: further in it only narrows what is asked.
            let paths = id_paths(&self.served, field).into_iter().filter(|path| path.len() == 1);
            for path in paths {
                for prefix in self.ids.prefixes(&field.name, &path) {
                    for (member, below) in self.leading_on(field, prefix) {
                        let asked = (member, below);
                        match self.below((root, field), (&path, prefix), asked, attempt) {
                            Ok(below) => all.push(below),
                            Err(why) => {
                                let name = format!("{}.{}", field.name, below.name);
                                report.failures.insert(format!("{name}: cannot be tried: {why}"));
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// Fields with fields of their own, of the object that a root field gives for an id of that kind; with
    /// its type, where the root field may give others.
    fn leading_on(&self, field: &Field, prefix: &str) -> Vec<(Option<&str>, &Field)> {
        let given = self.served.ty(field.ty.name());
        let kind = KINDS.iter().find(|(it, _)| *it == prefix).map_or("", |(_, name)| *name);
        let types: Vec<(Option<&str>, &str)> = match given.kind.as_str() {
            "OBJECT" => vec![(None, field.ty.name())],
            _ => {
                let members = given.possible.iter().filter(|name| name.ends_with(kind));
                members.map(|name| (Some(name.as_str()), name.as_str())).collect()
            }
        };
        let fields = types.into_iter().flat_map(|(member, name)| {
            self.served.ty(name).fields.iter().map(move |below| (member, below))
        });
        fields.filter(|(_, below)| !is_leaf(&self.served, &below.ty)).collect()
    }

    fn below(
        &self,
        (root, field): (Root, &Field),
        (path, prefix): (&Path, &'static str),
        (member, below): (Option<&str>, &Field),
        attempt: usize,
    ) -> Result<Below, String> {
        // Slower than the object itself, so that two of a kind are different ones in some attempt.
        let (pick, variant) = (attempt, attempt / 2);
        let target = (path, self.ids.of(Whose::Own, prefix, pick));
        let filling = self.filling(field, Some(target), variant);
        let given = filling.arguments(field)?;
        let document = document_below(root, field, &given, filling, (member, below), DEPTH)?;
        let parsed = parse_query(&document.text).map_err(|error| error.to_string())?;
        let (field, target) = (field.clone(), Some((path.clone(), prefix)));
        let case = Case { root, field, target, pick, variant, document, parsed };
        Ok(Below { case, name: below.name.clone() })
    }
}

/// Whether a field of that name has anything in it.
fn shows(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| shows(item, name)),
        Value::Object(fields) => match fields.get(name) {
            Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
            None => fields.values().any(|below| shows(below, name)),
        },
        _ => false,
    }
}
