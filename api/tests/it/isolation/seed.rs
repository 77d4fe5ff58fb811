use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
};
use trunkline_infra::{
    ctx::{Ctx, new_id},
    params,
};
use trunkline_testkit::Within;

use super::below::Below;
use crate::support::{Actor, Server, evaluation};

/// Behind the canary in every text of a personal file.
pub const IN_A_FILE: &str = "-in-a-file";

/// A set of one shift template, as it is stored.
fn templates(name: &str) -> Value {
    json!([{"code": "DAY", "names": {"en": name, "zh": name}, "shortest_seconds": 28800,
            "longest_seconds": 28800, "length_step_seconds": 1800,
            "starts": {"from": "08:00:00", "to": "10:00:00"}, "start_step_seconds": 1800, "pauses": null,
            "contract_kinds": []}])
}

/// A site with something of every kind, in which every name carries a canary.
pub struct Furnished {
    pub server: Server,
    pub canary: &'static str,
    site: SiteId,
    team: TeamId,
    agent: AgentId,
    colleague: AgentId,
}

impl Furnished {
    /// Fills the empty company of `server`, and calls it by the canary too.
    pub async fn of(server: Server, canary: &'static str) -> Self {
        let company = &server.company;
        let name = format!("{canary}-company");
        let sql = "update app.tenant set name_en = $2, name_zh = $2 where id = $1";
        company.db_run(sql, params![company.tenant, name]).await;
        Self::at_site(server, canary, canary).await
    }

    /// Makes a site of the company of `server`. What everybody in the company may know of it is named
    /// by `open`: the site, its team, skill and queue.
    pub async fn at_site(server: Server, open: &'static str, canary: &'static str) -> Self {
        let company = &server.company;
        let named = |what: &str| format!("{canary}-{what}");
        let known = |what: &str| format!("{open}-{what}");
        let site = company.db_site(&known("site")).await;
        let team = company.db_team(site, &known("team")).await;
        let skill = company.db_skill(&known("skill")).await;
        let queue = company.db_queue(&known("queue"), 15, &[site], Some(skill)).await;
        let now = server.app.clock.now();
        let tenant = company.tenant;
        let system = Ctx::of_system(tenant, "isolation", now);
        let below = Below { company, ctx: &system, canary, site };
        below.db_audited().await;
        below.db_forecast(queue).await;
        let (number, name) = (named("1"), named("agent"));
        let agent = company.db_agent(&number, &name, site, Some(team), &[(skill, 4)]).await;
        // Before there is another one: what is changed comes last.
        below.db_elsewhere_known(agent).await;
        company.db_work_rules(site, |_| {}).await;
        company.db_requirement(queue, 15, ("2026-03-09T08:00", "2026-03-09T10:00"), |_| 1).await;
        below.db_expected(queue).await;
        let (first, last) = ("2026-03-02", "2026-03-15");
        let day = |text: &str| text.parse().expect("date");
        let schedule = company.db_schedule(site, day(first), day(last), true).await;
        let (number, name) = (named("2"), named("colleague"));
        let colleague = company.db_agent(&number, &name, site, Some(team), &[(skill, 4)]).await;
        let matched = company.db_shift(schedule, site, agent, "2026-03-10T08:00", 8).await;
        let offered = company.db_shift(schedule, site, colleague, "2026-03-11T08:00", 8).await;
        let returned = company.db_shift(schedule, site, colleague, "2026-03-12T08:00", 8).await;
        // While something is forecast and required.
        company.db_shift(schedule, site, colleague, "2026-03-09T08:00", 8).await;
        company
            .db_run(
                "update app.shift set needs = $2::jsonb where tenant_id = $1",
                params![tenant, json!([{"skill": skill, "grade": 1}]).to_string()],
            )
            .await;
        below.db_matched_swap((agent, matched), (colleague, returned)).await;
        let rows = [
            (
                "insert into app.shift_swap (tenant_id, id, state, site_id, proposer_id,
                     offered_shift_id, offered_version, note, expires_at, history, created_at,
                     updated_at)
                 values ($1, $2, 'OPEN', $3, $4, $5, 1, $6, $7::timestamptz + interval '1 day', '[]',
                         $7, $7)",
                params![tenant, new_id::<()>(now), site, colleague, offered, named("note"), now],
            ),
            (
                "insert into app.job (tenant_id, id, kind, state, input, result, failure, created_at, standing)
                 values ($1, $2, 'schedule.generate', 'FAILED', jsonb_build_object('site', $3::text),
                         jsonb_build_object('schedule', $4::text), $5, $6,
                         '{\"rounds\": 1, \"cost\": 1, \"needed\": 1, \"missing\": 0}')",
                params![
                    tenant,
                    new_id::<()>(now),
                    site.to_string(),
                    schedule.to_string(),
                    named("failure"),
                    now
                ],
            ),
            (
                "insert into app.demand_event (tenant_id, id, name, kind, starts_at, ends_at, queue_ids,
                                               volume_uplift, handle_time_uplift, state, created_at)
                 values ($1, $2, $3, 'PROMOTION', '2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z',
                         array[$4::uuid], 0.5, 0, 'ACCEPTED', $5)",
                params![tenant, new_id::<()>(now), named("sale"), queue, now],
            ),
            (
                "insert into app.kpi_target (tenant_id, id, kpi_code, site_id, target_min,
                                             valid_from, created_at)
                 values ($1, $2, 'service_level', $3, 80, '2026-01-01', $4)",
                params![tenant, new_id::<()>(now), site, now],
            ),
            (
                "insert into app.agent_state (tenant_id, agent_id, state, reason, since, heard_at)
                 values ($1, $2, 'AUX', $3, $4, $4)",
                params![tenant, agent, named("aux"), now],
            ),
            (
                "insert into app.shift_pattern (tenant_id, id, site_id, name, weeks, created_at)
                 values ($1, $2, $3, $4, '[{\"from\": \"08:00:00\", \"to\": \"08:00:00\"}]', $5)",
                params![tenant, new_id::<()>(now), site, named("pattern"), now],
            ),
            (
                "insert into app.reserve_agent (tenant_id, agent_id, valid_from, call_order,
                                                reach_seconds, set_at)
                 values ($1, $2, '2026-01-01', 1, 1800, $3)",
                params![tenant, agent, now],
            ),
            (
                "insert into app.shift_wish (tenant_id, agent_id, local_date, template_code, is_wanted,
                                             weight, set_at)
                 values ($1, $2, '2026-03-10', $3, true, 3, $4)",
                params![tenant, agent, named("wish"), now],
            ),
            (
                "insert into app.queue_week (tenant_id, queue_id, valid_from, bands, set_at)
                 values ($1, $2, '2026-01-01',
                         '[{\"weekdays\": [1], \"starts\": \"08:00:00\", \"ends\": \"12:00:00\",
                            \"minimum_staff\": 1, \"shrinkage\": \"0.1\",
                            \"unplanned_shrinkage\": \"0.05\",
                            \"seniors\": {\"grade\": 3, \"share\": \"0.1\", \"minimum\": 1}}]', $3)",
                params![tenant, queue, now],
            ),
            (
                "update app.queue set lines = $3 where tenant_id = $1 and id = $2",
                params![
                    tenant,
                    queue,
                    json!({"count": 1, "ivr_seconds": "30", "line_time_percent": "100",
                           "max_blocking_percent": "1"})
                ],
            ),
            (
                "insert into app.site_seats (tenant_id, site_id, valid_from, seats, set_at)
                 values ($1, $2, '2026-01-01', 40, $3)",
                params![tenant, site, now],
            ),
            (
                "insert into app.shift_template_set (tenant_id, site_id, valid_from, templates, set_at)
                 values ($1, $2, '2026-01-01', $3, $4)",
                params![tenant, site, templates(&named("shift")), now],
            ),
            (
                "insert into app.custom_role (tenant_id, id, name, permissions, state, created_at,
                                              updated_at)
                 values ($1, $2, $3, '{\"agent:read\": \"SITE\"}', 'ACTIVE', $4, $4)",
                params![tenant, new_id::<()>(now), named("role"), now],
            ),
        ];
        for (sql, params) in rows {
            company.db_run(sql, params).await;
        }
        below.db_plan(schedule, agent).await;
        below.db_changed(schedule, matched, agent).await;
        below.db_scenario(schedule, queue).await;
        below.db_past(queue).await;
        // Made behind the server's back.
        server.app.forget_directory(&system).await;
        let furnished = Self { server, canary, site, team, agent, colleague };
        furnished.tell(&queue.to_string()).await;
        furnished
    }

    /// What people of the company say through the API.
    async fn tell(&self, queue: &str) {
        let (agent, canary) = (self.agent.to_string(), self.canary);
        let filed = format!("{canary}{IN_A_FILE}");
        // The first account is that of an agent.
        let email = format!("seed-colleague@{canary}.example.com");
        self.server.user(&email, Role::Agent, Within::Own(self.colleague)).await;
        let analyst = self.person(Role::QualityAnalyst, "seed").await;
        let hr = self.person(Role::Hr, "seed").await;
        let planner = self.person(Role::Planner, "seed").await;
        let reward = json!({"reward": {"kind": "GIFT", "reason": filed}});
        let entry = json!({"agentId": agent, "effectiveOn": "2026-03-01", "content": reward});
        let place = json!({"post": filed, "siteId": self.site.to_string()});
        let step = json!({"careerEvent": {"kind": "CONFIRMATION", "from": place, "to": place}});
        let career = json!({"agentId": agent, "effectiveOn": "2026-03-01", "content": step});
        let evaluated = json!({"agentId": agent, "effectiveOn": "2026-03-01",
            "content": evaluation(&filed, "2026-03-01", &[])});
        let once = json!({"startsAt": "2026-03-05T00:00:00Z", "endsAt": "2026-03-05T08:00:00Z"});
        let class =
            json!({"agentId": agent, "available": false, "label": canary, "when": {"once": once}});
        let event = json!({"name": canary, "kind": "PROMOTION", "queueIds": [queue], "volumeUplift": "0.5",
            "startsAt": "2026-03-03T00:00:00Z", "endsAt": "2026-03-04T00:00:00Z"});
        let private = json!({"agentId": agent, "homeAddress": filed, "emergencyContact": filed});
        for (who, field, ty, input) in [
            (&hr, "agentPrivateSet", "AgentPrivateSetInput", private),
            (&hr, "fileEntryAdd", "FileEntryAddInput", entry),
            (&analyst, "fileEntryAdd", "FileEntryAddInput", evaluated),
            (&hr, "fileEntryAdd", "FileEntryAddInput", career),
            (&planner, "availabilityAdd", "AvailabilityAddInput", class),
            (&planner, "demandEventPropose", "DemandEventProposeInput", event),
        ] {
            let text = format!(
                "mutation($input: {ty}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}"
            );
            let answer = who.ok(&text, json!({"input": input})).await;
            assert_eq!(answer[field]["userErrors"], json!([]), "{field}");
        }
    }

    /// Everybody who can sign in has been told something; those who try come first.
    pub async fn db_tell_everybody(&self) {
        let company = &self.server.company;
        let (tenant, now) = (company.tenant, self.server.app.clock.now());
        company
            .db_run(
                "insert into app.notification_box (tenant_id, user_id, last_number)
                 select tenant_id, id, 1 from app.app_user where tenant_id = $1",
                params![tenant],
            )
            .await;
        company
            .db_run(
                "insert into app.notification (tenant_id, id, user_id, number, kind, subject, params,
                                               created_at)
                 select tenant_id, id, id, 1, 'POST_CHANGED', $2,
                        jsonb_build_object('site', $3::text, 'post', $4::text,
                                           'at', '2026-03-01T00:00:00Z'), $5
                 from app.app_user where tenant_id = $1 order by email like 'tries-%' desc, email",
                params![tenant, self.agent.to_string(), self.site.to_string(), self.canary, now],
            )
            .await;
    }

    /// Somebody with a role where such a role is usually given.
    pub async fn person(&self, role: Role, label: &str) -> Actor {
        if role == Role::PartnerClient {
            return self.partner(label).await;
        }
        let within = match role {
            Role::Agent => Within::Own(self.agent),
            Role::TeamLeader => Within::Team(self.team),
            Role::SiteManager | Role::Planner => Within::Site(self.site),
            _ => Within::Tenant,
        };
        let email = format!("{label}-{role}@{}.example.com", self.canary);
        self.server.user(&email, role, within).await
    }

    async fn partner(&self, label: &str) -> Actor {
        self.key(&format!("{}-{label}", self.canary), Permission::ALL, false).await
    }

    /// A program with these scopes, at the site alone or everywhere.
    pub async fn key(&self, name: &str, scopes: &[Permission], at_site: bool) -> Actor {
        let sites = if at_site { std::slice::from_ref(&self.site) } else { &[] };
        self.server.partner_called(name, scopes, sites).await
    }

    /// Somebody with a role of the company's own at the site; `permissions` as they are stored.
    pub async fn person_with_own_role(&self, label: &str, permissions: &str) -> Actor {
        let company = &self.server.company;
        let email = format!("{label}@{}.example.com", self.canary);
        let passwords = &self.server.app.passwords;
        let user = company.db_user(passwords, &email, Role::Planner, Within::Site(self.site)).await;
        let now = self.server.app.clock.now();
        let role = new_id::<()>(now);
        company
            .db_run(
                "insert into app.custom_role (tenant_id, id, name, permissions, state, created_at,
                                              updated_at)
                 values ($1, $2, $3, $4::jsonb, 'ACTIVE', $5, $5)",
                params![company.tenant, role, label, permissions, now],
            )
            .await;
        company
            .db_run(
                "update app.role_assignment set role = null, custom_role_id = $3
                 where tenant_id = $1 and user_id = $2",
                params![company.tenant, user, role],
            )
            .await;
        self.server.sign_in(&email).await
    }
}
