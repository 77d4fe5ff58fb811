use async_graphql::{Context, InputObject, Object};
use trunkline_domain::{
    fault::Fault,
    schedules::{Override, Overrides, Violation},
};
use trunkline_infra::schedules::OverrideView;

use super::{
    RuleViolation, ScheduleRule, change_types::ScheduleChange, changes::concerns_seen,
    violations::may_know,
};
use crate::{error::Outcome, graphql::Operation};

/// A rule to let be broken by this one operation.
#[derive(Debug, InputObject)]
pub struct RuleOverrideInput {
    /// Which rule. `OVERLAP` never; `SKILL`, `TRAINING_GATE`, `AVAILABILITY` and `CROSS_SITE` only where they are weighed `NEEDS_APPROVAL`.
    pub rule: ScheduleRule,
    /// Why, 3 to 500 characters. It is kept with the change, and shown to the agent whom it concerns.
    pub reason: String,
}

/// Reads overrides as a planner writes them.
pub(super) fn read_overrides(asked: Vec<RuleOverrideInput>) -> Result<Overrides, Fault> {
    let each = |RuleOverrideInput { rule, reason }| Override { rule: rule.into(), reason };
    Overrides::new(asked.into_iter().map(each).collect())
}

/// A broken rule that somebody answers for. It stands as long as its schedule does, and lets nothing worse pass.
#[derive(Debug, Clone)]
pub struct RuleOverride {
    view: OverrideView,
    violation: Violation,
}

impl RuleOverride {
    /// # Errors
    /// When what is stored is damaged.
    pub(super) fn of(view: OverrideView) -> Outcome<Self> {
        let violation = view.violation()?;
        Ok(Self { view, violation })
    }

    /// The violation as it was found.
    pub(super) const fn found(&self) -> &Violation {
        &self.violation
    }

    /// The reason speaks of a person: it is for those who may know what stands against that one's work.
    async fn reason_told(&self, operation: &Operation) -> Outcome<bool> {
        match self.violation.agent {
            Some(agent) => may_know(operation, agent).await,
            None => Ok(true),
        }
    }

    async fn change_of(&self, operation: &Operation) -> Outcome<Option<ScheduleChange>> {
        let change = operation.schedule_change(self.view.change_id).await?;
        let Some(change) = change else { return Ok(None) };
        let seen = concerns_seen(operation, change.site_id, self.violation.agent).await?;
        Ok(seen.then_some(ScheduleChange(change)))
    }
}

/// A broken rule that somebody answers for. It stands as long as its schedule does, and lets nothing worse pass.
#[Object]
impl RuleOverride {
    /// The violation as it was found.
    async fn violation(&self) -> RuleViolation {
        RuleViolation(self.violation.clone())
    }
    /// Why it was let pass, in the words of who answers for it. `null` when it is about an agent whose availability the caller may not read.
    async fn reason(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<&str>> {
        let operation = Operation::of(ctx)?;
        let told = self.reason_told(operation).await.map_err(|error| operation.fail(error))?;
        Ok(told.then_some(self.view.reason.as_str()))
    }
    /// Versions of the work rules by which it was judged. `null` when none were recorded.
    async fn rule_version(&self) -> Option<&str> {
        self.view.rule_version.as_deref()
    }
    /// The change with which it was let pass: by whom and when. `null` when the caller may not see it.
    async fn change(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ScheduleChange>> {
        let operation = Operation::of(ctx)?;
        self.change_of(operation).await.map_err(|error| operation.fail(error))
    }
}
