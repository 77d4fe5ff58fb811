//! What phones and planners look at all day.

use serde_json::json;

use crate::{
    Work,
    pgbench::{End, transaction},
    seed::{self, Seeded, sign_in},
};

const MY_SCHEDULE: &str =
    "query($from: DateTime!, $to: DateTime!) { mySchedule(from: $from, to: $to) {
    id startsAt endsAt localDate timeZone paidSeconds version
    activities { category startsAt endsAt paid } } }";

const SITE_WEEK: &str = "query($site: ID!, $date: Date!) { siteWeek(siteId: $site, weekOf: $date) {
    id startsAt endsAt localDate version
    activities { category startsAt endsAt paid } } }";

pub(crate) const SHIFT_COLUMNS: &str = "s.id, s.schedule_id, s.site_id, s.agent_id, s.starts_at, \
     s.ends_at, s.local_date, s.activities, s.needs, s.state, s.version";

/// Own schedule and site week.
pub(crate) async fn works(seeded: &Seeded, address: &str) -> Vec<Work> {
    let window = json!({"from": "2026-03-02T00:00:00Z", "to": "2026-03-16T00:00:00Z"});
    let mut own = Vec::new();
    for (_, email) in seeded.agents.iter().take(16) {
        let token = sign_in(seeded, address, email).await;
        own.push((token, json!({"query": MY_SCHEDULE, "variables": window})));
    }
    let week = json!({"site": seeded.site.to_string(), "date": "2026-03-04"});
    let planner = sign_in(seeded, address, seed::PLANNER).await;
    let read = |sql: String| transaction(seeded, &[sql], End::Rollback);
    vec![
        Work {
            name: "own schedule, two weeks",
            connections: 16,
            requests: own,
            follow: None,
            script: read(format!(
                "select {SHIFT_COLUMNS} from app.shift s where s.tenant_id = '{tenant}'
                 and s.agent_id = any(array['{agent}']::uuid[]) and s.state = any(array['PUBLISHED'])
                 and s.starts_at < '2026-03-16T00:00:00Z' and s.ends_at > '2026-03-02T00:00:00Z'
                 and s.starts_at > '2026-02-28T00:00:00Z' order by s.agent_id, s.starts_at, s.id",
                tenant = seeded.company.tenant.uuid(),
                agent = seeded.agents[0].0.uuid(),
            )),
        },
        Work {
            name: "site week, 500 shifts",
            connections: 4,
            requests: vec![(planner, json!({"query": SITE_WEEK, "variables": week})); 4],
            follow: None,
            script: read(format!(
                "select {SHIFT_COLUMNS} from app.shift s where s.tenant_id = '{tenant}'
                 and s.site_id = any(array['{site}']::uuid[]) and s.state = any(array['PUBLISHED'])
                 and s.starts_at < '2026-03-08T16:00:00Z' and s.ends_at > '2026-03-01T16:00:00Z'
                 and s.starts_at > '2026-02-27T16:00:00Z'
                 and (false or s.site_id = any(array['{site}']::uuid[]) or s.agent_id in (
                      select a.id from app.agent a where a.tenant_id = s.tenant_id
                      and (a.team_id = any(array[]::uuid[]) or a.id = null::uuid)))
                 order by s.starts_at, s.id",
                tenant = seeded.company.tenant.uuid(),
                site = seeded.site.uuid(),
            )),
        },
    ]
}
