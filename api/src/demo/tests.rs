//! What the demo fills a database with, on companies of a few agents.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use trunkline_domain::{
    identity::{Grant, Role, Scope, Viewer},
    schedules::{Change, Severity, check},
};
use trunkline_infra::{
    clock::Clock,
    identity::{Passwords, ProviderReach, Providers, Seal, Tokens},
    live::LiveStore,
    mail::Mailer,
    schedules::{
        RosterAsk, ScheduleFilter, ScheduleView, Source, Who, list_schedules, load_ground,
    },
};
use trunkline_testkit::{Database, database};

use super::{
    company::{BEIFANG, HUAYIN, PRINTED_AGENT, SitePlan},
    people::SENIOR,
    *,
};
use crate::app::Post;

const fn site(code: &'static str, name_en: &'static str) -> SitePlan {
    SitePlan { code, name_en, name_zh: "小", agents: 12, weekly: 2_000.0, shared_weekly: 400.0 }
}

/// Huayin with one small site.
const SMALL: CompanyPlan = CompanyPlan { sites: &[site("GZ", "Guangzhou")], rounds: 5, ..HUAYIN };

/// Beifang, planned as quickly.
const STRANGER: CompanyPlan = CompanyPlan { rounds: 5, ..BEIFANG };

/// A Wednesday noon in Shanghai.
const NOON: &str = "2026-11-25T04:00:00Z";

async fn app(database: &Database) -> Arc<App> {
    let clock = Clock::standing_at(NOON.parse().expect("instant"));
    let (tokens, passwords) = (Tokens::ephemeral(), Passwords::cheap(2));
    let (tokens, passwords) = (tokens.expect("key"), passwords.expect("hasher"));
    let db = database.connect().await;
    let seal = Seal::ephemeral().expect("key");
    let providers = Providers::new(ProviderReach::Public, None).expect("client");
    let post = Post { mailer: Mailer::Log, seal, public_url: String::new() };
    Arc::new(App::new(db, clock, tokens, passwords, LiveStore::in_memory(), post, providers))
}

/// All schedules of all sites, and how many blocking violations each has.
async fn judged(app: &App, ctx: &Ctx) -> Vec<(ScheduleView, usize)> {
    let tx = app.db.begin(ctx).await.expect("transaction");
    let mut judged = Vec::new();
    for site in &app.directory(&tx, ctx).await.expect("directory").sites {
        let filter = ScheduleFilter { site: site.id, all_states: true };
        let today = local_of_instant(ctx.now(), &site.zone()).date();
        let listed = list_schedules(&tx, &filter, None, 9).await.expect("schedules");
        // The month behind is not one that the generator made.
        for schedule in listed.into_iter().filter(|it| it.ends_on >= today) {
            let zone = site.zone();
            let window = trunkline_domain::time::Span::new(
                trunkline_domain::time::start_of_day(schedule.starts_on, &zone),
                trunkline_domain::time::Span::of_day(schedule.ends_on, &zone).end(),
            );
            let window = window.expect("in order");
            let (who, source) = (Who::Site(site.id), Source::Published);
            let ask = RosterAsk { site, who, window, covered: window, source };
            let ground = load_ground(&tx, ask).await.expect("rosters");
            let shifts: usize = ground.roster.plans.values().map(|plan| plan.shifts.len()).sum();
            assert!(shifts > 100, "{shifts} shifts in {}", site.code);
            let found = check(&ground.context(ctx.now()), &Change::default());
            let blocking = found.iter().filter(|it| it.severity == Severity::Blocking).count();
            judged.push((schedule, blocking));
        }
    }
    judged
}

#[tokio::test]
async fn every_roster_is_published_legal_and_better_than_fixed_shifts_and_no_stranger_sees_it() {
    let (app, progress) = (app(database().await).await, Progress::new());
    let (inside, ctx) = ready(&app, &SMALL, 1, &progress).await.expect("a network");
    let (stranger, other) = ready(&app, &STRANGER, 1, &progress).await.expect("a stranger");
    let (rosters, theirs) = (judged(&app, &ctx).await, judged(&app, &other).await);
    assert_eq!((rosters.len(), theirs.len()), (1, 1));
    for (schedule, blocking) in rosters.iter().chain(&theirs) {
        assert_eq!((schedule.state.as_str(), *blocking), ("PUBLISHED", 0));
        let report = schedule.generation().expect("a record").report;
        let (ours, fixed) = (report.roster, report.fixed_shifts);
        assert!(ours.uncovered_seconds < fixed.uncovered_seconds, "{ours:?} {fixed:?}");
    }

    // Even the system's own caller of the other tenant is told nothing.
    let (schedule, _) = &rosters[0];
    let ids = json!({"schedule": schedule.id.to_string(), "site": schedule.site_id.to_string()});
    let document = "query($schedule: ID!, $site: ID!) {
        schedule(id: $schedule) { id } node(id: $site) { id }
        siteWeek(siteId: $site, weekOf: \"2026-11-25\") { id }
        schedules(siteId: $site) { nodes { id } }
        sites { code } agents(first: 1) { totalCount { value } } }";
    let seen = stranger.ask(document, ids).await.expect("an answer");
    let nothing = json!({
        "schedule": null, "node": null, "siteWeek": [], "schedules": {"nodes": []},
        "sites": [{"code": "HB"}], "agents": {"totalCount": {"value": 8}},
    });
    assert_eq!(seen, nothing);

    // The month behind was closed into the files of the first team.
    let tx = app.db.begin(&ctx).await.expect("transaction");
    let months = "select count(*) as value from app.file_entry where tenant_id = $1 and kind = $2";
    let counted = async |kind: &str| {
        let params = trunkline_infra::params![tx.tenant(), kind];
        tx.scalar::<i64>(months, params).await.expect("entries").expect("a count")
    };
    let agents = counted("MONTH_FIGURES").await;
    assert_eq!(agents, 12);
    assert_eq!(counted("MONTHLY_CARD").await, agents);
    assert_eq!(counted("EVALUATION").await, 4 * agents);
    drop(tx);
    filed(&app, &ctx, &inside).await;

    swapped(&app, &ctx, &inside).await;

    // A second start finds everything there.
    let (network, _) = ready(&app, &SMALL, 1, &progress).await.expect("the same network");
    assert_eq!(judged(&app, &ctx).await.len(), 1);
    played(&app, network).await;
    planned_on(&app, &ctx, &inside).await;
}

/// A queue without a past keeps nobody from being planned.
async fn planned_on(app: &App, ctx: &Ctx, inside: &Inside) {
    let sites = inside.ask("{ sites { id } }", json!({})).await.expect("sites");
    let document = "mutation($input: QueueCreateInput!) {
        queueCreate(input: $input) { queue { id } userErrors { code message } } }";
    let goal = json!({"serviceLevelPercent": "80", "thresholdSeconds": 20});
    let new = json!({"code": "no_past", "nameEn": "Tried out", "timeZone": ZONE, "goal": goal,
        "siteIds": [sites["sites"][0]["id"]]});
    inside.ask(document, json!({ "input": new })).await.expect("a queue");
    let today = local_of_instant(ctx.now(), &zone().expect("zone")).date();
    let later = today.saturating_add(Span::new().days(21));
    let left_out =
        plan::ensure(inside, ctx, later, (1, 5), &Progress::new()).await.expect("a plan");
    let [told] = &left_out[..] else { panic!("{left_out:?}") };
    assert!(told.starts_with("queue no_past is not planned: TOO_LITTLE_HISTORY"), "{told}");
    let rosters = judged(app, ctx).await;
    assert_eq!(rosters.iter().map(|(_, blocking)| *blocking).collect::<Vec<_>>(), [0, 0]);
}

/// The three files of the agent whose login is printed hold something of everything that they are for.
async fn filed(app: &App, ctx: &Ctx, inside: &Inside) {
    let tx = app.db.begin(ctx).await.expect("transaction");
    let directory = app.directory(&tx, ctx).await.expect("directory");
    let team = team::members(&tx, &directory, "GZ", "GZ-1").await.expect("a look");
    drop(tx);
    let (_, team) = team.expect("the team");
    let printed = team.iter().find(|agent| agent.number == PRINTED_AGENT).expect("the agent");
    let document = "query($id: ID!) { agent(id: $id) { post
        developmentFile { parts { entries { effectiveOn content { __typename
            ... on CareerEvent { career: kind from { post } to { post } } } } } }
        qualityFile { parts { entries { content { __typename ... on Evaluation { score } } } } }
        performanceFile { parts { entries { content { __typename
            ... on MonthlyCard { total: score } } } } } } }";
    let answer = inside.ask(document, json!({"id": printed.id.to_string()})).await.expect("files");
    let agent = &answer["agent"];
    assert_eq!(agent["post"], SENIOR);
    let entries = |file: &str| -> Vec<serde_json::Value> {
        let parts = agent[file]["parts"].as_array().expect("parts").iter();
        parts.flat_map(|part| part["entries"].as_array().expect("entries").clone()).collect()
    };
    let told = |file: &str| {
        let kinds = entries(file).into_iter().map(|entry| entry["content"]["__typename"].clone());
        let mut kinds: Vec<_> = kinds.map(|kind| kind.as_str().unwrap_or("?").to_owned()).collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(told("developmentFile"), ["CareerEvent", "CareerEvent", "Reward"]);
    let step = |kind: &str| {
        let all = entries("developmentFile").into_iter();
        all.filter(|it| it["content"]["career"] == kind).collect::<Vec<_>>()
    };
    let [hire, promotion] = [step("HIRE"), step("PROMOTION")];
    assert_eq!((hire.len(), promotion.len()), (1, 1), "{agent}");
    assert_eq!(hire[0]["effectiveOn"], json!(printed.hired_on));
    assert_eq!(promotion[0]["effectiveOn"], "2026-11-01");
    let content = &promotion[0]["content"];
    assert_eq!(content["from"]["post"], "agent");
    assert_eq!(content["to"]["post"], SENIOR);
    assert_eq!(told("qualityFile"), ["Evaluation"; 4]);
    assert_eq!(told("performanceFile"), ["MonthFigures", "MonthlyAttendance", "MonthlyCard"]);
    for (file, field) in [("qualityFile", "score"), ("performanceFile", "total")] {
        let scored = entries(file).iter().any(|it| it["content"][field].is_string());
        assert!(scored, "{file}: {agent}");
    }
}

/// The swap that is printed is one that goes through.
async fn swapped(app: &App, ctx: &Ctx, inside: &Inside) {
    let found = exchange::find(app, ctx).await.expect("a search").expect("two who can swap");
    let windows: Vec<_> = found
        .back
        .iter()
        .map(|(_, span)| json!({"startsAt": span.start(), "endsAt": span.end()}))
        .collect();
    let offer = json!({"input": {"offeredShiftId": found.shift.to_string(),
        "audience": {"agentId": found.taker_id.to_string()}, "acceptableWindows": windows}});
    let document = "mutation($input: ShiftSwapProposeInput!) {
        shiftSwapPropose(input: $input) { shiftSwap { id } userErrors { code message } } }";
    let offered = inside.ask(document, offer).await.expect("an offer");
    let taker = Viewer { agent: Some(found.taker_id), ..Viewer::system(inside.tenant()) };
    let swap = &offered["shiftSwapPropose"]["shiftSwap"]["id"];
    let mut yes = json!({"input": {"shiftSwapId": swap, "accept": true}});
    if let Some((shift, _)) = found.back {
        yes["input"]["returnShiftId"] = json!(shift.to_string());
    }
    let document = "mutation($input: ShiftSwapAnswerInput!) {
        shiftSwapAnswer(input: $input) { shiftSwap { state } userErrors { code message } } }";
    let taken = inside.speaking_as(taker).ask(document, yes).await.expect("a yes");
    let state = if found.decided { "MATCHED" } else { "APPROVED" };
    assert_eq!(taken["shiftSwapAnswer"]["shiftSwap"]["state"], state, "{found:?}");
}

/// Plays a quarter of an hour, which the board follows.
async fn played(app: &App, inside: Inside) {
    let feed = Feed { inside, company: &SMALL, seed: 1, zone: zone().expect("zone") };
    let (role, scope, from) = (Role::HeadOffice, Scope::Tenant, Timestamp::UNIX_EPOCH);
    let office = feed.inside.speaking_as(Viewer {
        grants: vec![Grant { role, scope, from, until: None }],
        ..Viewer::system(feed.inside.tenant())
    });
    let board = async || {
        let document =
            "{ wallboard { network { today { offered isStale } staff { staffed available } } } }";
        let mut answer = office.ask(document, json!({})).await.expect("a board");
        answer["wallboard"]["network"].take()
    };
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let today = |board: &serde_json::Value| {
        board["today"]["offered"].as_u64().unwrap_or_else(|| panic!("{board}"))
    };
    let mut play = feed.begin(app.clock.now());
    feed.say(&mut play).await.expect("heard");
    let first = board().await;
    app.clock.set(app.clock.now() + SignedDuration::from_mins(15));
    feed.say(&mut play).await.expect("heard");
    let then = board().await;
    assert!(today(&then) > today(&first), "{then}");
    for board in [first, then] {
        let staff = &board["staff"];
        let (staffed, available) = (number(&staff["staffed"]), number(&staff["available"]));
        assert!((1..=12).contains(&staffed) && available <= staffed, "{board}");
        assert_eq!(board["today"]["isStale"], false, "{board}");
    }
}

/// What the month behind has: plans, shifts, evaluations, letters, counted months, cards, and steps of
/// working life: a hire of each agent and one promotion.
async fn month_behind(app: &App, ctx: &Ctx) -> [i64; 7] {
    let tx = app.db.begin(ctx).await.expect("transaction");
    let of_kind = "select count(*) as value from app.file_entry where tenant_id = $1 and kind = ";
    let counts = [
        "select count(*) as value from app.schedule where tenant_id = $1".to_owned(),
        "select count(*) as value from app.shift where tenant_id = $1".to_owned(),
        format!("{of_kind} 'EVALUATION'"),
        format!("{of_kind} 'REWARD'"),
        format!("{of_kind} 'MONTH_FIGURES'"),
        format!("{of_kind} 'MONTHLY_CARD'"),
        format!("{of_kind} 'CAREER_EVENT'"),
    ];
    let mut found = [0; 7];
    for (count, sql) in found.iter_mut().zip(counts) {
        let params = trunkline_infra::params![tx.tenant()];
        *count = tx.scalar::<i64>(sql, params).await.expect("rows").expect("a count");
    }
    found
}

#[tokio::test]
async fn a_month_behind_that_was_cut_short_is_completed_and_a_complete_one_left_alone() {
    let database = database().await.db_scratch("cut_short").await;
    let app = app(&database).await;
    let tenant = seed::ensure_tenant(&app, &SMALL).await.expect("a tenant");
    let ctx = Ctx::of_system(tenant, "test", app.clock.now());
    seed::ensure_people(&app, &ctx, &SMALL, 1).await.expect("people");
    let inside = Inside::new(Arc::clone(&app), tenant);
    let today = local_of_instant(ctx.now(), &zone().expect("zone")).date();

    // In the middle of the evaluations, and as soon as the plan is there.
    for (at, enough) in [(2, 5), (0, 1)] {
        tokio::select! {
            // It may end before it is seen that there is enough.
            done = month::ensure(&inside, &ctx, &SMALL, today, 1) => done.expect("a month"),
            () = async {
                while month_behind(&app, &ctx).await[at] < enough {
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
            } => {}
        }
    }
    for start in ["the one that completes", "the one after it"] {
        month::ensure(&inside, &ctx, &SMALL, today, 1).await.expect(start);
        let [plans, shifts, rest @ ..] = month_behind(&app, &ctx).await;
        // The weekdays of October 2026.
        assert_eq!((plans, shifts), (1, 22 * 12), "{start}");
        assert_eq!(rest, [48, 1, 12, 12, 13], "{start}");
    }
}

/// A company of two sites, of which the first that is planned is not the first by its code, and has
/// two teams.
const TWO_TEAMS: CompanyPlan = CompanyPlan {
    sites: &[SitePlan { agents: 24, ..site("GZ", "Guangzhou") }, site("CD", "Chengdu")],
    rounds: 5,
    ..HUAYIN
};

#[tokio::test]
async fn the_month_behind_is_that_of_the_team_whose_logins_are_printed() {
    let database = database().await.db_scratch("printed_team").await;
    let app = app(&database).await;
    let tenant = seed::ensure_tenant(&app, &TWO_TEAMS).await.expect("a tenant");
    let ctx = Ctx::of_system(tenant, "test", app.clock.now());
    seed::ensure_people(&app, &ctx, &TWO_TEAMS, 1).await.expect("people");
    let inside = Inside::new(Arc::clone(&app), tenant);
    let today = local_of_instant(ctx.now(), &zone().expect("zone")).date();
    month::ensure(&inside, &ctx, &TWO_TEAMS, today, 1).await.expect("a month");
    let tx = app.db.begin(&ctx).await.expect("transaction");
    let sql = "select string_agg(distinct a.number, ' ' order by a.number) as value
               from app.file_entry e
               join app.personal_file f on f.tenant_id = e.tenant_id and f.id = e.file_id
               join app.agent a on a.tenant_id = f.tenant_id and a.id = f.agent_id
               where e.tenant_id = $1 and e.kind = $2";
    let whose = async |kind: &str| {
        let params = trunkline_infra::params![tx.tenant(), kind];
        tx.scalar::<String>(sql, params).await.expect("entries").expect("a list")
    };
    let team: Vec<String> = (0..12).map(|at| format!("GZ{:03}", 2 * at + 1)).collect();
    assert_eq!(whose("EVALUATION").await, team.join(" "));
    assert_eq!(whose("REWARD").await, "GZ009");
}
