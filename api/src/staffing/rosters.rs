//! Who is published to work at the sites of some queues.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use trunkline_domain::{
    agents::{Grade, HeldSkill},
    id::{AgentId, SiteId},
    identity::ReachSet,
    schedules::ActivityCategory,
    staffing::{QueueTakers, RosteredAgent},
    time::Span,
};
use trunkline_infra::{
    agents::{AgentSkillView, skills_of_agents},
    db::TenantTx,
    network::QueueView,
    schedules::{ShiftStates, ShiftView, shifts_of_sites},
};

use crate::error::{AppError, Outcome};

/// Published shifts as they are stored, and the skills of those who work them.
#[derive(Debug)]
pub(super) struct Rosters {
    shifts: Vec<ShiftView>,
    skills: Vec<AgentSkillView>,
}

impl Rosters {
    /// The published shifts that overlap `window` at any site of these queues, whoever works them: sums
    /// of a queue count all who take its contacts.
    pub(super) async fn published(
        tx: &TenantTx,
        queues: &[QueueTakers],
        window: Span,
    ) -> Outcome<Self> {
        let sites: BTreeSet<SiteId> =
            queues.iter().flat_map(|queue| queue.sites.iter().copied()).collect();
        let sites: Vec<SiteId> = sites.into_iter().collect();
        let all = ReachSet { network: true, ..ReachSet::default() };
        let span = (window.start(), window.end());
        let shifts = shifts_of_sites(tx, &all, &sites, span, ShiftStates::Published).await?;
        let agents: BTreeSet<AgentId> = shifts.iter().filter_map(|shift| shift.agent_id).collect();
        let agents: Vec<AgentId> = agents.into_iter().collect();
        let skills = skills_of_agents(tx, &agents).await?;
        Ok(Self { shifts, skills })
    }

    /// The agents at each site, by id. Unpacks every shift: a month of a large network takes long
    /// enough for a thread that may block.
    pub(super) fn agents(&self) -> Outcome<Vec<RosteredAgent>> {
        let Self { shifts, skills } = self;
        let mut on_queue: BTreeMap<(AgentId, SiteId), Vec<Span>> = BTreeMap::new();
        for shift in shifts {
            let Some(agent) = shift.agent_id else { continue };
            let parts = shift.parts()?.into_iter();
            let on = parts.filter(|it| it.category == ActivityCategory::OnQueue);
            on_queue.entry((agent, shift.site_id)).or_default().extend(on.map(|it| it.span));
        }
        let mut held: HashMap<AgentId, Vec<HeldSkill>> = HashMap::new();
        for view in skills {
            held.entry(view.agent_id).or_default().push(held_skill(view)?);
        }
        let agent = |((agent, site), on_queue): ((AgentId, SiteId), Vec<Span>)| {
            let skills = held.get(&agent).cloned().unwrap_or_default();
            RosteredAgent { site, skills, on_queue }
        };
        Ok(on_queue.into_iter().map(agent).collect())
    }
}

fn held_skill(view: &AgentSkillView) -> Outcome<HeldSkill> {
    let AgentSkillView { agent_id: _, skill_id, grade, valid_until } = *view;
    let grade = Grade::try_from(grade).map_err(|error| AppError::Internal(error.to_owned()))?;
    Ok(HeldSkill { skill: skill_id, grade, valid_until })
}

/// Who takes the contacts of a queue.
pub(super) fn takers(queue: &QueueView) -> QueueTakers {
    QueueTakers { skill: queue.skill_id, sites: queue.site_ids.clone() }
}
