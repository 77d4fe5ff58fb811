//! Where a published plan has too few seniors.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use trunkline_domain::{
    id::{AgentId, QueueId},
    identity::{Permission, ReachSet},
    schedules::ActivityCategory,
    staffing::{GradedAgent, SeniorRule, SeniorShortfall, senior_shortfalls},
    time::{Span, local_of_instant},
};
use trunkline_infra::{
    agents::{AgentSkillView, skills_of_agents},
    network::QueueView,
    schedules::{ShiftStates, shifts_of_sites},
};

use crate::{
    error::{AppError, Outcome},
    forecasting::rights::{check_window, readable_queue},
    graphql::Operation,
};

/// Which plan, and what is asked of it.
#[derive(Debug)]
pub(super) struct AskSeniors {
    pub(super) queue: QueueId,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) rule: SeniorRule,
    /// Grade from which on an agent is a senior, 1 to 5.
    pub(super) senior_grade: u32,
}

/// Longest window in days.
const MOST_DAYS: i64 = 31;

/// Where those who are published to work for a queue, at all its sites, are too few seniors.
pub(super) async fn too_few_seniors(
    operation: &Operation,
    ask: AskSeniors,
) -> Outcome<Vec<SeniorShortfall>> {
    let AskSeniors { queue, from, to, rule, senior_grade } = ask;
    check_window(from, to, MOST_DAYS)?;
    if !(1..=5).contains(&senior_grade) {
        return Err(AppError::InvalidArgument("seniorGrade must be 1 to 5".to_owned()));
    }
    let reach = operation.require(Permission::ForecastRead)?;
    operation.require(Permission::ScheduleRead)?;
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, queue, "queueId")?;
    let window = Span::new(from, to).unwrap_or(Span::of_seconds(from, 0));
    let agents = planned_for(operation, queue, window, senior_grade).await?;
    Ok(senior_shortfalls(rule, &agents))
}

/// When each agent who can take contacts of the queue is planned on queue within the window. Which
/// grade counts is that of the queue's skill, and of a queue that asks for none the best of any.
async fn planned_for(
    operation: &Operation,
    queue: &QueueView,
    window: Span,
    senior_grade: u32,
) -> Outcome<Vec<GradedAgent>> {
    let tx = operation.read().await?;
    let all = ReachSet { network: true, ..ReachSet::default() };
    let span = (window.start(), window.end());
    let shifts = shifts_of_sites(&tx, &all, &queue.site_ids, span, ShiftStates::Published).await?;
    let mut on_queue: BTreeMap<AgentId, Vec<Span>> = BTreeMap::new();
    for shift in &shifts {
        let Some(agent) = shift.agent_id else { continue };
        let parts = shift.parts()?.into_iter();
        let on = parts.filter(|it| it.category == ActivityCategory::OnQueue);
        let within = on.filter_map(|it| it.span.intersection(window));
        on_queue.entry(agent).or_default().extend(within);
    }
    let ids: Vec<AgentId> = on_queue.keys().copied().collect();
    let mut skills: HashMap<AgentId, Vec<AgentSkillView>> = HashMap::new();
    for skill in skills_of_agents(&tx, &ids).await? {
        skills.entry(skill.agent_id).or_default().push(skill);
    }
    let first = local_of_instant(window.start(), &queue.zone()).date();
    let grade = |agent: AgentId| {
        let held = skills.get(&agent).map_or(&[][..], Vec::as_slice).iter();
        let valid = held.filter(|it| it.valid_until.is_none_or(|until| until >= first));
        let counts = valid.filter(|it| queue.skill_id.is_none_or(|skill| skill == it.skill_id));
        counts.map(|it| u32::from(it.grade)).max().unwrap_or(0)
    };
    let serves = |grade: u32| queue.skill_id.is_none() || grade > 0;
    let graded = |(agent, on_queue): (AgentId, Vec<Span>)| {
        let grade = grade(agent);
        serves(grade).then_some(GradedAgent { is_senior: grade >= senior_grade, on_queue })
    };
    Ok(on_queue.into_iter().filter_map(graded).collect())
}
