//! Scenario 2: two agents of Guangzhou swap a shift by phone.

mod after_the_day;
mod alternatives;
mod generated;
mod offers;
mod privacy;
mod recurring;
mod replanned;
mod told;
mod variants;

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ScheduleId, ShiftId, SiteId, SkillId, TeamId},
    requests::SwapPolicy,
};
use trunkline_infra::{ctx::Ctx, params};

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
        Self::on(Server::start().await).await
    }

    async fn on(server: Server) -> Self {
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

    /// He Jun, who works until Tuesday, 22:00: too late for the early shift of Wednesday.
    async fn he_jun_after_a_late_shift(&self) -> AgentId {
        let he_jun = self.colleague("3", "He Jun").await;
        self.server.company.db_shift(self.week, self.site, he_jun, "2026-03-03T14:00", 8).await;
        he_jun
    }

    /// The early shift asks for English, which nobody speaks yet.
    async fn early_asks_for_english(&self) -> SkillId {
        let company = &self.server.company;
        let english = company.db_skill("english").await;
        company
            .db_run(
                "update app.shift set needs = jsonb_build_array(jsonb_build_object('skill', $3::text, 'grade', 3))
                 where tenant_id = $1 and id = $2",
                params![company.tenant, self.early, english.to_string()],
            )
            .await;
        english
    }

    /// The tenant has decided so about swaps.
    async fn swaps_are(&self, policy: SwapPolicy) {
        let company = &self.server.company;
        let sql = "update app.tenant set settings = $2 where id = $1";
        company.db_run(sql, params![company.tenant, json!({"shift_swap": policy})]).await;
    }

    /// The account of this address is that of an agent.
    async fn account_is_of(&self, email: &str, agent: AgentId) {
        let company = &self.server.company;
        let sql = "update app.app_user set agent_id = $2 where tenant_id = $1 and email = $3";
        company.db_run(sql, params![company.tenant, agent, email]).await;
    }

    /// As the program itself, now.
    fn system(&self) -> Ctx {
        Ctx::of_system(self.server.company.tenant, "test", self.server.app.clock.now())
    }

    async fn agent(&self, agent: AgentId) -> Actor {
        self.server.agent(agent).await
    }

    /// Li and Zhou.
    async fn both(&self) -> (Actor, Actor) {
        (self.agent(self.li).await, self.agent(self.zhou).await)
    }

    /// Two who are free and could take the early shift.
    async fn two_takers(&self) -> (Actor, Actor) {
        let (sun, wang) =
            (self.colleague("4", "Sun Hao").await, self.colleague("5", "Wang Fang").await);
        (self.agent(sun).await, self.agent(wang).await)
    }

    async fn offer(&self, li: &Actor, two_way: bool) -> Value {
        propose(li, self.early, two_way, None).await
    }

    /// Li offers the early shift and Zhou takes it for the late one.
    async fn agreed(&self, li: &Actor, zhou: &Actor) -> Value {
        let swap = done(self.offer(li, true).await);
        done(accept(zhou, &swap, Some(self.late), None).await)
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
        "audience": {"teamIds": []},
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
