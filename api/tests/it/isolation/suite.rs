use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    ObjectType, Request, Response, Schema, SubscriptionType, Variables, parser::parse_query,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value};
use tokio::time::timeout;
use trunkline::{
    app::App,
    graphql::{Operation, roots::is_open},
    server::ServerOptions,
};
use trunkline_domain::identity::{Role, Viewer};

use super::{
    arguments::{Path, id_paths},
    callers::Caller,
    ids::{Ids, Known, Whose},
    report::{Case, Report, at, beginning, place},
    seed::Furnished,
    selection::document,
    served::{Field, Root, Served},
    values::Filling,
};
use crate::support::Server;

/// Cases under way at once.
pub(super) const AT_ONCE: usize = 6;
/// How many other own things, and values of an enumeration, are tried beside an id that makes no
/// difference.
pub(super) const VARIANTS: usize = 8;

/// Kinds of things that belong to a company as a whole: sites, teams, skills and queues, of which
/// everybody may know, and accounts, of which any may be somebody's superior.
const KNOWN_TO_ALL: &[&str] = &["sit", "tem", "skl", "que", "usr"];
/// Longest wait for the first event of a subscription.
const PATIENCE: Duration = Duration::from_secs(20);

/// Two companies on one server, and the schema that is tried.
pub struct Suite<Q, M, S> {
    schema: Schema<Q, M, S>,
    pub(super) served: Served,
    app: Arc<App>,
    pub(super) ids: Ids,
    pub(super) serial: AtomicUsize,
    pub(super) callers: Vec<Caller>,
    pub(super) own: Furnished,
    pub(super) other: Furnished,
    /// Another site of the own company.
    pub(super) elsewhere: Furnished,
}

impl<Q, M, S> Suite<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Makes both companies.
    pub async fn new(schema: Schema<Q, M, S>) -> Self {
        let server = Server::start().await;
        let stranger = server.stranger().await;
        let app = Arc::clone(&server.app);
        let beside = server.beside(ServerOptions::default());
        let elsewhere = Furnished::at_site(beside, "farfield", "deepwell").await;
        let before = Known::of(&server.company).await;
        let own = Furnished::of(server, "oursky").await;
        let other = Furnished::of(stranger, "theirsea").await;
        // So that ids of people and keys exist on both sides.
        for company in [&own, &other] {
            company.person(Role::PartnerClient, "seed").await;
        }
        // Before the ids are gathered, so that their sessions are among them.
        let callers = Caller::all(&app, &own).await;
        for company in [&own, &other] {
            company.db_tell_everybody().await;
        }
        let ids = Ids::gather(&own.server.company, &other.server.company, &before).await;
        let served = Served::of(&schema).await;
        Self {
            schema,
            served,
            app,
            ids,
            serial: AtomicUsize::new(0),
            callers,
            own,
            other,
            elsewhere,
        }
    }

    /// Runs everything.
    pub async fn run(&self) -> Report {
        let mut report = Report {
            fields: self.served.roots().count(),
            callers: self.callers.iter().map(|caller| caller.name.clone()).collect(),
            ..Report::default()
        };
        let cases = self.cases(&mut report);
        self.warm_up(&cases).await;
        let (cases, plain): (Vec<_>, Vec<_>) =
            cases.into_iter().partition(|case| case.target.is_some());
        report.places = cases.len();
        for case in &plain {
            self.refused_without_a_token(case, &mut report).await;
        }
        self.try_below(&mut report).await;
        self.try_all(&cases, &mut report).await;
        // Where an own id made no difference, another own thing beside it may let it make one.
        for variant in 1..VARIANTS {
            let again = self.varied(&report.missed(&cases), variant);
            self.try_all(&again, &mut report).await;
        }
        // Last, because what these change is what the others need.
        self.try_all(&plain, &mut report).await;
        for missed in report.missed(&cases) {
            let failure = format!(
                "{}: an own id is answered like an absent one to every role",
                place(missed)
            );
            let answers = report.unreached.get(&at(missed)).into_iter().flatten();
            let lines: Vec<&str> = answers.map(String::as_str).collect();
            report.failures.insert([&[failure.as_str()], lines.as_slice()].concat().join("\n    "));
        }
        report
    }

    async fn try_all(&self, cases: &[Case], report: &mut Report) {
        let (queries, mutations): (Vec<_>, Vec<_>) =
            cases.iter().partition(|case| case.root != Root::Mutation);
        for caller in &self.callers {
            let outcomes = stream::iter(queries.iter())
                .map(|case| async move { (*case, self.answers(case, caller).await) })
                .buffer_unordered(AT_ONCE)
                .collect::<Vec<_>>()
                .await;
            for (case, answers) in outcomes {
                self.judge(case, caller, &answers, report);
            }
        }
        // One after the other: what one changes another one finds.
        for caller in &self.callers {
            for case in &mutations {
                let answers = self.answers(case, caller).await;
                self.judge(case, caller, &answers, report);
            }
        }
    }

    /// The same cases with other own things.
    fn varied(&self, cases: &[&Case], variant: usize) -> Vec<Case> {
        let varied = |case: &&Case| self.case(case.root, &case.field, case.target.clone(), variant);
        cases.iter().filter_map(|case| varied(case).ok()).collect()
    }

    /// All cases that the schema gives; what cannot be built is a failure.
    pub(super) fn cases(&self, report: &mut Report) -> Vec<Case> {
        let mut cases = Vec::new();
        for (root, field) in self.served.roots() {
            let mut targets = vec![None];
            for path in id_paths(&self.served, field) {
                let prefixes = self.ids.prefixes(&field.name, &path).into_iter();
                targets.extend(prefixes.map(|prefix| Some((path.clone(), prefix))));
            }
            for target in targets {
                match self.case(root, field, target, 0) {
                    Ok(case) => cases.push(case),
                    Err(why) => {
                        report.failures.insert(format!("{}: cannot be tried: {why}", field.name));
                    }
                }
            }
        }
        cases
    }

    /// Lets the other company ask first, so that what is remembered between requests is theirs.
    async fn warm_up(&self, cases: &[Case]) {
        let first = Caller::with_role(&self.app, &self.other, Role::Auditor, "first").await;
        let reads = cases.iter().filter(|case| case.root == Root::Query);
        for case in reads.filter(|case| case.target.is_none()) {
            self.send(case, Whose::Foreign, Some(&first.viewer)).await;
        }
    }

    pub(super) fn filling<'a>(
        &'a self,
        field: &'a Field,
        target: Option<(&'a Path, &'a str)>,
        variant: usize,
    ) -> Filling<'a> {
        let Self { served, ids, serial, .. } = self;
        Filling { served, ids, field: &field.name, target, variant, serial }
    }

    fn case(
        &self,
        root: Root,
        field: &Field,
        target: Option<(Path, &'static str)>,
        variant: usize,
    ) -> Result<Case, String> {
        let own = target.as_ref();
        let own = own.map(|(path, prefix)| (path, self.ids.of(Whose::Own, prefix, variant)));
        let filling = self.filling(field, own, variant);
        let given = filling.arguments(field)?;
        let depth = if target.is_some() && root == Root::Query { 1 } else { 2 };
        let document = document(root, field, &given, filling, Some(depth))?;
        let parsed = parse_query(&document.text).map_err(|error| error.to_string())?;
        let field = field.clone();
        Ok(Case { root, field, target, pick: variant, variant, document, parsed })
    }

    /// The variables of a case with somebody's id at its place.
    pub(super) fn variables(&self, case: &Case, whose: Whose) -> Map<String, Value> {
        let target = case.target.as_ref();
        let target = target.map(|(path, prefix)| (path, self.ids.of(whose, prefix, case.pick)));
        let filling = self.filling(&case.field, target, case.variant);
        let mut given = filling.arguments(&case.field).expect("made before");
        given.extend(case.document.variables.clone());
        given
    }

    fn request(&self, case: &Case, whose: Whose) -> Request {
        let variables = Variables::from_json(Value::Object(self.variables(case, whose)));
        let mut request = Request::new(case.document.text.as_str()).variables(variables);
        request.set_parsed_query(case.parsed.clone());
        request
    }

    pub(super) async fn send(
        &self,
        case: &Case,
        whose: Whose,
        viewer: Option<&Arc<Viewer>>,
    ) -> String {
        let request = self.request(case, whose);
        let request_id = Arc::from("isolation");
        let operation = Operation::new(Arc::clone(&self.app), viewer.cloned(), request_id, None);
        let request = request.data(Arc::new(operation));
        let answer = match case.root {
            Root::Subscription => self.first_event(case, request).await,
            Root::Query | Root::Mutation => Some(self.schema.execute(request).await),
        };
        let mut answer = serde_json::to_value(&answer).expect("answer");
        // Fields stand in the order in which they were done, until the transport puts them in theirs.
        answer.sort_all_objects();
        answer.to_string()
    }

    /// What a subscription says first; `None` when it is complete before it has said anything.
    async fn first_event(&self, case: &Case, request: Request) -> Option<Response> {
        let mut events = self.schema.execute_stream(request).boxed();
        let first = timeout(PATIENCE, events.next()).await;
        first.unwrap_or_else(|_| panic!("{}: neither an event nor the end", place(case)))
    }

    /// The answers with an absent, a foreign and an own id, the id itself covered; for those whose
    /// rights end at their site, with one of another site besides.
    async fn answers(&self, case: &Case, caller: &Caller) -> Vec<(Whose, String)> {
        let all: &[Whose] = match case.target {
            Some((_, prefix)) if caller.is_local && self.ids.lie_elsewhere(prefix) => {
                &[Whose::Absent, Whose::Foreign, Whose::Own, Whose::Elsewhere]
            }
            Some(_) => &[Whose::Absent, Whose::Foreign, Whose::Own],
            None => &[Whose::Own],
        };
        let mut answers = Vec::new();
        self.serial.fetch_add(1, Ordering::Relaxed);
        for whose in all {
            let answer = self.send(case, *whose, Some(&caller.viewer)).await;
            let covered = match &case.target {
                Some((_, prefix)) => answer.replace(self.ids.of(*whose, prefix, case.pick), "<id>"),
                None => answer,
            };
            answers.push((*whose, covered));
        }
        answers
    }

    fn judge(
        &self,
        case: &Case,
        caller: &Caller,
        answers: &[(Whose, String)],
        report: &mut Report,
    ) {
        let place = format!("{} by {}", place(case), caller.name);
        for (whose, answer) in answers {
            report.count(match whose {
                Whose::Own => "own",
                Whose::Elsewhere => "elsewhere",
                Whose::Foreign => "foreign",
                Whose::Absent => "absent",
            });
            let tried = format!("{place}, {whose:?}");
            self.search(&tried, &case.field.name, caller, answer, report);
        }
        if let ([(_, absent), .., (Whose::Elsewhere, elsewhere)], Some((_, prefix))) =
            (answers, &case.target)
            && absent != elsewhere
            && !KNOWN_TO_ALL.contains(prefix)
        {
            report.failures.insert(format!(
                "{place}: an id of another site is answered unlike an absent one\n    absent:    {}\n    elsewhere: {}",
                beginning(absent),
                beginning(elsewhere)
            ));
        }
        if let ([(_, absent), (_, foreign), (_, own), ..], Some(_)) = (answers, &case.target) {
            if absent != foreign {
                report.failures.insert(format!(
                    "{place}: a foreign id is answered unlike an absent one\n    absent:  {}\n    foreign: {}",
                    beginning(absent),
                    beginning(foreign)
                ));
            }
            if absent != own && caller.may_nothing {
                report.failures.insert(format!(
                    "{place}: an own id is answered unlike an absent one\n    absent: {}\n    own:    {}",
                    beginning(absent),
                    beginning(own)
                ));
            }
            if absent != own {
                report.reached.insert(at(case));
            } else if !own.contains("\"FORBIDDEN\"") {
                report.unreached.entry(at(case)).or_default().insert(beginning(own));
            }
        }
    }

    async fn refused_without_a_token(&self, case: &Case, report: &mut Report) {
        let answer = self.send(case, Whose::Own, None).await;
        report.count("nobody");
        let place = format!("{} by nobody", place(case));
        let refused = answer.contains("\"UNAUTHENTICATED\"");
        if refused == is_open(&case.field.name) {
            report.failures.insert(format!("{place}: {}", beginning(&answer)));
        }
        for canary in [self.own.canary, self.other.canary] {
            if answer.contains(canary) {
                report.failures.insert(format!("{place}: shows {canary}"));
            }
        }
    }

    /// The companies' server, for what goes over the wire.
    pub fn server(&self) -> &Server {
        &self.own.server
    }

    /// Document and variables of every root field with own ids.
    pub fn documents(&self) -> Vec<(String, String, Value)> {
        self.served
            .roots()
            .filter_map(|(root, field)| {
                let filling = self.filling(field, None, 0);
                let mut given = filling.arguments(field).ok()?;
                let document = document(root, field, &given, filling, None).ok()?;
                given.extend(document.variables);
                Some((field.name.clone(), document.text, Value::Object(given)))
            })
            .collect()
    }
}
