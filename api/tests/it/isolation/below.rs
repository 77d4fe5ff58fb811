use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ForecastId, QueueId, ScheduleId, ShiftId, SiteId, WorkRulesId},
    requests::{Decider, DecisionRecord, Outcome, RequestKind, SwapState},
    schedules::{
        Quantity, RuleCode, Severity, Violation, ViolationCause,
        generator::{Report, Work},
    },
    time::Span,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    params,
    requests::SwapEvent,
    schedules::{Generation, RulesUsed},
};
use trunkline_testkit::{Company, shanghai};

/// What the demand event was called from which something can be learned.
pub const LEARNED: &str = "spring sale";

/// What lies below the things of a site: what their fields show that are objects and lists themselves. Each
/// is of the first thing of its kind, which is the one that is asked for its fields.
pub struct Below<'a> {
    pub company: &'a Company,
    pub ctx: &'a Ctx,
    pub canary: &'static str,
    pub site: SiteId,
}

fn stored(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

impl Below<'_> {
    fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.canary)
    }

    /// The first row of the audit, with a before and with something to know besides.
    pub async fn db_audited(&self) {
        let tx = self.company.db_begin().await;
        let (before, after) =
            (json!({"name": self.named("old")}), json!({"name": self.named("new")}));
        let deed = Deed::changed("site.update", self.site, before, after);
        let deed = deed.with(json!({"by": self.named("seed")}));
        record(&tx, self.ctx, deed).await.expect("row");
        tx.commit().await.expect("commit");
    }

    /// A frozen version with yardsticks, events and points, the queue's history beside it, and a day
    /// that was closed with both.
    pub async fn db_forecast(&self, queue: QueueId) {
        let (tenant, now) = (self.company.tenant, self.ctx.now());
        let forecast: ForecastId = new_id(now);
        let event = new_id::<()>(now).uuid().to_string();
        let inputs = json!({
            "candidates": [{"method": "LEVEL_WEEKDAY_PROFILE", "wape": 0.1, "bias": 1.5}],
            "methodReason": "LEAST_ERROR",
            "modifications": [{"id": event, "name": self.named("modification"), "on": true}],
            "like": {"queueId": queue.to_string()}, "events": [self.named("modification")]});
        self.company
            .db_run(
                "insert into app.forecast (tenant_id, id, queue_id, number, state, starts_on, days,
                                           grain_minutes, method, inputs, created_at)
                 values ($1, $2, $3, 1, 'FROZEN', '2026-03-09', 7, 15, 'LEVEL_WEEKDAY_PROFILE', $4, $5)",
                params![tenant, forecast, queue, inputs, now],
            )
            .await;
        let of_queue = [
            "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                             handle_time_seconds, quantiles)
             select $1, $3, at, 10, 300, '{6,8,10,12,14}'::float8[] from quarters where $2 <> $4",
            "insert into app.interval_figure (tenant_id, queue_id, site_id, starts_at, offered, source,
                                              received_at)
             select $1, $2, $4, at, 12, 'seed', at from quarters where $3 <> $4",
            "insert into app.forecast_actual (tenant_id, queue_id, starts_at, local_date, forecast_id,
                                              forecast, actual)
             select $1, $2, at, '2026-03-09'::date, $3, 10, 12 from quarters where $3 <> $4",
            "insert into app.queue_close (tenant_id, queue_id, local_date, closed_at, intervals,
                                          flagged_intervals, missing_intervals, is_missing, forecast_id,
                                          compared_intervals, forecast, actual, absolute_error)
             select $1, $2, '2026-03-09'::date, max(at), 4, 0, 0, false, $3, 4, 40, 48, 8
             from quarters where $3 <> $4",
        ];
        for statement in of_queue {
            let sql = format!(
                "with quarters as (select at from generate_series('2026-03-09T01:00:00Z'::timestamptz,
                                                 '2026-03-09T01:45:00Z', interval '15 minutes') as at)
                 {statement}"
            );
            self.company.db_run(&sql, params![tenant, queue, forecast, self.site]).await;
        }
    }

    /// What is forecast where the queue requires agents, so that its figures can be told.
    pub async fn db_expected(&self, queue: QueueId) {
        self.company
            .db_run(
                "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                                 handle_time_seconds, quantiles)
                 select r.tenant_id, r.forecast_id, p.starts_at, 10, 300, '{6,8,10,12,14}'::float8[]
                 from app.requirement r
                 join app.requirement_point p on p.tenant_id = r.tenant_id
                      and p.requirement_id = r.id
                 where r.tenant_id = $1 and r.queue_id = $2",
                params![self.company.tenant, queue],
            )
            .await;
    }

    /// What the agent is called in another system.
    pub async fn db_elsewhere_known(&self, agent: AgentId) {
        let ids = json!([{"source": self.named("acd"), "value": self.named("login")}]);
        self.company
            .db_run(
                "update app.agent set external_ids = $3 where tenant_id = $1 and id = $2",
                params![self.company.tenant, agent, ids],
            )
            .await;
    }

    /// Three weeks of mornings up to today, one of them with a hole, and an event that is over.
    pub async fn db_past(&self, queue: QueueId) {
        let (tenant, now) = (self.company.tenant, self.ctx.now());
        self.company
            .db_run(
                "insert into app.interval_figure (tenant_id, queue_id, site_id, starts_at, offered, source,
                                                  received_at)
                 select $1, $2, $3, at, 12, 'seed', at
                 from generate_series('2026-02-09T01:00:00Z'::timestamptz, '2026-03-02T01:00:00Z',
                                      interval '1 day') as day,
                      generate_series(day, day + interval '45 minutes', interval '15 minutes') as at
                 where at <> '2026-02-26T01:15:00Z'",
                params![tenant, queue, self.site],
            )
            .await;
        self.company
            .db_run(
                "insert into app.demand_event (tenant_id, id, name, kind, starts_at, ends_at, queue_ids,
                                               volume_uplift, handle_time_uplift, state, created_at)
                 values ($1, $2, $3, 'PROMOTION', '2026-02-28T00:00:00Z', '2026-03-01T00:00:00Z',
                         array[$4::uuid], 0.5, 0, 'ACCEPTED', $5)",
                params![tenant, new_id::<()>(now), LEARNED, queue, now],
            )
            .await;
    }

    /// A what-if scenario of the schedule, without any of its shifts, which assumes something of the queue
    /// and of the rules.
    pub async fn db_scenario(&self, schedule: ScheduleId, queue: QueueId) {
        let assumed = json!({
            "queues": [{"queue": queue, "starts_at": "2026-03-09T00:00:00Z",
                        "ends_at": "2026-03-10T00:00:00Z", "volume_uplift": "0.5"}],
            "rules": [{"rule": RuleCode::MinRest, "severity": Severity::Warning}]});
        self.company
            .db_run(
                "insert into app.schedule (tenant_id, id, site_id, starts_on, ends_on, state, base_id, name,
                                           assumptions, created_at, updated_at)
                 select $1, $2, site_id, starts_on, ends_on, 'DRAFT', id, $4, $5, $6, $6
                 from app.schedule where tenant_id = $1 and id = $3",
                params![
                    self.company.tenant,
                    new_id::<()>(self.ctx.now()),
                    schedule,
                    self.named("scenario"),
                    assumed,
                    self.ctx.now()
                ],
            )
            .await;
    }

    /// A swap that waits for a leader: with the shift in return, what stands against it, the record of
    /// the rules' decision and its steps.
    pub async fn db_matched_swap(
        &self,
        (proposer, offered): (AgentId, ShiftId),
        (counterpart, returned): (AgentId, ShiftId),
    ) {
        let now = self.ctx.now();
        let span = Span::new(shanghai("2026-03-10T08:00"), shanghai("2026-03-12T16:00"));
        let span = span.expect("in order");
        let decider = Decider::Agent(counterpart);
        let outcome = Outcome::NeedsApproval;
        let decision = DecisionRecord {
            comment: Some(self.named("decision")),
            ..DecisionRecord::plain(RequestKind::ShiftSwap, outcome, decider, now)
        };
        let violation = Violation {
            rule: RuleCode::MinRest,
            severity: Severity::NeedsApproval,
            agent: Some(proposer),
            span,
            measured: Quantity::Seconds(7 * 3600),
            limit: Quantity::Seconds(11 * 3600),
            cause: ViolationCause::Request,
            standing: false,
            shortfall: false,
            excess: 4 * 3600,
            params: Vec::new(),
        };
        let step = |state, agent, what: &str| SwapEvent {
            state,
            at: now,
            agent: Some(agent),
            user: None,
            comment: Some(self.named(what)),
        };
        let history = [
            step(SwapState::Open, proposer, "offer"),
            step(SwapState::Matched, counterpart, "acceptance"),
        ];
        self.company
            .db_run(
                "insert into app.shift_swap (tenant_id, id, state, site_id, proposer_id, offered_shift_id,
                     offered_version, audience_agent_id, acceptable_windows, counterpart_id,
                     return_shift_id, note, expires_at, violations, decision, history, created_at,
                     updated_at)
                 values ($1, $2, 'MATCHED', $3, $4, $5, 1, $6, $7, $6, $8, $9,
                         $10::timestamptz + interval '1 day', $11, $12, $13, $10, $10)",
                params![
                    self.company.tenant,
                    new_id::<()>(now),
                    self.site,
                    proposer,
                    offered,
                    counterpart,
                    stored([span]),
                    returned,
                    self.named("note"),
                    now,
                    stored([violation]),
                    stored(decision),
                    stored(history)
                ],
            )
            .await;
    }

    /// A change of the schedule that moved the agent's shift against a rule, for which somebody answers.
    pub async fn db_changed(&self, schedule: ScheduleId, shift: ShiftId, agent: AgentId) {
        let (tenant, now) = (self.company.tenant, self.ctx.now());
        let change = new_id::<()>(now);
        let span = Span::new(shanghai("2026-03-09T16:00"), shanghai("2026-03-10T08:00"));
        let violation = Violation {
            rule: RuleCode::MinRest,
            severity: Severity::Blocking,
            agent: Some(agent),
            span: span.expect("in order"),
            measured: Quantity::Seconds(9 * 3600),
            limit: Quantity::Seconds(11 * 3600),
            cause: ViolationCause::Edit,
            standing: false,
            shortfall: false,
            excess: 2 * 3600,
            params: Vec::new(),
        };
        let rows = [
            (
                "insert into app.schedule_change (tenant_id, id, schedule_id, version, cause, changed_at,
                                                  detail)
                 values ($1, $2, $3, 1, 'edit', $4, $5)",
                params![tenant, change, schedule, now, json!({"violations": [violation]})],
            ),
            (
                "insert into app.shift_change (tenant_id, change_id, shift_id, agent_before, starts_before,
                                               ends_before, agent_after, starts_after, ends_after)
                 select $1, $2, id, agent_id, starts_at - interval '1 hour',
                        ends_at - interval '1 hour', agent_id, starts_at, ends_at
                 from app.shift where tenant_id = $1 and id = $3",
                params![tenant, change, shift],
            ),
            (
                "insert into app.rule_override (tenant_id, change_id, number, schedule_id, local_date, rule,
                                                agent_id, starts_at, ends_at, violation, reason,
                                                rule_version)
                 select $1, $2, 0, $3, '2026-03-10'::date, 'MIN_REST', $4, starts_at, ends_at, $6, $7, 'seed'
                 from app.shift where tenant_id = $1 and id = $5",
                params![
                    tenant,
                    change,
                    schedule,
                    agent,
                    shift,
                    stored(&violation),
                    self.named("override")
                ],
            ),
        ];
        for (sql, params) in rows {
            self.company.db_run(sql, params).await;
        }
    }

    /// How the schedule was generated, a rest day of the calendar, on which the agent works, and the
    /// agent's shift pattern.
    pub async fn db_plan(&self, schedule: ScheduleId, agent: AgentId) {
        let (tenant, now) = (self.company.tenant, self.ctx.now());
        let work = Work { required_seconds: 7200, paid_seconds: 28_800, ..Work::default() };
        let rules: WorkRulesId = new_id(now);
        let made = Generation {
            rules: RulesUsed { id: rules, version: 1 },
            requirements: Vec::new(),
            search: None,
            report: Report {
                rounds: 1,
                roster: work,
                fixed_shifts: work,
                queues: Vec::new(),
                shortfalls: Vec::new(),
                headcounts: None,
            },
        };
        let rows = [
            (
                "update app.schedule set result = $3, seed = 7 where tenant_id = $1 and id = $2",
                params![tenant, schedule, stored(made)],
            ),
            (
                "insert into app.special_day (tenant_id, site_id, local_date, name, closed, kind)
                 values ($1, $2, '2026-03-10', $3, false, 'REST_DAY')",
                params![tenant, self.site, self.named("day")],
            ),
            (
                "insert into app.pattern_assignment (tenant_id, agent_id, starts_on, pattern_id, first_week,
                                                     assigned_at)
                 select $1, $2, '2026-03-02'::date, id, 0, created_at from app.shift_pattern
                 where tenant_id = $1 and site_id = $3",
                params![tenant, agent, self.site],
            ),
        ];
        for (sql, params) in rows {
            self.company.db_run(sql, params).await;
        }
    }
}
