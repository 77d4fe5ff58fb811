//! Overrides of rules by name: who may give them, and what is kept of what was judged.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::{ScheduleChangeId, SiteId},
    identity::{Permission, Target},
    schedules::{Overridden, Overrides, Severity, Violation},
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    schedules::{ScheduleView, insert_change, insert_overrides},
};

use crate::error::Outcome;

/// Most violations that the record of a change keeps, heaviest first; what was overridden is kept whole.
const MOST_KEPT: usize = 200;

/// Refuses overrides of who has no right to give them at the site.
pub(super) fn may_override(ctx: &Ctx, site: SiteId, overrides: &Overrides) -> Result<(), Fault> {
    let right = Permission::ScheduleOverride;
    if overrides.is_empty() || ctx.viewer().sees(right, &Target::site(site), ctx.now()) {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Forbidden).at("overrides"))
}

/// What was found of a change, and what of it was let pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgement<'a> {
    pub(super) violations: &'a [Violation],
    pub(super) overridden: &'a [Overridden],
    /// Versions of the rules.
    pub(super) rules: &'a [String],
}

impl Judgement<'_> {
    /// Records a change of a schedule with what it breaks and what lets it.
    pub(super) async fn insert_change(
        self,
        tx: &TenantTx,
        ctx: &Ctx,
        (schedule, zone): (&ScheduleView, &TimeZone),
        cause: &str,
        mut detail: Value,
    ) -> Outcome<ScheduleChangeId> {
        detail["violations"] = self.kept();
        let change = insert_change(tx, ctx, schedule.id, cause, detail).await?;
        let rules = self.rules.join(", ");
        insert_overrides(tx, change, (schedule, zone), self.overridden, &rules).await?;
        Ok(change)
    }

    /// Records of a draft that was just made what was let pass when it was; nothing where nothing was.
    pub(super) async fn insert_making(
        self,
        tx: &TenantTx,
        ctx: &Ctx,
        draft: (&ScheduleView, &TimeZone),
        cause: &str,
        detail: Value,
    ) -> Outcome<()> {
        if !self.overridden.is_empty() {
            self.insert_change(tx, ctx, draft, cause, detail).await?;
        }
        Ok(())
    }

    /// What the change makes or worsens.
    fn kept(self) -> Value {
        let made = self.violations.iter();
        let made = made.filter(|it| !it.standing && it.severity != Severity::Off);
        json!(made.take(MOST_KEPT).collect::<Vec<_>>())
    }

    /// What the audit says of it.
    pub(super) fn told(self, mut detail: Value) -> Value {
        if !self.overridden.is_empty() {
            let told = |Overridden { violation, reason }: &Overridden| {
                json!({ "rule": violation.rule, "severity": violation.severity,
                        "agentId": violation.agent, "startsAt": violation.span.start(),
                        "endsAt": violation.span.end(), "measured": violation.measured.to_string(),
                        "limit": violation.limit.to_string(), "reason": reason })
            };
            detail["overrides"] = self.overridden.iter().map(told).collect();
        }
        detail
    }

    /// The reasons, each once; `None` where nothing was overridden.
    pub(super) fn reasons(self) -> Option<String> {
        let mut reasons: Vec<&str> = Vec::new();
        for Overridden { reason, .. } in self.overridden {
            if !reasons.contains(&reason.as_str()) {
                reasons.push(reason);
            }
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}
