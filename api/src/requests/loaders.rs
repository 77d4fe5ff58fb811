use std::{collections::HashMap, sync::Arc};

use trunkline_domain::{
    id::{AgentId, ShiftId, ShiftSwapId, SiteId},
    identity::Permission,
    requests::{SwapPolicy, Trial},
    schedules::{RuleBook, RuleSubject},
    time::monday_of,
};
use trunkline_infra::{
    requests::{
        SwapFilter, SwapReach, SwapView, load_swap_policy, running_swaps_of, visible_swaps,
    },
    schedules::{ShiftView, load_rule_book},
};

use super::taking::trials;
use crate::{
    error::{AppError, Outcome},
    graphql::{Loader, Operation},
};

/// Look-ups of requests that sibling resolvers share.
#[derive(Debug, Default)]
pub struct RequestLoaders {
    swaps: Loader<ShiftSwapId, Arc<SwapView>>,
    running: Loader<ShiftId, Arc<SwapView>>,
    trials: Loader<ShiftSwapId, Arc<Trial>>,
    policy: Loader<(), SwapPolicy>,
    rules: Loader<SiteId, Arc<RuleBook>>,
}

impl Operation {
    /// What the caller sees of the swaps.
    pub(super) async fn swap_reach(&self) -> Outcome<SwapReach> {
        let own = self.viewer().ok().and_then(|viewer| viewer.agent);
        let skills = match own {
            Some(own) => self.skills_of(own).await?,
            None => Vec::new(),
        };
        Ok(SwapReach { reach: self.reach(Permission::ShiftSwapRead), own, skills })
    }

    /// The name of an agent as colleagues of the site know it; `None` for others, and for nobody.
    pub(crate) async fn colleague_name(&self, id: Option<AgentId>) -> Outcome<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let Some(agent) = self.agent(id).await? else { return Ok(None) };
        let colleague = match self.viewer()?.agent {
            Some(own) => self.agent(own).await?.is_some_and(|it| it.site_id == agent.site_id),
            None => false,
        };
        let seen = colleague || self.reach(Permission::AgentRead).contains(&agent.target());
        Ok(seen.then(|| agent.display_name.clone()))
    }

    /// A swap by id, if the caller may see it.
    pub(super) async fn swap(&self, id: ShiftSwapId) -> Outcome<Option<Arc<SwapView>>> {
        self.requests
            .swaps
            .load(id, async |ids| {
                let (caller, tx) = (self.swap_reach().await?, self.read().await?);
                let filter = SwapFilter { ids: Some(ids), ..SwapFilter::default() };
                let swaps = visible_swaps(&tx, &caller, &filter).await?;
                Ok(swaps.into_iter().map(|swap| (swap.id, Arc::new(swap))).collect())
            })
            .await
    }

    /// What would come of the caller taking the shift of a swap; `None` when it is not offered to the
    /// caller, or no longer.
    pub(super) async fn trial(&self, id: ShiftSwapId) -> Outcome<Option<Arc<Trial>>> {
        let Some(agent) = self.viewer()?.agent else { return Ok(None) };
        self.requests
            .trials
            .load(id, async |ids| {
                let (caller, ctx, tx) = (self.swap_reach().await?, self.ctx()?, self.read().await?);
                let filter = SwapFilter { ids: Some(ids), ..SwapFilter::default() };
                let swaps = visible_swaps(&tx, &caller, &filter).await?;
                let found = trials(&self.app, &ctx, &tx, &swaps, agent).await?;
                Ok(found.into_iter().map(|(id, trial)| (id, Arc::new(trial))).collect())
            })
            .await
    }

    /// The running swap that a shift is part of, whoever may see it.
    pub(super) async fn running_swap(&self, shift: ShiftId) -> Outcome<Option<Arc<SwapView>>> {
        self.requests
            .running
            .load(shift, async |shifts| {
                let tx = self.read().await?;
                let mut found = HashMap::new();
                for swap in running_swaps_of(&tx, &shifts).await? {
                    let swap = Arc::new(swap);
                    found.extend(swap.return_shift_id.map(|it| (it, Arc::clone(&swap))));
                    found.insert(swap.offered_shift_id, swap);
                }
                Ok::<_, AppError>(found)
            })
            .await
    }

    /// Least seconds between now and the start of this shift for it to be swapped: what the work
    /// rules of its week say, as for the swap itself.
    pub(super) async fn swap_deadline(&self, shift: &ShiftView) -> Outcome<i64> {
        let rules = self
            .requests
            .rules
            .load(shift.site_id, async |sites| {
                let tx = self.read().await?;
                let mut found = HashMap::new();
                for site in sites {
                    found.insert(site, Arc::new(load_rule_book(&tx, site, &[]).await?));
                }
                Ok::<_, AppError>(found)
            })
            .await?;
        let (of_site, monday) = (RuleSubject::site(shift.site_id), monday_of(shift.local_date));
        let in_force = rules.map(|rules| rules.effective(&of_site, monday).rules);
        Ok(in_force.map(|rules| rules.limits.swap_deadline_seconds).unwrap_or_default())
    }

    /// What the tenant has decided about swaps.
    pub(super) async fn swap_policy(&self) -> Outcome<SwapPolicy> {
        let policy = self
            .requests
            .policy
            .load((), async |_| {
                let policy = load_swap_policy(&*self.read().await?).await?;
                Ok::<_, AppError>(HashMap::from([((), policy)]))
            })
            .await?;
        Ok(policy.unwrap_or(SwapPolicy::within_site()))
    }
}
