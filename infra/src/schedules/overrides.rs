//! Violations that somebody answers for: what is recorded of an override, and what it lets stand.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, ScheduleChangeId, ScheduleId, SiteId},
    schedules::{Overridden, RuleCode, Violation, pay::OverriddenRest},
    time::{Span, local_of_instant},
};

use super::{ScheduleView, Source};
use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A violation that was let pass.
    pub struct OverrideView {
        /// The change with which it was let pass, which says by whom and when.
        pub change_id: ScheduleChangeId,
        rule: String,
        starts_at: Timestamp,
        ends_at: Timestamp,
        violation: Json,
        /// Why, in the words of who answers for it.
        pub reason: String,
        /// Versions of the rules by which it was judged.
        pub rule_version: Option<String>,
    }
}

impl OverrideView {
    /// The violation as it was found.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn violation(&self) -> Result<Violation, DbError> {
        serde_json::from_value(self.violation.clone())
            .map_err(|error| DbError::Internal(format!("override of {}: {error}", self.change_id)))
    }

    /// The days in a row or the week over which it was given; `None` for what is no rule of rest.
    pub(super) fn rest(&self, zone: &TimeZone) -> Option<OverriddenRest> {
        let rule = RuleCode::parse(&self.rule)?;
        let date = |at: Timestamp| local_of_instant(at, zone).date();
        let last = date(self.ends_at.saturating_sub(jiff::SignedDuration::from_nanos(1)).ok()?);
        Some(OverriddenRest { rule, first: date(self.starts_at), last })
    }
}

/// Records what a change of a schedule let pass.
///
/// # Errors
/// What the database says.
pub async fn insert_overrides(
    tx: &TenantTx,
    change: ScheduleChangeId,
    (schedule, zone): (&ScheduleView, &TimeZone),
    overridden: &[Overridden],
    rule_version: &str,
) -> Result<(), DbError> {
    if overridden.is_empty() {
        return Ok(());
    }
    let row = |(number, Overridden { violation, reason }): (usize, &Overridden)| {
        let begins = local_of_instant(violation.span.start(), zone).date();
        let day = begins.clamp(schedule.starts_on, schedule.ends_on);
        let stored = serde_json::to_value(violation)
            .map_err(|error| DbError::Internal(format!("override of {change}: {error}")))?;
        Ok(json!({ "number": number, "local_date": day, "rule": violation.rule,
            "agent": violation.agent.map(|agent| agent.uuid().to_string()),
            "starts_at": violation.span.start(), "ends_at": violation.span.end(),
            "violation": stored, "reason": reason }))
    };
    let rows = overridden.iter().enumerate().map(row).collect::<Result<Vec<Json>, DbError>>()?;
    tx.run(
        "insert into app.rule_override (tenant_id, change_id, number, schedule_id, local_date, rule,
                                        agent_id, starts_at, ends_at, violation, reason,
                                        rule_version)
         select $1, $2, n.number, $3, n.local_date, n.rule, n.agent, n.starts_at, n.ends_at,
                n.violation, n.reason, $5
         from jsonb_to_recordset($4) as n(number int, local_date date, rule text, agent uuid,
                                          starts_at timestamptz, ends_at timestamptz,
                                          violation jsonb, reason text)",
        params![tx.tenant(), change, schedule.id, Json::Array(rows), rule_version],
    )
    .await?;
    Ok(())
}

const OVERRIDES: &str = "select o.change_id, o.rule, o.starts_at, o.ends_at, o.violation, o.reason,
            o.rule_version
     from app.rule_override o";

/// Days of the longest violation: one of the paid time of a period has the 52 weeks that a period may have,
/// which is more than days in a row, weekends or a schedule. By it the index on starts bounds what is read of
/// somebody of many years.
const LONGEST_DAYS: u32 = 400;

/// What overrides let stand for these agents in the window, and at the site as a whole: of schedules
/// that count as `source` says. A draft that lies over another schedule has those of that one, too.
pub(super) async fn load_excepted(
    tx: &TenantTx,
    site: SiteId,
    agents: &[AgentId],
    (window, source): (Span, Source),
) -> Result<Vec<Violation>, DbError> {
    // Of whom first, of which site then: so the index of agents finds both kinds.
    let sql = format!(
        "{OVERRIDES} join app.schedule c on c.tenant_id = o.tenant_id and c.id = o.schedule_id
         where o.tenant_id = $1
           and (o.agent_id = any($2) or o.agent_id is null)
           and (o.agent_id is not null or c.site_id = $3)
           and o.starts_at <= $4 and o.ends_at >= $9 and o.starts_at >= $9 - interval '{LONGEST_DAYS} days'
           and ((c.id = $5 and c.state in ('DRAFT', 'PUBLISHED'))
                or c.id = (select d.base_id from app.schedule d
                           where d.tenant_id = $1 and d.id = $5 and d.state = 'DRAFT')
                or (c.state = 'PUBLISHED' and ($6::uuid is null or c.site_id <> $6
                                               or o.local_date < $7 or o.local_date > $8)))
         order by o.change_id, o.number"
    );
    let mut params = params![tx.tenant(), agents, site, window.end()];
    params.extend(source.params());
    params.extend(params![window.start()]);
    let rows: Vec<OverrideView> = tx.all(sql, params).await?;
    rows.iter().map(OverrideView::violation).collect()
}

/// Published days in a row and weeks of an agent that overrides let be worked without their rest.
pub(super) async fn load_rest_overrides(
    tx: &TenantTx,
    agent: AgentId,
    window: Span,
) -> Result<Vec<OverrideView>, DbError> {
    let rules = [RuleCode::ConsecutiveDays, RuleCode::WeeklyRest].map(|it| it.as_str().to_owned());
    let sql = format!(
        "{OVERRIDES} join app.schedule c on c.tenant_id = o.tenant_id and c.id = o.schedule_id
         where o.tenant_id = $1 and o.agent_id = $2 and o.rule = any($3) and c.state = 'PUBLISHED'
           and o.starts_at < $5 and o.ends_at > $4
         order by o.change_id, o.number"
    );
    let params = params![tx.tenant(), agent, rules.to_vec(), window.start(), window.end()];
    tx.all(sql, params).await
}

/// What changes let pass, at most `most` of each change, in the order of their violations.
///
/// # Errors
/// What the database says.
pub async fn overrides_of_changes(
    tx: &TenantTx,
    changes: &[ScheduleChangeId],
    most: i32,
) -> Result<Vec<OverrideView>, DbError> {
    let sql = format!(
        "{OVERRIDES} where o.tenant_id = $1 and o.change_id = any($2) and o.number < $3
         order by o.change_id, o.number"
    );
    tx.all(sql, params![tx.tenant(), changes, most]).await
}

/// Gives overrides of a schedule to the part of it that has their days.
pub(super) async fn move_overrides(
    tx: &TenantTx,
    (from, to): (ScheduleId, ScheduleId),
    (first, last): (civil::Date, civil::Date),
) -> Result<(), DbError> {
    tx.run(
        "update app.rule_override set schedule_id = $3
         where tenant_id = $1 and schedule_id = $2 and local_date between $4 and $5",
        params![tx.tenant(), from, to, first, last],
    )
    .await?;
    Ok(())
}
