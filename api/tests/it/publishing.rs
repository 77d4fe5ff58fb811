//! What is published is sound together with all that stands, whatever changes meanwhile, and is judged
//! by the contracts and rules of its weeks.

use std::time::Duration;

use jiff::{
    ToSpan as _,
    civil::{Date, date, time},
};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ScheduleId, ShiftId, SiteId},
    schedules::{RuleAttachment, RuleContent, RuleLimits},
};
use trunkline_infra::{
    ctx::Ctx,
    params,
    schedules::{insert_work_rules, lock_schedules},
};
use trunkline_testkit::shanghai;

use crate::{
    notifications::told,
    support::{Actor, Server},
};

const PUBLISH: &str = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
  violations { rule measured limit }
  effect { requiredSeconds before { uncoveredSeconds } after { uncoveredSeconds } }
  userErrors { code } } }";
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
    let (site, rules) = (RuleAttachment::Site(it.site), RuleContent::Whole(Box::new(limits)));
    insert_work_rules(&tx, &ctx, ctx.new_id(), site, from, &rules).await.expect("rules");
    tx.commit().await.expect("commit");
    let draft = it.draft(&[9, 10, 12, 13, 16, 17]).await;
    let refused = publish(&it.planner, draft).await;
    let rest = json!([{"rule": "MIN_REST", "measured": "16 h", "limit": "17 h"}]);
    assert_eq!((&refused["violations"], codes(&refused).len()), (&rest, 1), "{refused:#}");
}

/// States, first and last days of all schedules of the site, by first day; the draft is before what is
/// published, and that before what is superseded.
async fn schedules(it: &Planned) -> Vec<[String; 3]> {
    let document =
        "query($site: ID!) { schedules(siteId: $site) { nodes { state startsOn endsOn } } }";
    let seen = it.planner.ok(document, json!({"site": it.site.to_string()})).await;
    let nodes = seen["schedules"]["nodes"].as_array().expect("list").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut found: Vec<_> = nodes
        .map(|node| [text(&node["state"]), text(&node["startsOn"]), text(&node["endsOn"])])
        .collect();
    found.sort_by_key(|[state, first, _]| (first.clone(), state.clone()));
    found
}

impl Planned {
    /// Four published weeks from 9 March on, with a shift of 8 h on each Wednesday.
    async fn month(&self) -> (ScheduleId, Vec<ShiftId>) {
        let month = self.schedule(date(2026, 3, 9), 28, true).await;
        let mut shifts = Vec::new();
        for day in [11, 18, 25, 32] {
            let wednesday = date(2026, 3, 1).saturating_add((day - 1_i64).days());
            let start = format!("{wednesday}T09:00");
            let company = &self.server.company;
            shifts.push(company.db_shift(month, self.site, self.agent, &start, 8).await);
        }
        (month, shifts)
    }

    /// A draft of so many of these weeks from the first, second … on, with a shift on its Thursday.
    async fn week(&self, week: i64, weeks: i64) -> ScheduleId {
        let monday = date(2026, 3, 9).saturating_add((7 * week).days());
        let draft = self.schedule(monday, 7 * weeks, false).await;
        let thursday = format!("{}T10:00", monday.saturating_add(3.days()));
        self.server.company.db_shift(draft, self.site, self.agent, &thursday, 8).await;
        draft
    }

    /// What the agent works in these weeks.
    async fn worked(&self) -> Vec<String> {
        let document =
            "{ mySchedule(from: \"2026-03-08T16:00:00Z\", to: \"2026-04-05T16:00:00Z\") {
            startsAt } }";
        let seen = self.server.agent(self.agent).await.ok(document, json!({})).await;
        let shifts = seen["mySchedule"].as_array().expect("list").iter();
        shifts.map(|shift| shift["startsAt"].as_str().expect("instant").to_owned()).collect()
    }

    /// Shifts that are not in the schedule of their day, or in another state than it.
    async fn strays(&self) -> Option<i64> {
        let tx = self.server.company.db_begin().await;
        let sql = "select count(*) as value from app.shift s
                   join app.schedule c on c.tenant_id = s.tenant_id and c.id = s.schedule_id
                   where s.tenant_id = $1 and (s.state <> c.state
                         or s.local_date not between c.starts_on and c.ends_on)";
        tx.scalar(sql, params![tx.tenant()]).await.expect("count")
    }
}

fn starts(days: &[&str]) -> Vec<String> {
    days.iter().map(|start| shanghai(start).to_string()).collect()
}

#[tokio::test]
async fn a_week_of_a_longer_schedule_is_replaced_and_its_other_weeks_stay() {
    const MONTH: [&str; 2] = ["2026-03-09", "2026-04-05"];
    let wednesdays =
        ["2026-03-11T09:00", "2026-03-18T09:00", "2026-03-25T09:00", "2026-04-01T09:00"];
    for (week, thursday, days, others) in [
        (0, "2026-03-12T10:00", ["2026-03-09", "2026-03-15"], vec![["2026-03-16", MONTH[1]]]),
        (
            1,
            "2026-03-19T10:00",
            ["2026-03-16", "2026-03-22"],
            vec![[MONTH[0], "2026-03-15"], ["2026-03-23", MONTH[1]]],
        ),
        (3, "2026-04-02T10:00", ["2026-03-30", "2026-04-05"], vec![[MONTH[0], "2026-03-29"]]),
    ] {
        let it = Planned::new().await;
        let (month, shifts) = it.month().await;
        let queue = it.server.company.db_queue("presale", 30, &[it.site], None).await;
        let at_nine = |at| i32::from(at == time(9, 0, 0, 0) || at == time(9, 30, 0, 0));
        let days_required = ("2026-03-09T00:00", "2026-04-06T00:00");
        it.server.company.db_requirement(queue, 30, days_required, at_nine).await;
        let draft = it.week(week, 1).await;
        let before = schedules(&it).await;
        let input = json!({"input": {"scheduleId": draft.to_string(), "dryRun": true}});
        let tried = it.planner.ok(PUBLISH, input).await["schedulePublish"].take();
        assert_eq!(schedules(&it).await, before, "week {week}: only tried");
        let done = publish(&it.planner, draft).await;
        assert_eq!(codes(&done), [""; 0], "week {week}: {done:#}");
        assert_eq!(done, tried, "week {week}: a try says the same");
        // An hour on each of seven days: the Wednesday from nine on has it, the Thursday from ten on not.
        let effect = json!({"requiredSeconds": 7 * 3600, "before": {"uncoveredSeconds": 6 * 3600},
            "after": {"uncoveredSeconds": 7 * 3600}});
        assert_eq!(done["effect"], effect, "week {week}");

        let published = others.into_iter().chain([days]).map(|days| ("PUBLISHED", days));
        let mut expected: Vec<_> = published.chain([("SUPERSEDED", days)]).collect();
        expected.sort_by_key(|(state, days)| (days[0], *state));
        let expected: Vec<[String; 3]> = expected
            .into_iter()
            .map(|(state, [first, last])| [state, first, last].map(str::to_owned))
            .collect();
        assert_eq!(schedules(&it).await, expected, "week {week}");
        let place = usize::try_from(week).expect("a place");
        let mut worked = wednesdays;
        worked[place] = thursday;
        assert_eq!(it.worked().await, starts(&worked), "week {week}");
        assert_eq!(it.strays().await, Some(0), "week {week}");

        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Schedule { state }
            ... on Shift { state version } } }";
        let ids: Vec<String> = std::iter::once(month.to_string())
            .chain(shifts.iter().map(ToString::to_string))
            .collect();
        let seen = it.planner.ok(document, json!({ "ids": ids })).await["nodes"].take();
        assert_eq!(seen[0], json!({"state": "PUBLISHED"}), "week {week}: it goes on");
        for (at, shift) in (0..4_usize).map(|at| (at, &seen[at + 1])) {
            let stays = json!({"state": "PUBLISHED", "version": 1});
            let gone = json!({"state": "SUPERSEDED", "version": 2});
            assert_eq!(*shift, if at == place { gone } else { stays }, "week {week}, shift {at}");
        }
    }
}

#[tokio::test]
async fn a_draft_replaces_a_part_as_a_whole_and_cuts_the_next_one() {
    let it = Planned::new().await;
    it.month().await;
    let second = it.week(1, 1).await;
    assert_eq!(codes(&publish(&it.planner, second).await), [""; 0]);
    let first_three = it.week(0, 3).await;
    assert_eq!(codes(&publish(&it.planner, first_three).await), [""; 0]);
    let expected = [
        ["PUBLISHED", "2026-03-09", "2026-03-29"],
        ["SUPERSEDED", "2026-03-09", "2026-03-15"],
        ["SUPERSEDED", "2026-03-16", "2026-03-22"],
        ["SUPERSEDED", "2026-03-16", "2026-03-22"],
        ["SUPERSEDED", "2026-03-23", "2026-03-29"],
        ["PUBLISHED", "2026-03-30", "2026-04-05"],
    ];
    assert_eq!(schedules(&it).await, expected.map(|it| it.map(str::to_owned)));
    assert_eq!(it.worked().await, starts(&["2026-03-12T10:00", "2026-04-01T09:00"]));
    assert_eq!(it.strays().await, Some(0));
}

#[tokio::test]
async fn of_a_replaced_week_those_are_told_whose_shifts_change() {
    let it = Planned::new().await;
    let company = &it.server.company;
    let zhou = company.db_agent("2", "Zhou Wei", it.site, None, &[]).await;
    let he = company.db_agent("3", "He Jun", it.site, None, &[]).await;
    let (month, _) = it.month().await;
    company.db_shift(month, it.site, zhou, "2026-03-19T09:00", 8).await;
    company.db_shift(month, it.site, he, "2026-03-26T09:00", 8).await;
    let draft = it.week(1, 1).await;
    company.db_shift(draft, it.site, zhou, "2026-03-19T09:00", 8).await;
    let (li, zhou, he) =
        (it.server.agent(it.agent).await, it.server.agent(zhou).await, it.server.agent(he).await);
    assert_eq!(codes(&publish(&it.planner, draft).await), [""; 0]);
    assert_eq!(told(&li).await, ["SCHEDULE_PUBLISHED"], "another day");
    assert_eq!(told(&zhou).await, [""; 0], "works as before");
    assert_eq!(told(&he).await, [""; 0], "works in another week");
}

#[tokio::test]
async fn what_lies_over_a_schedule_of_which_a_week_was_replaced_is_not_merged() {
    let it = Planned::new().await;
    let (month, _) = it.month().await;
    let create = "mutation($input: ScheduleScenarioCreateInput!) {
        scheduleScenarioCreate(input: $input) { schedule { id } userErrors { code } } }";
    let input = json!({"input": {"scheduleId": month.to_string(), "name": "11.11"}});
    let made = it.planner.ok(create, input).await["scheduleScenarioCreate"].take();
    assert_eq!(codes(&made), [""; 0], "{made:#}");
    let draft = it.week(1, 1).await;
    assert_eq!(codes(&publish(&it.planner, draft).await), [""; 0]);
    let merge = "mutation($input: ScheduleScenarioMergeInput!) {
        scheduleScenarioMerge(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"scheduleId": made["schedule"]["id"]}});
    let merged = it.planner.ok(merge, input).await["scheduleScenarioMerge"].take();
    assert_eq!(codes(&merged), ["INVALID_STATE"]);
}
