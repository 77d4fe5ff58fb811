//! Shifts that come into a draft one after the other, each as far as rules and what overrides them let it.

use trunkline_domain::schedules::{
    Change, Edit, Effect, Overridden, Overrides, RefusedChange, Shift, Sorted, Violation, check,
    step_by_step,
};
use trunkline_infra::{ctx::Ctx, db::TenantTx, network::SiteView, schedules::Ground};

use super::{ground::effect_of, overrides::Judgement};
use crate::{error::Outcome, forecasting::blocking};

/// Which of the shifts come.
#[derive(Debug)]
pub(super) struct Coming {
    pub(super) shifts: Vec<Shift>,
    /// Those that do not, by their places.
    pub(super) refused: Vec<RefusedChange>,
    /// What those that come break together, heaviest first.
    pub(super) violations: Vec<Violation>,
    /// On the days of the ground, beside the same days without them.
    pub(super) effect: Option<Effect>,
    overridden: Vec<Overridden>,
    /// Versions of the rules.
    rules: Vec<String>,
}

impl Coming {
    /// Judges the shifts one after the other, and those that come together again: of what they break
    /// then it is recorded what somebody answers for.
    pub(super) async fn judged(
        (tx, ctx): (&TenantTx, &Ctx),
        (site, ground): (&SiteView, Ground),
        shifts: &[Shift],
        overrides: Overrides,
    ) -> Outcome<Self> {
        let add = |shift: &Shift| Change::edit(vec![Edit::Add(shift.clone())]);
        let changes: Vec<Change> = shifts.iter().map(add).collect();
        let rules = ground.rule_versions().collect();
        let now = ctx.now();
        let (ground, together, sorted, violations, overridden) = blocking(move || {
            let context = ground.context(now);
            let sorted = step_by_step(&context, &changes, &overrides);
            let edits = sorted.taken.iter().flat_map(|place| changes[*place].edits.clone());
            let together = Change::edit(edits.collect());
            // An empty change would judge the roster as it stands.
            let violations =
                if together.is_empty() { Vec::new() } else { check(&context, &together) };
            let overridden = overrides.settle(&violations).overridden;
            (ground, together, sorted, violations, overridden)
        })
        .await?;
        let effect = effect_of(tx, site.id, &ground, &together).await?;
        let Sorted { taken, refused } = sorted;
        let shifts = taken.iter().map(|place| shifts[*place].clone()).collect();
        Ok(Self { shifts, refused, violations, effect, overridden, rules })
    }

    /// What was found, and what of it was let pass.
    pub(super) fn judgement(&self) -> Judgement<'_> {
        let Self { violations, overridden, rules, .. } = self;
        Judgement { violations, overridden, rules }
    }
}
