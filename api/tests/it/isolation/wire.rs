use std::{sync::atomic::Ordering, time::Duration};

use async_graphql::{ObjectType, SubscriptionType};
use serde_json::{Value, json};
use trunkline::{budget::Budgets, http::Settings, server::ServerOptions};
use trunkline_domain::identity::Role;

use super::{
    callers::Caller,
    ids::Whose,
    report::{Case, Report, beginning, place},
    served::Root,
    suite::Suite,
};
use crate::support::Actor;

/// Headers that differ between two answers to the same: when, and what is left of the budget. The length
/// does with it; what it is the length of is compared itself.
const PASSING: [&str; 3] = ["date", "content-length", "ratelimit"];

/// Who asks over the wire: one whose rights end at a site, one who sees every site, and a program.
const ASKS: [Role; 3] = [Role::Planner, Role::HeadOffice, Role::PartnerClient];

impl<Q, M, S> Suite<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Sends queries and mutations to the running server, at every place at which an id can stand: what
    /// lies between wire and schema (documents that are remembered, prices, statuses, receipts) must tell
    /// a foreign id from an absent one no more than the schema does.
    pub async fn over_the_wire(&self) -> Report {
        let mut report = Report { fields: self.served.roots().count(), ..Report::default() };
        let transport =
            Settings { request_timeout: Duration::from_secs(60), ..Settings::default() };
        let options =
            ServerOptions { budgets: Budgets::vast(), transport, ..ServerOptions::default() };
        let server = self.own.server.beside(options);
        let mut cases = self.cases(&mut report);
        cases.retain(|case| case.target.is_some() && case.root != Root::Subscription);
        report.places = cases.len();
        for role in ASKS {
            let caller = self.callers.iter().find(|caller| caller.name == role.as_str());
            let caller = caller.expect("each role tries");
            report.callers.push(caller.name.clone());
            let actor = server.with_credential(&caller.credential);
            for case in &cases {
                self.ask(case, caller, &actor, &mut report).await;
            }
        }
        report
    }

    async fn ask(&self, case: &Case, caller: &Caller, actor: &Actor, report: &mut Report) {
        self.serial.fetch_add(1, Ordering::Relaxed);
        let place = format!("{} by {} over the wire", place(case), caller.name);
        let absent = self.posted(case, Whose::Absent, actor).await;
        let foreign = self.posted(case, Whose::Foreign, actor).await;
        if absent != foreign {
            report.failures.insert(format!(
                "{place}: a foreign id is answered unlike an absent one\n    absent:  {}\n    foreign: {}",
                beginning(&absent),
                beginning(&foreign)
            ));
        }
        let mut answers = vec![("absent", absent), ("foreign", foreign)];
        // What a mutation does with an own id the next one would find.
        if case.root == Root::Query {
            answers.push(("own", self.posted(case, Whose::Own, actor).await));
        }
        for (whose, answer) in answers {
            report.count(whose);
            self.search(&format!("{place}, {whose}"), &case.field.name, caller, &answer, report);
        }
    }

    /// Status, headers and body of an answer, the id itself covered.
    async fn posted(&self, case: &Case, whose: Whose, actor: &Actor) -> String {
        let variables = self.variables(case, whose);
        let body = json!({"query": case.document.text, "variables": variables});
        // The same for all: it stands in each answer.
        let request = actor.post(&body).header("x-request-id", "isolation-over-the-wire");
        let response = request.send().await.expect("answer");
        let status = response.status();
        let mut headers: Vec<String> = response
            .headers()
            .iter()
            .filter(|(name, _)| !PASSING.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort();
        let mut answer: Value = response.json().await.expect("JSON");
        // The budget is less after each.
        if let Some(cost) = answer["extensions"]["cost"].as_object_mut() {
            cost.remove("remaining");
        }
        answer.sort_all_objects();
        let (_, prefix) = case.target.as_ref().expect("a place");
        format!("{status} {headers:?} {answer}")
            .replace(self.ids.of(whose, prefix, case.pick), "<id>")
    }
}
