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

const SWAP: &str = "select w.*, s.starts_at, s.ends_at from app.shift_swap w
    join app.shift s on s.tenant_id = w.tenant_id and s.id = w.offered_shift_id";

/// The statements of both mutations, with the id of the client in the place of the agent.
fn script(seeded: &Seeded) -> String {
    let tenant = seeded.company.tenant.uuid();
    let site = seeded.site.uuid();
    let ids: Vec<String> =
        seeded.agents.iter().take(16).map(|(id, _)| format!("'{}'", id.uuid())).collect();
    let agent = format!("(array[{}]::uuid[])[:client_id + 1]", ids.join(","));
    let own = format!("tenant_id = '{tenant}' and agent_id = any(array[{agent}])");
    // As `audit::record` writes them: who, from where, why, before and after, by which rules.
    let audit = |action: &str,
                 reason: &str,
                 [before, after]: [&str; 2],
                 rules: &str,
                 detail: &str| {
        format!(
            "with done as (
                 insert into app.audit_event (tenant_id, id, at, actor_id, address, client, action, subject,
                                              request_id, reason, before, after, rule_version, detail, digest)
                 values ('{tenant}', gen_random_uuid(), now(), {agent}, '127.0.0.1', null, '{action}',
                         ':swap_id', 'f00d', {reason}, {before}, {after}, {rules}, '{detail}',
                         sha256('f00d'))
                 returning id)
             insert into app.audit_unsealed (tenant_id, event_id) select '{tenant}', id from done"
        )
    };
    let offered =
        "'{\"state\": \"OPEN\", \"proposerId\": \"agt_01jn9g0000e8w9wqk1\", \"offeredShiftId\":
        \":shift_id\", \"audienceAgentId\": null, \"audienceTeamIds\": [], \"windows\": [],
        \"expiresAt\": \"2026-03-31T12:00:00Z\"}'";
    let rules = "'wrk_00000000000000000000000000 v1'";
    let decided = "{\"kind\": \"SHIFT_SWAP\", \"outcome\": \"CANCELLED\", \"decider\": \"AGENT\",
        \"decidedAt\": \"2026-03-02T12:00:00Z\", \"rules\": [], \"checks\": [], \"impacts\": []}";
    let event = "'[{\"state\": \"OPEN\", \"at\": \"2026-03-02\", \"comment\": \"dentist\"}]'";
    let after = format!("{SWAP} where w.tenant_id = '{tenant}' and w.id = ':swap_id'");
    let propose = [
        format!(
            "select s.id as shift_id, s.version, s.starts_at, s.ends_at, s.activities from app.shift s
             where s.{own} and s.local_date = '2026-04-01' \\gset"
        ),
        format!("select a.* from app.agent a where a.tenant_id = '{tenant}' and a.id = {agent}"),
        format!(
            "select id, site_id, number, valid_from, rules, created_at from app.work_rules
             where tenant_id = '{tenant}' and (site_id = '{site}' or site_id is null)
             and valid_from <= '2026-03-30'
             order by site_id nulls last, valid_from desc, number desc limit 1"
        ),
        format!(
            "select id, site_id, hired_on, left_on from app.agent
             where tenant_id = '{tenant}' and id = any(array[{agent}]) order by id"
        ),
        format!(
            "select agent_id, kind, weekly_min_seconds, weekly_max_seconds from app.contract
             where {own} and valid_from <= '2026-03-30'
             and (valid_until is null or valid_until > '2026-03-30')"
        ),
        format!(
            "select agent_id, skill_id, grade, valid_until from app.agent_skill
             where {own} order by agent_id, skill_id"
        ),
        format!("select * from app.availability where {own} order by agent_id, id"),
        format!(
            "select {SHIFT_COLUMNS} from app.shift s where s.{own} and s.state = 'PUBLISHED'
             and s.starts_at < '2026-05-11T00:00:00Z' and s.ends_at > '2026-02-23T00:00:00Z'
             and s.starts_at > '2026-02-21T00:00:00Z' order by s.agent_id, s.starts_at, s.id"
        ),
        format!(
            "select distinct on (r.queue_id, p.starts_at) r.queue_id, p.starts_at, p.to_schedule
             from app.requirement r
             join app.requirement_point p on p.tenant_id = r.tenant_id and p.requirement_id = r.id
             where r.tenant_id = '{tenant}'
             and r.queue_id in (select q.queue_id from app.queue_site q
                                where q.tenant_id = '{tenant}' and q.site_id = '{site}')
             and p.starts_at >= '2026-03-31T16:00:00Z' and p.starts_at < '2026-04-01T16:00:00Z'
             order by r.queue_id, p.starts_at, r.created_at desc, r.id desc"
        ),
        format!("select settings -> 'shift_swap' from app.tenant where id = '{tenant}'"),
        format!(
            "{SWAP} where w.tenant_id = '{tenant}' and w.state in ('OPEN', 'MATCHED')
             and (w.offered_shift_id = ':shift_id' or w.return_shift_id = ':shift_id')"
        ),
        format!(
            "insert into app.shift_swap (tenant_id, id, state, site_id, proposer_id, offered_shift_id,
                                         offered_version, acceptable_windows, note, expires_at,
                                         history, version, created_at, updated_at)
             values ('{tenant}', gen_random_uuid(), 'OPEN', '{site}', {agent}, ':shift_id', 1, '[]',
                     'dentist', '2026-03-31', {event}, 1, now(), now())
             returning id as swap_id \\gset"
        ),
        audit("shift_swap.propose", "'dentist'", ["null", offered], rules, "{}"),
        after.clone(),
    ];
    let states = ["'{\"state\": \"OPEN\"}'", "'{\"state\": \"CANCELLED\"}'"];
    let cancel = [
        format!(
            "{SWAP} join app.agent p on p.tenant_id = w.tenant_id and p.id = w.proposer_id
             left join app.agent t on t.tenant_id = w.tenant_id and t.id = w.counterpart_id
             where w.tenant_id = '{tenant}' and w.id = ':swap_id'"
        ),
        format!("select a.* from app.agent a where a.tenant_id = '{tenant}' and a.id = {agent}"),
        format!(
            "update app.shift_swap
             set state = 'CANCELLED', violations = '[]', decision = '{{}}', history = history || {event},
                 version = 2, updated_at = now()
             where tenant_id = '{tenant}' and id = ':swap_id' and version = 1
             and state in ('OPEN', 'MATCHED')"
        ),
        audit("shift_swap.cancelled", "null", states, "null", decided),
        after,
    ];
    transaction(seeded, &propose, End::Commit) + &transaction(seeded, &cancel, End::Commit)
}
