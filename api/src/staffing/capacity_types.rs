use async_graphql::{Enum, ID, InputObject, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    id::{QueueId, SiteId},
    staffing::{CapacityOutlook, CapacitySource as Source, Sourced},
};

use super::capacity::{AskCapacity, AskMonth, PlannedCapacity, PlannedMonth, Training};
use crate::graphql::{Date, parse_ids};

/// A month of a capacity plan as it is asked for.
#[derive(InputObject)]
pub struct CapacityMonthInput {
    /// Agent-hours on the roster that the forecast asks for, shrinkage included. Left out = those of the newest requirement of each of `queueIds` whose forecast covers the whole month.
    pub needed_hours: Option<f64>,
    /// Contract hours of one full-time agent in the month. Left out = 40 a week.
    pub hours_per_agent: Option<f64>,
    /// People already promised to start training in the month.
    #[graphql(default)]
    pub planned_hires: u32,
}

/// A capacity plan as it is asked for.
#[derive(InputObject)]
pub struct CapacityPlanInput {
    /// Sites whose agents the plan is about, at most 200: their contracts tell what is left out of `agents` and `monthlyAttritionPercent`.
    #[graphql(default)]
    pub site_ids: Vec<ID>,
    /// Queues whose contacts these agents take, at most 20: their requirements tell what is left out of `neededHours`.
    #[graphql(default)]
    pub queue_ids: Vec<ID>,
    /// A day of the first month. Left out = the month after the present one.
    pub starts_on: Option<Date>,
    /// Agents at full speed when the plan begins. Left out = today's contracts of agents of `siteIds` who are not on long leave, one agent for each 40 h a week.
    pub agents: Option<f64>,
    /// Percent of agents who leave in a month, 0 to below 100. Left out = of the agents of `siteIds`, a twelfth of those whose contract or employment ended in the last twelve months without another one after it, over the mean number of contracts of these months; 0 without `siteIds`, and where nobody had a contract in these months.
    pub monthly_attrition_percent: Option<f64>,
    /// Months in training before the first contact, 0 to 24.
    #[graphql(default = 1)]
    pub training_months: u32,
    /// Percent of a class that does not finish its training, 0 to below 100.
    #[graphql(default)]
    pub training_dropout_percent: f64,
    /// Percent of full speed in the first months after training, one figure a month; full speed after them. At most 24.
    #[graphql(default)]
    pub learning_curve_percent: Vec<f64>,
    /// Most people who can begin training in one month.
    #[graphql(default = 20)]
    pub class_size: u32,
    /// Most overtime in a month, in percent of contract hours.
    #[graphql(default)]
    pub max_overtime_percent: f64,
    /// The months in order, 1 to 60.
    pub months: Vec<CapacityMonthInput>,
}

impl CapacityPlanInput {
    pub(super) fn parse(self) -> Result<AskCapacity, Fault> {
        let Self {
            site_ids,
            queue_ids,
            starts_on,
            agents,
            monthly_attrition_percent,
            training_months,
            training_dropout_percent,
            learning_curve_percent,
            class_size,
            max_overtime_percent,
            months,
        } = self;
        let month = |month| {
            let CapacityMonthInput { needed_hours, hours_per_agent, planned_hires } = month;
            AskMonth { needed_hours, hours_per_agent, planned_hires }
        };
        let mut queues: Vec<QueueId> = parse_ids(&queue_ids, "queueIds")?;
        let mut sites: Vec<SiteId> = parse_ids(&site_ids, "siteIds")?;
        // Twice the same is meant once.
        queues.sort_unstable();
        queues.dedup();
        sites.sort_unstable();
        sites.dedup();
        Ok(AskCapacity {
            sites,
            queues,
            starts_on: starts_on.map(|date| date.0),
            agents,
            monthly_attrition: monthly_attrition_percent.map(|percent| percent / 100.0),
            training: Training {
                months: usize::try_from(training_months).unwrap_or(usize::MAX),
                dropout: training_dropout_percent / 100.0,
                learning_curve: learning_curve_percent.into_iter().map(|it| it / 100.0).collect(),
                class_size,
            },
            max_overtime: max_overtime_percent / 100.0,
            months: months.into_iter().map(month).collect(),
        })
    }
}

/// Where a figure of a capacity plan comes from. New values can be added: treat an unknown one as `ASSUMED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Source")]
pub enum CapacitySource {
    /// From the input.
    Given,
    /// Counted from the contracts of the sites, or from the requirements of the queues.
    Counted,
    /// Neither: what the input says of a figure that is left out.
    Assumed,
}

/// A capacity plan, with what it was made from.
#[derive(Debug, SimpleObject)]
pub struct CapacityPlan {
    /// Agents at full speed when the plan begins.
    pub agents: f64,
    /// Where they come from.
    pub agents_source: CapacitySource,
    /// Percent of agents who leave in a month.
    pub monthly_attrition_percent: f64,
    /// Where it comes from.
    pub monthly_attrition_source: CapacitySource,
    /// The months in order.
    pub months: Vec<CapacityMonth>,
}

impl From<PlannedCapacity> for CapacityPlan {
    fn from(planned: PlannedCapacity) -> Self {
        let PlannedCapacity { agents, monthly_attrition, months } = planned;
        let (agents, agents_source) = told(agents);
        let (attrition, monthly_attrition_source) = told(monthly_attrition);
        Self {
            agents,
            agents_source,
            monthly_attrition_percent: 100.0 * attrition,
            monthly_attrition_source,
            months: months.into_iter().map(Into::into).collect(),
        }
    }
}

fn told(figure: Sourced) -> (f64, CapacitySource) {
    (figure.value, figure.source.into())
}

/// A month of a capacity plan as it will be. Heads are expectations and so have fractions; hires are whole people.
#[derive(Debug, SimpleObject)]
pub struct CapacityMonth {
    /// Its first day.
    pub starts_on: Date,
    /// Agent-hours on the roster that are needed, shrinkage included.
    pub needed_hours: f64,
    /// Where they come from.
    pub needed_hours_source: CapacitySource,
    /// Contract hours of one full-time agent.
    pub hours_per_agent: f64,
    /// Where they come from.
    pub hours_per_agent_source: CapacitySource,
    /// People who start training: those promised and those proposed.
    pub hires: u32,
    /// Of those, people that the plan proposes beyond the promised ones.
    pub proposed_hires: u32,
    /// Heads in training.
    pub in_training: f64,
    /// Heads on the phone.
    pub agents: f64,
    /// The same in agents at full speed, beginners at their share.
    pub full_speed_agents: f64,
    /// Heads who leave in the course of the month, trainees included.
    pub leavers: f64,
    /// Agent-hours that contracts give.
    pub contract_hours: f64,
    /// Overtime that bridges what contracts do not give.
    pub overtime_hours: f64,
    /// Hours that even overtime does not give: no hire could help in time.
    pub missing_hours: f64,
}

impl From<PlannedMonth> for CapacityMonth {
    fn from(month: PlannedMonth) -> Self {
        let PlannedMonth { starts_on, needed_hours, hours_per_agent, outlook } = month;
        let (needed_hours, needed_hours_source) = told(needed_hours);
        let (hours_per_agent, hours_per_agent_source) = told(hours_per_agent);
        let CapacityOutlook {
            hires,
            proposed_hires,
            in_training,
            agents,
            full_speed_agents,
            leavers,
            contract_hours,
            overtime_hours,
            missing_hours,
        } = outlook;
        Self {
            starts_on: Date(starts_on),
            needed_hours,
            needed_hours_source,
            hours_per_agent,
            hours_per_agent_source,
            hires,
            proposed_hires,
            in_training,
            agents,
            full_speed_agents,
            leavers,
            contract_hours,
            overtime_hours,
            missing_hours,
        }
    }
}
