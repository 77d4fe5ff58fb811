//! A company with a site of 100 agents and 26 published weeks.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::{
    app::{App, Post},
    server::ServerOptions,
};
use trunkline_domain::{
    id::{AgentId, ScheduleId, SiteId},
    identity::Role,
    schedules::{Activity, ActivityCategory, pack},
    time::Span,
};
use trunkline_infra::{
    clock::Clock,
    ctx::new_id,
    db::{Db, DbOptions},
    identity::{Passwords, ProviderReach, Providers, Seal, Tokens},
    live::LiveStore,
    mail::Mailer,
    params,
};
use trunkline_testkit::{Company, Database, PASSWORD, Within, database};

use crate::client::{Caller, data_of};

pub(crate) const AGENTS: usize = 100;
const DAYS: i32 = 182;
pub(crate) const PLANNER: &str = "planner@example.com";

/// What the benchmark runs against.
pub(crate) struct Seeded {
    pub(crate) app: Arc<App>,
    pub(crate) company: Company,
    pub(crate) database: &'static Database,
    pub(crate) site: SiteId,
    /// Agents with the address they sign in with; the first 16 have one.
    pub(crate) agents: Vec<(AgentId, String)>,
    pub(crate) shifts: i64,
}

pub(crate) async fn seed() -> Seeded {
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
    let database = database().await;
    // What a pool for each thread is worth, is the difference to one for all of them.
    let one_pool = std::env::args().any(|it| it == "--one-pool");
    // As many connections as pgbench has.
    let options = DbOptions {
        app: database.options("trunkline_app"),
        system: database.options("trunkline_system"),
        connections: 16,
        threads: if one_pool { 1 } else { ServerOptions::default().workers },
    };
    let db = Db::connect(options).await.expect("pools");
    let company = Company::db_new(&db, database, now).await;
    let passwords = Passwords::cheap(2).expect("hasher");
    let site = company.db_site("GZ").await;
    company.db_user(&passwords, PLANNER, Role::Planner, Within::Site(site)).await;
    let mut agents = Vec::new();
    for at in 0..AGENTS {
        let number = format!("{at:03}");
        let agent = company.db_agent(&number, &number, site, None, &[]).await;
        let email = format!("{number}@example.com");
        if at < 16 {
            company.db_user(&passwords, &email, Role::Agent, Within::Own(agent)).await;
        }
        agents.push((agent, email));
    }
    let shifts = db_shifts(&company, site, now).await;
    // Rows that came all at once are not known to the planner yet: both sides would run a bad plan.
    database.db_admin_run("analyze").await;
    let tokens = Tokens::ephemeral().expect("key");
    let live = LiveStore::in_memory();
    let seal = Seal::ephemeral().expect("key");
    let providers = Providers::new(ProviderReach::Public, None).expect("client");
    let post = Post { mailer: Mailer::Log, seal, public_url: String::new() };
    let app =
        Arc::new(App::new(db, Clock::standing_at(now), tokens, passwords, live, post, providers));
    Seeded { app, company, database, site, agents, shifts }
}

/// Five shifts a week for each agent, eight hours with a meal and two breaks.
async fn db_shifts(company: &Company, site: SiteId, now: Timestamp) -> i64 {
    let schedule: ScheduleId = new_id(now);
    company
        .db_run(
            "insert into app.schedule (tenant_id, id, site_id, starts_on, ends_on, state, created_at, updated_at)
             values ($1, $2, $3, '2025-12-01', '2026-05-31', 'PUBLISHED', $4, $4)",
            params![company.tenant, schedule, site, now],
        )
        .await;
    let span = Span::of_seconds(Timestamp::UNIX_EPOCH, 8 * 3600);
    let part = |category, from: i64, until: i64, paid| Activity {
        category,
        span: Span::of_seconds(
            Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(from),
            (until - from) * 60,
        ),
        paid,
    };
    use ActivityCategory::{Break, Meal, OnQueue};
    let activities = pack(
        &[
            part(OnQueue, 0, 120, true),
            part(Break, 120, 135, true),
            part(OnQueue, 135, 240, true),
            part(Meal, 240, 285, false),
            part(OnQueue, 285, 390, true),
            part(Break, 390, 405, true),
            part(OnQueue, 405, 480, true),
        ],
        span,
    );
    company
        .db_run(
            "insert into app.shift (tenant_id, id, schedule_id, site_id, agent_id, starts_at, ends_at, local_date,
                                    activities, state)
             select $1, gen_random_uuid(), $2, $3, a.id, day + interval '1 hour', day + interval '9 hours',
                    day::date, $4, 'PUBLISHED'
             from app.agent a, generate_series(0, $5 - 1) as n,
                  lateral (select timestamptz '2025-12-01T00:00:00Z' + n * interval '1 day' as day) d
             where a.tenant_id = $1 and n % 7 < 5",
            params![company.tenant, schedule, site, activities, DAYS],
        )
        .await;
    let tx = company.db_begin().await;
    let sql = "select count(*) as value from app.shift where tenant_id = $1";
    tx.scalar(sql, params![company.tenant]).await.expect("count").unwrap_or(0)
}

/// Sends a document that must succeed and gives its data.
pub(crate) async fn ask(
    address: &str,
    token: Option<String>,
    document: &str,
    variables: Value,
) -> Value {
    let mut caller = Caller::connect(address, token.as_deref()).await;
    let request = caller.request(&json!({"query": document, "variables": variables}));
    data_of(caller.send(&request).await)
}

/// Signs in over the API and gives the access token.
pub(crate) async fn sign_in(seeded: &Seeded, address: &str, email: &str) -> String {
    let document = "mutation($input: SessionCreateInput!) {
        sessionCreate(input: $input) { session { accessToken } } }";
    let input = json!({"tenantSlug": seeded.company.slug, "email": email, "password": PASSWORD});
    let data = ask(address, None, document, json!({ "input": input })).await;
    let token = data["sessionCreate"]["session"]["accessToken"].as_str();
    token.expect("token").to_owned()
}
