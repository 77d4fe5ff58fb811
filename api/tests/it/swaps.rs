//! Scenario 2: two agents of Guangzhou swap a shift by phone, with its variants.

use jiff::{ToSpan as _, civil::date};
use serde_json::{Value, json};
use trunkline::requests::expire_swaps;
use trunkline_domain::{
    id::{AgentId, ScheduleId, ShiftId, SiteId, SkillId, TeamId},
    identity::Role,
    schedules::{RuleCode, Severity},
};
use trunkline_infra::params;
use trunkline_testkit::{Within, shanghai};

use crate::support::{Actor, Server};

const SWAP: &str = "id state waitingFor version expiresAt offeredShift { id version }
  requestedShift { id version } violations { rule }
  history { state at bySystem comment } decision { outcome bySystem decidedAt rulesVersions
    checks { rule passed measured limit } }";
const VIOLATIONS: &str = "violations { rule severity measured limit cause message } userErrors { code path params { name value } }";

/// The rosters of the scenario. It is Monday, 20:00.
struct Guangzhou {
    server: Server,
    site: SiteId,
    team: TeamId,
    week: ScheduleId,
    li: AgentId,
    zhou: AgentId,
    early: ShiftId,
    late: ShiftId,
    presale: SkillId,
}

impl Guangzhou {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let team = company.db_team(site, "A").await;
        let presale = company.db_skill("presale").await;
        let held = [(presale, 4)];
        let li = company.db_agent("1", "Li Na", site, Some(team), &held).await;
        let zhou = company.db_agent("2", "Zhou Wei", site, Some(team), &held).await;
        let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
        let works = async |agent, start| company.db_shift(week, site, agent, start, 8).await;
        works(li, "2026-03-03T09:00").await;
        let early = works(li, "2026-03-04T07:00").await;
        works(li, "2026-03-05T13:00").await;
        works(zhou, "2026-03-03T08:00").await;
        let late = works(zhou, "2026-03-04T14:00").await;
        works(zhou, "2026-03-05T09:00").await;
        Self { server, site, team, week, li, zhou, early, late, presale }
    }

    async fn colleague(&self, number: &str, name: &str) -> AgentId {
        let held = [(self.presale, 4)];
        self.server.company.db_agent(number, name, self.site, Some(self.team), &held).await
    }

    /// Three English speakers are required in the early hours; Li is one of three, Zhou is none.
    async fn requires_english(&self) {
        let company = &self.server.company;
        let english = company.db_skill("english").await;
        let queue = company.db_queue("english", 30, &[self.site], Some(english)).await;
        let wednesday = ("2026-03-04T08:00", "2026-03-04T10:30");
        company.db_requirement(queue, 30, wednesday, |_| 3).await;
        company
            .db_run(
                "insert into app.agent_skill (tenant_id, agent_id, skill_id, grade) values ($1, $2, $3, 4)",
                params![company.tenant, self.li, english],
            )
            .await;
        for number in ["11", "12"] {
            let held = [(english, 3)];
            let agent = company.db_agent(number, number, self.site, None, &held).await;
            company.db_shift(self.week, self.site, agent, "2026-03-04T07:00", 8).await;
        }
    }

    async fn agent(&self, agent: AgentId) -> Actor {
        self.server.agent(agent).await
    }

    async fn offer(&self, li: &Actor, two_way: bool) -> Value {
        propose(li, self.early, two_way, None).await
    }

    async fn schedule_version(&self) -> Value {
        let manager = self.server.site_manager(self.site).await;
        let document = "query($id: ID!) { schedule(id: $id) { version } }";
        manager.ok(document, json!({"id": self.week.to_string()})).await["schedule"]["version"]
            .take()
    }
}

async fn propose(actor: &Actor, shift: ShiftId, two_way: bool, key: Option<&str>) -> Value {
    let wednesday = json!([{"startsAt": "2026-03-03T16:00:00Z", "endsAt": "2026-03-04T16:00:00Z"}]);
    let input = json!({
        "offeredShiftId": shift.to_string(),
        "audience": {"groupIds": []},
        "acceptableWindows": if two_way { wednesday } else { json!([]) },
        "note": "dentist",
    });
    let document = format!(
        "mutation($input: ShiftSwapProposeInput!) {{
           shiftSwapPropose(input: $input) {{ shiftSwap {{ {SWAP} }} {VIOLATIONS} }} }}"
    );
    sent(actor, &document, input, key, "shiftSwapPropose").await
}

async fn accept(actor: &Actor, swap: &Value, back: Option<ShiftId>, key: Option<&str>) -> Value {
    let back = back.map(|shift| shift.to_string());
    let input = json!({"shiftSwapId": swap["id"], "accept": true, "returnShiftId": back});
    answer(actor, input, key).await
}

async fn answer(actor: &Actor, input: Value, key: Option<&str>) -> Value {
    let document = format!(
        "mutation($input: ShiftSwapAnswerInput!) {{
           shiftSwapAnswer(input: $input) {{ shiftSwap {{ {SWAP} }} {VIOLATIONS} }} }}"
    );
    sent(actor, &document, input, key, "shiftSwapAnswer").await
}

async fn review(actor: &Actor, swap: &Value, approve: bool) -> Value {
    let input =
        json!({"decisions": [{"shiftSwapId": swap["id"], "approve": approve, "comment": "ok"}]});
    let document = format!(
        "mutation($input: ShiftSwapReviewInput!) {{ shiftSwapReview(input: $input) {{
           results {{ shiftSwap {{ {SWAP} }} {VIOLATIONS} }} userErrors {{ code }} }} }}"
    );
    sent(actor, &document, input, None, "shiftSwapReview").await["results"][0].take()
}

async fn cancel(actor: &Actor, swap: &Value) -> Value {
    let document = format!(
        "mutation($input: ShiftSwapCancelInput!) {{
           shiftSwapCancel(input: $input) {{ shiftSwap {{ {SWAP} }} userErrors {{ code }} }} }}"
    );
    sent(actor, &document, json!({"shiftSwapId": swap["id"]}), None, "shiftSwapCancel").await
}

async fn sent(
    actor: &Actor,
    document: &str,
    input: Value,
    key: Option<&str>,
    field: &str,
) -> Value {
    let mut answer = actor.send_with_key(document, json!({"input": input}), key).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"][field].take()
}

fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().expect("list");
    errors.iter().filter_map(|error| error["code"].as_str()).collect()
}

fn done(mut payload: Value) -> Value {
    assert_eq!(codes(&payload), [""; 0], "{payload:#}");
    payload["shiftSwap"].take()
}

async fn wednesday(actor: &Actor) -> Vec<String> {
    let document =
        "{ mySchedule(from: \"2026-03-03T16:00:00Z\", to: \"2026-03-04T16:00:00Z\") { id } }";
    let shifts = actor.ok(document, json!({})).await["mySchedule"].take();
    let ids = shifts.as_array().expect("list").iter();
    ids.map(|shift| shift["id"].as_str().expect("id").to_owned()).collect()
}

#[tokio::test]
async fn li_na_and_zhou_wei_swap_their_wednesday() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let before = gz.schedule_version().await.as_i64().expect("version");
    let swap = done(gz.offer(&li, true).await);
    assert_eq!((&swap["state"], &swap["waitingFor"]), (&json!("OPEN"), &json!("COLLEAGUE")));

    gz.server.app.clock.set(shanghai("2026-03-02T20:07"));
    let swap = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!((&swap["state"], &swap["version"]), (&json!("APPROVED"), &json!(2)));
    assert_eq!(swap["offeredShift"]["version"], 2);
    assert_eq!(swap["requestedShift"], json!({"id": gz.late.to_string(), "version": 2}));
    let decision = &swap["decision"];
    assert_eq!((&decision["outcome"], &decision["bySystem"]), (&json!("APPROVED"), &json!(true)));
    assert_eq!(decision["decidedAt"], "2026-03-02T12:07:00Z");
    assert_eq!(decision["rulesVersions"], json!([1]));
    let rest = json!({"rule": "MIN_REST", "passed": true, "measured": "15 h", "limit": "11 h"});
    let checks = decision["checks"].as_array().expect("list");
    assert_eq!(checks.iter().filter(|it| **it == rest).count(), 2, "both rest 15 h");
    assert_eq!(swap["history"].as_array().expect("list").len(), 2);

    assert_eq!(wednesday(&li).await, [gz.late.to_string()]);
    assert_eq!(wednesday(&zhou).await, [gz.early.to_string()]);
    let tx = gz.server.company.db_begin().await;
    let changes: Option<i64> = tx
        .scalar(
            "select count(*) as value from app.schedule_change where tenant_id = $1 and cause = 'shift_swap'",
            params![gz.server.company.tenant],
        )
        .await
        .expect("count");
    let version: Option<i32> = tx
        .scalar("select version as value from app.schedule where id = $1", params![gz.week])
        .await
        .expect("version");
    assert_eq!((changes, version.map(i64::from)), (Some(1), Some(before + 1)));
}

#[tokio::test]
async fn variant_a_he_jun_is_refused_for_nine_hours_of_rest() {
    let gz = Guangzhou::new().await;
    let he_jun = gz.colleague("3", "He Jun").await;
    gz.server.company.db_shift(gz.week, gz.site, he_jun, "2026-03-03T14:00", 8).await;
    let (li, he) = (gz.agent(gz.li).await, gz.agent(he_jun).await);
    let swap = done(gz.offer(&li, false).await);
    let refused = accept(&he, &swap, None, None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let expected = json!([{"rule": "MIN_REST", "severity": "BLOCKING", "measured": "9 h", "limit": "11 h",
        "cause": "REQUEST", "message": "Rest between two shifts: 9 h, the limit is 11 h."}]);
    assert_eq!(refused["violations"], expected);
    assert_eq!(refused["shiftSwap"]["state"], "OPEN", "others may still take it");
    assert_eq!(wednesday(&li).await, [gz.early.to_string()]);
}

#[tokio::test]
async fn variant_b_two_of_three_english_speakers_are_refused() {
    let gz = Guangzhou::new().await;
    gz.requires_english().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let swap = done(gz.offer(&li, true).await);
    let refused = accept(&zhou, &swap, Some(gz.late), None).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let violation = &refused["violations"][0];
    assert_eq!(
        (&violation["rule"], &violation["severity"]),
        (&json!("COVERAGE"), &json!("BLOCKING"))
    );
    assert_eq!(
        (&violation["measured"], &violation["limit"]),
        (&json!("2 agents"), &json!("3 agents"))
    );
}

#[tokio::test]
async fn variant_b_goes_to_the_leader_where_the_tenant_chose_so() {
    let gz = Guangzhou::new().await;
    gz.requires_english().await;
    let rules = |it: &mut trunkline_domain::schedules::RuleLimits| {
        it.set_severity(RuleCode::Coverage, Severity::NeedsApproval);
    };
    gz.server.company.db_work_rules(gz.site, rules).await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let swap = done(gz.offer(&li, true).await);
    let matched = done(accept(&zhou, &swap, Some(gz.late), None).await);
    assert_eq!((&matched["state"], &matched["waitingFor"]), (&json!("MATCHED"), &json!("LEADER")));
    assert_eq!(matched["violations"], json!([{"rule": "COVERAGE"}]));
    assert_eq!(
        wednesday(&li).await,
        [gz.early.to_string()],
        "nothing moves before the leader decides"
    );

    let office = gz.server.head_office().await;
    let document = "mutation($input: ShiftSwapReviewInput!) { shiftSwapReview(input: $input) { results { userErrors { code } } } }";
    let input = json!({"input": {"decisions": [{"shiftSwapId": matched["id"], "approve": true}]}});
    assert_eq!(office.error_code(document, input).await, "FORBIDDEN");
    let elsewhere = gz.server.company.db_site("CD").await;
    let stranger = gz.server.site_manager(elsewhere).await;
    assert_eq!(codes(&review(&stranger, &matched, true).await), ["NOT_FOUND"]);

    let leader = gz.server.leader(gz.team).await;
    let approved = done(review(&leader, &matched, true).await);
    assert_eq!((&approved["state"], &approved["version"]), (&json!("APPROVED"), &json!(3)));
    assert_eq!(approved["decision"]["bySystem"], false);
    assert_eq!(wednesday(&zhou).await, [gz.early.to_string()]);
    assert_eq!(codes(&review(&leader, &matched, false).await), ["INVALID_STATE"]);
}

#[tokio::test]
async fn variant_c_one_key_sent_twice_makes_one_swap_and_one_answer() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let first = propose(&li, gz.early, true, Some("propose-8e03978e-40d5")).await;
    let again = propose(&li, gz.early, true, Some("propose-8e03978e-40d5")).await;
    assert_eq!(first, again);
    let swap = done(first);
    let first = accept(&zhou, &swap, Some(gz.late), Some("accept-8e03978e-40d5")).await;
    let again = accept(&zhou, &swap, Some(gz.late), Some("accept-8e03978e-40d5")).await;
    assert_eq!(first, again);
    assert_eq!(done(first)["state"], "APPROVED");
    let swaps = li.ok("{ shiftSwaps { nodes { id } } }", json!({})).await;
    assert_eq!(swaps["shiftSwaps"]["nodes"], json!([{"id": swap["id"]}]));
}

#[tokio::test]
async fn the_same_key_sent_twice_at_once_waits_and_gets_the_same_answer() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let send = || propose(&li, gz.early, false, Some("propose-8e03978e-40d5"));
    let (one, two) = tokio::join!(send(), send());
    assert_eq!(one, two);
    assert_eq!(done(one)["state"], "OPEN");
}

#[tokio::test]
async fn variant_d_of_two_takers_at_once_exactly_one_wins() {
    let gz = Guangzhou::new().await;
    let company = &gz.server.company;
    let days = company.db_schedule(gz.site, date(2026, 3, 9), date(2026, 5, 17), true).await;
    let (sun, wang) = (gz.colleague("4", "Sun Hao").await, gz.colleague("5", "Wang Fang").await);
    let (li, sun, wang) = (gz.agent(gz.li).await, gz.agent(sun).await, gz.agent(wang).await);
    for round in 0..20_i32 {
        let day = date(2026, 3, 10).saturating_add((3 * round).days());
        let start = format!("{day}T10:00");
        let shift = company.db_shift(days, gz.site, gz.li, &start, 4).await;
        let swap = done(propose(&li, shift, false, None).await);
        let (one, two) =
            tokio::join!(accept(&sun, &swap, None, None), accept(&wang, &swap, None, None));
        let mut outcomes = [codes(&one), codes(&two)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [vec![], vec!["ALREADY_TAKEN"]], "round {round}: {one:#} {two:#}");
        let tx = company.db_begin().await;
        let version: Option<i32> = tx
            .scalar("select version as value from app.shift where id = $1", params![shift])
            .await
            .expect("version");
        assert_eq!(version, Some(2), "the shift moved once");
    }
}

#[tokio::test]
async fn variant_e_an_offer_that_nobody_takes_lapses() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    assert_eq!(
        swap["expiresAt"],
        shanghai("2026-03-03T19:00").to_string(),
        "12 h before the shift"
    );
    gz.server.app.clock.set(shanghai("2026-03-03T19:00"));
    let zhou = gz.agent(gz.zhou).await;
    let late = accept(&zhou, &swap, None, None).await;
    assert_eq!(codes(&late), ["INVALID_STATE"]);
    assert!(expire_swaps(&gz.server.app).await.expect("lapse") >= 1);
    let li = gz.server.sign_in(&format!("{}@example.com", gz.li)).await;
    let document = format!("query($id: ID!) {{ shiftSwap(id: $id) {{ {SWAP} }} }}");
    let lapsed = li.ok(&document, json!({"id": swap["id"]})).await["shiftSwap"].take();
    assert_eq!((&lapsed["state"], &lapsed["version"]), (&json!("EXPIRED"), &json!(2)));
    assert_eq!(lapsed["history"][1]["bySystem"], true);
    assert_eq!(lapsed["decision"]["outcome"], "EXPIRED");
}

#[tokio::test]
async fn variant_f_an_offer_is_taken_back_by_who_made_it_and_by_nobody_else() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let swap = done(gz.offer(&li, false).await);
    assert_eq!(codes(&cancel(&zhou, &swap).await), ["FORBIDDEN"]);
    let cancelled = done(cancel(&li, &swap).await);
    assert_eq!(cancelled["state"], "CANCELLED");
    assert_eq!(cancelled["decision"]["outcome"], "WITHDRAWN", "not counted");
    assert_eq!(codes(&accept(&zhou, &swap, None, None).await), ["INVALID_STATE"]);
    assert_eq!(done(gz.offer(&li, false).await)["state"], "OPEN", "and may be offered again");
}

#[tokio::test]
async fn variant_g_for_another_site_or_company_there_is_no_such_swap() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let swap = done(gz.offer(&li, false).await);
    let chengdu = gz.server.company.db_site("CD").await;
    let other = gz.server.company.db_agent("9", "Yu", chengdu, None, &[]).await;
    let beifang = gz.server.stranger().await;
    let site = beifang.company.db_site("GZ").await;
    let stranger = beifang.company.db_agent("1", "Ma", site, None, &[]).await;
    let document = "query($id: ID!) { shiftSwap(id: $id) { id } node(id: $id) { id } }";
    for actor in [gz.agent(other).await, beifang.agent(stranger).await] {
        assert_eq!(codes(&accept(&actor, &swap, None, None).await), ["NOT_FOUND"]);
        assert_eq!(codes(&cancel(&actor, &swap).await), ["NOT_FOUND"]);
        let seen = actor.ok(document, json!({"id": swap["id"]})).await;
        assert_eq!(seen, json!({"shiftSwap": null, "node": null}));
        assert_eq!(codes(&propose(&actor, gz.early, false, None).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn a_colleague_sees_what_is_offered_and_tries_without_taking() {
    let gz = Guangzhou::new().await;
    let (li, zhou) = (gz.agent(gz.li).await, gz.agent(gz.zhou).await);
    let swap = done(gz.offer(&li, true).await);
    let document = "{ shiftSwaps { nodes { state note proposerName proposer { id }
        offeredShift { startsAt activities { category } } } } }";
    let seen = zhou.ok(document, json!({})).await["shiftSwaps"]["nodes"][0].take();
    assert_eq!((&seen["note"], &seen["proposerName"]), (&json!("dentist"), &json!("Li Na")));
    assert_eq!(seen["proposer"], Value::Null, "the name, not the person's record");
    assert_eq!(seen["offeredShift"]["startsAt"], shanghai("2026-03-04T07:00").to_string());

    let input = json!({"shiftSwapId": swap["id"], "accept": true, "returnShiftId": gz.late.to_string(), "dryRun": true});
    let tried = answer(&zhou, input, None).await;
    assert_eq!((codes(&tried), &tried["shiftSwap"]), (vec![], &Value::Null));
    assert_eq!(wednesday(&li).await, [gz.early.to_string()]);
    let input = json!({"shiftSwapId": swap["id"], "accept": false});
    assert_eq!(done(answer(&zhou, input, None).await)["state"], "OPEN", "others may still take it");
}

#[tokio::test]
async fn a_shift_says_whether_it_may_be_offered() {
    let gz = Guangzhou::new().await;
    let li = gz.agent(gz.li).await;
    let document = "{ mySchedule(from: \"2026-03-02T16:00:00Z\", to: \"2026-03-04T16:00:00Z\") {
        viewerCanOffer { allowed reasons { code } } activeSwap { state } } }";
    let ask = async || li.ok(document, json!({})).await["mySchedule"].take();
    let allowed = json!({"viewerCanOffer": {"allowed": true, "reasons": []}, "activeSwap": null});
    assert_eq!(ask().await[1], allowed);
    let too_soon = &ask().await[0]["viewerCanOffer"];
    assert_eq!(*too_soon, json!({"allowed": false, "reasons": [{"code": "NOTICE_TOO_SHORT"}]}));
    done(gz.offer(&li, false).await);
    let open = ask().await;
    assert_eq!(open[1]["activeSwap"]["state"], "OPEN");
    assert_eq!(open[1]["viewerCanOffer"]["reasons"], json!([{"code": "SHIFT_SWAP_ALREADY_OPEN"}]));
    assert_eq!(codes(&gz.offer(&li, false).await), ["SHIFT_SWAP_ALREADY_OPEN"]);
}

#[tokio::test]
async fn swaps_are_off_where_the_tenant_chose_so() {
    let gz = Guangzhou::new().await;
    let policy = json!({"shift_swap": {"enabled": false, "always_reviewed": false, "across_sites": false,
                                       "deadline_seconds": 43200}});
    let company = &gz.server.company;
    company
        .db_run(
            "update app.tenant set settings = $2 where id = $1",
            params![company.tenant, policy],
        )
        .await;
    let li = gz.agent(gz.li).await;
    assert_eq!(codes(&gz.offer(&li, false).await), ["SHIFT_SWAP_DISABLED"]);
}

#[tokio::test]
async fn a_leader_files_for_the_own_line_only() {
    let gz = Guangzhou::new().await;
    let other = gz.server.company.db_team(gz.site, "B").await;
    let leader = gz.server.leader(gz.team).await;
    assert_eq!(done(propose(&leader, gz.early, false, None).await)["state"], "OPEN");
    let stranger = gz.server.leader(other).await;
    assert_eq!(codes(&propose(&stranger, gz.late, false, None).await), ["NOT_FOUND"]);
    let email = "second@example.com";
    let agent = gz.server.user(email, Role::HeadOffice, Within::Tenant).await;
    let document = "mutation($input: ShiftSwapCancelInput!) { shiftSwapCancel(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"shiftSwapId": "swp_00000000000000000000000000"}});
    assert_eq!(agent.error_code(document, input).await, "FORBIDDEN");
}
