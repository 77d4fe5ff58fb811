//! The training that queues ask for, and what of it the development files say is passed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil;
use trunkline_domain::{
    id::{AgentId, SiteId, SkillId},
    schedules::{AgentPlan, QueueGate, TrainingPassed},
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct GateRow {
        site_id: SiteId,
        skill_id: Option<SkillId>,
        training: Option<String>,
    }
}
read_model! {
    struct PassedRow {
        agent_id: AgentId,
        training: String,
        passed_on: civil::Date,
        valid_until: Option<civil::Date>,
    }
}

/// Puts into the plans what the queues of their agents' sites ask for, and what of it is passed: a
/// statement for the queues, and one for all agents where any of these asks for something.
pub(super) async fn load_training(
    tx: &TenantTx,
    plans: &mut BTreeMap<AgentId, AgentPlan>,
) -> Result<(), DbError> {
    let sites: BTreeSet<SiteId> = plans.values().map(|plan| plan.site).collect();
    let sites: Vec<SiteId> = sites.into_iter().collect();
    // Of a site where no queue asks for any training none is read.
    let rows: Vec<GateRow> = tx
        .all(
            "select distinct s.site_id, q.skill_id, q.training
             from app.queue_site s
             join app.queue q on q.tenant_id = s.tenant_id and q.id = s.queue_id
             where s.tenant_id = $1 and s.site_id = any($2)
               and exists (select from app.queue_site o
                           join app.queue g on g.tenant_id = o.tenant_id and g.id = o.queue_id
                           where o.tenant_id = $1 and o.site_id = s.site_id
                             and g.training is not null)",
            params![tx.tenant(), &sites[..]],
        )
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let asked: BTreeSet<String> = rows.iter().filter_map(|row| row.training.clone()).collect();
    let mut gates: BTreeMap<SiteId, Vec<QueueGate>> = BTreeMap::new();
    for GateRow { site_id, skill_id, training } in rows {
        gates.entry(site_id).or_default().push(QueueGate { skill: skill_id, training });
    }
    let gates: BTreeMap<SiteId, Arc<[QueueGate]>> =
        gates.into_iter().map(|(site, gates)| (site, gates.into())).collect();
    for plan in plans.values_mut() {
        if let Some(queues) = gates.get(&plan.site) {
            plan.training.queues = Arc::clone(queues);
        }
    }
    let (agents, asked): (Vec<AgentId>, Vec<String>) =
        (plans.keys().copied().collect(), asked.into_iter().collect());
    for row in passed(tx, &agents, &asked).await? {
        let PassedRow { agent_id, training, passed_on, valid_until } = row;
        if let Some(plan) = plans.get_mut(&agent_id) {
            let passed = TrainingPassed { training, from: passed_on, until: valid_until };
            plan.training.passed.push(passed);
        }
    }
    Ok(())
}

/// What of these trainings agents have passed, by the entries of their development files that are in
/// force.
async fn passed(
    tx: &TenantTx,
    agents: &[AgentId],
    trainings: &[String],
) -> Result<Vec<PassedRow>, DbError> {
    tx.all(
        "select f.agent_id, e.payload -> 'value' ->> 'course' as training,
                e.effective_on as passed_on,
                (e.payload -> 'value' ->> 'valid_until')::date as valid_until
         from app.personal_file f
         join app.file_entry e on e.tenant_id = f.tenant_id and e.file_id = f.id
         where f.tenant_id = $1 and f.agent_id = any($2) and f.kind = 'DEVELOPMENT'
           and e.kind = 'TRAINING' and (e.payload -> 'value' ->> 'passed')::boolean
           and e.payload -> 'value' ->> 'course' = any($3)
           and not exists (select from app.file_entry c
                           where c.tenant_id = e.tenant_id and c.corrects_id = e.id)
         order by f.agent_id, e.effective_on, e.id",
        params![tx.tenant(), agents, trainings],
    )
    .await
}
