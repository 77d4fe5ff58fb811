//! What is published is sound together with all that stands, whatever changes meanwhile, and is judged
//! by the contracts and rules of its weeks.

use std::time::Duration;

use jiff::{ToSpan as _, civil::Date, civil::date};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ScheduleId, SiteId},
    schedules::RuleLimits,
};
use trunkline_infra::{
    ctx::Ctx,
    params,
    schedules::{insert_work_rules, lock_schedules},
};
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const PUBLISH: &str = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
  violations { rule measured limit } userErrors { code } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  userErrors { code } } }";

async fn publish(actor: &Actor, schedule: ScheduleId) -> Value {
    let input = json!({"input": {"scheduleId": schedule.to_string()}});
    actor.ok(PUBLISH, input).await["schedulePublish"].take()
}

fn codes(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().expect("list").iter();
    errors.map(|error| error["code"].as_str().expect("code").to_owned()).collect()
}

/// What is found against the contract.
fn hours(payload: &Value) -> Vec<&Value> {
    let found = payload["violations"].as_array().expect("list").iter();
    found.filter(|it| it["rule"] == "CONTRACT_HOURS").collect()
}

struct Planned {
    server: Server,
    site: SiteId,
    agent: AgentId,
    planner: Actor,
}

impl Planned {
    async fn new() -> Self {
        let server = Server::start().await;
        let site = server.company.db_site("GZ").await;
        let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
        let planner = server.planner(site).await;
        Self { server, site, agent, planner }
    }

    /// A schedule of so many days from a Monday on.
    async fn schedule(&self, monday: Date, days: i64, published: bool) -> ScheduleId {
        let last = monday.saturating_add((days - 1).days());
        self.server.company.db_schedule(self.site, monday, last, published).await
    }

    /// A draft of two weeks from 9 March on with shifts of 8 h on these days of the month.
    async fn draft(&self, days: &[i8]) -> ScheduleId {
        let draft = self.schedule(date(2026, 3, 9), 14, false).await;
        for day in days {
            let start = format!("2026-03-{day:02}T09:00");
            self.server.company.db_shift(draft, self.site, self.agent, &start, 8).await;
        }
        draft
    }

    async fn run(&self, sql: &str) {
        let company = &self.server.company;
        company.db_run(sql, params![company.tenant, self.agent]).await;
    }
}

#[tokio::test]
async fn publishing_waits_for_a_change_of_the_same_agent_next_to_its_days() {
    let it = Planned::new().await;
    let (company, agent) = (&it.server.company, it.agent);
    let before = it.schedule(date(2026, 3, 9), 7, true).await;
    let sunday = company.db_shift(before, it.site, agent, "2026-03-15T06:00", 8).await;
    let draft = it.schedule(date(2026, 3, 16), 7, false).await;
    company.db_shift(draft, it.site, agent, "2026-03-16T06:00", 8).await;

    let tx = company.db_begin().await;
    lock_schedules(&tx, &[sunday], &[agent]).await.expect("locked as an edit does");
    tx.run(
        "update app.shift set starts_at = starts_at + interval '6 hours',
                              ends_at = ends_at + interval '6 hours', version = version + 1
         where tenant_id = $1 and id = $2",
        params![company.tenant, sunday],
    )
    .await
    .expect("moved");
    let mut publishing = Box::pin(publish(&it.planner, draft));
    let published = match tokio::time::timeout(Duration::from_millis(500), &mut publishing).await {
        Ok(published) => published,
        Err(_) => {
            tx.commit().await.expect("commit");
            publishing.await
        }
    };
    assert_eq!(codes(&published), ["RULE_VIOLATED"], "10 h of rest: {published:#}");
}

#[tokio::test]
async fn of_publishing_and_an_edit_that_are_sound_only_apart_exactly_one_wins() {
    let it = Planned::new().await;
    let company = &it.server.company;
    for round in 0..6_i64 {
        let monday = date(2026, 3, 9).saturating_add((14 * round).days());
        let next = monday.saturating_add(7.days());
        let sunday = next.saturating_sub(1.day());
        let before = it.schedule(monday, 7, true).await;
        let start = format!("{sunday}T06:00");
        let shift = company.db_shift(before, it.site, it.agent, &start, 8).await;
        let draft = it.schedule(next, 7, false).await;
        company.db_shift(draft, it.site, it.agent, &format!("{next}T06:00"), 8).await;
        let later = shanghai(&format!("{sunday}T12:00")).to_string();
        let input = json!({"input": {"shiftId": shift.to_string(), "change": {"startsAt": later}}});
        let (published, edited) =
            tokio::join!(publish(&it.planner, draft), it.planner.ok(EDIT, input));
        let mut outcomes = [codes(&published), codes(&edited["shiftEdit"])];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [vec![], vec!["RULE_VIOLATED".to_owned()]], "round {round}");
    }
}

#[tokio::test]
async fn who_is_hired_on_a_tuesday_owes_the_week_less_a_day_and_the_next_in_full() {
    let it = Planned::new().await;
    it.run("update app.agent set hired_on = '2026-03-10' where tenant_id = $1 and id = $2").await;
    it.run(
        "update app.contract set valid_from = '2026-03-10', weekly_min_seconds = 144000
         where tenant_id = $1 and agent_id = $2",
    )
    .await;
    let kept = it.draft(&[10, 11, 12, 13, 16, 17, 18, 19, 20]).await;
    let published = publish(&it.planner, kept).await;
    assert_eq!((hours(&published), codes(&published)), (vec![], vec![]), "{published:#}");
}

#[tokio::test]
async fn a_contract_that_changes_within_the_days_holds_from_its_day_on() {
    let it = Planned::new().await;
    it.run(
        "update app.contract set valid_until = '2026-03-16', weekly_min_seconds = 144000
         where tenant_id = $1 and agent_id = $2",
    )
    .await;
    it.run(
        "insert into app.contract (tenant_id, id, agent_id, kind, weekly_min_seconds,
                                   weekly_max_seconds, valid_from)
         values ($1, gen_random_uuid(), $2, 'REGULAR', 72000, 86400, '2026-03-16')",
    )
    .await;
    let too_much = it.draft(&[9, 10, 11, 12, 13, 16, 17, 18, 19]).await;
    let refused = publish(&it.planner, too_much).await;
    let above = json!({"rule": "CONTRACT_HOURS", "measured": "32 h", "limit": "24 h"});
    assert_eq!((hours(&refused), codes(&refused).len()), (vec![&above], 1), "{refused:#}");
    let kept = it.draft(&[9, 10, 11, 12, 13, 16, 17, 18]).await;
    let published = publish(&it.planner, kept).await;
    assert_eq!((hours(&published), codes(&published)), (vec![], vec![]), "{published:#}");
}

#[tokio::test]
async fn rules_that_change_within_the_days_hold_from_the_next_monday_on() {
    let it = Planned::new().await;
    let company = &it.server.company;
    let tx = company.db_begin().await;
    let ctx = Ctx::of_system(company.tenant, "test", it.server.app.clock.now());
    let mut limits = RuleLimits::default();
    limits.min_rest.limit = 17 * 3600;
    let from = date(2026, 3, 12);
    insert_work_rules(&tx, &ctx, ctx.new_id(), Some(it.site), from, &limits).await.expect("rules");
    tx.commit().await.expect("commit");
    let draft = it.draft(&[9, 10, 12, 13, 16, 17]).await;
    let refused = publish(&it.planner, draft).await;
    let rest = json!([{"rule": "MIN_REST", "measured": "16 h", "limit": "17 h"}]);
    assert_eq!((&refused["violations"], codes(&refused).len()), (&rest, 1), "{refused:#}");
}
