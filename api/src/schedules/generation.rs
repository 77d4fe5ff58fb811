//! How a schedule was generated: what it covers, and what it could not do.

use async_graphql::{Context, Enum, Object, SimpleObject};
use trunkline_domain::{
    fault::Language,
    id::{AgentId, QueueId, SiteId},
    identity::{Permission, Subject},
    schedules::{
        RuleCode,
        generator::{Lack, QueueWork, Shortfall, Work},
    },
};
use trunkline_infra::{
    identity::names_of_actors,
    schedules::{Generation, SearchEnd},
};

use super::{ScheduleRule, ViolationCause, headcount_types::ScheduleHeadcounts, query::plans};
use crate::{
    agents::Agent,
    error::Outcome,
    graphql::{DateTime, Operation},
    network::Queue,
    staffing::StaffingRequirement,
};

/// Most shortfalls that are listed.
const MOST: usize = 400;

/// How a schedule was generated. It speaks of the roster as it was then, before any later change.
#[derive(Debug)]
pub struct ScheduleGeneration {
    pub(super) site: SiteId,
    pub(super) seed: Option<i64>,
    pub(super) made: Generation,
}

impl ScheduleGeneration {
    /// Name of who stopped the search, for people who plan at its site: it is told to no program.
    async fn stopper(&self, operation: &Operation) -> Outcome<Option<String>> {
        let by_person = matches!(operation.viewer()?.subject, Subject::User(_));
        let may_know = by_person && plans(operation, self.site);
        let by = self.made.search.and_then(|search| search.stopped_by);
        let Some(by) = by.filter(|_| may_know) else { return Ok(None) };
        let tx = operation.read().await?;
        Ok(names_of_actors(&tx, &[by]).await?.remove(&by))
    }
}

/// How a schedule was generated. It speaks of the roster as it was then, before any later change.
#[Object]
impl ScheduleGeneration {
    /// The same seed, roster, requirement, `roundsAsked` as `iterations` and `rounds` as `maxRounds` give the same schedule. `null` when it is not on record.
    async fn seed(&self) -> Option<i64> {
        self.seed
    }
    /// Rounds of improvement that were done.
    async fn rounds(&self) -> u64 {
        self.made.report.rounds
    }
    /// Rounds over which the search was to go: what `iterations` said.
    async fn rounds_asked(&self) -> u64 {
        self.made.search.map_or(self.made.report.rounds, |search| search.rounds_asked)
    }
    /// How long the search took. `null` when it is not on record.
    async fn search_seconds(&self) -> Option<f64> {
        self.made.search.map(|search| search.milliseconds as f64 / 1000.0)
    }
    /// What ended the search. `null` when it is not on record.
    async fn ended_by(&self) -> Option<ScheduleSearchEnd> {
        self.made.search.map(|search| search.end.into())
    }
    /// Name of the user or API client who stopped the search. `null` when nobody did, when the caller does not plan at the site, and for programs.
    async fn stopped_by_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        self.stopper(operation).await.map_err(|error| operation.fail(error))
    }
    /// Version of the work rules that held.
    async fn work_rules_version(&self) -> i32 {
        self.made.rules.version
    }
    /// What the roster covers of the requirement.
    async fn coverage(&self) -> ScheduleCoverage {
        self.made.report.roster.into()
    }
    /// What fixed shifts in rotation would cover, with the same agents, rules and requirement.
    async fn fixed_shifts(&self) -> ScheduleCoverage {
        self.made.report.fixed_shifts.into()
    }
    /// What it covers of each queue, as far as the caller may see them, by code. The sums over all are those of `coverage`.
    async fn queues(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ScheduleQueueCoverage>> {
        let operation = Operation::of(ctx)?;
        let mut queues = Vec::new();
        for work in &self.made.report.queues {
            let queue = Queue::visible(operation, work.queue).await;
            let queue = queue.map_err(|error| operation.fail(error))?;
            queues.extend(queue.map(|queue| ScheduleQueueCoverage::new(queue, *work)));
        }
        queues.sort_by(|one, other| one.queue.0.code.cmp(&other.queue.0.code));
        Ok(queues)
    }
    /// The requirements it was made for, as far as the caller may see them. Their forecasts are frozen once it is published.
    async fn requirements(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<StaffingRequirement>> {
        let operation = Operation::of(ctx)?;
        StaffingRequirement::all_visible(operation, &self.made.requirements)
            .await
            .map_err(|error| operation.fail(error))
    }
    /// Headcounts of shifts and wishes of agents beside it. `null` when it was made by the requirement.
    async fn headcounts(&self) -> Option<ScheduleHeadcounts> {
        self.made.report.headcounts.clone().map(Into::into)
    }
    /// What it could not do: first weeks in which nothing is required, then hours of contracts, then spans that are short of agents, the largest first; at most 400.
    async fn shortfalls(&self) -> Vec<ScheduleShortfall> {
        self.made.report.shortfalls.iter().take(MOST).cloned().map(ScheduleShortfall).collect()
    }
}

/// What ended a search. New values can be added: treat an unknown one as `STOPPED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScheduleSearchEnd {
    /// All rounds were done.
    Rounds,
    /// Its time was over: `maxSeconds`.
    Time,
    /// Somebody stopped it by `jobCancel` and kept what it had.
    Stopped,
}

impl From<SearchEnd> for ScheduleSearchEnd {
    fn from(end: SearchEnd) -> Self {
        match end {
            SearchEnd::Rounds => Self::Rounds,
            SearchEnd::Time => Self::Time,
            SearchEnd::Stopped => Self::Stopped,
        }
    }
}

/// Work of a roster against its requirement, in seconds of agents.
#[derive(Debug, SimpleObject)]
pub struct ScheduleCoverage {
    /// On queue, as required.
    pub required_seconds: u64,
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// On queue and not required.
    pub surplus_seconds: u64,
    /// Paid, on queue or not.
    pub paid_seconds: u64,
    /// 100 (required − uncovered) / required. `null` when nothing is required.
    pub covered_percent: Option<f64>,
}

impl From<Work> for ScheduleCoverage {
    fn from(work: Work) -> Self {
        let Work { required_seconds, uncovered_seconds, surplus_seconds, paid_seconds } = work;
        Self {
            required_seconds,
            uncovered_seconds,
            surplus_seconds,
            paid_seconds,
            covered_percent: work.covered_percent(),
        }
    }
}

/// Work of a roster on one queue, in seconds of agents. Agents count only for queues they have the skill for, one at a time, where they save most.
#[derive(Debug, SimpleObject)]
pub struct ScheduleQueueCoverage {
    /// Which queue.
    pub queue: Queue,
    /// On queue, as required.
    pub required_seconds: u64,
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// 100 (required − uncovered) / required. `null` when nothing is required.
    pub covered_percent: Option<f64>,
    /// Required and not there with fixed shifts in rotation.
    pub fixed_shifts_uncovered_seconds: u64,
    /// What fixed shifts in rotation would cover. `null` when nothing is required.
    pub fixed_shifts_covered_percent: Option<f64>,
}

impl ScheduleQueueCoverage {
    fn new(queue: Queue, work: QueueWork) -> Self {
        Self {
            queue,
            required_seconds: work.required_seconds,
            uncovered_seconds: work.uncovered_seconds,
            covered_percent: work.covered_percent(),
            fixed_shifts_uncovered_seconds: work.fixed_uncovered_seconds,
            fixed_shifts_covered_percent: work.fixed_covered_percent(),
        }
    }
}

/// What a shortfall is short of. New values can be added: show the message of an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScheduleShortfallKind {
    /// A requirement: on these days no queue of the site wants anybody, so contracts alone say who works how much.
    Requirement,
    /// Paid hours that a contract asks for.
    ContractHours,
    /// Agents on queue.
    Coverage,
}

/// How many agents a rule keeps from helping.
#[derive(Debug, SimpleObject)]
pub struct ScheduleHoldback {
    /// Which rule.
    pub rule: ScheduleRule,
    /// How many agents, in the worst moment of the span.
    pub agents: u32,
}

/// Something that a generated schedule could not do, and what stood in the way.
#[derive(Debug)]
pub struct ScheduleShortfall(Shortfall);

impl ScheduleShortfall {
    fn agent_id(&self) -> Option<AgentId> {
        match self.0.lack {
            Lack::Hours { agent } => Some(agent),
            Lack::Cover { .. } | Lack::Requirement => None,
        }
    }

    fn queue_id(&self) -> Option<QueueId> {
        match self.0.lack {
            Lack::Hours { .. } | Lack::Requirement => None,
            Lack::Cover { queue, .. } => Some(queue),
        }
    }

    fn senior_grade(&self) -> Option<u8> {
        match self.0.lack {
            Lack::Hours { .. } | Lack::Requirement => None,
            Lack::Cover { grade, .. } => grade,
        }
    }

    /// The rule in words.
    fn reason(&self, language: Language) -> &'static str {
        match (&self.0.lack, self.0.rule) {
            (Lack::Cover { .. }, RuleCode::Skill) => {
                language.pick("Skill that the queue needs", "队列所需技能")
            }
            (Lack::Cover { .. }, RuleCode::Coverage) => {
                language.pick("Agents needed on other queues", "人员须在其他队列在岗")
            }
            (_, rule) => rule.title(language),
        }
    }
}

/// Something that a generated schedule could not do, and what stood in the way.
#[Object]
impl ScheduleShortfall {
    /// What is missing.
    async fn kind(&self) -> ScheduleShortfallKind {
        match self.0.lack {
            Lack::Requirement => ScheduleShortfallKind::Requirement,
            Lack::Hours { .. } => ScheduleShortfallKind::ContractHours,
            Lack::Cover { .. } => ScheduleShortfallKind::Coverage,
        }
    }
    /// The rule that stood in the way of most; `COVERAGE` where nothing is required, `SEATS` where all seats were taken and somebody could use one more.
    async fn rule(&self) -> ScheduleRule {
        self.0.rule.into()
    }
    /// What made it so. `null` where no single cause is known.
    async fn cause(&self) -> Option<ViolationCause> {
        self.0.cause.map(Into::into)
    }
    /// Whose hours are missing. `null` when something else is, and when the caller may not see the agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.agent_id() else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// Which queue is short of agents. `null` when something else is missing, and when the caller may not see the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.queue_id() else { return Ok(None) };
        Queue::visible(operation, id).await.map_err(|error| operation.fail(error))
    }
    /// Grade of the queue's skill from which on agents would do: seniors are missing. `null` where every grade does.
    async fn grade(&self) -> Option<u8> {
        self.senior_grade()
    }
    /// Start of the weeks without a requirement, of the week that is short of hours, or of the span that is short of agents.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.span.start())
    }
    /// End of it, exclusive.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.0.span.end())
    }
    /// Paid seconds, or seconds of agents on queue, that are missing; 0 where nothing is required.
    async fn missing_seconds(&self) -> u64 {
        self.0.missing_seconds
    }
    /// Most agents missing at once. `null` when hours or a requirement are missing.
    async fn missing_agents(&self) -> Option<u32> {
        match self.0.lack {
            Lack::Hours { .. } | Lack::Requirement => None,
            Lack::Cover { agents, .. } => Some(agents),
        }
    }
    /// Which rules keep how many agents from helping, most first. Empty unless agents on queue are missing.
    async fn held_back(&self) -> Vec<ScheduleHoldback> {
        let Lack::Cover { held_back, .. } = &self.0.lack else { return Vec::new() };
        held_back
            .iter()
            .map(|&(rule, agents)| ScheduleHoldback { rule: rule.into(), agents })
            .collect()
    }
    /// Sentence in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let language = Operation::of(ctx)?.language;
        let (rule, hours) = (self.reason(language), self.0.missing_seconds as f64 / 3600.0);
        let seniors = |grade: u8| match language {
            Language::English => format!(" of grade {grade} or higher"),
            Language::Chinese => format!("（{grade} 级及以上）"),
        };
        let seniors = self.senior_grade().map(seniors).unwrap_or_default();
        Ok(match (&self.0.lack, language) {
            (Lack::Requirement, Language::English) => {
                "Nothing is required on these days: make a forecast and compute the requirement of \
                 the site's queues for them, then generate again."
                    .to_owned()
            }
            (Lack::Requirement, Language::Chinese) => {
                "这些日期没有人力需求：请先为该职场的队列做预测并计算人力需求，然后重新生成。"
                    .to_owned()
            }
            (Lack::Hours { .. }, Language::English) => {
                format!("{hours:.1} h of the contract cannot be planned: {rule}.")
            }
            (Lack::Hours { .. }, Language::Chinese) => {
                format!("合同工时缺 {hours:.1} 小时无法排入：{rule}。")
            }
            (Lack::Cover { agents, .. }, Language::English) => {
                format!(
                    "Up to {agents} agents{seniors} and {hours:.1} h are missing, mostly for: {rule}."
                )
            }
            (Lack::Cover { agents, .. }, Language::Chinese) => {
                format!("最多缺 {agents} 人{seniors}，共 {hours:.1} 小时，主要原因：{rule}。")
            }
        })
    }
}
