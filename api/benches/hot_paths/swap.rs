//! A shift offered to everybody and taken back.

use serde_json::{Value, json};

use crate::{
    Work,
    pgbench::{End, transaction},
    reads::SHIFT_COLUMNS,
    seed::{Seeded, ask, sign_in},
};

const PROPOSE: &str = "mutation($input: ShiftSwapProposeInput!) { shiftSwapPropose(input: $input) {
    shiftSwap { id state version expiresAt } violations { rule } userErrors { code } } }";
const CANCEL: &str = "mutation($input: ShiftSwapCancelInput!) { shiftSwapCancel(input: $input) {
    shiftSwap { id state version } userErrors { code } } }";
const OFFERED: &str =
    "{ mySchedule(from: \"2026-04-01T00:00:00Z\", to: \"2026-04-02T00:00:00Z\") { id } }";

/// Each connection is another agent with a shift of their own.
pub(crate) async fn work(seeded: &Seeded, address: &str) -> Work {
    let mut requests = Vec::new();
    for (_, email) in seeded.agents.iter().take(16) {
        let token = sign_in(seeded, address, email).await;
        let offered = ask(address, Some(token.clone()), OFFERED, json!({})).await;
        let shift = &offered["mySchedule"][0]["id"];
        let input =
            json!({"offeredShiftId": shift, "audience": {"teamIds": []}, "note": "dentist"});
        requests.push((token, json!({"query": PROPOSE, "variables": {"input": input}})));
    }
    let follow = |data: &Value| {
        let swap = &data["shiftSwapPropose"]["shiftSwap"]["id"];
        assert!(swap.is_string(), "{data}");
        json!({"query": CANCEL, "variables": {"input": {"shiftSwapId": swap}}})
    };
    Work {
        name: "swap, offered and taken back",
        connections: 16,
        requests,
        follow: Some(follow),
        script: script(seeded),
    }
}

const SWAP_COLUMNS: &str = "w.id, w.state, w.site_id, w.proposer_id, w.offered_shift_id, \
     w.offered_version, s.starts_at as offered_starts_at, s.ends_at as offered_ends_at, \
     w.audience_agent_id, w.audience_team_ids, w.acceptable_windows, w.counterpart_id, \
     w.return_shift_id, w.note, w.expires_at, w.violations, w.decision, w.history, w.version, \
     w.created_at, w.updated_at";
const ITS_SHIFT: &str =
    "join app.shift s on s.tenant_id = w.tenant_id and s.id = w.offered_shift_id";
const AGENT_COLUMNS: &str = "a.id, a.number, a.display_name, a.site_id, a.team_id, a.post, \
     a.status, a.hired_on, a.left_on, a.languages, a.external_ids, a.version, a.created_at, \
     a.updated_at";
/// A step in the history of a swap.
const EVENT: &str = "'[{\"state\": \"OPEN\", \"at\": \"2026-03-02\", \"comment\": \"dentist\"}]'";

/// The statements of both mutations, in the server's order and words; what the server holds in memory,
/// as sites and teams, is not asked for.
fn script(seeded: &Seeded) -> String {
    let it = Script::of(seeded);
    let propose: Vec<String> =
        it.offered().into_iter().chain(it.ground()).chain(it.written()).collect();
    transaction(seeded, &propose, End::Commit) + &transaction(seeded, &it.taken_back(), End::Commit)
}

/// Whose statements they are: those of an agent by the id of the client.
struct Script {
    tenant: String,
    site: String,
    agent: String,
    /// Condition on rows of the agent.
    own: String,
}

impl Script {
    fn of(seeded: &Seeded) -> Self {
        let tenant = seeded.company.tenant.uuid().to_string();
        let ids: Vec<String> =
            seeded.agents.iter().take(16).map(|(id, _)| format!("'{}'", id.uuid())).collect();
        let agent = format!("(array[{}]::uuid[])[:client_id + 1]", ids.join(","));
        let own = format!("tenant_id = '{tenant}' and agent_id = any(array[{agent}])");
        Self { tenant, site: seeded.site.uuid().to_string(), agent, own }
    }

    /// The agent, by id.
    fn agent_by_id(&self) -> String {
        let Self { tenant, agent, .. } = self;
        format!(
            "select {AGENT_COLUMNS} from app.agent a
             where a.tenant_id = '{tenant}' and a.id = any(array[{agent}])"
        )
    }

    /// As `audit::record` writes them: who, from where, why, before and after, by which rules. The id is
    /// that of `:event_id`.
    fn audit(
        &self,
        action: &str,
        reason: &str,
        [before, after]: [&str; 2],
        [rules, detail]: [&str; 2],
    ) -> String {
        let Self { tenant, agent, .. } = self;
        format!(
            "with done as (
                 insert into app.audit_event (tenant_id, id, at, actor_id, address, client, action, subject,
                                              request_id, reason, before, after, rule_version, detail, digest)
                 values ('{tenant}', ':event_id', now(), {agent}, '127.0.0.1', null, '{action}',
                         ':swap_id', 'f00d', {reason}, {before}, {after}, {rules}, '{detail}',
                         sha256('f00d')))
             insert into app.audit_unsealed (tenant_id, event_id) values ('{tenant}', ':event_id')"
        )
    }

    /// The shift, which the server has by its id, and its owner.
    fn offered(&self) -> Vec<String> {
        let Self { own, .. } = self;
        let shift = format!(
            "select s.id as shift_id, gen_random_uuid() as event_id, {SHIFT_COLUMNS} from app.shift s
             where s.{own} and s.local_date = '2026-04-01' \\gset"
        );
        vec![shift, self.agent_by_id()]
    }

    /// What the judge looks at: the statements of `load_ground` for one agent, where nothing is required
    /// and seats are not limited.
    fn ground(&self) -> Vec<String> {
        let Self { tenant, site, agent, own } = self;
        vec![
            format!(
                "select id, site_id, team_id, hired_on, left_on from app.agent
                 where tenant_id = '{tenant}'
                 and ((site_id = null::uuid and status = 'ACTIVE') or id = any(array[{agent}]))
                 order by id"
            ),
            format!(
                "select agent_id, valid_from, valid_until, kind, weekly_min_seconds, weekly_max_seconds
                 from app.contract where {own} and valid_from <= '2026-05-11'
                 and (valid_until is null or valid_until > '2026-02-23')
                 order by agent_id, valid_from"
            ),
            format!(
                "select agent_id, skill_id, grade, valid_until from app.agent_skill
                 where {own} order by agent_id, skill_id"
            ),
            format!(
                "select distinct s.site_id, q.skill_id, q.training
                 from app.queue_site s
                 join app.queue q on q.tenant_id = s.tenant_id and q.id = s.queue_id
                 where s.tenant_id = '{tenant}' and s.site_id = any(array['{site}']::uuid[])
                 and exists (select from app.queue_site o
                             join app.queue g on g.tenant_id = o.tenant_id and g.id = o.queue_id
                             where o.tenant_id = '{tenant}' and o.site_id = s.site_id
                               and g.training is not null)"
            ),
            format!(
                "select id, agent_id, available, label, weekdays, local_from, local_until, valid_from,
                        valid_until, starts_at, ends_at
                 from app.availability where {own}
                 and (starts_at is null or (starts_at < '2026-05-10T16:00:00Z'
                                            and ends_at > '2026-02-22T16:00:00Z'))
                 order by agent_id, id"
            ),
            format!(
                "select agent_id, earned_on, rest_on from app.rest_given
                 where {own} and rest_on between '2026-02-23' and '2026-05-11'
                 order by agent_id, rest_on"
            ),
            format!(
                "select {SHIFT_COLUMNS} from app.shift s where s.{own}
                 and s.starts_at < '2026-05-10T16:00:00Z' and s.ends_at > '2026-02-22T16:00:00Z'
                 and s.starts_at > '2026-02-22T16:00:00Z'::timestamptz - interval '48 hours'
                 and ((s.schedule_id = null::uuid and s.state in ('DRAFT', 'PUBLISHED'))
                      or (s.state = 'PUBLISHED' and (null::uuid is null or s.site_id <> null::uuid
                          or s.local_date < null::date or s.local_date > null::date)))
                 order by s.agent_id, s.starts_at, s.id"
            ),
            format!(
                "select w.id, w.site_id, w.contract_kind, w.team_id, w.agent_id, w.number, w.valid_from,
                        w.rules, w.created_at
                 from app.work_rules w
                 where w.tenant_id = '{tenant}'
                 and (w.site_id = '{site}'
                      or (w.site_id is null and w.team_id is null and w.agent_id is null)
                      or w.agent_id = any(array[{agent}])
                      or w.team_id in (select a.team_id from app.agent a
                                       where a.tenant_id = '{tenant}' and a.id = any(array[{agent}])))"
            ),
            format!(
                "select distinct on (r.queue_id, p.starts_at)
                        r.queue_id, p.starts_at, r.id as requirement_id, r.forecast_id, p.to_schedule
                 from app.requirement r
                 join app.requirement_point p on p.tenant_id = r.tenant_id and p.requirement_id = r.id
                 where r.tenant_id = '{tenant}'
                 and r.queue_id in (select q.queue_id from app.queue_site q
                                    where q.tenant_id = '{tenant}' and q.site_id = '{site}')
                 and p.starts_at >= '2026-03-31T16:00:00Z' and p.starts_at < '2026-04-01T16:00:00Z'
                 order by r.queue_id, p.starts_at, r.created_at desc, r.id desc"
            ),
            format!(
                "select site_id, valid_from, seats from app.site_seats
                 where tenant_id = '{tenant}' and site_id = any(array['{site}']::uuid[])
                 order by site_id, valid_from"
            ),
        ]
    }

    /// The decision, its record, and whom to tell of it: nobody, for all work at that time.
    fn written(&self) -> Vec<String> {
        let Self { tenant, site, agent, .. } = self;
        let offered = "'{\"state\": \"OPEN\", \"proposerId\": \"agt_01jn9g0000e8w9wqk1\",
            \"offeredShiftId\": \":shift_id\", \"audienceAgentId\": null, \"audienceTeamIds\": [],
            \"windows\": [], \"expiresAt\": \"2026-03-31T12:00:00Z\"}'";
        let rules = "'wrk_00000000000000000000000000 v1'";
        vec![
            format!(
                "select settings -> 'shift_swap' as value from app.tenant where id = '{tenant}'"
            ),
            format!(
                "select {SWAP_COLUMNS} from app.shift_swap w {ITS_SHIFT}
                 where w.tenant_id = '{tenant}' and w.state in ('OPEN', 'MATCHED')
                 and (w.offered_shift_id = any(array[':shift_id']::uuid[])
                      or w.return_shift_id = any(array[':shift_id']::uuid[]))"
            ),
            format!(
                "with w as (
                     insert into app.shift_swap (tenant_id, id, state, site_id, proposer_id,
                                                 offered_shift_id, offered_version, audience_agent_id,
                                                 audience_team_ids, acceptable_windows, note,
                                                 expires_at, history, version, created_at, updated_at)
                     values ('{tenant}', gen_random_uuid(), 'OPEN', '{site}', {agent}, ':shift_id', 1,
                             null, array[]::uuid[], '[]', 'dentist', '2026-03-31', {EVENT}, 1, now(),
                             now())
                     returning *)
                 select w.id as swap_id, {SWAP_COLUMNS} from w {ITS_SHIFT}
                 where w.tenant_id = '{tenant}' \\gset"
            ),
            self.audit("shift_swap.propose", "'dentist'", ["null", offered], [rules, "{}"]),
            format!(
                "select a.id from app.app_user u
                 left join app.agent a on a.tenant_id = u.tenant_id and a.id = u.agent_id
                 left join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id
                 where u.tenant_id = '{tenant}' and u.state = 'ACTIVE' and a.status = 'ACTIVE'
                 and (a.id is null
                      or coalesce(a.left_on >= (now() at time zone w.time_zone)::date,
                                  a.status <> 'TERMINATED')
                         and not exists (select from app.contract c
                                         where c.tenant_id = a.tenant_id and c.agent_id = a.id
                                         having max(coalesce(c.valid_until, 'infinity'))
                                                <= (now() at time zone w.time_zone)::date))
                 and a.site_id = '{site}' and a.id <> {agent}
                 and (cardinality(array[]::uuid[]) = 0 or a.team_id = any(array[]::uuid[]))
                 and not exists (
                     select from unnest(array[]::uuid[], array[]::smallint[]) as need (skill, grade)
                     where not exists (
                         select from (select k.skill_id as skill, k.grade, k.valid_until as until
                                      from app.agent_skill k
                                      where k.tenant_id = a.tenant_id and k.agent_id = a.id) as held
                         where held.skill = need.skill and held.grade >= greatest(need.grade, 1)
                         and (held.until is null or held.until >= '2026-04-01')))
                 and not (true and exists (
                     select from app.shift s
                     where s.tenant_id = a.tenant_id and s.agent_id = a.id and s.state = 'PUBLISHED'
                     and s.starts_at < '2026-04-01T09:00:00Z' and s.ends_at > '2026-04-01T01:00:00Z'
                     and s.starts_at > '2026-04-01T01:00:00Z'::timestamptz - interval '48 hours'))
                 order by a.team_id is distinct from null::uuid, a.id limit 100"
            ),
        ]
    }

    /// The swap as its proposer sees it, and the step.
    fn taken_back(&self) -> Vec<String> {
        let Self { tenant, agent, .. } = self;
        let states = ["'{\"state\": \"OPEN\"}'", "'{\"state\": \"CANCELLED\"}'"];
        let decided =
            "{\"kind\": \"SHIFT_SWAP\", \"outcome\": \"CANCELLED\", \"decider\": \"AGENT\",
            \"decidedAt\": \"2026-03-02T12:00:00Z\", \"rules\": [], \"checks\": [], \"impacts\": []}";
        vec![
            format!(
                "select gen_random_uuid() as event_id, {SWAP_COLUMNS} from app.shift_swap w {ITS_SHIFT}
                 join app.agent p on p.tenant_id = w.tenant_id and p.id = w.proposer_id
                 left join app.agent t on t.tenant_id = w.tenant_id and t.id = w.counterpart_id
                 left join app.agent me on me.tenant_id = w.tenant_id and me.id = {agent}
                 where w.tenant_id = '{tenant}'
                 and (false or w.site_id = any(array[]::uuid[]) or p.team_id = any(array[]::uuid[])
                      or t.team_id = any(array[]::uuid[]) or w.proposer_id in ({agent}, {agent})
                      or w.counterpart_id in ({agent}, {agent}) or w.audience_agent_id = {agent}
                      or (w.state = 'OPEN' and w.audience_agent_id is null and me.site_id = w.site_id
                          and (w.audience_team_ids = '{{}}' or me.team_id = any(w.audience_team_ids))
                          and not exists (
                              select from jsonb_to_recordset(s.needs) as need (skill text, grade int)
                              where not exists (
                                  select from jsonb_to_recordset('[]')
                                              as held (skill text, grade int, until date)
                                  where held.skill = need.skill
                                  and held.grade >= greatest(need.grade, 1)
                                  and (held.until is null or held.until >= s.local_date)))))
                 and (false or w.id = any(array[':swap_id']::uuid[])) \\gset"
            ),
            self.agent_by_id(),
            format!(
                "with w as (
                     update app.shift_swap
                     set state = 'CANCELLED', counterpart_id = null, return_shift_id = null,
                         violations = '[]', decision = '{decided}', history = history || {EVENT},
                         version = 2, updated_at = now()
                     where tenant_id = '{tenant}' and id = ':swap_id' and version = 1
                     and state in ('OPEN', 'MATCHED')
                     returning *)
                 select {SWAP_COLUMNS} from w {ITS_SHIFT} where w.tenant_id = '{tenant}'"
            ),
            self.audit("shift_swap.cancelled", "null", states, ["null", decided]),
        ]
    }
}
