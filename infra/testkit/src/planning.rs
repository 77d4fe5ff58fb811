use jiff::{civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, QueueId, ScheduleId, ShiftId, SiteId},
    schedules::{
        Activity, ActivityCategory, NewShift, RuleAttachment, RuleContent, RuleLimits, Shift,
    },
    time::{Span, instant_of_local},
};
use trunkline_infra::{
    ctx::{Ctx, new_id},
    params,
    schedules::{NewSchedule, insert_schedule, insert_shifts, insert_work_rules, publish_schedule},
};

use crate::Company;

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC)
}

/// The instant of a local time in Shanghai, such as `2026-03-04T07:00`.
///
/// # Panics
/// When the text is no local time.
#[expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]
#[must_use]
pub fn shanghai(local: &str) -> jiff::Timestamp {
    instant_of_local(local.parse().expect("local time"), &zone()).0
}

/// What a requirement asks for in one interval.
#[derive(Debug, Clone, Copy)]
pub struct RequiredAgents {
    /// Agents on the phone.
    pub on_phone: i32,
    /// Agents to schedule, so that those on the phone remain when some do not come.
    pub to_schedule: i32,
    /// Agents on the roster, breaks and leave included.
    pub on_roster: i32,
}

#[expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]
impl Company {
    fn system(&self) -> Ctx {
        Ctx::of_system(self.tenant, "test", self.now)
    }

    /// A schedule without shifts, a draft or published.
    ///
    /// # Panics
    /// Like all of these, when the database refuses.
    pub async fn db_schedule(
        &self,
        site: SiteId,
        first: civil::Date,
        last: civil::Date,
        published: bool,
    ) -> ScheduleId {
        let (ctx, tx) = (self.system(), self.db_begin().await);
        let id = ctx.new_id();
        let result = serde_json::json!({});
        let new = NewSchedule { id, site, first, last, seed: None, result, base: None, name: None };
        insert_schedule(&tx, &ctx, new).await.expect("schedule");
        if published {
            assert!(publish_schedule(&tx, &ctx, id, 1).await.expect("published"));
        }
        tx.commit().await.expect("commit");
        id
    }

    /// A paid shift of so many hours from a local time on; from 7 h on with a meal of half an hour
    /// in its middle.
    pub async fn db_shift(
        &self,
        schedule: ScheduleId,
        site: SiteId,
        agent: AgentId,
        start: &str,
        hours: i64,
    ) -> ShiftId {
        let minutes = hours * 60;
        let parts = if hours >= 7 {
            let half = minutes / 2;
            vec![
                (ActivityCategory::OnQueue, half),
                (ActivityCategory::Meal, 30),
                (ActivityCategory::OnQueue, minutes - half - 30),
            ]
        } else {
            vec![(ActivityCategory::OnQueue, minutes)]
        };
        let start = shanghai(start);
        let mut activities = Vec::new();
        let mut end = start;
        for (category, minutes) in parts {
            let span = Span::of_seconds(end, minutes * 60);
            end = span.end();
            activities.push(Activity { category, span, paid: true });
        }
        let span = Span::new(start, end).expect("in order");
        let id: ShiftId = self.next_id();
        let new = NewShift { id, agent, site, span, activities, needs: Vec::new(), version: 1 };
        let shift = Shift::new(new, &zone()).expect("sound");
        let tx = self.db_begin().await;
        insert_shifts(&tx, schedule, &[shift]).await.expect("shift");
        tx.commit().await.expect("commit");
        id
    }

    /// Work rules of a site from 2026-01-01 on: the default ones, changed.
    pub async fn db_work_rules(&self, site: SiteId, change: impl FnOnce(&mut RuleLimits)) {
        let mut limits = RuleLimits::default();
        change(&mut limits);
        let (ctx, tx) = (self.system(), self.db_begin().await);
        let from = civil::date(2026, 1, 1);
        let (site, rules) = (RuleAttachment::Site(site), RuleContent::Whole(Box::new(limits)));
        insert_work_rules(&tx, &ctx, ctx.new_id(), site, from, &rules).await.expect("rules");
        tx.commit().await.expect("commit");
    }

    /// A requirement of so many agents to schedule in each interval of `minutes` from one local time
    /// to another. Half of them are needed on the phone: what rosters are made for and judged by
    /// cannot be mistaken.
    pub async fn db_requirement(
        &self,
        queue: QueueId,
        minutes: i64,
        span: (&str, &str),
        agents: impl Fn(civil::Time) -> i32,
    ) {
        let to_schedule = |at| {
            let agents = agents(at);
            RequiredAgents { on_phone: agents / 2, to_schedule: agents, on_roster: agents }
        };
        self.db_requirement_of(queue, minutes, span, to_schedule).await;
    }

    /// A requirement with each of its three figures.
    pub async fn db_requirement_of(
        &self,
        queue: QueueId,
        minutes: i64,
        (from, to): (&str, &str),
        agents: impl Fn(civil::Time) -> RequiredAgents,
    ) {
        let (forecast, requirement) = (new_id::<()>(self.now), new_id::<()>(self.now));
        let seconds = shanghai(to).as_second() - shanghai(from).as_second();
        let days = (seconds + 86_399) / 86_400;
        self.db_run(
            "insert into app.forecast (tenant_id, id, queue_id, number, state, starts_on, days,
                                       grain_minutes, method, inputs, created_at)
             select $1, $2, $3, coalesce(max(number), 0) + 1, 'OPEN', $4, $7, $5, 'test', '{}', $6
             from app.forecast where tenant_id = $1 and queue_id = $3",
            params![
                self.tenant,
                forecast,
                queue,
                zone().to_datetime(shanghai(from)).date(),
                i32::try_from(minutes).expect("minutes"),
                self.now,
                i32::try_from(days).expect("days")
            ],
        )
        .await;
        self.db_run(
            "insert into app.requirement (tenant_id, id, queue_id, forecast_id, model, inputs, created_at)
             values ($1, $2, $3, $4, 'test', '{}', $5)",
            params![self.tenant, requirement, queue, forecast, self.now],
        )
        .await;
        let (mut at, end) = (shanghai(from), shanghai(to));
        let (mut starts, mut required) = (Vec::new(), Vec::new());
        while at < end {
            starts.push(at);
            required.push(agents(zone().to_datetime(at).time()));
            at = Span::of_seconds(at, minutes * 60).end();
        }
        let of = |read: fn(&RequiredAgents) -> i32| required.iter().map(read).collect::<Vec<i32>>();
        self.db_run(
            "insert into app.requirement_point (tenant_id, requirement_id, starts_at, on_phone, on_roster,
                                                to_schedule, service_level, occupancy)
             select $1, $2, n.starts, n.on_phone, n.on_roster, n.to_schedule, 80, 0.8
             from unnest($3::timestamptz[], $4::int[], $5::int[], $6::int[])
                  as n(starts, on_phone, on_roster, to_schedule)",
            params![
                self.tenant,
                requirement,
                starts,
                of(|it| it.on_phone),
                of(|it| it.on_roster),
                of(|it| it.to_schedule)
            ],
        )
        .await;
    }
}
